//! Texts of tables that are joined to the open one.

use super::common;
use crate::base::bytes::human_bytes;
use crate::protocol::display::thousands;

/// The part of the menu of columns that joins a table.
pub const TITLE: &str = "Columns of another file";
/// What it is for.
pub const ABOUT: &str =
    "Scores, ratings or anything else that another file says of these rows, found by a key that both have.";
/// Said where one is joined already.
pub const ANOTHER: &str = "One more file:";
/// The field for a path on the Hub or an address.
pub const PLACE: &str = "Path on the Hub, or address";
/// What is typed into it.
pub const PLACE_HINT: &str = "owner/dataset/scores.parquet";
/// Opens what was typed.
pub const OPEN: &str = "Open";
/// Chooses a file of the disk.
pub const CHOOSE: &str = "Choose a file";
/// Where one can be dropped.
pub const DROP: &str = "or drop one here";
/// While it is being opened.
pub const OPENING: &str = "Opening…";
/// The column of this table.
pub const KEY_HERE: &str = "Key here";
/// The column of the other one.
pub const KEY_THERE: &str = "Key there";
/// No column is chosen.
pub const NO_KEY: &str = "Choose a column";
/// Compares the keys, and brings the columns.
pub const COMPARE: &str = "Find matching rows";
/// Takes the columns away.
pub const REMOVE: &str = "Remove";
/// Said of a link that leaves the file out.
pub const NOT_IN_LINK: &str = "The joined file is on this device: the link leaves it out.";
/// Of a file that lies on this disk.
pub const LOCAL: &str = "The file is on this device: links leave it out.";
/// The type of the number of rows of a key.
pub const ROWS_TYPE: &str = "rows with this key";

/// Takes the columns of this file away.
pub fn remove(name: &str) -> String {
    format!("{REMOVE} {name}")
}

/// The type of a column of means.
pub fn mean_type(type_name: &str) -> String {
    format!("mean of {type_name}")
}

/// What the file is: its rows and columns.
pub fn found(rows: u64, columns: usize) -> String {
    let ending = if columns == 1 { "" } else { "s" };
    format!("{}, {columns} column{ending}", common::rows(rows))
}

/// What comparing reads here and there.
pub fn reads(here: u64, there: u64) -> String {
    format!("Reads all keys: {} here, {} there.", human_bytes(here), human_bytes(there))
}

/// Rows whose key was found.
pub fn matched(matched: u64, rows: u64) -> String {
    format!("{} of {} rows here have a match", thousands(matched), thousands(rows))
}

/// Keys of the other file that no row here has.
pub fn unused(unused: u64, keys: u64) -> String {
    format!("{} of {} keys there are not here", thousands(unused), thousands(keys))
}

/// Rows without a key, here and there; nothing where all have one.
pub fn without(here: u64, there: u64) -> Option<String> {
    match (here, there) {
        (0, 0) => None,
        (here, 0) => Some(format!("Without a key: {} here", common::rows(here))),
        (0, there) => Some(format!("Without a key: {} there", common::rows(there))),
        (here, there) => {
            Some(format!("Without a key: {} here, {} there", common::rows(here), common::rows(there)))
        }
    }
}

/// Keys that stand in several rows of the other file.
pub fn repeated(repeated: u64, name: &str) -> String {
    let keys =
        if repeated == 1 { "1 key stands".to_owned() } else { format!("{} keys stand", thousands(repeated)) };
    format!(
        "{keys} in several rows there: numbers are their mean, other values those of the first row, and {name}.rows says how many there are"
    )
}

/// No key was found at all.
pub const NOTHING_MATCHES: &str =
    "No key of this table is in the other file. Other columns may be meant, or the file is of other rows.";

/// A file of the disk was not handed over.
pub fn gone(name: &str) -> String {
    format!("{name} is on a disk and was not chosen in this tab. Choose it again.")
}

/// The link says something that is not understood.
pub fn not_understood(message: &str) -> String {
    format!("The other file can't be found: {message}")
}

/// There is no such column to compare.
pub fn no_key_here(column: &str) -> String {
    format!("This table has no column {column} whose values can be compared. Choose another one.")
}

/// The same of the other file.
pub fn no_key_there(column: &str, source: &str) -> String {
    format!("{source} has no column {column} whose values can be compared. Choose another one.")
}

/// The other file's keys can't be read.
pub fn no_key_read(column: &str) -> String {
    format!("The column {column} of the other file can't be read. Choose another key.")
}

/// This table's keys can't be read.
pub fn no_own_key_read(column: &str) -> String {
    format!("The column {column} of this table can't be read. Choose another key.")
}

/// The other file has too many rows.
pub fn too_long(rows: u64, most: u64) -> String {
    format!(
        "It has {} rows, and its keys are kept in memory: at most {} are read.",
        thousands(rows),
        thousands(most)
    )
}

/// What a joined column is, in details.
pub fn joined(column: &str, source: &str) -> String {
    format!("Found by {column} in {source}.")
}
