//! Judges answers of servers before their bodies are read: what is used, and what a refusal means. This is
//! the only place that does; [`super::retry`] says which requests are made again.
//!
//! Status codes and headers are those of RFC 9110, sections 14 and 15. Headers may be missing: a
//! page sees only those that the server exposes, and servers differ.

use crate::base::bytes::{ByteRange, human_bytes};
use crate::base::error::{Error, ErrorKind};

/// A file below this size may come whole where a range was asked for: that costs less than an
/// error helps.
pub const WHOLE_FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// What tells one version of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The file's size.
    pub total_bytes: u64,
    /// The tag of the file's content, as the server wrote it.
    pub etag: Option<String>,
    /// The commit of the repository that the file was taken from.
    pub commit: Option<String>,
}

/// An answer's head. Headers that the page may not see are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status code; 0 where there was no answer.
    pub status: u16,
    /// Whether a signed address answered, not the Hub: its refusals speak for the signature.
    pub signed: bool,
    /// `Content-Range`.
    pub content_range: Option<String>,
    /// `Content-Length`.
    pub content_length: Option<u64>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `X-Linked-ETag`, which the Hub gives besides.
    pub linked_etag: Option<String>,
    /// `X-Repo-Commit`.
    pub repo_commit: Option<String>,
    /// `X-Error-Code`.
    pub error_code: Option<String>,
}

impl Answer {
    /// Whether it is not to a range: the whole file comes.
    pub const fn is_whole(&self) -> bool {
        self.status == 200
    }
}

/// An answer to a request for a range, whose body is worth reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The bytes of the file that the body must hold, no more and no fewer.
    pub range: ByteRange,
    /// The file's size.
    pub total_bytes: u64,
    /// What the file is, to be compared with later answers.
    pub identity: Identity,
}

/// Why a body is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The signed address has expired: ask the Hub for a new one.
    ResolveAgain,
    /// The range begins after the end of the file.
    BeyondEnd {
        /// The file's size, where the server says it.
        total_bytes: Option<u64>,
    },
    /// Anything else. Whether the same request is made again, [`Attempts`](super::retry::Attempts) says.
    Failed(Error),
}

/// Judges the answer to a request for a range of a file. `asked` may reach beyond the end of the file;
/// `expected` is what the file was when it was opened.
///
/// # Errors
/// [`Refused`], when the body must not be read.
pub fn judge_range(
    answer: &Answer,
    asked: ByteRange,
    expected: Option<&Identity>,
) -> Result<Accepted, Refused> {
    match answer.status {
        206 => partial(answer, asked, expected),
        _ if answer.is_whole() => whole(answer, asked, expected),
        _ => Err(refusal(answer)),
    }
}

/// Judges the answer to a request for something whole: a small file, a page of a listing, a list of sizes.
///
/// # Errors
/// [`Refused`], when the body must not be read: also where it is longer than `max_bytes`.
pub fn judge_whole(answer: &Answer, max_bytes: u64) -> Result<(), Refused> {
    if !(200..300).contains(&answer.status) {
        return Err(refusal(answer));
    }
    check_length(answer.content_length.unwrap_or(0), max_bytes).map_err(Refused::Failed)
}

/// Whether something whole is short enough, once its length is known.
///
/// # Errors
/// [`ErrorKind::Limit`].
pub fn check_length(bytes: u64, max_bytes: u64) -> Result<(), Error> {
    if bytes <= max_bytes {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Limit, format!("the answer is longer than {}", human_bytes(max_bytes))))
}

/// What a status other than success means, whatever was asked for.
fn refusal(answer: &Answer) -> Refused {
    let status = answer.status;
    match status {
        // Stores behind the Hub report an expired signature in different ways.
        400 | 401 | 403 | 410 if answer.signed => Refused::ResolveAgain,
        401 | 403 | 404 | 410 => Refused::Failed(absent(answer)),
        416 => Refused::BeyondEnd { total_bytes: unsatisfied_total(answer) },
        429 => fail(ErrorKind::RateLimited, "the server asks for a pause (429)"),
        0 => fail(ErrorKind::Network, "there was no answer"),
        408 | 425 | 500..=599 => fail(ErrorKind::Server, format!("the server failed ({status})")),
        _ => fail(ErrorKind::Unsupported, format!("the server refused the request ({status})")),
    }
}

