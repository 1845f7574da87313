//! CSV files as rows: once through for the types of all columns, and once more for the values.

mod column;
mod dialect;
pub mod line;
mod together;

use super::feed::{Feed, Place};
use super::guess::Guess;
use super::odd::{Odd, OddKind, Odds};
use super::reading::Reading;
use super::rows::{BATCH_BYTES, BATCH_ROWS, Rows, failed};
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use column::Build;
pub use column::text_of;
use dialect::Style;
use line::{Line, Record};

pub use together::{Member, Together};

/// More columns are no table that anybody looks at.
const MAX_COLUMNS: usize = 10_000;

/// What is learned the first time through.
pub struct Scan {
    style: Style,
    feed: Feed,
    record: Record,
    /// Names, where the first line has them, once it has come.
    names: Option<Vec<String>>,
    guesses: Vec<Guess>,
    /// Fields of the first line.
    first: Option<usize>,
    odds: Odds,
    /// Whether a quote was never closed.
    open_quote: bool,
    /// Bytes in front of the table that are still to be passed over.
    before: usize,
}

impl Scan {
    /// For a file that begins with `front`.
    pub fn new(front: &[u8], whole: bool, reading: Reading, name: &str, quotes: bool) -> Self {
        let style = Style::guess(front, whole, reading, name, quotes);
        let mut odds = Odds::default();
        let (lines, before) = style.before;
        if lines > 0 {
            odds.0.push(Odd::new(OddKind::Comments, lines, 1));
        }
        Self {
            style,
            before,
            feed: Feed::default(),
            record: Record::default(),
            names: None,
            guesses: Vec::new(),
            first: None,
            odds,
            open_quote: false,
        }
    }

    /// How the file is read.
    pub fn reading(&self) -> Reading {
        Reading { delimiter: Some(self.style.dialect.delimiter), header: Some(self.style.header) }
    }

    /// Whether a quote was never closed: the file is to be read again without quotes.
    pub fn has_open_quote(&self) -> bool {
        self.open_quote
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// Where there are too many columns.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Result<()> {
        if self.open_quote {
            return Ok(());
        }
        let Self { style, feed, record, names, guesses, first, odds, open_quote, before } = self;
        feed.push(bytes, last, odds, |input, place, odds| {
            if let Some(passed) = pass(before, input) {
                return Ok(Some(passed));
            }
            let len = match record.read(input, last, style.dialect) {
                Line::Whole(len) => len,
                Line::Cut => return Ok(None),
                Line::Unclosed => {
                    *open_quote = true;
                    return Ok(None);
                }
            };
            if is_skipped(record, *first) {
                return Ok(Some(len));
            }
            let fields = record.fields();
            let usual = *first.get_or_insert(fields);
            if fields > MAX_COLUMNS {
                let message = format!("line {} has {fields} fields, more than {MAX_COLUMNS}", place.line());
                return Err(Error::new(ErrorKind::Limit, message));
            }
            if fields > guesses.len() {
                guesses.resize(fields, Guess::default());
            }
            if style.header && names.is_none() {
                *names = Some(
                    (0..fields).map(|at| record.field(input, at).map(name_of).unwrap_or_default()).collect(),
                );
                return Ok(Some(len));
            }
            if fields != usual {
                odds.note(if fields < usual { OddKind::ShortLines } else { OddKind::LongLines }, || {
                    place.line()
                });
            }
            for (at, guess) in guesses.iter_mut().enumerate() {
                if !guess.is_text()
                    && let Some(text) = record.field(input, at)
                {
                    guess.see(text);
                }
            }
            Ok(Some(len))
        })
    }

    /// Whether there are columns.
    ///
    /// # Errors
    /// Where there are none.
    pub fn check(&self) -> Result<()> {
        self.names().map(drop)
    }

