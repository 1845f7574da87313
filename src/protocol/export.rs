//! Rows on their way out: what the page asks for, and how far it is done.

use crate::view::pairs::Options;
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
    /// Whether values that can't be read are left empty.
    pub empty: bool,
    /// Groups that are written in place of the rows: the items of [`GroupBy`](crate::view::group_by::GroupBy).
    pub groups: Option<Vec<String>>,
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

/// Pairs or rankings of the rows that match, for training. Ties are left out of pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// What the page calls it, as [`Start::id`].
    pub id: u32,
    /// What is written.
    pub form: PairsForm,
    /// Which pairs are taken.
    pub options: Options,
    /// Which prompts are taken.
    pub split: Option<Split>,
    /// Name of the file.
    pub name: String,
}

/// A part of the prompts, chosen by chance: a prompt is in one part with all of its pairs, whatever else is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// What chance depends on.
    pub seed: u32,
    /// How many of a hundred prompts are in the first part.
    pub percent: u8,
    /// Whether the other part is meant.
    pub rest: bool,
}

/// What programs that train on preferences read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairsForm {
    /// One JSON object a pair and line.
    #[default]
    JsonLines,
    /// The same as CSV.
    Csv,
    /// The same as Parquet.
    Parquet,
    /// One JSON list with the ranking of each prompt, as ImageReward reads it.
    Ranking,
    /// `prompt`, `chosen`, `rejected`, as TRL reads it.
    Trl,
    /// `prompt`, `completion`, `label`, as TRL reads what is not paired.
    TrlUnpaired,
    /// Parquet with the images inside, as Diffusion-DPO and PickScore read it.
    Dpo,
}

impl PairsForm {
    /// The end of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Trl | Self::TrlUnpaired => "jsonl",
            Self::Csv => "csv",
            Self::Parquet | Self::Dpo => "parquet",
            Self::Ranking => "json",
        }
    }

    /// Its media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Trl | Self::TrlUnpaired => "application/x-ndjson",
            Self::Csv => "text/csv",
            Self::Parquet | Self::Dpo => "application/vnd.apache.parquet",
            Self::Ranking => "application/json",
        }
    }

    /// What tells the file from others of the table, in its name.
    pub const fn stem(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Csv | Self::Parquet => "pairs",
            Self::Ranking => "rankings",
            Self::Trl => "trl",
            Self::TrlUnpaired => "trl-unpaired",
            Self::Dpo => "dpo",
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
    /// Of images, how many could not be had; of pairs, how many are left out for an image that could not, or because
    /// both images are one; of rows, values that can't be read and are empty.
    pub missing: u64,
}

/// Where an export stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// What decides which rows are written is being read.
    Waiting,
    /// Rows are written as their values come.
    Writing,
    /// Nothing is read or written until the page says so.
    Paused,
    /// Something can't be read: what else can't be is looked for.
    Checking,
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
        /// Whether only the values of some rows can't be, and may be left empty.
        may_be_empty: bool,
    },
    /// It was stopped.
    Cancelled,
}
