//! Labels and notes of one's own: one byte a row, and what changes them.
//!
//! A [`Step`] holds other values than those that are here; [`Labels::swap`] exchanges the two. So a step that was
//! taken is its own way back, and forth again.

pub mod file;
pub mod kept;

use crate::base::sorted::Map;
use crate::formats::parquet::decode::ByteValues;
use crate::table::column::Column;

/// A row without a label.
pub const NONE: u8 = u8::MAX;

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What rows hold of it. Never [`NONE`].
    pub id: u8,
    /// Its name.
    pub name: String,
    /// The number of its colour, from 1.
    pub colour: u8,
}

/// The labels of a table, the rows that have them, and notes.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// In the order in which people see them.
    names: Vec<Label>,
    /// The label of each row; those behind the end have none.
    marks: Vec<u8>,
    notes: Map<u32, String>,
}

/// Other values of some of it.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The labels, where they are others.
    pub names: Option<Vec<Label>>,
    /// Labels of rows.
    pub marks: Marks,
    /// Notes of rows.
    pub notes: Vec<(u32, Option<String>)>,
}

/// Labels of rows.
#[derive(Clone, Debug, Default)]
pub enum Marks {
    /// Those of these rows.
    Some(Vec<(u32, u8)>),
    /// Those of all rows.
    All(Vec<u8>),
    /// None.
    #[default]
    Nothing,
}

impl Marks {
    /// The label that these rows are to have, as it takes the least room.
    fn of(rows: Vec<u32>, id: u8, all: &[u8]) -> Self {
        if rows.len() * size_of::<(u32, u8)>() < all.len() {
            return Self::Some(rows.into_iter().map(|row| (row, id)).collect());
        }
        let mut marks = all.to_vec();
        for row in rows {
            put(&mut marks, row, id);
        }
        Self::All(marks)
    }

    /// Roughly how much memory it takes.
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Some(rows) => rows.capacity() * size_of::<(u32, u8)>(),
            Self::All(marks) => marks.capacity(),
            Self::Nothing => 0,
        }
    }
}

impl Labels {
    /// The labels, in the order in which people see them.
    pub fn names(&self) -> &[Label] {
        &self.names
    }

    /// Whether there is neither a label nor a note.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.notes.is_empty()
    }

    /// The label of this number.
    pub fn label(&self, id: u8) -> Option<&Label> {
        self.names.iter().find(|label| label.id == id)
    }

    /// The label of this name.
    pub fn named(&self, name: &str) -> Option<&Label> {
        self.names.iter().find(|label| label.name == name)
    }

    /// What a row holds: the number of its label, or [`NONE`].
    pub fn mark(&self, row: u32) -> u8 {
        self.marks.get(row as usize).copied().unwrap_or(NONE)
    }

    /// The label of a row.
    pub fn label_of(&self, row: u32) -> Option<&Label> {
        self.label(Some(self.mark(row)).filter(|id| *id != NONE)?)
    }

    /// The note of a row.
    pub fn note_of(&self, row: u32) -> Option<&str> {
        self.notes.get(&row).map(String::as_str)
    }

    /// Rows that have a note.
    pub fn notes(&self) -> &Map<u32, String> {
        &self.notes
    }

    /// Rows that have a label, in order.
    pub fn marked(&self) -> impl Iterator<Item = (u32, u8)> {
        (0..).zip(self.marks.iter().copied()).filter(|(_, id)| *id != NONE)
    }

    /// How many rows each label has, in the order of [`names`](Self::names).
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = [0u64; 256];
        for id in &self.marks {
            if let Some(count) = counts.get_mut(usize::from(*id)) {
                *count += 1;
            }
        }
        let count = |label: &Label| counts.get(usize::from(label.id)).copied().unwrap_or(0);
        self.names.iter().map(count).collect()
    }

    // ------------------------------------------------------------ steps

    /// Exchanges what is here and what the step holds.
    pub fn swap(&mut self, step: &mut Step) {
        let Step { names, marks, notes } = step;
        if let Some(names) = names {
            std::mem::swap(names, &mut self.names);
        }
        match marks {
            Marks::Some(rows) => {
                for (row, id) in rows {
                    let before = self.mark(*row);
                    put(&mut self.marks, *row, *id);
                    *id = before;
                }
            }
            Marks::All(marks) => std::mem::swap(marks, &mut self.marks),
            Marks::Nothing => {}
        }
        for (row, note) in notes {
            let before = match note.take() {
                Some(note) => self.notes.insert(*row, note),
                None => self.notes.remove(row),
            };
            *note = before;
        }
    }

    /// A step that gives these rows a label, or takes it away; those that have it already are left out.
    pub fn marking(&self, rows: impl IntoIterator<Item = u32>, id: u8) -> Step {
        let rows: Vec<u32> = rows.into_iter().filter(|row| self.mark(*row) != id).collect();
        if rows.is_empty() {
            return Step::default();
        }
        Step { marks: Marks::of(rows, id, &self.marks), ..Step::default() }
    }

    /// A step that sets a row's note, or takes it away.
    pub fn noting(&self, row: u32, note: Option<String>) -> Step {
        if self.note_of(row) == note.as_deref() {
            return Step::default();
        }
        Step { notes: vec![(row, note)], ..Step::default() }
    }

    /// A step to other labels; rows whose label is not among them have none behind it.
    pub fn naming(&self, names: Vec<Label>) -> Step {
        if names == self.names {
            return Step::default();
        }
        let gone = |id: u8| !names.iter().any(|label| label.id == id);
        let rows: Vec<u32> = self.marked().filter(|(_, id)| gone(*id)).map(|(row, _)| row).collect();
        let marks = if rows.is_empty() { Marks::Nothing } else { Marks::of(rows, NONE, &self.marks) };
        Step { names: Some(names), marks, notes: Vec::new() }
    }

    /// A number that no label has.
    pub fn free_id(&self) -> Option<u8> {
        (0..NONE).find(|id| self.label(*id).is_none())
    }

    // ------------------------------------------------------------ columns

    /// The column of labels, of so many rows.
    pub fn label_column(&self, rows: usize) -> Column {
        let mut names = ByteValues::default();
        let mut codes = [u16::MAX; 256];
        for (code, label) in (0..).zip(&self.names) {
            names.push(label.name.as_bytes());
            if let Some(slot) = codes.get_mut(usize::from(label.id)) {
                *slot = code;
            }
        }
        let code = |id: &u8| codes.get(usize::from(*id)).copied().unwrap_or(u16::MAX);
        let mut all: Vec<u16> = self.marks.iter().take(rows).map(code).collect();
        all.resize(rows, u16::MAX);
        Column::from_codes(all, names)
    }

    /// The column of notes, of so many rows.
    pub fn note_column(&self, rows: usize) -> Column {
        Column::of_texts(rows, self.notes.iter().map(|(row, note)| (*row as usize, note.as_bytes())))
    }
}

