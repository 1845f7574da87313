//! Searches, subsets, sorting and what prompts share, against loops over the reference's rows.

use crate::server::{HUB, ROWS, Session, column, reference};
use arrow_array::types::{Float32Type, UInt16Type};
use arrow_array::{Array, cast::AsArray};
use std::collections::{BTreeMap, BTreeSet};
use vitrine::base::ids::Generation;
use vitrine::protocol::{ClauseRef, Listing, Phrases};
use vitrine::view::phrases::{PhraseList, Unit};
use vitrine::view::spec::{Clause, RowQuery, SortKey, Subset};

/// Each row's prompt; empty where it has none.
fn prompts() -> Vec<String> {
    let batch = reference(&HUB);
    let prompts = column(&batch, "prompt").as_string::<i32>();
    (0..prompts.len())
        .map(|row| if prompts.is_null(row) { String::new() } else { prompts.value(row).to_owned() })
        .collect()
}

fn words(prompt: &str) -> BTreeSet<String> {
    let words = prompt.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn session() -> Session {
    let mut session = Session::open(&HUB);
    session.show(|show| {
        show.charts = ["cfg", "step"].map(str::to_owned).to_vec();
        show.columns = ["prompt", "cfg"].map(str::to_owned).to_vec();
        show.count = 30;
    });
    session
}

fn shown(session: &Session) -> Vec<usize> {
    session.rows.as_ref().unwrap().rows.iter().map(|row| row.row as usize).collect()
}

#[test]
fn a_search_finds_what_a_loop_finds_and_marks_it() {
    let prompts = prompts();
    let mut session = session();
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.query = Some("portrait -woman".to_owned());
    });
    let found = |prompt: &String| {
        let words = words(prompt);
        words.contains("portrait") && !words.contains("woman")
    };
    let expected: Vec<usize> = (0..prompts.len()).filter(|row| found(&prompts[*row])).collect();
    assert!(expected.len() > 30, "a search worth testing: {}", expected.len());
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read), (expected.len() as u64, ROWS));
    let distinct: BTreeSet<&String> = expected.iter().map(|row| &prompts[*row]).collect();
    assert_eq!(count.distinct, Some(distinct.len() as u64));
    assert_eq!(shown(&session), &expected[..30]);
    for row in &session.rows.as_ref().unwrap().rows {
        let vitrine::protocol::Cell::Text(text) = &row.cells[0] else { panic!("a prompt") };
        assert!(!row.marks.is_empty() || text.chars().count() >= 400, "{text}");
        for (start, end) in &row.marks {
            assert_eq!(text[*start as usize..*end as usize].to_lowercase(), "portrait");
        }
    }
    // The charts rest on what was found.
    let here: u32 = session.charts["step"].here.0.iter().sum::<u32>() + session.charts["step"].null_here;
    assert_eq!(here as usize, expected.len());
    // A query that can't be read is told, and what was found stays.
    session.show(|show| show.rows.query = Some("portrait /(/".to_owned()));
    let (start, end, message) = session.query.problem.clone().unwrap();
    assert_eq!((start, end), (10, 11), "{message}");
    assert_eq!(session.count.clone().unwrap().matching, expected.len() as u64);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.query = None;
    });
    assert_eq!(session.count.clone().unwrap().matching, ROWS);
}

#[test]
fn a_search_answers_while_the_prompts_come() {
    let mut session = session();
    let before = session.bytes;
    session.ask(vitrine::protocol::Request::Show(vitrine::protocol::Show {
        generation: Generation(1),
        rows: RowQuery { query: Some("art*".to_owned()), ..RowQuery::default() },
        count: 30,
        columns: vec!["prompt".to_owned()],
        ..Default::default()
    }));
    let mut partial = Vec::new();
    while session.deliver_piece() {
        let count = session.count.clone().unwrap();
        if count.rows_read > 0 && count.rows_read < count.rows {
            partial.push((count.rows_read, count.matching));
        }
    }
    assert!(session.bytes > before);
    let last = session.count.clone().unwrap();
    assert_eq!(last.rows_read, ROWS);
    assert!(partial.windows(2).all(|pair| pair[0] <= pair[1]), "{partial:?}");
    let (_, found) = *partial.last().expect("answers before the last prompt is read");
    assert!(found > 0 && found <= last.matching, "{found} of {}", last.matching);
}

