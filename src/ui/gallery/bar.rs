//! What is above the gallery: how large tiles are, what is blurred, and what was chosen.

use crate::protocol::export::Rows;
use crate::ui::charts::safe::SafePreset;
use crate::ui::gallery::tile::prompt_in;
use crate::ui::gallery::{Picked, chosen_rows};
use crate::ui::panels::export::Running;
use crate::ui::store::{Sight, Taken, use_store};
use crate::ui::widgets::image_settings::{BlurField, PreviewsCheck};
use crate::view::drag::slider;
use crate::view::tiles::Tiles;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Heights of rows that can be chosen.
const ROW_PX: (f64, f64) = (88.0, 420.0);

/// The bar.
#[component]
pub fn GalleryBar(row_px: RwSignal<f64>, tiles: Memo<Tiles>, chosen: Picked) -> impl IntoView {
    let store = use_store();
    let has_scores = Memo::new(move |_| store.has_scores());
    let blurred = move || {
        let (mut all, mut hidden) = (0, 0);
        let blocks =
            tiles.with(|tiles| tiles.blocks.keys().map(|block| tiles.positions(*block)).collect::<Vec<_>>());
        store.rows.with(|rows| {
            for row in blocks.into_iter().flatten().filter_map(|position| rows.get(position)) {
                all += 1;
                hidden += usize::from(store.sight(row) != Sight::Clear);
            }
        });
        format!("{hidden} of {all} around here hidden")
    };
    let picked = Memo::new(move |_| chosen.with(BTreeSet::len));
    let copy = move |_| {
        let rows = chosen.with_untracked(|chosen| chosen_rows(store, chosen));
        let prompts: Vec<String> = rows.iter().filter_map(|row| prompt_in(row)).collect();
        store.copy(&prompts.join("\n"), "Prompts copied");
    };
    let save = move |_| {
        let rows = chosen.with_untracked(|chosen| chosen_rows(store, chosen));
        store.take_images(Rows::These(rows.iter().map(|row| row.row).collect()));
    };
    view! {
        <div class="gallery-bar">
            <label>
                <span>"tile size"</span>
                <input
                    type="range"
                    aria-label="Tile size"
                    min=ROW_PX.0.to_string()
                    max=ROW_PX.1.to_string()
                    step="4"
                    prop:value=move || row_px.get().to_string()
                    on:input:target=move |event| {
                        if let Some(value) = slider(&event.target().value(), ROW_PX) {
                            row_px.set(value);
                        }
                    }
                />
            </label>
            <Show when=move || has_scores.get()>
                <BlurField/>
                <SafePreset/>
                <span class="gallery-note">{blurred}</span>
            </Show>
            <Show when=move || store.places().is_some_and(|places| places.has_previews())>
                <PreviewsCheck/>
            </Show>
            <Running of=Taken::Images/>
            <Show when=move || { picked.get() > 0 }>
                <span class="gallery-picked" role="status">
                    {move || format!("{} chosen", picked.get())}
                    <button type="button" class="button" data-size="small" on:click=copy>"Copy prompts"</button>
                    <button type="button" class="button" data-size="small" on:click=save>"Save images"</button>
                    <button type="button" class="button" data-size="small" on:click=move |_| chosen.set(BTreeSet::new())>
                        "Choose none"
                    </button>
                </span>
            </Show>
        </div>
    }
}
