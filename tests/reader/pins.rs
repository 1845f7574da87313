//! Rows that are pinned, and rows that are held against them, against loops over all rows.

use crate::chance::{CHARTS, QUERIES, Question, Row, file, holds, questions, rows};
use crate::server::{HUB, ROWS, Session, file_of};
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt16Array};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use vitrine::protocol::differences::difference_of_pinned;
use vitrine::protocol::group_by::{Groups, Line, State as GroupState, Want as GroupWant};
use vitrine::protocol::pin::Pinned;
use vitrine::protocol::plot::{Plot, State, Want};
use vitrine::protocol::{Chart, LazyRequest, Listing, Prompts, Shape, TableRequest};
use vitrine::view::differences::Difference;
use vitrine::view::phrases::PhraseList;
use vitrine::view::spec::{Clause, RowQuery, Subset};

fn asked(question: &Question) -> RowQuery {
    let filter = |(name, clause): (&&str, &Clause)| ((*name).to_owned(), clause.clone());
    RowQuery {
        subset: question.first.map(Subset::First),
        query: question.query.map(|query| QUERIES[query].to_owned()),
        filters: question.filters.iter().map(filter).collect(),
        sort: Vec::new(),
    }
}

/// Rows whose value is in each bin of a chart.
fn by_bin(chart: &Chart, name: &str, rows: &[&Row]) -> Vec<u32> {
    let count = |keep: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| keep(row)).count() as u32;
    match &chart.shape {
        Shape::Categories { labels, .. } => {
            labels.iter().map(|label| count(&|row| row.tag == Some(label.as_str()))).collect()
        }
        Shape::Bins(bins) => {
            let place = |row: &Row| {
                let value = match name {
                    "cfg" => row.cfg.map(f64::from),
                    "step" => row.step.map(f64::from),
                    "wide" => row.wide.map(f64::from),
                    _ => row.stamp.map(|micros| micros.div_euclid(1_000) as f64),
                }?;
                // Ends of numbers of four bytes are written with as many digits, and mean the nearest of those.
                let end = |end: f64| if name == "cfg" { f64::from(end as f32) } else { end };
                let within = |(from, to): (&f64, &f64)| {
                    end(*from) <= value && if bins.is_time() { value < *to } else { value <= end(*to) }
                };
                // What stands alone is the last, and a scale of one value has no width.
                bins.from.iter().zip(&bins.to).rposition(within)
            };
            (0..bins.from.len()).map(|bin| count(&|row| place(row) == Some(bin))).collect()
        }
    }
}

/// The Jensen-Shannon distance of two counts, written out.
fn distance(a: &[f64], b: &[f64]) -> Option<f64> {
    let (sum_a, sum_b) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
    if sum_a == 0.0 || sum_b == 0.0 {
        return None;
    }
    let mut divergence = 0.0;
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a / sum_a, b / sum_b);
        for share in [a, b] {
            if share > 0.0 {
                divergence += share / 2.0 * (2.0 * share / (a + b)).log2();
            }
        }
    }
    Some(divergence.max(0.0).sqrt())
}

