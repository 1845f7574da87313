//! A look over a footer before the `parquet` crate reads it.
//!
//! That crate makes room for as many children and row groups as a footer claims, and descends as
//! deep as its schema nests. Where memory is 4 GB and the stack 1 MB, a few bytes that lie would
//! end the data thread; here they become an error.

use super::thrift::{FieldType, Thrift};
use crate::error::{Error, ErrorKind, Result};

/// Columns and the structures around them: wider tables exist, but nobody looks at them here.
pub const MAX_SCHEMA_ELEMENTS: usize = 20_000;

/// Structures within structures. The deepest in use have about ten.
pub const MAX_SCHEMA_DEPTH: usize = 32;

/// Row groups: 14 million rows in groups of a thousand are 14,000.
pub const MAX_ROW_GROUPS: usize = 100_000;

/// Pairs of text beside the data, and other lists of the footer's first level.
const MAX_LIST: usize = 100_000;

/// Looks over a footer, without its length and its magic.
///
/// # Errors
/// Where it is cut short, nests deeper than [`MAX_SCHEMA_DEPTH`], or a list is longer than its
/// limit.
pub fn look_over(footer: &[u8]) -> Result<()> {
    let mut thrift = Thrift::new(footer);
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        match (number, kind) {
            (2, FieldType::List) => schema(&mut thrift)?,
            (_, FieldType::List | FieldType::Set) => {
                let most = if number == 4 { MAX_ROW_GROUPS } else { MAX_LIST };
                // Its length is looked at, then the list is passed over as a whole.
                let mut ahead = thrift;
                let (_, len) = ahead.list()?;
                if len > most {
                    return Err(limit(format!("a list of {len} in its footer is above the limit of {most}")));
                }
                thrift.skip(kind)?;
            }
            _ => thrift.skip(kind)?,
        }
        last = number;
    }
    Ok(())
}

/// The schema is a list of elements, each of which says how many of those after it are its children.
fn schema(thrift: &mut Thrift<'_>) -> Result<()> {
    let (kind, len) = thrift.list()?;
    if len > MAX_SCHEMA_ELEMENTS {
        return Err(limit(format!("a schema of {len} elements is above the limit of {MAX_SCHEMA_ELEMENTS}")));
    }
    if kind != FieldType::Struct {
        return Err(Error::corrupt("the schema is no list of structures"));
    }
    // For each structure that is open, how many of its children are still to come.
    let mut open: Vec<usize> = Vec::new();
    for _ in 0..len {
        if let Some(left) = open.last_mut() {
            *left = left.saturating_sub(1);
        }
        let children = children(thrift)?;
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

/// The number of children of one element.
fn children(thrift: &mut Thrift<'_>) -> Result<usize> {
    let mut children = 0;
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        if number == 5 && kind == FieldType::Int {
            children = thrift.size()? as usize;
        } else {
            thrift.skip(kind)?;
        }
        last = number;
    }
    Ok(children)
}

fn limit(message: String) -> Error {
    Error::new(ErrorKind::Limit, message)
}

#[cfg(test)]
mod tests {
    use super::look_over;
    use crate::error::ErrorKind;

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
}
