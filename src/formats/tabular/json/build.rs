//! Columns of JSON values.

use super::scan::{Cursor, Fault, Start, unescaped};
use super::shape::{Type, fields, numbered};
use crate::base::numbers;
use crate::formats::tabular::csv::text_of;
use crate::formats::tabular::number::decimal;
use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_data::ArrayDataBuilder;
use arrow_schema::{DataType, Fields};
use std::collections::HashMap;
use std::sync::Arc;

/// Values at one place that are not written yet.
pub enum Build {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    UInt(UInt64Builder),
    Float(Float64Builder),
    Decimal { values: Decimal128Builder, scale: u8 },
    Text(StringBuilder),
    Json(StringBuilder),
    List { of: Arc<arrow_schema::Field>, ends: Vec<i32>, valid: Vec<bool>, item: Box<Build> },
    Struct { of: Fields, valid: Vec<bool>, keys: Vec<Build>, places: HashMap<Vec<u8>, usize> },
    Row { of: Fields, rows: usize, columns: Vec<Build> },
}

/// What was odd about a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// An object had a key twice.
    pub repeated_key: bool,
    /// A string was no UTF-8.
    pub not_utf8: bool,
}

impl Build {
    /// No values yet.
    pub fn new(of: &Type) -> Self {
        match of {
            Type::Bool => Self::Bool(BooleanBuilder::new()),
            Type::Int => Self::Int(Int64Builder::new()),
            Type::UInt => Self::UInt(UInt64Builder::new()),
            Type::Float => Self::Float(Float64Builder::new()),
            Type::Decimal { precision, scale } => {
                let of = DataType::Decimal128(*precision, scale.cast_signed());
                Self::Decimal { values: Decimal128Builder::new().with_data_type(of), scale: *scale }
            }
            Type::Text => Self::Text(StringBuilder::new()),
            Type::Json => Self::Json(StringBuilder::new()),
            Type::List(item) => Self::List {
                of: Arc::new(item.field("element")),
                ends: Vec::new(),
                valid: Vec::new(),
                item: Box::new(Self::new(item)),
            },
            Type::Struct(keys) => Self::Struct {
                of: fields(keys),
                valid: Vec::new(),
                keys: keys.iter().map(|(_, of)| Self::new(of)).collect(),
                places: keys.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect(),
            },
            Type::Row(columns) => {
                Self::Row { of: numbered(columns), rows: 0, columns: columns.iter().map(Self::new).collect() }
            }
        }
    }

    /// Adds no value.
    pub fn push_null(&mut self) {
        match self {
            Self::Bool(values) => values.append_null(),
            Self::Int(values) => values.append_null(),
            Self::UInt(values) => values.append_null(),
            Self::Float(values) => values.append_null(),
            Self::Decimal { values, .. } => values.append_null(),
            Self::Text(values) | Self::Json(values) => values.append_null(),
            Self::List { ends, valid, .. } => {
                ends.push(ends.last().copied().unwrap_or(0));
                valid.push(false);
            }
            Self::Struct { valid, keys, .. } => {
                valid.push(false);
                keys.iter_mut().for_each(Self::push_null);
            }
            Self::Row { rows, columns, .. } => {
                *rows += 1;
                columns.iter_mut().for_each(Self::push_null);
            }
        }
    }

