//! Tables that nobody knows: what they show before anyone has chosen, and how their values are called.

use crate::server::{Session, file_of, generate};
use arrow_array::{
    ArrayRef, DurationSecondArray, Int64Array, RecordBatch, StringArray, Time32MillisecondArray,
};
use std::sync::Arc;
use vitrine::base::moment::Quantity;
use vitrine::protocol::display::bound;
use vitrine::protocol::display::scale::{ended, extent};
use vitrine::protocol::{Bins, Kind, Shape};

const ROWS: i64 = 2_000;

fn texts(text: impl Fn(i64) -> String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..ROWS).map(text)))
}

fn opened(columns: Vec<(&str, ArrayRef)>) -> Session {
    Session::open(&Arc::new(file_of(&RecordBatch::try_from_iter(columns).unwrap())))
}

fn prompt(columns: Vec<(&str, ArrayRef)>) -> Option<String> {
    opened(columns).opened.unwrap().prompt
}

#[test]
fn what_is_no_prose_is_taken_for_no_prompt() {
    let json = texts(|row| format!("{{\"id\": {row}, \"values\": [1, 2, 3], \"kind\": \"an example\"}}"));
    let place = texts(|row| format!("runs/2024/experiment-{row:08}/checkpoint/model.safetensors"));
    let prose = texts(|row| format!("a castle on hill {row}"));
    assert_eq!(prompt(vec![("payload", json.clone()), ("place", place.clone())]), None);
    let found = prompt(vec![("payload", json), ("place", place), ("words", prose)]);
    assert_eq!(found, None, "words of 20 letters may be names");
    let long =
        texts(|row| format!("a castle on hill {row}, seen from far below in the light of the evening"));
    let tight = texts(|row| format!("城堡在山上{row}，从远处的山谷里看，夕阳西下的时候，非常美丽，细节丰富"));
    let names =
        texts(|row| format!("https://example.org/images/{row:010}/a-very-long-name-of-a-picture.webp"));
    assert_eq!(prompt(vec![("source", names), ("words", long)]).as_deref(), Some("words"));
    assert_eq!(prompt(vec![("words", tight)]).as_deref(), Some("words"), "not every script writes spaces");
}

#[test]
fn columns_stand_as_in_the_file_behind_prompt_and_settings() {
    let number = || -> ArrayRef { Arc::new(Int64Array::from_iter_values(0..ROWS)) };
    let session = opened(vec![
        ("id", number()),
        ("width", number()),
        ("steps", number()),
        ("note", texts(|row| row.to_string())),
        ("prompt", texts(|row| row.to_string())),
    ]);
    assert_eq!(session.opened.unwrap().usual_columns, ["prompt", "steps", "id", "width", "note"]);
}

#[test]
fn scales_of_clocks_and_lengths_of_time_are_of_that_kind() {
    let clock =
        Time32MillisecondArray::from_iter_values((0..ROWS).map(|row| (row * 41 % 86_400) as i32 * 1_000));
    let length = DurationSecondArray::from_iter_values((0..ROWS).map(|row| row * 90 - 600));
    let mut session =
        opened(vec![("clock", Arc::new(clock) as ArrayRef), ("length", Arc::new(length) as ArrayRef)]);
    let kinds: Vec<Kind> =
        session.opened.as_ref().unwrap().columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Kind::Clock, Kind::Duration]);
    session.show(|show| show.charts = ["clock", "length"].map(str::to_owned).to_vec());
    let bins = |name: &str| match &session.charts[name].shape {
        Shape::Bins(bins) => bins.clone(),
        Shape::Categories { .. } => panic!("{name} has intervals"),
    };
    let told = |bins: &Bins| {
        let (low, high) = extent(bins).unwrap();
        (bins.quantity, format!("{} – {}", ended(bins.quantity, &low), ended(bins.quantity, &high)))
    };
    assert_eq!(told(&bins("clock")), (Quantity::Clock, "00:00:00 – 22:45:59".to_owned()));
    assert_eq!(told(&bins("length")), (Quantity::Duration, "-10 min – 2 d 1 h 48 min 30 s".to_owned()));
    // Bars end where clocks have marks.
    for name in ["clock", "length"] {
        let edges = bins(name).edges;
        assert!(edges.windows(2).all(|pair| (pair[1] - pair[0]) % 900.0 == 0.0), "{edges:?}");
    }
    assert_eq!(extent(&bins("length")).map(|(low, _)| bound(&low)).as_deref(), Some("-600"));
}

#[test]
fn what_came_whole_is_charted_whole() {
    let charts = |rows| Session::open(&Arc::new(generate(rows, "hub"))).opened.unwrap().charts.len();
    let (whole, in_parts) = (charts(300), charts(30_000));
    assert!(whole > 2 * in_parts, "{whole} {in_parts}");
}
