//! Where headers must be, by how long pages are, and how many segments a way is worth.

use super::LEAD_PAGES;
use super::segment::{PROBE_BYTES, Segment};
use crate::formats::parquet::map::spread;
use crate::formats::parquet::plan::{self, Link};

/// Segments of a walk at most: as many single headers as may be in flight, with some room for other columns.
const MAX_SEGMENTS: u64 = 20;

/// Segments that look for a header in a window of about a page, before others are cut by what they find.
const PILOTS: u64 = 7;

/// Pages as far off as this many standard deviations are not looked for where they were foretold.
const DEVIATIONS: f64 = 3.0;

/// How long pages are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    pub(super) average: u64,
    /// How much they differ: the standard deviation of so many.
    pub(super) deviation: u64,
    pub(super) known: u64,
}

/// Where headers are foretold: one is known, and how long the pages are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    pub(super) header: u64,
    pub(super) lengths: Lengths,
}

/// In how many bytes around a foretold place a header will be found, where that may be so far off.
fn window(error: f64) -> u64 {
    (2.0 * DEVIATIONS * error) as u64 + 2 * PROBE_BYTES
}

/// In how many bytes a header will be found, wherever they begin: a page, and what may be more of it.
pub(super) fn whole_window(average: u64) -> u64 {
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
    pub(super) fn segment(&self, place: u64, least: u64) -> Segment {
        let (foretold, window) = self.foretell(place);
        if window >= self.lengths.average {
            return Segment::searching(place, place + window);
        }
        Segment::around(foretold, window, least)
    }
}

impl Lengths {
    /// Of an average, and what [`PageSizes`] says of how much pages differ.
    pub(super) fn new(average: u64, (deviation, known): (u64, u64)) -> Self {
        Self { average: average.max(1), deviation, known }
    }

    /// Those of some pages; none of too few.
    pub(super) fn of(lengths: Vec<u64>) -> Option<Self> {
        spread(lengths).map(|(average, spread)| Self::new(average, spread))
    }

    /// Whether they tell how many pages stand in a gap: with one more or less every foretold place were wrong.
    pub(super) fn count_surely(self, gap: u64) -> bool {
        let Self { average, deviation, known } = self;
        let error = deviation as f64 * (gap / average) as f64 / (known.max(1) as f64).sqrt();
        2.0 * error < average as f64 / 2.0
    }

    /// Segments between two headers, as many as are worth it on a `way` of so many bytes.
    pub(super) fn between(self, start: u64, end: u64, way: u64, link: Link) -> Vec<Segment> {
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
        (1..count).map(|number| segment(number).cut(true)).collect()
    }
}

/// Segments that begin between `start` and `end`, as many as are worth it; a few, where these can tell more of the pages
/// between them.
pub(super) fn cut(start: u64, end: u64, average: u64, phase: Option<Phase>, link: Link) -> Vec<Segment> {
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
    (1..count).map(segment).map(|segment| segment.cut(!is_coarse)).collect()
}

/// A first segment and those behind it: its gap is cut as finely as theirs.
pub(super) fn behind(first: Segment, rest: Vec<Segment>) -> Vec<Segment> {
    let is_cut = rest.iter().all(|segment| segment.is_cut);
    std::iter::once(first.cut(is_cut)).chain(rest).collect()
}
