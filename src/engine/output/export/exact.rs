//! What the `parquet` crate's readers would lose or refuse, read another way: text that is no UTF-8, which is
//! mended as on the screen, and intervals with months.
//!
//! Such leaves are read as bytes, from a schema without their annotations, and made what they mean here.

use super::roots::words;
use crate::base::error::{Error, Result};
use arrow_array::builder::IntervalMonthDayNanoBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::IntervalMonthDayNano;
use arrow_array::{
    Array, ArrayRef, Decimal256Array, FixedSizeListArray, GenericListArray, GenericStringArray, MapArray,
    OffsetSizeTrait, StringViewArray, StructArray, make_array,
};
use arrow_buffer::i256;
use arrow_schema::{DataType, Field, FieldRef, Fields, IntervalUnit, TimeUnit};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

/// Bytes of an interval: months, days and milliseconds, four each.
const INTERVAL_BYTES: i32 = 12;

/// What an interval of months, days and parts of them is in Arrow.
pub const INTERVAL: DataType = DataType::Interval(IntervalUnit::MonthDayNano);

/// What whole numbers of 128 bits are in Arrow, which has none that other libraries read: with a sign, and without one,
/// as which they have one digit more than they need.
pub const WIDE: DataType = DataType::Decimal256(39, 0);
pub const WIDE_UNSIGNED: DataType = DataType::Decimal256(40, 0);

/// A field of the schema whose text and intervals are bytes.
///
/// # Errors
/// Where the field contradicts itself.
pub fn as_bytes(field: &TypePtr) -> Result<TypePtr> {
    let failed = |error: parquet::errors::ParquetError| Error::corrupt(words(&error));
    let info = field.get_basic_info();
    if let Type::GroupType { fields, .. } = field.as_ref() {
        let fields: Vec<TypePtr> = fields.iter().map(as_bytes).collect::<Result<_>>()?;
        let mut group = Type::group_type_builder(info.name())
            .with_converted_type(info.converted_type())
            .with_logical_type(info.logical_type_ref().cloned())
            .with_fields(fields)
            .with_id(info.has_id().then(|| info.id()));
        if info.has_repetition() {
            group = group.with_repetition(info.repetition());
        }
        return group.build().map(Arc::new).map_err(failed);
    }
    let is_text = matches!(
        (info.logical_type_ref(), info.converted_type()),
        (Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _)
            | (None, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM)
    );
    let is_interval = info.converted_type() == ConvertedType::INTERVAL;
    let (physical, length) = match field.as_ref() {
        Type::PrimitiveType { physical_type, type_length, .. } => (*physical_type, *type_length),
        Type::GroupType { .. } => return Ok(field.clone()),
    };
    let is_text = is_text && physical == Physical::BYTE_ARRAY;
    if !is_interval && !is_text {
        return Ok(field.clone());
    }
    Type::primitive_type_builder(info.name(), physical)
        .with_repetition(info.repetition())
        .with_length(length)
        .with_id(info.has_id().then(|| info.id()))
        .build()
        .map(Arc::new)
        .map_err(failed)
}

/// The type that is read for values of this type.
pub fn read_as(data_type: &DataType) -> DataType {
    let field =
        |field: &FieldRef| Arc::new(field.as_ref().clone().with_data_type(read_as(field.data_type())));
    match data_type {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        DataType::Interval(_) => DataType::FixedSizeBinary(INTERVAL_BYTES),
        DataType::List(item) => DataType::List(field(item)),
        DataType::LargeList(item) => DataType::LargeList(field(item)),
        DataType::FixedSizeList(item, len) => DataType::FixedSizeList(field(item), *len),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::Map(entries, ordered) => DataType::Map(field(entries), *ordered),
        DataType::Dictionary(key, value) => DataType::Dictionary(key.clone(), Box::new(read_as(value))),
        other => other.clone(),
    }
}

/// The type of times to the microsecond in place of those to the nanosecond.
pub fn in_micros(data_type: &DataType) -> DataType {
    let field =
        |field: &FieldRef| Arc::new(field.as_ref().clone().with_data_type(in_micros(field.data_type())));
    match data_type {
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
        }
        DataType::List(item) => DataType::List(field(item)),
        DataType::LargeList(item) => DataType::LargeList(field(item)),
        DataType::FixedSizeList(item, len) => DataType::FixedSizeList(field(item), *len),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::Map(entries, ordered) => DataType::Map(field(entries), *ordered),
        other => other.clone(),
    }
}

