//! The rows on the screen, and all fields of the row whose details are open.

use super::report::report;
use super::{Answers, cell};
use crate::engine::Effect;
use crate::engine::data::{Data, DataColumn};
use crate::engine::result::Matches;
use crate::protocol::{Cell, Detail, Kind, LazyResponse, MAX_CELL_CHARS, Response, Row, Rows};
use crate::table::column::Value;
use crate::view::roles::Role;

impl Answers {
    /// Reports the rows on the screen, as far as they are read.
    pub(super) fn report_rows(&self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) {
        let shown = self.show.columns.iter().chain(&self.show.extras);
        let columns: Vec<&DataColumn> = shown.filter_map(|name| data.column(name)).collect();
        let prompt = data.prompt_column().map(|column| &column.info.name);
        let prompt = columns.iter().position(|column| Some(&column.info.name) == prompt);
        let rows = matches
            .window(self.show.first, self.show.count)
            .into_iter()
            .map(|row| {
                let mut cells: Vec<Cell> =
                    columns.iter().map(|column| data.cell(column, u64::from(row), MAX_CELL_CHARS)).collect();
                if let Some(shown) = prompt.and_then(|place| cells.get_mut(place))
                    && *shown == Cell::Pending
                    && let Some(text) = matches.prompt_of(row.into())
                {
                    *shown = cell(text.map_or(Value::Null, Value::Bytes), Kind::Text, MAX_CELL_CHARS);
                }
                let marks = prompt.and_then(|place| cells.get(place));
                let marks = marks.map_or_else(Vec::new, |cell| marks_of(cell, matches));
                Row { row: u64::from(row), cells, marks, colour: data.own.colour_of(u64::from(row)) }
            })
            .collect();
        report(
            effects,
            Response::Rows(Rows {
                generation: self.show.generation,
                first: self.show.first,
                columns: columns.iter().map(|column| column.info.name.clone()).collect(),
                rows,
            }),
        );
    }

    /// Reports all fields of the row whose details are open.
    pub(super) fn report_detail(&mut self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) {
        let Some(row) = self.detail else { return };
        let fields: Vec<(String, Cell)> = data
            .columns
            .iter()
            .filter(|column| !column.hidden)
            .map(|column| (column.info.name.clone(), data.cell(column, row, usize::MAX)))
            .collect();
        let prompt = data.prompt.and_then(|place| fields.get(place));
        let marks = prompt.map_or_else(Vec::new, |(_, cell)| marks_of(cell, matches));
        let seen_bytes = match prompt {
            Some((_, Cell::Text(text))) => data.end_of_context(text).and_then(|end| u32::try_from(end).ok()),
            Some(_) | None => None,
        };
        let detail = Detail {
            row,
            position: matches.position(row),
            generation: self.show.generation,
            prompt: data.roles.column(Role::Prompt).map(str::to_owned),
            marks,
            seen_bytes,
            fields,
            same: self.same.rows_of(row, data),
        };
        report(effects, LazyResponse::Detail(detail));
    }
}

/// What of a cell matches the query.
fn marks_of(cell: &Cell, matches: &Matches) -> Vec<(u32, u32)> {
    match cell {
        Cell::Text(text) => matches.marks(text),
        Cell::Pending
        | Cell::Failed
        | Cell::Null
        | Cell::Bool(_)
        | Cell::Number(_)
        | Cell::Digits(_)
        | Cell::Time(_)
        | Cell::Binary(_)
        | Cell::Json(_) => Vec::new(),
    }
}
