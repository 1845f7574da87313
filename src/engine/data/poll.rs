//! From demands to byte ranges: what is decoded of them, and what is missing.

use super::{Data, DataColumn, Origin, RawPages};
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::engine::change::Change;
use crate::engine::demand::{Class, Demand, Field, Polled, Rows};
use crate::formats::parquet::plan::{Link, subtract};

/// What is read whole takes long where more is missing of it, and others do not wait for its end.
const MAX_SHORT_BYTES: u64 = 4 << 20;

/// Pages that take more than this do not stand before the charts of cfg and steps.
const MAX_FIRST_BYTES: u64 = 2 << 20;

impl Data {
    /// Decodes what has come of what is demanded, and says what is missing. After this, whoever made a
    /// demand finds its rows here, or their ranges are among the missing ones.
    pub fn poll(&mut self, demands: &[Demand], link: Link) -> (Polled, Vec<Change>) {
        let mut missing: Vec<Vec<ByteRange>> = vec![Vec::new(); demands.len()];
        let before = self.decoded_pages();
        let mut errors: Vec<(usize, Error)> = Vec::new();
        let mut damaged = Vec::new();
        for place in 0..self.columns.len() {
            let Some(column) = self.columns.get_mut(place) else { break };
            if column.failed || column.origin.is_derived() {
                continue;
            }
            for (demand, missing) in demands.iter().zip(&mut missing) {
                let Rows::These(rows) = &demand.rows else { continue };
                if !demand.fields.contains(&Field::Column(place)) {
                    continue;
                }
                let rows = rows_lacking(column, rows);
                if rows.is_empty() {
                    continue;
                }
                if column.has_variants && !self.variants.are_here() {
                    continue;
                }
                let (origin, pages) = (column.origin, &mut column.pages);
                let polled = match origin {
                    Origin::Nested { first, end } => {
                        pages.nested.poll(&rows, first..end, &self.meta, &mut self.pool)
                    }
                    Origin::Leaf(_) | Origin::Derived(_) => {
                        pages.pager.poll(&rows, &self.meta, &mut self.pool, link)
                    }
                };
                match polled {
                    Ok(ranges) => missing.extend(ranges),
                    Err(error) => errors.push((place, error)),
                }
            }
            column.pages.pager.round();
            column.pages.nested.round();
            let mut found = column.pages.pager.take_damages();
            found.append(&mut column.pages.nested.take_damages());
            damaged.extend(self.damaged(place, found));
        }
        for (demand, missing) in demands.iter().zip(&mut missing) {
            match &demand.rows {
                Rows::These(_) => {}
                Rows::All => missing.extend(self.load_ranges(&demand.fields)),
                Rows::Further => missing.extend(self.files.tails()),
                Rows::Raw => {
                    if let Some(raw) = &mut self.raw {
                        missing.extend(raw.poll(&self.meta, &mut self.pool, link));
                    }
                }
            }
        }
        self.poll_image_files(demands, &mut missing, link);
        let decoded = self.decoded_pages() != before;
        let mut changes: Vec<Change> =
            errors.into_iter().filter_map(|(place, error)| self.fail(place, error)).collect();
        changes.append(&mut damaged);
        if decoded {
            changes.push(Change::Pages);
        }
        let classed =
            demands.iter().zip(missing).map(|(demand, ranges)| (self.class(demand, &ranges), ranges));
        let missing = classed.flat_map(|(class, ranges)| ranges.into_iter().map(move |range| (class, range)));
        (Polled { missing: missing.collect(), decoded }, changes)
    }

    /// How urgent a demand is, now that it is known what it takes.
    fn class(&self, demand: &Demand, ranges: &[ByteRange]) -> Class {
        let missing = |range: &ByteRange| subtract(*range, &self.pool.held(*range));
        let bytes: u64 = ranges.iter().flat_map(missing).map(|gap| gap.len()).sum();
        // The first rows that match are shown long before the last of all prompts is searched.
        let is_prompt = self.prompt.is_some_and(|place| demand.fields.contains(&Field::Column(place)));
        match (&demand.rows, demand.class) {
            (_, Class::Open | Class::Background | Class::Image | Class::Long) => demand.class,
            (Rows::All, class) if bytes > MAX_SHORT_BYTES && (class != Class::First || is_prompt) => {
                Class::Long
            }
            (Rows::These(_), Class::First) if bytes > MAX_FIRST_BYTES => Class::Settings,
            (Rows::These(_) | Rows::All | Rows::Further | Rows::Raw, _) => demand.class,
        }
    }

