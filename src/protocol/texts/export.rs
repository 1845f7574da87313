//! Texts of the menu of what can be taken away.

use crate::base::bytes::human_bytes;
use crate::protocol::display::thousands;
use std::ops::Range;

/// The part for rows, and their count before it is known.
pub const ROWS: &str = "Rows";
/// After the count.
pub const IN_ORDER: &str = ", in their order";
/// The choice of a format.
pub const FORMAT: &str = "Format";
/// A format.
pub const CSV: &str = "CSV";
/// A format.
pub const JSON_LINES: &str = "JSON Lines";
/// A format.
pub const PARQUET: &str = "Parquet";
/// A format.
pub const ARROW: &str = "Arrow";
/// The choice of columns.
pub const COLUMNS: &str = "Columns";
/// Whether spreadsheets are kept from reading texts as formulas.
pub const GUARD: &str = "Safe for spreadsheets: an apostrophe before text that begins with = + - or @";
/// Where the search waits to be started.
pub const SEARCH_FIRST: &str = "The search has to be started first: its size is told below the field.";
/// Writes the rows.
pub const EXPORT_ROWS: &str = "Export rows";
/// Where a file goes that the browser asks for.
pub const TO_CHOSEN_FILE: &str = "Written straight to the file that you choose.";
/// Where a file goes by way of the browser’s storage.
pub const TO_DOWNLOADS: &str = "Written to disk, then put among your downloads.";

/// Where a file goes that grows in memory.
pub fn to_memory(most_bytes: u64) -> String {
    format!("This browser keeps the file in memory: {} at most.", human_bytes(most_bytes))
}

/// A choice of columns, and how many they are.
pub fn columns(all: bool, count: usize) -> String {
    format!("{} ({count})", if all { "all" } else { "shown" })
}

/// How many rows match while not all are read.
pub fn rows_so_far(rows: u64) -> String {
    format!("{} rows so far", thousands(rows))
}

/// What is read for it.
pub fn reads(bytes: u64) -> String {
    format!("Reads up to {}.", human_bytes(bytes))
}

/// The part for images.
pub const IMAGES: &str = "Images";
/// Its head.
pub const IMAGES_TITLE: &str = "Images, as they are, with what made them";
/// Before the field for their number.
pub const THE_FIRST: &str = "the first";
/// After it.
pub const OF_THE_ROWS: &str = "of the rows";
/// That field by itself.
pub const IMAGES_NUMBER: &str = "Number of images";

/// What the archive of images is; `place` says where it goes.
pub fn images_note(most: u64, place: &str) -> String {
    format!(
        "A ZIP of at most {} images, with a list of what made each, as DiffusionDB’s parts have it; each is read whole. Chosen ones are saved in the gallery. {place}",
        thousands(most)
    )
}

/// The part for groups.
pub const GROUPS: &str = "Groups, in their order";
/// Writes them.
pub const EXPORT_GROUPS: &str = "Export groups";

/// How many groups are written.
pub fn groups_written(groups: u64, bytes: u64) -> String {
    format!("{} groups, {}", thousands(groups), human_bytes(bytes))
}

/// While the columns of filters are read.
pub const WAITING: &str = "Loading filter columns…";
/// While all that can't be read is looked for.
pub const CHECKING: &str = "Some values can’t be read: looking for all of them…";
/// After the user has stopped it.
pub const CANCELLED: &str = "Export cancelled; partial file deleted";
/// Stops it.
pub const STOP: &str = "Stop export";
/// Lets it wait.
pub const PAUSE: &str = "Pause";
/// Lets it go on.
pub const RESUME: &str = "Resume";

/// While it waits; `written` says what was written.
pub fn paused(written: &str) -> String {
    format!("Paused: {written}")
}

/// Its share, on the button of the menu.
pub fn share(percent: u64) -> String {
    format!("{percent} %")
}

/// What has been written of rows.
pub fn rows_written(rows: u64, bytes: u64) -> String {
    format!("{} rows, {}", thousands(rows), human_bytes(bytes))
}

/// What has been written of images.
pub fn images_written(done: u64, total: u64, bytes: u64, missing: u64) -> String {
    let missing = match missing {
        0 => String::new(),
        missing => format!("; {} could not be read: missing.txt names them", thousands(missing)),
    };
    format!("{} of {} images, {}{missing}", thousands(done), thousands(total), human_bytes(bytes))
}

