//! pandas, with pyarrow to tell null and NaN apart.

use super::File;
use super::groups;
use super::language::{Items, Language, between};
use super::plan::{Form, Operand, Plan};
use super::python::{RANDOM_ROWS, list, literal, matches};
use super::quote::python;

/// A script.
pub fn script(files: &[File], plan: &Plan) -> String {
    let mut text = plan.heading("#", "pandas 2 or later and pyarrow 15 or later");
    let remote = !matches!(files, [File::Local(_), ..]);
    text.push_str("# pip install pandas pyarrow\n");
    if remote {
        text.push_str("import io\n");
    }
    if plan.query.is_some() {
        text.push_str("import re\nimport unicodedata\n");
    }
    if remote {
        text.push_str("from urllib.request import urlopen\n");
    }
    text.push_str("\nimport pandas as pd\nimport pyarrow as pa\nimport pyarrow.compute as pc\nimport pyarrow.parquet as pq\n\n\n");
    if plan.random().is_some() {
        text.push_str(RANDOM_ROWS);
        text.push('\n');
    }
    if let Some((_, groups)) = &plan.query {
        text.push_str(&matches(groups));
        text.push('\n');
    }
    let read = |source: &str| {
        if remote {
            format!("pq.read_table(io.BytesIO(urlopen({source}).read()))")
        } else {
            format!("pq.read_table({source})")
        }
    };
    match files {
        [file] => text.push_str(&format!("rows = {}\n", read(&python(&file.address())))),
        files => {
            let files = list(files.iter().map(|file| python(&file.address())));
            text.push_str(&format!(
                "files = {files}\nrows = pa.concat_tables({} for file in files)\n",
                read("file")
            ));
        }
    }
    text.push_str(
        "row = pa.array(range(rows.num_rows), pa.int64())\nkeep = pa.array([True] * rows.num_rows)\n",
    );
    for test in Pandas.conditions(plan) {
        text.push_str(&format!("keep = pc.and_(keep, pc.fill_null({test}, False))\n"));
    }
    if let Some((prompt, _)) = &plan.query {
        text.push_str(&format!(
            "# Every different prompt is looked at once.\nprompts = rows[{}].combine_chunks().dictionary_encode()\nfound = pa.array([matches(prompt) for prompt in prompts.dictionary.to_pylist()], pa.bool_())\nkeep = pc.and_(keep, pc.fill_null(found.take(prompts.indices), matches(None)))\n",
            python(prompt)
        ));
    }
    text.push_str("rows, row = rows.filter(keep), row.filter(keep)\n");
    if let Some(groups) = &plan.groups {
        text.push_str(&groups::pandas(groups, &Pandas));
        return text;
    }
    if !plan.sort.is_empty() {
        let mut names = vec!["\"row\": row".to_owned()];
        let mut order = Vec::new();
        for (number, (operand, descending)) in plan.sort.iter().enumerate() {
            names.push(format!("\"key {number}\": {}", Pandas.key(operand)));
            order.push(format!(
                "(\"key {number}\", \"{}\")",
                if *descending { "descending" } else { "ascending" }
            ));
        }
        order.push("(\"row\", \"ascending\")".to_owned());
        text.push_str(&format!(
            "keys = pa.table({{{}}})\nrows = rows.take(pc.sort_indices(keys, sort_keys=[{}], null_placement=\"at_end\"))\n",
            names.join(", "),
            order.join(", ")
        ));
    }
    if !plan.columns.is_empty() {
        let columns: Vec<String> = plan
            .columns
            .iter()
            .map(|operand| format!("{}: {}", python(&operand.name), Pandas.value(operand)))
            .collect();
        text.push_str(&format!("rows = pa.table({{{}}})\n", columns.join(", ")));
    }
    text.push_str("result = rows.to_pandas(types_mapper=pd.ArrowDtype)\nprint(result)\n");
    text
}

/// Functions of pyarrow.
struct Pandas;

impl Language for Pandas {
    fn column(&self, name: &str) -> String {
        format!("rows[{}]", python(name))
    }

    fn size(&self) -> String {
        "pc.binary_join_element_wise(pc.cast(rows[\"width\"], pa.string()), pc.cast(rows[\"height\"], pa.string()), \"x\")".to_owned()
    }

    fn double(&self, value: &str) -> String {
        format!("pc.cast({value}, pa.float64())")
    }

    fn without_nan(&self, value: &str) -> String {
        format!("pc.if_else(pc.is_nan({value}), pa.scalar(None, {value}.type), {value})")
    }

