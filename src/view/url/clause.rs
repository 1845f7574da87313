//! One column's clause as text: `7..12`, `k_lms,ddim`, `!null`, `"a, b"`.

use super::time::{parse_time, print_time};
use super::{MAX_LIST_VALUES, shown};
use crate::view::spec::{Bound, Clause, List, ListValue, Range};

const NULL: &str = "null";
const DOTS: &str = "..";

/// Reads a clause.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub(super) fn parse(text: &str) -> Result<Clause, String> {
    let (negated, body) = match text.strip_prefix('!') {
        Some(body) => (true, body),
        None => (false, text),
    };
    if body == NULL {
        return Ok(if negated { Clause::NotNull } else { Clause::Null });
    }
    let items = split(body)?;
    if !negated
        && let [ListItem { text, quoted: false }] = items.as_slice()
        && let Some((low, high)) = text.split_once(DOTS)
    {
        return parse_range(low, high).map(Clause::Range);
    }
    if items.len() > MAX_LIST_VALUES {
        return Err(format!("lists {} values; at most {MAX_LIST_VALUES} can be listed.", items.len()));
    }
    let mut values = Vec::with_capacity(items.len());
    for ListItem { text, quoted } in items {
        if !quoted && text.contains(DOTS) {
            let part = if negated { "negated" } else { "part of a list" };
            return Err(format!("the range “{}” can't be {part}.", shown(&text)));
        }
        let value = if !quoted && text == NULL { ListValue::Null } else { ListValue::Text(text) };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(Clause::List(List { values, negated }))
}

/// Writes a clause so that [`parse`] reads the same.
pub(super) fn print(clause: &Clause) -> String {
    match clause {
        Clause::Null => NULL.to_owned(),
        Clause::NotNull => format!("!{NULL}"),
        Clause::Range(Range { low, high }) => {
            let end = |bound: &Option<Bound>| bound.as_ref().map(print_bound).unwrap_or_default();
            format!("{}{DOTS}{}", end(low), end(high))
        }
        Clause::List(List { values, negated }) => {
            let items: Vec<String> = values
                .iter()
                .map(|value| match value {
                    ListValue::Null => NULL.to_owned(),
                    ListValue::Text(text) => print_item(text),
                })
                .collect();
            // A comma tells the list that holds nothing but null from the clause of that name.
            let comma = if values.as_slice() == [ListValue::Null] { "," } else { "" };
            format!("{}{}{comma}", if *negated { "!" } else { "" }, items.join(","))
        }
    }
}

/// Reads texts that are separated by commas.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub(super) fn parse_items(text: &str) -> Result<Vec<String>, String> {
    Ok(split(text)?.into_iter().map(|item| item.text).collect())
}

/// Writes texts so that [`parse_items`] reads the same.
pub(super) fn print_items(items: &[String]) -> String {
    items.iter().map(|item| print_item(item)).collect::<Vec<_>>().join(",")
}

struct ListItem {
    text: String,
    /// Whether it stood in quotes, so that it is text whatever it looks like.
    quoted: bool,
}

/// Splits at commas outside quotes. An empty item without quotes is nothing.
fn split(text: &str) -> Result<Vec<ListItem>, String> {
    let mut items = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('"') {
            let (text, after) = quoted(inner)?;
            items.push(ListItem { text, quoted: true });
            rest = match after.strip_prefix(',') {
                Some(next) => next,
                None if after.is_empty() => after,
                None => return Err(format!("“{}” stands between a quote and a comma.", shown(after))),
            };
        } else {
            let (text, next) = rest.split_once(',').unwrap_or((rest, ""));
            if !text.is_empty() {
                items.push(ListItem { text: text.to_owned(), quoted: false });
            }
            rest = next;
        }
    }
    Ok(items)
}

/// The text up to the closing quote, and what follows it. Two quotes in a row are one of the text.
fn quoted(inner: &str) -> Result<(String, &str), String> {
    let mut text = String::new();
    let mut rest = inner;
    while let Some((head, tail)) = rest.split_once('"') {
        text.push_str(head);
        match tail.strip_prefix('"') {
            Some(next) => {
                text.push('"');
                rest = next;
            }
            None => return Ok((text, tail)),
        }
    }
    Err("a quote is not closed.".to_owned())
}

fn print_item(text: &str) -> String {
    let misread = text.is_empty()
        || text == NULL
        || text.starts_with(['!', '"'])
        || text.contains(',')
        || text.contains(DOTS);
    if misread { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn parse_range(low: &str, high: &str) -> Result<Range, String> {
    let range = Range { low: parse_bound(low)?, high: parse_bound(high)? };
    let (Some(low), Some(high)) = (&range.low, &range.high) else { return Ok(range) };
    match (low, high) {
        (Bound::Time(_), Bound::Number(_) | Bound::Exact(_))
        | (Bound::Number(_) | Bound::Exact(_), Bound::Time(_)) => {
            return Err("one end of the range is a number and the other one a time.".to_owned());
        }
        (Bound::Time(_), Bound::Time(_))
        | (Bound::Number(_) | Bound::Exact(_), Bound::Number(_) | Bound::Exact(_)) => {}
    }
    if range.is_crossed() {
        let (low, high) = (print_bound(low), print_bound(high));
        return Err(format!("the range begins at {low} and ends before it, at {high}."));
    }
    Ok(range)
}

/// Reads an end of a range; none where there is none.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub fn parse_bound(text: &str) -> Result<Option<Bound>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(time) = parse_time(text) {
        return Ok(Some(Bound::Time(time)));
    }
    match Bound::read(text) {
        Some(bound) => Ok(Some(bound)),
        None => Err(format!("“{}” is neither a number nor a time.", shown(text))),
    }
}

/// Writes an end of a range so that [`parse_bound`] reads the same.
pub fn print_bound(bound: &Bound) -> String {
    match bound {
        Bound::Number(value) => number(*value),
        Bound::Exact(digits) => digits.text().to_owned(),
        Bound::Time(time) => print_time(*time),
    }
}

/// The shortest text that reads as the same number.
fn number(value: f64) -> String {
    let size = value.abs();
    let plain = size == 0.0 || !size.is_finite() || (1e-7..1e17).contains(&size);
    if plain { format!("{value}") } else { format!("{value:e}") }
}
