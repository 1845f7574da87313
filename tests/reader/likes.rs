//! Prompts by rank, against a look at every prompt.

use crate::index_texts::host_of;
use crate::indexed::{HOST, session};
use crate::server::{HUB, ROWS, Session, cell, column, reference};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;
use vitrine::base::words::{folded, tokens};
use vitrine::formats::text_index::write::Writer;
use vitrine::protocol::like::{Likes, MAX_UNITS, Ranked, State};
use vitrine::protocol::{Cell, LazyRequest, Prompt};
use vitrine::table::search::Matcher;
use vitrine::view::like::Like;
use vitrine::view::query::parse;
use vitrine::view::spec::Clause;

/// Runs of rows with the same prompt: the prompt, its words, and its rows.
struct Unit {
    text: String,
    words: Vec<String>,
    different: BTreeSet<String>,
    rows: Range<u64>,
}

static UNITS: LazyLock<Vec<Unit>> = LazyLock::new(|| {
    let batch = reference(&HUB);
    let prompts = arrow_array::cast::as_string_array(column(&batch, "prompt"));
    let mut units: Vec<Unit> = Vec::new();
    for (row, text) in (0..).zip(prompts.iter()) {
        let text = text.unwrap_or_default();
        match units.last_mut() {
            Some(unit) if unit.text == text => unit.rows.end = row + 1,
            _ => {
                let folded = folded(text.as_bytes());
                let words: Vec<String> = tokens(&folded).map(|token| token.word.to_owned()).collect();
                let different = words.iter().cloned().collect();
                units.push(Unit { text: text.to_owned(), words, different, rows: row..row + 1 });
            }
        }
    }
    units
});

/// In how many runs each word is.
static FREQUENCIES: LazyLock<BTreeMap<&str, usize>> = LazyLock::new(|| {
    let mut counts = BTreeMap::new();
    for unit in UNITS.iter() {
        unit.different.iter().for_each(|word| *counts.entry(word.as_str()).or_default() += 1);
    }
    counts
});

/// What is expected of a line: the prompt, and its rows.
type Line = (String, Vec<u64>);

