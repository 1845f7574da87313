//! Labels of one's own: what the page asks of them, and what it is told.

use super::export::Format;
use crate::view::spec::TableRef;
use serde::{Deserialize, Serialize};

/// What the page asks of labels. One shape for all of it: what each asks for stands beside it, the rest is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// What.
    pub what: What,
    /// The rows.
    pub rows: Vec<u64>,
    /// The number of a label, its place, or that of a step.
    pub number: Option<u32>,
    /// The number of a colour.
    pub colour: u8,
    /// A name, a note, what is in a file, or what one is called.
    pub text: String,
    /// The form of a file that is written.
    pub form: Form,
}

/// The form of a file of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// CSV.
    #[default]
    Csv,
    /// JSON Lines.
    JsonLines,
}

impl Form {
    /// The same as a format of rows.
    pub const fn format(self) -> Format {
        match self {
            Self::Csv => Format::Csv { guard_formulas: false },
            Self::JsonLines => Format::JsonLines,
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// Tell what there is.
    #[default]
    Tell,
    /// A new label of the name `text`, which `rows` get at once.
    Add,
    /// The name `text` and `colour` for the label `number`.
    Change,
    /// Remove the label `number`, and take it from its rows.
    Remove,
    /// Give `rows` the label at the place `number`, from 1, or take it away where all of them have it; with 0 whichever
    /// each has.
    Toggle,
    /// Give `rows` the label `number`; without one take away theirs.
    Mark,
    /// Give all rows that match the label `number`; without one take away theirs.
    Matching,
    /// Write the note `text` on the first of `rows`; an empty one is none.
    Note,
    /// Take the step `number` back, or again: as in [`Response::Labelled`](super::Response::Labelled).
    Flip,
    /// Write a file of all labels and notes, as `form` says.
    Save,
    /// Read `text`, a CSV file of labels.
    Read,
    /// Read the file of the name `text`, of whatever kind, which was handed over before.
    ReadFile,
    /// Take over what was read.
    Apply,
}

impl From<What> for Ask {
    fn from(what: What) -> Self {
        Self { what, ..Self::default() }
    }
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its number; another label may have it once this one is removed.
    pub id: u8,
    /// Its name.
    pub name: String,
    /// The number of its colour, from 1.
    pub colour: u8,
    /// Rows that have it.
    pub rows: u64,
}

/// The labels of the open table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Which table.
    pub table: TableRef,
    /// The labels, in order.
    pub labels: Vec<Label>,
    /// Rows that have a note.
    pub notes: u64,
    /// What the columns of labels and of notes are called; empty while there are none.
    pub columns: (String, String),
    /// The column whose values tell rows apart; none where their numbers do.
    pub key: Option<String>,
    /// Rows whose key is not known: a new version of the file may lose them.
    pub unkeyed: u64,
    /// Whether they are kept on this device; not known before something is kept.
    pub kept: bool,
    /// What the last request came to.
    pub done: Done,
}

/// What a request came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    /// Nothing to be said.
    #[default]
    Nothing,
    /// So many rows have another label or note.
    Rows(u64),
    /// There is no such label.
    NoLabel,
    /// A label has that name.
    Taken,
    /// There can't be more labels.
    TooMany,
    /// It is not yet known which rows match.
    Unsettled,
}

/// What is in a file of labels, or in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum File {
    /// A file that was written.
    Written(String, Form),
    /// A file that was read, and can be taken over.
    Found(Found),
    /// Keys are being read.
    Reading,
    /// The file is being read.
    Opening,
    /// It can't be read, in a sentence or two.
    Failed(String),
    /// It is no file of labels.
    Unclear,
    /// It is too long.
    TooLong,
    /// The keys of rows can't be read.
    NoKeys,
}

/// What a file of labels would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Lines whose key a row has.
    pub matched: u64,
    /// Lines whose key no row has.
    pub unmatched: u64,
    /// Lines whose key several rows or lines have; they are left out.
    pub duplicate: u64,
    /// Labels that it would add.
    pub new_labels: u64,
    /// Rows that would have another label or note.
    pub changes: u64,
    /// The table that it is of, where that is another one.
    pub other_table: Option<String>,
}
