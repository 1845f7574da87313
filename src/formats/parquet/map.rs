//! Which page of a column chunk holds which rows, as far as it is known.
//!
//! The map comes whole from the file's own offset index, or is learned: from pages met while a
//! column streams by, and from page headers read one after another ([`super::walk`]).

use super::header::{PageHeader, PageKind, PageLocation};
use super::meta::Chunk;
use super::stats::PageStats;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};

/// A data page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageEntry {
    /// Header and body.
    pub range: ByteRange,
    /// First row, counted from the start of the row group.
    pub first_row: u64,
    /// Rows in it.
    pub rows: u64,
    /// Whether its values are indexes into the dictionary, where that is known.
    pub uses_dictionary: Option<bool>,
    /// What is said of its values.
    pub stats: PageStats,
}

/// The pages of a chunk of a flat column: from the first one on without a gap, and from the last one back.
#[derive(Clone, Debug)]
pub struct PageMap {
    chunk: Chunk,
    rows: u64,
    pages: Vec<PageEntry>,
    dictionary: Option<ByteRange>,
    /// Where the first page that is not known begins, and its first row.
    next: (u64, u64),
    /// The last pages of the chunk, without a gap up to its end, as far as they are known while the ones before
    /// them are not.
    tail: Vec<PageEntry>,
}

/// How long the pages ahead are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSizes {
    /// Bytes of a page on average.
    pub average: u64,
    /// How much they differ, as a standard deviation, and of how many pages that is known. None where too few
    /// are known, or those ahead are others.
    pub spread: Option<(u64, u64)>,
}

/// Pages that tell how long the next ones are: so many of the last, and so few at least.
const SAMPLE: usize = 12;
const LEAST_SAMPLE: usize = 3;

impl PageMap {
    /// A map of which nothing is known but where the chunk lies.
    pub fn new(chunk: Chunk, rows: u64) -> Self {
        let dictionary = chunk.dictionary.map(|start| ByteRange::new(start, chunk.first_data));
        Self { chunk, rows, pages: Vec::new(), dictionary, next: (chunk.first_data, 0), tail: Vec::new() }
    }

    /// The whole map, out of an offset index that [`Chunk::check_index`] accepted.
    pub fn from_index(chunk: Chunk, rows: u64, index: &[PageLocation]) -> Self {
        let mut map = Self::new(chunk, rows);
        if map.dictionary.is_none() {
            // Some writers keep silent about the dictionary; what stands before the first data
            // page can be nothing else.
            map.dictionary = index
                .first()
                .map(|first| ByteRange::new(chunk.range.start, first.offset))
                .filter(|range| !range.is_empty());
        }
        let ends = index.iter().skip(1).map(|page| page.first_row).chain([rows]);
        map.pages = index
            .iter()
            .zip(ends)
            .map(|(page, end)| PageEntry {
                range: ByteRange::new(page.offset, page.offset + u64::from(page.page_bytes)),
                first_row: page.first_row,
                rows: end.saturating_sub(page.first_row),
                uses_dictionary: None,
                stats: PageStats::default(),
            })
            .collect();
        map.next = (chunk.range.end, rows);
        map
    }

    /// Says of each page whether its values are indexes into the dictionary.
    pub fn mark_dictionary_pages(&mut self, flags: &[bool]) {
        for (page, flag) in self.pages.iter_mut().zip(flags) {
            page.uses_dictionary = Some(*flag);
        }
    }

    /// Says of each page what is said of its values.
    pub fn mark_stats(&mut self, all: &[PageStats]) {
        for (page, stats) in self.pages.iter_mut().zip(all) {
            page.stats = *stats;
        }
    }

    /// The chunk.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// Rows of the chunk.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Pages known.
    pub fn pages(&self) -> &[PageEntry] {
        &self.pages
    }

    /// Where the dictionary page lies, if there is one and it is known.
    pub fn dictionary(&self) -> Option<ByteRange> {
        self.dictionary
    }

