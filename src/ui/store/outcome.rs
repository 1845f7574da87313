//! An outcome, and what goes along with it.

use super::{Commit, Store};
use crate::protocol::LazyRequest;
use crate::protocol::outcome::Want;
use crate::view::spec::Spec;
use leptos::prelude::*;

impl Store {
    /// Tells what goes along with another outcome, or with none any more.
    pub fn set_outcome(self, outcome: Option<Vec<String>>) {
        self.apply(Spec { outcome, ..self.spec.get_untracked() }, Commit::Step);
    }

    /// Asks what goes along with an outcome, whose column is read, or with none any more.
    pub fn ask_outcome(self, want: Option<Want>) {
        if let Some(column) = want.as_ref().and_then(Want::column) {
            self.want(column);
            self.show_soon();
        }
        self.send_lazy(&LazyRequest::Outcome(want));
    }
}
