//! Images of one prompt side by side: which rows belong together, and rows that are named one by one.

use super::{Counts, Row};
use crate::base::ids::Generation;
use serde::{Deserialize, Serialize};

/// The most rows that are picked at a time.
pub const MAX_PICKED: usize = 400;

/// The most groups that are listed.
pub const MAX_GROUPS: usize = 100_000;

/// Matching rows, put together by their prompt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// The groups, in the order of the file.
    pub groups: Vec<Group>,
    /// Whether any row has a rating.
    pub rated: bool,
    /// Groups beyond [`MAX_GROUPS`], which are not among these.
    pub left_out: u64,
}

/// Rows of one prompt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Their places in the file, the best rank first.
    pub rows: Counts,
    /// Of the pairs with different ranks the share where the better ranked one is rated lower.
    pub disagreement: f64,
}

/// Rows whose cells are wanted, wherever they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// Their places in the file, at most [`MAX_PICKED`].
    pub rows: Vec<u64>,
    /// The columns.
    pub columns: Vec<String>,
}

/// Picked rows, as far as they are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    /// Names of the columns of `cells`.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}
