//! Groups of the rows, for each tool that can make them: keys, what is computed, and the order.
//!
//! Numbers are computed with eight bytes, and NaN counts as no value, as here.

use super::language::Language;
use super::plan::{Form, OneOf, Operand, Test};
use super::quote::{python, sql_name};
use crate::view::group_by::{GroupBy, Span, What};

/// The groups that are asked for.
#[derive(Debug)]
pub struct Grouping {
    keys: Vec<(Operand, Option<Span>)>,
    measures: Vec<(Operand, Computed)>,
    /// What the columns of the result are called: keys, the count, the share, what is computed.
    names: Vec<String>,
    /// The place among the names of what decides the order, and whether the smallest comes first.
    order: (usize, bool),
}

/// What is computed of a group's values.
#[derive(Debug)]
enum Computed {
    Distinct,
    Mean,
    Quantile(f64),
    Least,
    Most,
    Share(Test),
}

impl Grouping {
    /// The groups of a view; none where a column of them is missing.
    pub fn new(group_by: &GroupBy, operand: impl Fn(&str) -> Option<Operand>) -> Option<Self> {
        let keys: Option<Vec<_>> =
            group_by.by.iter().map(|by| Some((operand(&by.column)?, by.span))).collect();
        let measures = group_by.measures.iter().map(|measure| {
            let operand = operand(&measure.column)?;
            let computed = match &measure.what {
                What::Distinct => Computed::Distinct,
                What::Mean => Computed::Mean,
                What::Quantile(hundredths) => Computed::Quantile(f64::from(*hundredths) / 100.0),
                What::Least => Computed::Least,
                What::Most => Computed::Most,
                What::Share(None) => Computed::Share(Test::Null),
                What::Share(Some(text)) => {
                    let mut one_of = OneOf::default();
                    one_of.add(&operand, text);
                    Computed::Share(Test::OneOf(one_of))
                }
            };
            Some((operand, computed))
        });
        let measures: Option<Vec<_>> = measures.collect();
        let (keys, measures) = (keys?, measures?);
        let known = |operand: &Operand| operand.form != Form::Other;
        let all = keys.iter().map(|(operand, _)| operand).chain(measures.iter().map(|(operand, _)| operand));
        if keys.is_empty() || !all.into_iter().all(known) {
            return None;
        }
        // The share stands behind the count.
        let place = group_by.sorted_by(false);
        let place = if place > keys.len() { place + 1 } else { place };
        Some(Self { keys, measures, names: group_by.names(false), order: (place, group_by.order.ascending) })
    }

    fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// The names of what is computed, with it.
    fn computed(&self) -> impl Iterator<Item = (&str, &Operand, &Computed)> {
        let names = self.names.iter().skip(self.keys.len() + 2);
        names.zip(&self.measures).map(|(name, (operand, computed))| (name.as_str(), operand, computed))
    }

    /// What decides the order: it, and then the keys.
    fn sorted(&self) -> Vec<(&str, bool)> {
        let (place, ascending) = self.order;
        let keys = (0..self.keys.len()).filter(|key| *key != place).map(|key| (self.name(key), true));
        std::iter::once((self.name(place), ascending)).chain(keys).collect()
    }
}

const fn span_word(span: Span) -> &'static str {
    match span {
        Span::Hour => "hour",
        Span::Day => "day",
        Span::Month => "month",
        Span::Year => "year",
    }
}

