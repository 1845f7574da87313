//! Linked filters: one bit a clause in every row's mask, so that each chart can leave out its own.

mod bins;
mod cube;

pub use bins::{Binned, Bins, MAX_BINS, Shape, bin, raw};
pub use cube::{Side, cube, pairs, side};

use crate::table::column::{Column, ROWS_A_CALL};
use crate::table::filter;
use crate::view::spec::{Clause, MAX_FILTERS};

/// Sets a bit in every row's mask.
pub type Mark<'a> = &'a mut dyn FnMut(&mut [u16]);

/// The bit of the prompt query.
pub const QUERY: u16 = 1 << MAX_FILTERS;

/// The bit of the subset.
pub const SUBSET: u16 = QUERY << 1;

/// The clauses and every row's mask. A row whose mask is zero passes all of them.
#[derive(Clone, Debug, Default)]
pub struct Crossfilter {
    mask: Vec<u16>,
    clauses: [Option<(String, Clause)>; MAX_FILTERS],
    /// Which of [`QUERY`] and [`SUBSET`] are in use.
    own: u16,
}

impl Crossfilter {
    /// No clauses, over a table of `rows` rows.
    pub fn new(rows: usize) -> Self {
        Self { mask: vec![0; rows], clauses: Default::default(), own: 0 }
    }

    /// Adds rows up to `rows`; nothing of them is read, so that they fail every clause.
    pub fn grow(&mut self, rows: usize) {
        let fails = self.bits();
        self.mask.resize(rows.max(self.mask.len()), fails);
    }

    /// Every row's mask: a bit is set for each clause that the row fails.
    pub fn mask(&self) -> &[u16] {
        &self.mask
    }

    /// The bit of the clause on this column; 0 if there is none.
    pub fn bit(&self, name: &str) -> u16 {
        self.position(name).map_or(0, |position| 1 << position)
    }

    /// The bits of all clauses.
    pub fn bits(&self) -> u16 {
        let columns = self.clauses.iter().enumerate().filter(|(_, clause)| clause.is_some());
        columns.fold(self.own, |bits, (place, _)| bits | 1 << place)
    }

    /// Sets the bit of a clause that is on no column of its own, [`QUERY`] or [`SUBSET`], by a
    /// function that has every row's mask; or drops the clause.
    pub fn set_own(&mut self, bit: u16, mark: Option<Mark<'_>>) {
        match mark {
            Some(mark) => {
                self.own |= bit;
                mark(&mut self.mask);
            }
            None => {
                if self.own & bit != 0 {
                    self.mask.iter_mut().for_each(|mask| *mask &= !bit);
                }
                self.own &= !bit;
            }
        }
    }

    /// The columns that have a clause.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().flatten().map(|(name, _)| name.as_str())
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.clauses.iter().position(|clause| clause.as_ref().is_some_and(|(column, _)| column == name))
    }

    /// Makes these the clauses. Only rows' bits of clauses that are new, changed or gone are
    /// touched. `column` gives a column as far as it has been read; rows that are not read fail.
    /// Clauses beyond [`MAX_FILTERS`] are left out; the answer is how many.
    pub fn set<'a>(
        &mut self,
        clauses: &[(String, Clause)],
        column: impl Fn(&str) -> Option<&'a Column>,
    ) -> usize {
        for position in 0..MAX_FILTERS {
            let gone = self.clauses.get(position).is_some_and(|clause| {
                clause.as_ref().is_some_and(|(name, _)| !clauses.iter().any(|(other, _)| other == name))
            });
            if gone {
                if let Some(clause) = self.clauses.get_mut(position) {
                    *clause = None;
                }
                let bit = 1u16 << position;
                self.mask.iter_mut().for_each(|mask| *mask &= !bit);
            }
        }
        let mut left_out = 0;
        for (name, clause) in clauses {
            let known = self.position(name);
            let place = known.or_else(|| self.clauses.iter().position(Option::is_none));
            let Some((place, slot)) = place.and_then(|place| Some((place, self.clauses.get_mut(place)?)))
            else {
                left_out += 1;
                continue;
            };
            if slot.as_ref().is_some_and(|(_, old)| old == clause) {
                continue;
            }
            *slot = Some((name.clone(), clause.clone()));
            mark(&mut self.mask, place, clause, column(name));
        }
        left_out
    }

    /// Looks again at a column of which more has been read.
    pub fn refresh(&mut self, name: &str, column: &Column) {
        if let Some(place) = self.position(name)
            && let Some(Some((_, clause))) = self.clauses.get(place)
        {
            mark(&mut self.mask, place, clause, Some(column));
        }
    }
}

fn mark(mask: &mut [u16], place: usize, clause: &Clause, column: Option<&Column>) {
    let bit = 1u16 << place;
    match column {
        Some(column) => filter::mark(clause, column, bit, mask),
        None => mask.iter_mut().for_each(|mask| *mask |= bit),
    }
}

/// Rows of each bin among those that pass every clause whose bit is in `keep`. Bins are numbered
/// as in [`Binned::rows`].
pub fn count(bins: &[u8], mask: &[u16], keep: u16) -> [u32; 256] {
    // Neighbouring rows often fall into one bin; two sums a bin spare waiting for the last one.
    let mut sums = [[0u32; 256]; 2];
    for (bins, mask) in bins.chunks(ROWS_A_CALL).zip(mask.chunks(ROWS_A_CALL)) {
        count_some(bins, mask, keep, &mut sums);
    }
    let [mut even, odd] = sums;
    for (sum, other) in even.iter_mut().zip(odd) {
        *sum += other;
    }
    even
}

