//! What the footer says: columns, row groups, and where each column chunk lies.
//!
//! What the footer claims is checked here once, so that nothing further inside has to doubt an offset
//! or a length.

use super::arrow_schema::{Note, notes};
use super::codec::Codec;
use super::features::{Feature, features};
use super::footer::{self, ChunkFields};
use super::header::PageLocation;
use super::pandas::{Index, index};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::moment::{TimeKind, Unit};
use crate::base::period::Frequency;
use crate::formats::sniff::looks_like;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as ParquetType};
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor, Type, TypePtr};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Bytes read from the end of a file at first: footers of the files this is for are below 10 KB.
pub const TAIL_BYTES: u64 = 64 << 10;

/// A footer larger than this is not read: a thousand columns in three hundred row groups fit. It
/// takes up to about ten times as much memory once it is read.
pub const MAX_FOOTER_BYTES: u64 = 64 << 20;

/// More rows than this are not opened: each takes two bytes for the filters, and two or more for
/// every column that is read, of the 4 GB that there are.
pub const MAX_ROWS: u64 = 1 << 27;

/// A file's metadata.
#[derive(Clone, Debug)]
pub struct FileMeta {
    /// Rows in the file.
    pub rows: u64,
    /// Leaf columns in the schema's order.
    pub columns: Vec<ColumnMeta>,
    /// Row groups in order.
    pub groups: Vec<RowGroup>,
    /// Who wrote the file.
    pub created_by: Option<String>,
    /// The schema, for what is no flat column.
    pub schema: TypePtr,
    /// What the library `datasets` says of columns, by their name.
    pub features: BTreeMap<String, Feature>,
    /// What pandas says of the table's index.
    pub index: Vec<Index>,
    /// The footer as it is in the file, for whoever wants to know the rest of it.
    pub footer: Arc<[u8]>,
}

/// A leaf column.
#[derive(Clone, Debug)]
pub struct ColumnMeta {
    /// Its path, joined by dots, behind [`ColumnMeta::root`].
    pub name: String,
    /// Name of the top-level field that it belongs to. A field of the same name as one before it has a number
    /// behind it, so that each is itself; the schema has the names as they are in the file.
    pub root: String,
    /// How its values are stored.
    pub physical: Physical,
    /// What its values mean.
    pub logical: Logical,
    /// Where its values are whole numbers of 128 bits, whether they have a sign: Polars writes them as bytes, the least
    /// significant one first, and tells that in Arrow's words alone.
    pub wide: Option<Signed>,
    /// The time zone that its writer names.
    pub zone: Option<String>,
    /// The definition level of a value that is there: 0 or 1 in flat columns.
    pub max_definition: u16,
    /// The deepest repetition level: 0 in flat columns.
    pub max_repetition: u16,
    /// Whether it is a plain column: no list, no structure around it.
    pub flat: bool,
    /// The descriptor, for decoders of the `parquet` crate.
    pub descriptor: ColumnDescPtr,
    /// Why it can't be read, where the footer tells nonsense of its chunks.
    pub fault: Option<Error>,
    /// Whether the first row group says that its texts are keys, paths, addresses or JSON rather than prose.
    pub is_code: bool,
}

/// Whether numbers have a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed(pub bool);

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Physical {
    /// One bit.
    Bool,
    /// Four bytes.
    Int32,
    /// Eight bytes.
    Int64,
    /// Twelve bytes: nanoseconds of the day, then the Julian day.
    Int96,
    /// Four bytes.
    Float,
    /// Eight bytes.
    Double,
    /// Four bytes of length, then the bytes.
    Bytes,
    /// As many bytes as it says.
    Fixed(u32),
}

impl Physical {
    /// Bytes of a value, where all have the same.
    pub const fn width(self) -> Option<usize> {
        match self {
            Self::Bool | Self::Bytes => None,
            Self::Int32 | Self::Float => Some(4),
            Self::Int64 | Self::Double => Some(8),
            Self::Int96 => Some(12),
            Self::Fixed(len) => Some(len as usize),
        }
    }
}

