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

use super::header::{MAX_HEADER_BYTES, PageHeader};
use super::map::{PageMap, PageSizes, spread};
use super::plan::{self, Link};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};

/// Segments of a walk at most: as many single headers as may be in flight, with some room for other columns.
const MAX_SEGMENTS: u64 = 20;

/// Segments that look for a header in a window of about a page, before others are cut by what they find.
const PILOTS: u64 = 7;

/// Lengths of so many pages tell how long the others are, if those are nearly equal.
const LEAST_LENGTHS: usize = 5;

/// With so many it is known whether they are.
const MANY_LENGTHS: u64 = 16;

/// Bytes read to see a header. Statistics make headers long; without them they take 20 to 30.
const PROBE_BYTES: u64 = 512;

/// How far behind a segment's start its first header is looked for, before giving the segment up.
const MAX_SEARCH_BYTES: u64 = 4 << 20;

/// How many false headers a segment may follow, before giving it up: a file may be full of them.
const MAX_RETREATS: u32 = 200;

/// A chain of so many headers is no accident.
const SURE_CHAIN: usize = 3;

/// A walk to the end begins so many pages before the place where the row is thought to be.
const LEAD_PAGES: u64 = 2;

/// So many headers in a row tell how long pages are.
const SAMPLE_PAGES: u64 = 5;

/// Pages as far off as this many standard deviations are not looked for where they were foretold.
const DEVIATIONS: f64 = 3.0;

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

#[derive(Clone, Debug)]
struct Segment {
    /// Where the search for a first header stands; none once it is believed to be found, or where
    /// it was known from the start.
    search: Option<PageSearch>,
    /// Headers found, with their offsets; the last one's page ends where the next is expected.
    found: Vec<(u64, PageHeader)>,
    /// Where the next header is expected.
    at: u64,
    /// Where the search began.
    origin: u64,
    /// How many bytes are needed to see the next header.
    probe_bytes: u64,
    /// How often what was found was no header.
    retreats: u32,
    /// Whether the gap behind it is cut as finely as it pays.
    is_cut: bool,
}

