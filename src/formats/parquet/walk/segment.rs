//! A stretch of a walk: looks for a first header, and walks from there.

use super::Bytes;
use crate::base::bytes::ByteRange;
use crate::base::error::{ErrorKind, Result};
use crate::formats::parquet::header::{MAX_HEADER_BYTES, PageHeader};
use crate::formats::parquet::map::PageMap;

/// Bytes read to see a header. Statistics make headers long; without them they take 20 to 30.
pub(super) const PROBE_BYTES: u64 = 512;

/// How far behind a segment's start its first header is looked for, before giving the segment up.
const MAX_SEARCH_BYTES: u64 = 4 << 20;

/// How many false headers a segment may follow, before giving it up: a file may be full of them.
const MAX_RETREATS: u32 = 200;

/// A chain of so many headers is no accident.
pub(super) const SURE_CHAIN: usize = 3;

/// A stretch of the way that is walked by itself.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// Where the search for a first header stands; none once it is believed to be found, or where
    /// it was known from the start.
    search: Option<PageSearch>,
    /// Headers found, with their offsets; the last one's page ends where the next is expected.
    pub(super) found: Vec<(u64, PageHeader)>,
    /// Where the next header is expected.
    pub(super) at: u64,
    /// Where the search began.
    origin: u64,
    /// How many bytes are needed to see the next header.
    pub(super) probe_bytes: u64,
    /// How often what was found was no header.
    retreats: u32,
    /// Whether the gap behind it is cut as finely as it pays.
    pub(super) is_cut: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct PageSearch {
    /// The next byte to look at.
    at: u64,
    /// The end of the window.
    end: u64,
}

impl Segment {
    /// One whose first header is at this place.
    pub(super) fn known(at: u64) -> Self {
        let found = Vec::new();
        Self { search: None, found, at, origin: at, probe_bytes: PROBE_BYTES, retreats: 0, is_cut: false }
    }

    /// One that looks for its first header from `origin` on, up to `end` at first.
    pub(super) fn searching(origin: u64, end: u64) -> Self {
        Self { search: Some(PageSearch { at: origin, end }), ..Self::known(origin) }
    }

    /// One that looks for its first header in a window around a place, not before `least`.
    pub(super) fn around(place: u64, window: u64, least: u64) -> Self {
        let origin = place.saturating_sub(window / 2).max(least);
        Self::searching(origin, origin + window)
    }

    /// Where its first header is believed to be; where it looks for one, as long as it does.
    pub(super) fn first(&self) -> u64 {
        match (self.search, self.found.first()) {
            (Some(_), _) => self.origin,
            (None, Some((offset, _))) => *offset,
            (None, None) => self.at,
        }
    }

    /// The same, with its gap cut as finely as it pays, or not.
    pub(super) fn cut(self, is_cut: bool) -> Self {
        Self { is_cut, ..self }
    }

    /// Whether it looks for its first header still.
    pub(super) fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Whether it is given up.
    pub(super) fn is_hopeless(&self, chunk_end: u64) -> bool {
        self.retreats > MAX_RETREATS
            || self
                .search
                .is_some_and(|search| search.at >= chunk_end || search.at - self.origin > MAX_SEARCH_BYTES)
    }

    /// Searches and walks up to `limit`; says what it lacks, if it is not there yet.
    pub(super) fn advance(
        &mut self,
        limit: u64,
        map: &PageMap,
        bytes: &impl Bytes,
        sure: bool,
    ) -> Result<Option<ByteRange>> {
        let chunk_end = map.chunk().range.end;
        loop {
            if let Some(search) = self.search {
                if self.is_hopeless(chunk_end) {
                    return Ok(None);
                }
                let end = search.end.min(chunk_end);
                let window = bytes.at(search.at, end.saturating_sub(search.at));
                match find(&window, search.at, map) {
                    Some((offset, header)) => {
                        self.found = vec![(offset, header)];
                        self.at = offset + header.page_bytes();
                        self.search = None;
                    }
                    None if (window.len() as u64) < end - search.at => {
                        return Ok(Some(ByteRange::new(search.at, end)));
                    }
                    None => {
                        // A header may lie across the window's end: step back by what one takes.
                        let len = (end - self.origin).max(PROBE_BYTES);
                        let at = end.saturating_sub(64).max(search.at + 1);
                        self.search = Some(PageSearch { at, end: end + len });
                    }
                }
                continue;
            }
            if self.at >= limit.min(chunk_end) {
                return Ok(None);
            }
            let len = self.probe_bytes.min(chunk_end - self.at);
            let head = bytes.at(self.at, len);
            match PageHeader::parse(&head) {
                Ok(header) if sure || plausible(&header, self.at, map) => {
                    self.found.push((self.at, header));
                    self.at += header.page_bytes().max(1);
                    self.probe_bytes = PROBE_BYTES;
                    if sure {
                        // The first segment's pages are known at once, so that it can stop early.
                        let rows: u64 =
                            self.found.iter().filter_map(|(_, header)| header.values()).map(u64::from).sum();
                        if map.frontier().1 + rows > map.rows() {
                            return Ok(None);
                        }
                    }
                }
                Err(error) if error.kind == ErrorKind::Truncated => {
                    if (head.len() as u64) < len {
                        return Ok(Some(ByteRange::new(self.at, self.at + len)));
                    }
                    if len >= MAX_HEADER_BYTES as u64 || self.at + len >= chunk_end {
                        if sure {
                            return Err(error.context(format!("page header at {}", self.at)));
                        }
                        self.retreat(map);
                        continue;
                    }
                    self.probe_bytes = len * 4;
                }
                Err(error) if sure => return Err(error.context(format!("page header at {}", self.at))),
                // The chunk does not end with a page.
                Ok(_) | Err(_) if self.found.len() > SURE_CHAIN => self.retreats = MAX_RETREATS + 1,
                Ok(_) | Err(_) => self.retreat(map),
            }
            if self.is_hopeless(chunk_end) {
                return Ok(None);
            }
        }
    }

    /// What was found was no header: look on, one byte behind it.
    pub(super) fn retreat(&mut self, map: &PageMap) {
        let at = self.found.first().map_or(self.origin, |(offset, _)| *offset) + 1;
        let end = at + map.average_page_bytes();
        self.found.clear();
        self.retreats += 1;
        self.search = Some(PageSearch { at, end });
        self.probe_bytes = PROBE_BYTES;
    }
}

/// The first place in `window` that can be a data page's header.
fn find(window: &[u8], offset: u64, map: &PageMap) -> Option<(u64, PageHeader)> {
    memchr::memchr_iter(0x15, window).find_map(|place| {
        // Field 1, the type, is a data page (0) or one of version 2 (3, zigzag 6); field 2 follows.
        let head = window.get(place..)?;
        if !matches!(head, [0x15, 0 | 6, 0x15, ..]) {
            return None;
        }
        let header = PageHeader::parse(head).ok()?;
        let at = offset + place as u64;
        plausible(&header, at, map).then_some((at, header))
    })
}

/// Whether this can be a data page of the chunk.
fn plausible(header: &PageHeader, offset: u64, map: &PageMap) -> bool {
    let Some(values) = header.values() else { return false };
    values > 0
        && u64::from(values) <= map.rows()
        && offset + header.page_bytes() <= map.chunk().range.end
        && u64::from(header.uncompressed_bytes) <= map.chunk().uncompressed_bytes
        && header.body_bytes > 0
}