/// What values mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logical {
    /// True or false.
    Bool,
    /// A whole number.
    Int {
        /// Whether it can be negative.
        signed: bool,
        /// 8, 16, 32 or 64.
        bits: u8,
    },
    /// A number.
    Float,
    /// A number of two bytes.
    Float16,
    /// A whole number over a power of ten.
    Decimal {
        /// Digits after the point, at most [`MAX_SCALE`].
        scale: u16,
    },
    /// A time, in this unit. Days are turned into milliseconds as they are read.
    Time(TimeKind, Unit),
    /// Months, days and milliseconds, shown as ISO 8601 writes them.
    Interval,
    /// A stretch of the calendar, shown as pandas writes it.
    Period(Frequency),
    /// UTF-8 text.
    Text,
    /// A UUID: sixteen bytes, shown as its text.
    Uuid,
    /// Bytes.
    Binary,
}

/// The most digits behind the point. What claims more is shown by how it is stored.
pub const MAX_SCALE: u16 = 500;

/// A row group.
#[derive(Clone, Debug)]
pub struct RowGroup {
    /// Its first row in the file.
    pub first_row: u64,
    /// Its rows.
    pub rows: u64,
    /// One chunk a column.
    pub chunks: Vec<Chunk>,
}

/// A column chunk: all pages of one column in one row group.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    /// All its pages.
    pub range: ByteRange,
    /// Where the dictionary page begins, if the footer says so.
    pub dictionary: Option<u64>,
    /// Where the first data page begins.
    pub first_data: u64,
    /// Values, nulls included.
    pub values: u64,
    /// Length of all pages once decompressed.
    pub uncompressed_bytes: u64,
    /// How its pages are compressed.
    pub codec: Codec,
    /// Where its offset index is.
    pub offset_index: Option<ByteRange>,
}

/// The next step towards the metadata.
#[derive(Debug)]
pub enum Footer {
    /// This range of the file is needed as well.
    Needs(ByteRange),
    /// Here it is.
    Meta(Box<FileMeta>),
}

/// Reads the footer out of the last bytes of a file of `file_bytes` bytes.
///
/// # Errors
/// Where the file is no parquet file, or its footer contradicts itself or the file's size.
pub fn read_footer(tail: &[u8], file_bytes: u64) -> Result<Footer> {
    if file_bytes == 0 {
        return Err(Error::new(ErrorKind::NotParquet, "the file is empty"));
    }
    let Some((rest, end)) = tail.split_last_chunk::<8>() else {
        return Err(Error::new(
            ErrorKind::NotParquet,
            format!("it has {file_bytes} bytes, too few for a Parquet file"),
        ));
    };
    let (len, magic) = end.split_at(4);
    match magic {
        b"PAR1" => {}
        b"PARE" => return Err(Error::new(ErrorKind::Encrypted, "its footer is encrypted")),
        other => return Err(Error::new(ErrorKind::NotParquet, not_parquet(tail, file_bytes, other))),
    }
    let len = len.iter().rev().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let footer_end = file_bytes - 8;
    if len + 12 > file_bytes {
        return Err(Error::new(
            ErrorKind::Truncated,
            format!("its footer claims {len} bytes, the file has {file_bytes}"),
        ));
    }
    if len > MAX_FOOTER_BYTES {
        return Err(Error::new(
            ErrorKind::Limit,
            format!("a footer of {len} bytes is above {MAX_FOOTER_BYTES}"),
        ));
    }
    let Some(start) = rest.len().checked_sub(len as usize) else {
        return Ok(Footer::Needs(ByteRange::new(footer_end - len, file_bytes)));
    };
    let footer = rest.get(start..).unwrap_or_default();
    let unreadable = |error: Error| match error.kind {
        ErrorKind::Limit => error,
        _ => Error::corrupt(format!("the footer can't be read ({error})")),
    };
    let read = footer::Footer::read(footer).map_err(unreadable)?;
    let meta = FileMeta::check(&read, footer_end - len).map_err(|error| match error.kind {
        ErrorKind::Truncated => unreadable(error),
        _ => error,
    })?;
    Ok(Footer::Meta(Box::new(FileMeta { footer: footer.into(), ..meta })))
}