#[derive(Clone, Copy, Debug)]
struct PageSearch {
    /// The next byte to look at.
    at: u64,
    /// The end of the window.
    end: u64,
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
                let Some(first) = self.segments.first().filter(|first| first.search.is_none()) else {
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
        let is_searching = self.segments.iter().any(|segment| segment.search.is_some() && !segment.is_cut);
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
            let is_known = segment.search.is_none() && next.search.is_none() && !next.found.is_empty();
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
            if segment.search.is_some() || next.search.is_some() || segment.at < next.first() {
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
        if self.segments.len() > 1 || first.search.is_some() || first.at < end {
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
            if next.search.is_some() || first.at < next.first() {
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

/// How long pages are.
#[derive(Clone, Copy, Debug)]
struct Lengths {
    average: u64,
    /// How much they differ: the standard deviation of so many.
    deviation: u64,
    known: u64,
}

/// Where headers are foretold: one is known, and how long the pages are.
#[derive(Clone, Copy, Debug)]
struct Phase {
    header: u64,
    lengths: Lengths,
}

/// In how many bytes around a foretold place a header will be found, where that may be so far off.
fn window(error: f64) -> u64 {
    (2.0 * DEVIATIONS * error) as u64 + 2 * PROBE_BYTES
}

/// In how many bytes a header will be found, wherever they begin: a page, and what may be more of it.
fn whole_window(average: u64) -> u64 {
    average + average / 4
}

/// Of a whole page a bit more than half is read until its header is found.
fn search_bytes(average: u64) -> u64 {
    average * 5 / 8
}

/// How many segments are worth it: one more saves round trips, and costs the bytes in which its first header is looked for.
fn worthwhile(pages: u64, cost: u64, link: Link) -> u64 {
    (pages * link.round_trip_bytes / cost.max(1)).isqrt()
}

impl Phase {
    /// The header nearest to a place, and in how many bytes around it will be found.
    fn foretell(&self, place: u64) -> (u64, u64) {
        let Self { header, lengths: Lengths { average, deviation, known } } = *self;
        let pages = (place.saturating_sub(header) + average / 2) / average;
        let far = pages as f64;
        // Each page differs a little, and the average itself is known of a few pages only.
        let error = deviation as f64 * (far.sqrt() + far / (known.max(1) as f64).sqrt());
        (header + pages * average, window(error).min(whole_window(average)))
    }

    /// A segment that begins near a place, not before `least`.
    fn segment(&self, place: u64, least: u64) -> Segment {
        let (foretold, window) = self.foretell(place);
        if window >= self.lengths.average {
            return Segment::searching(place, place + window);
        }
        Segment::around(foretold, window, least)
    }
}

impl Lengths {
    /// Of an average, and what [`PageSizes`] says of how much pages differ.
    fn new(average: u64, (deviation, known): (u64, u64)) -> Self {
        Self { average: average.max(1), deviation, known }
    }

    /// Those of some pages; none of too few.
    fn of(lengths: Vec<u64>) -> Option<Self> {
        spread(lengths).map(|(average, spread)| Self::new(average, spread))
    }

    /// Whether they tell how many pages stand in a gap: with one more or less every foretold place were wrong.
    fn count_surely(self, gap: u64) -> bool {
        let Self { average, deviation, known } = self;
        let error = deviation as f64 * (gap / average) as f64 / (known.max(1) as f64).sqrt();
        2.0 * error < average as f64 / 2.0
    }

    /// Segments between two headers, as many as are worth it on a `way` of so many bytes.
    fn between(self, start: u64, end: u64, way: u64, link: Link) -> Vec<Segment> {
        let Self { average, deviation, known: _ } = self;
        let gap = end - start;
        let pages = (gap + average / 2) / average;
        if pages < 2 {
            return Vec::new();
        }
        // Each page differs a little from the others; half way between two known places that adds up most.
        let window =
            |before: f64| window(deviation as f64 * (before * (pages as f64 - before) / pages as f64).sqrt());
        let widest = window(pages as f64 / 2.0);
        let is_foretold = self.count_surely(gap) && widest < average;
        let cost = if is_foretold { widest } else { search_bytes(average) };
        let all = worthwhile(way.max(gap) / average, cost, link).clamp(1, MAX_SEGMENTS);
        let count = (all * gap / way.max(gap)).min(pages / 2);
        let segment = |number: u64| {
            if !is_foretold {
                let even = start + gap * number / count;
                return Segment::searching(even, even + whole_window(average));
            }
            let before = (pages * number / count).clamp(1, pages - 1);
            Segment::around(start + gap * before / pages, window(before as f64), start + 1)
        };
        (1..count).map(|number| Segment { is_cut: true, ..segment(number) }).collect()
    }
}

/// Segments that begin between `start` and `end`, as many as are worth it; a few, where these can tell more of the pages
/// between them.
fn cut(start: u64, end: u64, average: u64, phase: Option<Phase>, link: Link) -> Vec<Segment> {
    let way = end.saturating_sub(start);
    let whole = whole_window(average);
    let window = phase.map_or(whole, |phase| phase.foretell(end).1);
    let cost = window.min(search_bytes(average)).max(PROBE_BYTES);
    let pages = way / average;
    let most = if window <= plan::PROBE_BYTES { MAX_SEGMENTS } else { way / (3 * window) };
    let count = worthwhile(pages, cost, link).min(pages / 2).min(most).clamp(1, MAX_SEGMENTS);
    let is_coarse = window > plan::PROBE_BYTES && count > PILOTS;
    let count = if is_coarse { PILOTS } else { count };
    let segment = |number| {
        let even = if is_coarse {
            // The last one is near the end, so that all of the way lies between two of them.
            start + way.saturating_sub(average * LEAD_PAGES) * number / (count - 1)
        } else {
            start + way * number / count
        };
        phase.map_or_else(|| Segment::searching(even, even + whole), |phase| phase.segment(even, start + 1))
    };
    (1..count).map(segment).map(|segment| Segment { is_cut: !is_coarse, ..segment }).collect()
}

/// A first segment and those behind it: its gap is cut as finely as theirs.
fn behind(first: Segment, rest: Vec<Segment>) -> Vec<Segment> {
    let is_cut = rest.iter().all(|segment| segment.is_cut);
    std::iter::once(Segment { is_cut, ..first }).chain(rest).collect()
}

impl Segment {
    /// One whose first header is at this place.
    fn known(at: u64) -> Self {
        let found = Vec::new();
        Self { search: None, found, at, origin: at, probe_bytes: PROBE_BYTES, retreats: 0, is_cut: false }
    }

    /// One that looks for its first header from `origin` on, up to `end` at first.
    fn searching(origin: u64, end: u64) -> Self {
        Self { search: Some(PageSearch { at: origin, end }), ..Self::known(origin) }
    }

    /// One that looks for its first header in a window around a place, not before `least`.
    fn around(place: u64, window: u64, least: u64) -> Self {
        let origin = place.saturating_sub(window / 2).max(least);
        Self::searching(origin, origin + window)
    }

    /// Where its first header is believed to be; where it looks for one, as long as it does.
    fn first(&self) -> u64 {
        match (self.search, self.found.first()) {
            (Some(_), _) => self.origin,
            (None, Some((offset, _))) => *offset,
            (None, None) => self.at,
        }
    }

    fn is_hopeless(&self, chunk_end: u64) -> bool {
        self.retreats > MAX_RETREATS
            || self
                .search
                .is_some_and(|search| search.at >= chunk_end || search.at - self.origin > MAX_SEARCH_BYTES)
    }

    /// Searches and walks up to `limit`; says what it lacks, if it is not there yet.
    fn advance(
        &mut self,
        limit: u64,
        map: &PageMap,
        bytes: &impl Bytes,
        sure: bool,
    ) -> Result<Option<ByteRange>> {
        let chunk_end = map.chunk().range.end;
        loop {
            if let Some(search) = self.search {
                if self.is_hopeless(chunk_end) {
                    return Ok(None);
                }
                let end = search.end.min(chunk_end);
                let window = bytes.at(search.at, end.saturating_sub(search.at));
                match find(&window, search.at, map) {
                    Some((offset, header)) => {
                        self.found = vec![(offset, header)];
                        self.at = offset + header.page_bytes();
                        self.search = None;
                    }
                    None if (window.len() as u64) < end - search.at => {
                        return Ok(Some(ByteRange::new(search.at, end)));
                    }
                    None => {
                        // A header may lie across the window's end: step back by what one takes.
                        let len = (end - self.origin).max(PROBE_BYTES);
                        let at = end.saturating_sub(64).max(search.at + 1);
                        self.search = Some(PageSearch { at, end: end + len });
                    }
                }
                continue;
            }
            if self.at >= limit.min(chunk_end) {
                return Ok(None);
            }
            let len = self.probe_bytes.min(chunk_end - self.at);
            let head = bytes.at(self.at, len);
            match PageHeader::parse(&head) {
                Ok(header) if sure || plausible(&header, self.at, map) => {
                    self.found.push((self.at, header));
                    self.at += header.page_bytes().max(1);
                    self.probe_bytes = PROBE_BYTES;
                    if sure {
                        // The first segment's pages are known at once, so that it can stop early.
                        let rows: u64 =
                            self.found.iter().filter_map(|(_, header)| header.values()).map(u64::from).sum();
                        if map.frontier().1 + rows > map.rows() {
                            return Ok(None);
                        }
                    }
                }
                Err(error) if error.kind == ErrorKind::Truncated => {
                    if (head.len() as u64) < len {
                        return Ok(Some(ByteRange::new(self.at, self.at + len)));
                    }
                    if len >= MAX_HEADER_BYTES as u64 || self.at + len >= chunk_end {
                        if sure {
                            return Err(error.context(format!("page header at {}", self.at)));
                        }
                        self.retreat(map);
                        continue;
                    }
                    self.probe_bytes = len * 4;
                }
                Err(error) if sure => return Err(error.context(format!("page header at {}", self.at))),
                // The chunk does not end with a page.
                Ok(_) | Err(_) if self.found.len() > SURE_CHAIN => self.retreats = MAX_RETREATS + 1,
                Ok(_) | Err(_) => self.retreat(map),
            }
            if self.is_hopeless(chunk_end) {
                return Ok(None);
            }
        }
    }

    /// What was found was no header: look on, one byte behind it.
    fn retreat(&mut self, map: &PageMap) {
        let at = self.found.first().map_or(self.origin, |(offset, _)| *offset) + 1;
        let end = at + map.average_page_bytes();
        self.found.clear();
        self.retreats += 1;
        self.search = Some(PageSearch { at, end });
        self.probe_bytes = PROBE_BYTES;
    }
}

/// The first place in `window` that can be a data page's header.
fn find(window: &[u8], offset: u64, map: &PageMap) -> Option<(u64, PageHeader)> {
    memchr::memchr_iter(0x15, window).find_map(|place| {
        // Field 1, the type, is a data page (0) or one of version 2 (3, zigzag 6); field 2 follows.
        let head = window.get(place..)?;
        if !matches!(head, [0x15, 0 | 6, 0x15, ..]) {
            return None;
        }
        let header = PageHeader::parse(head).ok()?;
        let at = offset + place as u64;
        plausible(&header, at, map).then_some((at, header))
    })
}

/// Whether this can be a data page of the chunk.
fn plausible(header: &PageHeader, offset: u64, map: &PageMap) -> bool {
    let Some(values) = header.values() else { return false };
    values > 0
        && u64::from(values) <= map.rows()
        && offset + header.page_bytes() <= map.chunk().range.end
        && u64::from(header.uncompressed_bytes) <= map.chunk().uncompressed_bytes
        && header.body_bytes > 0
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
