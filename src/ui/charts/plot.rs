//! What histograms and bars share: the chart of a column as it is right now.

use crate::base::numbers;
use crate::protocol::display;
use crate::protocol::figure::Scale;
use crate::protocol::texts::{charts as texts, common};
use crate::protocol::{Bins, Cell, Chart, Shape};
use crate::ui::charts::bars::model::Bar;
use crate::ui::charts::bars::row::BarRow;
use crate::ui::store::facts;
use crate::ui::store::{Store, use_store};
use crate::view::brush::{Chosen, bins_of_range};
use crate::view::chart::{Growth, Measure};
use crate::view::spec::{Bound, Clause, ListValue, Range};
use leptos::prelude::*;
use std::sync::Arc;

/// A chart, and the counts that a drag elsewhere has put in place of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Now {
    /// The newest chart.
    pub chart: Arc<Chart>,
    /// Rows of each bin that match.
    pub here: Vec<u32>,
    /// Rows without a value that match.
    pub null_here: u32,
}

/// The chart of a column.
pub fn chart_now(store: Store, column: StoredValue<String>) -> Memo<Option<Now>> {
    Memo::new(move |_| {
        let chart = store.charts.with(|charts| column.with_value(|column| charts.get(column).cloned()))?;
        let live = store.live.get().filter(|live| live.generation > chart.generation);
        let side = live.as_ref().and_then(|live| column.with_value(|column| live.side(column)));
        let bins = chart.here.0.len();
        let (here, null_here) = match side {
            Some(side) => {
                (side.get(..bins).unwrap_or(side).to_vec(), side.get(bins).copied().unwrap_or_default())
            }
            None => (chart.here.0.clone(), chart.null_here),
        };
        Some(Now { chart, here, null_here })
    })
}

/// The clause of a column.
pub fn clause_of(store: Store, column: StoredValue<String>) -> Memo<Option<Clause>> {
    Memo::new(move |_| store.spec.with(|spec| column.with_value(|column| spec.filters.get(column).cloned())))
}

/// The range that a clause shows as on a scale: of a list of numbers, from its least to its most.
pub fn range_of(clause: Option<&Clause>) -> Option<Range> {
    match clause? {
        Clause::Range(range) if range.low.is_some() || range.high.is_some() => Some(range.clone()),
        Clause::List(list) if !list.negated => {
            let values = list.values.iter().filter_map(|value| match value {
                ListValue::Text(text) => numbers::parse(text).filter(|value| value.is_finite()),
                ListValue::Null => None,
            });
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            let number = |value| Some(Bound::Number(value));
            (low <= high).then_some(Range { low: number(low), high: number(high) })
        }
        Clause::Range(_) | Clause::List(_) | Clause::Null | Clause::NotNull => None,
    }
}

/// The bins that a clause covers.
pub fn chosen_bins(clause: Option<&Clause>, bins: &Bins) -> Option<Chosen> {
    let Range { low, high } = range_of(clause)?;
    let (from, to) = ends(bins);
    bins_of_range(low.as_ref().map(Bound::start), high.as_ref().map(Bound::end), from, to)
}

/// Where a value is drawn: whole numbers in the middle of what stands for them.
pub fn drawn_at(bins: &Bins, value: f64) -> f64 {
    let whole = bins.integer && !bins.is_time() && bins.edges.iter().all(|edge| edge.fract() == 0.0);
    if whole && bins.detached != Some(value) { value + 0.5 } else { value }
}

/// The range of the chosen bins.
pub fn clause_of_bins(chosen: Chosen, bins: &Bins) -> Option<Clause> {
    let (from, to) = ends(bins);
    let (low, high) = (*from.get(chosen.first)?, *to.get(chosen.last)?);
    let low = low.is_finite().then(|| low_bound(bins, low));
    let high = high.is_finite().then(|| high_bound(bins, high));
    (low.is_some() || high.is_some()).then_some(Clause::Range(Range { low, high }))
}

/// A lower end as the column's kind of value.
pub fn low_bound(bins: &Bins, value: f64) -> Bound {
    if bins.is_time() { Bound::Time(display::time_from(value as i64)) } else { Bound::Number(value) }
}

/// An upper end as the column's kind of value.
pub fn high_bound(bins: &Bins, value: f64) -> Bound {
    if bins.is_time() { Bound::Time(display::time_until(value as i64)) } else { Bound::Number(value) }
}

/// An end of a range, in words.
pub fn end_words(bins: &Bins, end: &Bound) -> String {
    display::scale::ended(bins.quantity, end)
}

/// Ends of every bin, the detached one included.
pub fn ends(bins: &Bins) -> (&[f64], &[f64]) {
    (&bins.from, &bins.to)
}

