//! Two buttons that take the last step back, and again.

use crate::protocol::texts::panels as texts;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use leptos::prelude::*;

/// The buttons; nothing before the first step.
#[component]
pub fn UndoButtons() -> impl IntoView {
    let store = use_store();
    let any = Memo::new(move |_| store.steps.get() != (0, 0));
    view! {
        <Show when=move || any.get()>
            <div class="undo" role="group" aria-label=texts::STEPS>
                {button(texts::UNDO, texts::UNDO_KEYS, Icon::Undo, move || store.steps.get().0 == 0, move || store.undo())}
                {button(texts::REDO, texts::REDO_KEYS, Icon::Redo, move || store.steps.get().1 == 0, move || store.redo())}
            </div>
        </Show>
    }
}

fn button(
    name: &'static str,
    keys: &'static str,
    sign: Icon,
    idle: impl Fn() -> bool + Send + 'static,
    step: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="close"
            aria-label=name
            title=format!("{name} ({keys})")
            disabled=idle
            on:click=move |_| step()
        >
            {icon(sign)}
        </button>
    }
}
