//! Reading a column whole, page by page as its bytes come.

use super::copied::hold_against;
use super::damage::Damage;
use super::nested::of_group;
use super::pool::Pool;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::parquet::decode::{ByteValues, Decoded, Values, decode_dictionary, decode_page};
use crate::formats::parquet::header::{MAX_HEADER_BYTES, PageHeader, PageKind};
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::{Chunk, ColumnMeta, FileMeta, RowGroup};
use crate::formats::parquet::nested::{self, Limits, NO_VALUE, chunks};
use crate::formats::parquet::walk::Bytes;
use crate::table::column::Column;
use std::ops::Range;

/// How far ahead of what is decoded bytes are asked for: six blocks.
pub const READ_AHEAD_BYTES: u64 = 24 << 20;

/// Where the reading of a column stands.
#[derive(Debug)]
pub struct Load {
    leaf: usize,
    /// Behind the last of its leaves, where it is put together of several.
    nested_end: Option<usize>,
    group: usize,
    /// Where the next page header begins.
    at: u64,
    /// Rows of the group that have been decoded.
    rows: u64,
    dictionary: Option<Values>,
    /// Bytes of the column decoded so far.
    pub bytes: u64,
    /// Whether rows come of a copy, and nothing is read of the file.
    is_of_copy: bool,
}

impl Load {
    /// The reading of a leaf column, from its first page.
    pub fn new(leaf: usize, meta: &FileMeta) -> Self {
        let at = meta.chunk(0, leaf).map_or(0, |chunk| chunk.range.start);
        Self { leaf, nested_end: None, group: 0, at, rows: 0, dictionary: None, bytes: 0, is_of_copy: false }
    }

    /// The reading of a leaf column out of a copy of it.
    pub fn of_copy(leaf: usize, meta: &FileMeta) -> Self {
        Self { is_of_copy: true, ..Self::new(leaf, meta) }
    }

    /// Whether rows come of a copy.
    pub fn is_of_copy(&self) -> bool {
        self.is_of_copy
    }

    /// The reading of a column that is put together of these leaves, a row group at a time.
    pub fn nested(leaves: Range<usize>, meta: &FileMeta) -> Self {
        Self { nested_end: Some(leaves.end), at: 0, ..Self::new(leaves.start, meta) }
    }

    /// What is to be read next, as far ahead as is sensible.
    pub fn wants(&self, meta: &FileMeta) -> Vec<ByteRange> {
        if self.is_of_copy {
            return Vec::new();
        }
        let mut left = READ_AHEAD_BYTES;
        let mut ranges = Vec::new();
        if let Some(end) = self.nested_end {
            for number in self.group..meta.groups.len() {
                if left == 0 {
                    break;
                }
                let own = chunks(meta, number, self.leaf..end);
                left = left.saturating_sub(own.iter().map(|range| range.len()).sum());
                ranges.extend(own);
            }
            return ranges;
        }
        for (number, group) in meta.groups.iter().enumerate().skip(self.group) {
            let Some(chunk) = group.chunks.get(self.leaf) else { break };
            let start = if number == self.group { self.at.max(chunk.range.start) } else { chunk.range.start };
            let range = ByteRange::new(start, chunk.range.end.min(start.saturating_add(left)));
            left -= range.len();
            ranges.push(range);
            if left == 0 {
                break;
            }
        }
        ranges
    }

    /// Whether every row is decoded.
    pub fn is_done(&self, meta: &FileMeta) -> bool {
        !self.is_of_copy && self.group >= meta.groups.len()
    }

    /// Whether so little is left that what follows in other files is wanted.
    pub fn is_near_end(&self, meta: &FileMeta) -> bool {
        self.wants(meta).iter().map(|range| range.len()).sum::<u64>() < READ_AHEAD_BYTES
    }

    /// Decodes every page that is there, and says which rows are lost on pages that are damaged. `maps` are those of
    /// the row groups' chunks.
    ///
    /// # Errors
    /// Where no page of the column can be read; its place is in the context.
    pub fn advance(
        &mut self,
        meta: &FileMeta,
        pool: &mut Pool,
        column: &mut Column,
        maps: &mut [PageMap],
    ) -> Result<Vec<Damage>> {
        let Some(leaf) = meta.columns.get(self.leaf).filter(|_| !self.is_of_copy) else {
            return Ok(Vec::new());
        };
        if let Some(end) = self.nested_end {
            return self.advance_nested(self.leaf..end, meta, pool, column);
        }
        leaf.check()?;
        let mut damages = Vec::new();
        while let Some(group) = meta.groups.get(self.group) {
            let Some(chunk) = group.chunks.get(self.leaf) else { break };
            // The group may have come later than the end of the one before it.
            self.at = self.at.max(chunk.range.start);
            if self.rows >= group.rows {
                self.bytes += chunk.range.end.saturating_sub(self.at);
                self.group += 1;
                self.rows = 0;
                self.dictionary = None;
                self.at = meta.chunk(self.group, self.leaf).map_or(0, |chunk| chunk.range.start);
                continue;
            }
            match self.next_page(leaf, group, chunk, pool, column, maps) {
                Ok(true) => {}
                Ok(false) => break,
                Err(Lost { error, page, spoilt }) => {
                    let (group_number, at) = (self.group, self.at);
                    let place = format!("{}, row group {group_number}, page at byte {at}", leaf.name);
                    let error = error.context(place);
                    if spoilt || !error.is_of_damage() {
                        return Err(error);
                    }
                    let (end, rows) = self.behind(page, group, chunk, maps);
                    let first = group.first_row + self.rows;
                    if rows > 0 {
                        column.append_unreadable(rows)?;
                        damages.push(Damage { group: group_number, rows: first..first + rows, error });
                    }
                    pool.release(ByteRange::new(at, end));
                    self.bytes += end - at;
                    (self.at, self.rows) = (end, self.rows + rows);
                }
            }
        }
        Ok(damages)
    }

