//! The guide within the app: the documents that stand in the repository, fetched when they are wanted.

use crate::base::markdown;
use crate::base::markdown::{Block, Inline};
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::sheet::sheet;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Whether the guide is open.
#[derive(Clone, Copy)]
pub struct Help(pub RwSignal<bool>);

/// The place of the guide; it is always there and shows itself.
#[component]
pub fn HelpPlace() -> impl IntoView {
    let Help(open) = use_context().unwrap_or_else(|| Help(RwSignal::new(false)));
    view! {
        <Show when=move || open.get()>
            <LazyPart of=Lazy::Help/>
        </Show>
    }
}

/// What came of a document.
#[derive(Clone)]
enum Coming {
    Waits,
    Here(String),
    Failed,
}

/// The guide itself.
#[component]
pub fn HelpSheet() -> impl IntoView {
    let Help(open) = use_context().unwrap_or_else(|| Help(RwSignal::new(false)));
    let (dialog, close) = sheet(move || open.set(false));
    let coming = RwSignal::new(Coming::Waits);
    let fetch = move || {
        coming.set(Coming::Waits);
        spawn_local(async move {
            let text = documents().await.map_or(Coming::Failed, Coming::Here);
            // By then it may be closed.
            let _ = coming.try_set(text);
        });
    };
    fetch();
    let body = move || {
        match coming.get() {
        Coming::Waits => view! { <p role="status" aria-label="Loading"><i class="skeleton"></i></p> }.into_any(),
        Coming::Here(text) => document_view(&text).into_any(),
        Coming::Failed => view! {
            <p role="alert">
                "The guide could not be fetched. "
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| fetch()>"Try again"</button>
            </p>
        }
        .into_any(),
    }
    };
    view! {
        <dialog class="sheet help" aria-labelledby="help-title" node_ref=dialog on:close=move |_| open.set(false)>
            <header>
                <h2 id="help-title">"Help"</h2>
                <button type="button" class="close" aria-label="Close" on:click=move |_| close()>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="help-text" tabindex="0" role="region" aria-label="Guide">{body}</div>
        </dialog>
    }
}

/// The documents that the page names, one after another.
async fn documents() -> Option<String> {
    let links = document().query_selector_all("link[rel=help]").ok()?;
    let mut text = String::new();
    for at in 0..links.length() {
        let link: web_sys::Element = links.get(at)?.dyn_into().ok()?;
        let address = link.get_attribute("href")?;
        let answer = JsFuture::from(window().fetch_with_str(&address)).await.ok()?;
        let answer: web_sys::Response = answer.dyn_into().ok()?;
        if !answer.ok() {
            return None;
        }
        text.push_str(&JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?);
        text.push('\n');
    }
    (!text.is_empty()).then_some(text)
}

fn document_view(text: &str) -> Vec<AnyView> {
    markdown::read(text).into_iter().map(block).collect()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Heading(1, words) => view! { <h3 class="help-top">{inlines(words)}</h3> }.into_any(),
        Block::Heading(_, words) => view! { <h4>{inlines(words)}</h4> }.into_any(),
        Block::Paragraph(words) => view! { <p>{inlines(words)}</p> }.into_any(),
        Block::Code(text) => view! { <pre>{text}</pre> }.into_any(),
        Block::List(points) => {
            let points = points.into_iter().map(|words| view! { <li>{inlines(words)}</li> });
            view! { <ul>{points.collect_view()}</ul> }.into_any()
        }
        Block::Table(rows) => {
            let mut rows = rows.into_iter();
            let head = rows.next().unwrap_or_default();
            let head = head.into_iter().map(|words| view! { <th>{inlines(words)}</th> }).collect_view();
            let rows = rows.map(|row| {
                let cells = row.into_iter().map(|words| view! { <td>{inlines(words)}</td> });
                view! { <tr>{cells.collect_view()}</tr> }
            });
            view! {
                <table>
                    <thead><tr>{head}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            }
            .into_any()
        }
    }
}

fn inlines(words: Vec<Inline>) -> Vec<AnyView> {
    let view = |inline| match inline {
        Inline::Text(text) => text.into_any(),
        Inline::Code(text) => view! { <code>{text}</code> }.into_any(),
        Inline::Strong(text) => view! { <strong>{text}</strong> }.into_any(),
        Inline::Name(text) => view! { <em>{text}</em> }.into_any(),
        // Documents lead to each other, which here are one; what leads out does so.
        Inline::Link(words, to) if to.starts_with("https://") => {
            view! { <a class="link" href=to target="_blank" rel="noopener noreferrer">{words}</a> }.into_any()
        }
        Inline::Link(words, _) => words.into_any(),
    };
    words.into_iter().map(view).collect()
}
