//! The word of a query that is being typed, and the query with another one in its place.

use std::ops::Range;

/// Where the word stands that ends where someone types, in bytes: none in front of letters and digits that go on, and
/// none within a regular expression. The query may be half typed, so that a quote or a slash is still open.
pub fn unfinished(text: &str, caret: usize) -> Option<Range<usize>> {
    let (before, after) = text.split_at_checked(caret)?;
    if after.starts_with(char::is_alphanumeric) || is_in_regex(before) {
        return None;
    }
    let len: usize = before.chars().rev().take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum();
    (len > 0).then_some(caret - len..caret)
}

/// The query with another word in that place, and where one goes on typing. At the end of the query a space follows.
pub fn complete(text: &str, place: Range<usize>, word: &str) -> (String, usize) {
    let (before, after) = (text.get(..place.start), text.get(place.end..));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let space = if after.is_empty() { " " } else { "" };
    let head = format!("{before}{word}{space}");
    let caret = head.len();
    (head + after, caret)
}

/// Whether a query that begins so ends within a regular expression.
fn is_in_regex(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    // A phrase or an expression begins where a term does.
    let mut is_begin = true;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                // Two quotes in a row are one of the phrase.
                while let Some(c) = chars.next() {
                    if c == '"' && chars.next_if_eq(&'"').is_none() {
                        break;
                    }
                }
                is_begin = true;
            }
            '/' if is_begin => loop {
                match chars.next() {
                    None => return true,
                    Some('/') => break,
                    Some('\\') => drop(chars.next()),
                    Some(_) => {}
                }
            },
            '-' if is_begin => is_begin = chars.peek().is_some_and(|c| matches!(c, '/' | '"')),
            c => is_begin = c.is_whitespace() || c == '|',
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{complete, unfinished};
    use crate::view::query::parse;

    /// The query with `castle` in place of the word that ends at the bar `¦`, which is where one goes on typing then.
    fn completed(text: &str) -> Option<String> {
        let caret = text.find('¦').unwrap();
        let text = text.replace('¦', "");
        let (mut text, caret) = complete(&text, unfinished(&text, caret)?, "castle");
        text.insert(caret, '¦');
        Some(text)
    }

    #[test]
    fn only_the_word_that_is_being_typed_is_replaced() {
        for (text, expected) in [
            ("ca¦", "castle ¦"),
            ("dawn CA¦", "dawn castle ¦"),
            ("dawn ca¦ -anime", "dawn castle¦ -anime"),
            ("-ca¦", "-castle ¦"),
            ("fortress|ca¦", "fortress|castle ¦"),
            ("fortress | -ca¦", "fortress | -castle ¦"),
            ("\"a ca¦", "\"a castle ¦"),
            ("\"a ca¦\" dawn", "\"a castle¦\" dawn"),
            ("-\"say \"\"ca¦", "-\"say \"\"castle ¦"),
            ("*ca¦", "*castle ¦"),
            ("sci-ca¦", "sci-castle ¦"),
            ("(ca¦)", "(castle¦)"),
            ("/8 ?k/ ca¦", "/8 ?k/ castle ¦"),
            ("-/a\\/b/ ca¦", "-/a\\/b/ castle ¦"),
            ("and/or ca¦", "and/or castle ¦"),
            ("\"/\" ca¦", "\"/\" castle ¦"),
            ("日本 çà¦", "日本 castle ¦"),
        ] {
            assert_eq!(completed(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["¦", "ca ¦", "ca¦stle", "/ca¦", "-/ca¦/", "a | /x ca¦", "\"a\" /\\/ca¦", "ca,¦"]
        {
            assert_eq!(completed(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_a_query_is_one_with_another_word(text in "[ a-c|\"/*é-]{0,30}", caret in 0usize..30) {
            if let Some(place) = unfinished(&text, caret) {
                let (completed, caret) = complete(&text, place.clone(), "castle");
                proptest::prop_assert!(completed.is_char_boundary(caret));
                proptest::prop_assert!(completed.starts_with(&text[..place.start]));
                proptest::prop_assert!(completed.ends_with(&text[place.end..]));
                proptest::prop_assert_eq!(parse(&text).is_ok(), parse(&completed).is_ok());
            }
        }
    }
}
