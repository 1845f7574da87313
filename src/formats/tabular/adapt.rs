//! Types of Arrow that Parquet does not have, as others that hold the same values.

use super::rows::failed;
use crate::base::calendar::DAY_MILLIS;
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date64Type, Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType, RunEndIndexType, Time32SecondType,
    TimestampSecondType,
};
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, FixedSizeListArray, GenericListArray, Int32Array, Int64Array,
    MapArray, OffsetSizeTrait, RecordBatch, RecordBatchOptions, StringArray, StructArray,
    Time32MillisecondArray, TimestampMillisecondArray, UInt32Array, UnionArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, FieldRef, Fields, IntervalUnit, Schema, TimeUnit};
use std::sync::Arc;

/// The columns of a file with types that Parquet has.
pub fn adapted(schema: &Schema) -> Schema {
    let fields: Fields = schema.fields().iter().map(field).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

/// Rows of such columns.
///
/// # Errors
/// Where a value is beyond what Parquet holds.
pub fn adapt(batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(values).collect::<Result<Vec<_>>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Arc::new(adapted(batch.schema_ref()));
    RecordBatch::try_new_with_options(schema, columns, &rows).map_err(failed)
}

fn field(own: &FieldRef) -> FieldRef {
    let of = data_type(own.data_type());
    if of == *own.data_type() {
        return own.clone();
    }
    if let DataType::Struct(fields) = own.data_type()
        && fields.is_empty()
    {
        // The format knows no structure without fields.
        let json = super::json::Type::Json.field(own.name());
        return Arc::new(json.with_nullable(own.is_nullable()));
    }
    // The number of a dictionary that is none any more is of no use, the rest of what a field says is.
    let nullable = own.is_nullable() || matches!(own.data_type(), DataType::Dictionary(..));
    let ordered = own.dict_is_ordered().unwrap_or(false) && matches!(of, DataType::Dictionary(..));
    let field = Field::new(own.name(), of, nullable).with_metadata(own.metadata().clone());
    Arc::new(field.with_dict_is_ordered(ordered))
}

/// What holds the values of a type.
fn data_type(of: &DataType) -> DataType {
    match of {
        DataType::Timestamp(TimeUnit::Second, zone) => {
            DataType::Timestamp(TimeUnit::Millisecond, zone.clone())
        }
        DataType::Time32(TimeUnit::Second) => DataType::Time32(TimeUnit::Millisecond),
        // Dates, which are counted in days there.
        DataType::Date64 => DataType::Date32,
        DataType::Dictionary(key, values) if of_views(values).is_some() => {
            DataType::Dictionary(key.clone(), Box::new(of_views(values).unwrap_or(DataType::Utf8)))
        }
        DataType::Struct(fields) if fields.is_empty() => DataType::Utf8,
        // The format's own intervals have milliseconds, and no sign.
        DataType::Interval(IntervalUnit::MonthDayNano) => DataType::Struct(interval_fields()),
        DataType::RunEndEncoded(_, values) => data_type(values.data_type()),
        DataType::Dictionary(_, values) if !is_plain(values) => data_type(values),
        DataType::Union(members, _) => DataType::Struct(member_fields(members)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::List(item) | DataType::ListView(item) => DataType::List(field(item)),
        DataType::LargeList(item) | DataType::LargeListView(item) => DataType::LargeList(field(item)),
        DataType::FixedSizeList(item, len) => DataType::FixedSizeList(field(item), *len),
        DataType::Map(entries, sorted) => DataType::Map(field(entries), *sorted),
        other => other.clone(),
    }
}

/// What texts and bytes in a dictionary are where they are views.
fn of_views(of: &DataType) -> Option<DataType> {
    match of {
        DataType::Utf8View => Some(DataType::Utf8),
        DataType::BinaryView => Some(DataType::Binary),
        _ => None,
    }
}

/// Whether a dictionary may hold values of this type in a Parquet file, where they are texts or bytes.
fn is_plain(of: &DataType) -> bool {
    matches!(
        of,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::FixedSizeBinary(_)
    ) || of.is_integer()
}

fn interval_fields() -> Fields {
    [("months", DataType::Int32), ("days", DataType::Int32), ("nanoseconds", DataType::Int64)]
        .into_iter()
        .map(|(name, of)| Field::new(name, of, true))
        .collect()
}

/// A field for each type that values of a union may have: the others are null.
fn member_fields(members: &arrow_schema::UnionFields) -> Fields {
    let member = |(_, own): (i8, &FieldRef)| Arc::new(field(own).as_ref().clone().with_nullable(true));
    members.iter().map(member).collect()
}

/// Values as the type that holds them.
fn values(array: &ArrayRef) -> Result<ArrayRef> {
    let of = array.data_type();
    if data_type(of) == *of {
        return Ok(array.clone());
    }
    Ok(match of {
        DataType::Timestamp(_, zone) => {
            let seconds = array.as_primitive::<TimestampSecondType>();
            let millis: TimestampMillisecondArray =
                seconds.try_unary(|value| value.checked_mul(1_000).ok_or_else(beyond))?;
            Arc::new(millis.with_timezone_opt(zone.clone()))
        }
        DataType::Time32(_) => {
            let seconds = array.as_primitive::<Time32SecondType>();
            let millis: Time32MillisecondArray =
                seconds.try_unary(|value| value.checked_mul(1_000).ok_or_else(beyond))?;
            Arc::new(millis)
        }
        DataType::Date64 => {
            let days = |millis: i64| i32::try_from(millis.div_euclid(DAY_MILLIS)).map_err(|_| beyond());
            let days: Date32Array = array.as_primitive::<Date64Type>().try_unary(days)?;
            Arc::new(days)
        }
        DataType::Dictionary(_, of) if of_views(of).is_some() => {
            let dictionary = array.as_any_dictionary();
            let own = dictionary.values();
            let own: ArrayRef = match own.as_string_view_opt() {
                Some(texts) => Arc::new(texts.iter().collect::<StringArray>()),
                None => Arc::new(own.as_binary_view().iter().collect::<BinaryArray>()),
            };
            dictionary.with_values(own)
        }
        DataType::Struct(fields) if fields.is_empty() => {
            let text = |row: usize| array.is_valid(row).then_some("{}");
            Arc::new((0..array.len()).map(text).collect::<StringArray>())
        }
        DataType::Interval(_) => Arc::new(interval(array)?),
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => runs::<Int16Type>(array)?,
            DataType::Int32 => runs::<Int32Type>(array)?,
            _ => runs::<Int64Type>(array)?,
        },
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let own = values(dictionary.values())?;
            arrow_select::take::take(&own, dictionary.keys(), None).map_err(failed)?
        }
        DataType::Union(..) => Arc::new(members(array.as_union())?),
        DataType::Struct(_) => {
            let array = array.as_struct();
            let columns = array.columns().iter().map(values).collect::<Result<Vec<_>>>()?;
            let DataType::Struct(fields) = data_type(of) else { return Ok(Arc::new(array.clone())) };
            let (rows, nulls) = (array.len(), array.nulls().cloned());
            Arc::new(StructArray::try_new_with_length(fields, columns, nulls, rows).map_err(failed)?)
        }
        DataType::List(item) => {
            let array = array.as_list::<i32>();
            list(item, array.offsets().clone(), array.values(), array.nulls())?
        }
        DataType::LargeList(item) => {
            let array = array.as_list::<i64>();
            list(item, array.offsets().clone(), array.values(), array.nulls())?
        }
        DataType::ListView(item) => {
            let array = array.as_list_view::<i32>();
            viewed(item, array.offsets(), array.sizes(), array.values(), array.nulls())?
        }
        DataType::LargeListView(item) => {
            let array = array.as_list_view::<i64>();
            viewed(item, array.offsets(), array.sizes(), array.values(), array.nulls())?
        }
        DataType::FixedSizeList(item, len) => {
            let array = array.as_fixed_size_list();
            let (own, nulls) = (values(array.values())?, array.nulls().cloned());
            let list = FixedSizeListArray::try_new_with_length(field(item), *len, own, nulls, array.len());
            Arc::new(list.map_err(failed)?)
        }
        DataType::Map(entries, sorted) => {
            let array = array.as_map();
            let own: ArrayRef = Arc::new(array.entries().clone());
            let own = values(&own)?.as_struct().clone();
            let (offsets, nulls) = (array.offsets().clone(), array.nulls().cloned());
            Arc::new(MapArray::try_new(field(entries), offsets, own, nulls, *sorted).map_err(failed)?)
        }
        other => return Err(failed(format!("values of {other} where others were expected"))),
    })
}

