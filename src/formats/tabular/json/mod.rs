//! JSON Lines, JSON lists and objects of rows as rows: once through for the types of all columns, and once more for the values.

mod build;
mod layout;
mod scan;
mod shape;

use super::feed::{Feed, Place};
use super::odd::{OddKind, Odds};
use super::rows::{BATCH_BYTES, BATCH_ROWS, Rows, failed};
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};
use build::{Build, Seen};
use layout::{Front, Layout};
use scan::{Cursor, Fault};
pub use shape::{Shape, Type};
use std::sync::Arc;

/// The name of the column where rows are no objects.
const VALUE: &str = "value";

/// Where a file is, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In front of the first row; whether the file's name says that each line is one.
    Begin { lines: bool },
    /// Between rows that stand one behind the other.
    Lines,
    /// The same, where rows are lists.
    Lists,
    /// In a list; whether nothing of it was passed.
    List { first: bool },
    /// In front of the one object that holds all rows.
    One(Layout),
}

/// What stands at the front of the rest of a file.
enum Step<'a> {
    /// A row, and how many bytes it takes with what is in front of it.
    Row(&'a [u8], usize),
    /// So many bytes that are none.
    Passed(usize),
    /// A line that is no JSON takes so many bytes; what is wrong with it.
    Bad(usize, String),
    /// All of it is one object that holds the rows.
    One(Layout),
    /// The file ends in a row that takes the rest of it.
    Ends(usize),
    /// More has to come.
    Cut,
}

impl State {
    fn step<'a>(&mut self, input: &'a [u8], last: bool, place: Place<'_>) -> Result<Step<'a>> {
        let mut cursor = Cursor::new(input);
        let Some(next) = cursor.peek() else {
            return Ok(Step::Passed(input.len()));
        };
        if let Self::Begin { lines } = *self {
            *self = match next {
                b'[' if are_lists(input) => Self::Lists,
                b'{' if !lines => match layout::front(input, last) {
                    Front::Rows => Self::Lines,
                    Front::One(layout) => Self::One(layout),
                    Front::Cut => return Ok(Step::Cut),
                },
                _ => Self::Lines,
            };
        }
        if let Self::One(layout) = self {
            return Ok(if last { Step::One(layout.clone()) } else { Step::Cut });
        }
        match self {
            Self::Lines if next == b'[' => {
                *self = Self::List { first: true };
                return Ok(Step::Passed(cursor.at + 1));
            }
            // Lists of rows are split at their commas by hand, sometimes.
            Self::Lines | Self::Lists if next == b',' => return Ok(Step::Passed(cursor.at + 1)),
            Self::List { .. } if next == b']' => {
                *self = Self::Lines;
                return Ok(Step::Passed(cursor.at + 1));
            }
            Self::List { first: false } if next == b',' => {
                cursor.at += 1;
                // A comma behind the last row is one too many.
                if cursor.peek() == Some(b']') {
                    *self = Self::Lines;
                    return Ok(Step::Passed(cursor.at + 1));
                }
            }
            Self::List { first: false } => return Err(bad(input, cursor.at, "a comma or ]", place)),
            Self::Begin { .. } | Self::Lines | Self::Lists | Self::List { first: true } | Self::One(_) => {}
        }
        let is_number = matches!(cursor.peek(), Some(b'-' | b'0'..=b'9'));
        let begin = cursor.at;
        match cursor.skip() {
            // The digits that have come may not be all.
            Ok(_) if is_number && cursor.at == input.len() && !last => Ok(Step::Cut),
            Ok(row) => {
                if let Self::List { first } = self {
                    *first = false;
                }
                Ok(Step::Row(row, cursor.at))
            }
            Err(Fault::Cut) if last && matches!(self, Self::Lines) => {
                match next_row(input, begin, input.len()) {
                    Some(len) => Ok(Step::Bad(len, wrong(input, begin, "a whole row", place))),
                    None => Ok(Step::Ends(input.len())),
                }
            }
            Err(Fault::Cut) if last => Ok(Step::Ends(input.len())),
            Err(Fault::Cut) => Ok(Step::Cut),
            Err(Fault::Bad { at, expected }) if matches!(self, Self::Lines | Self::Lists) => {
                if matches!(self, Self::Lines)
                    && let Some(len) = next_row(input, begin, at + 1)
                {
                    return Ok(Step::Bad(len, wrong(input, at, expected, place)));
                }
                // The next line may be one again.
                match memchr::memchr(b'\n', input.get(at..).unwrap_or_default()) {
                    Some(len) => Ok(Step::Bad(at + len + 1, wrong(input, at, expected, place))),
                    None if last => Ok(Step::Bad(input.len(), wrong(input, at, expected, place))),
                    None => Ok(Step::Cut),
                }
            }
            Err(Fault::Bad { at, expected }) => Err(bad(input, at, expected, place)),
        }
    }
}

