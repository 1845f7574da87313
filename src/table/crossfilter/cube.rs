//! The brush cube: everything a drag can ask, counted in one pass when the handle is touched.
//!
//! For each bin of the dragged chart and each bin of another one, the rows in both; summed up over
//! the dragged chart's bins, so that the rows within a brush are a difference of two entries.

use super::bins::Binned;
use super::count;
use crate::table::column::ROWS_A_CALL;

/// A chart that follows the dragged one.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    rows: &'a [u8],
    bins: usize,
    own_bit: u16,
}

/// A chart that follows the dragged one, with the bit of its own clause.
pub fn side(binned: &Binned, own_bit: u16) -> Side<'_> {
    Side { rows: &binned.rows, bins: binned.bins + 1, own_bit }
}

/// Matching rows before each bin of `active`, and the same for every bin of every side, the active
/// bin outermost. Rows without a value in the active column are in no bin of it; a side's last bin
/// is that of its nulls.
pub fn cube(active: &Binned, mask: &[u16], active_bit: u16, sides: &[Side<'_>]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let bins = active.bins;
    let mut total = vec![0];
    total.extend(count(&active.rows, mask, !active_bit).into_iter().take(bins));
    add_up(&mut total, 1);
    let sides = sides
        .iter()
        .map(|side| {
            let keep = !(active_bit | side.own_bit);
            // 256 columns a row spare a multiplication and a check in the loop over all rows.
            let mut counts = vec![0u32; 1 << 16];
            let pairs = active.rows.chunks(ROWS_A_CALL).zip(side.rows.chunks(ROWS_A_CALL));
            for ((active, side), mask) in pairs.zip(mask.chunks(ROWS_A_CALL)) {
                count_pairs(active, side, mask, keep, &mut counts);
            }
            let mut before = vec![0u32; side.bins];
            for row in counts.chunks(256).take(bins) {
                before.extend(row.iter().take(side.bins));
            }
            add_up(&mut before, side.bins);
            before
        })
        .collect();
    (total, sides)
}

/// Rows of every bin of one column by every bin of another one, the first column outermost, among those that pass
/// every clause whose bit is in `keep`. Bins are numbered as in [`Binned::rows`], with those of no value and of no
/// bin.
pub fn pairs(first: &Binned, second: &Binned, mask: &[u16], keep: u16) -> Vec<u32> {
    let mut counts = vec![0u32; 1 << 16];
    let both = first.rows.chunks(ROWS_A_CALL).zip(second.rows.chunks(ROWS_A_CALL));
    for ((first, second), mask) in both.zip(mask.chunks(ROWS_A_CALL)) {
        count_pairs(first, second, mask, keep, &mut counts);
    }
    counts
        .chunks(256)
        .take(first.bins + 2)
        .flat_map(|row| row.iter().take(second.bins + 2).copied())
        .collect()
}

#[inline(never)]
fn count_pairs(active: &[u8], side: &[u8], mask: &[u16], keep: u16, counts: &mut [u32]) {
    for ((active, bin), mask) in active.iter().zip(side).zip(mask) {
        let place = usize::from(*active) << 8 | usize::from(*bin);
        if let Some(sum) = counts.get_mut(place) {
            *sum += u32::from(mask & keep == 0);
        }
    }
}

/// Makes every entry the sum of itself and all those a multiple of `stride` before it.
fn add_up(counts: &mut [u32], stride: usize) {
    for place in stride..counts.len() {
        let sum = counts.get(place - stride).copied().unwrap_or(0);
        if let Some(count) = counts.get_mut(place) {
            *count += sum;
        }
    }
}
