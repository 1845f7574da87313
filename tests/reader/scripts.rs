//! Scripts for other tools, run for real: each has to find the rows that the engine finds, in its
//! order, for views chosen by chance.
//!
//! `VITRINE_PYTHON` names the Python whose libraries are used (`python3` unless it is set); a tool that
//! it does not have is left out, and the test says so. `VITRINE_SCRIPT_ROWS` sets the rows of the
//! generated table, `VITRINE_SCRIPT_FILE` names a file in its place, `VITRINE_SCRIPT_VIEWS` sets the number of
//! views.
#![allow(clippy::print_stdout, reason = "what is left out is told")]

use crate::server::{Session, file_of, generate};
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float32Builder, Float64Builder, StringBuilder,
    TimestampMillisecondBuilder, UInt8Builder, UInt16Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use vitrine::protocol::script::{Dialect, Want};
use vitrine::protocol::{Cell, LazyRequest, Show};
use vitrine::view::spec::{
    Bound, Clause, List, ListValue, Precision, Range, SortKey, Spec, Subset, TimeBound,
};

/// Rows whose names are compared.
const FIRST_ROWS: u32 = 50;

/// The address by which the engine knows the file, for which the scripts get a local one.
const ADDRESS: &str = "https://example.org/table.parquet";

/// Numbers by chance, the same ones each time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

fn from_env(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().map_or(usual, |value| value.parse().expect("a number"))
}

fn text(text: &str) -> ListValue {
    ListValue::Text(text.to_owned())
}

fn numbers(low: Option<f64>, high: Option<f64>) -> Clause {
    Clause::Range(Range { low: low.map(Bound::Number), high: high.map(Bound::Number) })
}

fn day(day: i64) -> Bound {
    Bound::Time(TimeBound::of_millis(day * 86_400_000, Precision::Day))
}

/// What may be asked of a column: its name, numbers and texts that occur in it, and whether it is a time.
pub type Asked = (&'static str, &'static [f64], &'static [&'static str], bool);

pub const DIFFUSIONDB: &[Asked] = &[
    ("cfg", &[1.0, 7.0, 7.1, 7.5, 12.0, 30.0], &["7", "7.5", "12.0", "nan"], false),
    ("step", &[0.0, 20.0, 49.5, 50.0, 150.0], &["50", "25.0", "1e2", "none"], false),
    ("sampler", &[1.0, 5.0, 8.0], &["k_lms", "ddim", "8", "others"], false),
    ("size", &[512.0], &["512x512", "512x768", "x'x"], false),
    ("seed", &[0.0, 1e9, 4e9], &["1", "42"], false),
    ("width", &[512.0, 513.0], &["512", "640"], false),
    ("timestamp", &[19_210.0, 19_215.0, 19_223.0], &["1660089600000"], true),
    ("image_nsfw", &[0.1, 0.2, 2.0], &["2", "0.1"], false),
    ("part_id", &[1.0, 10.0, 40.0], &["7", "8"], false),
];

pub const ODD: &[Asked] = &[
    ("cfg", &[-1.0, 0.0, 7.1, 7.5], &["7.1", "NaN", "-0", "inf"], false),
    ("score", &[-1e300, 0.1, 7.1], &["0.1", "NaN", "1e300"], false),
    ("step", &[0.0, 20.0, 49.5, 65_535.0], &["50", "65535", "1e2"], false),
    ("sampler", &[1.0, 8.0, 12.0], &["k_lms", "8", "12"], false),
    ("flag", &[0.0, 1.0], &["true", "false", "1"], false),
    ("big", &[0.0, 1e19], &["18446744073709551615", "5"], false),
    ("day", &[0.0, 19_215.0], &["1660176000000", "-86400000"], true),
    ("made", &[0.0, 19_215.0], &["1660176000000", "-1"], true),
    ("odd 'name\" `x` \\", &[], &["it's", "a\"b", "back\\slash", "new\nline", "", "x\u{202e}y"], false),
];

const QUERIES: &[&str] = &[
    "portrait",
    "castle dawn",
    "\"concept art\"",
    "art -anime",
    "castle | fortress | tower",
    "art*",
    "*punk",
    "*art*",
    "/8 ?k/",
    "/\\d{3,}/",
    "/[^a-z ,.]/",
    "/^a\\b/",
    "/(?-i)Art/",
    "/\\bof\\s+the\\b/",
    "cafe",
    "Café -ÉLAN",
    "日本 | zürich",
    "/\\w+ß/",
    "-\"greg rutkowski\"",
    "\"unreal engine\" 4k | 8k",
    "o'brien",
    "\"\"\"quoted\"\"\"",
    "100%",
    "*ski -/k{2}/",
    "/colou?r|gr[ae]y/ trending",
    "\"a.b*c\" | x-ray",
    "naïve | ÅNGSTRÖM",
    "Ⓐrt | art",
    "/.\\z/ -/\\p{L}9/",
    "-/x/ | y*",
];

