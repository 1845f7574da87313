//! The Hub as browsers speak to it: TLS, HTTP/2, and all requests to a host on one connection.

use crate::page::Picture;
use crate::sample::{DIFFUSIONDB, sample_path};
use crate::stage::{play_with_images, put_archives, until};
use hub::{Config, Entry, Fault, Hub, Link, Match, Server, Source, What};
use std::time::Duration;

fn count(pictures: &[Picture], state: &str) -> usize {
    pictures.iter().filter(|picture| picture.state == state).count()
}

/// The most requests that were under way at once.
fn most_at_once(log: &[Entry]) -> usize {
    let under_way = |at: Duration| {
        log.iter().filter(|other| other.started <= at && other.finished.is_none_or(|end| end > at)).count()
    };
    log.iter().map(|entry| under_way(entry.started)).max().unwrap_or(0)
}

#[test]
fn a_table_and_its_images_come_over_http2_and_a_stream_that_breaks_is_asked_for_again() {
    play_with_images("http2", async |stage| {
        stage.browser.needs_more_than_webkit("a certificate that it is told to trust");
        let hub = Hub::start(Config { secure: true, ..Config::default() }).unwrap();
        hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::file(sample_path(DIFFUSIONDB)))
            .unwrap();
        put_archives(&hub);
        // The first answer with rows ends in its middle: one stream, and not the connection.
        let rows = Match { skip: 1, ..Match::on(Server::Cdn, "metadata.parquet") };
        hub.script(Fault::once(rows, What::Cut { after: 2_000 }));
        hub.set_link(Link { latency: Duration::from_millis(40), bytes_per_second: None });
        stage.expect_failures();
        stage.go(&format!("table=diffusiondb-2m&view=gallery&endpoint={}", hub.endpoint())).await;
        let page = stage.page();
        page.settles_at(5_000).await;
        until("images", async || {
            let pictures = page.images("grid", "Images").await;
            (count(&pictures, "here") >= 8).then_some(())
        })
        .await;
        let log = hub.log();
        assert!(log.iter().all(|entry| entry.http2), "{log:#?}");
        assert_eq!(hub.faults_left(), 0, "{log:#?}");
        assert!(most_at_once(&log) >= 4, "{log:#?}");
        assert!(log.iter().all(|entry| entry.method != "OPTIONS"), "{log:#?}");
    });
}
