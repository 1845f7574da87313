//! Page headers and the offset index.
//!
//! Source: `PageHeader` and `OffsetIndex` in Apache Parquet's `parquet.thrift`.

use super::stats::PageStats;
use super::thrift::{FieldType, Thrift};
use crate::base::error::{Error, ErrorKind, Result};

/// A header longer than this is rejected. Statistics of long strings are in it, twice, and
/// writers cut those to a few hundred bytes, old ones to a page.
pub const MAX_HEADER_BYTES: usize = 4 << 20;

/// How the values of a page are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// One after another.
    Plain,
    /// The old name of [`Encoding::RleDictionary`] in data pages, of plain in dictionary pages.
    PlainDictionary,
    /// Runs and bit-packed groups.
    Rle,
    /// The old bit-packed levels.
    BitPacked,
    /// Differences, bit-packed.
    DeltaBinaryPacked,
    /// Lengths as differences, then the bytes.
    DeltaLengthByteArray,
    /// Common prefixes, then the rest.
    DeltaByteArray,
    /// Indexes into the dictionary page.
    RleDictionary,
    /// First bytes of all values, then second bytes, and so on.
    ByteStreamSplit,
}

impl Encoding {
    /// The encoding of this number.
    ///
    /// # Errors
    /// Where no encoding is known that has it.
    pub fn from_code(code: i64) -> Result<Self> {
        Ok(match code {
            0 => Self::Plain,
            2 => Self::PlainDictionary,
            3 => Self::Rle,
            4 => Self::BitPacked,
            5 => Self::DeltaBinaryPacked,
            6 => Self::DeltaLengthByteArray,
            7 => Self::DeltaByteArray,
            8 => Self::RleDictionary,
            9 => Self::ByteStreamSplit,
            other => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!("encoding number {other} is not known"),
                ));
            }
        })
    }

    /// Its name as the format spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::PlainDictionary => "PLAIN_DICTIONARY",
            Self::Rle => "RLE",
            Self::BitPacked => "BIT_PACKED",
            Self::DeltaBinaryPacked => "DELTA_BINARY_PACKED",
            Self::DeltaLengthByteArray => "DELTA_LENGTH_BYTE_ARRAY",
            Self::DeltaByteArray => "DELTA_BYTE_ARRAY",
            Self::RleDictionary => "RLE_DICTIONARY",
            Self::ByteStreamSplit => "BYTE_STREAM_SPLIT",
        }
    }

    /// Whether the values are indexes into the chunk's dictionary.
    pub const fn uses_dictionary(self) -> bool {
        matches!(self, Self::PlainDictionary | Self::RleDictionary)
    }
}

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// The chunk's dictionary.
    Dictionary {
        /// Entries.
        values: u32,
    },
    /// Values, everything compressed together.
    DataV1 {
        /// Values, nulls included.
        values: u32,
        /// How they are written.
        encoding: Encoding,
        /// How definition levels are written.
        levels: Encoding,
    },
    /// Values, with the levels in front and never compressed.
    DataV2 {
        /// Values, nulls included.
        values: u32,
        /// Nulls.
        nulls: u32,
        /// Rows that begin in the page.
        rows: u32,
        /// How the values are written.
        encoding: Encoding,
        /// Length of the definition levels.
        definition_bytes: u32,
        /// Length of the repetition levels.
        repetition_bytes: u32,
        /// Whether the values are compressed.
        compressed: bool,
    },
    /// Something that carries no values.
    Other,
}

/// A page header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageHeader {
    /// What the page holds.
    pub kind: PageKind,
    /// Length of the header itself.
    pub header_bytes: u32,
    /// Length of what follows it in the file.
    pub body_bytes: u32,
    /// Length of the body once decompressed.
    pub uncompressed_bytes: u32,
    /// CRC-32 of the body as it is in the file, where the writer gave one.
    pub crc: Option<u32>,
    /// What it says of the values.
    pub stats: PageStats,
}

