//! Writing an index: all texts in, files out. For machines with memory; nothing of it is shipped.

use super::root::{About, Root};
use super::{CASES, MAX_WORD_BYTES, PART_BYTES, SPACES, list, pairs, rows, texts, words};
use crate::base::bytes::ByteRange;
use crate::base::words::{UNICODE, folded, squeezed, tokens};
use crate::formats::maps::Out;
use rustc_hash::FxHashMap;
use std::io;

/// Pairs are grouped in passes over all tokens, of about so many each.
const TOKENS_A_PASS: usize = 8 << 20;

/// How hard texts are compressed.
const LEVEL: i32 = 15;

/// Collects the texts of a column, row by row.
pub struct Writer {
    about: About,
    /// Texts of units, one behind the other, and where each ends; none where there is no text.
    bytes: Vec<u8>,
    ends: Vec<u64>,
    nulls: Vec<bool>,
    /// Rows of each unit.
    lens: Vec<u32>,
}

/// What an index came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Rows, runs of rows with the same text, and different texts.
    pub rows: u64,
    /// Runs of rows with the same text.
    pub units: u64,
    /// Different texts.
    pub distinct: u64,
    /// Words in all texts, different words, different pairs with what is between, and edges.
    pub tokens: u64,
    /// Different words.
    pub words: u64,
    /// Different pairs and edges.
    pub pairs: u64,
    /// The parts by name, with their bytes.
    pub sections: Vec<(&'static str, u64)>,
}

/// Where the data goes, piece by piece.
pub trait Sink {
    /// Adds bytes behind those before.
    ///
    /// # Errors
    /// Where they can't be written.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl Sink for Vec<u8> {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// A sink that knows where it is, and what came.
struct Data<'a> {
    sink: &'a mut dyn Sink,
    at: u64,
    digest: u64,
}

impl Data<'_> {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.add(bytes)?;
        self.at += bytes.len() as u64;
        for byte in bytes {
            self.digest = (self.digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
        Ok(())
    }
}

/// The words of all texts.
struct Tokens {
    /// Different words, and what stands between two, squeezed and as it is.
    words: Vec<String>,
    betweens: Vec<String>,
    /// For each token its word, and what is before it.
    token_words: Vec<u32>,
    token_betweens: Vec<u32>,
    /// Where each unit's tokens end.
    ends: Vec<usize>,
    /// Units with words that the dictionary does not hold, those of [`SPACES`], and those of [`CASES`].
    long: Vec<u32>,
    spaces: Vec<u32>,
    cases: Vec<u32>,
}

/// A pair or an edge.
struct Entry {
    key: u64,
    units: u32,
    rows: u64,
    list_bytes: u32,
    position_bytes: u32,
    /// Both, where they are short.
    here: Vec<u8>,
}

impl Writer {
    /// Of a column of this file.
    pub fn new(file_bytes: u64, etag: String, column: String) -> Self {
        let about = About { file_bytes, etag, column, rows: 0, unicode: UNICODE };
        Self { about, bytes: Vec::new(), ends: Vec::new(), nulls: Vec::new(), lens: Vec::new() }
    }

    /// Adds the next row.
    ///
    /// # Errors
    /// Where its text is too long, or there are too many.
    pub fn push(&mut self, text: Option<&[u8]>) -> io::Result<()> {
        let too_many = || io::Error::other("more rows or longer texts than an index holds");
        if self.about.rows >= u64::from(coder_most())
            || text.is_some_and(|text| text.len() > texts::MAX_TEXT_BYTES)
        {
            return Err(too_many());
        }
        self.about.rows += 1;
        if let (Some(last), Some(len)) = (self.lens.len().checked_sub(1), self.lens.last_mut())
            && self.nulls.get(last) == Some(&text.is_none())
            && unit(&self.bytes, &self.ends, last) == text.unwrap_or_default()
        {
            *len += 1;
            return Ok(());
        }
        self.bytes.extend_from_slice(text.unwrap_or_default());
        self.ends.push(self.bytes.len() as u64);
        self.nulls.push(text.is_none());
        self.lens.push(1);
        Ok(())
    }

