//! Writing the matching rows to a file, piece by piece.
//!
//! Which rows, and in which order, is settled once, when everything that decides it is read; what
//! the user does to the view meanwhile changes nothing. Values do not come from the store, which has them as
//! they are shown: pages go to the encoder as they are in the file, row group by row group, and never more
//! than one task is with it. Rows in another order than the file's are kept there until they are complete.

mod plan;
mod survey;

use super::pieces::{Encoded, Pieces};
use super::{Job, Progressed};
use crate::base::decimal;
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::Effect;
use crate::engine::answers::report;
use crate::engine::data::Data;
use crate::engine::demand::{Class, Demand, Rows, Who};
use crate::engine::images::Images;
use crate::engine::output::export::task::{
    Begin, Cells, Failure, Group, Holds, RangeIndex, Rows as RowsTask, Task,
};
use crate::engine::result::Matches;
use crate::protocol::LazyResponse;
use crate::protocol::export::{Progress, Stage, Start};
use crate::protocol::texts::export::NOT_DERIVED;
use crate::table::column::Value;
use plan::{From, Pass, Source};
use std::collections::VecDeque;
use survey::Survey;

/// Rows that are encoded together: no more than these, and about so many bytes of pages.
const MAX_BATCH_ROWS: u64 = 8_192;
const BATCH_BYTES: u64 = 8 << 20;

/// An export under way.
pub struct Export {
    start: Start,
    sources: Vec<Source>,
    range: RangeIndex,
    /// Top-level fields with times beyond what nanoseconds reach, once that is known.
    far: Option<Vec<u32>>,
    /// What is still to be written, once it is settled which rows.
    passes: Option<VecDeque<Pass>>,
    rows_total: u64,
    /// The next row of the pass, by its place.
    next: usize,
    rows_done: u64,
    /// Values that could not be read and are empty.
    missing: u64,
    group: Option<Part>,
    /// Place of the first row of the pass that is in the row group begun last.
    group_first: Option<usize>,
    begun: bool,
    waits_for_pages: bool,
    /// What the encoder could not read.
    refused: Option<Failure>,
    survey: Option<Survey>,
    file: Encoded,
    reported: Option<Stage>,
}

/// The row group that is read.
#[derive(Clone, Copy)]
struct Part {
    first_row: u64,
    /// Place of the first row of the pass behind it.
    end: usize,
    batch_rows: usize,
}

impl Export {
    /// An export of which nothing is written.
    ///
    /// # Errors
    /// How it ends where the table has none of the columns, or some can't be read.
    pub fn new(start: Start, data: &mut Data) -> std::result::Result<Self, Stage> {
        let sources = plan::sources(&start, data)?;
        for source in &sources {
            if let From::Derived(place, _) = source.from
                && let Some(name) = data.columns.get(place).map(|column| column.info.name.clone())
            {
                data.load(&name);
            }
        }
        let leaves: Vec<usize> = sources.iter().flat_map(Source::leaves).collect();
        data.begin_raw(&leaves, start.empty);
        Ok(Self {
            file: Encoded::new(start.id),
            start,
            sources,
            range: RangeIndex::Dropped,
            far: None,
            passes: None,
            rows_total: 0,
            next: 0,
            rows_done: 0,
            missing: 0,
            group: None,
            group_first: None,
            begun: false,
            waits_for_pages: false,
            refused: None,
            survey: None,
            reported: None,
        })
    }
}

impl Job for Export {
    fn pieces(&self) -> &Pieces {
        &self.file.pieces
    }

    fn pieces_mut(&mut self) -> &mut Pieces {
        &mut self.file.pieces
    }

    fn waits_for_encoder(&self) -> bool {
        self.file.is_encoding()
    }

    fn encoded(&mut self, outcome: std::result::Result<Vec<u8>, Failure>) -> std::result::Result<(), Stage> {
        match outcome {
            Err(failure) => {
                self.file.failed();
                self.refused = Some(failure);
                Ok(())
            }
            done => self.file.take(done),
        }
    }

