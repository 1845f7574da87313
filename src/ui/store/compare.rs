//! The images of each prompt, and the rows that the view of them shows.

use super::{RowData, Store};
use crate::protocol::Request;
use crate::protocol::compare::{Groups, Pick, Picked};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most rows that are kept.
const MAX_ROWS: usize = 1_200;

/// What the view shows of a row.
const COLUMNS: [&str; 9] = [
    "prompt",
    "prompt_id",
    "classification",
    "image_amount_in_total",
    "rank",
    "overall_rating",
    "image_text_alignment_rating",
    "fidelity_rating",
    "image_path",
];

/// Groups and picked rows. Copies are the same.
#[derive(Clone, Copy)]
pub struct CompareStore {
    /// The newest groups.
    pub groups: RwSignal<Option<Arc<Groups>>>,
    /// Rows by their place in the file.
    pub rows: RwSignal<BTreeMap<u64, Arc<RowData>>>,
}

impl CompareStore {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { groups: RwSignal::new(None), rows: RwSignal::new(BTreeMap::new()) }
    }

    pub(super) fn clear(self) {
        self.groups.set(None);
        self.rows.set(BTreeMap::new());
    }

    pub(super) fn receive_groups(self, groups: Groups) {
        self.groups.set(Some(Arc::new(groups)));
    }

    pub(super) fn receive_picked(self, picked: Picked) {
        let Picked { columns, rows } = picked;
        let columns = Arc::new(columns);
        self.rows.update(|all| {
            if all.len() > MAX_ROWS {
                all.clear();
            }
            for row in rows {
                let at = row.row;
                all.insert(at, Arc::new(RowData::new(row, Arc::clone(&columns))));
            }
        });
    }
}

impl Store {
    /// Whether the rows of each prompt are wanted together.
    pub fn want_groups(self, wanted: bool) {
        self.send(&Request::Groups { wanted });
    }

    /// Asks for the cells of these rows.
    pub fn pick(self, rows: Vec<u64>) {
        let exists = |name: &&str| {
            self.opened.with_untracked(|opened| {
                opened
                    .as_ref()
                    .is_some_and(|opened| opened.columns.iter().any(|column| column.name == **name))
            })
        };
        let columns = COLUMNS.iter().filter(|name| exists(name)).map(|name| (*name).to_owned()).collect();
        self.send(&Request::Pick(Pick { rows, columns }));
    }
}
