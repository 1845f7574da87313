//! Every text that people read, one file for each area of the page, so that a language has one place.

pub mod gallery;
pub mod panels;