impl PageHeader {
    /// Bytes from the start of the header to the end of the page.
    pub fn page_bytes(&self) -> u64 {
        u64::from(self.header_bytes) + u64::from(self.body_bytes)
    }

    /// Values in a data page, nulls included; none for other pages.
    pub fn values(&self) -> Option<u32> {
        match self.kind {
            PageKind::DataV1 { values, .. } | PageKind::DataV2 { values, .. } => Some(values),
            PageKind::Dictionary { .. } | PageKind::Other => None,
        }
    }

    /// How a data page's values are written.
    pub fn encoding(&self) -> Option<Encoding> {
        match self.kind {
            PageKind::DataV1 { encoding, .. } | PageKind::DataV2 { encoding, .. } => Some(encoding),
            PageKind::Dictionary { .. } | PageKind::Other => None,
        }
    }

    /// Reads the header at the front of `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] where `bytes` end within the header; more of them may help.
    /// Anything else where they can't be a header.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let window = bytes.get(..MAX_HEADER_BYTES).unwrap_or(bytes);
        let mut thrift = Thrift::new(window);
        let (mut code, mut uncompressed, mut body, mut crc) = (None, None, None, None);
        let (mut v1, mut v2, mut dictionary) = (None, None, None);
        let mut stats = PageStats::default();
        let mut last = 0;
        while let Some((number, kind)) = thrift.field(last)? {
            match number {
                1 => code = Some(thrift.int()?),
                2 => uncompressed = Some(thrift.size()?),
                3 => body = Some(thrift.size()?),
                4 => crc = Some(thrift.int()? as u32),
                5 => v1 = Some(data_v1(&mut thrift, &mut stats)?),
                7 => dictionary = Some(dictionary_page(&mut thrift)?),
                8 => v2 = Some(data_v2(&mut thrift, &mut stats)?),
                _ => thrift.skip(kind)?,
            }
            last = number;
        }
        let missing = |what: &str| Error::corrupt(format!("the page header has no {what}"));
        let kind = match code.ok_or_else(|| missing("page type"))? {
            0 => v1.ok_or_else(|| missing("data page part"))?,
            1 => PageKind::Other,
            2 => dictionary.ok_or_else(|| missing("dictionary part"))?,
            3 => v2.ok_or_else(|| missing("data page part"))?,
            other => return Err(Error::corrupt(format!("no page has the type {other}"))),
        };
        Ok(Self {
            kind,
            header_bytes: thrift.position() as u32,
            body_bytes: body.ok_or_else(|| missing("size"))?,
            uncompressed_bytes: uncompressed.ok_or_else(|| missing("uncompressed size"))?,
            crc,
            stats,
        })
    }
}

fn data_v1(thrift: &mut Thrift<'_>, stats: &mut PageStats) -> Result<PageKind> {
    let (mut values, mut encoding, mut levels) = (None, None, Encoding::Rle);
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        match number {
            1 => values = Some(thrift.size()?),
            2 => encoding = Some(Encoding::from_code(thrift.int()?)?),
            3 => levels = Encoding::from_code(thrift.int()?)?,
            5 if kind == FieldType::Struct => *stats = PageStats::read(thrift)?,
            _ => thrift.skip(kind)?,
        }
        last = number;
    }
    match (values, encoding) {
        (Some(values), Some(encoding)) => Ok(PageKind::DataV1 { values, encoding, levels }),
        _ => Err(Error::corrupt("a data page header is incomplete")),
    }
}

fn dictionary_page(thrift: &mut Thrift<'_>) -> Result<PageKind> {
    let mut values = None;
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        match number {
            1 => values = Some(thrift.size()?),
            _ => thrift.skip(kind)?,
        }
        last = number;
    }
    let values = values.ok_or_else(|| Error::corrupt("a dictionary page header is incomplete"))?;
    Ok(PageKind::Dictionary { values })
}

