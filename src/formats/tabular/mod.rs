//! Tables in files that are no Parquet (Arrow IPC, CSV, JSON, packed or not) as Parquet.
//!
//! [`Importer`] takes a file's bytes as they come. Arrow says its types at the beginning, and its rows are written at
//! once. Text has to be seen whole before its types are known: its bytes are kept as they came, read once for the
//! types of all rows, and once more for the values. So no later row contradicts an earlier one.
//!
//! All but [`odd`], [`reading`], [`task`] and the lines of CSV is for the export's program alone, as it names the crates of Arrow.

mod arrow;
mod csv;
mod feed;
mod guess;
mod json;
mod kind;
mod moment;
mod number;
pub mod odd;
pub mod reading;
mod rows;
pub mod task;
mod unpack;

pub use csv::line;

use crate::base::error::{Error, ErrorKind, Result};
use kind::Kind;
use odd::{Odd, OddKind, Odds};
use reading::{MAX_FILE_BYTES, Reading};
use rows::Rows;
use std::collections::VecDeque;
use task::{Answer, Report, Task};
use unpack::{Decoder, MAX_UNPACKED_BYTES, Packing, Unpacker};

/// Bytes that are looked at before it is decided what a file is.
const FRONT_BYTES: usize = 64 << 10;

/// Bytes of a file that one step reads the second time.
const STEP_BYTES: usize = 1 << 20;

/// Rows that are shown first are written from so many batches of Arrow.
const FIRST_BATCH_BYTES: usize = 4 << 20;

/// A step of the second time through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What the Parquet file goes on with.
    pub written: Vec<u8>,
    /// Bytes of the file that were read the second time.
    pub read_bytes: u64,
    /// Whether that was all.
    pub done: bool,
}

/// Makes a Parquet file of another one.
pub struct Importer {
    name: String,
    reading: Reading,
    source: Source,
    stage: Stage,
    /// What the file is made of, as it came; empty where it is written at once.
    kept: VecDeque<Vec<u8>>,
    /// Whether all has come.
    whole: bool,
    writing: Option<Writing>,
    report: Report,
}

/// From a file's bytes to its text or messages.
struct Source {
    /// The first bytes, until it is known how they are packed.
    front: Option<Vec<u8>>,
    unpacker: Unpacker,
    text: Option<Decoder>,
    unpacked_bytes: u64,
}

enum Stage {
    /// What has come, until it is known what it is.
    Front(Vec<u8>),
    Csv(Box<csv::Scan>),
    Json(Box<json::Scan>),
    Arrow(Box<Arrow>),
    /// It is written as it is.
    Parquet,
}

/// Rows of Arrow are written as they come.
#[derive(Default)]
struct Arrow {
    messages: arrow::Messages,
    rows: Option<Rows>,
    /// What is shown first.
    first: Vec<arrow_array::RecordBatch>,
    first_bytes: usize,
    odds: Odds,
}

enum Table {
    Csv(Box<csv::Table>),
    Json(Box<json::Table>),
}

/// The second time through.
struct Writing {
    source: Source,
    table: Table,
    rows: Rows,
}

impl Importer {
    /// For a file of this name; `reading` is what people say of it.
    pub fn new(name: &str, reading: Reading) -> Self {
        Self {
            name: name.to_owned(),
            reading,
            source: Source::new(),
            stage: Stage::Front(Vec::new()),
            kept: VecDeque::new(),
            whole: false,
            writing: None,
            report: Report::default(),
        }
    }

