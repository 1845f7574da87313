//! The Hub's own host: who may ask, what a path means, and where its bytes are.

use std::sync::Arc;

use hyper::header;
use hyper::{Method, StatusCode};

use crate::api;
use crate::cdn::opaque_path;
use crate::limits::{Counter, Kind};
use crate::log::Server;
use crate::reply::{Ask, Reply};
use crate::route::{Route, encode_path, route};
use crate::server::{Place, Site};
use crate::signature::Signer;
use crate::store::{Blob, Repo, Store};

#[derive(Debug)]
pub(crate) struct HubSite {
    pub(crate) store: Arc<Store>,
    pub(crate) signer: Arc<Signer>,
    pub(crate) counter: Counter,
    pub(crate) tokens: Vec<String>,
    pub(crate) page_items: usize,
    /// Scheme, address and port of the Hub and of the CDN.
    pub(crate) endpoint: String,
    pub(crate) cdn: String,
}

/// An answer, or the error that takes its place.
pub(crate) type Outcome = Result<Reply, Box<Reply>>;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Anonymous,
    SignedIn,
    /// With a token that nobody holds.
    Unknown,
}

impl HubSite {
    fn caller(&self, ask: &Ask) -> Caller {
        match ask.header(header::AUTHORIZATION) {
            None => Caller::Anonymous,
            Some(text) => {
                let token = text.strip_prefix("Bearer ").unwrap_or_default();
                let known = self.tokens.iter().any(|held| held == token);
                if known { Caller::SignedIn } else { Caller::Unknown }
            }
        }
    }

    fn try_answer(&self, ask: &Ask) -> Outcome {
        if ask.method == Method::OPTIONS {
            return Ok(preflight(ask));
        }
        let found = route(&ask.path);
        let posts = matches!(&found, Some((_, Route::PathsInfo { .. })));
        if if posts { ask.method != Method::POST } else { !ask.reads() } {
            return Err(self.error(StatusCode::METHOD_NOT_ALLOWED).into());
        }
        let Some((repo, route)) = found else {
            return Err(failure(
                StatusCode::NOT_FOUND,
                None,
                "Sorry, we can't find the page you are looking for.",
            )
            .into());
        };
        let caller = self.caller(ask);
        let kind = match &route {
            Route::Resolve { .. } => Some(Kind::Resolve),
            // The second half of a resolve that was counted already.
            Route::Cached { .. } => None,
            Route::Info { .. }
            | Route::PathsInfo { .. }
            | Route::Tree { .. }
            | Route::Refs
            | Route::Parquet
            | Route::ParquetFile { .. } => Some(Kind::ApiCall),
        };
        if let Some(wait) = kind.and_then(|kind| self.counter.count(kind, caller == Caller::SignedIn)) {
            return Err(too_many(wait.as_secs().saturating_add(1)).into());
        }
        if caller == Caller::Unknown {
            let message = "Invalid credentials in Authorization header";
            return Err(failure(StatusCode::UNAUTHORIZED, None, message).into());
        }
        if let Some(new) = self.store.renamed(&repo) {
            return Ok(renamed(ask, &repo, &new));
        }
        let answer = self.store.read(&repo, |held| {
            if held.gated && caller != Caller::SignedIn {
                let message = format!(
                    "Access to dataset {repo} is restricted. You must have access to it and be authenticated to access it. Please log in."
                );
                return Err(failure(StatusCode::UNAUTHORIZED, Some("GatedRepo"), &message).into());
            }
            match &route {
                Route::Resolve { revision, path } => self.resolve(held, revision, path),
                Route::Cached { revision, path } => {
                    let (commit, blob) = find(held, revision, path)?;
                    let mut reply =
                        Reply::part(ask, blob.content.clone(), blob.size, "text/plain; charset=utf-8", &blob.etag());
                    reply.set("x-repo-commit", &commit);
                    Ok(reply)
                }
                Route::Info { revision } => api::info(&repo, held, revision),
                Route::Tree { revision, path } => api::tree(self, ask, held, revision, path),
                Route::PathsInfo { revision } => api::paths_info(ask, held, revision),
                Route::Refs => Ok(api::refs(held)),
                Route::Parquet => Ok(api::parquet(&self.endpoint, &repo, held)),
                Route::ParquetFile { config, split, file } => {
                    api::parquet_file(&repo, held, config, split, file)
                }
            }
        });
        answer.unwrap_or_else(|| {
            Err(failure(StatusCode::NOT_FOUND, Some("RepoNotFound"), "Repository not found").into())
        })
    }

