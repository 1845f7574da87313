//! Ranges over `fetch`: resolved once, checked, retried, aborted; and what is kept of them on this device.
//!
//! Of a file of which something is kept, the server is asked once whether it is still that version; then
//! only what is not kept is fetched. Where the server can't be asked, what is kept is used all the same,
//! and that is told. What a token was needed for is not kept: the token is gone with the tab, and so is
//! what it opened.
//!
//! A request never makes the browser ask for permission first: `Range: bytes=a-b` is the only
//! header that is set, and it is safelisted. The exception is a token, which the Hub allows; it is
//! sent to the endpoint that it was given for and to no other. The address that the Hub redirects
//! to is used again until it is refused. Each source has its own address, its own signed one, and
//! its own identity.

use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::{FetchId, SourceId};
use crate::engine::{Event, Listing};
use crate::formats::blocks::may_keep;
use crate::formats::hub::answer::{Accepted, Answer, Identity, Refused, classify, refusal};
use crate::formats::hub::listing::{MAX_LISTING_BYTES, parse_tree};
use crate::formats::hub::{backoff_millis, is_on, paths_info_form, rate_limit_millis};
use crate::protocol::Secret;
use crate::shell::cache::{Cache, KeptFile, within};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, DedicatedWorkerGlobalScope, File, ReadableStreamDefaultReader, RequestCache,
    RequestCredentials, RequestInit, RequestMode, Response,
};

/// A body that brings nothing for so long is given up and asked for again.
const IDLE_MILLIS: i32 = 20_000;

/// Trouble that is over sooner than this is not told.
const QUIET_MILLIS: u32 = 3_000;

/// Bytes handed on at a time, so that what they complete is told before the next ones are looked at.
const PIECE_BYTES: u32 = 128 << 10;

/// How often in a row a signed address may be refused.
const MAX_RESOLVES: u32 = 3;

/// Tries after the first one for a file that something else can stand in for.
const MAX_GET_RETRIES: u32 = 1;

/// A server that does not say within this time whether a file is still the one that is kept is not waited
/// for: what is kept is shown.
const CHECK_MILLIS: i32 = 8_000;

/// Archives of images are not asked about again before this time is over. A new version of one still
/// can't be mixed with what is kept: each of its answers names its version.
const ARCHIVE_FRESH_MILLIS: f64 = 24.0 * 3_600_000.0;

/// Reads ranges of files, and says what came of it.
#[derive(Clone)]
pub struct Net {
    state: Rc<RefCell<State>>,
    /// The Hub that is shown a token, and the token. It outlives the source.
    token: Rc<RefCell<Option<(String, Secret)>>>,
    cache: Cache,
    saved: Rc<Cell<Saved>>,
    emit: Rc<dyn Fn(Event)>,
}

/// What did not have to come, since the table was opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saved {
    /// Bytes of the table.
    pub bytes: u64,
    /// Fetches of the table that made no request, less requests that nothing was fetched with.
    pub requests: i64,
    /// Bytes of archives.
    pub image_bytes: u64,
    /// The same for archives.
    pub image_requests: i64,
}

#[derive(Default)]
struct State {
    sources: BTreeMap<SourceId, Source>,
    running: BTreeMap<FetchId, AbortController>,
    /// Wakes those that wait before they try again.
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
    kept: Kept,
    /// Tells this source from others that had its number.
    serial: u64,
}

/// What is known of what is kept of a source.
#[derive(Clone)]
enum Kept {
    /// Nobody has looked.
    Unknown,
    /// Somebody looks; the others wait.
    Looking(Rc<RefCell<Vec<Function>>>),
    /// Nothing.
    Nothing,
    /// This, and it may be used.
    File(Rc<RefCell<KeptFile>>),
}

/// Where the answer to a fetch stands.
struct Answering {
    /// What is still to come.
    left: ByteRange,
    /// Whether the engine knows what comes.
    began: bool,
    /// Whether a server was asked.
    asked: bool,
}

#[derive(Clone)]
enum Place {
    Address(String),
    Local(File),
}

/// Why a try ended.
enum Ended {
    /// Nobody wants it any more.
    Aborted,
    /// The signed address is used up.
    ResolveAgain,
    BeyondEnd(Option<u64>),
    Failed(Error),
}

