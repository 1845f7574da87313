//! Measures the built app, and writes `benches/RESULTS.md`. Not a test: `cargo xtask bench` runs it.
//!
//! Every figure comes from Chromium over real HTTP, from one run, the median of several fresh
//! browsers. Time is set against the floor: the bytes that the task needs over the bandwidth, and a
//! round trip for each step that depends on the one before.

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
use std::time::Duration;
use vitrine::base::bytes::{ByteRange, human_bytes};
use vitrine::formats::parquet::header::PageHeader;

/// Fresh browsers for each figure.
const RUNS: usize = 5;

/// The shaped link.
pub(crate) const MEGABITS: u64 = 50;
pub(crate) const LATENCY_MILLIS: u64 = 60;

/// A view without the columns whose pages are large and beside the point: prompts and four charts.
pub(crate) const VIEW: &str = "columns=prompt,cfg,step,sampler,size";

/// Columns that say where a row's image is, and whether it is to be blurred.
const IMAGE_COLUMNS: [&str; 4] = ["image_name", "part_id", "image_nsfw", "prompt_nsfw"];

#[test]
#[ignore = "measures for minutes: cargo xtask bench"]
fn measure() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let [small, large] = Bench::both();
        sizes(&small).await;
        bytes(&small).await;
        times(&small).await;
        brushes(&[("2M", &small), ("14M", &large)]).await;
        crate::measure_asks::asks(&[("2M", &small), ("14M", &large)]).await;
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
        let folder = PathBuf::from(std::env::var_os("VITRINE_FIXTURES").expect("cargo xtask bench sets it"));
        let large = folder.join("diffusiondb-large.parquet");
        [
            Self::new(&folder.join("diffusiondb-2m.parquet"), "metadata.parquet", "diffusiondb-2m"),
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

    pub(crate) fn shape(&self, shaped: bool) {
        self.hub.set_link(if shaped { Link::megabits(MEGABITS, LATENCY_MILLIS) } else { Link::default() });
    }

    /// Opens the table in a fresh browser, and waits until nothing more is read.
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

    /// Requests for rows and charts, and those for what leads to images, which come after them.
    fn split(&self, log: Vec<Entry>) -> (Vec<Entry>, Vec<Entry>) {
        let chunks = IMAGE_COLUMNS.map(|name| self.chunk(name));
        let leads_to_images = |entry: &Entry| {
            let asked = entry.range.clone().map(|asked| ByteRange::new(asked.start, asked.end));
            asked.is_some_and(|asked| chunks.iter().any(|chunk| chunk.intersection(asked) == Some(asked)))
        };
        log.into_iter().partition(|entry| !leads_to_images(entry))
    }

    pub(crate) fn chunk(&self, name: &str) -> ByteRange {
        let columns = self.meta.row_group(0).columns();
        let column = columns.iter().find(|column| column.column_path().string() == name).unwrap();
        let (start, len) = column.byte_range();
        ByteRange::new(start, start + len)
    }

    pub(crate) fn rows(&self) -> u64 {
        self.meta.file_metadata().num_rows() as u64
    }

    pub(crate) fn footer_bytes(&self) -> u64 {
        64 << 10
    }

    /// Bytes of the data pages of a column that hold these rows, and of the dictionary if they use it.
    pub(crate) fn pages(&self, name: &str, rows: std::ops::Range<u64>) -> u64 {
        use std::os::unix::fs::FileExt;
        let file = File::open(&self.path).unwrap();
        let chunk = self.chunk(name);
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

async fn sizes(bench: &Bench) {
    let browser = bench.visit(VIEW).await;
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

async fn bytes(bench: &Bench) {
    bench.shape(false);
    let browser = bench.visit(VIEW).await;
    let (log, for_images) = bench.split(bench.data());
    let total = sent(&log);
    let within = |range: ByteRange| -> u64 {
        let parts = log.iter().filter_map(|entry| {
            let asked = entry.range.clone()?;
            ByteRange::new(asked.start, asked.end).intersection(range)
        });
        parts.map(ByteRange::len).sum()
    };
    let mut report = "| task | bytes | requests | needed | ratio |\n|---|--:|--:|--:|--:|\n".to_owned();
    let mut row = |task: &str, bytes: u64, requests: usize, needed: u64| {
        let ratio = bytes as f64 / needed as f64;
        let _ = writeln!(report, "| {task} | {bytes} | {requests} | {needed} | {ratio:.3} |");
    };
    let charts = ["step", "cfg", "sampler", "width", "height"].map(|name| bench.chunk(name));
    let charted = charts.iter().map(|range| range.len()).sum::<u64>();
    let first_rows = bench.pages("prompt", 0..100);
    row(
        "open, charts and first rows, all in all",
        total,
        log.len(),
        bench.footer_bytes() + charted + first_rows,
    );
    let both = within(bench.chunk("cfg")) + within(bench.chunk("step"));
    row("of that, cfg and step", both, 1, bench.chunk("cfg").len() + bench.chunk("step").len());
    row("of that, prompts of the first 100 rows", within(bench.chunk("prompt")), 1, first_rows);

    let pages = IMAGE_COLUMNS.iter().map(|name| bench.pages(name, 0..100)).sum();
    if !for_images.is_empty() {
        row(
            "after that, what leads to the images of the first rows",
            sent(&for_images),
            for_images.len(),
            pages,
        );
    }

    for (task, share) in
        [("a jump to row 1,234,000, map unknown", 0.617), ("a jump back to row 1,100,000, map known", 0.55)]
    {
        bench.hub.clear_log();
        let (_, place) = jump(&browser.client, share).await;
        bench.quiet().await;
        let (log, _) = bench.split(bench.data());
        row(task, sent(&log), log.len(), bench.pages("prompt", place..place + 40));
    }
    report::write_section("Bytes and requests, 2M", &report);
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

async fn times(bench: &Bench) {
    let mut report = format!(
        "Seconds, medians of {RUNS} fresh browsers. \"With code\" counts from the navigation to a cold cache, \"without\" from the moment \
         the worker listens.\n\n| task | link | with code | without | floor | without / floor | target |\n\
         |---|---|--:|--:|--:|--:|--:|\n"
    );
    let charts = bench.chunk("cfg").len() + bench.chunk("step").len();
    // Rows are there when every cell is: a page of each column that is shown.
    let first_rows: u64 = ["prompt", "cfg", "step", "sampler", "width", "height"]
        .iter()
        .map(|name| bench.pages(name, 0..100))
        .sum();
    let mut freezes = Vec::new();
    for shaped in [false, true] {
        let mut figures: Vec<Vec<f64>> = vec![Vec::new(); 6];
        let mut place = 0;
        for _ in 0..RUNS {
            bench.shape(shaped);
            let browser = bench.visit(VIEW).await;
            let page = Page { client: &browser.client };
            let ready = page.mark("vitrine:ready").await;
            let histograms = page.mark("vitrine:histograms").await;
            let rows = page.mark("vitrine:first-rows").await;
            let shell = page.mark("vitrine:shell").await;
            let freeze = browser.client.execute_async(LONG_TASKS, vec![json!(shell)]).await.unwrap();
            freezes.push(freeze.as_f64().unwrap());
            let (unknown, first) = jump(&browser.client, 0.617).await;
            place = first;
            bench.quiet().await;
            let (known, _) = jump(&browser.client, 0.55).await;
            for (figure, millis) in
                figures.iter_mut().zip([histograms, histograms - ready, rows, rows - ready, unknown, known])
            {
                figure.push(millis / 1e3);
            }
            browser.end().await;
        }
        let [charts_all, charts_bare, rows_all, rows_bare, unknown, known] =
            figures.into_iter().map(median).collect::<Vec<_>>().try_into().unwrap();
        let link = if shaped { "shaped" } else { "open" };
        let mut row = |task: &str, all: Option<f64>, bare: f64, floor: f64, target: &str| {
            let all = all.map_or("-".to_owned(), |all| format!("{all:.2}"));
            let (floor, ratio) = if shaped {
                (format!("{floor:.2}"), format!("{:.2}", bare / floor))
            } else {
                ("-".to_owned(), "-".to_owned())
            };
            let _ =
                writeln!(report, "| {task} | {link} | {all} | {bare:.2} | {floor} | {ratio} | {target} |");
        };
        // Redirect, footer, columns; the size is not known beforehand, which costs one more.
        row(
            "cfg and step histograms",
            Some(charts_all),
            charts_bare,
            floor(charts + bench.footer_bytes(), 4),
            "1.3",
        );
        row("first rows", Some(rows_all), rows_bare, floor(first_rows + bench.footer_bytes(), 4), "1.5");
        let page = bench.pages("prompt", place..place + 40);
        row("a jump, map unknown", None, unknown, floor(page, 1), "");
        row("a jump, map known", None, known, floor(page, 1), "");
    }
    bench.shape(false);
    let worst = freezes.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(
        report,
        "\nLongest task of the page's thread from the shell to the end of the open, in milliseconds; tasks below 50 are \
         not told by the browser and count as 0: median {:.0}, worst {worst:.0}; the target is none.\n",
        median(freezes),
    );
    report::write_section("Time, 2M", &report);
}

/// The longest of the page's tasks that began after a moment and took 50 ms or more.
const LONG_TASKS: &str = r#"
    const [since, done] = arguments;
    let longest = 0;
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) if (task.startTime >= since) longest = Math.max(longest, task.duration);
    }).observe({ type: "longtask", buffered: true });
    setTimeout(() => done(longest), 300);
"#;

async fn brushes(benches: &[(&str, &Bench)]) {
    let mut report = format!(
        "Medians of {RUNS} fresh browsers. Script and layout of one frame of a drag over the cfg chart with four charts following, \
         without the rows' own way through the worker, in milliseconds; of 60 frames a browser those that reach \
         another bin.\n\n\
         | rows | median frame | slowest frame | target | new filter to count and charts, ms | memory of the worker | \
         peak memory of the renderer |\n|---|--:|--:|--:|--:|--:|--:|\n"
    );
    for (name, bench) in benches {
        let (mut middle, mut worst, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        let (mut thread, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let browser = bench.visit(VIEW).await;
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
