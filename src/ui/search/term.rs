//! A part of prompts as a button: asked for by a click, left out with Alt, and by key either way.

use crate::protocol::texts::common as texts;
use crate::ui::store::use_store;
use crate::ui::widgets::keys::key_action;
use crate::view::keys::{TERM, TermKey};
use crate::view::query;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;

/// The button; pressed again it takes back what it did.
#[component]
pub fn Term(
    /// The words.
    text: String,
    /// What it looks like.
    class: &'static str,
) -> impl IntoView {
    let store = use_store();
    let stance = Memo::new({
        let text = text.clone();
        move |_| {
            let query = store.spec.with(|spec| spec.query.clone())?;
            query::stance(&query::parse(&query).ok()?, &text)
        }
    });
    let toggled = StoredValue::new(text.clone());
    let toggle = move |excluded: bool| toggled.with_value(|text| store.toggle_term(text, excluded));
    let click = move |event: MouseEvent| toggle(event.alt_key());
    let key = move |event: KeyboardEvent| {
        // A click that a key makes does not say in every browser what else was pressed.
        if let Some(TermKey::Exclude) = key_action(TERM, &event) {
            event.prevent_default();
            toggle(true);
        }
    };
    view! {
        <button
            type="button"
            class=class
            aria-pressed=move || (stance.get() == Some(false)).to_string()
            data-not=move || (stance.get() == Some(true)).then_some("")
            on:click=click
            on:keydown=key
        >
            <Show when=move || stance.get() == Some(true)>
                <b>{texts::NOT}</b>
            </Show>
            {text}
        </button>
    }
}
