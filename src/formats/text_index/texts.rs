//! The compact copy of the texts: blocks of neighbouring units, compressed together.
//!
//! A block has the length of each of its texts, plus one, or 0 where there is none, and then the texts.

use super::broken;
use super::root::Root;
use super::wants::cut;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::formats::maps::In;
use crate::formats::zstd;

/// Units of a block.
#[cfg(not(target_arch = "wasm32"))]
pub const BLOCK_UNITS: usize = 64;

/// A block is closed once its texts are as long as this.
#[cfg(not(target_arch = "wasm32"))]
pub const BLOCK_BYTES: usize = 256 << 10;

/// The longest text; longer ones are not indexed, as they can't be searched either.
pub const MAX_TEXT_BYTES: usize = 4 << 20;

/// About how long a piece is where all texts are read one after another.
const PIECE_BYTES: u64 = 1 << 20;

/// The longest block, once it is decompressed.
const MAX_BLOCK_BYTES: u64 = 8 << 20;

/// The largest window that a frame may ask for.
const MAX_WINDOW_BYTES: u64 = 64 << 20;

/// The texts of a block.
#[derive(Debug, Default)]
pub struct Block {
    /// The first unit.
    pub first: u32,
    bytes: Vec<u8>,
    /// Where each text is; none where there is no text.
    places: Vec<Option<(usize, usize)>>,
}

impl Block {
    /// The text of a unit: none where the unit is not in the block, and none within where it has no text.
    pub fn text(&self, unit: u32) -> Option<Option<&[u8]>> {
        let place = self.places.get(unit.checked_sub(self.first)? as usize)?;
        Some(place.and_then(|(start, end)| self.bytes.get(start..end)))
    }
}

/// The block that has a unit: its number.
pub fn block_of(root: &Root, unit: u32) -> usize {
    root.texts.partition_point(|(first, _)| *first <= unit).saturating_sub(1)
}

/// Where a block is, and its units: from and to.
pub fn block(root: &Root, number: usize) -> Option<(ByteRange, u32, u32)> {
    let (first, range) = root.texts.get(number)?;
    Some((*range, *first, root.texts.get(number + 1).map_or(root.units, |(next, _)| *next)))
}

/// Blocks from the one that begins at `from` on, as pieces that are the same wherever one begins: each has the blocks that
/// begin in the same [`PIECE_BYTES`], as many as take `ahead` bytes. Cut where a file ends.
pub fn pieces(root: &Root, from: u64, ahead: u64) -> impl Iterator<Item = ByteRange> {
    let piece = |start: u64| start / PIECE_BYTES;
    let end = from.saturating_add(ahead);
    let mut starts = root.texts.partition_point(|(_, range)| piece(range.start) < piece(from));
    std::iter::from_fn(move || {
        let (_, first) = root.texts.get(starts)?;
        let behind = root.texts.partition_point(|(_, range)| piece(range.start) <= piece(first.start));
        let (_, last) = root.texts.get(behind.checked_sub(1)?)?;
        starts = behind;
        (first.start < end).then_some(ByteRange::new(first.start, last.end))
    })
    .flat_map(cut)
}

/// Reads the block of these units.
///
/// # Errors
/// Where the bytes are no such block.
pub fn read(bytes: &[u8], first: u32, end: u32) -> Result<Block> {
    let body = decompress(bytes, MAX_BLOCK_BYTES)?;
    let mut input = In(&body);
    let mut lens = Vec::new();
    for _ in first..end {
        lens.push(input.number()?);
    }
    let mut at = body.len() - input.0.len();
    let mut places = Vec::with_capacity(lens.len());
    for len in lens {
        let Some(len) = len.checked_sub(1) else {
            places.push(None);
            continue;
        };
        let end = usize::try_from(len).ok().and_then(|len| at.checked_add(len));
        let end = end.filter(|end| *end <= body.len()).ok_or_else(|| broken("a text beyond its block"))?;
        places.push(Some((at, end)));
        at = end;
    }
    if at == body.len() { Ok(Block { first, bytes: body, places }) } else { Err(broken("a block of texts")) }
}

/// What a zstd frame has in it, at most so many bytes.
///
/// # Errors
/// Where it is no frame, or a longer one.
pub fn decompress(frame: &[u8], most: u64) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    zstd::append(frame, usize::try_from(most).unwrap_or(usize::MAX), Some(MAX_WINDOW_BYTES), &mut out)?;
    Ok(out)
}
