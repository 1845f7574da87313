//! Which bin of its column's chart each row is in.
//!
//! Edges are round numbers, chosen once from the values themselves: from the 0.1 % to the 99.9 %
//! quantile, so that one absurd cfg scale does not flatten all others, or to the ends where those are
//! near. What lies beyond has bins of its own. Each bin also says which ends a range must have to
//! hold exactly its rows, so that what a brush counts is what the filter then keeps.

mod ends;
mod scale;

use self::ends::Ends;
use self::scale::{BinScale, Extent};
use crate::base::moment::Quantity;
use crate::formats::parquet::decode::Values;
use crate::formats::parquet::meta::Logical;
use crate::table::column::{Column, Plain, ROWS_A_CALL, Store, Value, value_at};
use crate::table::filter::{call, number};
use crate::table::text;
use serde::{Deserialize, Serialize};

/// Most bins of a chart; the numbers above are for nulls and for what is in no bin.
pub const MAX_BINS: usize = 250;

/// Values looked at to choose the edges of a column that is not coded.
const SAMPLE: usize = 1 << 16;

/// A column's rows, by bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Binned {
    /// What the bins are.
    pub shape: Shape,
    /// Number of bins. Rows without a value are in bin `bins`, rows in no bin in `bins + 1`.
    pub bins: usize,
    /// Each row's bin.
    pub rows: Vec<u8>,
    /// Rows of each bin, and of the two numbers behind them.
    pub all: Vec<u32>,
}

/// What the bins of a column are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// Neighbouring intervals of numbers or times.
    Bins(Bins),
    /// One bin a value.
    Categories {
        /// What each value is called in a link and on the screen; commonest in the table first.
        labels: Vec<String>,
        /// Distinct values that have no bin; their rows are counted in none.
        others: u32,
    },
}

/// Neighbouring intervals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bins {
    /// The edges of the bins on the scale, one more than those.
    pub edges: Vec<f64>,
    /// Smallest end of a range that begins with this bin: as round as it can be while the range holds
    /// exactly the bins' rows. The bin of what lies below the scale comes first, where there is one;
    /// that of what lies above and the detached one come last.
    pub from: Vec<f64>,
    /// Largest end of a range that ends with this bin; for times the first millisecond after.
    pub to: Vec<f64>,
    /// The least of the values, the detached one left out; more than the most where there are none.
    pub least: f64,
    /// The most of them.
    pub most: f64,
    /// What the edges are.
    pub quantity: Quantity,
    /// Whether all values are whole numbers.
    pub integer: bool,
    /// A value beyond the scale that has one more bin to itself, after the others.
    pub detached: Option<f64>,
    /// Rows below the first edge; they have a bin where there are any.
    pub below: u32,
    /// Rows from the last edge up, the detached value excluded; they have a bin where there are any.
    pub above: u32,
}

impl Bins {
    /// Whether the edges are points in time.
    pub fn is_time(&self) -> bool {
        self.quantity == Quantity::Moment
    }

    /// The first and the end of the bins that lie on the scale.
    pub fn on_scale(&self) -> (usize, usize) {
        let first = usize::from(self.below > 0);
        (first, first + self.edges.len().saturating_sub(1))
    }
}

/// Puts the rows of a column, as far as it is read, into bins.
pub fn bin(column: &Column, quantity: Quantity) -> Binned {
    let mut binned = all(column, quantity);
    let (none, nowhere) = (binned.bins, binned.bins + 1);
    for rows in column.unreadable() {
        for bin in binned.rows.get_mut(rows.clone()).unwrap_or_default() {
            if let Some(count) = binned.all.get_mut(usize::from(*bin)) {
                *count -= 1;
            }
            if let Some(count) = binned.all.get_mut(nowhere) {
                *count += 1;
            }
            debug_assert_eq!(usize::from(*bin), none, "what can't be read has no value");
            *bin = nowhere as u8;
        }
    }
    binned
}

