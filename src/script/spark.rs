//! Spark, from Python.

use super::File;
use super::plan::{Form, OneOf, Operand, Plan, Test, number};
use super::python::{RANDOM_ROWS, matches};
use super::quote::{python, spark_name};
use crate::catalog;
use crate::protocol::Subset;

const ROW: &str = "F.col(\"_metadata.row_index\")";

/// A script.
pub fn script(file: &File, plan: &Plan) -> String {
    let mut text = plan.heading("#", "Spark 3.5 or later");
    let hub = file.is_on_usual_hub();
    text.push_str(if hub { "# pip install pyspark huggingface_hub\n" } else { "# pip install pyspark\n" });
    if plan.query.is_some() {
        text.push_str("import re\nimport unicodedata\n");
    }
    match file {
        File::Hub { .. } if hub => text.push_str("\nfrom huggingface_hub import hf_hub_download\n"),
        File::Hub { .. } | File::Address(_) => text.push_str("from urllib.request import urlretrieve\n\n"),
        File::Local(_) => {}
    }
    text.push_str("from pyspark.sql import SparkSession, functions as F\nfrom pyspark.sql.types import BooleanType\n\n\n");
    if plan.random().is_some() {
        text.push_str(RANDOM_ROWS);
        text.push('\n');
    }
    if let Some((_, groups)) = &plan.query {
        text.push_str(&matches(groups));
        text.push('\n');
    }
    text.push_str("spark = SparkSession.builder.getOrCreate()\nspark.conf.set(\"spark.sql.session.timeZone\", \"UTC\")\n");
    text.push_str("# Spark reads files, not addresses.\n");
    match file {
        File::Hub { path, .. } if hub => text.push_str(&format!(
            "path = hf_hub_download({}, {}, repo_type=\"dataset\", revision={})\n",
            python(&path.repository),
            python(&path.path),
            python(&path.revision)
        )),
        File::Hub { .. } | File::Address(_) => {
            text.push_str(&format!("path, _ = urlretrieve({})\n", python(&file.address())));
        }
        File::Local(path) => text.push_str(&format!("path = {}\n", python(path))),
    }
    text.push_str(&format!(
        "rows = spark.read.parquet(path).select(\"*\", {ROW}.alias(\"row of the file\"))\n"
    ));
    let tests = conditions(plan);
    for test in tests {
        text.push_str(&format!("rows = rows.filter({test})\n"));
    }
    if let Some((prompt, _)) = &plan.query {
        text.push_str(&format!(
            "rows = rows.filter(F.udf(matches, BooleanType())(F.col({})))\n",
            spark_name(prompt)
        ));
    }
    let mut keys: Vec<String> = plan
        .sort
        .iter()
        .map(|(operand, descending)| {
            format!("{}.{}_nulls_last()", key(operand), if *descending { "desc" } else { "asc" })
        })
        .collect();
    keys.push("F.col(\"row of the file\")".to_owned());
    text.push_str(&format!("rows = rows.orderBy({})\n", keys.join(", ")));
    if plan.columns.is_empty() {
        text.push_str("result = rows.drop(\"row of the file\")\n");
    } else {
        let columns: Vec<String> = plan
            .columns
            .iter()
            .map(|operand| format!("{}.alias({})", value(operand), python(&operand.name)))
            .collect();
        text.push_str(&format!("result = rows.select({})\n", columns.join(", ")));
    }
    text.push_str("result.show()\n");
    text
}

fn conditions(plan: &Plan) -> Vec<String> {
    let mut tests = Vec::new();
    let row = "F.col(\"row of the file\")";
    match plan.subset {
        Some(Subset::First { rows }) => tests.push(format!("{row} < {rows}")),
        Some(Subset::Random { rows, seed }) => {
            tests.push(format!("{row}.isin(random_rows({}, {rows}, {seed}))", plan.rows));
        }
        Some(Subset::Shards { last }) => tests.push(format!(
            "F.regexp_extract(F.col({}), r\"([0-9]+)/[^/]*$\", 1).try_cast(\"bigint\") <= {last}",
            spark_name(catalog::IMAGE_PATH)
        )),
        None => {}
    }
    tests.extend(plan.tests.iter().map(|(operand, test)| condition(operand, test)));
    tests
}

