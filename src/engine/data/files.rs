//! The files of the open table, in a row: each has a stretch of one address space to itself. So all
//! that reads a table knows offsets only, and just what fetches knows files.
//!
//! The first file is opened with the table, the others when their rows are needed, in order.

use super::Data;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};
use crate::base::ids::SourceId;
use crate::engine::change::Change;
use crate::engine::codecs::Codecs;
use crate::engine::demand::Class;
use crate::formats::parquet::meta::{FileMeta, Footer, TAIL_BYTES, read_footer};
use crate::formats::parquet::walk::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;

/// Addresses of a file: more than any has, and few enough that those of a thousand are exact as
/// doubles.
const STRETCH_BYTES: u64 = 1 << 42;

/// Footers asked for at a time, so that the way to the next one does not wait for that to this one.
const FOOTERS_AHEAD: usize = 6;

/// Footers of further files are about as long as the first one; what is asked for holds twice that.
const LEAST_TAIL_BYTES: u64 = 8 << 10;

/// A file of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What people call it.
    pub name: String,
    /// Its address; empty for one of the user's disk.
    pub url: String,
    /// Its size.
    pub file_bytes: u64,
}

/// The files of a table.
#[derive(Debug, Default)]
pub struct Files {
    /// Those that are not open yet, with their number.
    rest: VecDeque<(u32, File)>,
    /// How many there are, and how many of them are part of the table.
    count: u32,
    open: u32,
    /// Size of those that are open, and of the others.
    open_bytes: u64,
    rest_bytes: u64,
    /// How much of the end of the next one is needed to see its footer.
    tail_bytes: u64,
    /// The next ones whose addresses were told.
    addressed: u32,
    /// Footers of the open ones, with the number of their first row group.
    pub footers: Vec<(Part, Arc<[u8]>)>,
    /// What decompresses the next one.
    pub codecs: Codecs,
    /// Rows when the page last heard of more of them.
    reported_rows: u64,
}

/// An open file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub file_bytes: u64,
    pub first_group: usize,
    pub groups: usize,
}

/// Where a stretch of addresses begins.
const fn base(number: u32) -> u64 {
    number as u64 * STRETCH_BYTES
}

/// Which file a range is of, where it is in it, and what its offsets have in front.
pub fn locate(range: ByteRange) -> (SourceId, ByteRange, u64) {
    let number = range.start / STRETCH_BYTES;
    let base = number * STRETCH_BYTES;
    let source = SourceId::part(u32::try_from(number).unwrap_or(u32::MAX));
    (source, ByteRange::new(range.start - base, range.end - base), base)
}

impl Files {
    /// The files of a table of which the first is open: its name and size, and the others.
    pub fn new(name: &str, file_bytes: u64, rest: Vec<File>, meta: &FileMeta) -> Self {
        let part = Part { name: name.to_owned(), file_bytes, first_group: 0, groups: meta.groups.len() };
        let rest: VecDeque<(u32, File)> = (1..).zip(rest).collect();
        let mut files = Self {
            count: rest.len() as u32 + 1,
            open: 1,
            open_bytes: file_bytes,
            rest_bytes: rest.iter().map(|(_, file)| file.file_bytes).sum(),
            rest,
            tail_bytes: 0,
            addressed: 0,
            footers: vec![(part, meta.footer.clone())],
            codecs: Codecs::default(),
            reported_rows: meta.rows,
        };
        files.tail_bytes = files.usual_tail();
        files
    }

    /// Whether there are rows that nobody has counted yet.
    pub fn unread(&self) -> bool {
        !self.rest.is_empty()
    }

    /// How many there are, and how many are open.
    pub fn counts(&self) -> (u32, u32) {
        (self.count, self.open)
    }

    /// What they are called, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let open = self.footers.iter().map(|(part, _)| part.name.as_str());
        open.chain(self.rest.iter().map(|(_, file)| file.name.as_str()))
    }

    /// Size of all.
    pub fn bytes(&self) -> u64 {
        self.open_bytes.saturating_add(self.rest_bytes)
    }

    /// An amount of the open files, scaled to all of them.
    pub fn in_all(&self, open: u64) -> u64 {
        if self.rest_bytes == 0 {
            return open;
        }
        let share = self.bytes() as f64 / self.open_bytes.max(1) as f64;
        // What is not known is never taken for nothing.
        ((open as f64 * share) as u64).max(open.saturating_add(1))
    }

    /// Whether so many rows came since the page last heard of more that it is told: a step of the way is
    /// worth it, each file of a thousand is not.
    pub fn is_worth_reporting(&mut self, rows: u64) -> bool {
        const ALWAYS_BELOW_FILES: u32 = 10;
        let step = rows.saturating_sub(self.reported_rows) * 20 >= self.reported_rows;
        let worth = step || !self.unread() || self.open < ALWAYS_BELOW_FILES;
        if worth {
            self.reported_rows = rows;
        }
        worth
    }

    fn usual_tail(&self) -> u64 {
        let first = self.footers.first().map_or(0, |(_, footer)| footer.len() as u64);
        (2 * first + 8).clamp(LEAST_TAIL_BYTES, TAIL_BYTES.max(first + 8))
    }

    /// Where the footers of the next files are.
    pub(super) fn tails(&self) -> impl Iterator<Item = ByteRange> {
        let usual = self.usual_tail();
        self.rest.iter().take(FOOTERS_AHEAD).enumerate().map(move |(place, (number, file))| {
            let tail = if place == 0 { self.tail_bytes } else { usual };
            let (base, end) = (base(*number), file.file_bytes);
            ByteRange::new(base + end.saturating_sub(tail), base + end)
        })
    }

    /// Takes the next file off the list.
    fn take(&mut self) -> Option<(u32, File)> {
        let (number, file) = self.rest.pop_front()?;
        self.rest_bytes = self.rest_bytes.saturating_sub(file.file_bytes);
        self.tail_bytes = self.usual_tail();
        Some((number, file))
    }
}

