//! The prompt query: which rows it matches, by an index where there is one, else as far as prompts are read.

use super::Matches;
use super::indexed::{Asked, Beside};
use super::prompts::PromptsState;
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::formats::text_index::Index;
use crate::protocol::{Listing, QueryState};
use crate::table::column::Value;
use crate::table::crossfilter::QUERY;
use crate::table::filter::fail_unreadable;
use crate::table::regexes;
use crate::table::search::{Matcher, Search};
use crate::view::query::{self, Query};

/// The query, and how far it is answered.
#[derive(Default)]
pub(super) struct SearchState {
    /// The query that was looked at last, whether it can be used or not.
    query: String,
    /// The newest one that can be.
    search: Option<Search>,
    /// Rows that are marked by it.
    marked: usize,
    /// Whether there are prompts at hand that it has not looked at.
    behind: bool,
    /// What is known of an index of the prompts.
    beside: Beside,
    way: Way,
    /// What of the index contradicted itself, or could not be had.
    fault: Option<Error>,
}

/// How a search gets its answer.
#[derive(Debug, Default)]
enum Way {
    /// By looking at every prompt.
    #[default]
    Streamed,
    /// By the one or the other: it is not known yet whether there is an index.
    Open(Query),
    /// By an index.
    Indexed(Box<Asked>),
}

impl SearchState {
    /// What is known of an index, the query that was asked last, and what finds it.
    pub(super) fn parts(&mut self) -> (&mut Beside, &str, Option<&Matcher>) {
        (&mut self.beside, &self.query, self.search.as_ref().map(Search::matcher))
    }

    /// What is known of an index.
    pub(super) fn known(&self) -> &Beside {
        &self.beside
    }

    /// The index contradicted itself.
    pub(super) fn note_fault(&mut self, error: Error) {
        self.fault = Some(error);
    }

    /// Knows of an index what another search knows of it.
    pub(super) fn beside_of(&mut self, other: &Self) {
        self.beside = match &other.beside {
            Beside::Nothing => Beside::Nothing,
            Beside::Awaited => Beside::Awaited,
            Beside::Here(index) => Beside::Here(index.clone()),
        };
    }
}

impl Matches {
    /// Whether prompts are searched.
    pub fn is_searching(&self) -> bool {
        self.search.search.is_some()
    }

    /// Whether a search looks at every prompt.
    pub(super) fn streams(&self) -> bool {
        self.is_searching() && matches!(self.search.way, Way::Streamed)
    }

    /// Whether a search has prompts at hand that it has not looked at.
    pub(super) fn is_searching_on(&self) -> bool {
        match &self.search.way {
            Way::Streamed => self.search.behind,
            Way::Open(_) => false,
            Way::Indexed(asked) => asked.more,
        }
    }

    /// Rows that the search has looked at.
    pub(super) fn rows_searched(&self, data: &Data) -> u64 {
        if self.is_searching() { self.search.marked as u64 } else { data.rows_in_all() }
    }

    /// How many rows the search alone matches, where an index says so, whatever is read of them.
    pub fn searched(&self) -> Option<u64> {
        match &self.search.way {
            Way::Indexed(asked) => asked.count,
            Way::Streamed | Way::Open(_) => None,
        }
    }

    /// What of a text matches the query: from and to in bytes.
    pub fn marks(&self, text: &str) -> Vec<(u32, u32)> {
        self.search.search.as_ref().map_or_else(Vec::new, |search| search.matcher().marks(text))
    }

