//! Arrow IPC, as a file (Feather's second version) and as a stream, which `datasets` keeps in its cache: message by
//! message, as they come. ("Serialization and Interprocess Communication" of Arrow's columnar format.)

use super::adapt::{adapt, adapted};
use super::rows::failed;
use crate::base::error::{Error, ErrorKind, Result};
use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, StreamDecoder, read_footer_length};
use arrow_ipc::{
    Block, Buffer as Place, CompressionType, DictionaryBatchBuilder, FieldNode, Message, MessageBuilder,
    MessageHeader, RecordBatch as Header, RecordBatchBuilder, root_as_footer, root_as_message,
};
use arrow_schema::SchemaRef;
use flatbuffers::FlatBufferBuilder;
use std::io::Read;
use std::sync::Arc;

/// What a file begins with, where it is no stream; padded to eight bytes.
pub const MAGIC: &[u8] = b"ARROW1\0\0";

/// The mark behind the last message.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// No buffer is longer once it is decompressed.
const MAX_BUFFER_BYTES: u64 = 1 << 30;

/// Buffers begin at multiples of this.
const ALIGNMENT: usize = 64;

/// Messages of a file or a stream as batches of rows.
#[derive(Default)]
pub struct Messages {
    pending: Vec<u8>,
    state: State,
    decoder: StreamDecoder,
    /// The columns of a file that is read by its footer.
    footer: Option<SchemaRef>,
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
        let schema = self.footer.clone().or_else(|| self.decoder.schema());
        schema.map(|schema| Arc::new(adapted(&schema)))
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
                Next::Message((header, body), len) => {
                    let (bytes, _) = framed(header, body)?;
                    decode(&mut self.decoder, bytes, &mut batches)?;
                    at += len;
                }
                Next::End => self.state = State::End,
                Next::Cut => break,
            }
        }
        if self.state == State::End || last && at == self.pending.len() {
            // A message without a body waits for what follows it.
            decode(&mut self.decoder, END.to_vec(), &mut batches)?;
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
        let schema = footer.schema().ok_or_else(cut)?;
        let schema = Arc::new(try_fb_to_schema(schema).map_err(failed)?);
        let mut decoder = FileDecoder::new(schema.clone(), footer.version());
        self.footer = Some(schema);
        let part = |block: &Block| -> Result<(Block, Buffer)> {
            let start = usize::try_from(block.offset()).ok();
            let bytes = start.and_then(|start| file.get(start..)).map(message).transpose()?;
            let Some(Next::Message((header, body), _)) = bytes else {
                return Err(Error::corrupt("a message of the Arrow file is not where its footer says"));
            };
            let (framed, header_bytes) = framed(header, body)?;
            let body_bytes = framed.len() - header_bytes;
            let block = Block::new(0, header_bytes as i32, body_bytes as i64);
            Ok((block, Buffer::from_vec(framed)))
        };
        for block in footer.dictionaries().iter().flatten() {
            let (block, bytes) = part(block)?;
            decoder.read_dictionary(&block, &bytes).map_err(failed)?;
        }
        let mut batches = Vec::new();
        for block in footer.recordBatches().iter().flatten() {
            let (block, bytes) = part(block)?;
            if let Some(batch) = decoder.read_record_batch(&block, &bytes).map_err(failed)? {
                batches.push(adapt(&batch)?);
            }
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

/// A message as one piece, with buffers that are not compressed, and how much of it is in front of the body.
fn framed(header: &[u8], body: &[u8]) -> Result<(Vec<u8>, usize)> {
    let plain = decompressed(&read(header)?, body)?;
    let (header, body) =
        plain.as_ref().map_or((header, body), |(header, body)| (header.as_slice(), body.as_slice()));
    let padding = header.len().next_multiple_of(8) - header.len();
    let mut bytes = Vec::with_capacity(8 + header.len() + padding + body.len());
    bytes.extend_from_slice(&u32::MAX.to_le_bytes());
    bytes.extend_from_slice(&((header.len() + padding) as u32).to_le_bytes());
    bytes.extend_from_slice(header);
    bytes.resize(bytes.len() + padding, 0);
    let header_bytes = bytes.len();
    bytes.extend_from_slice(body);
    Ok((bytes, header_bytes))
}

fn decode(decoder: &mut StreamDecoder, bytes: Vec<u8>, batches: &mut Vec<RecordBatch>) -> Result<()> {
    let mut buffer = Buffer::from_vec(bytes);
    while !buffer.is_empty() {
        if let Some(batch) = decoder.decode(&mut buffer).map_err(failed)? {
            batches.push(adapt(&batch)?);
        }
    }
    Ok(())
}

/// The same message with buffers that are not compressed; none where they are not.
fn decompressed(message: &Message<'_>, body: &[u8]) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    let (dictionary, batch) = match message.header_type() {
        MessageHeader::RecordBatch => (None, message.header_as_record_batch()),
        MessageHeader::DictionaryBatch => {
            let dictionary = message.header_as_dictionary_batch();
            (dictionary, dictionary.and_then(|dictionary| dictionary.data()))
        }
        _ => return Ok(None),
    };
    let Some(batch) = batch else { return Ok(None) };
    let Some(compression) = batch.compression() else { return Ok(None) };
    let mut plain = Vec::new();
    let mut places = Vec::new();
    for place in batch.buffers().iter().flatten() {
        plain.resize(plain.len().next_multiple_of(ALIGNMENT), 0);
        let start = plain.len();
        let packed = usize::try_from(place.offset()).ok().zip(usize::try_from(place.length()).ok());
        let packed = packed.and_then(|(offset, len)| body.get(offset..offset.checked_add(len)?));
        let packed = packed.ok_or_else(|| Error::corrupt("a buffer lies beyond its Arrow message"))?;
        decompress(compression.codec(), packed, &mut plain)?;
        places.push(Place::new(start as i64, (plain.len() - start) as i64));
    }
    let mut builder = FlatBufferBuilder::new();
    let data = header(&mut builder, batch, &places);
    let (header_type, header) = match dictionary {
        Some(dictionary) => {
            let mut rebuilt = DictionaryBatchBuilder::new(&mut builder);
            rebuilt.add_id(dictionary.id());
            rebuilt.add_data(data);
            rebuilt.add_isDelta(dictionary.isDelta());
            (MessageHeader::DictionaryBatch, rebuilt.finish().as_union_value())
        }
        None => (MessageHeader::RecordBatch, data.as_union_value()),
    };
    let mut rebuilt = MessageBuilder::new(&mut builder);
    rebuilt.add_version(message.version());
    rebuilt.add_header_type(header_type);
    rebuilt.add_header(header);
    rebuilt.add_bodyLength(plain.len() as i64);
    let root = rebuilt.finish();
    builder.finish(root, None);
    Ok(Some((builder.finished_data().to_vec(), plain)))
}

/// The header of a batch with buffers at these places.
fn header<'a>(
    builder: &mut FlatBufferBuilder<'a>,
    batch: Header<'_>,
    places: &[Place],
) -> flatbuffers::WIPOffset<Header<'a>> {
    let nodes: Vec<FieldNode> = batch.nodes().iter().flatten().copied().collect();
    let nodes = builder.create_vector(&nodes);
    let places = builder.create_vector(places);
    let counts = batch.variadicBufferCounts().map(|counts| {
        let counts: Vec<i64> = counts.iter().collect();
        builder.create_vector(&counts)
    });
    let mut rebuilt = RecordBatchBuilder::new(builder);
    rebuilt.add_length(batch.length());
    rebuilt.add_nodes(nodes);
    rebuilt.add_buffers(places);
    if let Some(counts) = counts {
        rebuilt.add_variadicBufferCounts(counts);
    }
    rebuilt.finish()
}

