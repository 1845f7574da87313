//! What a view lists besides rows: different prompts, and phrases.

use super::Answers;
use super::report::report;
use crate::engine::Effect;
use crate::engine::data::Data;
use crate::engine::result::{Matches, Pin};
use crate::protocol::{
    LazyResponse, Listing, MAX_CELL_CHARS, MAX_PROMPT_ROWS, Phrase, Phrases, Prompt, Prompts, Repeated,
};
use crate::table::filter::number;
use crate::table::phrases::telling::least;
use crate::table::phrases::{PhraseIndex, Ranked, Telling};
use crate::table::repeats::{Repeats, rows_of};
use crate::table::text::Texts;
use crate::view::phrases::{PhraseList, Unit};
use crate::view::roles::Role;

/// Prompts that are taken apart between two looks at what the page wants.
const PROMPTS_A_STEP: usize = 40_000;

/// Phrases that hold the searched words, and are named in a line.
const MAX_SEARCHED: usize = 12;

/// Phrases listed by how many rows have them, as more frequent, and as rarer; and prompts listed beside.
const MAX_COMMON: usize = 120;
const MAX_TELLING: usize = 80;
const MAX_RARE: usize = 40;
const MAX_REPEATED: usize = 40;

/// Lists between two reports.
#[derive(Default)]
pub struct Lists {
    phrases: PhraseIndex,
    /// The prompts of all rows, or of those that are pinned: how many rows were counted and which pin that was.
    all: ((usize, Option<u64>), Repeats),
    /// The different prompts of the matching rows.
    here: Repeats,
    ranking: Vec<u32>,
    /// Whether `here` and `ranking` are of the present masks.
    fresh: bool,
    /// Phrases reported last rest on so many prompts.
    reported: usize,
}

impl Lists {
    /// The masks or the prompts are no longer what they were.
    pub fn forget(&mut self) {
        self.fresh = false;
    }

    /// The parts of the prompts, as far as they are taken apart.
    pub fn phrases(&self) -> &PhraseIndex {
        &self.phrases
    }

    /// Different prompts that are taken apart.
    pub fn parted(&self) -> usize {
        self.phrases.len()
    }

    /// Takes more prompts apart; whether all that are read are.
    pub fn take_apart(&mut self, unit: Unit, data: &Data) -> bool {
        if self.phrases.unit() != unit {
            // One way to take prompts apart at a time: each takes as much memory as the prompts.
            self.phrases = PhraseIndex::new(unit);
            self.reported = 0;
        }
        let done = match data.prompts() {
            Some(texts) => self.phrases.extend(texts, PROMPTS_A_STEP).unwrap_or(true),
            None => true,
        };
        if done && data.prompts_complete() {
            self.phrases.finish();
        }
        done
    }

    fn count(&mut self, data: &Data, matches: &Matches) {
        if self.fresh {
            return;
        }
        let Some(texts) = data.prompts() else { return };
        // What was counted goes before there is more.
        self.ranking = Vec::new();
        self.here = Repeats::new(texts, matches.filter().mask());
        self.fresh = true;
    }

    /// Counts the prompts of all rows, or of those that are pinned.
    fn count_all(&mut self, texts: &Texts, pin: Option<&Pin>) {
        let key = (texts.rows(), pin.map(Pin::version));
        if self.all.0 != key {
            let all = match pin {
                Some(pin) => Repeats::new(texts, pin.mask()),
                None => Repeats::new(texts, &vec![0; texts.rows()]),
            };
            self.all = (key, all);
        }
    }

    fn rank(&mut self, data: &Data, matches: &Matches) {
        self.count(data, matches);
        if self.ranking.is_empty() {
            self.ranking = self.here.ranking();
        }
    }
}

/// Columns whose ranges are told for each prompt.
pub fn ranges(data: &Data) -> impl Iterator<Item = &str> {
    [Role::Cfg, Role::Step].into_iter().filter_map(|role| data.roles.column(role))
}

impl Answers {
    /// Whether the view needs all prompts.
    pub(super) fn lists_prompts(&self) -> bool {
        self.show.list != Listing::Rows
    }

    /// Different prompts among the matching rows, once all are read.
    pub(super) fn distinct(&mut self, data: &Data, matches: &Matches) -> Option<u64> {
        if !data.prompts_complete() || matches.rows_evaluated(data) < data.rows_in_all() {
            return None;
        }
        self.lists.count(data, matches);
        Some(u64::from(self.lists.here.distinct))
    }

    /// Reports what the view lists besides rows. Whether there is more to be done.
    pub(super) fn report_lists(&mut self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) -> bool {
        let due = self.due.take_lists();
        match self.show.list {
            Listing::Rows => false,
            Listing::Prompts => {
                if due {
                    self.report_prompts(data, matches, effects);
                }
                false
            }
            Listing::Phrases(list) => self.advance_phrases(list, due, data, matches, effects),
        }
    }

