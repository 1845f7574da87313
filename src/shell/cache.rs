//! Parts of files kept in the browser between visits, in IndexedDB: it works on any origin, in every tab
//! at once, and each of its transactions happens wholly or not at all. (Files of the origin's private
//! file system would be faster, but one tab at a time may write them.)
//!
//! Three stores: of each address the version that was last seen; of each part its end and when it was
//! last of use; and the parts' bytes. Parts are under their version, so that tabs with different ones
//! never mix them. [`crate::formats::blocks`] decides; no token and no signed address comes here.

use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::formats::blocks;
use crate::formats::blocks::{Kept, Parts, USUAL_LIMIT_BYTES};
use crate::formats::hub::answer::Identity;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, IdbDatabase, IdbFactory, IdbKeyRange, IdbObjectStore, IdbRequest,
    IdbTransaction, IdbTransactionMode,
};

const NAME: &str = "vitrine";
const VERSION: u32 = 1;
const FILES: &str = "files";
const PARTS: &str = "parts";
const BODIES: &str = "bodies";

/// Bytes on their way into the database; what comes on top of them is not kept.
const MAX_PENDING_BYTES: u64 = 96 << 20;

/// When there is too much, so much room is made that it lasts for a while.
const ROOM_SHARE: f64 = 0.1;

/// A part counts as of use again after so long: not every read has to be written down.
const TOUCH_MILLIS: f64 = 600_000.0;

/// A database that takes longer than this to answer is not waited for.
const PATIENCE_MILLIS: i32 = 2_000;

/// What is kept of one version of a file.
#[derive(Debug)]
pub struct KeptFile {
    /// The version.
    pub identity: Identity,
    /// When the server was last asked whether it is still the file.
    pub checked_millis: f64,
    /// Which parts.
    pub parts: Parts,
    address: String,
    version: String,
    /// Parts that were read and are to be noted as of use.
    touched: BTreeSet<u64>,
}

/// The parts on this device. Copies are the same.
#[derive(Clone)]
pub struct Cache(Rc<Inner>);

struct Inner {
    database: RefCell<Option<IdbDatabase>>,
    opening: RefCell<Option<Promise>>,
    limit_bytes: Cell<u64>,
    /// What is kept in all, once it was counted.
    total_bytes: Cell<Option<u64>>,
    pending_bytes: Cell<u64>,
    /// Parts to be written, one after another: what there is room for depends on those before.
    queue: RefCell<VecDeque<(KeptFile, ByteRange, Blob)>>,
    writing: Cell<bool>,
    /// The part that was last read for some of its bytes: others of it are mostly next.
    held: RefCell<Option<Held>>,
    /// Whether nothing was kept before, nor has been since.
    empty: Cell<bool>,
    /// Whether nothing more is written, because it failed.
    broken: Cell<bool>,
    says: Box<dyn Fn(Error)>,
}

/// The bytes of a part.
struct Held {
    address: String,
    version: String,
    part: ByteRange,
    bytes: Uint8Array,
}

impl Held {
    fn new(file: &KeptFile, part: ByteRange, bytes: &Uint8Array) -> Self {
        Self { address: file.address.clone(), version: file.version.clone(), part, bytes: bytes.clone() }
    }

    fn is(&self, file: &KeptFile, part: ByteRange) -> bool {
        self.part == part && self.address == file.address && self.version == file.version
    }

    fn bytes(&self) -> Uint8Array {
        self.bytes.clone()
    }
}

impl Cache {
    /// Begins to open the database. `says` hears, once, why nothing is kept.
    pub fn new(says: impl Fn(Error) + 'static) -> Self {
        let cache = Self(Rc::new(Inner {
            database: RefCell::default(),
            opening: RefCell::default(),
            limit_bytes: Cell::new(USUAL_LIMIT_BYTES),
            total_bytes: Cell::default(),
            pending_bytes: Cell::default(),
            queue: RefCell::default(),
            writing: Cell::default(),
            held: RefCell::default(),
            empty: Cell::default(),
            broken: Cell::default(),
            says: Box::new(says),
        }));
        let opened = open();
        let inner = Rc::clone(&cache.0);
        let opening = wasm_bindgen_futures::future_to_promise(async move {
            match opened.await {
                Ok(database) => *inner.database.borrow_mut() = Some(database),
                Err(_) => inner.give_up("the browser keeps nothing for this page"),
            }
            Ok(JsValue::UNDEFINED)
        });
        *cache.0.opening.borrow_mut() = Some(opening);
        cache
    }

