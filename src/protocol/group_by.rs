//! Groups of rows on their way to the page: one line a group.

use crate::base::ids::Generation;
use serde::{Deserialize, Serialize};

/// Asks for groups of the rows that match, as long as they are on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// Which groups, and what of them: the items of [`GroupBy`](crate::view::group_by::GroupBy).
    pub items: Vec<String>,
    /// The first line wanted.
    pub first: u64,
    /// How many lines; at most [`MAX_LINES`].
    pub count: u32,
}

/// The most lines of an answer.
pub const MAX_LINES: u32 = 500;

/// Groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Which filters they belong to.
    pub generation: Generation,
    /// [`Want::items`].
    pub items: Vec<String>,
    /// What they are.
    pub state: State,
    /// Rows that they rest on: those that match among the first rows of the table.
    pub rows: u64,
    /// Rows of A among those, where rows are pinned: groups are of both then.
    pub pinned: Option<u64>,
    /// How many first rows of the table were looked at, and how many there are.
    pub read: (u64, u64),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Columns are being read.
    Reading,
    /// They can't be told; why.
    Failed(Trouble),
    /// Some of them.
    Lines {
        /// How many groups there are.
        total: u64,
        /// The place of the first line.
        first: u64,
        /// The lines.
        lines: Vec<Line>,
        /// The most rows of any group.
        most: u64,
    },
}

/// Why there are no groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// It is not said by what.
    NoKey,
    /// The request itself is not understood: the item in question.
    Unclear(String),
    /// There is no such column, or it is no column of values that can be told apart.
    NoColumn(String),
    /// The column can't be read.
    Unreadable(String),
    /// There are more groups than this.
    TooMany(u64),
    /// The code that makes groups could not be fetched.
    NoCode,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What its rows have in common, by column.
    pub keys: Vec<Key>,
    /// How many they are.
    pub rows: u64,
    /// What was asked of it.
    pub cells: Vec<Cell>,
    /// How many rows of A are in it, where rows are pinned.
    pub pinned: Option<u64>,
}

/// What rows of a group have in common in a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Key {
    /// No value.
    None,
    /// A value, as links call it.
    Value(String),
    /// A stretch of time, in milliseconds since 1970.
    Span {
        /// Its beginning.
        start: f64,
        /// The beginning of the next one.
        end: f64,
    },
}

/// Something of a group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// There is nothing to compute it of.
    None,
    /// A number.
    Number(f64),
    /// A time, in milliseconds since 1970.
    Time(f64),
    /// A count of values.
    Count(u64),
    /// So many rows of the group.
    Part(u64),
}
