//! Measures of texts, and the columns that they make.
//!
//! Every different text is measured once, as it comes. What measures is seldom needed: in a browser it is in a lazy
//! module, and is handed in by [`provide`] once that has been fetched.

mod language;
mod likeness;
mod tokens;

pub use tokens::{MERGES_BYTES, Tokenizer};

use crate::base::error::{Error, Result};
use crate::base::hash::hash64;
use crate::base::later::later;
use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
use crate::table::column::{Column, ROWS_A_CALL, Store};
use crate::table::text::NULL;
use crate::view::measures::{CONTEXT_TOKENS, Measure, Values as Kind};
use rustc_hash::FxHashMap;

/// What came of measuring a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// There is nothing to say.
    Nothing,
    /// A whole number.
    Whole(i64),
    /// A share, from 0 to 1.
    Share(f64),
    /// True or false.
    Truth(bool),
    /// A name.
    Name(&'static str),
}

/// What measures texts.
pub trait Meter {
    /// Measures a text. Where all rows count, it is what equal texts have in common.
    fn measure(&self, text: &str) -> Amount;

    /// Where what a text encoder takes of a text ends, in bytes; none where that is all of it, or not known here.
    fn end_of_context(&self, text: &str) -> Option<usize>;

    /// What finds texts that are like each other, where that is what is measured.
    fn likeness(&self) -> Option<Box<dyn Likeness>>;

    /// Bytes of texts that are measured in a hundredth of a second or so.
    fn step_bytes(&self) -> usize;
}

/// Finds out which texts of a column are like each other.
pub trait Likeness {
    /// Goes on; whether there is more to be done.
    fn step(&mut self, texts: &Column) -> bool;

    /// The first text of the group of one, both by their codes, once nothing is left to be done.
    fn group_of(&self, code: usize) -> u32;
}

/// Makes a meter. The vocabulary is for measures that need it.
pub type Make = fn(Measure, Option<&[u8]>) -> Result<Box<dyn Meter>>;

later!(
    static MAKE: Make = || meter;
);

/// The code has been fetched.
pub fn provide(make: Make) {
    MAKE.provide(make);
}

/// What makes meters, where it is here.
pub fn make() -> Option<Make> {
    MAKE.get()
}

/// A meter: only the entry of the lazy module may name this.
///
/// # Errors
/// Where the vocabulary is not what it should be.
pub fn meter(measure: Measure, vocabulary: Option<&[u8]>) -> Result<Box<dyn Meter>> {
    let tokenizer = match (measure.needs_vocabulary(), vocabulary) {
        (true, Some(file)) => Some(Tokenizer::new(file)?),
        (true, None) => return Err(Error::corrupt("the vocabulary is missing")),
        (false, _) => None,
    };
    Ok(Box::new(OwnMeter { measure, tokenizer }))
}

struct OwnMeter {
    measure: Measure,
    tokenizer: Option<Tokenizer>,
}

impl Meter for OwnMeter {
    fn measure(&self, text: &str) -> Amount {
        let whole = |number: usize| Amount::Whole(i64::try_from(number).unwrap_or(i64::MAX));
        let tokens = || self.tokenizer.as_ref().map(|tokenizer| tokenizer.count(text));
        match self.measure {
            Measure::Characters => whole(text.chars().count()),
            Measure::Words => whole(text.split_whitespace().count()),
            Measure::Parts => whole(text.split(',').filter(|part| !part.trim().is_empty()).count()),
            Measure::NonAscii => match text.chars().count() {
                0 => Amount::Share(0.0),
                all => {
                    let others = text.chars().filter(|char| !char.is_ascii()).count();
                    Amount::Share(others as f64 / all as f64)
                }
            },
            Measure::Tokens => tokens().map_or(Amount::Nothing, |tokens| Amount::Whole(tokens.into())),
            Measure::CutOff => {
                tokens().map_or(Amount::Nothing, |tokens| Amount::Truth(tokens > CONTEXT_TOKENS))
            }
            Measure::Language => language::language(text),
            Measure::Certainty => language::certainty(text),
            Measure::Repeats => Amount::Whole(hash(text.bytes())),
            Measure::Similar | Measure::SimilarGroup => Amount::Nothing,
            Measure::Alike | Measure::AlikeGroup => {
                let letters = text.chars().filter(|char| char.is_alphanumeric());
                Amount::Whole(hash(letters.flat_map(char::to_lowercase).flat_map(utf8)))
            }
        }
    }

