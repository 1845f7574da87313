//! Lists and structures of a row group, as JSON.
//!
//! The `parquet` crate assembles the records; the pages that it reads are handed to it decompressed,
//! by the same code that serves flat columns.

use super::codec::{Codec, decompress};
use super::decode::unpack;
use super::header::{Encoding, PageHeader, PageKind};
use super::meta::FileMeta;
use crate::bytes::ByteRange;
use crate::error::{Error, ErrorKind, Result};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::RowGroupReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use std::collections::VecDeque;
use std::ops::Range;

/// A row group whose chunks of one nested column are larger than this is not shown: all of them
/// have to be here for its first row to be put together.
pub const MAX_NESTED_BYTES: u64 = 32 << 20;

/// Rows of a row group that are put together at most.
pub const MAX_NESTED_ROWS: usize = 100_000;

/// A row's JSON ends after so many bytes.
const MAX_JSON_BYTES: usize = 4_000;

/// The chunks that the leaves `leaves` have in row group `group`.
pub fn chunks(meta: &FileMeta, group: usize, leaves: Range<usize>) -> Vec<ByteRange> {
    leaves.filter_map(|leaf| meta.chunk(group, leaf)).map(|chunk| chunk.range).collect()
}

/// The rows of a nested column in a row group, as JSON. `bytes` holds the chunks of its leaves
/// `leaves`, in order.
///
/// # Errors
/// Where a page can't be decoded or the pages do not fit together.
pub fn rows_as_json(
    meta: &FileMeta,
    group: usize,
    leaves: Range<usize>,
    bytes: &[Vec<u8>],
) -> Result<Vec<String>> {
    let broken = |error: &dyn std::fmt::Display| Error::corrupt(error.to_string());
    let metadata =
        meta.source.row_groups().get(group).ok_or_else(|| Error::corrupt("there is no such row group"))?;
    let root = meta.columns.get(leaves.start).map(|column| column.root.clone()).unwrap_or_default();
    let schema = metadata.schema_descr().root_schema();
    let field = schema
        .get_fields()
        .iter()
        .find(|field| field.name() == root)
        .ok_or_else(|| Error::corrupt("the column is not in the schema"))?;
    let projection = Type::group_type_builder(schema.name())
        .with_fields(vec![field.clone()])
        .build()
        .map_err(|error| broken(&error))?;
    let mut pages = Vec::new();
    for (leaf, bytes) in leaves.clone().zip(bytes) {
        let codec = meta.chunk(group, leaf).map_or(Codec::Uncompressed, |chunk| chunk.codec);
        pages.push(read_pages(meta, leaf, codec, bytes)?);
    }
    let reader = Group { metadata, first_leaf: leaves.start, pages };
    let rows = RowIter::from_row_group(Some(projection), &reader).map_err(|error| broken(&error))?;
    rows.take(MAX_NESTED_ROWS)
        .map(|row| {
            let row = row.map_err(|error| broken(&error))?;
            let mut json = String::new();
            if let Some((_, value)) = row.get_column_iter().next() {
                write(value, &mut json);
            }
            Ok(json)
        })
        .collect()
}

/// A chunk's pages, decompressed.
fn read_pages(meta: &FileMeta, leaf: usize, codec: Codec, chunk: &[u8]) -> Result<VecDeque<Page>> {
    let Some(column) = meta.columns.get(leaf) else { return Ok(VecDeque::new()) };
    let mut pages = VecDeque::new();
    let mut rest = chunk;
    while !rest.is_empty() {
        let header = PageHeader::parse(rest)?;
        let body = rest
            .get(header.header_bytes as usize..header.page_bytes() as usize)
            .ok_or_else(|| Error::new(ErrorKind::Corrupt, "a page is longer than its chunk"))?;
        match header.kind {
            PageKind::Dictionary { values } => {
                let mut buf = Vec::new();
                decompress(codec, body, header.uncompressed_bytes as usize, &mut buf)?;
                pages.push_back(Page::DictionaryPage {
                    buf: buf.into(),
                    num_values: values,
                    encoding: encoding(Encoding::Plain),
                    is_sorted: false,
                });
            }
            PageKind::DataV1 { .. } | PageKind::DataV2 { .. } => {
                let (bytes, _, _) = unpack(column, codec, &header, body)?;
                pages.push_back(data_page(&header, bytes)?);
            }
            PageKind::Other => {}
        }
        rest = rest.get(header.page_bytes() as usize..).unwrap_or_default();
    }
    Ok(pages)
}

/// The crate's name of an encoding.
fn encoding(encoding: Encoding) -> parquet::basic::Encoding {
    use parquet::basic::Encoding as Theirs;
    match encoding {
        Encoding::Plain => Theirs::PLAIN,
        Encoding::PlainDictionary => Theirs::PLAIN_DICTIONARY,
        Encoding::Rle => Theirs::RLE,
        #[allow(deprecated, reason = "old files have it")]
        Encoding::BitPacked => Theirs::BIT_PACKED,
        Encoding::DeltaBinaryPacked => Theirs::DELTA_BINARY_PACKED,
        Encoding::DeltaLengthByteArray => Theirs::DELTA_LENGTH_BYTE_ARRAY,
        Encoding::DeltaByteArray => Theirs::DELTA_BYTE_ARRAY,
        Encoding::RleDictionary => Theirs::RLE_DICTIONARY,
        Encoding::ByteStreamSplit => Theirs::BYTE_STREAM_SPLIT,
    }
}

