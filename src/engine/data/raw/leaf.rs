//! The pages of one leaf column: where they are, and which of them are handed over.

use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::engine::data::damage::Damage;
use crate::engine::data::load::{Next, header_at, learn_next};
use crate::engine::data::pager::first_read;
use crate::engine::data::pool::Pool;
use crate::engine::output::export::task::LeafPage;
use crate::formats::parquet::codec::Codec;
use crate::formats::parquet::decode::{Values, decode_dictionary, decode_page};
use crate::formats::parquet::header::{Encoding, PageHeader, PageKind};
use crate::formats::parquet::levels::{Look, lost_part};
use crate::formats::parquet::losses::{Fate, Part, fates};
use crate::formats::parquet::map::{PageEntry, PageMap};
use crate::formats::parquet::meta::{Chunk, ColumnMeta, FileMeta, RowGroup};
use crate::formats::parquet::plan::Link;
use crate::formats::parquet::walk::{Bytes, Step, Walk, is_read_through};
use std::collections::BTreeMap;
use std::ops::Range;

/// Pages of a leaf asked for at a time, where they are not read in order.
const MAX_PAGES_WANTED: usize = 12;

/// The pages of lists in a row group are all handed over before its first row is; more of them than this are
/// not.
const MAX_CHUNK_BYTES: u64 = 1 << 30;

/// The pages of a leaf.
#[derive(Debug)]
pub struct RawLeaf {
    /// Its number.
    pub leaf: usize,
    /// Where its pages are, by row group; grows as that becomes known.
    pub maps: BTreeMap<usize, PageMap>,
    repeated: bool,
    walk: Option<Walk>,
    /// Whether the chunk is read in order.
    in_order: bool,
    has_dictionary: bool,
    /// Wanted rows before this one have their pages.
    pub covered: u64,
    /// Of lists, where the next page begins, and how many values came before it.
    at: (u64, u64),
    ahead_bytes: u64,
    /// Whether each page is decoded before it is handed over; for that the column, how its chunk is compressed, and its
    /// dictionary; and what was found.
    careful: bool,
    own: Option<(ColumnMeta, Codec)>,
    dictionary: Option<Values>,
    damages: Vec<Damage>,
    /// Of lists that are looked at, their pages: what each says of rows, where it holds some, and its bytes. They are
    /// handed over once it is known which rows are lost.
    held: Vec<(Option<Part>, Vec<u8>)>,
    look: Option<Look>,
}

/// Where a page is.
enum Found {
    Page(PageEntry),
    /// That is not known; these ranges lead there.
    Needs(Vec<ByteRange>),
}

impl RawLeaf {
    /// A leaf with what is known of where its pages are.
    pub fn new(leaf: usize, maps: Vec<PageMap>, ahead_bytes: u64, careful: bool, meta: &FileMeta) -> Self {
        Self {
            leaf,
            maps: maps.into_iter().enumerate().collect(),
            repeated: meta.columns.get(leaf).is_some_and(|column| column.max_repetition > 0),
            careful,
            own: None,
            dictionary: None,
            damages: Vec::new(),
            held: Vec::new(),
            look: None,
            walk: None,
            in_order: false,
            has_dictionary: false,
            covered: 0,
            at: (0, 0),
            ahead_bytes,
        }
    }

