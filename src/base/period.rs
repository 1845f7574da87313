//! Stretches of the calendar as pandas counts them: so many months, weeks or hours since 1970, and as it writes them.
//!
//! Source: `pandas/_libs/tslibs/period.pyx` and "Period" in the documentation of pandas.

use super::calendar::date_time;
use super::iso::push_date;
use super::moment::Unit;
use std::io::Write;

const DAY_SECONDS: i64 = 86_400;

/// How long each stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// A year, by the year in which it ends.
    Year,
    /// A quarter of such a year.
    Quarter,
    /// A month.
    Month,
    /// Seven days; how many days behind a Sunday the last one is.
    Week(i64),
    /// A day.
    Day,
    /// An hour.
    Hour,
    /// A minute.
    Minute,
    /// A second, or a part of one.
    Part(Unit),
}

impl Frequency {
    /// By its name in pandas, of any version: `M`, `Q-DEC`, `h`.
    pub fn parse(name: &str) -> Option<Self> {
        const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
        let (kind, anchor) = name.split_once('-').unwrap_or((name, ""));
        Some(match kind {
            "Y" | "A" | "YE" => Self::Year,
            "Q" | "QE" => Self::Quarter,
            "M" | "ME" => Self::Month,
            "W" if anchor.is_empty() => Self::Week(0),
            "W" => Self::Week(DAYS.iter().position(|day| *day == anchor)? as i64),
            "D" => Self::Day,
            "h" | "H" => Self::Hour,
            "min" | "T" => Self::Minute,
            "s" | "S" => Self::Part(Unit::Seconds),
            "ms" | "L" => Self::Part(Unit::Millis),
            "us" | "U" => Self::Part(Unit::Micros),
            "ns" | "N" => Self::Part(Unit::Nanos),
            _ => return None,
        })
    }

    /// The stretch that is so many behind the one that 1970 begins with.
    pub fn text(self, number: i64) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing into memory does not fail.
        match self {
            Self::Year => drop(write!(out, "{}", number.saturating_add(1970))),
            Self::Quarter => {
                let year = number.div_euclid(4).saturating_add(1970);
                drop(write!(out, "{year}Q{}", number.rem_euclid(4) + 1));
            }
            Self::Month => {
                let year = number.div_euclid(12).saturating_add(1970);
                drop(write!(out, "{year:04}-{:02}", number.rem_euclid(12) + 1));
            }
            Self::Week(last_day) => {
                let end = number.saturating_mul(7).saturating_add(last_day - 4);
                push_date(&mut out, end.saturating_sub(6));
                out.push(b'/');
                push_date(&mut out, end);
            }
            Self::Day => push_date(&mut out, number),
            Self::Hour => push_minutes(&mut out, number.saturating_mul(60)),
            Self::Minute => push_minutes(&mut out, number),
            Self::Part(unit) => {
                let per_second = unit.per_second();
                let (seconds, part) = (number.div_euclid(per_second), number.rem_euclid(per_second));
                push_minutes(&mut out, seconds.div_euclid(60));
                drop(write!(out, ":{:02}", seconds.rem_euclid(60)));
                if let digits @ 1.. = usize::from(unit.digits()) {
                    drop(write!(out, ".{part:0digits$}"));
                }
            }
        }
        out
    }
}

/// Adds a date and a time of day, from minutes since 1970.
fn push_minutes(out: &mut Vec<u8>, minutes: i64) {
    const DAY_MINUTES: i64 = DAY_SECONDS / 60;
    push_date(out, minutes.div_euclid(DAY_MINUTES));
    let at = date_time(minutes.rem_euclid(DAY_MINUTES) * 60_000);
    drop(write!(out, " {:02}:{:02}", at.hour, at.minute));
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Frequency;

    #[test]
    fn stretches_are_written_as_pandas_writes_them() {
        for (name, number, expected) in [
            ("Y-DEC", -20, "1950"),
            ("A-JUN", 50, "2020"),
            ("Q-MAR", 203, "2020Q4"),
            ("Q-DEC", -1, "1969Q4"),
            ("M", -2, "1969-11"),
            ("M", 2_359, "2166-08"),
            ("W-SUN", 1, "1969-12-29/1970-01-04"),
            ("W-SUN", 2_610, "2019-12-30/2020-01-05"),
            ("W-FRI", 2_610, "2020-01-04/2020-01-10"),
            ("D", -2, "1969-12-30"),
            ("h", -1, "1969-12-31 23:00"),
            ("T", 61, "1970-01-01 01:01"),
            ("s", 59, "1970-01-01 00:00:59"),
            ("ms", -1, "1969-12-31 23:59:59.999"),
            ("ns", 1, "1970-01-01 00:00:00.000000001"),
        ] {
            let text = Frequency::parse(name).unwrap().text(number);
            assert_eq!(String::from_utf8(text).unwrap(), expected, "{name} {number}");
        }
        assert_eq!(
            (Frequency::parse("B"), Frequency::parse("W-DAY"), Frequency::parse("")),
            (None, None, None)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_number_makes_it_panic(number: i64) {
            for name in ["Y", "Q", "M", "W", "D", "h", "min", "s", "ms", "us", "ns"] {
                let _ = Frequency::parse(name).unwrap().text(number);
            }
        }
    }
}
