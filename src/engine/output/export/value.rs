//! A value of an Arrow array as JSON, with every digit that it has.
//!
//! Bytes are base64 (RFC 4648, section 4), times ISO 8601 with Z behind instants, durations whole numbers of
//! their unit, intervals ISO 8601 as well, months and the like of pandas as it writes them, maps objects with their keys as text. JSON has neither NaN nor
//! infinities: they are null.

use super::variant::{holds_variants, push_variant};
use crate::base::base64::push_base64;
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::iso::{push_date, push_interval, push_time_of_day, push_timestamp};
use crate::base::period::Frequency;
use crate::formats::parquet::arrow_schema::frequency;
use crate::formats::tabular::JSON_OF_FILE;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type,
    Decimal128Type, Decimal256Type, DecimalType, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType, IntervalYearMonthType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::extension::{EXTENSION_TYPE_METADATA_KEY, EXTENSION_TYPE_NAME_KEY};
use arrow_schema::{DataType, Field, IntervalUnit, TimeUnit};
use std::fmt::Display;
use std::io::Write;

type Half = <Float16Type as ArrowPrimitiveType>::Native;

/// Adds the value at a row.
///
/// # Errors
/// Where JSON can't hold such values.
pub fn push_json(out: &mut Vec<u8>, field: &Field, array: &ArrayRef, row: usize) -> Result<()> {
    if array.is_null(row) {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    match array.data_type() {
        DataType::Null => out.extend_from_slice(b"null"),
        DataType::Boolean => plain(out, array.as_boolean().value(row)),
        DataType::Int8 => number::<Int8Type>(out, array, row),
        DataType::Int16 => number::<Int16Type>(out, array, row),
        DataType::Int32 => number::<Int32Type>(out, array, row),
        DataType::Int64 => match period(field) {
            Some(frequency) => {
                let text = frequency.text(array.as_primitive::<Int64Type>().value(row));
                push_text(out, &String::from_utf8_lossy(&text));
            }
            None => number::<Int64Type>(out, array, row),
        },
        DataType::UInt8 => number::<UInt8Type>(out, array, row),
        DataType::UInt16 => number::<UInt16Type>(out, array, row),
        DataType::UInt32 => number::<UInt32Type>(out, array, row),
        DataType::UInt64 => number::<UInt64Type>(out, array, row),
        DataType::Decimal32(..) => decimal::<Decimal32Type>(out, array, row),
        DataType::Decimal64(..) => decimal::<Decimal64Type>(out, array, row),
        DataType::Decimal128(..) => decimal::<Decimal128Type>(out, array, row),
        DataType::Decimal256(..) => decimal::<Decimal256Type>(out, array, row),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => push_float(out, array, row),
        DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..)
        | DataType::Interval(_) => {
            out.push(b'"');
            push_moment(out, array, row);
            out.push(b'"');
        }
        DataType::Duration(TimeUnit::Second) => number::<DurationSecondType>(out, array, row),
        DataType::Duration(TimeUnit::Millisecond) => number::<DurationMillisecondType>(out, array, row),
        DataType::Duration(TimeUnit::Microsecond) => number::<DurationMicrosecondType>(out, array, row),
        DataType::Duration(TimeUnit::Nanosecond) => number::<DurationNanosecondType>(out, array, row),
        DataType::Dictionary(..) => match entry(array, row) {
            Some((values, place)) => return push_json(out, field, values, place),
            None => out.extend_from_slice(b"null"),
        },
        _ => return push_long(out, field, array, row),
    }
    Ok(())
}

/// How long a stretch of the calendar is, where numbers are such.
fn period(field: &Field) -> Option<Frequency> {
    let told = |key| field.metadata().get(key).map_or("", String::as_str);
    frequency(told(EXTENSION_TYPE_NAME_KEY), told(EXTENSION_TYPE_METADATA_KEY))
}

