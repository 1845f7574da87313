//! What is computed of each group's values.

use super::NO_GROUP;
use super::keys::Keyed;
use crate::table::boxes::{between, written};
use crate::table::column::{Column, Plain, Store, Value, value_at};
use crate::table::crossfilter::raw;
use crate::table::filter::passes;
use crate::view::group_by::What;
use crate::view::spec::Clause;

/// Something of each group.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers; NaN where there is nothing to compute one of.
    Numbers(Vec<f64>),
    /// How many different values.
    Counts(Vec<u32>),
    /// So many of the group's rows.
    Parts(Vec<u32>),
}

impl Cells {
    /// What groups are sorted by: parts as shares of their group.
    pub fn sortable(&self, group: u32, rows: &[u32]) -> Option<f64> {
        let at = |counts: &[u32]| counts.get(group as usize).map(|count| f64::from(*count));
        match self {
            Self::Numbers(all) => all.get(group as usize).copied().filter(|value| !value.is_nan()),
            Self::Counts(all) => at(all),
            Self::Parts(all) => Some(at(all)? / at(rows)?.max(1.0)),
        }
    }
}

/// Computes it. `group_of` has the group of each row.
pub fn aggregate(column: &Column, what: &What, group_of: &[u32], rows: &[u32]) -> Cells {
    let groups = rows.len();
    match what {
        What::Distinct => Cells::Counts(distinct(column, group_of, groups)),
        What::Mean => Cells::Numbers(means(column, group_of, groups)),
        What::Quantile(hundredths) => {
            Cells::Numbers(quantiles(column, f64::from(*hundredths) / 100.0, group_of, groups))
        }
        What::Least => Cells::Numbers(ends(column, group_of, groups, |value, least| value < least)),
        What::Most => Cells::Numbers(ends(column, group_of, groups, |value, most| value > most)),
        What::Share(value) => Cells::Parts(parts(column, value.as_deref(), group_of, groups)),
    }
}

/// Calls for each row of a group with its number, NaN where it has none.
fn each(column: &Column, group_of: &[u32], mut call: impl FnMut(usize, f64)) {
    let mut each = |of_row: &mut dyn FnMut(usize) -> f64| {
        for (row, group) in group_of.iter().enumerate() {
            if *group != NO_GROUP {
                call(*group as usize, of_row(row));
            }
        }
    };
    match column.store() {
        Store::Codes8(codes, values) => {
            let table = table(values.len(), |code| raw(column.meaning(value_at(values, code))));
            each(&mut |row| at(&table, codes.get(row).map(|code| usize::from(*code))));
        }
        Store::Codes16(codes, values) => {
            let table = table(values.len(), |code| raw(column.meaning(value_at(values, code))));
            each(&mut |row| at(&table, codes.get(row).map(|code| usize::from(*code))));
        }
        // Numbers of more than 64 bits, or none.
        Store::Text(texts) => {
            let table = table(texts.distinct(), |code| {
                raw(column.meaning(texts.get(code as u32).map_or(Value::Null, Value::Bytes)))
            });
            each(&mut |row| at(&table, texts.codes().get(row).map(|code| *code as usize)));
        }
        Store::Plain(Plain::Float64(all), None) => each(&mut |row| at(all, Some(row))),
        Store::Plain(..) => each(&mut |row| column.get(row).map_or(f64::NAN, raw)),
    }
}

fn table(count: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..count).map(value).collect()
}

fn at(table: &[f64], place: Option<usize>) -> f64 {
    place.and_then(|place| table.get(place)).copied().unwrap_or(f64::NAN)
}

fn means(column: &Column, group_of: &[u32], groups: usize) -> Vec<f64> {
    let mut sums = vec![(0.0f64, 0u32); groups];
    each(column, group_of, |group, value| {
        if let Some((sum, count)) = sums.get_mut(group).filter(|_| !value.is_nan()) {
            *sum += value;
            *count += 1;
        }
    });
    sums.into_iter().map(|(sum, count)| if count > 0 { sum / f64::from(count) } else { f64::NAN }).collect()
}

fn ends(column: &Column, group_of: &[u32], groups: usize, is_further: impl Fn(f64, f64) -> bool) -> Vec<f64> {
    let mut ends = vec![f64::NAN; groups];
    each(column, group_of, |group, value| {
        if let Some(end) = ends.get_mut(group).filter(|_| !value.is_nan())
            && (end.is_nan() || is_further(value, *end))
        {
            *end = value;
        }
    });
    ends.into_iter().map(written).collect()
}

