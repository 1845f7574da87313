//! Polars, lazily.

use super::File;
use super::pattern::Style;
use super::plan::{Form, OneOf, Operand, Plan, Test, number};
use super::python::RANDOM_ROWS;
use super::quote::{comment, python, python_pattern};
use super::terms::Group;
use crate::catalog;
use crate::protocol::Subset;

const ROW: &str = "\"row of the file\"";

/// A script.
pub fn script(file: &File, plan: &Plan) -> String {
    let mut text = plan.heading("#", "Polars 1.20 or later");
    let mut tests: Vec<String> = Vec::new();
    match plan.subset {
        Some(Subset::First { rows }) => tests.push(format!("pl.col({ROW}) < {rows}")),
        Some(Subset::Random { rows, seed }) => tests.push(format!(
            "pl.col({ROW}).cast(pl.Int64).is_in(sorted(random_rows({}, {rows}, {seed})))",
            plan.rows
        )),
        Some(Subset::Shards { last }) => tests.push(format!(
            "pl.col({}).str.extract(r\"([0-9]+)/[^/]*$\", 1).cast(pl.UInt32, strict=False) <= {last}",
            python(catalog::IMAGE_PATH)
        )),
        None => {}
    }
    tests.extend(plan.tests.iter().map(|(operand, test)| condition(operand, test)));
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
    text.push_str(&format!("rows = pl.scan_parquet({}).with_row_index({ROW})\n", address(file)));
    if !tests.is_empty() {
        let tests: Vec<String> = tests.iter().map(|test| format!("    {test},\n")).collect();
        text.push_str(&format!("rows = rows.filter(\n{})\n", tests.concat()));
    }
    if !plan.sort.is_empty() {
        let keys = plan.sort.iter().map(|(operand, _)| key(operand)).chain([format!("pl.col({ROW})")]);
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
                Form::Size => format!("{}.alias({})", value(operand), python(&operand.name)),
                _ => python(&operand.name),
            })
            .collect();
        text.push_str(&format!("result = rows.select({}).collect()\n", columns.join(", ")));
    }
    text.push_str("print(result)\n");
    text
}

/// What Polars reads the file by.
fn address(file: &File) -> String {
    match file {
        File::Hub { path, .. } if file.is_on_usual_hub() && !path.revision.contains('/') => {
            let revision =
                if path.revision == "main" { String::new() } else { format!("@{}", path.revision) };
            python(&format!("hf://datasets/{}{revision}/{}", path.repository, path.path))
        }
        File::Hub { .. } | File::Address(_) | File::Local(_) => python(&file.address()),
    }
}

fn value(operand: &Operand) -> String {
    match operand.form {
        Form::Size => "pl.concat_str(pl.col(\"width\").cast(pl.String), pl.lit(\"x\"), pl.col(\"height\").cast(pl.String))".to_owned(),
        Form::Decimal => format!("pl.col({}).cast(pl.Float64)", python(&operand.name)),
        _ => format!("pl.col({})", python(&operand.name)),
    }
}

fn key(operand: &Operand) -> String {
    let value = value(operand);
    match operand.form {
        Form::Float32 | Form::Float64 => format!("{value}.fill_nan(None)"),
        _ => value,
    }
}

fn condition(operand: &Operand, test: &Test) -> String {
    let value = value(operand);
    match test {
        Test::Never => "pl.lit(False)".to_owned(),
        Test::Null => format!("{value}.is_null()"),
        Test::NotNull => format!("{value}.is_not_null()"),
        Test::Numbers { low, high } => {
            let value = if operand.form == Form::Bool { format!("{value}.cast(pl.Float64)") } else { value };
            let value =
                if operand.form == Form::Float64 { value } else { format!("{value}.cast(pl.Float64)") };
            let mut parts: Vec<String> = Vec::new();
            parts.extend(low.map(|low| format!("({value} >= {})", literal(low))));
            parts.extend(high.map(|high| format!("({value} <= {})", literal(high))));
            // NaN is above everything here.
            if high.is_none() && matches!(operand.form, Form::Float32 | Form::Float64) {
                parts.push(format!("{value}.is_not_nan()"));
            }
            if parts.is_empty() {
                parts.push(format!("{value}.is_not_null()"));
            }
            parts.join(" & ")
        }
        Test::Millis { start, end } => between(&format!("{value}.dt.epoch(\"ms\")"), *start, *end),
        Test::Days { start, end } => between(&format!("{value}.dt.epoch(\"d\")"), *start, *end),
        Test::OneOf(list) => one_of(operand, &value, list),
    }
}

fn between(value: &str, start: Option<i64>, end: Option<i64>) -> String {
    let start = start.map(|start| format!("({value} >= {start})"));
    let end = end.map(|end| format!("({value} < {end})"));
    let parts: Vec<String> = start.into_iter().chain(end).collect();
    if parts.is_empty() { format!("{value}.is_not_null()") } else { parts.join(" & ") }
}

fn one_of(operand: &Operand, value: &str, list: &OneOf) -> String {
    let mut any: Vec<String> = Vec::new();
    let mut is_in = |value: String, items: Vec<String>| {
        if !items.is_empty() {
            any.push(format!("{value}.is_in([{}]).fill_null(False)", items.join(", ")));
        }
    };
    is_in(value.to_owned(), list.texts.iter().map(|text| python(text)).collect());
    is_in(
        value.to_owned(),
        list.bools.iter().map(|value| if *value { "True".to_owned() } else { "False".to_owned() }).collect(),
    );
    let whole = match operand.form {
        Form::Time | Form::Date => format!("{value}.dt.epoch(\"ms\")"),
        Form::UInt64 => format!("{value}.cast(pl.Int128)"),
        _ => format!("{value}.cast(pl.Int64)"),
    };
    is_in(whole, list.whole.iter().map(|value| value.to_string()).collect());
    is_in(format!("{value}.cast(pl.Float64)"), list.numbers.iter().map(|value| literal(*value)).collect());
    if list.nan {
        any.push(format!("{value}.is_nan().fill_null(False)"));
    }
    if list.null {
        any.push(format!("{value}.is_null()"));
    }
    let any = if any.is_empty() { "pl.lit(False)".to_owned() } else { any.join(" | ") };
    if list.negated { format!("~({any})") } else { format!("({any})") }
}

/// A number of Python.
fn literal(value: f64) -> String {
    if value.is_infinite() {
        format!("float(\"{}inf\")", if value < 0.0 { "-" } else { "" })
    } else {
        number(value)
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
