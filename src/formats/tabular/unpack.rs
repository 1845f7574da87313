//! Takes gzip and Zstandard off while the bytes come, and makes UTF-8 of UTF-16 and UTF-32.

use crate::base::error::{Error, ErrorKind, Result};
use flate2::write::MultiGzDecoder;
use ruzstd::decoding::FrameDecoder;
use std::io::Write;

/// No file is unpacked to more than this: what packs better is no table that anybody made.
pub const MAX_UNPACKED_BYTES: u64 = 8 << 30;

/// Most bytes that a window of Zstandard may have, as its own program has it.
const MAX_WINDOW_BYTES: u64 = 128 << 20;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// One gzip member or several.
    Gzip,
    /// One Zstandard frame or several.
    Zstd,
}

impl Packing {
    /// By the first bytes of a file.
    pub fn of(front: &[u8]) -> Self {
        match front {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            // A frame that is to be skipped, as parallel packers put in front.
            [low, 0x2a, 0x4d, 0x18, ..] if low & 0xf0 == 0x50 => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Unpacks bytes that come one after another.
pub enum Unpacker {
    /// As they come.
    Plain,
    /// One gzip member or several.
    Gzip(Box<Members>),
    /// Zstandard frames.
    Zstd(Box<Frames>),
}

impl Unpacker {
    /// For a file that is packed so.
    pub fn new(packing: Packing) -> Self {
        match packing {
            Packing::Plain => Self::Plain,
            Packing::Gzip => Self::Gzip(Box::new(Members {
                decoder: MultiGzDecoder::new(Vec::new()),
                any: false,
                is_over: false,
            })),
            Packing::Zstd => Self::Zstd(Box::default()),
        }
    }

    /// Appends what the next bytes unpack to.
    ///
    /// # Errors
    /// Where they are damaged, or where the file ends before its last frame does.
    pub fn push(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::Plain => out.extend_from_slice(bytes),
            Self::Gzip(members) => members.push(bytes, last, out)?,
            Self::Zstd(frames) => frames.push(bytes, last, out)?,
        }
        Ok(())
    }
}

/// Unpacks gzip members (RFC 1952) while they come.
pub struct Members {
    decoder: MultiGzDecoder<Vec<u8>>,
    /// Whether anything was unpacked.
    any: bool,
    /// Whether zeros stand behind the last member, with which some programs fill blocks.
    is_over: bool,
}

impl Members {
    fn push(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<()> {
        let damaged = |error: std::io::Error| Error::corrupt(format!("its gzip data is damaged ({error})"));
        let mut rest = if self.is_over { &[] } else { bytes };
        while !rest.is_empty() {
            match self.decoder.write(rest) {
                Ok(0) => break,
                Ok(read) => rest = rest.get(read..).unwrap_or_default(),
                Err(_) if self.is_padding(rest) => self.is_over = true,
                Err(error) => return Err(damaged(error)),
            }
            if self.is_over {
                break;
            }
        }
        if last && !self.is_over {
            match self.decoder.try_finish() {
                Err(error) if !self.is_padding(bytes.last().map_or(&[], std::slice::from_ref)) => {
                    return Err(damaged(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        self.any |= !self.decoder.get_ref().is_empty();
        out.append(self.decoder.get_mut());
        Ok(())
    }

    /// Whether these bytes can't begin another member, and are nothing but zeros.
    fn is_padding(&self, bytes: &[u8]) -> bool {
        let any = self.any || !self.decoder.get_ref().is_empty();
        any && self.decoder.header().is_none() && bytes.iter().all(|byte| *byte == 0)
    }
}

/// Unpacks Zstandard frames (RFC 8878) while they come.
#[derive(Default)]
pub struct Frames {
    pending: Vec<u8>,
    /// The frame that is being read.
    frame: Option<FrameDecoder>,
}

impl Frames {
    /// A header has at most so many bytes, a block with its header so many, a checksum four.
    const MOST_HEADER_BYTES: usize = 18;

    fn push(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<()> {
        let damaged = |error: &dyn std::fmt::Display| {
            Error::corrupt(format!("its Zstandard data is damaged ({error})"))
        };
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        loop {
            let rest = self.pending.get(at..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            let Some(frame) = &mut self.frame else {
                if let [low, 0x2a, 0x4d, 0x18, a, b, c, d, ..] = rest
                    && low & 0xf0 == 0x50
                {
                    let len = 8 + u32::from_le_bytes([*a, *b, *c, *d]) as usize;
                    if rest.len() < len && !last {
                        break;
                    }
                    at += len.min(rest.len());
                    continue;
                }
                if rest.len() < Self::MOST_HEADER_BYTES && !last {
                    break;
                }
                let mut source = rest;
                let mut frame = FrameDecoder::new();
                frame.set_max_window_size(MAX_WINDOW_BYTES);
                frame.init(&mut source).map_err(|error| damaged(&error))?;
                at += rest.len() - source.len();
                self.frame = Some(frame);
                continue;
            };
            if frame.is_finished() && frame.can_collect() == 0 {
                self.frame = None;
                continue;
            }
            if rest.len() < 4 && !last {
                // Not even a checksum.
                break;
            }
            // Only a block that is here whole makes progress.
            let mut target = vec![0; 256 << 10];
            let (read, written) = frame.decode_from_to(rest, &mut target).map_err(|error| damaged(&error))?;
            out.extend_from_slice(target.get(..written).unwrap_or_default());
            at += read.min(rest.len());
            if read == 0 && written == 0 {
                break;
            }
        }
        if let Some(frame) = &mut self.frame {
            let _ = frame.collect_to_writer(&mut *out);
        }
        self.pending.drain(..at.min(self.pending.len()));
        let open = self.frame.as_ref().is_some_and(|frame| !frame.is_finished());
        if last && (open || !self.pending.is_empty()) {
            return Err(Error::new(ErrorKind::Truncated, "its Zstandard data ends in the middle of a frame"));
        }
        Ok(())
    }
}

/// Makes UTF-8 of text: a byte order mark goes, UTF-16 and UTF-32 are converted.
#[derive(Debug, Default)]
pub struct Decoder {
    encoding: Option<Encoding>,
    /// What has come of a character, or of a mark.
    pending: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Bytes,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

impl Decoder {
    /// Appends text.
    pub fn push(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        let encoding = match self.encoding {
            Some(Encoding::Bytes) => {
                out.extend_from_slice(bytes);
                return;
            }
            Some(encoding) => {
                self.pending.extend_from_slice(bytes);
                encoding
            }
            None => {
                self.pending.extend_from_slice(bytes);
                if self.pending.len() < 4 && !last {
                    return;
                }
                let (encoding, mark) = match self.pending.as_slice() {
                    [0xef, 0xbb, 0xbf, ..] => (Encoding::Bytes, 3),
                    [0xff, 0xfe, 0, 0, ..] => (Encoding::Utf32 { big: false }, 4),
                    [0, 0, 0xfe, 0xff, ..] => (Encoding::Utf32 { big: true }, 4),
                    [0xff, 0xfe, ..] => (Encoding::Utf16 { big: false }, 2),
                    [0xfe, 0xff, ..] => (Encoding::Utf16 { big: true }, 2),
                    // Spreadsheets leave the mark out; text begins with a character of ASCII.
                    [1..=255, 0, 1..=255, 0, ..] => (Encoding::Utf16 { big: false }, 0),
                    [0, 1..=255, 0, 1..=255, ..] => (Encoding::Utf16 { big: true }, 0),
                    _ => (Encoding::Bytes, 0),
                };
                self.pending.drain(..mark);
                self.encoding = Some(encoding);
                encoding
            }
        };
        let big = match encoding {
            Encoding::Bytes => {
                out.append(&mut self.pending);
                return;
            }
            Encoding::Utf32 { big } => {
                let (units, rest) = self.pending.as_chunks::<4>();
                let unit =
                    |unit: &[u8; 4]| if big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
                for unit in units.iter().map(unit) {
                    let character = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                self.pending = rest.to_vec();
                return;
            }
            Encoding::Utf16 { big } => big,
        };
        let (pairs, _) = self.pending.as_chunks::<2>();
        let units =
            pairs.iter().map(|pair| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
        let mut units: Vec<u16> = units.collect();
        let read = units.len() * 2;
        // The first half of a pair waits for the second one.
        let half = units.last().copied().filter(|unit| !last && (0xd800..0xdc00).contains(unit));
        if half.is_some() {
            units.pop();
        }
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.pending.drain(..read - if half.is_some() { 2 } else { 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Packing, Unpacker};

    fn unpacked(bytes: &[u8], step: usize) -> Vec<u8> {
        let mut unpacker = Unpacker::new(Packing::of(bytes));
        let mut out = Vec::new();
        for piece in bytes.chunks(step) {
            unpacker.push(piece, false, &mut out).unwrap();
        }
        unpacker.push(&[], true, &mut out).unwrap();
        out
    }

    #[test]
    fn frames_and_members_follow_each_other() {
        use std::io::Write;
        let text: Vec<u8> = (0..300_000u32).flat_map(|n| format!("{n},").into_bytes()).collect();
        let (first, second) = text.split_at(700_000);
        let gzip = |bytes: &[u8]| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        };
        let zstd = |bytes: &[u8]| {
            ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
        };
        let skipped: &[u8] = &[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        for packed in [
            [gzip(first), gzip(second)].concat(),
            [gzip(first), gzip(second), vec![0; 100]].concat(),
            [gzip(first), gzip(second), vec![0; 3]].concat(),
            [zstd(first), skipped.to_vec(), zstd(second)].concat(),
            [skipped.to_vec(), zstd(&text)].concat(),
        ] {
            for step in [1_000, 70_001, 10_000_000] {
                assert!(unpacked(&packed, step) == text, "{step}");
            }
        }
        let cut = zstd(&text);
        let mut unpacker = Unpacker::new(Packing::Zstd);
        assert!(unpacker.push(&cut[..cut.len() / 2], true, &mut Vec::new()).is_err());
    }

    #[test]
    fn text_comes_as_utf8() {
        let check = |bytes: &[u8], step: usize| {
            let mut decoder = Decoder::default();
            let mut out = Vec::new();
            bytes.chunks(step).for_each(|piece| decoder.push(piece, false, &mut out));
            decoder.push(&[], true, &mut out);
            String::from_utf8(out).unwrap()
        };
        let text = "a,ö,🦊\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for step in 1..6 {
            assert_eq!(check(text.as_bytes(), step), text);
            assert_eq!(check(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), step), text);
            assert_eq!(check(&[b"\xff\xfe", little.as_slice()].concat(), step), text);
            assert_eq!(check(&[b"\xfe\xff", big.as_slice()].concat(), step), text);
            assert_eq!(check(&little, step), text);
            let long = |to: fn(u32) -> [u8; 4]| -> Vec<u8> {
                std::iter::once('\u{feff}').chain(text.chars()).flat_map(|of| to(u32::from(of))).collect()
            };
            assert_eq!(check(&long(u32::to_le_bytes), step), text);
            assert_eq!(check(&long(u32::to_be_bytes), step), text);
        }
    }
}
