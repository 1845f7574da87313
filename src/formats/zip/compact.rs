//! A directory in few bytes: about ten a member, of names only what tells them apart.
//!
//! Layout: the number of members and where the directory begins; then each member in the order of
//! offsets. A first byte says what is not as with the member before: 1 how it is packed and its flags,
//! 2 how many bytes stand between it and the next one besides its data, 4 that its checksum is given,
//! which its own header has otherwise. Then three bytes of its name's hash, its packed length, what
//! unpacking adds, and what the first byte announced.

use super::directory::{CRC_IN_HEADER, Directory, Entry};
use crate::base::error::{Error, Result};

/// Bit 3 of the flags: the checksum stands behind the data, and not in the header.
const STREAMED: u16 = 8;

/// Bits of a name's hash that are stored: among a thousand members one in sixteen thousand is mistaken for
/// another, which the name in its own header shows.
const HASH_BITS: u32 = 0x00ff_ffff;

impl Directory {
    /// Writes the directory.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.members.len() * 10 + 16);
        number(&mut out, self.members.len() as u64);
        number(&mut out, self.start);
        let mut hashes = vec![0u32; self.members.len()];
        for (hash, place) in &self.names {
            if let Some(slot) = hashes.get_mut(*place as usize) {
                *slot = *hash;
            }
        }
        let mut before = (0u16, 0u16);
        let mut overhead = 0i64;
        let mut at = 0u64;
        for (place, (entry, hash)) in self.members.iter().zip(hashes).enumerate() {
            if place == 0 {
                number(&mut out, entry.offset);
                at = entry.offset;
            }
            let next = self.members.get(place + 1).map_or(self.start, |next| next.offset);
            let own = next as i64 - at as i64 - i64::from(entry.packed_bytes);
            let kind = (entry.method, entry.flags & !CRC_IN_HEADER);
            let crc = (entry.flags & STREAMED != 0).then_some(entry.crc);
            let what =
                u8::from(kind != before) | u8::from(own != overhead) << 1 | u8::from(crc.is_some()) << 2;
            out.push(what);
            out.extend_from_slice(hash.to_le_bytes().get(..3).unwrap_or_default());
            number(&mut out, u64::from(entry.packed_bytes));
            signed(&mut out, i64::from(entry.bytes) - i64::from(entry.packed_bytes));
            if kind != before {
                number(&mut out, u64::from(entry.method));
                number(&mut out, u64::from(kind.1));
            }
            if own != overhead {
                signed(&mut out, own);
            }
            if let Some(crc) = crc {
                out.extend_from_slice(&crc.to_le_bytes());
            }
            (before, overhead, at) = (kind, own, next);
        }
        out
    }

    /// Reads a directory of an archive of this size.
    ///
    /// # Errors
    /// Where the bytes end early, or a member lies outside of the archive.
    pub fn read(bytes: &[u8], file_bytes: u64) -> Result<Self> {
        let mut rest = bytes;
        let input = &mut rest;
        let (count, start) = (read_number(input)?, read_number(input)?);
        // A member takes six bytes here.
        if count > bytes.len() as u64 / 6 || start > file_bytes {
            return Err(Error::corrupt("it lists more members than it can, or lies outside of its archive"));
        }
        let mut members = Vec::with_capacity(count as usize);
        let mut names = Vec::with_capacity(count as usize);
        let mut at = if count > 0 { read_number(input)? } else { 0 };
        let (mut kind, mut overhead) = ((0u16, 0u16), 0i64);
        let narrow = |value: u64| u16::try_from(value).map_err(|_| broken());
        for place in 0..count as u32 {
            let what = *take::<1>(input)?.first().ok_or_else(broken)?;
            let [a, b, c] = *take::<3>(input)?;
            let hash = u32::from_le_bytes([a, b, c, 0]);
            let packed_bytes = u32::try_from(read_number(input)?).map_err(|_| broken())?;
            let more = read_signed(input)?;
            let length =
                i64::from(packed_bytes).checked_add(more).and_then(|bytes| u32::try_from(bytes).ok());
            if what & 1 != 0 {
                kind = (narrow(read_number(input)?)?, narrow(read_number(input)?)?);
            }
            if what & 2 != 0 {
                overhead = read_signed(input)?;
            }
            let crc = if what & 4 != 0 { Some(u32::from_le_bytes(*take::<4>(input)?)) } else { None };
            members.push(Entry {
                offset: at,
                packed_bytes,
                bytes: length.ok_or_else(broken)?,
                crc: crc.unwrap_or(0),
                method: kind.0,
                flags: kind.1 & !CRC_IN_HEADER | if crc.is_none() { CRC_IN_HEADER } else { 0 },
            });
            names.push((hash, place));
            let next = i64::try_from(at)
                .ok()
                .and_then(|at| at.checked_add(overhead)?.checked_add(i64::from(packed_bytes)));
            at = next
                .and_then(|next| u64::try_from(next).ok())
                .filter(|next| *next >= at && *next <= start)
                .ok_or_else(broken)?;
        }
        if !rest.is_empty() || (count > 0 && at != start) {
            return Err(broken());
        }
        names.sort_unstable();
        Ok(Self { members, names, start, mask: HASH_BITS })
    }
}

fn broken() -> Error {
    Error::corrupt("a directory that was written ahead of time contradicts itself")
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn signed(out: &mut Vec<u8>, value: i64) {
    number(out, ((value << 1) ^ (value >> 63)) as u64);
}

fn take<'a, const N: usize>(input: &mut &'a [u8]) -> Result<&'a [u8; N]> {
    let (bytes, rest) = input.split_first_chunk::<N>().ok_or_else(broken)?;
    *input = rest;
    Ok(bytes)
}

fn read_number(input: &mut &[u8]) -> Result<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let [byte] = *take::<1>(input)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(broken())
}

fn read_signed(input: &mut &[u8]) -> Result<i64> {
    let value = read_number(input)?;
    Ok((value >> 1) as i64 ^ -((value & 1) as i64))
}
