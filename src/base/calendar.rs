//! Dates of the Gregorian calendar, in UTC, and what days and milliseconds since 1970 are as dates.
//!
//! Values in files reach far beyond the years that date libraries represent (64 bits of milliseconds are
//! 292 million years), so the arithmetic is here; tests compare it with `jiff`. It counts days from a
//! first of March, which puts the leap day at a year's end.

/// Milliseconds of a day.
pub const DAY_MILLIS: i64 = 86_400_000;
/// Milliseconds of an hour.
pub const HOUR_MILLIS: i64 = 3_600_000;
/// Milliseconds of a minute.
pub const MINUTE_MILLIS: i64 = 60_000;
/// Milliseconds of a second.
pub const SECOND_MILLIS: i64 = 1_000;

const DAYS_OF_400_YEARS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

/// A moment as date and time of day, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Year; 0 is 1 BC.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 to 999.
    pub milli: u32,
}

/// The date and time of day of a moment in milliseconds since 1970.
pub fn date_time(millis: i64) -> DateTime {
    let (days, rest) = (millis.div_euclid(DAY_MILLIS), millis.rem_euclid(DAY_MILLIS));
    let (year, month, day) = date_of(days);
    DateTime {
        year,
        month: month as u32,
        day: day as u32,
        hour: (rest / HOUR_MILLIS) as u32,
        minute: (rest / MINUTE_MILLIS % 60) as u32,
        second: (rest / SECOND_MILLIS % 60) as u32,
        milli: (rest % SECOND_MILLIS) as u32,
    }
}

/// Days from 1970-01-01 to a date; none where there is no such date. Years have up to nine digits.
pub fn days_to(year: i64, month: i64, day: i64) -> Option<i64> {
    const MAX_YEAR: i64 = 999_999_999;
    if !(-MAX_YEAR..=MAX_YEAR).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let march_year = if month <= 2 { year - 1 } else { year };
    let (cycle, year_of_cycle) = (march_year.div_euclid(400), march_year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    let days = cycle * DAYS_OF_400_YEARS + day_of_cycle - DAYS_TO_1970;
    // The thirty-first of April comes back as the first of May, and is refused by that.
    (date_of(days) == (year, month, day)).then_some(days)
}

/// Year, month and day of a day since 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (cycle, day_of_cycle) = (days.div_euclid(DAYS_OF_400_YEARS), days.rem_euclid(DAYS_OF_400_YEARS));
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_cycle + cycle * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY_MILLIS, DateTime, date_time, days_to};
    use proptest::prelude::*;

    #[test]
    fn days_have_dates() {
        for (days, date) in [
            (0, (1970, 1, 1)),
            (11_016, (2000, 2, 29)),
            (19_214, (2022, 8, 10)),
            (-1, (1969, 12, 31)),
            (-719_528, (0, 1, 1)),
            (-719_529, (-1, 12, 31)),
            (2_932_897, (10_000, 1, 1)),
        ] {
            let DateTime { year, month, day, .. } = date_time(days * DAY_MILLIS);
            assert_eq!((year, month, day), date);
            assert_eq!(days_to(year, month.into(), day.into()), Some(days));
        }
    }

    #[test]
    fn a_moment_before_1970_is_in_the_day_that_it_is_in() {
        let expected =
            DateTime { year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59, milli: 999 };
        assert_eq!(date_time(-1), expected);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for (year, month, day) in [
            (2022, 2, 30),
            (2023, 2, 29),
            (1900, 2, 29),
            (2022, 4, 31),
            (2022, 13, 1),
            (2022, 0, 1),
            (2022, 1, 0),
        ] {
            assert_eq!(days_to(year, month, day), None, "{year}-{month}-{day}");
        }
    }

    proptest! {
        #[test]
        fn moments_are_those_of_jiff(millis in -377_705_000_000_000_i64..253_402_207_000_000) {
            let moment = jiff::Timestamp::from_millisecond(millis).unwrap();
            let expected = jiff::tz::Offset::UTC.to_datetime(moment);
            let DateTime { year, month, day, hour, minute, second, milli } = date_time(millis);
            let found = jiff::civil::date(year as i16, month as i8, day as i8)
                .at(hour as i8, minute as i8, second as i8, milli as i32 * 1_000_000);
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn dates_are_those_of_jiff(year in -9_999_i16..=9_999, month in 0_i8..=13, day in 0_i8..=32) {
            let epoch = jiff::civil::date(1970, 1, 1);
            let expected = jiff::civil::Date::new(year, month, day).ok().map(|date| {
                i64::from(date.since(epoch).unwrap().get_days())
            });
            prop_assert_eq!(days_to(year.into(), month.into(), day.into()), expected);
        }

        #[test]
        fn every_moment_has_a_date(millis: i64) {
            let DateTime { year, month, day, .. } = date_time(millis);
            prop_assert_eq!(days_to(year, month.into(), day.into()), Some(millis.div_euclid(DAY_MILLIS)));
        }

        #[test]
        fn nothing_panics(year: i64, month: i64, day: i64) {
            let _ = days_to(year, month, day);
        }
    }
}
