//! What goes along with an outcome, against loops over all rows.

use crate::server::{HUB, Session, file_of};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt16Array};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use vitrine::protocol::labels::{Ask, What as Label};
use vitrine::protocol::outcome::{Counted, Found, Line, State, Trouble, Want, What};
use vitrine::protocol::{LazyRequest, Shape, Show, TableRequest};
use vitrine::table::phrases::telling::{bound, least};
use vitrine::view::differences::Place;
use vitrine::view::outcome::{Outcome, Yes};
use vitrine::view::phrases::{PhraseList, Unit};
use vitrine::view::spec::{Bound, Clause, RowQuery};

const KINDS: [&str; 4] = ["oil", "photo", "a, b", ""];
const WORDS: [&str; 6] = ["castle", "fog", "8k", "artstation", "night", "portrait"];
const COLUMNS: [&str; 5] = ["score", "kind", "flag", "level", "same"];

#[derive(Clone, Debug)]
struct Row {
    score: Option<f64>,
    kind: Option<usize>,
    flag: Option<bool>,
    level: u16,
    words: Option<Vec<usize>>,
}

fn file(rows: &[Row]) -> Arc<Vec<u8>> {
    let prompt = |words: &Vec<usize>| words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("score", Arc::new(rows.iter().map(|row| row.score).collect::<Float64Array>())),
        ("kind", Arc::new(rows.iter().map(|row| row.kind.map(|kind| KINDS[kind])).collect::<StringArray>())),
        ("flag", Arc::new(rows.iter().map(|row| row.flag).collect::<BooleanArray>())),
        ("level", Arc::new(rows.iter().map(|row| Some(row.level)).collect::<UInt16Array>())),
        ("same", Arc::new(rows.iter().map(|_| Some(7)).collect::<UInt16Array>())),
        ("prompt", Arc::new(rows.iter().map(|row| row.words.as_ref().map(prompt)).collect::<StringArray>())),
    ];
    let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(nullable).unwrap();
    Arc::new(file_of(&batch))
}

/// Rows in which much goes along with something else, and some by chance.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0u16..8, 0usize..6, 0usize..12, 0u16..40, prop::collection::vec(0..WORDS.len(), 0..3));
    let row = row.prop_map(|(level, kind, odd, noise, mut words)| {
        if kind < 2 {
            words.push(kind);
        }
        words.sort_unstable();
        words.dedup();
        Row {
            score: match odd {
                0 => None,
                1 => Some(f64::NAN),
                _ => Some(kind as f64 + f64::from(noise) / 20.0),
            },
            kind: Some(kind).filter(|kind| *kind < KINDS.len()),
            flag: (odd != 2).then_some(level > 4 || noise == 0),
            level,
            words: (odd != 3).then_some(words),
        }
    });
    prop::collection::vec(row, 0..400)
}

#[derive(Clone, Debug)]
struct Question {
    outcome: Outcome,
    filter: Option<Clause>,
    pin: (u16, u16),
}

fn questions() -> impl Strategy<Value = Question> {
    let number =
        |values: std::ops::Range<u16>| values.prop_map(|value| Bound::Number(f64::from(value) / 4.0));
    let column = |name: &str, yes: Yes| Outcome::Column(name.to_owned(), yes);
    let outcome = prop_oneof![
        number(0..30).prop_map(move |bound| column("score", Yes::From(bound))),
        number(0..30).prop_map(move |bound| column("score", Yes::To(bound))),
        Just(column("score", Yes::Any)),
        prop::collection::btree_set(0..KINDS.len(), 1..3).prop_map(move |kinds| column(
            "kind",
            Yes::Is(kinds.into_iter().map(|kind| KINDS[kind].to_owned()).collect())
        )),
        Just(column("kind", Yes::Any)),
        Just(column("flag", Yes::Is(vec!["true".to_owned()]))),
        Just(column("flag", Yes::Any)),
        (0u16..9).prop_map(move |level| column("level", Yes::Is(vec![level.to_string()]))),
        Just(column("same", Yes::To(Bound::Number(7.0)))),
        Just(Outcome::Pinned),
    ];
    let range = (0u16..8, 0u16..8).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let filter = prop::option::weighted(
        0.5,
        range.clone().prop_map(|(low, high)| Clause::numbers(Some(low.into()), Some(high.into()))),
    );
    (outcome, filter, range).prop_map(|(outcome, filter, pin)| Question { outcome, filter, pin })
}

