//! What keys of pairs are made of.

use super::tokens::Tokens;
use crate::base::words::squeezed;
use crate::formats::text_index::pairs;

/// A word as keys have it, or the beginning or the end of a text.
#[derive(Clone, Copy)]
pub struct Hashed {
    pub hash: u64,
    pub start: char,
    pub end: char,
    pub start_hash: u64,
    pub end_hash: u64,
    pub is_word: bool,
}

/// What stands between two words as keys have it.
pub struct Between {
    pub exact: u64,
    pub squeezed: u64,
    /// Whether it is a space, whether it is one once it is squeezed, and whether it is nothing.
    pub is_space: bool,
    pub is_plain: bool,
    pub is_empty: bool,
}

/// All of them.
pub struct Hashes {
    pub words: Vec<Hashed>,
    pub betweens: Vec<Between>,
    pub begin: Hashed,
    pub end: Hashed,
    pub any: u64,
}

impl Hashes {
    pub fn new(tokens: &Tokens) -> Self {
        let of = |text: &str, is_word| {
            let (start, end) = (text.chars().next().unwrap_or(' '), text.chars().next_back().unwrap_or(' '));
            let (start_hash, end_hash) = (pairs::letter(start), pairs::letter(end));
            Hashed { hash: pairs::hash(text), start, end, start_hash, end_hash, is_word }
        };
        let between = |text: &String| Between {
            exact: pairs::hash(text),
            squeezed: pairs::hash(&squeezed(text)),
            is_space: text == " ",
            is_plain: squeezed(text) == " ",
            is_empty: text.is_empty(),
        };
        Self {
            words: tokens.words.iter().map(|word| of(word, true)).collect(),
            betweens: tokens.betweens.iter().map(between).collect(),
            begin: of(pairs::BEGIN, false),
            end: of(pairs::END, false),
            any: pairs::hash(pairs::ANY),
        }
    }

    /// A word by its number.
    pub fn word(&self, word: u32) -> Option<Hashed> {
        self.words.get(word as usize).copied()
    }
}
