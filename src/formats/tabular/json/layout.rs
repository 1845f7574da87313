//! Tables that are one JSON object: rows by their names, columns by theirs, or rows in one member of it.
//!
//! Python writes such files more often than lists of rows: `json.dump` of a dictionary, `to_json` of pandas. Each row
//! is made the text of an object, as if it stood in a list.

use super::scan::{Cursor, Fault, Start};
use std::collections::HashSet;

/// A first object that is longer, and has not ended, holds all rows of the file, or else a text as long as that.
const MAX_ROW_BYTES: usize = 1 << 20;

/// How the rows of a file stand in the one object that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Each member is a row, and its name one more value of it, under this key.
    ByName(String),
    /// Each member is a column: a list, or an object whose keys number the rows. Where these don't count from 0, they are
    /// a column under this key.
    Columns(Option<String>),
    /// One member holds all names of columns, another one a list of values for each row. Where a third one holds an index
    /// that does not count from 0, it is a column under this key.
    Split(Option<String>),
    /// The member of this name is a list of rows; these other members are no part of them.
    Inside(String, Vec<String>),
}

/// What the front of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Front {
    /// Rows stand one behind the other.
    Rows,
    /// All of it is one object.
    One(Layout),
    /// More has to come.
    Cut,
}

/// A member of an object: its name as it is written, and its value.
type Member<'a> = (&'a [u8], &'a [u8]);

/// What a file is that begins with an object; `last` says that this is all of it.
pub fn front(input: &[u8], last: bool) -> Front {
    let mut cursor = Cursor::new(input);
    match cursor.skip() {
        Ok(_) if cursor.peek().is_some() => Front::Rows,
        Ok(_) | Err(Fault::Cut) if last => layout(&members(input)).map_or(Front::Rows, Front::One),
        Err(Fault::Cut) if input.len() >= MAX_ROW_BYTES && is_text(cut_member(input)) => Front::Rows,
        Ok(_) | Err(Fault::Cut) => Front::Cut,
        Err(Fault::Bad { .. }) => Front::Rows,
    }
}

/// The members of an object that are whole.
fn members(input: &[u8]) -> Vec<Member<'_>> {
    taken_apart(input).0
}

/// The value of the member that is not whole, as far as it is here.
fn cut_member(input: &[u8]) -> &[u8] {
    taken_apart(input).1
}

fn taken_apart(input: &[u8]) -> (Vec<Member<'_>>, &[u8]) {
    let mut cursor = Cursor::new(input);
    let mut members = Vec::new();
    let mut cut: &[u8] = &[];
    if cursor.start() != Ok(Start::Object) {
        return (members, cut);
    }
    while let Ok(true) = cursor.more(members.is_empty(), b'}') {
        let Ok(key) = cursor.key() else { break };
        cursor.peek();
        cut = input.get(cursor.at..).unwrap_or_default();
        let Ok(value) = cursor.skip() else { return (members, cut) };
        members.push((key, value));
    }
    (members, &[])
}

/// The values of a list.
fn items(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut cursor = Cursor::new(list);
    let mut is_open = cursor.eat(b'[');
    let mut first = true;
    std::iter::from_fn(move || {
        is_open &= cursor.more(first, b']') == Ok(true);
        first = false;
        is_open.then(|| cursor.skip().ok()).flatten()
    })
}

fn is_object(value: &[u8]) -> bool {
    value.first() == Some(&b'{')
}

fn is_list(value: &[u8]) -> bool {
    value.first() == Some(&b'[')
}

fn is_text(value: &[u8]) -> bool {
    value.first() == Some(&b'"')
}

/// Whether a key is a whole number as JSON writes one.
fn is_whole_number(key: &[u8]) -> bool {
    let number = std::str::from_utf8(key).ok().and_then(|key| key.parse::<i64>().ok());
    number.is_some_and(|number| number.to_string().as_bytes() == key)
}

/// Whether these are the numbers of rows, from 0.
fn count_from_0<'a>(numbers: impl Iterator<Item = &'a [u8]>) -> bool {
    (0..).zip(numbers).all(|(row, number): (usize, _)| row.to_string().as_bytes() == number)
}

