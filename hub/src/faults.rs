//! Faults by script: which request goes wrong, how often, and how.

use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use crate::lock;
use crate::log::Server;

/// Which requests a fault is for. An empty field matches everything; a preflight never matches, so that it
/// can't use up a fault meant for the request behind it.
#[derive(Debug, Clone, Default)]
pub struct Match {
    /// Only requests to this server.
    pub server: Option<Server>,
    /// Only requests whose URL path, or whose `owner/name/path` in the repository, contains this. On the CDN
    /// only the second says anything.
    pub path: Option<String>,
    /// Only requests of this method.
    pub method: Option<&'static str>,
    /// Only requests whose range shares at least one byte with this one. A request without a range asks for
    /// every byte.
    pub range: Option<Range<u64>>,
    /// How many matching requests pass unharmed first.
    pub skip: u32,
}

impl Match {
    /// Requests for such a path, on any server.
    pub fn path(part: impl Into<String>) -> Match {
        Match { path: Some(part.into()), ..Match::default() }
    }

    /// Requests for such a path to this server.
    pub fn on(server: Server, part: impl Into<String>) -> Match {
        Match { server: Some(server), ..Match::path(part) }
    }

    /// Only those that share a byte with `range`.
    #[must_use]
    pub fn overlapping(self, range: Range<u64>) -> Match {
        Match { range: Some(range), ..self }
    }

    /// Only from the matching request after the first `skip` on.
    #[must_use]
    pub fn after(self, skip: u32) -> Match {
        Match { skip, ..self }
    }
}

/// How a request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// This status instead of an answer, with the headers that the Hub sends along: an error code with 401
    /// and 404, a hidden `Retry-After` with 429.
    Status(u16),
    /// Every signed URL issued so far expires just before this request is answered: on the CDN the request
    /// itself gets 403, on the Hub it gets a fresh URL.
    ExpireSignatures,
    /// A 206 whose header promises the range and whose body has no bytes, with `Content-Length: 0`.
    EmptyPartial,
    /// The headers of the full answer, but the connection closes in order after `keep` body bytes.
    ShortBody {
        /// Body bytes sent.
        keep: u64,
    },
    /// An answer that is complete as HTTP, with a `Content-Length` of `keep`, under the `Content-Range` of the
    /// full one.
    ShortLength {
        /// Body bytes sent.
        keep: u64,
    },
    /// `Content-Range` names a range one byte later than the one sent.
    WrongContentRange,
    /// 200 with the whole file, whatever the range.
    IgnoreRange,
    /// The connection is reset before there is any answer, as where there is no network.
    Gone,
    /// The connection is reset after so many body bytes.
    Cut {
        /// Body bytes sent.
        after: u64,
    },
    /// After so many body bytes (0: after the headers) nothing comes for `pause`; then the rest does.
    /// A body no longer than that is sent as ever.
    Stall {
        /// Body bytes sent before the pause.
        after: u64,
        /// How long nothing comes.
        pause: Duration,
    },
    /// `ETag` and `X-Linked-ETag` name another version.
    ChangeEtag,
    /// The answer without a single CORS header.
    NoCors,
    /// An answer to HEAD says `Content-Encoding: gzip` and loses its `Content-Length`.
    GzipOnHead,
    /// The byte at this offset of the file is inverted, if it is in the answer.
    Corrupt {
        /// Offset in the file, in bytes.
        offset: u64,
    },
    /// 200 with an HTML page that reports an error.
    Html,
}

/// A fault, to be handed to the script.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Which requests.
    pub when: Match,
    /// How many of them.
    pub times: u32,
    /// What happens to them.
    pub what: What,
}

impl Fault {
    /// A fault that strikes once.
    pub fn once(when: Match, what: What) -> Fault {
        Fault { when, times: 1, what }
    }

    /// A fault that strikes so often.
    pub fn times(times: u32, when: Match, what: What) -> Fault {
        Fault { when, times, what }
    }

    /// A fault that strikes until the script is cleared.
    pub fn always(when: Match, what: What) -> Fault {
        Fault { when, times: u32::MAX, what }
    }
}

/// What a fault is matched against.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) server: Server,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) repo_path: Option<String>,
    pub(crate) range: Option<&'a Range<u64>>,
}

#[derive(Debug, Default)]
pub(crate) struct Script {
    faults: Mutex<Vec<Fault>>,
}

impl Script {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.faults).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.faults).clear();
    }

    pub(crate) fn left(&self) -> usize {
        lock(&self.faults).len()
    }

    /// The first fault that strikes this request; it is used up by one. Those that let it pass count it.
    pub(crate) fn take(&self, subject: &Subject<'_>) -> Option<What> {
        if subject.method == "OPTIONS" {
            return None;
        }
        let mut faults = lock(&self.faults);
        let mut struck = None;
        for fault in faults.iter_mut().filter(|fault| fault.times > 0 && matches(&fault.when, subject)) {
            if fault.when.skip > 0 {
                fault.when.skip -= 1;
            } else {
                if fault.times != u32::MAX {
                    fault.times -= 1;
                }
                struck = Some(fault.what.clone());
                break;
            }
        }
        faults.retain(|fault| fault.times > 0);
        struck
    }
}

fn matches(when: &Match, subject: &Subject<'_>) -> bool {
    let Match { server, path, method, range, skip: _ } = when;
    let in_path = |part: &String| {
        subject.path.contains(part.as_str())
            || subject.repo_path.as_ref().is_some_and(|path| path.contains(part.as_str()))
    };
    let shares = |wanted: &Range<u64>| {
        subject.range.is_none_or(|range| range.start < wanted.end && wanted.start < range.end)
    };
    server.is_none_or(|server| server == subject.server)
        && path.as_ref().is_none_or(in_path)
        && method.is_none_or(|method| method == subject.method)
        && range.as_ref().is_none_or(shares)
}
