//! Pages of columns as they are in the file: what an export hands to the encoder.
//!
//! Of flat columns, and of structures, only the pages with wanted rows are read; where most of them are, the
//! chunk is read in order, ahead of what is wanted. Nothing but their headers tells where rows begin
//! on the pages of lists: all pages of a row group are read, in order.

mod leaf;

use super::damage::Damage;
use super::pool::Pool;
use crate::base::bytes::ByteRange;
use crate::base::error::{Context, Error};
use crate::engine::output::export::task::LeafPage;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::FileMeta;
use crate::formats::parquet::plan::Link;
use leaf::RawLeaf;
use std::collections::BTreeMap;

/// How far ahead of what is wanted bytes are asked for, of all leaves together; and of each at least.
const READ_AHEAD_BYTES: u64 = 24 << 20;
const LEAST_AHEAD_BYTES: u64 = 512 << 10;

/// The pages of some leaves.
#[derive(Debug, Default)]
pub struct RawPages {
    leaves: Vec<RawLeaf>,
    /// The row group that is read, and the one behind it.
    group: Option<usize>,
    next_group: Option<usize>,
    /// Rows whose pages are wanted, in ascending order, from the row group's first.
    wanted: Vec<u64>,
    ready: Vec<LeafPage>,
    /// The leaf that can't be read, and why.
    pub failed: Option<(usize, Error)>,
    /// Rows that can't be read, with their leaves, where each page is looked at: they have no pages then.
    pub damages: Vec<(usize, Damage)>,
}

impl RawPages {
    /// The pages of these leaves, with what is known of where they are. `careful` says that each is decoded before it is
    /// handed over, and that those which can't be are left out with their rows.
    pub fn new(leaves: Vec<(usize, Vec<PageMap>)>, careful: bool, meta: &FileMeta) -> Self {
        let ahead_bytes = (READ_AHEAD_BYTES / leaves.len().max(1) as u64).max(LEAST_AHEAD_BYTES);
        let leaf = |(leaf, maps)| RawLeaf::new(leaf, maps, ahead_bytes, careful, meta);
        Self { leaves: leaves.into_iter().map(leaf).collect(), ..Self::default() }
    }

    /// Goes on to another row group, of which these rows will be wanted, counted from its first one.
    /// The answer is about how many bytes a row takes, those of pages that are read for it included.
    pub fn begin_group(&mut self, group: usize, rows: &[u64], next: Option<usize>, meta: &FileMeta) -> u64 {
        self.group = Some(group);
        self.next_group = next;
        self.wanted.clear();
        self.ready.clear();
        let mut row_bytes = 0.0;
        for leaf in &mut self.leaves {
            row_bytes += leaf.begin_group(group, rows, meta);
        }
        row_bytes as u64
    }

    /// Asks for the pages of these rows, which are in ascending order, none before those of the last time.
    pub fn want(&mut self, rows: Vec<u64>) {
        self.wanted = rows;
    }

    /// Whether the pages of all wanted rows are here.
    pub fn is_here(&self) -> bool {
        let last = self.wanted.last().copied();
        last.is_none_or(|last| self.leaves.iter().all(|leaf| leaf.covered > last))
    }

    /// The pages that came since they were last taken.
    pub fn take(&mut self) -> Vec<LeafPage> {
        std::mem::take(&mut self.ready)
    }

    /// Takes what has come for the wanted rows, and says what is missing, and what may be read ahead.
    pub fn poll(&mut self, meta: &FileMeta, pool: &mut Pool, link: Link) -> Vec<ByteRange> {
        let (Some(group), None) = (self.group, &self.failed) else { return Vec::new() };
        let mut wants = Vec::new();
        let mut ahead = Vec::new();
        for leaf in &mut self.leaves {
            let place = || format!("row group {group}");
            let polled = leaf.poll(group, &self.wanted, meta, pool, link, &mut self.ready).context(place);
            let number = leaf.leaf;
            self.damages.extend(leaf.take_damages().map(|damage| (number, damage)));
            match polled {
                Ok(ranges) => wants.extend(ranges),
                Err(error) => {
                    self.failed = Some((leaf.leaf, error));
                    return Vec::new();
                }
            }
            ahead.extend(leaf.ahead(group, self.next_group, meta));
        }
        wants.extend(ahead);
        wants.retain(|range| !range.is_empty());
        wants
    }

    /// What was learned of where the pages of leaves are.
    pub fn into_maps(self) -> impl Iterator<Item = (usize, BTreeMap<usize, PageMap>)> {
        self.leaves.into_iter().map(|leaf| (leaf.leaf, leaf.maps))
    }
}