    /// Goes on to another row group, of which these rows will be wanted. The answer is about how many bytes a row
    /// takes, unpacked, those of pages that are read for it included.
    pub fn begin_group(&mut self, group: usize, rows: &[u64], meta: &FileMeta) -> f64 {
        self.walk = None;
        self.has_dictionary = false;
        self.dictionary = None;
        self.held.clear();
        self.look = None;
        self.covered = 0;
        let (Some(chunk), Some(own)) = (meta.chunk(group, self.leaf), meta.groups.get(group)) else {
            return 0.0;
        };
        self.at = (chunk.range.start, 0);
        let column = meta.columns.get(self.leaf).filter(|_| self.careful);
        self.own = column.map(|column| (column.clone(), chunk.codec));
        let map = self.maps.entry(group).or_insert_with(|| PageMap::new(*chunk, own.rows));
        let (len, average) = (chunk.range.len().max(1), map.average_page_bytes().max(1));
        let pages = (len / average).max(1);
        // Pages of equal length are taken for granted.
        let (mut needed, mut last) = (0u64, None);
        for row in rows {
            let page = Some(row.saturating_mul(pages) / own.rows.max(1));
            needed += u64::from(page != last);
            last = page;
        }
        self.in_order = self.repeated || needed.saturating_mul(2) >= pages;
        let bytes = if self.in_order { len } else { needed.saturating_mul(average).min(len) };
        let unpacked = (chunk.uncompressed_bytes as f64 / len as f64).max(1.0);
        bytes as f64 * unpacked / rows.len().max(1) as f64
    }

    /// Hands over what has come of the pages of these rows, and says what is missing.
    ///
    /// # Errors
    /// Where a page can't be found.
    pub fn poll(
        &mut self,
        group: usize,
        rows: &[u64],
        meta: &FileMeta,
        pool: &mut Pool,
        link: Link,
        ready: &mut Vec<LeafPage>,
    ) -> Result<Vec<ByteRange>> {
        let Some(chunk) = meta.chunk(group, self.leaf).copied() else { return Ok(Vec::new()) };
        if self.repeated {
            return self.poll_all(group, &chunk, meta, pool, ready);
        }
        let mut wants = Vec::new();
        let (mut pages, mut seen) = (0, self.covered);
        for &row in rows {
            if row < seen {
                continue;
            }
            if pages == MAX_PAGES_WANTED {
                break;
            }
            // They are handed over in order, so that none is while one before it is missing.
            let waits = !wants.is_empty();
            match self.find(group, row, &chunk, pool, link) {
                Ok(Found::Page(entry)) => {
                    seen = entry.first_row + entry.rows;
                    match self.hand_over(group, entry, waits, pool, ready, &mut wants) {
                        Ok(true) => pages += 1,
                        Ok(false) => self.covered = seen,
                        Err(error) => {
                            self.lose(group, entry.first_row..seen, error, meta, ready)?;
                            pool.release(entry.range);
                        }
                    }
                }
                Ok(Found::Needs(ranges)) => {
                    wants.extend(ranges);
                    break;
                }
                Err(_) if waits && self.careful => break,
                Err(error) => {
                    seen = meta.groups.get(group).map_or(u64::MAX, |group| group.rows);
                    self.lose(group, row..seen, error, meta, ready)?;
                }
            }
        }
        Ok(wants)
    }

    /// Passes over rows that can't be read.
    ///
    /// # Errors
    /// Why they can't be, where that was not looked for.
    fn lose(
        &mut self,
        group: usize,
        rows: Range<u64>,
        error: Error,
        meta: &FileMeta,
        ready: &mut Vec<LeafPage>,
    ) -> Result<()> {
        let first = meta.groups.get(group).map_or(0, |group| group.first_row);
        if !self.careful || !error.is_of_damage() {
            return Err(error);
        }
        ready.push(LeafPage {
            leaf: self.leaf as u32,
            rows: Some((rows.start, rows.end - rows.start)),
            bytes: Vec::new(),
            gap_rows: None,
        });
        self.covered = rows.end;
        let error = error.context(format!("row group {group}"));
        self.damages.push(Damage { group, rows: first + rows.start..first + rows.end, error });
        Ok(())
    }

    /// What was found of damages since this was last asked.
    pub fn take_damages(&mut self) -> impl Iterator<Item = Damage> + use<> {
        std::mem::take(&mut self.damages).into_iter()
    }

