//! The rows at the front of a data page whose rest is not here.
//!
//! A page may hold megabytes, of which the screen shows a few rows. Plain values stand one after another, and most
//! codecs tell them in that order, so that the first bytes of a page are its first rows. Writers add values to a
//! dictionary as they come, so that the first rows need its first entries. What is written otherwise is decoded once all
//! of it is here.
//!
//! Source: `format_description.txt` of Snappy; "Data Pages" and `Encodings.md` of Apache Parquet.

use super::codec::{Codec, MAX_PAGE_BYTES};
use super::decode::{Decoded, Values, check_values, definition_levels, plain};
use super::header::{Encoding, PageHeader, PageKind};
use super::meta::{ColumnMeta, Physical};
use super::rle;
use std::io::Read;

/// Whether a codec tells the first bytes of a page by the first bytes of what it was packed to.
pub fn is_streamed(codec: Codec) -> bool {
    matches!(codec, Codec::Uncompressed | Codec::Snappy | Codec::Gzip)
}

/// Whether the first rows of such a page, or entries of such a dictionary, can be told by its first bytes.
pub fn is_told(column: &ColumnMeta, codec: Codec, header: &PageHeader) -> bool {
    let is_in_order = |encoding: Encoding| encoding == Encoding::Plain || encoding.uses_dictionary();
    let is_told = match header.kind {
        PageKind::DataV1 { encoding, levels, .. } => is_in_order(encoding) && levels != Encoding::BitPacked,
        PageKind::DataV2 { encoding, repetition_bytes, .. } => is_in_order(encoding) && repetition_bytes == 0,
        PageKind::Dictionary { .. } => true,
        PageKind::Other => false,
    };
    is_told
        && is_streamed(codec)
        && column.max_repetition == 0
        && column.physical != Physical::Bool
        && header.uncompressed_bytes <= MAX_PAGE_BYTES
}

/// The first entries of a dictionary, as many as `body`, the first bytes behind its header, holds whole.
pub fn decode_dictionary(
    column: &ColumnMeta,
    codec: Codec,
    header: &PageHeader,
    body: &[u8],
) -> Option<Values> {
    let PageKind::Dictionary { values } = header.kind else { return None };
    check_values(values).ok()?;
    let body = body.get(..header.body_bytes as usize).unwrap_or(body);
    let mut bytes = Vec::new();
    unpack(codec, body, header.uncompressed_bytes as usize, &mut bytes)?;
    plain(column, &bytes, whole_values(column, &bytes).min(values as usize)).ok()
}

/// Rows at the front of a page.
#[derive(Debug)]
pub struct Front {
    /// They.
    pub page: Decoded,
    /// Whether the next one is here, but for its entry in the dictionary.
    pub lacks_entries: bool,
}

/// The rows that `body`, the first bytes of a page behind its header, holds whole; none where it holds none, or is
/// damaged: then all of the page tells what is wrong. The page is one of those that [`is_told`] knows, and so many
/// `entries` of its dictionary are here.
pub fn decode(
    column: &ColumnMeta,
    codec: Codec,
    header: &PageHeader,
    body: &[u8],
    entries: Option<usize>,
) -> Option<Front> {
    let rows = header.values()?;
    check_values(rows).ok()?;
    let body = body.get(..header.body_bytes as usize).unwrap_or(body);
    let len = header.uncompressed_bytes as usize;
    let mut bytes = Vec::new();
    let (levels, values) = match header.kind {
        PageKind::DataV1 { .. } => {
            unpack(codec, body, len, &mut bytes)?;
            if column.max_definition == 0 {
                (&[][..], bytes.as_slice())
            } else {
                let (prefix, rest) = bytes.split_first_chunk::<4>()?;
                rest.split_at_checked(u32::from_le_bytes(*prefix) as usize)?
            }
        }
        PageKind::DataV2 { definition_bytes, compressed, .. } => {
            let (levels, values) = body.split_at_checked(definition_bytes as usize)?;
            let codec = if compressed { codec } else { Codec::Uncompressed };
            unpack(codec, values, len.checked_sub(levels.len())?, &mut bytes)?;
            (levels, bytes.as_slice())
        }
        PageKind::Dictionary { .. } | PageKind::Other => return None,
    };
    let mut valid = definition_levels(column, levels, rows as usize, false).ok()?;
    let all = valid.as_ref().map_or(rows as usize, |valid| valid.iter().filter(|valid| **valid).count());
    let (values, lacks_entries) = if header.encoding()?.uses_dictionary() {
        let (width, packed) = values.split_first()?;
        let here = rle::whole(packed, *width, all);
        let mut indexes = rle::numbers(packed, *width, here).ok()?;
        indexes.truncate(indexes.below(entries?));
        let lacks_entries = indexes.len() < here;
        (Values::Indexes(indexes), lacks_entries)
    } else {
        (plain(column, values, whole_values(column, values).min(all)).ok()?, false)
    };
    if let Some(valid) = &mut valid {
        // Up to the first value that is not here.
        let mut left = values.len();
        let mut is_here = |valid: &bool| {
            let is = !*valid || left > 0;
            left -= usize::from(*valid && is);
            is
        };
        let here = valid.iter().take_while(|valid| is_here(valid)).count();
        valid.truncate(here);
    }
    let rows = valid.as_ref().map_or(values.len(), Vec::len);
    let rows = u32::try_from(rows).ok().filter(|rows| *rows > 0 || lacks_entries)?;
    Some(Front { page: Decoded { rows, valid, values }, lacks_entries })
}

