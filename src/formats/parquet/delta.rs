//! The rarer encodings: differences, common prefixes, split bytes, runs of booleans.
//!
//! The `parquet` crate decodes these too, but trusts lengths that a damaged file gives, and a panic
//! ends the data thread.
//!
//! Source: "Delta Encoding", "Delta-length byte array", "Delta Strings" and "Byte Stream Split" in
//! Apache Parquet's `Encodings.md`.

use super::decode::ByteValues;
use super::rle;
use crate::base::error::{Error, Result};

fn ends_early() -> Error {
    Error::corrupt("the page ends before all values are there")
}

/// Whole numbers as differences, bit-packed; `count` of them, and what follows them.
///
/// # Errors
/// Where the bytes end early or contradict themselves.
pub fn binary_packed(bytes: &[u8], count: usize) -> Result<(Vec<i64>, &[u8])> {
    let mut rest = bytes;
    let block = size(&mut rest)?;
    let mini_blocks = size(&mut rest)?;
    let total = size(&mut rest)?;
    let first = zigzag(rle::varint(&mut rest)?);
    if total < count {
        return Err(Error::corrupt(format!("{total} numbers where {count} are expected")));
    }
    let mini = block
        .checked_div(mini_blocks)
        .filter(|mini| *mini > 0 && mini % 8 == 0)
        .ok_or_else(|| Error::corrupt(format!("blocks of {block} numbers in {mini_blocks} parts")))?;
    let mut values = Vec::with_capacity(count.min(1 << 20));
    if total > 0 {
        values.push(first);
    }
    let mut last = first;
    // The rest is read to its end even where fewer values are wanted: other data may follow it.
    let mut seen = values.len();
    while seen < total {
        let least = zigzag(rle::varint(&mut rest)?);
        let (widths, after) = rest.split_at_checked(mini_blocks).ok_or_else(ends_early)?;
        rest = after;
        for width in widths {
            if seen >= total {
                break;
            }
            let packed = mini / 8 * usize::from(*width);
            if *width > 64 {
                return Err(Error::corrupt(format!("differences of {width} bits")));
            }
            let (part, after) = rest.split_at_checked(packed).ok_or_else(ends_early)?;
            rest = after;
            let wanted = mini.min(total - seen);
            unpack(part, *width, wanted, |difference| {
                last = last.wrapping_add(least).wrapping_add(difference as i64);
                if values.len() < count {
                    values.push(last);
                }
            });
            seen += wanted;
        }
    }
    values.truncate(count);
    Ok((values, rest))
}

/// How many numbers are written as differences.
///
/// # Errors
/// Where the bytes end early.
pub fn count(bytes: &[u8]) -> Result<usize> {
    let mut rest = bytes;
    let (_block, _mini_blocks) = (size(&mut rest)?, size(&mut rest)?);
    size(&mut rest)
}

/// Lengths as differences, then all bytes.
///
/// # Errors
/// Where the bytes end early or contradict themselves.
pub fn length_byte_array(bytes: &[u8], count: usize) -> Result<ByteValues> {
    let (lengths, data) = binary_packed(bytes, count)?;
    let mut values = ByteValues::default();
    let mut rest = data;
    for length in lengths {
        let length =
            usize::try_from(length).map_err(|_| Error::corrupt(format!("a string of {length} bytes")))?;
        let (value, after) = rest.split_at_checked(length).ok_or_else(ends_early)?;
        values.push(value);
        rest = after;
    }
    Ok(values)
}