    /// Decodes the next page; whether it is here.
    fn next_page(
        &mut self,
        leaf: &ColumnMeta,
        group: &RowGroup,
        chunk: &Chunk,
        pool: &mut Pool,
        column: &mut Column,
        maps: &mut [PageMap],
    ) -> std::result::Result<bool, Lost> {
        let at = self.at;
        let left = group.rows - self.rows;
        if at >= chunk.range.end {
            let message = format!("its pages hold {} rows, the row group {}", self.rows, group.rows);
            return Err(Lost::of_page(Error::corrupt(message), chunk.range.end, left));
        }
        let Some(header) = header_at(pool, at, chunk.range.end)? else { return Ok(false) };
        let end = at + header.page_bytes();
        if end > chunk.range.end {
            let message = format!("it ends at {end}, its chunk at {}", chunk.range.end);
            return Err(Error::corrupt(message).into());
        }
        let body_start = at + u64::from(header.header_bytes);
        let body = pool.at(body_start, end - body_start);
        if (body.len() as u64) < end - body_start {
            return Ok(false);
        }
        let lost = |rows: u64| move |error| Lost::of_page(error, end, rows);
        match header.kind {
            PageKind::Dictionary { .. } => {
                // Pages that need it are lost without it; others may not need it.
                let dictionary = decode_dictionary(leaf, chunk.codec, &header, &body).map_err(lost(0))?;
                column.begin_chunk(Some(&dictionary)).map_err(Lost::spoilt)?;
                self.dictionary = Some(dictionary);
            }
            PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                // Before it is decoded: what it claims would be made room for.
                let rows = u64::from(header.values().unwrap_or(0));
                if rows > left {
                    return Err(Error::corrupt("it has more rows than its row group").into());
                }
                let known = self.dictionary.as_ref().map(Values::len);
                let page = decode_page(leaf, chunk.codec, &header, &body, known).map_err(lost(rows))?;
                let first = (group.first_row + self.rows) as usize;
                self.rows += rows;
                let dictionary = self.dictionary.as_ref();
                if first < column.rows() {
                    let mut own = Column::text(rows as usize);
                    own.begin_chunk(dictionary)
                        .and_then(|()| own.append(&page, dictionary))
                        .map_err(Lost::spoilt)?;
                    if !hold_against(column, first, &own).map_err(Lost::spoilt)? {
                        let message = "it is not what the index beside the app says";
                        return Err(Lost::spoilt(Error::corrupt(message)));
                    }
                } else {
                    column.append(&page, dictionary).map_err(Lost::spoilt)?;
                }
            }
            PageKind::Other => {}
        }
        drop(body);
        if let Some(map) = maps.get_mut(self.group) {
            map.learn(at, &header).map_err(Lost::spoilt)?;
        }
        pool.release(ByteRange::new(at, end));
        self.bytes += end - at;
        self.at = end;
        Ok(true)
    }

    /// Where reading goes on behind what is lost, and how many rows that is. Where nothing tells, the rest of the row
    /// group is.
    fn behind(
        &self,
        page: Option<(u64, u64)>,
        group: &RowGroup,
        chunk: &Chunk,
        maps: &[PageMap],
    ) -> (u64, u64) {
        let left = group.rows - self.rows;
        let known = || {
            let entry = maps.get(self.group)?.page_of(self.rows)?;
            // In front of the first page there is a dictionary.
            let is_before = entry.range.start > self.at;
            let end = if is_before { entry.range.start } else { entry.range.end };
            let rows = if is_before { 0 } else { (entry.first_row + entry.rows).saturating_sub(self.rows) };
            (end > self.at && end <= chunk.range.end && rows <= left).then_some((end, rows))
        };
        page.or_else(known).unwrap_or((chunk.range.end.max(self.at), left))
    }
}

