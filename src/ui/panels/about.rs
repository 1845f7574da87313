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
        Known::Catalogue(table) => view! { <Dataset table/> }.into_any(),
        Known::Host(table) => view! { <OfTheHost table/> }.into_any(),
    })
}

/// What the app's host says of a table.
#[component]
fn OfTheHost(table: &'static Added) -> impl IntoView {
    let Added { title, description, link, licence, .. } = table;
    let to = |name: String, address: String| {
        view! { <a href=address target="_blank" rel="noopener noreferrer">{name}</a> }
    };
    let licence = licence.clone().map(|(name, address)| {
        let licence = match address {
            Some(address) => to(name, address).into_any(),
            None => view! { <span>{name}</span> }.into_any(),
        };
        view! {
            <h3>{texts::LICENCE}</h3>
            <p class="about-links">{licence}</p>
        }
    });
    let page = link
        .clone()
        .map(|address| view! { <p class="about-links">{to(texts::ABOUT_TABLE.to_owned(), address)}</p> });
    view! {
        <div class="about">
            <h2>{title.clone()}</h2>
            {page}
            {(!description.is_empty()).then(|| view! { <p>{description.clone()}</p> })}
            <p>{texts::ADDED_BY_SITE}</p>
            {licence}
        </div>
    }
}

#[component]
fn Dataset(table: &'static Table) -> impl IntoView {
    let store = use_store();
    let About { dataset, what, row, licence, links, bibtex, limits, privacy } = *about(table.dataset)?;
    let columns = move || {
        store.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.columns.as_slice()).unwrap_or_default();
            columns.iter().map(column).collect_view()
        })
    };
    let rows = move || store.opened.with(|opened| opened.as_ref().map_or(table.rows, |opened| opened.rows));
    let paragraphs =
        |texts: &'static [&'static str]| texts.iter().map(|text| view! { <p>{*text}</p> }).collect_view();
    let facts =
        table.facts.iter().map(|(name, value)| view! { <div><dt>{*name}</dt><dd>{*value}</dd></div> });
    let link = |(name, address): (&'static str, &'static str)| {
        view! { <a href=address target="_blank" rel="noopener noreferrer">{name}</a> }
    };
    Some(view! {
        <div class="about">
            <h2>{format!("{dataset} {}", table.part)}</h2>
            <p class="about-links">{links.iter().copied().map(link).collect_view()}</p>
            {paragraphs(what)}
            <dl class="about-facts">{facts.collect_view()}</dl>
            <h3>{texts::ROWS_AND_COLUMNS}</h3>
            <p>{move || texts::rows_sentence(rows())} {row}</p>
            <dl class="about-columns">{columns}</dl>
            <h3>{texts::LIMITS}</h3>
            <ul>{limits.iter().map(|limit| view! { <li>{*limit}</li> }).collect_view()}</ul>
            <h3>{texts::PRIVACY}</h3>
            <p>{privacy}</p>
            <h3>{texts::LICENCE}</h3>
            <p class="about-links">{link(licence)}</p>
            <h3>{texts::CITATION}</h3>
            <pre tabindex="0">{bibtex}</pre>
            <button type="button" class="button" data-kind="line" data-size="small" on:click=move |_| store.copy(bibtex, texts::BIBTEX_COPIED)>
                {icon(Icon::Copy)} {texts::COPY_BIBTEX}
            </button>
        </div>
    })
}

fn column(column: &Column) -> impl IntoView + use<> {
    let Column { name, type_name, .. } = column;
    let about = facts::column(name).map(|facts| facts.about);
    view! {
        <div>
            <dt>{name.clone()} " " <small>{type_name.clone()}</small></dt>
            <dd>{about}</dd>
        </div>
    }
}
