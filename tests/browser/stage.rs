//! Where a test takes place: a stand-in Hub with the sample on it, the built app, and a browser.

use crate::driver::{Browser, Engine, LeftOut, Logged, Storage};
use crate::page::Page;
use crate::sample::{DIFFUSIONDB, IMAGEREWARD, sample_path};
use hub::{App, AppConfig, Config, Hub, Source};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longer than any test takes on a busy machine.
const TEST_LIMIT: Duration = Duration::from_secs(300);

/// Longer than anything takes that a test waits for.
const WAIT_LIMIT: Duration = Duration::from_secs(60);

/// Longer than a browser takes for a picture, or to end.
const END_LIMIT: Duration = Duration::from_secs(20);

/// So many requests are told of where a test has failed.
const TOLD_REQUESTS: usize = 40;

/// Pictures that the documentation shows.
const DOCUMENTED: &[&str] = &[
    "explore",
    "repository",
    "search",
    "detail",
    "labels",
    "phrases",
    "pins",
    "prompts",
    "gallery",
    "compare",
    "pairs",
    "groups",
    "joined",
    "differences",
    "outcome-pinned",
    "plot",
    "measured",
    "metadata-chunks",
    "export",
];

/// Opens what is gated on the stand-in Hub.
pub const TOKEN: &str = "hf_tokenOfATest";

/// One test's surroundings.
#[derive(Debug)]
pub struct Stage {
    pub hub: Hub,
    pub app: App,
    pub browser: Browser,
    name: &'static str,
    /// Whether requests are meant to fail, which the browser itself notes in the console.
    failures: Cell<bool>,
    console: RefCell<Vec<Logged>>,
}

/// Runs a test. Whatever becomes of it, the browser ends, and a picture of its last state is kept.
/// An error in the console fails it. Rows of the table show no images, and nothing is kept between visits.
pub fn play(name: &'static str, test: impl AsyncFnOnce(&Stage)) {
    play_at(name, "/", test);
}

/// The same, with images.
pub fn play_with_images(name: &'static str, test: impl AsyncFnOnce(&Stage)) {
    play_in(name, "/", &[NOTHING_KEPT], TEST_LIMIT, test);
}

/// The same, for longer than tests take.
pub fn play_with_images_for(name: &'static str, limit: Duration, test: impl AsyncFnOnce(&Stage)) {
    play_in(name, "/", &[NOTHING_KEPT], limit, test);
}

/// The same, in a browser whose user lets pages keep nothing.
pub fn play_denied(name: &'static str, test: impl AsyncFnOnce(&Stage)) {
    play_on(name, "/", &[], Storage::Denied, TEST_LIMIT, test);
}

/// The same, with what is read kept between visits.
pub fn play_kept(name: &'static str, test: impl AsyncFnOnce(&Stage)) {
    play_kept_at(name, "/", test);
}

/// The same, with the app in a folder of its host.
pub fn play_kept_at(name: &'static str, prefix: &str, test: impl AsyncFnOnce(&Stage)) {
    play_in(name, prefix, &[NO_IMAGES], TEST_LIMIT, test);
}

/// The same, with the app in a folder of its host.
pub fn play_at(name: &'static str, prefix: &str, test: impl AsyncFnOnce(&Stage)) {
    play_in(name, prefix, &[NO_IMAGES, NOTHING_KEPT], TEST_LIMIT, test);
}

/// The same, for longer than tests take.
pub fn play_for(name: &'static str, limit: Duration, test: impl AsyncFnOnce(&Stage)) {
    play_in(name, "/", &[NO_IMAGES, NOTHING_KEPT], limit, test);
}

/// Settings of the page.
type Setting = (&'static str, &'static str);
const NO_IMAGES: Setting = ("vitrine.table-images", "off");
const NOTHING_KEPT: Setting = ("vitrine.keep", "0");

fn play_in(
    name: &'static str,
    prefix: &str,
    settings: &[Setting],
    limit: Duration,
    test: impl AsyncFnOnce(&Stage),
) {
    play_on(name, prefix, settings, Storage::Allowed, limit, test);
}

fn play_on(
    name: &'static str,
    prefix: &str,
    settings: &[Setting],
    storage: Storage,
    limit: Duration,
    test: impl AsyncFnOnce(&Stage),
) {
    let left_out = |what| println!("LEFT OUT: {name} needs {what}, which this browser does not have");
    if storage == Storage::Denied && Engine::chosen() == Engine::Webkit {
        return left_out("storage that is switched off");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::new(name, prefix, settings, storage));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let ended = tokio::time::timeout(limit, test(&stage)).await;
            assert!(ended.is_ok(), "the test did not end within {} s", limit.as_secs());
            stage.read_console().await;
            stage.check_console();
        });
    }));
    let needs = outcome.as_ref().err().and_then(|panic| panic.downcast_ref::<LeftOut>());
    runtime.block_on(stage.end(outcome.is_err() && needs.is_none()));
    if let Some(LeftOut(what)) = needs {
        return left_out(what);
    }
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

impl Stage {
    async fn new(name: &'static str, prefix: &str, settings: &[Setting], storage: Storage) -> Stage {
        let config = Config { tokens: vec![TOKEN.to_owned()], ..Config::default() };
        let hub = Hub::start(config).unwrap();
        for path in ["metadata.parquet", "metadata-large.parquet"] {
            hub.mount("poloclub/diffusiondb", path, Source::file(sample_path(DIFFUSIONDB))).unwrap();
        }
        for split in ["train", "validation", "test"] {
            let path = format!("metadata-{split}.parquet");
            hub.mount("zai-org/ImageRewardDB", &path, Source::file(sample_path(IMAGEREWARD))).unwrap();
        }
        let config = AppConfig { prefix: prefix.to_owned(), ..AppConfig::new(dist()) };
        let app = App::start(config).unwrap();
        let browser = Browser::for_test(storage).await;
        browser.knows_quiet_address(format!("{}nothing-here", app.url()));
        for (key, value) in settings {
            browser.setting(key, value).await;
        }
        Stage { hub, app, browser, name, failures: Cell::new(false), console: RefCell::default() }
    }

