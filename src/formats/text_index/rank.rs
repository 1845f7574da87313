//! Texts by how much they have of some words: the rarest words count most (BM25).
//!
//! The words are those of a row's own text, or others. Their lists say which units have any, and the best of those by
//! the weights of their words alone are looked up in the compact texts, where words are counted. What is next to the
//! row and nearly the same is told apart: those are mostly revisions of one text by one hand.

use super::words::{self, List};
use super::{Index, MAX_WORD_BYTES, list, texts};
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::sorted::by;
use crate::base::words::{folded, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// The most words that are weighed.
const MAX_WORDS: usize = 64;

/// The most words whose lists are read, the rarest first, and the most bytes of those lists but for the first.
const MAX_LISTS: usize = 16;
const MAX_LIST_BYTES: u64 = 256 << 10;

/// So many of the best units are looked up.
pub const MAX_UNITS: usize = 160;

/// Units before and behind a row's own among which its revisions are.
pub const NEAR_UNITS: u32 = 48;

/// The share of words that two texts have in common, of those that either has, from which they are nearly the same.
const NEARLY_SAME: f64 = 0.5;

/// How soon further places of a word count less, and how much longer texts do: the usual constants of BM25.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// What is here, or the ranges that are missing.
type Fetched<T> = Result<std::result::Result<T, Vec<ByteRange>>>;

/// What texts are ranked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The text of this row.
    Row(u64),
    /// These words, folded.
    Words(Vec<String>),
}

/// Texts being ranked.
#[derive(Debug)]
pub struct Ranking {
    by: By,
    own: Option<Own>,
    words: Option<Vec<Weighed>>,
    /// Units to look up.
    candidates: Option<Candidates>,
}

/// The row's own text, and what is near it.
#[derive(Clone, Debug, Default)]
struct Own {
    text: String,
    /// Units that have the same text.
    same: Vec<u32>,
    /// Units of others that are nearly the same, with their texts.
    revisions: Vec<(u32, String)>,
}

/// A word, and what it counts.
#[derive(Clone, Debug)]
struct Weighed {
    word: String,
    units: u32,
    rows: u64,
    weight: f64,
    list: Owned,
    is_read: bool,
}

#[derive(Clone, Debug)]
enum Owned {
    Here(Vec<u8>),
    There(ByteRange),
}

/// Units to look up, in ascending order, and whether there are others.
#[derive(Clone, Debug)]
struct Candidates {
    units: Vec<u32>,
    is_cut: bool,
}

/// What a ranking needs to go on, or what it comes to.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// These ranges of the data, all at once.
    Needs(Vec<ByteRange>),
    /// Texts by rank; none where there is no such row.
    Done(Option<Ranked>),
}

/// Texts by rank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranked {
    /// The row's own text, and the rows that have it.
    pub own: Option<Item>,
    /// Texts next to it that are nearly the same, in the order of the table.
    pub revisions: Vec<Item>,
    /// The others, the best first.
    pub items: Vec<Item>,
    /// Whether there are others that have some of the words, and were not looked up.
    pub is_cut: bool,
    /// The words, the rarest first: with the number of rows that have each, and whether texts were looked for by it.
    pub words: Vec<(String, u64, bool)>,
}

/// A text, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The text.
    pub text: String,
    /// What its words come to.
    pub score: f64,
    /// The runs of rows that have it, as far as they were found: the first row and the end of each.
    pub runs: Vec<(u32, u32)>,
}

impl Ranking {
    /// Nothing is looked at yet.
    pub fn new(by: By) -> Self {
        Self { by, own: None, words: None, candidates: None }
    }

    /// What it comes to with the bytes that are here. `mask` leaves out units of which no row has a mask of zero.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn advance(&mut self, index: &mut Index, mask: Option<&[u16]>) -> Result<Step> {
        if let Some(range) = index.needs_rows()? {
            return Ok(Step::Needs(vec![range]));
        }
        if self.own.is_none()
            && let By::Row(row) = self.by
        {
            let Some(unit) = index.unit_of(row) else { return Ok(Step::Done(None)) };
            match near(unit, index)? {
                Ok(own) => self.own = Some(own),
                Err(ranges) => return Ok(Step::Needs(ranges)),
            }
        }
        let words = match &self.words {
            Some(words) => words,
            None => {
                let asked = match (&self.by, &self.own) {
                    (By::Words(words), _) => words.clone(),
                    (By::Row(_), own) => words_of(own.as_ref().map_or("", |own| &own.text)),
                };
                match weigh(asked, index)? {
                    Ok(words) => self.words.insert(words),
                    Err(ranges) => return Ok(Step::Needs(ranges)),
                }
            }
        };
        let none = Own::default();
        let own = self.own.as_ref().unwrap_or(&none);
        let candidates = match &self.candidates {
            Some(candidates) => candidates,
            None => match candidates(words, own, mask, index)? {
                Ok(candidates) => self.candidates.insert(candidates),
                Err(ranges) => return Ok(Step::Needs(ranges)),
            },
        };
        match look_up(&candidates.units, index)? {
            Ok(found) => {
                let ranked = rank(found, words, self.own.as_ref(), index);
                Ok(Step::Done(Some(Ranked { is_cut: candidates.is_cut, ..ranked })))
            }
            Err(ranges) => Ok(Step::Needs(ranges)),
        }
    }
}

