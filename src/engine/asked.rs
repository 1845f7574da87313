//! What is asked beyond clauses on columns: the prompt query and the subset.

use super::Effect;
use super::table::Table;
use crate::base::bits::Bits;
use crate::protocol::{QueryState, Response, Subset};
use crate::table::crossfilter::{QUERY, SUBSET};
use crate::table::search::{Matcher, Search};
use crate::table::subset;
use crate::table::text::Texts;
use crate::view::catalog;
use crate::view::query;

/// What is asked, and how far it is answered.
#[derive(Default)]
pub struct Asked {
    /// The query that was looked at last, whether it can be used or not.
    query: String,
    /// The newest one that can be.
    pub(super) search: Option<Search>,
    /// Rows that are marked by it.
    marked: usize,
    /// Whether there are prompts at hand that it has not looked at.
    looking: bool,
    subset: Option<Subset>,
}

impl Table {
    /// Whether a clause or the order of rows waits for the column.
    pub(super) fn is_asked(&self, place: usize) -> bool {
        let named = |name: &str| self.columns.get(place).is_some_and(|state| state.info.name == name);
        (self.asked.search.is_some() && self.prompt == Some(place))
            || (matches!(self.asked.subset, Some(Subset::Shards { .. })) && named(catalog::IMAGE_PATH))
            || self.ordering.waits_for(|column| named(column))
    }

    /// The prompts, as far as they are read.
    pub(super) fn prompts(&self) -> Option<&Texts> {
        self.columns.get(self.prompt?)?.data.as_ref()?.texts()
    }

    /// Whether all prompts are read.
    pub(super) fn prompts_complete(&self) -> bool {
        self.prompt.and_then(|place| self.columns.get(place)).is_some_and(|state| state.complete)
    }

    /// Reads the prompts whole.
    pub(super) fn load_prompts(&mut self) {
        let name = self.prompt.and_then(|place| self.columns.get(place)).map(|state| state.info.name.clone());
        if let Some(name) = name {
            self.load(&name);
        }
    }

    /// Rows of which it is known whether they pass the query and the subset.
    pub(super) fn rows_asked(&self) -> u64 {
        let prompts = match self.asked.search {
            Some(_) => self.asked.marked as u64,
            None => self.rows_in_all(),
        };
        let shards = match self.asked.subset {
            Some(Subset::Shards { .. }) => {
                let path = self.column(catalog::IMAGE_PATH);
                path.filter(|(_, state)| state.complete).map_or(0, |_| self.meta.rows)
            }
            // What is beyond the first rows is not among them, whatever it is.
            Some(Subset::First { rows }) if rows <= self.meta.rows => self.rows_in_all(),
            Some(Subset::Random { .. }) if self.files.unread() => 0,
            Some(Subset::First { .. } | Subset::Random { .. }) | None => self.meta.rows,
        };
        prompts.min(shards)
    }

    /// Takes over what is asked now; whether masks or the order are other ones.
    pub(super) fn ask(&mut self, effects: &mut Vec<Effect>) -> bool {
        let query = self.ask_query(effects);
        let subset = self.ask_subset();
        let sort = self.ask_sort();
        query || subset || sort
    }

    fn ask_query(&mut self, effects: &mut Vec<Effect>) -> bool {
        if self.show.query == self.asked.query {
            return false;
        }
        self.asked.query = self.show.query.clone();
        let asked = query::parse(&self.asked.query)
            .and_then(|query| if query.is_empty() { Ok(None) } else { Matcher::new(&query).map(Some) });
        let mut problem = None;
        let changed = match asked {
            Ok(Some(_)) if self.prompt.is_none() => {
                problem = Some((0, 0, "This table has no column of prompts.".to_owned()));
                false
            }
            Ok(Some(matcher)) => {
                self.asked.search = Some(Search::new(matcher));
                self.asked.marked = 0;
                self.filter.set_own(QUERY, Some(&mut |mask| mask.iter_mut().for_each(|mask| *mask |= QUERY)));
                self.load_prompts();
                self.mark_query();
                true
            }
            Ok(None) => {
                self.filter.set_own(QUERY, None);
                self.asked.looking = false;
                self.stop_prompts();
                self.asked.search.take().is_some()
            }
            Err(wrong) => {
                problem = Some((wrong.place.start as u32, wrong.place.end as u32, wrong.message));
                false
            }
        };
        let state = QueryState { query: self.asked.query.clone(), problem };
        effects.push(Effect::Respond(Response::Query(state)));
        self.stale.detail |= changed && self.detail.is_some();
        changed
    }

