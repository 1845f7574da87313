//! Filters, charts, the cube and details, against loops over the reference's rows.

use crate::server::{HUB, ROWS, Session, column, reference};
use arrow_array::types::{Float32Type, UInt16Type};
use arrow_array::{Array, cast::AsArray};
use vitrine::base::ids::Generation;
use vitrine::protocol::{Bins, Cell, Request, Shape, TableRequest};
use vitrine::view::spec::{Clause, TableRef};

fn bins(session: &Session, name: &str) -> Bins {
    match &session.charts[name].shape {
        Shape::Bins(bins) => bins.clone(),
        Shape::Categories { .. } => panic!("{name} has intervals"),
    }
}

fn charted() -> Session {
    let mut session = Session::open(&HUB);
    session.show(|show| {
        show.charts = ["cfg", "step", "sampler", "size"].map(str::to_owned).to_vec();
        show.columns = ["prompt", "cfg", "step"].map(str::to_owned).to_vec();
        show.count = 40;
    });
    session
}

#[test]
fn a_filter_keeps_the_rows_that_a_loop_keeps() {
    let batch = reference(&HUB);
    let cfg = column(&batch, "cfg").as_primitive::<Float32Type>();
    let step = column(&batch, "step").as_primitive::<UInt16Type>();
    let mut session = charted();
    session.filter(&[
        ("cfg", Clause::numbers(Some(7.0), Some(12.0))),
        ("step", Clause::list([Some("50".into()), None], true)),
    ]);
    let in_cfg = |row: usize| !cfg.is_null(row) && (7.0..=12.0).contains(&cfg.value(row));
    let in_step = |row: usize| !step.is_null(row) && step.value(row) != 50;
    let matching: Vec<usize> = (0..ROWS as usize).filter(|row| in_cfg(*row) && in_step(*row)).collect();
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read, count.rows), (matching.len() as u64, ROWS, ROWS));
    let rows = session.rows.as_ref().unwrap();
    assert_eq!(rows.rows.iter().map(|row| row.row as usize).collect::<Vec<_>>(), &matching[..40]);
    session.check_rows(&batch);
    // A chart leaves out its own clause.
    let here: u32 = session.charts["cfg"].here.0.iter().sum();
    assert_eq!(
        here as usize,
        (0..ROWS as usize).filter(|row| in_step(*row) && !cfg.value(*row).is_nan()).count()
    );
    // The last rows of the result are found without a list of them.
    let last = matching.len() as u64 - 10;
    session.show(|show| show.first = last);
    let rows = session.rows.as_ref().unwrap();
    assert_eq!(rows.rows.iter().map(|row| row.row as usize).collect::<Vec<_>>(), &matching[last as usize..]);
    session.check_rows(&batch);
}

#[test]
fn a_brush_counts_what_its_filter_keeps() {
    let mut session = charted();
    session.ask(TableRequest::Touch { column: "cfg".into(), generation: Generation(0) });
    let cube = session.cube.clone().unwrap();
    let bins = bins(&session, "cfg");
    for (i, j) in [(0, 1), (3, 20), (10, cube.bins as usize)] {
        session.filter(&[("cfg", Clause::numbers(Some(bins.from[i]), Some(bins.to[j - 1])))]);
        let count = session.count.clone().unwrap();
        assert_eq!(u64::from(cube.total.0[j] - cube.total.0[i]), count.matching);
        for side in &cube.others {
            let n = side.bins as usize;
            let chart = &session.charts[&side.column];
            let got: Vec<u32> =
                (0..n - 1).map(|k| side.before.0[j * n + k] - side.before.0[i * n + k]).collect();
            assert_eq!(got, chart.here.0, "{}", side.column);
        }
    }
}

