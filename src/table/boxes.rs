//! How the numbers of one column lie in every bin of another one: exact quantiles.
//!
//! Where the numbers are codes, the rows of each code are counted in each bin. Others are gathered by bin, and picked
//! out of there without being sorted.

use crate::table::column::{Column, Plain, ROWS_A_CALL, Store, Value, value_at};
use crate::table::crossfilter::{Binned, raw};
use crate::table::filter::widen;
use serde::{Deserialize, Serialize};

/// The shares of the numbers below each of [`Quantiles::at`].
pub const SHARES: [f64; 7] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0];

/// The most counts of codes by bin; with more of them numbers are gathered.
const MAX_COUNTS: usize = 1 << 24;

/// How numbers lie. What is no number (NaN) counts as none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Rows in all.
    pub rows: u32,
    /// Rows with a number.
    pub numbers: u32,
    /// The least number, those above 5, 25, 50, 75 and 95 % of them, and the most; between two neighbours where
    /// there is none. NaN where there are no numbers.
    pub at: [f64; 7],
}

/// The quantiles of the numbers in each bin of `by`, with those of no value and of no bin, among the rows that pass
/// every clause whose bit is in `keep`.
pub fn boxes(by: &Binned, numbers: &Column, mask: &[u16], keep: u16) -> Vec<Quantiles> {
    let rows = Rows { bins: &by.rows, count: by.bins + 2, mask, keep };
    match numbers.store() {
        Store::Codes8(codes, values) => {
            rows.coded(codes, values.len(), |code| raw(numbers.meaning(value_at(values, code))))
        }
        Store::Codes16(codes, values) => {
            rows.coded(codes, values.len(), |code| raw(numbers.meaning(value_at(values, code))))
        }
        Store::Text(texts) => {
            let value = |code: u32| raw(numbers.meaning(texts.get(code).map_or(Value::Null, Value::Bytes)));
            rows.gathered(texts.codes(), |_, code| value(code))
        }
        Store::Plain(Plain::Float64(all), None) => rows.gathered(all, |_, value| value),
        Store::Plain(Plain::Float32(all), None) => rows.gathered(all, |_, value| f64::from(value)),
        Store::Plain(plain, _) => {
            let value = |row: usize| numbers.get(row).map_or(f64::NAN, raw);
            match plain {
                Plain::UInt32(all) => rows.gathered(all, |row, _| value(row)),
                Plain::Int64(all) => rows.gathered(all, |row, _| value(row)),
                Plain::Float32(all) => rows.gathered(all, |row, _| value(row)),
                Plain::Float64(all) => rows.gathered(all, |row, _| value(row)),
            }
        }
    }
}

/// The number between two neighbours, so that an infinity beside another one stays what it is.
pub fn between(low: f64, high: f64, part: f64) -> f64 {
    if part == 0.0 || low == high { low } else { low + (high - low) * part }
}

/// As people write it, where it is a number of four bytes.
pub fn written(value: f64) -> f64 {
    let short = value as f32;
    if value.is_finite() && f64::from(short) == value { widen(short) } else { value }
}

/// Rows by bin.
#[derive(Clone, Copy)]
struct Rows<'a> {
    bins: &'a [u8],
    count: usize,
    mask: &'a [u16],
    keep: u16,
}

