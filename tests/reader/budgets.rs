//! How much is read for what: bytes and requests against what the pages themselves take.

use crate::server::{HUB, ROWS, Session, cell, generate, reference};
use parquet::file::metadata::ParquetMetaDataReader;
use std::sync::Arc;
use vitrine::base::bytes::ByteRange;
use vitrine::protocol::{Request, TableRequest};

fn chunk_bytes(file: &[u8], name: &str) -> u64 {
    chunk(file, name).1
}

/// Where the one column chunk of a column begins, and how long it is.
fn chunk(file: &[u8], name: &str) -> (u64, u64) {
    let meta = ParquetMetaDataReader::new().parse_and_finish(&bytes::Bytes::copy_from_slice(file)).unwrap();
    let columns = meta.row_group(0).columns();
    columns.iter().find(|column| column.column_path().string() == name).unwrap().byte_range()
}

#[test]
fn histograms_cost_their_chunks_and_the_footer() {
    let mut session = Session::open(&HUB);
    let tail = session.bytes;
    assert_eq!(session.requests.len(), 2, "one to learn the size, one for the footer");
    assert!(tail <= 64 * 1024 + 1);
    session.clear_log();
    session.show(|show| show.charts = vec!["cfg".into(), "step".into()]);
    let needed = chunk_bytes(&HUB, "cfg") + chunk_bytes(&HUB, "step");
    assert!(session.bytes as f64 <= 1.05 * needed as f64, "{} bytes for {needed}", session.bytes);
    assert_eq!(session.requests.len(), 1, "the two chunks are neighbours");
    for name in ["cfg", "step"] {
        let chart = &session.charts[name];
        assert!(chart.complete);
        assert_eq!(u64::from(chart.all.0.iter().sum::<u32>() + chart.null_all), ROWS - nan(name));
        assert_eq!(chart.all, chart.here);
    }
}

/// Rows whose value is in no bin.
fn nan(name: &str) -> u64 {
    let batch = reference(&HUB);
    let array = batch.column_by_name(name).unwrap();
    match array.data_type() {
        arrow_schema::DataType::Float32 => {
            use arrow_array::cast::AsArray;
            array
                .as_primitive::<arrow_array::types::Float32Type>()
                .iter()
                .flatten()
                .filter(|v| v.is_nan())
                .count() as u64
        }
        _ => 0,
    }
}

#[test]
fn the_first_rows_cost_their_pages() {
    let mut session = Session::open(&HUB);
    session.clear_log();
    session.show(|show| {
        show.columns = vec!["prompt".into(), "image_name".into(), "seed".into()];
        show.count = 100;
    });
    session.check_rows(&reference(&HUB));
    // Of each column the front of its first page, and of its dictionary.
    assert!(session.bytes <= 6 * (16 << 10), "{} bytes", session.bytes);
    assert!(session.requests.len() <= 6, "{:?}", session.requests);
    // With all maps known, it is known how much of these is needed.
    let indexed = Arc::new(generate(ROWS, "page-index"));
    let mut known = Session::open(&indexed);
    known.clear_log();
    known.show(|show| {
        show.columns = vec!["prompt".into(), "image_name".into(), "seed".into()];
        show.count = 100;
    });
    known.check_rows(&reference(&indexed));
    assert!(known.bytes <= 45_000, "{} bytes", known.bytes);
}

#[test]
fn a_jump_reads_the_pages_of_its_rows() {
    let batch = reference(&HUB);
    let mut session = Session::open(&HUB);
    session.show(|show| show.columns = vec!["prompt".into(), "cfg".into()]);
    session.clear_log();
    let place = ROWS - 7_000;
    session.show(|show| (show.first, show.count) = (place, 50));
    session.check_rows(&batch);
    let unknown = session.bytes;
    let column = chunk_bytes(&HUB, "prompt");
    assert!(unknown < column, "{unknown} bytes: no more than the column of {column}");

    // Once the map is known, a jump costs only the pages of its rows.
    session.show(|show| show.first = 0);
    session.clear_log();
    session.show(|show| show.first = place - 2_000);
    session.check_rows(&batch);
    assert!(session.bytes <= 2_000_000, "{} bytes", session.bytes);
    assert!(session.requests.len() <= 2, "{:?}", session.requests);
}

