//! What kind of image some bytes are, how large it is, and whether all of it is there.
//!
//! Only what browsers decode as plain pixels is known here: PNG, WebP, JPEG and GIF. Anything else
//! is no image, above all SVG, which is a document that can hold scripts. Formats: the PNG
//! specification (third edition, sections 5 and 11), RFC 9649 (WebP), ITU-T T.81 annex B (JPEG) and
//! the GIF89a specification.

use crate::base::error::{Error, ErrorKind, Result};

/// The most texts of an image that are shown.
const MAX_TEXTS: usize = 24;

/// The longest text of an image that is shown whole, in characters.
const MAX_TEXT_CHARS: usize = 4_000;

/// The largest image that is decoded: as many pixels as 16 megapixels and then some.
const MAX_PIXELS: u64 = 64 << 20;

/// The kinds of images that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// WebP, lossy or not.
    WebP,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// AV1 in HEIF's boxes.
    Avif,
}

impl Format {
    /// The media type, for the browser.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }

    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
        }
    }
}

/// What the bytes of an image say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its kind.
    pub format: Format,
    /// Its width.
    pub width_px: u32,
    /// Its height.
    pub height_px: u32,
    /// Texts in it with their keywords: `prompt`, `seed`, `parameters`.
    pub texts: Vec<(String, String)>,
}

/// Reads the head of an image.
///
/// # Errors
/// Where it is empty, no image, cut short, or too large.
pub fn look(bytes: &[u8]) -> Result<Facts> {
    let facts = if bytes.is_empty() {
        return Err(Error::new(ErrorKind::Truncated, "the file is empty"));
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        webp(bytes)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        gif(bytes)
    } else if bytes.get(4..8) == Some(b"ftyp") && matches!(bytes.get(8..12), Some(b"avif" | b"avis")) {
        avif(bytes)
    } else {
        return Err(Error::new(ErrorKind::Unsupported, no_image(bytes)));
    };
    let facts = facts?;
    if facts.width_px == 0 || facts.height_px == 0 {
        return Err(Error::corrupt("the image has no pixels"));
    }
    if u64::from(facts.width_px) * u64::from(facts.height_px) > MAX_PIXELS {
        let message = format!("the image has {} × {} pixels, too many", facts.width_px, facts.height_px);
        return Err(Error::new(ErrorKind::Limit, message));
    }
    Ok(facts)
}

fn no_image(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let text = String::from_utf8_lossy(head).to_lowercase();
    if text.contains("<svg") || text.contains("<?xml") {
        "it is an SVG document, which is not shown"
    } else if text.contains("<html") || text.contains("<!doctype") {
        "it is a web page and no image"
    } else {
        "it is not an image of a known kind"
    }
}

fn cut_short(format: Format) -> Error {
    Error::new(ErrorKind::Truncated, format!("the {} is cut short", format.name()))
}

fn png(bytes: &[u8]) -> Result<Facts> {
    let cut = || cut_short(Format::Png);
    let number = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    if bytes.get(12..16) != Some(b"IHDR") {
        return Err(if bytes.len() < 16 { cut() } else { Error::corrupt("the PNG has no header") });
    }
    let (width_px, height_px) = (number(16).ok_or_else(cut)?, number(20).ok_or_else(cut)?);
    let mut texts = Vec::new();
    let mut at = 8;
    loop {
        let length = number(at).ok_or_else(cut)? as usize;
        let kind = bytes.get(at + 4..at + 8).ok_or_else(cut)?;
        let body = at.checked_add(8 + length).and_then(|end| bytes.get(at + 8..end)).ok_or_else(cut)?;
        match kind {
            b"IEND" => return Ok(Facts { format: Format::Png, width_px, height_px, texts }),
            b"tEXt" if texts.len() < MAX_TEXTS => texts.extend(latin_text(body)),
            b"iTXt" if texts.len() < MAX_TEXTS => texts.extend(international_text(body)),
            _ => {}
        }
        // Behind the body stands its checksum.
        at += 12 + length;
    }
}

