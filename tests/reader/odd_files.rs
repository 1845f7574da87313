//! Files that break a rule of the format, or follow a later version of it: what others read is read, and what
//! nobody can read costs its column alone.

use crate::exact::export;
use crate::server::Session;
use std::sync::Arc;
use vitrine::protocol::Cell;
use vitrine::protocol::export::{Format, Stage};
use vitrine::protocol::images::ImageColumn;
use vitrine::view::spec::Clause;

/// Opens a file and shows these columns.
fn shown(file: &[u8], columns: &[&str]) -> Session {
    let mut session = Session::open(&Arc::new(file.to_vec()));
    session.show(|show| {
        show.columns = columns.iter().map(|column| (*column).to_owned()).collect();
        show.count = 1_100;
    });
    session
}

/// The texts of a column on the screen.
fn texts(session: &Session, column: usize) -> Vec<String> {
    let rows = &session.rows.as_ref().unwrap().rows;
    let text = |cell: &Cell| match cell {
        Cell::Null => "null".to_owned(),
        Cell::Text(text, ..) => text.clone(),
        Cell::Json(json) => json.clone(),
        other => format!("{other:?}"),
    };
    rows.iter().map(|row| text(&row.cells[column])).collect()
}

macro_rules! odd {
    ($name:literal) => {
        include_bytes!(concat!("odd/", $name, ".parquet"))
    };
}

#[test]
fn what_stands_behind_the_values_is_passed_over() {
    let session = shown(odd!("gzip_bytes_behind"), &["prompt"]);
    let prompts = texts(&session, 0);
    assert_eq!((session.notices.len(), prompts.len()), (0, 400), "{:?}", session.notices);
    assert_eq!(prompts[399], "still life with a teapot and a moon, baroque 399");
    let session = shown(odd!("lists_padded_chunk"), &["id", "tags"]);
    assert_eq!(session.notices, []);
    let tags = texts(&session, 1);
    assert_eq!((tags.len(), &*tags[0], &*tags[2], &*tags[10]), (40, "null", "[\"t2-0\", \"t2-1\"]", "[]"));
    let session = shown(odd!("bytes_behind_values"), &["prompt"]);
    assert_eq!(session.notices, []);
}

#[test]
fn runs_of_no_values_are_passed_over() {
    let session = shown(odd!("rle_empty_runs"), &["end", "start"]);
    assert_eq!(session.notices, []);
    assert_eq!(texts(&session, 0), ["x", "y", "x", "z", "y", "x", "z", "x"]);
    assert_eq!(texts(&session, 1).len(), 8);
}

#[test]
fn hadoop_cuts_a_block_into_pieces() {
    let session = shown(odd!("lz4_hadoop_inner_blocks"), &["prompt"]);
    assert_eq!(session.notices, []);
    assert_eq!(texts(&session, 0)[200], "a lighthouse on a cliff at dusk, oil painting, warm light 200");
}

#[test]
fn a_first_page_within_the_dictionary_is_found_behind_it() {
    let session = shown(odd!("data_page_offset_in_dictionary"), &["id", "prompt"]);
    assert_eq!(session.notices, []);
    let prompts = texts(&session, 1);
    assert_eq!((prompts.len(), &*prompts[31], &*prompts[399]), (400, "prompt 31", "prompt 15"));
}

#[test]
fn what_a_later_version_adds_costs_nothing() {
    let session = shown(odd!("fields_of_the_future"), &["id", "prompt"]);
    assert_eq!(session.notices, []);
    assert_eq!(texts(&session, 1), ["a", "null", "c"]);
}

#[test]
fn an_annotation_that_is_not_allowed_leaves_the_rest() {
    let session = shown(odd!("decimal_precision_too_large"), &["price", "name"]);
    assert_eq!(session.notices, []);
    assert_eq!(texts(&session, 1), ["a", "b", "null"]);
    assert!(texts(&session, 0)[0].contains("12.5"), "{:?}", texts(&session, 0));
}