#[test]
fn what_is_here_is_not_read_again() {
    let mut session = Session::open(&HUB);
    let screen = |session: &mut Session, first| {
        session.show(|show| {
            show.columns = vec!["prompt".into(), "cfg".into(), "step".into()];
            show.charts = vec!["cfg".into(), "step".into()];
            (show.first, show.count) = (first, 60);
        });
    };
    screen(&mut session, 0);
    session.clear_log();
    screen(&mut session, 20);
    screen(&mut session, 0);
    assert_eq!(session.requests, []);
}

#[test]
fn a_load_that_is_stopped_aborts_its_reads_and_goes_on_where_it_was() {
    let mut session = Session::open(&HUB);
    session.ask(TableRequest::Load { column: "seed".into() });
    for _ in 0..4 {
        session.deliver_piece();
    }
    session.ask(TableRequest::Stop { column: "seed".into() });
    assert!(!session.deliver_piece(), "nothing is under way");
    let first = session.bytes;
    session.ask(TableRequest::Load { column: "seed".into() });
    session.run();
    let all = chunk_bytes(&HUB, "seed");
    assert!(session.charts["seed"].complete);
    assert!(session.bytes - 65_537 < all + first, "{} bytes for {all}", session.bytes);
    assert!(session.aborted > 0);
}

/// A server may ignore ranges: of a small file everything comes, and is taken.
#[test]
fn a_jump_that_brings_the_whole_file_shows_its_rows() {
    let rows = 60_000;
    let file = Arc::new(generate(rows, "hub"));
    let batch = reference(&file);
    for (piece, whole) in [(1 << 17, 1), (50_000, 2), (1 << 24, 1), (1 << 17, 9), (10_000, 1)] {
        let mut session = Session::open(&file);
        session.piece = piece;
        session.show(|show| {
            show.columns = vec!["prompt".into(), "step".into()];
            show.charts = vec!["step".into()];
            show.count = 32;
        });
        session.whole = whole;
        session.show(|show| show.first = rows - 32);
        session.check_rows(&batch);
    }
}

/// A long column whose pages nobody has listed: its headers are walked, not its pages read.
#[test]
fn a_jump_to_an_unknown_place_walks_headers() {
    let rows = 500_000;
    let file = Arc::new(generate(rows, "hub"));
    let mut session = Session::open(&file);
    session.piece = 1 << 20;
    session.show(|show| {
        show.columns = vec!["prompt".into()];
        show.count = 60;
    });
    session.clear_log();
    session.show(|show| show.first = 420_000);
    let batch = reference(&file);
    session.check_rows(&batch);
    let column = chunk_bytes(&file, "prompt");
    assert!(session.bytes < column / 4, "{} bytes of a column of {column}", session.bytes);
    // Whatever was found by searching was proven by walking: rows before and behind it are right as well.
    let places = [100_000, 250_000, 333_333, 470_000];
    for first in places {
        session.show(|show| show.first = first);
        session.check_rows(&batch);
    }
    for first in places {
        session.clear_log();
        session.show(|show| show.first = first);
        session.check_rows(&batch);
        assert!(session.requests.len() <= 2, "{:?}", session.requests);
    }
}

/// A link to a row far down: its details are sought while the table's first rows are on their way, and
/// the way there is not begun anew for them.
#[test]
fn details_far_from_the_rows_on_the_screen_are_walked_to_once() {
    let rows = 500_000;
    let file = Arc::new(generate(rows, "hub"));
    let batch = reference(&file);
    let far = 420_000;
    let mut session = Session::open(&file);
    session.piece = 1 << 18;
    session.clear_log();
    session.ask(Request::Detail { row: far });
    session.show(|show| {
        show.columns = vec!["prompt".into()];
        show.extras = vec!["image_name".into()];
        show.count = 60;
    });
    session.check_rows(&batch);
    for (name, value) in &session.detail.as_ref().unwrap().fields {
        if let Some(array) = batch.column_by_name(name) {
            assert_eq!(*value, cell(array, far as usize), "{name}");
        }
    }
    // One window for each segment but the first, the page at the top, and that of the row.
    let (start, len) = chunk(&file, "image_name");
    let names = ByteRange::new(start, start + len);
    let windows = session.requests.iter().filter(|range| names.contains(**range) && range.len() > 1 << 19);
    assert!(windows.clone().count() <= 7, "{:?}", windows.collect::<Vec<_>>());
}
