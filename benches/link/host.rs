//! What lies beside the app: the folder `maps` that `vitrine-index` wrote.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use vitrine::base::bytes::ByteRange;
use vitrine::base::ids::{FetchId, SourceId};
use vitrine::formats::hub::answer::Identity;
use vitrine::formats::maps::FOLDER;

/// Files of a host, and what is asked of them.
#[derive(Debug)]
pub struct Host {
    folder: PathBuf,
    sources: BTreeMap<SourceId, PathBuf>,
    flights: BTreeMap<FetchId, Flight>,
}

#[derive(Debug)]
struct Flight {
    file: File,
    file_bytes: u64,
    left: ByteRange,
    is_range: bool,
}

impl Host {
    /// Of this folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), sources: BTreeMap::new(), flights: BTreeMap::new() }
    }

    /// How many bytes of files the folder has.
    pub fn bytes_of(folder: &Path) -> u64 {
        let entries = std::fs::read_dir(folder).expect("the folder is there").flatten();
        let len = |path: PathBuf| match path.metadata() {
            Ok(about) if about.is_dir() => Self::bytes_of(&path),
            Ok(about) => about.len(),
            Err(_) => 0,
        };
        entries.map(|entry| len(entry.path())).sum()
    }

    fn path(&self, url: &str) -> Option<PathBuf> {
        let (_, path) = url.split_once(FOLDER)?;
        Some(self.folder.join(path)).filter(|path| path.is_file())
    }

    /// A source is at this address.
    pub fn names(&mut self, source: SourceId, url: &str) {
        if let Some(path) = self.path(url) {
            self.sources.insert(source, path);
        }
    }

    /// Asks for a file; how long it is, if it is here.
    pub fn get(&mut self, id: FetchId, url: &str) -> Option<u64> {
        let path = self.path(url)?;
        self.begin(id, &path, None)
    }

    /// Asks for a range of a file; whether it is here.
    pub fn fetch(&mut self, id: FetchId, source: SourceId, range: ByteRange) -> bool {
        let Some(path) = self.sources.get(&source).cloned() else { return false };
        self.begin(id, &path, Some(range)).is_some()
    }

    fn begin(&mut self, id: FetchId, path: &Path, range: Option<ByteRange>) -> Option<u64> {
        let file = File::open(path).ok()?;
        let file_bytes = file.metadata().ok()?.len();
        let left = range.unwrap_or(ByteRange::new(0, file_bytes));
        self.flights.insert(id, Flight { file, file_bytes, left, is_range: range.is_some() });
        Some(left.len())
    }

    /// What the beginning of an answer says; nothing of a file that is asked for whole.
    pub fn began(&self, id: FetchId) -> Option<(ByteRange, Identity)> {
        let flight = self.flights.get(&id).filter(|flight| flight.is_range)?;
        let identity = Identity { total_bytes: flight.file_bytes, etag: None, commit: None };
        Some((flight.left, identity))
    }

    /// The next bytes of an answer.
    pub fn bytes(&mut self, id: FetchId, count: u64) -> Vec<u8> {
        let flight = self.flights.get_mut(&id).expect("it was asked for");
        let mut bytes = vec![0; count as usize];
        flight.file.read_exact_at(&mut bytes, flight.left.start).expect("the file is as long as it was");
        flight.left.start += count;
        bytes
    }
}
