//! Texts of prompts by rank: those like the prompt of a row, and those that have most of a search.

use super::common;
use crate::protocol::display::thousands;

/// Leads from a row to prompts like its own.
pub const MORE_LIKE_THIS: &str = "More like this";
/// What that does.
pub const ABOUT_MORE: &str = "Prompts that have the rarest words of this one";
/// The list of those.
pub const LIKE_IT: &str = "Prompts like it";
/// The list of those that have most of a search.
pub const BEST_FIRST: &str = "Best matches";
/// Leads to that list.
pub const BEST_MATCH: &str = "Best match first";
/// What that does.
pub const ABOUT_BEST: &str = "Prompts that have the rarest words of the search, and more of them, come first";
/// Leads back to the list by rows.
pub const ALL_PROMPTS: &str = "All prompts";
/// The list as a whole.
pub const RANKED: &str = "Prompts by rank";
/// Over prompts next to it.
pub const REVISIONS: &str = "Revisions next to it";
/// What those are.
pub const ABOUT_REVISIONS: &str = "Neighbouring rows whose prompts share at least half of their words with it: mostly one session's own revisions.";
/// Where there are none.
pub const NOTHING_LIKE_IT: &str = "No other prompt has its rarer words.";
/// Where nothing that matches has whole words of the search.
pub const NOTHING_MATCHES: &str = "No prompt that matches has a whole word of the search.";
/// Before the words that prompts were looked for by.
pub const BY_WORDS: &str = "Looked for by";
/// Before words that were not.
pub const FREQUENT: &str = "Counted as well, too frequent to look for";
/// Opens a prompt's first row.
pub const OPEN_ROW: &str = "Open its details";
/// Where there is no index.
pub const NO_INDEX: &str =
    "Prompts are ranked by a search index beside the app, and this table has none that can be used.";
/// What can be done about it.
pub const MAKE_INDEX: &str =
    "Whoever hosts the app makes one with vitrine-index --text; the guide on how the app reads says how.";
/// Where the link names a row that is not there.
pub const NO_ROW: &str = "The table has no such row.";
/// Where there are no words.
pub const NO_WORDS: &str = "There is no whole word to rank by.";

/// Over prompts like that of a row, from 0.
pub fn like_row(row: u64) -> String {
    format!("Prompts like that of {}", common::row(row))
}

/// Over those that have most of a search.
pub fn best_of(query: &str) -> String {
    format!("Best matches of {query}")
}

/// The rows that have a prompt.
pub fn rows(first: u64, count: u64) -> String {
    match count {
        0 | 1 => common::row(first),
        count => format!("{} and {} more", common::row(first), thousands(count - 1)),
    }
}

/// More like another one.
pub fn more_like(row: u64) -> String {
    format!("More like {}", common::row(row))
}

/// Where more have some of the words than were looked up.
pub fn cut(most: u64) -> String {
    format!(
        "The best {} runs of rows by the weights of their words were looked up; more have some of them.",
        thousands(most)
    )
}
