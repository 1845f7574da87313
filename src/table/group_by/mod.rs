//! Groups of the matching rows by the values of one or two columns, and what is computed of each.
//!
//! A row's values become codes, its codes a group; groups are numbered as they are met. What is computed goes
//! through the rows once for each column, in their order.

mod aggregate;
mod keys;

use crate::table::column::{Column, ROWS_A_CALL};
use crate::view::group_by::{Span, What};
use keys::Keyed;
use rustc_hash::FxHashMap;

pub use aggregate::Cells;
pub use keys::KeyValue;

/// The most groups that are told apart.
pub const MAX_GROUPS: usize = 1 << 20;

/// Pairs of codes up to here have a table.
const MAX_TABLE: usize = 1 << 23;

/// The group of rows that do not match.
const NO_GROUP: u32 = u32::MAX;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The columns that rows are grouped by.
    pub keys: Vec<(&'a Column, Option<Span>)>,
    /// What is computed, of which columns.
    pub measures: Vec<(&'a Column, &'a What)>,
    /// Every row's mask; rows count where it is zero.
    pub mask: &'a [u16],
    /// The mask of rows that those are held against, if any are: groups that only these have are made as well, and what
    /// is computed is of the rows that count alone.
    pub pin: Option<&'a [u16]>,
    /// The place of what groups are sorted by, as [`GroupBy::sorted_by`](crate::view::group_by::GroupBy::sorted_by) has it,
    /// and whether the smallest comes first.
    pub order: (usize, bool),
}

/// Groups, numbered as they were met.
#[derive(Clone, Debug)]
pub struct Table {
    /// Rows of each.
    pub rows: Vec<u32>,
    /// Pinned rows of each, where rows are pinned.
    pub pinned: Option<Vec<u32>>,
    /// What is computed, by measure.
    pub cells: Vec<Cells>,
    /// The groups in their order.
    pub order: Vec<u32>,
    /// Codes of each group, by key.
    codes: Vec<Vec<u32>>,
    /// What codes stand for, by key.
    values: Vec<Vec<KeyValue>>,
}

impl Table {
    /// What rows of a group have in common in a key's column.
    pub fn key(&self, key: usize, group: u32) -> KeyValue {
        let code = self.codes.get(key).and_then(|codes| codes.get(group as usize));
        let values = self.values.get(key);
        values.zip(code).and_then(|(values, code)| values.get(*code as usize)).cloned().unwrap_or_default()
    }

    /// Rows in all groups.
    pub fn rows_in_all(&self) -> u64 {
        sum(&self.rows)
    }

    /// Pinned rows of a group, and those in all groups; none where no rows are pinned.
    pub fn pinned_of(&self, group: u32) -> Option<(u64, u64)> {
        let pinned = self.pinned.as_ref()?;
        Some((pinned.get(group as usize).copied().unwrap_or(0).into(), sum(pinned)))
    }
}

fn sum(rows: &[u32]) -> u64 {
    rows.iter().map(|rows| u64::from(*rows)).sum()
}

/// The groups; none where there are more than [`MAX_GROUPS`].
pub fn group_by(ask: &Ask<'_>) -> Option<Table> {
    let rows = ask.keys.iter().map(|(column, _)| column.rows());
    let rows = rows.chain(ask.measures.iter().map(|(column, _)| column.rows())).min().unwrap_or(0);
    let mask = ask.mask.get(..rows.min(ask.mask.len())).unwrap_or_default();
    let keys: Vec<Keyed<'_>> = ask.keys.iter().map(|(column, span)| Keyed::new(column, *span)).collect();
    let mut groups = Groups::new(&keys);
    // Which group each row is in is kept only for what asks for it.
    let mut group_of: Vec<u32> = Vec::new();
    if !ask.measures.is_empty() {
        group_of.reserve_exact(mask.len());
    }
    let mut codes: Vec<Vec<u32>> = vec![Vec::with_capacity(ROWS_A_CALL); keys.len()];
    let mut some = Vec::with_capacity(ROWS_A_CALL);
    for (place, mask) in mask.chunks(ROWS_A_CALL).enumerate() {
        let first = place * ROWS_A_CALL;
        for (key, codes) in keys.iter().zip(&mut codes) {
            codes.clear();
            key.codes(first..first + mask.len(), codes);
        }
        some.clear();
        groups.add(&codes, mask, &mut some);
        if let Some(pin) = ask.pin {
            groups
                .add_pinned(&codes, pin.get(first..(first + mask.len()).min(pin.len())).unwrap_or_default());
        }
        if groups.rows.len() > MAX_GROUPS {
            return None;
        }
        if !ask.measures.is_empty() {
            group_of.extend_from_slice(&some);
        }
    }
    let cells: Vec<Cells> = ask
        .measures
        .iter()
        .map(|(column, what)| aggregate::aggregate(column, what, &group_of, &groups.rows))
        .collect();
    let Groups { rows, pinned, codes, .. } = groups;
    let pinned = ask.pin.is_some().then_some(pinned);
    let values: Vec<Vec<KeyValue>> = keys.iter().zip(&codes).map(|(key, codes)| key.values(codes)).collect();
    let mut table = Table { order: (0..rows.len() as u32).collect(), rows, pinned, cells, codes, values };
    table.sort(ask.order);
    Some(table)
}

