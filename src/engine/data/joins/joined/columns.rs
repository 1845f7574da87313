//! The columns of a joined table beside those of the file, and their values.

use super::JoinState;
use crate::engine::beside::Task;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::engine::data::JoinedColumn;
use crate::engine::data::column::{DataColumn, Derived, Origin};
use crate::protocol::texts::join as texts;
use crate::protocol::{self, Cell, Kind};
use crate::table::column::{Column, Value};
use crate::table::join::{NOWHERE, Source};
use crate::view::join::SOURCE;

/// The most columns of another table.
const MAX_COLUMNS: usize = 100;

/// What the column is called that says how many rows of the other table have a row's key.
const ROWS: &str = "rows";

/// What the number of rows of a key is called among what was read: no column of a file is called so.
const ROWS_OF_KEY: &str = "\0rows";

/// Rows whose values are taken over in one step.
const ROWS_A_STEP: usize = 400_000;

/// What came of reading a column of the other table.
pub enum Fetched {
    Values(Box<Source>),
    Nothing,
}

impl JoinState {
    /// Puts the columns of the other table beside those of the file.
    pub fn add(&mut self, data: &mut Data) {
        let (Some(join), Some((key, there))) = (self.join.clone(), self.keys.clone()) else {
            return;
        };
        let Some(key_info) = data.columns.get(key).map(|column| column.info.clone()) else { return };
        let repeats = self.index.repeated() > 0;
        let counted = repeats.then(|| protocol::Column {
            name: ROWS.to_owned(),
            kind: Kind::Integer,
            type_name: texts::ROWS_TYPE.to_owned(),
            bytes: 0,
            chartable: true,
            derived_from: Vec::new(),
        });
        let meanings = self.meanings.clone();
        let others = self.others.clone().into_iter().zip(meanings);
        let others = others.filter(|(column, _)| column.name != there);
        let counted = counted.map(|column| (column, None));
        for (number, (other, logical)) in counted.into_iter().chain(others).take(MAX_COLUMNS).enumerate() {
            let is_count = repeats && number == 0;
            let is_mean = !is_count && self.is_mean(&other.name);
            let mut name = join.column(&other.name);
            while data.place(&name).is_some() {
                name.push('_');
            }
            let info = protocol::Column {
                name,
                kind: if is_mean { Kind::Float } else { other.kind },
                type_name: if is_mean { texts::mean_type(&other.type_name) } else { other.type_name.clone() },
                bytes: other.bytes.saturating_add(key_info.bytes),
                chartable: other.chartable,
                derived_from: vec![SOURCE.to_owned(), key_info.name.clone(), self.source.clone()],
            };
            let place = data.columns.len();
            let origin =
                Origin::Derived(Derived::Joined(JoinedColumn { join: self.number, key, other: number }));
            let logical = logical.filter(|_| !is_mean);
            data.columns.push(DataColumn { logical, ..DataColumn::new(info, origin, Vec::new()) });
            self.places.push(place);
            if is_count {
                // It is known with the keys.
                self.fetched.push((ROWS_OF_KEY.to_owned(), Some(Fetched::Values(Box::new(Source::Rows)))));
            }
        }
    }

    /// What the other table calls a joined column.
    pub fn name_there(&self, number: usize) -> Option<&str> {
        let there = self.keys.as_ref().map(|(_, there)| there.as_str());
        let number = if self.index.repeated() == 0 {
            number
        } else {
            let Some(number) = number.checked_sub(1) else { return Some(ROWS_OF_KEY) };
            number
        };
        let mut others = self.others.iter().filter(|column| Some(column.name.as_str()) != there);
        others.nth(number).map(|column| column.name.as_str())
    }

