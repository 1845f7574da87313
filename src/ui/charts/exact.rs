//! Numbers by value instead of by range: a seed, a few steps. What is half typed stays here.

use crate::protocol::texts::charts as texts;
use crate::ui::store::{Commit, use_store};
use crate::view::choice;
use crate::view::spec::Clause;
use leptos::prelude::*;

/// The button that opens the field.
#[component]
pub fn ExactButton(title: String, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="log exact-button"
            title=texts::ABOUT_EXACT
            aria-label=texts::exact_button(&title)
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            "="
        </button>
    }
}

/// The field.
#[component]
pub fn ExactField(title: String, column: StoredValue<String>, clause: Memo<Option<Clause>>) -> impl IntoView {
    let store = use_store();
    let invalid = RwSignal::new(None::<&'static str>);
    let shown = Memo::new(move |_| choice::written(clause.get().as_ref()));
    let take = move |text: String| {
        if text == shown.get_untracked() {
            invalid.set(None);
            return;
        }
        match choice::typed(&text) {
            Ok(next) => {
                invalid.set(None);
                column.with_value(|column| store.set_clause(column, next, Commit::Step));
            }
            Err(message) => invalid.set(Some(message)),
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => take(event_target_value(&event)),
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            invalid.set(None);
            let input: web_sys::HtmlInputElement = event_target(&event);
            input.set_value(&shown.get_untracked());
        }
        _ => {}
    };
    view! {
        <div class="exact">
            <input
                type="text"
                class="field"
                inputmode="decimal"
                autocomplete="off"
                spellcheck="false"
                aria-label=texts::exact_field(&title)
                placeholder=texts::EXACT_HINT
                aria-invalid=move || invalid.get().is_some().then_some("true")
                prop:value=move || shown.get()
                on:change=move |event| take(event_target_value(&event))
                on:keydown=key
            />
            {move || invalid.get().map(|message| view! { <p class="dist-note" role="alert">{message}</p> })}
        </div>
    }
}