/// What a query selects, by what it groups, and how it sorts. `value` writes a column's value, `condition` a test of it.
pub fn sql(
    grouping: &Grouping,
    value: impl Fn(&Operand) -> String,
    condition: impl Fn(&Operand, &Test) -> String,
) -> (String, String, String) {
    let number = |operand: &Operand| {
        let value = value(operand);
        match operand.form {
            Form::Time | Form::Date => format!("epoch_ms(CAST({value} AS TIMESTAMP))"),
            Form::Bool => format!("CAST({value} AS INTEGER)"),
            Form::Float32 | Form::Float64 => {
                format!("CASE WHEN NOT isnan({value}) THEN CAST({value} AS DOUBLE) END")
            }
            Form::Int | Form::UInt64 | Form::Decimal => format!("CAST({value} AS DOUBLE)"),
            Form::Text | Form::Size | Form::Other => value,
        }
    };
    // Of times a time again.
    let back = |operand: &Operand, text: String| {
        if operand.form.is_time() { format!("make_timestamp_ms(CAST({text} AS BIGINT))") } else { text }
    };
    let mut columns: Vec<String> = Vec::new();
    for (place, (operand, span)) in grouping.keys.iter().enumerate() {
        let value = value(operand);
        let value = match span {
            Some(span) if operand.form.is_time() => {
                format!("date_trunc('{}', CAST({value} AS TIMESTAMP))", span_word(*span))
            }
            Some(_) | None => value,
        };
        columns.push(format!("{value} AS {}", sql_name(grouping.name(place))));
    }
    let keys = grouping.keys.len();
    columns.push(format!("count(*) AS {}", sql_name(grouping.name(keys))));
    columns.push(format!("count(*) / sum(count(*)) OVER () AS {}", sql_name(grouping.name(keys + 1))));
    for (name, operand, computed) in grouping.computed() {
        let text = match computed {
            Computed::Distinct => format!("count(DISTINCT {})", value(operand)),
            Computed::Mean => back(operand, format!("avg({})", number(operand))),
            Computed::Quantile(share) => {
                back(operand, format!("quantile_cont(CAST({} AS DOUBLE), {share})", number(operand)))
            }
            Computed::Least => back(operand, format!("min({})", number(operand))),
            Computed::Most => back(operand, format!("max({})", number(operand))),
            Computed::Share(test) => {
                format!("count(*) FILTER (WHERE {}) / count(*)", condition(operand, test))
            }
        };
        columns.push(format!("{text} AS {}", sql_name(name)));
    }
    let by: Vec<String> = (1..=keys).map(|place| place.to_string()).collect();
    let order = grouping.sorted().into_iter().map(|(name, ascending)| {
        format!("{} {} NULLS LAST", sql_name(name), if ascending { "ASC" } else { "DESC" })
    });
    (columns.join(",\n    "), by.join(", "), order.collect::<Vec<_>>().join(", "))
}

fn truth(is: bool) -> &'static str {
    if is { "True" } else { "False" }
}