/// What the last four bytes, or the whole file if it is small, look like instead.
fn not_parquet(tail: &[u8], file_bytes: u64, end: &[u8]) -> String {
    let front = if tail.len() as u64 == file_bytes { tail } else { Default::default() };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ");
    let ends = format!("it ends with {} where PAR1 (50 41 52 31) should stand", hex(end));
    looks_like(front, tail).map_or_else(|| ends.clone(), |what| format!("it looks like {what}; {ends}"))
}

impl FileMeta {
    /// Checks what a footer says. Pages end before `footer_start`.
    fn check(footer: &footer::Footer<'_>, footer_start: u64) -> Result<Self> {
        let descriptor = footer.tree.descriptor();
        let mut columns: Vec<ColumnMeta> = descriptor.columns().iter().map(ColumnMeta::new).collect();
        if columns.is_empty() {
            return Err(Error::new(ErrorKind::Unsupported, "the file has no columns"));
        }
        for (column, fault) in columns.iter_mut().zip(&footer.tree.leaves) {
            column.fault = fault.clone();
        }
        number_equal_names(&footer.tree.root, &descriptor, &mut columns);
        let slack = chunk_slack(footer.created_by.as_deref().unwrap_or_default());
        let mut groups = Vec::with_capacity(footer.group_count());
        let mut first_row = 0u64;
        for (number, group) in footer.groups().enumerate() {
            let group = group?;
            let rows = u64::try_from(group.rows)
                .map_err(|_| Error::corrupt(format!("row group {number} has {} rows", group.rows)))?;
            if group.chunks.len() != columns.len() {
                return Err(Error::corrupt(format!("row group {number} has another number of columns")));
            }
            let chunks = group
                .chunks
                .iter()
                .zip(&mut columns)
                .map(|(chunk, column)| {
                    if rows == 0 {
                        return Chunk::NOWHERE;
                    }
                    if number == 0 {
                        let ends = [chunk.statistics.least, chunk.statistics.most];
                        column.is_code = ends.into_iter().all(|end| end.is_some_and(is_code));
                    }
                    Chunk::check(chunk, footer_start, slack).unwrap_or_else(|error| {
                        let place = format!("row group {number}, column {}", column.name);
                        column.fault.get_or_insert(error.context(place));
                        Chunk::NOWHERE
                    })
                })
                .collect();
            groups.push(RowGroup { first_row, rows, chunks });
            first_row = first_row.saturating_add(rows);
            if first_row > MAX_ROWS {
                return Err(Error::new(ErrorKind::Limit, format!("more than {MAX_ROWS} rows")));
            }
        }
        // One column that can't be read costs that column; a file of nothing else is no use.
        if let [first, ..] = columns.as_slice()
            && columns.iter().all(|column| column.fault.is_some())
            && let Some(fault) = &first.fault
        {
            return Err(fault.clone());
        }
        let (created_by, schema) = (footer.created_by.clone(), footer.tree.root.clone());
        let features = features(&footer.pairs);
        let index = index(&footer.pairs);
        note_columns(&mut columns, &notes(&footer.pairs));
        Ok(Self {
            rows: first_row,
            columns,
            groups,
            created_by,
            schema,
            features,
            index,
            footer: Arc::default(),
        })
    }

    /// Whether what decompresses some of its pages has to be fetched first.
    pub fn lacks_codecs(&self) -> bool {
        self.groups.iter().flat_map(|group| &group.chunks).any(|chunk| chunk.codec.is_missing())
    }

    /// Takes the row groups of another file with the same columns behind those that are here. From
    /// now on the other file's offsets count from `base`.
    ///
    /// # Errors
    /// Where the other file has other columns, or there would be too many rows.
    pub fn extend(&mut self, other: &Self, base: u64) -> Result<()> {
        self.check_same(other)?;
        let rows = self.rows.saturating_add(other.rows);
        if rows > MAX_ROWS {
            return Err(Error::new(ErrorKind::Limit, format!("more than {MAX_ROWS} rows")));
        }
        self.groups.extend(other.groups.iter().map(|group| RowGroup {
            first_row: self.rows + group.first_row,
            rows: group.rows,
            chunks: group.chunks.iter().map(|chunk| chunk.shifted(base)).collect(),
        }));
        self.rows = rows;
        Ok(())
    }