    /// Where the first page that is not known begins, and its first row in the row group.
    pub fn frontier(&self) -> (u64, u64) {
        self.next
    }

    /// Whether every page is known.
    pub fn is_complete(&self) -> bool {
        self.next.1 >= self.rows
    }

    /// The page that holds `row`, counted from the start of the row group.
    pub fn page_of(&self, row: u64) -> Option<&PageEntry> {
        let of = |pages: &'_ [PageEntry]| {
            let after = pages.partition_point(|page| page.first_row <= row);
            after.checked_sub(1).filter(|place| {
                pages.get(*place).is_some_and(|page: &PageEntry| row < page.first_row + page.rows)
            })
        };
        match of(&self.pages) {
            Some(place) => self.pages.get(place),
            None => self.tail.get(of(&self.tail)?),
        }
    }

    /// Where the pages begin that are known up to the chunk's end; that end where none are.
    pub fn tail_start(&self) -> u64 {
        self.tail.first().map_or(self.chunk.range.end, |page| page.range.start)
    }

    /// Takes note of pages that follow each other up to [`Self::tail_start`]. Their rows are counted from the end;
    /// false where there are not so many, and then nothing is taken.
    pub fn learn_tail(&mut self, found: &[(u64, PageHeader)]) -> bool {
        let known = self.tail.first().map_or(self.rows, |page| page.first_row);
        let rows: u64 = found.iter().filter_map(|(_, header)| header.values()).map(u64::from).sum();
        let Some(mut first_row) = known.checked_sub(rows).filter(|first| *first >= self.next.1) else {
            return false;
        };
        let mut pages = Vec::with_capacity(found.len() + self.tail.len());
        for (offset, header) in found {
            let rows = u64::from(header.values().unwrap_or(0));
            pages.push(PageEntry {
                range: ByteRange::new(*offset, offset + header.page_bytes()),
                first_row,
                rows,
                uses_dictionary: header.encoding().map(super::header::Encoding::uses_dictionary),
                stats: header.stats,
            });
            first_row += rows;
        }
        pages.append(&mut self.tail);
        self.tail = pages;
        self.join_tail();
        true
    }

    /// Where the pages known from the front reach those known from the end, all are known. Where they do not fit
    /// together, those from the front are right.
    fn join_tail(&mut self) {
        let Some(first) = self.tail.first() else { return };
        if self.next == (first.range.start, first.first_row) {
            self.pages.append(&mut self.tail);
            self.next = (self.chunk.range.end, self.rows);
        } else if self.next.0 >= first.range.start || self.next.1 >= first.first_row {
            self.tail.clear();
        }
    }

    /// Takes note of the header at `offset`. Pages that are known already are left as they are,
    /// but for what only a header says.
    ///
    /// # Errors
    /// Where the page reaches beyond the chunk or holds more rows than the row group has left.
    pub fn learn(&mut self, offset: u64, header: &PageHeader) -> Result<()> {
        let uses_dictionary = header.encoding().map(super::header::Encoding::uses_dictionary);
        if offset == self.chunk.range.start && matches!(header.kind, PageKind::Dictionary { .. }) {
            self.place_dictionary(offset, header)?;
            return Ok(());
        }
        if offset != self.next.0 {
            for pages in [&mut self.pages, &mut self.tail] {
                let place = pages.partition_point(|page| page.range.start < offset);
                if let Some(page) = pages.get_mut(place).filter(|page| page.range.start == offset) {
                    page.uses_dictionary = uses_dictionary;
                    page.stats = header.stats;
                }
            }
            return Ok(());
        }
        let range = ByteRange::new(offset, offset + header.page_bytes());
        if range.end > self.chunk.range.end {
            return Err(Error::corrupt(format!(
                "page {} ends at {}, its chunk at {}",
                self.pages.len(),
                range.end,
                self.chunk.range.end
            )));
        }
        let first_row = self.next.1;
        let rows = u64::from(header.values().unwrap_or(0));
        if first_row + rows > self.rows {
            return Err(Error::corrupt(format!(
                "page {} has more rows than its row group",
                self.pages.len()
            )));
        }
        match header.kind {
            PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                self.pages.push(PageEntry { range, first_row, rows, uses_dictionary, stats: header.stats });
            }
            PageKind::Dictionary { .. } => self.dictionary = Some(range),
            PageKind::Other => {}
        }
        self.next = (range.end, first_row + rows);
        self.join_tail();
        if range.end == self.chunk.range.end && self.next.1 < self.rows {
            return Err(Error::corrupt(format!(
                "its pages hold {} rows, the row group {}",
                self.next.1, self.rows
            )));
        }
        Ok(())
    }

    /// The dictionary's own header says where the first data page is, whatever the footer says: some
    /// writers did not count that header.
    fn place_dictionary(&mut self, offset: u64, header: &PageHeader) -> Result<()> {
        let range = ByteRange::new(offset, offset + header.page_bytes());
        if range.end > self.chunk.range.end {
            return Err(Error::corrupt("its dictionary reaches beyond its chunk"));
        }
        self.dictionary = Some(range);
        if self.pages.is_empty() {
            self.next = (range.end, 0);
        }
        Ok(())
    }

    /// Whether the place of the first data page is the footer's word alone, with a dictionary before it.
    pub fn is_first_page_unproven(&self) -> bool {
        self.pages.is_empty() && self.dictionary.is_some() && self.next.0 == self.chunk.first_data
    }

    /// About where the page that holds `row` begins, judged by the pages known and by the average of those
    /// between them.
    pub fn estimate(&self, row: u64) -> u64 {
        let (offset, first_row) = self.next;
        let end_row = self.tail.first().map_or(self.rows, |page| page.first_row);
        let bytes = self.tail_start().saturating_sub(offset) as f64;
        let rows = end_row.saturating_sub(first_row).max(1) as f64;
        offset + (bytes * (row.saturating_sub(first_row) as f64 / rows).min(1.0)) as u64
    }

    /// Bytes of a page on average: of those ahead.
    pub fn average_page_bytes(&self) -> u64 {
        self.page_sizes().average
    }

    /// How long the pages ahead are: as the last ones known, where those and the rows that are left agree; else as
    /// writers make them, of one MiB before compression, or of as many rows.
    pub fn page_sizes(&self) -> PageSizes {
        let ratio = self.chunk.range.len() as f64 / self.chunk.uncompressed_bytes.max(1) as f64;
        let usual = ((1u64 << 20) as f64 * ratio.clamp(0.01, 1.0)) as u64;
        let Some(last) = self.pages.last() else { return PageSizes { average: usual, spread: None } };
        // Dictionary-encoded pages at the front say nothing about the plain ones after them.
        let same = |page: &&PageEntry| page.uses_dictionary == last.uses_dictionary;
        let sample: Vec<&PageEntry> = self.pages.iter().rev().take(SAMPLE).take_while(same).collect();
        let count = sample.len().max(1) as f64;
        let rows = sample.iter().map(|page| page.rows).max().unwrap_or(1);
        let end_row = self.tail.first().map_or(self.rows, |page| page.first_row);
        let left =
            (self.tail_start().saturating_sub(self.next.0), end_row.saturating_sub(self.next.1).max(1));
        let by_rows = (left.0 as f64 * rows as f64 / left.1 as f64).max(1.0);
        let mean = sample.iter().map(|page| page.range.len() as f64).sum::<f64>() / count;
        if (mean - by_rows).abs() > by_rows / 8.0 {
            return PageSizes { average: usual.min(by_rows as u64).max(1), spread: None };
        }
        let lengths = sample.iter().map(|page| page.range.len());
        PageSizes { average: mean as u64, spread: spread(lengths.collect()).map(|(_, spread)| spread) }
    }

    /// Whether its pages are about as long as their values: then they are nearly equally long.
    pub fn is_hardly_compressed(&self) -> bool {
        self.chunk.range.len() > self.chunk.uncompressed_bytes / 10 * 6
    }
}

