//! The rows that are pinned, as one value: `q=castle&cfg=7..12`, in the words that a link has for its own rows.

use super::{push_rows, read};
use crate::view::spec::{RowQuery, Spec};

/// Reads pinned rows. They are read whole or not at all: rows that are asked for in half the words are other rows.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub(super) fn parse(text: &str, is_added: &dyn Fn(&str) -> bool) -> Result<RowQuery, String> {
    let (Spec { subset, query, filters, .. }, notices) = read(text, is_added, true);
    match notices.first() {
        Some(wrong) => Err(format!("nothing is pinned: {} {}", wrong.key, wrong.message)),
        None => Ok(RowQuery { subset, query, filters, sort: Vec::new() }),
    }
}

/// Writes pinned rows so that [`parse`] reads the same. Their order is of no account.
pub(super) fn print(rows: &RowQuery) -> String {
    let RowQuery { subset, query, filters, sort: _ } = rows;
    let mut text = String::new();
    push_rows(&mut text, subset.as_ref(), query.as_deref(), filters);
    text
}