    fn end_of_context(&self, text: &str) -> Option<usize> {
        self.tokenizer.as_ref()?.end_of_context(text)
    }

    fn likeness(&self) -> Option<Box<dyn Likeness>> {
        let is_likeness = matches!(self.measure, Measure::Similar | Measure::SimilarGroup);
        is_likeness.then(|| Box::new(likeness::Words::default()) as Box<dyn Likeness>)
    }

    fn step_bytes(&self) -> usize {
        match self.measure {
            Measure::Characters
            | Measure::Words
            | Measure::Parts
            | Measure::NonAscii
            | Measure::Similar
            | Measure::SimilarGroup => 8 << 20,
            Measure::Repeats | Measure::Alike | Measure::AlikeGroup => 4 << 20,
            Measure::Tokens | Measure::CutOff => 1 << 20,
            Measure::Language | Measure::Certainty => 128 << 10,
        }
    }
}

fn utf8(char: char) -> impl Iterator<Item = u8> {
    let mut bytes = [0; 4];
    let len = char.encode_utf8(&mut bytes).len();
    bytes.into_iter().take(len)
}

fn hash(bytes: impl Iterator<Item = u8>) -> i64 {
    hash64(bytes) as i64
}

/// A column that is measured of another one, and how far it is.
pub struct Gauge {
    measure: Measure,
    /// What measures; none while it is not here.
    pub meter: Option<Box<dyn Meter>>,
    /// What was measured, by the codes of the texts.
    known: Vec<Amount>,
    /// What finds texts that are like each other, while it does.
    likeness: Option<Box<dyn Likeness>>,
}

impl Gauge {
    /// A column of which nothing is measured.
    pub fn new(measure: Measure) -> Self {
        Self { measure, meter: None, known: Vec::new(), likeness: None }
    }

    /// What is measured.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// The amount of one row's text; none where all rows count, or what measures is not here.
    pub fn of_one(&self, text: &[u8]) -> Option<Amount> {
        let meter = self.meter.as_ref().filter(|_| !self.measure.is_of_all_rows())?;
        Some(meter.measure(&String::from_utf8_lossy(text)))
    }

    /// Measures some of the texts that were not met yet, and adds the rows before the first one that is still
    /// unknown; `complete` says that no more texts will come. Whether there is more to be done at once.
    ///
    /// # Errors
    /// Where the column can't take the values.
    pub fn grow(&mut self, texts: &Column, complete: bool, values: &mut Column) -> Result<bool> {
        let Some(meter) = &self.meter else { return Ok(false) };
        let distinct = distinct(texts);
        let mut left = meter.step_bytes();
        while self.known.len() < distinct && left > 0 {
            let text = text_of(texts, self.known.len()).unwrap_or_default();
            self.known.push(meter.measure(&String::from_utf8_lossy(text)));
            left = left.saturating_sub(text.len() + 16);
        }
        if self.known.len() < distinct && self.measure.is_of_all_rows() {
            return Ok(true);
        }
        if self.measure.is_of_all_rows() {
            if !complete {
                return Ok(false);
            }
            if values.rows() == 0 {
                if self.find_alike(texts) {
                    return Ok(true);
                }
                self.compare_rows(texts);
            }
        }
        while values.rows() < texts.rows() {
            let rows = values.rows()..texts.rows().min(values.rows() + ROWS_A_CALL);
            let amounts = rows.map_while(|row| match code_of(texts, row) {
                Some(code) => self.known.get(code).copied(),
                None => Some(Amount::Nothing),
            });
            let amounts: Vec<Amount> = amounts.collect();
            if amounts.is_empty() {
                break;
            }
            values.append(&page(&amounts, self.measure.values()), None)?;
        }
        Ok(self.known.len() < distinct)
    }

