//! The sheet of keys, behind the question mark, and the keys that work wherever the focus is.

use crate::protocol::texts::{common as texts, keys};
use crate::ui::panels::help::Help;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::use_store;
use crate::ui::widgets::focus;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::keys::page_key;
use crate::ui::widgets::sheet::sheet;
use crate::view::keys::sheet::{Line, cap};
use crate::view::keys::{PageKey, SHEET};
use crate::view::views::{View, ViewFacts};
use leptos::prelude::*;

/// Whether the sheet is open.
#[derive(Clone, Copy)]
pub struct Shortcuts(pub RwSignal<bool>);

/// The sheet; it is always there and shows itself.
#[component]
pub fn ShortcutsSheet() -> impl IntoView {
    let store = use_store();
    let Shortcuts(open) = use_context().unwrap_or_else(|| Shortcuts(RwSignal::new(false)));
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        let Some(action) = page_key(&event) else { return };
        match action {
            PageKey::Search => focus::to_search(),
            PageKey::Undo => store.undo(),
            PageKey::Redo => store.redo(),
            PageKey::ShowKeys => open.set(true),
            PageKey::Show(view) => {
                if store.spec.with_untracked(|spec| spec.table.is_none()) || !untrack(|| store.has_view(view))
                {
                    return;
                }
                store.set_view(view);
            }
            // Each panel listens itself.
            PageKey::Close => return,
        }
        event.prevent_default();
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
    let sections = SHEET.iter().enumerate().filter(|(_, section)| !keys::place(section.place).is_empty());
    let sections = sections.map(|(at, section)| {
        let lines = section.lines.iter().filter(|line| !keys::says(line.says).is_empty());
        view! {
            <section>
                <h3>{keys::place(section.place)}</h3>
                <dl>
                    {(at == 0).then(view_keys)}
                    {lines.map(|line| key_line(caps_of(line), keys::says(line.says).to_owned())).collect_view()}
                </dl>
            </section>
        }
    });
    view! {
        <dialog class="sheet" aria-labelledby="sheet-title" node_ref=dialog on:close=move |_| shut()>
            <header>
                <h2 id="sheet-title">{texts::SHORTCUTS}</h2>
                <button type="button" class="button" data-kind="line" data-size="small" on:click=guide>
                    {texts::HELP}
                </button>
                <button type="button" class="close" aria-label=texts::CLOSE on:click=move |_| close()>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="sheet-parts">{sections.collect_view()}</div>
        </dialog>
    }
}

/// The keys of views, which stand with the views.
fn view_keys() -> impl IntoView {
    let facts: Vec<&ViewFacts> =
        View::ALL.iter().map(|view| view.facts()).filter(|facts| facts.key.is_some()).collect();
    let keys = facts.iter().filter_map(|facts| facts.key).map(|key| cap(&key.to_string()));
    let titles: Vec<String> = facts.iter().map(|facts| facts.title.to_lowercase()).collect();
    key_line(keys.collect(), titles.join(", "))
}

/// The caps of the keys of a line; modifiers that all of them share are printed once.
fn caps_of(line: &Line) -> Vec<String> {
    let mut caps: Vec<String> = Vec::new();
    for (with, key) in line.keys {
        let modifiers = with.names().iter().map(|name| (*name).to_owned());
        caps.extend(modifiers.filter(|name| !caps.contains(name)).collect::<Vec<_>>());
        caps.push(cap(key));
    }
    caps
}

fn key_line(caps: Vec<String>, words: String) -> impl IntoView {
    view! {
        <div>
            <dt>{caps.into_iter().map(|cap| view! { <kbd>{cap}</kbd> }).collect_view()}</dt>
            <dd>{words}</dd>
        </div>
    }
}
