//! Values of the type VARIANT: what reads them is fetched when a table that has some is first shown.

use super::Data;
use crate::base::error::Result;
use crate::engine::change::Change;
use crate::formats::parquet::variant;

/// What reads such values, as far as it is here.
#[derive(Debug, Default)]
pub struct Variants {
    /// Whether rows of them were asked for.
    pub(super) wanted: bool,
    /// Whether the code is on its way.
    asked: bool,
    /// Whether the last attempt came to nothing.
    failed: bool,
}

impl Variants {
    /// Whether the code is here; where it is not, it is wanted from now on.
    pub(super) fn are_here(&mut self) -> bool {
        let here = variant::code().is_some();
        self.wanted |= !here;
        here
    }
}

impl Data {
    /// Whether what reads such values has to be fetched now.
    pub fn needs_variants(&mut self) -> bool {
        let needed = self.variants.wanted && !self.variants.asked && variant::code().is_none();
        self.variants.asked |= needed;
        needed
    }

    /// Whether it is on its way.
    pub fn awaits_variants(&self) -> bool {
        self.variants.asked
    }

    /// It has come, or can't be had.
    pub fn take_variants(&mut self, outcome: Result<()>) -> Vec<Change> {
        self.variants = Variants { failed: outcome.is_err(), ..Variants::default() };
        let Err(error) = outcome else {
            let loading = self.columns.iter_mut().filter(|column| column.has_variants && column.loading);
            loading.for_each(|column| column.unseen = true);
            return vec![Change::Pages];
        };
        let places = (0..self.columns.len())
            .filter(|place| self.columns.get(*place).is_some_and(|column| column.has_variants));
        let places: Vec<usize> = places.collect();
        places.into_iter().filter_map(|place| self.fail(place, error.clone())).collect()
    }

    /// What failed is tried again.
    pub fn retry_variants(&mut self) {
        if std::mem::take(&mut self.variants.failed) {
            let columns = self.columns.iter_mut().filter(|column| column.has_variants);
            columns.for_each(|column| column.failed = false);
        }
    }
}
