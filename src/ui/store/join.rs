//! The table whose columns stand beside those of the open one.

use super::{Commit, Store, base};
use crate::protocol::join::{Joined, Stage, Want};
use crate::ui::runtime::host;
use crate::view::join::Join;
use crate::view::spec::TableRef;
use js_sys::Array;
use leptos::prelude::*;
use std::cell::Cell;
use std::sync::Arc;
use web_sys::File;

/// Columns that are shown at once, and charted where they are no larger than this.
const SHOWN: usize = 3;
const SMALL_BYTES: u64 = 4_000_000;

/// What is known of it, in the module that shows it: the first one of the page does without.
struct Known {
    joined: ArcRwSignal<Option<Arc<Joined>>>,
    /// Whether its columns are shown as soon as they are here.
    shows: Cell<bool>,
}

thread_local! {
    static KNOWN: Known = Known { joined: ArcRwSignal::new(None), shows: Cell::new(false) };
}

impl Store {
    /// What the data thread is asked to join.
    pub(super) fn join_wanted(self) -> Option<Want> {
        let (words, endpoint) = self.spec.with_untracked(|spec| (spec.join.clone(), spec.endpoint.clone()));
        Some(Want { words: words?, endpoint: host::endpoint(endpoint.as_ref()), base: base() })
    }
}

impl Store {
    /// What is known of the table that is joined.
    pub fn joined(self) -> Option<Arc<Joined>> {
        let joined = KNOWN.with(|known| known.joined.clone()).get()?;
        // What was told of another one is not of this one.
        let is_asked = self.spec.with(|spec| spec.join.as_ref() == Some(&joined.words));
        is_asked.then_some(joined)
    }

    /// Joins a table, or none any more.
    pub fn join(self, join: Option<Join>) {
        let mut spec = self.spec.get_untracked();
        let before = spec.join.as_ref().and_then(|words| Join::read(words).ok());
        if let Some(before) = before {
            // What is asked of its columns goes with them.
            let prefix = before.column("");
            spec.filters.retain(|name, _| !name.starts_with(&prefix));
            spec.sort.retain(|key| !key.column.starts_with(&prefix));
            if let Some(columns) = &mut spec.columns {
                columns.retain(|name| !name.starts_with(&prefix));
            }
            spec.columns = spec.columns.filter(|columns| !columns.is_empty());
            self.wanted.update(|wanted| {
                let gone: Vec<String> =
                    wanted.iter().filter(|name| name.starts_with(&prefix)).cloned().collect();
                for name in gone {
                    wanted.remove(&name);
                }
            });
        }
        let has_keys = join.as_ref().is_some_and(|join| join.here.is_some() && join.there.is_some());
        KNOWN.with(|known| known.shows.set(has_keys));
        spec.join = join.map(|join| join.words());
        self.apply(spec, Commit::Step);
    }

    /// Joins a file of the user's disk.
    pub fn join_file(self, file: &File) {
        let name = file.name();
        self.with_link(&|link| link.hand_over("beside", &Array::of1(file)));
        let join = Join::new(TableRef::Local(name));
        // The same name may be another file now.
        if self.spec.with_untracked(|spec| spec.join.as_ref() == Some(&join.words())) {
            self.join(None);
            self.show_now();
        }
        self.join(Some(join));
    }

    pub(super) fn receive_joined(self, joined: Option<Joined>) {
        let is_here =
            joined.as_ref().is_some_and(|joined| matches!(joined.stage, Stage::Comparing | Stage::Ready));
        KNOWN.with(|known| known.joined.set(joined.map(Arc::new)));
        if is_here && KNOWN.with(|known| known.shows.get()) {
            self.show_joined();
        }
    }

    /// Puts the first columns of the other table beside those of the file, and charts what is small.
    fn show_joined(self) {
        let Some(opened) = self.opened.get_untracked() else { return };
        let own: Vec<_> = opened.columns.iter().filter(|column| column.is_joined()).collect();
        if own.is_empty() {
            return;
        }
        KNOWN.with(|known| known.shows.set(false));
        for column in own.iter().take(SHOWN).filter(|column| column.chartable && column.bytes <= SMALL_BYTES)
        {
            self.want(&column.name);
        }
        let mut spec = self.spec.get_untracked();
        let mut columns = untrack(|| self.columns());
        for column in own.iter().take(SHOWN) {
            if !columns.contains(&column.name) {
                columns.push(column.name.clone());
            }
        }
        spec.columns = Some(columns);
        self.apply(spec, Commit::Replace);
    }
}
