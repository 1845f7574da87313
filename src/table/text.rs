//! The store of a long text column: every different text once, and a code a row.
//!
//! Two million prompts are 1.5 million different ones, fourteen million are 1.8 million. Texts lie
//! back to back in blocks of a few megabytes, so that a search runs over plain memory and a store
//! that grows never moves what it has. Codes are given in the order in which texts are first met.
//! What is not ASCII is kept once more with case and accents folded, for searches.

use crate::base::error::{Error, ErrorKind, Result};
use crate::base::words::fold;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// The code of a row without a text.
pub const NULL: u32 = u32::MAX;

/// Size of a block of texts. No text is longer.
pub const BLOCK_BYTES: usize = 4 << 20;

/// Blocks at most: positions of texts are 32-bit numbers.
const MAX_BLOCKS: usize = 1 << 10;

/// A column of texts.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    blocks: Vec<Vec<u8>>,
    /// Where each text begins: block and place within it in one number.
    starts: Vec<u32>,
    hashes: Vec<u32>,
    /// Codes by hash, [`NULL`] where there is none; a power of two of places, at most half in use.
    /// Empty once the column is complete.
    table: Vec<u32>,
    /// One a row.
    codes: Vec<u32>,
    nulls: usize,
    folded: Folded,
}

/// Texts that are not ASCII, with case and accents folded.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    bytes: Vec<u8>,
    /// For each the code of the text, and where it ends in `bytes`.
    ends: Vec<(u32, usize)>,
}

impl Texts {
    /// An empty column that will hold `rows` rows.
    pub fn with_capacity(rows: usize) -> Self {
        Self { codes: Vec::with_capacity(rows), ..Self::default() }
    }

