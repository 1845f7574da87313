//! Pages that are damaged: they cost their rows, and everybody is told; the rest of the column works.

use crate::exact::difference;
use crate::server::{Session, column, reference};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{Field, Schema};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::ops::Range;
use std::sync::Arc;
use vitrine::formats::parquet::header::PageHeader;
use vitrine::protocol::export::{Format, Stage, Start};
use vitrine::protocol::{Cell, LazyRequest, Level, Request};
use vitrine::view::spec::Clause;

const ROWS: u64 = 10_000;

/// Rows of a row group, and of a page.
const GROUP_ROWS: usize = 5_000;
const PAGE_ROWS: usize = 500;

/// A table of numbers, texts and lists, with or without an index of its pages.
fn table(index: bool) -> Vec<u8> {
    let steps = Int32Array::from_iter((0..ROWS as i32).map(|row| (row % 11 != 3).then_some(row % 97)));
    let prompts = StringArray::from_iter_values((0..ROWS).map(|row| format!("castle {row} by a lake")));
    let numbers = Int32Array::from_iter_values(0..ROWS as i32);
    let columns: [(&str, ArrayRef); 3] =
        [("step", Arc::new(steps)), ("prompt", Arc::new(prompts)), ("n", Arc::new(numbers))];
    let fields = columns.iter().map(|(name, values)| Field::new(*name, values.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(schema.clone(), columns.map(|(_, values)| values).to_vec()).unwrap();
    let properties = WriterProperties::builder()
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_offset_index_disabled(!index)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// A data page: where its header and its body begin, where it ends, and its rows in the file.
#[derive(Clone, Debug)]
struct Page {
    start: usize,
    body: usize,
    end: usize,
    rows: Range<u64>,
}

/// The data pages of a column, all row groups of the file in a row.
fn pages(file: &[u8], name: &str) -> Vec<Page> {
    let meta = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&bytes::Bytes::copy_from_slice(file))
        .unwrap();
    let (mut pages, mut row) = (Vec::new(), 0);
    for group in meta.row_groups() {
        let chunk = group.columns().iter().find(|chunk| chunk.column_path().string() == name).unwrap();
        let (start, len) = chunk.byte_range();
        let (mut at, end) = (start as usize, (start + len) as usize);
        while at < end {
            let header = PageHeader::parse(&file[at..end]).unwrap();
            let body = at + header.header_bytes as usize;
            let behind = at + header.page_bytes() as usize;
            if let Some(values) = header.values() {
                pages.push(Page { start: at, body, end: behind, rows: row..row + u64::from(values) });
                row += u64::from(values);
            }
            at = behind;
        }
    }
    pages
}

/// A table of which a page of `step` in the middle is no good, and that page.
fn damaged(index: bool) -> (Vec<u8>, Arc<Vec<u8>>, Page) {
    let good = table(index);
    let pages = pages(&good, "step");
    assert_eq!(pages.len() as u64, ROWS / PAGE_ROWS as u64);
    let page = pages[7].clone();
    let mut bad = good.clone();
    bad[page.body..page.end].fill(0xff);
    (good, Arc::new(bad), page)
}

/// Rows of the reference but for some.
fn without(batch: &RecordBatch, rows: &Range<u64>) -> Vec<u32> {
    (0..batch.num_rows() as u32).filter(|row| !rows.contains(&u64::from(*row))).collect()
}

#[test]
fn a_damaged_page_costs_its_rows_on_the_screen_and_in_details() {
    for index in [true, false] {
        let (good, bad, page) = damaged(index);
        let whole = reference(&Arc::new(good));
        let steps = column(&whole, "step").as_primitive::<Int32Type>();
        let mut session = Session::open(&bad);
        session.show(|show| {
            show.columns = vec!["step".into(), "prompt".into()];
            (show.first, show.count) = (page.rows.start - 5, 10);
        });
        let rows = session.rows.clone().unwrap().rows;
        assert_eq!(rows.len(), 10);
        for row in &rows {
            let place = row.row as usize;
            let expected = match page.rows.contains(&row.row) {
                true => Cell::Failed,
                false if steps.is_null(place) => Cell::Null,
                false => Cell::Number(f64::from(steps.value(place))),
            };
            assert_eq!(row.cells[0], expected, "row {place}");
            assert_eq!(row.cells[1], Cell::Text(format!("castle {place} by a lake")));
        }
        let [notice] = &session.notices[..] else { panic!("one notice, not {:?}", session.notices) };
        assert_eq!((notice.subject.as_str(), notice.level), ("column step", Level::Warning));
        assert!(notice.title.contains("500 rows of step"), "{notice:?}");
        for part in [
            format!("Rows {} to {}", thousands(page.rows.start + 1), thousands(page.rows.end)),
            format!("page at byte {}", page.start),
            "row group 0".to_owned(),
        ] {
            assert!(notice.text.contains(&part), "{part}: {}", notice.text);
        }
        session.ask(Request::Detail { row: page.rows.start });
        session.run();
        let detail = session.detail.clone().unwrap();
        let field = |name: &str| detail.fields.iter().find(|(own, _)| own == name).unwrap().1.clone();
        assert_eq!(field("step"), Cell::Failed);
        assert_eq!(field("prompt"), Cell::Text(format!("castle {} by a lake", page.rows.start)));
    }
}

fn thousands(value: u64) -> String {
    vitrine::protocol::display::thousands(value)
}

#[test]
fn filters_leave_such_rows_out_and_charts_rest_on_the_others() {
    let (good, bad, page) = damaged(false);
    let whole = reference(&Arc::new(good));
    let kept = without(&whole, &page.rows);
    let steps =
        arrow_select::take::take(column(&whole, "step"), &UInt32Array::from(kept.clone()), None).unwrap();
    let mut session = Session::open(&bad);
    session.show(|show| show.charts = vec!["step".into()]);
    let chart = session.charts["step"].clone();
    assert!(chart.complete);
    assert_eq!(chart.rows_read as usize, kept.len());
    assert_eq!(chart.null_all as usize, steps.null_count());
    assert_eq!(chart.all.0.iter().sum::<u32>() as usize, kept.len() - steps.null_count());
    let matching = |session: &Session| session.count.as_ref().unwrap().matching as usize;
    session.filter(&[("step", Clause::NotNull)]);
    assert_eq!(matching(&session), kept.len() - steps.null_count());
    session.filter(&[("step", Clause::Null)]);
    assert_eq!(matching(&session), steps.null_count());
    session.filter(&[("step", Clause::list([Some("50".to_owned())], true))]);
    let steps = steps.as_primitive::<Int32Type>();
    assert_eq!(matching(&session), steps.iter().filter(|value| *value != Some(50)).count());
    // Texts that can't be read are in no search, not even one for what a text does not have.
    let (texts, mut bad) = (pages(&bad, "prompt"), bad.as_ref().clone());
    bad[texts[3].body..texts[3].end].fill(0xff);
    let mut session = Session::open(&Arc::new(bad));
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.query = Some("-nothing".to_owned());
    });
    assert_eq!(matching(&session), ROWS as usize - PAGE_ROWS);
}

