//! A leaf column of a nested field in one row group: its levels, and the values that are there.

use super::codec::Codec;
use super::decode::{Parts, Values, decode_dictionary, level_width, levels_too_long, unpack, values};
use super::header::{Encoding, PageHeader, PageKind};
use super::meta::ColumnMeta;
use super::rle;
use crate::base::error::{Context, Error, ErrorKind, Result};

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
}

impl Leaf {
    /// Decodes the pages of a chunk that holds `values` entries; what stands behind them is not looked at.
    ///
    /// # Errors
    /// Where a page can't be decoded, or there is more in it than the limits allow.
    pub fn read(
        column: &ColumnMeta,
        codec: Codec,
        values: u64,
        chunk: &[u8],
        budget: &mut Budget,
    ) -> Result<Self> {
        let mut leaf = Self {
            repetition: (column.max_repetition > 0).then(Vec::new),
            definition: (column.max_definition > 0).then(Vec::new),
            max_definition: column.max_definition,
            entries: 0,
            dictionary: None,
            pages: Vec::new(),
            at: 0,
            value: (0, 0),
        };
        let mut rest = chunk;
        while !rest.is_empty() && (leaf.entries as u64) < values {
            let at = chunk.len() - rest.len();
            let place = || format!("{}, page at byte {at} of its chunk", column.name);
            let header = PageHeader::parse(rest).context(place)?;
            let body = rest
                .get(header.header_bytes as usize..header.page_bytes() as usize)
                .ok_or_else(|| Error::corrupt("the page is longer than its chunk").context(place()))?;
            budget.spend(&header).context(place)?;
            match header.kind {
                PageKind::Dictionary { .. } => {
                    leaf.dictionary = Some(decode_dictionary(column, codec, &header, body).context(place)?);
                }
                PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                    leaf.add(column, codec, &header, body).context(place)?;
                }
                PageKind::Other => {}
            }
            rest = rest.get(header.page_bytes() as usize..).unwrap_or_default();
        }
        Ok(leaf)
    }

    fn add(&mut self, column: &ColumnMeta, codec: Codec, header: &PageHeader, body: &[u8]) -> Result<()> {
        let entries = header.values().unwrap_or(0) as usize;
        self.entries += entries;
        let Parts { bytes, repetition, definition, encoding } = unpack(column, codec, header, body)?;
        let old = matches!(header.kind, PageKind::DataV1 { levels: Encoding::BitPacked, .. });
        let of = |range: std::ops::Range<usize>| bytes.get(range).ok_or_else(levels_too_long);
        let rest = bytes.get(definition.end..).ok_or_else(levels_too_long)?;
        if let Some(all) = &mut self.repetition {
            read_levels(of(repetition)?, column.max_repetition, entries, old, all)?;
        }
        let mut count = entries;
        if let Some(all) = &mut self.definition {
            let before = all.len();
            read_levels(of(definition)?, column.max_definition, entries, old, all)?;
            let new = all.get(before..).unwrap_or_default();
            count = new.iter().filter(|level| **level == column.max_definition).count();
        }
        let dictionary_len = self.dictionary.as_ref().map(Values::len);
        self.pages.push(values(column, encoding, rest, count, dictionary_len)?);
        Ok(())
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
