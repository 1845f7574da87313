//! Vitrine.
pub mod bytes;
pub mod catalog;
pub mod column;
pub mod crossfilter;
pub mod error;
pub mod filter;
pub mod hub;
pub mod ids;
pub mod parquet;
pub mod protocol;
pub mod select;
pub mod spec;
pub mod url;
