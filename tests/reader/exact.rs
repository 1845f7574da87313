//! What is exported is what was in the file: schema and values, of any type, in any layout.

use crate::chance_table;
use crate::server::{Session, reference};
use arrow_array::{Array, RecordBatch, UInt32Array};
use proptest::prelude::*;
use std::sync::Arc;
use vitrine::protocol::LazyRequest;
use vitrine::protocol::export::{Format, Stage, Start};
use vitrine::view::spec::{SortKey, Subset};

/// Exports these columns; how it ended, and the file.
pub fn export(
    session: &mut Session,
    format: Format,
    columns: &[String],
    without: &[u32],
) -> (Stage, Vec<u8>) {
    session.exports.clear();
    session.files.clear();
    session.ask(LazyRequest::Export(Start {
        id: 1,
        format,
        columns: columns.to_vec(),
        without: without.to_vec(),
        empty: false,
        groups: None,
        name: "rows".to_owned(),
    }));
    session.run();
    let stage = session.exports.last().map(|told| told.stage.clone()).expect("progress is told");
    (stage, session.files.remove(&1).unwrap_or_default())
}

fn names(session: &Session) -> Vec<String> {
    let opened = session.opened.as_ref().expect("the file is opened");
    let columns = opened.columns.iter().filter(|column| column.derived_from.is_empty());
    columns.map(|column| column.name.clone()).collect()
}

/// The rows of a file in Arrow's own format.
fn arrow(file: &[u8]) -> RecordBatch {
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(file), None).unwrap();
    let schema = reader.schema();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    arrow_select::concat::concat_batches(&schema, &batches).unwrap()
}

/// Dictionaries may hold their values in another order: compared is what the rows are.
fn plain(array: &arrow_array::ArrayRef) -> arrow_array::ArrayRef {
    use arrow_array::cast::AsArray;
    match array.data_type() {
        arrow_schema::DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            arrow_select::take::take(dictionary.values(), dictionary.keys(), None).unwrap()
        }
        _ => array.clone(),
    }
}

/// How rows differ from those that they should be.
pub fn difference(got: &RecordBatch, expected: &RecordBatch) -> Option<String> {
    let types = |batch: &RecordBatch| -> Vec<_> {
        let schema = batch.schema();
        schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect()
    };
    let unlike = types(got).into_iter().zip(types(expected)).find(|(got, expected)| got != expected);
    if let Some((got, expected)) = unlike {
        return Some(format!("{got:?} instead of {expected:?}"));
    }
    if (got.num_columns(), got.num_rows()) != (expected.num_columns(), expected.num_rows()) {
        return Some(format!("{} rows instead of {}", got.num_rows(), expected.num_rows()));
    }
    for (place, (got, expected)) in got.columns().iter().zip(expected.columns()).enumerate() {
        let (got, expected) = (plain(got), plain(expected));
        if got.to_data() != expected.to_data() {
            let row = (0..got.len())
                .find(|row| got.slice(*row, 1).to_data() != expected.slice(*row, 1).to_data())
                .unwrap_or(0);
            let (got, expected) = (got.slice(row, 1), expected.slice(row, 1));
            return Some(format!("column {place}, row {row}: {got:?} instead of {expected:?}"));
        }
    }
    None
}

fn compare(got: &RecordBatch, expected: &RecordBatch, what: &str) {
    assert_eq!(difference(got, expected), None, "{what}");
}

/// Exports rows by chance in each format, and compares them with those of the reference reader.
fn check(file: &Arc<Vec<u8>>, rows: usize, taken: usize, seed: u64, sorted: bool, what: &str) {
    let all = reference(file);
    let mut session = Session::open(file);
    let members = vitrine::table::subset::random(rows, taken, seed);
    let mut places: Vec<u32> = members.members(0).map(|row| row as u32).collect();
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.subset = Some(Subset::Random { rows: taken as u64, seed });
        if sorted {
            show.rows.sort = vec![SortKey { column: "number".to_owned(), descending: true }];
        }
    });
    if sorted {
        places.reverse();
    }
    let expected = arrow_select::take::take_record_batch(&all, &UInt32Array::from(places)).unwrap();
    let columns = names(&session);
    let (stage, written) = export(&mut session, Format::Parquet, &columns, &[]);
    assert_eq!(stage, Stage::Done, "{what}");
    compare(&reference(&Arc::new(written)), &expected, &format!("{what}, Parquet"));
    let (stage, written) = export(&mut session, Format::Arrow, &columns, &[]);
    assert_eq!(stage, Stage::Done, "{what}");
    compare(&arrow(&written), &expected, &format!("{what}, Arrow"));
    let (stage, written) = export(&mut session, Format::JsonLines, &columns, &[]);
    assert_eq!(stage, Stage::Done, "{what}");
    let lines: Vec<serde_json::Value> = written
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines.len(), expected.num_rows(), "{what}");
    let (stage, written) = export(&mut session, Format::Csv { guard_formulas: false }, &columns, &[]);
    assert_eq!(stage, Stage::Done, "{what}");
    assert!(written.ends_with(b"\r\n"), "{what}");
}