#[test]
fn a_column_that_nobody_can_read_is_named_and_the_others_work() {
    for (file, says) in
        [(&odd!("codec_of_the_future")[..], "codec number 42"), (&odd!("encrypted_column")[..], "encrypted")]
    {
        let session = shown(file, &["prompt", "id"]);
        let [notice] = &session.notices[..] else { panic!("one notice, not {:?}", session.notices) };
        assert_eq!(notice.subject, "column prompt");
        assert!(format!("{notice:?}").contains(says), "{notice:?}");
        let ids = texts(&session, 1);
        assert_eq!(ids.len(), 3);
        assert!(ids.iter().all(|id| id.contains(['1', '2', '3'])), "{ids:?}");
    }
}

#[test]
fn columns_of_the_same_name_are_two() {
    let session = shown(odd!("names_duplicate"), &["prompt", "prompt (2)", "value", "value (2)"]);
    assert_eq!(session.notices, []);
    let opened = session.opened.as_ref().unwrap();
    let names: Vec<&str> = opened.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["prompt", "value", "prompt (2)", "value (2)"]);
    assert_eq!([texts(&session, 0), texts(&session, 1)], [["left", "l2"], ["right", "r2"]]);
    assert_ne!(texts(&session, 2), texts(&session, 3));
}

#[test]
fn names_of_coded_values_are_those_of_the_file() {
    let mut session = shown(odd!("hf_datasets"), &["prompt", "sampler"]);
    assert_eq!(session.notices, []);
    let labels = &session.opened.as_ref().unwrap().labels;
    let names = ["ddim", "k_euler", "k_lms", "others, with comma"].map(str::to_owned).to_vec();
    assert_eq!(*labels, [("sampler".to_owned(), names)]);
    session.filter(&[("sampler", Clause::list([Some("k_lms".to_owned())], false))]);
    let rows = session.rows.as_ref().unwrap();
    assert_eq!(session.count.as_ref().unwrap().matching, rows.rows.len() as u64);
    assert!(rows.rows.iter().all(|row| row.cells[1] == Cell::Number(2.0)), "{rows:?}");
    assert!(!rows.rows.is_empty());
}

#[test]
fn sounds_are_no_images() {
    let session = Session::open(&Arc::new(odd!("images_behind_audio").to_vec()));
    let opened = session.opened.as_ref().unwrap();
    assert_eq!(opened.images, Some(ImageColumn::Embedded { column: "picture".to_owned() }));
}

