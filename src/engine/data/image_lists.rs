//! Lists of image files in the table, a row group at a time.

use super::pool::Pool;
use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::formats::parquet::meta::{ColumnMeta, FileMeta};
use crate::formats::parquet::nested::{MAX_NESTED_BYTES, MAX_NESTED_ROWS, byte_lists};
use crate::formats::parquet::walk::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// Row groups that are kept; more where rows of them are wanted.
const MAX_KEPT: usize = 2;

/// A row's files; none for those that have no bytes.
type RowFiles = Vec<Option<Vec<u8>>>;

/// Lists of image files.
#[derive(Debug)]
pub struct ImageLists {
    leaf: usize,
    /// The rows of row groups, by their first row.
    groups: BTreeMap<u64, Vec<RowFiles>>,
    /// Rows that were asked for since the last [`Self::round`].
    wanted: BTreeSet<u64>,
    /// Row groups that were decoded so far.
    pub decoded: u64,
}

impl ImageLists {
    /// The lists whose files are in this leaf.
    pub fn new(leaf: usize) -> Self {
        Self { leaf, groups: BTreeMap::new(), wanted: BTreeSet::new(), decoded: 0 }
    }

    /// The files of a row, once they are read.
    pub fn get(&self, row: u64) -> Option<&RowFiles> {
        let (first, rows) = self.groups.range(..=row).next_back()?;
        rows.get(usize::try_from(row - first).ok()?)
    }

    /// Decodes what has come for `rows`, and says what is missing.
    ///
    /// # Errors
    /// Where a row group is too large, or its pages can't be decoded.
    pub fn poll(&mut self, rows: &[u64], meta: &FileMeta, pool: &mut Pool) -> Result<Vec<ByteRange>> {
        let Some(column) = meta.columns.get(self.leaf) else { return Ok(Vec::new()) };
        ColumnMeta::check(column)?;
        self.wanted.extend(rows);
        for &row in rows {
            if self.get(row).is_some() {
                continue;
            }
            let Some((number, group)) = meta.group_of(row) else { continue };
            let Some(chunk) = meta.chunk(number, self.leaf) else { continue };
            if chunk.range.len() > MAX_NESTED_BYTES || row - group.first_row >= MAX_NESTED_ROWS as u64 {
                let (is, most) = (human_bytes(chunk.range.len()), human_bytes(MAX_NESTED_BYTES));
                let message =
                    format!("row group {number} holds {is} of lists, more than the {most} that are read");
                return Err(Error::new(ErrorKind::Limit, message));
            }
            if !pool.has(chunk.range) {
                return Ok(vec![chunk.range]);
            }
            let bytes = pool.at(chunk.range.start, chunk.range.len()).into_owned();
            let lists =
                byte_lists(meta, number, self.leaf, &bytes).context(|| format!("row group {number}"))?;
            pool.release(chunk.range);
            self.groups.insert(group.first_row, lists);
            self.decoded += 1;
        }
        Ok(Vec::new())
    }

    /// Everything that is wanted was asked for: lets go of what there is no room for.
    pub fn round(&mut self) {
        let wanted = std::mem::take(&mut self.wanted);
        let is_wanted = |first: u64, rows: usize| wanted.range(first..first + rows as u64).next().is_some();
        while self.groups.len() > MAX_KEPT {
            let old = self.groups.iter().find(|(first, rows)| !is_wanted(**first, rows.len()));
            let Some(first) = old.map(|(first, _)| *first) else { return };
            self.groups.remove(&first);
        }
    }
}
