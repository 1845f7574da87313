//! What the app's own host knows of a table ahead of time: its page map, in a file beside the app, as
//! [`crate::formats::maps`] has it.
//!
//! It is fetched beside everything else, and nothing waits for it. What does not fit the file that
//! was opened is left aside.

use super::Engine;
use super::data::{Data, Origin};
use crate::base::ids::FetchId;
use crate::formats::hub::answer::Identity;
use crate::formats::maps::{self, LIST, List, MAX_FILE_BYTES};
use crate::formats::parquet::map::PageMap;
use crate::view::spec::TableRef;
use crate::view::url::print_table;

/// The sidecar files of the open table.
#[derive(Debug, Default)]
pub struct Sidecar {
    /// Where the app lives, and what the open table is called; none where nothing can be known of it.
    table: Option<(String, String)>,
    identity: Option<Identity>,
    in_flight: Option<(FetchId, SidecarFile)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SidecarFile {
    List,
    Pages,
}

impl Sidecar {
    /// A table is being opened. Only what is elsewhere has been looked at ahead of time.
    pub fn new(base: &str, table: &TableRef) -> Self {
        let table = match table {
            TableRef::Hub(_) | TableRef::Url(_) => Some((base.to_owned(), print_table(table))),
            TableRef::Catalogue(_) | TableRef::Folder(_) | TableRef::Local(_) => None,
        };
        Self { table, ..Self::default() }
    }

    /// What the table's file is.
    pub fn identified(&mut self, identity: &Identity) {
        self.identity.get_or_insert_with(|| identity.clone());
    }
}

impl Engine {
    /// Asks what there is, now that the table is open.
    pub(super) fn fetch_sidecar_list(&mut self) {
        if let Some((base, _)) = &self.sidecar.table {
            let url = format!("{base}{LIST}");
            self.fetch_sidecar(SidecarFile::List, url);
        }
    }

    fn fetch_sidecar(&mut self, file: SidecarFile, url: String) {
        let id = self.scheduler.get_sidecar(url, MAX_FILE_BYTES, &mut self.effects);
        self.sidecar.in_flight = Some((id, file));
    }

    /// A sidecar file is here; none where it could not be had, and then nothing is known.
    pub(super) fn sidecar_done(&mut self, id: FetchId, bytes: Option<Vec<u8>>) {
        let Some((_, file)) = self.sidecar.in_flight.take_if(|(in_flight, _)| *in_flight == id) else {
            return;
        };
        let Some(bytes) = bytes else { return };
        match file {
            SidecarFile::List => {
                let list = List::parse(&String::from_utf8_lossy(&bytes));
                self.images.set_sidecars(list.clone());
                let Some((base, name)) = &self.sidecar.table else { return };
                let Some(Identity { total_bytes, etag, .. }) = &self.sidecar.identity else { return };
                if let Some(file) = list.table(name, *total_bytes, etag.as_deref()) {
                    let url = format!("{base}{file}");
                    self.fetch_sidecar(SidecarFile::Pages, url);
                }
            }
            SidecarFile::Pages => {
                if let Some(table) = &mut self.table {
                    table.data.take_maps(&bytes);
                    table.answers.describe_again(&table.data, &mut self.effects);
                }
            }
        }
    }
}

impl Data {
    /// Takes page maps that were made ahead of time, where they fit and tell more than is known.
    fn take_maps(&mut self, bytes: &[u8]) {
        // Of several files only the first would be known.
        if self.files.counts().0 > 1 {
            return;
        }
        let Ok(maps) = maps::table::read(bytes, &self.meta) else { return };
        let mut maps: Vec<Option<Vec<PageMap>>> = maps.into_iter().map(Some).collect();
        for column in &mut self.columns {
            let Origin::Leaf(leaf) = column.origin else { continue };
            let Some(maps) = maps.get_mut(leaf).and_then(Option::take) else { continue };
            if maps.iter().all(PageMap::is_complete) {
                column.pages.pager.maps = maps;
            }
        }
    }
}