/// How rows stand in an object with these members; none where it is a row itself.
fn layout(members: &[Member<'_>]) -> Option<Layout> {
    if members.is_empty() {
        return None;
    }
    if members.iter().all(|(_, value)| is_object(value)) {
        return of_objects(members);
    }
    if is_split(members) {
        return Some(Layout::Split(index_of_split(members)));
    }
    let holds_rows = |value: &[u8]| is_list(value) && items(value).next().is_some_and(is_object);
    let tables = members.iter().filter(|(_, value)| holds_rows(value));
    if let Some((of, _)) = tables.max_by_key(|(_, value)| items(value).count()) {
        let others = members.iter().filter(|(key, _)| key != of).map(|(key, _)| super::shape::name(key));
        return Some(Layout::Inside(super::shape::name(of), others.collect()));
    }
    let rows = items(members.first()?.1).count();
    let is_column = |(_, value): &Member<'_>| is_list(value) && items(value).count() == rows;
    (rows > 0 && members.iter().all(is_column)).then_some(Layout::Columns(None))
}

fn of_objects(objects: &[Member<'_>]) -> Option<Layout> {
    let keys_of = |value| members(value).into_iter().map(|(key, _)| key);
    let first: Vec<&[u8]> = keys_of(objects.first()?.1).collect();
    let is_number = |key: &&[u8]| {
        let digits = key.strip_prefix(b"-").unwrap_or(key);
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    };
    // Columns have the same rows, in the same order.
    let same = objects.iter().all(|(_, value)| keys_of(value).eq(first.iter().copied()));
    let are_numbers = !first.is_empty() && first.iter().all(is_number);
    if same && (are_numbers || are_columns(objects)) {
        let index = || free("index", |name| objects.iter().any(|(key, _)| *key == name));
        return Some(Layout::Columns((!count_from_0(first.iter().copied())).then(index)));
    }
    if are_numbers {
        return None;
    }
    let names: HashSet<&[u8]> = first.into_iter().collect();
    let (mut alike, mut all) = (0, HashSet::new());
    for (_, value) in objects {
        let mut is_alike = false;
        for key in keys_of(value) {
            is_alike |= names.contains(key);
            all.insert(key);
        }
        alike += usize::from(is_alike);
    }
    let are_rows = alike >= 2 && 2 * alike > objects.len();
    are_rows.then(|| Layout::ByName(free("key", |name| all.contains(name))))
}

/// Whether objects with the same keys, in the same order, are columns rather than rows: values of a column are of one
/// kind. Where those of a row are as well, a table is longer than it is wide.
fn are_columns(objects: &[Member<'_>]) -> bool {
    /// Rows for each column, in a table that nothing else tells.
    const TALL: usize = 8;
    let kind = |value: &[u8]| match value.first() {
        Some(b'n') | None => None,
        Some(b'"') => Some('"'),
        Some(b't' | b'f') => Some('t'),
        Some(b'[' | b'{') => Some('['),
        Some(_) => Some('0'),
    };
    // Of each key, the kind of its values.
    let mut kinds: Vec<Option<char>> = Vec::new();
    let mut are_rows = true;
    for (_, object) in objects {
        let mut own = None;
        for (place, (_, value)) in members(object).into_iter().enumerate() {
            let Some(kind) = kind(value) else { continue };
            if *own.get_or_insert(kind) != kind {
                return false;
            }
            if kinds.len() <= place {
                kinds.resize(place + 1, None);
            }
            are_rows &= kinds.get_mut(place).is_some_and(|known| *known.get_or_insert(kind) == kind);
        }
    }
    !are_rows || kinds.len() >= TALL * objects.len()
}

/// Whether an object is what pandas writes as `split`.
fn is_split(members: &[Member<'_>]) -> bool {
    let Some((columns, rows)) = split(members) else { return false };
    let width = items(columns).count();
    let is_row = |row: &[u8]| is_list(row) && items(row).count() == width;
    let known = members.iter().all(|(key, _)| matches!(*key, b"columns" | b"index" | b"data"));
    known && width > 0 && items(columns).all(is_text) && items(rows).all(is_row)
}

/// The names of columns and the rows.
fn split<'a>(members: &[Member<'a>]) -> Option<(&'a [u8], &'a [u8])> {
    Some((member(members, "columns")?, member(members, "data")?))
}

/// What to call the index of such a table, where it does not count from 0.
fn index_of_split(members: &[Member<'_>]) -> Option<String> {
    let (columns, index) = (member(members, "columns")?, member(members, "index")?);
    (!count_from_0(items(index)))
        .then(|| free("index", |name| items(columns).any(|column| unquoted(column) == name)))
}

fn member<'a>(members: &[Member<'a>], name: &str) -> Option<&'a [u8]> {
    members.iter().find(|(key, _)| super::shape::name(key) == name).map(|(_, value)| *value)
}

