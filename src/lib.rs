//! Vitrine: an in-browser explorer for text-to-image prompt datasets.
//!
//! # Codemap
//! Each folder is a floor; a floor imports itself and those below it, and a test proves it.
//!
//! - [`base`]: words that every floor uses: ranges of bytes, ids, errors, numbers, bit sets.
//! - [`formats`]: what bytes mean, sans-IO: Parquet, ZIP, images, the Hub's addresses and answers, the
//!   parts that are cached, the sidecar files. They say which bytes they need and are handed them.
//! - [`view`]: what a link holds ([`view::spec`], [`view::url`]), the query language, the catalogue,
//!   roles of columns, and the geometry of table, gallery and charts.
//! - [`table`]: the data in memory: columns, filters, search, sorting, counts, phrases.
//! - [`protocol`]: what crosses between page and data thread, and how values are written for people.
//! - [`engine`]: the data thread's logic: events in, effects out; [`engine::output`] writes rows,
//!   drawings and scripts.
//! - `shell`: the data thread's way to the browser: fetch, cache, image decoding, files.
//! - `ui`: the page.
//!
//! # What never happens here
//! The core never fetches, reads a clock or touches the DOM. The page's thread never decodes. No
//! input from outside is indexed or unwrapped unchecked. No text of a file is ever markup.

pub mod base;
pub mod engine;
pub mod formats;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod shell;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod ui;
pub mod view;
