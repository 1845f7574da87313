//! The root of an index: what it is about, and where everything is.
//!
//! Layout, behind the magic and the length of what follows, as one zstd frame: numbers of seven bits a byte, texts
//! with their length in front, and a digest at the end. Size and tag of the table's file, its column, rows, the
//! version of Unicode, units, the length and the digest of the data; the lengths of its sections in their order
//! (lists of words, dictionary, lists of pairs, pages of pairs, map of rows, texts); for each block of the dictionary
//! how much of its first word is that of the one before, the rest, and its length; the number of pages of pairs, and
//! the length of each; for each block of texts its length and its units.

use super::{broken, texts};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::formats::maps::In;
#[cfg(not(target_arch = "wasm32"))]
use crate::formats::maps::Out;

/// With signs, beginnings and ends of texts, and unions; and before there were any.
const MAGIC: [u8; 4] = *b"VTX3";
const OLD_MAGIC: [u8; 4] = *b"VTX2";

/// The longest root there is, once it is decompressed.
const MAX_BYTES: u64 = 64 << 20;

/// What an index is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The size of the table's file.
    pub file_bytes: u64,
    /// Its tag, as [`crate::formats::maps::tag`] leaves it.
    pub etag: String,
    /// The column.
    pub column: String,
    /// The table's rows.
    pub rows: u64,
    /// The version of Unicode by which texts were folded.
    pub unicode: (u8, u8, u8),
}

/// Where everything is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// What the index is about.
    pub about: About,
    /// Whether it has signs, the beginnings and ends of texts, and unions: those that were made earlier have not.
    pub has_signs: bool,
    /// Runs of rows with the same text.
    pub units: u32,
    /// The length of the data.
    pub data_bytes: u64,
    /// Its digest.
    pub data_digest: u64,
    /// Lists of words.
    pub word_lists: ByteRange,
    /// Lists of pairs.
    pub pair_lists: ByteRange,
    /// The map of rows.
    pub rows_map: ByteRange,
    /// Blocks of the dictionary, by their first words.
    pub words: Vec<(String, ByteRange)>,
    /// Pages of pairs; a power of two of them.
    pub pages: Vec<ByteRange>,
    /// Blocks of texts, by their first units.
    pub texts: Vec<(u32, ByteRange)>,
}

