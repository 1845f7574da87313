//! Times as ISO 8601 writes them, with every digit of their unit but zeros at the end.

use super::calendar::{DAY_MILLIS, date_time};
use std::io::Write;

const DAY_SECONDS: i64 = 86_400;

/// Adds a date, from days since 1970.
pub fn push_date(out: &mut Vec<u8>, days: i64) {
    let at = date_time(days.saturating_mul(DAY_MILLIS));
    // Writing into memory does not fail.
    drop(if (0..=9_999).contains(&at.year) {
        write!(out, "{:04}-{:02}-{:02}", at.year, at.month, at.day)
    } else {
        // Years of more digits take a sign (ISO 8601, 4.1.2.4).
        write!(out, "{:+07}-{:02}-{:02}", at.year, at.month, at.day)
    });
}

/// Adds a time of day, from a count of units of which so many make a second.
pub fn push_time_of_day(out: &mut Vec<u8>, value: i64, per_second: i64) {
    // Some writers have lengths of time there, which may be below nothing.
    if value < 0 {
        out.push(b'-');
    }
    let (value, per_second) = (value.unsigned_abs(), per_second.unsigned_abs().max(1));
    let (seconds, fraction) = (value / per_second, value % per_second);
    drop(write!(out, "{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60));
    push_fraction(out, fraction as i64, per_second as i64);
}

/// Adds a moment, from a count of units since 1970 of which so many make a second. Z stands behind instants.
pub fn push_timestamp(out: &mut Vec<u8>, value: i64, per_second: i64, is_instant: bool) {
    let (seconds, fraction) = (value.div_euclid(per_second), value.rem_euclid(per_second));
    push_date(out, seconds.div_euclid(DAY_SECONDS));
    out.push(b'T');
    push_time_of_day(out, seconds.rem_euclid(DAY_SECONDS), 1);
    push_fraction(out, fraction, per_second);
    if is_instant {
        out.push(b'Z');
    }
}

/// Adds an interval of months, days and nanoseconds, none of which is so many of another.
pub fn push_interval(out: &mut Vec<u8>, months: i32, days: i32, nanos: i64) {
    const NANOS: i64 = 1_000_000_000;
    let sign = if nanos < 0 { "-" } else { "" };
    let (seconds, fraction) = (nanos.unsigned_abs() / NANOS as u64, nanos.unsigned_abs() % NANOS as u64);
    drop(write!(out, "P{months}M{days}DT{sign}{seconds}"));
    push_fraction(out, fraction as i64, NANOS);
    out.push(b'S');
}

fn push_fraction(out: &mut Vec<u8>, fraction: i64, per_second: i64) {
    if fraction != 0 {
        let digits = per_second.ilog10() as usize;
        let text = format!(".{fraction:0digits$}");
        out.extend_from_slice(text.trim_end_matches('0').as_bytes());
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{push_interval, push_time_of_day, push_timestamp};

    fn check(write: impl Fn(&mut Vec<u8>), expected: &str) {
        let mut out = Vec::new();
        write(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn every_digit_is_there() {
        check(|out| push_timestamp(out, -1, 1_000_000_000, true), "1969-12-31T23:59:59.999999999Z");
        check(|out| push_timestamp(out, 1_660_060_800_120_000, 1_000_000, true), "2022-08-09T16:00:00.12Z");
        check(|out| push_timestamp(out, 0, 1_000, false), "1970-01-01T00:00:00");
        check(|out| push_timestamp(out, i64::MAX, 1_000, true), "+292278994-08-17T07:12:55.807Z");
        check(|out| push_timestamp(out, i64::MIN, 1_000, true), "-292275055-05-16T16:47:04.192Z");
        check(|out| push_time_of_day(out, 86_399_999_999_999, 1_000_000_000), "23:59:59.999999999");
        check(|out| push_time_of_day(out, -5, 1_000_000), "-00:00:00.000005");
        check(|out| push_interval(out, 14, -2, -1_500_000_000), "P14M-2DT-1.5S");
    }
}