/// A view by chance.
pub fn view(chance: &mut Chance, columns: &[Asked], number: usize) -> Spec {
    let mut spec = Spec { columns: Some(vec!["image_name".to_owned()]), ..Spec::default() };
    for _ in 0..chance.below(3) {
        let (name, ends, values, is_time) = chance.of(columns);
        let clause = match chance.below(10) {
            0 => Clause::Null,
            1 => Clause::NotNull,
            2..=5 if !ends.is_empty() => {
                let mut two = [chance.of(ends), chance.of(ends)];
                two.sort_by(f64::total_cmp);
                let low = (!chance.one_in(3)).then_some(two[0]);
                let high = (low.is_none() || !chance.one_in(3)).then_some(two[1]);
                if is_time {
                    Clause::Range(Range {
                        low: low.map(|at| day(at as i64)),
                        high: high.map(|at| day(at as i64)),
                    })
                } else {
                    numbers(low, high)
                }
            }
            _ => {
                let mut list: Vec<ListValue> =
                    (0..=chance.below(3)).map(|_| text(chance.of(values))).collect();
                if chance.one_in(4) {
                    list.push(ListValue::Null);
                }
                list.sort();
                list.dedup();
                Clause::List(List { values: list, negated: chance.one_in(3) })
            }
        };
        spec.filters.insert(name.to_owned(), clause);
    }
    if !chance.one_in(3) {
        spec.query = Some(QUERIES[number % QUERIES.len()].to_owned());
    }
    for _ in 0..chance.below(3) {
        let (name, ..) = chance.of(columns);
        if !spec.sort.iter().any(|key| key.column == name) {
            spec.sort.push(SortKey { column: name.to_owned(), descending: chance.one_in(2) });
        }
    }
    spec.subset = match chance.below(8) {
        0 => Some(Subset::First(1_000)),
        1 => Some(Subset::Random { rows: 900, seed: number as u64 }),
        _ => None,
    };
    spec
}

