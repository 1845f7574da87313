//! Tables and questions by chance: filters, search, subsets, order, charts and prompts against loops
//! over the rows. The values are those that trip programs up.

use crate::server::{Session, file_of};
use arrow_array::{ArrayRef, Float32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_array::{UInt16Array, UInt32Array};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use vitrine::protocol::{Listing, Shape, TableRequest};
use vitrine::view::spec::{Clause, ListValue, SortKey, Span, Subset};

/// A prompt, and which of [`QUERIES`] it answers.
static PROMPTS: LazyLock<Vec<(String, [bool; 5])>> = LazyLock::new(|| {
    let prompt = |text: &str, answers: [u8; 5]| (text.to_owned(), answers.map(|yes| yes == 1));
    vec![
        prompt("", [0, 0, 0, 0, 1]),
        prompt("castle, concept art", [1, 1, 0, 0, 0]),
        prompt("A  Castle at dawn; CONCEPT \n art ", [1, 1, 0, 0, 0]),
        prompt("castles of concept-art", [0, 0, 0, 0, 1]),
        prompt("🏰 castle 🏰", [1, 0, 0, 0, 0]),
        prompt("e\u{301}lan vital", [0, 0, 1, 0, 1]),
        prompt("ÉLAN, castle", [1, 0, 1, 0, 0]),
        prompt("elan", [0, 0, 1, 0, 1]),
        prompt("שלום castle עולם", [1, 0, 0, 1, 0]),
        prompt("<img src=x onerror=alert(1)> <b>castle</b> &amp;", [1, 0, 0, 0, 0]),
        prompt("שלום", [0, 0, 0, 1, 1]),
        prompt(&format!("{} castle", "very long ".repeat(10_000)), [1, 0, 0, 0, 0]),
    ]
});

/// Queries, in the order of the answers. A row without a prompt is like an empty one.
pub const QUERIES: [&str; 5] = ["castle", "\"concept art\"", "élan", "שלום", "-castle"];

const NUMBERS: [f32; 12] =
    [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.0, -3.0, 1.0, 7.0, 7.1, 7.5, 30.0, 1e30];

const TAGS: [&str; 4] = ["one", "two, three", "\"four\"", ""];

#[derive(Clone, Debug)]
pub struct Row {
    pub cfg: Option<f32>,
    pub step: Option<u16>,
    pub tag: Option<&'static str>,
    pub wide: Option<u32>,
    pub stamp: Option<i64>,
    prompt: Option<usize>,
}

impl Row {
    fn text(&self) -> Option<&'static str> {
        self.prompt.map(|prompt| PROMPTS[prompt].0.as_str())
    }
}

pub fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        prop::option::weighted(0.85, 0..NUMBERS.len()),
        prop::option::weighted(0.8, 1u16..12),
        prop::option::weighted(0.8, 0..TAGS.len()),
        prop::option::weighted(0.9, any::<u32>()),
        prop::option::weighted(0.9, -5i64..2_000),
        prop::option::weighted(0.9, 0..PROMPTS.len() - 1),
    );
    let row = row.prop_map(|(cfg, step, tag, wide, stamp, prompt)| Row {
        cfg: cfg.map(|cfg| NUMBERS[cfg]),
        step,
        tag: tag.map(|tag| TAGS[tag]),
        wide,
        stamp: stamp.map(|hours| hours * 3_600_000_000 + 123_456),
        prompt,
    });
    // Empty tables, tables of one row, and columns of nothing but null are tables too.
    (prop::collection::vec(row, 0..160), any::<bool>(), any::<bool>()).prop_map(|(mut rows, no_step, few)| {
        if no_step {
            rows.iter_mut().for_each(|row| row.step = None);
        }
        if few {
            rows.truncate(1);
        }
        rows
    })
}

pub fn file(rows: &[Row]) -> Arc<Vec<u8>> {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("cfg", Arc::new(rows.iter().map(|row| row.cfg).collect::<Float32Array>())),
        ("step", Arc::new(rows.iter().map(|row| row.step).collect::<UInt16Array>())),
        ("tag", Arc::new(rows.iter().map(|row| row.tag).collect::<StringArray>())),
        ("wide", Arc::new(rows.iter().map(|row| row.wide).collect::<UInt32Array>())),
        ("stamp", Arc::new(rows.iter().map(|row| row.stamp).collect::<TimestampMicrosecondArray>())),
        ("prompt", Arc::new(rows.iter().map(Row::text).collect::<StringArray>())),
    ];
    let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(nullable).unwrap();
    Arc::new(file_of(&batch))
}

