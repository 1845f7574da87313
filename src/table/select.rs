//! The n-th matching row, without a list of matching rows.

/// Rows of a block; a block's matches are counted once, and a row is found by looking through one.
const BLOCK_ROWS: usize = 4096;

/// Counts of matching rows before each block of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    before: Vec<u32>,
    matching: u32,
}

impl Selection {
    /// Counts the rows whose mask is zero. `order` is the order of the rows, where it is not that of
    /// the table.
    pub fn new(mask: &[u16], order: Option<&[u32]>) -> Self {
        let mut before = Vec::with_capacity(mask.len() / BLOCK_ROWS + 1);
        let mut matching = 0u32;
        match order {
            None => {
                for block in mask.chunks(BLOCK_ROWS) {
                    before.push(matching);
                    matching += count(block);
                }
            }
            Some(order) => {
                for block in order.chunks(BLOCK_ROWS) {
                    before.push(matching);
                    matching += block.iter().filter(|row| matches(mask, **row)).count() as u32;
                }
            }
        }
        Self { before, matching }
    }

    /// Rows that match.
    pub fn matching(&self) -> u32 {
        self.matching
    }

    /// Up to `count` matching rows, from the one at `position` among them. `mask` and `order` are
    /// those that were counted.
    pub fn rows(&self, mask: &[u16], order: Option<&[u32]>, position: u32, count: usize) -> Vec<u32> {
        if position >= self.matching {
            return Vec::new();
        }
        let block = self.before.partition_point(|before| *before <= position).saturating_sub(1);
        let skip = position.saturating_sub(self.before.get(block).copied().unwrap_or(0)) as usize;
        let start = block * BLOCK_ROWS;
        match order {
            None => {
                let rest = mask.get(start..).unwrap_or_default().iter().enumerate();
                let rows = rest.filter(|(_, mask)| **mask == 0).map(|(offset, _)| (start + offset) as u32);
                rows.skip(skip).take(count).collect()
            }
            Some(order) => {
                let rest = order.get(start..).unwrap_or_default().iter().copied();
                rest.filter(|row| matches(mask, *row)).skip(skip).take(count).collect()
            }
        }
    }

    /// Where `row` stands among the matching rows, if it is one of them.
    pub fn position(&self, mask: &[u16], order: Option<&[u32]>, row: u32) -> Option<u32> {
        if !matches(mask, row) {
            return None;
        }
        let place = match order {
            None => row as usize,
            Some(order) => order.iter().position(|other| *other == row)?,
        };
        let block = place / BLOCK_ROWS;
        let start = block * BLOCK_ROWS;
        let inside = match order {
            None => mask.get(start..place)?.iter().filter(|mask| **mask == 0).count(),
            Some(order) => order.get(start..place)?.iter().filter(|row| matches(mask, **row)).count(),
        };
        Some(*self.before.get(block)? + inside as u32)
    }
}

/// Rows of a block that match. Browsers compile what runs long a second time, better; the new code
/// serves from the next call on, so that a block is a call.
#[inline(never)]
fn count(block: &[u16]) -> u32 {
    // At most 4,096 a block, so that sixteen bits hold the sum and the loop is SIMD.
    u32::from(block.iter().fold(0u16, |sum, mask| sum + u16::from(*mask == 0)))
}

fn matches(mask: &[u16], row: u32) -> bool {
    mask.get(row as usize) == Some(&0)
}

#[cfg(test)]
mod tests {
    use super::Selection;

    proptest::proptest! {
        #[test]
        fn it_finds_the_rows_that_a_list_would(
            seed in 0u32..1000, len in 0usize..20_000, position in 0u32..20_000, count in 0usize..50, turned: bool)
        {
            let mask: Vec<u16> =
                (0..len as u32).map(|row| (row.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 13 & 3) as u16).collect();
            let order: Option<Vec<u32>> = turned.then(|| (0..len as u32).rev().collect());
            let order = order.as_deref();
            let mut list: Vec<u32> = (0..len as u32).filter(|row| mask[*row as usize] == 0).collect();
            if turned {
                list.reverse();
            }
            let selection = Selection::new(&mask, order);
            proptest::prop_assert_eq!(selection.matching() as usize, list.len());
            let got: Vec<u32> = selection.rows(&mask, order, position, count);
            let expected: Vec<u32> = list.iter().copied().skip(position as usize).take(count).collect();
            proptest::prop_assert_eq!(got, expected);
            for row in (0..len as u32 + 2).step_by(97) {
                let expected = list.iter().position(|other| *other == row).map(|position| position as u32);
                proptest::prop_assert_eq!(selection.position(&mask, order, row), expected);
            }
        }
    }
}