fn partial(answer: &Answer, asked: ByteRange, expected: Option<&Identity>) -> Result<Accepted, Refused> {
    let said = answer.content_range.as_deref().map(parse_content_range);
    let (range, total) = match said {
        Some(Some((range, total))) => (Some(range), total),
        Some(None) => return Err(short("the answer names a range that can't be read")),
        None => (None, None),
    };
    let Some(total_bytes) = total.or(expected.map(|identity| identity.total_bytes)) else {
        return Err(fail(
            ErrorKind::Unsupported,
            "the server does not let pages see how long the file is: it has to expose Content-Range",
        ));
    };
    let identity = same_file(answer, expected, total_bytes)?;
    let wanted = ByteRange::new(asked.start, asked.end.min(total_bytes));
    let range = range.unwrap_or(wanted);
    if range != wanted {
        return Err(short(format!("asked for bytes {wanted}, the answer is about {range}")));
    }
    if answer.content_length.is_some_and(|length| length != range.len()) {
        return Err(short(format!("the answer to bytes {wanted} has another length")));
    }
    Ok(Accepted { range, total_bytes, identity })
}

fn whole(answer: &Answer, asked: ByteRange, expected: Option<&Identity>) -> Result<Accepted, Refused> {
    let known_bytes = expected.map(|identity| identity.total_bytes);
    let Some(total_bytes) = answer.content_length.or(known_bytes) else {
        return Err(fail(
            ErrorKind::RangeIgnored,
            "the server ignores ranges and wants to send the whole file, of unknown size",
        ));
    };
    let identity = same_file(answer, expected, total_bytes)?;
    let all = ByteRange::new(0, total_bytes);
    if total_bytes > WHOLE_FILE_LIMIT && !asked.contains(all) {
        let size = human_bytes(total_bytes);
        let message = format!("the server ignores ranges and wants to send the whole file, {size}");
        return Err(fail(ErrorKind::RangeIgnored, message));
    }
    Ok(Accepted { range: all, total_bytes, identity })
}

/// What the file is now, if it is still the one that was opened. Sizes must be equal. Tags must
/// be equal where both are known, unless the commit is the same: then only the store changed,
/// and stores tag the same bytes differently.
fn same_file(answer: &Answer, expected: Option<&Identity>, total_bytes: u64) -> Result<Identity, Refused> {
    let now = Identity {
        total_bytes,
        etag: answer.etag.clone().or_else(|| answer.linked_etag.clone()),
        commit: answer.repo_commit.clone(),
    };
    let Some(before) = expected else { return Ok(now) };
    let changed = |message: String| Err(fail(ErrorKind::Changed, message));
    if before.total_bytes != total_bytes {
        let (old, new) = (before.total_bytes, total_bytes);
        return changed(format!("the file had {old} bytes when it was opened and has {new} now"));
    }
    let tags = [answer.etag.as_deref(), answer.linked_etag.as_deref()];
    let mut tags = tags.into_iter().flatten().peekable();
    let same_commit = before.commit.is_some() && before.commit == now.commit;
    if let Some(before) = before.etag.as_deref()
        && !same_commit
        && tags.peek().is_some()
        && !tags.any(|tag| same_tag(tag, before))
    {
        return changed("the file's content was replaced since it was opened".to_owned());
    }
    // What an earlier answer said holds where this one does not say it.
    Ok(Identity {
        total_bytes,
        etag: before.etag.clone().or(now.etag),
        commit: before.commit.clone().or(now.commit),
    })
}

/// RFC 9110's weak comparison (section 8.8.3.2): some edges mark a tag as weak on their way, and a
/// changed file changes the rest of it as well.
fn same_tag(a: &str, b: &str) -> bool {
    let opaque = |tag: &'_ str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    opaque(a) == opaque(b)
}

/// `bytes 0-99/1000` or `bytes 0-99/*`.
fn parse_content_range(header: &str) -> Option<(ByteRange, Option<u64>)> {
    let (range, total) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (start, end) = (first.trim().parse().ok()?, last.trim().parse::<u64>().ok()?.checked_add(1)?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse::<u64>().ok().filter(|total| *total >= end)?),
    };
    (start < end).then_some((ByteRange { start, end }, total))
}