/// The text of a unit's row and what is near it; the ranges that are missing as the error within.
fn near(unit: u32, index: &Index) -> Fetched<Own> {
    let from = unit.saturating_sub(NEAR_UNITS);
    let end = unit.saturating_add(NEAR_UNITS + 1).min(index.root.units);
    let found = match look_up(&(from..end).collect::<Vec<u32>>(), index)? {
        Ok(found) => found,
        Err(ranges) => return Ok(Err(ranges)),
    };
    let text = found.iter().find(|(own, _)| *own == unit).map_or_else(String::new, |(_, text)| text.clone());
    let words: BTreeSet<String> = words_of(&text).into_iter().collect();
    let mut own = Own { text, same: Vec::new(), revisions: Vec::new() };
    for (other, text) in found {
        if text == own.text {
            own.same.push(other);
        } else if in_common(&words, &words_of(&text).into_iter().collect()) >= NEARLY_SAME {
            own.revisions.push((other, text));
        }
    }
    Ok(Ok(own))
}

/// How many words two texts have in common, of those that either has.
fn in_common(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let both = a.iter().filter(|word| b.contains(*word)).count();
    let any = a.len() + b.len() - both;
    if any == 0 { 0.0 } else { both as f64 / any as f64 }
}

/// The different words of a text, in their order.
pub fn words_of(text: &str) -> Vec<String> {
    let folded = folded(text.as_bytes());
    let mut seen: BTreeSet<String> = BTreeSet::new();
    tokens(&folded)
        .filter(|token| token.word.len() <= MAX_WORD_BYTES && seen.insert(token.word.to_owned()))
        .map(|token| token.word.to_owned())
        .collect()
}

/// What words count, the rarest first; without those that no text has.
fn weigh(asked: Vec<String>, index: &Index) -> Fetched<Vec<Weighed>> {
    let root = &index.root;
    let asked: Vec<String> = asked.into_iter().take(MAX_WORDS).collect();
    let blocks = asked.iter().filter_map(|word| words::block_of(root, word));
    let missing: Vec<ByteRange> = blocks.filter(|range| !index.has(*range)).collect();
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    let mut weighed = Vec::with_capacity(asked.len());
    for word in asked {
        let Some(block) = words::block_of(root, &word) else { continue };
        words::read(index.store.get(block).unwrap_or_default(), root, |found| {
            if found.text == word {
                let (all, units) = (f64::from(root.units), f64::from(found.units));
                weighed.push(Weighed {
                    word: found.text,
                    units: found.units,
                    rows: found.rows,
                    weight: (1.0 + (all - units + 0.5) / (units + 0.5)).ln(),
                    list: match found.list {
                        List::Here(bytes) => Owned::Here(bytes.to_vec()),
                        List::There(range) => Owned::There(range),
                    },
                    is_read: false,
                });
                return false;
            }
            found.text < word
        })?;
    }
    let mut weighed = by(weighed, |a, b| (a.units, &a.word).cmp(&(b.units, &b.word)));
    let mut bytes = 0;
    for (place, word) in weighed.iter_mut().take(MAX_LISTS).enumerate() {
        bytes += match &word.list {
            Owned::Here(_) => 0,
            Owned::There(range) => range.len(),
        };
        if place > 0 && bytes > MAX_LIST_BYTES {
            break;
        }
        word.is_read = true;
    }
    Ok(Ok(weighed))
}

/// The units that have most of the words, by their weights.
fn candidates(words: &[Weighed], own: &Own, mask: Option<&[u16]>, index: &Index) -> Fetched<Candidates> {
    let read = || words.iter().filter(|word| word.is_read);
    let missing = read().filter_map(|word| match &word.list {
        Owned::There(range) => (!index.has(*range)).then_some(*range),
        Owned::Here(_) => None,
    });
    let missing: Vec<ByteRange> = missing.collect();
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    let mut weights = vec![0.0_f32; index.root.units as usize];
    for word in read() {
        let bytes = match &word.list {
            Owned::Here(bytes) => bytes.as_slice(),
            Owned::There(range) => index.store.get(*range).unwrap_or_default(),
        };
        for unit in list::read(bytes, word.units, index.root.units)? {
            if let Some(weight) = weights.get_mut(unit as usize) {
                *weight += word.weight as f32;
            }
        }
    }
    for unit in own.same.iter().chain(own.revisions.iter().map(|(unit, _)| unit)) {
        if let Some(weight) = weights.get_mut(*unit as usize) {
            *weight = 0.0;
        }
    }
    if let Some(mask) = mask {
        let runs = index.first_rows.iter().zip(index.first_rows.iter().skip(1));
        for (weight, (from, end)) in weights.iter_mut().zip(runs) {
            let rows = mask.get(*from as usize..*end as usize).unwrap_or_default();
            if *weight > 0.0 && rows.iter().all(|mask| *mask != 0) {
                *weight = 0.0;
            }
        }
    }
    let mut found: Vec<(u32, f32)> = (0..).zip(weights).filter(|(_, weight)| *weight > 0.0).collect();
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    let is_cut = found.len() > MAX_UNITS;
    if is_cut {
        found.select_nth_unstable_by(MAX_UNITS - 1, order);
        found.truncate(MAX_UNITS);
    }
    let mut units: Vec<u32> = found.into_iter().map(|(unit, _)| unit).collect();
    units.sort_unstable();
    Ok(Ok(Candidates { units, is_cut }))
}

