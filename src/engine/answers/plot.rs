//! A chart of two columns: counted anew where the filters are other ones or more of the columns is read.

use super::Answers;
use super::report::report;
use crate::engine::Effect;
use crate::engine::change::Change;
use crate::engine::data::{Data, DataColumn};
use crate::engine::result::Matches;
use crate::protocol::plot::{Plot, Quantiles, Side, State, Trouble, Want};
use crate::protocol::{Counts, LazyResponse, Shape};
use crate::table::boxes::boxes;
use crate::table::crossfilter::{Binned, pairs};

/// The chart that the page shows, if it shows any.
#[derive(Default)]
pub struct PlotState {
    want: Option<Want>,
    due: bool,
}

impl PlotState {
    /// The masks are no longer what they were.
    pub fn recount(&mut self) {
        self.due = self.want.is_some();
    }

    /// Reads what it needs: columns may have come that were not there when it was asked for.
    pub fn load(&self, data: &mut Data) {
        if let Some(Want { columns: (x, y) }) = &self.want {
            data.load(x);
            data.load(y);
        }
    }

    /// Takes note of a change of one of its columns.
    pub fn follow(&mut self, change: &Change, data: &Data) {
        let column = match change {
            Change::Binned { column } | Change::Failed { column, .. } => *column,
            Change::Grew { .. }
            | Change::Relabelled { .. }
            | Change::Damaged { .. }
            | Change::Pages
            | Change::Files
            | Change::MeasuresFailed { .. }
            | Change::FileLeftOut { .. }
            | Change::Matches { .. }
            | Change::Counted
            | Change::Order => return,
        };
        let (Some(Want { columns: (x, y) }), Some(column)) = (&self.want, data.columns.get(column)) else {
            return;
        };
        self.due |= column.info.name == *x || column.info.name == *y;
    }
}

impl Answers {
    /// A chart of two columns is wanted, or none any more.
    pub fn want_plot(&mut self, want: Option<Want>, data: &mut Data) {
        self.plot.want = want;
        self.plot.load(data);
        self.plot.recount();
    }

    /// Reports the chart where that is due.
    pub(super) fn report_plot(&mut self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) {
        if !std::mem::take(&mut self.plot.due) {
            return;
        }
        let Some(Want { columns }) = self.plot.want.clone() else { return };
        let (filter, pin) = (matches.filter(), matches.pin());
        let mut pinned = None;
        let (state, rows_read) = match both(&columns, data) {
            Ok(Some((x, y))) => {
                // A and B are held against each other as they are; otherwise clauses on the two columns do not count.
                let own = |column: &DataColumn| filter.bit(&column.info.name);
                let keep = if pin.is_some() { u16::MAX } else { !(own(x.0) | own(y.0)) };
                pinned = pin.map(|pin| count(x, y, pin.mask(), u16::MAX));
                (count(x, y, filter.mask(), keep), x.1.rows.len().min(y.1.rows.len()))
            }
            Ok(None) => (State::Reading, 0),
            Err(trouble) => (State::Failed(trouble), 0),
        };
        let decided = pin.map_or(u64::MAX, |pin| pin.rows_decided(data));
        let read = (rows_read as u64).min(matches.rows_evaluated(data)).min(decided);
        let read = (read, data.rows_in_all());
        let generation = self.show.generation;
        report(effects, LazyResponse::Plot(Box::new(Plot { generation, columns, state, pinned, read })));
    }
}

/// A column with its bins.
type Charted<'a> = (&'a DataColumn, &'a Binned);

/// Both columns; none while nothing of one of them is read.
fn both<'a>(
    (x, y): &(String, String),
    data: &'a Data,
) -> Result<Option<(Charted<'a>, Charted<'a>)>, Trouble> {
    let charted = |name: &String| match data.column(name) {
        None if data.may_be_joined(name) => Ok(None),
        None => Err(Trouble::NoColumn(name.clone())),
        Some(column) if column.failed && column.binned.is_none() => Err(Trouble::Unreadable(name.clone())),
        Some(column) if !column.info.chartable => Err(Trouble::NoColumn(name.clone())),
        Some(column) => Ok(column.binned.as_ref().map(|binned| (column, binned))),
    };
    Ok(charted(x)?.zip(charted(y)?))
}

/// The chart of the rows that pass every clause whose bit is in `keep`.
fn count(x: Charted<'_>, y: Charted<'_>, mask: &[u16], keep: u16) -> State {
    let side = |binned: &Binned| Side { shape: binned.shape.clone(), bins: binned.bins as u32 };
    match (form(x.1), form(y.1)) {
        (Form::Times | Form::Names, Form::Numbers) => {
            let boxes = boxes_of(x.1, y.0, mask, keep);
            State::Boxes { by_first: true, by: Box::new(side(x.1)), boxes }
        }
        (Form::Numbers, Form::Times | Form::Names) => {
            let boxes = boxes_of(y.1, x.0, mask, keep);
            State::Boxes { by_first: false, by: Box::new(side(y.1)), boxes }
        }
        (Form::Numbers, Form::Numbers) | (Form::Times | Form::Names, Form::Times | Form::Names) => {
            let counts = Counts(pairs(x.1, y.1, mask, keep));
            State::Counts { sides: Box::new((side(x.1), side(y.1))), counts }
        }
    }
}

fn boxes_of(by: &Binned, numbers: &DataColumn, mask: &[u16], keep: u16) -> Vec<Quantiles> {
    let values = numbers.values.as_ref();
    values.map(|values| boxes(by, values, mask, keep)).unwrap_or_default()
}

/// What a column's bins are of.
enum Form {
    Numbers,
    Times,
    Names,
}

fn form(binned: &Binned) -> Form {
    match &binned.shape {
        Shape::Bins(bins) if bins.is_time() => Form::Times,
        Shape::Bins(_) => Form::Numbers,
        Shape::Categories { .. } => Form::Names,
    }
}
