//! Views that are seldom opened: their code is in modules of its own, fetched when it is first wanted.
//!
//! Which function begins which module stands in the page's binary; the build takes the page apart there.

use super::about::AboutPanel;
use super::added::AddedTables;
use super::columns_menu::ColumnsPanel;
use super::compare::Compare;
use super::detail::DetailDrawer;
use super::export_menu::ExportPanel;
use super::gallery::Gallery;
use super::metadata::Metadata;
use super::phrases::PhrasesView;
use super::prompts::PromptsView;
use super::repository::RepositoryPage;
use super::settings::SettingsPanel;
use super::shortcuts::Sheet;
use super::subset_menu::SubsetPanel;
use crate::host::{Catalogue, Problem, read};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

type Make = fn() -> AnyView;

/// The views of images.
#[derive(Debug)]
pub struct Images {
    gallery: Make,
    compare: Make,
    detail: Make,
}

/// The views of what prompts are made of.
#[derive(Debug)]
pub struct Texts {
    prompts: Make,
    phrases: Make,
}

/// Panels, and pages beside the table.
#[derive(Debug)]
pub struct Panels {
    metadata: Make,
    repository: Make,
    shortcuts: Make,
    settings: Make,
    about: Make,
    export: Make,
    subset: Make,
    columns: Make,
    added: Make,
    /// Reads what the app's host adds.
    pub catalogue: fn(&str) -> (Catalogue, Vec<Problem>),
}

/// What begins the module of [`Images`].
pub fn images() -> &'static Images {
    &Images {
        gallery: || view! { <Gallery/> }.into_any(),
        compare: || view! { <Compare/> }.into_any(),
        detail: || view! { <DetailDrawer/> }.into_any(),
    }
}

/// What begins the module of [`Texts`].
pub fn texts() -> &'static Texts {
    &Texts {
        prompts: || view! { <PromptsView/> }.into_any(),
        phrases: || view! { <PhrasesView/> }.into_any(),
    }
}

/// What begins the module of [`Panels`].
pub fn panels() -> &'static Panels {
    &Panels {
        metadata: || view! { <Metadata/> }.into_any(),
        repository: || view! { <RepositoryPage/> }.into_any(),
        shortcuts: || view! { <Sheet/> }.into_any(),
        settings: || view! { <SettingsPanel/> }.into_any(),
        about: || view! { <AboutPanel/> }.into_any(),
        export: || view! { <ExportPanel/> }.into_any(),
        subset: || view! { <SubsetPanel/> }.into_any(),
        columns: || view! { <ColumnsPanel/> }.into_any(),
        added: || view! { <AddedTables/> }.into_any(),
        catalogue: read,
    }
}

/// A module that comes, or does not.
pub type Coming<T> = Pin<Box<dyn Future<Output = Option<&'static T>>>>;

/// How each module is fetched.
#[derive(Clone, Copy, Debug)]
pub struct Modules {
    /// See [`Images`].
    pub images: fn() -> Coming<Images>,
    /// See [`Texts`].
    pub texts: fn() -> Coming<Texts>,
    /// See [`Panels`].
    pub panels: fn() -> Coming<Panels>,
}

/// A view that comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    Gallery,
    Compare,
    Detail,
    Prompts,
    Phrases,
    Metadata,
    Repository,
    Shortcuts,
    Settings,
    About,
    Export,
    Subset,
    Columns,
    Added,
}

/// What has been fetched so far.
#[derive(Clone, Copy)]
pub struct Fetched {
    modules: Modules,
    images: RwSignal<Option<&'static Images>>,
    texts: RwSignal<Option<&'static Texts>>,
    panels: RwSignal<Option<&'static Panels>>,
}

impl Fetched {
    pub fn nothing(modules: Modules) -> Self {
        let (images, texts, panels) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(None));
        Self { modules, images, texts, panels }
    }

    /// What makes a view, once its module is there.
    fn make(self, late: Late) -> Option<Make> {
        let (images, texts, panels) = (self.images, self.texts, self.panels);
        match late {
            Late::Gallery => images.get().map(|module| module.gallery),
            Late::Compare => images.get().map(|module| module.compare),
            Late::Detail => images.get().map(|module| module.detail),
            Late::Prompts => texts.get().map(|module| module.prompts),
            Late::Phrases => texts.get().map(|module| module.phrases),
            Late::Metadata => panels.get().map(|module| module.metadata),
            Late::Repository => panels.get().map(|module| module.repository),
            Late::Shortcuts => panels.get().map(|module| module.shortcuts),
            Late::Settings => panels.get().map(|module| module.settings),
            Late::About => panels.get().map(|module| module.about),
            Late::Export => panels.get().map(|module| module.export),
            Late::Subset => panels.get().map(|module| module.subset),
            Late::Columns => panels.get().map(|module| module.columns),
            Late::Added => panels.get().map(|module| module.added),
        }
    }

    /// Whether the module of a view could be fetched.
    async fn fetch(self, late: Late) -> bool {
        async fn into<T: Send + Sync>(coming: Coming<T>, place: RwSignal<Option<&'static T>>) -> bool {
            let module = coming.await;
            if module.is_some() {
                place.set(module);
            }
            module.is_some()
        }
        match late {
            Late::Gallery | Late::Compare | Late::Detail => into((self.modules.images)(), self.images).await,
            Late::Prompts | Late::Phrases => into((self.modules.texts)(), self.texts).await,
            Late::Metadata
            | Late::Repository
            | Late::Shortcuts
            | Late::Settings
            | Late::About
            | Late::Export
            | Late::Subset
            | Late::Columns
            | Late::Added => into((self.modules.panels)(), self.panels).await,
        }
    }
}

/// The place of a view that comes later. Where it can't come, that is said, with a way to ask again.
#[component]
pub fn Later(late: Late) -> impl IntoView {
    let fetched = use_context::<Fetched>();
    let failed = RwSignal::new(false);
    let fetch = move || {
        let Some(fetched) = fetched else { return };
        failed.set(false);
        spawn_local(async move {
            // By then the place may be gone.
            if !fetched.fetch(late).await {
                let _ = failed.try_set(true);
            }
        });
    };
    let make = move || fetched.and_then(|fetched| fetched.make(late));
    if untrack(make).is_none() {
        fetch();
    }
    move || {
        match (make(), failed.get()) {
        (Some(make), _) => make(),
        (None, false) => view! { <p class="later" role="status" aria-label="Loading"><i class="skeleton"></i></p> }.into_any(),
        (None, true) => view! {
            <p class="later" role="alert">
                "This part of the app could not be fetched. Without a network only what was opened before works; after an update of the app, load the page again."
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| fetch()>"Try again"</button>
            </p>
        }
        .into_any(),
    }
    }
}
