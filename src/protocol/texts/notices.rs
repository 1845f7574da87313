//! Texts of notices: what went wrong, what still works, what to do.

use crate::base::bytes::human_bytes;
use crate::base::error::{Error, ErrorKind};
use crate::protocol::display::thousands;
use crate::protocol::texts::common;
use crate::protocol::texts::common::sentence;

/// Columns that are measured of texts can't be made.
pub const NO_MEASURES: &str = "Added columns can't be measured";

/// The code.
pub const NO_MEASURING_CODE: &str = "the part of the app that measures";
/// The code that reads a type.
pub const NO_VARIANT_CODE: &str = "the part of the app that reads VARIANT could not be had";
/// The file.
pub const NO_VOCABULARY: &str = "the vocabulary of CLIP";

/// Why.
pub fn no_measures_why(error: &Error) -> String {
    format!("This could not be had: {error}. Everything else works.")
}

/// Takes a notice away.
pub const DISMISS: &str = "Dismiss";
/// Tries again at once.
pub const RETRY_NOW: &str = "Retry now";
/// Opens the table again.
pub const LOAD_AGAIN: &str = "Load again";
/// Leads to the start page.
pub const CHOOSE_ANOTHER: &str = "Choose another file";
/// Starts the data thread again.
pub const RESTART: &str = "Restart";

/// When it is tried again by itself.
pub fn next_try(seconds: f64) -> String {
    format!(" Next try in {seconds:.0} s.")
}

/// Opens a table that may have been meant.
pub fn open(name: &str) -> String {
    format!("Open {name}")
}

/// Code that is seldom needed could not be fetched.
pub const NO_EXTRAS: &str = "A part of the app could not be fetched";
/// What is missing without it, and what to do.
pub const NO_EXTRAS_WHY: &str = "It writes files and scripts and tells what a file says of itself; everything else works. Ask for the same again to try anew.";

/// The data thread died.
pub const THREAD_STOPPED: &str = "The data thread stopped";
/// What is said of it where it could not be started.
pub const THREAD_NOT_STARTED: &str = "It could not be started.";
/// What is said of it where the browser does not say more.
pub const UNKNOWN: &str = "unknown";
/// Why a link can’t open a file of this device.
pub const FILE_STAYS: &str = "A file of this device stays on it, so a link can't open it.";
/// A part of the link was not understood.
pub const LINK_PART_LEFT_OUT: &str = "A part of the link was left out";

/// What the death of the data thread means.
pub fn thread_said(error: &str) -> String {
    format!("It may have run out of memory. Filters and link are kept. It said: {error}")
}

/// A link leads to a file of this device.
pub fn choose_again(name: &str) -> String {
    format!("{name} has to be chosen again")
}

/// A named part of the link was not understood.
pub fn link_key_left_out(key: &str) -> String {
    format!("“{key}” in the link was left out")
}

/// A server wants fewer requests.
pub const RATE_LIMITED: &str = "The server is rate-limiting requests (429)";

/// The table can’t be opened.
pub fn cannot_open(source: &str, kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Network => format!("{source} can't be reached"),
        ErrorKind::RateLimited => RATE_LIMITED.to_owned(),
        ErrorKind::Server => format!("The server of {source} does not answer as it should"),
        ErrorKind::Unauthorized => format!("{source} is not open to everyone"),
        ErrorKind::NotFound | ErrorKind::FileNotFound | ErrorKind::Absent => {
            format!("{source} does not exist")
        }
        ErrorKind::RangeIgnored => format!("{source} can't be read in parts"),
        ErrorKind::Changed => format!("{source} changed while it was being opened"),
        ErrorKind::NotParquet => format!("{source} is not a Parquet file"),
        ErrorKind::Truncated => format!("{source} is cut short"),
        ErrorKind::Corrupt => format!("{source} is damaged"),
        ErrorKind::Unsupported => format!("{source} can't be read here"),
        ErrorKind::Encrypted => format!("{source} is encrypted"),
        ErrorKind::Limit => format!("{source} is too large"),
        ErrorKind::BadLink => format!("There is no table {source}"),
        ErrorKind::Internal => "Something went wrong in this program".to_owned(),
    }
}

/// Why it can’t be opened, and what to do.
pub fn cannot_open_why(error: &Error) -> String {
    let advice = match error.kind {
        ErrorKind::Network => {
            "Check the connection, and that the server allows other sites to read from it (CORS)."
        }
        ErrorKind::RateLimited | ErrorKind::Server => "Try again in a while.",
        ErrorKind::Unauthorized => "Request access on its Hub page, then enter an access token.",
        ErrorKind::NotFound | ErrorKind::FileNotFound | ErrorKind::Absent => "Check the path.",
        ErrorKind::RangeIgnored => "The server must answer range requests; another copy of the file may do.",
        ErrorKind::Changed => "Open it again to see the new version.",
        ErrorKind::NotParquet => "Vitrine opens tables in Parquet, CSV, JSON and Arrow. Choose another file.",
        ErrorKind::Truncated | ErrorKind::Corrupt => "Ask for a new copy of the file, or choose another one.",
        ErrorKind::Unsupported | ErrorKind::Encrypted | ErrorKind::Limit => "Choose another file.",
        ErrorKind::BadLink => "Check the link, or choose a table.",
        ErrorKind::Internal => "Open the table again.",
    };
    then(error, advice)
}

/// Images are in a repository that asks who wants them.
pub fn images_closed(repository: &str) -> String {
    format!("The images in {repository} are not open to everyone")
}

/// What that means for the table.
pub fn images_closed_why(error: &Error) -> String {
    then(error, "The table works as ever.")
}

