//! Texts that are too many to be charted, as names of files: filtered by value, and by having one.

use crate::protocol::Column;
use crate::protocol::texts::{charts as texts, common};
use crate::ui::store::facts;
use crate::ui::store::{Commit, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::choice;
use crate::view::spec::{Clause, ListValue};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// One column: a line that opens a field.
#[component]
pub fn TextClause(column: Column) -> impl IntoView {
    let store = use_store();
    let Column { name, bytes, .. } = column;
    let title = facts::title(&name).to_owned();
    let about = facts::column(&name).map(|facts| &*facts.about);
    let data_column = name.clone();
    let column = StoredValue::new(name);
    let clause = Memo::new(move |_| {
        store.spec.with(|spec| column.with_value(|column| spec.filters.get(column).cloned()))
    });
    let open = RwSignal::new(clause.with_untracked(Option::is_some));
    let size = move || texts::text_filter(column.with_value(|column| store.sort_reads(column)).min(bytes));
    let label = StoredValue::new(title.clone());
    view! {
        <div
            class="text-clause"
            role="group"
            aria-label=title.clone()
            data-of=data_column
            data-brushed=move || clause.with(Option::is_some).then_some("")
        >
            <div class="unread">
                <h3 title=about>{title.clone()}</h3>
                <button
                    type="button"
                    class="button"
                    data-size="small"
                    data-kind="link"
                    aria-label=move || label.with_value(|label| texts::text_button(label, &size()))
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {icon(Icon::Search)}
                    {size}
                </button>
            </div>
            <Show when=move || open.get()>
                {field(&label.get_value(), column, clause)}
            </Show>
        </div>
    }
}

/// The field for a value, and the switches for having one.
fn field(title: &str, column: StoredValue<String>, clause: Memo<Option<Clause>>) -> AnyView {
    let store = use_store();
    let set =
        move |next: Option<Clause>| column.with_value(|column| store.set_clause(column, next, Commit::Step));
    let key = move |event: KeyboardEvent| {
        let text = event_target_value(&event);
        if event.key() == "Enter" && !text.is_empty() {
            event.prevent_default();
            set(choice::toggled(clause.get_untracked(), &ListValue::Text(text)));
            let input: web_sys::HtmlInputElement = event_target(&event);
            input.set_value("");
        }
    };
    let switch = move |clause_of: Clause, words: &'static str| {
        let (pressed, next) = (clause_of.clone(), clause_of);
        view! {
            <button
                type="button"
                class="button"
                data-size="small"
                aria-pressed=move || (clause.get().as_ref() == Some(&pressed)).to_string()
                on:click=move |_| {
                    let is_on = clause.get_untracked().as_ref() == Some(&next);
                    set((!is_on).then(|| next.clone()));
                }
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="exact">
            <input
                type="text"
                class="field"
                autocomplete="off"
                spellcheck="false"
                aria-label=texts::text_field(title)
                placeholder=texts::TEXT_HINT
                on:keydown=key
            />
            <div class="text-switches">
                {switch(Clause::Null, common::NONE)}
                {switch(Clause::NotNull, texts::ANY_VALUE)}
            </div>
        </div>
    }
    .into_any()
}
