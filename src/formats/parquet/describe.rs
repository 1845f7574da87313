//! What a footer says besides what is needed for reading: schema, statistics, key-value metadata.
//! It stays as bytes and is parsed when it is asked for.

use super::decode::{Values, single};
use super::meta::ColumnMeta;
use crate::base::error::{Error, Result};
use parquet::basic::{ConvertedType, Repetition};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::schema::types::Type;

/// The most fields of a schema that are reported.
const MAX_FIELDS: usize = 2_000;

/// The longest text of key-value metadata that is reported: Arrow's own schema has some kilobytes.
const MAX_PAIR_CHARS: usize = 20_000;

/// The most key-value pairs that are reported.
const MAX_PAIRS: usize = 200;

/// A footer, read.
#[derive(Debug)]
pub struct Story {
    meta: ParquetMetaData,
}

/// A field of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// How many fields it is within.
    pub depth: u32,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// How often it is there.
    pub repetition: &'static str,
}

/// What a footer says of a column chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChunkFacts {
    /// How its pages are written.
    pub encodings: Vec<String>,
    /// Nulls.
    pub nulls: Option<u64>,
    /// Different values.
    pub distinct: Option<u64>,
    /// The smallest and the largest value, one in each.
    pub range: Option<(Values, Values)>,
    /// Whether there is a dictionary, an offset index, a column index, a bloom filter.
    pub has: Vec<&'static str>,
}

impl Story {
    /// Reads a footer that was read before.
    ///
    /// # Errors
    /// Where it can't be read; then the first reading would have failed.
    pub fn read(footer: &[u8]) -> Result<Self> {
        ParquetMetaDataReader::decode_metadata(footer)
            .map(|meta| Self { meta })
            .map_err(|error| Error::corrupt(format!("the footer can't be read ({error})")))
    }

    /// Who wrote the file, as it says itself.
    pub fn created_by(&self) -> Option<String> {
        self.meta.file_metadata().created_by().map(str::to_owned)
    }

    /// Version of the format that the file names.
    pub fn version(&self) -> i32 {
        self.meta.file_metadata().version()
    }

    /// Key-value metadata, long texts cut.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let pairs = self.meta.file_metadata().key_value_metadata().map(Vec::as_slice).unwrap_or_default();
        let text = |text: &str| match text.char_indices().nth(MAX_PAIR_CHARS) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        };
        pairs
            .iter()
            .take(MAX_PAIRS)
            .map(|pair| (text(&pair.key), pair.value.as_deref().map_or_else(String::new, text)))
            .collect()
    }

    /// The schema, from the top down.
    pub fn schema(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        for field in self.meta.file_metadata().schema().get_fields() {
            walk(field, 0, &mut fields);
        }
        fields
    }

    /// What is said of a column's chunk.
    pub fn chunk(&self, group: usize, leaf: usize, column: &ColumnMeta) -> Option<ChunkFacts> {
        let chunk = self.meta.row_groups().get(group)?.columns().get(leaf)?;
        let statistics = chunk.statistics();
        let range = statistics.and_then(|statistics| {
            let value = |bytes: Option<&[u8]>| single(column, bytes?);
            Some((value(statistics.min_bytes_opt())?, value(statistics.max_bytes_opt())?))
        });
        Some(ChunkFacts {
            encodings: chunk.encodings().map(|encoding| encoding.to_string()).collect(),
            nulls: statistics.and_then(|statistics| statistics.null_count_opt()),
            distinct: statistics.and_then(|statistics| statistics.distinct_count_opt()),
            range,
            has: has(chunk),
        })
    }
}

fn has(chunk: &ColumnChunkMetaData) -> Vec<&'static str> {
    let all = [
        (chunk.dictionary_page_offset().is_some(), "dictionary"),
        (chunk.offset_index_offset().is_some(), "offset index"),
        (chunk.column_index_offset().is_some(), "column index"),
        (chunk.bloom_filter_offset().is_some(), "bloom filter"),
    ];
    all.into_iter().filter(|(there, _)| *there).map(|(_, name)| name).collect()
}

fn walk(field: &Type, depth: u32, fields: &mut Vec<Field>) {
    if fields.len() >= MAX_FIELDS {
        return;
    }
    let info = field.get_basic_info();
    let repetition = match info.has_repetition().then(|| info.repetition()) {
        Some(Repetition::OPTIONAL) => "optional",
        Some(Repetition::REPEATED) => "repeated",
        Some(Repetition::REQUIRED) | None => "required",
    };
    let converted = info.converted_type();
    let meaning = match (info.logical_type_ref(), converted) {
        (_, ConvertedType::NONE) => info.logical_type_ref().map(|logical| format!("{logical:?}")),
        (_, converted) => Some(converted.to_string()),
    };
    let kind = match (field.is_primitive(), meaning) {
        (true, Some(meaning)) => format!("{} ({meaning})", field.get_physical_type()),
        (true, None) => field.get_physical_type().to_string(),
        (false, Some(meaning)) => meaning,
        (false, None) => "structure".to_owned(),
    };
    fields.push(Field { depth, name: field.name().to_owned(), kind, repetition });
    if field.is_group() {
        for inner in field.get_fields() {
            walk(inner, depth + 1, fields);
        }
    }
}
