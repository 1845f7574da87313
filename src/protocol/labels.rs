//! Labels of one's own: what the page asks of them, and what it is told.

use serde::{Deserialize, Serialize};

/// What the page asks of labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Tell what there is.
    Tell,
    /// A new label, and the row that gets it at once, where one does.
    Add {
        /// Its name.
        name: String,
        /// The row.
        row: Option<u64>,
    },
    /// Another name or colour.
    Change {
        /// Which label.
        id: u8,
        /// Its name.
        name: String,
        /// The number of its colour.
        colour: u8,
    },
    /// Remove a label, and take it from its rows.
    Remove {
        /// Which label.
        id: u8,
    },
    /// Give a row the n-th label, from 1, or take it away where the row has it; with 0 whichever it has.
    Toggle {
        /// The row.
        row: u64,
        /// Which label.
        place: u8,
    },
    /// Give all rows that match a label, or take away theirs.
    Matching {
        /// Which label.
        id: Option<u8>,
    },
    /// Write a note on a row; an empty one is none.
    Note {
        /// The row.
        row: u64,
        /// The note.
        text: String,
    },
    /// Take a step back, or again.
    Flip {
        /// Its number, as in [`Response::Labelled`](super::Response::Labelled).
        step: u32,
    },
    /// Write a file of all labels and notes.
    Save,
    /// Read a file of labels.
    Read {
        /// What is in it.
        text: String,
    },
    /// Take over what was read.
    Apply,
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
    Written(String),
    /// A file that was read, and can be taken over.
    Found(Found),
    /// Keys are being read.
    Reading,
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
