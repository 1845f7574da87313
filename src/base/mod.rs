//! What every floor uses: byte ranges, ids, errors, numbers, bit sets, times, words.

pub mod base64;
pub mod bits;
pub mod bytes;
pub mod calendar;
pub mod decimal;
pub mod error;
pub mod hash;
pub mod ids;
pub mod iso;
pub mod later;
pub mod moment;
pub mod numbers;
pub mod period;
pub mod slices;
pub mod sorted;
pub mod utf8;
pub mod words;
