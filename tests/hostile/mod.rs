//! What strangers can hand us, as functions of bytes: each must answer or refuse, within bounds.
//!
//! `fuzz/` looks for bytes that break them, `tests/replay.rs` runs them on the bytes kept under
//! `seeds/`: examples of each format, and whatever once broke something.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod addresses;
mod archives;
mod columns;
mod file;
mod indexes;
mod queries;

pub use addresses::{hub, link, times};
pub use archives::{archive, picture};
pub use columns::{footer, header, page, walk};
pub use file::file;
pub use indexes::{decoder, index};
pub use queries::query;

/// A target by name.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
#[allow(dead_code, reason = "each fuzz target names its own")]
pub const TARGETS: &[Target] = &[
    ("footer", footer),
    ("header", header),
    ("walk", walk),
    ("page", page),
    ("file", file),
    ("archive", archive),
    ("picture", picture),
    ("link", link),
    ("times", times),
    ("query", query),
    ("index", index),
    ("decoder", decoder),
    ("hub", hub),
];
