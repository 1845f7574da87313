//! A leaf column of a nested field in one row group: its levels, and the values that are there.

use super::codec::Codec;
use super::decode::{Parts, Values, decode_dictionary, level_width, levels_too_long, unpack, values};
use super::header::{Encoding, PageHeader, PageKind};
use super::losses::{Fate, Part, fates};
use super::meta::ColumnMeta;
use super::rle;
use crate::base::error::{Context, Error, ErrorKind, Result};
use std::ops::Range;

/// What may still be read of one field in one row group.
#[derive(Debug)]
pub struct Budget {
    entries: usize,
    bytes: u64,
}

impl Default for Budget {
    /// Eight million entries, whose levels and values take some 20 bytes each, out of 256 MiB of
    /// pages: what a chunk of 32 MiB holds unless it was made to hold more.
    fn default() -> Self {
        Self { entries: 8 << 20, bytes: 256 << 20 }
    }
}

impl Budget {
    fn spend(&mut self, header: &PageHeader) -> Result<()> {
        let entries = self.entries.checked_sub(header.values().unwrap_or(0) as usize);
        let bytes = self.bytes.checked_sub(u64::from(header.uncompressed_bytes));
        let (Some(entries), Some(bytes)) = (entries, bytes) else {
            return Err(Error::new(
                ErrorKind::Limit,
                "the row group holds more of it than can be put together",
            ));
        };
        *self = Self { entries, bytes };
        Ok(())
    }
}

/// A leaf's entries, read from the first to the last.
#[derive(Debug)]
pub struct Leaf {
    /// The repetition level of each entry; none where all are 0.
    repetition: Option<Vec<u16>>,
    /// The definition level of each entry; none where all are the highest.
    definition: Option<Vec<u16>>,
    max_definition: u16,
    entries: usize,
    dictionary: Option<Values>,
    pages: Vec<Values>,
    /// The entry that comes next.
    at: usize,
    /// The page of its value, and the value's place there.
    value: (usize, usize),
    /// Rows that can't be read, and why; an entry without a value stands for each.
    pub lost: Vec<(Range<u64>, Error)>,
}

/// What is read of a chunk.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Entries that it holds; what stands behind them is not looked at.
    pub values: u64,
    /// Rows of its row group.
    pub rows: u64,
}

impl Leaf {
    fn empty(column: &ColumnMeta) -> Self {
        Self {
            repetition: (column.max_repetition > 0).then(Vec::new),
            definition: (column.max_definition > 0).then(Vec::new),
            max_definition: column.max_definition,
            entries: 0,
            dictionary: None,
            pages: Vec::new(),
            at: 0,
            value: (0, 0),
            lost: Vec::new(),
        }
    }

    /// Decodes the pages of a chunk. Those that are damaged cost their rows.
    ///
    /// # Errors
    /// Where no page can be decoded, or there is more in them than the limits allow.
    pub fn read(
        column: &ColumnMeta,
        codec: Codec,
        extent: Extent,
        chunk: &[u8],
        budget: &mut Budget,
    ) -> Result<Self> {
        let mut leaf = Self::empty(column);
        let mut parts: Vec<(Part, usize)> = Vec::new();
        let mut passed = 0;
        let mut rest = chunk;
        while !rest.is_empty() && passed < extent.values {
            let at = chunk.len() - rest.len();
            let place = || format!("{}, page at byte {at} of its chunk", column.name);
            let before = leaf.entries;
            let (part, page_bytes) = match leaf.page(column, codec, rest, budget) {
                Ok(page) => page,
                Err(Lost { error, .. }) if !error.is_of_damage() => return Err(error.context(place())),
                Err(Lost { error, page }) => {
                    let error = error.context(place());
                    let (header, len) = page.map_or((None, rest.len()), |page| (Some(page.0), page.1));
                    // Where there is no header, the rest of the chunk is lost.
                    passed += header.map_or(extent.values, |header| header.values().unwrap_or(0).into());
                    (lost_part(column, header.as_ref(), error), len)
                }
            };
            passed += (leaf.entries - before) as u64;
            parts.extend(part.map(|part| (part, leaf.entries - before)));
            rest = rest.get(page_bytes..).unwrap_or_default();
        }
        let rows = |part: &Part| match part {
            Part::Read { rows, .. } => Some(*rows),
            Part::Lost { rows, .. } => *rows,
        };
        let rows: u64 = parts.iter().filter_map(|(part, _)| rows(part)).sum();
        if passed < extent.values && rows < extent.rows {
            let error = Error::corrupt("its pages end before its rows do").context(column.name.clone());
            parts.extend(lost_part(column, None, error).map(|part| (part, 0)));
        }
        if parts.iter().any(|(part, _)| matches!(part, Part::Lost { .. })) {
            leaf.settle(parts, extent.rows, budget)?;
        }
        Ok(leaf)
    }