fn check(session: &mut Session, rows: &[Row], view: &Question, pin: &Question) {
    session.show(|show| {
        show.generation = show.generation.next();
        show.list = Listing::Rows;
        show.rows = asked(view);
        show.pin = Some(asked(pin));
        show.charts = CHARTS.map(str::to_owned).to_vec();
    });
    let told = || format!("{view:?} against {pin:?}");
    let of = |question: &Question| -> Vec<&Row> {
        (0..rows.len()).filter(|row| question.passes(rows, *row, &[])).map(|row| &rows[row]).collect()
    };
    let (a, b) = (of(pin), of(view));
    let both = (0..rows.len()).filter(|row| pin.passes(rows, *row, &[]) && view.passes(rows, *row, &[]));
    let all = rows.len() as u64;
    let count = session.count.clone().unwrap();
    assert_eq!(
        (count.pinned, count.matching, count.both, count.generation),
        (Some(a.len() as u64), b.len() as u64, both.count() as u64, session.generation()),
        "{}",
        told()
    );
    assert_eq!((count.rows_read, count.pinned_read, count.rows), (all, all, all), "{}", told());
    assert_eq!(count.pinned_without, []);
    let pinned = Pinned::of(&count).unwrap();
    for name in CHARTS {
        let Some(chart) = session.charts.get(name).filter(|_| !rows.is_empty()) else {
            assert!(rows.is_empty(), "no chart of {name}");
            continue;
        };
        assert!(chart.pinned && chart.complete && chart.generation == session.generation());
        let mut counts = Vec::new();
        for (rows, counted, none) in [(&b, &chart.here, chart.null_here), (&a, &chart.all, chart.null_all)] {
            let expected = by_bin(chart, name, rows);
            assert_eq!(counted.0, expected, "{name}: {:?} {}", chart.shape, told());
            let nulls = rows.iter().filter(|row| holds(row, name, &Clause::Null)).count();
            assert_eq!(none as usize, nulls, "{name} without a value: {}", told());
            let rest = rows.len() - nulls - expected.iter().sum::<u32>() as usize;
            let counted = expected.iter().map(|count| f64::from(*count));
            counts.push(counted.chain([nulls as f64, rest as f64]).collect::<Vec<_>>());
        }
        let found = difference_of_pinned(chart, pinned).map(|Difference { distance, .. }| distance);
        match (found, distance(&counts[0], &counts[1])) {
            (Some(found), Some(expected)) => {
                assert!((found - expected).abs() < 1e-7, "{name}: {found}, not {expected}: {}", told());
                assert!((found * found - expected * expected).abs() < 1e-9, "{name}: {}", told());
            }
            (found, expected) => assert_eq!(found, expected, "{name}: {}", told()),
        }
    }
    check_cube(session, rows, view);
}

/// A drag counts the rows that are in it, with the filters of the other charts as well.
fn check_cube(session: &mut Session, rows: &[Row], view: &Question) {
    session.cube = None;
    let generation = session.generation();
    session.ask(TableRequest::Touch { column: "cfg".to_owned(), generation });
    let Some(cube) = session.cube.clone() else { return };
    let dragged = (0..rows.len()).filter(|row| view.passes(rows, *row, &["cfg"]));
    let dragged: Vec<&Row> =
        dragged.map(|row| &rows[row]).filter(|row| row.cfg.is_some_and(|cfg| !cfg.is_nan())).collect();
    assert_eq!(cube.total.0.last().copied().unwrap() as usize, dragged.len());
    for side in cube.others.iter().filter(|side| side.column != "cfg") {
        if let Some(chart) =
            session.charts.get(&side.column).filter(|_| CHARTS.contains(&side.column.as_str()))
        {
            let last = &side.before.0[side.before.0.len() - side.bins as usize..side.before.0.len() - 1];
            assert_eq!(last, by_bin(chart, &side.column, &dragged), "{}: {view:?}", side.column);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_view_against_any_pin_is_counted_as_a_loop_would(
        rows in rows(), questions in prop::collection::vec((questions(), questions()), 1..5))
    {
        let mut session = Session::open(&file(&rows));
        for (view, pin) in &questions {
            check(&mut session, &rows, view, pin);
            // What was A becomes the view, and the other way round.
            check(&mut session, &rows, pin, view);
            check(&mut session, &rows, view, view);
        }
        // Without a pin everything is as if there had been none.
        session.show(|show| {
            show.generation = show.generation.next();
            show.pin = None;
        });
        prop_assert_eq!(session.count.as_ref().unwrap().pinned, None);
        let mut other = Session::open(&file(&rows));
        other.show(|show| {
            show.rows = asked(&questions.last().unwrap().0);
            show.charts = CHARTS.map(str::to_owned).to_vec();
        });
        for (name, chart) in session.charts.iter_mut().filter(|(name, _)| CHARTS.contains(&name.as_str())) {
            chart.generation = other.generation();
            prop_assert_eq!(Some(&*chart), other.charts.get(name));
        }
    }

    #[test]
    fn phrases_of_a_view_are_counted_against_those_of_a_pin(
        rows in prop::collection::vec((0u16..4, prop::collection::vec(0usize..6, 0..4)), 1..120),
        low in 0u16..4, pin in 0u16..4)
    {
        const WORDS: [&str; 6] = ["castle", "oil on canvas", "fog", "8k", "artstation", "by night"];
        let prompt = |words: &[usize]| words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(", ");
        let prompts = rows.iter().map(|(_, words)| Some(prompt(words))).collect::<StringArray>();
        let cfg = rows.iter().map(|(cfg, _)| Some(*cfg)).collect::<UInt16Array>();
        let columns: Vec<(&str, ArrayRef)> = vec![("cfg", Arc::new(cfg)), ("prompt", Arc::new(prompts))];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut session = Session::open(&Arc::new(file_of(&batch)));
        let filters = |low: Option<u16>, high: Option<u16>| {
            let clause = Clause::numbers(low.map(f64::from), high.map(f64::from));
            [("cfg".to_owned(), clause)].into_iter().collect()
        };
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows.filters = filters(Some(low), None);
            show.pin = Some(RowQuery { filters: filters(None, Some(pin)), ..RowQuery::default() });
            show.list = Listing::Phrases(PhraseList { least: Some(1), ..PhraseList::default() });
        });
        let phrases = session.phrases.clone().unwrap();
        prop_assert!(phrases.pinned && phrases.complete);
        let having = |keep: &dyn Fn(u16) -> bool, word: &str| {
            rows.iter().filter(|(cfg, words)| keep(*cfg) && words.iter().any(|other| WORDS[*other] == word)).count()
        };
        let (in_b, in_a) = (|cfg| cfg >= low, |cfg| cfg <= pin);
        let count = |keep: &dyn Fn(u16) -> bool| rows.iter().filter(|(cfg, _)| keep(*cfg)).count();
        let (rows_b, rows_a) = (count(&in_b), count(&in_a));
        prop_assert_eq!(phrases.rows, (rows_b as u64, rows_a as u64));
        let mut named = BTreeSet::new();
        for phrase in phrases.common.iter().chain(&phrases.telling).chain(&phrases.rare) {
            let (b, a) = (having(&in_b, &phrase.text), having(&in_a, &phrase.text));
            prop_assert_eq!((phrase.here as usize, phrase.all as usize), (b, a), "{}", phrase.text);
            if rows_a > 0 && rows_b > 0 {
                let ratio = (b as f64 / rows_b as f64) / (a as f64 / rows_a as f64);
                prop_assert!(phrase.lift == ratio || (phrase.lift - ratio).abs() < 1e-9, "{phrase:?} {ratio}");
                prop_assert!(phrase.interval.0 <= phrase.interval.1 && phrase.interval.0.is_finite(), "{phrase:?}");
            }
        }
        named.extend(phrases.common.iter().map(|phrase| phrase.text.as_str()));
        for word in WORDS {
            prop_assert_eq!(named.contains(word), having(&in_b, word) > 0, "{}", word);
        }
    }
}

