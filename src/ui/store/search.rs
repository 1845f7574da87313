//! Asking for prompts: the query, the subset, the order of rows, and the views that list prompts.

use super::{Commit, Store};
use crate::protocol::group_by::Want;
use crate::protocol::{LazyRequest, LoadState, TableRequest, plot};
use crate::view::like::Like;
use crate::view::phrases::PhraseList;
use crate::view::query;
use crate::view::spec::{Clause, List, ListValue, SortKey, Spec, Subset};
use crate::view::views::{Lists, View};
use leptos::prelude::*;

/// A search that reads more than this asks first.
const ASK_ABOVE_BYTES: u64 = 100_000_000;

/// Sorting by a column that is not read asks first where it reads more than this.
const ASK_TO_SORT_ABOVE_BYTES: u64 = 4_000_000;

/// How the reading for a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Under way.
    Going,
    /// Stopped for now.
    Paused,
}

impl Store {
    /// Sets or clears the query.
    pub fn set_query(self, text: &str) {
        let text = text.trim();
        let mut spec = self.spec.get_untracked();
        spec.query = (!text.is_empty()).then(|| text.to_owned());
        self.apply(spec, Commit::Step);
    }

    /// Sets or clears the query while someone types; what is typed in one go is one step of the
    /// history.
    pub fn search_for(self, text: &str, in_one_go: bool) {
        let text = text.trim();
        let mut spec = self.spec.get_untracked();
        spec.query = (!text.is_empty()).then(|| text.to_owned());
        self.apply(spec, if in_one_go { Commit::Replace } else { Commit::Step });
    }

    /// Lists prompts by rank, or those of most rows first again.
    pub fn show_like(self, like: Option<Like>) {
        if !untrack(|| self.has_view(View::Prompts)) {
            return;
        }
        self.apply(Spec { view: View::Prompts, like, ..self.spec.get_untracked() }, Commit::Step);
    }

    /// Lists prompts like that of the row at a position of the result, where it is here.
    pub fn like_row_at(self, position: u64) {
        let row = self.rows.with_untracked(|rows| rows.get(position).map(|row| row.row));
        if let Some(row) = row {
            self.show_like(Some(Like::Row(row)));
        }
    }

    /// Asks for prompts by rank, or for none any more.
    pub fn ask_like(self, like: Option<Like>) {
        self.send_lazy(&LazyRequest::Like(like));
    }

    /// Asks for words that begin so, in place of those of before.
    pub fn suggest(self, beginning: &str) {
        self.send_lazy(&LazyRequest::Suggest { beginning: beginning.to_owned() });
    }

    /// Shows the rows of one prompt, in the table.
    pub fn show_prompt(self, prompt: &str) {
        let Some(column) = self.opened.with_untracked(|opened| opened.as_ref()?.prompt.clone()) else {
            return;
        };
        let mut spec = self.spec.get_untracked();
        let values = vec![ListValue::Text(prompt.to_owned())];
        spec.filters.insert(column, Clause::List(List { values, negated: false }));
        spec.view = View::Table;
        self.apply(spec, Commit::Step);
    }

    /// Sets or clears the clauses of several columns in one step.
    pub fn set_clauses(self, clauses: Vec<(String, Option<Clause>)>) {
        let mut spec = self.spec.get_untracked();
        for (column, clause) in clauses {
            self.want(&column);
            match clause {
                Some(clause) => spec.filters.insert(column, clause),
                None => spec.filters.remove(&column),
            };
        }
        self.apply(spec, Commit::Step);
    }

    /// Lists the parts of prompts in another way.
    pub fn set_phrases(self, phrases: PhraseList) {
        self.apply(Spec { phrases, ..self.spec.get_untracked() }, Commit::Step);
    }

    /// Groups rows in another way.
    pub fn set_groups(self, groups: Option<Vec<String>>, commit: Commit) {
        self.apply(Spec { groups, ..self.spec.get_untracked() }, commit);
    }

    /// Asks for groups, or for none any more.
    pub fn ask_groups(self, want: Option<Want>) {
        self.send_lazy(&LazyRequest::GroupBy(want));
    }

