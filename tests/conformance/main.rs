//! Files that other writers made, odd ones and broken ones: each gives what a reference reader gives
//! or a typed error.
//!
//! The files are those of <https://github.com/apache/parquet-testing>, which are not part of this
//! repository: `VITRINE_PARQUET_TESTING` names a checkout. What each must come to is in
//! `expected.tsv`, written by the reference (the `parquet` crate's arrow reader), not by this reader.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::print_stdout, reason = "says what is skipped, and what each file comes to")]

mod ours;
mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a root column comes to: a line a row, or why there are none.
pub type Rows = Result<Vec<String>, String>;

/// A file's columns, or why there are none.
pub type Table = Result<Vec<(String, Rows)>, String>;

const EXPECTED: &str = include_str!("expected.tsv");

/// The files to be read, by their path in the checkout; none where there is no checkout.
fn files() -> Option<Vec<(String, PathBuf)>> {
    let root = PathBuf::from(std::env::var_os("VITRINE_PARQUET_TESTING")?);
    let mut files = Vec::new();
    for folder in ["data", "data/aes256", "data/geospatial", "bad_data", "shredded_variant"] {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".parquet") || name.ends_with(".encrypted") {
                files.push((format!("{folder}/{name}"), path));
            }
        }
    }
    files.sort();
    Some(files)
}

/// FNV-1a of 64 bits: short, and the same everywhere.
fn digest(rows: &[String]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in rows.iter().flat_map(|row| row.bytes().chain([b'\n'])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

fn outcome(rows: &Rows) -> String {
    match rows {
        Ok(rows) => format!("{} rows {}", rows.len(), digest(rows)),
        Err(why) => why.clone(),
    }
}

/// A line for each column: file, column, what it comes to.
fn lines(file: &str, table: &Table) -> Vec<(String, String)> {
    match table {
        Ok(columns) => {
            columns.iter().map(|(name, rows)| (format!("{file}\t{name}"), outcome(rows))).collect()
        }
        Err(why) => vec![(format!("{file}\t*"), why.clone())],
    }
}

#[test]
fn every_file_gives_what_the_reference_gives_or_an_error() {
    let Some(files) = files() else {
        println!("SKIPPED: VITRINE_PARQUET_TESTING names no checkout of apache/parquet-testing");
        return;
    };
    let expected: BTreeMap<String, &str> = EXPECTED
        .lines()
        .map(|line| line.rsplit_once('\t').unwrap())
        .map(|(key, outcome)| (key.to_owned(), outcome))
        .collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (name, path) in &files {
        let bytes = fs::read(path).unwrap();
        let ours = ours::read(&bytes);
        for (key, got) in lines(name, &ours) {
            seen += 1;
            match expected.get(&key) {
                Some(outcome) if **outcome == got => {}
                Some(outcome) => {
                    wrong.push(format!(
                        "{key}: {got} instead of {outcome}{}",
                        first_difference(&key, path, &ours)
                    ));
                }
                None => wrong.push(format!("{key}: {got}, which nobody expected")),
            }
        }
    }
    println!("{} files, {seen} columns", files.len());
    assert_eq!(wrong, Vec::<String>::new(), "{}", wrong.join("\n"));
    assert_eq!(seen, expected.len(), "a column is missing");
}

/// Where ours and the reference part.
fn first_difference(key: &str, path: &Path, ours: &Table) -> String {
    let column = key.rsplit_once('\t').unwrap().1;
    let find = |table: &Table| -> Vec<String> {
        let columns = table.iter().flatten().find(|(name, _)| name == column);
        columns.and_then(|(_, rows)| rows.clone().ok()).unwrap_or_default()
    };
    let (ours, theirs) = (find(ours), find(&reference::read(&fs::read(path).unwrap())));
    let place = ours.iter().zip(&theirs).position(|(a, b)| a != b);
    place.map_or(String::new(), |at| {
        let cut = |text: &str| text.chars().take(300).collect::<String>();
        format!("\n    row {at}: {}\n    reference: {}", cut(&ours[at]), cut(&theirs[at]))
    })
}

/// The fixture's table of every type, nested ones included, against the same reference.
#[test]
fn a_table_of_every_type_is_what_the_reference_gives() {
    for layout in ["hub", "v2+zstd+page-index", "brotli"] {
        let mut file = Vec::new();
        fixture::types::types(700, 5, &layout.parse().unwrap(), &mut file).unwrap();
        let (ours, theirs) = (ours::read(&file).unwrap(), reference::read(&file).unwrap());
        assert_eq!(ours.len(), theirs.len());
        for ((name, ours), (_, theirs)) in ours.iter().zip(&theirs) {
            let (ours, theirs) = (ours.as_ref().unwrap(), theirs.as_ref().unwrap());
            assert_eq!(ours.len(), 700);
            for (row, (a, b)) in ours.iter().zip(theirs).enumerate() {
                assert_eq!(a, b, "{layout}: {name}, row {row}");
            }
        }
    }
}

/// Writes the table anew: `cargo test --test conformance -- --ignored write`. Where the reference
/// gives nothing, or this reader refuses what the reference reads, the line says what this reader
/// says: such lines are for people to look at.
#[test]
#[ignore = "writes into the sources"]
fn write_the_table() {
    let mut out = String::new();
    for (name, path) in files().expect("VITRINE_PARQUET_TESTING names a checkout") {
        let bytes = fs::read(&path).unwrap();
        let theirs: BTreeMap<_, _> = lines(&name, &reference::read(&bytes)).into_iter().collect();
        for (key, got) in lines(&name, &ours::read(&bytes)) {
            let outcome = match theirs.get(&key) {
                // The file says that it has no rows, its row group says six, and lists them.
                _ if key.starts_with("data/repeated_no_annotation.parquet\t") => got,
                Some(theirs) if theirs.contains(" rows ") && got.contains(" rows ") => theirs.clone(),
                theirs => {
                    println!("{key}: ours {got}, reference {theirs:?}");
                    got
                }
            };
            out.push_str(&format!("{key}\t{outcome}\n"));
        }
    }
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/expected.tsv"), out).unwrap();
}
