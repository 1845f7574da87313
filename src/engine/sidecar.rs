//! What the app's own host knows of a table ahead of time: its page map and an index of its prompts, in files
//! beside the app, as [`crate::formats::maps`] has them.
//!
//! They are fetched beside everything else, and nothing but a search waits to know whether there is an index. What does not fit the file that
//! was opened is left aside.

use super::data::{Data, Origin};
use super::{Effect, Engine};
use crate::base::error::Error;
use crate::base::ids::{FetchId, SourceId};
use crate::base::words::UNICODE;
use crate::formats::hub::answer::Identity;
use crate::formats::maps::{self, LIST, List, MAX_FILE_BYTES, digest, is_version, key};
use crate::formats::parquet::map::PageMap;
use crate::formats::text_index::root::{About, Root};
use crate::formats::text_index::{Index, MAX_ROOT_BYTES, PART_BYTES, ROOT, folder, part};
use crate::view::spec::TableRef;
use crate::view::url::print_table;

/// The sidecar files of the open table.
#[derive(Debug, Default)]
pub struct Sidecar {
    /// Where the app lives, and what the open table is called; none where nothing can be known of it.
    table: Option<(String, String)>,
    identity: Option<Identity>,
    in_flight: Vec<(FetchId, SidecarFile)>,
    /// Whether the list has been asked for, and what it says once it is here.
    asked: bool,
    list: Option<List>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SidecarFile {
    List,
    Pages,
    /// The root of the index of the prompts, with this digest.
    Root(u64),
}

impl Sidecar {
    /// A table is being opened. What someone picks on this device has not been looked at ahead of time.
    pub fn new(base: &str, table: &TableRef) -> Self {
        let table = match table {
            TableRef::Hub(_) | TableRef::Url(_) | TableRef::Catalogue(_) => {
                Some((base.to_owned(), print_table(table)))
            }
            TableRef::Folder(_) | TableRef::Local(_) => None,
        };
        Self { table, ..Self::default() }
    }

    /// What the table's file is.
    pub fn identified(&mut self, identity: &Identity) {
        self.identity.get_or_insert_with(|| identity.clone());
    }

    /// Whether anything may be known of the table ahead of time.
    pub fn may_know(&self) -> bool {
        self.table.is_some()
    }
}

impl Engine {
    /// Asks what there is, once.
    pub(super) fn fetch_sidecar_list(&mut self) {
        if let Some((base, _)) = &self.sidecar.table
            && !self.sidecar.asked
        {
            let url = format!("{base}{LIST}");
            self.sidecar.asked = true;
            self.fetch_sidecar(SidecarFile::List, url);
        }
    }

    fn fetch_sidecar(&mut self, file: SidecarFile, url: String) {
        let most_bytes = match file {
            SidecarFile::List | SidecarFile::Pages => MAX_FILE_BYTES,
            SidecarFile::Root(_) => MAX_ROOT_BYTES,
        };
        let id = self.scheduler.get_sidecar(url, most_bytes, &mut self.effects);
        self.sidecar.in_flight.push((id, file));
    }

    /// A sidecar file is here; none where it could not be had, and then nothing is known.
    pub(super) fn sidecar_done(&mut self, id: FetchId, bytes: Option<Vec<u8>>) {
        let own = self.sidecar.in_flight.iter().position(|(in_flight, _)| *in_flight == id);
        let Some((_, file)) = own.map(|place| self.sidecar.in_flight.swap_remove(place)) else { return };
        match file {
            SidecarFile::List => {
                let list = List::parse(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
                self.images.set_sidecars(list.clone());
                self.sidecar.list = Some(list);
                self.use_sidecar_list();
            }
            SidecarFile::Pages => {
                if let (Some(table), Some(bytes)) = (&mut self.table, bytes) {
                    table.data.take_maps(&bytes);
                    table.answers.describe_again(&table.data, &mut self.effects);
                }
            }
            SidecarFile::Root(wanted) => {
                let index = bytes.and_then(|bytes| self.read_root(&bytes, wanted));
                self.take_index(index);
            }
        }
    }

    /// Asks for what the list names, once the table is open.
    pub(super) fn use_sidecar_list(&mut self) {
        let (Some(table), Some(list)) = (&self.table, &self.sidecar.list) else { return };
        let (Some((base, name)), Some(identity)) = (&self.sidecar.table, &self.sidecar.identity) else {
            self.take_index(None);
            return;
        };
        let Identity { total_bytes, etag, .. } = identity;
        let pages = list.table(name, *total_bytes, etag.as_deref()).map(|file| format!("{base}{file}"));
        let prompt = table.data.prompt_column().map(|column| column.info.name.as_str());
        let root = list
            .text(name, *total_bytes, etag.as_deref())
            // Of several files only the first would be known.
            .filter(|(_, column)| Some(*column) == prompt && table.data.files.counts().0 == 1)
            .map(|(digest, _)| {
                let base = list.place(name).unwrap_or(base);
                (digest, format!("{base}{}{ROOT}", folder(key(name), digest)))
            });
        match root {
            Some((digest, url)) => self.fetch_sidecar(SidecarFile::Root(digest), url),
            None => self.take_index(None),
        }
        if let Some(url) = pages {
            self.fetch_sidecar(SidecarFile::Pages, url);
        }
    }

    /// The index with this root, where it is the one of the list and about the open table.
    fn read_root(&mut self, bytes: &[u8], wanted: u64) -> Option<Index> {
        let (table, (base, name), identity) =
            (self.table.as_ref()?, self.sidecar.table.as_ref()?, self.sidecar.identity.as_ref()?);
        let root = Root::read(bytes).ok().filter(|_| digest(bytes) == wanted)?;
        let prompt = table.data.prompt_column()?;
        let About { file_bytes, etag, column, rows, unicode } = &root.about;
        let fits = *file_bytes == identity.total_bytes
            && is_version(etag, identity.etag.as_deref())
            && *column == prompt.info.name
            && *rows == table.data.meta.rows
            && *unicode == UNICODE;
        if !fits {
            return None;
        }
        let list = self.sidecar.list.as_ref();
        let base = list.and_then(|list| list.place(name)).unwrap_or(base);
        for number in 0..root.data_bytes.div_ceil(PART_BYTES) as u32 {
            let url = format!("{base}{}{}", folder(key(name), wanted), part(number));
            self.effects.push(Effect::Source { source: SourceId::index(number), url });
        }
        Some(Index::new(root))
    }

    fn take_index(&mut self, index: Option<Index>) {
        if let Some(table) = &mut self.table {
            table.take_index(index, &mut self.effects);
        }
    }

    /// The index can't be used any more.
    pub(super) fn give_index_up(&mut self, error: &Error) {
        if let Some(table) = &mut self.table {
            table.give_index_up(error, &mut self.effects);
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
