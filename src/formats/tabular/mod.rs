//! Tables in files that are no Parquet (Arrow IPC, CSV, JSON, packed or not) as Parquet.
//!
//! [`Importer`] takes the bytes of a file, or of several that are one table, as they come. Arrow says its types at the
//! beginning, and the rows of a single file are written at once. Text has to be seen whole before its types are known,
//! and of several files all have to be: their bytes are kept as they came, read once for the types of all rows, and once
//! more for the values. So no later row and no later file contradicts an earlier one.
//!
//! All but [`odd`], [`reading`], [`task`] and the lines of CSV is for the export's program alone, as it names the crates of Arrow.

mod adapt;
pub mod arrow;
mod at_once;
pub mod categories;
mod csv;
mod feed;
pub mod file;
mod guess;
mod json;
mod kind;
mod moment;
mod number;
pub mod odd;
mod part;
pub mod reading;
mod rows;
mod source;
pub mod task;
mod together;
mod unpack;
mod wider;

pub use csv::line;

/// The key of a field's metadata which says that its texts are values of a JSON file, as they stand there.
pub const JSON_OF_FILE: &str = "vitrine:json";

use crate::base::error::{Error, ErrorKind, Result};
use odd::{Odd, OddKind};
use part::{Part, Stage};
use reading::{MAX_FILE_BYTES, Reading};
use std::collections::VecDeque;
use task::{Answer, Report, Task};
use together::{Plan, Writing};

/// Bytes of a file that one step reads the second time.
const STEP_BYTES: usize = 1 << 20;

/// What is odd is told of no more files than these.
const MAX_ODDS: usize = 12;

/// A step of the second time through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What the Parquet file goes on with.
    pub written: Vec<u8>,
    /// Bytes of the files that were read the second time.
    pub read_bytes: u64,
    /// Whether that was all.
    pub done: bool,
}

/// Makes a Parquet file of others.
pub struct Importer {
    reading: Reading,
    /// Names of the files that are still to come, and whether there are several.
    names: VecDeque<String>,
    several: bool,
    /// Those that came, the last one perhaps in part.
    parts: Vec<Part>,
    /// Whether the next bytes are of another file.
    between: bool,
    /// Whether the rest of the file that comes is of no use.
    passing: bool,
    /// Why the first file that can't be read can't.
    refused: Option<Error>,
    writing: Option<Writing>,
    report: Report,
}

impl Importer {
    /// For files of these names, in this order; `reading` is what people say of them.
    pub fn new(names: Vec<String>, reading: Reading) -> Self {
        Self {
            reading,
            several: names.len() > 1,
            names: names.into(),
            parts: Vec::new(),
            between: true,
            passing: false,
            refused: None,
            writing: None,
            report: Report::default(),
        }
    }

