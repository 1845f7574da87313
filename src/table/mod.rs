//! The data in memory: columns, filters, searches, orders, counts.

pub mod column;
pub mod crossfilter;
pub mod filter;
pub mod order;
pub mod phrases;
pub mod repeats;
pub mod search;
pub mod select;
pub mod subset;
pub mod text;
