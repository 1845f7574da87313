//! What has been read since the table was opened.

use crate::protocol::Traffic;

/// Reported again once so many bytes more have come.
const STEP_BYTES: u64 = 128 << 10;

/// What has been read, and what of it the page knows.
#[derive(Debug, Default)]
pub struct TrafficLog {
    /// Body bytes that came.
    pub bytes: u64,
    /// Requests made.
    pub requests: u32,
    /// Body bytes that came for images.
    pub image_bytes: u64,
    /// Requests made for images.
    pub image_requests: u32,
    /// Body bytes that came of an index of the table's texts.
    pub index_bytes: u64,
    /// Whether searches are answered by one.
    pub indexed: bool,
    reported: Traffic,
}

impl TrafficLog {
    /// The traffic where it is worth reporting: not more often than it matters.
    pub fn news(&mut self, in_flight: usize, waiting: bool) -> Option<Traffic> {
        let Self { bytes, requests, image_bytes, image_requests, index_bytes, indexed, reported } = self;
        let now = Traffic {
            bytes: *bytes,
            requests: *requests,
            image_bytes: *image_bytes,
            image_requests: *image_requests,
            index_bytes: *index_bytes,
            indexed: *indexed,
            in_flight: in_flight as u32,
            waiting,
            ..Traffic::default()
        };
        let quiet = now.bytes.saturating_sub(reported.bytes) < STEP_BYTES
            && now.requests == reported.requests
            && now.image_requests == reported.image_requests
            && now.image_bytes.saturating_sub(reported.image_bytes) < STEP_BYTES
            && (now.index_bytes == reported.index_bytes || in_flight > 0)
            && now.indexed == reported.indexed
            && now.waiting == reported.waiting
            && (now.in_flight > 0) == (reported.in_flight > 0);
        (!quiet).then(|| {
            *reported = now;
            now
        })
    }
}
