//! What is odd in a file and does not keep it from being read.

use serde::{Deserialize, Serialize};

/// What is odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OddKind {
    /// Lines with fewer fields than the first one.
    ShortLines,
    /// Lines with more.
    LongLines,
    /// Lines in front of the table that are no part of it: comments.
    Comments,
    /// Texts that are no UTF-8 and were read as Windows-1252.
    NotUtf8,
    /// Lines that are no JSON and were left out; what is wrong with the first.
    NotJson(String),
    /// The rows are in this member of the one object that the file is; these other members were left out.
    Inside(String, Vec<String>),
    /// Objects that have a key twice, of which the first one counts.
    RepeatedKeys,
    /// A quote that is never closed: quotes were read as any other sign.
    OpenQuote,
    /// The file ends in the middle of a row, which was left out.
    Cut,
    /// A column that Parquet can't hold, and was left out.
    Column(String),
    /// One of several files that is no part of the table, and why.
    File(String),
    /// One of several files lacks these columns: its rows have no value there.
    Lacks(Vec<String>),
    /// One of several files has no line with names: its columns are those of the others, by their places.
    NoNames,
    /// These columns are of other types in some files than in others: their type holds all values.
    Wider(Vec<String>),
    /// So many more that are not listed.
    More,
}

/// Something odd: how often, and where first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Odd {
    /// What it is.
    pub kind: OddKind,
    /// How often it was seen.
    pub count: u64,
    /// The line where it was seen first, from 1; 0 where there are no lines.
    pub line: u64,
    /// The file where it was seen; empty where there is one, or where it is about all.
    pub file: String,
}

impl Odd {
    /// Something odd, seen so often, in a line first.
    pub fn new(kind: OddKind, count: u64, line: u64) -> Self {
        Self { kind, count, line, file: String::new() }
    }
}

/// What was odd, each kind once.
#[derive(Clone, Debug, Default)]
pub struct Odds(pub Vec<Odd>);

impl Odds {
    /// Takes note of something; `line` is asked where it is the first of its kind.
    pub fn note(&mut self, kind: OddKind, line: impl FnOnce() -> u64) {
        let same = |odd: &&mut Odd| std::mem::discriminant(&odd.kind) == std::mem::discriminant(&kind);
        match self.0.iter_mut().find(same).filter(|_| !matches!(kind, OddKind::Column(_))) {
            Some(odd) => odd.count += 1,
            None => self.0.push(Odd::new(kind, 1, line())),
        }
    }
}
