//! The images of each prompt, and the rows that the view of them shows.

use super::pairs::Sided;
use super::state::{Answer, Local, State};
use super::{RowData, Store};
use crate::base::sorted::Map;
use crate::protocol::LazyRequest;
use crate::protocol::compare::{Groups, Pick, Picked};
use crate::view::roles::Role;
use leptos::prelude::*;
use std::sync::Arc;

/// The most rows that are kept.
const MAX_ROWS: usize = 1_200;

/// What may differ between two images of one prompt.
pub const DIFFERING: [Role; 10] = [
    Role::Rank,
    Role::Rating,
    Role::Alignment,
    Role::Fidelity,
    Role::Score,
    Role::Cfg,
    Role::Step,
    Role::Sampler,
    Role::Seed,
    Role::Annotator,
];

/// Who wants rows that are named one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PickFor {
    /// The view of the images of each prompt.
    Compare,
    /// The strip of images with the same prompt.
    Same,
    /// Rows that are near the open one.
    Near,
    /// Two images that are compared.
    Pair,
}

impl PickFor {
    /// What is shown of a row.
    const fn roles(self) -> &'static [Role] {
        match self {
            Self::Compare => &[
                Role::Prompt,
                Role::Group,
                Role::Category,
                Role::Amount,
                Role::Rank,
                Role::Rating,
                Role::Alignment,
                Role::Fidelity,
                Role::NsfwImage,
                Role::NsfwPrompt,
            ],
            Self::Pair => {
                &[Role::Prompt, Role::Group, Role::Category, Role::User, Role::NsfwImage, Role::NsfwPrompt]
            }
            Self::Same => &[Role::Seed, Role::NsfwImage, Role::NsfwPrompt],
            Self::Near => &[Role::Prompt, Role::NsfwImage, Role::NsfwPrompt],
        }
    }
}

/// Groups and picked rows. Copies are the same.
#[derive(Clone, Copy, Default)]
pub struct CompareStore {
    /// The newest groups.
    pub groups: Answer<Groups>,
    /// Rows by their place in the file.
    pub rows: State<Map<u64, Arc<RowData>>>,
    /// What each of those who ask wants.
    picks: Local<Map<PickFor, Vec<u64>>>,
}

impl CompareStore {
    pub(super) fn clear(self) {
        self.groups.set(None);
        self.rows.set(Map::new());
        self.picks.set_value(Map::new());
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
        self.send_lazy(&LazyRequest::Groups { wanted });
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
        let picks = self.compare.picks.get_value();
        let mut rows: Vec<u64> = picks.values().flatten().copied().collect();
        rows.sort_unstable();
        rows.dedup();
        let roles = picks.keys().flat_map(|who| who.roles());
        let mut columns: Vec<String> = roles.filter_map(|role| untrack(|| self.role(*role))).collect();
        if picks.contains_key(&PickFor::Pair) {
            columns.extend(DIFFERING.iter().filter_map(|role| untrack(|| self.role(*role))));
            let sided = untrack(|| self.sided_columns());
            columns.extend(sided.into_iter().flat_map(|Sided { first, second, .. }| [first, second]));
        }
        // What tells where images are tells where they are from as well.
        if picks.contains_key(&PickFor::Compare)
            && let Some(places) = untrack(|| self.places())
        {
            columns.extend(places.columns().into_iter().map(str::to_owned));
        }
        columns.sort_unstable();
        columns.dedup();
        self.send_lazy(&LazyRequest::Pick(Pick { rows, columns }));
    }
}
