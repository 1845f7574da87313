//! What the page is told: counts, charts, rows, details, and the cube of a drag.

use super::table::{Part, State, Table};
use super::{Effect, notice};
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::parquet::meta::Logical;
use crate::protocol::{
    self, Bins, Cell, Chart, Count, Counts, Cube, CubeSide, Detail, FilterClause, Kind, MAX_CELL_CHARS,
    MAX_WINDOW, Response, Row, Rows, Seldom, Show,
};
use crate::table::column::Value;
use crate::table::crossfilter::{Shape, count, cube, side};
use crate::table::filter::{Condition, widen};
use crate::table::select::Selection;
use crate::view::roles::Role;

impl Table {
    /// Takes the new state of the screen.
    pub(super) fn set_show(&mut self, show: Show, effects: &mut Vec<Effect>) {
        let show = Show { count: show.count.min(MAX_WINDOW), ..show };
        let filters_changed = show.generation != self.show.generation || show.filters != self.show.filters;
        let charts_changed = show.charts != self.show.charts;
        self.stale.rows |= filters_changed
            || (show.first, show.count) != (self.show.first, self.show.count)
            || show.columns != self.show.columns
            || show.extras != self.show.extras;
        let listed =
            (show.list, show.first, show.count) != (self.show.list, self.show.first, self.show.count);
        let heat = show.heat != self.show.heat;
        let listing = show.list != self.show.list;
        self.show = show;
        for name in self.show.charts.clone() {
            self.load(&name);
        }
        if filters_changed {
            self.set_filters(effects);
        }
        let asked = self.ask(effects);
        // Not for each window of a list, so that reading that was paused stays so.
        if self.lists_prompts() && listing {
            self.load_prompts();
            let ranges: Vec<String> = self.ranges().map(str::to_owned).collect();
            ranges.iter().for_each(|name| self.load(name));
        }
        if let Some((x, y)) = self.show.heat.clone().filter(|_| heat) {
            self.load(&x);
            self.load(&y);
        }
        let changed = filters_changed || charts_changed || asked || heat;
        self.stale.counts |= changed;
        self.stale.masks |= changed;
        self.stale.lists |= listed || changed;
        self.stale.detail |= (filters_changed || asked) && self.detail.is_some();
    }

    fn set_filters(&mut self, effects: &mut Vec<Effect>) {
        let mut clauses = Vec::new();
        let mut left_out = Vec::new();
        for filter in self.show.filters.clone() {
            match self.column(&filter.column) {
                Some((_, state)) if state.info.chartable || state.info.kind == Kind::Text => {
                    clauses.push((filter.column.clone(), condition(filter.clause)));
                    self.load(&filter.column);
                }
                Some(_) => left_out.push((filter.column, "This column can't be filtered.")),
                None => left_out.push((filter.column, "The table has no such column.")),
            }
        }
        let columns = &self.columns;
        let too_many = self.filter.set(&clauses, |name| {
            columns.iter().find(|column| column.info.name == name).and_then(|column| column.data.as_ref())
        });
        for (name, _) in clauses.into_iter().rev().take(too_many) {
            left_out.push((name, "There are more filters than can be combined: fourteen."));
        }
        effects.extend(
            notice::clauses_left_out(&left_out).map(|notice| Effect::Respond(Response::Notice(notice))),
        );
    }

    /// Rows of which it is known whether they match.
    pub(super) fn rows_decided(&self) -> u64 {
        let columns = self.filter.columns().filter_map(|name| self.column(name));
        let read = columns.map(|(_, state)| state.rows_read() as u64).min();
        read.unwrap_or_else(|| self.rows_in_all()).min(self.rows_asked())
    }

    /// Tells the page the number of matching rows, and the charts: those that grew, or all where the
    /// `masks` are no longer what they were.
    pub(super) fn tell_counts(&mut self, masks: bool, effects: &mut Vec<Effect>) {
        if masks {
            self.compare.refilter();
            self.selection = Selection::new(self.filter.mask(), self.order());
            self.stale.rows = true;
            self.forget_lists();
            self.stale.lists |= self.lists_prompts();
        }
        let rows = self.rows_in_all();
        let rows_read = self.rows_decided();
        let generation = self.show.generation;
        let matching = u64::from(self.selection.matching());
        let distinct = self.distinct();
        let without = if matching == 0 && rows_read == rows { self.without() } else { Vec::new() };
        let count = Count { generation, matching, rows_read, rows, distinct, without };
        effects.push(Effect::Respond(Response::Count(count)));
        self.tell_heat(effects);
        for place in 0..self.columns.len() {
            let Some(state) = self.columns.get_mut(place) else { break };
            if !std::mem::take(&mut state.untold) && !masks {
                continue;
            }
            let chart = self.columns.get(place).and_then(|state| self.chart(state));
            effects.extend(chart.map(|chart| Effect::Respond(Response::Chart(chart))));
        }
    }

