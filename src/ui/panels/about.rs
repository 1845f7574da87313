//! What the open table's dataset is: a panel below a button of the bar.

use crate::protocol::Column;
use crate::protocol::texts::panels as texts;
use crate::ui::runtime::host;
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::store::facts;
use crate::ui::store::{Store, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::popover::Popover;
use crate::view::catalog;
use crate::view::catalog::Table;
use crate::view::catalog::about::{About, about};
use crate::view::host::Table as Added;
use crate::view::spec::TableRef;
use leptos::prelude::*;

/// The button, for tables of the catalogue and of the app's host.
#[component]
pub fn AboutButton() -> impl IntoView {
    let store = use_store();
    let known = Memo::new(move |_| known(store));
    move || {
        known.get().map(|table| {
            let trigger = || icon(Icon::Info);
            view! {
                <Popover
                    label=Signal::derive(move || texts::about(table.name()))
                    class="button about-button"
                    end=true
                    trigger=ViewFn::from(trigger)
                >
                    <LazyPart of=Lazy::About/>
                </Popover>
            }
        })
    }
}

/// Who knows the table.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    Catalogue(&'static Table),
    Host(&'static Added),
}

impl Known {
    fn name(self) -> &'static str {
        match self {
            Self::Catalogue(table) => table.dataset,
            Self::Host(table) => &table.title,
        }
    }
}

/// The table, if the catalogue or the app's host has it.
fn known(store: Store) -> Option<Known> {
    store.spec.with(|spec| match &spec.table {
        Some(TableRef::Catalogue(id)) => {
            catalog::table(id).map(Known::Catalogue).or_else(|| host::table(id).map(Known::Host))
        }
        Some(TableRef::Hub(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_)) | None => None,
    })
}

/// What is in it.
#[component]
pub fn AboutPanel() -> impl IntoView {
    let store = use_store();
    known(store).map(|known| match known {
        Known::Catalogue(table) => {
            let facts = table.facts.to_vec();
            let name = format!("{} {}", table.dataset, table.part);
            about(table.dataset).map(|about| view! { <Dataset name about facts rows=table.rows/> }).into_any()
        }
        Known::Host(table) => view! { <OfTheHost table/> }.into_any(),
    })
}

/// What the app's host says of a table.
#[component]
fn OfTheHost(table: &'static Added) -> impl IntoView {
    let Added { title, description, link, licence, dataset, facts, rows, .. } = table;
    let licence = licence.as_ref().map(|(name, address)| licence_part(name, address.as_deref()));
    let page = link
        .as_ref()
        .map(|address| view! { <p class="about-links">{link_to(texts::ABOUT_TABLE, address)}</p> });
    let dataset = dataset.as_ref().map(|dataset| {
        let facts = facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let name = dataset.about.dataset.to_string();
        view! { <Dataset name about=&dataset.about facts rows=rows.unwrap_or_default()/> }
    });
    view! {
        <div class="about">
            <h2>{title.clone()}</h2>
            {page}
            {(!description.is_empty()).then(|| view! { <p>{description.clone()}</p> })}
            <p>{texts::ADDED_BY_SITE}</p>
            {licence}
        </div>
        {dataset}
    }
}

fn link_to(name: &'static str, address: &'static str) -> impl IntoView {
    view! { <a href=address target="_blank" rel="noopener noreferrer">{name}</a> }
}

fn licence_part(name: &'static str, address: Option<&'static str>) -> impl IntoView {
    let licence = match address {
        Some(address) => link_to(name, address).into_any(),
        None => view! { <span>{name}</span> }.into_any(),
    };
    view! {
        <h3>{texts::LICENCE}</h3>
        <p class="about-links">{licence}</p>
    }
}

/// A heading and a paragraph below it, where there is something to say.
fn part(title: &'static str, text: &'static str) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <h3>{title}</h3>
            <p>{text}</p>
        }
    })
}

/// What is told of a dataset. `rows` are the table's, until its footer counts.
#[component]
fn Dataset(
    name: String,
    about: &'static About,
    facts: Vec<(&'static str, &'static str)>,
    rows: u64,
) -> impl IntoView {
    let store = use_store();
    let About { dataset: _, what, row, licence, links, bibtex, limits, privacy, report: _ } = about;
    let columns = move || {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().map(column).collect_view()
        })
    };
    let rows = move || store.opened.with(|opened| opened.as_ref().map_or(rows, |opened| opened.rows));
    let facts = facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    let limits = (!limits.is_empty()).then(|| {
        view! {
            <h3>{texts::LIMITS}</h3>
            <ul>{limits.iter().map(|limit| view! { <li>{&**limit}</li> }).collect_view()}</ul>
        }
    });
    let citation = (!bibtex.is_empty()).then(|| {
        view! {
            <h3>{texts::CITATION}</h3>
            <pre tabindex="0">{&**bibtex}</pre>
            <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.copy(bibtex, texts::BIBTEX_COPIED)>
                {icon(Icon::Copy)} {texts::COPY_BIBTEX}
            </button>
        }
    });
    view! {
        <div class="about">
            <h2>{name}</h2>
            <p class="about-links">{links.iter().map(|(name, address)| link_to(name, address)).collect_view()}</p>
            {what.iter().map(|text| view! { <p>{&**text}</p> }).collect_view()}
            <dl class="about-facts">{facts.collect_view()}</dl>
            <h3>{texts::ROWS_AND_COLUMNS}</h3>
            <p>{move || texts::rows_sentence(rows())} " " {&**row}</p>
            <dl class="about-columns">{columns}</dl>
            {limits}
            {part(texts::PRIVACY, privacy)}
            {licence.as_ref().map(|(name, address)| licence_part(name, address.as_deref()))}
            {citation}
        </div>
    }
}

fn column(column: &Column) -> impl IntoView + use<> {
    let Column { name, type_name, .. } = column;
    let about = facts::column(name).map(|facts| &*facts.about);
    view! {
        <div>
            <dt>{name.clone()} " " <small>{type_name.clone()}</small></dt>
            <dd>{about}</dd>
        </div>
    }
}
