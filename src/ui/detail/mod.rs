//! One row with everything that is known of it.

pub mod fields;
mod files;
pub mod image;
pub mod labels;
pub mod neighbours;
pub mod prompt;
pub mod same;
pub mod zoom;

use crate::protocol::display::thousands;
use crate::protocol::texts::detail as texts;
use crate::ui::detail::fields::Fields;
use crate::ui::detail::image::{DetailImage, ImageTexts};
use crate::ui::detail::labels::DetailLabels;
use crate::ui::detail::neighbours::Neighbours;
use crate::ui::detail::prompt::DetailPrompt;
use crate::ui::detail::same::SameStrip;
use crate::ui::store::count_now;
use crate::ui::store::use_store;
use crate::ui::widgets::focus;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::keys::{key_action, label_key};
use crate::view::keys::{DETAILS, DetailKey};
use crate::view::like::Like;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The drawer beside the view.
#[component]
pub fn DetailDrawer() -> impl IntoView {
    let store = use_store();
    let count = Memo::new(move |_| count_now(store).map_or(0, |count| count.matching));
    let row = Memo::new(move |_| store.spec.with(|spec| spec.row));
    let position = Memo::new(move |_| {
        let row = row.get()?;
        let cached = store.rows.with(|rows| rows.position_of(row));
        cached.or_else(|| {
            let generation = store.count.with(|count| count.as_ref().map(|count| count.generation));
            store.detail.with(|detail| {
                let detail = detail.as_ref()?;
                detail
                    .position
                    .filter(|_| generation.is_none_or(|generation| generation == detail.generation))
            })
        })
    });
    let go = move |by: i64| {
        if let Some(to) = position.get_untracked().and_then(|position| position.checked_add_signed(by))
            && to < count.get_untracked()
        {
            store.select_at(to);
        }
    };
    let next = Signal::derive(move || position.get().map(|position| position + 1));
    let close = move || {
        store.select_row(None);
        focus::to_view();
    };
    let key = move |event: KeyboardEvent| {
        if let (Some(place), Some(row)) = (label_key(&event), row.get_untracked()) {
            store.toggle_label(row, place);
            return event.prevent_default();
        }
        let Some(action) = key_action(DETAILS, &event) else { return };
        match action {
            DetailKey::Close => close(),
            DetailKey::Previous => go(-1),
            DetailKey::Next => go(1),
            DetailKey::Like => store.show_like(row.get_untracked().map(Like::Row)),
        }
        event.prevent_default();
    };
    let pictures = Memo::new(move |_| store.pictures().is_some());
    let read = Memo::new(move |_| store.detail.with(Option::is_some));
    view! {
        <section class="drawer" aria-label=texts::DETAILS on:keydown=key>
            {head(position, row, count, go, close)}
            <div class="drawer-body" tabindex="0" role="group" aria-label=texts::FIELDS>
                <Show when=move || pictures.get()>
                    <DetailImage next=next/>
                </Show>
                <Show
                    when=move || read.get()
                    fallback=|| {
                        view! {
                            <div class="drawer-wait" aria-hidden="true">
                                <i class="skeleton"></i>
                                <i class="skeleton"></i>
                                <i class="skeleton"></i>
                            </div>
                        }
                    }
                >
                    <DetailPrompt/>
                    <DetailLabels/>
                    <Fields/>
                    <Neighbours/>
                    <ImageTexts/>
                </Show>
            </div>
            <SameStrip/>
        </section>
    }
}

/// Where the row is, and the ways to the ones beside it and out.
fn head(
    position: Memo<Option<u64>>,
    row: Memo<Option<u64>>,
    count: Memo<u64>,
    go: impl Fn(i64) + Copy + 'static,
    close: impl Fn() + Copy + 'static,
) -> AnyView {
    let first = move || position.get().is_none_or(|position| position == 0);
    let last = move || position.get().is_none_or(|position| position + 1 >= count.get());
    let place = move || match (position.get(), row.get()) {
        (Some(position), _) => view! { <b>{thousands(position + 1)}</b> {texts::of(count.get())} }.into_any(),
        (None, Some(row)) => texts::row_of_file(row).into_any(),
        (None, None) => ().into_any(),
    };
    view! {
        <header class="drawer-head">
            <p>{place}</p>
            <button type="button" class="button" data-kind="icon" aria-label=texts::PREVIOUS_ROW aria-keyshortcuts="ArrowLeft K" disabled=first on:click=move |_| go(-1)>
                {icon(Icon::Previous)}
            </button>
            <button type="button" class="button" data-kind="icon" aria-label=texts::NEXT_ROW aria-keyshortcuts="ArrowRight J" disabled=last on:click=move |_| go(1)>
                {icon(Icon::Next)}
            </button>
            <button type="button" class="button" data-kind="icon" aria-label=texts::CLOSE aria-keyshortcuts="Escape" on:click=move |_| close()>
                {icon(Icon::Close)}
            </button>
        </header>
    }
    .into_any()
}