fn levels((low, high): (u16, u16)) -> Clause {
    Clause::numbers(Some(low.into()), Some(high.into()))
}

fn is_in(clause: &Clause, level: u16) -> bool {
    let Clause::Range(range) = clause else { panic!() };
    let level = f64::from(level);
    range.low.as_ref().is_none_or(|low| low.start() <= level)
        && range.high.as_ref().is_none_or(|high| level <= high.end())
}

/// Whether a row counts as "yes"; none where it is left out.
fn counts(row: &Row, question: &Question) -> Option<bool> {
    let Outcome::Column(name, yes) = &question.outcome else {
        return Some(is_in(&levels(question.pin), row.level));
    };
    let number = match name.as_str() {
        "score" => row.score.filter(|score| !score.is_nan()),
        "level" => Some(row.level.into()),
        "same" => Some(7.0),
        _ => None,
    };
    let text = match name.as_str() {
        "kind" => row.kind.map(|kind| KINDS[kind].to_owned()),
        "flag" => row.flag.map(|flag| flag.to_string()),
        _ => number.map(|number| number.to_string()),
    };
    match yes {
        Yes::From(bound) => number.map(|number| number >= bound.start()),
        Yes::To(bound) => number.map(|number| number <= bound.end()),
        Yes::Is(values) => text.map(|text| values.contains(&text)),
        Yes::Any => Some(text.is_some()),
    }
}

/// Whether a row is at a place of a column's chart.
fn is_at(row: &Row, name: &str, place: Place, shape: &Shape) -> bool {
    let number = match name {
        "score" => row.score,
        "level" => Some(row.level.into()),
        _ => Some(7.0),
    };
    let text = match name {
        "kind" => row.kind.map(|kind| KINDS[kind].to_owned()),
        _ => row.flag.map(|flag| flag.to_string()),
    };
    match (place, shape) {
        (Place::None, Shape::Bins(_)) => number.is_none(),
        (Place::None, Shape::Categories { .. }) => text.is_none(),
        (Place::Other, _) => number.is_some_and(f64::is_nan) && name == "score",
        (Place::Bin(bin), Shape::Categories { labels, .. }) => text.as_deref() == Some(&labels[bin]),
        (Place::Bin(bin), Shape::Bins(bins)) => number.is_some_and(|number| {
            let within = |(from, to): (&f64, &f64)| *from <= number && number <= *to;
            bins.from.iter().zip(&bins.to).rposition(within) == Some(bin)
        }),
    }
}

/// G² of a table of two by two, written out.
fn likelihood(cells: [[u64; 2]; 2]) -> f64 {
    let all: u64 = cells.iter().flatten().sum();
    let mut sum = 0.0;
    for (at, line) in cells.iter().enumerate() {
        for (column, seen) in line.iter().enumerate() {
            let expected = cells[at].iter().sum::<u64>() as f64
                * (cells[0][column] + cells[1][column]) as f64
                / all as f64;
            if *seen > 0 {
                sum += *seen as f64 * (*seen as f64 / expected).ln();
            }
        }
    }
    2.0 * sum
}

/// Wilson's interval of a share: the shares from which what was seen is Z standard deviations away.
fn wilson((some, n): (u64, u64)) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let (p, n) = (some as f64 / n as f64, n as f64);
    // n (p - x)² = Z² x (1 - x)
    let (a, b, c) = (n + Z * Z, -(2.0 * n * p + Z * Z), n * p * p);
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    ((-b - root) / (2.0 * a), (-b + root) / (2.0 * a))
}

