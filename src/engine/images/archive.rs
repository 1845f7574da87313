//! One archive: from its address to its directory, in as few reads as its known size allows.

use crate::base::bytes::ByteRange;
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::base::ids::SourceId;
use crate::formats::zip::directory::Directory;
use crate::formats::zip::end::{End, Tail, read_end};

/// An archive that something was wanted of.
#[derive(Debug)]
pub struct Archive {
    /// What its reads are of.
    pub source: SourceId,
    /// What people call it.
    pub name: String,
    /// When it was last used, for the choice of what to forget.
    pub used: u64,
    state: State,
    file_bytes: Option<u64>,
    /// How much of the end to read first.
    tail_bytes: u64,
    /// How often the assumed size was wrong.
    resized: u32,
    /// Whether its directory is from the app's own host, and not from itself.
    pub from_sidecar: bool,
}

#[derive(Debug)]
enum State {
    /// What is held of the file's end, and the directory's place once it is known.
    Opening {
        tail: Vec<u8>,
        end: Option<End>,
    },
    Open(Directory),
    Failed(Error),
}

impl Archive {
    /// An archive of which nothing is read. `file_bytes` is its size, where it is known from before.
    pub fn new(source: SourceId, name: String, file_bytes: Option<u64>, tail_bytes: u64) -> Self {
        let state = State::Opening { tail: Vec::new(), end: None };
        Self { source, name, used: 0, state, file_bytes, tail_bytes, resized: 0, from_sidecar: false }
    }

    /// An archive whose directory was read ahead of time.
    pub fn from_sidecar(source: SourceId, name: String, file_bytes: u64, directory: Directory) -> Self {
        let state = State::Open(directory);
        Self { state, from_sidecar: true, ..Self::new(source, name, Some(file_bytes), 0) }
    }

    /// Whether it is as large as it was when its directory was read ahead of time.
    pub fn matches_sidecar(&self, file_bytes: u64) -> bool {
        !self.from_sidecar || self.file_bytes == Some(file_bytes)
    }

    /// Its directory, once it is read; or why it can't be.
    ///
    /// # Errors
    /// Why it can't be read.
    pub fn directory(&self) -> Result<Option<&Directory>> {
        match &self.state {
            State::Opening { .. } => Ok(None),
            State::Open(directory) => Ok(Some(directory)),
            State::Failed(error) => Err(error.clone()),
        }
    }

    /// Memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        match &self.state {
            State::Opening { tail, .. } => tail.capacity(),
            State::Open(directory) => directory.memory_bytes(),
            State::Failed(_) => 0,
        }
    }

    /// What is to be read next on the way to the directory.
    pub fn wants(&self) -> Option<ByteRange> {
        let State::Opening { tail, end } = &self.state else { return None };
        let Some(file_bytes) = self.file_bytes else {
            // The size is in the answer to any range.
            return Some(ByteRange::new(0, 1));
        };
        let held = file_bytes.saturating_sub(tail.len() as u64);
        let from = end.map_or(file_bytes.saturating_sub(self.tail_bytes), |end| end.directory.start);
        Some(ByteRange::new(from, held)).filter(|range| !range.is_empty())
    }

    /// Takes note of its size. Where another one was assumed, what was read is dropped.
    pub fn sized(&mut self, file_bytes: u64) {
        if self.file_bytes != Some(file_bytes) {
            let assumed = self.file_bytes.replace(file_bytes).is_some();
            self.resized += u32::from(assumed);
            if self.resized > 1 {
                self.fail(Error::new(ErrorKind::Changed, "its size changes from answer to answer"));
            } else if let State::Opening { tail, end } = &mut self.state {
                tail.clear();
                *end = None;
            }
        }
    }

    /// Takes bytes that were wanted.
    pub fn take(&mut self, range: ByteRange, bytes: Vec<u8>) {
        let (State::Opening { tail, .. }, Some(file_bytes)) = (&mut self.state, self.file_bytes) else {
            return;
        };
        let held = file_bytes.saturating_sub(tail.len() as u64);
        if range.end != held || bytes.len() as u64 != range.len() {
            // The first byte alone, or an answer to a question of before the size was known.
            return;
        }
        let mut longer = bytes;
        longer.append(tail);
        *tail = longer;
        if let Err(error) = self.advance(file_bytes) {
            self.fail(error);
        }
    }

    /// It can't be read.
    pub fn fail(&mut self, error: Error) {
        self.state = State::Failed(error.context(self.name.clone()));
    }

    fn advance(&mut self, file_bytes: u64) -> Result<()> {
        let State::Opening { tail, end } = &mut self.state else { return Ok(()) };
        let found = match end {
            Some(end) => *end,
            None => match read_end(tail, file_bytes)? {
                Tail::Needs(range) => {
                    self.tail_bytes = range.len();
                    return Ok(());
                }
                Tail::End(found) => *end.insert(found),
            },
        };
        let start = file_bytes - (tail.len() as u64).min(file_bytes);
        if found.directory.start < start {
            return Ok(());
        }
        let (from, to) = (found.directory.start - start, found.directory.end - start);
        let bytes = tail.get(from as usize..to as usize).unwrap_or_default();
        let directory = Directory::parse(bytes, &found).context(|| "its directory".to_owned())?;
        self.state = State::Open(directory);
        Ok(())
    }
}
