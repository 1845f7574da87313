//! Labels of one's own: filters, orders, charts, groups and files of them against plain loops, and what is kept of
//! them when the file is another one.

use crate::exports::export;
use crate::server::{Session, column, file_of, generate, open, reference};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray, cast::AsArray};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use vitrine::protocol::export::Format;
use vitrine::protocol::labels::{Ask, Done, File, Form, What};
use vitrine::protocol::{Cell, LazyRequest, Level, Request, Shape, TableRequest, group_by};
use vitrine::view::spec::{Clause, SortKey};

const ROWS: usize = 20_000;
static TABLE: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(ROWS as u64, "hub")));

fn ask(session: &mut Session, ask: impl Into<Ask>) {
    session.ask(TableRequest::Labels(ask.into()));
    session.run();
}

fn numbered(what: What, number: u32) -> Ask {
    Ask { what, number: Some(number), ..Ask::default() }
}

fn toggle(row: u64, place: u32) -> Ask {
    Ask { rows: vec![row], ..numbered(What::Toggle, place) }
}

fn note(row: u64, text: String) -> Ask {
    Ask { what: What::Note, rows: vec![row], text, ..Ask::default() }
}

fn add(session: &mut Session, name: &str) {
    ask(session, Ask { what: What::Add, text: name.to_owned(), ..Ask::default() });
}

fn id(session: &Session, name: &str) -> u8 {
    session.labels.as_ref().unwrap().labels.iter().find(|label| label.name == name).unwrap().id
}

fn rows_of(session: &Session, name: &str) -> u64 {
    session.labels.as_ref().unwrap().labels.iter().find(|label| label.name == name).unwrap().rows
}

fn names(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    column(batch, name).as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

fn cfg(batch: &RecordBatch) -> Vec<f32> {
    let cfg = column(batch, "cfg").as_primitive::<arrow_array::types::Float32Type>();
    (0..batch.num_rows()).map(|row| if cfg.is_valid(row) { cfg.value(row) } else { f32::NAN }).collect()
}

/// All rows with cfg from 10 are “high”, of those with 7 to 8 “low”, and some by their number.
fn labelled(session: &mut Session) -> BTreeMap<usize, &'static str> {
    let cfg = cfg(&reference(&TABLE));
    add(session, "high");
    add(session, "low");
    session.filter(&[("cfg", Clause::numbers(Some(10.0), None))]);
    let high = id(session, "high");
    ask(session, numbered(What::Matching, u32::from(high)));
    session.filter(&[("cfg", Clause::numbers(Some(7.0), Some(8.0)))]);
    let low = id(session, "low");
    ask(session, numbered(What::Matching, u32::from(low)));
    session.filter(&[]);
    let mut expected = BTreeMap::new();
    for (row, cfg) in cfg.iter().enumerate() {
        if *cfg >= 10.0 {
            expected.insert(row, "high");
        } else if (7.0..=8.0).contains(cfg) {
            expected.insert(row, "low");
        }
    }
    for (row, place, name) in [(17, 1, "high"), (18, 2, "low"), (19_999, 2, "low")] {
        if expected.get(&(row as usize)) != Some(&name) {
            ask(session, toggle(row, place));
            expected.insert(row as usize, name);
        }
    }
    expected
}

