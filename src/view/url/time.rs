//! Points in time as ISO 8601 writes them, in UTC: `2022-08-10`, `2022-08-10T14:05`.
//!
//! Years beyond four digits take a sign, as the standard's expanded form does. The calendar is the
//! Gregorian one throughout; the arithmetic counts days from a first of March, which puts the leap
//! day at a year's end.

use crate::view::spec::{Precision, TimeBound};

const DAY_MILLIS: i64 = 86_400_000;
const HOUR_MILLIS: i64 = 3_600_000;
const MINUTE_MILLIS: i64 = 60_000;
const SECOND_MILLIS: i64 = 1_000;

/// Reads a point in time; none where the text is not one. A `Z` at the end is allowed, other
/// offsets are not.
pub(super) fn parse_time(text: &str) -> Option<TimeBound> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (date, clock) = match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let day_start = parse_date(date)?.checked_mul(DAY_MILLIS)?;
    let (millis, precision) = clock.map_or(Some((0, Precision::Day)), parse_clock)?;
    Some(TimeBound { start_millis: day_start.checked_add(millis)?, precision })
}

/// Writes a point in time as exactly as it was given.
pub(super) fn print_time(time: TimeBound) -> String {
    let (year, month, day) = date_of(time.start_millis.div_euclid(DAY_MILLIS));
    let millis = time.start_millis.rem_euclid(DAY_MILLIS);
    let year = if (0..=9_999).contains(&year) { format!("{year:04}") } else { format!("{year:+05}") };
    let date = format!("{year}-{month:02}-{day:02}");
    let hour = millis / HOUR_MILLIS;
    let minute = millis / MINUTE_MILLIS % 60;
    let second = millis / SECOND_MILLIS % 60;
    let fraction = millis % SECOND_MILLIS;
    match time.precision {
        Precision::Day => date,
        Precision::Hour => format!("{date}T{hour:02}"),
        Precision::Minute => format!("{date}T{hour:02}:{minute:02}"),
        Precision::Second => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        Precision::Millisecond => format!("{date}T{hour:02}:{minute:02}:{second:02}.{fraction:03}"),
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
    let (year, month, day) = (sign * digits(year)?, two_digits(month)?, two_digits(day)?);
    let days = days_of(year, month, day);
    // The thirty-first of April comes back as the first of May, and is refused by that.
    (date_of(days) == (year, month, day)).then_some(days)
}

/// Milliseconds since midnight.
fn parse_clock(text: &str) -> Option<(i64, Precision)> {
    let below = |text: &str, end: i64| two_digits(text).filter(|value| *value < end);
    let mut parts = text.splitn(3, ':');
    let hour = below(parts.next()?, 24)? * HOUR_MILLIS;
    let Some(minute) = parts.next() else { return Some((hour, Precision::Hour)) };
    let minute = hour + below(minute, 60)? * MINUTE_MILLIS;
    let Some(second) = parts.next() else { return Some((minute, Precision::Minute)) };
    let (second, fraction) = match second.split_once('.') {
        Some((second, fraction)) => (second, Some(fraction)),
        None => (second, None),
    };
    let second = minute + below(second, 60)? * SECOND_MILLIS;
    let Some(fraction) = fraction else { return Some((second, Precision::Second)) };
    let scale = match fraction.len() {
        1 => 100,
        2 => 10,
        3 => 1,
        _ => return None,
    };
    Some((second + digits(fraction)? * scale, Precision::Millisecond))
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 { digits(text) } else { None }
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

const DAYS_OF_400_YEARS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let cycle = march_year.div_euclid(400);
    let year_of_cycle = march_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * DAYS_OF_400_YEARS + day_of_cycle - DAYS_TO_1970
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let cycle = days.div_euclid(DAYS_OF_400_YEARS);
    let day_of_cycle = days.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    (year, month, day)
}
