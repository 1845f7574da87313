//! Reads a range of a file to its end: from the cache where it is cached, by requests otherwise.

use super::request::{failed, head};
use super::{Ended, Net, Place, Source};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::{FetchId, SourceId};
use crate::engine::Event;
use crate::formats::hub::answer::{Accepted, Answer, Identity, Refused, judge_range};
use crate::formats::hub::retry::{Attempts, Next};
use crate::protocol::texts::requests as texts;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, Response};

/// How far a range has been read.
pub(super) struct Progress {
    /// What is still to come.
    pub left: ByteRange,
    /// Whether the engine knows what comes.
    pub began: bool,
    /// Whether a server was asked.
    pub asked: bool,
}

impl Net {
    /// Reads a range to its end, with retries. Gives the last event; none if the fetch was aborted.
    pub(super) async fn run(&self, id: FetchId, source: SourceId, range: ByteRange) -> Option<Event> {
        let local = match self.state.borrow().sources.get(&source).map(|source| &source.place) {
            Some(Place::Local(file)) => Some(file.clone()),
            Some(Place::Address(_)) | None => None,
        };
        if let Some(file) = local {
            return Some(self.read_local(id, range, &file).await);
        }
        self.look_up(id, source).await;
        let mut progress = Progress { left: range, began: false, asked: false };
        let mut attempts = Attempts::at_range();
        loop {
            if let Some(event) = self.answer_from_cache(id, source, &mut progress).await {
                return Some(event);
            }
            if !self.is_running(id) {
                return None;
            }
            let before = progress.left;
            progress.asked = true;
            let ended = self.attempt(id, source, &mut progress).await;
            if !self.is_running(id) {
                return None;
            }
            if progress.left != before {
                attempts.made_progress();
            }
            let refused = match ended {
                Ok(()) if progress.left.is_empty() => return Some(Event::Done { id }),
                // What follows is cached.
                Ok(()) => continue,
                Err(Ended::Aborted) => return None,
                Err(Ended::Refused(refused)) => refused,
            };
            if refused == Refused::ResolveAgain {
                self.sign(source, None);
            }
            match attempts.after(refused, js_sys::Math::random()) {
                Next::Resolve => {}
                Next::Retry { after_millis, error, report } => {
                    if report {
                        (self.emit)(Event::Waiting { id, error, retry_in_millis: after_millis });
                    }
                    self.sleep(after_millis).await;
                    if !self.is_running(id) {
                        return None;
                    }
                }
                Next::BeyondEnd { total_bytes } => {
                    return Some(Event::BeyondEnd { id, file_bytes: total_bytes });
                }
                Next::GiveUp(error) => return Some(Event::Failed { id, error }),
            }
        }
    }

    /// One request for what is left of a range, up to where it is cached again.
    async fn attempt(&self, id: FetchId, source: SourceId, progress: &mut Progress) -> Result<(), Ended> {
        let asked = match self.cached_file(source) {
            Some(file) => ByteRange::new(progress.left.start, file.borrow().parts.gap_end(progress.left)),
            None => progress.left,
        };
        let (response, Accepted { range, total_bytes, identity }) = self.ask(id, source, asked).await?;
        let mut end = range.end;
        if progress.began && range.start != progress.left.start {
            // A server that sends the whole file starts it again: what has come already is skipped.
            if range.start > progress.left.start {
                return Err(failed(ErrorKind::Server, texts::BEGINS_LATE));
            }
            end = end.min(progress.left.end);
        } else if progress.began {
            // Trouble on the way here is over. (Parts of archives are put together from one beginning.)
            if source.is_of_table() {
                (self.emit)(Event::Began { id, range: progress.left, identity: identity.clone() });
            }
        } else {
            progress.began = true;
            progress.left = match range.start == asked.start {
                true => ByteRange::new(range.start, progress.left.end.min(total_bytes).max(range.end)),
                false => range,
            };
            (self.emit)(Event::Began { id, range: progress.left, identity: identity.clone() });
        }
        if !self.is_running(id) {
            return Err(Ended::Aborted);
        }
        let skip = progress.left.start - range.start;
        let (start, pieces) = (progress.left.start, Array::new());
        let mut left = ByteRange::new(start, end);
        let read = self.read_body(id, &response, skip, &mut left, &pieces).await;
        progress.left.start = left.start.min(progress.left.end);
        self.store(source, &identity, ByteRange::new(start, left.start), &pieces);
        read
    }

    /// Asks for a range of a source, and judges the answer before its body is read.
    pub(super) async fn ask(
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
        let mut response = self.request(id, &url, Some(asked)).await?;
        let redirected = !signed && response.redirected();
        // What the Hub redirected to speaks for itself, not for the Hub.
        let told = |response: &Response| Answer { signed: signed || redirected, ..head(response) };
        let mut answer = told(&response);
        if redirected && answer.is_whole() {
            // Where a service worker lets a request pass, WebKit forgets its range at a redirect.
            self.discard(id, &response);
            response = self.request(id, &response.url(), Some(asked)).await?;
            answer = told(&response);
        }
        let verdict = judge_range(&answer, asked, expected.as_ref());
        if redirected && matches!(verdict, Ok(_) | Err(Refused::BeyondEnd { .. })) {
            self.sign(source, Some(response.url()));
        }
        match verdict {
            Ok(accepted) => {
                self.identify(source, Some(accepted.identity.clone()));
                Ok((response, accepted))
            }
            Err(refused) => {
                self.discard(id, &response);
                if let Refused::Failed(error) = &refused
                    && error.kind == ErrorKind::Changed
                {
                    self.forget_cached(source);
                }
                Err(Ended::Refused(refused))
            }
        }
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
                Event::Failed { id, error: Error::new(ErrorKind::Changed, texts::SHORTER) }
            }
            None => {
                let message = texts::GONE;
                Event::Failed { id, error: Error::new(ErrorKind::Changed, message) }
            }
        }
    }
}