    /// The page in the browser.
    pub fn page(&self) -> Page<'_> {
        Page { client: &self.browser.client }
    }

    /// Goes to the app with this query.
    pub async fn go(&self, query: &str) {
        let url = format!("{}?{query}", self.app.url());
        self.browser.client.goto(&url).await.unwrap();
    }

    /// Goes to the app on the stand-in Hub with this query.
    pub async fn go_to_hub(&self, query: &str) {
        self.go(&format!("{query}&endpoint={}", self.hub.endpoint())).await;
    }

    /// Puts the sample's archives of images onto the Hub, where those of the catalogue's tables are.
    pub fn put_archives(&self) {
        put_archives(&self.hub);
    }

    /// From here on requests are meant to fail.
    pub fn expect_failures(&self) {
        self.failures.set(true);
    }

    /// Puts a file onto the Hub; gives what a link calls it.
    pub fn put(&self, name: &str, bytes: Vec<u8>) -> String {
        self.hub.mount("vitrine/test", name, Source::bytes(bytes)).unwrap();
        format!("hf:vitrine/test/{name}")
    }

    /// Keeps a picture, and renews that of the documentation where this is asked for.
    pub async fn picture(&self, name: &str) {
        let Ok(png) = self.browser.client.screenshot().await else { return };
        let mut folders = vec![screenshots()];
        if DOCUMENTED.contains(&name) && std::env::var_os("VITRINE_SCREENSHOTS").is_some() {
            folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs"));
        }
        for folder in folders {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{name}.png")), &png).unwrap();
        }
    }

    /// Everything in the console so far.
    pub async fn read_console(&self) {
        let lines = self.browser.console().await;
        self.console.borrow_mut().extend(lines);
    }

    /// Whether a line of the console that was read holds this.
    pub fn console_says(&self, part: &str) -> bool {
        self.console.borrow().iter().any(|line| line.message.contains(part))
    }

    /// The console holds no error; `what` was going on.
    pub fn check_console_of(&self, what: &str) {
        println!("{what} ended");
        self.check_console();
    }

    fn check_console(&self) {
        let console = self.console.borrow();
        let bad: Vec<_> = console
            .iter()
            .filter(|line| line.level == "SEVERE" || line.source == "security")
            .filter(|line| {
                let says = |part: &str| line.message.contains(part);
                let expected = line.source == "network"
                    || says("blocked by CORS policy")
                    || says("failed to fetch Wasm");
                !(self.failures.get() && expected)
            })
            .collect();
        assert!(bad.is_empty(), "the console holds errors: {bad:#?}");
    }

    async fn end(self, failed: bool) {
        if failed {
            let _ = in_time(self.tell()).await;
            let png =
                in_time(self.browser.client.screenshot()).await.and_then(Result::ok).unwrap_or_default();
            let _ = std::fs::create_dir_all(screenshots());
            let _ = std::fs::write(screenshots().join(format!("failed-{}.png", self.name)), png);
        }
        let _ = in_time(self.browser.leave(failed)).await;
    }

    /// Tells what a test that has failed leaves.
    async fn tell(&self) {
        let log = self.hub.log();
        println!("--- {}: the last of {} requests to the Hub", self.name, log.len());
        for entry in &log[log.len().saturating_sub(TOLD_REQUESTS)..] {
            let (range, sent) = (&entry.range, entry.bytes_sent);
            println!("{:?} {} {range:?} {} {sent}", entry.server, entry.path, entry.status);
        }
        self.read_console().await;
        println!("--- console");
        for Logged { level, source, message } in self.console.borrow().iter() {
            println!("{level} {source} {message}");
        }
        let address = self.browser.client.current_url().await;
        println!("--- the page at {address:?} says\n{}", self.page().outline().await);
    }
}

/// What comes of this, unless a browser no longer answers.
async fn in_time<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(END_LIMIT, future).await.ok()
}

/// Puts the sample's archives of images onto a Hub.
pub fn put_archives(hub: &Hub) {
    let folder = sample_path(DIFFUSIONDB).with_file_name("images");
    put_zips(hub, "poloclub/diffusiondb", "images", &folder);
    put_rewards(hub);
}

/// Puts the archives of ImageRewardDB onto a Hub.
pub fn put_rewards(hub: &Hub) {
    let folder = sample_path(IMAGEREWARD).with_file_name("images");
    put_zips(hub, "zai-org/ImageRewardDB", "images/test", &folder.join("test"));
}

fn put_zips(hub: &Hub, repository: &str, below: &str, folder: &Path) {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.extension().is_some_and(|end| end == "zip")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        hub.mount(repository, &format!("{below}/{name}"), Source::file(&path)).unwrap();
    }
}

/// Asks again and again until there is an answer.
pub async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = probe().await {
            return answer;
        }
        assert!(start.elapsed() < WAIT_LIMIT, "waited {} s in vain: {what}", WAIT_LIMIT.as_secs());
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// The built app.
pub fn dist() -> PathBuf {
    match std::env::var_os("VITRINE_DIST") {
        Some(dist) => dist.into(),
        None => panic!("VITRINE_DIST is not set: run `cargo xtask test --only browser`"),
    }
}

fn screenshots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target")).join("screenshots")
}
