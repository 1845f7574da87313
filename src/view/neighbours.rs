//! Rows that are near a row: a nested value `{ids, distances}`, as Embedding Atlas writes it.
//!
//! `ids` are places in the file, from 0; `distances` has one for each, or is missing.

use crate::view::host::json::{self, Spot, Value};

/// The most rows that are taken of one value.
pub const MAX_NEIGHBOURS: usize = 48;

/// A row that is near another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its place in the file, from 0.
    pub row: u64,
    /// How far it is, if that is known.
    pub distance: Option<f64>,
}

/// The rows near the row `own` of a table of `rows` rows, the nearest first, as the value says; none where the value is
/// another thing. Rows that there are not, and the row itself, are left out.
pub fn read(json: &str, own: u64, rows: u64) -> Option<Vec<Neighbour>> {
    let Value::Map(members) = json::parse(json).ok()?.value else { return None };
    let list = |name: &str| {
        members.iter().find(|(key, _)| key == name).and_then(|(_, spot)| match &spot.value {
            Value::List(items) => Some(items.as_slice()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => None,
        })
    };
    let ids: Vec<Option<u64>> = list("ids")?.iter().map(place).collect::<Option<_>>()?;
    let distances = list("distances").unwrap_or_default();
    let mut found: Vec<Neighbour> = Vec::new();
    for (at, row) in ids.into_iter().enumerate() {
        let Some(row) = row.filter(|row| *row != own && *row < rows) else { continue };
        if found.len() < MAX_NEIGHBOURS && found.iter().all(|other| other.row != row) {
            found.push(Neighbour { row, distance: distances.get(at).and_then(number) });
        }
    }
    Some(found)
}

/// A place in a file, or none where there is nothing; nothing at all where it is another thing.
fn place(spot: &Spot) -> Option<Option<u64>> {
    match spot.value {
        Value::Null => Some(None),
        Value::Number(value) if value >= 0.0 && value.fract() == 0.0 => Some(Some(value as u64)),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
    }
}

fn number(spot: &Spot) -> Option<f64> {
    match spot.value {
        Value::Number(value) => Some(value),
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{MAX_NEIGHBOURS, Neighbour, read};

    #[test]
    fn ids_and_distances_are_rows_near_by() {
        let near = |row, distance| Neighbour { row, distance };
        let json = r#"{"ids":[4,7,9,7,100,null],"distances":[0,0.25,0.5,1,2,3]}"#;
        assert_eq!(read(json, 4, 50), Some(vec![near(7, Some(0.25)), near(9, Some(0.5))]));
        assert_eq!(read(r#"{"ids":[1]}"#, 0, 5), Some(vec![near(1, None)]));
        assert_eq!(read(r#"{"ids":[1,2],"distances":[0.5]}"#, 0, 5).unwrap()[1], near(2, None));
        let many = format!("{{\"ids\":{:?}}}", (0..500).collect::<Vec<_>>());
        assert_eq!(read(&many, 0, 500).unwrap().len(), MAX_NEIGHBOURS);
    }

    #[test]
    fn other_values_are_no_rows() {
        for other in
            ["[1,2]", "{\"id\":[1]}", "{\"ids\":[\"a\"]}", "{\"ids\":[-1]}", "{\"ids\":3}", "", "null"]
        {
            assert_eq!(read(other, 0, 10), None, "{other}");
        }
    }
}
