//! Finding what a [`Query`] asks for, in every different text of a column.
//!
//! A literal is found by two of its rarest bytes, compared for thirty-two places at a time with the
//! bit of upper and lower case set, over whole blocks of texts; only where both agree is anything
//! looked at closely. Texts that are not ASCII are looked up in their folded form instead.

use crate::base::bits::Bits;
use crate::base::sorted::by_key;
use crate::base::words::fold;
use crate::table::column::ROWS_A_CALL;
use crate::table::regexes::{self, Expression};
use crate::table::text::Texts;
use crate::view::query::{Problem, Query, Term, What};
use std::ops::Range;
use std::sync::Arc;

/// The most regular expressions of a query: each looks at every text.
pub const MAX_REGEXES: usize = 4;

/// The most matches that are marked in one text.
const MAX_MARKS: usize = 200;

/// Places that are compared at a time.
const LANES: usize = 32;

/// Bits that upper and lower case letters differ by.
const CASE: u8 = 0x20;

/// A query, ready to run.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// Cheap and telling ones first.
    groups: Vec<Vec<(TermPattern, bool)>>,
}

#[derive(Clone, Debug)]
enum TermPattern {
    Literal(Literal),
    Regex(Arc<dyn Expression>),
}

/// A word or a phrase.
#[derive(Clone, Debug)]
struct Literal {
    /// Folded, without spaces; any amount of space is between two of them.
    pieces: Vec<Vec<u8>>,
    /// The piece that is looked for first.
    rarest: usize,
    /// Two places in it, and the bytes there with the case bit set.
    probes: [(usize, u8); 2],
    /// Whether no letter or digit may stand before, and after.
    bound: [bool; 2],
    ascii: bool,
}

/// How the texts of a column stand to a query, as far as they have been looked at.
#[derive(Clone, Debug)]
pub struct Search {
    matcher: Matcher,
    hits: Bits,
}

impl Search {
    /// Nothing is looked at yet.
    pub fn new(matcher: Matcher) -> Self {
        Self { matcher, hits: Bits::default() }
    }

    /// Looks at texts that have come since, as many as take a fraction of a second; whether those
    /// were all.
    pub fn advance(&mut self, texts: &Texts) -> bool {
        let end = texts.end_of_blocks(self.hits.len(), self.matcher.blocks_a_step());
        self.matcher.extend(texts, end, &mut self.hits);
        end >= texts.distinct()
    }

    /// The query.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// Sets `bit` in the mask of every row that fails and clears it in that of every row that
    /// matches, from row `from` on up to the first one whose text has not been looked at; the answer
    /// is which that is. A row without a text is like an empty one.
    pub fn mark(&self, texts: &Texts, from: usize, bit: u16, mask: &mut [u16]) -> usize {
        let empty = self.matcher.matches(b"");
        let codes = texts.codes().get(from..).unwrap_or_default();
        let rest = mask.get_mut(from..).unwrap_or_default();
        let mut end = from;
        for (codes, mask) in codes.chunks(ROWS_A_CALL).zip(rest.chunks_mut(ROWS_A_CALL)) {
            let done = self.mark_some(codes, mask, bit, empty);
            end += done;
            if done < codes.len() {
                break;
            }
        }
        end
    }

    #[inline(never)]
    fn mark_some(&self, codes: &[u32], mask: &mut [u16], bit: u16, empty: bool) -> usize {
        let known = self.hits.len();
        for (place, (code, mask)) in codes.iter().zip(mask.iter_mut()).enumerate() {
            let hit = match *code {
                crate::table::text::NULL => empty,
                // Codes are given in the order in which texts are met.
                code if code as usize >= known => return place,
                code => self.hits.has(code as usize),
            };
            *mask = (*mask & !bit) | if hit { 0 } else { bit };
        }
        codes.len()
    }
}

