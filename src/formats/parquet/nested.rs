//! Lists and structures of a row group, as JSON.
//!
//! Each leaf column holds, for every value or gap, how deep it is there (the definition level) and
//! which list it goes on (the repetition level). Rows are put together by reading all leaves of a
//! field side by side; they have to agree about where lists and rows end.
//!
//! Source: "Nested Encoding" of Apache Parquet, and the paper it refers to (Dremel).

use super::codec::Codec;
use super::decode::Values;
use super::json::Json;
use super::levels::{Budget, Extent, Leaf};
use super::meta::{ColumnMeta, FileMeta};
use super::shape::{self, Node, Repeated, Shape};
use super::variant;
use crate::base::bytes::ByteRange;
use crate::base::error::{Context, Error, ErrorKind, Result};
use std::ops::Range;

/// A row group whose chunks of one nested column are larger than this is not shown: all of them
/// have to be here for its first row to be put together.
pub const MAX_NESTED_BYTES: u64 = 32 << 20;

/// Rows of a row group that are put together at most.
pub const MAX_NESTED_ROWS: usize = 100_000;

/// How much of a row group is put together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows at most.
    pub rows: usize,
    /// The JSON of a row ends after so many bytes.
    pub row_bytes: usize,
    /// Rows are put together until their JSON takes so many bytes.
    pub bytes: usize,
}

impl Limits {
    /// For rows on the screen.
    pub const SCREEN: Self = Self { rows: MAX_NESTED_ROWS, row_bytes: 4_000, bytes: 64 << 20 };
    /// For a column that is read whole.
    pub const WHOLE: Self = Self { rows: usize::MAX, row_bytes: usize::MAX, bytes: 256 << 20 };
}

/// The chunks that the leaves `leaves` have in row group `group`.
pub fn chunks(meta: &FileMeta, group: usize, leaves: Range<usize>) -> Vec<ByteRange> {
    leaves.filter_map(|leaf| meta.chunk(group, leaf)).map(|chunk| chunk.range).collect()
}

/// Rows of a nested column in a row group.
#[derive(Debug, Default)]
pub struct Rows {
    /// The JSON of each; fewer than the group has where they are more or larger than the limits allow.
    pub json: Vec<String>,
    /// Those that can't be read, in stretches that do not overlap, counted from the first one, and why. Their JSON is
    /// [`NO_VALUE`].
    pub lost: Vec<(Range<u64>, Error)>,
}

/// The JSON of a row without a value.
pub const NO_VALUE: &str = "null";

/// The rows of a nested column in a row group, as JSON. `bytes` holds the chunks of its leaves `leaves`, in order.
///
/// # Errors
/// Where no page can be decoded or the leaves do not fit together.
pub fn rows_as_json(
    meta: &FileMeta,
    group: usize,
    leaves: Range<usize>,
    bytes: &[Vec<u8>],
    limits: Limits,
) -> Result<Rows> {
    let (node, before) = shape::of_leaf(&meta.schema, leaves.start)?;
    let rows = meta.groups.get(group).map_or(0, |group| group.rows);
    let columns: Vec<&ColumnMeta> = meta.columns.iter().skip(before).take(node.leaves.len()).collect();
    if before != leaves.start || columns.len() != node.leaves.len() || bytes.len() < columns.len() {
        return Err(Error::corrupt("the schema and the columns do not fit together"));
    }
    let mut budget = Budget::default();
    let read = columns.iter().zip(bytes).zip(before..).map(|((column, bytes), leaf)| {
        let chunk = meta.chunk(group, leaf);
        let (codec, values) = chunk.map_or((Codec::Uncompressed, 0), |chunk| (chunk.codec, chunk.values));
        Leaf::read(column, codec, Extent { values, rows }, bytes, &mut budget)
    });
    let mut reader = NestedReader { leaves: read.collect::<Result<_>>()?, columns };
    let lost = lost_of(&mut reader.leaves);
    let mut all = Rows { json: Vec::new(), lost };
    let mut ahead = all.lost.iter().map(|(rows, _)| rows.clone()).peekable();
    let mut all_bytes = 0;
    for row in 0..rows.min(limits.rows as u64) {
        if all_bytes > limits.bytes {
            return Ok(all);
        }
        while ahead.next_if(|lost| lost.end <= row).is_some() {}
        if ahead.peek().is_some_and(|lost| lost.contains(&row)) {
            reader.leaves.iter_mut().for_each(Leaf::skip_row);
            all_bytes += NO_VALUE.len();
            all.json.push(NO_VALUE.to_owned());
            continue;
        }
        reader.pass_nothing(&node);
        let mut json = Json::new(limits.row_bytes);
        reader
            .agree(&node, Some(0))
            .and_then(|()| reader.read(&node, &mut json))
            .context(|| format!("row {row}"))?;
        let json = json.finish();
        all_bytes += json.len();
        all.json.push(json);
    }
    if all.json.len() as u64 == rows {
        reader.pass_nothing(&node);
        reader.agree(&node, None).context(|| "behind the last row".to_owned())?;
    }
    Ok(all)
}

