//! Rows grouped by their prompt, how far ranks and ratings agree, and rows that are picked one by one.

use super::Answers;
use super::report::report;
use crate::engine::Effect;
use crate::engine::data::{Data, DataColumn};
use crate::engine::result::Matches;
use crate::protocol::compare::{self, Group, MAX_GROUPS, MAX_PICKED, Pick, Picked};
use crate::protocol::{Counts, Kind, LazyResponse, MAX_CELL_CHARS, Row};
use crate::table::column::Value;
use crate::table::filter::number as as_number;
use crate::table::numbered::numbered;
use crate::table::pairs::{Groups, Image, Known};
use crate::view::roles::Role;

/// What says which rows belong together, what orders them, and what is compared with that order.
const ROLES: [Role; 3] = [Role::Group, Role::Rank, Role::Rating];

/// What the view of groups needs.
#[derive(Debug, Default)]
pub struct GroupsState {
    /// Whether groups are wanted and not reported yet.
    due: bool,
    wanted: bool,
    picked: PickedRows,
}

/// Rows that are picked one by one.
#[derive(Debug, Default)]
pub struct PickedRows {
    /// The rows, in ascending order.
    pub rows: Vec<u64>,
    /// The columns that are wanted of them.
    pub columns: Vec<String>,
}

impl GroupsState {
    /// The filters are others: groups are reported anew, if anyone looks at them.
    pub fn refilter(&mut self) {
        self.due = self.wanted;
    }

    /// The picked rows.
    pub fn picked(&self) -> &PickedRows {
        &self.picked
    }

    /// Whether any row is picked.
    pub fn picks(&self) -> bool {
        !self.picked.rows.is_empty()
    }
}

impl Answers {
    /// Groups are wanted, or not any more.
    pub fn want_groups(&mut self, wanted: bool, data: &mut Data) {
        self.groups.wanted = wanted;
        self.groups.due = wanted;
        if wanted {
            let columns = ROLES.into_iter().filter_map(|role| data.roles.column(role));
            for name in columns.map(str::to_owned).collect::<Vec<_>>() {
                data.load(&name);
            }
        }
    }

    /// The cells of these rows are wanted.
    pub fn pick(&mut self, pick: Pick, data: &Data) {
        let Pick { mut rows, columns } = pick;
        rows.truncate(MAX_PICKED);
        rows.retain(|row| *row < data.meta.rows);
        rows.sort_unstable();
        self.groups.picked = PickedRows { rows, columns };
        self.due.note_picked();
    }

    /// Reports the groups, once all that orders them is read.
    pub(super) fn report_groups(&mut self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) {
        if !self.groups.due {
            return;
        }
        let waits = ROLES
            .into_iter()
            .filter_map(|role| data.column_of(role))
            .any(|column| !column.complete && !column.failed);
        // What one row lists is no group of rows.
        let is_of_rows = |column: &&DataColumn| column.info.kind != Kind::Nested;
        let Some(key) = data.column_of(Role::Group).filter(|_| !waits).filter(is_of_rows) else { return };
        let Some(numbers) = key.values.as_ref().map(numbered) else { return };
        let number = |column: Option<&DataColumn>, row: u32| match column
            .and_then(|column| column.value(u64::from(row)))
        {
            Some(Value::Float32(value)) => Some(f64::from(value)),
            Some(Value::Null | Value::Bool(_) | Value::Bytes(_)) | None => None,
            Some(
                value @ (Value::Int(_)
                | Value::UInt(_)
                | Value::Decimal(..)
                | Value::Wide(..)
                | Value::Time(_)
                | Value::Float64(_)),
            ) => as_number(value),
        };
        let (rank, rating) = (data.column_of(Role::Rank), data.column_of(Role::Rating));
        let mask = matches.filter().mask();
        let nothing =
            |row| Image { row, item: 0, place: None, rating: None, is_here: false, file: Known::Likely };
        let found = Groups::new(&numbers, |row| mask.get(row) == Some(&0), nothing);
        let left_out = found.len().saturating_sub(MAX_GROUPS) as u64;
        let mut rated = false;
        let groups = found
            .iter()
            .take(MAX_GROUPS)
            .map(|images| {
                let mut rows: Vec<u32> =
                    images.iter().filter(|image| image.is_here).map(|image| image.row).collect();
                let order = |row: &u32| match rank {
                    Some(_) => number(rank, *row).unwrap_or(f64::INFINITY),
                    None => number(rating, *row).map_or(f64::INFINITY, |rating| -rating),
                };
                rows.sort_by(|a, b| order(a).total_cmp(&order(b)));
                let known: Vec<(f64, f64)> = rows
                    .iter()
                    .filter_map(|row| Some((number(rank, *row)?, number(rating, *row)?)))
                    .collect();
                rated |= !known.is_empty();
                Group { disagreement: disagreement(&known), rows: Counts(rows) }
            })
            .collect();
        self.groups.due = false;
        let generation = self.show.generation;
        let told = compare::Groups { generation, groups, rated, left_out };
        report(effects, LazyResponse::Groups(told));
    }

    /// Reports the picked rows, as far as they are read.
    pub(super) fn report_picked(&self, data: &Data, effects: &mut Vec<Effect>) {
        if !self.groups.picks() {
            return;
        }
        let PickedRows { rows, columns } = self.groups.picked();
        let columns: Vec<&DataColumn> = columns.iter().filter_map(|name| data.column(name)).collect();
        let rows = rows.iter().map(|row| Row {
            row: *row,
            cells: columns.iter().map(|column| data.cell(column, *row, MAX_CELL_CHARS)).collect(),
            marks: Vec::new(),
            colour: data.own.colour_of(*row),
        });
        let picked = Picked {
            columns: columns.iter().map(|column| column.info.name.clone()).collect(),
            rows: rows.collect(),
        };
        report(effects, LazyResponse::Picked(picked));
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
