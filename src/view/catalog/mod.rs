//! What is known beforehand: the tables of the catalogue, what their columns mean and are called.
//!
//! All of it is data: `catalog.json` in this folder, in the schema of a host's own `catalog.json`, which
//! `build.rs` turns into statics. Nothing of it is needed to open a file: a table that is not listed gets
//! the same views, with what its columns usually mean by their names. Facts are from the datasets' cards.

pub mod about;
pub mod images;
pub mod pattern;

use crate::view::host;
use crate::view::roles::Role;
use crate::view::spec::{HubPath, TableRef};
use about::About;
use images::{ImageRule, Images, Original};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A text of the app's own data, or of a host's.
pub type Text = Cow<'static, str>;

/// A table that the start page offers. Tables are the same where their ids are.
#[derive(Debug)]
pub struct Table {
    /// Its name in links.
    pub id: &'static str,
    /// Which dataset it belongs to.
    pub dataset: &'static str,
    /// Which part of the dataset it is.
    pub part: &'static str,
    /// One sentence for people who do not know it.
    pub summary: &'static str,
    /// Where the file is.
    pub place: Place,
    /// Where it was or may be as well.
    pub also: &'static [Place],
    /// Rows, for the start page; the file's own footer counts.
    pub rows: u64,
    /// The file's size, a hint that saves one request when it is right.
    pub file_bytes_hint: Option<u64>,
    /// What the start page tells of it: name and value.
    pub facts: &'static [(&'static str, &'static str)],
    /// What a row is: "images".
    pub row_noun: &'static str,
    /// What its columns mean.
    pub columns: &'static [ColumnFacts],
    /// How its images are found.
    pub rule: Option<ImageRule>,
}

/// Where the file of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a dataset repository on the Hub.
    Hub {
        /// `owner/name`.
        repository: &'static str,
        /// Branch, tag or commit.
        revision: &'static str,
        /// Path inside the repository.
        path: &'static str,
    },
    /// Beside the app, below its own address.
    Beside(&'static str),
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Table {}

impl Table {
    /// The file on the Hub, if it is there.
    pub fn hub_path(&self) -> Option<HubPath> {
        match self.place {
            Place::Hub { repository, revision, path } => Some(HubPath {
                repository: repository.to_owned(),
                revision: revision.to_owned(),
                path: path.to_owned(),
            }),
            Place::Beside(_) => None,
        }
    }

    /// How its images are found.
    pub fn images(&self) -> Option<Images> {
        let place = match self.place {
            Place::Hub { repository, revision, path } => host::Place::Hub(HubPath {
                repository: repository.to_owned(),
                revision: revision.to_owned(),
                path: path.to_owned(),
            }),
            Place::Beside(path) => host::Place::Beside(path.to_owned()),
        };
        self.rule.as_ref()?.images(&place).ok()
    }

    /// The column that plays a part.
    pub fn column_of(&self, role: Role) -> Option<&'static ColumnFacts> {
        self.columns.iter().find(|column| column.role == Some(role))
    }

    /// Whether it comes with the app.
    pub fn is_sample(&self) -> bool {
        matches!(self.place, Place::Beside(_))
    }
}

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// The table of this id.
pub fn table(id: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.id == id)
}

/// The table of the catalogue that a link names by its id, or by its place on the Hub at any revision.
pub fn listed(reference: &TableRef) -> Option<&'static Table> {
    match reference {
        TableRef::Catalogue(id) => table(id),
        TableRef::Hub(HubPath { repository: in_repository, path: at, .. }) => TABLES.iter().find(|table| {
            std::iter::once(&table.place).chain(table.also).any(|place| match place {
                Place::Hub { repository, path, .. } => repository == in_repository && path == at,
                Place::Beside(_) => false,
            })
        }),
        TableRef::Folder(_) | TableRef::Url(_) | TableRef::Local(_) => None,
    }
}

/// Names of columns that usually play a part, the most telling first, and parts of such names.
#[derive(Clone, Copy, Debug)]
pub struct RoleNames {
    /// The part.
    pub role: Role,
    /// Whole names.
    pub names: &'static [&'static str],
    /// Parts of names, in small letters.
    pub parts: &'static [&'static str],
    /// Whole names of columns that have a list for each row.
    pub lists: &'static [&'static str],
}

/// A subset that a dataset's card names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSubset {
    /// Its name in the card and in links.
    pub name: Text,
    /// The tables that have it.
    pub tables: Cow<'static, [Text]>,
    /// What people call it.
    pub title: Text,
    /// Which rows it has.
    pub rows: SubsetRows,
    /// How many images the card counts in it, where that does not follow from its rows.
    pub images: Option<Text>,
}

/// Which rows a subset has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubsetRows {
    /// So many from the first.
    First(u64),
    /// So many by chance.
    Random {
        /// How many.
        rows: u64,
        /// What they depend on.
        seed: u64,
    },
    /// Those whose image is in one of the first shards; the shard is part of `image_path`.
    Shards(u32),
}

/// The subset of this name.
pub fn subset(name: &str) -> Option<&'static NamedSubset> {
    SUBSETS.iter().find(|subset| subset.name == name)
}

/// What a column of a described dataset means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnFacts {
    /// The column's name in the file.
    pub name: Text,
    /// What people call it.
    pub title: Text,
    /// What it holds, in a sentence.
    pub about: Text,
    /// Names of coded values.
    pub labels: Cow<'static, [(i64, Text)]>,
    /// A value beyond the scale that means something of its own, and what it is called.
    pub detached: Option<(f64, Text)>,
    /// Its value in rows whose user is not known any more.
    pub nobody: Text,
    /// The part that it plays; between the threads it goes with the table's roles.
    #[serde(skip)]
    pub role: Option<Role>,
    /// Place in the rail and whether its chart is read with the table: lower comes first, and
    /// charts below [`CHARTED_AT_OPEN`] are read at once.
    pub order: u16,
    /// Whether it is one of the table's columns by default.
    pub in_table: bool,
    /// Place among the table's columns: lower comes first.
    pub table_order: u16,
    /// What its numbers count: `px`.
    pub unit: Text,
    /// Whether whole numbers are names rather than amounts, so that bars suit them better.
    pub categorical: bool,
}

/// Charts of columns whose order is below this are read as soon as a table is open.
pub const CHARTED_AT_OPEN: u16 = 100;

/// Order of columns that nothing is known of.
pub const UNKNOWN_ORDER: u16 = 500;

/// The name of the column that is derived from `width` and `height`.
pub const SIZE: &str = "size";

/// What scores below a tenth is at most this: the next smaller number of four bytes.
pub const SAFE_BELOW: f64 = 0.099_999_994;

#[cfg(test)]
mod tests {
    use super::{TABLES, USUAL_COLUMNS, table};
    use std::collections::BTreeSet;

    #[test]
    fn ids_and_columns_are_listed_once() {
        let ids: BTreeSet<_> = TABLES.iter().map(|table| table.id).collect();
        assert_eq!(ids.len(), TABLES.len());
        let names: BTreeSet<_> = USUAL_COLUMNS.iter().map(|column| &column.name).collect();
        assert_eq!(names.len(), USUAL_COLUMNS.len());
    }

    #[test]
    fn known_things_are_found_by_name() {
        assert_eq!(table("diffusiondb-2m").map(|table| table.rows), Some(2_000_000));
        assert_eq!(table("nothing"), None);
        assert_eq!((super::SAFE_BELOW as f32).next_up(), 0.1);
    }
}
