//! The tables that the app's host adds, on the start page, and what is wrong with its catalogue.

use crate::protocol::display::thousands;
use crate::protocol::texts::{common, start as texts};
use crate::ui::panels::top_bar::PlaceLink;
use crate::ui::runtime::host::{Host, host};
use crate::view::host::Table;
use crate::view::spec::TableRef;
use leptos::prelude::*;

/// Problems that are shown; the program that puts a catalogue in place tells all of them.
const SHOWN: usize = 6;

/// Both, as far as there are some.
#[component]
pub fn AddedTables() -> impl IntoView {
    let Host { catalogue, problems } = host();
    let more = problems.len().saturating_sub(SHOWN);
    let told = problems.iter().take(SHOWN).map(|problem| view! { <li>{problem.to_string()}</li> });
    let told = (!problems.is_empty()).then(|| {
        view! {
            <div class="added-problems" role="alert">
                <h2>{texts::MISTAKES}</h2>
                <ul>{told.collect_view()}</ul>
                {(more > 0).then(|| view! { <p>{common::and_more(more as u64)}</p> })}
            </div>
        }
    });
    let cards = catalogue.tables.iter().map(|table| view! { <Card table/> }).collect_view();
    let tables = (!catalogue.tables.is_empty()).then(|| {
        view! {
            <div class="part-head">
                <h2>{common::SITE_TABLES}</h2>
            </div>
            <ul class="cards added">{cards}</ul>
        }
    });
    view! { {told} {tables} }
}

#[component]
fn Card(table: &'static Table) -> impl IntoView {
    let Table { id, title, description, rows, licence, files, .. } = table;
    let facts = [
        rows.map(|rows| (texts::ROWS, thousands(rows))),
        (files.len() > 1).then(|| (texts::FILES, thousands(files.len() as u64))),
        licence.as_ref().map(|(name, _)| (texts::LICENCE, name.clone())),
    ];
    let facts = facts.into_iter().flatten().map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    });
    view! {
        <li class="card">
            <div class="card-words">
                <h3>
                    <PlaceLink table=TableRef::Catalogue(id.clone())>{title.clone()}</PlaceLink>
                </h3>
                {(!description.is_empty()).then(|| view! { <p>{description.clone()}</p> })}
                <dl>{facts.collect_view()}</dl>
            </div>
        </li>
    }
}