#[test]
fn counts_wait_for_the_clock_while_the_prompts_come() {
    let asked = |clock: Option<f64>| {
        let mut session = session();
        session.piece = 5_000;
        session.clock = clock;
        session.counts = 0;
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows.query = Some("art*".to_owned());
        });
        (session.counts, session.count.clone().unwrap(), shown(&session), session.charts["cfg"].clone())
    };
    let (each_page, count, rows, chart) = asked(None);
    assert!(each_page > 6, "{each_page} counts");
    // With a clock that stands still: what was asked, the first matches, and the whole.
    let (few, waited, waited_rows, waited_chart) = asked(Some(5_000.0));
    assert!(few <= 4, "{few} counts");
    assert_eq!(waited, count);
    assert_eq!((waited_rows, waited_chart), (rows, chart));
}

#[test]
fn what_waits_is_told_when_its_time_has_come() {
    let mut session = session();
    session.clock = Some(1_000.0);
    session.piece = 20_000;
    session.ask(vitrine::protocol::Request::Show(vitrine::protocol::Show {
        generation: Generation(1),
        rows: RowQuery { query: Some("art*".to_owned()), ..RowQuery::default() },
        count: 30,
        columns: vec!["prompt".to_owned()],
        ..Default::default()
    }));
    let told = |session: &Session| session.count.clone().unwrap().rows_read;
    while told(&session) == 0 {
        assert!(session.deliver_piece());
    }
    let first = told(&session);
    for _ in 0..40 {
        session.deliver_piece();
    }
    assert_eq!(told(&session), first, "nothing is told before its time");
    assert!(session.wake(), "it is to be woken");
    assert!(first < told(&session) && told(&session) < ROWS);
}

#[test]
fn rows_are_sorted_by_several_keys_with_nulls_last() {
    let batch = reference(&HUB);
    let cfg = column(&batch, "cfg").as_primitive::<Float32Type>();
    let step = column(&batch, "step").as_primitive::<UInt16Type>();
    let key = |name: &str, descending| SortKey { column: name.to_owned(), descending };
    let mut session = session();
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.sort = vec![key("step", true), key("cfg", false)];
    });
    let number = |row: usize| (!cfg.is_null(row) && !cfg.value(row).is_nan()).then(|| cfg.value(row));
    let steps = |row: usize| (!step.is_null(row)).then(|| step.value(row));
    let mut expected: Vec<usize> = (0..ROWS as usize).collect();
    expected.sort_by(|a, b| {
        let last = |a: bool, b: bool| b.cmp(&a);
        last(steps(*a).is_some(), steps(*b).is_some())
            .then(steps(*b).cmp(&steps(*a)))
            .then(last(number(*a).is_some(), number(*b).is_some()))
            .then(number(*a).partial_cmp(&number(*b)).unwrap())
    });
    assert_eq!(shown(&session), &expected[..30]);
    let end = ROWS - 30;
    session.show(|show| show.first = end);
    assert_eq!(shown(&session), &expected[end as usize..]);
}

#[test]
fn subsets_are_clauses_like_others() {
    let mut session = session();
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::First(100));
    });
    assert_eq!(session.count.clone().unwrap().matching, 100);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::Random { rows: 500, seed: 3 });
    });
    assert_eq!(session.count.clone().unwrap().matching, 500);
    let first = shown(&session);
    session.show(|show| show.rows.subset = None);
    session.show(|show| show.rows.subset = Some(Subset::Random { rows: 500, seed: 3 }));
    assert_eq!(shown(&session), first);
    // With nothing left, the clauses without which there would be something are named.
    session.filter(&[("cfg", Clause::numbers(Some(9.0), Some(8.0)))]);
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.without), (0, vec![(ClauseRef::Column("cfg".to_owned()), 500)]));
}