    /// Whether another file has the same columns.
    fn check_same(&self, other: &Self) -> Result<()> {
        let unlike = |message: String| Err(Error::new(ErrorKind::Unsupported, message));
        if let Some(fault) = other.columns.iter().find_map(|column| column.fault.clone()) {
            return Err(fault);
        }
        for (own, column) in self.columns.iter().zip(&other.columns) {
            if own.name != column.name {
                return unlike(format!("it has {} where the first file has {}", column.name, own.name));
            }
            let kind = |column: &ColumnMeta| {
                (column.physical, column.logical, column.max_repetition, column.max_definition, column.flat)
            };
            if kind(own) != kind(column) {
                return unlike(format!("its {} is declared in another way than in the first file", own.name));
            }
        }
        if self.columns.len() == other.columns.len() {
            return Ok(());
        }
        unlike(format!("it has {} columns, the first file {}", other.columns.len(), self.columns.len()))
    }

    /// The leaves of each top-level field.
    pub fn roots(&self) -> Vec<Range<usize>> {
        fn leaves(field: &Type) -> usize {
            if field.is_group() { field.get_fields().iter().map(|field| leaves(field)).sum() } else { 1 }
        }
        let mut end = 0;
        let root = |field: &TypePtr| {
            let start = end;
            end += leaves(field);
            start..end
        };
        self.schema.get_fields().iter().map(root).collect()
    }

    /// The key-value metadata: pairs that mean something to whoever wrote the file.
    pub fn pairs(&self) -> Vec<(String, Option<String>)> {
        footer::Footer::read(&self.footer).map(|footer| footer.pairs).unwrap_or_default()
    }

    /// The row group that holds `row`, and its number.
    pub fn group_of(&self, row: u64) -> Option<(usize, &RowGroup)> {
        let number = self.groups.partition_point(|group| group.first_row + group.rows <= row);
        Some((number, self.groups.get(number)?))
    }

    /// The chunk of `column` in row group `group`.
    pub fn chunk(&self, group: usize, column: usize) -> Option<&Chunk> {
        self.groups.get(group)?.chunks.get(column)
    }

    /// Bytes of all pages of `column`, decompressed.
    pub fn raw_bytes(&self, column: usize) -> u64 {
        let chunks = self.groups.iter().filter_map(|group| group.chunks.get(column));
        chunks.fold(0, |sum: u64, chunk| sum.saturating_add(chunk.uncompressed_bytes))
    }

    /// Bytes of all chunks of `column`.
    pub fn column_bytes(&self, column: usize) -> u64 {
        self.groups.iter().filter_map(|group| group.chunks.get(column)).map(|chunk| chunk.range.len()).sum()
    }
}

impl ColumnMeta {
    fn new(descriptor: &ColumnDescPtr) -> Self {
        let physical = match descriptor.physical_type() {
            ParquetType::BOOLEAN => Physical::Bool,
            ParquetType::INT32 => Physical::Int32,
            ParquetType::INT64 => Physical::Int64,
            ParquetType::INT96 => Physical::Int96,
            ParquetType::FLOAT => Physical::Float,
            ParquetType::DOUBLE => Physical::Double,
            ParquetType::BYTE_ARRAY => Physical::Bytes,
            ParquetType::FIXED_LEN_BYTE_ARRAY => {
                Physical::Fixed(u32::try_from(descriptor.type_length()).unwrap_or(0))
            }
        };
        let parts = descriptor.path().parts();
        Self {
            name: descriptor.path().string(),
            root: parts.first().cloned().unwrap_or_default(),
            physical,
            logical: logical(descriptor, physical),
            wide: None,
            zone: None,
            max_definition: u16::try_from(descriptor.max_def_level()).unwrap_or(0),
            max_repetition: u16::try_from(descriptor.max_rep_level()).unwrap_or(0),
            flat: parts.len() == 1 && descriptor.max_rep_level() == 0 && descriptor.max_def_level() <= 1,
            descriptor: descriptor.clone(),
            fault: None,
            is_code: false,
        }
    }

    /// # Errors
    /// Where the column can't be read at all.
    pub fn check(&self) -> Result<()> {
        self.fault.clone().map_or(Ok(()), Err)
    }