    /// Shows other columns against each other, or the same ones in another way.
    pub fn set_plot(self, plot: Option<Vec<String>>) {
        self.apply(Spec { plot, ..self.spec.get_untracked() }, Commit::Step);
    }

    /// Asks for a chart of two columns, which are read, or for none any more.
    pub fn ask_plot(self, want: Option<plot::Want>) {
        if let Some(plot::Want { columns: (x, y) }) = &want {
            self.want(x);
            self.want(y);
            self.show_soon();
        }
        self.send_lazy(&LazyRequest::Plot(want));
    }

    /// Adds a text to the query, or excludes it; takes it out where that is what it does already.
    pub fn toggle_term(self, text: &str, excluded: bool) {
        let now = self.spec.with_untracked(|spec| spec.query.clone()).unwrap_or_default();
        let stance = query::parse(&now).ok().and_then(|query| query::stance(&query, text));
        let next = if stance == Some(excluded) {
            query::without(&now, text)
        } else {
            query::with(&now, text, excluded)
        };
        self.set_query(&next);
    }

    /// Sets or clears the subset.
    pub fn set_subset(self, subset: Option<Subset>) {
        let mut spec = self.spec.get_untracked();
        spec.subset = subset;
        self.apply(spec, Commit::Step);
    }

    /// Puts the rows in the order of a column: ascending, then descending, then as they were. With
    /// `more` the keys before it stay. A column that has to be read for it is asked about first.
    pub fn sort_by(self, column: &str, more: bool) {
        let bytes = untrack(|| self.sort_reads(column));
        if bytes > ASK_TO_SORT_ABOVE_BYTES && !self.sort_agreed.get_untracked() {
            self.sort_waits.set(Some((column.to_owned(), more)));
        } else {
            self.sort_now(column, more);
        }
    }

    /// What is to be read before the rows can be in the order of a column.
    pub fn sort_reads(self, column: &str) -> u64 {
        self.bytes_left(column).unwrap_or(0)
    }

    /// What is asked before it is read for the order of rows: for which column, and how much.
    pub fn sort_question(self) -> Option<(String, u64)> {
        if let Some((column, _)) = self.sort_waits.get() {
            let bytes = self.sort_reads(&column);
            return Some((column, bytes));
        }
        if self.may_sort_tracked() {
            return None;
        }
        let keys = self.spec.with(|spec| spec.sort.clone());
        let dearest = keys.into_iter().map(|key| (self.sort_reads(&key.column), key.column)).max()?;
        Some((dearest.1, dearest.0))
    }

    /// Whatever sorting needs of this table may be read.
    pub fn agree_to_sort(self) {
        self.sort_agreed.set(true);
        match self.sort_waits.get_untracked() {
            Some((column, more)) => {
                self.sort_waits.set(None);
                self.sort_now(&column, more);
            }
            None => self.show_soon(),
        }
    }

    /// The rows stay in the order that they are in.
    pub fn drop_sort(self) {
        if self.sort_waits.get_untracked().is_some() {
            self.sort_waits.set(None);
        } else {
            let mut spec = self.spec.get_untracked();
            spec.sort.clear();
            self.apply(spec, Commit::Step);
        }
    }

    /// Whether what a link's order of rows needs is so little, or agreed to, that it is read.
    pub(super) fn may_sort(self) -> bool {
        untrack(|| self.may_sort_tracked())
    }

    fn may_sort_tracked(self) -> bool {
        let keys = self.spec.with(|spec| spec.sort.clone());
        let bytes: u64 = keys.iter().map(|key| self.sort_reads(&key.column)).sum();
        self.sort_agreed.get() || bytes <= ASK_ABOVE_BYTES
    }

