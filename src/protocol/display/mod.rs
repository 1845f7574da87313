//! How values are written for people: numbers, times, cells, ranges, and back from what is typed.

pub mod parameters;
pub mod scale;

use crate::base::calendar::date_time;
use crate::base::moment::{Moment, TimeKind};
use crate::base::numbers;
use crate::protocol::Cell;
use crate::view::catalog;
use crate::view::facts::Facts;
use crate::view::spec::{Bound, Clause, ListValue, Precision, Range, Subset, TimeBound};
use crate::view::url::time::print_time;

/// A whole number with commas: `2,000,000`.
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A whole number in a few characters: `950`, `1.4 M`, `14 M`.
pub fn compact(value: u64) -> String {
    for (scale, unit) in [(1e9, "G"), (1e6, "M"), (1e4, "K")] {
        let scaled = value as f64 / if unit == "K" { 1e3 } else { scale };
        if value as f64 >= scale {
            let one = format!("{scaled:.1}");
            let text = one.strip_suffix(".0").map_or_else(|| one.clone(), str::to_owned);
            return format!("{text} {unit}");
        }
    }
    thousands(value)
}

/// A number at an axis, in a few characters: `0.5`, `20000`, `-2 G`, `5e18`.
pub fn tick(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && (1e5..1e13).contains(&size) {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", compact(size as u64));
    }
    if size >= 1e9 && size.is_finite() {
        let short = format!("{value:.3e}");
        let (digits, power) = short.split_once('e').unwrap_or((&short, "0"));
        return format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    number(value)
}

/// A count that fits beside a bar: with commas below a million, short from there.
pub fn count(value: u64) -> String {
    if value < 1_000_000 { thousands(value) } else { compact(value) }
}

/// A number without needless digits: `7`, `7.5`, `0.0312`.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value}");
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = if size >= 100.0 {
        2
    } else if size >= 1.0 {
        3
    } else {
        4
    };
    let text = format!("{value:.decimals$}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed.is_empty() || trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

/// A share of all as whole percent, which is not 100 before it is all: `41 %`.
pub fn percent(part: u64, all: u64) -> String {
    format!("{} %", percent_floor(part, all))
}

/// A share of all with as many digits as say something: `41 %`, `4.1 %`, `0.041 %`.
pub fn share_of(part: u64, all: u64) -> String {
    let share = if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 };
    if share == 0.0 || share >= 10.0 {
        return percent(part, all);
    }
    // Two digits, from the first that is not 0; rounding must not make 10 of 9.96.
    let digits = (1.0 - share.log10().floor()).clamp(1.0, 7.0) as usize;
    format!("{share:.digits$} %")
}

/// The same as a number.
pub fn percent_floor(part: u64, all: u64) -> u64 {
    if all == 0 { 0 } else { (u128::from(part.min(all)) * 100 / u128::from(all)) as u64 }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment below a chart whose labels are `step` milliseconds apart: `6 Aug`, `14:00`, `2021`.
pub fn time_tick(millis: f64, step: f64) -> String {
    let at = date_time(millis as i64);
    let month = MONTHS.get(at.month as usize - 1).copied().unwrap_or_default();
    if step >= 300.0 * 86_400_000.0 {
        at.year.to_string()
    } else if step >= 86_400_000.0 {
        format!("{} {month}", at.day)
    } else if step >= 60_000.0 {
        format!("{:02}:{:02}", at.hour, at.minute)
    } else {
        format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
    }
}

/// A moment in a table: `08-20 17:41`, with the year where it is not `year`.
pub fn time_short(millis: f64, year: Option<i64>) -> String {
    let at = date_time(millis as i64);
    let rest = format!("{:02}-{:02} {:02}:{:02}", at.month, at.day, at.hour, at.minute);
    if year == Some(at.year) { rest } else { format!("{}-{rest}", at.year) }
}

/// A moment in full: `2022-08-20 17:41:00`.
pub fn time_full(millis: f64) -> String {
    let at = date_time(millis as i64);
    let mut text = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        at.year, at.month, at.day, at.hour, at.minute, at.second
    );
    if at.milli > 0 {
        text.push_str(&format!(".{:03}", at.milli));
    }
    text
}

/// A time in a table: its date and minute, the time of day, or how long it is.
fn moment_short(moment: Moment, year: Option<i64>) -> String {
    match moment.kind {
        TimeKind::Instant | TimeKind::Local => time_short(moment.millis() as f64, year),
        TimeKind::Date | TimeKind::Clock => moment.iso(),
        TimeKind::Duration => duration(moment),
    }
}

/// A time to its last digit, and its zone where it has one: `2022-08-20 17:41:00.000001 UTC`.
pub fn moment_full(moment: Moment) -> String {
    match moment.kind {
        TimeKind::Instant => {
            let text = moment.iso().replacen('T', " ", 1);
            format!("{} UTC", text.strip_suffix('Z').unwrap_or(&text))
        }
        TimeKind::Local => moment.iso().replacen('T', " ", 1),
        TimeKind::Date | TimeKind::Clock => moment.iso(),
        TimeKind::Duration => duration(moment),
    }
}

/// A length of time: `2 d 3 h 4 min 5.25 s`.
fn duration(moment: Moment) -> String {
    let per_second = moment.unit.per_second().unsigned_abs();
    let all = moment.ticks.unsigned_abs();
    let (seconds, rest) = (all / per_second, all % per_second);
    let mut parts = Vec::new();
    for (length, whole, unit) in [(86_400, u64::MAX, "d"), (3_600, 24, "h"), (60, 60, "min")] {
        let count = seconds / length % whole;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        }
    }
    if seconds % 60 > 0 || rest > 0 || parts.is_empty() {
        let digits = usize::from(moment.unit.digits());
        let fraction = if rest > 0 { format!(".{rest:0digits$}") } else { String::new() };
        parts.push(format!("{}{} s", seconds % 60, fraction.trim_end_matches('0')));
    }
    format!("{}{}", if moment.ticks < 0 { "-" } else { "" }, parts.join(" "))
}