#[derive(Clone, Debug)]
pub struct Question {
    pub filters: BTreeMap<&'static str, Clause>,
    pub query: Option<usize>,
    pub first: Option<u64>,
    sort: Vec<(&'static str, bool)>,
    from: u64,
}

pub fn questions() -> impl Strategy<Value = Question> {
    let cfg = || prop_oneof![Just(-3.0), Just(0.0), Just(7.1), Just(7.5), Just(f64::INFINITY), -10.0..40.0];
    let listed = |all: &'static [&'static str]| {
        (prop::collection::vec(prop::option::weighted(0.8, 0..all.len()), 0..3), any::<bool>()).prop_map(
            move |(values, negated)| {
                Clause::list(
                    values.into_iter().map(|value| value.map(|value| all[value].to_owned())),
                    negated,
                )
            },
        )
    };
    let nothing = prop_oneof![Just(Clause::Null), Just(Clause::NotNull)];
    let on_cfg = prop_oneof![
        (prop::option::of(cfg()), prop::option::of(cfg())).prop_map(|(low, high)| Clause::numbers(low, high)),
        listed(&["7.1", "NaN", "0", "-3", "1e30"]),
        nothing.clone(),
    ];
    let on_wide = (prop::option::of(0.0..4e9), prop::option::of(0.0..4e9))
        .prop_map(|(low, high)| Clause::numbers(low, high));
    let on_stamp = (prop::option::of(0i64..1_000), prop::option::of(0i64..2_000)).prop_map(|(start, end)| {
        let millis = |hours: i64| hours * 3_600_000;
        Clause::times(start.map(millis), end.map(millis))
    });
    let filters = (
        prop::option::weighted(0.4, on_cfg),
        prop::option::weighted(0.2, prop_oneof![nothing, listed(&["1", "5", "11"])]),
        prop::option::weighted(0.3, listed(&TAGS)),
        prop::option::weighted(0.2, on_wide),
        prop::option::weighted(0.3, on_stamp),
    );
    let filters = filters.prop_map(|(cfg, step, tag, wide, stamp)| {
        let all = [("cfg", cfg), ("step", step), ("tag", tag), ("wide", wide), ("stamp", stamp)];
        all.into_iter().filter_map(|(name, clause)| Some((name, clause?))).collect::<BTreeMap<_, _>>()
    });
    let keys = prop::sample::select(vec!["cfg", "step", "tag", "wide", "stamp", "prompt"]);
    (
        filters,
        prop::option::weighted(0.4, 0..QUERIES.len()),
        prop::option::weighted(0.2, 0u64..200),
        prop::collection::vec((keys, any::<bool>()), 0..3),
        0u64..40,
    )
        .prop_map(|(filters, query, first, mut sort, from)| {
            let mut named = BTreeSet::new();
            sort.retain(|(name, _)| named.insert(*name));
            Question { filters, query, first, sort, from }
        })
}

impl Question {
    pub fn passes(&self, rows: &[Row], row: usize, but: &[&str]) -> bool {
        let this = &rows[row];
        let clauses = self.filters.iter().filter(|(name, _)| !but.contains(name));
        clauses.into_iter().all(|(name, clause)| holds(this, name, clause))
            && self.query.is_none_or(|query| PROMPTS[this.prompt.unwrap_or(0)].1[query])
            && self.first.is_none_or(|first| (row as u64) < first)
    }

    fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let mut order = Ordering::Equal;
        for (name, descending) in &self.sort {
            let number = |row: &Row| row.cfg.filter(|cfg| !cfg.is_nan()).map(f64::from);
            let by = match *name {
                "cfg" => last(number(a), number(b), *descending),
                "step" => last(a.step, b.step, *descending),
                "tag" => last(a.tag, b.tag, *descending),
                "wide" => last(a.wide, b.wide, *descending),
                "stamp" => {
                    let millis = |row: &Row| row.stamp.map(|micros| micros.div_euclid(1_000));
                    last(millis(a), millis(b), *descending)
                }
                _ => last(a.text(), b.text(), *descending),
            };
            order = order.then(by);
        }
        order
    }
}

/// Rows without a value come last whichever way.
fn last<T: PartialOrd>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => {
            let order = a.partial_cmp(&b).unwrap();
            if descending { order.reverse() } else { order }
        }
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

