//! What of an index answers a query: a tree of lists, and what they come to.

use super::chain::Phrase;
use super::pairs::{self, Pair};
use super::words::{self, List};
use super::{BEGINNINGS, CASES, ENDINGS, Index, JOINS, MAX_WORD_BYTES, PIECES, SIGNS, SPACES, list, regex};
use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::words::{folded, squeezed, tokens};
use ::regex::bytes::Regex;

/// Lists of one term are read up to this many bytes; what would take more is left to the texts.
const MAX_LIST_BYTES: u64 = 24 << 20;

/// A dictionary is read whole up to this many bytes.
const MAX_DICTIONARY_BYTES: u64 = 24 << 20;

/// What answers a query.
#[derive(Debug)]
pub enum Plan {
    /// Every unit, or none.
    All(bool),
    /// Nothing in the index tells.
    Unknown,
    /// All of these.
    And(Vec<Plan>),
    /// Any of these.
    Or(Vec<Plan>),
    /// Not this one.
    Not(Box<Plan>),
    /// What is sure by one plan, and at most what may be by another.
    Between(Box<Plan>, Box<Plan>),
    /// Words.
    Words(Words),
    /// A pair of words, or an edge between two, by its key.
    Pair(u64, Option<Bounds>),
    /// Three words and more in a row, or signs beside words.
    Phrase(Phrase, Option<Bounds>),
    /// The first one where the index has signs, and the second one where it has not.
    Either(Box<Plan>, Box<Plan>),
    /// What is planned while it is being looked for.
    Other(Box<dyn Look>, Option<Bounds>),
}

/// What is planned while it is being looked for. What expressions need is not in the data thread's own code.
pub trait Look: std::fmt::Debug + Send + Sync {
    /// What it comes to; nothing as long as it needs ranges.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    fn look(&mut self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bounds>>;
}

/// Units that match for sure, and those that may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// These match.
    pub sure: Bits,
    /// Others than these don't.
    pub may: Bits,
}

/// Words of the dictionary, and what they come to.
#[derive(Debug)]
pub struct Words {
    pick: Pick,
    found: Option<Bounds>,
}

/// Which words.
#[derive(Debug)]
pub enum Pick {
    /// This one.
    Is(String),
    /// That begin so.
    Begins(String),
    /// That end so.
    Ends(String),
    /// That have this in them.
    Has(String),
    /// That pass this test.
    Matches(Test),
    /// Signs that have these in them, with any white space where there is some.
    Signs(String),
    /// Signs that pass this test.
    SignsMatch(Test),
}

/// A test of a word. What runs expressions is not in the data thread's own code, so that it is handed in.
pub struct Test(pub Box<dyn Fn(&str) -> bool + Send + Sync>);

impl std::fmt::Debug for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Test")
    }
}

/// What an index needs to go on, or what it answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// These ranges of the data, all at once.
    Needs(Vec<ByteRange>),
    /// The answer.
    Done(Bounds),
}

impl Plan {
    /// A word or a phrase of the query language, as it was typed. Where an end is open, letters may follow there.
    pub fn literal(text: &str, open_start: bool, open_end: bool) -> Self {
        let text = folded(text.as_bytes());
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts: Vec<(String, String)> =
            tokens(&text).map(|token| (token.before.to_owned(), token.word.to_owned())).collect();
        let (Some((head, first)), Some((_, last))) = (parts.first(), parts.last()) else {
            let signs = Self::words(Pick::Signs(text));
            return Self::Either(
                Box::new(Self::Or(vec![signs, Self::long().at_most()])),
                Box::new(Self::Unknown),
            );
        };
        let tail = text.rfind(char::is_alphanumeric).and_then(|at| {
            let len = text.get(at..)?.chars().next()?.len_utf8();
            text.get(at + len..)
        });
        let tail = tail.unwrap_or_default();
        let open = [open_start && head.is_empty(), open_end && tail.is_empty()];
        if open == [false, false] && !(head.is_empty() && tail.is_empty()) {
            let whole: Vec<(String, String)> =
                parts.iter().map(|(before, word)| (squeezed(before).into_owned(), word.clone())).collect();
            let tail = squeezed(tail).into_owned();
            let signs = Self::Phrase(Phrase::new(whole.clone(), tail), None);
            let signs = Self::Or(vec![signs, Self::long().at_most()]);
            return Self::Either(Box::new(signs), Box::new(Self::phrase(whole).at_most()));
        }
        if let [_] = parts.as_slice() {
            let word = first.clone();
            let plan = match open {
                [false, false] => Self::word(word),
                [false, true] => Self::words(Pick::Begins(word)),
                [true, false] => Self::words(Pick::Ends(word)),
                [true, true] => Self::words(Pick::Has(word)),
            };
            return if head.is_empty() && tail.is_empty() { plan } else { plan.at_most() };
        }
        // Whole words, and the open ones beside them.
        let whole = parts.get(usize::from(open[0])..parts.len() - usize::from(open[1])).unwrap_or_default();
        let whole = whole.iter().map(|(before, word)| (squeezed(before).into_owned(), word.clone()));
        let mut plans = vec![Self::phrase(whole.collect())];
        if open[0] {
            plans.push(Self::words(Pick::Ends(first.clone())));
        }
        if open[1] {
            plans.push(Self::words(Pick::Begins(last.clone())));
        }
        let exact = tail.is_empty() && head.is_empty() && open == [false, false];
        let plan = Self::And(plans);
        if exact { plan } else { plan.at_most() }
    }

