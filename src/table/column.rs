//! The column store: columns read whole, as compact as their values allow.
//!
//! A column begins as codes into a growing dictionary, one byte a row, then two. With more different
//! values than two bytes can name numbers become plain values, and texts a store of their own. Null
//! is a code of its own, or a bit beside plain values.

use crate::base::error::{Error, ErrorKind, Result};
use crate::base::moment::Moment;
use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
use crate::formats::parquet::meta::Logical;
use crate::formats::parquet::rle::Numbers;
use crate::table::text;
use crate::table::text::Texts;
use crate::view::facts::Meaning;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Rows that can't be read are added so many at a time.
const UNREADABLE_ROWS: u32 = 1 << 16;

/// Most different values that codes can name; one code stands for null.
pub const MAX_CODES: usize = u16::MAX as usize;

/// A value of a cell, borrowed from a store or a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above all of those.
    UInt(u64),
    /// A decimal number in units of its last digit, and how many digits stand behind the point.
    Decimal(i64, u16),
    /// The same of any length, as [`decimal::sortable`](crate::base::decimal::sortable) has it.
    Wide(&'a [u8], u16),
    /// A time.
    Time(Moment),
    /// A number of four bytes.
    Float32(f32),
    /// A number of eight bytes.
    Float64(f64),
    /// Text or bytes.
    Bytes(&'a [u8]),
}

/// A column, row by row from the first.
#[derive(Clone, Debug)]
pub struct Column {
    store: Store,
    /// What its values mean.
    known: Arc<Meaning>,
    rows: usize,
    nulls: usize,
    /// Rows that could not be read, in ascending order; they count as rows without a value.
    unreadable: Vec<Range<usize>>,
    /// The chunk dictionary last seen, as codes of this column.
    lookup: Vec<u16>,
    /// The same for texts.
    text_lookup: Vec<u32>,
    interned: Interned,
}

/// The codes given so far.
#[derive(Clone, Debug, Default)]
struct Interned {
    /// Of numbers, by their bits.
    bits: FxHashMap<u64, u16>,
    /// Of texts.
    texts: FxHashMap<Box<[u8]>, u16>,
}

/// How a column's values are kept.
#[derive(Clone, Debug)]
pub enum Store {
    /// A byte a row; [`u8::MAX`] is null.
    Codes8(Vec<u8>, Values),
    /// Two bytes a row; [`u16::MAX`] is null.
    Codes16(Vec<u16>, Values),
    /// Every value, and which rows have one.
    Plain(Plain, Option<Vec<bool>>),
    /// Every different text once, and a code a row.
    Text(Box<Texts>),
}

/// Plain values; rows without one hold zero.
#[derive(Clone, Debug)]
pub enum Plain {
    /// Whole numbers of 0 to 2^32 - 1.
    UInt32(Vec<u32>),
    /// Any whole numbers.
    Int64(Vec<i64>),
    /// Numbers of four bytes.
    Float32(Vec<f32>),
    /// Numbers of eight bytes.
    Float64(Vec<f64>),
}

impl Column {
    /// An empty column that will hold `rows` rows.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            store: Store::Codes8(Vec::with_capacity(rows), no_values()),
            known: Arc::default(),
            rows: 0,
            nulls: 0,
            unreadable: Vec::new(),
            lookup: Vec::new(),
            text_lookup: Vec::new(),
            interned: Interned::default(),
        }
    }

    /// An empty column of long texts that will hold `rows` rows.
    pub fn text(rows: usize) -> Self {
        let store = Store::Text(Box::new(Texts::with_capacity(rows)));
        Self { store, ..Self::with_capacity(0) }
    }

    /// Lets go of what only a growing column needs.
    pub fn finish(&mut self) {
        self.lookup = Vec::new();
        self.text_lookup = Vec::new();
        if let Store::Text(texts) = &mut self.store {
            texts.finish();
        }
    }

    /// The texts, if it is a column of long ones.
    pub fn texts(&self) -> Option<&Texts> {
        match &self.store {
            Store::Text(texts) => Some(texts),
            Store::Codes8(..) | Store::Codes16(..) | Store::Plain(..) => None,
        }
    }

    /// A column of codes into `labels`, all of them valid places in it or [`u16::MAX`] for null.
    pub fn from_codes(codes: Vec<u16>, labels: ByteValues) -> Self {
        let nulls = codes.iter().filter(|code| **code == u16::MAX).count();
        let rows = codes.len();
        let store = if labels.len() < usize::from(u8::MAX) {
            // Null is all ones in both widths.
            Store::Codes8(codes.iter().map(|code| *code as u8).collect(), Values::Bytes(labels))
        } else {
            Store::Codes16(codes, Values::Bytes(labels))
        };
        Self { rows, nulls, store, ..Self::with_capacity(0) }
    }

    /// A column of texts, most of whose rows have none: `texts` are those that do, in ascending order of rows.
    pub fn of_texts<'a>(rows: usize, texts: impl Iterator<Item = (usize, &'a [u8])>) -> Self {
        let mut store = Texts::with_capacity(rows);
        for (row, text) in texts.filter(|(row, _)| *row < rows) {
            while store.rows() < row {
                store.push(text::NULL);
            }
            let code = store.intern(text).unwrap_or(text::NULL);
            store.push(code);
        }
        while store.rows() < rows {
            store.push(text::NULL);
        }
        store.finish();
        let nulls = store.nulls();
        Self { rows, nulls, store: Store::Text(Box::new(store)), ..Self::with_capacity(0) }
    }

    /// An empty column whose values mean the same, that will hold `rows` rows.
    pub fn alike(&self, rows: usize) -> Self {
        Self::with_capacity(rows).of(Arc::clone(&self.known))
    }

    /// The same column, whose values mean this.
    #[must_use]
    pub fn of(self, known: Arc<Meaning>) -> Self {
        Self { known, ..self }
    }

    /// What its values mean to people.
    pub fn known(&self) -> &Meaning {
        &self.known
    }

    /// What a stored value stands for.
    pub fn meaning<'a>(&self, value: Value<'a>) -> Value<'a> {
        meant(value, self.known.logical)
    }

    /// Whether whole numbers are the bits of 64-bit unsigned ones.
    pub fn is_unsigned(&self) -> bool {
        self.known.logical == Some(UNSIGNED)
    }

    /// Rows read so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Rows among them without a value.
    pub fn nulls(&self) -> usize {
        self.nulls
    }

    /// Rows that could not be read: no clause keeps them, and they are in no bin.
    pub fn unreadable(&self) -> &[Range<usize>] {
        &self.unreadable
    }

    /// Adds rows that can't be read.
    ///
    /// # Errors
    /// Where there are more than a page may have.
    pub fn append_unreadable(&mut self, rows: u64) -> Result<()> {
        let begin = self.rows;
        let mut left = rows;
        while left > 0 {
            let some = left.min(u64::from(UNREADABLE_ROWS)) as u32;
            let none = match &self.store {
                Store::Text(_) => Values::Bytes(ByteValues::default()),
                Store::Codes8(..) | Store::Codes16(..) | Store::Plain(..) => no_values(),
            };
            let valid = Some(vec![false; some as usize]);
            self.append(&Decoded { rows: some, valid, values: none }, None)?;
            left -= u64::from(some);
        }
        match self.unreadable.last_mut() {
            Some(last) if last.end == begin => last.end = self.rows,
            Some(_) | None => self.unreadable.push(begin..self.rows),
        }
        Ok(())
    }

    /// Adds so many rows with the same text, or without one.
    ///
    /// # Errors
    /// Where it is no column of texts, the text is too long, or all of them together.
    pub fn append_run(&mut self, text: Option<&[u8]>, rows: u32) -> Result<()> {
        let Store::Text(texts) = &mut self.store else { return Err(Error::corrupt("it has no texts")) };
        let code = match text {
            Some(text) => texts.intern(text)?,
            None => text::NULL,
        };
        (0..rows).for_each(|_| texts.push(code));
        self.nulls += if text.is_none() { rows as usize } else { 0 };
        self.rows += rows as usize;
        Ok(())
    }

    /// How the values are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Takes note of the dictionary of the chunk that follows.
    ///
    /// # Errors
    /// Where a text is too long, or all of them together.
    pub fn begin_chunk(&mut self, dictionary: Option<&Values>) -> Result<()> {
        self.lookup.clear();
        self.text_lookup.clear();
        if let (Some(Values::Bytes(dictionary)), Store::Text(texts)) = (dictionary, &mut self.store) {
            self.text_lookup.reserve(dictionary.len());
            for text in dictionary.iter() {
                self.text_lookup.push(texts.intern(text)?);
            }
            return Ok(());
        }
        if let (Some(dictionary), Store::Codes8(..) | Store::Codes16(..)) = (dictionary, &self.store) {
            let mut lookup = Vec::with_capacity(dictionary.len());
            for index in 0..dictionary.len() {
                match self.intern(value_at(dictionary, index)) {
                    Some(code) => lookup.push(code),
                    None => {
                        self.become_plain()?;
                        return self.begin_chunk(Some(dictionary));
                    }
                }
            }
            self.lookup = lookup;
        }
        Ok(())
    }

    /// Adds a page's rows. `dictionary` is that of the chunk, as given to
    /// [`begin_chunk`](Self::begin_chunk).
    ///
    /// # Errors
    /// Where a text is too long, or all of them together.
    pub fn append(&mut self, page: &Decoded, dictionary: Option<&Values>) -> Result<()> {
        let valid = page.valid.as_deref();
        let rows = page.rows as usize;
        self.nulls += rows - page.values.len().min(rows);
        let codes = match &self.store {
            Store::Codes8(..) | Store::Codes16(..) => self.codes_of(&page.values),
            Store::Plain(..) | Store::Text(_) => None,
        };
        match (codes, &mut self.store) {
            (Some(Codes::U8(codes)), Store::Codes8(all, _)) => scatter(all, valid, &codes, u8::MAX, rows),
            (Some(Codes::U16(codes)), Store::Codes16(all, _)) => scatter(all, valid, &codes, u16::MAX, rows),
            (_, Store::Plain(..)) => self.append_plain(page, dictionary),
            (_, Store::Text(texts)) => append_texts(texts, page, &self.text_lookup)?,
            (_, Store::Codes8(..) | Store::Codes16(..)) => {
                self.become_plain()?;
                self.begin_chunk(dictionary)?;
                if let Store::Text(texts) = &mut self.store {
                    append_texts(texts, page, &self.text_lookup)?;
                } else {
                    self.append_plain(page, dictionary);
                }
            }
        }
        self.rows += rows;
        Ok(())
    }

    /// The codes of these values, as wide as the store has them; none where there are too many
    /// different ones.
    fn codes_of<'a>(&mut self, values: &'a Values) -> Option<Codes<'a>> {
        if let Values::Indexes(indexes) = values {
            if indexes.highest() >= Some(self.lookup.len()) {
                return None;
            }
            return Some(match self.store {
                Store::Codes8(..) => Codes::U8(narrow_codes(indexes, &self.lookup)),
                Store::Codes16(..) | Store::Plain(..) | Store::Text(_) => {
                    Codes::U16(wide_codes(indexes, &self.lookup))
                }
            });
        }
        let codes = (0..values.len()).map(|index| self.intern(value_at(values, index)));
        let codes = codes.collect::<Option<Vec<u16>>>()?;
        Some(match self.store {
            Store::Codes8(..) => Codes::U8(codes.iter().map(|code| *code as u8).collect()),
            Store::Codes16(..) | Store::Plain(..) | Store::Text(_) => Codes::U16(codes.into()),
        })
    }

    /// The code of a value, a new one if need be; none where the codes are used up.
    fn intern(&mut self, value: Value<'_>) -> Option<u16> {
        let bits = match value {
            Value::Null => return None,
            Value::Bool(value) => u64::from(value),
            Value::Int(value) => value as u64,
            Value::UInt(value) => value,
            // All NaN are one value, and so are both zeros.
            Value::Float32(value) if value.is_nan() => u64::MAX,
            Value::Float32(value) => u64::from((value + 0.0).to_bits()),
            Value::Float64(value) if value.is_nan() => u64::MAX,
            Value::Float64(value) => (value + 0.0).to_bits(),
            // What is stored is not yet what it means.
            Value::Decimal(value, _) | Value::Time(Moment { ticks: value, .. }) => value as u64,
            Value::Bytes(_) | Value::Wide(..) => 0,
        };
        let known = match value {
            Value::Bytes(text) => self.interned.texts.get(text),
            _ => self.interned.bits.get(&bits),
        };
        if let Some(code) = known {
            return Some(*code);
        }
        // A column's values are all numbers or all texts.
        let next = self.interned.bits.len() + self.interned.texts.len();
        let code = u16::try_from(next).ok().filter(|code| (*code as usize) < MAX_CODES)?;
        match value {
            Value::Bytes(text) => self.interned.texts.insert(text.into(), code),
            _ => self.interned.bits.insert(bits, code),
        };
        if let Store::Codes8(codes, values) = &mut self.store {
            push(values, value);
            if code == u16::from(u8::MAX) {
                let widened =
                    codes.iter().map(|code| if *code == u8::MAX { u16::MAX } else { u16::from(*code) });
                let mut wide = Vec::with_capacity(codes.capacity());
                wide.extend(widened);
                self.store = Store::Codes16(wide, std::mem::replace(values, no_values()));
            }
        } else if let Store::Codes16(_, values) = &mut self.store {
            push(values, value);
        }
        Some(code)
    }

    fn become_plain(&mut self) -> Result<()> {
        let (codes, values): (Vec<u16>, _) = match &mut self.store {
            Store::Codes8(codes, values) => (
                codes.iter().map(|code| if *code == u8::MAX { u16::MAX } else { u16::from(*code) }).collect(),
                std::mem::replace(values, no_values()),
            ),
            Store::Codes16(codes, values) => (std::mem::take(codes), std::mem::replace(values, no_values())),
            Store::Plain(..) | Store::Text(_) => return Ok(()),
        };
        self.interned = Interned::default();
        self.lookup = Vec::new();
        let valid = (self.nulls > 0).then(|| codes.iter().map(|code| *code != u16::MAX).collect());
        let plain = match values {
            Values::Int(values) if values.iter().all(|value| u32::try_from(*value).is_ok()) => {
                Plain::UInt32(gather(&codes, &values).map(|value| value as u32).collect())
            }
            Values::Int(values) => Plain::Int64(gather(&codes, &values).collect()),
            Values::Float32(values) => Plain::Float32(gather(&codes, &values).collect()),
            Values::Float64(values) => Plain::Float64(gather(&codes, &values).collect()),
            Values::Bytes(values) => {
                let mut texts = Texts::with_capacity(codes.capacity());
                // Each value is met for the first time, so that it keeps its code.
                for value in values.iter() {
                    texts.intern(value)?;
                }
                for code in codes {
                    texts.push(if code == u16::MAX { text::NULL } else { u32::from(code) });
                }
                self.store = Store::Text(Box::new(texts));
                return Ok(());
            }
            Values::Bool(_) | Values::Indexes(_) => {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!("it has more than {} different values, too many to list", MAX_CODES - 1),
                ));
            }
        };
        self.store = Store::Plain(plain, valid);
        Ok(())
    }

    fn append_plain(&mut self, page: &Decoded, dictionary: Option<&Values>) {
        let Store::Plain(plain, all_valid) = &mut self.store else { return };
        let rows = page.rows as usize;
        let looked_up;
        let values = match (&page.values, dictionary) {
            (Values::Indexes(indexes), Some(dictionary)) => {
                looked_up = look_up(dictionary, indexes);
                &looked_up
            }
            (values, _) => values,
        };
        if let (Plain::UInt32(small), Values::Int(values)) = (&*plain, values)
            && values.iter().any(|value| u32::try_from(*value).is_err())
        {
            *plain = Plain::Int64(small.iter().map(|value| i64::from(*value)).collect());
        }
        let valid = page.valid.as_deref();
        match (plain, values) {
            (Plain::UInt32(all), Values::Int(values)) => {
                let values: Vec<u32> = values.iter().map(|value| *value as u32).collect();
                scatter(all, valid, &values, 0, rows);
            }
            (Plain::Int64(all), Values::Int(values)) => scatter(all, valid, values, 0, rows),
            (Plain::Float32(all), Values::Float32(values)) => scatter(all, valid, values, 0.0, rows),
            (Plain::Float64(all), Values::Float64(values)) => scatter(all, valid, values, 0.0, rows),
            // A column's pages all have its one type.
            _ => {}
        }
        match (all_valid, valid) {
            (Some(all), Some(valid)) => all.extend_from_slice(valid),
            (Some(all), None) => all.resize(all.len() + rows, true),
            (all @ None, Some(valid)) => {
                let mut bits = vec![true; self.rows];
                bits.extend_from_slice(valid);
                *all = Some(bits);
            }
            (None, None) => {}
        }
    }

    /// The value of a row; none where the row is not read yet.
    pub fn get(&self, row: usize) -> Option<Value<'_>> {
        self.stored(row).map(|value| self.meaning(value))
    }

    /// What is stored of a row: see [`meaning`](Self::meaning).
    pub fn stored(&self, row: usize) -> Option<Value<'_>> {
        match &self.store {
            Store::Codes8(codes, values) => {
                let code = *codes.get(row)?;
                Some(if code == u8::MAX { Value::Null } else { value_at(values, usize::from(code)) })
            }
            Store::Codes16(codes, values) => {
                let code = *codes.get(row)?;
                Some(if code == u16::MAX { Value::Null } else { value_at(values, usize::from(code)) })
            }
            Store::Text(texts) => {
                let code = *texts.codes().get(row)?;
                Some(texts.get(code).map_or(Value::Null, Value::Bytes))
            }
            Store::Plain(plain, valid) => {
                if valid.as_ref().and_then(|valid| valid.get(row)) == Some(&false) {
                    return Some(Value::Null);
                }
                Some(match plain {
                    Plain::UInt32(all) => Value::Int(i64::from(*all.get(row)?)),
                    Plain::Int64(all) => Value::Int(*all.get(row)?),
                    Plain::Float32(all) => Value::Float32(*all.get(row)?),
                    Plain::Float64(all) => Value::Float64(*all.get(row)?),
                })
            }
        }
    }

    /// Roughly how much memory the column takes.
    pub fn memory_bytes(&self) -> usize {
        match &self.store {
            Store::Codes8(codes, values) => codes.capacity() + values.memory_bytes(),
            Store::Codes16(codes, values) => codes.capacity() * 2 + values.memory_bytes(),
            Store::Text(texts) => texts.memory_bytes(),
            Store::Plain(plain, valid) => {
                valid.as_ref().map_or(0, Vec::capacity)
                    + match plain {
                        Plain::UInt32(all) => all.capacity() * 4,
                        Plain::Int64(all) => all.capacity() * 8,
                        Plain::Float32(all) => all.capacity() * 4,
                        Plain::Float64(all) => all.capacity() * 8,
                    }
            }
        }
    }
}