/// A moment as exact as it was written.
pub fn time_bound(bound: TimeBound) -> String {
    // An hour alone does not read like one.
    let hour = bound.precision == Precision::Hour;
    let precision = if hour { Precision::Minute } else { bound.precision };
    print_time(TimeBound { precision, ..bound }).replacen('T', " ", 1)
}

/// The coarsest point in time that begins exactly here.
pub fn time_from(start_millis: i64) -> TimeBound {
    let precision = coarsest(start_millis);
    TimeBound::of_millis(start_millis, precision)
}

/// The coarsest point in time that ends exactly before `end_millis`.
pub fn time_until(end_millis: i64) -> TimeBound {
    let precision = coarsest(end_millis);
    TimeBound::of_millis(end_millis.saturating_sub(precision.millis()), precision)
}

fn coarsest(millis: i64) -> Precision {
    [Precision::Day, Precision::Hour, Precision::Minute, Precision::Second]
        .into_iter()
        .find(|precision| millis.rem_euclid(precision.millis()) == 0)
        .unwrap_or(Precision::Millisecond)
}

/// An end of a range.
pub fn bound(end: &Bound) -> String {
    match end {
        Bound::Number(value) => end_number(*value),
        Bound::Exact(digits) => digits.text().to_owned(),
        Bound::Time(time) => time_bound(*time),
    }
}

/// The end of a range: to the last digit, but for those that neighbours of round numbers have.
fn end_number(value: f64) -> String {
    /// Digits that somebody writes, and those that numbers of four bytes are sure of.
    const WRITTEN: usize = 12;
    const SURE: usize = 7;
    /// How far apart neighbours of four bytes are, as a share of them.
    const APART: f64 = 2e-7;
    let text = value.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let round = numbers::parse(&format!("{value:.5e}")).unwrap_or(value);
    let is_neighbour = (value - round).abs() < value.abs() * APART;
    let is_chosen = digits <= SURE || digits <= WRITTEN && !is_neighbour;
    let is_whole = value.fract() == 0.0 && value.abs() < 1e17;
    if is_whole || is_chosen { text } else { number(value) }
}

/// A category as people read it: `512x768` of the image sizes is `512 × 768`.
pub fn label(facts: &Facts, column: &str, label: &str) -> String {
    let alone = facts.column(column).and_then(|facts| facts.detached.as_ref());
    match alone.filter(|(value, _)| numbers::parse(label) == Some(*value)) {
        Some((_, name)) => name.to_string(),
        None if column == catalog::SIZE && facts.column(column).is_some() => label.replacen('x', " × ", 1),
        None => label.to_owned(),
    }
}

