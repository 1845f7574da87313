//! Lists and structures for the rows on the screen, a row group at a time.

use super::damage::{Damage, Stretches};
use super::pool::Pool;
use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::formats::parquet::meta::{ColumnMeta, FileMeta};
use crate::formats::parquet::nested::{self, Limits, MAX_NESTED_BYTES, NO_VALUE, chunks, rows_as_json};
use crate::formats::parquet::walk::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Row groups of a nested column that are kept; more where rows of them are wanted.
const MAX_KEPT: usize = 3;

/// Stands for a row that is beyond what is put together of its row group.
const LEFT_OUT: &str = "…";

/// Rows of a nested column as JSON, by the first row of their row group.
#[derive(Debug, Default)]
pub struct Nested {
    /// How many rows the group has, and those put together.
    groups: BTreeMap<u64, (u64, Vec<String>)>,
    /// Rows that were asked for since the last [`Self::round`].
    wanted: BTreeSet<u64>,
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
        self.wanted.extend(rows);
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
            let read = match of_group(meta, number, leaves.clone(), pool, Limits::SCREEN) {
                Ok(Some(read)) => read,
                Ok(None) => return Ok(chunks(meta, number, leaves)),
                Err(error) if error.is_of_damage() => {
                    let rows = group.first_row..covered;
                    self.unreadable.add(&rows);
                    self.damages.push(Damage { group: number, rows, error });
                    self.decoded += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            for (rows, error) in read.lost {
                let rows = group.first_row + rows.start..group.first_row + rows.end;
                let is_new = self.unreadable.end_of(rows.start).is_none_or(|end| end < rows.end);
                self.unreadable.add(&rows);
                // It may have been put together before.
                if is_new {
                    self.damages.push(Damage { group: number, rows, error });
                }
            }
            self.groups.insert(group.first_row, (group.rows, read.json));
            self.decoded += 1;
        }
        Ok(Vec::new())
    }
}

impl Nested {
    /// Everything that is wanted was asked for: lets go of what there is no room for.
    pub fn round(&mut self) {
        let wanted = std::mem::take(&mut self.wanted);
        let is_wanted = |first: u64, rows: u64| wanted.range(first..first + rows).next().is_some();
        while self.groups.len() > MAX_KEPT {
            let old = self.groups.iter().find(|(first, (rows, _))| !is_wanted(**first, *rows));
            let Some(first) = old.map(|(first, _)| *first) else { return };
            self.groups.remove(&first);
        }
    }

    /// Rows that were found to be damaged since this was last asked.
    pub fn take_damages(&mut self) -> Vec<Damage> {
        std::mem::take(&mut self.damages)
    }
}

/// The rows of a row group; none while bytes of it are missing.
///
/// # Errors
/// Where it is too large to be put together, or none of its pages can be decoded.
pub fn of_group(
    meta: &FileMeta,
    number: usize,
    leaves: Range<usize>,
    pool: &mut Pool,
    limits: Limits,
) -> Result<Option<nested::Rows>> {
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
    let rows = rows_as_json(meta, number, leaves, &bytes, limits)
        .context(|| format!("nested values, row group {number}"))?;
    for range in ranges {
        pool.release(range);
    }
    Ok(Some(rows))
}