    fn goes_on(&self, data: &Data) -> bool {
        let raw = data.raw.as_ref();
        self.refused.is_some()
            || self.waits_for_pages && raw.is_some_and(|raw| raw.is_here() || raw.failed.is_some())
    }

    fn demands(&self, data: &Data, _: &Images) -> Vec<Demand> {
        let demand = |rows| Demand { who: Who::Export, rows, fields: Vec::new(), class: Class::Background };
        if self.passes.is_none() && data.files.unread() {
            return vec![demand(Rows::Further)];
        }
        // Between two row groups what is read ahead of the next one stays wanted.
        if self.begun && !self.file.is_finishing() { vec![demand(Rows::Raw)] } else { Vec::new() }
    }

    fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        _: &mut Images,
        effects: &mut Vec<Effect>,
    ) -> std::result::Result<Progressed, Stage> {
        if let Some((leaf, error)) = data.raw.as_ref().and_then(|raw| raw.failed.clone()) {
            let own = (0..).zip(&self.sources).filter(|(_, source)| source.leaves().contains(&leaf));
            let columns = own.map(|(place, _)| place).collect();
            self.refused = Some(Failure { columns, message: error.to_string() });
        }
        // Columns that can't be read can be left out, or their values be left empty.
        if let Some(failure) = self.refused.take() {
            self.begin_survey(failure, data)?;
        }
        if self.survey.is_some() {
            self.report_once(Stage::Checking, effects);
            self.advance_survey(data)?;
            return Ok(Progressed::Waits);
        }
        if self.passes.is_none() && !self.settle_rows(data, matches).map_err(failed)? {
            self.report_once(Stage::Waiting, effects);
            return Ok(Progressed::Waits);
        }
        if self.file.pieces.is_last_over() {
            return Ok(Progressed::at_the_end(&self.file.pieces));
        }
        self.report_once(Stage::Writing, effects);
        if self.file.write(effects) {
            self.report(Stage::Writing, effects);
        }
        if self.file.is_free()
            && let Some(task) = self.next_task(data)?
        {
            self.file.encode(task, effects);
        }
        Ok(Progressed::Waits)
    }

    fn report(&self, stage: Stage, effects: &mut Vec<Effect>) {
        let progress = Progress {
            id: self.start.id,
            stage,
            rows: self.rows_done,
            rows_total: self.rows_total,
            bytes: self.file.pieces.bytes(),
            missing: self.missing,
        };
        report(effects, LazyResponse::Export(progress));
    }
}

impl Export {
    /// Whether it is settled which rows are written.
    fn settle_rows(&mut self, data: &mut Data, matches: &Matches) -> Result<bool> {
        super::load_deciding(data, matches)?;
        // Every value is looked at, so once.
        if self.far.is_none() {
            self.far = plan::far(&self.sources, data);
        }
        if self.far.is_none() || !matches.is_settled(data) {
            return Ok(false);
        }
        let rows = matches.window(0, matches.matching());
        self.rows_total = rows.len() as u64;
        let row_bytes = plan::row_bytes(&self.sources, &data.meta);
        let all_in_order = matches.is_in_file_order() && self.rows_total == data.meta.rows;
        let (range, column) = plan::range_index(self.start.format, data, &self.sources, all_in_order);
        self.range = range;
        self.sources.extend(column);
        self.passes = Some(plan::passes(rows, matches.is_in_file_order(), row_bytes)?);
        Ok(true)
    }

    /// What the encoder does next; none where something has to come first.
    fn next_task(&mut self, data: &mut Data) -> std::result::Result<Option<Task>, Stage> {
        self.waits_for_pages = false;
        if !self.begun {
            self.begun = true;
            return Ok(Some(Task::Begin(self.beginning(data))));
        }
        loop {
            if self.group.is_some() {
                return self.next_rows(data);
            }
            let Some(pass) = self.passes.as_mut().and_then(VecDeque::front_mut) else {
                return Ok(Some(Task::Finish));
            };
            if self.next < pass.rows.len() {
                return Ok(Some(Task::Group(self.begin_group(data)?)));
            }
            let order = pass.order.take();
            self.passes.as_mut().and_then(VecDeque::pop_front);
            self.next = 0;
            if let Some(order) = order {
                return Ok(Some(Task::InOrder(order)));
            }
        }
    }

