//! The other images of the same prompt, as a strip at the foot of the details.

use crate::protocol::display::number;
use crate::protocol::images::Want;
use crate::protocol::texts::{common, detail as texts};
use crate::protocol::{Cell, LoadState, Same};
use crate::ui::store::{Part, PickFor, RowData, Store, prompt_of, size_px, use_store};
use crate::ui::widgets::keys::key_action;
use crate::ui::widgets::picture::PictureOf;
use crate::view::keys::{Move, STRIP, StripKey};
use crate::view::roles::Role;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Length of an image on the screen.
const IMAGE_PX: f64 = 56.0;

/// Images of the strip; the others are a click away.
const MAX_IMAGES: usize = 24;

/// The strip: one stop of the Tab key, with arrows inside.
#[component]
pub fn SameStrip() -> impl IntoView {
    let store = use_store();
    // While another row's details are on their way, those before stay.
    let same = Memo::new(move |before: Option<&Option<Same>>| {
        store.detail.with(|detail| match detail {
            Some(detail) => detail.same.clone(),
            None => before.cloned().flatten(),
        })
    });
    let rows = Memo::new(move |_| {
        let own = store.spec.with(|spec| spec.row);
        let rows = same.with(|same| same.as_ref().map(|same| same.rows.clone()).unwrap_or_default());
        // The row itself is always one of those that are shown.
        let from = own.and_then(|own| rows.iter().position(|row| *row == own)).unwrap_or(0);
        let from = from.saturating_sub(MAX_IMAGES / 2).min(rows.len().saturating_sub(MAX_IMAGES));
        rows.into_iter().skip(from).take(MAX_IMAGES).collect::<Vec<_>>()
    });
    let complete = Memo::new(move |_| {
        let all = store.opened.with(|opened| opened.as_ref().map(|opened| opened.rows));
        same.with(|same| same.as_ref().map(|same| same.rows_read) >= all)
    });
    let several = Memo::new(move |_| rows.with(|rows| rows.len() > 1));
    let pictures = Memo::new(move |_| store.pictures().is_some());
    ask_for_images(
        store,
        Signal::derive(move || if several.get() && pictures.get() { rows.get() } else { Vec::new() }),
    );
    let said = move || {
        same.with(|same| {
            let Same { count, rows_read, .. } = same.clone()?;
            Some(if complete.get() {
                texts::same_rows(u64::from(count))
            } else {
                texts::same_among(u64::from(count), rows_read)
            })
        })
    };
    view! {
        <Show when=move || same.with(Option::is_some)>
            <footer class="same">
                <p>
                    <b>{texts::SAME_PROMPT}</b>
                    <span>{said}</span>
                    <Show when=move || !complete.get()>
                        <LookInAll/>
                    </Show>
                    <Show when=move || several.get()>
                        <button type="button" class="button" data-kind="link" data-size="small" on:click=move |_| show_all(store)>
                            {texts::SHOW_ALL}
                        </button>
                    </Show>
                </p>
                <Show when=move || several.get() && pictures.get()>
                    <Strip rows/>
                </Show>
            </footer>
        </Show>
    }
}

/// Asks for the images of these rows, as far as they may be seen.
fn ask_for_images(store: Store, rows: Signal<Vec<u64>>) {
    Effect::new(move || {
        let rows = rows.get();
        store.pick(PickFor::Same, rows.clone());
        let px = size_px(IMAGE_PX);
        let saving = store.images.saving.get();
        let wants =
            rows.into_iter().filter(|row| !saving && store.wants_row(*row)).map(|row| Want::of(row, px));
        store.images.look_at(Part::Same, wants.collect());
    });
    on_cleanup(move || {
        store.pick(PickFor::Same, Vec::new());
        store.images.look_at(Part::Same, Vec::new());
    });
}

/// Filters by the prompt.
fn show_all(store: Store) {
    let prompt =
        store.detail.with_untracked(|detail| match detail.as_ref().and_then(|detail| prompt_of(detail)) {
            Some((_, Cell::Text(prompt))) => Some(prompt.clone()),
            _ => None,
        });
    if let Some(prompt) = prompt {
        store.show_same(&prompt);
    }
}

