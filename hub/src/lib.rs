//! A stand-in for the Hugging Face Hub: real HTTP on loopback, plain or as HTTP/2 in TLS, that answers a browser the way the Hub and its
//! CDN do, with a link of chosen speed, a log of every request, and faults by script.
//!
//! Three servers, each on a port of its own: the [`Hub`], which redirects paths to signed URLs and answers
//! listings; its CDN, which serves the bytes; and, where wanted, an [`App`] for the built app itself.
//!
//! ```no_run
//! use hub::{Config, Fault, Hub, Match, Server, Source, What};
//!
//! # fn main() -> std::io::Result<()> {
//! let hub = Hub::start(Config::default())?;
//! hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::file("metadata.parquet"))?;
//! hub.script(Fault::once(Match::on(Server::Cdn, "metadata.parquet"), What::EmptyPartial));
//! // ... point a client at hub.endpoint() ...
//! assert!(hub.log().iter().all(|entry| entry.method != "OPTIONS"));
//! # Ok(())
//! # }
//! ```
//!
//! # In reading order
//!
//! `config` and `store` are what is served, `server` is the way of every request, `reply` the answer before
//! it is sent, `body` the sending, `tls` what makes a connection secure. `route` says what a path means; `resolve`, `api`, `cdn` and
//! `app` are the answers themselves; `signature`,
//! `limits`, `link`, `log` and `faults` each do what their name says.
//!
//! # Never
//!
//! Nothing here listens beyond loopback, reads a mounted file whole, writes to disk, or asks another host.

mod api;
mod app;
mod body;
mod cdn;
mod compress;
mod config;
mod faults;
mod limits;
mod link;
mod log;
mod reply;
mod resolve;
mod route;
mod runtime;
mod server;
mod signature;
mod store;
mod tls;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use crate::app::{App, AppConfig, Coding};
pub use crate::config::{Config, Limits, Quota};
pub use crate::faults::{Fault, Match, What};
pub use crate::link::Link;
pub use crate::log::{Entry, Server};
pub use crate::store::Source;
pub use crate::tls::{certificate, public_key_hash};

use crate::cdn::Cdn;
use crate::limits::Counter;
use crate::resolve::HubSite;
use crate::runtime::Runtime;
use crate::server::{Wire, listen, run};
use crate::signature::Signer;
use crate::store::Store;
use crate::tls::{acceptor, scheme};

/// A running Hub with its CDN. Dropping it stops both and cuts what is under way.
///
/// It runs on a thread of its own, so that it can be used from blocking code and inside any async runtime.
#[derive(Debug)]
pub struct Hub {
    store: Arc<Store>,
    signer: Arc<Signer>,
    wire: Arc<Wire>,
    endpoint: String,
    cdn: String,
    runtime: Runtime,
}

impl Hub {
    /// Starts both servers on `127.0.0.1`.
    ///
    /// # Errors
    /// A port is taken, or the thread can't be started.
    pub fn start(config: Config) -> io::Result<Hub> {
        let Config { port, cdn_port, secure, link, signatures_hold, page_items, tokens, limits } = config;
        let runtime = Runtime::start()?;
        let (hub_listener, hub_address) = listen(port)?;
        let (cdn_listener, cdn_address) = listen(cdn_port)?;
        let (acceptor, scheme) = (acceptor(secure)?, scheme(secure));
        let (endpoint, cdn) = (format!("{scheme}://{hub_address}"), format!("{scheme}://{cdn_address}"));
        let store = Arc::new(Store::default());
        let signer = Arc::new(Signer::new(signatures_hold));
        let wire = Wire::new(link);
        let hub_site = HubSite {
            store: Arc::clone(&store),
            signer: Arc::clone(&signer),
            counter: Counter::new(limits),
            tokens,
            page_items,
            endpoint: endpoint.clone(),
            cdn: cdn.clone(),
        };
        let cdn_site = Cdn { store: Arc::clone(&store), signer: Arc::clone(&signer) };
        runtime.spawn(run(Arc::new(hub_site), Arc::clone(&wire), hub_listener, acceptor.clone()));
        runtime.spawn(run(Arc::new(cdn_site), Arc::clone(&wire), cdn_listener, acceptor));
        Ok(Hub { store, signer, wire, endpoint, cdn, runtime })
    }

