//! Categories: the entries of a dictionary that mean something by themselves, as pandas has them, in an order or not.
//!
//! Readers of Parquet take the order from the dictionary page, where usual writers put entries as rows have them, and
//! those that no row has not at all. So columns of such categories are written here.

use super::rows::failed;
use crate::base::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowNativeTypeOp, DictionaryArray, LargeStringArray, PrimitiveArray, RecordBatch,
    StringArray, UInt32Array,
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::{DataType, Field, Schema};
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of a page.
const PAGE_ROWS: usize = 4 << 10;

/// Whether the entries of a field's dictionary mean something by themselves: they are in an order, or pandas wrote them,
/// to which categories that no row has are part of the column's type.
pub fn are_kept(field: &Field, schema: &Schema) -> bool {
    let told = field.dict_is_ordered() == Some(true) || schema.metadata().contains_key("pandas");
    told && has_texts(field.data_type())
}

/// A field without an order of entries that are no texts: they come in the order in which rows have them.
pub fn without_false_order(field: Field) -> Field {
    let is_true = has_texts(field.data_type()) && field.dict_is_ordered() == Some(true);
    field.with_dict_is_ordered(is_true)
}

/// Whether values are texts in a dictionary.
pub fn has_texts(of: &DataType) -> bool {
    matches!(of, DataType::Dictionary(_, values) if matches!(values.as_ref(), DataType::Utf8 | DataType::LargeUtf8))
}

/// The entries of all dictionaries that a column's batches have, each once, in the order in which they came.
#[derive(Debug, Default)]
pub struct Categories {
    texts: Vec<String>,
    places: HashMap<String, u32>,
}

impl Categories {
    /// The place of each row's entry. Entries that are new are added, whether a row has them or not.
    ///
    /// # Errors
    /// Where the values are no texts in a dictionary.
    pub fn places(&mut self, array: &ArrayRef) -> Result<UInt32Array> {
        if !has_texts(array.data_type()) {
            return Err(failed(format!("{} is no dictionary of texts", array.data_type())));
        }
        let dictionary = array.as_any_dictionary();
        let own = dictionary.values();
        let own: UInt32Array = match own.as_string_opt::<i32>() {
            Some(texts) => texts.iter().map(|text| Some(self.place(text?))).collect(),
            None => own.as_string::<i64>().iter().map(|text| Some(self.place(text?))).collect(),
        };
        let places = arrow_select::take::take(&own, dictionary.keys(), None).map_err(failed)?;
        Ok(places.as_primitive().clone())
    }

    fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// Rows with entries at these places, in a dictionary of this type that has all of them.
    ///
    /// # Errors
    /// Where there are more than its keys can tell apart.
    pub fn array(&self, places: &UInt32Array, of: &DataType) -> Result<ArrayRef> {
        let DataType::Dictionary(key, values) = of else {
            return Err(failed(format!("{of} is no dictionary")));
        };
        let values: ArrayRef = match values.as_ref() {
            DataType::LargeUtf8 => Arc::new(LargeStringArray::from_iter_values(&self.texts)),
            _ => Arc::new(StringArray::from_iter_values(&self.texts)),
        };
        match key.as_ref() {
            DataType::Int8 => keyed::<Int8Type>(places, values),
            DataType::Int16 => keyed::<Int16Type>(places, values),
            DataType::Int32 => keyed::<Int32Type>(places, values),
            DataType::Int64 => keyed::<Int64Type>(places, values),
            DataType::UInt8 => keyed::<UInt8Type>(places, values),
            DataType::UInt16 => keyed::<UInt16Type>(places, values),
            DataType::UInt32 => keyed::<UInt32Type>(places, values),
            _ => keyed::<UInt64Type>(places, values),
        }
    }
}

fn keyed<K: ArrowDictionaryKeyType>(places: &UInt32Array, values: ArrayRef) -> Result<ArrayRef> {
    let many = || Error::corrupt("there are more categories than the column's type tells apart");
    let key = |place: Option<u32>| match place {
        Some(place) => {
            let key = K::Native::from_usize(place as usize).filter(|key| key.as_usize() == place as usize);
            key.filter(|key| !key.is_lt(K::Native::ZERO)).map(Some).ok_or_else(many)
        }
        None => Ok(None),
    };
    let keys = places.iter().map(key).collect::<Result<PrimitiveArray<K>>>()?;
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values).map_err(failed)?))
}