/// How many plain values these bytes hold, but for one that they hold in part.
fn whole_values(column: &ColumnMeta, bytes: &[u8]) -> usize {
    if let Some(width) = column.physical.width() {
        return bytes.len().checked_div(width).unwrap_or(0);
    }
    let (mut count, mut rest) = (0, bytes);
    while let Some((len, after)) = rest.split_first_chunk::<4>()
        && let Some(after) = after.get(u32::from_le_bytes(*len) as usize..)
    {
        count += 1;
        rest = after;
    }
    count
}

/// Appends what the first bytes of a page unpack to, of `len` bytes in all.
fn unpack(codec: Codec, body: &[u8], len: usize, out: &mut Vec<u8>) -> Option<()> {
    match codec {
        Codec::Uncompressed => out.extend_from_slice(body.get(..len).unwrap_or(body)),
        Codec::Snappy => snappy(body, len, out)?,
        Codec::Gzip => {
            let mut reader = flate2::bufread::GzDecoder::new(body).take(len as u64);
            let mut part = [0; 16 << 10];
            // It ends where the bytes do, which is an error to the decoder.
            while let Ok(read @ 1..) = reader.read(&mut part) {
                out.extend_from_slice(part.get(..read)?);
            }
        }
        Codec::Brotli | Codec::Lz4 | Codec::Lz4Raw | Codec::Zstd | Codec::Lzo => return None,
    }
    Some(())
}