/// The value that the diamond shows: of the row under the pointer, else of the selected one.
pub fn marked_cell(store: Store, column: StoredValue<String>) -> Memo<Option<Cell>> {
    Memo::new(move |_| {
        column.with_value(|column| {
            let hovered = store.hovered.with(|row| row.as_ref().and_then(|row| row.cell(column).cloned()));
            hovered.or_else(|| {
                store.detail.with(|detail| {
                    let detail = detail.as_ref()?;
                    detail.fields.iter().find(|(name, _)| name == column).map(|(_, cell)| cell.clone())
                })
            })
        })
    })
}

/// How a chart's counts become heights: as chosen, else as fits them.
#[derive(Clone, Copy)]
pub struct Growing {
    chosen: RwSignal<Option<Growth>>,
    shown: Memo<Growth>,
}

impl Growing {
    /// Not chosen yet.
    pub fn new(now: Memo<Option<Now>>) -> Self {
        let chosen = RwSignal::new(None);
        let fits = move || {
            now.with(|now| now.as_ref().map(|now| Growth::fitting(&now.chart.all.0)).unwrap_or_default())
        };
        Self { chosen, shown: Memo::new(move |_| chosen.get().unwrap_or_else(fits)) }
    }

    /// The scale.
    pub fn get(self) -> Growth {
        self.shown.get()
    }

    fn next(self) {
        self.chosen.set(Some(self.shown.get_untracked().next()));
    }
}

/// What heights stand for, for a drawing.
pub fn scale_of(store: Store, growing: Growing) -> Scale {
    Scale {
        share: store.measure.get_untracked() == Measure::Share,
        growth: growing.shown.get_untracked(),
        pinned: untrack(|| store.is_pinned()),
    }
}

/// The button that changes the scale of counts.
#[component]
pub fn GrowthButton(title: String, growing: Growing) -> impl IntoView {
    view! {
        <button
            type="button"
            class="log"
            title=move || texts::about_growth(growing.get())
            aria-label=move || texts::growth_of(&title, growing.get())
            on:click=move |_| growing.next()
        >
            {move || texts::growth(growing.get())}
        </button>
    }
}

/// How many rows are in no bar because they can't be read.
#[component]
pub fn UnreadableRows(now: Memo<Option<Now>>) -> impl IntoView {
    let rows = Memo::new(move |_| now.with(|now| now.as_ref().map_or(0, |now| now.chart.unreadable)));
    view! {
        <Show when=move || rows.get() != 0>
            <p class="dist-note">{move || texts::rows_unreadable(rows.get().into())}</p>
        </Show>
    }
}

/// The values that are on no scale, below a histogram: what stands alone, and rows without a value.
#[component]
pub fn OwnBars(column: StoredValue<String>, now: Memo<Option<Now>>) -> impl IntoView {
    let store = use_store();
    let clause = clause_of(store, column);
    let bars =
        Memo::new(move |_| now.with(|now| now.as_ref().map(|now| own_bars(now, column))).unwrap_or_default());
    let values =
        Memo::new(move |_| bars.with(|bars| bars.iter().map(|bar| bar.value.clone()).collect::<Vec<_>>()));
    let row = move |value: ListValue| {
        let bar = Memo::new(move |_| bars.with(|bars| bars.iter().find(|bar| bar.value == value).cloned()));
        view! { <BarRow column bar clause/> }
    };
    view! {
        <Show when=move || values.with(|values| !values.is_empty())>
            <ul class="bars">
                <For each=move || values.get() key=ListValue::key children=row/>
            </ul>
        </Show>
    }
}

/// The same as values.
pub fn own_bars(now: &Now, column: StoredValue<String>) -> Vec<Bar> {
    let pinned = now.chart.pinned;
    let share = |part: u32, counts: &[u32], none: u32| {
        // Pinned rows and those that match are as many as they are.
        let rows = if pinned { counts.iter().sum::<u32>() + none } else { now.chart.rows_read };
        f64::from(part) / f64::from(rows.max(1))
    };
    let alone = match &now.chart.shape {
        Shape::Bins(bins) => bins.detached.zip(bins.from.len().checked_sub(1)),
        Shape::Categories { .. } => None,
    };
    let alone = alone.map(|(value, place)| {
        let at = |counts: &[u32]| counts.get(place).copied().unwrap_or_default();
        (ListValue::Text(display::number(value)), at(&now.here), at(&now.chart.all.0))
    });
    let none = (ListValue::Null, now.null_here, now.chart.null_all);
    let bar = |(value, here, all): (ListValue, u32, u32)| {
        let label = match &value {
            ListValue::Null => common::NONE.to_owned(),
            ListValue::Text(text) => column.with_value(|column| facts::category(column, text)),
        };
        let here_share = share(here, &now.here, now.null_here);
        let all_share = share(all, &now.chart.all.0, now.chart.null_all);
        Bar { value, label, here, all, pinned, here_share, all_share }
    };
    alone.into_iter().chain([none]).filter(|(_, here, all)| *here + *all > 0).map(bar).collect()
}
