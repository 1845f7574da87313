//! Texts of single rows, as a screen shows them: a block of the compact texts takes a few kilobytes.

use super::{Index, texts};
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::sorted::Map;

/// The texts of the rows that were asked for last, as far as they are here.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// By unit; none within where a unit has no text.
    texts: Map<u32, Option<Vec<u8>>>,
}

impl Shown {
    /// Takes the texts of these rows from what is here, and lets go of those of others; the ranges that are missing, and
    /// whether texts have come.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn want(&mut self, rows: &[u32], index: &Index) -> Result<(Vec<ByteRange>, bool)> {
        let mut units: Vec<u32> = rows.iter().filter_map(|row| index.unit_of((*row).into())).collect();
        units.sort_unstable();
        units.dedup();
        let mut before = std::mem::take(&mut self.texts);
        let (mut missing, mut came) = (Vec::new(), false);
        for units in
            units.chunk_by(|a, b| texts::block_of(&index.root, *a) == texts::block_of(&index.root, *b))
        {
            let mut new = Vec::new();
            for unit in units {
                match before.remove(unit) {
                    Some(text) => drop(self.texts.insert(*unit, text)),
                    None => new.push(*unit),
                }
            }
            let Some(first) = new.first() else { continue };
            let Some((range, from, end)) = texts::block(&index.root, texts::block_of(&index.root, *first))
            else {
                continue;
            };
            let Some(bytes) = index.store.get(range) else {
                missing.push(range);
                continue;
            };
            let block = texts::read(bytes, from, end)?;
            for unit in new {
                self.texts.insert(unit, block.text(unit).flatten().map(<[u8]>::to_vec));
                came = true;
            }
        }
        Ok((missing, came))
    }

    /// The text of a row: none where it is not here, and none within where the row has none.
    pub fn text(&self, row: u64, index: &Index) -> Option<Option<&[u8]>> {
        self.texts.get(&index.unit_of(row)?).map(Option::as_deref)
    }
}