    /// Nothing is kept yet: until something is, nobody waits for the database, which is only being made.
    pub fn begin_empty(&self) {
        self.0.empty.set(true);
    }

    /// No more than this is kept from now on. With none, what is there is removed.
    pub fn set_limit(&self, limit_bytes: u64) {
        self.0.limit_bytes.set(limit_bytes);
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            inner.opened().await;
            if inner.sizes().await.is_some_and(|total| total > limit_bytes) {
                inner.make_room(limit_bytes).await;
            }
        });
    }

    /// What is kept of the file at an address, if anything is.
    pub async fn look_up(&self, address: &str) -> Option<KeptFile> {
        if self.0.limit_bytes.get() == 0 || self.0.empty.get() || !blocks::may_keep(address) {
            return None;
        }
        let look = self.0.look_up(address);
        patiently(look).await.flatten()
    }

    /// The bytes of a part of a file, from its beginning up to where one kept part ends; none where they
    /// have been removed meanwhile.
    pub async fn read(&self, file: &RefCell<KeptFile>, range: ByteRange) -> Option<Uint8Array> {
        let (key, part) = {
            let mut file = file.borrow_mut();
            let part = file.parts.at(range.start)?;
            file.touched.insert(part.start);
            (file.key(part.start), part)
        };
        let end = part.end.min(range.end);
        let held =
            self.0.held.borrow().as_ref().filter(|held| held.is(&file.borrow(), part)).map(Held::bytes);
        let bytes = match held {
            Some(bytes) => Some(bytes),
            // Whole: Chromium may end the page, now and then, that takes a slice of a blob that is in a
            // database ("Bad blob references in BlobRegistry::Register").
            None => match patiently(self.0.body(&key)).await.flatten() {
                Some(body) => JsFuture::from(body.array_buffer()).await.ok().map(|it| Uint8Array::new(&it)),
                None => None,
            },
        };
        // The bytes must be as many as was noted: a device may lose some.
        let Some(bytes) = bytes.filter(|bytes| u64::from(bytes.length()) == part.len()) else {
            file.borrow_mut().parts.remove(part.start);
            return None;
        };
        if (range.start, end) == (part.start, part.end) {
            return Some(bytes);
        }
        *self.0.held.borrow_mut() = Some(Held::new(&file.borrow(), part, &bytes));
        // No part is longer than what one request brings.
        Some(bytes.subarray((range.start - part.start) as u32, (end - part.start) as u32))
    }

    /// Keeps a part that came of a file, as arrays of bytes in order; whether it tries to.
    pub fn keep(&self, address: &str, identity: &Identity, part: ByteRange, pieces: &Array) -> bool {
        let inner = Rc::clone(&self.0);
        let pending = inner.pending_bytes.get() + part.len();
        if inner.broken.get()
            || part.is_empty()
            || part.len() > inner.limit_bytes.get()
            || pending > MAX_PENDING_BYTES
            || !blocks::may_keep(address)
            || !blocks::is_told_apart(identity)
        {
            return false;
        }
        let Ok(body) = Blob::new_with_u8_array_sequence(pieces) else { return false };
        inner.pending_bytes.set(pending);
        inner.empty.set(false);
        inner.queue.borrow_mut().push_back((KeptFile::new(address, identity.clone(), now()), part, body));
        if !inner.writing.replace(true) {
            spawn_local(async move {
                inner.opened().await;
                loop {
                    let next = inner.queue.borrow_mut().pop_front();
                    let Some((file, part, body)) = next else { break };
                    inner.keep(&file, part, &body).await;
                    inner.pending_bytes.set(inner.pending_bytes.get().saturating_sub(part.len()));
                }
                inner.writing.set(false);
            });
        }
        true
    }

    /// The server says that a file is the one that is kept; parts that were read are of use.
    pub fn note(&self, file: &RefCell<KeptFile>, is_checked: bool) {
        let (entry, touched) = {
            let mut file = file.borrow_mut();
            if is_checked {
                file.checked_millis = now();
            }
            let touched: Vec<(JsValue, Option<ByteRange>)> = std::mem::take(&mut file.touched)
                .into_iter()
                .map(|start| (file.key(start), file.parts.at(start)))
                .collect();
            (is_checked.then(|| (file.address.clone(), file.entry())), touched)
        };
        if entry.is_none() && touched.is_empty() {
            return;
        }
        let inner = Rc::clone(&self.0);
        spawn_local(async move {
            let _ = inner.note(entry, &touched).await;
        });
    }

    /// The file at an address is another one now: nothing of the one before will be asked for.
    pub fn forget(&self, address: &str) {
        let (inner, address) = (Rc::clone(&self.0), address.to_owned());
        spawn_local(async move {
            inner.opened().await;
            let from = Array::of1(&address.clone().into());
            let to = Array::of2(&address.clone().into(), &Array::new());
            let deleted = inner.change(|files, parts, bodies| {
                let range = IdbKeyRange::bound(&from, &to)?;
                files.delete(&address.into())?;
                parts.delete(&range)?;
                bodies.delete(&range)?;
                Ok(())
            });
            if let Some(transaction) = deleted {
                let _ = complete(&transaction).await;
            }
            inner.total_bytes.set(None);
        });
    }

    /// How many bytes are kept; none where nothing can be.
    pub async fn size(&self) -> Option<u64> {
        self.0.opened().await;
        self.0.sizes().await
    }

    /// Removes everything.
    pub async fn clear(&self) {
        self.0.opened().await;
        let cleared = self.0.change(|files, parts, bodies| {
            files.clear()?;
            parts.clear()?;
            bodies.clear()?;
            Ok(())
        });
        if let Some(transaction) = cleared {
            let _ = complete(&transaction).await;
        }
        self.0.total_bytes.set(None);
        self.0.broken.set(false);
    }
}

