//! Prompts by how much they are like another one, or have of what is searched for.

pub use crate::formats::text_index::rank::MAX_UNITS;
use crate::protocol::Prompt;
use crate::view::like::Like;
use serde::{Deserialize, Serialize};

/// Prompts by rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likes {
    /// What was asked for.
    pub like: Like,
    /// What came of it.
    pub state: State,
}

/// What came of asking for prompts by rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// There is no index of the prompts, which it takes.
    NoIndex,
    /// The table has no such row.
    NoRow,
    /// There is no word to rank by.
    NoWords,
    /// These.
    Ranked(Box<Ranked>),
}

/// Prompts by rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The row's own prompt, and the rows that have it, as far as they were found.
    pub own: Option<Prompt>,
    /// Prompts next to it that are nearly the same.
    pub revisions: Vec<Prompt>,
    /// The others, the best first.
    pub prompts: Vec<Prompt>,
    /// Whether only the first of the best were looked at, so that more may follow.
    pub is_cut: bool,
    /// The words that prompts were looked for by, the rarest first, and how many rows have each.
    pub words: Vec<(String, u64)>,
    /// Words that count as well where a prompt has them, but that are too frequent to look for.
    pub frequent: Vec<(String, u64)>,
}