    /// Hands over all pages of a chunk, as they come; where each is looked at, once all have come.
    fn poll_all(
        &mut self,
        group: usize,
        chunk: &Chunk,
        meta: &FileMeta,
        pool: &mut Pool,
        ready: &mut Vec<LeafPage>,
    ) -> Result<Vec<ByteRange>> {
        if chunk.range.len() > MAX_CHUNK_BYTES {
            let (is, most) = (human_bytes(chunk.range.len()), human_bytes(MAX_CHUNK_BYTES));
            let message = format!("it holds {is} of lists, more than the {most} that are read at a time");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        loop {
            let (at, values) = self.at;
            if values >= chunk.values {
                let is_held = self.own.is_some() && self.covered != u64::MAX;
                if let Some(own) = meta.groups.get(group).filter(|_| is_held) {
                    self.let_go(group, own, ready)?;
                }
                // Padding may stand behind the last page.
                self.covered = u64::MAX;
                return Ok(Vec::new());
            }
            if at >= chunk.range.end {
                self.hold_rest(chunk, Error::corrupt("its pages end before its values do"))?;
                continue;
            }
            let place = || format!("page at byte {at}");
            let rest = ByteRange::new(at, chunk.range.end);
            let header = match header_at(pool, at, chunk.range.end).context(place) {
                Ok(Some(header)) if at + header.page_bytes() > chunk.range.end => {
                    Err(Error::corrupt("it reaches beyond its chunk").context(place()))
                }
                Ok(Some(header)) => Ok(header),
                Ok(None) => return Ok(vec![rest]),
                Err(error) => Err(error),
            };
            let header = match header {
                Ok(header) => header,
                Err(error) => {
                    self.hold_rest(chunk, error)?;
                    pool.release(rest);
                    continue;
                }
            };
            let range = ByteRange::new(at, at + header.page_bytes());
            if !pool.has(range) {
                return Ok(vec![rest]);
            }
            if header.kind != PageKind::Other {
                let bytes = pool.at(range.start, range.len()).into_owned();
                if self.own.is_some() {
                    self.hold(&header, bytes, place)?;
                } else {
                    ready.push(LeafPage { leaf: self.leaf as u32, rows: None, bytes, gap_rows: None });
                }
            }
            pool.release(range);
            self.at = (range.end, values + u64::from(header.values().unwrap_or(0)));
        }
    }

    /// Adds a page to those that are held, or what is lost with it where it is damaged.
    ///
    /// # Errors
    /// Where nothing of the chunk can be read.
    fn hold(&mut self, header: &PageHeader, bytes: Vec<u8>, place: impl Fn() -> String) -> Result<()> {
        let Some((column, codec)) = &self.own else { return Ok(()) };
        let body = bytes.get(header.header_bytes as usize..).unwrap_or_default();
        let look = self.look.get_or_insert_with(|| Look::new(column));
        match look.at(column, *codec, header, body) {
            Ok(part) => self.held.push((part, bytes)),
            Err(error) if error.is_of_damage() => {
                let part = lost_part(column, Some(header), error.context(place()));
                self.held.extend(part.map(|part| (Some(part), Vec::new())));
            }
            Err(error) => return Err(error.context(place())),
        }
        Ok(())
    }

    /// What is left of the chunk can't be read.
    ///
    /// # Errors
    /// Why, where nobody looks at pages.
    fn hold_rest(&mut self, chunk: &Chunk, error: Error) -> Result<()> {
        let Some((column, _)) = self.own.as_ref().filter(|_| error.is_of_damage()) else { return Err(error) };
        self.held.extend(lost_part(column, None, error).map(|part| (Some(part), Vec::new())));
        self.at = (chunk.range.end, chunk.values);
        Ok(())
    }

    /// Hands over the pages that were held, and says which rows are lost.
    ///
    /// # Errors
    /// Where that does not follow from the pages.
    fn let_go(&mut self, group: usize, own: &RowGroup, ready: &mut Vec<LeafPage>) -> Result<()> {
        let held = std::mem::take(&mut self.held);
        let parts: Vec<Part> = held.iter().filter_map(|(part, _)| part.clone()).collect();
        let error = |part: &Part| match part {
            Part::Lost { error, .. } => Some(error.clone()),
            Part::Read { .. } => None,
        };
        let fates = fates(&parts, own.rows).ok_or_else(|| {
            let first = parts.iter().find_map(error);
            first.unwrap_or_else(|| Error::corrupt("its pages hold other rows than its row group"))
        })?;
        let leaf = self.leaf as u32;
        let mut place = 0;
        for (part, bytes) in held {
            let Some(part) = part else {
                ready.push(LeafPage { leaf, rows: None, bytes, gap_rows: None });
                continue;
            };
            let fate = fates.get(place).cloned().unwrap_or(Fate::Dropped);
            place += 1;
            match fate {
                Fate::Kept => ready.push(LeafPage { leaf, rows: None, bytes, gap_rows: None }),
                Fate::Lost { rows, lost } if !lost.is_empty() => {
                    let behind =
                        parts.iter().zip(&fates).skip(place).find(|(_, fate)| **fate != Fate::Dropped);
                    let goes_on = matches!(behind, Some((Part::Read { continues: true, .. }, _)));
                    ready.push(LeafPage {
                        leaf,
                        rows: Some((lost.start, lost.end - lost.start)),
                        bytes: Vec::new(),
                        // What follows begins with the rest of the last one.
                        gap_rows: Some(rows.saturating_sub(u64::from(goes_on))),
                    });
                    let rows = own.first_row + lost.start..own.first_row + lost.end;
                    let why = error(&part).unwrap_or_else(|| Error::corrupt("it can't be read"));
                    self.damages.push(Damage {
                        group,
                        rows,
                        error: why.context(format!("row group {group}")),
                    });
                }
                Fate::Lost { .. } | Fate::Dropped => {}
            }
        }
        Ok(())
    }

    /// Where the page of a row is.
    fn find(&mut self, group: usize, row: u64, chunk: &Chunk, pool: &Pool, link: Link) -> Result<Found> {
        let Some(map) = self.maps.get_mut(&group) else { return Ok(Found::Needs(Vec::new())) };
        loop {
            if let Some(entry) = map.page_of(row).copied() {
                return Ok(Found::Page(entry));
            }
            if map.is_complete() {
                return Err(Error::corrupt(format!("no page holds row {row}")));
            }
            let (frontier, known_rows) = map.frontier();
            if frontier >= chunk.range.end {
                return Err(Error::corrupt("its pages end before its rows do"));
            }
            match learn_next(map, pool)? {
                Next::Learned => continue,
                Next::Unread => {}
                Next::Needs(range) => return Ok(Found::Needs(vec![range])),
            }
            if self.in_order {
                let end = frontier.saturating_add(self.ahead_bytes).min(chunk.range.end);
                return Ok(Found::Needs(vec![ByteRange::new(frontier, end)]));
            }
            let walk = match &mut self.walk {
                Some(walk) => walk.retarget(row, map).then_some(walk),
                None => None,
            };
            if let Some(walk) = walk {
                match walk.step(map, pool)? {
                    Step::Arrived => continue,
                    Step::Needs(ranges) => return Ok(Found::Needs(ranges)),
                }
            }
            let way = map.estimate(row).saturating_sub(frontier);
            if known_rows == 0 || is_read_through(way, map.average_page_bytes(), link) {
                return Ok(Found::Needs(vec![first_read(map, chunk, way, link)]));
            }
            self.walk = Some(Walk::new(map, row, link));
        }
    }

    /// Hands over a page, and the dictionary with the first page that needs it; whether it is missing.
    fn hand_over(
        &mut self,
        group: usize,
        entry: PageEntry,
        waits: bool,
        pool: &mut Pool,
        ready: &mut Vec<LeafPage>,
        wants: &mut Vec<ByteRange>,
    ) -> Result<bool> {
        let place = || format!("page at byte {}", entry.range.start);
        let Some(header) = header_at(pool, entry.range.start, entry.range.end).context(place)? else {
            wants.push(entry.range);
            return Ok(true);
        };
        if header.values().map(u64::from) != Some(entry.rows) || header.page_bytes() > entry.range.len() {
            // An offset index may say so.
            let message = format!("it was to hold {} rows, its header says another number", entry.rows);
            return Err(Error::corrupt(message).context(place()));
        }
        let needs_dictionary =
            !self.has_dictionary && header.encoding().is_some_and(Encoding::uses_dictionary);
        let dictionary = match self.maps.get(&group).and_then(PageMap::dictionary) {
            Some(range) if needs_dictionary => Some(range),
            None if needs_dictionary => {
                let message = "the page needs a dictionary that the chunk lacks";
                return Err(Error::corrupt(message).context(place()));
            }
            Some(_) | None => None,
        };
        let missing: Vec<ByteRange> =
            dictionary.into_iter().chain([entry.range]).filter(|range| !pool.has(*range)).collect();
        if waits || !missing.is_empty() {
            wants.extend(missing);
            return Ok(true);
        }
        let leaf = self.leaf as u32;
        self.look_at(dictionary, entry.range, pool).context(place)?;
        if let Some(range) = dictionary {
            let bytes = pool.at(range.start, range.len()).into_owned();
            ready.push(LeafPage { leaf, rows: None, bytes, gap_rows: None });
            pool.release(range);
            self.has_dictionary = true;
        }
        let bytes = pool.at(entry.range.start, entry.range.len()).into_owned();
        let rows = Some((entry.first_row, entry.rows));
        ready.push(LeafPage { leaf, rows, bytes, gap_rows: None });
        pool.release(entry.range);
        Ok(false)
    }

    /// Decodes a page, and the dictionary before it where this is the first one that needs it; where that was asked for.
    fn look_at(&mut self, dictionary: Option<ByteRange>, page: ByteRange, pool: &Pool) -> Result<()> {
        let Some((column, codec)) = &self.own else { return Ok(()) };
        if let Some(range) = dictionary {
            let bytes = pool.at(range.start, range.len());
            let header = PageHeader::parse(&bytes)?;
            let body = bytes.get(header.header_bytes as usize..header.page_bytes() as usize);
            let values = decode_dictionary(column, *codec, &header, body.unwrap_or_default())?;
            self.dictionary = Some(values);
        }
        let bytes = pool.at(page.start, page.len());
        let header = PageHeader::parse(&bytes)?;
        let body = bytes.get(header.header_bytes as usize..header.page_bytes() as usize).unwrap_or_default();
        let known = self.dictionary.as_ref().map(Values::len);
        decode_page(column, *codec, &header, body, known).map(drop)
    }

    /// What is read before it is wanted, where the chunk is read in order.
    pub fn ahead(&self, group: usize, next: Option<usize>, meta: &FileMeta) -> Vec<ByteRange> {
        let Some(chunk) = meta.chunk(group, self.leaf).filter(|_| self.in_order) else { return Vec::new() };
        let known = self.maps.get(&group);
        let begins = if self.repeated {
            if self.covered == u64::MAX { chunk.range.end } else { self.at.0 }
        } else if self.covered == 0 {
            chunk.range.start
        } else {
            let page = known.and_then(|map| map.page_of(self.covered)).map(|page| page.range.start);
            let frontier = known.map_or(chunk.range.end, |map| {
                if map.is_complete() { chunk.range.end } else { map.frontier().0 }
            });
            page.unwrap_or(frontier)
        };
        let own =
            ByteRange::new(begins, begins.saturating_add(self.ahead_bytes).min(chunk.range.end).max(begins));
        let left = self.ahead_bytes.saturating_sub(own.len());
        let behind = next.and_then(|next| meta.chunk(next, self.leaf)).filter(|_| left > 0);
        let behind = behind.map(|chunk| {
            let start = chunk.range.start;
            ByteRange::new(start, start.saturating_add(left).min(chunk.range.end))
        });
        std::iter::once(own).chain(behind).collect()
    }
}