    /// The next bytes of the file; the answer is what the Parquet file goes on with. An empty one says that
    /// the file ends, and that the next one follows.
    ///
    /// # Errors
    /// Where the file is no table, is damaged, or beyond a limit. One of several is left out instead.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let last = bytes.is_empty();
        if std::mem::replace(&mut self.between, last) {
            self.passing = false;
            self.parts.push(Part::new(self.names.pop_front().unwrap_or_default()));
        }
        let kept: u64 = self.parts.iter().map(Part::kept_bytes).sum();
        if kept + bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(Error::new(ErrorKind::Limit, "it is longer than was said"));
        }
        let Some(part) = self.parts.last_mut().filter(|_| !self.passing) else { return Ok(Vec::new()) };
        match part.push(bytes, self.reading, self.several) {
            Ok(written) => Ok(written),
            Err(error) if self.several => {
                self.passing = true;
                self.leave_last_out(error);
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// The last file is no part of the table.
    fn leave_last_out(&mut self, error: Error) {
        let Some(part) = self.parts.pop() else { return };
        self.report.odds.push(Odd { file: part.name, ..Odd::new(OddKind::File(error.to_string()), 1, 0) });
        self.refused.get_or_insert(error);
    }

    /// What has come so far as a file of its own, with the types that are known so far; none where there is
    /// nothing to show yet.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn preview(&mut self) -> Result<Option<Vec<u8>>> {
        if let [Part { stage: Stage::Arrow(arrow), .. }] = self.parts.as_mut_slice() {
            return arrow.preview();
        }
        // Nothing to show is no error before all has come.
        let Ok(plan) = Plan::new(&self.parts) else { return Ok(None) };
        let mut writing = Writing::new(plan)?;
        let mut written = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            if !writing.begin(number) {
                continue;
            }
            for piece in &part.kept {
                writing.push(piece, false)?;
                written.append(&mut writing.rows.take());
            }
            writing.flush()?;
        }
        written.append(&mut writing.rows.finish()?);
        Ok((writing.rows.count > 0).then_some(written))
    }

    /// Goes on with the second time through, once all has come. What was read is given free.
    ///
    /// # Errors
    /// Where there is no row, or a row can't be written.
    pub fn step(&mut self) -> Result<Step> {
        if let [Part { stage: Stage::Arrow(arrow), .. }] = self.parts.as_mut_slice() {
            let written = arrow.finish()?;
            self.report.rows = arrow.count();
            self.report.odds.append(&mut arrow.odds.0);
            return Ok(Step { written, read_bytes: 0, done: true });
        }
        if let [Part { stage: Stage::Parquet, .. }] = self.parts.as_slice() {
            return Ok(Step { done: true, ..Step::default() });
        }
        if self.writing.is_none() {
            if let Some(error) = self.refused.take().filter(|_| self.parts.is_empty()) {
                return Err(error);
            }
            let plan = Plan::new(&self.parts)?;
            self.report.reading = plan.reading(&self.parts);
            self.report.odds.extend(plan.odds());
            let several = self.several;
            self.report
                .odds
                .extend(self.parts.iter().filter_map(|part| Some(of_file(part, part.odds()?, several))));
            self.writing = Some(Writing::new(plan)?);
        }
        let Some(writing) = &mut self.writing else { return Ok(Step::default()) };
        let Some(number) = writing.part() else { return self.finish() };
        let Some(part) = self.parts.get_mut(number) else { return Ok(Step::default()) };
        if !writing.has_begun() && !writing.begin(number) {
            part.kept.clear();
            writing.end();
            return Ok(Step::default());
        }
        let piece = part.kept.pop_front().unwrap_or_default();
        let (now, later) = piece.split_at(piece.len().min(STEP_BYTES));
        if !later.is_empty() {
            part.kept.push_front(later.to_vec());
        }
        let last = now.is_empty();
        writing.push(now, last)?;
        let step = Step { written: writing.rows.take(), read_bytes: now.len() as u64, done: false };
        if last {
            let odds = writing.end().0.into_iter();
            self.report.odds.extend(odds.map(|odd| of_file(part, odd, self.several)));
        }
        Ok(step)
    }

    fn finish(&mut self) -> Result<Step> {
        let Some(writing) = &mut self.writing else { return Ok(Step::default()) };
        let written = writing.rows.finish()?;
        self.report.rows = writing.rows.count;
        let odds = &mut self.report.odds;
        if odds.len() > MAX_ODDS {
            let more = odds.len() - MAX_ODDS;
            odds.truncate(MAX_ODDS);
            odds.push(Odd::new(OddKind::More, more as u64, 0));
        }
        Ok(Step { written, read_bytes: 0, done: true })
    }

    /// What came of it, once the last step is done.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Something odd in a file, with its name where there are several.
fn of_file(part: &Part, odd: Odd, several: bool) -> Odd {
    Odd { file: if several { part.name.clone() } else { String::new() }, ..odd }
}

/// Does a task; the first one begins.
///
/// # Errors
/// Where the files can't be read.
pub fn answer(importer: &mut Option<Importer>, task: Task) -> Result<Answer> {
    if let Task::Begin { names, reading } = task {
        *importer = Some(Importer::new(names, reading));
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