/// The average of some pages' lengths, and how much they differ, as in [`PageSizes`]; none of too few.
pub fn spread(lengths: Vec<u64>) -> Option<(u64, (u64, u64))> {
    if lengths.len() < LEAST_SAMPLE {
        return None;
    }
    let count = lengths.len() as f64;
    let mean = lengths.iter().map(|len| *len as f64).sum::<f64>() / count;
    let square = |len: &u64| (*len as f64 - mean).powi(2);
    let deviation = (lengths.iter().map(square).sum::<f64>() / count).sqrt();
    Some((mean as u64, (deviation.ceil() as u64, lengths.len() as u64)))
}

#[cfg(test)]
mod tests {
    use super::PageMap;
    use crate::base::bytes::ByteRange;
    use crate::formats::parquet::codec::Codec;
    use crate::formats::parquet::header::{Encoding, PageHeader, PageKind, PageLocation};
    use crate::formats::parquet::meta::Chunk;

    fn chunk() -> Chunk {
        Chunk {
            range: ByteRange::new(100, 400),
            dictionary: None,
            first_data: 100,
            values: 30,
            uncompressed_bytes: 600,
            codec: Codec::Snappy,
            offset_index: None,
        }
    }

    fn page(kind: PageKind) -> PageHeader {
        PageHeader {
            kind,
            header_bytes: 20,
            body_bytes: 80,
            uncompressed_bytes: 200,
            crc: None,
            stats: super::PageStats::default(),
        }
    }