#[test]
fn samplers_go_by_name_and_sizes_are_derived() {
    let mut session = charted();
    let Shape::Categories { labels, .. } = &session.charts["sampler"].shape else {
        panic!("samplers are names")
    };
    assert_eq!(labels[0], "k_lms");
    let Shape::Categories { labels, .. } = &session.charts["size"].shape else { panic!("sizes are names") };
    assert_eq!(labels[0], "512x512");
    let square = session.charts["size"].all.0[0];
    session.filter(&[("size", Clause::list([Some("512x512".into())], false))]);
    assert_eq!(session.count.clone().unwrap().matching, u64::from(square));
}

#[test]
fn a_filter_on_a_column_that_is_not_read_reads_it() {
    let batch = reference(&HUB);
    let flagged =
        column(&batch, "image_nsfw").as_primitive::<Float32Type>().iter().filter(|v| *v == Some(2.0)).count();
    let mut session = Session::open(&HUB);
    session.filter(&[("image_nsfw", Clause::list([Some("2".into())], false))]);
    assert_eq!(session.count.clone().unwrap().matching, flagged as u64);
    let bins = bins(&session, "image_nsfw");
    assert_eq!(bins.detached, Some(2.0));
    assert_eq!(session.charts["image_nsfw"].all.0.last(), Some(&(flagged as u32)));
}

#[test]
fn details_hold_every_field() {
    let batch = reference(&HUB);
    let mut session = charted();
    session.ask(Request::Detail { row: 77_777 });
    session.run();
    let detail = session.detail.clone().unwrap();
    assert_eq!((detail.row, detail.position), (77_777, Some(77_777)));
    assert_eq!(detail.fields.len(), 14, "thirteen columns and the size");
    for (name, got) in &detail.fields {
        if name == "size" {
            assert!(matches!(got, Cell::Text(size) if size.contains('x')));
        } else if !matches!(got, Cell::Text(text) if text.len() > 400) {
            assert_eq!(*got, crate::server::cell(column(&batch, name), 77_777), "{name}");
        }
    }
}

#[test]
fn filters_that_make_no_sense_are_left_out_and_told() {
    let mut session = charted();
    session.filter(&[("nothing", Clause::Null)]);
    let told: Vec<&str> = session.notices.iter().map(|notice| notice.title.as_str()).collect();
    assert_eq!(told, ["The filter on nothing is left out"]);
    assert_eq!(session.count.clone().unwrap().matching, ROWS);
    // Several are told together, so that they do not bury what else is to be told.
    session.notices.clear();
    let many: Vec<String> = (0..9).map(|n| format!("no{n}")).collect();
    let many: Vec<(&str, Clause)> = many.iter().map(|name| (name.as_str(), Clause::Null)).collect();
    session.filter(&many);
    let told: Vec<&str> = session.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(told, ["no0, no1, no2, no3 and 5 more: The table has no such column."]);
    // A column without a chart can be filtered all the same: by whole prompts.
    let batch = reference(&HUB);
    let prompts = column(&batch, "prompt").as_string::<i32>();
    let prompt = prompts.value(7).to_owned();
    let list = Clause::list([Some(prompt.clone())], false);
    session.filter(&[("prompt", list)]);
    let same = (0..ROWS as usize).filter(|row| !prompts.is_null(*row) && prompts.value(*row) == prompt);
    assert_eq!(session.count.clone().unwrap().matching, same.count() as u64);
    session.filter(&[("cfg", Clause::numbers(Some(9.0), Some(8.0)))]);
    assert_eq!(session.count.clone().unwrap().matching, 0);
    assert_eq!(session.rows.as_ref().unwrap().rows, []);
}