fn charted(pin: RowQuery, filters: &[(&str, Clause)]) -> Session {
    let mut session = Session::open(&HUB);
    session.show(|show| {
        show.generation = show.generation.next();
        show.charts = ["cfg", "step", "sampler"].map(str::to_owned).to_vec();
        show.pin = Some(pin);
    });
    session.filter(filters);
    session
}

fn clauses(filters: &[(&str, Clause)]) -> RowQuery {
    let filters = filters.iter().map(|(name, clause)| ((*name).to_owned(), clause.clone()));
    RowQuery { filters: filters.collect(), ..RowQuery::default() }
}

fn pinned(session: &Session) -> Pinned<'_> {
    Pinned::of(session.count.as_ref().unwrap()).unwrap()
}

fn found(session: &Session) -> BTreeMap<String, Option<f64>> {
    let pinned = pinned(session);
    let found = |chart: &Chart| difference_of_pinned(chart, pinned).map(|found| found.distance);
    session.charts.iter().map(|(name, chart)| (name.clone(), found(chart))).collect()
}

#[test]
fn where_nothing_or_everything_is_pinned_it_is_told_so() {
    let low = Clause::numbers(None, Some(6.0));
    // Nothing is pinned: there is nothing to hold the view against.
    let session = charted(clauses(&[("cfg", Clause::numbers(Some(9e9), None))]), &[("cfg", low.clone())]);
    let a = pinned(&session);
    assert_eq!((a.rows, a.count.both), (0, 0));
    assert!(found(&session).values().all(Option::is_none));
    // One row.
    let one = RowQuery { subset: Some(Subset::First(1)), ..RowQuery::default() };
    let session = charted(one, &[]);
    let a = pinned(&session);
    assert_eq!((a.rows, a.count.matching, a.count.both), (1, ROWS, 1));
    assert_eq!(session.charts["cfg"].all.0.iter().sum::<u32>() + session.charts["cfg"].null_all, 1);
    assert!(found(&session).values().all(|distance| distance.is_some_and(|distance| distance < 1.0)));
    // Everything.
    let session = charted(RowQuery::default(), &[("cfg", low.clone())]);
    let a = pinned(&session);
    assert_eq!((a.rows, a.count.both), (ROWS, a.count.matching));
    assert!(a.count.matching > 0 && a.count.matching < ROWS && !a.is_same());
    // The same rows: no distance in any column, the filtered one among them.
    let session = charted(clauses(&[("cfg", low.clone())]), &[("cfg", low)]);
    assert!(pinned(&session).is_same());
    assert!(found(&session).values().all(|distance| *distance == Some(0.0)), "{:?}", found(&session));
}

