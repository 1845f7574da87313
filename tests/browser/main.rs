//! Drives the built app in Chromium, against a stand-in Hub.
//!
//! `cargo xtask test --only browser` builds the app and sets the variables that say where everything
//! is. Read [`stage`] first: each test gets a Hub and a server of the app of its own, and a tab of a browser.
//! [`page`] finds things as people do, by role, name and `data-column`; [`sample`] knows what the
//! page has to show, because it reads the same file without any of the app's code.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking, reads the clock, and tells what it saw"
)]

mod driver;
mod page;
mod plot;
mod report;
mod sample;
mod stage;

// What is tested, in the order of a visit.
mod asks;
mod axe;
mod barriers;
mod chaos;
mod code;
mod denied;
mod details;
mod elsewhere;
mod explore;
mod exports;
mod failures;
mod files;
mod firefox;
mod gallery;
mod gated;
mod groups;
mod hands;
mod hosted;
mod image_faults;
mod images;
mod indexed;
mod inputs;
mod joins;
mod kept;
mod keys;
mod labels;
mod later;
mod links;
mod matrix;
mod measured;
mod metadata;
mod odd;
mod offline;
mod outcome;
mod pins;
mod ratings;
mod repository;
mod search;
mod start;
mod tall;

// What it costs.
mod http2;
mod image_costs;
mod measure;
mod measure_ahead;
mod measure_asks;
mod openings;
mod openings_told;
mod peers;
mod phone;
mod preference;
mod soak;
