//! Queries of every kind, answered by an index and by a look at every text: the same rows, over real prompts and over
//! a generated table.
//!
//! `VITRINE_QUERIES` says how many queries instead of the usual few, `VITRINE_TEXTS` names a file with more texts, one a
//! line, and `VITRINE_SEED` draws others.
#![allow(clippy::print_stdout, reason = "what was asked is told")]

use crate::server::{HUB, column, reference};
use fixture::prompts::Corpus;
use fixture::rng::Rng;
use std::collections::BTreeMap;
use vitrine::formats::text_index::Index;
use vitrine::formats::text_index::plan::Step;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::verify::Verify;
use vitrine::formats::text_index::write::Writer;
use vitrine::table::indexed::plan;
use vitrine::table::search::Matcher;
use vitrine::view::query::parse;

/// Queries of a usual run, for each table.
const QUERIES: usize = 80;

type Texts = Vec<Option<String>>;

/// An index, and its data.
struct Asked {
    index: Index,
    data: Vec<u8>,
    /// The texts of units, and the rows of each: as the matcher sees them, one time each.
    units: Vec<(String, std::ops::Range<usize>)>,
}

impl Asked {
    fn new(texts: &[Option<String>]) -> Self {
        let mut writer = Writer::new(1, "tag".to_owned(), "prompt".to_owned());
        texts.iter().for_each(|text| writer.push(text.as_deref().map(str::as_bytes)).unwrap());
        let mut data = Vec::new();
        let (root, _) = writer.write(&mut data, &mut |_, _| {}).unwrap();
        let index = Index::new(Root::read(&root.write().unwrap()).unwrap());
        let mut units: Vec<(String, std::ops::Range<usize>)> = Vec::new();
        for (row, text) in texts.iter().enumerate() {
            let text = text.as_deref().unwrap_or_default();
            match units.last_mut() {
                Some((own, rows)) if own == text => rows.end = row + 1,
                _ => units.push((text.to_owned(), row..row + 1)),
            }
        }
        let mut asked = Self { index, data, units };
        while let Some(range) = asked.index.needs_rows().unwrap() {
            asked.feed(vec![range]);
        }
        asked
    }

    fn feed(&mut self, ranges: Vec<vitrine::base::bytes::ByteRange>) {
        assert!(!ranges.is_empty(), "nothing is wanted, and nothing answered");
        for range in ranges {
            let bytes = self.data[range.start as usize..range.end as usize].to_vec();
            self.index.feed(range, bytes);
        }
    }

    /// Asks both ways; how many rows match, and how many texts the index looked at.
    fn check(&mut self, text: &str) -> Option<(usize, u64)> {
        let query = parse(text).ok().filter(|query| !query.is_empty())?;
        let matcher = Matcher::new(&query).ok()?;
        self.index.begin();
        let mut plan = plan(&query);
        let bounds = loop {
            match plan.advance(&self.index).unwrap() {
                Step::Needs(ranges) => self.feed(ranges),
                Step::Done(bounds) => break bounds,
            }
        };
        let counted = plan.count(&self.index).unwrap();
        let mut verify = Verify::new(bounds);
        let (looked, _) = verify.left();
        loop {
            while verify.advance(&mut self.index, |text| matcher.matches(text)).unwrap() {}
            if verify.is_done() {
                break;
            }
            let wants = verify.wants(&self.index);
            self.feed(wants);
        }
        let first = self.index.first_rows();
        let mut found = vec![false; *first.last().unwrap() as usize];
        for unit in verify.hits().members(0) {
            found[first[unit] as usize..first[unit + 1] as usize].fill(true);
        }
        let mut matching = 0;
        for (own, rows) in &self.units {
            let expected = matcher.matches(own.as_bytes());
            matching += if expected { rows.len() } else { 0 };
            let wrong = found[rows.clone()].iter().position(|found| *found != expected);
            assert!(wrong.is_none(), "{text:?} in row {}: {own:?}", rows.start + wrong.unwrap_or(0));
        }
        assert!(
            counted.is_none_or(|rows| rows == matching as u64),
            "{text:?}: {counted:?} and {matching} rows"
        );
        Some((matching, looked))
    }
}

/// Draws queries, made of pieces of texts.
struct Draws<'a> {
    texts: &'a [Option<String>],
    rng: Rng,
}

