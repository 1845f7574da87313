//! Settings of images that more than one part of the page offers.

use crate::ui::store::use_store;
use crate::view::drag::slider;
use leptos::prelude::*;

/// Whether small previews are read from where the dataset's authors keep them; kept on this device.
#[component]
pub fn PreviewsCheck() -> impl IntoView {
    let store = use_store();
    let previews = store.images.previews;
    view! {
        <label
            class="check"
            title="Small tiles are read from poloclub/diffusiondb-thumbnails on GitHub where it has them, which takes kilobytes instead of megabytes. Switched off, all images are read from the Hub."
        >
            <input
                type="checkbox"
                prop:checked=move || previews.get()
                on:change=move |_| store.images.toggle_previews()
            />
            <span>"previews from GitHub"</span>
        </label>
    }
}

/// From which score on images are blurred; kept on this device.
#[component]
pub fn BlurField() -> impl IntoView {
    let store = use_store();
    let threshold = store.images.threshold;
    view! {
        <label title="Images with a higher score, and those without one, are blurred. Kept on this device.">
            <span>"blur above NSFW"</span>
            <input
                type="range"
                aria-label="Blur above NSFW score"
                min="0"
                max="1"
                step="0.05"
                prop:value=move || threshold.get().to_string()
                on:input:target=move |event| {
                    if let Some(value) = slider(&event.target().value(), (0.0, 1.0)) {
                        store.images.set_threshold(value);
                    }
                }
            />
            <b>{move || format!("{:.2}", threshold.get())}</b>
        </label>
    }
}
