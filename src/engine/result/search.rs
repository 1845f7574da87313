//! The prompt query: which rows it matches, as far as prompts are read.

use super::Matches;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::protocol::{Listing, QueryState};
use crate::table::crossfilter::QUERY;
use crate::table::search::{Matcher, Search};
use crate::view::query;

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
}

impl Matches {
    /// Whether prompts are searched.
    pub fn is_searching(&self) -> bool {
        self.search.search.is_some()
    }

    /// Whether a search has prompts at hand that it has not looked at.
    pub(super) fn is_searching_on(&self) -> bool {
        self.search.behind
    }

    /// Rows that the search has looked at.
    pub(super) fn rows_searched(&self, data: &Data) -> u64 {
        if self.is_searching() { self.search.marked as u64 } else { data.rows_in_all() }
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
        let parsed = query::parse(wanted)
            .and_then(|query| if query.is_empty() { Ok(None) } else { Matcher::new(&query).map(Some) });
        let mut problem = None;
        let changed = match parsed {
            Ok(Some(_)) if data.prompt.is_none() => {
                problem = Some((0, 0, crate::protocol::texts::search::NO_PROMPTS.to_owned()));
                false
            }
            Ok(Some(matcher)) => {
                self.search.search = Some(Search::new(matcher));
                self.search.marked = 0;
                self.filter.set_own(QUERY, Some(&mut |mask| mask.iter_mut().for_each(|mask| *mask |= QUERY)));
                data.load_prompts();
                self.mark_query(data);
                true
            }
            Ok(None) => {
                self.filter.set_own(QUERY, None);
                self.search.behind = false;
                // Nobody searches any more: what is left of the prompts is not read for nothing.
                if list == Listing::Rows
                    && let Some(name) = data.prompt_column().map(|column| column.info.name.clone())
                {
                    data.stop(&name);
                }
                self.search.search.take().is_some()
            }
            Err(wrong) => {
                problem = Some((wrong.place.start as u32, wrong.place.end as u32, wrong.message));
                false
            }
        };
        (changed, Some(QueryState { query: wanted.to_owned(), problem }))
    }

    /// Looks at prompts that have come since, as many as one step takes.
    fn mark_query(&mut self, data: &Data) {
        let Some(search) = &mut self.search.search else { return };
        let Some(texts) = data.prompts() else { return };
        self.search.behind = !search.advance(texts);
        let mut marked = self.search.marked;
        self.filter.set_own(QUERY, Some(&mut |mask| marked = search.mark(texts, marked, QUERY, mask)));
        self.search.marked = marked;
    }

    /// Goes on with a search that had more to look at than one step takes.
    pub(super) fn advance_search(&mut self, data: &Data) -> Option<Change> {
        if !self.search.behind {
            return None;
        }
        self.mark_query(data);
        Some(Change::Matches { settled: !self.search.behind })
    }

    /// The prompts have grown: looks at what is new of them.
    pub(super) fn search_follows(&mut self, column: usize, complete: bool, data: &Data) -> Option<Change> {
        let rows = data.columns.get(column)?.rows_read();
        if data.prompt != Some(column) || !self.is_searching() || rows <= self.search.marked {
            return None;
        }
        // The first matches are reported at once, and so is the whole.
        let first = self.search.marked == 0;
        self.mark_query(data);
        Some(Change::Matches { settled: first || (complete && !self.search.behind) })
    }
}
