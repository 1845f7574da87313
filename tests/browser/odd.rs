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
            if is_plain(&clean) {
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

#[test]
fn odd_files_come_out_in_parquet_and_arrow_with_their_types() {
    play_for("odd-formats", LIMIT, async |stage| {
        before_the_page(stage, NO_PICKER).await;
        let folder = downloads(stage, "odd-formats").await;
        let page = stage.page();
        for name in [
            "decimals_int",
            "timestamps_range",
            "nested_null_and_empty",
            "images_struct",
            "pandas_nullable_index",
        ] {
            let original = std::fs::read(odd(&format!("{name}.parquet"))).unwrap();
            open_local(stage, &format!("{name}.parquet")).await;
            let expected = parquet_columns(original);
            page.settles_at(expected[0].1.len() as u64).await;
            page.click("button", "Export").await;
            choose(stage, "Parquet").await;
            choose_all_columns(stage).await;
            page.click("button", "Export rows").await;
            let written = parquet_columns(file(&folder, &format!("{name}.parquet")).await);
            same(&written, &expected, name);
            choose(stage, "Arrow").await;
            page.click("button", "Export rows").await;
            let bytes = file(&folder, &format!("{name}.arrow")).await;
            let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
            same(&columns(reader.map(Result::unwrap).collect()), &expected, name);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

/// Each column is there, of the same type, with the same values.
fn same(written: &[(String, ArrayRef)], expected: &[(String, ArrayRef)], what: &str) {
    assert_eq!(written.len(), expected.len(), "{what}");
    for (name, expected) in expected {
        let (_, own) =
            written.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{what}: no {name}"));
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
