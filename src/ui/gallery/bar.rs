//! What is above the gallery: how large tiles are, what is blurred, and what was chosen.

use crate::protocol::texts::{common, gallery as texts};
use crate::ui::charts::safe::SafePreset;
use crate::ui::gallery::tile::prompt_in;
use crate::ui::panels::export::running::Running;
use crate::ui::store::{Sight, Taken, use_store};
use crate::ui::widgets::image_settings::{BlurField, PreviewsCheck};
use crate::view::chosen::ChosenRows;
use crate::view::drag::slider;
use crate::view::tiles::Tiles;
use leptos::prelude::*;

/// Heights of rows that can be chosen.
const ROW_PX: (f64, f64) = (88.0, 420.0);

/// The bar.
#[component]
pub fn GalleryBar(row_px: RwSignal<f64>, tiles: Memo<Tiles>) -> impl IntoView {
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
        texts::hidden(hidden, all)
    };
    let chosen = Memo::new(move |_| store.chosen.rows.with(ChosenRows::counts));
    let copy = move |_| {
        let rows = store.chosen_data();
        let prompts: Vec<String> = rows.iter().filter_map(|row| prompt_in(store, row)).collect();
        store.copy(&prompts.join("\n"), texts::PROMPTS_COPIED);
    };
    // Each time that the result is another one, or rows are chosen.
    Effect::new(move || {
        store.count.track();
        chosen.track();
        store.ask_membership();
    });
    view! {
        <div class="gallery-bar">
            <label>
                <span>{texts::TILE_SIZE}</span>
                <input
                    type="range"
                    aria-label=texts::TILE_SIZE_LABEL
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
            <Show when=move || { chosen.get().0 > 0 }>
                <span class="gallery-picked" role="status">
                    {move || { let (rows, missing) = chosen.get(); texts::chosen(rows, missing) }}
                    <button type="button" class="button" data-size="small" on:click=copy>{texts::COPY_PROMPTS}</button>
                    <button type="button" class="button" data-size="small" on:click=move |_| store.save_chosen_images()>{common::SAVE_IMAGES}</button>
                    <button type="button" class="button" data-size="small" on:click=move |_| store.chosen.clear()>
                        {texts::CHOOSE_NONE}
                    </button>
                </span>
            </Show>
        </div>
    }
}
