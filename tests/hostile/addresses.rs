//! Links, times that are typed, and what the Hub answers.

use vitrine::base::bytes::ByteRange;
use vitrine::base::moment::Quantity;
use vitrine::formats::hub;
use vitrine::formats::hub::answer::{Answer, Identity, judge_range};
use vitrine::formats::hub::listing::{next_page, parse_refs, parse_tree};
use vitrine::protocol::display;
use vitrine::protocol::display::scale::{ended, typed_bound};
use vitrine::view::url;

/// A link: whatever was understood of it is printed and read back as the same.
pub fn link(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (spec, notices) = url::parse(&text);
    assert!(notices.len() <= 16, "{} notices", notices.len());
    let printed = url::print(&spec);
    let (again, notices) = url::parse(&printed);
    assert_eq!(again, spec, "{printed}");
    assert_eq!(notices, [], "{printed}");
    assert_eq!(url::print(&again), printed);
}

/// A bound that someone types into a chart's field; its words can be typed again.
pub fn times(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for quantity in [Quantity::Number, Quantity::Moment, Quantity::Clock, Quantity::Duration] {
        if let Ok(Some(bound)) = typed_bound(&text, quantity) {
            assert!(!ended(quantity, &bound).is_empty());
        }
    }
    if let Some((head, _)) = data.split_first_chunk::<8>() {
        let millis = i64::from_le_bytes(*head);
        let _ = (
            vitrine::base::calendar::date_time(millis),
            display::time_full(millis as f64),
            display::time_short(millis as f64, None),
        );
        let _ = (display::time_from(millis), display::time_until(millis));
        let number = f64::from_le_bytes(*head);
        let _ = (display::number(number), display::time_full(number), display::time_tick(number, number));
    }
}

/// The Hub's JSON, its headers, and paths that nobody has.
pub fn hub(data: &[u8]) {
    let entries = parse_tree(data).unwrap_or_default();
    let _ = parse_refs(data);
    let text = String::from_utf8_lossy(data);
    if let Some(next) = next_page("https://hub", &text) {
        assert!(next.starts_with("https://hub/"), "{next}");
    }
    let wanted = text.get(..200).unwrap_or_default();
    let near =
        hub::listing::near_matches(wanted, entries.files.iter().take(50).map(|entry| entry.path.as_str()));
    assert!(near.len() <= 3);
    let mut lines = text.lines().map(str::to_owned);
    let expected = Identity { total_bytes: 1000, etag: lines.next(), commit: lines.next() };
    let answer = Answer {
        signed: data.len().is_multiple_of(2),
        status: [200, 206, 403, 416][data.len() % 4],
        content_range: lines.next(),
        content_length: lines.next().and_then(|line| line.parse().ok()),
        etag: lines.next(),
        linked_etag: lines.next(),
        repo_commit: lines.next(),
        error_code: lines.next(),
    };
    let expected = (!data.len().is_multiple_of(3)).then_some(&expected);
    if let Ok(accepted) = judge_range(&answer, ByteRange::new(100, 200), expected) {
        assert!(accepted.range.start <= 100, "a body that begins too late");
        assert!(accepted.range.end <= accepted.total_bytes.max(200));
    }
}
