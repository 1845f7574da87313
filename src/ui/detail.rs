//! One row with everything that is known of it.

use super::detail_image::DetailImage;
use super::icon::{Icon, icon};
use super::result::count_now;
use super::store::{prompt_of, use_store};
use crate::catalog;
use crate::protocol::{Cell, Detail};
use crate::usual::order;
use crate::words::{cell_full, thousands};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The most modifiers that are laid out of one prompt.
const MAX_MODIFIERS: usize = 60;

/// The drawer beside the table.
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
    let first = move || position.get().is_none_or(|position| position == 0);
    let last = move || position.get().is_none_or(|position| position + 1 >= count.get());
    let place = move || match (position.get(), row.get()) {
        (Some(position), _) => {
            view! { <b>{thousands(position + 1)}</b> {format!(" of {}", thousands(count.get()))} }.into_any()
        }
        (None, Some(row)) => format!("row {} of the file", thousands(row + 1)).into_any(),
        (None, None) => ().into_any(),
    };
    let close = move || {
        store.select_row(None);
        if let Some(grid) = document().query_selector("[role=grid]").ok().flatten()
            && let Ok(grid) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(grid)
        {
            let _ = grid.focus();
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <section class="drawer" aria-label="Details" on:keydown=key>
            <header class="drawer-head">
                <p>{place}</p>
                <button type="button" class="button" data-kind="icon" aria-label="Previous row" disabled=first on:click=move |_| go(-1)>
                    {icon(Icon::Previous)}
                </button>
                <button type="button" class="button" data-kind="icon" aria-label="Next row" disabled=last on:click=move |_| go(1)>
                    {icon(Icon::Next)}
                </button>
                <button type="button" class="button" data-kind="icon" aria-label="Close details" on:click=move |_| close()>
                    {icon(Icon::Close)}
                </button>
            </header>
            <div class="drawer-body" tabindex="0" role="group" aria-label="Fields">
                <Show when=move || store.places().is_some()>
                    <DetailImage next=next/>
                </Show>
                {move || match store.detail.get() {
                    Some(detail) => view! { <Fields detail=(*detail).clone()/> }.into_any(),
                    None => {
                        view! {
                            <div class="drawer-wait" aria-hidden="true">
                                <i class="skeleton"></i>
                                <i class="skeleton"></i>
                                <i class="skeleton"></i>
                            </div>
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
}

#[component]
fn Fields(detail: Detail) -> impl IntoView {
    let store = use_store();
    let prompt_column = prompt_of(&detail).map(|(column, _)| column.to_owned());
    let prompt = match prompt_of(&detail) {
        Some((_, Cell::Text(text))) => Some(text.clone()),
        _ => None,
    };
    let waits = matches!(prompt_of(&detail), Some((_, Cell::Pending)));
    let modifiers: Vec<String> = prompt
        .iter()
        .flat_map(|prompt| prompt.split(',').skip(1))
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| !part.is_empty())
        .take(MAX_MODIFIERS)
        .collect();
    let link = move |_| match store.link() {
        Some(link) => store.copy(&link, "Permalink copied"),
        None => store.copy("", "A file of this device can’t be shared"),
    };
    let copy = prompt.clone().map(|prompt| {
        view! {
            <button
                type="button"
                class="button"
                data-kind="line"
                on:click=move |_| store.copy(&prompt, "Prompt copied")
            >
                {icon(Icon::Copy)}
                "Copy prompt"
            </button>
        }
    });
    let mut fields: Vec<&(String, Cell)> =
        detail.fields.iter().filter(|(column, _)| prompt_column.as_ref() != Some(column)).collect();
    fields.sort_by_key(|(column, _)| order(column));
    let fields = fields.into_iter().map(|(column, cell)| fact(column, cell)).collect_view();
    view! {
        <section class="drawer-prompt">
            {waits.then(|| view! { <p class="skeleton drawer-line"></p> })}
            {prompt.map(|prompt| view! { <h2>{prompt}</h2> })}
            {(!modifiers.is_empty())
                .then(|| {
                    view! {
                        <ul class="modifiers" aria-label="Modifiers">
                            {modifiers.into_iter().map(|part| view! { <li>{part}</li> }).collect_view()}
                        </ul>
                    }
                })}
            <div class="drawer-actions">
                {copy}
                <button type="button" class="button" data-kind="line" on:click=link>
                    {icon(Icon::Link)}
                    "Permalink"
                </button>
            </div>
        </section>
        <dl class="facts">{fields}</dl>
    }
}

fn fact(column: &str, cell: &Cell) -> impl IntoView + use<> {
    let title = catalog::title(column).to_owned();
    let about = catalog::column(column).map(|facts| facts.about);
    let (text, state) = match cell {
        Cell::Pending => ("not loaded".to_owned(), Some("pending")),
        Cell::Failed => ("could not be read".to_owned(), Some("failed")),
        Cell::Null => ("none".to_owned(), Some("null")),
        _ => (cell_full(column, cell).unwrap_or_default(), None),
    };
    let unit = match column {
        "width" | "height" if state.is_none() => " px",
        _ => "",
    };
    let span = match text.chars().count() {
        0..=13 => None,
        14..=24 => Some("2"),
        _ => Some("all"),
    };
    view! {
        <div data-column=column.to_owned() data-span=span>
            <dt title=about>{title}</dt>
            <dd data-state=state>{text} {unit}</dd>
        </div>
    }
}