    /// Takes over a query; whether other rows match, and what became of it where it is a new one.
    pub(super) fn ask_query(
        &mut self,
        wanted: &str,
        list: Listing,
        data: &mut Data,
    ) -> (bool, Option<QueryState>) {
        if wanted == self.search.query {
            return (false, None);
        }
        self.search.query = wanted.to_owned();
        let parsed = query::parse(wanted);
        let misses_code = !regexes::is_here() && parsed.as_ref().is_ok_and(Query::has_regex);
        let parsed = parsed.and_then(|query| {
            if query.is_empty() {
                return Ok(None);
            }
            let matcher = Matcher::new(&query)?;
            Ok(Some((query, matcher)))
        });
        let mut problem = None;
        let changed = match parsed {
            Ok(Some(_)) if data.prompt.is_none() => {
                problem = Some((0, 0, crate::protocol::texts::search::NO_PROMPTS.to_owned()));
                false
            }
            Ok(Some((query, matcher))) => {
                self.search.search = Some(Search::new(matcher));
                self.search.way = match &mut self.search.beside {
                    Beside::Here(index) if !data.prompts_complete() => {
                        index.begin();
                        Way::Indexed(Box::new(Asked::new(&query)))
                    }
                    Beside::Awaited if !data.prompts_complete() => Way::Open(query),
                    Beside::Nothing | Beside::Awaited | Beside::Here(_) => Way::Streamed,
                };
                self.begin_query(data);
                true
            }
            Ok(None) => {
                self.filter.set_own(QUERY, None);
                self.search.behind = false;
                self.search.way = Way::Streamed;
                // Nobody searches any more: what is left of the prompts is not read for nothing.
                if list == Listing::Rows
                    && let Some(name) = data.prompt_column().map(|column| column.info.name.clone())
                {
                    data.stop(&name);
                }
                self.search.search.take().is_some()
            }
            Err(wrong) => {
                if misses_code {
                    // The code may come with the next request: the query is looked at anew then.
                    self.search.query.clear();
                }
                problem = Some((wrong.place.start as u32, wrong.place.end as u32, wrong.message));
                false
            }
        };
        (changed, Some(QueryState { query: wanted.to_owned(), problem }))
    }

    /// Begins with no row that matches.
    fn begin_query(&mut self, data: &mut Data) {
        self.search.marked = 0;
        self.search.behind = false;
        self.filter.set_own(QUERY, Some(&mut |mask| mask.iter_mut().for_each(|mask| *mask |= QUERY)));
        if self.streams() {
            data.load_prompts();
            self.mark_query(data);
        }
    }

    /// It is being asked whether there is an index: a search waits for the answer.
    pub fn await_index(&mut self) {
        self.search.beside = Beside::Awaited;
        self.with_pin(|rows| {
            rows.await_index();
            Vec::new()
        });
    }

    /// Whether searches are answered by an index.
    pub fn has_index(&self) -> bool {
        matches!(self.search.beside, Beside::Here(_))
    }

    /// There is an index, or none: what waited for that goes on.
    pub fn take_index(&mut self, index: Option<Index>, data: &mut Data) -> Vec<Change> {
        let mut changes = self.with_pin(|rows| rows.take_index(index.clone(), data));
        let waited = match std::mem::take(&mut self.search.way) {
            Way::Open(query) => Some(query),
            way @ (Way::Streamed | Way::Indexed(_)) => {
                self.search.way = way;
                None
            }
        };
        if let (Some(query), Some(_)) = (&waited, &index) {
            self.search.way = Way::Indexed(Box::new(Asked::new(query)));
        }
        self.search.beside = index.map_or(Beside::Nothing, |index| Beside::Here(Box::new(index)));
        if waited.is_some() && self.streams() {
            self.begin_query(data);
            changes.push(Change::Matches { settled: true });
        }
        changes
    }

    /// Gives the index up: a search that it answered begins anew, by looking at every prompt.
    pub fn drop_index(&mut self, data: &mut Data) -> Vec<Change> {
        let mut changes = self.with_pin(|rows| rows.drop_index(data));
        self.search.beside = Beside::Nothing;
        self.like.begin();
        self.prompts = PromptsState::default();
        self.copy_wants.clear();
        let used = !matches!(std::mem::take(&mut self.search.way), Way::Streamed);
        if used && self.is_searching() {
            self.begin_query(data);
            changes.push(Change::Matches { settled: true });
        }
        changes
    }

    /// Why the index can't be used any more, if that came out.
    pub fn take_index_fault(&mut self) -> Option<Error> {
        let pinned = self.pin.as_mut().and_then(|pin| pin.take_index_fault());
        self.search.fault.take().or(pinned)
    }

    /// The ranges of the index that searches wait for.
    pub fn index_wants(&self) -> Vec<ByteRange> {
        let mut wants = match &self.search.way {
            Way::Indexed(asked) => asked.wants().to_vec(),
            Way::Streamed | Way::Open(_) => Vec::new(),
        };
        wants.extend(self.like.wants());
        wants.extend(self.prompts.wants());
        wants.extend(&self.copy_wants);
        wants.extend(self.pin.iter().flat_map(|pin| pin.index_wants()));
        wants
    }

    /// Takes bytes of the index.
    pub fn feed_index(&mut self, range: ByteRange, bytes: Vec<u8>) {
        self.with_pin(|rows| {
            rows.feed_index(range, bytes.clone());
            Vec::new()
        });
        if let Beside::Here(index) = &mut self.search.beside {
            index.feed(range, bytes);
        }
        // What is done has nothing more to look at: the bytes are for somebody else.
        if let Way::Indexed(asked) = &mut self.search.way
            && !asked.is_done()
        {
            asked.more = true;
        }
        self.like.more = true;
        self.prompts.more = true;
    }

