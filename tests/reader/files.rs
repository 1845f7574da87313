//! Tables in files that are no Parquet: they open as they are, and what is exported is what was there.

use crate::server::Session;
use std::sync::Arc;
use vitrine::formats::tabular::odd::OddKind;
use vitrine::formats::tabular::reading::{Delimiter, Reading};
use vitrine::formats::tabular::task::Task;
use vitrine::formats::tabular::{Importer, answer};
use vitrine::protocol::export::{Format, Start};
use vitrine::protocol::{Action, Cell, LazyRequest, Level};
use vitrine::view::spec::Clause;

/// Opens a file of this name.
fn open(name: &str, bytes: impl Into<Vec<u8>>) -> Session {
    let mut session = Session::new(&Arc::new(bytes.into()));
    session.open_table(&format!("https://example.org/{name}"));
    session
}

/// The columns of the open table, and their types.
fn types(session: &Session) -> Vec<String> {
    let opened = session.opened.as_ref().unwrap_or_else(|| panic!("{:?}", session.notices));
    opened.columns.iter().map(|column| format!("{} {}", column.name, column.type_name)).collect()
}

/// All matching rows in a format.
fn exported(session: &mut Session, format: Format, columns: &[&str]) -> String {
    session.files.clear();
    session.ask(LazyRequest::Export(Start {
        id: 1,
        format,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        without: Vec::new(),
        empty: false,
        groups: None,
        name: "rows".to_owned(),
    }));
    session.run();
    String::from_utf8(session.files.remove(&1).unwrap_or_default()).unwrap()
}

const EXACT: &str = "id,prompt,price,seed,zip,when,day,ok,none\r\n\
    1,\"a \"\"red\"\" castle,\r\non a hill\",9007199254740993.01,18446744073709551615,01234,2022-08-10T22:57:00.123456Z,2022-08-10,true,\r\n\
    2,,0.10,9007199254740993,99999,2022-08-11T00:00:00.000000Z,2022-08-11,false,\r\n\
    3,\"\",-1.50,0,00000,,,,\r\n";