/// Lengths of the prefix shared with the value before, then the rests. The values together take no
/// more than `limit` bytes.
///
/// # Errors
/// Where the bytes end early or contradict themselves, or the values grow beyond the limit.
pub fn byte_array(bytes: &[u8], count: usize, limit: usize) -> Result<ByteValues> {
    let (prefixes, rest) = binary_packed(bytes, count)?;
    let suffixes = length_byte_array(rest, count)?;
    let mut values = ByteValues::default();
    let mut last: Vec<u8> = Vec::new();
    for (prefix, suffix) in prefixes.into_iter().zip(suffixes.iter()) {
        let keep = usize::try_from(prefix).ok().filter(|prefix| *prefix <= last.len()).ok_or_else(|| {
            Error::corrupt(format!("a prefix of {prefix} bytes of a value of {}", last.len()))
        })?;
        last.truncate(keep);
        last.extend_from_slice(suffix);
        if values.data.len() + last.len() > limit {
            return Err(Error::corrupt("its strings are longer than any page may be"));
        }
        values.push(&last);
    }
    Ok(values)
}

/// First bytes of all values, then second bytes, and so on, put together again.
///
/// # Errors
/// Where there are too few bytes.
pub fn byte_stream_split(bytes: &[u8], count: usize, width: usize) -> Result<Vec<u8>> {
    let needed = count.checked_mul(width).ok_or_else(ends_early)?;
    let streams = bytes.get(..needed).ok_or_else(ends_early)?;
    let mut out = vec![0u8; needed];
    if count > 0 && width > 0 {
        for (place, stream) in streams.chunks_exact(count).enumerate() {
            for (value, byte) in out.chunks_exact_mut(width).zip(stream) {
                if let Some(room) = value.get_mut(place) {
                    *room = *byte;
                }
            }
        }
    }
    Ok(out)
}

/// Booleans as runs, behind their length.
///
/// # Errors
/// Where the bytes end early.
pub fn booleans(bytes: &[u8], count: usize) -> Result<Vec<bool>> {
    let (_, runs) = bytes.split_first_chunk::<4>().ok_or_else(ends_early)?;
    let bits = rle::numbers(runs, 1, count)?;
    Ok((0..count).map(|place| bits.get(place) == Some(1)).collect())
}

/// A number that counts values of one page.
fn size(rest: &mut &[u8]) -> Result<usize> {
    let value = rle::varint(rest)?;
    usize::try_from(value)
        .ok()
        .filter(|value| *value <= super::decode::MAX_PAGE_VALUES as usize)
        .ok_or_else(|| Error::corrupt(format!("{value} numbers in a page")))
}

fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Unpacks `count` values of `width` bits, least significant bit first.
fn unpack(part: &[u8], width: u8, count: usize, mut each: impl FnMut(u64)) {
    let width = u32::from(width);
    let mask = if width == 64 { u64::MAX } else { (1u64 << width) - 1 };
    let (mut buffer, mut held) = (0u128, 0u32);
    let mut bytes = part.iter();
    for _ in 0..count {
        while held < width {
            buffer |= u128::from(bytes.next().copied().unwrap_or(0)) << held;
            held += 8;
        }
        each(buffer as u64 & mask);
        buffer >>= width;
        held -= width;
    }
}

#[cfg(test)]
mod tests {
    use super::{binary_packed, booleans, byte_array, byte_stream_split, length_byte_array};

    #[test]
    fn the_example_of_the_specification() {
        // 1, 2, 3, 4, 5: blocks of 128 in 4 parts, five values, the first 1, all differences 1.
        let mut bytes = vec![128, 1, 4, 5, 2, 2, 0, 0, 0, 0];
        bytes.push(77);
        let (values, rest) = binary_packed(&bytes, 5).unwrap();
        assert_eq!(values, [1, 2, 3, 4, 5]);
        assert_eq!(rest, [77]);
    }

    #[test]
    fn split_bytes_come_together() {
        assert_eq!(byte_stream_split(&[1, 2, 3, 4, 5, 6], 2, 3).unwrap(), [1, 3, 5, 2, 4, 6]);
        assert!(byte_stream_split(&[1, 2, 3], 2, 3).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, count in 0usize..2_000, width in 0usize..20) {
            let _ = binary_packed(&bytes, count);
            let _ = length_byte_array(&bytes, count);
            let _ = byte_array(&bytes, count, 1 << 20);
            let _ = byte_stream_split(&bytes, count, width);
            let _ = booleans(&bytes, count);
        }
    }
}
