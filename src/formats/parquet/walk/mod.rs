//! Finding a page that nobody has listed, by reading page headers only.
//!
//! A header says how long its page is, so the next header can be found from the one before, a
//! round trip each. To have several under way at once, the way to the wanted row is cut into
//! segments: each but the first looks for a header in a window of bytes near where one must be, and
//! walks from there. A few segments come first. How many pages stand between the headers that they find follows from
//! the distance, and so does where these begin, from both ends: more segments in between need windows that are much
//! smaller than a page. What a search finds may be an accident; it counts only when the walk of the
//! segment before arrives at exactly that byte. A row's number follows from the pages of all
//! segments before it, so nothing is guessed in the end.
//!
//! Where the end of the chunk is nearer than what is known from its front, the way leads from the row to
//! there: the walks then arrive at exactly the chunk's last byte, and rows are counted from the end.

mod lengths;
mod segment;

use self::lengths::{Lengths, Phase, behind, cut, whole_window};
use self::segment::{SURE_CHAIN, Segment};
use super::map::{PageMap, PageSizes};
use super::plan::Link;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};

/// Lengths of so many pages tell how long the others are, if those are nearly equal.
const LEAST_LENGTHS: usize = 5;

/// With so many it is known whether they are.
const MANY_LENGTHS: u64 = 16;

/// A walk to the end begins so many pages before the place where the row is thought to be.
const LEAD_PAGES: u64 = 2;

/// So many headers in a row tell how long pages are.
const SAMPLE_PAGES: u64 = 5;

/// Whether reading all of the `way` between what is known and the wanted row costs less time than
/// walking it: a page of so many bytes on `average` costs a walk a round trip, and several walks at once cost the
/// windows in which they look for their first headers.
pub fn is_read_through(way: u64, average: u64, link: Link) -> bool {
    let Link { round_trip_bytes } = link;
    way <= round_trip_bytes || way * 2 <= 5 * round_trip_bytes && average <= round_trip_bytes
}

/// Bytes of the file that have been read.
pub trait Bytes {
    /// As much as is there of the file from `offset` on, up to `len` bytes, in one piece.
    fn at(&self, offset: u64, len: u64) -> std::borrow::Cow<'_, [u8]>;
}

/// A walk towards one row of a chunk.
#[derive(Clone, Debug)]
pub struct Walk {
    segments: Vec<Segment>,
    row: u64,
    way: Way,
    link: Link,
    /// Whether more is to be known of the pages before it is cut into segments.
    is_provisional: bool,
}

/// Where a walk leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// From the pages known at the front to the row.
    FromFront,
    /// From the row to the pages known at the end.
    ToEnd,
}

/// What a walk needs or has come to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// These ranges, none of which has been read in full. There is at least one.
    Needs(Vec<ByteRange>),
    /// The map now knows the page.
    Arrived,
}

impl Walk {
    /// A walk from what `map` knows to the page that holds `row` of the row group.
    pub fn new(map: &PageMap, row: u64, link: Link) -> Self {
        let PageSizes { average, .. } = map.page_sizes();
        let (start, place) = (map.frontier().0, map.estimate(row));
        let lead = average.max(1) * LEAD_PAGES;
        let from_front = place.saturating_sub(start);
        let to_end = map.tail_start().saturating_sub(place) + lead;
        let way = if to_end + to_end / 4 < from_front { Way::ToEnd } else { Way::FromFront };
        Self::planned(map, row, way, link)
    }

