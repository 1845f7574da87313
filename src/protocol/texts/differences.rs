//! Texts of the view of differences.

use crate::base::bytes::human_bytes;
use crate::protocol::display::{share_of, thousands};

/// What the view is.
pub const DIFFERENCES: &str = "What differs most";
/// The list.
pub const RANKED: &str = "Columns, the most different first";
/// Values that a chart has no bar for.
pub const OTHER_VALUES: &str = "all rarer values";
/// Where every row matches.
pub const ALL_ROWS: &str = "Every row matches. Search or filter, and each column is ranked here by how far the matching rows are from the others.";
/// Where none does.
pub const NO_ROWS: &str = "No row matches, so that there is nothing to compare.";
/// What bars stand for.
pub const ABOUT_DISTANCE: &str =
    "Jensen-Shannon distance: 0 where both are distributed alike, 1 where no value is in both";
/// Behind what rests on a part of the rows.
pub const NOT_ALL_READ: &str = " (as far as it is read)";

/// What is compared.
pub fn compared(here: u64, others: u64) -> String {
    format!("{} matching rows against {} others.", thousands(here), thousands(others))
}

/// The same where rows are pinned.
pub fn compared_with_pinned(a: u64, b: u64) -> String {
    format!("B, {} rows, against A, {} rows.", thousands(b), thousands(a))
}

/// Where the pinned rows are those that match.
pub const SAME_ROWS: &str = "A and B are the same rows, so that nothing differs. Search or filter, and each column is ranked here by how far the matching rows, B, are from A.";
/// Where none are pinned.
pub const NO_PINNED: &str = "A has no rows, so that there is nothing to compare with.";

/// Columns that differ because they are filtered by.
pub fn left_out(titles: &[String]) -> String {
    format!("Left out, being filtered by: {}.", titles.join(", "))
}

/// The value whose shares are furthest apart.
pub fn shares(value: &str, (here, there): (f64, f64), pinned: bool) -> String {
    // As many digits as anybody reads.
    let share = |share: f64| share_of((share * 1e9).round() as u64, 1_000_000_000);
    let (here, there) = (share(here), share(there));
    if pinned {
        format!("{value}: {here} in B, {there} in A")
    } else {
        format!("{value}: {here} here, {there} elsewhere")
    }
}

/// The medians of both.
pub fn medians(here: &str, there: &str, pinned: bool) -> String {
    if pinned {
        format!("; median {here} in B, {there} in A")
    } else {
        format!("; median {here} here, {there} elsewhere")
    }
}

/// Filters by that value.
pub fn filter_by(title: &str, value: &str) -> String {
    format!("Filter by {title} {value}")
}

/// Reads the columns that are not compared yet.
pub fn read_more(columns: usize, bytes: u64) -> String {
    let columns = if columns == 1 { "1 more column".to_owned() } else { format!("{columns} more columns") };
    format!("Compare {columns}, reads {}", human_bytes(bytes))
}
