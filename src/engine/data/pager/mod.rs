//! Single pages of a column that is not read whole: what the rows on the screen need.

mod fronts;

use super::damage::{Damage, Stretches};
use super::load::{Next, header_at, learn_next};
use super::pool::Pool;
use crate::base::bytes::ByteRange;
use crate::base::error::{Context, Error, Result};
use crate::base::sorted::Map;
use crate::formats::parquet::decode::{Decoded, Values, decode_dictionary, decode_page};
use crate::formats::parquet::header::{Encoding, PageHeader};
use crate::formats::parquet::map::{PageEntry, PageMap};
use crate::formats::parquet::meta::{Chunk, ColumnMeta, FileMeta, RowGroup};
use crate::formats::parquet::plan::Link;
use crate::formats::parquet::walk::{Bytes, Step, Walk, is_read_through};
use crate::table::column::{Value, value_at};
use fronts::{Fronts, Told};
use std::collections::{BTreeMap, BTreeSet};

/// Pages asked for at a time: rows far apart come a screenful of pages after the other.
const MAX_PAGES_WANTED: usize = 12;

/// Decoded pages of a column are dropped, the longest unused first, above this amount. Of those that are
/// dropped while they are wanted, the wanted values stay.
const MAX_CACHED_BYTES: usize = 24 << 20;

/// Read behind a dictionary page on the way to the first data page. While a dictionary is in use
/// data pages are indexes, a few tens of kilobytes.
const FIRST_PAGE_GUESS_BYTES: u64 = 48 << 10;

/// Pages of one leaf column.
#[derive(Debug, Default)]
pub struct Pager {
    leaf: usize,
    /// One map a row group; made when the column is first asked for.
    pub maps: Vec<PageMap>,
    /// Ways to pages under way, one a row group, with the round in which each was last gone.
    walks: Map<usize, (Walk, u64)>,
    dictionaries: Map<usize, Values>,
    /// Decoded pages by their first row in the file.
    pages: BTreeMap<u64, Cached>,
    fronts: Fronts,
    /// Rows that were asked for since the last [`Self::round`].
    wanted: BTreeSet<u64>,
    /// Values of such rows whose page is dropped.
    kept: BTreeMap<u64, Kept>,
    /// Rows that can't be read, and what was found of them since it was last asked.
    unreadable: Stretches,
    damages: Vec<Damage>,
    clock: u64,
    /// Pages that were decoded so far.
    pub decoded: u64,
}

/// A value that outlives its page.
#[derive(Debug)]
enum Kept {
    Bytes(Box<[u8]>),
    Plain(Value<'static>),
}

impl Kept {
    fn new(value: Value<'_>) -> Self {
        Self::Plain(match value {
            Value::Bytes(bytes) | Value::Wide(bytes, _) => return Self::Bytes(bytes.into()),
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Int(value) => Value::Int(value),
            Value::UInt(value) => Value::UInt(value),
            Value::Float32(value) => Value::Float32(value),
            Value::Float64(value) => Value::Float64(value),
            Value::Decimal(value, scale) => Value::Decimal(value, scale),
            Value::Time(moment) => Value::Time(moment),
        })
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Plain(value) => *value,
        }
    }
}

#[derive(Debug)]
struct Cached {
    page: Decoded,
    group: usize,
    /// For each row the place of its value, where some have none.
    places: Option<Vec<u32>>,
    used: u64,
}

impl Pager {
    /// The pages of a leaf column.
    pub fn new(leaf: usize) -> Self {
        Self { leaf, ..Self::default() }
    }

    /// Makes the maps, if that has not been done.
    pub fn prepare(&mut self, meta: &FileMeta) {
        if self.maps.is_empty() {
            let leaf = self.leaf;
            self.maps = meta
                .groups
                .iter()
                .filter_map(|group| Some(PageMap::new(*group.chunks.get(leaf)?, group.rows)))
                .collect();
        }
    }

    /// Adds maps for row groups that came later.
    pub fn extend(&mut self, meta: &FileMeta) {
        if !self.maps.is_empty() {
            let (leaf, known) = (self.leaf, self.maps.len());
            let more = meta.groups.iter().skip(known);
            self.maps
                .extend(more.filter_map(|group| Some(PageMap::new(*group.chunks.get(leaf)?, group.rows))));
        }
    }

