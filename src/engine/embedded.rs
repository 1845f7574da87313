//! Columns of images in tables that the catalogue does not know: image files in the table itself, and
//! addresses.

use super::pager::Pager;
use super::pool::Pool;
use super::table::Table;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::parquet::meta::{ColumnMeta, FileMeta, Logical, Physical};
use crate::protocol::images::ImageColumn;
use crate::table::column::Value;
use std::collections::BTreeMap;

/// The largest image file in a table that is shown.
const MAX_IMAGE_BYTES: usize = 24 << 20;

/// Words in the names of columns of bytes that are likely to hold images.
const IMAGE_WORDS: [&str; 9] = ["image", "img", "jpg", "jpeg", "png", "webp", "picture", "photo", "thumb"];

/// Words in the names of columns of text that are likely to hold addresses of images.
const ADDRESS_WORDS: [&str; 2] = ["url", "uri"];

/// A column of images.
#[derive(Debug)]
pub struct Embedded {
    column: ImageColumn,
    /// Pages of the leaf that holds the files, where the table holds them.
    pager: Option<Pager>,
    /// Rows that are wanted, in ascending order.
    rows: Vec<u64>,
    /// Why the pages can't be read.
    failed: Option<Error>,
}

impl Embedded {
    /// The column of images of a file, as its names and types tell: bytes in a structure, as the Hub
    /// writes them, before bytes alone, before addresses.
    pub fn find(meta: &FileMeta) -> Option<Self> {
        let is_bytes = |column: &ColumnMeta| {
            column.physical == Physical::Bytes
                && column.logical == Logical::Binary
                && column.max_repetition == 0
        };
        let named = |column: &ColumnMeta, words: &[&str]| {
            let name = column.root.to_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        let leaf = |wanted: &dyn Fn(&ColumnMeta) -> bool| meta.columns.iter().position(wanted);
        let in_structure = leaf(&|column| {
            !column.flat && is_bytes(column) && column.name == format!("{}.bytes", column.root)
        });
        let alone = || leaf(&|column| column.flat && is_bytes(column) && named(column, &IMAGE_WORDS));
        if let Some(place) = in_structure.or_else(alone) {
            let column = meta.columns.get(place)?.root.clone();
            return Some(Self::new(ImageColumn::Embedded { column }, Some(Pager::new(place))));
        }
        let addresses =
            leaf(&|column| column.flat && column.logical == Logical::Text && named(column, &ADDRESS_WORDS));
        let column = meta.columns.get(addresses?)?.name.clone();
        Some(Self::new(ImageColumn::Addresses { column }, None))
    }

    /// The column of this name as a column of images, whatever its name tells.
    pub fn of(meta: &FileMeta, name: &str) -> Option<Self> {
        let is_bytes = |column: &ColumnMeta| column.physical == Physical::Bytes && column.max_repetition == 0;
        let inside = format!("{name}.bytes");
        let place = meta.columns.iter().position(|column| {
            is_bytes(column)
                && (column.name == inside || (column.name == name && column.logical == Logical::Binary))
        });
        if let Some(place) = place {
            return Some(Self::new(
                ImageColumn::Embedded { column: name.to_owned() },
                Some(Pager::new(place)),
            ));
        }
        let is_text = |column: &&ColumnMeta| column.flat && column.logical == Logical::Text;
        let text = meta.columns.iter().filter(is_text).find(|column| column.name == name)?;
        Some(Self::new(ImageColumn::Addresses { column: text.name.clone() }, None))
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        match &self.column {
            ImageColumn::Embedded { column } | ImageColumn::Addresses { column } => column,
        }
    }

    fn new(column: ImageColumn, pager: Option<Pager>) -> Self {
        Self { column, pager, rows: Vec::new(), failed: None }
    }

    /// Decodes what has come of the pages with the wanted rows, and says what is missing.
    ///
    /// # Errors
    /// Where a page can't be found or decoded; the images of its rows are told so as well.
    pub fn poll(&mut self, meta: &FileMeta, pool: &mut Pool) -> Result<Vec<ByteRange>> {
        let Some(pager) = self.pager.as_mut().filter(|_| !self.rows.is_empty() && self.failed.is_none())
        else {
            return Ok(Vec::new());
        };
        let polled = pager.poll(&self.rows, meta, pool);
        pager.round();
        self.failed = polled.as_ref().err().cloned();
        polled
    }

    /// More row groups are part of the table.
    pub fn extend(&mut self, meta: &FileMeta) {
        if let Some(pager) = &mut self.pager {
            pager.extend(meta);
        }
    }
}

impl Table {
    /// The column of images that the file itself tells of.
    pub(super) fn image_column(&self) -> Option<ImageColumn> {
        self.embedded.as_ref().map(|embedded| embedded.column.clone())
    }

    /// The images of these rows are wanted, in ascending order; whether that is new.
    pub(super) fn read_images_of(&mut self, rows: &[u64]) -> bool {
        match &mut self.embedded {
            Some(embedded) if embedded.rows != rows => {
                embedded.rows = rows.to_vec();
                !rows.is_empty()
            }
            Some(_) | None => false,
        }
    }

    /// The image file in a row, once it is read.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub(super) fn embedded(&self, row: u64) -> Result<Option<Vec<u8>>> {
        let pager = self.embedded.as_ref().and_then(|embedded| embedded.pager.as_ref());
        match pager.and_then(|pager| pager.get(row)) {
            Some(Value::Bytes(file)) if file.len() > MAX_IMAGE_BYTES => {
                Err(Error::new(ErrorKind::Limit, "the image is larger than is shown here"))
            }
            Some(Value::Bytes(file)) => Ok(Some(file.to_vec())),
            Some(_) => Err(Error::new(ErrorKind::NotFound, "the row holds no image")),
            None => match self.embedded.as_ref().and_then(|embedded| embedded.failed.clone()) {
                Some(error) => Err(error),
                None => Ok(None),
            },
        }
    }

    /// Other rows with the prompts of these ones, a few each; nothing while the prompts are not read
    /// whole.
    pub(super) fn kin(&self, rows: &[u64]) -> BTreeMap<u64, Vec<u64>> {
        let Some(texts) = self.prompts().filter(|_| self.prompts_complete() && !rows.is_empty()) else {
            return BTreeMap::new();
        };
        let code = |row: &u64| texts.codes().get(usize::try_from(*row).ok()?).copied();
        let codes: Vec<u32> = rows.iter().map(|row| code(row).unwrap_or(crate::table::text::NULL)).collect();
        let mut different = codes.clone();
        different.sort_unstable();
        different.dedup();
        let all = vec![0; texts.rows()];
        let found = crate::table::repeats::rows_of(texts, &all, &different, super::images::MAX_KIN + 1);
        rows.iter()
            .zip(codes)
            .map(|(row, code)| {
                let same = different.binary_search(&code).ok().and_then(|at| found.get(at));
                let others = same.into_iter().flatten().map(|other| u64::from(*other));
                (*row, others.filter(|other| other != row).take(super::images::MAX_KIN).collect())
            })
            .collect()
    }
}
