//! Which of the rows that someone has chosen are in the result.

use crate::base::ids::Generation;
use serde::{Deserialize, Serialize};

/// The most rows that are asked about at a time, and so the most that can be chosen.
pub const MAX_ROWS: usize = super::export::MAX_IMAGES;

/// Rows that are not in the result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The filters that it belongs to.
    pub generation: Generation,
    /// Of the rows asked about those that do not match, by their places in the file.
    pub missing: Vec<u64>,
}