#[test]
fn a_label_filters_sorts_and_charts_like_any_column() {
    let mut session = Session::open(&TABLE);
    let columns = session.opened.as_ref().unwrap().columns.len();
    ask(&mut session, What::Tell);
    assert_eq!(session.labels.as_ref().unwrap().columns, (String::new(), String::new()));
    let expected = labelled(&mut session);
    let opened = session.opened.clone().unwrap();
    assert_eq!((opened.columns.len(), opened.own.as_deref()), (columns + 2, Some("label")));
    assert!(expected.len() > 1_000 && expected.len() < ROWS);
    for name in ["high", "low"] {
        let count = expected.values().filter(|label| **label == name).count() as u64;
        assert_eq!(rows_of(&session, name), count);
        session.filter(&[("label", Clause::list([Some(name.to_owned())], false))]);
        assert_eq!(session.count.as_ref().unwrap().matching, count, "{name}");
    }
    session.filter(&[("label", Clause::Null)]);
    assert_eq!(session.count.as_ref().unwrap().matching, (ROWS - expected.len()) as u64);

    session.filter(&[]);
    session.show(|show| show.charts = vec!["label".to_owned(), "cfg".to_owned()]);
    let chart = session.charts["label"].clone();
    let Shape::Categories { labels, .. } = &chart.shape else { panic!("labels are names") };
    for (name, count) in labels.iter().zip(&chart.all.0) {
        assert_eq!(*count as usize, expected.values().filter(|label| *label == name).count());
    }
    // One mark more is in the chart at once, and filters by it follow.
    session.filter(&[("label", Clause::list([Some("high".to_owned())], false))]);
    let before = session.count.as_ref().unwrap().matching;
    let row = (0..ROWS).find(|row| !expected.contains_key(row)).unwrap() as u64;
    ask(&mut session, toggle(row, 1));
    assert_eq!(session.count.as_ref().unwrap().matching, before + 1);
    ask(&mut session, toggle(row, 1));
    assert_eq!(session.count.as_ref().unwrap().matching, before);

    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.filters.clear();
        show.rows.sort = vec![SortKey { column: "label".to_owned(), descending: false }];
        show.columns = vec!["label".to_owned(), "image_name".to_owned()];
        (show.first, show.count) = (0, 40);
    });
    let first = |session: &Session| session.rows.as_ref().unwrap().rows.first().unwrap().row as usize;
    let high = expected.iter().find(|(_, label)| **label == "high").map(|(row, _)| *row).unwrap();
    assert_eq!(first(&session), high);
    assert_eq!(session.rows.as_ref().unwrap().rows[0].cells[0], Cell::Text("high".to_owned()));
    assert_eq!(session.rows.as_ref().unwrap().rows[0].colour, 1);
    // Without its label the row stands at the end, and the next one is first.
    ask(&mut session, toggle(high as u64, 0));
    let next = expected.iter().filter(|(_, label)| **label == "high").nth(1).map(|(row, _)| *row).unwrap();
    assert_eq!(first(&session), next);
}

#[test]
fn steps_go_back_and_on_again() {
    let mut session = Session::open(&TABLE);
    let expected = labelled(&mut session);
    let marked = |session: &Session| rows_of(session, "high") + rows_of(session, "low");
    assert_eq!(marked(&session), expected.len() as u64);
    let high = id(&session, "high");
    ask(&mut session, numbered(What::Remove, u32::from(high)));
    assert_eq!(session.labels.as_ref().unwrap().labels.len(), 1);
    let removed = *session.label_steps.last().unwrap();
    ask(&mut session, numbered(What::Flip, removed));
    assert_eq!(marked(&session), expected.len() as u64);
    ask(&mut session, numbered(What::Flip, removed));
    assert_eq!(session.labels.as_ref().unwrap().labels.len(), 1);
    for step in session.label_steps.clone().into_iter().rev() {
        ask(&mut session, numbered(What::Flip, step));
    }
    // Nothing is left, and neither are the columns.
    assert_eq!(session.opened.as_ref().unwrap().own, None);
    assert!(session.labels.as_ref().unwrap().labels.is_empty());
    add(&mut session, "again");
    assert_eq!(session.opened.as_ref().unwrap().own.as_deref(), Some("label"));
    add(&mut session, " again ");
    assert_eq!(session.labels.as_ref().unwrap().done, Done::Taken);
    ask(&mut session, toggle(3, 9));
    assert_eq!(session.labels.as_ref().unwrap().done, Done::NoLabel);
}

#[test]
fn files_hold_labels_and_notes() {
    let mut session = Session::open(&TABLE);
    let expected = labelled(&mut session);
    ask(&mut session, note(18, "a \"sharp\", dark\none".to_owned()));
    let columns = ["image_name", "label", "note"];
    let keys = names(&reference(&TABLE), "image_name");
    let file = Arc::new(export(&mut session, Format::Parquet, &columns));
    let written = reference(&file);
    let (labels, notes) = (names(&written, "label"), names(&written, "note"));
    assert_eq!(written.num_rows(), ROWS);
    for row in 0..ROWS {
        assert_eq!(labels[row].as_deref(), expected.get(&row).copied(), "{row}");
        assert_eq!(notes[row].is_some(), row == 18);
    }
    assert_eq!(names(&written, "image_name"), keys);

    session.filter(&[("note", Clause::NotNull)]);
    assert_eq!(session.count.as_ref().unwrap().matching, 1);
    let csv =
        String::from_utf8(export(&mut session, Format::Csv { guard_formulas: false }, &columns)).unwrap();
    assert!(csv.contains("\"a \"\"sharp\"\", dark\none\""), "{csv}");
    let json = String::from_utf8(export(&mut session, Format::JsonLines, &columns)).unwrap();
    let line: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(
        (line["label"].as_str(), line["note"].as_str()),
        (Some("low"), Some("a \"sharp\", dark\none"))
    );
}

