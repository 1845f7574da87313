//! Runs and bit-packed groups: how levels and dictionary indexes are written.
//!
//! Source: "Run Length Encoding / Bit-Packing Hybrid" in Apache Parquet's `Encodings.md`.

use crate::error::{Error, Result};

fn ends_early() -> Error {
    Error::corrupt("the page ends before all values are there")
}

/// Reads `count` numbers of `width` bits and hands them to `each` in batches: a run as
/// `(value, length)`, or unpacked values one by one as runs of length 1.
///
/// # Errors
/// Where `bytes` end early, or `width` is above 32.
pub fn runs(bytes: &[u8], width: u8, count: usize, mut each: impl FnMut(u32, usize)) -> Result<()> {
    if width > 32 {
        return Err(Error::corrupt(format!("indexes of {width} bits")));
    }
    let value_bytes = usize::from(width).div_ceil(8);
    let mut rest = bytes;
    let mut left = count;
    while left > 0 {
        let head = varint(&mut rest)?;
        if head & 1 == 0 {
            let len = usize::try_from(head >> 1).unwrap_or(usize::MAX).min(left);
            let (value, after) = rest.split_at_checked(value_bytes).ok_or_else(ends_early)?;
            let value = value.iter().rev().fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte));
            rest = after;
            if len == 0 {
                return Err(Error::corrupt("a run of no values"));
            }
            each(value, len);
            left -= len;
        } else {
            let groups = usize::try_from(head >> 1).unwrap_or(usize::MAX);
            let packed = groups.saturating_mul(usize::from(width));
            // A last group may be cut where its padding would be.
            let (group, after) = rest.split_at_checked(packed).unwrap_or((rest, &[]));
            rest = after;
            let len = groups.saturating_mul(8).min(left);
            if len == 0 || group.len().saturating_mul(8) < len.saturating_mul(usize::from(width)) {
                return Err(ends_early());
            }
            unpack(group, width, len, &mut each);
            left -= len;
        }
    }
    Ok(())
}

/// Unpacks `len` values of `width` bits, least significant bit first. `group` holds enough bits.
fn unpack(group: &[u8], width: u8, len: usize, each: &mut impl FnMut(u32, usize)) {
    if width == 0 {
        each(0, len);
        return;
    }
    let width = u32::from(width);
    let mask = if width == 32 { u32::MAX } else { (1u32 << width) - 1 };
    let (mut buffer, mut held) = (0u64, 0u32);
    let mut left = len;
    // Four bytes at a time keep the buffer below 64 bits for every width up to 32.
    let (words, tail) = group.as_chunks::<4>();
    for word in words {
        buffer |= u64::from(u32::from_le_bytes(*word)) << held;
        held += 32;
        while held >= width {
            if left == 0 {
                return;
            }
            each(buffer as u32 & mask, 1);
            buffer >>= width;
            held -= width;
            left -= 1;
        }
    }
    for byte in tail {
        buffer |= u64::from(*byte) << held;
        held += 8;
        while held >= width {
            if left == 0 {
                return;
            }
            each(buffer as u32 & mask, 1);
            buffer >>= width;
            held -= width;
            left -= 1;
        }
    }
}

/// A number of up to 64 bits, seven in each byte, taken off the front of `rest`.
///
/// # Errors
/// Where `rest` ends within it, or it is longer than ten bytes.
pub fn varint(rest: &mut &[u8]) -> Result<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or_else(ends_early)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::corrupt("a number is longer than ten bytes"))
}

#[cfg(test)]
mod tests {
    use super::runs;

    fn read(bytes: &[u8], width: u8, count: usize) -> Vec<u32> {
        let mut out = Vec::new();
        runs(bytes, width, count, |value, len| out.extend(std::iter::repeat_n(value, len))).unwrap();
        out
    }

    #[test]
    fn the_examples_of_the_specification() {
        // A run of 100 times 4, then 0..8 packed into three bits each.
        assert_eq!(read(&[200, 1, 4], 3, 100), vec![4; 100]);
        assert_eq!(read(&[3, 0b1000_1000, 0b1100_0110, 0b1111_1010], 3, 8), (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn width_zero_needs_no_bits() {
        assert_eq!(read(&[20], 0, 10), vec![0; 10]);
        assert_eq!(read(&[3], 0, 8), vec![0; 8]);
    }

    #[test]
    fn missing_bytes_are_an_error() {
        assert!(runs(&[], 1, 1, |_, _| {}).is_err());
        assert!(runs(&[3, 0xff], 8, 8, |_, _| {}).is_err());
        assert!(runs(&[0], 1, 1, |_, _| {}).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, width in 0u8..40, count in 0usize..1000) {
            let mut seen = 0;
            if runs(&bytes, width, count, |_, len| seen += len).is_ok() {
                proptest::prop_assert_eq!(seen, count);
            }
        }
    }
}
