//! The size of an element, as it changes.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// An element, and its width and height in pixels, zero until it is laid out.
pub fn observe_size() -> (NodeRef<html::Div>, RwSignal<(f64, f64)>) {
    let node: NodeRef<html::Div> = NodeRef::new();
    let size = RwSignal::new((0.0_f64, 0.0_f64));
    Effect::new(move || {
        let Some(element) = node.get() else { return };
        let measured = element.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            let next = (f64::from(measured.client_width()), f64::from(measured.client_height()));
            if size.try_get_untracked().is_some_and(|now| now != next) {
                size.set(next);
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let cleanup = StoredValue::new_local((observer, changed));
            on_cleanup(move || cleanup.with_value(|(observer, _)| observer.disconnect()));
        }
    });
    (node, size)
}
