//! What the page is told of pairs: counts, a few of them, and how far scores agree.

use super::missing::{known_of, looked_at};
use super::{Sources, lists, number, number_of, second, side_name, text};
use crate::base::ids::Generation;
use crate::engine::data::{Data, DataColumn};
use crate::engine::images::Readable;
use crate::engine::result::Matches;
use crate::protocol::pairs::{Judge, Kind, Listed, MAX_PAIRS, PairAt, Pairs, Verdict, Want};
use crate::table::agreement::{Agreement, Judgement, agreement};
use crate::table::column::Value;
use crate::table::numbered::{NONE, numbered};
use crate::table::pairs::{Counter, Image, Judged, Known, Pair, PairsOf, pairs_of};
use crate::view::pairs::MAX_JUDGES;
use crate::view::roles::Role;
use std::borrow::Cow;

/// The pairs of the rows that match, as far as they are read.
pub fn answer(
    data: &Data,
    matches: &Matches,
    images: &Readable,
    want: &Want,
    generation: Generation,
) -> Pairs {
    let sources = Sources::of(data);
    let read = sources.deciding().filter(|column| !column.failed).map(|column| column.rows_read() as u64);
    let rows = (read.min().unwrap_or(data.meta.rows), data.rows_in_all());
    let is_asked = want.options.readable && sources.list.is_none();
    let looked_at = is_asked.then(|| looked_at(data, matches, images, &want.options));
    let pairs =
        Pairs { generation, kind: sources.kind, rows, looked_at, first: want.first, ..Pairs::default() };
    match sources.kind {
        Kind::Two => of_rows(data, &sources, (matches, images), want, pairs),
        Kind::Ranked | Kind::Rated if sources.list.is_some() => {
            of_lists(data, &sources, matches, want, pairs)
        }
        Kind::Ranked | Kind::Rated => match sources.groups(matches, images) {
            Some(groups) => of_groups(data, &sources, &mut groups.iter().map(Cow::Borrowed), want, pairs),
            None => pairs,
        },
    }
}

fn of_lists(data: &Data, sources: &Sources<'_>, matches: &Matches, want: &Want, pairs: Pairs) -> Pairs {
    let read = usize::try_from(pairs.rows.0).unwrap_or(usize::MAX);
    let here = || {
        let rows = (0..).zip(matches.filter().mask().iter().take(read)).filter(|(_, mask)| **mask == 0);
        rows.map(|(row, _)| row)
    };
    let mut uneven = 0;
    let mut groups = here().map(|row| {
        let listed = sources.listed(row);
        uneven += u64::from(!listed.is_even);
        Cow::Owned(listed.images)
    });
    let agreement = want.agreement.then(|| lists::judged(sources, data.column_of(Role::Annotator), here()));
    let mut pairs = of_groups(data, sources, &mut groups, want, Pairs { agreement, lists: true, ..pairs });
    pairs.count.uneven = uneven;
    pairs
}

fn of_groups(
    data: &Data,
    sources: &Sources<'_>,
    groups: &mut dyn Iterator<Item = Cow<'_, [Image]>>,
    want: &Want,
    pairs: Pairs,
) -> Pairs {
    let mut counter = Counter::default();
    let mut judges = judges(data, want);
    let mut listed = Vec::new();
    let end = want.first.saturating_add(u64::from(want.count.min(MAX_PAIRS)));
    let mut at = 0_u64;
    for group in groups {
        let own = pairs_of(&group, &want.options);
        counter.add(&group, &own, &want.options, sources.kind == Kind::Ranked);
        let category = || text(sources.category?, group.first()?.row);
        let category = if judges.is_empty() { None } else { category() };
        for (column, _, judged) in &mut judges {
            let scores = own.ordered.iter().filter_map(|pair| {
                Some((pair.difference, number_of(column, &pair.better)?, number_of(column, &pair.worse)?))
            });
            judged.add(category.as_deref(), scores);
        }
        let count = (own.ordered.len() + own.tied.len()) as u64;
        if at < end && at + count > want.first {
            let skip = want.first.saturating_sub(at) as usize;
            let take = end.saturating_sub(at.max(want.first)) as usize;
            listed.extend(
                in_order(&own).into_iter().skip(skip).take(take).map(|pair| told_pair(sources, &pair)),
            );
        }
        at += count;
    }
    Pairs { count: counter.finish(), judges: told(judges), pairs: listed, ..pairs }
}

