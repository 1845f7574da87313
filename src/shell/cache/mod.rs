//! The cache of parts of files between visits, in IndexedDB: it works on any origin, in every tab at once,
//! and each of its transactions happens wholly or not at all. (Files of the origin's private
//! file system would be faster, but one tab at a time may write them.)
//!
//! Three stores: of each address the version that was last seen; of each part its end and when it was
//! last of use; and the parts' bytes. Parts are under their version, so that tabs with different ones
//! never mix them. [`crate::formats::cache`] decides; no token and no signed address comes here.

mod database;
mod file;
mod labels;
mod store;

use self::database::{complete, open};
pub use self::file::CachedFile;
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::formats::cache;
use crate::formats::cache::USUAL_LIMIT_BYTES;
use crate::formats::hub::answer::Identity;
use crate::protocol::texts::notices as texts;
use crate::shell::timing::{now, within};
use js_sys::{Array, Promise, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, IdbDatabase, IdbKeyRange};

/// Bytes waiting to be written; what comes on top of them is not cached.
const MAX_PENDING_BYTES: u64 = 96 << 20;

/// A database that takes longer than this to answer is not waited for.
const PATIENCE_MILLIS: i32 = 2_000;

/// The cache. Clones share it.
#[derive(Clone)]
pub struct Cache(Rc<Inner>);

struct Inner {
    database: RefCell<Option<IdbDatabase>>,
    opening: RefCell<Option<Promise>>,
    limit_bytes: Cell<u64>,
    /// Bytes in the cache, once counted.
    total_bytes: Cell<Option<u64>>,
    pending_bytes: Cell<u64>,
    /// Parts to be written, one after another: what there is room for depends on those before.
    queue: RefCell<VecDeque<(CachedFile, ByteRange, Blob)>>,
    writing: Cell<bool>,
    /// The part that some bytes were last read of: mostly others of it are next.
    held: RefCell<Option<Held>>,
    /// Whether the cache is empty, so that lookups are skipped.
    empty: Cell<bool>,
    /// Whether bytes are stored as they are, because the database refuses blobs.
    takes_no_blobs: Cell<bool>,
    /// Whether nothing more is written, because it failed.
    broken: Cell<bool>,
    report: Box<dyn Fn(Error)>,
}

/// The bytes of a part.
struct Held {
    address: String,
    version: String,
    part: ByteRange,
    bytes: Uint8Array,
}

impl Held {
    fn new(file: &CachedFile, part: ByteRange, bytes: &Uint8Array) -> Self {
        Self { address: file.address.clone(), version: file.version.clone(), part, bytes: bytes.clone() }
    }

    fn is(&self, file: &CachedFile, part: ByteRange) -> bool {
        self.part == part && self.address == file.address && self.version == file.version
    }

    fn bytes(&self) -> Uint8Array {
        self.bytes.clone()
    }
}

impl Cache {
    /// Begins to open the database. `report` is called once, with why nothing can be cached.
    pub fn new(report: impl Fn(Error) + 'static) -> Self {
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
            takes_no_blobs: Cell::default(),
            broken: Cell::default(),
            report: Box::new(report),
        }));
        let opened = open();
        let inner = Rc::clone(&cache.0);
        let opening = wasm_bindgen_futures::future_to_promise(async move {
            match opened.await {
                Ok(database) => *inner.database.borrow_mut() = Some(database),
                Err(_) => inner.give_up(texts::NO_STORAGE),
            }
            Ok(JsValue::UNDEFINED)
        });
        *cache.0.opening.borrow_mut() = Some(opening);
        cache
    }

    /// The cache is empty: lookups are skipped until something is stored.
    pub fn begin_empty(&self) {
        self.0.empty.set(true);
    }

    /// Sets the most bytes that are cached; 0 removes everything.
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

    /// What is cached of the file at an address, if anything is.
    pub async fn look_up(&self, address: &str) -> Option<CachedFile> {
        if self.0.limit_bytes.get() == 0 || self.0.empty.get() || !cache::is_cacheable(address) {
            return None;
        }
        let look = self.0.look_up(address);
        patiently(look).await.flatten()
    }

    /// The bytes of a part of a file, from its beginning up to where one cached part ends; none where they
    /// have been evicted meanwhile.
    pub async fn read(&self, file: &RefCell<CachedFile>, range: ByteRange) -> Option<Uint8Array> {
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
            None => patiently(self.0.body(&key)).await.flatten(),
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

    /// Stores a part of a file, given as arrays of bytes in order; whether it tries to.
    pub fn store(&self, address: &str, identity: &Identity, part: ByteRange, pieces: &Array) -> bool {
        let inner = Rc::clone(&self.0);
        let pending = inner.pending_bytes.get() + part.len();
        if inner.broken.get()
            || part.is_empty()
            || part.len() > inner.limit_bytes.get()
            || pending > MAX_PENDING_BYTES
            || !cache::is_cacheable(address)
            || !cache::has_version(identity)
        {
            return false;
        }
        let Ok(body) = Blob::new_with_u8_array_sequence(pieces) else { return false };
        inner.pending_bytes.set(pending);
        inner.empty.set(false);
        inner.queue.borrow_mut().push_back((CachedFile::new(address, identity.clone(), now()), part, body));
        if !inner.writing.replace(true) {
            spawn_local(async move {
                inner.opened().await;
                loop {
                    let next = inner.queue.borrow_mut().pop_front();
                    let Some((file, part, body)) = next else { break };
                    inner.store(&file, part, &body).await;
                    inner.pending_bytes.set(inner.pending_bytes.get().saturating_sub(part.len()));
                }
                inner.writing.set(false);
            });
        }
        true
    }

    /// Writes down that the server said the file is the cached one, and the time of use of parts that were
    /// read.
    pub fn note(&self, file: &RefCell<CachedFile>, is_checked: bool) {
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

    /// Removes everything of the file at an address: it is another one now.
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

    /// Bytes in the cache; none where there can't be one.
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

/// What a database answers, if it does within [`PATIENCE_MILLIS`].
async fn patiently<T>(future: impl Future<Output = T>) -> Option<T> {
    within(PATIENCE_MILLIS, future).await
}
