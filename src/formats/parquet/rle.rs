//! Runs and bit-packed groups: how levels and dictionary indexes are written.
//!
//! Source: "Run Length Encoding / Bit-Packing Hybrid" in Apache Parquet's `Encodings.md`.

use crate::base::error::{Error, Result};

fn ends_early() -> Error {
    Error::corrupt("the page ends before all values are there")
}

/// A stretch of numbers, as it is written.
#[derive(Clone, Copy, Debug)]
enum Stretch<'a> {
    /// One number, so many times.
    Repeat(u32, usize),
    /// So many numbers packed into bits; there are enough of them.
    Packed(&'a [u8], usize),
}

/// Numbers in the narrowest form that holds numbers of their width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Of up to eight bits.
    U8(Vec<u8>),
    /// Of up to sixteen.
    U16(Vec<u16>),
    /// Of up to 32.
    U32(Vec<u32>),
}

impl Numbers {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(all) => all.len(),
            Self::U16(all) => all.len(),
            Self::U32(all) => all.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at `place`.
    pub fn get(&self, place: usize) -> Option<usize> {
        match self {
            Self::U8(all) => all.get(place).map(|number| usize::from(*number)),
            Self::U16(all) => all.get(place).map(|number| usize::from(*number)),
            Self::U32(all) => all.get(place).map(|number| *number as usize),
        }
    }

    /// The largest one.
    pub fn highest(&self) -> Option<usize> {
        match self {
            Self::U8(all) => all.iter().copied().reduce(u8::max).map(usize::from),
            Self::U16(all) => all.iter().copied().reduce(u16::max).map(usize::from),
            Self::U32(all) => all.iter().copied().reduce(u32::max).map(|number| number as usize),
        }
    }

    /// Bytes of memory.
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::U8(all) => all.len(),
            Self::U16(all) => all.len() * 2,
            Self::U32(all) => all.len() * 4,
        }
    }

    /// How many stand in front of the first one that is not below `limit`.
    pub fn below(&self, limit: usize) -> usize {
        let place = match self {
            Self::U8(all) => all.iter().position(|number| usize::from(*number) >= limit),
            Self::U16(all) => all.iter().position(|number| usize::from(*number) >= limit),
            Self::U32(all) => all.iter().position(|number| *number as usize >= limit),
        };
        place.unwrap_or(self.len())
    }

    /// Drops all but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        match self {
            Self::U8(all) => all.truncate(count),
            Self::U16(all) => all.truncate(count),
            Self::U32(all) => all.truncate(count),
        }
    }
}

/// Reads `count` numbers of `width` bits.
///
/// # Errors
/// Where `bytes` end early, or `width` is above 32.
pub fn numbers(bytes: &[u8], width: u8, count: usize) -> Result<Numbers> {
    Ok(if width <= 8 {
        let mut all = Vec::with_capacity(count);
        stretches(bytes, width, count, |stretch| match stretch {
            Stretch::Repeat(number, len) => all.resize(all.len() + len, number as u8),
            Stretch::Packed(packed, len) => unpack_bytes(packed, width, len, &mut all),
        })?;
        Numbers::U8(all)
    } else if width <= 16 {
        let mut all = Vec::with_capacity(count);
        stretches(bytes, width, count, |stretch| match stretch {
            Stretch::Repeat(number, len) => all.resize(all.len() + len, number as u16),
            Stretch::Packed(packed, len) => unpack_shorts(packed, width, len, &mut all),
        })?;
        Numbers::U16(all)
    } else {
        let mut all = Vec::with_capacity(count);
        stretches(bytes, width, count, |stretch| match stretch {
            Stretch::Repeat(number, len) => all.resize(all.len() + len, number),
            Stretch::Packed(packed, len) => unpack(packed, width, len, |number| all.push(number)),
        })?;
        Numbers::U32(all)
    })
}

/// How many numbers of `width` bits, of `most`, the first bytes of a page hold.
pub fn whole(bytes: &[u8], width: u8, most: usize) -> usize {
    let value_bytes = usize::from(width).div_ceil(8);
    let (mut rest, mut count) = (bytes, 0usize);
    while count < most
        && let Ok(head) = varint(&mut rest)
    {
        let len = usize::try_from(head >> 1).unwrap_or(usize::MAX);
        if head & 1 == 0 {
            let Some(after) = rest.get(value_bytes..) else { break };
            (rest, count) = (after, count.saturating_add(len));
            continue;
        }
        let Some(after) = rest.get(len.saturating_mul(usize::from(width))..) else {
            count = count.saturating_add((rest.len() * 8).checked_div(usize::from(width)).unwrap_or(0));
            break;
        };
        (rest, count) = (after, count.saturating_add(len.saturating_mul(8)));
    }
    count.min(most)
}