impl Rows<'_> {
    /// Calls for each row that counts with its place among `column`, its bin, and what the column has there.
    fn each<T: Copy>(self, column: &[T], mut call: impl FnMut(usize, usize, T)) {
        let chunks = column.chunks(ROWS_A_CALL).zip(self.bins.chunks(ROWS_A_CALL));
        for (place, ((column, bins), mask)) in chunks.zip(self.mask.chunks(ROWS_A_CALL)).enumerate() {
            for (row, ((value, bin), mask)) in column.iter().zip(bins).zip(mask).enumerate() {
                if mask & self.keep == 0 {
                    call(place * ROWS_A_CALL + row, usize::from(*bin), *value);
                }
            }
        }
    }

    fn coded<C: Copy + Into<usize>>(
        self,
        codes: &[C],
        values: usize,
        value: impl Fn(usize) -> f64,
    ) -> Vec<Quantiles> {
        let numbers: Vec<f64> = (0..values).map(value).collect();
        // Behind the codes of numbers is that of no value.
        let width = values + 1;
        if self.count * width > MAX_COUNTS {
            return self.gathered(codes, |_, code| numbers.get(code.into()).copied().unwrap_or(f64::NAN));
        }
        let mut counts = vec![0u32; self.count * width];
        self.each(codes, |_, bin, code| {
            if let Some(count) = counts.get_mut(bin * width + code.into().min(values)) {
                *count += 1;
            }
        });
        let mut order: Vec<(f64, usize)> = numbers.into_iter().zip(0..).collect();
        order.retain(|(number, _)| !number.is_nan());
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let of_bin = |counts: &[u32]| {
            let here = || {
                let count =
                    |(number, code): &(f64, usize)| (*number, counts.get(*code).copied().unwrap_or(0));
                order.iter().map(count).filter(|(_, count)| *count > 0)
            };
            let numbers: u32 = here().map(|(_, count)| count).sum();
            let mut left = here();
            let (mut number, mut end) = (f64::NAN, 0u64);
            let nth = |rank: usize| {
                while end <= rank as u64
                    && let Some((next, count)) = left.next()
                {
                    (number, end) = (next, end + u64::from(count));
                }
                number
            };
            Quantiles { rows: counts.iter().sum(), numbers, at: quantiles(numbers, nth) }
        };
        counts.chunks(width).map(of_bin).collect()
    }

    fn gathered<T: Copy>(self, column: &[T], number: impl Fn(usize, T) -> f64) -> Vec<Quantiles> {
        let mut sizes = vec![(0u32, 0u32); self.count];
        self.each(column, |row, bin, value| {
            if let Some((rows, numbers)) = sizes.get_mut(bin) {
                *rows += 1;
                *numbers += u32::from(!number(row, value).is_nan());
            }
        });
        let mut next: Vec<usize> = Vec::with_capacity(self.count);
        let mut end = 0;
        for (_, numbers) in &sizes {
            next.push(end);
            end += *numbers as usize;
        }
        let mut gathered = vec![0.0; end];
        self.each(column, |row, bin, value| {
            let number = number(row, value);
            if let Some(place) = next.get_mut(bin).filter(|_| !number.is_nan()) {
                if let Some(slot) = gathered.get_mut(*place) {
                    *slot = number;
                }
                *place += 1;
            }
        });
        let mut rest = gathered.as_mut_slice();
        let of_bin = |(rows, numbers): (u32, u32)| {
            let (mut own, behind) =
                std::mem::take(&mut rest).split_at_mut_checked(numbers as usize).unwrap_or_default();
            rest = behind;
            let (mut first, mut last) = (0, f64::NAN);
            // Ranks go up, and what is below one needs no second look.
            let nth = |rank: usize| {
                if rank >= first && rank - first < own.len() {
                    let (_, nth, above) =
                        std::mem::take(&mut own).select_nth_unstable_by(rank - first, f64::total_cmp);
                    (last, own, first) = (*nth, above, rank + 1);
                }
                last
            };
            Quantiles { rows, numbers, at: quantiles(numbers, nth) }
        };
        sizes.into_iter().map(of_bin).collect()
    }
}

