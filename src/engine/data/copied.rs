//! Prompts that are read whole out of a copy of them beside the app, which is shorter than the column.
//!
//! Nothing of it is believed for good: once the copy is given up, the file is read after all, and what was taken of the copy
//! is held against it.

use super::load::Load;
use super::{Data, Origin};
use crate::base::error::Result;
use crate::engine::change::Change;
use crate::formats::parquet::meta::FileMeta;
use crate::table::column::Column;

/// The copy of the prompts.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// Its bytes, where there is one.
    bytes: Option<u64>,
    /// Whether rows were taken of it.
    used: bool,
}

impl Copied {
    /// How a leaf column begins to be read whole.
    pub(super) fn load(&self, is_prompt: bool, leaf: usize, meta: &FileMeta) -> Load {
        if is_prompt && self.bytes.is_some() { Load::of_copy(leaf, meta) } else { Load::new(leaf, meta) }
    }
}

impl Data {
    /// There is a copy of the prompts, of so many bytes: what is left of them is read of it where that is less.
    pub fn set_copy(&mut self, bytes: u64) {
        let rows = self.meta.rows.max(1);
        let Some(column) = self.prompt.and_then(|place| self.columns.get_mut(place)) else { return };
        let Origin::Leaf(leaf) = column.origin else { return };
        let left = rows - (column.rows_read() as u64).min(rows);
        let left_in_copy = (bytes as f64 * left as f64 / rows as f64) as u64;
        let left_in_file = match &column.load {
            Some(load) => column.info.bytes.saturating_sub(load.bytes),
            None => column.info.bytes,
        };
        if left_in_copy >= left_in_file {
            return;
        }
        self.copied.bytes = Some(bytes);
        if let Some(load) = column.load.as_mut() {
            let read = load.bytes;
            *load = Load::of_copy(leaf, &self.meta);
            load.bytes = read;
        }
    }

    /// The next row that is wanted of the copy, while the prompts are being read whole.
    pub fn copy_row(&self) -> Option<u64> {
        let column = self.prompt_column().filter(|column| column.loading && !column.complete)?;
        column.load.as_ref().is_some_and(Load::is_of_copy).then(|| column.rows_read() as u64)
    }

    /// Takes texts of the copy, each with how many rows have it; what that changes.
    ///
    /// # Errors
    /// Where there are more texts than are kept.
    pub fn take_copied<'a>(
        &mut self,
        runs: impl Iterator<Item = (Option<&'a [u8]>, u32)>,
    ) -> Result<Option<Change>> {
        let rows = self.meta.rows;
        let Some(place) = self.prompt else { return Ok(None) };
        let Some(column) = self.columns.get_mut(place) else { return Ok(None) };
        let Some(values) = column.values.as_mut() else { return Ok(None) };
        for (text, rows) in runs {
            values.append_run(text, rows)?;
        }
        self.copied.used = true;
        let read = values.rows() as u64;
        let complete = read >= rows;
        if let Some(load) = column.load.as_mut() {
            // As if it were the column itself.
            load.bytes = (column.info.bytes as f64 * read as f64 / rows.max(1) as f64) as u64;
        }
        if complete {
            column.complete = true;
            column.loading = false;
            column.load = None;
            values.finish();
        }
        Ok(Some(Change::Grew { column: place, complete }))
    }

    /// There is no copy any more. Where rows were taken of it, the file is read and they are held against it.
    pub fn drop_copy(&mut self) {
        let used = std::mem::take(&mut self.copied).used;
        let Some(column) = self.prompt.and_then(|place| self.columns.get_mut(place)) else { return };
        let Origin::Leaf(leaf) = column.origin else { return };
        let is_of_copy = column.load.as_ref().is_some_and(Load::is_of_copy);
        if column.failed || !(is_of_copy || used) {
            return;
        }
        column.pages.pager.prepare(&self.meta);
        column.load = Some(Load::new(leaf, &self.meta));
        column.loading |= column.complete;
        column.complete = false;
        column.unseen = true;
    }
}

/// Holds the rows from `first` on of a column against those of a page, and adds those that are not there yet. Whether
/// they are the same.
///
/// # Errors
/// Where a text is too long, or all of them together.
pub(super) fn hold_against(column: &mut Column, first: usize, page: &Column) -> Result<bool> {
    for row in 0..page.rows() {
        let own = page.texts().and_then(|texts| texts.of_row(row));
        if first + row >= column.rows() {
            column.append_run(own, 1)?;
        } else if column.texts().is_some_and(|texts| texts.of_row(first + row) != own) {
            return Ok(false);
        }
    }
    Ok(true)
}