impl KeptFile {
    /// Nothing of a version yet.
    pub fn new(address: &str, identity: Identity, checked_millis: f64) -> Self {
        Self {
            checked_millis,
            parts: Parts::default(),
            address: address.to_owned(),
            version: blocks::version(&identity),
            identity,
            touched: BTreeSet::new(),
        }
    }

    fn key(&self, start: u64) -> JsValue {
        Array::of3(&self.address.as_str().into(), &self.version.as_str().into(), &JsValue::from(start as f64))
            .into()
    }

    /// What the store of files holds.
    fn entry(&self) -> JsValue {
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

    fn from_entry(address: &str, entry: &JsValue) -> Option<Self> {
        let entry: &Array = entry.dyn_ref()?;
        let identity = Identity {
            total_bytes: entry.get(0).as_f64()? as u64,
            etag: entry.get(1).as_string(),
            commit: entry.get(2).as_string(),
        };
        Some(Self::new(address, identity, entry.get(3).as_f64()?))
    }
}

impl Inner {
    /// Waits until the database is open or can't be.
    async fn opened(&self) {
        let opening = self.opening.borrow().clone();
        if let Some(opening) = opening {
            let _ = JsFuture::from(opening).await;
        }
    }

    fn give_up(&self, why: &str) {
        if !self.broken.replace(true) {
            (self.says)(Error::new(ErrorKind::Limit, why));
        }
    }

    fn transaction(&self, mode: IdbTransactionMode) -> Option<IdbTransaction> {
        let stores = Array::of3(&FILES.into(), &PARTS.into(), &BODIES.into());
        self.database.borrow().as_ref()?.transaction_with_str_sequence_and_mode(&stores, mode).ok()
    }

    /// Begins to change something in all three stores.
    fn change(
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

    async fn look_up(&self, address: &str) -> Option<KeptFile> {
        self.opened().await;
        let transaction = self.transaction(IdbTransactionMode::Readonly)?;
        let entry = transaction.object_store(FILES).ok()?.get(&address.into()).ok()?;
        let mut file = KeptFile::from_entry(address, &result(&entry).await?)?;
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

    async fn body(&self, key: &JsValue) -> Option<Blob> {
        let bodies = self.transaction(IdbTransactionMode::Readonly)?.object_store(BODIES).ok()?;
        result(&bodies.get(key).ok()?).await?.dyn_into().ok()
    }

    async fn keep(&self, file: &KeptFile, part: ByteRange, body: &Blob) {
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
                self.give_up("there is no room on this device");
            }
        }
    }

