//! Dates and times as they are written in text files: ISO 8601, strictly.

use crate::base::calendar::days_to;

/// Nanoseconds of a second, and seconds of a day.
const SECOND_NANOS: i64 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;

/// A date, or a date and time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Days since 1970, of the date as it is written.
    pub days: i64,
    /// The time of day; none where there is only a date.
    pub time: Option<Time>,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Nanoseconds since midnight.
    pub nanos: i64,
    /// Digits of the second's fraction.
    pub digits: u32,
    /// Minutes that the zone is ahead of UTC, where a zone is named.
    pub zone: Option<i32>,
}

impl Moment {
    /// Reads `2022-08-10`, `2022-08-10T22:57:00.5Z`, `2022-08-10 22:57+02:00`.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (date, rest) = text.split_first_chunk::<10>()?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
        let days = days_to(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
        let time = match rest {
            [] => None,
            [b'T' | b't' | b' ', rest @ ..] => Some(Time::parse(rest)?),
            _ => return None,
        };
        Some(Self { days, time })
    }

    /// The moment since 1970 UTC (as it is written, where no zone is named), in units of which there are
    /// `per_second` in a second.
    pub fn since_1970(self, per_second: i64) -> Option<i64> {
        let Time { nanos, zone, .. } = self.time.unwrap_or(Time { nanos: 0, digits: 0, zone: None });
        let seconds = self.days * DAY_SECONDS + nanos / SECOND_NANOS - i64::from(zone.unwrap_or(0)) * 60;
        let part = nanos % SECOND_NANOS / (SECOND_NANOS / per_second);
        seconds.checked_mul(per_second)?.checked_add(part)
    }
}

impl Time {
    fn parse(text: &[u8]) -> Option<Self> {
        let (hour, rest) = two(text, 23)?;
        let (minute, rest) = two(rest.strip_prefix(b":")?, 59)?;
        let (second, rest) = match rest {
            [b':', rest @ ..] => two(rest, 59)?,
            _ => (0, rest),
        };
        let (fraction, digits, rest) = match rest {
            [b'.', rest @ ..] => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let (fraction, rest) = rest.split_at_checked(digits)?;
                if !(1..=9).contains(&digits) {
                    return None;
                }
                (number(fraction)? * 10i64.pow(9 - digits as u32), digits as u32, rest)
            }
            _ => (0, 0, rest),
        };
        let nanos = ((hour * 60 + minute) * 60 + second) * SECOND_NANOS + fraction;
        Some(Self { nanos, digits, zone: zone(rest)? })
    }
}

/// `Z`, `+02`, `+0200`, `+02:00`, or nothing.
fn zone(text: &[u8]) -> Option<Option<i32>> {
    let (sign, rest) = match text {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = two(rest, 15)?;
    let (minutes, rest) = match rest {
        [] => (0, rest),
        [b':', rest @ ..] | rest => two(rest, 59)?,
    };
    rest.is_empty().then_some(Some(sign * (hours * 60 + minutes) as i32))
}

/// Two digits, at most `most`, and what follows.
fn two(text: &[u8], most: i64) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<2>()?;
    let value = number(digits)?;
    (value <= most).then_some((value, rest))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit.wrapping_sub(b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn moments_are_read_strictly() {
        let millis = |text: &str| Moment::parse(text.as_bytes()).and_then(|moment| moment.since_1970(1_000));
        assert_eq!(millis("1970-01-02"), Some(86_400_000));
        assert_eq!(millis("2022-08-10T22:57:00.5Z"), Some(1_660_172_220_500));
        assert_eq!(millis("2022-08-11 00:57+02:00"), Some(1_660_172_220_000));
        assert_eq!(millis("1969-12-31 23:59:59.999"), Some(-1));
        for text in
            ["2022-02-30", "2022-8-1", "2022-08-10T", "2022-08-10T24:00", "2022-08-10 1:00", "20220810"]
        {
            assert_eq!(millis(text), None, "{text}");
        }
        let nanos =
            |text: &str| Moment::parse(text.as_bytes()).and_then(|moment| moment.since_1970(1_000_000_000));
        assert_eq!(nanos("1970-01-01T00:00:00.123456789"), Some(123_456_789));
        assert_eq!(nanos("9999-01-01"), None);
    }
}
