//! CSV (RFC 4180) and its relatives: which fields a line has.

use crate::formats::tabular::reading::Delimiter;
use std::ops::Range;

/// No field is longer: a quote that is never closed would swallow the file.
pub const MAX_FIELD_BYTES: usize = 64 << 20;

/// How fields are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between fields.
    pub delimiter: Delimiter,
    /// Whether a quote at the beginning of a field opens one.
    pub quotes: bool,
    /// Whether a backslash within quotes says that a quote behind it is one of the text.
    pub backslashes: bool,
    /// Whether spaces may stand in front of a quote that opens a field.
    pub spaces: bool,
}

impl Dialect {
    /// That of the standard.
    pub const fn new(delimiter: Delimiter, quotes: bool) -> Self {
        Self { delimiter, quotes, backslashes: false, spaces: false }
    }
}

/// The fields of a line.
#[derive(Debug, Default)]
pub struct Record {
    cells: Vec<Cell>,
    /// Texts of fields that are not as they stand in the file.
    changed: Vec<u8>,
    /// Whether quotes stand where the dialect has none.
    is_odd: bool,
}

#[derive(Clone, Debug)]
struct Cell {
    range: Range<usize>,
    quoted: bool,
    changed: bool,
}

/// What came of an attempt to read a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It takes so many bytes, its end included.
    Whole(usize),
    /// Its end has not come yet.
    Cut,
    /// A quote is open at the end of the file, or for too long.
    Unclosed,
}

