//! An index of a column of texts, made ahead of time and laid beside the app as static files: any search is
//! answered exactly from a few ranges of it.
//!
//! The unit of the index is a run of neighbouring rows with the same text. For each word there is a list of the
//! units that have it ([`list`]), found by a sorted dictionary ([`words`]); for each pair of neighbouring words,
//! and what stands between them, one found by hash ([`pairs`]), with positions, so that phrases are exact. What
//! lists can't decide is looked up in a compact copy of the texts ([`texts`]). [`rows`] leads from units to rows,
//! and [`root`] says where everything is.
//!
//! A query becomes a [`Plan`](plan::Plan); an [`Index`] says which ranges it needs, is handed them, and answers
//! with what is sure and what may be. Nothing in it is believed: numbers are checked against the root, decoders
//! stop at what was announced, and who shows a row holds it against the query.
//!
//! # Files
//! A folder [`folder`] has the root and the data, in parts of [`PART_BYTES`] that are one address space. Its name
//! has the digest of the root in it, and the root that of the data: files of two versions do not mix.

mod chain;
mod coder;
pub mod list;
pub mod pairs;
pub mod plan;
pub mod rank;
mod regex;
pub mod root;
pub mod rows;
pub mod shown;
mod store;
pub mod suggest;
pub mod texts;
pub mod verify;
pub mod wants;
pub mod words;
#[cfg(not(target_arch = "wasm32"))]
pub mod write;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use super::maps::FOLDER;
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, Result};
use root::Root;
use store::Store;

/// The longest root that is read, as it is in the file.
pub const MAX_ROOT_BYTES: u64 = 8 << 20;

/// A part of the data is no longer than this: hosts refuse files of 100 MB.
pub const PART_BYTES: u64 = 95_000_000;

/// Words that are longer are not in the dictionary; the units that have one are under an empty word.
pub const MAX_WORD_BYTES: usize = 1_000;

/// Entries of the dictionary that are no words: with the units that have more than one space between words, with those
/// that have letters with more variants of case than folding knows, and with those that have signs that expressions count
/// among letters, or letters and digits that they do not.
const SPACES: &str = "\u{1}";
const CASES: &str = "\u{2}";
const JOINS: &str = "\u{3}";

/// What is in front of entries that are signs: all that stands between two words, before the first or behind the last one.
const SIGNS: &str = "\u{4}";

/// What there is a list of all words for: those with a beginning, an end, or a part.
const BEGINNINGS: char = 'b';
const ENDINGS: char = 'e';
const PIECES: char = 'p';

/// What is kept between two queries.
const MAX_KEPT_BYTES: u64 = 32 << 20;

/// The folder of an index, below the app: of the table with this key, and with this digest.
pub fn folder(key: u64, digest: u64) -> String {
    format!("{FOLDER}{key:016x}.text/{digest:016x}/")
}

/// The root's name in the folder.
pub const ROOT: &str = "root";

/// The name of a part of the data in the folder, from 0.
pub fn part(number: u32) -> String {
    format!("data-{number}")
}

/// An index that is being asked.
#[derive(Clone, Debug)]
pub struct Index {
    /// What it is about, and where everything is.
    pub root: Root,
    store: Store,
    /// The first row of each unit, and the end of the last one; empty until the map is here.
    first_rows: Vec<u32>,
}

impl Index {
    /// The index with this root.
    pub fn new(root: Root) -> Self {
        Self { root, store: Store::default(), first_rows: Vec::new() }
    }

    /// Takes bytes of the data that were asked for.
    pub fn feed(&mut self, range: ByteRange, bytes: Vec<u8>) {
        if bytes.len() as u64 == range.len() {
            self.store.add(range.start, bytes);
        }
    }

    /// Another query is asked: makes room where much has come.
    pub fn begin(&mut self) {
        if self.store.bytes() > MAX_KEPT_BYTES {
            self.store = Store::default();
        }
    }

    /// The block of texts of these units, if it is here.
    ///
    /// # Errors
    /// Where it contradicts the root.
    pub fn texts(&self, range: ByteRange, first: u32, end: u32) -> Result<Option<texts::Block>> {
        self.store.get(range).map(|bytes| texts::read(bytes, first, end)).transpose()
    }

    /// Makes room, where much is here, by letting go of texts up to a place, or of all.
    pub fn release_texts(&mut self, end: Option<u64>) {
        if self.store.bytes() > MAX_KEPT_BYTES
            && let Some((_, first)) = self.root.texts.first()
        {
            let end = end.unwrap_or(self.root.data_bytes).max(first.start);
            self.store.forget(ByteRange::new(first.start, end));
        }
    }

    /// Whether these bytes are here.
    pub fn has(&self, range: ByteRange) -> bool {
        self.store.get(range).is_some()
    }

    /// The range of the map of rows, where it is not here.
    ///
    /// # Errors
    /// Where the map contradicts the root.
    pub fn needs_rows(&mut self) -> Result<Option<ByteRange>> {
        if !self.first_rows.is_empty() {
            return Ok(None);
        }
        let range = self.root.rows_map;
        let Some(bytes) = self.store.get(range) else { return Ok(Some(range)) };
        self.first_rows = rows::read(bytes, self.root.units, self.root.about.rows)?;
        self.store.forget(range);
        Ok(None)
    }

    /// The unit of a row, once the map is here.
    pub fn unit_of(&self, row: u64) -> Option<u32> {
        let row = u32::try_from(row).ok().filter(|row| u64::from(*row) < self.root.about.rows)?;
        let behind = self.first_rows.partition_point(|first| *first <= row);
        behind.checked_sub(1).map(|unit| unit as u32)
    }

    /// The first row of each unit, and behind the last one the number of rows; empty until the map is here.
    pub fn first_rows(&self) -> &[u32] {
        &self.first_rows
    }
}

fn broken(what: &str) -> Error {
    Error::corrupt(format!("the index contradicts itself: {what}"))
}
