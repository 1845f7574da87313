//! The reference: the `parquet` crate's arrow reader, a column at a time, told in the words of ours.
//!
//! What ours does not keep is left out of both: times are in milliseconds, decimals are numbers of
//! eight bytes (12 digits behind the first are compared), bytes within nested values are a length, and so are the
//! ends of JSON longer than anyone looks at.

use crate::{Rows, Table};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Everything in a file.
pub fn read(file: &[u8]) -> Table {
    let file = Bytes::copy_from_slice(file);
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let load = || ArrowReaderMetadata::load(&file, options.clone());
    let metadata = guarded(load)?;
    let fields = metadata.parquet_schema().root_schema().get_fields();
    Ok(fields
        .iter()
        .enumerate()
        .map(|(place, field)| (field.name().to_owned(), guarded(|| column(&file, &metadata, place))))
        .collect())
}

/// The reference may panic where a file is broken.
fn guarded<T, E: std::fmt::Display>(run: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string().replace(['\t', '\n'], " ")),
        Err(_) => Err("panic".to_owned()),
    }
}

fn column(file: &Bytes, metadata: &ArrowReaderMetadata, place: usize) -> Rows {
    let error = |error: &dyn std::fmt::Display| error.to_string();
    // Nanoseconds do not hold the years that twelve-byte times can: microseconds do.
    let schema = metadata.schema();
    let fields: Vec<Arc<Field>> = schema.fields().iter().map(|field| in_micros(field, metadata)).collect();
    let options = ArrowReaderOptions::new()
        .with_skip_arrow_metadata(true)
        .with_schema(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file.clone(), options)
        .map_err(|e| error(&e))?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), [place]);
    let reader = builder.with_projection(mask).with_batch_size(1 << 14).build().map_err(|e| error(&e))?;
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|e| error(&e))?;
        let array = batch.column(0);
        let nested = array.data_type().is_nested();
        for row in 0..array.len() {
            let text = if nested { json(array, row) } else { text(array, row) };
            rows.push(text);
        }
    }
    Ok(rows)
}

fn in_micros(field: &Arc<Field>, metadata: &ArrowReaderMetadata) -> Arc<Field> {
    let int96 = metadata.parquet_schema().columns().iter().any(|column| {
        column.path().parts() == [field.name().clone()]
            && column.physical_type() == parquet::basic::Type::INT96
    });
    match field.data_type() {
        DataType::Timestamp(TimeUnit::Nanosecond, zone) if int96 => Arc::new(
            field.as_ref().clone().with_data_type(DataType::Timestamp(TimeUnit::Microsecond, zone.clone())),
        ),
        _ => field.clone(),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn text(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return "null".to_owned();
    }
    macro_rules! number {
        ($kind:ty) => {
            array.as_primitive::<$kind>().value(row)
        };
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => number!(Int8Type).to_string(),
        DataType::Int16 => number!(Int16Type).to_string(),
        DataType::Int32 => number!(Int32Type).to_string(),
        DataType::Int64 => number!(Int64Type).to_string(),
        DataType::UInt8 => number!(UInt8Type).to_string(),
        DataType::UInt16 => number!(UInt16Type).to_string(),
        DataType::UInt32 => number!(UInt32Type).to_string(),
        DataType::UInt64 => number!(UInt64Type).to_string(),
        DataType::Float16 => number!(Float16Type).to_f32().to_string(),
        DataType::Float32 => number!(Float32Type).to_string(),
        DataType::Float64 => number!(Float64Type).to_string(),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => decimal(array, row),
        DataType::Date32 => (i64::from(number!(Date32Type)) * 86_400_000).to_string(),
        DataType::Time32(_) => number!(Time32MillisecondType).to_string(),
        DataType::Time64(TimeUnit::Microsecond) => number!(Time64MicrosecondType).to_string(),
        DataType::Time64(_) => number!(Time64NanosecondType).to_string(),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => (number!(TimestampSecondType) * 1_000).to_string(),
            TimeUnit::Millisecond => number!(TimestampMillisecondType).to_string(),
            TimeUnit::Microsecond => number!(TimestampMicrosecondType).to_string(),
            TimeUnit::Nanosecond => number!(TimestampNanosecondType).to_string(),
        },
        DataType::Utf8 => format!("{:?}", array.as_string::<i32>().value(row)),
        DataType::Binary => hex(array.as_binary::<i32>().value(row)),
        DataType::FixedSizeBinary(_) => hex(array.as_fixed_size_binary().value(row)),
        DataType::Interval(_) => format!("interval {row}"),
        other => panic!("no words for {other}"),
    }
}

/// With every digit of its scale.
fn decimal(array: &ArrayRef, row: usize) -> String {
    match array.data_type() {
        DataType::Decimal32(..) => array.as_primitive::<Decimal32Type>().value_as_string(row),
        DataType::Decimal64(..) => array.as_primitive::<Decimal64Type>().value_as_string(row),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Decimal256(..) => array.as_primitive::<Decimal256Type>().value_as_string(row),
        other => panic!("{other} is no decimal"),
    }
}

fn json(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return "null".to_owned();
    }
    let list = |values: ArrayRef| {
        let items: Vec<String> = (0..values.len()).map(|row| json(&values, row)).collect();
        format!("[{}]", items.join(", "))
    };
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    match array.data_type() {
        DataType::List(_) => list(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let array = array.as_struct();
            let items: Vec<String> = fields
                .iter()
                .zip(array.columns())
                .map(|(field, values)| format!("{}: {}", quoted(field.name()), json(values, row)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let items: Vec<String> =
                (0..entries.len()).map(|row| format!("{}: {}", json(keys, row), json(values, row))).collect();
            format!("{{{}}}", items.join(", "))
        }
        DataType::Utf8 => quoted(array.as_string::<i32>().value(row)),
        DataType::Binary => quoted(&format!("{} bytes", array.as_binary::<i32>().value(row).len())),
        DataType::FixedSizeBinary(len) => quoted(&format!("{len} bytes")),
        DataType::Float32 | DataType::Float64 | DataType::Float16 => {
            let text = text(array, row);
            if matches!(text.as_str(), "NaN" | "inf" | "-inf") { quoted(&text) } else { text }
        }
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => decimal(array, row),
        DataType::Date32 => quoted(&time(&text(array, row), 1_000, "").0),
        DataType::Timestamp(unit, zone) => {
            let (day, clock) =
                time(&text(array, row), per_second(*unit), if zone.is_some() { "Z" } else { "" });
            quoted(&format!("{day}T{clock}"))
        }
        DataType::Time32(unit) | DataType::Time64(unit) => {
            quoted(&time(&text(array, row), per_second(*unit), "").1)
        }
        _ => text(array, row),
    }
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// The day and the time of day of a count of units since 1970.
fn time(ticks: &str, per_second: i64, zone: &str) -> (String, String) {
    let ticks = ticks.parse::<i64>().unwrap();
    let (seconds, rest) = (ticks.div_euclid(per_second), ticks.rem_euclid(per_second));
    let civil = vitrine::base::calendar::date_time(seconds.div_euclid(86_400) * 86_400_000);
    let day = if (0..=9_999).contains(&civil.year) {
        format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
    } else {
        format!("{:+07}-{:02}-{:02}", civil.year, civil.month, civil.day)
    };
    let seconds = seconds.rem_euclid(86_400);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let fraction = match per_second {
        _ if rest == 0 => String::new(),
        1_000 => format!(".{rest:03}"),
        1_000_000 => format!(".{rest:06}"),
        _ => format!(".{rest:09}"),
    };
    (day, format!("{clock}{}{zone}", fraction.trim_end_matches('0')))
}