#[test]
fn what_a_pin_asks_of_columns_that_are_not_there_is_left_out_and_told() {
    let nothing = ("nothing", Clause::Null);
    let session = charted(clauses(&[nothing, ("cfg", Clause::numbers(None, Some(6.0)))]), &[]);
    let a = pinned(&session);
    assert_eq!(a.left_out(), (vec!["nothing"], false));
    assert!(a.rows > 0 && a.rows < ROWS);
    assert!(session.notices.is_empty(), "{:?}", session.notices);
}

#[test]
fn a_column_that_only_a_pin_needs_is_read_and_told_as_it_comes() {
    let mut session = Session::open(&HUB);
    session.show(|show| show.charts = vec!["cfg".to_owned()]);
    session.piece = 8 << 10;
    session.change(|show| {
        show.generation = show.generation.next();
        show.pin = Some(RowQuery { query: Some("a".to_owned()), ..RowQuery::default() });
    });
    let mut shares = BTreeSet::new();
    while session.deliver_piece() {
        let a = pinned(&session);
        assert!(a.rows <= a.rows_read() && a.count.both == a.rows);
        shares.insert(a.rows_read());
    }
    session.run();
    assert!(shares.len() > 2, "{shares:?}");
    let a = pinned(&session);
    assert!(a.is_settled() && a.rows > 0 && a.rows < ROWS);
}

/// A search that ends stops the reading of prompts, but not of those that the other one needs.
#[test]
fn a_search_of_either_is_finished_when_the_other_one_ends() {
    let castle = || RowQuery { query: Some("a".to_owned()), ..RowQuery::default() };
    for ends in ["view", "pin"] {
        let mut session = Session::open(&HUB);
        session.change(|show| {
            show.generation = show.generation.next();
            show.rows = castle();
            show.pin = Some(castle());
        });
        for _ in 0..3 {
            assert!(session.deliver_piece());
        }
        session.change(|show| {
            show.generation = show.generation.next();
            match ends {
                "view" => show.rows = RowQuery::default(),
                _ => show.pin = None,
            }
        });
        session.run();
        let count = session.count.clone().unwrap();
        assert_eq!(count.rows_read, ROWS, "{ends}");
        if ends == "view" {
            let a = pinned(&session);
            assert!(a.is_settled() && a.rows > 0 && a.count.both == a.rows);
        }
    }
}

fn plotted(session: &mut Session, view: &RowQuery, pin: &RowQuery, columns: (&str, &str)) -> Plot {
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows = view.clone();
        show.pin = Some(pin.clone());
    });
    let columns = (columns.0.to_owned(), columns.1.to_owned());
    session.ask(LazyRequest::Plot(Some(Want { columns })));
    session.run();
    session.plot.clone().unwrap()
}

/// Rows in a chart of two columns, those that are in no bin among them.
fn rows_in(state: &State) -> u64 {
    match state {
        State::Counts { counts, .. } => counts.0.iter().map(|count| u64::from(*count)).sum(),
        State::Boxes { boxes, .. } => boxes.iter().map(|own| u64::from(own.rows)).sum(),
        State::Reading | State::Failed(_) => panic!("{state:?}"),
    }
}

