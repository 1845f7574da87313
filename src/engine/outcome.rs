//! What goes along with an outcome: each value of each chart, and each part of the prompts, held against it.
//!
//! An outcome is a second mask over the rows that match, as the pinned rows are one. What is counted by it, and
//! how sure that is, comes from what counts phrases. In a browser all of it is in the lazy module of
//! [`extras`](super::extras), which alone may name it.

use super::data::{Data, DataColumn, Derived, Origin};
use super::result::Matches;
use crate::protocol::Kind;
use crate::protocol::outcome::{
    Counted, Found, Line, MAX_LINES, MAX_OF_COLUMN, MAX_UNSURE, State, Trouble, Want, What,
};
use crate::table::column::Column;
use crate::table::crossfilter::count;
use crate::table::filter::mark;
use crate::table::phrases::telling::{bound, least};
use crate::table::phrases::{Counted as Counts, PhraseIndex, Ranked};
use crate::table::repeats::Repeats;
use crate::view::differences::Place;
use crate::view::outcome::{Outcome, Yes};
use crate::view::phrases::PhraseList;
use crate::view::spec::Clause;

/// Parts that hold the searched words, and are named in a line.
const MAX_SEARCHED: usize = 12;

/// The fewest rows on either side that anything can be told of.
const FEWEST_ROWS: u64 = 2;

/// The bits of a mask: of rows that don't match or whose outcome isn't known, and of those that count as "no".
const ASIDE: u16 = 1;
const UNKNOWN: u16 = 2;
const NO: u16 = 4;

/// Every row's mask.
struct Masks {
    /// Zero where it is known whether the row counts as "yes".
    known: Vec<u16>,
    /// Zero where it does.
    yes: Vec<u16>,
    /// What is told of them.
    told: Counted,
}

/// What goes along with an outcome, of the columns that are read whole and of the parts that prompts were taken into.
pub fn answer(data: &Data, matches: &Matches, want: &Want, phrases: &PhraseIndex) -> State {
    let outcome = match Outcome::read(want.words.iter().map(String::as_str)) {
        Ok(outcome) => outcome,
        Err(item) => return State::Failed(Trouble::Unclear(item.to_owned())),
    };
    let masks = match &outcome {
        Outcome::Pinned => of_pinned(data, matches),
        Outcome::Column(name, yes) => of_column(name, yes, data, matches),
    };
    let mut masks = match masks {
        Ok(Some(masks)) => masks,
        Ok(None) => return State::Reading,
        Err(trouble) => return State::Failed(trouble),
    };
    masks.told.read.0 = masks.told.read.0.min(matches.rows_decided(data));
    masks.told.read.1 = data.rows_in_all();
    let (yes, rows) = (zeros(&masks.yes), zeros(&masks.known));
    masks.told.rows = (yes, rows);
    if yes >= FEWEST_ROWS && rows - yes >= FEWEST_ROWS {
        add_values(&mut masks, data);
        if let Some(list) = want.phrases {
            add_phrases(&mut masks, list, phrases, &outcome, data, matches);
        }
    }
    State::Counted(Box::new(masks.told))
}

fn zeros(mask: &[u16]) -> u64 {
    mask.iter().filter(|mask| **mask == 0).count() as u64
}

/// The rows that match, as a mask of its own.
fn matching(matches: &Matches) -> Vec<u16> {
    matches.filter().mask().iter().map(|mask| if *mask == 0 { 0 } else { ASIDE }).collect()
}

fn of_pinned(data: &Data, matches: &Matches) -> Result<Option<Masks>, Trouble> {
    let pin = matches.pin().ok_or(Trouble::NotPinned)?;
    let decided = pin.rows_decided(data);
    let mut known = matching(matches);
    known.iter_mut().skip(decided as usize).for_each(|mask| *mask |= UNKNOWN);
    let no = |pinned: &u16| if *pinned == 0 { 0 } else { NO };
    let yes = known.iter().zip(pin.mask()).map(|(known, pinned)| known | no(pinned)).collect();
    let deciding = pin.columns().map(str::to_owned).collect();
    let told = Counted { deciding, read: (decided, 0), ..Counted::default() };
    Ok(Some(Masks { known, yes, told }))
}