    fn chart(&self, state: &State) -> Option<Chart> {
        let binned = state.binned.as_ref()?;
        let name = &state.info.name;
        // Without another clause every row counts, and those are counted already.
        let counted;
        let here = if self.filter.bits() & !self.filter.bit(name) == 0 {
            binned.all.as_slice()
        } else {
            // Rows that a search has yet to look at match nothing.
            let reached = if self.asked.search.is_some() { self.rows_asked() } else { self.meta.rows };
            let rows = binned.rows.get(..reached as usize).unwrap_or(&binned.rows);
            counted = count(rows, self.filter.mask(), !self.filter.bit(name));
            counted.as_slice()
        };
        let split = |counts: &[u32]| {
            let (bins, rest) = counts.split_at_checked(binned.bins).unwrap_or((counts, &[]));
            (Counts(bins.to_vec()), rest.first().copied().unwrap_or(0))
        };
        let (all, null_all) = split(&binned.all);
        let (here, null_here) = split(here);
        let shape = match &binned.shape {
            Shape::Intervals(intervals) => protocol::Shape::Bins(Bins {
                edges: intervals.edges.clone(),
                from: intervals.from.clone(),
                to: intervals.to.clone(),
                time: intervals.time,
                integer: intervals.integer,
                detached: intervals.detached,
                below: intervals.below,
                above: intervals.above,
            }),
            Shape::Categories { labels, others } => {
                protocol::Shape::Categories { labels: labels.clone(), others: *others }
            }
        };
        Some(Chart {
            column: state.info.name.clone(),
            generation: self.show.generation,
            shape,
            all,
            here,
            null_all,
            null_here,
            rows_read: binned.rows.len() as u32,
            complete: state.complete,
        })
    }

    /// Counts what a drag on a chart will ask.
    pub(super) fn touch(&self, column: &str, generation: u32, effects: &mut Vec<Effect>) {
        if generation != self.show.generation {
            return;
        }
        let Some(active) = self.column(column).and_then(|(_, state)| state.binned.as_ref()) else { return };
        let others: Vec<_> = self
            .columns
            .iter()
            .filter(|state| state.info.name != column)
            .filter_map(|state| Some((state, state.binned.as_ref()?)))
            .collect();
        let sides: Vec<_> =
            others.iter().map(|(state, binned)| side(binned, self.filter.bit(&state.info.name))).collect();
        let (total, before) = cube(active, self.filter.mask(), self.filter.bit(column), &sides);
        let others = others
            .iter()
            .zip(before)
            .map(|((state, binned), before)| CubeSide {
                column: state.info.name.clone(),
                bins: binned.bins as u32 + 1,
                before: Counts(before),
            })
            .collect();
        effects.push(Effect::Respond(Response::Cube(Cube {
            column: column.to_owned(),
            generation,
            bins: active.bins as u32,
            total: Counts(total),
            others,
        })));
    }

    /// The rows of the file that are on the screen.
    pub(super) fn window(&self) -> Vec<u32> {
        let first = u32::try_from(self.show.first).unwrap_or(u32::MAX);
        // Masks may have grown since they were counted; what was not counted is not shown.
        let count = self.show.count.min(self.selection.matching().saturating_sub(first));
        self.selection.rows(self.filter.mask(), self.order(), first, count as usize)
    }

    /// Tells the page the rows on the screen, as far as they are read.
    pub(super) fn tell_rows(&self, effects: &mut Vec<Effect>) {
        let columns: Vec<&State> = self
            .show
            .columns
            .iter()
            .chain(&self.show.extras)
            .filter_map(|name| self.column(name))
            .map(|(_, state)| state)
            .collect();
        let prompt = self.prompt.and_then(|place| self.columns.get(place)).map(|state| &state.info.name);
        let is_prompt = |state: &&State| Some(&state.info.name) == prompt;
        let rows = self
            .window()
            .into_iter()
            .map(|row| {
                let cells: Vec<Cell> =
                    columns.iter().map(|state| self.cell(state, u64::from(row), MAX_CELL_CHARS)).collect();
                let marks = columns.iter().position(is_prompt).and_then(|place| cells.get(place));
                let marks = marks.map_or_else(Vec::new, |cell| self.marks_of(cell));
                Row { row: u64::from(row), cells, marks }
            })
            .collect();
        effects.push(Effect::Respond(Response::Rows(Rows {
            generation: self.show.generation,
            first: self.show.first,
            columns: columns.iter().map(|state| state.info.name.clone()).collect(),
            rows,
        })));
    }

