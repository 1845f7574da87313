//! What crosses between the page and the worker: closed enums, plain data, bulk as typed arrays.
//!
//! Everything here is serialised with serde-wasm-bindgen. Numbers are exact up to 2^53. A [`Request`]
//! goes to the engine and a [`ShellRequest`] to the thread that it runs in. [`Response`]s come back,
//! several to a request and some to none: the worker reports whenever it knows more. What depends on the
//! filters carries the [`Generation`](crate::base::ids::Generation) of the filters that it belongs to.

pub mod browse;
pub mod compare;
pub mod describe;
pub mod differences;
pub mod display;
pub mod export;
pub mod figure;
pub mod group_by;
pub mod images;
pub mod join;
pub mod labels;
pub mod like;
pub mod membership;
pub mod outcome;
pub mod pairs;
pub mod pin;
pub mod plot;
pub mod script;
pub mod suggest;
pub mod texts;

use crate::base::ids::Generation;
pub use crate::base::moment::Moment;
use crate::base::moment::Quantity;
use crate::base::numbers;
use crate::formats::tabular::reading::Reading;
pub use crate::table::crossfilter::{Bins, Shape};
use crate::view::catalog::images::ImageRule;
use crate::view::catalog::{ColumnFacts, NamedSubset};
use crate::view::join::SOURCE;
use crate::view::like::Like;
use crate::view::phrases::PhraseList;
use crate::view::spec::{RowQuery, TableRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

// ---------------------------------------------------------------- page -> worker

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

// ---------------------------------------------------------------- worker -> page

/// What the worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response<S = LazyResponse> {
    /// The footer is read: this is what is in the file.
    Opened(Opened),
    /// More files of the table are open than before, or columns were added.
    Grown(Opened),
    /// A column's chart for the present filters.
    Chart(Chart),
    /// How many rows match.
    Count(Count),
    /// What became of the query.
    Query(QueryState),
    /// Rows of the table.
    Rows(Rows),
    /// All that a drag on one chart needs.
    Cube(Cube),
    /// What came of a wanted image.
    Image(images::Image),
    /// How far a column is read.
    Progress(Progress),
    /// What has been read in all.
    Traffic(Traffic),
    /// Something went wrong, and what still works.
    Notice(Notice),
    /// The trouble with this subject is over.
    Settled {
        /// [`Notice::subject`].
        subject: String,
    },
    /// Labels or notes are others than before: a step of this number was taken.
    Labelled(u32),
    /// What only lazily loaded views ask for: the page can leave it unread until their code is
    /// there, which alone can read it.
    Lazy(S),
}

/// Decoded only by lazily loaded modules of the page: see [`Response::Lazy`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LazyResponse {
    /// What there is to choose from; sent again when more is known.
    Listed(Box<browse::Listed>),
    /// Two columns against each other.
    Plot(Box<plot::Plot>),
    /// What goes along with an outcome.
    Outcome(Box<outcome::Outcome>),
    /// Different prompts.
    Prompts(Prompts),
    /// What prompts are made of.
    Phrases(Phrases),
    /// Prompts by rank.
    Likes(Box<like::Likes>),
    /// Words that begin as what is being typed.
    Suggestions(suggest::Suggestions),
    /// All fields of one row; sent again when more of them are there.
    Detail(Detail),
    /// The rows of each prompt.
    Groups(compare::Groups),
    /// The pairs of what people prefer.
    Pairs(Box<pairs::Pairs>),
    /// Groups of rows by the values of columns.
    GroupBy(Box<group_by::Groups>),
    /// Cells of rows that were named one by one.
    Picked(compare::Picked),
    /// Which of the rows asked about are not in the result.
    Membership(membership::Membership),
    /// How far the writing of rows is.
    Export(export::Progress),
    /// A view as a program.
    Script(script::Script),
    /// A chart as a drawing.
    Figure(figure::Figure),
    /// How an image was made.
    Making(images::Making),
    /// What the file says of itself.
    Described(Box<describe::Described>),
    /// Labels of one's own.
    Labels(Box<labels::Labels>),
    /// A file of labels.
    LabelFile(labels::File),
    /// What is known of the table beside the open one; none where there is none any more.
    Joined(Vec<join::Joined>),
    /// How much is kept on this device.
    Kept {
        /// In bytes; none where nothing can be.
        bytes: Option<u64>,
    },
}

