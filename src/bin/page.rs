//! The page's binary: where the page begins, and where the modules begin that are fetched later. All
//! that they show is in the library's `ui`.

#[cfg(target_arch = "wasm32")]
mod page {
    // What marks the beginning of a module is a foreign function, which only the build provides.
    #![allow(unsafe_code)]

    use leptos::wasm_split::{SplitLoaderError, wasm_split};
    use vitrine::ui::{Images, Modules, Panels, Start, Texts};

    #[wasm_split(images, wasm_split_path = leptos::wasm_split, fallible)]
    fn images() -> Result<&'static Images, SplitLoaderError> {
        Ok(vitrine::ui::images())
    }

    #[wasm_split(texts, wasm_split_path = leptos::wasm_split, fallible)]
    fn texts() -> Result<&'static Texts, SplitLoaderError> {
        Ok(vitrine::ui::texts())
    }

    #[wasm_split(panels, wasm_split_path = leptos::wasm_split, fallible)]
    fn panels() -> Result<&'static Panels, SplitLoaderError> {
        Ok(vitrine::ui::panels())
    }

    #[wasm_split(start, wasm_split_path = leptos::wasm_split, fallible)]
    fn start() -> Result<&'static Start, SplitLoaderError> {
        Ok(vitrine::ui::start_page())
    }

    pub(super) const MODULES: Modules = Modules {
        images: || Box::pin(async { images().await.ok() }),
        texts: || Box::pin(async { texts().await.ok() }),
        panels: || Box::pin(async { panels().await.ok() }),
        start: || Box::pin(async { start().await.ok() }),
    };
}

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    vitrine::ui::start(page::MODULES);
}

/// The page runs in a browser only.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
