//! From a page's bytes to values.
//!
//! Plain and dictionary pages, which is what nearly all files hold, are decoded here, straight into
//! the form that the column store takes; the rarer encodings stand beside.
//!
//! Source: "Data Pages" and `Encodings.md` of Apache Parquet.

use super::codec::{Codec, MAX_PAGE_BYTES, decompress};
use super::delta;
use super::header::{Encoding, PageHeader, PageKind};
use super::meta::{ColumnMeta, Logical, Physical, Signed};
use super::rle::{self, Numbers};
use crate::base::calendar::DAY_MILLIS;
use crate::base::decimal;
use crate::base::error::{Context, Error, ErrorKind, Result};
use crate::base::iso::push_interval;
use crate::base::moment::TimeKind;
use std::ops::Range;

/// Pages that claim more values than this are rejected: writers stop at a million bytes or at
/// 20,000 rows; constant columns reach some millions.
pub const MAX_PAGE_VALUES: u32 = 64 << 20;

/// A decoded data page.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// Rows in the page.
    pub rows: u32,
    /// Which rows have a value; none where all have.
    pub valid: Option<Vec<bool>>,
    /// The values of the rows that have one, in order.
    pub values: Values,
}

/// Values without nulls, in the few forms that the rest of the program knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// True or false.
    Bool(Vec<bool>),
    /// Whole numbers, 64-bit unsigned ones as their bits; decimals in units of their last digit, times in their
    /// own unit, days as milliseconds.
    Int(Vec<i64>),
    /// Numbers of four bytes or fewer.
    Float32(Vec<f32>),
    /// Numbers of eight bytes.
    Float64(Vec<f64>),
    /// Text or bytes; decimals that may have more than 64 bits, as [`decimal::sortable`] has them.
    Bytes(ByteValues),
    /// Indexes into the chunk's dictionary, each below its length.
    Indexes(Numbers),
}

impl Values {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Float32(values) => values.len(),
            Self::Float64(values) => values.len(),
            Self::Bytes(values) => values.len(),
            Self::Indexes(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Roughly how much memory they take.
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int(values) => values.len() * 8,
            Self::Float32(values) => values.len() * 4,
            Self::Float64(values) => values.len() * 8,
            Self::Bytes(values) => values.data.len() + values.ends.len() * 4,
            Self::Indexes(values) => values.memory_bytes(),
        }
    }
}

/// Byte strings one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByteValues {
    /// All bytes.
    pub data: Vec<u8>,
    /// Where each string ends in `data`.
    pub ends: Vec<u32>,
}

impl ByteValues {
    /// Number of strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The string at `index`.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.data.get(start..end)
    }

    /// All strings, in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let value = self.data.get(start..*end as usize).unwrap_or_default();
            start = *end as usize;
            value
        })
    }

    /// Adds a string.
    pub fn push(&mut self, value: &[u8]) {
        self.data.extend_from_slice(value);
        self.ends.push(self.data.len() as u32);
    }
}

/// Decodes a chunk's dictionary page. `body` is what follows the header.
///
/// # Errors
/// Where the page contradicts its header, or is none of the forms that the format allows.
pub fn decode_dictionary(
    column: &ColumnMeta,
    codec: Codec,
    header: &PageHeader,
    body: &[u8],
) -> Result<Values> {
    let PageKind::Dictionary { values } = header.kind else {
        return Err(Error::corrupt("a dictionary page was expected"));
    };
    check_values(values)?;
    let mut bytes = Vec::new();
    decompress(codec, body, header.uncompressed_bytes as usize, &mut bytes)?;
    plain(column, &bytes, values as usize).context(|| "dictionary page".to_owned())
}

/// Decodes a data page of a flat column. `body` is what follows the header; `dictionary_len` the
/// number of entries of the chunk's dictionary, if it has been read.
///
/// # Errors
/// Where the page contradicts its header, or is none of the forms that the format allows.
pub fn decode_page(
    column: &ColumnMeta,
    codec: Codec,
    header: &PageHeader,
    body: &[u8],
    dictionary_len: Option<usize>,
) -> Result<Decoded> {
    let rows = header.values().ok_or_else(|| Error::corrupt("a data page was expected"))?;
    check_values(rows)?;
    let Parts { bytes, definition: levels, encoding, .. } = unpack(column, codec, header, body)?;
    let (level_bytes, value_bytes) = bytes.split_at_checked(levels.end).ok_or_else(levels_too_long)?;
    let level_bytes = level_bytes.get(levels.start..).unwrap_or_default();
    let old_levels = matches!(header.kind, PageKind::DataV1 { levels: Encoding::BitPacked, .. });
    let valid = definition_levels(column, level_bytes, rows as usize, old_levels)?;
    let count = valid.as_ref().map_or(rows as usize, |valid| valid.iter().filter(|valid| **valid).count());
    let values = values(column, encoding, value_bytes, count, dictionary_len)?;
    Ok(Decoded { rows, valid, values })
}

