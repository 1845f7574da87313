//! The rows that are pinned, as one value: `q=castle&cfg=7..12`, in the words that a link has for its own rows.

use super::{HOST_KEYS, MAX_FILTERS, Notices, RESERVED, clause, last_of_each_key, parse_query, parse_subset};
use super::{push_rows, shown};
use crate::view::spec::RowQuery;

/// Reads pinned rows. They are read whole or not at all: rows that are asked for in half the words are other rows.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub(super) fn parse(text: &str, is_added: &dyn Fn(&str) -> bool) -> Result<RowQuery, String> {
    let mut notices = Notices::default();
    let mut rows = RowQuery::default();
    for (key, value) in last_of_each_key(text, &mut notices) {
        let in_part = |message: String| format!("nothing is pinned: {} {message}", shown(&key));
        let value = value.ok_or_else(|| in_part("has no value.".to_owned()))?;
        let column = match key.as_str() {
            "subset" => {
                rows.subset = Some(parse_subset(&value, is_added).map_err(in_part)?);
                continue;
            }
            "q" => {
                rows.query = parse_query(&value).map_err(in_part)?;
                continue;
            }
            other => match other.strip_prefix('.') {
                Some(name) => name,
                None if RESERVED.contains(&other) || HOST_KEYS.contains(&other) => {
                    return Err(in_part("says nothing of which rows are meant.".to_owned()));
                }
                None => other,
            },
        };
        rows.filters.insert(column.to_owned(), clause::parse(&value).map_err(in_part)?);
    }
    if let Some(notice) = notices.finish().into_iter().next() {
        return Err(format!("nothing is pinned: {} {}", notice.key, notice.message));
    }
    if rows.filters.len() > MAX_FILTERS {
        return Err(format!("nothing is pinned: at most {MAX_FILTERS} columns can be filtered at once."));
    }
    Ok(rows)
}

/// Writes pinned rows so that [`parse`] reads the same. Their order is of no account.
pub(super) fn print(rows: &RowQuery) -> String {
    let RowQuery { subset, query, filters, sort: _ } = rows;
    let mut text = String::new();
    push_rows(&mut text, subset.as_ref(), query.as_deref(), filters);
    text
}
