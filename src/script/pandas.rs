//! pandas, with pyarrow to tell null and NaN apart.

use super::File;
use super::plan::{Form, OneOf, Operand, Plan, Test, number};
use super::python::{RANDOM_ROWS, matches};
use super::quote::python;
use crate::catalog;
use crate::protocol::Subset;

/// A script.
pub fn script(file: &File, plan: &Plan) -> String {
    let mut text = plan.heading("#", "pandas 2 or later and pyarrow 15 or later");
    let remote = !matches!(file, File::Local(_));
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
    let source = python(&file.address());
    if remote {
        text.push_str(&format!(
            "with urlopen({source}) as response:\n    rows = pq.read_table(io.BytesIO(response.read()))\n"
        ));
    } else {
        text.push_str(&format!("rows = pq.read_table({source})\n"));
    }
    text.push_str(
        "row = pa.array(range(rows.num_rows), pa.int64())\nkeep = pa.array([True] * rows.num_rows)\n",
    );
    for test in conditions(plan) {
        text.push_str(&format!("keep = pc.and_(keep, pc.fill_null({test}, False))\n"));
    }
    if let Some((prompt, _)) = &plan.query {
        text.push_str(&format!(
            "# Every different prompt is looked at once.\nprompts = rows[{}].combine_chunks().dictionary_encode()\nfound = pa.array([matches(prompt) for prompt in prompts.dictionary.to_pylist()], pa.bool_())\nkeep = pc.and_(keep, pc.fill_null(found.take(prompts.indices), matches(None)))\n",
            python(prompt)
        ));
    }
    text.push_str("rows, row = rows.filter(keep), row.filter(keep)\n");
    if !plan.sort.is_empty() {
        let mut names = vec!["\"row\": row".to_owned()];
        let mut order = Vec::new();
        for (number, (operand, descending)) in plan.sort.iter().enumerate() {
            names.push(format!("\"key {number}\": {}", key(operand)));
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
            .map(|operand| format!("{}: {}", python(&operand.name), value(operand)))
            .collect();
        text.push_str(&format!("rows = pa.table({{{}}})\n", columns.join(", ")));
    }
    text.push_str("result = rows.to_pandas(types_mapper=pd.ArrowDtype)\nprint(result)\n");
    text
}

fn conditions(plan: &Plan) -> Vec<String> {
    let mut tests = Vec::new();
    match plan.subset {
        Some(Subset::First { rows }) => tests.push(format!("pc.less(row, {rows})")),
        Some(Subset::Random { rows, seed }) => tests.push(format!(
            "pc.is_in(row, pa.array(random_rows({}, {rows}, {seed}), pa.int64()))",
            plan.rows
        )),
        Some(Subset::Shards { last }) => tests.push(format!(
            "pc.less_equal(pc.cast(pc.struct_field(pc.extract_regex(rows[{}], r\"/?[^/]*?(?P<shard>[0-9]+)/[^/]*$\"), \"shard\"), pa.int64()), {last})",
            python(catalog::IMAGE_PATH)
        )),
        None => {}
    }
    tests.extend(plan.tests.iter().map(|(operand, test)| condition(operand, test)));
    tests
}

fn value(operand: &Operand) -> String {
    match operand.form {
        Form::Size => "pc.binary_join_element_wise(pc.cast(rows[\"width\"], pa.string()), pc.cast(rows[\"height\"], pa.string()), \"x\")".to_owned(),
        Form::Decimal => format!("pc.cast(rows[{}], pa.float64())", python(&operand.name)),
        Form::Bool | Form::Int | Form::UInt64 | Form::Float32 | Form::Float64 | Form::Time | Form::Date | Form::Text | Form::Other => {
            format!("rows[{}]", python(&operand.name))
        }
    }
}

fn key(operand: &Operand) -> String {
    let value = value(operand);
    match operand.form {
        Form::Float32 | Form::Float64 => {
            format!("pc.if_else(pc.is_nan({value}), pa.scalar(None, {value}.type), {value})")
        }
        _ => value,
    }
}

fn condition(operand: &Operand, test: &Test) -> String {
    let value = value(operand);
    let both = |low: Option<String>, high: Option<String>| match (low, high) {
        (Some(low), Some(high)) => format!("pc.and_({low}, {high})"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => format!("pc.is_valid({value})"),
    };
    match test {
        Test::Never => "pa.scalar(False)".to_owned(),
        Test::Null => format!("pc.is_null({value})"),
        Test::NotNull => format!("pc.is_valid({value})"),
        Test::Numbers { low, high } => {
            let floats = matches!(operand.form, Form::Float32 | Form::Float64);
            let value = if operand.form == Form::Float64 {
                value.clone()
            } else {
                format!("pc.cast({value}, pa.float64(), safe=False)")
            };
            match (low, high) {
                // NaN is in no range.
                (None, None) if floats => format!("pc.invert(pc.is_nan({value}))"),
                _ => both(
                    low.map(|low| format!("pc.greater_equal({value}, {})", literal(low))),
                    high.map(|high| format!("pc.less_equal({value}, {})", literal(high))),
                ),
            }
        }
        Test::Millis { start, end } => {
            let at = |millis: i64| {
                format!("pc.cast(pa.scalar({millis}, pa.timestamp(\"ms\", {value}.type.tz)), {value}.type)")
            };
            both(
                start.map(|start| format!("pc.greater_equal({value}, {})", at(start))),
                end.map(|end| format!("pc.less({value}, {})", at(end))),
            )
        }
        Test::Days { start, end } => {
            let at = |days: i64| format!("pc.cast(pa.scalar({days}, pa.date32()), {value}.type)");
            both(
                start.map(|start| format!("pc.greater_equal({value}, {})", at(start))),
                end.map(|end| format!("pc.less({value}, {})", at(end))),
            )
        }
        Test::OneOf(list) => one_of(operand, &value, list),
    }
}

fn one_of(operand: &Operand, value: &str, list: &OneOf) -> String {
    let mut any: Vec<String> = Vec::new();
    let mut is_in = |value: &str, items: Vec<String>, kind: &str| {
        if !items.is_empty() {
            any.push(format!("pc.is_in({value}, pa.array([{}], {kind}))", items.join(", ")));
        }
    };
    is_in(value, list.texts.iter().map(|text| python(text)).collect(), &format!("{value}.type"));
    is_in(
        value,
        list.bools.iter().map(|value| if *value { "True".to_owned() } else { "False".to_owned() }).collect(),
        "pa.bool_()",
    );
    let whole = list.whole.iter().map(|value| value.to_string()).collect();
    match operand.form {
        Form::UInt64 => is_in(value, whole, "pa.uint64()"),
        Form::Time => is_in(
            &format!(
                "pc.cast(pc.floor_temporal({value}, unit=\"millisecond\"), pa.timestamp(\"ms\", {value}.type.tz), safe=False)"
            ),
            whole,
            &format!("pa.timestamp(\"ms\", {value}.type.tz)"),
        ),
        Form::Date => is_in(&format!("pc.cast({value}, pa.date64())"), whole, "pa.date64()"),
        _ => is_in(&format!("pc.cast({value}, pa.int64())"), whole, "pa.int64()"),
    }
    is_in(
        &format!("pc.cast({value}, pa.float64())"),
        // Both zeros are one.
        list.numbers
            .iter()
            .flat_map(|value| [Some(*value), (*value == 0.0).then_some(-*value)])
            .flatten()
            .map(literal)
            .collect(),
        "pa.float64()",
    );
    if list.nan {
        any.push(format!("pc.fill_null(pc.is_nan({value}), False)"));
    }
    if list.null {
        any.push(format!("pc.is_null({value})"));
    }
    let any = any
        .into_iter()
        .reduce(|all, one| format!("pc.or_({all}, {one})"))
        .unwrap_or_else(|| "pa.scalar(False)".to_owned());
    if list.negated { format!("pc.invert({any})") } else { any }
}

fn literal(value: f64) -> String {
    if value.is_infinite() {
        format!("float(\"{}inf\")", if value < 0.0 { "-" } else { "" })
    } else {
        number(value)
    }
}
