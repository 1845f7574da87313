//! Texts of the search, and of the views that list prompts and what they are made of.

use crate::base::bytes::human_bytes;
use crate::protocol::Phrases;
use crate::protocol::display::thousands;
use crate::view::phrases::Unit;

/// The field.
pub const SEARCH_PROMPTS: &str = "Search prompts";
/// The same, where it is another text that is searched.
pub fn search_column(name: &str) -> String {
    format!("Search {name}")
}
/// The same, before a column is chosen.
pub const CHOOSE_COLUMN: &str = "Choose a column";
/// The choice of the column that is searched.
pub const SEARCHED_COLUMN: &str = "Column to search";
/// An example of a term: a word.
pub const EXAMPLE_WORD: &str = "word";
/// An example of a term: a phrase.
pub const EXAMPLE_PHRASE: &str = "\"phrase\"";
/// An example of a term: an exclusion.
pub const EXAMPLE_EXCLUDE: &str = "-exclude";
/// Where a table has nothing to search in.
pub const NO_PROMPTS: &str = "This table has no column of prompts.";
/// Starts a search that reads much.
pub const READ_AND_SEARCH: &str = "Read and search";

/// What the number of rows beside the field is.
pub const ABOUT_FOUND: &str =
    "Rows that match the search, whatever else is filtered: an exact count by the index";

/// Words that go on with what is being typed.
pub const SUGGESTED_WORDS: &str = "Words of the prompts";

/// One of them.
pub fn word_in_rows(word: &str, rows: u64) -> String {
    format!("{word}, {}", super::common::rows(rows))
}

/// What that reads.
pub fn search_reads(bytes: u64) -> String {
    format!("To look through every prompt {} are read.", human_bytes(bytes))
}

/// The progress of a search.
pub const SEARCH: &str = "Search";
/// Goes on with it.
pub const RESUME: &str = "Resume the search";
/// Pauses it.
pub const PAUSE: &str = "Pause the search";
/// What the first does.
pub const ABOUT_RESUME: &str = "Go on reading prompts";
/// What the second does.
pub const ABOUT_PAUSE: &str = "Stop reading prompts for now; what was found stays";
/// Ends it.
pub const CANCEL: &str = "Cancel the search";
/// What that does.
pub const ABOUT_CANCEL: &str = "Give the search up";

/// Where it was paused.
pub fn paused_at(share: &str) -> String {
    format!("paused at {share}")
}

/// Before a text whose beginning is left out.
pub const CUT: &str = "… ";
/// Over the parts of prompts.
pub const MODIFIERS: &str = "Modifiers";
/// Their order.
pub const MODIFIER_ORDER: &str = "Order of modifiers";
/// Those that say most of the result first.
pub const BY_LIFT: &str = "telling";
/// By how many rows have them.
pub const BY_COUNT: &str = "frequent";
/// What the prompts are taken apart into.
pub const MODIFIER_UNIT: &str = "Parts of the prompts";
/// What stands between commas.
pub const UNIT_PHRASES: &str = "phrases";
/// Single words.
pub const UNIT_WORDS: &str = "words";
/// Words that follow each other.
pub const UNIT_PAIRS: &str = "pairs";
/// Artists, mostly.
pub const UNIT_NAMES: &str = "names";
/// How many rows a part must be in, if nobody says.
pub const LEAST_BY_SIZE: &str = "auto";
/// Lists the parts that were left out.
pub const LIST_THEM: &str = "List them";
/// Leaves them out again.
pub const LEAVE_THEM_OUT: &str = "Leave them out";
/// While they are listed.
pub const SEARCHED_LISTED: &str = "Parts that hold the searched words are listed as well.";
/// Where the prompts have no parts of this kind.
pub const NO_PARTS: &str = "No prompt of the result has such a part.";

/// The same with the number.
pub fn least_of_size(least: u32) -> String {
    format!("{LEAST_BY_SIZE} ({})", thousands(u64::from(least)))
}

/// The parts that were left out.
pub fn searched_left_out(words: &[String]) -> String {
    format!("Left out, since they hold the searched words: {}.", words.join(" · "))
}

/// Where nothing differs.
pub fn nothing_stands_out(looked_at: u64, pinned: bool) -> String {
    if pinned {
        return format!(
            "Nothing stands out: none of {} parts is more frequent in B than in A beyond what chance allows.",
            thousands(looked_at)
        );
    }
    format!(
        "Nothing stands out: none of {} parts is more frequent here than chance allows.",
        thousands(looked_at)
    )
}

