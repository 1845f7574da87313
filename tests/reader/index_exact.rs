//! Queries of every kind, answered by an index and by a look at every text: the same rows, over real prompts and over
//! a generated table.
//!
//! `VITRINE_QUERIES` says how many queries instead of the usual few, `VITRINE_TEXTS` names a file with more texts, one a
//! line, and `VITRINE_SEED` draws others. `VITRINE_INDEX` names a folder with an index, of which is told what costly
//! queries read.
#![allow(clippy::print_stdout, reason = "what was asked is told")]

use crate::server::{HUB, column, reference};
use fixture::prompts::Corpus;
use fixture::rng::Rng;
use std::collections::BTreeMap;
use vitrine::formats::text_index::plan::Step;
use vitrine::formats::text_index::root::Root;
use vitrine::formats::text_index::verify::Verify;
use vitrine::formats::text_index::wants::requests;
use vitrine::formats::text_index::write::Writer;
use vitrine::formats::text_index::{Index, texts};
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
    /// Bytes and ranges that were read of it for the last query.
    read: (u64, usize),
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
        Self::begin(index, data, units)
    }

    /// Of an index that was made earlier, with the texts that it has.
    fn of_files(root: &[u8], data: &[u8]) -> Self {
        let mut asked = Self::begin(Index::new(Root::read(root).unwrap()), data.to_vec(), Vec::new());
        for number in 0..asked.index.root.texts.len() {
            let (range, first, end) = texts::block(&asked.index.root, number).unwrap();
            let block = texts::read(&data[range.start as usize..range.end as usize], first, end).unwrap();
            for unit in first..end {
                let text = block.text(unit).unwrap().unwrap_or_default();
                let rows = &asked.index.first_rows()[unit as usize..unit as usize + 2];
                let rows = rows[0] as usize..rows[1] as usize;
                asked.units.push((String::from_utf8(text.to_vec()).unwrap(), rows));
            }
        }
        asked
    }

    fn begin(index: Index, data: Vec<u8>, units: Vec<(String, std::ops::Range<usize>)>) -> Self {
        let mut asked = Self { index, data, units, read: (0, 0) };
        while let Some(range) = asked.index.needs_rows().unwrap() {
            asked.feed(vec![range]);
        }
        asked
    }

    fn feed(&mut self, ranges: Vec<vitrine::base::bytes::ByteRange>) {
        assert!(!ranges.is_empty(), "nothing is wanted, and nothing answered");
        for range in requests(ranges) {
            self.read.0 += range.len();
            self.read.1 += 1;
            let bytes = self.data[range.start as usize..range.end as usize].to_vec();
            self.index.feed(range, bytes);
        }
    }

    /// Asks both ways; how many rows match, and how many texts the index looked at.
    fn check(&mut self, text: &str) -> Option<(usize, u64)> {
        let query = parse(text).ok().filter(|query| !query.is_empty())?;
        let matcher = Matcher::new(&query).ok()?;
        self.index.begin();
        self.read = (0, 0);
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
        match self.dice(22) {
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
                ["[,;] ?by", " - ", "\\(", "[[:punct:]]{2}", "  +", "a, a", "\\s$", "\\|", "--", ", $"]
                    [self.dice(10)]
                .to_owned(),
            ),
            12 => ("case", format!("(?-i){}", self.escaped(1).to_uppercase())),
            13 => ("whole words", format!("\\b{}\\b", self.escaped(3))),
            14 => ("beginning of a word", format!("\\b{head}")),
            15 => ("end of a word", format!("{tail}\\b{}", ["", " ", ",", " ?\\b"][self.dice(4)])),
            16 => ("the whole text", format!("^{}$", [".*", "", "\\W*", "[a-z ]+"][self.dice(4)])),
            17 => ("beginning and more", format!("^\\W?{word}[ ,]+(a|{other}|{head})")),
            18 => ("signs between", {
                let between = ["[- ]", "[,;] ", "\\W+", "\\s+", " ?", ",? ", "  ", " (the )?"][self.dice(8)];
                let piece = self.escaped(2);
                format!("{}{}", piece.replacen(' ', between, 1), ["", ",", " ", "$"][self.dice(4)])
            }),
            19 => ("signs at the ends", {
                let signs = [" ", ", ", ",", "\\(", "^", "\\.", "[^a-z]", "\\|"];
                format!("{}{}{}", signs[self.dice(8)], self.escaped(2), signs[self.dice(8)].replace('^', "$"))
            }),
            20 => ("words of a kind", {
                let kinds = ["\\w+", "[0-9]+", "[a-z]{3}", "\\d", "[aeiou]+", "\\w*"];
                let between = [" ", "[- ]", ", ", "", " ?"][self.dice(5)];
                format!("{}{between}{}", kinds[self.dice(6)], [&word, &head, "\\w+ a", &tail][self.dice(4)])
            }),
            _ => ("a class", format!("{head}[a-z]{tail}")),
        }
    }

    fn term(&mut self) -> (&'static str, String) {
        let (word, head, tail) = self.word();
        match self.dice(17) {
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
            11 => {
                ("signs", ["\"--\"", "\"|\"", "\", \"", "\"( (\"", "-", "\"...\""][self.dice(6)].to_owned())
            }
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
    check_by(name, texts, Asked::new(texts), 4);
}

/// One of `share` queries at least is answered by lists alone.
fn check_by(name: &str, texts: &[Option<String>], mut asked: Asked, share: usize) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let count = number("VITRINE_QUERIES").unwrap_or(QUERIES);
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
        usable * 10 > count * 8 && found * 3 > usable && found < usable && by_lists * share > usable,
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

#[test]
fn an_index_of_the_version_before_finds_the_same_rows() {
    let (root, data) = (include_bytes!("indexes/vtx2-root"), include_bytes!("indexes/vtx2-data"));
    let asked = Asked::of_files(root, data);
    assert!(!asked.index.root.has_signs && asked.units.len() > 100);
    let texts: Texts = asked.units.iter().map(|(text, _)| Some(text.clone())).collect();
    check_by("version before", &texts, asked, 8);
}

/// Queries of signs and places, of parts of words, expressions, and what `benches/fts5.py` asks.
const COSTLY: &[&str] = &[
    "\"by greg rutkowski, \"",
    "\"--\"",
    "*ing",
    "*ee*",
    "a*",
    "/8 ?k/",
    "/^a portrait/",
    "/^portrait of/",
    "/greg (rutkowski|manchess)/",
    "/by (hayao )?miyazaki/",
    "/dragon.*castle/",
    "/matte painting/",
    "/van gogh/",
    "/[0-9]+ ?mm/",
    "/\\bcat\\b/",
    "/full[- ]body/",
    "/, by/",
    "/artstation$/",
    "/\\|/",
    "/^$/",
    "art",
    "castle",
    "waterhouse",
    "\"concept art\"",
    "\"the castle\"",
    "\"trending on artstation\"",
    "castl*",
    "art*",
];

#[test]
fn what_queries_of_signs_and_places_read() {
    let mut asked = match std::env::var("VITRINE_INDEX") {
        Ok(folder) => {
            let read = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
            let parts = (0..).map_while(|n| std::fs::read(format!("{folder}/data-{n}")).ok());
            Asked::of_files(&read("root"), &parts.collect::<Vec<_>>().concat())
        }
        Err(_) => {
            let batch = reference(&HUB);
            let prompts = arrow_array::cast::as_string_array(column(&batch, "prompt"));
            let texts: Texts = prompts.iter().map(|text| text.map(str::to_owned)).collect();
            Asked::new(&texts)
        }
    };
    let mut told = String::new();
    for query in COSTLY {
        // Of the index nothing is here but the map of rows.
        let Asked { index, data, units, .. } = asked;
        asked = Asked::begin(Index::new(index.root), data, units);
        let (rows, looked) = asked.check(query).unwrap();
        let (bytes, requests) = asked.read;
        told.push_str(&format!("{query}: {rows} rows, {looked} texts, {bytes} bytes, {requests} requests\n"));
        // Most are answered by lists alone; where there are other ways to be found, few texts are left.
        let most = if *query == "/, by/" { asked.units.len() as u64 / 50 } else { 200 };
        let few = looked <= most && (bytes < 400_000 || looked > 200);
        assert!(few || !asked.index.root.has_signs, "{query}\n{told}");
    }
    println!("{told}");
}
