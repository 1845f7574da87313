//! What a file says of itself.

use super::Cell;
use serde::{Deserialize, Serialize};

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Describe {
    /// The row group whose column chunks are told.
    pub group: u32,
    /// The column of it whose pages are told.
    pub column: Option<String>,
}

/// What is known of the open table's files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// What was asked.
    pub asked: Describe,
    /// The file that the row group is in, where there are several.
    pub file: Option<String>,
    /// Facts of that file: name and value.
    pub facts: Vec<(String, String)>,
    /// Its key-value metadata.
    pub pairs: Vec<(String, String)>,
    /// Its schema, from the top down.
    pub schema: Vec<Field>,
    /// Row groups, at most [`MAX_GROUPS`] from [`first_group`](Self::first_group).
    pub groups: Vec<Group>,
    /// Number of the first of them.
    pub first_group: u32,
    /// How many there are in the files that are open.
    pub groups_in_all: u32,
    /// Column chunks of the row group, in the schema's order.
    pub chunks: Vec<Chunk>,
    /// Pages of the column in the row group, as far as they are known, at most [`MAX_PAGES`].
    pub pages: Vec<Page>,
    /// How many are known.
    pub pages_known: u32,
}

/// Row groups that are told at a time.
pub const MAX_GROUPS: usize = 200;

/// Pages that are told at a time.
pub const MAX_PAGES: usize = 500;

/// A field of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// How many fields it is within.
    pub depth: u32,
    /// Its name.
    pub name: String,
    /// What it is: `INT32`, `LIST`.
    pub kind: String,
    /// `required`, `optional` or `repeated`.
    pub repetition: String,
}

/// A row group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its first row.
    pub first_row: u64,
    /// Its rows.
    pub rows: u64,
    /// Bytes of its pages.
    pub bytes: u64,
    /// The same once decompressed.
    pub raw_bytes: u64,
}

/// A column chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    /// The column, by its path.
    pub column: String,
    /// How it is compressed.
    pub codec: String,
    /// How its values are written.
    pub encodings: String,
    /// Where it begins in its file.
    pub start: u64,
    /// Bytes of its pages.
    pub bytes: u64,
    /// The same once decompressed.
    pub raw_bytes: u64,
    /// Values, those of nulls included.
    pub values: u64,
    /// Nulls, if it says.
    pub nulls: Option<u64>,
    /// Different values, if it says.
    pub distinct: Option<u64>,
    /// The smallest and the largest value, if it says.
    pub range: Option<(Cell, Cell)>,
    /// What else there is for it: dictionary, offset index, column index, bloom filter.
    pub has: String,
    /// Rows whose pages are known.
    pub mapped_rows: u64,
}

/// A data page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Where it begins in its file.
    pub start: u64,
    /// Its bytes, header included.
    pub bytes: u64,
    /// Its first row in the row group.
    pub first_row: u64,
    /// Its rows.
    pub rows: u64,
    /// Whether its values are in the dictionary, if that is known.
    pub dictionary: Option<bool>,
    /// Nulls, if it says.
    pub nulls: Option<u32>,
    /// The smallest and the largest value, if it says.
    pub range: Option<(Cell, Cell)>,
}
