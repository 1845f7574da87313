//! From demands to byte ranges: what is decoded of them, and what is missing.

use super::{Data, DataColumn, Origin, Pages};
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::engine::change::Change;
use crate::engine::demand::{Demand, Field, Polled, Rows, Who};

impl Data {
    /// Decodes what has come of what is demanded, and says what is missing. After this, whoever made a
    /// demand finds its rows here, or their ranges are among the missing ones.
    pub fn poll(&mut self, demands: &[Demand]) -> (Polled, Vec<Change>) {
        let mut missing: Vec<Vec<ByteRange>> = vec![Vec::new(); demands.len()];
        let before = self.decoded_pages();
        let mut errors: Vec<(usize, Error)> = Vec::new();
        for place in 0..self.columns.len() {
            let Some(column) = self.columns.get_mut(place) else { break };
            if column.failed || matches!(column.origin, Origin::Size { .. }) {
                continue;
            }
            for (demand, missing) in demands.iter().zip(&mut missing) {
                let Rows::These(rows) = &demand.rows else { continue };
                if !demand.fields.contains(&Field::Column(place)) {
                    continue;
                }
                let rows = rows_lacking(column, demand.who, rows);
                if rows.is_empty() {
                    continue;
                }
                let (origin, pages) = (column.origin, pages_for(column, demand.who));
                let polled = match origin {
                    Origin::Nested { first, end } => {
                        pages.nested.poll(&rows, first..end, &self.meta, &mut self.pool)
                    }
                    Origin::Leaf(_) | Origin::Size { .. } => {
                        pages.pager.poll(&rows, &self.meta, &mut self.pool)
                    }
                };
                match polled {
                    Ok(ranges) => missing.extend(ranges),
                    Err(error) => errors.push((place, error)),
                }
            }
            column.pages.pager.round();
            if let Some(pages) = &mut column.export_pages {
                pages.pager.round();
            }
        }
        for (demand, missing) in demands.iter().zip(&mut missing) {
            match &demand.rows {
                Rows::These(_) => {}
                Rows::All => missing.extend(self.load_ranges(&demand.fields)),
                Rows::Further => missing.extend(self.files.tails()),
            }
        }
        self.poll_image_files(demands, &mut missing);
        let decoded = self.decoded_pages() != before;
        let mut changes: Vec<Change> =
            errors.into_iter().filter_map(|(place, error)| self.fail(place, error)).collect();
        if decoded {
            changes.push(Change::Pages);
        }
        let lacking = demands.iter().zip(&missing).filter(|(_, missing)| !missing.is_empty());
        let lacking = lacking.map(|(demand, _)| demand.who).collect();
        let classes = demands.iter().map(|demand| demand.class);
        let missing = classes
            .zip(missing)
            .flat_map(|(class, ranges)| ranges.into_iter().map(move |range| (class, range)));
        (Polled { missing: missing.collect(), lacking, decoded }, changes)
    }

    /// Whether a demand for rows of single pages is not met: the name of what it is for.
    pub fn lacks(&self, demand: &Demand) -> Option<&'static str> {
        let Rows::These(rows) = &demand.rows else { return None };
        let lacks = |field: &Field| match field {
            Field::ImageFiles => false,
            Field::Column(place) => self.columns.get(*place).is_some_and(|column| {
                let pages = match (demand.who, &column.export_pages) {
                    (Who::Export, Some(pages)) => pages,
                    _ => &column.pages,
                };
                let here = |row: &u64| match column.origin {
                    Origin::Nested { .. } => pages.nested.get(*row).is_some(),
                    Origin::Leaf(_) | Origin::Size { .. } => pages.pager.get(*row).is_some(),
                };
                !column.failed
                    && !matches!(column.origin, Origin::Size { .. })
                    && !rows_lacking(column, demand.who, rows).iter().all(here)
            }),
        };
        demand.fields.iter().any(lacks).then_some("rows of single pages")
    }

    fn load_ranges(&self, fields: &[Field]) -> Vec<ByteRange> {
        let column = |field: &Field| match field {
            Field::Column(place) => self.columns.get(*place).filter(|column| column.loading),
            Field::ImageFiles => None,
        };
        let loads = fields.iter().filter_map(column).filter_map(|column| column.load.as_ref());
        loads.flat_map(|load| load.wants(&self.meta)).collect()
    }

    /// Pages that were decoded since the table was opened.
    fn decoded_pages(&self) -> u64 {
        let pages = |pages: &Pages| pages.pager.decoded + pages.nested.decoded;
        let columns = self.columns.iter().map(|column| {
            pages(&column.pages) + column.export_pages.as_ref().map_or(0, |export| pages(export))
        });
        columns.sum::<u64>() + self.image_files.as_ref().map_or(0, |images| images.decoded())
    }

    // ------------------------------------------------------------ pages for exports

    /// Makes room for pages that only an export reads, beginning with what is known of where they are.
    pub fn begin_export_pages(&mut self, place: usize) {
        let Some(column) = self.columns.get_mut(place) else { return };
        let mut pages = Pages::default();
        if let Origin::Leaf(leaf) = column.origin {
            pages.pager = super::pager::Pager::new(leaf);
            pages.pager.maps = column.pages.pager.maps.clone();
            pages.pager.prepare(&self.meta);
        }
        column.export_pages = Some(Box::new(pages));
    }

    /// The pages that only an export reads.
    pub fn export_pages(&self, place: usize) -> Option<&Pages> {
        self.columns.get(place)?.export_pages.as_deref()
    }

    /// Drops them. What was learned of where pages are serves the screen as well.
    pub fn end_export_pages(&mut self) {
        use crate::formats::parquet::map::PageMap;
        let known = |maps: &[PageMap]| maps.iter().map(|map| map.pages().len()).sum::<usize>();
        for column in &mut self.columns {
            let Some(mut export) = column.export_pages.take() else { continue };
            let maps = &mut column.pages.pager.maps;
            if known(&export.pager.maps) > known(maps) && column.load.is_none() {
                *maps = std::mem::take(&mut export.pager.maps);
            }
        }
    }
}

/// The pages that someone reads of a column.
fn pages_for(column: &mut DataColumn, who: Who) -> &mut Pages {
    match (who, &mut column.export_pages) {
        (Who::Export, Some(pages)) => pages,
        (
            Who::Screen
            | Who::Detail
            | Who::Images
            | Who::Picked
            | Who::Load
            | Who::Export
            | Who::ImageArchive,
            _,
        ) => &mut column.pages,
    }
}

/// The rows that must be looked for on single pages.
fn rows_lacking(column: &DataColumn, who: Who, rows: &[u64]) -> Vec<u64> {
    if who == Who::Export {
        return rows.to_vec();
    }
    // A column that is about to be read whole is not read twice.
    let about_to_be_read = column.loading && column.info.chartable;
    if column.complete || about_to_be_read {
        return Vec::new();
    }
    let read = column.rows_read() as u64;
    rows.iter().copied().filter(|row| *row >= read).collect()
}
