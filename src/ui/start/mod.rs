//! The start page: the catalogue, and the ways to open anything else.

pub mod added;
pub mod art;
pub mod open_boxes;
pub mod repository;

use crate::protocol::texts::{common, start as texts};
use crate::ui::panels::notices::Notices;
use crate::ui::panels::top_bar::{PlainBar, TableLink};
use crate::ui::runtime::host::{Host, host};
use crate::ui::runtime::lazy::{Lazy, LazyPart};
use crate::ui::start::art::{Shelf, Studio};
use crate::ui::start::open_boxes::{DropBox, PlaceBox};
use crate::view::catalog::{TABLES, Table};
use crate::view::host::Catalogue;
use crate::view::roles::Role;
use leptos::prelude::*;

/// The page.
#[component]
pub fn StartPage() -> impl IntoView {
    let Host { catalogue: Catalogue { title, description, tables, .. }, problems } = host();
    let has_added = !(tables.is_empty() && problems.is_empty());
    let listed = TABLES.iter().filter(|table| !table.is_sample());
    let cards = listed.enumerate().map(|(place, table)| view! { <Card table place/> });
    let samples = TABLES.iter().filter(|table| table.is_sample()).map(|table| view! { <Sample table/> });
    view! {
        <Studio/>
        <div class="start">
            <PlainBar/>
            <main>
                <div class="hero">
                    <h1>{title.as_deref().unwrap_or(texts::LEAD)}</h1>
                    <p>{description.as_deref().unwrap_or(texts::WHAT)}</p>
                </div>
                <Notices/>
                {has_added.then(|| view! { <LazyPart of=Lazy::Added/> })}
                <div class="part-head">
                    <h2>{texts::DATASETS}</h2>
                    <p>{texts::HOW_TABLES_OPEN}</p>
                </div>
                <ul class="cards">{cards.collect_view()}</ul>
                <div class="ways">
                    <PlaceBox/>
                    <DropBox/>
                    <section class="box">
                        <h2>{texts::SAMPLES}</h2>
                        <ul class="samples">{samples.collect_view()}</ul>
                        <p>{texts::ABOUT_SAMPLES}</p>
                    </section>
                </div>
            </main>
        </div>
    }
}

#[component]
fn Card(table: &'static Table, place: usize) -> impl IntoView {
    let is_ranked = table.column_of(Role::Rank).is_some();
    let wide = (!is_ranked).then_some("");
    let facts = table.facts.iter().map(|(name, value)| {
        view! {
            <div>
                <dt>{*name}</dt>
                <dd>{*value}</dd>
            </div>
        }
    });
    let is_chosen = table.column_of(Role::Preference).is_some();
    let note = match (is_ranked, is_chosen) {
        (true, _) => texts::WITH_RANKS,
        (false, true) => texts::WITH_CHOICES,
        (false, false) => texts::WITH_SETTINGS,
    };
    view! {
        <li class="card" data-wide=wide>
            <Shelf table=table.id place/>
            <div class="card-words">
                <h3>
                    <TableLink id=table.id>{format!("{} {}", table.dataset, table.part)}</TableLink>
                    <small>{note}</small>
                </h3>
                <dl>{facts.collect_view()}</dl>
            </div>
        </li>
    }
}

#[component]
fn Sample(table: &'static Table) -> impl IntoView {
    view! {
        <li>
            <span class="sample" title=table.summary>
                <TableLink id=table.id>{format!("{} {}", table.dataset, table.part)}</TableLink>
                <small>{common::rows(table.rows)}</small>
            </span>
        </li>
    }
}
