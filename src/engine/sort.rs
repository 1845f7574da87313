//! The order of the rows that is asked for.

use super::table::Table;
use crate::protocol::{Kind, SortKey};
use crate::table::column::Column;
use crate::table::order::Sorting;

/// Rows that are looked at in one step of putting them in order: about ten milliseconds of work.
const ROWS_A_STEP: usize = 1 << 20;

/// The order of the rows, and the way to it.
#[derive(Debug, Default)]
pub struct Ordering {
    /// What is asked for.
    keys: Vec<SortKey>,
    /// The rows in order, where that is not the one of the file.
    rows: Option<Vec<u32>>,
    /// What of `keys` they stand for.
    done: Vec<SortKey>,
    /// Rows on their way.
    sorting: Option<Sorting>,
}

impl Ordering {
    /// Whether it needs such a column.
    pub fn waits_for(&self, is: impl Fn(&str) -> bool) -> bool {
        self.keys.iter().any(|key| is(&key.column))
    }
}

impl Table {
    /// The order of the rows, where it is not that of the file.
    pub(super) fn order(&self) -> Option<&[u32]> {
        self.ordering.rows.as_deref()
    }

    /// Whether the rows are in the order that is asked for.
    pub(super) fn is_in_order(&self) -> bool {
        self.ordering.keys == self.ordering.done
    }

    /// Takes over what is asked now; whether the order is another one at once.
    pub(super) fn ask_sort(&mut self) -> bool {
        if self.show.sort == self.ordering.keys {
            return false;
        }
        self.ordering.keys.clone_from(&self.show.sort);
        for key in self.show.sort.clone() {
            self.load(&key.column);
        }
        self.ordering.sorting = None;
        if !self.ordering.keys.is_empty() {
            return false;
        }
        self.ordering.done.clear();
        self.ordering.rows.take().is_some()
    }

    /// The columns to sort by, once they are read. What does not exist, can't be sorted or could not be read
    /// has no say.
    fn sort_keys(&self) -> Option<Vec<(&Column, bool)>> {
        let sortable = |kind: Kind| !matches!(kind, Kind::Nested | Kind::Binary);
        let mut keys = Vec::new();
        for key in &self.ordering.keys {
            let Some((_, state)) = self.column(&key.column) else { continue };
            if sortable(state.info.kind) && !state.failed {
                keys.push((state.data.as_ref().filter(|_| state.complete)?, key.descending));
            }
        }
        Some(keys)
    }

    /// Puts the rows in order, a step at a time, once the columns for it are read; until then they stay as
    /// they are. Whether there is more to be done.
    pub(super) fn sort_on(&mut self) -> bool {
        if self.is_in_order() {
            return false;
        }
        let rows = self.meta.rows as usize;
        let begun = self.ordering.sorting.take().filter(|sorting| sorting.rows() == rows);
        let Some(keys) = self.sort_keys() else { return false };
        let order = if keys.is_empty() {
            None
        } else {
            let mut sorting = begun.unwrap_or_else(|| Sorting::new(rows));
            match sorting.step(&keys, ROWS_A_STEP) {
                Some(order) => Some(order),
                None => {
                    self.ordering.sorting = Some(sorting);
                    return true;
                }
            }
        };
        self.ordering.rows = order;
        self.ordering.done.clone_from(&self.ordering.keys);
        self.stale.counts = true;
        self.stale.masks = true;
        false
    }
}
