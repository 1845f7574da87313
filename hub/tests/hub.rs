//! How the Hub and its CDN answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;

use std::time::Duration;

use client::{ask, get, get_range, pattern};
use hub::{Config, Hub, Limits, Quota, Server, Source};

const REPO: &str = "poloclub/diffusiondb";
const ORIGIN: (&str, &str) = ("Origin", "http://page.test");

fn hub_with(config: Config) -> Hub {
    let hub = Hub::start(config).unwrap();
    hub.mount(REPO, "metadata.parquet", Source::bytes(pattern(100_000))).unwrap();
    hub
}

fn hub() -> Hub {
    hub_with(Config::default())
}

fn resolve(hub: &Hub) -> String {
    format!("{}/datasets/{REPO}/resolve/main/metadata.parquet", hub.endpoint())
}

#[test]
fn a_path_redirects_to_a_signed_url() {
    let hub = hub();
    let answer = ask("GET", &resolve(&hub), &[ORIGIN]);
    assert_eq!(answer.status, 302);
    assert!(answer.location().starts_with(hub.cdn()), "{}", answer.location());
    assert!(answer.location().contains("?Expires="));
    assert!(!answer.location().contains("metadata"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://page.test"));
    assert_eq!(answer.header("vary"), Some("Origin"));
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some(
            "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash"
        )
    );
    assert_eq!(answer.header("x-linked-size"), Some("100000"));
    assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    assert_eq!(answer.header("x-repo-commit"), hub.commit(REPO).as_deref());
    let file = get(&answer.location());
    assert_eq!(file.status, 200);
    assert_eq!(file.header("etag"), answer.header("x-linked-etag"));
    assert_eq!(file.body, pattern(100_000));
    assert_eq!(file.header("content-type"), Some("binary/octet-stream"));
    let head = ask("HEAD", &resolve(&hub), &[]);
    assert_eq!((head.status, head.body.len()), (302, 0));
}

#[test]
fn the_cdn_answers_ranges() {
    let hub = hub();
    let url = get(&resolve(&hub)).location();
    let check = |range: &str, from: usize, to: usize| {
        let answer = get_range(&url, range);
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.body, pattern(100_000)[from..to], "{range}");
        let expected = format!("bytes {from}-{}/100000", to - 1);
        assert_eq!(answer.header("content-range"), Some(expected.as_str()));
        assert_eq!(answer.header("content-length"), Some((to - from).to_string().as_str()));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            answer.header("access-control-expose-headers"),
            Some("ETag, Content-Range, Accept-Ranges, Content-Length")
        );
    };
    check("0-0", 0, 1);
    check("10-19", 10, 20);
    check("99990-", 99_990, 100_000);
    check("99990-200000", 99_990, 100_000);
    check("-8", 99_992, 100_000);
    let outside = get_range(&url, "100000-");
    assert_eq!((outside.status, outside.header("content-range")), (416, Some("bytes */100000")));
    let head = ask("HEAD", &url, &[("Range", "bytes=5-9")]);
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (206, Some("5"), 0));
}

#[test]
fn the_cdn_refuses_preflights_and_the_log_knows() {
    let hub = hub();
    let url = get(&resolve(&hub)).location();
    let refused = ask("OPTIONS", &url, &[ORIGIN, ("Access-Control-Request-Headers", "range")]);
    assert_eq!((refused.status, refused.names("access-control")), (403, vec![]));
    ask("GET", &url, &[("Authorization", "Bearer x")]);
    assert!(hub.settle(Duration::from_secs(5)));
    let log = hub.log();
    assert_eq!(log[1].method, "OPTIONS");
    assert_eq!((log[1].server, log[1].status, log[1].origin.as_deref()), (Server::Cdn, 403, Some(ORIGIN.1)));
    assert!(!log[1].authorization && log[2].authorization);
    let allowed =
        ask("OPTIONS", &resolve(&hub), &[ORIGIN, ("Access-Control-Request-Headers", "authorization")]);
    assert_eq!(allowed.header("access-control-allow-headers"), Some("authorization"));
    assert_eq!(ask("POST", &url, &[]).status, 405);
}

#[test]
fn signatures_are_checked_and_expire() {
    let hub = hub_with(Config { signatures_hold: Duration::from_secs(1), ..Config::default() });
    let url = get(&resolve(&hub)).location();
    assert_eq!(get_range(&url, "0-0").status, 206);
    assert_eq!(get(url.split('?').next().unwrap()).status, 403);
    let forged = get(&url.replace("Expires=", "Expires=1"));
    assert_eq!((forged.status, forged.header("access-control-allow-origin")), (403, Some("*")));
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(get_range(&url, "0-0").status, 403);
    let url = get(&resolve(&hub)).location();
    hub.expire_signatures();
    assert_eq!(get(&url).status, 403);
    assert_eq!(get(&get(&resolve(&hub)).location()).status, 200);
}

