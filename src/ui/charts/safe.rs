//! The usual cut of what is safe for work, in one press: both scores below a tenth.

use crate::ui::store::use_store;
use crate::view::catalog;
use crate::view::spec::{Bound, Clause, Range};
use leptos::prelude::*;

/// The switch; nothing where the table does not have both scores.
#[component]
pub fn SafePreset() -> impl IntoView {
    let store = use_store();
    let has_both = Memo::new(move |_| {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            catalog::SCORES.iter().all(|name| columns.iter().any(|column| column.name == *name))
        })
    });
    let safe = Clause::Range(Range { low: None, high: Some(Bound::Number(catalog::SAFE_BELOW)) });
    let safe = StoredValue::new(safe);
    let is_on = Memo::new(move |_| {
        store.spec.with(|spec| {
            catalog::SCORES.iter().all(|name| safe.with_value(|safe| spec.filters.get(*name) == Some(safe)))
        })
    });
    let toggle = move |_| {
        let clause = (!is_on.get_untracked()).then(|| safe.get_value());
        store.set_clauses(catalog::SCORES.iter().map(|name| ((*name).to_owned(), clause.clone())).collect());
    };
    view! {
        <Show when=move || has_both.get()>
            <button
                type="button"
                class="button safe"
                data-size="small"
                title="Only rows whose prompt and image both score below 0.1 for not safe for work"
                aria-pressed=move || is_on.get().to_string()
                on:click=toggle
            >
                "safe only"
            </button>
        </Show>
    }
}
