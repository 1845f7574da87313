//! Words that every floor uses: ranges of bytes, ids, errors, numbers, sets of bits.

pub mod bits;
pub mod bytes;
pub mod calendar;
pub mod error;
pub mod ids;
pub mod numbers;
pub mod sorted;