impl Draws<'_> {
    fn dice(&mut self, sides: usize) -> usize {
        self.rng.below(sides.max(1))
    }

    /// Some words of a text in a row, as they stand there.
    fn piece(&mut self, most: usize) -> String {
        for _ in 0..50 {
            let place = self.dice(self.texts.len());
            let text = self.texts[place].as_deref().unwrap_or_default().replace(['"', '/', '\n'], " ");
            let words: Vec<&str> = text.split(' ').collect();
            let from = self.dice(words.len());
            let count = 1 + self.dice(most);
            let piece = words[from..(from + count).min(words.len())].join(" ");
            if piece.chars().any(char::is_alphanumeric) {
                return piece;
            }
        }
        "art".to_owned()
    }

    /// A word, and the same in two halves.
    fn word(&mut self) -> (String, String, String) {
        let word: String = self.piece(1).chars().filter(|c| c.is_alphanumeric()).collect();
        let chars: Vec<char> = word.chars().collect();
        let cut = self.dice(chars.len());
        (word, chars[..cut].iter().collect(), chars[cut..].iter().collect())
    }

    /// What an expression takes for a text, escaped.
    fn escaped(&mut self, most: usize) -> String {
        let piece = self.piece(most);
        let escape = |c: char| {
            let plain = c.is_alphanumeric() || c == ' ' || !c.is_ascii();
            if plain { c.to_string() } else { format!("\\{c}") }
        };
        piece.chars().map(escape).collect()
    }

    fn expression(&mut self) -> (&'static str, String) {
        let (word, head, tail) = self.word();
        let (other, ..) = self.word();
        match self.dice(14) {
            0 => ("text", self.escaped(1)),
            1 => ("texts", self.escaped(4)),
            2 => ("either", format!("({word}|{other})")),
            3 => ("either behind", format!("{word} ({other}|{head}|the )")),
            4 => ("anything between", format!("{head}.*{tail}")),
            5 => ("a gap", format!("{word}.{{0,12}}{other}")),
            6 => ("beginning", format!("^{}", self.escaped(2))),
            7 => ("end", format!("{}$", self.escaped(2))),
            8 => ("edges of words", format!("\\b{head}\\w*\\b")),
            9 => (
                "numbers",
                ["[0-9]{3,4}", "[0-9]+ ?mm", "8 ?k", "\\d+[a-z]", "[0-9]"][self.dice(5)].to_owned(),
            ),
            10 => ("optional", format!("{head}{}?{tail}", word.chars().next().unwrap_or('a'))),
            11 => (
                "signs",
                ["[,;] ?by", " - ", "\\(", "[[:punct:]]{2}", "  +", "a, a", "\\s$"][self.dice(7)].to_owned(),
            ),
            12 => ("case", format!("(?-i){}", self.escaped(1).to_uppercase())),
            _ => ("a class", format!("{head}[a-z]{tail}")),
        }
    }

    fn term(&mut self) -> (&'static str, String) {
        let (word, head, tail) = self.word();
        match self.dice(14) {
            0 => ("word", word),
            1 => ("word in capitals", word.to_uppercase()),
            2 => ("two words", format!("\"{}\"", self.piece(2))),
            3 => ("three words", format!("\"{}\"", self.piece(3))),
            4 => ("phrase", format!("\"{}\"", self.piece(9))),
            5 => (
                "phrase with signs",
                format!(
                    "\"{}{}{}\"",
                    ["", ", ", "("][self.dice(3)],
                    self.piece(3),
                    [",", ".", "", ")"][self.dice(4)]
                ),
            ),
            6 => ("beginning of words", format!("{head}*")),
            7 => ("end of words", format!("*{tail}")),
            8 => ("part of words", format!("*{tail}*")),
            9 => ("as it is written", self.piece(1)),
            10 => ("parts with signs", format!("{}*", self.piece(1))),
            _ => {
                let (kind, expression) = self.expression();
                (kind, format!("/{expression}/"))
            }
        }
    }

    /// A query, and the kinds of its terms.
    fn query(&mut self) -> (String, Vec<&'static str>) {
        let (mut query, mut kinds) = (String::new(), Vec::new());
        for place in 0..1 + self.dice(4) {
            let (kind, term) = self.term();
            let minus = if self.dice(4) == 0 { "-" } else { "" };
            let bar = if place > 0 && self.dice(4) == 0 { "| " } else { "" };
            query.push_str(&format!("{bar}{minus}{term} "));
            kinds.push(kind);
        }
        (query, kinds)
    }
}

fn check(name: &str, texts: &[Option<String>]) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let count = number("VITRINE_QUERIES").unwrap_or(QUERIES);
    let mut asked = Asked::new(texts);
    let mut draws =
        Draws { texts, rng: Rng::new(number("VITRINE_SEED").unwrap_or(1) as u64, 7, count as u64) };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut usable, mut found, mut by_lists) = (0, 0, 0);
    for _ in 0..count {
        let (query, own) = draws.query();
        let Some((matching, looked)) = asked.check(&query) else { continue };
        usable += 1;
        found += usize::from(matching > 0);
        by_lists += usize::from(looked == 0);
        own.into_iter().for_each(|kind| *kinds.entry(kind).or_default() += 1);
    }
    println!(
        "{name}: {} texts, {usable} of {count} queries can be asked, {found} find rows, {by_lists} by lists alone: {kinds:?}",
        texts.len()
    );
    // It is queries that were asked, of every kind, with rows and without.
    assert!(
        usable * 10 > count * 8 && found * 3 > usable && found < usable && by_lists * 4 > usable,
        "{name}"
    );
    assert!(kinds.len() >= if count < 1_000 { 20 } else { 25 }, "{}: {kinds:?}", kinds.len());
}

#[test]
fn queries_of_all_kinds_find_the_same_rows_of_real_prompts() {
    let corpus = Corpus::load().unwrap();
    let real = corpus.prompts.into_iter().map(|prompt| prompt.text);
    let mut texts: Texts =
        real.chain(corpus.ranked.into_iter().map(|prompt| prompt.text)).map(Some).collect();
    if let Some(path) = std::env::var_os("VITRINE_TEXTS") {
        let more = std::fs::read_to_string(path).unwrap();
        texts.extend(more.lines().map(|line| Some(line.to_owned())));
    }
    // What real prompts seldom have.
    texts.extend([None, Some(String::new())]);
    texts.push(Some("ſharp Kelvin \u{212a}  double  spaced, İstanbul straße".to_owned()));
    texts.push(Some(format!("{} long", "x".repeat(300))));
    check("real prompts", &texts);
}

#[test]
fn queries_of_all_kinds_find_the_same_rows_of_a_generated_table() {
    let batch = reference(&HUB);
    let prompts = arrow_array::cast::as_string_array(column(&batch, "prompt"));
    let texts: Texts = prompts.iter().map(|text| text.map(str::to_owned)).collect();
    check("generated table", &texts);
}