/// The interval of the ratio of two shares, as its authors write it; none where a share is nothing or all.
fn interval(here: (u64, u64), elsewhere: (u64, u64)) -> Option<(f64, f64)> {
    let share = |(some, all): (u64, u64)| some as f64 / all as f64;
    let (p, q) = (share(here), share(elsewhere));
    let ((l1, u1), (l2, u2)) = (wilson(here), wilson(elsewhere));
    let inside = |share: f64| 0.0 < share && share < 1.0;
    let root = |a: f64, b: f64| ((p * q).powi(2) - a * b * (2.0 * p - a) * (2.0 * q - b)).max(0.0).sqrt();
    let is_plain = inside(p) && inside(q) && (2.0 * q - u2).abs() > 1e-3;
    is_plain.then(|| {
        ((p * q - root(l1, u2)) / (u2 * (2.0 * q - u2)), (p * q + root(u1, l2)) / (l2 * (2.0 * q - l2)))
    })
}

fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

fn wanted(outcome: &Outcome) -> LazyRequest {
    let phrases = PhraseList { unit: Unit::Word, least: Some(2), ..PhraseList::default() };
    LazyRequest::Outcome(Some(Want { words: outcome.items(), phrases: Some(phrases) }))
}

fn told(session: &Session) -> Counted {
    match &session.outcome.as_ref().unwrap().state {
        State::Counted(counted) => (**counted).clone(),
        other => panic!("{other:?}"),
    }
}

/// What is looked at with its rows: of those that count as "yes", and all.
type Looked = Vec<(What, (u64, u64))>;

fn check_found(found: &Found, looked: &Looked, rows: (u64, u64), fewest: u64, of_column: usize) {
    let looked: Looked = looked.iter().filter(|(_, (_, all))| *all >= fewest).cloned().collect();
    assert_eq!(found.looked_at as usize, looked.len());
    let bound = bound(looked.len());
    let rest = |here: (u64, u64)| (rows.0 - here.0, rows.1 - here.1);
    let cells = |here: (u64, u64)| [[here.0, here.1 - here.0], [rest(here).0, rest(here).1 - rest(here).0]];
    let mut expected: BTreeMap<String, ((u64, u64), f64)> = BTreeMap::new();
    for (what, here) in &looked {
        let ratio = likelihood(cells(*here));
        let is_less = here.0 * rest(*here).1 < rest(*here).0 * here.1;
        if is_less || here.0 >= fewest.max(2) {
            expected.insert(format!("{what:?}"), (*here, ratio));
        }
    }
    let sure = expected.values().filter(|(_, ratio)| *ratio >= bound).count();
    assert!(found.sure as usize <= sure, "{found:?}, not {expected:?}");
    let (listed, unsure): (Vec<&Line>, Vec<&Line>) = found.lines.iter().partition(|line| line.sure);
    assert!(found.lines.is_sorted_by_key(|line| !line.sure), "what is not sure stands behind");
    for list in [&listed, &unsure] {
        assert!(list.is_sorted_by(|a, b| a.likelihood >= b.likelihood));
    }
    if of_column == 60 {
        let rest = expected.len() - found.sure as usize;
        assert_eq!((listed.len(), unsure.len()), (found.sure.min(60) as usize, rest.min(10)));
    }
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    for Line { what, here, elsewhere, ratio, interval: told, likelihood, sure } in &found.lines {
        let (counted, expected) = expected[&format!("{what:?}")];
        assert_eq!((u64::from(here.0), u64::from(here.1)), counted);
        assert_eq!(*elsewhere, rest(counted));
        assert!(near(*likelihood, expected), "{what:?}: {likelihood}, not {expected}");
        let share = |(yes, all): (u64, u64)| yes as f64 / all as f64;
        assert!(near(*ratio, share(counted) / share(rest(counted))), "{what:?}: {ratio}");
        if let Some((low, high)) = interval(counted, rest(counted)) {
            let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-6;
            assert!(near(told.0, low) && near(told.1, high), "{told:?}, not {low} to {high}");
        }
        assert!(told.0 <= ratio + 1e-9 && *ratio <= told.1 + 1e-9 && told.0.is_finite() && !told.1.is_nan());
        assert_eq!(*sure, *likelihood >= bound && (told.0 > 1.0 || told.1 < 1.0));
        if let What::Value(column, _) = what {
            *columns.entry(column).or_default() += 1;
        }
    }
    assert!(columns.values().all(|lines| *lines <= of_column), "{columns:?}");
}