/// Walks over runs and groups until `count` numbers are there.
fn stretches<'a>(bytes: &'a [u8], width: u8, count: usize, mut each: impl FnMut(Stretch<'a>)) -> Result<()> {
    if width > 32 {
        return Err(Error::corrupt(format!("indexes of {width} bits")));
    }
    let mut rest = bytes;
    let mut left = count;
    while left > 0 {
        some_stretches(&mut rest, width, &mut left, &mut each)?;
    }
    Ok(())
}

/// Browsers compile what runs long a second time, better; the new code serves from the next call on,
/// so that no call may take long: so many runs or groups, and so many groups of eight in them.
const STRETCHES_A_CALL: usize = 1 << 9;
const GROUPS_A_CALL: usize = 1 << 10;

#[inline(never)]
fn some_stretches<'a>(
    rest: &mut &'a [u8],
    width: u8,
    left: &mut usize,
    each: &mut impl FnMut(Stretch<'a>),
) -> Result<()> {
    let value_bytes = usize::from(width).div_ceil(8);
    for _ in 0..STRETCHES_A_CALL {
        if *left == 0 {
            break;
        }
        let head = varint(rest)?;
        if head & 1 == 0 {
            let len = usize::try_from(head >> 1).unwrap_or(usize::MAX).min(*left);
            let (value, after) = rest.split_at_checked(value_bytes).ok_or_else(ends_early)?;
            let value = value.iter().rev().fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte));
            *rest = after;
            // Some writers begin or end with a run of no values.
            if len == 0 {
                continue;
            }
            each(Stretch::Repeat(value, len));
            *left -= len;
        } else {
            let groups = usize::try_from(head >> 1).unwrap_or(usize::MAX);
            let packed = groups.saturating_mul(usize::from(width));
            // A last group may be cut where its padding would be.
            let (group, after) = rest.split_at_checked(packed).unwrap_or((rest, &[]));
            *rest = after;
            let len = groups.saturating_mul(8).min(*left);
            if len == 0 {
                continue;
            }
            if group.len().saturating_mul(8) < len.saturating_mul(usize::from(width)) {
                return Err(ends_early());
            }
            each(if width == 0 { Stretch::Repeat(0, len) } else { Stretch::Packed(group, len) });
            *left -= len;
        }
    }
    Ok(())
}

/// Appends `len` numbers of `width` bits, up to eight. `packed` holds enough bits.
fn unpack_bytes(packed: &[u8], width: u8, len: usize, out: &mut Vec<u8>) {
    let unpack_groups = match width {
        1 => byte_groups::<1>,
        2 => byte_groups::<2>,
        3 => byte_groups::<3>,
        4 => byte_groups::<4>,
        5 => byte_groups::<5>,
        6 => byte_groups::<6>,
        7 => byte_groups::<7>,
        _ => byte_groups::<8>,
    };
    let whole = len / 8 * usize::from(width);
    let (groups, tail) = packed.split_at_checked(whole).unwrap_or((packed, &[]));
    for some in groups.chunks(GROUPS_A_CALL * usize::from(width)) {
        unpack_groups(some, out);
    }
    unpack(tail, width, len % 8, |number| out.push(number as u8));
}

/// Appends `len` numbers of `width` bits, from nine to sixteen. `packed` holds enough bits.
fn unpack_shorts(packed: &[u8], width: u8, len: usize, out: &mut Vec<u16>) {
    let unpack_groups = match width {
        9 => short_groups::<9>,
        10 => short_groups::<10>,
        11 => short_groups::<11>,
        12 => short_groups::<12>,
        13 => short_groups::<13>,
        14 => short_groups::<14>,
        15 => short_groups::<15>,
        _ => short_groups::<16>,
    };
    let whole = len / 8 * usize::from(width);
    let (groups, tail) = packed.split_at_checked(whole).unwrap_or((packed, &[]));
    for some in groups.chunks(GROUPS_A_CALL * usize::from(width)) {
        unpack_groups(some, out);
    }
    unpack(tail, width, len % 8, |number| out.push(number as u16));
}

