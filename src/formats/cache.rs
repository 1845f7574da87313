//! The policy of the cache between visits: which cached parts serve a range, what may be cached at all,
//! and what is evicted first.
//!
//! Parts are what answers brought, by their place in the file. Whatever is made of them, footers, page
//! maps and the directories of archives, is made again from the parts: that takes milliseconds, and
//! nothing has to be migrated when this program changes. Storing is up to the shell.

use crate::base::bytes::ByteRange;
use crate::base::sorted;
use crate::formats::hub::answer::Identity;
use std::collections::BTreeMap;

/// The most bytes that are cached, unless the user has chosen otherwise.
pub const USUAL_LIMIT_BYTES: u64 = 1_000_000_000;

/// Cached bytes in the middle of a range are worth two requests in place of one from here on: as with
/// requests in general, see [`MERGE_GAP_BYTES`](crate::formats::parquet::plan::MERGE_GAP_BYTES).
const WORTH_BYTES: u64 = crate::formats::parquet::plan::MERGE_GAP_BYTES;

/// How many parts that begin before an offset are searched for one that reaches it.
const MAX_OVERLAPS: usize = 16;

/// The cached parts of one version of a file.
#[derive(Clone, Debug, Default)]
pub struct Parts(BTreeMap<u64, u64>);

impl Parts {
    /// Adds a part. Of two that begin alike the longer one counts.
    pub fn add(&mut self, part: ByteRange) {
        let end = self.0.entry(part.start).or_insert(part.end);
        *end = part.end.max(*end);
    }

    /// Removes a part.
    pub fn remove(&mut self, start: u64) {
        self.0.remove(&start);
    }

    /// A part that holds the byte at `offset`.
    pub fn at(&self, offset: u64) -> Option<ByteRange> {
        let before = self.0.range(..=offset).rev().take(MAX_OVERLAPS);
        before.map(|(start, end)| ByteRange::new(*start, *end)).find(|part| part.end > offset)
    }

    /// How far the cached bytes reach from `offset` on without a gap.
    pub fn reach(&self, offset: u64) -> u64 {
        let mut at = offset;
        while let Some(part) = self.at(at) {
            at = part.end;
        }
        at
    }

    /// Where a request for the front of `range`, which is not cached, should end: where cached bytes that
    /// are worth it begin, or at its end.
    pub fn gap_end(&self, range: ByteRange) -> u64 {
        let starts = self.0.range(range.start..range.end).map(|(start, _)| *start);
        for start in starts {
            let reach = self.reach(start).min(range.end);
            if reach == range.end || reach - start >= WORTH_BYTES {
                return start;
            }
        }
        range.end
    }

    /// The cached parts of a range, in order, none twice.
    pub fn within(&self, range: ByteRange) -> Vec<ByteRange> {
        let mut found = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let start = match self.at(at) {
                Some(_) => at,
                None => match self.0.range(at..range.end).next() {
                    Some((start, _)) => *start,
                    None => break,
                },
            };
            at = self.reach(start).min(range.end);
            if at <= start {
                break;
            }
            found.push(ByteRange::new(start, at));
        }
        found
    }
}

/// Whether what is at an address may be cached under it. What comes after a question mark may be a key
/// that opens the file, and a name before the host is one: such addresses are not stored.
pub fn is_cacheable(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = rest.strip_suffix("?download=true").unwrap_or(rest);
    matches!(scheme, "https" | "http") && !host.contains('@') && !plain.contains(['?', '#'])
}

/// Whether a version can be told from others on a later visit: by size alone it can't.
pub fn has_version(identity: &Identity) -> bool {
    identity.etag.is_some() || identity.commit.is_some()
}

/// A version of a file, as a part of a key.
pub fn version(identity: &Identity) -> String {
    let Identity { total_bytes, etag, commit } = identity;
    format!("{total_bytes} {} {}", etag.as_deref().unwrap_or("-"), commit.as_deref().unwrap_or("-"))
}

/// A cached part, for the choice of what is evicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CachedPart {
    /// Its size.
    pub bytes: u64,
    /// When it was last used, in milliseconds since 1970.
    pub used_millis: f64,
}

