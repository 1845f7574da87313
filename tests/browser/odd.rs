//! Files that other people wrote, odd ones among them, each opened as a person does: what stands on the screen and
//! what is exported is what is in the file.

use crate::exports::{NO_PICKER, before_the_page, choose, downloads, file, open_local};
use crate::inputs::drop_at;
use crate::stage::{Stage, play_for, until};
use arrow_array::{Array, ArrayRef, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vitrine::formats::tabular::line::{Dialect, Line, Record};
use vitrine::formats::tabular::reading::Delimiter;

const EXPECTED: &str = include_str!("../reader/odd/expected.txt");

/// Longer than a busy machine takes for all of them.
const LIMIT: Duration = Duration::from_secs(600);

fn odd(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reader/odd").join(name)
}

/// What a file should give.
struct Expected {
    name: &'static str,
    rows: u64,
    /// The button that leaves out what can't be read.
    without: Option<&'static str>,
    /// Some rows, by their numbers.
    lines: Vec<(usize, &'static str)>,
}

fn all() -> Vec<Expected> {
    let mut files: Vec<Expected> = Vec::new();
    for line in EXPECTED.lines() {
        if let Some(head) = line.strip_prefix("= ") {
            let (name, rest) = head.split_once(' ').unwrap();
            let (rows, without) =
                rest.split_once(' ').map_or((rest, None), |(rows, without)| (rows, Some(without)));
            files.push(Expected { name, rows: rows.parse().unwrap(), without, lines: Vec::new() });
        } else {
            let (row, text) = line.split_once('\t').unwrap();
            files.last_mut().unwrap().lines.push((row.parse().unwrap(), text));
        }
    }
    files
}

/// FNV-1a of 64 bits.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A line as it stands among those that are expected.
fn told(line: &[u8]) -> String {
    if line.len() > 400 {
        format!("{} bytes {:016x}", line.len(), digest(line))
    } else {
        String::from_utf8(line.to_vec()).unwrap()
    }
}

/// Texts that the screen shows as they are: they begin with a letter, and no bytes stand behind them.
fn is_plain(text: &str) -> bool {
    text.len() <= 60 && text.starts_with(char::is_alphabetic) && text.contains(' ') && text.is_ascii()
}

/// Holds what is on the screen against what is expected; how many cells were.
async fn check_screen(stage: &Stage, expected: &Expected) -> usize {
    let rows = stage.page().rows().await;
    let mut cells = 0;
    for (row, line) in &expected.lines {
        let Ok(Value::Object(values)) = serde_json::from_str::<Value>(line) else { continue };
        let Some(shown) = rows.iter().find(|shown| shown.place == *row as u64 + 1) else { continue };
        for (column, value) in &values {
            let (Some(text), Some(Some(cell))) = (value.as_str(), shown.cells.get(column)) else { continue };
            let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
            // A text of the type VARIANT stands there as the JSON that it is.
            let as_json = value.to_string();
            if is_plain(&clean) {
                let clean = if *cell == as_json { as_json } else { clean };
                assert_eq!(*cell, clean, "{}, row {row}, {column}", expected.name);
                cells += 1;
            }
        }
    }
    cells
}

#[test]
fn every_odd_file_opens_and_comes_out_as_it_went_in() {
    play_for("odd", LIMIT, async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "odd").await;
        let page = stage.page();
        let mut cells = 0;
        for (number, expected) in all().iter().enumerate() {
            let Expected { name, rows, without, lines } = expected;
            // The first is chosen, the others are dropped onto the table before them.
            match number {
                0 => open_local(stage, name).await,
                _ => drop_at(stage, 600, 400, &[odd(name)]).await,
            }
            let stem = name.strip_suffix(".parquet").unwrap();
            until(name, async || page.outline().await.contains(*name).then_some(())).await;
            page.settles_at(*rows).await;
            cells += check_screen(stage, expected).await;
            page.click("button", "Export").await;
            choose(stage, "JSON Lines").await;
            choose_all_columns(stage).await;
            page.click("button", "Export rows").await;
            if let Some(without) = without {
                page.click("button", without).await;
            }
            let written = file(&folder, &format!("{stem}.jsonl")).await;
            let written: Vec<&[u8]> =
                written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
            assert_eq!(written.len() as u64, *rows, "{name}");
            for (row, line) in lines {
                assert_eq!(told(written[*row]), *line, "{name}, row {row}");
            }
            // The menu is in the way of what is dropped next.
            page.click("button", "Export").await;
        }
        assert!(cells >= 40, "only {cells} cells were held against what is expected");
        stage.picture("odd").await;
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// Chooses to export all columns, and not only those that are shown.
async fn choose_all_columns(stage: &Stage) {
    const CHOOSE: &str = "const label = [...document.querySelectorAll('label')].find((label) => /^all \\(/.test(label.innerText.trim())); \
        label?.querySelector('input').click(); return Boolean(label);";
    until("the choice of all columns", async || {
        let chosen = stage.browser.client.execute(CHOOSE, Vec::new()).await.unwrap();
        (chosen == Value::Bool(true)).then_some(())
    })
    .await;
}

/// Columns by name, dictionaries as what they stand for.
fn columns(batches: Vec<RecordBatch>) -> Vec<(String, ArrayRef)> {
    use arrow_array::cast::AsArray;
    let schema = batches[0].schema();
    let batch = arrow_select::concat::concat_batches(&schema, &batches).unwrap();
    let plain = |array: &ArrayRef| match array.data_type() {
        arrow_schema::DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            arrow_select::take::take(dictionary.values(), dictionary.keys(), None).unwrap()
        }
        _ => array.clone(),
    };
    let names = schema.fields().iter().map(|field| field.name().clone());
    names.zip(batch.columns().iter().map(plain)).collect()
}

fn parquet_columns(bytes: Vec<u8>) -> Vec<(String, ArrayRef)> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    columns(reader.build().unwrap().map(Result::unwrap).collect())
}

/// Days that its writer called milliseconds: the reference believes that, and other readers do not. And times of 96 bits
/// beyond what nanoseconds reach, of which the reference makes others.
const AT_ODDS: [&str; 2] = ["said_in_arrow.parquet", "int96_far.parquet"];

/// How many records a CSV file has, all of them with so many fields.
fn records(csv: &[u8], fields: usize) -> usize {
    let dialect = Dialect::new(Delimiter::Comma, true);
    let (mut record, mut rest, mut count) = (Record::default(), csv, 0);
    while !rest.is_empty() {
        let Line::Whole(len) = record.read(rest, true, dialect) else { panic!("record {count} has no end") };
        assert_eq!(record.fields(), fields, "record {count}");
        (rest, count) = (&rest[len..], count + 1);
    }
    count
}

#[test]
fn odd_files_come_out_in_every_other_format_with_their_types() {
    play_for("odd-formats", LIMIT, async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "odd-formats").await;
        let page = stage.page();
        let mut compared = 0;
        for Expected { name, rows, without, .. } in all() {
            let original = std::fs::read(odd(name)).unwrap();
            // What the reference can't read is held against what is expected elsewhere.
            let Ok(expected) = std::panic::catch_unwind(|| parquet_columns(original)) else { continue };
            if without.is_some() || AT_ODDS.contains(&name) {
                continue;
            }
            let stem = name.strip_suffix(".parquet").unwrap();
            open_local(stage, name).await;
            page.settles_at(rows).await;
            page.click("button", "Export").await;
            choose(stage, "Parquet").await;
            choose_all_columns(stage).await;
            page.click("button", "Export rows").await;
            let written = parquet_columns(file(&folder, name).await);
            same(&written, &expected, name);
            choose(stage, "Arrow").await;
            page.click("button", "Export rows").await;
            let bytes = file(&folder, &format!("{stem}.arrow")).await;
            let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
            same(&columns(reader.map(Result::unwrap).collect()), &expected, name);
            choose(stage, "CSV").await;
            page.click("button", "Export rows").await;
            let csv = file(&folder, &format!("{stem}.csv")).await;
            let fields = csv_names(&csv);
            assert!(fields <= expected.len(), "{name}: {fields} fields");
            assert_eq!(records(&csv, fields) as u64, rows + 1, "{name}");
            compared += 1;
        }
        assert!(compared >= 40, "only {compared} files were held against the reference");
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// How many names are in the first record of a CSV file.
fn csv_names(csv: &[u8]) -> usize {
    let mut record = Record::default();
    let line = record.read(csv, true, Dialect::new(Delimiter::Comma, true));
    assert!(matches!(line, Line::Whole(_)), "{line:?}");
    record.fields()
}

/// Tables in other formats than Parquet: name, content, and the rows that come out as JSON Lines, the first ones at least,
/// and how many there are.
fn others() -> Vec<(&'static str, Vec<u8>, usize, &'static str)> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"a,b\n1,\"x, y\"\n").unwrap();
    let wide: Vec<u8> = "a,b\n1,\u{fc}\u{1f98a}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let arrow = r#"{"id":0,"prompt":null,"sampler":"k_lms","#;
    vec![
        ("comments.csv", b"# made by x, y\n#\na,b\n1,2\n3,\n".to_vec(), 2, r#"{"a":1,"b":2}"#),
        ("sheet.csv", b"sep=;\r\na;b\r\n01;2,5\r\n".to_vec(), 1, r#"{"a":"01","b":"2,5"}"#),
        ("quotes.csv", b"a, b\n1, \"x, y\"\n".to_vec(), 1, r#"{"a":1,"b":"x, y"}"#),
        ("escapes.csv", b"a,b\n\"say \\\"hi\\\"\",1\n".to_vec(), 1, r#"{"a":"say \"hi\"","b":1}"#),
        ("latin.csv", b"a,b\n1,caf\xe9\n".to_vec(), 1, "{\"a\":1,\"b\":\"caf\u{e9}\"}"),
        ("wide.csv", wide, 1, "{\"a\":1,\"b\":\"\u{fc}\u{1f98a}\"}"),
        ("packed.csv.gz", gzip.finish().unwrap(), 1, r#"{"a":1,"b":"x, y"}"#),
        ("tabs.tsv", b"a\tb\n9007199254740993\tx y\n".to_vec(), 1, r#"{"a":9007199254740993,"b":"x y"}"#),
        ("prompts.txt", b"a castle, red\na house\n".to_vec(), 2, r#"{"column 1":"a castle, red"}"#),
        (
            "list.json",
            b"[{\"a\": 1, \"b\": {\"c\": [1.50, null]}},]".to_vec(),
            1,
            r#"{"a":1,"b":{"c":[1.5,null]}}"#,
        ),
        ("lists.jsonl", b"[1, \"x\"]\n[]\n".to_vec(), 2, r#"{"value":[1,"x"]}"#),
        ("mixed.jsonl", b"{\"a\": 1}\n{\"a\": {\"b\": \"1\"}}\n".to_vec(), 2, r#"{"a":1}"#),
        ("zstd.arrow", include_bytes!("../reader/files/zstd.arrow").to_vec(), 300, arrow),
        ("lz4.feather", include_bytes!("../reader/files/lz4.feather").to_vec(), 300, arrow),
        ("polars.arrow", include_bytes!("../reader/files/polars.arrow").to_vec(), 300, arrow),
    ]
}

#[test]
fn tables_in_other_formats_open_and_come_out_as_they_went_in() {
    play_for("odd-others", LIMIT, async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "odd-others").await;
        let own = std::env::temp_dir().join(format!("vitrine-others-{}", std::process::id()));
        std::fs::create_dir_all(&own).unwrap();
        let page = stage.page();
        for (name, bytes, rows, first) in others() {
            let path = own.join(name);
            std::fs::write(&path, bytes).unwrap();
            stage.go("").await;
            page.file_input().await.send_keys(&path.to_string_lossy()).await.unwrap();
            page.settles_at(rows as u64).await;
            page.click("button", "Export").await;
            choose(stage, "JSON Lines").await;
            choose_all_columns(stage).await;
            page.click("button", "Export rows").await;
            let stem = name.split_once('.').unwrap().0;
            let written = String::from_utf8(file(&folder, &format!("{stem}.jsonl")).await).unwrap();
            assert_eq!(written.lines().count(), rows, "{name}: {written}");
            assert!(written.starts_with(first), "{name}: {written}");
            std::fs::remove_file(folder.join(format!("{stem}.jsonl"))).unwrap();
        }
        std::fs::remove_dir_all(&own).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// Each column is there, of the same type, with the same values.
fn same(written: &[(String, ArrayRef)], expected: &[(String, ArrayRef)], what: &str) {
    assert_eq!(written.len(), expected.len(), "{what}");
    for (place, (name, expected)) in expected.iter().enumerate() {
        // Of several columns of one name the first is meant first.
        let (_, own) = match written.get(place).filter(|(own, _)| own == name) {
            Some(own) => own,
            None => {
                written.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{what}: no {name}"))
            }
        };
        assert_eq!(own.data_type(), expected.data_type(), "{what}, {name}");
        assert_eq!(own.to_data(), expected.to_data(), "{what}, {name}");
    }
}

#[test]
fn what_is_no_table_is_told_by_what_it_is() {
    play_for("odd-no-table", LIMIT, async |stage| {
        let folder = std::env::temp_dir().join(format!("vitrine-no-tables-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let whole = std::fs::read(odd("hf_datasets.parquet")).unwrap();
        for (name, bytes, says) in [
            (
                "page.parquet",
                b"<!doctype html><title>Sign in</title><p>Sign in first</p>\n".to_vec(),
                "a web page",
            ),
            (
                "pointer.parquet",
                b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 123456\n".to_vec(),
                "a Git LFS pointer",
            ),
            ("half.parquet", whole[..whole.len() / 2].to_vec(), "is not a Parquet file"),
            (
                "answer.jsonl",
                b"{\"error\": \"Repository not found\"}".to_vec(),
                "an error message of a server",
            ),
            ("table.csv", b"PK\x03\x04 and so on, xl/workbook.xml, and more of it".to_vec(), "a spreadsheet"),
        ] {
            let path = folder.join(name);
            std::fs::write(&path, bytes).unwrap();
            stage.go("").await;
            stage.page().file_input().await.send_keys(&path.to_string_lossy()).await.unwrap();
            let text = stage.page().alert(says).await;
            assert!(text.contains(name), "{text}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}
