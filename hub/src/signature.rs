//! Signed URLs that expire.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The query parameters that a signature consists of; the log leaves them out.
pub(crate) const PARAMETERS: [&str; 3] = ["Expires", "Signature", "Key-Pair-Id"];

/// Signs paths of the CDN and checks them. The signature is a keyed hash, not cryptography: it has to notice
/// a URL that was altered or outlived, and nobody attacks loopback.
#[derive(Debug)]
pub(crate) struct Signer {
    key: RandomState,
    valid: Duration,
    /// Part of what is signed, so that raising it invalidates everything issued before.
    epoch: AtomicU64,
}

impl Signer {
    pub(crate) fn new(valid: Duration) -> Signer {
        Signer { key: RandomState::new(), valid, epoch: AtomicU64::new(0) }
    }

    /// The query string that makes `path` valid from now on.
    pub(crate) fn query(&self, path: &str) -> String {
        let expires = unix_millis(self.valid).div_ceil(1000);
        format!("Expires={expires}&Signature={:016x}&Key-Pair-Id=STANDIN", self.sign(path, expires))
    }

    /// Whether `query` is a signature of `path` that still holds.
    pub(crate) fn holds(&self, path: &str, query: &str) -> bool {
        let Some(expires) = parameter(query, "Expires").and_then(|text| text.parse::<u64>().ok()) else {
            return false;
        };
        let Some(signature) = parameter(query, "Signature") else { return false };
        let fresh = unix_millis(Duration::ZERO) < u128::from(expires) * 1000;
        fresh && signature == format!("{:016x}", self.sign(path, u128::from(expires)))
    }

    /// From now on, nothing issued so far holds.
    pub(crate) fn expire_all(&self) {
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }

    fn sign(&self, path: &str, expires: u128) -> u64 {
        self.key.hash_one((path, expires, self.epoch.load(Ordering::Relaxed)))
    }
}

/// The value of one parameter of a query string, undecoded.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
}

/// The same query string without the parameters of a signature.
pub(crate) fn without_signature(query: &str) -> String {
    let kept = query.split('&').filter(|pair| {
        let key = pair.split_once('=').map_or(*pair, |(key, _)| key);
        !PARAMETERS.contains(&key)
    });
    kept.collect::<Vec<_>>().join("&")
}

fn unix_millis(later: Duration) -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_add(later).as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_path_until_it_expires() {
        let signer = Signer::new(Duration::from_secs(60));
        let query = signer.query("/a");
        assert!(signer.holds("/a", &query));
        assert!(!signer.holds("/b", &query));
        assert!(!signer.holds("/a", ""));
        assert!(!signer.holds("/a", &query.replace("Expires=", "Expires=9")));
        signer.expire_all();
        assert!(!signer.holds("/a", &query));
        assert!(signer.holds("/a", &signer.query("/a")));
        let short = Signer::new(Duration::ZERO);
        let query = short.query("/a");
        std::thread::sleep(Duration::from_millis(1001));
        assert!(!short.holds("/a", &query));
    }

    #[test]
    fn the_log_shows_no_signature() {
        assert_eq!(without_signature("a=1&Expires=2&Signature=3&Key-Pair-Id=4&b"), "a=1&b");
    }
}