/// Where the first line begins behind that of a row, and before `end`, that looks like a row of its own: what is not
/// closed takes no more rows along than it has to.
fn next_row(input: &[u8], begin: usize, end: usize) -> Option<usize> {
    let rest = input.get(begin..end)?;
    memchr::memmem::find(rest, b"\n{").map(|at| begin + at + 1)
}

/// Whether a file that begins with a list has another one behind it: each is a row then.
fn are_lists(input: &[u8]) -> bool {
    let mut cursor = Cursor::new(input);
    cursor.skip().is_ok() && cursor.peek() == Some(b'[')
}

/// What is wrong at a place, with its column.
fn wrong(input: &[u8], at: usize, expected: &str, place: Place<'_>) -> String {
    let column = place.column(input.get(..at).unwrap_or_default());
    let rest = input.get(at..).unwrap_or_default();
    let found = String::from_utf8_lossy(rest.get(..24.min(rest.len())).unwrap_or_default()).into_owned();
    let found = found.split(['\n', '\r']).next().unwrap_or_default().to_owned();
    format!("column {column}: {expected} should stand where “{found}” does")
}

fn bad(input: &[u8], at: usize, expected: &str, place: Place<'_>) -> Error {
    let line = place.line() + super::feed::line_ends(input.get(..at).unwrap_or_default());
    Error::corrupt(format!("line {line}, {}", wrong(input, at, expected, place)))
}

/// What is learned the first time through.
pub struct Scan {
    state: State,
    feed: Feed,
    shape: Shape,
    rows: u64,
    odds: Odds,
}

impl Scan {
    /// Nothing of a file of this name, in small letters, was read.
    pub fn new(name: &str) -> Self {
        let lines = name.contains(".jsonl") || name.contains(".ndjson");
        Self {
            state: State::Begin { lines },
            feed: Feed::default(),
            shape: Shape::default(),
            rows: 0,
            odds: Odds::default(),
        }
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// Where a list of rows is no JSON.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Result<()> {
        let Self { state, feed, shape, rows, odds } = self;
        let mut see = |row: &[u8]| {
            *rows += 1;
            shape.see(&mut Cursor::new(row), 0).map_err(|_| read_in_two_ways())
        };
        feed.push(bytes, last, odds, |input, place, odds| match state.step(input, last, place)? {
            Step::Row(row, len) => see(row).map(|()| Some(len)),
            Step::One(layout) => {
                layout.rows(input, &mut see)?;
                if Cursor::new(input).skip().is_err() {
                    odds.note(OddKind::Cut, || place.line() + leading_lines(input));
                }
                if let Layout::Inside(of, others) = layout
                    && !others.is_empty()
                {
                    odds.note(OddKind::Inside(of, others), || 0);
                }
                Ok(Some(input.len()))
            }
            Step::Passed(len) => Ok(Some(len)),
            Step::Bad(len, wrong) => {
                odds.note(OddKind::NotJson(wrong), || place.line() + leading_lines(input));
                Ok(Some(len))
            }
            Step::Ends(len) => {
                odds.note(OddKind::Cut, || place.line() + leading_lines(input));
                Ok(Some(len))
            }
            Step::Cut => Ok(None),
        })
    }

