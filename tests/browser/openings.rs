//! What people open, from the navigation until the screen stands: nothing cached, code included, thumbnails shown, and
//! every request counted. Not a test: `cargo xtask bench openings` runs it.

use crate::driver::Browser;
use crate::hosted::Copy;
use crate::measure::{LATENCY_MILLIS, MEGABITS, fixtures, measuring, runs, warm_up};
use crate::measure_ahead::index;
use crate::openings_told::{Figure, Kind, Over, STAGES, Told, is_code};
use crate::page::Page;
use crate::sample::{IMAGEREWARD, sample_path};
use crate::stage::put_rewards;
use fixture::columns::{part_id, push_image_name};
use fixture::parts::{IMAGE_BYTES, write_part};
use fixture::table::{PART_ROWS, Table};
use hub::{App, AppConfig, Config, Entry, Hub, Link, Server, Source};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const DIFFUSIONDB: &str = "poloclub/diffusiondb";

/// Rows from the beginning of DiffusionDB 2M that have a preview: more than filters and searches here look at.
const PREVIEWS: u64 = 30_000;

/// Longer than a search through every prompt takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// Nothing is on its way when nothing was asked for as long as this.
const QUIET: Duration = Duration::from_millis(600);

/// A link to a table.
struct Opening {
    name: &'static str,
    query: &'static str,
    kind: Kind,
}

const fn opening(name: &'static str, query: &'static str, kind: Kind) -> Opening {
    Opening { name, query, kind }
}

const DEFAULT: Opening = opening("default view", "", Kind::FirstScreen);
const FAR: Opening = opening("a far row", "row=1234000", Kind::FarRow);

/// What is opened of DiffusionDB 2M as the Hub holds it.
const ALL: [Opening; 6] = [
    DEFAULT,
    opening("a filter", "cfg=7..12", Kind::Other),
    opening("a search", "q=castle", Kind::Other),
    opening("the gallery", "view=gallery", Kind::Other),
    FAR,
    opening("a far place", "at=1234001", Kind::Other),
];

const FAR_OF_LARGE: &str = "row=8638000";

#[test]
#[ignore = "measures for minutes: cargo xtask bench openings"]
fn openings() {
    measuring(async {
        let scene = Scene::new();
        let mut told = Told::default();
        scene.warm_up().await;
        scene.start_page(&mut told).await;
        let small = as_published(&fixtures().join("diffusiondb-2m.parquet"), &scene.copy.0.join("published"));
        scene.two_million("pyarrow 10, one row group", &small, &ALL, &mut told).await;
        for (title, path) in layouts() {
            scene.two_million(&title, &path, &[DEFAULT, FAR], &mut told).await;
        }
        scene.others(&mut told).await;
        told.write();
    });
}

/// DiffusionDB 2M as other programs lay it out: what a layout is called, and its file.
pub(crate) fn layouts() -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(fixtures().join("layouts")).into_iter().flatten().flatten();
    let paths =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "parquet"));
    let mut all: Vec<_> =
        paths.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), path)).collect();
    all.sort();
    all
}

/// The catalogue's tables on stand-in Hubs, and the app with previews on the same link.
struct Scene {
    /// What speaks HTTP/2, and what HTTP/1.1.
    hosts: [Host; 2],
    /// The app's files, to which page maps are added.
    copy: Copy,
}

struct Host {
    hub: Hub,
    app: App,
}

impl Scene {
    fn new() -> Self {
        let copy = Copy::new("openings");
        let (small, large) = (Table::new(2_000_000, 1), Table::new(14_000_000, 1));
        put_previews(&small, &copy.0.join("previews"));
        let hosts = [true, false].map(|secure| {
            let hub = Hub::start(Config { secure, ..Config::default() }).unwrap();
            // Those of a link have rows before it beside them.
            for row in [0, 1_233_999, 1_234_000] {
                put_archive(&hub, &small, row, "images");
            }
            for row in [0, 8_637_999, 8_638_000] {
                put_archive(&hub, &large, row, "diffusiondb-large-part-1");
            }
            put_rewards(&hub);
            let config = AppConfig { brotli_quality: 11, secure, ..AppConfig::new(&copy.0) };
            let app = App::start_with(&hub, config).unwrap();
            Host { hub, app }
        });
        Self { hosts, copy }
    }

    fn host(&self, over: Over) -> &Host {
        let [http2, http1] = &self.hosts;
        if over == Over::Http2 { http2 } else { http1 }
    }

    /// Puts a file where both have it.
    fn mount(&self, repository: &str, path: &str, source: &Source) {
        for host in &self.hosts {
            host.hub.mount(repository, path, source.clone()).unwrap();
        }
    }

    async fn warm_up(&self) {
        warm_up(self.host(Over::Open).app.url()).await;
        for over in [Over::Http2, Over::Open] {
            let _ = self.visit("table=diffusiondb-sample", over).await;
        }
    }

