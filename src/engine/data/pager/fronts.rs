//! The first rows of pages: read without the rest of them, which may be megabytes that nobody looks at.
//!
//! Who wants more rows of a page than came gets a front four times as long, since a screen that moves on will want those
//! behind them as well; in the end all of it.

use super::Pager;
use crate::base::bytes::ByteRange;
use crate::base::sorted::Map;
use crate::engine::data::pool::Pool;
use crate::formats::parquet::codec::Codec;
use crate::formats::parquet::decode::Values;
use crate::formats::parquet::front;
use crate::formats::parquet::header::{PageHeader, PageKind};
use crate::formats::parquet::map::{PageEntry, PageMap};
use crate::formats::parquet::meta::{ColumnMeta, FileMeta};
use crate::formats::parquet::plan::PROBE_BYTES;
use crate::formats::parquet::walk::Bytes;

/// Rows behind the last wanted one that a front should hold, so that a screen that moves a little finds them.
const ROWS_AHEAD: u64 = 60;

/// Read beside what the rows take on average: headers and levels.
const BESIDE_BYTES: u64 = 4 << 10;

/// Read where nothing is known of a page yet: some screens of most values. Reads as short as this are not merged with
/// others near them.
const GUESS_BYTES: u64 = PROBE_BYTES;

/// What is known of fronts.
#[derive(Debug, Default)]
pub(super) struct Fronts {
    /// Of pages, by their offset: fewer than twice as many bytes as these won't do.
    pages: Map<u64, u64>,
    /// Of dictionaries, by their row group, where only the first entries are here: what was read for these.
    dictionaries: Map<usize, u64>,
}

/// What a front tells.
pub(super) enum Told {
    /// The rows that were wanted.
    Rows,
    /// These bytes are missing for them.
    Needs(Vec<ByteRange>),
    /// Nothing, without the rest.
    Nothing,
}

impl Pager {
    /// Whether all entries of a row group's dictionary are here.
    pub(super) fn has_dictionary(&self, number: usize) -> bool {
        self.dictionaries.contains_key(&number) && !self.fronts.dictionaries.contains_key(&number)
    }

    /// All entries of a dictionary are here.
    pub(super) fn put_dictionary(&mut self, number: usize, values: Values) {
        self.dictionaries.insert(number, values);
        self.fronts.dictionaries.remove(&number);
    }

    /// Decodes the first `rows` of a page without all of it, or without all of the dictionary that it needs.
    pub(super) fn front(
        &mut self,
        number: usize,
        entry: PageEntry,
        rows: u64,
        (header, dictionary): (Option<PageHeader>, Option<ByteRange>),
        meta: &FileMeta,
        pool: &Pool,
    ) -> Told {
        let (Some(map), Some(group), Some(column)) =
            (self.maps.get(number), meta.groups.get(number), meta.columns.get(self.leaf))
        else {
            return Told::Nothing;
        };
        let codec = map.chunk().codec;
        let is_told = |header: PageHeader| {
            header.values().map(u64::from) == Some(entry.rows) && front::is_told(column, codec, &header)
        };
        if !front::is_streamed(codec) || header.is_some_and(|header| !is_told(header)) {
            return Told::Nothing;
        }
        let tried = self.fronts.pages.get(&entry.range.start).copied().unwrap_or(0);
        let share = (rows + ROWS_AHEAD, entry.rows);
        let mut page = part(entry.range, share, tried);
        // Entries stand in the order in which rows need them first.
        let before = (entry.first_row + rows + ROWS_AHEAD, entry.first_row + entry.rows);
        let read = self.fronts.dictionaries.get(&number).copied().unwrap_or(0);
        let mut entries = dictionary.map(|all| {
            let needed = part(all, before, 0);
            // More of them than came are read with more than is needed now.
            if needed.len() > read { part(all, before, read) } else { needed }
        });
        loop {
            if page == entry.range && entries == dictionary {
                return Told::Nothing;
            }
            let parts = std::iter::once(page).chain(entries);
            let needs: Vec<ByteRange> = parts.filter(|part| !pool.has(*part)).collect();
            if !needs.is_empty() {
                return Told::Needs(needs);
            }
            let Some(header) = header else { return Told::Nothing };
            if let Some(part) = entries
                && !self.take_entries(number, (column, codec), (part, Some(part) == dictionary), pool)
            {
                return Told::Nothing;
            }
            let bytes = pool.at(page.start, page.len().max(GUESS_BYTES));
            let body = bytes.get(header.header_bytes as usize..).unwrap_or_default();
            let known = self.dictionaries.get(&number).map(Values::len);
            match front::decode(column, codec, &header, body, known) {
                Some(front) if u64::from(front.page.rows) >= rows => {
                    self.fronts.pages.insert(entry.range.start, 2 * bytes.len() as u64);
                    self.keep(number, group, &entry, front.page);
                    return Told::Rows;
                }
                Some(front) if front.lacks_entries && entries != dictionary => {
                    entries = dictionary.zip(entries).map(|(all, part)| self::part(all, before, part.len()));
                }
                _ if page == entry.range => return Told::Nothing,
                _ => {
                    self.fronts.pages.insert(entry.range.start, page.len());
                    page = part(entry.range, share, page.len());
                }
            }
        }
    }

    /// Decodes the first entries of a dictionary out of `part` of its page, unless as many are here; false where that
    /// can't be.
    fn take_entries(
        &mut self,
        number: usize,
        (column, codec): (&ColumnMeta, Codec),
        (part, is_all): (ByteRange, bool),
        pool: &Pool,
    ) -> bool {
        let read = self.fronts.dictionaries.get(&number).copied().unwrap_or(0);
        if part.len() <= read {
            return true;
        }
        let bytes = pool.at(part.start, part.len().max(GUESS_BYTES));
        let Ok(header) = PageHeader::parse(&bytes) else { return false };
        let body = bytes.get(header.header_bytes as usize..).unwrap_or_default();
        if !front::is_told(column, codec, &header) {
            return false;
        }
        let Some(values) = front::decode_dictionary(column, codec, &header, body) else { return false };
        if is_all {
            // Where all of it is here and some of it can't be told, the rest says why.
            let PageKind::Dictionary { values: all } = header.kind else { return false };
            if values.len() != all as usize {
                return false;
            }
            self.put_dictionary(number, values);
        } else {
            self.dictionaries.insert(number, values);
            self.fronts.dictionaries.insert(number, part.len());
        }
        true
    }
}

/// The front of a page that should hold so many rows of all of its rows, where fewer than twice as many bytes as were
/// `tried` in vain will not do; all of the page, where its half is too little.
fn part(page: ByteRange, (rows, of): (u64, u64), tried: u64) -> ByteRange {
    let share = rows as f64 / of.max(1) as f64;
    let bytes = (page.len() as f64 * share.min(1.0)) as u64 * 5 / 4 + BESIDE_BYTES;
    let bytes = bytes.max(tried * 2);
    if bytes > page.len() / 2 { page } else { ByteRange::new(page.start, page.start + bytes) }
}

/// What to read for the first rows of a chunk of whose pages nothing is known.
pub(super) fn first_reads(map: &PageMap) -> impl Iterator<Item = ByteRange> {
    let (chunk, frontier) = (map.chunk().range, map.frontier().0);
    let front = |start: u64| ByteRange::new(start, (start + GUESS_BYTES).min(chunk.end));
    let dictionary = map.dictionary().filter(|range| range.end == frontier);
    let dictionary = dictionary.map(|range| front(range.start).intersection(range).unwrap_or(range));
    std::iter::once(front(frontier)).chain(dictionary)
}