    /// A walk this way, cut into segments.
    fn planned(map: &PageMap, row: u64, way: Way, link: Link) -> Self {
        let sizes = map.page_sizes();
        let (average, front) = (sizes.average.max(1), map.frontier().0);
        let place = map.estimate(row);
        let (start, end) = match way {
            Way::FromFront => (front, place.max(front)),
            Way::ToEnd => (place.saturating_sub(average * LEAD_PAGES).max(front), map.tail_start()),
        };
        // Where nothing is known of how equal pages are, a few headers in a row tell, which pays where pages are
        // equal, or take so long that looking for one costs more.
        let is_unknown = sizes.spread.is_none() && (end - start) / average > SAMPLE_PAGES;
        let (is_long, is_near) = (average > link.round_trip_bytes, map.pages().len() < SAMPLE_PAGES as usize);
        let from_front = is_unknown && is_long && is_near;
        let is_provisional = from_front || is_unknown && way == Way::ToEnd && map.is_hardly_compressed();
        let way = if from_front { Way::FromFront } else { way };
        let lengths = sizes.spread.map(|spread| Lengths::new(average, spread));
        let phase = lengths.map(|lengths| Phase { header: front, lengths });
        let first = match (way, phase) {
            (Way::FromFront, _) => Segment::known(front),
            (Way::ToEnd, Some(phase)) => phase.segment(start, front),
            (Way::ToEnd, None) => Segment::searching(start, start + whole_window(average)),
        };
        let rest = if is_provisional { Vec::new() } else { cut(start, end, average, phase, link) };
        Self { segments: behind(first, rest), row, way, link, is_provisional }
    }

    /// Cuts the rest of the way into segments, once a few headers in a row tell how long pages are.
    fn cut_rest(&mut self, map: &PageMap) {
        match self.way {
            Way::FromFront
                if map.page_sizes().spread.is_some() || map.pages().len() >= SAMPLE_PAGES as usize =>
            {
                *self = Self::new(map, self.row, self.link);
            }
            Way::FromFront => {}
            Way::ToEnd => {
                let Some(first) = self.segments.first().filter(|first| !first.is_searching()) else {
                    return;
                };
                let lengths = first.found.iter().map(|(_, header)| header.page_bytes());
                let Some(lengths) = Lengths::of(lengths.collect()) else { return };
                let phase = Phase { header: first.at, lengths };
                let rest = cut(first.at, map.tail_start(), lengths.average, Some(phase), self.link);
                self.segments.truncate(1);
                if let Some(first) = self.segments.pop() {
                    self.segments = behind(first, rest);
                }
                self.is_provisional = false;
            }
        }
    }

    /// Whether the map knows the page.
    pub fn has_arrived(&self, map: &PageMap) -> bool {
        map.page_of(self.row).is_some() || map.is_complete()
    }

    /// Makes this a walk to another row, if it leads there as well: to a row not many pages further.
    /// A screen that still moves does not begin anew each time.
    pub fn retarget(&mut self, row: u64, map: &PageMap) -> bool {
        const PAGES: u64 = 4;
        let near = map.average_page_bytes() * PAGES;
        let leads_there = map.estimate(row).abs_diff(map.estimate(self.row)) <= near;
        if leads_there {
            self.row = row;
        }
        leads_there
    }

    /// Goes as far as the bytes at hand allow, and tells `map` of every page whose place is sure.
    ///
    /// # Errors
    /// Where a header can't be read at a place where one must be.
    pub fn step(&mut self, map: &mut PageMap, bytes: &impl Bytes) -> Result<Step> {
        loop {
            if self.has_arrived(map) {
                return Ok(Step::Arrived);
            }
            if self.is_provisional {
                self.cut_rest(map);
            }
            let before: Vec<u64> = self.segments.iter().map(Segment::first).collect();
            let mut needs = Vec::new();
            let is_sure = self.way == Way::FromFront;
            for number in 0..self.segments.len() {
                let limit = self.segments.get(number + 1).map_or(map.tail_start(), Segment::first);
                let Some(segment) = self.segments.get_mut(number) else { break };
                if let Some(need) = segment.advance(limit, map, bytes, number == 0 && is_sure)? {
                    needs.push(need);
                }
            }
            match self.way {
                Way::FromFront => self.join(map)?,
                Way::ToEnd => {
                    if let Some(next) = self.join_to_end(map) {
                        *self = next;
                        continue;
                    }
                }
            }
            if self.cut_gaps(map) {
                continue;
            }
            // A segment that joined its neighbour goes on from where that one stands, and one whose
            // neighbour has found its first header goes on to there. No bytes need come for that: were
            // it left to the next call, there might be none.
            if !self.segments.iter().map(Segment::first).eq(before) {
                continue;
            }
            if map.page_of(self.row).is_some() {
                return Ok(Step::Arrived);
            }
            if needs.is_empty() {
                return Err(Error::corrupt("its pages end before its rows do"));
            }
            return Ok(Step::Needs(needs));
        }
    }

