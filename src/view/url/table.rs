//! Where a table is, as text: `diffusiondb-2m`, `hf:owner/name@revision/path.parquet`, `https://…`.
//!
//! A star in a path stands for any part of a name, so that the path stands for several files.
//! `hf:owner/name` and `hf:owner/name@revision/folder/` are what there is to choose from.

use super::address::split_address;
use super::shown;
use crate::formats::hub::DEFAULT_ENDPOINT;
use crate::formats::sniff::is_table_name;
use crate::view::spec::{HubFolder, HubPath, TableRef};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// The longest text that names a table; longer addresses are refused by servers anyway.
const MAX_TABLE_BYTES: usize = 4_096;

const DEFAULT_REVISION: &str = "main";

/// Revisions that the Hub spells with slashes; its own tools read them without encoding.
const SLASHED_REVISIONS: &[&str] = &["refs/convert/", "refs/pr/"];

/// Reads where a table is. Besides what [`print_table`] writes, it understands
/// `owner/name/path/file.parquet`, `hf://datasets/owner/name/…`, and the address of a file's page
/// on the Hub. A catalogue's id is not looked up: whoever opens the table says that it is unknown.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub fn parse_table(text: &str) -> Result<TableRef, String> {
    let table = parse_any(text.trim())?;
    // Encoding makes some names longer: what is written has to be read again.
    if print_table(&table).len() > MAX_TABLE_BYTES {
        return Err(format!("“{}” is too long.", shown(text)));
    }
    Ok(table)
}

fn parse_any(text: &str) -> Result<TableRef, String> {
    if text.is_empty() {
        return Err("names no table.".to_owned());
    }
    if text.len() > MAX_TABLE_BYTES || text.contains(char::is_control) {
        return Err(format!("“{}” is too long or holds control characters.", shown(text)));
    }
    if let Some(file) = text.strip_prefix("hf://datasets/").or_else(|| text.strip_prefix("hf:")) {
        return parse_hub(file);
    }
    if text.contains("://") {
        return parse_address(text);
    }
    let is_repository = text.split('/').count() == 2 && !text.contains([':', '@']);
    if is_repository || (text.contains('/') && (text.ends_with(".parquet") || is_table_name(text))) {
        return parse_hub(text);
    }
    if text.contains(['/', ':']) {
        return Err(format!(
            "“{}” is not a table: it takes an id, hf:owner/name/path.parquet or an https address.",
            shown(text)
        ));
    }
    Ok(TableRef::Catalogue(text.to_owned()))
}

/// Writes where a table is so that [`parse_table`] reads the same. Of a local file only the name
/// is known, which names nothing on another machine.
pub fn print_table(table: &TableRef) -> String {
    match table {
        TableRef::Catalogue(id) => id.clone(),
        TableRef::Hub(HubPath { repository, revision, path }) => {
            format!("hf:{repository}{}/{path}", print_revision(revision))
        }
        TableRef::Folder(HubFolder { repository, revision, folder }) => {
            let (open, end) = if folder.is_empty() { ("", "") } else { ("/", "/") };
            format!("hf:{repository}{}{open}{folder}{end}", print_revision(revision))
        }
        TableRef::Url(address) => address.clone(),
        TableRef::Local(name) => name.clone(),
    }
}

fn parse_hub(text: &str) -> Result<TableRef, String> {
    let wrong = || format!("“{}” is not of the form owner/name/path.parquet.", shown(text));
    let (owner, rest) = text.split_once('/').ok_or_else(wrong)?;
    let name_end = rest.find(['/', '@']).unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(name_end).ok_or_else(wrong)?;
    let (revision, path) = match rest.strip_prefix('@') {
        Some(rest) => split_revision(rest).ok_or_else(wrong)?,
        None => (DEFAULT_REVISION.to_owned(), rest.strip_prefix('/').unwrap_or_default()),
    };
    on_hub(owner, name, revision, path).ok_or_else(wrong)
}

