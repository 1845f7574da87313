//! Labels and notes as they are kept on a device: a head, and blocks of neighbouring rows, so that a mark writes
//! little.

use super::Label;

/// Rows of a block.
pub const BLOCK_ROWS: u32 = 4_096;

/// Which form this is.
const FORM: &str = "1";

/// What is not about single rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Which version of the table rows were numbered by.
    pub version: String,
    /// The labels.
    pub names: Vec<Label>,
}

/// What is kept of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub row: u32,
    /// The number of its label, or [`NONE`](super::NONE).
    pub id: u8,
    /// What it is called in the column of keys, where that is known.
    pub key: Option<String>,
    /// Its note.
    pub note: Option<String>,
}

impl Head {
    /// As text: a line for the form, the version and each label.
    pub fn write(&self) -> String {
        let mut text = format!("{FORM}\n{}\n", self.version);
        for Label { id, name, colour } in &self.names {
            text.push_str(&format!("{id}\t{colour}\t{name}\n"));
        }
        text
    }

    /// Reads it; none where it is none.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        lines.next().filter(|form| *form == FORM)?;
        let version = lines.next()?.to_owned();
        let names = lines.map(|line| {
            let mut parts = line.splitn(3, '\t');
            let (id, colour) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
            (id != super::NONE).then_some(Label { id, name, colour })
        });
        let names = names.collect::<Option<Vec<Label>>>()?;
        let twice = |label: &Label| names.iter().filter(|other| other.id == label.id).count() > 1;
        (!names.iter().any(twice)).then_some(Self { version, names })
    }
}

/// A block as bytes.
pub fn write(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 48);
    let text = |bytes: &mut Vec<u8>, text: Option<&str>| {
        let text = text.filter(|text| text.len() < usize::from(u16::MAX));
        let len = text.map_or(u16::MAX, |text| text.len() as u16);
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
    };
    for Entry { row, id, key, note } in entries {
        bytes.extend_from_slice(&row.to_le_bytes());
        bytes.push(*id);
        text(&mut bytes, key.as_deref());
        text(&mut bytes, note.as_deref());
    }
    bytes
}

/// Reads a block, up to what is wrong in it.
pub fn read(mut bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some((entry, rest)) = read_one(bytes) {
        entries.push(entry);
        bytes = rest;
    }
    entries
}

fn read_one(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (row, rest) = bytes.split_first_chunk::<4>()?;
    let ([id], rest) = rest.split_first_chunk::<1>()?;
    let (key, rest) = read_text(rest)?;
    let (note, rest) = read_text(rest)?;
    Some((Entry { row: u32::from_le_bytes(*row), id: *id, key, note }, rest))
}

fn read_text(bytes: &[u8]) -> Option<(Option<String>, &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    let len = u16::from_le_bytes(*len);
    if len == u16::MAX {
        return Some((None, rest));
    }
    let (text, rest) = rest.split_at_checked(usize::from(len))?;
    Some((Some(std::str::from_utf8(text).ok()?.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use super::{Entry, Head, Label, read, write};

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let label = |id, name: &str| Label { id, name: name.to_owned(), colour: 2 };
        let head = Head { version: "a b".to_owned(), names: vec![label(3, "to keep"), label(0, "tab\tin")] };
        assert_eq!(Head::read(&head.write()), Some(head));
        for odd in ["", "2\nx", "1", "1\nv\n0\t1", "1\nv\n255\t1\tx", "1\nv\n0\t1\tx\n0\t1\ty"] {
            assert_eq!(Head::read(odd), None, "{odd:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_block_is_read_as_it_was_written(rows in proptest::collection::vec(
            (proptest::num::u32::ANY, proptest::num::u8::ANY, proptest::option::of(".{0,20}"), proptest::option::of(".{0,20}")), 0..40))
        {
            let entries: Vec<Entry> = rows.into_iter().map(|(row, id, key, note)| Entry { row, id, key, note }).collect();
            proptest::prop_assert_eq!(read(&write(&entries)), entries);
        }

        #[test]
        fn anything_else_is_no_trouble(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            read(&bytes);
        }
    }
}
