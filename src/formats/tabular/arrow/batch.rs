//! From a message's buffers to arrays, each column by itself.

use super::body::{Body, Place, widths};
use super::column::{Buffers, Column};
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::tabular::rows::failed;
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, Decimal256Array, GenericStringArray, OffsetSizeTrait, StringViewArray, make_array,
    new_empty_array,
};
use arrow_buffer::{Buffer, i256};
use arrow_data::ArrayData;
use arrow_ipc::{FieldNode, RecordBatch};
use arrow_schema::DataType;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

/// Values of a batch or of a list in it: most libraries count no further (and the format advises it).
const MAX_VALUES: i64 = i32::MAX as i64;

/// What a message has of a column: how many values, how many of them are missing, and where the buffers are.
pub struct Piece {
    /// How many values it has.
    pub values: usize,
    missing: i64,
    buffers: Vec<Place>,
    children: Vec<Piece>,
}

/// What a message lists of its columns, one after the other.
pub struct Lists {
    nodes: Vec<FieldNode>,
    buffers: Vec<Place>,
    /// How many buffers each column of views has beside its own two.
    views: Vec<i64>,
    /// Whether unions and runs have a buffer more, as they had up to the metadata's fourth version.
    old: bool,
}

impl Lists {
    /// Those of a batch.
    pub fn new(batch: RecordBatch<'_>, old: bool) -> Self {
        let place = |buffer: &arrow_ipc::Buffer| Place { start: buffer.offset(), len: buffer.length() };
        Self {
            nodes: batch.nodes().iter().flatten().copied().collect(),
            buffers: batch.buffers().iter().flatten().map(place).collect(),
            views: batch.variadicBufferCounts().iter().flatten().collect(),
            old,
        }
    }

    /// What belongs to each of these columns. Those of which nobody can tell have none, and those between two of them.
    ///
    /// # Errors
    /// Where the message has too few.
    pub fn pieces(self, columns: &[Column]) -> Result<Vec<Option<Piece>>> {
        let few = || Error::corrupt("an Arrow message has fewer buffers than its columns need");
        let known = columns.iter().position(Column::is_vague).unwrap_or(columns.len());
        let mut at = At::default();
        let mut pieces = Vec::new();
        for column in columns.get(..known).unwrap_or_default() {
            pieces.push(Some(self.piece(column, &mut at).ok_or_else(few)?));
        }
        let Some(last) = columns.iter().rposition(Column::is_vague) else {
            // Else values would be taken for those of another column.
            return match (at.node, at.buffer) == (self.nodes.len(), self.buffers.len()) {
                true => Ok(pieces),
                false => Err(Error::corrupt("an Arrow message has more buffers than its columns need")),
            };
        };
        // What stands behind those is found from the end.
        let behind = columns.get(last + 1..).unwrap_or_default();
        pieces.resize_with(last + 1, || None);
        let mut need = At::default();
        behind.iter().rev().for_each(|column| self.need(column, &mut need));
        let start = |all: usize, need: usize| all.checked_sub(need);
        let start = start(self.nodes.len(), need.node)
            .zip(start(self.buffers.len(), need.buffer))
            .zip(start(self.views.len(), need.views));
        let ((node, buffer), views) = start.ok_or_else(few)?;
        at = At { node, buffer, views };
        for column in behind {
            pieces.push(Some(self.piece(column, &mut at).ok_or_else(few)?));
        }
        Ok(pieces)
    }

    /// How many buffers a column has, of itself; `view` is how many more its views have.
    fn count(&self, column: &Column, view: impl FnOnce() -> Option<i64>) -> Option<usize> {
        if column.coded.is_some() {
            return Some(2);
        }
        match column.buffers {
            Buffers::None => Some(0),
            Buffers::Plain(count) => Some(count),
            Buffers::Wide { .. } => Some(2),
            Buffers::Bare(count) => Some(count + usize::from(self.old)),
            Buffers::Views => usize::try_from(view()?).ok()?.checked_add(2),
            Buffers::Unknown => None,
        }
    }

