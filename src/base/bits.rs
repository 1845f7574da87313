//! A set of small numbers: one bit each.

/// A set of numbers below a bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// The set of all numbers below `len`, or none of them.
    pub fn new(len: usize, all: bool) -> Self {
        let mut bits = Self::default();
        bits.grow(len, all);
        bits
    }

    /// The bound: members are below it.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the bound is zero.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Raises the bound; the new numbers are members or not.
    pub fn grow(&mut self, len: usize, members: bool) {
        let from = self.len;
        if len <= from {
            return;
        }
        self.words.resize(len.div_ceil(64), if members { u64::MAX } else { 0 });
        self.len = len;
        if members {
            (from..(from.next_multiple_of(64)).min(len)).for_each(|number| self.set(number, true));
            self.trim();
        }
    }

    /// Whether a number is a member.
    #[inline]
    pub fn has(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Makes a number below the bound a member, or not.
    #[inline]
    pub fn set(&mut self, number: usize, member: bool) {
        if let Some(word) = self.words.get_mut(number / 64) {
            let bit = 1 << (number % 64);
            *word = if member { *word | bit } else { *word & !bit };
        }
    }

    /// Adds the members of `other`, or of all that are not its members.
    pub fn join(&mut self, other: &Self, inverted: bool) {
        let flip = if inverted { u64::MAX } else { 0 };
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other ^ flip;
        }
        self.trim();
    }

    /// Keeps of the members from `from` on only those of `other`.
    pub fn keep(&mut self, other: &Self, from: usize) {
        for (place, (word, other)) in self.words.iter_mut().zip(&other.words).enumerate().skip(from / 64) {
            let spared = if place == from / 64 { !(u64::MAX << (from % 64)) } else { 0 };
            *word &= other | spared;
        }
    }

    /// Beyond the bound nothing is a member, so that members can be counted by words.
    fn trim(&mut self) {
        let spare = self.len.next_multiple_of(64) - self.len;
        if let Some(last) = self.words.last_mut() {
            *last &= u64::MAX >> spare;
        }
    }

    /// How many members there are.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The members from `from` on, in ascending order.
    pub fn members(&self, from: usize) -> impl Iterator<Item = usize> + '_ {
        let first = from / 64;
        self.words.iter().enumerate().skip(first).flat_map(move |(place, word)| {
            let word = if place == first { word & (u64::MAX << (from % 64)) } else { *word };
            std::iter::successors(Some(word), |left| Some(left & left.wrapping_sub(1)))
                .take_while(|left| *left != 0)
                .map(move |left| place * 64 + left.trailing_zeros() as usize)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    proptest::proptest! {
        #[test]
        fn it_is_a_set(steps in proptest::collection::vec((0usize..200, proptest::bool::ANY, 0usize..300), 0..40), from in 0usize..310) {
            let mut bits = Bits::default();
            let mut list: Vec<bool> = Vec::new();
            for (number, member, len) in steps {
                bits.grow(len, member);
                list.resize(list.len().max(len), member);
                if number < list.len() {
                    bits.set(number, !member);
                    list[number] = !member;
                }
            }
            let expected: Vec<usize> = (0..list.len()).filter(|number| list[*number]).collect();
            proptest::prop_assert_eq!(bits.count(), expected.len());
            proptest::prop_assert_eq!(bits.len(), list.len());
            proptest::prop_assert!((0..320).all(|number| bits.has(number) == list.get(number).copied().unwrap_or(false)));
            let rest: Vec<usize> = expected.into_iter().filter(|number| *number >= from).collect();
            proptest::prop_assert_eq!(bits.members(from).collect::<Vec<_>>(), rest);
        }
    }
}
