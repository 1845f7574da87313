//! Arrow IPC, as a file (Feather's second version) and as a stream, which `datasets` keeps in its cache: message by
//! message, as they come. ("Serialization and Interprocess Communication" of Arrow's columnar format.)
//!
//! Columns are read one by one, so that one of a type that is not known, or whose bytes are damaged, is all that is lost.

mod batch;
mod body;
mod column;

pub use column::{UNREAD, schema};

use super::adapt::{adapted, values};
use super::odd::{Odd, OddKind};
use super::rows::failed;
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::{Array, ArrayRef, NullArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow_buffer::Buffer;
use arrow_ipc::reader::read_footer_length;
use arrow_ipc::{
    Block, DictionaryBatch, Endianness, Message, MessageHeader, MetadataVersion, root_as_footer,
    root_as_message,
};
use arrow_schema::{DataType, SchemaRef};
use batch::{Arrays, Dictionaries, Lists};
use body::Body;
use column::{Column, columns};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a file begins with, where it is no stream; padded to eight bytes.
pub const MAGIC: &[u8] = b"ARROW1\0\0";

/// Messages of a file or a stream as batches of rows.
#[derive(Default)]
pub struct Messages {
    pending: Vec<u8>,
    state: State,
    decoder: Decoder,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    #[default]
    Begin,
    /// Messages stand one behind the other.
    Stream,
    /// The file's first message is none (Polars leaves its frame out): its footer says where the others are.
    ByFooter,
    /// The last message was read.
    End,
}

/// A message: its header, and its body.
type Split<'a> = (&'a [u8], &'a [u8]);

impl Messages {
    /// The columns, once they are known.
    pub fn schema(&self) -> Option<SchemaRef> {
        self.decoder.schema.clone()
    }

    /// What is lost of the columns in the messages that were read.
    pub fn losses(&self) -> Vec<Odd> {
        self.decoder.losses()
    }

    /// Takes bytes until the columns are known; what comes behind that is passed over.
    ///
    /// # Errors
    /// As [`Self::push`], and where there are none.
    pub fn push_until_schema(&mut self, bytes: &[u8], last: bool) -> Result<()> {
        if self.schema().is_none() {
            self.push(bytes, last)?;
        }
        if last && self.schema().is_none() {
            return Err(Error::corrupt("it has no schema"));
        }
        Ok(())
    }

    /// The rows that are whole with these bytes.
    ///
    /// # Errors
    /// Where a message is damaged, or the file ends in the middle of one.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        if self.state == State::End {
            // The footer of a file lists the messages that were read already.
            return Ok(batches);
        }
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        if self.state == State::Begin && (self.pending.len() >= MAGIC.len() + 4 || last) {
            let is_file = self.pending.starts_with(MAGIC);
            at = if is_file { MAGIC.len() } else { 0 };
            let framed = self.pending.get(at..).unwrap_or_default().starts_with(&u32::MAX.to_le_bytes());
            self.state = if is_file && !framed { State::ByFooter } else { State::Stream };
        }
        if self.state == State::ByFooter {
            return if last { self.by_footer() } else { Ok(batches) };
        }
        while self.state == State::Stream {
            let rest = self.pending.get(at..).unwrap_or_default();
            match message(rest)? {
                Next::Message(split, len) => {
                    batches.extend(self.decoder.message(split)?);
                    at += len;
                }
                Next::End => self.state = State::End,
                Next::Cut => break,
            }
        }
        self.pending.drain(..at.min(self.pending.len()));
        if last && self.state != State::End && !self.pending.is_empty() {
            return Err(Error::new(ErrorKind::Truncated, "it ends in the middle of an Arrow message"));
        }
        Ok(batches)
    }

    /// All rows of a file that is here whole, as its footer lists them.
    fn by_footer(&mut self) -> Result<Vec<RecordBatch>> {
        let file = std::mem::take(&mut self.pending);
        self.state = State::End;
        let cut = || Error::new(ErrorKind::Truncated, "it has no footer of an Arrow file");
        let (rest, end) = file.split_last_chunk::<10>().ok_or_else(cut)?;
        let len = read_footer_length(*end).map_err(|_| cut())?;
        let footer = rest.len().checked_sub(len).and_then(|start| rest.get(start..)).ok_or_else(cut)?;
        let footer = root_as_footer(footer).map_err(failed)?;
        self.decoder.begin(footer.schema().ok_or_else(cut)?)?;
        let part = |block: &Block| -> Result<Split<'_>> {
            let start = usize::try_from(block.offset()).ok();
            let bytes = start.and_then(|start| file.get(start..)).map(message).transpose()?;
            match bytes {
                Some(Next::Message(split, _)) => Ok(split),
                Some(Next::End | Next::Cut) | None => {
                    Err(Error::corrupt("a message of the Arrow file is not where its footer says"))
                }
            }
        };
        let mut batches = Vec::new();
        let blocks =
            footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten());
        for block in blocks {
            batches.extend(self.decoder.message(part(block)?)?);
        }
        Ok(batches)
    }
}

