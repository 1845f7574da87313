//! The CDN behind the redirects: signed URLs in, bytes out, and no patience for preflights.

use std::sync::Arc;

use hyper::header;
use hyper::{Method, StatusCode};

use crate::log::Server;
use crate::reply::{Ask, Reply};
use crate::server::{Place, Site};
use crate::signature::Signer;
use crate::store::{Blob, Store, digest};

#[derive(Debug)]
pub(crate) struct Cdn {
    pub(crate) store: Arc<Store>,
    pub(crate) signer: Arc<Signer>,
}

/// The path that stands for a blob. It names no repository, so that nobody is tempted to read it.
pub(crate) fn opaque_path(blob: &Blob) -> String {
    format!("/xet-bridge/{}/{}", digest(&["bucket", &blob.repo], 24), blob.oid)
}

impl Cdn {
    fn blob(&self, ask: &Ask) -> Option<Arc<Blob>> {
        let (_, oid) = ask.path.rsplit_once('/')?;
        self.store.blob(oid).filter(|blob| opaque_path(blob) == ask.path)
    }
}

impl Site for Cdn {
    fn server(&self) -> Server {
        Server::Cdn
    }

    fn place(&self, ask: &Ask) -> Place {
        self.blob(ask).map_or_else(Place::default, |blob| Place {
            repo: Some(blob.repo.clone()),
            path: Some(blob.path.clone()),
            size: Some(blob.size),
        })
    }

    async fn answer(&self, ask: &Ask) -> Reply {
        if ask.method == Method::OPTIONS {
            let mut refusal = self.error(StatusCode::FORBIDDEN);
            refusal.cors = false;
            return refusal;
        }
        if !ask.reads() {
            return self.error(StatusCode::METHOD_NOT_ALLOWED);
        }
        // Before the path is looked at: a stranger learns nothing about what exists.
        if !self.signer.holds(&ask.path, &ask.query) {
            return self.error(StatusCode::FORBIDDEN);
        }
        let Some(blob) = self.blob(ask) else { return self.error(StatusCode::NOT_FOUND) };
        Reply::part(ask, blob.content.clone(), blob.size, "binary/octet-stream", &blob.etag())
    }

    fn error(&self, status: StatusCode) -> Reply {
        let code = match status {
            StatusCode::FORBIDDEN => "AccessDenied",
            StatusCode::NOT_FOUND => "NoSuchKey",
            StatusCode::TOO_MANY_REQUESTS => "SlowDown",
            _ => status.canonical_reason().unwrap_or("Error"),
        };
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        let mut reply = Reply::text(status, "application/xml", body);
        if status == StatusCode::TOO_MANY_REQUESTS {
            reply.set(header::RETRY_AFTER, "1");
        }
        reply
    }

    fn cors(&self, _: &Ask, reply: &mut Reply) {
        reply.set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        reply
            .set(header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Content-Range, Accept-Ranges, Content-Length");
    }

    fn expire_signatures(&self) {
        self.signer.expire_all();
    }
}
