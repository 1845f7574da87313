//! A column's head: its name, and a grip that sets its width.

use crate::protocol::display::middle;
use crate::protocol::texts::table as texts;
use crate::ui::store::facts;
use crate::ui::store::use_store;
use crate::ui::widgets::keys::key_action;
use crate::view::drag::{COLUMN_PX, Grip, grip_width};
use crate::view::keys::GRIP;
use crate::view::lanes::{Lane, Widths};
use crate::view::spec::Spec;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Width of a letter of a name, on average; room around it; and the most letters of the prompt's.
const LETTER_PX: f64 = 6.2;
const ROOM_PX: f64 = 16.0;
const MOST_LETTERS: usize = 60;

/// The head of one column. `widths` are those that someone has set.
#[component]
pub fn HeadCell(at: usize, lane: Lane, widths: RwSignal<Widths>) -> impl IntoView {
    let store = use_store();
    let Lane { name, title, number, prose, width_px, pictures: _ } = lane;
    let about = facts::column(&name).map(|facts| facts.about.to_string());
    // Letters that have room in a column of its usual width.
    let letters = if prose { MOST_LETTERS } else { ((width_px - ROOM_PX) / LETTER_PX) as usize };
    // Where it is cut, it is whole to those who hear it, and in the tooltip.
    let whole = (title.chars().count() > letters).then(|| title.clone());
    let about = about.or_else(|| whole.clone());
    let cell: NodeRef<html::Div> = NodeRef::new();
    let name = StoredValue::new(name);
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
                aria-label=whole
                title=move || name.with_value(|name| texts::sort_by(store.sort_reads(name)))
                on:click=move |event| name.with_value(|name| store.sort_by(name, event.shift_key()))
            >
                {middle(&title, letters)}
                {move || direction().map(|down| if down { texts::DESCENDING } else { texts::ASCENDING })}
            </button>
            <ColumnGrip title name cell widths width_px/>
        </div>
    }
}

/// The grip at a column's end. `width_px` is the column's usual width.
#[component]
fn ColumnGrip(
    title: String,
    name: StoredValue<String>,
    cell: NodeRef<html::Div>,
    widths: RwSignal<Widths>,
    width_px: f64,
) -> impl IntoView {
    let grip = StoredValue::new(None::<Grip>);
    let measured =
        move || cell.get_untracked().map_or(width_px, |cell| cell.get_bounding_client_rect().width());
    let resize = move |width: Option<f64>| {
        widths.update(|widths| {
            match width {
                Some(width) => widths.insert(name.get_value(), width),
                None => widths.remove(&name.get_value()),
            };
        });
    };
    let down = move |event: PointerEvent| {
        event.prevent_default();
        grip.set_value(Some(Grip { from_px: f64::from(event.client_x()), width_px: measured() }));
        let target = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let Some(target) = target {
            let _ = target.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: PointerEvent| {
        if let Some(grip) = grip.get_value() {
            resize(Some(grip.width_at(f64::from(event.client_x()))));
        }
    };
    let key = move |event: KeyboardEvent| {
        let Some(action) = key_action(GRIP, &event) else { return };
        resize(grip_width(action, event.shift_key(), measured()));
        event.prevent_default();
        event.stop_propagation();
    };
    let present =
        move || widths.with(|widths| name.with_value(|name| widths.get(name).copied())).unwrap_or(width_px);
    view! {
        <i
            class="grip"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=texts::width_of(&title)
            aria-valuemin=COLUMN_PX.0.to_string()
            aria-valuemax=COLUMN_PX.1.to_string()
            aria-valuenow=move || format!("{:.0}", present())
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=move |_| grip.set_value(None)
            on:pointercancel=move |_| grip.set_value(None)
            on:keydown=key
        ></i>
    }
}
