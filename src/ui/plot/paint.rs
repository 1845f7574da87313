//! A chart on the screen: its marks, and over them a grid whose cells answer to a pointer and to keys.
//!
//! The grid has one cell, the active one, and says where among all of them it is: a screen reader needs no more,
//! and thousands of elements fewer are made.

use crate::protocol::texts::plot as texts;
use crate::ui::plot::Part;
use crate::ui::plot::chart::Chart;
use crate::ui::store::{Store, facts, use_store};
use crate::ui::widgets::keys::key_action;
use crate::view::keys::{MAP, MapKey};
use crate::view::scene::{Anchor, Area, Ink, Mark, Scene, path};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// Two cells: where a choice began, and where it is.
type Ends = ((usize, usize), (usize, usize));

/// The chart and what is told of the cell in question.
#[component]
pub fn Painted(
    chart: Memo<Option<Arc<Chart>>>,
    columns: Memo<(String, String)>,
    /// Which of two charts it is, where A and B are drawn.
    of: Part,
) -> impl IntoView {
    let store = use_store();
    let active = RwSignal::new((0usize, 0usize));
    let hovered = RwSignal::new(None::<(usize, usize)>);
    // Where a choice of several cells began: by pointer, or by key.
    let begun = RwSignal::new(None::<(usize, usize)>);
    let dragged = RwSignal::new(None::<Ends>);
    let focused = RwSignal::new(false);
    let grid = NodeRef::<html::Div>::new();
    let size = move || chart.with(|chart| chart.as_ref().map_or((0, 0), |chart| chart.size()));
    Effect::new(move || {
        let (width, height) = size();
        let (x, y) = active.get_untracked();
        let fits = (x.min(width.saturating_sub(1)), y.min(height.saturating_sub(1)));
        if fits != (x, y) {
            active.set(fits);
        }
    });
    Effect::new(move || {
        columns.track();
        begun.set(None);
        dragged.set(None);
        hovered.set(None);
    });
    let area_of =
        move |ends: Ends| chart.with(|chart| chart.as_ref().and_then(|chart| chart.around(ends.0, ends.1)));
    let words_of = move |at: (usize, usize)| {
        chart.with(|chart| chart.as_ref().and_then(|chart| chart.cell(at)).map(|cell| cell.words.clone()))
    };
    // Several cells that are chosen but not filtered by yet.
    let choice = move || dragged.get().filter(|(a, b)| a != b);
    let said = move || {
        if let Some(ends) = choice() {
            return chart.with(|chart| chart.as_ref().map(|chart| choice_words(chart, ends)));
        }
        let at = hovered.get().or_else(|| focused.get().then(|| active.get()));
        at.and_then(words_of)
    };
    let label = move || {
        let (x, y) = columns.get();
        texts::label(facts::title(&y), facts::title(&x), of.name())
    };
    let id = move |(x, y): (usize, usize)| format!("plot{}-{x}-{y}", of.name().unwrap_or_default());
    let under = move |event: &PointerEvent| {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        chart.with_untracked(|chart| chart.as_ref().and_then(|chart| chart.at(at.0, at.1)))
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let Some(at) = under(&event) else { return };
        if let Some(grid) = event.current_target().and_then(|it| it.dyn_into::<web_sys::Element>().ok()) {
            let _ = grid.set_pointer_capture(event.pointer_id());
        }
        active.set(at);
        begun.set(Some(at));
        dragged.set(Some((at, at)));
    };
    let moved = move |event: PointerEvent| {
        let at = under(&event);
        hovered.set(at);
        if event.buttons() != 0
            && let (Some(from), Some(to)) = (begun.get_untracked(), at)
        {
            dragged.set(Some((from, to)));
        }
    };
    let up = move |event: PointerEvent| {
        begun.set(None);
        if let Some((a, b)) = dragged.get_untracked().filter(|_| event.button() == 0) {
            dragged.set(None);
            press(store, chart, a, b);
        }
    };
    let lost = move |_: PointerEvent| {
        begun.set(None);
        dragged.set(None);
        hovered.set(None);
    };
    let key = move |event: KeyboardEvent| {
        let Some(action) = key_action(MAP, &event) else { return };
        let Some(shown) = chart.get_untracked() else { return };
        let at = active.get_untracked();
        match action {
            MapKey::Go(way) => {
                begun.set(None);
                dragged.set(None);
                active.set(shown.moved(at, way));
            }
            MapKey::Widen(way) => {
                let from = begun.get_untracked().unwrap_or(at);
                let to = shown.moved(at, way);
                begun.set(Some(from));
                active.set(to);
                dragged.set(Some((from, to)));
            }
            MapKey::Filter => {
                let (a, b) = dragged.get_untracked().unwrap_or((at, at));
                begun.set(None);
                dragged.set(None);
                press(store, chart, a, b);
            }
        }
        event.prevent_default();
    };
    let at = move || active.get();
    view! {
        <div class="plot-stage">
        {move || chart.get().map(|chart| view! { <Drawing scene=chart.scene.clone()/> })}
        <div
            class="plot-grid"
            role="grid"
            tabindex="0"
            node_ref=grid
            aria-label=label
            aria-colcount=move || size().0.to_string()
            aria-rowcount=move || size().1.to_string()
            aria-activedescendant=move || id(at())
            aria-multiselectable="true"
            on:keydown=key
            on:focus=move |_| focused.set(true)
            on:blur=move |_| focused.set(false)
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=lost
            on:pointerleave=move |_| hovered.set(None)
        >
            <div role="row" aria-rowindex=move || (at().1 + 1).to_string()>
                <span
                    role="gridcell"
                    id=move || id(at())
                    aria-colindex=move || (at().0 + 1).to_string()
                    aria-label=move || words_of(at()).unwrap_or_default()
                ></span>
            </div>
            <Frame of="active" area=Signal::derive(move || area_of((at(), at())))/>
            <Frame of="hovered" area=Signal::derive(move || hovered.get().and_then(|at| area_of((at, at))))/>
            <Frame of="choice" area=Signal::derive(move || choice().and_then(area_of))/>
        </div>
        </div>
        <p class="plot-said" aria-hidden="true">{said}</p>
    }
}