#[test]
fn a_damaged_header_costs_its_page_where_an_index_tells_and_the_rest_of_its_row_group_elsewhere() {
    for (index, lost) in [(true, PAGE_ROWS), (false, GROUP_ROWS - 3 * PAGE_ROWS)] {
        let good = table(index);
        let page = pages(&good, "step")[3].clone();
        let mut bad = good.clone();
        bad[page.start..page.body].fill(0xff);
        let whole = reference(&Arc::new(good));
        let kept = without(&whole, &(page.rows.start..page.rows.start + lost as u64));
        let steps = arrow_select::take::take(column(&whole, "step"), &UInt32Array::from(kept), None).unwrap();
        let mut session = Session::open(&Arc::new(bad));
        session.filter(&[("step", Clause::NotNull)]);
        let count = session.count.clone().unwrap();
        assert_eq!((count.rows_read, count.matching as usize), (ROWS, steps.len() - steps.null_count()));
        let [notice] = &session.notices[..] else { panic!("one notice, not {:?}", session.notices) };
        assert!(
            notice.title.contains(&format!("{} rows of step", thousands(lost as u64))),
            "{index}: {notice:?}"
        );
    }
}

/// Exports all columns; how it ended, and the file.
pub fn export(session: &mut Session, format: Format, empty: bool, without: &[u32]) -> (Stage, Vec<u8>) {
    session.exports.clear();
    session.files.clear();
    let opened = session.opened.clone().unwrap();
    let columns = opened.columns.iter().filter(|column| column.derived_from.is_empty());
    session.ask(LazyRequest::Export(Start {
        id: 1,
        format,
        columns: columns.map(|column| column.name.clone()).collect(),
        without: without.to_vec(),
        empty,
        groups: None,
        name: "rows".to_owned(),
    }));
    session.run();
    let stage = session.exports.last().map(|told| told.stage.clone()).expect("progress is told");
    (stage, session.files.remove(&1).unwrap_or_default())
}

