//! Counting requests against the limits.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::config::{Limits, Quota};
use crate::lock;

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Resolve,
    ApiCall,
}

#[derive(Debug)]
pub(crate) struct Counter {
    limits: Option<Limits>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    since: Instant,
    anonymous: Quota,
    signed_in: Quota,
}

impl State {
    fn fresh() -> State {
        let none = Quota { resolves: 0, api_calls: 0 };
        State { since: Instant::now(), anonymous: none, signed_in: none }
    }
}

impl Counter {
    pub(crate) fn new(limits: Option<Limits>) -> Counter {
        Counter { limits, state: Mutex::new(State::fresh()) }
    }

    /// Counts one request; when it is one too many, how long until the next window.
    pub(crate) fn count(&self, kind: Kind, signed_in: bool) -> Option<Duration> {
        let limits = self.limits?;
        let mut state = lock(&self.state);
        if state.since.elapsed() >= limits.window {
            *state = State::fresh();
        }
        let wait = limits.window.saturating_sub(state.since.elapsed());
        let (used, allowed) = if signed_in {
            (&mut state.signed_in, limits.signed_in)
        } else {
            (&mut state.anonymous, limits.anonymous)
        };
        let (used, allowed) = match kind {
            Kind::Resolve => (&mut used.resolves, allowed.resolves),
            Kind::ApiCall => (&mut used.api_calls, allowed.api_calls),
        };
        *used = used.saturating_add(1);
        (*used > allowed).then_some(wait)
    }
}
