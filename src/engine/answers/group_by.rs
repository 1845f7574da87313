//! Groups of the matching rows: made anew where the filters are other ones or more of their columns is read.

use super::Answers;
use super::report::report;
use crate::engine::Effect;
use crate::engine::change::Change;
use crate::engine::data::{Data, DataColumn};
use crate::engine::extras::extras;
use crate::engine::result::{Matches, Pin};
use crate::protocol::group_by::{Cell, Groups, Key, Line, MAX_LINES, State, Trouble, Want};
use crate::protocol::{Kind, LazyResponse};
use crate::table::group_by::{Ask, Cells, KeyValue, MAX_GROUPS, Table};
use crate::view::group_by::{GroupBy, What};

/// The groups that the page shows, if it shows any.
#[derive(Default)]
pub struct GroupByState {
    want: Option<Want>,
    /// The groups of the present masks, as far as their columns are read.
    made: Option<Made>,
    due: bool,
}

/// Groups, and the rows that they rest on.
struct Made {
    table: Table,
    rows_read: usize,
}

impl GroupByState {
    /// The masks are no longer what they were.
    pub fn forget(&mut self) {
        self.made = None;
        self.due = self.want.is_some();
    }

    /// Reads the columns that they need: a search that ends stops the reading of prompts.
    pub fn load(&self, data: &mut Data) {
        let Some(want) = &self.want else { return };
        if let Ok(group_by) = GroupBy::read(want.items.iter().map(String::as_str)) {
            group_by.columns().into_iter().for_each(|name| data.load(name));
        }
    }

    /// Makes them anew where more of a column is read.
    pub fn follow(&mut self, change: &Change, data: &Data) {
        let Some(want) = &self.want else { return };
        let (column, complete) = match change {
            Change::Grew { column, complete } => (*column, *complete),
            Change::Failed { column, .. } | Change::Relabelled { column } => (*column, true),
            Change::Binned { .. }
            | Change::Damaged { .. }
            | Change::Pages
            | Change::Files
            | Change::MeasuresFailed { .. }
            | Change::FileLeftOut { .. }
            | Change::Matches { .. }
            | Change::Counted
            | Change::Order => return,
        };
        let Some(name) = data.columns.get(column).map(|column| column.info.name.as_str()) else { return };
        let Ok(group_by) = GroupBy::read(want.items.iter().map(String::as_str)) else { return };
        if !group_by.columns().contains(&name) {
            return;
        }
        // While columns are read, groups are made anew each time that twice as many rows are there.
        let before = self.made.as_ref().map_or(0, |made| made.rows_read);
        if complete || rows_read(&group_by, data) >= before.max(1) * 2 {
            self.forget();
        }
    }
}

/// Rows of which every column is read.
fn rows_read(group_by: &GroupBy, data: &Data) -> usize {
    let columns = group_by.columns().into_iter().filter_map(|name| data.column(name));
    columns.map(DataColumn::rows_read).min().unwrap_or(0)
}

impl Answers {
    /// Groups are wanted, or none any more.
    pub fn want_group_by(&mut self, want: Option<Want>, data: &mut Data) {
        let same = match (&self.group_by.want, &want) {
            (Some(before), Some(now)) => before.items == now.items,
            (None, _) | (_, None) => false,
        };
        if !same {
            self.group_by.made = None;
        }
        self.group_by.due = want.is_some();
        self.group_by.want = want.map(|want| Want { count: want.count.min(MAX_LINES), ..want });
        self.group_by.load(data);
    }

    /// Reports the groups where that is due.
    pub(super) fn report_group_by(&mut self, data: &Data, matches: &Matches, effects: &mut Vec<Effect>) {
        if !std::mem::take(&mut self.group_by.due) {
            return;
        }
        let Some(want) = self.group_by.want.clone() else { return };
        let (state, (rows, pinned), rows_read) = self.group_by_state(&want, data, matches);
        let decided = matches.pin().map_or(u64::MAX, |pin| pin.rows_decided(data));
        let rows_read = (rows_read as u64).min(matches.rows_evaluated(data)).min(decided);
        report(
            effects,
            LazyResponse::GroupBy(Box::new(Groups {
                generation: self.show.generation,
                items: want.items,
                state,
                rows,
                pinned,
                read: (rows_read, data.rows_in_all()),
            })),
        );
    }

