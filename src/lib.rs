//! Vitrine.
pub mod bytes;
pub mod catalog;
pub mod column;
pub mod error;
pub mod ids;
pub mod parquet;
pub mod protocol;
pub mod spec;
