//! Polars, lazily.

use super::File;
use super::groups;
use super::language::{Items, Language, between};
use super::pattern::Style;
use super::plan::{Form, Operand, Plan};
use super::python::{RANDOM_ROWS, list, literal};
use super::quote::{comment, python, python_pattern};
use super::terms::Group;

const ROW: &str = "\"row of the file\"";

/// A script.
pub fn script(files: &[File], plan: &Plan) -> String {
    let mut text = plan.heading("#", "Polars 1.20 or later");
    let mut tests = Polars.conditions(plan);
    let mut folded = String::new();
    if let Some((prompt, groups)) = &plan.query {
        let cased = groups.iter().flatten().any(|term| term.what.sees_case());
        folded.push_str(&format!("prompt = pl.col({}).fill_null(\"\")\n", python(prompt)));
        folded.push_str(
            "# Lower case without accents. A capital sigma is always an inner one.\ntext = prompt.str.normalize(\"NFD\").str.replace_all(r\"\\p{M}\", \"\").str.replace_all(\"Σ\", \"σ\").str.to_lowercase()\n",
        );
        if cased {
            folded.push_str("cased = pl.when(prompt.str.contains(r\"\\A[\\x00-\\x7F]*\\z\")).then(prompt).otherwise(text)\n");
        }
        for group in groups {
            match group_condition(group) {
                Ok(test) => tests.push(test),
                Err(why) => {
                    text.push_str(&format!("# NOTE: a part of the search is left out: {}.\n", comment(&why)))
                }
            }
        }
        folded.push('\n');
    }
    text.push_str("# pip install polars\nimport polars as pl\n\n");
    if plan.random().is_some() {
        text.push_str(RANDOM_ROWS);
        text.push('\n');
    }
    text.push_str(&folded);
    let source = match files {
        [file] => python(&file.short_address()),
        files => list(files.iter().map(|file| python(&file.short_address()))),
    };
    text.push_str(&format!("rows = pl.scan_parquet({source}).with_row_index({ROW})\n"));
    if !tests.is_empty() {
        let tests: Vec<String> = tests.iter().map(|test| format!("    {test},\n")).collect();
        text.push_str(&format!("rows = rows.filter(\n{})\n", tests.concat()));
    }
    if let Some(groups) = &plan.groups {
        text.push_str(&groups::polars(groups, &Polars));
        text.push_str("print(result)\n");
        return text;
    }
    if !plan.sort.is_empty() {
        let keys = plan.sort.iter().map(|(operand, _)| Polars.key(operand)).chain([format!("pl.col({ROW})")]);
        let keys: Vec<String> = keys.collect();
        let down = plan.sort.iter().map(|(_, descending)| *descending).chain([false]);
        let down: Vec<&str> = down.map(|down| if down { "True" } else { "False" }).collect();
        text.push_str(&format!(
            "rows = rows.sort(\n    [{}],\n    descending=[{}],\n    nulls_last=True,\n)\n",
            keys.join(", "),
            down.join(", ")
        ));
    }
    if plan.columns.is_empty() {
        text.push_str(&format!("result = rows.drop({ROW}).collect()\n"));
    } else {
        let columns: Vec<String> = plan
            .columns
            .iter()
            .map(|operand| match operand.form {
                Form::Size => format!("{}.alias({})", Polars.value(operand), python(&operand.name)),
                Form::Bool
                | Form::Int
                | Form::UInt64
                | Form::Float32
                | Form::Float64
                | Form::Decimal
                | Form::Time
                | Form::Date
                | Form::Text
                | Form::Other => python(&operand.name),
            })
            .collect();
        text.push_str(&format!("result = rows.select({}).collect()\n", columns.join(", ")));
    }
    text.push_str("print(result)\n");
    text
}

/// Polars' expressions.
struct Polars;

impl Language for Polars {
    fn column(&self, name: &str) -> String {
        format!("pl.col({})", python(name))
    }