/// What a filter asks of its column: `7 – 15`, `≤ 0.5`, `k_lms, ddim`.
pub fn clause(facts: &Facts, column: &str, clause: &Clause) -> String {
    let quantity = facts.quantity(column);
    let bound = |end: &Bound| scale::ended(quantity, end);
    match clause {
        Clause::Range(Range { low: Some(low), high: Some(high) }) => {
            let (low, high) = (bound(low), bound(high));
            if low == high { label(facts, column, &low) } else { format!("{low} – {high}") }
        }
        Clause::Range(Range { low: Some(low), high: None }) => format!("≥ {}", bound(low)),
        Clause::Range(Range { low: None, high: Some(high) }) => match high {
            Bound::Number(value) if just_below(*value).is_some() => {
                format!("< {}", just_below(*value).map(number).unwrap_or_default())
            }
            Bound::Number(_) | Bound::Exact(_) | Bound::Time(_) => format!("≤ {}", bound(high)),
        },
        Clause::Range(Range { low: None, high: None }) | Clause::NotNull => "any value".to_owned(),
        Clause::List(list) => {
            let named: Vec<String> =
                list.values.iter().take(3).map(|value| list_value(facts, column, value)).collect();
            let more = list.values.len().saturating_sub(3);
            if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
        }
        Clause::Null => "none".to_owned(),
    }
}

/// The round number that a value of four bytes is the next one below: what is at most `0.099999994`
/// is below `0.1`.
fn just_below(value: f64) -> Option<f64> {
    /// Digits of a number that somebody would choose.
    const ROUND: usize = 5;
    let narrow = value as f32;
    let next = narrow.next_up();
    let (own, above) = (narrow.to_string(), next.to_string());
    let is_that = value.is_finite() && value.fract() != 0.0 && f64::from(narrow) - value < 1e-9 * value.abs();
    (is_that && own.len() > above.len() + ROUND && above.len() <= ROUND)
        .then(|| numbers::parse(&above))
        .flatten()
}

fn list_value(facts: &Facts, column: &str, value: &ListValue) -> String {
    match value {
        ListValue::Null => "none".to_owned(),
        ListValue::Text(text) => label(facts, column, text),
    }
}

/// A value of the table in short; none where there is nothing to read yet.
pub fn cell(facts: &Facts, column: &str, value: &Cell, year: Option<i64>) -> Option<String> {
    Some(match value {
        Cell::Pending | Cell::Failed => return None,
        Cell::Null => "none".to_owned(),
        Cell::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        Cell::Number(value) => facts.label(column, *value).map_or_else(|| number(*value), str::to_owned),
        Cell::Digits(text) | Cell::Json(text) => text.clone(),
        Cell::Time(moment) => moment_short(*moment, year),
        Cell::Text(text) => label(facts, column, text),
        Cell::Binary(bytes) => crate::base::bytes::human_bytes(u64::from(*bytes)),
    })
}

/// How many values a list has that is written as JSON and may be cut short; none where it is no list.
pub fn list_len(json: &str) -> Option<usize> {
    let inner = json.trim_start().strip_prefix('[')?;
    let (mut depth, mut quoted, mut escaped) = (0u32, false, false);
    let (mut commas, mut any) = (0, false);
    for letter in inner.chars() {
        if quoted {
            quoted = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            ']' if depth == 0 => break,
            ',' if depth == 0 => commas += 1,
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '"' => quoted = true,
            _ => {}
        }
        any |= !letter.is_whitespace();
    }
    Some(if any { commas + 1 } else { 0 })
}

