//! What a footer says besides what is needed for reading: schema, statistics, key-value metadata.
//! It stays as bytes and is parsed when it is asked for.

use super::decode::{Values, single};
use super::footer::{ChunkFields, Footer, Group};
use super::header::Encoding;
use super::meta::ColumnMeta;
use crate::base::error::Result;
use parquet::basic::{ConvertedType, Repetition};
use parquet::schema::types::Type;

/// The most fields of a schema that are reported.
const MAX_FIELDS: usize = 2_000;

/// The longest text of key-value metadata that is reported: Arrow's own schema has some kilobytes.
const MAX_PAIR_CHARS: usize = 20_000;

/// The most key-value pairs that are reported.
const MAX_PAIRS: usize = 200;

/// A footer, read.
#[derive(Debug)]
pub struct Story<'a> {
    footer: Footer<'a>,
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

impl<'a> Story<'a> {
    /// Reads a footer that was read before.
    ///
    /// # Errors
    /// Where it can't be read; then the first reading would have failed.
    pub fn read(footer: &'a [u8]) -> Result<Self> {
        Footer::read(footer).map(|footer| Self { footer })
    }

    /// Who wrote the file, as it says itself.
    pub fn created_by(&self) -> Option<String> {
        self.footer.created_by.clone()
    }

    /// Version of the format that the file names.
    pub fn version(&self) -> i32 {
        self.footer.version
    }

    /// Key-value metadata, long texts cut.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let text = |text: &str| match text.char_indices().nth(MAX_PAIR_CHARS) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        };
        let pairs = self.footer.pairs.iter().take(MAX_PAIRS);
        pairs.map(|(key, value)| (text(key), value.as_deref().map_or_else(String::new, text))).collect()
    }

    /// The schema, from the top down.
    pub fn schema(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        for field in self.footer.tree.root.get_fields() {
            walk(field, 0, &mut fields);
        }
        fields
    }

    /// What is said of the chunks of a row group.
    pub fn chunks(&self, group: usize, columns: &[ColumnMeta]) -> Vec<ChunkFacts> {
        let group: Option<Group<'_>> = self.footer.groups().nth(group).and_then(Result::ok);
        let chunks = group.map(|group| group.chunks).unwrap_or_default();
        chunks.iter().zip(columns).map(|(chunk, column)| facts(chunk, column)).collect()
    }
}

fn facts(chunk: &ChunkFields<'_>, column: &ColumnMeta) -> ChunkFacts {
    let statistics = &chunk.statistics;
    let value = |bytes: Option<&[u8]>| single(column, bytes?);
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    let has = [
        (chunk.dictionary.is_some(), "dictionary"),
        (chunk.offset_index.0.is_some(), "offset index"),
        (chunk.has_column_index, "column index"),
        (chunk.has_bloom_filter, "bloom filter"),
    ];
    ChunkFacts {
        encodings: (0..i64::from(u64::BITS))
            .filter(|code| chunk.encodings >> code & 1 == 1)
            .map(|code| {
                Encoding::from_code(code).map_or_else(|_| format!("{code}"), |known| known.name().to_owned())
            })
            .collect(),
        nulls: count(statistics.nulls),
        distinct: count(statistics.distinct),
        range: value(statistics.least).zip(value(statistics.most)),
        has: has.into_iter().filter(|(there, _)| *there).map(|(_, name)| name).collect(),
    }
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
