//! Vitrine.
pub mod bytes;
pub mod catalog;
pub mod error;
pub mod ids;
pub mod protocol;
pub mod spec;
