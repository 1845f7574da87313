//! Numbers and times to their last digit: in cells, in the ends of filters as links write them, in lists and in
//! the order.

use crate::server::{Session, file_of};
use arrow_array::{
    ArrayRef, Decimal128Array, Decimal256Array, DurationMicrosecondArray, Int64Array, RecordBatch,
    Time64NanosecondArray, TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow_buffer::i256;
use std::sync::Arc;
use vitrine::protocol::Cell;
use vitrine::protocol::display::moment_full;
use vitrine::view::spec::SortKey;
use vitrine::view::url;

/// Values that doubles and milliseconds can't tell apart: 2^53 and what follows it.
const FIRST: i64 = 9_007_199_254_740_992;

fn file() -> Arc<Vec<u8>> {
    let whole = [FIRST + 1, FIRST, FIRST + 3, FIRST + 2];
    let all = |value: &dyn Fn(i64) -> i64| whole.map(value).to_vec();
    let wide = whole.map(|value| i128::from(value) * 1_000_000_000_000 + 7);
    let wider = whole.map(|value| {
        i256::from_i128(i128::from(value)).wrapping_mul(i256::from_i128(10i128.pow(38))).wrapping_neg()
    });
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(whole.to_vec()))),
        ("bits", Arc::new(UInt64Array::from(whole.map(|value| value as u64 + (1 << 63)).to_vec()))),
        (
            "price",
            Arc::new(
                Decimal128Array::from(whole.map(i128::from).to_vec())
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
        ),
        ("wide", Arc::new(Decimal128Array::from(wide.to_vec()).with_precision_and_scale(38, 12).unwrap())),
        ("wider", Arc::new(Decimal256Array::from(wider.to_vec()).with_precision_and_scale(76, 38).unwrap())),
        ("nanos", Arc::new(TimestampNanosecondArray::from(all(&|value| value)))),
        ("micros", Arc::new(TimestampMicrosecondArray::from(all(&|value| value / 5)).with_timezone("UTC"))),
        ("clock", Arc::new(Time64NanosecondArray::from(all(&|value| value - FIRST + 1)))),
        ("took", Arc::new(DurationMicrosecondArray::from(all(&|value| value - FIRST)))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    Arc::new(file_of(&batch))
}

/// What a filter of a link keeps of a column, in ascending order of another.
fn check(link: &str, column: &str, expected: &[&str]) {
    let mut session = Session::open(&file());
    let (spec, notices) = url::parse(link);
    assert_eq!(notices, [], "{link}");
    let again = url::parse(&url::print(&spec)).0;
    assert_eq!(again.filters, spec.filters, "{link}");
    session.show(|show| {
        show.generation = show.generation.next();
        show.rows.filters = spec.filters.clone();
        show.rows.sort = vec![SortKey { column: column.to_owned(), descending: false }];
        show.columns = vec![column.to_owned()];
        show.count = 10;
    });
    assert_eq!(session.notices, []);
    let rows = &session.rows.as_ref().unwrap().rows;
    let told: Vec<String> = rows
        .iter()
        .map(|row| match &row.cells[0] {
            Cell::Digits(digits) => digits.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Time(moment) => moment_full(*moment),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, expected, "{link}");
}

#[test]
fn whole_numbers_beyond_doubles_are_themselves() {
    check("id=9007199254740993..9007199254740994", "id", &["9007199254740993", "9007199254740994"]);
    check("id=9007199254740995,9007199254740992", "id", &["9007199254740992", "9007199254740995"]);
    check("id=!9007199254740992,9007199254740993", "id", &["9007199254740994", "9007199254740995"]);
    check("bits=..9232379236109516799", "bits", &[]);
    check(
        "bits=9232379236109516801..9232379236109516802",
        "bits",
        &["9232379236109516801", "9232379236109516802"],
    );
}

#[test]
fn decimals_of_any_length_are_themselves() {
    check("price=90071992547409.93..90071992547409.94", "price", &["90071992547409.93", "90071992547409.94"]);
    check("price=90071992547409.9200", "price", &["90071992547409.92"]);
    check(
        "price=90071992547409.925..",
        "price",
        &["90071992547409.93", "90071992547409.94", "90071992547409.95"],
    );
    check(
        "wide=9007199254740993.000000000007..9007199254740994.0000000000071",
        "wide",
        &["9007199254740993.000000000007", "9007199254740994.000000000007"],
    );
    check("wide=9007199254740995.000000000007", "wide", &["9007199254740995.000000000007"]);
    check("wide=..9007199254740992", "wide", &[]);
    let zeros = "0".repeat(38);
    let wider = |last: i64| format!("-{}.{zeros}", FIRST + last);
    check("wider=..-9007199254740994", "wider", &[&wider(3), &wider(2)]);
    check("wider=!-9007199254740994,-9007199254740995", "wider", &[&wider(1), &wider(0)]);
}

#[test]
fn times_have_every_digit() {
    check(
        "nanos=1970-04-15T05:59:59.254740993..1970-04-15T05:59:59.254740994",
        "nanos",
        &["1970-04-15 05:59:59.254740993", "1970-04-15 05:59:59.254740994"],
    );
    check("nanos=1970-04-15T05:59:59.254740995", "nanos", &["1970-04-15 05:59:59.254740995"]);
    check(
        "nanos=..1970-04-15T05:59:59.254740",
        "nanos",
        &[
            "1970-04-15 05:59:59.254740992",
            "1970-04-15 05:59:59.254740993",
            "1970-04-15 05:59:59.254740994",
            "1970-04-15 05:59:59.254740995",
        ],
    );
    let micros = "2027-01-31 23:57:30.948198 UTC";
    check("micros=2027-01-31..2027-01-31T23:57:30.948198", "micros", &[micros; 3]);
    check("clock=0.000000003..", "clock", &["00:00:00.000000003", "00:00:00.000000004"]);
    check("took=0.000001..0.000002", "took", &["0.000001 s", "0.000002 s"]);
    check("took=0.000003", "took", &["0.000003 s"]);
    check("clock=00:00:00.000000002", "clock", &["00:00:00.000000002"]);
}
