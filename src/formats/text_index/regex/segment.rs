//! What is found in one stretch, without anything in between: words with signs between them.

use super::run::{Run, Sep, Token};
use super::ways::Item;
use crate::formats::text_index::plan::{Pick, Plan, Test};
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

/// How large the test of a word may be.
const MAX_TEST_BYTES: usize = 1 << 20;

/// What answers a stretch.
pub enum Segment {
    /// It is never found.
    Never,
    /// This, and whether it is exactly what is found.
    Plan(Plan, bool),
}

/// A piece of letters or of signs.
struct Part {
    is_word: bool,
    hirs: Vec<Hir>,
}

/// What a stretch consists of.
#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    start: bool,
    end: bool,
    head_edge: bool,
    tail_edge: bool,
}

/// What answers these items, which have no gap; nothing where a test can't be made.
pub fn segment(items: &[Item]) -> Option<Segment> {
    let Some(Parts { parts, start, end, head_edge, tail_edge }) = parts(items) else {
        return Some(Segment::Never);
    };
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return Some(match (start && end, head_edge || tail_edge) {
            (true, _) => Segment::Plan(bare(Token::Begin, Sep::nothing(), Token::End), true),
            (false, true) => Segment::Plan(Plan::Unknown, false),
            (false, false) => Segment::Plan(Plan::All(true), true),
        });
    };
    // An edge beside signs asks for a letter there, which is left to the texts.
    let exact = (first.is_word || !head_edge) && (last.is_word || !tail_edge);
    if let ([only], false) = (parts.as_slice(), first.is_word) {
        let hir = joined(only);
        if start && end {
            return Some(Segment::Plan(bare(Token::Begin, Sep::new(&hir, true, true)?, Token::End), exact));
        }
        let test = test(&hir, false, false)?;
        let plan =
            Plan::words(Pick::SignsMatch(Test(Box::new(move |signs| test.is_match(signs.as_bytes())))));
        return Some(Segment::Plan(plan, exact && !start && !end));
    }
    let (mut tokens, mut seps) = (Vec::new(), Vec::new());
    if first.is_word && start {
        tokens.push(Token::Begin);
        seps.push(Sep::nothing());
    } else if !first.is_word {
        tokens.push(if start { Token::Begin } else { Token::Any });
    }
    let count = parts.len();
    for (place, part) in parts.iter().enumerate() {
        let (is_first, is_last) = (place == 0, place + 1 == count);
        let hir = joined(part);
        if part.is_word {
            let open = [is_first && !start && !head_edge, is_last && !end && !tail_edge];
            tokens.push(Token::word(&hir, open)?);
        } else {
            seps.push(Sep::new(&hir, !is_first || start, !is_last || end)?);
        }
    }
    if last.is_word && end {
        seps.push(Sep::nothing());
        tokens.push(Token::End);
    } else if !last.is_word {
        tokens.push(if end { Token::End } else { Token::Any });
    }
    let mut tokens = tokens;
    if seps.is_empty()
        && let Some(Token::Word(word)) = tokens.pop()
    {
        return Some(Segment::Plan(Plan::words(word.pick()), exact));
    }
    Some(Segment::Plan(Plan::Other(Box::new(Run::new(tokens, seps)), None), exact))
}

fn bare(first: Token, sep: Sep, last: Token) -> Plan {
    Plan::Other(Box::new(Run::new(vec![first, last], vec![sep])), None)
}

/// The items as pieces of letters and signs in turn; nothing where they can't follow each other.
fn parts(items: &[Item]) -> Option<Parts> {
    let mut own = Parts::default();
    let mut edge = false;
    for item in items {
        let (is_word, hir) = match item {
            Item::Letters(hir) => (true, hir),
            Item::Signs(hir) => (false, hir),
            Item::Start if own.parts.is_empty() => {
                own.start = true;
                continue;
            }
            Item::Start => return None,
            Item::End => {
                own.end = true;
                continue;
            }
            Item::Edge => {
                edge = true;
                continue;
            }
            Item::Gap => continue,
        };
        if own.end {
            return None;
        }
        match own.parts.last_mut() {
            Some(last) if last.is_word == is_word => {
                if edge {
                    return None;
                }
                last.hirs.push(hir.clone());
            }
            last => {
                own.head_edge |= edge && last.is_none();
                own.parts.push(Part { is_word, hirs: vec![hir.clone()] });
            }
        }
        edge = false;
    }
    own.tail_edge = edge;
    Some(own)
}

fn joined(part: &Part) -> Hir {
    Hir::concat(part.hirs.clone())
}

/// What tests a word or signs as a whole, or with an open beginning or end.
pub fn test(hir: &Hir, from_start: bool, to_end: bool) -> Option<Regex> {
    let (start, end) = (if from_start { "^" } else { "" }, if to_end { "$" } else { "" });
    RegexBuilder::new(&format!("{start}(?:{hir}){end}"))
        .case_insensitive(true)
        .size_limit(MAX_TEST_BYTES)
        .build()
        .ok()
}

/// The text that a piece is, in lower case, where it is one of ASCII.
pub fn literal(hir: &Hir) -> Option<String> {
    let HirKind::Literal(text) = hir.kind() else { return None };
    let text = std::str::from_utf8(&text.0).ok().filter(|text| text.is_ascii())?;
    Some(text.to_ascii_lowercase())
}
