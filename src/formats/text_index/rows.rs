//! From units to rows: how many rows each unit has, less one, by the adaptive coder.

use super::{broken, coder};
use crate::base::error::Result;

/// Reads the map: the first row of each unit, and behind the last one the number of rows.
///
/// # Errors
/// Where the units do not have the rows.
pub fn read(bytes: &[u8], units: u32, rows: u64) -> Result<Vec<u32>> {
    let mut reader = coder::Reader::new(bytes);
    let mut first_rows = Vec::with_capacity((units as usize).min(bytes.len().saturating_mul(64) + 64) + 1);
    let mut row = 0_u64;
    for _ in 0..units {
        first_rows.push(row as u32);
        let more = reader.number().ok_or_else(|| broken("its map of rows"))?;
        row += u64::from(more) + 1;
        if row > rows {
            return Err(broken("its map of rows"));
        }
    }
    if row != rows {
        return Err(broken("its map of rows"));
    }
    first_rows.push(row as u32);
    Ok(first_rows)
}

/// Writes the map of units with so many rows each.
#[cfg(not(target_arch = "wasm32"))]
pub fn write(lens: &[u32]) -> Vec<u8> {
    let mut writer = coder::Writer::new();
    lens.iter().for_each(|len| writer.number(len.saturating_sub(1)));
    writer.end()
}
