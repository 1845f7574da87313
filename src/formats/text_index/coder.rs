//! Small numbers, the usual ones in few bits: an adaptive binary range coder, as LZMA has it.
//!
//! A number is coded as its class, which is how many bits it takes, in the context of the two classes before
//! it, and the bits below the highest one. What a list does next is guessable where prompts come in sessions.

/// Numbers are below this.
pub const MAX_NUMBER: u32 = (1 << 31) - 2;

/// Bits of a probability.
const SCALE: u32 = 11;

/// How fast probabilities follow what comes.
const SHIFT: u32 = 4;

/// Zeros at the end that are left away.
const MAX_CUT: u32 = 4;

/// Below this the range is widened.
const TOP: u32 = 1 << 24;

/// Classes that contexts tell apart.
const CONTEXTS: usize = 7;

/// What is known of the numbers so far.
struct Model {
    /// A tree of 32 classes for each pair of classes before.
    classes: Vec<[u16; 32]>,
    /// The bit below the highest one, by class.
    tops: [u16; 32],
    last: [usize; 2],
}

impl Model {
    fn new() -> Self {
        let half = 1 << (SCALE - 1);
        Self { classes: vec![[half; 32]; CONTEXTS * CONTEXTS], tops: [half; 32], last: [0, 0] }
    }

    fn tree(&mut self) -> Option<&mut [u16; 32]> {
        let [before, last] = self.last.map(|class| class.min(CONTEXTS - 1));
        self.classes.get_mut(before * CONTEXTS + last)
    }

    fn note(&mut self, class: u32) {
        self.last = [self.last[1], class as usize];
    }
}

/// Reads numbers.
pub struct Reader<'a> {
    bytes: std::slice::Iter<'a, u8>,
    range: u32,
    code: u32,
    model: Model,
    /// Zeros that were read behind the end; a writer leaves them away, but not more than a few.
    beyond: u32,
}

impl<'a> Reader<'a> {
    /// Reads from the beginning of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut reader =
            Self { bytes: bytes.iter(), range: u32::MAX, code: 0, model: Model::new(), beyond: 0 };
        for _ in 0..4 {
            reader.code = reader.code << 8 | reader.byte();
        }
        reader
    }

    /// The next number; none where the bytes ended long ago.
    pub fn number(&mut self) -> Option<u32> {
        let mut node = 1;
        let mut tree = *self.model.tree()?;
        for _ in 0..5 {
            let bit = self.bit(tree.get_mut(node)?);
            node = node << 1 | bit as usize;
        }
        *self.model.tree()? = tree;
        let class = node as u32 - 32;
        let mut value = 1_u64;
        if class > 0 {
            let mut top = *self.model.tops.get(class as usize)?;
            value = value << 1 | u64::from(self.bit(&mut top));
            *self.model.tops.get_mut(class as usize)? = top;
            for _ in 1..class {
                value = value << 1 | u64::from(self.raw_bit());
            }
        }
        self.model.note(class);
        // As many as a writer leaves away.
        (self.beyond <= MAX_CUT).then_some(())?;
        u32::try_from(value - 1).ok().filter(|value| *value <= MAX_NUMBER)
    }

    fn byte(&mut self) -> u32 {
        match self.bytes.next() {
            Some(byte) => u32::from(*byte),
            None => {
                self.beyond = self.beyond.saturating_add(1);
                0
            }
        }
    }

    fn bit(&mut self, chance: &mut u16) -> u32 {
        let bound = (self.range >> SCALE) * u32::from(*chance);
        let bit = if self.code < bound {
            self.range = bound;
            *chance += ((1 << SCALE) - *chance) >> SHIFT;
            0
        } else {
            self.code -= bound;
            self.range -= bound;
            *chance -= *chance >> SHIFT;
            1
        };
        self.widen();
        bit
    }

    fn raw_bit(&mut self) -> u32 {
        self.range >>= 1;
        let bit = u32::from(self.code >= self.range);
        self.code -= self.range * bit;
        self.widen();
        bit
    }

    fn widen(&mut self) {
        while self.range < TOP {
            self.range <<= 8;
            self.code = self.code << 8 | self.byte();
        }
    }
}

