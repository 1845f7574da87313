//! Each fault, as a client meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;

use std::time::{Duration, Instant};

use client::{Answer, ask, get, get_range, pattern};
use hub::{Config, Fault, Hub, Match, Server, Source, What};

const REPO: &str = "owner/name";
const SIZE: usize = 200_000;

/// A Hub, and a signed URL of a file in it.
fn start() -> (Hub, String) {
    let hub = Hub::start(Config::default()).unwrap();
    hub.mount(REPO, "a.parquet", Source::bytes(pattern(SIZE))).unwrap();
    let url = get(&resolve(&hub)).location();
    hub.clear_log();
    (hub, url)
}

fn resolve(hub: &Hub) -> String {
    format!("{}/datasets/{REPO}/resolve/main/a.parquet", hub.endpoint())
}

/// What bytes 1,000 to 100,999 look like under a fault, and that the next request is fine again.
fn spoilt(what: What) -> Answer {
    let (hub, url) = start();
    hub.script(Fault::once(Match::on(Server::Cdn, "owner/name/a.par"), what));
    let answer = get_range(&url, "1000-100999");
    assert_eq!(hub.faults_left(), 0);
    assert!(hub.settle(Duration::from_secs(5)));
    let log = hub.log();
    assert_eq!((log[0].status, log[0].bytes_sent), (answer.status, answer.body.len() as u64));
    assert!(!log[0].aborted);
    let again = get_range(&url, "1000-100999");
    assert_eq!((again.status, again.body.as_slice()), (206, &pattern(SIZE)[1000..101_000]));
    answer
}

#[test]
fn statuses() {
    for status in [401, 403, 404, 429, 500, 503] {
        let answer = spoilt(What::Status(status));
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, Some("*")));
        let (hub, _) = start();
        hub.script(Fault::times(2, Match::on(Server::Hub, "a.parquet"), What::Status(status)));
        let answer = get(&resolve(&hub));
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("retry-after").is_some(), status == 429);
        let code = [(401, "GatedRepo"), (404, "EntryNotFound")].into_iter().find(|(s, _)| *s == status);
        assert_eq!(answer.header("x-error-code"), code.map(|(_, code)| code));
        assert_eq!((get(&resolve(&hub)).status, get(&resolve(&hub)).status), (status, 302));
    }
}

#[test]
fn expired_signatures() {
    let (hub, url) = start();
    hub.script(Fault::once(Match::on(Server::Cdn, "").after(1), What::ExpireSignatures));
    let statuses = [(); 3].map(|()| get_range(&url, "0-9").status);
    assert_eq!(statuses, [206, 403, 403]);
    assert_eq!(get_range(&get(&resolve(&hub)).location(), "0-9").status, 206);
}

#[test]
fn bodies_that_are_not_what_was_promised() {
    let full = Some("bytes 1000-100999/200000");
    let empty = spoilt(What::EmptyPartial);
    assert_eq!((empty.status, empty.body.len(), empty.header("content-range")), (206, 0, full));
    assert_eq!(empty.header("content-length"), Some("0"));

    let closed = spoilt(What::ShortBody { keep: 70_000 });
    assert_eq!((closed.body.len(), closed.reset), (70_000, false));
    assert_eq!((closed.header("content-length"), closed.header("content-range")), (Some("100000"), full));
    assert_eq!(spoilt(What::ShortBody { keep: 0 }).body.len(), 0);

    let short = spoilt(What::ShortLength { keep: 70_000 });
    assert_eq!((short.body.len(), short.header("content-length")), (70_000, Some("70000")));
    assert_eq!(short.header("content-range"), full);

    let cut = spoilt(What::Cut { after: 12_345 });
    assert_eq!((cut.body.as_slice(), cut.reset), (&pattern(SIZE)[1000..13_345], true));
    assert_eq!(cut.header("content-length"), Some("100000"));

    let corrupt = spoilt(What::Corrupt { offset: 50_000 });
    let mut expected = pattern(SIZE)[1000..101_000].to_vec();
    expected[49_000] ^= 0xff;
    assert_eq!(corrupt.body, expected);
    assert_eq!(spoilt(What::Corrupt { offset: 999 }).body, pattern(SIZE)[1000..101_000]);

    let page = spoilt(What::Html);
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.starts_with(b"<!doctype html>"));
}

#[test]
fn headers_that_are_wrong() {
    let range = spoilt(What::WrongContentRange);
    assert_eq!(range.header("content-range"), Some("bytes 1001-101000/200000"));
    assert_eq!(range.body, pattern(SIZE)[1000..101_000]);

    let whole = spoilt(What::IgnoreRange);
    assert_eq!((whole.status, whole.header("content-range")), (200, None));
    assert_eq!(whole.body, pattern(SIZE));

    assert!(spoilt(What::ChangeEtag).header("etag").unwrap().ends_with("-changed\""));
    assert_eq!(spoilt(What::NoCors).names("access-control"), Vec::<&str>::new());

    let (hub, url) = start();
    hub.script(Fault::once(Match::on(Server::Hub, "a.parquet"), What::ChangeEtag));
    assert!(get(&resolve(&hub)).header("x-linked-etag").unwrap().ends_with("-changed\""));
    hub.script(Fault::once(Match { method: Some("HEAD"), ..Match::default() }, What::GzipOnHead));
    assert_eq!(get(&url).header("content-length"), Some("200000"));
    let head = ask("HEAD", &url, &[]);
    assert_eq!((head.header("content-encoding"), head.header("content-length")), (Some("gzip"), None));
}

#[test]
fn stalls() {
    let pause = Duration::from_millis(300);
    for after in [0, 50_000, 99_999] {
        let start = Instant::now();
        let stalled = spoilt(What::Stall { after, pause });
        assert!(start.elapsed() >= pause, "{after}");
        assert_eq!(stalled.body, pattern(SIZE)[1000..101_000]);
    }
}

#[test]
fn a_fault_finds_its_request() {
    let (hub, url) = start();
    hub.mount(REPO, "b.parquet", Source::bytes(pattern(10))).unwrap();
    hub.script(Fault::once(Match::path("a.parquet").overlapping(100..200), What::Status(500)));
    hub.script(Fault::always(Match::path("b.parquet"), What::Status(404)));
    let statuses = ["0-99", "200-", "150-160", "150-160"].map(|range| get_range(&url, range).status);
    assert_eq!(statuses, [206, 206, 500, 206]);
    for _ in 0..3 {
        assert_eq!(get(&resolve(&hub).replace("a.parquet", "b.parquet")).status, 404);
    }
    assert_eq!(ask("OPTIONS", &resolve(&hub).replace("a.parquet", "b.parquet"), &[]).status, 204);
    hub.clear_faults();
    assert_eq!(get(&resolve(&hub).replace("a.parquet", "b.parquet")).status, 302);
}
