//! What crosses between the engine and the encoder: tasks one way, bytes of the file the other.
//!
//! Plain data, so that the engine and the data thread can be linked without what encodes.

use crate::base::moment::{TimeKind, Unit};
use crate::formats::parquet::codec::Codec;
use crate::protocol::export::Format;
use serde::{Deserialize, Serialize};

/// Something for the encoder to do. Each is answered with bytes of the file, often none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// A file begins.
    Begin(Begin),
    /// From now on pages are those of another row group.
    Group(Group),
    /// The next rows of the row group.
    Rows(Rows),
    /// Rows that were kept are written in this order, by their places among them.
    InOrder(#[serde(with = "packed")] Vec<u32>),
    /// A file begins whose rows are not those of the file that is read.
    Table(Table),
    /// Its next rows, by column.
    Cells(Vec<Cells>),
    /// What its readers are told beside the rows, where its format can.
    Tell(Vec<(String, String)>),
    /// The file ends.
    Finish,
}

/// A file whose rows the engine hands over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// How rows are written; none for one JSON list.
    pub format: Option<Format>,
    /// Names of the columns, and what each holds.
    pub columns: Vec<(String, Holds)>,
    /// Rows of a row group, where not the usual number of them.
    pub group_rows: Option<u32>,
}

/// What a column holds whose values the engine hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holds {
    /// Texts.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// True or false.
    Flag,
    /// Files.
    Bytes,
    /// Times.
    Time,
    /// Lists of texts.
    Texts,
    /// Lists of whole numbers.
    Wholes,
    /// Whole numbers of 64 bits, none of them negative.
    Unsigned,
    /// Numbers of four bytes.
    Single,
    /// Times in a unit of their own.
    Moments(TimeKind, Unit),
}

/// Values that the engine hands over, none where a row has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cells {
    /// Of [`Holds::Text`].
    Text(Vec<Option<String>>),
    /// Of [`Holds::Whole`].
    Whole(Vec<Option<i64>>),
    /// Of [`Holds::Number`].
    Number(Vec<Option<f64>>),
    /// Of [`Holds::Flag`].
    Flag(Vec<Option<bool>>),
    /// Of [`Holds::Bytes`].
    Bytes(Vec<serde_bytes::ByteBuf>),
    /// Of [`Holds::Time`], in milliseconds since 1970.
    Time(Vec<Option<i64>>),
    /// Of [`Holds::Texts`].
    Texts(Vec<Vec<String>>),
    /// Of [`Holds::Wholes`].
    Wholes(Vec<Vec<i64>>),
    /// Of [`Holds::Whole`], where they may have more digits than doubles tell apart.
    Long(#[serde(with = "bits")] Vec<Option<u64>>),
    /// Of [`Holds::Unsigned`].
    Unsigned(#[serde(with = "bits")] Vec<Option<u64>>),
    /// Of [`Holds::Single`].
    Single(Vec<Option<f32>>),
    /// Of [`Holds::Moments`]: what they are, and how many of the unit.
    Moments(TimeKind, Unit, #[serde(with = "bits")] Vec<Option<u64>>),
}

/// The beginning of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// How rows are written.
    pub format: Format,
    /// The footer of the file that is read.
    #[serde(with = "serde_bytes")]
    pub footer: Vec<u8>,
    /// Size of that file.
    pub file_bytes: u64,
    /// The columns that are written, in order.
    pub columns: Vec<Column>,
    /// Top-level fields with times of 96 bits, by their numbers, that lie further away than a count of nanoseconds
    /// reaches: they are written to the microsecond.
    pub far: Vec<u32>,
    /// What becomes of an index that is in no column.
    pub range: RangeIndex,
}

/// What becomes of an index of whole numbers that the file keeps in its metadata alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RangeIndex {
    /// It counted other rows than these.
    #[default]
    Dropped,
    /// All rows are written, in their order.
    Kept,
    /// The last column holds what it was for each row.
    LastColumn,
}

/// A column of the file that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Column {
    /// A top-level field of the schema, by its number.
    Root(u32),
    /// A column that is not in the file: its values are handed over with the rows.
    Derived(String, Holds),
}

/// A row group, and which of its rows are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its rows.
    pub rows: u64,
    /// How many rows are passed over, and how many behind them are taken; again and again.
    #[serde(with = "packed")]
    pub runs: Vec<u32>,
    /// Rows that each [`Task::Rows`] is about; the last one of a row group may be about fewer.
    pub batch_rows: u32,
    /// How the pages of each leaf are compressed, by the leaf's number.
    pub codecs: Vec<(u32, Codec)>,
    /// Whether rows are kept, to be written in another order.
    pub keep: bool,
}

/// What the next rows need that is not with the encoder yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// How many they are.
    pub rows: u32,
    /// Pages, for each leaf in the order of the file.
    pub pages: Vec<LeafPage>,
    /// The values of each [`Column::Derived`], in order.
    pub derived: Vec<Cells>,
}

/// A page of a leaf column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafPage {
    /// The number of the leaf.
    pub leaf: u32,
    /// Its first row in the row group, and how many rows it has, where that is known. Of repeated columns
    /// all pages come, of others those with rows that are written.
    pub rows: Option<(u64, u64)>,
    /// Header and body, as they are in the file; nothing where they can't be read, and the rows have no value.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// Of a repeated column, how many rows begin where a page can't be read; the rows of which something is lost, which
    /// may be one more, are `rows`.
    pub gap_rows: Option<u64>,
}

/// Why a file can't be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The columns that are to blame, by their places among [`Begin::columns`].
    pub columns: Vec<u32>,
    /// Why, in a sentence without its full stop.
    pub message: String,
}

/// Numbers of 64 bits, none where a row has none, as bytes: JavaScript's own numbers are not exact.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Packed {
        #[serde(with = "serde_bytes")]
        valid: Vec<u8>,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    }

    pub fn serialize<S: Serializer>(numbers: &[Option<u64>], serializer: S) -> Result<S::Ok, S::Error> {
        let valid = numbers.iter().map(|number| u8::from(number.is_some())).collect();
        let bytes = numbers.iter().flat_map(|number| number.unwrap_or_default().to_le_bytes()).collect();
        Packed { valid, bytes }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<u64>>, D::Error> {
        let Packed { valid, bytes } = Packed::deserialize(deserializer)?;
        let (numbers, _) = bytes.as_chunks::<8>();
        let all = numbers.iter().zip(&valid);
        Ok(all.map(|(number, valid)| (*valid != 0).then(|| u64::from_le_bytes(*number))).collect())
    }
}

/// Numbers as bytes: many of them cross at once, and one by one they would take long.
mod packed {
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(numbers: &[u32], serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        serde_bytes::serialize(&bytes, serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
        let bytes: Vec<u8> = serde_bytes::deserialize(deserializer)?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
    }
}
