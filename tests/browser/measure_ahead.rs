//! Measures what page maps and directories made ahead of time save, and what tables of many files cost to
//! open. Not a test: `cargo xtask bench` runs it.

use crate::driver::Browser;
use crate::hosted::Copy;
use crate::measure::{Bench, LATENCY_MILLIS, MEGABITS, fixtures, jump, measuring, median, runs, sent};
use crate::page::Page;
use crate::report;
use crate::sample::{DIFFUSIONDB, sample_path};
use fixture::parts::write_part;
use fixture::table::Table;
use hub::{App, AppConfig, Config, Entry, Hub, Link, Server, Source};
use std::fmt::Write as _;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vitrine::base::bytes::human_bytes;

/// Parts of DiffusionDB 2M.
const PARTS: u64 = 2_000;

/// What all their directories may take.
const TARGET_BYTES: u64 = 20_000_000;

/// Where a jump leads, as a share of the table.
const JUMP: f64 = 0.617;

#[test]
#[ignore = "measures for minutes: cargo xtask bench ahead"]
fn sidecars() {
    measuring(sidecars_of());
}

#[test]
#[ignore = "measures for minutes: cargo xtask bench files"]
fn shards() {
    measuring(shards_of());
}

/// What a run of the program took.
pub(crate) struct Made {
    bytes: u64,
    files: usize,
    requests: usize,
    read: u64,
    seconds: f64,
    peak_bytes: u64,
}

/// Runs `vitrine-index`, and looks at its memory while it runs.
pub(crate) fn index(hub: &Hub, out: &Path, arguments: &[&str]) -> Made {
    hub.clear_log();
    let before = folder_bytes(out);
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vitrine-index"))
        .args(["--endpoint", hub.endpoint(), "--out"])
        .arg(out)
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak_bytes = 0;
    let status = loop {
        let told = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = told
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
        peak_bytes = peak_bytes.max(peak.unwrap_or(0) * 1024);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{arguments:?}");
    let seconds = start.elapsed().as_secs_f64();
    let after = folder_bytes(out);
    let log = hub.log();
    let data: Vec<Entry> = log.into_iter().filter(|entry| entry.server == Server::Cdn).collect();
    // Another version of the same table takes the place of its files.
    Made {
        bytes: after.0.saturating_sub(before.0),
        files: after.1.saturating_sub(before.1),
        requests: data.len(),
        read: sent(&data),
        seconds,
        peak_bytes,
    }
}

fn folder_bytes(folder: &Path) -> (u64, usize) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes: Vec<u64> = entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).collect();
    (sizes.iter().sum(), sizes.len())
}

