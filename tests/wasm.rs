//! What only a browser can tell: that messages survive the way between page and worker.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use vitrine::base::ids::Generation;
use vitrine::base::moment::{Moment, TimeKind, Unit};
use vitrine::base::sorted::Map;
use vitrine::formats::parquet::decode::{ByteValues, Decoded, Values};
use vitrine::protocol::{Bins, Cell, Chart, Counts, LazyRequest, Request, Response, Row, Rows, Shape, Show};
use vitrine::table::column::{Column, Value};
use vitrine::table::join::Keys;
use vitrine::table::measure::{Gauge, meter};
use vitrine::view::measures::Measure;
use vitrine::view::spec::{Clause, RowQuery, SortKey, Subset};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: &T) {
    let sent = serde_wasm_bindgen::to_value(message).expect("a message can be sent");
    let received: T = serde_wasm_bindgen::from_value(sent).expect("a message can be received");
    assert_eq!(&received, message);
}

#[wasm_bindgen_test]
fn requests_survive_the_way_to_the_worker() {
    let filter = |column: &str, clause| (column.to_owned(), clause);
    check::<Request>(&Request::Show(Show {
        generation: Generation(u32::MAX),
        rows: RowQuery {
            filters: Map::from([
                filter("cfg", Clause::numbers(Some(-0.1), None)),
                filter("timestamp", Clause::times(Some(1_660_000_000_000), None)),
                filter("age", Clause::times(None, Some(i64::MIN))),
                filter("ключ", Clause::list([None, Some(String::new())], true)),
                filter("seed", Clause::NotNull),
            ]),
            query: Some("a \"b\"".to_owned()),
            subset: Some(Subset::Random { rows: u64::MAX, seed: (1 << 53) + 1 }),
            sort: vec![SortKey { column: "cfg".to_owned(), descending: true }],
        },
        pin: Some(RowQuery { subset: Some(Subset::First(u64::MAX)), ..RowQuery::default() }),
        charts: vec!["cfg".to_owned()],
        columns: Vec::new(),
        extras: Vec::new(),
        images_first: true,
        first: 13_999_999,
        count: 400,
        ..Default::default()
    }));
    check::<Request>(&Request::Retry);
    check::<Request>(&LazyRequest::Groups { wanted: true }.into());
}

#[wasm_bindgen_test]
fn answers_survive_the_way_to_the_page() {
    check::<Response>(&Response::Chart(Chart {
        column: "cfg".to_owned(),
        generation: Generation(3),
        pinned: true,
        shape: Shape::Bins(Bins { edges: vec![0.0, 0.5, 1e300], detached: Some(2.0), ..Bins::default() }),
        all: Counts(vec![0, 1, u32::MAX]),
        here: Counts(Vec::new()),
        null_all: 7,
        null_here: 0,
        rows_read: 10,
        unreadable: 0,
        complete: false,
    }));
    check::<Response>(&Response::Rows(Rows {
        generation: Generation(1),
        first: 1 << 40,
        columns: vec!["a".to_owned()],
        rows: vec![Row {
            row: (1 << 53) - 1,
            marks: vec![(0, 3)],
            colour: 2,
            cells: vec![
                Cell::Pending,
                Cell::Null,
                Cell::Bool(true),
                Cell::Number(f64::INFINITY),
                Cell::Digits("18446744073709551615".to_owned()),
                Cell::Time(Moment { ticks: i64::MIN + 1, unit: Unit::Nanos, kind: TimeKind::Local }),
                Cell::Text("naïve \u{1F3F0}\0".to_owned()),
                Cell::Binary(9),
            ],
        }],
    }));
}

fn texts(texts: &[&str]) -> Column {
    let mut values = ByteValues::default();
    texts.iter().for_each(|text| values.push(text.as_bytes()));
    let mut column = Column::text(texts.len());
    let page = Decoded { rows: texts.len() as u32, valid: None, values: Values::Bytes(values) };
    column.append(&page, None).unwrap();
    column
}

/// Hashes are as wide as the machine.
#[wasm_bindgen_test]
fn what_rests_on_hashes_is_the_same_on_a_narrow_machine() {
    let rows = texts(&["a castle at dawn", "Dawn: a castle, at", "fog over the sea", "a castle at dawn"]);
    for (measure, expected) in [
        (Measure::Repeats, [2, 1, 1, 2]),
        (Measure::Alike, [2, 1, 1, 2]),
        (Measure::Similar, [3, 3, 1, 3]),
        (Measure::SimilarGroup, [0, 0, 2, 0]),
    ] {
        let mut gauge = Gauge::new(measure);
        gauge.meter = Some(meter(measure, None).unwrap());
        let mut values = Column::with_capacity(4);
        while gauge.grow(&rows, true, &mut values).unwrap() {}
        let found: Vec<_> = (0..4).map(|row| values.get(row).unwrap()).collect();
        assert_eq!(found, expected.map(Value::Int), "{measure:?}");
    }
    let names: Vec<String> = (0..5_000).map(|n| format!("{n:032x}")).collect();
    let keys_of = texts(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut keys = Keys::default();
    while keys.grow(&keys_of) {}
    assert_eq!((keys.distinct(), keys.repeated()), (5_000, 0));
    assert!(
        names.iter().zip(0..).all(|(name, row)| keys.row_of(&keys_of, Value::Bytes(name.as_bytes())) == row)
    );
}
