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

/// That the image is from another place than usual. `place` is the usual one.
pub fn fallback(error: &Error, place: &str) -> String {
    let place = if place.is_empty() { "its archive" } else { place };
    format!("From DiffusionDB Large; in {place}: {}", error.message())
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A file's name is written as it is.
        Some(first) if !text.contains(':') => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
