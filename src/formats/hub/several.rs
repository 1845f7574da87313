//! Several files of a repository that are one table: which of a listing belong together, and which
//! ones a path with stars stands for.

use super::listing::Entry;
use crate::base::sorted;
use crate::formats::sniff::is_table_name;
use std::cmp::Ordering;
use std::collections::HashMap;

/// The most files of one table: each costs two requests to be opened, and the Hub allows 3,000
/// in five minutes.
pub const MAX_FILES: usize = 1_000;

/// Files of one folder whose names differ in one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// Their path, with a star in place of the number.
    pub pattern: String,
    /// How many there are.
    pub files: usize,
    /// Their size in all.
    pub bytes: u64,
}

/// Whether a path is a parquet file's.
pub fn is_parquet(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["parquet", "parq", "pq"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a path is that of a table, of whatever format.
pub fn is_table(path: &str) -> bool {
    /// What programs write beside tables.
    const BESIDE: &[&str] =
        &["config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];
    let name = path.rsplit('/').next().unwrap_or(path);
    is_parquet(path) || (is_table_name(path) && !BESIDE.contains(&name))
}

/// The tables among these that belong together, in their order: two or more whose names
/// differ in one number.
pub fn together(files: &[Entry]) -> Vec<Together> {
    let tables = || files.iter().filter(|entry| is_table(&entry.path));
    let mut counts: HashMap<String, usize> = HashMap::new();
    for entry in tables() {
        for pattern in patterns(&entry.path) {
            *counts.entry(pattern).or_default() += 1;
        }
    }
    let mut found: Vec<Together> = Vec::new();
    for entry in tables() {
        let count = |pattern: &String| counts.get(pattern).copied().unwrap_or(0);
        // Of several numbers in a name the one that makes the most of one kind counts the files.
        let mut best: Option<(usize, String)> = None;
        for pattern in patterns(&entry.path) {
            let files = count(&pattern);
            if files > 1 && best.as_ref().is_none_or(|(most, _)| files > *most) {
                best = Some((files, pattern));
            }
        }
        let Some((_, pattern)) = best else { continue };
        match found.iter_mut().find(|together| together.pattern == pattern) {
            Some(together) => {
                together.files += 1;
                together.bytes = together.bytes.saturating_add(entry.size_bytes);
            }
            None => found.push(Together { pattern, files: 1, bytes: entry.size_bytes }),
        }
    }
    found.retain(|together| together.files > 1);
    found
}

/// The files of a listing that a path with stars stands for, by the numbers in their names.
pub fn matching(pattern: &str, files: Vec<Entry>) -> Vec<Entry> {
    let found: Vec<Entry> = files.into_iter().filter(|entry| matches(pattern, &entry.path)).collect();
    sorted::by(found, |a, b| by_number(&a.path, &b.path))
}

/// Whether a path is one that the pattern stands for: a star is any part of one step of it.
pub fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut steps) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), steps.next()) {
            (None, None) => return true,
            (Some(wanted), Some(step)) if step_matches(wanted, step) => {}
            _ => return false,
        }
    }
}