    /// Cuts the gap between two headers that are known into more segments, where that was not done. Whether there are more
    /// now.
    fn cut_gaps(&mut self, map: &PageMap) -> bool {
        let average = map.page_sizes().average.max(1);
        let is_alike = |len: &u64| *len > average / 2 && *len < average * 2;
        let known = map.pages().iter().rev().take(SAMPLE_PAGES as usize).map(|page| page.range.len());
        let found =
            self.segments.iter().flat_map(|segment| &segment.found).map(|(_, header)| header.page_bytes());
        let lengths: Vec<u64> = known.chain(found).filter(is_alike).collect();
        let is_searching = self.segments.iter().any(|segment| segment.is_searching() && !segment.is_cut);
        if is_searching && lengths.len() < LEAST_LENGTHS {
            return false;
        }
        let Some(lengths) = Lengths::of(lengths) else { return false };
        let ends = self.segments.first().zip(self.segments.last());
        let way = ends.map_or(0, |(first, last)| last.at.saturating_sub(first.at));
        let mut more = false;
        let mut number = 0;
        while let Some([segment, next]) =
            self.segments.get_mut(number..).and_then(|rest| rest.first_chunk_mut::<2>())
        {
            number += 1;
            let is_known = !segment.is_searching() && !next.is_searching() && !next.found.is_empty();
            if segment.is_cut || !is_known || segment.at >= next.first() {
                continue;
            }
            let (start, end) = (segment.at, next.first());
            if !lengths.count_surely(end - start) && lengths.known < MANY_LENGTHS {
                continue;
            }
            segment.is_cut = true;
            let between = lengths.between(start, end, way, self.link);
            more |= !between.is_empty();
            let count = between.len();
            self.segments.splice(number..number, between);
            number += count;
        }
        more
    }

    /// Joins segments that meet, and tells the map once they reach the end. The walk that follows, where that was
    /// not far enough, or led nowhere.
    fn join_to_end(&mut self, map: &mut PageMap) -> Option<Self> {
        let end = map.tail_start();
        self.segments.retain(|segment| !segment.is_hopeless(end));
        let mut number = 0;
        while let Some([segment, next]) =
            self.segments.get_mut(number..).and_then(|rest| rest.first_chunk_mut::<2>())
        {
            if segment.is_searching() || next.is_searching() || segment.at < next.first() {
                number += 1;
            } else if segment.at == next.first() {
                segment.found.append(&mut next.found);
                (segment.at, segment.probe_bytes) = (next.at, next.probe_bytes);
                segment.is_cut = next.is_cut;
                self.segments.remove(number + 1);
            } else if next.found.len() >= SURE_CHAIN && next.found.len() > segment.found.len() {
                segment.retreat(map);
                number += 1;
            } else {
                self.segments.remove(number + 1);
            }
        }
        let Some(first) = self.segments.first() else {
            return Some(Self::planned(map, self.row, Way::FromFront, self.link));
        };
        if self.segments.len() > 1 || first.is_searching() || first.at < end {
            return None;
        }
        Some(if first.at == end && map.learn_tail(&first.found) {
            Self::new(map, self.row, self.link)
        } else {
            Self::planned(map, self.row, Way::FromFront, self.link)
        })
    }