fn append_texts(texts: &mut Texts, page: &Decoded, lookup: &[u32]) -> Result<()> {
    let mut codes = Vec::with_capacity(page.values.len());
    match &page.values {
        Values::Bytes(values) => {
            for value in values.iter() {
                codes.push(texts.intern(value)?);
            }
        }
        Values::Indexes(indexes) => {
            let places = (0..indexes.len()).filter_map(|place| indexes.get(place));
            codes.extend(places.map(|index| lookup.get(index).copied().unwrap_or(text::NULL)));
        }
        // A column's pages all have its one type.
        Values::Bool(_) | Values::Int(_) | Values::Float32(_) | Values::Float64(_) => {}
    }
    let mut codes = codes.into_iter();
    for row in 0..page.rows as usize {
        let valid = page.valid.as_ref().is_none_or(|valid| valid.get(row).copied().unwrap_or(false));
        texts.push(if valid { codes.next().unwrap_or(text::NULL) } else { text::NULL });
    }
    Ok(())
}

/// Whole numbers of 64 bits that are never negative, which pages hold as bits.
pub const UNSIGNED: Logical = Logical::Int { signed: false, bits: 64 };

/// What a stored value stands for in a column of this kind.
pub fn meant(value: Value<'_>, logical: Option<Logical>) -> Value<'_> {
    match (value, logical) {
        (Value::Int(bits), Some(UNSIGNED)) if bits < 0 => Value::UInt(bits as u64),
        (Value::Int(value), Some(Logical::Decimal { scale })) => Value::Decimal(value, scale),
        (Value::Bytes(bytes), Some(Logical::Decimal { scale })) => Value::Wide(bytes, scale),
        (Value::Int(ticks), Some(Logical::Time(kind, unit))) => Value::Time(Moment { ticks, unit, kind }),
        (value, _) => value,
    }
}

/// A value of a page or a dictionary; null beyond its end.
pub fn value_at(values: &Values, index: usize) -> Value<'_> {
    match values {
        Values::Bool(values) => values.get(index).map(|value| Value::Bool(*value)),
        Values::Int(values) => values.get(index).map(|value| Value::Int(*value)),
        Values::Float32(values) => values.get(index).map(|value| Value::Float32(*value)),
        Values::Float64(values) => values.get(index).map(|value| Value::Float64(*value)),
        Values::Bytes(values) => values.get(index).map(Value::Bytes),
        Values::Indexes(values) => values.get(index).map(|value| Value::Int(value as i64)),
    }
    .unwrap_or(Value::Null)
}

