//! Several files that are one table, opened one after the other as their rows are needed.

use crate::server::{Session, column, reference};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt16Type;
use arrow_array::{Array, RecordBatch};
use std::sync::Arc;
use vitrine::base::ids::SourceId;
use vitrine::protocol::{Cell, LoadState, Request};
use vitrine::view::spec::{Clause, SortKey, Subset};

const FILES: u64 = 12;

/// A file each of other rows.
fn files() -> Vec<Arc<Vec<u8>>> {
    (0..FILES)
        .map(|n| {
            let mut bytes = Vec::new();
            let table = fixture::table::Table::new(1_000 + 37 * n, 7 + n);
            let layout = if n % 3 == 1 { "page-index" } else { "hub" };
            fixture::write::diffusiondb(&table, &layout.parse().unwrap(), &mut bytes).unwrap();
            Arc::new(bytes)
        })
        .collect()
}

fn all(files: &[Arc<Vec<u8>>]) -> RecordBatch {
    let batches: Vec<RecordBatch> = files.iter().map(reference).collect();
    arrow_select::concat::concat_batches(&batches[0].schema(), &batches).unwrap()
}

fn rows_of(files: &[Arc<Vec<u8>>]) -> u64 {
    files.iter().map(|file| reference(file).num_rows() as u64).sum()
}

fn shown(session: &mut Session, first: u64) {
    session.show(|show| {
        show.columns = ["prompt", "cfg", "image_name"].map(str::to_owned).to_vec();
        show.first = first;
        show.count = 40;
    });
}

#[test]
fn only_the_files_on_the_screen_are_opened() {
    let files = files();
    let whole = all(&files);
    let mut session = Session::open_several(&files, |_| {});
    shown(&mut session, 0);
    session.check_rows(&whole);
    assert_eq!(session.touched.len(), 1);
    let opened = session.opened.clone().unwrap();
    assert_eq!((opened.rows, opened.files), (1_000, (FILES as u32, 1)));
    // What is not known is told as about so much.
    assert!(opened.rows_in_all > 8_000 && opened.rows_in_all < 20_000, "{}", opened.rows_in_all);
    assert_eq!(opened.file_bytes, files.iter().map(|file| file.len() as u64).sum::<u64>());
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read, count.rows), (1_000, 1_000, opened.rows_in_all));
    // Near the end of the first file the next ones are opened.
    shown(&mut session, 900);
    session.check_rows(&whole);
    assert!(session.touched.len() > 1 && session.touched.len() < FILES as usize);
    assert!(session.opened.clone().unwrap().rows > 1_300);
    shown(&mut session, 980);
    assert_eq!(session.rows.as_ref().unwrap().rows.len(), 40);
    session.check_rows(&whole);
}

#[test]
fn a_size_is_shown_without_reading_widths_and_heights_whole() {
    let files = files();
    let mut session = Session::open_several(&files, |_| {});
    session.show(|show| {
        show.columns = ["size", "width", "height"].map(str::to_owned).to_vec();
        show.count = 30;
    });
    let rows = &session.rows.as_ref().unwrap().rows;
    assert_eq!(rows.len(), 30);
    for row in rows {
        let [Cell::Text(size), Cell::Number(width), Cell::Number(height)] = row.cells.as_slice() else {
            panic!("{:?}", row.cells);
        };
        assert_eq!(*size, format!("{width}x{height}"));
    }
    assert_eq!(session.touched.len(), 1);
}

#[test]
fn a_filter_counts_the_rows_of_all_files() {
    let files = files();
    let whole = all(&files);
    let total = rows_of(&files);
    let mut session = Session::open_several(&files, |_| {});
    shown(&mut session, 0);
    session.filter(&[("step", Clause::numbers(Some(40.0), Some(60.0)))]);
    let steps = column(&whole, "step").as_primitive::<UInt16Type>();
    let expected: Vec<usize> =
        (0..steps.len()).filter(|row| (40..=60).contains(&steps.value(*row))).collect();
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read, count.rows), (expected.len() as u64, total, total));
    assert_eq!(session.loads["step"], LoadState::Loaded);
    assert_eq!(session.opened.clone().unwrap().files, (FILES as u32, FILES as u32));
    let last = expected.len() as u64 - 20;
    shown(&mut session, last);
    let rows: Vec<usize> = session.rows.as_ref().unwrap().rows.iter().map(|row| row.row as usize).collect();
    assert_eq!(rows, &expected[last as usize..]);
    session.check_rows(&whole);
}