/// All columns of a file in a text format.
fn written(file: &[u8], format: Format) -> String {
    let mut session = Session::open(&Arc::new(file.to_vec()));
    assert_eq!(session.notices, []);
    let columns = session.opened.as_ref().unwrap().columns.iter().map(|column| column.name.clone());
    let columns: Vec<String> = columns.collect();
    let (stage, written) = export(&mut session, format, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    String::from_utf8(written).unwrap()
}

#[test]
fn stretches_of_the_calendar_are_written_as_pandas_does() {
    let file = odd!("pandas_periods");
    let session = shown(file, &["month", "week", "hour"]);
    assert_eq!(session.notices, []);
    assert_eq!(texts(&session, 0), ["1969-11", "1969-12", "1970-01"]);
    assert_eq!(texts(&session, 1), ["2019-12-30/2020-01-05", "null", "1969-12-29/1970-01-04"]);
    assert_eq!(texts(&session, 2)[0], "2020-01-01 23:00");
    let csv = written(file, Format::Csv { guard_formulas: false });
    assert_eq!(csv.lines().nth(2), Some("1969-12,,2020-01-02 00:00,2"));
}

#[test]
fn texts_of_any_kind_of_value_stay_in_their_field() {
    let csv = written(odd!("variant_of_texts"), Format::Csv { guard_formulas: false });
    assert_eq!(csv, "id,any,seven\r\n0,\"\"\"a, \\\"\"b\\\"\"\\n\"\"\",7\r\n1,\"\"\"7\"\"\",7\r\n2,,7\r\n");
}

#[test]
fn lists_that_are_missing_may_have_entries() {
    let session = shown(odd!("arrays_missing"), &["id", "box"]);
    assert_eq!(session.notices, []);
    let boxes = texts(&session, 1);
    assert_eq!(
        (boxes.len(), &*boxes[0], &*boxes[1], &*boxes[6]),
        (7, "[0, 1, null]", "null", "[6, 7, null]")
    );
}

#[test]
fn what_is_said_in_arrow_comes_out_as_it_was_said() {
    use arrow_schema::{DataType, TimeUnit};
    let mut session = Session::open(&Arc::new(odd!("said_in_arrow").to_vec()));
    let columns: Vec<String> =
        session.opened.as_ref().unwrap().columns.iter().map(|column| column.name.clone()).collect();
    let (stage, written) = export(&mut session, Format::Parquet, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    let schema = crate::server::reference(&Arc::new(written)).schema();
    assert_eq!(*schema.field(0).data_type(), DataType::Date32);
    let zone = |zone: &str| Some(zone.into());
    assert_eq!(*schema.field(1).data_type(), DataType::Timestamp(TimeUnit::Millisecond, zone("+05:30")));
    assert_eq!(
        *schema.field(2).data_type(),
        DataType::Timestamp(TimeUnit::Microsecond, zone("America/New_York"))
    );
    let (stage, written) = export(&mut session, Format::Arrow, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(written), None).unwrap();
    let schema = reader.schema();
    assert_eq!(schema.field(5).metadata().get("unit").map(String::as_str), Some("px"));
    let DataType::List(item) = schema.field(3).data_type() else { panic!("{schema:?}") };
    assert_eq!(*item.data_type(), DataType::Timestamp(TimeUnit::Millisecond, zone("Etc/GMT+3")));
    let DataType::Struct(inner) = schema.field(4).data_type() else { panic!("{schema:?}") };
    assert_eq!((inner[0].data_type(), inner[0].metadata().len()), (&DataType::Date32, 1));
}

#[test]
fn times_of_96_bits_that_nanoseconds_do_not_reach_are_what_they_are() {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{TimestampMicrosecondType, TimestampNanosecondType};
    use arrow_schema::{DataType, TimeUnit};
    // Spark writes such times, and years 1 and 9999 for none.
    let file = odd!("int96_far");
    let lines = written(file, Format::JsonLines);
    let expected = [
        r#"{"id":1,"at":"0001-01-01T00:00:00"}"#,
        r#"{"id":2,"at":null}"#,
        r#"{"id":3,"at":"9999-12-31T23:59:59.999999"}"#,
        r#"{"id":4,"at":"2022-08-08T23:06:40.123456"}"#,
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    let mut session = shown(file, &["at"]);
    session.show(|show| {
        show.rows.sort = vec![vitrine::view::spec::SortKey { column: "at".to_owned(), descending: true }];
    });
    let ticks = |cell: &Cell| match cell {
        Cell::Time(time) => Some(time.iso()),
        _ => None,
    };
    let rows = &session.rows.as_ref().unwrap().rows;
    let shown: Vec<Option<String>> = rows.iter().map(|row| ticks(&row.cells[0])).collect();
    let expected = [
        Some("9999-12-31T23:59:59.999999"),
        Some("2022-08-08T23:06:40.123456"),
        Some("0001-01-01T00:00:00"),
        None,
    ];
    assert_eq!(shown, expected.map(|time| time.map(str::to_owned)));
    let micros =
        [Some(-62_135_596_800_000_000), None, Some(253_402_300_799_999_999), Some(1_660_000_000_123_456)];
    let at = |file: &[u8]| {
        let mut session = Session::open(&Arc::new(file.to_vec()));
        let (stage, written) = export(&mut session, Format::Parquet, &["at".to_owned()], &[]);
        assert_eq!(stage, Stage::Done);
        crate::server::reference(&Arc::new(written)).column(0).clone()
    };
    let far = at(file);
    assert_eq!(*far.data_type(), DataType::Timestamp(TimeUnit::Microsecond, None));
    assert_eq!(far.as_primitive::<TimestampMicrosecondType>().iter().collect::<Vec<_>>(), micros);
    // Those that it reaches keep each of them.
    let near = at(odd!("int96_near"));
    assert_eq!(*near.data_type(), DataType::Timestamp(TimeUnit::Nanosecond, None));
    let nanos = near.as_primitive::<TimestampNanosecondType>();
    assert_eq!(nanos.iter().collect::<Vec<_>>(), [Some(1_660_000_000_123_456_789), None, Some(-1), Some(0)]);
}