/// The names of a result's columns, as Python lists them.
fn listed(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Lines that make `result` of `rows` in Polars.
pub fn polars(grouping: &Grouping, language: &impl Language) -> String {
    let number = |operand: &Operand| {
        let value = language.value(operand);
        match operand.form {
            Form::Time | Form::Date => format!("{value}.dt.epoch(\"ms\").cast(pl.Float64)"),
            Form::Float32 | Form::Float64 => format!("{value}.cast(pl.Float64).fill_nan(None)"),
            Form::Bool | Form::Int | Form::UInt64 | Form::Decimal => format!("{value}.cast(pl.Float64)"),
            Form::Text | Form::Size | Form::Other => value,
        }
    };
    let back = |operand: &Operand, text: String| {
        if operand.form.is_time() { format!("{text}.cast(pl.Int64).cast(pl.Datetime(\"ms\"))") } else { text }
    };
    let keys = grouping.keys.iter().enumerate().map(|(place, (operand, span))| {
        let value = language.value(operand);
        let value = match span {
            Some(span) if operand.form.is_time() => {
                let every = match span {
                    Span::Hour => "1h",
                    Span::Day => "1d",
                    Span::Month => "1mo",
                    Span::Year => "1y",
                };
                format!("{value}.cast(pl.Datetime(\"ms\")).dt.truncate(\"{every}\")")
            }
            Some(_) | None => value,
        };
        format!("    {value}.alias({}),\n", python(grouping.name(place)))
    });
    let keys: String = keys.collect();
    let count = grouping.keys.len();
    let mut computed = format!("    pl.len().alias({}),\n", python(grouping.name(count)));
    for (name, operand, what) in grouping.computed() {
        let text = match what {
            Computed::Distinct => format!("{}.drop_nulls().n_unique()", language.value(operand)),
            Computed::Mean => back(operand, format!("{}.mean()", number(operand))),
            Computed::Quantile(share) => {
                back(operand, format!("{}.quantile({share}, interpolation=\"linear\")", number(operand)))
            }
            Computed::Least => back(operand, format!("{}.min()", number(operand))),
            Computed::Most => back(operand, format!("{}.max()", number(operand))),
            Computed::Share(test) => format!("(({}).sum() / pl.len())", language.condition(operand, test)),
        };
        computed.push_str(&format!("    {text}.alias({}),\n", python(name)));
    }
    let rows = python(grouping.name(count));
    let share = python(grouping.name(count + 1));
    let sorted = grouping.sorted();
    format!(
        "groups = rows.group_by(\n{keys}).agg(\n{computed})\ngroups = groups.with_columns((pl.col({rows}) / pl.col({rows}).sum()).alias({share}))\n\
         groups = groups.sort([{}], descending=[{}], nulls_last=True)\nresult = groups.select({}).collect()\n",
        listed(sorted.iter().map(|(name, _)| python(name))),
        listed(sorted.iter().map(|(_, ascending)| truth(!ascending).to_owned())),
        listed(grouping.names.iter().map(|name| python(name))),
    )
}

/// Lines that make `result` of the table `rows` in pandas.
pub fn pandas(grouping: &Grouping, language: &impl Language) -> String {
    let mut text = String::from(
        "\n\ndef codes(values):\n    \"\"\"Equal values as equal numbers, and what those stand for.\"\"\"\n    \
         values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values\n    \
         encoded = values.dictionary_encode()\n    \
         return pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False), encoded.dictionary\n\n\n\
         def named(numbers, dictionary):\n    \"\"\"What such numbers stand for.\"\"\"\n    \
         places = pa.array([None if number < 0 else number for number in numbers], pa.int64())\n    \
         return pd.Series(dictionary.take(places).to_pandas(types_mapper=pd.ArrowDtype).array)\n\n\n",
    );
    // Both zeros are one, and so are all NaN.
    let key = |operand: &Operand, span: Option<Span>| {
        let value = language.value(operand);
        match span {
            Some(span) if operand.form.is_time() => format!(
                "pc.floor_temporal(pc.cast({value}, pa.timestamp(\"ms\"), safe=False), unit=\"{}\")",
                span_word(span)
            ),
            Some(_) | None if operand.form.has_nan() => format!(
                "pc.if_else(pc.is_nan({value}), float(\"nan\"), pc.add({value}, pa.scalar(0.0, {value}.type)))"
            ),
            Some(_) | None => value,
        }
    };
    let number = |operand: &Operand| {
        let value = language.value(operand);
        let value = match operand.form {
            Form::Time | Form::Date => {
                format!("pc.cast(pc.cast({value}, pa.timestamp(\"ms\"), safe=False), pa.int64())")
            }
            Form::Bool => format!("pc.cast({value}, pa.int64())"),
            Form::Int
            | Form::UInt64
            | Form::Float32
            | Form::Float64
            | Form::Decimal
            | Form::Text
            | Form::Size
            | Form::Other => value,
        };
        format!("pc.cast({value}, pa.float64(), safe=False).to_numpy(zero_copy_only=False)")
    };
    text.push_str("frame = pd.DataFrame(index=range(rows.num_rows))\nnames = {}\n");
    for (place, (operand, span)) in grouping.keys.iter().enumerate() {
        text.push_str(&format!(
            "frame[\"key {place}\"], names[\"key {place}\"] = codes({})\n",
            key(operand, *span)
        ));
    }
    let mut lines = String::new();
    for (place, (name, operand, what)) in grouping.computed().enumerate() {
        let (column, made) = match what {
            Computed::Distinct => (
                format!(
                    "frame[\"value {place}\"] = codes({})[0]\nframe.loc[frame[\"value {place}\"] < 0, \"value {place}\"] = float(\"nan\")\n",
                    key(operand, None)
                ),
                "nunique()".to_owned(),
            ),
            Computed::Mean => {
                (format!("frame[\"value {place}\"] = {}\n", number(operand)), "mean()".to_owned())
            }
            Computed::Quantile(share) => {
                (format!("frame[\"value {place}\"] = {}\n", number(operand)), format!("quantile({share})"))
            }
            Computed::Least => {
                (format!("frame[\"value {place}\"] = {}\n", number(operand)), "min()".to_owned())
            }
            Computed::Most => {
                (format!("frame[\"value {place}\"] = {}\n", number(operand)), "max()".to_owned())
            }
            Computed::Share(test) => (
                format!(
                    "found = pc.fill_null({}, False)\nfound = pa.array([found.as_py()] * rows.num_rows) if isinstance(found, pa.Scalar) else found\n\
                     frame[\"value {place}\"] = pc.cast(found, pa.float64()).to_numpy(zero_copy_only=False)\n",
                    language.condition(operand, test)
                ),
                "mean()".to_owned(),
            ),
        };
        text.push_str(&column);
        let time = operand.form.is_time() && !matches!(what, Computed::Distinct | Computed::Share(_));
        let made = format!("groups[\"value {place}\"].{made}");
        let made = if time { format!("pd.to_datetime({made}, unit=\"ms\")") } else { made };
        lines.push_str(&format!("result[{}] = {made}\n", python(name)));
    }
    let count = grouping.keys.len();
    let keys = listed((0..count).map(|place| format!("\"key {place}\"")));
    let rows = python(grouping.name(count));
    text.push_str(&format!(
        "groups = frame.groupby([{keys}], sort=False)\nresult = groups.size().to_frame({rows})\nresult[{}] = result[{rows}] / result[{rows}].sum()\n{lines}result = result.reset_index()\n",
        python(grouping.name(count + 1))
    ));
    for place in 0..count {
        text.push_str(&format!(
            "result.insert({place}, {}, named(result.pop(\"key {place}\"), names[\"key {place}\"]))\n",
            python(grouping.name(place))
        ));
    }
    let sorted = grouping.sorted();
    text.push_str(&format!(
        "result = result.sort_values([{}], ascending=[{}], na_position=\"last\", ignore_index=True)\nprint(result)\n",
        listed(sorted.iter().map(|(name, _)| python(name))),
        listed(sorted.iter().map(|(_, ascending)| truth(*ascending).to_owned())),
    ));
    text
}

/// Lines that make `result` of `rows` in Spark.
pub fn spark(grouping: &Grouping, language: &impl Language) -> String {
    let number = |operand: &Operand| {
        let value = language.value(operand);
        match operand.form {
            Form::Time | Form::Date => {
                format!("F.unix_millis({value}.cast(\"timestamp\")).cast(\"double\")")
            }
            Form::Float32 | Form::Float64 => format!("F.when(~F.isnan({value}), {value}.cast(\"double\"))"),
            Form::Bool => format!("{value}.cast(\"int\").cast(\"double\")"),
            Form::Int | Form::UInt64 | Form::Decimal => format!("{value}.cast(\"double\")"),
            Form::Text | Form::Size | Form::Other => value,
        }
    };
    let back = |operand: &Operand, text: String| {
        if operand.form.is_time() { format!("F.timestamp_millis({text}.cast(\"bigint\"))") } else { text }
    };
    let keys = grouping.keys.iter().enumerate().map(|(place, (operand, span))| {
        let value = language.value(operand);
        let value = match span {
            Some(span) if operand.form.is_time() => {
                format!("F.date_trunc(\"{}\", {value}.cast(\"timestamp\"))", span_word(*span))
            }
            Some(_) | None => value,
        };
        format!("    {value}.alias({}),\n", python(grouping.name(place)))
    });
    let keys: String = keys.collect();
    let count = grouping.keys.len();
    let rows = python(grouping.name(count));
    let mut computed = format!("    F.count(F.lit(1)).alias({rows}),\n");
    for (name, operand, what) in grouping.computed() {
        let text = match what {
            Computed::Distinct => format!("F.count_distinct({})", language.value(operand)),
            Computed::Mean => back(operand, format!("F.avg({})", number(operand))),
            Computed::Quantile(share) => {
                back(operand, format!("F.percentile({}, F.lit({share}))", number(operand)))
            }
            Computed::Least => back(operand, format!("F.min({})", number(operand))),
            Computed::Most => back(operand, format!("F.max({})", number(operand))),
            Computed::Share(test) => {
                format!("F.avg(F.when({}, 1.0).otherwise(0.0))", language.condition(operand, test))
            }
        };
        computed.push_str(&format!("    {text}.alias({}),\n", python(name)));
    }
    // A name in backticks is one name, whatever is in it.
    let column = |name: &str| format!("F.col({})", super::quote::spark_name(name));
    let order = grouping.sorted().into_iter().map(|(name, ascending)| {
        format!("{}.{}_nulls_last()", column(name), if ascending { "asc" } else { "desc" })
    });
    format!(
        "groups = rows.groupBy(\n{keys}).agg(\n{computed})\n\
         result = groups.withColumn({}, {count} / F.sum({count}).over(Window.partitionBy()))\n\
         result = result.orderBy({})\nresult = result.select({})\n",
        python(grouping.name(count + 1)),
        listed(order),
        listed(grouping.names.iter().map(|name| column(name))),
        count = column(grouping.name(count)),
    )
}
