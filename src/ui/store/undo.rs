//! Taking back what was asked, and asking it again: steps of the link without tables and open rows,
//! which are where someone is rather than what someone asks; and labels that were set.

use super::{Commit, Store};
use crate::protocol::labels::{Ask, What};
use crate::view::spec::Spec;
use leptos::prelude::*;

/// The most steps that are kept.
const MAX_STEPS: usize = 100;

/// Steps that can be taken back, and those that were.
#[derive(Debug, Default)]
pub struct Steps {
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// A step.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "most steps are to other views")]
pub(super) enum Step {
    /// To another view; what it was before, or after.
    View(Spec),
    /// Labels that were set: the data thread knows them by this number, and takes them back as it sets them again.
    Labels(u32),
}

impl Store {
    /// Takes note of the view before a step.
    pub(super) fn remember_step(self, before: &Spec) {
        let changed = self.spec.with_untracked(|now| asks_otherwise(before, now));
        if !changed {
            return;
        }
        self.push_step(Step::View(before.clone()));
    }

    /// A step was taken.
    pub(super) fn push_step(self, step: Step) {
        self.inner.update_value(|inner| {
            inner.steps.undone.clear();
            inner.steps.done.push(step);
            if inner.steps.done.len() > MAX_STEPS {
                inner.steps.done.remove(0);
            }
        });
        self.count_steps();
    }

    /// Another table has a history of its own.
    pub(super) fn forget_steps(self) {
        self.inner.update_value(|inner| inner.steps = Steps::default());
        self.count_steps();
    }

    /// Takes the last step back.
    pub fn undo(self) {
        self.go(|steps| (&mut steps.done, &mut steps.undone));
    }

    /// Goes again where the last step was taken back.
    pub fn redo(self) {
        self.go(|steps| (&mut steps.undone, &mut steps.done));
    }

    fn go(self, way: fn(&mut Steps) -> (&mut Vec<Step>, &mut Vec<Step>)) {
        let now = self.spec.get_untracked();
        let here = now.clone();
        let next = self
            .inner
            .try_update_value(|inner| {
                let (from, to) = way(&mut inner.steps);
                let next = from.pop()?;
                to.push(match &next {
                    Step::View(_) => Step::View(here),
                    Step::Labels(step) => Step::Labels(*step),
                });
                Some(next)
            })
            .flatten();
        let next = match next {
            Some(Step::View(next)) => next,
            Some(Step::Labels(step)) => {
                self.ask_labels(Ask { what: What::Flip, number: Some(step), ..Ask::default() });
                self.count_steps();
                return;
            }
            None => return,
        };
        next.filters.keys().for_each(|column| self.want(column));
        self.apply(Spec { row: now.row, ..next }, Commit::Later);
        self.write_history(Commit::Step);
        self.count_steps();
    }

    fn count_steps(self) {
        let counts = self.inner.with_value(|inner| (inner.steps.done.len(), inner.steps.undone.len()));
        self.steps.set(counts);
    }
}

/// Whether two views of a table ask for other rows, or show them otherwise.
fn asks_otherwise(a: &Spec, b: &Spec) -> bool {
    // Destructured, so that a new field does not compile until it is decided.
    let Spec {
        table,
        endpoint,
        subset,
        query,
        filters,
        pin,
        sort,
        view,
        columns,
        added,
        joins,
        roles,
        phrases,
        like,
        groups,
        pairs,
        plot,
        outcome,
        reading,
        row: _,
        at: _,
        embed: _,
    } = a;
    let asked = (
        subset,
        query,
        filters,
        pin,
        sort,
        view,
        columns,
        (added, joins),
        roles,
        (phrases, like, groups, pairs, plot, outcome),
        reading,
    );
    let other = (
        &b.subset,
        &b.query,
        &b.filters,
        &b.pin,
        &b.sort,
        &b.view,
        &b.columns,
        (&b.added, &b.joins),
        &b.roles,
        (&b.phrases, &b.like, &b.groups, &b.pairs, &b.plot, &b.outcome),
        &b.reading,
    );
    (table, endpoint) == (&b.table, &b.endpoint) && asked != other
}
