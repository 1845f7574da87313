//! Values of another table, for the rows of this one that have the same key.
//!
//! A key is compared as text: numbers by their digits, and the name of a file that is a UUID without its ending, so
//! that `0f…3.png` and `0F…3` are the same. Where a key stands in several rows of the other table, numbers are their
//! mean and everything else is that of the first row: a row here never becomes several.

use crate::base::decimal;
use crate::base::error::Result;
use crate::base::hash::hash64;
use crate::base::moment::Moment;
use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
use crate::table::column::{Column, Store, Value};
use crate::table::text;
use rustc_hash::FxHashMap;
use std::io::Write;

/// The place of a row that is nowhere.
pub const NOWHERE: u32 = u32::MAX;

/// Rows that are looked at in one call.
const ROWS_A_STEP: usize = 200_000;

/// The most rows that another table may have: its keys are kept in memory, 12 to 24 bytes each besides their texts.
pub const MAX_ROWS: u64 = 32_000_000;

/// A number of this size or above has more digits than doubles tell apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes a value as the text that keys are compared by; whether it has one. `out` is emptied before.
fn write_key(value: Value<'_>, out: &mut Vec<u8>) -> bool {
    out.clear();
    // Writing into memory never fails.
    let mut digits = |text: std::fmt::Arguments<'_>| out.write_fmt(text).is_ok();
    match value {
        Value::Null => false,
        Value::Bool(value) => digits(format_args!("{value}")),
        Value::Int(value) => digits(format_args!("{value}")),
        Value::UInt(value) => digits(format_args!("{value}")),
        Value::Float32(value) => write_float(f64::from(value), out),
        Value::Float64(value) => write_float(value, out),
        Value::Decimal(value, scale) => write_decimal(&decimal::text_of(value, scale), out),
        Value::Wide(bytes, scale) => write_decimal(&decimal::text_of_sortable(bytes, scale), out),
        Value::Time(Moment { ticks, unit, kind: _ }) => {
            let nanos = i128::from(ticks) * i128::from(1_000_000_000 / unit.per_second());
            digits(format_args!("{nanos} ns"))
        }
        Value::Bytes(bytes) => {
            match uuid_of(bytes) {
                Some(uuid) => {
                    out.extend(uuid.iter().filter(|byte| **byte != b'-').map(u8::to_ascii_lowercase))
                }
                None => out.extend_from_slice(bytes),
            }
            !bytes.is_empty()
        }
    }
}

fn write_float(value: f64, out: &mut Vec<u8>) -> bool {
    if value.is_nan() {
        return false;
    }
    if value.fract() == 0.0 && value.abs() < EXACT {
        return write!(out, "{}", value as i64).is_ok();
    }
    write!(out, "{value}").is_ok()
}

fn write_decimal(text: &str, out: &mut Vec<u8>) -> bool {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    out.extend_from_slice(text.as_bytes());
    true
}

/// The UUID that a text is, or that the name of a file is without its ending.
fn uuid_of(text: &[u8]) -> Option<&[u8]> {
    const WITH_HYPHENS: usize = 36;
    const WITHOUT: usize = 32;
    let is_uuid = |text: &[u8]| match text.len() {
        WITH_HYPHENS => text.iter().enumerate().all(|(place, byte)| {
            if matches!(place, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
        }),
        WITHOUT => text.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    };
    [WITH_HYPHENS, WITHOUT].into_iter().find_map(|len| {
        let (stem, ending) = text.split_at_checked(len)?;
        let is_ending = ending.is_empty()
            || ending.split_first().is_some_and(|(dot, rest)| {
                *dot == b'.' && (1..=5).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphanumeric)
            });
        (is_ending && is_uuid(stem)).then_some(stem)
    })
}

/// Where each key stands in the other table.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The last row that was seen of the first key of each hash, and so on by `before`.
    last: FxHashMap<u64, u32>,
    /// The row before with the same hash, of each row.
    before: Vec<u32>,
    /// Of each row, the first one with its key; itself where there is none before, nowhere where it has no key.
    first: Vec<u32>,
    /// Of the first rows that are not the only ones of their key, how many rows have it.
    several: FxHashMap<u32, u32>,
    without: u64,
    distinct: u64,
}

impl Keys {
    /// Looks at more rows of the column of keys; whether there are more to look at.
    pub fn grow(&mut self, keys: &Column) -> bool {
        let begin = self.first.len();
        let end = keys.rows().min(begin + ROWS_A_STEP);
        let mut key = Vec::new();
        for row in begin..end {
            let has_key = keys.get(row).is_some_and(|value| write_key(value, &mut key));
            self.add(keys, row, has_key.then_some(&key));
        }
        end < keys.rows()
    }