impl Matcher {
    /// Makes a query ready to run.
    ///
    /// # Errors
    /// What is wrong with a regular expression, and where in the query.
    pub fn new(query: &Query) -> Result<Self, Problem> {
        let mut regexes = 0;
        let mut groups = Vec::with_capacity(query.groups.len());
        for group in &query.groups {
            let mut any = Vec::with_capacity(group.any.len());
            for term in &group.any {
                regexes += usize::from(matches!(term.what, What::Regex(_)));
                if regexes > MAX_REGEXES {
                    let message =
                        format!("At most {MAX_REGEXES} regular expressions are searched for at once.");
                    return Err(Problem { place: term.place.clone(), message });
                }
                any.push((TermPattern::new(term)?, term.excluded));
            }
            groups.push(any);
        }
        let cost = |group: &Vec<_>| {
            group.iter().map(|(needle, excluded): &(TermPattern, bool)| needle.cost(*excluded)).sum::<usize>()
        };
        Ok(Self { groups: by_key(groups, cost) })
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &[u8]) -> bool {
        if text.is_ascii() {
            return self.matches_folded(text, true);
        }
        let mut folded = Vec::with_capacity(text.len());
        fold(&String::from_utf8_lossy(text), &mut folded);
        self.matches_folded(&folded, false)
    }

    fn matches_folded(&self, text: &[u8], ascii: bool) -> bool {
        self.groups.iter().all(|group| {
            group.iter().any(|(needle, excluded)| needle.find(text, 0, ascii).is_some() != *excluded)
        })
    }

    /// How many blocks of texts are looked at in one go, so that the thread stays answerable.
    fn blocks_a_step(&self) -> usize {
        /// Of a word alone: nearly all prompts there are.
        const BLOCKS: usize = 64;
        /// A regular expression takes as long as so many words.
        const REGEX: usize = 16;
        let weight = |needle: &TermPattern| if matches!(needle, TermPattern::Regex(_)) { REGEX } else { 1 };
        let all: usize = self.groups.iter().flatten().map(|(needle, _)| weight(needle)).sum();
        (BLOCKS / all.max(1)).max(1)
    }

    /// Looks at all texts whose codes are beyond `hits` and before `end`, and adds those that match.
    fn extend(&self, texts: &Texts, end: usize, hits: &mut Bits) {
        let from = hits.len();
        let count = end - from.min(end);
        hits.grow(end, true);
        let mut alive = count;
        for group in &self.groups {
            // Few that are left are asked one by one; many in one pass over the blocks.
            if alive * 12 < count {
                let left: Vec<usize> = hits.members(from).collect();
                for code in left {
                    let folded = texts.folded().get(code as u32);
                    let text = folded.or_else(|| texts.get(code as u32)).unwrap_or_default();
                    let found = group.iter().any(|(needle, excluded)| {
                        needle.find(text, 0, folded.is_none()).is_some() != *excluded
                    });
                    if !found {
                        hits.set(code, false);
                        alive -= 1;
                    }
                }
                continue;
            }
            let mut any = Bits::new(end, false);
            for (needle, excluded) in group {
                let mut found = Bits::new(end, false);
                needle.scan(texts, from as u32, end as u32, &mut found);
                any.join(&found, *excluded);
            }
            hits.keep(&any, from);
            alive = hits.members(from).count();
        }
    }

    /// Where in a text the wanted terms are: bytes from and to, in ascending order, without overlaps.
    pub fn marks(&self, text: &str) -> Vec<(u32, u32)> {
        let mut found: Vec<(u32, u32)> = Vec::new();
        let map = (!text.is_ascii()).then(|| Fold::new(text));
        let folded = map.as_ref().map_or(text.as_bytes(), |map| map.bytes.as_slice());
        let wanted = self.groups.iter().flatten().filter(|(_, excluded)| !excluded);
        for (needle, _) in wanted {
            let mut at = 0;
            while let Some(range) = needle.find(folded, at, map.is_none()) {
                at = range.end.max(at + 1);
                let range = map.as_ref().map_or(range.clone(), |map| map.original(&range));
                if !range.is_empty() {
                    found.push((range.start as u32, range.end as u32));
                }
                if found.len() >= MAX_MARKS {
                    break;
                }
            }
        }
        found.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(found.len());
        for (start, end) in found {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        merged
    }
}

impl TermPattern {
    fn new(term: &Term) -> Result<Self, Problem> {
        match &term.what {
            What::Word { text, open_start, open_end } => {
                Ok(Self::Literal(Literal::new(text, *open_start, *open_end)))
            }
            What::Phrase(text) => Ok(Self::Literal(Literal::new(text, false, false))),
            What::Regex(pattern) => {
                let body = term.place.start + usize::from(term.excluded) + 1;
                regexes::compile(pattern).map(Self::Regex).map_err(|refused| {
                    let within = |place: usize| (body + place).min(term.place.end);
                    let place = refused.place.map(|place| within(place.start)..within(place.end));
                    Problem { place: place.unwrap_or(term.place.clone()), message: refused.message }
                })
            }
        }
    }

