//! The order of rows: a stable sort by any columns, with rows without a value last.
//!
//! Each key becomes a rank a row, and rows are put in order rank by rank from the least important
//! key to the most important one, eleven bits at a time. Nothing is compared, so that fourteen
//! million rows are in order within a second.

use crate::column::{Column, Plain, Store, Value, value_at};
use crate::parquet::decode::Values;
use crate::text;

/// The rank of a row without a value.
const LAST: u32 = u32::MAX;

/// The rows of a table in the order of these columns, the most important first; `true` puts the
/// largest first. Rows beyond what is read of a column have no value there.
pub fn sorted(rows: usize, keys: &[(&Column, bool)]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    for (column, descending) in keys.iter().rev() {
        let (mut ranks, count) = ranks(column);
        ranks.resize(rows, LAST);
        if *descending {
            for rank in ranks.iter_mut().filter(|rank| **rank != LAST) {
                *rank = count - 1 - *rank;
            }
        }
        for rank in ranks.iter_mut().filter(|rank| **rank == LAST) {
            *rank = count;
        }
        order = by_rank(order, &ranks, count);
    }
    order
}

/// Puts rows in the order of their ranks, all at most `highest`; equal ones stay as they are.
fn by_rank(mut order: Vec<u32>, ranks: &[u32], highest: u32) -> Vec<u32> {
    const BITS: u32 = 11;
    let mut next = vec![0u32; order.len()];
    let mut shift = 0;
    while shift < 32 && (highest >> shift) > 0 {
        let digit = |row: u32| {
            let rank = ranks.get(row as usize).copied().unwrap_or(highest);
            (rank >> shift) as usize & ((1 << BITS) - 1)
        };
        let mut places = vec![0u32; 1 << BITS];
        for row in &order {
            if let Some(count) = places.get_mut(digit(*row)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for place in &mut places {
            sum += std::mem::replace(place, sum);
        }
        for row in &order {
            if let Some(place) = places.get_mut(digit(*row)) {
                if let Some(slot) = next.get_mut(*place as usize) {
                    *slot = *row;
                }
                *place += 1;
            }
        }
        std::mem::swap(&mut order, &mut next);
        shift += BITS;
    }
    order
}

/// Each row's rank among the values of the column, and how many ranks there are.
fn ranks(column: &Column) -> (Vec<u32>, u32) {
    match column.store() {
        Store::Codes8(codes, values) => {
            let (rank, count) = ranks_of_values(column, values);
            let of = |code: &u8| rank.get(usize::from(*code)).copied().unwrap_or(LAST);
            (codes.iter().map(of).collect(), count)
        }
        Store::Codes16(codes, values) => {
            let (rank, count) = ranks_of_values(column, values);
            let of = |code: &u16| rank.get(usize::from(*code)).copied().unwrap_or(LAST);
            (codes.iter().map(of).collect(), count)
        }
        Store::Text(texts) => {
            let mut order: Vec<u32> = (0..texts.distinct() as u32).collect();
            // The first bytes decide nearly always, and comparing them touches no text.
            let head: Vec<u64> =
                order.iter().map(|code| head(texts.get(*code).unwrap_or_default())).collect();
            let head = |code: &u32| head.get(*code as usize).copied().unwrap_or_default();
            order.sort_unstable_by(|a, b| {
                head(a).cmp(&head(b)).then_with(|| texts.get(*a).cmp(&texts.get(*b)))
            });
            let mut rank = vec![LAST; order.len()];
            for (place, code) in order.iter().enumerate() {
                if let Some(rank) = rank.get_mut(*code as usize) {
                    *rank = place as u32;
                }
            }
            let of = |code: &u32| match *code {
                text::NULL => LAST,
                code => rank.get(code as usize).copied().unwrap_or(LAST),
            };
            (texts.codes().iter().map(of).collect(), order.len() as u32)
        }
        Store::Plain(plain, valid) => {
            let valid = |row: usize| valid.as_ref().is_none_or(|valid| valid.get(row) == Some(&true));
            match plain {
                Plain::UInt32(all) => dense(all.iter().map(|value| Some(u64::from(*value))), valid),
                Plain::Int64(all) => {
                    // Bits of unsigned numbers are in the order of those already.
                    let unsigned = column.meaning(Value::Int(-1)) != Value::Int(-1);
                    let sign = if unsigned { 0 } else { 1 << 63 };
                    dense(all.iter().map(move |value| Some((*value as u64) ^ sign)), valid)
                }
                Plain::Float32(all) => dense(all.iter().map(|value| float(f64::from(*value))), valid),
                Plain::Float64(all) => dense(all.iter().map(|value| float(*value)), valid),
            }
        }
    }
}

/// The rank of each value of a dictionary; equal ones share theirs.
fn ranks_of_values(column: &Column, values: &Values) -> (Vec<u32>, u32) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let key = |place: usize| column.meaning(value_at(values, place));
    order.sort_by(|a, b| compare(key(*a), key(*b)));
    let mut rank = vec![LAST; order.len()];
    for (place, code) in order.iter().enumerate() {
        if let Some(rank) = rank.get_mut(*code) {
            *rank = if is_nan(key(*code)) { LAST } else { place as u32 };
        }
    }
    (rank, order.len() as u32)
}

fn is_nan(value: Value<'_>) -> bool {
    match value {
        Value::Float32(value) => value.is_nan(),
        Value::Float64(value) => value.is_nan(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Bytes(_) => false,
    }
}

fn compare(a: Value<'_>, b: Value<'_>) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(&b),
        // Unsigned ones are of the other kind only where they are larger.
        (Value::UInt(a), Value::UInt(b)) => a.cmp(&b),
        (Value::Int(_), Value::UInt(_)) => std::cmp::Ordering::Less,
        (Value::UInt(_), Value::Int(_)) => std::cmp::Ordering::Greater,
        (Value::Bool(a), Value::Bool(b)) => a.cmp(&b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Float32(a), Value::Float32(b)) => a.total_cmp(&b),
        (Value::Float64(a), Value::Float64(b)) => a.total_cmp(&b),
        // A column's values all have its one type.
        _ => std::cmp::Ordering::Equal,
    }
}