fn of_column(name: &str, yes: &Yes, data: &Data, matches: &Matches) -> Result<Option<Masks>, Trouble> {
    let column = data.column(name).filter(|column| column.info.chartable && !column.hidden);
    let Some(column) = column else {
        let is_coming = data.may_be_joined(name);
        return if is_coming { Ok(None) } else { Err(Trouble::NoColumn(name.to_owned())) };
    };
    let Some(values) = &column.values else {
        return if column.failed { Err(Trouble::Unreadable(name.to_owned())) } else { Ok(None) };
    };
    let is_text = match column.info.kind {
        Kind::Bool | Kind::Integer | Kind::Float | Kind::Time | Kind::Clock | Kind::Duration => false,
        Kind::Text | Kind::Binary | Kind::Nested => true,
    };
    // What is no number is no value where one is needed.
    let valued = match yes {
        Yes::Is(_) | Yes::Any if is_text => Clause::NotNull,
        Yes::From(_) | Yes::To(_) | Yes::Is(_) | Yes::Any => Clause::numbers(None, None),
    };
    let is_own = matches!(column.origin, Origin::Derived(Derived::Label));
    let counts_none = matches!(yes, Yes::Any) || (is_own && matches!(yes, Yes::Is(_)));
    let clause = if matches!(yes, Yes::Any) { valued.clone() } else { yes.clause() };
    let mut told = Counted {
        read: (column.rows_read() as u64, 0),
        deciding: vec![name.to_owned()],
        ..Counted::default()
    };
    let mut known = matching(matches);
    let rows_that_pass = |clause: &Clause, values: &Column, mask: &mut Vec<u16>| {
        mark(clause, values, UNKNOWN, mask);
        zeros(mask)
    };
    let nulls = rows_that_pass(&Clause::Null, values, &mut known);
    if counts_none {
        told.unmarked = if is_own { nulls } else { 0 };
        // Every row that is read.
        mark(&Clause::list([], true), values, UNKNOWN, &mut known);
    } else {
        let with_any = rows_that_pass(&Clause::NotNull, values, &mut known);
        told.left_out = (nulls, with_any - rows_that_pass(&valued, values, &mut known).min(with_any));
    }
    let mut yes = known.clone();
    mark(&clause, values, NO, &mut yes);
    Ok(Some(Masks { known, yes, told }))
}

/// Holds the values and bins of every chart against the outcome.
fn add_values(masks: &mut Masks, data: &Data) {
    let Masks { known, yes, told } = masks;
    let mut counts = Counts::default();
    let mut places: Vec<(&DataColumn, Place)> = Vec::new();
    let charted = |column: &DataColumn| !column.hidden && column.info.chartable;
    for (place, column) in data.columns.iter().enumerate().filter(|(_, column)| charted(column)) {
        // Of prompts their parts are told.
        if told.deciding.contains(&column.info.name) || data.prompt == Some(place) {
            continue;
        }
        let Some(binned) = column.binned.as_ref().filter(|_| column.complete) else {
            told.waiting += u32::from(column.loading);
            continue;
        };
        let (all, here) = (count(&binned.rows, known, u16::MAX), count(&binned.rows, yes, u16::MAX));
        let rows: Vec<(usize, u32, u32)> = all
            .iter()
            .zip(here)
            .enumerate()
            .filter(|(_, (all, _))| **all > 0)
            .map(|(slot, (all, here))| (slot, *all, here))
            .collect();
        if rows.len() < 2 {
            told.constant += 1;
            continue;
        }
        for (slot, all, here) in rows {
            let place = match slot.checked_sub(binned.bins) {
                None => Place::Bin(slot),
                Some(0) => Place::None,
                Some(_) => Place::Other,
            };
            places.push((column, place));
            counts.all.push(all);
            counts.here.push(here);
            // A value is not of a prompt: its rows stand for themselves.
            counts.prompts.push(here);
        }
    }
    let mut of_column: Vec<&str> = Vec::new();
    told.values = found(&counts, told.rows, least(told.rows.0), |ranked| {
        let (column, place) = places.get(ranked.phrase as usize)?;
        let name = column.info.name.as_str();
        let are_more = of_column.iter().filter(|other| **other == name).count() >= MAX_OF_COLUMN;
        if are_more {
            return None;
        }
        of_column.push(name);
        Some(What::Value(name.to_owned(), *place))
    });
}

