//! A button that opens a small panel below itself.
//!
//! Escape, a press elsewhere and focus that leaves close it.

use crate::ui::widgets::keys::key_action;
use crate::view::keys::{POPOVER, PopoverKey};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The button and its panel. `children` are made each time it opens and are handed what closes it.
#[component]
pub fn Popover(
    /// The panel's name and, for a button without words, the button's.
    #[prop(into)]
    label: Signal<String>,
    /// What is on the button.
    trigger: ViewFn,
    /// Class of the button.
    class: &'static str,
    /// Whether the panel is aligned with the button's end.
    #[prop(optional)]
    end: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let root: NodeRef<html::Div> = NodeRef::new();
    let button: NodeRef<html::Button> = NodeRef::new();

    let inside = move |target: Option<web_sys::EventTarget>| {
        let node = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        root.get_untracked().is_some_and(|root| node.is_some_and(|node| root.contains(Some(&node))))
    };
    let pressed = window_event_listener(leptos::ev::pointerdown, move |event| {
        if open.get_untracked() && !inside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || pressed.remove());

    let keydown = move |event: leptos::ev::KeyboardEvent| {
        if key_action(POPOVER, &event) == Some(PopoverKey::Close) && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    let left = move |event: leptos::ev::FocusEvent| {
        if event.related_target().is_some() && !inside(event.related_target()) {
            open.set(false);
        }
    };
    let children = StoredValue::new(children);
    view! {
        <div class="popover" node_ref=root on:keydown=keydown on:focusout=left>
            <button
                type="button"
                class=class
                node_ref=button
                aria-label=move || label.get()
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {trigger.run()}
            </button>
            <Show when=move || open.get()>
                <div class="panel" role="group" aria-label=move || label.get() data-end=end.then_some("")>
                    {
                        // Here only what is in the panel sees it.
                        provide_context(PopoverOpen(open));
                        children.with_value(|children| children())
                    }
                </div>
            </Show>
        </div>
    }
}

/// Whether the popover around a component is open.
#[derive(Clone, Copy)]
pub struct PopoverOpen(pub RwSignal<bool>);
