//! Files of labels: a CSV or JSON Lines with a row's key, its label and its note, and which table it is of.

use crate::formats::tabular::line::{Dialect, Line, Record};
use crate::formats::tabular::reading::Delimiter;
use serde_json::json;

/// What its columns are called: the key of a row, its label, its note, and the table.
const COLUMNS: [&str; 4] = [KEY, LABEL, NOTE, TABLE];
const KEY: &str = "key";
const LABEL: &str = "label";
const NOTE: &str = "note";
const TABLE: &str = "table";

/// More lines are read of no file.
pub const MAX_LINES: usize = 2_000_000;

/// A line of a file of labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Which row.
    pub key: String,
    /// Its label.
    pub label: Option<String>,
    /// Its note.
    pub note: Option<String>,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelFile {
    /// The table that it is of, where it says so.
    pub table: Option<String>,
    /// Its lines.
    pub entries: Vec<Entry>,
}

/// Why a file can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its first line does not name a key, and a label or a note.
    NoHeader,
    /// A quote is never closed.
    OpenQuote,
    /// It has more lines than are read.
    TooLong,
}

/// Where a file has the columns of keys, labels, notes and tables, by what finds one of a name. Exports call keys as the
/// table does: `own_key`. None where there are no keys, or neither labels nor notes.
pub fn places<T>(find: impl Fn(&str) -> Option<T>, own_key: Option<&str>) -> Option<[Option<T>; 4]> {
    let [key, label, note, table] = COLUMNS.map(&find);
    let key = key.or_else(|| find(own_key?));
    (key.is_some() && (label.is_some() || note.is_some())).then_some([key, label, note, table])
}

/// A row's key, its label and its note.
type Row<'a> = (String, Option<&'a str>, Option<&'a str>);

/// The file as JSON Lines.
pub fn write_lines<'a>(table: &str, rows: impl Iterator<Item = Row<'a>>) -> String {
    let mut text = String::new();
    for (key, label, note) in rows {
        text.push_str(&json!({ KEY: key, LABEL: label, NOTE: note, TABLE: table }).to_string());
        text.push('\n');
    }
    text
}

/// The file as CSV.
pub fn write<'a>(table: &str, rows: impl Iterator<Item = Row<'a>>) -> String {
    let mut text = format!("{KEY},{LABEL},{NOTE},{TABLE}\r\n");
    for (key, label, note) in rows {
        let fields = [key.as_str(), label.unwrap_or_default(), note.unwrap_or_default(), table];
        for (place, field) in fields.into_iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            if field.contains(['"', ',', '\n', '\r']) {
                text.push('"');
                text.push_str(&field.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(field);
            }
        }
        text.push_str("\r\n");
    }
    text
}

/// Reads a CSV file of the labels of a table that calls its keys so.
///
/// # Errors
/// Where it is no file of labels.
pub fn read(text: &str, own_key: Option<&str>) -> Result<LabelFile, Trouble> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes();
    let dialect = Dialect::new(Delimiter::Comma, true);
    let mut record = Record::default();
    let mut columns: Option<[Option<usize>; 4]> = None;
    let mut file = LabelFile::default();
    while !rest.is_empty() {
        let Line::Whole(len) = record.read(rest, true, dialect) else { return Err(Trouble::OpenQuote) };
        let field =
            |place: usize| record.field(rest, place).map(|field| String::from_utf8_lossy(field).into_owned());
        match columns {
            _ if record.is_blank() => {}
            None => {
                let place = |name: &str| {
                    (0..record.fields()).find(|place| {
                        field(*place).is_some_and(|field| field.trim().eq_ignore_ascii_case(name))
                    })
                };
                columns = Some(places(place, own_key).ok_or(Trouble::NoHeader)?);
            }
            Some(found) => {
                if file.entries.len() >= MAX_LINES {
                    return Err(Trouble::TooLong);
                }
                let [key, label, note, table] = found.map(|place| field(place?));
                file.table = file.table.take().or(table);
                if let Some(key) = key {
                    file.entries.push(Entry { key, label, note });
                }
            }
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    if columns.is_none() { Err(Trouble::NoHeader) } else { Ok(file) }
}

#[cfg(test)]
mod tests {
    use super::{Entry, LabelFile, Trouble, read, write};

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let rows = [("a.png", Some("to, keep"), None), ("b \"1\".png", None, Some("two\nlines"))];
        let text = write("of", rows.into_iter().map(|(key, label, note)| (key.to_owned(), label, note)));
        let entry = |key: &str, label: Option<&str>, note: Option<&str>| Entry {
            key: key.to_owned(),
            label: label.map(str::to_owned),
            note: note.map(str::to_owned),
        };
        let entries = rows.map(|(key, label, note)| entry(key, label, note)).to_vec();
        assert_eq!(read(&text, None), Ok(LabelFile { table: Some("of".to_owned()), entries }));
    }

    #[test]
    fn files_of_others_need_a_key_and_a_label() {
        assert_eq!(read("Label, key\nx,7\n\n", None).unwrap().entries.len(), 1);
        assert_eq!(read("prompt,label\nx,7\n", None), Err(Trouble::NoHeader));
        assert_eq!(read("image_name,label\na.png,7\n", Some("image_name")).unwrap().entries.len(), 1);
        assert_eq!(read("", None), Err(Trouble::NoHeader));
        assert_eq!(read("key,label\n\"7,x\n", None), Err(Trouble::OpenQuote));
    }
}
