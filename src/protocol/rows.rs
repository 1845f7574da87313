//! Rows, and the values in them.

use crate::base::ids::Generation;
use crate::base::moment::Moment;
use crate::base::numbers;
use serde::{Deserialize, Serialize};

/// A window of the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Position in the result of the first row.
    pub first: u64,
    /// Names of the columns of `cells`: [`Show::columns`], then [`Show::extras`].
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row, as far as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The row's place in the file, from 0.
    pub row: u64,
    /// One cell a column of [`Rows::columns`].
    pub cells: Vec<Cell>,
    /// What of the prompt matches the query: from and to in bytes of its cell's text.
    pub marks: Vec<(u32, u32)>,
    /// The number of its label's colour, from 1; 0 where it has none.
    pub colour: u8,
}

/// A value on its way to the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Not read yet.
    Pending,
    /// Could not be read.
    Failed,
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A number that is exact as a double.
    Number(f64),
    /// A number that is not, or that has its own number of digits: a big integer or a decimal, as text.
    Digits(String),
    /// A time.
    Time(Moment),
    /// Text, cut at [`MAX_CELL_CHARS`] in a table and whole in a detail.
    Text(String),
    /// Bytes that are not text: how many.
    Binary(u32),
    /// A list or a structure, as JSON.
    Json(String),
}

impl Cell {
    /// The number that it is, to the nearest double.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Digits(text) => numbers::parse(text),
            Self::Pending
            | Self::Failed
            | Self::Null
            | Self::Bool(_)
            | Self::Time(_)
            | Self::Text(_)
            | Self::Binary(_)
            | Self::Json(_) => None,
        }
    }
}

impl Cell {
    /// Letters of a number of which each counts: a whole number or a decimal that is cut is another one.
    pub fn number_letters(&self) -> usize {
        match self {
            Self::Digits(text) => text.len(),
            Self::Number(value) if value.fract() == 0.0 && value.abs() >= 1e9 => value.to_string().len(),
            _ => 0,
        }
    }
}

/// The most characters of a text that go into a table's cell.
pub const MAX_CELL_CHARS: usize = 400;

/// All fields of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The row's place in the file, from 0.
    pub row: u64,
    /// The row's position in the present result, if it is in it.
    pub position: Option<u64>,
    /// The generation that `position` belongs to.
    pub generation: Generation,
    /// The column that holds prompts, if one does.
    pub prompt: Option<String>,
    /// Column names and cells, in the file's order.
    pub fields: Vec<(String, Cell)>,
    /// What of the prompt matches the query: from and to in bytes.
    pub marks: Vec<(u32, u32)>,
    /// Where what a text encoder of CLIP takes of the prompt ends, in bytes; none where that is all of it, or where
    /// tokens are not counted.
    pub seen_bytes: Option<u32>,
    /// The rows of the same prompt; none while the prompt is not read, or where there is none.
    pub same: Option<Same>,
}

/// Rows of one prompt, whether they match or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Same {
    /// Their places in the file in ascending order, at most [`MAX_SAME_ROWS`]; the row itself is one.
    pub rows: Vec<u64>,
    /// How many there are.
    pub count: u32,
    /// Among how many rows they were looked for.
    pub rows_read: u64,
}

/// The most rows of the same prompt that are named.
pub const MAX_SAME_ROWS: usize = 48;
