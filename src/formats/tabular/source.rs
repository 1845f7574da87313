//! From a file's bytes to what they hold: unpacked, and as UTF-8 where that is text.

use super::unpack::{Decoder, MAX_UNPACKED_BYTES, Packing, Unpacker};
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::sniff::is_arrow_stream;

/// From a file's bytes to its text or messages.
pub struct Source {
    /// The first bytes, until it is known how they are packed.
    front: Option<Vec<u8>>,
    unpacker: Unpacker,
    text: Option<Decoder>,
    unpacked_bytes: u64,
}

impl Source {
    /// Of which nothing came.
    pub fn new() -> Self {
        Self { front: Some(Vec::new()), unpacker: Unpacker::Plain, text: None, unpacked_bytes: 0 }
    }

    /// What the next bytes are, unpacked and as UTF-8.
    ///
    /// # Errors
    /// Where they are damaged, or unpack to more than the limit.
    pub fn push(&mut self, bytes: &[u8], last: bool) -> Result<Vec<u8>> {
        const LEAST: usize = 8;
        let mut plain = Vec::new();
        match &mut self.front {
            Some(front) => {
                front.extend_from_slice(bytes);
                if front.len() < LEAST && !last {
                    return Ok(plain);
                }
                let front = std::mem::take(front);
                self.front = None;
                self.unpacker = Unpacker::new(Packing::of(&front));
                self.unpacker.push(&front, last, &mut plain)?;
            }
            None => self.unpacker.push(bytes, last, &mut plain)?,
        }
        self.unpacked_bytes += plain.len() as u64;
        if self.unpacked_bytes > MAX_UNPACKED_BYTES {
            let message = format!("it unpacks to more than {MAX_UNPACKED_BYTES} bytes");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        if self.text.is_none() && !plain.is_empty() {
            let is_binary = plain.starts_with(b"ARROW1")
                || plain.starts_with(b"PAR1")
                || plain.starts_with(&[0xff; 3])
                || is_arrow_stream(&plain);
            self.text = (!is_binary).then(Decoder::default);
            if is_binary {
                return Ok(plain);
            }
        }
        let Some(decoder) = &mut self.text else { return Ok(plain) };
        let mut text = Vec::with_capacity(plain.len());
        decoder.push(&plain, last, &mut text);
        Ok(text)
    }
}
