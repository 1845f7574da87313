//! What tables and columns are called on the page.

use crate::protocol::texts::{common, panels as texts};
use crate::ui::runtime::host;
use crate::view::catalog;
use crate::view::spec::{HubFolder, HubPath, TableRef};

/// Name and part of a table, for the switcher.
pub fn table_name(table: &TableRef) -> (String, String) {
    match table {
        TableRef::Catalogue(id) => match catalog::table(id) {
            Some(table) => (table.dataset.to_owned(), table.part.to_owned()),
            None => (host::table(id).map_or_else(|| id.clone(), |table| table.title.clone()), String::new()),
        },
        TableRef::Hub(HubPath { repository, path, .. }) => {
            let name = repository.rsplit('/').next().unwrap_or(repository);
            (name.to_owned(), file_name(path))
        }
        TableRef::Folder(HubFolder { repository, folder, .. }) => (repository.clone(), folder.clone()),
        TableRef::Url(address) => (file_name(address), String::new()),
        TableRef::Local(name) => (name.clone(), String::new()),
    }
}

/// The document's title.
pub fn title(table: Option<&TableRef>) -> String {
    match table.map(table_name) {
        Some((name, part)) if part.is_empty() => texts::page_title(&name),
        Some((name, part)) => texts::page_title(&format!("{name} {part}")),
        None => match &host::host().catalogue.title {
            Some(title) => texts::page_title(title),
            None => texts::PAGE_TITLE.to_owned(),
        },
    }
}

/// What a row of the table is: "images".
pub fn row_noun(table: Option<&TableRef>) -> &'static str {
    match table {
        Some(TableRef::Catalogue(id)) => match catalog::table(id) {
            Some(table) => table.row_noun,
            None => host::table(id).and_then(|table| table.row_noun.as_deref()).unwrap_or(common::ROWS),
        },
        _ => common::ROWS,
    }
}

fn file_name(path: &str) -> String {
    let plain = path.split(['?', '#']).next().unwrap_or(path);
    plain.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path).to_owned()
}