    fn is_before(&self, rows: u64) -> String {
        format!("pc.less(row, {rows})")
    }

    fn is_chosen(&self, of: u64, rows: u64, seed: u64) -> String {
        format!("pc.is_in(row, pa.array(random_rows({of}, {rows}, {seed}), pa.int64()))")
    }

    fn is_in_shards(&self, path: &str, last: u32) -> String {
        let path = self.column(path);
        format!(
            "pc.less_equal(pc.cast(pc.struct_field(pc.extract_regex({path}, r\"/?[^/]*?(?P<shard>[0-9]+)/[^/]*$\"), \"shard\"), pa.int64()), {last})"
        )
    }

    fn never(&self) -> String {
        "pa.scalar(False)".to_owned()
    }

    fn is_null(&self, value: &str) -> String {
        format!("pc.is_null({value})")
    }

    fn is_valid(&self, value: &str) -> String {
        format!("pc.is_valid({value})")
    }

    fn is_nan(&self, value: &str) -> String {
        format!("pc.fill_null(pc.is_nan({value}), False)")
    }

    fn numbers(&self, operand: &Operand, low: Option<f64>, high: Option<f64>) -> String {
        let value = self.value(operand);
        let value = if operand.form == Form::Float64 {
            value
        } else {
            format!("pc.cast({value}, pa.float64(), safe=False)")
        };
        if low.is_none() && high.is_none() && operand.form.has_nan() {
            // NaN is in no range.
            return format!("pc.invert(pc.is_nan({value}))");
        }
        let low = low.map(|low| format!("pc.greater_equal({value}, {})", literal(low)));
        let high = high.map(|high| format!("pc.less_equal({value}, {})", literal(high)));
        self.both(&value, low, high)
    }

    fn millis(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        self.since(value, start, end, |millis| {
            format!("pa.scalar({millis}, pa.timestamp(\"ms\", {value}.type.tz))")
        })
    }

    fn days(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String {
        self.since(value, start, end, |days| format!("pa.scalar({days}, pa.date32())"))
    }

    fn is_in(&self, operand: &Operand, what: Items, items: &[String]) -> String {
        let value = self.value(operand);
        let mut items = items.to_vec();
        let (value, kind) = match what {
            Items::Texts => (value.clone(), format!("{value}.type")),
            Items::Bools => (value, "pa.bool_()".to_owned()),
            Items::Numbers => {
                // Both zeros are one.
                let zero = items.iter().any(|item| matches!(item.as_str(), "0.0" | "-0.0"));
                if zero {
                    items.extend(["0.0".to_owned(), "-0.0".to_owned()]);
                    items.dedup();
                }
                (self.double(&value), "pa.float64()".to_owned())
            }
            Items::Whole => match operand.form {
                Form::UInt64 => (value, "pa.uint64()".to_owned()),
                Form::Time => {
                    let kind = format!("pa.timestamp(\"ms\", {value}.type.tz)");
                    (
                        format!(
                            "pc.cast(pc.floor_temporal({value}, unit=\"millisecond\"), {kind}, safe=False)"
                        ),
                        kind,
                    )
                }
                Form::Date => (format!("pc.cast({value}, pa.date64())"), "pa.date64()".to_owned()),
                Form::Bool
                | Form::Int
                | Form::Float32
                | Form::Float64
                | Form::Decimal
                | Form::Text
                | Form::Size
                | Form::Other => (format!("pc.cast({value}, pa.int64())"), "pa.int64()".to_owned()),
            },
        };
        format!("pc.is_in({value}, pa.array([{}], {kind}))", items.join(", "))
    }

    fn either(&self, any: Vec<String>) -> String {
        let or = |all: String, one: String| format!("pc.or_({all}, {one})");
        any.into_iter().reduce(or).unwrap_or_else(|| self.never())
    }

    fn not(&self, condition: &str) -> String {
        format!("pc.invert({condition})")
    }
}

impl Pandas {
    fn both(&self, value: &str, low: Option<String>, high: Option<String>) -> String {
        between(low, high, self.is_valid(value), |low, high| format!("pc.and_({low}, {high})"))
    }

    /// A range of times; `at` writes a point in time, which is then made one of the column's own kind.
    fn since(&self, value: &str, start: Option<i64>, end: Option<i64>, at: impl Fn(i64) -> String) -> String {
        let own = |time: i64| format!("pc.cast({}, {value}.type)", at(time));
        let start = start.map(|start| format!("pc.greater_equal({value}, {})", own(start)));
        let end = end.map(|end| format!("pc.less({value}, {})", own(end)));
        self.both(value, start, end)
    }
}