impl Record {
    /// Reads the line at the front of `input`, behind which nothing follows if it is the `last` of the file.
    pub fn read(&mut self, input: &[u8], last: bool, dialect: Dialect) -> Line {
        let delimiter = dialect.delimiter.byte();
        self.cells.clear();
        self.changed.clear();
        self.is_odd = false;
        let mut at = 0;
        loop {
            let rest = input.get(at..).unwrap_or_default();
            let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
            let is_quote = dialect.quotes && rest.get(spaces) == Some(&b'"');
            self.is_odd |= is_quote && spaces > 0 && !dialect.spaces;
            let end = if is_quote && (spaces == 0 || dialect.spaces) {
                match self.quoted(input, at + spaces, last, dialect) {
                    Ok(end) => end,
                    Err(line) => return line,
                }
            } else {
                let len = memchr::memchr3(delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
                self.cells.push(Cell { range: at..at + len, quoted: false, changed: false });
                at + len
            };
            match input.get(end) {
                Some(b'\r') => {
                    return match input.get(end + 1) {
                        Some(b'\n') => Line::Whole(end + 2),
                        Some(_) => Line::Whole(end + 1),
                        None if last => Line::Whole(end + 1),
                        None => Line::Cut,
                    };
                }
                Some(b'\n') => return Line::Whole(end + 1),
                Some(_) => at = end + 1,
                None if last => return Line::Whole(end),
                None if input.len() - at > MAX_FIELD_BYTES => return Line::Unclosed,
                None => return Line::Cut,
            }
        }
    }

    /// A field that begins with a quote: the end of what belongs to it.
    fn quoted(&mut self, input: &[u8], start: usize, last: bool, dialect: Dialect) -> Result<usize, Line> {
        let mut at = start + 1;
        let mut from = at;
        let first = self.changed.len();
        let mut changed = false;
        loop {
            let rest = input.get(at..).unwrap_or_default();
            let sign = if dialect.backslashes { b'\\' } else { b'"' };
            let Some(len) = memchr::memchr2(b'"', sign, rest) else {
                let too_long = input.len() - start > MAX_FIELD_BYTES;
                return Err(if last || too_long { Line::Unclosed } else { Line::Cut });
            };
            at += len;
            if input.get(at) == Some(&b'\\') {
                match input.get(at + 1) {
                    Some(b'"' | b'\\') => {
                        self.changed.extend_from_slice(input.get(from..at).unwrap_or_default());
                        changed = true;
                        from = at + 1;
                        at += 2;
                    }
                    Some(_) => at += 1,
                    None if last => return Err(Line::Unclosed),
                    None => return Err(Line::Cut),
                }
                continue;
            }
            match input.get(at + 1) {
                Some(b'"') => {
                    // Two stand for one.
                    self.changed.extend_from_slice(input.get(from..=at).unwrap_or_default());
                    changed = true;
                    at += 2;
                    from = at;
                }
                None if !last => return Err(Line::Cut),
                _ => break,
            }
        }
        let tail = input.get(at + 1..).unwrap_or_default();
        let len = memchr::memchr3(dialect.delimiter.byte(), b'\n', b'\r', tail).unwrap_or(tail.len());
        let behind = tail.get(..len).unwrap_or_default();
        // Nothing but spaces may be left out behind a field that had them in front.
        let len_kept = if dialect.spaces && behind.trim_ascii().is_empty() { 0 } else { len };
        self.is_odd |= len_kept > 0;
        if len_kept == 0 && !changed {
            self.cells.push(Cell { range: start + 1..at, quoted: true, changed: false });
            return Ok(at + 1 + len);
        }
        // What stands behind a closing quote belongs to the field.
        self.changed.extend_from_slice(input.get(from..at).unwrap_or_default());
        self.changed.extend_from_slice(tail.get(..len_kept).unwrap_or_default());
        self.cells.push(Cell { range: first..self.changed.len(), quoted: true, changed: true });
        Ok(at + 1 + len)
    }

    /// Whether quotes stand in the line where the dialect has none.
    pub fn is_odd(&self) -> bool {
        self.is_odd
    }

    /// How many fields there are.
    pub fn fields(&self) -> usize {
        self.cells.len()
    }

    /// Whether the line is blank.
    pub fn is_blank(&self) -> bool {
        matches!(self.cells.as_slice(), [Cell { range, quoted: false, .. }] if range.is_empty())
    }

    /// A field of the line that was read at the front of `input`; none where it has no value: it is empty and
    /// not quoted.
    pub fn field<'a>(&'a self, input: &'a [u8], place: usize) -> Option<&'a [u8]> {
        let Cell { range, quoted, changed } = self.cells.get(place)?;
        let text = if *changed { &self.changed } else { input }.get(range.clone())?;
        (*quoted || !text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Delimiter, Dialect, Line, Record};

    const COMMA: Dialect = Dialect::new(Delimiter::Comma, true);

    fn lines(input: &str) -> Vec<Vec<Option<String>>> {
        let mut rest = input.as_bytes();
        let mut record = Record::default();
        let mut lines = Vec::new();
        while !rest.is_empty() {
            let Line::Whole(len) = record.read(rest, true, COMMA) else { panic!("{input}") };
            let field =
                |place| record.field(rest, place).map(|text| String::from_utf8(text.to_vec()).unwrap());
            lines.push((0..record.fields()).map(field).collect());
            rest = &rest[len..];
        }
        lines
    }

    #[test]
    fn fields_are_those_of_the_standard() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(lines("a,b\r\n1,\"x\"\n"), [[some("a"), some("b")], [some("1"), some("x")]]);
        assert_eq!(lines("\"a\nb\",\"c\"\"d\""), [[some("a\nb"), some("c\"d")]]);
        assert_eq!(lines(",\"\"\ra,"), [[None, some("")], [some("a"), None]]);
        assert_eq!(lines("\"a\"b,c\"d\"\n"), [[some("ab"), some("c\"d\"")]]);
    }

    #[test]
    fn other_programs_quote_in_other_ways() {
        let read = |text: &str, dialect: Dialect| {
            let mut record = Record::default();
            assert_eq!(record.read(text.as_bytes(), true, dialect), Line::Whole(text.len()), "{text}");
            let field = |place| {
                record.field(text.as_bytes(), place).map(|text| String::from_utf8(text.to_vec()).unwrap())
            };
            let fields: Vec<Option<String>> = (0..record.fields()).map(field).collect();
            (fields.into_iter().map(Option::unwrap).collect::<Vec<_>>(), record.is_odd())
        };
        let fields = |of: &[&str]| of.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
        let backslashes = Dialect { backslashes: true, ..COMMA };
        assert_eq!(
            read(r#""say \"hi\", \\ \n",1"#, backslashes),
            (fields(&[r#"say "hi", \ \n"#, "1"]), false)
        );
        assert!(read(r#""say \"hi\"",1"#, COMMA).1);
        let spaces = Dialect { spaces: true, ..COMMA };
        assert_eq!(read(r#"1, "x, y" , z"#, spaces), (fields(&["1", "x, y", " z"]), false));
        assert!(read(r#"1, "x, y""#, COMMA).1);
        assert!(!read("1, x,\"y\"\n", COMMA).1);
    }

    #[test]
    fn a_line_waits_for_its_end() {
        let mut record = Record::default();
        let text = "ab,\"c\"\"\nd\"\r\nx";
        for end in 0..12 {
            assert_eq!(record.read(&text.as_bytes()[..end], false, COMMA), Line::Cut, "{end}");
        }
        assert_eq!(record.read(text.as_bytes(), false, COMMA), Line::Whole(12));
        assert_eq!(record.read(b"a,\"b", true, COMMA), Line::Unclosed);
    }

    proptest::proptest! {
        #[test]
        fn what_is_quoted_comes_back(rows in proptest::collection::vec(proptest::collection::vec("[a\",\r\n ]{0,5}", 2), 0..5)) {
            let mut text = String::new();
            for row in &rows {
                let fields: Vec<String> = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
                text.push_str(&fields.join(","));
                text.push('\n');
            }
            let expected: Vec<Vec<Option<String>>> = rows.into_iter().map(|row| row.into_iter().map(Some).collect()).collect();
            proptest::prop_assert_eq!(lines(&text), expected);
        }
    }
}