    /// A regular expression of the query language, that is looked for without regard to case.
    pub fn regex(regex: &Regex) -> Self {
        regex::plan(regex)
    }

    /// Words with what is before them, in a row; what is before the first one does not count.
    pub(super) fn phrase(parts: Vec<(String, String)>) -> Self {
        match parts.as_slice() {
            [] => Self::All(true),
            [(_, word)] => Self::word(word.clone()),
            [(_, word), (between, next)] => {
                let key = pairs::key(pairs::hash(word), pairs::hash(between), pairs::hash(next));
                Self::Pair(key, None)
            }
            _ => {
                let mut parts = parts;
                if let Some((before, _)) = parts.first_mut() {
                    before.clear();
                }
                Self::Phrase(Phrase::new(parts, String::new()), None)
            }
        }
    }

    pub(super) fn word(word: String) -> Self {
        if word.len() > MAX_WORD_BYTES { Self::long().at_most() } else { Self::words(Pick::Is(word)) }
    }

    pub(super) fn words(pick: Pick) -> Self {
        Self::Words(Words { pick, found: None })
    }

    /// Units with words that are not in the dictionary.
    fn long() -> Self {
        Self::words(Pick::Is(String::new()))
    }

    /// Those, and units with letters that are the same but for case, and still differ once they are folded.
    pub(super) fn odd_letters() -> Self {
        Self::Or(vec![Self::long(), Self::words(Pick::Is(CASES.to_owned()))])
    }

    /// Units with signs that expressions count among letters, or letters and digits that they do not.
    pub(super) fn joins() -> Self {
        Self::words(Pick::Is(JOINS.to_owned()))
    }

    /// All units of which pairs tell more than there is.
    pub(super) fn odd() -> Self {
        Self::Or(vec![Self::odd_letters(), Self::words(Pick::Is(SPACES.to_owned()))])
    }

    /// What this has may match; nothing does for sure.
    pub(super) fn at_most(self) -> Self {
        Self::Between(Box::new(Self::All(false)), Box::new(self))
    }

