//! The columns that a schema message announces, each by itself: one of a type that is not known costs no other.
//! (`Schema.fbs` of Apache Arrow.)

use arrow_ipc::{self as ipc, DateUnit, IntervalUnit as Interval, Precision, TimeUnit as Unit, UnionMode};
use arrow_schema::{DataType, Field, Fields, IntervalUnit, Schema, TimeUnit, UnionFields};
use std::collections::HashMap;
use std::sync::Arc;

/// The key of a field's metadata which says why its values can't be read.
pub const UNREAD: &str = "vitrine:unread";

/// Digits of the largest whole number of 128 bits.
const WIDE_DIGITS: u8 = 39;

/// Most digits of a decimal of 32, 64, 128 and 256 bits.
const DIGITS: [(i32, u8); 4] = [(32, 9), (64, 18), (128, 38), (256, 76)];

/// A column, or what is within one.
#[derive(Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    nullable: bool,
    metadata: HashMap<String, String>,
    /// What its values are, or why that can't be told.
    pub values: Result<DataType, String>,
    /// The buffers that messages have for it.
    pub buffers: Buffers,
    /// What is within it.
    pub children: Vec<Column>,
    /// Where its values are entries of a dictionary.
    pub coded: Option<Coded>,
}

/// How values name the entries of a dictionary.
#[derive(Clone)]
pub struct Coded {
    /// Number of the dictionary.
    pub id: i64,
    key: Result<DataType, String>,
    /// Whether the order of the entries means something.
    ordered: bool,
}

/// The buffers that a message has for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers {
    /// As many, of which the first tells which rows have a value.
    Plain(usize),
    /// None.
    None,
    /// Whole numbers of 128 bits: Polars writes them, and no library that speaks of the format reads them.
    Wide {
        /// Whether they have a sign.
        signed: bool,
    },
    /// Views of texts or bytes, and as many more as the message says.
    Views,
    /// As many; one more that tells which rows have a value stands in front up to version 4 of the metadata.
    Bare(usize),
    /// Nobody can tell how many.
    Unknown,
}

/// The columns of a schema.
pub fn columns(schema: ipc::Schema<'_>) -> Vec<Column> {
    schema.fields().iter().flatten().map(Column::new).collect()
}

/// A schema as the `arrow` crates have it. Columns that can't be read have no values, and say [why](UNREAD).
pub fn schema(schema: ipc::Schema<'_>) -> Schema {
    let fields: Fields = columns(schema).iter().map(Column::field).collect();
    Schema::new_with_metadata(fields, pairs(schema.custom_metadata()))
}

type Pairs<'a> = flatbuffers::Vector<'a, flatbuffers::ForwardsUOffset<ipc::KeyValue<'a>>>;

fn pairs(pairs: Option<Pairs<'_>>) -> HashMap<String, String> {
    let pair = |pair: ipc::KeyValue<'_>| Some((pair.key()?.to_owned(), pair.value()?.to_owned()));
    pairs.iter().flatten().filter_map(pair).collect()
}

impl Column {
    fn new(field: ipc::Field<'_>) -> Self {
        let children: Vec<Self> = field.children().iter().flatten().map(Self::new).collect();
        let coded = field.dictionary().map(|dictionary| Coded {
            id: dictionary.id(),
            // What is not said is a number of 32 bits.
            key: dictionary.indexType().map_or(Ok(DataType::Int32), whole).and_then(|key| {
                match key.is_integer() {
                    true => Ok(key),
                    false => Err("its dictionary's keys are longer than 64 bits".to_owned()),
                }
            }),
            ordered: dictionary.isOrdered(),
        });
        Self {
            name: field.name().unwrap_or_default().to_owned(),
            nullable: field.nullable(),
            metadata: pairs(field.custom_metadata()),
            values: values(field, &children),
            buffers: buffers(field),
            children,
            coded,
        }
    }

    /// The column as the `arrow` crates have it.
    pub fn field(&self) -> Field {
        match self.data_type() {
            Ok(of) => {
                let ordered = self.coded.as_ref().is_some_and(|coded| coded.ordered);
                let field = Field::new(&self.name, of, self.nullable).with_metadata(self.metadata.clone());
                field.with_dict_is_ordered(ordered)
            }
            Err(why) => {
                let why: HashMap<String, String> = [(UNREAD.to_owned(), why)].into();
                Field::new(&self.name, DataType::Null, true).with_metadata(why)
            }
        }
    }

    /// Its type.
    ///
    /// # Errors
    /// Why nobody can read it.
    pub fn data_type(&self) -> Result<DataType, String> {
        let values = self.values.clone()?;
        match &self.coded {
            Some(coded) => Ok(DataType::Dictionary(Box::new(coded.key.clone()?), Box::new(values))),
            None => Ok(values),
        }
    }

    /// The entries of its dictionary, as a column.
    pub fn entries(&self) -> Self {
        Self { coded: None, ..self.clone() }
    }

