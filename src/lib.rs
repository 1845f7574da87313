//! Vitrine: an in-browser explorer for text-to-image prompt datasets.
//!
//! # Codemap
//! Modules stand on five floors and import downwards only; a test proves it.
//!
//! - Words: [`bytes`] (ranges, amounts), [`ids`], [`error`], [`numbers`] (from text), [`sorted`].
//! - Formats, sans-IO: [`parquet`] (footer, page maps, plans, decoding), [`hub`] (addresses,
//!   listings, what an answer means), [`zip`] (directory and members of an archive), [`picture`]
//!   (what an image's bytes say), [`blocks`] (what of a file is kept between visits), [`maps`] (what was
//!   found out ahead of time). They say which bytes they need and are handed them.
//! - Model: [`spec`] (what a link holds), [`choice`] (what choosing a value does to it),
//!   [`catalog`] (what is known beforehand), [`roles`] (which column is what), [`column`] and
//!   [`text`] (the store), [`query`] and [`search`] (prompts), [`filter`], [`crossfilter`] (masks,
//!   bins, the brush cube), [`subset`], [`select`] (the n-th match), [`order`] (sorting), [`repeats`]
//!   and [`phrases`] (what prompts share), [`bits`] (sets), [`viewport`], [`justify`] and [`chart`]
//!   (geometry of table, gallery and charts), [`words`] (values for people), [`markdown`] (the documents that the app shows).
//! - Contract: [`engine`] (the worker's logic: events in, effects out), [`protocol`] (what crosses
//!   between page and worker), [`export`] (rows as files), [`figure`] (charts as drawings), [`script`] (a view as a program for other
//!   tools), [`url`] (links), [`host`] (what the app's host adds), [`wire`] (a link as a request), [`usual`] (what is shown before anyone chooses).
//! - Shells, the only code that touches the browser: `net` (ranges over fetch), `cache` (what is
//!   kept on this device), `decode` (images), `save` (files that are written), `ui` (the page), and
//!   the two binaries.
//!
//! # What never happens here
//! The core never fetches, reads a clock or touches the DOM. The page's thread never decodes. No
//! input from outside is indexed or unwrapped unchecked. No text of a file is ever markup.

pub mod bits;
pub mod blocks;
pub mod bytes;
#[cfg(target_arch = "wasm32")]
pub mod cache;
pub mod catalog;
pub mod chart;
pub mod choice;
pub mod column;
pub mod crossfilter;
#[cfg(target_arch = "wasm32")]
pub mod decode;
pub mod engine;
pub mod error;
pub mod export;
pub mod figure;
pub mod filter;
pub mod host;
pub mod hub;
pub mod ids;
pub mod justify;
pub mod maps;
pub mod markdown;
#[cfg(target_arch = "wasm32")]
pub mod net;
pub mod numbers;
pub mod order;
pub mod parquet;
pub mod phrases;
pub mod picture;
pub mod protocol;
pub mod query;
pub mod repeats;
pub mod roles;
#[cfg(target_arch = "wasm32")]
pub mod save;
pub mod script;
pub mod search;
pub mod select;
pub mod sorted;
pub mod spec;
pub mod subset;
pub mod text;
#[cfg(target_arch = "wasm32")]
pub mod ui;
pub mod url;
pub mod usual;
pub mod viewport;
pub mod wire;
pub mod words;
pub mod zip;