    /// Roughly, so that what leaves few texts for little work comes first.
    fn cost(&self, excluded: bool) -> usize {
        match self {
            Self::Literal(literal) if !excluded => 64 / literal.len().clamp(1, 64),
            Self::Literal(_) => 100,
            Self::Regex(_) => 1_000,
        }
    }

    /// The first match at or after `at`. `text` is ASCII as it stands, or folded.
    fn find(&self, text: &[u8], at: usize, ascii: bool) -> Option<Range<usize>> {
        match self {
            Self::Literal(literal) if ascii && !literal.ascii => None,
            Self::Literal(literal) => literal.find(text, at),
            Self::Regex(_) if at > text.len() => None,
            Self::Regex(regex) => regex.find_at(text, at),
        }
    }

    /// Adds the codes from `from` on and before `end`, which begins a block, of all texts that match.
    fn scan(&self, texts: &Texts, from: u32, end: u32, found: &mut Bits) {
        let blocks = texts.blocks_from(from).take_while(|block| block.first_code < end);
        match self {
            Self::Literal(literal) if !literal.ascii => {}
            Self::Literal(literal) => {
                for block in blocks {
                    let mut n = 0;
                    let mut at = block.start(0);
                    while let Some(candidate) = literal.candidate(block.bytes, at) {
                        while block.start(n + 1) <= candidate && n + 1 < block.len() {
                            n += 1;
                        }
                        let (start, end) = (block.start(n), block.start(n + 1));
                        let text = block.bytes.get(start..end).unwrap_or_default();
                        let within = candidate - start.min(candidate);
                        at = candidate + 1;
                        if literal.at(text, within).is_some() {
                            found.set(block.first_code as usize + n, true);
                            at = end.max(at);
                        }
                    }
                }
            }
            Self::Regex(regex) => {
                for block in blocks {
                    for n in 0..block.len() {
                        let text = block.bytes.get(block.start(n)..block.start(n + 1)).unwrap_or_default();
                        if regex.is_match(text) {
                            found.set(block.first_code as usize + n, true);
                        }
                    }
                }
            }
        }
        for (code, text) in texts.folded().from(from).take_while(|(code, _)| *code < end) {
            found.set(code as usize, self.find(text, 0, false).is_some());
        }
    }
}

impl Literal {
    fn new(text: &str, open_start: bool, open_end: bool) -> Self {
        let mut folded = Vec::with_capacity(text.len());
        fold(text, &mut folded);
        let folded = String::from_utf8_lossy(&folded).into_owned();
        let pieces: Vec<Vec<u8>> = folded.split_whitespace().map(|piece| piece.as_bytes().to_vec()).collect();
        let rarest = (0..pieces.len())
            .max_by_key(|piece| {
                let piece = pieces.get(*piece).map(Vec::as_slice).unwrap_or_default();
                let two = rarest_two(piece);
                (two.map(|(_, byte)| rarity(byte)).iter().sum::<usize>(), piece.len())
            })
            .unwrap_or(0);
        let probes = rarest_two(pieces.get(rarest).map(Vec::as_slice).unwrap_or_default());
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let bound =
            [!open_start && word(folded.chars().next()), !open_end && word(folded.chars().next_back())];
        Self { ascii: folded.is_ascii(), pieces, rarest, probes, bound }
    }

    fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    /// The first match at or after `at` in one text.
    fn find(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        // The piece that is looked for may stand some way behind the beginning of the match.
        let mut from = at;
        while let Some(candidate) = self.candidate(text, from) {
            match self.at(text, candidate) {
                Some(range) if range.start >= at => return Some(range),
                _ => from = candidate + 1,
            }
        }
        None
    }

