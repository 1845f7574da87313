//! Formats that are written, as one kind of thing.

use super::csv::Csv;
use super::exact::{INTERVAL, interval_bytes, without_intervals};
use super::json::JsonLines;
use super::roots::words;
use crate::base::error::{Error, Result};
use crate::protocol::export::Format;
use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
use parquet::basic::{Compression, Type as Physical};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::mem::take;
use std::sync::Arc;

/// Rows of a row group: few enough to be put together while somebody waits, enough for readers.
const GROUP_ROWS: usize = 128 << 10;

/// A row group ends early where it takes more than this.
const GROUP_BYTES: usize = 32 << 20;

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
        Format::Parquet => Box::new(ParquetFile::new(schema, originals, group_rows)?),
        Format::Arrow => Box::new(ArrowFile::new(schema)?),
    })
}

/// Parquet, compressed with snappy.
struct ParquetFile {
    writer: ArrowWriter<Vec<u8>>,
    schema: SchemaRef,
}

impl ParquetFile {
    fn new(schema: &SchemaRef, originals: &[Option<TypePtr>], group_rows: Option<u32>) -> Result<Self> {
        let group_rows = group_rows.map_or(GROUP_ROWS, |rows| rows as usize);
        let pairs = schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("Vitrine ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(pairs.collect()))
            .set_max_row_group_row_count(Some(group_rows))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .build();
        let fields = without_order(&without_intervals(schema.fields()));
        let written = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_parquet_schema(declared(&written, originals)?);
        let writer = ArrowWriter::try_new_with_options(Vec::new(), written.clone(), options);
        Ok(Self { writer: writer.map_err(failed)?, schema: written })
    }
}

/// Categories stand in this format in the order in which rows have them, and those that no row has are gone: nobody is
/// told that this is the order that they mean.
fn without_order(fields: &Fields) -> Fields {
    let field = |field: &FieldRef| match field.dict_is_ordered() {
        Some(true) => {
            let own = Field::new(field.name(), field.data_type().clone(), field.is_nullable());
            Arc::new(own.with_metadata(field.metadata().clone()))
        }
        Some(false) | None => field.clone(),
    };
    fields.iter().map(field).collect()
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

impl TableWriter for ParquetFile {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.schema.fields() == batch.schema_ref().fields() {
            return self.writer.write(batch).map_err(failed);
        }
        let columns = batch.columns().iter().map(|column| {
            if *column.data_type() != INTERVAL {
                return Ok(column.clone());
            }
            interval_bytes(column).ok_or_else(|| Error::corrupt("an interval is not one of this format"))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(failed)?;
        self.writer.write(&batch).map_err(failed)
    }

    fn tell(&mut self, key: &str, value: &str) {
        self.writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value.to_owned()));
    }

    fn finish(&mut self) -> Result<()> {
        self.writer.finish().map(drop).map_err(failed)
    }

    fn take(&mut self) -> Vec<u8> {
        take(self.writer.inner_mut())
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
            let all = arrow_select::concat::concat_batches(&self.schema, &waiting).map_err(failed)?;
            drop(waiting);
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
