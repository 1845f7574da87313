//! CLIP's tokenizer: how many tokens a text has, and where what a text encoder takes of it ends.
//!
//! It counts what `CLIPTokenizerFast` of the Python package `transformers` counts: NFC, white space as one space, lower
//! case, then byte-pair encoding of words. The vocabulary is given as its merges alone, in their order, each as the two
//! tokens that it joins (`u16`, least byte first): tokens 0 to 255 are bytes, the next 256 bytes at the end of a word,
//! and those behind them are what the merges make. Source: `bpe_simple_vocab_16e6.txt` of OpenAI's CLIP.

use crate::base::error::{Error, Result};
use crate::view::measures::CONTEXT_TOKENS;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// Merges of the vocabulary.
pub const MERGES: usize = 48_894;

/// Size of the file that has them.
pub const MERGES_BYTES: usize = MERGES * 4;

/// The first token that a merge makes.
const FIRST_MERGED: u32 = 512;

/// Words whose tokens are remembered, and how long they may be.
const MAX_WORDS: usize = 1 << 17;
const MAX_WORD_BYTES: usize = 32;

/// Longer words, which nobody writes, are cut for the count: what takes long grows with the square of this.
const MAX_MERGED_BYTES: usize = 1 << 10;

/// Tokens of start and end.
const ENDS: u32 = 2;

/// What stands for these tokens in a text is one token, too.
const SPECIAL: [&str; 2] = ["<|startoftext|>", "<|endoftext|>"];

/// What an apostrophe begins that is a word of its own.
const SHORT_FORMS: [&str; 7] = ["s", "t", "re", "ve", "m", "ll", "d"];

/// The tokenizer.
pub struct Tokenizer {
    /// What two tokens are joined to.
    merges: FxHashMap<(u16, u16), u16>,
    /// The tokens of bytes.
    bytes: [u16; 256],
    /// How many tokens words have that were met.
    words: RefCell<FxHashMap<Box<[u8]>, u32>>,
}

impl Tokenizer {
    /// A tokenizer with this vocabulary.
    ///
    /// # Errors
    /// Where that is not the file of merges.
    pub fn new(file: &[u8]) -> Result<Self> {
        let wrong = || Error::corrupt("the vocabulary is not what it should be");
        if file.len() != MERGES_BYTES {
            return Err(wrong());
        }
        let mut merges = FxHashMap::default();
        merges.reserve(MERGES);
        let (pairs, _) = file.as_chunks::<4>();
        for (merged, [a, b, c, d]) in (FIRST_MERGED..).zip(pairs) {
            let (left, right) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
            if u32::from(left.max(right)) >= merged {
                return Err(wrong());
            }
            merges.insert((left, right), merged as u16);
        }
        Ok(Self { merges, bytes: tokens_of_bytes(), words: RefCell::default() })
    }

    /// How many tokens a text has, those of start and end included.
    pub fn count(&self, text: &str) -> u32 {
        let mut tokens = ENDS;
        if text.is_ascii() {
            let lower = text.to_ascii_lowercase();
            each_word(&lower, |word, _| tokens += self.count_word(word));
        } else {
            let folded: String = text.nfc().flat_map(char::to_lowercase).collect();
            each_word(&folded, |word, _| tokens += self.count_word(word));
        }
        tokens
    }

    /// Where what a text encoder takes of a text ends, in bytes; none where that is all of it.
    pub fn end_of_context(&self, text: &str) -> Option<usize> {
        let (folded, places) = folded(text);
        let (mut tokens, mut end, mut is_over) = (ENDS, 0, false);
        each_word(&folded, |word, from| {
            if is_over {
                return;
            }
            tokens += self.count_word(word);
            if tokens > CONTEXT_TOKENS {
                is_over = true;
            } else {
                end = from + word.len();
            }
        });
        if !is_over {
            return None;
        }
        // The first character of the text that begins at or behind it.
        let place = places.partition_point(|(folded, _)| *folded < end);
        Some(places.get(place).map_or(text.len(), |(_, own)| *own))
    }

    fn count_word(&self, word: &str) -> u32 {
        if SPECIAL.contains(&word) {
            return 1;
        }
        if word.len() > MAX_WORD_BYTES {
            return word.as_bytes().chunks(MAX_MERGED_BYTES).map(|some| self.merged(some)).sum();
        }
        let mut words = self.words.borrow_mut();
        if let Some(known) = words.get(word.as_bytes()) {
            return *known;
        }
        let tokens = self.merged(word.as_bytes());
        if words.len() < MAX_WORDS {
            words.insert(word.as_bytes().into(), tokens);
        }
        tokens
    }

    /// Joins the bytes of a word as far as the vocabulary does; how many tokens are left.
    fn merged(&self, word: &[u8]) -> u32 {
        let Self { merges, bytes, .. } = self;
        let mut parts: Vec<u16> =
            word.iter().filter_map(|byte| bytes.get(usize::from(*byte)).copied()).collect();
        if let Some(last) = parts.last_mut() {
            *last += 256;
        }
        while let Some(first) = first_merge(merges, &parts) {
            // All pairs of this kind, from the left.
            let mut kept = 0;
            let mut at = 0;
            while let Some(own) = parts.get(at).copied() {
                let next = parts.get(at + 1).copied();
                let joined = next.is_some_and(|next| merges.get(&(own, next)) == Some(&first));
                if let Some(slot) = parts.get_mut(kept) {
                    *slot = if joined { first } else { own };
                }
                kept += 1;
                at += 1 + usize::from(joined);
            }
            parts.truncate(kept);
        }
        parts.len() as u32
    }
}

