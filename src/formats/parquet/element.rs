//! The schema: elements in a row, each of which says how many of those after it are its children, as a
//! tree of the `parquet` crate's types.
//!
//! Annotations that the format forbids there are left out, so that the column is shown by how it is stored;
//! a decimal of more digits than its storage holds has as many as it holds.
//!
//! Source: `SchemaElement` in Apache Parquet's `parquet.thrift`, and its `LogicalTypes.md`.

use super::footer::{fields, text};
use super::thrift::{FieldType, Thrift};
use crate::base::error::{Error, ErrorKind, Result};
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::sync::Arc;

/// Structures within structures. The deepest in use have about ten.
pub const MAX_SCHEMA_DEPTH: usize = 32;

/// A schema.
#[derive(Debug)]
pub struct Tree {
    /// The structure that all fields are in.
    pub root: TypePtr,
    /// For each leaf, why its values can't be read, where that shows here already.
    pub leaves: Vec<Option<Error>>,
}

impl Tree {
    /// The leaves with their levels and paths.
    pub fn descriptor(&self) -> SchemaDescriptor {
        SchemaDescriptor::new(self.root.clone())
    }
}

/// An element of a schema.
#[derive(Debug, Default)]
pub struct Element<'a> {
    physical: Option<i64>,
    length: Option<i32>,
    repetition: Option<i64>,
    name: &'a [u8],
    children: usize,
    converted: Option<i64>,
    scale: Option<i32>,
    precision: Option<i32>,
    id: Option<i32>,
    logical: Option<LogicalType>,
}

