//! Columns that are added to those of the file, and taken away.

use super::{Commit, Store};
use crate::protocol::{Column, LoadState};
use leptos::prelude::*;

/// A column that is made of no more is charted unasked.
const SMALL_BYTES: u64 = 4_000_000;

impl Store {
    /// Adds a column, or takes it away with what is asked of it.
    pub fn set_added(self, name: &str, source: &Column, added: bool) {
        let mut spec = self.spec.get_untracked();
        spec.added.retain(|other| other != name);
        if added {
            let mut columns = untrack(|| self.columns());
            spec.added.push(name.to_owned());
            columns.push(name.to_owned());
            spec.columns = Some(columns);
            // What is here, or small, is charted at once; for the rest its chart says what it reads.
            if source.bytes <= SMALL_BYTES || untrack(|| self.is_read(&source.name)) {
                self.want(name);
            }
        } else {
            spec.filters.remove(name);
            spec.sort.retain(|key| key.column != name);
            if let Some(columns) = &mut spec.columns {
                columns.retain(|column| column != name);
            }
            spec.columns = spec
                .columns
                .filter(|columns| !columns.is_empty() && *columns != untrack(|| self.usual_columns()));
            self.wanted.update(|wanted| {
                wanted.remove(name);
            });
        }
        self.apply(spec, Commit::Step);
    }

    /// Whether all of a column is read.
    pub fn is_read(self, column: &str) -> bool {
        self.progress.with(|all| all.get(column).is_some_and(|progress| progress.state == LoadState::Loaded))
    }
}
