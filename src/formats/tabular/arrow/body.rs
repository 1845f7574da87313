//! The bytes behind a message: buffers at their places, decompressed, in this machine's order.

use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::tabular::rows::failed;
use arrow_buffer::Buffer;
use arrow_ipc::CompressionType;
use arrow_schema::{DataType, IntervalUnit};
use std::io::Read;

/// No buffer is longer once it is decompressed.
const MAX_BUFFER_BYTES: u64 = 1 << 30;

/// Bytes of a view, and of the longest text that stands in one.
const VIEW_BYTES: usize = 16;
const MAX_INLINE_BYTES: u32 = 12;

/// Where a buffer is, from the body's first byte.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its first byte.
    pub start: i64,
    /// Its length in bytes.
    pub len: i64,
}

/// The bytes behind a message.
pub struct Body {
    /// As they stand in the file.
    pub bytes: Buffer,
    /// How each buffer is compressed.
    pub codec: Option<CompressionType>,
    /// Whether the most significant byte of a number comes first.
    pub big_endian: bool,
}

impl Body {
    /// A buffer that holds single bytes or bits.
    ///
    /// # Errors
    /// Where it lies beyond the body, or can't be decompressed.
    pub fn bytes(&self, place: Place) -> Result<Buffer> {
        let beyond = || Error::corrupt("a buffer lies beyond its message");
        let range = usize::try_from(place.start).ok().zip(usize::try_from(place.len).ok());
        let (start, len) = range.ok_or_else(beyond)?;
        if len == 0 {
            return Ok(Buffer::default());
        }
        if start.checked_add(len).is_none_or(|end| end > self.bytes.len()) {
            return Err(beyond());
        }
        let own = self.bytes.slice_with_length(start, len);
        match self.codec {
            Some(codec) => decompressed(codec, &own),
            None => Ok(own),
        }
    }

    /// A buffer of values that are made of numbers of these widths in bytes, one behind the other.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub fn numbers(&self, place: Place, widths: &[usize]) -> Result<Buffer> {
        let own = self.bytes(place)?;
        if !self.big_endian || widths == [1] {
            return Ok(own);
        }
        let mut swapped = own.to_vec();
        for value in swapped.chunks_exact_mut(widths.iter().sum::<usize>().max(1)) {
            let mut rest = value;
            for width in widths {
                let Some((number, behind)) = rest.split_at_mut_checked(*width) else { break };
                number.reverse();
                rest = behind;
            }
        }
        Ok(Buffer::from_vec(swapped))
    }

    /// A buffer of views of texts or bytes.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub fn views(&self, place: Place) -> Result<Buffer> {
        let own = self.bytes(place)?;
        if !self.big_endian {
            return Ok(own);
        }
        let mut swapped = own.to_vec();
        let (views, _) = swapped.as_chunks_mut::<VIEW_BYTES>();
        for view in views {
            let (numbers, _) = view.as_chunks_mut::<4>();
            let [len, _, buffer, start] = numbers else { continue };
            len.reverse();
            if u32::from_le_bytes(*len) > MAX_INLINE_BYTES {
                buffer.reverse();
                start.reverse();
            }
        }
        Ok(Buffer::from_vec(swapped))
    }
}

/// The widths of the numbers that values of a type are made of; none where they have no width.
pub fn widths(of: &DataType) -> Option<Vec<usize>> {
    Some(match of {
        DataType::Interval(IntervalUnit::DayTime) => vec![4, 4],
        DataType::Interval(IntervalUnit::MonthDayNano) => vec![4, 4, 8],
        DataType::List(_) | DataType::Map(..) | DataType::ListView(_) => vec![4],
        DataType::LargeList(_) | DataType::LargeListView(_) => vec![8],
        DataType::Dictionary(key, _) => return widths(key),
        of => vec![of.primitive_width()?],
    })
}

/// A buffer: eight bytes of its length, which are -1 where the rest is not compressed.
fn decompressed(codec: CompressionType, packed: &[u8]) -> Result<Buffer> {
    let Some((len, packed)) = packed.split_first_chunk::<8>() else { return Ok(Buffer::default()) };
    let len = match i64::from_le_bytes(*len) {
        -1 => return Ok(Buffer::from_slice_ref(packed)),
        len => u64::try_from(len).unwrap_or(u64::MAX),
    };
    if len > MAX_BUFFER_BYTES {
        let message = format!("a buffer of {len} bytes is above the limit of {MAX_BUFFER_BYTES}");
        return Err(Error::new(ErrorKind::Limit, message));
    }
    let mut out = Vec::new();
    let read = match codec {
        CompressionType::LZ4_FRAME => {
            lz4_flex::frame::FrameDecoder::new(packed).take(len + 1).read_to_end(&mut out).map_err(failed)?
        }
        CompressionType::ZSTD => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(packed).map_err(failed)?;
            decoder.take(len + 1).read_to_end(&mut out).map_err(failed)?
        }
        CompressionType(other) => {
            let message = format!("it is compressed with codec number {other}, which is not known");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
    };
    if read as u64 != len {
        return Err(Error::corrupt(format!("a buffer of {read} bytes where {len} are announced")));
    }
    Ok(Buffer::from_vec(out))
}