    /// Nobody searches any more: what is left of the prompts is not read for nothing.
    fn stop_prompts(&mut self) {
        let wanted = self.lists_prompts();
        if let Some(state) = self.prompt.and_then(|place| self.columns.get_mut(place)).filter(|_| !wanted) {
            state.loading = false;
        }
    }

    /// Looks at prompts that have come since, as many as one step takes.
    fn mark_query(&mut self) {
        let Some(search) = &mut self.asked.search else { return };
        let texts = self.prompt.and_then(|place| self.columns.get(place)?.data.as_ref()?.texts());
        let Some(texts) = texts else { return };
        self.asked.looking = !search.advance(texts);
        let mut marked = self.asked.marked;
        self.filter.set_own(QUERY, Some(&mut |mask| marked = search.mark(texts, marked, QUERY, mask)));
        self.asked.marked = marked;
    }

    /// Goes on with a search that had more to look at than one step takes; whether it still has.
    pub(super) fn search_on(&mut self) -> bool {
        if !self.asked.looking {
            return false;
        }
        self.mark_query();
        if self.asked.looking {
            self.later.masks = true;
        } else {
            self.stale.counts = true;
            self.stale.masks = true;
        }
        self.asked.looking
    }

    fn ask_subset(&mut self) -> bool {
        if self.show.subset == self.asked.subset {
            return false;
        }
        self.asked.subset = self.show.subset;
        if matches!(self.asked.subset, Some(Subset::Shards { .. })) {
            self.load(catalog::IMAGE_PATH);
        }
        self.mark_subset();
        true
    }

    /// Marks the rows of the subset, anew where there are more rows than before.
    pub(super) fn mark_subset(&mut self) {
        let Some(subset) = self.asked.subset else {
            self.filter.set_own(SUBSET, None);
            return;
        };
        let rows = self.meta.rows as usize;
        let chosen = match subset {
            Subset::First { rows: wanted } => {
                let mut chosen = Bits::new(rows.min(usize::try_from(wanted).unwrap_or(rows)), true);
                chosen.grow(rows, false);
                chosen
            }
            Subset::Random { rows: wanted, seed } => {
                subset::random(rows, usize::try_from(wanted).unwrap_or(rows), seed)
            }
            Subset::Shards { last } => {
                let paths = self.column(catalog::IMAGE_PATH).filter(|(_, state)| state.complete);
                let texts = paths.and_then(|(_, state)| state.data.as_ref()?.texts());
                let mut chosen = Bits::new(rows, false);
                if let Some(texts) = texts {
                    let shards = subset::in_shards(texts, last);
                    let codes = texts.codes().iter().enumerate();
                    codes.for_each(|(row, code)| chosen.set(row, shards.has(*code as usize)));
                }
                chosen
            }
        };
        let mut mark = |mask: &mut [u16]| {
            for (row, mask) in mask.iter_mut().enumerate() {
                *mask = (*mask & !SUBSET) | if chosen.has(row) { 0 } else { SUBSET };
            }
        };
        self.filter.set_own(SUBSET, Some(&mut mark));
    }

    /// A column has grown: what is asked of it is answered as far as it goes.
    pub(super) fn follow(&mut self, place: usize) {
        let Some(state) = self.columns.get(place) else { return };
        let (complete, rows) = (state.complete, state.rows_read());
        let is_path = state.info.name == catalog::IMAGE_PATH;
        if self.prompt == Some(place) && self.asked.search.is_some() && rows > self.asked.marked {
            // The first matches are told at once, and so is the whole.
            let first = self.asked.marked == 0;
            self.mark_query();
            let whole = complete && !self.asked.looking;
            self.later.masks |= !(first || whole);
            self.stale.counts |= first || whole;
            self.stale.masks |= first || whole;
        }
        // What has no chart is not put into bins, where clauses are looked at again otherwise.
        if let Some(state) = self.columns.get(place)
            && !state.info.chartable
            && self.filter.bit(&state.info.name) != 0
            && let Some(data) = &state.data
        {
            self.filter.refresh(&state.info.name, data);
            self.stale.counts = true;
            self.stale.masks = true;
        }
        if is_path && complete && matches!(self.asked.subset, Some(Subset::Shards { .. })) {
            self.mark_subset();
            self.stale.counts = true;
            self.stale.masks = true;
        }
    }

    /// What of a prompt matches the query.
    pub(super) fn marks(&self, text: &str) -> Vec<(u32, u32)> {
        self.asked.search.as_ref().map_or_else(Vec::new, |search| search.matcher().marks(text))
    }
}
