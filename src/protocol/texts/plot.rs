//! Texts of charts of two columns.

use crate::protocol::display::{number, percent, share_of, thousands};
use crate::protocol::plot::{Quantiles, Trouble};
use crate::view::chart::Growth;
use crate::view::plot::Shares;

/// What the view is.
pub const PLOT: &str = "Two columns";
/// The choice of the column that goes across.
pub const ACROSS: &str = "First column";
/// The choice of the other one.
pub const UP: &str = "Second column";
/// Between the two.
pub const AGAINST: &str = "against";
/// Swaps both.
pub const SWAP: &str = "Swap the columns";
/// How counts become colours.
pub const COLOURS: &str = "Scale of colours";
/// How numbers become places.
pub const NUMBERS: &str = "Scale of numbers";
/// What shares are of.
pub const SHARES: &str = "Shares";
/// How shares over time are drawn.
pub const OVER_TIME: &str = "Shares over time";
/// One above the other.
pub const STACK: &str = "stacked";
/// As lines.
pub const LINES: &str = "lines";
/// Leads from the chart beside a list to a larger one.
pub const LARGER: &str = "Larger";
/// While columns are read.
pub const READING: &str = "Reading the columns…";
/// Where no row matches.
pub const NO_ROWS: &str = "No row matches, so that there is nothing to draw.";
/// Where only one of A and B has none.
pub const NO_ROWS_OF_ONE: &str = "None of these rows has both values, so that there is nothing to draw.";
/// How filters count where rows are pinned.
pub const ABOUT_PINNED: &str = "A and B are drawn as they are, with all of their filters, on the same scales. A press filters B, another one takes it back; a drag takes more.";
/// Where the table has too few columns for a chart.
pub const NEEDS_TWO: &str = "This table has no two columns that can be charted.";
/// Rows with a number that is none.
pub const NO_NUMBER: &str = "not a number";
/// The same where there is little room.
pub const NO_NUMBER_SHORT: &str = "NaN";
/// Over the legend.
pub const ROWS_A_CELL: &str = "rows a cell";
/// Beside the bars of rows.
pub const ROWS: &str = "rows";
/// A line or a column of sums.
pub const ALL: &str = "all";
/// What boxes are.
pub const ABOUT_BOXES: &str =
    "Boxes hold the middle half of the numbers, with the median; lines go from 5 to 95 %.";
/// What bands are.
pub const ABOUT_BANDS: &str =
    "The line is the median; the dark band holds the middle half, the pale one goes from 5 to 95 %.";

/// How filters and the chart go together.
pub fn about_filters(x: &str, y: &str) -> String {
    let both = if x == y { x.to_owned() } else { format!("{x} and {y}") };
    format!(
        "Filters by {both} are marked here and leave all of its rows in; every other filter counts. A press filters, another one takes it back; a drag takes more."
    )
}

/// The chart of two columns, where it is saved.
pub fn title(across: &str, up: &str) -> String {
    format!("{across} × {up}")
}

/// That chart by itself; of A or B, where both are drawn.
pub fn label(up: &str, across: &str, of: Option<&str>) -> String {
    of.map_or_else(|| format!("{up} by {across}"), |of| format!("{up} by {across}, rows of {of}"))
}

/// Over the chart of A or B.
pub fn rows_of(of: &str) -> String {
    format!("Rows of {of}")
}

/// The choices of a scale.
pub const fn growth(growth: Growth) -> &'static str {
    match growth {
        Growth::Root => "square root",
        Growth::Log => "log",
        Growth::Linear => "linear",
    }
}

/// The choices of what shares are of.
pub fn shares(shares: Shares, x: &str, y: &str) -> String {
    match shares {
        Shares::All => "of all rows".to_owned(),
        Shares::Lines => format!("of each {y}"),
        Shares::Columns => format!("of each {x}"),
    }
}

/// A cell: the column across with its values, the column up with its values, the rows.
pub fn cell(across: (&str, &str), up: (&str, &str), rows: u64) -> String {
    format!("{} {}, {} {}: {}", across.0, across.1, up.0, up.1, thousands(rows))
}

/// A cell with its share.
pub fn share(across: (&str, &str), up: (&str, &str), rows: u64, all: u64) -> String {
    format!("{}, {}", cell(across, up, rows), share_of(rows, all))
}

/// How the numbers of a bin lie.
pub fn numbers(by: (&str, &str), title: &str, box_of: &Quantiles) -> String {
    let Quantiles { rows, numbers, at: [least, q5, q25, median, q75, q95, most] } = *box_of;
    let without = match rows - numbers {
        0 => String::new(),
        without => format!(", {} without a number", thousands(without.into())),
    };
    let rows = format!("{} rows{without}", thousands(rows.into()));
    if numbers == 0 {
        return format!("{} {}: no {title}, {rows}", by.0, by.1);
    }
    format!(
        "{} {}: median {title} {}, half of them {} – {}, 5 to 95 % {} – {}, all {} – {}, {rows}",
        by.0,
        by.1,
        number(median),
        number(q25),
        number(q75),
        number(q5),
        number(q95),
        number(least),
        number(most),
    )
}

/// Values that have no place of their own.
pub fn other_values(values: u64) -> String {
    let noun = if values == 1 { "other value" } else { "other values" };
    format!("{} {noun}", thousands(values))
}

/// The same with their rows, below a chart.
pub fn left_out(title: &str, others: &str, rows: u64) -> String {
    format!("{title}: {others} with {} rows have no box.", thousands(rows))
}

/// Rows without a number, below a chart.
pub fn without_number(title: &str, rows: u64) -> String {
    format!("{} rows have no {title}.", thousands(rows))
}

/// The first rows that a chart rests on while not all are read.
pub fn so_far(read: u64, rows: u64) -> String {
    format!("After {} of the table.", percent(read, rows))
}

/// What is wrong with the link.
pub fn unclear(item: &str) -> String {
    if item.is_empty() {
        "The link names one column only; a chart needs two.".to_owned()
    } else {
        format!("“{item}” in the link says nothing of a chart.")
    }
}

/// Why there is no chart.
pub fn trouble(trouble: &Trouble, title: impl Fn(&str) -> String) -> String {
    match trouble {
        Trouble::NoColumn(name) => format!("The table has no column {} that can be charted.", title(name)),
        Trouble::Unreadable(name) => format!("{} can’t be read.", title(name)),
    }
}
