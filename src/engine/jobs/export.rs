//! Writing the matching rows to a file, piece by piece.
//!
//! Which rows, and in which order, is settled once, when everything that decides it is read; what
//! the user does to the view meanwhile changes nothing. A column of which most is needed is read
//! whole into the store; of which little is needed, by single pages, which the export has for itself so
//! that the screen's pages and these do not evict each other. Never more than two pieces wait to be
//! written.

use super::Progressed;
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::Effect;
use crate::engine::answers::report;
use crate::engine::data::{Data, DataColumn, Origin};
use crate::engine::demand::{Class, Demand, Field, Rows, Who};
use crate::engine::output::export::{Field as OutputField, Form, Writer};
use crate::engine::result::Matches;
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

/// After so many polls in a row for pages that neither come nor are missing, something is wrong.
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
    /// The rows that are looked at together now, where their values are not here yet.
    batch: Vec<u32>,
    unwritten: u32,
    bytes: u64,
    finished: bool,
    stalls: u32,
    reported: Option<Stage>,
}

/// Where a column's values come from.
struct Source {
    place: usize,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// The store, into which the column is read whole.
    Whole,
    /// Single pages of a flat column.
    Pages,
    /// Row groups of nested values.
    Nested,
}

impl Export {
    /// An export of which nothing is written.
    ///
    /// # Errors
    /// Where the table has none of the columns.
    pub fn new(start: Start, data: &Data) -> Result<Self> {
        let mut columns = Vec::new();
        let mut fields: Vec<OutputField> = Vec::new();
        for name in &start.columns {
            let (Some(place), Some(column)) = (data.place(name), data.column(name)) else { continue };
            if fields.iter().any(|field| field.name == *name) {
                continue;
            }
            fields.push(OutputField { name: name.clone(), form: form(column, data) });
            columns.push(Source { place, how: How::Whole });
        }
        if fields.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "the table has none of these columns"));
        }
        let writer = Writer::new(start.format, fields)?;
        Ok(Self {
            start,
            writer,
            columns,
            rows: None,
            ascending: true,
            next: 0,
            batch: Vec::new(),
            unwritten: 0,
            bytes: 0,
            finished: false,
            stalls: 0,
            reported: None,
        })
    }

    /// What the page calls it.
    pub fn id(&self) -> u32 {
        self.start.id
    }

    /// A piece is where it belongs.
    pub fn written(&mut self) {
        self.unwritten = self.unwritten.saturating_sub(1);
    }

    /// Whether it waits for the disk.
    pub fn waits_for_disk(&self) -> bool {
        self.unwritten > 0
    }

    /// Whether it waits for values of single pages.
    pub fn waits_for_pages(&self) -> bool {
        !self.batch.is_empty()
    }

    /// The rows that it needs now.
    pub fn demands(&self, data: &Data) -> Vec<Demand> {
        let mut demands = Vec::new();
        let demand = |rows, fields| Demand { who: Who::Export, rows, fields, class: Class::Background };
        if self.rows.is_none() && data.files.unread() {
            demands.push(demand(Rows::Further, Vec::new()));
        }
        let by_pages = self.columns.iter().filter(|source| source.how != How::Whole);
        let fields: Vec<Field> = by_pages.map(|source| Field::Column(source.place)).collect();
        if !self.batch.is_empty() && !fields.is_empty() {
            let mut rows: Vec<u64> = self.batch.iter().copied().map(u64::from).collect();
            rows.sort_unstable();
            demands.push(demand(Rows::These(rows), fields));
        }
        demands
    }

    /// Writes what can be written.
    ///
    /// # Errors
    /// Where a column can't be read, or rows can't be written.
    pub fn advance(
        &mut self,
        data: &mut Data,
        matches: &Matches,
        effects: &mut Vec<Effect>,
    ) -> Result<Progressed> {
        if self.rows.is_none() && !self.settle_rows(data, matches)? {
            self.report_once(Stage::Waiting, effects);
            return Ok(Progressed::Waits);
        }
        if self.finished {
            return Ok(if self.unwritten == 0 { Progressed::Done } else { Progressed::Waits });
        }
        if self.unwritten >= MAX_UNWRITTEN {
            return Ok(Progressed::Waits);
        }
        let batch = self.next_batch(data)?;
        let total = self.rows.as_ref().map_or(0, Vec::len);
        if (batch.is_empty() && self.next < total) || !self.is_here(&batch, data) {
            self.report_once(Stage::Writing, effects);
            // The same rows once more: either their pages are on the way, or they never come.
            self.stalls = if batch == self.batch && !batch.is_empty() { self.stalls + 1 } else { 0 };
            self.batch = batch;
            return Ok(Progressed::Waits);
        }
        self.batch = Vec::new();
        self.stalls = 0;
        self.write(&batch, data)?;
        self.next += batch.len();
        let last = self.next >= total;
        if last {
            self.writer.finish()?;
            self.finished = true;
        }
        if last || self.writer.ready_bytes() >= PIECE_BYTES {
            let bytes = self.writer.take();
            self.bytes += bytes.len() as u64;
            self.unwritten += 1;
            effects.push(Effect::Write { export: self.start.id, bytes, last });
            self.report(Stage::Writing, effects);
        }
        Ok(if last { Progressed::Waits } else { Progressed::More })
    }

    /// Its pages were polled and none of them is missing; whether it can go on, or waits in vain.
    ///
    /// # Errors
    /// Where values that were read can't be found.
    pub fn goes_on(&self) -> Result<bool> {
        if self.stalls > MAX_STALLS {
            return Err(Error::new(ErrorKind::Internal, "values that were read can't be found"));
        }
        Ok(self.waits_for_pages())
    }

    /// Whether it is settled which rows are written; if so, how to get at the columns.
    fn settle_rows(&mut self, data: &mut Data, matches: &Matches) -> Result<bool> {
        super::load_deciding(data, matches)?;
        if !matches.is_settled(data) {
            return Ok(false);
        }
        let rows = matches.window(0, matches.matching());
        self.ascending = matches.is_in_file_order();
        for source in &mut self.columns {
            source.how = how(source.place, &rows, self.ascending, data)?;
        }
        self.rows = Some(rows);
        Ok(true)
    }

    /// The rows that can be looked at together now.
    fn next_batch(&self, data: &mut Data) -> Result<Vec<u32>> {
        let rows = self.rows.as_deref().and_then(|rows| rows.get(self.next..)).unwrap_or_default();
        let mut reached = u32::MAX;
        for source in &self.columns {
            let Some(column) = data.columns.get(source.place) else { continue };
            if column.failed {
                let message = format!("{} can't be read: leave it out", column.info.name);
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
            if source.how == How::Whole && !column.complete {
                let read = column.rows_read() as u32;
                reached = reached.min(if self.ascending { read } else { 0 });
                if !column.loading {
                    let name = column.info.name.clone();
                    data.load(&name);
                }
            }
        }
        let paged = self.columns.iter().filter(|source| source.how == How::Pages);
        let paged = paged.filter_map(|source| data.export_pages(source.place));
        let mut paged: Vec<_> = paged.map(|pages| (pages.pager.maps.as_slice(), None, 0)).collect();
        let nested = self.columns.iter().any(|source| source.how == How::Nested);
        let (mut group, mut groups) = (None, 0);
        let mut batch = Vec::new();
        for row in rows.iter().copied().take(BATCH_ROWS).take_while(|row| *row < reached) {
            for (maps, last, pages) in &mut paged {
                let page = page_guess(maps, row, data);
                *pages += usize::from(page != *last);
                *last = page;
            }
            if nested {
                let own = data.meta.group_of(u64::from(row)).map(|(number, _)| number);
                groups += usize::from(own != group);
                group = own;
            }
            if paged.iter().any(|(_, _, pages)| *pages > BATCH_PAGES) || groups > MAX_NESTED_GROUPS {
                break;
            }
            batch.push(row);
        }
        Ok(batch)
    }

    /// Whether all values of a batch are here.
    fn is_here(&self, batch: &[u32], data: &Data) -> bool {
        self.columns.iter().filter(|source| source.how != How::Whole).all(|source| {
            let Some(pages) = data.export_pages(source.place) else { return false };
            batch.iter().all(|row| match source.how {
                How::Whole => true,
                How::Pages => pages.pager.get(u64::from(*row)).is_some(),
                How::Nested => pages.nested.get(u64::from(*row)).is_some(),
            })
        })
    }

    fn write(&mut self, batch: &[u32], data: &Data) -> Result<()> {
        let sources: Vec<_> = self
            .columns
            .iter()
            .map(|source| {
                let column = data.columns.get(source.place);
                let unsigned = column.and_then(|column| data.logical(column))
                    == Some(Logical::Int { signed: false, bits: 64 });
                let whole = column.and_then(|column| column.values.as_ref());
                (source.how, whole, data.export_pages(source.place), unsigned)
            })
            .collect();
        for row in batch {
            for (how, whole, pages, unsigned) in &sources {
                let value = match how {
                    How::Whole => whole.and_then(|values| values.get(*row as usize)),
                    How::Pages => pages.and_then(|pages| pages.pager.get(u64::from(*row))),
                    How::Nested => pages
                        .and_then(|pages| pages.nested.get(u64::from(*row)))
                        .map(|json| if json == "null" { Value::Null } else { Value::Bytes(json.as_bytes()) }),
                };
                self.writer.cell(match value.unwrap_or(Value::Null) {
                    Value::Int(bits) if *unsigned && bits < 0 => Value::UInt(bits as u64),
                    value => value,
                })?;
            }
        }
        Ok(())
    }

    /// Reports where it stands.
    pub fn report(&self, stage: Stage, effects: &mut Vec<Effect>) {
        let progress = Progress {
            id: self.start.id,
            stage,
            rows: self.next as u64,
            rows_total: self.rows.as_ref().map_or(0, Vec::len) as u64,
            bytes: self.bytes,
            missing: 0,
        };
        report(effects, Seldom::Export(progress));
    }

    fn report_once(&mut self, stage: Stage, effects: &mut Vec<Effect>) {
        if self.reported.as_ref() != Some(&stage) {
            self.report(stage.clone(), effects);
            self.reported = Some(stage);
        }
    }
}

