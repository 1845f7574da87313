//! The part of the menu that copies the link.

use crate::protocol::texts::{common, export as texts, join, labels};
use crate::ui::store::use_store;
use crate::view::join::Join;
use leptos::prelude::*;

/// The link, and a frame for other pages.
#[component]
pub fn LinkPart() -> impl IntoView {
    let store = use_store();
    let link = move |_| match store.link() {
        Some(link) => store.copy(&link, common::LINK_COPIED),
        None => store.copy("", common::NOT_SHARED),
    };
    let frame = move |_| match store.embed_link() {
        Some(link) => {
            let link = link.replace('&', "&amp;").replace('"', "&quot;");
            let title = document().title().replace('&', "&amp;").replace('"', "&quot;");
            let text = format!(
                "<iframe src=\"{link}\" title=\"{title}\" width=\"100%\" height=\"640\" loading=\"lazy\" allow=\"clipboard-write\"></iframe>"
            );
            store.copy(&text, texts::SNIPPET_COPIED);
        }
        None => store.copy("", common::NOT_SHARED),
    };
    view! {
        <section class="export-part" aria-label=texts::VIEW>
            <h2 class="panel-title">{texts::THIS_VIEW}</h2>
            <Show when=move || store.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.own.is_some()))>
                <p class="export-note">{labels::NOT_IN_LINK}</p>
            </Show>
            <Show when=move || store.spec.with(|spec| spec.joins.iter().any(|words| Join::is_local(words)))>
                <p class="export-note">{join::NOT_IN_LINK}</p>
            </Show>
            <div class="export-row">
                <button type="button" class="button" data-kind="line" data-size="small" on:click=link>{texts::COPY_LINK}</button>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=frame>
                    {texts::COPY_SNIPPET}
                </button>
            </div>
        </section>
    }
}