    fn add(&mut self, keys: &Column, row: usize, key: Option<&Vec<u8>>) {
        if let Some(key) = key {
            let hash = hash64(key.iter().copied());
            let first = self.find(keys, key, hash);
            let own = row as u32;
            if first == NOWHERE {
                let before = self.last.insert(hash, own);
                self.before.push(before.unwrap_or(NOWHERE));
                self.first.push(own);
                self.distinct += 1;
            } else {
                self.before.push(NOWHERE);
                self.first.push(first);
                *self.several.entry(first).or_insert(1) += 1;
            }
        } else {
            self.before.push(NOWHERE);
            self.first.push(NOWHERE);
            self.without += 1;
        }
    }

    /// The first row with this key.
    fn find(&self, keys: &Column, key: &[u8], hash: u64) -> u32 {
        let mut at = self.last.get(&hash).copied().unwrap_or(NOWHERE);
        let mut other = Vec::new();
        while at != NOWHERE {
            let value = keys.get(at as usize);
            if value.is_some_and(|value| write_key(value, &mut other)) && other == key {
                return at;
            }
            at = self.before.get(at as usize).copied().unwrap_or(NOWHERE);
        }
        NOWHERE
    }

    /// Roughly how much memory it takes, besides the column of keys.
    pub fn memory_bytes(&self) -> usize {
        // A place of the map is its key, its value, and a byte that says whether it is taken.
        self.last.capacity() * 17
            + (self.before.capacity() + self.first.capacity()) * 4
            + self.several.capacity() * 9
    }

    /// Rows that were looked at.
    pub fn rows(&self) -> usize {
        self.first.len()
    }

    /// Rows among them without a key.
    pub fn without(&self) -> u64 {
        self.without
    }

    /// Different keys.
    pub fn distinct(&self) -> u64 {
        self.distinct
    }

    /// Keys that stand in several rows.
    pub fn repeated(&self) -> u64 {
        self.several.len() as u64
    }

    /// Rows of the other table with the key of this row of it, which is the first of them.
    pub fn rows_of(&self, first: u32) -> u32 {
        self.several.get(&first).copied().unwrap_or(1)
    }

    /// The first row of the other table with this key.
    pub fn row_of(&self, keys: &Column, value: Value<'_>) -> u32 {
        let mut key = Vec::new();
        if write_key(value, &mut key) { self.find(keys, &key, hash64(key.iter().copied())) } else { NOWHERE }
    }
}

/// Which row of the other table belongs to each row of this one, as far as its keys are read.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    rows: Vec<u32>,
    /// Where keys have codes, what was found for each.
    of_code: Vec<Option<u32>>,
    matched: u64,
    without: u64,
    /// Rows of the other table that belong to one here, by their first row.
    used: Vec<u64>,
    used_keys: u64,
}

impl Matched {
    /// Looks at more rows of the column of keys of this table; whether there are more to look at.
    pub fn grow(&mut self, here: &Column, keys: &Keys, there: &Column) -> bool {
        let begin = self.rows.len();
        let end = here.rows().min(begin + ROWS_A_STEP);
        if self.used.is_empty() {
            self.used = vec![0; there.rows().div_ceil(64)];
        }
        for row in begin..end {
            let code = match here.store() {
                Store::Codes8(codes, _) => {
                    codes.get(row).map(|code| if *code == u8::MAX { usize::MAX } else { usize::from(*code) })
                }
                Store::Codes16(codes, _) => {
                    codes.get(row).map(|code| if *code == u16::MAX { usize::MAX } else { usize::from(*code) })
                }
                Store::Text(texts) => texts
                    .codes()
                    .get(row)
                    .map(|code| if *code == text::NULL { usize::MAX } else { *code as usize }),
                Store::Plain(..) => None,
            };
            let found = match code {
                Some(usize::MAX) => NOWHERE,
                Some(code) => {
                    if self.of_code.len() <= code {
                        self.of_code.resize(code + 1, None);
                    }
                    match self.of_code.get(code).copied().flatten() {
                        Some(found) => found,
                        None => {
                            let found = here.get(row).map_or(NOWHERE, |value| keys.row_of(there, value));
                            if let Some(known) = self.of_code.get_mut(code) {
                                *known = Some(found);
                            }
                            found
                        }
                    }
                }
                None => here.get(row).map_or(NOWHERE, |value| keys.row_of(there, value)),
            };
            self.note(found, here.get(row) == Some(Value::Null));
        }
        end < here.rows()
    }

    fn note(&mut self, found: u32, is_null: bool) {
        self.rows.push(found);
        self.without += u64::from(is_null);
        if found == NOWHERE {
            return;
        }
        self.matched += 1;
        if let Some(word) = self.used.get_mut(found as usize / 64) {
            let bit = 1 << (found % 64);
            self.used_keys += u64::from(*word & bit == 0);
            *word |= bit;
        }
    }

