//! TLS and HTTP/2, as the Hub and its store speak them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;

use client::pattern;
use hub::{App, AppConfig, Config, Fault, Hub, Link, Match, Server, Source, What};
use hyper::body::Body;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A connection over which requests go side by side.
async fn connect(url: &str) -> SendRequest<String> {
    let mut trusted = RootCertStore::empty();
    trusted.add(hub::certificate().unwrap().into()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let address = url.strip_prefix("https://").unwrap().split('/').next().unwrap();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let name = "127.0.0.1".try_into().unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(
    sender: &SendRequest<String>,
    url: &str,
    range: Option<&str>,
) -> hyper::Result<Response<Incoming>> {
    let mut request = Request::get(url);
    if let Some(range) = range {
        request = request.header("range", format!("bytes={range}"));
    }
    sender.clone().send_request(request.body(String::new()).unwrap()).await
}

/// The body, or how much of it came.
async fn body(response: Response<Incoming>) -> Result<Vec<u8>, usize> {
    let mut body = std::pin::pin!(response.into_body());
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
        match frame {
            Ok(frame) => bytes.extend_from_slice(frame.data_ref().unwrap()),
            Err(_) => return Err(bytes.len()),
        }
    }
    Ok(bytes)
}

fn secure() -> Hub {
    let hub = Hub::start(Config { secure: true, ..Config::default() }).unwrap();
    hub.mount("owner/name", "a.parquet", Source::bytes(pattern(3_000_000))).unwrap();
    hub
}

/// Where the Hub sends who asks for the file.
async fn signed_url(hub: &Hub) -> String {
    let resolve = format!("{}/datasets/owner/name/resolve/main/a.parquet", hub.endpoint());
    let redirect = ask(&connect(&resolve).await, &resolve, None).await.unwrap();
    assert_eq!(redirect.status(), 302);
    redirect.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_read_over_http2() {
    let hub = secure();
    let signed = signed_url(&hub).await;
    assert!(signed.starts_with(hub.cdn()), "{signed}");
    let answer = ask(&connect(&signed).await, &signed, Some("1000000-1999999")).await.unwrap();
    assert_eq!(
        (answer.status(), answer.headers()["content-range"].to_str().unwrap()),
        (206.try_into().unwrap(), "bytes 1000000-1999999/3000000")
    );
    assert_eq!(body(answer).await.unwrap(), pattern(3_000_000)[1_000_000..2_000_000]);
    assert!(hub.log().iter().all(|entry| entry.http2 && entry.finished.is_some()), "{:?}", hub.log());
}

#[tokio::test]
async fn many_requests_wait_side_by_side_on_one_connection() {
    let hub = secure();
    let signed = signed_url(&hub).await;
    let sender = connect(&signed).await;
    hub.clear_log();
    hub.set_link(Link { latency: Duration::from_millis(200), bytes_per_second: None });
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (sender, signed) = (sender.clone(), signed.clone());
        tasks.spawn(async move {
            body(ask(&sender, &signed, Some(&format!("{number}-{number}"))).await.unwrap()).await.unwrap()
        });
    }
    let lengths: Vec<usize> = tasks.join_all().await.iter().map(Vec::len).collect();
    assert_eq!(lengths, [1; 40]);
    // Six at a time would take seven times as long as one.
    let log = hub.log();
    let last_begun = log.iter().map(|entry| entry.started).max().unwrap();
    let first_done = log.iter().filter_map(|entry| entry.finished).min().unwrap();
    assert!(last_begun < first_done, "all are asked for before the first is answered: {log:#?}");
}

#[tokio::test]
async fn a_fault_costs_its_own_request_and_not_the_connection() {
    let hub = secure();
    let signed = signed_url(&hub).await;
    let sender = connect(&signed).await;
    hub.script(Fault::once(Match::on(Server::Cdn, "a.parquet"), What::Cut { after: 100_000 }));
    let cut = body(ask(&sender, &signed, Some("0-999999")).await.unwrap()).await;
    assert!(cut.is_err_and(|bytes| bytes <= 100_000), "it ends early");
    let again = body(ask(&sender, &signed, Some("0-999999")).await.unwrap()).await.unwrap();
    assert_eq!(again.len(), 1_000_000);
}

#[tokio::test]
async fn the_app_is_served_the_same_way() {
    let folder = std::env::temp_dir().join(format!("hub-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html><title>x</title>").unwrap();
    let app = App::start(AppConfig { secure: true, ..AppConfig::new(&folder) }).unwrap();
    assert!(app.url().starts_with("https://127.0.0.1:"), "{}", app.url());
    let page = body(ask(&connect(app.url()).await, app.url(), None).await.unwrap()).await.unwrap();
    assert_eq!(page, b"<!doctype html><title>x</title>");
    assert_eq!(hub::public_key_hash().unwrap(), hub::public_key_hash().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}