/// How to get at a column's values; prepares for it.
fn how(place: usize, rows: &[u32], ascending: bool, data: &mut Data) -> Result<How> {
    let Some(column) = data.columns.get(place) else { return Ok(How::Whole) };
    let how = match column.origin {
        Origin::Size { .. } => How::Whole,
        Origin::Nested { .. } => {
            if !ascending && data.meta.groups.len() > MAX_NESTED_GROUPS {
                let message = format!(
                    "{} holds lists or structures, which are written in the file's order only: leave it out, or take the sorting off",
                    column.info.name
                );
                return Err(Error::new(ErrorKind::Limit, message));
            }
            data.begin_export_pages(place);
            How::Nested
        }
        Origin::Leaf(_) if column.complete || column.loading => How::Whole,
        Origin::Leaf(_) => {
            let (is_binary, bytes) = (column.info.kind == Kind::Binary, column.info.bytes);
            data.begin_export_pages(place);
            let maps = data.export_pages(place).map_or(&[][..], |pages| &pages.pager.maps);
            let few = ascending || rows.len() <= MAX_SCATTERED_ROWS;
            // Images and the like are never kept whole.
            if is_binary || (few && pages_bytes(maps, rows, data).saturating_mul(2) < bytes) {
                How::Pages
            } else {
                How::Whole
            }
        }
    };
    if how == How::Whole
        && let Some(name) = data.columns.get(place).map(|column| column.info.name.clone())
    {
        data.load(&name);
    }
    Ok(how)
}

