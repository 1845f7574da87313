//! What the page asks of the data thread.

use super::{
    browse, compare, describe, export, figure, group_by, images, join, labels, outcome, pairs, plot, script,
};
use crate::base::ids::Generation;
use crate::formats::tabular::reading::Reading;
use crate::view::catalog::ColumnFacts;
use crate::view::catalog::NamedSubset;
use crate::view::catalog::images::ImageRule;
use crate::view::like::Like;
use crate::view::phrases::PhraseList;
use crate::view::spec::RowQuery;
use crate::view::spec::TableRef;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "it is moved once, from a message into the engine")]
pub enum Request<L = LazyRequest> {
    /// Open a table. Whatever was open is dropped, and its reads are aborted.
    Open(Open),
    /// List a folder of a repository. Whatever was open is dropped.
    Browse(browse::Browse),
    /// Try again what failed.
    Retry,
    /// The state of the filters and what is on the screen; replaces the one before it. While a table is
    /// being opened it is for that one.
    Show(Show),
    /// Every field of one row. While a table is being opened it is for that one.
    Detail {
        /// The row's number in the file, from 0.
        row: u64,
    },
    /// The images that the screen lacks; replaces what was wanted before.
    Images(images::Images),
    /// Look for the image of this row anew.
    RetryImage {
        /// The row's number in the file, from 0.
        row: u64,
    },
    /// Of the open table.
    Table(TableRequest),
    /// What only lazily loaded views and panels ask: their code alone writes it down.
    Lazy(L),
}

/// What the page asks of the open table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TableRequest {
    /// Read a column whole.
    Load {
        /// The column's name.
        column: String,
    },
    /// Stop reading a column whole; what has been read is kept.
    Stop {
        /// The column's name.
        column: String,
    },
    /// A handle of this column's chart is touched: count what a drag will need.
    Touch {
        /// The column's name.
        column: String,
        /// The generation of the filters on the screen.
        generation: Generation,
    },
    /// Which of these rows are in the result; answered with [`LazyResponse::Membership`].
    Membership {
        /// Their numbers in the file, at most [`membership::MAX_ROWS`].
        rows: Vec<u64>,
    },
    /// Labels of one's own.
    Labels(labels::Ask),
}

impl<L> From<TableRequest> for Request<L> {
    fn from(request: TableRequest) -> Self {
        Self::Table(request)
    }
}

/// Written down only by lazily loaded modules of the page: see [`Request::Lazy`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LazyRequest {
    /// Write the matching rows to a file.
    Export(export::Start),
    /// Put images into an archive.
    TakeImages(export::Images),
    /// Write what people prefer to a file that training reads.
    ExportPairs(export::Pairs),
    /// Wait with what is being written, or go on with it.
    PauseExport {
        /// Whether to wait.
        paused: bool,
    },
    /// Stop writing rows or images.
    CancelExport,
    /// What the file says of itself.
    Describe(describe::Describe),
    /// Whether the rows of each prompt are wanted together.
    Groups {
        /// They are.
        wanted: bool,
    },
    /// The pairs of what people prefer; none when they are not wanted any more.
    Pairs(Option<pairs::Want>),
    /// Cells of rows that are named one by one; replaces those of before.
    Pick(compare::Pick),
    /// Groups of the matching rows, from now on; none any more where nothing is given.
    GroupBy(Option<group_by::Want>),
    /// A chart of two columns, from now on; none any more where nothing is given.
    Plot(Option<plot::Want>),
    /// What goes along with an outcome, from now on; nothing any more where nothing is given.
    Outcome(Option<outcome::Want>),
    /// Prompts by rank, from now on; none any more where nothing is given.
    Like(Option<Like>),
    /// Suggest words that begin so, until another beginning comes; none for an empty one.
    Suggest {
        /// What was typed of a word.
        beginning: String,
    },
    /// Write a view as a program.
    Script(script::Want),
    /// Draw a chart for use elsewhere.
    Figure(Box<figure::Want>),
}

impl From<LazyRequest> for Request {
    fn from(request: LazyRequest) -> Self {
        Self::Lazy(request)
    }
}

/// What the page asks of the thread that the engine runs in: fetching and caching are its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ShellRequest {
    /// Attach this token to requests to `endpoint`.
    SignIn {
        /// The Hub's origin; no other server is shown the token.
        endpoint: String,
        /// The token.
        token: Secret,
    },
    /// How much may be cached on this device.
    LimitCache {
        /// In bytes; with 0 nothing is cached.
        limit_bytes: u64,
    },
    /// The cache is empty; skip lookups.
    CacheIsEmpty,
    /// How much is cached on this device.
    CacheSize {
        /// Whether to clear the cache first.
        clear: bool,
    },
}

/// A text that is never printed: whatever prints the value that holds it leaves it out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the request that it is for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Which table to open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// The table. A local file itself comes along in the same message.
    pub table: TableRef,
    /// The Hub to ask, `https://huggingface.co` where none is given.
    pub endpoint: Option<String>,
    /// Where the page itself lives, with a slash at the end: the bundled samples are beside it.
    pub base: String,
    /// Names of roles, and the column that plays each where that is not as guessed, or none.
    pub roles: Vec<(String, Option<String>)>,
    /// How a file that is no Parquet is to be read, where that is not as guessed.
    pub reading: Reading,
    /// What the app's host says of a table that it has added.
    pub added: Option<Added>,
}

/// A table that the app's host has added: texts that [`crate::view::host`] reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// Where its files are, with their sizes where they are known.
    pub files: Vec<(String, Option<u64>)>,
    /// How its images are found.
    pub images: Option<ImageRule>,
    /// What its columns mean.
    pub columns: Vec<ColumnFacts>,
    /// The subsets that it names.
    pub subsets: Vec<NamedSubset>,
}

/// What is on the screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Show {
    /// Counts up with every change of `rows`.
    pub generation: Generation,
    /// Which rows match, and their order.
    pub rows: RowQuery,
    /// The rows that those are held against, called A: charts and phrases are of both then.
    pub pin: Option<RowQuery>,
    /// What the view lists besides rows.
    pub list: Listing,
    /// Columns whose charts are wanted, most important first. Those not read yet are read.
    pub charts: Vec<String>,
    /// Columns that are added to those of the file, as [`crate::view::measures`] names them.
    pub added: Vec<String>,
    /// The table whose columns stand beside those of the file.
    pub joins: Vec<join::Want>,
    /// Columns whose cells are wanted.
    pub columns: Vec<String>,
    /// Columns whose cells are wanted as well, but after everything else on the screen.
    pub extras: Vec<String>,
    /// Whether images are what the view shows: what leads to them then comes before other cells.
    pub images_first: bool,
    /// Position in the result of the first row wanted.
    pub first: u64,
    /// How many rows are wanted; at most [`MAX_WINDOW`].
    pub count: u32,
}

/// What a view lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Listing {
    /// Rows: the window of [`Show`].
    #[default]
    Rows,
    /// Different prompts: the window of [`Show`] is of them.
    Prompts,
    /// What prompts are made of.
    Phrases(PhraseList),
}

/// The most rows that one answer holds.
pub const MAX_WINDOW: u32 = 400;