    /// One code a row; [`NULL`] where there is no text.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.codes.len()
    }

    /// Rows without a text.
    pub fn nulls(&self) -> usize {
        self.nulls
    }

    /// Number of different texts.
    pub fn distinct(&self) -> usize {
        self.starts.len()
    }

    /// The text of a code.
    pub fn get(&self, code: u32) -> Option<&[u8]> {
        let (block, from) = place(*self.starts.get(code as usize)?);
        let bytes = self.blocks.get(block)?;
        let end = self.starts.get(code as usize + 1).map(|start| place(*start));
        let end = end.filter(|(next, _)| *next == block).map_or(bytes.len(), |(_, end)| end);
        bytes.get(from..end)
    }

    /// The text of a row; none where it has none or is not read yet.
    pub fn of_row(&self, row: usize) -> Option<&[u8]> {
        self.get(*self.codes.get(row)?)
    }

    /// The code of a text, if any row has it.
    pub fn code_of(&self, text: &[u8]) -> Option<u32> {
        let hash = hash(text);
        let same = |(code, own): (usize, &u32)| {
            (*own == hash).then_some(code as u32).filter(|code| self.get(*code) == Some(text))
        };
        self.hashes.iter().enumerate().find_map(same)
    }

    /// Texts that are not ASCII, folded.
    pub fn folded(&self) -> &Folded {
        &self.folded
    }

    /// The blocks from the one that holds `code` on: bytes, and the codes of the texts in it with
    /// where each begins, in ascending order.
    pub fn blocks_from(&self, code: u32) -> impl Iterator<Item = Block<'_>> {
        let first = self.starts.get(code as usize).map_or(self.blocks.len(), |start| place(*start).0);
        let mut next = code as usize;
        self.blocks.iter().enumerate().skip(first).map(move |(number, bytes)| {
            let rest = self.starts.get(next..).unwrap_or_default();
            let count = rest.partition_point(|start| place(*start).0 == number);
            let starts = rest.get(..count).unwrap_or_default();
            let block = Block { bytes, first_code: next as u32, starts };
            next += count;
            block
        })
    }

    /// The first code behind so many blocks from the one that holds `code` on; behind all texts
    /// where there are no more.
    pub fn end_of_blocks(&self, code: usize, blocks: usize) -> usize {
        let Some(start) = self.starts.get(code) else { return self.distinct() };
        let end = place(*start).0 + blocks;
        self.starts.partition_point(|start| place(*start).0 < end)
    }

    /// The code of a text, a new one if it has not been met.
    ///
    /// # Errors
    /// Where the text is longer than a block, or the store is full.
    pub fn intern(&mut self, text: &[u8]) -> Result<u32> {
        if (self.starts.len() + 1) * 2 > self.table.len() {
            self.grow_table();
        }
        let hash = hash(text);
        let last = self.table.len() - 1;
        let mut at = hash as usize & last;
        loop {
            match self.table.get(at).copied() {
                None | Some(NULL) => break,
                Some(code) => {
                    let same = self.hashes.get(code as usize) == Some(&hash) && self.get(code) == Some(text);
                    if same {
                        return Ok(code);
                    }
                }
            }
            at = (at + 1) & last;
        }
        let code = self.add(text)?;
        self.hashes.push(hash);
        if let Some(slot) = self.table.get_mut(at) {
            *slot = code;
        }
        Ok(code)
    }

    fn add(&mut self, text: &[u8]) -> Result<u32> {
        if text.len() > BLOCK_BYTES {
            let message = format!("a text of {} bytes; at most {BLOCK_BYTES} are kept", text.len());
            return Err(Error::new(ErrorKind::Limit, message));
        }
        // Even an empty text begins within its block, so that its place names the block.
        let room = |block: &Vec<u8>| block.len() < BLOCK_BYTES && block.len() + text.len() <= BLOCK_BYTES;
        if !self.blocks.last().is_some_and(room) {
            if self.blocks.len() >= MAX_BLOCKS {
                return Err(Error::new(ErrorKind::Limit, "its texts take more than 4 GiB"));
            }
            // The first block grows: most columns are small. Later ones are filled for sure.
            self.blocks.push(Vec::with_capacity(if self.blocks.is_empty() { 0 } else { BLOCK_BYTES }));
        }
        let number = self.blocks.len() - 1;
        let code = self.starts.len() as u32;
        if let Some(block) = self.blocks.last_mut() {
            self.starts.push((number * BLOCK_BYTES + block.len()) as u32);
            block.extend_from_slice(text);
        }
        if !text.is_ascii() {
            fold(&String::from_utf8_lossy(text), &mut self.folded.bytes);
            self.folded.ends.push((code, self.folded.bytes.len()));
        }
        Ok(code)
    }

    fn grow_table(&mut self) {
        let places = ((self.starts.len() + 1) * 2).next_power_of_two().max(1 << 10);
        self.table.clear();
        self.table.resize(places, NULL);
        for (code, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & (places - 1);
            while self.table.get(at).is_some_and(|slot| *slot != NULL) {
                at = (at + 1) & (places - 1);
            }
            if let Some(slot) = self.table.get_mut(at) {
                *slot = code as u32;
            }
        }
    }

    /// Adds a row by the code of its text, or [`NULL`].
    pub fn push(&mut self, code: u32) {
        self.nulls += usize::from(code == NULL);
        self.codes.push(code);
    }

    /// Lets go of what only a growing column needs.
    pub fn finish(&mut self) {
        self.table = Vec::new();
    }

    /// Roughly how much memory the column takes.
    pub fn memory_bytes(&self) -> usize {
        self.blocks.iter().map(Vec::capacity).sum::<usize>()
            + (self.starts.capacity() + self.hashes.capacity() + self.table.capacity()) * 4
            + self.codes.capacity() * 4
            + self.folded.bytes.capacity()
            + self.folded.ends.capacity() * size_of::<(u32, usize)>()
    }
}

/// A block of texts that lie back to back.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The texts. Those before `first_code` may be among them.
    pub bytes: &'a [u8],
    /// The first text of `starts`.
    pub first_code: u32,
    starts: &'a [u32],
}

impl Block<'_> {
    /// Number of texts.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Where the n-th text begins in `bytes`; their end for one beyond the last.
    pub fn start(&self, n: usize) -> usize {
        self.starts.get(n).map_or(self.bytes.len(), |start| place(*start).1)
    }
}

