//! What has to be reported again, as it follows from what changed.
//!
//! Only this file decides that. A change that comes of more of the prompts being searched is deferred
//! to the next refresh, whose [`Pace`](super::pace::Pace) depends on what refreshes cost.

use crate::base::sorted::Set;
use crate::engine::change::Change;

/// What has to be reported again.
#[derive(Debug, Default)]
pub struct Due {
    /// The number of matching rows, and charts that grew.
    counts: bool,
    /// All charts, since the filters' masks are other ones. Never without `counts`.
    masks: bool,
    rows: bool,
    detail: bool,
    /// Prompts or phrases.
    lists: bool,
    /// Charts that grew, by the place of their column.
    charts: Set<usize>,
    deferred: Deferred,
}

/// What is other only because a search went on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Deferred {
    masks: bool,
    rows: bool,
    lists: bool,
}

/// What of the view decides whether a change is worth reporting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looks {
    /// Whether cells of the column that changed are on the screen.
    pub shows_column: bool,
    /// Whether it is the column of prompts.
    pub is_prompt: bool,
    /// Whether prompts are searched.
    pub searches: bool,
    /// Whether prompts or phrases are listed.
    pub lists: bool,
    /// Whether a row's details are open.
    pub detail: bool,
}

/// How the view differs from the one before it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ViewChange {
    /// Clauses, the query, the subset, the order.
    pub rows_asked: bool,
    /// Clauses on columns alone.
    pub filters: bool,
    /// The window on the rows.
    pub window: bool,
    /// Columns of the table.
    pub columns: bool,
    /// Which charts are shown.
    pub charts: bool,
    /// Which rows are pinned.
    pub pin: bool,
    /// What is listed besides rows.
    pub list: bool,
}

impl Due {
    /// Everything, as for a table that was just opened.
    pub fn everything() -> Self {
        Self { counts: true, masks: true, rows: true, ..Self::default() }
    }

    /// Takes note of a change.
    pub fn note(&mut self, change: &Change, looks: Looks) {
        match change {
            Change::Grew { complete, .. } => {
                // A search reports its rows with its counts.
                if looks.is_prompt && looks.searches && !complete {
                    self.deferred.rows |= looks.shows_column;
                } else {
                    self.rows |= looks.shows_column;
                }
                self.detail |= looks.detail && *complete;
                let listed = looks.is_prompt && looks.lists;
                self.deferred.lists |= listed && !complete;
                self.lists |= listed && *complete;
            }
            Change::Binned { column } => {
                self.charts.insert(*column);
                self.counts = true;
            }
            Change::Failed { .. } | Change::Damaged { .. } | Change::Pages | Change::Relabelled { .. } => {
                self.rows = true;
                self.detail |= looks.detail;
            }
            Change::Files => {
                self.note_masks();
                self.detail |= looks.detail;
            }
            Change::FileLeftOut { .. } | Change::MeasuresFailed { .. } => {}
            Change::Matches { settled: true } | Change::Order => self.note_masks(),
            Change::Matches { settled: false } => self.deferred.masks = true,
            Change::Counted => self.counts = true,
        }
    }

    /// Takes note of another view.
    pub fn note_view(&mut self, change: ViewChange, detail: bool) {
        let ViewChange { rows_asked, filters, window, columns, charts, pin, list } = change;
        self.rows |= filters || window || columns;
        if rows_asked || charts || pin {
            self.note_masks();
        }
        self.lists |= list || window || rows_asked || charts || pin;
        self.detail |= rows_asked && detail;
    }

    /// Another row's details are wanted.
    pub fn note_detail(&mut self) {
        self.detail = true;
    }

    /// Other rows are picked one by one.
    pub fn note_picked(&mut self) {
        self.rows = true;
    }

    fn note_masks(&mut self) {
        self.counts = true;
        self.masks = true;
    }

    /// Whether something waits for the next refresh.
    pub fn is_deferred(&self) -> bool {
        self.deferred != Deferred::default()
    }

    #[cfg(test)]
    fn is_pending(&self) -> bool {
        self.counts || self.rows || self.detail || self.lists
    }

    /// Whether counts are to be reported now.
    pub fn counts(&self) -> bool {
        self.counts
    }

    /// What was deferred is due now.
    pub fn take_deferred(&mut self) {
        let Deferred { masks, rows, lists } = std::mem::take(&mut self.deferred);
        if masks {
            self.note_masks();
        }
        self.rows |= rows;
        self.lists |= lists;
    }

    /// Whether the matching rows have to be counted anew. Then the rows on the screen are other ones, and so
    /// are lists.
    pub fn recounts(&mut self, lists: bool) -> bool {
        self.rows |= self.masks;
        self.lists |= self.masks && lists;
        self.masks
    }

    /// Whether counts are due, and all charts with them.
    pub fn take_counts(&mut self) -> Option<bool> {
        let masks = std::mem::take(&mut self.masks);
        std::mem::take(&mut self.counts).then_some(masks)
    }

    /// Whether the chart of the column at this place is due.
    pub fn take_chart(&mut self, place: usize) -> bool {
        self.charts.remove(&place)
    }

    /// Whether the rows on the screen are due.
    pub fn has_rows(&self) -> bool {
        self.rows
    }

    /// Whether rows are due.
    pub fn take_rows(&mut self) -> bool {
        std::mem::take(&mut self.rows)
    }

    /// Whether details are due.
    pub fn take_detail(&mut self) -> bool {
        std::mem::take(&mut self.detail)
    }

    /// Whether lists are due.
    pub fn take_lists(&mut self) -> bool {
        std::mem::take(&mut self.lists)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Due, Looks, ViewChange};

    #[test]
    fn what_a_search_adds_waits_for_the_next_refresh() {
        let mut due = Due::default();
        let looks = Looks { is_prompt: true, searches: true, shows_column: true, ..Looks::default() };
        due.note(&Change::Grew { column: 0, complete: false }, looks);
        due.note(&Change::Matches { settled: false }, looks);
        assert!(due.is_deferred() && !due.is_pending());
        due.take_deferred();
        assert!(!due.is_deferred() && due.recounts(false));
        assert_eq!((due.take_counts(), due.take_rows(), due.take_lists()), (Some(true), true, false));
        assert!(!due.is_pending());
    }

    #[test]
    fn a_chart_that_grew_is_reported_alone() {
        let mut due = Due::default();
        due.note(&Change::Binned { column: 3 }, Looks::default());
        assert_eq!(due.take_counts(), Some(false));
        assert!(due.take_chart(3) && !due.take_chart(3));
    }

    #[test]
    fn a_window_that_moves_tells_rows_only() {
        let mut due = Due::default();
        due.note_view(ViewChange { window: true, ..ViewChange::default() }, true);
        assert_eq!((due.take_counts(), due.take_rows(), due.take_detail()), (None, true, false));
    }
}
