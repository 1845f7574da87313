//! The page: Leptos components, one file each, and the store that alone changes what they show.
//!
//! Geometry comes from `chart` and `viewport` and reaches the styles as custom properties; state
//! reaches them as `aria-*` and `data-*`. Text of files is only ever the text of a node.

mod charts;
mod compare;
mod detail;
mod gallery;
mod panels;
mod runtime;
mod search;
mod start;
mod store;
mod table;
mod widgets;

use crate::protocol::wire;
use crate::view::spec::TableRef;
use leptos::prelude::*;
use panels::explore::Explore;
use panels::help::{Help, HelpPlace};
use panels::shortcuts::{Shortcuts, ShortcutsSheet};
use runtime::later::{Fetched, Late, Later};
pub use runtime::later::{Images, Modules, Panels, Start, Texts, images, panels, start as start_page, texts};
use runtime::theme::Theme;
use runtime::{host, names, slices};
use store::{Store, mark};
use wasm_bindgen_futures::spawn_local;

/// Puts the page in place of what the document shows until then.
pub fn start(modules: Modules) {
    if host::is_named() {
        // What its tables are called, and which Hub is asked, is known before anything is shown.
        spawn_local(async move {
            host::read(modules).await;
            mount(modules);
        });
    } else {
        mount(modules);
    }
}

fn mount(modules: Modules) {
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    slices::begin();
    mount_to_body(move || view! { <App modules/> });
}

/// What the page is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Start,
    Repository,
    Table,
}

fn carries_files(event: &leptos::ev::DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

#[component]
fn App(modules: Modules) -> impl IntoView {
    let store = Store::new();
    provide_context(store);
    provide_context(Fetched::nothing(store, modules));
    provide_context(Theme::new());
    provide_context(Shortcuts(RwSignal::new(false)));
    provide_context(Help(RwSignal::new(false)));
    store.follow_address_bar();
    request_animation_frame(|| mark("vitrine:shell"));
    // A network that is back is not waited for.
    let _ = window_event_listener(leptos::ev::online, move |_| {
        if store.opened.with_untracked(Option::is_some) {
            store.retry();
        }
    });

    // A file that is dropped anywhere is opened, and never replaces the page. Text goes where it is dropped.
    let _ = window_event_listener(leptos::ev::dragover, |event| {
        if carries_files(&event) {
            event.prevent_default();
        }
    });
    let _ = window_event_listener(leptos::ev::drop, move |event| {
        if carries_files(&event) && !event.default_prevented() {
            event.prevent_default();
            if let Err(trouble) = store.open_files(event.data_transfer().and_then(|data| data.files())) {
                store.tell(trouble);
            }
        }
    });

    let page = Memo::new(move |_| {
        store.spec.with(|spec| match &spec.table {
            None => Page::Start,
            Some(TableRef::Folder(_)) => Page::Repository,
            Some(TableRef::Catalogue(_) | TableRef::Hub(_) | TableRef::Url(_) | TableRef::Local(_)) => {
                Page::Table
            }
        })
    });
    let embedded = move || store.spec.with(|spec| spec.embed).then_some("");
    Effect::new(move || {
        let title = names::title(store.spec.with(|spec| spec.table.clone()).as_ref());
        document().set_title(&title);
    });
    view! {
        <div class="page" data-embed=embedded>
            {move || match page.get() {
                Page::Start => view! { <Later late=Late::Start/> }.into_any(),
                Page::Repository => view! { <Later late=Late::Repository/> }.into_any(),
                Page::Table => view! { <Explore/> }.into_any(),
            }}
            <ShortcutsSheet/>
            <HelpPlace/>
        </div>
    }
}
