//! What a word is, and which letters count as the same: for the query language, for searches, and for
//! indexes of texts.
//!
//! Texts are folded before they are compared: taken apart (NFD), without combining marks, in lower case. A
//! word is a run of letters and digits of a folded text, as long as it goes.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The version of Unicode that folding and words follow: texts that are not ASCII fold the same only where it is
/// the same.
pub const UNICODE: (u8, u8, u8) = char::UNICODE_VERSION;

/// A word of a text, and what stands between it and the one before, or the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Signs and spaces before it.
    pub before: &'a str,
    /// The word.
    pub word: &'a str,
}

/// Adds the text in lower case and without accents.
pub fn fold(text: &str, into: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        for c in c.to_lowercase() {
            into.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

/// A text in lower case and without accents.
pub fn folded(text: &[u8]) -> String {
    if text.is_ascii() {
        return String::from_utf8_lossy(text).to_ascii_lowercase();
    }
    let mut bytes = Vec::with_capacity(text.len());
    fold(&String::from_utf8_lossy(text), &mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// The words of a folded text in their order.
pub fn tokens(folded: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        let start = rest.find(char::is_alphanumeric)?;
        let (before, tail) = rest.split_at_checked(start)?;
        let len = tail.find(|c: char| !c.is_alphanumeric()).unwrap_or(tail.len());
        let (word, tail) = tail.split_at_checked(len)?;
        rest = tail;
        Some(Token { before, word })
    })
}

/// What stands between two words, with each run of ASCII white space as one space: a phrase takes any
/// amount of it.
pub fn squeezed(between: &str) -> Cow<'_, str> {
    let white = |c: char| c.is_ascii() && (c as u8).is_ascii_whitespace();
    let plain = !between.contains("  ") && between.chars().all(|c| c == ' ' || !white(c));
    if plain {
        return Cow::Borrowed(between);
    }
    let mut out = String::with_capacity(between.len());
    for c in between.chars() {
        match white(c) {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{folded, squeezed, tokens};

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let shown = |text: &str| {
            let folded = folded(text.as_bytes());
            tokens(&folded).map(|token| format!("{}[{}]", token.before, token.word)).collect::<String>()
        };
        assert_eq!(shown("Un Café, 8K (sci-fi)!"), "[un] [cafe], [8k] ([sci]-[fi]");
        assert_eq!(shown("日本 の"), "[日本] [の]");
        assert_eq!(shown(" -- "), "");
    }

    #[test]
    fn spaces_between_words_are_one() {
        for (text, expected) in
            [(" ", " "), ("  \t\n", " "), (" ,  ", " , "), ("\u{a0} ", "\u{a0} "), ("", "")]
        {
            assert_eq!(squeezed(text), expected);
        }
    }
}