#[test]
fn charts_searches_and_the_order_rest_on_all_files() {
    let files = files();
    let whole = all(&files);
    let total = rows_of(&files);
    let mut session = Session::open_several(&files, |_| {});
    session.show(|show| {
        show.charts = vec!["cfg".to_owned(), "size".to_owned()];
        show.columns = vec!["prompt".to_owned(), "step".to_owned()];
        show.count = 30;
    });
    let chart = &session.charts["size"];
    assert!(chart.complete);
    assert_eq!(chart.all.0.iter().sum::<u32>() + chart.null_all, total as u32);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.query = Some("portrait".to_owned());
        show.rows.sort = vec![SortKey { column: "step".to_owned(), descending: true }];
    });
    let prompts = column(&whole, "prompt").as_string::<i32>();
    let is_found = |row: &usize| {
        let prompt = prompts.value(*row).to_lowercase();
        prompt.split(|c: char| !c.is_alphanumeric()).any(|word| word == "portrait")
    };
    let mut expected: Vec<usize> = (0..prompts.len()).filter(is_found).collect();
    let steps = column(&whole, "step").as_primitive::<UInt16Type>();
    expected.sort_by_key(|row| std::cmp::Reverse(steps.value(*row)));
    assert_eq!(session.count.clone().unwrap().matching, expected.len() as u64);
    let rows: Vec<usize> = session.rows.as_ref().unwrap().rows.iter().map(|row| row.row as usize).collect();
    assert_eq!(rows, &expected[..30]);
    session.check_rows(&whole);
}

#[test]
fn a_subset_opens_as_many_files_as_it_needs() {
    let files = files();
    let mut session = Session::open_several(&files, |_| {});
    session.show(|show| {
        show.generation = show.generation.next();
        show.columns = vec!["prompt".to_owned()];
        show.count = 30;
        show.rows.subset = Some(Subset::First(600));
    });
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, session.touched.len()), (600, 1));
    assert_eq!(count.rows_read, count.rows);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::First(1_500));
    });
    assert_eq!(session.count.clone().unwrap().matching, 1_500);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::Random { rows: 100, seed: 3 });
    });
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows_read), (100, rows_of(&files)));
}

#[test]
fn the_details_of_a_row_open_the_files_before_it() {
    let files = files();
    let whole = all(&files);
    let mut session = Session::open_several(&files, |_| {});
    let row = rows_of(&files) - 3;
    session.ask(Request::Detail { row });
    session.run();
    let detail = session.detail.clone().unwrap();
    assert_eq!((detail.row, detail.position), (row, Some(row)));
    for (name, cell) in detail.fields.iter().filter(|(name, _)| name != "size") {
        let expected = crate::server::cell(column(&whole, name), row as usize);
        let same = match (cell, &expected) {
            // Cells of a table are cut, those of details are not.
            (Cell::Text(got), Cell::Text(cut)) => got.starts_with(cut),
            (got, expected) => crate::server::same(got, expected),
        };
        assert!(same, "{name}: {cell:?} instead of {expected:?}");
    }
}

#[test]
fn files_that_do_not_fit_are_left_out_and_told() {
    let mut files = files();
    // Another table, and no table.
    files[2] = Arc::new(std::fs::read("public/sample/imagereward-test-sample.parquet").unwrap());
    files[4] = Arc::new(vec![7; 40_000]);
    let kept: Vec<Arc<Vec<u8>>> =
        (0..FILES as usize).filter(|n| ![2, 4, 6].contains(n)).map(|n| files[n].clone()).collect();
    let whole = all(&kept);
    let mut session = Session::open_several(&files, |session| session.gone = Some(SourceId::part(6)));
    shown(&mut session, 0);
    session.filter(&[("step", Clause::NotNull)]);
    let count = session.count.clone().unwrap();
    assert_eq!((count.matching, count.rows), (rows_of(&kept), rows_of(&kept)));
    assert_eq!(session.opened.clone().unwrap().files, (FILES as u32, FILES as u32 - 3));
    shown(&mut session, rows_of(&kept) - 40);
    session.check_rows(&whole);
    let told: Vec<String> =
        session.notices.iter().map(|notice| format!("{}: {}", notice.title, notice.text)).collect();
    for (name, part) in [("part-2", "the first file"), ("part-4", "PAR1"), ("part-6", "not there")] {
        assert!(told.iter().any(|text| text.contains(name) && text.contains(part)), "{name}: {told:?}");
    }
}