/// What could not be read.
struct Lost {
    error: Error,
    /// Where the page ends, and how many rows are on it, where its header tells.
    page: Option<(u64, u64)>,
    /// Whether the column is no good any more.
    spoilt: bool,
}

impl Lost {
    fn of_page(error: Error, end: u64, rows: u64) -> Self {
        Self { error, page: Some((end, rows)), spoilt: false }
    }

    fn spoilt(error: Error) -> Self {
        Self { error, page: None, spoilt: true }
    }
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self { error, page: None, spoilt: false }
    }
}

impl Load {
    /// Puts together every row group that is there.
    fn advance_nested(
        &mut self,
        leaves: Range<usize>,
        meta: &FileMeta,
        pool: &mut Pool,
        column: &mut Column,
    ) -> Result<Vec<Damage>> {
        let mut damages = Vec::new();
        while let Some(group) = meta.groups.get(self.group) {
            let own = || chunks(meta, self.group, leaves.clone());
            let rows = match of_group(meta, self.group, leaves.clone(), pool, Limits::WHOLE) {
                Ok(Some(rows)) => rows,
                Ok(None) => break,
                Err(error) if error.is_of_damage() => {
                    let rows = group.first_row..group.first_row + group.rows;
                    column.append_unreadable(group.rows)?;
                    damages.push(Damage { group: self.group, rows, error });
                    self.bytes += own().iter().map(|range| range.len()).sum::<u64>();
                    own().into_iter().for_each(|range| pool.release(range));
                    self.group += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if rows.json.len() as u64 != group.rows {
                let message = format!("row group {} holds more of it than is read whole", self.group);
                return Err(Error::new(ErrorKind::Limit, message));
            }
            let nested::Rows { json, lost } = rows;
            column.begin_chunk(None)?;
            let mut json = json.into_iter();
            let mut at = 0;
            for (rows, error) in lost {
                append_json(column, json.by_ref().take((rows.start - at) as usize))?;
                json.by_ref().take((rows.end - rows.start) as usize).for_each(drop);
                column.append_unreadable(rows.end - rows.start)?;
                at = rows.end;
                let rows = group.first_row + rows.start..group.first_row + rows.end;
                damages.push(Damage { group: self.group, rows, error });
            }
            append_json(column, json)?;
            self.bytes +=
                chunks(meta, self.group, leaves.clone()).iter().map(|range| range.len()).sum::<u64>();
            self.group += 1;
        }
        Ok(damages)
    }
}

/// Adds rows that are put together.
fn append_json(column: &mut Column, rows: impl Iterator<Item = String>) -> Result<()> {
    let (mut valid, mut values) = (Vec::new(), ByteValues::default());
    for json in rows {
        valid.push(json != NO_VALUE);
        if json != NO_VALUE {
            values.push(json.as_bytes());
        }
    }
    if valid.is_empty() {
        return Ok(());
    }
    let page = Decoded { rows: valid.len() as u32, valid: Some(valid), values: Values::Bytes(values) };
    column.append(&page, None)
}

/// What came of the header at the frontier of a page map.
pub enum Next {
    /// The map knows one page more.
    Learned,
    /// The header has not been read.
    Unread,
    /// This range has to be read first.
    Needs(ByteRange),
}

/// Learns the page at the frontier of `map`, if its header has come.
///
/// # Errors
/// Where there is no header, or it contradicts the chunk.
pub fn learn_next(map: &mut PageMap, pool: &Pool) -> Result<Next> {
    let (frontier, chunk) = (map.frontier().0, map.chunk().range);
    match header_at(pool, frontier, chunk.end) {
        Ok(Some(header)) => map.learn(frontier, &header).map(|()| Next::Learned),
        Ok(None) => Ok(Next::Unread),
        Err(error) if map.is_first_page_unproven() => {
            // The footer may be wrong about it; the dictionary's header tells.
            let Some(header) = header_at(pool, chunk.start, chunk.end)? else {
                return Ok(Next::Needs(ByteRange::new(chunk.start, frontier.min(chunk.start + 512))));
            };
            map.learn(chunk.start, &header)?;
            if map.is_first_page_unproven() { Err(error) } else { Ok(Next::Learned) }
        }
        Err(error) => Err(error),
    }
}

/// The page header at `offset`, if enough of it is here. The chunk ends at `end`.
///
/// # Errors
/// Where the bytes can't be a page header.
pub fn header_at(pool: &Pool, offset: u64, end: u64) -> Result<Option<PageHeader>> {
    let mut len = 512;
    loop {
        let wanted = end.saturating_sub(offset).min(len);
        let head = pool.at(offset, wanted);
        match PageHeader::parse(&head) {
            Ok(header) => return Ok(Some(header)),
            Err(error) if error.kind != ErrorKind::Truncated => return Err(error),
            Err(_) if (head.len() as u64) < wanted => return Ok(None),
            Err(error) if wanted < len || len >= MAX_HEADER_BYTES as u64 => return Err(error),
            Err(_) => len *= 8,
        }
    }
}