    /// The next place at or after `from` where the rarest piece may stand.
    fn candidate(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let len = self.pieces.get(self.rarest)?.len();
        let [(a_at, a), (b_at, b)] = self.probes;
        let places = bytes.len().checked_sub(len)? + 1;
        let mut at = from;
        while at + LANES <= places {
            let first = bytes.get(at + a_at..)?.first_chunk::<LANES>()?;
            let second = bytes.get(at + b_at..)?.first_chunk::<LANES>()?;
            let any = first
                .iter()
                .zip(second)
                .fold(0u8, |any, (x, y)| any | (u8::from(x | CASE == a) & u8::from(y | CASE == b)));
            if any != 0 {
                let hit = first.iter().zip(second).position(|(x, y)| x | CASE == a && y | CASE == b);
                return hit.map(|lane| at + lane);
            }
            at += LANES;
        }
        (at..places).find(|at| {
            let byte = |offset: usize| bytes.get(at + offset).map(|byte| byte | CASE);
            byte(a_at) == Some(a) && byte(b_at) == Some(b)
        })
    }

    /// The match whose rarest piece begins at `place`.
    fn at(&self, text: &[u8], place: usize) -> Option<Range<usize>> {
        let rarest = self.pieces.get(self.rarest)?;
        if !same(text.get(place..place + rarest.len())?, rarest) {
            return None;
        }
        let mut end = place + rarest.len();
        for piece in self.pieces.get(self.rarest + 1..)? {
            let space = text.get(end..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = end + space;
            if space == 0 || !same(text.get(next..next + piece.len())?, piece) {
                return None;
            }
            end = next + piece.len();
        }
        let mut start = place;
        for piece in self.pieces.get(..self.rarest)?.iter().rev() {
            let before = text.get(..start)?;
            let space = before.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
            let until = start - space;
            let from = until.checked_sub(piece.len())?;
            if space == 0 || !same(text.get(from..until)?, piece) {
                return None;
            }
            start = from;
        }
        let free = (!self.bound[0] || !ends_in_word(text.get(..start)?))
            && (!self.bound[1] || !begins_with_word(text.get(end..)?));
        free.then_some(start..end)
    }
}

/// Whether an ASCII or folded text is what is looked for.
fn same(text: &[u8], piece: &[u8]) -> bool {
    text.eq_ignore_ascii_case(piece)
}

fn begins_with_word(text: &[u8]) -> bool {
    match text.first() {
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => {
            let head = text.get(..text.len().min(4)).unwrap_or_default();
            first_char(head).is_some_and(char::is_alphanumeric)
        }
        None => false,
    }
}

fn ends_in_word(text: &[u8]) -> bool {
    match text.last() {
        Some(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric(),
        Some(_) => (1..=text.len().min(4))
            .find_map(|len| first_char(text.get(text.len() - len..)?))
            .is_some_and(char::is_alphanumeric),
        None => false,
    }
}

fn first_char(bytes: &[u8]) -> Option<char> {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
    };
    valid.chars().next()
}

/// The places and bytes of a piece that are rarest in prompts; twice the same in a piece of one byte.
fn rarest_two(piece: &[u8]) -> [(usize, u8); 2] {
    let places: Vec<(usize, u8)> = piece.iter().map(|byte| byte | CASE).enumerate().collect();
    let places = by_key(places, |(place, byte)| (std::cmp::Reverse(rarity(*byte)), *place));
    let first = places.first().copied().unwrap_or((0, CASE));
    [first, places.get(1).copied().unwrap_or(first)]
}

/// How rare a byte is in prompts: letters and digits in the order of how often they stand there.
fn rarity(byte: u8) -> usize {
    const ORDER: &[u8] = b" eaitrnoslhdcgumpbykfw,v.8jzxq4";
    ORDER.iter().position(|other| *other == byte).unwrap_or(ORDER.len())
}

/// A folded text with the way back to the original.
struct Fold {
    bytes: Vec<u8>,
    /// For each byte of `bytes` where its character begins in the original.
    from: Vec<u32>,
    len: usize,
}

impl Fold {
    fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len());
        let mut from = Vec::with_capacity(text.len());
        let mut starts = text.char_indices().map(|(at, _)| at).peekable();
        while let Some(at) = starts.next() {
            let end = starts.peek().copied().unwrap_or(text.len());
            fold(text.get(at..end).unwrap_or_default(), &mut bytes);
            from.resize(bytes.len(), at as u32);
        }
        Self { bytes, from, len: text.len() }
    }

