//! Validates a footer before the `parquet` crate reads it.
//!
//! That crate makes room for as many children and row groups as a footer claims, descends as deep
//! as its schema nests, and reads a field it knows as what it should be, whatever the footer says
//! it is. With 4 GB of memory and 1 MB of stack, a few wrong bytes would end the data thread;
//! here they become an error.
//!
//! Source: `parquet.thrift` of Apache Parquet.

use super::thrift::{FieldType, Thrift};
use crate::base::error::{Error, ErrorKind, Result};
use std::collections::BTreeSet;

/// Columns and the structures around them: wider tables exist, but nobody looks at them here.
pub const MAX_SCHEMA_ELEMENTS: usize = 20_000;

/// Structures within structures. The deepest in use have about ten.
pub const MAX_SCHEMA_DEPTH: usize = 32;

/// Row groups: 14 million rows in groups of a thousand are 14,000.
pub const MAX_ROW_GROUPS: usize = 100_000;

/// Other lists: pairs of text, encodings, chunks of a row group.
const MAX_LIST: usize = 100_000;

/// What a field has to be.
enum Kind {
    Int,
    Byte,
    Bool,
    Double,
    Binary,
    Struct(Fields),
    List(&'static Kind),
    /// The schema: each element says how many of those after it are its children.
    Schema,
    Groups,
    Chunks,
}

/// A structure's fields by their number. Those that it does not name are passed over.
type Fields = &'static [(i16, Kind)];

const FOOTER: Fields = &[
    (1, Kind::Int),
    (2, Kind::Schema),
    (3, Kind::Int),
    (4, Kind::Groups),
    (5, Kind::List(&Kind::Struct(KEY_VALUE))),
    (6, Kind::Binary),
    (7, Kind::List(&Kind::Struct(COLUMN_ORDER))),
];
const KEY_VALUE: Fields = &[(1, Kind::Binary), (2, Kind::Binary)];
const COLUMN_ORDER: Fields = &[(1, Kind::Struct(&[])), (2, Kind::Struct(&[])), (3, Kind::Struct(&[]))];
const ELEMENT: Fields = &[
    (1, Kind::Int),
    (2, Kind::Int),
    (3, Kind::Int),
    (4, Kind::Binary),
    (5, Kind::Int),
    (6, Kind::Int),
    (7, Kind::Int),
    (8, Kind::Int),
    (9, Kind::Int),
    (10, Kind::Struct(LOGICAL)),
];
const LOGICAL: Fields = &[
    (1, Kind::Struct(&[])),
    (2, Kind::Struct(&[])),
    (3, Kind::Struct(&[])),
    (4, Kind::Struct(&[])),
    (5, Kind::Struct(&[(1, Kind::Int), (2, Kind::Int)])),
    (6, Kind::Struct(&[])),
    (7, Kind::Struct(TIME)),
    (8, Kind::Struct(TIME)),
    (10, Kind::Struct(&[(1, Kind::Byte), (2, Kind::Bool)])),
    (11, Kind::Struct(&[])),
    (12, Kind::Struct(&[])),
    (13, Kind::Struct(&[])),
    (14, Kind::Struct(&[])),
    (15, Kind::Struct(&[])),
    (16, Kind::Struct(&[(1, Kind::Byte)])),
    (17, Kind::Struct(&[(1, Kind::Binary)])),
    (18, Kind::Struct(&[(1, Kind::Binary), (2, Kind::Int)])),
    (19, Kind::Struct(&[])),
];
const TIME: Fields = &[(1, Kind::Bool), (2, Kind::Struct(UNIT))];
const UNIT: Fields = &[(1, Kind::Struct(&[])), (2, Kind::Struct(&[])), (3, Kind::Struct(&[]))];
const GROUP: Fields = &[
    (1, Kind::Chunks),
    (2, Kind::Int),
    (3, Kind::Int),
    (4, Kind::List(&Kind::Struct(&[(1, Kind::Int), (2, Kind::Bool), (3, Kind::Bool)]))),
    (5, Kind::Int),
    (6, Kind::Int),
    (7, Kind::Int),
];
const CHUNK: Fields = &[
    (1, Kind::Binary),
    (2, Kind::Int),
    (3, Kind::Struct(CHUNK_META)),
    (4, Kind::Int),
    (5, Kind::Int),
    (6, Kind::Int),
    (7, Kind::Int),
    (9, Kind::Binary),
];
/// The field of a chunk that says how it is encrypted.
const CRYPTO: i16 = 8;
const CHUNK_META: Fields = &[
    (1, Kind::Int),
    (2, Kind::List(&Kind::Int)),
    (3, Kind::List(&Kind::Binary)),
    (4, Kind::Int),
    (5, Kind::Int),
    (6, Kind::Int),
    (7, Kind::Int),
    (8, Kind::List(&Kind::Struct(KEY_VALUE))),
    (9, Kind::Int),
    (10, Kind::Int),
    (11, Kind::Int),
    (12, Kind::Struct(STATISTICS)),
    (13, Kind::List(&Kind::Struct(&[(1, Kind::Int), (2, Kind::Int), (3, Kind::Int)]))),
    (14, Kind::Int),
    (15, Kind::Int),
    (16, Kind::Struct(&[(1, Kind::Int), (2, Kind::List(&Kind::Int)), (3, Kind::List(&Kind::Int))])),
    (17, Kind::Struct(&[(1, Kind::Struct(BOX)), (2, Kind::List(&Kind::Int))])),
];
const STATISTICS: Fields = &[
    (1, Kind::Binary),
    (2, Kind::Binary),
    (3, Kind::Int),
    (4, Kind::Int),
    (5, Kind::Binary),
    (6, Kind::Binary),
    (7, Kind::Bool),
    (8, Kind::Bool),
    (9, Kind::Int),
];
const BOX: Fields = &[
    (1, Kind::Double),
    (2, Kind::Double),
    (3, Kind::Double),
    (4, Kind::Double),
    (5, Kind::Double),
    (6, Kind::Double),
    (7, Kind::Double),
    (8, Kind::Double),
];

/// Validates a footer, without its length and its magic. Returns the columns, by their
/// index among the leaves, of which a chunk is encrypted.
///
/// # Errors
/// Where it is cut short, a field is not what it should be, the schema nests deeper than
/// [`MAX_SCHEMA_DEPTH`], or a list is longer than its limit.
pub fn look_over(footer: &[u8]) -> Result<BTreeSet<usize>> {
    let mut guard = Guard { thrift: Thrift::new(footer), encrypted: BTreeSet::new() };
    guard.structure(FOOTER)?;
    Ok(guard.encrypted)
}

struct Guard<'a> {
    thrift: Thrift<'a>,
    encrypted: BTreeSet<usize>,
}

