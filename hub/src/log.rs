//! What was asked and what was sent, for tests to assert on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::lock;

/// Which server a request went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Server {
    /// Resolves paths and answers listings.
    Hub,
    /// Serves the bytes behind signed URLs.
    Cdn,
    /// Serves the built app.
    App,
}

/// One request and what became of it. The log holds it from the moment the request was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counts requests over all servers of the link, from 0; clearing the log does not reset it.
    pub seq: u64,
    /// Who was asked.
    pub server: Server,
    /// `GET`, `HEAD`, `OPTIONS`, ...
    pub method: String,
    /// The path and query as sent, without the parameters of the signature.
    pub path: String,
    /// The repository concerned, `owner/name`, where there is one.
    pub repo: Option<String>,
    /// The path inside that repository; on the CDN, what the opaque path stands for.
    pub repo_path: Option<String>,
    /// The range asked for, in bytes, clipped to the file where its size is known. `None` without a
    /// range, with one that isn't understood, and with one that lies outside the file.
    pub range: Option<Range<u64>>,
    /// The status sent, 0 while there is none.
    pub status: u16,
    /// Body bytes handed to the connection so far. When a client leaves, at most 64 KiB of them never
    /// reached the socket.
    pub bytes_sent: u64,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// Whether the request carried an `Authorization` header.
    pub authorization: bool,
    /// Whether it came over HTTP/2.
    pub http2: bool,
    /// When the request had been read, since the server started.
    pub started: Duration,
    /// When its last byte was handed over, or the client left. `None` while under way.
    pub finished: Option<Duration>,
    /// Whether the client left before it had everything. A connection cut by a fault is not an abort.
    pub aborted: bool,
}

/// Past this many entries the oldest are dropped: a server left running for days must not grow without end.
const MOST_ENTRIES: usize = 100_000;

#[derive(Debug)]
pub(crate) struct Log {
    start: Instant,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    kept: BTreeMap<u64, Entry>,
}

impl Log {
    pub(crate) fn new() -> Log {
        Log { start: Instant::now(), entries: Mutex::default() }
    }

    pub(crate) fn snapshot(&self) -> Vec<Entry> {
        lock(&self.entries).kept.values().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.entries).kept.clear();
    }

    pub(crate) fn idle(&self) -> bool {
        lock(&self.entries).kept.values().all(|entry| entry.finished.is_some())
    }

    /// Enters a request; `seq`, `started` and what follows from the answer are filled in here.
    pub(crate) fn open(self: &Arc<Log>, mut entry: Entry) -> Ticket {
        entry.started = self.start.elapsed();
        let mut entries = lock(&self.entries);
        let seq = entries.next;
        entries.next += 1;
        entry.seq = seq;
        entries.kept.insert(seq, entry);
        while entries.kept.len() > MOST_ENTRIES {
            entries.kept.pop_first();
        }
        Ticket { log: Arc::clone(self), seq, done: false }
    }

    fn change(&self, seq: u64, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = lock(&self.entries).kept.get_mut(&seq) {
            change(entry);
        }
    }
}

/// The way to one open entry. Dropping it unfinished means that the client left: the connection, with
/// everything that answered on it, is dropped then.
#[derive(Debug)]
pub(crate) struct Ticket {
    log: Arc<Log>,
    seq: u64,
    done: bool,
}

impl Ticket {
    pub(crate) fn answered(&self, status: u16) {
        self.log.change(self.seq, |entry| entry.status = status);
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.log.change(self.seq, |entry| entry.bytes_sent += bytes);
    }

    pub(crate) fn finish(&mut self) {
        self.close(false);
    }

    fn close(&mut self, aborted: bool) {
        if !self.done {
            self.done = true;
            let now = self.log.start.elapsed();
            self.log.change(self.seq, |entry| {
                entry.finished = Some(now);
                entry.aborted = aborted;
            });
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.close(true);
    }
}
