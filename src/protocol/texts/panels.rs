//! Texts of the frame of the page: bars, panels, sheets.

/// Said to screen readers while something loads.
pub const LOADING: &str = "Loading";
/// In place of a part of the page that could not be fetched.
pub const NOT_FETCHED: &str = "This part of the app could not be fetched. Without a network only what was opened before works; after an update of the app, load the page again.";
/// On buttons that fetch again.
pub const TRY_AGAIN: &str = "Try again";
