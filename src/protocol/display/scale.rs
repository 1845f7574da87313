//! Scales in words: what stands below a chart, the ends of its range, and those back from what is typed.

use super::{bound, moment_full, number, tick, time_from, time_tick, time_until};
use crate::base::calendar::{DAY_MILLIS, days_to};
use crate::base::moment::{Moment, Quantity, TimeKind, Unit};
use crate::base::numbers;
use crate::protocol::Bins;
use crate::view::spec::{Bound, Precision, TimeBound};
use crate::view::url::time::parse_fraction;

/// A value of a scale, below a chart whose labels are `step` apart: `6 Aug`, `17:41`, `2 h 30 min`, `7.5`.
pub fn ticked(quantity: Quantity, value: f64, step: f64) -> String {
    match quantity {
        Quantity::Number => tick(value),
        Quantity::Moment => time_tick(value, step),
        Quantity::Clock | Quantity::Duration => {
            let text = seconds(quantity, value);
            text.strip_suffix(":00").filter(|text| text.len() == 5).map(str::to_owned).unwrap_or(text)
        }
    }
}

/// A time of day, or a length of time, of so many seconds.
fn seconds(quantity: Quantity, value: f64) -> String {
    /// Beyond what nanoseconds are counted to it is thousands of days.
    const MOST: f64 = 9e9;
    let kind = match quantity {
        Quantity::Clock if (0.0..=86_400.0).contains(&value) => TimeKind::Clock,
        Quantity::Duration if value.abs() <= MOST => TimeKind::Duration,
        Quantity::Number | Quantity::Moment | Quantity::Clock | Quantity::Duration => {
            return format!("{} s", number(value));
        }
    };
    if value == 86_400.0 && kind == TimeKind::Clock {
        return "24:00".to_owned();
    }
    moment_full(Moment { ticks: (value * 1e9).round() as i64, unit: Unit::Nanos, kind })
}

/// From where to where a scale's values reach: whole numbers exactly, times to the day, minute or second that holds
/// them, other numbers by the round edges of their bins.
pub fn extent(bins: &Bins) -> Option<(Bound, Bound)> {
    let last = bins.to.len().checked_sub(1 + usize::from(bins.detached.is_some()))?;
    let edges = (*bins.from.first()?, *bins.to.get(last)?);
    let has_values = bins.least <= bins.most;
    match bins.quantity {
        Quantity::Moment => {
            let (least, most) = if has_values { (bins.least, bins.most + 1.0) } else { edges };
            let (least, most) = (least as i64, most as i64);
            let span = most.saturating_sub(least);
            let steps = [Precision::Day, Precision::Minute, Precision::Second, Precision::Millisecond];
            let step = steps.map(Precision::millis).into_iter().find(|step| span / step >= 2).unwrap_or(1);
            let end = most.saturating_add(step - 1).div_euclid(step).saturating_mul(step);
            let begin = least.div_euclid(step).saturating_mul(step);
            Some((Bound::Time(time_from(begin)), Bound::Time(time_until(end))))
        }
        Quantity::Number | Quantity::Clock | Quantity::Duration => {
            let (least, most) = if has_values && bins.integer { (bins.least, bins.most) } else { edges };
            Some((Bound::Number(least), Bound::Number(most)))
        }
    }
}

/// An end of a range on such a scale.
pub fn ended(quantity: Quantity, end: &Bound) -> String {
    match (quantity, end) {
        (Quantity::Clock | Quantity::Duration, Bound::Number(value)) => seconds(quantity, *value),
        (Quantity::Number | Quantity::Moment, _) | (_, Bound::Exact(_) | Bound::Time(_)) => bound(end),
    }
}

