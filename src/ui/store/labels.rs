//! Labels of one's own: what the data thread tells of them, and what is asked.

use super::export::download;
use super::state::State;
use super::{Store, undo::Step};
use crate::protocol::labels::{Ask, Done, File, Label, Labels};
use crate::protocol::texts::labels as texts;
use crate::protocol::{Request, TableRequest};
use js_sys::Array;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::{Blob, BlobPropertyBag};

/// The labels of the open table. Copies are the same labels.
#[derive(Clone, Copy, Default)]
pub struct LabelStore {
    /// What is known of them.
    pub all: State<Option<Arc<Labels>>>,
    /// What became of a file of labels.
    pub file: State<Option<File>>,
}

impl LabelStore {
    pub(super) fn clear(self) {
        self.all.set(None);
        self.file.set(None);
    }

    /// The labels, in order.
    pub fn list(self) -> Vec<Label> {
        self.all.with(|all| all.as_ref().map_or_else(Vec::new, |all| all.labels.clone()))
    }

    /// The names of labels of this colour.
    pub fn of_colour(self, colour: u8) -> Vec<String> {
        self.all.with(|all| {
            let all = all.iter().flat_map(|all| &all.labels);
            all.filter(|label| label.colour == colour).map(|label| label.name.clone()).collect()
        })
    }

    /// Whether a column is of labels or notes.
    pub fn is_own(self, column: &str) -> bool {
        self.all.with(|all| {
            all.as_ref().is_some_and(|all| all.columns.0 == column || all.columns.1 == column)
        })
    }
}

impl Store {
    /// Asks something of labels.
    pub fn ask_labels(self, ask: Ask) {
        self.send(&Request::Table(TableRequest::Labels(ask)));
    }

    /// Gives the row at a position of the result the n-th label, or takes it away.
    pub fn label_at(self, position: u64, place: u8) {
        let row = self.rows.with_untracked(|rows| rows.get(position).map(|row| row.row));
        if let Some(row) = row {
            self.ask_labels(Ask::Toggle { row, place });
        }
    }

    pub(super) fn receive_labelled(self, step: u32) {
        self.push_step(Step::Labels(step));
    }

    pub(super) fn receive_labels(self, labels: Labels) {
        match labels.done {
            Done::Nothing => {}
            Done::Rows(rows) => {
                if rows > 0 {
                    self.tell(texts::changed(rows));
                }
            }
            Done::NoLabel => self.tell(texts::NO_LABEL),
            Done::Taken => self.tell(texts::TAKEN),
            Done::TooMany => self.tell(texts::TOO_MANY),
            Done::Unsettled => self.tell(texts::UNSETTLED),
        }
        self.labels.all.set(Some(Arc::new(labels)));
    }

    pub(super) fn receive_label_file(self, file: File) {
        if let File::Written(text) = &file {
            let options = BlobPropertyBag::new();
            options.set_type("text/csv");
            let parts = Array::of1(&text.as_str().into());
            if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
                download(&format!("{}-labels.csv", self.file_stem()), &blob);
            }
            self.labels.file.set(None);
            return;
        }
        self.labels.file.set(Some(file));
    }

    /// Takes over what was read of a file, or forgets it.
    pub fn end_label_file(self, apply: bool) {
        self.labels.file.set(None);
        if apply {
            self.ask_labels(Ask::Apply);
        }
    }
}
