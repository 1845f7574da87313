//! Texts of the table.

use crate::base::bytes::human_bytes;

/// The menu of columns, and its head.
pub const COLUMNS: &str = "Columns";
/// The menu by itself.
pub const CHOOSE_COLUMNS: &str = "Choose columns";
/// Shows those that are shown without a choice.
pub const USUAL_COLUMNS: &str = "Usual columns";
/// The column of images.
pub const IMAGES: &str = "images";
/// What is in it.
pub const ABOUT_IMAGES: &str = "The image of each row, out of its archive.";
/// The table.
pub const ROWS: &str = "Rows";
/// A cell that could not be read.
pub const NOT_READ: &str = "Could not be read";
/// Behind the title of a column that is sorted so.
pub const DESCENDING: &str = " ↓";
/// Behind the title of a column that is sorted so.
pub const ASCENDING: &str = " ↑";
/// Sorts by a column that has to be read.
pub const READ_AND_SORT: &str = "Read and sort";
/// Does not.
pub const LEAVE: &str = "Leave as it is";

/// What that reads.
pub fn sort_reads(title: &str, bytes: u64) -> String {
    format!("To sort by {title}, {} are read.", human_bytes(bytes))
}

/// What a click on a head does, and what it reads.
pub fn sort_by(bytes: u64) -> String {
    let words = "Sort by this column; with Shift besides the others";
    match bytes {
        0 => words.to_owned(),
        bytes => format!("{words}. Reads {}", human_bytes(bytes)),
    }
}

/// The line that sets the width of a column.
pub fn width_of(title: &str) -> String {
    format!("Width of {title}")
}
