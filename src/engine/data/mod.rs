//! What of the open table is here: its files, columns and pages.
//!
//! [`Data`] answers for values, turns [`Demand`]s into byte ranges, and decodes what has come. It
//! fetches nothing and reports nothing: it returns [`Change`]s.

mod column;
mod copied;
mod damage;
mod files;
mod image_files;
mod image_lists;
mod joins;
mod labels;
mod load;
mod measured;
mod nested;
mod pager;
mod poll;
mod pool;
mod raw;
mod reading;
mod sizes;
mod variants;

pub use crate::formats::parquet::nested::NO_VALUE;
pub use column::{DataColumn, Derived, Origin};
pub use damage::Damage;
pub use files::{File, Files, locate};
pub use labels::{FileState, Kept, LabelReading, OwnLabels};
pub use pool::Pool;
pub use raw::RawPages;

use super::change::Change;
use super::defaults::{charts_at_open, usual_columns};
use super::demand::{Class, Demand};
use super::import::Origin as MadeOf;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};
use crate::formats::parquet::features::Feature;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::FileMeta;
use crate::formats::parquet::pandas::titles;
use crate::protocol::{Kind, Opened};
use crate::table::column::Value;
use crate::table::text::Texts;
use crate::view::facts::{Described, Facts};
use crate::view::roles::{Candidate, Corrections, Holds, Role, Roles};
use crate::view::spec::{HubPath, TableRef};
use copied::Copied;
use image_files::ImageFiles;
use joins::Joins;
pub use joins::{JoinCode, JoinedColumn};
use measured::Measuring;
use variants::Variants;

/// The open table's data.
pub struct Data {
    /// What its footers say.
    pub meta: FileMeta,
    /// Which table it is.
    pub identity: Identity,
    /// Its files.
    pub files: Files,
    /// Its columns, derived ones last.
    pub columns: Vec<DataColumn>,
    /// What is known of them.
    pub facts: Facts,
    /// Which column plays which part.
    pub roles: Roles,
    /// The column of prompts, by its place.
    pub prompt: Option<usize>,
    /// Bytes that have come and are not decoded.
    pub pool: Pool,
    /// Whether no byte of the table has to be transferred: it is on the device, or came whole.
    is_at_hand: bool,
    /// The column of images that rows are about, if there is one, and all that hold image files.
    image_files: Option<ImageFiles>,
    pictures: Vec<ImageFiles>,
    /// Pages for an export, while there is one.
    pub raw: Option<RawPages>,
    /// Whether bytes are shown as such, be they text or not.
    pub bytes_stay: bool,
    /// What measures texts, as far as it is here.
    measuring: Measuring,
    /// What reads values of the type VARIANT, as far as it is here.
    variants: Variants,
    /// Labels of one's own.
    pub own: OwnLabels,
    /// The tables whose columns stand beside those of the file.
    joins: Joins,
    /// A copy of the prompts.
    copied: Copied,
}

/// Which table is open.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The table.
    pub table: TableRef,
    /// What people call the file, or the files together.
    pub source: String,
    /// The commit, or the first digits of the file's tag.
    pub revision: Option<String>,
    /// Where it is on the Hub, if it is there, and on which Hub.
    pub on_hub: Option<(String, HubPath)>,
    /// What the file was made of, where that is no Parquet.
    pub origin: Option<MadeOf>,
}

