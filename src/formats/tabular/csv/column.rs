//! Columns of values that were text.

use crate::base::numbers;
use crate::formats::tabular::guess::{Type, boolean, is_null_word, special_double};
use crate::formats::tabular::moment::Moment;
use crate::formats::tabular::number::decimal;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
    UInt64Builder,
};
use arrow_array::{ArrayRef, TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray};
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;
use std::sync::Arc;

/// Values of a column that are not written yet.
pub enum Build {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    UInt(UInt64Builder),
    Float(Float64Builder),
    Decimal { values: Decimal128Builder, scale: u8 },
    Date(Date32Builder),
    Time { values: Vec<Option<i64>>, digits: u32, zone: Option<Arc<str>> },
    Text(StringBuilder),
}

/// What a type is in Arrow.
pub fn data_type(of: Type) -> DataType {
    match of {
        Type::Bool => DataType::Boolean,
        Type::Int => DataType::Int64,
        Type::UInt => DataType::UInt64,
        Type::Float => DataType::Float64,
        Type::Decimal { precision, scale } => DataType::Decimal128(precision, scale.cast_signed()),
        Type::Date => DataType::Date32,
        Type::Time { digits, zone } => {
            let unit = match digits {
                ..=3 => TimeUnit::Millisecond,
                4..=6 => TimeUnit::Microsecond,
                _ => TimeUnit::Nanosecond,
            };
            DataType::Timestamp(unit, zone.map(zone_name))
        }
        Type::Text => DataType::Utf8,
    }
}

fn zone_name(minutes: i32) -> Arc<str> {
    if minutes == 0 {
        return "UTC".into();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60).into()
}

impl Build {
    /// No values yet.
    pub fn new(of: Type) -> Self {
        match of {
            Type::Bool => Self::Bool(BooleanBuilder::new()),
            Type::Int => Self::Int(Int64Builder::new()),
            Type::UInt => Self::UInt(UInt64Builder::new()),
            Type::Float => Self::Float(Float64Builder::new()),
            Type::Decimal { scale, .. } => {
                Self::Decimal { values: Decimal128Builder::new().with_data_type(data_type(of)), scale }
            }
            Type::Date => Self::Date(Date32Builder::new()),
            Type::Time { digits, zone } => {
                Self::Time { values: Vec::new(), digits, zone: zone.map(zone_name) }
            }
            Type::Text => Self::Text(StringBuilder::new()),
        }
    }

    /// Adds a value; whether it was no UTF-8.
    pub fn push(&mut self, text: Option<&[u8]>) -> bool {
        if let Self::Text(values) = self {
            let (text, changed) = text.map(text_of).unzip();
            values.append_option(text);
            return changed.unwrap_or(false);
        }
        let text = text.map(<[u8]>::trim_ascii).filter(|text| !is_null_word(text));
        let utf8 = || std::str::from_utf8(text?).ok();
        match self {
            Self::Bool(values) => values.append_option(text.and_then(boolean)),
            Self::Int(values) => values.append_option(utf8().and_then(|text| text.parse().ok())),
            Self::UInt(values) => values.append_option(utf8().and_then(|text| text.parse().ok())),
            Self::Float(values) => {
                values
                    .append_option(text.and_then(special_double).or_else(|| utf8().and_then(numbers::parse)));
            }
            Self::Decimal { values, scale } => {
                values.append_option(text.and_then(|text| decimal(text, u32::from(*scale))));
            }
            Self::Date(values) => {
                let days = text.and_then(Moment::parse).and_then(|moment| i32::try_from(moment.days).ok());
                values.append_option(days);
            }
            Self::Time { values, digits, .. } => {
                let moment = text.and_then(Moment::parse);
                values.push(moment.and_then(|moment| moment.since_1970(10i64.pow(*digits))));
            }
            Self::Text(_) => {}
        }
        false
    }

    /// The values, which are a column's then.
    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bool(values) => Arc::new(values.finish()),
            Self::Int(values) => Arc::new(values.finish()),
            Self::UInt(values) => Arc::new(values.finish()),
            Self::Float(values) => Arc::new(values.finish()),
            Self::Decimal { values, .. } => Arc::new(values.finish()),
            Self::Date(values) => Arc::new(values.finish()),
            Self::Time { values, digits, zone } => {
                let (values, zone) = (std::mem::take(values), zone.clone());
                match digits {
                    ..=3 => Arc::new(TimestampMillisecondArray::from(values).with_timezone_opt(zone)),
                    4..=6 => Arc::new(TimestampMicrosecondArray::from(values).with_timezone_opt(zone)),
                    _ => Arc::new(TimestampNanosecondArray::from(values).with_timezone_opt(zone)),
                }
            }
            Self::Text(values) => Arc::new(values.finish()),
        }
    }
}

/// Bytes as text, and whether they are no UTF-8: they are taken for Windows-1252 then.
pub fn text_of(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    /// What stands at 0x80 to 0x9f; what stands nowhere is a control character.
    const UPPER: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => {
            let of = |byte: &u8| match byte {
                0x80..=0x9f => UPPER.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::from(*byte)),
                byte => char::from(*byte),
            };
            (Cow::Owned(bytes.iter().map(of).collect()), true)
        }
    }
}
