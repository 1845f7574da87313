//! The engine against whole files: what it reads, and what it makes of it.
//!
//! Files are generated, served from memory, and every request is counted. Values are compared with
//! what the `parquet` crate's arrow reader gives for the same file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod asks;
mod bad_files;
mod budgets;
mod chance;
mod chance_table;
mod duckdb;
mod exact;
mod exports;
mod foretold;
mod images;
mod layouts;
mod liveness;
mod odd_files;
mod scattered;
mod scripts;
mod server;
mod several;
mod shows;