    /// The first row of the other table for each row, [`NOWHERE`] where there is none.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Rows that have one.
    pub fn matched(&self) -> u64 {
        self.matched
    }

    /// Rows without a key.
    pub fn without(&self) -> u64 {
        self.without
    }

    /// Keys of the other table that belong to a row here.
    pub fn used_keys(&self) -> u64 {
        self.used_keys
    }
}

/// What a joined column is made of.
#[derive(Clone, Debug)]
pub enum Source {
    /// Values as they are, of the first row of each key.
    First(Column),
    /// Means of numbers over the rows of each key, by its first row.
    Means(FxHashMap<u32, f64>, Column),
    /// How many rows have the key.
    Rows,
}

impl Source {
    /// Of a column of the other table. Numbers are means where `is_mean` says so and a key stands in several rows.
    pub fn of(column: Column, keys: &Keys, is_mean: bool) -> Self {
        if !is_mean || keys.repeated() == 0 {
            return Self::First(column);
        }
        let mut sums: FxHashMap<u32, (f64, u32)> = FxHashMap::default();
        for (row, first) in keys.first.iter().enumerate() {
            if !keys.several.contains_key(first) {
                continue;
            }
            if let Some(number) = column.get(row).and_then(number) {
                let (sum, count) = sums.entry(*first).or_default();
                *sum += number;
                *count += 1;
            }
        }
        let means = sums.into_iter().map(|(first, (sum, count))| (first, sum / f64::from(count)));
        Self::Means(means.collect(), column)
    }

    /// The column of the other table; none where it is of none.
    pub fn into_column(self) -> Option<Column> {
        match self {
            Self::First(column) | Self::Means(_, column) => Some(column),
            Self::Rows => None,
        }
    }

    /// An empty column for its values, that will hold `rows` rows.
    pub fn column(&self, rows: usize) -> Column {
        match self {
            Self::First(column) => column.alike(rows),
            Self::Means(..) | Self::Rows => Column::with_capacity(rows),
        }
    }

    /// Adds to a column the values of these rows of the other table.
    ///
    /// # Errors
    /// Where a text is too long, or all of them together.
    pub fn append(&self, rows: &[u32], keys: &Keys, to: &mut Column) -> Result<()> {
        let mut valid = Vec::with_capacity(rows.len());
        let values = match self {
            Self::Rows => Values::Int(some(rows, &mut valid, |row| Some(i64::from(keys.rows_of(row))))),
            Self::Means(means, column) => Values::Float64(some(rows, &mut valid, |row| {
                if keys.several.contains_key(&row) {
                    means.get(&row).copied()
                } else {
                    column.get(row as usize).and_then(number)
                }
            })),
            Self::First(column) => first_values(column, rows, &mut valid),
        };
        to.begin_chunk(None)?;
        to.append(&Decoded { rows: rows.len() as u32, valid: Some(valid), values }, None)
    }

    /// The value of a row of the other table.
    pub fn value<'a>(&'a self, row: u32, keys: &Keys) -> Value<'a> {
        let value = match self {
            _ if row == NOWHERE => None,
            Self::Rows => Some(Value::Int(i64::from(keys.rows_of(row)))),
            Self::Means(means, _) if keys.several.contains_key(&row) => {
                means.get(&row).map(|mean| Value::Float64(*mean))
            }
            Self::Means(_, column) => column.get(row as usize).and_then(number).map(Value::Float64),
            Self::First(column) => column.get(row as usize),
        };
        value.unwrap_or(Value::Null)
    }
}

fn some<T>(rows: &[u32], valid: &mut Vec<bool>, value: impl Fn(u32) -> Option<T>) -> Vec<T> {
    let mut values = Vec::with_capacity(rows.len());
    for row in rows {
        let found = if *row == NOWHERE { None } else { value(*row) };
        valid.push(found.is_some());
        values.extend(found);
    }
    values
}

/// Values as they are stored, so that they mean the same in a column that is [alike](Column::alike).
fn first_values(column: &Column, rows: &[u32], valid: &mut Vec<bool>) -> Values {
    let stored = |row: u32| column.stored(row as usize);
    let sample = rows
        .iter()
        .filter(|row| **row != NOWHERE)
        .find_map(|row| stored(*row).filter(|value| !matches!(value, Value::Null)));
    match sample {
        None => Values::Int(some(rows, valid, |_| None)),
        Some(Value::Bool(_)) => Values::Bool(some(rows, valid, |row| match stored(row) {
            Some(Value::Bool(value)) => Some(value),
            _ => None,
        })),
        Some(Value::Float32(_)) => Values::Float32(some(rows, valid, |row| match stored(row) {
            Some(Value::Float32(value)) => Some(value),
            _ => None,
        })),
        Some(Value::Float64(_)) => Values::Float64(some(rows, valid, |row| match stored(row) {
            Some(Value::Float64(value)) => Some(value),
            _ => None,
        })),
        Some(Value::Bytes(_) | Value::Wide(..)) => {
            let mut values = ByteValues::default();
            for row in rows {
                let found = if *row == NOWHERE { None } else { stored(*row) };
                if let Some(Value::Bytes(bytes)) = found {
                    values.push(bytes);
                    valid.push(true);
                } else {
                    valid.push(false);
                }
            }
            Values::Bytes(values)
        }
        Some(Value::Int(_) | Value::UInt(_) | Value::Decimal(..) | Value::Time(_) | Value::Null) => {
            Values::Int(some(rows, valid, |row| match stored(row) {
                Some(Value::Int(value)) => Some(value),
                _ => None,
            }))
        }
    }
}