    fn piece(&self, column: &Column, at: &mut At) -> Option<Piece> {
        let node = self.nodes.get(at.node)?;
        at.node += 1;
        let count = self.count(column, || {
            at.views += 1;
            self.views.get(at.views - 1).copied()
        })?;
        let buffers = self.buffers.get(at.buffer..at.buffer.checked_add(count)?)?.to_vec();
        at.buffer += count;
        let within = if column.coded.is_some() { &[] } else { column.children.as_slice() };
        let children = within.iter().map(|child| self.piece(child, at)).collect::<Option<Vec<_>>>()?;
        let values = usize::try_from(node.length()).ok().filter(|_| node.length() <= MAX_VALUES)?;
        Some(Piece { values, missing: node.null_count(), buffers, children })
    }

    /// What a column needs of the lists' ends, where what others need is known.
    fn need(&self, column: &Column, need: &mut At) {
        if column.coded.is_none() {
            column.children.iter().rev().for_each(|child| self.need(child, need));
        }
        need.node += 1;
        let count = self.count(column, || {
            need.views += 1;
            self.views.get(self.views.len().checked_sub(need.views)?).copied()
        });
        need.buffer = need.buffer.saturating_add(count.unwrap_or(usize::MAX));
    }
}

#[derive(Default)]
struct At {
    node: usize,
    buffer: usize,
    views: usize,
}

impl Column {
    /// Whether nobody can tell how many buffers it has.
    fn is_vague(&self) -> bool {
        let is_own = self.buffers == Buffers::Unknown;
        self.coded.is_none() && (is_own || self.children.iter().any(Self::is_vague))
    }
}

/// Entries of dictionaries, or why they can't be read, by their numbers.
pub type Dictionaries = HashMap<i64, std::result::Result<ArrayRef, String>>;

/// Makes arrays of the pieces of a message.
pub struct Arrays<'a> {
    /// The message's bytes.
    pub body: &'a Body,
    /// What came before.
    pub dictionaries: &'a Dictionaries,
    /// How many texts were no UTF-8, which is mended as in other files: U+FFFD stands for what is none.
    pub mended: Cell<u64>,
}

