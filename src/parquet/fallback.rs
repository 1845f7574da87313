//! Pages in the rarer encodings, decoded by the `parquet` crate.

use super::decode::{ByteValues, Decoded, Values, from_bytes, from_int32, from_int64, int96_millis};
use super::header::{Encoding, PageHeader, PageKind};
use super::meta::{ColumnMeta, Physical};
use crate::error::{Error, Result};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
    Int96, Int96Type,
};
use parquet::errors::Result as ParquetResult;

/// Hands out one page.
struct OnePage(Option<Page>);

impl Iterator for OnePage {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageReader for OnePage {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        Ok(self.0.take())
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        Ok(None)
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.0 = None;
        Ok(())
    }
}

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

/// Decodes a decompressed data page, its levels in front, of a flat column.
pub(super) fn decode(column: &ColumnMeta, header: &PageHeader, bytes: Vec<u8>) -> Result<Decoded> {
    let buf = bytes.into();
    let (rows, page) = match header.kind {
        PageKind::DataV1 { values, encoding: written, levels } => (
            values,
            Page::DataPage {
                buf,
                num_values: values,
                encoding: encoding(written),
                def_level_encoding: encoding(levels),
                rep_level_encoding: parquet::basic::Encoding::RLE,
                statistics: None,
            },
        ),
        PageKind::DataV2 {
            values,
            nulls,
            rows,
            encoding: written,
            definition_bytes,
            repetition_bytes,
            ..
        } => (
            values,
            Page::DataPageV2 {
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
        ),
        PageKind::Dictionary { .. } | PageKind::Other => {
            return Err(Error::corrupt("a data page was expected"));
        }
    };
    let logical = column.logical;
    let (valid, values) = match column.physical {
        Physical::Bool => read::<BoolType>(column, page, rows).map(|(valid, all)| (valid, Values::Bool(all))),
        Physical::Int32 => read::<Int32Type>(column, page, rows)
            .map(|(valid, all)| (valid, from_int32(logical, all.into_iter()))),
        Physical::Int64 => read::<Int64Type>(column, page, rows)
            .map(|(valid, all)| (valid, from_int64(logical, all.into_iter()))),
        Physical::Int96 => read::<Int96Type>(column, page, rows)
            .map(|(valid, all)| (valid, Values::Int(all.iter().map(millis).collect()))),
        Physical::Float => {
            read::<FloatType>(column, page, rows).map(|(valid, all)| (valid, Values::Float32(all)))
        }
        Physical::Double => {
            read::<DoubleType>(column, page, rows).map(|(valid, all)| (valid, Values::Float64(all)))
        }
        Physical::Bytes => read::<ByteArrayType>(column, page, rows).map(|(valid, all)| {
            (valid, from_bytes(logical, join(all.iter().map(|value| value.as_bytes_or_empty()))))
        }),
        Physical::Fixed(_) => read::<FixedLenByteArrayType>(column, page, rows).map(|(valid, all)| {
            (valid, from_bytes(logical, join(all.iter().map(|value| value.as_bytes_or_empty()))))
        }),
    }?;
    Ok(Decoded { rows, valid, values })
}

/// The crate's byte arrays panic when asked for data that was never set.
trait OrEmpty {
    fn as_bytes_or_empty(&self) -> &[u8];
}

impl OrEmpty for parquet::data_type::ByteArray {
    fn as_bytes_or_empty(&self) -> &[u8] {
        if self.is_empty() { &[] } else { self.data() }
    }
}

fn millis(value: &Int96) -> i64 {
    let mut bytes = [0u8; 12];
    for (room, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(value.data()) {
        *room = word.to_le_bytes();
    }
    int96_millis(&bytes)
}

fn join<'a>(values: impl Iterator<Item = &'a [u8]>) -> ByteValues {
    let mut out = ByteValues::default();
    for value in values {
        out.push(value);
    }
    out
}

/// Which rows have a value, none where all have; and the values.
type Read<T> = (Option<Vec<bool>>, Vec<T>);

fn read<T: DataType>(column: &ColumnMeta, page: Page, rows: u32) -> Result<Read<T::T>> {
    let mut reader = ColumnReaderImpl::<T>::new(column.descriptor.clone(), Box::new(OnePage(Some(page))));
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let nullable = column.max_definition > 0;
    let (_, values_read, levels_read) = reader
        .read_records(rows as usize, nullable.then_some(&mut levels), None, &mut values)
        .map_err(|error| Error::corrupt(error.to_string()))?;
    let got = if nullable { levels_read } else { values_read };
    if got != rows as usize {
        return Err(Error::corrupt(format!("{got} values where the header says {rows}")));
    }
    let valid =
        (nullable && values.len() < rows as usize).then(|| levels.iter().map(|level| *level > 0).collect());
    Ok((valid, values))
}