/// `bytes */1000`
fn unsatisfied_total(answer: &Answer) -> Option<u64> {
    answer.content_range.as_deref()?.trim().strip_prefix("bytes */")?.trim().parse().ok()
}

fn absent(answer: &Answer) -> Error {
    // The Hub does not tell a private repository from one that does not exist.
    match (answer.status, answer.error_code.as_deref()) {
        (_, Some("RepoNotFound")) => {
            Error::new(ErrorKind::NotFound, "there is no such repository, or it is private")
        }
        (_, Some("RevisionNotFound")) => {
            Error::new(ErrorKind::NotFound, "the repository has no such revision")
        }
        (_, Some("GatedRepo")) => Error::new(
            ErrorKind::Unauthorized,
            "the repository is gated, its terms have to be accepted on the Hub, and a token is needed",
        ),
        (401 | 403, _) => Error::new(
            ErrorKind::Unauthorized,
            format!("the server wants to know who asks ({})", answer.status),
        ),
        _ => Error::new(ErrorKind::FileNotFound, "there is no such file"),
    }
}

/// A wrong answer; another edge server may give the right one.
fn short(message: impl Into<String>) -> Refused {
    fail(ErrorKind::Server, message)
}

fn fail(kind: ErrorKind, message: impl Into<String>) -> Refused {
    Refused::Failed(Error::new(kind, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: ByteRange = ByteRange { start: 100, end: 200 };

    fn answer(status: u16) -> Answer {
        Answer { status, ..Answer::default() }
    }

    fn part(content_range: &str) -> Answer {
        Answer { content_range: Some(content_range.to_owned()), ..answer(206) }
    }

    fn identity(total_bytes: u64, etag: &str) -> Identity {
        Identity { total_bytes, etag: Some(etag.to_owned()), commit: None }
    }

    /// What an answer to a range comes to, in a line.
    fn check(answer: &Answer, expected: &str) {
        check_against(answer, None, expected);
    }

    fn check_against(answer: &Answer, identity: Option<&Identity>, expected: &str) {
        check_asked(answer, ASKED, identity, expected);
    }

    fn check_asked(answer: &Answer, asked: ByteRange, identity: Option<&Identity>, expected: &str) {
        let verdict = match judge_range(answer, asked, identity) {
            Ok(Accepted { range, total_bytes, identity }) => {
                assert_eq!(identity.total_bytes, total_bytes);
                format!("{range} of {total_bytes}")
            }
            Err(refused) => words(refused),
        };
        assert_eq!(verdict, expected, "{answer:?}");
    }

    fn words(refused: Refused) -> String {
        match refused {
            Refused::ResolveAgain => "resolve again".to_owned(),
            Refused::BeyondEnd { total_bytes } => format!("beyond {total_bytes:?}"),
            Refused::Failed(error) => format!("{:?}", error.kind),
        }
    }

    #[test]
    fn a_part_must_be_the_one_asked_for() {
        check(&part("bytes 100-199/1000"), "100..200 of 1000");
        check(&part("bytes 100-149/150"), "100..150 of 150");
        check(&part("bytes 100-149/1000"), "Server");
        check(&part("bytes 0-199/1000"), "Server");
        check(&part("bytes 100-199/150"), "Server");
        check(&part("bytes 199-100/1000"), "Server");
        check(&part("bytes 100-18446744073709551615/1000"), "Server");
        check(&part("nonsense"), "Server");
        check(&Answer { content_length: Some(100), ..part("bytes 100-199/1000") }, "100..200 of 1000");
        check(&Answer { content_length: Some(0), ..part("bytes 100-199/1000") }, "Server");
    }

    #[test]
    fn hidden_headers_are_made_up_for_where_the_size_is_known() {
        let known = identity(1000, "\"a\"");
        check(&answer(206), "Unsupported");
        check(&part("bytes 100-199/*"), "Unsupported");
        check_against(&answer(206), Some(&known), "100..200 of 1000");
        check_against(&part("bytes 100-199/*"), Some(&known), "100..200 of 1000");
        check_against(&Answer { content_length: Some(7), ..answer(206) }, Some(&known), "Server");
    }

    #[test]
    fn a_whole_file_is_read_only_if_small() {
        let whole = |length| Answer { content_length: length, ..answer(200) };
        check(&whole(Some(5_000)), "0..5000 of 5000");
        check(&whole(Some(WHOLE_FILE_LIMIT + 1)), "RangeIgnored");
        check(&whole(None), "RangeIgnored");
        let everything = ByteRange::new(0, u64::MAX);
        check_asked(&whole(Some(50_000_000)), everything, None, "0..50000000 of 50000000");
    }

    #[test]
    fn refusals_are_told_apart() {
        check(&answer(401), "Unauthorized");
        check(&answer(403), "Unauthorized");
        check(&Answer { signed: true, ..answer(403) }, "resolve again");
        check(&Answer { error_code: Some("RepoNotFound".to_owned()), ..answer(401) }, "NotFound");
        check(&Answer { error_code: Some("GatedRepo".to_owned()), ..answer(401) }, "Unauthorized");
        check(&answer(404), "FileNotFound");
        check(&Answer { signed: true, ..answer(404) }, "FileNotFound");
        check(&Answer { error_code: Some("RevisionNotFound".to_owned()), ..answer(404) }, "NotFound");
        check(&answer(416), "beyond None");
        check(&Answer { content_range: Some("bytes */80".to_owned()), ..answer(416) }, "beyond Some(80)");
        check(&answer(429), "RateLimited");
        check(&answer(503), "Server");
        check(&answer(0), "Network");
        check(&answer(304), "Unsupported");
    }

    #[test]
    fn a_file_that_changed_is_noticed() {
        let opened = identity(1000, "\"a\"");
        let later = |etag: &str, total: u64| Answer {
            etag: Some(etag.to_owned()),
            ..part(&format!("bytes 100-199/{total}"))
        };
        let check = |answer: &Answer, expected: &str| check_against(answer, Some(&opened), expected);
        check(&later("\"a\"", 1000), "100..200 of 1000");
        check(&later("W/\"a\"", 1000), "100..200 of 1000");
        check(&later("\"b\"", 1000), "Changed");
        check(&later("\"a\"", 1001), "Changed");
        check(&Answer { etag: None, ..later("", 1000) }, "100..200 of 1000");
        check(&Answer { linked_etag: Some("\"a\"".to_owned()), ..later("\"b\"", 1000) }, "100..200 of 1000");
        check(&Answer { content_length: Some(999), ..answer(200) }, "Changed");
    }

    #[test]
    fn another_store_may_tag_the_same_commit_differently() {
        let opened = Identity { commit: Some("c".to_owned()), ..identity(1000, "\"a\"") };
        let again = Answer {
            etag: Some("\"b\"".to_owned()),
            repo_commit: Some("c".to_owned()),
            ..part("bytes 100-199/1000")
        };
        let accepted = judge_range(&again, ASKED, Some(&opened));
        assert_eq!(accepted.map(|accepted| accepted.identity), Ok(opened.clone()));
    }

    #[test]
    fn a_refusal_means_the_same_whatever_was_asked_for() {
        for status in [0, 301, 304, 400, 401, 403, 404, 408, 410, 416, 425, 429, 451, 500, 502, 503, 599] {
            for error_code in [None, Some("RepoNotFound"), Some("RevisionNotFound"), Some("GatedRepo")] {
                let answer = Answer { error_code: error_code.map(str::to_owned), ..answer(status) };
                let range = judge_range(&answer, ASKED, None).map(drop);
                assert_eq!(judge_whole(&answer, 1_000), range, "{status} {error_code:?}");
            }
        }
    }

    #[test]
    fn something_whole_may_be_so_long() {
        let long = |length| Answer { content_length: length, ..answer(200) };
        assert_eq!(judge_whole(&long(Some(1_000)), 1_000), Ok(()));
        assert_eq!(judge_whole(&long(None), 1_000), Ok(()));
        assert_eq!(judge_whole(&long(Some(1_001)), 1_000).map_err(words), Err("Limit".to_owned()));
    }
}
