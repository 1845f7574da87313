//! Everything a shared link holds: which table, which rows, which view.

use crate::base::calendar::{DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS};
use crate::base::decimal::Digits;
use crate::base::numbers;
use crate::base::sorted::Map;
use crate::formats::tabular::reading::Reading;
use crate::view::like::Like;
use crate::view::phrases::PhraseList;
use crate::view::roles::Corrections;
use crate::view::views::Lists;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::formats::hub::{HubFolder, HubPath};
pub use crate::view::views::View;

/// The state of the view. [`Default`] is the start page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    /// The open table; none on the start page.
    pub table: Option<TableRef>,
    /// Another Hub than huggingface.co, as `scheme://host[:port]` without a slash at the end.
    pub endpoint: Option<String>,
    /// Which columns are prompt, settings and image, where that is not as guessed.
    pub roles: Corrections,
    /// How a file that is no Parquet is read, where that is not as guessed.
    pub reading: Reading,
    /// Which of its rows count at all.
    pub subset: Option<Subset>,
    /// What is asked of the prompts, in the language of [`crate::view::query`]; never empty.
    pub query: Option<String>,
    /// At most one clause a column, by the column's name in the file.
    pub filters: Map<String, Clause>,
    /// The rows that those that match are held against, called A; without an order.
    pub pin: Option<RowQuery>,
    /// The order of the rows, the most important key first; that of the file where there is none.
    pub sort: Vec<SortKey>,
    /// Which of the views is shown.
    pub view: View,
    /// The table's columns, in order, where they are not the default ones.
    pub columns: Option<Vec<String>>,
    /// Columns that are added to those of the file, as [`crate::view::measures`] names them, in the order in which they
    /// were added. What is filtered, sorted or shown is among them.
    pub added: Vec<String>,
    /// The tables whose columns stand beside those of the file, each in the words of
    /// [`Join`](crate::view::join::Join); none of them an empty list.
    pub joins: Vec<Vec<String>>,
    /// The row whose details are open: its place in the file, from 0.
    pub row: Option<u64>,
    /// The first row in sight: its position in the result, from 0, where that is not the first one.
    pub at: Option<u64>,
    /// How the parts of prompts are listed.
    pub phrases: PhraseList,
    /// What prompts are listed by in place of how many rows have them.
    pub like: Option<Like>,
    /// How rows are grouped, in the words of [`GroupBy`](crate::view::group_by::GroupBy); never an empty list.
    pub groups: Option<Vec<String>>,
    /// What is shown of pairs, in the words of [`PairsView`](crate::view::pairs::PairsView); never an empty list.
    pub pairs: Option<Vec<String>>,
    /// The chart of two columns, in the words of [`Plot`](crate::view::plot::Plot); never an empty list.
    pub plot: Option<Vec<String>>,
    /// What is told what goes along with, in the words of [`Outcome`](crate::view::outcome::Outcome); never an empty list.
    pub outcome: Option<Vec<String>>,
    /// Whether the chrome is hidden, for use in a frame of another page.
    pub embed: bool,
}

/// Which rows are asked for, and in which order: the part of a [`Spec`] that the data thread answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowQuery {
    /// [`Spec::subset`].
    pub subset: Option<Subset>,
    /// [`Spec::query`].
    pub query: Option<String>,
    /// [`Spec::filters`].
    pub filters: Map<String, Clause>,
    /// [`Spec::sort`].
    pub sort: Vec<SortKey>,
}

impl Spec {
    /// Which rows are asked for, and in which order.
    pub fn rows(&self) -> RowQuery {
        let Self { subset, query, filters, sort, .. } = self;
        RowQuery {
            subset: subset.clone(),
            query: query.clone(),
            filters: filters.clone(),
            sort: sort.clone(),
        }
    }

    /// The same without an order, as it is pinned.
    pub fn unordered(&self) -> RowQuery {
        RowQuery { sort: Vec::new(), ..self.rows() }
    }

