//! The bytes of a column, one page after another. Those that come from a server are kept in a file until the index is
//! written.

use super::{Reader, Result, Source};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use vitrine::base::bytes::ByteRange;

/// Bytes of one read.
const WINDOW_BYTES: u64 = 16 << 20;

/// A column's chunks, read from the first byte to the last.
pub struct Pages<'a, 'b> {
    reader: &'a mut Reader<'b>,
    /// What was read, chunk behind chunk, and how much that is; none where the file is on this machine.
    kept: Option<(File, u64)>,
    chunk: ByteRange,
    /// Bytes of the chunks before.
    before: u64,
    /// What of the chunk is here: from where on.
    start: u64,
    bytes: Vec<u8>,
}

impl<'a, 'b> Pages<'a, 'b> {
    /// Of a file, whose bytes are kept at `path`.
    pub fn new(reader: &'a mut Reader<'b>, path: &Path) -> Result<Self> {
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        let kept = match reader.source {
            Source::Disk(_) => None,
            Source::Web { .. } => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(told)?;
                }
                let mut options = File::options();
                let file =
                    options.read(true).write(true).create(true).truncate(false).open(path).map_err(told)?;
                let len = file.metadata().map_err(told)?.len();
                Some((file, len))
            }
        };
        let none = ByteRange::new(0, 0);
        Ok(Self { reader, kept, chunk: none, before: 0, start: 0, bytes: Vec::new() })
    }

    /// Bytes that are kept.
    pub fn kept_bytes(&self) -> u64 {
        self.kept.as_ref().map_or(0, |(_, len)| *len)
    }

    /// Bytes of the column that were taken so far.
    pub fn taken_bytes(&self) -> u64 {
        self.before + (self.start - self.chunk.start) + self.bytes.len() as u64
    }

    /// Goes on to the next chunk.
    pub fn begin(&mut self, chunk: ByteRange) {
        self.before += self.chunk.len();
        self.chunk = chunk;
        self.start = chunk.start;
        self.bytes.clear();
    }

    /// The bytes from `at` on, as many as wanted unless the chunk ends before. Never before those asked for last.
    pub fn at(&mut self, at: u64, wanted: u64) -> Result<&[u8]> {
        let end = at.saturating_add(wanted).min(self.chunk.end);
        let skipped = at.saturating_sub(self.start) as usize;
        if end > self.start + self.bytes.len() as u64 {
            self.bytes.drain(..skipped.min(self.bytes.len()));
            self.start = at.max(self.start);
            let from = self.start + self.bytes.len() as u64;
            let range = ByteRange::new(from, from.saturating_add(WINDOW_BYTES).max(end).min(self.chunk.end));
            let more = self.read(range)?;
            self.bytes.extend_from_slice(&more);
        }
        Ok(self.bytes.get((at - self.start) as usize..).unwrap_or_default())
    }

    fn read(&mut self, range: ByteRange) -> Result<Vec<u8>> {
        let told = |error: std::io::Error| format!("what was read: {error}");
        let offset = self.before + (range.start - self.chunk.start);
        let Some((file, len)) = &mut self.kept else { return self.reader.read(range) };
        if offset < *len {
            let here = (*len - offset).min(range.len());
            file.seek(SeekFrom::Start(offset)).map_err(told)?;
            let mut bytes = Vec::new();
            file.take(here).read_to_end(&mut bytes).map_err(told)?;
            return if bytes.len() as u64 == here {
                Ok(bytes)
            } else {
                Err("what was read is gone".to_owned())
            };
        }
        let bytes = self.reader.read(range)?;
        if offset == *len {
            file.seek(SeekFrom::Start(offset)).map_err(told)?;
            file.write_all(&bytes).map_err(told)?;
            *len += bytes.len() as u64;
        }
        Ok(bytes)
    }
}