    /// What its values are.
    ///
    /// # Errors
    /// Where there are no rows.
    pub fn shape(&self) -> Result<&Shape> {
        if self.rows > 0 {
            return Ok(&self.shape);
        }
        let first = self.odds.0.iter().find_map(|odd| match &odd.kind {
            OddKind::NotJson(wrong) => Some(format!("it is no JSON: line {}, {wrong}", odd.line)),
            _ => None,
        });
        let message = first.unwrap_or_else(|| "it has no rows".to_owned());
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    /// How its rows stand, as the second time through begins.
    pub fn begin(&self) -> State {
        match &self.state {
            state @ (State::Lists | State::One(_)) => state.clone(),
            State::Begin { .. } | State::Lines | State::List { .. } => State::Lines,
        }
    }

    /// What was odd in the file.
    pub fn odds(&self) -> &Odds {
        &self.odds
    }
}

/// The columns of rows of this type.
pub fn schema(of: &Type) -> SchemaRef {
    let fields = match of {
        Type::Struct(keys) => shape::fields(keys),
        Type::Row(columns) => shape::numbered(columns),
        _ => vec![of.field(VALUE)].into(),
    };
    Arc::new(Schema::new(fields))
}

/// What the second look at a row says that the first one did not.
fn read_in_two_ways() -> Error {
    Error::new(ErrorKind::Internal, "a row was read in two ways")
}

/// Line ends in front of what is no white space.
fn leading_lines(input: &[u8]) -> u64 {
    let blank = input.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    super::feed::line_ends(input.get(..blank).unwrap_or_default())
}

/// Makes rows of values, the second time through.
pub struct Table {
    schema: SchemaRef,
    has_columns: bool,
    build: Build,
    state: State,
    feed: Feed,
    /// Rows that are not written yet, and their length.
    rows: usize,
    bytes: usize,
    /// What is odd in the file.
    pub odds: Odds,
}

impl Table {
    /// Makes rows of these columns, which are those of this type, of a file with these oddities whose rows stand like this.
    pub fn new(schema: SchemaRef, of: &Type, odds: Odds, state: State) -> Self {
        Self {
            schema,
            has_columns: matches!(of, Type::Struct(_) | Type::Row(_)),
            build: Build::new(of),
            state,
            feed: Feed::default(),
            rows: 0,
            bytes: 0,
            odds,
        }
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// Where rows can't be written.
    pub fn push(&mut self, bytes: &[u8], last: bool, out: &mut Rows) -> Result<()> {
        let Self { schema, has_columns, build, state, feed, rows, bytes: held, odds } = self;
        feed.push(bytes, last, odds, |input, place, odds| {
            let mut take = |row: &[u8]| {
                let mut seen = Seen::default();
                build.push(&mut Cursor::new(row), &mut seen).map_err(|_| read_in_two_ways())?;
                if seen.repeated_key {
                    odds.note(OddKind::RepeatedKeys, || place.line() + leading_lines(input));
                }
                if seen.not_utf8 {
                    odds.note(OddKind::NotUtf8, || place.line() + leading_lines(input));
                }
                *rows += 1;
                *held += row.len();
                if *rows >= BATCH_ROWS || *held >= BATCH_BYTES {
                    (*rows, *held) = (0, 0);
                    out.write(&batch(schema, *has_columns, build)?)?;
                }
                Ok(())
            };
            match state.step(input, last, place)? {
                Step::Row(row, len) => take(row).map(|()| Some(len)),
                Step::One(layout) => layout.rows(input, take).map(|()| Some(input.len())),
                Step::Passed(len) | Step::Bad(len, _) | Step::Ends(len) => Ok(Some(len)),
                Step::Cut => Ok(None),
            }
        })?;
        if last { self.flush(out) } else { Ok(()) }
    }

    /// Writes the rows that are whole.
    ///
    /// # Errors
    /// Where they can't be written.
    pub fn flush(&mut self, out: &mut Rows) -> Result<()> {
        if std::mem::take(&mut self.rows) > 0 {
            out.write(&batch(&self.schema, self.has_columns, &mut self.build)?)?;
        }
        Ok(())
    }
}

fn batch(schema: &SchemaRef, has_columns: bool, build: &mut Build) -> Result<RecordBatch> {
    let values: ArrayRef = build.finish().map_err(failed)?;
    let rows = RecordBatchOptions::new().with_row_count(Some(values.len()));
    let columns = match values.as_struct_opt().filter(|_| has_columns) {
        // A row that is null has nulls in all columns.
        Some(row) => row.columns().to_vec(),
        None => vec![values],
    };
    RecordBatch::try_new_with_options(schema.clone(), columns, &rows).map_err(failed)
}