fn push(values: &mut Values, value: Value<'_>) {
    if matches!(values, Values::Indexes(_)) {
        // The first value decides the dictionary's type.
        *values = match value {
            Value::Bool(_) => Values::Bool(Vec::new()),
            Value::Int(_) | Value::UInt(_) | Value::Decimal(..) | Value::Time(_) | Value::Null => {
                Values::Int(Vec::new())
            }
            Value::Float32(_) => Values::Float32(Vec::new()),
            Value::Float64(_) => Values::Float64(Vec::new()),
            Value::Bytes(_) | Value::Wide(..) => Values::Bytes(ByteValues::default()),
        };
    }
    match (values, value) {
        (Values::Bool(values), Value::Bool(value)) => values.push(value),
        (Values::Int(values), Value::Int(value)) => values.push(value),
        (Values::Float32(values), Value::Float32(value)) => values.push(value),
        (Values::Float64(values), Value::Float64(value)) => values.push(value),
        (Values::Bytes(values), Value::Bytes(value)) => values.push(value),
        _ => {}
    }
}

fn look_up(dictionary: &Values, indexes: &Numbers) -> Values {
    fn at<T: Copy + Default>(values: &[T], indexes: &Numbers) -> Vec<T> {
        let value = |index: usize| values.get(index).copied().unwrap_or_default();
        match indexes {
            Numbers::U8(all) => all.iter().map(|index| value(usize::from(*index))).collect(),
            Numbers::U16(all) => all.iter().map(|index| value(usize::from(*index))).collect(),
            Numbers::U32(all) => all.iter().map(|index| value(*index as usize)).collect(),
        }
    }
    match dictionary {
        Values::Bool(values) => Values::Bool(at(values, indexes)),
        Values::Int(values) => Values::Int(at(values, indexes)),
        Values::Float32(values) => Values::Float32(at(values, indexes)),
        Values::Float64(values) => Values::Float64(at(values, indexes)),
        Values::Bytes(values) => {
            let mut out = ByteValues::default();
            for index in (0..indexes.len()).filter_map(|place| indexes.get(place)) {
                out.push(values.get(index).unwrap_or_default());
            }
            Values::Bytes(out)
        }
        // A dictionary holds values.
        Values::Indexes(_) => no_values(),
    }
}