fn data_v2(thrift: &mut Thrift<'_>, stats: &mut PageStats) -> Result<PageKind> {
    let (mut values, mut nulls, mut rows, mut encoding) = (None, None, None, None);
    let (mut definition_bytes, mut repetition_bytes, mut compressed) = (0, 0, true);
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        match number {
            1 => values = Some(thrift.size()?),
            2 => nulls = Some(thrift.size()?),
            3 => rows = Some(thrift.size()?),
            4 => encoding = Some(Encoding::from_code(thrift.int()?)?),
            5 => definition_bytes = thrift.size()?,
            6 => repetition_bytes = thrift.size()?,
            7 => compressed = kind == FieldType::True,
            8 if kind == FieldType::Struct => *stats = PageStats::read(thrift)?,
            _ => thrift.skip(kind)?,
        }
        last = number;
    }
    match (values, nulls, rows, encoding) {
        (Some(values), Some(nulls), Some(rows), Some(encoding)) => Ok(PageKind::DataV2 {
            values,
            nulls,
            rows,
            encoding,
            definition_bytes,
            repetition_bytes,
            compressed,
        }),
        _ => Err(Error::corrupt("a data page header is incomplete")),
    }
}

/// One entry of an offset index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLocation {
    /// Where the page's header begins in the file.
    pub offset: u64,
    /// Length of header and body.
    pub page_bytes: u32,
    /// First row, counted from the start of the row group.
    pub first_row: u64,
}

/// Reads an offset index.
///
/// # Errors
/// Where the bytes are no offset index.
pub fn offset_index(bytes: &[u8]) -> Result<Vec<PageLocation>> {
    let mut thrift = Thrift::new(bytes);
    let mut pages = Vec::new();
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        if number == 1 {
            let (_, len) = thrift.list()?;
            pages.reserve(len.min(1 << 20));
            for _ in 0..len {
                pages.push(page_location(&mut thrift)?);
            }
        } else {
            thrift.skip(kind)?;
        }
        last = number;
    }
    Ok(pages)
}

fn page_location(thrift: &mut Thrift<'_>) -> Result<PageLocation> {
    let (mut offset, mut page_bytes, mut first_row) = (None, None, None);
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        match number {
            1 => offset = u64::try_from(thrift.int()?).ok(),
            2 => page_bytes = Some(thrift.size()?),
            3 => first_row = u64::try_from(thrift.int()?).ok(),
            _ => thrift.skip(kind)?,
        }
        last = number;
    }
    match (offset, page_bytes, first_row) {
        (Some(offset), Some(page_bytes), Some(first_row)) => {
            Ok(PageLocation { offset, page_bytes, first_row })
        }
        _ => Err(Error::corrupt("a page location is incomplete")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, PageHeader, PageKind};
    use crate::base::error::ErrorKind;

    /// type 0, uncompressed 1000, compressed 300, data header (5,000 values, plain, rle, rle).
    const HEADER: &[u8] = &[
        0x15, 0, 0x15, 0xd0, 0x0f, 0x15, 0xd8, 0x04, 0x2c, 0x15, 0x90, 0x4e, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0,
    ];

    #[test]
    fn a_data_page_header_is_read() {
        let header = PageHeader::parse(HEADER).unwrap();
        assert_eq!(
            header,
            PageHeader {
                kind: PageKind::DataV1 { values: 5_000, encoding: Encoding::Plain, levels: Encoding::Rle },
                header_bytes: HEADER.len() as u32,
                body_bytes: 300,
                uncompressed_bytes: 1000,
                crc: None,
                stats: super::PageStats::default(),
            }
        );
    }

    #[test]
    fn a_header_cut_anywhere_asks_for_more() {
        for len in 0..HEADER.len() {
            let error = PageHeader::parse(HEADER.get(..len).unwrap()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Truncated, "cut at {len}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = PageHeader::parse(&bytes);
            let _ = super::offset_index(&bytes);
        }
    }
}
