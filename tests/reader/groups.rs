//! Groups of rows, held against what DuckDB, Polars and pandas make of the app's own scripts.
#![allow(clippy::print_stdout, reason = "what is left out is told")]

use crate::scripts::{Chance, DIFFUSIONDB, ODD, has, odd_table, python, ran, script_of, the_table, view};
use crate::server::Session;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use vitrine::protocol::export::{Format, Start};
use vitrine::protocol::group_by::{Cell, Key, State, Trouble, Want};
use vitrine::protocol::script::Dialect;
use vitrine::protocol::{LazyRequest, Show};
use vitrine::view::spec::{Clause, Spec};

/// What may be asked of groups of a column: its name, whether it is a time, whether it is a number, a value.
type Asked = (&'static str, bool, bool, &'static str);

const OF_DIFFUSIONDB: &[Asked] = &[
    ("cfg", false, true, "7"),
    ("step", false, true, "50"),
    ("size", false, false, "512x512"),
    ("user_name", false, false, "x"),
    ("timestamp", true, true, "1660089600000"),
    ("image_nsfw", false, true, "2"),
    ("part_id", false, true, "7"),
    ("sampler", false, false, "k_lms"),
];

const OF_ODD: &[Asked] = &[
    ("cfg", false, true, "7.1"),
    ("score", false, true, "NaN"),
    ("step", false, true, "50"),
    ("flag", false, true, "true"),
    ("big", false, true, "5"),
    ("day", true, true, "1660176000000"),
    ("made", true, true, "-1"),
    ("odd 'name\" `x` \\", false, false, "it's"),
];

/// Groups by chance.
fn items(chance: &mut Chance, columns: &[Asked]) -> Vec<String> {
    let mut items = Vec::new();
    let keys = 1 + chance.below(2);
    while items.len() < keys {
        let (name, is_time, ..) = chance.of(columns);
        // Codes of samplers have names here, and none in the file.
        let by = if is_time { chance.of(&["day", "month", "year", "hour"]) } else { "by" };
        let item = format!("{by}:{name}");
        if name != "sampler" && !items.contains(&item) {
            items.push(item);
        }
    }
    for _ in 0..chance.below(5) {
        let (name, _, is_number, value) = chance.of(columns);
        match chance.below(if is_number { 8 } else { 3 }) {
            0 => items.push(format!("distinct:{name}")),
            1 => items.push(format!("null:{name}")),
            2 => items.extend([format!("share:{name}"), format!("is:{value}")]),
            3 => items.push(format!("mean:{name}")),
            4 => items.push(format!("median:{name}")),
            5 => items.push(format!("q{}:{name}", 1 + chance.below(99))),
            6 => items.push(format!("least:{name}")),
            _ => items.push(format!("most:{name}")),
        }
    }
    items
}

/// The rows that a script makes, as plain values.
const ROWS: &str = r#"
import datetime, math