impl Data {
    /// Addresses of files that are about to be read, which nobody was told yet.
    pub fn next_addresses(&mut self) -> Vec<(SourceId, String)> {
        let mut addresses = Vec::new();
        for (number, file) in self.files.rest.iter().take(FOOTERS_AHEAD) {
            if *number > self.files.addressed {
                self.files.addressed = *number;
                // A file of the disk came with its source.
                if !file.url.is_empty() {
                    addresses.push((SourceId::part(*number), file.url.clone()));
                }
            }
        }
        addresses
    }

    /// Whether rows of files are needed that are not open, and how urgently, by columns that are read
    /// whole and have nearly reached the end of those that are.
    pub fn loads_need_files(&self, class: impl Fn(usize) -> Class) -> Option<Class> {
        if !self.files.unread() {
            return None;
        }
        let near = self.columns.iter().enumerate().filter(|(_, column)| column.is_near_end(&self.meta));
        near.map(|(place, _)| class(place)).min()
    }

    /// Opens the next files as far as their footers are here.
    pub(super) fn open_files(&mut self) -> Vec<Change> {
        let before = self.meta.rows;
        let mut changes = Vec::new();
        while let Some((number, file)) = self.files.rest.front() {
            let (start, size) = (base(*number), file.file_bytes);
            let tail = size.saturating_sub(self.files.tail_bytes);
            let range = ByteRange::new(start + tail, start + size);
            if !self.pool.has(range) {
                break;
            }
            let bytes = self.pool.at(range.start, range.len());
            let read = read_footer(&bytes, size);
            drop(bytes);
            let meta = match read {
                Ok(Footer::Needs(range)) => {
                    self.files.tail_bytes = range.len();
                    continue;
                }
                Ok(Footer::Meta(meta)) => match self.files.codecs.can_read(&meta) {
                    Ok(true) => Ok(meta),
                    // It is opened once what reads it has come.
                    Ok(false) => break,
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            self.pool.release(range);
            let Some((number, file)) = self.files.take() else { break };
            if let Err(error) = meta.and_then(|meta| self.append(number, &file, &meta)) {
                changes.push(Change::FileLeftOut { name: file.name, error });
            }
        }
        if self.meta.rows != before || !changes.is_empty() {
            self.grow();
            changes.push(Change::Files);
        }
        changes
    }

    fn append(&mut self, number: u32, file: &File, meta: &FileMeta) -> Result<()> {
        let first_group = self.meta.groups.len();
        self.meta.extend(meta, base(number))?;
        self.files.open += 1;
        self.files.open_bytes = self.files.open_bytes.saturating_add(file.file_bytes);
        let part = Part {
            name: file.name.clone(),
            file_bytes: file.file_bytes,
            first_group,
            groups: meta.groups.len(),
        };
        self.files.footers.push((part, meta.footer.clone()));
        Ok(())
    }

    /// A file can't be read: if it is one that is not open yet, it is left out. Nothing where it is not.
    pub fn leave_file_out(&mut self, range: ByteRange, error: &Error) -> Vec<Change> {
        let number = u32::try_from(range.start / STRETCH_BYTES).unwrap_or(0);
        let place = self.files.rest.iter().position(|(other, _)| *other == number);
        let Some((place, (_, file))) = place.and_then(|place| Some((place, self.files.rest.remove(place)?)))
        else {
            return Vec::new();
        };
        self.files.rest_bytes = self.files.rest_bytes.saturating_sub(file.file_bytes);
        if place == 0 {
            self.files.tail_bytes = self.files.usual_tail();
        }
        self.grow();
        vec![Change::FileLeftOut { name: file.name, error: error.clone() }, Change::Files]
    }

    /// There are more rows than before, or it is known that there are no more.
    fn grow(&mut self) {
        for column in &mut self.columns {
            column.pages.pager.extend(&self.meta);
            if let Some(bytes) = column.bytes_open(&self.meta) {
                column.info.bytes = self.files.in_all(bytes);
            }
        }
        self.extend_image_files();
        let bytes: Vec<u64> = self.columns.iter().map(|column| column.info.bytes).collect();
        let of = |place: usize| bytes.get(place).copied().unwrap_or(0);
        for column in &mut self.columns {
            if column.origin.is_derived() {
                column.info.bytes = column.origin.parts().map(of).fold(0, u64::saturating_add);
            }
        }
        // What is being read whole may have ended with the last file.
        self.columns.iter_mut().filter(|column| column.loading).for_each(|column| column.unseen = true);
    }
}
