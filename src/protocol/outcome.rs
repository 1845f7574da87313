//! What goes along with an outcome, on its way to the page.

use crate::base::ids::Generation;
use crate::view::differences::Place;
use crate::view::phrases::PhraseList;
use serde::{Deserialize, Serialize};

/// Lines of a list.
pub const MAX_LINES: usize = 60;

/// Those of them that one column may have.
pub const MAX_OF_COLUMN: usize = 6;

/// Lines of what may go along by chance.
pub const MAX_UNSURE: usize = 10;

/// Asks for what goes along with an outcome, as long as it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// The items of [`Outcome`](crate::view::outcome::Outcome).
    pub words: Vec<String>,
    /// How prompts are taken apart; none where they are not to be read.
    pub phrases: Option<PhraseList>,
}

impl Want {
    /// The column that decides, if one does.
    pub fn column(&self) -> Option<&str> {
        self.words.first().filter(|_| self.words.len() > 1).map(String::as_str)
    }
}

/// What goes along with an outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which filters it belongs to.
    pub generation: Generation,
    /// [`Want::words`].
    pub words: Vec<String>,
    /// What came of it.
    pub state: State,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Nothing of its column is read.
    Reading,
    /// It can't be told; why.
    Failed(Trouble),
    /// Counts.
    Counted(Box<Counted>),
}

/// Why nothing is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The item that says nothing of an outcome.
    Unclear(String),
    /// There is no such column, or it has no chart.
    NoColumn(String),
    /// The column can't be read.
    Unreadable(String),
    /// No rows are pinned.
    NotPinned,
}

/// Rows by outcome, and what goes along with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Rows that count as "yes", and all that are looked at: those that match and have a value.
    pub rows: (u64, u64),
    /// Rows that match and are left out: without a value, and with one that is no number.
    pub left_out: (u64, u64),
    /// Rows without a label of one's own, which count as "no".
    pub unmarked: u64,
    /// Of how many rows that is known, and how many there are.
    pub read: (u64, u64),
    /// Columns that say the outcome itself, and are not looked at.
    pub deciding: Vec<String>,
    /// How many columns have one value only.
    pub constant: u32,
    /// How many columns are still being read.
    pub waiting: u32,
    /// The values and bins of columns.
    pub values: Found,
    /// The parts of prompts, where those are read.
    pub phrases: Option<Found>,
    /// Whether all prompts are read.
    pub phrases_complete: bool,
    /// The first parts that are left out, since they hold the searched words.
    pub searched: Vec<String>,
}

/// What surely goes along with an outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// How many were looked at.
    pub looked_at: u64,
    /// How many surely go along.
    pub sure: u64,
    /// The surest of them, the surest first; behind them the nearest of those that may go along by chance.
    pub lines: Vec<Line>,
}

/// A value, a bin or a part of prompts, and how often its rows count as "yes".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub what: What,
    /// Of the rows that have it: those that count as "yes", and all.
    pub here: (u32, u32),
    /// The same of the other rows.
    pub elsewhere: (u64, u64),
    /// How many times as often its rows count as "yes" as the others; infinite where none of those does.
    pub ratio: f64,
    /// Between which ratios the true one lies, 95 times of 100.
    pub interval: (f64, f64),
    /// The log-likelihood ratio G² of both shares against one and the same.
    pub likelihood: f64,
    /// Whether that is more than chance allows, where so many are looked at.
    pub sure: bool,
}

/// What goes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A place of a column's chart.
    Value(String, Place),
    /// A part of prompts.
    Phrase(String),
}
