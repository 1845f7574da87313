//! What writers that know Arrow say of their columns beyond what the format can: the key `ARROW:schema` of a file's
//! metadata, of which lengths of time, names of time zones and what pandas counts months and the like by are read.
//!
//! Source: `Schema.fbs` and `Message.fbs` of Apache Arrow, and "Internals" of FlatBuffers. The message is base64
//! (RFC 4648, section 4), four bytes of ones and four of its length in front.

use super::meta::Signed;
use crate::base::base64::from_base64;
use crate::base::moment::Unit;
use crate::base::period::Frequency;
use std::collections::BTreeMap;

/// The key of the metadata.
const KEY: &str = "ARROW:schema";

/// Columns that are looked at.
const MAX_COLUMNS: usize = 100_000;

/// Keys of a column that are looked at.
const MAX_PAIRS: usize = 100;

/// What is said of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Its numbers are lengths of time.
    Duration(Unit),
    /// Its times are shown in this zone.
    Zone(String),
    /// Its numbers are stretches of the calendar.
    Period(Frequency),
    /// Its bytes are whole numbers of 128 bits.
    Wide(Signed),
}

/// What a field's metadata calls the type that its values have for some library, and what that library wants to know.
const EXTENSION_NAME: &str = "ARROW:extension:name";
const EXTENSION_METADATA: &str = "ARROW:extension:metadata";

/// How long a stretch of the calendar is, where an extension type of pandas says that numbers are such.
pub fn frequency(name: &str, metadata: &str) -> Option<Frequency> {
    let told: serde_json::Value =
        (name == "pandas.period").then(|| serde_json::from_str(metadata).ok()).flatten()?;
    Frequency::parse(told.get("freq")?.as_str()?)
}

/// What is said of top-level columns, by name; nothing where there is no such key, or none that can be read.
pub fn notes(pairs: &[(String, Option<String>)]) -> BTreeMap<String, Note> {
    let text = pairs.iter().find(|(key, _)| key == KEY).and_then(|(_, value)| value.as_deref());
    let bytes = text.map(from_base64).unwrap_or_default();
    let Some(message) = bytes.strip_prefix(&[0xff; 4]).and_then(|rest| rest.get(4..)) else {
        return BTreeMap::new();
    };
    Flat(message).notes().unwrap_or_default()
}

/// Bytes with tables in them; places beyond their end are none.
#[derive(Clone, Copy)]
struct Flat<'a>(&'a [u8]);

impl Flat<'_> {
    fn notes(self) -> Option<BTreeMap<String, Note>> {
        const SCHEMA: u8 = 1;
        let message = self.follow(0)?;
        if *self.0.get(self.field(message, 1)?)? != SCHEMA {
            return None;
        }
        let schema = self.follow(self.field(message, 2)?)?;
        let fields = self.follow(self.field(schema, 1)?)?;
        let count = (self.u32(fields)? as usize).min(MAX_COLUMNS);
        let note = |place: usize| self.note(self.follow(fields + 4 + 4 * place)?);
        Some((0..count).filter_map(note).collect())
    }

    fn note(self, field: usize) -> Option<(String, Note)> {
        const INT: u8 = 2;
        const TIMESTAMP: u8 = 10;
        const DURATION: u8 = 18;
        let kind = *self.0.get(self.field(field, 2)?)?;
        let about = self.follow(self.field(field, 3)?)?;
        let note = match kind {
            DURATION => Note::Duration(match self.field(about, 0).map(|at| self.u16(at)) {
                Some(Some(0)) => Unit::Seconds,
                // What is usual is left out.
                None | Some(Some(1)) => Unit::Millis,
                Some(Some(2)) => Unit::Micros,
                Some(Some(3)) => Unit::Nanos,
                Some(_) => return None,
            }),
            TIMESTAMP => Note::Zone(self.text(self.field(about, 1)?)?),
            INT if self.field(about, 0).and_then(|at| self.u32(at)) == Some(128) => {
                Note::Wide(Signed(self.field(about, 1).is_some_and(|at| self.0.get(at) == Some(&1))))
            }
            INT => Note::Period(frequency(
                &self.pair(field, EXTENSION_NAME)?,
                &self.pair(field, EXTENSION_METADATA)?,
            )?),
            _ => return None,
        };
        Some((self.text(self.field(field, 0)?)?, note))
    }

    /// What a field's own metadata says of a key.
    fn pair(self, field: usize, key: &str) -> Option<String> {
        let pairs = self.follow(self.field(field, 6)?)?;
        let count = (self.u32(pairs)? as usize).min(MAX_PAIRS);
        (0..count).find_map(|place| {
            let pair = self.follow(pairs + 4 + 4 * place)?;
            (self.text(self.field(pair, 0)?)? == key).then(|| self.text(self.field(pair, 1)?)).flatten()
        })
    }

    /// Where a field of a table is; none where the table does not have it.
    fn field(self, table: usize, number: usize) -> Option<usize> {
        let back = self.u32(table)?.cast_signed();
        let list = usize::try_from(i64::try_from(table).ok()? - i64::from(back)).ok()?;
        let at = 4 + 2 * number;
        if at >= usize::from(self.u16(list)?) {
            return None;
        }
        let offset = self.u16(list + at)?;
        (offset != 0).then_some(table + usize::from(offset))
    }

    /// Where an offset leads.
    fn follow(self, at: usize) -> Option<usize> {
        at.checked_add(self.u32(at)? as usize)
    }

    fn text(self, at: usize) -> Option<String> {
        let start = self.follow(at)?;
        let len = self.u32(start)? as usize;
        let bytes = self.0.get(start + 4..)?.get(..len)?;
        Some(std::str::from_utf8(bytes).ok()?.to_owned())
    }

    fn u32(self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    fn u16(self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(*self.0.get(at..)?.first_chunk()?))
    }
}

#[cfg(test)]
mod tests {
    use super::notes;

    proptest::proptest! {
        #[test]
        fn no_schema_makes_it_panic(bytes: Vec<u8>, text in "/////[A-Za-z0-9+/]{0,200}") {
            let _ = super::Flat(&bytes).notes();
            let _ = notes(&[("ARROW:schema".to_owned(), Some(text))]);
        }
    }
}