    /// Adds the next value, and passes it. It is of the type that this was made for.
    pub fn push(&mut self, cursor: &mut Cursor<'_>, seen: &mut Seen) -> Result<(), Fault> {
        if let Self::Json(values) = self {
            let value = cursor.skip()?;
            match text(value, seen).as_str() {
                "null" => values.append_null(),
                value => values.append_value(value),
            }
            return Ok(());
        }
        match (cursor.start()?, self) {
            (Start::Bool(value), Self::Bool(values)) => values.append_value(value),
            (Start::Special(value), Self::Float(values)) => values.append_value(value),
            (Start::Number, build) => {
                let number = cursor.number()?;
                build.push_number(number);
            }
            (Start::String, Self::Text(values)) => {
                let raw = cursor.string()?;
                if !raw.contains(&b'\\')
                    && let Ok(text) = std::str::from_utf8(raw)
                {
                    values.append_value(text);
                } else {
                    let mut bytes = Vec::with_capacity(raw.len());
                    unescaped(raw, &mut bytes);
                    values.append_value(text(&bytes, seen));
                }
            }
            (Start::List, Self::List { ends, valid, item, .. }) => {
                let mut end = ends.last().copied().unwrap_or(0);
                let mut first = true;
                while cursor.more(first, b']')? {
                    first = false;
                    item.push(cursor, seen)?;
                    end += 1;
                }
                ends.push(end);
                valid.push(true);
            }
            (Start::List, Self::Row { rows, columns, .. }) => {
                *rows += 1;
                let mut places = columns.iter_mut();
                let mut first = true;
                while cursor.more(first, b']')? {
                    first = false;
                    match places.next() {
                        Some(build) => build.push(cursor, seen)?,
                        None => drop(cursor.skip()?),
                    }
                }
                places.for_each(Self::push_null);
            }
            (Start::Object, Self::Struct { valid, keys, places, .. }) => {
                valid.push(true);
                let rows = valid.len();
                let mut first = true;
                while cursor.more(first, b'}')? {
                    first = false;
                    let key = cursor.key()?;
                    let build = places.get(key).and_then(|place| keys.get_mut(*place));
                    match build.filter(|build| build.len() < rows) {
                        Some(build) => build.push(cursor, seen)?,
                        None => {
                            seen.repeated_key |= places.contains_key(key);
                            cursor.skip()?;
                        }
                    }
                }
                keys.iter_mut().filter(|build| build.len() < rows).for_each(Self::push_null);
            }
            (start, build) => {
                // What began is passed to its end.
                let end = match start {
                    Start::List => Some(b']'),
                    Start::Object => Some(b'}'),
                    Start::String => cursor.string().map(|_| None)?,
                    Start::Null | Start::Bool(_) | Start::Number | Start::Special(_) => None,
                };
                let mut first = true;
                while let Some(end) = end
                    && cursor.more(first, end)?
                {
                    first = false;
                    if end == b'}' {
                        cursor.key()?;
                    }
                    cursor.skip()?;
                }
                build.push_null();
            }
        }
        Ok(())
    }

    fn push_number(&mut self, number: &[u8]) {
        let text = std::str::from_utf8(number).unwrap_or_default();
        match self {
            Self::Int(values) => values.append_option(text.parse().ok()),
            Self::UInt(values) => values.append_option(text.parse().ok()),
            Self::Float(values) => values.append_option(numbers::parse(text)),
            Self::Decimal { values, scale } => values.append_option(decimal(number, u32::from(*scale))),
            build @ (Self::Bool(_)
            | Self::Text(_)
            | Self::Json(_)
            | Self::List { .. }
            | Self::Struct { .. }
            | Self::Row { .. }) => {
                build.push_null();
            }
        }
    }

    fn len(&self) -> usize {
        use arrow_array::builder::ArrayBuilder;
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::UInt(values) => values.len(),
            Self::Float(values) => values.len(),
            Self::Decimal { values, .. } => values.len(),
            Self::Text(values) | Self::Json(values) => values.len(),
            Self::List { valid, .. } | Self::Struct { valid, .. } => valid.len(),
            Self::Row { rows, .. } => *rows,
        }
    }

    /// The values, which are a column's then.
    pub fn finish(&mut self) -> Result<ArrayRef, arrow_schema::ArrowError> {
        Ok(match self {
            Self::Bool(values) => Arc::new(values.finish()),
            Self::Int(values) => Arc::new(values.finish()),
            Self::UInt(values) => Arc::new(values.finish()),
            Self::Float(values) => Arc::new(values.finish()),
            Self::Decimal { values, .. } => Arc::new(values.finish()),
            Self::Text(values) | Self::Json(values) => Arc::new(values.finish()),
            Self::List { of, ends, valid, item } => {
                let valid = std::mem::take(valid);
                let offsets: Vec<i32> = std::iter::once(0).chain(std::mem::take(ends)).collect();
                let data = ArrayDataBuilder::new(DataType::List(of.clone()))
                    .len(valid.len())
                    .add_buffer(arrow_buffer::Buffer::from_vec(offsets))
                    .nulls(Some(valid.into()))
                    .add_child_data(item.finish()?.to_data());
                Arc::new(ListArray::from(data.build()?))
            }
            Self::Struct { of, valid, keys, .. } => {
                let valid = std::mem::take(valid);
                let columns = keys.iter_mut().map(Self::finish).collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new(of.clone(), columns, Some(valid.into()))?)
            }
            Self::Row { of, rows, columns } => {
                let columns = columns.iter_mut().map(Self::finish).collect::<Result<Vec<_>, _>>()?;
                let rows = std::mem::take(rows);
                Arc::new(StructArray::try_new_with_length(of.clone(), columns, None, rows)?)
            }
        })
    }
}

/// Bytes as text, those that are no UTF-8 as in CSV.
fn text(bytes: &[u8], seen: &mut Seen) -> String {
    let (text, is_other) = text_of(bytes);
    seen.not_utf8 |= is_other;
    text.into_owned()
}
