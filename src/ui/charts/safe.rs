//! The usual cut of what is safe for work, in one press: both scores below a tenth.

use crate::protocol::texts::charts as texts;
use crate::ui::store::use_store;
use crate::view::catalog;
use crate::view::roles::Role;
use crate::view::spec::{Bound, Clause, Range};
use leptos::prelude::*;

/// The switch; nothing where the table does not have both scores.
#[component]
pub fn SafePreset() -> impl IntoView {
    let store = use_store();
    let scores = Memo::new(move |_| Some([store.role(Role::NsfwImage)?, store.role(Role::NsfwPrompt)?]));
    let safe = Clause::Range(Range { low: None, high: Some(Bound::Number(catalog::SAFE_BELOW)) });
    let safe = StoredValue::new(safe);
    let is_on = Memo::new(move |_| {
        let scores = scores.get().unwrap_or_default();
        store.spec.with(|spec| {
            scores.iter().all(|name| safe.with_value(|safe| spec.filters.get(name) == Some(safe)))
        })
    });
    let toggle = move |_| {
        let clause = (!is_on.get_untracked()).then(|| safe.get_value());
        let scores = scores.get_untracked().into_iter().flatten();
        store.set_clauses(scores.map(|name| (name, clause.clone())).collect());
    };
    view! {
        <Show when=move || scores.with(Option::is_some)>
            <button
                type="button"
                class="button safe"
                data-size="small"
                title=texts::ABOUT_SAFE
                aria-pressed=move || is_on.get().to_string()
                on:click=toggle
            >
                {texts::SAFE}
            </button>
        </Show>
    }
}
