//! Reading a column whole, page by page as its bytes come.

use super::nested::{NO_VALUE, of_group};
use super::pool::Pool;
use crate::base::bytes::ByteRange;
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::formats::parquet::decode::{ByteValues, Decoded, Values, decode_dictionary, decode_page};
use crate::formats::parquet::header::{MAX_HEADER_BYTES, PageHeader, PageKind};
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::FileMeta;
use crate::formats::parquet::nested::{Limits, chunks};
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
}

impl Load {
    /// The reading of a leaf column, from its first page.
    pub fn new(leaf: usize, meta: &FileMeta) -> Self {
        let at = meta.chunk(0, leaf).map_or(0, |chunk| chunk.range.start);
        Self { leaf, nested_end: None, group: 0, at, rows: 0, dictionary: None, bytes: 0 }
    }

    /// The reading of a column that is put together of these leaves, a row group at a time.
    pub fn nested(leaves: Range<usize>) -> Self {
        let nested_end = Some(leaves.end);
        Self { leaf: leaves.start, nested_end, group: 0, at: 0, rows: 0, dictionary: None, bytes: 0 }
    }

    /// What is to be read next, as far ahead as is sensible.
    pub fn wants(&self, meta: &FileMeta) -> Vec<ByteRange> {
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
        self.group >= meta.groups.len()
    }

    /// Whether so little is left that what follows in other files is wanted.
    pub fn is_near_end(&self, meta: &FileMeta) -> bool {
        self.wants(meta).iter().map(|range| range.len()).sum::<u64>() < READ_AHEAD_BYTES
    }

    /// Decodes every page that is there. `map` gives the map of a row group's chunk.
    ///
    /// # Errors
    /// Where a page can't be decoded; its number and place are in the context.
    pub fn advance(
        &mut self,
        meta: &FileMeta,
        pool: &mut Pool,
        column: &mut Column,
        maps: &mut [PageMap],
    ) -> Result<()> {
        let Some(leaf) = meta.columns.get(self.leaf) else { return Ok(()) };
        if let Some(end) = self.nested_end {
            return self.advance_nested(self.leaf..end, meta, pool, column);
        }
        leaf.check()?;
        while let Some(group) = meta.groups.get(self.group) {
            let Some(chunk) = group.chunks.get(self.leaf) else { return Ok(()) };
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
            let (group_number, at) = (self.group, self.at);
            let place = || format!("{}, row group {group_number}, page at byte {at}", leaf.name);
            let Some(header) = header_at(pool, at, chunk.range.end).context(place)? else { return Ok(()) };
            let end = at + header.page_bytes();
            if end > chunk.range.end {
                return Err(Error::corrupt(format!("it ends at {end}, its chunk at {}", chunk.range.end))
                    .context(place()));
            }
            let body_start = at + u64::from(header.header_bytes);
            let body = pool.at(body_start, end - body_start);
            if (body.len() as u64) < end - body_start {
                return Ok(());
            }
            match header.kind {
                PageKind::Dictionary { .. } => {
                    let dictionary = decode_dictionary(leaf, chunk.codec, &header, &body).context(place)?;
                    column.begin_chunk(Some(&dictionary)).context(place)?;
                    self.dictionary = Some(dictionary);
                }
                PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                    // Before it is decoded: what it claims would be made room for.
                    let rows = self.rows + u64::from(header.values().unwrap_or(0));
                    if rows > group.rows {
                        return Err(Error::corrupt("it has more rows than its row group").context(place()));
                    }
                    let known = self.dictionary.as_ref().map(Values::len);
                    let page = decode_page(leaf, chunk.codec, &header, &body, known).context(place)?;
                    self.rows = rows;
                    column.append(&page, self.dictionary.as_ref()).context(place)?;
                }
                PageKind::Other => {}
            }
            drop(body);
            if let Some(map) = maps.get_mut(self.group) {
                map.learn(at, &header).context(place)?;
            }
            pool.release(ByteRange::new(at, end));
            self.bytes += end - at;
            self.at = end;
            if self.at >= chunk.range.end && self.rows < group.rows {
                let message = format!("its pages hold {} rows, the row group {}", self.rows, group.rows);
                return Err(Error::corrupt(message).context(leaf.name.clone()));
            }
        }
        Ok(())
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
    ) -> Result<()> {
        while let Some(group) = meta.groups.get(self.group) {
            let Some(rows) = of_group(meta, self.group, leaves.clone(), pool, Limits::WHOLE)? else {
                return Ok(());
            };
            if rows.len() as u64 != group.rows {
                let message = format!("row group {} holds more of it than is read whole", self.group);
                return Err(Error::new(ErrorKind::Limit, message));
            }
            let valid: Vec<bool> = rows.iter().map(|json| json != NO_VALUE).collect();
            let mut values = ByteValues::default();
            rows.iter().filter(|json| *json != NO_VALUE).for_each(|json| values.push(json.as_bytes()));
            let page = Decoded { rows: rows.len() as u32, valid: Some(valid), values: Values::Bytes(values) };
            column.begin_chunk(None)?;
            column.append(&page, None)?;
            self.bytes +=
                chunks(meta, self.group, leaves.clone()).iter().map(|range| range.len()).sum::<u64>();
            self.group += 1;
        }
        Ok(())
    }
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
