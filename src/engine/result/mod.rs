//! Which rows match, and in which order: filters, the search, the subset, sorting.
//!
//! [`Matches`] is asked anew with [`Matches::ask`], follows columns as they grow with
//! [`Matches::follow`], and does long work in steps with [`Matches::advance`]. It reads values from
//! [`Data`] and says which columns it needs; it fetches nothing and reports nothing.

mod copy;
mod indexed;
pub mod like;
mod pin;
mod prompts;
mod search;
mod sort;
mod subset;
mod suggest;

use super::change::Change;
use super::data::Data;
use crate::base::bytes::ByteRange;
use crate::base::sorted::Map;
use crate::base::sorted::by_key;
use crate::protocol::{ClauseRef, Kind, Listing, QueryState, Show};
use crate::table::crossfilter::{Crossfilter, QUERY, SUBSET};
use crate::table::select::Selection;
use crate::view::spec::{Clause, RowQuery};
use like::LikeState;
pub use pin::Pin;
use prompts::PromptsState;
use search::SearchState;
use sort::Ordering;
use subset::SubsetState;
use suggest::SuggestState;

/// The rows that match.
pub struct Matches {
    filter: Crossfilter,
    /// The matching rows when they were last counted; masks may have changed since.
    selection: Selection,
    search: SearchState,
    suggest: SuggestState,
    like: LikeState,
    prompts: PromptsState,
    /// Ranges of an index that prompts are read whole of.
    copy_wants: Vec<ByteRange>,
    subset: SubsetState,
    ordering: Ordering,
    /// The rows that those that match are held against.
    pin: Option<Box<Pin>>,
    /// How many times other rows were pinned.
    pins: u64,
}

/// What came of asking for other rows.
#[derive(Debug, Default)]
pub struct Answer {
    /// Whether other rows match, or stand in another order.
    pub changed: bool,
    /// Whether the query was looked at.
    pub query: Option<QueryState>,
    /// Clauses that can't be applied, by column, and why.
    pub left_out: Vec<(String, LeftOut)>,
}

/// Why a clause can't be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// The column's kind of values has no clauses.
    NotFilterable,
    /// There is no such column.
    NoColumn,
    /// There are more clauses than can be combined.
    TooMany,
}

impl Matches {
    /// All rows of a table, in its order.
    pub fn all(rows: u64) -> Self {
        let filter = Crossfilter::new(rows as usize);
        let selection = Selection::new(filter.mask(), None);
        Self {
            filter,
            selection,
            search: SearchState::default(),
            suggest: SuggestState::default(),
            like: LikeState::default(),
            prompts: PromptsState::default(),
            copy_wants: Vec::new(),
            subset: SubsetState::default(),
            ordering: Ordering::default(),
            pin: None,
            pins: 0,
        }
    }

    /// Takes over what is asked now. `filters` says whether clauses are other ones than before.
    pub fn ask(&mut self, show: &Show, filters: bool, data: &mut Data) -> Answer {
        let answer = self.ask_rows(&show.rows, filters, show.list, data);
        let searched = self.ask_pin(show.pin.as_ref(), show.list, data) || answer.query.is_some();
        // The one search may have stopped the reading that the other one needs.
        if searched && (self.streams() || self.pin.as_ref().is_some_and(|pin| pin.streams())) {
            data.load_prompts();
        }
        answer
    }

    fn ask_rows(&mut self, rows: &RowQuery, filters: bool, list: Listing, data: &mut Data) -> Answer {
        let RowQuery { subset, query, filters: clauses, sort } = rows;
        let left_out = if filters { self.set_filters(clauses.clone(), data) } else { Vec::new() };
        let (searched, query) = self.ask_query(query.as_deref().unwrap_or_default(), list, data);
        let subset = self.ask_subset(subset.as_ref().and_then(|subset| subset.rows(&data.facts)), data);
        let sort = self.ask_sort(sort, data);
        Answer { changed: searched || subset || sort, query, left_out }
    }

    fn set_filters(&mut self, wanted: Map<String, Clause>, data: &mut Data) -> Vec<(String, LeftOut)> {
        let mut clauses = Vec::new();
        let mut left_out = Vec::new();
        for (name, clause) in wanted {
            match data.column(&name) {
                Some(column) if column.info.chartable || column.info.kind == Kind::Text => {
                    data.load(&name);
                    clauses.push((name, clause));
                }
                Some(_) => left_out.push((name, LeftOut::NotFilterable)),
                None if data.may_be_label(&name) => {}
                // No row matches before it is known.
                None if data.may_be_joined(&name) => clauses.push((name, clause)),
                None => left_out.push((name, LeftOut::NoColumn)),
            }
        }
        let too_many =
            self.filter.set(&clauses, |name| data.column(name).and_then(|column| column.values.as_ref()));
        let beyond = clauses.into_iter().rev().take(too_many);
        left_out.extend(beyond.map(|(name, _)| (name, LeftOut::TooMany)));
        left_out
    }

