//! Numbers that are written as text.
//!
//! The standard library's parser brings a table of 10 KB that does not compress, and the page is fetched
//! before anything is shown. This one parses the same texts to the same numbers.

use std::slice::Iter;

/// The number that a text is, to the nearest double, in the grammar of `f64::from_str`: `7`, `-7.5`,
/// `.5e3`, `inf`, `NaN`.
pub fn parse(text: &str) -> Option<f64> {
    let (negative, size) = match text.strip_prefix('-') {
        Some(size) => (true, size),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let is = |name: &str| size.eq_ignore_ascii_case(name);
    let value = if is("inf") || is("infinity") {
        f64::INFINITY
    } else if is("nan") {
        f64::NAN
    } else {
        magnitude(size)?
    };
    Some(if negative { -value } else { value })
}

fn magnitude(text: &str) -> Option<f64> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, power(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let written = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !written(whole) || !written(fraction) {
        return None;
    }
    // As the reader asks for: no zeros that mean nothing.
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    Some(minimal_lexical::parse_float::<f64, Iter<'_, u8>, Iter<'_, u8>>(
        whole.as_bytes().iter(),
        fraction.as_bytes().iter(),
        exponent,
    ))
}

/// An exponent. One that no double reaches is as good as any other of its sign.
fn power(text: &str) -> Option<i32> {
    const BEYOND: i32 = 1_000_000;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0i32;
    for byte in digits.bytes() {
        let digit = char::from(byte).to_digit(10)?;
        value = (value * 10 + digit.cast_signed()).min(BEYOND);
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    fn as_standard(text: &str) {
        let (ours, theirs) = (parse(text), text.parse::<f64>().ok());
        assert_eq!(ours.map(f64::to_bits), theirs.map(f64::to_bits), "{text:?}: {ours:?}, {theirs:?}");
    }

    #[test]
    fn texts_at_the_edges() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "-.",
            "e5",
            "1e",
            "1e+",
            "1e-",
            "1.",
            ".5",
            "+.5",
            "-0",
            "0",
            "00",
            "007.50",
            "1e5",
            "1E-5",
            "1_000",
            "1,5",
            " 1",
            "1 ",
            "0x10",
            "inf",
            "-INF",
            "Infinity",
            "+infinity",
            "nan",
            "-NaN",
            "nano",
            "1e309",
            "-1e309",
            "1e-400",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "0e999999999",
            "4.9406564584124654e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "1.7976931348623157e308",
            "1.7976931348623159e308",
            "9007199254740993",
            "9007199254740992.999999999999",
            "0.1",
            "--1",
            "+-1",
            "1e5e5",
            "1.2.3",
            "٣",
            "−1",
        ] {
            as_standard(text);
        }
        // More digits than a word holds, halfway between two doubles, and just beyond.
        let half = "9007199254740993.".to_owned() + &"0".repeat(800);
        as_standard(&half);
        as_standard(&(half + "1"));
        as_standard(&("0.".to_owned() + &"0".repeat(5_000) + "7e5001"));
        as_standard(&("7".to_owned() + &"0".repeat(5_000) + "e-5000"));
    }

    proptest! {
        #[test]
        fn every_double_comes_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            if !value.is_nan() {
                prop_assert_eq!(parse(&format!("{value}")).map(f64::to_bits), Some(bits));
                prop_assert_eq!(parse(&format!("{value:e}")).map(f64::to_bits), Some(bits));
            }
        }

        #[test]
        fn any_text_reads_as_it_does_elsewhere(text in "[-+]?[0-9]{0,30}[.]?[0-9]{0,30}([eE][-+]?[0-9]{0,4})?") {
            as_standard(&text);
        }

        #[test]
        fn nonsense_is_refused_alike(text in "[-+0-9.eEinfaNty ]{0,8}") {
            as_standard(&text);
        }
    }
}