    /// Writes the data to `sink`; the answer is the root. `tell` is told what is being done, and how far it is.
    ///
    /// # Errors
    /// Where something can't be written.
    pub fn write(self, sink: &mut dyn Sink, tell: &mut dyn FnMut(&str, f64)) -> io::Result<(Root, Report)> {
        let units = self.lens.len() as u32;
        let mut report = Report { rows: self.about.rows, units: units.into(), ..Report::default() };
        report.distinct = self.distinct();
        tell("words", 0.0);
        let tokens = self.tokens();
        report.tokens = tokens.token_words.len() as u64;
        report.words = tokens.words.len() as u64;
        let mut data = Data { sink, at: 0, digest: 0xcbf2_9ce4_8422_2325 };
        let mut root = Root { units, ..Root::default() };

        tell("lists of words", 0.1);
        let blocks = self.write_words(&tokens, &mut data)?;
        root.word_lists = ByteRange::new(0, data.at);
        for (first, bytes) in blocks {
            let start = data.at;
            data.add(&bytes)?;
            root.words.push((first, ByteRange::new(start, data.at)));
        }
        let dictionary_end = data.at;

        let pages = self.write_pairs(&tokens, &mut data, &mut report, tell)?;
        root.pair_lists = ByteRange::new(dictionary_end, data.at);
        drop(tokens);
        for bytes in pages {
            let start = data.at;
            data.add(&bytes)?;
            root.pages.push(ByteRange::new(start, data.at));
        }
        let start = data.at;
        data.add(&rows::write(&self.lens))?;
        root.rows_map = ByteRange::new(start, data.at);

        self.write_texts(&mut root, &mut data, tell)?;
        root.about = self.about;
        root.data_bytes = data.at;
        root.data_digest = data.digest;
        let sum = |ranges: &mut dyn Iterator<Item = ByteRange>| ranges.map(ByteRange::len).sum::<u64>();
        report.sections = vec![
            ("lists of words", root.word_lists.len()),
            ("dictionary", sum(&mut root.words.iter().map(|(_, range)| *range))),
            ("lists of pairs, with positions", root.pair_lists.len()),
            ("pages of pairs", sum(&mut root.pages.iter().copied())),
            ("map of rows", root.rows_map.len()),
            ("texts", sum(&mut root.texts.iter().map(|(_, range)| *range))),
        ];
        Ok((root, report))
    }

    fn distinct(&self) -> u64 {
        let mut hashes: Vec<u64> =
            (0..self.lens.len()).map(|place| crate::formats::maps::digest(self.unit(place))).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.len() as u64
    }

    fn unit(&self, place: usize) -> &[u8] {
        unit(&self.bytes, &self.ends, place)
    }