    /// What the view lists. Prompts by rank are no prompts of the result: they are asked for by themselves.
    pub fn lists(&self) -> Lists {
        match (self.view.facts().lists, self.like) {
            (Lists::Prompts, Some(_)) => Lists::Rows,
            (lists, _) => lists,
        }
    }

    /// Whether another view is of the same table, read and understood in the same way.
    pub fn opens_as(&self, other: &Self) -> bool {
        self.table == other.table
            && self.endpoint == other.endpoint
            && self.roles == other.roles
            && self.reading == other.reading
    }

    /// The position of the first row in sight when the view opens: that of the link, or a few before
    /// the row whose details are open, where it is known where that one stands.
    pub fn first_in_sight(&self) -> u64 {
        /// Rows above the open one, and rows that are seen from the top of the table anyway.
        const ABOVE: u64 = 4;
        const AT_THE_TOP: u64 = 10;
        let in_file_order =
            self.subset.is_none() && self.query.is_none() && self.filters.is_empty() && self.sort.is_empty();
        let row = self.row.filter(|row| in_file_order && *row >= AT_THE_TOP);
        match self.view.facts().lists {
            Lists::Rows => self.at.or(row.map(|row| row - ABOVE)).unwrap_or(0),
            Lists::Groups
            | Lists::Prompts
            | Lists::Phrases
            | Lists::GroupBy
            | Lists::Plot
            | Lists::Columns
            | Lists::Nothing => 0,
        }
    }
}

/// Where a table is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableRef {
    /// An entry of the catalogue, by its id.
    Catalogue(String),
    /// A file of a dataset repository on the Hub, or several that are one table.
    Hub(HubPath),
    /// No table yet: a folder of a dataset repository, to choose from.
    Folder(HubFolder),
    /// Any address that answers range requests.
    Url(String),
    /// A file of the user's disk, by name only. It can't be part of a link.
    Local(String),
}

/// Part of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subset {
    /// So many rows from the first.
    First(#[serde(with = "whole")] u64),
    /// So many rows at random, the same ones for the same seed.
    Random {
        /// How many.
        #[serde(with = "whole")]
        rows: u64,
        /// The seed of the random numbers.
        #[serde(with = "whole")]
        seed: u64,
    },
    /// A subset that the dataset's card names.
    Named(String),
}

/// One key of the order of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// The column's name in the file.
    pub column: String,
    /// Whether the largest comes first. Rows without a value come last either way.
    pub descending: bool,
}

/// The most filtered columns at a time. In every row's mask each has a bit, and the query and the subset
/// have the other two of sixteen.
pub const MAX_FILTERS: usize = 14;

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Clause {
    /// Values between two ends. Nulls and NaN are outside every range.
    Range(Range),
    /// Values of a list, or all but those.
    List(List),
    /// Only rows without a value.
    Null,
    /// Only rows with a value.
    NotNull,
}

impl Clause {
    /// Numbers between two ends, both included; an end that is missing is open.
    pub fn numbers(low: Option<f64>, high: Option<f64>) -> Self {
        Self::Range(Range { low: low.map(Bound::Number), high: high.map(Bound::Number) })
    }

    /// Milliseconds since 1970 UTC from `start`, included, to `end`, excluded; an end that is missing is
    /// open.
    pub fn times(start: Option<i64>, end: Option<i64>) -> Self {
        let time = |start_millis| Bound::Time(TimeBound::of_millis(start_millis, Precision::Millisecond));
        Self::Range(Range { low: start.map(time), high: end.map(|end| time(end.saturating_sub(1))) })
    }

    /// The rows that have one of these values, or all others; none stands for null.
    pub fn list(values: impl IntoIterator<Item = Option<String>>, negated: bool) -> Self {
        let values = values.into_iter().map(|value| value.map_or(ListValue::Null, ListValue::Text));
        Self::List(List { values: values.collect(), negated })
    }
}

/// Both ends belong to the range; an end that is missing is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Smallest value in the range.
    pub low: Option<Bound>,
    /// Largest value in the range.
    pub high: Option<Bound>,
}

