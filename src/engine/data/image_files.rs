//! Columns of images in tables that the catalogue does not know: image files in the table itself, and
//! addresses.

use super::Data;
use super::pager::Pager;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::demand::{Demand, Field, Rows};
use crate::formats::parquet::features::Feature;
use crate::formats::parquet::meta::{ColumnMeta, FileMeta, Logical, Physical};
use crate::protocol::images::ImageColumn;
use crate::table::column::Value;

/// The largest image file in a table that is shown.
const MAX_IMAGE_BYTES: usize = 24 << 20;

/// Words in the names of columns of bytes that are likely to hold images.
const IMAGE_WORDS: [&str; 9] = ["image", "img", "jpg", "jpeg", "png", "webp", "picture", "photo", "thumb"];

/// Words in the names of columns that hold files, but no images.
const OTHER_WORDS: [&str; 5] = ["audio", "sound", "speech", "video", "mesh"];

/// Words in the names of columns of text that are likely to hold addresses of images.
const ADDRESS_WORDS: [&str; 2] = ["url", "uri"];

/// A column of images.
#[derive(Debug)]
pub struct ImageFiles {
    column: ImageColumn,
    /// Pages of the leaf that holds the files, where the table holds them.
    pager: Option<Pager>,
    /// Why the pages can't be read.
    failed: Option<Error>,
}

impl ImageFiles {
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
        let feature = |column: &ColumnMeta| meta.features.get(&column.root);
        // Sounds and videos are written in the same structure.
        let is_other = |column: &ColumnMeta| {
            feature(column) == Some(&Feature::OtherFiles) || named(column, &OTHER_WORDS)
        };
        let in_structure = |column: &ColumnMeta| {
            !column.flat && is_bytes(column) && column.name == format!("{}.bytes", column.root)
        };
        let declared = leaf(&|column| in_structure(column) && feature(column) == Some(&Feature::Image));
        let by_name = || leaf(&|column| in_structure(column) && named(column, &IMAGE_WORDS));
        let by_structure = || leaf(&|column| in_structure(column) && !is_other(column));
        let alone = || leaf(&|column| column.flat && is_bytes(column) && named(column, &IMAGE_WORDS));
        if let Some(place) = declared.or_else(by_name).or_else(by_structure).or_else(alone) {
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
        Self { column, pager, failed: None }
    }

    /// More row groups are part of the table.
    pub fn extend(&mut self, meta: &FileMeta) {
        if let Some(pager) = &mut self.pager {
            pager.extend(meta);
        }
    }

    /// Pages that were decoded so far.
    pub fn decoded(&self) -> u64 {
        self.pager.as_ref().map_or(0, |pager| pager.decoded)
    }
}

impl Data {
    /// The column of images that the file itself tells of.
    pub fn image_column(&self) -> Option<ImageColumn> {
        self.image_files.as_ref().map(|images| images.column.clone())
    }

    /// Decodes what has come of pages with image files. What goes wrong there is reported by the images
    /// that are not shown for it.
    pub(super) fn poll_image_files(&mut self, demands: &[Demand], missing: &mut [Vec<ByteRange>]) {
        let Some(images) = &mut self.image_files else { return };
        let Some(pager) = images.pager.as_mut().filter(|_| images.failed.is_none()) else { return };
        for (demand, missing) in demands.iter().zip(missing) {
            let Rows::These(rows) = &demand.rows else { continue };
            if demand.fields.contains(&Field::ImageFiles) {
                match pager.poll(rows, &self.meta, &mut self.pool) {
                    Ok(ranges) => missing.extend(ranges),
                    Err(error) => {
                        images.failed = Some(error);
                        break;
                    }
                }
            }
        }
        pager.round();
    }

    /// More row groups are part of the table.
    pub(super) fn extend_image_files(&mut self) {
        if let Some(images) = &mut self.image_files {
            images.extend(&self.meta);
        }
    }

    /// The image file in a row, once it is read.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn image_file(&self, row: u64) -> Result<Option<Vec<u8>>> {
        if row >= self.meta.rows {
            return Err(Error::new(ErrorKind::NotFound, format!("the table has no row {row}")));
        }
        let pager = self.image_files.as_ref().and_then(|images| images.pager.as_ref());
        match pager.and_then(|pager| pager.get(row)) {
            Some(Value::Bytes(file)) if file.len() > MAX_IMAGE_BYTES => {
                Err(Error::new(ErrorKind::Limit, "the image is larger than is shown here"))
            }
            Some(Value::Bytes(file)) => Ok(Some(file.to_vec())),
            Some(_) => Err(Error::new(ErrorKind::NotFound, "the row holds no image")),
            None => match self.image_files.as_ref().and_then(|images| images.failed.clone()) {
                Some(error) => Err(error),
                None => Ok(None),
            },
        }
    }
}
