//! Image files that were read, cached up to a bound, and what is known not to be there.

use super::Target;
use crate::base::error::Error;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Image files cached for another use: the one that opens after its tile, for one.
const MAX_CACHED_BYTES: usize = 32 << 20;

/// The most failures that are remembered, so that nobody asks twice for what is not there.
const MAX_FAILURES: usize = 4_000;

/// Image files, and failures to get one.
#[derive(Debug, Default)]
pub struct ImageCache {
    files: BTreeMap<Target, (Rc<Vec<u8>>, u64)>,
    bytes: usize,
    clock: u64,
    failures: BTreeMap<Target, Error>,
    failed_in_order: VecDeque<Target>,
}

impl ImageCache {
    /// A file, if it is here.
    pub fn file(&mut self, target: &Target) -> Option<Rc<Vec<u8>>> {
        self.clock += 1;
        let (file, used) = self.files.get_mut(target)?;
        *used = self.clock;
        Some(Rc::clone(file))
    }

    /// Caches a file, and evicts those that were not used for longest.
    pub fn insert(&mut self, target: Target, file: Vec<u8>) {
        self.clock += 1;
        self.bytes += file.len();
        if let Some((old, _)) = self.files.insert(target.clone(), (Rc::new(file), self.clock)) {
            self.bytes -= old.len().min(self.bytes);
        }
        while self.bytes > MAX_CACHED_BYTES && self.files.len() > 1 {
            let oldest =
                self.files.iter().filter(|(other, _)| **other != target).min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(target, _)| target.clone()) else { break };
            self.drop_file(&oldest);
        }
    }

    fn drop_file(&mut self, target: &Target) {
        if let Some((file, _)) = self.files.remove(target) {
            self.bytes -= file.len().min(self.bytes);
        }
    }

    /// Why something can't be had, if that is known.
    pub fn failure(&self, target: &Target) -> Option<&Error> {
        self.failures.get(target)
    }

    /// Remembers that something can't be had.
    pub fn fail(&mut self, target: Target, error: Error) {
        self.drop_file(&target);
        if self.failures.insert(target.clone(), error).is_none() {
            self.failed_in_order.push_back(target);
        }
        while self.failed_in_order.len() > MAX_FAILURES {
            if let Some(oldest) = self.failed_in_order.pop_front() {
                self.failures.remove(&oldest);
            }
        }
    }

    /// Forgets that something could not be had.
    pub fn forget_failure(&mut self, target: &Target) {
        if self.failures.remove(target).is_some() {
            self.failed_in_order.retain(|other| other != target);
        }
    }

    /// Forgets every failure.
    pub fn forget_failures(&mut self) {
        self.failures.clear();
        self.failed_in_order.clear();
    }
}
