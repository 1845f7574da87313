//! Columns of images in tables that the catalogue does not know: image files in the table itself, and
//! addresses.

use super::Data;
use super::image_lists::ImageLists;
use super::pager::Pager;
use super::pool::Pool;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::engine::demand::{Demand, Field, Rows};
use crate::formats::parquet::features::Feature;
use crate::formats::parquet::meta::{ColumnMeta, FileMeta, Logical, Physical};
use crate::formats::parquet::plan::Link;
use crate::protocol::images::{ImageColumn, PictureColumn, Spot};
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
    /// The files, where the table holds them.
    files: Option<Files>,
    /// Why they can't be read.
    failed: Option<Error>,
}

/// Image files in the table.
#[derive(Debug)]
enum Files {
    /// One a row: pages of the leaf that holds them.
    Single(Pager),
    /// Any number a row.
    Lists(ImageLists),
}

/// The most columns of image files that are told apart.
const MAX_PICTURE_COLUMNS: usize = 100;

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
            return Self::embedded(meta, place);
        }
        if let Some(first) = Self::all(meta).into_iter().next() {
            return Some(first);
        }
        let addresses =
            leaf(&|column| column.flat && column.logical == Logical::Text && named(column, &ADDRESS_WORDS));
        let column = meta.columns.get(addresses?)?.name.clone();
        Some(Self::new(ImageColumn::Addresses { column }, None))
    }

    /// All columns that hold image files, as their names and types tell.
    pub fn all(meta: &FileMeta) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for (place, column) in meta.columns.iter().enumerate() {
            let name = column.root.to_lowercase();
            let named = |words: &[&str]| words.iter().any(|word| name.contains(word));
            let feature = meta.features.get(&column.root);
            let is_bytes = column.physical == Physical::Bytes && column.logical == Logical::Binary;
            let inside = column.name.strip_prefix(column.root.as_str()).unwrap_or_default();
            let in_structure =
                inside.ends_with(".bytes") && (feature == Some(&Feature::Image) || !named(&OTHER_WORDS));
            let alone = !inside.ends_with(".bytes") && named(&IMAGE_WORDS);
            let is_plain = inside.is_empty() || inside == ".bytes" || column.max_repetition == 1;
            let is_other = feature == Some(&Feature::OtherFiles) || column.max_repetition > 1;
            if is_bytes
                && is_plain
                && !is_other
                && (in_structure || alone)
                && found.len() < MAX_PICTURE_COLUMNS
            {
                found.extend(Self::embedded(meta, place));
            }
        }
        found
    }

    fn embedded(meta: &FileMeta, leaf: usize) -> Option<Self> {
        let column = meta.columns.get(leaf)?;
        let files = if column.max_repetition > 0 {
            Files::Lists(ImageLists::new(leaf))
        } else {
            Files::Single(Pager::new(leaf))
        };
        Some(Self::new(ImageColumn::Embedded { column: column.root.clone() }, Some(files)))
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
            return Self::embedded(meta, place);
        }
        if let Some(list) = Self::all(meta).into_iter().find(|files| files.name() == name) {
            return Some(list);
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

    fn new(column: ImageColumn, files: Option<Files>) -> Self {
        Self { column, files, failed: None }
    }

    fn is_address(&self) -> bool {
        matches!(self.column, ImageColumn::Addresses { .. })
    }

    fn is_list(&self) -> bool {
        matches!(self.files, Some(Files::Lists(_)))
    }

    /// More row groups are part of the table.
    pub fn extend(&mut self, meta: &FileMeta) {
        match &mut self.files {
            Some(Files::Single(pager)) => pager.extend(meta),
            Some(Files::Lists(_)) | None => {}
        }
    }

    /// Pages that were decoded so far.
    pub fn decoded(&self) -> u64 {
        match &self.files {
            Some(Files::Single(pager)) => pager.decoded,
            Some(Files::Lists(lists)) => lists.decoded,
            None => 0,
        }
    }

    fn poll(&mut self, rows: &[u64], meta: &FileMeta, pool: &mut Pool, link: Link) -> Vec<ByteRange> {
        if self.failed.is_some() {
            return Vec::new();
        }
        let polled = match &mut self.files {
            Some(Files::Single(pager)) => pager.poll(rows, meta, pool, link),
            Some(Files::Lists(lists)) => lists.poll(rows, meta, pool),
            None => return Vec::new(),
        };
        polled.unwrap_or_else(|error| {
            self.failed = Some(error);
            Vec::new()
        })
    }

    /// An image file of a row, once it is read.
    fn file(&self, row: u64, item: usize) -> Result<Option<Vec<u8>>> {
        let file = match &self.files {
            Some(Files::Single(pager)) => match pager.get(row) {
                Some(Value::Bytes(file)) => Some(Some(file)),
                Some(_) => Some(None),
                None => None,
            },
            Some(Files::Lists(lists)) => lists.get(row).map(|files| files.get(item)?.as_deref()),
            None => Some(None),
        };
        match file {
            Some(Some(file)) if file.len() > MAX_IMAGE_BYTES => {
                Err(Error::new(ErrorKind::Limit, "the image is larger than is shown here"))
            }
            Some(Some(file)) => Ok(Some(file.to_vec())),
            Some(None) => Err(Error::new(ErrorKind::Absent, "the row holds no image")),
            None => self.failed.clone().map_or(Ok(None), Err),
        }
    }
}