    /// Notes a fault where one of these rows does not match, or has another prompt by the index than in the file: the
    /// index lied.
    pub fn check_shown(&mut self, rows: &[u32], detail: Option<u64>, data: &Data) {
        let Some(column) = data.prompt_column() else { return };
        let in_file = |row: u64| match column.value(row) {
            Some(Value::Bytes(text)) => Some(text),
            Some(Value::Null) => Some([].as_slice()),
            Some(
                Value::Int(_)
                | Value::UInt(_)
                | Value::Bool(_)
                | Value::Float32(_)
                | Value::Float64(_)
                | Value::Decimal(..)
                | Value::Wide(..)
                | Value::Time(_),
            )
            | None => None,
        };
        let in_index = |row: u64| self.prompt_of(row).map(Option::unwrap_or_default);
        let differs = |row: u64| match (in_file(row), in_index(row)) {
            (Some(in_file), Some(in_index)) => in_file != in_index,
            (Some(_) | None, _) => false,
        };
        let matcher = match (&self.search.way, &self.search.search) {
            (Way::Indexed(_), Some(search)) => Some(search.matcher()),
            (Way::Indexed(_) | Way::Streamed | Way::Open(_), _) => None,
        };
        let fails = |row: u64| {
            let text = in_file(row).or_else(|| in_index(row));
            matcher.zip(text).is_some_and(|(matcher, text)| !matcher.matches(text))
        };
        let rows = || rows.iter().map(|row| u64::from(*row));
        if rows().chain(detail).any(differs) {
            self.search.fault = Some(Error::corrupt("the prompt of a row is another one"));
        } else if rows().any(fails) {
            self.search.fault = Some(Error::corrupt("a row that it named does not match"));
        }
    }

    /// Goes on with what is here of the index.
    fn ask_index(&mut self) -> Option<Change> {
        let SearchState { search: Some(search), beside: Beside::Here(index), way, marked, fault, .. } =
            &mut self.search
        else {
            return None;
        };
        let Way::Indexed(asked) = way else { return None };
        if !asked.more && !asked.wants().is_empty() || asked.is_done() {
            return None;
        }
        let before = asked.count;
        if let Err(error) = asked.advance(index, search.matcher()) {
            *fault = Some(error);
            return None;
        }
        let mut rows = None;
        self.filter.set_own(QUERY, Some(&mut |mask| rows = asked.mark(index, QUERY, mask)));
        if asked.is_miscounted(index) {
            *fault = Some(Error::corrupt("a word is not in as many rows as it says"));
        }
        let counted = (asked.count != before).then_some(Change::Counted);
        let Some(rows) = rows else { return counted };
        let first = *marked == 0;
        *marked = rows;
        Some(Change::Matches { settled: first || asked.is_done() })
    }

    /// Looks at prompts that have come since, as many as one step takes.
    fn mark_query(&mut self, data: &Data) {
        let Some(search) = &mut self.search.search else { return };
        let Some(texts) = data.prompts() else { return };
        self.search.behind = !search.advance(texts);
        let mut marked = self.search.marked;
        let values = data.prompt_column().and_then(|column| column.values.as_ref());
        self.filter.set_own(
            QUERY,
            Some(&mut |mask| {
                marked = search.mark(texts, marked, QUERY, mask);
                if let Some(values) = values {
                    fail_unreadable(values, QUERY, mask);
                }
            }),
        );
        self.search.marked = marked;
    }

    /// Goes on with a search that had more to look at than one step takes.
    pub(super) fn advance_search(&mut self, data: &Data) -> Option<Change> {
        if !self.streams() {
            return self.ask_index();
        }
        if !self.search.behind {
            return None;
        }
        self.mark_query(data);
        Some(Change::Matches { settled: !self.search.behind })
    }

    /// The prompts have grown: looks at what is new of them.
    pub(super) fn search_follows(&mut self, column: usize, complete: bool, data: &Data) -> Option<Change> {
        let rows = data.columns.get(column)?.rows_read();
        if data.prompt != Some(column) || !self.streams() || rows <= self.search.marked {
            return None;
        }
        // The first matches are reported at once, and so is the whole.
        let first = self.search.marked == 0;
        self.mark_query(data);
        Some(Change::Matches { settled: first || (complete && !self.search.behind) })
    }
}
