//! Writing the matching rows to a file, piece by piece.
//!
//! Which rows, and in which order, is settled once, when everything that decides it is read; what
//! the user does to the view meanwhile changes nothing. A column of which most is needed is read
//! whole into the store; of which little is needed, by single pages, of a pager of its own so that
//! the screen's pages and these do not push each other out. Never more than two pieces wait to be
//! written.

use super::Effect;
use super::nested::Nested;
use super::pager::Pager;
use super::pool::Pool;
use super::table::{Part, State, Table};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::output::export::{Field, Form, Writer};
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::{Logical, Physical};
use crate::protocol::export::{Progress, Stage, Start};
use crate::protocol::{Kind, Seldom};
use crate::table::column::Value;

/// Bytes of a piece.
const PIECE_BYTES: usize = 1 << 20;

/// Pieces that may wait to be written.
const MAX_UNWRITTEN: u32 = 2;

/// Rows that are looked at together.
const BATCH_ROWS: usize = 2_048;

/// Single pages of a column that rows of one batch may be on: as many as are asked for at a time.
const BATCH_PAGES: usize = 12;

/// With more rows in another order than the file's, columns are read whole.
const MAX_SCATTERED_ROWS: usize = 4_096;

/// Row groups of nested values that are kept at a time.
const MAX_NESTED_GROUPS: usize = 3;

/// After so many looks in a row at pages that neither come nor are missing, something is wrong.
const MAX_STALLS: u32 = 64;

/// An export under way.
pub struct Export {
    start: Start,
    writer: Writer,
    columns: Vec<Source>,
    /// The rows, once it is settled which.
    rows: Option<Vec<u32>>,
    /// Whether they are in the file's order.
    ascending: bool,
    next: usize,
    unwritten: u32,
    bytes: u64,
    finished: bool,
    stalls: u32,
    wants: Vec<ByteRange>,
    told: Option<Stage>,
}

/// Where a column's values come from.
struct Source {
    place: usize,
    how: How,
}

enum How {
    /// The store.
    Whole,
    /// Single pages.
    Pages(Box<Pager>),
    /// Row groups of nested values.
    Nested(Nested),
}

/// What one look at an export came to.
enum Went {
    /// Something has to come first.
    Waits,
    /// There is more to be done at once.
    On,
    /// It is written.
    Done,
}

impl Table {
    /// Ranges that an export lacks.
    pub(super) fn export_wants(&self) -> impl Iterator<Item = ByteRange> {
        self.export.iter().flat_map(|export| export.wants.iter().copied())
    }

    /// Whether an export waits for what decides which rows are written.
    pub(super) fn export_waits(&self) -> bool {
        self.export.as_ref().is_some_and(|export| export.rows.is_none())
    }

    /// Begins to write rows; an export that is under way is given up.
    pub(super) fn begin_export(&mut self, start: Start, effects: &mut Vec<Effect>) {
        self.cancel_export(effects);
        let id = start.id;
        match self.new_export(start) {
            Ok(export) => self.export = Some(Box::new(export)),
            Err(error) => {
                effects.push(Effect::DropFile { export: id });
                tell(effects, id, Stage::Failed(error.to_string()), (0, 0, 0));
            }
        }
    }