impl<'a> Element<'a> {
    /// Reads one.
    ///
    /// # Errors
    /// Where it is cut short, or claims less than no children.
    pub fn read(thrift: &mut Thrift<'a>) -> Result<Self> {
        let mut element = Self::default();
        fields(thrift, |thrift, field| {
            let small = |value: i64| i32::try_from(value).ok();
            match field {
                (1, FieldType::Int) => element.physical = Some(thrift.int()?),
                (2, FieldType::Int) => element.length = small(thrift.int()?),
                (3, FieldType::Int) => element.repetition = Some(thrift.int()?),
                (4, FieldType::Binary) => element.name = thrift.binary()?,
                (5, FieldType::Int) => element.children = thrift.size()? as usize,
                (6, FieldType::Int) => element.converted = Some(thrift.int()?),
                (7, FieldType::Int) => element.scale = small(thrift.int()?),
                (8, FieldType::Int) => element.precision = small(thrift.int()?),
                (9, FieldType::Int) => element.id = small(thrift.int()?),
                (10, FieldType::Struct) => element.logical = logical(thrift)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(element)
    }

    fn repetition(&self) -> Repetition {
        match self.repetition {
            Some(1) => Repetition::OPTIONAL,
            Some(2) => Repetition::REPEATED,
            _ => Repetition::REQUIRED,
        }
    }

    fn converted(&self) -> ConvertedType {
        match self.converted {
            Some(0) => ConvertedType::UTF8,
            Some(1) => ConvertedType::MAP,
            Some(2) => ConvertedType::MAP_KEY_VALUE,
            Some(3) => ConvertedType::LIST,
            Some(4) => ConvertedType::ENUM,
            Some(5) => ConvertedType::DECIMAL,
            Some(6) => ConvertedType::DATE,
            Some(7) => ConvertedType::TIME_MILLIS,
            Some(8) => ConvertedType::TIME_MICROS,
            Some(9) => ConvertedType::TIMESTAMP_MILLIS,
            Some(10) => ConvertedType::TIMESTAMP_MICROS,
            Some(11) => ConvertedType::UINT_8,
            Some(12) => ConvertedType::UINT_16,
            Some(13) => ConvertedType::UINT_32,
            Some(14) => ConvertedType::UINT_64,
            Some(15) => ConvertedType::INT_8,
            Some(16) => ConvertedType::INT_16,
            Some(17) => ConvertedType::INT_32,
            Some(18) => ConvertedType::INT_64,
            Some(19) => ConvertedType::JSON,
            Some(20) => ConvertedType::BSON,
            Some(21) => ConvertedType::INTERVAL,
            _ => ConvertedType::NONE,
        }
    }

    fn physical(&self) -> Result<PhysicalType> {
        Ok(match self.physical {
            Some(0) => PhysicalType::BOOLEAN,
            Some(1) => PhysicalType::INT32,
            Some(2) => PhysicalType::INT64,
            Some(3) => PhysicalType::INT96,
            Some(4) => PhysicalType::FLOAT,
            Some(5) => PhysicalType::DOUBLE,
            Some(6) => PhysicalType::BYTE_ARRAY,
            Some(7) if self.length.is_some_and(|length| length > 0) => PhysicalType::FIXED_LEN_BYTE_ARRAY,
            Some(7) => return Err(Error::corrupt("its values have a fixed length, which is missing")),
            other => {
                let code = other.unwrap_or(-1);
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format!("its values are stored as type number {code}, which is not known"),
                ));
            }
        })
    }

    /// The leaf with its annotations, as far as the format allows them there.
    fn leaf(&self) -> Result<(Type, Option<Error>)> {
        let name = text(self.name);
        let (physical, fault) = match self.physical() {
            Ok(physical) => (physical, None),
            Err(error) => (PhysicalType::BYTE_ARRAY, Some(error)),
        };
        let length =
            if physical == PhysicalType::FIXED_LEN_BYTE_ARRAY { self.length.unwrap_or(1) } else { -1 };
        let base = || {
            Type::primitive_type_builder(&name, physical)
                .with_repetition(self.repetition())
                .with_length(length)
                .with_id(self.id)
        };
        let (logical, converted) = (self.logical.clone(), self.converted());
        let declared = match &logical {
            Some(LogicalType::Decimal(decimal)) => Some((decimal.scale, decimal.precision)),
            _ if converted == ConvertedType::DECIMAL => {
                Some((self.scale.unwrap_or(0), self.precision.unwrap_or(0)))
            }
            _ => None,
        };
        let annotated = match declared.and_then(|declared| digits(physical, length, declared)) {
            Some((scale, precision)) => {
                let logical = logical.map(|_| LogicalType::decimal(scale, precision));
                let decimal = base().with_scale(scale).with_precision(precision);
                vec![decimal.with_logical_type(logical).with_converted_type(ConvertedType::DECIMAL)]
            }
            // Where the two annotations contradict each other, the newer one holds.
            None => vec![
                base().with_logical_type(logical.clone()).with_converted_type(converted),
                base().with_logical_type(logical),
                base().with_converted_type(converted),
            ],
        };
        let built = annotated.into_iter().find_map(|builder| builder.build().ok());
        let built = built.map_or_else(|| base().build(), Ok);
        Ok((built.map_err(|error| Error::corrupt(error.to_string()))?, fault))
    }

    fn group(&self, inner: Vec<TypePtr>, is_root: bool) -> Result<Type> {
        let name = text(self.name);
        let mut builder = Type::group_type_builder(&name)
            .with_converted_type(self.converted())
            .with_logical_type(self.logical.clone().filter(|logical| {
                matches!(logical, LogicalType::List | LogicalType::Map | LogicalType::Variant(_))
            }))
            .with_id(self.id)
            .with_fields(inner);
        if !is_root {
            builder = builder.with_repetition(self.repetition());
        }
        builder.build().map_err(|error| Error::corrupt(error.to_string()))
    }
}

/// Scale and precision that can be kept in this storage; none where no decimal can.
fn digits(physical: PhysicalType, length: i32, (scale, precision): (i32, i32)) -> Option<(i32, i32)> {
    let most = match physical {
        PhysicalType::INT32 => 9,
        PhysicalType::INT64 => 18,
        PhysicalType::BYTE_ARRAY => i32::MAX,
        // Of 8 n - 1 bits, log10(2) of a digit each.
        PhysicalType::FIXED_LEN_BYTE_ARRAY => {
            let bits = i64::from(length).saturating_mul(8) - 1;
            i32::try_from(bits.saturating_mul(30_103) / 100_000).unwrap_or(i32::MAX)
        }
        PhysicalType::BOOLEAN | PhysicalType::INT96 | PhysicalType::FLOAT | PhysicalType::DOUBLE => {
            return None;
        }
    };
    let precision = precision.max(scale).clamp(1, most.max(1));
    (0..=precision).contains(&scale).then_some((scale, precision))
}

fn logical(thrift: &mut Thrift<'_>) -> Result<Option<LogicalType>> {
    let mut found = None;
    fields(thrift, |thrift, field| {
        found = match field {
            (5, FieldType::Struct) => {
                let [scale, precision] = numbers(thrift)?;
                scale.zip(precision).map(|(scale, precision)| LogicalType::decimal(scale, precision))
            }
            (7, FieldType::Struct) => time(thrift)?.map(|(utc, unit)| LogicalType::time(utc, unit)),
            (8, FieldType::Struct) => time(thrift)?.map(|(utc, unit)| LogicalType::timestamp(utc, unit)),
            (10, FieldType::Struct) => integer(thrift)?,
            (16, FieldType::Struct) => variant(thrift)?,
            (number, FieldType::Struct) => {
                thrift.skip(FieldType::Struct)?;
                plain_logical(number)
            }
            _ => return Ok(false),
        };
        Ok(true)
    })?;
    Ok(found)
}

/// Annotations that say no more than their number.
fn plain_logical(number: i16) -> Option<LogicalType> {
    Some(match number {
        1 => LogicalType::String,
        2 => LogicalType::Map,
        3 => LogicalType::List,
        4 => LogicalType::Enum,
        6 => LogicalType::Date,
        11 => LogicalType::Unknown,
        12 => LogicalType::Json,
        13 => LogicalType::Bson,
        14 => LogicalType::Uuid,
        15 => LogicalType::Float16,
        17 => LogicalType::geometry(None),
        18 => LogicalType::geography(None, None),
        _ => return None,
    })
}

/// Fields 1 and 2 of a structure, where they are numbers.
fn numbers(thrift: &mut Thrift<'_>) -> Result<[Option<i32>; 2]> {
    let mut found = [None; 2];
    fields(thrift, |thrift, field| {
        let place = match field {
            (1, FieldType::Int) => 0,
            (2, FieldType::Int) => 1,
            _ => return Ok(false),
        };
        let number = i32::try_from(thrift.int()?).ok();
        if let Some(slot) = found.get_mut(place) {
            *slot = number;
        }
        Ok(true)
    })?;
    Ok(found)
}

/// Whether a time is in UTC, and its unit.
fn time(thrift: &mut Thrift<'_>) -> Result<Option<(bool, TimeUnit)>> {
    let (mut utc, mut unit) = (false, None);
    fields(thrift, |thrift, field| {
        match field {
            (1, FieldType::True) => utc = true,
            (1, FieldType::False) => utc = false,
            (2, FieldType::Struct) => fields(thrift, |_, (number, _)| {
                unit = match number {
                    1 => Some(TimeUnit::MILLIS),
                    2 => Some(TimeUnit::MICROS),
                    3 => Some(TimeUnit::NANOS),
                    _ => None,
                };
                Ok(false)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(unit.map(|unit| (utc, unit)))
}

fn integer(thrift: &mut Thrift<'_>) -> Result<Option<LogicalType>> {
    let (mut bits, mut signed) = (None, true);
    fields(thrift, |thrift, field| {
        match field {
            (1, FieldType::Byte) => bits = Some(thrift.byte()?),
            (2, FieldType::True) => signed = true,
            (2, FieldType::False) => signed = false,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let bits = bits.filter(|bits| matches!(bits, 8 | 16 | 32 | 64));
    Ok(bits.map(|bits| LogicalType::integer(bits as i8, signed)))
}

/// A VARIANT, with the version of its form.
fn variant(thrift: &mut Thrift<'_>) -> Result<Option<LogicalType>> {
    let mut version = None;
    fields(thrift, |thrift, field| {
        match field {
            (1, FieldType::Byte) => version = Some(thrift.byte()? as i8),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Some(LogicalType::variant(version)))
}

/// The tree that the elements make.
///
/// # Errors
/// Where they do not make one, or nest deeper than [`MAX_SCHEMA_DEPTH`].
pub fn tree(elements: &[Element<'_>]) -> Result<Tree> {
    let mut planter = Planter { elements, at: 0, leaves: Vec::new() };
    let root = planter.plant(0)?;
    if planter.at < elements.len() {
        return Err(Error::corrupt("its schema has elements that belong to no structure"));
    }
    if !root.is_group() {
        return Err(Error::corrupt("its schema is no structure"));
    }
    Ok(Tree { root: Arc::new(root), leaves: planter.leaves })
}

struct Planter<'a> {
    elements: &'a [Element<'a>],
    at: usize,
    leaves: Vec<Option<Error>>,
}

impl Planter<'_> {
    fn plant(&mut self, depth: usize) -> Result<Type> {
        let all = self.elements.len();
        if depth > MAX_SCHEMA_DEPTH {
            return Err(Error::new(
                ErrorKind::Limit,
                format!("structures nest deeper than {MAX_SCHEMA_DEPTH}"),
            ));
        }
        let element = self
            .elements
            .get(self.at)
            .ok_or_else(|| Error::corrupt(format!("its schema ends after {all}")))?;
        self.at += 1;
        if element.children > all {
            let message = format!("a structure of {} fields in a schema of {all}", element.children);
            return Err(Error::corrupt(message));
        }
        if element.children == 0 && element.physical.is_some() {
            let (leaf, fault) = element.leaf()?;
            self.leaves.push(fault);
            return Ok(leaf);
        }
        let mut inner = Vec::with_capacity(element.children);
        for _ in 0..element.children {
            inner.push(Arc::new(self.plant(depth + 1)?));
        }
        element.group(inner, depth == 0)
    }
}
