//! The type of JSON values, from all of them.

use super::scan::{Cursor, Fault, Start, unescaped};
use crate::formats::tabular::JSON_OF_FILE;
use crate::formats::tabular::number::{Fraction, MAX_DIGITS, Written, exact_whole, written};
use arrow_schema::extension::{EXTENSION_TYPE_METADATA_KEY, EXTENSION_TYPE_NAME_KEY};
use arrow_schema::{DataType, Field, Fields};
use std::collections::HashMap;
use std::sync::Arc;

/// Objects with more keys than this are no structures but look-up tables: they are kept as JSON text.
const MAX_KEYS: usize = 500;

/// A row's own keys are columns: of those there may be more.
const MAX_COLUMNS: usize = 5_000;

/// So are objects with more keys than this, of which a usual one has less than a fourth: the others would be nulls that
/// are not in the file.
const MAX_SPARSE_KEYS: usize = 32;

/// Lists and objects deeper than this are kept as JSON text: each is up to two levels of a schema, which has at most 32.
const MAX_LEVELS: usize = 12;

/// What the values at one place were.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    bools: bool,
    strings: bool,
    numbers: Numbers,
    item: Option<Box<Shape>>,
    object: Option<Object>,
    /// Whether they are to be kept as they stand in the file.
    as_text: bool,
    /// Of rows that are lists, what each of their columns was.
    cells: Cells,
}

/// What rows were that are lists, where all of them are as long as each other and have nothing within.
#[derive(Clone, Debug, Default)]
struct Cells {
    columns: Vec<Shape>,
    rows: u64,
    /// Whether a row was something else.
    other: bool,
}

#[derive(Clone, Debug, Default)]
struct Object {
    keys: Vec<(Vec<u8>, Shape)>,
    places: HashMap<Vec<u8>, usize>,
    /// How many objects there were, and how many members they had in all.
    objects: u64,
    members: u64,
}

#[derive(Clone, Copy, Debug)]
struct Numbers {
    any: bool,
    int: bool,
    uint: bool,
    float: bool,
    decimal: bool,
    whole: u32,
    fraction: u32,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { any: false, int: true, uint: true, float: true, decimal: true, whole: 0, fraction: 0 }
    }
}

/// What holds values at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Bool,
    Int,
    UInt,
    Float,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Text,
    /// Values of several kinds, as they stand in the file.
    Json,
    List(Box<Type>),
    Struct(Vec<(Vec<u8>, Type)>),
    /// A row that is a list: its columns are called by their numbers, as pandas does.
    Row(Vec<Type>),
}

impl Shape {
    /// Takes a value into account, and passes it. `level` says how many lists and objects it is in.
    pub fn see(&mut self, cursor: &mut Cursor<'_>, level: usize) -> Result<(), Fault> {
        self.cells.other |= level > 0 || cursor.peek() != Some(b'[');
        if self.as_text || level > MAX_LEVELS {
            // Nulls alone decide nothing.
            let value = cursor.skip()?;
            self.as_text |= value != b"null";
            return Ok(());
        }
        match cursor.start()? {
            Start::Null => {}
            Start::Bool(_) => self.bools = true,
            Start::Special(_) => self.numbers.see(None),
            Start::Number => {
                let text = cursor.number()?;
                self.numbers.see(Some(text));
            }
            Start::String => {
                cursor.string()?;
                self.strings = true;
            }
            Start::List => {
                let item = self.item.get_or_insert_default();
                let mut count = 0;
                while cursor.more(count == 0, b']')? {
                    self.cells.see(cursor, count)?;
                    count += 1;
                    item.see(cursor, level + 1)?;
                }
                self.cells.end(count);
            }
            Start::Object => {
                let object = self.object.get_or_insert_default();
                object.objects += 1;
                let mut first = true;
                while cursor.more(first, b'}')? {
                    first = false;
                    object.members += 1;
                    let key = cursor.key()?;
                    object.at(key, |shape| shape.see(cursor, level + 1)).transpose()?;
                }
            }
        }
        self.settle(level);
        Ok(())
    }

    /// Takes all values into account that another one has seen at the same place.
    pub fn and(&mut self, other: Self, level: usize) {
        let Self { bools, strings, numbers, item, object, as_text, cells } = other;
        self.cells.and(cells);
        self.bools |= bools;
        self.strings |= strings;
        self.numbers.and(numbers);
        self.as_text |= as_text;
        if let Some(item) = item {
            self.item.get_or_insert_default().and(*item, level + 1);
        }
        if let Some(object) = object {
            let own = self.object.get_or_insert_default();
            own.objects += object.objects;
            own.members += object.members;
            for (key, shape) in object.keys {
                own.at(&key, |own| own.and(shape, level + 1));
            }
        }
        self.settle(level);
    }