/// The same of Snappy: literals, and copies of what was unpacked before.
fn snappy(body: &[u8], len: usize, out: &mut Vec<u8>) -> Option<()> {
    let mut claimed = 0u64;
    let mut shift = 0;
    let mut rest = body.iter();
    loop {
        let byte = rest.next()?;
        claimed |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            break;
        }
        shift += 7;
        if shift > 28 {
            return None;
        }
    }
    if claimed != len as u64 {
        return None;
    }
    let mut rest = rest.as_slice();
    while let Some((tag, after)) = rest.split_first() {
        let number = |bytes: usize| {
            let number =
                after.get(..bytes)?.iter().rev().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
            Some((number, after.get(bytes..)?))
        };
        let six = usize::from(tag >> 2);
        if tag & 3 == 0 {
            // The length of a longer literal stands behind the tag, in one to four bytes.
            let told = if six < 60 { Some((six, after)) } else { number(six - 59) };
            let Some((before, after)) = told else { break };
            let literal = before + 1;
            if literal > len - out.len() {
                return None;
            }
            out.extend_from_slice(after.get(..literal).unwrap_or(after));
            let Some(after) = after.get(literal..) else { break };
            rest = after;
            continue;
        }
        let (copied, told) = match tag & 3 {
            1 => (six % 8 + 4, number(1).map(|(low, after)| (usize::from(tag >> 5) << 8 | low, after))),
            2 => (six + 1, number(2)),
            _ => (six + 1, number(4)),
        };
        let Some((back, after)) = told else { break };
        let from = out.len().checked_sub(back).filter(|_| back > 0)?;
        if copied > len - out.len() {
            return None;
        }
        if back >= copied {
            out.extend_from_within(from..from + copied);
        } else {
            // It copies what it writes.
            for at in from..from + copied {
                out.push(*out.get(at)?);
            }
        }
        rest = after;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{Codec, decode, decode_dictionary, is_told, unpack};
    use crate::formats::parquet::decode::{Values, decode_page};
    use crate::formats::parquet::header::{Encoding, PageHeader, PageKind};
    use crate::formats::parquet::meta::{ColumnMeta, Logical, Physical};
    use crate::formats::parquet::stats::PageStats;
    use flate2::{Compression, write::GzEncoder};
    use parquet::basic::{Repetition, Type};
    use parquet::schema::types::{ColumnDescriptor, ColumnPath, Type as SchemaType};
    use proptest::prelude::*;
    use std::io::Write;
    use std::sync::Arc;

    fn column(physical: Physical, max_definition: u16) -> ColumnMeta {
        let (stored, logical) = match physical {
            Physical::Bytes => (Type::BYTE_ARRAY, Logical::Text),
            _ => (Type::INT64, Logical::Int { signed: true, bits: 64 }),
        };
        let primitive = SchemaType::primitive_type_builder("c", stored).with_repetition(Repetition::OPTIONAL);
        let descriptor = ColumnDescriptor::new(
            Arc::new(primitive.build().unwrap()),
            max_definition.cast_signed(),
            0,
            ColumnPath::from("c"),
        );
        ColumnMeta {
            name: "c".to_owned(),
            root: "c".to_owned(),
            physical,
            logical,
            wide: None,
            zone: None,
            max_definition,
            max_repetition: 0,
            flat: true,
            descriptor: Arc::new(descriptor),
            is_code: false,
            fault: None,
        }
    }

    fn packed(codec: Codec, bytes: &[u8]) -> Vec<u8> {
        match codec {
            Codec::Snappy => snap::raw::Encoder::new().compress_vec(bytes).unwrap(),
            Codec::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            _ => bytes.to_vec(),
        }
    }

    /// Runs of one level each, as a writer may write them.
    fn levels(valid: &[bool]) -> Vec<u8> {
        valid.iter().flat_map(|valid| [2, u8::from(*valid)]).collect()
    }

    /// A page of these rows, of either version.
    fn page(
        codec: Codec,
        values: &[u8],
        valid: Option<&[bool]>,
        rows: u32,
        second: bool,
    ) -> (PageHeader, Vec<u8>) {
        let levels = valid.map(levels).unwrap_or_default();
        let body = if second {
            [levels.clone(), packed(codec, values)].concat()
        } else {
            let prefix =
                if valid.is_some() { (levels.len() as u32).to_le_bytes().to_vec() } else { Vec::new() };
            packed(codec, &[&prefix, &levels[..], values].concat())
        };
        let front = if second { levels.len() } else { levels.len() + if valid.is_some() { 4 } else { 0 } };
        let encoding = Encoding::Plain;
        let kind = if second {
            PageKind::DataV2 {
                values: rows,
                nulls: valid.map_or(0, |valid| valid.iter().filter(|valid| !**valid).count() as u32),
                rows,
                encoding,
                definition_bytes: levels.len() as u32,
                repetition_bytes: 0,
                compressed: true,
            }
        } else {
            PageKind::DataV1 { values: rows, encoding, levels: Encoding::Rle }
        };
        let header = PageHeader {
            kind,
            header_bytes: 0,
            body_bytes: body.len() as u32,
            uncompressed_bytes: (front + values.len()) as u32,
            crc: None,
            stats: PageStats::default(),
        };
        (header, body)
    }

    proptest! {
        #[test]
        fn the_front_of_a_page_is_what_the_whole_one_begins_with(
            rows in prop::collection::vec(prop::option::weighted(0.8, "[ab]{0,9}(castle on a hill){0,3}"), 1..80),
            texts: bool, nulls: bool, second: bool, codec in 0..3usize, cut in 0.0..1.0f64,
        ) {
            let codec = [Codec::Uncompressed, Codec::Snappy, Codec::Gzip][codec];
            let valid: Vec<bool> = rows.iter().map(Option::is_some).collect();
            let rows: Vec<&String> = rows.iter().filter(|row| nulls || row.is_some()).flatten().collect();
            let count = if nulls { valid.len() } else { rows.len() };
            prop_assume!(count > 0);
            let values: Vec<u8> = rows.iter().flat_map(|text| if texts {
                [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
            } else {
                (text.len() as u64).to_le_bytes().to_vec()
            }).collect();
            let column = column(if texts { Physical::Bytes } else { Physical::Int64 }, u16::from(nulls));
            let (header, body) = page(codec, &values, nulls.then_some(&valid[..]), count as u32, second);
            prop_assert!(is_told(&column, codec, &header));
            let whole = decode_page(&column, codec, &header, &body, None).unwrap();
            let all = decode(&column, codec, &header, &body, None).map(|front| front.page.rows);
            prop_assert_eq!(all, Some(whole.rows));
            let front = decode(&column, codec, &header, &body[..(body.len() as f64 * cut) as usize], None);
            if let Some(front) = front.map(|front| front.page) {
                let (here, more) = (front.rows as usize, front.values.len());
                prop_assert!(here <= whole.rows as usize);
                let all = whole.valid.unwrap_or_else(|| vec![true; whole.rows as usize]);
                prop_assert_eq!(front.valid.unwrap_or_else(|| vec![true; here]), &all[..here]);
                prop_assert_eq!(more, all[..here].iter().filter(|valid| **valid).count());
                match (front.values, whole.values) {
                    (Values::Int(front), Values::Int(whole)) => prop_assert_eq!(&front, &whole[..more]),
                    (Values::Bytes(front), Values::Bytes(whole)) => {
                        prop_assert!(front.iter().eq(whole.iter().take(more)));
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            } else {
                prop_assert!(cut < 0.9 || count < 9 || codec == Codec::Gzip, "{cut} {count}");
            }
        }

        #[test]
        fn the_front_of_a_dictionary_page_has_rows_whose_entries_are_here(
            repeats in prop::collection::vec(0..3usize, 1..200), cut in 0.0..1.0f64, dictionary_cut in 0.0..1.0f64,
        ) {
            // Entries are numbered as their values come first, and each comes again later.
            let mut indexes: Vec<u32> = Vec::new();
            for (entry, repeats) in (0..).zip(&repeats) {
                indexes.push(entry);
                indexes.extend(indexes.clone().iter().rev().step_by(3).take(*repeats));
            }
            let entries = repeats.len();
            let dictionary: Vec<u8> = (0..entries as u64).flat_map(|entry| (entry * 7).to_le_bytes()).collect();
            let column = column(Physical::Int64, 0);
            let (data, body) = page(Codec::Snappy, &dictionary, None, entries as u32, false);
            let header = PageHeader { kind: PageKind::Dictionary { values: entries as u32 }, ..data };
            let count = |body: &[u8]| {
                decode_dictionary(&column, Codec::Snappy, &header, body).map_or(0, |values| values.len())
            };
            let here = count(&body[..(body.len() as f64 * dictionary_cut) as usize]);
            prop_assert!(here <= entries);
            prop_assert_eq!(count(&body), entries);

            // One run of groups of eight, with sixteen bits each.
            let groups = indexes.len().div_ceil(8);
            let mut written = vec![16, (groups << 1 | 1) as u8 | 0x80, (groups >> 6) as u8];
            indexes.iter().for_each(|index| written.extend((*index as u16).to_le_bytes()));
            let rows = indexes.len() as u32;
            let (mut header, body) = page(Codec::Uncompressed, &written, None, rows, false);
            let encoding = Encoding::RleDictionary;
            header.kind = PageKind::DataV1 { values: rows, encoding, levels: Encoding::Rle };
            prop_assert!(is_told(&column, Codec::Uncompressed, &header));
            let part = &body[..(body.len() as f64 * cut) as usize];
            let front = decode(&column, Codec::Uncompressed, &header, part, Some(here));
            let told = part.len().saturating_sub(3) / 2;
            let known = indexes.iter().take(told).take_while(|index| (**index as usize) < here).count();
            prop_assert_eq!(front.as_ref().map_or(0, |front| front.page.rows as usize), known);
            prop_assert_eq!(front.is_some_and(|front| front.lacks_entries), known < told);
        }

        #[test]
        fn no_bytes_make_it_panic(body: Vec<u8>, len in 0usize..5_000) {
            for codec in [Codec::Uncompressed, Codec::Snappy, Codec::Gzip, Codec::Zstd] {
                let mut out = Vec::new();
                let _ = unpack(codec, &body, len, &mut out);
                prop_assert!(out.len() <= len);
            }
        }
    }
}
