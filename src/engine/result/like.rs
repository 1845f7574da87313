//! Prompts by rank: those that are like the one of a row, or that have most of what is searched for. An index finds
//! them; the code that ranks is not in the data thread's first module.

use super::Matches;
use super::indexed::Beside;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};
use crate::engine::data::Data;
use crate::engine::extras::extras;
use crate::formats::text_index::Index;
use crate::formats::text_index::rank::{self, By, Item, Ranking, words_of};
use crate::formats::text_index::wants::Wants;
use crate::protocol::like::{Likes, Ranked, State};
use crate::protocol::{MAX_CELL_CHARS, MAX_PROMPT_ROWS, Prompt};
use crate::table::column::Value;
use crate::table::search::Matcher;
use crate::view::like::Like;
use crate::view::query::{self, Group, Query, Term, What};

/// What prompts are ranked by, and how far that is.
#[derive(Debug, Default)]
pub(super) struct LikeState {
    want: Option<Like>,
    ranking: Option<Box<Ranking>>,
    wants: Wants,
    /// Whether bytes have come since it was looked at.
    pub(super) more: bool,
    is_told: bool,
}

/// What of the table a ranking looks at besides the index.
#[derive(Debug)]
pub struct Sight<'a> {
    like: Like,
    query: &'a str,
    /// Whether a row matches: it does with a mask of zero.
    mask: &'a [u16],
    /// What finds what is searched for.
    matcher: Option<&'a Matcher>,
}

/// What goes on with a ranking, which begins where there is none.
pub type Rank = fn(&mut Option<Box<Ranking>>, &mut Index, &Sight<'_>) -> Result<Step>;

/// What a ranking comes to.
#[derive(Debug)]
pub enum Step {
    /// It needs these ranges to go on.
    Needs(Vec<ByteRange>),
    /// This.
    Done(State),
}

impl LikeState {
    /// Ranges of the index that it waits for.
    pub(super) fn wants(&self) -> &[ByteRange] {
        self.wants.ranges()
    }

    /// It is looked at anew.
    pub(super) fn begin(&mut self) {
        *self = Self { want: self.want, ..Self::default() };
    }

    /// Other rows match.
    pub(super) fn rematch(&mut self) {
        if self.want == Some(Like::Search) {
            self.begin();
        }
    }
}

impl Matches {
    /// Prompts are wanted by rank, or not any more.
    pub fn want_like(&mut self, want: Option<Like>) {
        self.like = LikeState { want, ..LikeState::default() };
    }

    /// Goes on with what is here of the index; the answer is told once.
    pub fn advance_like(&mut self, data: &Data) -> Option<Likes> {
        let like = self.like.want.filter(|_| !self.like.is_told)?;
        let waits = !self.like.wants().is_empty() && !self.like.more;
        // Which rows match has to be known first.
        if waits || like == Like::Search && self.rows_decided(data) < data.rows_in_all() {
            return None;
        }
        self.like.more = false;
        let (beside, query, matcher) = self.search.parts();
        let state = match beside {
            Beside::Awaited => return None,
            Beside::Nothing => State::NoIndex,
            Beside::Here(index) => {
                let sight = Sight { like, query, mask: self.filter.mask(), matcher };
                match (extras()?.rank)(&mut self.like.ranking, index, &sight) {
                    Ok(Step::Needs(ranges)) => {
                        self.like.wants.set(ranges);
                        return None;
                    }
                    Ok(Step::Done(state)) => state,
                    Err(error) => {
                        self.like.wants.clear();
                        self.search.note_fault(error);
                        return None;
                    }
                }
            }
        };
        self.like.ranking = None;
        self.like.wants.clear();
        if let (Like::Row(row), State::Ranked(ranked)) = (like, &state)
            && let Some(own) = &ranked.own
            && let Some(Value::Bytes(text)) = data.prompt_column().and_then(|column| column.value(row))
            && shown(&String::from_utf8_lossy(text)) != own.text
        {
            self.search.note_fault(Error::corrupt("the prompt of a row is another one"));
            return None;
        }
        self.like.is_told = true;
        Some(Likes { like, state })
    }
}

/// Goes on with a ranking, which begins where there is none.
///
/// # Errors
/// Where the index contradicts itself.
pub fn rank(ranking: &mut Option<Box<Ranking>>, index: &mut Index, sight: &Sight<'_>) -> Result<Step> {
    let done = |state| Ok(Step::Done(state));
    let by = match sight.like {
        Like::Row(row) => By::Row(row),
        Like::Search => By::Words(wanted_words(sight.query)),
    };
    let mask = (sight.like == Like::Search).then_some(sight.mask);
    let ranking = ranking.get_or_insert_with(|| Box::new(Ranking::new(by)));
    let ranked = match ranking.advance(index, mask)? {
        rank::Step::Needs(ranges) => return Ok(Step::Needs(ranges)),
        rank::Step::Done(None) => return done(State::NoRow),
        rank::Step::Done(Some(ranked)) => ranked,
    };
    if ranked.words.is_empty() {
        return done(State::NoWords);
    }
    let (read, others): (Vec<_>, Vec<_>) = ranked.words.into_iter().partition(|(.., is_read)| *is_read);
    let named =
        |words: Vec<(String, u64, bool)>| words.into_iter().map(|(word, rows, _)| (word, rows)).collect();
    let own = match sight.like {
        Like::Row(_) => Matcher::new(&any_of(&read)).ok(),
        Like::Search => None,
    };
    let marks = |text: &str| match own.as_ref().or(sight.matcher) {
        Some(matcher) => matcher.marks(text),
        None => Vec::new(),
    };
    let prompt = |item: Item| {
        let matches = |row: &u32| mask.is_none_or(|mask| mask.get(*row as usize) == Some(&0));
        let rows = || item.runs.iter().flat_map(|(from, end)| *from..*end).filter(matches);
        let text = shown(&item.text);
        Prompt {
            marks: marks(&text),
            text,
            count: rows().count() as u32,
            pinned: None,
            ranges: Vec::new(),
            rows: rows().take(MAX_PROMPT_ROWS).collect(),
        }
    };
    done(State::Ranked(Box::new(Ranked {
        is_cut: ranked.is_cut,
        own: ranked.own.map(prompt),
        revisions: ranked.revisions.into_iter().map(prompt).collect(),
        prompts: ranked.items.into_iter().map(prompt).collect(),
        words: named(read),
        frequent: named(others),
    })))
}

/// As much of a prompt as is shown in a list.
fn shown(text: &str) -> String {
    text.chars().take(MAX_CELL_CHARS).collect()
}

/// The whole words that a query wants.
fn wanted_words(query: &str) -> Vec<String> {
    let query = query::parse(query).unwrap_or_default();
    let texts = query.terms().filter(|term| !term.excluded).filter_map(|term| match &term.what {
        What::Word { text, open_start: false, open_end: false } | What::Phrase(text) => Some(text),
        What::Word { .. } | What::Regex(_) => None,
    });
    texts.flat_map(|text| words_of(text)).collect()
}

/// A query for any of these words.
fn any_of(words: &[(String, u64, bool)]) -> Query {
    let term = |word: &String| Term {
        what: What::Word { text: word.clone(), open_start: false, open_end: false },
        excluded: false,
        place: 0..0,
    };
    Query { groups: vec![Group { any: words.iter().map(|(word, ..)| term(word)).collect() }] }
}