fn quantiles(column: &Column, share: f64, group_of: &[u32], groups: usize) -> Vec<f64> {
    let mut counts = vec![0usize; groups];
    each(column, group_of, |group, value| {
        if let Some(count) = counts.get_mut(group).filter(|_| !value.is_nan()) {
            *count += 1;
        }
    });
    let mut next = starts(&counts);
    let mut values = vec![0.0; counts.iter().sum()];
    each(column, group_of, |group, value| {
        if let Some(place) = next.get_mut(group).filter(|_| !value.is_nan()) {
            if let Some(slot) = values.get_mut(*place) {
                *slot = value;
            }
            *place += 1;
        }
    });
    let mut rest = values.as_mut_slice();
    let mut quantiles = Vec::with_capacity(groups);
    for count in counts {
        let (own, behind) = rest.split_at_mut_checked(count).unwrap_or_default();
        rest = behind;
        quantiles.push(written(quantile(own, share)));
    }
    quantiles
}

/// Where the values of each group begin, when they lie behind each other.
fn starts(counts: &[usize]) -> Vec<usize> {
    let begin = |start: &mut usize, count: &usize| {
        let own = *start;
        *start += count;
        Some(own)
    };
    counts.iter().scan(0, begin).collect()
}

/// The value below which a share of the values lies, between two neighbours where there is none.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let below = (place.floor() as usize).min(last);
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    between(low, high, place - below as f64)
}

fn distinct(column: &Column, group_of: &[u32], groups: usize) -> Vec<u32> {
    let keyed = Keyed::new(column, None);
    let mut codes = Vec::with_capacity(group_of.len());
    keyed.codes(0..group_of.len(), &mut codes);
    let none = keyed.count() as u32;
    let counted = |code: u32, group: u32| group != NO_GROUP && code != none;
    let mut counts = vec![0usize; groups];
    for (code, group) in codes.iter().zip(group_of) {
        if let Some(count) = counts.get_mut(*group as usize).filter(|_| counted(*code, *group)) {
            *count += 1;
        }
    }
    let mut next = starts(&counts);
    let mut by_group = vec![0u32; counts.iter().sum()];
    for (code, group) in codes.iter().zip(group_of) {
        if let Some(place) = next.get_mut(*group as usize).filter(|_| counted(*code, *group)) {
            if let Some(slot) = by_group.get_mut(*place) {
                *slot = *code;
            }
            *place += 1;
        }
    }
    drop(codes);
    // Each code remembers the last group that it was met in.
    let mut met_in = vec![NO_GROUP; keyed.count()];
    let mut rest = by_group.as_slice();
    let mut distinct = Vec::with_capacity(groups);
    for (group, count) in (0..).zip(counts) {
        let (own, behind) = rest.split_at_checked(count).unwrap_or_default();
        rest = behind;
        let mut different = 0;
        for code in own {
            if let Some(last) = met_in.get_mut(*code as usize)
                && *last != group
            {
                *last = group;
                different += 1;
            }
        }
        distinct.push(different);
    }
    distinct
}

fn parts(column: &Column, value: Option<&str>, group_of: &[u32], groups: usize) -> Vec<u32> {
    let clause = match value {
        Some(text) => Clause::list([Some(text.to_owned())], false),
        None => Clause::Null,
    };
    let known = column.known();
    let keyed = Keyed::new(column, None);
    // What codes stand for is asked once each.
    let mut codes = Vec::with_capacity(group_of.len());
    keyed.codes(0..group_of.len(), &mut codes);
    let mut first = vec![None::<u32>; keyed.count() + 1];
    for (row, code) in (0..).zip(&codes) {
        if let Some(slot) = first.get_mut(*code as usize) {
            slot.get_or_insert(row);
        }
    }
    let is = |row: &Option<u32>| {
        row.and_then(|row| column.get(row as usize)).is_some_and(|value| passes(&clause, known, value))
    };
    let wanted: Vec<bool> = first.iter().map(is).collect();
    let mut parts = vec![0; groups];
    for (code, group) in codes.iter().zip(group_of) {
        if let Some(part) = parts.get_mut(*group as usize) {
            *part += u32::from(wanted.get(*code as usize).copied().unwrap_or(false));
        }
    }
    parts
}
