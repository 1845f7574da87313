//! A long session: scripted use for as long as is asked, and what it leaves behind.
//!
//! `cargo xtask soak --minutes N`. After each round, memory of the data thread and of the page and the numbers
//! of nodes, listeners, object URLs and workers are read; after the fifth minute the most of each may not grow
//! by more than a tenth from the first half to the second.

use crate::driver::Browser;
use crate::page::key;
use crate::sample::{IMAGEREWARD, sample_path};
use crate::stage::dist;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use hub::{App, AppConfig, Config, Hub, Source};
use serde_json::json;
use std::time::{Duration, Instant};

/// What is measured.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    minute: f64,
    thread_bytes: f64,
    heap_bytes: f64,
    nodes: f64,
    listeners: f64,
    urls: f64,
    workers: f64,
}

/// Counts object URLs and workers that are alive, from the first line of the page on; and images are seen
/// whatever their scores are.
const COUNTER: &str = r#"(() => {
    const urls = new Set();
    globalThis.alive = { urls, workers: 0 };
    const create = URL.createObjectURL.bind(URL), revoke = URL.revokeObjectURL.bind(URL);
    URL.createObjectURL = (blob) => { const url = create(blob); urls.add(url); return url; };
    URL.revokeObjectURL = (url) => { urls.delete(url); revoke(url); };
    globalThis.Worker = class extends Worker {
        constructor(...rest) { super(...rest); alive.workers += 1; }
        terminate() { alive.workers -= 1; super.terminate(); }
    };
    localStorage.setItem("vitrine.blur", "1");
})()"#;

/// Archives for the first parts of the table of two million rows, and for its last one.
const PARTS: [u64; 4] = [1, 2, 3, 2_000];
const ROWS: u64 = 2_000_000;

async fn sample(browser: &Browser, minute: f64) -> Sample {
    const SCRIPT: &str = "return [
        Number(document.querySelector('[data-memory]')?.dataset.memory ?? 0),
        alive.urls.size, alive.workers];";
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let counters = browser.devtools("Memory.getDOMCounters", json!({})).await;
    let heap = browser.devtools("Runtime.getHeapUsage", json!({})).await;
    let page: Vec<f64> =
        serde_json::from_value(browser.client.execute(SCRIPT, Vec::new()).await.unwrap()).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap_or(0.0);
    Sample {
        minute,
        thread_bytes: page[0],
        heap_bytes: number(&heap["usedSize"]),
        nodes: number(&counters["nodes"]),
        listeners: number(&counters["jsEventListeners"]),
        urls: page[1],
        workers: page[2],
    }
}

/// A round of what people do.
async fn round(stage: &Page<'_>, number: u64) {
    let links = [
        "table=diffusiondb-2m&cfg=7..12",
        "table=diffusiondb-2m&sampler=k_lms",
        "table=diffusiondb-2m&q=castle",
        "table=diffusiondb-2m&view=gallery",
        "table=diffusiondb-2m&view=phrases&q=portrait",
        "table=diffusiondb-2m&view=gallery&part_id=2&sort=-cfg",
        "table=diffusiondb-2m&view=prompts&step=50",
        "table=diffusiondb-2m&sort=-cfg",
        "table=imagereward-test&view=compare",
        "table=imagereward-test&view=compare&at=30",
        "table=diffusiondb-2m&row=1234",
        "table=diffusiondb-2m&view=metadata",
    ];
    for at in 0..links.len() {
        go(stage, links[(at as u64 + number) as usize % links.len()]).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        for keys in [key::END, key::HOME, key::DOWN, key::DOWN, key::ENTER, key::ESCAPE] {
            press(&stage.page, keys).await;
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        if stage
            .page
            .client
            .execute(
                "return !!document.querySelector('[role=group][data-column=cfg] [role=img]')",
                Vec::new(),
            )
            .await
            .unwrap()
            == json!(true)
        {
            stage.page.drag("cfg", 0.1 + (number % 5) as f64 * 0.1, 0.7).await;
        }
        compare_two(stage).await;
    }
    // Every round ends in the same view.
    go(stage, "table=diffusiondb-2m").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
}

/// As the links of the page do it: the address changes, the page stays.
async fn go(stage: &Page<'_>, link: &str) {
    const GO: &str = "history.pushState(null, '', arguments[0]);
        dispatchEvent(new PopStateEvent('popstate', { state: null }));";
    let address = format!("?{link}&endpoint={}", stage.endpoint);
    stage.browser.client.execute(GO, vec![json!(address)]).await.unwrap();
}

/// In the view that compares, the next prompt, two images over each other, and back.
async fn compare_two(stage: &Page<'_>) {
    const PRESS: &str = "const press = (words, at) => [...document.querySelectorAll('button')]
            .filter((button) => (button.getAttribute('aria-label') ?? button.textContent).includes(words))[at]?.click();
        press(arguments[0], arguments[1]);";
    for (words, at) in [
        ("Next prompt", 0),
        ("Compare this image", 0),
        ("Compare this image", 1),
        ("Close the pair", 0),
        ("Next prompt", 0),
    ] {
        stage.browser.client.execute(PRESS, vec![json!(words), json!(at)]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(120)).await;
    }
}

/// Presses a key in the table or the gallery, whichever is there. No element is asked for: the driver keeps
/// alive what it was told of, which would look as if the page did.
async fn press(page: &crate::page::Page<'_>, keys: &str) {
    const FOCUS: &str = "const grid = document.querySelector(
            '[role=grid][aria-label=Rows], [role=grid][aria-label=Images]');
        grid?.focus();
        return Boolean(grid);";
    if page.client.execute(FOCUS, Vec::new()).await.unwrap() != json!(true) {
        return;
    }
    let mut actions = KeyActions::new("keys".to_owned());
    for value in keys.chars() {
        actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
    }
    page.client.perform_actions(actions).await.unwrap();
}

