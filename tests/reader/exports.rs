//! Rows written to files, against the reference's rows.

use crate::server::{HUB, ROWS, Session, column, generate, reference};
use arrow_array::types::{Float32Type, UInt16Type, UInt32Type};
use arrow_array::{Array, RecordBatch, cast::AsArray};
use std::sync::Arc;
use vitrine::protocol::export::{Format, Stage, Start};
use vitrine::protocol::{LazyRequest, Request};
use vitrine::view::spec::{Clause, SortKey, Subset, TableRef};

const COLUMNS: [&str; 7] = ["image_name", "prompt", "seed", "cfg", "step", "timestamp", "size"];

fn start(format: Format, columns: &[&str]) -> LazyRequest {
    LazyRequest::Export(Start {
        id: 1,
        format,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        without: Vec::new(),
        empty: false,
        groups: None,
        name: "rows".to_owned(),
    })
}

/// Asks for an export and reads until it is done.
pub fn export(session: &mut Session, format: Format, columns: &[&str]) -> Vec<u8> {
    session.files.clear();
    session.exports.clear();
    session.ask(start(format, columns));
    session.run();
    let last = session.exports.last().expect("progress is told");
    assert_eq!(last.stage, Stage::Done);
    let file = session.files.remove(&1).unwrap_or_default();
    assert_eq!((last.bytes, last.rows), (file.len() as u64, last.rows_total));
    file
}

/// Rows of the reference whose cfg is in this range.
fn with_cfg(batch: &RecordBatch, low: f32, high: f32) -> Vec<usize> {
    let cfg = column(batch, "cfg").as_primitive::<Float32Type>();
    (0..batch.num_rows())
        .filter(|row| cfg.is_valid(*row) && (low..=high).contains(&cfg.value(*row)))
        .collect()
}

fn filtered(low: f64, high: f64) -> Session {
    let mut session = Session::open(&HUB);
    session.filter(&[("cfg", Clause::numbers(Some(low), Some(high)))]);
    session
}

#[test]
fn parquet_holds_what_the_table_holds() {
    let batch = reference(&HUB);
    let mut session = filtered(7.5, 12.0);
    let columns: Vec<String> =
        session.opened.as_ref().unwrap().columns.iter().map(|c| c.name.clone()).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).filter(|name| *name != "size").collect();
    let file = Arc::new(export(&mut session, Format::Parquet, &columns));
    let written = reference(&file);
    let rows = with_cfg(&batch, 7.5, 12.0);
    assert_eq!(written.num_rows(), rows.len());
    assert!(rows.len() > 10_000, "{}", rows.len());
    let indices = arrow_array::UInt32Array::from_iter_values(rows.iter().map(|row| *row as u32));
    for name in columns {
        let expected = arrow_select::take::take(column(&batch, name), &indices, None).unwrap();
        let got = column(&written, name);
        assert_eq!(got.data_type(), expected.data_type(), "{name}");
        assert_eq!(got, &expected, "{name}");
    }
}

#[test]
fn csv_and_json_lines_hold_the_rows_in_their_order() {
    let batch = reference(&HUB);
    let mut rows = with_cfg(&batch, 11.0, 11.0);
    let step = column(&batch, "step").as_primitive::<UInt16Type>();
    let (cfg, seed) = (column(&batch, "cfg"), column(&batch, "seed").as_primitive::<UInt32Type>());
    rows.sort_by_key(|row| (step.is_null(*row), std::cmp::Reverse(step.value(*row))));
    let mut session = filtered(11.0, 11.0);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.sort = vec![SortKey { column: "step".to_owned(), descending: true }];
    });
    let csv = export(&mut session, Format::Csv { guard_formulas: false }, &COLUMNS);
    let csv = fields(&String::from_utf8(csv).unwrap());
    assert_eq!(csv[0], COLUMNS);
    assert_eq!(csv.len() - 1, rows.len());
    let lines = export(&mut session, Format::JsonLines, &COLUMNS);
    let lines: Vec<serde_json::Value> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines.len(), rows.len());
    let (name, prompt) =
        (column(&batch, "image_name").as_string::<i32>(), column(&batch, "prompt").as_string::<i32>());
    for ((row, csv), json) in rows.iter().zip(&csv[1..]).zip(&lines) {
        assert_eq!(csv[0], name.value(*row));
        assert_eq!(csv[1], if prompt.is_valid(*row) { prompt.value(*row) } else { "" });
        assert_eq!(csv[2], if seed.is_valid(*row) { seed.value(*row).to_string() } else { String::new() });
        assert_eq!(csv[3], cfg.as_primitive::<Float32Type>().value(*row).to_string());
        assert_eq!(json["image_name"], name.value(*row));
        assert_eq!(json["cfg"].as_f64().unwrap() as f32, 11.0);
        assert_eq!(json["step"].as_u64(), step.is_valid(*row).then(|| step.value(*row).into()));
        assert_eq!(json["timestamp"].as_str().unwrap_or_default(), csv[5]);
        assert_eq!(json["size"].as_str().unwrap_or_default(), csv[6]);
        assert!(csv[5].is_empty() || csv[5].starts_with("2022-08-") && csv[5].ends_with('Z'), "{}", csv[5]);
    }
}

