//! The guide within the app: rendered by the build, fetched when it is opened.

use crate::protocol::texts::{common, panels as texts};
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::sheet::sheet;
use js_sys::Array;
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

/// Where the guide's file is.
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
            let text = guide_json().await.map_or(Coming::Failed, Coming::Here);
            // By then it may be closed.
            let _ = coming.try_set(text);
        });
    };
    fetch();
    let body = move || {
        match coming.get() {
        Coming::Waits => view! { <p role="status" aria-label=texts::LOADING><i class="skeleton"></i></p> }.into_any(),
        Coming::Here(json) => guide(&json),
        Coming::Failed => view! {
            <p role="alert">
                {texts::NO_GUIDE}
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| fetch()>{texts::TRY_AGAIN}</button>
            </p>
        }
        .into_any(),
    }
    };
    view! {
        <dialog class="sheet help" aria-labelledby="help-title" node_ref=dialog on:close=move |_| open.set(false)>
            <header>
                <h2 id="help-title">{common::HELP}</h2>
                <button type="button" class="close" aria-label=common::CLOSE on:click=move |_| close()>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="help-text" tabindex="0" role="region" aria-label=texts::GUIDE>{body}</div>
        </dialog>
    }
}

/// The guide that the page names, as JSON.
async fn guide_json() -> Option<String> {
    let link = document().query_selector("link[rel=help]").ok()??;
    let address = link.get_attribute("href")?;
    let answer = JsFuture::from(window().fetch_with_str(&address)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// The guide's elements.
fn guide(json: &str) -> AnyView {
    let nodes: Array =
        js_sys::JSON::parse(json).ok().and_then(|nodes| nodes.dyn_into().ok()).unwrap_or_default();
    let place = NodeRef::<leptos::html::Div>::new();
    place.on_load(move |place| append(&place, &nodes, 0));
    view! { <div class="help-guide" node_ref=place></div> }.into_any()
}

/// Appends the nodes from `first` on. A node is a text, or an element as an array: its tag, the address
/// that it leads to or an empty text, and its children. The build writes them.
fn append(parent: &web_sys::Element, nodes: &Array, first: u32) {
    for at in first..nodes.length() {
        let node = nodes.get(at);
        if let Some(text) = node.as_string() {
            let _ = parent.append_with_str_1(&text);
            continue;
        }
        let parts: Array = node.unchecked_into();
        let text = |at: u32| parts.get(at).as_string().unwrap_or_default();
        let Ok(element) = document().create_element(&text(0)) else { continue };
        let address = text(1);
        if !address.is_empty() {
            for (name, value) in
                [("class", "link"), ("href", &address), ("target", "_blank"), ("rel", "noopener noreferrer")]
            {
                let _ = element.set_attribute(name, value);
            }
        }
        append(&element, &parts, 2);
        let _ = parent.append_child(&element);
    }
}