fn gather<'a, T: Copy + Default + 'a>(codes: &'a [u16], values: &'a [T]) -> impl Iterator<Item = T> + 'a {
    codes.iter().map(|code| values.get(usize::from(*code)).copied().unwrap_or_default())
}

/// A dictionary without values, whose type the first one decides.
fn no_values() -> Values {
    Values::Indexes(Numbers::U8(Vec::new()))
}

/// Codes on their way into a store.
enum Codes<'a> {
    U8(Cow<'a, [u8]>),
    U16(Cow<'a, [u16]>),
}

/// Rows that one call of an inner loop works on. Browsers compile what runs long a second time,
/// better; the new code serves from the next call on, so that no call may take long.
pub const ROWS_A_CALL: usize = 1 << 13;

/// The codes of places in a dictionary, each below 255.
fn narrow_codes<'a>(indexes: &'a Numbers, lookup: &[u16]) -> Cow<'a, [u8]> {
    let code = |index: usize| lookup.get(index).map_or(u8::MAX, |code| *code as u8);
    match indexes {
        // The first chunk's dictionary is that of the column.
        Numbers::U8(all) if is_in_order(lookup) => all.as_slice().into(),
        Numbers::U8(all) => {
            let table: [u8; 256] = std::array::from_fn(code);
            let mut codes = Vec::with_capacity(all.len());
            all.chunks(ROWS_A_CALL).for_each(|some| translate(some, &table, &mut codes));
            codes.into()
        }
        wide => (0..wide.len()).filter_map(|place| wide.get(place)).map(code).collect(),
    }
}

