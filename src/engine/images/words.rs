//! Why an image can't be seen, in words for its tile.

use crate::base::error::{Error, ErrorKind};

/// Why there is no picture.
pub fn failure(error: &Error) -> String {
    let archive = error.chain().last();
    match (&error.kind, archive) {
        (ErrorKind::FileNotFound, Some(archive)) => format!("{archive} is not there"),
        (ErrorKind::Network, _) => "No answer from the server".to_owned(),
        (ErrorKind::RateLimited, _) => "The server asked for a pause".to_owned(),
        _ => sentence(&error.to_string()),
    }
}

/// That the image was found in another place than the usual one, where this error was met.
pub fn fallback(error: &Error, usual: &str, found: &str) -> String {
    let usual = if usual.is_empty() { "its archive" } else { usual };
    format!("From {found}; in {usual}: {}", error.message())
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A file's name is written as it is.
        Some(first) if !text.contains(':') => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
