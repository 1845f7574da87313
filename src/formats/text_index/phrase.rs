//! Three words and more in a row, by the positions of their pairs.

use super::pairs::{self, Pair};
use super::plan::find_pair;
use super::words::List;
use super::{Index, list};
use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::sorted::by_key;

/// Words in a row.
#[derive(Debug)]
pub struct Phrase {
    pairs: Vec<Own>,
}

/// Two neighbouring words of the phrase.
#[derive(Debug)]
struct Own {
    key: u64,
    /// Where its first word is, counted from the first word of the phrase.
    place: u32,
    /// Whether only a space is between them, which positions tell by themselves.
    plain: bool,
}

impl Phrase {
    /// Words with what is before each; what is before the first one does not count.
    pub fn new(parts: Vec<(String, String)>) -> Self {
        let mut place = 0;
        let pairs = parts.windows(2).filter_map(|two| {
            let [(_, word), (between, next)] = two else { return None };
            let key = pairs::key(pairs::hash(word), pairs::hash(between), pairs::hash(next));
            let plain = between == " ";
            let own = Own { key, place, plain };
            place += if plain { 1 } else { 2 };
            Some(own)
        });
        Self { pairs: pairs.collect() }
    }

    /// The units that have it, once what tells is here.
    pub fn look(&self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bits>> {
        let units = index.root.units;
        let mut found: Vec<(&Own, Pair<'_>)> = Vec::with_capacity(self.pairs.len());
        let mut waits = false;
        for own in &self.pairs {
            match find_pair(own.key, index, needs)? {
                None => waits = true,
                Some(None) => return Ok(Some(Bits::new(units as usize, false))),
                Some(Some(pair)) => found.push((own, pair)),
            }
        }
        if waits {
            return Ok(None);
        }
        let taken = cheapest(&found);
        // Short lists leave little for the long ones.
        let taken = by_key(taken, |(_, pair)| pair.units);
        for (_, pair) in &taken {
            for list in [pair.list, pair.positions] {
                if let List::There(range) = list
                    && !index.has(range)
                {
                    needs.push(range);
                    waits = true;
                }
            }
        }
        if waits {
            return Ok(None);
        }
        let bytes = |list| match list {
            List::Here(bytes) => bytes,
            List::There(range) => index.store.get(range).unwrap_or_default(),
        };
        // Where the phrase begins, as far as the pairs so far tell.
        let mut begins: Option<Vec<u64>> = None;
        for (own, pair) in taken {
            let own_units = list::read(bytes(pair.list), pair.units, units)?;
            let places = pairs::read_positions(bytes(pair.positions), &own_units)?;
            let own_place = u64::from(own.place);
            let here = places
                .into_iter()
                .filter(|place| place & u64::from(u32::MAX) >= own_place)
                .map(|place| place - own_place);
            begins = Some(match begins {
                None => here.collect(),
                Some(begins) => {
                    let mut here = here.peekable();
                    let kept = begins.into_iter().filter(|begin| {
                        while here.next_if(|place| place < begin).is_some() {}
                        here.peek() == Some(begin)
                    });
                    kept.collect()
                }
            });
        }
        let mut bits = Bits::new(units as usize, false);
        for begin in begins.unwrap_or_default() {
            bits.set((begin >> 32) as usize, true);
        }
        Ok(Some(bits))
    }
}

/// The pairs that together have every word, for the fewest bytes: the first and the last, no two
/// neighbours left out, and each that has more than a space between its words.
fn cheapest<'a, 'b>(found: &[(&'a Own, Pair<'b>)]) -> Vec<(&'a Own, Pair<'b>)> {
    let cost = |pair: &Pair<'_>| {
        let len = |list| match list {
            List::Here(_) => 0,
            List::There(range) => ByteRange::len(range),
        };
        len(pair.list) + len(pair.positions) + 1
    };
    // For each pair the least cost up to it where it is taken, and whether the one before it is taken as well.
    let mut best: Vec<(u64, bool)> = Vec::with_capacity(found.len());
    for (at, (_, pair)) in found.iter().enumerate() {
        let before =
            |back: usize| at.checked_sub(back).and_then(|place| best.get(place)).map(|(cost, _)| *cost);
        let skippable =
            at.checked_sub(1).and_then(|place| found.get(place)).is_some_and(|(own, _)| own.plain);
        let (one, two) = (before(1), before(2).filter(|_| skippable));
        let with = match (one, two) {
            (None, _) => (0, true),
            (Some(one), Some(two)) if two < one => (two, false),
            (Some(one), _) => (one, true),
        };
        best.push((with.0 + cost(pair), with.1));
    }
    let mut taken = Vec::new();
    let mut at = found.len();
    while let Some(place) = at.checked_sub(1) {
        taken.extend(found.get(place).copied());
        let neighbour = best.get(place).is_none_or(|(_, neighbour)| *neighbour);
        at = place.saturating_sub(usize::from(!neighbour));
    }
    taken
}