    /// The column, or the one within it, whose values are entries of this dictionary.
    pub fn with_dictionary(&self, id: i64) -> Option<&Self> {
        let own = self.coded.as_ref().is_some_and(|coded| coded.id == id);
        own.then_some(self).or_else(|| self.children.iter().find_map(|child| child.with_dictionary(id)))
    }
}

fn buffers(field: ipc::Field<'_>) -> Buffers {
    match field.type_type() {
        ipc::Type::Null => Buffers::None,
        ipc::Type::RunEndEncoded => Buffers::Bare(0),
        ipc::Type::Struct_ | ipc::Type::FixedSizeList => Buffers::Plain(1),
        ipc::Type::Int => match field.type_as_int() {
            Some(int) if int.bitWidth() == 128 => Buffers::Wide { signed: int.is_signed() },
            _ => Buffers::Plain(2),
        },
        ipc::Type::FloatingPoint
        | ipc::Type::Bool
        | ipc::Type::Decimal
        | ipc::Type::Date
        | ipc::Type::Time
        | ipc::Type::Timestamp
        | ipc::Type::Interval
        | ipc::Type::Duration
        | ipc::Type::FixedSizeBinary
        | ipc::Type::List
        | ipc::Type::LargeList
        | ipc::Type::Map => Buffers::Plain(2),
        ipc::Type::Binary
        | ipc::Type::LargeBinary
        | ipc::Type::Utf8
        | ipc::Type::LargeUtf8
        | ipc::Type::ListView
        | ipc::Type::LargeListView => Buffers::Plain(3),
        ipc::Type::BinaryView | ipc::Type::Utf8View => Buffers::Views,
        ipc::Type::Union => match field.type_as_union().map(|union| union.mode()) {
            Some(UnionMode::Sparse) => Buffers::Bare(1),
            Some(UnionMode::Dense) => Buffers::Bare(2),
            _ => Buffers::Unknown,
        },
        _ => Buffers::Unknown,
    }
}