/// What the earliest merge makes that is possible.
fn first_merge(merges: &FxHashMap<(u16, u16), u16>, parts: &[u16]) -> Option<u16> {
    let pairs = parts.iter().zip(parts.iter().skip(1));
    pairs.filter_map(|(left, right)| merges.get(&(*left, *right)).copied()).min()
}

/// The token of each byte: those that are letters and signs of Latin 1 come first.
fn tokens_of_bytes() -> [u16; 256] {
    let is_shown = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut tokens = [0; 256];
    let shown = (0..=u8::MAX).filter(|byte| is_shown(*byte));
    let others = (0..=u8::MAX).filter(|byte| !is_shown(*byte));
    for (token, byte) in (0..).zip(shown.chain(others)) {
        if let Some(slot) = tokens.get_mut(usize::from(byte)) {
            *slot = token;
        }
    }
    tokens
}

/// A text in NFC and lower case, and where in it, and in the text itself, characters begin that keep apart.
fn folded(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut all = String::with_capacity(text.len());
    let mut places = Vec::new();
    let mut begins: Vec<usize> = text
        .char_indices()
        .filter(|(_, char)| canonical_combining_class(*char) == 0)
        .map(|(at, _)| at)
        .collect();
    if begins.first() != Some(&0) {
        begins.insert(0, 0);
    }
    let ends = begins.iter().copied().skip(1).chain([text.len()]);
    for (from, end) in begins.iter().copied().zip(ends) {
        places.push((all.len(), from));
        all.extend(text.get(from..end).unwrap_or_default().nfc().flat_map(char::to_lowercase));
    }
    (all, places)
}

/// The words of a text, with where they begin.
fn each_word(text: &str, mut take: impl FnMut(&str, usize)) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let len = word_len(rest);
        match rest.get(..len).filter(|word| !word.is_empty()) {
            Some(word) => {
                take(word, at);
                at += len;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
}

/// How long the word is that a text begins with; 0 where it begins with white space.
fn word_len(rest: &str) -> usize {
    if let Some(special) = SPECIAL.iter().find(|special| rest.starts_with(**special)) {
        return special.len();
    }
    if let Some(behind) = rest.strip_prefix('\'')
        && let Some(form) = SHORT_FORMS.iter().find(|form| behind.starts_with(**form))
    {
        return 1 + form.len();
    }
    let Some(first) = rest.chars().next() else { return 0 };
    match kind(first) {
        Kind::Space => 0,
        Kind::Digit => first.len_utf8(),
        of @ (Kind::Letter | Kind::Other) => {
            let is_end = |(at, char): &(usize, char)| {
                kind(*char) != of
                    || (*char == '<'
                        && SPECIAL
                            .iter()
                            .any(|special| rest.get(*at..).is_some_and(|rest| rest.starts_with(special))))
            };
            rest.char_indices().find(is_end).map_or(rest.len(), |(at, _)| at)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Space,
    Other,
}

/// Unicode's categories L and N, white space, and the rest.
fn kind(char: char) -> Kind {
    match char {
        'a'..='z' | 'A'..='Z' => Kind::Letter,
        '0'..='9' => Kind::Digit,
        ' ' | '\t'..='\r' => Kind::Space,
        '\0'..='\x7f' => Kind::Other,
        char if char.is_whitespace() => Kind::Space,
        char if char.is_numeric() => Kind::Digit,
        char if char.is_alphabetic() && !is_combining_mark(char) && !is_circled(char) => Kind::Letter,
        _ => Kind::Other,
    }
}

/// Letters in circles and squares, which are signs.
fn is_circled(char: char) -> bool {
    matches!(char, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f149}' | '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}')
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

    use super::Tokenizer;

    /// Counts of `CLIPTokenizerFast`, of prompts that people wrote and of what is hard about texts.
    const COUNTS: &str = include_str!("tokens.tsv");

    fn tokenizer() -> Tokenizer {
        Tokenizer::new(include_bytes!("../../../public/later-clip-merges.bin")).unwrap()
    }

    #[test]
    fn counts_are_those_of_the_reference() {
        let tokenizer = tokenizer();
        let mut rows = 0;
        for line in COUNTS.lines() {
            let (count, text) = line.split_once('\t').unwrap();
            let text: String = serde_json::from_str(text).unwrap();
            assert_eq!(tokenizer.count(&text), count.parse::<u32>().unwrap(), "{text:?}");
            rows += 1;
        }
        assert!(rows > 200);
    }

    #[test]
    fn a_long_text_ends_where_the_encoder_stops() {
        let tokenizer = tokenizer();
        let words = |count: usize| vec!["castle"; count].join(" ");
        assert_eq!((tokenizer.count(&words(75)), tokenizer.end_of_context(&words(75))), (77, None));
        assert_eq!(tokenizer.end_of_context(&words(80)), Some(words(75).len()));
        // Places are those of the text as it is written, not of what is made of it.
        let accents = format!("E\u{301}lan {}", words(80));
        let end = tokenizer.end_of_context(&accents).unwrap();
        assert!(accents[..end].starts_with("E\u{301}lan castle") && accents[end..].starts_with(" castle"));
        assert_eq!(tokenizer.count(&accents[..end]), 77);
    }

    #[test]
    fn another_file_is_no_vocabulary() {
        assert!(Tokenizer::new(b"").is_err());
        assert!(Tokenizer::new(&[255; super::MERGES_BYTES]).is_err());
    }
}