#[test]
fn rows_are_grouped_by_label() {
    let mut session = Session::open(&TABLE);
    let expected = labelled(&mut session);
    let want = group_by::Want { items: vec!["by:label".to_owned()], first: 0, count: 20 };
    session.ask(LazyRequest::GroupBy(Some(want)));
    session.run();
    let groups = session.group_by.clone().unwrap();
    let group_by::State::Lines { lines, .. } = groups.state else { panic!("{:?}", groups.state) };
    let counted: BTreeMap<String, u64> = lines
        .iter()
        .filter_map(|line| match &line.keys[0] {
            group_by::Key::Value(text) => Some((text.clone(), line.rows)),
            _ => None,
        })
        .collect();
    for name in ["high", "low"] {
        assert_eq!(counted[name], expected.values().filter(|label| **label == name).count() as u64);
    }
}

/// The table with its rows in another order, without some, written anew.
fn shuffled() -> Arc<Vec<u8>> {
    let batch = reference(&TABLE);
    let rows: Vec<u64> =
        (0..ROWS as u64).map(|row| row * 7_919 % ROWS as u64).filter(|row| row % 10 != 3).collect();
    let rows = arrow_array::UInt64Array::from(rows);
    let columns = batch.columns().iter().map(|column| arrow_select::take::take(column, &rows, None).unwrap());
    let batch = RecordBatch::try_new(batch.schema(), columns.collect()).unwrap();
    Arc::new(file_of(&batch))
}

#[test]
fn another_version_of_the_file_keeps_labels_by_key() {
    let mut session = Session::open(&TABLE);
    let expected = labelled(&mut session);
    ask(&mut session, note(40, "fine".to_owned()));
    let device = session.device.clone().unwrap();
    assert!(device.len() > 2 && device.keys().all(|(table, _)| table == "https://example.org/table.parquet"));

    // The same version: by the numbers of rows, without a read.
    let mut again = Session::new(&TABLE);
    again.device = Some(device.clone());
    again.open_table("https://example.org/table.parquet");
    assert_eq!(rows_of(&again, "high"), expected.values().filter(|label| **label == "high").count() as u64);
    assert_eq!(again.loads.get("image_name"), None, "the keys were read for nothing");

    let file = shuffled();
    let mut other = Session::new(&file);
    other.device = Some(device);
    // As a link asks for it: before it is known that there are labels.
    other.ask(Request::Open(open("https://example.org/table.parquet")));
    other.filter(&[("label", Clause::list([Some("high".to_owned())], false))]);
    let keys = names(&reference(&TABLE), "image_name");
    let by_key: BTreeMap<&str, &str> =
        expected.iter().map(|(row, label)| (keys[*row].as_deref().unwrap(), *label)).collect();
    let now = reference(&file);
    let now_keys = names(&now, "image_name");
    let high =
        now_keys.iter().filter(|key| by_key.get(key.as_deref().unwrap()) == Some(&"high")).count() as u64;
    assert!(high > 0 && high < expected.len() as u64);
    assert_eq!(other.count.as_ref().unwrap().matching, high);
    let written = reference(&Arc::new(export(&mut other, Format::Parquet, &["image_name", "label", "note"])));
    for (key, label) in names(&written, "image_name").iter().zip(names(&written, "label")) {
        assert_eq!(label.as_deref(), by_key.get(key.as_deref().unwrap()).copied());
    }
    let lost =
        expected.len() - now_keys.iter().filter(|key| by_key.contains_key(key.as_deref().unwrap())).count();
    let told = other.notices.iter().find(|notice| notice.subject == "labels").unwrap();
    assert!(
        lost > 0 && told.level == Level::Warning && told.title.starts_with(&thousands(lost)),
        "{told:?} {lost}"
    );
    // What is kept now is of this version.
    let mut later = Session::new(&file);
    later.device = other.device.clone();
    later.open_table("https://example.org/table.parquet");
    assert_eq!(rows_of(&later, "high"), high);
    assert!(later.notices.is_empty(), "{:?}", later.notices);
}