/// The best of all runs by these words, but for some; and whether there are others.
fn best(
    words: &[String],
    usual: Option<f64>,
    but: &BTreeSet<usize>,
    matches: &dyn Fn(u64) -> bool,
) -> (Vec<Line>, bool) {
    let all = UNITS.len() as f64;
    let mut seen = BTreeSet::new();
    let mut asked: Vec<(usize, &str)> = words
        .iter()
        .filter(|word| seen.insert(word.as_str()))
        .filter_map(|word| Some((*FREQUENCIES.get(word.as_str())?, word.as_str())))
        .collect();
    asked.sort_unstable();
    let weight = |units: usize| (1.0 + (all - units as f64 + 0.5) / (units as f64 + 0.5)).ln();
    let mut found: Vec<(f32, usize)> = UNITS
        .iter()
        .enumerate()
        .filter(|(place, unit)| !but.contains(place) && unit.rows.clone().any(matches))
        .map(|(place, unit)| {
            let rarest = asked.iter().take(16).filter(|(_, word)| unit.different.contains(*word));
            (rarest.fold(0.0_f32, |sum, (units, _)| sum + weight(*units) as f32), place)
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let is_cut = found.len() > MAX_UNITS;
    found.truncate(MAX_UNITS);
    let lens = found.iter().map(|(_, place)| UNITS[*place].words.len()).sum::<usize>();
    let usual = usual.unwrap_or(lens as f64 / found.len().max(1) as f64);
    let mut lines: BTreeMap<&str, (f64, Vec<u64>)> = BTreeMap::new();
    let mut places: Vec<usize> = found.into_iter().map(|(_, place)| place).collect();
    places.sort_unstable();
    for place in places {
        let unit = &UNITS[place];
        let score: f64 = asked
            .iter()
            .map(|(units, word)| {
                let times = unit.words.iter().filter(|own| own == word).count() as f64;
                let longer = 1.2 * (0.25 + 0.75 * unit.words.len() as f64 / usual);
                weight(*units) * times * 2.2 / (times + longer)
            })
            .sum();
        let line = lines.entry(&unit.text).or_insert((score, Vec::new()));
        line.1.extend(unit.rows.clone().filter(|row| matches(*row)));
    }
    let mut lines: Vec<(f64, Vec<u64>, &str)> =
        lines.into_iter().map(|(text, (score, rows))| (score, rows, text)).collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    (lines.into_iter().map(|(_, rows, text)| (text.to_owned(), rows)).collect(), is_cut)
}

/// Lines as they are told: of long prompts the beginning, and the first rows.
fn told(lines: Vec<Line>) -> Vec<Line> {
    let cut = |(text, rows): Line| (text.chars().take(400).collect(), rows.into_iter().take(24).collect());
    lines.into_iter().map(cut).collect()
}

fn lines(prompts: &[Prompt]) -> Vec<Line> {
    prompts
        .iter()
        .map(|prompt| (prompt.text.clone(), prompt.rows.iter().map(|row| u64::from(*row)).collect()))
        .collect()
}

fn like(session: &mut Session, like: Like) -> State {
    session.likes = None;
    session.ask(LazyRequest::Like(Some(like)));
    session.run();
    let Likes { like: told, state } = *session.likes.take().unwrap();
    assert_eq!(told, like);
    state
}

fn ranked(session: &mut Session, asked: Like) -> Ranked {
    match like(session, asked) {
        State::Ranked(ranked) => Ranked::clone(&ranked),
        other => panic!("{asked:?}: {other:?}"),
    }
}

#[test]
fn prompts_like_that_of_a_row_are_those_of_a_look_at_every_prompt() {
    let mut session = session(&HOST, "\"t\"");
    let (mut revised, mut cut) = (0, 0);
    let mut most = 0;
    for row in (0..ROWS).step_by(8_111) {
        let place = UNITS.partition_point(|unit| unit.rows.end <= row);
        let own = &UNITS[place];
        let before = session.traffic.index_bytes;
        let Ranked { own: own_told, revisions, prompts, is_cut, words, frequent } =
            ranked(&mut session, Like::Row(row));
        most = most.max(session.traffic.index_bytes - before);
        let own_words = &own.different;
        let near = place.saturating_sub(48)..(place + 49).min(UNITS.len());
        let nearly = |unit: &Unit| {
            let both = own_words.intersection(&unit.different).count();
            2 * both >= own_words.union(&unit.different).count() && both > 0
        };
        let (mut but, mut expected) = (BTreeSet::new(), Vec::<Line>::new());
        for place in near {
            let unit = &UNITS[place];
            if unit.text == own.text {
                but.insert(place);
            } else if nearly(unit) {
                but.insert(place);
                match expected.iter_mut().find(|(text, _)| *text == unit.text) {
                    Some((_, rows)) => rows.extend(unit.rows.clone()),
                    None => expected.push((unit.text.clone(), unit.rows.clone().collect())),
                }
            }
        }
        assert_eq!(lines(&revisions), told(expected), "revisions of row {row}");
        revised += revisions.len();
        let (mut best, expects_cut) = best(&own.words, Some(own.words.len() as f64), &but, &|_| true);
        // The same prompt elsewhere stands with the row's own.
        let same = best.iter().position(|(text, _)| *text == own.text);
        let mut rows: Vec<u64> = but
            .iter()
            .filter(|place| UNITS[**place].text == own.text)
            .flat_map(|place| UNITS[*place].rows.clone())
            .collect();
        rows.extend(same.map(|same| best.remove(same).1).unwrap_or_default());
        rows.sort_unstable();
        let own_told = own_told.unwrap();
        assert!(
            own_told.rows.iter().all(|row| rows.contains(&u64::from(*row))),
            "rows of the prompt of row {row}"
        );
        assert!(own_told.rows.contains(&(own.rows.start as u32)) || rows.len() > 24);
        assert_eq!(lines(&prompts), told(best), "like row {row}: {:?}", own.text);
        assert_eq!(is_cut, expects_cut);
        cut += usize::from(is_cut);
        assert_eq!(words.len() + frequent.len(), own_words.len().min(64));
        let rows_of = |word: &str| {
            UNITS
                .iter()
                .filter(|unit| unit.words.iter().any(|own| own == word))
                .map(|unit| unit.rows.end - unit.rows.start)
                .sum::<u64>()
        };
        assert!(words.iter().take(2).all(|(word, rows)| *rows == rows_of(word)));
        // What matched is marked, and is one of the words.
        for prompt in prompts.iter().take(5).filter(|prompt| prompt.text.is_ascii()) {
            assert!(!prompt.marks.is_empty());
            for (from, to) in &prompt.marks {
                let mark = prompt.text[*from as usize..*to as usize].to_lowercase();
                assert!(words.iter().any(|(word, _)| *word == mark), "{mark}");
            }
        }
    }
    assert!(revised > 0 && cut > 0, "{revised} revisions, {cut} lists that are cut");
    assert!(most < 1_200_000, "{most} bytes at most");
    assert!(session.notices.is_empty() && !session.loads.contains_key("prompt"));
}

#[test]
fn the_best_matches_of_a_search_are_those_of_a_look_at_every_prompt() {
    let mut with = session(&HOST, "\"t\"");
    let batch = reference(&HUB);
    let cfg = column(&batch, "cfg");
    for (query, words) in [
        ("castle | fortress | dawn", vec!["castle", "fortress", "dawn"]),
        ("portrait \"concept art\" -anime", vec!["portrait", "concept", "art"]),
        ("castle* | dragon", vec!["dragon"]),
    ] {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        for filters in [vec![], vec![("cfg", Clause::numbers(Some(7.0), Some(7.5)))]] {
            with.filter(&filters);
            with.show(|show| {
                show.generation = show.generation.next();
                show.rows.query = Some(query.to_owned());
            });
            let matcher = Matcher::new(&parse(query).unwrap()).unwrap();
            let units = UNITS.iter().filter(|unit| matcher.matches(unit.text.as_bytes()));
            let is_within = |row: &u64| match cell(cfg, *row as usize) {
                Cell::Number(cfg) => filters.is_empty() || (7.0..=7.5).contains(&cfg),
                other => panic!("{other:?}"),
            };
            let rows: BTreeSet<u64> = units.flat_map(|unit| unit.rows.clone()).filter(is_within).collect();
            assert_eq!(with.count.as_ref().unwrap().matching, rows.len() as u64, "{query}");
            let Ranked { own, revisions, prompts, is_cut, .. } = ranked(&mut with, Like::Search);
            assert!(own.is_none() && revisions.is_empty());
            let (best, expects_cut) = best(&words, None, &BTreeSet::new(), &|row| rows.contains(&row));
            assert_eq!(lines(&prompts), told(best), "{query}");
            assert_eq!(is_cut, expects_cut, "{query}");
            assert!(prompts.iter().all(|prompt| !prompt.marks.is_empty()));
        }
    }
    // Another filter ranks anew, without being asked.
    with.likes = None;
    with.filter(&[]);
    assert!(with.likes.is_some());
}

#[test]
fn what_can_not_be_ranked_is_told() {
    let mut with = session(&HOST, "\"t\"");
    assert_eq!(like(&mut with, Like::Row(ROWS)), State::NoRow);
    assert_eq!(like(&mut with, Like::Row(u64::MAX)), State::NoRow);
    assert_eq!(like(&mut with, Like::Search), State::NoWords);
    let mut without = session(&[], "\"t\"");
    assert_eq!(like(&mut without, Like::Row(3)), State::NoIndex);
    assert!(!without.loads.contains_key("prompt"), "nothing is read for it");
    // An index that breaks is left, which is told.
    let mut host = HOST.clone();
    for (_, bytes) in host.iter_mut().filter(|(path, _)| path.ends_with("data-0")) {
        bytes.iter_mut().for_each(|byte| *byte = 0);
    }
    let mut broken = session(&host, "\"t\"");
    assert_eq!(like(&mut broken, Like::Row(3)), State::NoIndex);
    assert_eq!(broken.notices.len(), 1);
}

#[test]
fn an_index_of_other_texts_is_found_out() {
    let mut writer = Writer::new(HUB.len() as u64, "t".to_owned(), "prompt".to_owned());
    for unit in UNITS.iter().rev() {
        unit.rows.clone().for_each(|_| writer.push(Some(unit.text.as_bytes())).unwrap());
    }
    let (host, _) = host_of(writer);
    let mut session = session(&host, "\"t\"");
    assert!(session.traffic.indexed);
    session.show(|show| show.columns = vec!["prompt".to_owned()]);
    assert_eq!(like(&mut session, Like::Row(3)), State::NoIndex);
    assert_eq!(session.notices.len(), 1);
    assert!(!session.traffic.indexed);
}
