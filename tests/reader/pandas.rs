//! Tables that pandas wrote: what says which row is which is no data, and goes along.

use crate::exact::export;
use crate::server::{Session, column, reference};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use serde_json::Value as Json;
use std::sync::Arc;
use vitrine::protocol::export::{Format, Stage};
use vitrine::view::spec::{Bound, Clause, Range, SortKey};

macro_rules! odd {
    ($name:literal) => {
        Arc::new(include_bytes!(concat!("odd/", $name, ".parquet")).to_vec())
    };
}

/// What is in a file that is exported with the columns on the screen: its names, what it tells pandas, and one of its
/// columns of numbers.
fn exported(session: &mut Session, name: &str) -> (Vec<String>, Json, Option<Vec<i64>>) {
    let columns = session.opened.as_ref().unwrap().usual_columns.clone();
    let (stage, written) = export(session, Format::Parquet, &columns, &[]);
    assert_eq!(stage, Stage::Done);
    if let Ok(folder) = std::env::var("VITRINE_WRITTEN") {
        std::fs::write(
            format!(
                "{folder}/{}-{}.parquet",
                name.trim_matches('_'),
                session.count.as_ref().unwrap().matching
            ),
            &written,
        )
        .unwrap();
    }
    let rows = reference(&Arc::new(written));
    let schema = rows.schema();
    let told = serde_json::from_str(&schema.metadata()["pandas"]).unwrap();
    let names = schema.fields().iter().map(|field| field.name().clone()).collect();
    let numbers =
        rows.column_by_name(name).map(|_| column(&rows, name).as_primitive::<Int64Type>().values().to_vec());
    (names, told, numbers)
}

fn few(session: &mut Session) {
    session.filter(&[(
        "seed",
        Clause::Range(Range { low: Some(Bound::Number(70.0)), high: Some(Bound::Number(140.0)) }),
    )]);
    session.change(|show| show.rows.sort = vec![SortKey { column: "seed".to_owned(), descending: true }]);
    session.run();
    assert_eq!(session.count.as_ref().unwrap().matching, 11);
}

#[test]
fn an_index_without_a_name_is_no_data_and_goes_along() {
    let mut session = Session::open(&odd!("pandas_index"));
    let opened = session.opened.as_ref().unwrap();
    assert_eq!(opened.usual_columns, ["prompt", "seed"]);
    assert_eq!(opened.index, [("__index_level_0__".to_owned(), "index".to_owned())]);
    assert!(!opened.charts.contains(&"__index_level_0__".to_owned()));
    let (names, told, numbers) = exported(&mut session, "__index_level_0__");
    assert_eq!(names, ["prompt", "seed", "__index_level_0__"]);
    assert_eq!(told["index_columns"], serde_json::json!(["__index_level_0__"]));
    assert_eq!(numbers.unwrap(), (0..60).map(|row| row * row).collect::<Vec<i64>>());
    few(&mut session);
    let (_, _, numbers) = exported(&mut session, "__index_level_0__");
    assert_eq!(numbers.unwrap(), (10..=20).rev().map(|row| row * row).collect::<Vec<i64>>());
    // Text has the columns that were asked for.
    let columns = ["seed".to_owned()];
    let (_, written) = export(&mut session, Format::JsonLines, &columns, &[]);
    assert!(written.starts_with(b"{\"seed\":140}\n"));
}

#[test]
fn an_index_of_several_levels_has_the_names_that_pandas_gives() {
    let mut session = Session::open(&odd!("pandas_levels"));
    let opened = session.opened.as_ref().unwrap();
    assert_eq!(opened.index, [("__index_level_0__".to_owned(), "seed".to_owned())]);
    // Its second level is a range.
    few(&mut session);
    let (names, told, numbers) = exported(&mut session, "__index_level_1__");
    assert_eq!(names, ["prompt", "seed", "__index_level_0__", "__index_level_1__"]);
    assert_eq!(told["index_columns"], serde_json::json!(["__index_level_0__", "__index_level_1__"]));
    assert_eq!(numbers.unwrap(), (10..=20).rev().collect::<Vec<i64>>());
}

