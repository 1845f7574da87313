//! Values of pages and dictionaries, one by one and many at once.

use super::Value;
use crate::base::moment::Moment;
use crate::formats::parquet::decode::{ByteValues, Values};
use crate::formats::parquet::meta::Logical;
use crate::formats::parquet::rle::Numbers;

/// Whole numbers of 64 bits that are never negative, which pages hold as bits.
pub const UNSIGNED: Logical = Logical::Int { signed: false, bits: 64 };

/// What a stored value stands for in a column of this kind.
pub fn meant(value: Value<'_>, logical: Option<Logical>) -> Value<'_> {
    match (value, logical) {
        (Value::Int(bits), Some(UNSIGNED)) if bits < 0 => Value::UInt(bits as u64),
        (Value::Int(value), Some(Logical::Decimal { scale })) => Value::Decimal(value, scale),
        (Value::Bytes(bytes), Some(Logical::Decimal { scale })) => Value::Wide(bytes, scale),
        (Value::Int(ticks), Some(Logical::Time(kind, unit))) => Value::Time(Moment { ticks, unit, kind }),
        (value, _) => value,
    }
}

/// A value of a page or a dictionary; null beyond its end.
pub fn value_at(values: &Values, index: usize) -> Value<'_> {
    match values {
        Values::Bool(values) => values.get(index).map(|value| Value::Bool(*value)),
        Values::Int(values) => values.get(index).map(|value| Value::Int(*value)),
        Values::Float32(values) => values.get(index).map(|value| Value::Float32(*value)),
        Values::Float64(values) => values.get(index).map(|value| Value::Float64(*value)),
        Values::Bytes(values) => values.get(index).map(Value::Bytes),
        Values::Indexes(values) => values.get(index).map(|value| Value::Int(value as i64)),
    }
    .unwrap_or(Value::Null)
}

pub(super) fn push(values: &mut Values, value: Value<'_>) {
    if matches!(values, Values::Indexes(_)) {
        // The first value decides the dictionary's type.
        *values = match value {
            Value::Bool(_) => Values::Bool(Vec::new()),
            Value::Int(_) | Value::UInt(_) | Value::Decimal(..) | Value::Time(_) | Value::Null => {
                Values::Int(Vec::new())
            }
            Value::Float32(_) => Values::Float32(Vec::new()),
            Value::Float64(_) => Values::Float64(Vec::new()),
            Value::Bytes(_) | Value::Wide(..) => Values::Bytes(ByteValues::default()),
        };
    }
    match (values, value) {
        (Values::Bool(values), Value::Bool(value)) => values.push(value),
        (Values::Int(values), Value::Int(value)) => values.push(value),
        (Values::Float32(values), Value::Float32(value)) => values.push(value),
        (Values::Float64(values), Value::Float64(value)) => values.push(value),
        (Values::Bytes(values), Value::Bytes(value)) => values.push(value),
        _ => {}
    }
}

pub(super) fn look_up(dictionary: &Values, indexes: &Numbers) -> Values {
    fn at<T: Copy + Default>(values: &[T], indexes: &Numbers) -> Vec<T> {
        let value = |index: usize| values.get(index).copied().unwrap_or_default();
        match indexes {
            Numbers::U8(all) => all.iter().map(|index| value(usize::from(*index))).collect(),
            Numbers::U16(all) => all.iter().map(|index| value(usize::from(*index))).collect(),
            Numbers::U32(all) => all.iter().map(|index| value(*index as usize)).collect(),
        }
    }
    match dictionary {
        Values::Bool(values) => Values::Bool(at(values, indexes)),
        Values::Int(values) => Values::Int(at(values, indexes)),
        Values::Float32(values) => Values::Float32(at(values, indexes)),
        Values::Float64(values) => Values::Float64(at(values, indexes)),
        Values::Bytes(values) => {
            let mut out = ByteValues::default();
            for index in (0..indexes.len()).filter_map(|place| indexes.get(place)) {
                out.push(values.get(index).unwrap_or_default());
            }
            Values::Bytes(out)
        }
        // A dictionary holds values.
        Values::Indexes(_) => no_values(),
    }
}

pub(super) fn gather<'a, T: Copy + Default + 'a>(
    codes: &'a [u16],
    values: &'a [T],
) -> impl Iterator<Item = T> + 'a {
    codes.iter().map(|code| values.get(usize::from(*code)).copied().unwrap_or_default())
}

/// A dictionary without values, whose type the first one decides.
pub(super) fn no_values() -> Values {
    Values::Indexes(Numbers::U8(Vec::new()))
}