/// Text, bytes, lists and structures.
fn push_long(out: &mut Vec<u8>, field: &Field, array: &ArrayRef, row: usize) -> Result<()> {
    if let Some(text) = text(array, row) {
        let is_json = field.metadata().contains_key(JSON_OF_FILE);
        // What JSON has no words for was in the file nevertheless.
        match is_json && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
            true => push_compact(out, text),
            false => push_text(out, text),
        }
        return Ok(());
    }
    if let Some(bytes) = bytes(array, row) {
        let is_uuid = field.metadata().get(EXTENSION_TYPE_NAME_KEY).is_some_and(|name| name == "arrow.uuid");
        out.push(b'"');
        match <&[u8; 16]>::try_from(bytes) {
            Ok(uuid) if is_uuid => push_uuid(out, *uuid),
            Ok(_) | Err(_) => push_base64(out, bytes),
        }
        out.push(b'"');
        return Ok(());
    }
    match array.data_type() {
        DataType::List(item) => push_list(out, item, &array.as_list::<i32>().value(row)),
        DataType::LargeList(item) => push_list(out, item, &array.as_list::<i64>().value(row)),
        DataType::ListView(item) => push_list(out, item, &array.as_list_view::<i32>().value(row)),
        DataType::LargeListView(item) => push_list(out, item, &array.as_list_view::<i64>().value(row)),
        DataType::FixedSizeList(item, _) => push_list(out, item, &array.as_fixed_size_list().value(row)),
        DataType::Struct(_) if holds_variants(field) => push_variant(out, array, row),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            for (place, (field, column)) in fields.iter().zip(columns).enumerate() {
                out.push(if place == 0 { b'{' } else { b',' });
                push_text(out, field.name());
                out.push(b':');
                push_json(out, field, column, row)?;
            }
            out.extend_from_slice(if fields.is_empty() { b"{}" } else { b"}" });
            Ok(())
        }
        DataType::Map(entries, _) => push_map(out, entries, &array.as_map().value(row)),
        other => {
            Err(Error::new(ErrorKind::Unsupported, format!("values of {other} can't be written as text")))
        }
    }
}

fn push_list(out: &mut Vec<u8>, item: &Field, items: &ArrayRef) -> Result<()> {
    out.push(b'[');
    for place in 0..items.len() {
        if place > 0 {
            out.push(b',');
        }
        push_json(out, item, items, place)?;
    }
    out.push(b']');
    Ok(())
}

fn push_map(out: &mut Vec<u8>, entries: &Field, values: &arrow_array::StructArray) -> Result<()> {
    let (DataType::Struct(fields), [keys, items]) = (entries.data_type(), values.columns()) else {
        return Err(Error::corrupt("a map without keys and values"));
    };
    let [key, item] = fields.as_ref() else { return Err(Error::corrupt("a map without keys and values")) };
    out.push(b'{');
    let mut own = Vec::new();
    for place in 0..keys.len() {
        if place > 0 {
            out.push(b',');
        }
        own.clear();
        push_json(&mut own, key, keys, place)?;
        if own.first() == Some(&b'"') {
            out.extend_from_slice(&own);
        } else {
            push_text(out, &String::from_utf8_lossy(&own));
        }
        out.push(b':');
        push_json(out, item, items, place)?;
    }
    out.push(b'}');
    Ok(())
}

/// The text at a row, where the array holds text.
pub fn text(array: &ArrayRef, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        DataType::Dictionary(..) => entry(array, row).and_then(|(values, place)| text(values, place)),
        _ => None,
    }
}

/// The values of a dictionary, and the place among them of the one at a row.
fn entry(array: &ArrayRef, row: usize) -> Option<(&ArrayRef, usize)> {
    fn of<K: ArrowDictionaryKeyType>(array: &ArrayRef, row: usize) -> Option<(&ArrayRef, usize)> {
        let dictionary = array.as_dictionary::<K>();
        Some((dictionary.values(), dictionary.key(row)?))
    }
    let DataType::Dictionary(key, _) = array.data_type() else { return None };
    match key.as_ref() {
        DataType::Int8 => of::<Int8Type>(array, row),
        DataType::Int16 => of::<Int16Type>(array, row),
        DataType::Int32 => of::<Int32Type>(array, row),
        DataType::Int64 => of::<Int64Type>(array, row),
        DataType::UInt8 => of::<UInt8Type>(array, row),
        DataType::UInt16 => of::<UInt16Type>(array, row),
        DataType::UInt32 => of::<UInt32Type>(array, row),
        DataType::UInt64 => of::<UInt64Type>(array, row),
        _ => None,
    }
}

/// The number at a row, where the array holds floating point numbers: NaN and inf as such.
pub fn float(array: &ArrayRef, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Float16 => Some(half(array.as_primitive::<Float16Type>().value(row)).to_string()),
        DataType::Float32 => Some(array.as_primitive::<Float32Type>().value(row).to_string()),
        DataType::Float64 => Some(array.as_primitive::<Float64Type>().value(row).to_string()),
        _ => None,
    }
}