    /// Goes on with a column that is read whole, as far as rows were compared.
    pub fn grow(&mut self, place: usize, data: &mut Data) -> Option<Change> {
        let column =
            data.columns.get(place).filter(|column| column.loading && !column.complete && !column.failed)?;
        let Origin::Derived(Derived::Joined(JoinedColumn { key, other, .. })) = column.origin else {
            return None;
        };
        let name = self.name_there(other)?.to_owned();
        self.ask(&name);
        let rows = self.matched.rows();
        let failed = data.columns.get(key).is_none_or(|key| key.failed)
            || matches!(self.source_of(&name), Some(Fetched::Nothing));
        let known = data.columns.get(key).is_some_and(|key| key.complete && key.rows_read() == rows.len());
        let before = data.columns.get(place)?.rows_read();
        let mut trouble = None;
        if let Some(Fetched::Values(source)) = self.source_of(&name) {
            let fresh = rows.get(before..).unwrap_or_default();
            let fresh = fresh.get(..ROWS_A_STEP).unwrap_or(fresh);
            let mut values = match data.columns.get_mut(place)?.values.take() {
                Some(values) => values,
                None => source.column(rows.len()),
            };
            trouble = source.append(fresh, &self.index, &mut values).err();
            data.columns.get_mut(place)?.values = Some(values);
        }
        if let Some(error) = trouble {
            return data.fail(place, error);
        }
        let (all, bytes) = (self.matched.rows().len(), data.meta.rows.max(1));
        let column = data.columns.get_mut(place)?;
        if failed {
            column.failed = true;
            column.loading = false;
            return Some(Change::Failed { column: place, error: None });
        }
        let now = column.rows_read();
        column.derived_bytes = (column.info.bytes as f64 * (now as f64 / bytes as f64).min(1.0)) as u64;
        let has_values = column.values.is_some();
        column.unseen = has_values && now < all;
        if known && has_values && now == all {
            column.complete = true;
            column.loading = false;
            if let Some(values) = &mut column.values {
                values.finish();
            }
        }
        (now != before || column.complete)
            .then_some(Change::Grew { column: place, complete: column.complete })
    }

    /// The value of a row, by the key on its own page, where the column is not read whole.
    pub fn cell(&self, column: JoinedColumn, row: u64, kind: Kind, max_chars: usize, data: &Data) -> Cell {
        let (Some(there), true) = (&self.there, self.is_indexed) else { return Cell::Pending };
        let Some(own) = data.columns.get(column.key) else { return Cell::Pending };
        let value = match own.value(row) {
            None if own.failed || own.is_unreadable(row) => return Cell::Failed,
            None => return Cell::Pending,
            Some(value) => value,
        };
        match self.name_there(column.other).and_then(|name| self.source_of(name)) {
            None => Cell::Pending,
            Some(Fetched::Nothing) => Cell::Failed,
            Some(Fetched::Values(source)) => {
                let found = self.index.row_of(there, value);
                let value = if found == NOWHERE { Value::Null } else { source.value(found, &self.index) };
                crate::engine::answers::cell(value, kind, max_chars)
            }
        }
    }

    fn source_of(&self, name: &str) -> Option<&Fetched> {
        self.fetched.iter().find(|(other, _)| other == name)?.1.as_ref()
    }

    /// Reads a column of the other table, unless that was asked for.
    pub fn ask(&mut self, name: &str) {
        if self.fetched.iter().any(|(other, _)| other == name) {
            return;
        }
        let kept = self.take_kept(name).map(|column| self.fetched(name, column));
        if kept.is_none() {
            self.tasks.push(Task::Read(vec![name.to_owned()]));
        }
        self.fetched.push((name.to_owned(), kept));
    }

    pub fn take_kept(&mut self, name: &str) -> Option<Column> {
        let place = self.kept.iter().position(|(other, _)| other == name)?;
        Some(self.kept.swap_remove(place).1)
    }

    pub fn fetched(&self, name: &str, column: Column) -> Fetched {
        Fetched::Values(Box::new(Source::of(column, &self.index, self.is_mean(name))))
    }

    /// Whether a column is the mean of the rows of a key.
    fn is_mean(&self, name: &str) -> bool {
        let kind = self.others.iter().find(|column| column.name == name).map(|column| column.kind);
        matches!(kind, Some(Kind::Integer | Kind::Float)) && self.index.repeated() > 0
    }
}
