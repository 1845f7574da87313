//! Vitrine.
pub mod bytes;
pub mod catalog;
pub mod error;
pub mod hub;
pub mod ids;
pub mod protocol;
pub mod spec;
pub mod url;
