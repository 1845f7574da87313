//! Pages of lists and structures that are damaged: they cost their rows, and not their row group.

use crate::damaged::export;
use crate::exact::difference;
use crate::server::{Session, column, reference};
use arrow_array::builder::{Int32Builder, ListBuilder, StringBuilder, StructBuilder};
use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray, StructArray, UInt32Array};
use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use std::ops::Range;
use std::sync::Arc;
use vitrine::formats::parquet::header::PageHeader;
use vitrine::protocol::export::{Format, Stage};
use vitrine::protocol::{Cell, Request};

const ROWS: i32 = 4_000;
const GROUP_ROWS: usize = 2_000;

/// Lists of structures, none, one or three a row, and some rows without one; structures of numbers and texts.
fn table(version: WriterVersion) -> Vec<u8> {
    let fields: Fields =
        vec![Field::new("x", DataType::Int32, true), Field::new("t", DataType::Utf8, true)].into();
    let item =
        StructBuilder::new(fields, vec![Box::new(Int32Builder::new()), Box::new(StringBuilder::new())]);
    let mut boxes = ListBuilder::new(item);
    for row in 0..ROWS {
        for place in 0..[0, 1, 3][row as usize % 3] {
            let item = boxes.values();
            item.field_builder::<Int32Builder>(0).unwrap().append_value(row * 10 + place);
            item.field_builder::<StringBuilder>(1).unwrap().append_value(format!("box {row} {place}"));
            item.append(true);
        }
        boxes.append(row % 7 != 5);
    }
    let words: ArrayRef = Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| format!("word {row}"))));
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(0..ROWS));
    let size = StructArray::from(vec![
        (Arc::new(Field::new("w", DataType::Int32, true)), numbers.clone()),
        (Arc::new(Field::new("word", DataType::Utf8, true)), words),
    ]);
    let columns: [(&str, ArrayRef); 3] =
        [("boxes", Arc::new(boxes.finish())), ("size", Arc::new(size)), ("n", numbers)];
    let fields = columns.iter().map(|(name, values)| Field::new(*name, values.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(schema.clone(), columns.map(|(_, values)| values).to_vec()).unwrap();
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_dictionary_enabled(false)
        .set_data_page_row_count_limit(200)
        .set_write_batch_size(100)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// Where the bodies of the data pages of a leaf are, all row groups of the file in a row.
fn bodies(file: &[u8], leaf: &str) -> Vec<Range<usize>> {
    let meta = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&bytes::Bytes::copy_from_slice(file))
        .unwrap();
    let mut bodies = Vec::new();
    for group in meta.row_groups() {
        let chunk = group.columns().iter().find(|chunk| chunk.column_path().string() == leaf).unwrap();
        let (start, len) = chunk.byte_range();
        let (mut at, end) = (start as usize, (start + len) as usize);
        while at < end {
            let header = PageHeader::parse(&file[at..end]).unwrap();
            let behind = at + header.page_bytes() as usize;
            if header.values().is_some() {
                bodies.push(at + header.header_bytes as usize..behind);
            }
            at = behind;
        }
    }
    bodies
}

/// A table of which a page of this leaf is no good.
fn damaged(version: WriterVersion, leaf: &str, number: usize) -> (RecordBatch, Session) {
    let good = table(version);
    let pages = bodies(&good, leaf);
    assert!(pages.len() > 8, "{} pages", pages.len());
    let mut bad = good.clone();
    bad[pages[number].clone()].fill(0xff);
    (reference(&Arc::new(good)), Session::open(&Arc::new(bad)))
}

/// The rows that can't be read of a column, as the screen has them; all others are what they should be.
fn lost(session: &mut Session, name: &str) -> Vec<u64> {
    const SHOWN: u32 = 400;
    let mut rows = Vec::new();
    for first in (0..ROWS as u64).step_by(SHOWN as usize) {
        session.show(|show| {
            show.columns = vec![name.to_owned()];
            (show.first, show.count) = (first, SHOWN);
        });
        rows.extend(session.rows.clone().unwrap().rows);
    }
    assert_eq!(rows.len(), ROWS as usize);
    for row in &rows {
        if let Cell::Json(json) = &row.cells[0] {
            let (first, number) = (format!("box {} 0", row.row), row.row);
            assert!(
                json == "[]" || json.contains(&first) || json.contains(&format!("word {number}\"")),
                "{json}"
            );
        }
    }
    rows.iter().filter(|row| row.cells[0] == Cell::Failed).map(|row| row.row).collect()
}

#[test]
fn a_damaged_page_of_lists_or_structures_costs_its_rows() {
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for (name, leaf, is_list) in [
            ("boxes", "boxes.list.item.t", true),
            ("boxes", "boxes.list.item.x", true),
            ("size", "size.word", false),
        ] {
            for number in [0, 3] {
                let what = format!("{version:?} {leaf} {number}");
                let (whole, mut session) = damaged(version, leaf, number);
                let gone = lost(&mut session, name);
                // A page of lists of the first version does not say whether it begins with a row.
                let more = usize::from(is_list && version == WriterVersion::PARQUET_1_0 && number > 0);
                assert!(!gone.is_empty() && gone.len() <= 300 + more, "{what}: {} rows", gone.len());
                assert!(gone.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{what}: {gone:?}");
                let [notice] = &session.notices[..] else { panic!("{what}: {:?}", session.notices) };
                assert_eq!(notice.subject, format!("column {name}"));
                assert!(
                    notice.title.starts_with(&format!("{} rows of {name}", gone.len())),
                    "{what}: {notice:?}"
                );
                session.ask(Request::Detail { row: gone[0] });
                session.run();
                let detail = session.detail.clone().unwrap();
                let cell = &detail.fields.iter().find(|(own, _)| own == name).unwrap().1;
                assert_eq!(*cell, Cell::Failed, "{what}");
                // An export says so, and leaves the rows' values empty where that is chosen.
                let (stage, _) = export(&mut session, Format::Parquet, false, &[]);
                let Stage::Unreadable { columns, why, may_be_empty: true } = stage else {
                    panic!("{what}: {stage:?}")
                };
                assert_eq!(columns, [(if is_list { 0 } else { 1 }, name.to_owned())], "{what}");
                assert!(why.contains("page at byte"), "{why}");
                let (stage, written) = export(&mut session, Format::Parquet, true, &[]);
                assert_eq!(stage, Stage::Done, "{what}");
                assert_eq!(session.exports.last().unwrap().missing, gone.len() as u64, "{what}");
                let written = reference(&Arc::new(written));
                let places: Vec<Option<u32>> =
                    (0..ROWS as u32).map(|row| (!gone.contains(&row.into())).then_some(row)).collect();
                let places = UInt32Array::from(places);
                for other in ["boxes", "n"].into_iter().filter(|other| *other != name) {
                    assert_eq!(column(&written, other).to_data(), column(&whole, other).to_data(), "{what}");
                }
                if is_list {
                    let expected = arrow_select::take::take(column(&whole, name), &places, None).unwrap();
                    let one =
                        |values: &ArrayRef| RecordBatch::try_from_iter([(name, values.clone())]).unwrap();
                    assert_eq!(difference(&one(column(&written, name)), &one(&expected)), None, "{what}");
                }
            }
        }
    }
}

#[test]
fn rows_of_many_small_row_groups_are_shown_together() {
    use arrow_array::types::Int32Type;
    let lists = arrow_array::ListArray::from_iter_primitive::<Int32Type, _, _>(
        (0..300).map(|row| Some(vec![Some(row), None])),
    );
    let columns: [(&str, ArrayRef); 1] = [("l", Arc::new(lists))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(7)).build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    let mut session = Session::open(&Arc::new(writer.into_inner().unwrap()));
    session.show(|show| {
        show.columns = vec!["l".to_owned()];
        (show.first, show.count) = (40, 200);
    });
    // Details are of another row group than all of these.
    session.ask(Request::Detail { row: 290 });
    session.run();
    let cells: Vec<Cell> =
        session.rows.clone().unwrap().rows.into_iter().map(|row| row.cells[0].clone()).collect();
    let expected = (40..240).map(|row| Cell::Json(format!("[{row}, null]")));
    assert_eq!(cells, expected.collect::<Vec<_>>());
    let detail = session.detail.clone().unwrap();
    assert_eq!(detail.fields[0].1, Cell::Json("[290, null]".to_owned()));
}
