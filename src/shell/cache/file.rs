//! What is cached of a file, and how that is written in the database.

use crate::formats::cache;
use crate::formats::cache::Parts;
use crate::formats::hub::answer::Identity;
use js_sys::Array;
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};

/// What is cached of one version of a file.
#[derive(Debug)]
pub struct CachedFile {
    /// The version.
    pub identity: Identity,
    /// When the server was last asked whether it is still the file.
    pub checked_millis: f64,
    /// Which parts.
    pub parts: Parts,
    pub(super) address: String,
    pub(super) version: String,
    /// Parts that were read, whose time of last use is to be written.
    pub(super) touched: BTreeSet<u64>,
}

impl CachedFile {
    /// Nothing of a version yet.
    pub fn new(address: &str, identity: Identity, checked_millis: f64) -> Self {
        Self {
            checked_millis,
            parts: Parts::default(),
            address: address.to_owned(),
            version: cache::version(&identity),
            identity,
            touched: BTreeSet::new(),
        }
    }

    pub(super) fn key(&self, start: u64) -> JsValue {
        Array::of3(&self.address.as_str().into(), &self.version.as_str().into(), &JsValue::from(start as f64))
            .into()
    }

    /// What the store of files holds.
    pub(super) fn entry(&self) -> JsValue {
        let Identity { total_bytes, etag, commit } = &self.identity;
        let text = |text: &Option<String>| text.as_deref().map_or(JsValue::NULL, JsValue::from);
        let entry = Array::of4(
            &JsValue::from(*total_bytes as f64),
            &text(etag),
            &text(commit),
            &JsValue::from(self.checked_millis),
        );
        entry.into()
    }

    pub(super) fn from_entry(address: &str, entry: &JsValue) -> Option<Self> {
        let entry: &Array = entry.dyn_ref()?;
        let identity = Identity {
            total_bytes: entry.get(0).as_f64()? as u64,
            etag: entry.get(1).as_string(),
            commit: entry.get(2).as_string(),
        };
        Some(Self::new(address, identity, entry.get(3).as_f64()?))
    }
}
