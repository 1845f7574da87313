//! What the app's own host knows of a table ahead of time: its page map, as [`crate::formats::maps`] has it.
//!
//! It is asked for beside everything else, and nothing waits for it. What does not fit the file that
//! was opened is left aside.

use super::table::{Part, Table};
use super::{Effect, Engine};
use crate::base::ids::FetchId;
use crate::formats::hub::answer::Identity;
use crate::formats::maps;
use crate::formats::maps::{LIST, List, MAX_FILE_BYTES};
use crate::formats::parquet::map::PageMap;
use crate::view::spec::TableRef;
use crate::view::url::print_table;

/// Where the asking stands.
#[derive(Debug, Default)]
pub struct Foretold {
    /// Where the app lives, and what the open table is called; none where nothing can be known of it.
    table: Option<(String, String)>,
    identity: Option<Identity>,
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    id: FetchId,
    what: What,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    List,
    Pages,
}

impl Foretold {
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

    /// Takes bytes of an answer; whether they are of one of its own.
    pub fn bytes(&mut self, id: FetchId, bytes: &[u8]) -> bool {
        match self.asked.as_mut().filter(|asked| asked.id == id) {
            Some(asked) => {
                asked.bytes.extend_from_slice(bytes);
                true
            }
            None => false,
        }
    }

    /// An answer can't be had: then nothing is known.
    pub fn failed(&mut self, id: FetchId) {
        self.asked.take_if(|asked| asked.id == id);
    }
}

impl Engine {
    /// Asks what there is, now that the table is open.
    pub(super) fn ask_foretold(&mut self) {
        if let Some((base, _)) = &self.foretold.table {
            let url = format!("{base}{LIST}");
            self.ask_host(What::List, url);
        }
    }

    fn ask_host(&mut self, what: What, url: String) {
        let id = FetchId(self.next_fetch);
        self.next_fetch = self.next_fetch.wrapping_add(1);
        self.foretold.asked = Some(Asked { id, what, bytes: Vec::new() });
        self.effects.push(Effect::Get { id, url, most_bytes: MAX_FILE_BYTES });
    }

    /// An answer is whole.
    pub(super) fn foretold_done(&mut self, id: FetchId) {
        let Some(Asked { what, bytes, .. }) = self.foretold.asked.take_if(|asked| asked.id == id) else {
            return;
        };
        match what {
            What::List => {
                let list = List::parse(&String::from_utf8_lossy(&bytes));
                self.images.foretold(list.clone());
                let Some((base, name)) = &self.foretold.table else { return };
                let Some(Identity { total_bytes, etag, .. }) = &self.foretold.identity else { return };
                if let Some(file) = list.table(name, *total_bytes, etag.as_deref()) {
                    let url = format!("{base}{file}");
                    self.ask_host(What::Pages, url);
                }
            }
            What::Pages => {
                if let Some(table) = &mut self.table {
                    table.take_maps(&bytes);
                    if let Some(asked) = table.describes.clone() {
                        table.describe(asked, &mut self.effects);
                    }
                }
            }
        }
    }
}

impl Table {
    /// Takes page maps that were made ahead of time, where they fit and tell more than is known.
    fn take_maps(&mut self, bytes: &[u8]) {
        // Of several files only the first would be known.
        if self.files.counts().0 > 1 {
            return;
        }
        let Ok(maps) = maps::table::read(bytes, &self.meta) else { return };
        let mut maps: Vec<Option<Vec<PageMap>>> = maps.into_iter().map(Some).collect();
        for state in &mut self.columns {
            let Part::Leaf(leaf) = state.part else { continue };
            let Some(maps) = maps.get_mut(leaf).and_then(Option::take) else { continue };
            if maps.iter().all(PageMap::is_complete) {
                state.pager.maps = maps;
            }
        }
    }
}
