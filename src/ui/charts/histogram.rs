//! A histogram that is filtered by dragging on it, by its handles and by its two numbers.

use crate::protocol::display;
use crate::protocol::figure::{self, Drawn};
use crate::protocol::{Bins, Cell, Counts, Shape};
use crate::ui::charts::axis::{axis, labels, slot_name};
use crate::ui::charts::exact::{ExactButton, ExactField};
use crate::ui::charts::head::{ChartHead, heading_id};
use crate::ui::charts::plot::{
    Log, Now, OwnBars, chart_now, chosen_bins, clause_of, clause_of_bins, drawn_at, ends, high_bound,
    low_bound, marked_cell, own_bars, scale_of,
};
use crate::ui::charts::range_fields::RangeFields;
use crate::ui::store::{Commit, use_store};
use crate::ui::widgets::tooltip::Tooltip;
use crate::view::catalog;
use crate::view::chart;
use crate::view::chart::{Chosen, Drag, Layout, Step};
use crate::view::spec::{Clause, ListValue};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;

/// A pointer that moved less than this has clicked, not dragged.
const CLICK_PX: f64 = 3.0;

/// The chart of one column.
#[component]
pub fn Histogram(column: String) -> impl IntoView {
    let store = use_store();
    let facts = catalog::column(&column);
    let title = catalog::title(&column).to_owned();
    let heading = heading_id(&column);
    let data_column = column.clone();
    let column = StoredValue::new(column);
    let label = StoredValue::new(title.clone());
    let now = chart_now(store, column);
    let log = Log::new(now);
    let clause = clause_of(store, column);
    let bins = Memo::new(move |_| now.get().map(|now| bins_of(&now)).unwrap_or_default());
    let layout = Memo::new(move |_| bins.with(layout_of));
    let chosen = Memo::new(move |_| bins.with(|bins| chosen_bins(clause.get().as_ref(), bins)));
    let measure = store.measure;
    let heights = Memo::new(move |_| {
        now.get()
            .map(|now| chart::heights(&now.chart.all.0, &now.here, measure.get(), log.is_on()))
            .unwrap_or_default()
    });
    let empty =
        Memo::new(move |_| now.get().is_some_and(|now| now.chart.all.0.iter().all(|count| *count == 0)));
    let listed = move || clause.with_untracked(|clause| matches!(clause, Some(Clause::List(_))));
    let exact = RwSignal::new(listed());
    let plot: NodeRef<html::Div> = NodeRef::new();
    let hover = RwSignal::new(None::<usize>);
    // The drag, the bin of its last frame, where it began, and whether it has moved.
    let drag = StoredValue::new(None::<(Drag, usize, f64, bool)>);

    let x_of = move |event: &PointerEvent| {
        plot.get_untracked().map_or(0.0, |plot| {
            let rect = plot.get_bounding_client_rect();
            (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0) * chart::WIDTH
        })
    };
    let choose = move |next: Chosen| {
        let clause = bins.with_untracked(|bins| clause_of_bins(next, bins));
        column.with_value(|column| store.drag(column, clause, Some(next)));
    };
    let grab = move |event: &PointerEvent, with: Drag| {
        if event.button() != 0 {
            return;
        }
        let slot = layout.get_untracked().slot_at(x_of(event));
        drag.set_value(Some((with, slot, f64::from(event.client_x()), false)));
        if let Some(plot) = plot.get_untracked() {
            let _ = plot.set_pointer_capture(event.pointer_id());
        }
        column.with_value(|column| store.begin_drag(column));
    };
    let pointer_down = move |event: PointerEvent| {
        let slot = layout.get_untracked().slot_at(x_of(&event));
        let with = match chosen.get_untracked() {
            Some(was) if was.holds(slot) => Drag::Move { was, grip: slot },
            _ => Drag::New(slot),
        };
        grab(&event, with);
    };
    let pointer_move = move |event: PointerEvent| {
        let slot = layout.get_untracked().slot_at(x_of(&event));
        if hover.get_untracked() != Some(slot) {
            hover.set(Some(slot));
        }
        let Some((with, last, began, moved)) = drag.get_value() else { return };
        let moves = moved || (f64::from(event.client_x()) - began).abs() >= CLICK_PX;
        if moves && (slot != last || !moved) {
            drag.set_value(Some((with, slot, began, true)));
            choose(with.to(slot, layout.get_untracked().slots()));
        }
    };
    let pointer_up = move |_: PointerEvent| {
        if let Some((with, slot, _, moved)) = drag.get_value() {
            drag.set_value(None);
            if let (false, Drag::New(_)) = (moved, with) {
                choose(with.to(slot, layout.get_untracked().slots()));
            }
            store.end_drag(false);
        }
    };
    let cancel = move || {
        if drag.get_value().is_some() {
            drag.set_value(None);
            store.end_drag(true);
        }
    };
    let clear = move || column.with_value(|column| store.clear_clause(column));
    let plot_label = move || {
        let name = label.get_value();
        let range = clause.get().map(|clause| column.with_value(|column| display::clause(column, &clause)));
        match range {
            Some(range) => format!("{name}: all rows and those that match, {range} chosen"),
            None => format!("{name}: all rows and those that match"),
        }
    };
    let shape = move |all: bool, closed: bool| {
        heights.with(|heights| {
            let heights = if all { &heights.all } else { &heights.here };
            chart::step_path(layout.get(), heights, closed)
        })
    };
    let bars = move |inside: bool| {
        let slots = layout.get().slots();
        heights.with(|heights| {
            let here = &heights.here;
            match (chosen.get(), inside) {
                (None, true) => chart::bar_path(layout.get(), here, 0, slots),
                (None, false) => String::new(),
                (Some(Chosen { first, last }), true) => chart::bar_path(layout.get(), here, first, last + 1),
                (Some(Chosen { first, last }), false) => {
                    let left = chart::bar_path(layout.get(), here, 0, first);
                    left + &chart::bar_path(layout.get(), here, last + 1, slots)
                }
            }
        })
    };
    let percent = move |x: f64| format!("{:.3}%", x / chart::WIDTH * 100.0);
    let edge = move |low: bool| {
        let layout = layout.get();
        let whole = Chosen { first: 0, last: layout.slots().saturating_sub(1) };
        let Chosen { first, last } = chosen.get().unwrap_or(whole);
        percent(if low { layout.slot(first).0 } else { layout.slot(last).1 })
    };
    let dragging = move || {
        store
            .dragging
            .with(|dragging| column.with_value(|column| dragging.as_ref() == Some(column)))
            .then_some("")
    };
    let marked = marked_cell(store, column);
    let diamond = Memo::new(move |_| {
        let value = match marked.get()? {
            Cell::Number(value) | Cell::Time(value) => value,
            Cell::Bool(value) => f64::from(u8::from(value)),
            _ => return None,
        };
        bins.with(|bins| layout.get().place(&bins.edges, bins.detached, drawn_at(bins, value))).map(percent)
    });
    let tip = move || {
        let slot = hover.get().filter(|_| dragging().is_none())?;
        let (left, right) = layout.get().slot(slot);
        let now = now.get()?;
        let at = |counts: &[u32]| counts.get(slot).copied().unwrap_or_default();
        let name = bins.with(|bins| slot_name(bins, slot, facts));
        let text = format!(
            "{name}: {} here, {} in all",
            display::thousands(at(&now.here).into()),
            display::compact(at(&now.chart.all.0).into())
        );
        Some((percent((left + right) / 2.0), text))
    };
    let handle = move |low: bool| {
        let value = move || {
            let whole = Chosen { first: 0, last: layout.get().slots().saturating_sub(1) };
            let Chosen { first, last } = chosen.get().unwrap_or(whole);
            if low { first } else { last }
        };
        let text = move || {
            bins.with(|bins| {
                let (from, to) = ends(bins);
                if low {
                    from.get(value()).map(|value| display::bound(low_bound(bins, *value)))
                } else {
                    to.get(value()).map(|value| display::bound(high_bound(bins, *value)))
                }
            })
        };
        let grab_handle = move |event: PointerEvent| {
            event.stop_propagation();
            let last = layout.get_untracked().slots().saturating_sub(1);
            let Chosen { first, last } = chosen.get_untracked().unwrap_or(Chosen { first: 0, last });
            grab(&event, Drag::Resize(if low { last } else { first }));
        };
        let key = move |event: KeyboardEvent| {
            let slots = layout.get_untracked().slots();
            let quarter = isize::try_from(slots.div_ceil(4)).unwrap_or(1);
            let far = if event.shift_key() { 10 } else { 1 };
            let step = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => Step::By(-far),
                "ArrowRight" | "ArrowUp" => Step::By(far),
                "PageDown" => Step::By(-quarter),
                "PageUp" => Step::By(quarter),
                "Home" => Step::Home,
                "End" => Step::End,
                "Escape" => {
                    event.prevent_default();
                    event.stop_propagation();
                    if drag.get_value().is_some() {
                        cancel();
                    } else if clause.get_untracked().is_some() {
                        clear();
                    }
                    return;
                }
                "Enter" => {
                    event.prevent_default();
                    focus_field(&plot, low);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            let whole = Chosen { first: 0, last: slots.saturating_sub(1) };
            let was = chosen.get_untracked().unwrap_or(whole);
            let next = chart::stepped(was, low, step, slots);
            if next != was {
                let clause = bins.with_untracked(|bins| clause_of_bins(next, bins));
                column.with_value(|column| store.choose(column, clause, Some(next)));
            }
        };
        view! {
            <span
                class="handle"
                data-end=if low { "low" } else { "high" }
                role="slider"
                tabindex="0"
                aria-label=format!("{}, {}", label.get_value(), if low { "from" } else { "to" })
                aria-valuemin="0"
                aria-valuemax=move || layout.get().slots().saturating_sub(1).to_string()
                aria-valuenow=move || value().to_string()
                aria-valuetext=text
                style=("--p", move || edge(low))
                on:pointerdown=grab_handle
                on:keydown=key
                on:focus=move |_| column.with_value(|column| store.touch(column))
            ></span>
        }
    };
    let drawn = move |()| {
        let now = now.get_untracked()?;
        let (bins, layout) = (bins.get_untracked(), layout.get_untracked());
        let others = own_bars(&now, column).into_iter().filter(|bar| bar.value == ListValue::Null);
        Some(Drawn::Bins(figure::Bins {
            names: (0..layout.slots()).map(|slot| slot_name(&bins, slot, facts)).collect(),
            all: now.chart.all.clone(),
            here: Counts(now.here.clone()),
            detached: layout.detached,
            labels: labels(&bins, layout, facts),
            chosen: chosen.get_untracked().map(|Chosen { first, last }| (first as u32, last as u32)),
            others: others.map(|bar| figure::Bar { name: bar.label, all: bar.all, here: bar.here }).collect(),
            scale: scale_of(measure.get_untracked(), log),
        }))
    };
    let set_range = move |next| column.with_value(|column| store.set_clause(column, next, Commit::Step));
    view! {
        <section
            class="histogram"
            role="group"
            aria-labelledby=heading
            data-column=data_column
            data-brushed=move || clause.with(Option::is_some).then_some("")
            data-dragging=dragging
            data-empty=move || empty.get().then_some("")
        >
            <ChartHead column log clause drawn=Callback::new(drawn)>
                <Show when=move || bins.with(|bins| !bins.time)>
                    <ExactButton title=label.get_value() open=exact/>
                </Show>
                <RangeFields title=title.clone() bins clause set=Callback::new(set_range)/>
            </ChartHead>
            <div
                class="plot"
                node_ref=plot
                on:pointerdown=pointer_down
                on:pointermove=pointer_move
                on:pointerup=pointer_up
                on:pointercancel=move |_| cancel()
                on:pointerleave=move |_| hover.set(None)
                on:dblclick=move |_| clear()
            >
                <svg viewBox="0 0 240 40" preserveAspectRatio="none" role="img" aria-label=plot_label>
                    <path class="all" d=move || shape(true, true)/>
                    <path class="outside" d=move || bars(false)/>
                    <path class="here" d=move || bars(true)/>
                    <path class="all-edge" d=move || shape(true, false)/>
                    <path class="base" d="M0 40H240"/>
                </svg>
                <span class="brush" style=("--from", move || edge(true)) style=("--to", move || edge(false))></span>
                {handle(true)}
                {handle(false)}
                {move || diamond.get().map(|at| view! { <i class="diamond" style=("--p", at) aria-hidden="true"></i> })}
                <Tooltip at=Signal::derive(tip)/>
            </div>
            <div class="axis" aria-hidden="true">{move || bins.with(|bins| axis(bins, layout.get(), facts))}</div>
            <OwnBars column now/>
            <Show when=move || exact.get()>
                <ExactField title=label.get_value() column clause/>
            </Show>
        </section>
    }
}

fn bins_of(now: &Now) -> Bins {
    match &now.chart.shape {
        Shape::Bins(bins) => bins.clone(),
        Shape::Categories { .. } => Bins::default(),
    }
}

fn layout_of(bins: &Bins) -> Layout {
    Layout { bins: bins.edges.len().saturating_sub(1), detached: bins.detached.is_some() }
}

/// Puts the focus on the number that a handle stands for.
fn focus_field(plot: &NodeRef<html::Div>, low: bool) {
    let section = plot.get_untracked().and_then(|plot| plot.parent_element());
    let selector = if low { "input[data-end=low]" } else { "input[data-end=high]" };
    let field = section.and_then(|section| section.query_selector(selector).ok().flatten());
    if let Some(field) =
        field.and_then(|field| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(field).ok())
    {
        let _ = field.focus();
        field.select();
    }
}
