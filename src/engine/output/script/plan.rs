//! What a view asks, in the terms of values.

use super::Ask;
use super::groups::Grouping;
use super::quote::comment;
use super::terms::{self, Group};
use crate::base::calendar::DAY_MILLIS;
use crate::base::numbers;
use crate::protocol::{Column, Kind, VARIANT};
use crate::table::filter::widen;
use crate::view::catalog::{SIZE, SubsetRows};
use crate::view::facts::Labels;
use crate::view::spec::{Clause, ListValue, Span};

/// What is asked.
#[derive(Debug, Default)]
pub struct Plan {
    /// Conditions on columns; all must hold.
    pub tests: Vec<(Operand, Test)>,
    /// What is asked of prompts, and the column that holds them.
    pub query: Option<(String, Vec<Group>)>,
    /// Which rows count at all.
    pub subset: Option<SubsetRows>,
    /// The column of image paths, which hold the shard.
    pub path: String,
    /// Rows in the file.
    pub rows: u64,
    /// The order, the most important key first; `true` puts the largest first.
    pub sort: Vec<(Operand, bool)>,
    /// The columns that are wanted; all where there is none.
    pub columns: Vec<Operand>,
    /// Groups in place of the rows.
    pub groups: Option<Grouping>,
    /// What the script can't say.
    pub notes: Vec<String>,
}

/// A column, and what its values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// Its name.
    pub name: String,
    /// Its values.
    pub form: Form,
    /// Names of coded values.
    pub labels: Labels,
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// True or false.
    Bool,
    /// Whole numbers.
    Int,
    /// Whole numbers, some of them above 2^63.
    UInt64,
    /// Numbers of four bytes.
    Float32,
    /// Numbers of eight bytes.
    Float64,
    /// Numbers with a fixed number of decimals.
    Decimal,
    /// Points in time.
    Time,
    /// Days.
    Date,
    /// Text.
    Text,
    /// Width times height, as text.
    Size,
    /// Anything else, which can only be there or not.
    Other,
}

impl Form {
    /// Whether some values are NaN.
    pub fn has_nan(self) -> bool {
        match self {
            Self::Float32 | Self::Float64 => true,
            Self::Bool
            | Self::Int
            | Self::UInt64
            | Self::Decimal
            | Self::Time
            | Self::Date
            | Self::Text
            | Self::Size
            | Self::Other => false,
        }
    }

    /// Whether they are points in time, be it days.
    pub fn is_time(self) -> bool {
        match self {
            Self::Time | Self::Date => true,
            Self::Bool
            | Self::Int
            | Self::UInt64
            | Self::Float32
            | Self::Float64
            | Self::Decimal
            | Self::Text
            | Self::Size
            | Self::Other => false,
        }
    }
}

/// A condition on a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Numbers between two ends, both included; neither null nor NaN.
    Numbers {
        /// Smallest.
        low: Option<f64>,
        /// Largest.
        high: Option<f64>,
    },
    /// Milliseconds since 1970, from the first to, not including, the second.
    Millis {
        /// First.
        start: Option<i64>,
        /// First one after.
        end: Option<i64>,
    },
    /// Days since 1970, the same.
    Days {
        /// First.
        start: Option<i64>,
        /// First one after.
        end: Option<i64>,
    },
    /// One of these, or none of them.
    OneOf(OneOf),
    /// No value.
    Null,
    /// A value.
    NotNull,
    /// Nothing passes.
    Never,
}

/// Values, null and NaN apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneOf {
    /// Numbers that are whole; for times milliseconds.
    pub whole: Vec<i128>,
    /// Other numbers.
    pub numbers: Vec<f64>,
    /// Texts.
    pub texts: Vec<String>,
    /// True and false.
    pub bools: Vec<bool>,
    /// Whether NaN is one.
    pub nan: bool,
    /// Whether null is one.
    pub null: bool,
    /// All but these.
    pub negated: bool,
}

