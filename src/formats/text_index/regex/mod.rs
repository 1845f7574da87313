//! What of an index answers a regular expression.
//!
//! It is taken apart into the ways in which it can be found ([`ways`]), each a row of words and signs with gaps between,
//! and each stretch without a gap is looked for by itself ([`segment`], [`run`]). What of them leaves something open
//! narrows the candidates, and the texts decide.
//!
//! Indexes without signs have less to offer: where all that it finds is within a word, the words of the dictionary are held
//! against it; where it stands for a few texts, each is looked for.

mod run;
mod segment;
mod ways;

use super::pairs;
use super::plan::{Pick, Plan, Test};
use crate::base::words::{squeezed, tokens};
use regex::bytes::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};
use segment::{Segment, literal, segment};
use ways::{Item, Ways, ways};

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
                // There may be a list of all words with a short text.
                if let Some(text) = literal(&own_case) {
                    return with_odd(Plan::words(Pick::Has(text)));
                }
                let regex = regex.clone();
                let test = Test(Box::new(move |word| regex.is_match(word.as_bytes())));
                return Plan::words(Pick::Matches(test));
            }
            Some(_) | None => {}
        }
    }
    let old = without_signs(&own_case, plain && properties.look_set().is_empty());
    match by_ways(&own_case, plain) {
        Some(plan) => Plan::Either(Box::new(plan), Box::new(old)),
        None => old,
    }
}

/// By words and what is between them; nothing where a part is too large.
fn by_ways(hir: &Hir, plain: bool) -> Option<Plan> {
    let Ways { ways, joins } = ways(hir);
    let mut any = Vec::with_capacity(ways.len());
    for way in &ways {
        let stretches: Vec<&[Item]> = way.split(|item| matches!(item, Item::Gap)).collect();
        let mut is_exact = plain && stretches.len() == 1;
        let mut all = Vec::with_capacity(stretches.len());
        let mut is_found = true;
        for items in stretches {
            match segment(items)? {
                Segment::Never => is_found = false,
                Segment::Plan(plan, own) => {
                    is_exact &= own;
                    all.push(plan);
                }
            }
        }
        let plan = Plan::And(all);
        match (is_found, is_exact) {
            (true, true) => any.push(plan),
            (true, false) => any.push(plan.at_most()),
            (false, _) => {}
        }
    }
    let odd = || {
        let joined = joins.then(Plan::joins);
        Plan::Or([Plan::odd_letters()].into_iter().chain(joined).collect())
    };
    let even = Plan::And(vec![Plan::Or(any), Plan::Not(Box::new(odd()))]);
    Some(Plan::Or(vec![even, odd().at_most()]))
}

/// As far as words, pairs of them and edges tell.
fn without_signs(hir: &Hir, is_plain: bool) -> Plan {
    if is_plain {
        let mut extractor = Extractor::new();
        extractor.limit_total(MAX_TEXTS);
        let texts = extractor.extract(hir);
        if let Some(texts) = texts.literals().filter(|texts| texts.iter().all(|text| text.is_exact())) {
            let plans = texts.iter().map(|text| one_text(text.as_bytes()));
            if let Some(plans) = plans.collect::<Option<Vec<Plan>>>() {
                return with_odd(Plan::Or(plans));
            }
        }
    }
    match needs(hir) {
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