/// Values that were read as [`read_as`] says, as what they mean.
///
/// # Errors
/// Where they can't be that.
pub fn meant(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let told = |error: arrow_schema::ArrowError| Error::corrupt(words(&error));
    Ok(match (array.data_type(), target) {
        (is, target) if is == target => array.clone(),
        (DataType::Binary, DataType::Utf8) => Arc::new(text::<i32>(array)),
        (DataType::LargeBinary, DataType::LargeUtf8) => Arc::new(text::<i64>(array)),
        (DataType::BinaryView, DataType::Utf8View) => {
            let views = array.as_binary_view();
            let mended = || views.iter().map(|value| value.map(String::from_utf8_lossy)).collect();
            let text: StringViewArray = views.clone().to_string_view().unwrap_or_else(|_| mended());
            Arc::new(text)
        }
        (DataType::FixedSizeBinary(_), DataType::Interval(_)) => intervals(array),
        (DataType::FixedSizeBinary(16), DataType::Decimal256(..)) => wide(array, target)?,
        (DataType::Struct(_), DataType::Struct(fields)) => {
            let array = array.as_struct();
            let columns = array.columns().iter().zip(fields);
            let columns = columns.map(|(column, field)| meant(column, field.data_type()));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let (rows, nulls) = (array.len(), array.nulls().cloned());
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, nulls, rows).map_err(told)?)
        }
        (DataType::List(_), DataType::List(item)) => list::<i32>(array, item)?,
        (DataType::LargeList(_), DataType::LargeList(item)) => list::<i64>(array, item)?,
        (DataType::FixedSizeList(..), DataType::FixedSizeList(item, len)) => {
            let array = array.as_fixed_size_list();
            let values = meant(array.values(), item.data_type())?;
            let nulls = array.nulls().cloned();
            let list =
                FixedSizeListArray::try_new_with_length(item.clone(), *len, values, nulls, array.len());
            Arc::new(list.map_err(told)?)
        }
        (DataType::Map(..), DataType::Map(entries, ordered)) => {
            let array = array.as_map();
            let own: ArrayRef = Arc::new(array.entries().clone());
            let own = meant(&own, entries.data_type())?.as_struct().clone();
            let (offsets, nulls) = (array.offsets().clone(), array.nulls().cloned());
            Arc::new(MapArray::try_new(entries.clone(), offsets, own, nulls, *ordered).map_err(told)?)
        }
        (DataType::Dictionary(..), DataType::Dictionary(_, value)) => {
            let array = array.as_any_dictionary();
            array.with_values(meant(array.values(), value)?)
        }
        _ => array.clone(),
    })
}

fn list<O: OffsetSizeTrait>(array: &ArrayRef, item: &FieldRef) -> Result<ArrayRef> {
    let array = array.as_list::<O>();
    let values = meant(array.values(), item.data_type())?;
    let (offsets, nulls) = (array.offsets().clone(), array.nulls().cloned());
    let list = GenericListArray::<O>::try_new(item.clone(), offsets, values, nulls);
    list.map(|list| Arc::new(list) as ArrayRef).map_err(|error| Error::corrupt(words(&error)))
}

/// Bytes as text; what is no UTF-8 in them becomes U+FFFD.
fn text<O: OffsetSizeTrait>(array: &ArrayRef) -> GenericStringArray<O> {
    let array = array.as_binary::<O>();
    let (offsets, values) = (array.offsets().clone(), array.values().clone());
    let mended = || array.iter().map(|value| value.map(|value| String::from_utf8_lossy(value))).collect();
    GenericStringArray::try_new(offsets, values, array.nulls().cloned()).unwrap_or_else(|_| mended())
}

/// Whole numbers of 128 bits, the least significant byte first.
fn wide(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let number = |bytes: Option<&[u8]>| {
        let low = u128::from_le_bytes(*bytes?.first_chunk()?);
        let high = if *target == WIDE { low.cast_signed() >> 127 } else { 0 };
        Some(i256::from_parts(low, high))
    };
    let numbers: Decimal256Array = array.as_fixed_size_binary().iter().map(number).collect();
    let data = numbers.into_data().into_builder().data_type(target.clone()).build();
    data.map(make_array).map_err(|error| Error::corrupt(words(&error)))
}

fn intervals(array: &ArrayRef) -> ArrayRef {
    let array = array.as_fixed_size_binary();
    let mut intervals = IntervalMonthDayNanoBuilder::with_capacity(array.len());
    for value in array {
        let parts = value.map(|value| value.as_chunks::<4>().0);
        intervals.append_option(match parts {
            Some([months, days, millis]) => {
                let [months, days, millis] = [months, days, millis].map(|part| u32::from_le_bytes(*part));
                Some(IntervalMonthDayNano {
                    months: months.cast_signed(),
                    days: days.cast_signed(),
                    nanoseconds: i64::from(millis) * 1_000_000,
                })
            }
            Some(_) | None => None,
        });
    }
    Arc::new(intervals.finish())
}

/// Intervals as the format has them; none where a part of one does not fit.
pub fn interval_bytes(array: &ArrayRef) -> Option<ArrayRef> {
    use arrow_array::builder::FixedSizeBinaryBuilder;
    let array = array.as_primitive::<arrow_array::types::IntervalMonthDayNanoType>();
    let mut bytes = FixedSizeBinaryBuilder::with_capacity(array.len(), INTERVAL_BYTES);
    for value in array {
        match value {
            Some(IntervalMonthDayNano { months, days, nanoseconds }) => {
                let millis = u32::try_from(nanoseconds / 1_000_000).ok()?;
                let parts = [months.to_le_bytes(), days.to_le_bytes(), millis.to_le_bytes()];
                bytes.append_value(parts.concat()).ok()?;
            }
            None => bytes.append_null(),
        }
    }
    Some(Arc::new(bytes.finish()))
}

/// Fields with what intervals are in the format in place of them.
pub fn without_intervals(fields: &Fields) -> Fields {
    let field = |field: &FieldRef| {
        if *field.data_type() != INTERVAL {
            return field.clone();
        }
        let bytes = DataType::FixedSizeBinary(INTERVAL_BYTES);
        Arc::new(Field::new(field.name(), bytes, field.is_nullable()))
    };
    fields.iter().map(field).collect()
}