/// A value as a number, where it is one.
fn number(value: Value<'_>) -> Option<f64> {
    let number = match value {
        Value::Int(value) => value as f64,
        Value::UInt(value) => value as f64,
        Value::Float32(value) => f64::from(value),
        Value::Float64(value) => value,
        Value::Decimal(value, scale) => decimal::text_of(value, scale).parse().ok()?,
        Value::Wide(bytes, scale) => decimal::text_of_sortable(bytes, scale).parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Time(_) | Value::Bytes(_) => return None,
    };
    (!number.is_nan()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{Keys, Matched, NOWHERE, Source, uuid_of};
    use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
    use crate::table::column::{Column, Value};

    fn texts(values: &[Option<&str>]) -> Column {
        let mut bytes = ByteValues::default();
        values.iter().flatten().for_each(|value| bytes.push(value.as_bytes()));
        let valid = values.iter().map(Option::is_some).collect();
        let mut column = Column::with_capacity(values.len());
        let page = Decoded { rows: values.len() as u32, valid: Some(valid), values: Values::Bytes(bytes) };
        column.append(&page, None).unwrap();
        column
    }

    fn numbers(values: &[f64]) -> Column {
        let mut column = Column::with_capacity(values.len());
        let page =
            Decoded { rows: values.len() as u32, valid: None, values: Values::Float64(values.to_vec()) };
        column.append(&page, None).unwrap();
        column
    }

    fn keys_of(column: &Column) -> Keys {
        let mut keys = Keys::default();
        while keys.grow(column) {}
        keys
    }

    #[test]
    fn a_uuid_is_the_same_with_and_without_its_ending() {
        let uuid = "3a0f8c1e-0000-4b5c-9d2e-00000000abcd";
        for text in [uuid.to_owned(), format!("{uuid}.png"), format!("{uuid}.webp")] {
            assert_eq!(uuid_of(text.as_bytes()), Some(uuid.as_bytes()), "{text}");
        }
        for other in
            ["", "cat.png", "3a0f8c1e-0000-4b5c-9d2e-00000000abcdx", "3a0f8c1e-0000-4b5c-9d2e-00000000abcd."]
        {
            assert_eq!(uuid_of(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn rows_find_those_of_the_same_key_and_keys_that_stand_twice_are_means() {
        let there = texts(&[Some("b"), Some("a"), None, Some("b"), Some("z")]);
        let keys = keys_of(&there);
        assert_eq!((keys.distinct(), keys.repeated(), keys.without()), (3, 1, 1));
        let here = texts(&[Some("a"), Some("b"), Some("c"), None, Some("a")]);
        let mut matched = Matched::default();
        while matched.grow(&here, &keys, &there) {}
        assert_eq!(matched.rows(), [1, 0, NOWHERE, NOWHERE, 1]);
        assert_eq!((matched.matched(), matched.without(), matched.used_keys()), (3, 1, 2));
        let score = numbers(&[1.0, 5.0, 9.0, 2.0, 7.0]);
        let mut joined = Column::with_capacity(5);
        Source::of(score, &keys, true).append(matched.rows(), &keys, &mut joined).unwrap();
        let got: Vec<_> = (0..5).map(|row| joined.get(row).unwrap()).collect();
        let (float, null) = (Value::Float64, Value::Null);
        assert_eq!(got, [float(5.0), float(1.5), null, null, float(5.0)]);
        let mut counts = Column::with_capacity(5);
        Source::Rows.append(matched.rows(), &keys, &mut counts).unwrap();
        assert_eq!(counts.get(1), Some(Value::Int(2)));
    }

    #[test]
    fn numbers_and_their_digits_are_the_same_key() {
        let there = numbers(&[7.0, 2.5]);
        let keys = keys_of(&there);
        assert_eq!(keys.row_of(&there, Value::Bytes(b"7")), 0);
        assert_eq!(keys.row_of(&there, Value::Int(7)), 0);
        assert_eq!(keys.row_of(&there, Value::Decimal(250, 2)), 1);
        assert_eq!(keys.row_of(&there, Value::Float64(f64::NAN)), NOWHERE);
    }
}
