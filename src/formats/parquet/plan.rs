//! From the ranges that are needed to the requests that are made.

use crate::base::bytes::ByteRange;

/// What the link is like, as far as plans depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What the link brings in the time that an answer takes to begin. To read so many bytes more costs what
    /// another request costs.
    pub round_trip_bytes: u64,
}

impl Default for Link {
    /// What 50 Mbit/s bring in 60 ms.
    fn default() -> Self {
        Self { round_trip_bytes: 3 << 17 }
    }
}

impl Link {
    /// Ranges closer than this are one request: two thirds of a round trip.
    pub const fn merge_gap_bytes(self) -> u64 {
        self.round_trip_bytes / 3 * 2
    }
}

/// [`Link::merge_gap_bytes`] where nothing is known of the link.
pub const MERGE_GAP_BYTES: u64 = 256 << 10;

/// Reads as short as this look for a single header.
pub const PROBE_BYTES: u64 = 16 << 10;

/// Such reads are one request where they are closer than this: several of them are under way at once, so that
/// each costs a part of a round trip only.
const PROBE_GAP_BYTES: u64 = 32 << 10;

/// Longer runs are read as parallel blocks of this size. A block takes two thirds of a second at
/// 50 Mbit/s: long enough for its round trip not to matter, short enough to lose when cancelled.
pub const BLOCK_BYTES: u64 = 4 << 20;

/// Merges ranges that overlap or lie close together. The answer is in the file's order.
pub fn coalesce(ranges: &[ByteRange], link: Link) -> Vec<ByteRange> {
    let mut sorted: Vec<ByteRange> = ranges.iter().copied().filter(|range| !range.is_empty()).collect();
    sorted.sort_unstable();
    let mut merged: Vec<ByteRange> = Vec::with_capacity(sorted.len());
    let mut last_part = ByteRange::new(0, 0);
    for range in sorted {
        let probes = last_part.len().max(range.len()) <= PROBE_BYTES;
        let gap = if probes { PROBE_GAP_BYTES.min(link.merge_gap_bytes()) } else { link.merge_gap_bytes() };
        match merged.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(gap) => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
        last_part = range;
    }
    merged
}

/// The parts of `range` that none of `held` covers, in order.
pub fn subtract(range: ByteRange, held: &[ByteRange]) -> Vec<ByteRange> {
    let mut sorted: Vec<ByteRange> = held.iter().filter_map(|other| other.intersection(range)).collect();
    sorted.sort_unstable();
    let mut gaps = Vec::new();
    let mut at = range.start;
    for other in sorted {
        if other.start > at {
            gaps.push(ByteRange::new(at, other.start));
        }
        at = at.max(other.end);
    }
    if at < range.end {
        gaps.push(ByteRange::new(at, range.end));
    }
    gaps
}

/// Splits a run into blocks of at most so many bytes, none of them much smaller than the others.
pub fn blocks(run: ByteRange, most_bytes: u64) -> impl Iterator<Item = ByteRange> {
    let count = run.len().div_ceil(most_bytes.max(1)).max(1);
    let size = run.len().div_ceil(count).max(1);
    (0..count).map(move |number| {
        ByteRange::new(run.start + number * size, (run.start + (number + 1) * size).min(run.end))
    })
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_BYTES, ByteRange, Link, MERGE_GAP_BYTES, PROBE_BYTES, blocks, coalesce, subtract};

    fn r(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end)
    }

    #[test]
    fn neighbours_become_one_request() {
        let link = Link::default();
        assert_eq!(link.merge_gap_bytes(), MERGE_GAP_BYTES);
        let far = 10 + MERGE_GAP_BYTES + 1;
        let ranges = [r(5, 10), r(0, 5), r(far, far + 1), r(7, 7)];
        assert_eq!(coalesce(&ranges, link), vec![r(0, 10), r(far, far + 1)]);
        assert_eq!(coalesce(&[r(0, 5), r(5 + MERGE_GAP_BYTES, 400_000)], link), vec![r(0, 400_000)]);
        // Headers that are looked for one beside the other are not worth the bytes between them.
        let probes = [r(0, 500), r(10_000, 10_500), r(80_000, 80_500)];
        assert_eq!(coalesce(&probes, link), vec![r(0, 10_500), r(80_000, 80_500)]);
        let long = [r(0, 500), r(80_000, 80_001 + PROBE_BYTES)];
        assert_eq!(coalesce(&long, link), vec![r(0, 80_001 + PROBE_BYTES)]);
        // On a link that answers at once nothing is read in between.
        let near = Link { round_trip_bytes: 30_000 };
        assert_eq!(coalesce(&[r(0, 500), r(25_000, 80_000)], near), vec![r(0, 500), r(25_000, 80_000)]);
    }

    #[test]
    fn what_is_held_is_not_asked_for() {
        assert_eq!(subtract(r(0, 10), &[r(2, 4), r(3, 6), r(9, 20)]), vec![r(0, 2), r(6, 9)]);
        assert_eq!(subtract(r(0, 10), &[]), vec![r(0, 10)]);
        assert_eq!(subtract(r(0, 10), &[r(0, 10)]), vec![]);
    }

    proptest::proptest! {
        #[test]
        fn blocks_tile_a_run(start in 0u64..1_000, len in 1u64..60_000_000) {
            let run = r(start, start + len);
            let all: Vec<_> = blocks(run, BLOCK_BYTES).collect();
            proptest::prop_assert_eq!(all.first().map(|block| block.start), Some(run.start));
            proptest::prop_assert_eq!(all.last().map(|block| block.end), Some(run.end));
            proptest::prop_assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
            proptest::prop_assert!(all.iter().all(|block| !block.is_empty() && block.len() <= BLOCK_BYTES));
        }
    }
}
