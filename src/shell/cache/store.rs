//! The cache's transactions: looking up, storing, counting and evicting parts.

use super::database::{BODIES, FILES, PARTS, complete, result};
use super::{CachedFile, Inner};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::formats::cache;
use crate::formats::cache::CachedPart;
use crate::protocol::texts::notices as texts;
use crate::shell::timing::now;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, IdbKeyRange, IdbObjectStore, IdbTransaction, IdbTransactionMode};

/// Eviction makes more room than is needed, so that it lasts for a while.
const ROOM_SHARE: f64 = 0.1;

/// The time of last use is written at most this often.
const TOUCH_MILLIS: f64 = 600_000.0;

impl Inner {
    /// Waits until the database is open or can't be.
    pub(super) async fn opened(&self) {
        let opening = self.opening.borrow().clone();
        if let Some(opening) = opening {
            let _ = JsFuture::from(opening).await;
        }
    }

    pub(super) fn give_up(&self, why: &str) {
        if !self.broken.replace(true) {
            (self.report)(Error::new(ErrorKind::Limit, why));
        }
    }

    pub(super) fn transaction(&self, mode: IdbTransactionMode) -> Option<IdbTransaction> {
        let stores = Array::of3(&FILES.into(), &PARTS.into(), &BODIES.into());
        self.database.borrow().as_ref()?.transaction_with_str_sequence_and_mode(&stores, mode).ok()
    }

    /// Begins to change something in all three stores.
    pub(super) fn change(
        &self,
        change: impl FnOnce(IdbObjectStore, IdbObjectStore, IdbObjectStore) -> Result<(), JsValue>,
    ) -> Option<IdbTransaction> {
        let transaction = self.transaction(IdbTransactionMode::Readwrite)?;
        let store = |name| transaction.object_store(name).ok();
        let changed = change(store(FILES)?, store(PARTS)?, store(BODIES)?);
        if changed.is_err() {
            let _ = transaction.abort();
            return None;
        }
        Some(transaction)
    }

    pub(super) async fn look_up(&self, address: &str) -> Option<CachedFile> {
        self.opened().await;
        let transaction = self.transaction(IdbTransactionMode::Readonly)?;
        let entry = transaction.object_store(FILES).ok()?.get(&address.into()).ok()?;
        let mut file = CachedFile::from_entry(address, &result(&entry).await?)?;
        let (address, version) = (address.into(), file.version.as_str().into());
        let from = Array::of2(&address, &version);
        // An array comes behind all numbers.
        let to = Array::of3(&address, &version, &Array::new());
        let range = IdbKeyRange::bound(&from, &to).ok()?;
        let parts = self.transaction(IdbTransactionMode::Readonly)?.object_store(PARTS).ok()?;
        let keys = parts.get_all_keys_with_key(&range).ok()?;
        let values = parts.get_all_with_key(&range).ok()?;
        let (keys, values) = (result(&keys).await?, result(&values).await?);
        let (keys, values): (Array, Array) = (keys.dyn_into().ok()?, values.dyn_into().ok()?);
        for (key, value) in keys.iter().zip(values.iter()) {
            let (key, value): (Array, Array) = (key.dyn_into().ok()?, value.dyn_into().ok()?);
            let (Some(start), Some(end)) = (key.get(2).as_f64(), value.get(0).as_f64()) else { continue };
            file.parts.add(ByteRange::new(start as u64, end as u64));
        }
        Some(file)
    }

    /// The bytes of a part, whole: Chromium may end the page, now and then, that takes a slice of a blob that is in
    /// a database ("Bad blob references in BlobRegistry::Register").
    pub(super) async fn body(&self, key: &JsValue) -> Option<Uint8Array> {
        let bodies = self.transaction(IdbTransactionMode::Readonly)?.object_store(BODIES).ok()?;
        let buffer = match result(&bodies.get(key).ok()?).await?.dyn_into::<Blob>() {
            Ok(blob) => buffer(&blob).await?,
            Err(buffer) => buffer,
        };
        Some(Uint8Array::new(&buffer))
    }

    pub(super) async fn store(&self, file: &CachedFile, part: ByteRange, body: &Blob) {
        if self.broken.get() {
            return;
        }
        let limit = self.limit_bytes.get();
        let Some(total) = self.sizes().await else { return };
        if total + part.len() > limit {
            let room = part.len().max((limit as f64 * ROOM_SHARE) as u64);
            self.make_room(limit.saturating_sub(room)).await;
        }
        if !self.put(file, part, body).await {
            // The device is full, or the browser thinks that this page has had its share.
            self.total_bytes.set(None);
            let total = self.sizes().await.unwrap_or(0);
            self.make_room(total / 2).await;
            if !self.put(file, part, body).await {
                self.give_up(texts::NO_ROOM);
            }
        }
    }

