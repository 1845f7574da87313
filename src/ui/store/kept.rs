//! How much is kept on this device between visits: a choice that is kept itself, and what the data
//! thread says of it.

use super::Store;
use super::image_settings::{keep, storage};
use super::state::State;
use crate::formats::cache::USUAL_LIMIT_BYTES;
use crate::protocol::ShellRequest;
use leptos::prelude::*;

const KEY: &str = "vitrine.keep";
const VISITED_KEY: &str = "vitrine.visited";

/// What is kept. Copies are the same.
#[derive(Clone, Copy)]
pub struct KeptStore {
    /// The most bytes that are kept.
    pub limit_bytes: State<u64>,
    /// How many are, as far as it was asked; inside it none where nothing can be.
    pub bytes: State<Option<Option<u64>>>,
    /// Whether nobody was here before, until the data thread knows.
    first_visit: StoredValue<bool>,
}

impl Default for KeptStore {
    /// As it was chosen before.
    fn default() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        let limit = kept.and_then(|text| text.parse().ok()).unwrap_or(USUAL_LIMIT_BYTES);
        let visited = storage().map(|storage| {
            let visited = storage.get_item(VISITED_KEY).is_ok_and(|visited| visited.is_some());
            let _ = storage.set_item(VISITED_KEY, "1");
            visited
        });
        let store = Self {
            limit_bytes: State::new(limit),
            bytes: State::new(None),
            first_visit: StoredValue::new(visited == Some(false)),
        };
        keep(store.limit_bytes, KEY, |limit| (*limit != USUAL_LIMIT_BYTES).then(|| limit.to_string()));
        store
    }
}

impl Store {
    /// Sets how much is kept.
    pub fn keep_at_most(self, limit_bytes: u64) {
        self.kept.limit_bytes.set(limit_bytes);
        self.send_to_shell(&ShellRequest::LimitCache { limit_bytes });
        self.ask_kept(false);
    }

    /// Asks how much is kept, after removing all of it where that is wished.
    pub fn ask_kept(self, forget: bool) {
        self.send_to_shell(&ShellRequest::CacheSize { clear: forget });
    }

    /// Tells a new data thread how much may be kept and whether anything can be, unless it knows.
    pub(super) fn tell_kept(self) {
        if self.kept.first_visit.get_value() {
            self.kept.first_visit.set_value(false);
            self.send_to_shell(&ShellRequest::CacheIsEmpty);
        }
        let limit_bytes = self.kept.limit_bytes.get_untracked();
        if limit_bytes != USUAL_LIMIT_BYTES {
            self.send_to_shell(&ShellRequest::LimitCache { limit_bytes });
        }
    }
}