fn all(column: &Column, quantity: Quantity) -> Binned {
    let known = column.known();
    match column.store() {
        Store::Codes8(codes, values) => coded(codes, values, column, quantity),
        Store::Codes16(codes, values) => coded(codes, values, column, quantity),
        // Numbers of more than 64 bits.
        Store::Text(texts) if matches!(known.logical, Some(Logical::Decimal { .. })) => {
            let value = |code: u32| texts.get(code).map_or(Value::Null, Value::Bytes);
            let numbers: Vec<f64> =
                (0..texts.distinct() as u32).map(|code| raw(column.meaning(value(code)))).collect();
            let number = |code: u32| numbers.get(code as usize).copied().unwrap_or(f64::NAN);
            let valid: Vec<bool> = texts.codes().iter().map(|code| *code != text::NULL).collect();
            intervals(known.detached, Quantity::Number, texts.codes(), number, Some(&valid), false)
        }
        Store::Text(texts) => {
            let mut counts = vec![0u32; texts.distinct()];
            for code in texts.codes() {
                if let Some(count) = counts.get_mut(*code as usize) {
                    *count += 1;
                }
            }
            let call = |code: usize| {
                String::from_utf8_lossy(texts.get(code as u32).unwrap_or_default()).into_owned()
            };
            let (shape, bin_of, bins) = categories(call, &counts);
            let bin = |code: &u32| bin_of.get(*code as usize).copied().unwrap_or(bins as u8);
            let rows: Vec<u8> = texts.codes().iter().map(bin).collect();
            let mut all = vec![0u32; bins + 2];
            for bin in &rows {
                if let Some(count) = all.get_mut(usize::from(*bin)) {
                    *count += 1;
                }
            }
            Binned { shape, bins, rows, all }
        }
        Store::Plain(plain, valid) => {
            let valid = valid.as_deref();
            match plain {
                Plain::UInt32(all) => {
                    let number = |value| raw(column.meaning(Value::Int(i64::from(value))));
                    intervals(known.detached, quantity, all, number, valid, false)
                }
                Plain::Int64(all) => {
                    let number = |bits| raw(column.meaning(Value::Int(bits)));
                    intervals(known.detached, quantity, all, number, valid, false)
                }
                Plain::Float32(all) => intervals(known.detached, quantity, all, f64::from, valid, true),
                Plain::Float64(all) => intervals(known.detached, quantity, all, |value| value, valid, false),
            }
        }
    }
}

fn coded<C: Copy + Into<usize>>(codes: &[C], values: &Values, column: &Column, quantity: Quantity) -> Binned {
    let known = column.known();
    let wide = matches!(known.logical, Some(Logical::Decimal { .. }));
    let text = matches!(values, Values::Bytes(_) | Values::Bool(_)) && !wide;
    let mut counts = vec![0u32; values.len()];
    codes.chunks(ROWS_A_CALL).for_each(|codes| tally(codes, &mut counts));
    let (shape, bin_of, bins) = if (text || known.is_categorical) && quantity != Quantity::Moment {
        categories(|code| call(known, column.meaning(value_at(values, code))).unwrap_or_default(), &counts)
    } else {
        let numbers: Vec<f64> =
            (0..values.len()).map(|code| raw(column.meaning(value_at(values, code)))).collect();
        let narrow = matches!(values, Values::Float32(_));
        let met = numbers.iter().zip(&counts).filter(|(_, count)| **count > 0).map(|(value, _)| *value);
        let extent = Extent::of(met, known.detached);
        let scale = BinScale::choose(known.detached, quantity, narrow, (&numbers, &counts), extent);
        let mut ends = Ends::new(&scale);
        let bin_of: Vec<u8> = numbers
            .iter()
            .zip(&counts)
            .map(|(value, count)| {
                let bin = scale.bin(*value);
                ends.see(bin, *value, *count, &scale);
                bin
            })
            .collect();
        let bins = scale.bins();
        (Shape::Bins(ends.finish(scale)), bin_of, bins)
    };
    let mut all = vec![0u32; bins + 2];
    for (bin, count) in bin_of.iter().zip(&counts) {
        if let Some(all) = all.get_mut(usize::from(*bin)) {
            *all += count;
        }
    }
    let nulls = codes.len() - counts.iter().sum::<u32>() as usize;
    if let Some(all) = all.get_mut(bins) {
        *all += nulls as u32;
    }
    let mut rows = Vec::with_capacity(codes.len());
    codes.chunks(ROWS_A_CALL).for_each(|codes| translate(codes, &bin_of, bins as u8, &mut rows));
    Binned { shape, bins, rows, all }
}

/// Counts the rows of each code. The code of null lies behind those of values.
#[inline(never)]
fn tally<C: Copy + Into<usize>>(codes: &[C], counts: &mut [u32]) {
    for code in codes {
        if let Some(count) = counts.get_mut((*code).into()) {
            *count += 1;
        }
    }
}

#[inline(never)]
fn translate<C: Copy + Into<usize>>(codes: &[C], bin_of: &[u8], null: u8, rows: &mut Vec<u8>) {
    rows.extend(codes.iter().map(|code| bin_of.get((*code).into()).copied().unwrap_or(null)));
}

