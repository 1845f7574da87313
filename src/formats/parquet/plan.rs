//! From the ranges that are needed to the requests that are made.

use crate::base::bytes::ByteRange;

/// Ranges closer than this are one request: it is what 50 Mbit/s bring in 40 ms, less than a
/// round trip.
pub const MERGE_GAP_BYTES: u64 = 256 << 10;

/// Longer runs are read as parallel blocks of this size. A block takes two thirds of a second at
/// 50 Mbit/s: long enough for its round trip not to matter, short enough to lose when cancelled.
pub const BLOCK_BYTES: u64 = 4 << 20;

/// Merges ranges that overlap or lie closer together than [`MERGE_GAP_BYTES`]. The answer is in
/// the file's order.
pub fn coalesce(ranges: &[ByteRange]) -> Vec<ByteRange> {
    let mut sorted: Vec<ByteRange> = ranges.iter().copied().filter(|range| !range.is_empty()).collect();
    sorted.sort_unstable();
    let mut merged: Vec<ByteRange> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(MERGE_GAP_BYTES) => {
                last.end = last.end.max(range.end)
            }
            _ => merged.push(range),
        }
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

/// Splits a run into blocks of about [`BLOCK_BYTES`], none of them much smaller than the others.
pub fn blocks(run: ByteRange) -> impl Iterator<Item = ByteRange> {
    let count = run.len().div_ceil(BLOCK_BYTES).max(1);
    let size = run.len().div_ceil(count).max(1);
    (0..count).map(move |number| {
        ByteRange::new(run.start + number * size, (run.start + (number + 1) * size).min(run.end))
    })
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_BYTES, ByteRange, MERGE_GAP_BYTES, blocks, coalesce, subtract};

    fn r(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end)
    }

    #[test]
    fn neighbours_become_one_request() {
        let far = 10 + MERGE_GAP_BYTES + 1;
        assert_eq!(coalesce(&[r(5, 10), r(0, 5), r(far, far + 1), r(7, 7)]), vec![r(0, 10), r(far, far + 1)]);
        assert_eq!(coalesce(&[r(0, 5), r(5 + MERGE_GAP_BYTES, 400_000)]), vec![r(0, 400_000)]);
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
            let all: Vec<_> = blocks(run).collect();
            proptest::prop_assert_eq!(all.first().map(|block| block.start), Some(run.start));
            proptest::prop_assert_eq!(all.last().map(|block| block.end), Some(run.end));
            proptest::prop_assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
            proptest::prop_assert!(all.iter().all(|block| !block.is_empty() && block.len() <= BLOCK_BYTES));
        }
    }
}
