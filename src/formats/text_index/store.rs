//! The bytes of an index that are here.

use super::PART_BYTES;
use crate::base::bytes::ByteRange;
use std::collections::BTreeMap;

/// Pieces of the data by where they begin. None is within another, so that they end in the same order.
#[derive(Clone, Debug, Default)]
pub struct Store {
    pieces: BTreeMap<u64, Vec<u8>>,
    bytes: u64,
}

impl Store {
    /// Adds a piece, unless it is here.
    pub fn add(&mut self, start: u64, bytes: Vec<u8>) {
        let range = ByteRange::new(start, start + bytes.len() as u64);
        if self.get(range).is_some() {
            return;
        }
        self.forget(range);
        self.bytes += range.len();
        self.pieces.insert(start, bytes);
        self.join(start);
    }

    /// A range that goes from one file into the next comes in two pieces.
    fn join(&mut self, start: u64) {
        let end = self.pieces.get(&start).map_or(start, |bytes| start + bytes.len() as u64);
        for border in [start, end].into_iter().filter(|at| *at % PART_BYTES == 0) {
            // One that was put together before may begin later and end behind the border.
            let mut before =
                self.pieces.range(..border).rev().map(|(own, bytes)| (*own, *own + bytes.len() as u64));
            let ends = before.find(|(_, end)| *end <= border);
            let Some((begin, _)) = ends.filter(|(_, end)| *end == border) else { continue };
            if let Some(next) = self.pieces.remove(&border)
                && let Some(own) = self.pieces.get_mut(&begin)
            {
                own.extend_from_slice(&next);
                let end = begin + own.len() as u64;
                self.forget(ByteRange::new(begin + 1, end));
            }
        }
    }

    /// The bytes of a range, if all are here in one piece.
    pub fn get(&self, range: ByteRange) -> Option<&[u8]> {
        if range.is_empty() {
            return Some(&[]);
        }
        // Of those that begin before it the last one reaches farthest.
        let (start, bytes) = self.pieces.range(..=range.start).next_back()?;
        let from = usize::try_from(range.start - start).ok()?;
        bytes.get(from..from.checked_add(usize::try_from(range.len()).ok()?)?)
    }

    /// Lets go of pieces within a range.
    pub fn forget(&mut self, range: ByteRange) {
        let within: Vec<u64> = self
            .pieces
            .range(range.start..range.end)
            .filter(|(start, bytes)| *start + bytes.len() as u64 <= range.end)
            .map(|(start, _)| *start)
            .collect();
        for start in within {
            if let Some(bytes) = self.pieces.remove(&start) {
                self.bytes -= bytes.len() as u64;
            }
        }
    }

    /// How many bytes are here.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Store;
    use crate::base::bytes::ByteRange;
    use crate::formats::text_index::PART_BYTES;
    use crate::formats::text_index::wants::requests;

    #[test]
    fn a_range_over_the_end_of_a_file_comes_in_two() {
        let range = ByteRange::new(PART_BYTES - 3, PART_BYTES + 2);
        let cut = requests(vec![range]);
        assert_eq!(cut, [ByteRange::new(range.start, PART_BYTES), ByteRange::new(PART_BYTES, range.end)]);
        for order in [[0, 1], [1, 0]] {
            let mut store = Store::default();
            for n in order {
                assert_eq!(store.get(range), None);
                store.add(cut[n].start, vec![n as u8; cut[n].len() as usize]);
            }
            assert_eq!(store.get(range), Some(&[0, 0, 0, 1, 1][..]));
        }
    }

    #[test]
    fn a_range_over_the_end_of_a_file_grows() {
        let mut store = Store::default();
        store.add(PART_BYTES - 10, vec![1; 10]);
        store.add(PART_BYTES, vec![1; 10]);
        store.add(PART_BYTES - 100, vec![1; 100]);
        store.add(PART_BYTES, vec![1; 200]);
        let all = ByteRange::new(PART_BYTES - 100, PART_BYTES + 200);
        assert_eq!(store.get(all), Some(&[1; 300][..]));
        assert_eq!(store.bytes(), 300);
    }

    #[test]
    fn a_large_piece_is_found_behind_many_small_ones_within_it() {
        let mut store = Store::default();
        for start in (0..2_000).step_by(100) {
            store.add(start + 10, vec![1; 20]);
        }
        store.add(0, vec![2; 2_000]);
        assert_eq!(store.bytes(), 2_000);
        store.add(500, vec![3; 100]);
        store.add(1_900, vec![4; 200]);
        assert_eq!(store.get(ByteRange::new(1_800, 2_000)), Some(&[2; 200][..]));
        assert_eq!(store.get(ByteRange::new(1_950, 2_100)), Some(&[4; 150][..]));
        assert_eq!(store.get(ByteRange::new(1_800, 2_100)), None);
        assert_eq!(store.bytes(), 2_200);
        store.forget(ByteRange::new(0, 2_050));
        assert_eq!((store.bytes(), store.get(ByteRange::new(0, 10))), (200, None));
    }
}
