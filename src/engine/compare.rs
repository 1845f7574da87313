//! Rows put together by their prompt, and how far ranks and ratings agree.

use super::Effect;
use super::table::{State, Table};
use crate::protocol::compare::{Group, Groups, MAX_PICKED, Pick, Picked};
use crate::protocol::{Counts, MAX_CELL_CHARS, Row, Seldom};
use crate::table::column::{Store, Value};
use std::collections::BTreeMap;

/// The column that says which rows belong together.
const KEY: &str = "prompt_id";

/// The columns that order the rows of a group, and that are compared with that order.
const RANK: &str = "rank";
const RATING: &str = "overall_rating";

/// What the view of groups wants.
#[derive(Debug, Default)]
pub struct Compare {
    /// Whether groups are wanted and not told yet.
    due: bool,
    wanted: bool,
    pick: Pick,
}

impl Compare {
    /// The filters are others: groups are told anew, if anyone looks at them.
    pub fn refilter(&mut self) {
        self.due = self.wanted;
    }

    /// The picked rows of a column.
    pub fn rows_of(&self, column: &str) -> &[u64] {
        if self.pick.columns.iter().any(|name| name == column) { &self.pick.rows } else { &[] }
    }

    /// Whether any row is picked.
    pub fn picks(&self) -> bool {
        !self.pick.rows.is_empty()
    }
}

impl Table {
    /// Groups are wanted, or not any more.
    pub(super) fn want_groups(&mut self, wanted: bool) {
        self.compare.wanted = wanted;
        self.compare.due = wanted;
        if wanted {
            for name in [KEY, RANK, RATING] {
                self.load(name);
            }
        }
    }

    /// The cells of these rows are wanted.
    pub(super) fn pick(&mut self, pick: Pick) {
        let Pick { mut rows, columns } = pick;
        rows.truncate(MAX_PICKED);
        rows.retain(|row| *row < self.meta.rows);
        rows.sort_unstable();
        self.compare.pick = Pick { rows, columns };
        self.stale.rows = true;
    }

    /// Tells the groups, once all that orders them is read.
    pub(super) fn tell_groups(&mut self, effects: &mut Vec<Effect>) {
        if !self.compare.due {
            return;
        }
        let column = |name: &str| self.column(name).map(|(_, state)| state);
        let waits =
            [KEY, RANK, RATING].into_iter().filter_map(column).any(|state| !state.complete && !state.failed);
        let Some(key) = column(KEY).filter(|_| !waits) else { return };
        // A null's code is a group of its own, which is left out.
        let codes: Vec<Option<u16>> = match key.data.as_ref().map(|data| data.store()) {
            Some(Store::Codes8(codes, _)) => {
                codes.iter().map(|code| (*code != u8::MAX).then_some(u16::from(*code))).collect()
            }
            Some(Store::Codes16(codes, _)) => {
                codes.iter().map(|code| (*code != u16::MAX).then_some(*code)).collect()
            }
            // Codes beyond two bytes are of tables with more prompts than can be looked at one by one.
            Some(Store::Text(texts)) => texts.codes().iter().map(|code| u16::try_from(*code).ok()).collect(),
            Some(Store::Plain(..)) | None => return,
        };
        let number = |state: Option<&State>, row: u32| match state
            .and_then(|state| self.value(state, u64::from(row)))
        {
            Some(Value::Int(value)) => Some(value as f64),
            Some(Value::Float32(value)) => Some(f64::from(value)),
            Some(Value::Float64(value)) => Some(value),
            _ => None,
        };
        let (rank, rating) = (column(RANK), column(RATING));
        let mut places: BTreeMap<u16, usize> = BTreeMap::new();
        let mut found: Vec<Vec<u32>> = Vec::new();
        for (row, (code, mask)) in codes.iter().zip(self.filter.mask()).enumerate() {
            if let Some(code) = code.filter(|_| *mask == 0) {
                let place = *places.entry(code).or_insert_with(|| {
                    found.push(Vec::new());
                    found.len() - 1
                });
                if let Some(rows) = found.get_mut(place) {
                    rows.push(row as u32);
                }
            }
        }
        let mut rated = false;
        let groups = found
            .into_iter()
            .map(|mut rows| {
                let order = |row: &u32| number(rank, *row).unwrap_or(f64::INFINITY);
                rows.sort_by(|a, b| order(a).total_cmp(&order(b)));
                let known: Vec<(f64, f64)> = rows
                    .iter()
                    .filter_map(|row| Some((number(rank, *row)?, number(rating, *row)?)))
                    .collect();
                rated |= !known.is_empty();
                Group { disagreement: disagreement(&known), rows: Counts(rows) }
            })
            .collect();
        self.compare.due = false;
        let generation = self.show.generation;
        effects.push(Effect::Respond(Seldom::Groups(Groups { generation, groups, rated }).into()));
    }

    /// Tells the picked rows, as far as they are read.
    pub(super) fn tell_picked(&self, effects: &mut Vec<Effect>) {
        if !self.compare.picks() {
            return;
        }
        let names = &self.compare.pick.columns;
        let columns: Vec<&State> =
            names.iter().filter_map(|name| self.column(name)).map(|(_, state)| state).collect();
        let rows = self.compare.pick.rows.iter().map(|row| Row {
            row: *row,
            cells: columns.iter().map(|state| self.cell(state, *row, MAX_CELL_CHARS)).collect(),
            marks: Vec::new(),
        });
        effects.push(Effect::Respond(
            Seldom::Picked(Picked {
                columns: columns.iter().map(|state| state.info.name.clone()).collect(),
                rows: rows.collect(),
            })
            .into(),
        ));
    }
}

/// Of the pairs with different ranks the share where the better one is rated lower.
fn disagreement(images: &[(f64, f64)]) -> f64 {
    let (mut pairs, mut wrong) = (0.0, 0.0);
    for (at, (rank, rating)) in images.iter().enumerate() {
        for (other_rank, other_rating) in images.iter().skip(at + 1).filter(|(other, _)| other != rank) {
            pairs += 1.0;
            if (rank < other_rank && rating < other_rating) || (rank > other_rank && rating > other_rating) {
                wrong += 1.0;
            }
        }
    }
    if pairs > 0.0 { wrong / pairs } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::disagreement;

    #[test]
    fn ranks_and_ratings_are_compared_by_pairs() {
        assert_eq!(disagreement(&[]), 0.0);
        assert_eq!(disagreement(&[(1.0, 7.0), (2.0, 5.0), (3.0, 1.0)]), 0.0);
        assert_eq!(disagreement(&[(1.0, 1.0), (2.0, 5.0)]), 1.0);
        // Ties of ranks say nothing.
        assert_eq!(disagreement(&[(1.0, 1.0), (1.0, 5.0)]), 0.0);
    }
}
