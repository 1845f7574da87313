//! DuckDB, as SQL and from Python.

use super::File;
use super::groups;
use super::pattern::Style;
use super::plan::{Form, OneOf, Operand, Plan, Test, number, short_number};
use super::python::RANDOM_ROWS;
use super::quote::{python_block, sql, sql_name};
use super::terms::{Group, Needle};
use crate::protocol::display::time_full;
use crate::table::subset;
use crate::view::catalog::SubsetRows;

/// Names that no column has.
const ROW: &str = "file_row_number";
const TEXT: &str = "\"folded text\"";

/// More numbers of rows are not written into a query.
const MAX_LISTED_ROWS: u64 = 1_000;

const NEEDS: &str = "DuckDB 1.1 or later";

/// A query.
pub fn sql_script(files: &[File], plan: &Plan) -> String {
    let chosen = plan.random().map(|(wanted, seed)| {
        if wanted > MAX_LISTED_ROWS {
            // Rather nothing than other rows.
            return "error('this random subset has too many rows for a query: use the Python script')"
                .to_owned();
        }
        let rows = subset::random(plan.rows as usize, wanted as usize, seed);
        let rows: Vec<String> = rows.members(0).map(|row| row.to_string()).collect();
        if rows.is_empty() { "FALSE".to_owned() } else { format!("{ROW} IN ({})", rows.join(", ")) }
    });
    let (query, notes) = query(files, plan, chosen);
    format!(
        "{}{notes}SET TimeZone = 'UTC';\n\n{query};\n",
        plan.heading("--", NEEDS),
        notes = comments("--", &notes)
    )
}

/// The same from Python.
pub fn python_script(files: &[File], plan: &Plan) -> String {
    let chosen = plan.random().map(|_| format!("{ROW} IN (SELECT row FROM chosen)"));
    let (query, notes) = query(files, plan, chosen);
    let mut text = plan.heading("#", NEEDS);
    text.push_str(&comments("#", &notes));
    text.push_str("# pip install duckdb\nimport duckdb\n\n");
    if plan.random().is_some() {
        text.push_str(RANDOM_ROWS);
        text.push('\n');
    }
    text.push_str("db = duckdb.connect()\ndb.execute(\"SET TimeZone = 'UTC'\")\n");
    if let Some((wanted, seed)) = plan.random() {
        text.push_str(&format!(
            "rows = sorted(random_rows({}, {wanted}, {seed}))\ndb.execute(\"CREATE TEMP TABLE chosen AS SELECT unnest(?::BIGINT[]) AS row\", [rows])\n",
            plan.rows
        ));
    }
    text.push_str(&format!("result = db.sql({})\nprint(result)\n", python_block(&query)));
    text
}

fn comments(mark: &str, notes: &[String]) -> String {
    notes.iter().map(|note| format!("{mark} NOTE: {}.\n", super::quote::comment(note))).collect()
}