impl Net {
    /// `emit` hears of every event; it is never called from within a method of this type.
    pub fn new(emit: impl Fn(Event) + 'static) -> Self {
        let emit: Rc<dyn Fn(Event)> = Rc::new(emit);
        let hears = Rc::clone(&emit);
        let cache = Cache::new(move |error| hears(Event::NotKept { error }));
        Self { state: Rc::default(), token: Rc::default(), cache, saved: Rc::default(), emit }
    }

    /// What is kept on this device.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// What did not have to come.
    pub fn saved(&self) -> Saved {
        self.saved.get()
    }

    fn save(&self, source: SourceId, bytes: u64, requests: i64) {
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

    fn set_source(&self, source: SourceId, place: Place) {
        let mut state = self.state.borrow_mut();
        let mut sleepers = Vec::new();
        if source == SourceId::TABLE {
            for controller in std::mem::take(&mut state.running).into_values() {
                controller.abort();
            }
            sleepers = std::mem::take(&mut state.sleepers);
            *state = State { serial: state.serial, ..State::default() };
            self.saved.set(Saved::default());
        }
        state.serial += 1;
        let serial = state.serial;
        let kept = Kept::Unknown;
        state.sources.insert(source, Source { place, signed: None, identity: None, kept, serial });
        drop(state);
        wake(sleepers);
    }

    /// A source will not be read again.
    pub fn forget(&self, source: SourceId) {
        self.state.borrow_mut().sources.remove(&source);
    }

    /// From now on this Hub is shown this token; an empty one is none.
    pub fn sign_in(&self, endpoint: String, token: Secret) {
        *self.token.borrow_mut() = (!token.reveal().is_empty()).then_some((endpoint, token));
    }

    /// Adds the token to a request, if it is to the Hub that the token is for; whether it is. A browser takes
    /// it off where the answer is a redirect to another origin (step 13 of the Fetch standard's
    /// HTTP-redirect fetch); the signed address is asked without it.
    fn authorize(&self, url: &str, headers: &web_sys::Headers) -> bool {
        match &*self.token.borrow() {
            Some((endpoint, token)) if is_on(endpoint, url) => {
                headers.set("Authorization", &format!("Bearer {}", token.reveal())).is_ok()
            }
            _ => false,
        }
    }

    /// Begins to read a range.
    pub fn fetch(&self, id: FetchId, source: SourceId, range: ByteRange) {
        let net = self.clone();
        self.start(id, async move { net.run(id, source, range).await });
    }

    /// Begins to read what is kept of a range.
    pub fn look(&self, id: FetchId, source: SourceId, range: ByteRange) {
        let net = self.clone();
        self.start(id, async move { net.run_look(id, source, range).await });
    }

    /// Begins to read a small file whole.
    pub fn get(&self, id: FetchId, url: String, most_bytes: u64) {
        let net = self.clone();
        self.start(id, async move { Some(net.run_get(id, &url, most_bytes).await) });
    }

    fn start(&self, id: FetchId, run: impl Future<Output = Option<Event>> + 'static) {
        if let Ok(controller) = AbortController::new() {
            self.state.borrow_mut().running.insert(id, controller);
        }
        let net = self.clone();
        spawn_local(async move {
            let event = run.await;
            // What was aborted is not heard of again.
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

    /// Tries again at once whatever waits.
    pub fn retry_now(&self) {
        let sleepers = std::mem::take(&mut self.state.borrow_mut().sleepers);
        wake(sleepers);
    }

    /// Gets a page of a listing.
    pub fn list(&self, id: FetchId, url: String) {
        let net = self.clone();
        spawn_local(async move {
            let mut failures = 0;
            let answer = loop {
                let headers = web_sys::Headers::new().ok();
                if let Some(headers) = &headers {
                    net.authorize(&url, headers);
                }
                let answer = listing(&url, headers, None).await;
                failures += 1;
                let again = answer.as_ref().is_err_and(Error::is_retryable) && failures <= MAX_GET_RETRIES;
                match backoff_millis(failures, js_sys::Math::random()).filter(|_| again) {
                    Some(millis) => net.sleep(millis).await,
                    None => break answer,
                }
            };
            (net.emit)(Event::Listing { id, answer });
        });
    }

    /// Tells the lengths of files, by path and address: of those of which something is kept without a
    /// request, and of the others by a form, whose media type needs no permission first.
    pub fn sizes(&self, id: FetchId, url: String, files: Vec<(String, String)>) {
        let net = self.clone();
        spawn_local(async move {
            let mut sizes = Vec::new();
            let mut unknown = Vec::new();
            for (path, address) in files {
                let kept = match net.may_keep(&address) {
                    true => net.cache.look_up(&address).await,
                    false => None,
                };
                match kept {
                    Some(kept) => sizes.push((path, kept.identity.total_bytes)),
                    None => unknown.push(path),
                }
            }
            let told = match unknown.is_empty() {
                true => Some(Vec::new()),
                false => net.ask_for_sizes(&url, &unknown).await,
            };
            let known = !sizes.is_empty();
            sizes.extend(told.iter().flatten().cloned());
            (net.emit)(Event::Sizes { id, sizes: (known || told.is_some()).then_some(sizes) });
        });
    }

    async fn ask_for_sizes(&self, url: &str, paths: &[String]) -> Option<Vec<(String, u64)>> {
        let headers = web_sys::Headers::new().ok();
        if let Some(headers) = &headers {
            let _ = headers.set("Content-Type", "application/x-www-form-urlencoded");
            self.authorize(url, headers);
        }
        let form = paths_info_form(paths.iter().map(String::as_str));
        let answer = listing(url, headers, Some(&form)).await.ok()?;
        let files = parse_tree(&answer.json).ok()?.files;
        Some(files.into_iter().map(|file| (file.path, file.size_bytes)).collect())
    }

    fn is_running(&self, id: FetchId) -> bool {
        self.state.borrow().running.contains_key(&id)
    }

    /// Reads a range to its end, with retries; the last event to tell.
    async fn run(&self, id: FetchId, source: SourceId, range: ByteRange) -> Option<Event> {
        let local = match self.state.borrow().sources.get(&source).map(|source| &source.place) {
            Some(Place::Local(file)) => Some(file.clone()),
            Some(Place::Address(_)) | None => None,
        };
        if let Some(file) = local {
            return Some(self.read_local(id, range, &file).await);
        }
        self.settle_kept(id, source).await;
        let mut answer = Answering { left: range, began: false, asked: false };
        let (mut failures, mut resolves, mut waited) = (0u32, 0u32, 0u32);
        loop {
            if let Some(event) = self.answer_from_kept(id, source, &mut answer).await {
                return Some(event);
            }
            if !self.is_running(id) {
                return None;
            }
            let before = answer.left;
            answer.asked = true;
            let ended = self.attempt(id, source, &mut answer).await;
            if !self.is_running(id) {
                return None;
            }
            if answer.left != before {
                (failures, resolves) = (0, 0);
            }
            let error = match ended {
                Ok(()) if answer.left.is_empty() => return Some(Event::Done { id }),
                // What follows is kept.
                Ok(()) => continue,
                Err(Ended::Aborted) => return None,
                Err(Ended::BeyondEnd(file_bytes)) => return Some(Event::BeyondEnd { id, file_bytes }),
                Err(Ended::ResolveAgain) => {
                    self.sign(source, None);
                    resolves += 1;
                    if resolves <= MAX_RESOLVES {
                        continue;
                    }
                    Error::new(ErrorKind::Unauthorized, "the address that the Hub gives is refused")
                }
                Err(Ended::Failed(error)) => error,
            };
            failures += 1;
            let jitter = js_sys::Math::random();
            let wait = match error.kind {
                ErrorKind::RateLimited => rate_limit_millis(failures, jitter),
                _ if error.is_retryable() => backoff_millis(failures, jitter),
                _ => None,
            };
            let Some(millis) = wait else { return Some(Event::Failed { id, error }) };
            waited = waited.saturating_add(millis);
            if waited >= QUIET_MILLIS {
                (self.emit)(Event::Waiting { id, error, retry_in_millis: millis });
            }
            self.sleep(millis).await;
            if !self.is_running(id) {
                return None;
            }
        }
    }

    /// One request for what is left of a range, up to where it is kept again.
    async fn attempt(&self, id: FetchId, source: SourceId, answer: &mut Answering) -> Result<(), Ended> {
        let asked = match self.kept_file(source) {
            Some(file) => ByteRange::new(answer.left.start, file.borrow().parts.gap_end(answer.left)),
            None => answer.left,
        };
        let (response, Accepted { range, total_bytes, identity }) = self.ask(id, source, asked).await?;
        let mut end = range.end;
        if answer.began && range.start != answer.left.start {
            // A server that sends the whole file starts it again: what came is passed over.
            if range.start > answer.left.start {
                return Err(Ended::Failed(Error::new(ErrorKind::Server, "the answer begins too late")));
            }
            end = end.min(answer.left.end);
        } else if answer.began {
            // Trouble on the way here is over. (Parts of archives are put together from one beginning.)
            if source.is_of_table() {
                (self.emit)(Event::Began { id, range: answer.left, identity: identity.clone() });
            }
        } else {
            answer.began = true;
            answer.left = match range.start == asked.start {
                true => ByteRange::new(range.start, answer.left.end.min(total_bytes).max(range.end)),
                false => range,
            };
            (self.emit)(Event::Began { id, range: answer.left, identity: identity.clone() });
        }
        if !self.is_running(id) {
            return Err(Ended::Aborted);
        }
        let skip = answer.left.start - range.start;
        let (start, pieces) = (answer.left.start, Array::new());
        let mut left = ByteRange::new(start, end);
        let read = self.read_body(id, &response, skip, &mut left, &pieces).await;
        answer.left.start = left.start.min(answer.left.end);
        self.keep(source, &identity, ByteRange::new(start, left.start), &pieces);
        read
    }

    /// Asks for a range of a source, and judges the answer before its body is read.
    async fn ask(
        &self,
        id: FetchId,
        source: SourceId,
        asked: ByteRange,
    ) -> Result<(Response, Accepted), Ended> {
        let (url, signed, expected) = {
            let state = self.state.borrow();
            let Some(Source { place: Place::Address(address), signed, identity, .. }) =
                state.sources.get(&source)
            else {
                return Err(Ended::Aborted);
            };
            let url = signed.clone().unwrap_or_else(|| address.clone());
            (url, signed.is_some(), identity.clone())
        };
        let response = self.request(id, &url, Some(asked)).await?;
        let header = |name: &str| response.headers().get(name).ok().flatten();
        let answer = Answer {
            asked,
            // What the Hub redirected to speaks for itself, not for the Hub.
            signed: signed || response.redirected(),
            status: response.status(),
            content_range: header("Content-Range"),
            content_length: header("Content-Length").and_then(|length| length.trim().parse().ok()),
            etag: header("ETag"),
            linked_etag: header("X-Linked-ETag"),
            repo_commit: header("X-Repo-Commit"),
            error_code: header("X-Error-Code"),
            expected: expected.as_ref(),
        };
        let accepted = match classify(&answer) {
            Ok(accepted) => accepted,
            Err(refused) => {
                if !signed && response.redirected() && matches!(refused, Refused::BeyondEnd { .. }) {
                    self.sign(source, Some(response.url()));
                }
                self.discard(id, &response);
                return Err(match refused {
                    Refused::ResolveAgain => Ended::ResolveAgain,
                    Refused::BeyondEnd { total_bytes } => Ended::BeyondEnd(total_bytes),
                    Refused::Failed(error) => {
                        if error.kind == ErrorKind::Changed {
                            self.forget_kept(source);
                        }
                        Ended::Failed(error)
                    }
                });
            }
        };
        if !signed && response.redirected() {
            self.sign(source, Some(response.url()));
        }
        self.identify(source, Some(accepted.identity.clone()));
        Ok((response, accepted))
    }

    // ------------------------------------------------------------ what is kept

    /// Finds out what is kept of a source, and whether it may be used; once, whoever asks first.
    async fn settle_kept(&self, id: FetchId, source: SourceId) {
        loop {
            let (address, serial, waiting) = {
                let mut state = self.state.borrow_mut();
                let Some(held) = state.sources.get_mut(&source) else { return };
                match (&held.kept, &held.place) {
                    (Kept::Nothing | Kept::File(_), _) | (_, Place::Local(_)) => return,
                    (Kept::Looking(waiting), _) => (String::new(), 0, Some(Rc::clone(waiting))),
                    (Kept::Unknown, Place::Address(address)) => {
                        let found = (address.clone(), held.serial, None);
                        held.kept = Kept::Looking(Rc::default());
                        found
                    }
                }
            };
            if let Some(waiting) = waiting {
                let promise = Promise::new(&mut |resolve, _| waiting.borrow_mut().push(resolve));
                let _ = JsFuture::from(promise).await;
                if !self.is_running(id) {
                    return;
                }
                continue;
            }
            let kept = match self.may_keep(&address) {
                true => self.cache.look_up(&address).await,
                false => None,
            };
            let kept = match kept {
                Some(file) => self.check(id, source, file).await,
                None => Kept::Nothing,
            };
            let mut state = self.state.borrow_mut();
            // Another table may have been opened meanwhile.
            let held = state.sources.get_mut(&source).filter(|held| held.serial == serial);
            let waiting = held.map(|held| std::mem::replace(&mut held.kept, kept));
            drop(state);
            if let Some(Kept::Looking(waiting)) = waiting {
                wake(waiting.take());
            }
            return;
        }
    }

    /// Asks the server whether a file is still the one that is kept.
    async fn check(&self, id: FetchId, source: SourceId, file: KeptFile) -> Kept {
        let fresh = js_sys::Date::now() - file.checked_millis < ARCHIVE_FRESH_MILLIS;
        self.identify(source, Some(file.identity.clone()));
        let file = Rc::new(RefCell::new(file));
        if !source.is_of_table() && fresh {
            return Kept::File(file);
        }
        self.save(source, 0, -1);
        let asked = self.ask(id, source, ByteRange::new(0, 1));
        let error = match within(CHECK_MILLIS, asked).await {
            Some(Ok((response, _))) => {
                self.discard(id, &response);
                self.cache.note(&file, true);
                return Kept::File(file);
            }
            Some(Err(Ended::Failed(error))) => error,
            Some(Err(Ended::Aborted)) => {
                self.identify(source, None);
                return Kept::Unknown;
            }
            Some(Err(Ended::ResolveAgain | Ended::BeyondEnd(_))) => {
                Error::new(ErrorKind::Changed, "it is another file")
            }
            None => {
                self.restart(id);
                Error::new(ErrorKind::Network, "there was no answer in time")
            }
        };
        if error.is_retryable() {
            (self.emit)(Event::Unchecked { id, error });
            return Kept::File(file);
        }
        // It is another version now, or no longer open to everyone: the usual way tells.
        self.identify(source, None);
        Kept::Nothing
    }

    /// Hands on kept bytes from the front of what is left, as long as there are some. The last event to
    /// tell, if that was all.
    async fn answer_from_kept(&self, id: FetchId, source: SourceId, answer: &mut Answering) -> Option<Event> {
        let file = self.kept_file(source)?;
        let identity = file.borrow().identity.clone();
        let total_bytes = identity.total_bytes;
        if answer.left.start >= total_bytes && !answer.left.is_empty() {
            return Some(Event::BeyondEnd { id, file_bytes: Some(total_bytes) });
        }
        answer.left.end = answer.left.end.min(total_bytes);
        let mut told = answer.began;
        while !answer.left.is_empty() {
            let Some(bytes) = self.cache.read(&file, answer.left).await else { break };
            if !self.is_running(id) {
                return None;
            }
            if !told {
                told = true;
                answer.began = true;
                let (range, identity) = (answer.left, identity.clone());
                (self.emit)(Event::Kept { id, range, identity });
            }
            self.save(source, bytes.length().into(), 0);
            if !self.hand_on(id, &bytes, &mut answer.left) {
                return None;
            }
        }
        self.cache.note(&file, false);
        if !answer.left.is_empty() {
            return None;
        }
        if !answer.asked {
            self.save(source, 0, 1);
        }
        Some(Event::Done { id })
    }

    /// Hands on what is kept of a range, part by part, and fails where there is more to it.
    async fn run_look(&self, id: FetchId, source: SourceId, range: ByteRange) -> Option<Event> {
        let missing = || Error::new(ErrorKind::Network, "it is not kept on this device");
        let known = match self.state.borrow().sources.get(&source).map(|held| &held.kept) {
            Some(Kept::File(file)) => Some(Rc::clone(file)),
            Some(Kept::Unknown | Kept::Looking(_) | Kept::Nothing) | None => None,
        };
        let Some(file) = known else { return Some(Event::Failed { id, error: missing() }) };
        let parts = file.borrow().parts.within(range);
        let whole = parts.iter().map(|part| part.len()).sum::<u64>() == range.len();
        let identity = file.borrow().identity.clone();
        let mut lost = false;
        for part in parts {
            let mut left = part;
            while !left.is_empty() {
                let Some(bytes) = self.cache.read(&file, left).await else {
                    lost = true;
                    break;
                };
                if !self.is_running(id) {
                    return None;
                }
                (self.emit)(Event::Kept { id, range: left, identity: identity.clone() });
                self.save(source, bytes.length().into(), 0);
                if !self.hand_on(id, &bytes, &mut left) {
                    return None;
                }
            }
        }
        self.cache.note(&file, false);
        Some(if whole && !lost { Event::Done { id } } else { Event::Failed { id, error: missing() } })
    }

    /// Keeps what came of a source, for the next visit and for later in this one.
    fn keep(&self, source: SourceId, identity: &Identity, part: ByteRange, pieces: &Array) {
        let address = match self.state.borrow().sources.get(&source) {
            Some(Source { place: Place::Address(address), .. }) => address.clone(),
            Some(Source { place: Place::Local(_), .. }) | None => return,
        };
        if !self.may_keep(&address) || !self.cache.keep(&address, identity, part, pieces) {
            return;
        }
        // What was dropped from memory is then still here when the network is not.
        if let Some(held) = self.state.borrow_mut().sources.get_mut(&source) {
            if matches!(held.kept, Kept::Nothing) {
                let file = KeptFile::new(&address, identity.clone(), js_sys::Date::now());
                held.kept = Kept::File(Rc::new(RefCell::new(file)));
            }
            if let Kept::File(file) = &held.kept {
                file.borrow_mut().parts.add(part);
            }
        }
    }

    /// Whether what is at an address may be kept: not where a token goes along.
    fn may_keep(&self, address: &str) -> bool {
        let with_token = self.token.borrow().as_ref().is_some_and(|(endpoint, _)| is_on(endpoint, address));
        !with_token && may_keep(address)
    }

    fn kept_file(&self, source: SourceId) -> Option<Rc<RefCell<KeptFile>>> {
        match &self.state.borrow().sources.get(&source)?.kept {
            Kept::File(file) => Some(Rc::clone(file)),
            Kept::Unknown | Kept::Looking(_) | Kept::Nothing => None,
        }
    }

    /// What is kept of a source is of another version.
    fn forget_kept(&self, source: SourceId) {
        let address = {
            let mut state = self.state.borrow_mut();
            let Some(held) = state.sources.get_mut(&source) else { return };
            if matches!(held.kept, Kept::File(_)) {
                held.kept = Kept::Nothing;
            }
            match &held.place {
                Place::Address(address) => address.clone(),
                Place::Local(_) => return,
            }
        };
        self.cache.forget(&address);
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

    /// Reads a file whole. It may well not be there, and something else stands in for it then: so it
    /// is not tried for long.
    async fn run_get(&self, id: FetchId, url: &str, most_bytes: u64) -> Event {
        let mut failures = 0;
        loop {
            let error = match self.attempt_get(id, url, most_bytes).await {
                Ok(()) => return Event::Done { id },
                Err(Ended::Failed(error)) => error,
                Err(Ended::Aborted | Ended::ResolveAgain | Ended::BeyondEnd(_)) => {
                    Error::new(ErrorKind::Network, "there was no answer")
                }
            };
            failures += 1;
            let again = failures <= MAX_GET_RETRIES && error.is_retryable() && self.is_running(id);
            let Some(millis) = backoff_millis(failures, js_sys::Math::random()).filter(|_| again) else {
                return Event::Failed { id, error };
            };
            self.sleep(millis).await;
        }
    }

    async fn attempt_get(&self, id: FetchId, url: &str, most_bytes: u64) -> Result<(), Ended> {
        let failed = |kind, message: &str| Ended::Failed(Error::new(kind, message.to_owned()));
        let response = self.request(id, url, None).await?;
        if !response.ok() {
            self.discard(id, &response);
            return Err(match response.status() {
                404 | 410 => failed(ErrorKind::NotFound, "there is no such file"),
                429 => failed(ErrorKind::RateLimited, "the server asks for a pause (429)"),
                _ => failed(ErrorKind::Server, "the server failed"),
            });
        }
        let length = response.headers().get("Content-Length").ok().flatten();
        if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > most_bytes) {
            self.discard(id, &response);
            return Err(failed(ErrorKind::Limit, "the file is too large"));
        }
        let buffer =
            response.array_buffer().map_err(|_| failed(ErrorKind::Server, "the body can't be read"))?;
        match timeout(JsFuture::from(buffer)).await {
            Some(Ok(buffer)) => {
                let bytes = Uint8Array::new(&buffer);
                if u64::from(bytes.length()) > most_bytes {
                    return Err(failed(ErrorKind::Limit, "the file is too large"));
                }
                if self.is_running(id) {
                    (self.emit)(Event::Bytes { id, bytes: bytes.to_vec() });
                }
                Ok(())
            }
            _ => Err(failed(ErrorKind::Network, "the connection was cut")),
        }
    }

    /// Asks for a range of a file, or for all of it.
    async fn request(&self, id: FetchId, url: &str, range: Option<ByteRange>) -> Result<Response, Ended> {
        let signal = match self.state.borrow().running.get(&id) {
            Some(controller) => controller.signal(),
            None => return Err(Ended::Aborted),
        };
        let broken = |what: &str| Ended::Failed(Error::new(ErrorKind::Internal, what.to_owned()));
        let init = RequestInit::new();
        init.set_method("GET");
        init.set_mode(RequestMode::Cors);
        init.set_credentials(RequestCredentials::Omit);
        init.set_signal(Some(&signal));
        let headers = web_sys::Headers::new().map_err(|_| broken("no headers"))?;
        if let Some(range) = range {
            // Parts of files are kept by this program or not at all.
            init.set_cache(RequestCache::NoStore);
            let value = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
            headers.set("Range", &value).map_err(|_| broken("the range header is refused"))?;
        }
        if range.is_none() {
            // Whoever serves an image need not hear from where it is looked at.
            let _ = Reflect::set(&init, &"referrerPolicy".into(), &"no-referrer".into());
        }
        let with_token = self.authorize(url, &headers);
        init.set_headers(&headers);
        let promise = scope().fetch_with_str_and_init(url, &init);
        match timeout(JsFuture::from(promise)).await {
            Some(Ok(response)) => response.dyn_into().map_err(|_| broken("no response")),
            _ if !self.is_running(id) => Err(Ended::Aborted),
            Some(Err(_)) => Err(Ended::Failed(Error::new(
                ErrorKind::Network,
                // Firefox asks the store for leave as if the token went along; the store gives none.
                if with_token {
                    "there was no answer that this page may read; where a token goes along, Firefox does not \
                     follow the Hub to its store, and other browsers do"
                } else {
                    "there was no answer that this page may read"
                },
            ))),
            None => {
                self.restart(id);
                Err(Ended::Failed(Error::new(ErrorKind::Network, "there was no answer in time")))
            }
        }
    }

    /// Hands on the body's bytes as they come; the first `skip` of them are passed over. What was handed
    /// on is added to `pieces`.
    async fn read_body(
        &self,
        id: FetchId,
        response: &Response,
        mut skip: u64,
        left: &mut ByteRange,
        pieces: &Array,
    ) -> Result<(), Ended> {
        let fail = |message: &str| Ended::Failed(Error::new(ErrorKind::Server, message.to_owned()));
        let Some(body) = response.body() else {
            return if left.is_empty() { Ok(()) } else { Err(fail("no body")) };
        };
        let reader: ReadableStreamDefaultReader =
            body.get_reader().dyn_into().map_err(|_| fail("the body can't be read"))?;
        while !left.is_empty() {
            let read = match timeout(JsFuture::from(reader.read())).await {
                Some(Ok(read)) => read,
                _ if !self.is_running(id) => return Err(Ended::Aborted),
                Some(Err(_)) => {
                    return Err(Ended::Failed(Error::new(ErrorKind::Network, "the connection was cut")));
                }
                None => {
                    self.restart(id);
                    return Err(Ended::Failed(Error::new(ErrorKind::Network, "the connection went silent")));
                }
            };
            if !self.is_running(id) {
                return Err(Ended::Aborted);
            }
            let done = Reflect::get(&read, &JsValue::from_str("done")).is_ok_and(|done| done.is_truthy());
            if done {
                return Err(fail("the answer ends early"));
            }
            let Some(chunk) = Reflect::get(&read, &JsValue::from_str("value"))
                .ok()
                .and_then(|value| value.dyn_into::<Uint8Array>().ok())
            else {
                return Err(fail("the body can't be read"));
            };
            let passed_over = skip.min(u64::from(chunk.length()));
            skip -= passed_over;
            let end = u64::from(chunk.length()).min(passed_over + left.len());
            let chunk = chunk.subarray(passed_over as u32, end as u32);
            pieces.push(&chunk);
            if !self.hand_on(id, &chunk, left) {
                return Err(Ended::Aborted);
            }
        }
        Ok(())
    }

    /// Hands on bytes in pieces; whether they are still wanted.
    fn hand_on(&self, id: FetchId, bytes: &Uint8Array, left: &mut ByteRange) -> bool {
        let mut at = 0;
        while at < bytes.length() {
            let next = at.saturating_add(PIECE_BYTES).min(bytes.length());
            let piece = bytes.subarray(at, next).to_vec();
            left.start = (left.start + u64::from(next - at)).min(left.end);
            at = next;
            (self.emit)(Event::Bytes { id, bytes: piece });
            if !self.is_running(id) {
                return false;
            }
        }
        true
    }

    /// Ends a request whose body is not wanted, without ending the fetch.
    fn discard(&self, id: FetchId, response: &Response) {
        if response.body().is_some() {
            self.restart(id);
        }
    }

    /// Aborts the request under way and makes ready for another one of the same fetch.
    fn restart(&self, id: FetchId) {
        let mut state = self.state.borrow_mut();
        if let Some(controller) = state.running.get_mut(&id) {
            controller.abort();
            if let Ok(fresh) = AbortController::new() {
                *controller = fresh;
            }
        }
    }

    async fn sleep(&self, millis: u32) {
        let promise = Promise::new(&mut |resolve, _| {
            let millis = i32::try_from(millis).unwrap_or(i32::MAX);
            let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
            self.state.borrow_mut().sleepers.push(resolve);
        });
        let _ = JsFuture::from(promise).await;
    }

    async fn read_local(&self, id: FetchId, range: ByteRange, file: &File) -> Event {
        let total_bytes = file.size() as u64;
        let range = ByteRange::new(range.start.min(total_bytes), range.end.min(total_bytes));
        let identity = Identity { total_bytes, etag: None, commit: None };
        (self.emit)(Event::Began { id, range, identity });
        let read = async {
            let part = file.slice_with_f64_and_f64(range.start as f64, range.end as f64).ok()?;
            JsFuture::from(part.array_buffer()).await.ok()
        };
        match read.await {
            Some(buffer) => {
                let bytes = Uint8Array::new(&buffer).to_vec();
                if bytes.len() as u64 == range.len() && self.is_running(id) {
                    (self.emit)(Event::Bytes { id, bytes });
                    return Event::Done { id };
                }
                Event::Failed { id, error: Error::new(ErrorKind::Changed, "the file is shorter than it was") }
            }
            None => {
                let message = "the file can't be read any more; it was moved, changed or removed";
                Event::Failed { id, error: Error::new(ErrorKind::Changed, message) }
            }
        }
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn wake(sleepers: Vec<Function>) {
    for sleeper in sleepers {
        let _ = sleeper.call0(&JsValue::NULL);
    }
}

/// What a promise came to, or none where it took longer than [`IDLE_MILLIS`].
async fn timeout(future: JsFuture) -> Option<Result<JsValue, JsValue>> {
    within(IDLE_MILLIS, future).await
}

async fn listing(url: &str, headers: Option<web_sys::Headers>, form: Option<&str>) -> Result<Listing, Error> {
    let init = RequestInit::new();
    if let Some(headers) = headers {
        init.set_headers(&headers);
    }
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
    if let Some(form) = form {
        init.set_method("POST");
        init.set_body(&JsValue::from_str(form));
    }
    let silent = || Error::new(ErrorKind::Network, "there was no answer that this page may read");
    let response = timeout(JsFuture::from(scope().fetch_with_str_and_init(url, &init))).await;
    let response: Response =
        response.and_then(Result::ok).and_then(|response| response.dyn_into().ok()).ok_or_else(silent)?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    if !response.ok() {
        return Err(refusal(response.status(), header("X-Error-Code")));
    }
    let length = header("Content-Length").and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|bytes| bytes > MAX_LISTING_BYTES) {
        return Err(Error::new(ErrorKind::Limit, "the listing is too long"));
    }
    let buffer = response.array_buffer().map_err(|_| silent())?;
    let buffer = timeout(JsFuture::from(buffer)).await.and_then(Result::ok).ok_or_else(silent)?;
    Ok(Listing { json: Uint8Array::new(&buffer).to_vec(), link: header("Link") })
}
