//! One clause on one column: which rows pass.

use crate::base::bits::Bits;
use crate::base::numbers;
use crate::table::column::{Column, Plain, ROWS_A_CALL, Store, Value, value_at};
use crate::table::text;
use crate::view::facts::Meaning;
use crate::view::spec::{Clause, List, ListValue, Span};

/// Sets `bit` in the mask of every row of the column that fails the clause, and clears it in that of every row
/// that passes. Rows that the column does not reach yet fail.
pub fn mark(clause: &Clause, column: &Column, bit: u16, mask: &mut [u16]) {
    Condition::new(clause, column.known()).mark(column, bit, mask);
}

/// Whether a value that means this passes the clause.
pub fn passes(clause: &Clause, known: &Meaning, value: Value<'_>) -> bool {
    Condition::new(clause, known).passes(value)
}

/// A clause compiled for one column, in terms of its values.
struct Condition<'a> {
    known: &'a Meaning,
    test: Check<'a>,
}

enum Check<'a> {
    /// Both ends included.
    Numbers {
        low: Option<f64>,
        high: Option<f64>,
    },
    /// Milliseconds since 1970; `end` is excluded.
    Times {
        start: Option<i64>,
        end: Option<i64>,
    },
    List(&'a List),
    Null,
    NotNull,
}

impl<'a> Condition<'a> {
    fn new(clause: &'a Clause, known: &'a Meaning) -> Self {
        let test = match clause {
            Clause::Range(range) => match range.span() {
                Span::Numbers { low, high } => Check::Numbers { low, high },
                Span::Times { start_millis, end_millis } => {
                    Check::Times { start: start_millis, end: end_millis }
                }
            },
            Clause::List(list) => Check::List(list),
            Clause::Null => Check::Null,
            Clause::NotNull => Check::NotNull,
        };
        Self { known, test }
    }

    fn passes(&self, value: Value<'_>) -> bool {
        match &self.test {
            Check::Null => value == Value::Null,
            Check::NotNull => value != Value::Null,
            Check::Numbers { low, high } => {
                // A column of four-byte numbers is asked in its own precision: 7.1 is in `7.1..`.
                let at_least = |low: f64| match value {
                    Value::Float32(value) => value >= low as f32,
                    value => number(value).is_some_and(|value| value >= low),
                };
                let at_most = |high: f64| match value {
                    Value::Float32(value) => value <= high as f32,
                    value => number(value).is_some_and(|value| value <= high),
                };
                number(value).is_some_and(|value| !value.is_nan())
                    && low.is_none_or(at_least)
                    && high.is_none_or(at_most)
            }
            Check::Times { start, end } => match value {
                Value::Int(value) => {
                    start.is_none_or(|start| value >= start) && end.is_none_or(|end| value < end)
                }
                Value::Null
                | Value::Bool(_)
                | Value::UInt(_)
                | Value::Float32(_)
                | Value::Float64(_)
                | Value::Bytes(_) => false,
            },
            Check::List(list) => {
                let listed = list.values.iter().any(|wanted| match wanted {
                    ListValue::Null => value == Value::Null,
                    ListValue::Text(text) => is_called(self.known, value, text),
                });
                listed != list.negated
            }
        }
    }

