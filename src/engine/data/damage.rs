//! Parts of a column that can't be read, while the rest of it can: rows of pages that are damaged.

use crate::base::error::Error;
use std::collections::BTreeMap;
use std::ops::Range;

/// Rows that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Their row group.
    pub group: usize,
    /// Which they are.
    pub rows: Range<u64>,
    /// Why, with its place.
    pub error: Error,
}

/// Rows in stretches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches(BTreeMap<u64, u64>);

impl Stretches {
    /// Adds rows.
    pub fn add(&mut self, rows: &Range<u64>) {
        let end = self.end_of(rows.start).unwrap_or(rows.start).max(rows.end);
        if !self.holds(rows.start) {
            self.0.insert(rows.start, end);
        } else if let Some((_, own)) = self.0.range_mut(..=rows.start).next_back() {
            *own = end;
        }
    }

    /// Whether a row is among them.
    pub fn holds(&self, row: u64) -> bool {
        self.end_of(row).is_some()
    }

    /// The end of the stretch that holds a row.
    pub fn end_of(&self, row: u64) -> Option<u64> {
        let (_, end) = self.0.range(..=row).next_back()?;
        Some(*end).filter(|end| row < *end)
    }
}
