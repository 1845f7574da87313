//! The number of matching rows, the charts, and what a drag on one of them needs.

use super::Answers;
use super::report::report;
use crate::base::ids::Generation;
use crate::base::sorted::Map;
use crate::engine::Effect;
use crate::engine::data::{Data, DataColumn};
use crate::engine::result::{Matches, Pin};
use crate::protocol::{Chart, Count, Counts, Cube, CubeSide, Response};
use crate::table::column::Column;
use crate::table::crossfilter::{Binned, count, cube, overlap, side};

/// Rows of A by bin. They are counted once for each A and each way of putting a column into bins, and not for each
/// filter that is held against them.
#[derive(Default)]
pub struct PinnedCounts {
    /// [`Pin::version`](crate::engine::result::Pin::version).
    version: u64,
    /// By the place of a column, with the rows that were counted.
    counts: Map<usize, (usize, [u32; 256])>,
}

impl PinnedCounts {
    /// A column was put into bins anew.
    pub fn forget(&mut self, place: usize) {
        self.counts.remove(&place);
    }

    fn of(&mut self, place: usize, binned: &Binned, pin: &Pin) -> [u32; 256] {
        if self.version != pin.version() {
            self.counts.clear();
            self.version = pin.version();
        }
        let rows = binned.rows.len();
        match self.counts.get(&place) {
            Some((counted, counts)) if *counted == rows => *counts,
            Some(_) | None => {
                let counts = count(&binned.rows, pin.mask(), u16::MAX);
                self.counts.insert(place, (rows, counts));
                counts
            }
        }
    }
}

impl Answers {
    /// Reports the number of matching rows, and the charts: those that grew, or all where the `masks` are
    /// no longer what they were.
    pub(super) fn report_counts(
        &mut self,
        masks: bool,
        data: &Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) {
        let rows = data.rows_in_all();
        let rows_read = matches.rows_decided(data);
        let generation = self.show.generation;
        let matching = u64::from(matches.matching());
        let distinct = self.distinct(data, matches);
        let without = if matching == 0 && rows_read == rows { matches.without() } else { Vec::new() };
        let searched = matches.searched();
        let mut count =
            Count { generation, matching, searched, rows_read, rows, distinct, without, ..Count::default() };
        if let Some(pin) = matches.pin() {
            let (pinned, both) = overlap(pin.mask(), matches.filter().mask());
            count.pinned = Some(pinned);
            count.both = both;
            count.pinned_read = pin.rows_decided(data);
            count.pinned_without = pin.left_out();
        }
        report(effects, Response::Count(count));
        for (place, column) in data.columns.iter().enumerate() {
            if (self.due.take_chart(place) || masks)
                && let Some(chart) = self.chart(place, column, data, matches)
            {
                report(effects, Response::Chart(chart));
            }
        }
    }

    fn chart(&mut self, place: usize, column: &DataColumn, data: &Data, matches: &Matches) -> Option<Chart> {
        let binned = column.binned.as_ref()?;
        let filter = matches.filter();
        let pin = matches.pin();
        // A and B are held against each other as they are; otherwise a chart leaves out its own clause.
        let own = if pin.is_some() { 0 } else { filter.bit(&column.info.name) };
        // Without another clause every row counts, and those are counted already.
        let counted;
        let here = if filter.bits() & !own == 0 {
            binned.all.as_slice()
        } else {
            // Rows that a search has yet to look at match nothing.
            let reached = if matches.is_searching() { matches.rows_evaluated(data) } else { data.meta.rows };
            let rows = binned.rows.get(..reached as usize).unwrap_or(&binned.rows);
            counted = count(rows, filter.mask(), !own);
            counted.as_slice()
        };
        let split = |counts: &[u32]| {
            let (bins, rest) = counts.split_at_checked(binned.bins).unwrap_or((counts, &[]));
            (Counts(bins.to_vec()), rest.first().copied().unwrap_or(0))
        };
        let pinned = pin.filter(|pin| !pin.is_everything());
        let pinned = pinned.map(|pin| self.pinned_counts.of(place, binned, pin));
        let (all, null_all) =
            split(pinned.as_ref().map_or(binned.all.as_slice(), |counts| counts.as_slice()));
        let (here, null_here) = split(here);
        let unreadable = column.values.as_ref().map_or(&[][..], Column::unreadable);
        let unreadable: usize = unreadable.iter().map(ExactSizeIterator::len).sum();
        let unreadable = unreadable.min(binned.rows.len());
        Some(Chart {
            column: column.info.name.clone(),
            generation: self.show.generation,
            pinned: pin.is_some(),
            shape: binned.shape.clone(),
            all,
            here,
            null_all,
            null_here,
            rows_read: (binned.rows.len() - unreadable) as u32,
            unreadable: unreadable as u32,
            complete: column.complete,
        })
    }

    /// Counts what a drag on a chart will ask.
    pub fn touch(
        &self,
        column: &str,
        generation: Generation,
        data: &Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) {
        if generation != self.show.generation {
            return;
        }
        let Some(active) = data.column(column).and_then(|column| column.binned.as_ref()) else { return };
        let filter = matches.filter();
        let is_pinned = matches.pin().is_some();
        let own = |name: &str| if is_pinned { 0 } else { filter.bit(name) };
        let others: Vec<_> = data
            .columns
            .iter()
            .filter(|other| other.info.name != column)
            .filter_map(|other| Some((other, other.binned.as_ref()?)))
            .collect();
        let sides: Vec<_> =
            others.iter().map(|(other, binned)| side(binned, own(&other.info.name))).collect();
        let (total, before) = cube(active, filter.mask(), filter.bit(column), &sides);
        let others = others
            .iter()
            .zip(before)
            .map(|((other, binned), before)| CubeSide {
                column: other.info.name.clone(),
                bins: binned.bins as u32 + 1,
                before: Counts(before),
            })
            .collect();
        report(
            effects,
            Response::Cube(Cube {
                column: column.to_owned(),
                generation,
                bins: active.bins as u32,
                total: Counts(total),
                others,
            }),
        );
    }
}
