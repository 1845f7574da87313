//! One of the files that are made into a table, as far as it has come.

use super::arrow::Messages;
use super::at_once::Arrow;
use super::kind::Kind;
use super::odd::{Odd, OddKind};
use super::reading::Reading;
use super::source::Source;
use super::{csv, json};
use crate::base::error::{Error, ErrorKind, Result};
use std::collections::VecDeque;

/// Bytes that are looked at before it is decided what a file is.
const FRONT_BYTES: usize = 64 << 10;

/// A file.
pub struct Part {
    /// Its name.
    pub name: String,
    source: Source,
    /// What is known of it.
    pub stage: Stage,
    /// What it is made of, as it came; empty where it is written at once.
    pub kept: VecDeque<Vec<u8>>,
    /// Whether a quote in it was never closed.
    open_quote: bool,
}

/// What is known of a file.
pub enum Stage {
    /// What has come, until it is known what it is.
    Front(Vec<u8>),
    /// Fields between signs.
    Csv(Box<csv::Scan>),
    /// JSON.
    Json(Box<json::Scan>),
    /// The only file: its rows are written as they come.
    Arrow(Box<Arrow>),
    /// One of several: its columns are what is looked for first.
    Columns(Box<Messages>),
    /// It is written as it is.
    Parquet,
}

impl Part {
    /// A file of this name, of which nothing came.
    pub fn new(name: String) -> Self {
        Self {
            name,
            source: Source::new(),
            stage: Stage::Front(Vec::new()),
            kept: VecDeque::new(),
            open_quote: false,
        }
    }

    /// The next bytes of the file; the answer is what the Parquet file goes on with. An empty one says that
    /// nothing follows. `several` says whether other files are to be in the same table.
    ///
    /// # Errors
    /// Where the file is no table, is damaged, or beyond a limit.
    pub fn push(&mut self, bytes: Vec<u8>, reading: Reading, several: bool) -> Result<Vec<u8>> {
        let last = bytes.is_empty();
        let text = self.source.push(&bytes, last)?;
        let written = self.take(&text, last, reading, several)?;
        if matches!(self.stage, Stage::Arrow(_) | Stage::Parquet) {
            self.kept.clear();
        } else if !last {
            self.kept.push_back(bytes);
        }
        if last && matches!(&self.stage, Stage::Csv(scan) if scan.has_open_quote()) {
            self.scan_without_quotes(reading, several)?;
        }
        Ok(written)
    }

    /// How many bytes of it are kept.
    pub fn kept_bytes(&self) -> u64 {
        self.kept.iter().map(|piece| piece.len() as u64).sum()
    }

    fn take(&mut self, text: &[u8], last: bool, reading: Reading, several: bool) -> Result<Vec<u8>> {
        if let Stage::Front(front) = &mut self.stage {
            front.extend_from_slice(text);
            if front.len() < FRONT_BYTES && !last {
                return Ok(Vec::new());
            }
            let front = std::mem::take(front);
            self.stage = self.decide(&front, last, reading, several)?;
            return self.take(&front, last, reading, several);
        }
        match &mut self.stage {
            Stage::Front(_) => Ok(Vec::new()),
            Stage::Csv(scan) => scan.push(text, last).map(|()| Vec::new()),
            Stage::Json(scan) => scan.push(text, last).map(|()| Vec::new()),
            Stage::Arrow(arrow) => arrow.push(text, last),
            Stage::Columns(messages) => messages.push_until_schema(text, last).map(|()| Vec::new()),
            Stage::Parquet => Ok(text.to_vec()),
        }
    }

    fn decide(&self, front: &[u8], whole: bool, reading: Reading, several: bool) -> Result<Stage> {
        if front.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported, "it is empty"));
        }
        let kind = Kind::of(front, &self.name)
            .map_err(|what| Error::new(ErrorKind::Unsupported, format!("it looks like {what}")))?;
        Ok(match kind {
            Kind::Csv => {
                let (name, quotes) = (self.name.to_lowercase(), !self.open_quote);
                Stage::Csv(Box::new(csv::Scan::new(front, whole, reading, &name, quotes)))
            }
            Kind::Json => Stage::Json(Box::new(json::Scan::new(&self.name.to_lowercase()))),
            Kind::Arrow if several => Stage::Columns(Box::default()),
            Kind::Arrow => Stage::Arrow(Box::default()),
            Kind::Parquet if several => {
                let message = "it is a packed Parquet file, which is opened by itself";
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
            Kind::Parquet => Stage::Parquet,
        })
    }

    /// Reads a CSV file again in which a quote was never closed.
    fn scan_without_quotes(&mut self, reading: Reading, several: bool) -> Result<()> {
        self.open_quote = true;
        self.source = Source::new();
        self.stage = Stage::Front(Vec::new());
        let kept = std::mem::take(&mut self.kept);
        for piece in kept.iter().map(Vec::as_slice).chain([[].as_slice()]) {
            let text = self.source.push(piece, piece.is_empty())?;
            self.take(&text, piece.is_empty(), reading, several)?;
        }
        self.kept = kept;
        Ok(())
    }

    /// What was odd in the file, beside what its rows tell.
    pub fn odds(&self) -> Option<Odd> {
        self.open_quote.then(|| Odd::new(OddKind::OpenQuote, 1, 0))
    }
}