impl Table {
    fn sort(&mut self, (place, ascending): (usize, bool)) {
        let mut order = std::mem::take(&mut self.order);
        let keys = self.codes.len();
        let turned = |ordering: std::cmp::Ordering| if ascending { ordering } else { ordering.reverse() };
        if place < keys {
            // The order of values is that of their codes' ranks.
            let ranks = self.values.get(place).map(|values| keys::ranks(values)).unwrap_or_default();
            let codes = self.codes.get(place).map(Vec::as_slice).unwrap_or_default();
            let rank = |group: u32| {
                let code = codes.get(group as usize).copied().unwrap_or(0);
                ranks.get(code as usize).copied().flatten()
            };
            order.sort_by(|a, b| match (rank(*a), rank(*b)) {
                (Some(a), Some(b)) => turned(a.cmp(&b)),
                // No value comes last either way.
                (a, b) => b.is_some().cmp(&a.is_some()),
            });
        } else if let Some(cells) = place.checked_sub(keys + 1).and_then(|place| self.cells.get(place)) {
            let rows = &self.rows;
            let value = |group: u32| cells.sortable(group, rows);
            order.sort_by(|a, b| match (value(*a), value(*b)) {
                (Some(a), Some(b)) => turned(a.total_cmp(&b)),
                (a, b) => b.is_some().cmp(&a.is_some()),
            });
        } else if let (Some(pinned), Some(behind)) =
            (&self.pinned, place.checked_sub(keys + 1 + self.cells.len()))
        {
            // Behind what is computed: pinned rows, and by how much a group's share is above its share of those.
            let (all, all_pinned) = (self.rows_in_all().max(1) as f64, sum(pinned).max(1) as f64);
            let at = |counts: &[u32], group: u32| f64::from(counts.get(group as usize).copied().unwrap_or(0));
            let value = |group: u32| {
                let own = at(pinned, group);
                if behind == 0 { own } else { at(&self.rows, group) / all - own / all_pinned }
            };
            order.sort_by(|a, b| turned(value(*a).total_cmp(&value(*b))));
        } else {
            let rows = |group: u32| self.rows.get(group as usize).copied().unwrap_or(0);
            order.sort_by(|a, b| turned(rows(*a).cmp(&rows(*b))));
        }
        self.order = order;
    }
}

/// Groups while they are met.
struct Groups {
    /// Rows of each, and pinned ones.
    rows: Vec<u32>,
    pinned: Vec<u32>,
    /// Codes of each, by key.
    codes: Vec<Vec<u32>>,
    /// Codes of the second key, no value included.
    seconds: usize,
    /// Groups by codes: a table where that is small enough.
    table: Vec<u32>,
    map: FxHashMap<u64, u32>,
}

impl Groups {
    fn new(keys: &[Keyed<'_>]) -> Self {
        let mut sizes = keys.iter().map(|key| key.count() + 1);
        let (firsts, seconds) = (sizes.next().unwrap_or(1), sizes.next().unwrap_or(1));
        let pairs = firsts.checked_mul(seconds).filter(|pairs| *pairs <= MAX_TABLE);
        Self {
            rows: Vec::new(),
            pinned: Vec::new(),
            codes: vec![Vec::new(); keys.len()],
            seconds,
            table: vec![NO_GROUP; pairs.unwrap_or(0)],
            map: FxHashMap::default(),
        }
    }

    /// Takes rows by their codes; `groups` gets the group of each.
    #[inline(never)]
    fn add(&mut self, codes: &[Vec<u32>], mask: &[u16], groups: &mut Vec<u32>) {
        let (first, second) = (codes.first(), codes.get(1));
        let Some(first) = first else { return };
        for (row, (code, mask)) in first.iter().zip(mask).enumerate() {
            if *mask != 0 {
                groups.push(NO_GROUP);
                continue;
            }
            let other = second.and_then(|codes| codes.get(row)).copied().unwrap_or(0);
            let group = self.of(*code, other);
            if let Some(rows) = self.rows.get_mut(group as usize) {
                *rows += 1;
            }
            groups.push(group);
        }
    }

    /// Takes pinned rows by their codes.
    #[inline(never)]
    fn add_pinned(&mut self, codes: &[Vec<u32>], mask: &[u16]) {
        let (first, second) = (codes.first(), codes.get(1));
        let Some(first) = first else { return };
        for (row, (code, mask)) in first.iter().zip(mask).enumerate() {
            if *mask == 0 {
                let other = second.and_then(|codes| codes.get(row)).copied().unwrap_or(0);
                let group = self.of(*code, other);
                if let Some(rows) = self.pinned.get_mut(group as usize) {
                    *rows += 1;
                }
            }
        }
    }

    /// The group of two codes.
    #[inline]
    fn of(&mut self, code: u32, other: u32) -> u32 {
        let pair = u64::from(code) * self.seconds as u64 + u64::from(other);
        let new = self.rows.len() as u32;
        let group = if let Some(slot) = self.table.get_mut(pair as usize) {
            if *slot == NO_GROUP {
                *slot = new;
            }
            *slot
        } else {
            *self.map.entry(pair).or_insert(new)
        };
        if group == new {
            self.rows.push(0);
            self.pinned.push(0);
            for (own, code) in self.codes.iter_mut().zip([code, other]) {
                own.push(code);
            }
        }
        group
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
