//! A file on its way to the disk, piece by piece: never more than two wait to be written.

use crate::engine::Effect;
use crate::engine::output::export::task::{Failure, Task};
use crate::protocol::export::Stage;

/// Bytes of a piece, unless it is the last.
pub const PIECE_BYTES: usize = 1 << 20;

/// Pieces that may wait to be written.
const MAX_UNWRITTEN: u32 = 2;

/// The pieces of a file that are handed over.
#[derive(Debug)]
pub struct Pieces {
    /// What the page calls the file.
    file: u32,
    unwritten: u32,
    bytes: u64,
    is_last_over: bool,
}

impl Pieces {
    /// None yet.
    pub const fn new(file: u32) -> Self {
        Self { file, unwritten: 0, bytes: 0, is_last_over: false }
    }

    /// What the page calls the file.
    pub const fn file(&self) -> u32 {
        self.file
    }

    /// Bytes of all pieces.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether another piece may be handed over.
    pub const fn has_room(&self) -> bool {
        self.unwritten < MAX_UNWRITTEN
    }

    /// Whether a piece waits to be written.
    pub const fn waits_for_disk(&self) -> bool {
        self.unwritten > 0
    }

    /// Whether the last piece is handed over.
    pub const fn is_last_over(&self) -> bool {
        self.is_last_over
    }

    /// Hands a piece over.
    pub fn write(&mut self, bytes: Vec<u8>, last: bool, effects: &mut Vec<Effect>) {
        self.bytes += bytes.len() as u64;
        self.unwritten += 1;
        self.is_last_over = last;
        effects.push(Effect::Write { export: self.file, bytes, last });
    }

    /// A piece is where it belongs.
    pub fn written(&mut self) {
        self.unwritten = self.unwritten.saturating_sub(1);
    }
}

/// A file that the encoder makes, one task after another.
#[derive(Debug)]
pub struct Encoded {
    /// What is handed over of it.
    pub pieces: Pieces,
    ready: Vec<u8>,
    /// Whether a task is with the encoder.
    is_encoding: bool,
    /// Whether that, or the one before, is the last one.
    is_finishing: bool,
}

impl Encoded {
    /// Nothing yet.
    pub const fn new(file: u32) -> Self {
        Self { pieces: Pieces::new(file), ready: Vec::new(), is_encoding: false, is_finishing: false }
    }

    /// The task that was with the encoder failed.
    pub const fn failed(&mut self) {
        self.is_encoding = false;
    }

    /// Whether a task is with the encoder.
    pub const fn is_encoding(&self) -> bool {
        self.is_encoding
    }

    /// Whether the encoder has been given its last task.
    pub const fn is_finishing(&self) -> bool {
        self.is_finishing
    }

    /// Whether the encoder may be given a task.
    pub fn is_free(&self) -> bool {
        !self.is_encoding && !self.is_finishing && self.ready.len() < PIECE_BYTES
    }

    /// Gives the encoder a task.
    pub fn encode(&mut self, task: Task, effects: &mut Vec<Effect>) {
        self.is_encoding = true;
        self.is_finishing |= matches!(task, Task::Finish);
        effects.push(Effect::Encode { export: self.pieces.file(), task });
    }

    /// The encoder has done its task.
    ///
    /// # Errors
    /// How the job ends where it could not be done; of the columns that it names nothing is told.
    pub fn take(&mut self, outcome: Result<Vec<u8>, Failure>) -> Result<(), Stage> {
        let bytes = outcome.map_err(|Failure { columns: _, message }| Stage::Failed(message))?;
        self.is_encoding = false;
        if self.ready.is_empty() {
            self.ready = bytes;
        } else {
            self.ready.extend_from_slice(&bytes);
        }
        Ok(())
    }

    /// Hands over what is ready, where that is a piece and there is room for it. Whether it did.
    pub fn write(&mut self, effects: &mut Vec<Effect>) -> bool {
        let last = self.is_finishing && !self.is_encoding;
        let writes = (last || self.ready.len() >= PIECE_BYTES) && self.pieces.has_room();
        if writes {
            self.pieces.write(std::mem::take(&mut self.ready), last, effects);
        }
        writes
    }
}
