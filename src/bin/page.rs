//! The page's binary: where the page begins, and the entry functions of the modules that are fetched when
//! they are first needed. All that they show is in the library's `ui`.

#[cfg(target_arch = "wasm32")]
mod page {
    // What marks the entry of a module is a foreign function, which only the build provides.
    #![allow(unsafe_code)]

    use leptos::wasm_split::{SplitLoaderError, wasm_split};
    use vitrine::ui::{Entry, Loading, Module, views};

    #[wasm_split(images, wasm_split_path = leptos::wasm_split, fallible)]
    fn images() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::images())
    }

    #[wasm_split(texts, wasm_split_path = leptos::wasm_split, fallible)]
    fn texts() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::texts())
    }

    #[wasm_split(groups, wasm_split_path = leptos::wasm_split, fallible)]
    fn groups() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::groups())
    }

    #[wasm_split(plot, wasm_split_path = leptos::wasm_split, fallible)]
    fn plot() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::plot())
    }

    #[wasm_split(panels, wasm_split_path = leptos::wasm_split, fallible)]
    fn panels() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::panels())
    }

    #[wasm_split(preference, wasm_split_path = leptos::wasm_split, fallible)]
    fn preference() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::preference())
    }

    #[wasm_split(start, wasm_split_path = leptos::wasm_split, fallible)]
    fn start() -> Result<&'static Entry, SplitLoaderError> {
        Ok(views::start())
    }

    pub(super) fn load(module: Module) -> Loading {
        match module {
            Module::Main => Box::pin(async { Some(views::main()) }),
            Module::Images => Box::pin(async { images().await.ok() }),
            Module::Texts => Box::pin(async { texts().await.ok() }),
            Module::Groups => Box::pin(async { groups().await.ok() }),
            Module::Plot => Box::pin(async { plot().await.ok() }),
            Module::Panels => Box::pin(async { panels().await.ok() }),
            Module::Preference => Box::pin(async { preference().await.ok() }),
            Module::Start => Box::pin(async { start().await.ok() }),
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    vitrine::ui::start(page::load);
}

/// The page runs in a browser only.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
