//! The subset: which rows count at all.

use super::Matches;
use crate::base::bits::Bits;
use crate::engine::change::Change;
use crate::engine::data::Data;
use crate::table::crossfilter::SUBSET;
use crate::table::subset;
use crate::view::catalog::SubsetRows;
use crate::view::roles::Role;

/// The subset that is asked for.
#[derive(Default)]
pub(super) struct SubsetState {
    subset: Option<SubsetRows>,
    /// The column of image paths, which hold the shard.
    path: Option<String>,
}

impl SubsetState {
    /// Whether it is decided by this column.
    pub(super) fn needs(&self, column: &str) -> bool {
        matches!(self.subset, Some(SubsetRows::Shards(_))) && self.path.as_deref() == Some(column)
    }
}

impl Matches {
    /// The subset that is asked for.
    pub fn subset(&self) -> Option<SubsetRows> {
        self.subset.subset
    }

    /// Rows of which it is known whether they are in the subset.
    pub(super) fn rows_in_subset_known(&self, data: &Data) -> u64 {
        match self.subset.subset {
            Some(SubsetRows::Shards(_)) => {
                let path = data.column_of(Role::ImagePath);
                path.filter(|column| column.complete).map_or(0, |_| data.meta.rows)
            }
            // What is beyond the first rows is not among them, whatever it is.
            Some(SubsetRows::First(rows)) if rows <= data.meta.rows => data.rows_in_all(),
            Some(SubsetRows::Random { .. }) if data.files.unread() => 0,
            Some(SubsetRows::First(_) | SubsetRows::Random { .. }) | None => data.meta.rows,
        }
    }

    /// Takes over a subset; whether it is another one.
    pub(super) fn ask_subset(&mut self, wanted: Option<SubsetRows>, data: &mut Data) -> bool {
        if wanted == self.subset.subset {
            return false;
        }
        self.subset.subset = wanted;
        if matches!(wanted, Some(SubsetRows::Shards(_))) {
            self.subset.path = data.roles.column(Role::ImagePath).map(str::to_owned);
            if let Some(path) = &self.subset.path {
                data.load(path);
            }
        }
        self.mark_subset(data);
        true
    }

    /// A column that decides the subset is complete.
    pub(super) fn subset_follows(&mut self, column: usize, complete: bool, data: &Data) -> Option<Change> {
        let column =
            data.columns.get(column).filter(|column| complete && self.subset.needs(&column.info.name));
        column?;
        self.mark_subset(data);
        Some(Change::Matches { settled: true })
    }

    /// Marks the rows of the subset, anew where there are more rows than before.
    pub(super) fn mark_subset(&mut self, data: &Data) {
        let Some(wanted) = self.subset.subset else {
            self.filter.set_own(SUBSET, None);
            return;
        };
        let rows = data.meta.rows as usize;
        let chosen = match wanted {
            SubsetRows::First(wanted) => {
                let mut chosen = Bits::new(rows.min(usize::try_from(wanted).unwrap_or(rows)), true);
                chosen.grow(rows, false);
                chosen
            }
            SubsetRows::Random { rows: wanted, seed } => {
                subset::random(rows, usize::try_from(wanted).unwrap_or(rows), seed)
            }
            SubsetRows::Shards(last) => {
                let paths = data.column_of(Role::ImagePath).filter(|column| column.complete);
                let texts = paths.and_then(|column| column.values.as_ref()?.texts());
                let mut chosen = Bits::new(rows, false);
                if let Some(texts) = texts {
                    let shards = subset::in_shards(texts, last);
                    let codes = texts.codes().iter().enumerate();
                    codes.for_each(|(row, code)| chosen.set(row, shards.has(*code as usize)));
                }
                chosen
            }
        };
        let mut mark = |mask: &mut [u16]| {
            for (row, mask) in mask.iter_mut().enumerate() {
                *mask = (*mask & !SUBSET) | if chosen.has(row) { 0 } else { SUBSET };
            }
        };
        self.filter.set_own(SUBSET, Some(&mut mark));
    }
}
