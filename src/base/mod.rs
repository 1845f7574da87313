//! What every floor uses: byte ranges, ids, errors, numbers, bit sets, the calendar.

pub mod bits;
pub mod bytes;
pub mod calendar;
pub mod error;
pub mod ids;
pub mod numbers;
pub mod sorted;
