//! Every text that people read, one file for each area of the page, so that a language has one place.

pub mod added;
pub mod charts;
pub mod common;
pub mod compare;
pub mod detail;
pub mod differences;
pub mod export;
pub mod gallery;
pub mod groups;
pub mod images;
pub mod import;
pub mod keys;
pub mod labels;
pub mod like;
pub mod metadata;
pub mod notices;
pub mod outcome;
pub mod pairs;
pub mod panels;
pub mod pin;
pub mod plot;
pub mod requests;
pub mod search;
pub mod settings;
pub mod start;
pub mod table;
