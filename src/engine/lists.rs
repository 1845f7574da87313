//! What the page is told besides rows: different prompts, phrases, and two columns against each
//! other.

use super::Effect;
use super::table::Table;
use crate::protocol::{
    Clause, Counts, Heat, Listing, MAX_CELL_CHARS, MAX_PROMPT_ROWS, Phrase, Phrases, Prompt, Prompts,
    Repeated, Seldom,
};
use crate::table::crossfilter::{QUERY, SUBSET};
use crate::table::filter::number;
use crate::table::phrases::{PhraseIndex, Ranked};
use crate::table::repeats::{Repeats, rows_of};
use crate::view::roles::Role;

/// Prompts that are taken apart between two looks at what the page wants.
const PROMPTS_A_STEP: usize = 40_000;

/// Phrases listed by how many rows have them, by lift, and below one; and prompts listed beside.
const MAX_COMMON: usize = 120;
const MAX_TELLING: usize = 80;
const MAX_RARE: usize = 40;
const MAX_REPEATED: usize = 40;

/// Largest cells of two columns against each other; more would not be seen apart.
const MAX_HEAT_CELLS: usize = 1 << 16;

/// What is kept of the lists between two answers.
#[derive(Default)]
pub struct Lists {
    phrases: PhraseIndex,
    /// Whether the prompts of all rows have been counted, and how many rows that were.
    all: (usize, Repeats),
    /// The different prompts of the matching rows.
    here: Repeats,
    ranking: Vec<u32>,
    /// Whether `here` and `ranking` are of the present masks.
    fresh: bool,
    /// Phrases told last rest on so many prompts.
    told: usize,
}

impl Table {
    /// Columns whose ranges are told for each prompt.
    pub(super) fn ranges(&self) -> impl Iterator<Item = &str> {
        [Role::Cfg, Role::Step].into_iter().filter_map(|role| self.roles.column(role))
    }

    /// Whether the view needs all prompts.
    pub(super) fn lists_prompts(&self) -> bool {
        self.show.list != Listing::Rows
    }

    /// The masks are no longer what they were.
    pub(super) fn forget_lists(&mut self) {
        self.lists.fresh = false;
    }

    /// Different prompts among the matching rows, once all are read.
    pub(super) fn distinct(&mut self) -> Option<u64> {
        if !self.prompts_complete() || self.rows_asked() < self.rows_in_all() {
            return None;
        }
        self.count_prompts();
        Some(u64::from(self.lists.here.distinct))
    }

    fn count_prompts(&mut self) {
        if self.lists.fresh {
            return;
        }
        let Some(texts) = self.prompts() else { return };
        let here = Repeats::new(texts, self.filter.mask());
        self.lists.ranking = Vec::new();
        self.lists.here = here;
        self.lists.fresh = true;
    }