    /// The value of a row, if it is here.
    pub fn get(&self, row: u64) -> Option<Value<'_>> {
        let kept = || self.kept.get(&row).map(Kept::value);
        self.on_page(row).or_else(kept).or_else(|| self.unreadable.holds(row).then_some(Value::Null))
    }

    fn on_page(&self, row: u64) -> Option<Value<'_>> {
        let (first, cached) = self.pages.range(..=row).next_back()?;
        let offset = usize::try_from(row - first).ok()?;
        if offset >= cached.page.rows as usize {
            return None;
        }
        let place = match &cached.places {
            Some(places) => *places.get(offset)? as usize,
            None => offset,
        };
        if place == u32::MAX as usize {
            return Some(Value::Null);
        }
        Some(match (&cached.page.values, self.dictionaries.get(&cached.group)) {
            (Values::Indexes(indexes), Some(dictionary)) => value_at(dictionary, indexes.get(place)?),
            (Values::Indexes(_), None) => return None,
            (values, _) => value_at(values, place),
        })
    }

    /// Decodes what has come of the pages that hold `rows` (in ascending order), and says what is
    /// still missing, most wanted first. Whoever has asked for all that is wanted calls [`Self::round`].
    ///
    /// # Errors
    /// Where no page of the column can be decoded. Rows of those that are damaged are told by [`Self::take_damages`].
    pub fn poll(
        &mut self,
        rows: &[u64],
        meta: &FileMeta,
        pool: &mut Pool,
        link: Link,
    ) -> Result<Vec<ByteRange>> {
        meta.columns.get(self.leaf).map_or(Ok(()), ColumnMeta::check)?;
        self.prepare(meta);
        self.wanted.extend(rows);
        let mut wants = Vec::new();
        let mut pages = 0;
        let mut covered = 0;
        for (place, &row) in rows.iter().enumerate() {
            if row < covered {
                continue;
            }
            if let Some(end) = self.touch(row) {
                covered = end;
                continue;
            }
            if pages == MAX_PAGES_WANTED {
                break;
            }
            let Some((number, group)) = meta.group_of(row) else { continue };
            let name = meta.columns.get(self.leaf).map_or("", |column| &column.name);
            let asked = wants.len();
            let wanted = Wanted {
                row: row - group.first_row,
                rows: rows.get(place..).unwrap_or_default(),
                first: group.first_row,
            };
            let found = match self.page_for(number, wanted, meta, pool, link, &mut wants) {
                Ok(found) => found,
                Err(error) => {
                    let error = error.context(format!("{name}, row group {number}"));
                    if !error.is_of_damage() {
                        return Err(error);
                    }
                    self.lose(number, row, group, error, pool)
                }
            };
            // What was here already is no page to wait for: were it counted, nothing might be asked for.
            pages += usize::from(wants.len() > asked);
            // Rows of one page, or on one way to a page, are asked for once.
            covered = group.first_row + found;
        }
        Ok(wants)
    }

    /// Gives a row up with those of its page, or all behind it in its row group where it is on no page that is known.
    /// The answer is the first row of the group behind them.
    fn lose(&mut self, number: usize, row: u64, group: &RowGroup, error: Error, pool: &mut Pool) -> u64 {
        let own = row - group.first_row;
        let page = self.maps.get(number).and_then(|map| map.page_of(own)).copied();
        let (first, end) =
            page.map_or((own, group.rows), |page| (page.first_row, page.first_row + page.rows));
        if let Some(page) = page {
            pool.release(page.range);
        }
        let rows = group.first_row + first..group.first_row + end;
        self.unreadable.add(&rows);
        self.damages.push(Damage { group: number, rows, error });
        self.decoded += 1;
        end
    }

    /// Rows that were found to be damaged since this was last asked.
    pub fn take_damages(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damages)
    }

    /// Everything that is wanted was asked for: lets go of what there is no room for.
    pub fn round(&mut self) {
        self.evict();
        let wanted = std::mem::take(&mut self.wanted);
        self.kept.retain(|row, _| wanted.contains(row));
        self.clock += 1;
    }

    /// Marks the page of a row as used; the first row after what is here.
    fn touch(&mut self, row: u64) -> Option<u64> {
        if let Some((first, cached)) = self.pages.range_mut(..=row).next_back() {
            let end = first + u64::from(cached.page.rows);
            if row < end {
                cached.used = self.clock;
                return Some(end);
            }
        }
        self.unreadable.end_of(row).or_else(|| self.kept.contains_key(&row).then_some(row + 1))
    }

    /// Gets the page of a row of a row group as far as its bytes are here, and adds what is missing
    /// to `wants`. The answer is the first row of the group that this page does not hold.
    fn page_for(
        &mut self,
        number: usize,
        wanted: Wanted<'_>,
        meta: &FileMeta,
        pool: &mut Pool,
        link: Link,
        wants: &mut Vec<ByteRange>,
    ) -> Result<u64> {
        let row = wanted.row;
        loop {
            let Some(map) = self.maps.get_mut(number) else { return Ok(u64::MAX) };
            if let Some(entry) = map.page_of(row).copied() {
                // A way to another row goes on: the rows on the screen and an open one may be far apart.
                self.walks.retain(|walked, (walk, _)| *walked != number || !walk.has_arrived(map));
                let missing = self.decode(number, entry, wanted.on(&entry), meta, pool)?;
                wants.extend(missing);
                return Ok(entry.first_row + entry.rows);
            }
            let (frontier, known_rows) = map.frontier();
            let chunk = *map.chunk();
            // While the way to this page is sought, the rows behind it wait: one way a row group.
            let rest = map.rows();
            match learn_next(map, pool)? {
                Next::Learned => continue,
                Next::Unread => {}
                Next::Needs(range) => {
                    wants.push(range);
                    return Ok(rest);
                }
            }
            if let Some((walk, round)) = self.walks.get_mut(&number) {
                if walk.retarget(row, map) {
                    *round = self.clock;
                    match walk.step(map, pool)? {
                        Step::Arrived => continue,
                        Step::Needs(ranges) => wants.extend(ranges),
                    }
                    return Ok(rest);
                }
                // Who is asked for first goes first: were both ways begun anew in turn, neither would end.
                if *round == self.clock {
                    return Ok(rest);
                }
            }
            let way = map.estimate(row).saturating_sub(frontier);
            if known_rows == 0 || is_read_through(way, map.average_page_bytes(), link) {
                // The first pages tell how large pages are; a walk from there is cut better.
                if known_rows == 0 && way == 0 {
                    wants.extend(fronts::first_reads(map));
                } else {
                    wants.push(first_read(map, &chunk, way, link));
                }
                return Ok(rest);
            }
            self.walks.insert(number, (Walk::new(map, row, link), self.clock));
        }
    }

    /// Decodes a page whose place is known, as far as its first `rows`, or says what is missing.
    fn decode(
        &mut self,
        number: usize,
        entry: PageEntry,
        rows: u64,
        meta: &FileMeta,
        pool: &mut Pool,
    ) -> Result<Vec<ByteRange>> {
        let (Some(map), Some(group), Some(column)) =
            (self.maps.get_mut(number), meta.groups.get(number), meta.columns.get(self.leaf))
        else {
            return Ok(Vec::new());
        };
        let chunk = *map.chunk();
        let mut missing = Vec::new();
        let mut uses_dictionary = entry.uses_dictionary;
        let header = header_at(pool, entry.range.start, entry.range.end)?;
        if let Some(header) = &header {
            map.learn(entry.range.start, header)?;
            uses_dictionary = header.encoding().map(Encoding::uses_dictionary);
        }
        // Pages far from the front are often plain although there is a dictionary: those ask
        // for it only once their header says that they need it.
        let dictionary = map.dictionary().filter(|_| uses_dictionary.unwrap_or(entry.first_row == 0));
        let dictionary = dictionary.filter(|_| !self.has_dictionary(number));
        if !pool.has(entry.range) || dictionary.is_some_and(|range| !pool.has(range)) {
            match self.front(number, entry, rows, (header, dictionary), meta, pool) {
                Told::Rows => return Ok(Vec::new()),
                Told::Needs(ranges) => return Ok(ranges),
                Told::Nothing => {}
            }
        }
        if let Some(range) = dictionary {
            if pool.has(range) {
                let bytes = pool.at(range.start, range.len());
                let header = PageHeader::parse(&bytes)?;
                let body = bytes.get(header.header_bytes as usize..header.page_bytes() as usize);
                let values = decode_dictionary(column, chunk.codec, &header, body.unwrap_or_default())?;
                drop(bytes);
                self.put_dictionary(number, values);
                pool.release(range);
            } else {
                missing.push(range);
            }
        }
        if !pool.has(entry.range) {
            missing.push(entry.range);
        }
        if !missing.is_empty() {
            return Ok(missing);
        }
        let bytes = pool.at(entry.range.start, entry.range.len());
        let place = || format!("page at byte {}", entry.range.start);
        let header = PageHeader::parse(&bytes).context(place)?;
        let body = bytes.get(header.header_bytes as usize..header.page_bytes() as usize).unwrap_or_default();
        if header.values().map(u64::from) != Some(entry.rows) {
            // An offset index may say so; the rows that it promises would be waited for for ever.
            let message = format!("it was to hold {} rows, its header says another number", entry.rows);
            return Err(Error::corrupt(message).context(place()));
        }
        let known = self.dictionaries.get(&number).map(Values::len);
        let page = decode_page(column, chunk.codec, &header, body, known).context(place)?;
        drop(bytes);
        pool.release(entry.range);
        self.keep(number, group, &entry, page);
        Ok(Vec::new())
    }

    /// Keeps a page that was decoded, or its first rows.
    fn keep(&mut self, number: usize, group: &RowGroup, entry: &PageEntry, page: Decoded) {
        let mut next = 0;
        let places = page.valid.as_ref().map(|valid| {
            valid
                .iter()
                .map(|valid| {
                    let place = if *valid { next } else { u32::MAX };
                    next += u32::from(*valid);
                    place
                })
                .collect()
        });
        let cached = Cached { page, group: number, places, used: self.clock };
        self.pages.insert(group.first_row + entry.first_row, cached);
        self.decoded += 1;
    }

    fn evict(&mut self) {
        let size = |cached: &Cached| {
            cached.page.values.memory_bytes() + cached.places.as_ref().map_or(0, |places| places.len() * 4)
        };
        let mut total: usize = self.pages.values().map(size).sum();
        while total > MAX_CACHED_BYTES {
            let oldest = self.pages.iter().min_by_key(|(_, cached)| cached.used);
            let Some((first, cached)) = oldest else { return };
            total -= size(cached);
            let (first, rows) = (*first, u64::from(cached.page.rows));
            for row in self.wanted.range(first..first + rows) {
                if let Some(value) = self.on_page(*row) {
                    self.kept.insert(*row, Kept::new(value));
                }
            }
            self.pages.remove(&first);
        }
    }
}

