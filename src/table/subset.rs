//! Which rows of a table a subset has.

use crate::base::bits::Bits;
use crate::table::text::Texts;
use crate::view::catalog::SubsetRows;
use crate::view::facts::Facts;
use crate::view::spec::Subset;

impl Subset {
    /// Which rows it has; none where a link's name means nothing here.
    pub fn rows(&self, facts: &Facts) -> Option<SubsetRows> {
        match self {
            Self::First(rows) => Some(SubsetRows::First(*rows)),
            Self::Random { rows, seed } => Some(SubsetRows::Random { rows: *rows, seed: *seed }),
            Self::Named(name) => facts.subset(name).map(|subset| subset.rows),
        }
    }
}

/// `wanted` of `rows` rows by chance, each choice of as many as likely as any other; all where there
/// are no more. The same rows for the same seed.
///
/// Floyd's way: of the last `wanted` places each either takes a row up to it by chance or, where
/// that is taken already, itself.
pub fn random(rows: usize, wanted: usize, seed: u64) -> Bits {
    let mut chosen = Bits::new(rows, wanted >= rows);
    if wanted < rows {
        let mut state = seed;
        for place in rows - wanted..rows {
            let pick = below(next(&mut state), place as u64 + 1) as usize;
            let row = if chosen.has(pick) { place } else { pick };
            chosen.set(row, true);
        }
    }
    chosen
}

/// The texts whose shard, the number before the last slash of `images/train/train_7/….webp` or
/// `images/train/7/….webp`, is at most `last`.
pub fn in_shards(texts: &Texts, last: u32) -> Bits {
    let mut chosen = Bits::new(texts.distinct(), false);
    for code in 0..texts.distinct() as u32 {
        let text = texts.get(code).unwrap_or_default();
        chosen.set(code as usize, shard(text).is_some_and(|shard| shard <= last));
    }
    chosen
}

fn shard(path: &[u8]) -> Option<u32> {
    let folder = path.rsplit(|byte| *byte == b'/').nth(1)?;
    let digits = folder.rsplit(|byte| !byte.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// A number of a sequence that depends on where it begins: SplitMix64, by Steele, Lea and Flood.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The number scaled to one below `bound`.
fn below(number: u64, bound: u64) -> u64 {
    ((u128::from(number) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::{in_shards, random, shard};
    use crate::table::text::Texts;

    #[test]
    fn chance_chooses_as_many_as_wanted_and_the_same_again() {
        for (rows, wanted) in [(0, 5), (10, 0), (10, 10), (10, 20), (2_000, 1_000), (100_000, 1_000)] {
            let chosen = random(rows, wanted, 7);
            assert_eq!(chosen.count(), wanted.min(rows));
            assert_eq!(chosen, random(rows, wanted, 7));
        }
        assert_ne!(random(2_000, 100, 1), random(2_000, 100, 2));
        // Every tenth of the rows has about a tenth of the chosen ones.
        let chosen = random(100_000, 10_000, 3);
        for tenth in 0..10 {
            let count = (tenth * 10_000..(tenth + 1) * 10_000).filter(|row| chosen.has(*row)).count();
            assert!((850..1_150).contains(&count), "tenth {tenth} has {count}");
        }
    }

    #[test]
    fn shards_are_numbers_of_folders() {
        assert_eq!(shard(b"images/train/train_12/a-b.webp"), Some(12));
        assert_eq!(shard(b"images/test/2/a.webp"), Some(2));
        assert_eq!(shard(b"a.webp"), None);
        assert_eq!(shard(b"images/none/a.webp"), None);
        let mut texts = Texts::default();
        for path in ["x/train_1/a", "x/train_10/a", "x/train_2/a"] {
            let code = texts.intern(path.as_bytes()).unwrap();
            texts.push(code);
        }
        assert_eq!(in_shards(&texts, 2).members(0).collect::<Vec<_>>(), [0, 2]);
    }
}