pub fn holds(row: &Row, name: &str, clause: &Clause) -> bool {
    let is_null = match name {
        "cfg" => row.cfg.is_none(),
        "step" => row.step.is_none(),
        "tag" => row.tag.is_none(),
        "wide" => row.wide.is_none(),
        _ => row.stamp.is_none(),
    };
    match clause {
        Clause::Null => is_null,
        Clause::NotNull => !is_null,
        Clause::List(list) => {
            let named = |text: &str| match name {
                "cfg" => row.cfg.is_some_and(|cfg| {
                    let wanted: f32 = text.parse().unwrap();
                    cfg == wanted || cfg.is_nan() && wanted.is_nan()
                }),
                "step" => row.step.is_some_and(|step| step.to_string() == text),
                "wide" => row.wide.is_some_and(|wide| wide.to_string() == text),
                _ => row.tag == Some(text),
            };
            let listed = list.values.iter().any(|value| match value {
                ListValue::Null => is_null,
                ListValue::Text(text) => named(text),
            });
            listed != list.negated
        }
        Clause::Range(range) => match range.span() {
            Span::Numbers { low, high } => match name {
                "cfg" => row.cfg.is_some_and(|cfg| {
                    let (low, high) = (low.map(|low| low as f32), high.map(|high| high as f32));
                    !cfg.is_nan() && low.is_none_or(|low| cfg >= low) && high.is_none_or(|high| cfg <= high)
                }),
                // Without ends it is a range of numbers whatever the column holds.
                "stamp" => row.stamp.is_some(),
                _ => row.wide.is_some_and(|wide| {
                    let wide = f64::from(wide);
                    low.is_none_or(|low| wide >= low) && high.is_none_or(|high| wide <= high)
                }),
            },
            Span::Times { start_millis, end_millis } => row.stamp.is_some_and(|micros| {
                let millis = micros.div_euclid(1_000);
                start_millis.is_none_or(|start| millis >= start) && end_millis.is_none_or(|end| millis < end)
            }),
        },
    }
}

pub const CHARTS: [&str; 5] = ["cfg", "step", "tag", "wide", "stamp"];

fn check(session: &mut Session, rows: &[Row], question: &Question) {
    session.show(|show| {
        show.generation = show.generation.next();
        show.list = Listing::Rows;
        let filter = |(name, clause): (&&str, &Clause)| ((*name).to_owned(), clause.clone());
        show.rows.filters = question.filters.iter().map(filter).collect();
        show.rows.query = question.query.map(|query| QUERIES[query].to_owned());
        show.rows.subset = question.first.map(Subset::First);
        let key = |(name, descending): &(&str, bool)| SortKey {
            column: (*name).to_owned(),
            descending: *descending,
        };
        show.rows.sort = question.sort.iter().map(key).collect();
        show.charts = CHARTS.map(str::to_owned).to_vec();
        show.columns = vec!["prompt".to_owned()];
        (show.first, show.count) = (question.from, 50);
    });
    let mut expected: Vec<usize> = (0..rows.len()).filter(|row| question.passes(rows, *row, &[])).collect();
    expected.sort_by(|a, b| question.compare(&rows[*a], &rows[*b]));
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read), (expected.len() as u64, rows.len() as u64), "{question:?}");
    let distinct: BTreeSet<_> = expected.iter().filter_map(|row| rows[*row].text()).collect();
    if let Some(told) = count.distinct {
        assert_eq!(told, distinct.len() as u64, "{question:?}");
    }
    let shown: Vec<usize> = session.rows.as_ref().unwrap().rows.iter().map(|row| row.row as usize).collect();
    let window: Vec<usize> = expected.iter().copied().skip(question.from as usize).take(50).collect();
    assert_eq!(shown, window, "{question:?}");
    for name in CHARTS {
        let Some(chart) = session.charts.get(name) else {
            assert!(rows.is_empty(), "no chart of {name}");
            continue;
        };
        let others: Vec<&Row> = (0..rows.len())
            .filter(|row| question.passes(rows, *row, &[name]))
            .map(|row| &rows[row])
            .collect();
        let nowhere = |rows: &[&Row]| {
            let nan = |row: &&&Row| name == "cfg" && row.cfg.is_some_and(f32::is_nan);
            rows.iter().filter(nan).count()
        };
        let all: Vec<&Row> = rows.iter().collect();
        for (counts, null, of) in
            [(&chart.all.0, chart.null_all, &all), (&chart.here.0, chart.null_here, &others)]
        {
            let none = of.iter().filter(|row| holds(row, name, &Clause::Null)).count();
            assert_eq!(null as usize, none, "{name} without a value: {question:?}");
            let sum = counts.iter().sum::<u32>() as usize;
            assert_eq!(sum, of.len() - none - nowhere(of), "{name}: {question:?}");
        }
        if let (Shape::Categories { labels, .. }, "tag") = (&chart.shape, name) {
            for (label, here) in labels.iter().zip(&chart.here.0) {
                let count = others.iter().filter(|row| row.tag == Some(label.as_str())).count();
                assert_eq!(*here as usize, count, "{label:?}: {question:?}");
            }
        }
    }
    for active in CHARTS {
        check_cube(session, rows, question, active);
    }
    // One line a prompt: those of most rows first, each as often as it is there.
    session.show(|show| {
        show.list = Listing::Prompts;
        show.first = 0;
    });
    let prompts = session.prompts.clone().unwrap();
    assert_eq!(prompts.total as usize, distinct.len(), "{question:?}");
    assert!(prompts.prompts.windows(2).all(|pair| pair[0].count >= pair[1].count));
    for prompt in &prompts.prompts {
        let text = rows[prompt.rows[0] as usize].text();
        let same = expected.iter().filter(|row| rows[**row].text() == text).count();
        assert_eq!(prompt.count as usize, same, "{question:?}");
    }
}

