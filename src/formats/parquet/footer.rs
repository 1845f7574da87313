//! A footer, out of its Thrift bytes: the schema, row groups, and what else it says.
//!
//! It is read leniently: a field that is not known, or is not of the type it should be, counts as absent.
//! What a later version of the format adds, or one wrong annotation, costs no more than itself. What a
//! footer claims is held against the limits below before room is made for it: with 4 GB of memory and
//! 1 MB of stack, a few wrong bytes would otherwise end the data thread.
//!
//! Source: `parquet.thrift` of Apache Parquet.

use super::element::{Element, Tree, tree};
use super::thrift::{FieldType, Thrift};
use crate::base::error::{Error, ErrorKind, Result};

/// Columns and the structures around them: wider tables exist, but nobody looks at them here.
pub const MAX_SCHEMA_ELEMENTS: usize = 20_000;

/// Row groups: 14 million rows in groups of a thousand are 14,000.
pub const MAX_ROW_GROUPS: usize = 100_000;

/// Other lists: pairs of text, chunks of a row group.
const MAX_LIST: usize = 100_000;

/// What a footer says. Row groups stay as bytes until [`Footer::groups`] asks for them.
#[derive(Debug)]
pub struct Footer<'a> {
    /// Version of the format.
    pub version: i32,
    /// Who wrote the file.
    pub created_by: Option<String>,
    /// Key-value metadata.
    pub pairs: Vec<(String, Option<String>)>,
    /// The schema.
    pub tree: Tree,
    groups: Option<(Thrift<'a>, usize)>,
}

/// A row group.
#[derive(Debug)]
pub struct Group<'a> {
    /// Its rows, as the footer has them.
    pub rows: i64,
    /// Its column chunks, in the schema's order.
    pub chunks: Vec<ChunkFields<'a>>,
}

/// What a footer says of a column chunk. Offsets count from the start of the file; none is checked.
#[derive(Debug, Default)]
pub struct ChunkFields<'a> {
    /// The file that its pages are in, where it is another one.
    pub file_path: Option<&'a [u8]>,
    /// Whether its metadata says how it is encrypted.
    pub is_encrypted: bool,
    /// The codec's number.
    pub codec: Option<i64>,
    /// A bit for the number of each encoding.
    pub encodings: u64,
    /// Values, nulls included.
    pub values: Option<i64>,
    /// Length of its pages once decompressed.
    pub uncompressed_bytes: Option<i64>,
    /// Length of its pages.
    pub compressed_bytes: Option<i64>,
    /// Where the first data page begins.
    pub first_data: Option<i64>,
    /// Where the dictionary page begins.
    pub dictionary: Option<i64>,
    /// Where its offset index begins, and its length.
    pub offset_index: (Option<i64>, Option<i64>),
    /// Whether it has a column index.
    pub has_column_index: bool,
    /// Whether it has a bloom filter.
    pub has_bloom_filter: bool,
    /// What is said of its values.
    pub statistics: Statistics<'a>,
}

/// Statistics of a column chunk.
#[derive(Debug, Default)]
pub struct Statistics<'a> {
    /// Nulls.
    pub nulls: Option<i64>,
    /// Different values.
    pub distinct: Option<i64>,
    /// The smallest value, as plain pages write it without its length.
    pub least: Option<&'a [u8]>,
    /// The largest value.
    pub most: Option<&'a [u8]>,
}

impl<'a> Footer<'a> {
    /// Reads a footer, without its length and its magic.
    ///
    /// # Errors
    /// Where it is cut short, has no schema, or a list in it is longer than its limit.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut thrift = Thrift::new(bytes);
        let (mut version, mut created_by, mut groups) = (0, None, None);
        let mut pairs = Vec::new();
        let mut elements: Option<Vec<Element<'a>>> = None;
        fields(&mut thrift, |thrift, field| {
            match field {
                (1, FieldType::Int) => version = i32::try_from(thrift.int()?).unwrap_or_default(),
                (2, FieldType::List) => {
                    elements = Some(structures(thrift, MAX_SCHEMA_ELEMENTS, Element::read)?)
                }
                (4, FieldType::List) => {
                    let (len, at) = (structure_list(&mut thrift.clone(), MAX_ROW_GROUPS)?, *thrift);
                    thrift.skip(FieldType::List)?;
                    groups = Some((at, len));
                }
                (5, FieldType::List) => pairs = structures(thrift, MAX_LIST, pair)?,
                (6, FieldType::Binary) => created_by = Some(text(thrift.binary()?)),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        let elements = elements.ok_or_else(|| Error::corrupt("it has no schema"))?;
        Ok(Self { version, created_by, pairs, tree: tree(&elements)?, groups })
    }

    /// How many row groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.as_ref().map_or(0, |(_, count)| *count)
    }

    /// The row groups, one after another.
    pub fn groups(&self) -> impl Iterator<Item = Result<Group<'a>>> {
        let (mut thrift, count) = self.groups.unwrap_or((Thrift::new(&[]), 0));
        let list = if count > 0 { structure_list(&mut thrift, MAX_ROW_GROUPS) } else { Ok(0) };
        let (count, error) = list.map_or_else(|error| (0, Some(error)), |count| (count, None));
        (0..count).map(move |_| Group::read(&mut thrift)).chain(error.map(Err))
    }
}

