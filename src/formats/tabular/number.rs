//! Numbers as they are written in text files: what carries them exactly.

use crate::base::numbers;

/// The most digits of a decimal.
pub const MAX_DIGITS: u32 = 38;

/// What a number, as it is written, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A whole number of 64 bits with a sign.
    Int(i64),
    /// One that is beyond those, without a sign.
    UInt(u64),
    /// A whole number with more digits than 64 bits hold, or with zeros or a sign that a number does not keep:
    /// `007`, `+49`.
    Long,
    /// Any other.
    Fraction(Fraction),
}

/// A number with a point or an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// Digits before the point, leading zeros left out, and behind it; none where there is an exponent.
    pub digits: Option<(u32, u32)>,
    /// Whether a double is this number: written shortest, it has the same digits.
    pub exact: bool,
}

/// Reads a number: `7`, `-7.5`, `.5e3`. Nothing where a text is none.
pub fn written(text: &[u8]) -> Option<Written> {
    let (signed, negative, digits) = match text {
        [b'-', rest @ ..] => (true, true, rest),
        [b'+', rest @ ..] => (true, false, rest),
        _ => (false, false, text),
    };
    if digits.is_empty() || digits.len() > 400 {
        return None;
    }
    if digits.iter().all(u8::is_ascii_digit) {
        let keeps = *digits == *b"0" || !digits.starts_with(b"0");
        if !keeps || (signed && !negative) {
            return Some(Written::Long);
        }
        if negative && *digits == *b"0" {
            return Some(Written::Fraction(Fraction { digits: Some((0, 0)), exact: true }));
        }
        let value = (digits.len() <= 20).then(|| {
            digits.iter().try_fold(0u64, |sum, digit| {
                sum.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
            })
        });
        let Some(value) = value.flatten() else { return Some(Written::Long) };
        return Some(match i64::try_from(value) {
            Ok(value) => Written::Int(if negative { -value } else { value }),
            Err(_) if negative && value == i64::MIN.unsigned_abs() => Written::Int(i64::MIN),
            Err(_) if negative => Written::Long,
            Err(_) => Written::UInt(value),
        });
    }
    fraction(text, digits).map(Written::Fraction)
}

fn fraction(text: &[u8], unsigned: &[u8]) -> Option<Fraction> {
    let Parts { whole, fraction, exponent } = parts(unsigned)?;
    if whole.len() > 1 && whole.starts_with(b"0") {
        return None;
    }
    let leading = whole.len() - trim_start(whole).len();
    let digits = exponent.is_none().then_some(((whole.len() - leading) as u32, fraction.len() as u32));
    let exact = exact_double(text, whole, fraction, exponent.unwrap_or(0));
    Some(Fraction { digits, exact })
}

struct Parts<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: Option<i32>,
}

/// The parts of a number without a sign.
fn parts(text: &[u8]) -> Option<Parts<'_>> {
    let is_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let (digits, exponent) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (text.get(..at)?, Some(std::str::from_utf8(text.get(at + 1..)?).ok()?.parse().ok()?)),
        None => (text, None),
    };
    let (whole, fraction) = match digits.iter().position(|byte| *byte == b'.') {
        Some(at) => (digits.get(..at)?, digits.get(at + 1..)?),
        None => (digits, Default::default()),
    };
    let any = !whole.is_empty() || !fraction.is_empty();
    (any && is_digits(whole) && is_digits(fraction)).then_some(Parts { whole, fraction, exponent })
}

/// Whether a double is exactly what is written, in the sense that its shortest text has the same digits.
fn exact_double(text: &[u8], whole: &[u8], fraction: &[u8], exponent: i32) -> bool {
    /// Every decimal of so many digits comes back from a double, and these powers are far from its ends.
    const SAFE_DIGITS: usize = 15;
    const SAFE_POWER: i64 = 290;
    let all: Vec<u8> = whole.iter().chain(fraction).copied().collect();
    let significant = trim_start(&all);
    if significant.is_empty() {
        return true;
    }
    let leading = all.len() - significant.len();
    let significant = trim_end(significant);
    // The power of ten of the first digit.
    let power = i64::from(exponent) + whole.len() as i64 - leading as i64 - 1;
    if significant.len() <= SAFE_DIGITS && power.abs() < SAFE_POWER {
        return true;
    }
    if significant.len() > 17 {
        return false;
    }
    let Some(value) = std::str::from_utf8(text).ok().and_then(numbers::parse) else { return false };
    if !value.is_finite() {
        return false;
    }
    let shortest = format!("{:e}", value.abs());
    let Some((digits, at)) = shortest.split_once('e') else { return false };
    let digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b'.').collect();
    trim_end(&digits) == significant && at.parse() == Ok(power)
}

/// Whether a whole number is exactly a double.
pub fn exact_whole(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    exact_double(text, digits, &[], 0)
}

/// A plain number, without an exponent, as a whole number over ten to the power of `scale`.
pub fn decimal(text: &[u8], scale: u32) -> Option<i128> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let Parts { whole, fraction, exponent: None } = parts(digits)? else { return None };
    let zeros = (scale as usize).checked_sub(fraction.len())?;
    let digits = whole.iter().chain(fraction).copied().chain(std::iter::repeat_n(b'0', zeros));
    let mut value = 0i128;
    for digit in digits {
        value = value.checked_mul(10)?.checked_add(i128::from(digit.wrapping_sub(b'0')))?;
    }
    Some(if negative { -value } else { value })
}

fn trim_start(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

fn trim_end(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    digits.get(..digits.len() - zeros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Fraction, Written, decimal, written};

    #[test]
    fn numbers_are_what_carries_them() {
        let is = |text: &str| written(text.as_bytes());
        let fraction = |digits, exact| Some(Written::Fraction(Fraction { digits, exact }));
        assert_eq!(is("7"), Some(Written::Int(7)));
        assert_eq!(is("-9223372036854775808"), Some(Written::Int(i64::MIN)));
        assert_eq!(is("18446744073709551615"), Some(Written::UInt(u64::MAX)));
        assert_eq!(is("18446744073709551616"), Some(Written::Long));
        assert_eq!(is("007"), Some(Written::Long));
        assert_eq!(is("+49"), Some(Written::Long));
        assert_eq!(is("0.10"), fraction(Some((0, 2)), true));
        assert_eq!(is("9007199254740993.01"), fraction(Some((16, 2)), false));
        assert_eq!(is("0.30000000000000004"), fraction(Some((0, 17)), true));
        assert_eq!(is("0.30000000000000003"), fraction(Some((0, 17)), false));
        assert_eq!(is("1e400"), fraction(None, false));
        assert_eq!(is("1.5e-7"), fraction(None, true));
        for text in ["", "-", ".", "1.2.3", "1e", "0x10", "1_000", " 1", "00.5", "e5"] {
            assert_eq!(is(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(decimal(b"9007199254740993.01", 2), Some(900_719_925_474_099_301));
        assert_eq!(decimal(b"-1.5", 3), Some(-1_500));
        assert_eq!(decimal(b"-7", 1), Some(-70));
        assert_eq!(decimal(b"1.55", 1), None);
    }

    proptest::proptest! {
        #[test]
        fn every_double_that_is_written_shortest_is_exact(bits: u64) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                for text in [format!("{value:?}"), format!("{value:e}")] {
                    let exact = match written(text.as_bytes()) {
                        Some(Written::Fraction(fraction)) => fraction.exact,
                        Some(Written::Int(_) | Written::UInt(_)) => true,
                        Some(Written::Long) | None => text.len() > 300,
                    };
                    proptest::prop_assert!(exact, "{}", text);
                }
            }
        }
    }
}