    /// The next bytes of the file; the answer is what the Parquet file goes on with. An empty one says that
    /// nothing follows.
    ///
    /// # Errors
    /// Where the file is no table, is damaged, or beyond a limit.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let last = bytes.is_empty();
        self.whole |= last;
        let text = self.source.push(&bytes, last)?;
        let written = self.take(&text, last)?;
        if matches!(self.stage, Stage::Front(_) | Stage::Csv(_) | Stage::Json(_)) {
            let kept: u64 = self.kept.iter().map(|piece| piece.len() as u64).sum();
            if kept + bytes.len() as u64 > MAX_FILE_BYTES {
                return Err(Error::new(ErrorKind::Limit, "it is longer than was said"));
            }
            self.kept.push_back(bytes);
        } else {
            self.kept.clear();
        }
        if last && matches!(&self.stage, Stage::Csv(scan) if scan.has_open_quote()) {
            self.scan_without_quotes()?;
        }
        Ok(written)
    }

    fn take(&mut self, text: &[u8], last: bool) -> Result<Vec<u8>> {
        if let Stage::Front(front) = &mut self.stage {
            front.extend_from_slice(text);
            if front.len() < FRONT_BYTES && !last {
                return Ok(Vec::new());
            }
            let front = std::mem::take(front);
            self.stage = self.decide(&front, last, true)?;
            return self.take(&front, last);
        }
        match &mut self.stage {
            Stage::Front(_) => Ok(Vec::new()),
            Stage::Csv(scan) => scan.push(text, last).map(|()| Vec::new()),
            Stage::Json(scan) => scan.push(text, last).map(|()| Vec::new()),
            Stage::Arrow(arrow) => arrow.push(text, last),
            Stage::Parquet => Ok(text.to_vec()),
        }
    }

    fn decide(&self, front: &[u8], whole: bool, quotes: bool) -> Result<Stage> {
        if front.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported, "it is empty"));
        }
        let kind = Kind::of(front, &self.name)
            .map_err(|what| Error::new(ErrorKind::Unsupported, format!("it looks like {what}")))?;
        Ok(match kind {
            Kind::Csv => {
                let scan = csv::Scan::new(front, whole, self.reading, &self.name.to_lowercase(), quotes);
                Stage::Csv(Box::new(scan))
            }
            Kind::Json => Stage::Json(Box::default()),
            Kind::Arrow => Stage::Arrow(Box::default()),
            Kind::Parquet => Stage::Parquet,
        })
    }

    /// Reads a CSV file again in which a quote was never closed.
    fn scan_without_quotes(&mut self) -> Result<()> {
        let mut source = Source::new();
        let mut front = Vec::new();
        let mut scan: Option<Box<csv::Scan>> = None;
        for piece in self.kept.iter().map(Vec::as_slice) {
            let last = piece.is_empty();
            let text = source.push(piece, last)?;
            match &mut scan {
                Some(scan) => scan.push(&text, last)?,
                None => {
                    front.extend_from_slice(&text);
                    if (front.len() >= FRONT_BYTES || last)
                        && let Stage::Csv(mut begun) = self.decide(&front, last, false)?
                    {
                        begun.push(&front, last)?;
                        scan = Some(begun);
                    }
                }
            }
        }
        if let Some(scan) = scan {
            self.stage = Stage::Csv(scan);
            self.report.odds.push(Odd { kind: OddKind::OpenQuote, count: 1, line: 0 });
        }
        Ok(())
    }

    /// What has come so far as a file of its own, with the types that are known so far; none where there is
    /// nothing to show yet.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn preview(&mut self) -> Result<Option<Vec<u8>>> {
        if let Stage::Arrow(arrow) = &mut self.stage {
            let first = std::mem::take(&mut arrow.first);
            let Some(schema) = arrow.messages.schema().filter(|_| !first.is_empty()) else { return Ok(None) };
            let mut rows = Rows::new(&schema)?;
            first.iter().try_for_each(|batch| rows.write(batch))?;
            return rows.finish().map(Some);
        }
        // Nothing to show is no error before all has come.
        let Ok(Some(table)) = self.table() else { return Ok(None) };
        let mut writing = Writing::new(table)?;
        let mut written = Vec::new();
        for piece in self.kept.iter().filter(|piece| !piece.is_empty()) {
            writing.push(piece, false)?;
            written.append(&mut writing.rows.take());
        }
        writing.flush()?;
        written.append(&mut writing.rows.finish()?);
        Ok((writing.rows.count > 0).then_some(written))
    }

    fn table(&self) -> Result<Option<Table>> {
        Ok(match &self.stage {
            Stage::Csv(scan) => Some(Table::Csv(Box::new(scan.table()?))),
            Stage::Json(scan) => Some(Table::Json(Box::new(scan.table()?))),
            Stage::Front(_) | Stage::Arrow(_) | Stage::Parquet => None,
        })
    }

    /// Goes on with the second time through, once all has come. What was read is given free.
    ///
    /// # Errors
    /// Where there is no row, or a row can't be written.
    pub fn step(&mut self) -> Result<Step> {
        if self.writing.is_none() {
            match &mut self.stage {
                Stage::Arrow(arrow) => {
                    let written = arrow.finish()?;
                    self.report.rows = arrow.rows.as_ref().map_or(0, |rows| rows.count);
                    self.report.odds.append(&mut arrow.odds.0);
                    return Ok(Step { written, read_bytes: 0, done: true });
                }
                Stage::Parquet => return Ok(Step { done: true, ..Step::default() }),
                Stage::Front(_) | Stage::Csv(_) | Stage::Json(_) => {}
            }
            if let Stage::Csv(scan) = &self.stage {
                self.report.reading = Some(scan.reading());
            }
            let Some(table) = self.table()? else {
                return Err(Error::new(ErrorKind::Internal, "not all of the file has come"));
            };
            self.writing = Some(Writing::new(table)?);
        }
        let Some(writing) = &mut self.writing else { return Ok(Step::default()) };
        let piece = self.kept.pop_front().unwrap_or_default();
        let (now, later) = piece.split_at(piece.len().min(STEP_BYTES));
        if !later.is_empty() {
            self.kept.push_front(later.to_vec());
        }
        let last = now.is_empty();
        writing.push(now, last)?;
        let mut step = Step { written: writing.rows.take(), read_bytes: now.len() as u64, done: last };
        if last {
            step.written.append(&mut writing.rows.finish()?);
            self.report.rows = writing.rows.count;
            self.report.odds.append(&mut writing.odds().0);
        }
        Ok(step)
    }

    /// What came of it, once the last step is done.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Does a task; the first one begins.
