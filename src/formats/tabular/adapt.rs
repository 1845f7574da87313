//! Types of Arrow that Parquet does not have, as others that hold the same values.

use super::categories::without_false_order;
use super::rows::failed;
use crate::base::calendar::DAY_MILLIS;
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Int16Type,
    Int32Type, Int64Type, IntervalMonthDayNanoType, RunEndIndexType, Time32SecondType, TimestampSecondType,
};
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, Decimal128Array, Decimal256Array, FixedSizeListArray,
    GenericListArray, Int32Array, Int64Array, MapArray, OffsetSizeTrait, StringArray, StructArray,
    Time32MillisecondArray, TimestampMillisecondArray, UInt32Array, UnionArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, i256};
use arrow_schema::{
    DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, Field, FieldRef, Fields, IntervalUnit,
    Schema, TimeUnit,
};
use std::sync::Arc;

/// The columns of a file with types that Parquet has.
pub fn adapted(schema: &Schema) -> Schema {
    let fields: Fields = schema.fields().iter().map(field).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

fn field(own: &FieldRef) -> FieldRef {
    let of = data_type(own.data_type());
    if of == *own.data_type() {
        return Arc::new(without_false_order(own.as_ref().clone()));
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
    let ordered = own.dict_is_ordered() == Some(true);
    let field = Field::new(own.name(), of, nullable).with_metadata(own.metadata().clone());
    Arc::new(without_false_order(field.with_dict_is_ordered(ordered)))
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
        // Values of no bytes: the format has none of that length.
        DataType::FixedSizeBinary(0) => DataType::Binary,
        // The format's own intervals have milliseconds, and no sign.
        DataType::Interval(IntervalUnit::MonthDayNano) => DataType::Struct(interval_fields()),
        DataType::RunEndEncoded(_, values) => data_type(values.data_type()),
        DataType::Dictionary(_, values) if !is_plain(values) => data_type(values),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => decimal(of).unwrap_or_else(|| of.clone()),
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
            | DataType::FixedSizeBinary(1..)
    ) || of.is_integer()
}

/// A decimal with as many digits as Parquet wants, where it has more zeros in front of the point than digits, or more
/// digits behind it than in all.
fn decimal(of: &DataType) -> Option<DataType> {
    let (digits, scale) = match of {
        DataType::Decimal32(digits, scale)
        | DataType::Decimal64(digits, scale)
        | DataType::Decimal128(digits, scale)
        | DataType::Decimal256(digits, scale) => (i16::from(*digits), i16::from(*scale)),
        _ => return None,
    };
    let (digits, scale) = match scale {
        ..0 => (digits - scale, 0),
        _ if scale > digits => (scale, scale),
        _ => return None,
    };
    let (digits, scale) = (u8::try_from(digits).ok()?, i8::try_from(scale).ok()?);
    match () {
        () if digits <= DECIMAL128_MAX_PRECISION => Some(DataType::Decimal128(digits, scale)),
        () if digits <= DECIMAL256_MAX_PRECISION => Some(DataType::Decimal256(digits, scale)),
        () => None,
    }
}

/// Decimals of another type that holds them.
fn decimals(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let (numbers, scale): (Vec<Option<i256>>, i8) = match array.data_type() {
        DataType::Decimal32(_, scale) => (wide::<Decimal32Type>(array, |of| i128::from(of).into()), *scale),
        DataType::Decimal64(_, scale) => (wide::<Decimal64Type>(array, |of| i128::from(of).into()), *scale),
        DataType::Decimal128(_, scale) => (wide::<Decimal128Type>(array, i256::from_i128), *scale),
        DataType::Decimal256(_, scale) => (wide::<Decimal256Type>(array, |of| of), *scale),
        other => return Err(failed(format!("{other} is no decimal"))),
    };
    let beyond = || Error::new(ErrorKind::Unsupported, "a decimal has more digits than its type allows");
    let zeros = i256::from(10).checked_pow(u32::from(scale.min(0).unsigned_abs())).ok_or_else(beyond)?;
    let number = |number: Option<i256>| number.map(|of| of.checked_mul(zeros).ok_or_else(beyond)).transpose();
    let numbers = numbers.into_iter().map(number).collect::<Result<Vec<_>>>()?;
    Ok(match to {
        DataType::Decimal128(digits, scale) => {
            let narrow = |of: Option<i256>| of.map(|of| of.to_i128().ok_or_else(beyond)).transpose();
            let numbers = numbers.into_iter().map(narrow).collect::<Result<Decimal128Array>>()?;
            Arc::new(numbers.with_precision_and_scale(*digits, *scale).map_err(failed)?)
        }
        DataType::Decimal256(digits, scale) => {
            let numbers = Decimal256Array::from(numbers);
            Arc::new(numbers.with_precision_and_scale(*digits, *scale).map_err(failed)?)
        }
        other => return Err(failed(format!("{other} is no decimal"))),
    })
}

fn wide<T: ArrowPrimitiveType>(array: &ArrayRef, of: impl Fn(T::Native) -> i256) -> Vec<Option<i256>> {
    array.as_primitive::<T>().iter().map(|number| number.map(&of)).collect()
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
///
/// # Errors
/// Where one is beyond what Parquet holds.
pub fn values(array: &ArrayRef) -> Result<ArrayRef> {
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
        DataType::FixedSizeBinary(_) => {
            let bytes = |row: usize| array.is_valid(row).then_some([]);
            Arc::new((0..array.len()).map(bytes).collect::<BinaryArray>())
        }
        DataType::Interval(_) => Arc::new(interval(array)?),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => decimals(array, &data_type(of))?,
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