    /// The type as the format names it, for people.
    pub fn type_name(&self) -> String {
        let stored = self.stored_name();
        match (&self.zone, self.logical) {
            (_, Logical::Time(TimeKind::Duration, unit)) => format!("DURATION ({unit:?})"),
            (_, Logical::Period(_)) => "PERIOD".to_owned(),
            (Some(zone), _) => format!("{stored} ({zone})"),
            (None, _) => stored,
        }
    }

    fn stored_name(&self) -> String {
        match (self.descriptor.logical_type_ref(), self.descriptor.converted_type()) {
            (_, ConvertedType::NONE) => match self.logical {
                Logical::Time(TimeKind::Instant | TimeKind::Local, unit) => format!("TIMESTAMP ({unit:?})"),
                _ => format!("{}", self.descriptor.physical_type()),
            },
            (_, converted) => converted.to_string(),
        }
    }
}

/// Whether a text is a key, a path, an address or JSON. Scripts that write no spaces are not taken for that.
fn is_code(text: &[u8]) -> bool {
    let front = text.trim_ascii_start();
    let is_json = front.starts_with(b"{") || front.starts_with(b"[");
    let is_word = text.is_ascii() && !text.iter().any(u8::is_ascii_whitespace);
    !front.is_empty() && (is_json || is_word)
}

fn logical(descriptor: &ColumnDescPtr, physical: Physical) -> Logical {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => Unit::Millis,
        TimeUnit::MICROS => Unit::Micros,
        TimeUnit::NANOS => Unit::Nanos,
    };
    let int = |signed, bits| Logical::Int { signed, bits };
    match descriptor.logical_type_ref() {
        Some(LogicalType::Integer(integer)) => {
            return int(integer.is_signed, u8::try_from(integer.bit_width).unwrap_or(64));
        }
        Some(LogicalType::Decimal(decimal)) if let Some(scale) = scale(decimal.scale) => {
            return Logical::Decimal { scale };
        }
        Some(LogicalType::Date) => return date(physical),
        Some(LogicalType::Time(time)) => return Logical::Time(TimeKind::Clock, unit(&time.unit)),
        Some(LogicalType::Timestamp(timestamp)) => {
            let kind = if timestamp.is_adjusted_to_u_t_c { TimeKind::Instant } else { TimeKind::Local };
            return Logical::Time(kind, unit(&timestamp.unit));
        }
        Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) => return Logical::Text,
        Some(LogicalType::Float16) => return Logical::Float16,
        Some(LogicalType::Uuid) => return Logical::Uuid,
        _ => {}
    }
    match descriptor.converted_type() {
        ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Logical::Text,
        ConvertedType::DECIMAL if let Some(scale) = scale(descriptor.type_scale()) => {
            Logical::Decimal { scale }
        }
        ConvertedType::DATE => date(physical),
        ConvertedType::TIME_MILLIS => Logical::Time(TimeKind::Clock, Unit::Millis),
        ConvertedType::TIME_MICROS => Logical::Time(TimeKind::Clock, Unit::Micros),
        ConvertedType::TIMESTAMP_MILLIS => Logical::Time(TimeKind::Instant, Unit::Millis),
        ConvertedType::TIMESTAMP_MICROS => Logical::Time(TimeKind::Instant, Unit::Micros),
        ConvertedType::INTERVAL if physical == Physical::Fixed(12) => Logical::Interval,
        ConvertedType::UINT_8 => int(false, 8),
        ConvertedType::UINT_16 => int(false, 16),
        ConvertedType::UINT_32 => int(false, 32),
        ConvertedType::UINT_64 => int(false, 64),
        ConvertedType::INT_8 => int(true, 8),
        ConvertedType::INT_16 => int(true, 16),
        ConvertedType::INT_32 => int(true, 32),
        ConvertedType::INT_64 => int(true, 64),
        _ => match physical {
            Physical::Bool => Logical::Bool,
            Physical::Int32 => int(true, 32),
            Physical::Int64 => int(true, 64),
            // As its writers have it: of no zone, and to the microsecond.
            Physical::Int96 => Logical::Time(TimeKind::Local, Unit::Micros),
            Physical::Float | Physical::Double => Logical::Float,
            Physical::Bytes | Physical::Fixed(_) => Logical::Binary,
        },
    }
}