impl Range {
    /// Whether one end is a time, so that both are read as times.
    pub fn is_of_times(&self) -> bool {
        [&self.low, &self.high].iter().any(|bound| matches!(bound, Some(Bound::Time(_))))
    }

    /// Whether it ends before it begins.
    pub fn is_crossed(&self) -> bool {
        match (&self.low, &self.high) {
            (Some(Bound::Time(low)), Some(Bound::Time(high))) => {
                low.start_nanos() >= high.start_nanos().saturating_add(high.precision.nanos())
            }
            (Some(low), Some(high)) => low.start() > high.end(),
            (None, _) | (_, None) => false,
        }
    }

    /// The range in terms of values, as near as doubles and milliseconds come to them.
    pub fn span(&self) -> Span {
        let Self { low, high } = self;
        let (start, end) = (low.as_ref().map(Bound::start), high.as_ref().map(Bound::end));
        if self.is_of_times() {
            let millis = |bound: f64| bound as i64;
            Span::Times { start_millis: start.map(millis), end_millis: end.map(millis) }
        } else {
            Span::Numbers { low: start, high: end }
        }
    }
}

/// A [`Range`] in terms of values; an end that is missing is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Numbers between two ends, both included.
    Numbers {
        /// Smallest.
        low: Option<f64>,
        /// Largest.
        high: Option<f64>,
    },
    /// Milliseconds since 1970 UTC.
    Times {
        /// First one in the range.
        start_millis: Option<i64>,
        /// First one after the range.
        end_millis: Option<i64>,
    },
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Bound {
    /// A number in the column's own unit; never NaN.
    Number(f64),
    /// The same with more digits than a double has.
    Exact(Digits),
    /// A point in time, as exact as it was written.
    Time(TimeBound),
}

impl Bound {
    /// The number that a text is; none where it is not one, or NaN.
    pub fn read(text: &str) -> Option<Self> {
        let value = numbers::parse(text).filter(|value| !value.is_nan())?;
        let digits = Digits::read(text).filter(|_| value.is_finite());
        let lost = digits.filter(|digits| Digits::read(&value.to_string()).as_ref() != Some(digits));
        Some(lost.map_or(Self::Number(value), Self::Exact))
    }

    /// The number that it is, to its last digit; none where it is a time, or has no end.
    pub fn digits(&self) -> Option<Digits> {
        match self {
            Self::Number(value) => Digits::read(&value.to_string()),
            Self::Exact(digits) => Some(digits.clone()),
            Self::Time(_) => None,
        }
    }

    /// Where a range begins that has this lower end: a number, or milliseconds since 1970 UTC.
    pub fn start(&self) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Exact(digits) => numbers::parse(digits.text()).unwrap_or(0.0),
            Self::Time(time) => time.start_millis as f64,
        }
    }

    /// Where a range ends that has this upper end; for a time the first millisecond after.
    pub fn end(&self) -> f64 {
        match self {
            Self::Time(time) => time.end_millis() as f64,
            Self::Number(_) | Self::Exact(_) => self.start(),
        }
    }

    /// Where a range of times begins, in nanoseconds since 1970. Numbers are milliseconds.
    pub fn start_nanos(&self) -> i128 {
        match self {
            Self::Time(time) => time.start_nanos(),
            Self::Number(_) | Self::Exact(_) => self.whole(6, true),
        }
    }

    /// The first nanosecond after a range of times.
    pub fn end_nanos(&self) -> i128 {
        match self {
            Self::Time(time) => time.start_nanos().saturating_add(time.precision.nanos()),
            // A whole millisecond belongs to it.
            Self::Number(_) | Self::Exact(_) => {
                self.whole(0, false).saturating_add(1).saturating_mul(MILLI_NANOS)
            }
        }
    }

    /// The nearest whole number of the unit of the place `scale` behind the point, up or down.
    pub fn whole(&self, scale: u16, up: bool) -> i128 {
        match self.digits() {
            Some(digits) => digits.cut(scale).whole(up),
            None if self.start() < 0.0 => i128::MIN,
            None => i128::MAX,
        }
    }
}