/// Writes numbers.
#[cfg(not(target_arch = "wasm32"))]
pub struct Writer {
    out: Vec<u8>,
    low: u64,
    range: u32,
    model: Model,
}

#[cfg(not(target_arch = "wasm32"))]
impl Writer {
    /// Nothing is written yet.
    pub fn new() -> Self {
        Self { out: Vec::new(), low: 0, range: u32::MAX, model: Model::new() }
    }

    /// Adds a number, at most [`MAX_NUMBER`].
    pub fn number(&mut self, value: u32) {
        let value = u64::from(value.min(MAX_NUMBER)) + 1;
        let class = value.ilog2();
        let Some(mut tree) = self.model.tree().map(|tree| *tree) else { return };
        let mut node = 1;
        for shift in (0..5).rev() {
            let bit = class >> shift & 1;
            if let Some(chance) = tree.get_mut(node) {
                self.bit(chance, bit);
            }
            node = node << 1 | bit as usize;
        }
        if let Some(own) = self.model.tree() {
            *own = tree;
        }
        if class > 0 {
            let mut top = self.model.tops.get(class as usize).copied().unwrap_or_default();
            self.bit(&mut top, (value >> (class - 1) & 1) as u32);
            if let Some(own) = self.model.tops.get_mut(class as usize) {
                *own = top;
            }
            for shift in (0..class - 1).rev() {
                self.range >>= 1;
                if value >> shift & 1 == 1 {
                    self.add(u64::from(self.range));
                }
                self.widen();
            }
        }
        self.model.note(class);
    }

    fn bit(&mut self, chance: &mut u16, bit: u32) {
        let bound = (self.range >> SCALE) * u32::from(*chance);
        if bit == 0 {
            self.range = bound;
            *chance += ((1 << SCALE) - *chance) >> SHIFT;
        } else {
            self.add(u64::from(bound));
            self.range -= bound;
            *chance -= *chance >> SHIFT;
        }
        self.widen();
    }

    /// Raises the low end; what overflows is carried into what is written.
    fn add(&mut self, amount: u64) {
        self.low += amount;
        if self.low >> 32 != 0 {
            self.low &= u64::from(u32::MAX);
            for byte in self.out.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte != 0 {
                    break;
                }
            }
        }
    }

    fn widen(&mut self) {
        while self.range < TOP {
            self.out.push((self.low >> 24) as u8);
            self.low = (self.low << 8) & u64::from(u32::MAX);
            self.range <<= 8;
        }
    }

    /// The bytes, as few as tell the numbers: zeros at the end are left away.
    pub fn end(mut self) -> Vec<u8> {
        // The number within the last range that has the most zeros at its end.
        let high = self.low + u64::from(self.range) - 1;
        let zeros = (0..32).rev().find(|zeros| (high >> zeros) << zeros >= self.low).unwrap_or(0);
        let value = (high >> zeros) << zeros;
        self.add(value - self.low);
        for shift in [24, 16, 8, 0] {
            self.out.push((self.low >> shift) as u8);
        }
        for _ in 0..MAX_CUT {
            self.out.pop_if(|byte| *byte == 0);
        }
        self.out
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{MAX_NUMBER, Reader, Writer};

    proptest::proptest! {
        #[test]
        fn numbers_come_back(
            numbers in proptest::collection::vec((0u32..=31, proptest::num::u32::ANY), 0..600),
        ) {
            let numbers: Vec<u32> =
                numbers.into_iter().map(|(bits, number)| (number >> bits).min(MAX_NUMBER)).collect();
            let mut writer = Writer::new();
            numbers.iter().for_each(|number| writer.number(*number));
            let bytes = writer.end();
            let mut reader = Reader::new(&bytes);
            for number in numbers {
                proptest::prop_assert_eq!(reader.number(), Some(number));
            }
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            let mut reader = Reader::new(&bytes);
            // A number in the surest of contexts takes a hundredth of a bit at least.
            proptest::prop_assert!((0..200_000).any(|_| reader.number().is_none()));
        }
    }
}
