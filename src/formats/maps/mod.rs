//! Sidecar files: page maps of tables and directories of archives that were found ahead of time, as
//! small files beside the app.
//!
//! A list names what there is; [`table`], [`pack`] and [`text_index`](super::text_index) are the files themselves.
//! `vitrine-index` writes them. None of it is trusted: whatever is read is checked against the file that it describes, and is
//! ignored where it does not fit. Without it everything works, with more requests.

pub mod pack;
pub mod table;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::hub::HubPath;

/// The folder beside the app.
pub const FOLDER: &str = "maps/";

/// The list of what there is.
pub const LIST: &str = "maps/list.txt";

/// More than this is not read of any of the files.
pub const MAX_FILE_BYTES: u64 = 8 << 20;

/// The most entries of the list.
const MAX_ENTRIES: usize = 10_000;

/// What the list names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    entries: Vec<Entry>,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `table KEY BYTES ETAG`: the page map of a table of this size and tag.
    Table {
        /// Made of the table's name.
        key: u64,
        /// The table's size.
        file_bytes: u64,
        /// The table's tag, as [`tag`] leaves it.
        etag: String,
    },
    /// `zips KEY PACKS`: directories of the archives of a repository, in so many files.
    Zips {
        /// Made of the repository's name and revision.
        key: u64,
        /// How many files.
        packs: u32,
    },
    /// `text KEY BYTES ETAG DIGEST COLUMN`: the index of the texts of a column of a table of this size and tag.
    Text {
        /// Made of the table's name.
        key: u64,
        /// The table's size.
        file_bytes: u64,
        /// The table's tag, as [`tag`] leaves it.
        etag: String,
        /// The digest of the index's root.
        digest: u64,
        /// The column's name: all there is to the end of the line.
        column: String,
    },
    /// `at KEY URL`: the index of the texts of a table is not beside the app, but at this address: there the folder `maps`
    /// is.
    Place {
        /// Made of the table's name.
        key: u64,
        /// The address, with a slash at its end.
        url: String,
    },
}

impl List {
    /// Reads a list. What is not understood is passed over.
    pub fn parse(text: &str) -> Self {
        let entry = |line: &str| {
            let mut words = line.trim_ascii().splitn(6, ' ');
            let (kind, key) = (words.next()?, u64::from_str_radix(words.next()?, 16).ok()?);
            match kind {
                "table" => {
                    let file_bytes = words.next()?.parse().ok()?;
                    Some(Entry::Table { key, file_bytes, etag: words.next()?.to_owned() })
                }
                "zips" => {
                    let packs = words.next()?.parse().ok().filter(|packs| (1..=65_536).contains(packs))?;
                    Some(Entry::Zips { key, packs })
                }
                "text" => {
                    let (file_bytes, etag) = (words.next()?.parse().ok()?, words.next()?.to_owned());
                    let digest = u64::from_str_radix(words.next()?, 16).ok()?;
                    Some(Entry::Text { key, file_bytes, etag, digest, column: words.next()?.to_owned() })
                }
                "at" => {
                    let url = words.next()?;
                    let is_web = url.starts_with("https://") || url.starts_with("http://");
                    (is_web && url.ends_with('/')).then(|| Entry::Place { key, url: url.to_owned() })
                }
                _ => None,
            }
        };
        Self { entries: text.lines().filter_map(entry).take(MAX_ENTRIES).collect() }
    }

    /// Writes a list.
    pub fn print(&self) -> String {
        let line = |entry: &Entry| match entry {
            Entry::Table { key, file_bytes, etag } => format!("table {key:016x} {file_bytes} {etag}\n"),
            Entry::Zips { key, packs } => format!("zips {key:016x} {packs}\n"),
            Entry::Text { key, file_bytes, etag, digest, column } => {
                format!("text {key:016x} {file_bytes} {etag} {digest:016x} {column}\n")
            }
            Entry::Place { key, url } => format!("at {key:016x} {url}\n"),
        };
        self.entries.iter().map(line).collect()
    }

    /// Adds a line, in place of the one about the same.
    pub fn put(&mut self, entry: Entry) {
        let about = |entry: &Entry| match entry {
            Entry::Table { key, .. } => (0, *key),
            Entry::Zips { key, .. } => (1, *key),
            Entry::Text { key, .. } => (2, *key),
            Entry::Place { key, .. } => (3, *key),
        };
        self.entries.retain(|other| about(other) != about(&entry));
        self.entries.push(entry);
    }

    /// The address, below the app, of the page map of a table of this size and tag.
    pub fn table(&self, name: &str, file_bytes: u64, etag: Option<&str>) -> Option<String> {
        let own = key(name);
        let fits = |entry: &Entry| match entry {
            Entry::Table { key, file_bytes: size, etag: known } => {
                *key == own && *size == file_bytes && is_version(known, etag)
            }
            Entry::Zips { .. } | Entry::Text { .. } | Entry::Place { .. } => false,
        };
        self.entries.iter().any(fits).then(|| table_file(own))
    }