impl Root {
    /// Reads a root.
    ///
    /// # Errors
    /// Where the bytes are of another kind, or contradict themselves.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let magic = [MAGIC, OLD_MAGIC].into_iter().find(|magic| bytes.starts_with(magic));
        let (Some(magic), Some(frame)) = (magic, bytes.get(MAGIC.len()..)) else {
            return Err(Error::new(ErrorKind::Unsupported, "it is no index of this version"));
        };
        let (len, frame) =
            frame.split_first_chunk::<8>().ok_or_else(|| broken("a root that is cut short"))?;
        let len = u64::from_le_bytes(*len);
        if len > MAX_BYTES {
            return Err(Error::new(ErrorKind::Limit, format!("a root of {len} bytes")));
        }
        let body = texts::decompress(frame, len)?;
        let mut input = In::begin(magic, &body)?;
        let about = About {
            file_bytes: input.number()?,
            etag: input.text()?,
            column: input.text()?,
            rows: input.number()?,
            unicode: (byte(&mut input)?, byte(&mut input)?, byte(&mut input)?),
        };
        let units = u32::try_from(input.number()?).map_err(|_| broken("too many units"))?;
        if u64::from(units) > about.rows || about.rows > u64::from(u32::MAX) {
            return Err(broken("more units than rows"));
        }
        let (data_bytes, data_digest) = (input.number()?, input.number()?);
        let mut end = 0_u64;
        let mut next = |input: &mut In<'_>| {
            let start = end;
            end = start.checked_add(input.number()?).ok_or_else(|| broken("a section without an end"))?;
            Ok(ByteRange::new(start, end))
        };
        let word_lists = next(&mut input)?;
        let dictionary_section = next(&mut input)?;
        let pair_lists = next(&mut input)?;
        let pages_section = next(&mut input)?;
        let rows_map = next(&mut input)?;
        let texts_section = next(&mut input)?;
        if texts_section.end != data_bytes {
            return Err(broken("its sections are not its data"));
        }
        let words = read_words(&mut input, dictionary_section)?;
        let pages = blocks(&mut input, pages_section, |_| Ok(()))?;
        if !pages.is_empty() && !pages.len().is_power_of_two() {
            return Err(broken("pages that are no power of two"));
        }
        let mut first = 0_u32;
        let texts = blocks(&mut input, texts_section, |input| {
            let own = first;
            let units_here = u32::try_from(input.number()?).map_err(|_| broken("a block of texts"))?;
            first =
                first.checked_add(units_here).filter(|_| units_here > 0).ok_or_else(|| broken("no texts"))?;
            Ok(own)
        })?;
        if first != units {
            return Err(broken("its texts are not its units"));
        }
        input.done()?;
        let pages = pages.into_iter().map(|((), range)| range).collect();
        Ok(Self {
            about,
            has_signs: magic == MAGIC,
            units,
            data_bytes,
            data_digest,
            word_lists,
            pair_lists,
            rows_map,
            words,
            pages,
            texts,
        })
    }

    /// The length of the compact texts.
    pub fn texts_bytes(&self) -> u64 {
        self.texts.iter().map(|(_, range)| range.len()).sum()
    }

    /// Writes the root.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn write(&self) -> std::io::Result<Vec<u8>> {
        let Self {
            about: About { file_bytes, etag, column, rows, unicode },
            has_signs,
            units,
            data_bytes,
            data_digest,
            word_lists,
            pair_lists,
            rows_map,
            words,
            pages,
            texts,
        } = self;
        let magic = if *has_signs { MAGIC } else { OLD_MAGIC };
        let mut out = Out::begin(magic);
        out.number(*file_bytes);
        out.text(etag);
        out.text(column);
        out.number(*rows);
        [unicode.0, unicode.1, unicode.2].into_iter().for_each(|part| out.number(part.into()));
        out.number((*units).into());
        out.number(*data_bytes);
        out.number(*data_digest);
        let sum = |lens: &mut dyn Iterator<Item = u64>| lens.sum::<u64>();
        out.number(word_lists.len());
        out.number(sum(&mut words.iter().map(|(_, range)| range.len())));
        out.number(pair_lists.len());
        out.number(sum(&mut pages.iter().map(|range| range.len())));
        out.number(rows_map.len());
        out.number(sum(&mut texts.iter().map(|(_, range)| range.len())));
        out.number(words.len() as u64);
        let mut last = "";
        for (word, range) in words {
            let shared = super::words::shared(last, word);
            out.number(range.len());
            out.number(shared as u64);
            out.text(word.get(shared..).unwrap_or_default());
            last = word;
        }
        out.number(pages.len() as u64);
        pages.iter().for_each(|range| out.number(range.len()));
        out.number(texts.len() as u64);
        for (place, (first, range)) in texts.iter().enumerate() {
            let end = texts.get(place + 1).map_or(*units, |(first, _)| *first);
            out.number(range.len());
            out.number((end - first).into());
        }
        let body = out.end();
        let mut file = magic.to_vec();
        file.extend_from_slice(&(body.len() as u64).to_le_bytes());
        file.extend(zstd::bulk::compress(&body, 19)?);
        Ok(file)
    }
}

fn byte(input: &mut In<'_>) -> Result<u8> {
    u8::try_from(input.number()?).map_err(|_| broken("a version"))
}

/// Blocks that lie one after another in a section: what is said of each, and where it is.
fn blocks<T>(
    input: &mut In<'_>,
    section: ByteRange,
    mut of: impl FnMut(&mut In<'_>) -> Result<T>,
) -> Result<Vec<(T, ByteRange)>> {
    let count = input.number()?;
    // Each takes a byte here at least.
    let mut blocks = Vec::with_capacity(count.min(input.0.len() as u64) as usize);
    let mut at = section.start;
    for _ in 0..count {
        let end = at.checked_add(input.number()?).filter(|end| *end <= section.end);
        let range = ByteRange::new(at, end.ok_or_else(|| broken("a block beyond its section"))?);
        at = range.end;
        blocks.push((of(input)?, range));
    }
    if at == section.end { Ok(blocks) } else { Err(broken("a section with a rest")) }
}

fn read_words(input: &mut In<'_>, section: ByteRange) -> Result<Vec<(String, ByteRange)>> {
    let mut last = String::new();
    blocks(input, section, |input| {
        let shared = usize::try_from(input.number()?).map_err(|_| broken("a word"))?;
        let rest = input.text()?;
        let kept = last.get(..shared).ok_or_else(|| broken("a word"))?;
        let word = format!("{kept}{rest}");
        if word.len() > super::MAX_WORD_BYTES || (word <= last && !last.is_empty()) {
            return Err(broken("words out of order"));
        }
        last.clone_from(&word);
        Ok(word)
    })
}
