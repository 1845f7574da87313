//! A place that someone typed: a path on the Hub, an address, or a table of the catalogue.

use crate::protocol::texts::start as texts;
use crate::view::spec::TableRef;
use crate::view::url::parse_table;

/// What was typed, as a table: `owner/name` is short for the repository on the Hub.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn table_of(text: &str) -> Result<TableRef, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(texts::PLACE_EMPTY.to_owned());
    }
    if text.contains("://") && !text.starts_with("https://") && !is_loopback(text) {
        return Err(texts::ONLY_HTTPS.to_owned());
    }
    let is_plain = !text.contains(':');
    let path = text.trim_start_matches("datasets/");
    if is_plain && path.contains('/') {
        return parse_table(&format!("hf:{path}")).map_err(|message| texts::place_wrong(&message));
    }
    if is_plain
        && crate::view::catalog::table(text).is_none()
        && crate::ui::runtime::host::table(text).is_none()
    {
        return Err(texts::PLACE_SHORT.to_owned());
    }
    parse_table(text).map_err(|message| texts::place_wrong(&message))
}

/// An address of this machine needs no encryption.
fn is_loopback(text: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|start| text.starts_with(start))
}