/// The quantiles of so many numbers, of which `nth` gives one by its rank; ranks never go down.
fn quantiles(numbers: u32, mut nth: impl FnMut(usize) -> f64) -> [f64; 7] {
    let Some(last) = numbers.checked_sub(1) else { return [f64::NAN; 7] };
    let mut known: (usize, f64) = (0, nth(0));
    let mut nth = |rank: usize| {
        if rank != known.0 {
            known = (rank, nth(rank));
        }
        known.1
    };
    let mut before: (usize, f64) = (0, nth(0));
    SHARES.map(|share| {
        let place = share * f64::from(last);
        let below = place.floor() as usize;
        // Two shares may lie between the same two neighbours.
        if below > before.0 {
            before = (below, nth(below));
        }
        let part = place - below as f64;
        let high = if part > 0.0 { nth(below + 1) } else { before.1 };
        written(between(before.1, high, part))
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::{SHARES, boxes};
    use crate::base::moment::Quantity;
    use crate::formats::parquet::decode::{Decoded, Values};
    use crate::table::column::Column;
    use crate::table::crossfilter::{bin, pairs};
    use proptest::prelude::*;

    fn column(valid: &[bool], values: Values) -> Column {
        let mut column = Column::with_capacity(0);
        let decoded = Decoded { rows: valid.len() as u32, valid: Some(valid.to_vec()), values };
        column.append(&decoded, None).unwrap();
        column
    }

    fn numbers(rows: &[Option<f64>]) -> Column {
        let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
        column(&valid, Values::Float64(rows.iter().flatten().copied().collect()))
    }

    fn small(rows: &[Option<f64>]) -> Column {
        let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
        column(&valid, Values::Float32(rows.iter().flatten().map(|value| *value as f32).collect()))
    }

    fn any_number() -> impl Strategy<Value = Option<f64>> {
        let odd = prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 7.0, 1e300]);
        prop::option::weighted(
            0.9,
            prop_oneof![4 => (0i32..40).prop_map(f64::from), 4 => -1e3..1e3f64, 1 => odd],
        )
    }

    /// By sorting: the number that so much of the others is below.
    fn quantile(sorted: &[f64], share: f64) -> f64 {
        if sorted.is_empty() {
            return f64::NAN;
        }
        let place = share * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        if low == high { low } else { low + (high - low) * place.fract() }
    }

    proptest! {
        #[test]
        fn cells_and_boxes_are_those_of_a_plain_loop(
            rows in prop::collection::vec((any_number(), any_number(), any::<bool>()), 1..400),
            repeated in any::<bool>(), many in any::<bool>(),
        ) {
            let mut rows = rows;
            if repeated {
                // A constant column.
                rows.iter_mut().for_each(|row| row.0 = Some(7.0));
            }
            if many {
                // More different numbers than codes can name.
                rows.extend((0..70_000).map(|n| (Some(f64::from(n % 9)), Some(f64::from(n) / 3.0), false)));
            }
            let first: Vec<Option<f64>> = rows.iter().map(|row| row.0).collect();
            let second: Vec<Option<f64>> = rows.iter().map(|row| row.1).collect();
            let mask: Vec<u16> = rows.iter().map(|row| 4 * u16::from(row.2) + 2).collect();
            let keep = !2;
            let (x, y) = (numbers(&first), numbers(&second));
            let (by, up) = (bin(&x, Quantity::Number), bin(&y, Quantity::Number));
            let counts = pairs(&by, &up, &mask, keep);
            let mut expected = vec![0u32; (by.bins + 2) * (up.bins + 2)];
            let here = |row: &usize| !rows[*row].2;
            for row in (0..rows.len()).filter(here) {
                expected[usize::from(by.rows[row]) * (up.bins + 2) + usize::from(up.rows[row])] += 1;
            }
            prop_assert_eq!(counts, expected);
            for (column, round) in [(&y, false), (&small(&second), true)] {
                let own = boxes(&by, column, &mask, keep);
                prop_assert_eq!(own.len(), by.bins + 2);
                for (bin, own) in own.iter().enumerate() {
                    let of_bin = |row: &usize| here(row) && usize::from(by.rows[*row]) == bin;
                    let members: Vec<usize> = (0..rows.len()).filter(of_bin).collect();
                    let value = |row: &usize| second[*row].map(|value| if round { f64::from(value as f32) } else { value });
                    let mut sorted: Vec<f64> = members.iter().filter_map(value).filter(|value| !value.is_nan()).collect();
                    sorted.sort_by(f64::total_cmp);
                    prop_assert_eq!((own.rows as usize, own.numbers as usize), (members.len(), sorted.len()));
                    for (share, got) in SHARES.iter().zip(own.at) {
                        let expected = quantile(&sorted, *share);
                        let same = got == expected || got.is_nan() && expected.is_nan()
                            || (got - expected).abs() <= expected.abs() * 1e-6;
                        prop_assert!(same, "{} of {:?}: {} and not {}", share, sorted.len(), got, expected);
                    }
                }
            }
        }
    }

    #[test]
    fn one_row_has_every_quantile_and_none_has_no_number() {
        let by = bin(&numbers(&[Some(1.0), Some(2.0)]), Quantity::Number);
        let own = boxes(&by, &numbers(&[Some(7.5), None]), &[0, 0], 0);
        assert_eq!((own[0].rows, own[0].numbers, own[0].at), (1, 1, [7.5; 7]));
        assert!(own[1].rows == 1 && own[1].numbers == 0 && own[1].at.iter().all(|value| value.is_nan()));
    }
}