/// The `count` values of a data page, written in this way.
pub(super) fn values(
    column: &ColumnMeta,
    encoding: Encoding,
    bytes: &[u8],
    count: usize,
    dictionary_len: Option<usize>,
) -> Result<Values> {
    Ok(match encoding {
        Encoding::PlainDictionary | Encoding::RleDictionary => {
            let len = dictionary_len
                .ok_or_else(|| Error::corrupt("the page needs a dictionary that the chunk lacks"))?;
            indexes(bytes, count, len)?
        }
        Encoding::Plain => plain(column, bytes, count)?,
        Encoding::DeltaBinaryPacked => whole(column, delta::binary_packed(bytes, count)?.0)?,
        Encoding::DeltaLengthByteArray => from_bytes(column, delta::length_byte_array(bytes, count)?)?,
        Encoding::DeltaByteArray => {
            from_bytes(column, delta::byte_array(bytes, count, MAX_PAGE_BYTES as usize)?)?
        }
        Encoding::ByteStreamSplit => {
            let width =
                column.physical.width().ok_or_else(|| Error::corrupt("values of no width are split"))?;
            plain(column, &delta::byte_stream_split(bytes, count, width)?, count)?
        }
        Encoding::Rle if column.physical == Physical::Bool => Values::Bool(delta::booleans(bytes, count)?),
        Encoding::Rle | Encoding::BitPacked => {
            return Err(Error::corrupt(format!("{encoding:?} is no encoding of such values")));
        }
    })
}

pub(super) fn check_values(values: u32) -> Result<()> {
    if values > MAX_PAGE_VALUES {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("a page of {values} values is above the limit of {MAX_PAGE_VALUES}"),
        ));
    }
    Ok(())
}

pub(super) fn levels_too_long() -> Error {
    Error::corrupt("the levels are longer than the page")
}

/// A data page, decompressed: where its levels are, and how the values behind them are written.
pub(super) struct Parts {
    pub bytes: Vec<u8>,
    /// Empty where the column is in no list.
    pub repetition: Range<usize>,
    /// Empty where every value is there.
    pub definition: Range<usize>,
    pub encoding: Encoding,
}

/// A data page, decompressed, and how its values are written: the levels as they are in the file, then the values.
/// Differences between numbers of four bytes, which some writers write with more bits than other readers take,
/// become the numbers.
///
/// # Errors
/// Where the page contradicts its header.
pub fn unpacked(
    column: &ColumnMeta,
    codec: Codec,
    header: &PageHeader,
    body: &[u8],
) -> Result<(Vec<u8>, Encoding)> {
    let most = header.values().unwrap_or(0);
    check_values(most)?;
    let Parts { mut bytes, repetition, definition, encoding } = unpack(column, codec, header, body)?;
    let old = matches!(header.kind, PageKind::DataV1 { levels: Encoding::BitPacked, .. });
    if !old {
        // The crate takes any bytes for levels.
        check_levels(&bytes, repetition, column.max_repetition, most)?;
        check_levels(&bytes, definition.clone(), column.max_definition, most)?;
    }
    if let (Physical::Fixed(len), Encoding::Plain, 0) = (column.physical, encoding, column.max_repetition) {
        // Behind the last value there may be bytes of no use.
        let levels = bytes.get(definition.clone()).ok_or_else(levels_too_long)?;
        let valid = definition_levels(column, levels, most as usize, old)?;
        let count = valid.map_or(most as usize, |valid| valid.iter().filter(|valid| **valid).count());
        bytes.truncate(definition.end.saturating_add(count.saturating_mul(len as usize)));
    }
    if encoding != Encoding::DeltaBinaryPacked || column.physical != Physical::Int32 {
        return Ok((bytes, encoding));
    }
    let values = bytes.get(definition.end..).ok_or_else(levels_too_long)?;
    let count = delta::count(values)?.min(most as usize);
    let (numbers, _) = delta::binary_packed(values, count)?;
    bytes.truncate(definition.end);
    bytes.extend(numbers.into_iter().flat_map(|number| (number as i32).to_le_bytes()));
    Ok((bytes, Encoding::Plain))
}

