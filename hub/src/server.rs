//! What the three servers have in common: a listener, plain or with TLS, and the way of a request from the log through
//! the link and the script of faults to a body.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::header;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::body::PacedBody;
use crate::faults::{Script, Subject, What};
use crate::link::{Link, Pacer};
use crate::log::{Entry, Log, Server};
use crate::reply::{Ask, Reply, Wanted};
use crate::signature::without_signature;
use crate::tls::HTTP2;

/// What all servers of one Hub share.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) log: Arc<Log>,
    pub(crate) link: Pacer,
    pub(crate) script: Script,
}

impl Wire {
    pub(crate) fn new(link: Link) -> Arc<Wire> {
        Arc::new(Wire { log: Arc::new(Log::new()), link: Pacer::new(link), script: Script::default() })
    }
}

/// What a request is about, as far as that is known before it is answered.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) repo: Option<String>,
    pub(crate) path: Option<String>,
    /// Of the file, in bytes.
    pub(crate) size: Option<u64>,
}

/// One of the three servers.
pub(crate) trait Site: Send + Sync + 'static {
    fn server(&self) -> Server;

    fn place(&self, ask: &Ask) -> Place;

    fn answer(&self, ask: &Ask) -> impl Future<Output = Reply> + Send;

    /// An error in this server's own form.
    fn error(&self, status: StatusCode) -> Reply;

    /// Adds the headers that let a page of another origin read the answer.
    fn cors(&self, ask: &Ask, reply: &mut Reply);

    /// Invalidates all signed URLs; a server that knows of none has nothing to do.
    fn expire_signatures(&self) {}
}

/// Listens on loopback; port 0 takes any free one.
pub(crate) fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Keeps the kernel from swallowing megabytes that a client which leaves never reads: the log would count
/// them as sent.
const SEND_BUFFER_BYTES: usize = 256 * 1024;
/// Bounds what hyper holds back of a body, for the same reason, and the size of a request's headers.
const HYPER_BUFFER_BYTES: usize = 64 * 1024;
/// Requests at a time on a connection of HTTP/2: what most hosts allow.
const MOST_STREAMS: u32 = 100;
/// After a failed accept (out of descriptors, say), to not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts until it is dropped, and takes all its connections with it.
pub(crate) async fn run<S: Site>(
    site: Arc<S>,
    wire: Arc<Wire>,
    listener: TcpListener,
    secure: Option<TlsAcceptor>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(Arc::clone(&site), Arc::clone(&wire), stream, secure.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection<S: Site>(site: Arc<S>, wire: Arc<Wire>, stream: TcpStream, secure: Option<TlsAcceptor>) {
    // Neither option is needed for a right answer, only for right timing and counts.
    let _ = stream.set_nodelay(true);
    let _ = socket2::SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES);
    let reset = Arc::new(AtomicBool::new(false));
    let service =
        service_fn(|request| serve(Arc::clone(&site), Arc::clone(&wire), Arc::clone(&reset), request));
    let mut plain = http1::Builder::new();
    plain
        .timer(TokioTimer::new())
        // Browsers keep spare connections open; the default of 30 s would close them as if they misbehaved.
        .header_read_timeout(None)
        .max_buf_size(HYPER_BUFFER_BYTES);
    if let Some(secure) = secure {
        // Handshakes are not held up by the link: they cost what loopback costs.
        let Ok(stream) = secure.accept(stream).await else { return };
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP2);
        let stream = TokioIo::new(stream);
        // A fault that resets a connection ends one request here, as hosts end a stream.
        let _ = if is_http2 {
            http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_concurrent_streams(MOST_STREAMS)
                .max_send_buf_size(HYPER_BUFFER_BYTES)
                .serve_connection(stream, service)
                .await
        } else {
            plain.serve_connection(stream, service).await
        };
        return;
    }
    let mut connection = plain.serve_connection(TokioIo::new(stream), service);
    // An error here is a client that left, or a fault; the log has noted which.
    let _ = (&mut connection).await;
    if reset.load(Ordering::Relaxed) {
        let stream = connection.into_parts().io.into_inner();
        // Closing with no time to linger sends a reset instead of a regular end.
        let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    }
}

async fn serve<S: Site>(
    site: Arc<S>,
    wire: Arc<Wire>,
    reset: Arc<AtomicBool>,
    request: Request<Incoming>,
) -> io::Result<Response<PacedBody>> {
    let (parts, body) = request.into_parts();
    let form = if parts.method == Method::POST { read_form(body).await } else { String::new() };
    let mut ask = Ask {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        form,
    };
    let place = site.place(&ask);
    let range = match ask.wanted(place.size.unwrap_or(u64::MAX)) {
        Wanted::Part(range) => Some(range),
        Wanted::Whole | Wanted::Outside => None,
    };
    let fault = wire.script.take(&Subject {
        server: site.server(),
        method: ask.method.as_str(),
        path: &ask.path,
        repo_path: place.repo.as_ref().zip(place.path.as_ref()).map(|(repo, path)| format!("{repo}/{path}")),
        range: range.as_ref(),
    });
    let query = without_signature(&ask.query);
    let ticket = wire.log.open(Entry {
        seq: 0,
        server: site.server(),
        method: ask.method.to_string(),
        path: if query.is_empty() { ask.path.clone() } else { format!("{}?{query}", ask.path) },
        repo: place.repo,
        repo_path: place.path,
        range,
        status: 0,
        bytes_sent: 0,
        origin: ask.origin().map(str::to_owned),
        authorization: ask.headers.contains_key(header::AUTHORIZATION),
        http2: parts.version == Version::HTTP_2,
        started: Duration::ZERO,
        finished: None,
        aborted: false,
    });
    wire.link.wait().await;
    if fault == Some(What::Gone) {
        reset.store(true, Ordering::Relaxed);
        return Err(io::Error::new(io::ErrorKind::ConnectionReset, "no network, by a fault"));
    }

    let mut reply = match &fault {
        Some(What::Status(code)) => {
            site.error(StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Some(What::Html) => Reply::text(StatusCode::OK, "text/html; charset=utf-8", ERROR_PAGE),
        Some(What::IgnoreRange) => {
            ask.headers.remove(header::RANGE);
            site.answer(&ask).await
        }
        Some(What::ExpireSignatures) => {
            site.expire_signatures();
            site.answer(&ask).await
        }
        _ => site.answer(&ask).await,
    };
    if let Some(what) = &fault {
        reply.spoil(what, &ask);
    }
    if reply.cors {
        site.cors(&ask, &mut reply);
    }
    ticket.answered(reply.status.as_u16());

    let Reply { status, headers, content, span, tricks, cors: _ } = reply;
    let body = if ask.method == Method::HEAD {
        PacedBody::none(ticket)
    } else {
        PacedBody::begin(content, span, tricks, &wire, &reset, ticket)
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// A form is read up to this length.
const MAX_FORM_BYTES: usize = 1 << 20;

async fn read_form(body: Incoming) -> String {
    let mut body = std::pin::pin!(body);
    let mut form = Vec::new();
    while let Some(Ok(frame)) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
        if let Some(data) = frame.data_ref().filter(|data| form.len() + data.len() <= MAX_FORM_BYTES) {
            form.extend_from_slice(data);
        }
    }
    String::from_utf8_lossy(&form).into_owned()
}

const ERROR_PAGE: &str = "<!doctype html><title>Error</title><h1>Something went wrong</h1>\
    <p>We are working on it. Please try again later.</p>";
