//! Writing an index: all texts in, files out. For machines with memory; nothing of it is shipped.

mod keys;
mod tokens;
mod unions;

use super::root::{About, Root};
use super::{CASES, JOINS, MAX_WORD_BYTES, PART_BYTES, SIGNS, SPACES, list, pairs, rows, texts, words};
use crate::base::bits::Bits;
use crate::base::bytes::ByteRange;
use crate::base::words::UNICODE;
use crate::formats::maps::Out;
use keys::Hashes;
use rustc_hash::FxHashMap;
use std::io;
use tokens::{Lists, Tokens};
use unions::{Unions, unions};

/// Pairs are grouped in passes over all tokens, of about so many entries each.
const ENTRIES_A_PASS: usize = 16 << 20;

/// What two neighbouring words are entered as, about.
const ENTRIES_A_TOKEN: usize = 4;

/// What is entered without places.
const NO_PLACE: u32 = u32::MAX;

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

/// Blocks of the dictionary, by their first words.
type Blocks = Vec<(String, Vec<u8>)>;

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
        let tokens = Tokens::new((0..self.lens.len()).map(|place| self.unit(place)));
        report.tokens = tokens.token_words.len() as u64;
        report.words = tokens.words.len() as u64;
        let mut data = Data { sink, at: 0, digest: 0xcbf2_9ce4_8422_2325 };
        let mut root = Root { units, has_signs: true, ..Root::default() };

        tell("lists of words", 0.1);
        let lists = Lists::new(tokens.words.len(), |each| tokens.each_word(each));
        let (blocks, unions) = self.write_words(&tokens, &lists, &mut data)?;
        root.word_lists = ByteRange::new(0, data.at);
        for (first, bytes) in blocks {
            let start = data.at;
            data.add(&bytes)?;
            root.words.push((first, ByteRange::new(start, data.at)));
        }
        let dictionary_end = data.at;

        let pages = self.write_pairs(&tokens, (&lists, &unions), &mut data, &mut report, tell)?;
        root.pair_lists = ByteRange::new(dictionary_end, data.at);
        drop((tokens, lists));
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

    fn rows_of(&self, units: &[u32]) -> u64 {
        units.iter().filter_map(|unit| self.lens.get(*unit as usize)).map(|len| u64::from(*len)).sum()
    }

    /// Writes the lists of words and of signs; the answer is the dictionary, in blocks, and the words of each union.
    fn write_words(
        &self,
        tokens: &Tokens,
        lists: &Lists,
        data: &mut Data<'_>,
    ) -> io::Result<(Blocks, Unions)> {
        let universe = self.lens.len() as u32;
        let mut order: Vec<usize> = (0..tokens.words.len())
            .filter(|word| tokens.words.get(*word).is_some_and(|text| text.len() <= MAX_WORD_BYTES))
            .collect();
        order.sort_unstable_by_key(|word| tokens.words.get(*word));
        let of_word = |word: &usize| {
            (tokens.words.get(*word).cloned().unwrap_or_default(), Some(*word), lists.of(*word))
        };
        let of_signs = Lists::new(tokens.betweens.len(), |each| tokens.each_between(each));
        let mut signs: Vec<usize> = (0..tokens.betweens.len())
            .filter(|own| {
                tokens.betweens.get(*own).is_some_and(|own| (1..MAX_WORD_BYTES).contains(&own.len()))
            })
            .collect();
        signs.sort_unstable_by_key(|own| tokens.betweens.get(*own));
        let signs = signs.iter().map(|own| {
            let text = tokens.betweens.get(*own).map_or("", String::as_str);
            (format!("{SIGNS}{text}"), None, of_signs.of(*own))
        });
        let special =
            [("", &tokens.long), (SPACES, &tokens.spaces), (CASES, &tokens.cases), (JOINS, &tokens.joins)];
        let special = special.map(|(word, units)| (word.to_owned(), None, units.as_slice()));
        let special = special.into_iter().filter(|(.., units)| !units.is_empty());
        let mut list_bytes = vec![0_u32; tokens.words.len()];
        let mut blocks = Blocks::new();
        let mut block = Out::default();
        let (mut first, mut before) = (String::new(), String::new());
        let base = data.at;
        for (word, number, units) in special.chain(signs).chain(order.iter().map(of_word)) {
            if block.0.len() >= words::BLOCK_BYTES {
                blocks.push((std::mem::take(&mut first), std::mem::take(&mut block).0));
            }
            if block.0.is_empty() {
                first.clone_from(&word);
                before.clear();
                block.number(data.at - base);
            }
            let shared = words::shared(&before, &word);
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
                if let Some(own) = number.and_then(|number| list_bytes.get_mut(number)) {
                    *own = bytes.len() as u32;
                }
            }
            before = word;
        }
        if !block.0.is_empty() {
            blocks.push((first, block.0));
        }
        Ok((blocks, unions(&tokens.words, &list_bytes)))
    }

    /// The units that have any of these words.
    fn union(&self, words: &[u32], lists: &Lists) -> Vec<u32> {
        let mut bits = Bits::new(self.lens.len(), false);
        for word in words {
            lists.of(*word as usize).iter().for_each(|unit| bits.set(*unit as usize, true));
        }
        bits.members(0).map(|unit| unit as u32).collect()
    }

    /// Writes the lists of pairs, edges and unions; the answer is their pages.
    fn write_pairs(
        &self,
        tokens: &Tokens,
        (lists_of_words, unions): (&Lists, &Unions),
        data: &mut Data<'_>,
        report: &mut Report,
        tell: &mut dyn FnMut(&str, f64),
    ) -> io::Result<Vec<Vec<u8>>> {
        let universe = self.lens.len() as u32;
        let hashes = Hashes::new(tokens);
        let passes = (tokens.token_words.len() * ENTRIES_A_TOKEN / ENTRIES_A_PASS + 1).next_power_of_two();
        let pass_bits = passes.trailing_zeros();
        let mut edges: FxHashMap<(char, u32, char), u64> = FxHashMap::default();
        let mut unions = unions.iter().peekable();
        // Each pass has a stretch of keys, in their order, so that a page says where its first list is.
        let mut lists: Vec<(u64, u32, u32)> = Vec::new();
        let mut all: Vec<Entry> = Vec::new();
        for pass in 0..passes as u64 {
            tell("pairs", 0.2 + 0.6 * pass as f64 / passes as f64);
            lists.clear();
            let mut from = 0;
            for (unit, end) in tokens.ends.iter().enumerate() {
                let mut add = |key: u64, place: u32| {
                    if pass_bits == 0 || key >> (64 - pass_bits) == pass {
                        lists.push((key, unit as u32, place));
                    }
                };
                let words = tokens.token_words.get(from..*end).unwrap_or_default();
                let betweens = tokens.token_betweens.get(from..*end).unwrap_or_default();
                let tail = tokens.tails.get(unit).copied().unwrap_or_default();
                let nexts = words.iter().map(|word| hashes.word(*word)).chain([Some(hashes.end)]);
                let mut last = hashes.begin;
                let mut place = 0_u32;
                for (next, between) in nexts.zip(betweens.iter().chain([&tail])) {
                    let (Some(next), Some(own)) = (next, hashes.betweens.get(*between as usize)) else {
                        continue;
                    };
                    let pair = pairs::key(last.hash, own.squeezed, next.hash);
                    add(pair, place);
                    if own.squeezed != own.exact {
                        add(pairs::odd_key(pair), NO_PLACE);
                    }
                    let edge = *edges.entry((last.end, *between, next.start)).or_insert_with(|| {
                        let between = tokens.betweens.get(*between as usize);
                        pairs::edge_key(last.end, between.map_or("", String::as_str), next.start)
                    });
                    add(edge, NO_PLACE);
                    match (last.is_word, next.is_word) {
                        (true, true) if own.is_space => {
                            add(pairs::key(last.hash, own.exact, next.start_hash), NO_PLACE);
                            add(pairs::key(last.end_hash, own.exact, next.hash), NO_PLACE);
                        }
                        _ if own.is_space || own.is_empty => {}
                        (before, behind) => {
                            if before {
                                add(pairs::key(last.hash, own.exact, hashes.any), place);
                            }
                            if behind {
                                add(pairs::key(hashes.any, own.exact, next.hash), place);
                            }
                        }
                    }
                    place += if own.is_plain { 1 } else { 2 };
                    last = next;
                }
                from = *end;
            }
            lists.sort_unstable();
            lists.dedup();
            let mut groups = lists.chunk_by(|a, b| a.0 == b.0).peekable();
            loop {
                let next = groups.peek().and_then(|group| group.first()).map(|(key, ..)| *key);
                let is_own = |key: &u64| pass_bits == 0 || key >> (64 - pass_bits) == pass;
                let union = unions.next_if(|(key, _)| is_own(key) && next.is_none_or(|next| **key < next));
                if let Some((key, words)) = union {
                    let units = self.union(words, lists_of_words);
                    let list = list::write(&units, universe);
                    all.push(self.entry(*key, &units, list, Vec::new(), data)?);
                    continue;
                }
                let Some(group) = groups.next() else { break };
                let Some((key, _, place)) = group.first().copied() else { continue };
                let mut units: Vec<u32> = group.iter().map(|(_, unit, _)| *unit).collect();
                units.dedup();
                let places: Vec<Vec<u32>> = if place == NO_PLACE {
                    Vec::new()
                } else {
                    group
                        .chunk_by(|a, b| a.1 == b.1)
                        .map(|own| own.iter().map(|(_, _, place)| *place).collect())
                        .collect()
                };
                let list = list::write(&units, universe);
                let positions = pairs::write_positions(places.iter().map(Vec::as_slice));
                all.push(self.entry(key, &units, list, positions, data)?);
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

    /// The entry of a list, which is written unless it is short.
    fn entry(
        &self,
        key: u64,
        units: &[u32],
        list: Vec<u8>,
        positions: Vec<u8>,
        data: &mut Data<'_>,
    ) -> io::Result<Entry> {
        let rows = self.rows_of(units);
        let units = units.len() as u32;
        let (list_bytes, position_bytes) = (list.len() as u32, positions.len() as u32);
        let mut here = Vec::new();
        if units <= pairs::INLINE_UNITS {
            here = [list, positions].concat();
        } else {
            data.add(&list)?;
            data.add(&positions)?;
        }
        Ok(Entry { key, units, rows, list_bytes, position_bytes, here })
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

fn coder_most() -> u32 {
    super::coder::MAX_NUMBER
}

/// In how many files the data goes.
pub fn parts(data_bytes: u64) -> u32 {
    data_bytes.div_ceil(PART_BYTES) as u32
}
