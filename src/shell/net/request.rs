//! Makes requests: the token, headers, time limits, and aborting.

use super::{Ended, Net};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::FetchId;
use crate::formats::hub::answer::{Answer, Refused};
use crate::formats::hub::is_on;
use crate::protocol::texts::requests as texts;
use crate::shell::timing::{scope, timeout};
use js_sys::{Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestInit, RequestMode, Response};

impl Net {
    /// Asks for a range of a file, or for all of it.
    pub(super) async fn request(
        &self,
        id: FetchId,
        url: &str,
        range: Option<ByteRange>,
    ) -> Result<Response, Ended> {
        let signal = match self.state.borrow().running.get(&id) {
            Some(controller) => controller.signal(),
            None => return Err(Ended::Aborted),
        };
        let broken = |what: &str| failed(ErrorKind::Internal, what);
        let init = RequestInit::new();
        init.set_method("GET");
        init.set_mode(RequestMode::Cors);
        init.set_credentials(RequestCredentials::Omit);
        init.set_signal(Some(&signal));
        let headers = web_sys::Headers::new().map_err(|_| broken(texts::NO_HEADERS))?;
        if let Some(range) = range {
            // Parts of files are in this program's cache or in none.
            init.set_cache(RequestCache::NoStore);
            let value = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
            headers.set("Range", &value).map_err(|_| broken(texts::RANGE_REFUSED))?;
        }
        if range.is_none() {
            // Hosts of images need not know which page shows them.
            let _ = Reflect::set(&init, &"referrerPolicy".into(), &"no-referrer".into());
        }
        let with_token = self.authorize(url, &headers);
        init.set_headers(&headers);
        let promise = scope().fetch_with_str_and_init(url, &init);
        match timeout(JsFuture::from(promise)).await {
            Some(Ok(response)) => response.dyn_into().map_err(|_| broken(texts::NO_RESPONSE)),
            _ if !self.is_running(id) => Err(Ended::Aborted),
            Some(Err(_)) => Err(failed(
                ErrorKind::Network,
                // Firefox and WebKit send the store a preflight for the token's header, which the store refuses.
                if with_token { texts::NO_ANSWER_WITH_TOKEN } else { texts::NO_ANSWER },
            )),
            None => {
                self.restart(id);
                Err(failed(ErrorKind::Network, texts::NO_ANSWER_IN_TIME))
            }
        }
    }

    /// Adds the token to a request, if it is to the Hub that the token is for; whether it is. A browser takes
    /// it off where the answer is a redirect to another origin (step 13 of the Fetch standard's
    /// HTTP-redirect fetch); the signed address is asked without it.
    pub(super) fn authorize(&self, url: &str, headers: &web_sys::Headers) -> bool {
        match &*self.token.borrow() {
            Some((endpoint, token)) if is_on(endpoint, url) => {
                headers.set("Authorization", &format!("Bearer {}", token.reveal())).is_ok()
            }
            _ => false,
        }
    }

    /// Ends a request whose body is not wanted, without ending the fetch.
    pub(super) fn discard(&self, id: FetchId, response: &Response) {
        if response.body().is_some() {
            self.restart(id);
        }
    }

    /// Aborts the request in flight, so that another one of the same fetch can be made.
    pub(super) fn restart(&self, id: FetchId) {
        let mut state = self.state.borrow_mut();
        if let Some(controller) = state.running.get_mut(&id) {
            controller.abort();
            if let Ok(fresh) = AbortController::new() {
                *controller = fresh;
            }
        }
    }

    /// Waits before a retry; [`Net::retry_now`] ends the wait.
    pub(super) async fn sleep(&self, millis: u32) {
        let promise = Promise::new(&mut |resolve, _| {
            let millis = i32::try_from(millis).unwrap_or(i32::MAX);
            let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
            self.state.borrow_mut().sleepers.push(resolve);
        });
        let _ = JsFuture::from(promise).await;
    }
}

/// What an answer's headers say.
pub(super) fn head(response: &Response) -> Answer {
    let header = |name: &str| response.headers().get(name).ok().flatten();
    Answer {
        status: response.status(),
        signed: false,
        content_range: header("Content-Range"),
        content_length: header("Content-Length").and_then(|length| length.trim().parse().ok()),
        etag: header("ETag"),
        linked_etag: header("X-Linked-ETag"),
        repo_commit: header("X-Repo-Commit"),
        error_code: header("X-Error-Code"),
    }
}

/// An attempt that failed before there was an answer to judge, or while its body was read.
pub(super) fn failed(kind: ErrorKind, message: &str) -> Ended {
    Ended::Refused(Refused::Failed(Error::new(kind, message)))
}