impl<'a> Group<'a> {
    fn read(thrift: &mut Thrift<'a>) -> Result<Self> {
        let mut group = Self { rows: 0, chunks: Vec::new() };
        fields(thrift, |thrift, field| {
            match field {
                (1, FieldType::List) => group.chunks = structures(thrift, MAX_LIST, ChunkFields::read)?,
                (3, FieldType::Int) => group.rows = thrift.int()?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(group)
    }
}

impl<'a> ChunkFields<'a> {
    fn read(thrift: &mut Thrift<'a>) -> Result<Self> {
        let mut chunk = Self::default();
        fields(thrift, |thrift, field| {
            match field {
                (1, FieldType::Binary) => chunk.file_path = Some(thrift.binary()?),
                (3, FieldType::Struct) => chunk.metadata(thrift)?,
                (4, FieldType::Int) => chunk.offset_index.0 = Some(thrift.int()?),
                (5, FieldType::Int) => chunk.offset_index.1 = Some(thrift.int()?),
                (6, FieldType::Int) => chunk.has_column_index = thrift.int().map(|_| true)?,
                (8, is) => {
                    chunk.is_encrypted = true;
                    thrift.skip(is)?;
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(chunk)
    }

    fn metadata(&mut self, thrift: &mut Thrift<'a>) -> Result<()> {
        fields(thrift, |thrift, field| {
            match field {
                (2, FieldType::List) => {
                    let (is, len) = thrift.list()?;
                    for _ in 0..len {
                        if is == FieldType::Int {
                            let code = u32::try_from(thrift.int()?).ok();
                            self.encodings |= code.and_then(|code| 1u64.checked_shl(code)).unwrap_or(0);
                        } else {
                            thrift.skip_element(is)?;
                        }
                    }
                }
                (4, FieldType::Int) => self.codec = Some(thrift.int()?),
                (5, FieldType::Int) => self.values = Some(thrift.int()?),
                (6, FieldType::Int) => self.uncompressed_bytes = Some(thrift.int()?),
                (7, FieldType::Int) => self.compressed_bytes = Some(thrift.int()?),
                (9, FieldType::Int) => self.first_data = Some(thrift.int()?),
                (11, FieldType::Int) => self.dictionary = Some(thrift.int()?),
                (12, FieldType::Struct) => self.statistics = Statistics::read(thrift)?,
                (14, FieldType::Int) => self.has_bloom_filter = thrift.int().map(|_| true)?,
                _ => return Ok(false),
            }
            Ok(true)
        })
    }
}

impl<'a> Statistics<'a> {
    fn read(thrift: &mut Thrift<'a>) -> Result<Self> {
        let mut statistics = Self::default();
        // The old ends were compared as signed bytes by some writers; the new ones go before them.
        let (mut old_least, mut old_most) = (None, None);
        fields(thrift, |thrift, field| {
            match field {
                (1, FieldType::Binary) => old_most = Some(thrift.binary()?),
                (2, FieldType::Binary) => old_least = Some(thrift.binary()?),
                (3, FieldType::Int) => statistics.nulls = Some(thrift.int()?),
                (4, FieldType::Int) => statistics.distinct = Some(thrift.int()?),
                (5, FieldType::Binary) => statistics.most = Some(thrift.binary()?),
                (6, FieldType::Binary) => statistics.least = Some(thrift.binary()?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if statistics.least.is_none() && statistics.most.is_none() {
            (statistics.least, statistics.most) = (old_least, old_most);
        }
        Ok(statistics)
    }
}

fn pair(thrift: &mut Thrift<'_>) -> Result<(String, Option<String>)> {
    let mut pair = (String::new(), None);
    fields(thrift, |thrift, field| {
        match field {
            (1, FieldType::Binary) => pair.0 = text(thrift.binary()?),
            (2, FieldType::Binary) => pair.1 = Some(text(thrift.binary()?)),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(pair)
}

/// Reads a structure: `each` takes the value of a field by its number and type, or leaves it.
pub(super) fn fields<'a>(
    thrift: &mut Thrift<'a>,
    mut each: impl FnMut(&mut Thrift<'a>, (i16, FieldType)) -> Result<bool>,
) -> Result<()> {
    let mut last = 0;
    while let Some((number, is)) = thrift.field(last)? {
        if !each(thrift, (number, is))? {
            thrift.skip(is)?;
        }
        last = number;
    }
    Ok(())
}

/// Reads a list of at most `most` structures.
fn structures<'a, T>(
    thrift: &mut Thrift<'a>,
    most: usize,
    mut each: impl FnMut(&mut Thrift<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let len = structure_list(thrift, most)?;
    (0..len).map(|_| each(thrift)).collect()
}

/// The length of a list of structures.
fn structure_list(thrift: &mut Thrift<'_>, most: usize) -> Result<usize> {
    match thrift.list()? {
        (_, len) if len > most => {
            let message = format!("a list of {len} in its footer is above the limit of {most}");
            Err(Error::new(ErrorKind::Limit, message))
        }
        (FieldType::Struct, len) => Ok(len),
        (_, 0) => Ok(0),
        (is, _) => Err(Error::corrupt(format!("a list of {is:?} where structures should be"))),
    }
}

/// Names and metadata should be UTF-8; what is not is replaced, so that the rest can be read.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Footer;
    use crate::base::error::{ErrorKind, Result};

    /// A footer of a schema with these numbers of children, one element each.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 2, 0x19, 0xfc, children.len() as u8];
        for children in children {
            if *children == 0 {
                // Field 1, the type: an INT32.
                bytes.extend([0x15, 2, 0]);
            } else {
                // Field 5, zigzag; then the element ends.
                bytes.extend([0x55, children * 2, 0]);
            }
        }
        bytes.push(0);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<usize> {
        let footer = Footer::read(bytes)?;
        footer.groups().try_fold(0, |count, group| group.map(|group| count + group.chunks.len()))
    }

    #[test]
    fn claims_are_held_against_what_is_there() {
        read(&footer(&[2, 0, 1, 0])).unwrap();
        assert_eq!(read(&footer(&[60, 0])).unwrap_err().kind, ErrorKind::Corrupt);
        assert_eq!(read(&footer(&[1; 40])).unwrap_err().kind, ErrorKind::Limit);
        // A hundred siblings are no depth.
        let mut wide = vec![0; 51];
        wide[0] = 50;
        read(&footer(&wide)).unwrap();
        // 2^31 row groups in a footer of a few bytes.
        let groups = [0x15, 2, 0x39, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        assert!(read(&groups).is_err());
        let groups = [&[0x49, 0xfc, 0xa1, 0x8d, 0x06][..], &[0; 100_002]].concat();
        assert_eq!(read(&groups).unwrap_err().kind, ErrorKind::Limit);
    }

    #[test]
    fn a_schema_is_needed_and_what_is_not_known_is_passed_over() {
        // The schema as a number of eight bytes.
        assert_eq!(read(&[0x15, 2, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err().kind, ErrorKind::Corrupt);
        let mut more = footer(&[1, 0]);
        more.pop();
        // Fields 20 to 23: a UUID, a list of booleans, a map of them, and a structure.
        more.extend([0x0d, 40]);
        more.extend([7; 16]);
        more.extend([0x19, 0x21, 1, 2, 0x1b, 1, 0x12, 1, 2, 0x1c, 0x11, 0, 0]);
        assert_eq!(Footer::read(&more).unwrap().tree.leaves.len(), 1);
    }

    #[test]
    fn encrypted_columns_are_named() {
        // A row group of two chunks, the second of which has field 8.
        let mut bytes = footer(&[2, 0, 0]);
        bytes.pop();
        bytes.extend([0x29, 0x1c, 0x19, 0x2c, 0x26, 8, 0, 0x26, 8, 0x6c, 0, 0, 0, 0]);
        let footer = Footer::read(&bytes).unwrap();
        let groups: Vec<_> = footer.groups().collect::<Result<_>>().unwrap();
        let encrypted: Vec<bool> = groups[0].chunks.iter().map(|chunk| chunk.is_encrypted).collect();
        assert_eq!(encrypted, [false, true]);
    }
}