    /// The redirect from a path to its bytes.
    fn resolve(&self, held: &Repo, revision: &str, path: &str) -> Outcome {
        let (commit, blob) = find(held, revision, path)?;
        let mut reply;
        if blob.in_git {
            let place = format!("/api/resolve-cache/datasets/{}/{commit}/{}", blob.repo, encode_path(path));
            reply = Reply::text(StatusCode::TEMPORARY_REDIRECT, "text/plain; charset=utf-8", Vec::new());
            reply.set(header::LOCATION, &place);
        } else {
            let opaque = opaque_path(&blob);
            let place = format!("{}{opaque}?{}", self.cdn, self.signer.query(&opaque));
            reply = Reply::text(
                StatusCode::FOUND,
                "text/plain; charset=utf-8",
                format!("Found. Redirecting to {place}"),
            );
            reply.set(header::LOCATION, &place);
            reply.set("x-linked-size", &blob.size.to_string());
            reply.set("x-linked-etag", &blob.etag());
            reply.set("x-xet-hash", &blob.oid);
        }
        reply.set(header::ETAG, &blob.etag());
        reply.set("x-repo-commit", &commit);
        reply.set(header::ACCEPT_RANGES, "bytes");
        Ok(reply)
    }
}

/// The file at a path, and the commit it was read from.
fn find(held: &Repo, revision: &str, path: &str) -> Result<(String, Arc<Blob>), Box<Reply>> {
    let Some((commit, files)) = held.at(revision) else { return Err(no_revision(revision)) };
    let file = files.get(path).cloned();
    file.map(|blob| (commit, blob)).ok_or_else(no_entry)
}

pub(crate) fn no_revision(revision: &str) -> Box<Reply> {
    let message = format!("Invalid rev id: {revision}");
    failure(StatusCode::NOT_FOUND, Some("RevisionNotFound"), &message).into()
}

pub(crate) fn no_entry() -> Box<Reply> {
    failure(StatusCode::NOT_FOUND, Some("EntryNotFound"), "Entry not found").into()
}

/// An error as the Hub words it, for people in the body and for scripts in the headers.
fn failure(status: StatusCode, code: Option<&str>, message: &str) -> Reply {
    let body = serde_json::json!({ "error": message }).to_string();
    let mut reply = Reply::text(status, "application/json; charset=utf-8", body);
    if let Some(code) = code {
        reply.set("x-error-code", code);
    }
    reply.set("x-error-message", message);
    reply
}

fn too_many(wait_secs: u64) -> Reply {
    let message = "We had to rate limit your IP. To continue using our service, create a HF account or login";
    let mut reply = failure(StatusCode::TOO_MANY_REQUESTS, None, message);
    reply.set(header::RETRY_AFTER, &wait_secs.to_string());
    reply.set("ratelimit", &format!("\"resolvers\";r=0;t={wait_secs}"));
    reply
}

/// The first `old` in the path is the repository: everything before it is the Hub's own words.
fn renamed(ask: &Ask, old: &str, new: &str) -> Reply {
    let mut reply = Reply::empty(StatusCode::TEMPORARY_REDIRECT);
    let path = ask.path.replacen(old, new, 1);
    let place = if ask.query.is_empty() { path } else { format!("{path}?{}", ask.query) };
    reply.set(header::LOCATION, &place);
    reply
}

/// Unlike the CDN, the Hub lets scripts send a token or any range.
fn preflight(ask: &Ask) -> Reply {
    let mut reply = Reply::empty(StatusCode::NO_CONTENT);
    reply.set(header::ACCESS_CONTROL_ALLOW_METHODS, "GET,HEAD,OPTIONS,POST");
    if let Some(wanted) = ask.header(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        reply.set(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    }
    reply.set(header::ACCESS_CONTROL_MAX_AGE, "86400");
    reply
}

/// What a script of another origin may read. `Retry-After` isn't among it.
const EXPOSED: &str = "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,\
    Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash";

impl Site for HubSite {
    fn server(&self) -> Server {
        Server::Hub
    }

    fn place(&self, ask: &Ask) -> Place {
        let Some((repo, route)) = route(&ask.path) else { return Place::default() };
        let (Route::Resolve { revision, path } | Route::Cached { revision, path }) = route else {
            return Place { repo: Some(repo), ..Place::default() };
        };
        let current = self.store.renamed(&repo).unwrap_or_else(|| repo.clone());
        let blob = self.store.read(&current, |held| find(held, &revision, &path).ok()).flatten();
        Place { repo: Some(repo), path: Some(path), size: blob.map(|(_, blob)| blob.size) }
    }

    async fn answer(&self, ask: &Ask) -> Reply {
        self.try_answer(ask).unwrap_or_else(|reply| *reply)
    }

    fn error(&self, status: StatusCode) -> Reply {
        match status {
            StatusCode::UNAUTHORIZED => {
                failure(status, Some("GatedRepo"), "Access to this dataset is restricted.")
            }
            StatusCode::NOT_FOUND => *no_entry(),
            StatusCode::TOO_MANY_REQUESTS => too_many(1),
            _ => failure(status, None, status.canonical_reason().unwrap_or("Error")),
        }
    }

    fn cors(&self, ask: &Ask, reply: &mut Reply) {
        reply.set(header::ACCESS_CONTROL_ALLOW_ORIGIN, ask.origin().unwrap_or(&self.endpoint));
        reply.set(header::VARY, "Origin");
        reply.set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        reply.set("x-request-id", "Root=1-stand-in");
    }

    fn expire_signatures(&self) {
        self.signer.expire_all();
    }
}