/// A row of a row group that is wanted, with those behind it.
#[derive(Clone, Copy, Debug)]
struct Wanted<'a> {
    /// Of the row group.
    row: u64,
    /// It and those behind it, of the file.
    rows: &'a [u64],
    /// The row group's first row in the file.
    first: u64,
}

impl Wanted<'_> {
    /// How many rows of a page there are up to the last one that is wanted.
    fn on(&self, page: &PageEntry) -> u64 {
        let end = self.first + page.first_row + page.rows;
        let behind = self.rows.partition_point(|row| *row < end);
        let last = behind.checked_sub(1).and_then(|place| self.rows.get(place));
        last.map_or(page.rows, |last| last.saturating_sub(self.first + page.first_row) + 1)
    }
}

/// What to read where nothing is known of the pages yet, `way` bytes before the one wanted.
pub(super) fn first_read(map: &PageMap, chunk: &Chunk, way: u64, link: Link) -> ByteRange {
    let (frontier, _) = map.frontier();
    if map.pages().is_empty() && way > 0 && chunk.range.len() <= link.round_trip_bytes {
        return chunk.range;
    }
    let page = map.average_page_bytes();
    let guess = if frontier == chunk.first_data && map.dictionary().is_some() {
        FIRST_PAGE_GUESS_BYTES
    } else {
        page + page / 16 + 1024
    };
    // A dictionary at the front is needed for the first pages.
    let start = if frontier == chunk.first_data && way == 0 { chunk.range.start } else { frontier };
    let end = if is_read_through(way, page, link) { frontier + way + guess } else { frontier + 512 };
    ByteRange::new(start, end.min(chunk.range.end))
}