    /// `http://127.0.0.1:PORT`, or `https`, of the Hub: what stands in for `https://huggingface.co`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The same of the CDN.
    pub fn cdn(&self) -> &str {
        &self.cdn
    }

    /// Puts a file into the repository `owner/name`, or a new version of it in its place: then with another
    /// ETag and under another commit. URLs signed for the old version go on serving that.
    ///
    /// # Errors
    /// The source is a path that holds no readable file.
    pub fn mount(&self, repo: &str, path: &str, source: Source) -> io::Result<()> {
        self.store.mount(repo, path, source, false)
    }

    /// Puts a file onto the branch that the Hub fills with its own parquet conversion, as part of a
    /// configuration and a split; `file` is usually `0000.parquet`. It shows up in the parquet listing.
    ///
    /// # Errors
    /// The source is a path that holds no readable file.
    pub fn mount_converted(
        &self,
        repo: &str,
        config: &str,
        split: &str,
        file: &str,
        source: Source,
    ) -> io::Result<()> {
        self.store.mount(repo, &format!("{config}/{split}/{file}"), source, true)
    }

    /// Takes a file out of its repository.
    pub fn unmount(&self, repo: &str, path: &str) {
        self.store.unmount(repo, path);
    }

    /// Lets `old` redirect to `new`, as a renamed repository does.
    pub fn rename(&self, old: &str, new: &str) {
        self.store.alias(old, new);
    }

    /// Closes a repository to everyone without one of the tokens in [`Config::tokens`], or opens it again.
    pub fn gate(&self, repo: &str, gated: bool) {
        self.store.change(repo, |held| held.gated = gated);
    }

    /// Adds a branch, which shows the same files as `main`.
    pub fn branch(&self, repo: &str, branch: &str) {
        self.store.change(repo, |held| held.branches.push(branch.to_owned()));
    }

    /// Makes this the newest commit. Earlier ones still resolve, to the same files.
    pub fn set_commit(&self, repo: &str, commit: &str) {
        self.store.set_commit(repo, commit);
    }

    /// The newest commit of a repository, 40 hex digits.
    pub fn commit(&self, repo: &str) -> Option<String> {
        self.store.read(repo, |held| held.head().to_owned())
    }

    /// Changes the link for all its servers, from the next chunk on.
    pub fn set_link(&self, link: Link) {
        self.wire.link.set(link);
    }

    /// What the link is like now.
    pub fn link(&self) -> Link {
        self.wire.link.get()
    }

    /// Lets every signed URL issued so far answer 403.
    pub fn expire_signatures(&self) {
        self.signer.expire_all();
    }

    /// Adds a fault to the script. Of several that match a request, the first strikes.
    pub fn script(&self, fault: Fault) {
        self.wire.script.add(fault);
    }

    /// How many faults of the script are not used up yet.
    pub fn faults_left(&self) -> usize {
        self.wire.script.left()
    }

    /// Empties the script.
    pub fn clear_faults(&self) {
        self.wire.script.clear();
    }

    /// Every request so far, in the order they came, also those still under way.
    pub fn log(&self) -> Vec<Entry> {
        self.wire.log.snapshot()
    }

    /// Forgets every request so far.
    pub fn clear_log(&self) {
        self.wire.log.clear();
    }

    /// Blocks until no request is under way, `patience` at most; whether that was reached. The end of a
    /// request, above all an abort, reaches the log a moment after the client knows of it.
    pub fn settle(&self, patience: Duration) -> bool {
        let start = Instant::now();
        while !self.wire.log.idle() {
            if start.elapsed() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }
}

/// A panic elsewhere leaves nothing half done under any lock of this crate, so a poisoned one is fine.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
