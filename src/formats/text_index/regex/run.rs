//! Words with signs between them, looked for while what is known of them grows: the words that fit are read in the
//! dictionary, then pairs of them or, where those are too many, pairs of a word and a letter.

use super::segment::{literal, test};
use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::error::Result;
use crate::base::words::squeezed;
use crate::formats::text_index::chain::{Chain, Found, Link};
use crate::formats::text_index::plan::{Bounds, Look, Pick, Plan, Test, find_pair, union};
use crate::formats::text_index::words::List;
use crate::formats::text_index::{Index, SIGNS, chain, pairs, words};
use regex::bytes::Regex;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};
use std::collections::BTreeMap;

/// So many pairs are looked up for two neighbours, and so many of a letter.
const MAX_KEYS: usize = 64;
const MAX_LETTER_KEYS: usize = 48;

/// Words that are told apart, the most frequent first.
const MAX_WORDS: usize = 4_096;

/// Signs that an expression may stand for, where the dictionary need not be asked.
const MAX_SEPS: usize = 8;

/// Lists of words that are not looked up in pairs are read up to this many bytes, with so much for each request.
const MAX_LEFT_OUT_BYTES: u64 = 512 << 10;
const REQUEST_BYTES: u64 = 3 << 10;

/// Alternatives of what is between words, with a space alone and with others.
const MAX_CHAINS: usize = 8;

/// A dictionary is read whole up to this many bytes.
const MAX_DICTIONARY_BYTES: u64 = 24 << 20;

/// Letters by which texts are narrowed where pairs are not enough: fewer are in nearly every text.
const MIN_LETTERS: usize = 3;

/// What stands in a row.
#[derive(Debug)]
pub enum Token {
    /// The beginning of the text.
    Begin,
    /// Its end.
    End,
    /// Whatever there is.
    Any,
    /// A word.
    Word(Box<WordTest>),
}

/// Which words fit.
#[derive(Debug)]
pub struct WordTest {
    test: Regex,
    literal: Option<String>,
    /// How all of them begin.
    beginning: String,
    /// Whether letters may stand before and behind what is looked for.
    open: [bool; 2],
}

/// Which signs fit.
#[derive(Debug)]
pub struct Sep {
    test: Option<Regex>,
    /// All of them, where those are few.
    own: Option<Vec<String>>,
}

/// Words with signs between.
#[derive(Debug)]
pub struct Run {
    tokens: Vec<Token>,
    seps: Vec<Sep>,
    /// What texts have where it is found, by words alone.
    rest: Plan,
    sets: Option<Sets>,
}

/// What was found in the dictionary.
#[derive(Debug)]
struct Sets {
    tokens: Vec<Set>,
    /// Signs with their units, the most frequent first.
    seps: Vec<Vec<Entry>>,
}

/// A word or signs, with the units that have it.
#[derive(Clone, Debug)]
struct Entry {
    text: String,
    units: u32,
    list: Kept,
}

/// A list: none where it was not looked for.
#[derive(Clone, Debug)]
enum Kept {
    Nowhere,
    Here(Vec<u8>),
    There(ByteRange),
}

impl Entry {
    fn new(text: &str, units: u32, list: List<'_>) -> Self {
        let list = match list {
            List::Here(bytes) => Kept::Here(bytes.to_vec()),
            List::There(range) => Kept::There(range),
        };
        Self { text: text.to_owned(), units, list }
    }

    fn bare(text: &str) -> Self {
        Self { text: text.to_owned(), units: 1, list: Kept::Nowhere }
    }

    fn list(&self) -> Option<(u32, List<'_>)> {
        match &self.list {
            Kept::Nowhere => None,
            Kept::Here(bytes) => Some((self.units, List::Here(bytes))),
            Kept::There(range) => Some((self.units, List::There(*range))),
        }
    }
}

/// The words that fit.
#[derive(Debug, Default)]
struct Set {
    /// The most frequent first.
    words: Vec<Entry>,
    /// Whether those are all.
    is_whole: bool,
    starts: Letters,
    ends: Letters,
}

/// The letters that words begin or end with.
#[derive(Debug, Default)]
struct Letters {
    letters: Vec<char>,
    /// Whether every word with such a letter fits.
    tell_all: bool,
}