/// Holds the parts of the prompts against the outcome.
fn add_phrases(
    masks: &mut Masks,
    list: PhraseList,
    phrases: &PhraseIndex,
    outcome: &Outcome,
    data: &Data,
    matches: &Matches,
) {
    let Masks { known, yes, told } = masks;
    let Some(texts) = data.prompts() else { return };
    let (here, all) = (Repeats::new(texts, yes), Repeats::new(texts, known));
    let sum = |repeats: &Repeats| repeats.rows.iter().map(|rows| u64::from(*rows)).sum::<u64>();
    let rows = (sum(&here), sum(&all));
    let pin = matches.pin().filter(|_| *outcome == Outcome::Pinned);
    let is_asked =
        |text: &str| !matches.marks(text).is_empty() || pin.is_some_and(|pin| !pin.marks(text).is_empty());
    let searched = &mut told.searched;
    let least = list.least.unwrap_or_else(|| least(rows.0));
    told.phrases = Some(found(&phrases.count(&here, &all), rows, least, |ranked| {
        let text = phrases.text(ranked.phrase);
        // A part that holds what was searched for is here because of that, and says nothing more.
        if !list.with_searched && is_asked(text) {
            if searched.len() < MAX_SEARCHED && !searched.iter().any(|other| other == text) {
                searched.push(text.to_owned());
            }
            return None;
        }
        Some(What::Phrase(text.to_owned()))
    }));
}

/// What surely goes along, and the nearest of what may by chance, each the surest first; `name` leaves some out.
fn found(
    counts: &Counts,
    rows: (u64, u64),
    least: u32,
    mut name: impl FnMut(&Ranked) -> Option<What>,
) -> Found {
    let (mut all, looked_at) = counts.compared(rows, least);
    let bound = bound(looked_at);
    all.sort_unstable_by(|a, b| b.ratio.total_cmp(&a.ratio).then(a.phrase.cmp(&b.phrase)));
    // Of few rows G² is more sure than it should be: what surely goes along has an interval that says so as well.
    let is_sure = |ranked: &Ranked| {
        let against = ranked.shares(rows).transposed().against_rest();
        ranked.ratio >= bound && against.is_some_and(|(_, (low, high))| low > 1.0 || high < 1.0)
    };
    let (sure, unsure): (Vec<Ranked>, Vec<Ranked>) = all.into_iter().partition(is_sure);
    let mut found = Found { looked_at: looked_at as u64, sure: sure.len() as u64, lines: Vec::new() };
    for (list, is_sure, most) in [(sure, true, MAX_LINES), (unsure, false, MAX_UNSURE)] {
        let lines = list.into_iter().filter_map(|ranked| line(name(&ranked)?, ranked, rows, is_sure));
        found.lines.extend(lines.take(most));
    }
    found
}

fn line(what: What, ranked: Ranked, rows: (u64, u64), sure: bool) -> Option<Line> {
    let Ranked { phrase: _, here, all, ratio: likelihood } = ranked;
    let (ratio, interval) = ranked.shares(rows).transposed().against_rest()?;
    let elsewhere = (rows.0.checked_sub(here.into())?, rows.1.checked_sub(all.into())?);
    Some(Line { what, here: (here, all), elsewhere, ratio, interval, likelihood, sure })
}
