//! Values of the type VARIANT: shown, filtered and exported as the JSON that they stand for, and left as they are in
//! files of columns.

use crate::exact::{difference, export};
use crate::server::{Session, reference};
use arrow_array::{Array, ArrayRef, BinaryArray, Int64Array, RecordBatch, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{LogicalType, Repetition};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::sync::Arc;
use vitrine::protocol::export::{Format, Stage};
use vitrine::protocol::{Cell, Kind, NESTED_TEXT, VARIANT};
use vitrine::view::spec::Clause;

macro_rules! odd {
    ($name:literal) => {
        Arc::new(include_bytes!(concat!("odd/", $name, ".parquet")).to_vec())
    };
}

/// The JSON of each row of a file by DuckDB 2.0.1 whose numbers alone are in a column of their own.
fn all_kinds() -> Vec<Option<String>> {
    let json = |row: u64| match row % 9 {
        0 => Some(format!(r#"{{"nested":{{"a":[1,2,{{"b":null}}],"d":1.25}},"notes":"x","steps":{row}}}"#)),
        1 => Some(row.to_string()),
        2 => Some(r#""text \"quoted\" é""#.to_owned()),
        3 => None,
        4 => Some(format!("[1,2,{row}]")),
        5 => Some(r#""2022-08-10T12:00:00.123456""#.to_owned()),
        6 => Some(r#""1969-12-31""#.to_owned()),
        7 => Some("123456789012345678901234567.89".to_owned()),
        _ => Some("true".to_owned()),
    };
    (0..200).map(json).collect()
}

/// The same of one whose objects are all in columns of their own.
fn objects() -> Vec<Option<String>> {
    let json = |row: u64| {
        let cfg = format!("{:?}", row as f64 * 0.5);
        (row % 5 != 4).then(|| {
            format!(
                r#"{{"cfg":{cfg},"inner":{{"h":{row},"w":512}},"sampler":"k_{}","steps":{row},"tags":["a","b{row}"]}}"#,
                row % 3
            )
        })
    };
    (0..100).map(json).collect()
}

/// Without the spaces that are there for people.
fn tight(json: &str) -> String {
    serde_json::from_str::<Box<serde_json::value::RawValue>>(json).unwrap();
    json.replace(", ", ",").replace(": ", ":")
}

fn shown(session: &mut Session, column: &str) -> Vec<Option<String>> {
    session.change(|show| {
        show.columns = vec![column.to_owned()];
        show.count = 300;
    });
    session.run();
    let cell = |cell: &Cell| match cell {
        Cell::Null => None,
        Cell::Json(json) => Some(tight(json)),
        other => panic!("{other:?} is no JSON"),
    };
    session.rows.as_ref().unwrap().rows.iter().map(|row| cell(&row.cells[0])).collect()
}

fn schema(file: &Arc<Vec<u8>>) -> Vec<TypePtr> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(file.as_ref().clone())).unwrap();
    reader.metadata().file_metadata().schema().get_fields().to_vec()
}

fn check(file: &Arc<Vec<u8>>, column: &str, expected: &[Option<String>]) {
    let mut session = Session::open(file);
    let opened = session.opened.as_ref().unwrap();
    let own = opened.columns.iter().find(|own| own.name == column).unwrap();
    assert_eq!((own.kind, own.type_name.as_str()), (Kind::Text, VARIANT));
    assert_eq!(shown(&mut session, column), expected);
    let columns = [column.to_owned()];

    let (stage, written) = export(&mut session, Format::JsonLines, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    let lines: Vec<String> = String::from_utf8(written).unwrap().lines().map(str::to_owned).collect();
    let line = |json: &Option<String>| format!("{{\"{column}\":{}}}", json.as_deref().unwrap_or("null"));
    assert_eq!(lines, expected.iter().map(line).collect::<Vec<_>>());

    // Columns stay what they are, to the bit.
    let (stage, written) = export(&mut session, Format::Parquet, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    let written = Arc::new(written);
    let before = reference(file);
    let before = before.project(&[before.schema().index_of(column).unwrap()]).unwrap();
    assert_eq!(difference(&reference(&written), &before), None);
    let declared = schema(file).into_iter().find(|field| field.name() == column).unwrap();
    assert_eq!(schema(&written), std::slice::from_ref(&declared));
    let logical = declared.get_basic_info().logical_type_ref().cloned();
    assert!(matches!(logical, Some(LogicalType::Variant(_))), "{logical:?}");
    let again = Session::open(&written);
    assert_eq!(shown(&mut { again }, column), expected);
    let (stage, written) = export(&mut session, Format::Arrow, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(&written), None).unwrap();
    let field = reader.schema().field(0).clone();
    assert_eq!(field.metadata()["ARROW:extension:name"], "arrow.parquet.variant");

    // Filters are about the JSON on the screen.
    session.filter(&[(column, Clause::NotNull)]);
    let some = expected.iter().filter(|json| json.is_some()).count() as u64;
    assert_eq!(session.count.as_ref().unwrap().matching, some);
    let first = before_people(&mut session, column);
    let same = expected.iter().filter(|json| **json == Some(tight(&first))).count() as u64;
    session.filter(&[(column, Clause::list([Some(first)], false))]);
    assert_eq!(session.count.as_ref().unwrap().matching, same);
    assert!(same > 0);
    assert_eq!(session.notices, []);
}

/// The first row's JSON as it is on the screen.
fn before_people(session: &mut Session, column: &str) -> String {
    session.change(|show| show.columns = vec![column.to_owned()]);
    session.run();
    match &session.rows.as_ref().unwrap().rows[0].cells[0] {
        Cell::Json(json) => json.clone(),
        other => panic!("{other:?} is no JSON"),
    }
}

#[test]
fn values_of_any_kind_are_the_json_that_they_stand_for() {
    check(&odd!("variant_of_all_kinds"), "settings", &all_kinds());
    check(&odd!("variant_of_objects"), "settings", &objects());
}

/// Rows of which a part is in a column of its own: `{"a": row, "b": true}` with `a` there, where it is a number.
fn partly() -> Arc<Vec<u8>> {
    // The names `a` and `b`, and values in the form of the format.
    let names: &[u8] = &[1, 2, 0, 1, 2, b'a', b'b'];
    let rest: &[u8] = &[0x02, 1, 1, 0, 1, 0x04];
    let whole: &[u8] = &[0x02, 2, 0, 1, 0, 2, 3, 0x05, b'x', 0x04];
    let rows = 40;
    let number = |row: usize| row.is_multiple_of(3);
    let values = BinaryArray::from_iter((0..rows).map(|row| match row % 3 {
        0 | 1 => Some(rest),
        _ => None,
    }));
    let texts = BinaryArray::from_iter((0..rows).map(|row| (row % 3 == 1).then_some(&whole[7..9])));
    let numbers = Int64Array::from_iter((0..rows).map(|row| number(row).then_some(row as i64)));
    let binary = |name: &str, nullable| Field::new(name, DataType::Binary, nullable);
    let inner = Fields::from(vec![binary("value", true), Field::new("typed_value", DataType::Int64, true)]);
    let a = StructArray::new(inner, vec![Arc::new(texts) as ArrayRef, Arc::new(numbers)], None);
    let a_field = Field::new("a", a.data_type().clone(), false);
    let has_object = NullBuffer::from_iter((0..rows).map(|row| row % 3 != 2));
    let typed = StructArray::new(Fields::from(vec![a_field]), vec![Arc::new(a)], Some(has_object));
    let fields = Fields::from(vec![
        binary("metadata", false),
        binary("value", true),
        Field::new("typed_value", typed.data_type().clone(), true),
    ]);
    let metadata = BinaryArray::from_iter_values((0..rows).map(|_| names));
    let columns: Vec<ArrayRef> = vec![Arc::new(metadata), Arc::new(values), Arc::new(typed)];
    let variants: ArrayRef = Arc::new(StructArray::new(fields, columns, None));
    let schema = Arc::new(Schema::new(vec![Field::new("v", variants.data_type().clone(), false)]));
    let plain = parquet::arrow::ArrowSchemaConverter::new().convert(&schema).unwrap();
    let own = &plain.root_schema().get_fields()[0];
    let own = Type::group_type_builder("v")
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::variant(Some(1))))
        .with_fields(own.get_fields().to_vec())
        .build()
        .unwrap();
    let root = Type::group_type_builder("schema").with_fields(vec![Arc::new(own)]).build().unwrap();
    let options = ArrowWriterOptions::new().with_parquet_schema(SchemaDescriptor::new(Arc::new(root)));
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema.clone(), options).unwrap();
    writer.write(&RecordBatch::try_new(schema, vec![variants]).unwrap()).unwrap();
    Arc::new(writer.into_inner().unwrap())
}

#[test]
fn an_object_whose_fields_are_in_several_places_is_one() {
    let expected = (0..40).map(|row| match row % 3 {
        0 => Some(format!(r#"{{"a":{row},"b":true}}"#)),
        1 => Some(r#"{"a":"x","b":true}"#.to_owned()),
        _ => None,
    });
    check(&partly(), "v", &expected.collect::<Vec<_>>());
}

#[test]
fn a_structure_that_looks_like_one_is_a_structure() {
    let file = partly();
    let plain = reference(&file);
    let mut writer = ArrowWriter::try_new(Vec::new(), plain.schema(), None).unwrap();
    writer.write(&plain).unwrap();
    let session = Session::open(&Arc::new(writer.into_inner().unwrap()));
    let own = &session.opened.as_ref().unwrap().columns[0];
    assert_eq!(own.kind, Kind::Nested);
    assert_ne!(own.type_name, NESTED_TEXT);
}