    fn original(&self, range: &Range<usize>) -> Range<usize> {
        let at = |place: usize| self.from.get(place).map_or(self.len, |at| *at as usize);
        let start = at(range.start);
        // To where the next character begins: accents that were dropped belong to the one before.
        start..at(range.end).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::{Matcher, Search};
    use crate::base::words::fold;
    use crate::table::text::{NULL, Texts};
    use crate::view::query::parse;

    fn matcher(query: &str) -> Matcher {
        Matcher::new(&parse(query).unwrap()).unwrap()
    }

    #[test]
    fn what_matches() {
        let yes = [
            ("castle", "A Castle, at dawn"),
            ("castle dawn", "dawn over a castle"),
            ("\"concept art\"", "epic concept   art by greg"),
            ("-anime", "a cat"),
            ("castle | fortress", "an old fortress"),
            ("art*", "artstation"),
            ("*punk", "cyberpunk city"),
            ("*tsta*", "artstation"),
            ("/8 ?k/", "very detailed, 8K"),
            ("cafe", "un Café"),
            ("café", "a cafe"),
            ("CAFE\u{301}", "the CAFÉ"),
            ("日本", "日本 の 城"),
            ("c++", "written in c++"),
            ("mc*", "mc escher"),
            ("\"4k\"", "(4k)"),
            ("art", "art-deco"),
        ];
        let no = [
            ("art", "artstation"),
            ("castle", "castles"),
            ("*punk", "punkish"),
            ("castle dawn", "a castle"),
            ("\"concept art\"", "concept, art"),
            ("-anime", "ANIME girl"),
            ("cafe", "cafés"),
            ("日", "日本"),
            ("e", "\u{e9}t\u{e9}"),
            ("x", ""),
        ];
        for (query, text) in yes {
            assert!(matcher(query).matches(text.as_bytes()), "{query:?} is in {text:?}");
        }
        for (query, text) in no {
            assert!(!matcher(query).matches(text.as_bytes()), "{query:?} is not in {text:?}");
        }
    }

    #[test]
    fn marks_are_of_the_original() {
        let shown = |query: &str, text: &str| {
            let marks = matcher(query).marks(text);
            marks
                .iter()
                .map(|(start, end)| text[*start as usize..*end as usize].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown("castle \"concept art\" -dawn", "Castle at dawn, CONCEPT  art, castle"),
            ["Castle", "CONCEPT  art", "castle"]
        );
        assert_eq!(shown("cafe", "🏰 le Café\u{301} Cafe"), ["Café\u{301}", "Cafe"]);
        assert_eq!(shown("/a+/", "aa b aaa"), ["aa", "aaa"]);
        assert_eq!(shown("/x*/", "aa"), Vec::<String>::new());
        assert_eq!(shown("art* artstation", "artstation"), ["artstation"]);
    }

    #[test]
    fn regexes_are_bounded_and_their_errors_have_a_place() {
        let problem = |query: &str| {
            let problem = Matcher::new(&parse(query).unwrap()).unwrap_err();
            (query.get(problem.place).unwrap_or("?").to_owned(), problem.message)
        };
        assert_eq!(
            problem("castle /a(b/"),
            ("(".to_owned(), "The regular expression can't be read: unclosed group.".to_owned())
        );
        // What was escaped before it counts.
        assert_eq!(problem("/\\/é\\/a(b/").0, "(");
        assert_eq!(problem("/(\\w{100}){100}/").1, "The regular expression is too large.");
        assert!(problem("/a/ /b/ /c/ /d/ /e/").1.starts_with("At most 4"));
        // What takes others for ever takes time in proportion to the text.
        let evil = matcher("/(a*)*(a*)*b/");
        assert!(!evil.matches(&vec![b'a'; 100_000]));
    }

    /// The same, in the plainest way.
    fn naive(query: &str, text: &str) -> bool {
        let folded = |text: &str| {
            let mut bytes = Vec::new();
            fold(text, &mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        let chars: Vec<char> = folded(text).chars().collect();
        parse(query).unwrap().groups.iter().all(|group| {
            group.any.iter().any(|term| {
                let (wanted, open_start, open_end) = match &term.what {
                    crate::view::query::What::Word { text, open_start, open_end } => {
                        (text, *open_start, *open_end)
                    }
                    crate::view::query::What::Phrase(text) => (text, false, false),
                    crate::view::query::What::Regex(_) => unreachable!(),
                };
                let wanted: Vec<char> = folded(wanted).chars().collect();
                let found = (0..=chars.len()).any(|at| {
                    // Any amount of space for a space.
                    let mut end = at;
                    for c in &wanted {
                        if *c == ' ' {
                            let space = chars[end..].iter().take_while(|c| c.is_ascii_whitespace()).count();
                            if space == 0 {
                                return false;
                            }
                            end += space;
                        } else if chars.get(end) == Some(c) {
                            end += 1;
                        } else {
                            return false;
                        }
                    }
                    let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
                    let before = at.checked_sub(1).and_then(|before| chars.get(before));
                    let bound_start = !open_start && word(wanted.first());
                    let bound_end = !open_end && word(wanted.last());
                    !(bound_start && word(before) || bound_end && word(chars.get(end)))
                });
                found != term.excluded
            })
        })
    }

    #[test]
    fn much_text_is_looked_at_in_several_goes() {
        let mut texts = Texts::default();
        for n in 0..6 {
            let text = format!("{}{n}", "x".repeat(crate::table::text::BLOCK_BYTES - 8));
            let code = texts.intern(text.as_bytes()).unwrap();
            texts.push(code);
            let again = texts.intern(b"x4").unwrap();
            texts.push(again);
        }
        let mut search = Search::new(matcher("/[35]$/"));
        let mut mask = vec![1u16; texts.rows()];
        let (mut marked, mut goes) = (0, 0);
        loop {
            let done = search.advance(&texts);
            marked = search.mark(&texts, marked, 1, &mut mask);
            goes += 1;
            if done {
                break;
            }
            assert!(marked < texts.rows() && mask[marked] == 1, "{marked} rows are marked");
        }
        assert_eq!((marked, goes), (texts.rows(), 2));
        let found: Vec<usize> = (0..mask.len()).filter(|row| mask[*row] == 0).collect();
        assert_eq!(found, [6, 10]);
    }

    proptest::proptest! {
        #[test]
        fn searching_agrees_with_looking_at_each_text(
            query in "(-?(\"[abé]{1,2} [ab]{1,3}\"|\\*?[abéÉ]{1,3}\\*?)( \\| | )){0,3}[aB]",
            rows in proptest::collection::vec(proptest::option::weighted(0.9, "[abAB é,🏰]{0,60}"), 0..60),
            split in 0usize..60,
        ) {
            let mut texts = Texts::default();
            let mut search = Search::new(matcher(&query));
            let mut mask = vec![4u16; rows.len() + 1];
            let mut marked = 0;
            for (row, text) in rows.iter().enumerate() {
                let code = text.as_ref().map_or(NULL, |text| texts.intern(text.as_bytes()).unwrap());
                texts.push(code);
                if row == split {
                    search.advance(&texts);
                    marked = search.mark(&texts, 0, 1, &mut mask);
                    proptest::prop_assert_eq!(marked, split + 1);
                }
            }
            proptest::prop_assert!(search.advance(&texts));
            // Rows before the split are marked already, and their marks are still right.
            marked = search.mark(&texts, marked, 1, &mut mask);
            proptest::prop_assert_eq!(marked, rows.len());
            for (row, text) in rows.iter().enumerate() {
                let expected = naive(&query, text.as_deref().unwrap_or_default());
                proptest::prop_assert_eq!(mask[row], if expected { 4 } else { 5 }, "{:?} in {:?}", query, text);
            }
            proptest::prop_assert_eq!(mask[rows.len()], 4);
        }

        #[test]
        fn marks_hold_what_was_found(query in "[abé]{1,3}\\*?", text in "[abAB é,🏰]{0,60}") {
            let matcher = matcher(&query);
            let marks = matcher.marks(&text);
            proptest::prop_assert_eq!(!marks.is_empty(), matcher.matches(text.as_bytes()));
            for (start, end) in marks {
                proptest::prop_assert!(text.get(start as usize..end as usize).is_some());
            }
        }
    }
}
