//! What of an index answers a regular expression.
//!
//! Where all that it finds is within a word, the words of the dictionary are held against it. Where it stands for a
//! few texts, each is looked for. Otherwise what it needs narrows the candidates, and the texts decide.

use super::pairs;
use super::plan::{Pick, Plan, Test};
use crate::base::words::{squeezed, tokens};
use regex::bytes::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Texts that an expression may stand for, to be looked for one by one.
const MAX_TEXTS: usize = 64;

/// The largest class of letters that is looked at one by one.
const MAX_CLASS: u32 = 4_000;

/// Letters by which candidates are narrowed: fewer are in nearly every text.
const MIN_LETTERS: usize = 3;

const MAX_NESTING: u32 = 50;

/// What answers an expression; it is looked for without regard to case.
pub fn plan(regex: &Regex) -> Plan {
    let pattern = regex.as_str();
    let parse = |any_case| {
        ParserBuilder::new()
            .case_insensitive(any_case)
            .nest_limit(MAX_NESTING)
            .utf8(false)
            .build()
            .parse(pattern)
            .ok()
    };
    let (Some(any_case), Some(own_case)) = (parse(true), parse(false)) else { return Plan::Unknown };
    // Flags within it may switch case on: words are in lower case.
    let plain = !pattern.replace("(?:", "").contains("(?");
    let properties = any_case.properties();
    if plain && properties.look_set().is_empty() {
        match properties.minimum_len() {
            // The empty text is found anywhere.
            Some(0) => return Plan::All(true),
            Some(_) if is_within_words(&any_case) => {
                let regex = regex.clone();
                let test = Test(Box::new(move |word| regex.is_match(word.as_bytes())));
                return Plan::words(Pick::Matches(test));
            }
            Some(_) | None => {}
        }
        let mut extractor = Extractor::new();
        extractor.limit_total(MAX_TEXTS);
        let texts = extractor.extract(&own_case);
        if let Some(texts) = texts.literals().filter(|texts| texts.iter().all(|text| text.is_exact())) {
            let plans = texts.iter().map(|text| one_text(text.as_bytes()));
            if let Some(plans) = plans.collect::<Option<Vec<Plan>>>() {
                return with_odd(Plan::Or(plans));
            }
        }
    }
    match needs(&own_case) {
        Plan::Unknown => Plan::Unknown,
        plan => with_odd(plan.at_most()),
    }
}

/// Letters that are the same but for case may still differ once they are folded: units with such letters are under
/// what is not in the dictionary.
fn with_odd(plan: Plan) -> Plan {
    Plan::Or(vec![plan, Plan::odd_letters().at_most()])
}

/// Whether all that it finds is a part of a word.
fn is_within_words(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty => true,
        HirKind::Literal(text) => {
            std::str::from_utf8(&text.0).is_ok_and(|text| text.chars().all(char::is_alphanumeric))
        }
        HirKind::Class(Class::Unicode(class)) => {
            let size = |range: &regex_syntax::hir::ClassUnicodeRange| {
                (range.end() as u32).saturating_sub(range.start() as u32) + 1
            };
            class.ranges().iter().map(size).fold(0_u32, u32::saturating_add) <= MAX_CLASS
                && class.ranges().iter().all(|range| (range.start()..=range.end()).all(char::is_alphanumeric))
        }
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .all(|range| (range.start()..=range.end()).all(|byte| byte.is_ascii_alphanumeric())),
        HirKind::Look(_) => false,
        HirKind::Repetition(repetition) => is_within_words(&repetition.sub),
        HirKind::Capture(capture) => is_within_words(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_within_words),
    }
}

/// What has a text somewhere; none where that can't be told.
fn one_text(text: &[u8]) -> Option<Plan> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii())?.to_ascii_lowercase();
    let parts: Vec<(&str, &str)> = tokens(&text).map(|token| (token.before, token.word)).collect();
    let (head, first) = *parts.first()?;
    let tail = text.ends_with(|c: char| !c.is_alphanumeric());
    if let ([_], true, false) = (parts.as_slice(), head.is_empty(), tail) {
        return Some(Plan::words(Pick::Has(first.to_owned())));
    }
    let may = narrowed(&parts, tail)?;
    let single = |word: &str| word.chars().nth(1).is_none();
    if let [(_, first), (_, last)] = parts.as_slice()
        && head.is_empty()
        && !tail
        && single(first)
        && single(last)
    {
        // The edge itself is the text.
        return Some(may);
    }
    let even = parts.iter().skip(1).all(|(before, _)| squeezed(before) == *before);
    if !even || !head.is_empty() || tail {
        return Some(may.at_most());
    }
    let whole = parts.iter().map(|(before, word)| ((*before).to_owned(), (*word).to_owned())).collect();
    let sure = Plan::And(vec![Plan::phrase(whole), Plan::Not(Box::new(Plan::odd()))]);
    Some(Plan::Between(Box::new(sure), Box::new(may)))
}

/// What has the words of a text and the edges between them; `tail` says whether more than a word follows the last.
fn narrowed(parts: &[(&str, &str)], tail: bool) -> Option<Plan> {
    let first = parts.first()?;
    let long = |word: &str| word.len() >= MIN_LETTERS;
    let mut plans = Vec::new();
    for (place, (before, word)) in parts.iter().enumerate() {
        let starts = place > 0 || !first.0.is_empty();
        let ends = place + 1 < parts.len() || tail;
        let owned = (*word).to_owned();
        match (starts, ends) {
            (true, true) => plans.push(Plan::word(owned)),
            (true, false) if long(word) => plans.push(Plan::words(Pick::Begins(owned))),
            (false, true) if long(word) => plans.push(Plan::words(Pick::Ends(owned))),
            (false, false) if long(word) => plans.push(Plan::words(Pick::Has(owned))),
            _ => {}
        }
        if let Some((_, earlier)) = place.checked_sub(1).and_then(|place| parts.get(place))
            && let (Some(end), Some(start)) = (earlier.chars().next_back(), word.chars().next())
        {
            plans.push(Plan::Pair(pairs::edge_key(end, before, start), None));
        }
    }
    (!plans.is_empty()).then_some(Plan::And(plans))
}

/// What is in every text in which it is found, as candidates.
fn needs(hir: &Hir) -> Plan {
    match hir.kind() {
        HirKind::Literal(text) => {
            let text = std::str::from_utf8(&text.0).ok().filter(|text| text.is_ascii());
            let Some(text) = text.map(str::to_ascii_lowercase) else { return Plan::Unknown };
            let parts: Vec<(&str, &str)> = tokens(&text).map(|token| (token.before, token.word)).collect();
            let tail = text.ends_with(|c: char| !c.is_alphanumeric());
            narrowed(&parts, tail).unwrap_or(Plan::Unknown)
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => needs(&repetition.sub),
        HirKind::Capture(capture) => needs(&capture.sub),
        HirKind::Concat(parts) => {
            let mut plans: Vec<Plan> = parts.iter().map(needs).collect();
            plans.retain(|plan| !matches!(plan, Plan::Unknown));
            if plans.is_empty() { Plan::Unknown } else { Plan::And(plans) }
        }
        HirKind::Alternation(parts) => {
            let plans: Vec<Plan> = parts.iter().map(needs).collect();
            let any = plans.iter().any(|plan| matches!(plan, Plan::Unknown));
            if any { Plan::Unknown } else { Plan::Or(plans) }
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => Plan::Unknown,
    }
}