    fn mark(&self, column: &Column, bit: u16, mask: &mut [u16]) {
        match column.store() {
            Store::Codes8(codes, values) => {
                let mut fails = [bit; 256];
                for (code, fail) in fails.iter_mut().enumerate() {
                    let value =
                        if code == 255 { Value::Null } else { column.meaning(value_at(values, code)) };
                    if (code == 255 || code < values.len()) && self.passes(value) {
                        *fail = 0;
                    }
                }
                mark_rows(mask, bit, codes, |code| fails.get(usize::from(code)).copied().unwrap_or(bit));
            }
            Store::Codes16(codes, values) => {
                let mut fails = vec![bit; 1 << 16];
                for (code, fail) in fails.iter_mut().enumerate() {
                    let value =
                        if code == 65_535 { Value::Null } else { column.meaning(value_at(values, code)) };
                    if (code == 65_535 || code < values.len()) && self.passes(value) {
                        *fail = 0;
                    }
                }
                mark_rows(mask, bit, codes, |code| fails.get(usize::from(code)).copied().unwrap_or(bit));
            }
            Store::Text(texts) => {
                let null = if self.passes(Value::Null) { 0 } else { bit };
                match &self.test {
                    // Looked up once, instead of asking every text.
                    Check::List(list) => {
                        let (listed, other) = if list.negated { (bit, 0) } else { (0, bit) };
                        let mut named = Bits::new(texts.distinct(), false);
                        let codes = list.texts().filter_map(|text| texts.code_of(text.as_bytes()));
                        codes.for_each(|code| named.set(code as usize, true));
                        mark_rows(mask, bit, texts.codes(), |code| match code {
                            text::NULL => null,
                            code if named.has(code as usize) => listed,
                            _ => other,
                        });
                    }
                    Check::Numbers { .. } | Check::Times { .. } | Check::Null | Check::NotNull => {
                        let value = if self.passes(Value::Bytes(b"")) { 0 } else { bit };
                        mark_rows(
                            mask,
                            bit,
                            texts.codes(),
                            |code| if code == text::NULL { null } else { value },
                        );
                    }
                }
            }
            Store::Plain(plain, valid) => self.mark_plain(plain, valid.as_deref(), column, bit, mask),
        }
    }

    fn mark_plain(&self, plain: &Plain, valid: Option<&[bool]>, column: &Column, bit: u16, mask: &mut [u16]) {
        let fail = |pass: bool| if pass { 0 } else { bit };
        match (&self.test, plain) {
            // The ranges that people drag are worth a loop of their own.
            (Check::Numbers { low, high }, Plain::Float32(all)) => {
                let low = low.map_or(f32::NEG_INFINITY, |low| low as f32);
                let high = high.map_or(f32::INFINITY, |high| high as f32);
                mark_rows(mask, bit, all, |value| fail(value >= low && value <= high));
            }
            (Check::Numbers { low, high }, Plain::UInt32(all)) => {
                let low = low.unwrap_or(f64::NEG_INFINITY);
                let high = high.unwrap_or(f64::INFINITY);
                mark_rows(mask, bit, all, |value| fail(f64::from(value) >= low && f64::from(value) <= high));
            }
            (Check::Times { start, end }, Plain::Int64(all)) => {
                let (start, end) = (start.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX));
                mark_rows(mask, bit, all, |value| fail(value >= start && value < end));
            }
            (Check::Null | Check::NotNull, _) => {
                let wanted = matches!(self.test, Check::NotNull);
                match valid {
                    Some(valid) => mark_rows(mask, bit, valid, |valid| fail(valid == wanted)),
                    None => mark_rows(mask, bit, &vec![(); column.rows()], |()| fail(wanted)),
                }
                return;
            }
            // What is listed is read once, instead of for every row.
            (Check::List(list), Plain::UInt32(all)) => {
                let listed = whole_numbers(self.known, list);
                mark_rows(mask, bit, all, |value| {
                    fail(listed.binary_search(&i64::from(value)).is_ok() != list.negated)
                });
            }
            (Check::List(list), Plain::Float32(all)) => {
                let listed: Vec<f32> = list.texts().filter_map(|text| text.parse().ok()).collect();
                let same = |a: f32, b: f32| a == b || a.is_nan() && b.is_nan();
                let has = |value: f32| listed.iter().any(|listed| same(*listed, value));
                if self.known.labels.is_empty() {
                    mark_rows(mask, bit, all, |value| fail(has(value) != list.negated));
                } else {
                    mark_rows(mask, bit, all, |value| fail(self.passes(Value::Float32(value))));
                }
            }
            (_, Plain::UInt32(all)) => {
                mark_rows(mask, bit, all, |value| fail(self.passes(Value::Int(i64::from(value)))));
            }
            (_, Plain::Int64(all)) => {
                mark_rows(mask, bit, all, |value| fail(self.passes(column.meaning(Value::Int(value)))));
            }
            (_, Plain::Float32(all)) => {
                mark_rows(mask, bit, all, |value| fail(self.passes(Value::Float32(value))));
            }
            (_, Plain::Float64(all)) => {
                mark_rows(mask, bit, all, |value| fail(self.passes(Value::Float64(value))));
            }
        }
        if let Some(valid) = valid {
            let null = fail(self.passes(Value::Null));
            for (mask, valid) in mask.iter_mut().zip(valid) {
                if !valid {
                    *mask = (*mask & !bit) | null;
                }
            }
        }
    }
}