/// All pairs of a group as they stand in the file.
fn in_order(pairs: &PairsOf) -> Vec<Pair> {
    let mut all: Vec<Pair> = pairs.ordered.iter().chain(&pairs.tied).copied().collect();
    all.sort_by_key(|pair| {
        let (better, worse) = (pair.better.at(), pair.worse.at());
        (better.min(worse), better.max(worse))
    });
    all
}

/// A pair as the page is told of it.
fn told_pair(sources: &Sources<'_>, pair: &Pair) -> PairAt {
    let Pair { better, worse, difference } = pair;
    let is_first = better.at() < worse.at();
    let (first, second) = if is_first { (better, worse) } else { (worse, better) };
    let listed = sources.list.map(|_| {
        let names = sources.listed(first.row).names;
        let sign = if sources.kind == Kind::Rated { -1.0 } else { 1.0 };
        let one = |image: &Image| Listed {
            item: image.item,
            name: names.get(image.item as usize).cloned().unwrap_or_default(),
            number: image.place.unwrap_or_default() * sign,
        };
        Box::new([one(first), one(second)])
    });
    let verdict = if *difference == 0.0 {
        Verdict::Tie
    } else if is_first {
        Verdict::First
    } else {
        Verdict::Second
    };
    PairAt { rows: (u64::from(first.row), u64::from(second.row)), verdict: Some(verdict), listed }
}

fn of_rows(
    data: &Data,
    sources: &Sources<'_>,
    (matches, images): (&Matches, &Readable),
    want: &Want,
    pairs: Pairs,
) -> Pairs {
    let scale = sources.scale();
    let mut counter = Counter::default();
    let mut judges = judges(data, want);
    let read = usize::try_from(pairs.rows.0).unwrap_or(usize::MAX);
    let is_left_out = |row: u32| want.options.readable && known_of(images, row).contains(&Known::Missing);
    let here = || (0..).zip(matches.filter().mask().iter().take(read)).filter(|(_, mask)| **mask == 0);
    for (row, _) in here() {
        if want.options.readable {
            counter.add_files(known_of(images, row));
        }
        if is_left_out(row) {
            counter.add_missing();
            continue;
        }
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
    let agreement = want
        .agreement
        .then(|| judged(data, sources, here().map(|(row, _)| row).filter(|row| !is_left_out(*row))));
    let most = want.count.min(MAX_PAIRS);
    let window = if want.options.readable && most > 0 {
        let rows = matches.window(0, matches.matching()).into_iter().filter(|row| !is_left_out(*row));
        rows.skip(usize::try_from(want.first).unwrap_or(usize::MAX)).take(most as usize).collect()
    } else {
        matches.window(want.first, most)
    };
    let listed = window.into_iter().map(|row| PairAt {
        rows: (u64::from(row), u64::from(row)),
        verdict: sources.share(scale, row).map(Verdict::of_share),
        listed: None,
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
    let other = |name: &str| second(data, name);
    names.filter_map(|name| Some((data.column(name)?, other(name), Judged::default()))).collect()
}

fn told(judges: Columns<'_>) -> Vec<Judge> {
    let judge = |(column, _, judged): (&DataColumn, Option<&DataColumn>, Judged)| {
        let (all, by_difference, by_category) = judged.finish();
        Judge { column: column.info.name.clone(), all, by_difference, by_category }
    };
    judges.into_iter().map(judge).collect()
}