/// An archive with a directory as those of DiffusionDB 2M have it, a thousand images and a JSON, and nothing
/// where the images would be: the file is mostly a hole.
fn hollow_part(path: &Path, part: u64) {
    let mix = |index: u64| fixture::rng::mix(1, 0x77, index);
    let mut directory = Vec::new();
    let mut offset = 0u64;
    for member in 0..=1_000u64 {
        let chance = mix(part * 2_000 + member);
        let (name, bytes) = if member == 1_000 {
            (format!("part-{part:06}.json"), 250_000 + chance % 60_000)
        } else {
            let other = mix(chance);
            let name = format!(
                "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}.png",
                chance >> 32,
                chance & 0xffff,
                other & 0xfff,
                (other >> 12) & 0xfff,
                other >> 16
            );
            (name, 342_094 + chance % 956_269)
        };
        directory.extend(b"PK\x01\x02");
        for value in [20u16, 20, 0, 0, 0x6000, 0x5511] {
            directory.extend(value.to_le_bytes());
        }
        directory.extend((mix(chance ^ 7) as u32).to_le_bytes());
        directory.extend((bytes as u32).to_le_bytes());
        directory.extend((bytes as u32).to_le_bytes());
        directory.extend((name.len() as u16).to_le_bytes());
        directory.extend([0; 12]);
        directory.extend((offset as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        offset += 30 + name.len() as u64 + bytes;
    }
    let (start, len) = (offset, directory.len() as u64);
    directory.extend(b"PK\x05\x06\0\0\0\0");
    directory.extend(1_001u16.to_le_bytes());
    directory.extend(1_001u16.to_le_bytes());
    directory.extend((len as u32).to_le_bytes());
    directory.extend((start as u32).to_le_bytes());
    directory.extend([0; 2]);
    let file = File::create(path).unwrap();
    file.write_all_at(&directory, start).unwrap();
}

async fn sidecars_of() {
    let path = fixtures().join("diffusiondb-2m.parquet");
    let bench = Bench::new(&path, "metadata.parquet", "diffusiondb-2m");
    let hub = &bench.hub;
    let work = std::env::temp_dir().join(format!("vitrine-ahead-{}", std::process::id()));
    std::fs::create_dir_all(&work).unwrap();
    for part in 1..=PARTS {
        let name = format!("part-{part:06}.zip");
        let own = work.join(&name);
        if part <= 2 {
            // These are looked at: a few images of full length are enough.
            let table = Table::new(bench.rows(), 1);
            let sizes = |place: u64| if place < 40 { fixture::parts::IMAGE_BYTES } else { 2_000..2_001 };
            let file = std::io::BufWriter::new(File::create(&own).unwrap());
            write_part(&table, part, sizes, 0, file).unwrap();
        } else {
            hollow_part(&own, part);
        }
        hub.mount("poloclub/diffusiondb", &format!("images/{name}"), Source::file(&own)).unwrap();
    }
    let with = Copy::new("ahead");
    let maps = with.0.join("maps");
    let pages = index(hub, &maps, &["hf:poloclub/diffusiondb/metadata.parquet"]);
    let pattern = "hf:poloclub/diffusiondb/images/part-######.zip";
    let last = PARTS.to_string();
    let zips = index(hub, &maps, &["--zips", pattern, "1", &last]);
    let again = index(hub, &maps, &["--zips", pattern, "1", &last]);
    let mut report = format!(
        "`vitrine-index` against the stand-in Hub, on the open link: the page map of the 2M table, and the directories of \
         its {PARTS} archives of a thousand images and a JSON each.\n\n\
         | what | files | bytes | target | requests | read | seconds | peak memory |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"
    );
    for (name, target, made) in [
        ("page map and statistics", "-".to_owned(), &pages),
        ("directories", human_bytes(TARGET_BYTES), &zips),
        ("directories, run again", "-".to_owned(), &again),
    ] {
        let Made { bytes, files, requests, read, seconds, peak_bytes } = made;
        let _ = writeln!(
            report,
            "| {name} | {files} | {bytes} | {target} | {requests} | {} | {seconds:.1} | {} |",
            human_bytes(*read),
            human_bytes(*peak_bytes)
        );
    }
    println!("{report}");
    assert!(zips.bytes <= TARGET_BYTES, "{} bytes", zips.bytes);

    let _ = write!(
        report,
        "\nThe app without and with them: medians of {} fresh browsers on the shaped link ({MEGABITS} Mbit/s, {LATENCY_MILLIS} ms). The jump \
         is the first one in the default view, to row 1,234,000. The details of a row of another archive are open, then those of row 1,011 are \
         asked for: its values are at hand, its archive not known.\n\n| task | ahead of time | requests | bytes | of that from the app's own host | seconds |\n|---|---|--:|--:|--:|--:|\n",
        runs()
    );
    let app = App::start_with(hub, AppConfig { brotli_quality: 5, ..AppConfig::new(&with.0) }).unwrap();
    for (said, url) in [("no", bench.app.url()), ("yes", app.url())] {
        let mut jumps: Vec<[f64; 4]> = Vec::new();
        let mut images: Vec<[f64; 4]> = Vec::new();
        for _ in 0..runs() {
            bench.shape(true);
            let browser = visit(&bench, url).await;
            hub.clear_log();
            let (millis, _) = jump(&browser.client, JUMP).await;
            bench.quiet().await;
            jumps.push(cost(hub, millis, |entry| {
                entry.server == Server::Cdn && entry.repo_path.as_deref() == Some("metadata.parquet")
            }));
            // Back to the top, of which everything but images is here.
            jump(&browser.client, 0.0).await;
            bench.quiet().await;
            show_row(&browser, 10).await;
            bench.quiet().await;
            hub.clear_log();
            let millis = show_row(&browser, 1_010).await;
            bench.quiet().await;
            let is_of_images = |entry: &Entry| {
                entry.path.contains("/paths-info/")
                    || entry.path.contains("/maps/")
                    || entry.server == Server::Cdn
                        && entry.repo_path.as_ref().is_some_and(|path| path.ends_with(".zip"))
            };
            images.push(cost(hub, millis, is_of_images));
            browser.end().await;
        }
        for (task, figures) in [("a first jump", jumps), ("the first image of an archive", images)] {
            let of = |place: usize| median(figures.iter().map(|figure| figure[place]).collect());
            let _ = writeln!(
                report,
                "| {task} | {said} | {} | {} | {} | {:.2} |",
                of(0),
                human_bytes(of(1) as u64),
                human_bytes(of(2) as u64),
                of(3)
            );
        }
    }
    bench.shape(false);
    report::write_section("Ahead of time", &report);
    std::fs::remove_dir_all(&work).unwrap();
}

/// Opens the table, with everything it needs for a jump but the jump's own rows.
async fn visit(bench: &Bench, app: &str) -> Browser {
    let browser = Browser::start(1440, 900).await;
    browser.without_table_images().await;
    let url = format!("{app}?table=diffusiondb-2m&endpoint={}", bench.hub.endpoint());
    browser.client.goto(&url).await.unwrap();
    let page = Page { client: &browser.client };
    page.mark("vitrine:histograms").await;
    page.mark("vitrine:first-rows").await;
    bench.quiet().await;
    browser
}

/// Requests, bytes, those of the app's own host, and seconds.
fn cost(hub: &Hub, millis: f64, counts: impl Fn(&Entry) -> bool) -> [f64; 4] {
    let log: Vec<Entry> = hub.log().into_iter().filter(counts).collect();
    let own: Vec<Entry> = log.iter().filter(|entry| entry.server == Server::App).cloned().collect();
    [log.len() as f64, sent(&log) as f64, sent(&own) as f64, millis / 1e3]
}

/// Shows the details of a row, as a link of the page does it; milliseconds until its image is there.
async fn show_row(browser: &Browser, row: u64) -> f64 {
    const SCRIPT: &str = r#"
        const done = arguments[1];
        const image = () => [...document.querySelectorAll("figure.detail-image img")]
            .find((image) => image.src.startsWith("blob:") && image.naturalWidth > 0)?.src;
        const before = image();
        const start = performance.now();
        const link = new URL(location);
        link.searchParams.set("row", arguments[0]);
        history.pushState(null, "", link);
        dispatchEvent(new PopStateEvent("popstate", { state: null }));
        const look = () => {
            const now = image();
            if (now && now !== before) done(performance.now() - start);
            else if (performance.now() - start > 25000) done(-1);
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    "#;
    let answer = browser.client.execute_async(SCRIPT, vec![row.into()]).await.unwrap();
    let millis = answer.as_f64().unwrap();
    assert!(millis >= 0.0, "no image came");
    millis
}

async fn shards_of() {
    let mut report = format!(
        "From the navigation, code included, to the first rows of a table that is made of so many files of 5,000 rows: medians of \
         {} fresh browsers on the shaped link. Requests and bytes are those to the Hub until nothing more is read.\n\n\
         | files | requests | of that listings | files opened | bytes | seconds |\n|--:|--:|--:|--:|--:|--:|\n",
        runs()
    );
    for count in [1, 100, 1_000] {
        let hub = Hub::start(Config::default()).unwrap();
        for number in 0..count {
            let path = format!("data/train-{number:05}-of-{count:05}.parquet");
            hub.mount("vitrine/shards", &path, Source::file(sample_path(DIFFUSIONDB))).unwrap();
        }
        let dist = std::env::var_os("VITRINE_DIST").expect("cargo xtask bench sets it");
        let app =
            App::start_with(&hub, AppConfig { brotli_quality: 5, ..AppConfig::new(PathBuf::from(dist)) })
                .unwrap();
        let mut figures: Vec<[f64; 5]> = Vec::new();
        for _ in 0..runs() {
            hub.set_link(Link::megabits(MEGABITS, LATENCY_MILLIS));
            let browser = Browser::start(1440, 900).await;
            browser.without_table_images().await;
            hub.clear_log();
            let name = if count == 1 { "data/train-00000-of-00001.parquet" } else { "data/train-*.parquet" };
            let url = format!("{}?table=hf:vitrine/shards/{name}&endpoint={}", app.url(), hub.endpoint());
            browser.client.goto(&url).await.unwrap();
            let seconds = Page { client: &browser.client }.mark("vitrine:first-rows").await / 1e3;
            for _ in 0..3 {
                assert!(hub.settle(Duration::from_secs(60)));
                tokio::time::sleep(Duration::from_millis(150)).await;
            }
            let log: Vec<Entry> = hub.log().into_iter().filter(|entry| entry.server != Server::App).collect();
            let listings = log.iter().filter(|entry| entry.path.contains("/tree/")).count();
            let mut opened: Vec<&str> = log
                .iter()
                .filter_map(|entry| entry.repo_path.as_deref())
                .filter(|path| path.ends_with(".parquet"))
                .collect();
            opened.sort_unstable();
            opened.dedup();
            figures.push([
                log.len() as f64,
                listings as f64,
                opened.len() as f64,
                sent(&log) as f64,
                seconds,
            ]);
            browser.end().await;
        }
        let of = |place: usize| median(figures.iter().map(|figure| figure[place]).collect());
        let _ = writeln!(
            report,
            "| {count} | {} | {} | {} | {} | {:.2} |",
            of(0),
            of(1),
            of(2),
            human_bytes(of(3) as u64),
            of(4)
        );
    }
    report::write_section("Tables of many files", &report);
}
