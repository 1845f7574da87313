//! The type of a column of text, from all its values.

use super::moment::Moment;
use super::number::{Fraction, MAX_DIGITS, Written, exact_whole, written};

/// What holds a column's values exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `true` and `false`.
    Bool,
    /// Whole numbers.
    Int,
    /// Whole numbers without a sign, some of them above those.
    UInt,
    /// Doubles.
    Float,
    /// Decimals: all digits, and those behind the point.
    Decimal {
        /// At most [`MAX_DIGITS`].
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// Days.
    Date,
    /// Points in time.
    Time {
        /// Digits of the second's fraction: 3, 6 or 9.
        digits: u32,
        /// Minutes that all zones are ahead of UTC; none where none is named.
        zone: Option<i32>,
    },
    /// Anything.
    Text,
}

/// What a column may still be.
#[derive(Clone, Debug)]
pub struct Guess {
    possible: u8,
    /// Whether there was a value at all.
    any: bool,
    /// The most digits before and behind the point.
    whole: u32,
    fraction: u32,
    time_digits: u32,
    zone: Option<Option<i32>>,
    fits_nanos: bool,
}

const BOOL: u8 = 1;
const INT: u8 = 2;
const UINT: u8 = 4;
const FLOAT: u8 = 8;
const DECIMAL: u8 = 16;
const DATE: u8 = 32;
const TIME: u8 = 64;

impl Default for Guess {
    fn default() -> Self {
        Self {
            possible: BOOL | INT | UINT | FLOAT | DECIMAL | DATE | TIME,
            any: false,
            whole: 0,
            fraction: 0,
            time_digits: 0,
            zone: None,
            fits_nanos: true,
        }
    }
}

/// Words that stand for no value, where the other values are no text.
pub fn is_null_word(text: &[u8]) -> bool {
    matches!(
        text,
        b"NA" | b"N/A" | b"n/a" | b"null" | b"NULL" | b"Null" | b"None" | b"\\N" | b"<NA>" | b"NaT"
    )
}

/// What is no number and still one of the values of doubles.
pub fn special_double(text: &[u8]) -> Option<f64> {
    Some(match text {
        b"NaN" | b"nan" => f64::NAN,
        b"inf" | b"Infinity" => f64::INFINITY,
        b"-inf" | b"-Infinity" => f64::NEG_INFINITY,
        _ => return None,
    })
}

/// `true` and `false`, in the spellings of programs.
pub fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"true" | b"True" | b"TRUE" => Some(true),
        b"false" | b"False" | b"FALSE" => Some(false),
        _ => None,
    }
}

impl Guess {
    /// Whether more values would change nothing.
    pub fn is_text(&self) -> bool {
        self.possible == 0
    }

    /// Takes a value into account that is not empty.
    pub fn see(&mut self, text: &[u8]) {
        if self.possible == 0 {
            return;
        }
        let text = text.trim_ascii();
        let allowed = match text.first() {
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => self.see_number(text),
            _ if boolean(text).is_some() => BOOL,
            _ if special_double(text).is_some() => FLOAT,
            _ if is_null_word(text) => return,
            _ => 0,
        };
        self.any = true;
        self.possible &= allowed;
    }

    fn see_number(&mut self, text: &[u8]) -> u8 {
        if text.get(4) == Some(&b'-') && text.len() >= 10 {
            return self.see_moment(text);
        }
        let float = |exact: bool| if exact { FLOAT } else { 0 };
        match written(text) {
            Some(Written::Int(value)) => {
                let digits = value.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
                self.whole = self.whole.max(digits);
                let unsigned = if value >= 0 { UINT } else { 0 };
                let exact = digits <= 15 || exact_whole(text);
                INT | unsigned | DECIMAL | float(exact)
            }
            Some(Written::UInt(_)) => {
                self.whole = self.whole.max(20);
                UINT | DECIMAL | float(exact_whole(text))
            }
            Some(Written::Fraction(Fraction { digits, exact })) => {
                let decimal = digits.map_or(0, |(whole, fraction)| {
                    self.whole = self.whole.max(whole);
                    self.fraction = self.fraction.max(fraction);
                    DECIMAL
                });
                float(exact) | decimal
            }
            None if special_double(text).is_some() => FLOAT,
            Some(Written::Long) | None => 0,
        }
    }

