//! Formats that are written, as one kind of thing.

use super::csv::Csv;
use super::exact::{INTERVAL, interval_bytes, without_intervals};
use super::json::JsonLines;
use super::roots::words;
use crate::base::error::{Error, Result};
use crate::formats::tabular::categories::unified;
use crate::formats::tabular::file::ParquetFile;
use crate::protocol::export::Format;
use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Schema, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{Compression, Type as Physical};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::mem::take;
use std::sync::Arc;

/// Writes rows in a format.
pub trait TableWriter {
    /// Adds rows.
    fn write(&mut self, batch: &RecordBatch) -> Result<()>;
    /// Tells readers something beside the rows, where the format can.
    fn tell(&mut self, _key: &str, _value: &str) {}
    /// Writes what belongs at the end of the file.
    fn finish(&mut self) -> Result<()>;
    /// What has been written since it was last asked.
    fn take(&mut self) -> Vec<u8>;
}

/// The beginning of a file of this format. `originals` are the columns as the file that is read declares them;
/// `group_rows` are the rows of a row group, where not the usual number.
///
/// # Errors
/// Where the format can't hold such columns.
pub fn writer(
    format: Format,
    schema: &SchemaRef,
    originals: &[Option<TypePtr>],
    group_rows: Option<u32>,
) -> Result<Box<dyn TableWriter>> {
    Ok(match format {
        Format::Csv { guard_formulas } => Box::new(Csv::new(schema, guard_formulas)),
        Format::JsonLines => Box::new(JsonLines::new(schema)),
        Format::Parquet => Box::new(ParquetRows::new(schema, originals, group_rows)?),
        Format::Arrow => Box::new(ArrowFile::new(schema)?),
    })
}

/// Parquet, compressed with snappy.
struct ParquetRows {
    file: ParquetFile,
    schema: SchemaRef,
}

impl ParquetRows {
    fn new(schema: &SchemaRef, originals: &[Option<TypePtr>], group_rows: Option<u32>) -> Result<Self> {
        let pairs = schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(pairs.collect()));
        let fields = without_intervals(schema.fields());
        let written = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
        let declared = declared(&written, originals)?;
        let file = ParquetFile::new(&written, properties, Some(declared), group_rows)?;
        Ok(Self { file, schema: written })
    }
}

/// The format's schema of these fields. Where a column is stored as in the file that is read, it is declared as it is
/// there: Arrow does not know all that the format says of values.
fn declared(fields: &SchemaRef, originals: &[Option<TypePtr>]) -> Result<SchemaDescriptor> {
    let plain = ArrowSchemaConverter::new().convert(fields).map_err(failed)?;
    let own = plain.root_schema().get_fields().iter().enumerate().map(|(place, own)| {
        let original = originals.get(place).and_then(Option::as_ref);
        original.filter(|original| is_stored_alike(own, original)).unwrap_or(own).clone()
    });
    let root = Type::group_type_builder("schema").with_fields(own.collect()).build().map_err(failed)?;
    Ok(SchemaDescriptor::new(Arc::new(root)))
}

/// Whether values of two types have the same bytes and levels.
fn is_stored_alike(a: &Type, b: &Type) -> bool {
    if a.get_basic_info().repetition() != b.get_basic_info().repetition() || a.is_group() != b.is_group() {
        return false;
    }
    match (a, b) {
        (Type::PrimitiveType { type_length: own, .. }, Type::PrimitiveType { type_length, .. }) => {
            let (physical, other) = (a.get_physical_type(), b.get_physical_type());
            physical == other && (own == type_length || physical != Physical::FIXED_LEN_BYTE_ARRAY)
        }
        _ => {
            let (own, other) = (a.get_fields(), b.get_fields());
            own.len() == other.len() && own.iter().zip(other).all(|(own, other)| is_stored_alike(own, other))
        }
    }
}

impl TableWriter for ParquetRows {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.schema.fields() == batch.schema_ref().fields() {
            return self.file.write(batch);
        }
        let columns = batch.columns().iter().map(|column| {
            if *column.data_type() != INTERVAL {
                return Ok(column.clone());
            }
            interval_bytes(column).ok_or_else(|| Error::corrupt("an interval is not one of this format"))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(failed)?;
        self.file.write(&batch)
    }

    fn tell(&mut self, key: &str, value: &str) {
        self.file.tell(KeyValue::new(key.to_owned(), value.to_owned()));
    }

    fn finish(&mut self) -> Result<()> {
        self.file.finish()
    }

    fn take(&mut self) -> Vec<u8> {
        self.file.take()
    }
}

/// The file format of Arrow's IPC, which is Feather's second version.
struct ArrowFile {
    writer: FileWriter<Vec<u8>>,
    schema: SchemaRef,
    /// All rows, where a column has a dictionary: the file has one of each, which comes before them.
    waiting: Option<Vec<RecordBatch>>,
}

impl ArrowFile {
    fn new(schema: &SchemaRef) -> Result<Self> {
        let has_dictionary = schema.fields().iter().any(|field| has_dictionary(field.data_type()));
        let writer = FileWriter::try_new(Vec::new(), schema).map_err(failed)?;
        Ok(Self { writer, schema: schema.clone(), waiting: has_dictionary.then(Vec::new) })
    }
}

impl TableWriter for ArrowFile {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match &mut self.waiting {
            Some(waiting) => {
                waiting.push(batch.clone());
                Ok(())
            }
            None => self.writer.write(batch).map_err(failed),
        }
    }

    fn finish(&mut self) -> Result<()> {
        if let Some(waiting) = self.waiting.take().filter(|waiting| !waiting.is_empty()) {
            let all = unified(&waiting)?;
            drop(waiting);
            let all = arrow_select::concat::concat_batches(&self.schema, &all).map_err(failed)?;
            self.writer.write(&all).map_err(failed)?;
        }
        self.writer.finish().map_err(failed)
    }

    fn take(&mut self) -> Vec<u8> {
        take(self.writer.get_mut())
    }
}

fn has_dictionary(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(..) => true,
        DataType::Struct(fields) => fields.iter().any(|field| has_dictionary(field.data_type())),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => has_dictionary(field.data_type()),
        _ => false,
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::corrupt(words(&error))
}