    /// The index of the texts of a table of this size and tag: the digest of its root, and the column.
    pub fn text(&self, name: &str, file_bytes: u64, etag: Option<&str>) -> Option<(u64, &str)> {
        let own = key(name);
        self.entries.iter().find_map(|entry| match entry {
            Entry::Text { key, file_bytes: size, etag: known, digest, column } => {
                let fits = *key == own && *size == file_bytes && is_version(known, etag);
                fits.then_some((*digest, column.as_str()))
            }
            Entry::Table { .. } | Entry::Zips { .. } | Entry::Place { .. } => None,
        })
    }

    /// Where the index of the texts of a table is, if not beside the app.
    pub fn place(&self, name: &str) -> Option<&str> {
        let own = key(name);
        self.entries.iter().find_map(|entry| match entry {
            Entry::Place { key, url } => (*key == own).then_some(url.as_str()),
            Entry::Table { .. } | Entry::Zips { .. } | Entry::Text { .. } => None,
        })
    }

    /// In how many files the directories of a repository are, by its key.
    pub fn packs(&self, own: u64) -> Option<u32> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Zips { key, packs } => (*key == own).then_some(*packs),
            Entry::Table { .. } | Entry::Text { .. } | Entry::Place { .. } => None,
        })
    }

    /// The address, below the app, of the file that has the directory of an archive.
    pub fn pack(&self, archive: &HubPath) -> Option<String> {
        let own = key(&repository_name(&archive.repository, &archive.revision));
        let packs = self.packs(own)?;
        Some(pack_file(own, pack_of(&archive.path, packs)))
    }
}

/// Where the page map of a table is, below the app.
pub fn table_file(key: u64) -> String {
    format!("{FOLDER}{key:016x}.pages")
}

/// Where a pack of directories is, below the app.
pub fn pack_file(key: u64, number: u32) -> String {
    format!("{FOLDER}{key:016x}-{number}.zips")
}

/// The pack that has an archive.
pub fn pack_of(path: &str, packs: u32) -> u32 {
    (key(path) % u64::from(packs.max(1))) as u32
}

/// What a repository is called.
pub fn repository_name(repository: &str, revision: &str) -> String {
    format!("hf:{repository}@{revision}")
}

/// A short name for a long one: FNV-1a, 64 bits.
pub fn key(name: &str) -> u64 {
    digest(name.as_bytes())
}

/// A tag without what servers add to it.
pub fn tag(etag: &str) -> String {
    let plain = etag.trim().trim_start_matches("W/").trim_matches('"');
    plain.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(200).collect()
}

/// The tag of a table that is published together with the app: there is no other version of it.
pub const ANY_VERSION: &str = "-";

/// Whether what is known of this version is about the file with this tag.
pub fn is_version(known: &str, etag: Option<&str>) -> bool {
    known == ANY_VERSION || etag.is_some_and(|etag| tag(etag) == known)
}

/// The digest of bytes: FNV-1a, 64 bits.
pub fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Writes numbers as few bytes, and what they are about.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct Out(pub(in crate::formats) Vec<u8>);

impl Out {
    pub(in crate::formats) fn begin(magic: [u8; 4]) -> Self {
        Self(magic.to_vec())
    }

    /// Seven bits a byte, the lowest first.
    pub(in crate::formats) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(in crate::formats) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// The bytes, with their digest at the end.
    pub(in crate::formats) fn end(mut self) -> Vec<u8> {
        let digest = digest(&self.0);
        self.0.extend_from_slice(&digest.to_le_bytes());
        self.0
    }
}

/// Reads what [`Out`] wrote.
pub(in crate::formats) struct In<'a>(pub(in crate::formats) &'a [u8]);

impl<'a> In<'a> {
    pub(in crate::formats) fn begin(magic: [u8; 4], bytes: &'a [u8]) -> Result<Self> {
        let broken = || Error::corrupt("it is no such file, or cut short");
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or_else(broken)?;
        if u64::from_le_bytes(*sum) != digest(body) {
            return Err(broken());
        }
        body.strip_prefix(&magic)
            .map(Self)
            .ok_or_else(|| Error::new(ErrorKind::Unsupported, "it is of another version"))
    }

    pub(in crate::formats) fn number(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or_else(short)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::corrupt("a number does not end"))
    }

    pub(in crate::formats) fn bytes(&mut self, len: u64) -> Result<&'a [u8]> {
        let len = usize::try_from(len).map_err(|_| short())?;
        let (bytes, rest) = self.0.split_at_checked(len).ok_or_else(short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(in crate::formats) fn text(&mut self) -> Result<String> {
        let len = self.number()?;
        let bytes = self.bytes(len)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Error::corrupt("a name is no text"))
    }

    pub(in crate::formats) fn done(&self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::corrupt("it goes on behind its end")) }
    }
}

pub(in crate::formats) fn short() -> Error {
    Error::corrupt("it ends early")
}
