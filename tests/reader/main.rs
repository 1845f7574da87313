//! The engine against whole files: what it reads, and what it makes of it.
//!
//! Files are generated, served from memory, and every request is counted. Values are compared with
//! what the `parquet` crate's arrow reader gives for the same file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod asks;
mod bad_files;
mod beside;
mod budgets;
mod chance;
mod chance_table;
mod damaged;
mod damaged_lists;
mod differences;
mod digits;
mod duckdb;
mod exact;
mod exports;
mod files;
mod foretold;
mod groups;
mod images;
mod index_exact;
mod index_made;
mod index_texts;
mod indexed;
mod joins;
mod labels;
mod layouts;
mod likes;
mod liveness;
mod measured;
mod odd_files;
mod outcome;
mod pandas;
mod pins;
mod plot;
mod preference;
mod program;
mod scattered;
mod scripts;
mod server;
mod several;
mod several_texts;
mod shows;
mod strangers;
mod variants;