/// The query, and what it can't say. `chosen` is the condition of a random subset.
fn query(files: &[File], plan: &Plan, chosen: Option<String>) -> (String, Vec<String>) {
    let mut notes = Vec::new();
    let mut tests: Vec<String> = Vec::new();
    match plan.subset {
        Some(SubsetRows::First(rows)) => tests.push(format!("{ROW} < {rows}")),
        Some(SubsetRows::Random { .. }) => tests.extend(chosen),
        Some(SubsetRows::Shards(last)) => tests.push(format!(
            "TRY_CAST(regexp_extract({}, '([0-9]+)/[^/]*$', 1) AS UINTEGER) <= {last}",
            sql_name(&plan.path)
        )),
        None => {}
    }
    tests.extend(plan.tests.iter().map(|(operand, test)| condition(operand, test)));
    let mut extra = String::new();
    if let Some((prompt, groups)) = &plan.query {
        let text = format!("coalesce({}, '')", sql_name(prompt));
        extra = format!(", lower(strip_accents({text})) AS {TEXT}");
        for group in groups {
            match group_condition(group, &text) {
                Ok(test) => tests.push(test),
                Err(why) => notes.push(format!("a part of the search is left out: {why}")),
            }
        }
    }
    let columns = if plan.columns.is_empty() {
        let exclude = if extra.is_empty() { ROW.to_owned() } else { format!("{ROW}, {TEXT}") };
        format!("* EXCLUDE ({exclude})")
    } else {
        let named = |operand: &Operand| match operand.form {
            Form::Size => format!("{} AS {}", value(operand), sql_name(&operand.name)),
            Form::Bool
            | Form::Int
            | Form::UInt64
            | Form::Float32
            | Form::Float64
            | Form::Decimal
            | Form::Time
            | Form::Date
            | Form::Text
            | Form::Other => sql_name(&operand.name),
        };
        plan.columns.iter().map(named).collect::<Vec<_>>().join(", ")
    };
    let source = match files {
        [file] => format!(
            "SELECT *{extra}\n    FROM read_parquet({}, file_row_number = true)",
            sql(&file.address())
        ),
        files => {
            // Numbers of rows begin anew in each file; the files come in this order.
            let files: Vec<String> =
                files.iter().map(|file| format!("        {}", sql(&file.address()))).collect();
            format!(
                "SELECT *{extra}, row_number() OVER () - 1 AS {ROW}\n    FROM read_parquet([\n{}\n    ])",
                files.join(",\n")
            )
        }
    };
    let grouped = plan.groups.as_ref().map(|groups| groups::sql(groups, value, condition));
    let columns = grouped.as_ref().map_or(columns, |(columns, ..)| format!("\n    {columns}"));
    let mut query = format!("SELECT {columns}\nFROM (\n    {source}\n)");
    for (number, test) in tests.iter().enumerate() {
        query.push_str(&format!("\n{} {test}", if number == 0 { "WHERE" } else { "  AND" }));
    }
    if let Some((_, by, order)) = grouped {
        query.push_str(&format!("\nGROUP BY {by}\nORDER BY {order}"));
        return (query, notes);
    }
    let mut keys: Vec<String> = plan
        .sort
        .iter()
        .map(|(operand, descending)| {
            let order = if *descending { "DESC" } else { "ASC" };
            let value = value(operand);
            if operand.form.has_nan() {
                format!("CASE WHEN NOT isnan({value}) THEN {value} END {order} NULLS LAST")
            } else {
                format!("{value} {order} NULLS LAST")
            }
        })
        .collect();
    keys.push(ROW.to_owned());
    query.push_str(&format!("\nORDER BY {}", keys.join(", ")));
    (query, notes)
}

/// A column's value.
fn value(operand: &Operand) -> String {
    match operand.form {
        Form::Size => "CAST(\"width\" AS VARCHAR) || 'x' || CAST(\"height\" AS VARCHAR)".to_owned(),
        Form::Decimal => format!("CAST({} AS DOUBLE)", sql_name(&operand.name)),
        Form::Bool
        | Form::Int
        | Form::UInt64
        | Form::Float32
        | Form::Float64
        | Form::Time
        | Form::Date
        | Form::Text
        | Form::Other => sql_name(&operand.name),
    }
}

fn condition(operand: &Operand, test: &Test) -> String {
    let value = value(operand);
    match test {
        Test::Never => "FALSE".to_owned(),
        Test::Null => format!("({value}) IS NULL"),
        Test::NotNull => format!("({value}) IS NOT NULL"),
        Test::Numbers { low, high } => {
            let value = if operand.form == Form::Bool { format!("CAST({value} AS INTEGER)") } else { value };
            let end = |end: f64| literal(operand.form, end);
            let mut parts: Vec<String> = Vec::new();
            parts.extend(low.map(|low| format!("{value} >= {}", end(low))));
            parts.extend(high.map(|high| format!("{value} <= {}", end(high))));
            // NaN is above everything here.
            if high.is_none() && operand.form.has_nan() {
                parts.push(format!("NOT isnan({value})"));
            }
            if parts.is_empty() {
                parts.push(format!("{value} IS NOT NULL"));
            }
            parts.join(" AND ")
        }
        Test::Millis { start, end } => {
            let at = |millis: i64| format!("TIMESTAMPTZ '{}+00'", time_full(millis as f64));
            between(&value, start.map(at), end.map(at))
        }
        Test::Days { start, end } => {
            let at = |days: i64| {
                let time = time_full(days as f64 * 86_400_000.0);
                format!("DATE '{}'", time.get(..time.len().min(10)).unwrap_or_default())
            };
            between(&value, start.map(at), end.map(at))
        }
        Test::OneOf(list) => one_of(operand, &value, list),
    }
}

