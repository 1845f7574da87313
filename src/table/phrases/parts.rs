//! Takes one prompt apart.

use crate::view::phrases::Unit;

/// The longest part that counts as a phrase: longer ones are sentences, of which no two are alike.
pub const MAX_PHRASE_BYTES: usize = 80;

/// The most parts of one prompt that are counted.
const MAX_PARTS: usize = 256;

/// The most words that a name has; more are a sentence.
const MAX_NAME_WORDS: usize = 4;

/// Words that end a name.
const AFTER_NAMES: [&str; 38] = [
    "a",
    "an",
    "and",
    "art",
    "artstation",
    "as",
    "at",
    "award",
    "beautiful",
    "by",
    "cinematic",
    "detailed",
    "digital",
    "for",
    "from",
    "highly",
    "illustration",
    "in",
    "inspired",
    "intricate",
    "is",
    "of",
    "oil",
    "on",
    "or",
    "painting",
    "photo",
    "photograph",
    "portrait",
    "render",
    "style",
    "the",
    "to",
    "trending",
    "unreal",
    "volumetric",
    "with",
    "&",
];

/// Words that say nothing by themselves.
const SMALL: [&str; 30] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "has", "her", "his", "in", "into",
    "is", "it", "its", "of", "on", "or", "that", "the", "their", "this", "to", "very", "while", "with",
];

/// What stands around words, and is no part of them.
const MARKS: &[char] = &[
    '.', ',', ';', ':', '!', '?', '(', ')', '[', ']', '{', '}', '"', '\'', '“', '”', '‘', '’', '|', '*', '<',
    '>', '/', '…',
];

/// Calls `each` with the parts of a prompt, in lower case and with single spaces; one part may come several times.
pub fn of(prompt: &str, unit: Unit, mut each: impl FnMut(&str)) {
    let lower = prompt.to_lowercase();
    let mut part = String::with_capacity(MAX_PHRASE_BYTES);
    for raw in lower.split(',').take(MAX_PARTS) {
        match unit {
            Unit::Phrase => {
                if join(raw.split_ascii_whitespace(), &mut part) {
                    each(&part);
                }
            }
            Unit::Word => {
                let words = raw.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
                words
                    .filter(|word| word.len() < MAX_PHRASE_BYTES && says_something(word))
                    .for_each(&mut each);
            }
            Unit::Pair => pairs(raw, &mut part, &mut each),
            Unit::Name => names(raw, &mut part, &mut each),
        }
    }
}

/// Whether a word is more than a number or one of the small words.
fn says_something(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && !SMALL.contains(&word)
}

/// Puts words one after the other; whether anything is there, and not too much.
fn join<'a>(words: impl Iterator<Item = &'a str>, into: &mut String) -> bool {
    into.clear();
    for word in words {
        if into.len() + word.len() >= MAX_PHRASE_BYTES {
            return false;
        }
        if !into.is_empty() {
            into.push(' ');
        }
        into.push_str(word);
    }
    !into.is_empty()
}

/// Two words with nothing but a space between them.
fn pairs(raw: &str, part: &mut String, each: &mut impl FnMut(&str)) {
    let mut last: Option<&str> = None;
    for word in raw.split_ascii_whitespace() {
        let begins = word.trim_start_matches(MARKS);
        if let Some(last) = last.filter(|_| begins.len() == word.len()) {
            let ends = word.trim_end_matches(MARKS);
            if says_something(last) && says_something(ends) && join([last, ends].into_iter(), part) {
                each(part);
            }
        }
        let ends_here = begins.ends_with(MARKS);
        last = (!begins.is_empty() && !ends_here).then_some(begins);
    }
}

/// Who is named after "by" and "style of", each of several that "and" joins.
fn names(raw: &str, part: &mut String, each: &mut impl FnMut(&str)) {
    let mut words = raw.split_ascii_whitespace().peekable();
    let mut before = "";
    while let Some(word) = words.next() {
        let plain = word.trim_matches(MARKS);
        let leads = plain == "by" || (plain == "of" && before == "style");
        before = plain;
        if !leads {
            continue;
        }
        loop {
            let mut name: Vec<&str> = Vec::new();
            let mut ends = false;
            while let Some(next) = words.peek().copied().filter(|_| !ends) {
                let plain = next.trim_matches(MARKS);
                let is_name = !plain.is_empty()
                    && plain.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '.' | '’'))
                    && !AFTER_NAMES.contains(&plain);
                if !is_name {
                    break;
                }
                // A full stop belongs to an initial; every other mark ends the name.
                ends = next.ends_with(MARKS) && !(next.ends_with('.') && plain.len() <= 3);
                name.push(if ends || name.is_empty() { plain_of(next, ends) } else { next });
                words.next();
            }
            if (1..=MAX_NAME_WORDS).contains(&name.len()) && join(name.iter().copied(), part) {
                let end = part.trim_end_matches(MARKS).len();
                part.truncate(end);
                if part.len() > 2 {
                    each(part);
                }
            }
            match words.peek().map(|word| word.trim_matches(MARKS)) {
                Some("and" | "&") if !name.is_empty() => {
                    words.next();
                    if words.peek().is_some_and(|word| *word == "by") {
                        words.next();
                    }
                }
                Some(_) | None => break,
            }
        }
    }
}

fn plain_of(word: &str, ends: bool) -> &str {
    let word = word.trim_start_matches(MARKS);
    if ends { word.trim_end_matches(MARKS) } else { word }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::view::phrases::Unit;

    fn parts(prompt: &str, unit: Unit) -> Vec<String> {
        let mut parts = Vec::new();
        of(prompt, unit, |part| parts.push(part.to_owned()));
        parts
    }

    #[test]
    fn a_prompt_is_taken_apart() {
        let prompt = "A  Castle at dawn, (oil painting), art by Greg Rutkowski and Alphonse Mucha";
        assert_eq!(
            parts(prompt, Unit::Phrase),
            ["a castle at dawn", "(oil painting)", "art by greg rutkowski and alphonse mucha"]
        );
        assert_eq!(parts("Sci-fi of the 80 s, 8K.", Unit::Word), ["sci", "fi", "s", "8k"]);
        assert_eq!(parts(prompt, Unit::Pair)[..2], ["oil painting", "greg rutkowski"]);
        assert_eq!(parts("dusk. Castle of: sand castle", Unit::Pair), ["sand castle"]);
        assert_eq!(parts(prompt, Unit::Name), ["greg rutkowski", "alphonse mucha"]);
    }

    #[test]
    fn names_end_where_they_end() {
        for (prompt, expected) in [
            ("in the style of H.R. Giger, by the sea", &["h.r. giger"][..]),
            ("a portrait by Artgerm. Sharp focus", &["artgerm"]),
            ("painted by leonardo da vinci in oil", &["leonardo da vinci"]),
            ("by artgerm and by wlop & ross tran", &["artgerm", "wlop", "ross tran"]),
            ("made by 3 people", &[]),
            ("by one two three four five six", &[]),
            ("style of a cat", &[]),
        ] {
            assert_eq!(parts(prompt, Unit::Name), expected, "{prompt}");
        }
    }
}