    /// Tells the page the prompts on the screen.
    pub(super) fn tell_prompts(&mut self, effects: &mut Vec<Effect>) {
        self.count_prompts();
        if self.lists.ranking.is_empty() {
            self.lists.ranking = self.lists.here.ranking();
        }
        let (first, count) = (self.show.first as usize, self.show.count as usize);
        let Some(texts) = self.prompts() else { return };
        let all = &self.lists.ranking;
        let codes = all.get(first..all.len().min(first.saturating_add(count))).unwrap_or_default();
        let rows = rows_of(texts, self.filter.mask(), codes, usize::MAX);
        let ranged: Vec<_> = self
            .ranges()
            .filter_map(|name| self.column(name))
            .filter(|(_, state)| state.complete)
            .filter_map(|(_, state)| Some((state.info.name.clone(), state.data.as_ref()?)))
            .collect();
        let prompts = codes.iter().zip(rows).map(|(code, mut rows)| {
            let whole = String::from_utf8_lossy(texts.get(*code).unwrap_or_default());
            let text: String = whole.chars().take(MAX_CELL_CHARS).collect();
            let count = rows.len() as u32;
            let ranges = ranged.iter().filter_map(|(name, column)| {
                let values = rows.iter().filter_map(|row| number(column.get(*row as usize)?));
                let (low, high) = values
                    .filter(|value| !value.is_nan())
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                        (low.min(value), high.max(value))
                    });
                (low <= high).then(|| (name.clone(), low, high))
            });
            let ranges = ranges.collect();
            rows.truncate(MAX_PROMPT_ROWS);
            Prompt { marks: self.marks(&text), text, count, ranges, rows }
        });
        let prompts = Prompts {
            generation: self.show.generation,
            first: first as u64,
            total: all.len() as u64,
            complete: self.prompts_complete(),
            prompts: prompts.collect(),
        };
        effects.push(Effect::Respond(Seldom::Prompts(prompts).into()));
    }

    /// Takes more prompts apart, and tells the page the phrases when there is enough that is new.
    /// Whether there is more to be done.
    pub(super) fn tell_phrases(&mut self, least: u32, force: bool, effects: &mut Vec<Effect>) -> bool {
        let mut lists = std::mem::take(&mut self.lists);
        let done = match self.prompts() {
            Some(texts) => lists.phrases.extend(texts, PROMPTS_A_STEP).unwrap_or(true),
            None => true,
        };
        let complete = done && self.prompts_complete();
        if complete {
            lists.phrases.finish();
        }
        self.lists = lists;
        let parted = self.lists.phrases.len();
        // A share of what is there is told each time it has doubled, and in the end.
        if force || (complete && self.lists.told != parted) || parted >= self.lists.told.max(1) * 2 {
            self.lists.told = parted;
            self.respond_phrases(least, complete, effects);
        }
        !done
    }

    fn respond_phrases(&mut self, least: u32, complete: bool, effects: &mut Vec<Effect>) {
        self.count_prompts();
        if self.lists.ranking.is_empty() {
            self.lists.ranking = self.lists.here.ranking();
        }
        let Some(texts) = self.prompts() else { return };
        if self.lists.all.0 != texts.rows() {
            let all = Repeats::new(texts, &vec![0; texts.rows()]);
            self.lists.all = (texts.rows(), all);
        }
        let Some(texts) = self.prompts() else { return };
        let lists = &self.lists;
        let counted = lists.phrases.count(&lists.here, &lists.all.1);
        let sum = |repeats: &Repeats| repeats.rows.iter().map(|rows| u64::from(*rows)).sum::<u64>();
        let rows = (sum(&lists.here), sum(&lists.all.1));
        let named = |ranked: Vec<Ranked>| {
            let phrase = |ranked: Ranked| {
                let Ranked { phrase, here, all, lift } = ranked;
                Phrase { text: lists.phrases.text(phrase).to_owned(), here, all, lift }
            };
            ranked.into_iter().map(phrase).collect::<Vec<_>>()
        };
        let filtered = rows.0 < rows.1;
        let repeated = lists.ranking.iter().take(MAX_REPEATED).map(|code| {
            let text = String::from_utf8_lossy(texts.get(*code).unwrap_or_default());
            let text: String = text.chars().take(MAX_CELL_CHARS).collect();
            Repeated { marks: self.marks(&text), text, count: lists.here.of(*code) }
        });
        let phrases = Phrases {
            generation: self.show.generation,
            complete,
            rows,
            common: named(counted.common(rows, MAX_COMMON)),
            telling: if filtered { named(counted.telling(rows, least, MAX_TELLING)) } else { Vec::new() },
            rare: if filtered { named(counted.rare(rows, least, MAX_RARE)) } else { Vec::new() },
            repeated: repeated.collect(),
        };
        effects.push(Effect::Respond(Seldom::Phrases(phrases).into()));
    }

    /// Tells the page how two columns stand to each other.
    pub(super) fn tell_heat(&self, effects: &mut Vec<Effect>) {
        let Some((x, y)) = &self.show.heat else { return };
        let binned = |name: &str| self.column(name).and_then(|(_, state)| state.binned.as_ref());
        let (Some(across), Some(up)) = (binned(x), binned(y)) else { return };
        if across.bins * up.bins > MAX_HEAT_CELLS {
            return;
        }
        let keep = !(self.filter.bit(x) | self.filter.bit(y));
        let mut counts = vec![0u32; across.bins * up.bins];
        for ((x, y), mask) in across.rows.iter().zip(&up.rows).zip(self.filter.mask()) {
            let (x, y) = (usize::from(*x), usize::from(*y));
            if mask & keep == 0
                && x < across.bins
                && y < up.bins
                && let Some(count) = counts.get_mut(x * up.bins + y)
            {
                *count += 1;
            }
        }
        effects.push(Effect::Respond(
            Seldom::Heat(Heat {
                generation: self.show.generation,
                columns: (x.clone(), y.clone()),
                across: across.bins as u32,
                up: up.bins as u32,
                counts: Counts(counts),
            })
            .into(),
        ));
    }

    /// Where nothing matches: the clauses without which something would, and how many rows then.
    pub(super) fn without(&self) -> Vec<(Clause, u64)> {
        let mut rows = [0u64; 16];
        for mask in self.filter.mask() {
            if mask.count_ones() == 1
                && let Some(count) = rows.get_mut(mask.trailing_zeros() as usize)
            {
                *count += 1;
            }
        }
        let named = |bit: u16| match bit {
            QUERY => Some(Clause::Query),
            SUBSET => Some(Clause::Subset),
            bit => {
                let column = self.filter.columns().find(|name| self.filter.bit(name) == bit);
                column.map(|name| Clause::Column(name.to_owned()))
            }
        };
        let counted = rows.iter().enumerate().filter(|(_, rows)| **rows > 0);
        let mut without: Vec<(Clause, u64)> =
            counted.filter_map(|(place, rows)| Some((named(1 << place)?, *rows))).collect();
        without.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        without
    }

    /// What the view lists besides rows, told again. Whether there is more to be done.
    pub(super) fn tell_lists(&mut self, effects: &mut Vec<Effect>) -> bool {
        let force = std::mem::take(&mut self.stale.lists);
        match self.show.list {
            Listing::Rows => false,
            Listing::Prompts => {
                if force {
                    self.tell_prompts(effects);
                }
                false
            }
            Listing::Phrases { least } => self.tell_phrases(least, force, effects),
        }
    }
}