/// A keyword, a zero, and Latin-1 text.
fn latin_text(body: &[u8]) -> Option<(String, String)> {
    let latin =
        |bytes: &[u8]| bytes.iter().take(MAX_TEXT_CHARS).map(|byte| char::from(*byte)).collect::<String>();
    let zero = body.iter().position(|byte| *byte == 0)?;
    Some((latin(body.get(..zero)?), latin(body.get(zero + 1..)?)))
}

/// A keyword, whether it is packed, a language, a translated keyword, and UTF-8 text.
fn international_text(body: &[u8]) -> Option<(String, String)> {
    let (keyword, rest) = split_at_zero(body)?;
    let rest = match rest {
        [0, _, rest @ ..] => rest,
        _ => return None,
    };
    let (_, rest) = split_at_zero(rest)?;
    let (_, text) = split_at_zero(rest)?;
    let text = String::from_utf8_lossy(text).chars().take(MAX_TEXT_CHARS).collect();
    Some((String::from_utf8_lossy(keyword).into_owned(), text))
}

fn split_at_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let zero = bytes.iter().position(|byte| *byte == 0)?;
    Some((bytes.get(..zero)?, bytes.get(zero + 1..)?))
}

fn webp(bytes: &[u8]) -> Result<Facts> {
    let cut = || cut_short(Format::WebP);
    let riff_bytes = u32::from_le_bytes(*bytes.get(4..).and_then(|rest| rest.first_chunk()).ok_or_else(cut)?);
    if (bytes.len() as u64) < u64::from(riff_bytes) + 8 {
        return Err(cut());
    }
    let body = bytes.get(20..30).ok_or_else(cut)?;
    let three = |at: usize| {
        body.get(at..at + 3)
            .map(|bytes| bytes.iter().rev().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)))
    };
    let two = |at: usize| three(at).map(|value| value & 0x3fff);
    let (width_px, height_px) = match bytes.get(12..16) {
        Some(b"VP8 ") if body.get(3..6) == Some(b"\x9d\x01\x2a") => {
            (two(6), two(8).or_else(|| last_two(body)))
        }
        Some(b"VP8L") if body.first() == Some(&0x2f) => {
            let bits =
                body.get(1..5).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_le_bytes(*bytes));
            (bits.map(|bits| (bits & 0x3fff) + 1), bits.map(|bits| (bits >> 14 & 0x3fff) + 1))
        }
        Some(b"VP8X") => (three(4).map(|value| value + 1), three(7).map(|value| value + 1)),
        _ => return Err(Error::corrupt("the WebP has no picture")),
    };
    let (width_px, height_px) = (width_px.ok_or_else(cut)?, height_px.ok_or_else(cut)?);
    Ok(Facts { format: Format::WebP, width_px, height_px, texts: Vec::new() })
}

/// The last number of a ten-byte head has only two bytes.
fn last_two(body: &[u8]) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(*body.get(8..)?.first_chunk()?)) & 0x3fff)
}

fn jpeg(bytes: &[u8]) -> Result<Facts> {
    let cut = || cut_short(Format::Jpeg);
    // Some programs write a little behind the end.
    let tail = bytes.get(bytes.len().saturating_sub(512)..).unwrap_or_default();
    if !tail.windows(2).any(|pair| pair == b"\xff\xd9") {
        return Err(cut());
    }
    let mut at = 2;
    loop {
        let marker = match bytes.get(at..at + 2).ok_or_else(cut)? {
            [0xff, 0xff] => {
                at += 1;
                continue;
            }
            [0xff, marker] => *marker,
            _ => return Err(Error::corrupt("the JPEG loses its thread")),
        };
        // Markers without a body.
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            at += 2;
            continue;
        }
        let two = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes));
        let length = two(at + 2).ok_or_else(cut)?;
        // Start of frame, of any coding; C4, C8 and CC are something else.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let (height, width) = (two(at + 5).ok_or_else(cut)?, two(at + 7).ok_or_else(cut)?);
            return Ok(Facts {
                format: Format::Jpeg,
                width_px: width.into(),
                height_px: height.into(),
                texts: Vec::new(),
            });
        }
        if marker == 0xda || length < 2 {
            return Err(Error::corrupt("the JPEG has no size"));
        }
        at += 2 + usize::from(length);
    }
}