/// The codes of places in a dictionary.
fn wide_codes<'a>(indexes: &'a Numbers, lookup: &[u16]) -> Cow<'a, [u16]> {
    let code = |index: usize| lookup.get(index).copied().unwrap_or(u16::MAX);
    match indexes {
        Numbers::U16(all) if is_in_order(lookup) => all.as_slice().into(),
        Numbers::U8(all) => all.iter().map(|index| code(usize::from(*index))).collect(),
        Numbers::U16(all) => all.iter().map(|index| code(usize::from(*index))).collect(),
        Numbers::U32(all) => all.iter().map(|index| code(*index as usize)).collect(),
    }
}

fn is_in_order(lookup: &[u16]) -> bool {
    lookup.iter().enumerate().all(|(place, code)| usize::from(*code) == place)
}

#[inline(never)]
fn translate(indexes: &[u8], table: &[u8; 256], codes: &mut Vec<u8>) {
    codes.extend(indexes.iter().map(|index| table.get(usize::from(*index)).copied().unwrap_or(u8::MAX)));
}

/// Appends a value for each row that has one, and `null` for the others.
fn scatter<T: Copy>(all: &mut Vec<T>, valid: Option<&[bool]>, values: &[T], null: T, rows: usize) {
    let Some(valid) = valid else {
        all.extend_from_slice(values.get(..rows).unwrap_or(values));
        return;
    };
    let mut rest = values;
    for some in valid.chunks(ROWS_A_CALL) {
        rest = scatter_some(all, some, rest, null);
    }
}

