//! Decimal numbers of any length, exact: as the digits that people write, and as the whole numbers of their last
//! place that files hold.

use serde::{Deserialize, Serialize};

/// Digits of a number, before and behind the point. Files in use have up to 76.
pub const MAX_DIGITS: usize = 1_000;

/// Most bytes of a whole number; one of so many has about 300 digits.
pub const MAX_BYTES: usize = 127;

/// A number as its digits, in the one way in which it is written without an exponent and without zeros that mean
/// nothing: `-12.5`, `0.001`, `0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digits(Box<str>);

/// A number in units of a decimal place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Whether it is below zero.
    pub is_negative: bool,
    /// The digits of the whole number, towards zero; no zeros in front.
    pub digits: String,
    /// Whether that is all of it.
    pub is_exact: bool,
}

impl Digits {
    /// Reads a number: `7`, `-7.50`, `1e3`. None where it is not one, or has more than [`MAX_DIGITS`].
    pub fn read(text: &str) -> Option<Self> {
        let (negative, size) = match text.strip_prefix('-') {
            Some(size) => (true, size),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match size.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (size, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
        if point.unsigned_abs() > MAX_DIGITS as u64 {
            return None;
        }
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let (whole, fraction) = match usize::try_from(point) {
            Ok(place) => match digits.split_at_checked(place) {
                Some((whole, fraction)) => (whole.to_owned(), fraction.to_owned()),
                None => (format!("{digits}{}", zeros(point - digits.len() as i64)), String::new()),
            },
            Err(_) => (String::new(), format!("{}{digits}", zeros(-point))),
        };
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let sign = if negative && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        Some(Self(format!("{sign}{whole}{point}{fraction}").into()))
    }

    /// The digits.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// How many of the unit of the place `scale` behind the point it is.
    pub fn cut(&self, scale: u16) -> Cut {
        let (is_negative, size) = match self.0.strip_prefix('-') {
            Some(size) => (true, size),
            None => (false, &*self.0),
        };
        let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
        let places = usize::from(scale);
        let (kept, rest) = fraction.split_at_checked(places).unwrap_or((fraction, ""));
        let digits = format!("{whole}{kept}{}", "0".repeat(places - kept.len()));
        Cut { is_negative, digits: digits.trim_start_matches('0').to_owned(), is_exact: rest.is_empty() }
    }
}

impl Cut {
    /// The smallest whole number that is no less, or the largest one that is no more. Numbers beyond 128 bits
    /// stop there.
    pub fn whole(&self, up: bool) -> i128 {
        let size = if self.digits.is_empty() { 0 } else { self.digits.parse().unwrap_or(i128::MAX) };
        let beyond = i128::from(!self.is_exact && up != self.is_negative);
        let size = size.saturating_add(beyond);
        if self.is_negative { -size } else { size }
    }

    /// As [`sortable`] has it, towards zero; none beyond [`MAX_BYTES`].
    pub fn sortable(&self) -> Option<Vec<u8>> {
        // Least byte first.
        let mut bytes: Vec<u8> = Vec::new();
        for digit in self.digits.bytes() {
            let mut carry = u32::from(digit.wrapping_sub(b'0'));
            for byte in &mut bytes {
                let value = u32::from(*byte) * 10 + carry;
                *byte = value as u8;
                carry = value >> 8;
            }
            if carry > 0 {
                bytes.push(carry as u8);
            }
        }
        bytes.push(0);
        if self.is_negative {
            negate(&mut bytes);
        }
        bytes.reverse();
        sortable(&bytes)
    }
}

/// A whole number of `bytes` in two's complement, most significant first, as bytes that are in the order of the
/// numbers: their count with the sign, then as few as hold it. None beyond [`MAX_BYTES`].
pub fn sortable(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest
        && let [second, ..] = tail
        && (*first == 0 && second & 0x80 == 0 || *first == 0xff && second & 0x80 != 0)
    {
        rest = tail;
    }
    let len = u8::try_from(rest.len()).ok().filter(|len| usize::from(*len) <= MAX_BYTES)?;
    let is_negative = rest.first().is_some_and(|byte| byte & 0x80 != 0);
    let mut out = Vec::with_capacity(rest.len() + 1);
    out.push(if is_negative { 0x80 - len } else { 0x80 + len });
    out.extend_from_slice(rest);
    Some(out)
}

/// The text of a number of which [`sortable`] made these bytes, with `scale` digits behind the point.
pub fn text_of_sortable(bytes: &[u8], scale: u16) -> String {
    const LIMB: u64 = 1_000_000_000;
    let mut bytes: Vec<u8> = bytes.iter().skip(1).rev().copied().collect();
    let is_negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    if is_negative {
        negate(&mut bytes);
    }
    // Nine digits each, the least first.
    let mut limbs: Vec<u64> = Vec::new();
    for byte in bytes.iter().rev() {
        let mut carry = u64::from(*byte);
        for limb in &mut limbs {
            let value = *limb * 256 + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let digits: String = limbs.iter().rev().map(|limb| format!("{limb:09}")).collect();
    with_point(is_negative, digits.trim_start_matches('0'), scale)
}

/// The text of a whole number of units of the place `scale` behind the point: `-0.50`.
pub fn text_of(value: i64, scale: u16) -> String {
    if scale == 0 {
        return value.to_string();
    }
    with_point(value < 0, &value.unsigned_abs().to_string(), scale)
}

fn with_point(is_negative: bool, digits: &str, scale: u16) -> String {
    let places = usize::from(scale);
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
    let sign = if is_negative { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// The opposite of a number in two's complement, least byte first.
fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (value, more) = (!*byte).overflowing_add(u8::from(carry));
        *byte = value;
        carry = more;
    }
}

#[cfg(test)]
mod tests {
    use super::{Digits, sortable, text_of, text_of_sortable};
    use proptest::prelude::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(Digits::read(text).as_ref().map(Digits::text), expected, "{text}");
    }

    #[test]
    fn a_number_is_written_in_one_way() {
        for (text, expected) in [
            ("007.500", "7.5"),
            ("-0.0", "0"),
            ("+12e-3", "0.012"),
            ("9007199254740993.01", "9007199254740993.01"),
            ("1.5e3", "1500"),
            (".5", "0.5"),
            ("-5.", "-5"),
        ] {
            check(text, Some(expected));
        }
        for text in ["", "-", ".", "1e", "one", "1e9999", "1,5", "NaN", "inf", "1e1e1"] {
            check(text, None);
        }
    }

    #[test]
    fn between_two_places_it_is_rounded_to_either() {
        let ends = |text: &str| {
            let cut = Digits::read(text).unwrap().cut(2);
            (cut.whole(true), cut.whole(false))
        };
        assert_eq!(ends("7.5"), (750, 750));
        assert_eq!(ends("7.501"), (751, 750));
        assert_eq!(ends("-7.501"), (-750, -751));
        assert_eq!(ends("0.001"), (1, 0));
        assert_eq!(ends("1e200"), (i128::MAX, i128::MAX));
    }

    #[test]
    fn whole_numbers_get_their_point() {
        assert_eq!((text_of(-5, 2).as_str(), text_of(12_345, 2).as_str()), ("-0.05", "123.45"));
        assert_eq!(
            (text_of(i64::MIN, 0).as_str(), text_of(0, 3).as_str()),
            ("-9223372036854775808", "0.000")
        );
        assert_eq!(text_of_sortable(&sortable(&[]).unwrap(), 1), "0.0");
        let most = [0x7f; 40];
        let text = text_of_sortable(&sortable(&most).unwrap(), 3);
        assert_eq!(Digits::read(&text).unwrap().cut(3).sortable(), sortable(&most));
    }

    proptest! {
        #[test]
        fn bytes_are_in_the_order_of_numbers(a: i128, b: i128, shift in 0u32..128) {
            let (a, b) = (a >> shift, b >> (shift / 2));
            let bytes = |value: i128| sortable(&value.to_be_bytes()).unwrap();
            prop_assert_eq!(bytes(a).cmp(&bytes(b)), a.cmp(&b));
            prop_assert_eq!(text_of_sortable(&bytes(a), 0), a.to_string());
            let digits = Digits::read(&a.to_string()).unwrap().cut(0);
            prop_assert_eq!(digits.sortable(), Some(bytes(a)));
            prop_assert_eq!(digits.whole(true), a.max(-i128::MAX));
        }

        #[test]
        fn nothing_panics(text in "[-+0-9.eE]{0,12}", bytes: Vec<u8>, scale in 0u16..2_000) {
            if let Some(digits) = Digits::read(&text) {
                let cut = digits.cut(scale);
                let _ = (cut.whole(true), cut.sortable());
                prop_assert_eq!(Digits::read(digits.text()), Some(digits));
            }
            let _ = text_of_sortable(&bytes, scale);
            let _ = sortable(&bytes);
        }
    }
}