    fn report_prompts(&mut self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) {
        self.lists.rank(data, matches);
        let (first, count) = (self.show.first as usize, self.show.count as usize);
        let Some(texts) = data.prompts() else { return };
        let pin = matches.pin();
        if pin.is_some() {
            self.lists.count_all(texts, pin);
        }
        let pinned = pin.map(|_| &self.lists.all.1);
        let all = &self.lists.ranking;
        let codes = all.get(first..all.len().min(first.saturating_add(count))).unwrap_or_default();
        let rows = rows_of(texts, matches.filter().mask(), codes, usize::MAX);
        let ranged: Vec<_> = ranges(data)
            .filter_map(|name| data.column(name))
            .filter(|column| column.complete)
            .filter_map(|column| Some((column.info.name.clone(), column.values.as_ref()?)))
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
            let pinned = pinned.map(|pinned| pinned.of(*code));
            Prompt { marks: matches.marks(&text), text, count, pinned, ranges, rows }
        });
        let prompts = Prompts {
            generation: self.show.generation,
            first: first as u64,
            total: all.len() as u64,
            complete: data.prompts_complete(),
            pinned: pinned.map(|pinned| {
                let both = all.iter().filter(|code| pinned.of(**code) > 0).count() as u64;
                (both, u64::from(pinned.distinct).saturating_sub(both))
            }),
            prompts: prompts.collect(),
        };
        report(effects, LazyResponse::Prompts(prompts));
    }

    /// Takes more prompts apart, and reports the phrases where that is due or enough is new.
    fn advance_phrases(
        &mut self,
        list: PhraseList,
        due: bool,
        data: &Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let done = self.lists.take_apart(list.unit, data);
        let complete = done && data.prompts_complete();
        let parted = self.lists.parted();
        // A share of what is there is reported each time it has doubled, and in the end.
        if due || (complete && self.lists.reported != parted) || parted >= self.lists.reported.max(1) * 2 {
            self.lists.reported = parted;
            self.report_phrases(list, complete, data, matches, effects);
        }
        !done
    }

    fn report_phrases(
        &mut self,
        list: PhraseList,
        complete: bool,
        data: &Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) {
        self.lists.rank(data, matches);
        let Some(texts) = data.prompts() else { return };
        let pin = matches.pin();
        self.lists.count_all(texts, pin);
        let lists = &self.lists;
        let mut counted = lists.phrases.count(&lists.here, &lists.all.1);
        if pin.is_some() {
            counted.pool();
        }
        let sum = |repeats: &Repeats| repeats.rows.iter().map(|rows| u64::from(*rows)).sum::<u64>();
        let told = (sum(&lists.here), sum(&lists.all.1));
        // A and B are held against each other as two parts of one whole.
        let rows = if pin.is_some() { (told.0, told.0 + told.1) } else { told };
        let mut searched = Vec::new();
        let mut named = |ranked: Vec<Ranked>, most: usize| {
            let mut phrases = Vec::new();
            for ranked in ranked {
                let text = lists.phrases.text(ranked.phrase);
                if phrases.len() == most {
                    break;
                }
                // A part that holds what was searched for is here because of that, and says nothing more.
                if !list.with_searched && !matches.marks(text).is_empty() {
                    if searched.len() < MAX_SEARCHED && !searched.iter().any(|other| other == text) {
                        searched.push(text.to_owned());
                    }
                    continue;
                }
                let shares = ranked.shares(rows);
                let Ranked { phrase: _, here, all, ratio: _ } = ranked;
                let (lift, interval) =
                    if pin.is_some() { shares.against_rest() } else { shares.against_all() }
                        .unwrap_or_default();
                let all = if pin.is_some() { all - here } else { all };
                phrases.push(Phrase { text: text.to_owned(), here, all, lift, interval });
            }
            phrases
        };
        let least = list.least.unwrap_or_else(|| least(told.0));
        let found = if rows.0 < rows.1 { counted.telling(rows, least) } else { Telling::default() };
        let repeated = lists.ranking.iter().take(MAX_REPEATED).map(|code| {
            let text = String::from_utf8_lossy(texts.get(*code).unwrap_or_default());
            let text: String = text.chars().take(MAX_CELL_CHARS).collect();
            Repeated { marks: matches.marks(&text), text, count: lists.here.of(*code) }
        });
        let phrases = Phrases {
            generation: self.show.generation,
            complete,
            rows: told,
            pinned: pin.is_some(),
            list,
            least,
            looked_at: found.looked_at as u64,
            telling: named(found.more, MAX_TELLING),
            rare: named(found.less, MAX_RARE),
            common: named(counted.common(rows), MAX_COMMON),
            repeated: repeated.collect(),
            searched,
        };
        report(effects, LazyResponse::Phrases(phrases));
    }
}