#[test]
fn a_table_of_every_type_comes_out_as_it_is() {
    for layout in ["hub", "v2+zstd+page-index", "brotli"] {
        let mut file = Vec::new();
        fixture::types::types(700, 5, &layout.parse().unwrap(), &mut file).unwrap();
        let file = Arc::new(file);
        check(&file, 700, 700, 1, false, layout);
        check(&file, 700, 60, 1, false, layout);
    }
}

#[test]
fn pages_without_values_come_out_whatever_their_writer_put_there() {
    // A column of lists of which a page has no value, by LZ4.
    let seed = 8_646_365_416_900_245_442;
    let file = Arc::new(chance_table::file(seed, 300, 6));
    check(&file, 300, 300, seed >> 12, false, "pages without values");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn columns_of_any_type_come_out_as_they_are(
        seed: u64,
        taken in prop_oneof![Just(300usize), 1usize..300],
        sorted: bool,
    ) {
        let file = Arc::new(chance_table::file(seed, 300, 6));
        check(&file, 300, taken, seed >> 12, sorted, &format!("seed {seed}, {taken} rows, sorted: {sorted}"));
    }
}

/// Images as the Hub's datasets have them: bytes and path.
fn images(rows: usize) -> Vec<u8> {
    use arrow_array::{ArrayRef, BinaryArray, Int32Array, StringArray, StructArray};
    use arrow_schema::{DataType, Field};
    let image = |row: usize| Some(vec![(row % 251) as u8; 4_000]);
    let bytes: ArrayRef = Arc::new(BinaryArray::from_iter((0..rows).map(image)));
    let paths: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("{row}.png"))));
    let image = StructArray::from(vec![
        (Arc::new(Field::new("bytes", DataType::Binary, true)), bytes),
        (Arc::new(Field::new("path", DataType::Utf8, true)), paths),
    ]);
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(0..rows as i32));
    let columns: [(&str, ArrayRef); 2] = [("number", numbers), ("image", Arc::new(image))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let features = r#"{"info": {"features": {"image": {"_type": "Image"}, "number": {"dtype": "int32", "_type": "Value"}}}}"#;
    let pair = parquet::file::metadata::KeyValue::new("huggingface".to_owned(), features.to_owned());
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_data_page_row_count_limit(50)
        .set_write_batch_size(50)
        .set_key_value_metadata(Some(vec![pair]))
        .build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn few_images_in_structures_cost_their_pages_in_any_order() {
    const ROWS: usize = 3_000;
    let file = Arc::new(images(ROWS));
    let all = reference(&file);
    for descending in [false, true] {
        let mut session = Session::open(&file);
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows.subset = Some(Subset::Random { rows: 6, seed: 3 });
            if descending {
                show.rows.sort = vec![SortKey { column: "number".to_owned(), descending }];
            }
        });
        session.clear_log();
        let (stage, written) = export(&mut session, Format::Parquet, &["image".to_owned()], &[]);
        assert_eq!(stage, Stage::Done);
        let members = vitrine::table::subset::random(ROWS, 6, 3);
        let mut places: Vec<u32> = members.members(0).map(|row| row as u32).collect();
        if descending {
            places.reverse();
        }
        let expected = arrow_select::take::take_record_batch(&all, &UInt32Array::from(places)).unwrap();
        let written = reference(&Arc::new(written));
        assert_eq!(written.column(0).to_data(), expected.column(1).to_data());
        assert_eq!(
            written.schema().metadata()["huggingface"],
            r#"{"info":{"features":{"image":{"_type": "Image"}}}}"#
        );
        assert!(session.bytes * 2 < file.len() as u64, "{} of {} bytes were read", session.bytes, file.len());
    }
}

#[test]
fn rows_of_several_files_come_out_in_any_order() {
    let files: Vec<Arc<Vec<u8>>> = (0..3).map(|_| Arc::new(chance_table::file(5, 200, 5))).collect();
    let own = reference(&files[0]);
    let all = arrow_select::concat::concat_batches(&own.schema(), [&own, &own, &own]).unwrap();
    for sorted in [false, true] {
        let mut session = Session::open_several(&files, |_| {});
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows.sort = match sorted {
                true => vec![SortKey { column: "number".to_owned(), descending: true }],
                false => Vec::new(),
            };
        });
        let columns = names(&session);
        let (stage, written) = export(&mut session, Format::Arrow, &columns, &[]);
        assert_eq!(stage, Stage::Done);
        let place = |row: u32| if sorted { row % 3 * 200 + 199 - row / 3 } else { row };
        let places = UInt32Array::from_iter_values((0..600).map(place));
        let expected = arrow_select::take::take_record_batch(&all, &places).unwrap();
        compare(&arrow(&written), &expected, &format!("sorted: {sorted}"));
    }
}

