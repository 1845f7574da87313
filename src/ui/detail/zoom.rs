//! One image over everything else, as large as one likes.

use crate::protocol::texts::detail as texts;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::keys::key_action;
use crate::view::drag::Magnified;
use crate::view::keys::{IMAGE, ImageKey};
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The image at `url` over the page.
#[component]
pub fn Zoom(
    #[prop(into)] url: Signal<String>,
    #[prop(into)] name: Signal<String>,
    close: Callback<()>,
) -> impl IntoView {
    let view = RwSignal::new(Magnified::WHOLE);
    let frame: NodeRef<html::Div> = NodeRef::new();
    let held = StoredValue::new(None::<(f64, f64)>);
    keep_focus(frame);
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let Some(frame) = frame.get_untracked() else { return };
        let rect = frame.get_bounding_client_rect();
        let x = f64::from(event.client_x()) - rect.left() - rect.width() / 2.0;
        let y = f64::from(event.client_y()) - rect.top() - rect.height() / 2.0;
        view.update(|view| *view = view.wheeled(event.delta_y(), (x, y)));
    };
    let key = move |event: KeyboardEvent| {
        let Some(action) = key_action(IMAGE, &event) else { return };
        if action == ImageKey::Close {
            close.run(());
        } else if let Some(next) = view.get_untracked().after_key(action) {
            view.set(next);
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let place = |event: &PointerEvent| (f64::from(event.client_x()), f64::from(event.client_y()));
    let down = move |event: PointerEvent| {
        held.set_value(Some(place(&event)));
        if let Some(frame) = frame.get_untracked() {
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: PointerEvent| {
        let now = place(&event);
        if let Some(before) = held.get_value() {
            held.set_value(Some(now));
            view.update(|view| *view = view.moved((now.0 - before.0, now.1 - before.1)));
        }
    };
    view! {
        <div
            class="zoom"
            role="dialog"
            aria-modal="true"
            aria-label=texts::FULL_SIZE
            tabindex="-1"
            node_ref=frame
            style=("--zoom", move || format!("{:.4}", view.get().zoom))
            style=("--x", move || format!("{:.1}px", view.get().x_px))
            style=("--y", move || format!("{:.1}px", view.get().y_px))
            on:wheel=wheel
            on:keydown=key
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=move |_| held.set_value(None)
            on:pointercancel=move |_| held.set_value(None)
            on:dblclick=move |_| view.set(Magnified::WHOLE)
        >
            <img src=move || url.get() alt=move || name.get() draggable="false"/>
            <button
                type="button"
                class="button"
                data-kind="icon"
                aria-label=texts::CLOSE_IMAGE
                on:pointerdown=move |event| event.stop_propagation()
                on:click=move |_| close.run(())
            >
                {icon(Icon::Close)}
            </button>
        </div>
    }
}

/// The image has the focus while it is open; then what had it before has it again.
fn keep_focus(frame: NodeRef<html::Div>) {
    let before = StoredValue::new_local(document().active_element());
    Effect::new(move || {
        if let Some(frame) = frame.get() {
            let _ = frame.focus();
        }
    });
    on_cleanup(move || {
        let before = before.try_with_value(Clone::clone).flatten();
        if let Some(before) = before.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = before.focus();
        }
    });
}
