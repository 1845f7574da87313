//! Words in a row, by the positions of their pairs.

use super::pairs::{self, Pair};
use super::plan::{self, Bounds, find_pair};
use super::words::{self, List};
use super::{Index, SIGNS, list};
use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::sorted::by_key;
use crate::base::words::squeezed;

/// So many kinds of signs beside a word are told apart by places; others decide nothing.
const MAX_SIGNS: usize = 24;

/// Neighbouring words, link by link.
#[derive(Clone, Debug, Default)]
pub struct Chain(pub Vec<Link>);

/// Two neighbours: any of some pairs.
#[derive(Clone, Debug)]
pub struct Link {
    /// The keys of the pairs.
    pub keys: Vec<u64>,
    /// Where the first word is, counted from the first word of the chain.
    pub place: u32,
    /// Whether only a space is between the two, and both are words: positions tell by themselves.
    pub plain: bool,
}

/// What a chain comes to.
#[derive(Debug)]
pub struct Found {
    /// The units that have it, with any white space where there is some.
    pub units: Bits,
    /// Units that have some of its pairs with other white space than a space.
    pub odd: Bits,
}

/// A phrase of words, with signs before and behind it.
#[derive(Debug)]
pub struct Phrase {
    parts: Vec<(String, String)>,
    tail: String,
}

impl Phrase {
    /// Words with what is before each, which counts for the first one where it is no space, and what is behind the last.
    pub fn new(parts: Vec<(String, String)>, tail: String) -> Self {
        Self { parts, tail }
    }

    /// What has it, once what tells is here.
    pub fn look(&self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bounds>> {
        let units = index.root.units as usize;
        let head = self.parts.first().map_or("", |(before, _)| before.as_str());
        let before = self.signs(head, &|signs| signs.ends_with(head), index, needs)?;
        let behind = self.signs(&self.tail, &|signs| signs.starts_with(&self.tail), index, needs)?;
        let (Some(before), Some(behind)) = (before, behind) else { return Ok(None) };
        let pair = |word: &str, between: &str, next: &str| {
            pairs::key(pairs::hash(word), pairs::hash(between), pairs::hash(next))
        };
        let mut links = Vec::with_capacity(self.parts.len() + 1);
        let mut place = 0;
        if let (false, Some((_, first))) = (head.is_empty(), self.parts.first()) {
            let own = before.iter().take(MAX_SIGNS);
            let keys = own.map(|(signs, ..)| pair(pairs::ANY, signs, first)).collect();
            links.push(Link { keys, place, plain: false });
            place += 2;
        }
        let words = links.len();
        for two in self.parts.windows(2) {
            let [(_, word), (between, next)] = two else { continue };
            let plain = between == " ";
            links.push(Link { keys: vec![pair(word, between, next)], place, plain });
            place += if plain { 1 } else { 2 };
        }
        let words = words..links.len();
        if let (false, Some((_, last))) = (self.tail.is_empty(), self.parts.last()) {
            let own = behind.iter().take(MAX_SIGNS);
            let keys = own.map(|(signs, ..)| pair(last, signs, pairs::ANY)).collect();
            links.push(Link { keys, place, plain: false });
        }
        let inner = Chain(links.get(words).unwrap_or_default().to_vec());
        let Some(found) = Chain(links).look(index, needs)? else { return Ok(None) };
        let sure = found.units;
        let mut may = sure.clone();
        for rest in [&before, &behind].map(|signs| signs.get(MAX_SIGNS..).unwrap_or_default()) {
            if rest.is_empty() {
                continue;
            }
            let mut other = match inner.look(index, needs)? {
                _ if inner.0.is_empty() => Bits::new(units, true),
                Some(found) => found.units,
                None => return Ok(None),
            };
            let lists = rest.iter().map(|(_, count, list)| (*count, *list)).collect();
            let Some(rest) = plan::union(lists, index, needs)? else { return Ok(None) };
            other.keep(&rest, 0);
            may.join(&other, false);
        }
        Ok(Some(Bounds { sure, may }))
    }

    /// The signs that pass, those in most units first; none at all where none are asked for.
    fn signs<'a>(
        &self,
        asked: &str,
        takes: &dyn Fn(&str) -> bool,
        index: &'a Index,
        needs: &mut Vec<ByteRange>,
    ) -> Result<Option<Vec<(String, u32, List<'a>)>>> {
        if asked.is_empty() {
            return Ok(Some(Vec::new()));
        }
        signs(index, needs, |signs| takes(&squeezed(signs)))
    }
}

