//! The bar above everything: where you are, and how to take it with you.

use crate::protocol::display::thousands;
use crate::protocol::texts::{common, panels as texts};
use crate::ui::panels::about::AboutButton;
use crate::ui::panels::brand::Brand;
use crate::ui::panels::export::ExportMenu;
use crate::ui::panels::settings::Settings;
use crate::ui::runtime::host;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::runtime::names;
use crate::ui::runtime::turn::InTurn;
use crate::ui::search::field::SearchField;
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::links::opens_elsewhere;
use crate::ui::widgets::popover::{Popover, PopoverOpen};
use crate::ui::widgets::words::button_words;
use crate::view::catalog;
use crate::view::catalog::TABLES;
use crate::view::spec::{Spec, TableRef};
use crate::view::url;
use leptos::prelude::*;

/// The bar of the explore view.
#[component]
pub fn TopBar() -> impl IntoView {
    let store = use_store();
    let about = move || {
        let summary = store.spec.with(|spec| match &spec.table {
            Some(TableRef::Catalogue(id)) => {
                let added = || host::table(id).map(|table| table.description.as_str());
                catalog::table(id)
                    .map(|table| table.summary)
                    .or_else(added)
                    .filter(|summary| !summary.is_empty())
            }
            _ => None,
        });
        let opened = store.opened.get();
        match (summary, opened) {
            (Some(summary), _) => summary.to_owned(),
            (None, Some(opened)) => {
                let by = opened.created_by.as_deref();
                texts::file_about(opened.columns.len(), opened.row_groups, opened.file_bytes, by)
            }
            (None, None) => String::new(),
        }
    };
    let share = move |_| match store.link() {
        Some(link) => store.copy(&link, common::LINK_COPIED),
        None => store.copy("", common::NOT_SHARED),
    };
    view! {
        <header class="bar">
            <div class="bar-start">
                <Brand/>
                <Switcher/>
            </div>
            <Show
                when=move || store.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.has_texts()))
                fallback=move || view! { <p class="bar-about" title=about>{about}</p> }
            >
                <InTurn><SearchField/></InTurn>
            </Show>
            <div class="bar-end">
                <AboutButton/>
                <ExportMenu/>
                <button
                    type="button"
                    class="button"
                    aria-label=texts::SHARE_LABEL
                    on:click=share
                >
                    {icon(Icon::Link)}
                    {button_words(texts::SHARE)}
                </button>
                <Settings/>
            </div>
        </header>
    }
}

#[component]
fn Switcher() -> impl IntoView {
    let store = use_store();
    let name = Memo::new(move |_| {
        store.spec.with(|spec| spec.table.as_ref().map(names::table_name)).unwrap_or_default()
    });
    let label = Signal::derive(move || {
        let (name, part) = name.get();
        texts::dataset(&name, &part)
    });
    let trigger = move || {
        view! {
            <b>{move || name.get().0}</b>
            " "
            <span class="switcher-part">{move || name.get().1}</span>
            {icon(Icon::Chevron)}
        }
    };
    view! {
        <Popover label=label class="button switcher" trigger=ViewFn::from(trigger)>
            <LazyPart of=Lazy::Datasets/>
        </Popover>
    }
}

/// What is in it.
#[component]
pub fn DatasetList() -> impl IntoView {
    let store = use_store();
    let open = use_context::<PopoverOpen>();
    let mut groups: Vec<(&'static str, Vec<&'static catalog::Table>)> = Vec::new();
    for table in TABLES {
        match groups.iter_mut().find(|(dataset, _)| *dataset == table.dataset) {
            Some((_, tables)) => tables.push(table),
            None => groups.push((table.dataset, vec![table])),
        }
    }
    let current = move |id: &str| {
        store.spec.with(|spec| spec.table == Some(TableRef::Catalogue(id.to_owned()))).then_some("true")
    };
    let added = host::host().catalogue.tables.iter();
    let added = added.map(|table| {
        let chosen = move || {
            if let Some(PopoverOpen(open)) = open {
                open.set(false);
            }
        };
        view! {
            <li>
                <PlaceLink
                    table=TableRef::Catalogue(table.id.clone())
                    current=Signal::derive(move || current(&table.id))
                    chosen=Box::new(chosen)
                >
                    <span>{table.title.clone()}</span>
                    <small>{table.rows.map(common::rows)}</small>
                </PlaceLink>
            </li>
        }
    });
    let added = added.collect_view();
    let added = (!host::host().catalogue.tables.is_empty()).then(|| {
        view! {
            <h2 class="panel-title">{common::SITE_TABLES}</h2>
            <ul>{added}</ul>
        }
    });
    let own = groups
        .into_iter()
        .map(|(dataset, tables)| {
            let items = tables
                .into_iter()
                .map(|table| {
                    let chosen = move || {
                        if let Some(PopoverOpen(open)) = open {
                            open.set(false);
                        }
                    };
                    view! {
                        <li>
                            <TableLink id=table.id current=Signal::derive(move || current(table.id)) chosen=Box::new(chosen)>
                                <span>{table.part}</span>
                                <small>{format!("{} {}", thousands(table.rows), table.row_noun)}</small>
                            </TableLink>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <h2 class="panel-title">{dataset}</h2>
                <ul>{items}</ul>
            }
        })
        .collect_view();
    view! { {added} {own} }
}

/// A link to a table of the catalogue that opens it in place.
#[component]
pub fn TableLink(
    /// The table's id.
    id: &'static str,
    /// `aria-current`.
    #[prop(optional, into)]
    current: Signal<Option<&'static str>>,
    /// Called when it was followed.
    #[prop(optional)]
    chosen: Option<Box<dyn Fn()>>,
    children: Children,
) -> impl IntoView {
    let chosen = chosen.unwrap_or_else(|| Box::new(|| {}));
    view! {
        <PlaceLink table=TableRef::Catalogue(id.to_owned()) current chosen=chosen>
            {children()}
        </PlaceLink>
    }
}

/// A link to any table, or to a repository, that opens it in place.
#[component]
pub fn PlaceLink(
    /// Where it is.
    table: TableRef,
    /// `aria-current`.
    #[prop(optional, into)]
    current: Signal<Option<&'static str>>,
    /// Called when it was followed.
    #[prop(optional)]
    chosen: Option<Box<dyn Fn()>>,
    children: Children,
) -> impl IntoView {
    let store = use_store();
    let href = {
        let table = table.clone();
        move || {
            store.spec.with(|spec| {
                let spec = Spec {
                    table: Some(table.clone()),
                    endpoint: spec.endpoint.clone(),
                    embed: spec.embed,
                    ..Spec::default()
                };
                format!("?{}", url::print(&spec))
            })
        }
    };
    let follow = move |event: leptos::ev::MouseEvent| {
        if !opens_elsewhere(&event) {
            event.prevent_default();
            store.open(table.clone());
            if let Some(chosen) = &chosen {
                chosen();
            }
        }
    };
    view! { <a href=href aria-current=move || current.get() on:click=follow>{children()}</a> }
}

/// The bar of a page without a table: whose page it is, and the settings.
#[component]
pub fn PlainBar() -> impl IntoView {
    view! {
        <header class="bar">
            <div class="bar-start">
                <Brand/>
            </div>
            <div class="bar-end">
                <Settings/>
            </div>
        </header>
    }
}
