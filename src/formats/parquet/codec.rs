//! Decompression, bounded by what the page header promises and by a cap of our own.

use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::base::later::later;
use crate::formats::zstd;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// No page is decompressed to more than this. Writers aim at 1 MiB; a page with embedded images
/// can reach tens of megabytes.
pub const MAX_PAGE_BYTES: u32 = 256 << 20;

/// How the pages of a chunk are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Codec {
    /// Not at all.
    Uncompressed,
    /// Snappy, raw.
    Snappy,
    /// Gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// The deprecated LZ4: Hadoop's framing, or a frame, or raw, depending on the writer.
    Lz4,
    /// LZ4 blocks without framing.
    Lz4Raw,
    /// Zstandard.
    Zstd,
    /// LZO, which nobody writes and this reader does not read.
    Lzo,
}

impl Codec {
    /// The codec of this number.
    ///
    /// # Errors
    /// Where no codec is known that has it.
    pub fn from_code(code: i64) -> Result<Self> {
        Ok(match code {
            0 => Self::Uncompressed,
            1 => Self::Snappy,
            2 => Self::Gzip,
            3 => Self::Lzo,
            4 => Self::Brotli,
            5 => Self::Lz4,
            6 => Self::Zstd,
            7 => Self::Lz4Raw,
            other => {
                let message = format!("it is compressed with codec number {other}, which is not known");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        })
    }

    /// Whether what decompresses it has to be fetched first: in a browser that of codecs that few files use.
    pub fn is_missing(self) -> bool {
        matches!(self, Self::Brotli | Self::Lz4 | Self::Lz4Raw) && RARE.get().is_none()
    }

    /// The codec's name as the format spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uncompressed => "UNCOMPRESSED",
            Self::Snappy => "SNAPPY",
            Self::Gzip => "GZIP",
            Self::Brotli => "BROTLI",
            Self::Lz4 => "LZ4",
            Self::Lz4Raw => "LZ4_RAW",
            Self::Zstd => "ZSTD",
            Self::Lzo => "LZO",
        }
    }
}

/// Appends to `out` the `len` bytes that `body` decompresses to.
///
/// # Errors
/// Where the bytes do not decompress, or not to exactly `len` bytes, or `len` is above
/// [`MAX_PAGE_BYTES`].
pub fn decompress(codec: Codec, body: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    if len > MAX_PAGE_BYTES as usize {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("a page of {len} bytes is above the limit of {MAX_PAGE_BYTES}"),
        ));
    }
    if len == 0 {
        // A page of nulls only has no values: some writers write nothing, others what their codec makes of nothing.
        return Ok(());
    }
    let start = out.len();
    out.try_reserve(len)
        .map_err(|_| Error::new(ErrorKind::Limit, format!("no memory for a page of {len} bytes")))?;
    let broken = |error: &dyn std::fmt::Display| Error::corrupt(error.to_string());
    let result = match codec {
        Codec::Uncompressed => {
            out.extend_from_slice(body.get(..len).unwrap_or(body));
            Ok(())
        }
        Codec::Snappy => match snap::raw::decompress_len(body) {
            Ok(claimed) if claimed == len => {
                out.resize(start + len, 0);
                let room = out.get_mut(start..).unwrap_or_default();
                snap::raw::Decoder::new().decompress(body, room).map(|_| ()).map_err(|e| broken(&e))
            }
            Ok(claimed) => Err(Error::corrupt(format!("it says {claimed} bytes, its header {len}"))),
            Err(error) => Err(broken(&error)),
        },
        Codec::Gzip => gzip(body, len, out),
        Codec::Zstd => zstd::append(body, len, None, out),
        Codec::Brotli | Codec::Lz4 | Codec::Lz4Raw => {
            let Some(rare) = RARE.get() else { return Err(Error::new(ErrorKind::Internal, NOT_HERE)) };
            match codec {
                Codec::Brotli => (rare.brotli)(body, len, out),
                Codec::Lz4 => (rare.lz4)(body, len, out),
                _ => (rare.lz4_raw)(body, len, out),
            }
        }
        Codec::Lzo => return Err(Error::new(ErrorKind::Unsupported, "LZO compression is not supported")),
    };
    result.context(|| format!("decompressing {}", codec.name()))?;
    let got = out.len() - start;
    if got != len {
        return Err(Error::corrupt(format!("a page of {got} bytes where its header says {len}")));
    }
    Ok(())
}

/// What is said of a file whose codec could not be fetched.
pub const NOT_HERE: &str = "the part of the app that reads Brotli and LZ4 could not be fetched";