fn value(operand: &Operand) -> String {
    match operand.form {
        Form::Size => {
            "F.concat(F.col(\"width\").cast(\"string\"), F.lit(\"x\"), F.col(\"height\").cast(\"string\"))"
                .to_owned()
        }
        Form::Decimal => format!("F.col({}).cast(\"double\")", spark_name(&operand.name)),
        _ => format!("F.col({})", spark_name(&operand.name)),
    }
}

fn key(operand: &Operand) -> String {
    let value = value(operand);
    match operand.form {
        Form::Float32 | Form::Float64 => format!("F.when(~F.isnan({value}), {value})"),
        _ => value,
    }
}

fn condition(operand: &Operand, test: &Test) -> String {
    let value = value(operand);
    let all = |parts: Vec<String>| {
        if parts.is_empty() { format!("{value}.isNotNull()") } else { parts.join(" & ") }
    };
    match test {
        Test::Never => "F.lit(False)".to_owned(),
        Test::Null => format!("{value}.isNull()"),
        Test::NotNull => format!("{value}.isNotNull()"),
        Test::Numbers { low, high } => {
            let number = format!("{value}.cast(\"double\")");
            let mut parts = Vec::new();
            parts.extend(low.map(|low| format!("({number} >= {})", literal(low))));
            parts.extend(high.map(|high| format!("({number} <= {})", literal(high))));
            // NaN is above everything here.
            if high.is_none() && matches!(operand.form, Form::Float32 | Form::Float64) {
                parts.push(format!("{value}.isNotNull() & ~F.isnan({value})"));
            }
            all(parts)
        }
        Test::Millis { start, end } => {
            let millis = format!("F.unix_millis({value}.cast(\"timestamp\"))");
            let start = start.map(|start| format!("({millis} >= {start})"));
            all(start.into_iter().chain(end.map(|end| format!("({millis} < {end})"))).collect())
        }
        Test::Days { start, end } => {
            let days = format!("F.unix_date({value})");
            let start = start.map(|start| format!("({days} >= {start})"));
            all(start.into_iter().chain(end.map(|end| format!("({days} < {end})"))).collect())
        }
        Test::OneOf(list) => one_of(operand, &value, list),
    }
}

fn one_of(operand: &Operand, value: &str, list: &OneOf) -> String {
    let mut any: Vec<String> = Vec::new();
    let mut is_in = |value: &str, items: Vec<String>| {
        if !items.is_empty() {
            any.push(format!("F.coalesce({value}.isin({}), F.lit(False))", items.join(", ")));
        }
    };
    is_in(value, list.texts.iter().map(|text| python(text)).collect());
    is_in(
        value,
        list.bools.iter().map(|value| if *value { "True".to_owned() } else { "False".to_owned() }).collect(),
    );
    let whole = list.whole.iter().map(|value| value.to_string()).collect();
    match operand.form {
        Form::Time => is_in(&format!("F.unix_millis({value}.cast(\"timestamp\"))"), whole),
        Form::Date => is_in(&format!("(F.unix_date({value}).cast(\"bigint\") * 86400000)"), whole),
        _ => is_in(value, whole),
    }
    is_in(&format!("{value}.cast(\"double\")"), list.numbers.iter().map(|value| literal(*value)).collect());
    if list.nan {
        any.push(format!("F.coalesce(F.isnan({value}), F.lit(False))"));
    }
    if list.null {
        any.push(format!("{value}.isNull()"));
    }
    let any = if any.is_empty() { "F.lit(False)".to_owned() } else { any.join(" | ") };
    if list.negated { format!("~({any})") } else { any }
}

fn literal(value: f64) -> String {
    if value.is_infinite() {
        format!("float(\"{}inf\")", if value < 0.0 { "-" } else { "" })
    } else {
        number(value)
    }
}
