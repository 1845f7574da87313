//! The rows that are pinned, as A, which those that match are held against.

use super::{Commit, Store};
use crate::view::spec::{RowQuery, Spec};
use leptos::prelude::*;

impl Store {
    /// Whether rows are pinned.
    pub fn is_pinned(self) -> bool {
        self.spec.with(|spec| spec.pin.is_some())
    }

    /// Pins the rows that match.
    pub fn pin(self) {
        let spec = self.spec.get_untracked();
        self.apply(Spec { pin: Some(spec.unordered()), ..spec }, Commit::Step);
    }

    /// Pins none any more.
    pub fn unpin(self) {
        self.apply(Spec { pin: None, ..self.spec.get_untracked() }, Commit::Step);
    }

    /// Makes the pinned rows those that are asked for, and pins those that were.
    pub fn swap_pin(self) {
        let spec = self.spec.get_untracked();
        let Some(RowQuery { subset, query, filters, sort: _ }) = spec.pin.clone() else { return };
        filters.keys().for_each(|column| self.want(column));
        self.apply(Spec { pin: Some(spec.unordered()), subset, query, filters, ..spec }, Commit::Step);
    }
}
