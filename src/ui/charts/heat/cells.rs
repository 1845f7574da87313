//! The cells of the map of two columns.

use crate::protocol::texts::charts as texts;
use crate::ui::charts::heat::map::{Map, step};
use crate::ui::store::facts;
use crate::ui::store::{Store, use_store};
use crate::ui::widgets::keys::key_action;
use crate::view::keys::{MAP, MapKey, Move};
use crate::view::spec::{Bound, Clause, Range};
use leptos::prelude::*;

/// The cells as a grid, with the rows of each line and column at its end.
#[component]
pub fn Cells(map: Map, active: RwSignal<(usize, usize)>, focused: bool) -> impl IntoView {
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
    let key = move |event: leptos::ev::KeyboardEvent| {
        let (x, y) = active.get_untracked();
        let Some(action) = key_action(MAP, &event) else { return };
        match action {
            MapKey::Go(way) => active.set(moved((x, y), way, (width, height))),
            MapKey::Filter => map.with_value(|map| choose(store, map, x, y)),
        }
        event.prevent_default();
    };
    let lines = (0..height).rev().map(|y| {
        let cells = (0..width).map(|x| cell(store, map, active, x, y));
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

/// One cell, which filters both columns.
fn cell(
    store: Store,
    map: StoredValue<Map>,
    active: RwSignal<(usize, usize)>,
    x: usize,
    y: usize,
) -> AnyView {
    let (words, step) = map.with_value(|map| (words(map, x, y), step(map.at(x, y), map.most)));
    let current = move || (active.get() == (x, y)).then_some("");
    view! {
        <span
            role="gridcell"
            id=format!("heat-{x}-{y}")
            aria-label=words.clone()
            title=words
            data-step=step.map(|step| step.to_string())
            data-active=current
            on:click=move |_| {
                active.set((x, y));
                map.with_value(|map| choose(store, map, x, y));
            }
        ></span>
    }
    .into_any()
}

fn words(map: &Map, x: usize, y: usize) -> String {
    texts::map_cell(
        (facts::title(&map.across.column), &map.across.name(x)),
        (facts::title(&map.up.column), &map.up.name(y)),
        map.at(x, y),
    )
}

/// The cell that a key leads to.
fn moved((x, y): (usize, usize), way: Move, (width, height): (usize, usize)) -> (usize, usize) {
    match way {
        Move::Left => (x.saturating_sub(1), y),
        Move::Right => ((x + 1).min(width.saturating_sub(1)), y),
        Move::Down => (x, y.saturating_sub(1)),
        Move::Up => (x, (y + 1).min(height.saturating_sub(1))),
        Move::PageUp | Move::PageDown | Move::First | Move::Last => (x, y),
    }
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
