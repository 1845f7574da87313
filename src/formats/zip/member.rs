//! From a member's bytes in the file to its content.

use super::directory::Member;
use super::{u16_at, u32_at};
use crate::base::error::{Error, ErrorKind, Result};
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// The content of a member, checked: its name, its length and its checksum are what the directory
/// says. `bytes` are those of [`Member::range`].
///
/// # Errors
/// Where the member contradicts the directory, or its data can't be unpacked.
pub fn content(member: &Member, name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let broken = || Error::corrupt("its header can't be read");
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(Error::corrupt("there is no member where the directory says"));
    }
    let [name_bytes, extra_bytes] =
        [u16_at(bytes, 26).ok_or_else(broken)?, u16_at(bytes, 28).ok_or_else(broken)?].map(usize::from);
    let own_name = bytes.get(30..30 + name_bytes).ok_or_else(broken)?;
    if own_name != name.as_bytes() {
        return Err(Error::corrupt("another member stands where the directory says"));
    }
    let method = u16_at(bytes, 8).ok_or_else(broken)?;
    if method != member.method {
        return Err(Error::corrupt("its header and the directory do not agree on how it is packed"));
    }
    let start = 30 + name_bytes + extra_bytes;
    let data = bytes
        .get(start..start + member.packed_bytes as usize)
        .ok_or_else(|| Error::corrupt("its data reach beyond its place"))?;
    let content = match member.method {
        0 if member.packed_bytes == member.bytes => data.to_vec(),
        0 => return Err(Error::corrupt("it is stored, yet packed and unpacked lengths differ")),
        _ => inflate(data, member.bytes as usize)?,
    };
    let mut crc = Crc::new();
    crc.update(&content);
    // Streams are written with zeros here; the true values stand behind the data.
    let own_crc = u32_at(bytes, 14).ok_or_else(broken)?;
    let streamed = u16_at(bytes, 6).ok_or_else(broken)? & 8 != 0;
    let expected = member.crc.unwrap_or(own_crc);
    if crc.sum() != expected {
        return Err(Error::corrupt("its checksum is wrong"));
    }
    if own_crc != expected && !streamed {
        return Err(Error::corrupt("its header and the directory do not agree on its checksum"));
    }
    Ok(content)
}

/// Inflates to exactly `expected` bytes. What would grow beyond is stopped there, so that a few
/// kilobytes can't fill the memory.
fn inflate(data: &[u8], expected: usize) -> Result<Vec<u8>> {
    /// Deflate makes at most 1,032 bytes of one (RFC 1951: 258 bytes by two bits or more).
    const MOST_TO_ONE: usize = 1_040;
    if expected > data.len().saturating_mul(MOST_TO_ONE) {
        return Err(Error::corrupt("it can't be as long as the directory says"));
    }
    let mut inflater = Decompress::new(false);
    // One byte more than is right shows whether there is more.
    let mut content = Vec::with_capacity(expected + 1);
    loop {
        let (read, made) = (inflater.total_in(), content.len());
        let rest = data.get(read as usize..).unwrap_or_default();
        let status = inflater
            .decompress_vec(rest, &mut content, FlushDecompress::Finish)
            .map_err(|_| Error::corrupt("its data can't be unpacked"))?;
        if content.len() > expected {
            return Err(Error::corrupt("it is longer than the directory says"));
        }
        match status {
            Status::StreamEnd if content.len() == expected => return Ok(content),
            Status::StreamEnd => return Err(Error::corrupt("it is shorter than the directory says")),
            Status::Ok | Status::BufError if inflater.total_in() == read && content.len() == made => {
                return Err(Error::new(ErrorKind::Truncated, "its data end early"));
            }
            Status::Ok | Status::BufError => {}
        }
    }
}