fn between(value: &str, start: Option<String>, end: Option<String>) -> String {
    let start = start.map(|start| format!("{value} >= {start}"));
    let end = end.map(|end| format!("{value} < {end}"));
    let parts: Vec<String> = start.into_iter().chain(end).collect();
    if parts.is_empty() { format!("{value} IS NOT NULL") } else { parts.join(" AND ") }
}

fn one_of(operand: &Operand, value: &str, list: &OneOf) -> String {
    let mut items: Vec<String> = Vec::new();
    items.extend(list.texts.iter().map(|text| sql(text)));
    items.extend(list.bools.iter().map(|value| if *value { "TRUE".to_owned() } else { "FALSE".to_owned() }));
    items.extend(list.whole.iter().map(|value| value.to_string()));
    items.extend(list.numbers.iter().map(|value| literal(operand.form, *value)));
    let value = if operand.form.is_time() && !items.is_empty() {
        format!("epoch_ms(CAST({value} AS TIMESTAMP))")
    } else {
        format!("({value})")
    };
    let mut any: Vec<String> = Vec::new();
    if !items.is_empty() {
        any.push(format!("coalesce({value} IN ({}), FALSE)", items.join(", ")));
    }
    if list.nan {
        any.push(format!("coalesce(isnan({value}), FALSE)"));
    }
    if list.null {
        any.push(format!("{value} IS NULL"));
    }
    let any = if any.is_empty() { "FALSE".to_owned() } else { any.join(" OR ") };
    if list.negated { format!("NOT ({any})") } else { format!("({any})") }
}

/// A number as SQL has it, in the precision of its column.
fn literal(form: Form, value: f64) -> String {
    let kind = if form == Form::Float32 { "FLOAT" } else { "DOUBLE" };
    if value.is_infinite() {
        return format!("CAST('{}Infinity' AS {kind})", if value < 0.0 { "-" } else { "" });
    }
    let text = if form == Form::Float32 { short_number(value) } else { number(value) };
    // With a point and without an exponent it would be a decimal, which is compared in another way.
    match text.strip_suffix(".0") {
        Some(whole) if form != Form::Float32 => whole.to_owned(),
        _ => format!("CAST('{text}' AS {kind})"),
    }
}

fn group_condition(group: &Group, text: &str) -> Result<String, String> {
    let mut any = Vec::with_capacity(group.len());
    for term in group {
        let not = if term.excluded { "NOT " } else { "" };
        any.push(match (term.what.plain(), term.what.pattern(Style::Re2)?) {
            (Some(_), Some(_)) if contains(&term.what).is_some() => {
                format!("{not}contains({TEXT}, {})", sql(&contains(&term.what).unwrap_or_default()))
            }
            (_, Some(pattern)) if term.what.sees_case() => {
                let own = format!(
                    "CASE WHEN regexp_full_match({text}, '[\\x00-\\x7F]*') THEN {text} ELSE {TEXT} END"
                );
                format!("{not}regexp_matches({own}, {})", sql(&pattern))
            }
            (_, Some(pattern)) => format!("{not}regexp_matches({TEXT}, {})", sql(&pattern)),
            (_, None) => {
                if term.excluded {
                    "TRUE".to_owned()
                } else {
                    "FALSE".to_owned()
                }
            }
        });
    }
    Ok(format!("({})", any.join(" OR ")))
}

/// What is looked for as it is, put together as DuckDB does.
fn contains(needle: &Needle) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    Some(needle.plain()?.nfc().collect())
}