/// The type of a field's values, whether they stand in a dictionary or not.
fn values(field: ipc::Field<'_>, children: &[Column]) -> Result<DataType, String> {
    let child = || match children {
        [child] => child.data_type().map(|_| Arc::new(child.field())),
        _ => Err(format!("it has {} columns within, not one", children.len())),
    };
    let none = || "its type is not described".to_owned();
    Ok(match field.type_type() {
        ipc::Type::Null => DataType::Null,
        ipc::Type::Bool => DataType::Boolean,
        ipc::Type::Int => whole(field.type_as_int().ok_or_else(none)?)?,
        ipc::Type::FloatingPoint => match field.type_as_floating_point().ok_or_else(none)?.precision() {
            Precision::HALF => DataType::Float16,
            Precision::SINGLE => DataType::Float32,
            Precision::DOUBLE => DataType::Float64,
            Precision(other) => return Err(format!("numbers of precision {other} are not known")),
        },
        ipc::Type::Decimal => decimal(field.type_as_decimal().ok_or_else(none)?)?,
        ipc::Type::Binary => DataType::Binary,
        ipc::Type::LargeBinary => DataType::LargeBinary,
        ipc::Type::BinaryView => DataType::BinaryView,
        ipc::Type::Utf8 => DataType::Utf8,
        ipc::Type::LargeUtf8 => DataType::LargeUtf8,
        ipc::Type::Utf8View => DataType::Utf8View,
        ipc::Type::FixedSizeBinary => match field.type_as_fixed_size_binary().ok_or_else(none)?.byteWidth() {
            width if width >= 0 => DataType::FixedSizeBinary(width),
            width => return Err(format!("values of {width} bytes are none")),
        },
        ipc::Type::Date => match field.type_as_date().ok_or_else(none)?.unit() {
            DateUnit::DAY => DataType::Date32,
            DateUnit::MILLISECOND => DataType::Date64,
            DateUnit(other) => return Err(format!("dates in unit {other} are not known")),
        },
        ipc::Type::Time => {
            let time = field.type_as_time().ok_or_else(none)?;
            match (time.bitWidth(), unit(time.unit())?) {
                (32, unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => DataType::Time32(unit),
                (64, unit @ (TimeUnit::Microsecond | TimeUnit::Nanosecond)) => DataType::Time64(unit),
                (bits, unit) => return Err(format!("times of {bits} bits in {unit:?} are not known")),
            }
        }
        ipc::Type::Timestamp => {
            let timestamp = field.type_as_timestamp().ok_or_else(none)?;
            // An empty zone is none.
            let zone = timestamp.timezone().filter(|zone| !zone.is_empty()).map(Into::into);
            DataType::Timestamp(unit(timestamp.unit())?, zone)
        }
        ipc::Type::Duration => DataType::Duration(unit(field.type_as_duration().ok_or_else(none)?.unit())?),
        ipc::Type::Interval => match field.type_as_interval().ok_or_else(none)?.unit() {
            Interval::YEAR_MONTH => DataType::Interval(IntervalUnit::YearMonth),
            Interval::DAY_TIME => DataType::Interval(IntervalUnit::DayTime),
            Interval::MONTH_DAY_NANO => DataType::Interval(IntervalUnit::MonthDayNano),
            Interval(other) => return Err(format!("intervals in unit {other} are not known")),
        },
        ipc::Type::List => DataType::List(child()?),
        ipc::Type::LargeList => DataType::LargeList(child()?),
        ipc::Type::ListView => DataType::ListView(child()?),
        ipc::Type::LargeListView => DataType::LargeListView(child()?),
        ipc::Type::FixedSizeList => match field.type_as_fixed_size_list().ok_or_else(none)?.listSize() {
            len if len >= 0 => DataType::FixedSizeList(child()?, len),
            len => return Err(format!("lists of {len} values are none")),
        },
        ipc::Type::Map => {
            let entries = child()?;
            match entries.data_type() {
                DataType::Struct(fields) if fields.len() == 2 => {}
                other => return Err(format!("a map of {other} is none")),
            }
            DataType::Map(entries, field.type_as_map().is_some_and(|map| map.keysSorted()))
        }
        ipc::Type::Struct_ => DataType::Struct(within(children)?),
        ipc::Type::Union => {
            let union = field.type_as_union().ok_or_else(none)?;
            let mode = match union.mode() {
                UnionMode::Sparse => arrow_schema::UnionMode::Sparse,
                UnionMode::Dense => arrow_schema::UnionMode::Dense,
                UnionMode(other) => return Err(format!("unions of mode {other} are not known")),
            };
            let (fields, few) = (within(children)?, i8::try_from(children.len()).unwrap_or(i8::MAX));
            let ids: Vec<i8> = match union.typeIds() {
                Some(ids) => ids.iter().map(|id| i8::try_from(id).unwrap_or(-1)).collect(),
                None => (0..few).collect(),
            };
            let members = UnionFields::try_new(ids, fields.iter().cloned());
            DataType::Union(members.map_err(|error| error.to_string())?, mode)
        }
        ipc::Type::RunEndEncoded => match children {
            [ends, values] => {
                ends.data_type().and(values.data_type())?;
                let ends = ends.field();
                if !matches!(ends.data_type(), DataType::Int16 | DataType::Int32 | DataType::Int64) {
                    return Err(format!("runs that end at {}", ends.data_type()));
                }
                DataType::RunEndEncoded(Arc::new(ends), Arc::new(values.field()))
            }
            _ => return Err(format!("runs have {} columns within, not two", children.len())),
        },
        ipc::Type(other) => return Err(format!("type number {other} of Arrow is not known")),
    })
}

fn within(children: &[Column]) -> Result<Fields, String> {
    children.iter().map(|child| child.data_type().map(|_| child.field())).collect()
}

fn whole(int: ipc::Int<'_>) -> Result<DataType, String> {
    Ok(match (int.bitWidth(), int.is_signed()) {
        (8, true) => DataType::Int8,
        (8, false) => DataType::UInt8,
        (16, true) => DataType::Int16,
        (16, false) => DataType::UInt16,
        (32, true) => DataType::Int32,
        (32, false) => DataType::UInt32,
        (64, true) => DataType::Int64,
        (64, false) => DataType::UInt64,
        (128, _) => DataType::Decimal256(WIDE_DIGITS, 0),
        (bits, _) => return Err(format!("whole numbers of {bits} bits are not known")),
    })
}

fn decimal(decimal: ipc::Decimal<'_>) -> Result<DataType, String> {
    let (bits, digits, scale) = (decimal.bitWidth(), decimal.precision(), decimal.scale());
    let most = DIGITS.iter().find(|(of, _)| *of == bits).map(|(_, most)| *most);
    let digits_fit =
        u8::try_from(digits).ok().filter(|digits| most.is_some_and(|most| (1..=most).contains(digits)));
    let (Some(digits), Ok(scale)) = (digits_fit, i8::try_from(scale)) else {
        return Err(format!(
            "decimals of {bits} bits with {digits} digits, {scale} behind the point, are not known"
        ));
    };
    Ok(match bits {
        32 => DataType::Decimal32(digits, scale),
        64 => DataType::Decimal64(digits, scale),
        128 => DataType::Decimal128(digits, scale),
        _ => DataType::Decimal256(digits, scale),
    })
}

fn unit(unit: Unit) -> Result<TimeUnit, String> {
    Ok(match unit {
        Unit::SECOND => TimeUnit::Second,
        Unit::MILLISECOND => TimeUnit::Millisecond,
        Unit::MICROSECOND => TimeUnit::Microsecond,
        Unit::NANOSECOND => TimeUnit::Nanosecond,
        Unit(other) => return Err(format!("times in unit {other} are not known")),
    })
}