impl Token {
    /// A word that is this, with letters before or behind it where that is open.
    pub fn word(hir: &Hir, open: [bool; 2]) -> Option<Self> {
        let own = literal(hir);
        let first = match hir.kind() {
            HirKind::Concat(parts) => parts.first().and_then(literal),
            _ => own.clone(),
        };
        let beginning = if open[0] { String::new() } else { first.unwrap_or_default() };
        let test = test(hir, !open[0], !open[1])?;
        Some(Self::Word(Box::new(WordTest { test, literal: own, beginning, open })))
    }
}

impl WordTest {
    /// The same words, as a pick of their own.
    pub fn pick(self) -> Pick {
        match (self.literal, self.open) {
            (Some(word), [false, false]) => Pick::Is(word),
            (Some(word), [false, true]) => Pick::Begins(word),
            (Some(word), [true, false]) => Pick::Ends(word),
            (Some(word), [true, true]) => Pick::Has(word),
            (None, _) => Pick::Matches(Test(Box::new(move |word| self.test.is_match(word.as_bytes())))),
        }
    }

    fn single(&self) -> Option<&String> {
        self.literal.as_ref().filter(|_| self.open == [false, false])
    }

    fn narrows(&self) -> Option<Plan> {
        let word = self.literal.clone().filter(|word| word.len() >= MIN_LETTERS)?;
        Some(Plan::words(match self.open {
            [false, false] => Pick::Is(word),
            [false, true] => Pick::Begins(word),
            [true, false] => Pick::Ends(word),
            [true, true] => Pick::Has(word),
        }))
    }
}

impl Sep {
    /// Nothing, as before the first word of a text.
    pub fn nothing() -> Self {
        Self { test: None, own: Some(vec![String::new()]) }
    }

    /// These signs, with others before or behind them unless they are all.
    pub fn new(hir: &Hir, from_start: bool, to_end: bool) -> Option<Self> {
        let own = (from_start && to_end).then(|| few(hir)).flatten();
        Some(Self { test: Some(test(hir, from_start, to_end)?), own })
    }
}

/// All texts that a piece stands for, where those are few.
fn few(hir: &Hir) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    extractor.limit_total(MAX_SEPS);
    let found = extractor.extract(hir);
    let own = found.literals()?;
    let text = |own: &regex_syntax::hir::literal::Literal| {
        let text = own.is_exact().then(|| std::str::from_utf8(own.as_bytes()).ok()).flatten();
        text.filter(|text| text.is_ascii()).map(str::to_owned)
    };
    let all: Option<Vec<String>> = own.iter().map(text).collect();
    all.map(|all| all.into_iter().filter(|own| !own.is_empty()).collect())
}

impl Run {
    /// Tokens with what is between each two.
    pub fn new(tokens: Vec<Token>, seps: Vec<Sep>) -> Self {
        let narrows = |token: &Token| match token {
            Token::Word(word) => word.narrows(),
            Token::Begin | Token::End | Token::Any => None,
        };
        let rest = Plan::And(tokens.iter().filter_map(narrows).collect());
        Self { tokens, seps, rest, sets: None }
    }

    /// Reads which words and signs fit.
    fn read(&self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Sets>> {
        let root = &index.root;
        let blocks = |token: &Token| match token {
            Token::Word(word) if word.single().is_none() => words::blocks_of(root, &word.beginning),
            Token::Word(_) | Token::Begin | Token::End | Token::Any => Vec::new(),
        };
        let mut missing: Vec<ByteRange> = self.tokens.iter().flat_map(blocks).collect();
        if self.seps.iter().any(|sep| sep.own.is_none()) {
            missing.extend(words::blocks_of(root, SIGNS));
        }
        missing.sort_unstable();
        missing.dedup();
        missing.retain(|range| !index.has(*range));
        if missing.iter().map(|range| range.len()).sum::<u64>() > MAX_DICTIONARY_BYTES {
            return Ok(Some(Sets { tokens: Vec::new(), seps: Vec::new() }));
        }
        if !missing.is_empty() {
            needs.extend(missing);
            return Ok(None);
        }
        let mut sets = Sets { tokens: Vec::new(), seps: Vec::new() };
        for token in &self.tokens {
            sets.tokens.push(match token {
                Token::Begin => Set::bare(pairs::BEGIN),
                Token::End => Set::bare(pairs::END),
                Token::Any => Set::bare(pairs::ANY),
                Token::Word(word) => match word.single() {
                    Some(word) => Set::bare(word),
                    None => Set::read(word, index)?,
                },
            });
        }
        for sep in &self.seps {
            sets.seps.push(match (&sep.own, &sep.test) {
                (Some(own), _) => own.iter().map(|own| Entry::bare(own)).collect(),
                (None, None) => Vec::new(),
                (None, Some(test)) => {
                    let found = chain::signs(index, needs, |own| test.is_match(own.as_bytes()))?;
                    let found = found.unwrap_or_default().into_iter();
                    found.map(|(own, units, list)| Entry::new(&own, units, list)).collect()
                }
            });
        }
        Ok(Some(sets))
    }
}

impl Set {
    fn bare(word: &str) -> Self {
        let letters = |c: Option<char>| Letters { letters: c.into_iter().collect(), tell_all: false };
        let mut own = Self {
            words: vec![Entry::bare(word)],
            is_whole: true,
            starts: letters(word.chars().next()),
            ends: letters(word.chars().next_back()),
        };
        // Nothing else begins or ends as those do.
        let is_bound = word == pairs::BEGIN || word == pairs::END;
        (own.starts.tell_all, own.ends.tell_all) = (is_bound, is_bound);
        own
    }

