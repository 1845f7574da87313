//! What a histogram shows, before anything of it has a place.

use crate::protocol::figure::{self, Drawn};
use crate::protocol::texts::charts as texts;
use crate::protocol::{Bins, Cell, Counts, Shape};
use crate::ui::charts::axis::{labels, slot_name};
use crate::ui::charts::plot::{
    Growing, Now, chart_now, chosen_bins, clause_of, drawn_at, end_words, ends, high_bound, low_bound,
    marked_cell, own_bars, scale_of,
};
use crate::ui::store::Store;
use crate::ui::store::facts;
use crate::view::brush::Chosen;
use crate::view::catalog::ColumnFacts;
use crate::view::chart::{Heights, Layout, heights};
use crate::view::measures::{CONTEXT_TOKENS, Measure, Measured};
use crate::view::spec::{Clause, ListValue};
use leptos::prelude::*;

/// A histogram: the chart of its column, and what is chosen of it. Copies are the same.
#[derive(Clone, Copy)]
pub struct Model {
    pub store: Store,
    pub column: StoredValue<String>,
    pub title: StoredValue<String>,
    pub facts: Option<&'static ColumnFacts>,
    pub now: Memo<Option<Now>>,
    pub growing: Growing,
    pub clause: Memo<Option<Clause>>,
    pub bins: Memo<Bins>,
    pub layout: Memo<Layout>,
    pub chosen: Memo<Option<Chosen>>,
    pub heights: Memo<Heights>,
}

impl Model {
    pub fn new(store: Store, column: String) -> Self {
        let facts = facts::column(&column);
        let title = StoredValue::new(facts::title(&column).to_owned());
        let column = StoredValue::new(column);
        let now = chart_now(store, column);
        let growing = Growing::new(now);
        let clause = clause_of(store, column);
        let bins = Memo::new(move |_| now.get().map(|now| bins_of(&now)).unwrap_or_default());
        let layout = Memo::new(move |_| bins.with(layout_of));
        let chosen = Memo::new(move |_| bins.with(|bins| chosen_bins(clause.get().as_ref(), bins)));
        let heights = Memo::new(move |_| {
            let now = now.get();
            now.map(|now| heights(&now.chart.all.0, &now.here, store.measure.get(), growing.get()))
                .unwrap_or_default()
        });
        Self { store, column, title, facts, now, growing, clause, bins, layout, chosen, heights }
    }

    /// Whether no row has a value on the scale.
    pub fn is_empty(self) -> bool {
        self.now.with(|now| {
            now.as_ref().is_some_and(|now| now.chart.all.0.iter().chain(&now.here).all(|count| *count == 0))
        })
    }

    /// Whether this chart is being dragged on.
    pub fn is_dragged(self) -> bool {
        self.store
            .dragging
            .with(|dragging| self.column.with_value(|column| dragging.as_ref() == Some(column)))
    }

    /// The bins that a range would keep, every bin where nothing is chosen.
    pub fn range(self) -> Chosen {
        self.chosen.get().unwrap_or_else(|| Chosen::whole(self.layout.get().slots()))
    }

    /// The value at one end of the range.
    pub fn end_name(self, low: bool) -> Option<String> {
        let slot = self.range().end(low);
        self.bins.with(|bins| {
            let (from, to) = ends(bins);
            if low {
                from.get(slot).map(|value| end_words(bins, &low_bound(bins, *value)))
            } else {
                to.get(slot).map(|value| end_words(bins, &high_bound(bins, *value)))
            }
        })
    }

    /// What the plot is called.
    pub fn name(self) -> String {
        let title = self.title.get_value();
        let range =
            self.clause.get().map(|clause| self.column.with_value(|column| facts::clause(column, &clause)));
        texts::histogram(&title, range.as_deref(), self.store.is_pinned())
    }

    /// What a bin is called, and its rows.
    pub fn slot_words(self, slot: usize) -> Option<String> {
        let now = self.now.get()?;
        let at = |counts: &[u32]| counts.get(slot).copied().unwrap_or_default();
        let name = self.bins.with(|bins| slot_name(bins, slot, self.facts));
        Some(texts::here_in_all(&name, at(&now.here).into(), at(&now.chart.all.0).into(), now.chart.pinned))
    }

    /// Where the value of the marked row lies, in units of the plot.
    pub fn marked_place(self) -> Memo<Option<f64>> {
        let marked = marked_cell(self.store, self.column);
        Memo::new(move |_| {
            let value = match marked.get()? {
                cell @ (Cell::Number(_) | Cell::Digits(_)) => cell.number()?,
                Cell::Time(moment) => moment.on_scale(),
                Cell::Bool(value) => f64::from(u8::from(value)),
                Cell::Pending | Cell::Failed | Cell::Null => return None,
                Cell::Text(_) | Cell::Binary(_) | Cell::Json(_) => return None,
            };
            self.bins.with(|bins| self.layout.get().place(&bins.edges, bins.detached, drawn_at(bins, value)))
        })
    }

    /// Where a text encoder cuts prompts off, in units of the plot, on a chart of tokens.
    pub fn limit_place(self) -> Memo<Option<f64>> {
        let is_tokens = self.column.with_value(|column| {
            Measured::read(column).is_some_and(|measured| measured.measure == Measure::Tokens)
        });
        Memo::new(move |_| {
            // The first number that is too many.
            let limit = f64::from(CONTEXT_TOKENS) + 1.0;
            self.bins.with(|bins| {
                let on_scale = *bins.edges.first()? <= limit && limit < *bins.edges.last()?;
                (is_tokens && on_scale).then(|| self.layout.get().place(&bins.edges, None, limit))?
            })
        })
    }

    /// The chart as other programs draw it.
    pub fn drawn(self) -> Option<Drawn> {
        let now = self.now.get_untracked()?;
        let (bins, layout) = (self.bins.get_untracked(), self.layout.get_untracked());
        let others = own_bars(&now, self.column).into_iter().filter(|bar| bar.value == ListValue::Null);
        let chosen = self.chosen.get_untracked();
        Some(Drawn::Histogram(figure::Histogram {
            names: (0..layout.slots()).map(|slot| slot_name(&bins, slot, self.facts)).collect(),
            all: now.chart.all.clone(),
            here: Counts(now.here.clone()),
            layout,
            labels: labels(&bins, layout, self.facts),
            chosen: chosen.map(|Chosen { first, last }| (first as u32, last as u32)),
            others: others.map(|bar| figure::Bar { name: bar.label, all: bar.all, here: bar.here }).collect(),
            scale: scale_of(self.store, self.growing),
        }))
    }
}

fn bins_of(now: &Now) -> Bins {
    match &now.chart.shape {
        Shape::Bins(bins) => bins.clone(),
        Shape::Categories { .. } => Bins::default(),
    }
}

fn layout_of(bins: &Bins) -> Layout {
    Layout {
        bins: bins.edges.len().saturating_sub(1),
        below: bins.below > 0,
        above: bins.above > 0,
        detached: bins.detached.is_some(),
    }
}
