//! Words that begin in some way, those in most rows first: all blocks of the dictionary that have any lie side by
//! side, so that one range tells.

use super::words;
use super::{Index, wants::requests};
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::sorted::by_key;
use std::cmp::Reverse;

/// Where words that begin so take more than this, nothing is suggested before another letter.
const MAX_BYTES: u64 = 256 << 10;

/// What an index says of a beginning.
#[derive(Debug, PartialEq, Eq)]
pub enum Suggested {
    /// These ranges of the data, all at once.
    Needs(Vec<ByteRange>),
    /// Words with the number of rows that have them.
    Words(Vec<(String, u64)>),
}

/// Words with this beginning, which is folded, at most so many.
///
/// # Errors
/// Where the index contradicts itself.
pub fn suggest(index: &Index, beginning: &str, most: usize) -> Result<Suggested> {
    let blocks = words::blocks_of(&index.root, beginning);
    if blocks.iter().map(|range| range.len()).sum::<u64>() > MAX_BYTES {
        return Ok(Suggested::Words(Vec::new()));
    }
    let missing: Vec<ByteRange> = blocks.iter().copied().filter(|range| !index.has(*range)).collect();
    if !missing.is_empty() {
        return Ok(Suggested::Needs(requests(missing)));
    }
    let mut found = Vec::new();
    for block in blocks {
        words::read(index.store.get(block).unwrap_or_default(), &index.root, |word| {
            if word.text.starts_with(beginning) {
                found.push((word.text, word.rows));
            }
            true
        })?;
    }
    // In the order of words where rows are as many.
    let mut found = by_key(found, |(_, rows)| Reverse(*rows));
    found.truncate(most);
    Ok(Suggested::Words(found))
}