fn thousands(number: usize) -> String {
    vitrine::protocol::display::thousands(number as u64)
}

#[test]
fn a_device_that_keeps_nothing_is_told_once() {
    let mut session = Session::new(&TABLE);
    session.device = None;
    session.open_table("https://example.org/table.parquet");
    assert!(session.notices.is_empty());
    labelled(&mut session);
    assert_eq!(session.notices.iter().filter(|notice| notice.subject == "labels").count(), 1);
    assert!(!session.labels.as_ref().unwrap().kept);
}

#[test]
fn a_file_of_labels_comes_back() {
    let mut session = Session::open(&TABLE);
    let expected = labelled(&mut session);
    ask(&mut session, note(40, "fine, so far".to_owned()));
    ask(&mut session, What::Save);
    let Some(File::Written(text, Form::Csv)) = session.label_file.clone() else {
        panic!("{:?}", session.label_file)
    };
    assert_eq!(text.lines().next(), Some("key,label,note,table"));

    let mut other = Session::open(&TABLE);
    let key = names(&reference(&TABLE), "image_name")[5].clone().unwrap();
    let odd = format!("{text}nobody.png,high,,\r\n{key},low,,\r\n{key},high,,\r\n");
    ask(&mut other, Ask { what: What::Read, text: odd, ..Ask::default() });
    let Some(File::Found(found)) = other.label_file.clone() else { panic!("{:?}", other.label_file) };
    let lines = text.lines().count() as u64 - 1;
    let twice = 2 + u64::from(expected.contains_key(&5));
    assert_eq!(
        (found.matched, found.unmatched, found.duplicate, found.new_labels, found.other_table.clone()),
        (lines - (twice - 2), 1, twice, 2, None)
    );
    assert!(other.labels.as_ref().is_none_or(|labels| labels.labels.is_empty()), "nothing is taken over yet");
    ask(&mut other, What::Apply);
    let marked = rows_of(&other, "high") + rows_of(&other, "low");
    assert_eq!(marked, expected.len() as u64 - (twice - 2));
    assert_eq!(other.labels.as_ref().unwrap().notes, 1);
    // All of it is one step.
    let step = *other.label_steps.last().unwrap();
    assert_eq!(other.label_steps.len(), 1);
    ask(&mut other, numbered(What::Flip, step));
    assert!(other.labels.as_ref().unwrap().labels.is_empty());

    let foreign = text.replace("https://example.org/table.parquet", "https://example.org/other.parquet");
    ask(&mut other, Ask { what: What::Read, text: foreign, ..Ask::default() });
    let Some(File::Found(found)) = other.label_file.clone() else { panic!("{:?}", other.label_file) };
    assert_eq!(found.other_table.as_deref(), Some("https://example.org/other.parquet"));
    ask(&mut other, Ask { what: What::Read, text: "prompt,cfg\na,7\n".to_owned(), ..Ask::default() });
    assert_eq!(other.label_file, Some(File::Unclear));
}

/// Parquet with these columns.
fn parquet(columns: &[(&str, ArrayRef)]) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns.iter().cloned()).unwrap();
    file_of(&batch)
}