/// A key like this one that is not taken.
fn free(name: &str, is_taken: impl Fn(&[u8]) -> bool) -> String {
    let mut name = name.to_owned();
    while is_taken(name.as_bytes()) {
        name.push('_');
    }
    name
}

impl Layout {
    /// Hands over the rows of a file, each as the text of a value; `row` says why it can't go on.
    ///
    /// # Errors
    /// That of `row`.
    pub fn rows<E>(&self, input: &[u8], mut row: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let members = members(input);
        let mut text = Vec::new();
        match self {
            Self::ByName(key) => {
                for (name, value) in &members {
                    text.clear();
                    put(&mut text, key.as_bytes(), &quoted(name));
                    let rest = value.get(1..).unwrap_or_default();
                    let is_empty = Cursor::new(rest).peek() == Some(b'}');
                    text.extend_from_slice(if is_empty { b"" } else { b"," });
                    text.extend_from_slice(rest);
                    row(&text)?;
                }
            }
            Self::Columns(index) => {
                let keys = members.first().map(|(_, value)| self::members(value)).unwrap_or_default();
                let are_numbers = keys.iter().all(|(key, _)| is_whole_number(key));
                let written = |(key, _): Member<'_>| if are_numbers { key.to_vec() } else { quoted(key) };
                let mut keys = index.as_ref().map(|name| (name.as_bytes(), keys.into_iter().map(written)));
                let mut columns: Vec<_> =
                    members.iter().map(|(name, value)| (*name, values(value))).collect();
                loop {
                    text.clear();
                    if let Some((name, keys)) = &mut keys
                        && let Some(key) = keys.next()
                    {
                        put(&mut text, name, &key);
                    }
                    for (name, values) in &mut columns {
                        let Some(value) = values.next() else { return Ok(()) };
                        put(&mut text, name, value);
                    }
                    text.push(b'}');
                    row(&text)?;
                }
            }
            Self::Split(index) => {
                let Some((columns, rows)) = split(&members) else { return Ok(()) };
                let names: Vec<&[u8]> = items(columns).map(unquoted).collect();
                let index = index.as_ref().map(|name| name.as_bytes()).zip(member(&members, "index"));
                let mut index = index.map(|(name, values)| (name, items(values)));
                for values in items(rows) {
                    text.clear();
                    if let Some((name, index)) = &mut index {
                        put(&mut text, name, index.next().unwrap_or(b"null"));
                    }
                    for (name, value) in names.iter().zip(items(values)) {
                        put(&mut text, name, value);
                    }
                    text.push(b'}');
                    row(&text)?;
                }
            }
            Self::Inside(name, _) => {
                for value in items(member(&members, name).unwrap_or_default()) {
                    row(value)?;
                }
            }
        }
        Ok(())
    }
}

/// The values of a list or of an object.
fn values(of: &[u8]) -> Box<dyn Iterator<Item = &[u8]> + '_> {
    if is_list(of) { Box::new(items(of)) } else { Box::new(members(of).into_iter().map(|(_, value)| value)) }
}

/// Goes on with an object that is written: a brace or a comma, the key and the value.
fn put(text: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    text.push(if text.is_empty() { b'{' } else { b',' });
    text.extend_from_slice(&quoted(key));
    text.push(b':');
    text.extend_from_slice(value);
}

fn quoted(raw: &[u8]) -> Vec<u8> {
    [b"\"", raw, b"\""].concat()
}