    /// Keys of rows of this type that these rows lack, and those whose values are of another type here.
    pub fn differences(&self, all: &Type) -> (Vec<String>, Vec<String>) {
        let (mut lacks, mut differs) = (Vec::new(), Vec::new());
        if let Type::Row(all) = all {
            let own = self.cells.columns.iter().zip(all).enumerate();
            let own = own.filter(|(_, (own, of))| own.has_values() && own.resolve_value() != **of);
            return (lacks, own.map(|(place, _)| place.to_string()).collect());
        }
        let Type::Struct(all) = all else { return (lacks, differs) };
        for (key, of) in all {
            let own = self.object.as_ref().and_then(|object| {
                let place = object.places.get(key)?;
                object.keys.get(*place).map(|(_, shape)| shape)
            });
            match own {
                None => lacks.push(name(key)),
                Some(own) if own.has_values() && own.resolve_value() != *of => differs.push(name(key)),
                Some(_) => {}
            }
        }
        (lacks, differs)
    }

    fn has_values(&self) -> bool {
        let Self { bools, strings, numbers, item, object, as_text, cells: _ } = self;
        *bools || *strings || numbers.any || item.is_some() || object.is_some() || *as_text
    }

    /// What is of several kinds, or has too many keys, is kept as text.
    fn settle(&mut self, level: usize) {
        let kinds = [self.bools, self.strings, self.numbers.any, self.item.is_some(), self.object.is_some()];
        let most = if level == 0 { MAX_COLUMNS } else { MAX_KEYS };
        let has_too_many = self.object.as_ref().is_some_and(|object| object.keys.len() > most);
        self.as_text |= has_too_many || kinds.iter().filter(|kind| **kind).count() > 1;
        if self.as_text {
            (self.item, self.object) = (None, None);
        }
    }

    /// What holds all rows that were seen.
    pub fn resolve(&self) -> Type {
        if self.cells.rows > 0 && !self.cells.other {
            return Type::Row(self.cells.columns.iter().map(Self::resolve_value).collect());
        }
        match &self.object {
            Some(object) if !self.as_text && !object.keys.is_empty() => object.fields(),
            _ => self.resolve_value(),
        }
    }

    fn resolve_value(&self) -> Type {
        if self.as_text {
            return Type::Json;
        }
        if let Some(item) = &self.item {
            return Type::List(Box::new(item.resolve_value()));
        }
        if let Some(object) = &self.object {
            // Parquet knows no structure without fields.
            let is_text = object.keys.is_empty() || object.is_sparse();
            return if is_text { Type::Json } else { object.fields() };
        }
        match () {
            () if self.bools => Type::Bool,
            () if self.numbers.any => self.numbers.resolve(),
            () => Type::Text,
        }
    }
}

impl Cells {
    /// Takes the next value of a row into account, without passing it.
    fn see(&mut self, cursor: &Cursor<'_>, place: usize) -> Result<(), Fault> {
        let mut cursor = cursor.clone();
        self.other |= place >= MAX_COLUMNS || matches!(cursor.peek(), Some(b'[' | b'{'));
        if self.other {
            return Ok(());
        }
        if self.rows == 0 {
            self.columns.push(Shape::default());
        }
        match self.columns.get_mut(place) {
            Some(column) => column.see(&mut cursor, 1),
            None => {
                self.other = true;
                Ok(())
            }
        }
    }

    /// A row of so many values is over.
    fn end(&mut self, count: usize) {
        self.other |= count == 0 || count != self.columns.len();
        self.rows += 1;
    }

    fn and(&mut self, other: Self) {
        let (own, more) = (self.rows, other.rows);
        self.other |= other.other || own > 0 && more > 0 && self.columns.len() != other.columns.len();
        self.rows += more;
        if own == 0 {
            self.columns = other.columns;
            return;
        }
        for (column, other) in self.columns.iter_mut().zip(other.columns) {
            column.and(other, 1);
        }
    }
}

impl Object {
    fn fields(&self) -> Type {
        Type::Struct(self.keys.iter().map(|(key, shape)| (key.clone(), shape.resolve_value())).collect())
    }

