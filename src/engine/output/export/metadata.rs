//! What a file says of its columns beside the schema, adjusted to the columns that are written.
//!
//! Sources: "Developing with pandas" of pandas for `pandas`, `datasets.features` for `huggingface`.

use super::task::RangeIndex;
use arrow_schema::FieldRef;
use parquet::file::metadata::KeyValue;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use serde_json::json;
use serde_json::value::RawValue;
use std::fmt;

/// Described again by whoever writes.
const ARROW: &str = "ARROW:schema";

/// Those that repeat the schema of the whole file begin with these.
const WHOLE_SCHEMAS: &[&str] = &["org.apache.spark", "parquet.avro.schema", "avro.schema", "iceberg.schema"];

/// The pairs that a file with these columns has; `all` says whether they are all that there were, and `range` what
/// becomes of an index that is in none of them.
pub fn adjusted(
    pairs: &[KeyValue],
    fields: &[FieldRef],
    all: bool,
    range: RangeIndex,
) -> Vec<(String, String)> {
    pairs
        .iter()
        .filter_map(|KeyValue { key, value }| {
            let value = value.as_ref()?;
            let value = match key.as_str() {
                ARROW => return None,
                "huggingface" => huggingface(value, fields).unwrap_or_else(|| value.clone()),
                "pandas" => pandas(value, fields, range).unwrap_or_else(|| value.clone()),
                key if !all && WHOLE_SCHEMAS.iter().any(|start| key.starts_with(start)) => return None,
                _ => value.clone(),
            };
            Some((key.clone(), value))
        })
        .collect()
}

/// The features of the columns, in their order.
fn huggingface(text: &str, fields: &[FieldRef]) -> Option<String> {
    let whole: Members<'_> = serde_json::from_str(text).ok()?;
    let info: Members<'_> = serde_json::from_str(whole.get("info")?).ok()?;
    let features: Members<'_> = serde_json::from_str(info.get("features")?).ok()?;
    let plain = r#"{"dtype":"string","_type":"Value"}"#;
    let kept =
        fields.iter().map(|field| (field.name().as_str(), features.get(field.name()).unwrap_or(plain)));
    let features = print(kept);
    let info = print(info.replaced("features", &features));
    Some(print(whole.replaced("info", &info)))
}

/// Descriptions of the columns; what is no longer there is no index any more.
fn pandas(text: &str, fields: &[FieldRef], range: RangeIndex) -> Option<String> {
    let written = |name: &str| fields.iter().any(|field| field.name() == name);
    let mut whole: Json = serde_json::from_str(text).ok()?;
    if let Some(columns) = whole.get_mut("columns").and_then(Json::as_array_mut) {
        columns.retain(|column| {
            let name = column.get("field_name").or_else(|| column.get("name")).and_then(Json::as_str);
            name.is_none_or(&written)
        });
    }
    if let Some(index) = whole.get_mut("index_columns").and_then(Json::as_array_mut) {
        let mut column = None;
        for level in index.iter_mut().filter(|level| level.is_object()) {
            if let (RangeIndex::LastColumn, Some(field)) = (range, fields.last()) {
                let name = level.get("name").cloned().unwrap_or_default();
                column = Some(json!({
                    "name": name, "field_name": field.name(), "pandas_type": "int64", "numpy_type": "int64",
                    "metadata": null,
                }));
                *level = Json::String(field.name().clone());
            }
        }
        let is_kept = range == RangeIndex::Kept;
        index.retain(|level| level.as_str().map_or(is_kept, &written));
        if let Some(columns) = whole.get_mut("columns").and_then(Json::as_array_mut) {
            columns.extend(column);
        }
    }
    Some(whole.to_string())
}

/// An object's members in their order, with their values as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl Members<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.get())
    }

    fn replaced<'b>(&'b self, name: &'b str, value: &'b str) -> impl Iterator<Item = (&'b str, &'b str)> {
        self.0.iter().map(move |(key, own)| (key.as_str(), if key == name { value } else { own.get() }))
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn print<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> =
        members.map(|(key, value)| format!("{}:{value}", Json::String(key.to_owned()))).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{RangeIndex, adjusted};
    use arrow_schema::{DataType, Field};
    use parquet::file::metadata::KeyValue;
    use std::sync::Arc;

    fn check(key: &str, value: &str, columns: &[&str], expected: Option<&str>) {
        let fields: Vec<_> =
            columns.iter().map(|name| Arc::new(Field::new(*name, DataType::Utf8, true))).collect();
        let pairs = [KeyValue::new(key.to_owned(), value.to_owned())];
        let got = adjusted(&pairs, &fields, false, RangeIndex::Dropped);
        assert_eq!(got.first().map(|(_, value)| value.as_str()), expected);
    }

    #[test]
    fn only_columns_that_are_written_are_described() {
        check(
            "huggingface",
            r#"{"info": {"features": {"z": {"_type": "Image"}, "a": {"names": ["x"], "_type": "ClassLabel"}}}, "v": 1}"#,
            &["a", "size"],
            Some(
                r#"{"info":{"features":{"a":{"names": ["x"], "_type": "ClassLabel"},"size":{"dtype":"string","_type":"Value"}}},"v":1}"#,
            ),
        );
        check(
            "pandas",
            r#"{"index_columns":[{"kind":"range"},"i","gone"],"columns":[{"name":"a"},{"name":null,"field_name":"i"},{"name":"gone"}]}"#,
            &["a", "i"],
            Some(r#"{"columns":[{"name":"a"},{"field_name":"i","name":null}],"index_columns":["i"]}"#),
        );
        check("huggingface", "no JSON", &["a"], Some("no JSON"));
        check("org.apache.spark.sql.parquet.row.metadata", "{}", &["a"], None);
        check("ARROW:schema", "", &["a"], None);
    }
}
