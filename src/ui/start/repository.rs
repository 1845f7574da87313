//! A dataset repository on the Hub: its branches, its folders, and the tables in them.

use crate::base::bytes::human_bytes;
use crate::formats::hub::CONVERTED;
use crate::protocol::Level;
use crate::protocol::browse::{Items, Listed, Split};
use crate::protocol::texts::start as texts;
use crate::ui::panels::empty::Fatal;
use crate::ui::panels::notices::Notices;
use crate::ui::panels::top_bar::{PlaceLink, PlainBar};
use crate::ui::store::use_store;
use crate::ui::widgets::icon::{Icon, icon};
use crate::view::spec::{HubFolder, HubPath, TableRef};
use leptos::prelude::*;
use std::sync::Arc;

/// Files that are listed one by one unless all are asked for.
const FILES_SHOWN: usize = 60;

/// The page.
#[component]
pub fn RepositoryPage() -> impl IntoView {
    let store = use_store();
    let place = Memo::new(move |_| {
        store.spec.with(|spec| match &spec.table {
            Some(TableRef::Folder(folder)) => Some(folder.clone()),
            Some(TableRef::Catalogue(_) | TableRef::Hub(_) | TableRef::Url(_) | TableRef::Local(_))
            | None => None,
        })
    });
    let fatal = Memo::new(move |_| {
        store.notices.with(|notices| notices.iter().find(|notice| notice.level == Level::Fatal).cloned())
    });
    view! {
        <div class="start repository">
            <PlainBar/>
            <main>
                {move || place.get().map(|place| view! { <Head place/> })}
                <Notices/>
                {move || match fatal.get() {
                    Some(item) => view! { <div class="case"><Fatal item/></div> }.into_any(),
                    None => view! { <Contents/> }.into_any(),
                }}
            </main>
        </div>
    }
}

/// Which repository, which branch, which folder.
#[component]
fn Head(place: HubFolder) -> impl IntoView {
    let store = use_store();
    let HubFolder { repository, revision, folder } = place.clone();
    let page = move || store.listed.with(|listed| listed.as_ref().map(|listed| listed.page.clone()));
    let at = |folder: &str| TableRef::Folder(HubFolder { folder: folder.to_owned(), ..place.clone() });
    let name = repository.clone();
    let mut steps = vec![view! { <li><PlaceLink table=at("")>{name}</PlaceLink></li> }.into_any()];
    for (end, _) in folder.match_indices('/').chain((!folder.is_empty()).then_some((folder.len(), ""))) {
        let path = folder.get(..end).unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        steps.push(view! { <li><PlaceLink table=at(path)>{name}</PlaceLink></li> }.into_any());
    }
    let references = {
        let revision = revision.clone();
        move || {
            let known =
                store.listed.with(|listed| listed.as_ref().and_then(|listed| listed.references.clone()));
            let mut known: Vec<(String, String)> =
                known.unwrap_or_default().into_iter().map(|other| (other.revision, other.name)).collect();
            // A commit, or a branch that nothing is known of yet.
            if !known.iter().any(|(other, _)| *other == revision) {
                known.insert(0, (revision.clone(), revision.clone()));
            }
            known
                .into_iter()
                .map(|(other, name)| {
                    let selected = other == revision;
                    view! { <option value=other selected=selected>{name}</option> }
                })
                .collect_view()
        }
    };
    let change = {
        let repository = repository.clone();
        move |event: leptos::ev::Event| {
            let revision = event_target_value(&event);
            let folder = HubFolder { repository: repository.clone(), revision, folder: String::new() };
            store.open(TableRef::Folder(folder));
        }
    };
    view! {
        <div class="repository-head">
            <h1 class="hidden">{repository.clone()}</h1>
            <nav aria-label=texts::FOLDERS>
                <ol class="steps">{steps}</ol>
            </nav>
            <div class="revision">
                <span aria-hidden="true">{texts::REVISION}</span>
                <select class="field" aria-label=texts::REVISION on:change=change>{references}</select>
            </div>
            {move || {
                page().map(|page| {
                    view! {
                        <a class="button" data-kind="line" href=page target="_blank" rel="noopener noreferrer">
                            {icon(Icon::Out)} {texts::ON_HUB}
                        </a>
                    }
                })
            }}
        </div>
    }
}

#[component]
fn Contents() -> impl IntoView {
    let store = use_store();
    move || match store.listed.get() {
        None => view! { <p class="repository-note" role="status">{texts::READING_LISTING}</p> }.into_any(),
        Some(listed) => contents(&listed).into_any(),
    }
}

