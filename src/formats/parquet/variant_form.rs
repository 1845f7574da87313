//! The form of values of the type VARIANT, read by the crate `parquet-variant`. Nothing but the entry of the lazy module,
//! and the converter, may name it.

use super::variant::Tree;
use crate::base::error::{Error, Result};
use crate::base::moment::{Moment, TimeKind, Unit};
use parquet_variant::Variant;

/// Reads a value, given the names of fields and the value's own bytes.
///
/// # Errors
/// Where they are no such value, or it nests deeper than the crate's limit.
pub fn read(metadata: &[u8], value: &[u8]) -> Result<Tree> {
    // This looks at all of it, and holds it against the limit of depth.
    let variant = Variant::try_new(metadata, value).map_err(|error| Error::corrupt(error.to_string()))?;
    Ok(tree(&variant))
}

fn tree(variant: &Variant<'_, '_>) -> Tree {
    let moment = |ticks: Option<i64>, unit, kind| match ticks {
        Some(ticks) => Tree::text(&Moment { ticks, unit, kind }.iso()),
        None => Tree::null(),
    };
    match variant {
        Variant::Null => Tree::null(),
        Variant::BooleanTrue => Tree::Plain("true".to_owned()),
        Variant::BooleanFalse => Tree::Plain("false".to_owned()),
        Variant::Int8(value) => Tree::number(value.to_string()),
        Variant::Int16(value) => Tree::number(value.to_string()),
        Variant::Int32(value) => Tree::number(value.to_string()),
        Variant::Int64(value) => Tree::number(value.to_string()),
        Variant::Float(value) => Tree::number(format!("{value:?}")),
        Variant::Double(value) => Tree::number(format!("{value:?}")),
        Variant::Decimal4(value) => decimal(value.integer().into(), value.scale()),
        Variant::Decimal8(value) => decimal(value.integer().into(), value.scale()),
        Variant::Decimal16(value) => decimal(value.integer(), value.scale()),
        Variant::Date(date) => {
            let days = date.signed_duration_since(Default::default()).num_days();
            moment(days.checked_mul(86_400), Unit::Seconds, TimeKind::Date)
        }
        Variant::Time(time) => {
            let micros = time.signed_duration_since(Default::default()).num_microseconds();
            moment(micros, Unit::Micros, TimeKind::Clock)
        }
        Variant::TimestampMicros(at) => moment(Some(at.timestamp_micros()), Unit::Micros, TimeKind::Instant),
        Variant::TimestampNtzMicros(at) => {
            moment(Some(at.and_utc().timestamp_micros()), Unit::Micros, TimeKind::Local)
        }
        Variant::TimestampNanos(at) => moment(at.timestamp_nanos_opt(), Unit::Nanos, TimeKind::Instant),
        Variant::TimestampNtzNanos(at) => {
            moment(at.and_utc().timestamp_nanos_opt(), Unit::Nanos, TimeKind::Local)
        }
        Variant::Uuid(uuid) => Tree::text(&uuid.to_string()),
        Variant::Binary(bytes) => Tree::bytes(bytes),
        Variant::String(text) => Tree::text(text),
        Variant::ShortString(text) => Tree::text(text.as_str()),
        Variant::List(list) => Tree::List(list.iter().map(|item| tree(&item)).collect()),
        Variant::Object(object) => {
            Tree::Object(object.iter().map(|(name, value)| (name.to_owned(), tree(&value))).collect())
        }
    }
}

/// A whole number over a power of ten, with all its digits.
fn decimal(value: i128, scale: u8) -> Tree {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at_checked(digits.len() - scale).unwrap_or((&digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    Tree::Plain(format!("{}{whole}{point}{rest}", if value < 0 { "-" } else { "" }))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{decimal, read};
    use crate::formats::parquet::variant::{Style, Tree};

    #[test]
    fn decimals_have_all_their_digits() {
        let check = |value, scale, expected: &str| {
            assert_eq!(decimal(value, scale), Tree::Plain(expected.to_owned()));
        };
        check(12_345, 2, "123.45");
        check(-5, 3, "-0.005");
        check(0, 0, "0");
        check(-7, 0, "-7");
        check(i128::MIN + 1, 38, "-1.70141183460469231731687303715884105727");
    }

    #[test]
    fn an_object_is_read_with_its_names() {
        // {"notes": "x", "steps": 0}, as DuckDB writes it.
        let metadata = [1, 2, 0, 4, 9, b'o', b't', b'e', b's', b'x', b't', b'e', b'p', b's'];
        let _ = read(&metadata, &[2]);
        let metadata = b"\x01\x02\x00\x05\x0anotessteps";
        let value = b"\x02\x02\x00\x01\x00\x02\x0b\x05x\x18\x00\x00\x00\x00\x00\x00\x00\x00";
        let mut json = String::new();
        read(metadata, value).unwrap().push(&mut json, Style::Read);
        assert_eq!(json, r#"{"notes": "x", "steps": 0}"#);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(metadata: Vec<u8>, value: Vec<u8>) {
            let _ = read(&metadata, &value);
            let _ = read(b"\x01\x02\x00\x05\x0anotessteps", &value);
        }
    }
}
