//! Prompts, and what they are made of.

use crate::base::ids::Generation;
use crate::view::phrases::PhraseList;
use serde::{Deserialize, Serialize};

/// A window of the different prompts of the matching rows, those of most rows first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prompts {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Position of the first.
    pub first: u64,
    /// How many there are.
    pub total: u64,
    /// Whether all prompts are read.
    pub complete: bool,
    /// Where rows are pinned, how many of the prompts those have as well, and how many others they have.
    pub pinned: Option<(u64, u64)>,
    /// The prompts.
    pub prompts: Vec<Prompt>,
}

/// A prompt and the matching rows that have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    /// The prompt, cut at [`MAX_CELL_CHARS`].
    pub text: String,
    /// What of it matches the query: from and to in bytes.
    pub marks: Vec<(u32, u32)>,
    /// How many rows have it.
    pub count: u32,
    /// How many pinned rows have it, where rows are pinned.
    pub pinned: Option<u32>,
    /// Smallest and largest number of each of the columns asked for that are read.
    pub ranges: Vec<(String, f64, f64)>,
    /// The first of the rows, at most [`MAX_PROMPT_ROWS`].
    pub rows: Vec<u32>,
}

/// The most rows of a prompt that are named.
pub const MAX_PROMPT_ROWS: usize = 24;

/// What prompts are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrases {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Whether all prompts are read.
    pub complete: bool,
    /// Rows that match, and all that are read; or those that are pinned.
    pub rows: (u64, u64),
    /// Whether they are held against pinned rows: `all` of each phrase counts those then, and lifts are over their share.
    pub pinned: bool,
    /// What was asked for.
    pub list: PhraseList,
    /// The fewest rows that a phrase had to be in.
    pub least: u32,
    /// How many phrases were compared with the other rows.
    pub looked_at: u64,
    /// The phrases of most matching rows.
    pub common: Vec<Phrase>,
    /// The phrases that are surely more frequent here than elsewhere, the surest first.
    pub telling: Vec<Phrase>,
    /// Those that are surely rarer.
    pub rare: Vec<Phrase>,
    /// The first of those that were left out, since they hold the searched words.
    pub searched: Vec<String>,
    /// The prompts of most matching rows.
    pub repeated: Vec<Repeated>,
}

/// A prompt that several rows have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeated {
    /// The prompt, cut at [`MAX_CELL_CHARS`].
    pub text: String,
    /// What of it matches the query: from and to in bytes.
    pub marks: Vec<(u32, u32)>,
    /// How many matching rows have it.
    pub count: u32,
}

/// A part of prompts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// The part.
    pub text: String,
    /// Matching rows that have it.
    pub here: u32,
    /// Rows that have it.
    pub all: u32,
    /// Its share of the matching rows over its share of all; infinite where none of the pinned rows has it.
    pub lift: f64,
    /// Between which lifts the true one lies, 95 times of 100.
    pub interval: (f64, f64),
}
