//! Another table beside the open one: what is asked, and what is told of it.

use super::Kind;
use serde::{Deserialize, Serialize};

/// A table whose columns are to stand beside those of the open one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Want {
    /// Which, and by what keys, in the words of [`Join`](crate::view::join::Join).
    pub words: Vec<String>,
    /// As in [`Open`](super::Open).
    pub endpoint: Option<String>,
    /// As in [`Open`](super::Open).
    pub base: String,
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Joined {
    /// [`Want::words`].
    pub words: Vec<String>,
    /// What its columns' names begin with.
    pub name: String,
    /// What people call it.
    pub source: String,
    /// How far it is.
    pub stage: Stage,
    /// Its rows, once they are known.
    pub rows: u64,
    /// Its columns that can be joined or compared.
    pub columns: Vec<Other>,
    /// Columns of the open table that can be compared, with the bytes of each.
    pub own: Vec<(String, u64)>,
    /// The columns that are compared, or that look as if they could be: here and there.
    pub keys: (Option<String>, Option<String>),
    /// What came of comparing them.
    pub counts: Counts,
}

/// A column of the other table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// Its name there.
    pub name: String,
    /// What kind of values it holds.
    pub kind: Kind,
    /// Bytes to read for all of it.
    pub bytes: u64,
}

/// How far joining is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The other table is being opened.
    Opening,
    /// It is open, and the keys are to be chosen.
    Choosing,
    /// Keys are being read and compared.
    Comparing,
    /// Its columns are here, to be read when they are asked for.
    Ready,
    /// It can't be read, for this reason.
    Failed(String),
}

/// What came of comparing keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of the open table that were compared.
    pub rows: u64,
    /// Those among them whose key is in the other table.
    pub matched: u64,
    /// Those among them that have no key.
    pub without: u64,
    /// Different keys of the other table, those of them that a row here has, and those that stand in several rows there.
    pub keys: u64,
    /// See `keys`.
    pub used: u64,
    /// See `keys`.
    pub repeated: u64,
    /// Rows of the other table without a key.
    pub other_without: u64,
}
