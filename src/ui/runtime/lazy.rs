//! Parts of the page whose code is in modules of its own, fetched when it is first needed.
//!
//! Which component is in which module stands in the registry, `ui/views.rs`; which function is a
//! module's entry stands in the page's binary, where the build splits the page.

use crate::protocol::texts::panels as texts;
use crate::ui::runtime::shell::take_over;
use crate::ui::runtime::slices::in_turn;
use crate::ui::store::{Reader, Store};
use crate::ui::widgets::icon::Icon;
use crate::view::host::{Catalogue, Problem};
use crate::view::spec::View;
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event};

/// A part of the page that the registry knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lazy {
    /// A view of the result.
    View(View),
    /// The page without a table.
    Start,
    /// The page of a repository.
    Repository,
    /// The drawer with the details of a row.
    Detail,
    /// The sheet of keys.
    Shortcuts,
    /// The guide.
    Help,
    /// Pairs of what people prefer.
    Pairs,
    /// Words that go on with what is typed into the search.
    Suggestions,
    /// The rows that are pinned.
    Pin,
    /// A chart of two columns beside another view.
    Plot,
    /// The panel of the settings.
    Settings,
    /// The panel about the dataset.
    About,
    /// The panel of the export.
    Export,
    /// The panel of the subset.
    Subset,
    /// The panel of labels.
    Labels,
    /// The panel of the table's columns.
    Columns,
    /// The tables that the app's host adds.
    Added,
    /// The list of datasets.
    Datasets,
    /// What is shown where no row matches.
    Nothing,
    /// The panel that saves a chart.
    SaveChart,
    /// The charts over the page, on small screens.
    RailSheet,
}

/// A module of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// The module that the page begins with.
    Main,
    /// The views of images.
    Images,
    /// The views of what prompts are made of.
    Texts,
    /// The views of groups.
    Groups,
    /// Panels, and pages beside the table.
    Panels,
    /// The page without a table.
    Start,
    /// What people prefer, two images at a time.
    Preference,
    /// Two columns against each other.
    Plot,
}

/// How many there are.
const MODULES: usize = Module::Plot as usize + 1;

/// Makes a component.
pub type Make = fn() -> AnyView;

/// What a module's entry function returns.
#[derive(Debug)]
pub struct Entry {
    /// The components that are in it.
    pub parts: &'static [(Lazy, Make)],
    /// Reads lazy answers of the data thread, where the module shows any.
    pub reader: Option<Reader>,
    /// Reads what the app's host adds, where the module can.
    pub catalogue: Option<ReadCatalogue>,
}

/// Reads a `catalog.json`: what counts of it, and what is wrong with it.
pub type ReadCatalogue = fn(&str) -> (Catalogue, Vec<Problem>);

/// A module in flight; none where it could not be fetched.
pub type Loading = Pin<Box<dyn Future<Output = Option<&'static Entry>>>>;

/// What the mechanism has to know of the registry.
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    /// Which module a part is in.
    pub module_of: fn(Lazy) -> Module,
    /// The icon of a view.
    pub icon_of: fn(View) -> Icon,
    /// Fetches a module.
    pub load: fn(Module) -> Loading,
}

/// The modules that have been loaded so far.
#[derive(Clone, Copy)]
pub struct Loaded {
    store: Store,
    registry: Registry,
    /// By module.
    entries: [RwSignal<Option<&'static Entry>>; MODULES],
}

impl Loaded {
    /// Nothing but the module that the page begins with.
    pub fn new(store: Store, registry: Registry, main: &'static Entry) -> Self {
        let entries = [Some(main), None, None, None, None, None, None, None].map(RwSignal::new);
        Self { store, registry, entries }
    }

    /// The icon of a view.
    pub fn icon_of(self, view: View) -> Icon {
        (self.registry.icon_of)(view)
    }

    /// What makes a part, once its module has been loaded.
    fn make(self, part: Lazy) -> Option<Make> {
        let module = (self.registry.module_of)(part);
        let entry = self.entries.get(module as usize)?.get()?;
        entry.parts.iter().find(|(other, _)| *other == part).map(|(_, make)| *make)
    }

    /// Whether the module of a part and the styles of lazy views could be fetched.
    async fn load(self, part: Lazy) -> bool {
        // Both requests start before either is awaited.
        let styles = Styles::fetch();
        let module = (self.registry.module_of)(part);
        let Some(entry) = (self.registry.load)(module).await else { return false };
        if let Some(styles) = styles
            && !styles.load().await
        {
            return false;
        }
        if let Some(place) = self.entries.get(module as usize) {
            place.set(Some(entry));
        }
        if let Some(reader) = entry.reader {
            self.store.read_with(reader);
        }
        true
    }
}

/// The place of a lazy part. Where its module can't be fetched, a message says so and offers a retry.
#[component]
pub fn LazyPart(of: Lazy) -> impl IntoView {
    let loaded = use_context::<Loaded>();
    let failed = RwSignal::new(false);
    let load = move || {
        let Some(loaded) = loaded else { return };
        failed.set(false);
        spawn_local(async move {
            // The place may be gone by then.
            if !loaded.load(of).await {
                let _ = failed.try_set(true);
            }
            if of == Lazy::Start {
                // After the page is drawn, or what says that it can't be.
                in_turn(move || {
                    if let Some(files) = take_over()
                        && let Err(trouble) = loaded.store.open_files(Some(files))
                    {
                        loaded.store.tell(trouble);
                    }
                });
            }
        });
    };
    let make = move || loaded.and_then(|loaded| loaded.make(of));
    if untrack(make).is_none() {
        load();
    }
    move || {
        match (make(), failed.get()) {
        (Some(make), _) => make(),
        (None, false) => {
            view! { <p class="lazy" role="status" aria-label=texts::LOADING><i class="skeleton"></i></p> }
                .into_any()
        }
        (None, true) => view! {
            <p class="lazy" role="alert">
                {texts::NOT_FETCHED}
                <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| load()>
                    {texts::TRY_AGAIN}
                </button>
            </p>
        }
        .into_any(),
    }
    }
}

/// Where the page names the style sheet of lazy views.
const STYLES_NAMED_BY: &str = "meta[name=vitrine-style]";

/// That style sheet, once it has loaded.
const STYLES_LOADED: &str = "link[data-lazy]";

/// A style sheet in flight.
struct Styles {
    link: Element,
    loaded: JsFuture,
}

impl Styles {
    /// Begins to fetch it, unless it has loaded.
    fn fetch() -> Option<Self> {
        let document = document();
        let find = |selector| document.query_selector(selector).ok().flatten();
        let href = find(STYLES_NAMED_BY)?.get_attribute("content")?;
        if find(STYLES_LOADED).is_some() {
            return None;
        }
        let (link, head) = (document.create_element("link").ok()?, document.head()?);
        let _ = link.set_attribute("rel", "stylesheet");
        let _ = link.set_attribute("href", &href);
        let loaded = Promise::new(&mut |resolve, _| {
            let _ = link.add_event_listener_with_callback("load", &resolve);
            let _ = link.add_event_listener_with_callback("error", &resolve);
        });
        let _ = head.append_child(&link);
        Some(Self { link, loaded: JsFuture::from(loaded) })
    }

    /// Whether it loaded.
    async fn load(self) -> bool {
        let event = self.loaded.await.ok().and_then(|event| event.dyn_into::<Event>().ok());
        let is_loaded = event.is_some_and(|event| event.type_() == "load");
        if is_loaded {
            let _ = self.link.set_attribute("data-lazy", "");
        } else {
            self.link.remove();
        }
        is_loaded
    }
}
