//! An answer before it becomes bytes on a connection: ranges, the usual headers, and what faults do to it.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use crate::faults::What;
use crate::store::Content;

/// A request, as far as any server here looks at it.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// As sent, still percent-encoded.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The body, where it is a form.
    pub(crate) form: String,
}

impl Ask {
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn origin(&self) -> Option<&str> {
        self.header(header::ORIGIN)
    }

    pub(crate) fn wanted(&self, size: u64) -> Wanted {
        self.header(header::RANGE).map_or(Wanted::Whole, |text| wanted(text, size))
    }

    pub(crate) fn reads(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }
}

/// What a `Range` header asks of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No range, or one to be ignored (RFC 9110, section 14.2): another unit, several ranges, malformed.
    Whole,
    Part(Range<u64>),
    /// Well formed, but outside the file.
    Outside,
}

fn wanted(text: &str, size: u64) -> Wanted {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    // `parse` alone would take a sign.
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (first, last) {
        ("", last) => match number(last) {
            None => Wanted::Whole,
            Some(0) => Wanted::Outside,
            Some(_) if size == 0 => Wanted::Outside,
            Some(suffix) => Wanted::Part(size.saturating_sub(suffix)..size),
        },
        (first, last) => {
            let (Some(start), Some(end)) =
                (number(first), if last.is_empty() { Some(u64::MAX) } else { number(last) })
            else {
                return Wanted::Whole;
            };
            if end < start {
                Wanted::Whole
            } else if start >= size {
                Wanted::Outside
            } else {
                Wanted::Part(start..end.saturating_add(1).min(size))
            }
        }
    }
}

/// What goes wrong while the body is sent.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tricks {
    pub(crate) cut: Option<u64>,
    pub(crate) close: Option<u64>,
    pub(crate) stall: Option<(u64, Duration)>,
    pub(crate) flip: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// Which bytes of the content are the body.
    pub(crate) span: Range<u64>,
    pub(crate) tricks: Tricks,
    /// Whether the server may add its CORS headers.
    pub(crate) cors: bool,
}

impl Reply {
    /// An answer whose body is the given text.
    pub(crate) fn text(status: StatusCode, kind: &str, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        let span = 0..body.len() as u64;
        let mut reply = Reply {
            status,
            headers: HeaderMap::new(),
            content: Content::Bytes(body),
            span,
            tricks: Tricks::default(),
            cors: true,
        };
        reply.set(header::CONTENT_TYPE, kind);
        reply.set_length();
        reply
    }

    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Reply {
        let mut reply = Reply::text(status, "text/plain; charset=utf-8", Bytes::new());
        reply.headers.remove(header::CONTENT_TYPE);
        if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
            reply.headers.remove(header::CONTENT_LENGTH);
        }
        reply
    }

    /// The asked-for part of a file, or all of it.
    pub(crate) fn part(ask: &Ask, content: Content, size: u64, kind: &str, etag: &str) -> Reply {
        let mut reply = Reply::empty(StatusCode::OK);
        match ask.wanted(size) {
            Wanted::Whole => reply.span = 0..size,
            Wanted::Part(span) => {
                reply.status = StatusCode::PARTIAL_CONTENT;
                let range = format!("bytes {}-{}/{size}", span.start, span.end.saturating_sub(1));
                reply.set(header::CONTENT_RANGE, &range);
                reply.span = span;
            }
            Wanted::Outside => {
                reply.status = StatusCode::RANGE_NOT_SATISFIABLE;
                reply.set(header::CONTENT_RANGE, &format!("bytes */{size}"));
                return reply;
            }
        }
        reply.content = content;
        reply.set(header::CONTENT_TYPE, kind);
        reply.set(header::ETAG, etag);
        reply.set(header::ACCEPT_RANGES, "bytes");
        reply.set_length();
        reply
    }

    /// Sets a header; a value that HTTP can't carry is left out.
    pub(crate) fn set(&mut self, name: impl header::IntoHeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    fn set_length(&mut self) {
        let length = self.span.end.saturating_sub(self.span.start).to_string();
        self.set(header::CONTENT_LENGTH, &length);
    }

    /// Keeps the first `keep` bytes of the body, and says so in `Content-Length`.
    fn keep(&mut self, keep: u64) {
        self.span.end = self.span.end.min(self.span.start.saturating_add(keep));
        self.set_length();
    }

    /// Lets a fault loose on a finished answer. Those that replace the answer, or change the question, have
    /// done their work before.
    pub(crate) fn spoil(&mut self, what: &What, ask: &Ask) {
        match what {
            What::Status(_) | What::ExpireSignatures | What::IgnoreRange | What::Html | What::Gone => {}
            What::EmptyPartial => self.keep(0),
            What::ShortBody { keep } => self.tricks.close = Some(*keep),
            What::ShortLength { keep } => self.keep(*keep),
            What::WrongContentRange => {
                let range = self.headers.get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
                let size = range.and_then(|range| range.rsplit_once('/')).map(|(_, size)| size.to_owned());
                if let Some(size) = size.filter(|_| self.status == StatusCode::PARTIAL_CONTENT) {
                    let (first, last) = (self.span.start.saturating_add(1), self.span.end);
                    self.set(header::CONTENT_RANGE, &format!("bytes {first}-{last}/{size}"));
                }
            }
            What::Cut { after } => self.tricks.cut = Some(*after),
            What::Stall { after, pause } => self.tricks.stall = Some((*after, *pause)),
            What::ChangeEtag => {
                for name in [header::ETAG, HeaderName::from_static("x-linked-etag")] {
                    let old = self.headers.get(&name).and_then(|value| value.to_str().ok());
                    if let Some(changed) = old.map(|old| format!("{}-changed\"", old.trim_end_matches('"'))) {
                        self.set(name, &changed);
                    }
                }
            }
            What::NoCors => self.cors = false,
            What::GzipOnHead => {
                if ask.method == Method::HEAD {
                    self.headers.remove(header::CONTENT_LENGTH);
                    self.set(header::CONTENT_ENCODING, "gzip");
                }
            }
            What::Corrupt { offset } => self.tricks.flip = Some(*offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_mean_what_the_rfc_says() {
        let check = |text: &str, size, expected| assert_eq!(wanted(text, size), expected, "{text} of {size}");
        check("bytes=0-0", 10, Wanted::Part(0..1));
        check("bytes=2-5", 10, Wanted::Part(2..6));
        check("bytes=2-", 10, Wanted::Part(2..10));
        check("bytes=2-99999999999999999999", 10, Wanted::Whole);
        check("bytes=2-18446744073709551615", 10, Wanted::Part(2..10));
        check("bytes=-3", 10, Wanted::Part(7..10));
        check("bytes=-30", 10, Wanted::Part(0..10));
        check("bytes=-0", 10, Wanted::Outside);
        check("bytes=10-", 10, Wanted::Outside);
        check("bytes=0-", 0, Wanted::Outside);
        check("bytes=5-2", 10, Wanted::Whole);
        check("bytes=0-1,3-4", 10, Wanted::Whole);
        check("bytes=-", 10, Wanted::Whole);
        check("bytes=+1-2", 10, Wanted::Whole);
        check("items=0-1", 10, Wanted::Whole);
        check("", 10, Wanted::Whole);
    }
}