fn step_matches(pattern: &str, step: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| step.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// For each number in the name the path with a star in its place.
fn patterns(path: &str) -> Vec<String> {
    let name_start = path.rfind('/').map_or(0, |slash| slash + 1);
    let mut found = Vec::new();
    let mut start = None;
    let bytes = path.bytes().enumerate().skip(name_start).chain([(path.len(), b'.')]);
    for (at, byte) in bytes {
        match (start, byte.is_ascii_digit()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let (before, after) = (path.get(..from), path.get(at..));
                found.push(format!("{}*{}", before.unwrap_or_default(), after.unwrap_or_default()));
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    found
}

/// The order of paths in which `part-2` comes before `part-10`.
pub fn by_number(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (text_a, text_b) = (text(left), text(right));
        let (rest_a, rest_b) =
            (left.get(text_a.len()..).unwrap_or_default(), right.get(text_b.len()..).unwrap_or_default());
        let (digits_a, digits_b) = (digits(rest_a), digits(rest_b));
        let (value_a, value_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
        let order = text_a
            .cmp(text_b)
            .then(value_a.len().cmp(&value_b.len()))
            .then_with(|| value_a.cmp(value_b))
            .then(digits_a.len().cmp(&digits_b.len()));
        if order != Ordering::Equal || (rest_a.is_empty() && rest_b.is_empty()) {
            return order;
        }
        left = rest_a.get(digits_a.len()..).unwrap_or_default();
        right = rest_b.get(digits_b.len()..).unwrap_or_default();
    }
}

fn text(path: &str) -> &str {
    path.find(|c: char| c.is_ascii_digit()).and_then(|end| path.get(..end)).unwrap_or(path)
}

fn digits(path: &str) -> &str {
    path.find(|c: char| !c.is_ascii_digit()).and_then(|end| path.get(..end)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{by_number, matches, matching, together};
    use crate::formats::hub::listing::Entry;

    fn entries(paths: &[&str]) -> Vec<Entry> {
        paths.iter().map(|path| Entry { path: (*path).to_owned(), size_bytes: 10, oid: None }).collect()
    }

    fn check(paths: &[&str], expected: &[(&str, usize)]) {
        let found: Vec<_> =
            together(&entries(paths)).into_iter().map(|found| (found.pattern, found.files)).collect();
        let expected: Vec<_> =
            expected.iter().map(|(pattern, files)| ((*pattern).to_owned(), *files)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn files_that_differ_in_a_number_belong_together() {
        check(
            &[
                "d/train-00000-of-00002.parquet",
                "d/train-00001-of-00002.parquet",
                "d/test-00000-of-00001.parquet",
            ],
            &[("d/train-*-of-00002.parquet", 2)],
        );
        check(&["0000.parquet", "0001.parquet", "0002.parquet", "README.md"], &[("*.parquet", 3)]);
        check(&["v2-part-1.parquet", "v2-part-2.parquet", "v2-part-10.PARQUET"], &[("v2-part-*.parquet", 2)]);
        check(&["metadata.parquet", "metadata-large.parquet"], &[]);
        check(&["a/0.parquet", "b/1.parquet"], &[]);
        check(&["part-1.zip", "part-2.zip"], &[]);
    }

    #[test]
    fn a_star_stands_for_a_part_of_a_step() {
        for (pattern, path, expected) in [
            ("d/train-*.parquet", "d/train-00001-of-2.parquet", true),
            ("d/*", "d/a/b", false),
            ("*/train/*.parquet", "default/train/0.parquet", true),
            ("*a*b*", "xaxbx", true),
            ("a*a", "a", false),
            ("*.parquet", "x/0.parquet", false),
            ("0.parquet", "0.parquet", true),
            ("a*b*c", "abbc", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn numbers_count_as_numbers() {
        let found = matching("p*.pq", entries(&["p10.pq", "p2.pq", "p02.pq", "q1.pq", "p.pq"]));
        let paths: Vec<_> = found.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["p2.pq", "p02.pq", "p10.pq", "p.pq"]);
    }

    proptest::proptest! {
        #[test]
        fn the_order_is_one(a in "[a0-2/]{0,6}", b in "[a0-2/]{0,6}", c in "[a0-2/]{0,6}") {
            use std::cmp::Ordering;
            proptest::prop_assert_eq!(by_number(&a, &b), by_number(&b, &a).reverse());
            proptest::prop_assert_eq!(by_number(&a, &b) == Ordering::Equal, a == b);
            if by_number(&a, &b) == Ordering::Less && by_number(&b, &c) == Ordering::Less {
                proptest::prop_assert_eq!(by_number(&a, &c), Ordering::Less);
            }
        }

        #[test]
        fn a_pattern_stands_for_the_files_that_made_it(numbers in proptest::collection::btree_set(0u32..2_000, 2..9), at in "[a-c/]{0,3}", of in 0u32..90) {
            let files: Vec<String> = numbers.iter().map(|n| format!("{at}x{n:05}-of-{of}.parquet")).collect();
            let files = entries(&files.iter().map(String::as_str).collect::<Vec<_>>());
            let found = together(&files);
            proptest::prop_assert_eq!(found.len(), 1);
            proptest::prop_assert_eq!(matching(&found[0].pattern, files).len(), numbers.len());
        }
    }
}