/// An end of a range as someone typed it; nothing typed is an open end.
///
/// # Errors
/// What is expected instead.
pub fn typed_bound(text: &str, quantity: Quantity) -> Result<Option<Bound>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let seconds = |seconds: f64| Some(Bound::Number(seconds));
    match quantity {
        Quantity::Moment => {
            return typed_time(text)
                .map(|time| Some(Bound::Time(time)))
                .ok_or("A date is written 2022-08-20");
        }
        Quantity::Clock if text == "24:00" => return Ok(seconds(86_400.0)),
        Quantity::Clock if text.contains(':') => {
            let day = typed_time(&format!("1970-01-01 {text}"));
            return day
                .map(|day| seconds(day.start_nanos() as f64 / 1e9))
                .ok_or("A time of day is written 17:41");
        }
        Quantity::Duration if text.bytes().any(|letter| letter.is_ascii_alphabetic()) => {
            return typed_duration(text).map(seconds).ok_or("A length of time is written 2 h 30 min");
        }
        Quantity::Clock | Quantity::Duration | Quantity::Number => {}
    }
    let plain = text.replace([',', ' ', '\u{a0}'], "").replace('−', "-");
    Bound::read(&plain).filter(|bound| bound.start().is_finite()).map(Some).ok_or("Not a number")
}

/// Seconds of `1 d 2 h 30 min 5.25 s`, with or without a sign in front.
fn typed_duration(text: &str) -> Option<f64> {
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |text| (-1.0, text));
    // In whole nanoseconds, so that the sum is the number that was told.
    let mut nanos = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let (count, behind) = parted(rest, |byte| byte.is_ascii_digit() || byte == b'.');
        let (unit, behind) = parted(behind.trim_start(), |byte| byte.is_ascii_alphabetic());
        let length = match unit {
            "d" => 86_400e9,
            "h" => 3_600e9,
            "m" | "min" => 60e9,
            "s" => 1e9,
            "ms" => 1e6,
            _ => return None,
        };
        nanos += (numbers::parse(count)? * length).round();
        rest = behind.trim_start();
    }
    Some(sign * nanos / 1e9)
}

