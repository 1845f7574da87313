//! What the page is told of pairs: counts, a few of them, and how far scores agree.

use super::{Sources, number, second, side_name, text};
use crate::base::ids::Generation;
use crate::engine::data::{Data, DataColumn};
use crate::engine::result::Matches;
use crate::protocol::pairs::{Judge, Kind, MAX_PAIRS, PairAt, Pairs, Verdict, Want};
use crate::table::agreement::{Agreement, Judgement, agreement};
use crate::table::column::Value;
use crate::table::numbered::{NONE, numbered};
use crate::table::pairs::{Counter, Groups, Judged, Pair, PairsOf, pairs_of};
use crate::view::pairs::MAX_JUDGES;
use crate::view::roles::Role;

/// The pairs of the rows that match, as far as they are read.
pub fn answer(data: &Data, matches: &Matches, want: &Want, generation: Generation) -> Pairs {
    let sources = Sources::of(data);
    let read = sources.deciding().filter(|column| !column.failed).map(|column| column.rows_read() as u64);
    let rows = (read.min().unwrap_or(data.meta.rows), data.rows_in_all());
    let pairs = Pairs { generation, kind: sources.kind, rows, first: want.first, ..Pairs::default() };
    match sources.kind {
        Kind::Two => of_rows(data, &sources, matches, want, pairs),
        Kind::Ranked | Kind::Rated => match sources.groups(matches) {
            Some(groups) => of_groups(data, &sources, &groups, want, pairs),
            None => pairs,
        },
    }
}

fn of_groups(data: &Data, sources: &Sources<'_>, groups: &Groups, want: &Want, pairs: Pairs) -> Pairs {
    let mut counter = Counter::default();
    let mut judges = judges(data, want);
    let mut listed = Vec::new();
    let end = want.first.saturating_add(u64::from(want.count.min(MAX_PAIRS)));
    let mut at = 0_u64;
    for group in groups.iter() {
        let own = pairs_of(group, &want.options);
        counter.add(group, &own, &want.options, sources.kind == Kind::Ranked);
        let category = || text(sources.category?, group.first()?.row);
        let category = if judges.is_empty() { None } else { category() };
        for (column, _, judged) in &mut judges {
            let scores = own.ordered.iter().filter_map(|pair| {
                Some((pair.difference, number(column, pair.better.row)?, number(column, pair.worse.row)?))
            });
            judged.add(category.as_deref(), scores);
        }
        let count = (own.ordered.len() + own.tied.len()) as u64;
        if at < end && at + count > want.first {
            let skip = want.first.saturating_sub(at) as usize;
            let take = end.saturating_sub(at.max(want.first)) as usize;
            listed.extend(in_order(&own).into_iter().skip(skip).take(take).map(at_rows));
        }
        at += count;
    }
    Pairs { count: counter.finish(), judges: told(judges), pairs: listed, ..pairs }
}

/// All pairs of a group as they stand in the file.
fn in_order(pairs: &PairsOf) -> Vec<Pair> {
    let mut all: Vec<Pair> = pairs.ordered.iter().chain(&pairs.tied).copied().collect();
    all.sort_by_key(|pair| {
        let (better, worse) = (pair.better.row, pair.worse.row);
        (better.min(worse), better.max(worse))
    });
    all
}

fn at_rows(pair: Pair) -> PairAt {
    let (better, worse) = (u64::from(pair.better.row), u64::from(pair.worse.row));
    let verdict = if pair.difference == 0.0 {
        Verdict::Tie
    } else if better < worse {
        Verdict::First
    } else {
        Verdict::Second
    };
    PairAt { rows: (better.min(worse), better.max(worse)), verdict: Some(verdict) }
}

fn of_rows(data: &Data, sources: &Sources<'_>, matches: &Matches, want: &Want, pairs: Pairs) -> Pairs {
    let scale = sources.scale();
    let mut counter = Counter::default();
    let mut judges = judges(data, want);
    let read = usize::try_from(pairs.rows.0).unwrap_or(usize::MAX);
    for (row, _) in (0..).zip(matches.filter().mask().iter().take(read)).filter(|(_, mask)| **mask == 0) {
        let share = sources.share(scale, row);
        counter.add_verdict(share, sources.is_odd(row));
        let Some(share) = share.filter(|share| *share != 0.5) else { continue };
        if judges.is_empty() {
            continue;
        }
        let category = sources.category.and_then(|column| text(column, row));
        for (first, other, judged) in &mut judges {
            let scores = || {
                let (first, other) = (number(first, row)?, number((*other)?, row)?);
                let (better, worse) = if share > 0.5 { (first, other) } else { (other, first) };
                Some(((share - 0.5).abs() * 2.0, better, worse))
            };
            judged.add(category.as_deref(), scores().into_iter());
        }
    }
    let agreement = want.agreement.then(|| {
        let rows = (0..).zip(matches.filter().mask().iter().take(read)).filter(|(_, mask)| **mask == 0);
        judged(data, sources, rows.map(|(row, _)| row))
    });
    let window = matches.window(want.first, want.count.min(MAX_PAIRS));
    let listed = window.into_iter().map(|row| PairAt {
        rows: (u64::from(row), u64::from(row)),
        verdict: sources.share(scale, row).map(Verdict::of_share),
    });
    Pairs { count: counter.finish(), judges: told(judges), pairs: listed.collect(), agreement, ..pairs }
}

/// How far judgements of the same two images agree, of these rows.
fn judged(data: &Data, sources: &Sources<'_>, rows: impl Iterator<Item = u32>) -> Agreement {
    let [Some(first), Some(second)] =
        [Role::ImageA, Role::ImageB].map(|role| data.column(&side_name(data, role)?))
    else {
        return Agreement::default();
    };
    let scale = sources.scale();
    let annotators = data.column_of(Role::Annotator).and_then(|column| column.values.as_ref()).map(numbered);
    agreement(rows.filter_map(|row| {
        let verdict = match Verdict::of_share(sources.share(scale, row)?) {
            Verdict::First => 0,
            Verdict::Second => 1,
            Verdict::Tie => 2,
        };
        let annotator = annotators.as_ref().and_then(|numbers| numbers.get(row as usize).copied());
        Some(Judgement {
            images: [name_in(first, row)?, name_in(second, row)?],
            verdict,
            annotator: annotator.filter(|number| *number != NONE),
        })
    }))
}

/// What a column of texts calls an image.
fn name_in(column: &DataColumn, row: u32) -> Option<&[u8]> {
    let Some(Value::Bytes(name)) = column.value(u64::from(row)) else { return None };
    Some(name)
}

/// The columns of scores; of tables with two images a row the second one's as well.
type Columns<'a> = Vec<(&'a DataColumn, Option<&'a DataColumn>, Judged)>;

fn judges<'a>(data: &'a Data, want: &Want) -> Columns<'a> {
    let names = want.judges.iter().take(MAX_JUDGES);
    let other = |name: &str| data.column(&second(name)?);
    names.filter_map(|name| Some((data.column(name)?, other(name), Judged::default()))).collect()
}

fn told(judges: Columns<'_>) -> Vec<Judge> {
    let judge = |(column, _, judged): (&DataColumn, Option<&DataColumn>, Judged)| {
        let (all, by_difference, by_category) = judged.finish();
        Judge { column: column.info.name.clone(), all, by_difference, by_category }
    };
    judges.into_iter().map(judge).collect()
}
