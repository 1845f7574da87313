//! Labels of one's own.

use crate::protocol::display::thousands;

/// What a column of labels or notes is, where others are in the file.
pub const IN_NO_FILE: &str = "Your own, kept on this device: it is not in the file.";

/// Why a device keeps no labels.
pub const NOT_KEPT_TITLE: &str = "Labels are kept for this tab only";
/// What to do.
pub const NOT_KEPT: &str =
    "This browser stores nothing for this page. Save your labels as a file before you close the tab.";

/// Labels whose rows are gone.
pub fn lost_title(rows: u64) -> String {
    let rows = if rows == 1 { "1 labelled row is".to_owned() } else { format!("{} labelled rows are", thousands(rows)) };
    format!("{rows} not in this version of the file")
}

/// Why.
pub const LOST: &str =
    "The file has changed since your last visit. All labels whose rows could be found by their key were kept.";
