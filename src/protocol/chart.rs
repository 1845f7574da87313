//! Counts of charts, and what they count.

use crate::base::ids::Generation;
use crate::table::crossfilter::Shape;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Counts, one a bin; a `Uint8Array` on the wire, four bytes a count, least byte first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub Vec<u32>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(self.0.len() * 4);
        for count in &self.0 {
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        let (counts, _) = bytes.as_chunks::<4>();
        Ok(Self(counts.iter().map(|count| u32::from_le_bytes(*count)).collect()))
    }
}

/// A chart: the whole table's counts, and those of the rows that pass every clause but its own. Where rows are pinned:
/// their counts, and those of the rows that match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The column's name.
    pub column: String,
    /// Which filters `here` belongs to.
    pub generation: Generation,
    /// Whether `all` and `null_all` are of the pinned rows, and not of all.
    pub pinned: bool,
    /// How the values are put into bins.
    pub shape: Shape,
    /// Rows of each bin in the whole table, as far as read.
    pub all: Counts,
    /// Rows of each bin that pass every clause but this column's.
    pub here: Counts,
    /// Rows without a value in the whole table.
    pub null_all: u32,
    /// Rows without a value that pass every clause but this column's.
    pub null_here: u32,
    /// Rows that the chart rests on; less than the table's while columns are being read.
    pub rows_read: u32,
    /// Rows that were read and can't be: they are in no bin.
    pub unreadable: u32,
    /// Whether it rests on all rows.
    pub complete: bool,
}

/// How many rows match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Which filters this belongs to.
    pub generation: Generation,
    /// Rows that match, among those read.
    pub matching: u64,
    /// Rows that the search alone matches, where that is known before any of them is: exact, whatever is read.
    pub searched: Option<u64>,
    /// Rows of which it is known whether they match.
    pub rows_read: u64,
    /// Rows in the table.
    pub rows: u64,
    /// Different prompts among the matching rows; none while the prompts are not read whole.
    pub distinct: Option<u64>,
    /// Where nothing matches, the clauses without which something would, and how many rows then:
    /// those that exclude most first.
    pub without: Vec<(ClauseRef, u64)>,
    /// Rows that are pinned, among those read; none where nothing is pinned.
    pub pinned: Option<u64>,
    /// Rows that are pinned and match.
    pub both: u64,
    /// Rows of which it is known whether they are pinned.
    pub pinned_read: u64,
    /// What is asked of the pinned rows and can't be applied.
    pub pinned_without: Vec<ClauseRef>,
}

/// What can be dropped so that more rows match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClauseRef {
    /// The clause on this column.
    Column(String),
    /// The query.
    Query,
    /// The subset.
    Subset,
}

/// What became of the query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryState {
    /// The query, as it was asked.
    pub query: String,
    /// What is wrong with it: from and to in bytes, and a sentence. The query before it still holds.
    pub problem: Option<(u32, u32, String)>,
}

/// All that a drag on one chart needs: for every other chart the counts of rows before each bin
/// of the dragged one. The rows of bins `i..j` are row `j` less row `i`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cube {
    /// The dragged chart's column.
    pub column: String,
    /// Which filters this belongs to; the dragged column's own clause is left out.
    pub generation: Generation,
    /// Number of bins of the dragged chart.
    pub bins: u32,
    /// Matching rows before each bin, and in all: `bins + 1` counts.
    pub total: Counts,
    /// The other charts.
    pub others: Vec<CubeSide>,
}

/// One passive chart of a [`Cube`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CubeSide {
    /// The chart's column.
    pub column: String,
    /// Number of its bins, the bin for nulls included, which is the last.
    pub bins: u32,
    /// `(active bins + 1) x bins` counts, the active bin outermost.
    pub before: Counts,
}