/// Which parts are evicted so that no more than `limit_bytes` are left: the least recently used.
pub fn evicted(kept: &[CachedPart], limit_bytes: u64) -> Vec<usize> {
    let mut total: u64 = kept.iter().map(|part| part.bytes).sum();
    let places: Vec<(usize, &CachedPart)> = kept.iter().enumerate().collect();
    let places = sorted::by(places, |(_, a), (_, b)| a.used_millis.total_cmp(&b.used_millis));
    let mut gone = Vec::new();
    for (place, part) in places {
        if total <= limit_bytes {
            break;
        }
        total -= part.bytes;
        gone.push(place);
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::{CachedPart, Parts, WORTH_BYTES, evicted, has_version, is_cacheable, version};
    use crate::base::bytes::ByteRange;
    use crate::formats::hub::answer::Identity;

    fn parts(ranges: &[(u64, u64)]) -> Parts {
        let mut parts = Parts::default();
        ranges.iter().for_each(|(start, end)| parts.add(ByteRange::new(*start, *end)));
        parts
    }

    #[test]
    fn a_gap_ends_where_enough_is_cached() {
        let worth = WORTH_BYTES;
        let kept = parts(&[(100, 200), (1_000, 1_000 + worth), (9 * worth, 9 * worth + 10)]);
        let range = |start, end| ByteRange::new(start, end);
        assert_eq!(kept.gap_end(range(0, 10 * worth)), 1_000, "a hundred bytes are not worth a request");
        assert_eq!(kept.gap_end(range(0, 150)), 100, "what is left of the range is kept");
        assert_eq!(kept.gap_end(range(200, 900)), 900);
        assert_eq!(kept.at(150), Some(range(100, 200)));
        assert_eq!(kept.at(200), None);
    }

    #[test]
    fn addresses_that_may_hold_a_key_are_not_cached() {
        for address in [
            "https://huggingface.co/datasets/a/b/resolve/main/c.parquet",
            "http://127.0.0.1:80/x?download=true",
        ] {
            assert!(is_cacheable(address), "{address}");
        }
        for address in [
            "https://h/x.parquet?X-Amz-Signature=abc",
            "https://h/x?download=true&token=hf_x",
            "https://h/x?token=hf_x?download=true",
            "https://me:secret@h/x.parquet",
            "https://h/x#token=1",
            "blob:https://h/1",
            "",
        ] {
            assert!(!is_cacheable(address), "{address}");
        }
    }

    #[test]
    fn versions_differ_in_anything() {
        let identity = |total_bytes, etag: Option<&str>, commit: Option<&str>| Identity {
            total_bytes,
            etag: etag.map(str::to_owned),
            commit: commit.map(str::to_owned),
        };
        let all = [
            identity(1, Some("a"), None),
            identity(1, None, Some("a")),
            identity(2, Some("a"), None),
            identity(1, Some("b"), None),
        ];
        let mut versions: Vec<String> = all.iter().map(version).collect();
        versions.sort();
        versions.dedup();
        assert_eq!(versions.len(), all.len());
        assert!(all.iter().all(has_version));
        assert!(!has_version(&identity(1, None, None)));
    }

    #[test]
    fn the_least_recently_used_are_evicted() {
        let kept = |bytes, used_millis| CachedPart { bytes, used_millis };
        let all = [kept(10, 3.0), kept(20, 1.0), kept(30, 2.0), kept(40, 4.0)];
        assert_eq!(evicted(&all, 100), [0; 0]);
        assert_eq!(evicted(&all, 99), [1]);
        assert_eq!(evicted(&all, 50), [1, 2]);
        assert_eq!(evicted(&all, 0), [1, 2, 0, 3]);
    }

    proptest::proptest! {
        #[test]
        fn parts_and_gaps_tile_a_range(ranges in proptest::collection::vec((0u64..300, 1u64..60), 0..12), start in 0u64..300, len in 1u64..200) {
            let ranges: Vec<(u64, u64)> = ranges.iter().map(|(start, len)| (*start, start + len)).collect();
            let kept = parts(&ranges);
            let range = ByteRange::new(start, start + len);
            let here = |at: u64| ranges.iter().any(|(start, end)| *start <= at && at < *end);
            let within = kept.within(range);
            let said = |at: u64| within.iter().any(|part| part.start <= at && at < part.end);
            for at in range.start..range.end {
                proptest::prop_assert_eq!(here(at), said(at), "byte {}", at);
            }
            if !here(range.start) {
                let end = kept.gap_end(range);
                proptest::prop_assert!(range.start < end && end <= range.end);
                proptest::prop_assert!(end == range.end || here(end));
            }
        }
    }
}
