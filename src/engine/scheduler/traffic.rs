//! What has been read since the table was opened.

use crate::protocol::Traffic;

/// Reported again once so many bytes more have come.
const STEP_BYTES: u64 = 128 << 10;

/// What has been read, and what of it the page knows.
#[derive(Debug, Default)]
pub struct TrafficLog {
    /// What has been read.
    pub now: Traffic,
    reported: Traffic,
}

impl TrafficLog {
    /// The traffic where it is worth reporting: not more often than it matters.
    pub fn news(&mut self, in_flight: usize, waiting: bool) -> Option<Traffic> {
        let Self { now, reported } = self;
        (now.in_flight, now.waiting) = (in_flight as u32, waiting);
        let quiet = now.bytes.saturating_sub(reported.bytes) < STEP_BYTES
            && now.requests == reported.requests
            && now.image_requests == reported.image_requests
            && now.image_bytes.saturating_sub(reported.image_bytes) < STEP_BYTES
            && (now.index_bytes == reported.index_bytes || in_flight > 0)
            && now.indexed == reported.indexed
            && now.waiting == reported.waiting
            && (now.in_flight > 0) == (reported.in_flight > 0);
        (!quiet).then(|| {
            *reported = *now;
            *now
        })
    }
}
