//! One image of the gallery.

use crate::protocol::Cell;
use crate::protocol::texts::{common, compare};
use crate::ui::gallery::want_of;
use crate::ui::store::facts;
use crate::ui::store::{RowData, Sight, Store, use_store};
use crate::ui::widgets::picture::PictureOf;
use crate::view::roles::Role;
use crate::view::tiles::{Span, Tiles};
use leptos::prelude::*;

/// What a caption says below the prompt.
const CAPTION: [Role; 4] = [Role::Cfg, Role::Step, Role::Sampler, Role::Seed];

/// The image at a position of the result.
#[component]
pub fn Tile(position: u64, tiles: Memo<Tiles>) -> impl IntoView {
    let store = use_store();
    let row = Memo::new(move |_| store.rows.with(|rows| rows.get(position).cloned()));
    let place = Memo::new(move |_| tiles.with(|tiles| tiles.span(position)));
    let want = Memo::new(move |_| {
        let Span { width_px, height_px, .. } = place.get()?;
        row.get().map(|row| want_of(&row, width_px.max(height_px)))
    });
    let sight =
        Memo::new(move |_| row.with(|row| row.as_ref().map_or(Sight::Blurred(None), |row| store.sight(row))));
    let prompt =
        move || row.with(|row| row.as_ref().and_then(|row| prompt_in(store, row)).unwrap_or_default());
    let name = Signal::derive(prompt);
    let meta = move || row.with(|row| row.as_ref().map(|row| meta(store, row)).unwrap_or_default());
    let active = Memo::new(move |_| store.active.get() == position);
    let open = Memo::new(move |_| {
        let selected = store.spec.with(|spec| spec.row);
        selected.is_some() && row.with(|row| row.as_ref().map(|row| row.row)) == selected
    });
    let chosen = Memo::new(move |_| {
        let number = row.with(|row| row.as_ref().map(|row| row.row));
        number.is_some_and(|number| store.chosen.rows.with(|chosen| chosen.contains(number)))
    });
    let press = move |event: leptos::ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            store.set_active(position);
            store.toggle_chosen(position);
        } else {
            store.select_at(position);
        }
    };
    // A dot says nothing to who does not see it.
    let named = move || {
        let colour = row.with(|row| row.as_ref().map_or(0, |row| row.colour));
        let names = store.labels_of_colour(colour).into_iter();
        std::iter::once(prompt()).chain(names).collect::<Vec<_>>().join(common::SEPARATOR)
    };
    let px = move |of: fn(Span) -> f64| move || format!("{:.2}px", of(place.get().unwrap_or_default()));
    let shows_caption = Memo::new(move |_| sight.get() == Sight::Clear);
    view! {
        <div
            class="tile"
            role="gridcell"
            id=format!("tile-{position}")
            aria-label=move || (sight.get() == Sight::Clear).then(named)
            data-label=move || row.with(|row| row.as_ref()?.label_mark())
            aria-selected=move || chosen.get().to_string()
            data-active=move || active.get().then_some("")
            data-open=move || open.get().then_some("")
            style=("--x", px(|span| span.left_px))
            style=("--y", px(|span| span.top_px))
            style=("--w", px(|span| span.width_px))
            style=("--h", px(|span| span.height_px))
            on:click=press
            on:pointerenter=move |_| store.set_hovered(row.get_untracked())
            on:pointerleave=move |_| store.set_hovered(None)
        >
            <PictureOf want=want sight=sight name=name/>
            <Show when=move || shows_caption.get()>
                <span class="caption" aria-hidden="true">
                    <span class="caption-prompt">{prompt}</span>
                    <small>{meta}</small>
                </span>
            </Show>
        </div>
    }
}

/// The prompt of a row, if it is among its cells.
pub fn prompt_in(store: Store, row: &RowData) -> Option<String> {
    match row.cell(&store.role(Role::Prompt)?)? {
        Cell::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn meta(store: Store, row: &RowData) -> String {
    let parts = CAPTION.into_iter().filter_map(|role| {
        let name = store.role(role)?;
        let text = facts::cell(&name, row.cell(&name)?, None)?;
        Some(match role {
            Role::Cfg => compare::cfg(&text),
            Role::Step => compare::steps(&text),
            _ => text,
        })
    });
    parts.collect::<Vec<_>>().join(common::SEPARATOR)
}
