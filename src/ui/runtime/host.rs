//! What the app's host adds: `catalog.json`, read before the page is there, where the page names one.

use crate::protocol::Added;
use crate::view::host::policy::{NAMED_BY, allows};
use crate::view::host::{Catalogue, FILE, MAX_BYTES, Problem, Table};
use crate::view::roles::Corrections;
use leptos::prelude::{document, window};
use std::sync::OnceLock;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Where `early.js` leaves what it has asked for.
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
    }
}

/// The roles of a host's table, with what the link corrects of them.
pub fn roles(table: Option<&Table>, link: &Corrections) -> Corrections {
    let mut roles = table.map(|table| table.roles.clone()).unwrap_or_default();
    roles.extend(link.clone());
    roles
}

/// Whether the page names a catalogue.
pub fn is_named() -> bool {
    named().is_some()
}

fn named() -> Option<String> {
    let named = document().query_selector(&format!("meta[name={NAMED_BY}]")).ok().flatten()?;
    named.get_attribute("content")
}

/// Fetches it, and reads it with what `reader` gives. The page can begin whether that works or not.
pub async fn read(reader: impl Future<Output = Option<fn(&str) -> (Catalogue, Vec<Problem>)>>) {
    let Some(address) = named() else { return };
    let failed = |what: String, hint: &str| Host {
        problems: vec![Problem { line: 0, place: String::new(), what, hint: hint.to_owned() }],
        ..Host::default()
    };
    let read = match (fetch(&address).await, reader.await) {
        (Ok(text), Some(reader)) => {
            let (catalogue, mut problems) = reader(&text);
            problems.extend(refused(&catalogue));
            Host { catalogue, problems }
        }
        (Ok(_), None) => failed("it could not be read.".to_owned(), "Load the page again."),
        (Err(error), _) => failed(
            error,
            "Put it beside the app again, or take its name out of the page: vitrine-catalog --none --into DIR.",
        ),
    };
    let _ = HOST.set(read);
}

async fn fetch(address: &str) -> Result<String, String> {
    let early = js_sys::Reflect::get(&window(), &EARLY.into()).unwrap_or(JsValue::UNDEFINED);
    let asked = match early.dyn_into::<js_sys::Promise>() {
        Ok(asked) => asked,
        Err(_) => window().fetch_with_str(address),
    };
    let silent = |_| "it does not answer.".to_owned();
    let answer: Response = JsFuture::from(asked).await.map_err(silent)?.unchecked_into();
    if !answer.ok() {
        return Err(format!("the host answers {} when it is asked for it.", answer.status()));
    }
    let text = JsFuture::from(answer.text().map_err(silent)?).await.map_err(silent)?;
    let text = text.as_string().unwrap_or_default();
    if text.len() > MAX_BYTES { Err(format!("it is longer than {MAX_BYTES} bytes.")) } else { Ok(text) }
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
            what: format!("the page’s Content-Security-Policy does not let it read from {origin}."),
            hint: format!("Put the file beside the app with cargo xtask build --catalog {FILE}, which adds what it names."),
        })
        .collect()
}
