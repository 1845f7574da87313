//! The prompt query language: `castle "concept art" -anime | ink art* /8 ?k/`.
//!
//! Words separated by spaces must all be there, in any order. A bar between two of them asks for
//! either, a minus before one excludes it. A phrase stands in quotes, a regular expression between
//! slashes. A star at an end of a word stands for any letters there. This file knows the language;
//! [`crate::table::search`] knows how to find what it asks for.

use std::ops::Range;

/// The longest query that is read. Prompts themselves are rarely longer.
pub const MAX_QUERY_BYTES: usize = 4_096;

/// The most terms of a query: each is one pass over the column.
pub const MAX_TERMS: usize = 64;

/// What a query asks of a text: every one of its groups must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The groups.
    pub groups: Vec<Group>,
}

/// Alternatives, of which at least one must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The alternatives, at least one.
    pub any: Vec<Term>,
}

/// One thing that a text must have or lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What is looked for.
    pub what: What,
    /// Whether it must not be there.
    pub excluded: bool,
    /// Where it stands in the query, in bytes, its minus included.
    pub place: Range<usize>,
}

/// What a term looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A word, as it was typed without its stars.
    Word {
        /// The word.
        text: String,
        /// Whether letters may stand before it.
        open_start: bool,
        /// Whether letters may follow it.
        open_end: bool,
    },
    /// Words in a row, as they were typed. A space stands for any amount of space.
    Phrase(String),
    /// A regular expression.
    Regex(String),
}

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place, in bytes.
    pub place: Range<usize>,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Query {
    /// Every term, in the order of the query.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.groups.iter().flat_map(|group| &group.any)
    }

    /// Whether it has a regular expression.
    pub fn has_regex(&self) -> bool {
        self.terms().any(|term| matches!(term.what, What::Regex(_)))
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// Reads a query.
///
/// # Errors
/// What is wrong and where, for the line under the field.
pub fn parse(text: &str) -> Result<Query, Problem> {
    let problem = |place: Range<usize>, message: &str| Problem { place, message: message.to_owned() };
    if text.len() > MAX_QUERY_BYTES {
        let message = format!("The query has {} characters; at most {MAX_QUERY_BYTES} are read.", text.len());
        return Err(Problem { place: 0..text.len(), message });
    }
    let mut query = Query::default();
    let mut count = 0_usize;
    // The bar that waits for its second half.
    let mut bar: Option<Range<usize>> = None;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if first == '|' {
            let place = at..at + 1;
            if query.groups.is_empty() || bar.is_some() {
                return Err(problem(place, "A bar stands between two words: castle | fortress."));
            }
            bar = Some(place);
            at += 1;
            continue;
        }
        let start = at;
        let excluded = first == '-';
        let body_at = if excluded { at + 1 } else { at };
        let body = text.get(body_at..).unwrap_or_default();
        let (what, len) = match body.chars().next() {
            Some('"') => {
                let (phrase, len) =
                    phrase(body).ok_or_else(|| problem(body_at..text.len(), "The quote is not closed."))?;
                let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
                ((!phrase.is_empty()).then_some(What::Phrase(phrase)), len)
            }
            Some('/') => {
                let (pattern, len) = pattern(body).ok_or_else(|| {
                    let message = "The regular expression is not closed by a slash; to look for a slash put it in quotes.";
                    problem(body_at..text.len(), message)
                })?;
                ((!pattern.is_empty()).then_some(What::Regex(pattern)), len)
            }
            _ => {
                let len =
                    body.find(|c: char| c.is_whitespace() || matches!(c, '|' | '"')).unwrap_or(body.len());
                let raw = body.get(..len).unwrap_or_default();
                let word = word(raw)
                    .map_err(|(from, message)| problem(body_at + from..body_at + from + 1, message))?;
                (word, len)
            }
        };
        at = body_at + len;
        // Punctuation alone asks for nothing: prompts are pasted with their dashes and commas.
        let Some(what) = what else { continue };
        count += 1;
        let term = Term { what, excluded, place: start..at };
        match (bar.take(), query.groups.last_mut()) {
            (Some(_), Some(group)) => group.any.push(term),
            _ => query.groups.push(Group { any: vec![term] }),
        }
    }
    if let Some(place) = bar {
        return Err(problem(place, "A bar stands between two words: castle | fortress."));
    }
    if count > MAX_TERMS {
        let message = format!("The query has {count} terms; at most {MAX_TERMS} are searched for at once.");
        return Err(Problem { place: 0..text.len(), message });
    }
    Ok(query)
}