impl Arrays<'_> {
    /// A column's values; those that are entries of a dictionary as such.
    ///
    /// # Errors
    /// Where they can't be read.
    pub fn array(&self, column: &Column, piece: &Piece) -> Result<ArrayRef> {
        let Some(coded) = &column.coded else { return self.values(column, piece) };
        let of = column.data_type().map_err(unsupported)?;
        let nulls = self.nulls(piece)?;
        let keys = self.fixed(&of, piece, 1)?;
        let entries = match self.dictionaries.get(&coded.id) {
            Some(entries) => entries.clone().map_err(Error::corrupt)?,
            // It may be left out where no row has a value.
            None => new_empty_array(&column.values.clone().map_err(unsupported)?),
        };
        let builder = ArrayData::builder(of).len(piece.values).null_bit_buffer(nulls);
        built(builder.add_buffer(keys).add_child_data(entries.to_data()))
    }

    /// A column's values, or the entries of its dictionary.
    ///
    /// # Errors
    /// Where they can't be read.
    pub fn values(&self, column: &Column, piece: &Piece) -> Result<ArrayRef> {
        let of = column.values.clone().map_err(unsupported)?;
        let nulls = match column.buffers {
            Buffers::Plain(_) | Buffers::Views | Buffers::Wide { .. } => self.nulls(piece)?,
            Buffers::Bare(own) if piece.buffers.len() > own && piece.missing > 0 => {
                let why =
                    "unions and runs with missing values of their own, as before version 1.0, are not known";
                return Err(unsupported(why.to_owned()));
            }
            Buffers::Bare(_) | Buffers::None | Buffers::Unknown => None,
        };
        if let Buffers::Wide { signed } = column.buffers {
            return self.wide(&of, piece, nulls, signed);
        }
        let builder =
            |of: &DataType| ArrayData::builder(of.clone()).len(piece.values).null_bit_buffer(nulls.clone());
        let children = || {
            let children = column.children.iter().zip(&piece.children);
            let children = children.map(|(column, piece)| Ok(self.array(column, piece)?.to_data()));
            children.collect::<Result<Vec<_>>>()
        };
        match &of {
            DataType::Null => built(ArrayData::builder(of).len(piece.values)),
            DataType::Boolean => {
                let bits = self.body.bytes(place(piece, 1)?)?;
                enough(&bits, piece.values.div_ceil(8))?;
                built(builder(&of).add_buffer(bits))
            }
            DataType::Binary | DataType::LargeBinary | DataType::Utf8 | DataType::LargeUtf8 => {
                let (as_bytes, width) = match of {
                    DataType::Binary | DataType::Utf8 => (DataType::Binary, 4),
                    _ => (DataType::LargeBinary, 8),
                };
                let offsets = self.body.numbers(place(piece, 1)?, &[width])?;
                let bytes = self.body.bytes(place(piece, 2)?)?;
                let array = built(builder(&as_bytes).add_buffer(offsets).add_buffer(bytes))?;
                Ok(match of {
                    DataType::Utf8 => self.text::<i32>(&array),
                    DataType::LargeUtf8 => self.text::<i64>(&array),
                    _ => array,
                })
            }
            DataType::BinaryView | DataType::Utf8View => {
                let views = self.body.views(place(piece, 1)?)?;
                enough(&views, piece.values.saturating_mul(16))?;
                let mut builder = builder(&DataType::BinaryView).add_buffer(views);
                for more in piece.buffers.iter().skip(2) {
                    builder = builder.add_buffer(self.body.bytes(*more)?);
                }
                let array = built(builder)?;
                Ok(if of == DataType::Utf8View { self.viewed(&array) } else { array })
            }
            DataType::FixedSizeBinary(width) => {
                let bytes = self.body.bytes(place(piece, 1)?)?;
                enough(&bytes, piece.values.saturating_mul(usize::try_from(*width).unwrap_or(usize::MAX)))?;
                built(builder(&of).add_buffer(bytes))
            }
            DataType::List(_) | DataType::LargeList(_) | DataType::Map(..) => {
                let offsets = self.body.numbers(place(piece, 1)?, &widths(&of).unwrap_or_default())?;
                built(builder(&of).add_buffer(offsets).child_data(children()?))
            }
            DataType::ListView(_) | DataType::LargeListView(_) => {
                let (starts, sizes) = (self.fixed(&of, piece, 1)?, self.fixed(&of, piece, 2)?);
                built(builder(&of).add_buffer(starts).add_buffer(sizes).child_data(children()?))
            }
            DataType::FixedSizeList(_, len) => {
                let children = children()?;
                let has = children.first().map_or(0, ArrayData::len);
                let needs = usize::try_from(*len).ok().and_then(|len| piece.values.checked_mul(len));
                if needs.is_none_or(|needs| needs > has) {
                    return Err(Error::corrupt("its lists have fewer values than they should"));
                }
                built(builder(&of).child_data(children))
            }
            DataType::Struct(_) => {
                let children = children()?;
                if children.iter().any(|child| child.len() < piece.values) {
                    return Err(Error::corrupt("a column within it has fewer rows"));
                }
                built(builder(&of).child_data(children))
            }
            DataType::RunEndEncoded(..) => built(builder(&of).child_data(children()?)),
            DataType::Union(_, mode) => {
                let own = piece.buffers.len().saturating_sub(of_union(&of));
                let ids = self.body.bytes(place(piece, own)?)?;
                enough(&ids, piece.values)?;
                let mut builder = builder(&of).add_buffer(ids);
                if *mode == arrow_schema::UnionMode::Dense {
                    let offsets = self.body.numbers(place(piece, own + 1)?, &[4])?;
                    enough(&offsets, piece.values.saturating_mul(4))?;
                    builder = builder.add_buffer(offsets);
                }
                built(builder.child_data(children()?))
            }
            of => built(builder(of).add_buffer(self.fixed(of, piece, 1)?)),
        }
    }

    /// Which rows have a value; none where all have.
    fn nulls(&self, piece: &Piece) -> Result<Option<Buffer>> {
        if piece.missing == 0 {
            return Ok(None);
        }
        let bits = self.body.bytes(place(piece, 0)?)?;
        enough(&bits, piece.values.div_ceil(8))?;
        Ok(Some(bits))
    }

    /// A buffer of numbers, one for each value.
    fn fixed(&self, of: &DataType, piece: &Piece, buffer: usize) -> Result<Buffer> {
        let widths =
            widths(of).ok_or_else(|| failed(format!("values of {of} are not as wide as each other")))?;
        let numbers = self.body.numbers(place(piece, buffer)?, &widths)?;
        enough(&numbers, piece.values.saturating_mul(widths.iter().sum()))?;
        Ok(numbers)
    }

    fn wide(&self, of: &DataType, piece: &Piece, nulls: Option<Buffer>, signed: bool) -> Result<ArrayRef> {
        const WIDTH: usize = 16;
        let bytes = self.body.numbers(place(piece, 1)?, &[WIDTH])?;
        enough(&bytes, piece.values.saturating_mul(WIDTH))?;
        let (numbers, _) = bytes.as_chunks::<WIDTH>();
        let number = |number: &[u8; WIDTH]| {
            let low = u128::from_le_bytes(*number);
            i256::from_parts(low, if signed { low.cast_signed() >> 127 } else { 0 })
        };
        let numbers: Decimal256Array = numbers.iter().take(piece.values).map(|of| Some(number(of))).collect();
        let data = numbers.into_data().into_builder().data_type(of.clone());
        built(data.nulls(None).null_bit_buffer(nulls))
    }

    fn text<O: OffsetSizeTrait>(&self, array: &ArrayRef) -> ArrayRef {
        let bytes = array.as_binary::<O>();
        let (offsets, values) = (bytes.offsets().clone(), bytes.values().clone());
        let text = GenericStringArray::<O>::try_new(offsets, values, bytes.nulls().cloned());
        Arc::new(
            text.unwrap_or_else(|_| bytes.iter().map(|value| value.map(|value| self.mend(value))).collect()),
        )
    }

    fn viewed(&self, array: &ArrayRef) -> ArrayRef {
        let bytes = array.as_binary_view();
        let mended = || bytes.iter().map(|value| value.map(|value| self.mend(value))).collect();
        let text: StringViewArray = bytes.clone().to_string_view().unwrap_or_else(|_| mended());
        Arc::new(text)
    }

    fn mend<'a>(&self, value: &'a [u8]) -> std::borrow::Cow<'a, str> {
        let text = String::from_utf8_lossy(value);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.mended.set(self.mended.get() + 1);
        }
        text
    }
}

/// How many buffers a union has of itself.
fn of_union(of: &DataType) -> usize {
    match of {
        DataType::Union(_, arrow_schema::UnionMode::Dense) => 2,
        _ => 1,
    }
}

fn place(piece: &Piece, buffer: usize) -> Result<Place> {
    piece.buffers.get(buffer).copied().ok_or_else(|| Error::corrupt("it has too few buffers"))
}

fn enough(buffer: &Buffer, bytes: usize) -> Result<()> {
    if buffer.len() >= bytes {
        return Ok(());
    }
    Err(Error::corrupt(format!("a buffer has {} bytes where {bytes} are needed", buffer.len())))
}

fn unsupported(why: String) -> Error {
    Error::new(ErrorKind::Unsupported, why)
}

fn built(builder: arrow_data::ArrayDataBuilder) -> Result<ArrayRef> {
    builder.align_buffers(true).build().map(make_array).map_err(failed)
}
