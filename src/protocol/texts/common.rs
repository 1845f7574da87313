//! Texts that more than one part of the page uses.

use crate::base::bytes::human_bytes;
use crate::protocol::display::thousands;

/// Between facts on one line.
pub const SEPARATOR: &str = " · ";
/// Before what is left out.
pub const NOT: &str = "not ";
/// In place of a value that is not there.
pub const NONE: &str = "none";
/// What the lines of a table are where it has no word of its own.
pub const ROWS: &str = "rows";
/// In place of a prompt without words.
pub const EMPTY_PROMPT: &str = "(empty prompt)";
/// Closes a panel, a sheet or a part of a view.
pub const CLOSE: &str = "Close";
/// The guide, as a button and as the head of its sheet.
pub const HELP: &str = "Help";
/// The sheet of keys, as a button and as its head.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// What is asked of the rows.
pub const FILTERS: &str = "Filters";
/// Clears every filter.
pub const CLEAR_ALL: &str = "Clear all";
/// Tries again what failed.
pub const RETRY: &str = "Retry";
/// Saves images as an archive.
pub const SAVE_IMAGES: &str = "Save images";
/// Over the tables that the app’s host adds.
pub const SITE_TABLES: &str = "Tables of this site";
/// The menu of the export, and the progress of one.
pub const EXPORT: &str = "Export";
/// The menu of the settings.
pub const SETTINGS: &str = "Settings";
/// Said once a link is on the clipboard.
pub const LINK_COPIED: &str = "Link copied";
/// Said once a prompt is on the clipboard.
pub const PROMPT_COPIED: &str = "Prompt copied";
/// Said where a link is asked for a file that only this device has.
pub const NOT_SHARED: &str = "A file of this device can’t be shared";
/// Said where the browser denies the clipboard.
pub const NO_CLIPBOARD: &str = "The browser blocked clipboard access";

/// So many rows.
pub fn rows(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{} rows", thousands(rows)) }
}

/// The row with this number, from 0.
pub fn row(row: u64) -> String {
    format!("row {}", thousands(row + 1))
}

/// At the end of a list that leaves some out.
pub fn and_more(more: u64) -> String {
    format!("and {} more", thousands(more))
}

/// Clears the filter of a column.
pub fn clear(title: &str) -> String {
    format!("Clear {title}")
}

/// Stops reading a column.
pub fn stop_reading(title: &str) -> String {
    format!("Stop reading {title}")
}

/// How much of so many bytes has come.
pub fn bytes_of(bytes: u64, total: u64) -> String {
    format!("{} of {}", human_bytes(bytes), human_bytes(total))
}

/// With a capital letter at the front.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A name, of a column or a file, is written as it is.
        Some(first) if !text.contains(':') => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
