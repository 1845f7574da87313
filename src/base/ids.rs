//! Identifiers that must not be mixed up.

use serde::{Deserialize, Serialize};

/// A fetch in flight. Never reused while the data thread lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FetchId(pub u32);

/// Which state of the filters an answer belongs to. The page counts it up with every change,
/// and an answer that carries an older number is stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u32);

impl Generation {
    /// The one after it.
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// A file that ranges are read of: the table, or an archive of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

impl SourceId {
    /// The open table.
    pub const TABLE: Self = Self(0);

    /// Before the number of the table's second file.
    const FIRST: u32 = 1 << 24;

    /// The n-th file of the open table, from 0. Archives of images are counted from 1, and there
    /// are never so many that the two ranges overlap.
    pub const fn part(number: u32) -> Self {
        if number == 0 { Self::TABLE } else { Self(Self::FIRST + number) }
    }

    /// The first file that the open table is made of, where that is no Parquet.
    pub const ORIGINAL: Self = Self(Self::FIRST);

    /// The n-th of the files that it is made of, from 0.
    pub const fn original(number: u32) -> Self {
        if number == 0 { Self::ORIGINAL } else { Self::part(number) }
    }

    /// Before the number of the first file of an index.
    const INDEX: u32 = 1 << 28;

    /// The n-th file of the index of the open table's texts, from 0.
    pub const fn index(number: u32) -> Self {
        Self(Self::INDEX + number)
    }

    /// Whether it is a file of the open table.
    pub const fn is_of_table(self) -> bool {
        self.0 == 0 || (self.0 >= Self::FIRST && self.0 < Self::INDEX)
    }
}

/// An image that is being decoded. Never reused while the data thread lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecodeId(pub u32);
