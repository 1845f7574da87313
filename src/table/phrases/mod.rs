//! What prompts are made of: their parts, how many rows have each, and which of them go along with the matching
//! rows.
//!
//! A part is compared in lower case with single spaces. Each different prompt is taken apart once;
//! counting goes over the different prompts and not over rows.

mod parts;
pub mod telling;

use crate::base::error::Result;
use crate::table::repeats::Repeats;
use crate::table::text::Texts;
use crate::view::phrases::Unit;
use telling::Shares;

/// A part of fewer different prompts tells of these, and not of the result.
const FEWEST_PROMPTS: u32 = 2;

/// The parts of every different prompt.
#[derive(Clone, Debug, Default)]
pub struct PhraseIndex {
    unit: Unit,
    phrases: Texts,
    /// What each step took apart. Apart in memory as well, so that an index that grows never moves what
    /// it has.
    steps: Vec<TakenPhrases>,
    prompts: usize,
}

/// Prompts that one step took apart.
#[derive(Clone, Debug)]
struct TakenPhrases {
    /// Their parts, one after the other; none twice in one prompt.
    parts: Box<[u32]>,
    /// Where the parts of each prompt end.
    ends: Box<[u32]>,
}

/// How many rows have each phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// By phrase, among the matching rows.
    pub here: Vec<u32>,
    /// By phrase, among all rows.
    pub all: Vec<u32>,
    /// By phrase, among the different prompts of the matching rows.
    pub prompts: Vec<u32>,
}

/// A phrase with its counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Which phrase.
    pub phrase: u32,
    /// Matching rows that have it.
    pub here: u32,
    /// Rows that have it.
    pub all: u32,
    /// How surely its share of the matching rows is another one than elsewhere: see [`Shares::ratio`].
    pub ratio: f64,
}

impl Ranked {
    /// Its counts.
    pub fn shares(&self, rows: (u64, u64)) -> Shares {
        Shares { here: self.here.into(), rows_here: rows.0, all: self.all.into(), rows_all: rows.1 }
    }
}

/// Phrases that differ between the matching rows and the others, the surest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Telling {
    /// Those that are more frequent here.
    pub more: Vec<Ranked>,
    /// Those that are rarer.
    pub less: Vec<Ranked>,
    /// How many phrases were looked at.
    pub looked_at: usize,
}

impl PhraseIndex {
    /// Nothing is taken apart yet.
    pub fn new(unit: Unit) -> Self {
        Self { unit, ..Self::default() }
    }

    /// What prompts are taken apart into.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Prompts that are taken apart.
    pub fn len(&self) -> usize {
        self.prompts
    }

    /// Whether no prompt is.
    pub fn is_empty(&self) -> bool {
        self.prompts == 0
    }

    /// The text of a phrase.
    pub fn text(&self, phrase: u32) -> &str {
        self.phrases.get(phrase).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// Takes apart up to `most` more prompts; whether all are done.
    ///
    /// # Errors
    /// Where there are more different phrases than can be kept.
    pub fn extend(&mut self, prompts: &Texts, most: usize) -> Result<bool> {
        let from = self.prompts;
        let to = prompts.distinct().min(from + most);
        let mut parts: Vec<u32> = Vec::new();
        let mut ends = Vec::with_capacity(to.saturating_sub(from));
        for code in from..to {
            let begin = parts.len();
            let text = String::from_utf8_lossy(prompts.get(code as u32).unwrap_or_default());
            let mut failed = None;
            parts::of(&text, self.unit, |part| match self.phrases.intern(part.as_bytes()) {
                Ok(phrase) if !parts.get(begin..).unwrap_or_default().contains(&phrase) => parts.push(phrase),
                Ok(_) => {}
                Err(error) => failed = Some(error),
            });
            failed.map_or(Ok(()), Err)?;
            ends.push(parts.len() as u32);
        }
        if from < to {
            self.prompts = to;
            self.steps.push(TakenPhrases { parts: parts.into(), ends: ends.into() });
        }
        Ok(to >= prompts.distinct())
    }

    /// Lets go of what only an index that grows needs.
    pub fn finish(&mut self) {
        self.phrases.finish();
    }

    /// Counts rows by phrase.
    pub fn count(&self, here: &Repeats, all: &Repeats) -> Counted {
        let none = || vec![0; self.phrases.distinct()];
        let mut counted = Counted { here: none(), all: none(), prompts: none() };
        let mut code = 0;
        for TakenPhrases { parts, ends } in &self.steps {
            let mut start = 0;
            for end in ends {
                let parts = parts.get(start..*end as usize).unwrap_or_default();
                start = *end as usize;
                let (rows_here, rows_all) = (here.of(code), all.of(code));
                code += 1;
                for phrase in parts {
                    let phrase = *phrase as usize;
                    if let (Some(here), Some(all), Some(prompts)) = (
                        counted.here.get_mut(phrase),
                        counted.all.get_mut(phrase),
                        counted.prompts.get_mut(phrase),
                    ) {
                        *here += rows_here;
                        *all += rows_all;
                        *prompts += u32::from(rows_here > 0);
                    }
                }
            }
        }
        counted
    }
}

impl Counted {
    /// Makes what was counted among all rows a count of both together, where those are rows of their own.
    pub fn pool(&mut self) {
        self.all.iter_mut().zip(&self.here).for_each(|(all, here)| *all += here);
    }

