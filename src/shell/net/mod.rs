//! Reads ranges of files, small files and listings over `fetch`, with the cache in front of it.
//!
//! Of a file of which something is cached, the server is asked once whether it is still that version; then
//! only what is missing is fetched. Where the server can't be asked, what is cached is used all the same,
//! and that is reported. What a token was needed for is not cached: the token is gone with the tab, and so
//! is what it opened.
//!
//! A request never makes the browser ask for permission first: `Range: bytes=a-b` is the only
//! header that is set, and it is safelisted. The exception is a token, which the Hub allows; it is
//! sent to the endpoint that it was given for and to no other. The address that the Hub redirects
//! to is used again until it is refused. Each source has its own address, its own signed one, and
//! its own identity.
//!
//! [`range`] reads a range to its end; [`cached`] what is cached of it; [`body`] hands its bytes on;
//! [`whole`] reads what comes whole; [`request`] makes the requests. What answers mean and when requests
//! are made again is decided in [`crate::formats::hub`].

mod body;
mod cached;
mod range;
mod request;
mod whole;

use crate::base::bytes::ByteRange;
use crate::base::ids::{FetchId, SourceId};
use crate::base::sorted::Map;
use crate::engine::Event;
use crate::formats::hub::answer::{Identity, Refused};
use crate::formats::hub::is_on;
use crate::protocol::Secret;
use crate::shell::cache::{Cache, CachedFile};
use crate::shell::timing::wake;
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, File};

/// Reads ranges of files, and reports what came of it.
#[derive(Clone)]
pub struct Net {
    state: Rc<RefCell<State>>,
    /// The token, and the endpoint that it is sent to. It outlives the source.
    token: Rc<RefCell<Option<(String, Secret)>>>,
    cache: Cache,
    saved: Rc<Cell<Saved>>,
    emit: Rc<dyn Fn(Event)>,
}

/// Traffic saved by the cache since the table was opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saved {
    /// Bytes of the table.
    pub bytes: u64,
    /// Fetches of the table that the cache answered alone, minus revalidation requests.
    pub requests: i64,
    /// Bytes of archives.
    pub image_bytes: u64,
    /// The same for archives.
    pub image_requests: i64,
}

#[derive(Default)]
struct State {
    sources: Map<SourceId, Source>,
    running: Map<FetchId, AbortController>,
    /// Wake those that wait before they try again.
    sleepers: Vec<Function>,
    /// Counts sources.
    serial: u64,
}

/// A file that ranges are read of.
struct Source {
    place: Place,
    /// Where the source's address redirected to.
    signed: Option<String>,
    identity: Option<Identity>,
    cached: Cached,
    /// Tells this source from others that had its number.
    serial: u64,
}

/// What is known of what is cached of a source.
#[derive(Clone)]
enum Cached {
    /// It was not looked up.
    Unknown,
    /// It is being looked up; these wait for it.
    LookingUp(Rc<RefCell<Vec<Function>>>),
    Nothing,
    /// This, and it may be used.
    File(Rc<RefCell<CachedFile>>),
}

#[derive(Clone)]
enum Place {
    Address(String),
    Local(File),
}

/// Why an attempt ended without success.
enum Ended {
    /// Nobody wants it any more.
    Aborted,
    Refused(Refused),
}

impl Net {
    /// `emit` hears of every event; it is never called from within a method of this type.
    pub fn new(emit: impl Fn(Event) + 'static) -> Self {
        let emit: Rc<dyn Fn(Event)> = Rc::new(emit);
        let hears = Rc::clone(&emit);
        let cache = Cache::new(move |error| hears(Event::NotKept { error }));
        Self { state: Rc::default(), token: Rc::default(), cache, saved: Rc::default(), emit }
    }

    /// One for another table: what is cached and the token are shared, files and requests are its own.
    pub fn beside(&self, emit: impl Fn(Event) + 'static) -> Self {
        let (token, cache) = (Rc::clone(&self.token), self.cache.clone());
        Self { state: Rc::default(), token, cache, saved: Rc::default(), emit: Rc::new(emit) }
    }

    /// The cache of this device.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Traffic saved by the cache.
    pub fn saved(&self) -> Saved {
        self.saved.get()
    }

    fn count_saved(&self, source: SourceId, bytes: u64, requests: i64) {
        let mut saved = self.saved.get();
        if source.is_of_table() {
            saved.bytes += bytes;
            saved.requests += requests;
        } else {
            saved.image_bytes += bytes;
            saved.image_requests += requests;
        }
        self.saved.set(saved);
    }

