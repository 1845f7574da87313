//! The Hub's listings, as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hyper::StatusCode;
use hyper::header;
use serde_json::{Value, json};

use crate::reply::{Ask, Reply};
use crate::resolve::{HubSite, Outcome, no_entry, no_revision};
use crate::route::{decode, encode, encode_path};
use crate::signature::parameter;
use crate::store::{Blob, CONVERTED, Repo, digest};

fn answer(value: &Value) -> Reply {
    Reply::text(StatusCode::OK, "application/json; charset=utf-8", value.to_string())
}

/// One revision of a repository.
pub(crate) fn info(name: &str, held: &Repo, revision: &str) -> Outcome {
    let Some((commit, files)) = held.at(revision) else { return Err(no_revision(revision)) };
    let siblings: Vec<Value> = files.keys().map(|path| json!({ "rfilename": path })).collect();
    let author = name.split_once('/').map_or(name, |(author, _)| author);
    let mut reply = answer(&json!({
        "id": name,
        "author": author,
        "sha": commit,
        "lastModified": MODIFIED,
        "private": false,
        "gated": if held.gated { json!("auto") } else { json!(false) },
        "disabled": false,
        "siblings": siblings,
    }));
    reply.set("x-repo-commit", &commit);
    Ok(reply)
}

/// Nothing here keeps time; clients have no use for this but parsing it.
const MODIFIED: &str = "2022-12-22T00:00:00.000Z";

/// The files and folders below a path, a page of them at a time.
pub(crate) fn tree(site: &HubSite, ask: &Ask, held: &Repo, revision: &str, path: &str) -> Outcome {
    let Some((commit, files)) = held.at(revision) else { return Err(no_revision(revision)) };
    let folder = path.trim_matches('/');
    let is = |name: &str| parameter(&ask.query, name).is_some_and(|value| value == "true" || value == "1");
    let items = below(files, folder, is("recursive"));
    if items.is_empty() && !folder.is_empty() {
        return Err(no_entry());
    }
    let number = |name: &str| parameter(&ask.query, name).and_then(|value| value.parse::<usize>().ok());
    let page = number("limit").unwrap_or(usize::MAX).min(site.page_items).max(1);
    let begin = number("cursor").unwrap_or(0);
    let expand = is("expand");
    let shown: Vec<Value> =
        items.iter().skip(begin).take(page).map(|item| describe(item, expand, &commit)).collect();
    let mut reply = answer(&Value::Array(shown));
    let end = begin.saturating_add(page);
    if end < items.len() {
        let mut query: Vec<String> = ask.query.split('&').map(str::to_owned).collect();
        query.retain(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        query.push(format!("cursor={end}"));
        let next = format!("<{}{}?{}>; rel=\"next\"", site.endpoint, ask.path, query.join("&"));
        reply.set(header::LINK, &next);
    }
    reply.set("x-repo-commit", &commit);
    Ok(reply)
}

/// The files and folders that a form names; those that are not there are left out.
pub(crate) fn paths_info(ask: &Ask, held: &Repo, revision: &str) -> Outcome {
    let Some((commit, files)) = held.at(revision) else { return Err(no_revision(revision)) };
    let named = ask.form.split('&').filter_map(|pair| pair.strip_prefix("paths=")).map(decode);
    let known = named.filter_map(|path| files.get_key_value(&path));
    let shown: Vec<Value> =
        known.map(|(path, blob)| describe(&Item::File(path, blob), false, &commit)).collect();
    let mut reply = answer(&Value::Array(shown));
    reply.set("x-repo-commit", &commit);
    Ok(reply)
}

#[derive(Debug)]
enum Item<'a> {
    Folder(&'a str),
    File(&'a str, &'a Arc<Blob>),
}

impl<'a> Item<'a> {
    fn path(&self) -> &'a str {
        match self {
            Item::Folder(path) | Item::File(path, _) => path,
        }
    }
}

