//! Columns that are measured of a text column: what they are called, in links and everywhere else.
//!
//! `words(prompt)` is the number of words of the column `prompt`. A column of the file that has such a name itself
//! comes before it.

use std::fmt;

/// The most columns that are added to a table.
pub const MAX_ADDED: usize = 32;

/// What is measured of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Characters, as Unicode counts them.
    Characters,
    /// Words, as spaces part them.
    Words,
    /// Parts, as commas part them; empty ones do not count.
    Parts,
    /// The share of characters that are not ASCII, from 0 to 1.
    NonAscii,
    /// Rows with the same text.
    Repeats,
    /// Rows with the same text but for case, spaces and punctuation.
    Alike,
    /// The first of these rows, by its place in the file, from 0: what they have in common.
    AlikeGroup,
    /// Rows with a text that shares most of its words, in any order.
    Similar,
    /// The first of these rows, as that of [`Self::AlikeGroup`].
    SimilarGroup,
    /// Tokens of CLIP, those of start and end included, before anything is cut off.
    Tokens,
    /// Whether those are more than a text encoder of CLIP takes.
    CutOff,
    /// The language.
    Language,
    /// How sure that is, from 0 to 1.
    Certainty,
}

/// The share of the words of two texts together, in percent, that both of two similar ones have at least.
pub const LIKE_PERCENT: u32 = 80;

/// Tokens that a text encoder of CLIP takes, those of start and end included.
pub const CONTEXT_TOKENS: u32 = 77;

/// What values a measure has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Whole numbers.
    Whole,
    /// Numbers from 0 to 1.
    Share,
    /// True or false.
    Truth,
    /// Names.
    Names,
}

impl Measure {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 13] = [
        Self::Characters,
        Self::Words,
        Self::Parts,
        Self::Tokens,
        Self::CutOff,
        Self::Language,
        Self::Certainty,
        Self::NonAscii,
        Self::Repeats,
        Self::Alike,
        Self::AlikeGroup,
        Self::Similar,
        Self::SimilarGroup,
    ];

    /// What links call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Words => "words",
            Self::Parts => "parts",
            Self::NonAscii => "non_ascii",
            Self::Repeats => "repeats",
            Self::Alike => "alike",
            Self::AlikeGroup => "alike_group",
            Self::Similar => "similar",
            Self::SimilarGroup => "similar_group",
            Self::Tokens => "tokens",
            Self::CutOff => "cut_off",
            Self::Language => "language",
            Self::Certainty => "certainty",
        }
    }

    /// The values that it has.
    pub const fn values(self) -> Values {
        match self {
            Self::Characters
            | Self::Words
            | Self::Parts
            | Self::Repeats
            | Self::Alike
            | Self::AlikeGroup
            | Self::Similar
            | Self::SimilarGroup
            | Self::Tokens => Values::Whole,
            Self::NonAscii | Self::Certainty => Values::Share,
            Self::CutOff => Values::Truth,
            Self::Language => Values::Names,
        }
    }

    /// Whether it needs CLIP's vocabulary.
    pub const fn needs_vocabulary(self) -> bool {
        match self {
            Self::Tokens | Self::CutOff => true,
            Self::Characters
            | Self::Words
            | Self::Parts
            | Self::NonAscii
            | Self::Repeats
            | Self::Alike
            | Self::AlikeGroup
            | Self::Similar
            | Self::SimilarGroup
            | Self::Language
            | Self::Certainty => false,
        }
    }

    /// Whether it says which rows belong together, by the first of them.
    pub const fn is_group(self) -> bool {
        matches!(self, Self::AlikeGroup | Self::SimilarGroup)
    }

    /// Whether it is about all rows together, so that nothing is known before all are read.
    pub const fn is_of_all_rows(self) -> bool {
        match self {
            Self::Repeats | Self::Alike | Self::AlikeGroup | Self::Similar | Self::SimilarGroup => true,
            Self::Characters
            | Self::Words
            | Self::Parts
            | Self::NonAscii
            | Self::Tokens
            | Self::CutOff
            | Self::Language
            | Self::Certainty => false,
        }
    }
}

/// A measure of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured<'a> {
    /// What is measured.
    pub measure: Measure,
    /// The column, by its name.
    pub column: &'a str,
}

impl<'a> Measured<'a> {
    /// Reads a column's name; none where it is not one of these.
    pub fn read(name: &'a str) -> Option<Self> {
        let (measure, rest) = name.split_once('(')?;
        let column = rest.strip_suffix(')').filter(|column| !column.is_empty())?;
        let measure = Measure::ALL.into_iter().find(|known| known.name() == measure)?;
        Some(Self { measure, column })
    }
}

impl fmt::Display for Measured<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.measure.name(), self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, Measured};

    #[test]
    fn a_name_says_what_is_measured_of_what() {
        let words = Measured { measure: Measure::Words, column: "prompt" };
        assert_eq!(Measured::read("words(prompt)"), Some(words));
        let odd = Measured { measure: Measure::Tokens, column: "a (b)" };
        assert_eq!(Measured::read("tokens(a (b))"), Some(odd));
        for other in ["words", "words()", "words(prompt", "sense(prompt)", "Words(prompt)", "(prompt)"] {
            assert_eq!(Measured::read(other), None, "{other}");
        }
        for measure in Measure::ALL {
            let named = Measured { measure, column: "prompt" };
            assert_eq!(Measured::read(&named.to_string()), Some(named));
        }
    }
}