#[component]
fn Strip(rows: Memo<Vec<u64>>) -> impl IntoView {
    let store = use_store();
    let frame: NodeRef<html::Ul> = NodeRef::new();
    let own = Memo::new(move |_| store.spec.with(|spec| spec.row));
    let active = RwSignal::new(None::<u64>);
    let current = Memo::new(move |_| {
        let here = |row: &u64| rows.with(|rows| rows.contains(row));
        active.get().filter(here).or_else(|| own.get().filter(here))
    });
    // What is chosen comes into sight.
    Effect::new(move || {
        let (Some(frame), Some(row)) = (frame.get(), current.get()) else { return };
        let place = rows.with(|rows| rows.iter().position(|other| *other == row)).unwrap_or(0) as f64;
        let (from, to) = (place * (IMAGE_PX + 4.0), (place + 1.0) * (IMAGE_PX + 4.0));
        let (left, width) = (f64::from(frame.scroll_left()), f64::from(frame.client_width()));
        if from < left {
            frame.set_scroll_left(from as i32);
        } else if to > left + width {
            frame.set_scroll_left((to - width) as i32);
        }
    });
    let key = move |event: KeyboardEvent| {
        let list = rows.get_untracked();
        let at =
            current.get_untracked().and_then(|row| list.iter().position(|other| *other == row)).unwrap_or(0);
        let Some(action) = key_action(STRIP, &event) else { return };
        let last = list.len().saturating_sub(1);
        let to = match action {
            StripKey::Go(Move::Right | Move::Down) => (at + 1).min(last),
            StripKey::Go(Move::Left | Move::Up) => at.saturating_sub(1),
            StripKey::Go(Move::First | Move::PageUp) => 0,
            StripKey::Go(Move::Last | Move::PageDown) => last,
            StripKey::Open => {
                store.select_row(list.get(at).copied());
                at
            }
        };
        event.prevent_default();
        event.stop_propagation();
        active.set(list.get(to).copied());
    };
    view! {
        <ul
            class="same-strip"
            role="listbox"
            aria-label=texts::SAME_IMAGES
            aria-orientation="horizontal"
            aria-activedescendant=move || current.get().map(|row| format!("same-{row}"))
            tabindex="0"
            node_ref=frame
            on:keydown=key
        >
            <For each=move || rows.get() key=|row| *row let:row>
                <Other row current/>
            </For>
        </ul>
    }
}

#[component]
fn Other(row: u64, current: Memo<Option<u64>>) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| store.compare.rows.with(|rows| rows.get(&row).cloned()));
    let sight = Signal::derive(move || store.sight_of_row(row));
    let name = move || {
        let seed = data.with(|data: &Option<Arc<RowData>>| {
            match data.as_ref().and_then(|data| data.cell(&store.role(Role::Seed)?)) {
                Some(Cell::Number(seed)) => Some(number(*seed)),
                _ => None,
            }
        });
        seed.map_or_else(|| common::row(row), |seed| texts::seed(&seed))
    };
    view! {
        <li
            role="option"
            id=format!("same-{row}")
            aria-label=name
            title=name
            aria-selected=move || store.spec.with(|spec| spec.row == Some(row)).to_string()
            data-active=move || (current.get() == Some(row)).then_some("")
            on:click=move |_| store.select_row(Some(row))
        >
            <PictureOf want=Some(Want::of(row, size_px(IMAGE_PX))) sight=sight name="" small=true/>
        </li>
    }
}

/// Reads the prompts of all rows, for what that costs.
#[component]
fn LookInAll() -> impl IntoView {
    let store = use_store();
    let column = Memo::new(move |_| {
        store.opened.with(|opened| {
            let opened = opened.as_ref()?;
            let name = opened.prompt.clone()?;
            let bytes = opened.columns.iter().find(|column| column.name == name)?.bytes;
            Some((name, bytes))
        })
    });
    let loading = move || {
        column.get().is_some_and(|(name, _)| {
            store
                .progress
                .with(|all| all.get(&name).is_some_and(|progress| progress.state == LoadState::Loading))
        })
    };
    let words = move || match column.get() {
        Some(_) if loading() => texts::LOOKING_IN_ALL.to_owned(),
        Some((_, bytes)) => texts::look_in_all(bytes),
        None => String::new(),
    };
    let read = move |_| {
        if let Some((name, _)) = column.get_untracked() {
            store.load_column(&name);
        }
    };
    view! {
        <button type="button" class="button" data-kind="link" data-size="small" disabled=loading on:click=read>
            {words}
        </button>
    }
}