/// How many lines were told.
fn check(session: &mut Session, rows: &[Row], question: &Question) -> usize {
    session.show(|show| {
        let generation = show.generation.next();
        let filters: Vec<(String, Clause)> =
            question.filter.iter().map(|clause| ("level".to_owned(), clause.clone())).collect();
        let pin = [("level".to_owned(), levels(question.pin))].into_iter().collect();
        *show = Show {
            generation,
            rows: RowQuery { filters: filters.into_iter().collect(), ..RowQuery::default() },
            pin: Some(RowQuery { filters: pin, ..RowQuery::default() }),
            charts: COLUMNS.map(str::to_owned).to_vec(),
            ..Show::default()
        };
    });
    session.ask(wanted(&question.outcome));
    session.run();
    let here: Vec<&Row> = rows
        .iter()
        .filter(|row| question.filter.as_ref().is_none_or(|clause| is_in(clause, row.level)))
        .collect();
    let known: Vec<(&Row, bool)> =
        here.iter().filter_map(|row| Some((*row, counts(row, question)?))).collect();
    let told = told(session);
    let sum = |keep: &dyn Fn(&Row) -> bool| {
        let rows = known.iter().filter(|(row, _)| keep(row));
        (rows.clone().filter(|(_, yes)| *yes).count() as u64, rows.count() as u64)
    };
    let all = sum(&|_| true);
    assert_eq!(told.rows, all, "{question:?}");
    assert_eq!(told.read, (rows.len() as u64, rows.len() as u64));
    let left_out = here.len() as u64 - all.1;
    assert_eq!(told.left_out.0 + told.left_out.1, left_out, "{question:?}");
    let is_nan = |row: &&&Row| row.score.is_some_and(f64::is_nan);
    match &question.outcome {
        Outcome::Column(name, Yes::From(_) | Yes::To(_)) if name == "score" => {
            assert_eq!(told.left_out.1, here.iter().filter(is_nan).count() as u64);
        }
        _ => assert_eq!(told.left_out.1, 0),
    }
    let deciding = match &question.outcome {
        Outcome::Column(name, _) => name.as_str(),
        Outcome::Pinned => "level",
    };
    assert_eq!(
        (told.deciding.as_slice(), told.waiting, told.unmarked),
        ([deciding.to_owned()].as_slice(), 0, 0)
    );
    if all.0 < 2 || all.1 - all.0 < 2 {
        assert_eq!((&told.values, &told.phrases), (&Found::default(), &None), "{question:?}");
        return 0;
    }
    let (mut looked, mut constant) = (Vec::new(), 0);
    for name in COLUMNS.into_iter().filter(|name| *name != deciding) {
        let shape = &session.charts[name].shape;
        let bins = session.charts[name].all.0.len();
        let places = (0..bins).map(Place::Bin).chain([Place::None, Place::Other]);
        let of_column: Looked = places
            .map(|place| (What::Value(name.to_owned(), place), sum(&|row| is_at(row, name, place, shape))))
            .filter(|(_, (_, rows))| *rows > 0)
            .collect();
        assert_eq!(of_column.iter().map(|(_, rows)| rows.1).sum::<u64>(), all.1, "{name}: {question:?}");
        if of_column.len() < 2 {
            constant += 1;
        } else {
            looked.extend(of_column);
        }
    }
    assert_eq!(told.constant, constant, "{question:?}");
    check_found(&told.values, &looked, all, least(all.0).into(), 6);
    let words: Looked = (0..WORDS.len())
        .map(|word| {
            let has = |row: &Row| row.words.as_ref().is_some_and(|words| words.contains(&word));
            (What::Phrase(WORDS[word].to_owned()), sum(&has))
        })
        .collect();
    let prompts = sum(&|row| row.words.is_some());
    let phrases = told.phrases.unwrap();
    assert!(told.phrases_complete);
    // A word of a single different prompt tells of that prompt.
    let is_of_one_prompt = |word: &What| {
        let mut texts: Vec<&Vec<usize>> = known
            .iter()
            .filter(|(_, yes)| *yes)
            .filter_map(|(row, _)| row.words.as_ref())
            .filter(|words| words.iter().any(|at| *word == What::Phrase(WORDS[*at].to_owned())))
            .collect();
        texts.sort();
        texts.dedup();
        texts.len() < 2
    };
    if !words.iter().any(|(word, _)| is_of_one_prompt(word)) {
        check_found(&phrases, &words, prompts, 2, 60);
    }
    told.values.lines.len() + phrases.lines.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_along_is_counted_as_a_loop_would(
        rows in rows(), questions in prop::collection::vec(questions(), 1..6))
    {
        let mut session = Session::open(&file(&rows));
        for question in &questions {
            check(&mut session, &rows, question);
        }
    }
}

