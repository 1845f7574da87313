//! The Hugging Face Hub without its network: addresses of files and listings, what the listings
//! say, how answers are judged, and when a request is made again.
//!
//! The addresses are those of the Hub's HTTP API. A mirror offers the same ones under another
//! origin, which is why every function takes the endpoint.

pub mod answer;
pub mod listing;
pub mod retry;
pub mod several;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// Where the Hub is, unless a link says otherwise.
pub const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// A file of a dataset repository on the Hub.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

/// Whether an address is on this endpoint, so that its token may be sent there.
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

/// The address of the list of a repository's branches and tags.
pub fn refs_url(endpoint: &str, repository: &str) -> String {
    format!("{endpoint}/api/datasets/{}/refs", steps(repository))
}

/// The address that gives the sizes of files, to which [`paths_info_form`] is posted. A form, unlike
/// JSON, needs no preflight.
pub fn paths_info_url(endpoint: &str, repository: &str, revision: &str) -> String {
    format!("{endpoint}/api/datasets/{}/paths-info/{}", steps(repository), step(revision))
}

/// The form that names these files.
pub fn paths_info_form<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    paths.map(|path| format!("paths={}", step(path))).collect::<Vec<_>>().join("&")
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
}
