//! Reading columns whole, and putting them into bins.

use super::damage::Damage;
use super::load::Load;
use super::{Data, DataColumn, Origin};
use crate::base::error::{Error, ErrorKind};
use crate::engine::change::Change;
use crate::protocol::Kind;
use crate::table::column::Column;
use crate::table::crossfilter;
use crate::view::roles::Role;

/// A growing column is put into bins from so many rows on.
const FIRST_BINNED_ROWS: usize = 65_536;

/// A growing column is put into bins anew each time it is so many times as long.
const GROWTH_BINNED: usize = 4;

impl Data {
    /// The columns that must be read for this one: itself, and what it is derived from.
    pub fn parts_of(&self, name: &str) -> Vec<usize> {
        let Some(place) = self.place(name) else { return Vec::new() };
        match self.columns.get(place).map(|column| column.origin) {
            Some(Origin::Derived(made)) => std::iter::once(place).chain(made.parts()).collect(),
            Some(Origin::Leaf(_)) => vec![place],
            Some(Origin::Nested { .. }) if self.is_read_whole(place) => vec![place],
            Some(Origin::Nested { .. }) | None => Vec::new(),
        }
    }

    /// Whether a column can be read whole: lists and structures are not, but beside a list of images with ranks, and
    /// where they hold no image files.
    fn is_read_whole(&self, place: usize) -> bool {
        let is_list = |column: &DataColumn| column.info.kind == Kind::Nested;
        let has_lists = || self.column_of(Role::ImagePath).is_some_and(is_list);
        let is_picture =
            |column: &DataColumn| self.picture_columns().iter().any(|files| files.name == column.info.name);
        let column = self.columns.get(place);
        column.is_some_and(|column| !is_list(column) || has_lists() && !is_picture(column))
    }

    /// Begins, or goes on, to read a column whole.
    pub fn load(&mut self, name: &str) {
        for place in self.parts_of(name) {
            let rows = self.meta.rows as usize;
            let Some(column) = self.columns.get_mut(place) else { continue };
            if column.complete || column.failed {
                continue;
            }
            // Its bytes, or those that it is derived from, may be here already.
            column.unseen |= !column.loading;
            column.loading = true;
            let load = match column.origin {
                Origin::Leaf(leaf) if column.load.is_none() => {
                    column.pages.pager.prepare(&self.meta);
                    Some(self.copied.load(self.prompt == Some(place), leaf, &self.meta))
                }
                Origin::Nested { first, end } if column.load.is_none() => {
                    Some(Load::nested(first..end, &self.meta))
                }
                Origin::Leaf(_) | Origin::Nested { .. } | Origin::Derived(_) => None,
            };
            if let Some(load) = load {
                column.load = Some(load);
                let is_prose = !column.info.chartable || self.prompt == Some(place);
                // Lists are read as JSON.
                let long = column.info.kind == Kind::Nested || column.info.kind == Kind::Text && is_prose;
                let values = if long { Column::text(rows) } else { Column::with_capacity(rows) };
                column.values = Some(values.of(self.facts.meaning(&column.info.name, column.logical)));
            }
            if column.gauge.is_some() && column.values.is_none() {
                column.values = Some(Column::with_capacity(rows));
            }
        }
    }

    /// Reads the prompts whole.
    pub fn load_prompts(&mut self) {
        if let Some(name) = self.prompt_column().map(|column| column.info.name.clone()) {
            self.load(&name);
        }
    }

    /// Stops reading a column whole; what is read of it stays.
    pub fn stop(&mut self, name: &str) {
        for place in self.parts_of(name) {
            if let Some(column) = self.columns.get_mut(place) {
                column.loading = false;
            }
        }
    }

    /// Whether a column began to be read after this step's pages were decoded: what is at hand of it is
    /// decoded in the next step, which no answer of a server may bring about.
    pub fn has_unseen_loads(&self) -> bool {
        self.columns.iter().any(|column| column.loading && column.unseen)
    }

    /// Decodes the pages of a column that is read whole.
    pub(super) fn advance_load(&mut self, place: usize) -> Vec<Change> {
        let Some(column) = self.columns.get_mut(place).filter(|column| column.loading) else {
            return Vec::new();
        };
        column.unseen = false;
        if column.has_variants && !self.variants.are_here() {
            return Vec::new();
        }
        let (Some(load), Some(values)) = (column.load.as_mut(), column.values.as_mut()) else {
            return Vec::new();
        };
        let before = values.rows();
        match load.advance(&self.meta, &mut self.pool, values, &mut column.pages.pager.maps) {
            Ok(damages) => {
                let complete = load.is_done(&self.meta) && !self.files.unread();
                if complete {
                    column.complete = true;
                    column.loading = false;
                    column.load = None;
                    values.finish();
                }
                let grew = values.rows() != before || complete;
                let mut changes = self.damaged(place, damages);
                if grew && !changes.iter().any(|change| matches!(change, Change::Failed { .. })) {
                    changes.push(Change::Grew { column: place, complete });
                }
                changes
            }
            Err(error) => self.fail(place, error).into_iter().collect(),
        }
    }

    /// Takes note of rows of a column that can't be read. One of which nothing can be is no good.
    pub(super) fn damaged(&mut self, place: usize, damages: Vec<Damage>) -> Vec<Change> {
        let rows = self.meta.rows;
        let Some(column) = self.columns.get_mut(place).filter(|_| !damages.is_empty()) else {
            return Vec::new();
        };
        let news = damages.into_iter().filter(|damage| column.note_damage(damage)).count();
        let lost: u64 = column.damages.iter().map(|damage| damage.rows.end - damage.rows.start).sum();
        let first = column.damages.first().map(|damage| damage.error.clone());
        match first {
            Some(error) if lost >= rows => self.fail(place, error).into_iter().collect(),
            _ if news > 0 => vec![Change::Damaged { column: place }],
            _ => Vec::new(),
        }
    }

    /// A column can't be read; none where that is known.
    pub(super) fn fail(&mut self, place: usize, error: Error) -> Option<Change> {
        let column = self.columns.get_mut(place)?;
        if std::mem::replace(&mut column.failed, true) {
            return None;
        }
        column.loading = false;
        column.load = None;
        if error.kind != ErrorKind::Limit {
            // What was read before the bad page is not taken for the whole.
            column.values = None;
            column.binned = None;
        }
        Some(Change::Failed { column: place, error: Some(error) })
    }

    /// Puts columns into bins that have grown. One that is still growing is looked at each time it is four
    /// times as long, unless the rest of it will make no more than that.
    pub fn bin(&mut self) -> Vec<Change> {
        let rows_in_all = self.rows_in_all();
        let mut changes = Vec::new();
        for (place, column) in self.columns.iter_mut().enumerate() {
            let Some(values) = &column.values else { continue };
            let binned = column.binned.as_ref().map_or(0, |binned| binned.rows.len());
            let rows = values.rows();
            let far_from_done = (rows as u64).saturating_mul(GROWTH_BINNED as u64) <= rows_in_all;
            let grown = if column.complete {
                rows > binned
            } else {
                far_from_done && rows >= FIRST_BINNED_ROWS.max(binned * GROWTH_BINNED)
            };
            let wanted = column.info.chartable && (column.complete || !column.failed);
            if grown && wanted {
                column.binned = Some(crossfilter::bin(values, column.info.kind.quantity()));
                changes.push(Change::Binned { column: place });
            }
        }
        changes
    }
}
