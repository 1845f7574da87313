//! The column store: columns read whole, as compact as their values allow.
//!
//! A column begins as codes into a growing dictionary, one byte a row, then two. With more different
//! values than two bytes can name numbers become plain values, and texts a store of their own. Null
//! is a code of its own, or a bit beside plain values.

mod codes;
mod grow;
mod values;

pub use self::codes::ROWS_A_CALL;
use self::values::no_values;
pub use self::values::{UNSIGNED, meant, value_at};
use crate::base::error::{Error, Result};
use crate::base::moment::Moment;
use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
use crate::table::text;
use crate::table::text::Texts;
use crate::view::facts::Meaning;
use rustc_hash::FxHashMap;
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

#[cfg(test)]
mod tests {
    use super::{ByteValues, Column, Decoded, Store, Value, Values};
    use crate::formats::parquet::rle::Numbers;

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