/// What is lost of any of these leaves, in stretches that do not overlap.
fn lost_of(leaves: &mut [Leaf]) -> Vec<(Range<u64>, Error)> {
    let mut all: Vec<(Range<u64>, Error)> =
        leaves.iter_mut().flat_map(|leaf| std::mem::take(&mut leaf.lost)).collect();
    all.sort_by_key(|(rows, _)| (rows.start, rows.end));
    let mut apart: Vec<(Range<u64>, Error)> = Vec::new();
    for (rows, error) in all {
        match apart.last_mut().filter(|(last, _)| rows.start < last.end) {
            Some((last, _)) => last.end = last.end.max(rows.end),
            None => apart.push((rows, error)),
        }
    }
    apart
}

/// The byte strings of a leaf that is in one list, row by row of a row group; none for entries without one, and no
/// entries where a row can't be read.
///
/// # Errors
/// Where a page can't be decoded, or holds something else.
pub fn byte_lists(
    meta: &FileMeta,
    group: usize,
    number: usize,
    bytes: &[u8],
) -> Result<Vec<Vec<Option<Vec<u8>>>>> {
    let chunk = meta.chunk(group, number).ok_or_else(ends_early)?;
    let column = meta.columns.get(number).ok_or_else(ends_early)?;
    let (node, before) = shape::of_leaf(&meta.schema, number)?;
    let Some(list) = list_of(&node, number - before) else { return Err(Error::corrupt("it is in no list")) };
    let rows = meta.groups.get(group).map_or(0, |group| group.rows);
    let extent = Extent { values: chunk.values, rows };
    let mut leaf = Leaf::read(column, chunk.codec, extent, bytes, &mut Budget::default())?;
    let lost = std::mem::take(&mut leaf.lost);
    let mut rows: Vec<Vec<Option<Vec<u8>>>> = Vec::new();
    while let Some((repetition, definition)) = leaf.peek() {
        if repetition == 0 && rows.len() < MAX_NESTED_ROWS {
            rows.push(Vec::new());
        }
        let file = match leaf.take() {
            Some((Values::Bytes(files), place)) => files.get(place).map(<[u8]>::to_vec),
            Some(_) | None => None,
        };
        // An empty list and a missing one have an entry as well, which is not one of theirs.
        if definition >= list.definition
            && let Some(row) = rows.last_mut()
        {
            row.push(file);
        }
    }
    for (row, files) in (0..).zip(&mut rows) {
        if lost.iter().any(|(lost, _)| lost.contains(&row)) {
            files.clear();
        }
    }
    Ok(rows)
}

/// The outermost list that a leaf is in.
fn list_of(node: &Node, leaf: usize) -> Option<Repeated> {
    match &node.shape {
        Shape::List(repeated, _) | Shape::Map(repeated, _, _) => Some(*repeated),
        Shape::Fields(fields) | Shape::Variant(fields) => {
            let (_, field) = fields.iter().find(|(_, field)| field.leaves.contains(&leaf))?;
            list_of(field, leaf)
        }
        Shape::Leaf => None,
    }
}

/// Reads the rows of a field out of its leaves.
pub(super) struct NestedReader<'a> {
    pub(super) leaves: Vec<Leaf>,
    pub(super) columns: Vec<&'a ColumnMeta>,
}

