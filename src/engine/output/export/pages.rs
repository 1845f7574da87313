//! Pages that this program found, as the `parquet` crate's readers want them.
//!
//! The crate never sees the file: it asks for the pages of a leaf one after another, and is told that the
//! rows between those that came are on pages it has to skip, which it does without reading them.

use super::task::LeafPage;
use crate::base::error::{Error, Result};
use crate::formats::parquet::codec::{Codec, decompress};
use crate::formats::parquet::decode::unpacked;
use crate::formats::parquet::header::{Encoding, PageHeader, PageKind};
use crate::formats::parquet::meta::ColumnMeta;
use crate::formats::parquet::stats::PageStats;
use bytes::Bytes;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Encoding as ParquetEncoding;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// The pages of a leaf in a row group that came and are not read yet.
#[derive(Debug)]
pub struct Leaf {
    column: ColumnMeta,
    codec: Codec,
    group_rows: u64,
    pages: VecDeque<Stored>,
    /// Rows of a repeated column of which something can't be read, in the order of the file.
    lost: Vec<Range<u64>>,
}

/// Rows without a value are added so many at a time.
const EMPTY_ROWS: u64 = 1 << 16;

/// The header of a page of rows without a value; one of the file never has no levels.
fn empty_page(rows: u32) -> PageHeader {
    standing_in(PageKind::DataV1 { values: rows, levels: Encoding::Rle, encoding: Encoding::Plain })
}

/// The header of a page that stands for rows of lists which are passed over.
fn gap(rows: u32) -> PageHeader {
    standing_in(PageKind::DataV2 {
        values: rows,
        nulls: rows,
        rows,
        encoding: Encoding::Plain,
        definition_bytes: 0,
        repetition_bytes: 0,
        compressed: false,
    })
}

fn standing_in(kind: PageKind) -> PageHeader {
    let stats = PageStats::default();
    PageHeader { kind, header_bytes: 0, body_bytes: 0, uncompressed_bytes: 0, crc: None, stats }
}

/// Levels of rows that have no value: one run of zeros, behind its length.
fn empty_levels(rows: u32, max_definition: u16) -> Vec<u8> {
    let mut run = Vec::new();
    let mut head = u64::from(rows) << 1;
    while head >= 0x80 {
        run.push(head as u8 | 0x80);
        head >>= 7;
    }
    run.push(head as u8);
    let bits = u16::BITS - max_definition.leading_zeros();
    run.resize(run.len() + bits.div_ceil(8) as usize, 0);
    let mut levels = (run.len() as u32).to_le_bytes().to_vec();
    levels.append(&mut run);
    levels
}

#[derive(Debug)]
struct Stored {
    header: PageHeader,
    rows: Option<(u64, u64)>,
    body: Bytes,
}

/// A leaf whose pages one side adds and the other takes.
pub type SharedLeaf = Arc<Mutex<Leaf>>;

impl Leaf {
    /// A leaf of which nothing came.
    pub fn new(column: ColumnMeta, codec: Codec, group_rows: u64) -> SharedLeaf {
        Arc::new(Mutex::new(Self { column, codec, group_rows, pages: VecDeque::new(), lost: Vec::new() }))
    }

    /// Rows of which something can't be read, where those of its column that are lost are passed over.
    pub fn lost(&self) -> &[Range<u64>] {
        &self.lost
    }

    /// Adds a page of rows of lists that are passed over; `lost` are those of which something is lost.
    fn add_gap(&mut self, rows: u64, lost: Option<(u64, u64)>) -> Result<()> {
        let rows = u32::try_from(rows).map_err(|_| Error::corrupt("its values can't be left empty"))?;
        self.pages.push_back(Stored { header: gap(rows), rows: None, body: Bytes::new() });
        self.lost.extend(lost.map(|(first, count)| first..first + count));
        Ok(())
    }