/// Whether bytes are so many levels, none of them above the highest.
fn check_levels(bytes: &[u8], range: Range<usize>, max: u16, count: u32) -> Result<()> {
    if max == 0 {
        return Ok(());
    }
    let levels = bytes.get(range).ok_or_else(levels_too_long)?;
    let highest = rle::numbers(levels, level_width(max), count as usize)
        .context(|| "levels".to_owned())?
        .highest()
        .unwrap_or(0);
    if highest > usize::from(max) {
        return Err(Error::corrupt(format!("a level of {highest} where the highest is {max}")));
    }
    Ok(())
}

/// Decompresses a page and takes it apart. The definition levels may claim to reach beyond its end.
pub(super) fn unpack(column: &ColumnMeta, codec: Codec, header: &PageHeader, body: &[u8]) -> Result<Parts> {
    let len = header.uncompressed_bytes as usize;
    let mut bytes = Vec::new();
    match header.kind {
        PageKind::DataV1 { values, encoding, levels, .. } => {
            decompress(codec, body, len, &mut bytes)?;
            let part = |max: u16, start: usize| {
                if max == 0 {
                    return Ok(start..start);
                }
                if levels == Encoding::BitPacked {
                    // Without a length in front: as many bits a value as the highest level takes.
                    let bits = u64::from(values) * u64::from(level_width(max));
                    return Ok(start..start.saturating_add(bits.div_ceil(8) as usize));
                }
                let prefix = bytes.get(start..).and_then(<[u8]>::first_chunk::<4>);
                let len = u32::from_le_bytes(*prefix.ok_or_else(levels_too_long)?) as usize;
                Ok(start + 4..(start + 4).saturating_add(len))
            };
            let repetition = part(column.max_repetition, 0)?;
            let definition = part(column.max_definition, repetition.end)?;
            Ok(Parts { bytes, repetition, definition, encoding })
        }
        PageKind::DataV2 { encoding, definition_bytes, repetition_bytes, compressed, .. } => {
            let start = repetition_bytes as usize;
            let end = start.saturating_add(definition_bytes as usize);
            let (levels, values) = body.split_at_checked(end).ok_or_else(levels_too_long)?;
            bytes.extend_from_slice(levels);
            let left = len.checked_sub(end).ok_or_else(levels_too_long)?;
            let codec = if compressed { codec } else { Codec::Uncompressed };
            decompress(codec, values, left, &mut bytes)?;
            Ok(Parts { bytes, repetition: 0..start, definition: start..end, encoding })
        }
        PageKind::Dictionary { .. } | PageKind::Other => Err(Error::corrupt("a data page was expected")),
    }
}

/// Bits that levels up to `max` take.
pub(super) const fn level_width(max: u16) -> u8 {
    (u16::BITS - max.leading_zeros()) as u8
}

/// Which rows have a value; none where all have.
pub(super) fn definition_levels(
    column: &ColumnMeta,
    bytes: &[u8],
    rows: usize,
    old: bool,
) -> Result<Option<Vec<bool>>> {
    if column.max_definition == 0 {
        return Ok(None);
    }
    if old && column.max_definition == 1 {
        // The old levels have the most significant bit first.
        let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
        let valid: Vec<bool> = bits.take(rows).collect();
        return Ok(valid.contains(&false).then_some(valid));
    }
    if old || column.max_definition > 255 {
        return Err(Error::new(ErrorKind::Unsupported, "its levels are written in an old way"));
    }
    let most = column.max_definition as u8;
    let width = level_width(column.max_definition);
    let levels = rle::numbers(bytes, width, rows).context(|| "definition levels".to_owned())?;
    let Numbers::U8(levels) = levels else { return Ok(None) };
    // A byte a row: most pages have no null at all.
    let all = levels.iter().all(|level| *level == most);
    Ok((!all).then(|| levels.iter().map(|level| *level == most).collect()))
}

fn indexes(bytes: &[u8], count: usize, dictionary_len: usize) -> Result<Values> {
    if count == 0 {
        return Ok(Values::Indexes(Numbers::U8(Vec::new())));
    }
    let (width, rest) = bytes.split_first().ok_or_else(|| Error::corrupt("the indexes are missing"))?;
    let indexes = rle::numbers(rest, *width, count)?;
    match indexes.highest() {
        Some(highest) if highest >= dictionary_len => {
            Err(Error::corrupt(format!("index {highest} into a dictionary of {dictionary_len}")))
        }
        _ => Ok(Values::Indexes(indexes)),
    }
}