#[test]
fn a_chart_of_two_columns_is_of_both() {
    let mut session = Session::open(&HUB);
    let a = clauses(&[("cfg", Clause::numbers(None, Some(6.0)))]);
    let b =
        clauses(&[("cfg", Clause::numbers(Some(5.0), None)), ("step", Clause::numbers(Some(30.0), None))]);
    for columns in [("cfg", "step"), ("sampler", "cfg"), ("timestamp", "sampler")] {
        let plot = plotted(&mut session, &b, &a, columns);
        let swapped = plotted(&mut session, &a, &b, columns);
        let here = pinned(&session);
        // As text, in which quantiles of nothing are equal.
        let words =
            |plot: &Plot| (format!("{:?}", plot.state), format!("{:?}", plot.pinned.as_ref().unwrap()));
        let (b_here, a_there) = words(&plot);
        assert_eq!(words(&swapped), (a_there.clone(), b_here.clone()));
        // The filters of both on the charted columns count.
        assert_eq!(
            (rows_in(&swapped.state), here.rows),
            (here.count.matching, rows_in(&plot.state)),
            "{columns:?}"
        );
        assert!(here.rows < ROWS && here.count.matching < ROWS && b_here != a_there);
    }
    session.show(|show| {
        show.generation = show.generation.next();
        show.pin = None;
    });
    let plot = session.plot.clone().unwrap();
    assert_eq!(plot.pinned, None);
}

#[test]
fn groups_and_prompts_have_the_rows_of_both() {
    let mut session = Session::open(&HUB);
    let a = RowQuery { subset: Some(Subset::First(300)), ..RowQuery::default() };
    let b = clauses(&[("cfg", Clause::numbers(Some(5.0), None))]);
    let items = ["by:sampler", "mean:cfg", "down:4"].map(str::to_owned).to_vec();
    let mut ask = |view: &RowQuery, pin: Option<&RowQuery>| {
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows = view.clone();
            show.pin = pin.cloned();
            show.list = Listing::Prompts;
            show.count = 400;
        });
        session.ask(LazyRequest::GroupBy(Some(GroupWant { items: items.clone(), first: 0, count: 100 })));
        session.run();
        (session.group_by.clone().unwrap(), session.prompts.clone().unwrap())
    };
    let lines = |groups: &Groups| match &groups.state {
        GroupState::Lines { lines, .. } => lines.clone(),
        state => panic!("{state:?}"),
    };
    let (with_a, prompts) = ask(&b, Some(&a));
    let (of_b, prompts_b) = ask(&b, None);
    let (of_a, prompts_a) = ask(&a, None);
    let rows = |groups: &Groups| -> BTreeMap<String, u64> {
        lines(groups).iter().map(|line| (format!("{:?}", line.keys), line.rows)).collect()
    };
    let (rows_a, rows_b) = (rows(&of_a), rows(&of_b));
    assert_eq!((with_a.rows, with_a.pinned), (of_b.rows, Some(of_a.rows)));
    assert_eq!((of_a.pinned, lines(&of_a).iter().all(|line| line.pinned.is_none())), (None, true));
    let both = lines(&with_a);
    for line in &both {
        let key = format!("{:?}", line.keys);
        assert_eq!(line.rows, rows_b.get(&key).copied().unwrap_or(0));
        assert_eq!(line.pinned, Some(rows_a.get(&key).copied().unwrap_or(0)));
    }
    let keys: BTreeSet<&String> = rows_a.keys().chain(rows_b.keys()).collect();
    assert_eq!(both.len(), keys.len());
    // Sorted by how far the share in B is above that in A.
    let difference =
        |line: &Line| line.rows as f64 / of_b.rows as f64 - line.pinned.unwrap() as f64 / of_a.rows as f64;
    assert!(both.iter().map(difference).collect::<Vec<_>>().is_sorted_by(|a, b| a >= b));

    let counted = |prompts: &Prompts| -> BTreeMap<String, u32> {
        assert_eq!(prompts.prompts.len() as u64, prompts.total.min(400));
        prompts.prompts.iter().map(|prompt| (prompt.text.clone(), prompt.count)).collect()
    };
    let in_a = counted(&prompts_a);
    assert_eq!(counted(&prompts), counted(&prompts_b));
    assert!(prompts_b.pinned.is_none() && prompts_b.prompts.iter().all(|prompt| prompt.pinned.is_none()));
    let (shared, only) = prompts.pinned.unwrap();
    assert_eq!(shared + only, prompts_a.total);
    assert!(prompts_a.total <= 400, "all prompts of A are listed");
    let mut found = 0;
    for prompt in &prompts.prompts {
        assert_eq!(prompt.pinned, Some(in_a.get(&prompt.text).copied().unwrap_or(0)), "{}", prompt.text);
        found += u64::from(prompt.pinned.is_some_and(|rows| rows > 0));
    }
    assert!(found > 0 && found <= shared);
}