/// A drag over all of a chart counts the rows that are in it, in every other chart too.
fn check_cube(session: &mut Session, rows: &[Row], question: &Question, active: &str) {
    let in_chart = |row: &Row, name: &str| {
        holds(row, name, &Clause::NotNull) && !(name == "cfg" && row.cfg.is_some_and(f32::is_nan))
    };
    session.cube = None;
    let generation = session.count.as_ref().unwrap().generation;
    session.ask(TableRequest::Touch { column: active.to_owned(), generation });
    let Some(cube) = session.cube.clone() else {
        assert!(rows.is_empty(), "no cube of {active}");
        return;
    };
    let count = |but: &[&str], keep: &dyn Fn(&Row) -> bool| {
        let kept = (0..rows.len()).filter(|row| question.passes(rows, *row, but) && keep(&rows[*row]));
        kept.count() as u32
    };
    assert_eq!(
        cube.total.0.last(),
        Some(&count(&[active], &|row| in_chart(row, active))),
        "{active}: {question:?}"
    );
    for side in cube.others.iter().filter(|side| CHARTS.contains(&side.column.as_str())) {
        let ends = side.before.0.len() - side.bins as usize;
        let sum: u32 = side.before.0[ends..].iter().sum();
        let name = side.column.as_str();
        let null = |row: &Row| holds(row, name, &Clause::Null);
        let expected =
            count(&[active, name], &|row| in_chart(row, active) && (in_chart(row, name) || null(row)));
        assert_eq!(sum, expected, "{active} and {name}: {question:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_table_answers_any_question_as_a_loop_would(
        rows in rows(), questions in prop::collection::vec(questions(), 1..6))
    {
        let mut session = Session::open(&file(&rows));
        for question in &questions {
            check(&mut session, &rows, question);
        }
    }
}

#[test]
fn sixty_thousand_different_values_are_answered_as_a_loop_would() {
    let rows: Vec<Row> = (0..70_000u32)
        .map(|n| Row {
            cfg: (n % 11 != 0).then(|| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 1e3 - 100.0),
            step: None,
            tag: Some(TAGS[n as usize % 3]),
            wide: Some(n.wrapping_mul(2_654_435_761)),
            stamp: (n % 7 != 0).then(|| i64::from(n) * 61_000_000),
            // One prompt of a hundred kilobytes is enough.
            prompt: Some(if n == 500 { PROMPTS.len() - 1 } else { n as usize % (PROMPTS.len() - 1) }),
        })
        .collect();
    let mut session = Session::open(&file(&rows));
    let question = |filters: &[(&'static str, Clause)], query, sort: &[(&'static str, bool)]| Question {
        filters: filters.iter().cloned().collect(),
        query,
        first: None,
        sort: sort.to_vec(),
        from: 30,
    };
    let numbers = |low, high| Clause::numbers(Some(low), Some(high));
    check(&mut session, &rows, &question(&[("cfg", numbers(0.0, 5_000.0))], None, &[("wide", true)]));
    check(
        &mut session,
        &rows,
        &question(&[("wide", numbers(1e9, 2e9))], Some(0), &[("cfg", false), ("stamp", true)]),
    );
    let named = Clause::list([Some(rows[77].wide.unwrap().to_string()), Some("1".into())], false);
    check(&mut session, &rows, &question(&[("wide", named)], None, &[]));
    let times = Clause::times(Some(1_000_000), Some(2_000_000_000));
    check(
        &mut session,
        &rows,
        &question(&[("stamp", times), ("step", Clause::Null)], Some(4), &[("prompt", true)]),
    );
}