fn table() -> Vec<Row> {
    (0..600u16)
        .map(|n| Row {
            score: match n % 50 {
                0 => None,
                1 => Some(f64::NAN),
                _ => Some(f64::from(n % 10)),
            },
            kind: Some(usize::from(n % 10 > 6)),
            flag: (n % 7 > 0).then_some(n % 10 > 2),
            level: n % 8,
            words: Some(vec![usize::from(n % 10 > 6), 2 + usize::from(n % 4)]),
        })
        .collect()
}

fn of(session: &mut Session, words: &[&str]) -> State {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    session.ask(LazyRequest::Outcome(Some(Want { words, phrases: Some(PhraseList::default()) })));
    session.run();
    session.outcome.as_ref().unwrap().state.clone()
}

#[test]
fn what_goes_along_comes_first_and_more_follows_the_filters() {
    let rows = table();
    let mut session = Session::open(&file(&rows));
    let question = Question {
        outcome: Outcome::Column("score".to_owned(), Yes::From(Bound::Number(7.0))),
        filter: None,
        pin: (0, 7),
    };
    assert!(check(&mut session, &rows, &question) > 4);
    let first = told(&session).values.lines[0].clone();
    assert!(matches!(&first.what, What::Value(name, Place::Bin(_)) if name == "kind"), "{first:?}");
    // All of the one kind are "yes", and none of the other.
    assert!(first.ratio.is_infinite() || first.ratio == 0.0, "{first:?}");
    assert_eq!((told(&session).left_out, told(&session).constant), ((12, 12), 1));
    // A filter counts it anew, without being asked.
    session.filter(&[("level", levels((0, 3)))]);
    assert!(told(&session).rows.1 < 400);
    session.filter(&[("level", levels((9, 9)))]);
    assert_eq!((told(&session).rows, told(&session).values), ((0, 0), Found::default()));
    // Nobody asks any more.
    session.ask(LazyRequest::Outcome(None));
    session.outcome = None;
    session.filter(&[]);
    assert!(session.outcome.is_none());
}