impl Guard<'_> {
    fn structure(&mut self, fields: Fields) -> Result<()> {
        let mut last = 0;
        while let Some((number, is)) = self.thrift.field(last)? {
            match fields.iter().find(|(known, _)| *known == number) {
                Some((_, kind)) => self.field(number, is, kind)?,
                None => self.thrift.skip(is)?,
            }
            last = number;
        }
        Ok(())
    }

    fn field(&mut self, number: i16, is: FieldType, kind: &Kind) -> Result<()> {
        let fits = match kind {
            Kind::Int => is == FieldType::Int,
            Kind::Byte => is == FieldType::Byte,
            Kind::Bool => matches!(is, FieldType::True | FieldType::False),
            Kind::Double => is == FieldType::Double,
            Kind::Binary => is == FieldType::Binary,
            Kind::Struct(_) => is == FieldType::Struct,
            Kind::List(_) | Kind::Schema | Kind::Groups | Kind::Chunks => is == FieldType::List,
        };
        if !fits {
            return Err(Error::corrupt(format!("field {number} of a structure is a {is:?}")));
        }
        match kind {
            Kind::Int | Kind::Byte | Kind::Bool | Kind::Double | Kind::Binary => self.thrift.skip(is),
            Kind::Struct(fields) => self.structure(fields),
            Kind::Schema => self.schema(),
            Kind::List(element) => {
                let (is, len) = self.list(MAX_LIST)?;
                for _ in 0..len {
                    match element {
                        Kind::Struct(fields) if is == FieldType::Struct => self.structure(fields)?,
                        Kind::Int if is == FieldType::Int => self.thrift.skip(is)?,
                        Kind::Binary if is == FieldType::Binary => self.thrift.skip(is)?,
                        _ => return Err(Error::corrupt(format!("a list of {is:?}"))),
                    }
                }
                Ok(())
            }
            Kind::Groups => {
                for _ in 0..self.structures(MAX_ROW_GROUPS)? {
                    self.structure(GROUP)?;
                }
                Ok(())
            }
            Kind::Chunks => {
                for column in 0..self.structures(MAX_LIST)? {
                    self.chunk(column)?;
                }
                Ok(())
            }
        }
    }

    fn chunk(&mut self, column: usize) -> Result<()> {
        let mut last = 0;
        while let Some((number, is)) = self.thrift.field(last)? {
            if number == CRYPTO {
                self.encrypted.insert(column);
            }
            match CHUNK.iter().find(|(known, _)| *known == number) {
                Some((_, kind)) => self.field(number, is, kind)?,
                None => self.thrift.skip(is)?,
            }
            last = number;
        }
        Ok(())
    }

    fn list(&mut self, most: usize) -> Result<(FieldType, usize)> {
        let (is, len) = self.thrift.list()?;
        if len > most {
            return Err(limit(format!("a list of {len} in its footer is above the limit of {most}")));
        }
        Ok((is, len))
    }

    /// The length of a list of structures.
    fn structures(&mut self, most: usize) -> Result<usize> {
        match self.list(most)? {
            (FieldType::Struct, len) => Ok(len),
            (_, 0) => Ok(0),
            (is, _) => Err(Error::corrupt(format!("a list of {is:?}"))),
        }
    }

    fn schema(&mut self) -> Result<()> {
        let len = self.structures(MAX_SCHEMA_ELEMENTS)?;
        // For each structure that is open, how many of its children are still to come.
        let mut open: Vec<usize> = Vec::new();
        for _ in 0..len {
            if let Some(left) = open.last_mut() {
                *left = left.saturating_sub(1);
            }
            let children = self.element()?;
            if children > len {
                return Err(Error::corrupt(format!("a structure of {children} fields in a schema of {len}")));
            }
            if children > 0 {
                open.push(children);
            }
            if open.len() > MAX_SCHEMA_DEPTH {
                return Err(limit(format!("structures nest deeper than {MAX_SCHEMA_DEPTH}")));
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        Ok(())
    }

    /// The number of children of one element of the schema.
    fn element(&mut self) -> Result<usize> {
        const CHILDREN: i16 = 5;
        let mut children = 0;
        let mut last = 0;
        while let Some((number, is)) = self.thrift.field(last)? {
            match ELEMENT.iter().find(|(known, _)| *known == number) {
                Some(_) if number == CHILDREN && is == FieldType::Int => {
                    children = self.thrift.size()? as usize;
                }
                Some((_, kind)) => self.field(number, is, kind)?,
                None => self.thrift.skip(is)?,
            }
            last = number;
        }
        Ok(children)
    }
}

fn limit(message: String) -> Error {
    Error::new(ErrorKind::Limit, message)
}

#[cfg(test)]
mod tests {
    use super::look_over;
    use crate::base::error::ErrorKind;

    /// A footer of a schema with these numbers of children, one element each.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 2, 0x19, 0xfc, children.len() as u8];
        for children in children {
            // Field 5, zigzag; then the element ends.
            bytes.extend([0x55, children * 2, 0]);
        }
        bytes.push(0);
        bytes
    }

    #[test]
    fn claims_are_held_against_what_is_there() {
        look_over(&footer(&[2, 0, 1, 0])).unwrap();
        assert_eq!(look_over(&footer(&[60, 0])).unwrap_err().kind, ErrorKind::Corrupt);
        assert_eq!(look_over(&footer(&[1; 40])).unwrap_err().kind, ErrorKind::Limit);
        // A hundred siblings are no depth.
        let mut wide = vec![0; 101];
        wide[0] = 50;
        look_over(&footer(&wide)).unwrap();
        // 2^31 row groups in a footer of a few bytes.
        let groups = [0x15, 2, 0x39, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        assert!(look_over(&groups).is_err());
        let groups = [&[0x49, 0xfc, 0xa1, 0x8d, 0x06][..], &[0; 100_002]].concat();
        assert_eq!(look_over(&groups).unwrap_err().kind, ErrorKind::Limit);
    }

    #[test]
    fn a_field_is_what_it_should_be() {
        // The schema as a number of eight bytes.
        assert_eq!(
            look_over(&[0x15, 2, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err().kind,
            ErrorKind::Corrupt
        );
    }

    #[test]
    fn encrypted_columns_are_named() {
        // A row group of two chunks, the second of which has field 8.
        let bytes = [0x49, 0x1c, 0x19, 0x2c, 0x26, 8, 0, 0x26, 8, 0x6c, 0, 0, 0, 0];
        assert_eq!(look_over(&bytes).unwrap().into_iter().collect::<Vec<_>>(), [1]);
    }
}
