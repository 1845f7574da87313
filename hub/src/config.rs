//! How a Hub is set up.

use std::time::Duration;

use crate::link::Link;

/// The settings of a [`Hub`](crate::Hub) that stay as they are while it runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port of the Hub itself; 0 takes any free one.
    pub port: u16,
    /// Port of its CDN; 0 takes any free one.
    pub cdn_port: u16,
    /// Whether both speak TLS, and offer HTTP/2.
    pub secure: bool,
    /// What the link is like at first.
    pub link: Link,
    /// How long a signed URL holds, to the second, rounded up.
    pub signatures_hold: Duration,
    /// Items on one page of a tree listing.
    pub page_items: usize,
    /// Bearer tokens of users that may read gated repositories. Any other token is refused.
    pub tokens: Vec<String>,
    /// Limits on the number of requests; `None` counts nothing.
    pub limits: Option<Limits>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            port: 0,
            cdn_port: 0,
            secure: false,
            link: Link::default(),
            signatures_hold: Duration::from_secs(3600),
            page_items: 1000,
            tokens: Vec::new(),
            limits: None,
        }
    }
}

/// How many requests the Hub answers within a window of time before it says 429. The CDN counts nothing.
/// The default is what the real Hub allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of a window; the next one starts with the first request after it.
    pub window: Duration,
    /// For requests without a token.
    pub anonymous: Quota,
    /// For all requests with a token together.
    pub signed_in: Quota,
}

/// How many requests of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests for `/datasets/<repo>/resolve/...`.
    pub resolves: u32,
    /// Requests for `/api/...`.
    pub api_calls: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            window: Duration::from_secs(300),
            anonymous: Quota { resolves: 3000, api_calls: 500 },
            signed_in: Quota { resolves: 5000, api_calls: 1000 },
        }
    }
}
