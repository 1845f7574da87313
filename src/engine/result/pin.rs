//! The rows that are pinned as A: another question to the same table, answered beside the one on the screen.

use super::{LeftOut, Matches};
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::protocol::{ClauseRef, Listing};
use crate::view::catalog::SubsetRows;
use crate::view::spec::RowQuery;

/// The pinned rows.
pub struct Pin {
    asked: RowQuery,
    rows: Matches,
    /// Columns whose clauses can't be applied.
    left_out: Vec<String>,
    /// Whether the query can't be.
    no_query: bool,
    /// Another number wherever other rows may be pinned.
    version: u64,
}

impl Pin {
    /// Every row's mask: zero where it is pinned.
    pub fn mask(&self) -> &[u16] {
        self.rows.filter.mask()
    }

    /// Whether nothing leaves a row out.
    pub fn is_everything(&self) -> bool {
        self.rows.filter.bits() == 0
    }

    /// Another number wherever other rows may be pinned.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What of a text matches its search: from and to in bytes.
    pub fn marks(&self, text: &str) -> Vec<(u32, u32)> {
        self.rows.marks(text)
    }

    /// The columns that it asks about.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.rows.filter.columns()
    }

    /// What can't be applied.
    pub fn left_out(&self) -> Vec<ClauseRef> {
        let columns = self.left_out.iter().cloned().map(ClauseRef::Column);
        columns.chain(self.no_query.then_some(ClauseRef::Query)).collect()
    }

    pub(super) fn streams(&self) -> bool {
        self.rows.streams()
    }

    pub(super) fn needs(&self, place: usize, data: &Data) -> bool {
        self.rows.needs(place, data)
    }

    pub(super) fn index_wants(&self) -> Vec<ByteRange> {
        self.rows.index_wants()
    }

    pub(super) fn take_index_fault(&mut self) -> Option<Error> {
        self.rows.take_index_fault()
    }

    /// Rows of which it is known whether they are pinned.
    pub fn rows_decided(&self, data: &Data) -> u64 {
        self.rows.rows_decided(data)
    }
}

impl Matches {
    /// The pinned rows, if any are.
    pub fn pin(&self) -> Option<&Pin> {
        self.pin.as_deref()
    }

    /// The subset of the pinned rows.
    pub fn pinned_subset(&self) -> Option<SubsetRows> {
        self.pin.as_ref().and_then(|pin| pin.rows.subset())
    }

    /// Takes over which rows are pinned. Whether a search of them began or ended.
    pub(super) fn ask_pin(&mut self, wanted: Option<&RowQuery>, list: Listing, data: &mut Data) -> bool {
        let Some(wanted) = wanted else {
            let Some(mut pin) = self.pin.take() else { return false };
            return pin.rows.ask_query("", list, data).1.is_some();
        };
        let mut pin = self.pin.take().unwrap_or_else(|| Box::new(self.new_pin(data)));
        let is_new = pin.asked != *wanted || pin.version == 0;
        let answer = pin.rows.ask_rows(wanted, is_new, list, data);
        if is_new {
            pin.asked = wanted.clone();
            pin.left_out = answer.left_out.into_iter().map(|(column, _): (String, LeftOut)| column).collect();
        }
        let searched = answer.query.is_some();
        if let Some(query) = answer.query {
            pin.no_query = query.problem.is_some();
        }
        self.pin = Some(pin);
        if is_new || searched {
            self.renew_pin();
        }
        searched
    }

    fn new_pin(&self, data: &Data) -> Pin {
        let mut rows = Self::all(data.meta.rows);
        rows.search.beside_of(&self.search);
        Pin { asked: RowQuery::default(), rows, left_out: Vec::new(), no_query: false, version: 0 }
    }

    /// Takes over what columns have grown to.
    pub(super) fn pin_follows(&mut self, changes: &[Change], data: &Data) -> Vec<Change> {
        let followed = self.with_pin(|rows| rows.follow(changes, data));
        // More rows are other rows, whatever they hold.
        if changes.iter().any(|change| matches!(change, Change::Files)) {
            self.renew_pin();
        }
        followed
    }

    fn renew_pin(&mut self) {
        if let Some(pin) = &mut self.pin {
            self.pins += 1;
            pin.version = self.pins;
        }
    }

    /// Does with the pinned rows what is done with those that match; what comes of it is told as a change of the rows
    /// that match, which are held against them.
    pub(super) fn with_pin(&mut self, work: impl FnOnce(&mut Self) -> Vec<Change>) -> Vec<Change> {
        let Some(pin) = &mut self.pin else { return Vec::new() };
        let changes = work(&mut pin.rows);
        if !changes.is_empty() {
            self.renew_pin();
        }
        changes
    }
}
