//! The files of the open table, in a row: each has a stretch of one address space to itself. So all
//! that reads a table knows offsets only, and just what fetches knows files.
//!
//! The first file is opened with the table, the others when their rows are needed, in order.

use super::table::{Part as Origin, Table};
use super::{Class, Effect, notice};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};
use crate::base::ids::SourceId;
use crate::formats::parquet::meta::{FileMeta, Footer, TAIL_BYTES, read_footer};
use crate::formats::parquet::walk::Bytes;
use crate::protocol::{Response, Subset};
use std::collections::VecDeque;
use std::sync::Arc;

/// Addresses of a file: more than any has, and few enough that those of a thousand are exact as
/// doubles.
const STRETCH_BYTES: u64 = 1 << 42;

/// Footers asked for at a time, so that the way to the next one does not wait for that to this one.
const FOOTERS_AHEAD: usize = 6;

/// Rows behind the screen for which the next file is opened.
const ROWS_AHEAD: u64 = 400;

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
    told_rows: u64,
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
            told_rows: meta.rows,
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

    fn usual_tail(&self) -> u64 {
        let first = self.footers.first().map_or(0, |(_, footer)| footer.len() as u64);
        (2 * first + 8).clamp(LEAST_TAIL_BYTES, TAIL_BYTES.max(first + 8))
    }

    fn tails(&self) -> impl Iterator<Item = ByteRange> {
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

impl Table {
    /// Rows of all files, as far as that is known; else about how many.
    pub(super) fn rows_in_all(&self) -> u64 {
        self.files.in_all(self.meta.rows)
    }

    /// Footers of further files that are needed now, and what for.
    pub(super) fn file_wants(&self) -> Vec<(Class, ByteRange)> {
        match self.files_needed() {
            Some(class) => self.files.tails().map(|range| (class, range)).collect(),
            None => Vec::new(),
        }
    }

    /// Tells the addresses of files that are about to be read.
    pub(super) fn address_files(&mut self, effects: &mut Vec<Effect>) {
        if self.files_needed().is_none() {
            return;
        }
        for (number, file) in self.files.rest.iter().take(FOOTERS_AHEAD) {
            if *number > self.files.addressed {
                self.files.addressed = *number;
                // A file of the disk came with its source.
                if !file.url.is_empty() {
                    let source = SourceId::part(*number);
                    effects.push(Effect::Source { source, url: file.url.clone() });
                }
            }
        }
    }

    /// Whether something waits for rows of files that are not open, and how urgent it is.
    fn files_needed(&self) -> Option<Class> {
        if !self.files.unread() {
            return None;
        }
        let window_end =
            self.show.first.saturating_add(u64::from(self.show.count)).saturating_add(ROWS_AHEAD);
        if self.export_waits() {
            return Some(Class::Background);
        }
        // A subset of the first rows ends where it ends.
        let ends = matches!(self.show.subset, Some(Subset::First { rows }) if rows <= self.meta.rows);
        let screen = self.show.count > 0 && !ends && window_end > u64::from(self.selection.matching());
        if screen || self.detail.is_some_and(|row| row >= self.meta.rows) {
            return Some(Class::Screen);
        }
        let subset = match self.show.subset {
            Some(Subset::First { rows }) => rows > self.meta.rows,
            Some(Subset::Random { .. }) => true,
            Some(Subset::Shards { .. }) | None => false,
        };
        if subset {
            return Some(Class::Chart);
        }
        let short = |place: &usize| {
            let load = self.columns.get(*place).filter(|state| state.loading)?.load.as_ref()?;
            Some(load.is_near_end(&self.meta)).filter(|near| *near)
        };
        let waiting: Vec<usize> = (0..self.columns.len()).filter(|place| short(place).is_some()).collect();
        if waiting.iter().any(|place| self.is_urgent(*place)) {
            Some(Class::Chart)
        } else {
            (!waiting.is_empty()).then_some(Class::Background)
        }
    }

    /// Opens the next files as far as their footers are here.
    pub(super) fn open_files(&mut self, pool: &mut super::Pool, effects: &mut Vec<Effect>) {
        let before = self.meta.rows;
        let mut left_out = false;
        while let Some((number, file)) = self.files.rest.front() {
            let (start, size) = (base(*number), file.file_bytes);
            let tail = size.saturating_sub(self.files.tail_bytes);
            let range = ByteRange::new(start + tail, start + size);
            if !pool.has(range) {
                break;
            }
            let bytes = pool.at(range.start, range.len());
            let read = read_footer(&bytes, size);
            drop(bytes);
            let meta = match read {
                Ok(Footer::Needs(range)) => {
                    self.files.tail_bytes = range.len();
                    continue;
                }
                Ok(Footer::Meta(meta)) => Ok(meta),
                Err(error) => Err(error),
            };
            pool.release(range);
            let Some((number, file)) = self.files.take() else { break };
            match meta.and_then(|meta| self.append(number, &file, &meta)) {
                Ok(()) => {}
                Err(error) => {
                    left_out = true;
                    effects
                        .push(Effect::Respond(Response::Notice(notice::file_left_out(&file.name, &error))));
                }
            }
        }
        if self.meta.rows != before || left_out {
            self.grown(effects);
        }
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

    /// A file can't be read; whether it was one that is not open yet.
    pub(super) fn leave_file_out(
        &mut self,
        range: ByteRange,
        error: &Error,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let number = u32::try_from(range.start / STRETCH_BYTES).unwrap_or(0);
        let Some(place) = self.files.rest.iter().position(|(other, _)| *other == number) else {
            return false;
        };
        let Some((_, file)) = self.files.rest.remove(place) else { return false };
        self.files.rest_bytes = self.files.rest_bytes.saturating_sub(file.file_bytes);
        if place == 0 {
            self.files.tail_bytes = self.files.usual_tail();
        }
        effects.push(Effect::Respond(Response::Notice(notice::file_left_out(&file.name, error))));
        self.grown(effects);
        true
    }

    /// There are more rows than before, or it is known that there are no more.
    fn grown(&mut self, effects: &mut Vec<Effect>) {
        self.filter.grow(self.meta.rows as usize);
        self.mark_subset();
        for state in &mut self.columns {
            state.pager.extend(&self.meta);
            if let Some(bytes) = state.bytes_open(&self.meta) {
                state.info.bytes = self.files.in_all(bytes);
            }
        }
        if let Some(embedded) = &mut self.embedded {
            embedded.extend(&self.meta);
        }
        for place in 0..self.columns.len() {
            let bytes = |place: usize| self.columns.get(place).map_or(0, |state| state.info.bytes);
            if let Some(Origin::Size { width, height }) = self.columns.get(place).map(|state| state.part) {
                let sum = bytes(width).saturating_add(bytes(height));
                self.columns.get_mut(place).into_iter().for_each(|state| state.info.bytes = sum);
            }
        }
        self.stale.counts = true;
        self.stale.masks = true;
        self.stale.detail |= self.detail.is_some();
        // A step of the way is worth telling; each file of a thousand is not.
        let step = self.meta.rows.saturating_sub(self.files.told_rows) * 20 >= self.files.told_rows;
        if step || !self.files.unread() || self.files.open < 10 {
            self.files.told_rows = self.meta.rows;
            effects.push(Effect::Respond(Response::Grown(self.opened())));
        }
    }
}
