//! Every codec, encoding and page version that writers use gives the same rows.

use crate::server::{Session, cell, column, generate, reference, same};
use arrow_array::Array;
use arrow_schema::DataType;
use std::sync::Arc;
use vitrine::protocol::{Cell, LoadState, TableRequest};

fn check(layout: &str) {
    let rows = 30_000;
    let file = Arc::new(generate(rows, layout));
    let batch = reference(&file);
    let mut session = Session::open(&file);
    let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    // By pages, at the front, in the middle and at the end.
    for first in [0, 17_321, rows - 40] {
        session.show(|show| {
            show.columns.clone_from(&names);
            (show.first, show.count) = (first, 40);
        });
        assert_eq!(session.notices, [], "{layout}");
        let told = session.rows.as_ref().unwrap();
        assert_eq!(told.rows.len(), 40);
        session.check_rows(&batch);
    }
    // And as whole columns: the bins hold as many rows as there are values.
    for name in ["cfg", "step", "seed", "timestamp", "image_nsfw", "user_name"] {
        session.ask(TableRequest::Load { column: name.to_owned() });
        session.run();
        assert_eq!(session.loads.get(name), Some(&LoadState::Loaded), "{layout}: {name}");
        let chart = &session.charts[name];
        assert_eq!(chart.null_all as usize, column(&batch, name).null_count(), "{layout}: {name}");
    }
    session.show(|show| (show.first, show.count) = (9_000, 40));
    session.check_rows(&batch);
}

#[test]
fn row_groups() {
    check("row-groups");
}

#[test]
fn page_index() {
    check("page-index");
}

#[test]
fn zstd_in_version_2_pages() {
    check("v2+zstd+page-index");
}

#[test]
fn gzip() {
    check("gzip");
}

#[test]
fn lz4() {
    check("lz4");
}

#[test]
fn lz4_of_old() {
    check("lz4-hadoop");
}

#[test]
fn brotli() {
    check("brotli");
}

#[test]
fn uncompressed() {
    check("uncompressed");
}

#[test]
fn delta_encodings() {
    check("delta");
    check("delta+v2+row-groups");
}

/// One column of every flat type: nothing is damaged, nothing fails, null is null.
#[test]
fn every_type_is_shown() {
    for layout in ["hub", "v2+zstd"] {
        let mut bytes = Vec::new();
        fixture::types::types(500, 3, &layout.parse().unwrap(), &mut bytes).unwrap();
        let file = Arc::new(bytes);
        let batch = reference(&file);
        let mut session = Session::open(&file);
        let names: Vec<String> =
            session.opened.as_ref().unwrap().columns.iter().map(|c| c.name.clone()).collect();
        session.show(|show| {
            show.columns = names;
            show.count = 100;
        });
        assert_eq!(session.notices, []);
        let rows = session.rows.clone().unwrap();
        for (place, name) in rows.columns.iter().enumerate() {
            let array = column(&batch, name);
            for row in &rows.rows {
                let got = &row.cells[place];
                assert!(!matches!(got, Cell::Failed | Cell::Pending), "{name}, row {}: {got:?}", row.row);
                // Arrow has no null bits for a column of nothing else.
                let null = *array.data_type() == DataType::Null || array.is_null(row.row as usize);
                assert_eq!(*got == Cell::Null, null, "{name}, row {}", row.row);
                if matches!(
                    array.data_type(),
                    DataType::Float32 | DataType::Float64 | DataType::Utf8 | DataType::UInt16
                ) {
                    assert!(same(got, &cell(array, row.row as usize)), "{name}, row {}: {got:?}", row.row);
                }
            }
        }
    }
}