///
/// # Errors
/// Where the file can't be read.
pub fn answer(importer: &mut Option<Importer>, task: Task) -> Result<Answer> {
    if let Task::Begin { name, reading } = task {
        *importer = Some(Importer::new(&name, reading));
        return Ok(Answer::default());
    }
    let importer = importer.as_mut().ok_or_else(|| Error::new(ErrorKind::Internal, "no file was begun"))?;
    Ok(match task {
        Task::Begin { .. } => Answer::default(),
        Task::Bytes(bytes) => Answer { written: importer.push(bytes)?, ..Answer::default() },
        Task::Preview => Answer { written: importer.preview()?.unwrap_or_default(), ..Answer::default() },
        Task::Step => {
            let Step { written, read_bytes, done } = importer.step()?;
            Answer { written, read_bytes, report: done.then(|| importer.report().clone()) }
        }
    })
}

impl Source {
    fn new() -> Self {
        Self { front: Some(Vec::new()), unpacker: Unpacker::Plain, text: None, unpacked_bytes: 0 }
    }

    /// What the next bytes are, unpacked and as UTF-8.
    fn push(&mut self, bytes: &[u8], last: bool) -> Result<Vec<u8>> {
        const LEAST: usize = 8;
        let mut plain = Vec::new();
        match &mut self.front {
            Some(front) => {
                front.extend_from_slice(bytes);
                if front.len() < LEAST && !last {
                    return Ok(plain);
                }
                let front = std::mem::take(front);
                self.front = None;
                self.unpacker = Unpacker::new(Packing::of(&front));
                self.unpacker.push(&front, last, &mut plain)?;
            }
            None => self.unpacker.push(bytes, last, &mut plain)?,
        }
        self.unpacked_bytes += plain.len() as u64;
        if self.unpacked_bytes > MAX_UNPACKED_BYTES {
            let message = format!("it unpacks to more than {MAX_UNPACKED_BYTES} bytes");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        if self.text.is_none() && !plain.is_empty() {
            let is_binary =
                plain.starts_with(b"ARROW1") || plain.starts_with(b"PAR1") || plain.starts_with(&[0xff; 3]);
            self.text = (!is_binary).then(Decoder::default);
            if is_binary {
                return Ok(plain);
            }
        }
        let Some(decoder) = &mut self.text else { return Ok(plain) };
        let mut text = Vec::with_capacity(plain.len());
        decoder.push(&plain, last, &mut text);
        Ok(text)
    }
}

impl Arrow {
    fn push(&mut self, bytes: &[u8], last: bool) -> Result<Vec<u8>> {
        let batches = self.messages.push(bytes, last)?;
        if self.rows.is_none()
            && let Some(schema) = self.messages.schema()
        {
            for (place, field) in schema.fields().iter().enumerate() {
                if let Some(error) = rows::left_out(&schema, place) {
                    let what = format!("{}: {error}", field.name());
                    self.odds.note(OddKind::Column(what), || 0);
                }
            }
            self.rows = Some(Rows::new(&schema)?);
        }
        let Some(rows) = &mut self.rows else { return Ok(Vec::new()) };
        for batch in batches {
            rows.write(&batch)?;
            if self.first_bytes < FIRST_BATCH_BYTES {
                self.first_bytes += batch.get_array_memory_size();
                self.first.push(batch);
            }
        }
        Ok(rows.take())
    }

    fn finish(&mut self) -> Result<Vec<u8>> {
        self.rows.as_mut().map_or_else(|| Err(Error::corrupt("it has no schema")), Rows::finish)
    }
}

impl Writing {
    fn new(table: Table) -> Result<Self> {
        let schema = match &table {
            Table::Csv(table) => &table.schema,
            Table::Json(table) => &table.schema,
        };
        let rows = Rows::new(schema)?;
        Ok(Self { source: Source::new(), table, rows })
    }

    fn push(&mut self, bytes: &[u8], last: bool) -> Result<()> {
        let text = self.source.push(bytes, last)?;
        match &mut self.table {
            Table::Csv(table) => table.push(&text, last, &mut self.rows),
            Table::Json(table) => table.push(&text, last, &mut self.rows),
        }
    }

    /// Writes the rows that are whole.
    fn flush(&mut self) -> Result<()> {
        match &mut self.table {
            Table::Csv(table) => table.flush(&mut self.rows),
            Table::Json(table) => table.flush(&mut self.rows),
        }
    }

    fn odds(&mut self) -> &mut Odds {
        match &mut self.table {
            Table::Csv(table) => &mut table.odds,
            Table::Json(table) => &mut table.odds,
        }
    }
}
