//! The central directory as a compact table: 32 bytes a member, whatever its name is.

use super::end::End;
use super::{u16_at, u32_at, u64_at};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::sorted::by_key;

/// The largest member that is read, packed or not: images have a megabyte or two.
pub const MAX_MEMBER_BYTES: u32 = 64 << 20;

/// Bit 0 of the flags: encrypted.
const ENCRYPTED: u16 = 1;

/// Bit 15 of the flags is reserved; here it says that only the member's own header has the checksum.
pub(super) const CRC_IN_HEADER: u16 = 1 << 15;

/// A local header without name and extra field.
const LOCAL_BYTES: u64 = 30;

/// A local header's extra field may differ from the directory's; in a well-formed archive the next
/// member tells where a member ends, and this is only how far it may reach.
const MAX_EXTRA_BYTES: u64 = u16::MAX as u64;

/// Members of an archive, in the order of their offsets.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub(super) members: Vec<Entry>,
    /// Hashes of names with places in `members`, in ascending order.
    pub(super) names: Vec<(u32, u32)>,
    /// Where the directory itself begins.
    pub(super) start: u64,
    /// Which bits of hashes are compared.
    pub(super) mask: u32,
}

/// What the directory says of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub offset: u64,
    pub packed_bytes: u32,
    pub bytes: u32,
    pub crc: u32,
    pub method: u16,
    pub flags: u16,
}

/// A member that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The bytes of the file that hold its header and its data, and nothing of another member.
    pub range: ByteRange,
    /// How it is packed: 0 stored, 8 deflated.
    pub method: u16,
    /// Length of the data in the file.
    pub packed_bytes: u32,
    /// Length of the content.
    pub bytes: u32,
    /// CRC-32 of the content; none where only the member's own header has it.
    pub crc: Option<u32>,
}

impl Directory {
    /// Reads the directory that an [`End`] has pointed to.
    ///
    /// # Errors
    /// Where an entry can't be read, or there are fewer or more of them than was said.
    pub fn parse(bytes: &[u8], end: &End) -> Result<Self> {
        if bytes.len() as u64 != end.directory.len() {
            return Err(Error::new(ErrorKind::Truncated, "its directory is cut short"));
        }
        let mut at = 0;
        let mut found: Vec<(Entry, u32)> = Vec::with_capacity(end.members as usize);
        for number in 0..end.members {
            let (entry, name, next) =
                entry(bytes, at).ok_or_else(|| Error::corrupt(format!("entry {number} can't be read")))?;
            if entry.offset.saturating_add(LOCAL_BYTES) > end.directory.start {
                let offset = entry.offset;
                return Err(Error::corrupt(format!(
                    "entry {number} points outside of the file, to {offset}"
                )));
            }
            found.push((entry, hash(name)));
            at = next;
        }
        if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")) {
            return Err(Error::corrupt("its directory lists more members than it says"));
        }
        found = by_key(found, |(entry, _)| entry.offset);
        let mut names: Vec<(u32, u32)> =
            found.iter().enumerate().map(|(place, (_, hash))| (*hash, place as u32)).collect();
        names.sort_unstable();
        let mut members: Vec<Entry> = found.into_iter().map(|(entry, _)| entry).collect();
        members.shrink_to_fit();
        Ok(Self { members, names, start: end.directory.start, mask: u32::MAX })
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Memory that the table takes.
    pub fn memory_bytes(&self) -> usize {
        self.members.capacity() * size_of::<Entry>() + self.names.capacity() * size_of::<(u32, u32)>()
    }

    /// Where members of this name may be: mostly one, none if there is none, and several where
    /// names have the same hash or stand there twice: the first whose
    /// [`content`](super::member::content) is right is the one.
    ///
    /// # Errors
    /// Where the directory contradicts itself about one of them, or it can't be read here.
    pub fn find(&self, name: &str) -> Result<Vec<Member>> {
        let hash = hash(name.as_bytes()) & self.mask;
        let first = self.names.partition_point(|(other, _)| *other < hash);
        let places = self.names.get(first..).unwrap_or_default();
        places
            .iter()
            .take_while(|(other, _)| *other == hash)
            // An archive may repeat a name to make one reader see what another does not.
            .take(4)
            .map(|(_, place)| self.member(*place as usize, name.len() as u64))
            .collect()
    }