fn gif(bytes: &[u8]) -> Result<Facts> {
    let cut = || cut_short(Format::Gif);
    let two = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes));
    let (width, height) = (two(6).ok_or_else(cut)?, two(8).ok_or_else(cut)?);
    if bytes.len() < 14 {
        return Err(cut());
    }
    Ok(Facts { format: Format::Gif, width_px: width.into(), height_px: height.into(), texts: Vec::new() })
}

/// The size is that of the largest image in it: others are its transparency or a preview.
fn avif(bytes: &[u8]) -> Result<Facts> {
    /// The boxes that say so stand near the front.
    const HEAD_BYTES: usize = 1 << 16;
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    // `ispe`: four letters, version and flags, then width and height, four bytes each.
    let sizes = memchr::memmem::find_iter(head, b"ispe").filter_map(|at| {
        let four = |at: usize| bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes));
        Some((four(at + 8)?, four(at + 12)?))
    });
    let largest = sizes.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height));
    let (width_px, height_px) = largest.ok_or_else(|| cut_short(Format::Avif))?;
    Ok(Facts { format: Format::Avif, width_px, height_px, texts: Vec::new() })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Format, look};
    use crate::base::error::ErrorKind;
    use fixture::canvas::Canvas;
    use fixture::images::{png, webp};

    const REAL_WEBP: &[u8] = include_bytes!("../../fixture/data/images/imagereward_sample_1.webp");

    fn check(bytes: &[u8], expected: &str) {
        let told = match look(bytes) {
            Ok(facts) => format!("{} {} x {}", facts.format.name(), facts.width_px, facts.height_px),
            Err(error) => format!("{:?}", error.kind),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn images_say_what_they_are() {
        let canvas = Canvas::new(40, 24);
        let file = png(&canvas, "a castle, café", 7).unwrap();
        check(&file, "PNG 40 x 24");
        let texts = look(&file).unwrap().texts;
        let expected =
            [("prompt", "a castle, café"), ("seed", "7")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(texts, expected);
        let international = png(&canvas, "城 castle", 7).unwrap();
        assert!(look(&international).unwrap().texts.contains(&("prompt".to_owned(), "城 castle".to_owned())));
        check(&webp(&canvas).unwrap(), "WebP 40 x 24");
        check(b"GIF89a\x20\0\x10\0\0\0\0;", "GIF 32 x 16");
        check(b"\0\0\0\x1cftypavif\0\0\0\0ispe\0\0\0\0\0\0\0\x20\0\0\0\x10", "AVIF 32 x 16");
        check(b"\0\0\0\x1cftypavif\0\0\0\0mif1", "Truncated");
        check(
            b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x0b\x08\0\x10\0\x20\x01\x01\x11\0\xff\xd9",
            "JPEG 32 x 16",
        );
        // Lossy with a plain head, and a real one.
        check(b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x20\0\x10\0", "WebP 32 x 16");
        check(b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0", "WebP 32 x 16");
        assert_eq!(look(REAL_WEBP).unwrap().format, Format::WebP);
    }

    #[test]
    fn what_is_missing_or_no_image_is_told() {
        check(b"", "Truncated");
        check(b"hello", "Unsupported");
        check(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Unsupported");
        check(b"<?xml version='1.0'?><svg/>", "Unsupported");
        check(b"{\"a.png\": {}}", "Unsupported");
        let file = png(&Canvas::new(40, 24), "a", 1).unwrap();
        for end in [9, 20, 60, file.len() - 12, file.len() - 9] {
            check(&file[..end], "Truncated");
        }
        check(&REAL_WEBP[..REAL_WEBP.len() - 1], "Truncated");
        check(&REAL_WEBP[..25], "Truncated");
        check(b"GIF89a\0\0\x10\0\0\0\0;", "Corrupt");
        let mut huge = file;
        huge[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        huge[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        assert_eq!(look(&huge).unwrap_err().kind, ErrorKind::Limit);
    }

    proptest::proptest! {
        #[test]
        fn noise_never_panics(kind in 0usize..4, noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..120)) {
            let mut bytes = [&b"\x89PNG\r\n\x1a\n"[..], b"RIFF\x04\0\0\0WEBP", b"\xff\xd8\xff", b"GIF89a"][kind].to_vec();
            bytes.extend(noise);
            let _ = look(&bytes);
        }
    }
}
