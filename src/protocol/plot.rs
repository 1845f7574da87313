//! A chart of two columns on its way to the page.

use super::{Counts, Shape};
use crate::base::ids::Generation;
use crate::table::boxes;
use serde::{Deserialize, Serialize};

pub use crate::table::boxes::Quantiles;

/// The shares of the numbers below each of [`Quantiles::at`].
pub const SHARES: [f64; 7] = boxes::SHARES;

/// Asks for a chart of two columns, as long as it is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// The columns.
    pub columns: (String, String),
}

/// Two columns against each other, for the rows that pass every clause but those on the two; where rows are pinned, for
/// those that match and those that are pinned, each with all of their clauses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plot {
    /// Which filters it belongs to.
    pub generation: Generation,
    /// [`Want::columns`].
    pub columns: (String, String),
    /// What it is.
    pub state: State,
    /// The same of the rows that are pinned, where any are and it can be drawn.
    pub pinned: Option<State>,
    /// How many first rows of the table were looked at, and how many there are.
    pub read: (u64, u64),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Columns are being read.
    Reading,
    /// It can't be drawn; why.
    Failed(Trouble),
    /// Rows of every bin of the first column by every bin of the second one, the first outermost.
    Counts {
        /// What the bins are, by column.
        sides: Box<(Side, Side)>,
        /// The rows: of as many bins as [`Side::slots`] says.
        counts: Counts,
    },
    /// How the numbers of one column lie in every bin of the other one.
    Boxes {
        /// Whether the bins are of the first column, and the numbers of the second one.
        by_first: bool,
        /// What the bins are.
        by: Box<Side>,
        /// The numbers of each, [`Side::slots`] of them.
        boxes: Vec<Quantiles>,
    },
}

/// The bins of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What they are.
    pub shape: Shape,
    /// How many they are. Behind them come rows without a value, and rows in no bin.
    pub bins: u32,
}

impl Side {
    /// The bins with those of no value and of no bin.
    pub fn slots(&self) -> usize {
        self.bins as usize + 2
    }
}

/// Why there is no chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// There is no such column, or it has no chart.
    NoColumn(String),
    /// The column can't be read.
    Unreadable(String),
}
