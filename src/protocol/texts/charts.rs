//! Texts of charts, and of the filters beside them.

use crate::base::bytes::human_bytes;
use crate::protocol::display::{compact, thousands};
use crate::view::chart::Growth;

/// The rail of charts, and its head.
pub const DISTRIBUTIONS: &str = "Distributions";
/// What heights of bars stand for.
pub const HEIGHTS: &str = "Heights of charts";
/// A share of the rows.
pub const SHARE: &str = "share";
/// What that means.
pub const ABOUT_SHARE: &str = "Each as a share of its own rows, so that shapes compare";
/// A count of rows.
pub const COUNT: &str = "count";
/// What that means.
pub const ABOUT_COUNT: &str = "Rows, both on one scale";
/// The colour of rows that match.
pub const FILTERED: &str = "filtered";

/// The pinned rows.
pub const A: &str = "A";
/// The rows that match, held against those.
pub const B: &str = "B";

/// The colour of one of them.
pub fn side(name: &str, rows: u64) -> String {
    format!("{name} {}", compact(rows))
}

/// How many there are of both.
pub fn a_and_b(a: &str, b: &str) -> String {
    format!("A {a}, B {b}")
}

/// How many rows of a value or a bin match, and how many there are, of all or of the pinned ones.
pub fn counts(name: &str, here: u64, all: u64, pinned: bool) -> String {
    let (here, all) = (thousands(here), thousands(all));
    if pinned {
        format!("{name}: {}", a_and_b(&all, &here))
    } else {
        format!("{name}: {here} here, {all} in all")
    }
}

/// The colour of all rows.
pub fn all_rows(rows: Option<u64>) -> String {
    rows.map_or_else(|| "all".to_owned(), |rows| format!("all {}", compact(rows)))
}

/// Reads a column for its chart.
pub const LOAD: &str = "Load";
/// In its place where the column can’t be decoded.
pub const UNREADABLE: &str = "can’t be read";

/// How many rows are in no bar because of that.
pub fn rows_unreadable(rows: u64) -> String {
    format!("{} {UNREADABLE}", super::common::rows(rows))
}

/// The column’s title within that button, for those who do not see where it stands.
pub fn load_title(title: &str) -> String {
    format!(" {title}, ")
}

/// Opens the sheet of filters on a narrow page.
pub fn all_filters(used: usize) -> String {
    match used {
        0 => "All filters".to_owned(),
        used => format!("All filters {used} in use"),
    }
}

/// Closes it.
pub const CLOSE_FILTERS: &str = "Close filters";
/// The same with the rows, before they are counted.
pub const SHOW_ROWS: &str = "Show rows";

/// The same with the rows that match.
pub fn show(rows: u64, noun: &str) -> String {
    format!("Show {} {noun}", thousands(rows))
}

/// Lists fewer values.
pub const FEWER: &str = "fewer";
/// Where a value is looked for that is not listed.
pub const NOT_LISTED: &str = "Not among the values listed. Enter filters by exactly this one.";
/// In place of bars that are all of one row.
pub const ALL_DIFFERENT: &str = "No value is in two rows.";
/// In the field that finds a value.
pub const FIND_HINT: &str = "find a value";
/// Filters by one value.
pub const ONLY: &str = "only";
/// What that does.
pub const ONLY_THIS: &str = "Only this value";
/// Leaves one value out.
pub const NOT: &str = "not";
/// What that does.
pub const NOT_THIS: &str = "All but this value";

/// Lists the values that are not shown.
pub fn more(values: usize) -> String {
    format!("{values} more")
}

/// Values that are not even listed.
pub fn more_values(values: u64) -> String {
    format!("{} more values are not listed", thousands(values))
}

/// The field that finds a value.
pub fn find_value(title: &str) -> String {
    format!("Find a value of {title}")
}

/// Filters by one value.
pub fn only(label: &str) -> String {
    format!("Only {label}")
}

/// Leaves one value out.
pub fn not(label: &str) -> String {
    format!("Not {label}")
}

/// How many rows of a value or a bin match, and how many there are, of all or of the pinned ones.
pub fn here_in_all(name: &str, here: u64, all: u64, pinned: bool) -> String {
    if pinned {
        return counts(name, here, all, true);
    }
    format!("{name}: {} here, {} in all", thousands(here), compact(all))
}