impl From<LazyResponse> for Response {
    fn from(response: LazyResponse) -> Self {
        Self::Lazy(response)
    }
}

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

/// Counts, one a bin; a `Uint8Array` on the wire, four bytes a count, least byte first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub Vec<u32>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(self.0.len() * 4);
        for count in &self.0 {
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        let (counts, _) = bytes.as_chunks::<4>();
        Ok(Self(counts.iter().map(|count| u32::from_le_bytes(*count)).collect()))
    }
}

/// A chart: the whole table's counts, and those of the rows that pass every clause but its own. Where rows are pinned:
/// their counts, and those of the rows that match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The column's name.
    pub column: String,
    /// Which filters `here` belongs to.
    pub generation: Generation,
    /// Whether `all` and `null_all` are of the pinned rows, and not of all.
    pub pinned: bool,
    /// How the values are put into bins.
    pub shape: Shape,
    /// Rows of each bin in the whole table, as far as read.
    pub all: Counts,
    /// Rows of each bin that pass every clause but this column's.
    pub here: Counts,
    /// Rows without a value in the whole table.
    pub null_all: u32,
    /// Rows without a value that pass every clause but this column's.
    pub null_here: u32,
    /// Rows that the chart rests on; less than the table's while columns are being read.
    pub rows_read: u32,
    /// Rows that were read and can't be: they are in no bin.
    pub unreadable: u32,
    /// Whether it rests on all rows.
    pub complete: bool,
}

/// How many rows match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Rows that match, among those read.
    pub matching: u64,
    /// Rows that the search alone matches, where that is known before any of them is: exact, whatever is read.
    pub searched: Option<u64>,
    /// Rows of which it is known whether they match.
    pub rows_read: u64,
    /// Rows in the table.
    pub rows: u64,
    /// Different prompts among the matching rows; none while the prompts are not read whole.
    pub distinct: Option<u64>,
    /// Where nothing matches, the clauses without which something would, and how many rows then:
    /// those that exclude most first.
    pub without: Vec<(ClauseRef, u64)>,
    /// Rows that are pinned, among those read; none where nothing is pinned.
    pub pinned: Option<u64>,
    /// Rows that are pinned and match.
    pub both: u64,
    /// Rows of which it is known whether they are pinned.
    pub pinned_read: u64,
    /// What is asked of the pinned rows and can't be applied.
    pub pinned_without: Vec<ClauseRef>,
}

/// What can be dropped so that more rows match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClauseRef {
    /// The clause on this column.
    Column(String),
    /// The query.
    Query,
    /// The subset.
    Subset,
}

/// What became of the query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryState {
    /// The query, as it was asked.
    pub query: String,
    /// What is wrong with it: from and to in bytes, and a sentence. The query before it still holds.
    pub problem: Option<(u32, u32, String)>,
}

/// A window of the different prompts of the matching rows, those of most rows first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prompts {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Position of the first.
    pub first: u64,
    /// How many there are.
    pub total: u64,
    /// Whether all prompts are read.
    pub complete: bool,
    /// Where rows are pinned, how many of the prompts those have as well, and how many others they have.
    pub pinned: Option<(u64, u64)>,
    /// The prompts.
    pub prompts: Vec<Prompt>,
}

/// A prompt and the matching rows that have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// The prompt, cut at [`MAX_CELL_CHARS`].
    pub text: String,
    /// What of it matches the query: from and to in bytes.
    pub marks: Vec<(u32, u32)>,
    /// How many rows have it.
    pub count: u32,
    /// How many pinned rows have it, where rows are pinned.
    pub pinned: Option<u32>,
    /// Smallest and largest number of each of the columns asked for that are read.
    pub ranges: Vec<(String, f64, f64)>,
    /// The first of the rows, at most [`MAX_PROMPT_ROWS`].
    pub rows: Vec<u32>,
}

/// The most rows of a prompt that are named.
pub const MAX_PROMPT_ROWS: usize = 24;

/// What prompts are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrases {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Whether all prompts are read.
    pub complete: bool,
    /// Rows that match, and all that are read; or those that are pinned.
    pub rows: (u64, u64),
    /// Whether they are held against pinned rows: `all` of each phrase counts those then, and lifts are over their share.
    pub pinned: bool,
    /// What was asked for.
    pub list: PhraseList,
    /// The fewest rows that a phrase had to be in.
    pub least: u32,
    /// How many phrases were compared with the other rows.
    pub looked_at: u64,
    /// The phrases of most matching rows.
    pub common: Vec<Phrase>,
    /// The phrases that are surely more frequent here than elsewhere, the surest first.
    pub telling: Vec<Phrase>,
    /// Those that are surely rarer.
    pub rare: Vec<Phrase>,
    /// The first of those that were left out, since they hold the searched words.
    pub searched: Vec<String>,
    /// The prompts of most matching rows.
    pub repeated: Vec<Repeated>,
}

