//! Categories as horizontal bars; a click on one is a filter.

use super::chart_head::{ChartHead, heading_id};
use super::plot::{Log, Now, chart_now, clause_of, marked_cell};
use super::store::use_store;
use crate::chart::{self, heights};
use crate::protocol::Shape;
use crate::spec::{Clause, List, ListValue};
use crate::words;
use leptos::prelude::*;

/// Bars that are shown before "n more" is pressed.
const SHOWN_FIRST: usize = 5;

/// One category with all that its bar needs.
#[derive(Clone, Debug, PartialEq)]
struct Bar {
    value: ListValue,
    label: String,
    here: u32,
    all: u32,
    here_share: f64,
    all_share: f64,
}

/// The chart of one column.
#[component]
pub fn Bars(column: String) -> impl IntoView {
    let store = use_store();
    let heading = heading_id(&column);
    let data_column = column.clone();
    let column = StoredValue::new(column);
    let expanded = RwSignal::new(false);
    let now = chart_now(store, column);
    let log = Log::new(now);
    let clause = clause_of(store, column);
    let marked = marked_cell(store, column);
    let bars =
        Memo::new(move |_| now.get().map(|now| bars_of(&now, log.is_on(), column)).unwrap_or_default());
    let names =
        Memo::new(move |_| bars.with(|bars| bars.iter().map(|bar| bar.value.clone()).collect::<Vec<_>>()));
    let others = Memo::new(move |_| match now.get().map(|now| now.chart.shape.clone()) {
        Some(Shape::Categories { others, .. }) => others,
        _ => 0,
    });
    let hidden = move || names.with(Vec::len).saturating_sub(SHOWN_FIRST);
    let shown = move || {
        let count = if expanded.get() { usize::MAX } else { SHOWN_FIRST };
        names.with(|names| names.iter().take(count).cloned().collect::<Vec<_>>())
    };
    let longest = move || {
        bars.with(|bars| bars.iter().take(SHOWN_FIRST).map(|bar| bar.label.chars().count()).max())
            .unwrap_or(4)
    };
    let at = Memo::new(move |_| {
        let cell = marked.get()?;
        column.with_value(|column| words::cell(column, &cell, None))
    });
    let row = move |value: ListValue| {
        let this = {
            let value = value.clone();
            Memo::new(move |_| bars.with(|bars| bars.iter().find(|bar| bar.value == value).cloned()))
        };
        let pressed = {
            let value = value.clone();
            Memo::new(move |_| is_in(clause.get().as_ref(), &value))
        };
        // Nobody reads the tips of bars that the pointer is not on: they are not written in every frame.
        let hovered = RwSignal::new(false);
        let toggle = move |_| {
            let next = toggled(clause.get_untracked(), &value);
            column.with_value(|column| store.choose(column, next, None));
        };
        let label = move || this.get().map(|bar| bar.label).unwrap_or_default();
        view! {
            <li>
                <button
                    type="button"
                    class="bar-row"
                    aria-pressed=move || pressed.get().to_string()
                    data-at=move || (at.get() == Some(label())).then_some("")
                    title=move || hovered.get().then(|| this.get().map(|bar| tip(&bar))).flatten()
                    on:pointerenter=move |_| hovered.set(true)
                    on:pointerleave=move |_| hovered.set(false)
                    on:click=toggle
                >
                    <span class="bar-label">{label}</span>
                    <span
                        class="track"
                        style=("--all", move || format!("{:.4}", this.get().map_or(0.0, |bar| bar.all_share)))
                        style=("--here", move || format!("{:.4}", this.get().map_or(0.0, |bar| bar.here_share)))
                    >
                        <i></i>
                        <b></b>
                    </span>
                    <span class="bar-count">
                        {move || this.get().map(|bar| words::count(bar.here.into()))}
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <section
            role="group"
            aria-labelledby=heading
            data-column=data_column
            data-brushed=move || clause.with(Option::is_some).then_some("")
        >
            <ChartHead column log clause>
                <Show when=move || hidden() != 0>
                    <button
                        type="button"
                        class="more"
                        aria-expanded=move || expanded.get().to_string()
                        on:click=move |_| expanded.update(|expanded| *expanded = !*expanded)
                    >
                        {move || if expanded.get() { "fewer".to_owned() } else { format!("{} more", hidden()) }}
                    </button>
                </Show>
            </ChartHead>
            <ul class="bars" style=("--label", move || format!("calc({:.1}ch + 14px)", longest().clamp(5, 16) as f64 * 0.92))>
                <For each=shown key=|value| value.clone() children=row/>
            </ul>
            <Show when=move || (expanded.get() || hidden() == 0) && others.get() != 0>
                <p class="dist-note">{move || format!("{} more values are not listed", words::thousands(others.get().into()))}</p>
            </Show>
        </section>
    }
}

fn bars_of(now: &Now, log: bool, column: StoredValue<String>) -> Vec<Bar> {
    let Shape::Categories { labels, .. } = &now.chart.shape else { return Vec::new() };
    let (mut all, mut here) = (now.chart.all.0.clone(), now.here.clone());
    all.resize(labels.len(), 0);
    here.resize(labels.len(), 0);
    all.push(now.chart.null_all);
    here.push(now.null_here);
    let both = heights(&all, &here, log);
    let values = labels.iter().map(|label| ListValue::Text(label.clone())).chain([ListValue::Null]);
    let counts = all.into_iter().zip(here);
    let shares = both.all.into_iter().zip(both.here);
    values
        .zip(counts.zip(shares))
        .filter(|(value, ((all, _), _))| *value != ListValue::Null || *all > 0)
        .map(|(value, ((all, here), (all_share, here_share)))| {
            let label = match &value {
                ListValue::Null => "none".to_owned(),
                ListValue::Text(text) => column.with_value(|column| words::label(column, text)),
            };
            let (all_share, here_share) = (all_share / chart::HEIGHT, here_share / chart::HEIGHT);
            Bar { value, label, here, all, here_share, all_share }
        })
        .collect()
}

fn tip(bar: &Bar) -> String {
    format!(
        "{}: {} here, {} in all",
        bar.label,
        words::thousands(bar.here.into()),
        words::compact(bar.all.into())
    )
}

fn is_in(clause: Option<&Clause>, value: &ListValue) -> bool {
    match clause {
        Some(Clause::List(list)) => list.values.contains(value) != list.negated,
        Some(Clause::Null) => *value == ListValue::Null,
        Some(Clause::NotNull) => *value != ListValue::Null,
        Some(Clause::Range(_)) | None => false,
    }
}

/// The clause after a click on a value. Lists of nothing but null have clauses of their own.
fn toggled(clause: Option<Clause>, value: &ListValue) -> Option<Clause> {
    let mut list = match clause {
        Some(Clause::List(list)) => list,
        Some(Clause::Null) => List { values: vec![ListValue::Null], negated: false },
        Some(Clause::NotNull) => List { values: vec![ListValue::Null], negated: true },
        Some(Clause::Range(_)) | None => List::default(),
    };
    if list.values.contains(value) {
        list.values.retain(|other| other != value);
    } else {
        list.values.push(value.clone());
    }
    match list.values.as_slice() {
        [] => None,
        [ListValue::Null] => Some(if list.negated { Clause::NotNull } else { Clause::Null }),
        _ => Some(Clause::List(list)),
    }
}
