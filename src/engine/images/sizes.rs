//! How long archives are. A directory stands at the end of its archive, and a page may not ask a store
//! for the last bytes of a file of unknown length; so the Hub is asked for many lengths at once, and
//! only where it does not answer, each archive is asked for its own, by one byte of it.

use super::{Images, Target};
use crate::formats::hub;
use crate::formats::hub::HubPath;
use crate::view::catalog::images::Archive;
use std::collections::{BTreeMap, BTreeSet};

/// Archives asked for at a time.
const MAX_ASKED: usize = 100;

/// Lengths that are kept.
const MAX_KEPT: usize = 4_000;

/// Lengths of archives.
#[derive(Debug, Default)]
pub struct Sizes {
    known: BTreeMap<Archive, u64>,
    /// Those that the Hub was asked for, whatever it answered.
    asked: BTreeSet<Archive>,
    in_flight: Option<Vec<Archive>>,
    /// The Hub does not tell lengths.
    refused: bool,
}

impl Sizes {
    /// The length of an archive, if it is known.
    pub fn get(&self, archive: &Archive) -> Option<u64> {
        self.known.get(archive).copied()
    }

    /// Takes note of a length.
    pub fn put(&mut self, archive: Archive, bytes: u64) {
        self.known.insert(archive, bytes);
        while self.known.len() > MAX_KEPT {
            self.known.pop_first();
        }
    }

    /// A length was wrong.
    pub fn forget(&mut self, archive: &Archive) {
        self.known.remove(archive);
    }

    /// Whether an answer to come will tell this length: one under way, or the one after it, which is
    /// about another repository.
    pub fn waits_for(&self, archive: &Archive) -> bool {
        self.in_flight.as_ref().is_some_and(|archives| {
            archives.contains(archive)
                || matches!(archive, Archive::Hub(_))
                    && !self.known.contains_key(archive)
                    && !self.asked.contains(archive)
        })
    }

    /// The Hub may be asked again.
    pub fn retry(&mut self) {
        self.refused = false;
        self.asked.clear();
    }

    /// The archives to ask for: those of the first one's repository.
    fn choose<'a>(&self, archives: impl Iterator<Item = &'a Archive>) -> Vec<&'a HubPath> {
        let unknown =
            archives.filter(|archive| !self.known.contains_key(archive) && !self.asked.contains(archive));
        let mut on_hub = unknown
            .filter_map(|archive| match archive {
                Archive::Hub(path) => Some(path),
                Archive::Beside(_) | Archive::Address(_) => None,
            })
            .peekable();
        let first = on_hub.peek().copied();
        on_hub
            .filter(|path| {
                first.is_some_and(|first| {
                    first.repository == path.repository && first.revision == path.revision
                })
            })
            .take(MAX_ASKED)
            .collect()
    }
}

/// A question for lengths: where it goes, and the files' paths with their addresses.
pub type SizesQuestion = (String, Vec<(String, String)>);

impl Images {
    /// The question for the lengths of archives that are needed and not known; none where there is none,
    /// or one is in flight.
    pub(super) fn ask_for_sizes<'a>(
        &mut self,
        needed: impl Iterator<Item = &'a Target>,
    ) -> Option<SizesQuestion> {
        if self.sizes.refused || self.sizes.in_flight.is_some() {
            return None;
        }
        let archives = needed.filter_map(|target| match target {
            Target::Archive(archive) => Some(archive),
            Target::Member(..)
            | Target::Preview(_)
            | Target::Address(_)
            | Target::Cell(..)
            | Target::Pack(_) => None,
        });
        let paths = self.sizes.choose(archives);
        let first = paths.first()?;
        let url = hub::paths_info_url(&self.endpoint, &first.repository, &first.revision);
        let address = |path: &HubPath| hub::resolve_url(&self.endpoint, path);
        let files = paths.iter().map(|path| (path.path.clone(), address(path))).collect();
        let archives: Vec<Archive> = paths.into_iter().cloned().map(Archive::Hub).collect();
        self.sizes.asked.extend(archives.iter().cloned());
        self.sizes.in_flight = Some(archives);
        Some((url, files))
    }

    /// The Hub told lengths, or did not.
    pub fn sized(&mut self, sizes: Option<Vec<(String, u64)>>) {
        let Some(archives) = self.sizes.in_flight.take() else { return };
        let Some(sizes) = sizes else {
            self.sizes.refused = true;
            return;
        };
        for archive in archives {
            let told = sizes.iter().find(|(path, _)| path == archive.path());
            let Some(bytes) = told.map(|(_, bytes)| *bytes).filter(|bytes| *bytes > 0) else { continue };
            if let Some(archive) = self.archives.get_mut(&archive) {
                archive.sized(bytes);
            }
            self.sizes.put(archive, bytes);
        }
    }
}