#[test]
fn a_column_that_cannot_be_read_is_named_and_can_be_left_out() {
    // One byte of a page's header is not what it should be.
    let mut file = chance_table::file(11, 300, 2);
    let meta = parquet::file::metadata::ParquetMetaDataReader::new()
        .parse_and_finish(&bytes::Bytes::from(file.clone()))
        .unwrap();
    let start = meta.row_group(0).column(0).byte_range().0 as usize;
    let number = meta.row_group(0).column(0).column_path().string();
    assert_eq!(number, "number");
    file[start..start + 8].fill(0xff);
    let mut session = Session::open(&Arc::new(file));
    let columns = names(&session);
    let (stage, _) = export(&mut session, Format::JsonLines, &columns, &[]);
    let Stage::Unreadable { columns: bad, .. } = stage else { panic!("{stage:?}") };
    assert_eq!(bad, [(0, "number".to_owned())]);
    let (stage, written) = export(&mut session, Format::JsonLines, &columns, &[0]);
    assert_eq!(stage, Stage::Done);
    assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 300);
}

/// Files that say one thing and hold another: the reference believes what they say.
const AT_ODDS: [&str; 2] = ["repeated_no_annotation.parquet", "invalid_utf8.parquet"];

/// Each file of the conformance set that the reference reads: what is exported is what that gives, or the
/// columns that can't be read are named. With `VITRINE_EXPORTS` the files that are written stay in that folder.
#[test]
fn files_of_other_writers_come_out_as_they_are() {
    let Some(folder) = std::env::var_os("VITRINE_PARQUET_TESTING") else {
        println!("SKIPPED: VITRINE_PARQUET_TESTING names no checkout of apache/parquet-testing");
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let kept = std::env::var_os("VITRINE_EXPORTS").map(std::path::PathBuf::from);
    let (mut same, mut told, mut wrong) = (0, Vec::new(), Vec::new());
    for part in ["", "data", "shredded_variant", "bad_data"] {
        let entries = std::fs::read_dir(folder.join(part)).into_iter().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in
            paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match from_elsewhere(&path, kept.as_deref()) {
                Ok(None) => same += 1,
                Ok(Some(what)) => told.push(format!("{name}: {what}")),
                Err(why) if AT_ODDS.contains(&name.as_str()) => told.push(format!("{name}: {why}")),
                Err(why) => wrong.push(format!("{name}: {why}")),
            }
        }
    }
    println!("{same} files are the same; told:\n{}", told.join("\n"));
    assert_eq!(wrong, Vec::<String>::new(), "{}", wrong.join("\n"));
}

/// Exports all columns of a file. Why it can't be compared with what the reference reads, if it can't, or how it
/// differs.
fn from_elsewhere(path: &std::path::Path, kept: Option<&std::path::Path>) -> Result<Option<String>, String> {
    let file = Arc::new(std::fs::read(path).unwrap());
    let mut session = Session::open(&file);
    if session.opened.is_none() {
        return Ok(Some("it is not opened".to_owned()));
    }
    session.show(|show| show.generation = show.generation.next());
    let columns = names(&session);
    let mut left_out: Vec<u32> = Vec::new();
    let mut told = Vec::new();
    for format in [Format::JsonLines, Format::Csv { guard_formulas: false }, Format::Arrow, Format::Parquet] {
        let mut file = Vec::new();
        while left_out.len() < columns.len() {
            let (stage, written) = export(&mut session, format, &columns, &left_out);
            match stage {
                Stage::Done => {
                    file = written;
                    break;
                }
                Stage::Unreadable { columns, why, .. } => {
                    told.push(format!("{columns:?} {why}"));
                    left_out.extend(columns.iter().map(|(place, _)| *place));
                }
                other => return Err(format!("{other:?}")),
            }
        }
        if let Some(kept) = kept {
            let name = path.file_stem().unwrap().to_string_lossy();
            std::fs::write(kept.join(format!("{name}.{}", format.ending())), &file).unwrap();
        }
        if format == Format::Parquet && told.is_empty() {
            let read = |file: &Arc<Vec<u8>>| std::panic::catch_unwind(|| reference(file));
            let got = read(&Arc::new(file)).map_err(|_| "the reference can't read what was written")?;
            let Ok(expected) = read(&Arc::new(std::fs::read(path).unwrap())) else {
                return Ok(Some("the reference can't read it".to_owned()));
            };
            if let Some(difference) = difference(&got, &expected) {
                return Err(difference.chars().take(600).collect());
            }
        }
    }
    Ok((!told.is_empty()).then(|| told.join("; ")))
}
