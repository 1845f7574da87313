//! What sets the matching rows apart in a column: from its chart, and the number of rows.

use super::pin::Pinned;
use super::{Chart, Count};
use crate::view::differences::{Counted, Difference, difference};

/// Compares the matching rows with those that are pinned; none where either are none.
pub fn difference_of_pinned(chart: &Chart, pinned: Pinned<'_>) -> Option<Difference> {
    let none = (chart.null_here, chart.null_all);
    let is_settled = chart.complete && pinned.is_settled() && pinned.count.generation == chart.generation;
    let other = if is_settled {
        (left(pinned.count.matching, &chart.here.0, none.0), left(pinned.rows, &chart.all.0, none.1))
    } else {
        (0, 0)
    };
    difference(Counted { here: &chart.here.0, there: &chart.all.0, none, other })
}

/// Rows that have another value than those that are counted.
fn left(rows: u64, counts: &[u32], none: u32) -> u32 {
    let counted = counts.iter().map(|count| u64::from(*count)).sum::<u64>() + u64::from(none);
    u32::try_from(rows.saturating_sub(counted)).unwrap_or(u32::MAX)
}

/// Compares the matching rows with all others; none where either are none. A chart whose own column is filtered leaves
/// that filter out, and says nothing of the matching rows.
pub fn difference_of(chart: &Chart, count: &Count) -> Option<Difference> {
    let (here, all) = (&chart.here.0, &chart.all.0);
    let there: Vec<u32> = all.iter().zip(here).map(|(all, here)| all.saturating_sub(*here)).collect();
    let none = (chart.null_here, chart.null_all.saturating_sub(chart.null_here));
    // How many rows have other values is known once it is known of all rows whether they match.
    let is_settled = chart.complete && count.rows_read == count.rows && count.generation == chart.generation;
    let others = count.rows.saturating_sub(count.matching);
    let other =
        if is_settled { (left(count.matching, here, none.0), left(others, &there, none.1)) } else { (0, 0) };
    difference(Counted { here, there: &there, none, other })
}