    /// Reads the page at the front, and says how long it is.
    fn page(
        &mut self,
        column: &ColumnMeta,
        codec: Codec,
        rest: &[u8],
        budget: &mut Budget,
    ) -> std::result::Result<(Option<Part>, usize), Lost> {
        let header = PageHeader::parse(rest)?;
        let len = header.page_bytes() as usize;
        let body = rest
            .get(header.header_bytes as usize..len)
            .ok_or_else(|| Error::corrupt("the page is longer than its chunk"))?;
        budget.spend(&header)?;
        match self.take_in(column, codec, &header, body) {
            Ok(part) => Ok((part, len)),
            Err(error) => Err(Lost { error, page: Some(Box::new((header, len))) }),
        }
    }

    /// Takes a page in; what it says of rows, where it holds some.
    fn take_in(
        &mut self,
        column: &ColumnMeta,
        codec: Codec,
        header: &PageHeader,
        body: &[u8],
    ) -> Result<Option<Part>> {
        match header.kind {
            PageKind::Dictionary { .. } => {
                self.dictionary = Some(decode_dictionary(column, codec, header, body)?);
                Ok(None)
            }
            PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                self.add(column, codec, header, body).map(Some)
            }
            PageKind::Other => Ok(None),
        }
    }

    /// Adds a page, or nothing of it where it can't be decoded.
    fn add(&mut self, column: &ColumnMeta, codec: Codec, header: &PageHeader, body: &[u8]) -> Result<Part> {
        let entries = header.values().unwrap_or(0) as usize;
        let Parts { bytes, repetition, definition, encoding } = unpack(column, codec, header, body)?;
        let old = matches!(header.kind, PageKind::DataV1 { levels: Encoding::BitPacked, .. });
        let of = |range: Range<usize>| bytes.get(range).ok_or_else(levels_too_long);
        let rest = bytes.get(definition.end..).ok_or_else(levels_too_long)?;
        let before = self.entries;
        let levels = || -> Result<usize> {
            if let Some(all) = &mut self.repetition {
                read_levels(of(repetition)?, column.max_repetition, entries, old, all)?;
            }
            let Some(all) = &mut self.definition else { return Ok(entries) };
            read_levels(of(definition)?, column.max_definition, entries, old, all)?;
            let new = all.get(before..).unwrap_or_default();
            Ok(new.iter().filter(|level| **level == column.max_definition).count())
        };
        let dictionary_len = self.dictionary.as_ref().map(Values::len);
        let read = levels().and_then(|count| values(column, encoding, rest, count, dictionary_len));
        match read {
            Ok(values) => {
                self.pages.push(values);
                self.entries += entries;
                Ok(part_of(self.repetition.as_ref().and_then(|all| all.get(before..)), entries))
            }
            Err(error) => {
                for all in [&mut self.repetition, &mut self.definition].into_iter().flatten() {
                    all.truncate(before);
                }
                Err(error)
            }
        }
    }

    /// Puts entries without a value in place of rows that are lost. `parts` are the data pages with their entries.
    fn settle(&mut self, parts: Vec<(Part, usize)>, rows: u64, budget: &mut Budget) -> Result<()> {
        let (parts, entries): (Vec<Part>, Vec<usize>) = parts.into_iter().unzip();
        let first = || {
            let errors = parts.iter().find_map(|part| match part {
                Part::Lost { error, .. } => Some(error.clone()),
                Part::Read { .. } => None,
            });
            errors.unwrap_or_else(|| Error::corrupt("its pages contradict its row group"))
        };
        let fates = fates(&parts, rows).ok_or_else(first)?;
        if !fates.contains(&Fate::Kept) {
            return Err(first());
        }
        let (repetition, definition) = (self.repetition.take(), self.definition.take());
        let mut pages = std::mem::take(&mut self.pages).into_iter();
        let (mut new_repetition, mut new_definition) =
            (repetition.as_ref().map(|_| Vec::new()), definition.as_ref().map(|_| Vec::new()));
        let mut at = 0;
        self.entries = 0;
        for ((part, fate), entries) in parts.iter().zip(fates).zip(entries) {
            let own = at..at + entries;
            at += entries;
            let page = matches!(part, Part::Read { .. }).then(|| pages.next()).flatten();
            match fate {
                Fate::Kept => {
                    for (new, old) in [(&mut new_repetition, &repetition), (&mut new_definition, &definition)]
                    {
                        if let (Some(new), Some(old)) = (new, old) {
                            new.extend_from_slice(old.get(own.clone()).unwrap_or_default());
                        }
                    }
                    self.pages.extend(page);
                    self.entries += entries;
                }
                Fate::Dropped => {}
                Fate::Lost { rows, lost } => {
                    budget.entries = usize::try_from(rows)
                        .ok()
                        .and_then(|rows| budget.entries.checked_sub(rows))
                        .ok_or_else(first)?;
                    let rows = rows as usize;
                    for new in [&mut new_repetition, &mut new_definition].into_iter().flatten() {
                        new.resize(new.len() + rows, 0);
                    }
                    if new_definition.is_none() {
                        // Each entry has a value then, which nobody looks at.
                        self.pages.push(Values::Bool(vec![false; rows]));
                    }
                    self.entries += rows;
                    if let Part::Lost { error, .. } = part
                        && !lost.is_empty()
                    {
                        self.lost.push((lost, error.clone()));
                    }
                }
            }
        }
        (self.repetition, self.definition) = (new_repetition, new_definition);
        Ok(())
    }

    /// Goes on to the next row.
    pub fn skip_row(&mut self) {
        self.take();
        while self.peek().is_some_and(|(repetition, _)| repetition > 0) {
            self.take();
        }
    }

    /// The repetition and definition levels of the next entry; none at the end.
    pub fn peek(&self) -> Option<(u16, u16)> {
        if self.at >= self.entries {
            return None;
        }
        let repetition = match &self.repetition {
            Some(all) => *all.get(self.at)?,
            None => 0,
        };
        let definition = match &self.definition {
            Some(all) => *all.get(self.at)?,
            None => self.max_definition,
        };
        Some((repetition, definition))
    }

    /// Goes on to the next entry. The answer is the value of the one before, if it has one: where it
    /// is, and its place there.
    pub fn take(&mut self) -> Option<(&Values, usize)> {
        let (_, definition) = self.peek()?;
        self.at += 1;
        if definition < self.max_definition {
            return None;
        }
        while self.pages.get(self.value.0).is_some_and(|page| page.len() <= self.value.1) {
            self.value = (self.value.0 + 1, 0);
        }
        let (page, place) = self.value;
        self.value.1 += 1;
        match (self.pages.get(page)?, &self.dictionary) {
            (Values::Indexes(indexes), Some(dictionary)) => Some((dictionary, indexes.get(place)?)),
            (values, _) => Some((values, place)),
        }
    }
}

