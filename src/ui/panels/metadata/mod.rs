//! What the file says of itself: schema, row groups, column chunks, pages, key-value metadata.

mod chunks;
mod groups;
mod pages;
mod readable;
mod roles;

use crate::protocol::describe::{Describe, Described};
use crate::protocol::texts::metadata as texts;
use crate::ui::panels::metadata::chunks::chunks;
use crate::ui::panels::metadata::groups::groups;
use crate::ui::panels::metadata::pages::pages;
use crate::ui::panels::metadata::readable::readable;
use crate::ui::panels::metadata::roles::Roles;
use crate::ui::store::use_store;
use leptos::prelude::*;
use std::sync::Arc;

/// The view.
#[component]
pub fn Metadata() -> impl IntoView {
    let store = use_store();
    let group = RwSignal::new(0_u32);
    let column = RwSignal::new(None::<String>);
    // What is known grows with the files that are open, and with what is read.
    let open = Memo::new(move |_| store.opened.with(|opened| opened.as_ref().map(|opened| opened.rows)));
    Effect::new(move |_| {
        open.track();
        store.describe(Describe { group: group.get(), column: column.get() });
    });
    let known = move || store.described.get();
    view! {
        <div class="metadata" tabindex="0" role="region" aria-label=texts::METADATA>
            {move || match known() {
                None => view! { <p class="metadata-note" role="status">{texts::READING_FOOTER}</p> }.into_any(),
                Some(known) => parts(&known, group, column).into_any(),
            }}
        </div>
    }
}

fn parts(
    known: &Arc<Described>,
    group: RwSignal<u32>,
    column: RwSignal<Option<String>>,
) -> impl IntoView + use<> {
    let facts = known.facts.iter().cloned().map(|(name, value)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    });
    let file = known.file.clone().map(|file| view! { <p class="metadata-note">{file}</p> });
    let pairs = known.pairs.iter().cloned().map(|(key, value)| {
        view! { <div><dt>{key}</dt><dd><pre tabindex="0">{readable(&value)}</pre></dd></div> }
    });
    let schema = known.schema.iter().cloned().map(|field| {
        let depth = field.depth.to_string();
        view! {
            <tr>
                <th scope="row" style=("--depth", depth)>{field.name}</th>
                <td>{field.kind}</td>
                <td>{field.repetition}</td>
            </tr>
        }
    });
    view! {
        <section aria-label=texts::FILE>
            <h2>{texts::FILE}</h2>
            {file}
            <dl class="metadata-facts">{facts.collect_view()}</dl>
        </section>
        <Roles/>
        <section aria-label=texts::SCHEMA>
            <h2>{texts::SCHEMA}</h2>
            {grid(&[(texts::SCHEMA_FIELD, false), (texts::SCHEMA_TYPE, false), (texts::SCHEMA_OFTEN, false)], schema.collect_view().into_any())}
        </section>
        {groups(known, group)}
        {chunks(known, column)}
        {pages(known, column)}
        <section aria-label=texts::PAIRS>
            <h2>{texts::PAIRS}</h2>
            {known.pairs.is_empty().then(|| view! { <p class="metadata-note">{texts::NO_PAIRS}</p> })}
            <dl class="metadata-pairs">{pairs.collect_view()}</dl>
        </section>
    }
}

/// A table of rows under these heads; `true` is over numbers.
fn grid(heads: &[(&'static str, bool)], rows: AnyView) -> impl IntoView + use<> {
    let head = |(name, number): &(&'static str, bool)| {
        view! { <th scope="col" data-number=number.then_some("")>{*name}</th> }
    };
    view! {
        <div class="metadata-wide" tabindex="0">
            <table>
                <thead><tr>{heads.iter().map(head).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The head of a row, which chooses it.
fn row_head(name: String, chosen: bool, choose: impl Fn() + 'static) -> impl IntoView {
    view! {
        <th scope="row">
            <button
                type="button"
                class="button"
                data-size="small"
                aria-pressed=if chosen { "true" } else { "false" }
                on:click=move |_| choose()
            >
                {name}
            </button>
        </th>
    }
}