const MILLI_NANOS: i128 = 1_000_000;

/// A point in time as someone writes it: the day, the minute or the millisecond it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBound {
    /// Where the named span begins, in milliseconds since 1970-01-01 UTC.
    #[serde(with = "millis")]
    pub start_millis: i64,
    /// Nanoseconds behind that, below a million.
    pub nanos: u32,
    /// How much of time is named.
    pub precision: Precision,
}

/// How exact a point in time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Precision {
    /// `2022-08-10`
    Day,
    /// `2022-08-10T14`
    Hour,
    /// `2022-08-10T14:05`
    Minute,
    /// `2022-08-10T14:05:09`
    Second,
    /// `2022-08-10T14:05:09.120`
    Millisecond,
    /// `2022-08-10T14:05:09.120500`
    Microsecond,
    /// `2022-08-10T14:05:09.120500001`
    Nanosecond,
}

impl Precision {
    /// Length of the named span in nanoseconds.
    pub const fn nanos(self) -> i128 {
        match self {
            Self::Microsecond => 1_000,
            Self::Nanosecond => 1,
            Self::Day | Self::Hour | Self::Minute | Self::Second | Self::Millisecond => {
                self.millis() as i128 * MILLI_NANOS
            }
        }
    }

    /// Length of the named span, or of the millisecond that it is in.
    pub const fn millis(self) -> i64 {
        match self {
            Self::Day => DAY_MILLIS,
            Self::Hour => HOUR_MILLIS,
            Self::Minute => MINUTE_MILLIS,
            Self::Second => SECOND_MILLIS,
            Self::Millisecond | Self::Microsecond | Self::Nanosecond => 1,
        }
    }
}

impl TimeBound {
    /// A time that begins with a millisecond.
    pub const fn of_millis(start_millis: i64, precision: Precision) -> Self {
        Self { start_millis, nanos: 0, precision }
    }

    /// Where the named span begins, in nanoseconds since 1970.
    pub fn start_nanos(self) -> i128 {
        i128::from(self.start_millis) * MILLI_NANOS + i128::from(self.nanos)
    }

    /// The first millisecond that begins after the named span: a range that ends with a day holds all of it.
    pub const fn end_millis(self) -> i64 {
        self.start_millis.saturating_add(self.precision.millis())
    }
}

/// The most values of one list: more than anyone chooses by hand, few enough to look up in each row.
pub const MAX_LIST_VALUES: usize = 1_000;

/// Values by what they are called: a label where the column has labels, else the value as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The values, in the order in which they were chosen, without repeats.
    pub values: Vec<ListValue>,
    /// Whether the list says what is left out.
    pub negated: bool,
}

impl List {
    /// The values that are not null.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(|value| match value {
            ListValue::Text(text) => Some(text.as_str()),
            ListValue::Null => None,
        })
    }

    /// Whether null is one of the values.
    pub fn has_null(&self) -> bool {
        self.values.contains(&ListValue::Null)
    }
}

/// A value of a [`List`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ListValue {
    /// No value.
    Null,
    /// A label, or a value as text: `k_lms`, `512x768`, `7.5`.
    Text(String),
}

impl ListValue {
    /// A text that no other value has.
    pub fn key(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => format!("={text}"),
        }
    }
}

/// Whole numbers of a link on their way to another thread: JavaScript's own are exact up to 2^53 only, so
/// they go as two halves.
mod whole {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        ((*value >> 32) as u32, *value as u32).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let (high, low) = <(u32, u32)>::deserialize(deserializer)?;
        Ok(u64::from(high) << 32 | u64::from(low))
    }
}

/// Milliseconds on their way to another thread, as JavaScript has them: exact for 285,000 years.
mod millis {
    use super::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(*value as f64)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        Ok(f64::deserialize(deserializer)? as i64)
    }
}