    fn see_moment(&mut self, text: &[u8]) -> u8 {
        let Some(moment) = Moment::parse(text) else { return 0 };
        let Some(time) = moment.time else { return DATE };
        self.time_digits = self.time_digits.max(time.digits);
        self.fits_nanos &= moment.since_1970(1_000_000_000).is_some();
        if *self.zone.get_or_insert(time.zone) != time.zone {
            return 0;
        }
        TIME
    }

    /// Takes all values into account that another one has seen.
    pub fn and(&self, other: &Self) -> Self {
        let zones_differ = matches!((self.zone, other.zone), (Some(own), Some(other)) if own != other);
        Self {
            possible: if zones_differ { 0 } else { self.possible & other.possible },
            any: self.any || other.any,
            whole: self.whole.max(other.whole),
            fraction: self.fraction.max(other.fraction),
            time_digits: self.time_digits.max(other.time_digits),
            zone: self.zone.or(other.zone),
            fits_nanos: self.fits_nanos && other.fits_nanos,
        }
    }

    /// Whether there was a value at all.
    pub fn has_seen_any(&self) -> bool {
        self.any
    }

    /// What holds all values that were seen.
    pub fn resolve(&self) -> Type {
        let may = |what: u8| self.any && self.possible & what != 0;
        let digits = self.whole + self.fraction;
        match () {
            () if may(BOOL) => Type::Bool,
            () if may(INT) => Type::Int,
            () if may(UINT) => Type::UInt,
            () if may(FLOAT) => Type::Float,
            () if may(DECIMAL) && digits <= MAX_DIGITS => {
                Type::Decimal { precision: digits.max(1) as u8, scale: self.fraction as u8 }
            }
            () if may(DATE) => Type::Date,
            () if may(TIME) => {
                let digits = self.time_digits.div_ceil(3).max(1) * 3;
                let zone = self.zone.flatten();
                if digits > 6 && !self.fits_nanos { Type::Text } else { Type::Time { digits, zone } }
            }
            () => Type::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Guess, Type};

    #[test]
    fn a_type_holds_all_values() {
        let check = |values: &[&str], expected: Type| {
            let mut guess = Guess::default();
            values.iter().for_each(|value| guess.see(value.as_bytes()));
            assert_eq!(guess.resolve(), expected, "{values:?}");
        };
        check(&["1", " 2", "-3"], Type::Int);
        check(&["1", "NA", "18446744073709551615"], Type::UInt);
        check(&["-1", "18446744073709551615"], Type::Decimal { precision: 20, scale: 0 });
        check(&["1", "2.5", "NaN"], Type::Float);
        check(&["9007199254740993", "2.5"], Type::Decimal { precision: 17, scale: 1 });
        check(&["9007199254740993", "2.5e3"], Type::Text);
        check(&["007", "1"], Type::Text);
        check(&["123456789012345678901234567890"], Type::Text);
        check(&["True", "false"], Type::Bool);
        check(&["true", "1"], Type::Text);
        check(&["2022-08-10", "null"], Type::Date);
        check(&["2022-08-10", "2022-08-10 00:00"], Type::Text);
        check(
            &["2022-08-10T00:00:00Z", "2022-08-10T00:00:00.1234+00:00"],
            Type::Time { digits: 6, zone: Some(0) },
        );
        check(&["2022-08-10T00:00:00Z", "2022-08-10T00:00:00"], Type::Text);
        check(&["9999-08-10T00:00:00.123456789"], Type::Text);
        check(&["None"], Type::Text);
        check(&[], Type::Text);
        check(&["+49 30 1234"], Type::Text);
    }

    #[test]
    fn two_files_are_seen_as_one() {
        let seen = |values: &[&str]| {
            let mut guess = Guess::default();
            values.iter().for_each(|value| guess.see(value.as_bytes()));
            guess
        };
        for (first, second) in [
            (&["1", "2"][..], &["2.5"][..]),
            (&["9007199254740993"], &["2.5"]),
            (&["1"], &["007"]),
            (&[], &["true"]),
            (&["2022-08-10T00:00:00Z"], &["2022-08-10T00:00:00+02:00"]),
            (&["2022-08-10T00:00:00Z"], &["2022-08-10T00:00:00.123456789Z"]),
            (&["-1"], &["18446744073709551615"]),
            (&["NA"], &["castle"]),
        ] {
            let all: Vec<&str> = first.iter().chain(second).copied().collect();
            let both = seen(first).and(&seen(second));
            assert_eq!(both.resolve(), seen(&all).resolve(), "{first:?} {second:?}");
        }
    }
}