/// A file, or a folder if the path ends with a slash or there is none. Checks what the parts must
/// be, so that none of them can lead somewhere else.
fn on_hub(owner: &str, name: &str, revision: String, path: &str) -> Option<TableRef> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let steps = |text: &str| text.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let named = |text: &str| text.bytes().all(known) && steps(text);
    if !(named(owner) && named(name) && steps(&revision)) {
        return None;
    }
    let repository = format!("{owner}/{name}");
    if path.is_empty() {
        return Some(TableRef::Folder(HubFolder { repository, revision, folder: String::new() }));
    }
    if let Some(folder) = path.strip_suffix('/') {
        let folder = folder.to_owned();
        return steps(&folder).then_some(TableRef::Folder(HubFolder { repository, revision, folder }));
    }
    steps(path).then(|| TableRef::Hub(HubPath { repository, revision, path: path.to_owned() }))
}

/// A revision, and the path behind it.
fn split_revision(text: &str) -> Option<(String, &str)> {
    for prefix in SLASHED_REVISIONS {
        if let Some(rest) = text.strip_prefix(prefix).filter(|rest| !rest.is_empty()) {
            let (last, path) = rest.split_once('/').unwrap_or((rest, ""));
            return Some((format!("{prefix}{last}"), path));
        }
    }
    let (revision, path) = text.split_once('/').unwrap_or((text, ""));
    Some((percent_decode_str(revision).decode_utf8().ok()?.into_owned(), path))
}

/// A revision with the sign in front; nothing for the usual one.
fn print_revision(revision: &str) -> String {
    const BREAKS_A_REVISION: &AsciiSet = &CONTROLS.add(b'/').add(b'%');
    let slashed = |prefix: &&str| {
        revision.strip_prefix(*prefix).is_some_and(|last| !last.is_empty() && !last.contains(['/', '%']))
    };
    if revision == DEFAULT_REVISION {
        String::new()
    } else if SLASHED_REVISIONS.iter().any(slashed) {
        format!("@{revision}")
    } else if revision == "refs" {
        // A branch of this name would be read as the beginning of a slashed revision.
        "@%72efs".to_owned()
    } else {
        format!("@{}", utf8_percent_encode(revision, BREAKS_A_REVISION))
    }
}

fn parse_address(text: &str) -> Result<TableRef, String> {
    let (origin, rest) = split_address(text)?;
    // The fragment goes, and what stood in front of it may end with a space.
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest).trim_end();
    if origin == DEFAULT_ENDPOINT
        && let Some(table) = parse_hub_page(rest)
    {
        return Ok(table);
    }
    let slash = if rest.starts_with('/') { "" } else { "/" };
    Ok(TableRef::Url(format!("{origin}{slash}{rest}")))
}

/// What is at `/datasets/owner/name/blob/revision/path`: a file's page or its download, a folder's
/// page, or the repository's own.
fn parse_hub_page(rest: &str) -> Option<TableRef> {
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let mut parts = rest.strip_prefix("/datasets/")?.trim_end_matches('/').splitn(4, '/');
    let (owner, name) = (parts.next()?, parts.next()?);
    let (kind, place) = (parts.next(), parts.next().unwrap_or_default());
    let decoded = |path: &str| Some(percent_decode_str(path).decode_utf8().ok()?.into_owned());
    match kind {
        Some("blob" | "resolve" | "raw") => {
            let (revision, path) = split_revision(place).filter(|(_, path)| !path.is_empty())?;
            on_hub(owner, name, revision, &decoded(path)?)
        }
        Some("tree") => {
            let (revision, folder) = split_revision(place)?;
            let slash = if folder.is_empty() { "" } else { "/" };
            on_hub(owner, name, revision, &format!("{}{slash}", decoded(folder)?))
        }
        None | Some("viewer" | "embed" | "discussions") => {
            on_hub(owner, name, DEFAULT_REVISION.to_owned(), "")
        }
        Some(_) => None,
    }
}
