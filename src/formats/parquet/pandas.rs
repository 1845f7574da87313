//! What pandas says of the index of the tables that it writes: the key `pandas` of a file's metadata.
//!
//! Source: "Developing with pandas" of pandas, "Storing pandas DataFrame objects in Apache Parquet format".

use serde_json::Value;

/// The key of the metadata.
const KEY: &str = "pandas";

/// What columns begin with that hold an index without a name, or with that of another column.
pub const INDEX_FIELD: &str = "__index_level_";

/// A level of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// A column of the file, and what the index is called, if it has a name.
    Column(String, Option<String>),
    /// Whole numbers that are in no column.
    Range(Range),
}

/// An index of whole numbers, each so many behind the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// What it is called, if it has a name.
    pub name: Option<String>,
    /// The number of the first row.
    pub start: i64,
    /// How far the next one is.
    pub step: i64,
}

impl Range {
    /// Whether it says no more than which row is which.
    pub fn is_plain(&self) -> bool {
        self.name.is_none() && self.start == 0 && self.step == 1
    }
}

/// The levels of the index; none where the file says nothing of one, or nothing that can be read.
pub fn index(pairs: &[(String, Option<String>)]) -> Vec<Index> {
    let text = pairs.iter().find(|(key, _)| key == KEY).and_then(|(_, value)| value.as_deref());
    let json: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
    let Some(json) = json else { return Vec::new() };
    let columns = json.get("columns").and_then(Value::as_array);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let named = |field: &str| {
        let own = columns?.iter().find(|column| text(column, "field_name").as_deref() == Some(field));
        text(own?, "name")
    };
    let level = |level: &Value| {
        if let Some(field) = level.as_str() {
            return Some(Index::Column(field.to_owned(), named(field)));
        }
        let number = |key: &str| level.get(key).and_then(Value::as_i64);
        let range = Range { name: text(level, "name"), start: number("start")?, step: number("step")? };
        (text(level, "kind")? == "range").then_some(Index::Range(range))
    };
    let levels = json.get("index_columns").and_then(Value::as_array);
    levels.into_iter().flatten().filter_map(level).collect()
}

/// What people call the columns of an index whose own names are pandas' alone, as it calls them where it makes columns of
/// an index.
pub fn titles(index: &[Index], names: &[&str]) -> Vec<(String, String)> {
    let is_alone = index.len() == 1;
    let title = |(level, index): (usize, &Index)| match index {
        Index::Column(field, name) if field.starts_with(INDEX_FIELD) => {
            let is_free = is_alone && !names.contains(&"index");
            let unnamed = || if is_free { "index".to_owned() } else { format!("level_{level}") };
            Some((field.clone(), name.clone().unwrap_or_else(unnamed)))
        }
        Index::Column(..) | Index::Range(_) => None,
    };
    index.iter().enumerate().filter_map(title).collect()
}

#[cfg(test)]
mod tests {
    use super::{Index, Range, index, titles};

    fn of(json: &str) -> Vec<Index> {
        index(&[("huggingface".into(), None), ("pandas".into(), Some(json.into()))])
    }

    #[test]
    fn every_level_is_known() {
        let levels = of(r#"{"index_columns": ["user", "__index_level_1__"], "columns": [
            {"name": "user", "field_name": "user"}, {"name": null, "field_name": "__index_level_1__"}]}"#);
        assert_eq!(
            levels,
            [
                Index::Column("user".into(), Some("user".into())),
                Index::Column("__index_level_1__".into(), None)
            ]
        );
        assert_eq!(titles(&levels, &[]), [("__index_level_1__".to_owned(), "level_1".to_owned())]);
        let one = [Index::Column("__index_level_0__".into(), None)];
        assert_eq!(titles(&one, &["a"]), [("__index_level_0__".to_owned(), "index".to_owned())]);
        assert_eq!(titles(&one, &["index"]), [("__index_level_0__".to_owned(), "level_0".to_owned())]);
        let same = [Index::Column("__index_level_0__".into(), Some("user".into()))];
        assert_eq!(titles(&same, &["user"]), [("__index_level_0__".to_owned(), "user".to_owned())]);
    }

    #[test]
    fn a_range_is_known() {
        let range =
            of(r#"{"index_columns": [{"kind": "range", "name": "r", "start": 10, "stop": 40, "step": 10}]}"#);
        assert_eq!(range, [Index::Range(Range { name: Some("r".into()), start: 10, step: 10 })]);
        for other in
            ["", "[]", "{\"index_columns\": 3}", "{\"index_columns\": [null, {\"kind\": \"range\"}]}"]
        {
            assert_eq!(of(other), []);
        }
    }
}
