//! Views that are seldom opened: their code is in modules of its own, fetched when it is first wanted.
//!
//! Which function begins which module stands in the page's binary; the build takes the page apart there.

use crate::ui::charts::rail_sheet::RailSheet;
use crate::ui::charts::save::SaveChartPanel;
use crate::ui::compare::Compare;
use crate::ui::detail::DetailDrawer;
use crate::ui::gallery::Gallery;
use crate::ui::panels::about::AboutPanel;
use crate::ui::panels::empty::NothingMatches;
use crate::ui::panels::export::ExportPanel;
use crate::ui::panels::help::HelpSheet;
use crate::ui::panels::metadata::Metadata;
use crate::ui::panels::settings::SettingsPanel;
use crate::ui::panels::shortcuts::Sheet;
use crate::ui::panels::subset::SubsetPanel;
use crate::ui::panels::top_bar::DatasetList;
use crate::ui::search::phrases::PhrasesView;
use crate::ui::search::prompts::PromptsView;
use crate::ui::start::StartPage;
use crate::ui::start::added::AddedTables;
use crate::ui::start::repository::RepositoryPage;
use crate::ui::store::{Reader, Store, read_late};
use crate::ui::table::columns_menu::ColumnsPanel;
use crate::view::host::{Catalogue, Problem, read};
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event};

type Make = fn() -> AnyView;

/// The views of images.
#[derive(Debug)]
pub struct Images {
    reader: Reader,
    gallery: Make,
    compare: Make,
    detail: Make,
}

/// The views of what prompts are made of.
#[derive(Debug)]
pub struct Texts {
    reader: Reader,
    prompts: Make,
    phrases: Make,
}

/// Panels, and pages beside the table.
#[derive(Debug)]
pub struct Panels {
    reader: Reader,
    metadata: Make,
    repository: Make,
    shortcuts: Make,
    help: Make,
    settings: Make,
    about: Make,
    export: Make,
    subset: Make,
    columns: Make,
    added: Make,
    /// Reads what the app's host adds.
    pub catalogue: fn(&str) -> (Catalogue, Vec<Problem>),
    datasets: Make,
    nothing: Make,
    save_chart: Make,
    rail_sheet: Make,
}

/// The page without a table.
#[derive(Debug)]
pub struct Start {
    page: Make,
}

/// What begins the module of [`Images`].
pub fn images() -> &'static Images {
    &Images {
        reader: read_late,
        gallery: || view! { <Gallery/> }.into_any(),
        compare: || view! { <Compare/> }.into_any(),
        detail: || view! { <DetailDrawer/> }.into_any(),
    }
}

/// What begins the module of [`Texts`].
pub fn texts() -> &'static Texts {
    &Texts {
        reader: read_late,
        prompts: || view! { <PromptsView/> }.into_any(),
        phrases: || view! { <PhrasesView/> }.into_any(),
    }
}

/// What begins the module of [`Panels`].
pub fn panels() -> &'static Panels {
    &Panels {
        reader: read_late,
        metadata: || view! { <Metadata/> }.into_any(),
        repository: || view! { <RepositoryPage/> }.into_any(),
        shortcuts: || view! { <Sheet/> }.into_any(),
        help: || view! { <HelpSheet/> }.into_any(),
        settings: || view! { <SettingsPanel/> }.into_any(),
        about: || view! { <AboutPanel/> }.into_any(),
        export: || view! { <ExportPanel/> }.into_any(),
        subset: || view! { <SubsetPanel/> }.into_any(),
        columns: || view! { <ColumnsPanel/> }.into_any(),
        added: || view! { <AddedTables/> }.into_any(),
        catalogue: read,
        datasets: || view! { <DatasetList/> }.into_any(),
        nothing: || view! { <NothingMatches/> }.into_any(),
        save_chart: || view! { <SaveChartPanel/> }.into_any(),
        rail_sheet: || view! { <RailSheet/> }.into_any(),
    }
}

/// What begins the module of [`Start`].
pub fn start() -> &'static Start {
    &Start { page: || view! { <StartPage/> }.into_any() }
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
    /// See [`Start`].
    pub start: fn() -> Coming<Start>,
}

/// A view that comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    Start,
    Gallery,
    Compare,
    Detail,
    Prompts,
    Phrases,
    Metadata,
    Repository,
    Shortcuts,
    Help,
    Settings,
    About,
    Export,
    Subset,
    Columns,
    Added,
    Datasets,
    Nothing,
    SaveChart,
    RailSheet,
}

/// What has been fetched so far.
#[derive(Clone, Copy)]
pub struct Fetched {
    store: Store,
    modules: Modules,
    images: RwSignal<Option<&'static Images>>,
    texts: RwSignal<Option<&'static Texts>>,
    panels: RwSignal<Option<&'static Panels>>,
    start: RwSignal<Option<&'static Start>>,
}