    /// Writes a part; whether that went well.
    pub(super) async fn put(&self, file: &CachedFile, part: ByteRange, body: &Blob) -> bool {
        let value = Array::of2(&JsValue::from(part.end as f64), &JsValue::from(now()));
        let key = file.key(part.start);
        let transaction = loop {
            let body = if self.takes_no_blobs.get() { buffer(body).await } else { Some(body.into()) };
            let Some(body) = body else { return false };
            let put = self.change(|files, parts, bodies| {
                files.put_with_key(&file.entry(), &file.address.as_str().into())?;
                parts.put_with_key(&value, &key)?;
                bodies.put_with_key(&body, &key)?;
                Ok(())
            });
            match put {
                Some(transaction) => break transaction,
                // Refused at once, and not for want of room: WebKit keeps no blobs in private windows.
                None if !self.takes_no_blobs.replace(true) => {}
                None => return false,
            }
        };
        let done = complete(&transaction).await.is_ok();
        if done && let Some(total) = self.total_bytes.get() {
            self.total_bytes.set(Some(total + part.len()));
        }
        done
    }

    pub(super) async fn note(
        &self,
        entry: Option<(String, JsValue)>,
        touched: &[(JsValue, Option<ByteRange>)],
    ) -> Option<()> {
        let transaction = self.transaction(IdbTransactionMode::Readwrite)?;
        if let Some((address, entry)) = entry {
            transaction.object_store(FILES).ok()?.put_with_key(&entry, &address.into()).ok()?;
        }
        let parts = transaction.object_store(PARTS).ok()?;
        for (key, part) in touched {
            // One that is gone meanwhile does not come back without its bytes.
            let Some(part) = part else { continue };
            let value: Array = result(&parts.get(key).ok()?).await?.dyn_into().ok()?;
            if value.get(1).as_f64().is_some_and(|used| now() - used > TOUCH_MILLIS) {
                let value = Array::of2(&JsValue::from(part.end as f64), &JsValue::from(now()));
                parts.put_with_key(&value, key).ok()?;
            }
        }
        Some(())
    }

    /// Bytes in the cache.
    pub(super) async fn sizes(&self) -> Option<u64> {
        if let Some(total) = self.total_bytes.get() {
            return Some(total);
        }
        let (_, parts) = self.parts().await?;
        let total = parts.iter().map(|part| part.bytes).sum();
        self.total_bytes.set(Some(total));
        Some(total)
    }

    /// The keys of all parts, and what is known of each.
    pub(super) async fn parts(&self) -> Option<(Array, Vec<CachedPart>)> {
        let parts = self.transaction(IdbTransactionMode::Readonly)?.object_store(PARTS).ok()?;
        let (keys, values) = (parts.get_all_keys().ok()?, parts.get_all().ok()?);
        let (keys, values) = (result(&keys).await?, result(&values).await?);
        let (keys, values): (Array, Array) = (keys.dyn_into().ok()?, values.dyn_into().ok()?);
        let number = |array: &JsValue, place: u32| {
            array.dyn_ref::<Array>().and_then(|array| array.get(place).as_f64()).unwrap_or(0.0)
        };
        let kept = keys.iter().zip(values.iter()).map(|(key, value)| CachedPart {
            bytes: (number(&value, 0) - number(&key, 2)).max(0.0) as u64,
            used_millis: number(&value, 1),
        });
        let kept = kept.collect();
        Some((keys, kept))
    }

    /// Evicts parts until no more than this is left. What other tabs have stored counts as well.
    pub(super) async fn make_room(&self, limit_bytes: u64) -> Option<()> {
        let (keys, kept) = self.parts().await?;
        let gone = cache::evicted(&kept, limit_bytes);
        let transaction = self.change(|_, parts, bodies| {
            for place in &gone {
                let key = keys.get(u32::try_from(*place).unwrap_or(u32::MAX));
                parts.delete(&key)?;
                bodies.delete(&key)?;
            }
            Ok(())
        })?;
        let _ = complete(&transaction).await;
        self.total_bytes.set(None);
        Some(())
    }
}

/// The bytes of a blob.
async fn buffer(blob: &Blob) -> Option<JsValue> {
    JsFuture::from(blob.array_buffer()).await.ok()
}
