//! The page: Leptos components, one file each, and the store that alone changes what they show.
//!
//! Geometry comes from `chart` and `viewport` and reaches the styles as custom properties; state
//! reaches them as `aria-*` and `data-*`. Text of files is only ever the text of a node.

mod about;
mod added;
mod art;
mod axis;
mod bars;
mod chart_head;
mod colours;
mod columns_menu;
mod compare;
mod compare_list;
mod compare_pair;
mod detail;
mod detail_fields;
mod detail_image;
mod detail_prompt;
mod detail_same;
mod empty;
mod exact;
mod explore;
mod export_menu;
mod focus;
mod format;
mod gallery;
mod gallery_bar;
mod gallery_tile;
mod heat;
mod help;
mod histogram;
mod host;
mod icon;
mod lanes;
mod later;
mod marked;
mod metadata;
mod notices;
mod open_boxes;
mod phrases;
mod picture;
mod plot;
mod popover;
mod prompts;
mod rail;
mod rail_sheet;
mod range_fields;
mod repository;
mod result;
mod safe;
mod save_chart;
mod script_part;
mod search_field;
mod search_state;
mod settings;
mod sheet;
mod shortcuts;
mod sign_in;
mod slices;
mod sort_note;
mod start_page;
mod status_bar;
mod store;
mod subset_menu;
mod table;
mod table_head;
mod table_row;
mod term;
mod text_clause;
mod theme;
mod top_bar;
mod turn;
mod undo_buttons;
mod views;
mod worker_link;
mod zoom;

use crate::spec::TableRef;
use crate::wire;
use explore::Explore;
use help::{Help, HelpPlace};
use later::{Fetched, Late, Later};
pub use later::{Images, Modules, Panels, Start, Texts, images, panels, start as start_page, texts};
use leptos::prelude::*;
use shortcuts::{Shortcuts, ShortcutsSheet};
use store::{Store, mark};
use theme::Theme;
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
        let title = format::title(store.spec.with(|spec| spec.table.clone()).as_ref());
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