    /// The phrases of most matching rows first.
    pub fn common(&self, rows: (u64, u64)) -> Vec<Ranked> {
        let mut common: Vec<Ranked> = self.ranked(rows).filter(|ranked| ranked.here > 0).collect();
        common.sort_unstable_by_key(|ranked| (std::cmp::Reverse(ranked.here), ranked.phrase));
        common
    }

    /// The phrases that surely differ, among those that at least `least` rows have.
    pub fn telling(&self, rows: (u64, u64), least: u32) -> Telling {
        let (compared, looked_at) = self.compared(rows, least);
        let bound = telling::bound(looked_at);
        let is_less = |ranked: &Ranked| ranked.shares(rows).lift().is_some_and(|lift| lift < 1.0);
        let (less, more) = compared.into_iter().filter(|ranked| ranked.ratio >= bound).partition(is_less);
        let mut telling = Telling { more, less, looked_at };
        for list in [&mut telling.more, &mut telling.less] {
            list.sort_unstable_by(|a, b| b.ratio.total_cmp(&a.ratio).then(a.phrase.cmp(&b.phrase)));
        }
        telling
    }

    /// The phrases that at least `least` rows have, with how surely they differ, in no order: those that are rarer here,
    /// and those that enough rows here have; and how many were looked at.
    pub fn compared(&self, rows: (u64, u64), least: u32) -> (Vec<Ranked>, usize) {
        let mut looked_at = 0;
        let mut compared = Vec::new();
        // A phrase of few rows can't be surely rarer, one of many surely be more frequent with few of them here.
        for ranked in self.ranked(rows).filter(|ranked| ranked.all >= least) {
            looked_at += 1;
            let shares = ranked.shares(rows);
            let Some(lift) = shares.lift() else { continue };
            let has_enough = ranked.here >= least && self.prompts_of(ranked.phrase) >= FEWEST_PROMPTS;
            if lift < 1.0 || has_enough {
                compared.push(Ranked { ratio: shares.ratio(), ..ranked });
            }
        }
        (compared, looked_at)
    }

    fn prompts_of(&self, phrase: u32) -> u32 {
        self.prompts.get(phrase as usize).copied().unwrap_or(0)
    }

    fn ranked(&self, (_, rows_all): (u64, u64)) -> impl Iterator<Item = Ranked> {
        let counts = self.here.iter().zip(&self.all).zip(0_u32..);
        let some = counts.filter(move |((_, all), _)| **all > 0 && rows_all > 0);
        some.map(|((here, all), phrase)| Ranked { phrase, here: *here, all: *all, ratio: 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::PhraseIndex;
    use crate::table::repeats::Repeats;
    use crate::table::text::Texts;
    use std::collections::{BTreeMap, BTreeSet};

    fn parts(prompt: &str) -> BTreeSet<String> {
        let normal = |part: &str| part.split_ascii_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        prompt.split(',').map(normal).filter(|part| !part.is_empty()).collect()
    }

    proptest::proptest! {
        #[test]
        fn it_counts_rows_as_sets_of_parts_do(
            rows in proptest::collection::vec(("( ?[abÉ]{1,2} ?,?){0,4}", 0u16..2), 0..80), step in 1usize..30)
        {
            let mut texts = Texts::default();
            let mut expected: BTreeMap<String, (u32, u32)> = BTreeMap::new();
            for (prompt, mask) in &rows {
                let code = texts.intern(prompt.as_bytes()).unwrap();
                texts.push(code);
                for part in parts(prompt) {
                    let entry = expected.entry(part).or_default();
                    entry.0 += u32::from(*mask == 0);
                    entry.1 += 1;
                }
            }
            let mask: Vec<u16> = rows.iter().map(|row| row.1).collect();
            let mut index = PhraseIndex::default();
            while !index.extend(&texts, step).unwrap() {}
            let here = Repeats::new(&texts, &mask);
            let all = Repeats::new(&texts, &vec![0; rows.len()]);
            let counted = index.count(&here, &all);
            let got: BTreeMap<String, (u32, u32)> = (0..counted.all.len())
                .map(|phrase| (index.text(phrase as u32).to_owned(), (counted.here[phrase], counted.all[phrase])))
                .collect();
            proptest::prop_assert_eq!(&got, &expected);
            let matching = mask.iter().filter(|mask| **mask == 0).count() as u64;
            let all_rows = (matching, rows.len() as u64);
            let telling = counted.telling(all_rows, 2);
            for list in [&telling.more, &telling.less] {
                proptest::prop_assert!(list.windows(2).all(|pair| pair[0].ratio >= pair[1].ratio));
            }
            let more = |ranked: &super::Ranked| ranked.shares(all_rows).lift().unwrap() > 1.0;
            proptest::prop_assert!(telling.more.iter().all(more) && !telling.less.iter().any(more));
            let common = counted.common(all_rows);
            let most = expected.values().map(|(here, _)| *here).max().unwrap_or(0);
            proptest::prop_assert_eq!(common.first().map_or(0, |ranked| ranked.here), most);
        }
    }
}