/// Batches whose dictionaries of texts have the same entries: as they stand, those of several batches would be listed
/// again and again, or lose their order.
///
/// # Errors
/// Where there are more entries than a column's type tells apart.
pub fn unified(batches: &[RecordBatch]) -> Result<Vec<RecordBatch>> {
    let Some(first) = batches.first() else { return Ok(Vec::new()) };
    let mut columns: Vec<Vec<ArrayRef>> = batches.iter().map(|batch| batch.columns().to_vec()).collect();
    for (place, field) in first.schema().fields().iter().enumerate() {
        if !has_texts(field.data_type()) {
            continue;
        }
        let mut categories = Categories::default();
        let own = batches.iter().map(|batch| categories.places(batch.column(place)));
        let own = own.collect::<Result<Vec<_>>>()?;
        let all = categories.array(&UInt32Array::from(Vec::<u32>::new()), field.data_type())?;
        let entries = all.as_any_dictionary().values().clone();
        for (columns, places) in columns.iter_mut().zip(&own) {
            if let Some(column) = columns.get_mut(place) {
                // One array of entries, which is told from others by where it is.
                let array = categories.array(places, field.data_type())?;
                *column = array.as_any_dictionary().with_values(entries.clone());
            }
        }
    }
    let batch = |(own, columns): (&RecordBatch, Vec<ArrayRef>)| {
        let rows = arrow_array::RecordBatchOptions::new().with_row_count(Some(own.num_rows()));
        RecordBatch::try_new_with_options(own.schema(), columns, &rows).map_err(failed)
    };
    batches.iter().zip(columns).map(batch).collect()
}

/// A column chunk of categories, of rows that come.
#[derive(Default)]
pub struct Chunk {
    places: Vec<Option<u32>>,
}

impl Chunk {
    /// Adds rows.
    ///
    /// # Errors
    /// Where they are no texts in a dictionary.
    pub fn push(&mut self, categories: &mut Categories, array: &ArrayRef) -> Result<()> {
        self.places.extend(categories.places(array)?.iter());
        Ok(())
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        self.places.len() * size_of::<u32>()
    }

    /// Its bytes, with all categories in front, and what the footer says of them. Nothing is compressed: the numbers of
    /// few categories are short.
    ///
    /// # Errors
    /// Where it is longer than the format allows.
    pub fn close(
        &mut self,
        categories: &Categories,
        column: &ColumnDescPtr,
    ) -> Result<(Vec<u8>, ColumnCloseResult)> {
        let rows = std::mem::take(&mut self.places);
        let mut entries = Vec::new();
        for text in &categories.texts {
            let len = u32::try_from(text.len()).map_err(failed)?;
            entries.extend_from_slice(&len.to_le_bytes());
            entries.extend_from_slice(text.as_bytes());
        }
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = OffsetIndexBuilder::new();
        let mut writer = SerializedPageWriter::new(&mut sink);
        let len = entries.len();
        let page = Page::DictionaryPage {
            buf: entries.into(),
            num_values: categories.texts.len() as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        writer.write_page(CompressedPage::new(page, len)).map_err(failed)?;
        let bits = (usize::BITS - categories.texts.len().saturating_sub(1).leading_zeros()).max(1);
        let mut first = None;
        for part in rows.chunks(PAGE_ROWS) {
            let mut body = Vec::new();
            if column.max_def_level() > 0 {
                let levels = packed(part.iter().map(|place| u32::from(place.is_some())), part.len(), 1);
                body.extend_from_slice(&(levels.len() as u32).to_le_bytes());
                body.extend_from_slice(&levels);
            }
            body.push(bits as u8);
            let present = part.iter().flatten();
            body.extend_from_slice(&packed(present.clone().copied(), present.count(), bits));
            let len = body.len();
            let page = Page::DataPage {
                buf: body.into(),
                num_values: part.len() as u32,
                encoding: Encoding::RLE_DICTIONARY,
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                statistics: None,
            };
            let written = writer.write_page(CompressedPage::new(page, len)).map_err(failed)?;
            first.get_or_insert(written.offset);
            pages.append_offset_and_size(
                written.offset as i64,
                i32::try_from(written.bytes_written).map_err(failed)?,
            );
            pages.append_row_count(part.len() as i64);
        }
        let bytes = sink.into_inner().map_err(failed)?;
        let total = bytes.len() as i64;
        let metadata = ColumnChunkMetaData::builder(column.clone())
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_compression(Compression::UNCOMPRESSED)
            .set_num_values(rows.len() as i64)
            .set_total_compressed_size(total)
            .set_total_uncompressed_size(total)
            .set_dictionary_page_offset(Some(0))
            .set_data_page_offset(first.map_or(total, |first| first as i64))
            .build()
            .map_err(failed)?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows.len() as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(pages.build()),
        };
        Ok((bytes, close))
    }
}

/// Numbers of so many bits as one run of the format's hybrid of runs and bits ("RLE / Bit-Packing Hybrid").
fn packed(numbers: impl Iterator<Item = u32>, count: usize, bits: u32) -> Vec<u8> {
    let groups = count.div_ceil(8);
    let mut out = Vec::with_capacity(4 + groups * bits as usize);
    let mut header = (groups as u64) << 1 | 1;
    while header >= 0x80 {
        out.push(header as u8 | 0x80);
        header >>= 7;
    }
    out.push(header as u8);
    let (mut held, mut held_bits) = (0u64, 0);
    let padding = groups * 8 - count;
    for number in numbers.chain(std::iter::repeat_n(0, padding)) {
        held |= u64::from(number) << held_bits;
        held_bits += bits;
        while held_bits >= 8 {
            out.push(held as u8);
            held >>= 8;
            held_bits -= 8;
        }
    }
    out
}