/// About how many bytes the pages take that hold these rows.
fn pages_bytes(maps: &[PageMap], rows: &[u32], data: &Data) -> u64 {
    let mut sum = 0;
    let mut last = None;
    for row in rows {
        let page = page_guess(maps, *row, data);
        if page != last {
            sum += page.and_then(|(group, _)| maps.get(group)).map_or(0, PageMap::average_page_bytes);
            last = page;
        }
    }
    sum
}

/// On which page of a column a row is, judged by pages of equal length: row group and number.
fn page_guess(maps: &[PageMap], row: u32, data: &Data) -> Option<(usize, u64)> {
    let (number, group) = data.meta.group_of(u64::from(row))?;
    let map = maps.get(number)?;
    let pages = (map.chunk().range.len() / map.average_page_bytes().max(1)).max(1);
    let within = u64::from(row).saturating_sub(group.first_row);
    Some((number, within.saturating_mul(pages) / group.rows.max(1)))
}

/// What the values of a column are.
fn form(column: &DataColumn, data: &Data) -> Form {
    let Origin::Leaf(leaf) = column.origin else {
        return if column.info.kind == Kind::Nested { Form::Json } else { Form::Text };
    };
    let Some(column) = data.meta.columns.get(leaf) else { return Form::Text };
    match column.logical {
        Logical::Bool => Form::Bool,
        Logical::Int { signed, bits } => Form::Int { signed, bits },
        Logical::Float if column.physical == Physical::Float => Form::Float32,
        Logical::Float16 => Form::Float32,
        Logical::Float | Logical::Decimal { .. } => Form::Float64,
        Logical::Date => Form::Date,
        Logical::TimeOfDay(_) => Form::TimeOfDay,
        Logical::Timestamp(_) => Form::Time,
        Logical::Text | Logical::Uuid => Form::Text,
        Logical::Binary => Form::Binary,
    }
}
