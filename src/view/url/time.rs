//! Points in time as ISO 8601 writes them, in UTC: `2022-08-10`, `2022-08-10T14:05`.
//!
//! Years beyond four digits take a sign, as the standard's expanded form does.

use crate::base::calendar::{
    DAY_MILLIS, DateTime, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS, date_time, days_to,
};
use crate::view::spec::{Precision, TimeBound};

/// Reads a point in time; none where the text is not one. A `Z` at the end is allowed, other
/// offsets are not.
pub fn parse_time(text: &str) -> Option<TimeBound> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (date, clock) = match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let day_start = parse_date(date)?.checked_mul(DAY_MILLIS)?;
    let (millis, nanos, precision) = clock.map_or(Some((0, 0, Precision::Day)), parse_clock)?;
    Some(TimeBound { start_millis: day_start.checked_add(millis)?, nanos, precision })
}

/// Writes a point in time as exactly as it was given.
pub fn print_time(time: TimeBound) -> String {
    let DateTime { year, month, day, hour, minute, second, milli } = date_time(time.start_millis);
    let year = if (0..=9_999).contains(&year) { format!("{year:04}") } else { format!("{year:+05}") };
    let date = format!("{year}-{month:02}-{day:02}");
    match time.precision {
        Precision::Day => date,
        Precision::Hour => format!("{date}T{hour:02}"),
        Precision::Minute => format!("{date}T{hour:02}:{minute:02}"),
        Precision::Second => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        Precision::Millisecond => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
        Precision::Microsecond => {
            format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}{:03}", time.nanos / 1_000)
        }
        Precision::Nanosecond => {
            format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}{:06}", time.nanos)
        }
    }
}

/// Days since 1970-01-01.
fn parse_date(text: &str) -> Option<i64> {
    let (sign, unsigned, year_digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (if text.starts_with('-') { -1 } else { 1 }, rest, 4..=9),
        None => (1, text, 4..=4),
    };
    let (year, rest) = unsigned.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    if !year_digits.contains(&year.len()) {
        return None;
    }
    days_to(sign * digits(year)?, two_digits(month)?, two_digits(day)?)
}

/// Milliseconds since midnight, and nanoseconds behind them.
fn parse_clock(text: &str) -> Option<(i64, u32, Precision)> {
    let below = |text: &str, end: i64| two_digits(text).filter(|value| *value < end);
    let mut parts = text.splitn(3, ':');
    let hour = below(parts.next()?, 24)? * HOUR_MILLIS;
    let Some(minute) = parts.next() else { return Some((hour, 0, Precision::Hour)) };
    let minute = hour + below(minute, 60)? * MINUTE_MILLIS;
    let Some(second) = parts.next() else { return Some((minute, 0, Precision::Minute)) };
    let (second, fraction) = match second.split_once('.') {
        Some((second, fraction)) => (second, Some(fraction)),
        None => (second, None),
    };
    let second = minute + below(second, 60)? * SECOND_MILLIS;
    let Some(fraction) = fraction else { return Some((second, 0, Precision::Second)) };
    let (millis, nanos, precision) = parse_fraction(fraction)?;
    Some((second + millis, nanos, precision))
}

/// The digits of a fraction of a second, up to nine: milliseconds, and nanoseconds behind them.
pub fn parse_fraction(text: &str) -> Option<(i64, u32, Precision)> {
    let precision = match text.len() {
        1..=3 => Precision::Millisecond,
        4..=6 => Precision::Microsecond,
        7..=9 => Precision::Nanosecond,
        _ => return None,
    };
    let nanos = u32::try_from(digits(&format!("{text:0<9}"))?).ok()?;
    Some((i64::from(nanos / 1_000_000), nanos % 1_000_000, precision))
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text) } else { None }
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