    /// Goes on to find texts that are like each other, where that is what is measured; whether there is more to be done.
    fn find_alike(&mut self, texts: &Column) -> bool {
        if self.likeness.is_none() {
            self.likeness = self.meter.as_ref().and_then(|meter| meter.likeness());
        }
        let Some(likeness) = &mut self.likeness else { return false };
        if likeness.step(texts) {
            return true;
        }
        self.known =
            (0..self.known.len()).map(|code| Amount::Whole(likeness.group_of(code).into())).collect();
        self.likeness = None;
        false
    }

    /// In place of what a text has in common with others: how many rows have it, or which one is the first.
    fn compare_rows(&mut self, texts: &Column) {
        let counts = !self.measure.is_group();
        let mut rows: FxHashMap<i64, i64> = FxHashMap::default();
        let key = |amount: Option<&Amount>| match amount {
            Some(Amount::Whole(key)) => Some(*key),
            Some(Amount::Nothing | Amount::Share(_) | Amount::Truth(_) | Amount::Name(_)) | None => None,
        };
        for row in 0..texts.rows() {
            if let Some(key) = code_of(texts, row).and_then(|code| key(self.known.get(code))) {
                let known = rows.entry(key).or_insert(if counts { 0 } else { row as i64 });
                *known += i64::from(counts);
            }
        }
        for amount in &mut self.known {
            if let Some(told) = key(Some(amount)).and_then(|key| rows.get(&key)) {
                *amount = Amount::Whole(*told);
            }
        }
    }

    /// Lets go of what only a growing column needs.
    pub fn finish(&mut self) {
        self.known = Vec::new();
    }
}

/// How many different texts a column has.
fn distinct(column: &Column) -> usize {
    match column.store() {
        Store::Text(texts) => texts.distinct(),
        Store::Codes8(_, Values::Bytes(texts)) | Store::Codes16(_, Values::Bytes(texts)) => texts.len(),
        Store::Codes8(..) | Store::Codes16(..) | Store::Plain(..) => 0,
    }
}

fn text_of(column: &Column, code: usize) -> Option<&[u8]> {
    match column.store() {
        Store::Text(texts) => texts.get(code as u32),
        Store::Codes8(_, Values::Bytes(texts)) | Store::Codes16(_, Values::Bytes(texts)) => texts.get(code),
        Store::Codes8(..) | Store::Codes16(..) | Store::Plain(..) => None,
    }
}

/// The code of a row's text; none where it has none.
fn code_of(column: &Column, row: usize) -> Option<usize> {
    match column.store() {
        Store::Text(texts) => texts.codes().get(row).filter(|code| **code != NULL).map(|code| *code as usize),
        Store::Codes8(codes, _) => {
            codes.get(row).filter(|code| **code != u8::MAX).map(|code| usize::from(*code))
        }
        Store::Codes16(codes, _) => {
            codes.get(row).filter(|code| **code != u16::MAX).map(|code| usize::from(*code))
        }
        Store::Plain(..) => None,
    }
}