    fn tokens(&self) -> Tokens {
        let mut word_ids: FxHashMap<String, u32> = FxHashMap::default();
        let mut between_ids: FxHashMap<String, u32> = FxHashMap::default();
        let (mut token_words, mut token_betweens, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        let (mut long, mut spaces, mut cases) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..self.lens.len() {
            let text = folded(self.unit(place));
            let mut is_long = false;
            let mut has_spaces = false;
            for token in tokens(&text) {
                is_long |= token.word.len() > MAX_WORD_BYTES;
                has_spaces |= squeezed(token.before) != token.before;
                token_words.push(id(&mut word_ids, token.word));
                token_betweens.push(id(&mut between_ids, token.before));
            }
            ends.push(token_words.len());
            if is_long {
                long.push(place as u32);
            }
            if has_spaces {
                spaces.push(place as u32);
            }
            if text.contains('ſ') || text.contains('\u{212a}') {
                cases.push(place as u32);
            }
        }
        let in_order = |ids: FxHashMap<String, u32>| {
            let mut texts = vec![String::new(); ids.len()];
            for (text, id) in ids {
                if let Some(own) = texts.get_mut(id as usize) {
                    *own = text;
                }
            }
            texts
        };
        let (words, betweens) = (in_order(word_ids), in_order(between_ids));
        Tokens { words, betweens, token_words, token_betweens, ends, long, spaces, cases }
    }

    fn rows_of(&self, units: &[u32]) -> u64 {
        units.iter().filter_map(|unit| self.lens.get(*unit as usize)).map(|len| u64::from(*len)).sum()
    }

    /// Writes the lists of words; the answer is the dictionary, in blocks.
    fn write_words(&self, tokens: &Tokens, data: &mut Data<'_>) -> io::Result<Vec<(String, Vec<u8>)>> {
        let universe = self.lens.len() as u32;
        // Units by word: counted, then put where they belong.
        let mut starts = vec![0_usize; tokens.words.len() + 1];
        let mut last = vec![u32::MAX; tokens.words.len()];
        let mut each = |then: &mut dyn FnMut(usize, u32)| {
            last.fill(u32::MAX);
            let mut from = 0;
            for (unit, end) in tokens.ends.iter().enumerate() {
                for word in tokens.token_words.get(from..*end).unwrap_or_default() {
                    let word = *word as usize;
                    if let Some(last) = last.get_mut(word)
                        && std::mem::replace(last, unit as u32) != unit as u32
                    {
                        then(word, unit as u32);
                    }
                }
                from = *end;
            }
        };
        each(&mut |word, _| {
            if let Some(count) = starts.get_mut(word + 1) {
                *count += 1;
            }
        });
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut postings = vec![0_u32; sum];
        let mut next = starts.clone();
        each(&mut |word, unit| {
            if let Some(at) = next.get_mut(word) {
                if let Some(slot) = postings.get_mut(*at) {
                    *slot = unit;
                }
                *at += 1;
            }
        });
        let mut order: Vec<usize> = (0..tokens.words.len())
            .filter(|word| tokens.words.get(*word).is_some_and(|text| text.len() <= MAX_WORD_BYTES))
            .collect();
        order.sort_unstable_by_key(|word| tokens.words.get(*word));

        let of_word = |word: &usize| {
            let (start, end) = (starts.get(*word), starts.get(word + 1));
            let own = start.zip(end).and_then(|(start, end)| postings.get(*start..*end));
            (tokens.words.get(*word).map_or("", String::as_str), own.unwrap_or_default())
        };
        let special = [("", &tokens.long), (SPACES, &tokens.spaces), (CASES, &tokens.cases)];
        let special = special.map(|(word, units)| (word, units.as_slice()));
        let special = special.into_iter().filter(|(_, units)| !units.is_empty());
        let mut blocks: Vec<(String, Vec<u8>)> = Vec::new();
        let mut block = Out::default();
        let (mut first, mut before) = (String::new(), "");
        let base = data.at;
        for (word, units) in special.chain(order.iter().map(of_word)) {
            if block.0.len() >= words::BLOCK_BYTES {
                blocks.push((std::mem::take(&mut first), std::mem::take(&mut block).0));
            }
            if block.0.is_empty() {
                first = word.to_owned();
                before = "";
                block.number(data.at - base);
            }
            let shared = words::shared(before, word);
            block.number(shared as u64);
            block.text(word.get(shared..).unwrap_or_default());
            block.number(units.len() as u64);
            block.number(self.rows_of(units) - units.len() as u64);
            let bytes = list::write(units, universe);
            block.number(bytes.len() as u64);
            if units.len() <= words::INLINE_UNITS as usize {
                block.0.extend_from_slice(&bytes);
            } else {
                data.add(&bytes)?;
            }
            before = word;
        }
        if !block.0.is_empty() {
            blocks.push((first, block.0));
        }
        Ok(blocks)
    }

    /// Writes the lists of pairs and edges; the answer is their pages.
    fn write_pairs(
        &self,
        tokens: &Tokens,
        data: &mut Data<'_>,
        report: &mut Report,
        tell: &mut dyn FnMut(&str, f64),
    ) -> io::Result<Vec<Vec<u8>>> {
        let universe = self.lens.len() as u32;
        let word_hashes: Vec<u64> = tokens.words.iter().map(|word| pairs::hash(word)).collect();
        let between_hashes: Vec<u64> =
            tokens.betweens.iter().map(|between| pairs::hash(&squeezed(between))).collect();
        let plain: Vec<bool> = tokens.betweens.iter().map(|between| squeezed(between) == " ").collect();
        // Letters at the ends of words are few: edges are found by a table.
        let ends: Vec<(char, char)> = tokens
            .words
            .iter()
            .map(|word| (word.chars().next().unwrap_or(' '), word.chars().next_back().unwrap_or(' ')))
            .collect();
        let mut edge_keys: FxHashMap<(char, u32, char), u64> = FxHashMap::default();
        let passes = (tokens.token_words.len() * 2 / TOKENS_A_PASS + 1).next_power_of_two();
        let pass_bits = passes.trailing_zeros();
        // Each pass has a stretch of keys, in their order, so that a page says where its first list is.
        let mut lists: Vec<(u64, u32, u32)> = Vec::new();
        let mut all: Vec<Entry> = Vec::new();
        for pass in 0..passes as u64 {
            tell("pairs", 0.2 + 0.6 * pass as f64 / passes as f64);
            lists.clear();
            let own = |key: u64| pass_bits == 0 || key >> (64 - pass_bits) == pass;
            let mut from = 0;
            for (unit, end) in tokens.ends.iter().enumerate() {
                let words = tokens.token_words.get(from..*end).unwrap_or_default();
                let betweens = tokens.token_betweens.get(from..*end).unwrap_or_default();
                let mut place = 0_u32;
                for ((word, next), between) in
                    words.iter().zip(words.iter().skip(1)).zip(betweens.iter().skip(1))
                {
                    let at = |hashes: &[u64], id: u32| hashes.get(id as usize).copied().unwrap_or_default();
                    let key = pairs::key(
                        at(&word_hashes, *word),
                        at(&between_hashes, *between),
                        at(&word_hashes, *next),
                    );
                    if own(key) {
                        lists.push((key, unit as u32, place));
                    }
                    let letter = |id: u32| ends.get(id as usize).copied().unwrap_or((' ', ' '));
                    let (last, first) = (letter(*word).1, letter(*next).0);
                    let edge = *edge_keys.entry((last, *between, first)).or_insert_with(|| {
                        let between = tokens.betweens.get(*between as usize);
                        pairs::edge_key(last, between.map_or("", String::as_str), first)
                    });
                    if own(edge) {
                        // Behind all places of words.
                        lists.push((edge, unit as u32, u32::MAX));
                    }
                    place += if plain.get(*between as usize) == Some(&true) { 1 } else { 2 };
                }
                from = *end;
            }
            lists.sort_unstable();
            lists.dedup();
            for group in lists.chunk_by(|a, b| a.0 == b.0) {
                let Some((key, _, place)) = group.first().copied() else { continue };
                let mut units: Vec<u32> = group.iter().map(|(_, unit, _)| *unit).collect();
                units.dedup();
                let places: Vec<Vec<u32>> = if place == u32::MAX {
                    Vec::new()
                } else {
                    group
                        .chunk_by(|a, b| a.1 == b.1)
                        .map(|own| own.iter().map(|(_, _, place)| *place).collect())
                        .collect()
                };
                let list = list::write(&units, universe);
                let positions = pairs::write_positions(places.iter().map(Vec::as_slice));
                let rows = self.rows_of(&units);
                let units = units.len() as u32;
                let (list_bytes, position_bytes) = (list.len() as u32, positions.len() as u32);
                let mut here = Vec::new();
                if units <= pairs::INLINE_UNITS {
                    here = [list, positions].concat();
                } else {
                    data.add(&list)?;
                    data.add(&positions)?;
                }
                all.push(Entry { key, units, rows, list_bytes, position_bytes, here });
            }
        }
        report.pairs = all.len() as u64;
        let bytes: usize = all.iter().map(|entry| entry.here.len() + 9).sum();
        let mut count = (bytes / pairs::PAGE_BYTES).max(1).next_power_of_two();
        // Twice as many pages tell keys apart that are the same so far.
        let place = |entry: &Entry, count| (pairs::page_of(entry.key, count), pairs::short(entry.key, count));
        let same =
            |count| all.iter().zip(all.iter().skip(1)).any(|(a, b)| place(a, count) == place(b, count));
        while same(count) {
            count *= 2;
        }
        let mut pages = vec![Out::default(); count];
        let mut at = 0;
        for Entry { key, units, rows, list_bytes, position_bytes, here } in all {
            let Some(page) = pages.get_mut(pairs::page_of(key, count)) else { continue };
            if page.0.is_empty() {
                page.number(at);
            }
            page.0.extend_from_slice(&pairs::short(key, count).to_be_bytes());
            page.number(units.into());
            page.number(rows - u64::from(units));
            page.number(list_bytes.into());
            page.number(position_bytes.into());
            page.0.extend_from_slice(&here);
            if units > pairs::INLINE_UNITS {
                at += u64::from(list_bytes) + u64::from(position_bytes);
            }
        }
        Ok(pages.into_iter().map(|page| page.0).collect())
    }

    fn write_texts(
        &self,
        root: &mut Root,
        data: &mut Data<'_>,
        tell: &mut dyn FnMut(&str, f64),
    ) -> io::Result<()> {
        let units = self.lens.len();
        let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
        let mut first = 0;
        while first < units {
            let mut end = first;
            let mut bytes = 0;
            while end < units && end - first < texts::BLOCK_UNITS && bytes < texts::BLOCK_BYTES {
                bytes += self.unit(end).len();
                end += 1;
            }
            let mut block = Out::default();
            for place in first..end {
                let null = self.nulls.get(place) == Some(&true);
                block.number(if null { 0 } else { self.unit(place).len() as u64 + 1 });
            }
            (first..end).for_each(|place| block.0.extend_from_slice(self.unit(place)));
            let start = data.at;
            data.add(&compressor.compress(&block.0)?)?;
            root.texts.push((first as u32, ByteRange::new(start, data.at)));
            if (first / texts::BLOCK_UNITS).is_multiple_of(1_024) {
                tell("texts", 0.8 + 0.2 * first as f64 / units as f64);
            }
            first = end;
        }
        Ok(())
    }
}

fn unit<'a>(bytes: &'a [u8], ends: &[u64], place: usize) -> &'a [u8] {
    let start = place.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| *end as usize);
    let end = ends.get(place).map_or(start, |end| *end as usize);
    bytes.get(start..end).unwrap_or_default()
}

fn id(ids: &mut FxHashMap<String, u32>, text: &str) -> u32 {
    if let Some(id) = ids.get(text) {
        return *id;
    }
    let id = ids.len() as u32;
    ids.insert(text.to_owned(), id);
    id
}

fn coder_most() -> u32 {
    super::coder::MAX_NUMBER
}

/// In how many files the data goes.
pub fn parts(data_bytes: u64) -> u32 {
    data_bytes.div_ceil(PART_BYTES) as u32
}