/// At the end; `written` says what was written.
pub fn done(written: &str) -> String {
    format!("Done: {written}")
}

/// Where it failed.
pub fn failed(why: &str) -> String {
    format!("Not written. {why}")
}

/// The part for a program that selects the same rows.
pub const SCRIPT: &str = "Script";
/// Its head.
pub const SCRIPT_TITLE: &str = "The same rows elsewhere, out of the same file";
/// The choice of a tool.
pub const SCRIPT_FOR: &str = "Script for";
/// The program, as a region.
pub const SCRIPT_TEXT: &str = "Script text";
/// Copies it.
pub const COPY_SCRIPT: &str = "Copy script";
/// Said then.
pub const SCRIPT_COPIED: &str = "Script copied";
/// The part for the link.
pub const VIEW: &str = "View";
/// Its head.
pub const THIS_VIEW: &str = "This view";
/// Copies the link.
pub const COPY_LINK: &str = "Copy link";
/// Copies a frame for another page.
pub const COPY_SNIPPET: &str = "Copy embed snippet";
/// Said then.
pub const SNIPPET_COPIED: &str = "Snippet copied";

/// Why an export did not begin or was given up, and what can be done about it.
pub fn unreadable(columns: &[String], why: &str) -> String {
    let names = list(columns);
    let what = if columns.len() == 1 { "it" } else { "them" };
    format!(
        "{names} can’t be read: {why}. Nothing is written; the other columns can be written without {what}."
    )
}

/// Which rows of which columns can't be read, from 0 up to and without an end, and why.
pub fn places(places: &[(&str, Range<u64>, String)]) -> String {
    const MOST: usize = 4;
    let one = |(column, rows, why): &(&str, Range<u64>, String)| {
        format!("{column}, rows {} to {}: {why}", thousands(rows.start + 1), thousands(rows.end))
    };
    let mut told: Vec<String> = places.iter().take(MOST).map(one).collect();
    if places.len() > MOST {
        told.push(format!("and {} more places", thousands((places.len() - MOST) as u64)));
    }
    told.join("; ")
}

/// Where only some values can't be read.
pub fn partly_unreadable(why: &str) -> String {
    format!("Some values can’t be read. Nothing is written yet. {why}.")
}

/// On the button that exports with such values left empty.
pub const GO_EMPTY: &str = "Export with these values empty";

/// How many values were left empty.
pub fn empty(values: u64) -> String {
    match values {
        0 => String::new(),
        values => format!("; {} values that can’t be read are empty", thousands(values)),
    }
}

/// On the button that exports without such columns.
pub fn go_without(columns: &[String]) -> String {
    format!("Export without {}", list(columns))
}

/// Names, of which the first few stand for all.
fn list(names: &[String]) -> String {
    const MOST: usize = 3;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// How many columns an export that is done was to be without.
pub fn left_out(columns: usize) -> String {
    match columns {
        0 => String::new(),
        1 => "; one column was left out".to_owned(),
        more => format!("; {more} columns were left out"),
    }
}

/// Why values of a column that is derived are not there.
pub const NOT_DERIVED: &str = "what it is derived from can’t be read";

/// None of the columns that were asked for is in the table.
pub const NO_COLUMNS: &str = "the table has none of these columns";

/// In another order than the file's, so many rows would be read again and again.
pub const TOO_MUCH_TO_SORT: &str =
    "so much can be written in the file’s order only: take the sorting off, or leave large columns out";

/// The part of the app that encodes could not be had.
pub fn no_encoder(why: &str) -> String {
    format!(
        "the part of the app that writes files could not be loaded ({why}): try again, or load the page again"
    )
}

/// The encoder ended as it should not.
pub const ENCODER_ENDED: &str = "the part of the app that writes files has failed on these values";

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{go_without, unreadable};

    #[test]
    fn columns_are_named() {
        let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
        assert_eq!(go_without(&names), "Export without a, b, c and 2 more");
        assert!(unreadable(&names[..1], "it is encrypted").starts_with("a can’t be read: it is encrypted."));
    }
}
