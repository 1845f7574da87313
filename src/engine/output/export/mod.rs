//! Rows as files: CSV, JSON Lines, Parquet and Arrow, exactly as they are in the file that is read.
//!
//! The engine finds the pages of the rows and hands them over as [`task`]s; an [`encoder`] answers with
//! bytes of the new file. What crosses is plain data, so that the encoder can be a module of its own, which
//! only an export fetches: but for [`task`], nothing here is called by what the data thread is linked from.
//!
//! Reading order: [`task`], [`encoder`], `pages`, `roots`, `told` and `exact` (from pages to Arrow arrays), `writer` with
//! `json`, `csv` and `value` (from arrays to bytes), `metadata`.

mod cells;
mod csv;
pub mod encoder;
mod exact;
mod json;
mod metadata;
mod pages;
mod roots;
pub mod task;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod told;
mod value;
mod variant;
mod writer;
