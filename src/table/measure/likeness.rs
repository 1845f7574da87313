//! Texts that share most of their words, whatever their order: MinHash with bands, and every pair that a band finds is
//! held against the words themselves.

use super::{Likeness, distinct, text_of, utf8};
use crate::base::hash::hash64;
use crate::table::column::Column;
use crate::view::measures::LIKE_PERCENT;
use rustc_hash::FxHashMap;

/// Bands, and smallest hashes in each. Of two texts that have 80 % of their words in common one band of ten agrees in
/// 99.5 % of cases, of two that have 50 % in 48 %.
const BANDS: u32 = 10;
const HASHES_A_BAND: u32 = 4;

/// Texts that are looked at in one step.
const TEXTS_A_STEP: usize = 20_000;

/// Groups of texts.
#[derive(Default)]
pub struct Words {
    /// The different words of each text as hashes, sorted, one text after another.
    hashes: Vec<u32>,
    ends: Vec<u32>,
    /// The first text known to be like each; itself where there is none before it.
    first: Vec<u32>,
    band: u32,
    /// Texts of this band that were looked at, and the first of each key.
    looked: usize,
    keys: FxHashMap<u64, u32>,
}

impl Likeness for Words {
    fn step(&mut self, texts: &Column) -> bool {
        let all = distinct(texts);
        if self.ends.len() < all {
            let end = all.min(self.ends.len() + TEXTS_A_STEP);
            for code in self.ends.len()..end {
                self.add(&String::from_utf8_lossy(text_of(texts, code).unwrap_or_default()));
            }
            return true;
        }
        if self.band < BANDS {
            let end = all.min(self.looked + TEXTS_A_STEP);
            for code in self.looked..end {
                self.look(code as u32);
            }
            self.looked = end;
            if end == all {
                (self.band, self.looked) = (self.band + 1, 0);
                self.keys.clear();
            }
            return true;
        }
        (self.hashes, self.ends, self.keys) = (Vec::new(), Vec::new(), FxHashMap::default());
        for code in 0..self.first.len() {
            let root = self.root(code as u32);
            if let Some(first) = self.first.get_mut(code) {
                *first = root;
            }
        }
        false
    }

    fn group_of(&self, code: usize) -> u32 {
        self.first.get(code).copied().unwrap_or(u32::MAX)
    }
}

impl Words {
    fn add(&mut self, text: &str) {
        let begin = self.hashes.len();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        self.hashes.extend(words.map(|word| {
            let letters = word.chars().flat_map(char::to_lowercase);
            hash64(letters.flat_map(utf8)) as u32
        }));
        let own = self.hashes.get_mut(begin..).unwrap_or_default();
        own.sort_unstable();
        let mut kept = begin;
        for place in begin..self.hashes.len() {
            let word = self.hashes.get(place).copied().unwrap_or_default();
            if kept == begin || self.hashes.get(kept - 1) != Some(&word) {
                if let Some(to) = self.hashes.get_mut(kept) {
                    *to = word;
                }
                kept += 1;
            }
        }
        self.hashes.truncate(kept);
        self.first.push(self.ends.len() as u32);
        self.ends.push(kept as u32);
    }

    fn words(&self, code: u32) -> &[u32] {
        let code = code as usize;
        let end = self.ends.get(code).copied().unwrap_or_default() as usize;
        let begin = code.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.hashes.get(begin as usize..end).unwrap_or_default()
    }

    /// Holds a text against the first one that agrees with it in this band.
    fn look(&mut self, code: u32) {
        let words = self.words(code);
        if words.is_empty() {
            return;
        }
        let mut key = 0u64;
        for number in 0..HASHES_A_BAND {
            let seed = (self.band * HASHES_A_BAND + number + 1).wrapping_mul(0x9e37_79b9);
            let least = words.iter().map(|word| mix(word ^ seed)).min().unwrap_or_default();
            key = (key.rotate_left(17) ^ u64::from(least)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        let Some(other) = self.keys.get(&key).copied() else {
            self.keys.insert(key, code);
            return;
        };
        let (a, b) = (self.root(code), self.root(other));
        if a != b && are_alike(self.words(code), self.words(other)) {
            let (first, later) = (a.min(b), a.max(b));
            if let Some(root) = self.first.get_mut(later as usize) {
                *root = first;
            }
        }
    }

    /// The first text of a group, with shorter ways to it from then on.
    fn root(&mut self, code: u32) -> u32 {
        let mut at = code;
        loop {
            let above = self.first.get(at as usize).copied().unwrap_or(at);
            if above == at {
                return at;
            }
            let further = self.first.get(above as usize).copied().unwrap_or(above);
            if let Some(way) = self.first.get_mut(at as usize) {
                *way = further;
            }
            at = further;
        }
    }
}

/// Bits that depend on all bits of a hash.
fn mix(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 16)).wrapping_mul(0x7feb_352d);
    let hash = (hash ^ (hash >> 15)).wrapping_mul(0x846c_a68b);
    hash ^ (hash >> 16)
}

