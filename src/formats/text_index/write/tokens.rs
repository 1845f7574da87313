//! The words of all texts, and the units that have each.

use crate::base::words::{folded, squeezed, tokens};
use crate::formats::text_index::MAX_WORD_BYTES;
use rustc_hash::FxHashMap;

/// The words of all texts.
#[derive(Default)]
pub struct Tokens {
    /// Different words, and what stands between two, squeezed and as it is.
    pub words: Vec<String>,
    pub betweens: Vec<String>,
    /// For each token its word, and what is before it.
    pub token_words: Vec<u32>,
    pub token_betweens: Vec<u32>,
    /// Where each unit's tokens end, and what is behind its last one.
    pub ends: Vec<usize>,
    pub tails: Vec<u32>,
    /// Units with words or signs that the dictionary does not hold, those of [`SPACES`], of [`CASES`] and of [`JOINS`].
    pub long: Vec<u32>,
    pub spaces: Vec<u32>,
    pub cases: Vec<u32>,
    pub joins: Vec<u32>,
}

/// Lists of units, one behind the other, by number.
pub struct Lists {
    starts: Vec<usize>,
    units: Vec<u32>,
}

impl Lists {
    /// Of so many things; `each` tells them with their units, which ascend, and may tell one twice.
    pub fn new(count: usize, each: impl Fn(&mut dyn FnMut(u32, u32))) -> Self {
        let mut last = vec![u32::MAX; count];
        let mut is_new = |thing: u32, unit: u32| {
            last.get_mut(thing as usize).is_some_and(|last| std::mem::replace(last, unit) != unit)
        };
        let mut starts = vec![0_usize; count + 1];
        each(&mut |thing, unit| {
            if is_new(thing, unit)
                && let Some(count) = starts.get_mut(thing as usize + 1)
            {
                *count += 1;
            }
        });
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut units = vec![0_u32; sum];
        let mut next = starts.clone();
        last.fill(u32::MAX);
        let mut is_new = |thing: u32, unit: u32| {
            last.get_mut(thing as usize).is_some_and(|last| std::mem::replace(last, unit) != unit)
        };
        each(&mut |thing, unit| {
            if is_new(thing, unit)
                && let Some(at) = next.get_mut(thing as usize)
            {
                if let Some(slot) = units.get_mut(*at) {
                    *slot = unit;
                }
                *at += 1;
            }
        });
        Self { starts, units }
    }

    /// The units of a thing.
    pub fn of(&self, thing: usize) -> &[u32] {
        let (start, end) = (self.starts.get(thing), self.starts.get(thing + 1));
        start.zip(end).and_then(|(start, end)| self.units.get(*start..*end)).unwrap_or_default()
    }
}

impl Tokens {
    /// Of texts by number.
    pub fn new<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut word_ids: FxHashMap<String, u32> = FxHashMap::default();
        let mut between_ids: FxHashMap<String, u32> = FxHashMap::default();
        let mut own = Self::default();
        for (place, text) in (0..).zip(texts) {
            let text = folded(text);
            let mut is_long = false;
            let mut has_spaces = false;
            let mut at = 0;
            for token in tokens(&text) {
                is_long |= token.word.len() > MAX_WORD_BYTES || token.before.len() >= MAX_WORD_BYTES;
                has_spaces |= squeezed(token.before) != token.before;
                own.token_words.push(id(&mut word_ids, token.word));
                own.token_betweens.push(id(&mut between_ids, token.before));
                at += token.before.len() + token.word.len();
            }
            own.ends.push(own.token_words.len());
            let tail = text.get(at..).unwrap_or_default();
            own.tails.push(id(&mut between_ids, tail));
            if is_long || tail.len() >= MAX_WORD_BYTES {
                own.long.push(place);
            }
            if has_spaces {
                own.spaces.push(place);
            }
            if text.contains('ſ') || text.contains('\u{212a}') {
                own.cases.push(place);
            }
            let joins = |c: char| {
                regex_syntax::try_is_word_character(c).is_ok_and(|word| word != c.is_alphanumeric())
            };
            if text.contains(joins) {
                own.joins.push(place);
            }
        }
        let in_order = |ids: FxHashMap<String, u32>| {
            let mut texts = vec![String::new(); ids.len()];
            for (text, id) in ids {
                if let Some(own) = texts.get_mut(id as usize) {
                    *own = text;
                }
            }
            texts
        };
        (own.words, own.betweens) = (in_order(word_ids), in_order(between_ids));
        own
    }

    /// Tells the words of each unit.
    pub fn each_word(&self, each: &mut dyn FnMut(u32, u32)) {
        let mut from = 0;
        for (unit, end) in (0..).zip(&self.ends) {
            let words = self.token_words.get(from..*end).unwrap_or_default();
            words.iter().for_each(|word| each(*word, unit));
            from = *end;
        }
    }

    /// Tells what stands between the words of each unit, before them and behind them.
    pub fn each_between(&self, each: &mut dyn FnMut(u32, u32)) {
        let mut from = 0;
        for ((unit, end), tail) in (0..).zip(&self.ends).zip(&self.tails) {
            let betweens = self.token_betweens.get(from..*end).unwrap_or_default();
            betweens.iter().chain([tail]).for_each(|between| each(*between, unit));
            from = *end;
        }
    }
}

fn id(ids: &mut FxHashMap<String, u32>, text: &str) -> u32 {
    if let Some(id) = ids.get(text) {
        return *id;
    }
    let id = ids.len() as u32;
    ids.insert(text.to_owned(), id);
    id
}