impl NestedReader<'_> {
    pub(super) fn peek(&self, leaf: usize) -> Result<(u16, u16)> {
        self.leaves.get(leaf).and_then(Leaf::peek).ok_or_else(ends_early)
    }

    /// Passes over an entry of each leaf: something is missing there.
    pub(super) fn skip(&mut self, node: &Node) {
        for leaf in self.leaves.get_mut(node.leaves.clone()).unwrap_or_default() {
            leaf.take();
        }
    }

    /// Passes over entries that go on with a list that is not there: some writers have one for each element that such a
    /// list would have.
    fn pass_nothing(&mut self, node: &Node) {
        let (Shape::List(repeated, _) | Shape::Map(repeated, _, _)) = &node.shape else { return };
        for leaf in &mut self.leaves {
            let is_nothing =
                |(repetition, definition): (u16, u16)| repetition > 0 && definition < repeated.definition;
            while leaf.peek().is_some_and(is_nothing) {
                leaf.take();
            }
        }
    }

    /// Whether all leaves go on at this repetition level; none means that they are at their end.
    fn agree(&self, node: &Node, repetition: Option<u16>) -> Result<()> {
        let leaves = self.leaves.get(node.leaves.clone()).unwrap_or_default();
        if leaves.iter().any(|leaf| leaf.peek().map(|(repetition, _)| repetition) != repetition) {
            return Err(Error::corrupt("its columns do not agree on where lists end"));
        }
        Ok(())
    }

    fn read(&mut self, node: &Node, json: &mut Json) -> Result<()> {
        let first = node.leaves.start;
        if node.leaves.is_empty() {
            json.mark("{}");
            return Ok(());
        }
        let (_, definition) = self.peek(first)?;
        if definition < node.definition {
            json.mark("null");
            self.skip(node);
            return Ok(());
        }
        match &node.shape {
            Shape::Leaf => {
                let logical = self.columns.get(first).ok_or_else(ends_early)?.logical;
                match self.leaves.get_mut(first).and_then(Leaf::take) {
                    Some((values, place)) => json.value(values, place, logical),
                    None => json.mark("null"),
                }
            }
            Shape::Fields(fields) => {
                json.mark("{");
                for (place, (name, field)) in fields.iter().enumerate() {
                    json.mark(if place == 0 { "" } else { ", " });
                    json.string(name);
                    json.mark(": ");
                    self.read(field, json)?;
                }
                json.mark("}");
            }
            Shape::Variant(fields) => {
                let code = variant::code().ok_or_else(|| Error::new(ErrorKind::Network, NO_VARIANTS))?;
                code.read(self, fields, json)?;
            }
            Shape::List(repeated, element) => {
                json.mark("[");
                self.each(node, *repeated, |reader, place| {
                    json.mark(if place == 0 { "" } else { ", " });
                    reader.read(element, json)
                })?;
                json.mark("]");
            }
            Shape::Map(repeated, key, value) => {
                json.mark("{");
                self.each(node, *repeated, |reader, place| {
                    json.mark(if place == 0 { "" } else { ", " });
                    reader.read(key, json)?;
                    json.mark(": ");
                    reader.read(value, json)
                })?;
                json.mark("}");
            }
        }
        Ok(())
    }

    /// Reads the elements of a list, each with its place.
    pub(super) fn each(
        &mut self,
        node: &Node,
        repeated: Repeated,
        mut element: impl FnMut(&mut Self, usize) -> Result<()>,
    ) -> Result<()> {
        let first = node.leaves.start;
        if self.peek(first)?.1 < repeated.definition {
            self.skip(node);
            return Ok(());
        }
        for place in 0.. {
            element(self, place)?;
            match self.leaves.get(first).and_then(Leaf::peek) {
                Some((repetition, _)) if repetition >= repeated.repetition => {
                    self.agree(node, Some(repeated.repetition))?;
                }
                _ => break,
            }
        }
        Ok(())
    }
}

/// Whoever reads such columns fetches the code first.
const NO_VARIANTS: &str = "the part of the app that reads VARIANT is not here";

pub(super) fn ends_early() -> Error {
    Error::corrupt("its pages hold fewer values than there are rows")
}
