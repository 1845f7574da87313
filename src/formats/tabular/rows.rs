//! Writes batches of rows as Parquet, a row group at a time.

use super::arrow::UNREAD;
use super::file::ParquetFile;
use super::odd::{OddKind, Odds};
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, IntervalUnit, Schema, SchemaRef};
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::sync::Arc;

/// Rows of a page: what one look at the table reads.
const PAGE_ROWS: usize = 4 << 10;

/// Rows that are put together before they are written.
pub const BATCH_ROWS: usize = 4 << 10;

/// Rows are written earlier where their text is longer than this.
pub const BATCH_BYTES: usize = 4 << 20;

/// A Parquet file that is being written.
pub struct Rows {
    writer: ParquetFile,
    schema: SchemaRef,
    /// Columns that the format can't hold are left out: the places of the others.
    kept: Vec<usize>,
    /// How many rows there are.
    pub count: u64,
}

impl Rows {
    /// A file of these columns.
    ///
    /// # Errors
    /// Where none of them can be written.
    pub fn new(schema: &Schema) -> Result<Self> {
        let kept: Vec<usize> =
            (0..schema.fields().len()).filter(|place| left_out(schema, *place).is_none()).collect();
        if kept.is_empty() {
            let why: Vec<String> = (0..schema.fields().len())
                .filter_map(|place| {
                    Some(format!("{}: {}", schema.field(place).name(), left_out(schema, place)?))
                })
                .collect();
            let message = match why.is_empty() {
                true => "it has no columns".to_owned(),
                false => format!("none of its columns can be read ({})", why.join("; ")),
            };
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let schema = Arc::new(schema.project(&kept).map_err(failed)?);
        let writer = writer(&schema)?;
        Ok(Self { writer, schema, kept, count: 0 })
    }

    /// Adds rows of the columns that the file was begun with.
    ///
    /// # Errors
    /// Where they are of other columns.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let batch = batch.project(&self.kept).map_err(failed)?;
        let batch = RecordBatch::try_new_with_options(
            self.schema.clone(),
            batch.columns().to_vec(),
            &arrow_array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows())),
        );
        let batch = batch.map_err(failed)?;
        self.count += batch.num_rows() as u64;
        self.writer.write(&batch)
    }

    /// What was written since it was last asked.
    pub fn take(&mut self) -> Vec<u8> {
        self.writer.take()
    }

    /// The rest of the file.
    ///
    /// # Errors
    /// Where what was added can't be written.
    pub fn finish(&mut self) -> Result<Vec<u8>> {
        self.writer.finish()?;
        Ok(self.take())
    }
}

/// Takes note of the columns that are left out.
pub fn note_left_out(schema: &Schema, odds: &mut Odds) {
    for (place, field) in schema.fields().iter().enumerate() {
        if let Some(error) = left_out(schema, place) {
            odds.note(OddKind::Column(format!("{}: {error}", field.name())), || 0);
        }
    }
}

/// Why a column can't be written, where it can't.
fn left_out(schema: &Schema, place: usize) -> Option<Error> {
    let field = schema.fields().get(place)?;
    if let Some(why) = field.metadata().get(UNREAD) {
        return Some(Error::new(ErrorKind::Unsupported, why));
    }
    if !may_hold(field.data_type()) {
        return Some(Error::corrupt("its type is none that Parquet has"));
    }
    let alone = Arc::new(Schema::new(vec![field.clone()]));
    let tried = writer(&alone).and_then(|mut writer| {
        writer.write(&RecordBatch::new_empty(alone))?;
        writer.finish()
    });
    tried.err()
}

/// Whether the format has such types at all.
fn may_hold(of: &DataType) -> bool {
    match of {
        // Three numbers of their own, which Parquet has no type for.
        DataType::Union(..) | DataType::Interval(IntervalUnit::MonthDayNano) => false,
        DataType::Struct(fields) => fields.iter().all(|field| may_hold(field.data_type())),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => may_hold(field.data_type()),
        DataType::Dictionary(_, values) => may_hold(values),
        DataType::RunEndEncoded(_, values) => may_hold(values.data_type()),
        _ => true,
    }
}

fn writer(schema: &SchemaRef) -> Result<ParquetFile> {
    let pairs = schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let mut pairs: Vec<KeyValue> = pairs.collect();
    pairs.sort_by(|a, b| a.key.cmp(&b.key));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(pairs))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_data_page_row_count_limit(PAGE_ROWS);
    ParquetFile::new(schema, properties, None, None)
}

/// An error of the crates that write.
pub fn failed(error: impl std::fmt::Display) -> Error {
    let message = error.to_string();
    let words = message
        .split_once(": ")
        .filter(|(kind, _)| kind.ends_with("error"))
        .map_or(message.as_str(), |(_, words)| words);
    let is_unknown = ["not supported", "not support", "not implemented", "NotYetImplemented"];
    match is_unknown.iter().any(|unknown| words.contains(unknown)) {
        true => Error::new(ErrorKind::Unsupported, words),
        false => Error::corrupt(words),
    }
}
