//! The page: Leptos components, one file each, and the store that alone changes what they show.
//!
//! Geometry comes from `chart` and `viewport` and reaches the styles as custom properties; state
//! reaches them as `aria-*` and `data-*`. Text of files is only ever the text of a node.

mod charts;
mod compare;
mod detail;
mod gallery;
mod groups;
mod panels;
mod plot;
mod preference;
mod runtime;
mod search;
mod start;
mod store;
mod table;
pub mod views;
mod widgets;

use crate::view::spec::TableRef;
use leptos::prelude::*;
use panels::explore::Explore;
use panels::help::{Help, HelpPlace};
use panels::shortcuts::{Shortcuts, ShortcutsSheet};
pub use runtime::lazy::{Entry, Loading, Module};
use runtime::lazy::{Lazy, LazyPart, Loaded};
use runtime::marks::mark;
use runtime::theme::Theme;
use runtime::{host, names, shell, slices};
use store::Store;
use wasm_bindgen_futures::spawn_local;

/// Puts the page in place of the static shell. `load` fetches a module.
pub fn start(load: fn(Module) -> Loading) {
    if host::is_awaited() {
        // The names of its tables and the Hub to ask must be known before anything is shown.
        spawn_local(async move {
            let reader = async { load(Module::Panels).await.and_then(|entry| entry.catalogue) };
            host::read(reader).await;
            mount(load);
        });
    } else {
        mount(load);
    }
}

fn mount(load: fn(Module) -> Loading) {
    slices::begin();
    mount_to_body(move || view! { <App load/> });
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
fn App(load: fn(Module) -> Loading) -> impl IntoView {
    let store = Store::new();
    provide_context(store);
    provide_context(Loaded::new(store, views::registry(load), views::main()));
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
    // The start page comes with its module, and says itself when it is there; the others come in turns.
    if page.get_untracked() != Page::Start {
        slices::in_turn(|| drop(shell::take_over()));
    }
    let embedded = move || store.spec.with(|spec| spec.embed).then_some("");
    Effect::new(move || {
        let title = names::title(store.spec.with(|spec| spec.table.clone()).as_ref());
        document().set_title(&title);
    });
    view! {
        <div class="page" data-embed=embedded>
            {move || match page.get() {
                Page::Start => view! { <LazyPart of=Lazy::Start/> }.into_any(),
                Page::Repository => view! { <LazyPart of=Lazy::Repository/> }.into_any(),
                Page::Table => view! { <Explore/> }.into_any(),
            }}
            <ShortcutsSheet/>
            <HelpPlace/>
        </div>
    }
}