/// Gives every row the bit that its value earns, and rows behind the last value the bit.
fn mark_rows<T: Copy>(mask: &mut [u16], bit: u16, values: &[T], fail: impl Fn(T) -> u16 + Copy) {
    let (reached, rest) = mask.split_at_mut(values.len().min(mask.len()));
    for (mask, values) in reached.chunks_mut(ROWS_A_CALL).zip(values.chunks(ROWS_A_CALL)) {
        mark_some(mask, bit, values, fail);
    }
    rest.iter_mut().for_each(|mask| *mask |= bit);
}

#[inline(never)]
fn mark_some<T: Copy>(mask: &mut [u16], bit: u16, values: &[T], fail: impl Fn(T) -> u16) {
    for (mask, value) in mask.iter_mut().zip(values) {
        *mask = (*mask & !bit) | fail(*value);
    }
}

/// A value as a number, where it is one.
pub fn number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(value) => Some(value as f64),
        Value::UInt(value) => Some(value as f64),
        // By way of its shortest decimals, so that 7.1 is 7.1 and not 7.099999904632568.
        Value::Float32(value) => Some(widen(value)),
        Value::Float64(value) => Some(value),
        Value::Bool(value) => Some(f64::from(u8::from(value))),
        Value::Null | Value::Bytes(_) => None,
    }
}

/// The number that people write for this one of four bytes.
pub fn widen(value: f32) -> f64 {
    if value.fract() == 0.0 {
        f64::from(value)
    } else {
        value.to_string().parse().unwrap_or(f64::from(value))
    }
}