    /// Adds pages of rows without a value, in place of those that can't be read.
    fn add_empty(&mut self, rows: Option<(u64, u64)>) -> Result<()> {
        let (mut first, count) = rows.ok_or_else(|| Error::corrupt("a page is empty"))?;
        if self.column.max_definition == 0 || self.column.max_repetition > 0 {
            return Err(Error::corrupt("its values can't be left empty"));
        }
        let end = first + count;
        while first < end {
            let rows = (end - first).min(EMPTY_ROWS);
            self.pages.push_back(Stored {
                header: empty_page(rows as u32),
                rows: Some((first, rows)),
                body: Bytes::new(),
            });
            first += rows;
        }
        Ok(())
    }
}

/// Adds a page behind those that came before.
///
/// # Errors
/// Where it has no header.
pub fn add(leaf: &SharedLeaf, page: LeafPage) -> Result<()> {
    let LeafPage { leaf: _, rows, bytes, gap_rows } = page;
    let mut leaf = leaf.lock().unwrap_or_else(PoisonError::into_inner);
    match gap_rows {
        Some(own) => return leaf.add_gap(own, rows),
        None if bytes.is_empty() => return leaf.add_empty(rows),
        None => {}
    }
    let header = PageHeader::parse(&bytes)?;
    let bytes = Bytes::from(bytes);
    let (start, end) = (header.header_bytes as usize, header.page_bytes() as usize);
    if end > bytes.len() {
        return Err(Error::corrupt("a page is cut short"));
    }
    let stored = Stored { header, rows, body: bytes.slice(start..end) };
    leaf.pages.push_back(stored);
    Ok(())
}

/// The row group that the crate's readers are made for.
pub struct Group<'a> {
    /// Its rows.
    pub rows: u64,
    /// The leaves of the column that is read.
    pub leaves: Vec<SharedLeaf>,
    /// What the crate asks for and never looks into.
    pub meta: &'a ParquetMetaData,
}

impl RowGroups for Group<'_> {
    fn num_rows(&self) -> usize {
        self.rows as usize
    }

    fn column_chunks(&self, leaf: usize) -> ParquetResult<Box<dyn PageIterator>> {
        let leaf = self.leaves.get(leaf).ok_or_else(|| missing("a column"))?;
        Ok(Box::new(OneChunk(Some(Pages { leaf: leaf.clone(), at_row: 0 }))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::empty())
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.meta
    }
}

struct OneChunk(Option<Pages>);

impl Iterator for OneChunk {
    type Item = ParquetResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(|pages| Ok(Box::new(pages) as Box<dyn PageReader>))
    }
}

impl PageIterator for OneChunk {}

/// The pages of a leaf, one after another.
struct Pages {
    leaf: SharedLeaf,
    /// The first row that was neither read nor skipped.
    at_row: u64,
}

/// What comes next.
enum Next {
    Page(PageMetadata),
    /// So many rows whose pages did not come.
    Gap(u64),
    End,
}

impl Pages {
    fn next_is(&self, leaf: &Leaf) -> Next {
        let repeated = leaf.column.max_repetition > 0;
        let Some(Stored { header, rows, .. }) = leaf.pages.front() else {
            let left = leaf.group_rows.saturating_sub(self.at_row);
            return if repeated || left == 0 { Next::End } else { Next::Gap(left) };
        };
        let levels = header.values().map(|values| values as usize);
        let (num_rows, is_dict) = match header.kind {
            PageKind::Dictionary { .. } => (None, true),
            PageKind::DataV2 { rows, .. } => (Some(rows as usize), false),
            PageKind::DataV1 { .. } => (levels.filter(|_| !repeated), false),
            PageKind::Other => (Some(0), false),
        };
        match rows {
            Some((first, _)) if *first > self.at_row => Next::Gap(first - self.at_row),
            _ => Next::Page(PageMetadata { num_rows, num_levels: levels, is_dict }),
        }
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let leaf = self.leaf.clone();
        let mut leaf = leaf.lock().unwrap_or_else(PoisonError::into_inner);
        match self.next_is(&leaf) {
            Next::End => return Ok(None),
            Next::Gap(_) => return Err(missing("a page")),
            Next::Page(_) => {}
        }
        let Some(stored) = leaf.pages.pop_front() else { return Ok(None) };
        self.at_row += stored.rows.map_or(0, |(_, rows)| rows);
        let page = page(&leaf.column, leaf.codec, &stored);
        page.map(Some).map_err(|error| ParquetError::General(error.to_string()))
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        let leaf = self.leaf.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match self.next_is(&leaf) {
            Next::End => None,
            Next::Page(metadata) => Some(metadata),
            Next::Gap(rows) => Some(PageMetadata {
                num_rows: Some(rows as usize),
                num_levels: Some(rows as usize),
                is_dict: false,
            }),
        })
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        let leaf = self.leaf.clone();
        let mut leaf = leaf.lock().unwrap_or_else(PoisonError::into_inner);
        match self.next_is(&leaf) {
            Next::End => {}
            Next::Gap(rows) => self.at_row += rows,
            Next::Page(_) => {
                let rows = leaf.pages.pop_front().and_then(|stored| stored.rows);
                self.at_row += rows.map_or(0, |(_, rows)| rows);
            }
        }
        Ok(())
    }
}