/// A frame around cells.
#[component]
fn Frame(of: &'static str, area: Signal<Option<Area>>) -> impl IntoView {
    let px = move |of: fn(Area) -> f64| {
        move || area.get().map(|area| format!("{:.1}px", of(area))).unwrap_or_default()
    };
    view! {
        <i
            aria-hidden="true"
            data-frame=of
            data-on=move || area.get().map(|_| "")
            style=("--x", px(|area| area.x))
            style=("--y", px(|area| area.y))
            style=("--w", px(|area| area.width))
            style=("--h", px(|area| area.height))
        ></i>
    }
}

/// Filters by the cells between two, or no more.
fn press(store: Store, chart: Memo<Option<Arc<Chart>>>, a: (usize, usize), b: (usize, usize)) {
    let filters = store.spec.with_untracked(|spec| spec.filters.clone());
    let clauses =
        chart.with_untracked(|chart| chart.as_ref().and_then(|chart| chart.pressed(a, b, &filters)));
    if let Some(clauses) = clauses {
        store.set_clauses(clauses);
    }
}

/// What several cells stand for.
fn choice_words(chart: &Chart, (a, b): Ends) -> String {
    let clauses = chart.clauses(a, b).unwrap_or_default();
    let words = clauses
        .iter()
        .map(|(column, clause)| format!("{} {}", facts::title(column), facts::clause(column, clause)));
    words.collect::<Vec<_>>().join(", ")
}

/// The marks.
#[component]
fn Drawing(scene: Scene) -> impl IntoView {
    // Rectangles of one colour are one path, as long as nothing else comes between.
    let mut shapes: Vec<AnyView> = Vec::new();
    let mut paths: Vec<((Ink, bool), String)> = Vec::new();
    let mut known: BTreeMap<(u8, bool), usize> = BTreeMap::new();
    let mut words: Vec<AnyView> = Vec::new();
    let mut lines: Vec<AnyView> = Vec::new();
    for mark in scene.marks {
        match mark {
            Mark::Rect { area: Area { x, y, width, height }, ink, dim, title: _ } => {
                let place = *known.entry((code(ink), dim)).or_insert_with(|| {
                    paths.push(((ink, dim), String::new()));
                    paths.len() - 1
                });
                if let Some((_, d)) = paths.get_mut(place) {
                    d.push_str(&format!("M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z"));
                }
            }
            Mark::Line { points, ink, dash } => lines.push(
                view! { <path class="plot-line" data-ink=name(ink) data-dash=dash.to_string() d=path(&points)/> }.into_any(),
            ),
            Mark::Words { at: (x, y), text, ink, anchor } => words.push(
                view! { <text x=format!("{x:.1}") y=format!("{y:.1}") data-ink=name(ink) data-anchor=end(anchor)>{text}</text> }
                    .into_any(),
            ),
        }
    }
    for ((ink, dim), d) in paths {
        shapes.push(view! { <path data-ink=name(ink) data-dim=dim.then_some("") d=d/> }.into_any());
    }
    let (width, height) = (scene.width, scene.height);
    view! {
        <svg
            class="plot-drawing"
            aria-hidden="true"
            width=width.to_string()
            height=height.to_string()
            viewBox=format!("0 0 {width} {height}")
        >
            {shapes}
            {lines}
            {words}
        </svg>
    }
}

const fn code(ink: Ink) -> u8 {
    match ink {
        Ink::Ink => 100,
        Ink::Faint => 101,
        Ink::Line => 102,
        Ink::Accent => 103,
        Ink::All => 104,
        Ink::Edge => 105,
        Ink::Ramp(step) => step,
    }
}

/// What the style sheet calls an ink.
const fn name(ink: Ink) -> &'static str {
    match ink {
        Ink::Ink => "ink",
        Ink::Faint => "faint",
        Ink::Line => "line",
        Ink::Accent => "accent",
        Ink::All => "all",
        Ink::Edge => "edge",
        Ink::Ramp(step) => match step {
            1 => "1",
            2 => "2",
            3 => "3",
            4 => "4",
            5 => "5",
            6 => "6",
            _ => "7",
        },
    }
}

const fn end(anchor: Anchor) -> Option<&'static str> {
    match anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    }
}
