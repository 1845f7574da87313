//! The records at the end of an archive, which say where its directory is.

use super::{u16_at, u32_at, u64_at};
use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Error, ErrorKind, Result};

/// The end record without a comment.
pub const END_BYTES: u64 = 22;

/// The largest directory that is read: 70,000 members with ZIP64 fields take 8 MB.
pub const MAX_DIRECTORY_BYTES: u64 = 32 << 20;

/// The most members of an archive; the real ones have about a thousand.
pub const MAX_MEMBERS: u64 = 400_000;

/// A comment may stand behind the end record, so far from the end it may begin.
const FARTHEST_END_BYTES: u64 = END_BYTES + u16::MAX as u64;

const LOCATOR_BYTES: u64 = 20;
const RECORD64_BYTES: u64 = 56;

/// Where the directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The directory's bytes.
    pub directory: ByteRange,
    /// How many members it lists.
    pub members: u64,
}

/// What the tail of an archive says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// It is all there.
    End(End),
    /// This range is needed as well, up to the end of the file.
    Needs(ByteRange),
}

/// Reads the records at the end. `tail` are the last bytes of a file of `file_bytes`.
///
/// # Errors
/// Where this is no ZIP archive, its records contradict each other or the file, or it is larger
/// than the named limits.
pub fn read_end(tail: &[u8], file_bytes: u64) -> Result<Tail> {
    let start = file_bytes.saturating_sub(tail.len() as u64);
    if file_bytes < END_BYTES {
        return Err(Error::new(ErrorKind::Unsupported, "it is not a ZIP archive: it is too short"));
    }
    let Some(at) = find_end(tail) else {
        let farthest = file_bytes.saturating_sub(FARTHEST_END_BYTES);
        if start > farthest {
            return Ok(Tail::Needs(ByteRange::new(farthest, file_bytes)));
        }
        return Err(Error::new(ErrorKind::Unsupported, "it is not a ZIP archive: it has no end record"));
    };
    let short = || Error::corrupt("the end record is cut short");
    let disks = (u16_at(tail, at + 4).ok_or_else(short)?, u16_at(tail, at + 6).ok_or_else(short)?);
    let members = u16_at(tail, at + 10).ok_or_else(short)?;
    let bytes = u32_at(tail, at + 12).ok_or_else(short)?;
    let offset = u32_at(tail, at + 16).ok_or_else(short)?;
    let end_at = start + at as u64;
    // A locator in front of the end record says that the true numbers stand in a ZIP64 record.
    let locator_at = end_at.checked_sub(LOCATOR_BYTES);
    let needs64 = members == u16::MAX || bytes == u32::MAX || offset == u32::MAX;
    if let Some(locator_at) = locator_at {
        if locator_at < start && needs64 {
            let from = locator_at.saturating_sub(RECORD64_BYTES);
            return Ok(Tail::Needs(ByteRange::new(from, file_bytes)));
        }
        let locator = locator_at.checked_sub(start).and_then(|at| tail.get(at as usize..));
        if let Some(locator) = locator.filter(|locator| locator.starts_with(b"PK\x06\x07")) {
            let record_at = u64_at(locator, 8).ok_or_else(short)?;
            if record_at.saturating_add(RECORD64_BYTES) > locator_at {
                return Err(Error::corrupt("the ZIP64 record lies outside of the file"));
            }
            if record_at < start {
                return Ok(Tail::Needs(ByteRange::new(record_at, file_bytes)));
            }
            return read_record64(tail, (record_at - start) as usize, record_at);
        }
    }
    if disks != (0, 0) {
        return Err(Error::new(ErrorKind::Unsupported, "the archive is split over several disks"));
    }
    checked(u64::from(offset), u64::from(bytes), u64::from(members), end_at).map(Tail::End)
}

fn read_record64(tail: &[u8], at: usize, record_at: u64) -> Result<Tail> {
    let broken = || Error::corrupt("the ZIP64 record can't be read");
    let record = tail.get(at..).filter(|record| record.starts_with(b"PK\x06\x06")).ok_or_else(broken)?;
    let disks = (u32_at(record, 16).ok_or_else(broken)?, u32_at(record, 20).ok_or_else(broken)?);
    if disks != (0, 0) {
        return Err(Error::new(ErrorKind::Unsupported, "the archive is split over several disks"));
    }
    let number = |at| u64_at(record, at).ok_or_else(broken);
    checked(number(48)?, number(40)?, number(32)?, record_at).map(Tail::End)
}

/// The directory, if it is before `before` and within the limits.
fn checked(offset: u64, bytes: u64, members: u64, before: u64) -> Result<End> {
    /// A directory entry without name, extra field and comment.
    const LEAST_ENTRY_BYTES: u64 = 46;
    let end = offset.checked_add(bytes).filter(|end| *end <= before);
    let Some(end) = end else {
        return Err(Error::corrupt(format!(
            "its directory of {} at byte {offset} lies outside of the file",
            human_bytes(bytes)
        )));
    };
    if bytes > MAX_DIRECTORY_BYTES {
        let message = format!("its directory has {}, more than is read here", human_bytes(bytes));
        return Err(Error::new(ErrorKind::Limit, message));
    }
    if members > MAX_MEMBERS {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("it has {members} members, more than is read here"),
        ));
    }
    if members.saturating_mul(LEAST_ENTRY_BYTES) > bytes {
        return Err(Error::corrupt(format!(
            "{members} members do not fit into a directory of {bytes} bytes"
        )));
    }
    Ok(End { directory: ByteRange::new(offset, end), members })
}

/// Where the end record begins: the last place whose comment reaches exactly to the file's end.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_BYTES as usize)?;
    let first = tail.len().saturating_sub(FARTHEST_END_BYTES as usize);
    (first..=last).rev().find(|at| {
        tail.get(*at..).is_some_and(|record| record.starts_with(b"PK\x05\x06"))
            && u16_at(tail, at + 20)
                .is_some_and(|comment| at + END_BYTES as usize + usize::from(comment) == tail.len())
    })
}
