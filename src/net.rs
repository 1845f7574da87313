//! Ranges over `fetch`: resolved once, checked, retried, aborted.
//!
//! A request never makes the browser ask for permission first: `Range: bytes=a-b` is the only
//! header that is set, and it is safelisted. The exception is a token, which the Hub allows; it is
//! sent to the endpoint that it was given for and to no other. The address that the Hub redirects
//! to is used again until it is refused. Each source has its own address, its own signed one, and
//! its own identity.

use crate::bytes::ByteRange;
use crate::engine::{Event, Listing};
use crate::error::{Error, ErrorKind};
use crate::hub::answer::{Accepted, Answer, Identity, Refused, classify, refusal};
use crate::hub::listing::MAX_LISTING_BYTES;
use crate::hub::{backoff_millis, is_on, rate_limit_millis};
use crate::ids::{FetchId, SourceId};
use crate::protocol::Secret;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
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

/// Reads ranges of files, and says what came of it.
#[derive(Clone)]
pub struct Net {
    state: Rc<RefCell<State>>,
    /// The Hub that is shown a token, and the token. It outlives the source.
    token: Rc<RefCell<Option<(String, Secret)>>>,
    emit: Rc<dyn Fn(Event)>,
}

#[derive(Default)]
struct State {
    sources: BTreeMap<SourceId, Source>,
    running: BTreeMap<FetchId, AbortController>,
    /// Wakes those that wait before they try again.
    sleepers: Vec<Function>,
}

/// A file that ranges are read of.
struct Source {
    place: Place,
    /// Where the source's address redirected to.
    signed: Option<String>,
    identity: Option<Identity>,
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
        Self { state: Rc::default(), token: Rc::default(), emit: Rc::new(emit) }
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
            *state = State::default();
        }
        state.sources.insert(source, Source { place, signed: None, identity: None });
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

    /// Adds the token to a request, if it is to the Hub that the token is for. A browser takes it
    /// off where the answer is a redirect to another origin (step 13 of the Fetch standard's
    /// HTTP-redirect fetch); the signed address is asked without it.
    fn authorize(&self, url: &str, headers: &web_sys::Headers) {
        if let Some((endpoint, token)) = &*self.token.borrow()
            && is_on(endpoint, url)
        {
            let _ = headers.set("Authorization", &format!("Bearer {}", token.reveal()));
        }
    }

    /// Begins to read a range.
    pub fn fetch(&self, id: FetchId, source: SourceId, range: ByteRange) {
        let net = self.clone();
        self.start(id, async move { net.run(id, source, range).await });
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
                let answer = listing(&url, headers).await;
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
        let mut left = range;
        let mut began = false;
        let (mut failures, mut resolves, mut waited) = (0u32, 0u32, 0u32);
        loop {
            let before = left;
            let ended = self.attempt(id, source, &mut left, &mut began).await;
            if !self.is_running(id) {
                return None;
            }
            if left != before {
                (failures, resolves) = (0, 0);
            }
            let error = match ended {
                Ok(()) => return Some(Event::Done { id }),
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

    /// One request for what is left of a range.
    async fn attempt(
        &self,
        id: FetchId,
        source: SourceId,
        left: &mut ByteRange,
        began: &mut bool,
    ) -> Result<(), Ended> {
        let (url, signed, expected) = {
            let state = self.state.borrow();
            let Some(Source { place: Place::Address(address), signed, identity }) =
                state.sources.get(&source)
            else {
                return Err(Ended::Aborted);
            };
            let url = signed.clone().unwrap_or_else(|| address.clone());
            (url, signed.is_some(), identity.clone())
        };
        let response = self.request(id, &url, Some(*left)).await?;
        let header = |name: &str| response.headers().get(name).ok().flatten();
        let answer = Answer {
            asked: *left,
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
        let Accepted { range, total_bytes: _, identity } = match classify(&answer) {
            Ok(accepted) => accepted,
            Err(refused) => {
                if !signed && response.redirected() && matches!(refused, Refused::BeyondEnd { .. }) {
                    self.sign(source, Some(response.url()));
                }
                self.discard(id, &response);
                return Err(match refused {
                    Refused::ResolveAgain => Ended::ResolveAgain,
                    Refused::BeyondEnd { total_bytes } => Ended::BeyondEnd(total_bytes),
                    Refused::Failed(error) => Ended::Failed(error),
                });
            }
        };
        if !signed && response.redirected() {
            self.sign(source, Some(response.url()));
        }
        if let Some(source) = self.state.borrow_mut().sources.get_mut(&source) {
            source.identity = Some(identity.clone());
        }
        if *began && range.start != left.start {
            // A server that sends the whole file starts it again: what came is passed over.
            if range.start > left.start {
                return Err(Ended::Failed(Error::new(ErrorKind::Server, "the answer begins too late")));
            }
        } else if !*began {
            *began = true;
            *left = range;
            (self.emit)(Event::Began { id, range, identity });
        }
        self.read_body(id, &response, left.start - range.start, left).await
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
        self.authorize(url, &headers);
        init.set_headers(&headers);
        let promise = scope().fetch_with_str_and_init(url, &init);
        match timeout(JsFuture::from(promise)).await {
            Some(Ok(response)) => response.dyn_into().map_err(|_| broken("no response")),
            _ if !self.is_running(id) => Err(Ended::Aborted),
            Some(Err(_)) => Err(Ended::Failed(Error::new(
                ErrorKind::Network,
                "there was no answer that this page may read",
            ))),
            None => {
                self.restart(id);
                Err(Ended::Failed(Error::new(ErrorKind::Network, "there was no answer in time")))
            }
        }
    }

    /// Hands on the body's bytes as they come; the first `skip` of them are passed over.
    async fn read_body(
        &self,
        id: FetchId,
        response: &Response,
        mut skip: u64,
        left: &mut ByteRange,
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
            let mut at = passed_over as u32;
            while u64::from(at) < end {
                let next = at.saturating_add(PIECE_BYTES).min(end as u32);
                let bytes = chunk.subarray(at, next).to_vec();
                at = next;
                left.start += bytes.len() as u64;
                (self.emit)(Event::Bytes { id, bytes });
                if !self.is_running(id) {
                    return Err(Ended::Aborted);
                }
            }
        }
        Ok(())
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
    let mut timer = None;
    let promise = Promise::new(&mut |resolve, _| {
        timer = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, IDLE_MILLIS).ok();
    });
    let mut late = JsFuture::from(promise);
    let mut future = future;
    let result = std::future::poll_fn(|context| {
        use std::future::Future;
        use std::pin::Pin;
        use std::task::Poll;
        if let Poll::Ready(result) = Pin::new(&mut future).poll(context) {
            return Poll::Ready(Some(result));
        }
        Pin::new(&mut late).poll(context).map(|_| None)
    })
    .await;
    if let Some(timer) = timer {
        scope().clear_timeout_with_handle(timer);
    }
    result
}

async fn listing(url: &str, headers: Option<web_sys::Headers>) -> Result<Listing, Error> {
    let init = RequestInit::new();
    if let Some(headers) = headers {
        init.set_headers(&headers);
    }
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
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