    async fn start_page(&self, told: &mut Told) {
        for over in Over::ALL {
            let mut figures = Vec::new();
            for _ in 0..runs() {
                figures.push(self.visit("", over).await);
            }
            told.start_page(over, figures);
        }
    }

    /// DiffusionDB 2M in a layout: what is opened, and a link to a far row once more with a page map beside the app.
    async fn two_million(&self, title: &str, path: &Path, openings: &[Opening], told: &mut Told) {
        let mounted = "metadata.parquet";
        self.mount(DIFFUSIONDB, mounted, &Source::file(path));
        for opening in openings {
            self.opened(&format!("2M: {title}"), "diffusiondb-2m", opening, told).await;
        }
        self.mapped(&format!("2M: {title}"), ("diffusiondb-2m", mounted), FAR.query, told).await;
    }

    /// The other tables that there is something to stand for.
    async fn others(&self, told: &mut Told) {
        let (large, mounted) = (fixtures().join("diffusiondb-large.parquet"), "metadata-large.parquet");
        self.mount(DIFFUSIONDB, mounted, &Source::file(large));
        let title = "14M: pyarrow 10, one row group";
        for opening in [DEFAULT, Opening { query: FAR_OF_LARGE, ..FAR }] {
            self.opened(title, "diffusiondb-large", &opening, told).await;
        }
        self.mapped(title, ("diffusiondb-large", mounted), FAR_OF_LARGE, told).await;

        let rewards = Source::file(sample_path(IMAGEREWARD));
        self.mount("zai-org/ImageRewardDB", "metadata-test.parquet", &rewards);
        let pairs = Source::file(fixtures().join("pickapic-v1.parquet"));
        let path = "data/train-00000-of-00001.parquet";
        self.mount("yuvalkirstain/pickapic_v1_no_images", path, &pairs);
        for (title, id) in [
            ("ImageRewardDB test", "imagereward-test"),
            ("Pick-a-Pic v1", "pickapic-v1"),
            ("DiffusionDB sample", "diffusiondb-sample"),
            ("ImageRewardDB test sample", "imagereward-test-sample"),
        ] {
            self.opened(title, id, &Opening { kind: Kind::Other, ..DEFAULT }, told).await;
        }
    }

    /// The same with a page map beside the app.
    async fn mapped(&self, title: &str, (id, path): (&str, &str), query: &'static str, told: &mut Told) {
        let opening = opening("a far row, page map beside the app", query, Kind::MappedRow);
        if told.leaves_out(title, opening.name) {
            return;
        }
        let hub = &self.host(Over::Open).hub;
        hub.set_link(Link::default());
        index(hub, &self.copy.0.join("maps"), &[&format!("hf:{DIFFUSIONDB}/{path}")]);
        self.opened(title, id, &opening, told).await;
    }

    async fn opened(&self, title: &str, id: &str, opening: &Opening, told: &mut Told) {
        if told.leaves_out(title, opening.name) {
            return;
        }
        for over in Over::ALL {
            let endpoint = self.host(over).hub.endpoint();
            let query = format!("table={id}&endpoint={endpoint}&{}", opening.query);
            let mut figures = Vec::new();
            for _ in 0..runs() {
                figures.push(self.visit(query.trim_end_matches('&'), over).await);
            }
            told.opened(over, title, opening.name, opening.kind, figures);
        }
    }

    /// Opens a link in a fresh browser, and waits until nothing more is asked for.
    async fn visit(&self, query: &str, over: Over) -> Figure {
        let Host { hub, app } = self.host(over);
        hub.set_link(if over == Over::Open {
            Link::default()
        } else {
            Link::megabits(MEGABITS, LATENCY_MILLIS)
        });
        let browser = Browser::start(1440, 900).await;
        browser.setting("vitrine.previews", &format!("{}previews", app.url())).await;
        browser.before_each_page(include_str!("watch.js")).await;
        hub.clear_log();
        browser.client.goto(&format!("{}?{query}", app.url())).await.unwrap();
        let page = Page { client: &browser.client };
        let shell = page.mark("vitrine:shell").await;
        let start = Instant::now();
        let (mut last, mut since) = (0, Instant::now());
        let stood = loop {
            tokio::time::sleep(QUIET / 6).await;
            let log = asked(hub.log()).0;
            let under_way = log.iter().any(|entry| entry.finished.is_none());
            if under_way || log.len() != last {
                (last, since) = (log.len(), Instant::now());
            } else if since.elapsed() >= QUIET {
                let stood = browser.client.execute(TELL, Vec::new()).await.unwrap();
                if query.is_empty() || stood["rest"].is_number() {
                    break stood;
                }
                assert!(start.elapsed() < LIMIT, "{query}: {stood}\n{}", page.outline().await);
            }
        };
        browser.end().await;
        let (log, offline) = asked(hub.log());
        let is_http2 = |entry: &Entry| entry.http2 == (over == Over::Http2);
        assert!(log.iter().all(is_http2), "{query}");
        refused(query, &log);
        if std::env::var_os("VITRINE_TRACE").is_some() {
            trace(&log, &stood);
        }
        let seconds = |stage: &str| stood[stage].as_f64().map(|millis| millis / 1e3);
        Figure::new(STAGES.map(|stage| seconds(stage.name)), seconds("paint"), shell / 1e3, (&log, &offline))
    }
}