#[test]
fn csv_keeps_every_value() {
    let mut session = open("prompts.csv", EXACT);
    assert_eq!(
        types(&session),
        [
            "id INT64",
            "prompt UTF8",
            "price DECIMAL",
            "seed UINT_64",
            "zip UTF8",
            "when TIMESTAMP_MICROS (UTC)",
            "day DATE",
            "ok BOOLEAN",
            "none UTF8"
        ]
    );
    let rows = exported(&mut session, Format::JsonLines, &["prompt", "price", "seed", "zip", "when", "ok"]);
    let rows: Vec<&str> = rows.lines().collect();
    assert!(rows[0].contains(r#""prompt":"a \"red\" castle,\r\non a hill""#), "{}", rows[0]);
    assert!(
        rows[0].contains("9007199254740993.01") && rows[0].contains("18446744073709551615"),
        "{}",
        rows[0]
    );
    assert!(rows[0].contains(r#""zip":"01234""#) && rows[0].contains("22:57:00.123456"), "{}", rows[0]);
    assert!(rows[1].contains(r#""prompt":null"#) && rows[2].contains(r#""prompt":"""#), "{rows:?}");
    session.filter(&[("ok", Clause::NotNull)]);
    assert_eq!(session.count.as_ref().unwrap().matching, 2);
    let [read] = &session.notices[..] else { panic!("{:?}", session.notices) };
    let other = Reading { delimiter: Some(Delimiter::Comma), header: Some(false) };
    assert!(read.level == Level::Info && read.actions.contains(&Action::ReadAs(other)), "{read:?}");
}

#[test]
fn a_late_row_breaks_nothing_and_the_first_ones_are_shown_before() {
    let mut text = "n,text\n".to_owned();
    (0..400_000u32).for_each(|n| text.push_str(&format!("{n},castle {n}\n")));
    text.push_str("last,castle\n");
    let mut session = Session::new(&Arc::new(text.into_bytes()));
    session.piece = 1 << 20;
    session.open_table("https://example.org/late.csv");
    assert_eq!(types(&session), ["n UTF8", "text UTF8"]);
    let opened = session.opened.clone().unwrap();
    assert_eq!((opened.rows, opened.rows_in_all), (400_001, 400_001));
    assert_eq!(
        session.early.iter().map(|(kind, partly)| (kind.as_str(), *partly)).collect::<Vec<_>>(),
        [("INT64", true), ("UTF8", false)]
    );
    session.show(|show| {
        show.columns = vec!["n".to_owned()];
        (show.first, show.count) = (399_999, 2);
    });
    let rows = &session.rows.as_ref().unwrap().rows;
    assert!(matches!(&rows[1].cells[0], Cell::Text(text, ..) if text == "last"), "{rows:?}");
}

#[test]
fn nested_json_is_shown_as_parquets_is() {
    let lines = "{\"id\": 1, \"messages\": [{\"role\": \"user\", \"content\": \"hi \\ud83e\\udd8a\"}], \"size\": {\"w\": 512}, \"any\": 1}\n\
        {\"id\": 12345678901234567890, \"messages\": [], \"any\": {\"k\": [1]}, \"more\": 0.30000000000000003}\n\
        {\"id\": 3, \"any\": \"text\"}\n";
    let mut session = open("chat.jsonl", lines);
    let rows = exported(&mut session, Format::JsonLines, &["id", "messages", "size", "any", "more"]);
    let rows: Vec<&str> = rows.lines().collect();
    assert!(
        rows[0].contains(r#""messages":[{"role":"user","content":"hi 🦊"}],"size":{"w":512}"#),
        "{}",
        rows[0]
    );
    assert!(rows[1].contains("12345678901234567890") && rows[1].contains(r#""messages":[]"#), "{}", rows[1]);
    assert!(rows[1].contains("0.30000000000000003"), "{}", rows[1]);
    assert!(rows[2].contains(r#""messages":null"#), "{}", rows[2]);
    // On the screen a conversation is who says what.
    session.show(|show| {
        show.columns = vec!["messages".to_owned(), "size".to_owned()];
        show.count = 1;
    });
    let cells = &session.rows.as_ref().unwrap().rows[0].cells;
    assert_eq!(*cells, [Cell::Text("user: hi 🦊".to_owned()), Cell::Json("{\"w\": 512}".to_owned())]);
    // The same as one list, behind a mark of its encoding.
    let list = format!("\u{feff}[{}]", lines.trim_end().replace('\n', ",\n"));
    let mut session = open("chat.json", list);
    let again = exported(&mut session, Format::JsonLines, &["id", "messages", "size", "any", "more"]);
    assert_eq!(again.lines().collect::<Vec<_>>(), rows);
}

#[test]
fn arrow_files_and_streams_are_read_compressed_and_with_dictionaries() {
    for (name, bytes) in [
        ("lz4.feather", include_bytes!("files/lz4.feather").to_vec()),
        ("zstd.arrow", include_bytes!("files/zstd.arrow").to_vec()),
        ("polars.arrow", include_bytes!("files/polars.arrow").to_vec()),
        ("without an ending", include_bytes!("files/zstd.arrow").to_vec()),
    ] {
        let mut session = open(name, bytes);
        assert_eq!(
            session.opened.as_ref().map(|opened| opened.rows),
            Some(300),
            "{name} {:?}",
            session.notices
        );
        let rows = exported(&mut session, Format::JsonLines, &["id", "prompt", "sampler", "tags", "big"]);
        let expected =
            r#"{"id":299,"prompt":"a castle 299","sampler":null,"tags":["x","y"],"big":9007199254741291}"#;
        assert_eq!(rows.lines().last(), Some(expected), "{name}");
    }
}

#[test]
fn streams_of_old_libraries_are_read() {
    // As pyarrow wrote them before 0.15, without a mark in front, and with the metadata of before 1.0.
    let bytes = include_bytes!("files/version_4.arrows");
    assert_ne!(bytes[..4], [0xff; 4]);
    let expected = [
        r#"{"n":1,"runs":"x","dense":{"0":1,"1":null},"sparse":{"0":1,"1":null},"none":null,"m":"a"}"#,
        r#"{"n":null,"runs":"x","dense":{"0":null,"1":"z"},"sparse":{"0":null,"1":"y"},"none":null,"m":null}"#,
        r#"{"n":3,"runs":null,"dense":{"0":null,"1":null},"sparse":{"0":3,"1":null},"none":null,"m":"c"}"#,
    ];
    for name in ["a.arrows", "without an ending"] {
        assert_eq!(lines_of(name, bytes).lines().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_is_packed_is_unpacked() {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(EXACT.as_bytes()).unwrap();
    let zstd =
        ruzstd::encoding::compress_to_vec(EXACT.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    for (name, bytes) in [("a.csv.gz", gzip.finish().unwrap()), ("a.csv.zst", zstd)] {
        let session = open(name, bytes);
        assert_eq!(
            session.opened.as_ref().map(|opened| opened.rows),
            Some(3),
            "{name} {:?}",
            session.notices
        );
    }
}

/// What is made of a file in one piece, and what was odd in it.
fn odds(name: &str, text: &str) -> Vec<(OddKind, u64, u64)> {
    let mut importer: Option<Importer> = None;
    let mut task = |task| answer(&mut importer, task).unwrap();
    task(Task::Begin { names: vec![name.to_owned()], reading: Reading::default() });
    task(Task::Bytes(text.as_bytes().to_vec()));
    task(Task::Bytes(Vec::new()));
    let report = std::iter::repeat_with(|| task(Task::Step).report).flatten().next().unwrap();
    report.odds.into_iter().map(|odd| (odd.kind, odd.count, odd.line)).collect()
}

#[test]
fn what_is_odd_is_told_with_its_line() {
    assert_eq!(
        odds("a.csv", "a,b\n1,2\n\n1\n1,2,3\n"),
        [(OddKind::ShortLines, 1, 4), (OddKind::LongLines, 1, 5)]
    );
    assert_eq!(odds("a.tsv", "a\tb\n\"x\t1\ny\t2\n"), [(OddKind::OpenQuote, 1, 0)]);
    let wrong = "column 9: a quote should stand where “}” does".to_owned();
    let found = odds("a.jsonl", "{\"a\": 1}\n{\"a\": 2,}\n{\"a\": 3}\n{\"a\": ");
    assert_eq!(found, [(OddKind::NotJson(wrong), 1, 2), (OddKind::Cut, 1, 4)]);
}

#[test]
fn a_line_of_json_that_is_not_closed_takes_no_other_along() {
    for (text, line) in [
        ("{\"a\": 1}\n{\"a\": 7\n{\"a\": 2}\n{\"a\": 3}\n", 2),
        ("{\"a\": 7, \"b\": {\"c\": [\n{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n", 1),
        ("{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n{\"a\": \"7\n", 4),
        ("{\"a\": 1}\n{\"a\": \"7\n{\"a\": 2}\n{\"a\": 3}", 2),
    ] {
        assert_eq!(
            lines_of("a.jsonl", text.as_bytes()).trim_end(),
            "{\"a\":1}\n{\"a\":2}\n{\"a\":3}",
            "{text}"
        );
        let found = odds("a.jsonl", text);
        assert!(
            matches!(found[..], [(OddKind::NotJson(_) | OddKind::Cut, 1, at)] if at == line),
            "{text} {found:?}"
        );
    }
}

#[test]
fn an_object_of_many_keys_that_few_rows_share_is_as_it_was() {
    // As structures of Arrow, these had a null in each row for every key of another row.
    let line = |row: usize| format!("{{\"id\":{row},\"scores\":{{\"u{row}\":{row},\"all\":1}}}}\n");
    let sparse: String = (0..40).map(line).collect();
    assert_eq!(lines_of("a.jsonl", sparse.as_bytes()), sparse);
    // Where most keys are in most rows, they are the fields of a structure.
    let keys: Vec<String> = (0..40).map(|key| format!("\"k{key}\":{key}")).collect();
    let dense = format!("{{\"a\":{{{}}}}}\n{{\"a\":{{{}}}}}\n", keys.join(","), keys[1..].join(","));
    let session = open("a.jsonl", dense);
    assert_eq!(types(&session), ["a nested"]);
}

/// All columns as JSON Lines, and the delimiter that was guessed.
fn lines_of(name: &str, bytes: &[u8]) -> String {
    let mut session = open(name, bytes);
    let opened = session.opened.clone().unwrap_or_else(|| panic!("{name}: {:?}", session.notices));
    let columns: Vec<&str> = opened.columns.iter().map(|column| column.name.as_str()).collect();
    exported(&mut session, Format::JsonLines, &columns)
}

#[test]
fn tables_of_other_programs_are_read_as_they_are_meant() {
    for (name, text, expected) in [
        ("a.csv", "# made by x, y\n#\na,b\n1,2\n", r#"{"a":1,"b":2}"#),
        ("a.csv", "#id,b\n1,2\n", r##"{"#id":1,"b":2}"##),
        ("a.csv", "sep=;\r\na;b\r\n1;2,5\r\n", r#"{"a":1,"b":"2,5"}"#),
        ("a.csv", "a,b\n\"say \\\"hi\\\", \\\\\",1\n", r#"{"a":"say \"hi\", \\","b":1}"#),
        ("a.csv", "a, b\n1, \"x, y\"\n", r#"{"a":1,"b":"x, y"}"#),
        ("a.csv", "prompt\nred, blue\n", r#"{"prompt":"red, blue"}"#),
        ("prompts.txt", "a castle, red\n", r#"{"column 1":"a castle, red"}"#),
        ("a.json", "[{\"a\": 1},]", r#"{"a":1}"#),
        ("a.jsonl", "[1, \"x\"]\n[]\n", "{\"value\":[1,\"x\"]}\n{\"value\":[]}"),
        (
            "a.jsonl",
            "{\"a\": 1}\n{\"a\": \"1\"}\n{\"a\": [1, {\"b\": null}]}\n",
            "{\"a\":1}\n{\"a\":\"1\"}\n{\"a\":[1,{\"b\":null}]}",
        ),
        ("a.json", "[{\"l\": [1, \"a b\", 1e400, {\n}]}]", r#"{"l":[1,"a b",1e400,{}]}"#),
        (
            "a.jsonl",
            "{\"a\": 123456789012345678901234567890123456789012}\n",
            r#"{"a":123456789012345678901234567890123456789012}"#,
        ),
    ] {
        assert_eq!(lines_of(name, text.as_bytes()).trim_end(), expected, "{text}");
    }
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(lines_of("a.jsonl", deep.as_bytes()).trim_end(), deep.replace(' ', ""));
    // Not UTF-8, in JSON as in CSV.
    assert_eq!(lines_of("a.jsonl", b"{\"a\": \"caf\xe9\"}\n").trim_end(), r#"{"a":"café"}"#);
    assert_eq!(lines_of("a.csv", b"a,b\n1,caf\xe9\n").trim_end(), r#"{"a":1,"b":"café"}"#);
}

/// A file of Arrow with these columns.
fn arrow(columns: &[(&str, arrow_array::ArrayRef)], stream: bool) -> Vec<u8> {
    let fields = columns
        .iter()
        .map(|(name, values)| arrow_schema::Field::new(*name, values.data_type().clone(), true));
    let schema = Arc::new(arrow_schema::Schema::new(fields.collect::<Vec<_>>()));
    let columns = columns.iter().map(|(_, values)| values.clone()).collect();
    let batch = arrow_array::RecordBatch::try_new(schema.clone(), columns).unwrap();
    let mut bytes = Vec::new();
    if stream {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(&mut bytes, &schema).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    } else {
        let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut bytes, &schema).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
    }
    bytes
}

#[test]
fn types_that_parquet_lacks_are_held_by_others() {
    use arrow_array::types::{Int8Type, Int32Type, IntervalMonthDayNano};
    use arrow_array::*;
    use arrow_buffer::ScalarBuffer;
    use arrow_schema::{DataType, Field, UnionFields};
    let interval = IntervalMonthDayNano { months: 1, days: -2, nanoseconds: 3 };
    let ends = PrimitiveArray::<Int32Type>::from(vec![2, 3]);
    let runs = RunArray::try_new(&ends, &StringArray::from(vec![Some("a"), None])).unwrap();
    let members = UnionFields::from_fields([
        Field::new("number", DataType::Int32, true),
        Field::new("text", DataType::Utf8, true),
    ]);
    let union = UnionArray::try_new(
        members,
        ScalarBuffer::from(vec![0i8, 1, 0]),
        Some(ScalarBuffer::from(vec![0, 0, 1])),
        vec![Arc::new(Int32Array::from(vec![7, 8])), Arc::new(StringArray::from(vec!["x"]))],
    );
    let views: ArrayRef = Arc::new(StringViewArray::from(vec!["ddim", "euler"]));
    let keys = PrimitiveArray::<Int8Type>::from(vec![Some(1), None, Some(0)]);
    let lists = ListViewArray::new(
        Arc::new(Field::new("item", DataType::Int32, true)),
        ScalarBuffer::from(vec![1, 0, 0]),
        ScalarBuffer::from(vec![2, 0, 1]),
        Arc::new(Int32Array::from(vec![1, 2, 3])),
        None,
    );
    let day = 86_400_000i64;
    let columns: [(&str, ArrayRef); 8] = [
        ("interval", Arc::new(IntervalMonthDayNanoArray::from(vec![Some(interval), None, None]))),
        ("runs", Arc::new(runs)),
        ("union", Arc::new(union.unwrap())),
        ("coded", Arc::new(DictionaryArray::new(keys, views))),
        ("lists", Arc::new(lists)),
        ("days", Arc::new(Date64Array::from(vec![Some(-day), None, Some(19_000 * day)]))),
        ("nothing", Arc::new(StructArray::new_empty_fields(3, Some(vec![true, false, true].into())))),
        ("seconds", Arc::new(TimestampSecondArray::from(vec![1, 2, 3]))),
    ];
    let expected = [
        r#"{"interval":{"months":1,"days":-2,"nanoseconds":3},"runs":"a","union":{"number":7,"text":null},"coded":"euler","lists":[2,3],"days":"1969-12-31","nothing":{},"seconds":"1970-01-01T00:00:01"}"#,
        r#"{"interval":null,"runs":"a","union":{"number":null,"text":"x"},"coded":null,"lists":[],"days":null,"nothing":null,"seconds":"1970-01-01T00:00:02"}"#,
        r#"{"interval":null,"runs":null,"union":{"number":8,"text":null},"coded":"ddim","lists":[1],"days":"2022-01-08","nothing":{},"seconds":"1970-01-01T00:00:03"}"#,
    ];
    for (name, stream) in [("a.arrow", false), ("a.arrows", true)] {
        let written = lines_of(name, &arrow(&columns, stream));
        assert_eq!(written.lines().collect::<Vec<_>>(), expected, "{name}");
    }
    // Values without bytes, columns without them, and no rows at all.
    let none = [None, Some(b"".as_slice())].into_iter();
    let none = FixedSizeBinaryArray::try_from_sparse_iter_with_size(none, 0).unwrap();
    assert_eq!(lines_of("a.arrow", &arrow(&[("b", Arc::new(none))], false)), "{\"b\":null}\n{\"b\":\"\"}\n");
    let nulls: [(&str, ArrayRef); 1] = [("none", Arc::new(NullArray::new(3)))];
    let empty: [(&str, ArrayRef); 1] = [("n", Arc::new(Int32Array::from(Vec::<i32>::new())))];
    for stream in [false, true] {
        assert_eq!(lines_of("a.arrow", &arrow(&nulls, stream)), "{\"none\":null}\n".repeat(3));
        let session = open("a.arrow", arrow(&empty, stream));
        assert_eq!((types(&session), session.opened.as_ref().unwrap().rows), (vec!["n INT32".to_owned()], 0));
    }
}

#[test]
fn what_is_no_table_is_called_by_its_name() {
    let long = |front: &str| format!("{front}{}", "x".repeat(100_000));
    for (name, text, what) in [
        ("a.csv", long("<!doctype html>"), "a web page"),
        ("a.parquet", long("version https://git-lfs.github.com/spec/v1\n"), "a Git LFS pointer"),
        ("a.jsonl", "{\"error\": \"Repository not found\"}".to_owned(), "an error message of a server"),
        ("a.parquet", long("PK\u{3}\u{4}"), "a ZIP archive"),
        ("a.json", long("[1, 2, nonsense "), "line 1, column 8"),
        ("a.csv", "Entry not found".to_owned(), "an error message of a server"),
        ("a.csv", "\u{1}\u{2}\u{3}\u{4}".repeat(1_000), "most of it is no text"),
    ] {
        let session = open(name, text);
        let [notice] = &session.notices[..] else { panic!("{name}: {:?}", session.notices) };
        assert!(session.opened.is_none() && notice.text.contains(what), "{name}: {notice:?}");
    }
}

#[test]
fn whole_numbers_of_128_bits_are_exact() {
    // Written by Polars 2.1, which alone knows them.
    let written = lines_of("wide.arrow", include_bytes!("files/wide.arrow"));
    let expected = [
        r#"{"id":1,"big":170141183460469231731687303715884105727,"s":"a","l":[1]}"#,
        r#"{"id":2,"big":-170141183460469231731687303715884105728,"s":null,"l":null}"#,
        r#"{"id":3,"big":null,"s":"c","l":[2,3]}"#,
    ];
    assert_eq!(written.lines().collect::<Vec<_>>(), expected);
}

/// A stream of Arrow in which one column, by its place, is of a type that nobody knows.
fn with_unknown_type(columns: &[(&str, arrow_array::ArrayRef)], place: usize) -> Vec<u8> {
    use arrow_ipc::{Field, root_as_message};
    let mut bytes = arrow(columns, true);
    let len = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let at = {
        let message = root_as_message(&bytes[8..8 + len]).unwrap();
        let field = message.header_as_schema().unwrap().fields().unwrap().get(place);
        let table = field._tab;
        8 + table.loc() + usize::from(table.vtable().get(Field::VT_TYPE_TYPE))
    };
    bytes[at] = 99;
    bytes
}

#[test]
fn a_column_of_arrow_that_nobody_can_read_costs_itself() {
    use arrow_array::*;
    let odd: ArrayRef = Arc::new(StringViewArray::from(vec!["a text that is in no view", "x"]));
    let views: ArrayRef = Arc::new(StringViewArray::from(vec!["another text in a buffer", "y"]));
    let number: ArrayRef = Arc::new(Int32Array::from(vec![1, 2]));
    let columns =
        [("n", number.clone()), ("v", views.clone()), ("odd", odd), ("w", views.clone()), ("m", number)];
    let session = open("a.arrows", with_unknown_type(&columns, 2));
    assert_eq!(types(&session), ["n INT32", "v UTF8", "w UTF8", "m INT32"]);
    let told = format!("{:?}", session.notices);
    assert!(told.contains("odd: type number 99 of Arrow is not known"), "{told}");
    let written = lines_of("a.arrows", &with_unknown_type(&columns, 2));
    let expected = [
        r#"{"n":1,"v":"another text in a buffer","w":"another text in a buffer","m":1}"#,
        r#"{"n":2,"v":"y","w":"y","m":2}"#,
    ];
    assert_eq!(written.lines().collect::<Vec<_>>(), expected);
    // At the beginning, and at the end.
    for place in [0, 4] {
        let session = open("a.arrows", with_unknown_type(&columns, place));
        let expected: Vec<&str> =
            (0..5).filter(|other| *other != place).map(|place| columns[place].0).collect();
        let opened = session.opened.as_ref().unwrap();
        assert_eq!(opened.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn bytes_of_arrow_that_are_damaged_cost_their_column() {
    use arrow_array::*;
    let long = "a text that is long enough to be found again";
    let columns: [(&str, ArrayRef); 3] = [
        ("n", Arc::new(Int32Array::from(vec![1, 2]))),
        ("text", Arc::new(StringArray::from(vec![long, "b"]))),
        ("list", Arc::new(ListArray::from_iter_primitive::<types::Int32Type, _, _>([Some([Some(7)]), None]))),
    ];
    // Where a text ends lies far behind the last one.
    let mut bytes = arrow(&columns, true);
    let end = (long.len() as u32).to_le_bytes();
    let at = (0..bytes.len() - 4).rfind(|at| bytes[*at..*at + 4] == end).unwrap();
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let session = open("a.arrows", bytes.clone());
    assert_eq!(types(&session), ["n INT32", "text UTF8", "list nested"]);
    let told = format!("{:?}", session.notices);
    assert!(told.contains("text: ") && told.contains("in 2 rows"), "{told}");
    let written = lines_of("a.arrows", &bytes);
    let expected = [r#"{"n":1,"text":null,"list":[7]}"#, r#"{"n":2,"text":null,"list":null}"#];
    assert_eq!(written.lines().collect::<Vec<_>>(), expected);
    // Text that is no UTF-8 is mended as in other files, and told.
    let mut bytes = arrow(&columns, true);
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"a text")).unwrap();
    bytes[at] = 0xff;
    assert!(lines_of("a.arrows", &bytes).contains("\u{fffd} text that is"));
    let session = open("a.arrows", bytes);
    let told = format!("{:?}", session.notices);
    assert!(told.contains("text: bytes that are no UTF-8, in 1 texts"), "{told}");
}

#[test]
fn decimals_without_digits_in_front_or_behind_are_exact() {
    use arrow_array::*;
    let decimal = |digits, scale| -> ArrayRef {
        let numbers = Decimal128Array::from(vec![Some(12), None, Some(-99)]);
        Arc::new(numbers.with_precision_and_scale(digits, scale).unwrap())
    };
    let wide = Decimal256Array::from(vec![Some(arrow_buffer::i256::MINUS_ONE), None, None]);
    let columns: [(&str, ArrayRef); 4] = [
        ("hundreds", decimal(5, -2)),
        ("all", decimal(38, -30)),
        ("small", Arc::new(decimal(5, 0).slice(0, 3))),
        ("wide", Arc::new(wide.with_precision_and_scale(70, -6).unwrap())),
    ];
    let bytes = arrow(&columns, false);
    let zeros = "0".repeat(30);
    let expected = [
        format!(r#"{{"hundreds":1200,"all":12{zeros},"small":12,"wide":-1000000}}"#),
        r#"{"hundreds":null,"all":null,"small":null,"wide":null}"#.to_owned(),
        format!(r#"{{"hundreds":-9900,"all":-99{zeros},"small":-99,"wide":null}}"#),
    ];
    assert_eq!(lines_of("a.arrow", &bytes).lines().collect::<Vec<_>>(), expected);
    let mut session = open("a.arrow", bytes);
    let (stage, written) =
        crate::exact::export(&mut session, Format::Parquet, &["hundreds".to_owned(), "all".to_owned()], &[]);
    assert_eq!(stage, vitrine::protocol::export::Stage::Done);
    let rows = crate::server::reference(&Arc::new(written));
    let types: Vec<String> =
        rows.schema().fields().iter().map(|field| field.data_type().to_string()).collect();
    assert_eq!(types, ["Decimal128(7, 0)", "Decimal256(68, 0)"]);
}

#[test]
fn rows_that_are_lists_of_one_length_have_columns() {
    // What `to_json(orient="values")` of pandas writes, and `read_json` reads as columns 0, 1 and 2.
    for (name, text) in [
        ("a.json", "[[1,\"x\",null],[2,null,1.5]]"),
        ("a.json", "[\n  [1, \"x\", null],\n  [2, null, 1.5]\n]\n"),
        ("a.jsonl", "[1, \"x\", null]\n[2, null, 1.5]\n"),
    ] {
        let written = lines_of(name, text.as_bytes());
        assert_eq!(
            written.lines().collect::<Vec<_>>(),
            [r#"{"0":1,"1":"x","2":null}"#, r#"{"0":2,"1":null,"2":1.5}"#],
            "{text}"
        );
    }
    assert_eq!(types(&open("a.json", "[[1,\"x\",null],[2,null,1.5]]")), ["0 INT64", "1 UTF8", "2 DOUBLE"]);
    // Columns of several kinds of values have each value as it stands.
    assert_eq!(lines_of("a.json", b"[[1],[\"x\"]]"), "{\"0\":1}\n{\"0\":\"x\"}\n");
    // Others are lists.
    for text in
        ["[[1,2],[3]]", "[[1,[2]],[3,[4]]]", "[[1,{\"a\":2}],[3,{}]]", "[[],[]]", "[[1,2],null]", "[[1,2],3]"]
    {
        assert_eq!(open("a.json", text).opened.unwrap().columns[0].name, "value", "{text}");
    }
}

#[test]
fn numbers_whose_first_byte_weighs_most_are_read() {
    // Made by hand of one that pyarrow 26 wrote; pyarrow reads it, but for the view.
    let written = lines_of("a.arrows", include_bytes!("files/big_endian.arrows"));
    let expected = [
        r#"{"i":1,"b":1099511627776,"f":1.5,"s":"ab","l":[1,-2],"d":1.23,"t":"2022-08-08T23:06:40.123456","o":true,"v":"short","m":{"months":1,"days":-2,"nanoseconds":3},"k":"q","x":"YWJj"}"#,
        r#"{"i":null,"b":5,"f":null,"s":null,"l":null,"d":null,"t":null,"o":null,"v":null,"m":null,"k":null,"x":null}"#,
        r#"{"i":-3,"b":null,"f":-2.25,"s":"c","l":[3],"d":-99999999999.99,"t":"1969-12-31T23:59:59.999999","o":false,"v":"longer than twelve bytes","m":{"months":0,"days":0,"nanoseconds":-5},"k":"p","x":"eHl6"}"#,
    ];
    assert_eq!(written.lines().collect::<Vec<_>>(), expected);
}
