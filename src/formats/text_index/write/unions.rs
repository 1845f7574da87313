//! Which lists of many words are put together ahead of time.

use crate::formats::text_index::{BEGINNINGS, ENDINGS, MAX_WORD_BYTES, PIECES, pairs, words};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The lists of all words that begin, end or have it in them are put together ahead of time where reading them takes
/// more than this; a list that lies by itself counts for so much more, as a request does.
const MIN_UNION_BYTES: u64 = 320 << 10;
const REQUEST_BYTES: u64 = 3 << 10;

/// The words of each union that is worth a list, by its key.
pub type Unions = BTreeMap<u64, Vec<u32>>;

/// The unions that are worth it, by the bytes of each word's list: none where it is in the dictionary.
pub fn unions(words: &[String], list_bytes: &[u32]) -> Unions {
    let mut costs: FxHashMap<u64, u64> = FxHashMap::default();
    for (word, bytes) in words.iter().zip(list_bytes).filter(|(_, bytes)| **bytes > 0) {
        each_piece(word, |kind, key| {
            // Words with the same beginning lie side by side.
            let request = if kind == BEGINNINGS { 0 } else { REQUEST_BYTES };
            *costs.entry(key).or_default() += u64::from(*bytes) + request;
        });
    }
    costs.retain(|_, cost| *cost >= MIN_UNION_BYTES);
    let mut unions: Unions = costs.into_keys().map(|key| (key, Vec::new())).collect();
    for (number, word) in (0..).zip(words).filter(|(_, word)| word.len() <= MAX_WORD_BYTES) {
        each_piece(word, |_, key| {
            if let Some(own) = unions.get_mut(&key) {
                own.push(number);
            }
        });
    }
    // Of a single word there is a list already.
    unions.retain(|_, words| words.len() > 1);
    unions
}

/// Tells the beginnings, ends and parts of a word that there may be unions for, each once.
fn each_piece(word: &str, mut each: impl FnMut(char, u64)) {
    let chars: Vec<char> = word.chars().collect();
    let mut keys = Vec::new();
    for kind in [BEGINNINGS, ENDINGS, PIECES] {
        for len in 1..=words::longest_piece(kind).min(chars.len()) {
            for (place, piece) in chars.windows(len).enumerate() {
                let fits = match kind {
                    BEGINNINGS => place == 0,
                    ENDINGS => place + len == chars.len(),
                    _ => true,
                };
                if fits {
                    keys.push((kind, pairs::union_key(kind, &piece.iter().collect::<String>())));
                }
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().for_each(|(kind, key)| each(kind, key));
}
