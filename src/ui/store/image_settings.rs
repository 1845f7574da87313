//! Settings of images, kept on this device.

use super::images::ImageStore;
use super::state::State;
use leptos::prelude::*;

/// Scores above this are blurred, unless someone has chosen otherwise.
pub(super) const USUAL_THRESHOLD: f64 = 0.2;

pub(super) const THRESHOLD_KEY: &str = "vitrine.blur";
pub(super) const PREVIEWS_KEY: &str = "vitrine.previews";
pub(super) const IN_TABLE_KEY: &str = "vitrine.table-images";

impl ImageStore {
    /// Blurs images with scores above this.
    pub fn set_threshold(self, threshold: f64) {
        self.threshold.set(threshold.clamp(0.0, 1.0));
    }

    /// Reads small previews, or no more.
    pub fn toggle_previews(self) {
        self.previews.update(|previews| *previews = !*previews);
    }

    /// Shows images in the table, or no more.
    pub fn toggle_in_table(self) {
        self.in_table.update(|shown| *shown = !*shown);
    }

    /// Loads images although the browser asks to save data.
    pub fn load_despite_saving(self) {
        self.saving.set(false);
    }
}

pub(super) fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps a setting on this device; none is its usual value.
pub(super) fn keep<T: Clone + Send + Sync + 'static>(
    setting: State<T>,
    key: &'static str,
    print: impl Fn(&T) -> Option<String> + 'static,
) {
    Effect::new(move |before: Option<()>| {
        let value = setting.with(&print);
        if before.is_some()
            && let Some(storage) = storage()
        {
            let _ = match value {
                Some(value) => storage.set_item(key, &value),
                None => storage.remove_item(key),
            };
        }
    });
}

/// Whether the browser asks pages to save data.
pub(super) fn saves_data() -> bool {
    let navigator = window().navigator();
    let get = |object: &wasm_bindgen::JsValue, key: &str| {
        js_sys::Reflect::get(object, &key.into()).unwrap_or(wasm_bindgen::JsValue::UNDEFINED)
    };
    get(&get(&navigator, "connection"), "saveData").is_truthy()
}