impl Plan {
    /// What is asked.
    pub fn new(ask: &Ask<'_>) -> Self {
        let subset = ask.rows.subset.as_ref().and_then(|subset| subset.rows(ask.facts));
        let mut plan = Self { rows: ask.row_count, subset, ..Self::default() };
        let operand = |name: &str| {
            let column = ask.columns.iter().find(|column| column.name == name)?;
            if is_measured(column) {
                return None;
            }
            let labels = ask.facts.meaning(name, None).labels.clone();
            Some(Operand { name: name.to_owned(), form: form(column), labels })
        };
        let is_made_here =
            |name: &str| ask.columns.iter().any(|column| column.name == name && is_measured(column));
        for (name, clause) in &ask.rows.filters {
            match operand(name) {
                Some(operand) if operand.form != Form::Other => {
                    let test = test(&operand, clause);
                    plan.tests.push((operand, test));
                }
                None if is_made_here(name) => {
                    plan.notes.push(format!("the filter on {name} is left out: Vitrine measures that"));
                }
                Some(_) | None => {
                    plan.notes.push(format!("the filter on {name} is left out, here as there"));
                }
            }
        }
        match (ask.prompt, terms::groups(ask.rows.query.as_deref().unwrap_or_default())) {
            (Some(prompt), Ok(groups)) if !groups.is_empty() => {
                plan.query = Some((prompt.to_owned(), groups))
            }
            (None, Ok(groups)) if !groups.is_empty() => {
                plan.notes.push("the search is left out: there is no column of prompts".to_owned());
            }
            (_, Ok(_)) => {}
            (_, Err(why)) => plan.notes.push(format!("the search is left out: {why}")),
        }
        plan.path = ask.path.unwrap_or_default().to_owned();
        if matches!(plan.subset, Some(SubsetRows::Shards(_))) && operand(&plan.path).is_none() {
            plan.notes.push("the subset is left out: there is no column of image paths".to_owned());
            plan.subset = None;
        }
        for key in &ask.rows.sort {
            match operand(&key.column).filter(|operand| operand.form != Form::Other) {
                Some(operand) => plan.sort.push((operand, key.descending)),
                None if is_made_here(&key.column) => {
                    plan.notes
                        .push(format!("the order by {} is left out: Vitrine measures that", key.column));
                }
                None => {}
            }
        }
        for name in ask.wanted.iter().filter(|name| is_made_here(name)) {
            plan.notes.push(format!("the column {name} is left out: Vitrine measures that"));
        }
        plan.groups = ask.groups.and_then(|group_by| Grouping::new(group_by, operand));
        if ask.groups.is_some() && plan.groups.is_none() {
            plan.notes.push(
                "the groups are left out, their rows are here: they are of a column that is not in the file"
                    .to_owned(),
            );
        }
        plan.columns = ask.wanted.iter().filter_map(|name| operand(name)).collect();
        plan
    }

    /// Lines of comment at the beginning of a script.
    pub fn heading(&self, mark: &str, needs: &str) -> String {
        let mut lines = format!(
            "{mark} Made by Vitrine: the {} of a view, in their order. Needs {}.\n",
            if self.groups.is_some() { "groups" } else { "rows" },
            comment(needs)
        );
        for note in &self.notes {
            lines.push_str(&format!("{mark} NOTE: {}.\n", comment(note)));
        }
        lines
    }

    /// The size and seed of a random subset.
    pub fn random(&self) -> Option<(u64, u64)> {
        match self.subset? {
            SubsetRows::Random { rows, seed } => Some((rows, seed)),
            SubsetRows::First(_) | SubsetRows::Shards(_) => None,
        }
    }
}

/// Whether a column is neither in the file nor made of it in a way that other programs know.
fn is_measured(column: &Column) -> bool {
    !column.derived_from.is_empty() && column.name != SIZE
}

/// What the values of a column are.
fn form(column: &Column) -> Form {
    if !column.derived_from.is_empty() {
        return if column.name == SIZE { Form::Size } else { Form::Other };
    }
    match column.kind {
        Kind::Bool => Form::Bool,
        Kind::Integer if column.type_name == "UINT_64" => Form::UInt64,
        Kind::Text if column.type_name == "INTERVAL" || column.type_name == VARIANT => Form::Other,
        Kind::Integer => Form::Int,
        Kind::Float if column.type_name == "FLOAT" => Form::Float32,
        Kind::Float if column.type_name == "DOUBLE" => Form::Float64,
        Kind::Float => Form::Decimal,
        Kind::Time if column.type_name == "DATE" => Form::Date,
        Kind::Time => Form::Time,
        Kind::Text => Form::Text,
        // Times of day, and lengths of time, are of types of their own elsewhere.
        Kind::Clock | Kind::Duration | Kind::Binary | Kind::Nested => Form::Other,
    }
}

