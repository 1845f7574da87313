//! Rows on their way out: what the page asks for, and how far it is done.

use serde::{Deserialize, Serialize};

/// Which rows and columns are written, and how. The rows are those that match when it begins, in
/// their order then. Where the page has chosen a file on disk, its handle comes in the same message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// What the page calls it; progress about an older one is stale.
    pub id: u32,
    /// How rows are written.
    pub format: Format,
    /// The columns, in order. Of several of one name the first is meant first.
    pub columns: Vec<String>,
    /// Those of them that are left out, by their places: they can't be read.
    pub without: Vec<u32>,
    /// Name of the file.
    pub name: String,
}

/// Images that are put into a ZIP archive, with a list of what made them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Images {
    /// What the page calls it, as [`Start::id`].
    pub id: u32,
    /// Whose images.
    pub rows: Rows,
    /// Name of the file.
    pub name: String,
}

/// Which rows' images are taken, at most [`MAX_IMAGES`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rows {
    /// These, by their places in the file.
    These(Vec<u64>),
    /// The first so many of those that match.
    First(u32),
}

/// The most images that are put into one archive.
pub const MAX_IMAGES: usize = 10_000;

/// The media type of an archive.
pub const ARCHIVE_MIME: &str = "application/zip";

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// RFC 4180.
    Csv {
        /// Whether an apostrophe is put before text that a spreadsheet would take for a formula.
        guard_formulas: bool,
    },
    /// One JSON object a line.
    JsonLines,
    /// Parquet, compressed with snappy.
    Parquet,
    /// The file format of Arrow's IPC: Feather.
    Arrow,
}

impl Format {
    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }

    /// Its media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv",
            Self::JsonLines => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Arrow => "application/vnd.apache.arrow.file",
        }
    }
}

/// The most that is kept in memory where the browser can't write to disk.
pub const MAX_MEMORY_BYTES: u64 = 512 << 20;

/// How far an export is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// [`Start::id`].
    pub id: u32,
    /// Where it stands.
    pub stage: Stage,
    /// Rows written.
    pub rows: u64,
    /// Rows to be written; 0 while that is not known.
    pub rows_total: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Of images, how many could not be had.
    pub missing: u64,
}

/// Where an export stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// What decides which rows are written is being read.
    Waiting,
    /// Rows are written as their values come.
    Writing,
    /// The file is complete.
    Done,
    /// It can't be written; why.
    Failed(String),
    /// It can't be written with these columns, by their places in [`Start::columns`] and their names; why.
    Unreadable {
        /// The columns.
        columns: Vec<(u32, String)>,
        /// Why the first of them can't be read.
        why: String,
    },
    /// It was stopped.
    Cancelled,
}