/// How many rows pass every clause of one mask, and how many of those every clause of another one too.
pub fn overlap(mask: &[u16], other: &[u16]) -> (u64, u64) {
    let (mut own, mut both) = (0, 0);
    for (mask, other) in mask.chunks(ROWS_A_CALL).zip(other.chunks(ROWS_A_CALL)) {
        let (own_some, both_some) = overlap_some(mask, other);
        own += u64::from(own_some);
        both += u64::from(both_some);
    }
    (own, both)
}

#[inline(never)]
fn overlap_some(mask: &[u16], other: &[u16]) -> (u32, u32) {
    let (mut own, mut both) = (0, 0);
    for (mask, other) in mask.iter().zip(other) {
        own += u32::from(*mask == 0);
        both += u32::from(mask | other == 0);
    }
    (own, both)
}

#[inline(never)]
fn count_some(bins: &[u8], mask: &[u16], keep: u16, [even, odd]: &mut [[u32; 256]; 2]) {
    let (bin_pairs, bin_rest) = bins.as_chunks::<2>();
    let (mask_pairs, mask_rest) = mask.as_chunks::<2>();
    for ([bin_a, bin_b], [mask_a, mask_b]) in bin_pairs.iter().zip(mask_pairs) {
        if let Some(sum) = even.get_mut(usize::from(*bin_a)) {
            *sum += u32::from(mask_a & keep == 0);
        }
        if let Some(sum) = odd.get_mut(usize::from(*bin_b)) {
            *sum += u32::from(mask_b & keep == 0);
        }
    }
    for (bin, mask) in bin_rest.iter().zip(mask_rest) {
        if let Some(sum) = even.get_mut(usize::from(*bin)) {
            *sum += u32::from(mask & keep == 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Binned, Crossfilter, Shape, bin, count, cube, side};
    use crate::base::moment::Quantity;
    use crate::formats::parquet::decode::{Decoded, Values};
    use crate::table::column::{Column, Value};
    use crate::table::filter::passes;
    use crate::view::spec::Clause;
    use proptest::prelude::prop_assert_eq;

    fn column(rows: &[Option<i64>]) -> Column {
        let mut column = Column::with_capacity(0);
        let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
        let values = Values::Int(rows.iter().flatten().copied().collect());
        column.append(&Decoded { rows: rows.len() as u32, valid: Some(valid), values }, None).unwrap();
        column
    }

    fn cell(column: &Column, row: usize) -> Value<'_> {
        column.get(row).unwrap()
    }

    fn edges(binned: &Binned) -> usize {
        match &binned.shape {
            Shape::Bins(intervals) => intervals.from.len(),
            Shape::Categories { labels, .. } => labels.len(),
        }
    }

    proptest::proptest! {
        /// Charts and the cube do what asking row by row does: the dragged column's clause is
        /// replaced by its bins, and each chart leaves out its own clause.
        #[test]
        fn charts_and_cube_agree_with_row_loops(
            rows in proptest::collection::vec((
                proptest::option::weighted(0.9, 0i64..40),
                proptest::option::weighted(0.9, -5i64..200),
                0i64..4), 1..300),
            low in 0f64..20.0, high in 10f64..40.0, sampler in 0i64..4, from in 0usize..60, len in 1usize..30,
        ) {
            let cfg = column(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
            let step = column(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
            let sampler_column = column(&rows.iter().map(|row| Some(row.2)).collect::<Vec<_>>());
            let by_name = |name: &str| match name {
                "cfg" => Some(&cfg),
                "step" => Some(&step),
                _ => Some(&sampler_column),
            };
            let on_cfg = Clause::numbers(Some(low), Some(high));
            let on_sampler = Clause::list([Some(sampler.to_string())], true);
            let mut filter = Crossfilter::new(rows.len());
            filter.set(&[("cfg".into(), Clause::Null), ("gone".into(), Clause::Null)], by_name);
            filter.set(&[("cfg".into(), on_cfg.clone()), ("kind".into(), on_sampler.clone())], by_name);
            let pass = |clause: &Clause, column: &Column, row| passes(clause, column.known(), cell(column, row));

            let cfg_bins = bin(&cfg, Quantity::Number);
            let step_bins = bin(&step, Quantity::Number);
            let kept = count(&cfg_bins.rows, filter.mask(), !filter.bit("cfg"));
            let expected = (0..rows.len()).filter(|row| pass(&on_sampler, &sampler_column, *row)).count();
            prop_assert_eq!(kept.iter().sum::<u32>() as usize, expected);

            let Shape::Bins(intervals) = &cfg_bins.shape else { panic!("numbers make intervals") };
            let n = edges(&cfg_bins);
            let (i, j) = (from % n, (from % n + len).min(n));
            let brush = Clause::numbers(Some(intervals.from[i]), Some(intervals.to[j - 1]));
            let (total, sides) = cube(
                &cfg_bins, filter.mask(), filter.bit("cfg"), &[side(&step_bins, filter.bit("step"))]);
            let in_brush = |row: &usize| {
                pass(&brush, &cfg, *row) && pass(&on_sampler, &sampler_column, *row)
            };
            prop_assert_eq!((total[j] - total[i]) as usize, (0..rows.len()).filter(in_brush).count());
            let m = step_bins.bins + 1;
            for k in 0..m {
                let got = sides[0][j * m + k] - sides[0][i * m + k];
                let expected = (0..rows.len()).filter(in_brush).filter(|row| usize::from(step_bins.rows[*row]) == k).count();
                prop_assert_eq!(got as usize, expected);
            }
        }
    }
}
