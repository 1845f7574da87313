//! Texts about single images: where they are from, and why one can’t be seen.

use crate::base::error::{Error, ErrorKind};
use crate::protocol::texts::common::sentence;

/// Why there is no picture, for its tile.
pub fn failure(error: &Error) -> String {
    let archive = error.chain().last();
    match (&error.kind, archive) {
        (ErrorKind::FileNotFound, Some(archive)) => format!("{archive} is not there"),
        (ErrorKind::Network, _) => "No answer from the server".to_owned(),
        (ErrorKind::RateLimited, _) => "The server is rate-limiting requests (429)".to_owned(),
        _ => sentence(&error.to_string()),
    }
}

/// That the image was found in another place than the usual one, where this error was met.
pub fn fallback(error: &Error, usual: &str, found: &str) -> String {
    let usual = if usual.is_empty() { "its archive" } else { usual };
    format!("From {found}; in {usual}: {}", error.message())
}

/// A preview that is not of this very image.
pub const OTHER_PREVIEW: &str = "Preview of another image of the same prompt";

/// Where a preview is from.
pub fn from_previews(path: &str) -> String {
    format!("preview / {path}")
}

/// Where an image of an archive is from.
pub fn from_archive(archive: &str, name: &str) -> String {
    format!("{archive} / {name}")
}

/// Where an image within the table is from.
pub fn from_row(row: u64) -> String {
    format!("row {} of the table", row + 1)
}

/// At the head of the list of images that an export could not read.
pub const NOT_EXPORTED: &str = "Images that could not be read:\n";

/// The browser can’t decode an image.
pub const NOT_DECODED: &str = "the browser can't decode it";