#[test]
fn a_failed_read_is_told_and_retried_on_request() {
    let mut session = Session::open(&HUB);
    session.ask(TableRequest::Load { column: "seed".into() });
    session.deliver_piece();
    session.fail(vitrine::base::error::Error::new(
        vitrine::base::error::ErrorKind::Network,
        "the connection was cut",
    ));
    let notice = session.notices.last().unwrap().clone();
    assert_eq!(notice.subject, "connection");
    assert!(notice.text.contains("keeps working"), "{}", notice.text);
    assert!(!session.deliver_piece(), "nothing more is read");
    session.ask(Request::Retry);
    session.run();
    assert!(session.charts["seed"].complete);
}
/// Whole numbers above the signed ones, and numbers over powers of ten: charts and filters take them for
/// what they are.
#[test]
fn numbers_of_odd_types_are_filtered_as_they_read() {
    use arrow_array::types::{Decimal128Type, UInt64Type};
    let mut file = Vec::new();
    fixture::types::types(5_000, 3, &"hub".parse().unwrap(), &mut file).unwrap();
    let file = std::sync::Arc::new(file);
    let batch = reference(&file);
    let whole = column(&batch, "u64").as_primitive::<UInt64Type>();
    let decimal = column(&batch, "decimal_18_4").as_primitive::<Decimal128Type>();
    let count = |keeps: &dyn Fn(usize) -> bool| (0..5_000).filter(|row| keeps(*row)).count() as u64;
    let mut session = Session::open(&file);
    session.show(|show| show.charts = vec!["u64".into(), "decimal_18_4".into()]);
    let edges = bins(&session, "u64").edges;
    assert!(edges[0] >= 0.0 && edges[edges.len() - 1] > 1.8e19, "{edges:?}");

    let half = 9_223_372_036_854_775_808u64;
    session.filter(&[("u64", Clause::numbers(Some(half as f64), None))]);
    let expected = count(&|row| !whole.is_null(row) && whole.value(row) >= half);
    assert!(expected > 1_500);
    assert_eq!(session.count.clone().unwrap().matching, expected);
    // One number exactly, not those that are the same as doubles.
    let row = (0..5_000).find(|row| !whole.is_null(*row) && whole.value(*row) > half).unwrap();
    let list = |value: u64| Clause::list([Some(value.to_string())], false);
    for (value, expected) in [(whole.value(row), 1), (whole.value(row) ^ 1, 0)] {
        session.filter(&[("u64", list(value))]);
        assert_eq!(session.count.clone().unwrap().matching, expected, "{value}");
    }

    let (low, high) = (-1_000.5, 20_000.25);
    session.filter(&[("decimal_18_4", Clause::numbers(Some(low), Some(high)))]);
    let scaled = |value: f64| (value * 10_000.0) as i128;
    let within = |row: usize| (scaled(low)..=scaled(high)).contains(&decimal.value(row));
    assert_eq!(session.count.clone().unwrap().matching, count(&|row| !decimal.is_null(row) && within(row)));
}

/// A page that does not know the columns yet asks for the usual ones: they are read right behind the
/// footer, and asking for the same by name reads nothing more.
#[test]
fn the_usual_view_is_read_without_knowing_the_columns() {
    let batch = reference(&HUB);
    let mut session = Session::new(&HUB);
    session.ask(Request::Open(vitrine::protocol::Open {
        table: TableRef::Url("https://example.org/table.parquet".to_owned()),
        endpoint: None,
        base: "https://example.org/".to_owned(),
        roles: Vec::new(),
        reading: vitrine::formats::tabular::reading::Reading::default(),
        added: None,
    }));
    session.ask(Request::Show(vitrine::protocol::Show { count: 32, ..Default::default() }));
    session.run();
    let charts: Vec<&str> = session.charts.keys().map(String::as_str).collect();
    // Sizes are made of widths and heights.
    assert_eq!(charts, ["cfg", "height", "sampler", "size", "step", "width"]);
    assert!(session.charts.values().all(|chart| chart.complete));
    let rows = session.rows.clone().unwrap();
    assert_eq!((rows.rows.len(), rows.columns[0].as_str()), (32, "prompt"));
    assert!(rows.rows.iter().all(|row| !row.cells.contains(&Cell::Pending)));
    let prompts = column(&batch, "prompt");
    assert_eq!(rows.rows[7].cells[0], crate::server::cell(prompts, 7));
    session.clear_log();
    session.show(|show| {
        show.charts = ["cfg", "step", "sampler", "size"].map(str::to_owned).to_vec();
        show.columns = rows.columns.clone();
        show.count = 32;
    });
    assert_eq!(session.requests, []);
}
