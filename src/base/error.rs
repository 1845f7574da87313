//! The one error type: what kind of thing went wrong, where, and whether trying again can help.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of thing went wrong. Each kind has its own notice and its own actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// No answer at all: no network, no such host, refused connection, or a CORS refusal, which
    /// a browser does not tell apart.
    Network,
    /// The server asked for a pause (429).
    RateLimited,
    /// The server failed (5xx), or cut the answer short, again and again.
    Server,
    /// The file is gated or private (401, or 403 on the Hub itself).
    Unauthorized,
    /// The server has no such file (404, 410).
    FileNotFound,
    /// There is no such repository, revision, row or entry.
    NotFound,
    /// The row has no such value: there is nothing to read, and nothing went wrong.
    Absent,
    /// The server ignored the range and wants to send the whole file.
    RangeIgnored,
    /// The file on the server is no longer the one that was opened.
    Changed,
    /// The bytes are not a parquet file.
    NotParquet,
    /// A parquet file that ends before its own footer says it does, or the like.
    Truncated,
    /// A part of the file contradicts another part.
    Corrupt,
    /// A part of the format that this reader does not know.
    Unsupported,
    /// The file or the column is encrypted.
    Encrypted,
    /// A named limit of this reader was reached.
    Limit,
    /// The link or the name given cannot be understood.
    BadLink,
    /// A mistake of this program.
    Internal,
}

/// An error with its context: the innermost fact first, then what was being done, outwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    message: String,
    context: Vec<String>,
}

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of this kind, with the innermost fact in words.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), context: Vec::new() }
    }

    /// A contradiction within a file.
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Corrupt, message)
    }

    /// The same error with what was being done when it happened.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Self {
        self.context.push(doing.into());
        self
    }

    /// The innermost fact.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What was being done, innermost first.
    pub fn chain(&self) -> impl Iterator<Item = &str> {
        self.context.iter().map(String::as_str)
    }

    /// Whether bytes are not what they should be, which costs what they hold alone. What is not known here, is
    /// encrypted or beyond a limit is so everywhere.
    pub fn is_of_damage(&self) -> bool {
        matches!(self.kind, ErrorKind::Corrupt | ErrorKind::Truncated)
    }

    /// Whether the same request may succeed later without anything else being changed.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Network | ErrorKind::RateLimited | ErrorKind::Server)
    }
}

impl fmt::Display for Error {
    /// From the outside in: `prompt, page 3: the page ends early`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Adds context to a result on its way out.
pub trait Context<T> {
    /// Says what was being done, should this be an error.
    ///
    /// # Errors
    /// The same error, with the context added.
    fn context(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn context(self, doing: impl FnOnce() -> String) -> Self {
        self.map_err(|error| error.context(doing()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, ErrorKind};

    #[test]
    fn an_error_reads_from_the_outside_in() {
        let error = Error::corrupt("the page ends early").context("page 3").context("prompt");
        assert_eq!(error.to_string(), "prompt: page 3: the page ends early");
        assert!(!error.is_retryable());
        assert!(Error::new(ErrorKind::Network, "no answer").is_retryable());
    }
}