type Decompress = fn(&[u8], usize, &mut Vec<u8>) -> Result<()>;

/// What decompresses codecs that few files use.
#[derive(Clone, Copy, Debug)]
pub struct RareCodecs {
    brotli: Decompress,
    lz4: Decompress,
    lz4_raw: Decompress,
}

impl RareCodecs {
    /// All of it: only the entry of the lazy module may name it.
    pub const fn all() -> Self {
        Self { brotli, lz4, lz4_raw: lz4_block }
    }

    /// It has been fetched.
    pub fn provide(self) {
        RARE.provide(self);
    }
}

later!(
    static RARE: RareCodecs = RareCodecs::all;
);

fn brotli(body: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    read_all(brotli_decompressor::Decompressor::new(body, 4096), len, out)
}

fn lz4(body: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    // Tried in the order of likelihood; each is checked by the length it must give.
    lz4_hadoop(body, len, out)
        .or_else(|_| {
            out.truncate(start);
            read_all(lz4_flex::frame::FrameDecoder::new(body), len, out)
        })
        .or_else(|_| {
            out.truncate(start);
            lz4_block(body, len, out)
        })
}

fn read_all(reader: impl Read, len: usize, out: &mut Vec<u8>) -> Result<()> {
    // One byte more than promised is enough to notice a bomb.
    reader
        .take(len as u64 + 1)
        .read_to_end(out)
        .map(|_| ())
        .map_err(|error| Error::corrupt(error.to_string()))
}

/// Members one after another, until all is there: what some writers count in behind them is not data.
fn gzip(body: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    let mut rest = body;
    while !rest.is_empty() && out.len() - start < len.max(1) {
        read_all(flate2::bufread::GzDecoder::new(&mut rest), len - (out.len() - start), out)?;
    }
    Ok(())
}

fn lz4_block(body: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    out.resize(start + len, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    let got =
        lz4_flex::block::decompress_into(body, room).map_err(|error| Error::corrupt(error.to_string()))?;
    out.truncate(start + got);
    Ok(())
}

/// Hadoop's framing: the length of a block, then pieces of it, each with the length that it is compressed to,
/// until the block is whole; again until all bytes are read. Lengths are four bytes, most significant first.
fn lz4_hadoop(body: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    let bad = || Error::corrupt("no Hadoop frames");
    let number = |rest: &mut &[u8]| -> Result<usize> {
        let (number, after) = rest.split_first_chunk::<4>().ok_or_else(bad)?;
        *rest = after;
        Ok(u32::from_be_bytes(*number) as usize)
    };
    let start = out.len();
    let mut rest = body;
    while !rest.is_empty() {
        let block = number(&mut rest)?;
        let end = out.len() + block;
        if end - start > len {
            return Err(bad());
        }
        while out.len() < end {
            let (piece, after) =
                number(&mut rest).map(|packed| rest.split_at_checked(packed))?.ok_or_else(bad)?;
            let before = out.len();
            lz4_block(piece, end - before, out)?;
            if out.len() == before {
                return Err(bad());
            }
            rest = after;
        }
    }
    if out.len() - start == len { Ok(()) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::{Codec, decompress};

    #[test]
    fn a_wrong_length_is_noticed() {
        let packed = snap::raw::Encoder::new().compress_vec(b"castle on a hill").unwrap();
        let mut out = Vec::new();
        decompress(Codec::Snappy, &packed, 16, &mut out).unwrap();
        assert_eq!(out, b"castle on a hill");
        assert!(decompress(Codec::Snappy, &packed, 15, &mut Vec::new()).is_err());
        assert!(decompress(Codec::Uncompressed, b"abc", 4, &mut Vec::new()).is_err());
        assert!(decompress(Codec::Uncompressed, b"abc", usize::MAX, &mut Vec::new()).is_err());
    }

    #[test]
    fn nothing_is_read_of_a_page_without_values() {
        // A block of no bytes in Hadoop's framing, with a piece of its own.
        let framed = [0, 0, 0, 0, 0, 0, 0, 1, 0];
        for body in [&[][..], &framed] {
            let mut out = b"before".to_vec();
            decompress(Codec::Lz4, body, 0, &mut out).unwrap();
            assert_eq!(out, b"before");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(body: Vec<u8>, len in 0usize..10_000) {
            for codec in [Codec::Snappy, Codec::Gzip, Codec::Brotli, Codec::Lz4, Codec::Lz4Raw, Codec::Zstd] {
                let mut out = Vec::new();
                if decompress(codec, &body, len, &mut out).is_ok() {
                    proptest::prop_assert_eq!(out.len(), len);
                }
            }
        }
    }
}
