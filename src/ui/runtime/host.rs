//! What the app's host adds: `catalog.json`, read before the page is there.

use crate::protocol::Added;
use crate::protocol::texts::start as texts;
use crate::view::host::policy::allows;
use crate::view::host::{Catalogue, FILE, MAX_BYTES, Problem, Table};
use crate::view::roles::Corrections;
use js_sys::Promise;
use leptos::prelude::{document, window};
use std::sync::OnceLock;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Where `early.js` leaves the text that it has asked for, unless it knows that there is none.
const EARLY: &str = "vitrineCatalog";

/// What was read. It does not change while the page is open.
#[derive(Debug, Default)]
pub struct Host {
    /// What counts.
    pub catalogue: Catalogue,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

static HOST: OnceLock<Host> = OnceLock::new();

/// What the host says; nothing where it says nothing.
pub fn host() -> &'static Host {
    HOST.get_or_init(Host::default)
}

/// The table of the host with this id.
pub fn table(id: &str) -> Option<&'static Table> {
    host().catalogue.table(id)
}

/// The Hub that is asked: the link's, else the host's, else none of their own.
pub fn endpoint(link: Option<&String>) -> Option<String> {
    link.or(host().catalogue.endpoint.as_ref()).cloned()
}

/// What the data thread has to know of a table.
pub fn added(table: &Table) -> Added {
    Added {
        files: table.files.iter().map(|file| (file.place.clone(), file.bytes)).collect(),
        images: table.images.clone(),
        columns: table.dataset.as_ref().map(|dataset| dataset.columns.clone()).unwrap_or_default(),
        subsets: table.dataset.as_ref().map(|dataset| dataset.subsets.clone()).unwrap_or_default(),
    }
}

/// The roles of a host's table, with what the link corrects of them.
pub fn roles(table: Option<&Table>, link: &Corrections) -> Corrections {
    let mut roles = table.map(|table| table.roles.clone()).unwrap_or_default();
    roles.extend(link.clone());
    roles
}

/// Whether the page waits for what its host says.
pub fn is_awaited() -> bool {
    asked().is_some()
}

fn asked() -> Option<Promise> {
    js_sys::Reflect::get(&window(), &EARLY.into()).ok()?.dyn_into().ok()
}

/// Reads it with what `reader` gives, where it says anything. The page can begin whether that works or not.
pub async fn read(reader: impl Future<Output = Option<fn(&str) -> (Catalogue, Vec<Problem>)>>) {
    let Some(asked) = asked() else { return };
    let failed = |what: String, hint: &str| Host {
        problems: vec![Problem { line: 0, place: String::new(), what, hint: hint.to_owned() }],
        ..Host::default()
    };
    let read = match text(asked).await {
        Ok(text) if text.is_empty() => return,
        Ok(text) => match reader.await {
            Some(reader) => {
                let (catalogue, mut problems) = reader(&text);
                problems.extend(refused(&catalogue));
                Host { catalogue, problems }
            }
            None => failed(texts::NOT_READ.to_owned(), texts::LOAD_AGAIN),
        },
        Err(error) => failed(error, texts::LOAD_OR_LOOK),
    };
    let _ = HOST.set(read);
}

/// Its text; empty where it says nothing. `early.js` fails with the status of an answer.
async fn text(asked: Promise) -> Result<String, String> {
    let text = JsFuture::from(asked).await.map_err(|error| match error.as_f64() {
        Some(status) => texts::host_answers(status),
        None => texts::NO_ANSWER.to_owned(),
    })?;
    let text = text.as_string().unwrap_or_default();
    if text.len() > MAX_BYTES { Err(texts::too_long(MAX_BYTES)) } else { Ok(text) }
}

/// What the page's policy does not let the app read.
fn refused(catalogue: &Catalogue) -> Vec<Problem> {
    let policy = document().query_selector("meta[http-equiv=Content-Security-Policy]").ok().flatten();
    let Some(policy) = policy.and_then(|policy| policy.get_attribute("content")) else { return Vec::new() };
    let refused = catalogue.origins.iter().filter(|origin| !allows(&policy, origin));
    refused
        .map(|origin| Problem {
            line: 0,
            place: String::new(),
            what: texts::policy_forbids(origin),
            hint: texts::policy_hint(FILE),
        })
        .collect()
}
