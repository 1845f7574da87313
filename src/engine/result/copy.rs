//! Prompts that are read whole: out of the compact texts of an index, where there is one.

use super::Matches;
use super::indexed::Beside;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::formats::text_index::{Index, texts};

/// How far ahead of what is taken texts are asked for.
const AHEAD_BYTES: u64 = 4 << 20;

/// Texts that are taken in one step, so that the thread stays answerable.
const TEXTS_A_STEP: usize = 16_384;

impl Matches {
    /// Goes on with reading the prompts whole; what changed, and whether there is more at hand.
    pub fn read_copy(&mut self, data: &mut Data) -> (Vec<Change>, bool) {
        self.copy_wants.clear();
        let Some(row) = data.copy_row() else { return (Vec::new(), false) };
        let (Beside::Here(index), _, _) = self.search.parts() else { return (Vec::new(), false) };
        match advance(index, row, data, &mut self.copy_wants) {
            Ok((changes, more)) => (changes, more),
            Err(error) => {
                self.search.note_fault(error);
                (Vec::new(), false)
            }
        }
    }
}

fn advance(
    index: &mut Index,
    row: u64,
    data: &mut Data,
    wants: &mut Vec<ByteRange>,
) -> Result<(Vec<Change>, bool)> {
    wants.extend(index.needs_rows()?);
    let Some(unit) = index.unit_of(row).filter(|_| wants.is_empty()) else { return Ok((Vec::new(), false)) };
    let mut number = texts::block_of(&index.root, unit);
    let (mut row, mut taken, mut more) = (row, 0, false);
    let mut changes = Vec::new();
    while let Some((range, first, end)) = texts::block(&index.root, number) {
        let Some(block) = index.texts(range, first, end)? else { break };
        if taken >= TEXTS_A_STEP {
            more = true;
            break;
        }
        let first_rows = index.first_rows();
        let rows_of = |unit: u32| first_rows.get(unit as usize).map_or(0, |row| u64::from(*row));
        // The first one may have been begun by what was read of the file.
        let runs = (first..end)
            .filter(|unit| rows_of(unit + 1) > row)
            .map(|unit| (block.text(unit).flatten(), (rows_of(unit + 1) - rows_of(unit).max(row)) as u32));
        changes = data.take_copied(runs)?.into_iter().collect();
        (row, taken, number) = (rows_of(end), taken + (end - first) as usize, number + 1);
    }
    let at = texts::block(&index.root, number).map(|(range, ..)| range.start);
    index.release_texts(at);
    if let Some(at) = at {
        wants.extend(texts::pieces(&index.root, at, AHEAD_BYTES).filter(|piece| !index.has(*piece)));
    }
    Ok((changes, more))
}