/// A text's first letters of a kind, and the rest.
fn parted(text: &str, is: fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !is(byte)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn typed_time(text: &str) -> Option<TimeBound> {
    let (date, clock) = match text.split_once(['T', ' ']) {
        Some((date, clock)) => (date, Some(clock.trim_end_matches('Z'))),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let days = days_to(year, month, day).filter(|_| (1..=9999).contains(&year))?;
    let mut start_millis = days * DAY_MILLIS;
    let mut nanos = 0;
    let mut precision = Precision::Day;
    if let Some(clock) = clock {
        let limits = [(24, Precision::Hour), (60, Precision::Minute), (60, Precision::Second)];
        let mut fields = clock.splitn(3, ':');
        for (limit, exactness) in limits {
            let Some(field) = fields.next() else { break };
            let (whole, fraction) = match field.split_once('.') {
                Some((whole, fraction)) if exactness == Precision::Second => (whole, Some(fraction)),
                _ => (field, None),
            };
            let value: i64 = whole.parse().ok()?;
            if !(0..limit).contains(&value) {
                return None;
            }
            start_millis += value * exactness.millis();
            precision = exactness;
            if let Some(fraction) = fraction {
                let (millis, behind, exact) = parse_fraction(fraction)?;
                start_millis += millis;
                (nanos, precision) = (behind, exact);
            }
        }
    }
    Some(TimeBound { start_millis, nanos, precision })
}

#[cfg(test)]
mod tests {
    use super::{ended, extent, ticked, typed_bound};
    use crate::base::moment::Quantity;
    use crate::protocol::Bins;
    use crate::protocol::display::{bound, time_bound, time_from, time_full};
    use crate::view::spec::{Bound, Precision};
    use proptest::prelude::*;

    #[test]
    fn a_scale_is_told_by_what_is_on_it() {
        let told =
            |bins: Bins| extent(&bins).map(|(low, high)| format!("{} – {}", bound(&low), bound(&high)));
        let scale = |edges: [f64; 2], (least, most), quantity, integer| Bins {
            edges: edges.to_vec(),
            from: vec![edges[0]],
            to: vec![edges[1]],
            least,
            most,
            quantity,
            integer,
            ..Bins::default()
        };
        let sizes = scale([510.0, 1_030.0], (512.0, 1_024.0), Quantity::Number, true);
        assert_eq!(told(sizes.clone()).as_deref(), Some("512 – 1024"));
        assert_eq!(told(Bins { least: f64::INFINITY, ..sizes }).as_deref(), Some("510 – 1030"));
        let shares = scale([0.0, 1.0], (0.000_2, 0.999_7), Quantity::Number, false);
        assert_eq!(told(shares).as_deref(), Some("0 – 1"));
        const DAY: f64 = 86_400_000.0;
        let week =
            scale([18_990.0 * DAY, 19_004.0 * DAY], (18_993.5 * DAY, 18_999.2 * DAY), Quantity::Moment, true);
        assert_eq!(told(week).as_deref(), Some("2022-01-01 – 2022-01-07"));
        let hour = scale([0.0, DAY], (3_600_500.0, 5_400_500.0), Quantity::Moment, true);
        assert_eq!(told(hour).as_deref(), Some("1970-01-01 01:00 – 1970-01-01 01:30"));
        assert_eq!(told(Bins::default()), None);
    }

    #[test]
    fn times_of_day_and_lengths_of_time_are_told_as_such() {
        let tick = |quantity, value| ticked(quantity, value, 3_600.0);
        assert_eq!(tick(Quantity::Clock, 63_660.0), "17:41");
        assert_eq!(tick(Quantity::Clock, 86_400.0), "24:00");
        assert_eq!(tick(Quantity::Clock, 1.5), "00:00:01.5");
        assert_eq!(tick(Quantity::Duration, 97_200.0), "1 d 3 h");
        assert_eq!(tick(Quantity::Duration, 1e12), "1000000000000 s");
        assert_eq!(tick(Quantity::Number, 97_200.0), "97200");
    }

    #[test]
    fn what_is_typed_is_read() {
        assert_eq!(typed_bound(" 1,000 ", Quantity::Number), Ok(Some(Bound::Number(1000.0))));
        assert_eq!(typed_bound("", Quantity::Number), Ok(None));
        assert!(typed_bound("seven", Quantity::Number).is_err());
        let typed = |text: &str| match typed_bound(text, Quantity::Moment) {
            Ok(Some(Bound::Time(time))) => Some((time_full(time.start_millis as f64), time.precision)),
            _ => None,
        };
        assert_eq!(typed("2022-08-20"), Some(("2022-08-20 00:00:00".to_owned(), Precision::Day)));
        assert_eq!(typed("2022-08-20 17:41"), Some(("2022-08-20 17:41:00".to_owned(), Precision::Minute)));
        assert_eq!(typed("2022-02-30"), None);
        assert_eq!(typed("2022-08-20T25"), None);
        let seconds = |text: &str, quantity| match typed_bound(text, quantity) {
            Ok(Some(Bound::Number(seconds))) => Some(seconds),
            _ => None,
        };
        for (text, expected) in
            [("17:41", Some(63_660.0)), ("24:00", Some(86_400.0)), ("60", Some(60.0)), ("25:00", None)]
        {
            assert_eq!(seconds(text, Quantity::Clock), expected, "{text}");
        }
        for (text, expected) in
            [("2 h 30 min", Some(9_000.0)), ("-1d2s", Some(-86_402.0)), ("90", Some(90.0)), ("3 weeks", None)]
        {
            assert_eq!(seconds(text, Quantity::Duration), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn times_come_back(millis in 0_i64..4_102_444_800_000) {
            let text = time_bound(time_from(millis));
            let again = typed_bound(&text, Quantity::Moment);
            let Ok(Some(Bound::Time(time))) = again else { return Err(TestCaseError::fail(text)) };
            prop_assert_eq!(time.start_millis, millis);
        }

        #[test]
        fn nothing_typed_panics(text in ".{0,30}|[-0-9dhmins :.]{0,20}", which in 0_usize..4) {
            let all = [Quantity::Number, Quantity::Moment, Quantity::Clock, Quantity::Duration];
            let _ = typed_bound(&text, all[which]);
        }

        #[test]
        fn seconds_come_back(millis in -90_000_000_i64..90_000_000, is_clock: bool) {
            let quantity = if is_clock { Quantity::Clock } else { Quantity::Duration };
            let end = Bound::Number(if is_clock { millis.abs() % 86_400_000 } else { millis } as f64 / 1e3);
            let text = ended(quantity, &end);
            prop_assert_eq!(typed_bound(&text, quantity), Ok(Some(end)), "{}", text);
        }
    }
}