    /// Tells the map what the first segment found, and appends the next one where they meet.
    fn join(&mut self, map: &mut PageMap) -> Result<()> {
        let chunk_end = map.tail_start();
        // Searches that came to nothing are given up: the segment before walks on over their part.
        let mut number = 0;
        self.segments.retain(|segment| {
            number += 1;
            number == 1 || !segment.is_hopeless(chunk_end)
        });
        while let Some((first, rest)) = self.segments.split_first_mut() {
            for (offset, header) in first.found.drain(..) {
                map.learn(offset, &header)?;
            }
            let Some(next) = rest.first() else { return Ok(()) };
            if next.is_searching() || first.at < next.first() {
                return Ok(());
            }
            if first.at == next.first() {
                // They meet: all that the next one found is true.
                self.segments.remove(0);
            } else {
                // The walk stepped over it: what it took for a header was none.
                self.segments.remove(1);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Step, Walk};
    use crate::base::bytes::ByteRange;
    use crate::formats::parquet::codec::Codec;
    use crate::formats::parquet::header::PageHeader;
    use crate::formats::parquet::map::PageMap;
    use crate::formats::parquet::meta::Chunk;
    use crate::formats::parquet::plan::Link;
    use std::borrow::Cow;

    const PAGES: u64 = 40;
    const ROWS_A_PAGE: u64 = 50;

    /// The bytes of a chunk, as far as they have come.
    struct Come(Vec<u8>, usize);

    impl Bytes for Come {
        fn at(&self, offset: u64, len: u64) -> Cow<'_, [u8]> {
            let start = (offset as usize).min(self.1);
            Cow::Borrowed(&self.0[start..(start + len as usize).min(self.1)])
        }
    }

    /// The header of a data page of 50 values, as Thrift's compact protocol writes it.
    fn header(body_bytes: u64) -> Vec<u8> {
        let number = |value: u64| {
            let mut zigzag = value * 2;
            let mut bytes = Vec::new();
            while zigzag >= 0x80 {
                bytes.push(zigzag as u8 | 0x80);
                zigzag >>= 7;
            }
            bytes.push(zigzag as u8);
            bytes
        };
        let (size, values) = (number(body_bytes), number(ROWS_A_PAGE));
        [
            &[0x15, 0, 0x15],
            &size[..],
            &[0x15],
            &size,
            &[0x2c, 0x15],
            &values,
            &[0x15, 0, 0x15, 6, 0x15, 6, 0, 0],
        ]
        .concat()
    }

    /// A chunk of pages whose bodies hold what looks like headers, every `lure` bytes.
    fn chunk(lure: usize) -> (Come, PageMap) {
        let mut bytes = Vec::new();
        for page in 0..PAGES {
            let body_bytes = 90_000 + page * 7;
            bytes.extend(header(body_bytes));
            let mut body: Vec<u8> = (0..body_bytes).map(|at| (at % 251) as u8 | 1).collect();
            for place in (100..body.len() - 40).step_by(lure) {
                let false_one = header(3_000 + place as u64);
                body[place..place + false_one.len()].copy_from_slice(&false_one);
            }
            bytes.extend(body);
        }
        let chunk = Chunk {
            range: ByteRange::new(0, bytes.len() as u64),
            dictionary: None,
            first_data: 0,
            values: PAGES * ROWS_A_PAGE,
            uncompressed_bytes: bytes.len() as u64,
            codec: Codec::Uncompressed,
            offset_index: None,
        };
        let mut map = PageMap::new(chunk, PAGES * ROWS_A_PAGE);
        map.learn(0, &PageHeader::parse(&bytes).unwrap()).unwrap();
        let here = bytes.len();
        (Come(bytes, here), map)
    }

    #[test]
    fn what_is_all_here_is_walked_at_once() {
        for lure in [1_000_000, 40_000, 9_000, 1_777] {
            for row in [60, 700, 1_999] {
                let (bytes, mut map) = chunk(lure);
                let mut walk = Walk::new(&map, row, Link::default());
                // Nothing more will come, so that what is not found now never is.
                assert_eq!(walk.step(&mut map, &bytes).unwrap(), Step::Arrived, "{lure} {row}");
                assert_eq!(map.page_of(row).unwrap().first_row, row / ROWS_A_PAGE * ROWS_A_PAGE);
            }
        }
    }

    #[test]
    fn what_it_needs_is_not_here() {
        let (mut bytes, mut map) = chunk(9_000);
        let all = std::mem::replace(&mut bytes.1, 1_000);
        let mut walk = Walk::new(&map, 1_500, Link::default());
        loop {
            match walk.step(&mut map, &bytes).unwrap() {
                Step::Arrived => break,
                Step::Needs(ranges) => {
                    assert!(ranges.iter().any(|range| range.end > bytes.1 as u64), "{ranges:?} is here");
                }
            }
            assert!(bytes.1 < all);
            bytes.1 = (bytes.1 + 64 * 1024).min(all);
        }
    }
}
