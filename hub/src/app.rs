//! The server of the built app: static files, compressed as a good host would.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::StatusCode;
use hyper::header;
use tokio::task::AbortHandle;

use crate::Hub;
use crate::compress::{Compressed, Version};
use crate::faults::Fault;
use crate::link::Link;
use crate::log::{Entry, Server};
use crate::reply::{Ask, Reply};
use crate::route::decode;
use crate::runtime::Runtime;
use crate::server::{Place, Site, Wire, listen, run};
use crate::store::{Content, digest};
use crate::tls::{acceptor, scheme};

/// The settings of an [`App`].
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// The folder to serve.
    pub dist: PathBuf,
    /// Where it appears: `/`, or a folder such as `/some/sub/path/`, as on a page host.
    pub prefix: String,
    /// The port; 0 takes any free one.
    pub port: u16,
    /// Quality of brotli, 0 to 11. 5 is what hosts use on the fly; 11 takes seconds for a megabyte, once.
    pub brotli_quality: u8,
    /// How files are compressed.
    pub coding: Coding,
    /// Whether answers look as if they came through a caching network: with an age, marks of the network, and
    /// weak tags.
    pub cdn: bool,
    /// Whether it speaks TLS, and offers HTTP/2.
    pub secure: bool,
}

/// How a host compresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Coding {
    /// By brotli, for those who accept it.
    #[default]
    Brotli,
    /// Files lie there compressed by gzip and are given to everyone so, as object stores do.
    StoredGzip,
    /// Not at all.
    Plain,
}

impl AppConfig {
    /// Serves a folder at `/`, on any free port.
    pub fn new(dist: impl Into<PathBuf>) -> AppConfig {
        AppConfig {
            dist: dist.into(),
            prefix: "/".to_owned(),
            port: 0,
            brotli_quality: 5,
            coding: Coding::default(),
            cdn: false,
            secure: false,
        }
    }
}

/// A running server of the built app. Dropping it stops it.
#[derive(Debug)]
pub struct App {
    url: String,
    wire: Arc<Wire>,
    listening: AbortHandle,
    /// Only of an app that runs without a Hub; it ends with the app.
    _runtime: Option<Runtime>,
}

impl App {
    /// Starts a server with a log and a script of its own, on an open link.
    ///
    /// # Errors
    /// The folder doesn't exist, the port is taken, or the thread can't be started.
    pub fn start(config: AppConfig) -> io::Result<App> {
        let runtime = Runtime::start()?;
        let wire = Wire::new(Link::default());
        let (url, listening) = begin(config, &wire, &runtime)?;
        Ok(App { url, wire, listening, _runtime: Some(runtime) })
    }

    /// Starts a server on the link of a Hub: its bandwidth, its log, its script. It answers no longer than the
    /// Hub runs.
    ///
    /// # Errors
    /// The folder doesn't exist, or the port is taken.
    pub fn start_with(hub: &Hub, config: AppConfig) -> io::Result<App> {
        let (url, listening) = begin(config, &hub.wire, &hub.runtime)?;
        Ok(App { url, wire: Arc::clone(&hub.wire), listening, _runtime: None })
    }

    /// The address of the app, with its prefix: `http://127.0.0.1:PORT/`, or `https`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every request so far; of an app on a Hub's link, those to the Hub as well.
    pub fn log(&self) -> Vec<Entry> {
        self.wire.log.snapshot()
    }

    /// Adds a fault to the script.
    pub fn script(&self, fault: Fault) {
        self.wire.script.add(fault);
    }

    /// Removes all faults that are left.
    pub fn clear_faults(&self) {
        self.wire.script.clear();
    }

