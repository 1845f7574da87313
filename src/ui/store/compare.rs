//! The images of each prompt, and the rows that the view of them shows.

use super::state::{Local, State};
use super::{RowData, Store};
use crate::protocol::TableRequest;
use crate::protocol::compare::{Groups, Pick, Picked};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most rows that are kept.
const MAX_ROWS: usize = 1_200;

/// Who wants rows that are named one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PickFor {
    /// The view of the images of each prompt.
    Compare,
    /// The strip of images with the same prompt.
    Same,
}

impl PickFor {
    /// What is shown of a row.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Compare => &COLUMNS,
            Self::Same => &SAME_COLUMNS,
        }
    }
}

const SAME_COLUMNS: [&str; 3] = ["seed", "image_nsfw", "prompt_nsfw"];

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
#[derive(Clone, Copy, Default)]
pub struct CompareStore {
    /// The newest groups.
    pub groups: State<Option<Arc<Groups>>>,
    /// Rows by their place in the file.
    pub rows: State<BTreeMap<u64, Arc<RowData>>>,
    /// What each of those who ask wants.
    picks: Local<BTreeMap<PickFor, Vec<u64>>>,
}

impl CompareStore {
    pub(super) fn clear(self) {
        self.groups.set(None);
        self.rows.set(BTreeMap::new());
        self.picks.set_value(BTreeMap::new());
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
        self.send(&TableRequest::Groups { wanted }.into());
    }

    /// Asks for the cells of these rows, instead of those that the same one wanted before.
    pub fn pick(self, who: PickFor, rows: Vec<u64>) {
        let changed = self.compare.picks.try_update_value(|picks| {
            let before = if rows.is_empty() { picks.remove(&who) } else { picks.insert(who, rows.clone()) };
            before.unwrap_or_default() != rows
        });
        if changed != Some(true) {
            return;
        }
        let exists = |name: &str| {
            self.opened.with_untracked(|opened| {
                opened.as_ref().is_some_and(|opened| opened.columns.iter().any(|column| column.name == name))
            })
        };
        let picks = self.compare.picks.get_value();
        let mut rows: Vec<u64> = picks.values().flatten().copied().collect();
        rows.sort_unstable();
        rows.dedup();
        let mut columns: Vec<&str> = picks.keys().flat_map(|who| who.columns()).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        let columns = columns.into_iter().filter(|name| exists(name)).map(str::to_owned).collect();
        self.send(&TableRequest::Pick(Pick { rows, columns }).into());
    }
}