/// The same for some rows; the values that are left.
#[inline(never)]
fn scatter_some<'a, T: Copy>(all: &mut Vec<T>, valid: &[bool], values: &'a [T], null: T) -> &'a [T] {
    let mut place = 0;
    all.extend(valid.iter().map(|valid| {
        let value = values.get(place).copied().unwrap_or(null);
        place += usize::from(*valid);
        if *valid { value } else { null }
    }));
    values.get(place..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{ByteValues, Column, Decoded, Numbers, Store, Value, Values};

    fn page(valid: Option<Vec<bool>>, values: Values) -> Decoded {
        let rows = valid.as_ref().map_or(values.len(), Vec::len) as u32;
        Decoded { rows, valid, values }
    }

    #[test]
    fn few_values_are_codes_of_a_byte() {
        let mut column = Column::with_capacity(4);
        column.begin_chunk(Some(&Values::Float32(vec![7.0, 7.5]))).unwrap();
        let indexes = page(Some(vec![true, false, true]), Values::Indexes(Numbers::U8(vec![1, 0])));
        column.append(&indexes, Some(&Values::Float32(vec![7.0, 7.5]))).unwrap();
        column.append(&page(None, Values::Float32(vec![12.0, 7.0])), None).unwrap();
        assert!(matches!(column.store(), Store::Codes8(..)));
        let got: Vec<_> = (0..6).map(|row| column.get(row)).collect();
        let float = |value| Some(Value::Float32(value));
        assert_eq!(got, [float(7.5), Some(Value::Null), float(7.0), float(12.0), float(7.0), None]);
        assert_eq!((column.rows(), column.nulls()), (5, 1));
    }

    #[test]
    fn many_values_widen_and_become_plain() {
        let mut column = Column::with_capacity(0);
        let numbers = |range: std::ops::Range<i64>| page(None, Values::Int(range.collect()));
        column.append(&page(Some(vec![false]), Values::Int(vec![])), None).unwrap();
        column.append(&numbers(0..255), None).unwrap();
        assert!(matches!(column.store(), Store::Codes8(..)));
        column.append(&numbers(255..300), None).unwrap();
        assert!(matches!(column.store(), Store::Codes16(..)));
        column.append(&numbers(300..70_000), None).unwrap();
        assert!(matches!(column.store(), Store::Plain(..)));
        column.append(&numbers(-5..-4), None).unwrap();
        assert_eq!(column.get(0), Some(Value::Null));
        assert_eq!(column.get(1), Some(Value::Int(0)));
        assert_eq!(column.get(70_000), Some(Value::Int(69_999)));
        assert_eq!(column.get(70_001), Some(Value::Int(-5)));
    }

    #[test]
    fn many_texts_have_a_store_of_their_own() {
        let mut column = Column::with_capacity(0);
        let users = |count: usize| {
            let mut texts = ByteValues::default();
            (0..count).for_each(|number| texts.push(format!("user {number}").as_bytes()));
            Values::Bytes(texts)
        };
        column.append(&page(Some(vec![true, true, false]), users(2)), None).unwrap();
        column.append(&page(None, users(70_000)), None).unwrap();
        let dictionary = users(3);
        column.begin_chunk(Some(&dictionary)).unwrap();
        let indexes = Values::Indexes(Numbers::U8(vec![2, 0]));
        column.append(&page(None, indexes), Some(&dictionary)).unwrap();
        column.finish();
        assert_eq!(column.texts().map(|texts| (texts.distinct(), texts.nulls())), Some((70_000, 1)));
        let rows = [
            (0, Some(0)),
            (1, Some(1)),
            (2, None),
            (70_002, Some(69_999)),
            (70_003, Some(2)),
            (70_004, Some(0)),
        ];
        for (row, user) in rows {
            let text = user.map(|user: usize| format!("user {user}"));
            let expected = text.as_ref().map_or(Value::Null, |text| Value::Bytes(text.as_bytes()));
            assert_eq!(column.get(row), Some(expected));
        }
    }

    proptest::proptest! {
        #[test]
        fn a_column_gives_back_its_rows(pages in proptest::collection::vec(
            proptest::collection::vec(proptest::option::of(-300i64..300), 0..200), 0..6))
        {
            let mut column = Column::with_capacity(0);
            for rows in &pages {
                let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
                let values = rows.iter().flatten().copied().collect();
                let valid = valid.contains(&false).then_some(valid);
                column.append(&Decoded { rows: rows.len() as u32, valid, values: Values::Int(values) }, None).unwrap();
            }
            for (row, value) in pages.iter().flatten().enumerate() {
                proptest::prop_assert_eq!(column.get(row), Some(value.map_or(Value::Null, Value::Int)));
            }
        }
    }
}
