//! Where a table is, as text: `diffusiondb-2m`, `hf:owner/name@revision/path.parquet`, `https://…`.

use super::address::split_address;
use super::shown;
use crate::hub::DEFAULT_ENDPOINT;
use crate::spec::{HubPath, TableRef};
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
        return parse_hub(file).map(TableRef::Hub);
    }
    if text.contains("://") {
        return parse_address(text);
    }
    if text.contains('/') && text.ends_with(".parquet") {
        return parse_hub(text).map(TableRef::Hub);
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
            if revision == DEFAULT_REVISION {
                format!("hf:{repository}/{path}")
            } else {
                format!("hf:{repository}@{}/{path}", print_revision(revision))
            }
        }
        TableRef::Url(address) => address.clone(),
        TableRef::Local(name) => name.clone(),
    }
}

fn parse_hub(text: &str) -> Result<HubPath, String> {
    let wrong = || format!("“{}” is not of the form owner/name/path.parquet.", shown(text));
    let (owner, rest) = text.split_once('/').ok_or_else(wrong)?;
    let (name, rest) = rest.split_at_checked(rest.find(['/', '@']).ok_or_else(wrong)?).ok_or_else(wrong)?;
    let (revision, path) = match rest.strip_prefix('@') {
        Some(rest) => split_revision(rest).ok_or_else(wrong)?,
        None => (DEFAULT_REVISION.to_owned(), rest.strip_prefix('/').ok_or_else(wrong)?),
    };
    hub_path(owner, name, revision, path).ok_or_else(wrong)
}

/// Checks what the parts of an address on the Hub must be, so that none of them can lead
/// somewhere else.
fn hub_path(owner: &str, name: &str, revision: String, path: &str) -> Option<HubPath> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let steps = |text: &str| text.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let named = |text: &str| text.bytes().all(known) && steps(text);
    let valid = named(owner) && named(name) && steps(&revision) && steps(path);
    valid.then(|| HubPath { repository: format!("{owner}/{name}"), revision, path: path.to_owned() })
}

fn split_revision(text: &str) -> Option<(String, &str)> {
    for prefix in SLASHED_REVISIONS {
        if let Some((last, path)) = text.strip_prefix(prefix).and_then(|rest| rest.split_once('/')) {
            return Some((format!("{prefix}{last}"), path));
        }
    }
    let (revision, path) = text.split_once('/')?;
    Some((percent_decode_str(revision).decode_utf8().ok()?.into_owned(), path))
}

fn print_revision(revision: &str) -> String {
    const BREAKS_A_REVISION: &AsciiSet = &CONTROLS.add(b'/').add(b'%');
    let slashed = |prefix: &&str| {
        revision.strip_prefix(*prefix).is_some_and(|last| !last.is_empty() && !last.contains(['/', '%']))
    };
    if SLASHED_REVISIONS.iter().any(slashed) {
        revision.to_owned()
    } else if revision == "refs" {
        // A branch of this name would be read as the beginning of a slashed revision.
        "%72efs".to_owned()
    } else {
        utf8_percent_encode(revision, BREAKS_A_REVISION).to_string()
    }
}

fn parse_address(text: &str) -> Result<TableRef, String> {
    let (origin, rest) = split_address(text)?;
    // The fragment goes, and what stood in front of it may end with a space.
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest).trim_end();
    if origin == DEFAULT_ENDPOINT
        && let Some(path) = parse_hub_page(rest)
    {
        return Ok(TableRef::Hub(path));
    }
    let slash = if rest.starts_with('/') { "" } else { "/" };
    Ok(TableRef::Url(format!("{origin}{slash}{rest}")))
}

/// The file whose page or download is at `/datasets/owner/name/blob/revision/path`.
fn parse_hub_page(rest: &str) -> Option<HubPath> {
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let mut parts = rest.strip_prefix("/datasets/")?.splitn(4, '/');
    let (owner, name, kind, file) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if !matches!(kind, "blob" | "resolve" | "raw") {
        return None;
    }
    let (revision, path) = split_revision(file)?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    hub_path(owner, name, revision, &path)
}
