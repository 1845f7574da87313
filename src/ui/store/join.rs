//! The tables whose columns stand beside those of the open one.

use super::{Commit, Store, base};
use crate::protocol::join::{Joined, Stage, Want};
use crate::ui::runtime::host;
use crate::view::join::Join;
use crate::view::spec::TableRef;
use js_sys::Array;
use leptos::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;
use web_sys::File;

/// Columns that are shown at once, and charted where they are no larger than this.
const SHOWN: usize = 3;
const SMALL_BYTES: u64 = 4_000_000;

/// What is known of them, in the module that shows it: the first one of the page does without.
struct Known {
    joined: ArcRwSignal<Vec<Arc<Joined>>>,
    /// The one whose columns are shown as soon as they are here.
    shows: RefCell<Option<Vec<String>>>,
}

thread_local! {
    static KNOWN: Known = Known { joined: ArcRwSignal::new(Vec::new()), shows: RefCell::new(None) };
}

impl Store {
    /// What the data thread is asked to join.
    pub(super) fn joins_wanted(self) -> Vec<Want> {
        self.spec.with_untracked(|spec| {
            let want = |words: &Vec<String>| Want {
                words: words.clone(),
                endpoint: host::endpoint(spec.endpoint.as_ref()),
                base: base(),
            };
            spec.joins.iter().map(want).collect()
        })
    }
}

impl Store {
    /// What is known of a table that is joined.
    pub fn joined(self, words: &[String]) -> Option<Arc<Joined>> {
        let joined = KNOWN.with(|known| known.joined.clone());
        joined.with(|joined| joined.iter().find(|joined| joined.words == words).cloned())
    }

    /// Joins a table, in place of the one that is asked for by these words, or besides all others.
    pub fn join(self, mut join: Join, before: Option<&[String]>) {
        let mut spec = self.spec.get_untracked();
        let others = spec.joins.iter().map(Vec::as_slice).filter(|words| Some(*words) != before);
        join.name_apart(others);
        let has_keys = join.here.is_some() && join.there.is_some();
        let words = join.words();
        KNOWN.with(|known| *known.shows.borrow_mut() = has_keys.then(|| words.clone()));
        match spec.joins.iter_mut().find(|own| Some(own.as_slice()) == before) {
            Some(own) => *own = words,
            None => spec.joins.push(words),
        }
        self.apply(spec, Commit::Step);
    }

    /// Takes a joined table away, and what is asked of its columns.
    pub fn unjoin(self, words: &[String]) {
        let mut spec = self.spec.get_untracked();
        spec.joins.retain(|own| own != words);
        if let Ok(join) = Join::read(words) {
            let prefix = join.column("");
            let opened = self.opened.get_untracked();
            // A column of the file may begin with the same letters.
            let is_of_file = |name: &str| {
                let own =
                    opened.as_ref().and_then(|opened| opened.columns.iter().find(|own| own.name == name));
                own.is_some_and(|own| !own.is_joined())
            };
            let is_gone = |name: &str| name.starts_with(&prefix) && !is_of_file(name);
            spec.filters.retain(|name, _| !is_gone(name));
            spec.sort.retain(|key| !is_gone(&key.column));
            if let Some(columns) = &mut spec.columns {
                columns.retain(|name| !is_gone(name));
            }
            spec.columns = spec.columns.filter(|columns| !columns.is_empty());
            self.wanted.update(|wanted| {
                let gone: Vec<String> = wanted.iter().filter(|name| is_gone(name)).cloned().collect();
                for name in gone {
                    wanted.remove(&name);
                }
            });
        }
        self.apply(spec, Commit::Step);
    }

    /// Joins a file of the user's disk.
    pub fn join_file(self, file: &File) {
        let join = Join::new(TableRef::Local(file.name()));
        self.with_link(&|link| link.hand_over("beside", &Array::of1(file)));
        // The same name may be another file now.
        let table = join.words().swap_remove(0);
        let known = self
            .spec
            .with_untracked(|spec| spec.joins.iter().find(|words| words.first() == Some(&table)).cloned());
        if let Some(words) = known {
            self.unjoin(&words);
            self.show_now();
        }
        self.join(join, None);
    }

    pub(super) fn receive_joined(self, joined: Vec<Joined>) {
        let shows = KNOWN.with(|known| known.shows.borrow().clone());
        let is_here = |joined: &Joined| {
            matches!(joined.stage, Stage::Comparing | Stage::Ready) && shows.as_ref() == Some(&joined.words)
        };
        let name = joined.iter().find(|joined| is_here(joined)).map(|joined| joined.name.clone());
        KNOWN.with(|known| known.joined.set(joined.into_iter().map(Arc::new).collect()));
        if let Some(name) = name {
            self.show_joined(&format!("{name}."));
        }
    }

    /// Puts the first columns of the other table beside those of the file, and charts what is small.
    fn show_joined(self, prefix: &str) {
        let Some(opened) = self.opened.get_untracked() else { return };
        let is_own = |name: &str| name.starts_with(prefix);
        let own: Vec<_> =
            opened.columns.iter().filter(|column| column.is_joined() && is_own(&column.name)).collect();
        if own.is_empty() {
            return;
        }
        KNOWN.with(|known| *known.shows.borrow_mut() = None);
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
