//! What prompts are listed by in place of how many rows have them, as a link holds it: `like=123`, `like=search`.

use serde::{Deserialize, Serialize};

/// Numbers of rows beyond are not exact in every part of a browser.
const MAX_ROW: u64 = 1 << 53;

/// In links: by the words of the search.
const SEARCH: &str = "search";

/// What prompts are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Like {
    /// How much they are like the prompt of this row, by its place in the file, from 0.
    Row(u64),
    /// How much they have of what is searched for.
    Search,
}

impl Like {
    /// Reads it from a link.
    pub fn read(text: &str) -> Option<Self> {
        if text == SEARCH {
            Some(Self::Search)
        } else {
            text.parse().ok().filter(|row| *row <= MAX_ROW).map(Self::Row)
        }
    }

    /// How a link says it.
    pub fn print(self) -> String {
        match self {
            Self::Row(row) => row.to_string(),
            Self::Search => SEARCH.to_owned(),
        }
    }
}