/// A buffer: eight bytes of length, which are -1 where the rest is not compressed.
fn decompress(codec: CompressionType, packed: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let Some((len, packed)) = packed.split_first_chunk::<8>() else { return Ok(()) };
    let len = match i64::from_le_bytes(*len) {
        -1 => {
            out.extend_from_slice(packed);
            return Ok(());
        }
        len => u64::try_from(len).unwrap_or(u64::MAX),
    };
    if len > MAX_BUFFER_BYTES {
        let message = format!("a buffer of {len} bytes is above the limit of {MAX_BUFFER_BYTES}");
        return Err(Error::new(ErrorKind::Limit, message));
    }
    let start = out.len();
    let read = match codec {
        CompressionType::LZ4_FRAME => {
            lz4_flex::frame::FrameDecoder::new(packed).take(len + 1).read_to_end(out).map_err(failed)?
        }
        CompressionType::ZSTD => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(failed)?;
            decoder.take(len + 1).read_to_end(out).map_err(failed)?
        }
        CompressionType(other) => {
            let message = format!("its buffers are compressed with codec number {other}, which is not known");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
    };
    if read as u64 == len && out.len() - start == read {
        return Ok(());
    }
    Err(Error::corrupt(format!("a buffer of {read} bytes where {len} are announced")))
}