    /// Whether a demand for rows of single pages is not met: the name of what it is for.
    pub fn lacks(&self, demand: &Demand) -> Option<&'static str> {
        let rows = match &demand.rows {
            Rows::These(rows) => rows,
            Rows::Raw => {
                let lacks = self.raw.as_ref().is_some_and(|raw| raw.failed.is_none() && !raw.is_here());
                return lacks.then_some("pages of an export");
            }
            Rows::All | Rows::Further => return None,
        };
        let lacks = |field: &Field| match field {
            Field::ImageFiles(_) => false,
            Field::Column(place) => self.columns.get(*place).is_some_and(|column| {
                let pages = &column.pages;
                let here = |row: &u64| match column.origin {
                    Origin::Nested { .. } => pages.nested.get(*row).is_some(),
                    Origin::Leaf(_) | Origin::Derived(_) => pages.pager.get(*row).is_some(),
                };
                !column.failed && !column.origin.is_derived() && !rows_lacking(column, rows).iter().all(here)
            }),
        };
        demand.fields.iter().any(lacks).then_some("rows of single pages")
    }

    fn load_ranges(&self, fields: &[Field]) -> Vec<ByteRange> {
        let column = |field: &Field| match field {
            Field::Column(place) => self.columns.get(*place).filter(|column| column.loading),
            Field::ImageFiles(_) => None,
        };
        let loads = fields.iter().filter_map(column).filter_map(|column| column.load.as_ref());
        loads.flat_map(|load| load.wants(&self.meta)).collect()
    }

    /// Pages that were decoded since the table was opened.
    fn decoded_pages(&self) -> u64 {
        let columns = self.columns.iter();
        columns.map(|column| column.pages.pager.decoded + column.pages.nested.decoded).sum::<u64>()
            + self.decoded_images()
    }

    // ------------------------------------------------------------ pages for exports

    /// Begins to read pages of these leaves for an export, with what is known of where they are. `careful` says that
    /// each is decoded before it is handed over.
    pub fn begin_raw(&mut self, leaves: &[usize], careful: bool) {
        let known = |leaf: usize| {
            let own = |column: &&DataColumn| column.origin == Origin::Leaf(leaf);
            self.columns.iter().find(own).map(|column| column.pages.pager.maps.clone()).unwrap_or_default()
        };
        let leaves = leaves.iter().map(|leaf| (*leaf, known(*leaf))).collect();
        self.raw = Some(RawPages::new(leaves, careful, &self.meta));
    }

    /// No export reads pages any more. What was learned of where they are serves the screen as well.
    pub fn end_raw(&mut self) {
        for (leaf, maps) in self.raw.take().into_iter().flat_map(RawPages::into_maps) {
            let own = |column: &&mut DataColumn| column.origin == Origin::Leaf(leaf) && column.load.is_none();
            let Some(column) = self.columns.iter_mut().find(own) else { continue };
            column.pages.pager.prepare(&self.meta);
            for (group, map) in maps {
                let known = column.pages.pager.maps.get_mut(group);
                if let Some(known) = known.filter(|known| known.pages().len() < map.pages().len()) {
                    *known = map;
                }
            }
        }
    }
}

/// The rows that must be looked for on single pages.
fn rows_lacking(column: &DataColumn, rows: &[u64]) -> Vec<u64> {
    // A column that is about to be read whole is not read twice.
    let about_to_be_read = column.loading && column.info.chartable;
    if column.complete || about_to_be_read {
        return Vec::new();
    }
    let read = column.rows_read() as u64;
    rows.iter().copied().filter(|row| *row >= read).collect()
}