    fn member(&self, place: usize, name_bytes: u64) -> Result<Member> {
        let broken = || Error::corrupt("the directory has no such place");
        let Entry { offset, packed_bytes, bytes, crc, method, flags } =
            *self.members.get(place).ok_or_else(broken)?;
        if flags & ENCRYPTED != 0 {
            return Err(Error::new(ErrorKind::Encrypted, "the member is encrypted"));
        }
        if method != 0 && method != 8 {
            let message = format!("the member is packed by method {method}, which is not known here");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        if packed_bytes > MAX_MEMBER_BYTES || bytes > MAX_MEMBER_BYTES {
            return Err(Error::new(ErrorKind::Limit, "the member is larger than is read here"));
        }
        let next = self.members.get(place + 1).map_or(self.start, |next| next.offset);
        let least = offset + LOCAL_BYTES + name_bytes + u64::from(packed_bytes);
        if least > next {
            return Err(Error::corrupt("the member overlaps what comes after it"));
        }
        let range = ByteRange::new(offset, next.min(least + MAX_EXTRA_BYTES));
        let crc = (flags & CRC_IN_HEADER == 0).then_some(crc);
        Ok(Member { range, method, packed_bytes, bytes, crc })
    }
}

/// The entry at a place, its name, and where the next one begins.
fn entry(bytes: &[u8], at: usize) -> Option<(Entry, &[u8], usize)> {
    let head = bytes.get(at..)?.strip_prefix(b"PK\x01\x02")?;
    // Counted from behind the signature.
    let (flags, method) = (u16_at(head, 4)? & !CRC_IN_HEADER, u16_at(head, 6)?);
    let crc = u32_at(head, 12)?;
    let (packed, size, offset) = (u32_at(head, 16)?, u32_at(head, 20)?, u32_at(head, 38)?);
    let [name, extra, comment] = [u16_at(head, 24)?, u16_at(head, 26)?, u16_at(head, 28)?].map(usize::from);
    let rest = head.get(42..)?;
    let (name, rest) = rest.split_at_checked(name)?;
    let (extra, rest) = rest.split_at_checked(extra)?;
    let rest = rest.get(comment..)?;
    let (size, packed, offset) = zip64(extra, size, packed, offset)?;
    let entry = Entry {
        offset,
        packed_bytes: u32::try_from(packed).unwrap_or(u32::MAX),
        bytes: u32::try_from(size).unwrap_or(u32::MAX),
        crc,
        method,
        flags,
    };
    Some((entry, name, bytes.len() - rest.len()))
}

/// The true sizes and offset: those that do not fit stand in the ZIP64 extra field, in this order.
fn zip64(extra: &[u8], size: u32, packed: u32, offset: u32) -> Option<(u64, u64, u64)> {
    let mut values = [u64::from(size), u64::from(packed), u64::from(offset)];
    if values.iter().all(|value| *value != u64::from(u32::MAX)) {
        return Some(values.into());
    }
    let mut rest = extra;
    while let (Some(id), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let field = rest.get(4..4 + usize::from(length))?;
        if id == 1 {
            let mut at = 0;
            for value in values.iter_mut().filter(|value| **value == u64::from(u32::MAX)) {
                *value = u64_at(field, at)?;
                at += 8;
            }
            return Some(values.into());
        }
        rest = rest.get(4 + usize::from(length)..)?;
    }
    None
}

/// FNV-1a, 64 bits folded into 32: the same on every machine, whatever its words are.
fn hash(name: &[u8]) -> u32 {
    let hash = name.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 32)) as u32
}
