//! What a page's header says of its values: nulls, the smallest and the largest.
//!
//! Source: `Statistics` in Apache Parquet's `parquet.thrift`. Only short values are stored: those of texts may be
//! as long as a page.

use super::decode::{Values, single};
use super::meta::ColumnMeta;
use super::thrift::{FieldType, Thrift};
use crate::base::error::Result;

/// The longest value that is stored.
pub const MAX_VALUE_BYTES: usize = 8;

/// What is said of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageStats {
    /// Nulls.
    pub nulls: Option<u32>,
    /// The smallest and the largest value.
    pub range: Option<(Short, Short)>,
}

/// A value as a plain page writes it, without a length in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Short {
    bytes: [u8; MAX_VALUE_BYTES],
    len: u8,
}

impl Short {
    /// A value of these bytes; none where there are too many.
    pub fn new(value: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_VALUE_BYTES];
        bytes.get_mut(..value.len())?.copy_from_slice(value);
        Some(Self { bytes, len: value.len() as u8 })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl PageStats {
    /// The ends of the range as values of a column.
    pub fn values(&self, column: &ColumnMeta) -> Option<(Values, Values)> {
        let (low, high) = self.range?;
        Some((single(column, low.bytes())?, single(column, high.bytes())?))
    }

    /// Reads the structure that comes next.
    pub(super) fn read(thrift: &mut Thrift<'_>) -> Result<Self> {
        let (mut nulls, mut low, mut high) = (None, None, None);
        let mut last = 0;
        while let Some((number, kind)) = thrift.field(last)? {
            match (number, kind) {
                (3, FieldType::Int) => nulls = u32::try_from(thrift.int()?).ok(),
                (5, FieldType::Binary) => high = Short::new(thrift.binary()?),
                (6, FieldType::Binary) => low = Short::new(thrift.binary()?),
                // The first two are the old ends, of which nobody knows the order.
                _ => thrift.skip(kind)?,
            }
            last = number;
        }
        Ok(Self { nulls, range: low.zip(high) })
    }
}
