//! Words that are suggested while someone types.

use serde::{Deserialize, Serialize};

/// Nothing is suggested for fewer letters.
pub const MIN_LETTERS: usize = 2;

/// The most words.
pub const MAX_WORDS: usize = 8;

/// Words of the prompts that begin as what was typed, those in most rows first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// What was typed.
    pub beginning: String,
    /// The words, as searches compare them, and how many rows have each.
    pub words: Vec<(String, u64)>,
}
