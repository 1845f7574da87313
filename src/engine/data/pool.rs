//! Bytes of the file that have come and are not yet used up.

use crate::base::bytes::ByteRange;
use crate::formats::parquet::walk::Bytes;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Bytes that nobody wants at the moment are dropped, oldest offsets first, above this amount.
pub const MAX_IDLE_BYTES: usize = 32 << 20;

/// Pieces of the file by their offset; they never overlap.
#[derive(Debug, Default)]
pub struct Pool {
    pieces: BTreeMap<u64, Piece>,
    held_bytes: usize,
}

#[derive(Debug, Default)]
struct Piece {
    data: Vec<u8>,
    /// What of it has been used up, in order and without overlaps; the piece goes when that is all.
    used: Vec<ByteRange>,
}

impl Pool {
    /// Adds bytes that came for `offset`; `more` says how many are still to come right behind them.
    pub fn add(&mut self, offset: u64, bytes: &[u8], more: usize) {
        let mut offset = offset;
        let mut bytes = bytes;
        // What is there already stays: the answers to two requests may overlap.
        while !bytes.is_empty() {
            let before = self.pieces.range(..=offset).next_back();
            if let Some((start, piece)) = before
                && offset < start + piece.data.len() as u64
            {
                let skip = (start + piece.data.len() as u64 - offset).min(bytes.len() as u64);
                offset += skip;
                bytes = bytes.get(skip as usize..).unwrap_or_default();
                continue;
            }
            let next = self.pieces.range(offset + 1..).next().map(|(start, _)| *start);
            let room = next.map_or(bytes.len() as u64, |next| next - offset).min(bytes.len() as u64) as usize;
            let (now, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.held_bytes += now.len();
            match self.pieces.range_mut(..offset).next_back() {
                Some((start, piece))
                    if start + piece.data.len() as u64 == offset
                        && piece.data.capacity() > piece.data.len() =>
                {
                    piece.data.extend_from_slice(now);
                }
                _ => {
                    let mut data = Vec::with_capacity(now.len() + more);
                    data.extend_from_slice(now);
                    self.pieces.insert(offset, Piece { data, used: Vec::new() });
                }
            }
            offset += now.len() as u64;
            bytes = rest;
        }
    }

    /// The parts of `range` that are here.
    pub fn held(&self, range: ByteRange) -> Vec<ByteRange> {
        let first = self.pieces.range(..=range.start).next_back().map_or(range.start, |(start, _)| *start);
        self.pieces
            .range(first..range.end)
            .filter_map(|(start, piece)| {
                ByteRange::new(*start, start + piece.data.len() as u64).intersection(range)
            })
            .collect()
    }

    /// Whether all of `range` is here.
    pub fn has(&self, range: ByteRange) -> bool {
        self.held(range).iter().map(|part| part.len()).sum::<u64>() == range.len()
    }

    /// Says that `range` will not be needed again.
    pub fn release(&mut self, range: ByteRange) {
        let first = self.pieces.range(..=range.start).next_back().map_or(range.start, |(start, _)| *start);
        let mut gone = Vec::new();
        for (start, piece) in self.pieces.range_mut(first..range.end) {
            let own = ByteRange::new(*start, start + piece.data.len() as u64);
            if let Some(part) = own.intersection(range) {
                piece.used = union(&piece.used, part);
                let used: u64 = piece.used.iter().map(|part| part.len()).sum();
                if used >= own.len() && piece.data.capacity() == piece.data.len() {
                    gone.push(*start);
                }
            }
        }
        self.remove(&gone);
    }

    /// Drops what nobody wants, if there is much of it.
    pub fn trim(&mut self, wanted: &[ByteRange], in_flight: &[ByteRange]) {
        if self.held_bytes <= MAX_IDLE_BYTES {
            return;
        }
        let keeps = |own: ByteRange| {
            wanted.iter().any(|range| range.intersection(own).is_some())
                // An answer still on its way grows the piece behind which it stands.
                || in_flight.iter().any(|range| range.intersection(own).is_some() || range.start == own.end)
        };
        let mut left = self.held_bytes;
        let mut gone = Vec::new();
        for (start, piece) in &self.pieces {
            if left <= MAX_IDLE_BYTES {
                break;
            }
            if !keeps(ByteRange::new(*start, start + piece.data.len() as u64)) {
                left -= piece.data.len().min(left);
                gone.push(*start);
            }
        }
        self.remove(&gone);
    }

    fn remove(&mut self, starts: &[u64]) {
        for start in starts {
            if let Some(piece) = self.pieces.remove(start) {
                self.held_bytes -= piece.data.len().min(self.held_bytes);
            }
        }
    }
}

/// Ranges in order without overlaps, and one more.
fn union(ranges: &[ByteRange], added: ByteRange) -> Vec<ByteRange> {
    let mut merged = added;
    let mut all: Vec<ByteRange> = Vec::with_capacity(ranges.len() + 1);
    for range in ranges {
        if range.end < merged.start || merged.end < range.start {
            all.push(*range);
        } else {
            // What touches becomes one, so that a column read in order leaves one range.
            merged = ByteRange::new(merged.start.min(range.start), merged.end.max(range.end));
        }
    }
    all.push(merged);
    all.sort_unstable();
    all
}

impl Bytes for Pool {
    fn at(&self, offset: u64, len: u64) -> Cow<'_, [u8]> {
        let mut joined: Option<Vec<u8>> = None;
        let mut first: &[u8] = &[];
        let mut at = offset;
        let end = offset.saturating_add(len);
        while at < end {
            let Some((start, piece)) = self.pieces.range(..=at).next_back() else { break };
            let skip = (at - start) as usize;
            let Some(rest) = piece.data.get(skip..).filter(|rest| !rest.is_empty()) else { break };
            let part = rest.get(..(end - at) as usize).unwrap_or(rest);
            match &mut joined {
                Some(joined) => joined.extend_from_slice(part),
                None if first.is_empty() => first = part,
                None => {
                    // Only what crosses from one answer into the next is copied.
                    let mut all = Vec::with_capacity(first.len() + part.len());
                    all.extend_from_slice(first);
                    all.extend_from_slice(part);
                    joined = Some(all);
                }
            }
            at += part.len() as u64;
        }
        joined.map_or(Cow::Borrowed(first), Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Pool};
    use crate::base::bytes::ByteRange;