/// What a clause means for values of this form.
fn test(operand: &Operand, clause: &Clause) -> Test {
    let days = |start: Option<i64>, end: Option<i64>| {
        let up = |millis: i64| millis.div_euclid(DAY_MILLIS) + i64::from(millis.rem_euclid(DAY_MILLIS) != 0);
        Test::Days { start: start.map(up), end: end.map(up) }
    };
    match clause {
        Clause::Null => Test::Null,
        Clause::NotNull => Test::NotNull,
        Clause::Range(range) => match range.span() {
            Span::Numbers { low, high } => match operand.form {
                Form::Text | Form::Size | Form::Other => Test::Never,
                Form::Time | Form::Date => {
                    let start = low.map(|low| low.ceil() as i64);
                    let end = high.map(|high| (high.floor() as i64).saturating_add(1));
                    if operand.form == Form::Date { days(start, end) } else { Test::Millis { start, end } }
                }
                // A column of four-byte numbers is asked in its own precision.
                Form::Float32 => {
                    let own = |end: f64| f64::from(end as f32);
                    Test::Numbers { low: low.map(own), high: high.map(own) }
                }
                Form::Bool | Form::Int | Form::UInt64 | Form::Float64 | Form::Decimal => {
                    Test::Numbers { low, high }
                }
            },
            Span::Times { start_millis: start, end_millis: end } => match operand.form {
                Form::Time => Test::Millis { start, end },
                Form::Date => days(start, end),
                Form::Int | Form::UInt64 => Test::Numbers {
                    low: start.map(|start| start as f64),
                    high: end.map(|end| (end - 1) as f64),
                },
                Form::Bool
                | Form::Float32
                | Form::Float64
                | Form::Decimal
                | Form::Text
                | Form::Size
                | Form::Other => Test::Never,
            },
        },
        Clause::List(list) => {
            let mut one_of = OneOf { negated: list.negated, ..OneOf::default() };
            for value in &list.values {
                match value {
                    ListValue::Null => one_of.null = true,
                    ListValue::Text(text) => one_of.add(operand, text),
                }
            }
            Test::OneOf(one_of)
        }
    }
}

impl OneOf {
    /// Adds a whole number, where the column can hold it: other tools refuse the others.
    fn add_whole(&mut self, form: Form, value: i128) {
        let holds = match form {
            Form::UInt64 => (0..=i128::from(u64::MAX)).contains(&value),
            Form::Int | Form::Time | Form::Date => i64::try_from(value).is_ok(),
            Form::Bool
            | Form::Float32
            | Form::Float64
            | Form::Decimal
            | Form::Text
            | Form::Size
            | Form::Other => false,
        };
        if holds {
            self.whole.push(value);
        }
    }

    /// Adds what goes by this text.
    pub fn add(&mut self, operand: &Operand, text: &str) {
        let labels = &operand.labels;
        match operand.form {
            Form::Text | Form::Size => self.texts.push(text.to_owned()),
            Form::Bool => match text {
                "true" => self.bools.push(true),
                "false" => self.bools.push(false),
                _ => {}
            },
            Form::Int | Form::UInt64 | Form::Time | Form::Date => {
                if let Some((code, _)) = labels.iter().find(|(_, label)| label == text) {
                    self.add_whole(operand.form, i128::from(*code));
                } else if let Some(whole) = whole(text)
                    // A code that has a name goes by that alone.
                    && !labels.iter().any(|(code, _)| i128::from(*code) == whole)
                {
                    self.add_whole(operand.form, whole);
                }
            }
            Form::Float32 => match text.parse::<f32>() {
                Ok(value) if value.is_nan() => self.nan = true,
                Ok(value) => self.numbers.push(f64::from(value)),
                Err(_) => {}
            },
            Form::Float64 | Form::Decimal => match numbers::parse(text) {
                Some(value) if value.is_nan() => self.nan = true,
                Some(value) => self.numbers.push(value),
                None => {}
            },
            Form::Other => {}
        }
    }
}

/// The whole number that a text is: `8`, `8.0`, `1e3`.
fn whole(text: &str) -> Option<i128> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(i128::from(whole));
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(i128::from(whole));
    }
    let value: f64 = text.contains(['.', 'e', 'E']).then(|| text.parse().ok())??;
    (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i128)
}

/// A number as every one of the languages reads it. Ends of ranges of four-byte numbers are written out to
/// the last digit, since they are compared as eight-byte ones.
pub fn number(value: f64) -> String {
    format!("{value:?}")
}

/// The same, as it is written in a column of four-byte numbers.
pub fn short_number(value: f64) -> String {
    number(widen(value as f32))
}