/// Exactly `count` values of `N` bytes.
fn fixed<const N: usize>(bytes: &[u8], count: usize) -> Result<&[[u8; N]]> {
    let (values, _) = bytes.as_chunks::<N>();
    values.get(..count).ok_or_else(|| {
        Error::corrupt(format!("{} bytes are too few for {count} values of {N} bytes", bytes.len()))
    })
}

/// A value as statistics hold it: like a plain page's, but without the length in front. None where
/// the bytes can't be one.
pub fn single(column: &ColumnMeta, bytes: &[u8]) -> Option<Values> {
    match column.physical {
        Physical::Bytes | Physical::Fixed(_) => {
            let mut values = ByteValues::default();
            values.push(bytes);
            from_bytes(column, values).ok()
        }
        Physical::Bool | Physical::Int32 | Physical::Int64 | Physical::Float | Physical::Double => {
            plain(column, bytes, 1).ok()
        }
        // Their order is not that of the points in time.
        Physical::Int96 => None,
    }
}

pub(super) fn plain(column: &ColumnMeta, bytes: &[u8], count: usize) -> Result<Values> {
    Ok(match column.physical {
        Physical::Bool => {
            let needed = bytes.get(..count.div_ceil(8)).ok_or_else(|| Error::corrupt("too few bits"))?;
            let bits = needed.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
            Values::Bool(bits.take(count).collect())
        }
        Physical::Int32 => {
            let values = fixed::<4>(bytes, count)?.iter().map(|value| i32::from_le_bytes(*value));
            from_int32(column.logical, values)
        }
        Physical::Int64 => {
            let values = fixed::<8>(bytes, count)?.iter().map(|value| i64::from_le_bytes(*value));
            from_int64(column.logical, values.collect())
        }
        Physical::Int96 => Values::Int(fixed::<12>(bytes, count)?.iter().map(int96_micros).collect()),
        Physical::Float => Values::Float32(
            fixed::<4>(bytes, count)?.iter().map(|value| f32::from_le_bytes(*value)).collect(),
        ),
        Physical::Double => Values::Float64(
            fixed::<8>(bytes, count)?.iter().map(|value| f64::from_le_bytes(*value)).collect(),
        ),
        Physical::Bytes => from_bytes(column, strings(bytes, count)?)?,
        Physical::Fixed(len) => {
            let len = len as usize;
            let all = len
                .checked_mul(count)
                .and_then(|all| bytes.get(..all))
                .ok_or_else(|| Error::corrupt(format!("too few bytes for {count} values of {len}")))?;
            let ends = (1..=count).map(|number| (number * len) as u32).collect();
            from_bytes(column, ByteValues { data: all.to_vec(), ends })?
        }
    })
}

/// Whole numbers that were written as differences, as what they mean.
fn whole(column: &ColumnMeta, values: Vec<i64>) -> Result<Values> {
    match column.physical {
        // Differences of four-byte numbers wrap at four bytes.
        Physical::Int32 => Ok(from_int32(column.logical, values.into_iter().map(|value| value as i32))),
        Physical::Int64 => Ok(from_int64(column.logical, values)),
        _ => Err(Error::corrupt("differences of values that are no whole numbers")),
    }
}

/// Values of four bytes as what they mean.
fn from_int32(logical: Logical, values: impl Iterator<Item = i32>) -> Values {
    match logical {
        Logical::Int { signed: false, .. } => {
            Values::Int(values.map(|value| i64::from(value as u32)).collect())
        }
        Logical::Time(TimeKind::Date, _) => {
            Values::Int(values.map(|days| i64::from(days) * DAY_MILLIS).collect())
        }
        _ => Values::Int(values.map(i64::from).collect()),
    }
}

/// Values of eight bytes as what they mean.
fn from_int64(logical: Logical, values: Vec<i64>) -> Values {
    let Logical::Period(frequency) = logical else { return Values::Int(values) };
    let mut texts = ByteValues::default();
    values.into_iter().for_each(|value| texts.push(&frequency.text(value)));
    Values::Bytes(texts)
}