#[test]
fn where_nothing_can_be_told_it_is_said_why() {
    let trouble = |state: State| match state {
        State::Failed(trouble) => trouble,
        other => panic!("{other:?}"),
    };
    let mut session = Session::open(&file(&table()));
    session.show(|show| show.charts = COLUMNS.map(str::to_owned).to_vec());
    assert_eq!(trouble(of(&mut session, &["nothing", "any"])), Trouble::NoColumn("nothing".to_owned()));
    assert_eq!(trouble(of(&mut session, &["score", "over:1"])), Trouble::Unclear("over:1".to_owned()));
    assert_eq!(trouble(of(&mut session, &["pinned"])), Trouble::NotPinned);
    // One value only, none at all, a single row on either side: counted, and nothing is found.
    for (words, rows) in [
        (["same", "is:7"], (600, 600)),
        (["same", "is:8"], (0, 600)),
        (["score", "from:99"], (0, 576)),
        (["kind", "is:Oil"], (0, 600)),
        (["kind", "from:1"], (0, 0)),
    ] {
        of(&mut session, &words);
        let told = told(&session);
        assert_eq!((told.rows, told.values, told.phrases), (rows, Found::default(), None), "{words:?}");
    }
    let mut rows = table();
    rows.iter_mut().for_each(|row| row.score = Some(1.0));
    rows[77].score = Some(2.0);
    let mut session = Session::open(&file(&rows));
    session.show(|show| show.charts = COLUMNS.map(str::to_owned).to_vec());
    for (word, yes) in [("from:2", 1), ("to:1", 599)] {
        of(&mut session, &["score", word]);
        let told = told(&session);
        assert_eq!((told.rows, told.values.lines.len(), told.phrases), ((yes, 600), 0, None));
    }
    // Nothing but nulls, and nothing at all.
    rows.iter_mut().for_each(|row| row.score = None);
    for (rows, left_out) in [(rows.as_slice(), 600), (&[], 0)] {
        let mut session = Session::open(&file(rows));
        session.show(|show| show.charts = COLUMNS.map(str::to_owned).to_vec());
        of(&mut session, &["score", "from:1"]);
        let told = told(&session);
        assert_eq!((told.rows, told.left_out, told.values.sure), ((0, 0), (left_out, 0), 0));
    }
}

#[test]
fn rows_without_a_label_of_ones_own_count_as_no() {
    let rows = table();
    let mut session = Session::open(&file(&rows));
    session.show(|show| show.charts = COLUMNS.map(str::to_owned).to_vec());
    let label = |session: &mut Session, ask: Ask| {
        session.ask(TableRequest::Labels(ask));
        session.run();
    };
    label(&mut session, Ask { what: Label::Add, text: "keep".to_owned(), ..Ask::default() });
    of(&mut session, &["label", "is:keep"]);
    assert_eq!((told(&session).rows, told(&session).unmarked), ((0, 600), 600));
    session.filter(&[("kind", Clause::list([Some("photo".to_owned())], false))]);
    let id = session.labels.as_ref().unwrap().labels[0].id;
    label(&mut session, Ask { what: Label::Matching, number: Some(id.into()), ..Ask::default() });
    session.filter(&[]);
    // What was marked is counted without being asked again.
    let told = told(&session);
    let photos = rows.iter().filter(|row| row.kind == Some(1)).count() as u64;
    assert_eq!((told.rows, told.unmarked), ((photos, 600), 600 - photos));
    let first = &told.values.lines[0];
    assert!(matches!(&first.what, What::Value(name, _) if name == "kind"), "{first:?}");
    assert_eq!(u64::from(first.here.1) + first.elsewhere.1, 600);
}

#[test]
fn a_column_that_only_an_outcome_needs_is_read_and_told_as_it_comes() {
    let mut session = Session::open(&HUB);
    session.show(|show| show.charts = vec!["cfg".to_owned(), "step".to_owned(), "sampler".to_owned()]);
    session.piece = 8 << 10;
    let outcome = Outcome::Column("image_nsfw".to_owned(), Yes::From(Bound::Number(0.5)));
    session.ask(wanted(&outcome));
    let mut pieces = 0;
    while session.deliver_piece() {
        pieces += 1;
    }
    session.run();
    assert!(pieces > 2);
    let told = told(&session);
    assert_eq!((told.read.0, told.waiting), (told.read.1, 0));
    assert!(told.phrases_complete && told.phrases.is_some());
    assert!(told.rows.0 > 0 && told.rows.0 < told.rows.1);
    assert!(session.notices.is_empty(), "{:?}", session.notices);
}
