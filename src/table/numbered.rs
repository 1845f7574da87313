//! Rows numbered by the value of a column: rows of one value have one number.

use crate::table::column::{Column, Plain, Store};
use rustc_hash::FxHashMap;

/// The number of a row without a value.
pub const NONE: u32 = u32::MAX;

/// A number for each row that is read. Numbers are below the count of different values, in no order.
pub fn numbered(column: &Column) -> Vec<u32> {
    match column.store() {
        Store::Codes8(codes, _) => {
            codes.iter().map(|code| if *code == u8::MAX { NONE } else { u32::from(*code) }).collect()
        }
        Store::Codes16(codes, _) => {
            codes.iter().map(|code| if *code == u16::MAX { NONE } else { u32::from(*code) }).collect()
        }
        Store::Text(texts) => texts.codes().to_vec(),
        Store::Plain(values, known) => {
            let bits: Vec<u64> = match values {
                Plain::UInt32(values) => values.iter().map(|value| u64::from(*value)).collect(),
                Plain::Int64(values) => values.iter().map(|value| value.cast_unsigned()).collect(),
                Plain::Float32(values) => values.iter().map(|value| u64::from(value.to_bits())).collect(),
                Plain::Float64(values) => values.iter().map(|value| value.to_bits()).collect(),
            };
            let is_known = |row: usize| known.as_ref().is_none_or(|known| known.get(row) == Some(&true));
            let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
            let mut number = |bits: u64| {
                let next = numbers.len() as u32;
                *numbers.entry(bits).or_insert(next)
            };
            let row = |(row, bits): (usize, u64)| if is_known(row) { number(bits) } else { NONE };
            bits.into_iter().enumerate().map(row).collect()
        }
    }
}
