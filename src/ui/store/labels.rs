//! Labels of one's own: what the data thread tells of them, and what is asked.

use super::export::download;
use super::{Store, undo::Step};
use crate::protocol::labels::{Ask, Done, File, Label, Labels, What};
use crate::protocol::texts::labels as texts;
use crate::protocol::{Request, TableRequest};
use js_sys::Array;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

/// What is known of labels, in the modules that show them: the first one of the page does without.
struct Known {
    all: ArcRwSignal<Option<Arc<Labels>>>,
    file: ArcRwSignal<Option<File>>,
}

thread_local! {
    static KNOWN: Known = Known { all: ArcRwSignal::new(None), file: ArcRwSignal::new(None) };
}

impl Store {
    /// What is known of the labels of the open table.
    pub fn labels(self) -> Option<Arc<Labels>> {
        let all = KNOWN.with(|known| known.all.clone()).get()?;
        let is_open = self.opened.with(|opened| opened.as_ref().is_some_and(|it| it.table == all.table));
        is_open.then_some(all)
    }

    /// The labels, in order.
    pub fn label_list(self) -> Vec<Label> {
        self.labels().map_or_else(Vec::new, |all| all.labels.clone())
    }

    /// The names of labels of this colour.
    pub fn labels_of_colour(self, colour: u8) -> Vec<String> {
        let all = self.label_list().into_iter();
        all.filter(|label| label.colour == colour).map(|label| label.name).collect()
    }

    /// What became of a file of labels.
    pub fn label_file(self) -> Option<File> {
        KNOWN.with(|known| known.file.clone()).get()
    }

    fn set_label_file(file: Option<File>) {
        KNOWN.with(|known| known.file.set(file));
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
            self.toggle_label(row, place);
        }
    }

    /// Gives a row the n-th label, or takes it away; with 0 whichever it has.
    pub fn toggle_label(self, row: u64, place: u8) {
        self.toggle_labels(vec![row], place);
    }

    /// The same for rows that are chosen, where any are; whether there are.
    pub fn label_chosen(self, place: u8) -> bool {
        let rows: Vec<u64> = self.chosen.rows.with_untracked(|rows| rows.rows().collect());
        let any = !rows.is_empty();
        if any {
            self.toggle_labels(rows, place);
        }
        any
    }

    fn toggle_labels(self, rows: Vec<u64>, place: u8) {
        let number = Some(u32::from(place));
        self.ask_labels(Ask { what: What::Toggle, rows, number, ..Ask::default() });
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
        KNOWN.with(|known| known.all.set(Some(Arc::new(labels))));
    }

    pub(super) fn receive_label_file(self, file: File) {
        if let File::Written(text, form) = &file {
            let (options, format) = (BlobPropertyBag::new(), form.format());
            options.set_type(format.mime());
            let parts = Array::of1(&text.as_str().into());
            if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
                download(&format!("{}-labels.{}", self.file_stem(), format.ending()), &blob);
            }
            Self::set_label_file(None);
            return;
        }
        Self::set_label_file(Some(file));
    }

    /// Reads a file of labels: CSV, and whatever else opens.
    pub fn read_label_file(self, file: web_sys::File) {
        let name = file.name();
        // Read as it stands: no label becomes a number.
        if !name.to_lowercase().ends_with(".csv") {
            self.with_link(&|link| link.hand_over("beside", &Array::of1(&file)));
            self.ask_labels(Ask { what: What::ReadFile, text: name, ..Ask::default() });
            return;
        }
        leptos::task::spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            let text = text.unwrap_or_default();
            self.ask_labels(Ask { what: What::Read, text, ..Ask::default() });
        });
    }

    /// Takes over what was read of a file, or forgets it.
    pub fn end_label_file(self, apply: bool) {
        Self::set_label_file(None);
        if apply {
            self.ask_labels(What::Apply.into());
        }
    }
}
