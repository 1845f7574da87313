//! A column's head: its name, and a grip that sets its width.

use crate::ui::store::use_store;
use crate::ui::table::lanes::Lane;
use crate::view::catalog;
use crate::view::spec::Spec;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;

/// The narrowest column.
const MIN_COLUMN_PX: f64 = 48.0;
/// The widest column.
const MAX_COLUMN_PX: f64 = 1_200.0;

/// The head of one column. `widths` are those that someone has set.
#[component]
pub fn HeadCell(at: usize, lane: Lane, widths: RwSignal<BTreeMap<String, f64>>) -> impl IntoView {
    let Lane { name, title, number, prose, width_px } = lane;
    let about = catalog::column(&name).map(|facts| facts.about);
    let cell: NodeRef<html::Div> = NodeRef::new();
    let grip = StoredValue::new(None::<(f64, f64)>);
    let name = StoredValue::new(name);
    let width_now =
        move || cell.get_untracked().map_or(width_px, |cell| cell.get_bounding_client_rect().width());
    let resize = move |to: f64| {
        let to = to.round().clamp(MIN_COLUMN_PX, MAX_COLUMN_PX);
        widths.update(|widths| {
            widths.insert(name.get_value(), to);
        });
    };
    let down = move |event: web_sys::PointerEvent| {
        event.prevent_default();
        grip.set_value(Some((f64::from(event.client_x()), width_now())));
        if let Some(target) =
            event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        {
            let _ = target.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: web_sys::PointerEvent| {
        if let Some((from, width)) = grip.get_value() {
            resize(width + f64::from(event.client_x()) - from);
        }
    };
    let key = move |event: KeyboardEvent| {
        let step = if event.shift_key() { 64.0 } else { 16.0 };
        match event.key().as_str() {
            "ArrowLeft" => resize(width_now() - step),
            "ArrowRight" => resize(width_now() + step),
            "Escape" | "Home" => widths.update(|widths| {
                widths.remove(&name.get_value());
            }),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let store = use_store();
    let direction = move || {
        let key = |spec: &Spec| {
            name.with_value(|name| spec.sort.iter().find(|key| key.column == *name).map(|key| key.descending))
        };
        store.spec.with(key)
    };
    let sorted = move || match direction() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    let cost = move || {
        let words = "Sort by this column; with Shift besides the others";
        match name.with_value(|name| store.sort_reads(name)) {
            0 => words.to_owned(),
            bytes => format!("{words}. Reads {}", crate::base::bytes::human_bytes(bytes)),
        }
    };
    let present =
        move || widths.with(|widths| name.with_value(|name| widths.get(name).copied())).unwrap_or(width_px);
    view! {
        <div
            class="head-cell"
            role="columnheader"
            aria-sort=sorted
            aria-colindex=(at + 1).to_string()
            data-column=name.get_value()
            data-number=number.then_some("")
            data-prose=prose.then_some("")
            title=about
            node_ref=cell
        >
            <button
                type="button"
                class="sort"
                title=cost
                on:click=move |event| name.with_value(|name| store.sort_by(name, event.shift_key()))
            >
                {title.clone()}
                {move || direction().map(|down| if down { " ↓" } else { " ↑" })}
            </button>
            <i
                class="grip"
                role="separator"
                tabindex="0"
                aria-orientation="vertical"
                aria-label=format!("Width of {title}")
                aria-valuemin=MIN_COLUMN_PX.to_string()
                aria-valuemax=MAX_COLUMN_PX.to_string()
                aria-valuenow=move || format!("{:.0}", present())
                on:pointerdown=down
                on:pointermove=drag
                on:pointerup=move |_| grip.set_value(None)
                on:pointercancel=move |_| grip.set_value(None)
                on:keydown=key
            ></i>
        </div>
    }
}