/// Puts archives of images onto the Hub, and the table of ranked images with its own.
fn put_images(hub: &Hub) {
    let table = fixture::table::Table::new(ROWS, 1);
    for part in PARTS {
        let zip = fixture::parts::write_part(&table, part, |_| 20_000..60_000, 0, Vec::new()).unwrap();
        hub.mount("poloclub/diffusiondb", &format!("images/part-{part:06}.zip"), Source::bytes(zip)).unwrap();
    }
    hub.mount("zai-org/ImageRewardDB", "metadata-test.parquet", Source::file(sample_path(IMAGEREWARD)))
        .unwrap();
    for shard in 1..=2 {
        let name = format!("images/test/test_{shard}.zip");
        let path = sample_path(IMAGEREWARD).with_file_name(&name);
        hub.mount("zai-org/ImageRewardDB", &name, Source::file(path)).unwrap();
    }
}

struct Page<'a> {
    browser: &'a Browser,
    page: crate::page::Page<'a>,
    endpoint: String,
}

#[test]
#[ignore = "takes as long as it is told to; run by cargo xtask soak"]
fn hours_of_use_leave_nothing_behind() {
    let minutes = std::env::var("VITRINE_SOAK_MINUTES").ok().and_then(|text| text.parse::<f64>().ok());
    let minutes = minutes.unwrap_or(30.0);
    let file = std::env::var_os("VITRINE_SOAK_TABLE").expect("VITRINE_SOAK_TABLE names a table");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let hub = Hub::start(Config::default()).unwrap();
        hub.mount("poloclub/diffusiondb", "metadata.parquet", Source::file(file)).unwrap();
        put_images(&hub);
        let app = App::start(AppConfig::new(dist())).unwrap();
        let browser = Browser::start(1440, 900).await;
        browser.before_each_page(COUNTER).await;
        let page = crate::page::Page { client: &browser.client };
        browser.client.goto(&format!("{}?table=diffusiondb-2m&endpoint={}", app.url(), hub.endpoint())).await.unwrap();
        page.settled().await;
        let start = Instant::now();
        let (mut samples, mut rounds) = (Vec::new(), 0);
        while start.elapsed().as_secs_f64() < minutes * 60.0 {
            round(&Page { browser: &browser, page, endpoint: hub.endpoint().to_owned() }, rounds).await;
            rounds += 1;
            let now = sample(&browser, start.elapsed().as_secs_f64() / 60.0).await;
            println!(
                "soak {:5.1} min, round {rounds}: thread {:.0} MB, heap {:.1} MB, {} nodes, {} listeners, {} object URLs, {} workers, renderer {:.0} MB",
                now.minute, now.thread_bytes / 1e6, now.heap_bytes / 1e6, now.nodes, now.listeners, now.urls, now.workers, browser.renderer_bytes("VmRSS:") as f64 / 1e6
            );
            samples.push(now);
            let missing = |line: &crate::driver::Logged| line.source == "network" && line.message.contains(".zip");
            let bad: Vec<_> =
                browser.console().await.into_iter().filter(|line| line.level == "SEVERE" && !missing(line)).collect();
            assert!(bad.is_empty(), "{bad:#?}");
        }
        let settled: Vec<&Sample> = samples.iter().filter(|sample| sample.minute > 5.0).collect();
        // What is held goes up and down with the view; the most of it is what a leak would raise.
        let (early, late) = settled.split_at(settled.len() / 2);
        if !early.is_empty() {
            let flat = |name: &str, of: fn(&Sample) -> f64, room: f64| {
                let most = |of_them: &[&Sample]| of_them.iter().map(|it| of(it)).fold(0.0, f64::max);
                let (early, late) = (most(early), most(late));
                assert!(late <= early * 1.1 + room, "{name} grew from {early} to {late}");
            };
            flat("the thread's memory", |it| it.thread_bytes, 0.0);
            flat("the page's heap", |it| it.heap_bytes, 1e6);
            flat("the number of nodes", |it| it.nodes, 100.0);
            flat("the number of listeners", |it| it.listeners, 30.0);
            flat("the number of object URLs", |it| it.urls, 40.0);
            flat("the number of workers", |it| it.workers, 0.0);
        }
        println!("soak: {rounds} rounds in {minutes} minutes");
        browser.end().await;
    });
}
