//! Labels of one's own: what the page asks of them, in steps that can be taken back.

use super::Effect;
use super::answers::{notice, report};
use super::data::{FileState, Kept};
use super::table::Table;
use crate::base::error::Result;
use crate::protocol::labels::{Ask, Done, File, Found};
use crate::protocol::{LazyResponse, Response};
use crate::table::labels::file::{self, Entry, LabelFile, Trouble};
use crate::table::labels::{NONE, Step};
use crate::view::labels::{clean_name, clean_note};
use std::collections::{BTreeMap, BTreeSet};

impl Table {
    /// Does what the page asks of labels.
    pub fn label(&mut self, ask: Ask, effects: &mut Vec<Effect>) {
        let done = if self.data.has_labels_here() { self.asked(ask, effects) } else { Done::Unsettled };
        self.tell_labels(done, effects);
    }

    fn asked(&mut self, ask: Ask, effects: &mut Vec<Effect>) -> Done {
        let own = &self.data.own;
        let step = match ask {
            Ask::Tell => return Done::Nothing,
            Ask::Add { name, row } => own.adding(&name).map(|(step, id)| {
                let row = row.and_then(|row| u32::try_from(row).ok());
                step.and(row.map(|row| own.labels.marking([row], id)).unwrap_or_default())
            }),
            Ask::Change { id, name, colour } => own.changing(id, &name, colour),
            Ask::Remove { id } => {
                let rest = own.labels.names().iter().filter(|label| label.id != id);
                Ok(own.labels.naming(rest.cloned().collect()))
            }
            Ask::Toggle { row, place } => own.toggling(row, place),
            Ask::Matching { id } => self.matching(id),
            Ask::Note { row, text } => Ok(own.noting(row, &text)),
            Ask::Flip { step } => {
                let rows = self.data.flip_step(step);
                self.labels_changed(effects);
                return Done::Rows(rows);
            }
            Ask::Save => {
                self.data.own.saving = true;
                return Done::Nothing;
            }
            Ask::Read { text } => {
                self.read_file(&text, effects);
                return Done::Nothing;
            }
            Ask::Apply => self.applying(),
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
        let labels = &data.own.labels;
        if id.is_some_and(|id| labels.label(id).is_none()) {
            return Err(Done::NoLabel);
        }
        matches.refresh();
        Ok(labels.marking(matches.window(0, matches.matching()), id.unwrap_or(NONE)))
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
            self.answers.ask_again_for_labels(&mut self.data, &mut self.matches, effects);
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
        self.save_file(effects);
        self.look_at_file(effects);
        if let Some(records) = self.data.labels_to_keep() {
            effects.push(Effect::KeepLabels { table: self.data.kept_as(), records });
        }
    }

    // ------------------------------------------------------------ files

    fn save_file(&mut self, effects: &mut Vec<Effect>) {
        if !self.data.own.saving {
            return;
        }
        let keys = match self.data.all_keys() {
            Ok(Some(keys)) => keys,
            Ok(None) if self.data.keys_failed() => {
                self.data.own.saving = false;
                report(effects, LazyResponse::LabelFile(File::NoKeys));
                return;
            }
            Ok(None) => return,
            Err(()) => Vec::new(),
        };
        self.data.own.saving = false;
        let labels = &self.data.own.labels;
        let noted = labels.notes().keys().copied();
        let rows: BTreeSet<u32> = labels.marked().map(|(row, _)| row).chain(noted).collect();
        let line = |row: u32| {
            let key = keys.get(row as usize)?.clone()?;
            Some((key, labels.label_of(row).map(|label| label.name.as_str()), labels.note_of(row)))
        };
        let text = file::write(&self.data.kept_as(), rows.into_iter().filter_map(line));
        report(effects, LazyResponse::LabelFile(File::Written(text)));
    }

    fn read_file(&mut self, text: &str, effects: &mut Vec<Effect>) {
        self.data.own.file = None;
        match file::read(text) {
            Ok(file) => {
                self.data.own.file = Some((file, FileState::Waits));
                report(effects, LazyResponse::LabelFile(File::Reading));
            }
            Err(Trouble::NoHeader | Trouble::OpenQuote) => {
                report(effects, LazyResponse::LabelFile(File::Unclear));
            }
            Err(Trouble::TooLong) => report(effects, LazyResponse::LabelFile(File::TooLong)),
        }
    }

    /// Says what a file of labels would change, once the keys of all rows are read.
    fn look_at_file(&mut self, effects: &mut Vec<Effect>) {
        let Some((file, FileState::Waits)) = self.data.own.file.take() else { return };
        let keys = match self.data.all_keys() {
            Ok(Some(keys)) => keys,
            Ok(None) if !self.data.keys_failed() => {
                self.data.own.file = Some((file, FileState::Waits));
                return;
            }
            Ok(None) | Err(()) => {
                report(effects, LazyResponse::LabelFile(File::NoKeys));
                return;
            }
        };
        let (found, kept) = self.found(file, &keys);
        self.data.own.file = Some((kept, FileState::Found));
        report(effects, LazyResponse::LabelFile(File::Found(found)));
    }

    /// What the lines of a file come to, and the lines that count, each with the number of its row in place of
    /// its key.
    fn found(&self, file: LabelFile, keys: &[Option<String>]) -> (Found, LabelFile) {
        let LabelFile { table, entries } = file;
        let mut lines: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in entries {
            lines.entry(entry.key.clone()).or_default().push(entry);
        }
        let mut rows: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (row, key) in (0..).zip(keys) {
            if let Some((key, _)) = key.as_deref().and_then(|key| lines.get_key_value(key)) {
                rows.entry(key).or_default().push(row);
            }
        }
        let mut found = Found { other_table: table.filter(|of| *of != self.data.kept_as()), ..Found::default() };
        let mut kept = Vec::new();
        let mut new_labels = BTreeSet::new();
        for (key, lines) in &lines {
            match (lines.as_slice(), rows.get(key.as_str()).map(Vec::as_slice)) {
                (lines, None | Some([])) => found.unmatched += lines.len() as u64,
                ([line], Some([row])) => {
                    found.matched += 1;
                    let (label, note) = self.of_line(line, *row);
                    if let Some(name) = label.as_ref().filter(|name| self.data.own.labels.named(name).is_none()) {
                        new_labels.insert(name.clone());
                    }
                    let own = &self.data.own.labels;
                    let now = (own.label_of(*row).map(|label| label.name.as_str()), own.note_of(*row));
                    found.changes += u64::from((label.as_deref(), note.as_deref()) != now);
                    kept.push(Entry { key: row.to_string(), label, note });
                }
                (lines, Some(_)) => found.duplicate += lines.len() as u64,
            }
        }
        found.new_labels = new_labels.len() as u64;
        (found, LabelFile { table: None, entries: kept })
    }

    /// The label and the note that a row has behind a line; what the line leaves empty stays.
    fn of_line(&self, line: &Entry, row: u32) -> (Option<String>, Option<String>) {
        let labels = &self.data.own.labels;
        let label = line.label.as_deref().and_then(clean_name);
        let note = line.note.as_deref().and_then(clean_note);
        (
            label.or_else(|| labels.label_of(row).map(|label| label.name.clone())),
            note.or_else(|| labels.note_of(row).map(str::to_owned)),
        )
    }

    /// A step that takes over what was read.
    fn applying(&mut self) -> std::result::Result<Step, Done> {
        let Some((file, FileState::Found)) = self.data.own.file.take() else { return Ok(Step::default()) };
        // Labels are added to a copy, so that all of it is one step.
        let mut own = self.data.own.draft();
        for name in file.entries.iter().filter_map(|entry| entry.label.as_deref()) {
            if own.labels.named(name).is_none() {
                let (mut step, _) = own.adding(name)?;
                own.labels.swap(&mut step);
            }
        }
        let mut step = self.data.own.labels.naming(own.labels.names().to_vec());
        let mut marks = Vec::new();
        for Entry { key, label, note } in file.entries {
            let Ok(row) = key.parse::<u32>() else { continue };
            let id = label.and_then(|name| own.labels.named(&name)).map_or(NONE, |label| label.id);
            if own.labels.mark(row) != id {
                marks.push((row, id));
            }
            if own.labels.note_of(row) != note.as_deref() {
                step.notes.push((row, note));
            }
        }
        if !marks.is_empty() {
            step.marks = crate::table::labels::Marks::Some(marks);
        }
        Ok(step)
    }
}