    fn sort_now(self, column: &str, more: bool) {
        self.sort_waits.set(None);
        let mut spec = self.spec.get_untracked();
        let now = spec.sort.iter().find(|key| key.column == column).map(|key| key.descending);
        let key = |descending| SortKey { column: column.to_owned(), descending };
        let next = match now {
            None => Some(key(false)),
            Some(false) => Some(key(true)),
            Some(true) => None,
        };
        if !more {
            spec.sort = next.into_iter().collect();
        } else {
            let place = spec.sort.iter().position(|key| key.column == column);
            match (place, next) {
                (Some(place), Some(next)) => {
                    if let Some(slot) = spec.sort.get_mut(place) {
                        *slot = next;
                    }
                }
                (Some(place), None) => {
                    spec.sort.remove(place);
                }
                (None, Some(next)) => {
                    spec.sort.push(next);
                    spec.sort.truncate(crate::view::url::MAX_SORT_KEYS);
                }
                (None, None) => {}
            }
        }
        self.apply(spec, Commit::Step);
    }

    /// What is still to be read of the prompts, where that is so much that it is asked first.
    pub fn search_costs(self) -> Option<u64> {
        let asked = self.spec.with(|spec| {
            let pinned = spec.pin.as_ref().is_some_and(|pin| pin.query.is_some());
            let lists = matches!(spec.lists(), Lists::Prompts | Lists::Phrases);
            spec.query.is_some() || pinned || lists
        });
        // An index answers a query with little; lists of prompts need them all.
        let indexed = self.traffic.with(|traffic| traffic.indexed)
            && self.spec.with(|spec| {
                matches!(spec.lists(), Lists::Rows | Lists::GroupBy | Lists::Plot | Lists::Columns)
            });
        if !asked || indexed || self.agreed.get() {
            return None;
        }
        self.prompt_bytes_left().filter(|bytes| *bytes > ASK_ABOVE_BYTES)
    }

    /// A search may read whatever it needs of this table.
    pub fn agree_to_search(self) {
        self.agreed.set(true);
        self.show_soon();
    }

    pub(super) fn may_search(self) -> bool {
        untrack(|| self.search_costs()).is_none()
    }

    /// What is still to be read of the prompts; none where there is no column of them.
    pub fn prompt_bytes_left(self) -> Option<u64> {
        let name = self.opened.with(|opened| opened.as_ref()?.prompt.clone())?;
        self.bytes_left(&name)
    }

    /// How the reading of prompts for a search stands; none where no search is under way.
    pub fn search_reading(self) -> Option<Reading> {
        let name = self.opened.with(|opened| opened.as_ref()?.prompt.clone())?;
        let indexed = self.traffic.with(|traffic| traffic.indexed);
        if indexed || self.spec.with(|spec| spec.query.is_none()) || self.search_costs().is_some() {
            return None;
        }
        let whole =
            self.count.with(|count| count.as_ref().is_some_and(|count| count.rows_read >= count.rows));
        self.progress.with(|all| match all.get(&name)?.state {
            LoadState::Loading => Some(Reading::Going),
            LoadState::Idle if !whole => Some(Reading::Paused),
            LoadState::Idle | LoadState::Loaded | LoadState::Failed => None,
        })
    }

    /// Stops reading prompts for now.
    pub fn pause_search(self) {
        if let Some(column) = self.opened.with_untracked(|opened| opened.as_ref()?.prompt.clone()) {
            self.send(&TableRequest::Stop { column }.into());
        }
    }

    /// Goes on reading them.
    pub fn resume_search(self) {
        if let Some(column) = self.opened.with_untracked(|opened| opened.as_ref()?.prompt.clone()) {
            self.send(&TableRequest::Load { column }.into());
        }
    }

    /// Bytes of a column that are still to be read.
    pub fn bytes_left(self, name: &str) -> Option<u64> {
        let bytes = self.opened.with(|opened| {
            opened.as_ref()?.columns.iter().find(|column| column.name == name).map(|column| column.bytes)
        })?;
        let read = self.progress.with(|all| {
            all.get(name).map_or(0, |progress| match progress.state {
                LoadState::Loaded => bytes,
                LoadState::Idle | LoadState::Loading | LoadState::Failed => progress.bytes,
            })
        });
        Some(bytes.saturating_sub(read))
    }
}