def plain(value):
    if value is None or (hasattr(value, "isoformat") and value != value):
        return None
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, (bool,)) or type(value).__name__ == "bool_":
        return str(bool(value)).lower()
    if isinstance(value, datetime.datetime):
        value = value.replace(tzinfo=datetime.timezone.utc) if value.tzinfo is None else value
        return round((value - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(milliseconds=1))
    if isinstance(value, datetime.date):
        return (value - datetime.date(1970, 1, 1)).days * 86400000
    if isinstance(value, str):
        return "text " + value
    value = float(value)
    return value if math.isfinite(value) else str(value)

def answer(kind, result):
    if kind in ("sql", "duckdb"):
        rows = result.fetchall()
    elif kind == "polars":
        rows = result.rows()
    elif kind == "spark":
        rows = [tuple(row) for row in result.collect()]
    else:
        rows = list(zip(*[result[name].astype(object).tolist() for name in result.columns]))
    return {"rows": [[plain(value) for value in row] for row in rows]}
"#;

/// A number as both sides write it, four-byte ones included.
fn written(value: f64) -> String {
    let short = value as f32 + 0.0;
    if value.is_nan() {
        "nan".to_owned()
    } else if short.is_finite() {
        short.to_string()
    } else {
        format!("{value:e}")
    }
}

fn key_here(key: &Key) -> String {
    match key {
        Key::None => "none".to_owned(),
        Key::Value(text) => match text.parse::<f64>() {
            Ok(number) => written(number),
            Err(_) if text == "true" || text == "false" => text.clone(),
            Err(_) => format!("text {text}"),
        },
        Key::Span { start, .. } => written(*start),
    }
}

fn key_there(value: &Json) -> String {
    match value {
        Json::Null => "none".to_owned(),
        Json::Number(number) => written(number.as_f64().unwrap()),
        Json::String(text) => text.parse::<f64>().map_or_else(|_| text.clone(), written),
        other => panic!("{other} is no key"),
    }
}

fn same(here: &Cell, there: &Json, rows: u64) -> bool {
    let there = match there {
        Json::Null => None,
        Json::String(text) => text.parse::<f64>().ok().filter(|value| !value.is_nan()),
        there => there.as_f64(),
    };
    let near = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1e-9);
    match (here, there) {
        (Cell::None, None) => true,
        // pandas has no quantile beside infinities.
        (Cell::Number(here), None) if here.is_infinite() => true,
        (Cell::Number(here), Some(there)) => near(*here, there),
        (Cell::Time(here), Some(there)) => (here - there).abs() <= 1.0,
        (Cell::Count(here), Some(there)) => *here as f64 == there,
        (Cell::Part(here), Some(there)) => near(*here as f64 / rows as f64, there),
        (Cell::None | Cell::Number(_) | Cell::Time(_) | Cell::Count(_) | Cell::Part(_), _) => false,
    }
}

