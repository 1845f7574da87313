//! One clause on one column: which rows pass.

use crate::base::bits::Bits;
use crate::base::decimal;
use crate::base::decimal::Digits;
use crate::base::moment::{Moment, TimeKind};
use crate::base::numbers;
use crate::formats::parquet::meta::Logical;
use crate::table::column::{Column, Plain, ROWS_A_CALL, Store, Value, value_at};
use crate::table::text;
use crate::view::facts::Meaning;
use crate::view::spec::{Bound, Clause, List, Range};
use crate::view::url::time::parse_time;

/// Sets `bit` in the mask of every row of the column that fails the clause, and clears it in that of every row
/// that passes. Rows that the column does not reach yet fail.
pub fn mark(clause: &Clause, column: &Column, bit: u16, mask: &mut [u16]) {
    Condition::new(clause, column.known()).mark(column, bit, mask);
    fail_unreadable(column, bit, mask);
}

/// Rows whose value is not known pass nothing that is asked of it.
pub fn fail_unreadable(column: &Column, bit: u16, mask: &mut [u16]) {
    for rows in column.unreadable() {
        mask.get_mut(rows.clone()).unwrap_or_default().iter_mut().for_each(|mask| *mask |= bit);
    }
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
    Ends(Ends),
    /// Of times, both ends included, in the column's unit.
    Times(i128, i128),
    List(&'a List, Listed),
    Null,
    NotNull,
}

/// The ends of a range of numbers, both included, as the stores of numbers hold them.
struct Ends {
    low: Option<f64>,
    high: Option<f64>,
    /// In units of the column's last digit.
    whole: (i128, i128),
    /// The same as bytes that are in the order of numbers.
    wide: (Option<WideEnd>, Option<WideEnd>),
}

/// The end of a range, and whether it belongs to the range itself.
struct WideEnd(Vec<u8>, bool);

/// The values of a list in units of the column's last digit, in ascending order.
#[derive(Default)]
struct Listed {
    whole: Vec<i128>,
    /// As bytes that are in the order of numbers.
    wide: Vec<Vec<u8>>,
}

impl<'a> Condition<'a> {
    fn new(clause: &'a Clause, known: &'a Meaning) -> Self {
        let test = match clause {
            Clause::Range(range) if range.is_of_times() => {
                let unit = nanos_of(known);
                // Up, so that what begins within a unit begins with the next one.
                let ticks = |nanos: i128| -(-nanos).div_euclid(unit);
                Check::Times(
                    range.low.as_ref().map_or(i128::MIN, |low| ticks(low.start_nanos())),
                    range.high.as_ref().map_or(i128::MAX, |high| ticks(high.end_nanos()) - 1),
                )
            }
            Clause::Range(range) => Check::Ends(Ends::new(range, known)),
            Clause::List(list) => Check::List(list, Listed::new(list, known)),
            Clause::Null => Check::Null,
            Clause::NotNull => Check::NotNull,
        };
        Self { known, test }
    }

    fn passes(&self, value: Value<'_>) -> bool {
        match &self.test {
            Check::Null => value == Value::Null,
            Check::NotNull => value != Value::Null,
            Check::Ends(ends) => ends.hold(value),
            Check::Times(first, last) => match value {
                Value::Int(ticks) | Value::Time(Moment { ticks, .. }) => {
                    (*first..=*last).contains(&i128::from(ticks))
                }
                Value::Null
                | Value::Bool(_)
                | Value::UInt(_)
                | Value::Decimal(..)
                | Value::Wide(..)
                | Value::Float32(_)
                | Value::Float64(_)
                | Value::Bytes(_) => false,
            },
            Check::List(list, listed) => {
                let is_listed = match value {
                    Value::Null => list.has_null(),
                    Value::Wide(bytes, _) => listed.wide.iter().any(|wanted| wanted == bytes),
                    value => match whole(value) {
                        Some(value) => listed.whole.binary_search(&value).is_ok(),
                        None => list.texts().any(|text| is_called(self.known, value, text)),
                    },
                };
                is_listed != list.negated
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
                    Check::List(list, wanted) => {
                        let (listed, other) = if list.negated { (bit, 0) } else { (0, bit) };
                        let mut named = Bits::new(texts.distinct(), false);
                        let mut name = |text: &[u8]| {
                            texts.code_of(text).into_iter().for_each(|code| named.set(code as usize, true));
                        };
                        if is_wide(self.known) {
                            wanted.wide.iter().for_each(|number| name(number));
                        } else {
                            list.texts().for_each(|text| name(text.as_bytes()));
                        }
                        mark_rows(mask, bit, texts.codes(), |code| match code {
                            text::NULL => null,
                            code if named.has(code as usize) => listed,
                            _ => other,
                        });
                    }
                    Check::Ends(_) if is_wide(self.known) => {
                        let passes = |code: u32| {
                            let value = texts.get(code).map_or(Value::Null, Value::Bytes);
                            self.passes(column.meaning(value))
                        };
                        let fails: Vec<u16> = (0..texts.distinct() as u32)
                            .map(|code| if passes(code) { 0 } else { bit })
                            .collect();
                        mark_rows(mask, bit, texts.codes(), |code| match code {
                            text::NULL => null,
                            code => fails.get(code as usize).copied().unwrap_or(bit),
                        });
                    }
                    Check::Ends(_) | Check::Times(..) | Check::Null | Check::NotNull => {
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
            (Check::Ends(Ends { low, high, .. }), Plain::Float32(all)) => {
                let low = low.map_or(f32::NEG_INFINITY, |low| low as f32);
                let high = high.map_or(f32::INFINITY, |high| high as f32);
                mark_rows(mask, bit, all, |value| fail(value >= low && value <= high));
            }
            (Check::Ends(Ends { whole: (low, high), .. }) | Check::Times(low, high), Plain::UInt32(all)) => {
                let low = u32::try_from((*low).max(0)).ok();
                let high = u32::try_from((*high).min(u32::MAX.into())).ok();
                let (low, high) = low.zip(high).unwrap_or((1, 0));
                mark_rows(mask, bit, all, |value| fail(value >= low && value <= high));
            }
            (Check::Ends(Ends { whole: (low, high), .. }) | Check::Times(low, high), Plain::Int64(all)) => {
                if column.is_unsigned() {
                    let low = u64::try_from((*low).max(0)).ok();
                    let high = u64::try_from((*high).min(u64::MAX.into())).ok();
                    let (low, high) = low.zip(high).unwrap_or((1, 0));
                    mark_rows(mask, bit, all, |bits| fail((low..=high).contains(&bits.cast_unsigned())));
                } else {
                    let low = i64::try_from((*low).max(i64::MIN.into())).ok();
                    let high = i64::try_from((*high).min(i64::MAX.into())).ok();
                    let (low, high) = low.zip(high).unwrap_or((1, 0));
                    mark_rows(mask, bit, all, |value| fail(value >= low && value <= high));
                }
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
            (Check::List(list, listed), Plain::UInt32(all)) => {
                let listed: Vec<u32> =
                    listed.whole.iter().filter_map(|value| u32::try_from(*value).ok()).collect();
                mark_rows(mask, bit, all, |value| fail(listed.binary_search(&value).is_ok() != list.negated));
            }
            (Check::List(list, _), Plain::Float32(all)) => {
                let listed: Vec<f32> = list.texts().filter_map(|text| text.parse().ok()).collect();
                let same = |a: f32, b: f32| a == b || a.is_nan() && b.is_nan();
                let has = |value: f32| listed.iter().any(|listed| same(*listed, value));
                if self.known.labels.is_empty() {
                    mark_rows(mask, bit, all, |value| fail(has(value) != list.negated));
                } else {
                    mark_rows(mask, bit, all, |value| fail(self.passes(Value::Float32(value))));
                }
            }
            (Check::List(..), Plain::Int64(all)) => {
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

impl Ends {
    fn new(range: &Range, known: &Meaning) -> Self {
        let Range { low, high } = range;
        let scale = scale_of(known);
        let mut whole = (
            low.as_ref().map_or(i128::MIN, |low| low.whole(scale, true)),
            high.as_ref().map_or(i128::MAX, |high| high.whole(scale, false)),
        );
        if let Some(Logical::Time(kind, _)) = known.logical
            && kind.is_dated()
        {
            // Numbers are milliseconds, of which each belongs to the range as a whole.
            let per_milli = 1_000_000 / nanos_of(known);
            whole.0 = whole.0.saturating_mul(per_milli);
            whole.1 = whole.1.saturating_add(1).saturating_mul(per_milli).saturating_sub(1);
        }
        let wide = |end: &Option<Bound>, is_low: bool| {
            let cut = end.as_ref()?.digits()?.cut(scale);
            // What is cut off lies towards zero.
            let belongs = cut.is_exact || cut.is_negative == is_low;
            Some(WideEnd(cut.sortable()?, belongs))
        };
        Self {
            low: low.as_ref().map(Bound::start),
            high: high.as_ref().map(Bound::end),
            whole,
            wide: (wide(low, true), wide(high, false)),
        }
    }

    fn hold(&self, value: Value<'_>) -> bool {
        let Self { low, high, whole: (least, most), wide: (first, last) } = self;
        match value {
            Value::Null | Value::Bytes(_) => false,
            Value::Int(value) | Value::Decimal(value, _) | Value::Time(Moment { ticks: value, .. }) => {
                (*least..=*most).contains(&i128::from(value))
            }
            Value::UInt(value) => (*least..=*most).contains(&i128::from(value)),
            Value::Wide(bytes, _) => {
                first.as_ref().is_none_or(|end| bytes > end.0.as_slice() || end.1 && bytes == end.0)
                    && last.as_ref().is_none_or(|end| bytes < end.0.as_slice() || end.1 && bytes == end.0)
            }
            // A column of four-byte numbers is asked in its own precision: 7.1 is in `7.1..`.
            Value::Float32(value) => {
                !value.is_nan()
                    && low.is_none_or(|low| value >= low as f32)
                    && high.is_none_or(|high| value <= high as f32)
            }
            Value::Float64(_) | Value::Bool(_) => number(value).is_some_and(|value| {
                !value.is_nan() && low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
            }),
        }
    }
}

impl Listed {
    fn new(list: &List, known: &Meaning) -> Self {
        let mut listed = Self::default();
        for text in list.texts() {
            if is_wide(known) {
                let cut = Digits::read(text).map(|digits| digits.cut(scale_of(known)));
                listed.wide.extend(cut.filter(|cut| cut.is_exact).and_then(|cut| cut.sortable()));
            }
            let coded = known.labels.iter().filter(|(_, label)| label == text);
            listed.whole.extend(coded.map(|(code, _)| i128::from(*code)));
            // A code that has a name goes by that alone.
            let own = whole_of(text, known)
                .filter(|whole| !known.labels.iter().any(|(code, _)| i128::from(*code) == *whole));
            listed.whole.extend(own);
        }
        listed.whole.sort_unstable();
        listed.whole.dedup();
        listed
    }
}

/// The whole number of units of a column's last digit that a text says.
fn whole_of(text: &str, known: &Meaning) -> Option<i128> {
    if let Some(Logical::Time(kind, _)) = known.logical {
        let nanos = match kind {
            TimeKind::Instant | TimeKind::Local | TimeKind::Date => match parse_time(text) {
                Some(time) => time.start_nanos(),
                None => text.parse::<i128>().ok()?.checked_mul(1_000_000)?,
            },
            TimeKind::Clock if text.contains(':') => parse_time(&format!("1970-01-01T{text}"))?.start_nanos(),
            TimeKind::Clock | TimeKind::Duration => {
                let cut = Digits::read(text)?.cut(9);
                cut.is_exact.then(|| cut.whole(true))?
            }
        };
        let unit = nanos_of(known);
        return (nanos.rem_euclid(unit) == 0).then(|| nanos.div_euclid(unit));
    }
    let cut = Digits::read(text)?.cut(scale_of(known));
    cut.is_exact.then(|| cut.whole(true))
}

/// Nanoseconds of a column's unit of time; milliseconds where it has none.
fn nanos_of(known: &Meaning) -> i128 {
    match known.logical {
        Some(Logical::Time(_, unit)) => i128::from(1_000_000_000 / unit.per_second()),
        Some(_) | None => 1_000_000,
    }
}

/// Digits behind the point of which whole numbers count the last one: of times that are on no calendar, those
/// of seconds.
fn scale_of(known: &Meaning) -> u16 {
    match known.logical {
        Some(Logical::Decimal { scale }) => scale,
        Some(Logical::Time(kind, unit)) if !kind.is_dated() => unit.digits(),
        Some(_) | None => 0,
    }
}

/// Whether bytes, where a column holds some, are numbers.
fn is_wide(known: &Meaning) -> bool {
    matches!(known.logical, Some(Logical::Decimal { .. }))
}

/// A value that is a whole number of units.
fn whole(value: Value<'_>) -> Option<i128> {
    match value {
        Value::Int(value) | Value::Decimal(value, _) | Value::Time(Moment { ticks: value, .. }) => {
            Some(i128::from(value))
        }
        Value::UInt(value) => Some(i128::from(value)),
        Value::Null
        | Value::Bool(_)
        | Value::Wide(..)
        | Value::Float32(_)
        | Value::Float64(_)
        | Value::Bytes(_) => None,
    }
}

/// A value as a number, where it is one: dates are milliseconds since 1970, other times seconds.
pub fn number(value: Value<'_>) -> Option<f64> {
    match value {
        // Powers of ten are exact that far, and so is the whole number of most.
        Value::Decimal(value, scale @ ..=22) if value.unsigned_abs() < 1 << 53 => {
            Some(value as f64 / 10f64.powi(scale.into()))
        }
        Value::Decimal(value, scale) => numbers::parse(&decimal::text_of(value, scale)),
        Value::Wide(bytes, scale) => numbers::parse(&decimal::text_of_sortable(bytes, scale)),
        Value::Time(moment) => Some(moment.on_scale()),
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

/// Whether a value goes by `text`: its label, or itself as text.
fn is_called(known: &Meaning, value: Value<'_>, text: &str) -> bool {
    if let Some(label) = number(value).and_then(|value| known.label(value)) {
        return label == text;
    }
    match value {
        Value::Null | Value::Wide(..) => false,
        Value::Bytes(bytes) => bytes == text.as_bytes(),
        Value::Bool(value) => text == if value { "true" } else { "false" },
        // These are listed as such.
        Value::Int(_) | Value::UInt(_) | Value::Decimal(..) | Value::Time(_) => false,
        Value::Float32(value) => {
            text.parse::<f32>().is_ok_and(|wanted| wanted == value || wanted.is_nan() && value.is_nan())
        }
        Value::Float64(value) => {
            numbers::parse(text).is_some_and(|wanted| wanted == value || wanted.is_nan() && value.is_nan())
        }
    }
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
        Value::Decimal(value, scale) => Some(decimal::text_of(value, scale)),
        Value::Wide(bytes, scale) => Some(decimal::text_of_sortable(bytes, scale)),
        Value::Time(moment) => Some(moment.iso()),
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
