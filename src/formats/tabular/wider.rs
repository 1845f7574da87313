//! Files of Arrow whose columns differ a little: what holds the values of all of them.

use super::rows::failed;
use crate::base::error::Result;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch, RecordBatchOptions,
    StringArray, UInt64Array, new_null_array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The type that holds the values of both exactly, where there is one.
pub fn wider(own: &DataType, other: &DataType) -> Option<DataType> {
    use DataType::{Float64, Int64, LargeUtf8, Null, UInt64, Utf8};
    match (own, other) {
        _ if own == other => Some(own.clone()),
        (Null, one) | (one, Null) => Some(one.clone()),
        _ if own.is_unsigned_integer() && other.is_unsigned_integer() => Some(UInt64),
        _ if own.is_integer() && other.is_integer() && *own != UInt64 && *other != UInt64 => Some(Int64),
        _ if own.is_floating() && other.is_floating() => Some(Float64),
        _ if is_text(own) && is_text(other) => {
            let long = is_long(own) || is_long(other);
            Some(if long { LargeUtf8 } else { Utf8 })
        }
        _ => None,
    }
}

fn is_text(of: &DataType) -> bool {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn is_long(of: &DataType) -> bool {
    match of {
        DataType::LargeUtf8 => true,
        DataType::Dictionary(_, values) => is_long(values),
        _ => false,
    }
}

/// The columns of both, by their names, the second one's own behind the others. None where a column of both has
/// types that nothing holds: its name.
///
/// # Errors
/// The name of that column.
pub fn both(own: &Schema, other: &Schema) -> std::result::Result<Schema, String> {
    let mut fields: Vec<Field> = own.fields().iter().map(|field| field.as_ref().clone()).collect();
    for field in &mut fields {
        match other.field_with_name(field.name()) {
            Ok(theirs) => {
                let of = wider(field.data_type(), theirs.data_type()).ok_or_else(|| field.name().clone())?;
                let nullable = field.is_nullable() || theirs.is_nullable();
                *field = field.clone().with_data_type(of).with_nullable(nullable);
            }
            Err(_) => field.set_nullable(true),
        }
    }
    let more = other.fields().iter().filter(|field| own.field_with_name(field.name()).is_err());
    fields.extend(more.map(|field| field.as_ref().clone().with_nullable(true)));
    Ok(Schema::new_with_metadata(fields, own.metadata().clone()))
}

/// Rows of one file with the columns of all.
///
/// # Errors
/// Where their types are not held by those of the columns.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| {
        let own = batch.column_by_name(field.name());
        let null = || new_null_array(field.data_type(), batch.num_rows());
        own.map_or_else(|| Ok(null()), |own| cast(own, field.data_type()))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &rows).map_err(failed)
}

/// Values in a [wider] type.
fn cast(values: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let of = values.data_type();
    if of == to {
        return Ok(values.clone());
    }
    if *of == DataType::Null {
        return Ok(new_null_array(to, values.len()));
    }
    if let DataType::Dictionary(..) = of {
        let dictionary = values.as_any_dictionary();
        let plain = arrow_select::take::take(dictionary.values(), dictionary.keys(), None).map_err(failed)?;
        return cast(&plain, to);
    }
    Ok(match to {
        DataType::Int64 => Arc::new(whole(values)?),
        DataType::UInt64 => Arc::new(unsigned(values)?),
        DataType::Float64 => Arc::new(double(values)?),
        DataType::Utf8 => Arc::new(StringArray::from_iter(texts(values)?)),
        DataType::LargeUtf8 => Arc::new(LargeStringArray::from_iter(texts(values)?)),
        _ => return Err(unlike(of, to)),
    })
}

fn unlike(of: &DataType, to: &DataType) -> crate::base::error::Error {
    failed(format!("{of} where {to} stands in another file"))
}

fn each<From: ArrowPrimitiveType, To: ArrowPrimitiveType>(
    values: &ArrayRef,
    of: impl Fn(From::Native) -> To::Native,
) -> arrow_array::PrimitiveArray<To> {
    values.as_primitive::<From>().unary(of)
}

fn whole(values: &ArrayRef) -> Result<Int64Array> {
    Ok(match values.data_type() {
        DataType::Int8 => each::<Int8Type, Int64Type>(values, i64::from),
        DataType::Int16 => each::<Int16Type, Int64Type>(values, i64::from),
        DataType::Int32 => each::<Int32Type, Int64Type>(values, i64::from),
        DataType::UInt8 => each::<UInt8Type, Int64Type>(values, i64::from),
        DataType::UInt16 => each::<UInt16Type, Int64Type>(values, i64::from),
        DataType::UInt32 => each::<UInt32Type, Int64Type>(values, i64::from),
        of => return Err(unlike(of, &DataType::Int64)),
    })
}

fn unsigned(values: &ArrayRef) -> Result<UInt64Array> {
    Ok(match values.data_type() {
        DataType::UInt8 => each::<UInt8Type, UInt64Type>(values, u64::from),
        DataType::UInt16 => each::<UInt16Type, UInt64Type>(values, u64::from),
        DataType::UInt32 => each::<UInt32Type, UInt64Type>(values, u64::from),
        of => return Err(unlike(of, &DataType::UInt64)),
    })
}

fn double(values: &ArrayRef) -> Result<Float64Array> {
    Ok(match values.data_type() {
        DataType::Float16 => each::<Float16Type, Float64Type>(values, f64::from),
        DataType::Float32 => each::<Float32Type, Float64Type>(values, f64::from),
        of => return Err(unlike(of, &DataType::Float64)),
    })
}

fn texts(values: &ArrayRef) -> Result<Box<dyn Iterator<Item = Option<&str>> + '_>> {
    Ok(match values.data_type() {
        DataType::Utf8 => Box::new(values.as_string::<i32>().iter()),
        DataType::LargeUtf8 => Box::new(values.as_string::<i64>().iter()),
        DataType::Utf8View => Box::new(values.as_string_view().iter()),
        of => return Err(unlike(of, &DataType::Utf8)),
    })
}