/// A decompressed data page, its levels in front, as the crate takes it.
///
/// # Errors
/// Where the header is not that of a data page.
fn data_page(header: &PageHeader, bytes: Vec<u8>) -> Result<Page> {
    let buf = bytes.into();
    Ok(match header.kind {
        PageKind::DataV1 { values, encoding: written, levels } => Page::DataPage {
            buf,
            num_values: values,
            encoding: encoding(written),
            def_level_encoding: encoding(levels),
            rep_level_encoding: encoding(levels),
            statistics: None,
        },
        PageKind::DataV2 {
            values,
            nulls,
            rows,
            encoding: written,
            definition_bytes,
            repetition_bytes,
            ..
        } => Page::DataPageV2 {
            buf,
            num_values: values,
            encoding: encoding(written),
            num_nulls: nulls,
            num_rows: rows,
            def_levels_byte_len: definition_bytes,
            rep_levels_byte_len: repetition_bytes,
            is_compressed: false,
            statistics: None,
        },
        PageKind::Dictionary { .. } | PageKind::Other => {
            return Err(Error::corrupt("a data page was expected"));
        }
    })
}

/// A row group of which some chunks are in memory.
struct Group<'a> {
    metadata: &'a RowGroupMetaData,
    first_leaf: usize,
    pages: Vec<VecDeque<Page>>,
}

impl RowGroupReader for Group<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.metadata
    }

    fn num_columns(&self) -> usize {
        self.metadata.num_columns()
    }

    fn get_column_page_reader(&self, leaf: usize) -> ParquetResult<Box<dyn PageReader>> {
        let pages = leaf.checked_sub(self.first_leaf).and_then(|place| self.pages.get(place));
        let pages = pages.ok_or_else(|| ParquetError::General("a column is not here".to_owned()))?;
        Ok(Box::new(Pages(pages.clone())))
    }

    fn get_column_bloom_filter(&self, _: usize) -> Option<&Sbbf> {
        None
    }

    fn get_row_iter(&self, projection: Option<Type>) -> ParquetResult<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

/// Pages in order.
struct Pages(VecDeque<Page>);

impl Iterator for Pages {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.pop_front().map(Ok)
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        Ok(self.0.pop_front())
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        Ok(self.0.front().map(|page| PageMetadata {
            num_rows: None,
            num_levels: Some(page.num_values() as usize),
            is_dict: page.is_dictionary_page(),
        }))
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.0.pop_front();
        Ok(())
    }
}

/// Writes a value as JSON, cut once it is too long to look at.
fn write(value: &Field, json: &mut String) {
    if json.len() > MAX_JSON_BYTES {
        if !json.ends_with('…') {
            json.push('…');
        }
        return;
    }
    let quote = |text: &str| serde_json::to_string(text).unwrap_or_default();
    match value {
        Field::Null => json.push_str("null"),
        Field::Bool(value) => json.push_str(&value.to_string()),
        Field::Byte(value) => json.push_str(&value.to_string()),
        Field::Short(value) => json.push_str(&value.to_string()),
        Field::Int(value) | Field::Date(value) | Field::TimeMillis(value) => {
            json.push_str(&value.to_string())
        }
        Field::Long(value)
        | Field::TimeMicros(value)
        | Field::TimestampMillis(value)
        | Field::TimestampMicros(value) => json.push_str(&value.to_string()),
        Field::UByte(value) => json.push_str(&value.to_string()),
        Field::UShort(value) => json.push_str(&value.to_string()),
        Field::UInt(value) => json.push_str(&value.to_string()),
        Field::ULong(value) => json.push_str(&value.to_string()),
        Field::Float16(value) => number(f64::from(value.to_f32()), json),
        Field::Float(value) => number(value.to_string().parse().unwrap_or(f64::NAN), json),
        Field::Double(value) => number(*value, json),
        Field::Decimal(_) => json.push_str(&quote(&value.to_string())),
        Field::Str(text) => match text.char_indices().nth(MAX_JSON_BYTES) {
            Some((end, _)) => json.push_str(&quote(text.get(..end).unwrap_or_default())),
            None => json.push_str(&quote(text)),
        },
        // An image inside the table: how large it is says more than its bytes.
        Field::Bytes(bytes) => json.push_str(&quote(&format!("{} bytes", bytes.len()))),
        Field::Group(row) => write_row(row, json),
        Field::ListInternal(list) => {
            json.push('[');
            for (place, value) in list.elements().iter().enumerate() {
                json.push_str(if place == 0 { "" } else { ", " });
                write(value, json);
            }
            json.push(']');
        }
        Field::MapInternal(map) => {
            json.push('{');
            for (place, (key, value)) in map.entries().iter().enumerate() {
                json.push_str(if place == 0 { "" } else { ", " });
                write(key, json);
                json.push_str(": ");
                write(value, json);
            }
            json.push('}');
        }
    }
}

fn write_row(row: &Row, json: &mut String) {
    json.push('{');
    for (place, (name, value)) in row.get_column_iter().enumerate() {
        json.push_str(if place == 0 { "" } else { ", " });
        json.push_str(&serde_json::to_string(name).unwrap_or_default());
        json.push_str(": ");
        write(value, json);
    }
    json.push('}');
}

/// JSON has no NaN and no infinity.
fn number(value: f64, json: &mut String) {
    if value.is_finite() {
        json.push_str(&value.to_string());
    } else {
        json.push_str(&format!("\"{value}\""));
    }
}