impl Step {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.names.is_none() && matches!(self.marks, Marks::Nothing) && self.notes.is_empty()
    }

    /// Does both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let Self { names, marks, notes } = other;
        Self {
            names: self.names.or(names),
            marks: if matches!(self.marks, Marks::Nothing) { marks } else { self.marks },
            notes: self.notes.into_iter().chain(notes).collect(),
        }
    }

    /// How many rows it is about, of which these are the marks now.
    pub fn rows(&self, labels: &Labels) -> u64 {
        let marked = match &self.marks {
            Marks::Some(rows) => rows.len(),
            Marks::All(marks) => {
                let of = |row: usize| marks.get(row).copied().unwrap_or(NONE);
                let rows = marks.len().max(labels.marks.len());
                (0..rows).filter(|row| of(*row) != labels.mark(*row as u32)).count()
            }
            Marks::Nothing => 0,
        };
        (marked + self.notes.len()) as u64
    }

    /// Roughly how much memory it takes.
    pub fn memory_bytes(&self) -> usize {
        let notes = self.notes.iter().map(|(_, note)| 32 + note.as_ref().map_or(0, String::len));
        self.marks.memory_bytes() + notes.sum::<usize>()
    }
}

fn put(marks: &mut Vec<u8>, row: u32, id: u8) {
    let row = row as usize;
    if row >= marks.len() {
        if id == NONE {
            return;
        }
        marks.resize(row + 1, NONE);
    }
    if let Some(mark) = marks.get_mut(row) {
        *mark = id;
    }
}

#[cfg(test)]
mod tests {
    use super::{Label, Labels, Marks, NONE};
    use crate::table::column::Value;

    fn label(id: u8, name: &str) -> Label {
        Label { id, name: name.to_owned(), colour: id + 1 }
    }

    fn labels() -> Labels {
        let mut labels = Labels::default();
        labels.swap(&mut labels.naming(vec![label(0, "keep"), label(1, "drop")]));
        labels
    }

    #[test]
    fn a_step_leads_there_and_back() {
        let mut labels = labels();
        let mut marking = labels.marking([3, 5], 0);
        labels.swap(&mut marking);
        let mut all = labels.marking(0..100, 1);
        assert!(matches!(all.marks, Marks::All(_)), "as many as there are take a byte each");
        assert_eq!(all.rows(&labels), 100);
        labels.swap(&mut all);
        assert_eq!(labels.counts(), [0, 100]);
        labels.swap(&mut all);
        assert_eq!(labels.marked().collect::<Vec<_>>(), [(3, 0), (5, 0)]);
        labels.swap(&mut marking);
        assert_eq!(labels.counts(), [0, 0]);
        labels.swap(&mut marking);
        assert!(labels.marking([5], 0).is_empty());
    }

    #[test]
    fn a_label_that_goes_takes_its_marks_along_and_brings_them_back() {
        let mut labels = labels();
        labels.swap(&mut labels.marking([1, 2], 0));
        labels.swap(&mut labels.marking([2, 4], 1));
        let mut removing = labels.naming(vec![label(1, "drop")]);
        labels.swap(&mut removing);
        assert_eq!((labels.mark(1), labels.mark(2), labels.free_id()), (NONE, 1, Some(0)));
        labels.swap(&mut removing);
        assert_eq!((labels.mark(1), labels.names().len()), (0, 2));
    }

    #[test]
    fn columns_have_the_names_and_the_notes() {
        let mut labels = labels();
        labels.swap(&mut labels.marking([1], 1));
        labels.swap(&mut labels.noting(2, Some("sharp".to_owned())));
        let (column, notes) = (labels.label_column(4), labels.note_column(4));
        assert_eq!(column.get(1), Some(Value::Bytes(b"drop")));
        assert_eq!((column.get(3), column.nulls(), column.rows()), (Some(Value::Null), 3, 4));
        assert_eq!((notes.get(2), notes.get(1)), (Some(Value::Bytes(b"sharp")), Some(Value::Null)));
        assert_eq!((notes.rows(), notes.nulls(), notes.get(4)), (4, 3, None));
    }
}
