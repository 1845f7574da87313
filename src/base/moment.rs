//! Times as files hold them: a count of a unit, of something.

use super::iso::{push_date, push_time_of_day, push_timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Unit of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Millis,
    /// Millionths.
    Micros,
    /// Billionths.
    Nanos,
}

/// What a time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeKind {
    /// A point in time, since 1970 UTC.
    Instant,
    /// A date with a time of day that is not said to be of any zone, since 1970.
    Local,
    /// A day, as the time at which it begins.
    Date,
    /// A time of day, since midnight.
    Clock,
    /// A length of time.
    Duration,
}

/// What the numbers of a scale are. A byte on the wire, which takes less code in the page than names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub enum Quantity {
    /// Numbers.
    #[default]
    Number,
    /// Points in time, in milliseconds since 1970 UTC.
    Moment,
    /// Times of day, in seconds since midnight.
    Clock,
    /// Lengths of time, in seconds.
    Duration,
}

impl From<Quantity> for u8 {
    fn from(quantity: Quantity) -> Self {
        quantity as Self
    }
}

impl From<u8> for Quantity {
    fn from(byte: u8) -> Self {
        [Self::Number, Self::Moment, Self::Clock, Self::Duration]
            .into_iter()
            .find(|quantity| u8::from(*quantity) == byte)
            .unwrap_or_default()
    }
}

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// How many of the unit.
    #[serde(with = "halves")]
    pub ticks: i64,
    /// The unit.
    pub unit: Unit,
    /// What it is.
    pub kind: TimeKind,
}

impl Unit {
    /// How many of the unit make a second.
    pub const fn per_second(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Millis => 1_000,
            Self::Micros => 1_000_000,
            Self::Nanos => 1_000_000_000,
        }
    }

    /// Digits behind the point that it is of a second.
    pub const fn digits(self) -> u16 {
        match self {
            Self::Seconds => 0,
            Self::Millis => 3,
            Self::Micros => 6,
            Self::Nanos => 9,
        }
    }

    /// The millisecond that so many units are in.
    pub const fn millis(self, ticks: i64) -> i64 {
        match self {
            Self::Seconds => ticks.saturating_mul(1_000),
            Self::Millis | Self::Micros | Self::Nanos => ticks.div_euclid(self.per_second() / 1_000),
        }
    }
}

impl TimeKind {
    /// Whether it lies on the calendar.
    pub const fn is_dated(self) -> bool {
        match self {
            Self::Instant | Self::Local | Self::Date => true,
            Self::Clock | Self::Duration => false,
        }
    }
}

impl Moment {
    /// The millisecond that it is in.
    pub const fn millis(self) -> i64 {
        self.unit.millis(self.ticks)
    }

    /// What it is on a scale: of dates milliseconds since 1970, of the others seconds.
    pub fn on_scale(self) -> f64 {
        if self.kind.is_dated() {
            self.millis() as f64
        } else {
            self.ticks as f64 / self.unit.per_second() as f64
        }
    }

    /// With every digit that is not zero, as ISO 8601 writes it.
    pub fn iso(self) -> String {
        let Self { ticks, unit, kind } = self;
        let per_second = unit.per_second();
        let mut out = Vec::new();
        match kind {
            TimeKind::Instant => push_timestamp(&mut out, ticks, per_second, true),
            TimeKind::Local => push_timestamp(&mut out, ticks, per_second, false),
            TimeKind::Date => push_date(&mut out, ticks.div_euclid(per_second * 86_400)),
            TimeKind::Clock => push_time_of_day(&mut out, ticks, per_second),
            TimeKind::Duration => {
                let digits = super::decimal::text_of(ticks, unit.digits());
                let digits = if unit == Unit::Seconds { &digits } else { digits.trim_end_matches('0') };
                out.extend_from_slice(format!("PT{}S", digits.trim_end_matches('.')).as_bytes());
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// Whole numbers of 64 bits on their way to another thread, where JavaScript's own are exact up to 2^53 only.
mod halves {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        ((*value >> 32) as i32, *value as u32).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let (high, low) = <(i32, u32)>::deserialize(deserializer)?;
        Ok(i64::from(high) << 32 | i64::from(low))
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, TimeKind, Unit};
    use proptest::prelude::*;

    fn check(ticks: i64, unit: Unit, kind: TimeKind, expected: &str) {
        assert_eq!(Moment { ticks, unit, kind }.iso(), expected);
    }

    #[test]
    fn every_digit_is_there() {
        check(-1, Unit::Nanos, TimeKind::Instant, "1969-12-31T23:59:59.999999999Z");
        check(1_500, Unit::Micros, TimeKind::Local, "1970-01-01T00:00:00.0015");
        check(86_400_000, Unit::Millis, TimeKind::Date, "1970-01-02");
        check(3_600_000_001, Unit::Micros, TimeKind::Clock, "01:00:00.000001");
        check(-1_500, Unit::Millis, TimeKind::Duration, "PT-1.5S");
        check(100, Unit::Seconds, TimeKind::Duration, "PT100S");
        check(100_000, Unit::Millis, TimeKind::Duration, "PT100S");
    }

    proptest! {
        #[test]
        fn any_time_has_a_text_and_crosses_between_threads(ticks: i64) {
            for unit in [Unit::Seconds, Unit::Millis, Unit::Micros, Unit::Nanos] {
                for kind in [TimeKind::Instant, TimeKind::Local, TimeKind::Date, TimeKind::Clock, TimeKind::Duration] {
                    let moment = Moment { ticks, unit, kind };
                    prop_assert!(!moment.iso().is_empty() && moment.on_scale().is_finite());
                    let json = serde_json::to_string(&moment).unwrap();
                    prop_assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
                }
            }
        }
    }
}