impl Iterator for Pages {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

fn missing(what: &str) -> ParquetError {
    ParquetError::General(format!("{what} that is needed did not come"))
}

/// A page, decompressed by this program's own codecs.
fn page(column: &ColumnMeta, codec: Codec, stored: &Stored) -> Result<Page> {
    let Stored { header, body, .. } = stored;
    if let (0, PageKind::DataV2 { .. }) = (header.header_bytes, &header.kind) {
        return Err(Error::corrupt("rows that can't be read are not passed over"));
    }
    if let (0, PageKind::DataV1 { values, .. }) = (header.header_bytes, &header.kind) {
        return Ok(Page::DataPage {
            buf: empty_levels(*values, column.max_definition).into(),
            num_values: *values,
            encoding: ParquetEncoding::PLAIN,
            def_level_encoding: ParquetEncoding::RLE,
            rep_level_encoding: ParquetEncoding::RLE,
            statistics: None,
        });
    }
    Ok(match header.kind {
        PageKind::Dictionary { values } => {
            let mut bytes = Vec::new();
            decompress(codec, body, header.uncompressed_bytes as usize, &mut bytes)?;
            let encoding = ParquetEncoding::PLAIN;
            Page::DictionaryPage { buf: bytes.into(), num_values: values, encoding, is_sorted: false }
        }
        PageKind::DataV1 { values, levels, encoding: _ } => {
            let (bytes, values_encoding) = unpacked(column, codec, header, body)?;
            Page::DataPage {
                buf: bytes.into(),
                num_values: values,
                encoding: encoding(values_encoding),
                def_level_encoding: encoding(levels),
                rep_level_encoding: encoding(levels),
                statistics: None,
            }
        }
        PageKind::DataV2 {
            values,
            nulls,
            rows,
            encoding: _,
            definition_bytes,
            repetition_bytes,
            compressed: _,
        } => {
            let (bytes, values_encoding) = unpacked(column, codec, header, body)?;
            Page::DataPageV2 {
                buf: bytes.into(),
                num_values: values,
                encoding: encoding(values_encoding),
                num_nulls: nulls,
                num_rows: rows,
                def_levels_byte_len: definition_bytes,
                rep_levels_byte_len: repetition_bytes,
                is_compressed: false,
                statistics: None,
            }
        }
        PageKind::Other => return Err(Error::corrupt("a page that holds no values")),
    })
}

#[allow(deprecated, reason = "old files have levels that are written in the old way")]
const fn encoding(own: Encoding) -> ParquetEncoding {
    match own {
        Encoding::Plain => ParquetEncoding::PLAIN,
        Encoding::PlainDictionary => ParquetEncoding::PLAIN_DICTIONARY,
        Encoding::Rle => ParquetEncoding::RLE,
        Encoding::BitPacked => ParquetEncoding::BIT_PACKED,
        Encoding::DeltaBinaryPacked => ParquetEncoding::DELTA_BINARY_PACKED,
        Encoding::DeltaLengthByteArray => ParquetEncoding::DELTA_LENGTH_BYTE_ARRAY,
        Encoding::DeltaByteArray => ParquetEncoding::DELTA_BYTE_ARRAY,
        Encoding::RleDictionary => ParquetEncoding::RLE_DICTIONARY,
        Encoding::ByteStreamSplit => ParquetEncoding::BYTE_STREAM_SPLIT,
    }
}
