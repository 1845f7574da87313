//! The query as regular expressions over folded text.
//!
//! Prompts are folded as in [`crate::base::words::fold`]: taken apart (NFD), marks dropped, in lower case. A
//! word is then bounded by what is neither a letter nor a digit.

use super::pattern::{self, Style};
use crate::base::words::fold;
use crate::table::search::Matcher;
use crate::view::query;
use crate::view::query::What;
use regex_syntax::hir::Hir;
use unicode_normalization::UnicodeNormalization;

/// Alternatives, of which one must hold.
pub type Group = Vec<Term>;

/// One thing that a prompt must have or lack.
#[derive(Debug)]
pub struct Term {
    /// What is looked for.
    pub what: Needle,
    /// Whether it must not be there.
    pub excluded: bool,
}

/// What is looked for.
#[derive(Debug)]
pub enum Needle {
    /// Pieces with space between them; none are found nowhere.
    Literal {
        /// Folded.
        pieces: Vec<String>,
        /// Whether neither letter nor digit may stand before, and after.
        bound: [bool; 2],
    },
    /// A regular expression: as it was written, and what it means.
    Regex {
        /// As it was written.
        text: String,
        /// What it means, case left out.
        meaning: Box<Hir>,
        /// Whether case is spelled out in `meaning`, since the expression itself talks of it.
        cased: bool,
    },
}

/// Space between two pieces, within square brackets.
pub const SPACE: &str = " \\t\\n\\f\\r";

/// What a query asks.
///
/// # Errors
/// Why it can't be read, in a sentence.
pub fn groups(query: &str) -> Result<Vec<Group>, String> {
    let query = query::parse(query).map_err(|problem| problem.message)?;
    // What the app itself refuses is no search.
    Matcher::new(&query).map_err(|problem| problem.message)?;
    let mut groups = Vec::with_capacity(query.groups.len());
    for group in &query.groups {
        let mut terms = Vec::with_capacity(group.any.len());
        for term in &group.any {
            let what = match &term.what {
                What::Word { text, open_start, open_end } => literal(text, [!open_start, !open_end]),
                What::Phrase(text) => literal(text, [true, true]),
                What::Regex(text) => {
                    let cased = pattern::talks_of_case(text);
                    let meaning = Box::new(pattern::parse(text, cased)?);
                    Needle::Regex { text: text.clone(), meaning, cased }
                }
            };
            terms.push(Term { what, excluded: term.excluded });
        }
        groups.push(terms);
    }
    Ok(groups)
}

fn literal(text: &str, closed: [bool; 2]) -> Needle {
    let mut folded = Vec::new();
    fold(text, &mut folded);
    let folded = String::from_utf8_lossy(&folded).into_owned();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let bound =
        [closed[0] && is_word(folded.chars().next()), closed[1] && is_word(folded.chars().next_back())];
    Needle::Literal { pieces: folded.split_whitespace().map(str::to_owned).collect(), bound }
}

impl Needle {
    /// As a regular expression; none where nothing can match.
    ///
    /// # Errors
    /// What of it this style can't say.
    pub fn pattern(&self, style: Style) -> Result<Option<String>, String> {
        match self {
            Self::Literal { pieces, .. } if pieces.is_empty() => Ok(None),
            Self::Literal { pieces, bound } => {
                let pieces = pieces.iter().map(|piece| {
                    // DuckDB puts together again what it has taken apart.
                    let piece: String =
                        if style == Style::Re2 { piece.nfc().collect() } else { piece.clone() };
                    pattern::escape(&piece, style)
                });
                let core = pieces.collect::<Vec<_>>().join(&format!("[{SPACE}]+"));
                let [before, after] = style.bounds();
                let (before, after) = (if bound[0] { before } else { "" }, if bound[1] { after } else { "" });
                Ok(Some(format!("{before}{core}{after}")))
            }
            // It is read by the same engine.
            Self::Regex { text, .. } if style == Style::Rust => Ok(Some(format!("(?i){text}"))),
            Self::Regex { meaning, cased, .. } => {
                let pattern = pattern::print(meaning, style)?;
                Ok(Some(if *cased { pattern } else { format!("(?i){pattern}") }))
            }
        }
    }

    /// The one piece of text that it is, where nothing bounds it.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Literal { pieces, bound: [false, false] } => match pieces.as_slice() {
                [piece] => Some(piece),
                _ => None,
            },
            Self::Literal { .. } | Self::Regex { .. } => None,
        }
    }

    /// Whether it looks at the case of letters, so that what is ASCII is looked at as it stands.
    pub fn sees_case(&self) -> bool {
        matches!(self, Self::Regex { cased: true, .. })
    }
}
