//! What a table shows before anyone has chosen: which charts, and which columns.

use crate::base::sorted;
use crate::protocol::Column;
use crate::view::catalog;
use crate::view::catalog::{CHARTED_AT_OPEN, order};
use crate::view::roles::{Role, Roles};

/// A table of more files than this is not charted unasked: each file costs two requests.
const MOST_FILES: u32 = 200;

/// Charts of an unknown table that are read with it.
const UNKNOWN_CHARTS: usize = 4;

/// A column of an unknown table is only charted unasked where reading it costs no more.
const UNKNOWN_CHART_BYTES: u64 = 12_000_000;

/// The charts that are read with a table of so many files, in the order of the rail.
pub fn charts_at_open(columns: &[Column], roles: &Roles, files: u32) -> Vec<String> {
    if files > MOST_FILES {
        return Vec::new();
    }
    let chartable = || columns.iter().filter(|column| column.chartable);
    let known: Vec<String> = chartable()
        .filter(|column| order(&column.name) < CHARTED_AT_OPEN)
        .map(|column| column.name.clone())
        .collect();
    if !known.is_empty() {
        return sorted::by_key(known, |name| order(name));
    }
    let small: Vec<&Column> = chartable().filter(|column| column.bytes <= UNKNOWN_CHART_BYTES).collect();
    // What is known to be a setting comes before what is merely small.
    let is_setting = |column: &Column| {
        [Role::Cfg, Role::Step, Role::Sampler].iter().any(|role| roles.column(*role) == Some(&column.name))
    };
    let small = sorted::by_key(small, |column| (!is_setting(column), column.bytes));
    let charts: Vec<String> =
        small.into_iter().take(UNKNOWN_CHARTS).map(|column| column.name.clone()).collect();
    sorted::by_key(charts, |name| order(name))
}

/// The columns that a table has unless others are chosen: those that the catalogue names, or the
/// first few.
pub fn usual_columns(columns: &[Column], roles: &Roles) -> Vec<String> {
    const FIRST_FEW: usize = 8;
    let known: Vec<&catalog::ColumnFacts> = columns
        .iter()
        .filter_map(|column| catalog::column(&column.name))
        .filter(|facts| facts.in_table)
        .collect();
    if known.is_empty() {
        let plain = columns.iter().filter(|column| column.derived_from.is_empty());
        // Images take more room than they tell; prompt and settings come first.
        let plain = sorted::by_key(plain.collect::<Vec<_>>(), |column| match roles.role(&column.name) {
            Some(Role::Image) => usize::MAX,
            Some(role) => Role::ALL.iter().position(|(other, ..)| *other == role).unwrap_or(0),
            None => Role::ALL.len(),
        });
        return plain.into_iter().take(FIRST_FEW).map(|column| column.name.clone()).collect();
    }
    let known = sorted::by_key(known, |facts| facts.table_order);
    known.into_iter().map(|facts| facts.name.to_owned()).collect()
}