#[test]
fn exports_name_every_damaged_page_before_and_leave_its_values_empty_where_that_is_chosen() {
    let good = table(true);
    let (steps, prompts) = (pages(&good, "step"), pages(&good, "prompt"));
    let (step, prompt) = (steps[steps.len() / 2].clone(), prompts[prompts.len() - 1].clone());
    let mut bad = good.clone();
    bad[step.body..step.end].fill(0xff);
    bad[prompt.body..prompt.end].fill(0xff);
    let whole = reference(&Arc::new(good));
    let mut session = Session::open(&Arc::new(bad));
    session.show(|show| show.generation = show.generation.next());
    let names: Vec<String> =
        session.opened.as_ref().unwrap().columns.iter().map(|own| own.name.clone()).collect();
    let place = |name: &str| names.iter().position(|own| own == name).unwrap() as u32;
    let (stage, written) = export(&mut session, Format::Parquet, false, &[]);
    let Stage::Unreadable { mut columns, why, may_be_empty } = stage else { panic!("{stage:?}") };
    columns.sort_unstable();
    let mut expected = [(place("step"), "step".to_owned()), (place("prompt"), "prompt".to_owned())];
    expected.sort_unstable();
    assert_eq!(columns, expected);
    assert!(may_be_empty, "{why}");
    for (name, page) in [("step", &step), ("prompt", &prompt)] {
        let rows = format!("{name}, rows {} to {}", thousands(page.rows.start + 1), thousands(page.rows.end));
        assert!(why.contains(&rows), "{rows}: {why}");
        assert!(why.contains(&format!("page at byte {}", page.start)), "{why}");
    }
    assert!(session.dropped.contains(&1), "what was begun is thrown away; {} bytes", written.len());
    // With those values empty.
    let masked = |name: &str, page: &Page| {
        let all = column(&whole, name);
        let rows: Vec<Option<u32>> =
            (0..ROWS).map(|row| (!page.rows.contains(&row)).then_some(row as u32)).collect();
        arrow_select::take::take(all, &UInt32Array::from(rows), None).unwrap()
    };
    let schema = whole.schema();
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "step" => masked("step", &step),
        "prompt" => masked("prompt", &prompt),
        name => column(&whole, name).clone(),
    });
    let expected = RecordBatch::try_new(schema.clone(), columns.collect()).unwrap();
    let (stage, written) = export(&mut session, Format::Parquet, true, &[]);
    assert_eq!(stage, Stage::Done);
    assert_eq!(difference(&reference(&Arc::new(written)), &expected), None);
    let lost = (step.rows.end - step.rows.start) + (prompt.rows.end - prompt.rows.start);
    assert_eq!(session.exports.last().unwrap().missing, lost);
    let (stage, written) = export(&mut session, Format::JsonLines, true, &[]);
    assert_eq!(stage, Stage::Done);
    let lines: Vec<serde_json::Value> =
        written.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    assert_eq!(lines.len() as u64, ROWS);
    assert_eq!(lines[step.rows.start as usize]["step"], serde_json::Value::Null);
    assert_eq!(lines[prompt.rows.start as usize]["prompt"], serde_json::Value::Null);
    // Without the columns.
    let (stage, written) = export(&mut session, Format::Parquet, false, &[place("step"), place("prompt")]);
    assert_eq!(stage, Stage::Done);
    assert_eq!(reference(&Arc::new(written)).num_columns(), whole.num_columns() - 2);
}

#[test]
fn rows_in_another_order_and_few_of_them_are_looked_through_as_well() {
    let (_, bad, page) = damaged(false);
    let mut session = Session::open(&bad);
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.sort = vec![vitrine::view::spec::SortKey { column: "prompt".to_owned(), descending: true }];
    });
    let (stage, _) = export(&mut session, Format::JsonLines, false, &[]);
    let Stage::Unreadable { why, may_be_empty: true, .. } = stage else { panic!("{stage:?}") };
    assert!(why.contains(&format!("rows {} to", thousands(page.rows.start + 1))), "{why}");
    let (stage, written) = export(&mut session, Format::JsonLines, true, &[]);
    assert_eq!((stage, written.split(|byte| *byte == b'\n').count() as u64), (Stage::Done, ROWS + 1));
    // None of the first rows is on that page.
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.sort = Vec::new();
        show.rows.subset = Some(vitrine::view::spec::Subset::First(100));
    });
    let (stage, _) = export(&mut session, Format::JsonLines, false, &[]);
    assert_eq!(stage, Stage::Done);
}