impl Data {
    /// The column of images that the file itself tells of.
    pub fn image_column(&self) -> Option<ImageColumn> {
        self.image_files.as_ref().map(|images| images.column.clone())
    }

    /// All columns that hold image files, and those of the two sides of a row, in the order in which [`Spot`]
    /// numbers them.
    pub fn picture_columns(&self) -> Vec<PictureColumn> {
        let column = |files: &ImageFiles| PictureColumn {
            name: files.name().to_owned(),
            is_list: files.is_list(),
            is_address: files.is_address(),
        };
        self.pictures.iter().map(column).collect()
    }

    /// The column of addresses that a spot is in; none where it is one of image files.
    pub fn addresses_at(&self, spot: Spot) -> Option<&str> {
        let files = match spot.column.checked_sub(1) {
            None => self.image_files.as_ref(),
            Some(place) => self.pictures.get(usize::from(place)),
        };
        files.filter(|files| files.is_address()).map(ImageFiles::name)
    }

    /// Decodes what has come of pages with image files. What goes wrong there is reported by the images
    /// that are not shown for it.
    pub(super) fn poll_image_files(
        &mut self,
        demands: &[Demand],
        missing: &mut [Vec<ByteRange>],
        link: Link,
    ) {
        for (demand, missing) in demands.iter().zip(missing) {
            let Rows::These(rows) = &demand.rows else { continue };
            for field in &demand.fields {
                let Field::ImageFiles(column) = field else { continue };
                let files = match column.checked_sub(1) {
                    None => self.image_files.as_mut(),
                    Some(place) => self.pictures.get_mut(usize::from(place)),
                };
                missing.extend(
                    files.map(|files| files.poll(rows, &self.meta, &mut self.pool, link)).unwrap_or_default(),
                );
            }
        }
        for files in self.image_files.iter_mut().chain(&mut self.pictures) {
            match &mut files.files {
                Some(Files::Single(pager)) => pager.round(),
                Some(Files::Lists(lists)) => lists.round(),
                None => {}
            }
        }
    }

    /// Pages with image files that were decoded so far.
    pub(super) fn decoded_images(&self) -> u64 {
        self.image_files.iter().chain(&self.pictures).map(ImageFiles::decoded).sum()
    }

    /// More row groups are part of the table.
    pub(super) fn extend_image_files(&mut self) {
        for files in self.image_files.iter_mut().chain(&mut self.pictures) {
            files.extend(&self.meta);
        }
    }

    /// An image file in a row, once it is read.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn image_file(&self, row: u64, spot: Spot) -> Result<Option<Vec<u8>>> {
        if row >= self.meta.rows {
            return Err(Error::new(ErrorKind::NotFound, format!("the table has no row {row}")));
        }
        let files = match spot.column.checked_sub(1) {
            None => self.image_files.as_ref(),
            Some(place) => self.pictures.get(usize::from(place)),
        };
        let none = || Err(Error::new(ErrorKind::Absent, "the row holds no image"));
        files.map_or_else(none, |files| files.file(row, usize::from(spot.item)))
    }
}
