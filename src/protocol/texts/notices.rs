//! Texts of notices: what went wrong, what still works, what to do.

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
