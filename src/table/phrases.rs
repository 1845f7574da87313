//! What prompts are made of: the parts between commas, how many rows have each, and how much more
//! often they are among the matching rows than among all.
//!
//! A part is compared in lower case with single spaces. Each different prompt is taken apart once;
//! counting goes over the different prompts and not over rows.

use crate::base::error::Result;
use crate::table::repeats::Repeats;
use crate::table::text::Texts;

/// The longest part that counts as a phrase: longer ones are sentences, of which no two are alike.
pub const MAX_PHRASE_BYTES: usize = 80;

/// The most parts of one prompt that are counted.
const MAX_PARTS: usize = 256;

/// The parts of every different prompt.
#[derive(Clone, Debug, Default)]
pub struct PhraseIndex {
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
    /// Its share of the matching rows over its share of all rows.
    pub lift: f64,
}

impl PhraseIndex {
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
        let mut part = Vec::with_capacity(MAX_PHRASE_BYTES);
        let mut parts: Vec<u32> = Vec::new();
        let mut ends = Vec::with_capacity(to.saturating_sub(from));
        for code in from..to {
            let begin = parts.len();
            let text = prompts.get(code as u32).unwrap_or_default();
            for raw in text.split(|byte| *byte == b',').take(MAX_PARTS) {
                if !normal(raw, &mut part) {
                    continue;
                }
                let phrase = self.phrases.intern(&part)?;
                if !parts.get(begin..).unwrap_or_default().contains(&phrase) {
                    parts.push(phrase);
                }
            }
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
        let mut counted =
            Counted { here: vec![0; self.phrases.distinct()], all: vec![0; self.phrases.distinct()] };
        let mut code = 0;
        for TakenPhrases { parts, ends } in &self.steps {
            let mut start = 0;
            for end in ends {
                let parts = parts.get(start..*end as usize).unwrap_or_default();
                start = *end as usize;
                let (rows_here, rows_all) = (here.of(code), all.of(code));
                code += 1;
                for phrase in parts {
                    if let (Some(here), Some(all)) =
                        (counted.here.get_mut(*phrase as usize), counted.all.get_mut(*phrase as usize))
                    {
                        *here += rows_here;
                        *all += rows_all;
                    }
                }
            }
        }
        counted
    }
}

impl Counted {
    /// The phrases of most matching rows, at most `most`.
    pub fn common(&self, rows: (u64, u64), most: usize) -> Vec<Ranked> {
        let here = |ranked: &Ranked| std::cmp::Reverse(ranked.here);
        self.best(rows, most, |ranked| ranked.here > 0, |a, b| here(a).cmp(&here(b)))
    }

    /// The phrases of the largest lift above one, among those that at least `least` rows have.
    pub fn telling(&self, rows: (u64, u64), least: u32, most: usize) -> Vec<Ranked> {
        let keep = |ranked: &Ranked| ranked.all >= least && ranked.lift > 1.0 && ranked.here > 1;
        self.best(rows, most, keep, |a, b| b.lift.total_cmp(&a.lift))
    }

    /// The phrases of the smallest lift, among those that at least `least` rows have.
    pub fn rare(&self, rows: (u64, u64), least: u32, most: usize) -> Vec<Ranked> {
        let keep = |ranked: &Ranked| ranked.all >= least && ranked.lift < 1.0;
        self.best(rows, most, keep, |a, b| a.lift.total_cmp(&b.lift).then(b.all.cmp(&a.all)))
    }

    fn best(
        &self,
        (rows_here, rows_all): (u64, u64),
        most: usize,
        keep: impl Fn(&Ranked) -> bool,
        order: impl Fn(&Ranked, &Ranked) -> std::cmp::Ordering,
    ) -> Vec<Ranked> {
        let ratio = rows_all as f64 / rows_here.max(1) as f64;
        let ranked = self.here.iter().zip(&self.all).enumerate().filter(|(_, (_, all))| **all > 0);
        let mut ranked: Vec<Ranked> = ranked
            .map(|(phrase, (here, all))| Ranked {
                phrase: phrase as u32,
                here: *here,
                all: *all,
                lift: f64::from(*here) / f64::from(*all) * ratio,
            })
            .filter(keep)
            .collect();
        let order =
            |a: &Ranked, b: &Ranked| order(a, b).then(b.here.cmp(&a.here)).then(a.phrase.cmp(&b.phrase));
        if ranked.len() > most {
            ranked.select_nth_unstable_by(most, order);
            ranked.truncate(most);
        }
        ranked.sort_unstable_by(order);
        ranked
    }
}

/// Puts a part in lower case and with single spaces; whether anything is left that counts.
fn normal(raw: &[u8], into: &mut Vec<u8>) -> bool {
    into.clear();
    let words = raw.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for word in words {
        if into.len() + word.len() >= MAX_PHRASE_BYTES {
            return false;
        }
        if !into.is_empty() {
            into.push(b' ');
        }
        into.extend(word.iter().map(u8::to_ascii_lowercase));
    }
    if !into.is_ascii() {
        let lower = String::from_utf8_lossy(into).to_lowercase();
        into.clear();
        into.extend_from_slice(lower.as_bytes());
    }
    !into.is_empty()
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
            let ranked = counted.telling((matching, rows.len() as u64), 2, 5);
            for pair in ranked.windows(2) {
                proptest::prop_assert!(pair[0].lift >= pair[1].lift);
            }
            let common = counted.common((matching, rows.len() as u64), 3);
            let most = expected.values().map(|(here, _)| *here).max().unwrap_or(0);
            proptest::prop_assert_eq!(common.first().map_or(0, |ranked| ranked.here), most);
        }
    }
}
