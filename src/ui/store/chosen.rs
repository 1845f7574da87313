//! Rows that someone has chosen in the gallery: to copy their prompts, or to save their images.

use super::state::{Local, State};
use super::{RowData, Store};
use crate::base::sorted::{Map, Set};
use crate::protocol::TableRequest;
use crate::protocol::export::Rows;
use crate::protocol::membership::{MAX_ROWS, Membership};
use crate::view::chosen::ChosenRows;
use leptos::prelude::*;
use std::sync::Arc;

/// Chosen rows. Copies are the same rows.
#[derive(Clone, Copy, Default)]
pub struct ChosenStore {
    /// The rows.
    pub rows: State<ChosenRows>,
    inner: Local<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The cells of chosen rows, which may leave the cache of rows.
    data: Map<u64, Arc<RowData>>,
    /// Positions of the result that are chosen as soon as it is known which rows are there.
    waiting: Set<u64>,
}

impl ChosenStore {
    /// Drops all of them.
    pub fn clear(self) {
        self.inner.update_value(|inner| *inner = Inner::default());
        self.rows.set(ChosenRows::default());
    }

    /// The positions that wait are of another result.
    pub(super) fn forget_positions(self) {
        self.inner.update_value(|inner| inner.waiting.clear());
    }

    fn add(self, data: &Arc<RowData>) {
        let is_full = self.rows.with_untracked(|rows| rows.counts().0 >= MAX_ROWS);
        if !is_full {
            self.inner.update_value(|inner| drop(inner.data.insert(data.row, Arc::clone(data))));
            self.rows.update(|rows| rows.add(data.row));
        }
    }
}

impl Store {
    /// Chooses the row at a position of the result, or drops it where it is chosen.
    pub fn toggle_chosen(self, position: u64) {
        let data = self.rows.with_untracked(|rows| rows.get(position).cloned());
        match data {
            Some(data) if self.chosen.rows.with_untracked(|rows| rows.contains(data.row)) => {
                self.chosen.inner.update_value(|inner| drop(inner.data.remove(&data.row)));
                self.chosen.rows.update(|rows| rows.toggle(data.row));
            }
            Some(data) => self.chosen.add(&data),
            None => self.chosen.inner.update_value(|inner| {
                if !inner.waiting.remove(&position) {
                    inner.waiting.insert(position);
                }
            }),
        }
    }

    /// Chooses the rows at positions of the result.
    pub fn choose_rows(self, positions: impl IntoIterator<Item = u64>) {
        for position in positions {
            match self.rows.with_untracked(|rows| rows.get(position).cloned()) {
                Some(data) => self.chosen.add(&data),
                None => self.chosen.inner.update_value(|inner| inner.waiting.extend([position])),
            }
        }
    }

    /// Takes in which of the chosen rows are not in the result, unless newer filters are under way.
    pub(super) fn receive_membership(self, membership: Membership) {
        let Membership { generation, missing } = membership;
        if generation == self.generation.get_untracked() {
            self.chosen.rows.update(|rows| rows.set_missing(missing));
        }
    }

    /// Chooses what waited for its row.
    pub(super) fn choose_what_waited(self) {
        let waiting = self.chosen.inner.with_value(|inner| inner.waiting.clone());
        for position in waiting {
            if let Some(data) = self.rows.with_untracked(|rows| rows.get(position).cloned()) {
                self.chosen.inner.update_value(|inner| {
                    inner.waiting.remove(&position);
                });
                self.chosen.add(&data);
            }
        }
    }

    /// Asks which of the chosen rows are in the result.
    pub fn ask_membership(self) {
        let rows: Vec<u64> = self.chosen.rows.with_untracked(|rows| rows.rows().collect());
        if !rows.is_empty() {
            self.send(&TableRequest::Membership { rows }.into());
        }
    }

    /// The cells of the chosen rows, in the order of the file, as new as they are at hand.
    pub fn chosen_data(self) -> Vec<Arc<RowData>> {
        let mut data = self.chosen.inner.with_value(|inner| inner.data.clone());
        self.rows.with_untracked(|rows| {
            for row in rows.iter() {
                if let Some(slot) = data.get_mut(&row.row) {
                    *slot = Arc::clone(row);
                }
            }
        });
        data.into_iter().map(|(_, row)| row).collect()
    }

    /// Puts the images of the chosen rows into an archive.
    pub fn save_chosen_images(self) {
        let rows = self.chosen.rows.with_untracked(|rows| rows.rows().collect());
        self.take_images(Rows::These(rows));
    }
}
