//! What the languages share in which a view is written as operations on columns: which conditions there
//! are, what a column's value and its key of the order are. A tool says how each is written.

use super::plan::{Form, OneOf, Operand, Plan, Test};
use super::python::literal;
use super::quote::python;
use crate::view::catalog::SubsetRows;

/// The kinds of values in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Texts.
    Texts,
    /// True and false.
    Bools,
    /// Whole numbers; of times, milliseconds.
    Whole,
    /// Other numbers.
    Numbers,
}

/// How a tool writes columns and conditions.
pub trait Language {
    /// A column by its name.
    fn column(&self, name: &str) -> String;
    /// Width times height, as text.
    fn size(&self) -> String;
    /// A decimal number as one of eight bytes.
    fn double(&self, value: &str) -> String;
    /// A number, null where it is NaN.
    fn without_nan(&self, value: &str) -> String;
    /// Whether the row is one of the first ones.
    fn is_before(&self, rows: u64) -> String;
    /// Whether the row is one of those that the app chooses by chance.
    fn is_chosen(&self, of: u64, rows: u64, seed: u64) -> String;
    /// Whether the row's image, whose path is in the column `path`, is in one of the first shards.
    fn is_in_shards(&self, path: &str, last: u32) -> String;
    /// Nothing passes.
    fn never(&self) -> String;
    /// No value.
    fn is_null(&self, value: &str) -> String;
    /// A value.
    fn is_valid(&self, value: &str) -> String;
    /// NaN; false where there is no value.
    fn is_nan(&self, value: &str) -> String;
    /// Numbers between two ends, neither null nor NaN.
    fn numbers(&self, operand: &Operand, low: Option<f64>, high: Option<f64>) -> String;
    /// Points in time, from the first to, not including, the second.
    fn millis(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String;
    /// Days, the same.
    fn days(&self, value: &str, start: Option<i64>, end: Option<i64>) -> String;
    /// One of these; false where there is no value.
    fn is_in(&self, operand: &Operand, what: Items, items: &[String]) -> String;
    /// One of several conditions, of which there is one at least.
    fn either(&self, any: Vec<String>) -> String;
    /// The opposite.
    fn not(&self, condition: &str) -> String;

    /// A column's value.
    fn value(&self, operand: &Operand) -> String {
        match operand.form {
            Form::Size => self.size(),
            Form::Decimal => self.double(&self.column(&operand.name)),
            Form::Bool
            | Form::Int
            | Form::UInt64
            | Form::Float32
            | Form::Float64
            | Form::Time
            | Form::Date
            | Form::Text
            | Form::Other => self.column(&operand.name),
        }
    }

    /// What rows are sorted by.
    fn key(&self, operand: &Operand) -> String {
        let value = self.value(operand);
        if operand.form.has_nan() { self.without_nan(&value) } else { value }
    }

    /// All conditions of a view but its search.
    fn conditions(&self, plan: &Plan) -> Vec<String> {
        let subset = plan.subset.map(|subset| match subset {
            SubsetRows::First(rows) => self.is_before(rows),
            SubsetRows::Random { rows, seed } => self.is_chosen(plan.rows, rows, seed),
            SubsetRows::Shards(last) => self.is_in_shards(&plan.path, last),
        });
        let tests = plan.tests.iter().map(|(operand, test)| self.condition(operand, test));
        subset.into_iter().chain(tests).collect()
    }

    /// A condition on a column.
    fn condition(&self, operand: &Operand, test: &Test) -> String {
        let value = self.value(operand);
        match test {
            Test::Never => self.never(),
            Test::Null => self.is_null(&value),
            Test::NotNull => self.is_valid(&value),
            Test::Numbers { low, high } => self.numbers(operand, *low, *high),
            Test::Millis { start, end } => self.millis(&value, *start, *end),
            Test::Days { start, end } => self.days(&value, *start, *end),
            Test::OneOf(list) => self.one_of(operand, list),
        }
    }

    /// Values of a list, or all but those.
    fn one_of(&self, operand: &Operand, list: &OneOf) -> String {
        let OneOf { whole, numbers, texts, bools, nan, null, negated } = list;
        let value = self.value(operand);
        let truth = |value: &bool| if *value { "True".to_owned() } else { "False".to_owned() };
        let lists = [
            (Items::Texts, texts.iter().map(|text| python(text)).collect::<Vec<_>>()),
            (Items::Bools, bools.iter().map(truth).collect()),
            (Items::Whole, whole.iter().map(i128::to_string).collect()),
            (Items::Numbers, numbers.iter().map(|value| literal(*value)).collect()),
        ];
        let lists = lists.into_iter().filter(|(_, items)| !items.is_empty());
        let mut any: Vec<String> = lists.map(|(what, items)| self.is_in(operand, what, &items)).collect();
        if *nan {
            any.push(self.is_nan(&value));
        }
        if *null {
            any.push(self.is_null(&value));
        }
        let any = if any.is_empty() { self.never() } else { self.either(any) };
        if *negated { self.not(&any) } else { any }
    }
}

/// Both ends of a range, or what holds where it has none.
pub fn between(
    start: Option<String>,
    end: Option<String>,
    else_: String,
    and: impl Fn(String, String) -> String,
) -> String {
    start.into_iter().chain(end).reduce(and).unwrap_or(else_)
}