    fn read(word: &WordTest, index: &Index) -> Result<Self> {
        let mut own = Self { is_whole: true, ..Self::default() };
        let mut counts: [BTreeMap<char, (u32, u32)>; 2] = [BTreeMap::new(), BTreeMap::new()];
        for block in words::blocks_of(&index.root, &word.beginning) {
            words::read(index.store.get(block).unwrap_or_default(), &index.root, |found| {
                if !found.text.starts_with(char::is_alphanumeric) {
                    return true;
                }
                let fits = word.test.is_match(found.text.as_bytes());
                let letters = [found.text.chars().next(), found.text.chars().next_back()];
                for (counts, letter) in counts.iter_mut().zip(letters) {
                    let count = counts.entry(letter.unwrap_or(' ')).or_default();
                    count.0 += 1;
                    count.1 += u32::from(fits);
                }
                if fits {
                    own.words.push(Entry::new(&found.text, found.units, found.list));
                }
                true
            })?;
        }
        // Words of which only those were read that begin so.
        let all = [word.beginning.chars().count() <= 1, word.beginning.is_empty()];
        let [starts, ends] = counts;
        let letters = |counts: BTreeMap<char, (u32, u32)>, all: bool| Letters {
            tell_all: all && counts.values().all(|(all, own)| *own == 0 || own == all),
            letters: counts.into_iter().filter(|(_, (_, own))| *own > 0).map(|(letter, _)| letter).collect(),
        };
        (own.starts, own.ends) = (letters(starts, all[0]), letters(ends, all[1]));
        own.words.sort_by_key(|word| std::cmp::Reverse(word.units));
        if own.words.len() > MAX_WORDS {
            own.words.truncate(MAX_WORDS);
            own.is_whole = false;
        }
        Ok(own)
    }
}

impl Look for Run {
    fn look(&mut self, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bounds>> {
        let sets = match self.sets.take() {
            Some(sets) => sets,
            None => match self.read(index, needs)? {
                Some(sets) => sets,
                None => return Ok(None),
            },
        };
        let answer = answer(&sets, &mut self.rest, index, needs);
        self.sets = Some(sets);
        answer
    }
}

fn answer(sets: &Sets, rest: &mut Plan, index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bounds>> {
    let units = index.root.units as usize;
    if sets.tokens.is_empty() {
        return Ok(Some(Bounds { sure: Bits::new(units, false), may: Bits::new(units, true) }));
    }
    // Two neighbours that a letter tells, for fewer pages than pairs of words.
    let letters: Vec<Letterwise> = (0..sets.seps.len()).map(|place| by_letters(sets, place)).collect();
    let pairs = sets.tokens.iter().map(|set| set.words.len()).fold(1, usize::saturating_mul);
    if let [own] = letters.as_slice()
        && own.is_exact
        && own.keys.len() <= pairs
    {
        return Ok(any_of(&own.keys, index, needs)?.map(Bounds::exact));
    }
    let chains = chains(sets);
    let mut sure = Bits::new(units, false);
    let mut may = Bits::new(units, false);
    let mut waits = false;
    for (chain, is_sure) in &chains.chains {
        let Some(Found { units, odd }) = chain.look(index, needs)? else {
            waits = true;
            continue;
        };
        may.join(&units, false);
        if *is_sure {
            let mut own = units;
            let mut even = Bits::new(own.len(), false);
            even.join(&odd, true);
            own.keep(&even, 0);
            sure.join(&own, false);
        }
    }
    if chains.left_out.as_ref().is_none_or(|left_out| !left_out.is_empty()) {
        match chains.lists_left_out() {
            Some(lists) => match union(lists, index, needs)? {
                Some(left_out) => may.join(&left_out, false),
                None => waits = true,
            },
            None => may = Bits::new(units, true),
        }
        for own in letters.iter().filter(|own| own.is_whole) {
            match any_of(&own.keys, index, needs)? {
                Some(own) => may.keep(&own, 0),
                None => waits = true,
            }
        }
        match rest.found(index, needs)? {
            Some(rest) => may.keep(&rest.may, 0),
            None => waits = true,
        }
        may.join(&sure, false);
    }
    Ok((!waits).then_some(Bounds { sure, may }))
}

/// The units of any of these keys.
fn any_of(keys: &[u64], index: &Index, needs: &mut Vec<ByteRange>) -> Result<Option<Bits>> {
    let before = needs.len();
    let mut lists = Vec::new();
    for key in keys {
        if let Some(Some(pair)) = find_pair(*key, index, needs)? {
            lists.push((pair.units, pair.list));
        }
    }
    if needs.len() > before {
        return Ok(None);
    }
    union(lists, index, needs)
}

/// Two neighbours by letters: a superset of what is found, unless it is the same.
struct Letterwise {
    keys: Vec<u64>,
    /// Whether there are keys at all.
    is_whole: bool,
    is_exact: bool,
}

fn by_letters(sets: &Sets, place: usize) -> Letterwise {
    let nothing = Letterwise { keys: Vec::new(), is_whole: false, is_exact: false };
    let (Some(a), Some(b), Some(seps)) =
        (sets.tokens.get(place), sets.tokens.get(place + 1), sets.seps.get(place))
    else {
        return nothing;
    };
    let is = |set: &Set, bounds: &[&str]| {
        set.words.first().is_some_and(|word| bounds.contains(&word.text.as_str()))
    };
    if is(a, &[pairs::ANY]) || is(b, &[pairs::ANY]) || seps.is_empty() {
        return nothing;
    }
    let bounds = [pairs::BEGIN, pairs::END];
    let are_words = !is(a, &bounds) && !is(b, &bounds);
    let mut all = Letterwise { keys: Vec::new(), is_whole: true, is_exact: true };
    for sep in seps.iter().map(|sep| sep.text.as_str()) {
        let hash = pairs::hash(sep);
        // A word and a letter, which are entered where a space is between; then two letters.
        let behind = (b.starts.letters.len() * a.words.len(), a.is_whole && are_words && sep == " ");
        let before = (a.ends.letters.len() * b.words.len(), b.is_whole && are_words && sep == " ");
        let fits = |(count, usable): (usize, bool)| usable && count <= MAX_LETTER_KEYS;
        let edges = a.ends.letters.len() * b.starts.letters.len();
        if a.ends.tell_all && b.starts.tell_all && edges <= MAX_LETTER_KEYS {
            all.edges(a, sep, b);
        } else if fits(before)
            && (a.ends.tell_all || !fits(behind) || before.0 <= behind.0 && !b.starts.tell_all)
        {
            let letters = a.ends.letters.iter().map(|letter| pairs::letter(*letter));
            let keys = letters.flat_map(|letter| {
                b.words.iter().map(move |word| pairs::key(letter, hash, pairs::hash(&word.text)))
            });
            all.keys.extend(keys);
            all.is_exact &= a.ends.tell_all;
        } else if fits(behind) {
            let letters = b.starts.letters.iter().map(|letter| pairs::letter(*letter));
            let keys = letters.flat_map(|letter| {
                a.words.iter().map(move |word| pairs::key(pairs::hash(&word.text), hash, letter))
            });
            all.keys.extend(keys);
            all.is_exact &= b.starts.tell_all;
        } else if edges <= MAX_LETTER_KEYS {
            all.edges(a, sep, b);
            all.is_exact = false;
        } else {
            return nothing;
        }
        if all.keys.len() > MAX_KEYS {
            return nothing;
        }
    }
    all
}

impl Letterwise {
    fn edges(&mut self, a: &Set, sep: &str, b: &Set) {
        let ends = a.ends.letters.iter();
        let keys =
            ends.flat_map(|end| b.starts.letters.iter().map(|start| pairs::edge_key(*end, sep, *start)));
        self.keys.extend(keys);
    }
}

/// Chains of pairs, and what they leave out.
struct Chains<'a> {
    /// Whether each is sure where it is found with no odd space.
    chains: Vec<(Chain, bool)>,
    /// Words and signs of which something is not in any chain; nothing where that can't be told.
    left_out: Option<Vec<&'a Entry>>,
}

impl Chains<'_> {
    /// The lists of what is left out, where those are worth reading.
    fn lists_left_out(&self) -> Option<Vec<(u32, List<'_>)>> {
        let lists: Vec<_> = self.left_out.as_ref()?.iter().map(|own| own.list()).collect::<Option<_>>()?;
        let there = lists.iter().filter_map(|(_, list)| match list {
            List::There(range) => Some(range.len() + REQUEST_BYTES),
            List::Here(_) => None,
        });
        (there.sum::<u64>() <= MAX_LEFT_OUT_BYTES).then_some(lists)
    }
}

fn chains(sets: &Sets) -> Chains<'_> {
    let mut all: Vec<(Vec<Link>, u32, bool)> = vec![(Vec::new(), 0, true)];
    let mut left_out = Some(Vec::new());
    let neighbours = sets.tokens.iter().zip(sets.tokens.iter().skip(1));
    for ((a, b), seps) in neighbours.zip(&sets.seps) {
        let mut longer = Vec::new();
        for (is_plain, own) in split(seps) {
            let (keys, rest) = keys(a, &own, b);
            left_out = left_out.zip(rest).map(|(all, rest)| [all, rest].concat());
            // Pairs have white space as one space: signs that are never so are sure of nothing.
            let is_sure = own.iter().all(|sep| own.iter().any(|other| other.text == squeezed(&sep.text)));
            for (links, place, sure) in &all {
                let mut links = links.clone();
                links.push(Link { keys: keys.clone(), place: *place, plain: is_plain });
                longer.push((links, place + if is_plain { 1 } else { 2 }, sure & is_sure));
            }
        }
        if longer.len() > MAX_CHAINS {
            longer.truncate(MAX_CHAINS);
            left_out = None;
        }
        all = longer;
    }
    let chains = all.into_iter().map(|(links, _, is_sure)| (Chain(links), is_sure)).collect();
    Chains { chains, left_out }
}

