//! Several files that are no Parquet as one table: columns by their names, types that hold all of them, and what
//! differs is told.

use crate::exact::export;
use crate::server::Session;
use std::sync::Arc;
use vitrine::protocol::export::{Format, Stage};

/// Opens files of these names and texts.
fn open(files: &[(&str, &[u8])]) -> Session {
    let files: Vec<(String, Arc<Vec<u8>>)> =
        files.iter().map(|(name, bytes)| ((*name).to_owned(), Arc::new(bytes.to_vec()))).collect();
    Session::open_named(&files, |_| {})
}

/// The columns with their types, and all rows as JSON Lines.
fn table(session: &mut Session) -> (Vec<String>, Vec<String>) {
    let opened = session.opened.clone().unwrap_or_else(|| panic!("{:?}", session.notices));
    let names: Vec<String> = opened.columns.iter().map(|column| column.name.clone()).collect();
    session.show(|show| show.generation = show.generation.next());
    let (stage, written) = export(session, Format::JsonLines, &names, &[]);
    assert_eq!(stage, Stage::Done);
    let rows = String::from_utf8(written).unwrap().lines().map(str::to_owned).collect();
    (opened.columns.iter().map(|column| format!("{} {}", column.name, column.type_name)).collect(), rows)
}

/// All that was told.
fn told(session: &Session) -> String {
    session.notices.iter().map(|notice| format!("{}: {} ", notice.title, notice.text)).collect()
}

#[test]
fn csv_files_are_one_table_by_the_names_of_their_columns() {
    let mut session = open(&[
        ("a.csv", b"id,prompt,cfg\n1,\"a castle,\nred\",7\n2,b,8\n"),
        // In another order, with another delimiter, a column more and numbers that are wider.
        ("b.tsv", b"cfg\tprompt\tid\tsampler\n7.5\tc\t9007199254740993\tddim\n"),
        ("c.csv", b"prompt,id\nd,4\n"),
    ]);
    let (types, rows) = table(&mut session);
    assert_eq!(types, ["id INT64", "prompt UTF8", "cfg DOUBLE", "sampler UTF8"]);
    assert_eq!(
        rows,
        [
            r#"{"id":1,"prompt":"a castle,\nred","cfg":7.0,"sampler":null}"#,
            r#"{"id":2,"prompt":"b","cfg":8.0,"sampler":null}"#,
            r#"{"id":9007199254740993,"prompt":"c","cfg":7.5,"sampler":"ddim"}"#,
            r#"{"id":4,"prompt":"d","cfg":null,"sampler":null}"#,
        ]
    );
    let told = told(&session);
    for part in [
        "a.csv: It lacks sampler",
        "c.csv: It lacks cfg, sampler",
        "Of other types in some files than in others: cfg",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn a_late_file_changes_types_of_all_and_lines_without_names_go_by_place() {
    let mut session = open(&[("part-1.csv", b"code,n\n1,10\n2,20\n"), ("part-2.csv", b"3,30\n007,40\n")]);
    let (types, rows) = table(&mut session);
    assert_eq!(types, ["code UTF8", "n INT64"]);
    assert_eq!(
        rows.iter().map(|row| &row[..11]).collect::<Vec<_>>(),
        [r#"{"code":"1""#, r#"{"code":"2""#, r#"{"code":"3""#, r#"{"code":"00"#]
    );
    let told = told(&session);
    assert!(told.contains("part-2.csv: No line of it names the columns"), "{told}");
}

#[test]
fn json_files_are_one_table_and_those_that_are_none_are_left_out() {
    let mut session = open(&[
        ("a.jsonl", b"{\"id\": 1, \"size\": {\"w\": 1}}\n"),
        ("b.json", b"[{\"id\": 2.5, \"size\": {\"w\": 2, \"h\": 3}, \"tags\": [\"x\"]}]"),
        ("c.jsonl", b"<!doctype html><p>Gone</p>"),
        ("d.csv", b"id,size\n1,2\n"),
        ("e.jsonl", b""),
        ("f.jsonl", b"{\"id\": 3}"),
    ]);
    let (types, rows) = table(&mut session);
    assert_eq!(types[0], "id DOUBLE");
    assert_eq!(
        rows,
        [
            r#"{"id":1.0,"size":{"w":1,"h":null},"tags":null}"#,
            r#"{"id":2.5,"size":{"w":2,"h":3},"tags":["x"]}"#,
            r#"{"id":3.0,"size":null,"tags":null}"#,
        ]
    );
    let told = told(&session);
    for part in [
        "c.jsonl: The file is left out: it looks like a web page",
        "d.csv: The file is left out: it holds fields",
        "e.jsonl: The file is left out: it is empty",
        "f.jsonl: It lacks size, tags",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn arrow_files_are_one_table_in_types_that_hold_both() {
    use arrow_array::types::Int32Type;
    use arrow_array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
    let file = |columns: Vec<(&str, ArrayRef)>| {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    };
    let words: DictionaryArray<Int32Type> = ["x", "y"].into_iter().collect();
    let first = file(vec![("n", Arc::new(Int32Array::from(vec![1, 2]))), ("word", Arc::new(words))]);
    let second = file(vec![
        ("word", Arc::new(StringArray::from(vec![Some("z"), None]))),
        ("n", Arc::new(Int64Array::from(vec![1 << 60, 4]))),
        ("more", Arc::new(StringArray::from(vec!["a", "b"]))),
    ]);
    let other = file(vec![("n", Arc::new(StringArray::from(vec!["text"])))]);
    let mut session = open(&[("a.arrow", &first), ("b.arrow", &second), ("c.arrow", &other)]);
    let (types, rows) = table(&mut session);
    assert_eq!(types, ["n INT64", "word UTF8", "more UTF8"]);
    assert_eq!(
        rows,
        [
            r#"{"n":1,"word":"x","more":null}"#,
            r#"{"n":2,"word":"y","more":null}"#,
            r#"{"n":1152921504606846976,"word":"z","more":"a"}"#,
            r#"{"n":4,"word":null,"more":"b"}"#,
        ]
    );
    let told = told(&session);
    for part in [
        "a.arrow: It lacks more",
        "c.arrow: The file is left out: its column n has another type",
        "others: n, word",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn files_that_come_in_pieces_show_their_first_rows_meanwhile() {
    let lines = |from: u32| -> Vec<u8> {
        let mut text = "n,prompt\n".to_owned();
        (from..from + 150_000).for_each(|n| text.push_str(&format!("{n},castle {n}\n")));
        text.into_bytes()
    };
    let files = [("a.csv".to_owned(), Arc::new(lines(0))), ("b.csv".to_owned(), Arc::new(lines(150_000)))];
    let session = Session::open_named(&files, |session| session.piece = 1 << 20);
    let opened = session.opened.clone().unwrap_or_else(|| panic!("{:?}", session.notices));
    assert_eq!((opened.rows, opened.rows_in_all), (300_000, 300_000));
    assert_eq!(opened.file_bytes, (files[0].1.len() + files[1].1.len()) as u64);
    assert_eq!(session.early.iter().map(|(_, partly)| *partly).collect::<Vec<_>>(), [true, false]);
}