fn contents(listed: &Arc<Listed>) -> impl IntoView + use<> {
    let place = HubFolder {
        repository: listed.place.repository.clone(),
        revision: listed.place.revision.clone(),
        folder: listed.place.folder.clone(),
    };
    let converted = (!listed.converted.is_empty()).then(|| {
        let rows =
            listed.converted.iter().map(|split| converted_row(&place.repository, split)).collect_view();
        view! {
            <section class="box" aria-label=texts::MADE_BY_HUB>
                <h2>{texts::MADE_BY_HUB}</h2>
                <p>{texts::ABOUT_MADE_BY_HUB}</p>
                <ul class="files">{rows}</ul>
            </section>
        }
    });
    let items = match &listed.items {
        Some(items) => listing(&place, items).into_any(),
        None => view! { <p class="repository-note" role="status">{texts::READING_LISTING}</p> }.into_any(),
    };
    view! {
        <div class="repository-lists">
            {items}
            {converted}
            {listed.converting.then(|| view! { <p class="repository-note">{texts::LOOKING_FOR_MADE}</p> })}
        </div>
    }
}

fn listing(place: &HubFolder, items: &Items) -> impl IntoView + use<> {
    let Items { folders, files, together, others, more } = items;
    let name = |path: &str| {
        let start = if place.folder.is_empty() { 0 } else { place.folder.len() + 1 };
        path.get(start..).unwrap_or(path).to_owned()
    };
    let file = |path: &str| {
        TableRef::Hub(HubPath {
            repository: place.repository.clone(),
            revision: place.revision.clone(),
            path: path.to_owned(),
        })
    };
    let together = together.iter().map(|(pattern, count, bytes)| {
        let note = texts::as_one_table(u64::from(*count));
        row(Icon::Table, file(pattern), name(pattern), note, human_bytes(*bytes), Some("several"))
    });
    let folders = folders.iter().map(|path| {
        let table = TableRef::Folder(HubFolder { folder: path.clone(), ..place.clone() });
        row(Icon::Folder, table, format!("{}/", name(path)), String::new(), String::new(), Some("folder"))
    });
    let nothing = files.is_empty() && folders.len() == 0 && !more;
    let mut files: Vec<_> =
        files.iter().map(|(path, bytes)| (file(path), name(path), human_bytes(*bytes))).collect();
    // Those of a table in a thousand files are seldom looked for one by one.
    let hidden = files.split_off(files.len().min(FILES_SHOWN));
    let all = RwSignal::new(hidden.is_empty());
    let show = texts::show_more_files(hidden.len() as u64);
    let hidden = move || {
        let rows = hidden.clone().into_iter().map(file_row);
        all.get().then(|| rows.collect_view())
    };
    let rest = texts::other_files(u64::from(others.0), others.1);
    view! {
        <section class="box" aria-label=texts::FILES_TITLE>
            <h2>{texts::FILES_TITLE}</h2>
            <ul class="files">{together.collect_view()} {folders.collect_view()}
                {files.into_iter().map(file_row).collect_view()} {hidden}</ul>
            <Show when=move || !all.get()>
                <button type="button" class="button" data-size="small" data-kind="link" on:click=move |_| all.set(true)>
                    {show.clone()}
                </button>
            </Show>
            {nothing.then(|| view! { <p>{texts::NOTHING_HERE}</p> })}
            {rest.map(|rest| view! { <p>{rest}</p> })}
            {more.then(|| view! { <p>{texts::LISTING_GOES_ON}</p> })}
        </section>
    }
}

fn file_row((table, name, size): (TableRef, String, String)) -> impl IntoView {
    row(Icon::File, table, name, String::new(), size, None)
}

fn converted_row(repository: &str, split: &Split) -> impl IntoView + use<> {
    let Split { config, split, files, bytes, path } = split;
    let table = TableRef::Hub(HubPath {
        repository: repository.to_owned(),
        revision: CONVERTED.to_owned(),
        path: path.clone(),
    });
    let count = texts::files(u64::from(*files));
    row(Icon::Table, table, format!("{config} / {split}"), count, human_bytes(*bytes), None)
}

fn row(
    sign: Icon,
    table: TableRef,
    name: String,
    note: String,
    size: String,
    kind: Option<&'static str>,
) -> impl IntoView {
    view! {
        <li class="file" data-kind=kind>
            {icon(sign)}
            <PlaceLink table>{name}</PlaceLink>
            <span class="file-note">{note}</span>
            <span class="file-size">{size}</span>
        </li>
    }
}