/// Takes in what is said of columns beyond what the format can say.
fn note_columns(columns: &mut [ColumnMeta], notes: &BTreeMap<String, Note>) {
    for column in columns.iter_mut().filter(|column| column.flat) {
        match notes.get(&column.root) {
            Some(Note::Duration(unit)) if column.logical == (Logical::Int { signed: true, bits: 64 }) => {
                column.logical = Logical::Time(TimeKind::Duration, *unit);
            }
            Some(Note::Zone(zone)) => column.zone = Some(zone.clone()),
            Some(Note::Period(frequency)) if column.physical == Physical::Int64 => {
                column.logical = Logical::Period(*frequency);
            }
            Some(Note::Wide(signed))
                if column.physical == Physical::Fixed(16) && column.logical == Logical::Binary =>
            {
                column.logical = Logical::Decimal { scale: 0 };
                column.wide = Some(*signed);
            }
            Some(Note::Duration(_) | Note::Period(_) | Note::Wide(_)) | None => {}
        }
    }
}

fn scale(declared: i32) -> Option<u16> {
    u16::try_from(declared).ok().filter(|scale| *scale <= MAX_SCALE)
}

/// Days, where they are stored as such.
fn date(physical: Physical) -> Logical {
    match physical {
        Physical::Int32 => Logical::Time(TimeKind::Date, Unit::Millis),
        _ => Logical::Int { signed: true, bits: 64 },
    }
}

impl Chunk {
    /// Stands for a chunk that can't be read, or has no rows.
    const NOWHERE: Self = Self {
        range: ByteRange { start: 0, end: 0 },
        dictionary: None,
        first_data: 0,
        values: 0,
        uncompressed_bytes: 0,
        codec: Codec::Uncompressed,
        offset_index: None,
    };

    fn check(chunk: &ChunkFields<'_>, footer_start: u64, slack: u64) -> Result<Self> {
        if chunk.is_encrypted {
            return Err(Error::new(ErrorKind::Encrypted, "it is encrypted"));
        }
        if chunk.file_path.is_some_and(|path| !path.is_empty()) {
            return Err(Error::new(ErrorKind::Unsupported, "its pages are in another file"));
        }
        let offset = |what: &str, value: Option<i64>| {
            let value = value.ok_or_else(|| Error::corrupt(format!("its {what} is missing")))?;
            u64::try_from(value).map_err(|_| Error::corrupt(format!("its {what} is {value}")))
        };
        let code = chunk.codec.ok_or_else(|| Error::corrupt("its compression is missing"))?;
        let codec = Codec::from_code(code)?;
        let first_data = offset("first page", chunk.first_data)?;
        // Old writers put 0 where there is no dictionary.
        let dictionary =
            chunk.dictionary.and_then(|at| u64::try_from(at).ok()).filter(|at| (4..first_data).contains(at));
        let start = dictionary.unwrap_or(first_data);
        let len = offset("compressed size", chunk.compressed_bytes)?;
        let end =
            start.checked_add(len).filter(|end| *end <= footer_start && start >= 4).ok_or_else(|| {
                Error::corrupt(format!(
                    "its bytes {start} to {} lie outside the file's data, which ends at {footer_start}",
                    start.saturating_add(len)
                ))
            })?;
        if first_data > end {
            return Err(Error::corrupt(format!(
                "its first page at {first_data} lies behind its end at {end}"
            )));
        }
        let offset_index = match chunk.offset_index {
            (Some(at), Some(len)) => match (u64::try_from(at), u64::try_from(len)) {
                (Ok(at), Ok(len)) if len > 0 && at.saturating_add(len) <= footer_start => {
                    Some(ByteRange::new(at, at + len))
                }
                _ => None,
            },
            _ => None,
        };
        Ok(Self {
            range: ByteRange::new(start, (end + slack).min(footer_start)),
            dictionary,
            first_data,
            values: offset("number of values", chunk.values)?,
            uncompressed_bytes: offset("uncompressed size", chunk.uncompressed_bytes)?,
            codec,
            offset_index,
        })
    }