/// Fields of CSV, line by line.
fn fields(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut field)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                line.push(std::mem::take(&mut field));
                lines.push(std::mem::take(&mut line));
            }
            c => field.push(c),
        }
    }
    assert!(line.is_empty() && field.is_empty() && !quoted, "the file ends with a line's end");
    lines
}

#[test]
fn few_rows_cost_their_pages_and_the_columns_stay_unread() {
    let mut session = Session::open(&HUB);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::First(100));
    });
    session.clear_log();
    let lines = export(&mut session, Format::JsonLines, &["prompt", "image_name"]);
    assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 100);
    let columns = &session.opened.as_ref().unwrap().columns;
    let whole: u64 =
        columns.iter().filter(|c| ["prompt", "image_name"].contains(&c.name.as_str())).map(|c| c.bytes).sum();
    assert!(session.bytes * 3 < whole, "{} of {whole} bytes were read", session.bytes);
    assert!(!session.loads.contains_key("image_name"));
}

#[test]
fn scattered_rows_are_read_page_by_page() {
    let table = Arc::new(generate(ROWS, "page-index"));
    let batch = reference(&table);
    let mut session = Session::open(&table);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::Random { rows: 6, seed: 3 });
    });
    let lines = export(&mut session, Format::JsonLines, &["image_name", "prompt"]);
    let lines: Vec<serde_json::Value> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let chosen = vitrine::table::subset::random(ROWS as usize, 6, 3);
    let names = column(&batch, "image_name").as_string::<i32>();
    let expected: Vec<&str> = chosen.members(0).map(|row| names.value(row)).collect();
    assert_eq!(lines.iter().map(|line| line["image_name"].as_str().unwrap()).collect::<Vec<_>>(), expected);
}

#[test]
fn an_export_is_stopped_by_its_user_and_by_another_table() {
    let mut session = Session::open(&HUB);
    session.show(|show| show.generation = show.generation.next());
    session.ask(start(Format::JsonLines, &["prompt"]));
    for _ in 0..3 {
        session.deliver_piece();
    }
    session.ask(LazyRequest::CancelExport);
    assert_eq!(session.dropped, [1]);
    assert_eq!(session.exports.last().map(|told| told.stage.clone()), Some(Stage::Cancelled));
    session.ask(start(Format::JsonLines, &["prompt"]));
    session.ask(Request::Open(vitrine::protocol::Open {
        table: TableRef::Url("https://example.org/other.parquet".to_owned()),
        endpoint: None,
        base: "https://example.org/".to_owned(),
        roles: Vec::new(),
        reading: vitrine::formats::tabular::reading::Reading::default(),
        added: None,
    }));
    assert_eq!(session.dropped, [1, 1]);
    session.exports.clear();
    session.run();
    assert_eq!(session.exports, []);
}

#[test]
fn no_rows_make_a_whole_file_too() {
    let mut session = filtered(-5.0, -4.0);
    let csv = export(&mut session, Format::Csv { guard_formulas: true }, &["cfg", "prompt"]);
    assert_eq!(csv, b"cfg,prompt\r\n");
    let file = Arc::new(export(&mut session, Format::Parquet, &["cfg", "prompt"]));
    assert_eq!(reference(&file).num_rows(), 0);
    session.exports.clear();
    session.ask(start(Format::JsonLines, &["nothing"]));
    assert!(matches!(session.exports.last().map(|told| &told.stage), Some(Stage::Failed(_))));
}
