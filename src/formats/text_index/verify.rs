//! What lists leave open is looked up in the texts, unit by unit from the first, so that rows come as they are
//! decided.

use super::plan::Bounds;
use super::{Index, texts};
use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;

/// How far ahead of what is looked at bytes are asked for.
const AHEAD_BYTES: u64 = 2 << 20;

/// How much text is looked at in one go, so that the thread stays answerable.
const TEXTS_A_STEP: usize = 4_096;

/// An answer on its way from what may be to what is.
#[derive(Debug)]
pub struct Verify {
    hits: Bits,
    open: Bits,
    /// Units below are decided.
    decided: usize,
    most: u64,
}

impl Verify {
    /// Of this answer.
    pub fn new(bounds: Bounds) -> Self {
        let Bounds { sure, may: mut open } = bounds;
        let most = open.count() as u64;
        let mut rest = Bits::new(sure.len(), false);
        rest.join(&sure, true);
        open.keep(&rest, 0);
        let decided = open.members(0).next().unwrap_or(open.len());
        Self { hits: sure, open, decided, most }
    }

    /// Units below this one are decided.
    pub fn decided(&self) -> usize {
        self.decided
    }

    /// Whether all is.
    pub fn is_done(&self) -> bool {
        self.decided >= self.hits.len()
    }

    /// The units that match, as far as is decided.
    pub fn hits(&self) -> &Bits {
        &self.hits
    }

    /// Units that are left to be looked at, and units that matched or might at the beginning.
    pub fn left(&self) -> (u64, u64) {
        (self.open.members(self.decided).count() as u64, self.most)
    }

    /// The blocks of texts that are looked at next and are not here.
    pub fn wants(&self, index: &Index) -> Vec<ByteRange> {
        let mut ranges = Vec::new();
        let mut bytes = 0;
        let mut from = self.decided;
        while let Some(unit) = self.open.members(from).next().and_then(|unit| u32::try_from(unit).ok()) {
            let Some((range, _, end)) = texts::block(&index.root, texts::block_of(&index.root, unit)) else {
                break;
            };
            bytes += range.len();
            if bytes > AHEAD_BYTES && !ranges.is_empty() {
                break;
            }
            if !index.has(range) {
                ranges.push(range);
            }
            from = (end as usize).max(from + 1);
        }
        ranges
    }

    /// Looks at texts that are here, as many as one step takes; whether there are more of them at hand.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn advance(&mut self, index: &mut Index, matches: impl Fn(&[u8]) -> bool) -> Result<bool> {
        let mut looked = 0;
        while let Some(unit) = self.open.members(self.decided).next() {
            let number = texts::block_of(&index.root, u32::try_from(unit).unwrap_or(u32::MAX));
            let Some((range, first, end)) = texts::block(&index.root, number) else { break };
            let Some(bytes) = index.store.get(range) else { return Ok(false) };
            if looked >= TEXTS_A_STEP {
                return Ok(true);
            }
            let block = texts::read(bytes, first, end)?;
            let open: Vec<usize> = self.open.members(unit).take_while(|unit| *unit < end as usize).collect();
            for unit in open {
                // No text is like an empty one.
                let text = block.text(unit as u32).flatten().unwrap_or_default();
                self.hits.set(unit, matches(text));
                looked += 1;
            }
            self.decided = (end as usize).max(unit + 1);
            index.store.forget(range);
        }
        // Those that came together with others are let go of once there is much.
        let at = texts::block(&index.root, texts::block_of(&index.root, self.decided as u32));
        index.release_texts(at.map(|(range, ..)| range.start));
        self.decided = self.open.members(self.decided).next().unwrap_or(self.hits.len());
        Ok(false)
    }
}
