//! The page map of a table: for each column chunk the length and the rows of its pages.
//!
//! Layout, after the magic: rows, row groups, leaf columns; then for each row group and each of its
//! columns the number of pages, 0 where they are not known, where the first page begins in the chunk,
//! and for each page the bytes between it and the one before, its bytes, its rows times two, plus
//! one where its values are indexes into the dictionary, and what is said of its values: 1 where the nulls are
//! known, plus 2 where the smallest and the largest value are; the nulls; and both values, each with its length
//! in front. Numbers are of seven bits a byte.

use super::{In, Out};
use crate::base::error::{Error, Result};
use crate::formats::parquet::header::PageLocation;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::FileMeta;
use crate::formats::parquet::stats::{MAX_VALUE_BYTES, PageStats, Short};

const MAGIC: [u8; 4] = *b"VPM2";

/// Writes the maps of a file: one list a leaf column, one map a row group.
pub fn write(meta: &FileMeta, maps: &[Vec<PageMap>]) -> Vec<u8> {
    let mut out = Out::begin(MAGIC);
    out.number(meta.rows);
    out.number(meta.groups.len() as u64);
    out.number(meta.columns.len() as u64);
    for group in 0..meta.groups.len() {
        for leaf in 0..meta.columns.len() {
            let map = maps.get(leaf).and_then(|maps| maps.get(group)).filter(|map| map.is_complete());
            let pages = map.map_or(&[][..], PageMap::pages);
            out.number(pages.len() as u64);
            let mut at = map.map_or(0, |map| map.chunk().range.start);
            for page in pages {
                out.number(page.range.start.saturating_sub(at));
                out.number(page.range.len());
                out.number(page.rows << 1 | u64::from(page.uses_dictionary == Some(true)));
                let PageStats { nulls, range } = page.stats;
                out.number(u64::from(nulls.is_some()) | u64::from(range.is_some()) << 1);
                if let Some(nulls) = nulls {
                    out.number(nulls.into());
                }
                for value in range.iter().flat_map(|(low, high)| [low, high]) {
                    out.number(value.bytes().len() as u64);
                    out.0.extend_from_slice(value.bytes());
                }
                at = page.range.end;
            }
        }
    }
    out.end()
}

/// Reads the maps of a file: one list a leaf column, empty where nothing is known of it.
///
/// # Errors
/// Where the bytes are of another kind, or contradict the file.
pub fn read(bytes: &[u8], meta: &FileMeta) -> Result<Vec<Vec<PageMap>>> {
    let mut input = In::begin(MAGIC, bytes)?;
    let shape = (input.number()?, input.number()?, input.number()?);
    if shape != (meta.rows, meta.groups.len() as u64, meta.columns.len() as u64) {
        return Err(Error::corrupt("it is about a file of another shape"));
    }
    let mut maps: Vec<Vec<PageMap>> = vec![Vec::new(); meta.columns.len()];
    for group in &meta.groups {
        for (leaf, maps) in maps.iter_mut().enumerate() {
            let count = input.number()?;
            let Some(chunk) = group.chunks.get(leaf) else {
                return Err(Error::corrupt("a chunk is missing"));
            };
            let mut at = chunk.range.start;
            let mut first_row = 0u64;
            // A page has a row at least, and takes four bytes here.
            let mut pages = Vec::with_capacity(count.min(group.rows).min(input.0.len() as u64 / 4) as usize);
            let mut all_stats = Vec::with_capacity(pages.capacity());
            let mut flags = Vec::with_capacity(pages.capacity());
            for _ in 0..count {
                let (gap, bytes, rows) = (input.number()?, input.number()?, input.number()?);
                let offset = at.checked_add(gap).ok_or_else(super::short)?;
                let page_bytes = u32::try_from(bytes).map_err(|_| super::short())?;
                pages.push(PageLocation { offset, page_bytes, first_row });
                flags.push(rows & 1 == 1);
                all_stats.push(stats(&mut input)?);
                at = offset.checked_add(bytes).ok_or_else(super::short)?;
                first_row = first_row.saturating_add(rows >> 1);
            }
            if count == 0 {
                maps.push(PageMap::new(*chunk, group.rows));
                continue;
            }
            if first_row != group.rows {
                return Err(Error::corrupt("its pages do not have the rows of the row group"));
            }
            chunk.check_index(&pages, group.rows)?;
            let mut map = PageMap::from_index(*chunk, group.rows, &pages);
            map.mark_dictionary_pages(&flags);
            map.mark_stats(&all_stats);
            maps.push(map);
        }
    }
    input.done()?;
    Ok(maps)
}

/// What is said of a page's values.
fn stats(input: &mut In<'_>) -> Result<PageStats> {
    let there = input.number()?;
    let nulls =
        if there & 1 == 1 { Some(u32::try_from(input.number()?).map_err(|_| super::short())?) } else { None };
    let mut value = || {
        let len = input.number()?;
        if len > MAX_VALUE_BYTES as u64 {
            return Err(Error::corrupt("a value is too long"));
        }
        Short::new(input.bytes(len)?).ok_or_else(super::short)
    };
    let range = if there & 2 == 2 { Some((value()?, value()?)) } else { None };
    Ok(PageStats { nulls, range })
}

/// Whether a file is of this version.
pub fn is_current(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}
