//! Preference data as pairs: what the page asks of them, and what there is.

use crate::base::ids::Generation;
use crate::table::agreement::Agreement;
use crate::table::pairs::{Accuracy, Count};
use crate::view::pairs::Options;
use serde::{Deserialize, Serialize};

/// Pairs that one answer lists.
pub const MAX_PAIRS: u32 = 16;

/// What is asked of the pairs; replaces what was asked before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Want {
    /// Which pairs are taken.
    pub options: Options,
    /// Columns of scores, at most [`MAX_JUDGES`](crate::view::pairs::MAX_JUDGES).
    pub judges: Vec<String>,
    /// The first pair that is listed, and how many, at most [`MAX_PAIRS`].
    pub first: u64,
    /// See `first`.
    pub count: u32,
    /// Whether it is asked how far judgements of the same two images agree.
    pub agreement: bool,
}

/// How a table says which images people prefer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Several images a prompt, a row each, with a rank.
    #[default]
    Ranked,
    /// The same with a rating and no rank: the higher one is better.
    Rated,
    /// Two images a row.
    Two,
}

/// The pairs of the rows that match, as far as they are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// How the table says it.
    pub kind: Kind,
    /// Whether a row lists several images, so that each row is a prompt of its own.
    pub lists: bool,
    /// Rows that are read, and all of them.
    pub rows: (u64, u64),
    /// How many images were looked for, and how many there are to be, where pairs without them are left out.
    pub looked_at: Option<(u64, u64)>,
    /// What there is.
    pub count: Count,
    /// What came of the scores that were asked for.
    pub judges: Vec<Judge>,
    /// How far judgements of the same two images agree, where that was asked.
    pub agreement: Option<Agreement>,
    /// Place of the first of `pairs` among all: the ordered and the tied ones of each prompt.
    pub first: u64,
    /// The pairs that were asked for.
    pub pairs: Vec<PairAt>,
}

/// Two images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairAt {
    /// The row of the first one, which comes first in the file, and that of the second; the same where a row has two.
    pub rows: (u64, u64),
    /// Which is preferred; none where that is not read or not said.
    pub verdict: Option<Verdict>,
    /// Which images of the row's list they are.
    pub listed: Option<Box<[Listed; 2]>>,
}

/// One of the images that a row lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Its place in the list, from 0.
    pub item: u32,
    /// What the list calls it.
    pub name: String,
    /// Its rank, or its rating where there are no ranks.
    pub number: f64,
}

/// Which of two images is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The first one.
    First,
    /// The second one.
    Second,
    /// Neither.
    Tie,
}

impl Verdict {
    /// The verdict of the first one's share.
    pub fn of_share(share: f64) -> Self {
        if share == 0.5 {
            Self::Tie
        } else if share > 0.5 {
            Self::First
        } else {
            Self::Second
        }
    }
}

/// How often the scores of a column agree with people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// The column.
    pub column: String,
    /// With all ordered pairs.
    pub all: Accuracy,
    /// By the difference of the two, smallest first.
    pub by_difference: Vec<(f64, Accuracy)>,
    /// By category, where the table has any.
    pub by_category: Vec<(String, Accuracy)>,
}
