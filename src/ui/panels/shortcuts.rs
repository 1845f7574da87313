//! The sheet of keys, behind the question mark, and the keys that work wherever the focus is.

use crate::ui::panels::help::Help;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::sheet::sheet;
use crate::view::spec::View;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Whether the sheet is open.
#[derive(Clone, Copy)]
pub struct Shortcuts(pub RwSignal<bool>);

/// The keys, by where they work.
const KEYS: &[(&str, &[(&str, &str)])] = &[
    (
        "Anywhere",
        &[
            ("/", "search"),
            ("T G P", "table, gallery, prompts"),
            ("Ctrl Z", "a step back; with Shift, on again"),
            ("?", "this sheet"),
            ("Esc", "close what is open"),
        ],
    ),
    (
        "Rows and tiles",
        &[
            ("↑ ↓", "move; in the table J and K as well"),
            ("PgUp PgDn", "a screen"),
            ("Home End", "first, last"),
            ("Enter", "details"),
            ("Space", "in the gallery: choose"),
            ("C", "copy the prompt"),
        ],
    ),
    (
        "Handles of charts",
        &[
            ("← →", "one bin"),
            ("Shift ← →", "ten bins"),
            ("PgUp PgDn", "a quarter of the range"),
            ("Home End", "to the limit"),
            ("Enter", "type a number"),
            ("Esc", "clear"),
        ],
    ),
    ("Parts of prompts", &[("Enter", "search for it"), ("Alt Enter", "leave it out, as − does")]),
    ("Image at full size", &[("+ −", "nearer, farther"), ("0", "whole"), ("← → ↑ ↓", "move")]),
];

/// The sheet; it is always there and shows itself.
#[component]
pub fn ShortcutsSheet() -> impl IntoView {
    let store = use_store();
    let Shortcuts(open) = use_context().unwrap_or_else(|| Shortcuts(RwSignal::new(false)));
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.default_prevented() || is_typing(event.target()) || is_covered() {
            return;
        }
        if event.key() == "?" {
            event.prevent_default();
            open.set(true);
            return;
        }
        let Some(view) = View::of_key(&event.key()) else { return };
        if store.spec.with_untracked(|spec| spec.table.is_some()) && untrack(|| store.has_view(view)) {
            event.prevent_default();
            store.set_view(view);
        }
    });
    on_cleanup(move || pressed.remove());
    view! {
        <Show when=move || open.get()>
            <LazyPart of=Lazy::Shortcuts/>
        </Show>
    }
}

/// The sheet itself.
#[component]
pub fn Sheet() -> impl IntoView {
    let shown = use_context::<Shortcuts>();
    let shut = move || {
        if let Some(Shortcuts(shown)) = shown {
            shown.set(false);
        }
    };
    let (dialog, close) = sheet(shut);
    let help = use_context::<Help>();
    let guide = move |_| {
        close();
        if let Some(Help(help)) = help {
            help.set(true);
        }
    };
    let parts = KEYS.iter().map(|(title, keys)| {
        let keys = keys.iter().map(|(key, what)| {
            view! {
                <div>
                    <dt>{key.split(' ').map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</dt>
                    <dd>{*what}</dd>
                </div>
            }
        });
        view! {
            <section>
                <h3>{*title}</h3>
                <dl>{keys.collect_view()}</dl>
            </section>
        }
    });
    view! {
        <dialog class="sheet" aria-labelledby="sheet-title" node_ref=dialog on:close=move |_| shut()>
            <header>
                <h2 id="sheet-title">"Keyboard shortcuts"</h2>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=guide>
                    "Help"
                </button>
                <button type="button" class="close" aria-label="Close" on:click=move |_| close()>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="sheet-parts">{parts.collect_view()}</div>
        </dialog>
    }
}

/// Whether a key goes into a field.
fn is_typing(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| {
        let name = element.tag_name();
        let presses = ["checkbox", "radio", "range", "button", "file"];
        match name.as_str() {
            "INPUT" => element.get_attribute("type").is_none_or(|kind| !presses.contains(&kind.as_str())),
            "TEXTAREA" | "SELECT" => true,
            _ => false,
        }
    })
}

/// Whether something lies over the page that takes the keys.
fn is_covered() -> bool {
    document().query_selector("[role=dialog], dialog[open]").ok().flatten().is_some()
}
