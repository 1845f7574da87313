//! Spark, from Python.

use super::File;
use super::groups;
use super::language::{Items, Language, between};
use super::plan::{Form, Operand, Plan};
use super::python::{RANDOM_ROWS, list, literal, matches};
use super::quote::{python, spark_name};

const ROW_OF_FILE: &str = "F.col(\"_metadata.row_index\")";
const ROW: &str = "F.col(\"row of the file\")";

/// A script.
pub fn script(files: &[File], plan: &Plan) -> String {
    let mut text = plan.heading("#", "Spark 3.5 or later");
    let hub = files.first().is_some_and(File::is_on_usual_hub);
    let remote = !matches!(files, [File::Local(_), ..]);
    text.push_str(if hub { "# pip install pyspark huggingface_hub\n" } else { "# pip install pyspark\n" });
    if plan.query.is_some() {
        text.push_str("import re\nimport unicodedata\n");
    }
    if hub {
        text.push_str("\nfrom huggingface_hub import hf_hub_download\n");
    } else if remote {
        text.push_str("from urllib.request import urlretrieve\n\n");
    }
    text.push_str("from pyspark.sql import SparkSession, Window, functions as F\nfrom pyspark.sql.types import BooleanType\n\n\n");
    if plan.random().is_some() {
        text.push_str(RANDOM_ROWS);
        text.push('\n');
    }
    if let Some((_, groups)) = &plan.query {
        text.push_str(&matches(groups));
        text.push('\n');
    }
    text.push_str("spark = SparkSession.builder.getOrCreate()\nspark.conf.set(\"spark.sql.session.timeZone\", \"UTC\")\n");
    if remote {
        text.push_str("# Spark reads files, not addresses.\n");
    }
    match files {
        [file] => {
            text.push_str(&format!("path = {}\n", fetched(file)));
            text.push_str(&format!(
                "rows = spark.read.parquet(path).select(\"*\", {ROW_OF_FILE}.alias(\"row of the file\"))\n"
            ));
        }
        files => {
            text.push_str(&format!("paths = {}\n", list(files.iter().map(fetched))));
            text.push_str(&format!(
                "rows, before = None, 0\nfor path in paths:\n    part = spark.read.parquet(path)\n    \
                 numbered = part.select(\"*\", ({ROW_OF_FILE} + F.lit(before)).alias(\"row of the file\"))\n    \
                 rows, before = numbered if rows is None else rows.unionByName(numbered), before + part.count()\n"
            ));
        }
    }
    let tests = Spark.conditions(plan);
    for test in tests {
        text.push_str(&format!("rows = rows.filter({test})\n"));
    }
    if let Some((prompt, _)) = &plan.query {
        text.push_str(&format!(
            "rows = rows.filter(F.udf(matches, BooleanType())(F.col({})))\n",
            spark_name(prompt)
        ));
    }
    if let Some(groups) = &plan.groups {
        text.push_str(&groups::spark(groups, &Spark));
        text.push_str("result.show()\n");
        return text;
    }
    let mut keys: Vec<String> = plan
        .sort
        .iter()
        .map(|(operand, descending)| {
            format!("{}.{}_nulls_last()", Spark.key(operand), if *descending { "desc" } else { "asc" })
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
            .map(|operand| format!("{}.alias({})", Spark.value(operand), python(&operand.name)))
            .collect();
        text.push_str(&format!("result = rows.select({})\n", columns.join(", ")));
    }
    text.push_str("result.show()\n");
    text
}

/// What brings a file onto the machine, and gives its path.
fn fetched(file: &File) -> String {
    match file {
        File::Hub { path, .. } if file.is_on_usual_hub() => format!(
            "hf_hub_download({}, {}, repo_type=\"dataset\", revision={})",
            python(&path.repository),
            python(&path.path),
            python(&path.revision)
        ),
        File::Hub { .. } | File::Address(_) => format!("urlretrieve({})[0]", python(&file.address())),
        File::Local(path) => python(path),
    }
}

/// Spark's functions.
struct Spark;

impl Language for Spark {
    fn column(&self, name: &str) -> String {
        format!("F.col({})", spark_name(name))
    }

    fn size(&self) -> String {
        "F.concat(F.col(\"width\").cast(\"string\"), F.lit(\"x\"), F.col(\"height\").cast(\"string\"))"
            .to_owned()
    }

    fn double(&self, value: &str) -> String {
        format!("{value}.cast(\"double\")")
    }

    fn without_nan(&self, value: &str) -> String {
        format!("F.when(~F.isnan({value}), {value})")
    }

    fn is_before(&self, rows: u64) -> String {
        format!("{ROW} < {rows}")
    }

    fn is_chosen(&self, of: u64, rows: u64, seed: u64) -> String {
        format!("{ROW}.isin(random_rows({of}, {rows}, {seed}))")
    }

    fn is_in_shards(&self, path: &str, last: u32) -> String {
        let path = self.column(path);
        format!("F.regexp_extract({path}, r\"([0-9]+)/[^/]*$\", 1).try_cast(\"bigint\") <= {last}")
    }

    fn never(&self) -> String {
        "F.lit(False)".to_owned()
    }

    fn is_null(&self, value: &str) -> String {
        format!("{value}.isNull()")
    }

    fn is_valid(&self, value: &str) -> String {
        format!("{value}.isNotNull()")
    }

    fn is_nan(&self, value: &str) -> String {
        format!("F.coalesce(F.isnan({value}), F.lit(False))")
    }

    fn numbers(&self, operand: &Operand, low: Option<f64>, high: Option<f64>) -> String {
        let value = self.value(operand);
        let number = self.double(&value);
        let mut parts = Vec::new();
        parts.extend(low.map(|low| format!("({number} >= {})", literal(low))));
        parts.extend(high.map(|high| format!("({number} <= {})", literal(high))));
        // NaN is above everything here.
        if high.is_none() && operand.form.has_nan() {
            parts.push(format!("{value}.isNotNull() & ~F.isnan({value})"));
        }
        if parts.is_empty() { self.is_valid(&value) } else { parts.join(" & ") }
    }

    fn millis(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        self.since(value, &format!("F.unix_millis({value}.cast(\"timestamp\"))"), start, end)
    }

    fn days(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        self.since(value, &format!("F.unix_date({value})"), start, end)
    }

    fn is_in(&self, operand: &Operand, what: Items, items: &[String]) -> String {
        let value = self.value(operand);
        let mut items = items.to_vec();
        let value = match what {
            Items::Texts | Items::Bools => value,
            Items::Numbers => self.double(&value),
            Items::Whole => match operand.form {
                Form::Time => format!("F.unix_millis({value}.cast(\"timestamp\"))"),
                Form::Date => format!("(F.unix_date({value}).cast(\"bigint\") * 86400000)"),
                Form::UInt64 => {
                    // Spark has them as decimals, and takes no such number from Python.
                    for item in &mut items {
                        *item = format!("F.lit(\"{item}\").cast(\"decimal(20,0)\")");
                    }
                    value
                }
                Form::Bool
                | Form::Int
                | Form::Float32
                | Form::Float64
                | Form::Decimal
                | Form::Text
                | Form::Size
                | Form::Other => value,
            },
        };
        format!("F.coalesce({value}.isin({}), F.lit(False))", items.join(", "))
    }

    fn either(&self, any: Vec<String>) -> String {
        format!("({})", any.join(" | "))
    }

    fn not(&self, condition: &str) -> String {
        format!("~{condition}")
    }
}

impl Spark {
    fn since(&self, value: &str, counted: &str, start: Option<i64>, end: Option<i64>) -> String {
        let start = start.map(|start| format!("({counted} >= {start})"));
        let end = end.map(|end| format!("({counted} < {end})"));
        between(start, end, self.is_valid(value), |start, end| format!("{start} & {end}"))
    }
}