/// Amounts as rows of a column.
fn page(amounts: &[Amount], kind: Kind) -> Decoded {
    let valid: Vec<bool> = amounts.iter().map(|amount| *amount != Amount::Nothing).collect();
    let whole = |amount: &Amount| match amount {
        Amount::Whole(value) => Some(*value),
        Amount::Nothing | Amount::Share(_) | Amount::Truth(_) | Amount::Name(_) => None,
    };
    let share = |amount: &Amount| match amount {
        Amount::Share(value) => Some(*value),
        Amount::Nothing | Amount::Whole(_) | Amount::Truth(_) | Amount::Name(_) => None,
    };
    let truth = |amount: &Amount| match amount {
        Amount::Truth(value) => Some(*value),
        Amount::Nothing | Amount::Whole(_) | Amount::Share(_) | Amount::Name(_) => None,
    };
    let values = match kind {
        Kind::Whole => Values::Int(amounts.iter().filter_map(whole).collect()),
        Kind::Share => Values::Float64(amounts.iter().filter_map(share).collect()),
        Kind::Truth => Values::Bool(amounts.iter().filter_map(truth).collect()),
        Kind::Names => {
            let mut names = ByteValues::default();
            for amount in amounts {
                if let Amount::Name(name) = amount {
                    names.push(name.as_bytes());
                }
            }
            Values::Bytes(names)
        }
    };
    Decoded { rows: amounts.len() as u32, valid: valid.contains(&false).then_some(valid), values }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

    use super::{Amount, Gauge, meter};
    use crate::formats::parquet::decode::{ByteValues, Decoded, Values};
    use crate::table::column::{Column, Value};
    use crate::view::measures::Measure;

    fn texts(rows: &[Option<&str>]) -> Column {
        let mut values = ByteValues::default();
        rows.iter().flatten().for_each(|text| values.push(text.as_bytes()));
        let valid = rows.iter().map(Option::is_some).collect();
        let mut column = Column::text(rows.len());
        let page = Decoded { rows: rows.len() as u32, valid: Some(valid), values: Values::Bytes(values) };
        column.append(&page, None).unwrap();
        column
    }

    fn measured(measure: Measure, rows: &[Option<&str>]) -> Vec<Option<f64>> {
        let texts = texts(rows);
        let mut values = Column::with_capacity(rows.len());
        let mut gauge = Gauge::new(measure);
        assert!(!gauge.grow(&texts, true, &mut values).unwrap() && values.rows() == 0);
        gauge.meter = Some(meter(measure, None).unwrap());
        while gauge.grow(&texts, true, &mut values).unwrap() {}
        let number = |row| match values.get(row).unwrap() {
            Value::Int(value) => Some(value as f64),
            Value::Float64(value) => Some(value),
            Value::Null => None,
            other => panic!("{other:?}"),
        };
        (0..rows.len()).map(number).collect()
    }

    #[test]
    fn each_row_has_the_amount_of_its_text() {
        let rows =
            [Some("a castle, oil,, "), None, Some(""), Some("Schloß"), Some("A CASTLE oil!"), Some("Schloß")];
        let of = |measure| measured(measure, &rows);
        assert_eq!(of(Measure::Characters), [Some(16.0), None, Some(0.0), Some(6.0), Some(13.0), Some(6.0)]);
        assert_eq!(of(Measure::Words), [Some(3.0), None, Some(0.0), Some(1.0), Some(3.0), Some(1.0)]);
        assert_eq!(of(Measure::Parts), [Some(2.0), None, Some(0.0), Some(1.0), Some(1.0), Some(1.0)]);
        assert_eq!(of(Measure::Repeats), [Some(1.0), None, Some(1.0), Some(2.0), Some(1.0), Some(2.0)]);
        assert_eq!(of(Measure::Alike), [Some(2.0), None, Some(1.0), Some(2.0), Some(2.0), Some(2.0)]);
        assert_eq!(of(Measure::AlikeGroup), [Some(0.0), None, Some(2.0), Some(3.0), Some(0.0), Some(3.0)]);
        let shares = of(Measure::NonAscii);
        assert_eq!((shares[0], shares[2], shares[3]), (Some(0.0), Some(0.0), Some(1.0 / 6.0)));
    }

    #[test]
    fn a_single_row_needs_no_other_ones() {
        let mut gauge = Gauge::new(Measure::Words);
        assert_eq!(gauge.of_one(b"a castle"), None);
        gauge.meter = Some(meter(Measure::Words, None).unwrap());
        assert_eq!(gauge.of_one(b"a castle"), Some(Amount::Whole(2)));
        let mut repeats = Gauge::new(Measure::Repeats);
        repeats.meter = Some(meter(Measure::Repeats, None).unwrap());
        assert_eq!(repeats.of_one(b"a castle"), None);
        assert!(meter(Measure::Tokens, None).is_err());
    }
}
