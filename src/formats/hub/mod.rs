//! The Hugging Face Hub without its network: addresses of files and listings, what the listings
//! say, and how an answer to a range request is judged.
//!
//! The addresses are those of the Hub's HTTP API. A mirror offers the same ones under another
//! origin, which is why every function takes the endpoint.

pub mod answer;
pub mod listing;
pub mod several;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;

/// Where the Hub is, unless a link says otherwise.
pub const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// A file of a dataset repository on the Hub.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HubPath {
    /// `owner/name`.
    pub repository: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The file's path inside the repository.
    pub path: String,
}

impl HubPath {
    /// Whether the path stands for several files: a star in it stands for any part of a name.
    pub fn is_several(&self) -> bool {
        self.path.contains('*')
    }

    /// The folder that it is in, or all that it stands for.
    pub fn folder(&self) -> HubFolder {
        let fixed = self.path.split_once('*').map_or(self.path.as_str(), |(fixed, _)| fixed);
        HubFolder {
            repository: self.repository.clone(),
            revision: self.revision.clone(),
            folder: fixed.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
        }
    }
}

/// A folder of a dataset repository on the Hub.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HubFolder {
    /// `owner/name`.
    pub repository: String,
    /// A branch, a tag or a commit.
    pub revision: String,
    /// The folder's path, without slashes at its ends; empty for the repository itself.
    pub folder: String,
}

/// The branch that the Hub fills with parquet files that it makes of a dataset.
pub const CONVERTED: &str = "refs/convert/parquet";

/// The address of a file. The Hub answers with a redirect to a signed address that expires.
pub fn resolve_url(endpoint: &str, file: &HubPath) -> String {
    let HubPath { repository, revision, path } = file;
    let (repository, revision, path) = (steps(repository), step(revision), steps(path));
    format!("{endpoint}/datasets/{repository}/resolve/{revision}/{path}")
}

/// The address of a repository's page, for people.
pub fn repository_url(endpoint: &str, repository: &str) -> String {
    format!("{endpoint}/datasets/{}", steps(repository))
}

/// Whether an address is on this endpoint, so that what is meant for the endpoint may be sent there.
pub fn is_on(endpoint: &str, url: &str) -> bool {
    url.strip_prefix(endpoint).is_some_and(|rest| rest.starts_with('/'))
}

/// The address of a file's page, for people.
pub fn page_url(endpoint: &str, file: &HubPath) -> String {
    let HubPath { repository, revision, path } = file;
    let (repository, revision, path) = (steps(repository), step(revision), steps(path));
    format!("{endpoint}/datasets/{repository}/blob/{revision}/{path}")
}

/// The address of a folder's listing; the root is the empty folder.
pub fn tree_url(endpoint: &str, repository: &str, revision: &str, folder: &str, recursive: bool) -> String {
    let (repository, revision) = (steps(repository), step(revision));
    let folder = if folder.is_empty() { String::new() } else { format!("/{}", steps(folder)) };
    let query = if recursive { "?recursive=true" } else { "" };
    format!("{endpoint}/api/datasets/{repository}/tree/{revision}{folder}{query}")
}

/// The address that tells which commit a revision is.
pub fn revision_url(endpoint: &str, repository: &str, revision: &str) -> String {
    format!("{endpoint}/api/datasets/{}/revision/{}", steps(repository), step(revision))
}

/// The address of the list of a repository's branches and tags.
pub fn refs_url(endpoint: &str, repository: &str) -> String {
    format!("{endpoint}/api/datasets/{}/refs", steps(repository))
}

/// The address that tells the lengths of files, to which [`paths_info_form`] is posted. A form, unlike
/// JSON, needs no permission of the Hub first.
pub fn paths_info_url(endpoint: &str, repository: &str, revision: &str) -> String {
    format!("{endpoint}/api/datasets/{}/paths-info/{}", steps(repository), step(revision))
}

/// The form that names these files.
pub fn paths_info_form<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    paths.map(|path| format!("paths={}", step(path))).collect::<Vec<_>>().join("&")
}

/// The most tries after the first one.
pub const MAX_RETRIES: u32 = 5;

const FIRST_BACKOFF_MILLIS: u32 = 500;

/// The Hub counts requests over five minutes, and the pauses add up to that.
const FIRST_PAUSE_MILLIS: u32 = 10_000;