    #[test]
    fn pieces_join_where_they_meet() {
        let mut pool = Pool::default();
        pool.add(10, b"cdef", 0);
        pool.add(8, b"ab", 0);
        assert_eq!(&*pool.at(8, 10), b"abcdef");
        assert_eq!(&*pool.at(9, 2), b"bc");
        assert_eq!(&*pool.at(7, 2), b"");
        assert!(pool.has(ByteRange::new(8, 14)));
        assert!(!pool.has(ByteRange::new(8, 15)));
        pool.release(ByteRange::new(10, 14));
        assert_eq!(&*pool.at(8, 10), b"ab");
    }

    #[test]
    fn what_is_released_twice_takes_nothing_else_with_it() {
        let mut pool = Pool::default();
        pool.add(0, b"abcd", 0);
        pool.release(ByteRange::new(0, 2));
        pool.release(ByteRange::new(0, 2));
        assert_eq!(&*pool.at(2, 2), b"cd");
        pool.release(ByteRange::new(2, 4));
        assert_eq!(&*pool.at(2, 2), b"");
    }

    proptest::proptest! {
        #[test]
        fn it_gives_back_what_came(adds in proptest::collection::vec((0u64..60, 1usize..30), 1..12), at in 0u64..90, len in 0u64..90) {
            let file: Vec<u8> = (0..100).collect();
            let mut pool = Pool::default();
            let mut here = [false; 100];
            for (offset, len) in adds {
                pool.add(offset, &file[offset as usize..offset as usize + len], 3);
                here[offset as usize..offset as usize + len].fill(true);
            }
            let expected: Vec<u8> = (at..(at + len).min(100)).take_while(|at| here[*at as usize]).map(|at| at as u8).collect();
            proptest::prop_assert_eq!(&*pool.at(at, len), &expected[..]);
            let range = ByteRange::new(at, (at + len).min(100));
            let count = (range.start..range.end).filter(|at| here[*at as usize]).count() as u64;
            proptest::prop_assert_eq!(pool.held(range).iter().map(|part| part.len()).sum::<u64>(), count);
        }
    }
}
