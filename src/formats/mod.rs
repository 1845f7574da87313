//! What bytes mean and which ones are needed. Sans-IO: nothing here reads, everything is handed its bytes.

pub mod cache;
pub mod hub;
pub mod maps;
pub mod parquet;
pub mod picture;
mod sniff;
pub mod zip;
