//! The wordmark, which leads to the start page.

use crate::protocol::texts::panels as texts;
use crate::ui::store::use_store;
use crate::ui::widgets::links::opens_elsewhere;
use leptos::prelude::*;

/// The wordmark: a thing in a lit case.
#[component]
pub fn Brand() -> impl IntoView {
    let store = use_store();
    let home = move |event: leptos::ev::MouseEvent| {
        if !opens_elsewhere(&event) {
            event.prevent_default();
            store.close();
        }
    };
    view! {
        <a class="brand" href="./" aria-label=texts::HOME on:click=home>
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <path
                    class="brand-glass"
                    d="M3.25 2.25h13.5v11.5H3.25zM1.5 17.25h17M4.5 13.75v3.5M15.5 13.75v3.5"
                />
                <path class="brand-thing" d="M10 4.75l3.25 4.25L10 13 6.75 9z"/>
                <path class="brand-glint" d="M5 6.5l2-2.25"/>
            </svg>
            <span class="brand-name">{texts::NAME}</span>
        </a>
    }
}
