//! What the app's host adds: the file `catalog.json` beside it, with tables, a title, and another Hub.
//!
//! `docs/tables.md` says what may stand in it. Nothing of it is markup, no address of it is anything but
//! http or https, and what is wrong is told with its place and what to do, while the rest counts.

pub mod dataset;
pub mod json;
pub mod policy;
mod read;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use crate::formats::hub::HubPath;
use crate::view::catalog::NamedSubset;
use crate::view::catalog::images::ImageRule;
use crate::view::roles::Corrections;
use crate::view::spec::TableRef;
use crate::view::url::{parse_table, split_hosts_address};
use dataset::Dataset;
use std::fmt;
use std::sync::Arc;

pub use read::{MAX_BYTES, read};

/// What the file is called.
pub const FILE: &str = "catalog.json";

/// The one that the app comes with, which says nothing.
pub const EMPTY: &str = include_str!("../../../public/catalog.json");

/// What a host says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// What the site is called.
    pub title: Option<String>,
    /// What it is, in a sentence or two.
    pub description: Option<String>,
    /// The Hub that is asked where a link names none: `scheme://host[:port]`.
    pub endpoint: Option<String>,
    /// Where small previews of DiffusionDB are, without a slash at the end.
    pub thumbnails: Option<String>,
    /// Its tables, in order.
    pub tables: Vec<Table>,
    /// The origins that it names, each once, in order.
    pub origins: Vec<String>,
}

/// A table that the host adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name in links.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// Its files; one at least.
    pub files: Vec<File>,
    /// About how many rows it has, for the start page.
    pub rows: Option<u64>,
    /// What a row is, if not a row: "images".
    pub row_noun: Option<String>,
    /// What the start page tells of it besides: name and value.
    pub facts: Vec<(String, String)>,
    /// What is told of it, and what its columns mean.
    pub dataset: Option<Arc<Dataset>>,
    /// Which columns play which part, where that is not as guessed.
    pub roles: Corrections,
    /// How images are found that are not in the table.
    pub images: Option<ImageRule>,
    /// Its licence, and where that can be read.
    pub licence: Option<(String, Option<String>)>,
    /// A page about it.
    pub link: Option<String>,
}

/// A file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is, as [`Place::parse`] reads it.
    pub place: String,
    /// Its size, where that is said.
    pub bytes: Option<u64>,
}

/// What is wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; 0 where it is about the whole.
    pub line: u32,
    /// Which part: `tables[2].roles`; empty for the whole.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, place, what, hint } = self;
        write!(out, "{FILE}")?;
        if *line > 0 {
            write!(out, ", line {line}")?;
        }
        if !place.is_empty() {
            write!(out, ", {place}")?;
        }
        write!(out, ": {what}")?;
        if hint.is_empty() { Ok(()) } else { write!(out, " {hint}") }
    }
}

impl Catalogue {
    /// The subset of this name.
    pub fn subset(&self, name: &str) -> Option<&NamedSubset> {
        let datasets = self.tables.iter().filter_map(|table| table.dataset.as_ref());
        datasets.flat_map(|dataset| &dataset.subsets).find(|subset| subset.name == name)
    }

    /// The table of this id.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the Hub, or several there.
    Hub(HubPath),
    /// At an address.
    Address(String),
    /// Beside the app, below its own address.
    Beside(String),
}

impl Place {
    /// Reads where a file is: `hf:owner/name/path`, an address, or a path beside the app.
    ///
    /// # Errors
    /// A sentence for people that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.contains("://") && !text.starts_with("hf://") {
            // A file's page on the Hub is a file on the Hub.
            if let Ok(TableRef::Hub(path)) = parse_table(text) {
                return Ok(Self::Hub(path));
            }
            let (origin, rest) = split_hosts_address(text)?;
            if text.contains(char::is_control) || text.contains(char::is_whitespace) {
                return Err("an address holds no spaces.".to_owned());
            }
            let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
            let slash = if rest.starts_with('/') { "" } else { "/" };
            return Ok(Self::Address(format!("{origin}{slash}{rest}")));
        }
        if text.starts_with("hf:") {
            return match parse_table(text)? {
                TableRef::Hub(path) => Ok(Self::Hub(path)),
                TableRef::Catalogue(_) | TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => {
                    Err("it names a repository or a folder, and no file of it.".to_owned())
                }
            };
        }
        if is_beside(text) {
            Ok(Self::Beside(text.to_owned()))
        } else {
            Err("it leads out of the app's folder, or is no path.".to_owned())
        }
    }

    /// As a link names it; `base` is where the app lives.
    pub fn table(self, base: &str) -> TableRef {
        match self {
            Self::Hub(path) => TableRef::Hub(path),
            Self::Address(url) => TableRef::Url(url),
            Self::Beside(path) => TableRef::Url(format!("{base}{path}")),
        }
    }
}

/// Whether it is a path below the app's own folder.
pub fn is_beside(text: &str) -> bool {
    !text.contains([':', '?', '#', '%', '*']) && text.split('/').all(crate::view::catalog::pattern::is_step)
}