/// Rows with everything that is easily got wrong.
pub fn odd_table(rows: usize) -> Vec<u8> {
    const PROMPTS: &[&str] = &[
        "Art of the café, ÉLAN",
        "o'brien said \"quoted\" things at 100%",
        "日本の城, zürich, STRASSE straße",
        "steampunk castle at dawn, 8 k, colour",
        "a.b*c x-ray naïve a\u{30a}ngström Ångström",
        "",
        "ⒶRT art_art art9 9art",
        "line one\nline two\tof  the \r\n end",
        "ΟΔΟΣ οδος, Kelvin \u{212a} long s ſ",
        "back\\slash, emoji 🏰 portrait",
        "a",
        "fortress (unreal engine), greg rutkowski, kk",
    ];
    const NAMES: &[&str] = &["it's", "a\"b", "back\\slash", "new\nline", "", "x\u{202e}y", "plain"];
    let mut chance = Chance(5);
    let (mut name, mut prompt, mut odd) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let (mut cfg, mut score) = (Float32Builder::new(), Float64Builder::new());
    let (mut step, mut sampler, mut big) = (UInt16Builder::new(), UInt8Builder::new(), UInt64Builder::new());
    let (mut flag, mut date, mut made) =
        (BooleanBuilder::new(), Date32Builder::new(), TimestampMillisecondBuilder::new());
    for row in 0..rows {
        name.append_value(format!("{row:06}"));
        let words = format!("{}, {}", chance.of(PROMPTS), chance.of(PROMPTS));
        prompt.append_option((!chance.one_in(9)).then_some(if chance.one_in(3) {
            chance.of(PROMPTS).to_owned()
        } else {
            words
        }));
        cfg.append_option(chance.of(&[
            None,
            Some(f32::NAN),
            Some(-0.0),
            Some(0.0),
            Some(7.1),
            Some(7.5),
            Some(-2.5),
            Some(f32::INFINITY),
        ]));
        score.append_option(chance.of(&[
            None,
            Some(f64::NAN),
            Some(0.1),
            Some(7.1),
            Some(-1e300),
            Some(1e300),
        ]));
        step.append_option(chance.of(&[None, Some(0), Some(20), Some(50), Some(100), Some(u16::MAX)]));
        sampler.append_option(chance.of(&[None, Some(1), Some(8), Some(12)]));
        big.append_option(chance.of(&[None, Some(0), Some(5), Some(u64::MAX), Some(1 << 62)]));
        flag.append_option(chance.of(&[None, Some(true), Some(false)]));
        date.append_option(chance.of(&[None, Some(0), Some(-1), Some(19_215), Some(19_300)]));
        made.append_option(chance.of(&[
            None,
            Some(0),
            Some(-1),
            Some(1_660_176_000_000),
            Some(1_660_262_399_999),
        ]));
        odd.append_option((!chance.one_in(6)).then(|| chance.of(NAMES)));
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("image_name", Arc::new(name.finish())),
        ("prompt", Arc::new(prompt.finish())),
        ("cfg", Arc::new(cfg.finish())),
        ("score", Arc::new(score.finish())),
        ("step", Arc::new(step.finish())),
        ("sampler", Arc::new(sampler.finish())),
        ("big", Arc::new(big.finish())),
        ("flag", Arc::new(flag.finish())),
        ("day", Arc::new(date.finish())),
        ("made", Arc::new(made.finish())),
        (ODD.last().unwrap().0, Arc::new(odd.finish())),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    file_of(&batch)
}

/// What the engine says to a view: how many rows, and the names of the first ones.
fn answer(session: &mut Session, spec: &Spec) -> (u64, Vec<String>) {
    session.show(|show| {
        let generation = show.generation.next();
        *show = Show {
            generation,
            rows: spec.rows(),
            columns: vec!["image_name".to_owned()],
            count: FIRST_ROWS,
            ..Show::default()
        };
    });
    assert_eq!(session.query.problem, None, "{spec:?}");
    let count = session.count.clone().unwrap();
    assert_eq!(count.rows_read, count.rows, "{spec:?}");
    let rows = session.rows.as_ref().unwrap().rows.iter().map(|row| match &row.cells[0] {
        Cell::Text(name) => name.clone(),
        other => panic!("{other:?} is no name"),
    });
    (count.matching, rows.collect())
}

/// A script, of the rows of a view or of groups of them, for the file at this path.
pub fn script_of(
    session: &mut Session,
    dialect: Dialect,
    spec: &Spec,
    file: &Path,
    groups: Option<Vec<String>>,
) -> String {
    let columns = spec.columns.clone().unwrap_or_default();
    session.ask(LazyRequest::Script(Want { dialect, rows: spec.rows(), columns, groups }));
    let script = session.script.take().unwrap();
    assert_eq!(script.dialect, dialect);
    let folder = file.parent().unwrap().display();
    script
        .text
        .replace(ADDRESS, &format!("file://{}", file.display()))
        .replace("\"part-", &format!("\"{folder}/part-"))
        .replace("'part-", &format!("'{folder}/part-"))
}

/// Files of different rows, some with a page index.
fn three_files() -> Vec<Vec<u8>> {
    let file = |number: u64| {
        let mut bytes = Vec::new();
        let table = fixture::table::Table::new(1_500 + 37 * number, 7 + number);
        let layout = if number == 1 { "page-index" } else { "hub" };
        fixture::write::diffusiondb(&table, &layout.parse().unwrap(), &mut bytes).unwrap();
        bytes
    };
    (0..3).map(file).collect()
}

pub fn the_table(rows: usize) -> Vec<u8> {
    match std::env::var_os("VITRINE_SCRIPT_FILE") {
        Some(path) => std::fs::read(path).unwrap(),
        None => generate(rows as u64, "hub"),
    }
}

/// Runs scripts one after another; `answer(kind, result)` of the Python in front of it says what is kept of each.
const DRIVER: &str = r#"
import contextlib, io, json, sys, traceback
kind, jobs = sys.argv[1], json.load(open(sys.argv[2]))
answers = []
for job in jobs:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            if kind == "sql":
                import duckdb
                result = duckdb.connect().execute(job)
            else:
                space = {"__name__": "__main__"}
                exec(compile(job, "script", "exec"), space)
                result = space["result"]
            answers.append(answer(kind, result))
    except Exception:
        answers.append({"error": traceback.format_exc()})
json.dump(answers, open(sys.argv[3], "w"))
"#;

/// How many rows a script finds, and the names of the first ones.
const NAMES: &str = r#"
def answer(kind, result):
    if kind in ("sql", "duckdb"):
        names = [row[0] for row in result.fetchall()]
    elif kind == "spark":
        names = [row[0] for row in result.select("image_name").collect()]
    else:
        names = list(result["image_name"])
    return {"count": len(names), "first": names[:50]}
"#;

/// Runs a tool's scripts in a folder, and gives what `answer` keeps of each.
pub fn ran(folder: &Path, kind: &str, answer: &str, scripts: &[String]) -> Vec<Json> {
    let (driver, jobs, answers) =
        (folder.join("driver.py"), folder.join("jobs.json"), folder.join("answers.json"));
    std::fs::write(&driver, [answer, DRIVER].concat()).unwrap();
    std::fs::write(&jobs, json!(scripts).to_string()).unwrap();
    let status = Command::new(python())
        .arg(&driver)
        .args([kind.as_ref(), jobs.as_os_str(), answers.as_os_str()])
        // Spark starts others.
        .env("PYSPARK_PYTHON", python())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{kind} ended with {status}");
    let answers: Vec<Json> = serde_json::from_slice(&std::fs::read(&answers).unwrap()).unwrap();
    assert_eq!(answers.len(), scripts.len());
    answers
}

pub fn python() -> String {
    std::env::var("VITRINE_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

pub fn has(modules: &str) -> bool {
    let tried = Command::new(python())
        .args(["-c", &format!("import {modules}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// Runs a tool's scripts for views by chance, on both tables.
fn check(dialect: Dialect, kind: &str, modules: &str, views: usize) {
    if !has(modules) {
        println!("left out: {} has no {modules}", python());
        return;
    }
    let rows = from_env("VITRINE_SCRIPT_ROWS", 50_000);
    let views = from_env("VITRINE_SCRIPT_VIEWS", views);
    let folder = std::env::temp_dir().join(format!("vitrine-scripts-{}-{kind}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, files, columns) in [
        ("table", vec![the_table(rows)], DIFFUSIONDB),
        ("odd", vec![odd_table(4_000)], ODD),
        ("three files", three_files(), DIFFUSIONDB),
    ] {
        let path: PathBuf = folder.join(format!("{name}.parquet"));
        let files: Vec<Arc<Vec<u8>>> = files.into_iter().map(Arc::new).collect();
        let mut session = match files.as_slice() {
            [file] => {
                std::fs::write(&path, file.as_ref()).unwrap();
                Session::open(file)
            }
            files => {
                for (number, file) in files.iter().enumerate() {
                    std::fs::write(folder.join(format!("part-{number}.parquet")), file.as_ref()).unwrap();
                }
                Session::open_several(files, |_| {})
            }
        };
        let mut chance = Chance(17);
        let specs: Vec<Spec> = (0..views).map(|number| view(&mut chance, columns, number)).collect();
        let expected: Vec<_> = specs.iter().map(|spec| answer(&mut session, spec)).collect();
        let scripts: Vec<String> =
            specs.iter().map(|spec| script_of(&mut session, dialect, spec, &path, None)).collect();
        let answers = ran(&folder, kind, NAMES, &scripts);
        let mut wrong: BTreeMap<usize, String> = BTreeMap::new();
        for (number, ((spec, (count, first)), answer)) in
            specs.iter().zip(&expected).zip(&answers).enumerate()
        {
            if answer["count"].as_u64() != Some(*count) || answer["first"] != json!(first) {
                wrong.insert(
                    number,
                    format!(
                        "{spec:#?}\n{}\n--- {count} rows expected: {first:?}\n--- {answer}",
                        scripts[number]
                    ),
                );
            }
        }
        let matching: u64 = expected.iter().map(|(count, _)| count).sum();
        println!("{kind} on {name}: {} of {views} views agree, {matching} rows in all", views - wrong.len());
        if let Some(first) = wrong.values().next() {
            panic!(
                "{} of {views} views of {name} differ in {kind}: {:?}\n{first}",
                wrong.len(),
                wrong.keys()
            );
        }
        assert!(expected.iter().filter(|(count, _)| *count > 0).count() * 2 > views, "most views have rows");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn duckdb_finds_the_same_rows() {
    check(Dialect::DuckDb, "duckdb", "duckdb", 100);
}

#[test]
fn duckdb_finds_them_by_sql_alone() {
    check(Dialect::DuckDbSql, "sql", "duckdb", 100);
}

#[test]
fn polars_finds_the_same_rows() {
    check(Dialect::Polars, "polars", "polars", 100);
}

#[test]
fn pandas_finds_the_same_rows() {
    check(Dialect::Pandas, "pandas", "pandas, pyarrow", 100);
}

#[test]
fn spark_finds_the_same_rows() {
    check(Dialect::Spark, "spark", "pyspark", 100);
}

#[test]
fn datasets_finds_the_same_rows() {
    check(Dialect::Datasets, "datasets", "datasets", 30);
}
