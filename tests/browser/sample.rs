//! What is in the bundled sample, read without any of the app's code, and what a filter has to
//! leave of it.

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use vitrine::view::catalog;
use vitrine::view::spec::{Bound, Clause, ListValue, Spec};

pub const DIFFUSIONDB: &str = "diffusiondb-sample.parquet";
pub const IMAGEREWARD: &str = "imagereward-test-sample.parquet";

/// Where a file of the sample is.
pub fn sample_path(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/sample").join(name);
    assert!(path.is_file(), "{} is missing: cargo xtask sample", path.display());
    path
}

/// A table in memory.
pub struct Table {
    pub rows: Vec<BTreeMap<String, Value>>,
}

/// A value: a number (times in milliseconds), a text, or nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Number(f64),
    Text(String),
}

impl Table {
    /// Reads a parquet file whole.
    pub fn read(path: &Path) -> Table {
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        let rows = reader.get_row_iter(None).unwrap().map(|row| {
            let row = row.unwrap();
            let values: BTreeMap<String, Value> =
                row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect();
            with_size(values)
        });
        Table { rows: rows.collect() }
    }

    /// Places of the rows that pass every clause, `but` one column's.
    pub fn matching(&self, spec: &Spec, but: Option<&str>) -> Vec<usize> {
        let passes = |row: &BTreeMap<String, Value>| {
            spec.filters
                .iter()
                .filter(|(column, _)| Some(column.as_str()) != but)
                .all(|(column, clause)| passes(column, &row[column], clause))
        };
        (0..self.rows.len()).filter(|place| passes(&self.rows[*place])).collect()
    }

    /// How many rows match.
    pub fn count(&self, spec: &Spec) -> u64 {
        self.matching(spec, None).len() as u64
    }

    /// How many rows of each value pass every other column's clause: what a chart has to show.
    pub fn bars(&self, spec: &Spec, column: &str) -> BTreeMap<String, u64> {
        let mut bars = BTreeMap::new();
        for place in self.matching(spec, Some(column)) {
            *bars.entry(label(column, &self.rows[place][column])).or_insert(0) += 1;
        }
        bars
    }
}

/// The image size is two columns of the file in one.
fn with_size(mut values: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    if let (Some(Value::Number(width)), Some(Value::Number(height))) =
        (values.get("width"), values.get("height"))
    {
        let size = format!("{width}x{height}");
        values.insert(catalog::SIZE.to_owned(), Value::Text(size));
    }
    values
}

fn value(field: &Field) -> Value {
    match field {
        Field::Bool(value) => Value::Text(value.to_string()),
        Field::Byte(value) => Value::Number((*value).into()),
        Field::Short(value) => Value::Number((*value).into()),
        Field::Int(value) => Value::Number((*value).into()),
        Field::Long(value) => Value::Number(*value as f64),
        Field::UByte(value) => Value::Number((*value).into()),
        Field::UShort(value) => Value::Number((*value).into()),
        Field::UInt(value) => Value::Number((*value).into()),
        Field::ULong(value) => Value::Number(*value as f64),
        Field::Float(value) => Value::Number((*value).into()),
        Field::Double(value) => Value::Number(*value),
        Field::Str(value) => Value::Text(value.clone()),
        Field::TimestampMillis(value) => Value::Number(*value as f64),
        // Before 1970 a division would round the wrong way.
        Field::TimestampMicros(value) => Value::Number(value.div_euclid(1_000) as f64),
        _ => Value::Null,
    }
}

fn passes(column: &str, value: &Value, clause: &Clause) -> bool {
    match clause {
        Clause::Null => *value == Value::Null,
        Clause::NotNull => *value != Value::Null,
        Clause::List(list) => {
            let listed = list.values.iter().any(|listed| match listed {
                ListValue::Null => *value == Value::Null,
                ListValue::Text(text) => *value != Value::Null && label(column, value) == *text,
            });
            listed != list.negated
        }
        Clause::Range(range) => {
            let Value::Number(value) = *value else { return false };
            let low = range.low.as_ref().is_none_or(|low| match low {
                Bound::Number(_) | Bound::Exact(_) => value >= low.start(),
                Bound::Time(low) => value >= low.start_millis as f64,
            });
            let high = range.high.as_ref().is_none_or(|high| match high {
                Bound::Number(_) | Bound::Exact(_) => value <= high.end(),
                Bound::Time(high) => value < high.end_millis() as f64,
            });
            low && high
        }
    }
}

/// What a value is called in links and charts.
pub fn label(column: &str, value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => coded(column, *number).map_or_else(|| number.to_string(), str::to_owned),
    }
}

/// What the catalogue calls a coded value.
fn coded(column: &str, value: f64) -> Option<&'static str> {
    let facts = catalog::USUAL_COLUMNS.iter().find(|facts| facts.name == column)?;
    facts.labels.iter().find(|(code, _)| *code as f64 == value).map(|(_, label)| &**label)
}