/// A column can’t be read.
pub fn column_failed(column: &str, kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Limit => format!("{column} is too much to show"),
        ErrorKind::Encrypted => format!("{column} is encrypted"),
        ErrorKind::Unsupported => format!("{column} can't be read here"),
        ErrorKind::Network
        | ErrorKind::RateLimited
        | ErrorKind::Server
        | ErrorKind::Unauthorized
        | ErrorKind::FileNotFound
        | ErrorKind::NotFound
        | ErrorKind::Absent
        | ErrorKind::RangeIgnored
        | ErrorKind::Changed
        | ErrorKind::NotParquet
        | ErrorKind::Truncated
        | ErrorKind::Corrupt
        | ErrorKind::BadLink
        | ErrorKind::Internal => format!("{column} is damaged"),
    }
}

/// Why a column can’t be read, and what that means for the others.
pub fn column_failed_why(error: &Error) -> String {
    then(error, "The other columns keep working.")
}

/// Some rows of a column can't be read.
pub fn column_damaged(column: &str, rows: u64) -> String {
    format!("{} of {column} can't be read", common::rows(rows))
}

/// Which rows, each stretch from 0 up to and without its end, and why.
pub fn column_damaged_why(rows: &[(u64, u64, &Error)]) -> String {
    const MOST: usize = 3;
    let one = |(start, end, error): &(u64, u64, &Error)| {
        format!("Rows {} to {}: {error}.", thousands(start + 1), thousands(*end))
    };
    let mut told: Vec<String> = rows.iter().take(MOST).map(one).collect();
    if rows.len() > MOST {
        told.push(format!("And {} more places.", thousands((rows.len() - MOST) as u64)));
    }
    told.push("Filters leave these rows out, and charts rest on the others.".to_owned());
    told.join(" ")
}

/// Reading stopped: the file is another one now.
pub const CHANGED: &str = "This file changed on the server while it was open";

/// Reading stopped: the server does not let it be read any more.
pub fn closed(source: &str) -> String {
    format!("{source} can't be read any more")
}

/// Reading stopped for another reason.
pub fn stopped(source: &str) -> String {
    format!("Reading {source} stopped")
}

/// Why reading stopped, and what still works.
pub fn stopped_why(error: &Error, read_bytes: u64) -> String {
    let rest = if error.kind == ErrorKind::Changed {
        "What is shown is the version that was opened; nothing more is read, so that versions do not mix."
    } else {
        "Everything read so far keeps working, also what was kept of earlier visits."
    };
    format!("{}, after {}. {rest}", sentence(&error.to_string()), human_bytes(read_bytes))
}

/// A read failed and is tried again: there was no answer.
pub fn no_connection(source: &str) -> String {
    format!("No connection to {source}")
}

/// A read failed and is tried again: the answer was an error.
pub fn bad_answer(source: &str) -> String {
    format!("{source} returned an error")
}

/// Why it failed, and what still works.
pub fn waiting_why(error: &Error, read_bytes: u64) -> String {
    format!(
        "{}. It is tried again by itself; the {} read so far stay usable.",
        sentence(&error.to_string()),
        human_bytes(read_bytes)
    )
}

/// A file of several can’t be part of the table.
pub fn file_left_out(file: &str) -> String {
    format!("{file} is left out")
}

/// Why, and what that means for the others.
pub fn file_left_out_why(error: &Error) -> String {
    then(error, "The rows of the other files keep working.")
}

/// The server can’t be asked whether what is kept is still what it has.
pub const UNCHECKED: &str = "Shown from what is kept on this device";

/// Why, and what that means.
pub fn unchecked_why(source: &str, error: &Error) -> String {
    format!(
        "{source} could not be asked whether it has changed: {error}. What has not been read before is missing."
    )
}

/// The index of the prompts is not used any more.
pub const INDEX_LEFT: &str = "Searches read the prompts from now on";

/// Why, and what that means.
pub fn index_left_why(error: &Error) -> String {
    let why = then(error, "Results are the same, and take longer.");
    format!("The search index beside this app can’t be used. {why}")
}

/// Nothing is kept on this device.
pub const NOT_KEPT: &str = "What is read is not kept for the next visit";

/// Why, and what that means.
pub fn not_kept_why(error: &Error) -> String {
    then(error, "Everything else works as ever.")
}

/// The browser has no storage for the page.
pub const NO_STORAGE: &str = "the browser keeps nothing for this page";
/// The browser’s storage is full.
pub const NO_ROOM: &str = "there is no room on this device";

/// A filter can’t be applied.
pub fn filter_left_out(column: &str) -> String {
    format!("The filter on {column} is left out")
}

/// Several can’t.
pub fn filters_left_out(filters: usize) -> String {
    format!("{filters} filters are left out")
}

/// Which ones, how many more, and why.
pub fn filters_left_out_why(names: &[&str], more: usize, why: &str) -> String {
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}: {why}", names.join(", "))
}

/// Why several filters can’t be applied, each for a reason of its own.
pub const FILTERS_DIFFER: &str = "They can't be applied to this table.";
/// Why a filter can’t be applied: its column has no values that can be compared.
pub const NOT_FILTERABLE: &str = "This column can't be filtered.";
/// Why a filter can’t be applied: the table is another one.
pub const NO_COLUMN: &str = "The table has no such column.";

/// Why a filter can’t be applied: there are too many.
pub fn too_many_filters(most: usize) -> String {
    format!("At most {most} columns can be filtered at once.")
}

/// What went wrong, then what still works or what to do.
fn then(error: &Error, rest: &str) -> String {
    format!("{}. {rest}", sentence(&error.to_string()))
}
