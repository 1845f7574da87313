//! Labels of one's own: the columns of them, and the steps that change them.
//!
//! They are no part of the file. Their columns are there from the first label or note on, and cost nothing before.

mod keeping;

pub use keeping::Kept;

use super::Data;
use super::column::{DataColumn, Derived, Origin};
use crate::engine::change::Change;
use crate::protocol::{Cell, Kind, labels as protocol};
use crate::table::column::Column;
use crate::table::labels::file::LabelFile;
use crate::table::labels::{Label, Labels, NONE, Step};
use crate::view::labels::{COLOURS, LABEL, MAX_LABELS, NOTE, SOURCE, clean_name, own_name};
use keeping::Keeping;

/// Memory of steps that can be taken back; the oldest ones beyond it can't be.
const MAX_STEPS_BYTES: usize = 64 << 20;

/// The labels of the open table.
#[derive(Default)]
pub struct OwnLabels {
    /// What they are.
    pub labels: Labels,
    /// The places of their columns, once there were any.
    places: Option<(usize, usize)>,
    /// Steps that were taken, or taken back.
    steps: Vec<(u32, Step)>,
    next_step: u32,
    /// Whether values of the columns are older than the labels.
    stale: bool,
    keeping: Keeping,
    /// A file of labels that was read, and what became of it.
    pub file: Option<(LabelFile, FileState)>,
    /// One that is read beside the table.
    pub reading: Option<LabelReading>,
    /// The form of a file that is to be written as soon as all keys are read.
    pub saving: Option<protocol::Form>,
}

/// A file of labels that an engine of its own reads.
pub struct LabelReading {
    /// The number of the table that it is.
    pub number: u32,
    /// Its rows.
    pub rows: u64,
    /// Its columns of keys, labels, notes and tables: their names, and what was read.
    pub columns: [Option<(String, Option<Column>)>; 4],
}

/// Where the reading of a file of labels stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Keys of the table are being read.
    Waits,
    /// It can be taken over.
    Found,
}

impl OwnLabels {
    /// The number of the colour of a row; 0 where it has no label.
    pub fn colour_of(&self, row: u64) -> u8 {
        let label = u32::try_from(row).ok().and_then(|row| self.labels.label_of(row));
        label.map_or(0, |label| label.colour)
    }

    /// The same labels, to find out what steps lead to.
    pub fn draft(&self) -> Self {
        Self { labels: self.labels.clone(), ..Self::default() }
    }

    /// A step to one label more.
    ///
    /// # Errors
    /// Why there can't be.
    pub fn adding(&self, name: &str) -> Result<(Step, u8), protocol::Done> {
        let name = clean_name(name).ok_or(protocol::Done::Nothing)?;
        if self.labels.named(&name).is_some() {
            return Err(protocol::Done::Taken);
        }
        let id = self.labels.free_id().filter(|_| self.labels.names().len() < MAX_LABELS);
        let id = id.ok_or(protocol::Done::TooMany)?;
        let mut names = self.labels.names().to_vec();
        // The first colour that no other label has.
        let used = |colour: &u8| names.iter().filter(|label| label.colour == *colour).count();
        let colour = (1..=COLOURS).min_by_key(used).unwrap_or(1);
        names.push(Label { id, name, colour });
        Ok((self.labels.naming(names), id))
    }

    /// A step to another name or colour of a label.
    ///
    /// # Errors
    /// Why there can't be.
    pub fn changing(&self, id: Option<u8>, name: &str, colour: u8) -> Result<Step, protocol::Done> {
        let name = clean_name(name).ok_or(protocol::Done::Nothing)?;
        if self.labels.named(&name).is_some_and(|label| Some(label.id) != id) {
            return Err(protocol::Done::Taken);
        }
        let mut names = self.labels.names().to_vec();
        if let Some(label) = names.iter_mut().find(|label| Some(label.id) == id) {
            label.name = name;
            label.colour = colour.clamp(1, COLOURS);
        }
        Ok(self.labels.naming(names))
    }

    /// A step that gives rows the n-th label, or takes it away where all of them have it.
    ///
    /// # Errors
    /// Where there is no such label.
    pub fn toggling(&self, rows: Vec<u32>, place: Option<u8>) -> Result<Step, protocol::Done> {
        let place = usize::from(place.unwrap_or_default()).checked_sub(1);
        let Some(place) = place else { return Ok(self.labels.marking(rows, NONE)) };
        let id = self.labels.names().get(place).map(|label| label.id).ok_or(protocol::Done::NoLabel)?;
        let all_have_it = rows.iter().all(|row| self.labels.mark(*row) == id);
        Ok(self.labels.marking(rows, if all_have_it { NONE } else { id }))
    }
}

impl Data {
    // ------------------------------------------------------------ steps

    /// Takes a step; its number. What it was before is kept, to be taken back.
    pub fn take_step(&mut self, mut step: Step) -> u32 {
        self.swap_step(&mut step);
        let own = &mut self.own;
        let number = own.next_step;
        own.next_step = number.wrapping_add(1);
        own.steps.push((number, step));
        let mut bytes: usize = own.steps.iter().map(|(_, step)| step.memory_bytes()).sum();
        while bytes > MAX_STEPS_BYTES && own.steps.len() > 1 {
            let (_, oldest) = own.steps.remove(0);
            bytes -= oldest.memory_bytes();
        }
        number
    }