/// The text between the quote that `body` begins with and the next one, and how long both are with
/// it. Two quotes in a row are one of the text.
fn phrase(body: &str) -> Option<(String, usize)> {
    let mut phrase = String::new();
    let mut at = 1;
    loop {
        let rest = body.get(at..)?;
        let end = rest.find('"')?;
        phrase.push_str(rest.get(..end)?);
        at += end + 1;
        if body.get(at..)?.starts_with('"') {
            phrase.push('"');
            at += 1;
        } else {
            return Some((phrase, at));
        }
    }
}

/// The pattern between the slash that `body` begins with and the next one without a backslash, as it was
/// typed, so that places in it are places in the query: an escaped slash is a slash in a pattern too.
fn pattern(body: &str) -> Option<(String, usize)> {
    let mut chars = body.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '/' => return Some((body.get(1..at)?.to_owned(), at + 1)),
            '\\' => _ = chars.next()?,
            _ => {}
        }
    }
    None
}

/// A word without its stars and the punctuation around it; none where nothing is left. An error has
/// its place in `raw`.
fn word(raw: &str) -> Result<Option<What>, (usize, &'static str)> {
    const AROUND: &[char] = &[',', '.', ';', ':', '!', '?', '(', ')', '[', ']', '{', '}', '-'];
    let trimmed = raw.trim_matches(AROUND);
    let open_start = trimmed.starts_with('*');
    let open_end = trimmed.len() > 1 && trimmed.ends_with('*');
    let text = trimmed.trim_matches('*');
    if text.is_empty() {
        return match raw.find('*') {
            Some(at) => Err((at, "A star needs letters beside it: art*, *punk.")),
            None => Ok(None),
        };
    }
    if text.contains('*') {
        let inside = raw.find(text).unwrap_or(0) + text.find('*').unwrap_or(0);
        return Err((inside, "A star stands at the beginning or the end of a word: art*, *punk."));
    }
    // Signs alone are looked for only in quotes.
    if !text.contains(char::is_alphanumeric) && text.is_ascii() {
        return Ok(None);
    }
    Ok(Some(What::Word { text: text.to_owned(), open_start, open_end }))
}

