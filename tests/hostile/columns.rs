//! Pieces of a parquet file: footer, page headers, the way from header to header, pages.

use parquet::basic::{Repetition, Type as PhysicalType};
use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type};
use std::borrow::Cow;
use std::sync::Arc;
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::ErrorKind;
use vitrine::base::moment::{TimeKind, Unit};
use vitrine::formats::parquet::codec::Codec;
use vitrine::formats::parquet::decode::{Values, decode_dictionary, decode_page};
use vitrine::formats::parquet::header::{Encoding, PageHeader, PageKind, offset_index};
use vitrine::formats::parquet::map::PageMap;
use vitrine::formats::parquet::meta::{Chunk, ColumnMeta, Footer, Logical, Physical, read_footer};
use vitrine::formats::parquet::plan::Link;
use vitrine::formats::parquet::walk::{Bytes, Step, Walk};

/// A footer without its length and its magic, of a file of a terabyte.
pub fn footer(data: &[u8]) {
    const FILE_BYTES: u64 = 1 << 40;
    let mut tail = data.to_vec();
    tail.extend_from_slice(&(data.len() as u32).to_le_bytes());
    tail.extend_from_slice(b"PAR1");
    let Ok(Footer::Meta(meta)) = read_footer(&tail, FILE_BYTES) else { return };
    let data_end = FILE_BYTES - tail.len() as u64;
    let mut rows = 0;
    for group in &meta.groups {
        assert_eq!(group.first_row, rows);
        rows += group.rows;
        assert_eq!(group.chunks.len(), meta.columns.len());
        for (chunk, column) in group.chunks.iter().zip(&meta.columns) {
            if group.rows == 0 || column.fault.is_some() {
                continue;
            }
            assert!(chunk.range.start >= 4 && chunk.range.end <= data_end);
            assert!(chunk.range.contains(ByteRange::new(chunk.first_data, chunk.first_data)));
        }
    }
    assert_eq!(meta.rows, rows);
    for column in &meta.columns {
        let _ = column.type_name();
    }
    if rows > 0 {
        let (number, _) = meta.group_of(rows - 1).unwrap();
        assert!(meta.groups[number].rows > 0);
    }
}

fn chunk(range: ByteRange) -> Chunk {
    Chunk {
        range,
        dictionary: None,
        first_data: range.start,
        values: 5_000,
        uncompressed_bytes: 1 << 20,
        codec: Codec::Uncompressed,
        offset_index: None,
    }
}

/// A page header; an offset index.
pub fn header(data: &[u8]) {
    match PageHeader::parse(data) {
        Ok(header) => assert!(header.header_bytes as usize <= data.len()),
        // More bytes may help, and only then may it be called cut short.
        Err(error) if error.kind == ErrorKind::Truncated => {}
        Err(error) => assert_ne!(error.to_string(), ""),
    }
    let chunk = chunk(ByteRange::new(4, 100_000));
    if let Ok(pages) = offset_index(data)
        && chunk.check_index(&pages, 5_000).is_ok()
    {
        let map = PageMap::from_index(chunk, 5_000, &pages);
        assert!(map.is_complete());
        for row in [0, 1, 2_500, 4_999] {
            let page = map.page_of(row).unwrap();
            assert!(chunk.range.contains(page.range) && page.first_row <= row);
        }
    }
}

struct File<'a>(&'a [u8], ByteRange);

impl Bytes for File<'_> {
    fn at(&self, offset: u64, len: u64) -> Cow<'_, [u8]> {
        // Only what was asked for so far is there.
        let end = (offset + len).min(self.1.end).min(self.0.len() as u64);
        let start = offset.max(self.1.start);
        if start != offset {
            return Cow::Borrowed(&[]);
        }
        Cow::Borrowed(self.0.get(start as usize..end as usize).unwrap_or_default())
    }
}

/// A walk over a chunk that is anything: it arrives, it refuses, or it asks for bytes of the chunk.
pub fn walk(data: &[u8]) {
    let Some((rows, data)) = data.split_first_chunk::<2>() else { return };
    let row = u64::from(u16::from_le_bytes(*rows)) % 5_000;
    if data.is_empty() {
        return;
    }
    let range = ByteRange::new(0, data.len() as u64);
    let mut map = PageMap::new(chunk(range), 5_000);
    let mut walk = Walk::new(&map, row, Link::default());
    let mut here = ByteRange::new(0, 0);
    for _ in 0..10_000 {
        match walk.step(&mut map, &File(data, here)) {
            Ok(Step::Arrived) => {
                assert!(map.is_complete() || map.page_of(row).is_some());
                return;
            }
            Ok(Step::Needs(ranges)) => {
                assert!(!ranges.is_empty(), "it stands still");
                for need in &ranges {
                    assert!(!need.is_empty() && range.contains(*need), "{need} of {range}");
                }
                let end = ranges.iter().map(|range| range.end).fold(here.end, u64::max);
                assert!(end > here.end, "it asks for what is here");
                here = ByteRange::new(0, end);
            }
            Err(_) => return,
        }
    }
    panic!("the walk does not end");
}

/// Takes bytes off the front of the input.
struct Dice<'a>(&'a [u8]);

