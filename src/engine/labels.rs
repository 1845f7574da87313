//! Labels of one's own: what the page asks of them, in steps that can be taken back.

use super::Effect;
use super::answers::{notice, report};
use super::beside::News;
use super::data::Kept;
use super::extras::extras;
use super::table::Table;
use crate::base::error::Result;
use crate::protocol::labels::{Ask, Done, File, What};
use crate::protocol::{LazyResponse, Response};
use crate::table::labels::{NONE, Step};
use crate::view::labels::clean_note;

impl Table {
    /// Does what the page asks of labels.
    pub fn label(&mut self, ask: Ask, effects: &mut Vec<Effect>) {
        let done = if self.data.has_labels_here() { self.asked(ask, effects) } else { Done::Unsettled };
        self.tell_labels(done, effects);
    }

    fn asked(&mut self, ask: Ask, effects: &mut Vec<Effect>) -> Done {
        let Ask { what, rows, number, colour, text, form } = ask;
        let in_file = |row: &u32| u64::from(*row) < self.data.meta.rows;
        let rows: Vec<u32> =
            rows.into_iter().filter_map(|row| u32::try_from(row).ok()).filter(in_file).collect();
        let id = number.and_then(|number| u8::try_from(number).ok());
        let own = &self.data.own;
        let step = match what {
            What::Tell => return Done::Nothing,
            What::Add => own.adding(&text).map(|(step, id)| step.and(own.labels.marking(rows, id))),
            What::Change => own.changing(id, &text, colour),
            What::Remove => {
                let rest = own.labels.names().iter().filter(|label| Some(label.id) != id);
                Ok(own.labels.naming(rest.cloned().collect()))
            }
            What::Toggle => own.toggling(rows, id),
            What::Mark => self.known_label(id).map(|id| own.labels.marking(rows, id)),
            What::Matching => self.matching(id),
            What::Note => {
                Ok(rows.first().map(|row| own.labels.noting(*row, clean_note(&text))).unwrap_or_default())
            }
            What::Flip => {
                let rows = self.data.flip_step(number.unwrap_or_default());
                self.labels_changed(effects);
                return Done::Rows(rows);
            }
            What::Save => {
                self.data.own.saving = Some(form);
                return Done::Nothing;
            }
            What::Read | What::ReadFile => {
                self.data.own.file = None;
                let file = extras().map_or(File::Unclear, |extras| {
                    let read = if what == What::Read { extras.read_labels } else { extras.open_labels };
                    read(&mut self.data, &text)
                });
                report(effects, LazyResponse::LabelFile(file));
                return Done::Nothing;
            }
            What::Apply => {
                extras().map_or_else(|| Ok(Step::default()), |it| (it.apply_labels)(&mut self.data))
            }
        };
        match step {
            Ok(step) if step.is_empty() => Done::Nothing,
            Ok(step) => self.take_label_step(step, effects),
            Err(done) => done,
        }
    }

    /// A step that gives all rows that match a label, or takes away theirs.
    fn matching(&mut self, id: Option<u8>) -> std::result::Result<Step, Done> {
        let Self { data, matches, .. } = self;
        if !matches.is_settled(data) {
            return Err(Done::Unsettled);
        }
        matches.refresh();
        let rows = matches.window(0, matches.matching());
        let id = self.known_label(id)?;
        Ok(self.data.own.labels.marking(rows, id))
    }

    /// The number of a label, where there is one of it; that of none where none is meant.
    fn known_label(&self, id: Option<u8>) -> std::result::Result<u8, Done> {
        match id {
            Some(id) if self.data.own.labels.label(id).is_none() => Err(Done::NoLabel),
            id => Ok(id.unwrap_or(NONE)),
        }
    }

    fn take_label_step(&mut self, step: Step, effects: &mut Vec<Effect>) -> Done {
        let rows = step.rows(&self.data.own.labels);
        let number = self.data.take_step(step);
        self.labels_changed(effects);
        report(effects, Response::Labelled(number));
        Done::Rows(rows)
    }

    /// Labels are others than before: their columns follow, and what rests on these.
    fn labels_changed(&mut self, effects: &mut Vec<Effect>) {
        if self.data.show_label_columns() {
            report(effects, Response::Grown(self.data.opened()));
            self.answers.ask_again(&mut self.data, &mut self.matches, effects);
        }
    }

    fn tell_labels(&self, done: Done, effects: &mut Vec<Effect>) {
        report(effects, LazyResponse::Labels(Box::new(self.data.labels_told(done))));
    }

    /// Something is told of a file of labels that is read beside the table.
    pub(super) fn take_label_news(&mut self, news: News, effects: &mut Vec<Effect>) {
        if let Some(file) = extras().and_then(|extras| (extras.label_news)(&mut self.data, news)) {
            report(effects, LazyResponse::LabelFile(file));
        }
    }

    // ------------------------------------------------------------ between visits

    /// What the device keeps of labels has come, or can't be had.
    pub fn take_kept_labels(&mut self, outcome: Result<Kept>, effects: &mut Vec<Effect>) {
        let failed = outcome.is_err();
        let lost = self.data.take_kept(outcome);
        if lost > 0 {
            report(effects, Response::Notice(notice::labels_lost(lost)));
        }
        if !failed && self.data.has_labels_here() {
            self.labels_arrived(effects);
        }
    }

    fn labels_arrived(&mut self, effects: &mut Vec<Effect>) {
        if self.data.own.labels.is_empty() {
            // What the link asks of a column that is nowhere is told now.
            self.answers.ask_again_for_unknown(&mut self.data, &mut self.matches, effects);
            return;
        }
        self.labels_changed(effects);
        self.tell_labels(Done::Nothing, effects);
    }

    /// Labels can't be kept on the device.
    pub fn labels_not_kept(&mut self, effects: &mut Vec<Effect>) {
        self.data.labels_not_kept();
        self.tell_labels(Done::Nothing, effects);
    }

    /// Goes on with what waits for keys, and writes what is to be kept.
    pub(super) fn advance_labels(&mut self, effects: &mut Vec<Effect>) {
        if let Some(table) = self.data.ask_for_labels() {
            effects.push(Effect::ReadLabels { table });
        }
        if let Some((_, lost)) = self.data.follow_keys() {
            if lost > 0 {
                report(effects, Response::Notice(notice::labels_lost(lost)));
            }
            self.labels_arrived(effects);
        }
        if self.data.tells_not_kept() {
            report(effects, Response::Notice(notice::labels_not_kept()));
        }
        if self.data.awaits_keys()
            && let Some(file) = extras().and_then(|extras| (extras.label_file)(&mut self.data))
        {
            report(effects, LazyResponse::LabelFile(file));
        }
        if let Some(records) = self.data.labels_to_keep() {
            effects.push(Effect::KeepLabels { table: self.data.kept_as(), records });
        }
    }
}