    fn beginning(&self, data: &Data) -> Begin {
        let first = data.files.footers.first();
        Begin {
            format: self.start.format,
            footer: first.map(|(_, footer)| footer.to_vec()).unwrap_or_default(),
            file_bytes: first.map_or(0, |(part, _)| part.file_bytes),
            columns: self.sources.iter().map(Source::column).collect(),
            far: self.far.clone().unwrap_or_default(),
            range: self.range,
        }
    }

    /// Goes on to the row group of the next row.
    fn begin_group(&mut self, data: &mut Data) -> std::result::Result<Group, Stage> {
        let lost = || failed(Error::new(ErrorKind::Internal, "a row that is in no row group"));
        let pass = self.passes.as_ref().and_then(VecDeque::front).ok_or_else(lost)?;
        let rest = pass.rows.get(self.next..).unwrap_or_default();
        let first = rest.first().copied().map_or(0, u64::from);
        let (number, group) = data.meta.group_of(first).ok_or_else(lost)?;
        let (first_row, group_rows) = (group.first_row, group.rows);
        let behind = first_row + group_rows;
        let count = rest.partition_point(|row| u64::from(*row) < behind);
        let rows: Vec<u64> = rest.iter().take(count).map(|row| u64::from(*row) - first_row).collect();
        let next = rest.get(count).and_then(|row| data.meta.group_of(u64::from(*row)));
        let next = next.map(|(number, _)| number);
        let Data { raw, meta, .. } = data;
        let row_bytes = raw.as_mut().map_or(0, |raw| raw.begin_group(number, &rows, next, meta));
        let batch_rows = (BATCH_BYTES / row_bytes.max(1)).clamp(1, MAX_BATCH_ROWS);
        self.group_first = Some(self.next);
        self.group = Some(Part { first_row, end: self.next + count, batch_rows: batch_rows as usize });
        let leaves = self.sources.iter().flat_map(Source::leaves);
        Ok(Group {
            rows: group_rows,
            runs: plan::runs(&rows),
            batch_rows: batch_rows as u32,
            codecs: leaves.filter_map(|leaf| Some((leaf as u32, meta.chunk(number, leaf)?.codec))).collect(),
            keep: pass.order.is_some(),
        })
    }

    /// The next rows of the row group, once their pages and texts are here.
    fn next_rows(&mut self, data: &mut Data) -> std::result::Result<Option<Task>, Stage> {
        let Some((rows, end)) = self.next_batch() else { return Ok(None) };
        let pass = self.passes.as_ref().and_then(VecDeque::front);
        let own = pass.and_then(|pass| pass.rows.get(self.next..end)).unwrap_or_default();
        let Some(derived) = self.derived(own, data)? else { return Ok(None) };
        let Some(raw) = &mut data.raw else { return Ok(None) };
        let count = rows.len();
        raw.want(rows);
        if !raw.is_here() {
            self.waits_for_pages = true;
            return Ok(None);
        }
        let task = RowsTask { rows: count as u32, pages: raw.take(), derived };
        let lost = |source: &Source, row: u64| {
            let hurt = raw.damages.iter().filter(|(leaf, _)| source.leaves().contains(leaf));
            hurt.into_iter().any(|(_, damage)| damage.rows.contains(&row))
        };
        if !raw.damages.is_empty() {
            let lost = |source| own.iter().filter(|row| lost(source, u64::from(**row))).count() as u64;
            self.missing += self.sources.iter().map(lost).sum::<u64>();
        }
        self.rows_done += count as u64;
        self.pass_to(end);
        Ok(Some(Task::Rows(task)))
    }

    /// The rows of the next batch, counted from the first one of the row group, and the place behind them.
    fn next_batch(&self) -> Option<(Vec<u64>, usize)> {
        let part = self.group?;
        let pass = self.passes.as_ref().and_then(VecDeque::front)?;
        let end = (self.next + part.batch_rows).min(part.end);
        let rows = pass.rows.get(self.next..end).unwrap_or_default();
        Some((rows.iter().map(|row| u64::from(*row) - part.first_row).collect(), end))
    }

