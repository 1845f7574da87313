//! Rows of a result that lie far apart: each on a page of its own, in the order of the file and in another.

use crate::server::Session;
use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::sync::Arc;
use vitrine::protocol::Cell;
use vitrine::view::spec::{SortKey, Subset};

const ROWS: u32 = 6_000;
const ROWS_A_PAGE: usize = 50;

/// Where a row is when its rows are shuffled.
fn rank(row: u32) -> u32 {
    row.wrapping_mul(7_919) % ROWS
}

fn name(row: u32) -> String {
    format!("{:08x}-{row}", row.wrapping_mul(2_654_435_761))
}

/// What of a text is shown in a table.
fn shown(text: &str) -> Cell {
    Cell::Text(text.chars().take(400).collect())
}

/// Texts without a dictionary, on a hundred and twenty pages that nothing lists; each so often repeated.
fn table(times: usize) -> Arc<Vec<u8>> {
    let text = |row: u32| name(row).repeat(times);
    let columns: [(&str, ArrayRef); 3] = [
        ("name", Arc::new(StringArray::from_iter_values((0..ROWS).map(text)))),
        (
            "other",
            Arc::new(StringArray::from_iter(
                (0..ROWS).map(|row| (!row.is_multiple_of(7)).then(|| name(row))),
            )),
        ),
        ("rank", Arc::new(Int32Array::from_iter_values((0..ROWS).map(|row| rank(row).cast_signed())))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_data_page_row_count_limit(ROWS_A_PAGE)
        .set_write_batch_size(ROWS_A_PAGE)
        .build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    Arc::new(file)
}

fn shows_all(session: &Session, expected: &[u32], times: usize) {
    let rows = &session.rows.as_ref().unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.row as u32).collect::<Vec<_>>(), expected);
    for row in rows {
        let number = row.row as u32;
        assert_eq!(row.cells[0], shown(&name(number).repeat(times)), "row {number}");
        let other = if !number.is_multiple_of(7) { Cell::Text(name(number)) } else { Cell::Null };
        assert_eq!(row.cells[1], other, "row {number}");
    }
}

#[test]
fn rows_of_many_pages_all_come() {
    for piece in [900, 50_000] {
        let mut session = Session::open(&table(1));
        session.piece = piece;
        session.show(|show| {
            show.columns = ["name", "other"].map(str::to_owned).to_vec();
            show.count = 60;
        });
        shows_all(&session, &(0..60).collect::<Vec<_>>(), 1);
        for descending in [false, true] {
            session.show(|show| {
                show.generation = show.generation.next();
                show.rows.sort = vec![SortKey { column: "rank".to_owned(), descending }];
            });
            let mut order: Vec<u32> = (0..ROWS).collect();
            order.sort_by_key(|row| rank(*row));
            if descending {
                order.reverse();
            }
            shows_all(&session, &order[..60], 1);
        }
        // Far apart in the order of the file.
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows.sort = Vec::new();
            show.rows.subset = Some(Subset::Random { rows: 60, seed: 5 });
        });
        let rows: Vec<u32> = session.rows.as_ref().unwrap().rows.iter().map(|row| row.row as u32).collect();
        assert!(rows.len() == 60 && rows.is_sorted());
        shows_all(&session, &rows, 1);
    }
}

#[test]
fn more_pages_than_there_is_room_for_all_show_their_rows_once() {
    let times = 900;
    let file = table(times);
    let mut session = Session::open(&file);
    session.piece = 1 << 20;
    session.show(|show| {
        show.generation = show.generation.next();
        show.columns = ["name", "other"].map(str::to_owned).to_vec();
        show.count = 60;
        show.rows.sort = vec![SortKey { column: "rank".to_owned(), descending: false }];
    });
    let mut order: Vec<u32> = (0..ROWS).collect();
    order.sort_by_key(|row| rank(*row));
    shows_all(&session, &order[..60], times);
    // Sixty pages of 600 KB; no page is read because another took its place.
    let page_bytes = (file.len() / 120) as u64;
    assert!(30_000_000 < page_bytes * 60, "{page_bytes} bytes a page");
    // The way to them takes headers, and pages that are nearer than a request.
    assert!(session.bytes < page_bytes * 80, "{} bytes were read", session.bytes);
}