/// A prompt that several rows have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeated {
    /// The prompt, cut at [`MAX_CELL_CHARS`].
    pub text: String,
    /// What of it matches the query: from and to in bytes.
    pub marks: Vec<(u32, u32)>,
    /// How many matching rows have it.
    pub count: u32,
}

/// A part of prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// The part.
    pub text: String,
    /// Matching rows that have it.
    pub here: u32,
    /// Rows that have it.
    pub all: u32,
    /// Its share of the matching rows over its share of all; infinite where none of the pinned rows has it.
    pub lift: f64,
    /// Between which lifts the true one lies, 95 times of 100.
    pub interval: (f64, f64),
}

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

/// All that a drag on one chart needs: for every other chart the counts of rows before each bin
/// of the dragged one. The rows of bins `i..j` are row `j` less row `i`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cube {
    /// The dragged chart's column.
    pub column: String,
    /// Which filters this belongs to; the dragged column's own clause is left out.
    pub generation: Generation,
    /// Number of bins of the dragged chart.
    pub bins: u32,
    /// Matching rows before each bin, and in all: `bins + 1` counts.
    pub total: Counts,
    /// The other charts.
    pub others: Vec<CubeSide>,
}

/// One passive chart of a [`Cube`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CubeSide {
    /// The chart's column.
    pub column: String,
    /// Number of its bins, the bin for nulls included, which is the last.
    pub bins: u32,
    /// `(active bins + 1) x bins` counts, the active bin outermost.
    pub before: Counts,
}

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

/// How far a column is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The column's name.
    pub column: String,
    /// Where it stands.
    pub state: LoadState,
    /// Bytes read of it.
    pub bytes: u64,
    /// Bytes of it in all.
    pub bytes_total: u64,
    /// Rows read, from the first one.
    pub rows: u64,
}

/// Where the reading of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadState {
    /// Nobody asked for it, or it was stopped.
    Idle,
    /// Being read.
    Loading,
    /// Read whole.
    Loaded,
    /// Failed; the notice says why.
    Failed,
}

/// What has been read since the table was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Body bytes that came.
    pub bytes: u64,
    /// Requests made.
    pub requests: u32,
    /// Body bytes that came for images.
    pub image_bytes: u64,
    /// Requests made for images.
    pub image_requests: u32,
    /// Body bytes that came of an index of the table's texts.
    pub index_bytes: u64,
    /// Whether searches are answered by such an index.
    pub indexed: bool,
    /// Bytes that did not have to come, because they were kept of an earlier visit.
    pub kept_bytes: u64,
    /// Requests under way.
    pub in_flight: u32,
    /// Bytes a second over the last seconds; 0 when idle.
    pub bytes_per_second: f64,
    /// Whether the last attempt of anything failed and will be tried again.
    pub waiting: bool,
    /// Memory that the data thread has taken.
    pub memory_bytes: u64,
}

/// Something went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about; a newer notice about the same replaces the older one.
    pub subject: String,
    /// How bad it is.
    pub level: Level,
    /// What happened, in a few words.
    pub title: String,
    /// Where, what still works, what to do.
    pub text: String,
    /// What the user can do about it here; at most two.
    pub actions: Vec<Action>,
    /// Milliseconds until the next try, where one will be made.
    pub retry_in_millis: Option<u32>,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something waits or was left out.
    Warning,
    /// Something failed.
    Error,
    /// The table can't be shown at all.
    Fatal,
}

/// What a notice offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// [`Request::Retry`].
    Retry,
    /// Open the table again.
    Reload,
    /// Go to the start page.
    ChooseAnother,
    /// Open another table.
    OpenTable(TableRef),
    /// Open the table again, read like this.
    ReadAs(Reading),
    /// [`ShellRequest::SignIn`], with a token that the user has.
    SignIn(Gate),
}

/// A repository that is not open to everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The Hub's origin.
    pub endpoint: String,
    /// `owner/name`.
    pub repository: String,
    /// The address of the repository's page, where its terms are.
    pub page: String,
}