/// What a structure of a file and its path says, written as JSON: how large the file is, and its path; none where a row
/// has no such structure, or another one.
pub fn file_of(json: &str) -> Option<(Option<String>, Option<String>)> {
    let inner = json.strip_prefix("{\"bytes\": ")?;
    let text = |text: &str| {
        let quoted = text.strip_prefix('"')?.strip_suffix('"')?;
        Some(quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
    };
    let (bytes, path) = inner.strip_suffix('}')?.split_once(", \"path\": ")?;
    Some((text(bytes), text(path)))
}

/// A name with its middle left out where it has more than `most` letters: names that belong together differ at
/// their ends.
pub fn middle(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    let kept = most.saturating_sub(1).max(2);
    if letters.len() <= most.max(3) {
        return name.to_owned();
    }
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    let from =
        |range: std::ops::Range<usize>| letters.get(range).unwrap_or_default().iter().collect::<String>();
    format!("{}…{}", from(0..head), from(letters.len() - tail..letters.len()))
}

/// A value in full.
pub fn cell_full(facts: &Facts, column: &str, value: &Cell) -> Option<String> {
    match value {
        Cell::Time(moment) => Some(moment_full(*moment)),
        Cell::Number(value) if facts.label(column, *value).is_none() => Some(value.to_string()),
        _ => cell(facts, column, value, None),
    }
}

/// A subset, for people; `title` is what a named one is called.
pub fn subset<'a>(subset: &'a Subset, title: impl FnOnce(&'a str) -> &'a str) -> String {
    match subset {
        Subset::First(rows) => format!("first {} rows", thousands(*rows)),
        Subset::Random { rows, seed } => format!("random {} rows, seed {seed}", thousands(*rows)),
        Subset::Named(name) => {
            format!("{name} ({})", title(name))
        }
    }
}

/// Where a text begins on the screen that has room for about `letters` bytes of it, so that its first
/// mark is seen: at 0, or at the word a little before the mark. `marks` are bytes from and to.
pub fn begin_near(text: &str, marks: &[(u32, u32)], letters: usize) -> usize {
    /// Bytes that are shown before the mark.
    const LEAD: usize = 20;
    let Some(&(start, end)) = marks.first() else { return 0 };
    let start = start as usize;
    if end as usize <= letters || !text.is_char_boundary(start) {
        return 0;
    }
    let mut from = start.saturating_sub(LEAD.min(letters / 2));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    // A word is not cut where one begins before the mark.
    let gap = text.get(from..start).and_then(|lead| lead.find(' '));
    gap.map_or(from, |gap| from + gap + 1)
}

#[cfg(test)]
mod tests {
    use super::{
        begin_near, cell, clause, compact, list_len, middle, moment_full, number, percent, thousands, tick,
        time_bound, time_from, time_full, time_short, time_tick, time_until,
    };
    use crate::base::moment::{Moment, TimeKind, Unit};
    use crate::protocol::Cell;
    use crate::view::catalog::USUAL_COLUMNS;
    use crate::view::facts::{Described, Facts};
    use crate::view::spec::{Bound, Clause, List, ListValue, Precision, Range};

    /// Those of a table that has all columns of the catalogue.
    fn facts() -> Facts {
        Facts::of(USUAL_COLUMNS.iter().map(|facts| &*facts.name), true, &[], Described::default())
    }

    #[test]
    fn a_file_and_its_path_are_told_apart() {
        let check = |json: &str, bytes: Option<&str>, path: Option<&str>| {
            let expected = Some((bytes.map(str::to_owned), path.map(str::to_owned)));
            assert_eq!(super::file_of(json), expected, "{json}");
        };
        check(r#"{"bytes": "85 bytes", "path": "a \"0\".png"}"#, Some("85 bytes"), Some("a \"0\".png"));
        check(r#"{"bytes": null, "path": null}"#, None, None);
        assert_eq!(super::file_of(r#"{"w": 512, "h": 768}"#), None);
    }

    #[test]
    fn lists_that_are_cut_short_are_counted() {
        let counts =
            ["[]", "[1]", r#"[{"a": "x, \"]", "b": [1, 2]}, null]"#, "[[1, 2], [3…", "{}"].map(list_len);
        assert_eq!(counts, [Some(0), Some(1), Some(2), Some(2), None]);
    }

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(middle("aesthetic_score_of_model_b", 12), "aesthe…del_b");
        assert_eq!((middle("prompt", 6).as_str(), middle("größe", 2).as_str()), ("prompt", "g…e"));
    }

    #[test]
    fn times_are_told_to_their_last_digit() {
        let told = |ticks, unit, kind| {
            let moment = Moment { ticks, unit, kind };
            (moment_full(moment), super::moment_short(moment, Some(1970)))
        };
        let text = |full: &str, short: &str| (full.to_owned(), short.to_owned());
        assert_eq!(
            told(1, Unit::Nanos, TimeKind::Instant),
            text("1970-01-01 00:00:00.000000001 UTC", "01-01 00:00")
        );
        assert_eq!(told(1, Unit::Micros, TimeKind::Local), text("1970-01-01 00:00:00.000001", "01-01 00:00"));
        assert_eq!(
            told(-90_061_500, Unit::Millis, TimeKind::Duration),
            text("-1 d 1 h 1 min 1.5 s", "-1 d 1 h 1 min 1.5 s")
        );
        assert_eq!(told(0, Unit::Seconds, TimeKind::Duration).0, "0 s");
    }

    #[test]
    fn ticks_are_short() {
        let ticks = [0.5, 20_000.0, -2e9, 2_500_000.0, 5e18, -7.5e18, 1_000.0].map(tick);
        assert_eq!(ticks, ["0.5", "20000", "-2 G", "2.5 M", "5e18", "-7.5e18", "1000"]);
    }

    #[test]
    fn a_mark_far_behind_is_brought_into_sight() {
        let text = "a beautiful concept art, cyberpunk, high tech fantasy maiden";
        let at = text.find("fantasy").unwrap() as u32;
        let marks = [(at, at + 7)];
        let shown = |letters| &text[begin_near(text, &marks, letters)..];
        assert_eq!(shown(text.len()), text);
        assert_eq!(shown(at as usize + 7), text);
        assert_eq!(shown(at as usize + 6), "high tech fantasy maiden");
        assert_eq!(shown(16), "tech fantasy maiden");
        assert_eq!(shown(0), "fantasy maiden");
        assert_eq!(begin_near(text, &[], 0), 0);
        // Without a word's beginning it cuts between characters, never inside of one.
        let text = "é".repeat(50) + "x";
        assert_eq!(begin_near(&text, &[(100, 101)], 22), 90);
        assert_eq!(begin_near(&text, &[(100, 101)], 21), 90);
        assert_eq!(begin_near(&text, &[(99, 101)], 10), 0);
        assert_eq!(begin_near(&text, &[(999, 1_000)], 10), 0);
        assert_eq!(begin_near("a x", &[(2, 3)], 2), 2);
    }

    #[test]
    fn numbers_read_like_the_interface_writes_them() {
        let written: Vec<String> = [0, 950, 18_204, 2_000_000].into_iter().map(thousands).collect();
        assert_eq!(written, ["0", "950", "18,204", "2,000,000"]);
        let short: Vec<String> =
            [950, 9_500, 18_204, 1_402_000, 14_000_000].into_iter().map(compact).collect();
        assert_eq!(short, ["950", "9,500", "18.2 K", "1.4 M", "14 M"]);
        let plain: Vec<String> =
            [7.0, 7.5, 0.031_24, -2.0, 1e-7, 123.456_78].into_iter().map(number).collect();
        assert_eq!(plain, ["7", "7.5", "0.0312", "-2", "1.000e-7", "123.46"]);
        assert_eq!(percent(1_999_999, 2_000_000), "99 %");
    }

    #[test]
    fn times_are_utc() {
        let millis = 1_661_017_260_000.0;
        assert_eq!(time_full(millis), "2022-08-20 17:41:00");
        assert_eq!(time_short(millis, Some(2022)), "08-20 17:41");
        assert_eq!(time_short(millis, Some(2021)), "2022-08-20 17:41");
        assert_eq!(time_tick(millis, 86_400_000.0), "20 Aug");
    }

    #[test]
    fn a_whole_day_is_that_day() {
        let day = 86_400_000 * 19_000;
        assert_eq!(time_from(day).precision, Precision::Day);
        assert_eq!(time_until(day + 86_400_000), time_from(day));
        assert_eq!(time_bound(time_until(day + 3_600_000)), "2022-01-08 00:00");
        assert_eq!(time_until(day + 1).end_millis(), day + 1);
    }

    #[test]
    fn filters_are_said_in_few_words() {
        let range = |low: Option<f64>, high: Option<f64>| {
            clause(
                &facts(),
                "cfg",
                &Clause::Range(Range { low: low.map(Bound::Number), high: high.map(Bound::Number) }),
            )
        };
        assert_eq!(range(Some(7.0), Some(15.0)), "7 – 15");
        assert_eq!(range(Some(7.0), Some(7.0)), "7");
        assert_eq!(range(None, Some(0.5)), "≤ 0.5");
        assert_eq!(range(None, Some(0.1)), "≤ 0.1");
        assert_eq!(range(None, Some(7.0)), "≤ 7");
        assert_eq!(range(None, Some(crate::view::catalog::SAFE_BELOW)), "< 0.1");
        assert_eq!(range(None, Some(-0.062_500_004)), "≤ -0.0625");
        let values = vec![ListValue::Text("512x768".to_owned()), ListValue::Null];
        let flagged = || Some(Bound::Number(2.0));
        assert_eq!(
            clause(&facts(), "image_nsfw", &Clause::Range(Range { low: flagged(), high: flagged() })),
            "flagged"
        );
        assert_eq!(
            clause(&facts(), "size", &Clause::List(List { values, negated: false })),
            "512 × 768, none"
        );
    }

    #[test]
    fn coded_values_have_names() {
        assert_eq!(cell(&facts(), "sampler", &Cell::Number(8.0), None).as_deref(), Some("k_lms"));
        assert_eq!(cell(&facts(), "sampler", &Cell::Pending, None), None);
        assert_eq!(
            cell(&facts(), "size", &Cell::Text("512x512".to_owned()), None).as_deref(),
            Some("512 × 512")
        );
    }

    #[test]
    fn small_shares_have_digits_that_say_something() {
        let shares = [(0, 10), (41, 100), (41, 1_000), (6, 2_000_000), (41, 100_000), (99, 1_000), (1, 0)];
        let written = shares.map(|(part, all)| super::share_of(part, all));
        assert_eq!(written, ["0 %", "41 %", "4.1 %", "0.00030 %", "0.041 %", "9.9 %", "0 %"]);
    }
}