fn beyond() -> Error {
    Error::new(ErrorKind::Unsupported, "a time is beyond what Parquet holds")
}

fn interval(array: &ArrayRef) -> Result<StructArray> {
    let own = array.as_primitive::<IntervalMonthDayNanoType>();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(own.iter().map(|value| Some(value?.months)).collect::<Int32Array>()),
        Arc::new(own.iter().map(|value| Some(value?.days)).collect::<Int32Array>()),
        Arc::new(own.iter().map(|value| Some(value?.nanoseconds)).collect::<Int64Array>()),
    ];
    StructArray::try_new(interval_fields(), columns, own.nulls().cloned()).map_err(failed)
}

/// The value of each row, where runs of the same are written once.
fn runs<E: RunEndIndexType>(array: &ArrayRef) -> Result<ArrayRef> {
    let own = array.as_run_opt::<E>().ok_or_else(|| failed("runs without ends"))?;
    let own_values = values(own.values())?;
    let places: UInt32Array = (0..own.len()).map(|row| own.get_physical_index(row) as u32).collect();
    arrow_select::take::take(&own_values, &places, None).map_err(failed)
}

/// The values of a union, a column for each type.
fn members(union: &UnionArray) -> Result<StructArray> {
    let DataType::Union(types, _) = union.data_type() else { return Err(failed("no union")) };
    let mut columns = Vec::new();
    for (id, _) in types.iter() {
        let own = values(union.child(id))?;
        let place = |row: usize| (union.type_id(row) == id).then(|| union.value_offset(row) as u32);
        let places: UInt32Array = (0..union.len()).map(place).collect();
        columns.push(arrow_select::take::take(&own, &places, None).map_err(failed)?);
    }
    StructArray::try_new_with_length(member_fields(types), columns, None, union.len()).map_err(failed)
}

fn list<O: OffsetSizeTrait>(
    item: &FieldRef,
    offsets: OffsetBuffer<O>,
    own: &ArrayRef,
    nulls: Option<&NullBuffer>,
) -> Result<ArrayRef> {
    let list = GenericListArray::<O>::try_new(field(item), offsets, values(own)?, nulls.cloned());
    Ok(Arc::new(list.map_err(failed)?))
}

/// A list of views: where each begins, and how long it is.
fn viewed<O: OffsetSizeTrait>(
    item: &FieldRef,
    starts: &[O],
    sizes: &[O],
    own: &ArrayRef,
    nulls: Option<&NullBuffer>,
) -> Result<ArrayRef> {
    let is_valid = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
    let mut places: Vec<u32> = Vec::new();
    let mut lengths = Vec::new();
    for (row, (start, size)) in starts.iter().zip(sizes).enumerate() {
        let size = if is_valid(row) { size.as_usize() } else { 0 };
        let start = start.as_usize();
        places.extend((start..start + size).map(|place| place as u32));
        lengths.push(size);
    }
    let own = arrow_select::take::take(own, &UInt32Array::from(places), None).map_err(failed)?;
    list::<O>(item, OffsetBuffer::from_lengths(lengths), &own, nulls)
}
