//! Words that begin as what is being typed, while an index says how many rows have them. The newest beginning counts.

use super::Matches;
use super::indexed::Beside;
use crate::base::bytes::ByteRange;
use crate::base::words::folded;
use crate::formats::text_index::suggest::{Suggested, suggest};
use crate::protocol::suggest::{MAX_WORDS, MIN_LETTERS, Suggestions};

/// A beginning whose words are not told yet, as it was typed.
#[derive(Debug, Default)]
pub(super) struct SuggestState(Option<String>);

impl Matches {
    /// Words that begin so are wanted, or none any more.
    pub fn suggest(&mut self, beginning: String) {
        let tells = folded(beginning.as_bytes()).chars().count() >= MIN_LETTERS;
        self.suggest = SuggestState(tells.then_some(beginning));
    }

    /// The ranges of the index that tell them.
    pub fn words_wanted(&self) -> Vec<ByteRange> {
        match self.suggested() {
            Some((_, Suggested::Needs(ranges))) => ranges,
            Some((_, Suggested::Words(_))) | None => Vec::new(),
        }
    }

    /// Takes bytes of the dictionary.
    pub fn feed_words(&mut self, range: ByteRange, bytes: Vec<u8>) {
        if let Beside::Here(index) = self.search.parts().0 {
            index.feed(range, bytes);
        }
    }

    /// They can't be had.
    pub fn suggest_nothing(&mut self) {
        self.suggest = SuggestState(None);
    }

    /// The words, once they are known; they are told once.
    pub fn take_suggestions(&mut self) -> Option<Suggestions> {
        let (beginning, Suggested::Words(words)) = self.suggested()? else { return None };
        let suggestions = Suggestions { beginning: beginning.to_owned(), words };
        self.suggest_nothing();
        Some(suggestions)
    }

    fn suggested(&self) -> Option<(&str, Suggested)> {
        let beginning = self.suggest.0.as_deref()?;
        let none = Suggested::Words(Vec::new());
        let suggested = match self.search.known() {
            Beside::Awaited => return None,
            Beside::Nothing => none,
            // A search that needs what contradicts itself finds it out.
            Beside::Here(index) => suggest(index, &folded(beginning.as_bytes()), MAX_WORDS).unwrap_or(none),
        };
        Some((beginning, suggested))
    }
}