    /// Whether it is a look-up table: many keys, of which each object has few.
    fn is_sparse(&self) -> bool {
        let keys = self.keys.len() as u64;
        self.keys.len() > MAX_SPARSE_KEYS
            && self.members.saturating_mul(4) < self.objects.saturating_mul(keys)
    }

    /// What the values of this key were, with `see` on them.
    fn at<T>(&mut self, key: &[u8], see: impl FnOnce(&mut Shape) -> T) -> Option<T> {
        if !self.places.contains_key(key) {
            self.places.insert(key.to_vec(), self.keys.len());
            self.keys.push((key.to_vec(), Shape::default()));
        }
        let place = self.places.get(key)?;
        self.keys.get_mut(*place).map(|(_, shape)| see(shape))
    }
}

impl Numbers {
    /// A number, or what is none and still one of the values of doubles.
    fn see(&mut self, text: Option<&[u8]>) {
        self.any = true;
        let (int, uint, float, decimal) = match text.and_then(written) {
            Some(Written::Int(value)) => {
                let digits = value.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
                self.whole = self.whole.max(digits);
                (true, value >= 0, digits <= 15 || text.is_some_and(exact_whole), true)
            }
            Some(Written::UInt(_)) => {
                self.whole = self.whole.max(20);
                (false, true, text.is_some_and(exact_whole), true)
            }
            Some(Written::Fraction(Fraction { digits, exact })) => {
                if let Some((whole, fraction)) = digits {
                    self.whole = self.whole.max(whole);
                    self.fraction = self.fraction.max(fraction);
                }
                (false, false, exact, digits.is_some())
            }
            Some(Written::Long) => {
                let digits = text.map_or(0, |text| text.iter().filter(|byte| byte.is_ascii_digit()).count());
                self.whole = self.whole.max(digits as u32);
                (false, false, text.is_some_and(exact_whole), true)
            }
            None => (false, false, true, false),
        };
        self.int &= int;
        self.uint &= uint;
        self.float &= float;
        self.decimal &= decimal;
    }

    fn and(&mut self, other: Self) {
        let Self { any, int, uint, float, decimal, whole, fraction } = other;
        self.any |= any;
        self.int &= int;
        self.uint &= uint;
        self.float &= float;
        self.decimal &= decimal;
        self.whole = self.whole.max(whole);
        self.fraction = self.fraction.max(fraction);
    }

    fn resolve(self) -> Type {
        let Self { int, uint, float, decimal, whole, fraction, any: _ } = self;
        match () {
            () if int => Type::Int,
            () if uint => Type::UInt,
            () if float => Type::Float,
            () if decimal && whole + fraction <= MAX_DIGITS => {
                Type::Decimal { precision: (whole + fraction).max(1) as u8, scale: fraction as u8 }
            }
            () => Type::Json,
        }
    }
}

impl Type {
    /// The same in Arrow, as a field of this name.
    pub fn field(&self, name: &str) -> Field {
        let of = match self {
            Self::Bool => DataType::Boolean,
            Self::Int => DataType::Int64,
            Self::UInt => DataType::UInt64,
            Self::Float => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal128(*precision, scale.cast_signed()),
            Self::Text | Self::Json => DataType::Utf8,
            Self::List(item) => DataType::List(Arc::new(item.field("element"))),
            Self::Struct(keys) => DataType::Struct(fields(keys)),
            Self::Row(columns) => DataType::Struct(numbered(columns)),
        };
        let field = Field::new(name, of, true);
        if !matches!(self, Self::Json) {
            return field;
        }
        let pairs =
            [(EXTENSION_TYPE_NAME_KEY, "arrow.json"), (EXTENSION_TYPE_METADATA_KEY, ""), (JSON_OF_FILE, "")];
        let pairs: HashMap<String, String> =
            pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        field.with_metadata(pairs)
    }
}

/// The fields of an object with these keys.
pub fn fields(keys: &[(Vec<u8>, Type)]) -> Fields {
    keys.iter().map(|(key, of)| of.field(&name(key))).collect()
}

/// The columns of a row that is a list.
pub fn numbered(columns: &[Type]) -> Fields {
    columns.iter().enumerate().map(|(place, of)| of.field(&place.to_string())).collect()
}

/// A key as it is meant.
pub fn name(key: &[u8]) -> String {
    let mut name = Vec::new();
    unescaped(key, &mut name);
    String::from_utf8_lossy(&name).into_owned()
}