impl Data {
    /// An open table of which nothing but the footer is decoded, with the roles that the link corrects, and what
    /// the app's host says of it.
    pub fn new(
        meta: FileMeta,
        maps: Vec<Vec<PageMap>>,
        identity: Identity,
        files: Files,
        (corrections, described): (&Corrections, Described),
        pool: Pool,
    ) -> Self {
        let own = || meta.columns.iter().map(|column| column.root.as_str());
        let index = index_titles(&meta);
        let facts = Facts::of(own(), false, &labels(&meta), described);
        let mut columns = column::columns_of(&meta, maps, &facts);
        let bytes_as_text = corrections.get(&Role::Text).cloned();
        let as_text = bytes_as_text.clone().flatten();
        let as_text =
            as_text.filter(|name| columns.iter_mut().any(|column| column.take_for_text(name, &meta)));
        for column in &mut columns {
            column.info.bytes = files.in_all(column.info.bytes);
        }
        let image_files = match corrections.get(&Role::Image) {
            Some(None) => None,
            Some(Some(name)) => ImageFiles::of(&meta, name),
            None => ImageFiles::find(&meta),
        };
        let roles = roles_of(&columns, &meta, corrections)
            .with(Role::Image, image_files.as_ref().map(ImageFiles::name))
            .with(Role::Text, as_text.as_deref());
        // Its bytes are those of the sides in all files already.
        let size = column::size_column(&columns, &roles);
        let facts = Facts::of(own(), size.is_some(), &labels(&meta), described).with_index(&index);
        columns.extend(size);
        let named = |name: &str| columns.iter().position(|column| column.info.name == name);
        let prompt = roles.column(Role::Prompt).and_then(named);
        let mut pictures = ImageFiles::all(&meta);
        // The two images of a row may be at addresses, or in columns whose names don't tell.
        for side in [Role::ImageA, Role::ImageB] {
            let name = roles.column(side).filter(|name| pictures.iter().all(|files| files.name() != *name));
            pictures.extend(name.and_then(|name| ImageFiles::of(&meta, name)));
        }
        let came_whole = pool.has(ByteRange::new(0, files.bytes()));
        Self {
            is_at_hand: came_whole
                || identity.origin.is_some()
                || matches!(identity.table, TableRef::Local(_)),
            meta,
            identity,
            files,
            columns,
            facts,
            roles,
            prompt,
            pool,
            image_files,
            pictures,
            raw: None,
            bytes_stay: bytes_as_text == Some(None),
            measuring: Measuring::default(),
            variants: Variants::default(),
            own: OwnLabels::default(),
            joins: Joins::default(),
            copied: Copied::default(),
        }
    }

    /// What the page is told of the table.
    pub fn opened(&self) -> Opened {
        let Identity { table, source, revision, on_hub: _, origin } = &self.identity;
        let shown = self.columns.iter().filter(|column| !column.hidden);
        let columns: Vec<_> = shown.map(|column| column.info.clone()).collect();
        let own = self.label_columns().map(|(label, _)| label.to_owned());
        let mut usual_columns = usual_columns(&columns, &self.facts, &self.roles);
        usual_columns.extend(own.clone());
        Opened {
            charts: charts_at_open(
                &columns,
                &self.facts,
                &self.roles,
                self.files.counts().0,
                self.is_at_hand,
            ),
            usual_columns,
            own,
            table: table.clone(),
            source: source.clone(),
            rows: self.meta.rows,
            rows_in_all: self.rows_in_all(),
            files: self.files.counts(),
            file_bytes: origin.map_or(self.files.bytes(), |origin| origin.file_bytes),
            revision: revision.clone(),
            columns,
            created_by: self.meta.created_by.clone(),
            row_groups: self.meta.groups.len() as u32,
            prompt: self.prompt_column().map(|column| column.info.name.clone()),
            images: self.image_column(),
            pictures: self.picture_columns(),
            roles: self.roles.pairs(),
            labels: labels(&self.meta),
            index: index_titles(&self.meta),
        }
    }

    /// Rows of all files, as far as that is known; else about how many.
    pub fn rows_in_all(&self) -> u64 {
        match self.identity.origin {
            // About as many again in the bytes that are still to come; what is not known is never taken for nothing.
            Some(MadeOf { file_bytes, partly: Some(read) }) => {
                let share = file_bytes as f64 / read.max(1) as f64;
                ((self.meta.rows as f64 * share) as u64).max(self.meta.rows + 1)
            }
            Some(MadeOf { partly: None, .. }) | None => self.files.in_all(self.meta.rows),
        }
    }

    /// Whether no byte of the table has to be transferred.
    pub fn is_at_hand(&self) -> bool {
        self.is_at_hand
    }

    /// The place of the column of this name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.info.name == name)
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&DataColumn> {
        self.columns.iter().find(|column| column.info.name == name)
    }

    /// The column that plays this part.
    pub fn column_of(&self, role: Role) -> Option<&DataColumn> {
        self.column(self.roles.column(role)?)
    }

    /// The column of prompts.
    pub fn prompt_column(&self) -> Option<&DataColumn> {
        self.columns.get(self.prompt?)
    }

