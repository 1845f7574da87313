//! Rows that list several images, with a rank or a rating of each: each row is a group. Lists are read as JSON, which
//! is what columns of lists are.

use super::{Sources, text};
use crate::engine::data::DataColumn;
use crate::protocol::Kind as Holds;
use crate::protocol::pairs::Kind;
use crate::table::agreement::{Agreement, Judgement, agreement};
use crate::table::column::Value;
use crate::table::pairs::{Image, Known};
use serde_json::Value as Json;
use std::collections::HashMap;

/// Whether a column has a list for each row.
pub fn is_list(column: &DataColumn) -> bool {
    column.info.kind == Holds::Nested
}

/// The list of a row; empty where it has none.
fn list(column: &DataColumn, row: u32) -> Vec<Json> {
    let Some(Value::Bytes(json)) = column.value(u64::from(row)) else { return Vec::new() };
    serde_json::from_slice(json).unwrap_or_default()
}

fn numbers(list: &[Json]) -> Vec<Option<f64>> {
    list.iter().map(|item| item.as_f64().or_else(|| Some(f64::from(u8::from(item.as_bool()?))))).collect()
}

/// A number for each image of a row.
pub fn numbers_of(column: &DataColumn, row: u32) -> Vec<Option<f64>> {
    numbers(&list(column, row))
}

/// What the images of a row are called; empty where they have no name.
fn names(column: &DataColumn, row: u32) -> Vec<String> {
    let name = |item: &Json| item.as_str().unwrap_or_default().to_owned();
    list(column, row).iter().map(name).collect()
}

/// The images that a row lists.
#[derive(Debug, Default)]
pub struct Listed {
    /// The images.
    pub images: Vec<Image>,
    /// What they are called.
    pub names: Vec<String>,
    /// Whether there are as many ranks as images.
    pub is_even: bool,
}

impl Sources<'_> {
    /// The images that a row lists.
    pub fn listed(&self, row: u32) -> Listed {
        let of =
            |column: Option<&DataColumn>| column.map(|column| numbers_of(column, row)).unwrap_or_default();
        let names = self.list.map(|column| names(column, row)).unwrap_or_default();
        let (places, ratings) = (of(self.verdict), of(self.rating));
        let sign = if self.kind == Kind::Rated { -1.0 } else { 1.0 };
        let at = |numbers: &[Option<f64>], item: usize| numbers.get(item).copied().flatten();
        let image = |(item, name): (usize, &String)| Image {
            row,
            item: u32::try_from(item).unwrap_or(u32::MAX),
            place: at(&places, item).map(|place| place * sign),
            rating: at(&ratings, item),
            is_here: true,
            file: if name.trim().is_empty() { Known::Missing } else { Known::Likely },
        };
        let images = names.iter().enumerate().map(image).collect();
        Listed { images, is_even: places.len() == names.len(), names }
    }
}

/// How far people agree on the images that these rows list: the pairs of each of their rankings are judgements.
pub fn judged(
    sources: &Sources<'_>,
    annotators: Option<&DataColumn>,
    rows: impl Iterator<Item = u32>,
) -> Agreement {
    let mut rankings: Vec<Ranking> = Vec::new();
    let mut people: HashMap<String, u32> = HashMap::new();
    let mut number = |name: String| {
        let next = people.len() as u32;
        *people.entry(name).or_insert(next)
    };
    let mut names: Vec<Vec<String>> = Vec::new();
    let sign = if sources.kind == Kind::Rated { -1.0 } else { 1.0 };
    for row in rows {
        let Listed { images, names: own, .. } = sources.listed(row);
        let place = names.len();
        match annotators.filter(|column| is_list(column)) {
            Some(column) => {
                for (who, numbers) in
                    list(column, row).iter().filter_map(|given| annotation(given, own.len()))
                {
                    let places = numbers.into_iter().map(|number| Some(number? * sign)).collect();
                    rankings.push(Ranking { place, who: who.map(&mut number), places });
                }
            }
            None => {
                let who = annotators.and_then(|column| text(column, row)).map(&mut number);
                let places = images.iter().map(|image| image.place).collect();
                rankings.push(Ranking { place, who, places });
            }
        }
        names.push(own);
    }
    let judgements = rankings.iter().flat_map(|ranking| {
        let names = names.get(ranking.place).map(Vec::as_slice).unwrap_or_default();
        ranking.judgements(names)
    });
    agreement(judgements)
}

/// How somebody ranks the images of a row, the smaller the better.
struct Ranking {
    /// The place of the row among the lists of names.
    place: usize,
    who: Option<u32>,
    places: Vec<Option<f64>>,
}

impl Ranking {
    fn judgements<'a>(&self, names: &'a [String]) -> Vec<Judgement<'a>> {
        let placed: Vec<(&'a str, f64)> = names
            .iter()
            .zip(&self.places)
            .filter_map(|(name, place)| Some((name.as_str(), (*place)?)))
            .collect();
        let mut all = Vec::new();
        for (at, (first, first_place)) in placed.iter().enumerate() {
            for (second, second_place) in placed.iter().skip(at + 1) {
                let verdict =
                    if first_place == second_place { 2 } else { usize::from(second_place < first_place) };
                let images = [first.as_bytes(), second.as_bytes()];
                all.push(Judgement { images, verdict, annotator: self.who });
            }
        }
        all
    }
}

/// What somebody says of the images of a row: a list with as many numbers as there are images, and beside it a name.
fn annotation(given: &Json, images: usize) -> Option<(Option<String>, Vec<Option<f64>>)> {
    if let Json::Array(list) = given {
        return (list.len() == images).then(|| (None, numbers(list)));
    }
    let fields = given.as_object()?;
    let numbers = fields.values().find_map(|field| {
        let list = field.as_array()?;
        (list.len() == images).then(|| numbers(list))
    })?;
    let who = fields.values().find_map(|field| match field {
        Json::String(name) => Some(name.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    });
    Some((who, numbers))
}

#[cfg(test)]
mod tests {
    use super::annotation;
    use serde_json::json;

    #[test]
    fn an_annotation_is_a_list_of_as_many_numbers_and_a_name() {
        let given = json!({"rank": [2, 1], "user_hash": "ab"});
        assert_eq!(annotation(&given, 2), Some((Some("ab".to_owned()), vec![Some(2.0), Some(1.0)])));
        assert_eq!(annotation(&given, 3), None);
        assert_eq!(annotation(&json!([1, null]), 2), Some((None, vec![Some(1.0), None])));
        assert_eq!(annotation(&json!("x"), 1), None);
    }
}