    /// Takes over what columns have grown to, and answers how that changes the matching rows.
    pub fn follow(&mut self, changes: &[Change], data: &Data) -> Vec<Change> {
        let mut followed = self.pin_follows(changes, data);
        for change in changes {
            match change {
                Change::Files => {
                    self.filter.grow(data.meta.rows as usize);
                    self.mark_subset(data);
                }
                Change::Grew { column, complete } => {
                    followed.extend(self.search_follows(*column, *complete, data));
                    followed.extend(self.plain_clause_follows(*column, data));
                    followed.extend(self.subset_follows(*column, *complete, data));
                }
                Change::Relabelled { column } => {
                    followed.extend(self.plain_clause_follows(*column, data));
                    self.sort_anew(*column, data);
                }
                Change::Binned { column } => {
                    if let Some(column) = data.columns.get(*column)
                        && let Some(values) = &column.values
                    {
                        self.filter.refresh(&column.info.name, values);
                        if self.filter.bit(&column.info.name) != 0 {
                            followed.push(Change::Matches { settled: true });
                        }
                    }
                }
                Change::Failed { .. }
                | Change::Damaged { .. }
                | Change::Pages
                | Change::FileLeftOut { .. }
                | Change::MeasuresFailed { .. }
                | Change::Matches { .. }
                | Change::Counted
                | Change::Order => {}
            }
        }
        followed
    }

    /// What has no chart is not put into bins, where clauses are looked at again otherwise.
    fn plain_clause_follows(&mut self, place: usize, data: &Data) -> Option<Change> {
        let column = data.columns.get(place).filter(|column| !column.info.chartable)?;
        let values = column.values.as_ref().filter(|_| self.filter.bit(&column.info.name) != 0)?;
        self.filter.refresh(&column.info.name, values);
        Some(Change::Matches { settled: true })
    }

    /// Goes on with a search and with sorting, a step each. Whether there is more to be done.
    pub fn advance(&mut self, data: &Data) -> (Vec<Change>, bool) {
        let searched = self.advance_search(data);
        let sorted = self.advance_sort(data);
        let mut more = self.is_searching_on() || self.is_sorting();
        let pinned = self.with_pin(|rows| {
            let (changes, goes_on) = rows.advance(data);
            more |= goes_on;
            changes
        });
        (searched.into_iter().chain(sorted).chain(pinned).collect(), more)
    }

    /// Counts the matching rows anew: from now on [`Self::window`] and [`Self::matching`] are of the
    /// present masks and order.
    pub fn refresh(&mut self) {
        self.like.rematch();
        self.selection = Selection::new(self.filter.mask(), self.ordering.rows());
    }

    // ------------------------------------------------------------ answers

    /// The masks of all clauses.
    pub fn filter(&self) -> &Crossfilter {
        &self.filter
    }

    /// How many rows match.
    pub fn matching(&self) -> u32 {
        self.selection.matching()
    }

    /// A window of the matching rows in their order.
    pub fn window(&self, first: u64, count: u32) -> Vec<u32> {
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        // Masks may have grown since they were counted; what was not counted is not shown.
        let count = count.min(self.selection.matching().saturating_sub(first));
        self.selection.rows(self.filter.mask(), self.ordering.rows(), first, count as usize)
    }

    /// The position of a row among the matching ones.
    pub fn position(&self, row: u64) -> Option<u64> {
        let row = u32::try_from(row).ok()?;
        self.selection.position(self.filter.mask(), self.ordering.rows(), row).map(u64::from)
    }

    /// Whether rows stand in the file's order.
    pub fn is_in_file_order(&self) -> bool {
        self.ordering.rows().is_none()
    }

    /// Rows that were evaluated against every clause.
    pub fn rows_decided(&self, data: &Data) -> u64 {
        let columns = self.filter.columns().map(|name| data.column(name));
        let read = columns.map(|column| column.map_or(0, |column| column.rows_read() as u64)).min();
        read.unwrap_or_else(|| data.rows_in_all()).min(self.rows_evaluated(data))
    }

    /// Rows that were evaluated against the query and the subset.
    pub fn rows_evaluated(&self, data: &Data) -> u64 {
        self.rows_searched(data).min(self.rows_in_subset_known(data))
    }

    /// Whether it is settled which rows match and how they are ordered.
    pub fn is_settled(&self, data: &Data) -> bool {
        self.rows_decided(data) >= data.rows_in_all() && !self.is_sorting_pending()
    }

    /// Whether a clause, the search, the subset or the order needs the column at this place.
    pub fn needs(&self, place: usize, data: &Data) -> bool {
        let Some(column) = data.columns.get(place) else { return false };
        let name = &column.info.name;
        self.filter.bit(name) != 0
            || (self.streams() && data.prompt == Some(place))
            || self.subset.needs(name)
            || self.ordering.needs(name)
            || self.pin.as_ref().is_some_and(|pin| pin.needs(place, data))
    }

    /// Where nothing matches: the clauses without which something would, and how many rows then.
    pub fn without(&self) -> Vec<(ClauseRef, u64)> {
        let mut rows = [0u64; 16];
        for mask in self.filter.mask() {
            if mask.count_ones() == 1
                && let Some(count) = rows.get_mut(mask.trailing_zeros() as usize)
            {
                *count += 1;
            }
        }
        let named = |bit: u16| match bit {
            QUERY => Some(ClauseRef::Query),
            SUBSET => Some(ClauseRef::Subset),
            bit => {
                let column = self.filter.columns().find(|name| self.filter.bit(name) == bit);
                column.map(|name| ClauseRef::Column(name.to_owned()))
            }
        };
        let counted = rows.iter().enumerate().filter(|(_, rows)| **rows > 0);
        let without: Vec<(ClauseRef, u64)> =
            counted.filter_map(|(place, rows)| Some((named(1 << place)?, *rows))).collect();
        by_key(without, |(_, rows)| std::cmp::Reverse(*rows))
    }
}