/// A number of two bytes as the one of the fewest digits that reads back the same.
fn half(value: Half) -> f64 {
    const MOST_DIGITS: usize = 5;
    let exact = value.to_f64();
    let short = |digits: usize| format!("{exact:.digits$e}").parse().ok();
    (0..MOST_DIGITS).filter_map(short).find(|short| Half::from_f64(*short) == value).unwrap_or(exact)
}

fn push_float(out: &mut Vec<u8>, array: &ArrayRef, row: usize) {
    let text = match array.data_type() {
        DataType::Float16 => format!("{:?}", half(array.as_primitive::<Float16Type>().value(row))),
        DataType::Float32 => format!("{:?}", array.as_primitive::<Float32Type>().value(row)),
        _ => format!("{:?}", array.as_primitive::<Float64Type>().value(row)),
    };
    let finite = text.ends_with(|end: char| end.is_ascii_digit());
    out.extend_from_slice(if finite { text.as_bytes() } else { b"null" });
}

/// The bytes at a row, where the array holds bytes.
pub fn bytes(array: &ArrayRef, row: usize) -> Option<&[u8]> {
    match array.data_type() {
        DataType::Binary => Some(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => Some(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => Some(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => Some(array.as_fixed_size_binary().value(row)),
        _ => None,
    }
}

fn plain(out: &mut Vec<u8>, value: impl Display) {
    // Writing into memory does not fail.
    drop(write!(out, "{value}"));
}

fn number<T: ArrowPrimitiveType>(out: &mut Vec<u8>, array: &ArrayRef, row: usize)
where
    T::Native: Display,
{
    plain(out, array.as_primitive::<T>().value(row));
}

fn decimal<T: DecimalType + ArrowPrimitiveType>(out: &mut Vec<u8>, array: &ArrayRef, row: usize) {
    plain(out, array.as_primitive::<T>().value_as_string(row));
}

fn push_moment(out: &mut Vec<u8>, array: &ArrayRef, row: usize) {
    const SECOND: i64 = 1;
    const MILLI: i64 = 1_000;
    const MICRO: i64 = 1_000_000;
    const NANO: i64 = 1_000_000_000;
    match array.data_type() {
        DataType::Date32 => push_date(out, array.as_primitive::<Date32Type>().value(row).into()),
        DataType::Date64 => {
            push_timestamp(out, array.as_primitive::<Date64Type>().value(row), MILLI, false);
        }
        DataType::Time32(TimeUnit::Second) => {
            push_time_of_day(out, array.as_primitive::<Time32SecondType>().value(row).into(), SECOND);
        }
        DataType::Time32(_) => {
            push_time_of_day(out, array.as_primitive::<Time32MillisecondType>().value(row).into(), MILLI);
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            push_time_of_day(out, array.as_primitive::<Time64NanosecondType>().value(row), NANO);
        }
        DataType::Time64(_) => {
            push_time_of_day(out, array.as_primitive::<Time64MicrosecondType>().value(row), MICRO);
        }
        DataType::Timestamp(unit, zone) => {
            let (value, per_second) = match unit {
                TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row), SECOND),
                TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().value(row), MILLI),
                TimeUnit::Microsecond => (array.as_primitive::<TimestampMicrosecondType>().value(row), MICRO),
                TimeUnit::Nanosecond => (array.as_primitive::<TimestampNanosecondType>().value(row), NANO),
            };
            push_timestamp(out, value, per_second, zone.is_some());
        }
        DataType::Interval(IntervalUnit::YearMonth) => {
            push_interval(out, array.as_primitive::<IntervalYearMonthType>().value(row), 0, 0);
        }
        DataType::Interval(IntervalUnit::DayTime) => {
            let value = array.as_primitive::<IntervalDayTimeType>().value(row);
            push_interval(out, 0, value.days, i64::from(value.milliseconds) * 1_000_000);
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            push_interval(out, value.months, value.days, value.nanoseconds);
        }
        _ => {}
    }
}

/// Adds JSON without the white space between its signs, so that it is on one line.
fn push_compact(out: &mut Vec<u8>, json: &str) {
    let (mut in_text, mut escaped) = (false, false);
    for byte in json.bytes() {
        if in_text || !byte.is_ascii_whitespace() {
            out.push(byte);
        }
        in_text ^= byte == b'"' && !escaped;
        escaped = in_text && byte == b'\\' && !escaped;
    }
}

/// Adds text as JSON has it.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    // Writing into memory does not fail.
    drop(serde_json::to_writer(out, text));
}

/// A UUID as RFC 9562 writes it.
fn push_uuid(out: &mut Vec<u8>, bytes: [u8; 16]) {
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        drop(write!(out, "{byte:02x}"));
    }
}