/// The texts of units, which are in ascending order.
fn look_up(units: &[u32], index: &Index) -> Fetched<Vec<(u32, String)>> {
    let root = &index.root;
    let mut numbers: Vec<usize> = units.iter().map(|unit| texts::block_of(root, *unit)).collect();
    numbers.dedup();
    let blocks: Vec<_> = numbers.into_iter().filter_map(|number| texts::block(root, number)).collect();
    let missing: Vec<ByteRange> =
        blocks.iter().map(|(range, ..)| *range).filter(|range| !index.has(*range)).collect();
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    let mut found = Vec::with_capacity(units.len());
    let mut wanted = units.iter().copied().peekable();
    for (range, first, end) in blocks {
        let block = texts::read(index.store.get(range).unwrap_or_default(), first, end)?;
        while let Some(unit) = wanted.next_if(|unit| *unit < end) {
            let text = block.text(unit).flatten().unwrap_or_default();
            found.push((unit, String::from_utf8_lossy(text).into_owned()));
        }
    }
    Ok(Ok(found))
}

fn rank(found: Vec<(u32, String)>, words: &[Weighed], own: Option<&Own>, index: &Index) -> Ranked {
    let run = |unit: u32| {
        let first = |unit: u32| index.first_rows.get(unit as usize).copied().unwrap_or_default();
        (first(unit), first(unit + 1))
    };
    let counted: Vec<(u32, String, Counted)> = found
        .into_iter()
        .map(|(unit, text)| {
            let counted = Counted::new(&text, words);
            (unit, text, counted)
        })
        .collect();
    // How long a text is as usual: as long as the row's own, or as those that were found.
    let usual = match own {
        Some(own) => Counted::new(&own.text, words).len,
        None => counted.iter().map(|(_, _, counted)| counted.len).sum::<f64>() / counted.len().max(1) as f64,
    };
    let mut ranked = Ranked {
        words: words.iter().map(|word| (word.word.clone(), word.rows, word.is_read)).collect(),
        ..Ranked::default()
    };
    let mut items = Items::default();
    let mut same = Vec::new();
    for (unit, text, counted) in counted {
        if own.is_some_and(|own| own.text == text) {
            same.push(unit);
        } else {
            items.add(text, run(unit), || counted.score(words, usual));
        }
    }
    ranked.items = by(items.list, |a, b| b.score.total_cmp(&a.score).then(a.runs.cmp(&b.runs)));
    if let Some(own) = own {
        let score = |text: &str| Counted::new(text, words).score(words, usual);
        let mut revisions = Items::default();
        for (unit, text) in &own.revisions {
            revisions.add(text.clone(), run(*unit), || score(text));
        }
        ranked.revisions = revisions.list;
        same.extend(&own.same);
        same.sort_unstable();
        let runs = same.into_iter().map(run).collect();
        ranked.own = Some(Item { text: own.text.clone(), score: score(&own.text), runs });
    }
    ranked
}

/// Different texts in the order in which they are met.
#[derive(Default)]
struct Items {
    list: Vec<Item>,
    places: BTreeMap<String, usize>,
}

impl Items {
    fn add(&mut self, text: String, run: (u32, u32), score: impl FnOnce() -> f64) {
        match self.places.get(&text).and_then(|place| self.list.get_mut(*place)) {
            Some(item) => item.runs.push(run),
            None => {
                self.places.insert(text.clone(), self.list.len());
                self.list.push(Item { text, score: score(), runs: vec![run] });
            }
        }
    }
}

/// How often a text has each of the words, and how many words it has in all.
struct Counted {
    times: Vec<f64>,
    len: f64,
}

impl Counted {
    fn new(text: &str, words: &[Weighed]) -> Self {
        let folded = folded(text.as_bytes());
        let mut times = vec![0.0; words.len()];
        let mut len = 0.0;
        for token in tokens(&folded) {
            len += 1.0;
            let place = words.iter().position(|word| word.word == token.word);
            if let Some(times) = place.and_then(|place| times.get_mut(place)) {
                *times += 1.0;
            }
        }
        Self { times, len }
    }

    fn score(&self, words: &[Weighed], usual: f64) -> f64 {
        let longer = K1 * (1.0 - B + B * self.len / usual.max(1.0));
        let each = words.iter().zip(&self.times);
        each.map(|(word, times)| word.weight * times * (K1 + 1.0) / (times + longer)).sum()
    }
}