#[test]
fn files_of_labels_are_of_any_kind() {
    let mut session = Session::open(&TABLE);
    let expected = labelled(&mut session);
    ask(&mut session, note(40, "fine, \"so far\"".to_owned()));
    ask(&mut session, Ask { form: Form::JsonLines, ..What::Save.into() });
    let Some(File::Written(text, Form::JsonLines)) = session.label_file.clone() else {
        panic!("{:?}", session.label_file)
    };
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["table"], "https://example.org/table.parquet");

    // An export calls the key as the table does.
    let exported = export(&mut session, Format::Parquet, &["image_name", "label", "note"]);
    for (name, bytes) in [("mine.jsonl", text.into_bytes()), ("mine.parquet", exported)] {
        let mut other = Session::open(&TABLE);
        other.other.local.insert(name.to_owned(), bytes);
        ask(&mut other, Ask { what: What::ReadFile, text: name.to_owned(), ..Ask::default() });
        let Some(File::Found(found)) = other.label_file.clone() else { panic!("{:?}", other.label_file) };
        assert_eq!((found.unmatched, found.duplicate, found.new_labels), (0, 0, 2), "{name}");
        assert_eq!(found.changes, expected.len() as u64 + u64::from(!expected.contains_key(&40)), "{name}");
        ask(&mut other, What::Apply);
        for label in ["high", "low"] {
            assert_eq!(rows_of(&other, label), rows_of(&session, label), "{name}");
        }
        assert_eq!(other.labels.as_ref().unwrap().notes, 1, "{name}");
        assert_eq!(other.other.open(), 0, "it is closed once it is read");
    }

    // What is no file of labels is told, and nothing is changed.
    let key: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    let score: ArrayRef = Arc::new(Float64Array::from(vec![0.5]));
    let no_label = parquet(&[("key", key), ("score", score)]);
    session.other.local.insert("scores.parquet".to_owned(), no_label);
    ask(&mut session, Ask { what: What::ReadFile, text: "scores.parquet".to_owned(), ..Ask::default() });
    assert_eq!(session.label_file, Some(File::Unclear));
    session.other.local.insert("page.parquet".to_owned(), b"<!doctype html><html></html>".to_vec());
    ask(&mut session, Ask { what: What::ReadFile, text: "page.parquet".to_owned(), ..Ask::default() });
    assert!(matches!(session.label_file, Some(File::Failed(_))), "{:?}", session.label_file);
    assert_eq!(session.other.open(), 0);
}

#[test]
fn numbers_are_labels_too_and_keys_are_called_as_the_table_calls_them() {
    let mut session = Session::open(&TABLE);
    let keys = names(&reference(&TABLE), "image_name");
    let key: ArrayRef = Arc::new(StringArray::from(keys[..3].to_vec()));
    let label: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.5), None, Some(2.0)]));
    session.other.local.insert("x.parquet".to_owned(), parquet(&[("image_name", key), ("label", label)]));
    ask(&mut session, Ask { what: What::ReadFile, text: "x.parquet".to_owned(), ..Ask::default() });
    ask(&mut session, What::Apply);
    assert_eq!((rows_of(&session, "1.5"), rows_of(&session, "2")), (1, 1));
    let text = format!("Image_Name,label\n{},007\n", keys[7].as_ref().unwrap());
    ask(&mut session, Ask { what: What::Read, text, ..Ask::default() });
    ask(&mut session, What::Apply);
    assert_eq!(rows_of(&session, "007"), 1);
}

#[test]
fn rows_that_are_chosen_are_labelled_together() {
    let mut session = Session::open(&TABLE);
    add(&mut session, "keep");
    add(&mut session, "drop");
    let (keep, away) = (id(&session, "keep"), id(&session, "drop"));
    let toggled = |rows: &[u64], place: u32| Ask { rows: rows.to_vec(), ..numbered(What::Toggle, place) };
    let mark = |rows: &[u64], label: Option<u8>| Ask {
        what: What::Mark,
        rows: rows.to_vec(),
        number: label.map(u32::from),
        ..Ask::default()
    };
    let counts = |session: &Session| (rows_of(session, "keep"), rows_of(session, "drop"));
    // Rows that are in no file have no label.
    ask(&mut session, toggled(&[3, 700, 19_999, 20_000, u64::MAX], 1));
    assert_eq!(counts(&session), (3, 0));
    // Some of them have it: all get it. All of them have it: it goes.
    ask(&mut session, toggled(&[3, 4, 5], 1));
    assert_eq!(counts(&session), (5, 0));
    ask(&mut session, toggled(&[3, 4, 5], 1));
    assert_eq!(counts(&session), (2, 0));
    ask(&mut session, mark(&[700, 8, 9], Some(away)));
    assert_eq!(counts(&session), (1, 3));
    let steps = session.label_steps.clone();
    ask(&mut session, mark(&[8, 19_999], None));
    assert_eq!(counts(&session), (0, 2));
    // One step back takes all of them back.
    let last = *session.label_steps.last().unwrap();
    ask(&mut session, numbered(What::Flip, last));
    assert_eq!(counts(&session), (1, 3));
    assert_eq!(session.label_steps.len(), steps.len() + 1);
    ask(&mut session, mark(&[1], Some(keep.max(away) + 1)));
    assert_eq!(session.labels.as_ref().unwrap().done, Done::NoLabel);
    assert_eq!(counts(&session), (1, 3));
}
