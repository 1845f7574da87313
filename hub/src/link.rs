//! The shape of the link: how long an answer takes to begin, and how fast bytes then flow.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::lock;

/// What a link is like. The default is as fast as loopback goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Link {
    /// How long each request waits before its response headers are sent. A redirect is a request too.
    pub latency: Duration,
    /// Body bytes per second, shared by every connection of every server on this link.
    /// `None` sets no limit.
    pub bytes_per_second: Option<u64>,
}

impl Link {
    /// A link of so many megabits (10⁶ bits) per second and so many milliseconds of latency.
    pub const fn megabits(megabits_per_second: u64, latency_millis: u64) -> Link {
        Link {
            latency: Duration::from_millis(latency_millis),
            bytes_per_second: Some(megabits_per_second.saturating_mul(125_000)),
        }
    }
}

/// The largest piece of a body that one connection may put on a shaped link before the others get a turn.
const FAIR_CHUNK_BYTES: u64 = 16 * 1024;
/// Below this a chunk costs more in wake-ups than it gains in smoothness.
const LEAST_CHUNK_BYTES: u64 = 1024;
/// Without a limit there is nothing to share out, so larger pieces save work.
const OPEN_CHUNK_BYTES: u64 = 64 * 1024;
/// How far the link may catch up after a timer fired late. Without it the rate would sag by one timer tick
/// a chunk; with more of it an idle link would save up a burst.
const CATCH_UP: Duration = Duration::from_millis(8);

/// The one link that all servers of a Hub share.
#[derive(Debug)]
pub(crate) struct Pacer {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    link: Link,
    /// When the last byte promised so far will have passed.
    free: Instant,
}

impl Pacer {
    pub(crate) fn new(link: Link) -> Pacer {
        Pacer { state: Mutex::new(State { link, free: Instant::now() }) }
    }

    pub(crate) fn set(&self, link: Link) {
        // What was promised at the old rate must not hold up the new one.
        *lock(&self.state) = State { link, free: Instant::now() };
    }

    pub(crate) fn get(&self) -> Link {
        lock(&self.state).link
    }

    /// Waits as long as a request waits for its first byte.
    pub(crate) async fn wait(&self) {
        let latency = self.get().latency;
        if !latency.is_zero() {
            sleep(latency).await;
        }
    }

    /// How many bytes to pass at once.
    pub(crate) fn chunk_bytes(&self) -> u64 {
        match self.get().bytes_per_second {
            None => OPEN_CHUNK_BYTES,
            // On a slow link a chunk stays within a twentieth of a second, so that bytes trickle.
            Some(rate) => (rate / 20).clamp(LEAST_CHUNK_BYTES, FAIR_CHUNK_BYTES),
        }
    }

    /// Returns when this many bytes have passed the link. Callers are served in the order they ask.
    pub(crate) async fn pass(&self, bytes: u64) {
        let through = {
            let mut state = lock(&self.state);
            let Some(rate) = state.link.bytes_per_second else { return };
            let now = Instant::now();
            let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
            let cost = Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64);
            state.free = state.free.max(earliest) + cost;
            state.free
        };
        sleep_until(through).await;
    }
}