enum Next<'a> {
    /// With its length, lengths and padding included.
    Message(Split<'a>, usize),
    End,
    Cut,
}

fn message(rest: &[u8]) -> Result<Next<'_>> {
    let number = |at: usize| rest.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let (len, start) = match (number(0), number(4)) {
        (Some(u32::MAX), Some(len)) => (len as usize, 8),
        (Some(u32::MAX) | None, _) => return Ok(Next::Cut),
        // Before 0.15 there was no mark in front.
        (Some(len), _) => (len as usize, 4),
    };
    if len == 0 {
        return Ok(Next::End);
    }
    let Some(header) = rest.get(start..start + len) else { return Ok(Next::Cut) };
    let body = read(header)?.bodyLength();
    let body = usize::try_from(body).map_err(|_| Error::corrupt("an Arrow message has a negative length"))?;
    let end = (start + len).saturating_add(body);
    match rest.get(start + len..end) {
        Some(body) => Ok(Next::Message((header, body), end)),
        None => Ok(Next::Cut),
    }
}

fn read(header: &[u8]) -> Result<Message<'_>> {
    root_as_message(header).map_err(|error| Error::corrupt(format!("an Arrow message is damaged ({error})")))
}

/// What the messages so far say of those that come.
#[derive(Default)]
struct Decoder {
    columns: Vec<Column>,
    /// The columns with types that Parquet has.
    schema: Option<SchemaRef>,
    big_endian: bool,
    dictionaries: Dictionaries,
    /// Of columns that could not be read in some batches: in how many rows, and why in the first. By their places.
    unread: BTreeMap<usize, (usize, String)>,
    /// How many texts of columns were no UTF-8.
    mended: BTreeMap<usize, u64>,
}

impl Decoder {
    fn begin(&mut self, schema: arrow_ipc::Schema<'_>) -> Result<()> {
        if self.schema.is_some() {
            return Err(Error::corrupt("it has two schemas"));
        }
        self.columns = columns(schema);
        self.big_endian = schema.endianness() == Endianness::Big;
        self.schema = Some(Arc::new(adapted(&column::schema(schema))));
        Ok(())
    }

    /// Takes a message; its rows, where it has some.
    fn message(&mut self, (header, body): Split<'_>) -> Result<Option<RecordBatch>> {
        let message = read(header)?;
        let old = message.version() < MetadataVersion::V5;
        if let Some(schema) = message.header_as_schema() {
            self.begin(schema)?;
        } else if let Some(batch) = message.header_as_record_batch() {
            return self.rows(batch, body, old).map(Some);
        } else if let Some(batch) = message.header_as_dictionary_batch() {
            self.dictionary(batch, body, old);
        } else if message.header_type() != MessageHeader::NONE {
            return Err(Error::new(ErrorKind::Unsupported, "it has a message that is no part of a table"));
        }
        Ok(None)
    }

    fn body(&self, batch: arrow_ipc::RecordBatch<'_>, body: &[u8]) -> Body {
        let codec = batch.compression().map(|compression| compression.codec());
        Body { bytes: Buffer::from_slice_ref(body), codec, big_endian: self.big_endian }
    }

