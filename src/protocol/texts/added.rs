//! Texts of columns that are added to those of the file.

use crate::base::bytes::human_bytes;
use crate::view::measures::{CONTEXT_TOKENS, Measure};

/// The part of the menu of columns that adds some.
pub const ADD: &str = "Add a column";
/// Which column of texts is measured.
pub const MEASURED: &str = "Measured column";
/// Behind the end of what a text encoder takes.
pub const UNSEEN: &str = "A text encoder of CLIP does not see this part";

/// What is added, in a few words.
pub const fn title(measure: Measure) -> &'static str {
    match measure {
        Measure::Characters => "Characters",
        Measure::Words => "Words",
        Measure::Parts => "Parts between commas",
        Measure::NonAscii => "Share of non-ASCII",
        Measure::Repeats => "Rows with the same text",
        Measure::Alike => "Rows nearly the same",
        Measure::AlikeGroup => "Group of nearly the same",
        Measure::Similar => "Rows sharing 80 % of words",
        Measure::SimilarGroup => "Group sharing 80 % of words",
        Measure::Tokens => "CLIP tokens",
        Measure::CutOff => "Cut off by CLIP",
        Measure::Language => "Language",
        Measure::Certainty => "Certainty of the language",
    }
}

/// What it means.
pub const fn about(measure: Measure) -> &'static str {
    match measure {
        Measure::Characters => "How many characters the text has.",
        Measure::Words => "How many words there are between spaces.",
        Measure::Parts => "How many parts there are between commas, without empty ones.",
        Measure::NonAscii => "The share of characters that are not ASCII, from 0 to 1.",
        Measure::Repeats => "How many rows have the same text.",
        Measure::Alike => "How many rows have the same text but for case, spaces and punctuation.",
        Measure::AlikeGroup => {
            "The first row with the same text but for case, spaces and punctuation: rows of one group have the same number. Details of a row show its group."
        }
        Measure::Similar => {
            "How many rows have a text that shares at least 80 % of the words of both, in any order, or is linked to it by such texts."
        }
        Measure::SimilarGroup => {
            "The first row with a text that shares at least 80 % of the words: rows of one group have the same number. Details of a row show its group."
        }
        Measure::Tokens => {
            "Tokens of the text encoder of Stable Diffusion, start and end included, before anything is cut off. The vocabulary (196 KB) is fetched with the first one."
        }
        Measure::CutOff => {
            "Whether it has more than the 77 tokens that the text encoder of Stable Diffusion takes."
        }
        Measure::Language => "The language, by whatlang; unknown for short texts and where it is not sure.",
        Measure::Certainty => "How sure the language is, from 0 to 1; none for short texts.",
    }
}

/// What measuring all rows of a column reads.
pub fn reads(column: &str, bytes: u64) -> String {
    format!("A chart, a filter or an order reads all of {column}: {}.", human_bytes(bytes))
}

/// That all of it is read already.
pub fn is_read(column: &str) -> String {
    format!("All of {column} is read.")
}

/// Filters by the group of a row.
pub const SHOW_GROUP: &str = "Show the group";

/// Below a prompt of which a part is dimmed.
pub fn cut_off() -> String {
    format!(
        "A text encoder of CLIP takes {CONTEXT_TOKENS} tokens, start and end included. What it does not see is dimmed."
    )
}