    /// The prompts, as far as they are read.
    pub fn prompts(&self) -> Option<&Texts> {
        self.prompt_column()?.values.as_ref()?.texts()
    }

    /// Whether all prompts are read.
    pub fn prompts_complete(&self) -> bool {
        self.prompt_column().is_some_and(|column| column.complete)
    }

    /// A row's value as text, once it is read; empty where it has none.
    ///
    /// # Errors
    /// Where there is no such row or column, or the column can't be read.
    pub fn text_of(&self, column: &str, row: u64) -> Result<Option<String>> {
        let missing = |what: &str| {
            Error::new(crate::base::error::ErrorKind::NotFound, format!("the table has no {what}"))
        };
        let found = self.column(column).ok_or_else(|| missing(column))?;
        if row >= self.meta.rows {
            return Err(missing(&format!("row {row}")));
        }
        match found.value(row) {
            Some(Value::Bytes(bytes)) => Ok(Some(String::from_utf8_lossy(bytes).into_owned())),
            Some(Value::Int(value)) => Ok(Some(value.to_string())),
            Some(Value::UInt(value)) => Ok(Some(value.to_string())),
            Some(
                Value::Null
                | Value::Bool(_)
                | Value::Decimal(..)
                | Value::Wide(..)
                | Value::Time(_)
                | Value::Float32(_)
                | Value::Float64(_),
            ) => Ok(Some(String::new())),
            None if found.failed => Err(Error::corrupt(format!("{column} can't be read"))),
            None => Ok(None),
        }
    }

    /// Decodes whole columns and footers as far as their bytes are here.
    pub fn advance(&mut self) -> Vec<Change> {
        let mut changes = self.open_files();
        for place in 0..self.columns.len() {
            changes.extend(self.advance_load(place));
        }
        changes.extend(self.derive());
        changes.extend(self.measure());
        changes.extend(self.fill_labels());
        changes.extend(self.advance_joins());
        changes
    }

    /// The columns that are being read whole, each as a demand. `class` says how urgent the column at a
    /// place is.
    pub fn loads(&self, class: impl Fn(usize) -> Class) -> Vec<Demand> {
        use super::demand::{Field, Rows, Who};
        let loading = self.columns.iter().enumerate().filter(|(_, column)| column.loading);
        let demand = |place: usize| Demand {
            who: Who::Load,
            rows: Rows::All,
            fields: vec![Field::Column(place)],
            class: class(place),
        };
        loading.map(|(place, _)| demand(place)).collect()
    }
}

/// Which column plays which part.
fn roles_of(columns: &[DataColumn], meta: &FileMeta, corrections: &Corrections) -> Roles {
    let candidates: Vec<Candidate<'_>> = columns
        .iter()
        .filter(|column| !column.origin.is_derived())
        .map(|column| {
            let is_json = column.info.kind == Kind::Text && !column.info.is_plain_text();
            let holds = if is_json { Holds::Nested } else { column.info.kind.holds() };
            let leaf = match column.origin {
                Origin::Leaf(leaf) => Some(leaf),
                Origin::Nested { .. } | Origin::Derived(_) => None,
            };
            let own = leaf.and_then(|leaf| meta.columns.get(leaf));
            Candidate {
                name: &column.info.name,
                holds,
                row_bytes: leaf.map_or(0, |leaf| meta.raw_bytes(leaf)) / meta.rows.max(1),
                is_code: own.is_some_and(|own| own.is_code),
            }
        })
        .collect();
    Roles::new(&candidates, corrections)
}

/// What the columns of an index are called, whose own names say nothing.
fn index_titles(meta: &FileMeta) -> Vec<(String, String)> {
    let names: Vec<&str> = meta.columns.iter().map(|column| column.root.as_str()).collect();
    titles(&meta.index, &names)
}

/// The names that the file itself gives to coded values.
fn labels(meta: &FileMeta) -> Vec<(String, Vec<String>)> {
    let labels = meta.features.iter().filter_map(|(column, feature)| match feature {
        Feature::Labels(names) => Some((column.clone(), names.clone())),
        Feature::Image | Feature::OtherFiles => None,
    });
    labels.collect()
}