    /// Writes a part; whether that went well.
    async fn put(&self, file: &KeptFile, part: ByteRange, body: &Blob) -> bool {
        let value = Array::of2(&JsValue::from(part.end as f64), &JsValue::from(now()));
        let key = file.key(part.start);
        let put = self.change(|files, parts, bodies| {
            files.put_with_key(&file.entry(), &file.address.as_str().into())?;
            parts.put_with_key(&value, &key)?;
            bodies.put_with_key(body, &key)?;
            Ok(())
        });
        let Some(transaction) = put else { return false };
        let done = complete(&transaction).await.is_ok();
        if done && let Some(total) = self.total_bytes.get() {
            self.total_bytes.set(Some(total + part.len()));
        }
        done
    }

    async fn note(
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

    /// How much is kept in all.
    async fn sizes(&self) -> Option<u64> {
        if let Some(total) = self.total_bytes.get() {
            return Some(total);
        }
        let (_, kept) = self.kept().await?;
        let total = kept.iter().map(|part| part.bytes).sum();
        self.total_bytes.set(Some(total));
        Some(total)
    }

    /// The keys of all parts, and what is known of each.
    async fn kept(&self) -> Option<(Array, Vec<Kept>)> {
        let parts = self.transaction(IdbTransactionMode::Readonly)?.object_store(PARTS).ok()?;
        let (keys, values) = (parts.get_all_keys().ok()?, parts.get_all().ok()?);
        let (keys, values) = (result(&keys).await?, result(&values).await?);
        let (keys, values): (Array, Array) = (keys.dyn_into().ok()?, values.dyn_into().ok()?);
        let number = |array: &JsValue, place: u32| {
            array.dyn_ref::<Array>().and_then(|array| array.get(place).as_f64()).unwrap_or(0.0)
        };
        let kept = keys.iter().zip(values.iter()).map(|(key, value)| Kept {
            bytes: (number(&value, 0) - number(&key, 2)).max(0.0) as u64,
            used_millis: number(&value, 1),
        });
        let kept = kept.collect();
        Some((keys, kept))
    }

    /// Removes parts until no more than this is left. What other tabs have kept counts as well.
    async fn make_room(&self, limit_bytes: u64) -> Option<()> {
        let (keys, kept) = self.kept().await?;
        let gone = blocks::evicted(&kept, limit_bytes);
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

/// Opens the database and makes its stores, the first time.
async fn open() -> Result<IdbDatabase, JsValue> {
    let factory: IdbFactory = Reflect::get(&js_sys::global(), &"indexedDB".into())?.dyn_into()?;
    let request = factory.open_with_u32(NAME, VERSION)?;
    let upgrade = {
        let request = request.clone();
        Closure::once_into_js(move || {
            if let Some(database) = request.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok()) {
                for name in [FILES, PARTS, BODIES] {
                    let _ = database.create_object_store(name);
                }
            }
        })
    };
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let database: IdbDatabase = settled(&request).await?.dyn_into()?;
    // A newer page in another tab may want other stores: this one lets go of them.
    let close: Function = Reflect::get(&database, &"close".into())?.dyn_into()?;
    database.set_onversionchange(Some(&close.bind0(&database)));
    Ok(database)
}

/// What a request came to.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

/// What a request found.
async fn result(request: &IdbRequest) -> Option<JsValue> {
    settled(request).await.ok().filter(|found| !found.is_undefined())
}

/// Waits until a transaction has happened, or has not.
async fn complete(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.map(drop)
}

/// What a database answers, if it does within [`PATIENCE_MILLIS`].
async fn patiently<T>(future: impl Future<Output = T>) -> Option<T> {
    within(PATIENCE_MILLIS, future).await
}

/// What a future comes to, or none where it takes longer than this.
pub async fn within<T>(millis: i32, future: impl Future<Output = T>) -> Option<T> {
    let mut timer = None;
    let promise = Promise::new(&mut |resolve, _| {
        timer = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok();
    });
    let mut late = JsFuture::from(promise);
    let mut future = std::pin::pin!(future);
    let answer = std::future::poll_fn(|context| {
        use std::pin::Pin;
        use std::task::Poll;
        if let Poll::Ready(answer) = future.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        Pin::new(&mut late).poll(context).map(|_| None)
    })
    .await;
    if let Some(timer) = timer {
        scope().clear_timeout_with_handle(timer);
    }
    answer
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn now() -> f64 {
    js_sys::Date::now()
}