impl Fetched {
    pub fn nothing(store: Store, modules: Modules) -> Self {
        let (images, texts) = (RwSignal::new(None), RwSignal::new(None));
        let (panels, start) = (RwSignal::new(None), RwSignal::new(None));
        Self { store, modules, images, texts, panels, start }
    }

    /// What makes a view, once its module is there.
    fn make(self, late: Late) -> Option<Make> {
        let Self { images, texts, panels, start, .. } = self;
        match late {
            Late::Start => start.get().map(|module| module.page),
            Late::Gallery => images.get().map(|module| module.gallery),
            Late::Compare => images.get().map(|module| module.compare),
            Late::Detail => images.get().map(|module| module.detail),
            Late::Prompts => texts.get().map(|module| module.prompts),
            Late::Phrases => texts.get().map(|module| module.phrases),
            Late::Metadata => panels.get().map(|module| module.metadata),
            Late::Repository => panels.get().map(|module| module.repository),
            Late::Shortcuts => panels.get().map(|module| module.shortcuts),
            Late::Help => panels.get().map(|module| module.help),
            Late::Settings => panels.get().map(|module| module.settings),
            Late::About => panels.get().map(|module| module.about),
            Late::Export => panels.get().map(|module| module.export),
            Late::Subset => panels.get().map(|module| module.subset),
            Late::Columns => panels.get().map(|module| module.columns),
            Late::Added => panels.get().map(|module| module.added),
            Late::Datasets => panels.get().map(|module| module.datasets),
            Late::Nothing => panels.get().map(|module| module.nothing),
            Late::SaveChart => panels.get().map(|module| module.save_chart),
            Late::RailSheet => panels.get().map(|module| module.rail_sheet),
        }
    }

    /// Whether the module of a view and its styles could be fetched.
    async fn fetch(self, late: Late) -> bool {
        // Both are asked for before either is waited for.
        let styles = Styles::fetch();
        let Self { store, modules, images, texts, panels, start } = self;
        let reader = match late {
            // It asks the data thread for nothing.
            Late::Start => return come((modules.start)(), styles, start).await.is_some(),
            Late::Gallery | Late::Compare | Late::Detail => {
                come((modules.images)(), styles, images).await.map(|module| module.reader)
            }
            Late::Prompts | Late::Phrases => {
                come((modules.texts)(), styles, texts).await.map(|module| module.reader)
            }
            Late::Metadata
            | Late::Repository
            | Late::Shortcuts
            | Late::Help
            | Late::Settings
            | Late::About
            | Late::Export
            | Late::Subset
            | Late::Columns
            | Late::Added
            | Late::Datasets
            | Late::Nothing
            | Late::SaveChart
            | Late::RailSheet => come((modules.panels)(), styles, panels).await.map(|module| module.reader),
        };
        reader.map(|reader| store.read_with(reader)).is_some()
    }
}

/// A module, once it and the styles are there; then the views that wait for it are made.
async fn come<T: Send + Sync>(
    coming: Coming<T>,
    styles: Option<Styles>,
    place: RwSignal<Option<&'static T>>,
) -> Option<&'static T> {
    let module = coming.await?;
    if let Some(styles) = styles
        && !styles.come().await
    {
        return None;
    }
    place.set(Some(module));
    Some(module)
}

/// Where the page says what the styles of late views are called.
const STYLES_NAMED_BY: &str = "meta[name=vitrine-style]";

/// The styles of late views, once they have come.
const STYLES_THERE: &str = "link[data-later]";

/// Styles on their way: what fetches them, and what comes of it.
struct Styles {
    link: Element,
    come: JsFuture,
}

impl Styles {
    /// Begins to fetch them, unless they are there.
    fn fetch() -> Option<Self> {
        let document = document();
        let find = |selector| document.query_selector(selector).ok().flatten();
        let href = find(STYLES_NAMED_BY)?.get_attribute("content")?;
        if find(STYLES_THERE).is_some() {
            return None;
        }
        let (link, head) = (document.create_element("link").ok()?, document.head()?);
        let _ = link.set_attribute("rel", "stylesheet");
        let _ = link.set_attribute("href", &href);
        let come = Promise::new(&mut |resolve, _| {
            let _ = link.add_event_listener_with_callback("load", &resolve);
            let _ = link.add_event_listener_with_callback("error", &resolve);
        });
        let _ = head.append_child(&link);
        Some(Self { link, come: JsFuture::from(come) })
    }

    /// Whether they came.
    async fn come(self) -> bool {
        let event = self.come.await.ok().and_then(|event| event.dyn_into::<Event>().ok());
        let came = event.is_some_and(|event| event.type_() == "load");
        if came {
            let _ = self.link.set_attribute("data-later", "");
        } else {
            self.link.remove();
        }
        came
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