fn unquoted(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{Front, Layout, front};

    fn rows(text: &str) -> Vec<String> {
        let Front::One(layout) = front(text.as_bytes(), true) else { return vec!["rows".to_owned()] };
        let mut rows = Vec::new();
        let all = layout.rows(text.as_bytes(), |row| {
            rows.push(String::from_utf8_lossy(row).into_owned());
            Ok::<(), ()>(())
        });
        assert_eq!(all, Ok(()));
        rows
    }

    #[test]
    fn rows_by_name_have_their_name() {
        assert_eq!(
            rows(r#"{"a.png": {"p": "x", "se": 1}, "b\".png": {"p": "y"}, "c.png": { } }"#),
            [r#"{"key":"a.png","p": "x", "se": 1}"#, r#"{"key":"b\".png","p": "y"}"#, r#"{"key":"c.png" }"#]
        );
        assert_eq!(
            rows(r#"{"a": {"key": 1}, "b": {"key": 2}}"#),
            [r#"{"key_":"a","key": 1}"#, r#"{"key_":"b","key": 2}"#]
        );
        // Members that have nothing in common are one row's.
        assert_eq!(rows(r#"{"model": {"name": "x"}, "training": {"steps": 3}}"#), ["rows"]);
        assert_eq!(rows(r#"{"one": {"name": "x"}}"#), ["rows"]);
    }

    #[test]
    fn columns_by_name_are_rows_side_by_side() {
        let two = [r#"{"p":"x","n":1}"#, r#"{"p":"y","n":2}"#];
        assert_eq!(rows(r#"{"p": ["x", "y"], "n": [1, 2]}"#), two);
        assert_eq!(rows(r#"{"p": {"0": "x", "1": "y"}, "n": {"0": 1, "1": 2}}"#), two);
        assert_eq!(
            rows(r#"{"p": {"17": "x", "4": "y"}, "index": {"17": 1, "4": 2}}"#),
            [r#"{"index_":17,"p":"x","index":1}"#, r#"{"index_":4,"p":"y","index":2}"#]
        );
        assert_eq!(rows(r#"{"columns": ["p", "n"], "index": [0, 1], "data": [["x", 1], ["y", 2]]}"#), two);
        assert_eq!(
            rows(r#"{"p": {"007": 1, "8": 2}}"#),
            [r#"{"index":"007","p":1}"#, r#"{"index":"8","p":2}"#]
        );
        // By names of rows, which only their values tell from rows by name.
        assert_eq!(
            rows(r#"{"p": {"a.png": "x", "b.png": null}, "n": {"a.png": 1, "b.png": 2}}"#),
            [r#"{"index":"a.png","p":"x","n":1}"#, r#"{"index":"b.png","p":null,"n":2}"#]
        );
        assert_eq!(
            rows(r#"{"a.png": {"p": 1, "n": 2}, "b.png": {"p": 3, "n": 4}}"#),
            [r#"{"key":"a.png","p": 1, "n": 2}"#, r#"{"key":"b.png","p": 3, "n": 4}"#]
        );
        assert_eq!(
            rows(r#"{"columns": ["p"], "index": ["a.png", "b.png"], "data": [["x"], ["y"]]}"#),
            [r#"{"index":"a.png","p":"x"}"#, r#"{"index":"b.png","p":"y"}"#]
        );
        assert_eq!(rows(r#"{"p": ["x", "y"], "n": [1]}"#), ["rows"]);
        assert_eq!(rows(r#"{"p": [], "n": []}"#), ["rows"]);
    }

    #[test]
    fn rows_inside_of_a_member_are_rows() {
        let text = r#"{"version": 1, "few": [{"a": 1}], "data": [{"a": 1}, {"a": 2}]}"#;
        assert_eq!(rows(text), [r#"{"a": 1}"#, r#"{"a": 2}"#]);
        let others = vec!["version".to_owned(), "few".to_owned()];
        assert_eq!(front(text.as_bytes(), true), Front::One(Layout::Inside("data".to_owned(), others)));
    }

    #[test]
    fn a_file_of_lines_is_told_from_one_object() {
        let row = r#"{"a": {"x": 1}, "b": {"x": 2}}"#;
        assert_eq!(front(format!("{row}\n{row}\n").as_bytes(), true), Front::Rows);
        assert_eq!(front(format!("{row}\n").as_bytes(), false), Front::Cut);
        assert!(matches!(front(format!("{row}\n").as_bytes(), true), Front::One(_)));
        let long = "x".repeat(2 << 20);
        assert_eq!(front(format!(r#"{{"bytes": "{long}"#).as_bytes(), false), Front::Rows);
        assert_eq!(front(format!(r#"{{"a.png": {{"p": "{long}"#).as_bytes(), false), Front::Cut);
        // What is cut holds the rows in front of the cut.
        assert_eq!(rows(r#"{"a": {"x": 1}, "b": {"x": 2}, "c": {"x"#).len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_or_is_without_an_end(text in r#"\{("[ab0-2]":(1|"x"|\[(1|\{"a":1\})?,?2?\]|\{("[01]":[12],?)*\}),?){0,4}\}?"#) {
            proptest::prop_assert!(rows(&text).len() <= text.len());
        }
    }
}