/// Signs by whether a space alone is between: it counts as another place than others do.
fn split(seps: &[Entry]) -> impl Iterator<Item = (bool, Vec<&Entry>)> {
    let (plain, others): (Vec<_>, Vec<_>) = seps.iter().partition(|own| squeezed(&own.text) == " ");
    [(true, plain), (false, others)].into_iter().filter(|(_, own)| !own.is_empty())
}

/// The keys of pairs, those of the most frequent words first; words and signs that are left out, unless those are not known.
fn keys<'a>(a: &'a Set, seps: &[&'a Entry], b: &'a Set) -> (Vec<u64>, Option<Vec<&'a Entry>>) {
    let is_any = |set: &Set| set.words.first().is_some_and(|word| word.text == pairs::ANY);
    let with_any = is_any(a) || is_any(b);
    // Beside anything signs are as they are, and a space alone is not entered.
    let is_entered = |sep: &str| !(with_any && sep == " ");
    let mut counts = [a.words.len(), seps.len(), b.words.len()];
    while counts.iter().product::<usize>() > MAX_KEYS {
        if let Some(most) = counts.iter_mut().max() {
            *most = (*most / 2).max(1);
        }
    }
    let mut hashes: Vec<u64> = Vec::new();
    for sep in seps.iter().take(counts[1]).map(|sep| sep.text.as_str()).filter(|sep| is_entered(sep)) {
        let hash = if with_any { pairs::hash(sep) } else { pairs::hash(&squeezed(sep)) };
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    let mut keys = Vec::with_capacity(MAX_KEYS);
    for word in a.words.iter().take(counts[0]) {
        let word = pairs::hash(&word.text);
        for sep in &hashes {
            let own = b.words.iter().take(counts[2]);
            keys.extend(own.map(|next| pairs::key(word, *sep, pairs::hash(&next.text))));
        }
    }
    let is_known = a.is_whole && b.is_whole && seps.iter().all(|sep| is_entered(&sep.text));
    let left_out = is_known.then(|| {
        let words = a.words.iter().skip(counts[0]).chain(b.words.iter().skip(counts[2]));
        words.chain(seps.iter().skip(counts[1]).copied()).collect()
    });
    (keys, left_out)
}