/// Byte strings as what they mean.
fn from_bytes(column: &ColumnMeta, values: ByteValues) -> Result<Values> {
    Ok(match column.logical {
        Logical::Decimal { .. } if matches!(column.physical, Physical::Fixed(..=8)) => {
            Values::Int(values.iter().map(unscaled).collect())
        }
        Logical::Decimal { .. } => {
            let mut numbers = ByteValues::default();
            let mut turned = Vec::new();
            for mut bytes in values.iter() {
                if let Some(Signed(signed)) = column.wide {
                    turned.clear();
                    turned.extend((!signed).then_some(0).into_iter().chain(bytes.iter().rev().copied()));
                    bytes = &turned;
                }
                let number = decimal::sortable(bytes).ok_or_else(|| {
                    let most = decimal::MAX_BYTES;
                    Error::new(ErrorKind::Limit, format!("a decimal number of more than {most} bytes"))
                })?;
                numbers.push(&number);
            }
            Values::Bytes(numbers)
        }
        Logical::Float16 => Values::Float32(
            values
                .iter()
                .map(|value| {
                    value.first_chunk::<2>().map_or(f32::NAN, |bits| half(u16::from_le_bytes(*bits)))
                })
                .collect(),
        ),
        Logical::Interval => {
            let mut texts = ByteValues::default();
            values.iter().for_each(|bytes| texts.push(&interval(bytes)));
            Values::Bytes(texts)
        }
        Logical::Uuid => {
            let mut texts = ByteValues::default();
            values.iter().for_each(|bytes| texts.push(uuid(bytes).as_bytes()));
            Values::Bytes(texts)
        }
        _ => Values::Bytes(values),
    })
}

/// The text of months, days and milliseconds, four bytes each.
fn interval(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    if let ([months, days, millis], _) = bytes.as_chunks::<4>() {
        let [months, days, millis] = [months, days, millis].map(|part| u32::from_le_bytes(*part));
        push_interval(&mut text, months.cast_signed(), days.cast_signed(), i64::from(millis) * 1_000_000);
    }
    text
}

/// The text of a UUID (RFC 9562, section 4): groups of 4, 2, 2, 2 and 6 bytes.
fn uuid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A whole number of at most eight bytes in two's complement, most significant byte first.
fn unscaled(bytes: &[u8]) -> i64 {
    let start = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(start, |sum, byte| sum << 8 | i64::from(*byte))
}

/// Nanoseconds of the day and the Julian day, as microseconds since 1970.
fn int96_micros(value: &[u8; 12]) -> i64 {
    const JULIAN_DAY_OF_1970: i64 = 2_440_588;
    let [n0, n1, n2, n3, n4, n5, n6, n7, d0, d1, d2, d3] = *value;
    let nanos = i64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]);
    let day = i64::from(i32::from_le_bytes([d0, d1, d2, d3]));
    // Writers overflow for years beyond some 290,000; so does this, and the year comes back.
    (day - JULIAN_DAY_OF_1970).wrapping_mul(86_400_000_000).wrapping_add(nanos / 1_000)
}

/// A number of two bytes (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(bits & 0x03ff) / 1024.0;
    match (bits >> 10) & 0x1f {
        0 => sign * fraction * 2f32.powi(-14),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        exponent => sign * (1.0 + fraction) * 2f32.powi(i32::from(exponent) - 15),
    }
}

fn strings(bytes: &[u8], count: usize) -> Result<ByteValues> {
    let short = || Error::corrupt("the page ends within a string");
    let lengths = count.checked_mul(4).ok_or_else(short)?;
    let mut out = ByteValues {
        data: Vec::with_capacity(bytes.len().checked_sub(lengths).ok_or_else(short)?),
        ends: Vec::with_capacity(count),
    };
    let mut rest = bytes;
    for _ in 0..count {
        let (len, after) = rest.split_first_chunk::<4>().ok_or_else(short)?;
        let (value, after) = after.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(short)?;
        out.push(value);
        rest = after;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{half, int96_micros};

    #[test]
    fn halves_are_numbers() {
        for (bits, value) in
            [(0x0000, 0.0), (0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x7c00, f32::INFINITY)]
        {
            assert_eq!(half(bits), value);
        }
    }

    #[test]
    fn julian_days_are_times() {
        let mut value = [0u8; 12];
        value[8..].copy_from_slice(&2_440_589u32.to_le_bytes());
        value[..8].copy_from_slice(&1_500_000u64.to_le_bytes());
        assert_eq!(int96_micros(&value), 86_400_001_500);
    }
}