fn check(dialect: Dialect, kind: &str, modules: &str, views: usize) {
    if !has(modules) {
        println!("left out: {} has no {modules}", python());
        return;
    }
    let folder = std::env::temp_dir().join(format!("vitrine-groups-{}-{kind}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, file, columns, asked) in
        [("table", the_table(20_000), DIFFUSIONDB, OF_DIFFUSIONDB), ("odd", odd_table(4_000), ODD, OF_ODD)]
    {
        let path = folder.join(format!("{name}.parquet"));
        let file = Arc::new(file);
        std::fs::write(&path, file.as_ref()).unwrap();
        let mut session = Session::open(&file);
        let mut chance = Chance(29);
        let (mut scripts, mut expected) = (Vec::new(), Vec::new());
        for number in 0..views {
            let spec = Spec { sort: Vec::new(), ..view(&mut chance, columns, number) };
            let items = items(&mut chance, asked);
            session.show(|show| {
                let generation = show.generation.next();
                *show = Show { generation, rows: spec.rows(), ..Show::default() };
            });
            session.ask(LazyRequest::GroupBy(Some(Want { items: items.clone(), first: 0, count: 500 })));
            session.run();
            expected.push((spec.clone(), items.clone(), session.group_by.clone().unwrap()));
            scripts.push(script_of(&mut session, dialect, &spec, &path, Some(items)));
        }
        let answers = ran(&folder, kind, ROWS, &scripts);
        for (((spec, items, groups), answer), script) in expected.iter().zip(&answers).zip(&scripts) {
            // What a tool can't search for finds other rows, and the script says so.
            if script.contains("NOTE: a part of the search") {
                continue;
            }
            let told =
                || format!("{items:?}\n{spec:?}\n{script}\n{}", answer["error"].as_str().unwrap_or_default());
            let Some(rows) = answer["rows"].as_array() else { panic!("{}", told()) };
            let State::Lines { total, lines, .. } = &groups.state else {
                panic!("{:?} {}", groups.state, told())
            };
            assert_eq!(rows.len() as u64, *total, "groups of {}", told());
            let keys = items
                .iter()
                .take_while(|item| {
                    item.split(':')
                        .next()
                        .is_some_and(|word| ["by", "hour", "day", "month", "year"].contains(&word))
                })
                .count();
            let there: BTreeMap<Vec<String>, &Json> =
                rows.iter().map(|row| ((0..keys).map(|key| key_there(&row[key])).collect(), row)).collect();
            let first = rows.first().map(|row| row[keys].as_f64().unwrap() as u64);
            assert_eq!(first, lines.first().map(|line| line.rows), "the largest group of {}", told());
            for line in lines {
                let key: Vec<String> = line.keys.iter().map(key_here).collect();
                let row = there.get(&key).unwrap_or_else(|| panic!("{key:?} is missing: {}", told()));
                assert_eq!(row[keys].as_f64(), Some(line.rows as f64), "rows of {key:?} in {}", told());
                for (place, cell) in line.cells.iter().enumerate() {
                    let there = &row[keys + 2 + place];
                    assert!(
                        same(cell, there, line.rows),
                        "{cell:?} is {there} for {key:?} at {place} in {}",
                        told()
                    );
                }
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn duckdb_makes_the_same_groups() {
    check(Dialect::DuckDbSql, "sql", "duckdb", 25);
}

#[test]
fn polars_makes_the_same_groups() {
    check(Dialect::Polars, "polars", "polars", 12);
}

#[test]
fn pandas_makes_the_same_groups() {
    check(Dialect::Pandas, "pandas", "pandas, pyarrow", 12);
}

#[test]
fn spark_makes_the_same_groups() {
    check(Dialect::Spark, "spark", "pyspark", 10);
}

/// What the page is told of groups that can't be made.
fn trouble(session: &mut Session, items: &[&str]) -> State {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    session.ask(LazyRequest::GroupBy(Some(Want { items, first: 0, count: 10 })));
    session.run();
    session.group_by.clone().unwrap().state
}

#[test]
fn groups_that_can_not_be_made_say_why() {
    let mut session = Session::open(&Arc::new(odd_table(300)));
    let failed = |trouble| State::Failed(trouble);
    assert_eq!(trouble(&mut session, &[]), failed(Trouble::NoKey));
    assert_eq!(trouble(&mut session, &["hero:x"]), failed(Trouble::Unclear("hero:x".to_owned())));
    assert_eq!(trouble(&mut session, &["by:gone"]), failed(Trouble::NoColumn("gone".to_owned())));
    session.filter(&[("cfg", Clause::numbers(Some(99.0), Some(98.0)))]);
    let State::Lines { total, lines, .. } = trouble(&mut session, &["by:step", "mean:cfg"]) else { panic!() };
    assert_eq!((total, lines), (0, Vec::new()), "without rows there are no groups");
}

#[test]
fn groups_are_written_to_files() {
    let mut session = Session::open(&Arc::new(odd_table(2_000)));
    let items = ["by:step", "day:day", "mean:score", "share:flag", "is:true", "up:0"];
    let items: Vec<String> = items.map(str::to_owned).to_vec();
    let mut write = |id: u32, format: Format| {
        let (columns, without) = (Vec::new(), Vec::new());
        let groups = Some(items.clone());
        session.ask(LazyRequest::Export(Start {
            id,
            format,
            columns,
            without,
            empty: false,
            groups,
            name: "x".to_owned(),
        }));
        session.run();
        session.files.remove(&id).unwrap()
    };
    let csv = String::from_utf8(write(1, Format::Csv { guard_formulas: false })).unwrap();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("step,day day,rows,share,mean score,flag true"));
    let first: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!((first[0], first.len()), ("0", 6));
    let rows: u64 =
        csv.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(rows, 2_000);
    let json = String::from_utf8(write(2, Format::JsonLines)).unwrap();
    let line: Json = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(line["step"], json!(0));
    assert_eq!(json.lines().count(), csv.lines().count() - 1);
    let parquet = write(3, Format::Parquet);
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet))
            .unwrap();
    let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), json.lines().count());
    assert_eq!(batches[0].schema().field(1).data_type().to_string(), "Timestamp(ms, \"UTC\")");
}