    /// From now on ranges of this source are of the file at this address. A new table takes
    /// everything else with it.
    pub fn set_address(&self, source: SourceId, url: String) {
        self.set_source(source, Place::Address(url));
    }

    /// From now on ranges of the table are of these files.
    pub fn set_files(&self, files: Vec<File>) {
        for (number, file) in (0..).zip(files) {
            self.set_source(SourceId::part(number), Place::Local(file));
        }
    }

    /// From now on ranges of the file that the table is made of are of what the table was so far.
    pub fn move_original(&self) {
        let mut state = self.state.borrow_mut();
        if let Some(source) = state.sources.remove(&SourceId::TABLE) {
            state.sources.insert(SourceId::ORIGINAL, source);
        }
    }

    /// From now on ranges of the table are of this file, which was made of another one. What else is read goes on.
    pub fn set_made(&self, file: File) {
        let mut state = self.state.borrow_mut();
        state.serial += 1;
        let (place, serial) = (Place::Local(file), state.serial);
        let source = Source { place, signed: None, identity: None, cached: Cached::Nothing, serial };
        state.sources.insert(SourceId::TABLE, source);
    }

    fn set_source(&self, source: SourceId, place: Place) {
        if source == SourceId::TABLE {
            self.clear();
        }
        let mut state = self.state.borrow_mut();
        state.serial += 1;
        let serial = state.serial;
        let cached = Cached::Unknown;
        state.sources.insert(source, Source { place, signed: None, identity: None, cached, serial });
    }

    /// Forgets all sources, and aborts what is read of them.
    pub fn clear(&self) {
        let mut state = self.state.borrow_mut();
        for (_, controller) in std::mem::take(&mut state.running) {
            controller.abort();
        }
        let sleepers = std::mem::take(&mut state.sleepers);
        *state = State { serial: state.serial, ..State::default() };
        self.saved.set(Saved::default());
        drop(state);
        wake(sleepers);
    }

    /// A source will not be read again.
    pub fn forget(&self, source: SourceId) {
        self.state.borrow_mut().sources.remove(&source);
    }

    /// Attaches this token to requests to `endpoint` from now on; an empty one is none.
    pub fn sign_in(&self, endpoint: String, token: Secret) {
        *self.token.borrow_mut() = (!token.reveal().is_empty()).then_some((endpoint, token));
    }

    /// Begins to read a range.
    pub fn fetch(&self, id: FetchId, source: SourceId, range: ByteRange) {
        let net = self.clone();
        self.start(id, async move { net.run(id, source, range).await });
    }

    /// Begins to read a range from the cache only; it fails if any part is missing.
    pub fn read_cached(&self, id: FetchId, source: SourceId, range: ByteRange) {
        let net = self.clone();
        self.start(id, async move { net.run_cached(id, source, range).await });
    }

    /// Begins to read a small file whole.
    pub fn get(&self, id: FetchId, url: String, most_bytes: u64) {
        let net = self.clone();
        self.start(id, async move { net.run_get(id, &url, most_bytes).await });
    }

    fn start(&self, id: FetchId, run: impl Future<Output = Option<Event>> + 'static) {
        if let Ok(controller) = AbortController::new() {
            self.state.borrow_mut().running.insert(id, controller);
        }
        let net = self.clone();
        spawn_local(async move {
            let event = run.await;
            // Aborted fetches report nothing.
            if net.state.borrow_mut().running.remove(&id).is_some()
                && let Some(event) = event
            {
                (net.emit)(event);
            }
        });
    }

    /// Stops a fetch.
    pub fn abort(&self, id: FetchId) {
        if let Some(controller) = self.state.borrow_mut().running.remove(&id) {
            controller.abort();
        }
    }

    /// Ends all waits before retries.
    pub fn retry_now(&self) {
        let sleepers = std::mem::take(&mut self.state.borrow_mut().sleepers);
        wake(sleepers);
    }

    /// Whether a token goes along with requests to this address.
    fn has_token(&self, url: &str) -> bool {
        self.token.borrow().as_ref().is_some_and(|(endpoint, _)| is_on(endpoint, url))
    }

    fn is_running(&self, id: FetchId) -> bool {
        self.state.borrow().running.contains_key(&id)
    }

    fn identify(&self, source: SourceId, identity: Option<Identity>) {
        if let Some(source) = self.state.borrow_mut().sources.get_mut(&source) {
            source.identity = identity;
        }
    }

    /// Sets where a source's address redirects to.
    fn sign(&self, source: SourceId, signed: Option<String>) {
        if let Some(source) = self.state.borrow_mut().sources.get_mut(&source) {
            source.signed = signed;
        }
    }
}