#[test]
fn small_files_and_renamed_repositories_stay_on_the_host() {
    let hub = hub();
    hub.mount(REPO, "read me.md", Source::bytes("# hello").in_git()).unwrap();
    hub.rename("old/name", REPO);
    let old = get(&format!("{}/datasets/old/name/resolve/main/read%20me.md?download=true", hub.endpoint()));
    assert_eq!(old.status, 307);
    assert_eq!(old.location(), format!("/datasets/{REPO}/resolve/main/read%20me.md?download=true"));
    let small = get(&format!("{}{}", hub.endpoint(), old.location()));
    assert_eq!(small.status, 307);
    assert!(small.location().starts_with("/api/resolve-cache/datasets/"), "{}", small.location());
    let bytes = get_range(&format!("{}{}", hub.endpoint(), small.location()), "2-");
    assert_eq!((bytes.status, bytes.body.as_slice()), (206, b"hello".as_slice()));
    assert_eq!(bytes.header("access-control-allow-origin"), Some("http://page.test"));
    assert_eq!(get(&format!("{}/api/datasets/old/name/refs", hub.endpoint())).status, 307);
}

#[test]
fn what_is_not_there_has_a_code() {
    let hub = hub_with(Config { tokens: vec!["hf_good".to_owned()], ..Config::default() });
    let check = |path: &str, status: u16, code: Option<&str>| {
        let answer = get(&format!("{}{path}", hub.endpoint()));
        assert_eq!((answer.status, answer.header("x-error-code")), (status, code), "{path}");
        assert!(answer.header("x-error-message").is_some());
        assert!(answer.header("access-control-allow-origin").is_some());
    };
    check(&format!("/datasets/{REPO}/resolve/main/no.parquet"), 404, Some("EntryNotFound"));
    check(&format!("/datasets/{REPO}/resolve/v9/metadata.parquet"), 404, Some("RevisionNotFound"));
    check("/datasets/no/body/resolve/main/x", 404, Some("RepoNotFound"));
    check(&format!("/api/datasets/{REPO}/tree/main/nowhere"), 404, Some("EntryNotFound"));
    check("/elsewhere", 404, None);
    hub.gate(REPO, true);
    check(&format!("/datasets/{REPO}/resolve/main/metadata.parquet"), 401, Some("GatedRepo"));
    check(&format!("/api/datasets/{REPO}"), 401, Some("GatedRepo"));
    let with = |token: &str| ask("GET", &resolve(&hub), &[("Authorization", &format!("Bearer {token}"))]);
    assert_eq!(with("hf_good").status, 302);
    assert_eq!((with("hf_bad").status, with("").status), (401, 401));
    hub.gate(REPO, false);
    hub.unmount(REPO, "metadata.parquet");
    assert_eq!(get(&resolve(&hub)).status, 404);
}

#[test]
fn limits_count_resolves_and_calls_apart() {
    let quota = |resolves, api_calls| Quota { resolves, api_calls };
    let limits = Limits { window: Duration::from_secs(300), anonymous: quota(2, 1), signed_in: quota(9, 9) };
    let tokens = vec!["hf_good".to_owned()];
    let hub = hub_with(Config { limits: Some(limits), tokens, ..Config::default() });
    let call = format!("{}/api/datasets/{REPO}/refs", hub.endpoint());
    assert_eq!((get(&resolve(&hub)).status, get(&resolve(&hub)).status), (302, 302));
    let refused = get(&resolve(&hub));
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 250);
    assert!(!refused.header("access-control-expose-headers").unwrap().contains("Retry"));
    assert_eq!((get(&call).status, get(&call).status), (200, 429));
    assert_eq!(ask("GET", &call, &[("Authorization", "Bearer hf_good")]).status, 200);
}

#[test]
fn a_new_version_has_another_etag_and_commit() {
    let hub = hub();
    let before = get(&resolve(&hub));
    hub.mount(REPO, "metadata.parquet", Source::bytes(vec![7; 100_000])).unwrap();
    let after = get(&resolve(&hub));
    assert_ne!(before.header("x-linked-etag"), after.header("x-linked-etag"));
    assert_ne!(before.header("x-repo-commit"), after.header("x-repo-commit"));
    assert_eq!(get_range(&before.location(), "1-2").body, pattern(3)[1..]);
    assert_eq!(get_range(&after.location(), "1-2").body, [7, 7]);
    let pinned = "fb620fbe49fa4420e0734bd9c0df11f51176b61f";
    hub.set_commit(REPO, pinned);
    hub.branch(REPO, "dev");
    for revision in [pinned, "dev", before.header("x-repo-commit").unwrap(), "refs%2Fheads%2Fmain"] {
        let url = format!("{}/datasets/{REPO}/resolve/{revision}/metadata.parquet", hub.endpoint());
        assert_eq!(get(&url).status, 302, "{revision}");
    }
}

#[test]
fn files_on_disk_are_served_by_ranges() {
    let path = std::env::temp_dir().join(format!("hub-ranges-{}", std::process::id()));
    std::fs::write(&path, pattern(3_000_000)).unwrap();
    let hub = hub();
    hub.mount(REPO, "big.zip", Source::file(&path)).unwrap();
    let url = get(&resolve(&hub).replace("metadata.parquet", "big.zip")).location();
    assert_eq!(get_range(&url, "1000001-2900000").body, pattern(3_000_000)[1_000_001..2_900_001]);
    assert_eq!(get(&url).body, pattern(3_000_000));
    std::fs::remove_file(&path).unwrap();
    assert!(hub.mount(REPO, "none", Source::file(&path)).is_err());
}