/// Ranks of numbers that need not be few: their place among all different ones.
fn dense(keys: impl Iterator<Item = Option<u64>> + Clone, valid: impl Fn(usize) -> bool) -> (Vec<u32>, u32) {
    let mut all: Vec<u64> =
        keys.clone().enumerate().filter_map(|(row, key)| key.filter(|_| valid(row))).collect();
    all.sort_unstable();
    all.dedup();
    let ranks = keys.enumerate().map(|(row, key)| {
        let key = key.filter(|_| valid(row));
        key.and_then(|key| all.binary_search(&key).ok()).map_or(LAST, |rank| rank as u32)
    });
    (ranks.collect(), all.len() as u32)
}

/// A key in the order of the numbers; both zeros are one. NaN has none: it is last, like a row without
/// a value.
fn float(value: f64) -> Option<u64> {
    let bits = (value + 0.0).to_bits();
    (!value.is_nan()).then_some(if bits >> 63 == 1 { !bits } else { bits | (1 << 63) })
}

fn head(text: &[u8]) -> u64 {
    let mut head = [0u8; 8];
    for (to, from) in head.iter_mut().zip(text) {
        *to = *from;
    }
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use super::sorted;
    use crate::column::Column;
    use crate::parquet::decode::{ByteValues, Decoded, Values};
    use std::cmp::Ordering;

    fn column(values: Values, valid: Vec<bool>, text: bool) -> Column {
        let mut column = if text { Column::text(valid.len()) } else { Column::with_capacity(valid.len()) };
        column.append(&Decoded { rows: valid.len() as u32, valid: Some(valid), values }, None).unwrap();
        column
    }

    fn floats(rows: &[Option<f32>]) -> Column {
        let values = Values::Float32(rows.iter().flatten().copied().collect());
        column(values, rows.iter().map(Option::is_some).collect(), false)
    }

    fn texts(rows: &[Option<String>], text: bool) -> Column {
        let mut values = ByteValues::default();
        rows.iter().flatten().for_each(|row| values.push(row.as_bytes()));
        column(Values::Bytes(values), rows.iter().map(Option::is_some).collect(), text)
    }

    fn naive<T: PartialOrd>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(&b).unwrap();
                if descending { order.reverse() } else { order }
            }
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        }
    }

    #[test]
    fn the_largest_whole_numbers_are_numbers_too() {
        let whole = |values: &[i64]| column(Values::Int(values.to_vec()), vec![true; values.len()], false);
        let values = [0, -1, i64::MAX, i64::MIN];
        assert_eq!(sorted(4, &[(&whole(&values), false)]), [3, 1, 0, 2]);
        // As the bits of unsigned ones.
        assert_eq!(sorted(4, &[(&whole(&values).unsigned(), false)]), [0, 2, 3, 1]);
        // The same where there are too many for a dictionary.
        let mut many: Vec<i64> = (1..70_000).collect();
        many.extend([u64::MAX as i64, i64::MAX]);
        let order = sorted(many.len(), &[(&whole(&many).unsigned(), true)]);
        assert_eq!(order.get(..2), Some(&[69_999, 70_000][..]));
        let order = sorted(many.len(), &[(&whole(&many), true)]);
        assert_eq!(order.get(..2), Some(&[70_000, 69_998][..]));
    }

    proptest::proptest! {
        #[test]
        fn it_is_a_stable_sort_with_nulls_last(
            rows in proptest::collection::vec((
                proptest::option::weighted(0.8, proptest::prop_oneof![-3i32..3, proptest::strategy::Just(i32::MAX)]),
                proptest::option::weighted(0.8, "[aé]{0,10}"),
            ), 0..120),
            down in proptest::array::uniform2(proptest::bool::ANY), plain: bool, long: bool,
        ) {
            // i32::MAX stands for a value that is no number.
            let numbers: Vec<Option<f32>> =
                rows.iter().map(|row| row.0.map(|n| if n == i32::MAX { f32::NAN } else { n as f32 / 2.0 })).collect();
            let mut all = numbers.clone();
            if plain {
                all.extend((0..70_000).map(|n| Some(1_000.0 + n as f32)));
            }
            let mut words: Vec<Option<String>> = rows.iter().map(|row| row.1.clone()).collect();
            words.resize(all.len(), Some("zzz".to_owned()));
            let (cfg, prompt) = (floats(&all), texts(&words, long));
            let order = sorted(all.len(), &[(&cfg, down[0]), (&prompt, down[1])]);
            let mut expected: Vec<u32> = (0..all.len() as u32).collect();
            let number = |row: u32| all[row as usize].filter(|value| !value.is_nan());
            expected.sort_by(|a, b| {
                naive(number(*a), number(*b), down[0])
                    .then_with(|| naive(words[*a as usize].as_ref(), words[*b as usize].as_ref(), down[1]))
            });
            proptest::prop_assert_eq!(order, expected);
        }
    }
}
