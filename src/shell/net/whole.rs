//! Reads what comes whole: small files, pages of a listing, sizes of files.

use super::request::{failed, head};
use super::{Ended, Net};
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::FetchId;
use crate::engine::{Event, Listing};
use crate::formats::hub::answer::{Refused, check_length, judge_whole};
use crate::formats::hub::listing::{MAX_LISTING_BYTES, parse_tree};
use crate::formats::hub::paths_info_form;
use crate::formats::hub::retry::{Attempts, Next};
use crate::protocol::texts::requests as texts;
use crate::shell::timing::{scope, timeout};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{RequestCredentials, RequestInit, RequestMode, Response};

impl Net {
    /// Gets a page of a listing.
    pub fn list(&self, id: FetchId, url: String) {
        let net = self.clone();
        spawn_local(async move {
            let answer = net.listing(&url, None).await;
            (net.emit)(Event::Listing { id, answer });
        });
    }

    /// Finds the sizes of files, by path and address: of those that are cached without a request, and of
    /// the others by a form, whose media type needs no permission first.
    pub fn sizes(&self, id: FetchId, url: String, files: Vec<(String, String)>) {
        let net = self.clone();
        spawn_local(async move {
            let mut sizes = Vec::new();
            let mut unknown = Vec::new();
            for (path, address) in files {
                let cached = match net.may_cache(&address) {
                    true => net.cache.look_up(&address).await,
                    false => None,
                };
                match cached {
                    Some(cached) => sizes.push((path, cached.identity.total_bytes)),
                    None => unknown.push(path),
                }
            }
            let fetched = match unknown.is_empty() {
                true => Some(Vec::new()),
                false => net.fetch_sizes(&url, &unknown).await,
            };
            let known = !sizes.is_empty();
            sizes.extend(fetched.iter().flatten().cloned());
            (net.emit)(Event::Sizes { id, sizes: (known || fetched.is_some()).then_some(sizes) });
        });
    }

    async fn fetch_sizes(&self, url: &str, paths: &[String]) -> Option<Vec<(String, u64)>> {
        let form = paths_info_form(paths.iter().map(String::as_str));
        let answer = self.listing(url, Some(&form)).await.ok()?;
        let files = parse_tree(&answer.json).ok()?.files;
        Some(files.into_iter().map(|file| (file.path, file.size_bytes)).collect())
    }

    /// Gets a listing, with retries; with a form it is posted.
    async fn listing(&self, url: &str, form: Option<&str>) -> Result<Listing, Error> {
        let mut attempts = Attempts::at_whole();
        loop {
            let refused = match self.attempt_listing(url, form).await {
                Ok(listing) => return Ok(listing),
                Err(refused) => refused,
            };
            match attempts.after(refused, js_sys::Math::random()) {
                Next::Resolve => {}
                Next::Retry { after_millis, .. } => self.sleep(after_millis).await,
                Next::BeyondEnd { .. } => return Err(no_answer()),
                Next::GiveUp(error) => return Err(error),
            }
        }
    }

    async fn attempt_listing(&self, url: &str, form: Option<&str>) -> Result<Listing, Refused> {
        let silent = || Refused::Failed(no_answer());
        let init = RequestInit::new();
        if let Ok(headers) = web_sys::Headers::new() {
            if form.is_some() {
                let _ = headers.set("Content-Type", "application/x-www-form-urlencoded");
            }
            self.authorize(url, &headers);
            init.set_headers(&headers);
        }
        init.set_mode(RequestMode::Cors);
        init.set_credentials(RequestCredentials::Omit);
        if let Some(form) = form {
            init.set_method("POST");
            init.set_body(&JsValue::from_str(form));
        }
        let response = timeout(JsFuture::from(scope().fetch_with_str_and_init(url, &init))).await;
        let response: Response =
            response.and_then(Result::ok).and_then(|response| response.dyn_into().ok()).ok_or_else(silent)?;
        judge_whole(&head(&response), MAX_LISTING_BYTES as u64)?;
        let buffer = response.array_buffer().map_err(|_| silent())?;
        let buffer = timeout(JsFuture::from(buffer)).await.and_then(Result::ok).ok_or_else(silent)?;
        let link = response.headers().get("Link").ok().flatten();
        Ok(Listing { json: Uint8Array::new(&buffer).to_vec(), link })
    }

    /// Reads a small file, with retries. Gives the last event; none if it was aborted.
    pub(super) async fn run_get(&self, id: FetchId, url: &str, most_bytes: u64) -> Option<Event> {
        let mut attempts = Attempts::at_whole();
        loop {
            let refused = match self.attempt_get(id, url, most_bytes).await {
                Ok(()) => return Some(Event::Done { id }),
                Err(Ended::Aborted) => return None,
                Err(Ended::Refused(refused)) => refused,
            };
            match attempts.after(refused, js_sys::Math::random()) {
                Next::Resolve => {}
                Next::Retry { after_millis, .. } => self.sleep(after_millis).await,
                Next::BeyondEnd { .. } => return Some(Event::Failed { id, error: no_answer() }),
                Next::GiveUp(error) => return Some(Event::Failed { id, error }),
            }
            if !self.is_running(id) {
                return None;
            }
        }
    }

    async fn attempt_get(&self, id: FetchId, url: &str, most_bytes: u64) -> Result<(), Ended> {
        let response = self.request(id, url, None).await?;
        if let Err(refused) = judge_whole(&head(&response), most_bytes) {
            self.discard(id, &response);
            return Err(Ended::Refused(refused));
        }
        let buffer =
            response.array_buffer().map_err(|_| failed(ErrorKind::Server, texts::BODY_UNREADABLE))?;
        match timeout(JsFuture::from(buffer)).await {
            Some(Ok(buffer)) => {
                let bytes = Uint8Array::new(&buffer);
                check_length(bytes.length().into(), most_bytes)
                    .map_err(|error| Ended::Refused(Refused::Failed(error)))?;
                if self.is_running(id) {
                    (self.emit)(Event::Bytes { id, bytes: bytes.to_vec() });
                }
                Ok(())
            }
            _ => Err(failed(ErrorKind::Network, texts::CONNECTION_CUT)),
        }
    }
}

fn no_answer() -> Error {
    Error::new(ErrorKind::Network, texts::NO_ANSWER)
}