/// Before how many rows a part must be in.
pub const IN_AT_LEAST: &str = "in at least ";
/// What stands beside them.
pub const PHRASES_ASIDE: &str = "cfg, steps and repeated prompts";
/// Over the prompts that most rows have.
pub const MOST_REPEATED: &str = "Most repeated prompts";
/// Leads to the list of all.
pub const ALL_PROMPTS: &str = "all prompts";
/// Filters by one of them.
pub const SHOW_PROMPT: &str = "Show the rows of this prompt";
/// Head of a column: the part.
pub const HEAD_PHRASE: &str = "phrase";
/// Head of a column: how many rows have it.
pub const HEAD_ROWS: &str = "rows";
/// Head of a column: its lift.
pub const HEAD_LIFT: &str = "lift, log scale";
/// Head of a column: its share of the rows.
pub const HEAD_SHARE: &str = "share";
/// Head of a column: how many rows of the table have it.
pub const HEAD_ALL: &str = "in all";
/// The same, of those that are pinned.
pub const HEAD_PINNED: &str = "in A";
/// The rows that match, where others are pinned.
pub const HEAD_IN_B: &str = "in B";
/// The lift of what none of the pinned rows has.
pub const ONLY_IN_B: &str = "only in B";
/// Over parts that are rarer in B than in A.
pub const LESS_COMMON_IN_B: &str = "Less common in B than in A";
/// Over parts that are rarer here.
pub const LESS_COMMON: &str = "Less common here than in all rows";
/// Their table.
pub const LESS_COMMON_TABLE: &str = "Phrases that are less common here";
/// The table by rows.
pub const BY_ROWS_TABLE: &str = "Phrases by number of rows";
/// The table by lift.
pub const BY_LIFT_TABLE: &str = "Phrases by lift";

/// What the parts are, and how they are sorted.
pub fn about_phrases(phrases: &Phrases, by_count: bool) -> String {
    let Phrases { complete, rows, looked_at, list, pinned, .. } = phrases;
    let part = if *complete { "" } else { "So far, while the prompts are being read. " };
    let parts = match list.unit {
        Unit::Phrase => "Comma-separated parts of the prompts",
        Unit::Word => "Words of the prompts",
        Unit::Pair => "Pairs of neighbouring words",
        Unit::Name => "Names after “by” and “style of”",
    };
    if by_count {
        return format!("{part}{parts}, by how many rows have them. Click to search, Alt-click to exclude.");
    }
    if *pinned {
        return format!(
            "{part}{parts}: of {} those whose share of the {} rows of B surely differs from that of the {} rows of A, the surest first. Lift is the share in B over the share in A, with the range that holds 95 % of such estimates. Click to search, Alt-click to exclude.",
            thousands(*looked_at),
            thousands(rows.0),
            thousands(rows.1)
        );
    }
    format!(
        "{part}{parts}: of {} those whose share of these {} rows surely differs from that of the others, the surest first. Lift is the share here over the share of all {}, with the range that holds 95 % of such estimates. Click to search, Alt-click to exclude.",
        thousands(*looked_at),
        thousands(rows.0),
        thousands(rows.1)
    )
}

/// The list of prompts.
pub const PROMPTS: &str = "Prompts";
/// The rows of one of them.
pub const PROMPT_ROWS: &str = "Rows of the prompt";
/// Filters by it.
pub const SHOW_IN_TABLE: &str = "Show them in the table";

/// How many prompts there are.
pub fn different_prompts(prompts: u64) -> String {
    format!("{} different prompts, those of most rows first. ", thousands(prompts))
}

/// How many of them pinned rows have as well, and how many others those have.
pub fn prompts_in_a(both: u64, only: u64) -> String {
    let others = if only == 1 { "1 other".to_owned() } else { format!("{} others", thousands(only)) };
    format!("{} of them are in A too, which has {others}. ", thousands(both))
}

/// Rows of a prompt that are pinned.
pub fn rows_in_a(rows: u64) -> String {
    format!("A {}", thousands(rows))
}

/// How many of them are read.
pub fn prompts_read(share: &str) -> String {
    format!("{share} of the prompts are read")
}

/// How many rows one of them has.
pub fn rows_of_prompt(rows: u64) -> String {
    format!("{} rows of one prompt", thousands(rows))
}