    fn size(&self) -> String {
        "pl.concat_str(pl.col(\"width\").cast(pl.String), pl.lit(\"x\"), pl.col(\"height\").cast(pl.String))"
            .to_owned()
    }

    fn double(&self, value: &str) -> String {
        format!("{value}.cast(pl.Float64)")
    }

    fn without_nan(&self, value: &str) -> String {
        format!("{value}.fill_nan(None)")
    }

    fn is_before(&self, rows: u64) -> String {
        format!("pl.col({ROW}) < {rows}")
    }

    fn is_chosen(&self, of: u64, rows: u64, seed: u64) -> String {
        format!("pl.col({ROW}).cast(pl.Int64).is_in(sorted(random_rows({of}, {rows}, {seed})))")
    }

    fn is_in_shards(&self, path: &str, last: u32) -> String {
        let path = self.column(path);
        format!("{path}.str.extract(r\"([0-9]+)/[^/]*$\", 1).cast(pl.UInt32, strict=False) <= {last}")
    }

    fn never(&self) -> String {
        "pl.lit(False)".to_owned()
    }

    fn is_null(&self, value: &str) -> String {
        format!("{value}.is_null()")
    }

    fn is_valid(&self, value: &str) -> String {
        format!("{value}.is_not_null()")
    }

    fn is_nan(&self, value: &str) -> String {
        format!("{value}.is_nan().fill_null(False)")
    }

    fn numbers(&self, operand: &Operand, low: Option<f64>, high: Option<f64>) -> String {
        let value = self.value(operand);
        let value = if operand.form == Form::Float64 { value } else { self.double(&value) };
        let mut parts: Vec<String> = Vec::new();
        parts.extend(low.map(|low| format!("({value} >= {})", literal(low))));
        parts.extend(high.map(|high| format!("({value} <= {})", literal(high))));
        // NaN is above everything here.
        if high.is_none() && operand.form.has_nan() {
            parts.push(format!("{value}.is_not_nan()"));
        }
        if parts.is_empty() { self.is_valid(&value) } else { parts.join(" & ") }
    }

    fn millis(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        self.since(&format!("{value}.dt.epoch(\"ms\")"), start, end)
    }

    fn days(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        self.since(&format!("{value}.dt.epoch(\"d\")"), start, end)
    }

    fn is_in(&self, operand: &Operand, what: Items, items: &[String]) -> String {
        let value = self.value(operand);
        let value = match what {
            Items::Texts | Items::Bools => value,
            Items::Numbers => self.double(&value),
            Items::Whole if operand.form.is_time() => format!("{value}.dt.epoch(\"ms\")"),
            Items::Whole if operand.form == Form::UInt64 => format!("{value}.cast(pl.Int128)"),
            Items::Whole => format!("{value}.cast(pl.Int64)"),
        };
        format!("{value}.is_in([{}]).fill_null(False)", items.join(", "))
    }

    fn either(&self, any: Vec<String>) -> String {
        format!("({})", any.join(" | "))
    }

    fn not(&self, condition: &str) -> String {
        format!("~{condition}")
    }
}

impl Polars {
    fn since(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        let start = start.map(|start| format!("({value} >= {start})"));
        let end = end.map(|end| format!("({value} < {end})"));
        between(start, end, self.is_valid(value), |start, end| format!("{start} & {end}"))
    }
}

fn group_condition(group: &Group) -> Result<String, String> {
    let mut any = Vec::with_capacity(group.len());
    for term in group {
        let not = if term.excluded { "~" } else { "" };
        any.push(match (term.what.plain(), term.what.pattern(Style::Rust)?) {
            (Some(piece), _) => format!("{not}text.str.contains({}, literal=True)", python(piece)),
            (None, Some(pattern)) => {
                let text = if term.what.sees_case() { "cased" } else { "text" };
                format!("{not}{text}.str.contains({})", python_pattern(&pattern))
            }
            (None, None) => format!("pl.lit({})", if term.excluded { "True" } else { "False" }),
        });
    }
    Ok(if any.len() == 1 { any.concat() } else { format!("({})", any.join(" | ")) })
}
