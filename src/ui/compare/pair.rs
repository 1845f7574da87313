//! Two images over each other, with a slider between them.

use crate::protocol::images::Want;
use crate::protocol::texts::compare as texts;
use crate::ui::store::{Sight, size_px, use_store};
use crate::ui::widgets::focus;
use crate::ui::widgets::picture::PictureOf;
use crate::view::drag::slider;
use leptos::prelude::*;

/// Length of each image on the screen.
const IMAGE_PX: f64 = 260.0;

/// The pair. `rows` are two.
#[component]
pub fn Pair(rows: RwSignal<Vec<u64>>) -> impl IntoView {
    let share = RwSignal::new(50.0_f64);
    let store = use_store();
    let row = move |which: usize| rows.with(|rows| rows.get(which).copied());
    let want = move |which: usize| Signal::derive(move || Some(Want::of(row(which)?, size_px(IMAGE_PX))));
    let sight = move |which: usize| {
        Signal::derive(move || row(which).map_or(Sight::Clear, |row| store.sight_of_row(row)))
    };
    // The image that was chosen first has the focus again.
    let close = move |_| {
        focus::first_of(&[".ranked [aria-pressed=true]"]);
        rows.set(Vec::new());
    };
    view! {
        <div class="pair" role="group" aria-label=texts::PAIR style=("--share", move || format!("{}%", share.get()))>
            <div class="pair-images">
                <div class="pair-one">
                    <PictureOf want=want(0) sight=sight(0) name=texts::PAIR_FIRST/>
                </div>
                <div class="pair-two">
                    <PictureOf want=want(1) sight=sight(1) name=texts::PAIR_SECOND/>
                </div>
            </div>
            <input
                type="range"
                aria-label=texts::PAIR_SHARE
                min="0"
                max="100"
                prop:value=move || share.get().to_string()
                on:input:target=move |event| {
                    if let Some(value) = slider(&event.target().value(), (0.0, 100.0)) {
                        share.set(value);
                    }
                }
            />
            <button type="button" class="button" data-size="small" on:click=close>{texts::CLOSE_PAIR}</button>
        </div>
    }
}
