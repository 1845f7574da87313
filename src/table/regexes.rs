//! Regular expressions. What reads and runs them is large and seldom needed: in a browser it is in a lazy module,
//! and is handed in by [`provide`] once that has been fetched.

use crate::base::later::later;
use crate::formats::text_index::plan::Plan;
use regex::bytes::{Regex, RegexBuilder};
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// How large a compiled regular expression may be, and what it may keep while it runs. Within these
/// the time for a text grows with its length only.
const MAX_REGEX_BYTES: usize = 1 << 20;
const MAX_REGEX_CACHE_BYTES: usize = 4 << 20;
const MAX_REGEX_NESTING: u32 = 50;

/// A regular expression that is ready to run, whatever the case of letters.
pub trait Expression: Debug + Send + Sync {
    /// The first match at or after `at`, which is at most the text's length.
    fn find_at(&self, text: &[u8], at: usize) -> Option<Range<usize>>;

    /// Whether there is a match.
    fn is_match(&self, text: &[u8]) -> bool;

    /// What of an index of texts answers it.
    fn plan(&self) -> Plan;
}

/// Why an expression can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where in the expression, in bytes; all of it where there is none.
    pub place: Option<Range<usize>>,
    /// Why, in a sentence.
    pub message: String,
}

/// Makes an expression ready to run.
pub type Compile = fn(&str) -> Result<Arc<dyn Expression>, Refused>;

later!(
    static COMPILE: Compile = || read;
);

/// The code has been fetched.
pub fn provide(compile: Compile) {
    COMPILE.provide(compile);
}

/// Whether the code is here.
pub fn is_here() -> bool {
    COMPILE.get().is_some()
}

/// Makes an expression ready to run.
///
/// # Errors
/// Why it can't be used; that the code is not here, too.
pub fn compile(pattern: &str) -> Result<Arc<dyn Expression>, Refused> {
    match COMPILE.get() {
        Some(compile) => compile(pattern),
        None => Err(Refused { place: None, message: NOT_HERE.to_owned() }),
    }
}

const NOT_HERE: &str = "The part of the app that reads regular expressions could not be fetched. It is asked for again \
                        with the next search or scroll.";

/// The code itself: only the entry of the lazy module may name it.
///
/// # Errors
/// Why the expression can't be used.
pub fn read(pattern: &str) -> Result<Arc<dyn Expression>, Refused> {
    check(pattern)?;
    let built = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(MAX_REGEX_BYTES)
        .dfa_size_limit(MAX_REGEX_CACHE_BYTES)
        .nest_limit(MAX_REGEX_NESTING)
        .build();
    match built {
        Ok(regex) => Ok(Arc::new(Compiled(regex))),
        Err(error) => {
            let message = match error {
                regex::Error::CompiledTooBig(_) => "The regular expression is too large.".to_owned(),
                error => format!("The regular expression can't be used: {error}."),
            };
            Err(Refused { place: None, message })
        }
    }
}

/// Whether it can be read; if not, where it can't, and why.
fn check(pattern: &str) -> Result<(), Refused> {
    let parsed =
        regex_syntax::ast::parse::ParserBuilder::new().nest_limit(MAX_REGEX_NESTING).build().parse(pattern);
    parsed.map(|_| ()).map_err(|error| {
        let span = error.span();
        let message = format!("The regular expression can't be read: {}.", error.kind());
        Refused { place: Some(span.start.offset..span.end.offset), message }
    })
}

#[derive(Debug)]
struct Compiled(Regex);

impl Expression for Compiled {
    fn find_at(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        self.0.find_at(text, at).map(|found| found.range())
    }

    fn is_match(&self, text: &[u8]) -> bool {
        self.0.is_match(text)
    }

    fn plan(&self) -> Plan {
        Plan::regex(&self.0)
    }
}
