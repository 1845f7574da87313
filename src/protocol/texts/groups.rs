//! Texts of the view of groups.

use crate::base::bytes::human_bytes;
use crate::protocol::display::{percent, thousands};
use crate::protocol::group_by::Trouble;
use crate::view::group_by::{Span, What};

/// What the view is.
pub const GROUPS: &str = "Groups of rows";
/// Before the column that rows are grouped by.
pub const ROWS_BY: &str = "Rows by";
/// Before the second one.
pub const AND: &str = "and";
/// The choice of the first column.
pub const FIRST_KEY: &str = "Group by";
/// The choice of the second one.
pub const SECOND_KEY: &str = "Then by";
/// No second column.
pub const NO_SECOND: &str = "nothing else";
/// Adds a column to the groups.
pub const ADD: &str = "Add";
/// What is computed.
pub const WHAT: &str = "What to compute";
/// Of which column.
pub const OF: &str = "of";
/// That choice by itself.
pub const OF_COLUMN: &str = "Of which column";
/// The value whose share is counted.
pub const VALUE: &str = "Value";
/// In that field.
pub const VALUE_HINT: &str = "exact value";
/// Head of the counts.
pub const COUNT: &str = "rows";
/// Head of the shares.
pub const SHARE: &str = "share";
/// Heads of the same where rows are pinned: of B, of A, and by how much one share is above the other.
pub const PINNED: Pinned =
    Pinned { count: "in B", share: "of B", a: "in A", a_share: "of A", difference: "B − A" };
/// What the difference is.
pub const ABOUT_DIFFERENCE: &str = "Share of B less share of A, in percentage points";
/// The groups before.
pub const PREVIOUS: &str = "Previous groups";
/// The groups behind.
pub const NEXT: &str = "Next groups";
/// Where no row matches.
pub const NO_GROUPS: &str = "No row matches, so that there are no groups.";
/// A text without a letter.
pub const EMPTY: &str = "(empty)";
/// How many rows have no value, in a list of choices.
pub const SHARE_OF_NONE: &str = "share without a value";
/// While columns are read.
pub const READING: &str = "Reading the columns…";
/// What a press on a group does.
pub const FILTER_BY: &str = "Filter by this group";
/// In place of a number that there is none of.
pub const NOTHING: &str = "–";
/// What that means.
pub const ABOUT_NOTHING: &str = "No values to compute it of";

/// Heads of groups where rows are pinned.
#[derive(Clone, Copy, Debug)]
pub struct Pinned {
    /// Over the rows of B.
    pub count: &'static str,
    /// Over their share of B.
    pub share: &'static str,
    /// Over the rows of A.
    pub a: &'static str,
    /// Over their share of A.
    pub a_share: &'static str,
    /// Over the difference of both shares.
    pub difference: &'static str,
}

/// A share less another one, in percentage points.
pub fn difference(here: f64, there: f64) -> String {
    let points = (here - there) * 100.0;
    let digits = if points.abs() < 10.0 { 2 } else { 1 };
    let words = format!("{points:+.digits$}");
    // Nothing is neither above nor below.
    if words.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0') {
        words.replace('-', "−")
    } else {
        "0".to_owned()
    }
}

/// The choice of a stretch of time.
pub fn span_of(title: &str) -> String {
    format!("{title}: by")
}

/// A stretch of time; none is each moment by itself.
pub const fn span(span: Option<Span>) -> &'static str {
    match span {
        None => "moment",
        Some(Span::Hour) => "hour",
        Some(Span::Day) => "day",
        Some(Span::Month) => "month",
        Some(Span::Year) => "year",
    }
}

/// A column among others, and what reading it costs.
pub fn column(title: &str, bytes_left: u64) -> String {
    /// Less is not worth a word.
    const WORTH: u64 = 1_000_000;
    if bytes_left < WORTH { title.to_owned() } else { format!("{title} (reads {})", human_bytes(bytes_left)) }
}

/// What is computed, in a list of choices.
pub fn what(what: &What) -> String {
    match what {
        What::Distinct => "different values".to_owned(),
        What::Mean => "mean".to_owned(),
        What::Quantile(50) => "median".to_owned(),
        What::Quantile(hundredths) => format!("{hundredths} % quantile"),
        What::Least => "least".to_owned(),
        What::Most => "most".to_owned(),
        What::Share(_) => "share of a value".to_owned(),
    }
}

/// The head of what is computed of a column.
pub fn measure(what: &What, title: &str, value: &str) -> String {
    match what {
        What::Distinct => format!("different {title}"),
        What::Mean => format!("mean {title}"),
        What::Quantile(50) => format!("median {title}"),
        What::Quantile(hundredths) => format!("{hundredths} % {title}"),
        What::Least => format!("least {title}"),
        What::Most => format!("most {title}"),
        What::Share(None) => format!("{title}: none"),
        What::Share(Some(_)) => format!("{title}: {value}"),
    }
}

/// Sorts groups.
pub fn sort(head: &str) -> String {
    format!("Sort by {head}")
}

/// Takes a column away.
pub fn remove(head: &str) -> String {
    format!("Remove {head}")
}

/// How many groups there are, and which of them are listed.
pub fn listed(first: u64, end: u64, total: u64, rows: u64, pinned: Option<u64>) -> String {
    let groups = if total == 1 { "group" } else { "groups" };
    let part = if first == 0 && end >= total {
        format!("{} {groups}", thousands(total))
    } else {
        format!("{}–{} of {} {groups}", thousands(first + 1), thousands(end), thousands(total))
    };
    match pinned {
        None => format!("{part}, {} rows", thousands(rows)),
        Some(pinned) => format!("{part}, {} rows of A and {} of B", thousands(pinned), thousands(rows)),
    }
}

/// The rows that groups rest on while not all are read.
pub fn so_far(read: u64, rows: u64) -> String {
    format!("after {} of the table", percent(read, rows))
}

/// Why there are no groups.
pub fn trouble(trouble: &Trouble, title: impl Fn(&str) -> String) -> String {
    match trouble {
        Trouble::NoKey => "Choose a column to group rows by.".to_owned(),
        Trouble::Unclear(item) => format!("“{item}” in the link says nothing of groups."),
        Trouble::NoColumn(name) => format!("The table has no column {} to group by.", title(name)),
        Trouble::Unreadable(name) => format!("{} can’t be read.", title(name)),
        Trouble::TooMany(most) => format!(
            "There are more than {} groups. Group by a column with fewer values, times by day or month, or filter the rows first.",
            thousands(*most)
        ),
        Trouble::NoCode => {
            "What makes groups could not be fetched. Try again when you are online.".to_owned()
        }
    }
}
