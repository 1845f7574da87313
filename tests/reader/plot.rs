//! Two columns against each other: DuckDB counts the same rows in the same cells, and has the same quantiles.

use crate::duckdb::Question;
use crate::scripts::{Chance, has, python};
use crate::server::{Session, generate};
use std::process::Command;
use std::sync::Arc;
use vitrine::protocol::plot::{Plot, SHARES, Side, State, Want};
use vitrine::protocol::{LazyRequest, Shape};
use vitrine::view::catalog;
use vitrine::view::spec::Clause;

const ROWS: u64 = 30_000;

/// Questions for each pair of columns, and cells that are compared of each answer.
const QUESTIONS: usize = 3;
const CELLS: usize = 5;

const PAIRS: [(&str, &str); 11] = [
    ("cfg", "step"),
    ("step", "cfg"),
    ("cfg", "sampler"),
    (catalog::SIZE, "cfg"),
    ("sampler", catalog::SIZE),
    ("timestamp", "cfg"),
    ("sampler", "timestamp"),
    ("image_nsfw", "timestamp"),
    ("image_nsfw", "cfg"),
    ("seed", "sampler"),
    ("timestamp", "timestamp"),
];

const SCRIPT: &str = "
import duckdb, json, sys
path, questions = sys.argv[1:]
duckdb.sql(f\"create table t as select * from read_parquet('{path}', file_row_number=true)\")
for line in open(questions):
    print(json.dumps([None if value is None else str(value) for value in duckdb.sql(line).fetchall()[0]]))
";

/// The column as DuckDB has it.
fn sql_name(column: &str) -> &str {
    if column == catalog::SIZE { "(width || 'x' || height)" } else { column }
}

/// What puts a row into a bin, in SQL; none for values that have no bin.
fn bin_sql(column: &str, side: &Side, bin: usize) -> Option<String> {
    let name = sql_name(column);
    let beyond = bin.checked_sub(side.bins as usize);
    if beyond == Some(0) {
        return Some(format!("{name} is null"));
    }
    match &side.shape {
        Shape::Categories { labels, .. } => {
            let label = labels.get(bin)?;
            let code = || {
                let facts = catalog::USUAL_COLUMNS.iter().find(|facts| facts.name == column)?;
                facts.labels.iter().find(|(_, name)| name == label).map(|(code, _)| code.to_string())
            };
            Some(format!("{name} = {}", code().unwrap_or_else(|| format!("'{label}'"))))
        }
        Shape::Bins(_) if beyond.is_some() => Some(format!("isnan({name}::double)")),
        Shape::Bins(bins) if bins.is_time() => {
            Some(format!("epoch_ms({name}) >= {} and epoch_ms({name}) < {}", bins.from[bin], bins.to[bin]))
        }
        Shape::Bins(bins) => {
            let kind = if matches!(column, "cfg" | "image_nsfw") { "float" } else { "double" };
            Some(format!("{name} >= '{}'::{kind} and {name} <= '{}'::{kind}", bins.from[bin], bins.to[bin]))
        }
    }
}

/// Something that DuckDB is asked, and what the engine says.
struct Check {
    sql: String,
    said: Vec<f64>,
}

fn checks(plot: &Plot, question: &Question, chance: &mut Chance) -> Vec<Check> {
    let (x, y) = (plot.columns.0.as_str(), plot.columns.1.as_str());
    let asked = if question.sql.is_empty() { "true".to_owned() } else { question.sql.join(" and ") };
    let mut checks = Vec::new();
    match &plot.state {
        State::Counts { sides, counts } => {
            let (width, height) = (sides.0.slots(), sides.1.slots());
            assert_eq!(counts.0.len(), width * height);
            let all: u32 = counts.0.iter().sum();
            checks
                .push(Check { sql: format!("select count(*) from t where {asked}"), said: vec![all.into()] });
            let full: Vec<usize> = (0..counts.0.len()).filter(|cell| counts.0[*cell] > 0).collect();
            for _ in 0..CELLS.min(full.len()) {
                let cell = full[chance.below(full.len())];
                let sql = bin_sql(x, &sides.0, cell / height).zip(bin_sql(y, &sides.1, cell % height));
                if let Some((x, y)) = sql {
                    let sql = format!("select count(*) from t where {asked} and {x} and {y}");
                    checks.push(Check { sql, said: vec![counts.0[cell].into()] });
                }
            }
        }
        State::Boxes { by_first, by, boxes } => {
            let (of, numbers) = if *by_first { (x, y) } else { (y, x) };
            assert_eq!(boxes.len(), by.slots());
            let all: u32 = boxes.iter().map(|own| own.rows).sum();
            checks
                .push(Check { sql: format!("select count(*) from t where {asked}"), said: vec![all.into()] });
            let full: Vec<usize> = (0..boxes.len()).filter(|bin| boxes[*bin].rows > 0).collect();
            for _ in 0..CELLS.min(full.len()) {
                let bin = full[chance.below(full.len())];
                let Some(sql) = bin_sql(of, by, bin) else { continue };
                let (own, numbers) = (boxes[bin], sql_name(numbers));
                let numbered = format!("{numbers} is not null and not isnan({numbers}::double)");
                let mut columns = vec![format!("count(*) filter (where {numbered})")];
                let quantile = |share: &f64| {
                    format!("quantile_cont({numbers}::double, {share}) filter (where {numbered})")
                };
                columns.extend(SHARES.iter().map(quantile));
                let columns = columns.join(", ");
                let sql = format!("select count(*), {columns} from t where {asked} and {sql}");
                let said = [f64::from(own.rows), own.numbers.into()].into_iter().chain(own.at);
                checks.push(Check { sql, said: said.collect() });
            }
        }
        State::Reading | State::Failed(_) => panic!("{plot:?}"),
    }
    checks
}

#[test]
fn duckdb_has_the_same_cells_and_boxes() {
    if !has("duckdb") {
        println!("skipped: {} has no module duckdb", python());
        return;
    }
    let file = Arc::new(generate(ROWS, "hub"));
    let mut session = Session::open(&file);
    let mut chance = Chance(11);
    let mut all = Vec::new();
    for (x, y) in PAIRS {
        session.ask(LazyRequest::Plot(Some(Want { columns: (x.to_owned(), y.to_owned()) })));
        session.run();
        for _ in 0..QUESTIONS {
            let mut question = Question::default();
            for column in ["cfg", "step", "sampler", catalog::SIZE, "timestamp"] {
                if column != x && column != y && chance.below(4) == 0 {
                    question.add(column, &mut chance);
                }
            }
            if chance.below(4) == 0 {
                question.ask(&mut chance);
            }
            // A filter of one of the two changes nothing.
            question.filters.insert(x.to_owned(), Clause::NotNull);
            session.show(|show| {
                show.generation = show.generation.next();
                show.rows.filters = question.filters.clone();
                show.rows.query = Some(question.query.clone()).filter(|query| !query.is_empty());
            });
            let plot = session.plot.clone().unwrap();
            assert_eq!((plot.generation, plot.read), (session.generation(), (ROWS, ROWS)), "{x} {y}");
            all.extend(checks(&plot, &question, &mut chance));
        }
    }
    let folder = std::env::temp_dir();
    let temporary =
        |ending: &str| folder.join(format!("vitrine-two-columns-{}.{ending}", std::process::id()));
    let (path, asked) = (temporary("parquet"), temporary("sql"));
    std::fs::write(&path, file.as_slice()).unwrap();
    let lines: String = all.iter().map(|check| format!("{}\n", check.sql)).collect();
    std::fs::write(&asked, lines).unwrap();
    let output = Command::new(python()).args(["-c", SCRIPT]).args([&path, &asked]).output().unwrap();
    for file in [path, asked] {
        let _ = std::fs::remove_file(file);
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let answer = |line: &str| -> Vec<Option<f64>> {
        let values: Vec<Option<String>> = serde_json::from_str(line).unwrap();
        values.into_iter().map(|value| value.map(|value| value.parse().unwrap())).collect()
    };
    let expected: Vec<Vec<Option<f64>>> = text.lines().map(answer).collect();
    assert_eq!(expected.len(), all.len(), "DuckDB answers every question");
    for (Check { sql, said }, expected) in all.iter().zip(expected) {
        let same = |(said, expected): (&f64, &Option<f64>)| match expected {
            None => said.is_nan(),
            Some(expected) => said == expected || (said - expected).abs() <= expected.abs() * 1e-6,
        };
        assert!(
            said.len() == expected.len() && said.iter().zip(&expected).all(same),
            "{sql}\n{said:?}\n{expected:?}"
        );
    }
}