    /// What it comes to with the bytes that are here.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn advance(&mut self, index: &Index) -> Result<Step> {
        let mut needs = Vec::new();
        self.look(index, &mut needs)?;
        Ok(if needs.is_empty() {
            Step::Done(self.bounds(index.root.units as usize))
        } else {
            Step::Needs(needs)
        })
    }

    /// How many rows match, where the dictionary or a page of pairs says so and is here: of one word, or of one
    /// pair of words, and of what has it not.
    ///
    /// # Errors
    /// Where the index contradicts itself.
    pub fn count(&self, index: &Index) -> Result<Option<u64>> {
        match self {
            Self::And(plans) | Self::Or(plans) => match plans.as_slice() {
                [plan] => plan.count(index),
                _ => Ok(None),
            },
            Self::Not(plan) => {
                Ok(plan.count(index)?.and_then(|rows| index.root.about.rows.checked_sub(rows)))
            }
            Self::Words(Words { pick: Pick::Is(word), .. }) => words::rows_of(word, index),
            Self::Pair(key, _) => {
                let found = find_pair(*key, index, &mut Vec::new())?;
                Ok(found.map(|pair| pair.map_or(0, |pair| pair.rows)))
            }
            Self::Either(new, old) => if index.root.has_signs { new } else { old }.count(index),
            Self::All(_)
            | Self::Unknown
            | Self::Between(..)
            | Self::Words(_)
            | Self::Phrase(..)
            | Self::Other(..) => Ok(None),
        }
    }

    fn look(&mut self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<()> {
        match self {
            Self::All(_) | Self::Unknown => Ok(()),
            Self::And(plans) | Self::Or(plans) => {
                plans.iter_mut().try_for_each(|plan| plan.look(index, needs))
            }
            Self::Not(plan) => plan.look(index, needs),
            Self::Between(sure, may) => {
                sure.look(index, needs)?;
                may.look(index, needs)
            }
            Self::Words(words) => words.look(index, needs),
            Self::Pair(key, found) => {
                if found.is_none() {
                    *found = pair(*key, index, needs)?;
                }
                Ok(())
            }
            Self::Phrase(phrase, found) => {
                if found.is_none() {
                    *found = phrase.look(index, needs)?;
                }
                Ok(())
            }
            Self::Other(own, found) => {
                if found.is_none() {
                    *found = own.look(index, needs)?;
                }
                Ok(())
            }
            Self::Either(new, old) => {
                let chosen = if index.root.has_signs { new } else { old };
                *self = std::mem::replace(chosen.as_mut(), Self::Unknown);
                self.look(index, needs)
            }
        }
    }

    /// What it comes to, or nothing as long as it needs ranges.
    pub(super) fn found(&mut self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bounds>> {
        let before = needs.len();
        self.look(index, needs)?;
        Ok((needs.len() == before).then(|| self.bounds(index.root.units as usize)))
    }

    fn bounds(&self, units: usize) -> Bounds {
        let unknown = || Bounds { sure: Bits::new(units, false), may: Bits::new(units, true) };
        match self {
            Self::All(all) => Bounds::exact(Bits::new(units, *all)),
            Self::Unknown => unknown(),
            Self::And(plans) => plans.iter().fold(Bounds::exact(Bits::new(units, true)), |mut all, plan| {
                let Bounds { sure, may } = plan.bounds(units);
                all.sure.keep(&sure, 0);
                all.may.keep(&may, 0);
                all
            }),
            Self::Or(plans) => plans.iter().fold(Bounds::exact(Bits::new(units, false)), |mut any, plan| {
                let Bounds { sure, may } = plan.bounds(units);
                any.sure.join(&sure, false);
                any.may.join(&may, false);
                any
            }),
            Self::Not(plan) => {
                let Bounds { sure, may } = plan.bounds(units);
                Bounds { sure: inverse(&may), may: inverse(&sure) }
            }
            Self::Between(sure, may) => {
                let (sure, mut may) = (sure.bounds(units).sure, may.bounds(units).may);
                may.join(&sure, false);
                Bounds { sure, may }
            }
            Self::Words(Words { found, .. })
            | Self::Pair(_, found)
            | Self::Phrase(_, found)
            | Self::Other(_, found) => found.clone().unwrap_or_else(unknown),
            Self::Either(..) => unknown(),
        }
    }
}

impl Bounds {
    /// What is known exactly.
    pub fn exact(bits: Bits) -> Self {
        Self { sure: bits.clone(), may: bits }
    }
}

fn inverse(bits: &Bits) -> Bits {
    let mut inverse = Bits::new(bits.len(), false);
    inverse.join(bits, true);
    inverse
}

impl Words {
    fn look(&mut self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<()> {
        if self.found.is_some() {
            return Ok(());
        }
        let root = &index.root;
        let all = || root.words.iter().map(|(_, range)| *range).collect::<Vec<_>>();
        // What the dictionary does not hold is under the first word.
        let first = words::block_of(root, "");
        let mut blocks: Vec<ByteRange> = match &self.pick {
            Pick::Is(word) => words::block_of(root, word).into_iter().collect(),
            Pick::Begins(word) => first.into_iter().chain(words::blocks_of(root, word)).collect(),
            Pick::Ends(_) | Pick::Has(_) | Pick::Matches(_) => all(),
            Pick::Signs(_) | Pick::SignsMatch(_) => {
                first.into_iter().chain(words::blocks_of(root, SIGNS)).collect()
            }
        };
        blocks.dedup();
        let mut lists: Vec<(u32, List<'_>)> = Vec::new();
        let is_missing = |range: &ByteRange| !index.has(*range);
        if root.has_signs
            && let Some(key) = self.pick.union_key()
            && blocks.iter().any(is_missing)
        {
            let Some(found) = find_pair(key, index, needs)? else { return Ok(()) };
            if let Some(pair) = found {
                lists.push((pair.units, pair.list));
                blocks.clear();
                blocks.extend(first);
            }
        }
        let undecided = || Bounds {
            sure: Bits::new(root.units as usize, false),
            may: Bits::new(root.units as usize, true),
        };
        if blocks.iter().map(|range| range.len()).sum::<u64>() > MAX_DICTIONARY_BYTES {
            self.found = Some(undecided());
            return Ok(());
        }
        let missing: Vec<ByteRange> = blocks.iter().copied().filter(is_missing).collect();
        if !missing.is_empty() {
            needs.extend(missing);
            return Ok(());
        }
        let has_union = !lists.is_empty();
        let mut odd: Option<(u32, List<'_>)> = None;
        let is = matches!(self.pick, Pick::Is(_));
        for block in blocks {
            words::read(index.store.get(block).unwrap_or_default(), root, |word| {
                if word.text.is_empty() && !is {
                    odd = Some((word.units, word.list));
                } else if !has_union && self.pick.takes(&word.text) {
                    lists.push((word.units, word.list));
                    return !is;
                }
                !has_union
            })?;
        }
        let there = |(_, list): &(u32, List<'_>)| match list {
            List::Here(_) => 0,
            List::There(range) => range.len(),
        };
        if lists.iter().chain(&odd).map(there).sum::<u64>() > MAX_LIST_BYTES {
            self.found = Some(undecided());
            return Ok(());
        }
        let (sure, odd) = (union(lists, index, needs)?, union(odd.into_iter().collect(), index, needs)?);
        if let (Some(sure), Some(mut may)) = (sure, odd) {
            may.join(&sure, false);
            self.found = Some(Bounds { sure, may });
        }
        Ok(())
    }
}

/// The units of any of these lists; nothing as long as one of them is not here.
///
/// # Errors
/// Where a list is broken.
pub(super) fn union(
    lists: Vec<(u32, List<'_>)>,
    index: &Index,
    needs: &mut Vec<ByteRange>,
) -> Result<Option<Bits>> {
    let missing = lists.iter().filter_map(|(_, list)| match list {
        List::There(range) if !index.has(*range) => Some(*range),
        List::There(_) | List::Here(_) => None,
    });
    let before = needs.len();
    needs.extend(missing);
    if needs.len() > before {
        return Ok(None);
    }
    let mut bits = Bits::new(index.root.units as usize, false);
    for (count, list) in lists {
        add(&mut bits, count, list, index)?;
    }
    Ok(Some(bits))
}

impl Pick {
    fn takes(&self, word: &str) -> bool {
        match self {
            Self::Is(own) => own == word,
            Self::Begins(own) => word.starts_with(own.as_str()),
            Self::Ends(own) => word.ends_with(own.as_str()),
            Self::Has(own) => word.contains(own.as_str()),
            Self::Matches(test) => !word.starts_with(SIGNS) && (test.0)(word),
            Self::Signs(own) => {
                word.strip_prefix(SIGNS).is_some_and(|word| squeezed(word).contains(own.as_str()))
            }
            Self::SignsMatch(test) => word.strip_prefix(SIGNS).is_some_and(|word| (test.0)(word)),
        }
    }

    /// Where a list of all of these words may be.
    fn union_key(&self) -> Option<u64> {
        let (kind, text) = match self {
            Self::Begins(text) => (BEGINNINGS, text),
            Self::Ends(text) => (ENDINGS, text),
            Self::Has(text) => (PIECES, text),
            Self::Is(_) | Self::Matches(_) | Self::Signs(_) | Self::SignsMatch(_) => return None,
        };
        let is_short = text.chars().count() <= words::longest_piece(kind);
        is_short.then(|| pairs::union_key(kind, text))
    }
}

/// Adds the units of a list that is here.
fn add(bits: &mut Bits, count: u32, list: List<'_>, index: &Index) -> Result<()> {
    let bytes = match list {
        List::Here(bytes) => bytes,
        List::There(range) => index.store.get(range).unwrap_or_default(),
    };
    for unit in list::read(bytes, count, index.root.units)? {
        bits.set(unit as usize, true);
    }
    Ok(())
}

fn pair(key: u64, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bounds>> {
    let Some(found) = find_pair(key, index, needs)? else { return Ok(None) };
    let list = found.map(|Pair { units, list, .. }| (units, list));
    Ok(union(list.into_iter().collect(), index, needs)?.map(Bounds::exact))
}

/// What the index says of a pair: nothing as long as its page is not here, and nothing within where there is none.
pub(super) fn find_pair<'a>(
    key: u64,
    index: &'a Index,
    needs: &mut Vec<ByteRange>,
) -> Result<Option<Option<Pair<'a>>>> {
    let pages = &index.root.pages;
    let Some(page) = pages.get(pairs::page_of(key, pages.len())) else { return Ok(Some(None)) };
    let Some(bytes) = index.store.get(*page) else {
        needs.push(*page);
        return Ok(None);
    };
    Ok(Some(pairs::find(bytes, key, &index.root)?))
}
