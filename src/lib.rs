//! Vitrine.
pub mod bytes;
pub mod catalog;
pub mod chart;
pub mod error;
pub mod ids;
pub mod protocol;
pub mod spec;
#[cfg(target_arch = "wasm32")]
pub mod ui;
pub mod viewport;
pub mod words;