    /// Tells the page all fields of the row whose details are open.
    pub(super) fn tell_detail(&mut self, effects: &mut Vec<Effect>) {
        let Some(row) = self.detail else { return };
        let same = self.same_prompt(row);
        let position = u32::try_from(row)
            .ok()
            .and_then(|row| self.selection.position(self.filter.mask(), self.order(), row));
        let fields: Vec<(String, Cell)> = self
            .columns
            .iter()
            .map(|state| (state.info.name.clone(), self.cell(state, row, usize::MAX)))
            .collect();
        effects.push(Effect::Respond(
            Seldom::Detail(Detail {
                row,
                position: position.map(u64::from),
                generation: self.show.generation,
                prompt: self.roles.column(Role::Prompt).map(str::to_owned),
                marks: self
                    .prompt
                    .and_then(|place| fields.get(place))
                    .map_or_else(Vec::new, |(_, cell)| self.marks_of(cell)),
                fields,
                same,
            })
            .into(),
        ));
    }

    fn marks_of(&self, cell: &Cell) -> Vec<(u32, u32)> {
        match cell {
            Cell::Text(text) => self.marks(text),
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

    /// Takes note of the rows whose images are wanted, in ascending order, and of the columns that say
    /// where those are.
    pub(super) fn look_for_images(&mut self, rows: Vec<u64>, columns: Vec<String>) {
        let rows = rows.into_iter().filter(|row| *row < self.meta.rows).collect();
        self.image_rows = (rows, columns);
    }

    /// A row's value as text, once it is read; empty where it has none.
    pub(super) fn text_of(&self, column: &str, row: u64) -> Result<Option<String>> {
        let missing = |what: &str| Error::new(ErrorKind::NotFound, format!("the table has no {what}"));
        let (_, state) = self.column(column).ok_or_else(|| missing(column))?;
        if row >= self.meta.rows {
            return Err(missing(&format!("row {row}")));
        }
        match self.value(state, row) {
            Some(Value::Bytes(bytes)) => Ok(Some(String::from_utf8_lossy(bytes).into_owned())),
            Some(Value::Int(value)) => Ok(Some(value.to_string())),
            Some(Value::UInt(value)) => Ok(Some(value.to_string())),
            Some(Value::Null | Value::Bool(_) | Value::Float32(_) | Value::Float64(_)) => {
                Ok(Some(String::new()))
            }
            None if state.failed => Err(Error::corrupt(format!("{column} can't be read"))),
            None => Ok(None),
        }
    }

    pub(super) fn cell(&self, state: &State, row: u64, max_chars: usize) -> Cell {
        if let Some(json) = state.nested.get(row) {
            return if json == "null" { Cell::Null } else { Cell::Json(shortened(json, max_chars)) };
        }
        match self.value(state, row) {
            Some(value) => cell(value, state.info.kind, self.logical(state), max_chars),
            None if state.failed => Cell::Failed,
            None => match state.part {
                Part::Size { width, height } => self.size_cell(width, height, row),
                Part::Leaf(_) | Part::Nested { .. } => Cell::Pending,
            },
        }
    }

    /// Width times height of a row, out of single pages where neither is read whole.
    fn size_cell(&self, width: usize, height: usize, row: u64) -> Cell {
        let side = |place: usize| self.columns.get(place).map(|side| self.cell(side, row, 0));
        let (Some(width), Some(height)) = (side(width), side(height)) else { return Cell::Pending };
        if let (Cell::Number(width), Cell::Number(height)) = (&width, &height) {
            return Cell::Text(format!("{width}x{height}"));
        }
        // Without one of the two there is no size; before both are read nothing is known.
        for told in [Cell::Failed, Cell::Pending, Cell::Null] {
            if width == told || height == told {
                return told;
            }
        }
        Cell::Pending
    }
}

fn condition(clause: FilterClause) -> Condition {
    match clause {
        FilterClause::Numbers { low, high } => Condition::Numbers { low, high },
        FilterClause::Times { start_millis, end_millis } => Condition::Times {
            start: start_millis.map(|millis| millis as i64),
            end: end_millis.map(|millis| millis as i64),
        },
        FilterClause::List { values, negated } => Condition::List { values, negated },
        FilterClause::Null => Condition::Null,
        FilterClause::NotNull => Condition::NotNull,
    }
}

/// A value on its way to the screen.
pub(super) fn cell(value: Value<'_>, kind: Kind, logical: Option<Logical>, max_chars: usize) -> Cell {
    /// Largest whole number up to which doubles are exact.
    const EXACT: i64 = 1 << 53;
    match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(value),
        Value::Int(value) if kind == Kind::Time => Cell::Time(value as f64),
        Value::Int(value) if value < 0 && logical == Some(Logical::Int { signed: false, bits: 64 }) => {
            Cell::Digits((value as u64).to_string())
        }
        Value::Int(value) if (-EXACT..=EXACT).contains(&value) => Cell::Number(value as f64),
        Value::Int(value) => Cell::Digits(value.to_string()),
        Value::UInt(value) => Cell::Digits(value.to_string()),
        Value::Float32(value) => Cell::Number(widen(value)),
        Value::Float64(value) => Cell::Number(value),
        Value::Bytes(bytes) if kind == Kind::Binary => {
            Cell::Binary(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
        }
        Value::Bytes(bytes) => Cell::Text(shortened(&String::from_utf8_lossy(bytes), max_chars)),
    }
}

fn shortened(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}