    /// The same chunk where offsets count from `base`. Its offset index is not taken along: page
    /// maps of further files are learned.
    fn shifted(&self, base: u64) -> Self {
        if self.range.is_empty() {
            return *self;
        }
        Self {
            range: ByteRange::new(self.range.start + base, self.range.end + base),
            dictionary: self.dictionary.map(|at| at + base),
            first_data: self.first_data + base,
            offset_index: None,
            ..*self
        }
    }

    /// Checks an offset index against the chunk: pages in order, inside, beginning with row 0.
    ///
    /// # Errors
    /// Where the index contradicts the chunk.
    pub fn check_index(&self, pages: &[PageLocation], rows: u64) -> Result<()> {
        let mut at = (self.range.start, 0);
        for (number, page) in pages.iter().enumerate() {
            let end = page.offset.saturating_add(u64::from(page.page_bytes));
            let in_order = page.offset >= at.0 && page.first_row >= at.1 && page.first_row < rows.max(1);
            if !in_order || end > self.range.end || (number == 0 && page.first_row != 0) {
                return Err(Error::corrupt(format!("the offset index is wrong about page {number}")));
            }
            at = (end, page.first_row + 1);
        }
        if pages.is_empty() && rows > 0 {
            return Err(Error::corrupt("the offset index is empty"));
        }
        Ok(())
    }
}

/// Tells top-level fields of the same name apart.
fn number_equal_names(root: &Type, descriptor: &SchemaDescriptor, columns: &mut [ColumnMeta]) {
    let names: Vec<&str> = root.get_fields().iter().map(|field| field.name()).collect();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let twice: Vec<bool> = names.iter().map(|name| !taken.insert(name)).collect();
    let mut given: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for (place, name) in names.iter().enumerate().filter(|(place, _)| twice.get(*place) == Some(&true)) {
        let mut numbered = (2u32..).map(|number| format!("{name} ({number})"));
        let Some(own) = numbered.find(|own| !given.contains(own)) else { continue };
        for (leaf, column) in columns.iter_mut().enumerate() {
            if descriptor.get_column_root_idx(leaf) == place {
                column.name = format!("{own}{}", column.name.get(name.len()..).unwrap_or_default());
                column.root.clone_from(&own);
            }
        }
        given.insert(own);
    }
}

/// How many bytes of a chunk may lie behind its end: parquet-mr before 1.2.9 did not count the header of
/// the dictionary page (PARQUET-816), which takes less than a hundred.
fn chunk_slack(created_by: &str) -> u64 {
    let Some(version) = created_by.strip_prefix("parquet-mr version ") else { return 0 };
    let mut parts =
        version.split(|sign: char| !sign.is_ascii_digit()).map_while(|part| part.parse::<u32>().ok());
    let version = (parts.next(), parts.next(), parts.next());
    if version < (Some(1), Some(2), Some(9)) { 100 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::read_footer;
    use crate::base::error::ErrorKind;

    fn check(tail: &[u8], file_bytes: u64, kind: ErrorKind, part: &str) {
        let error = read_footer(tail, file_bytes).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }

    #[test]
    fn what_is_no_parquet_file_is_named() {
        check(b"", 0, ErrorKind::NotParquet, "empty");
        check(b"abc", 3, ErrorKind::NotParquet, "3 bytes");
        check(b"<!doctype html><p>Gone</p>", 26, ErrorKind::NotParquet, "web page");
        check(b"PK\x05\x06aaaaaaaaaaaaaaaaaa", 100, ErrorKind::NotParquet, "ZIP");
        check(b"PAR1 and then nothing of it", 27, ErrorKind::NotParquet, "cut short");
        check(b"aaaa\x04\x00\x00\x00PARE", 12, ErrorKind::Encrypted, "encrypted");
        check(b"aaaa\xff\xff\x00\x00PAR1", 12, ErrorKind::Truncated, "65535");
        check(b"PAR1\xff\xff\xff\x00\x04\x00\x00\x00PAR1", 16, ErrorKind::Corrupt, "footer");
    }

    proptest::proptest! {
        #[test]
        fn no_footer_makes_it_panic(mut bytes: Vec<u8>, len in 0u32..64) {
            bytes.extend_from_slice(&len.to_le_bytes());
            bytes.extend_from_slice(b"PAR1");
            let _ = read_footer(&bytes, bytes.len() as u64);
        }
    }
}
