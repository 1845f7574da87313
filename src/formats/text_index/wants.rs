//! Which ranges to ask for.

use super::PART_BYTES;
use crate::base::bytes::ByteRange;
use crate::formats::parquet::plan::subtract;

/// Ranges that are so near are asked for together: the bytes between them take less time than a request.
const NEAR_BYTES: u64 = 8 << 10;

/// So many ranges are asked for at once before those that lie farther apart are put together, and how far apart at most.
const MANY_RANGES: usize = 48;
const MAX_NEAR_BYTES: u64 = 32 << 10;

/// Ranges that are being asked for. Each stays as it is until it is here or of no use any more, whatever else is missing
/// meanwhile: put together in another way, what is on its way would be aborted and asked for again.
#[derive(Clone, Debug, Default)]
pub struct Wants(Vec<ByteRange>);

impl Wants {
    /// These are missing now, and no others.
    pub fn set(&mut self, missing: Vec<ByteRange>) {
        self.0.retain(|range| missing.iter().any(|other| other.intersection(*range).is_some()));
        let new = missing.into_iter().filter(|range| !subtract(*range, &self.0).is_empty());
        let new = requests(new.collect());
        self.0.extend(new);
    }

    /// Nothing is.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The ranges.
    pub fn ranges(&self) -> &[ByteRange] {
        &self.0
    }
}

/// The requests for these ranges: those that lie near each other together, cut where a
/// file ends.
pub fn requests(mut ranges: Vec<ByteRange>) -> Vec<ByteRange> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable();
    let mut near = NEAR_BYTES;
    loop {
        let mut merged: Vec<ByteRange> = Vec::new();
        for range in &ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end.saturating_add(near) => {
                    last.end = last.end.max(range.end);
                }
                _ => merged.push(*range),
            }
        }
        if merged.len() <= MANY_RANGES || near >= MAX_NEAR_BYTES {
            return merged.into_iter().flat_map(cut).collect();
        }
        near *= 2;
    }
}

/// A range, cut where a file ends.
pub fn cut(range: ByteRange) -> impl Iterator<Item = ByteRange> {
    let first = range.start / PART_BYTES;
    (first..=range.end.saturating_sub(1) / PART_BYTES).map(move |part| {
        let own = ByteRange::new(part * PART_BYTES, (part + 1) * PART_BYTES);
        own.intersection(range).unwrap_or(range)
    })
}

#[cfg(test)]
mod tests {
    use super::{Wants, requests};
    use crate::base::bytes::ByteRange;

    fn range(start: u64) -> ByteRange {
        ByteRange::new(start, start + 100)
    }

    #[test]
    fn what_is_near_is_asked_for_together() {
        assert_eq!(
            requests(vec![range(5_000), range(0), range(100_000)]),
            [ByteRange::new(0, 5_100), range(100_000)]
        );
        let many = |apart: u64| requests((0..1_000).map(|n| range(n * apart)).collect());
        assert_eq!((many(20_000).len(), many(40_000).len()), (1, 1_000));
    }

    #[test]
    fn what_is_on_its_way_stays_as_it_is() {
        let mut wants = Wants::default();
        wants.set(vec![range(0), range(5_000), range(100_000)]);
        let first = wants.ranges().to_vec();
        // The first part of what comes in one piece is here, and there is more between and behind.
        wants.set(vec![range(5_000), range(9_000), range(2_000), range(100_000)]);
        assert_eq!(wants.ranges(), [first[0], first[1], range(9_000)]);
        wants.set(vec![range(9_000)]);
        assert_eq!(wants.ranges(), [range(9_000)]);
        wants.clear();
        assert_eq!(wants.ranges(), []);
    }
}
