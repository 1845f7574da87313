//! Writes an archive as a stream: members are stored as they are, since images are packed already.
//!
//! What is written never has to be changed: lengths and checksums are known before a member begins.
//! ZIP64 records (APPNOTE 4.3.14, 4.3.15, 4.5.3) are written where an offset or a number of members has
//! no place in the older ones, and only there, so that every program reads the archives that are small.

use crate::base::error::{Error, ErrorKind, Result};
use flate2::Crc;

/// Version needed to read: 2.0, and 4.5 where ZIP64 is used.
const VERSION: u16 = 20;
const VERSION64: u16 = 45;

/// Bit 11 of the flags: names are UTF-8.
const UTF8: u16 = 1 << 11;

/// 1980-01-01, the first day that a ZIP can hold: there is no clock here.
const DATE: u16 = (1 << 5) | 1;

/// The most members of an archive.
pub const MAX_MEMBERS: usize = 200_000;

/// An archive as it is written.
#[derive(Debug, Default)]
pub struct Writer {
    ready: Vec<u8>,
    /// Bytes written before those that are ready.
    taken: u64,
    members: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    crc: u32,
    bytes: u32,
    offset: u64,
}

impl Writer {
    /// An archive without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    ///
    /// # Errors
    /// Where the name or the content is longer than a header can tell, or there are too many members.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let limit = |what: &str| Error::new(ErrorKind::Limit, format!("{what} for a ZIP archive"));
        let name_bytes = u16::try_from(name.len()).map_err(|_| limit("a name is too long"))?;
        let bytes = u32::try_from(content.len()).map_err(|_| limit("a file is too large"))?;
        if bytes == u32::MAX {
            return Err(limit("a file is too large"));
        }
        if self.members.len() >= MAX_MEMBERS {
            return Err(limit("there are too many files"));
        }
        let mut crc = Crc::new();
        crc.update(content);
        let entry = Entry { name: name.to_owned(), crc: crc.sum(), bytes, offset: self.at() };
        self.put(b"PK\x03\x04");
        for number in [VERSION, UTF8, 0, 0, DATE] {
            self.put(&number.to_le_bytes());
        }
        for number in [entry.crc, bytes, bytes] {
            self.put(&number.to_le_bytes());
        }
        self.put(&name_bytes.to_le_bytes());
        self.put(&0u16.to_le_bytes());
        self.put(name.as_bytes());
        self.put(content);
        self.members.push(entry);
        Ok(())
    }

    /// Members so far.
    pub fn members(&self) -> usize {
        self.members.len()
    }

    /// Bytes that can be taken.
    pub fn ready_bytes(&self) -> usize {
        self.ready.len()
    }

    /// Takes what is ready.
    pub fn take(&mut self) -> Vec<u8> {
        self.taken += self.ready.len() as u64;
        std::mem::take(&mut self.ready)
    }

    /// Writes the directory; nothing may follow.
    pub fn finish(&mut self) {
        let start = self.at();
        let members = std::mem::take(&mut self.members);
        let count = members.len() as u64;
        for Entry { name, crc, bytes, offset } in members {
            let far = u32::try_from(offset).ok().filter(|offset| *offset != u32::MAX).is_none();
            self.put(b"PK\x01\x02");
            let version = if far { VERSION64 } else { VERSION };
            for number in [version, version, UTF8, 0, 0, DATE] {
                self.put(&number.to_le_bytes());
            }
            for number in [crc, bytes, bytes] {
                self.put(&number.to_le_bytes());
            }
            // Name, extra field, comment, disk, internal attributes.
            for number in [name.len() as u16, if far { 12 } else { 0 }, 0, 0, 0] {
                self.put(&number.to_le_bytes());
            }
            self.put(&0u32.to_le_bytes());
            self.put(&u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
            self.put(name.as_bytes());
            if far {
                self.put(&1u16.to_le_bytes());
                self.put(&8u16.to_le_bytes());
                self.put(&offset.to_le_bytes());
            }
        }
        let end = self.at();
        let directory = end - start;
        let small = |number: u64| u32::try_from(number).ok().filter(|number| *number != u32::MAX);
        let few = u16::try_from(count).ok().filter(|count| *count != u16::MAX);
        if few.is_none() || small(start).is_none() || small(directory).is_none() {
            self.put(b"PK\x06\x06");
            self.put(&44u64.to_le_bytes());
            self.put(&VERSION64.to_le_bytes());
            self.put(&VERSION64.to_le_bytes());
            self.put(&[0; 8]);
            for number in [count, count, directory, start] {
                self.put(&number.to_le_bytes());
            }
            self.put(b"PK\x06\x07");
            self.put(&0u32.to_le_bytes());
            self.put(&end.to_le_bytes());
            self.put(&1u32.to_le_bytes());
        }
        self.put(b"PK\x05\x06");
        self.put(&[0; 4]);
        for _ in 0..2 {
            self.put(&few.unwrap_or(u16::MAX).to_le_bytes());
        }
        self.put(&small(directory).unwrap_or(u32::MAX).to_le_bytes());
        self.put(&small(start).unwrap_or(u32::MAX).to_le_bytes());
        self.put(&0u16.to_le_bytes());
    }

    /// Where the next byte goes.
    fn at(&self) -> u64 {
        self.taken + self.ready.len() as u64
    }

    fn put(&mut self, bytes: &[u8]) {
        self.ready.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;
    use crate::formats::zip::directory::Directory;
    use crate::formats::zip::end::{Tail, read_end};
    use crate::formats::zip::member::content;
    use proptest::prelude::*;
    use std::io::{Cursor, Read, Seek, SeekFrom};

    fn archive(members: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut writer = Writer::new();
        let mut file = Vec::new();
        for (name, bytes) in members {
            writer.add(name, bytes).unwrap();
            file.extend(writer.take());
        }
        writer.finish();
        file.extend(writer.take());
        file
    }

    fn directory(tail: &[u8], file_bytes: u64) -> Directory {
        let Tail::End(end) = read_end(tail, file_bytes).unwrap() else { panic!("the tail is too short") };
        let start = file_bytes - tail.len() as u64;
        let (from, to) = ((end.directory.start - start) as usize, (end.directory.end - start) as usize);
        Directory::parse(tail.get(from..to).unwrap(), &end).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_by_us_and_by_others(
            members in proptest::collection::btree_map("[^/\\\\\u{0}]{1,40}", proptest::collection::vec(0u8.., 0..300), 0..20),
        ) {
            let members: Vec<(String, Vec<u8>)> = members.into_iter().collect();
            let file = archive(&members);
            let own = directory(&file, file.len() as u64);
            let mut other = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
            prop_assert_eq!(other.len(), members.len());
            for (at, (name, bytes)) in members.iter().enumerate() {
                let found = own.find(name).unwrap();
                prop_assert_eq!(found.len(), 1);
                let member = found.first().unwrap();
                let range = file.get(member.range.start as usize..member.range.end as usize).unwrap();
                prop_assert_eq!(&content(member, name, range).unwrap(), bytes);
                let mut entry = other.by_index(at).unwrap();
                prop_assert_eq!(entry.name(), name);
                let mut read = Vec::new();
                entry.read_to_end(&mut read).unwrap();
                prop_assert_eq!(&read, bytes);
            }
        }
    }

    /// A file with nothing in front of a place.
    struct Far {
        nothing: u64,
        rest: Vec<u8>,
        at: u64,
    }

    impl Read for Far {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let before = self.nothing.saturating_sub(self.at).min(into.len() as u64) as usize;
            into[..before].fill(0);
            let from = (self.at + before as u64 - self.nothing.min(self.at + before as u64)) as usize;
            let more = self.rest.get(from..).unwrap_or_default();
            let count = if before < into.len() && self.at + before as u64 >= self.nothing {
                more.len().min(into.len() - before)
            } else {
                0
            };
            into[before..before + count].copy_from_slice(&more[..count]);
            self.at += (before + count) as u64;
            Ok(before + count)
        }
    }

    impl Seek for Far {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            let end = self.nothing + self.rest.len() as u64;
            self.at = match to {
                SeekFrom::Start(at) => at,
                SeekFrom::End(by) => end.checked_add_signed(by).unwrap(),
                SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
            };
            Ok(self.at)
        }
    }

    #[test]
    fn beyond_four_gigabytes_and_65_535_members_it_is_zip64() {
        // As if five gigabytes had been written and taken before.
        const NOTHING: u64 = 5 << 30;
        let mut writer = Writer { taken: NOTHING, ..Writer::new() };
        writer.add("far.png", b"far away").unwrap();
        for number in 0..70_000 {
            writer.add(&format!("{number}"), b"").unwrap();
        }
        writer.finish();
        let rest = writer.take();
        let own = directory(&rest, NOTHING + rest.len() as u64);
        let member = *own.find("far.png").unwrap().first().unwrap();
        assert_eq!(member.range.start, NOTHING);
        let bytes = rest.get(..member.range.len() as usize).unwrap();
        assert_eq!(content(&member, "far.png", bytes).unwrap(), b"far away");
        let mut other = zip::ZipArchive::new(Far { nothing: NOTHING, rest, at: 0 }).unwrap();
        assert_eq!(other.len(), 70_001);
        let mut read = String::new();
        other.by_name("far.png").unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "far away");
    }

    #[test]
    fn what_has_no_place_is_refused() {
        assert!(Writer::new().add(&"n".repeat(70_000), b"").is_err());
        assert_eq!(archive(&[]).len(), 22);
    }
}