fn categories(call: impl Fn(usize) -> String, counts: &[u32]) -> (Shape, Vec<u8>, usize) {
    let mut order: Vec<usize> =
        (0..counts.len()).filter(|code| counts.get(*code).is_some_and(|n| *n > 0)).collect();
    order.sort_by_key(|code| (std::cmp::Reverse(counts.get(*code).copied()), *code));
    let bins = order.len().min(MAX_BINS);
    let mut bin_of = vec![bins as u8 + 1; counts.len()];
    let mut labels = Vec::with_capacity(bins);
    for (bin, code) in order.iter().take(bins).enumerate() {
        if let Some(place) = bin_of.get_mut(*code) {
            *place = bin as u8;
        }
        labels.push(call(*code));
    }
    (Shape::Categories { labels, others: (order.len() - bins) as u32 }, bin_of, bins)
}

/// A value as a number, four-byte ones as they are; NaN where it is none.
pub fn raw(value: Value<'_>) -> f64 {
    match value {
        Value::Float32(value) => f64::from(value),
        value => number(value).unwrap_or(f64::NAN),
    }
}

fn intervals<T: Copy>(
    detached: Option<f64>,
    quantity: Quantity,
    values: &[T],
    number: impl Fn(T) -> f64 + Copy,
    valid: Option<&[bool]>,
    narrow: bool,
) -> Binned {
    let is_valid = |row: usize| valid.and_then(|valid| valid.get(row)).copied().unwrap_or(true);
    let stride = (values.len() / SAMPLE).max(1);
    let sample: Vec<f64> = values
        .iter()
        .enumerate()
        .step_by(stride)
        .map(|(row, value)| (row, number(*value)))
        .filter(|(row, value)| is_valid(*row) && !value.is_nan())
        .map(|(_, value)| value)
        .collect();
    let there = values.iter().enumerate().filter(|(row, _)| is_valid(*row)).map(|(_, value)| number(*value));
    let extent = Extent::of(there, detached);
    let scale = BinScale::choose(detached, quantity, narrow, (&sample, &vec![1; sample.len()]), extent);
    let bins = scale.bins();
    let mut all = vec![0; bins + 2];
    let mut ends = Ends::new(&scale);
    let mut rows = Vec::with_capacity(values.len());
    for (place, values) in values.chunks(ROWS_A_CALL).enumerate() {
        let start = place * ROWS_A_CALL;
        let valid = valid.and_then(|valid| valid.get(start..start + values.len()));
        place_some(values, number, valid, &scale, &mut ends, &mut rows);
        rows.get(start..).unwrap_or_default().chunks(ROWS_A_CALL).for_each(|bins| tally(bins, &mut all));
    }
    Binned { shape: Shape::Bins(ends.finish(scale)), bins, rows, all }
}

