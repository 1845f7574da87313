//! The shaped link, and what the log says about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod client;

use std::io::Read;
use std::time::{Duration, Instant};

use client::{ask, get, get_range, pattern, send};
use hub::{App, AppConfig, Config, Hub, Link, Server, Source};

fn start(size: usize) -> (Hub, String) {
    let hub = Hub::start(Config::default()).unwrap();
    hub.mount("owner/name", "a.parquet", Source::bytes(pattern(size))).unwrap();
    let url = get(&format!("{}/datasets/owner/name/resolve/main/a.parquet", hub.endpoint())).location();
    hub.clear_log();
    (hub, url)
}

#[test]
fn every_request_waits_for_the_latency() {
    let (hub, url) = start(10);
    hub.set_link(Link { latency: Duration::from_millis(120), bytes_per_second: None });
    let before = Instant::now();
    assert_eq!(get_range(&url, "0-0").status, 206);
    assert!(before.elapsed() >= Duration::from_millis(120));
    hub.set_link(Link::default());
    assert_eq!(hub.link(), Link::default());
}

#[test]
fn all_connections_share_the_bandwidth_fairly() {
    let (hub, url) = start(150_000);
    hub.set_link(Link { latency: Duration::ZERO, bytes_per_second: Some(300_000) });
    let before = Instant::now();
    let done: Vec<Duration> = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| {
            scope.spawn(|| {
                assert_eq!(get_range(&url, "0-").body, pattern(150_000));
                before.elapsed()
            })
        });
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // 300 kB at 300 kB/s: a second, less what an idle link has saved up. Neither waits for the other.
    assert!(done.iter().all(|time| *time >= Duration::from_millis(850)), "{done:?}");
}

#[test]
fn the_rate_is_kept_over_many_chunks() {
    let (hub, url) = start(2_000_000);
    hub.set_link(Link::megabits(32, 0));
    let before = Instant::now();
    assert_eq!(get(&url).body.len(), 2_000_000);
    let took = before.elapsed();
    assert!(took >= Duration::from_millis(480), "{took:?}");
}

#[test]
fn an_abort_is_counted_as_far_as_it_came() {
    let (hub, url) = start(5_000_000);
    hub.set_link(Link { latency: Duration::ZERO, bytes_per_second: Some(400_000) });
    let mut stream = send("GET", &url, &[("Range", "bytes=0-4999999")]);
    let mut read = vec![0; 50_000];
    stream.read_exact(&mut read).unwrap();
    let under_way = hub.log();
    assert_eq!((under_way[0].finished, under_way[0].status), (None, 206));
    drop(stream);
    assert!(hub.settle(Duration::from_secs(5)));
    let entry = &hub.log()[0];
    assert!(entry.aborted);
    assert!((49_000..200_000).contains(&entry.bytes_sent), "{}", entry.bytes_sent);
    assert_eq!(entry.range, Some(0..5_000_000));
    assert!(entry.finished.unwrap() > entry.started);
}

#[test]
fn leaving_before_the_answer_is_an_abort_too() {
    let (hub, url) = start(10);
    hub.set_link(Link { latency: Duration::from_secs(30), bytes_per_second: None });
    let stream = send("GET", &url, &[]);
    while hub.log().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stream);
    assert!(hub.settle(Duration::from_secs(5)));
    let entry = &hub.log()[0];
    assert_eq!((entry.aborted, entry.status, entry.bytes_sent), (true, 0, 0));
}

#[test]
fn the_log_tells_what_was_asked() {
    let (hub, url) = start(1000);
    let resolve = format!("{}/datasets/owner/name/resolve/main/a.parquet", hub.endpoint());
    ask("GET", &resolve, &[("Range", "bytes=0-9"), ("Authorization", "Bearer x")]);
    get_range(&url, "990-2000");
    get_range(&url, "1000-");
    ask("HEAD", &url, &[]);
    assert!(hub.settle(Duration::from_secs(5)));
    let log = hub.log();
    let told: Vec<_> = log.iter().map(|e| (e.server, e.status, e.range.clone(), e.bytes_sent)).collect();
    assert_eq!(told[1], (Server::Cdn, 206, Some(990..1000), 10));
    assert_eq!(told[2], (Server::Cdn, 416, None, 0));
    assert_eq!(told[3], (Server::Cdn, 200, None, 0));
    assert_eq!((told[0].0, told[0].1, told[0].2.clone()), (Server::Hub, 401, Some(0..10)));
    assert!(log[0].authorization && !log[1].authorization);
    assert_eq!(log[0].path, "/datasets/owner/name/resolve/main/a.parquet");
    assert!(log[1].path.starts_with("/xet-bridge/") && !log[1].path.contains("Signature"));
    for entry in &log {
        assert_eq!(entry.repo.as_deref(), Some("owner/name"));
        assert_eq!(entry.repo_path.as_deref(), Some("a.parquet"));
        assert!(!entry.aborted && entry.finished.is_some());
    }
    let last = log[3].seq;
    hub.clear_log();
    get(&url);
    assert_eq!(hub.log()[0].seq, last + 1);
}

#[test]
fn an_app_shares_the_link_and_the_log() {
    let dist = std::env::temp_dir().join(format!("hub-shared-{}", std::process::id()));
    std::fs::create_dir_all(&dist).unwrap();
    std::fs::write(dist.join("index.html"), "<p>hello").unwrap();
    let (hub, url) = start(10);
    let app = App::start_with(&hub, AppConfig::new(&dist)).unwrap();
    hub.set_link(Link { latency: Duration::from_millis(50), bytes_per_second: None });
    let before = Instant::now();
    assert_eq!(get(app.url()).body, b"<p>hello");
    assert!(before.elapsed() >= Duration::from_millis(50));
    get(&url);
    let servers: Vec<Server> = hub.log().iter().map(|entry| entry.server).collect();
    assert_eq!(servers, [Server::App, Server::Cdn]);
    std::fs::remove_dir_all(&dist).unwrap();
}

#[tokio::test]
async fn it_starts_and_stops_inside_another_runtime() {
    let (hub, url) = start(10);
    let answer = tokio::task::spawn_blocking(move || get(&url)).await.unwrap();
    assert_eq!(answer.body, pattern(10));
    drop(hub);
}