#[test]
fn an_index_that_is_in_no_column_counts_the_rows_that_it_counted() {
    let mut session = Session::open(&odd!("pandas_range"));
    let (names, told, _) = exported(&mut session, "r");
    assert_eq!(names, ["prompt", "seed"]);
    assert_eq!(told["index_columns"][0]["start"], 10);
    few(&mut session);
    let (names, told, numbers) = exported(&mut session, "r");
    assert_eq!(names, ["prompt", "seed", "r"]);
    assert_eq!(told["index_columns"], serde_json::json!(["r"]));
    assert_eq!(numbers.unwrap(), (10..=20).rev().map(|row| 10 + 3 * row).collect::<Vec<i64>>());
    // One that says no more than which row is which is made anew by its readers.
    let mut session = Session::open(&odd!("pandas_plain"));
    let (_, told, _) = exported(&mut session, "x");
    assert_eq!(told["index_columns"][0]["stop"], 60);
    few(&mut session);
    let (names, told, _) = exported(&mut session, "x");
    assert_eq!((names.len(), &told["index_columns"]), (2, &serde_json::json!([])));
}

#[test]
fn categories_keep_their_order_and_those_that_no_row_has() {
    let names = ["small", "medium", "large", "huge"];
    let parquet = odd!("pandas_ordered");
    let feather = Arc::new(include_bytes!("files/pandas_ordered.feather").to_vec());
    let texts = |array: &arrow_array::ArrayRef| -> Vec<String> {
        let short =
            array.as_string_opt::<i32>().map(|texts| texts.iter().map(|text| text.unwrap()).collect());
        let texts: Vec<&str> = short.unwrap_or_else(|| array.as_string::<i64>().iter().flatten().collect());
        texts.into_iter().map(str::to_owned).collect()
    };
    for (name, file) in [("a.parquet", parquet), ("a.feather", feather)] {
        for few in [false, true] {
            let mut session = Session::new(&file);
            session.open_table(&format!("https://example.org/{name}"));
            if few {
                let range = Range { low: Some(Bound::Number(3.0)), high: None };
                session.filter(&[("id", Clause::Range(range))]);
                session.change(|show| {
                    show.rows.sort = vec![SortKey { column: "id".to_owned(), descending: true }];
                });
                session.run();
            }
            let columns = ["id", "size", "kind"].map(str::to_owned);
            let (stage, written) = export(&mut session, Format::Parquet, &columns, &[]);
            assert_eq!(stage, Stage::Done);
            let rows = reference(&Arc::new(written));
            let size = column(&rows, "size").as_any_dictionary();
            assert_eq!(texts(size.values()), names, "{name} {few}");
            assert_eq!(rows.schema().field(1).dict_is_ordered(), Some(true));
            assert_eq!(
                texts(column(&rows, "kind").as_any_dictionary().values()),
                ["c", "b", "a"],
                "{name} {few}"
            );
            assert_eq!(rows.schema().field(2).dict_is_ordered(), Some(false));
            let (stage, written) = export(&mut session, Format::Arrow, &columns, &[]);
            assert_eq!(stage, Stage::Done);
            let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(written), None).unwrap();
            assert_eq!(reader.schema().field(1).dict_is_ordered(), Some(true));
            for rows in reader.map(Result::unwrap) {
                assert_eq!(texts(column(&rows, "size").as_any_dictionary().values()), names, "{name} {few}");
            }
            let (_, written) = export(&mut session, Format::JsonLines, &columns, &[]);
            let lines = String::from_utf8(written).unwrap();
            let expected = if few {
                "{\"id\":5,\"size\":\"large\",\"kind\":\"a\"}\n{\"id\":4,\"size\":\"small\",\"kind\":\"b\"}\n{\"id\":3,\"size\":\"medium\",\"kind\":\"a\"}\n"
            } else {
                "{\"id\":0,\"size\":\"large\",\"kind\":\"b\"}\n{\"id\":1,\"size\":\"small\",\"kind\":\"a\"}\n{\"id\":2,\"size\":null,\"kind\":\"b\"}\n"
            };
            assert!(lines.starts_with(expected), "{name} {few}: {lines}");
        }
    }
}