#[inline(never)]
fn place_some<T: Copy>(
    values: &[T],
    number: impl Fn(T) -> f64,
    valid: Option<&[bool]>,
    scale: &BinScale,
    ends: &mut Ends,
    rows: &mut Vec<u8>,
) {
    let null = scale.bins() as u8;
    for (place, value) in values.iter().enumerate() {
        if valid.and_then(|valid| valid.get(place)) == Some(&false) {
            rows.push(null);
        } else {
            let value = number(*value);
            let bin = scale.bin(value);
            ends.see(bin, value, 1, scale);
            rows.push(bin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Binned, Shape, bin};
    use crate::base::moment::Quantity;
    use crate::formats::parquet::decode::{Decoded, Values};
    use crate::table::column::Column;
    use crate::view::catalog::USUAL_COLUMNS;
    use crate::view::facts::{Described, Facts};

    fn binned(name: &str, values: Values, time: bool) -> Binned {
        let mut column = Column::with_capacity(0);
        column.append(&Decoded { rows: values.len() as u32, valid: None, values }, None).unwrap();
        let ours = USUAL_COLUMNS.iter().map(|facts| &*facts.name);
        let facts = Facts::of(ours, true, &[], Described::default());
        let quantity = if time { Quantity::Moment } else { Quantity::Number };
        bin(&column.of(facts.meaning(name, None)), quantity)
    }

    #[test]
    fn numbers_next_to_nothing_and_of_every_size_have_bins() {
        for values in [
            vec![1e-320, 5e-324, 3e-322, 0.0],
            vec![f64::MAX, f64::MIN, 1.0],
            vec![1e300, 1.000_000_1e300],
            vec![-5e-324; 3],
        ] {
            let rows = values.len();
            assert_eq!(binned("x", Values::Float64(values), false).rows.len(), rows);
        }
    }

    fn edges(binned: &Binned) -> (f64, f64, usize) {
        match &binned.shape {
            Shape::Bins(all) => (all.edges[0], all.edges[all.edges.len() - 1], all.edges.len() - 1),
            Shape::Categories { .. } => panic!("no intervals"),
        }
    }

    #[test]
    fn a_scale_that_ends_at_a_round_number_says_that_number() {
        let halves: Vec<f64> = (0..300).map(|row| f64::from(row % 3) / 2.0).collect();
        let Shape::Bins(all) = binned("label", Values::Float64(halves), false).shape else { panic!() };
        assert_eq!((all.from.first(), all.to.last()), (Some(&0.0), Some(&1.0)));
    }

    #[test]
    fn one_absurd_value_does_not_flatten_the_others() {
        let mut values: Vec<f32> = (0..5000).map(|n| 1.0 + (n % 59) as f32 / 2.0).collect();
        values.push(1e9);
        let binned = binned("cfg", Values::Float32(values), false);
        assert_eq!(edges(&binned), (1.0, 30.5, 59));
        let Shape::Bins(all) = &binned.shape else { panic!() };
        assert_eq!((all.below, all.above, all.on_scale()), (0, 1, (0, 59)));
        assert_eq!((all.from[59], all.to[59]), (30.5, 1e9), "it has a bin of its own");
        assert_eq!((binned.bins, binned.rows[5000], binned.all[59]), (60, 59, 1));
        assert_eq!((all.from[12], all.to[12]), (7.0, 7.0), "7.5 has a bin of its own");
    }

    #[test]
    fn what_lies_beyond_the_scale_stands_beside_it() {
        let mut values: Vec<f64> = (0..5000).map(|n| 1.0 + (n % 59) as f64 / 2.0).collect();
        values.extend([-1000.0, f64::NEG_INFINITY, f64::INFINITY, f64::NAN]);
        let binned = binned("cfg", Values::Float64(values), false);
        assert_eq!(edges(&binned), (1.0, 30.5, 59));
        let Shape::Bins(all) = &binned.shape else { panic!() };
        assert_eq!((all.below, all.above, all.on_scale()), (2, 1, (1, 60)));
        assert_eq!((all.from[0], all.to[0], all.from[1]), (f64::NEG_INFINITY, -1000.0, 1.0));
        assert_eq!(binned.rows[5000..], [0, 0, 60, 62], "what is no number is in no bin");
        let mut several: Vec<f64> = (0..5000).map(|n| 1.0 + (n % 59) as f64 / 2.0).collect();
        several.extend([1e7; 20]);
        let several = super::tests::binned("cfg", Values::Float64(several), false);
        assert_eq!(edges(&several).2 + 1, several.bins, "twenty of them are beyond the scale as well");
        assert_eq!(several.all[several.bins - 1], 20);
        let near = super::tests::binned("cfg", Values::Int((0..2000).chain([2005]).collect()), false);
        let Shape::Bins(all) = &near.shape else { panic!() };
        assert_eq!((all.below, all.above), (0, 0), "an end that is near is on the scale");
    }

    #[test]
    fn whole_numbers_have_whole_edges() {
        let steps = binned("step", Values::Int((10..=150).collect()), false);
        assert_eq!(edges(&steps), (10.0, 155.0, 29));
        let few = binned("rank", Values::Int(vec![1, 2, 3, 9, 1]), false);
        assert_eq!(edges(&few), (1.0, 10.0, 9));
        assert_eq!(few.rows, [0, 1, 2, 8, 0]);
        assert_eq!(edges(&binned("rank", Values::Int(vec![]), false)), (0.0, 1.0, 1));
    }

    #[test]
    fn a_sentinel_stands_alone() {
        let binned = binned("image_nsfw", Values::Float32(vec![0.0, 0.5, 0.99, 2.0]), false);
        let Shape::Bins(all) = &binned.shape else { panic!() };
        assert_eq!(all.detached, Some(2.0));
        assert_eq!(usize::from(binned.rows[3]), binned.bins - 1);
        assert_eq!(all.to.last(), Some(&2.0));
        assert!(all.to[binned.bins - 2] <= 1.0);
    }

    #[test]
    fn times_have_the_edges_of_clocks() {
        let start = 1_659_823_140_000i64;
        let two_weeks = (0..14 * 24 * 60).map(|minute| start + minute * 60_000).collect();
        let binned = binned("timestamp", Values::Int(two_weeks), true);
        let Shape::Bins(all) = &binned.shape else { panic!() };
        assert!(all.edges.iter().all(|edge| edge % (6.0 * 3_600_000.0) == 0.0));
        assert_eq!(all.to[0], all.edges[1]);
    }
}