    fn data(values: u32) -> PageHeader {
        page(PageKind::DataV1 { values, encoding: Encoding::Plain, levels: Encoding::Rle })
    }

    #[test]
    fn pages_are_learned_in_order() {
        let mut map = PageMap::new(chunk(), 30);
        map.learn(300, &data(20)).unwrap();
        assert_eq!(map.pages().len(), 0, "a page beyond the frontier is not placed");
        map.learn(100, &page(PageKind::Dictionary { values: 3 })).unwrap();
        map.learn(200, &data(10)).unwrap();
        assert_eq!(map.frontier(), (300, 10));
        assert_eq!(map.dictionary(), Some(ByteRange::new(100, 200)));
        assert_eq!(map.page_of(9).map(|page| page.range), Some(ByteRange::new(200, 300)));
        assert_eq!(map.page_of(10), None);
        map.learn(300, &data(20)).unwrap();
        assert!(map.is_complete());
        assert_eq!(map.page_of(29).map(|page| page.first_row), Some(10));
    }

    #[test]
    fn pages_that_contradict_the_chunk_are_refused() {
        let mut map = PageMap::new(chunk(), 30);
        assert!(map.learn(100, &data(31)).is_err());
        map.learn(100, &data(10)).unwrap();
        map.learn(200, &data(10)).unwrap();
        assert!(map.learn(300, &data(9)).is_err(), "the chunk ends with a row missing");
    }

    #[test]
    fn an_index_gives_the_whole_map() {
        let index = [
            PageLocation { offset: 120, page_bytes: 80, first_row: 0 },
            PageLocation { offset: 200, page_bytes: 200, first_row: 12 },
        ];
        chunk().check_index(&index, 30).unwrap();
        let map = PageMap::from_index(chunk(), 30, &index);
        assert!(map.is_complete());
        assert_eq!(map.dictionary(), Some(ByteRange::new(100, 120)));
        assert_eq!(map.page_of(11).map(|page| page.rows), Some(12));
        assert_eq!(map.page_of(12).map(|page| page.rows), Some(18));
        assert!(
            chunk().check_index(&[PageLocation { offset: 350, page_bytes: 80, first_row: 0 }], 30).is_err()
        );
    }
}