/// What lies below a folder, by path. Folders exist only through the files in them.
fn below<'a>(files: &'a BTreeMap<String, Arc<Blob>>, folder: &str, recursive: bool) -> Vec<Item<'a>> {
    let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let mut folders = BTreeSet::new();
    let mut items = Vec::new();
    for (path, blob) in files {
        let inside = folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let Some(rest) = path.get(start..).filter(|_| inside) else { continue };
        for (at, _) in rest.match_indices('/') {
            folders.extend(path.get(..start + at));
            if !recursive {
                break;
            }
        }
        if recursive || !rest.contains('/') {
            items.push(Item::File(path, blob));
        }
    }
    items.extend(folders.into_iter().map(Item::Folder));
    items.sort_by_key(Item::path);
    items
}

fn describe(item: &Item<'_>, expand: bool, commit: &str) -> Value {
    let mut value = match item {
        Item::Folder(path) => {
            json!({ "type": "directory", "oid": digest(&["folder", path], 40), "size": 0, "path": path })
        }
        Item::File(path, blob) if blob.in_git => {
            json!({ "type": "file", "oid": blob.oid, "size": blob.size, "path": path })
        }
        Item::File(path, blob) => json!({
            "type": "file",
            "oid": digest(&["pointer", &blob.oid], 40),
            "size": blob.size,
            "lfs": { "oid": blob.oid, "size": blob.size, "pointerSize": 134 },
            "xetHash": blob.oid,
            "path": path,
        }),
    };
    if let Some(fields) = value.as_object_mut().filter(|_| expand) {
        fields.insert(
            "lastCommit".to_owned(),
            json!({ "id": commit, "title": "Upload files", "date": MODIFIED }),
        );
    }
    value
}

/// The branches, and the converted one if there is any.
pub(crate) fn refs(held: &Repo) -> Reply {
    let branch = |name: &str| json!({ "name": name, "ref": format!("refs/heads/{name}"), "targetCommit": held.head() });
    let names = std::iter::once("main").chain(held.branches.iter().map(String::as_str));
    let branches: Vec<Value> = names.map(branch).collect();
    let converts = if held.converted.is_empty() {
        json!([])
    } else {
        json!([{ "name": "parquet", "ref": CONVERTED, "targetCommit": held.converted_head() }])
    };
    answer(&json!({ "tags": [], "branches": branches, "converts": converts }))
}

/// The converted files: configuration, then split, then the files in order.
fn splits(held: &Repo) -> BTreeMap<&str, BTreeMap<&str, Vec<&str>>> {
    let mut splits: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for path in held.converted.keys() {
        let mut parts = path.splitn(3, '/');
        if let (Some(config), Some(split), Some(_)) = (parts.next(), parts.next(), parts.next()) {
            splits.entry(config).or_default().entry(split).or_default().push(path);
        }
    }
    splits
}

/// The addresses of the converted files.
pub(crate) fn parquet(endpoint: &str, name: &str, held: &Repo) -> Reply {
    let mut listing = serde_json::Map::new();
    for (config, splits) in splits(held) {
        let mut urls_by_split = serde_json::Map::new();
        for (split, files) in splits {
            let at = format!("{endpoint}/api/datasets/{name}/parquet/{}/{}", encode(config), encode(split));
            let urls: Vec<Value> = (0..files.len()).map(|n| json!(format!("{at}/{n}.parquet"))).collect();
            urls_by_split.insert(split.to_owned(), Value::Array(urls));
        }
        listing.insert(config.to_owned(), Value::Object(urls_by_split));
    }
    answer(&Value::Object(listing))
}

/// The redirect from an address in the parquet listing to the file's path.
pub(crate) fn parquet_file(name: &str, held: &Repo, config: &str, split: &str, file: &str) -> Outcome {
    let number = file.strip_suffix(".parquet").and_then(|number| number.parse::<usize>().ok());
    let splits = splits(held);
    let path = splits.get(config).and_then(|splits| splits.get(split)?.get(number?)).ok_or_else(no_entry)?;
    let mut reply = Reply::empty(StatusCode::FOUND);
    let place = format!("/datasets/{name}/resolve/{}/{}", encode(CONVERTED), encode_path(path));
    reply.set(header::LOCATION, &place);
    Ok(reply)
}
