//! Pairs of neighbouring words, found by hash: no directory is needed, and no text of theirs is kept.
//!
//! The key of a pair is a hash of the word, what stands between (white space as one space), and the next word; that
//! of an edge is made of a word's last letter, what stands between as it is, and the next one's first letter. The
//! upper bits of a key choose the page, the next 32 are in the entry. A page says where the first of its lists begins,
//! counted from the beginning of all lists of pairs; then for each entry, in the order of its 32 bits, those bits,
//! how many units have it, how many rows more, the length of its list and the length of its positions. For few units
//! both follow at once.
//!
//! The beginning and the end of a text are words of their own, [`BEGIN`] and [`END`]. Where the same keys are used for
//! less than two words, one takes the place of the other: [`letter`] for all words that begin or end with a letter, next
//! to a word and with a space between; [`ANY`] for whatever there is, with anything else than a space between. That a pair
//! stands somewhere with other white space between than one space is under [`odd_key`], on the same page. [`union_key`]
//! is that of all words with some beginning, end or part.
//!
//! Positions count words from the beginning of the text: one a word, and one more where something else than a space is
//! before it. For each unit of the
//! list there is each place of the pair's first word, less the one before and one more, times two, plus one where
//! another follows in the same unit. Pairs and what has [`ANY`] in it have them.

use super::root::Root;
use super::words::List;
use super::{broken, coder};
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::formats::maps::{In, digest};

/// Lists of so many units at most are in the page itself.
pub const INLINE_UNITS: u32 = 4;

/// Pages are about as long as this.
#[cfg(not(target_arch = "wasm32"))]
pub const PAGE_BYTES: usize = 2 << 10;

/// What stands for the beginning of a text in place of a word.
pub const BEGIN: &str = "\u{2}";

/// What stands for its end.
pub const END: &str = "\u{3}";

/// What stands for whatever is there.
pub const ANY: &str = "\u{4}";

/// What an index says of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// Units that have it.
    pub units: u32,
    /// Rows that have it.
    pub rows: u64,
    /// Which those are.
    pub list: List<'a>,
    /// Where in them.
    pub positions: List<'a>,
}

/// The hash of a word, or of what stands between two.
pub fn hash(text: &str) -> u64 {
    mix(digest(text.as_bytes()))
}

/// The key of a pair, by the hashes of its three parts.
pub fn key(word: u64, between: u64, next: u64) -> u64 {
    mix(mix(word.rotate_left(7) ^ between).rotate_left(7) ^ next)
}

/// The key of an edge, by its letters and what stands between them, as it is.
pub fn edge_key(last: char, between: &str, first: char) -> u64 {
    mix(hash(&format!("\u{1}{last}{between}{first}")))
}

/// What stands for all words that begin, or end, with a letter.
pub fn letter(letter: char) -> u64 {
    hash(&format!("\u{5}{letter}"))
}

/// The key of what has a pair with other white space between its words than one space, by the key of the pair.
pub fn odd_key(pair: u64) -> u64 {
    // A bit that entries have, and pages are not chosen by.
    pair ^ 1 << 36
}

/// The key of all words of which this is the beginning, the end or a part.
pub fn union_key(kind: char, text: &str) -> u64 {
    mix(hash(&format!("\u{6}{kind}{text}")))
}

/// The page of a key among so many.
pub fn page_of(key: u64, pages: usize) -> usize {
    match pages.checked_ilog2() {
        None | Some(0) => 0,
        Some(bits) => (key >> (64 - bits)) as usize,
    }
}

/// What of a key is in its entry: the 32 bits below those that choose the page.
pub fn short(key: u64, pages: usize) -> u32 {
    let bits = pages.checked_ilog2().unwrap_or(0);
    (key.checked_shl(bits).unwrap_or(0) >> 32) as u32
}

fn mix(mut value: u64) -> u64 {
    // The last steps of MurmurHash3.
    value ^= value >> 33;
    value = value.wrapping_mul(0xff51_afd7_ed55_8ccd);
    value ^= value >> 33;
    value = value.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    value ^ value >> 33
}

/// Finds a pair in its page.
///
/// # Errors
/// Where the page contradicts the root.
pub fn find<'a>(bytes: &'a [u8], key: u64, root: &Root) -> Result<Option<Pair<'a>>> {
    let mut input = In(bytes);
    if bytes.is_empty() {
        return Ok(None);
    }
    let wanted = short(key, root.pages.len());
    let base = input.number()?;
    let mut at = root.pair_lists.start.checked_add(base).ok_or_else(|| broken("a list"))?;
    while !input.0.is_empty() {
        let own = input.bytes(4)?.try_into().map(u32::from_be_bytes).unwrap_or_default();
        let units = u32::try_from(input.number()?).ok().filter(|units| *units <= root.units);
        let units = units.ok_or_else(|| broken("a pair in more units than there are"))?;
        let rows = u64::from(units).saturating_add(input.number()?);
        let (list_bytes, position_bytes) = (input.number()?, input.number()?);
        let (list, positions) = if units <= INLINE_UNITS {
            (List::Here(input.bytes(list_bytes)?), List::Here(input.bytes(position_bytes)?))
        } else {
            let middle = at.checked_add(list_bytes).ok_or_else(|| broken("a list"))?;
            let end = middle.checked_add(position_bytes).filter(|end| *end <= root.pair_lists.end);
            let end = end.ok_or_else(|| broken("a list beyond its section"))?;
            let both = (ByteRange::new(at, middle), ByteRange::new(middle, end));
            at = end;
            (List::There(both.0), List::There(both.1))
        };
        if own == wanted {
            return Ok(Some(Pair { units, rows, list, positions }));
        }
        if own > wanted {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Reads where a pair is: for each of its units the places of its first word, as unit and place in one number.
///
/// # Errors
/// Where the bytes are no positions of so many units.
pub fn read_positions(bytes: &[u8], units: &[u32]) -> Result<Vec<u64>> {
    let mut reader = coder::Reader::new(bytes);
    let mut places = Vec::with_capacity(units.len());
    for unit in units {
        let mut next = 0_u32;
        loop {
            let number = reader.number().ok_or_else(|| broken("positions"))?;
            let place = next.checked_add(number >> 1).ok_or_else(|| broken("positions"))?;
            places.push(u64::from(*unit) << 32 | u64::from(place));
            next = place.saturating_add(1);
            if number & 1 == 0 {
                break;
            }
        }
    }
    Ok(places)
}

/// Writes positions: for each unit its places in ascending order.
#[cfg(not(target_arch = "wasm32"))]
pub fn write_positions<'a>(units: impl Iterator<Item = &'a [u32]>) -> Vec<u8> {
    let mut writer = coder::Writer::new();
    for places in units {
        let mut next = 0;
        for (n, place) in places.iter().enumerate() {
            writer.number((place - next) << 1 | u32::from(n + 1 < places.len()));
            next = place + 1;
        }
    }
    writer.end()
}