    /// Changes the link.
    pub fn set_link(&self, link: Link) {
        self.wire.link.set(link);
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn begin(config: AppConfig, wire: &Arc<Wire>, runtime: &Runtime) -> io::Result<(String, AbortHandle)> {
    let AppConfig { dist, prefix, port, brotli_quality, coding, cdn, secure } = config;
    let inside = prefix.trim_matches('/');
    let prefix = if inside.is_empty() { "/".to_owned() } else { format!("/{inside}/") };
    // Absolute and free of links, so that what lies inside can be told from what does not.
    let dist = dist.canonicalize()?;
    let (listener, address) = listen(port)?;
    let url = format!("{}://{address}{prefix}", scheme(secure));
    let compressed = Compressed::new(brotli_quality, coding == Coding::StoredGzip);
    let site = AppSite { dist, prefix, compressed, coding, cdn };
    Ok((url, runtime.spawn(run(Arc::new(site), Arc::clone(wire), listener, acceptor(secure)?))))
}

#[derive(Debug)]
struct AppSite {
    dist: PathBuf,
    prefix: String,
    compressed: Compressed,
    coding: Coding,
    cdn: bool,
}

impl AppSite {
    async fn file(&self, ask: &Ask) -> Option<Reply> {
        if ask.path == self.prefix.trim_end_matches('/') && self.prefix != "/" {
            // Without the slash, every relative address in the page would miss the folder.
            let mut reply = Reply::empty(StatusCode::MOVED_PERMANENTLY);
            let query = if ask.query.is_empty() { String::new() } else { format!("?{}", ask.query) };
            reply.set(header::LOCATION, &format!("{}{query}", self.prefix));
            return Some(reply);
        }
        let wanted = decode(ask.path.strip_prefix(&self.prefix)?);
        let mut path = tokio::fs::canonicalize(self.dist.join(inside(&wanted)?)).await.ok()?;
        if tokio::fs::metadata(&path).await.ok()?.is_dir() {
            path = tokio::fs::canonicalize(path.join("index.html")).await.ok()?;
        }
        // Again, because a link may lead outside.
        if !path.starts_with(&self.dist) {
            return None;
        }
        let about = tokio::fs::metadata(&path).await.ok().filter(|about| about.is_file())?;
        let modified = about.modified().unwrap_or(UNIX_EPOCH);
        self.serve(ask, Version { path, size: about.len(), modified }).await
    }

    async fn serve(&self, ask: &Ask, version: Version) -> Option<Reply> {
        let (kind, packs) = kind(&version.path);
        let etag = etag(&version.path, version.size, version.modified);
        let coding = match self.coding {
            Coding::Brotli if accepts_brotli(ask) => Some("br"),
            Coding::StoredGzip => Some("gzip"),
            Coding::Brotli | Coding::Plain => None,
        };
        let coding = coding.filter(|_| packs && !ask.headers.contains_key(header::RANGE));
        let etag = match coding {
            Some(coding) => format!("\"{etag}-{coding}\""),
            None => format!("\"{etag}\""),
        };
        let known = ask.header(header::IF_NONE_MATCH).unwrap_or_default();
        let mut reply = if known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag) {
            let mut reply = Reply::empty(StatusCode::NOT_MODIFIED);
            reply.set(header::ETAG, &etag);
            reply
        } else if let Some(coding) = coding {
            let packed = self.compressed.get(&version).await.ok()?;
            let size = packed.len() as u64;
            let mut reply = Reply::part(ask, Content::Bytes(packed), size, kind, &etag);
            reply.set(header::CONTENT_ENCODING, coding);
            reply
        } else {
            let content = Content::File(version.path.clone().into());
            Reply::part(ask, content, version.size, kind, &etag)
        };
        let name = version.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let cached = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
        reply.set(header::CACHE_CONTROL, cached);
        if packs {
            reply.set(header::VARY, "Accept-Encoding");
        }
        if self.cdn {
            reply.set(header::AGE, "86");
            reply.set(header::VIA, "1.1 edge.example.net");
            reply.set("x-cache", "Hit from cloud");
            reply.set(header::VARY, "Accept-Encoding, Origin");
            reply.set(header::ETAG, &format!("W/{etag}"));
        }
        Some(reply)
    }
}

impl Site for AppSite {
    fn server(&self) -> Server {
        Server::App
    }

    fn place(&self, _: &Ask) -> Place {
        Place::default()
    }

    async fn answer(&self, ask: &Ask) -> Reply {
        if !ask.reads() {
            return self.error(StatusCode::METHOD_NOT_ALLOWED);
        }
        self.file(ask).await.unwrap_or_else(|| self.error(StatusCode::NOT_FOUND))
    }

    fn error(&self, status: StatusCode) -> Reply {
        let text = status.canonical_reason().unwrap_or("Error");
        Reply::text(status, "text/plain; charset=utf-8", text)
    }

    // The app is read by itself alone.
    fn cors(&self, _: &Ask, _: &mut Reply) {}
}

/// A path below the served folder; `None` for one that could lead out of it.
fn inside(path: &str) -> Option<&Path> {
    let plain = !path.contains(['\\', '\0']);
    let path = Path::new(path);
    let down = path.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && down).then_some(path)
}

/// The media type by the name's end, and whether compressing pays.
fn kind(path: &Path) -> (&'static str, bool) {
    match path.extension().and_then(|end| end.to_str()).unwrap_or_default() {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "txt" | "md" | "csv" => ("text/plain; charset=utf-8", true),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "webp" => ("image/webp", false),
        "ico" => ("image/x-icon", false),
        "woff2" => ("font/woff2", false),
        "zip" => ("application/zip", false),
        "parquet" => ("application/vnd.apache.parquet", false),
        _ => ("application/octet-stream", false),
    }
}

fn etag(path: &Path, size: u64, modified: SystemTime) -> String {
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    digest(&[&path.to_string_lossy(), &size.to_string(), &modified.to_string()], 16)
}

fn accepts_brotli(ask: &Ask) -> bool {
    let accepted = ask.header(header::ACCEPT_ENCODING).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "br" && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// Whether a name carries a hash of the content, so that it never means anything else: at least 8 hex digits
/// of their own between `-`, `_` and `.`, with a digit among them.
fn is_hashed(name: &str) -> bool {
    name.split(['-', '_', '.']).any(|part| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_told_from_others() {
        for name in ["vitrine-3f2a1b9c0d1e2f3a.js", "vitrine-3f2a1b9c0d1e2f3a_bg.wasm", "a.12345678.css"] {
            assert!(is_hashed(name), "{name}");
        }
        for name in ["index.html", "worker.js", "a-1234.css", "defaced-facade.js", "deadbeef.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }

    #[test]
    fn no_path_leads_out() {
        for path in ["../a", "a/../../b", "/etc/passwd", "a\\..\\b", "a\0", "./../a"] {
            assert_eq!(inside(path), None, "{path}");
        }
        assert_eq!(inside("a/b.js"), Some(Path::new("a/b.js")));
        assert_eq!(inside(""), Some(Path::new("")));
    }
}