/// Eight numbers of `WIDTH` bits stand in `WIDTH` bytes.
#[inline(never)]
fn byte_groups<const WIDTH: usize>(groups: &[u8], out: &mut Vec<u8>) {
    let mask = u8::MAX >> (8 - WIDTH);
    let (groups, _) = groups.as_chunks::<WIDTH>();
    let start = out.len();
    out.resize(start + groups.len() * 8, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    for (eight, group) in room.as_chunks_mut::<8>().0.iter_mut().zip(groups) {
        let bits = group.iter().rev().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for (place, number) in eight.iter_mut().enumerate() {
            *number = (bits >> (place * WIDTH)) as u8 & mask;
        }
    }
}

/// Eight numbers of `WIDTH` bits stand in `WIDTH` bytes.
#[inline(never)]
fn short_groups<const WIDTH: usize>(groups: &[u8], out: &mut Vec<u16>) {
    let mask = u16::MAX >> (16 - WIDTH);
    let (groups, _) = groups.as_chunks::<WIDTH>();
    let start = out.len();
    out.resize(start + groups.len() * 8, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    for (eight, group) in room.as_chunks_mut::<8>().0.iter_mut().zip(groups) {
        let bits = group.iter().rev().fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
        for (place, number) in eight.iter_mut().enumerate() {
            *number = (bits >> (place * WIDTH)) as u16 & mask;
        }
    }
}

/// Unpacks `len` values of `width` bits, least significant bit first. `packed` holds enough bits.
fn unpack(packed: &[u8], width: u8, len: usize, mut each: impl FnMut(u32)) {
    let width = u32::from(width);
    let mask = u32::MAX >> (32 - width.clamp(1, 32));
    let (mut buffer, mut held) = (0u64, 0u32);
    let mut left = len;
    for byte in packed {
        buffer |= u64::from(*byte) << held;
        held += 8;
        while held >= width {
            if left == 0 {
                return;
            }
            each(buffer as u32 & mask);
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
    use super::{Numbers, numbers};
    use proptest::prelude::prop_assert_eq;

    fn read(bytes: &[u8], width: u8, count: usize) -> Vec<usize> {
        let all = numbers(bytes, width, count).unwrap();
        (0..all.len()).filter_map(|place| all.get(place)).collect()
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
        assert!(numbers(&[], 1, 1).is_err());
        assert!(numbers(&[3, 0xff], 8, 8).is_err());
        assert!(numbers(&[0], 1, 1).is_err());
        assert!(numbers(&[3], 33, 8).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, width in 0u8..40, count in 0usize..1000) {
            if let Ok(all) = numbers(&bytes, width, count) {
                prop_assert_eq!(all.len(), count);
            }
        }

        /// Every width, with a last group that is not full, and a run behind it.
        #[test]
        fn packed_numbers_come_back(
            width in 1u8..=32, values in proptest::collection::vec(proptest::num::u32::ANY, 1..100), run in 0usize..50)
        {
            let most = u32::MAX >> (32 - width);
            let values: Vec<usize> = values.iter().map(|value| (value & most) as usize).collect();
            let mut bits: Vec<bool> =
                values.iter().flat_map(|value| (0..width).map(move |bit| value >> bit & 1 == 1)).collect();
            let groups = values.len().div_ceil(8);
            bits.resize(groups * 8 * usize::from(width), false);
            let mut bytes = vec![(groups << 1 | 1) as u8];
            bytes.extend(bits.chunks(8).map(|eight| {
                eight.iter().rev().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit))
            }));
            let mut expected = values;
            if run > 0 && expected.len().is_multiple_of(8) {
                bytes.push((run << 1) as u8);
                bytes.extend(most.to_le_bytes().iter().take(usize::from(width).div_ceil(8)));
                expected.resize(expected.len() + run, most as usize);
            }
            let all = numbers(&bytes, width, expected.len()).unwrap();
            let narrow = match &all {
                Numbers::U8(_) => 8,
                Numbers::U16(_) => 16,
                Numbers::U32(_) => 32,
            };
            prop_assert_eq!(narrow, if width <= 8 { 8 } else if width <= 16 { 16 } else { 32 });
            prop_assert_eq!(all.highest(), expected.iter().max().copied());
            prop_assert_eq!((0..all.len()).filter_map(|place| all.get(place)).collect::<Vec<_>>(), expected);
        }
    }
}
