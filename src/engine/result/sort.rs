//! The order of the rows.

use super::Matches;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::protocol::Kind;
use crate::table::column::Column;
use crate::table::order::Sorting;
use crate::view::spec::SortKey;

/// Rows that are looked at in one step of sorting: about ten milliseconds of work.
const ROWS_A_STEP: usize = 1 << 20;

/// The order of the rows, and the way to it.
#[derive(Debug, Default)]
pub(super) struct Ordering {
    /// What is asked for.
    keys: Vec<SortKey>,
    /// The rows in order, where that is not the one of the file.
    rows: Option<Vec<u32>>,
    /// What of `keys` they stand for.
    done: Vec<SortKey>,
    /// Whether a step of sorting was made and more follow.
    sorting: Option<Sorting>,
}

impl Ordering {
    /// The rows in order, where that is not the one of the file.
    pub(super) fn rows(&self) -> Option<&[u32]> {
        self.rows.as_deref()
    }

    /// Whether it is decided by this column.
    pub(super) fn needs(&self, column: &str) -> bool {
        self.keys.iter().any(|key| key.column == column)
    }
}

impl Matches {
    /// Whether rows are not yet in the order that is asked for.
    pub(super) fn is_sorting_pending(&self) -> bool {
        self.ordering.keys != self.ordering.done
    }

    /// Whether sorting is under way.
    pub(super) fn is_sorting(&self) -> bool {
        self.ordering.sorting.is_some()
    }

    /// Takes over an order; whether rows stand in another one at once.
    pub(super) fn ask_sort(&mut self, wanted: &[SortKey], data: &mut Data) -> bool {
        if wanted == self.ordering.keys {
            return false;
        }
        self.ordering.keys = wanted.to_vec();
        for key in wanted {
            data.load(&key.column);
        }
        self.ordering.sorting = None;
        if !self.ordering.keys.is_empty() {
            return false;
        }
        self.ordering.done.clear();
        self.ordering.rows.take().is_some()
    }

    /// The columns to sort by, once they are read. What does not exist, can't be sorted or could not be
    /// read has no say.
    fn sort_keys<'a>(&self, data: &'a Data) -> Option<Vec<(&'a Column, bool)>> {
        let sortable = |kind: Kind| !matches!(kind, Kind::Nested | Kind::Binary);
        let mut keys = Vec::new();
        for key in &self.ordering.keys {
            let Some(column) = data.column(&key.column) else { continue };
            if sortable(column.info.kind) && !column.failed {
                keys.push((column.values.as_ref().filter(|_| column.complete)?, key.descending));
            }
        }
        Some(keys)
    }

    /// The column at this place has other values: where it decides the order, rows are put in order anew.
    pub(super) fn sort_anew(&mut self, place: usize, data: &Data) {
        let name = data.columns.get(place).map(|column| column.info.name.as_str());
        if name.is_some_and(|name| self.ordering.needs(name)) {
            self.ordering.done.clear();
            self.ordering.sorting = None;
        }
    }

    /// Puts the rows in order, a step at a time, once the columns for it are read; until then they stay as
    /// they are.
    pub(super) fn advance_sort(&mut self, data: &Data) -> Option<Change> {
        if !self.is_sorting_pending() {
            return None;
        }
        let rows = data.meta.rows as usize;
        let begun = self.ordering.sorting.take().filter(|sorting| sorting.rows() == rows);
        let keys = self.sort_keys(data)?;
        let order = if keys.is_empty() {
            None
        } else {
            let mut sorting = begun.unwrap_or_else(|| Sorting::new(rows));
            match sorting.step(&keys, ROWS_A_STEP) {
                Some(order) => Some(order),
                None => {
                    self.ordering.sorting = Some(sorting);
                    return None;
                }
            }
        };
        self.ordering.rows = order;
        self.ordering.done.clone_from(&self.ordering.keys);
        Some(Change::Order)
    }
}