    fn new_export(&self, start: Start) -> Result<Export> {
        let mut columns = Vec::new();
        let mut fields = Vec::new();
        for name in &start.columns {
            let Some((place, state)) = self.column(name) else { continue };
            if fields.iter().any(|field: &Field| field.name == *name) {
                continue;
            }
            fields.push(Field { name: name.clone(), form: self.form(state) });
            columns.push(Source { place, how: How::Whole });
        }
        if fields.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "the table has none of these columns"));
        }
        let writer = Writer::new(start.format, fields)?;
        Ok(Export {
            start,
            writer,
            columns,
            rows: None,
            ascending: true,
            next: 0,
            unwritten: 0,
            bytes: 0,
            finished: false,
            stalls: 0,
            wants: Vec::new(),
            told: None,
        })
    }

    /// Gives up what is being written.
    pub(super) fn cancel_export(&mut self, effects: &mut Vec<Effect>) {
        if let Some(export) = self.export.take() {
            effects.push(Effect::DropFile { export: export.start.id });
            export.tell(Stage::Cancelled, effects);
        }
    }

    /// A piece is where it belongs.
    pub(super) fn written(&mut self, id: u32) {
        if let Some(export) = self.export.as_mut().filter(|export| export.start.id == id) {
            export.unwritten = export.unwritten.saturating_sub(1);
        }
    }

    /// A piece can't be written.
    pub(super) fn write_failed(&mut self, id: u32, message: String, effects: &mut Vec<Effect>) {
        if let Some(export) = self.export.take_if(|export| export.start.id == id) {
            export.tell(Stage::Failed(message), effects);
        }
    }

    /// Writes what can be written. Whether there is more to be done at once.
    pub(super) fn advance_export(&mut self, pool: &mut Pool, effects: &mut Vec<Effect>) -> bool {
        let Some(mut export) = self.export.take() else { return false };
        let went = self.write_on(&mut export, pool, effects);
        match went {
            Ok(Went::Done) => {
                export.tell(Stage::Done, effects);
                self.give_maps_back(&mut export);
                return false;
            }
            Ok(Went::Waits) => {}
            Ok(Went::On) => {
                self.export = Some(export);
                return true;
            }
            Err(error) => {
                effects.push(Effect::DropFile { export: export.start.id });
                export.tell(Stage::Failed(error.to_string()), effects);
                return false;
            }
        }
        self.export = Some(export);
        false
    }

    fn write_on(&mut self, export: &mut Export, pool: &mut Pool, effects: &mut Vec<Effect>) -> Result<Went> {
        if export.rows.is_none() && !self.settle_rows(export)? {
            export.tell_once(Stage::Waiting, effects);
            return Ok(Went::Waits);
        }
        if export.finished {
            return Ok(if export.unwritten == 0 { Went::Done } else { Went::Waits });
        }
        if export.unwritten >= MAX_UNWRITTEN {
            return Ok(Went::Waits);
        }
        let batch = self.next_batch(export)?;
        let total = export.rows.as_ref().map_or(0, Vec::len);
        if batch.is_empty() && export.next < total {
            export.tell_once(Stage::Writing, effects);
            return Ok(Went::Waits);
        }
        export.wants = self.poll_batch(export, &batch, pool)?;
        if !export.wants.is_empty() {
            export.tell_once(Stage::Writing, effects);
            return Ok(Went::Waits);
        }
        if !self.write_batch(export, &batch)? {
            export.stalls += 1;
            return if export.stalls > MAX_STALLS {
                Err(Error::new(ErrorKind::Internal, "values that were read can't be found"))
            } else {
                Ok(Went::On)
            };
        }
        export.stalls = 0;
        export.next += batch.len();
        let last = export.next >= total;
        if last {
            export.writer.finish()?;
            export.finished = true;
        }
        if last || export.writer.ready_bytes() >= PIECE_BYTES {
            let bytes = export.writer.take();
            export.bytes += bytes.len() as u64;
            export.unwritten += 1;
            effects.push(Effect::Write { export: export.start.id, bytes, last });
            export.tell(Stage::Writing, effects);
        }
        Ok(if last { Went::Waits } else { Went::On })
    }

    /// Whether it is settled which rows are written; if so, how to get at the columns.
    fn settle_rows(&mut self, export: &mut Export) -> Result<bool> {
        let failed = self.columns.iter().find(|state| {
            let decides = self.filter.bit(&state.info.name) != 0
                || self.show.sort.iter().any(|key| key.column == state.info.name);
            state.failed && decides
        });
        if let Some(state) = failed {
            let message = format!("{} decides which rows match and can't be read", state.info.name);
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        if self.rows_decided() < self.rows_in_all() || !self.is_in_order() {
            return Ok(false);
        }
        let matching = self.selection.matching();
        let rows = self.selection.rows(self.filter.mask(), self.order(), 0, matching as usize);
        export.ascending = self.order().is_none();
        let sources: Vec<usize> = export.columns.iter().map(|source| source.place).collect();
        for (number, place) in sources.into_iter().enumerate() {
            let how = self.how(place, &rows, export.ascending)?;
            if let (How::Whole, Some(state)) = (&how, self.columns.get(place)) {
                let name = state.info.name.clone();
                self.load(&name);
            }
            if let Some(source) = export.columns.get_mut(number) {
                source.how = how;
            }
        }
        export.rows = Some(rows);
        Ok(true)
    }

    /// How to get at a column's values.
    fn how(&self, place: usize, rows: &[u32], ascending: bool) -> Result<How> {
        let Some(state) = self.columns.get(place) else { return Ok(How::Whole) };
        match state.part {
            Part::Size { .. } => Ok(How::Whole),
            Part::Nested { .. } => {
                if !ascending && self.meta.groups.len() > MAX_NESTED_GROUPS {
                    let message = format!(
                        "{} holds lists or structures, which are written in the file's order only: leave it out, or take the sorting off",
                        state.info.name
                    );
                    return Err(Error::new(ErrorKind::Limit, message));
                }
                Ok(How::Nested(Nested::default()))
            }
            Part::Leaf(_) if state.complete || state.loading => Ok(How::Whole),
            Part::Leaf(leaf) => {
                let mut pager = Pager::new(leaf);
                pager.maps = state.pager.maps.clone();
                pager.prepare(&self.meta);
                let few = ascending || rows.len() <= MAX_SCATTERED_ROWS;
                let by_pages = self.pages_bytes(&pager.maps, rows);
                // Images and the like are never kept whole.
                let by_pages =
                    state.info.kind == Kind::Binary || (few && by_pages.saturating_mul(2) < state.info.bytes);
                Ok(if by_pages { How::Pages(Box::new(pager)) } else { How::Whole })
            }
        }
    }

    /// About how many bytes the pages take that hold these rows.
    fn pages_bytes(&self, maps: &[PageMap], rows: &[u32]) -> u64 {
        let mut sum = 0;
        let mut last = None;
        for row in rows {
            let page = self.page_guess(maps, *row);
            if page != last {
                let average =
                    page.and_then(|(group, _)| maps.get(group)).map_or(0, PageMap::average_page_bytes);
                sum += average;
                last = page;
            }
        }
        sum
    }

    /// On which page of a column a row is, judged by pages of equal length: row group and number.
    fn page_guess(&self, maps: &[PageMap], row: u32) -> Option<(usize, u64)> {
        let (number, group) = self.meta.group_of(u64::from(row))?;
        let map = maps.get(number)?;
        let pages = (map.chunk().range.len() / map.average_page_bytes().max(1)).max(1);
        let within = u64::from(row).saturating_sub(group.first_row);
        Some((number, within.saturating_mul(pages) / group.rows.max(1)))
    }

    /// The rows that can be looked at together now.
    fn next_batch(&self, export: &Export) -> Result<Vec<u32>> {
        let rows = export.rows.as_deref().and_then(|rows| rows.get(export.next..)).unwrap_or_default();
        let mut reached = u32::MAX;
        for source in &export.columns {
            let Some(state) = self.columns.get(source.place) else { continue };
            if state.failed {
                let message = format!("{} can't be read: leave it out", state.info.name);
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
            if matches!(source.how, How::Whole) && !state.complete {
                let read = state.rows_read() as u32;
                reached = reached.min(if export.ascending { read } else { 0 });
            }
        }
        let pagers = export.columns.iter().filter_map(|source| match &source.how {
            How::Pages(pager) => Some(&pager.maps),
            How::Whole | How::Nested(_) => None,
        });
        let mut pagers: Vec<_> = pagers.map(|maps| (maps, None, 0)).collect();
        let nested = export.columns.iter().any(|source| matches!(source.how, How::Nested(_)));
        let (mut group, mut groups) = (None, 0);
        let mut batch = Vec::new();
        for row in rows.iter().copied().take(BATCH_ROWS).take_while(|row| *row < reached) {
            for (maps, last, pages) in &mut pagers {
                let page = self.page_guess(maps, row);
                *pages += usize::from(page != *last);
                *last = page;
            }
            if nested {
                let own = self.meta.group_of(u64::from(row)).map(|(number, _)| number);
                groups += usize::from(own != group);
                group = own;
            }
            if pagers.iter().any(|(_, _, pages)| *pages > BATCH_PAGES) || groups > MAX_NESTED_GROUPS {
                break;
            }
            batch.push(row);
        }
        Ok(batch)
    }

    /// Gets the pages of a batch as far as their bytes are here, and says what is missing.
    fn poll_batch(&self, export: &mut Export, batch: &[u32], pool: &mut Pool) -> Result<Vec<ByteRange>> {
        let mut rows: Vec<u64> = batch.iter().copied().map(u64::from).collect();
        if !export.ascending {
            rows.sort_unstable();
        }
        let mut wants = Vec::new();
        for source in &mut export.columns {
            let Some(state) = self.columns.get(source.place) else { continue };
            wants.extend(match (&mut source.how, state.part) {
                (How::Pages(pager), _) => {
                    let missing = pager.poll(&rows, &self.meta, pool)?;
                    pager.round();
                    missing
                }
                (How::Nested(nested), Part::Nested { first, end }) => {
                    nested.poll(&rows, first..end, &self.meta, pool)?
                }
                (How::Whole | How::Nested(_), _) => Vec::new(),
            });
        }
        Ok(wants)
    }

    /// Writes a batch, if all of its values are here.
    fn write_batch(&self, export: &mut Export, batch: &[u32]) -> Result<bool> {
        let Export { writer, columns, .. } = export;
        let here = |source: &Source, row: u64| match &source.how {
            How::Whole => true,
            How::Pages(pager) => pager.get(row).is_some(),
            How::Nested(nested) => nested.get(row).is_some(),
        };
        if !columns.iter().all(|source| batch.iter().all(|row| here(source, u64::from(*row)))) {
            return Ok(false);
        }
        for row in batch {
            for source in columns.iter() {
                let state = self.columns.get(source.place);
                let value = match &source.how {
                    How::Whole => state.and_then(|state| state.data.as_ref()?.get(*row as usize)),
                    How::Pages(pager) => pager.get(u64::from(*row)),
                    How::Nested(nested) => nested
                        .get(u64::from(*row))
                        .map(|json| if json == "null" { Value::Null } else { Value::Bytes(json.as_bytes()) }),
                };
                let value = value.unwrap_or(Value::Null);
                let unsigned = state.and_then(|state| self.logical(state))
                    == Some(Logical::Int { signed: false, bits: 64 });
                writer.cell(match value {
                    Value::Int(bits) if unsigned && bits < 0 => Value::UInt(bits as u64),
                    value => value,
                })?;
            }
        }
        Ok(true)
    }

    /// What was learned of pages on the way serves the screen as well.
    fn give_maps_back(&mut self, export: &mut Export) {
        for source in &mut export.columns {
            let (How::Pages(pager), Some(state)) = (&mut source.how, self.columns.get_mut(source.place))
            else {
                continue;
            };
            let known = |maps: &[PageMap]| maps.iter().map(|map| map.pages().len()).sum::<usize>();
            if known(&pager.maps) > known(&state.pager.maps) && state.load.is_none() {
                state.pager.maps = std::mem::take(&mut pager.maps);
            }
        }
    }

    /// What the values of a column are.
    fn form(&self, state: &State) -> Form {
        let Part::Leaf(leaf) = state.part else {
            return if state.info.kind == Kind::Nested { Form::Json } else { Form::Text };
        };
        let Some(column) = self.meta.columns.get(leaf) else { return Form::Text };
        match column.logical {
            Logical::Bool => Form::Bool,
            Logical::Int { signed, bits } => Form::Int { signed, bits },
            Logical::Float if column.physical == Physical::Float => Form::Float32,
            Logical::Float16 => Form::Float32,
            Logical::Float | Logical::Decimal { .. } => Form::Float64,
            Logical::Date => Form::Date,
            Logical::TimeOfDay(_) => Form::TimeOfDay,
            Logical::Timestamp(_) => Form::Time,
            Logical::Text => Form::Text,
            Logical::Binary => Form::Binary,
        }
    }
}

impl Export {
    fn tell(&self, stage: Stage, effects: &mut Vec<Effect>) {
        let total = self.rows.as_ref().map_or(0, Vec::len);
        tell(effects, self.start.id, stage, (self.next as u64, total as u64, self.bytes));
    }

    fn tell_once(&mut self, stage: Stage, effects: &mut Vec<Effect>) {
        if self.told.as_ref() != Some(&stage) {
            self.tell(stage.clone(), effects);
            self.told = Some(stage);
        }
    }
}

fn tell(effects: &mut Vec<Effect>, id: u32, stage: Stage, (rows, rows_total, bytes): (u64, u64, u64)) {
    let progress = Progress { id, stage, rows, rows_total, bytes, missing: 0 };
    effects.push(Effect::Respond(Seldom::Export(progress).into()));
}