    /// The groups, how many rows match and are pinned, and how many rows that rests on.
    fn group_by_state(
        &mut self,
        want: &Want,
        data: &Data,
        matches: &Matches,
    ) -> (State, (u64, Option<u64>), usize) {
        let failed = |trouble| (State::Failed(trouble), (0, None), 0);
        let group_by = match GroupBy::read(want.items.iter().map(String::as_str)) {
            Ok(group_by) => group_by,
            Err(item) => return failed(Trouble::Unclear(item.to_owned())),
        };
        if self.group_by.made.is_none() {
            match make(&group_by, data, matches) {
                Ok(Some(made)) => self.group_by.made = Some(made),
                Ok(None) => return (State::Reading, (0, None), 0),
                Err(trouble) => return failed(trouble),
            }
        }
        let Some(Made { table, rows_read }) = &self.group_by.made else { return failed(Trouble::NoKey) };
        let first = usize::try_from(want.first).unwrap_or(usize::MAX).min(table.order.len());
        let some = table.order.iter().skip(first).take(want.count as usize);
        let state = State::Lines {
            total: table.order.len() as u64,
            first: first as u64,
            lines: some.map(|group| line(table, &group_by, *group, data)).collect(),
            most: table.rows.iter().copied().max().unwrap_or(0).into(),
        };
        let pinned = table.pinned_of(0).map(|(_, all)| all);
        (state, (table.rows_in_all(), pinned), *rows_read)
    }
}

/// Makes the groups of what is read; none where nothing of a column is.
fn make(group_by: &GroupBy, data: &Data, matches: &Matches) -> Result<Option<Made>, Trouble> {
    if group_by.by.is_empty() {
        return Err(Trouble::NoKey);
    }
    let extras = extras().ok_or(Trouble::NoCode)?;
    for name in group_by.columns() {
        match data.column(name) {
            None if data.may_be_joined(name) => return Ok(None),
            None => return Err(Trouble::NoColumn(name.to_owned())),
            Some(column) if column.failed => return Err(Trouble::Unreadable(name.to_owned())),
            Some(column) if !column.info.chartable && column.info.kind != Kind::Text => {
                return Err(Trouble::NoColumn(name.to_owned()));
            }
            Some(_) => {}
        }
    }
    let values = |name: &str| data.column(name).and_then(|column| column.values.as_ref());
    let keys: Option<Vec<_>> = group_by.by.iter().map(|by| Some((values(&by.column)?, by.span))).collect();
    let measures: Option<Vec<_>> =
        group_by.measures.iter().map(|measure| Some((values(&measure.column)?, &measure.what))).collect();
    let (Some(keys), Some(measures)) = (keys, measures) else { return Ok(None) };
    let rows_read = rows_read(group_by, data);
    if rows_read == 0 && data.meta.rows > 0 {
        return Ok(None);
    }
    let pin = matches.pin().map(Pin::mask);
    let order = (group_by.sorted_by(pin.is_some()), group_by.order.ascending);
    let ask = Ask { keys, measures, mask: matches.filter().mask(), pin, order };
    let table = (extras.group_by)(&ask).ok_or(Trouble::TooMany(MAX_GROUPS as u64))?;
    Ok(Some(Made { table, rows_read }))
}

/// All groups as a table, for a file; none while columns are read.
///
/// # Errors
/// Why there are none.
pub fn whole(group_by: &GroupBy, data: &Data, matches: &Matches) -> Result<Option<Table>, Trouble> {
    let mut columns = group_by.columns().into_iter().filter_map(|name| data.column(name));
    if !columns.all(|column| column.complete || column.failed) {
        return Ok(None);
    }
    Ok(make(group_by, data, matches)?.map(|made| made.table))
}

fn line(table: &Table, group_by: &GroupBy, group: u32, data: &Data) -> Line {
    let keys = (0..group_by.by.len()).map(|key| match table.key(key, group) {
        KeyValue::None => Key::None,
        KeyValue::Value(text, _) => Key::Value(text),
        KeyValue::Span(start, end) => Key::Span { start: start as f64, end: end as f64 },
    });
    let cells = group_by.measures.iter().zip(&table.cells).map(|(measure, cells)| {
        let time = is_time(&measure.column, data) && measure.what != What::Distinct;
        cell(cells, group, time)
    });
    Line {
        keys: keys.collect(),
        rows: table.rows.get(group as usize).copied().unwrap_or(0).into(),
        cells: cells.collect(),
        pinned: table.pinned_of(group).map(|(rows, _)| rows),
    }
}

/// Whether what is computed of a column's values is a time.
fn is_time(name: &str, data: &Data) -> bool {
    data.column(name).is_some_and(|column| column.info.kind == Kind::Time)
}

fn cell(cells: &Cells, group: u32, time: bool) -> Cell {
    let at = |counts: &[u32]| counts.get(group as usize).copied().unwrap_or(0).into();
    match cells {
        Cells::Numbers(all) => match all.get(group as usize).copied().filter(|value| !value.is_nan()) {
            None => Cell::None,
            Some(value) if time => Cell::Time(value),
            Some(value) => Cell::Number(value),
        },
        Cells::Counts(all) => Cell::Count(at(all)),
        Cells::Parts(all) => Cell::Part(at(all)),
    }
}
