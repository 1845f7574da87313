//! The dictionary: every word in order, in blocks of some kilobytes.
//!
//! A block says where the first of its lists begins, counted from the beginning of all lists; then for each word
//! how many bytes of it are those of the word before, the others, how many units have it, how many rows more
//! than units, and the length of its list, which for few units follows at once.

use super::root::Root;
use super::{ENDINGS, Index, MAX_WORD_BYTES, broken};
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::formats::maps::In;

/// Lists of so many units at most are in the dictionary itself.
pub const INLINE_UNITS: u32 = 10;

/// A block is closed once it is as long as this.
#[cfg(not(target_arch = "wasm32"))]
pub const BLOCK_BYTES: usize = 4 << 10;

/// So many letters has what there may be a list of all words for, by its kind, at most.
pub fn longest_piece(kind: char) -> usize {
    if kind == ENDINGS { 4 } else { 3 }
}

/// A word, and where its list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word.
    pub text: String,
    /// Units that have it.
    pub units: u32,
    /// Rows that have it.
    pub rows: u64,
    /// Its list.
    pub list: List<'a>,
}

/// A list that is here, or where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List<'a> {
    /// Here.
    Here(&'a [u8]),
    /// There.
    There(ByteRange),
}

/// Reads a block of the dictionary; `each` is told every word, until it says that it is enough.
///
/// # Errors
/// Where the block contradicts the root.
pub fn read<'a>(bytes: &'a [u8], root: &Root, mut each: impl FnMut(Word<'a>) -> bool) -> Result<()> {
    let mut input = In(bytes);
    let base = input.number()?;
    let mut at = root.word_lists.start.checked_add(base).ok_or_else(|| broken("a list"))?;
    let mut last = String::new();
    while !input.0.is_empty() {
        let shared = usize::try_from(input.number()?).map_err(|_| broken("a word"))?;
        let rest = input.text()?;
        let mut text = last.get(..shared).ok_or_else(|| broken("a word"))?.to_owned();
        text.push_str(&rest);
        if text.len() > MAX_WORD_BYTES {
            return Err(broken("a word that is too long"));
        }
        let units = u32::try_from(input.number()?).ok().filter(|units| *units <= root.units);
        let units = units.ok_or_else(|| broken("a word in more units than there are"))?;
        let rows = u64::from(units).saturating_add(input.number()?);
        if rows > root.about.rows {
            return Err(broken("a word in more rows than there are"));
        }
        let len = input.number()?;
        let list = if units <= INLINE_UNITS {
            List::Here(input.bytes(len)?)
        } else {
            let end = at.checked_add(len).filter(|end| *end <= root.word_lists.end);
            let range = ByteRange::new(at, end.ok_or_else(|| broken("a list beyond its section"))?);
            at = range.end;
            List::There(range)
        };
        last.clone_from(&text);
        if !each(Word { text, units, rows, list }) {
            break;
        }
    }
    Ok(())
}

/// The block that has a word, if any has.
pub fn block_of(root: &Root, word: &str) -> Option<ByteRange> {
    let behind = root.words.partition_point(|(first, _)| first.as_str() <= word);
    root.words.get(behind.checked_sub(1)?).map(|(_, range)| *range)
}

/// How many rows have a word; nothing as long as its block is not here.
///
/// # Errors
/// Where the block contradicts the root.
pub fn rows_of(word: &str, index: &Index) -> Result<Option<u64>> {
    let Some(block) = block_of(&index.root, word) else { return Ok(Some(0)) };
    let Some(bytes) = index.store.get(block) else { return Ok(None) };
    let mut rows = 0;
    read(bytes, &index.root, |own| {
        if own.text == word {
            rows = own.rows;
        }
        own.text.as_str() < word
    })?;
    Ok(Some(rows))
}

/// The blocks that have words with this beginning.
pub fn blocks_of(root: &Root, beginning: &str) -> Vec<ByteRange> {
    let from = root.words.partition_point(|(first, _)| first.as_str() <= beginning).saturating_sub(1);
    let blocks = root.words.iter().skip(from);
    blocks
        .take_while(|(first, _)| first.as_str() <= beginning || first.starts_with(beginning))
        .map(|(_, range)| *range)
        .collect()
}

/// How many bytes two texts have in common at their beginning.
pub fn shared(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    (0..=same).rev().find(|len| a.is_char_boundary(*len) && b.is_char_boundary(*len)).unwrap_or(0)
}
