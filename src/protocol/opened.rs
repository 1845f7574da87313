//! What the page is told of an open table and its columns.

use super::images;
use crate::base::moment::Quantity;
use crate::view::join::SOURCE;
use crate::view::roles::Holds;
use crate::view::spec::TableRef;
use serde::{Deserialize, Serialize};

/// An open table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// [`Open::table`].
    pub table: TableRef,
    /// The file's address, for people.
    pub source: String,
    /// Rows in the files that are open.
    pub rows: u64,
    /// Rows in all files; about how many, while some are not open.
    pub rows_in_all: u64,
    /// How many files there are, and how many of them are open.
    pub files: (u32, u32),
    /// Size of all files.
    pub file_bytes: u64,
    /// The commit, or the first digits of the file's tag, for people.
    pub revision: Option<String>,
    /// Columns in the file's order, derived ones last.
    pub columns: Vec<Column>,
    /// Who wrote the file, as it says itself.
    pub created_by: Option<String>,
    /// Row groups in the file.
    pub row_groups: u32,
    /// The column that holds prompts, if one does.
    pub prompt: Option<String>,
    /// The column that holds images, if one does.
    pub images: Option<images::ImageColumn>,
    /// All columns that hold image files.
    pub pictures: Vec<images::PictureColumn>,
    /// Names of roles, and the column that plays each.
    pub roles: Vec<(String, String)>,
    /// Names of the values 0, 1 and so on that the file itself gives, by column.
    pub labels: Vec<(String, Vec<String>)>,
    /// What columns of an index are called, whose own names say nothing.
    pub index: Vec<(String, String)>,
    /// The charts that are read with the table.
    pub charts: Vec<String>,
    /// The columns that the table shows unless others are chosen.
    pub usual_columns: Vec<String>,
    /// The column of labels of one's own, while there are any.
    pub own: Option<String>,
}

impl Opened {
    /// Whether there is text that can be searched.
    pub fn has_texts(&self) -> bool {
        self.prompt.is_some() || self.columns.iter().any(Column::is_plain_text)
    }
}

/// A column of the open table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the file; nested leaves have their path.
    pub name: String,
    /// What kind of values it holds.
    pub kind: Kind,
    /// The type as parquet names it, for people: `UINT_16`, `TIMESTAMP_MICROS (UTC)`.
    pub type_name: String,
    /// Bytes to read for all of it. A derived column counts what it is derived from.
    pub bytes: u64,
    /// Whether it can be filtered and charted.
    pub chartable: bool,
    /// Columns in the file that it is made of; empty for a column of the file.
    pub derived_from: Vec<String>,
}

/// [`Column::type_name`] of lists and structures, and of those with text in them.
pub const NESTED: &str = "nested";
/// See [`NESTED`].
pub const NESTED_TEXT: &str = "nested text";
/// [`Column::type_name`] of values of any JSON, which are text here.
pub const VARIANT: &str = "VARIANT";

impl Column {
    /// Whether its values are text, or have text in them.
    pub fn has_text(&self) -> bool {
        self.kind == Kind::Text || self.type_name == NESTED_TEXT
    }

    /// Whether it is a column of another file.
    pub fn is_joined(&self) -> bool {
        self.derived_from.first().is_some_and(|first| first == SOURCE)
    }

    /// Whether its values are texts as the file has them, none of them JSON.
    pub fn is_plain_text(&self) -> bool {
        self.kind == Kind::Text && self.type_name != VARIANT && self.derived_from.is_empty()
    }
}

/// What kind of values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// True or false.
    Bool,
    /// Whole numbers.
    Integer,
    /// Numbers with fractions.
    Float,
    /// Points in time.
    Time,
    /// Times of day, as seconds since midnight where a number is wanted.
    Clock,
    /// Lengths of time, as seconds where a number is wanted.
    Duration,
    /// Text.
    Text,
    /// Bytes that are not text.
    Binary,
    /// Lists and structures; shown as JSON.
    Nested,
}

impl Kind {
    /// What its values are to roles.
    pub const fn holds(self) -> Holds {
        match self {
            Self::Text => Holds::Text,
            Self::Integer | Self::Float | Self::Clock | Self::Duration => Holds::Number,
            Self::Binary => Holds::Bytes,
            Self::Nested => Holds::Nested,
            Self::Time => Holds::Time,
            Self::Bool => Holds::Other,
        }
    }

    /// What the numbers of its scale are.
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Time => Quantity::Moment,
            Self::Clock => Quantity::Clock,
            Self::Duration => Quantity::Duration,
            Self::Bool | Self::Integer | Self::Float | Self::Text | Self::Binary | Self::Nested => {
                Quantity::Number
            }
        }
    }
}