/// What a histogram is, with the range that is chosen.
pub fn histogram(title: &str, range: Option<&str>, pinned: bool) -> String {
    let rows = if pinned { "the rows of A and of B" } else { "all rows and those that match" };
    match range {
        Some(range) => format!("{title}: {rows}, {range} chosen"),
        None => format!("{title}: {rows}"),
    }
}

/// An end of a range, as a handle or a field.
pub fn range_end(title: &str, low: bool) -> String {
    format!("{title}, {}", if low { "from" } else { "to" })
}

/// Where the ends are the wrong way round.
pub const CROSSED: &str = "The range ends before it begins";
/// Opens the field for values instead of a range.
pub const ABOUT_EXACT: &str = "Exact values instead of a range";
/// In that field.
pub const EXACT_HINT: &str = "7, 12 or not 7";
/// The scale of a chart’s counts, on its button.
pub const fn growth(growth: Growth) -> &'static str {
    match growth {
        Growth::Linear => "lin",
        Growth::Root => "√",
        Growth::Log => "log",
    }
}

/// What that means, and what the button does.
pub const fn about_growth(growth: Growth) -> &'static str {
    match growth {
        Growth::Linear => "Heights grow with counts; press for square roots",
        Growth::Root => "Heights are square roots of counts; press for a log scale",
        Growth::Log => "Counts on a log scale; press for heights that grow with counts",
    }
}

/// Values below a scale.
pub fn below(edge: &str) -> String {
    format!("below {edge}")
}

/// Values above it, its end included.
pub fn from_up(edge: &str) -> String {
    format!("{edge} or more")
}

/// The first of them below the plot.
pub fn below_short(edge: &str) -> String {
    format!("<{edge}")
}

/// The last.
pub fn from_up_short(edge: &str) -> String {
    format!("≥{edge}")
}

/// Opens the field for values of a column.
pub fn exact_button(title: &str) -> String {
    format!("exact values, {title}")
}

/// That field.
pub fn exact_field(title: &str) -> String {
    format!("{title}, exact values")
}

/// The switch of a column’s scale.
pub fn growth_of(title: &str, scale: Growth) -> String {
    format!("{}, scale of counts of {title}", growth(scale))
}

/// Filters by both scores for not safe for work.
pub const SAFE: &str = "safe only";
/// What that does.
pub const ABOUT_SAFE: &str = "Only rows whose prompt and image both score below 0.1 for not safe for work";
/// In the field for a text.
pub const TEXT_HINT: &str = "exact value, Enter adds it";
/// Filters by having a value.
pub const ANY_VALUE: &str = "any value";

/// Opens the field for a text; what filtering reads.
pub fn text_filter(bytes: u64) -> String {
    if bytes > 0 { format!("filter, reads {}", human_bytes(bytes)) } else { "filter".to_owned() }
}

/// The same for those who do not see which column it stands at.
pub fn text_button(title: &str, filter: &str) -> String {
    format!("{title}: {filter}")
}

/// That field.
pub fn text_field(title: &str) -> String {
    format!("{title}, exact value")
}

/// Saves a chart.
pub const SAVE_PNG: &str = "Save as PNG";
/// What that is.
pub const ABOUT_PNG: &str = "pixels";
/// Saves a chart.
pub const SAVE_SVG: &str = "Save as SVG";
/// What that is.
pub const ABOUT_SVG: &str = "a drawing";
/// Where the browser can’t draw one.
pub const NO_PNG: &str = "This browser can’t save this chart as PNG; choose SVG";

/// The menu of a chart.
pub fn save_chart(title: &str) -> String {
    format!("Save the chart of {title}")
}

/// The rows that a saved chart rests on.
pub fn figure_rows(matching: u64, rows: u64, noun: &str, complete: bool) -> String {
    let part = if complete { "" } else { ", as far as they are read" };
    format!("{} of {} {noun}{part}", thousands(matching), thousands(rows))
}

/// The search that a saved chart rests on.
pub fn figure_search(query: &str) -> String {
    format!("prompts with {query}")
}

/// The subset that a saved chart rests on.
pub fn figure_subset(subset: &str) -> String {
    format!("subset {subset}")
}

/// A filter that a saved chart rests on.
pub fn figure_filter(title: &str, negated: bool, values: &str) -> String {
    format!("{title} {}{values}", if negated { "not " } else { "" })
}

/// All of them.
pub fn figure_filtered(asked: &str) -> String {
    format!("Filtered by {asked}")
}
