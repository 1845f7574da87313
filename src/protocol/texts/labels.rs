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
    let rows = if rows == 1 {
        "1 labelled row is".to_owned()
    } else {
        format!("{} labelled rows are", thousands(rows))
    };
    format!("{rows} not in this version of the file")
}

/// Why.
pub const LOST: &str = "The file has changed since your last visit. All labels whose rows could be found by their key were kept.";

/// The menu, and the list of labels.
pub const LABELS: &str = "Labels";
/// In the details.
pub const LABEL_AND_NOTE: &str = "Label and note";
/// The label of a row.
pub const LABEL: &str = "Label";
/// The note on a row.
pub const NOTE: &str = "Note";
/// The field for another label.
pub const NEW_LABEL: &str = "New label";
/// Adds it.
pub const ADD: &str = "Add";
/// Adds it, and labels the row.
pub const ADD_HERE: &str = "Add to row";
/// While there are none.
pub const ABOUT: &str = "Mark rows with labels of your own: a row has one label at most. They filter, sort, chart, group and export like any column.";
/// Over what is done with all rows that match.
pub fn all_that_match(rows: u64) -> String {
    match rows {
        1 => "Label the row that matches".to_owned(),
        _ => format!("Label all {} rows that match", thousands(rows)),
    }
}
/// The same of rows that are chosen.
pub fn chosen(rows: usize) -> String {
    match rows {
        1 => "Label the chosen row".to_owned(),
        _ => format!("Label the {} chosen rows", thousands(rows as u64)),
    }
}
/// Which rows.
pub const THAT_MATCH: &str = "that match";
/// See [`THAT_MATCH`].
pub const THAT_ARE_CHOSEN: &str = "that are chosen";
/// The buttons below that.
pub fn label_all(which: &str) -> String {
    format!("Label all rows {which}")
}
/// One of them.
pub fn label_all_as(which: &str, name: &str) -> String {
    format!("Label all rows {which} as {name}")
}
/// Takes away the labels of all of them.
pub const CLEAR_ALL: &str = "Clear their labels";
/// Over saving and reading.
pub const FILE: &str = "File of labels";
/// Saves it.
pub const SAVE: &str = "Save as CSV";
/// The same.
pub const SAVE_LINES: &str = "Save as JSON Lines";
/// Reads one.
pub const READ: &str = "Read a file…";
/// What can be read.
pub const READ_WHAT: &str = "CSV, JSON Lines, Parquet or Arrow, with columns “key” and “label” or “note”";
/// While it comes.
pub const READING_FILE: &str = "Reading the file…";
/// A column of it is damaged, say.
pub fn column_not_read(column: &str) -> String {
    format!("The column “{column}” of the file can't be read, so nothing was read.")
}
/// Takes over what was read.
pub const APPLY: &str = "Apply";
/// Does not.
pub const LEAVE: &str = "Cancel";
/// While keys come.
pub const READING_KEYS: &str = "Reading the keys of all rows…";
/// A file that is none.
pub const UNCLEAR: &str = "The file has no columns “key” and “label” or “note”, so nothing was read.";
/// A file that is too long.
pub const TOO_LONG: &str = "The file has more than two million lines, so nothing was read.";
/// Where keys can't be read.
pub const NO_KEYS: &str = "The keys of the rows can't be read, so labels can't be matched.";
/// What a file holds.
pub fn found(matched: u64, unmatched: u64, duplicate: u64) -> String {
    let lines =
        |number: u64| if number == 1 { "1 line".to_owned() } else { format!("{} lines", thousands(number)) };
    let mut text = format!("{} matched a row", lines(matched));
    if unmatched > 0 {
        text.push_str(&format!(", {} did not", thousands(unmatched)));
    }
    text.push('.');
    if duplicate > 0 {
        text.push_str(&format!(" {} left out: their key is there more than once.", lines(duplicate)));
    }
    text
}
/// What it would do.
pub fn would_change(rows: u64, labels: u64) -> String {
    let rows = match rows {
        0 => return "Nothing would change.".to_owned(),
        1 => "1 row".to_owned(),
        _ => format!("{} rows", thousands(rows)),
    };
    match labels {
        0 => format!("{rows} would change."),
        1 => format!("{rows} would change, and 1 label would be added."),
        _ => format!("{rows} would change, and {labels} labels would be added."),
    }
}
/// A file of another table.
pub fn of_another_table(table: &str) -> String {
    format!("This file is of another table: {table}")
}
/// Where labels are, and by what rows are known.
pub fn kept(kept: bool, key: Option<&str>, unkeyed: u64) -> String {
    let place = if kept { "Kept on this device" } else { "Kept for this tab only" };
    let by = match key {
        Some(key) => format!("by {key}"),
        None => "by row number".to_owned(),
    };
    let mut text = format!("{place}, {by}; never in a link.");
    if unkeyed > 0 {
        text.push_str(&format!(
            " The keys of {} labelled rows are not read: these would be lost in a new version of the file.",
            thousands(unkeyed)
        ));
    }
    text
}
/// Beside the link.
pub const NOT_IN_LINK: &str = "Your labels and notes are not in the link: they stay on this device.";
/// The colour of a label.
pub fn colour_of(name: &str) -> String {
    format!("Colour of {name}")
}
/// Its name.
pub fn name_of(name: &str) -> String {
    format!("Name of {name}")
}
/// Removes it.
pub fn remove(name: &str) -> String {
    format!("Remove {name} and take it from its rows")
}
/// What colours are called.
pub const fn colour(number: u8) -> &'static str {
    match number {
        1 => "Blue",
        2 => "Orange",
        3 => "Green",
        4 => "Pink",
        5 => "Purple",
        6 => "Teal",
        7 => "Red",
        8 => "Olive",
        _ => "Grey",
    }
}
/// Rows have another label or note.
pub fn changed(rows: u64) -> String {
    match rows {
        1 => "1 row marked".to_owned(),
        _ => format!("{} rows marked", thousands(rows)),
    }
}
/// A key for which there is no label.
pub const NO_LABEL: &str = "There is no such label yet: add one under Labels";
/// A name that is taken.
pub const TAKEN: &str = "There is a label of that name";
/// No more labels.
pub const TOO_MANY: &str = "There can be no more labels";
/// Too early.
pub const UNSETTLED: &str = "The table is still being read: try again in a moment";
