//! What the stand-in holds: repositories, their files, and the blobs that the CDN serves.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use bytes::Bytes;

use crate::lock;

/// Where the bytes of a mounted file come from, and how the Hub keeps it.
#[derive(Debug, Clone)]
pub struct Source {
    content: Content,
    in_git: bool,
}

impl Source {
    /// A file on disk. It is read by ranges while it is served, never whole.
    pub fn file(path: impl Into<PathBuf>) -> Source {
        Source { content: Content::File(path.into().into()), in_git: false }
    }

    /// Bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Source {
        Source { content: Content::Bytes(bytes.into()), in_git: false }
    }

    /// Keeps the file in git instead of LFS, as the Hub does with small ones: it is then served by the Hub's
    /// own host, after a 307.
    #[must_use]
    pub fn in_git(mut self) -> Source {
        self.in_git = true;
        self
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Bytes(Bytes),
    File(Arc<Path>),
}

/// One version of one file.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) repo: String,
    pub(crate) path: String,
    pub(crate) content: Content,
    pub(crate) size: u64,
    pub(crate) in_git: bool,
    /// 64 hex digits for a file in LFS, 40 for one in git.
    pub(crate) oid: String,
}

impl Blob {
    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.oid)
    }
}

/// A repository. Every revision but the converted one shows the same files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repo {
    pub(crate) files: BTreeMap<String, Arc<Blob>>,
    /// What `refs/convert/parquet` shows.
    pub(crate) converted: BTreeMap<String, Arc<Blob>>,
    pub(crate) gated: bool,
    /// Oldest first; the last is what `main` points to.
    commits: Vec<String>,
    pub(crate) branches: Vec<String>,
}

pub(crate) const CONVERTED: &str = "refs/convert/parquet";

impl Repo {
    fn new(name: &str) -> Repo {
        Repo { commits: vec![digest(&["commit", name, "0"], 40)], ..Repo::default() }
    }

    pub(crate) fn head(&self) -> &str {
        self.commits.last().map_or("", String::as_str)
    }

    /// The commit and the files of a revision, if it exists.
    pub(crate) fn at(&self, revision: &str) -> Option<(String, &BTreeMap<String, Arc<Blob>>)> {
        if revision == CONVERTED {
            return (!self.converted.is_empty()).then(|| (self.converted_head(), &self.converted));
        }
        let branch = revision.strip_prefix("refs/heads/").unwrap_or(revision);
        if branch == "main" || self.branches.iter().any(|known| known == branch) {
            Some((self.head().to_owned(), &self.files))
        } else if self.commits.iter().any(|known| known == revision) {
            Some((revision.to_owned(), &self.files))
        } else if !self.converted.is_empty() && revision == self.converted_head() {
            Some((revision.to_owned(), &self.converted))
        } else {
            None
        }
    }

    pub(crate) fn converted_head(&self) -> String {
        digest(&["converted", self.head()], 40)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    repos: BTreeMap<String, Repo>,
    aliases: BTreeMap<String, String>,
    /// By oid. A replaced version stays, because a URL signed for it still names it, as on the real CDN.
    blobs: HashMap<String, Arc<Blob>>,
    /// How often each path was mounted, which tells its versions apart.
    versions: HashMap<(String, String, bool), u64>,
}

impl Store {
    pub(crate) fn mount(&self, repo: &str, path: &str, source: Source, converted: bool) -> io::Result<()> {
        let (size, touched) = measure(&source.content)?;
        let mut state = lock(&self.state);
        let seen = state.versions.entry((repo.to_owned(), path.to_owned(), converted)).or_default();
        let version = *seen;
        *seen += 1;
        let digits = if source.in_git { 40 } else { 64 };
        let kind = if converted { "converted" } else { "file" };
        let (size_text, touched_text, version_text) =
            (size.to_string(), touched.to_string(), version.to_string());
        let oid = digest(&[kind, repo, path, &size_text, &touched_text, &version_text], digits);
        let blob = Arc::new(Blob {
            repo: repo.to_owned(),
            path: path.to_owned(),
            content: source.content,
            size,
            in_git: source.in_git,
            oid: oid.clone(),
        });
        state.blobs.insert(oid, Arc::clone(&blob));
        let held = state.repos.entry(repo.to_owned()).or_insert_with(|| Repo::new(repo));
        if version > 0 {
            // A file can only change by a commit; older ones still resolve, to the newest files.
            held.commits.push(digest(&["commit", repo, path, &version_text], 40));
        }
        let files = if converted { &mut held.converted } else { &mut held.files };
        files.insert(path.to_owned(), blob);
        Ok(())
    }

    pub(crate) fn unmount(&self, repo: &str, path: &str) {
        if let Some(held) = lock(&self.state).repos.get_mut(repo) {
            held.files.remove(path);
        }
    }

    pub(crate) fn change(&self, repo: &str, change: impl FnOnce(&mut Repo)) {
        change(lock(&self.state).repos.entry(repo.to_owned()).or_insert_with(|| Repo::new(repo)));
    }

    pub(crate) fn set_commit(&self, repo: &str, commit: &str) {
        self.change(repo, |held| {
            held.commits.retain(|known| known != commit);
            held.commits.push(commit.to_owned());
        });
    }

    pub(crate) fn alias(&self, old: &str, new: &str) {
        lock(&self.state).aliases.insert(old.to_owned(), new.to_owned());
    }

    /// What a repository is called now, if it was renamed.
    pub(crate) fn renamed(&self, repo: &str) -> Option<String> {
        lock(&self.state).aliases.get(repo).cloned()
    }

    /// Reads one repository; `None` when there is none of that name.
    pub(crate) fn read<T>(&self, repo: &str, read: impl FnOnce(&Repo) -> T) -> Option<T> {
        lock(&self.state).repos.get(repo).map(read)
    }

    pub(crate) fn blob(&self, oid: &str) -> Option<Arc<Blob>> {
        lock(&self.state).blobs.get(oid).cloned()
    }
}

/// The size of some content in bytes, and a number that differs once a file on disk was written anew: a
/// browser that cached the blocks of an older fixture must not mix them with this one.
fn measure(content: &Content) -> io::Result<(u64, u128)> {
    match content {
        Content::Bytes(bytes) => Ok((bytes.len() as u64, 0)),
        Content::File(path) => {
            let about = std::fs::metadata(path)?;
            if !about.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "only a file can be mounted"));
            }
            let touched = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            Ok((about.len(), touched.unwrap_or_default().as_nanos()))
        }
    }
}

/// Hex digits that name these parts: the same in every run, so that what a browser cached stays valid.
pub(crate) fn digest(parts: &[&str], digits: usize) -> String {
    let mut text = String::with_capacity(digits + 16);
    let mut lane = 0_u64;
    while text.len() < digits {
        // FNV-1a, begun differently for every 16 digits.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ lane.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in parts.iter().flat_map(|part| part.bytes().chain([0xff])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // FNV alone leaves similar names with similar digits.
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        text.push_str(&format!("{:016x}", hash ^ (hash >> 31)));
        lane += 1;
    }
    text.truncate(digits);
    text
}