/// Whether so much of the words of either is in both.
fn are_alike(a: &[u32], b: &[u32]) -> bool {
    let (mut left, mut right, mut both) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (a.get(left), b.get(right)) {
        both += usize::from(x == y);
        left += usize::from(x <= y);
        right += usize::from(y <= x);
    }
    both * 100 >= (a.len() + b.len() - both) * LIKE_PERCENT as usize
}

#[cfg(test)]
mod tests {
    use super::{Likeness, Words, are_alike};
    use crate::table::column::Column;
    use std::collections::BTreeSet;

    fn column(texts: &[String]) -> Column {
        Column::of_texts(texts.len(), texts.iter().map(String::as_bytes).enumerate())
    }

    /// The first text of each one's group, by a loop over all pairs.
    fn expected(texts: &[String]) -> Vec<u32> {
        let sets: Vec<BTreeSet<String>> = texts
            .iter()
            .map(|text| {
                let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
                words.map(str::to_lowercase).collect()
            })
            .collect();
        let mut first: Vec<u32> = (0..texts.len() as u32).collect();
        for a in 0..texts.len() {
            for b in 0..a {
                let both = sets[a].intersection(&sets[b]).count();
                let any = sets[a].union(&sets[b]).count();
                if any > 0 && both * 100 >= any * 80 {
                    let (x, y) = (first[a], first[b]);
                    let (least, most) = (x.min(y), x.max(y));
                    first.iter_mut().filter(|group| **group == most).for_each(|group| *group = least);
                }
            }
        }
        first
    }

    #[test]
    fn texts_that_share_most_words_are_one_group() {
        // Prompts as people change them: some words of a list, some swapped or added.
        let words: Vec<String> = (0..60).map(|n| format!("word{n}")).collect();
        let mut state = 7u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        let mut texts: Vec<String> = Vec::new();
        for _ in 0..60 {
            let own: Vec<usize> = (0..8 + next(12)).map(|_| next(60)).collect();
            for _ in 0..1 + next(6) {
                let mut changed = own.clone();
                for _ in 0..next(4) {
                    let place = next(changed.len());
                    changed[place] = next(60);
                }
                let text: Vec<&str> = changed.iter().map(|word| words[*word].as_str()).collect();
                texts.push(text.join([" ", ", ", " - "][next(3)]).to_uppercase());
            }
        }
        texts.extend(["...".to_owned(), "!!!".to_owned(), String::new()]);
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        let texts_column = column(&texts);
        let mut found = Words::default();
        while found.step(&texts_column) {}
        let groups: Vec<u32> = (0..texts.len()).map(|code| found.group_of(code)).collect();
        let expected = expected(&texts);
        let apart = groups.iter().zip(&expected).filter(|(found, expected)| found != expected).count();
        // What no band finds stays apart; what is found is held against the words, so that nothing is together that
        // should not be.
        assert!(apart * 100 <= texts.len() * 2, "{apart} of {}", texts.len());
        for (code, group) in groups.iter().enumerate() {
            assert_eq!(expected[code], expected[*group as usize], "{}", texts[code]);
        }
        assert!(expected.iter().collect::<BTreeSet<_>>().len() < texts.len() * 3 / 4);
    }

    #[test]
    fn four_of_five_words_are_enough() {
        assert!(are_alike(&[1, 2, 3, 4], &[1, 2, 3, 4, 5]));
        assert!(!are_alike(&[1, 2, 3, 4], &[1, 2, 3, 5]));
        assert!(are_alike(&[7], &[7]) && !are_alike(&[7], &[8]));
    }
}
