//! Parquet, sans-IO: which bytes are needed, and what the bytes say.
//!
//! Reading order: [`meta`] (what the footer says), [`header`] (page headers and the offset index),
//! [`map`] (which page holds which rows, as far as known), [`walk`] (finding pages nobody has
//! listed), [`plan`] (ranges to requests), [`codec`] and [`decode`] (from a page's bytes to
//! values), [`front`] (the first rows of a page whose rest is not here), [`nested`] (lists and structures). Nothing here fetches: the same code runs on a file in a native test.
//!
//! Source of the format: <https://parquet.apache.org/docs/file-format/>.

pub mod arrow_schema;
pub mod codec;
pub mod decode;
mod delta;
pub mod describe;
mod element;
pub mod features;
mod footer;
pub mod front;
pub mod header;
mod json;
pub mod levels;
pub mod losses;
pub mod map;
pub mod meta;
pub mod nested;
pub mod pandas;
pub mod plan;
pub mod rle;
pub mod shape;
pub mod stats;
mod thrift;
pub mod variant;
pub mod variant_form;
mod variant_rows;
pub mod walk;
