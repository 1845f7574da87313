//! The rows that are pinned, as A, and how they stand to those that match, which are B.

use crate::base::ids::Generation;
use serde::{Deserialize, Serialize};

/// How many rows are in A, in B and in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// Which filters it belongs to.
    pub generation: Generation,
    /// Rows of A, among those read.
    pub rows: u64,
    /// Rows of B, among those read.
    pub matching: u64,
    /// Rows in both.
    pub both: u64,
    /// Rows of which it is known whether they are in A, and of which whether they are in B.
    pub rows_read: (u64, u64),
    /// Rows in the table.
    pub rows_in_all: u64,
    /// Columns whose filters A goes without: there are none that could be filtered so.
    pub left_out: Vec<String>,
    /// Whether A goes without its search.
    pub no_query: bool,
}

impl Pinned {
    /// Whether it is known of every row whether it is in A and in B.
    pub fn is_settled(&self) -> bool {
        self.rows_read.0 >= self.rows_in_all && self.rows_read.1 >= self.rows_in_all
    }

    /// Whether A and B are the same rows.
    pub fn is_same(&self) -> bool {
        self.both == self.rows && self.both == self.matching
    }
}
