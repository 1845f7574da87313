//! The rows that are pinned, as A, and how they stand to those that match, which are B.

use super::{ClauseRef, Count};

/// What a count says of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned<'a> {
    /// Rows of A, among those read.
    pub rows: u64,
    /// What is told of B.
    pub count: &'a Count,
}

impl<'a> Pinned<'a> {
    /// What a count says of both; none where nothing is pinned.
    pub fn of(count: &'a Count) -> Option<Self> {
        count.pinned.map(|rows| Self { rows, count })
    }

    /// Rows of which it is known whether they are in A and in B.
    pub fn rows_read(self) -> u64 {
        self.count.pinned_read.min(self.count.rows_read)
    }

    /// Whether that is all of them.
    pub fn is_settled(self) -> bool {
        self.rows_read() >= self.count.rows
    }

    /// Whether A and B are the same rows.
    pub fn is_same(self) -> bool {
        self.count.both == self.rows && self.count.both == self.count.matching
    }

    /// Columns whose filters A goes without, and whether it goes without its search.
    pub fn left_out(self) -> (Vec<&'a str>, bool) {
        let all = self.count.pinned_without.iter();
        let columns = all.filter_map(|clause| match clause {
            ClauseRef::Column(name) => Some(name.as_str()),
            ClauseRef::Query | ClauseRef::Subset => None,
        });
        (columns.collect(), self.count.pinned_without.contains(&ClauseRef::Query))
    }
}