impl Folded {
    /// Codes and folded texts, from the first one whose code is at least `code`.
    pub fn from(&self, code: u32) -> impl Iterator<Item = (u32, &[u8])> {
        let first = self.ends.partition_point(|(own, _)| *own < code);
        let mut start =
            first.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        self.ends.get(first..).unwrap_or_default().iter().map(move |(code, end)| {
            let text = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            (*code, text)
        })
    }

    /// The folded text of a code, if the text is not ASCII.
    pub fn get(&self, code: u32) -> Option<&[u8]> {
        self.from(code).next().filter(|(own, _)| *own == code).map(|(_, text)| text)
    }
}

fn place(start: u32) -> (usize, usize) {
    (start as usize / BLOCK_BYTES, start as usize % BLOCK_BYTES)
}

fn hash(text: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    hasher.write_usize(text.len());
    let hash = hasher.finish();
    // The upper bits are the better mixed ones.
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_BYTES, NULL, Texts};
    use crate::base::words::fold;

    fn texts(rows: &[Option<&str>]) -> Texts {
        let mut texts = Texts::with_capacity(rows.len());
        for row in rows {
            let code = row.map_or(NULL, |text| texts.intern(text.as_bytes()).unwrap());
            texts.push(code);
        }
        texts
    }

    #[test]
    fn case_and_accents_are_folded() {
        for (text, expected) in [
            ("Café", "cafe"),
            ("ÉLAN", "elan"),
            ("e\u{301}", "e"),
            ("Ж日本", "ж日本"),
            ("🏰 Å", "🏰 a"),
            ("İ", "i"),
        ] {
            let mut folded = Vec::new();
            fold(text, &mut folded);
            assert_eq!(String::from_utf8(folded).unwrap(), expected);
        }
    }

    #[test]
    fn texts_never_straddle_blocks() {
        let long = "x".repeat(BLOCK_BYTES / 2 + 1);
        let other = "y".repeat(BLOCK_BYTES / 2 + 1);
        let whole = "z".repeat(BLOCK_BYTES);
        let rows = [Some(long.as_str()), Some(&other), Some(&whole), Some(""), Some("end"), Some(&long)];
        let texts = texts(&rows);
        assert_eq!(texts.distinct(), 5);
        for (row, text) in rows.iter().enumerate() {
            assert!(texts.of_row(row) == text.map(str::as_bytes), "row {row}");
        }
        assert!(Texts::default().intern(&vec![b'x'; BLOCK_BYTES + 1]).is_err());
    }

    proptest::proptest! {
        #[test]
        fn it_keeps_what_a_list_keeps(
            rows in proptest::collection::vec(proptest::option::weighted(0.9, "[ab é]{0,4}"), 0..300), from in 0u32..40)
        {
            let mut store = texts(&rows.iter().map(Option::as_deref).collect::<Vec<_>>());
            store.finish();
            let mut distinct: Vec<&str> = Vec::new();
            for text in rows.iter().flatten() {
                if !distinct.contains(&text.as_str()) {
                    distinct.push(text);
                }
            }
            proptest::prop_assert_eq!(store.distinct(), distinct.len());
            proptest::prop_assert_eq!(store.nulls(), rows.iter().filter(|row| row.is_none()).count());
            for (row, text) in rows.iter().enumerate() {
                proptest::prop_assert_eq!(store.of_row(row), text.as_deref().map(str::as_bytes));
            }
            for (code, text) in distinct.iter().enumerate() {
                proptest::prop_assert_eq!(store.code_of(text.as_bytes()), Some(code as u32));
                proptest::prop_assert_eq!(store.folded().get(code as u32).is_some(), !text.is_ascii());
            }
            let mut listed = Vec::new();
            for block in store.blocks_from(from) {
                for n in 0..block.len() {
                    let text = &block.bytes[block.start(n)..block.start(n + 1)];
                    listed.push((block.first_code + n as u32, text.to_vec()));
                }
            }
            let expected: Vec<_> = distinct.iter().enumerate().skip(from as usize)
                .map(|(code, text)| (code as u32, text.as_bytes().to_vec())).collect();
            proptest::prop_assert_eq!(listed, expected);
        }
    }
}
