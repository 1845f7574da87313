//! The page map of a table: for each column chunk the length and the rows of its pages.
//!
//! Layout, after the magic: rows, row groups, leaf columns; then for each row group and each of its
//! columns the number of pages, 0 where they are not known, where the first page begins in the chunk,
//! and for each page the bytes between it and the one before, its bytes, and its rows times two, plus
//! one where its values are indexes into the dictionary. Numbers are of seven bits a byte.

use super::{In, Out};
use crate::error::{Error, Result};
use crate::parquet::header::PageLocation;
use crate::parquet::map::PageMap;
use crate::parquet::meta::FileMeta;

const MAGIC: [u8; 4] = *b"VPM1";

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
            // A page has a row at least, and takes three bytes here.
            let mut pages = Vec::with_capacity(count.min(group.rows).min(input.0.len() as u64 / 3) as usize);
            let mut flags = Vec::with_capacity(pages.capacity());
            for _ in 0..count {
                let (gap, bytes, rows) = (input.number()?, input.number()?, input.number()?);
                let offset = at.checked_add(gap).ok_or_else(super::short)?;
                let page_bytes = u32::try_from(bytes).map_err(|_| super::short())?;
                pages.push(PageLocation { offset, page_bytes, first_row });
                flags.push(rows & 1 == 1);
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
            maps.push(map);
        }
    }
    input.done()?;
    Ok(maps)
}
