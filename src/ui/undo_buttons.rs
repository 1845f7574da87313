//! Two buttons that take the last step back, and again.

use super::icon::{Icon, icon};
use super::store::use_store;
use leptos::prelude::*;

/// The buttons; nothing before the first step.
#[component]
pub fn UndoButtons() -> impl IntoView {
    let store = use_store();
    let any = Memo::new(move |_| store.steps.get() != (0, 0));
    view! {
        <Show when=move || any.get()>
            <div class="undo" role="group" aria-label="Steps">
                <button
                    type="button"
                    class="close"
                    aria-label="Undo"
                    title="Undo (Ctrl+Z)"
                    disabled=move || store.steps.get().0 == 0
                    on:click=move |_| store.undo()
                >
                    {icon(Icon::Undo)}
                </button>
                <button
                    type="button"
                    class="close"
                    aria-label="Redo"
                    title="Redo (Ctrl+Shift+Z)"
                    disabled=move || store.steps.get().1 == 0
                    on:click=move |_| store.redo()
                >
                    {icon(Icon::Redo)}
                </button>
            </div>
        </Show>
    }
}
