//! What measurements share, and the code and the brush measured. Not tests: `cargo xtask bench` runs them, and they
//! write `benches/RESULTS.md`.
//!
//! Every figure comes from Chromium over real HTTP, from one run, the median of several fresh browsers.

use crate::driver::Browser;
use crate::page::Page;
use crate::report;
use fantoccini::Client;
use hub::{App, AppConfig, Config, Entry, Hub, Link, Server, Source};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vitrine::base::bytes::{ByteRange, human_bytes};
use vitrine::formats::parquet::header::PageHeader;

/// The shaped link.
pub(crate) const MEGABITS: u64 = 50;
pub(crate) const LATENCY_MILLIS: u64 = 60;

/// Fresh browsers for each figure.
pub(crate) fn runs() -> usize {
    std::env::var("VITRINE_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(3)
}

/// Measures by itself, outside of any test's surroundings.
pub(crate) fn measuring(measure: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(measure);
}

/// Every file of the app is compressed once, which takes minutes of the machine that measures: a copy for offline use
/// asks for them all.
pub(crate) async fn warm_up(url: &str) {
    const IS_COPIED: &str = "return navigator.serviceWorker.controller !== null;";
    const LIMIT: Duration = Duration::from_secs(360);
    let browser = Browser::start(1440, 900).await;
    let start = Instant::now();
    loop {
        browser.client.goto(url).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
        if browser.client.execute(IS_COPIED, Vec::new()).await.unwrap() == true {
            break;
        }
        assert!(start.elapsed() < LIMIT, "there is no copy for offline use");
    }
    browser.end().await;
}

/// Where the tables are.
pub(crate) fn fixtures() -> PathBuf {
    std::env::var_os("VITRINE_FIXTURES").expect("cargo xtask bench sets it").into()
}

#[test]
#[ignore = "measures: cargo xtask bench code"]
fn code() {
    measuring(async { sizes(&Bench::both()[0]).await });
}

#[test]
#[ignore = "measures for minutes: cargo xtask bench brushes"]
fn brushes() {
    measuring(async {
        let [small, large] = Bench::both();
        small.warm_up().await;
        large.warm_up().await;
        brushes_of(&[("2M", &small), ("14M", &large)]).await;
    });
}

/// A file on the stand-in Hub, and the app beside it on the same link.
pub(crate) struct Bench {
    pub(crate) hub: Hub,
    pub(crate) app: App,
    table: &'static str,
    meta: ParquetMetaData,
    pub(crate) path: PathBuf,
}

impl Bench {
    /// The two large tables.
    pub(crate) fn both() -> [Self; 2] {
        let small = fixtures().join("diffusiondb-2m.parquet");
        let large = fixtures().join("diffusiondb-large.parquet");
        [
            Self::new(&small, "metadata.parquet", "diffusiondb-2m"),
            Self::new(&large, "metadata-large.parquet", "diffusiondb-large"),
        ]
    }

    pub(crate) fn new(path: &Path, mounted: &str, table: &'static str) -> Self {
        let hub = Hub::start(Config::default()).unwrap();
        hub.mount("poloclub/diffusiondb", mounted, Source::file(path)).unwrap();
        let dist = std::env::var_os("VITRINE_DIST").expect("cargo xtask bench sets it");
        let config = AppConfig { brotli_quality: 11, ..AppConfig::new(PathBuf::from(dist)) };
        let app = App::start_with(&hub, config).unwrap();
        let meta = ParquetMetaDataReader::new().parse_and_finish(&File::open(path).unwrap()).unwrap();
        Self { hub, app, table, meta, path: path.to_owned() }
    }

    /// See [`warm_up`].
    pub(crate) async fn warm_up(&self) {
        warm_up(self.app.url()).await;
        self.hub.clear_log();
    }

    pub(crate) fn shape(&self, shaped: bool) {
        self.hub.set_link(if shaped { Link::megabits(MEGABITS, LATENCY_MILLIS) } else { Link::default() });
    }

    /// Opens the table in a fresh browser, without images, and waits until nothing more is read.
    pub(crate) async fn visit(&self, query: &str) -> Browser {
        let browser = Browser::start(1440, 900).await;
        browser.without_table_images().await;
        self.hub.clear_log();
        let url = format!("{}?table={}&endpoint={}&{query}", self.app.url(), self.table, self.hub.endpoint());
        browser.client.goto(&url).await.unwrap();
        let page = Page { client: &browser.client };
        page.mark("vitrine:histograms").await;
        page.mark("vitrine:first-rows").await;
        self.quiet().await;
        browser
    }

    pub(crate) async fn quiet(&self) {
        // The log settles when no request is under way; a pause shows whether another follows.
        for _ in 0..3 {
            assert!(self.hub.settle(Duration::from_secs(60)));
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    pub(crate) fn data(&self) -> Vec<Entry> {
        self.hub.log().into_iter().filter(|entry| entry.server == Server::Cdn).collect()
    }

    /// The chunks of a column, and the rows that each has.
    fn chunks(&self, name: &str) -> impl Iterator<Item = (ByteRange, u64)> {
        self.meta.row_groups().iter().map(move |group| {
            let mut columns = group.columns().iter();
            let column = columns.find(|column| column.column_path().string() == name).unwrap();
            let (start, len) = column.byte_range();
            (ByteRange::new(start, start + len), group.num_rows() as u64)
        })
    }

    /// Bytes of a column.
    pub(crate) fn column_bytes(&self, name: &str) -> u64 {
        self.chunks(name).map(|(chunk, _)| chunk.len()).sum()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.meta.file_metadata().num_rows() as u64
    }

    pub(crate) fn footer_bytes(&self) -> u64 {
        64 << 10
    }

    /// Bytes of the data pages of a column that hold these rows, and of the dictionaries if they use them.
    pub(crate) fn pages(&self, name: &str, rows: std::ops::Range<u64>) -> u64 {
        let file = File::open(&self.path).unwrap();
        let (mut first, mut needed) = (0, 0);
        for (chunk, count) in self.chunks(name) {
            if first < rows.end && first + count > rows.start {
                needed += pages(&file, chunk, rows.start.saturating_sub(first)..rows.end - first);
            }
            first += count;
        }
        needed
    }
}

/// The same within a chunk.
fn pages(file: &File, chunk: ByteRange, rows: std::ops::Range<u64>) -> u64 {
    use std::os::unix::fs::FileExt;
    let (mut at, mut row, mut dictionary, mut needed) = (chunk.start, 0, 0, 0);
    let mut uses_dictionary = false;
    while at < chunk.end && row < rows.end {
        let mut head = vec![0; 4096.min(chunk.end - at) as usize];
        file.read_exact_at(&mut head, at).unwrap();
        let header = PageHeader::parse(&head).unwrap();
        match header.values() {
            None => dictionary = header.page_bytes(),
            Some(values) => {
                if row + u64::from(values) > rows.start {
                    needed += header.page_bytes();
                    uses_dictionary |= header.encoding().unwrap().uses_dictionary();
                }
                row += u64::from(values);
            }
        }
        at += header.page_bytes();
    }
    needed + if uses_dictionary { dictionary } else { 0 }
}

pub(crate) fn sent(log: &[Entry]) -> u64 {
    log.iter().map(|entry| entry.bytes_sent).sum()
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds that this many bytes and this many dependent round trips take at least.
pub(crate) fn floor(bytes: u64, trips: u64) -> f64 {
    bytes as f64 * 8.0 / (MEGABITS as f64 * 1e6) + trips as f64 * LATENCY_MILLIS as f64 / 1e3
}

/// What a first visit of a table costs in code, and what comes after it.
async fn sizes(bench: &Bench) {
    let browser = bench.visit("").await;
    let log = bench.hub.log();
    // The service worker fetches its copy of the shell once everything is shown: a file counts once.
    let mut files = BTreeMap::new();
    for entry in log.iter().filter(|entry| entry.server == Server::App) {
        files.entry(entry.path.clone()).or_insert(entry.bytes_sent);
    }
    let code = |wanted: &dyn Fn(&str) -> bool| -> String {
        human_bytes(files.iter().filter(|(path, _)| wanted(path)).map(|(_, bytes)| bytes).sum())
    };
    let worker = |path: &str| path.contains("worker");
    let later = |path: &str| path.contains("later-") || path.contains("guide-");
    let (page, worker, later) = (code(&|path| !worker(path) && !later(path)), code(&worker), code(&later));
    report::write_section(
        "Code",
        &format!(
            "| what | brotli | target |\n|---|--:|--:|\n| page: HTML, CSS, code | {page} | 350 KB |\n\
             | worker | {worker} | 0.8 MB |\n| parts of the page that come when they are first looked at, kept for offline use after the \
             open | {later} | |"
        ),
    );
    browser.end().await;
}

/// Drags the scrollbar to a share of the table; milliseconds until its rows stand there, and the
/// first of them.
pub(crate) async fn jump(client: &Client, share: f64) -> (f64, u64) {
    const SCRIPT: &str = r#"
        const [share, done] = arguments;
        const grid = document.querySelector("[role=grid]");
        const rows = () => [...document.querySelectorAll("[role=grid] [role=row][aria-rowindex]")];
        const before = Math.min(...rows().map((row) => Number(row.getAttribute("aria-rowindex"))));
        const start = performance.now();
        let scroller = grid;
        for (let e = grid; e; e = e.parentElement) if (e.scrollHeight > e.clientHeight + 10) { scroller = e; break; }
        scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight);
        const look = () => {
            const all = rows();
            const first = Math.min(...all.map((row) => Number(row.getAttribute("aria-rowindex"))));
            const pending = all.some((row) => row.querySelector("[data-state=pending]"));
            if (all.length > 5 && !pending && Math.abs(first - before) > 1000) done([performance.now() - start, first]);
            else if (performance.now() - start > 25000) done([-1, first]);
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    "#;
    let answer = client.execute_async(SCRIPT, vec![json!(share)]).await.unwrap();
    let millis = answer[0].as_f64().unwrap();
    assert!(millis >= 0.0, "the jump did not arrive: {answer}");
    (millis, answer[1].as_u64().unwrap())
}

async fn brushes_of(benches: &[(&str, &Bench)]) {
    let mut report = format!(
        "Medians of {} fresh browsers, in the default view without images. Script and layout of one frame of a drag over the cfg chart \
         with the others following, without the rows' own way through the worker, in milliseconds; of 60 frames a browser those that reach \
         another bin.\n\n\
         | rows | median frame | slowest frame | target | new filter to count and charts, ms | memory of the worker | \
         peak memory of the renderer |\n|---|--:|--:|--:|--:|--:|--:|\n",
        runs()
    );
    for (name, bench) in benches {
        let (mut middle, mut worst, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        let (mut thread, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..runs() {
            let browser = bench.visit("").await;
            let answer = browser.client.execute_async(BRUSH, Vec::new()).await.unwrap();
            let frames: Vec<f64> =
                answer["frames"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
            worst.push(frames.iter().copied().fold(0.0, f64::max));
            middle.push(median(frames));
            settled.push(answer["settled"].as_f64().unwrap());
            let told = "return Number(document.querySelector('[data-memory]').dataset.memory)";
            thread.push(browser.client.execute(told, Vec::new()).await.unwrap().as_f64().unwrap());
            memory.push(browser.renderer_peak_bytes() as f64);
            browser.end().await;
        }
        let target = if *name == "2M" { "4" } else { "8" };
        let _ = writeln!(
            report,
            "| {name} | {:.1} | {:.1} | {target} | {:.0} | {} | {} |",
            median(middle),
            median(worst),
            median(settled),
            human_bytes(median(thread) as u64),
            human_bytes(median(memory) as u64)
        );
    }
    report::write_section("Brushing", &report);
}

/// Drags over the cfg chart in 60 frames.
pub(crate) const BRUSH: &str = r#"
    const done = arguments[0];
    const plot = document.querySelector("[role=group][data-column=cfg] [role=img]");
    const box = plot.getBoundingClientRect();
    const fire = (type, share) => {
        const options = { bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, button: 0, buttons: 1,
            clientX: box.left + share * box.width, clientY: box.top + box.height / 2 };
        const target = document.elementFromPoint(options.clientX, options.clientY) ?? plot;
        target.dispatchEvent(new PointerEvent(type, options));
    };
    const frame = () => new Promise(requestAnimationFrame);
    const settle = async () => { for (let i = 0; i < 6; i++) await Promise.resolve(); };
    (async () => {
        const status = () => document.querySelector("[role=status]")?.innerText;
        fire("pointerdown", 0.2);
        fire("pointermove", 0.25);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const frames = [];
        for (let i = 0; i < 60; i++) {
            await frame();
            const before = performance.getEntriesByName("vitrine:brush").length;
            const start = performance.now();
            fire("pointermove", 0.25 + i * 0.01);
            await settle();
            void document.body.offsetHeight;
            const millis = performance.now() - start;
            // A pointer that is still on the same bin changes nothing and costs nothing.
            if (performance.getEntriesByName("vitrine:brush").length > before) frames.push(millis);
        }
        const start = performance.now();
        fire("pointermove", 0.4);
        fire("pointerup", 0.4);
        await frame();
        const grid = document.querySelector("[role=grid]");
        while (grid.getAttribute("aria-busy") === "true" && performance.now() - start < 5000) await frame();
        done({ frames, settled: performance.now() - start });
    })();
"#;