impl Dice<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn below(&mut self, most: u32) -> u32 {
        (u32::from(self.byte()) << 8 | u32::from(self.byte())) % most
    }
}

fn column(dice: &mut Dice<'_>) -> ColumnMeta {
    let (physical, theirs) = match dice.byte() % 8 {
        0 => (Physical::Bool, PhysicalType::BOOLEAN),
        1 => (Physical::Int32, PhysicalType::INT32),
        2 => (Physical::Int64, PhysicalType::INT64),
        3 => (Physical::Int96, PhysicalType::INT96),
        4 => (Physical::Float, PhysicalType::FLOAT),
        5 => (Physical::Double, PhysicalType::DOUBLE),
        6 => (Physical::Bytes, PhysicalType::BYTE_ARRAY),
        _ => (Physical::Fixed(u32::from(dice.byte())), PhysicalType::FIXED_LEN_BYTE_ARRAY),
    };
    // What values mean is not checked against how they are stored: any pair must do.
    let logical = match dice.byte() % 12 {
        0 => Logical::Bool,
        1 => Logical::Int { signed: true, bits: 64 },
        2 => Logical::Int { signed: false, bits: 8 },
        3 => Logical::Float,
        4 => Logical::Float16,
        5 => Logical::Decimal { scale: u16::from(dice.byte()) * 2 },
        6 => Logical::Time(TimeKind::Date, Unit::Millis),
        7 => Logical::Time(TimeKind::Clock, Unit::Micros),
        8 => Logical::Time(TimeKind::Instant, Unit::Nanos),
        9 => Logical::Time(TimeKind::Local, Unit::Seconds),
        10 => Logical::Text,
        _ => Logical::Binary,
    };
    let primitive = Type::primitive_type_builder("a", theirs)
        .with_repetition(Repetition::OPTIONAL)
        .with_length(4)
        .build();
    let path = ColumnPath::new(vec!["a".to_owned()]);
    ColumnMeta {
        name: "a".to_owned(),
        root: "a".to_owned(),
        physical,
        logical,
        wide: None,
        zone: None,
        max_definition: u16::from(dice.byte() % 2),
        max_repetition: 0,
        flat: true,
        descriptor: Arc::new(ColumnDescriptor::new(Arc::new(primitive.unwrap()), 1, 0, path)),
        is_code: false,
        fault: None,
    }
}

/// A page of any type in any encoding.
pub fn page(data: &[u8]) {
    let mut dice = Dice(data);
    let column = column(&mut dice);
    let codecs = [
        Codec::Uncompressed,
        Codec::Snappy,
        Codec::Gzip,
        Codec::Brotli,
        Codec::Lz4,
        Codec::Lz4Raw,
        Codec::Zstd,
        Codec::Lzo,
    ];
    let codec = codecs[usize::from(dice.byte()) % codecs.len()];
    let encodings = [
        Encoding::Plain,
        Encoding::PlainDictionary,
        Encoding::Rle,
        Encoding::BitPacked,
        Encoding::DeltaBinaryPacked,
        Encoding::DeltaLengthByteArray,
        Encoding::DeltaByteArray,
        Encoding::RleDictionary,
        Encoding::ByteStreamSplit,
    ];
    let encoding = encodings[usize::from(dice.byte()) % encodings.len()];
    let flags = dice.byte();
    let values = dice.below(5_000);
    let uncompressed_bytes = dice.below(60_000);
    let levels = if flags & 2 == 0 { Encoding::Rle } else { Encoding::BitPacked };
    let kind = match flags % 2 {
        0 => PageKind::DataV1 { values, encoding, levels },
        _ => PageKind::DataV2 {
            values,
            nulls: 0,
            rows: values,
            encoding,
            definition_bytes: dice.below(100),
            repetition_bytes: dice.below(2),
            compressed: flags & 4 == 0,
        },
    };
    let body = dice.0;
    let header = PageHeader {
        kind,
        header_bytes: 20,
        body_bytes: body.len() as u32,
        uncompressed_bytes,
        crc: None,
        stats: Default::default(),
    };
    let dictionary = (flags & 8 == 0).then_some(usize::from(flags >> 4));
    if let Ok(page) = decode_page(&column, codec, &header, body, dictionary) {
        assert_eq!(page.rows, values);
        let present = page.valid.as_ref().map_or(values as usize, |valid| {
            assert_eq!(valid.len(), values as usize);
            valid.iter().filter(|valid| **valid).count()
        });
        assert_eq!(page.values.len(), present);
        match &page.values {
            Values::Indexes(indexes) => {
                assert!(indexes.highest().is_none_or(|highest| highest < dictionary.unwrap()));
            }
            Values::Bytes(bytes) => {
                assert!((0..bytes.len()).all(|index| bytes.get(index).is_some()));
            }
            Values::Bool(_) | Values::Int(_) | Values::Float32(_) | Values::Float64(_) => {}
        }
    }
    let header = PageHeader { kind: PageKind::Dictionary { values }, ..header };
    if let Ok(entries) = decode_dictionary(&column, codec, &header, body) {
        assert_eq!(entries.len(), values as usize);
    }
}
