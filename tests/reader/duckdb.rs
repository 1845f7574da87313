//! The same questions put to DuckDB, on the same file: it counts the same rows.
//!
//! DuckDB is asked by way of Python: `VITRINE_PYTHON` names an interpreter that has its module, else
//! it is `python3`. Without the module the test says that it was skipped.

use crate::scripts::{Chance, has, python};
use crate::server::{Session, generate};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use vitrine::base::sorted::Map;
use vitrine::view::catalog;
use vitrine::view::spec::{Clause, Subset};

const ROWS: u64 = 50_000;
const QUESTIONS: usize = 120;

const SCRIPT: &str = "
import duckdb, sys
path = sys.argv[1]
duckdb.sql(f\"create table t as select * from read_parquet('{path}', file_row_number=true)\")
for line in sys.stdin:
    print(duckdb.sql('select count(*) from t where ' + line).fetchall()[0][0])
";

/// A question in both languages.
#[derive(Debug, Default)]
pub struct Question {
    pub filters: Map<String, Clause>,
    pub query: String,
    pub subset: Option<Subset>,
    pub sql: Vec<String>,
}

impl Question {
    fn new(chance: &mut Chance) -> Self {
        let mut question = Self::default();
        for column in ["cfg", "step", "sampler", "size", "image_nsfw", "timestamp", "seed", "user_name"] {
            if chance.below(4) == 0 {
                question.add(column, chance);
            }
        }
        if chance.below(3) == 0 {
            question.ask(chance);
        }
        if chance.below(6) == 0 {
            let rows = [1, 1_000, 20_000, ROWS, ROWS * 2][chance.below(5)];
            question.subset = Some(Subset::First(rows));
            question.sql.push(format!("file_row_number < {rows}"));
        }
        if question.sql.is_empty() {
            question.add("cfg", chance);
        }
        question
    }

    pub fn add(&mut self, column: &str, chance: &mut Chance) {
        let name = if column == catalog::SIZE { "(width || 'x' || height)" } else { column };
        let (clause, sql) = match (chance.below(8), column) {
            (0, _) => (Clause::Null, format!("{name} is null")),
            (1, _) => (Clause::NotNull, format!("{name} is not null")),
            (_, "sampler") => listed(chance, &["k_lms", "ddim", "plms", "k_euler"], name, |label| {
                let code = catalog::USUAL_COLUMNS
                    .iter()
                    .find(|facts| facts.name == "sampler")
                    .unwrap()
                    .labels
                    .iter()
                    .find(|(_, name)| *name == label)
                    .unwrap()
                    .0;
                code.to_string()
            }),
            (_, catalog::SIZE) => {
                listed(chance, &["512x512", "512x768", "640x640", "1x1"], name, |size| format!("'{size}'"))
            }
            (_, "user_name") => {
                listed(chance, &["deleted_account", "nobody"], name, |user| format!("'{user}'"))
            }
            (_, "timestamp") => {
                let day = 1_659_744_000_000 + chance.below(14) as i64 * 86_400_000;
                let end = day + (1 + chance.below(200)) as i64 * 3_600_000;
                let sql = format!("epoch_us({name}) >= {day}000 and epoch_us({name}) < {end}000");
                (Clause::times(Some(day), Some(end)), sql)
            }
            (2 | 3, "cfg") => {
                listed(chance, &["7", "7.5", "12.0", "-3"], name, |value| format!("{value}::float"))
            }
            (2 | 3, "step") => listed(chance, &["50", "75", "151"], name, str::to_owned),
            (2 | 3, "image_nsfw") => listed(chance, &["2", "0.5"], name, |value| format!("{value}::float")),
            (_, _) => {
                let (low, high) = match column {
                    "cfg" => (chance.of(&[-5.0, 1.0, 7.0, 7.1, 9.5]), chance.of(&[7.0, 7.5, 15.0, 1e9])),
                    "step" => (chance.of(&[1.0, 20.0, 50.0]), chance.of(&[50.0, 99.0, 150.0])),
                    "image_nsfw" => (chance.of(&[0.0, 0.05, 0.1]), chance.of(&[0.1, 0.5, 1.0, 2.0])),
                    _ => (chance.of(&[0.0, 1e6, 2e9]), chance.of(&[1e9, 3e9, 4_294_967_295.0])),
                };
                let float = matches!(column, "cfg" | "image_nsfw");
                let as_float = if float { "::float" } else { "" };
                let mut sql = Vec::new();
                if float {
                    // To DuckDB what is no number is the largest of all.
                    sql.push(format!("not isnan({name})"));
                }
                let (open_low, open_high) = (chance.below(4) == 0, chance.below(4) == 0);
                if !open_low {
                    sql.push(format!("{name} >= {low}{as_float}"));
                }
                if !open_high {
                    sql.push(format!("{name} <= {high}{as_float}"));
                }
                sql.push(format!("{name} is not null"));
                let clause = Clause::numbers((!open_low).then_some(low), (!open_high).then_some(high));
                (clause, sql.join(" and "))
            }
        };
        self.filters.insert(column.to_owned(), clause);
        self.sql.push(format!("({sql})"));
    }

    /// Words, wanted and excluded.
    pub fn ask(&mut self, chance: &mut Chance) {
        let text = "strip_accents(lower(coalesce(prompt, '')))";
        for _ in 0..=chance.below(2) {
            let (asked, pattern) = chance.of(&[
                ("portrait", r"(^|[^\pL\pN])portrait($|[^\pL\pN])"),
                ("\"oil painting\"", r"(^|[^\pL\pN])oil\s+painting($|[^\pL\pN])"),
                ("art*", r"(^|[^\pL\pN])art"),
                ("*ed", r"ed($|[^\pL\pN])"),
                ("/[0-9] ?k/", r"[0-9] ?k"),
            ]);
            let excluded = chance.below(3) == 0;
            let _ = write!(self.query, " {}{asked}", if excluded { "-" } else { "" });
            let not = if excluded { "not " } else { "" };
            self.sql.push(format!("{not}regexp_matches({text}, '{pattern}')"));
        }
        self.query = self.query.trim().to_owned();
    }
}

fn listed(
    chance: &mut Chance,
    values: &[&str],
    name: &str,
    sql: impl Fn(&str) -> String,
) -> (Clause, String) {
    let negated = chance.below(3) == 0;
    let mut chosen: Vec<Option<String>> = Vec::new();
    let mut any = vec!["false".to_owned()];
    for value in values {
        if chance.below(2) == 0 {
            chosen.push(Some((*value).to_owned()));
            any.push(format!("coalesce({name} = {}, false)", sql(value)));
        }
    }
    if chance.below(3) == 0 {
        chosen.push(None);
        any.push(format!("{name} is null"));
    }
    let not = if negated { "not " } else { "" };
    (Clause::list(chosen, negated), format!("{not}({})", any.join(" or ")))
}

#[test]
fn duckdb_counts_the_same_rows() {
    if !has("duckdb") {
        println!("skipped: {} has no module duckdb", python());
        return;
    }
    let file = Arc::new(generate(ROWS, "hub"));
    let path = std::env::temp_dir().join(format!("vitrine-duckdb-{}.parquet", std::process::id()));
    std::fs::write(&path, file.as_slice()).unwrap();
    let mut chance = Chance(7);
    let questions: Vec<Question> = (0..QUESTIONS).map(|_| Question::new(&mut chance)).collect();

    let mut duckdb = Command::new(python())
        .args(["-c", SCRIPT, &path.display().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = questions.iter().map(|question| question.sql.join(" and ") + "\n").collect();
    duckdb.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = duckdb.wait_with_output().unwrap();
    let _ = std::fs::remove_file(&path);
    let expected: Vec<u64> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(expected.len(), QUESTIONS, "DuckDB answers every question");

    let mut session = Session::open(&file);
    let mut some = 0;
    for (question, expected) in questions.iter().zip(expected) {
        session.show(|show| {
            show.generation = show.generation.next();
            show.rows.filters = question.filters.clone();
            show.rows.query = Some(question.query.clone()).filter(|query| !query.is_empty());
            show.rows.subset = question.subset.clone();
        });
        let count = session.count.clone().unwrap();
        assert_eq!((count.matching, count.rows_read), (expected, ROWS), "{question:#?}");
        some += usize::from(0 < expected && expected < ROWS);
    }
    assert!(some > QUESTIONS / 2, "{some} of {QUESTIONS} questions are worth asking");
}
