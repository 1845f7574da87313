//! Zstandard data that is here whole.

use crate::base::error::{Error, ErrorKind, Result};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read;

/// So much is unpacked before it is looked at how much there is.
const PART_BYTES: usize = 1 << 20;

/// Appends what is in the frames of `packed` to `out`, until `most` bytes are here: what some writers count in
/// behind them is not data. `window` is the most that a frame may ask to be kept, none as the decoder has it.
///
/// The decoder's own messages are not told: their code is larger than all that unpacks.
///
/// # Errors
/// Where these are no frames, or they hold more than `most` bytes.
pub fn append(packed: &[u8], most: usize, window: Option<u64>, out: &mut Vec<u8>) -> Result<()> {
    let damaged = || Error::corrupt("damaged Zstandard data");
    let mut decoder = FrameDecoder::new();
    if let Some(window) = window {
        decoder.set_max_window_size(window);
    }
    let start = out.len();
    let mut rest = packed;
    while !rest.is_empty() && out.len() - start < most.max(1) {
        match decoder.init(&mut rest) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                rest = rest.get(length as usize..).ok_or_else(damaged)?;
                continue;
            }
            Err(_) => return Err(damaged()),
        }
        while !decoder.is_finished() || decoder.can_collect() > 0 {
            let strategy = BlockDecodingStrategy::UptoBytes(PART_BYTES);
            decoder.decode_blocks(&mut rest, strategy).map_err(|_| damaged())?;
            let (at, ready) = (out.len(), decoder.can_collect());
            if at - start + ready > most {
                return Err(Error::new(ErrorKind::Limit, format!("it unpacks to more than {most} bytes")));
            }
            out.resize(at + ready, 0);
            let read = decoder.read(out.get_mut(at..).unwrap_or_default()).map_err(|_| damaged())?;
            out.truncate(at + read);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::append;
    use crate::base::error::ErrorKind;
    use proptest::prelude::*;

    fn unpacked(packed: &[u8], most: usize) -> crate::base::error::Result<Vec<u8>> {
        let mut out = b"before".to_vec();
        append(packed, most, None, &mut out)?;
        assert!(out.starts_with(b"before"));
        Ok(out.split_off(6))
    }

    #[test]
    fn frames_one_after_another_are_one_text() {
        let text: Vec<u8> = (0..3_000_000u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
        for level in [1, 19] {
            let (first, second) = text.split_at(5_000_001);
            let frames: Vec<u8> = [first, b"", second]
                .iter()
                .flat_map(|part| ::zstd::bulk::compress(part, level).unwrap())
                .collect();
            let skipped = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &frames].concat();
            for packed in [&frames, &skipped] {
                assert_eq!(unpacked(packed, text.len()).unwrap(), text);
                let short = unpacked(packed, text.len() - 1).unwrap_err();
                assert_eq!(short.kind, ErrorKind::Limit);
                assert!(unpacked(&packed[..packed.len() - 9], text.len()).is_err());
            }
            // What is behind the last byte is left alone.
            let behind = [&frames[..], b"padding"].concat();
            assert_eq!(unpacked(&behind, text.len()).unwrap(), text);
        }
        assert_eq!(unpacked(&::zstd::bulk::compress(b"", 3).unwrap(), 0).unwrap(), b"");
        assert!(unpacked(b"not packed", 10).is_err());
    }

    proptest! {
        #[test]
        fn whatever_comes_ends_and_stays_in_its_bounds(
            text in proptest::collection::vec(0u8..4, 0..3_000),
            flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            most in 0usize..4_000,
        ) {
            let mut packed = ::zstd::bulk::compress(&text, 5).unwrap();
            for (place, byte) in flips {
                let place = place.index(packed.len());
                packed[place] = byte;
            }
            if let Ok(out) = unpacked(&packed, most) {
                prop_assert!(out.len() <= most);
            }
        }
    }
}
