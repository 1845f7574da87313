//! Settings of images that more than one part of the page offers.

use crate::protocol::texts::settings as texts;
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
            title=texts::ABOUT_PREVIEWS
        >
            <input
                type="checkbox"
                prop:checked=move || previews.get()
                on:change=move |_| store.images.toggle_previews()
            />
            <span>{texts::PREVIEWS}</span>
        </label>
    }
}

/// From which score on images are blurred; kept on this device.
#[component]
pub fn BlurField() -> impl IntoView {
    let store = use_store();
    let threshold = store.images.threshold;
    view! {
        <label title=texts::ABOUT_BLUR>
            <span>{texts::BLUR}</span>
            <input
                type="range"
                aria-label=texts::BLUR_LABEL
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
