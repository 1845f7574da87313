//! The same app in Firefox: what can be asked of it without the tools that Chromium alone has.
//!
//! `VITRINE_FIREFOX` and `VITRINE_GECKODRIVER` name the programs; without them nothing is proven.

use crate::page::{End, Page, key};
use crate::sample::{DIFFUSIONDB, IMAGEREWARD, Table, sample_path};
use crate::stage::{dist, until};
use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hub::{App, AppConfig, Config, Fault, Hub, Match, Server, Source, What};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use std::net::TcpListener;
use std::process::{Command, Stdio};

#[test]
fn firefox_opens_filters_searches_jumps_and_recovers() {
    let (Some(firefox), Some(driver)) =
        (std::env::var_os("VITRINE_FIREFOX"), std::env::var_os("VITRINE_GECKODRIVER"))
    else {
        println!("SKIPPED: no Firefox (VITRINE_FIREFOX, VITRINE_GECKODRIVER)");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = Command::new(driver)
        .args(["--port", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("geckodriver");
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(visit(&firefox.to_string_lossy(), port));
    }));
    let _ = child.kill();
    let _ = child.wait();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

async fn visit(firefox: &str, port: u16) {
    let hub = Hub::start(Config::default()).unwrap();
    hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::file(sample_path(DIFFUSIONDB))).unwrap();
    let app = App::start(AppConfig::new(dist())).unwrap();
    let mut capabilities = Capabilities::new();
    capabilities.insert("moz:firefoxOptions".to_owned(), json!({ "binary": firefox, "args": ["-headless"] }));
    let driver = format!("http://127.0.0.1:{port}");
    let client = until("a browser", async || {
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.clone())
            .connect(&driver)
            .await
            .ok()
    })
    .await;
    let page = Page { client: &client };
    let go = async |query: &str| {
        let url = format!("{}?{query}&endpoint={}", app.url(), hub.endpoint());
        client.goto(&url).await.unwrap();
    };
    let table = Table::read(&sample_path(DIFFUSIONDB));

    // Opening, charts, rows.
    go("table=diffusiondb-2m").await;
    assert_eq!(page.settled().await, 5_000);
    page.chart("cfg").await;
    assert!(page.rows().await.len() > 5);
    println!("firefox: open, charts and rows");

    // A chart by key, a list by click.
    let handle = page.slider("cfg", End::Low).await;
    for _ in 0..4 {
        handle.send_keys(key::RIGHT).await.unwrap();
    }
    let brushed = until("a filter", async || {
        let spec = page.spec().await;
        spec.filters.contains_key("cfg").then(|| table.count(&spec))
    })
    .await;
    page.settles_at(brushed).await;
    println!("firefox: brush by key");

    // The end of the table, and a search.
    go("table=diffusiondb-2m").await;
    page.settled().await;
    page.find("grid", "Rows").await.send_keys(key::END).await.unwrap();
    until("the last row", async || (page.rows().await.last()?.place == 5_000).then_some(())).await;
    go("table=diffusiondb-2m&q=castle").await;
    let found = page.settled().await;
    assert!(0 < found && found < 5_000, "{found}");
    println!("firefox: jump and search");

    // Images, out of the sample's archives.
    client.goto(&format!("{}?table=diffusiondb-sample&view=gallery", app.url())).await.unwrap();
    let pictures = page.images("grid", "Images").await;
    assert!(pictures.iter().filter(|picture| picture.state == "here").count() >= 6, "{pictures:?}");
    println!("firefox: gallery");

    // Trouble that passes, and a second visit that asks once, as soon as what the first one read is kept.
    until("a visit that reads next to nothing", async || {
        hub.clear_log();
        hub.clear_faults();
        hub.script(Fault::once(Match::on(Server::Cdn, "metadata.parquet"), What::Status(503)));
        go("table=diffusiondb-2m").await;
        assert_eq!(page.settled().await, 5_000);
        page.rows().await;
        let read: u64 = hub.log().iter().filter(|it| it.server == Server::Cdn).map(|it| it.bytes_sent).sum();
        println!("firefox: another visit read {read} bytes");
        (read < 100_000).then_some(())
    })
    .await;

    // A file of the disk.
    client.goto(app.url()).await.unwrap();
    page.file_input().await.send_keys(&sample_path(IMAGEREWARD).display().to_string()).await.unwrap();
    assert_eq!(page.settled().await, 2_720);
    println!("firefox: a file of the disk");
    client.close().await.unwrap();
}
