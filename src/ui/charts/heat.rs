//! Two columns against each other: each cell as dark as it has rows, and a filter of both.

use crate::protocol::display::compact;
use crate::protocol::figure::{self, Drawn};
use crate::protocol::texts::charts as texts;
use crate::protocol::{Bins, Chart, Heat, Shape};
use crate::ui::charts::save::SaveChart;
use crate::ui::store::facts;
use crate::ui::store::{Store, use_store};
use crate::ui::widgets::keys::key_action;
use crate::view::keys::{MAP, MapKey, Move};
use crate::view::spec::{Bound, Clause, Range};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Steps of the ramp, from one row to the most of any cell; each is as many times the one before.
const STEPS: u32 = 7;

/// The most cells that are drawn along one side; neighbours are put together until they fit.
const MAX_SIDE: usize = 24;

/// The map.
#[component]
pub fn HeatMap() -> impl IntoView {
    let store = use_store();
    let map = Memo::new(move |_| {
        let heat = store.heat.get()?;
        store.charts.with(|charts| Map::new(&heat, charts))
    });
    let active = RwSignal::new((0usize, 0usize));
    let (x, y) = untrack(|| store.heat_names());
    let title = texts::map_title(facts::title(&x), facts::title(&y));
    let name = format!("{x}-{y}");
    let drawn = Callback::new(move |()| map.with_untracked(|map| map.as_ref().map(Map::drawn)));
    view! {
        {move || {
            let map = map.get()?;
            // A map in the place of one that had the focus has it as well.
            let focused = document().active_element().is_some_and(|element| element.matches(".heat").unwrap_or(false));
            let legend = (1..=STEPS).map(|step| view! { <i data-step=step.to_string()></i> }).collect_view();
            Some(view! {
                <div class="pane-head">
                    <h2>{title.clone()}</h2>
                    <div class="legend" aria-hidden="true">
                        <span>"1"</span>
                        <span>{legend}</span>
                        <span>{compact(map.most)}</span>
                    </div>
                    <SaveChart title=title.clone() name=name.clone() chart=drawn/>
                </div>
                <Cells map active focused/>
            })
        }}
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Side {
    column: String,
    /// First and last bin of each step along the side.
    steps: Vec<(usize, usize)>,
    from: Vec<f64>,
    to: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
struct Map {
    across: Side,
    up: Side,
    /// Rows of each cell, from the left and from below; the first side outermost.
    rows: Vec<u64>,
    /// The most rows of any cell.
    most: u64,
}

impl Side {
    fn new(column: &str, bins: &Bins) -> Self {
        let count = bins.from.len();
        let group = count.div_ceil(MAX_SIDE).max(1);
        let steps = (0..count).step_by(group).map(|first| (first, (first + group).min(count) - 1)).collect();
        Self { column: column.to_owned(), steps, from: bins.from.clone(), to: bins.to.clone() }
    }

    fn ends(&self, step: usize) -> Option<(f64, f64)> {
        let (first, last) = self.steps.get(step)?;
        Some((*self.from.get(*first)?, *self.to.get(*last)?))
    }

    fn name(&self, step: usize) -> String {
        match self.ends(step) {
            Some((low, high)) if low == high => format!("{low}"),
            Some((low, high)) => format!("{low} – {high}"),
            None => String::new(),
        }
    }
}

impl Map {
    fn new(heat: &Heat, charts: &BTreeMap<String, Arc<Chart>>) -> Option<Self> {
        let bins = |name: &str| match charts.get(name).map(|chart| &chart.shape) {
            Some(Shape::Bins(bins)) => Some(bins),
            Some(Shape::Categories { .. }) | None => None,
        };
        let across = Side::new(&heat.columns.0, bins(&heat.columns.0)?);
        let up = Side::new(&heat.columns.1, bins(&heat.columns.1)?);
        let count =
            |x: usize, y: usize| heat.counts.0.get(x * heat.up as usize + y).copied().map_or(0, u64::from);
        let mut rows = Vec::with_capacity(across.steps.len() * up.steps.len());
        for (x_first, x_last) in &across.steps {
            for (y_first, y_last) in &up.steps {
                let xs = *x_first..=*x_last;
                rows.push(xs.map(|x| (*y_first..=*y_last).map(|y| count(x, y)).sum::<u64>()).sum());
            }
        }
        let most = rows.iter().copied().max().unwrap_or(0);
        Some(Self { across, up, rows, most })
    }

    /// Rows of each step along the sides, as shares of the largest.
    fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let (width, height) = (self.across.steps.len(), self.up.steps.len());
        let across: Vec<u64> = (0..width).map(|x| (0..height).map(|y| self.at(x, y)).sum()).collect();
        let up: Vec<u64> = (0..height).map(|y| (0..width).map(|x| self.at(x, y)).sum()).collect();
        let shares = |sums: Vec<u64>| {
            let most = sums.iter().copied().max().unwrap_or(0).max(1) as f64;
            sums.into_iter().map(|sum| sum as f64 / most).collect()
        };
        (shares(across), shares(up))
    }

    fn drawn(&self) -> Drawn {
        let names = |side: &Side| (0..side.steps.len()).map(|step| side.name(step)).collect();
        let step = |rows: &u64| step(*rows, self.most).and_then(|step| u8::try_from(step).ok()).unwrap_or(0);
        Drawn::Heat(figure::Heat {
            columns: (facts::title(&self.across.column).to_owned(), facts::title(&self.up.column).to_owned()),
            across: names(&self.across),
            up: names(&self.up),
            cells: self.rows.iter().map(|rows| (*rows, step(rows))).collect(),
        })
    }

    fn at(&self, x: usize, y: usize) -> u64 {
        self.rows.get(x * self.up.steps.len() + y).copied().unwrap_or(0)
    }
}

/// The step of the ramp for so many of `most` rows; none where there are none.
fn step(rows: u64, most: u64) -> Option<u32> {
    let share = if most > 1 { (rows.max(1) as f64).ln() / (most as f64).ln() } else { 1.0 };
    let step = 1 + (share * f64::from(STEPS - 1)).round() as u32;
    (rows > 0).then(|| step.min(STEPS))
}

fn choose(store: Store, map: &Map, x: usize, y: usize) {
    let clause = |ends: (f64, f64)| {
        Clause::Range(Range { low: Some(Bound::Number(ends.0)), high: Some(Bound::Number(ends.1)) })
    };
    if let (Some(across), Some(up)) = (map.across.ends(x), map.up.ends(y)) {
        store.set_clauses(vec![
            (map.across.column.clone(), Some(clause(across))),
            (map.up.column.clone(), Some(clause(up))),
        ]);
    }
}

#[component]
fn Cells(map: Map, active: RwSignal<(usize, usize)>, focused: bool) -> impl IntoView {
    let store = use_store();
    let (width, height) = (map.across.steps.len(), map.up.steps.len());
    let frame = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(frame) = frame.get().filter(|_| focused) {
            let _ = frame.focus();
        }
    });
    active.update(|(x, y)| {
        *x = (*x).min(width.saturating_sub(1));
        *y = (*y).min(height.saturating_sub(1));
    });
    let margins = StoredValue::new(map.margins());
    let map = StoredValue::new(map);
    let tops = margins.with_value(|(across, _)| across.clone()).into_iter().map(|share| {
        view! { <span class="heat-margin" style=("--v", format!("{share:.3}"))></span> }
    });
    let words = move |x: usize, y: usize| {
        map.with_value(|map| {
            texts::map_cell(
                (facts::title(&map.across.column), &map.across.name(x)),
                (facts::title(&map.up.column), &map.up.name(y)),
                map.at(x, y),
            )
        })
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let (x, y) = active.get_untracked();
        let Some(action) = key_action(MAP, &event) else { return };
        match action {
            MapKey::Go(way) => active.set(match way {
                Move::Left => (x.saturating_sub(1), y),
                Move::Right => ((x + 1).min(width.saturating_sub(1)), y),
                Move::Down => (x, y.saturating_sub(1)),
                Move::Up => (x, (y + 1).min(height.saturating_sub(1))),
                Move::PageUp | Move::PageDown | Move::First | Move::Last => (x, y),
            }),
            MapKey::Filter => map.with_value(|map| choose(store, map, x, y)),
        }
        event.prevent_default();
    };
    let lines = (0..height).rev().map(|y| {
        let cells = (0..width).map(|x| {
            let (rows, most) = map.with_value(|map| (map.at(x, y), map.most));
            let current = move || (active.get() == (x, y)).then_some("");
            view! {
                <span
                    role="gridcell"
                    id=format!("heat-{x}-{y}")
                    aria-label=words(x, y)
                    title=words(x, y)
                    data-step=step(rows, most).map(|step| step.to_string())
                    data-active=current
                    on:click=move |_| {
                        active.set((x, y));
                        map.with_value(|map| choose(store, map, x, y));
                    }
                ></span>
            }
        });
        let name = map.with_value(|map| map.up.name(y));
        let share = margins.with_value(|(_, up)| up.get(y).copied().unwrap_or(0.0));
        view! {
            <div role="row">
                <span class="heat-name" role="rowheader">{name}</span>
                {cells.collect_view()}
                <span class="heat-margin" aria-hidden="true" style=("--v", format!("{share:.3}"))></span>
            </div>
        }
    });
    let (across, up) = untrack(|| store.heat_names());
    let label = texts::map_label(facts::title(&up), facts::title(&across));
    let names = (0..width).map(|x| {
        let name =
            map.with_value(|map| map.across.ends(x).map(|(low, _)| format!("{low}")).unwrap_or_default());
        view! { <span class="heat-name">{(x % 4 == 0).then_some(name)}</span> }
    });
    view! {
        <div
            class="heat"
            role="grid"
            node_ref=frame
            tabindex="0"
            aria-label=label
            aria-activedescendant=move || { let (x, y) = active.get(); format!("heat-{x}-{y}") }
            style=("--across", width.to_string())
            on:keydown=key
        >
            <div class="heat-tops" aria-hidden="true"><span></span>{tops.collect_view()}<span></span></div>
            {lines.collect_view()}
            <div class="heat-names" aria-hidden="true"><span></span>{names.collect_view()}</div>
        </div>
    }
}