/// How long to wait before the next try after `failures` failures in a row, or none when it is
/// time to give up: half a second, then twice as long each time. `jitter`, from 0 to 1, takes up
/// to half of it away or adds as much, so that many readers do not come back at once.
pub fn backoff_millis(failures: u32, jitter: f64) -> Option<u32> {
    doubled(FIRST_BACKOFF_MILLIS, failures, jitter)
}

/// The same after the server asked for a pause. It says for how long in headers that a page may
/// not see, so the pauses are long.
pub fn rate_limit_millis(failures: u32, jitter: f64) -> Option<u32> {
    doubled(FIRST_PAUSE_MILLIS, failures, jitter)
}

fn doubled(first_millis: u32, failures: u32, jitter: f64) -> Option<u32> {
    if failures > MAX_RETRIES {
        return None;
    }
    let millis = f64::from(first_millis) * f64::from(1_u32 << failures.saturating_sub(1));
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
    Some((millis * (0.5 + jitter)) as u32)
}

/// All but the characters that RFC 3986 (section 2.3) calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One step of a path: its slashes are part of the name.
fn step(name: &str) -> impl Display + '_ {
    utf8_percent_encode(name, RESERVED)
}

/// A path, whose slashes stay.
fn steps(path: &str) -> String {
    path.split('/').map(|name| step(name).to_string()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(revision: &str, path: &str) -> HubPath {
        HubPath {
            repository: "poloclub/diffusiondb".to_owned(),
            revision: revision.to_owned(),
            path: path.to_owned(),
        }
    }

    #[test]
    fn addresses_are_encoded_step_by_step() {
        for (revision, path, url) in [
            (
                "main",
                "metadata.parquet",
                "https://h/datasets/poloclub/diffusiondb/resolve/main/metadata.parquet",
            ),
            (
                "refs/convert/parquet",
                "2m first/train/0.parquet",
                "https://h/datasets/poloclub/diffusiondb/resolve/refs%2Fconvert%2Fparquet/2m%20first/train/0.parquet",
            ),
            ("50%", "a+b#c?.é", "https://h/datasets/poloclub/diffusiondb/resolve/50%25/a%2Bb%23c%3F.%C3%A9"),
        ] {
            assert_eq!(resolve_url("https://h", &file(revision, path)), url);
        }
    }

    #[test]
    fn listings_have_addresses() {
        assert_eq!(tree_url("https://h", "o/n", "main", "", false), "https://h/api/datasets/o/n/tree/main");
        assert_eq!(
            tree_url("https://h", "o/n", "a/b", "x/y z", true),
            "https://h/api/datasets/o/n/tree/a%2Fb/x/y%20z?recursive=true"
        );
        assert_eq!(revision_url("https://h", "o/n", "main"), "https://h/api/datasets/o/n/revision/main");
        assert_eq!(refs_url("https://h", "o/n"), "https://h/api/datasets/o/n/refs");
        assert_eq!(paths_info_url("https://h", "o/n", "a/b"), "https://h/api/datasets/o/n/paths-info/a%2Fb");
        assert_eq!(paths_info_form(["a/b.zip", "c&d"].into_iter()), "paths=a%2Fb.zip&paths=c%26d");
        assert_eq!(
            page_url("https://h", &file("main", "x")),
            "https://h/datasets/poloclub/diffusiondb/blob/main/x"
        );
    }

    #[test]
    fn only_the_endpoint_itself_is_the_endpoint() {
        assert!(is_on("https://h", "https://h/datasets/a/b"));
        for other in
            ["https://h.evil.org/x", "https://h:8080/x", "https://h@evil.org/x", "http://h/x", "https://h"]
        {
            assert!(!is_on("https://h", other), "{other}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let waits = |jitter| (1..=6).map(|failures| backoff_millis(failures, jitter)).collect::<Vec<_>>();
        assert_eq!(waits(0.5), [Some(500), Some(1_000), Some(2_000), Some(4_000), Some(8_000), None]);
        assert_eq!(waits(0.0).first(), Some(&Some(250)));
        assert_eq!(waits(f64::NAN), waits(0.5));
        let pauses: u32 = (1..=6).filter_map(|failures| rate_limit_millis(failures, 0.5)).sum();
        assert!(pauses >= 300_000);
    }
}