/// Why a page can't be read; its header and length, where its header could be.
struct Lost {
    error: Error,
    page: Option<Box<(PageHeader, usize)>>,
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self { error, page: None }
    }
}

/// What a page with these repetition levels, or none, says of rows.
fn part_of(repetition: Option<&[u16]>, entries: usize) -> Part {
    let Some(levels) = repetition else { return Part::Read { rows: entries as u64, continues: false } };
    Part::Read {
        rows: levels.iter().filter(|level| **level == 0).count() as u64,
        continues: levels.first().is_some_and(|level| *level > 0),
    }
}

/// What a page that can't be read says of rows: by its header, where that can be.
pub fn lost_part(column: &ColumnMeta, header: Option<&PageHeader>, error: Error) -> Option<Part> {
    let is_flat = column.max_repetition == 0;
    let (rows, begins_row) = match header.map(|header| header.kind) {
        Some(PageKind::DataV2 { rows, .. }) => (Some(u64::from(rows)), true),
        Some(PageKind::DataV1 { values, .. }) => (is_flat.then_some(u64::from(values)), is_flat),
        Some(PageKind::Dictionary { .. } | PageKind::Other) => return None,
        None => (None, is_flat),
    };
    Some(Part::Lost { rows, begins_row, error })
}

/// A look at the pages of a chunk, one after another, of which nothing is kept but the dictionary.
#[derive(Debug)]
pub struct Look(Leaf);

impl Look {
    /// At the first page of a chunk.
    pub fn new(column: &ColumnMeta) -> Self {
        Self(Leaf::empty(column))
    }

    /// What the next page says of rows; none where it holds no rows.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn at(
        &mut self,
        column: &ColumnMeta,
        codec: Codec,
        header: &PageHeader,
        body: &[u8],
    ) -> Result<Option<Part>> {
        let dictionary = self.0.dictionary.take();
        self.0 = Leaf { dictionary, ..Leaf::empty(column) };
        self.0.take_in(column, codec, header, body)
    }
}

/// Appends `count` levels of at most `max`. The old form has the most significant bit first.
fn read_levels(bytes: &[u8], max: u16, count: usize, old: bool, out: &mut Vec<u16>) -> Result<()> {
    let width = level_width(max);
    let mut highest = 0;
    if old {
        let mut bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        for _ in 0..count {
            let level = bits.by_ref().take(usize::from(width)).fold(0, |sum, bit| sum << 1 | u16::from(bit));
            highest = highest.max(level);
            out.push(level);
        }
    } else {
        let levels = rle::numbers(bytes, width, count).context(|| "levels".to_owned())?;
        let levels = (0..levels.len()).filter_map(|place| levels.get(place));
        out.extend(levels.map(|level| {
            let level = u16::try_from(level).unwrap_or(u16::MAX);
            highest = highest.max(level);
            level
        }));
    }
    if highest > max {
        return Err(Error::corrupt(format!("a level of {highest} where the highest is {max}")));
    }
    Ok(())
}
