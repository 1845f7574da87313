//! A list of units: which runs of rows have a word.
//!
//! Short lists are Rice codes of the gaps. Longer ones begin with a byte that says how the rest is coded:
//! 0 the gaps by the adaptive coder, 1 those of the units that are *not* in the list, 2 a bit a unit.

use super::coder;
use crate::base::error::{Error, Result};

/// Lists of fewer units are Rice codes.
const SHORT: usize = 48;

const GAPS: u8 = 0;
const OTHERS: u8 = 1;
const BITS: u8 = 2;

/// Reads a list of `count` units below `universe`, in ascending order.
///
/// # Errors
/// Where the bytes are no such list.
pub fn read(bytes: &[u8], count: u32, universe: u32) -> Result<Vec<u32>> {
    if count > universe {
        return Err(broken());
    }
    if (count as usize) < SHORT {
        return rice(bytes, count, universe);
    }
    let (method, bytes) = bytes.split_first().ok_or_else(broken)?;
    match *method {
        GAPS => gaps(bytes, count, universe),
        OTHERS => {
            let others = gaps(bytes, universe - count, universe)?;
            let mut others = others.into_iter().peekable();
            let mut units = Vec::with_capacity(count as usize);
            units.extend((0..universe).filter(|unit| others.next_if_eq(unit).is_none()));
            Ok(units)
        }
        BITS => {
            if bytes.len() != universe.div_ceil(8) as usize {
                return Err(broken());
            }
            let has =
                |unit: &u32| bytes.get(*unit as usize / 8).is_some_and(|byte| byte >> (unit % 8) & 1 == 1);
            let units: Vec<u32> = (0..universe).filter(has).collect();
            if units.len() == count as usize { Ok(units) } else { Err(broken()) }
        }
        _ => Err(broken()),
    }
}

fn gaps(bytes: &[u8], count: u32, universe: u32) -> Result<Vec<u32>> {
    let mut reader = coder::Reader::new(bytes);
    // Coded numbers take next to nothing, so that a claim of many is not believed before they come.
    let mut units = Vec::with_capacity((count as usize).min(bytes.len().saturating_mul(64) + 64));
    let mut next = 0_u32;
    for _ in 0..count {
        let gap = reader.number().ok_or_else(broken)?;
        let unit = next.checked_add(gap).filter(|unit| *unit < universe).ok_or_else(broken)?;
        units.push(unit);
        next = unit + 1;
    }
    Ok(units)
}

fn rice(bytes: &[u8], count: u32, universe: u32) -> Result<Vec<u32>> {
    let low_bits = rice_bits(count, universe);
    let mut at = 0_usize;
    let mut bit = || {
        let bit = bytes.get(at / 8).map(|byte| u32::from(byte >> (at % 8) & 1));
        at += 1;
        bit.ok_or_else(broken)
    };
    let mut units = Vec::with_capacity(count as usize);
    let mut next = 0_u32;
    for _ in 0..count {
        let mut high = 0_u32;
        while bit()? == 1 {
            high += 1;
        }
        let mut low = 0_u32;
        for _ in 0..low_bits {
            low = low << 1 | bit()?;
        }
        let gap = u64::from(high) << low_bits | u64::from(low);
        let unit = u64::from(next) + gap;
        let unit = u32::try_from(unit).ok().filter(|unit| *unit < universe).ok_or_else(broken)?;
        units.push(unit);
        next = unit + 1;
    }
    Ok(units)
}

fn rice_bits(count: u32, universe: u32) -> u32 {
    (universe / (count + 1)).max(1).ilog2()
}

fn broken() -> Error {
    Error::corrupt("a list of the index is broken")
}

/// Writes a list of units below `universe`, in ascending order.
#[cfg(not(target_arch = "wasm32"))]
pub fn write(units: &[u32], universe: u32) -> Vec<u8> {
    if units.len() < SHORT {
        return write_rice(units, universe);
    }
    let bits = universe.div_ceil(8) as usize;
    let (method, coded) = if units.len() > universe as usize / 2 {
        let mut own = units.iter().copied().peekable();
        (OTHERS, write_gaps((0..universe).filter(|unit| own.next_if_eq(unit).is_none())))
    } else {
        (GAPS, write_gaps(units.iter().copied()))
    };
    if coded.len() > bits {
        let mut out = vec![0; bits + 1];
        if let Some(method) = out.first_mut() {
            *method = BITS;
        }
        for unit in units {
            if let Some(byte) = out.get_mut(1 + *unit as usize / 8) {
                *byte |= 1 << (unit % 8);
            }
        }
        return out;
    }
    let mut out = vec![method];
    out.extend(coded);
    out
}

#[cfg(not(target_arch = "wasm32"))]
fn write_gaps(units: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut writer = coder::Writer::new();
    let mut next = 0;
    for unit in units {
        writer.number(unit - next);
        next = unit + 1;
    }
    writer.end()
}

#[cfg(not(target_arch = "wasm32"))]
fn write_rice(units: &[u32], universe: u32) -> Vec<u8> {
    let low_bits = rice_bits(units.len() as u32, universe);
    let mut out = Vec::new();
    let mut at = 0_usize;
    let mut put = |bit: u32| {
        if at.is_multiple_of(8) {
            out.push(0);
        }
        if let Some(last) = out.last_mut() {
            *last |= (bit as u8) << (at % 8);
        }
        at += 1;
    };
    let mut next = 0;
    for unit in units {
        let gap = unit - next;
        (0..gap >> low_bits).for_each(|_| put(1));
        put(0);
        (0..low_bits).rev().for_each(|shift| put(gap >> shift & 1));
        next = unit + 1;
    }
    out
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{read, write};

    proptest::proptest! {
        #[test]
        fn lists_come_back(
            universe in 1u32..4_000,
            density in 1u32..100,
            dice in proptest::collection::vec(0u32..100, 4_000),
        ) {
            let units: Vec<u32> = (0..universe).filter(|unit| dice[*unit as usize] < density).collect();
            let bytes = write(&units, universe);
            proptest::prop_assert_eq!(read(&bytes, units.len() as u32, universe).unwrap(), units);
        }

        #[test]
        fn any_bytes_are_refused_or_a_list(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
            count in 0u32..2_000,
            universe in 0u32..3_000,
        ) {
            if let Ok(units) = read(&bytes, count, universe) {
                proptest::prop_assert_eq!(units.len(), count as usize);
                proptest::prop_assert!(units.is_sorted_by(|a, b| a < b));
                proptest::prop_assert!(units.last().is_none_or(|unit| *unit < universe));
            }
        }
    }
}