    /// Names of the columns, empty where they have none, as far as they are known.
    ///
    /// # Errors
    /// Where there are none.
    fn names(&self) -> Result<Vec<String>> {
        if self.guesses.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported, "it has no lines"));
        }
        let mut names: Vec<String> = self.names.clone().unwrap_or_default();
        names.resize(self.guesses.len(), String::new());
        if self.rows_are_named() {
            names.rotate_right(1);
        }
        Ok(names)
    }

    /// Whether each line has a field more than the first one: that is its name.
    fn rows_are_named(&self) -> bool {
        let named = self.names.as_ref().map_or(0, Vec::len);
        named > 0
            && named + 1 == self.guesses.len()
            && !self.odds.0.iter().any(|odd| odd.kind == OddKind::ShortLines)
            && self.all_longer()
    }

    /// What was odd in the file.
    fn odds(&self) -> Odds {
        let mut odds = self.odds.clone();
        let rows_are_named = self.rows_are_named();
        odds.0.retain(|odd| odd.kind != OddKind::LongLines || !rows_are_named);
        odds
    }

    fn all_longer(&self) -> bool {
        let long = self.odds.0.iter().find(|odd| odd.kind == OddKind::LongLines);
        long.is_some_and(|odd| odd.count > 0 && odd.line <= 2)
    }
}

/// What of the input is passed over, where something is in front of the table.
fn pass(before: &mut usize, input: &[u8]) -> Option<usize> {
    let passed = (*before).min(input.len());
    *before -= passed;
    (passed > 0).then_some(passed)
}

/// Blank lines say nothing, but in a table of one column, where they are rows without a value.
fn is_skipped(record: &Record, first: Option<usize>) -> bool {
    record.is_blank() && first != Some(1)
}

fn name_of(text: &[u8]) -> String {
    text_of(text).0.trim().to_owned()
}

/// Makes rows of lines, the second time through.
pub struct Table {
    schema: SchemaRef,
    columns: Vec<Build>,
    /// Where the values of each are in a line; none where the file does not have them.
    places: Vec<Option<usize>>,
    style: Style,
    before: usize,
    header_passed: bool,
    first: Option<usize>,
    feed: Feed,
    record: Record,
    /// Rows that are not written yet, and the length of their lines.
    rows: usize,
    bytes: usize,
    /// What is odd in the file.
    pub odds: Odds,
}

impl Table {
    /// The next bytes of the file.
    ///
    /// # Errors
    /// Where rows can't be written.
    pub fn push(&mut self, input: &[u8], last: bool, out: &mut Rows) -> Result<()> {
        let Self {
            schema,
            columns,
            places,
            style,
            before,
            header_passed,
            first,
            feed,
            record,
            rows,
            bytes,
            odds,
        } = self;
        feed.push(input, last, odds, |input, place: Place<'_>, odds| {
            if let Some(passed) = pass(before, input) {
                return Ok(Some(passed));
            }
            let Line::Whole(len) = record.read(input, last, style.dialect) else { return Ok(None) };
            if is_skipped(record, *first) || !std::mem::replace(header_passed, true) {
                return Ok(Some(len));
            }
            for (column, at) in columns.iter_mut().zip(places.iter()) {
                let changed = column.push(at.and_then(|at| record.field(input, at)));
                if changed {
                    odds.note(OddKind::NotUtf8, || place.line());
                }
            }
            *rows += 1;
            *bytes += len;
            if *rows >= BATCH_ROWS || *bytes >= BATCH_BYTES {
                (*rows, *bytes) = (0, 0);
                out.write(&batch(schema, columns)?)?;
            }
            Ok(Some(len))
        })?;
        if last { self.flush(out) } else { Ok(()) }
    }

    /// Writes the rows that are whole.
    ///
    /// # Errors
    /// Where they can't be written.
    pub fn flush(&mut self, out: &mut Rows) -> Result<()> {
        if std::mem::take(&mut self.rows) > 0 {
            out.write(&batch(&self.schema, &mut self.columns)?)?;
        }
        Ok(())
    }
}

fn batch(schema: &SchemaRef, columns: &mut [Build]) -> Result<RecordBatch> {
    RecordBatch::try_new(schema.clone(), columns.iter_mut().map(Build::finish).collect()).map_err(failed)
}