    /// Takes a step back, or again; how many rows it is about.
    pub fn flip_step(&mut self, number: u32) -> u64 {
        let place = self.own.steps.iter().position(|(other, _)| *other == number);
        let Some(place) = place else { return 0 };
        let (_, mut step) = self.own.steps.remove(place);
        let rows = step.rows(&self.own.labels);
        self.swap_step(&mut step);
        self.own.steps.insert(place, (number, step));
        rows
    }

    fn swap_step(&mut self, step: &mut Step) {
        self.note_to_keep(step);
        self.own.labels.swap(step);
        self.own.stale = true;
    }

    // ------------------------------------------------------------ columns

    /// Makes the columns, or hides them where there is nothing in them any more; whether that changed anything.
    pub fn show_label_columns(&mut self) -> bool {
        let wanted = !self.own.labels.is_empty();
        match self.own.places {
            None if wanted => {
                let place = self.columns.len();
                self.own.places = Some((place, place + 1));
                for (name, derived, chartable) in
                    [(LABEL, Derived::Label, true), (NOTE, Derived::Note, false)]
                {
                    let info = crate::protocol::Column {
                        name: own_name(name, |name| self.place(name).is_some()),
                        kind: Kind::Text,
                        type_name: name.to_owned(),
                        bytes: 0,
                        chartable,
                        derived_from: vec![SOURCE.to_owned()],
                    };
                    self.columns.push(DataColumn::new(info, Origin::Derived(derived), Vec::new()));
                }
                true
            }
            None => false,
            Some((label, note)) => {
                let mut changed = false;
                for place in [label, note] {
                    if let Some(column) = self.columns.get_mut(place) {
                        changed |= std::mem::replace(&mut column.hidden, !wanted) == wanted;
                    }
                }
                changed
            }
        }
    }

    /// The names of the columns of labels and of notes, while there are any.
    pub fn label_columns(&self) -> Option<(&str, &str)> {
        let (label, note) = self.own.places?;
        let name = |place: usize| self.columns.get(place).filter(|column| !column.hidden);
        Some((&name(label)?.info.name, &name(note)?.info.name))
    }

    /// The column whose values tell rows apart; none where their numbers do.
    pub fn key_name(&self) -> Option<String> {
        self.columns.get(self.key_place()?).map(|column| column.info.name.clone())
    }

    /// Whether a file of labels waits for the keys of all rows.
    pub fn awaits_keys(&self) -> bool {
        self.own.saving.is_some() || matches!(self.own.file, Some((_, FileState::Waits)))
    }

    /// Whether a column of this name may be among the labels that are still being looked for on the device.
    pub fn may_be_label(&self, name: &str) -> bool {
        self.own.keeping.is_awaited() && (name.starts_with(LABEL) || name.starts_with(NOTE))
    }

    /// Makes the values of the columns that are read whole, as far as the rows of the table are known.
    pub(super) fn fill_labels(&mut self) -> Vec<Change> {
        let Some((label, note)) = self.own.places else { return Vec::new() };
        let stale = std::mem::take(&mut self.own.stale);
        let rows = self.meta.rows as usize;
        let complete = !self.files.unread();
        let mut changes = Vec::new();
        for place in [label, note] {
            let Some(column) = self.columns.get_mut(place) else { continue };
            column.unseen = false;
            let is_used = column.loading || column.values.is_some();
            let grows = column.rows_read() != rows || column.complete != complete;
            if !is_used || !(stale || grows) {
                if stale {
                    changes.push(Change::Relabelled { column: place });
                }
                continue;
            }
            let values = if place == label {
                self.own.labels.label_column(rows)
            } else {
                self.own.labels.note_column(rows)
            };
            column.values = Some(values);
            column.complete = complete;
            column.loading &= !complete;
            if grows {
                changes.push(Change::Grew { column: place, complete });
            }
            if stale {
                column.binned = None;
                changes.push(Change::Relabelled { column: place });
            }
        }
        changes
    }

    /// The label or the note of a row, where its column is not read whole.
    pub fn own_cell(&self, derived: Derived, row: u64, max_chars: usize) -> Cell {
        let Ok(row) = u32::try_from(row) else { return Cell::Null };
        let text = match derived {
            Derived::Label => self.own.labels.label_of(row).map(|label| label.name.as_str()),
            Derived::Note => self.own.labels.note_of(row),
            Derived::Size { .. } | Derived::Measured { .. } | Derived::Joined(_) => None,
        };
        text.map_or(Cell::Null, |text| Cell::Text(text.chars().take(max_chars).collect()))
    }

    /// What the page is told.
    pub fn labels_told(&self, done: protocol::Done) -> protocol::Labels {
        let own = &self.own;
        let counts = own.labels.counts();
        let label = |(label, rows): (&Label, u64)| protocol::Label {
            id: label.id,
            name: label.name.clone(),
            colour: label.colour,
            rows,
        };
        let columns = self.label_columns().unwrap_or_default();
        protocol::Labels {
            table: self.identity.table.clone(),
            labels: own.labels.names().iter().zip(counts).map(label).collect(),
            notes: own.labels.notes().len() as u64,
            columns: (columns.0.to_owned(), columns.1.to_owned()),
            key: self.key_name(),
            unkeyed: self.unkeyed_rows(),
            kept: own.keeping.is_kept(),
            done,
        }
    }
}