#[test]
fn prompts_are_grouped_and_taken_apart() {
    let prompts = prompts();
    let batch = reference(&HUB);
    let named = column(&batch, "prompt");
    let mut rows: BTreeMap<&String, usize> = BTreeMap::new();
    let found = |row: &usize| !named.is_null(*row) && words(&prompts[*row]).contains("portrait");
    (0..prompts.len()).filter(found).for_each(|row| *rows.entry(&prompts[row]).or_default() += 1);
    let mut session = session();
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.query = Some("portrait".to_owned());
        show.list = Listing::Prompts;
    });
    let listed = session.prompts.clone().unwrap();
    assert!(listed.complete);
    assert_eq!(listed.total as usize, rows.len());
    for prompt in &listed.prompts {
        let whole = &prompts[prompt.rows[0] as usize];
        assert!(whole.starts_with(&prompt.text));
        assert_eq!(prompt.count as usize, rows[whole]);
    }
    assert!(listed.prompts.windows(2).all(|pair| pair[0].count >= pair[1].count));

    session.show(|show| {
        show.list = Listing::Phrases(PhraseList { least: Some(5), ..PhraseList::default() });
    });
    let phrases = session.phrases.clone().unwrap();
    assert!(phrases.complete);
    let parts = |prompt: &String| -> BTreeSet<String> {
        let part = |part: &str| part.split_ascii_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        prompt.split(',').map(part).collect()
    };
    for phrase in phrases.common.iter().take(5).chain(phrases.telling.iter().take(5)) {
        let here =
            (0..prompts.len()).filter(|row| found(row) && parts(&prompts[*row]).contains(&phrase.text));
        let all = (0..prompts.len()).filter(|row| parts(&prompts[*row]).contains(&phrase.text));
        assert_eq!(
            (phrase.here as usize, phrase.all as usize),
            (here.count(), all.count()),
            "{}",
            phrase.text
        );
    }
    assert!(phrases.telling.iter().all(|phrase| phrase.lift > 1.0 && phrase.here >= 5));
    for phrase in phrases.telling.iter().chain(&phrases.rare) {
        let (low, high) = phrase.interval;
        assert!(low <= phrase.lift && phrase.lift <= high, "{phrase:?}");
    }
    // What holds the searched word says nothing: it is named once, and listed where that is asked for.
    let holds = |text: &str| words(text).contains("portrait");
    let listed =
        |phrases: &Phrases| phrases.common.iter().chain(&phrases.telling).any(|phrase| holds(&phrase.text));
    assert!(
        !listed(&phrases) && !phrases.searched.is_empty() && phrases.searched.iter().all(|text| holds(text))
    );
    session.show(|show| {
        show.list = Listing::Phrases(PhraseList { with_searched: true, ..PhraseList::default() });
    });
    let phrases = session.phrases.clone().unwrap();
    assert!(listed(&phrases) && phrases.searched.is_empty());
    // Names, pairs and words of the same prompts.
    for unit in [Unit::Name, Unit::Pair, Unit::Word] {
        session.show(|show| show.list = Listing::Phrases(PhraseList { unit, ..PhraseList::default() }));
        let phrases = session.phrases.clone().unwrap();
        assert!(phrases.complete && phrases.list.unit == unit && !phrases.common.is_empty());
        let first = &phrases.common[0];
        let has = |row: &usize| prompts[*row].to_lowercase().contains(&first.text);
        let most = (0..prompts.len()).filter(has).count();
        assert!(first.all as usize <= most && first.here <= first.all, "{first:?} of {most}");
    }
}