    /// Goes on behind a batch.
    fn pass_to(&mut self, end: usize) {
        self.next = end;
        self.group.take_if(|part| end == part.end);
    }

    /// The values of columns that are derived from others; none while they are not here.
    fn derived(&self, rows: &[u32], data: &mut Data) -> std::result::Result<Option<Vec<Cells>>, Stage> {
        let mut derived = Vec::new();
        for source in &self.sources {
            let (place, holds) = match source.from {
                From::Derived(place, holds) => (place, holds),
                From::Index(start, step) => {
                    let number = |row: &u32| start.checked_add(step.checked_mul((*row).into())?);
                    derived.push(Cells::Whole(rows.iter().map(number).collect()));
                    continue;
                }
                From::Root(..) => continue,
            };
            let Some(column) = data.columns.get(place) else { continue };
            if column.failed {
                return Err(unreadable([source].into_iter(), NOT_DERIVED.to_owned()));
            }
            if !column.complete {
                let name = column.info.name.clone();
                data.load(&name);
                return Ok(None);
            }
            let values = rows.iter().map(|row| column.value(u64::from(*row)).unwrap_or(Value::Null));
            derived.push(cells_of(holds, values));
        }
        Ok(Some(derived))
    }

    fn report_once(&mut self, stage: Stage, effects: &mut Vec<Effect>) {
        if self.reported.as_ref() != Some(&stage) {
            self.report(stage.clone(), effects);
            self.reported = Some(stage);
        }
    }
}

/// The values of a column that holds this; what it does not hold is none.
fn cells_of<'a>(holds: Holds, values: impl Iterator<Item = Value<'a>>) -> Cells {
    match holds {
        Holds::Flag => Cells::Flag(picked(values, |value| match value {
            Value::Bool(value) => Some(value),
            _ => None,
        })),
        Holds::Whole | Holds::Wholes => Cells::Long(picked(values, |value| match value {
            Value::Int(value) => Some(value as u64),
            _ => None,
        })),
        Holds::Unsigned => Cells::Unsigned(picked(values, |value| match value {
            Value::Int(value) => u64::try_from(value).ok(),
            Value::UInt(value) => Some(value),
            _ => None,
        })),
        Holds::Single => Cells::Single(picked(values, |value| match value {
            Value::Float32(value) => Some(value),
            _ => None,
        })),
        Holds::Number => Cells::Number(picked(values, |value| match value {
            Value::Float64(value) => Some(value),
            Value::Float32(value) => Some(value.into()),
            _ => None,
        })),
        Holds::Moments(kind, unit) => Cells::Moments(
            kind,
            unit,
            picked(values, |value| match value {
                Value::Time(moment) => Some(moment.ticks as u64),
                _ => None,
            }),
        ),
        Holds::Text | Holds::Bytes | Holds::Time | Holds::Texts => {
            Cells::Text(picked(values, |value| match value {
                Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                Value::Decimal(value, scale) => Some(decimal::text_of(value, scale)),
                Value::Wide(bytes, scale) => Some(decimal::text_of_sortable(bytes, scale)),
                _ => None,
            }))
        }
    }
}

fn picked<'a, T>(
    values: impl Iterator<Item = Value<'a>>,
    pick: impl Fn(Value<'a>) -> Option<T>,
) -> Vec<Option<T>> {
    values.map(pick).collect()
}

/// How an export ends for reasons of its own.
fn failed(error: Error) -> Stage {
    Stage::Failed(error.to_string())
}

/// How an export ends because of these columns.
fn unreadable<'a>(sources: impl Iterator<Item = &'a Source>, why: String) -> Stage {
    let columns: Vec<(u32, String)> = sources.map(|source| source.asked.clone()).collect();
    if columns.is_empty() {
        Stage::Failed(why)
    } else {
        Stage::Unreadable { columns, why, may_be_empty: false }
    }
}