    /// The rows of a batch. Columns that can't be read have no values in it.
    fn rows(&mut self, batch: arrow_ipc::RecordBatch<'_>, body: &[u8], old: bool) -> Result<RecordBatch> {
        let schema = self.schema.clone().ok_or_else(|| Error::corrupt("its rows stand before its schema"))?;
        let count =
            usize::try_from(batch.length()).map_err(|_| Error::corrupt("a batch has no number of rows"))?;
        let body = self.body(batch, body);
        let pieces = Lists::new(batch, old).pieces(&self.columns)?;
        let mut read: Vec<Result<ArrayRef>> = Vec::new();
        for (place, ((column, piece), field)) in
            self.columns.iter().zip(&pieces).zip(schema.fields()).enumerate()
        {
            if field.metadata().contains_key(UNREAD) {
                read.push(Ok(Arc::new(NullArray::new(count))));
                continue;
            }
            let arrays = Arrays { body: &body, dictionaries: &self.dictionaries, mended: Cell::new(0) };
            let array = match piece {
                // What is longer than it should be is not unpacked.
                Some(piece) if piece.values == count => {
                    arrays.array(column, piece).and_then(|array| values(&array))
                }
                Some(piece) => Err(Error::corrupt(format!("it has {} rows of {count}", piece.values))),
                None => Err(Error::corrupt("it stands between columns that are not known")),
            };
            if arrays.mended.get() > 0 {
                *self.mended.entry(place).or_default() += arrays.mended.get();
            }
            read.push(array);
        }
        // Where no column has as many rows as the batch says, there may be as many as a damaged byte says.
        let is_true =
            |array: &Result<ArrayRef>| array.as_ref().is_ok_and(|of| *of.data_type() != DataType::Null);
        let is_known = read.iter().any(is_true);
        let mut arrays = Vec::new();
        for (place, (array, field)) in read.into_iter().zip(schema.fields()).enumerate() {
            arrays.push(match array {
                Err(error) if is_known && field.is_nullable() => {
                    let (rows, _) = self.unread.entry(place).or_insert_with(|| (0, error.to_string()));
                    *rows += count;
                    new_null_array(field.data_type(), count)
                }
                array => array?,
            });
        }
        let rows = RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(schema, arrays, &rows).map_err(failed)
    }

    /// Takes entries of a dictionary. Where they can't be read, so can't the columns that name them.
    fn dictionary(&mut self, batch: DictionaryBatch<'_>, body: &[u8], old: bool) {
        let id = batch.id();
        let Some(column) = self.columns.iter().find_map(|column| column.with_dictionary(id)) else { return };
        let entries =
            batch.data().ok_or_else(|| Error::corrupt("a dictionary has no entries")).and_then(|data| {
                let plain = [column.entries()];
                let pieces = Lists::new(data, old).pieces(&plain)?;
                let body = self.body(data, body);
                let read = Arrays { body: &body, dictionaries: &self.dictionaries, mended: Cell::new(0) };
                let piece = pieces.into_iter().flatten().next();
                let piece =
                    piece.ok_or_else(|| Error::corrupt("a dictionary has entries that are not known"))?;
                read.values(column, &piece)
            });
        let before = self.dictionaries.remove(&id).filter(|_| batch.isDelta());
        let all = match (before, entries) {
            (Some(Ok(before)), Ok(entries)) => {
                arrow_select::concat::concat(&[&before, &entries]).map_err(failed)
            }
            (Some(Err(error)), _) => Err(Error::corrupt(error)),
            (_, entries) => entries,
        };
        self.dictionaries.insert(id, all.map_err(|error| error.to_string()));
    }

    fn losses(&self) -> Vec<Odd> {
        let name = |place: &usize| self.columns.get(*place).map_or("", |column| column.name.as_str());
        let unread = self.unread.iter().map(|(place, (rows, why))| {
            let what = format!("{}: {why}, in {rows} rows", name(place));
            Odd::new(OddKind::Column(what), *rows as u64, 0)
        });
        let mended = self.mended.iter().map(|(place, texts)| {
            let what = format!("{}: bytes that are no UTF-8, in {texts} texts", name(place));
            Odd::new(OddKind::Column(what), *texts, 0)
        });
        unread.chain(mended).collect()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Messages;
    use proptest::prelude::*;

    const FILES: [&[u8]; 4] = [
        include_bytes!("../../../../tests/reader/files/big_endian.arrows"),
        include_bytes!("../../../../tests/reader/files/pandas_ordered.feather"),
        include_bytes!("../../../../tests/reader/files/wide.arrow"),
        include_bytes!("../../../../tests/reader/files/polars.arrow"),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn no_damage_makes_it_panic(
            file in 0..FILES.len(),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = FILES[file].to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let (first, rest) = bytes.split_at(cut.index(bytes.len()));
            let mut messages = Messages::default();
            if messages.push(first, false).is_ok() {
                let _ = messages.push(rest, true);
            }
            messages.losses();
        }
    }
}
