//! The Hub's `datasets` library: rows are looked at one by one in Python.

use super::File;
use super::plan::{Form, OneOf, Operand, Plan, Test};
use super::python::{RANDOM_ROWS, list, literal, matches};
use super::quote::python;
use crate::view::catalog::SubsetRows;

const MILLIS: &str = "\
def millis(time):
    \"\"\"Milliseconds since 1970 UTC.\"\"\"
    if not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day)
    if time.tzinfo is None:
        time = time.replace(tzinfo=timezone.utc)
    return (time - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


";

/// A script.
pub fn script(files: &[File], plan: &Plan) -> String {
    let mut text = plan.heading("#", "datasets 2.14 or later");
    text.push_str("# pip install datasets\n");
    let times = |operand: &Operand| operand.form.is_time();
    let times = plan.tests.iter().any(|(operand, _)| times(operand));
    let shards = matches!(plan.subset, Some(SubsetRows::Shards(_)));
    if plan.query.is_some() || shards {
        text.push_str("import re\n");
    }
    if plan.query.is_some() {
        text.push_str("import unicodedata\n");
    }
    if times {
        text.push_str("from datetime import datetime, timedelta, timezone\n");
    }
    text.push_str("\nfrom datasets import load_dataset\n\n\n");
    if plan.random().is_some() {
        text.push_str(RANDOM_ROWS);
        text.push('\n');
    }
    if times {
        text.push_str(MILLIS);
    }
    if let Some((_, groups)) = &plan.query {
        text.push_str(&matches(groups));
        text.push('\n');
    }
    if let Some((wanted, seed)) = plan.random() {
        text.push_str(&format!("chosen = random_rows({}, {wanted}, {seed})\n\n\n", plan.rows));
    }
    let mut body = String::new();
    match plan.subset {
        Some(SubsetRows::First(rows)) => body.push_str(&unless(&format!("number < {rows}"))),
        Some(SubsetRows::Random { .. }) => body.push_str(&unless("number in chosen")),
        Some(SubsetRows::Shards(last)) => {
            body.push_str(&format!(
                "    shard = re.search(r\"([0-9]+)/[^/]*\\Z\", row[{}] or \"\")\n",
                python(&plan.path)
            ));
            body.push_str(&unless(&format!("shard and int(shard[1]) <= {last}")));
        }
        None => {}
    }
    for (operand, test) in &plan.tests {
        body.push_str(&format!("    value = {}\n", value("row", operand)));
        body.push_str(&unless(&condition(operand, test)));
    }
    if let Some((prompt, _)) = &plan.query {
        body.push_str(&unless(&format!("matches(row[{}])", python(prompt))));
    }
    let source = match files {
        [file] => python(&file.short_address()),
        files => list(files.iter().map(|file| python(&file.short_address()))),
    };
    text.push_str(&format!(
        "def keep(row, number):\n{body}    return True\n\n\nrows = load_dataset(\"parquet\", data_files={}, split=\"train\")\nresult = rows.filter(keep, with_indices=True)\n",
        source
    ));
    for (operand, descending) in plan.sort.iter().rev() {
        let column = match operand.form {
            Form::Size => format!(
                "[{} for row in result.select_columns([\"width\", \"height\"])]",
                value("row", operand)
            ),
            Form::Bool
            | Form::Int
            | Form::UInt64
            | Form::Float32
            | Form::Float64
            | Form::Decimal
            | Form::Time
            | Form::Date
            | Form::Text
            | Form::Other => format!("list(result[{}])", python(&operand.name)),
        };
        text.push_str(&format!(
            "# Rows without a value come last.\nvalues = {column}\nthere = [at for at, value in enumerate(values) if value is not None and value == value]\nmissing = [at for at, value in enumerate(values) if value is None or value != value]\nresult = result.select(sorted(there, key=values.__getitem__, reverse={}) + missing)\n",
            if *descending { "True" } else { "False" }
        ));
    }
    if !plan.columns.is_empty() {
        let own = plan.columns.iter().filter(|operand| operand.form != Form::Size);
        let own: Vec<String> = own.map(|operand| python(&operand.name)).collect();
        text.push_str(&format!("result = result.select_columns([{}])\n", own.join(", ")));
    }
    text.push_str("print(result)\n");
    text
}

fn unless(condition: &str) -> String {
    format!("    if not ({condition}):\n        return False\n")
}

fn value(row: &str, operand: &Operand) -> String {
    match operand.form {
        Form::Size => {
            format!(
                "f\"{{{row}['width']}}x{{{row}['height']}}\" if None not in ({row}[\"width\"], {row}[\"height\"]) else None"
            )
        }
        Form::Decimal => format!("None if {row}[{0}] is None else float({row}[{0}])", python(&operand.name)),
        Form::Bool
        | Form::Int
        | Form::UInt64
        | Form::Float32
        | Form::Float64
        | Form::Time
        | Form::Date
        | Form::Text
        | Form::Other => format!("{row}[{}]", python(&operand.name)),
    }
}

/// A condition on `value`.
fn condition(operand: &Operand, test: &Test) -> String {
    let ends = |value: &str, low: Option<String>, high: Option<(&str, String)>| {
        let mut parts = vec!["value is not None".to_owned()];
        match (low, high) {
            (Some(low), Some((sign, high))) => parts.push(format!("{low} <= {value} {sign} {high}")),
            (Some(low), None) => parts.push(format!("{value} >= {low}")),
            (None, Some((sign, high))) => parts.push(format!("{value} {sign} {high}")),
            (None, None) => parts.push("value == value".to_owned()),
        }
        parts.join(" and ")
    };
    match test {
        Test::Never => "False".to_owned(),
        Test::Null => "value is None".to_owned(),
        Test::NotNull => "value is not None".to_owned(),
        Test::Numbers { low, high } => {
            ends("value", low.map(literal), high.map(|high| ("<=", literal(high))))
        }
        Test::Millis { start, end } => {
            ends("millis(value)", start.map(|at| at.to_string()), end.map(|at| ("<", at.to_string())))
        }
        Test::Days { start, end } => {
            let day = |days: i64| days.saturating_mul(86_400_000).to_string();
            ends("millis(value)", start.map(day), end.map(|end| ("<", day(end))))
        }
        Test::OneOf(list) => one_of(operand, list),
    }
}

fn one_of(operand: &Operand, list: &OneOf) -> String {
    let mut items: Vec<String> = Vec::new();
    items.extend(list.texts.iter().map(|text| python(text)));
    items.extend(list.bools.iter().map(|value| if *value { "True".to_owned() } else { "False".to_owned() }));
    items.extend(list.whole.iter().map(|value| value.to_string()));
    items.extend(list.numbers.iter().map(|value| literal(*value)));
    let mut any: Vec<String> = Vec::new();
    if !items.is_empty() {
        let value = if operand.form.is_time() { "millis(value)" } else { "value" };
        any.push(format!("(value is not None and {value} in ({},))", items.join(", ")));
    }
    if list.nan {
        any.push("value != value".to_owned());
    }
    if list.null {
        any.push("value is None".to_owned());
    }
    let any = if any.is_empty() { "False".to_owned() } else { any.join(" or ") };
    if list.negated { format!("not ({any})") } else { any }
}
