//! What the data thread and the program that reads other files than Parquet tell each other: plain data.

use super::odd::Odd;
use super::reading::Reading;
use serde::{Deserialize, Serialize};

/// What is to be done with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Begin with files that are one table.
    Begin {
        /// Their names, in order.
        names: Vec<String>,
        /// What people say of them.
        reading: Reading,
    },
    /// Take the next bytes of the file; none say that it ends, and that the next one follows.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Make a file of what has come so far.
    Preview,
    /// Go on with the second time through.
    Step,
}

/// What came of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the Parquet file goes on with; a file of its own in answer to [`Task::Preview`].
    #[serde(with = "serde_bytes")]
    pub written: Vec<u8>,
    /// Bytes of the files that were read the second time.
    pub read_bytes: u64,
    /// What came of the file, once it is written to its end.
    pub report: Option<Report>,
}

/// What came of reading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Rows that were written.
    pub rows: u64,
    /// How a CSV file was read.
    pub reading: Option<Reading>,
    /// What was odd in it.
    pub odds: Vec<Odd>,
}
