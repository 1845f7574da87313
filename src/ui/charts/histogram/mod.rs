//! A histogram that is filtered by dragging on it, by its handles and by its two numbers.

mod brush;
mod model;

use crate::ui::charts::axis::axis;
use crate::ui::charts::exact::{ExactButton, ExactField};
use crate::ui::charts::head::{ChartHead, heading_id};
use crate::ui::charts::histogram::brush::{Brushing, Handle, edge};
use crate::ui::charts::histogram::model::Model;
use crate::ui::charts::plot::{OwnBars, UnreadableRows};
use crate::ui::charts::range_fields::RangeFields;
use crate::ui::store::{Commit, use_store};
use crate::ui::widgets::tooltip::tooltip;
use crate::view::brush::Chosen;
use crate::view::chart::{WIDTH, bar_path, step_path};
use crate::view::spec::Clause;
use leptos::prelude::*;

/// The chart of one column.
#[component]
pub fn Histogram(column: String) -> impl IntoView {
    let store = use_store();
    let heading = heading_id(&column);
    let data_column = column.clone();
    let model = Model::new(store, column);
    let Model { column, title, facts, now, growing, clause, bins, layout, .. } = model;
    let lists_values = clause.with_untracked(|clause| matches!(clause, Some(Clause::List(_))));
    let exact = RwSignal::new(lists_values);
    let set_range = move |next| column.with_value(|column| store.set_clause(column, next, Commit::Step));
    view! {
        <section
            class="histogram"
            role="group"
            aria-labelledby=heading
            data-column=data_column
            data-brushed=move || clause.with(Option::is_some).then_some("")
            data-dragging=move || model.is_dragged().then_some("")
            data-empty=move || model.is_empty().then_some("")
        >
            <ChartHead column growing clause drawn=Callback::new(move |()| model.drawn())>
                <Show when=move || bins.with(|bins| !bins.is_time())>
                    <ExactButton title=title.get_value() open=exact/>
                </Show>
                <RangeFields title=title.get_value() bins clause set=Callback::new(set_range)/>
            </ChartHead>
            <Plot model/>
            <div class="axis" aria-hidden="true">{move || bins.with(|bins| axis(bins, layout.get(), facts))}</div>
            <OwnBars column now/>
            <UnreadableRows now/>
            <Show when=move || exact.get()>
                <ExactField title=title.get_value() column clause/>
            </Show>
        </section>
    }
}

/// The bars, and what is chosen of them.
#[component]
fn Plot(model: Model) -> impl IntoView {
    let brushing = Brushing::new(model);
    let marked = model.marked_place();
    let limit = model.limit_place();
    let tip = move || {
        let slot = brushing.hovered.get().filter(|_| !model.is_dragged())?;
        let (left, right) = model.layout.get().slot(slot);
        Some((percent((left + right) / 2.0), model.slot_words(slot)?))
    };
    view! {
        <div
            class="plot"
            node_ref=brushing.plot
            on:pointerdown=move |event| brushing.pressed(&event)
            on:pointermove=move |event| brushing.moved(&event)
            on:pointerup=move |_| brushing.released()
            on:pointercancel=move |_| { brushing.cancelled(); }
            on:pointerleave=move |_| brushing.hovered.set(None)
            on:dblclick=move |_| brushing.clear()
        >
            <svg viewBox="0 0 240 40" preserveAspectRatio="none" role="img" aria-label=move || model.name()>
                <path class="all" d=move || outline(model, true)/>
                <path class="outside" d=move || bars(model, false)/>
                <path class="here" d=move || bars(model, true)/>
                <path class="all-edge" d=move || outline(model, false)/>
                <path class="base" d="M0 40H240"/>
            </svg>
            <span class="brush" style=("--from", move || edge(model, true)) style=("--to", move || edge(model, false))></span>
            <Handle brushing low=true/>
            <Handle brushing low=false/>
            {move || limit.get().map(|x| view! { <i class="limit" style=("--p", percent(x)) aria-hidden="true"></i> })}
            {move || marked.get().map(|x| view! { <i class="diamond" style=("--p", percent(x)) aria-hidden="true"></i> })}
            {tooltip(tip)}
        </div>
    }
}

/// The outline of all rows.
fn outline(model: Model, closed: bool) -> String {
    model.heights.with(|heights| step_path(model.layout.get(), &heights.all, closed))
}

/// The bars of the rows that match: those that are chosen, or the others.
fn bars(model: Model, inside: bool) -> String {
    let layout = model.layout.get();
    let slots = layout.slots();
    model.heights.with(|heights| {
        let path = |from: usize, end: usize| bar_path(layout, &heights.here, from, end);
        match (model.chosen.get(), inside) {
            (None, true) => path(0, slots),
            (None, false) => String::new(),
            (Some(Chosen { first, last }), true) => path(first, last + 1),
            (Some(Chosen { first, last }), false) => path(0, first) + &path(last + 1, slots),
        }
    })
}

/// A place on the plot as a share of its width.
fn percent(x: f64) -> String {
    format!("{:.3}%", x / WIDTH * 100.0)
}