/// The whole numbers that go by one of these texts.
fn whole_numbers(known: &Meaning, list: &List) -> Vec<i64> {
    let mut found: Vec<i64> = Vec::new();
    for text in list.texts() {
        let rounded = numbers::parse(text).filter(|value| value.fract() == 0.0).map(|value| value as i64);
        let coded = known.labels.iter().filter(|(_, label)| label == text).map(|(code, _)| *code);
        let maybe = text.parse::<i64>().ok().into_iter().chain(rounded).chain(coded);
        found.extend(maybe.filter(|value| is_called(known, Value::Int(*value), text)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a value goes by `text`: its label, or itself as text.
fn is_called(known: &Meaning, value: Value<'_>, text: &str) -> bool {
    if let Some(label) = number(value).and_then(|value| known.label(value)) {
        return label == text;
    }
    match value {
        Value::Null => false,
        Value::Bytes(bytes) => bytes == text.as_bytes(),
        Value::Bool(value) => text == if value { "true" } else { "false" },
        Value::Int(value) => text.parse() == Ok(value) || is_written_as(text, value as f64),
        Value::UInt(value) => text.parse() == Ok(value) || is_written_as(text, value as f64),
        Value::Float32(value) => {
            text.parse::<f32>().is_ok_and(|wanted| wanted == value || wanted.is_nan() && value.is_nan())
        }
        Value::Float64(value) => {
            numbers::parse(text).is_some_and(|wanted| wanted == value || wanted.is_nan() && value.is_nan())
        }
    }
}

/// Whether a text that is no whole number, as `7.0` or `1e3`, is this number. Whole numbers are compared
/// as such: above 2^53 many of them are one as a number with a point.
fn is_written_as(text: &str, value: f64) -> bool {
    text.contains(['.', 'e', 'E']) && text.parse() == Ok(value)
}

/// What a value is called in links and on the screen: its label, or itself as text.
pub fn call(known: &Meaning, value: Value<'_>) -> Option<String> {
    if let Some(label) = number(value).and_then(|value| known.label(value)) {
        return Some(label.to_owned());
    }
    match value {
        Value::Null => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.to_string()),
        Value::UInt(value) => Some(value.to_string()),
        Value::Float32(value) => Some(value.to_string()),
        Value::Float64(value) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{mark, passes};
    use crate::formats::parquet::decode::Decoded;
    use crate::formats::parquet::decode::Values;
    use crate::table::column::{Column, Value};
    use crate::view::facts::Meaning;
    use crate::view::spec::Clause;
    use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof};

    fn float(rows: &[Option<f32>]) -> Column {
        let mut column = Column::with_capacity(0);
        let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
        let values = Values::Float32(rows.iter().flatten().copied().collect());
        let valid = valid.contains(&false).then_some(valid);
        column.append(&Decoded { rows: rows.len() as u32, valid, values }, None).unwrap();
        column
    }

    fn check(clause: &Clause, rows: &[Option<f32>], expected: &[bool]) {
        let mut mask = vec![0u16; rows.len() + 1];
        mark(clause, &float(rows), 4, &mut mask);
        let got: Vec<bool> = mask.iter().map(|mask| *mask == 0).collect();
        assert_eq!(got.split_last(), Some((&false, expected)), "a row that is not read fails");
    }

    #[test]
    fn both_ends_belong_to_a_range_and_null_and_nan_to_none() {
        let rows = [Some(7.1), Some(12.0), Some(12.5), None, Some(f32::NAN), Some(-3.0)];
        check(&Clause::numbers(Some(7.1), Some(12.0)), &rows, &[true, true, false, false, false, false]);
        check(&Clause::numbers(None, Some(7.1)), &rows, &[true, false, false, false, false, true]);
        check(&Clause::Null, &rows, &[false, false, false, true, false, false]);
        check(&Clause::NotNull, &rows, &[true, true, true, false, true, true]);
    }

    #[test]
    fn lists_go_by_text_and_may_name_null() {
        let rows = [Some(7.5), Some(8.0), None];
        let list = |values: &[Option<&str>], negated| {
            Clause::list(values.iter().map(|value| value.map(str::to_owned)), negated)
        };
        check(&list(&[Some("7.5"), None], false), &rows, &[true, false, true]);
        check(&list(&[Some("8")], true), &rows, &[true, false, true]);
        check(&list(&[], false), &rows, &[false, false, false]);
    }

    #[test]
    fn labels_stand_for_codes() {
        let list = Clause::list([Some("k_lms".to_owned())], false);
        let labels = vec![(1, "ddim".to_owned()), (8, "k_lms".to_owned())];
        let known = Meaning { labels, ..Meaning::default() };
        assert!(passes(&list, &known, Value::Int(8)));
        assert!(!passes(&list, &known, Value::Int(1)));
        assert!(!passes(&list, &Meaning::default(), Value::Int(8)));
    }

    fn clauses() -> impl Strategy<Value = Clause> {
        let end = || proptest::option::of(-5f64..20.0);
        prop_oneof![
            (end(), end()).prop_map(|(low, high)| Clause::numbers(low, high)),
            (
                proptest::collection::vec(
                    proptest::option::of((-5i32..20).prop_map(|n| n.to_string())),
                    0..5
                ),
                any::<bool>()
            )
                .prop_map(|(values, negated)| Clause::list(values, negated)),
            proptest::strategy::Just(Clause::Null),
            proptest::strategy::Just(Clause::NotNull),
        ]
    }

    proptest::proptest! {
        /// Few values are codes, many are plain: both must do what asking row by row does.
        #[test]
        fn marking_agrees_with_asking_each_row(
            clause in clauses(),
            rows in proptest::collection::vec(proptest::option::of((-10i32..40).prop_map(|n| n as f32 / 2.0)), 0..100),
            plain: bool,
        ) {
            let mut all = rows.clone();
            if plain {
                all.extend((0..70_000).map(|n| Some(n as f32 + 100.25)));
            }
            let column = float(&all);
            let mut mask = vec![3u16; all.len()];
            mark(&clause, &column, 2, &mut mask);
            for (row, value) in rows.iter().enumerate() {
                let passed = passes(&clause, column.known(), value.map_or(Value::Null, Value::Float32));
                prop_assert_eq!(mask[row], if passed { 1 } else { 3 });
            }
        }
    }
}