/// The signs of an index that pass, those in most units first.
///
/// # Errors
/// Where the index contradicts itself.
pub fn signs<'a>(
    index: &'a Index,
    needs: &mut Vec<ByteRange>,
    takes: impl Fn(&str) -> bool,
) -> Result<Option<Vec<(String, u32, List<'a>)>>> {
    let blocks = words::blocks_of(&index.root, SIGNS);
    let missing: Vec<ByteRange> = blocks.iter().copied().filter(|range| !index.has(*range)).collect();
    if !missing.is_empty() {
        needs.extend(missing);
        return Ok(None);
    }
    let mut found = Vec::new();
    for block in blocks {
        words::read(index.store.get(block).unwrap_or_default(), &index.root, |word| {
            if let Some(own) = word.text.strip_prefix(SIGNS).filter(|own| takes(own)) {
                found.push((own.to_owned(), word.units, word.list));
            }
            true
        })?;
    }
    Ok(Some(by_key(found, |(_, units, _)| std::cmp::Reverse(*units))))
}

impl Chain {
    /// What has it, once what tells is here.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn look(&self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Found>> {
        let universe = index.root.units;
        let none = || Bits::new(universe as usize, false);
        let mut found: Vec<(&Link, Vec<Pair<'_>>)> = Vec::with_capacity(self.0.len());
        let mut odd_pairs = Vec::new();
        let mut waits = false;
        for link in &self.0 {
            let mut own = Vec::new();
            for key in &link.keys {
                match find_pair(*key, index, needs)? {
                    None => waits = true,
                    Some(pair) => own.extend(pair),
                }
                // On the same page.
                if index.root.has_signs
                    && !waits
                    && let Some(Some(pair)) = find_pair(pairs::odd_key(*key), index, &mut Vec::new())?
                {
                    odd_pairs.push((pair.units, pair.list));
                }
            }
            found.push((link, own));
        }
        if waits {
            return Ok(None);
        }
        if found.iter().any(|(_, pairs)| pairs.is_empty()) {
            return Ok(Some(Found { units: none(), odd: none() }));
        }
        let Some(odd) = plan::union(odd_pairs, index, needs)? else { return Ok(None) };
        if let [(_, pairs)] = found.as_slice() {
            let lists = pairs.iter().map(|pair| (pair.units, pair.list)).collect();
            return Ok(plan::union(lists, index, needs)?.map(|units| Found { units, odd }));
        }
        // Short lists leave little for the long ones.
        let taken = by_key(cheapest(&found), |(_, pairs)| pairs.iter().map(|pair| pair.units).sum::<u32>());
        for list in taken.iter().flat_map(|(_, pairs)| *pairs).flat_map(|pair| [pair.list, pair.positions]) {
            if let List::There(range) = list
                && !index.has(range)
            {
                needs.push(range);
                waits = true;
            }
        }
        if waits {
            return Ok(None);
        }
        let bytes = |list| match list {
            List::Here(bytes) => bytes,
            List::There(range) => index.store.get(range).unwrap_or_default(),
        };
        // Where the chain begins, as far as the pairs so far tell.
        let mut begins: Option<Vec<u64>> = None;
        for (link, pairs) in taken {
            let own_place = u64::from(link.place);
            let mut here = Vec::new();
            for pair in pairs {
                let units = list::read(bytes(pair.list), pair.units, universe)?;
                let places = pairs::read_positions(bytes(pair.positions), &units)?;
                let places = places.into_iter().filter(|place| place & u64::from(u32::MAX) >= own_place);
                here.extend(places.map(|place| place - own_place));
            }
            if pairs.len() > 1 {
                here.sort_unstable();
            }
            begins = Some(match begins {
                None => here,
                Some(begins) => {
                    let mut here = here.into_iter().peekable();
                    let kept = begins.into_iter().filter(|begin| {
                        while here.next_if(|place| place < begin).is_some() {}
                        here.peek() == Some(begin)
                    });
                    kept.collect()
                }
            });
        }
        let mut units = none();
        for begin in begins.unwrap_or_default() {
            units.set((begin >> 32) as usize, true);
        }
        Ok(Some(Found { units, odd }))
    }
}

/// The pairs that together have every word, for the fewest bytes: the first and the last, no two
/// neighbours left out, and each that has more than a space between its words.
fn cheapest<'a, 'b, 'c>(found: &'c [(&'a Link, Vec<Pair<'b>>)]) -> Vec<(&'a Link, &'c [Pair<'b>])> {
    let cost = |pair: &Pair<'_>| {
        let len = |list| match list {
            List::Here(_) => 0,
            List::There(range) => ByteRange::len(range),
        };
        len(pair.list) + len(pair.positions) + 1
    };
    let cost = |pairs: &[Pair<'_>]| pairs.iter().map(cost).sum::<u64>();
    // For each pair the least cost up to it where it is taken, and whether the one before it is taken as well.
    let mut best: Vec<(u64, bool)> = Vec::with_capacity(found.len());
    for (at, (_, pairs)) in found.iter().enumerate() {
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
        best.push((with.0 + cost(pairs), with.1));
    }
    let mut taken = Vec::new();
    let mut at = found.len();
    while let Some(place) = at.checked_sub(1) {
        taken.extend(found.get(place).map(|(link, pairs)| (*link, pairs.as_slice())));
        let neighbour = best.get(place).is_none_or(|(_, neighbour)| *neighbour);
        at = place.saturating_sub(usize::from(!neighbour));
    }
    taken
}
