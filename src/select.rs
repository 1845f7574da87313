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
    /// Counts the rows whose mask is zero.
    pub fn new(mask: &[u16]) -> Self {
        let mut before = Vec::with_capacity(mask.len() / BLOCK_ROWS + 1);
        let mut matching = 0u32;
        for block in mask.chunks(BLOCK_ROWS) {
            before.push(matching);
            matching += count(block);
        }
        Self { before, matching }
    }

    /// Rows that match.
    pub fn matching(&self) -> u32 {
        self.matching
    }

    /// Up to `count` matching rows, from the one at `position` among them. `mask` is the one that
    /// was counted.
    pub fn rows<'a>(&self, mask: &'a [u16], position: u32, count: usize) -> impl Iterator<Item = u32> + 'a {
        let block = self.before.partition_point(|before| *before <= position).saturating_sub(1);
        let skip = position.saturating_sub(self.before.get(block).copied().unwrap_or(0)) as usize;
        let start = block * BLOCK_ROWS;
        let count = if position < self.matching { count } else { 0 };
        mask.get(start..)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter(|(_, mask)| **mask == 0)
            .map(move |(offset, _)| (start + offset) as u32)
            .skip(skip)
            .take(count)
    }

    /// Where `row` stands among the matching rows, if it is one of them.
    pub fn position(&self, mask: &[u16], row: u32) -> Option<u32> {
        let row = row as usize;
        if *mask.get(row)? != 0 {
            return None;
        }
        let block = row / BLOCK_ROWS;
        let inside = mask.get(block * BLOCK_ROWS..row)?.iter().filter(|mask| **mask == 0).count();
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

#[cfg(test)]
mod tests {
    use super::Selection;

    proptest::proptest! {
        #[test]
        fn it_finds_the_rows_that_a_list_would(
            seed in 0u32..1000, len in 0usize..20_000, position in 0u32..20_000, count in 0usize..50)
        {
            let mask: Vec<u16> =
                (0..len as u32).map(|row| (row.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 13 & 3) as u16).collect();
            let list: Vec<u32> = (0..len as u32).filter(|row| mask[*row as usize] == 0).collect();
            let selection = Selection::new(&mask);
            proptest::prop_assert_eq!(selection.matching() as usize, list.len());
            let got: Vec<u32> = selection.rows(&mask, position, count).collect();
            let expected: Vec<u32> = list.iter().copied().skip(position as usize).take(count).collect();
            proptest::prop_assert_eq!(got, expected);
            for row in (0..len as u32 + 2).step_by(97) {
                let expected = list.iter().position(|other| *other == row).map(|position| position as u32);
                proptest::prop_assert_eq!(selection.position(&mask, row), expected);
            }
        }
    }
}