/// How to ask for a text, so that [`parse`] reads it as one term.
pub fn ask_for(text: &str) -> String {
    let plain = matches!(
        parse(text).map(|query| query.groups),
        Ok(groups) if matches!(groups.as_slice(), [Group { any }] if matches!(any.as_slice(),
            [Term { what: What::Word { text: word, open_start: false, open_end: false }, excluded: false, .. }]
                if word == text))
    );
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// The query with one more term. A term that is there already, wanted or excluded, is replaced.
pub fn with(query: &str, text: &str, excluded: bool) -> String {
    let kept = without(query, text);
    let term = format!("{}{}", if excluded { "-" } else { "" }, ask_for(text));
    if kept.is_empty() { term } else { format!("{kept} {term}") }
}

/// The query without the terms that ask for this text.
pub fn without(query: &str, text: &str) -> String {
    let Ok(parsed) = parse(query) else { return query.trim().to_owned() };
    let places: Vec<Range<usize>> =
        parsed.terms().filter(|term| asks_for(term, text)).map(|term| term.place.clone()).collect();
    places
        .into_iter()
        .rev()
        .fold(query.to_owned(), |query, place| without_place(&query, place))
        .trim()
        .to_owned()
}

/// Whether the query asks for this text or, `true`, excludes it.
pub fn stance(query: &Query, text: &str) -> Option<bool> {
    query.terms().find(|term| asks_for(term, text)).map(|term| term.excluded)
}

/// The query without the term at this place, and without the bar that led to it.
pub fn without_place(query: &str, place: Range<usize>) -> String {
    let before = query.get(..place.start).unwrap_or_default().trim_end();
    let after = query.get(place.end..).unwrap_or_default().trim_start();
    let (before, after) = match (before.strip_suffix('|'), after.strip_prefix('|')) {
        (Some(before), _) => (before.trim_end(), after),
        (None, Some(after)) => (before, after.trim_start()),
        (None, None) => (before, after),
    };
    format!("{before} {after}").trim().to_owned()
}

fn asks_for(term: &Term, text: &str) -> bool {
    let same = |own: &str| own.eq_ignore_ascii_case(text);
    match &term.what {
        What::Word { text, open_start: false, open_end: false } | What::Phrase(text) => same(text),
        What::Word { .. } | What::Regex(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TERMS, What, ask_for, parse, stance, with, without};

    /// A query in a short notation: groups joined by ` & `, alternatives by ` | `.
    fn shown(text: &str) -> String {
        match parse(text) {
            Err(problem) => format!("at {:?}: {}", problem.place, problem.message),
            Ok(query) => {
                let term = |term: &super::Term| {
                    let what = match &term.what {
                        What::Word { text, open_start, open_end } => {
                            let star = |open: &bool| if *open { "*" } else { "" };
                            format!("{}{text}{}", star(open_start), star(open_end))
                        }
                        What::Phrase(text) => format!("“{text}”"),
                        What::Regex(text) => format!("/{text}/"),
                    };
                    format!("{}{what}", if term.excluded { "not " } else { "" })
                };
                let group = |group: &super::Group| group.any.iter().map(term).collect::<Vec<_>>().join(" | ");
                query.groups.iter().map(group).collect::<Vec<_>>().join(" & ")
            }
        }
    }

    #[test]
    fn the_language() {
        for (text, expected) in [
            ("castle dawn", "castle & dawn"),
            ("\"concept art\" -anime", "“concept art” & not anime"),
            ("castle | fortress dawn", "castle | fortress & dawn"),
            ("castle|-\"low poly\"", "castle | not “low poly”"),
            ("art* *punk *wave*", "art* & *punk & *wave*"),
            ("/8 ?k/ -/\\/x\\d/", "/8 ?k/ & not /\\/x\\d/"),
            ("a castle, at dawn - by greg.", "a & castle & at & dawn & by & greg"),
            ("say \"\"\"hi\"\" there\"", "say & “\"hi\" there”"),
            ("\"  two   spaces \" \"\" // -", "“two spaces”"),
            ("sci-fi 日本", "sci-fi & 日本"),
            ("", ""),
            ("\"open", "at 0..5: The quote is not closed."),
            ("a | | b", "at 4..5: A bar stands between two words: castle | fortress."),
            ("| a", "at 0..1: A bar stands between two words: castle | fortress."),
            ("a |", "at 2..3: A bar stands between two words: castle | fortress."),
            ("x a*b", "at 3..4: A star stands at the beginning or the end of a word: art*, *punk."),
            ("x *", "at 2..3: A star needs letters beside it: art*, *punk."),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
        let many = "word ".repeat(MAX_TERMS + 1);
        assert_eq!(
            shown(many.trim_end()).split(": ").nth(1),
            Some("The query has 65 terms; at most 64 are searched for at once.")
        );
        assert!(shown(&"word ".repeat(10_000)).contains("at most 4096 are read"));
    }

    #[test]
    fn terms_come_and_go() {
        assert_eq!(with("castle", "concept art", false), "castle \"concept art\"");
        assert_eq!(with("castle \"concept art\"", "Concept Art", true), "castle -\"Concept Art\"");
        assert_eq!(without("castle | fortress dawn", "fortress"), "castle dawn");
        assert_eq!(without("castle | fortress dawn", "castle"), "fortress dawn");
        assert_eq!(stance(&parse("a -\"b c\"").unwrap(), "B c"), Some(true));
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_asked_for(text in "\\PC{1,20}") {
            let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
            proptest::prop_assume!(!squeezed.is_empty());
            let query = parse(&ask_for(&squeezed)).unwrap();
            let [group] = query.groups.as_slice() else { panic!("one group") };
            let [term] = group.any.as_slice() else { panic!("one term") };
            let (What::Word { text, .. } | What::Phrase(text)) = &term.what else { panic!("a literal") };
            proptest::prop_assert_eq!(text, &squeezed);
        }

        #[test]
        fn places_are_within_the_query(text in "[ a-c|\"/*é-]{0,30}") {
            match parse(&text) {
                Ok(query) => for term in query.terms() {
                    proptest::prop_assert!(text.get(term.place.clone()).is_some_and(|part| !part.is_empty()));
                },
                Err(problem) => proptest::prop_assert!(text.get(problem.place).is_some()),
            }
        }
    }
}
