//! Lists and structures for the rows on the screen, a row group at a time.

use super::damage::{Damage, Stretches, costs_rows};
use super::pool::Pool;
use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::formats::parquet::meta::{ColumnMeta, FileMeta};
use crate::formats::parquet::nested::{Limits, MAX_NESTED_BYTES, chunks, rows_as_json};
use crate::formats::parquet::walk::Bytes;
use std::collections::BTreeMap;
use std::ops::Range;

/// Row groups of a nested column that are kept.
const MAX_KEPT: usize = 3;

/// The JSON of a row without a value.
pub const NO_VALUE: &str = "null";

/// Stands for a row that is beyond what is put together of its row group.
const LEFT_OUT: &str = "…";

/// Rows of a nested column as JSON, by the first row of their row group.
#[derive(Debug, Default)]
pub struct Nested {
    /// How many rows the group has, and those put together.
    groups: BTreeMap<u64, (u64, Vec<String>)>,
    /// Rows that can't be read, and what was found of them since it was last asked.
    unreadable: Stretches,
    damages: Vec<Damage>,
    /// Row groups that were put together so far.
    pub decoded: u64,
}

impl Nested {
    /// The JSON of a row, if it is here.
    pub fn get(&self, row: u64) -> Option<&str> {
        if self.unreadable.holds(row) {
            return Some(NO_VALUE);
        }
        let (first, (rows, json)) = self.groups.range(..=row).next_back()?;
        let place = row - first;
        let json = usize::try_from(place).ok().and_then(|place| json.get(place)).map(String::as_str);
        json.or_else(|| (place < *rows).then_some(LEFT_OUT))
    }

    /// Puts together what has come for `rows` of the column with these leaves, and says what is
    /// missing.
    ///
    /// # Errors
    /// Where a row group is too large to be put together, or its pages can't be decoded.
    pub fn poll(
        &mut self,
        rows: &[u64],
        leaves: Range<usize>,
        meta: &FileMeta,
        pool: &mut Pool,
    ) -> Result<Vec<ByteRange>> {
        meta.columns.get(leaves.clone()).unwrap_or_default().iter().try_for_each(ColumnMeta::check)?;
        let mut covered = 0;
        for &row in rows {
            if row < covered || self.get(row).is_some() {
                continue;
            }
            let Some((number, group)) = meta.group_of(row) else { continue };
            covered = group.first_row + group.rows;
            if self.groups.contains_key(&group.first_row) {
                continue;
            }
            let json = match of_group(meta, number, leaves.clone(), pool, Limits::SCREEN) {
                Ok(Some(json)) => json,
                Ok(None) => return Ok(chunks(meta, number, leaves)),
                Err(error) if costs_rows(&error) => {
                    let rows = group.first_row..covered;
                    self.unreadable.add(&rows);
                    self.damages.push(Damage { group: number, rows, error });
                    self.decoded += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if self.groups.len() >= MAX_KEPT {
                self.groups.pop_first();
            }
            self.groups.insert(group.first_row, (group.rows, json));
            self.decoded += 1;
        }
        Ok(Vec::new())
    }
}

impl Nested {
    /// Rows that were found to be damaged since this was last asked.
    pub fn take_damages(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damages)
    }
}

/// The rows of a row group as JSON, fewer than it has where the limits say so; none while bytes of it are missing.
///
/// # Errors
/// Where it is too large to be put together, or its pages can't be decoded.
pub fn of_group(
    meta: &FileMeta,
    number: usize,
    leaves: Range<usize>,
    pool: &mut Pool,
    limits: Limits,
) -> Result<Option<Vec<String>>> {
    meta.columns.get(leaves.clone()).unwrap_or_default().iter().try_for_each(ColumnMeta::check)?;
    let ranges = chunks(meta, number, leaves.clone());
    let bytes: u64 = ranges.iter().map(|range| range.len()).sum();
    if bytes > MAX_NESTED_BYTES {
        return Err(Error::new(
            ErrorKind::Limit,
            format!(
                "row group {number} holds {} of it, more than the {} that are read to show nested values",
                human_bytes(bytes),
                human_bytes(MAX_NESTED_BYTES)
            ),
        ));
    }
    if !ranges.iter().all(|range| pool.has(*range)) {
        return Ok(None);
    }
    let bytes: Vec<Vec<u8>> =
        ranges.iter().map(|range| pool.at(range.start, range.len()).into_owned()).collect();
    let json = rows_as_json(meta, number, leaves, &bytes, limits)
        .context(|| format!("nested values, row group {number}"))?;
    for range in ranges {
        pool.release(range);
    }
    Ok(Some(json))
}
