//! How the built app is served.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;

use std::path::PathBuf;

use client::{Answer, ask, get, get_range, pattern};
use hub::{App, AppConfig};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("hub-app-{name}-{}", std::process::id()));
        let dist = path.join("dist");
        std::fs::create_dir_all(dist.join("style")).unwrap();
        std::fs::write(path.join("secret.txt"), "secret").unwrap();
        std::fs::write(dist.join("index.html"), "<!doctype html><p>hello").unwrap();
        std::fs::write(dist.join("style/main.css"), "p { color: red }".repeat(500)).unwrap();
        std::fs::write(dist.join("app-0123456789abcdef_bg.wasm"), pattern(300_000)).unwrap();
        for name in ["a.js", "a.json", "a.parquet", "a.zip", "a.svg", "a.png", "a.webp", "a.woff2"] {
            std::fs::write(dist.join(name), name).unwrap();
        }
        Folder(path)
    }

    fn app(&self, prefix: &str) -> App {
        let config = AppConfig { prefix: prefix.to_owned(), ..AppConfig::new(self.0.join("dist")) };
        App::start(config).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn packed(url: &str) -> Answer {
    ask("GET", url, &[("Accept-Encoding", "gzip, deflate, br, zstd")])
}

#[test]
fn types_and_caching() {
    let folder = Folder::new("types");
    let app = folder.app("/");
    let check = |path: &str, kind: &str, cached: &str| {
        let answer = get(&format!("{}{path}", app.url()));
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            (answer.header("content-type"), answer.header("cache-control")),
            (Some(kind), Some(cached))
        );
        assert_eq!(answer.header("content-encoding"), None);
    };
    let long = "public, max-age=31536000, immutable";
    check("", "text/html; charset=utf-8", "no-cache");
    check("?table=diffusiondb-2m", "text/html; charset=utf-8", "no-cache");
    check("style/main.css", "text/css; charset=utf-8", "no-cache");
    check("app-0123456789abcdef_bg.wasm", "application/wasm", long);
    check("a.js", "text/javascript; charset=utf-8", "no-cache");
    check("a.json", "application/json", "no-cache");
    check("a.parquet", "application/vnd.apache.parquet", "no-cache");
    check("a.zip", "application/zip", "no-cache");
    check("a.svg", "image/svg+xml", "no-cache");
    check("a.png", "image/png", "no-cache");
    check("a.webp", "image/webp", "no-cache");
    check("a.woff2", "font/woff2", "no-cache");
}

#[test]
fn text_and_code_are_compressed_for_those_who_accept_it() {
    let folder = Folder::new("brotli");
    let app = folder.app("/");
    for (path, plain) in [
        ("style/main.css", "p { color: red }".repeat(500).into_bytes()),
        ("app-0123456789abcdef_bg.wasm", pattern(300_000)),
    ] {
        let url = format!("{}{path}", app.url());
        let answer = packed(&url);
        assert_eq!(
            (answer.header("content-encoding"), answer.header("vary")),
            (Some("br"), Some("Accept-Encoding"))
        );
        assert!(answer.body.len() < plain.len() / 4);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut answer.body.as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
        assert_eq!(packed(&url).body, answer.body);
        assert_ne!(get(&url).header("etag"), answer.header("etag"));
        let part = ask("GET", &url, &[("Accept-Encoding", "br"), ("Range", "bytes=5-9")]);
        assert_eq!((part.status, part.header("content-encoding")), (206, None));
        assert_eq!(part.body, plain[5..10]);
        let head = ask("HEAD", &url, &[("Accept-Encoding", "br")]);
        assert_eq!(head.header("content-length"), answer.header("content-length"));
    }
    assert_eq!(packed(&format!("{}a.png", app.url())).header("content-encoding"), None);
    assert_eq!(ask("GET", app.url(), &[("Accept-Encoding", "br;q=0")]).header("content-encoding"), None);
    let index = app.log().into_iter().next().unwrap();
    assert_eq!(index.path, "/style/main.css");
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let folder = Folder::new("etag");
    let app = folder.app("/");
    let etag = get(app.url()).header("etag").unwrap().to_owned();
    let again = ask("GET", app.url(), &[("If-None-Match", &format!("\"x\", W/{etag}"))]);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(etag.as_str())));
    std::fs::write(folder.0.join("dist/index.html"), "<p>new").unwrap();
    let changed = ask("GET", app.url(), &[("If-None-Match", &etag)]);
    assert_eq!((changed.status, changed.body.as_slice()), (200, b"<p>new".as_slice()));
    assert_eq!(packed(app.url()).header("content-encoding"), Some("br"));
}

#[test]
fn nothing_outside_the_folder_or_the_prefix() {
    let folder = Folder::new("outside");
    let app = folder.app("some/sub/path");
    let host = app.url().strip_suffix("/some/sub/path/").unwrap().to_owned();
    assert_eq!(get(app.url()).status, 200);
    assert_eq!(get_range(&format!("{}a.zip", app.url()), "0-0").body, b"a");
    let bare = get(&format!("{host}/some/sub/path?a=b"));
    assert_eq!((bare.status, bare.location().as_str()), (301, "/some/sub/path/?a=b"));
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.0.join("secret.txt"), folder.0.join("dist/link.txt")).unwrap();
    for path in [
        "/",
        "/some/sub/path/none.js",
        "/some/sub/path/style",
        "/some/sub/path/../secret.txt",
        "/some/sub/path/%2e%2e/secret.txt",
        "/some/sub/path/..%2fsecret.txt",
        "/some/sub/path/..%5csecret.txt",
        "/some/sub/path//etc/passwd",
        "/some/sub/path/link.txt",
        "/secret.txt",
    ] {
        assert_eq!(get(&format!("{host}{path}")).status, 404, "{path}");
    }
    assert_eq!(ask("POST", app.url(), &[]).status, 405);
    assert!(App::start(AppConfig::new(folder.0.join("none"))).is_err());
}
