//! What stands in the files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::{Field, Form, Writer};
use crate::protocol::export::Format;
use crate::table::column::Value;

fn write(format: Format, fields: &[(&str, Form)], rows: &[&[Value<'_>]]) -> Vec<u8> {
    let fields = fields.iter().map(|(name, form)| Field { name: (*name).to_owned(), form: *form });
    let mut writer = Writer::new(format, fields.collect()).unwrap();
    for value in rows.iter().copied().flatten() {
        writer.cell(*value).unwrap();
    }
    writer.finish().unwrap();
    writer.take()
}

fn text(text: &str) -> Value<'_> {
    Value::Bytes(text.as_bytes())
}

#[track_caller]
fn check(format: Format, fields: &[(&str, Form)], rows: &[&[Value<'_>]], expected: &str) {
    assert_eq!(String::from_utf8(write(format, fields, rows)).unwrap(), expected);
}

const PLAIN: Format = Format::Csv { guard_formulas: false };
const GUARDED: Format = Format::Csv { guard_formulas: true };

#[test]
fn csv_quotes_what_would_be_misread() {
    let fields = [("a,b", Form::Text), ("n", Form::Float32)];
    check(
        PLAIN,
        &fields,
        &[
            &[text("plain"), Value::Float32(7.1)],
            &[text("a \"word\",\r\nand more"), Value::Null],
            &[text(""), Value::Float32(f32::NAN)],
            &[Value::Null, Value::Float32(-0.5)],
            &[text(" space"), Value::Float32(1e-9)],
        ],
        "\"a,b\",n\r\nplain,7.1\r\n\"a \"\"word\"\",\r\nand more\",\r\n\"\",NaN\r\n,-0.5\r\n\" space\",0.000000001\r\n",
    );
}

#[test]
fn text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_numbers_do_not() {
    let fields = [("=cmd()", Form::Text), ("n", Form::Int { signed: true, bits: 32 })];
    for formula in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝x", "＋x", "－x", "＠x"] {
        check(
            GUARDED,
            &fields,
            &[&[text(formula), Value::Int(-5)]],
            &format!("\"'=cmd()\",n\r\n\"'{formula}\",-5\r\n"),
        );
    }
    check(GUARDED, &[("t", Form::Text)], &[&[text("a=1")]], "t\r\na=1\r\n");
    check(PLAIN, &[("t", Form::Text)], &[&[text("=1")]], "t\r\n=1\r\n");
}

#[test]
fn json_lines_have_one_object_a_row() {
    let fields = [
        ("t", Form::Text),
        ("f", Form::Float64),
        ("u", Form::Int { signed: false, bits: 64 }),
        ("at", Form::Time),
        ("j", Form::Json),
        ("b", Form::Binary),
    ];
    check(
        Format::JsonLines,
        &fields,
        &[
            &[
                text("a\"\n\u{1}é"),
                Value::Float64(0.1),
                Value::UInt(u64::MAX),
                Value::Int(1_660_060_800_120),
                text("{\"x\":[1,null]}"),
                Value::Bytes(b"\0\xff"),
            ],
            &[
                Value::Null,
                Value::Float64(f64::INFINITY),
                Value::Null,
                Value::Int(-1),
                text("…"),
                Value::Bytes(b"abc"),
            ],
        ],
        "{\"t\":\"a\\\"\\n\\u0001é\",\"f\":0.1,\"u\":18446744073709551615,\"at\":\"2022-08-09T16:00:00.120Z\",\"j\":{\"x\":[1,null]},\"b\":\"AP8=\"}\n\
         {\"t\":null,\"f\":null,\"u\":null,\"at\":\"1969-12-31T23:59:59.999Z\",\"j\":\"…\",\"b\":\"YWJj\"}\n",
    );
}

#[test]
fn parquet_keeps_every_form() {
    let fields = [
        ("bool", Form::Bool),
        ("u8", Form::Int { signed: false, bits: 8 }),
        ("u32", Form::Int { signed: false, bits: 32 }),
        ("u64", Form::Int { signed: false, bits: 64 }),
        ("i64", Form::Int { signed: true, bits: 64 }),
        ("f32", Form::Float32),
        ("f64", Form::Float64),
        ("time", Form::Time),
        ("date", Form::Date),
        ("clock", Form::TimeOfDay),
        ("text", Form::Text),
        ("bytes", Form::Binary),
        ("json", Form::Json),
    ];
    let row = [
        Value::Bool(true),
        Value::Int(200),
        Value::Int(4_000_000_000),
        Value::UInt(u64::MAX),
        Value::Int(i64::MIN),
        Value::Float32(7.1),
        Value::Float64(0.1),
        Value::Int(-1),
        Value::Int(-86_400_000),
        Value::Int(1_500),
        Value::Bytes(b"\xff"),
        Value::Bytes(b"\xff"),
        text("[]"),
    ];
    let none = [Value::Null; 13];
    let file = bytes::Bytes::from(write(Format::Parquet, &fields, &[&row, &none]));
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    let mut got = Vec::new();
    for column in batch.columns() {
        assert!(column.is_null(1));
        let data = column.slice(0, 1).to_data();
        let type_name = column.data_type().to_string();
        let bytes = match column.data_type() {
            arrow_schema::DataType::Utf8 | arrow_schema::DataType::Binary => {
                let first = data.buffers().first().unwrap().typed_data::<i32>();
                data.buffers().last().unwrap().as_slice()[first[0] as usize..first[1] as usize].to_vec()
            }
            _ => Vec::new(),
        };
        got.push(format!("{type_name} {bytes:?}"));
    }
    expect_test::expect![[r#"
        Boolean []
        UInt8 []
        UInt32 []
        UInt64 []
        Int64 []
        Float32 []
        Float64 []
        Timestamp(ms, "UTC") []
        Date32 []
        Time32(ms) []
        Utf8 [239, 191, 189]
        Binary [255]
        Utf8 [91, 93]"#]]
    .assert_eq(&got.join("\n"));
}
