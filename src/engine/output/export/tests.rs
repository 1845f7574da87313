//! What cells look like in files of text.
#![allow(clippy::unwrap_used)]

use super::writer::writer;
use crate::protocol::export::Format;
use arrow_array::builder::{Int32Builder, MapBuilder, StringBuilder};
use arrow_array::types::{Float32Type, Int32Type};
use arrow_array::{
    ArrayRef, BinaryArray, Decimal128Array, DictionaryArray, Float64Array, ListArray, RecordBatch,
    StringArray, StructArray, TimestampNanosecondArray, UInt64Array,
};
use std::sync::Arc;

fn check(format: Format, columns: Vec<(&str, ArrayRef)>, expected: &str) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let mut writer = writer(format, &batch.schema(), &[], None).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    assert_eq!(String::from_utf8(writer.take()).unwrap(), expected);
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn nested() -> Vec<(&'static str, ArrayRef)> {
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>([
        Some(vec![Some(0.1), None, Some(f32::INFINITY)]),
        None,
    ]));
    let bytes: ArrayRef = Arc::new(BinaryArray::from_opt_vec(vec![Some(b"\0\xff"), None]));
    let fields = vec![
        (Arc::new(arrow_schema::Field::new("bytes", bytes.data_type().clone(), true)), bytes),
        (
            Arc::new(arrow_schema::Field::new("path", arrow_schema::DataType::Utf8, true)),
            texts(&[None, Some("a,\"b")]),
        ),
    ];
    let mut map = MapBuilder::new(None, Int32Builder::new(), StringBuilder::new());
    map.keys().append_value(7);
    map.values().append_value("x");
    map.append(true).unwrap();
    map.append(false).unwrap();
    vec![("list", list), ("image", Arc::new(StructArray::from(fields))), ("map", Arc::new(map.finish()))]
}

fn flat() -> Vec<(&'static str, ArrayRef)> {
    let decimals = Decimal128Array::from(vec![Some(900_719_925_474_099_301), None]);
    let labels: DictionaryArray<Int32Type> = vec![Some("=1"), Some("b")].into_iter().collect();
    vec![
        ("d", Arc::new(decimals.with_precision_and_scale(18, 2).unwrap())),
        ("u", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None]))),
        ("f", Arc::new(Float64Array::from(vec![Some(1e21), Some(f64::NAN)]))),
        ("at", Arc::new(TimestampNanosecondArray::from(vec![Some(1), None]).with_timezone("UTC"))),
        ("l", Arc::new(labels)),
        ("u", texts(&[Some(""), Some(" x\r\n")])),
    ]
}

#[test]
fn json_lines_hold_everything() {
    check(
        Format::JsonLines,
        nested(),
        "{\"list\":[0.1,null,null],\"image\":{\"bytes\":\"AP8=\",\"path\":null},\"map\":{\"7\":\"x\"}}\n\
         {\"list\":null,\"image\":{\"bytes\":null,\"path\":\"a,\\\"b\"},\"map\":null}\n",
    );
    check(
        Format::JsonLines,
        flat(),
        "{\"d\":9007199254740993.01,\"u\":18446744073709551615,\"f\":1e21,\"at\":\"1970-01-01T00:00:00.000000001Z\",\"l\":\"=1\",\"u (2)\":\"\"}\n\
         {\"d\":null,\"u\":null,\"f\":null,\"at\":null,\"l\":\"b\",\"u (2)\":\" x\\r\\n\"}\n",
    );
}

#[test]
fn numbers_of_two_bytes_have_the_digits_that_they_need() {
    let array = arrow_array::Float16Array::from_iter_values(
        [0.1, 65_504.0, 6e-8, -0.0, 1.5]
            .map(<arrow_array::types::Float16Type as arrow_array::ArrowPrimitiveType>::Native::from_f64),
    );
    check(
        Format::JsonLines,
        vec![("h", Arc::new(array))],
        "{\"h\":0.1}\n{\"h\":65500.0}\n{\"h\":6e-8}\n{\"h\":-0.0}\n{\"h\":1.5}\n",
    );
}

#[test]
fn csv_is_quoted_where_it_has_to_be() {
    check(
        Format::Csv { guard_formulas: true },
        flat(),
        "d,u,f,at,l,u\r\n\
         9007199254740993.01,18446744073709551615,1000000000000000000000,1970-01-01T00:00:00.000000001Z,\"'=1\",\"\"\r\n\
         ,,NaN,,b,\" x\r\n\"\r\n",
    );
    check(
        Format::Csv { guard_formulas: false },
        nested(),
        "list,image,map\r\n\
         \"[0.1,null,null]\",\"{\"\"bytes\"\":\"\"AP8=\"\",\"\"path\"\":null}\",\"{\"\"7\"\":\"\"x\"\"}\"\r\n\
         ,\"{\"\"bytes\"\":null,\"\"path\"\":\"\"a,\\\"\"b\"\"}\",\r\n",
    );
}
