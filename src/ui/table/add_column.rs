//! Adding columns that are measured of texts.

use crate::protocol::Column;
use crate::protocol::texts::added as texts;
use crate::ui::store::{facts, use_store};
use crate::view::measures::{Measure, Measured};
use leptos::prelude::*;

/// The column that is measured, and what can be measured of it.
#[component]
pub fn AddColumn() -> impl IntoView {
    let store = use_store();
    let sources = Memo::new(move |_| {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            let texts = columns.iter().filter(|column| column.is_plain_text());
            texts.cloned().collect::<Vec<Column>>()
        })
    });
    let chosen = RwSignal::new(None::<String>);
    let source = Memo::new(move |_| {
        let prompt = store.opened.with(|opened| opened.as_ref().and_then(|opened| opened.prompt.clone()));
        let name = chosen.get().or(prompt);
        sources.with(|sources| {
            let named = sources.iter().find(|column| Some(&column.name) == name.as_ref());
            named.or(sources.first()).cloned()
        })
    });
    let choose = move |event| chosen.set(Some(event_target_value(&event)));
    let options = move || {
        let now = source.with(|source| source.as_ref().map(|source| source.name.clone()));
        sources.with(|sources| {
            let option = |column: &Column| {
                let (name, title) = (column.name.clone(), facts::title(&column.name).to_owned());
                view! { <option value=name.clone() selected=now == Some(name)>{title}</option> }
            };
            sources.iter().map(option).collect_view()
        })
    };
    let cost = move || {
        source.get().map(|source| {
            let title = facts::title(&source.name).to_owned();
            if store.is_read(&source.name) {
                texts::is_read(&title)
            } else {
                texts::reads(&title, source.bytes)
            }
        })
    };
    view! {
        <Show when=move || !sources.with(Vec::is_empty)>
            <section class="add-column" aria-label=texts::ADD>
                <h2 class="panel-title">{texts::ADD}</h2>
                <Show when=move || sources.with(|sources| sources.len() > 1)>
                    <select class="field" aria-label=texts::MEASURED on:change=choose>{options}</select>
                </Show>
                <ul class="checks">
                    {Measure::ALL.map(|measure| view! { <li><MeasureCheck measure source/></li> }).into_iter().collect_view()}
                </ul>
                <p class="panel-note">{cost}</p>
            </section>
        </Show>
    }
}

#[component]
fn MeasureCheck(measure: Measure, source: Memo<Option<Column>>) -> impl IntoView {
    let store = use_store();
    let name = Memo::new(move |_| {
        source.with(|source| {
            source
                .as_ref()
                .map(|source| Measured { measure, column: &source.name }.to_string())
                .unwrap_or_default()
        })
    });
    let is_added = Memo::new(move |_| store.spec.with(|spec| name.with(|name| spec.added.contains(name))));
    let toggle = move |_| {
        if let Some(source) = source.get_untracked() {
            store.set_added(&name.get_untracked(), &source, !is_added.get_untracked());
        }
    };
    view! {
        <label class="check" title=texts::about(measure)>
            <input type="checkbox" prop:checked=move || is_added.get() on:change=toggle/>
            <span>{texts::title(measure)}</span>
        </label>
    }
}
