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
use super::levels::{Budget, Leaf};
use super::meta::{Chunk, ColumnMeta, FileMeta};
use super::shape::{self, Node, Repeated, Shape};
use crate::base::bytes::ByteRange;
use crate::base::error::{Context, Error, Result};
use std::ops::Range;

/// A row group whose chunks of one nested column are larger than this is not shown: all of them
/// have to be here for its first row to be put together.
pub const MAX_NESTED_BYTES: u64 = 32 << 20;

/// Rows of a row group that are put together at most.
pub const MAX_NESTED_ROWS: usize = 100_000;

/// Rows are put together until their JSON takes so many bytes.
pub const MAX_GROUP_JSON_BYTES: usize = 64 << 20;

/// The chunks that the leaves `leaves` have in row group `group`.
pub fn chunks(meta: &FileMeta, group: usize, leaves: Range<usize>) -> Vec<ByteRange> {
    leaves.filter_map(|leaf| meta.chunk(group, leaf)).map(|chunk| chunk.range).collect()
}

/// The rows of a nested column in a row group, as JSON; fewer than the group has where they are
/// more or larger than [`MAX_NESTED_ROWS`] and [`MAX_GROUP_JSON_BYTES`] allow. `bytes` holds the
/// chunks of its leaves `leaves`, in order.
///
/// # Errors
/// Where a page can't be decoded or the leaves do not fit together.
pub fn rows_as_json(
    meta: &FileMeta,
    group: usize,
    leaves: Range<usize>,
    bytes: &[Vec<u8>],
) -> Result<Vec<String>> {
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
        Leaf::read(column, codec, values, bytes, &mut budget)
    });
    let mut reader = NestedReader { leaves: read.collect::<Result<_>>()?, columns };
    let mut all = Vec::new();
    let mut all_bytes = 0;
    for row in 0..rows.min(MAX_NESTED_ROWS as u64) {
        if all_bytes > MAX_GROUP_JSON_BYTES {
            return Ok(all);
        }
        let mut json = Json::default();
        reader
            .agree(&node, Some(0))
            .and_then(|()| reader.read(&node, &mut json))
            .context(|| format!("row {row}"))?;
        let json = json.finish();
        all_bytes += json.len();
        all.push(json);
    }
    if all.len() as u64 == rows {
        reader.agree(&node, None).context(|| "behind the last row".to_owned())?;
    }
    Ok(all)
}

/// The byte strings of a leaf that is in one list, row by row; none for entries without one.
///
/// # Errors
/// Where a page can't be decoded, or holds something else.
pub fn byte_lists(
    meta: &FileMeta,
    number: usize,
    chunk: &Chunk,
    bytes: &[u8],
) -> Result<Vec<Vec<Option<Vec<u8>>>>> {
    let column = meta.columns.get(number).ok_or_else(ends_early)?;
    let (node, before) = shape::of_leaf(&meta.schema, number)?;
    let Some(list) = list_of(&node, number - before) else { return Err(Error::corrupt("it is in no list")) };
    let mut leaf = Leaf::read(column, chunk.codec, chunk.values, bytes, &mut Budget::default())?;
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
    Ok(rows)
}

/// The outermost list that a leaf is in.
fn list_of(node: &Node, leaf: usize) -> Option<Repeated> {
    match &node.shape {
        Shape::List(repeated, _) | Shape::Map(repeated, _, _) => Some(*repeated),
        Shape::Fields(fields) => {
            let (_, field) = fields.iter().find(|(_, field)| field.leaves.contains(&leaf))?;
            list_of(field, leaf)
        }
        Shape::Leaf => None,
    }
}

struct NestedReader<'a> {
    leaves: Vec<Leaf>,
    columns: Vec<&'a ColumnMeta>,
}

impl NestedReader<'_> {
    fn peek(&self, leaf: usize) -> Result<(u16, u16)> {
        self.leaves.get(leaf).and_then(Leaf::peek).ok_or_else(ends_early)
    }

    /// Passes over an entry of each leaf: something is missing there.
    fn skip(&mut self, node: &Node) {
        for leaf in self.leaves.get_mut(node.leaves.clone()).unwrap_or_default() {
            leaf.take();
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
            Shape::List(repeated, element) => {
                json.mark("[");
                self.each(node, *repeated, json, |reader, json| reader.read(element, json))?;
                json.mark("]");
            }
            Shape::Map(repeated, key, value) => {
                json.mark("{");
                self.each(node, *repeated, json, |reader, json| {
                    reader.read(key, json)?;
                    json.mark(": ");
                    reader.read(value, json)
                })?;
                json.mark("}");
            }
        }
        Ok(())
    }

    /// Reads the elements of a list.
    fn each(
        &mut self,
        node: &Node,
        repeated: Repeated,
        json: &mut Json,
        mut element: impl FnMut(&mut Self, &mut Json) -> Result<()>,
    ) -> Result<()> {
        let first = node.leaves.start;
        if self.peek(first)?.1 < repeated.definition {
            self.skip(node);
            return Ok(());
        }
        loop {
            element(self, json)?;
            match self.leaves.get(first).and_then(Leaf::peek) {
                Some((repetition, _)) if repetition >= repeated.repetition => {
                    self.agree(node, Some(repeated.repetition))?;
                    json.mark(", ");
                }
                _ => return Ok(()),
            }
        }
    }
}

fn ends_early() -> Error {
    Error::corrupt("its pages hold fewer values than there are rows")
}