/// What was asked for what is on the screen, and the copy of the app for offline use, which its service worker fetches
/// three seconds after the page.
fn asked(log: Vec<Entry>) -> (Vec<Entry>, Vec<Entry>) {
    let begins = log.iter().find(|entry| entry.path.ends_with("/sw.js")).map_or(u64::MAX, |entry| entry.seq);
    log.into_iter().partition(|entry| entry.seq < begins || !is_code(entry))
}

/// What the page has noted, and when it was first painted.
const TELL: &str = r#"
    const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    return { ...window.stood, paint };
"#;

/// Whatever is asked for must be there, or figures are of something else. Nobody laid an index or a map beside the app.
fn refused(query: &str, log: &[Entry]) {
    // A range that begins beyond the end tells how long the file is.
    let refused = |entry: &&Entry| entry.status >= 400 && entry.status != 416 && entry.server != Server::App;
    let missing: Vec<&str> = log.iter().filter(refused).map(|entry| entry.path.as_str()).collect();
    let previews = |entry: &&Entry| entry.status >= 400 && entry.path.contains("/previews/");
    let without = log.iter().filter(previews).count();
    if !missing.is_empty() || without > 0 {
        println!("{query}: refused were {missing:?} and {without} previews");
    }
}

/// Every request: when it was made and when it was through, in seconds since the first one.
fn trace(log: &[Entry], stood: &serde_json::Value) {
    let began = log.iter().map(|entry| entry.started).min().unwrap_or_default();
    let since = |at: Duration| (at - began).as_secs_f64();
    for Entry { started, finished, server, path, range, bytes_sent, .. } in log {
        let finished = finished.map_or(f64::NAN, since);
        println!("{:8.3} {finished:8.3} {bytes_sent:8} {server:?} {path} {range:?}", since(*started));
    }
    println!("{stood:#}");
}

/// A copy that is as long as the published file, whose length the catalogue knows: nothing stands in what is more of it.
fn as_published(path: &Path, copy: &Path) -> PathBuf {
    let bytes = vitrine::view::catalog::table("diffusiondb-2m").unwrap().file_bytes_hint.unwrap();
    std::fs::copy(path, copy).unwrap();
    let file = File::options().read(true).write(true).open(copy).unwrap();
    let end = file.metadata().unwrap().len();
    let mut tail = [0; 8];
    file.read_exact_at(&mut tail, end - 8).unwrap();
    let footer_bytes = u64::from(u32::from_le_bytes(tail[..4].try_into().unwrap())) + 8;
    let mut footer = vec![0; footer_bytes as usize];
    file.read_exact_at(&mut footer, end - footer_bytes).unwrap();
    file.set_len(bytes).unwrap();
    file.write_all_at(&footer, bytes - footer_bytes).unwrap();
    copy.to_owned()
}

/// Previews of the rows that are looked at, all of them links to one file.
fn put_previews(table: &Table, folder: &Path) {
    let picture = fixture::paint::paint("a castle on a hill, oil painting", 1, 128, 128);
    std::fs::create_dir_all(folder).unwrap();
    let file = folder.join("preview.webp");
    std::fs::write(&file, fixture::images::webp(&picture).unwrap()).unwrap();
    for first in 0..=255 {
        std::fs::create_dir_all(folder.join(format!("{first:02x}"))).unwrap();
    }
    for row in (0..PREVIEWS).chain(1_233_900..1_234_200) {
        let mut name = Vec::new();
        push_image_name(table, row, &mut name);
        let name = String::from_utf8(name).unwrap();
        let name = name.split_once('.').unwrap().0;
        std::fs::hard_link(&file, folder.join(&name[..2]).join(format!("{name}.webp"))).unwrap();
    }
}

/// The archive of a row, with images of full length around it.
fn put_archive(hub: &Hub, table: &Table, row: u64, folder: &str) {
    let (part, place) = (part_id(row).unsigned_abs().into(), row % PART_ROWS);
    let sizes = |at: u64| if at.abs_diff(place) < 80 { IMAGE_BYTES } else { 2_000..2_001 };
    let zip = write_part(table, part, sizes, 0, Vec::new()).unwrap();
    hub.mount(DIFFUSIONDB, &format!("{folder}/part-{part:06}.zip"), Source::bytes(zip)).unwrap();
}
