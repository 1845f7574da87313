//! What bytes mean and which ones are needed. Sans-IO: nothing here reads, everything is handed its bytes.

pub mod cache;
pub mod hub;
pub mod maps;
pub mod parquet;
pub mod picture;
pub mod sniff;
pub mod tabular;
pub mod text_index;
pub mod zip;
pub mod zstd;
