//! Parquet, a row group at a time, compressed with snappy.
//!
//! The writer of the `parquet` crate takes a row group column by column, so that the rows of one
//! wait here as columns.

use super::{Field, Form, RowFormat};
use crate::base::calendar::DAY_MILLIS;
use crate::base::error::{Error, ErrorKind, Result};
use crate::table::column::Value;
use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io;
use std::sync::Arc;

/// Rows of a row group: few enough to be put together while somebody waits, enough for readers.
const GROUP_ROWS: usize = 64 << 10;

/// A row group ends early where its texts take more than this.
const GROUP_BYTES: usize = 24 << 20;

/// Writes a parquet file.
pub struct ParquetFile {
    writer: SerializedFileWriter<Sink>,
    columns: Vec<Builder>,
    at: usize,
    rows: usize,
    bytes: usize,
}

/// Where the writer writes: memory, from which pieces are taken.
#[derive(Debug, Default)]
struct Sink(Vec<u8>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A column of the row group that is being put together.
struct Builder {
    /// 1 where a row has a value, else 0.
    levels: Vec<i16>,
    data: ColumnData,
}

enum ColumnData {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<u8>, Vec<usize>),
}

impl ParquetFile {
    /// The beginning of a file.
    ///
    /// # Errors
    /// Where the columns make no schema: two of one name, for example.
    pub fn new(fields: &[Field]) -> Result<Self> {
        let columns = fields.iter().map(|field| {
            let (physical, converted) = stored(field.form);
            Type::primitive_type_builder(&field.name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_converted_type(converted)
                .build()
                .map(Arc::new)
        });
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>().map_err(failed)?;
        let schema = Type::group_type_builder("schema").with_fields(columns).build().map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("Vitrine ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .build();
        let writer = SerializedFileWriter::new(Sink::default(), Arc::new(schema), Arc::new(properties))
            .map_err(failed)?;
        let columns = fields.iter().map(|field| Builder { levels: Vec::new(), data: data(field.form) });
        Ok(Self { writer, columns: columns.collect(), at: 0, rows: 0, bytes: 0 })
    }

    fn write_group(&mut self) -> Result<()> {
        if std::mem::take(&mut self.rows) == 0 {
            return Ok(());
        }
        self.bytes = 0;
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for builder in &mut self.columns {
            let Some(mut column) = group.next_column().map_err(failed)? else { break };
            builder.write(column.untyped()).map_err(failed)?;
            column.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.writer.flush().map_err(|error| failed(error.into()))
    }
}

impl RowFormat for ParquetFile {
    fn cell(&mut self, field: &Field, value: Value<'_>) -> Result<()> {
        if let Some(builder) = self.columns.get_mut(self.at) {
            self.bytes += builder.push(field.form, value);
        }
        self.at += 1;
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        self.at = 0;
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES { self.write_group() } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<()> {
        self.write_group()?;
        self.writer.finish().map_err(failed)?;
        self.writer.flush().map_err(|error| failed(error.into()))
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.writer.inner_mut().0)
    }

    fn ready_bytes(&self) -> usize {
        self.writer.inner().0.len()
    }
}

impl Builder {
    /// Adds a value, or its absence; roughly how much memory it takes.
    fn push(&mut self, form: Form, value: Value<'_>) -> usize {
        let taken = match (&mut self.data, value) {
            (ColumnData::Bool(all), Value::Bool(value)) => {
                all.push(value);
                1
            }
            (ColumnData::Int32(all), Value::Int(value)) => {
                // Unsigned ones are kept as their bits.
                all.push(if form == Form::Date { value.div_euclid(DAY_MILLIS) } else { value } as i32);
                4
            }
            (ColumnData::Int64(all), Value::Int(value)) => {
                all.push(value);
                8
            }
            (ColumnData::Int64(all), Value::UInt(value)) => {
                all.push(value as i64);
                8
            }
            (ColumnData::Float(all), Value::Float32(value)) => {
                all.push(value);
                4
            }
            (ColumnData::Double(all), Value::Float64(value)) => {
                all.push(value);
                8
            }
            (ColumnData::Double(all), Value::Float32(value)) => {
                all.push(f64::from(value));
                8
            }
            (ColumnData::Bytes(all, ends), Value::Bytes(bytes)) => {
                // Readers may take the file's word that text is UTF-8.
                match std::str::from_utf8(bytes) {
                    Err(_) if form != Form::Binary => {
                        all.extend_from_slice(String::from_utf8_lossy(bytes).as_bytes());
                    }
                    _ => all.extend_from_slice(bytes),
                }
                ends.push(all.len());
                bytes.len() + 8
            }
            // A column's values all have its one type.
            (_, _) => 0,
        };
        self.levels.push(i16::from(taken > 0));
        taken + 2
    }

    /// Writes what has come and begins anew.
    fn write(&mut self, column: &mut ColumnWriter<'_>) -> std::result::Result<(), ParquetError> {
        let levels = std::mem::take(&mut self.levels);
        let levels = Some(levels.as_slice());
        match (&mut self.data, column) {
            (ColumnData::Bool(all), ColumnWriter::BoolColumnWriter(column)) => {
                column.write_batch(&std::mem::take(all), levels, None)?;
            }
            (ColumnData::Int32(all), ColumnWriter::Int32ColumnWriter(column)) => {
                column.write_batch(&std::mem::take(all), levels, None)?;
            }
            (ColumnData::Int64(all), ColumnWriter::Int64ColumnWriter(column)) => {
                column.write_batch(&std::mem::take(all), levels, None)?;
            }
            (ColumnData::Float(all), ColumnWriter::FloatColumnWriter(column)) => {
                column.write_batch(&std::mem::take(all), levels, None)?;
            }
            (ColumnData::Double(all), ColumnWriter::DoubleColumnWriter(column)) => {
                column.write_batch(&std::mem::take(all), levels, None)?;
            }
            (ColumnData::Bytes(all, ends), ColumnWriter::ByteArrayColumnWriter(column)) => {
                let all = Bytes::from(std::mem::take(all));
                let mut start = 0;
                let values = std::mem::take(ends).into_iter().map(|end| {
                    let value = ByteArray::from(all.slice(start..end));
                    start = end;
                    value
                });
                column.write_batch(&values.collect::<Vec<_>>(), levels, None)?;
            }
            (_, _) => return Err(ParquetError::General("the column is of another type".to_owned())),
        }
        Ok(())
    }
}

/// How values of a form are stored.
fn stored(form: Form) -> (Physical, ConvertedType) {
    match form {
        Form::Bool => (Physical::BOOLEAN, ConvertedType::NONE),
        Form::Int { signed: true, bits: 8 } => (Physical::INT32, ConvertedType::INT_8),
        Form::Int { signed: true, bits: 16 } => (Physical::INT32, ConvertedType::INT_16),
        Form::Int { signed: true, bits: 32 } => (Physical::INT32, ConvertedType::NONE),
        Form::Int { signed: true, .. } => (Physical::INT64, ConvertedType::NONE),
        Form::Int { signed: false, bits: 8 } => (Physical::INT32, ConvertedType::UINT_8),
        Form::Int { signed: false, bits: 16 } => (Physical::INT32, ConvertedType::UINT_16),
        Form::Int { signed: false, bits: 32 } => (Physical::INT32, ConvertedType::UINT_32),
        Form::Int { signed: false, .. } => (Physical::INT64, ConvertedType::UINT_64),
        Form::Float32 => (Physical::FLOAT, ConvertedType::NONE),
        Form::Float64 => (Physical::DOUBLE, ConvertedType::NONE),
        Form::Time => (Physical::INT64, ConvertedType::TIMESTAMP_MILLIS),
        Form::Date => (Physical::INT32, ConvertedType::DATE),
        Form::TimeOfDay => (Physical::INT32, ConvertedType::TIME_MILLIS),
        Form::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        Form::Binary => (Physical::BYTE_ARRAY, ConvertedType::NONE),
        Form::Json => (Physical::BYTE_ARRAY, ConvertedType::JSON),
    }
}

fn data(form: Form) -> ColumnData {
    match stored(form).0 {
        Physical::BOOLEAN => ColumnData::Bool(Vec::new()),
        Physical::INT32 => ColumnData::Int32(Vec::new()),
        Physical::FLOAT => ColumnData::Float(Vec::new()),
        Physical::DOUBLE => ColumnData::Double(Vec::new()),
        Physical::BYTE_ARRAY => ColumnData::Bytes(Vec::new(), Vec::new()),
        _ => ColumnData::Int64(Vec::new()),
    }
}

fn failed(error: ParquetError) -> Error {
    Error::new(ErrorKind::Internal, format!("the parquet file can't be written: {error}"))
}
