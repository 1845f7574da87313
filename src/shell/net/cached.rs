//! What is cached of a file: looked up and revalidated once, then used for every range of it.

use super::range::Progress;
use super::{Cached, Ended, Net, Place, Source};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::{FetchId, SourceId};
use crate::engine::Event;
use crate::formats::cache::is_cacheable;
use crate::formats::hub::answer::{Identity, Refused};
use crate::protocol::texts::requests as texts;
use crate::shell::cache::CachedFile;
use crate::shell::timing::{wake, within};
use js_sys::{Array, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;

/// How long a revalidation may take; after that, what is cached is shown unchecked.
const REVALIDATE_MILLIS: i32 = 8_000;

/// Archives of images are not revalidated before this time is over. A new version of one still
/// can't be mixed with what is cached: each of its answers names its version.
const ARCHIVE_FRESH_MILLIS: f64 = 24.0 * 3_600_000.0;

impl Net {
    /// Looks up what is cached of a source and revalidates it; once, whoever asks first.
    pub(super) async fn look_up(&self, id: FetchId, source: SourceId) {
        loop {
            let (address, serial, waiting) = {
                let mut state = self.state.borrow_mut();
                let Some(held) = state.sources.get_mut(&source) else { return };
                match (&held.cached, &held.place) {
                    (Cached::Nothing | Cached::File(_), _) | (_, Place::Local(_)) => return,
                    (Cached::LookingUp(waiting), _) => (String::new(), 0, Some(Rc::clone(waiting))),
                    (Cached::Unknown, Place::Address(address)) => {
                        let found = (address.clone(), held.serial, None);
                        held.cached = Cached::LookingUp(Rc::default());
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
            let cached = match self.may_cache(&address) {
                true => self.cache.look_up(&address).await,
                false => None,
            };
            let cached = match cached {
                Some(file) => self.revalidate(id, source, file).await,
                None => Cached::Nothing,
            };
            let mut state = self.state.borrow_mut();
            // Another table may have been opened meanwhile.
            let held = state.sources.get_mut(&source).filter(|held| held.serial == serial);
            let waiting = held.map(|held| std::mem::replace(&mut held.cached, cached));
            drop(state);
            if let Some(Cached::LookingUp(waiting)) = waiting {
                wake(waiting.take());
            }
            return;
        }
    }

    /// Asks the server whether a file is still the one that is cached.
    async fn revalidate(&self, id: FetchId, source: SourceId, file: CachedFile) -> Cached {
        let fresh = js_sys::Date::now() - file.checked_millis < ARCHIVE_FRESH_MILLIS;
        self.identify(source, Some(file.identity.clone()));
        let file = Rc::new(RefCell::new(file));
        if !source.is_of_table() && fresh {
            return Cached::File(file);
        }
        self.count_saved(source, 0, -1);
        let asked = self.ask(id, source, ByteRange::new(0, 1));
        let error = match within(REVALIDATE_MILLIS, asked).await {
            Some(Ok((response, _))) => {
                self.discard(id, &response);
                self.cache.note(&file, true);
                return Cached::File(file);
            }
            Some(Err(Ended::Refused(Refused::Failed(error)))) => error,
            Some(Err(Ended::Aborted)) => {
                self.identify(source, None);
                return Cached::Unknown;
            }
            Some(Err(Ended::Refused(Refused::ResolveAgain | Refused::BeyondEnd { .. }))) => {
                Error::new(ErrorKind::Changed, texts::ANOTHER_FILE)
            }
            None => {
                self.restart(id);
                Error::new(ErrorKind::Network, texts::NO_ANSWER_IN_TIME)
            }
        };
        if error.is_retryable() {
            (self.emit)(Event::Unchecked { id, error });
            return Cached::File(file);
        }
        // It is another version now, or no longer public: the request for the range finds out which.
        self.identify(source, None);
        Cached::Nothing
    }

    /// Hands on cached bytes from the front of what is left, as long as there are some. Gives the last
    /// event, if that was all.
    pub(super) async fn answer_from_cache(
        &self,
        id: FetchId,
        source: SourceId,
        progress: &mut Progress,
    ) -> Option<Event> {
        let file = self.cached_file(source)?;
        let identity = file.borrow().identity.clone();
        let total_bytes = identity.total_bytes;
        if progress.left.start >= total_bytes && !progress.left.is_empty() {
            return Some(Event::BeyondEnd { id, file_bytes: Some(total_bytes) });
        }
        progress.left.end = progress.left.end.min(total_bytes);
        let mut reported = progress.began;
        while !progress.left.is_empty() {
            let Some(bytes) = self.cache.read(&file, progress.left).await else { break };
            if !self.is_running(id) {
                return None;
            }
            if !reported {
                reported = true;
                progress.began = true;
                let (range, identity) = (progress.left, identity.clone());
                (self.emit)(Event::Kept { id, range, identity });
            }
            self.count_saved(source, bytes.length().into(), 0);
            if !self.hand_on(id, &bytes, &mut progress.left) {
                return None;
            }
        }
        self.cache.note(&file, false);
        if !progress.left.is_empty() {
            return None;
        }
        if !progress.asked {
            self.count_saved(source, 0, 1);
        }
        Some(Event::Done { id })
    }

    /// Hands on what is cached of a range, part by part, and fails if any part is missing.
    pub(super) async fn run_cached(&self, id: FetchId, source: SourceId, range: ByteRange) -> Option<Event> {
        let missing = || Error::new(ErrorKind::Network, texts::NOT_CACHED);
        let known = match self.state.borrow().sources.get(&source).map(|held| &held.cached) {
            Some(Cached::File(file)) => Some(Rc::clone(file)),
            Some(Cached::Unknown | Cached::LookingUp(_) | Cached::Nothing) | None => None,
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
                self.count_saved(source, bytes.length().into(), 0);
                if !self.hand_on(id, &bytes, &mut left) {
                    return None;
                }
            }
        }
        self.cache.note(&file, false);
        Some(if whole && !lost { Event::Done { id } } else { Event::Failed { id, error: missing() } })
    }

    /// Caches what came of a source, for the next visit and for later in this one.
    pub(super) fn store(&self, source: SourceId, identity: &Identity, part: ByteRange, pieces: &Array) {
        let address = match self.state.borrow().sources.get(&source) {
            Some(Source { place: Place::Address(address), .. }) => address.clone(),
            Some(Source { place: Place::Local(_), .. }) | None => return,
        };
        if !self.may_cache(&address) || !self.cache.store(&address, identity, part, pieces) {
            return;
        }
        // Bytes that are evicted from memory can then be read again without a network.
        if let Some(held) = self.state.borrow_mut().sources.get_mut(&source) {
            if matches!(held.cached, Cached::Nothing) {
                let file = CachedFile::new(&address, identity.clone(), js_sys::Date::now());
                held.cached = Cached::File(Rc::new(RefCell::new(file)));
            }
            if let Cached::File(file) = &held.cached {
                file.borrow_mut().parts.add(part);
            }
        }
    }

    /// Whether what is at an address may be cached: not where a token goes along.
    pub(super) fn may_cache(&self, address: &str) -> bool {
        !self.has_token(address) && is_cacheable(address)
    }

    pub(super) fn cached_file(&self, source: SourceId) -> Option<Rc<RefCell<CachedFile>>> {
        match &self.state.borrow().sources.get(&source)?.cached {
            Cached::File(file) => Some(Rc::clone(file)),
            Cached::Unknown | Cached::LookingUp(_) | Cached::Nothing => None,
        }
    }

    /// Drops what is cached of a source: it is of another version.
    pub(super) fn forget_cached(&self, source: SourceId) {
        let address = {
            let mut state = self.state.borrow_mut();
            let Some(held) = state.sources.get_mut(&source) else { return };
            if matches!(held.cached, Cached::File(_)) {
                held.cached = Cached::Nothing;
            }
            match &held.place {
                Place::Address(address) => address.clone(),
                Place::Local(_) => return,
            }
        };
        self.cache.forget(&address);
    }
}
