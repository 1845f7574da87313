//! One image over everything else, as large as one likes.

use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::keys::key_action;
use crate::view::keys::{IMAGE, ImageKey, Move};
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The least and the most magnification; 1 fits the window.
const ZOOM: (f64, f64) = (1.0, 12.0);

/// How far a key moves the image.
const STEP_PX: f64 = 80.0;

/// Magnification, and how far the image is moved from the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct View {
    zoom: f64,
    x_px: f64,
    y_px: f64,
}

const WHOLE: View = View { zoom: 1.0, x_px: 0.0, y_px: 0.0 };

/// The image at `url` over the page.
#[component]
pub fn Zoom(
    #[prop(into)] url: Signal<String>,
    #[prop(into)] name: Signal<String>,
    close: Callback<()>,
) -> impl IntoView {
    let view = RwSignal::new(WHOLE);
    let frame: NodeRef<html::Div> = NodeRef::new();
    let held = StoredValue::new(None::<(f64, f64)>);
    // What had the focus gets it back.
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
    let magnify = move |by: f64, x_px: f64, y_px: f64| {
        view.update(|view| {
            let zoom = (view.zoom * by).clamp(ZOOM.0, ZOOM.1);
            let grown = zoom / view.zoom;
            // What is under the pointer stays there.
            *view = View {
                zoom,
                x_px: x_px - (x_px - view.x_px) * grown,
                y_px: y_px - (y_px - view.y_px) * grown,
            };
            if zoom == ZOOM.0 {
                *view = WHOLE;
            }
        });
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let Some(frame) = frame.get_untracked() else { return };
        let rect = frame.get_bounding_client_rect();
        let x = f64::from(event.client_x()) - rect.left() - rect.width() / 2.0;
        let y = f64::from(event.client_y()) - rect.top() - rect.height() / 2.0;
        magnify((-event.delta_y() / 300.0).exp(), x, y);
    };
    let key = move |event: KeyboardEvent| {
        let shift = |x: f64, y: f64| {
            view.update(|view| {
                view.x_px += x;
                view.y_px += y;
            });
        };
        let Some(action) = key_action(IMAGE, &event) else { return };
        match action {
            ImageKey::Close => close.run(()),
            ImageKey::Nearer => magnify(1.5, 0.0, 0.0),
            ImageKey::Farther => magnify(1.0 / 1.5, 0.0, 0.0),
            ImageKey::Whole => view.set(WHOLE),
            ImageKey::Go(Move::Left) => shift(STEP_PX, 0.0),
            ImageKey::Go(Move::Right) => shift(-STEP_PX, 0.0),
            ImageKey::Go(Move::Up) => shift(0.0, STEP_PX),
            ImageKey::Go(Move::Down) => shift(0.0, -STEP_PX),
            ImageKey::Go(Move::PageUp | Move::PageDown | Move::First | Move::Last) | ImageKey::Stay => {}
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let down = move |event: PointerEvent| {
        held.set_value(Some((f64::from(event.client_x()), f64::from(event.client_y()))));
        if let Some(frame) = frame.get_untracked() {
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: PointerEvent| {
        let now = (f64::from(event.client_x()), f64::from(event.client_y()));
        if let Some((x, y)) = held.get_value() {
            held.set_value(Some(now));
            view.update(|view| {
                view.x_px += now.0 - x;
                view.y_px += now.1 - y;
            });
        }
    };
    view! {
        <div
            class="zoom"
            role="dialog"
            aria-modal="true"
            aria-label="Image at full size"
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
            on:dblclick=move |_| view.set(WHOLE)
        >
            <img src=move || url.get() alt=move || name.get() draggable="false"/>
            <button
                type="button"
                class="button"
                data-kind="icon"
                aria-label="Close the image"
                on:pointerdown=move |event| event.stop_propagation()
                on:click=move |_| close.run(())
            >
                {icon(Icon::Close)}
            </button>
        </div>
    }
}
