//! Rows that are near the open one, where the table says which.

use crate::protocol::display::number;
use crate::protocol::images::Want;
use crate::protocol::texts::detail as texts;
use crate::protocol::{Cell, MAX_CELL_CHARS};
use crate::ui::store::{Part, PickFor, RowData, size_px, use_store};
use crate::ui::widgets::picture::PictureOf;
use crate::view::neighbours::{self, Neighbour};
use crate::view::roles::Role;
use leptos::prelude::*;
use std::sync::Arc;

/// Length of an image on the screen.
const IMAGE_PX: f64 = 40.0;

/// Rows that are listed.
const MAX_ROWS: usize = 12;

/// The list, under the name of the column that has it.
#[component]
pub fn Neighbours() -> impl IntoView {
    let store = use_store();
    let found = Memo::new(move |_| {
        let rows = store.opened.with(|opened| opened.as_ref().map_or(0, |opened| opened.rows));
        store.detail.with(|detail| {
            let detail = detail.as_ref()?;
            detail.fields.iter().find_map(|(column, cell)| match cell {
                Cell::Json(json) => Some((column.clone(), neighbours::read(json, detail.row, rows)?)),
                _ => None,
            })
        })
    });
    let near = Memo::new(move |_| {
        let all = found.with(|found| found.as_ref().map(|(_, near)| near.clone()).unwrap_or_default());
        all.into_iter().take(MAX_ROWS).collect::<Vec<Neighbour>>()
    });
    let pictures = Memo::new(move |_| store.pictures().is_some());
    Effect::new(move || {
        let rows: Vec<u64> = near.with(|near| near.iter().map(|near| near.row).collect());
        store.pick(PickFor::Near, rows.clone());
        let shown = pictures.get() && !store.images.saving.get();
        let px = size_px(IMAGE_PX);
        let wants =
            rows.into_iter().filter(|row| shown && store.wants_row(*row)).map(|row| Want::of(row, px));
        store.images.look_at(Part::Near, wants.collect());
    });
    on_cleanup(move || {
        store.pick(PickFor::Near, Vec::new());
        store.images.look_at(Part::Near, Vec::new());
    });
    let name = move || found.with(|found| found.as_ref().map(|(column, _)| column.clone()));
    view! {
        <Show when=move || near.with(|near| !near.is_empty())>
            <section class="near" aria-label=texts::SIMILAR_ROWS>
                <h3>{texts::SIMILAR_ROWS} <small>{name}</small></h3>
                <ol>
                    <For each=move || near.get() key=|near| near.row let:near>
                        <Near near pictures/>
                    </For>
                </ol>
            </section>
        </Show>
    }
}

#[component]
fn Near(near: Neighbour, pictures: Memo<bool>) -> impl IntoView {
    let Neighbour { row, distance } = near;
    let store = use_store();
    let data = Memo::new(move |_| store.compare.rows.with(|rows| rows.get(&row).cloned()));
    let sight = Signal::derive(move || store.sight_of_row(row));
    let words = move || {
        let prompt = data.with(|data: &Option<Arc<RowData>>| {
            match data.as_ref().and_then(|data| data.cell(&store.role(Role::Prompt)?)) {
                Some(Cell::Text(text)) => Some(text.chars().take(MAX_CELL_CHARS).collect::<String>()),
                _ => None,
            }
        });
        prompt.filter(|prompt| !prompt.trim().is_empty()).unwrap_or_else(|| texts::row_of_file(row))
    };
    view! {
        <li>
            <Show when=move || pictures.get()>
                <span class="near-image">
                    <PictureOf want=Some(Want::of(row, size_px(IMAGE_PX))) sight=sight name="" small=true/>
                </span>
            </Show>
            <button type="button" class="near-row" on:click=move |_| store.select_row(Some(row))>
                <span>{words}</span>
                {distance.map(|distance| view! { <small title=texts::DISTANCE>{number(distance)}</small> })}
            </button>
        </li>
    }
}
