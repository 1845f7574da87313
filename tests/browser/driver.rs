//! The browser and its driver.
//!
//! A start costs more than most tests do, so a Chromium serves many of them, each in a tab of its own. What one
//! keeps is no other's: each test's servers have ports of their own, and so each its own origins.
//!
//! Chromium, unless `VITRINE_BROWSER` says `firefox` or `webkit`. What needs tools that others do not have ends there with
//! [`LeftOut`], which counts as left out and not as failed.

use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

/// Which browser is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    Webkit,
}

impl Engine {
    /// The one that was asked for.
    pub fn chosen() -> Engine {
        match std::env::var("VITRINE_BROWSER").as_deref() {
            Ok("firefox") => Engine::Firefox,
            Ok("webkit") => Engine::Webkit,
            _ => Engine::Chromium,
        }
    }
}

/// Why a test does not run in the browser that was asked for: the panic that ends it says what it needs.
#[derive(Debug)]
pub struct LeftOut(pub String);

/// Ends a test that needs what this browser does not have.
fn leave_out(what: &str) -> ! {
    std::panic::panic_any(LeftOut(what.to_owned()))
}

/// A running driver.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    url: String,
    /// What its browser draws on.
    _screen: Option<Child>,
}

/// Starts the program it is given, and ends it, with all browsers of this process, when this process ends.
const UNTIL_THE_END: &str = r#"
    "$0" --port=0 &
    read -r _
    kill -KILL $! 2>/dev/null
    pkill -KILL -f "user-data-dir=$1" 2>/dev/null
    rm -rf "$1"*"#;

impl Driver {
    /// One to use: a chromedriver serves the whole process, the others one browser.
    pub fn of(engine: Engine) -> Arc<Driver> {
        static SHARED: LazyLock<Arc<Driver>> = LazyLock::new(|| {
            let program = std::env::var("VITRINE_CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
            let mut command = Command::new("sh");
            command.args(["-c", UNTIL_THE_END, &program]).arg(profiles()).stdin(Stdio::piped());
            Arc::new(Driver::start(command, &program, "started successfully on port "))
        });
        match engine {
            Engine::Firefox => {
                let program =
                    std::env::var("VITRINE_GECKODRIVER").unwrap_or_else(|_| "geckodriver".to_owned());
                let mut command = Command::new(&program);
                command.arg("--port=0").stdin(Stdio::null());
                Arc::new(Driver::start(command, &program, "Listening on 127.0.0.1:"))
            }
            Engine::Webkit => {
                let program =
                    std::env::var("VITRINE_WEBKITDRIVER").unwrap_or_else(|_| "WebKitWebDriver".to_owned());
                // It does not say its port.
                let port =
                    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap().port();
                let (screen, display) = screen();
                let child = Command::new(&program)
                    .arg(format!("--port={port}"))
                    .env("DISPLAY", display)
                    // Nothing is drawn by hardware there.
                    .envs([("GDK_BACKEND", "x11"), ("WEBKIT_DISABLE_DMABUF_RENDERER", "1")])
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap_or_else(|error| panic!("{program} can't be started: {error}"));
                Arc::new(Driver { child, url: format!("http://127.0.0.1:{port}"), _screen: Some(screen) })
            }
            Engine::Chromium => Arc::clone(&SHARED),
        }
    }

    /// Starts a program that says its port after these words.
    fn start(mut command: Command, program: &str, says: &str) -> Driver {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} can't be started: {error}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(says)?.1.trim_end_matches('.').parse::<u16>().ok())
            .expect("the driver says its port");
        // Its output is read to the end, or it would stop once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Driver { child, url: format!("http://127.0.0.1:{port}"), _screen: None }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A screen for a browser that does not run without one: an X server without hardware, which ends when its input does.
/// Each browser has its own, or their windows would take the keys from each other.
fn screen() -> (Child, String) {
    const SCREEN: &str = r#"
        Xvfb -displayfd 1 -screen 0 1600x1200x24 &
        read -r _
        kill -KILL $! 2>/dev/null"#;
    let mut child = Command::new("sh")
        .args(["-c", SCREEN])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = lines.by_ref().map_while(Result::ok).find(|line| !line.is_empty());
    (child, format!(":{}", number.expect("Xvfb says its number")))
}

/// What the folders of this process's profiles begin with.
fn profiles() -> String {
    std::env::temp_dir().join(format!("vitrine-{}-", std::process::id())).display().to_string()
}

/// A Chromium that waits for the next test.
#[derive(Debug)]
struct Spare {
    client: Client,
    profile: PathBuf,
    uses: u32,
}

static SPARES: Mutex<Vec<Spare>> = Mutex::new(Vec::new());

/// How often a driver that was just started is asked for a browser, and how long is waited in between.
const ATTEMPTS: u32 = 100;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(100);

/// Tests that one Chromium serves: its memory must not grow for ever.
const MAX_USES: u32 = 30;

/// Where sessions live, which outlast the test that began them.
static SESSIONS: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
});

/// A browser, or a tab of one, with nothing kept from any other.
#[derive(Debug)]
pub struct Browser {
    pub client: Client,
    engine: Engine,
    /// Tests that it served, this one included; `None` where it serves this one alone.
    uses: Option<u32>,
    /// An address of the app that runs nothing: where settings can be made before it does.
    quiet_address: RefCell<Option<String>>,
    profile: PathBuf,
    _driver: Arc<Driver>,
}

/// What a browser lets pages keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    Allowed,
    /// Its user has switched it off: databases can't be opened, and asking for the others throws.
    Denied,
}

impl Browser {
    /// A browser that was just started, with a window of this size, for measurements.
    pub async fn start(width_px: u32, height_px: u32) -> Browser {
        Browser::fresh(width_px, height_px, Storage::Allowed).await
    }

    /// A browser for a test: one that served others before, where there is one to spare.
    pub async fn for_test(storage: Storage) -> Browser {
        let spare = SPARES.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let shared = Engine::chosen() == Engine::Chromium && storage == Storage::Allowed;
        let mut browser = match spare {
            Some(Spare { client, profile, uses }) if shared => Browser {
                client,
                engine: Engine::Chromium,
                uses: Some(uses),
                quiet_address: RefCell::default(),
                profile,
                _driver: Driver::of(Engine::Chromium),
            },
            other => {
                SPARES.lock().unwrap_or_else(PoisonError::into_inner).extend(other);
                let browser = Browser::fresh(1440, 900, storage).await;
                Browser { uses: shared.then_some(0), ..browser }
            }
        };
        browser.uses = browser.uses.map(|uses| uses + 1);
        browser
    }

    async fn fresh(width_px: u32, height_px: u32, storage: Storage) -> Browser {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let engine = Engine::chosen();
        let driver = Driver::of(engine);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = PathBuf::from(format!("{}{number}", profiles()));
        let mut capabilities = Capabilities::new();
        if engine != Engine::Chromium {
            // Stand-ins that speak TLS have a certificate of this process; Chromium is told which.
            capabilities.insert("acceptInsecureCerts".to_owned(), json!(true));
        }
        match engine {
            Engine::Chromium => {
                let options = chromium_options(width_px, height_px, &profile, storage);
                capabilities.insert("goog:chromeOptions".to_owned(), options);
                capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
            }
            Engine::Firefox => {
                capabilities.insert("moz:firefoxOptions".to_owned(), firefox_options(storage));
            }
            Engine::Webkit => {
                capabilities.insert("webkitgtk:browserOptions".to_owned(), webkit_options());
            }
        }
        let url = driver.url.clone();
        let session = SESSIONS.spawn(async move {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities);
            let mut attempts = 0;
            loop {
                match builder.connect(&url).await {
                    // It was only just started.
                    Err(NewSessionError::FailedC(_) | NewSessionError::Lost(_)) if attempts < ATTEMPTS => {
                        attempts += 1;
                        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
                    }
                    outcome => return outcome,
                }
            }
        });
        let client = session.await.expect("a session").expect("a browser");
        if engine != Engine::Chromium {
            client.set_window_size(width_px, height_px).await.unwrap();
        }
        Browser { client, engine, uses: None, quiet_address: RefCell::default(), profile, _driver: driver }
    }

    /// Tells the browser an address of the app that runs nothing.
    pub fn knows_quiet_address(&self, address: String) {
        *self.quiet_address.borrow_mut() = Some(address);
    }

    /// What the console holds since it was last asked.
    /// The others do not tell their drivers.
    pub async fn console(&self) -> Vec<Logged> {
        if self.engine != Engine::Chromium {
            return Vec::new();
        }
        let entries = self.command("se/log", json!({ "type": "browser" })).await;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .map(|entry| Logged {
                level: text(entry, "level"),
                source: text(entry, "source"),
                message: text(entry, "message"),
            })
            .collect()
    }

    /// Which engine it has.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Ends a test that needs something which only Chromium does.
    pub fn needs_chromium(&self, what: &str) {
        if self.engine != Engine::Chromium {
            leave_out(what);
        }
    }

    /// Ends a test that needs something which WebKit does not do.
    pub fn needs_more_than_webkit(&self, what: &str) {
        if self.engine == Engine::Webkit {
            leave_out(what);
        }
    }

    /// A command of the DevTools protocol, which Chromium alone has.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.needs_chromium(command);
        self.command("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// A script that runs in each page from now on, before anything of the page does.
    pub async fn before_each_page(&self, source: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// A setting that the page finds as if someone had chosen it, unless it has one.
    pub async fn setting(&self, key: &str, value: &str) {
        let source = format!(
            "try {{ localStorage.getItem('{key}') ?? localStorage.setItem('{key}', '{value}') }} catch {{}}"
        );
        if self.engine == Engine::Chromium {
            return self.before_each_page(&source).await;
        }
        let address = self.quiet_address.borrow().clone();
        let address = address.unwrap_or_else(|| leave_out("a setting"));
        self.client.goto(&address).await.unwrap();
        self.client.execute(&source, Vec::new()).await.unwrap();
    }

    /// Rows of the table show no images in this browser.
    pub async fn without_table_images(&self) {
        self.setting("vitrine.table-images", "off").await;
    }

    /// The most memory that any of this browser's renderers ever had, as the system counts it.
    pub fn renderer_peak_bytes(&self) -> u64 {
        self.renderer_bytes("VmHWM:")
    }

    /// What the system says of the largest of this browser's renderers, by the field's name.
    pub fn renderer_bytes(&self, field: &str) -> u64 {
        let profile = self.profile.display().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
        processes
            .filter(|process| {
                let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
                let command = String::from_utf8_lossy(&command);
                command.contains("--type=renderer") && command.contains(&profile)
            })
            .filter_map(|process| {
                let status = std::fs::read_to_string(process.join("status")).ok()?;
                let line = status.lines().find_map(|line| line.strip_prefix(field))?;
                line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
            })
            .max()
            .unwrap_or(0)
            * 1024
    }

    /// Ends the browser and removes its profile.
    pub async fn end(self) {
        let _ = self.client.close().await;
        let _ = std::fs::remove_dir_all(&self.profile);
    }

    /// Leaves it to the next test, in a new tab, or ends it.
    pub async fn leave(self, failed: bool) {
        let Some(uses) = self.uses.filter(|uses| !failed && *uses < MAX_USES) else {
            return self.end().await;
        };
        if self.empty().await.is_err() {
            return self.end().await;
        }
        let spare = Spare { client: self.client, profile: self.profile, uses };
        SPARES.lock().unwrap_or_else(PoisonError::into_inner).push(spare);
    }

    /// Closes every tab but a new one, and takes back what a test allowed.
    async fn empty(&self) -> Result<(), CmdError> {
        for command in ["Browser.resetPermissions", "Storage.clearCookies"] {
            self.devtools(command, json!({})).await;
        }
        self.devtools("Browser.setDownloadBehavior", json!({ "behavior": "default" })).await;
        let old = self.client.windows().await?;
        let new = self.client.new_window(true).await?.handle;
        for handle in old {
            self.client.switch_to_window(handle).await?;
            self.client.close_window().await?;
        }
        self.client.switch_to_window(new).await?;
        self.client.set_window_size(1440, 900).await?;
        // What the closed tabs had said.
        self.console().await;
        Ok(())
    }

    async fn command(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Post { path, body }).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

fn chromium_options(width_px: u32, height_px: u32, profile: &std::path::Path, storage: Storage) -> Value {
    let mut args: Vec<String> = [
        "--headless=new",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
        "--lang=en-US",
        "--disable-features=InitialWebUI,WebUIReloadButton,PreloadTopChromeWebUI,PreloadTopChromeWebUILessNavigations",
        "--disable-extensions",
        "--disable-component-extensions-with-background-pages",
    ]
    .map(str::to_owned)
    .to_vec();
    args.push(format!("--window-size={width_px},{height_px}"));
    args.push(format!("--user-data-dir={}", profile.display()));
    // Stand-ins that speak TLS have a certificate of this process.
    if let Ok(hash) = hub::public_key_hash() {
        let mut text = Vec::new();
        vitrine::base::base64::push_base64(&mut text, &hash);
        let hash = String::from_utf8_lossy(&text);
        args.push(format!("--ignore-certificate-errors-spki-list={hash}"));
    }
    // Chromium has no sandbox as root, which is who runs in containers.
    if is_root() {
        args.push("--no-sandbox".to_owned());
    }
    let mut options = json!({ "args": args });
    if storage == Storage::Denied {
        const BLOCK: u8 = 2;
        options["prefs"] = json!({ "profile": { "default_content_setting_values": { "cookies": BLOCK } } });
    }
    if let Ok(chromium) = std::env::var("VITRINE_CHROMIUM") {
        options["binary"] = json!(chromium);
    }
    options
}

fn firefox_options(storage: Storage) -> Value {
    let mut prefs = json!({ "intl.accept_languages": "en-US", "app.update.auto": false });
    if storage == Storage::Denied {
        const REJECT: u8 = 2;
        prefs["network.cookie.cookieBehavior"] = json!(REJECT);
    }
    let mut options = json!({ "args": ["-headless"], "prefs": prefs });
    if let Ok(firefox) = std::env::var("VITRINE_FIREFOX") {
        options["binary"] = json!(firefox);
    }
    options
}

fn webkit_options() -> Value {
    let mut options = json!({ "args": ["--automation"] });
    if let Ok(webkit) = std::env::var("VITRINE_WEBKIT") {
        options["binary"] = json!(webkit);
    }
    options
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// A line of the console.
#[derive(Clone, Debug)]
pub struct Logged {
    /// `SEVERE`, `WARNING`, `INFO`, ...
    pub level: String,
    /// `network` where the browser itself tells of a failed request; `javascript`, `security`, ...
    pub source: String,
    pub message: String,
}

/// A command that WebDriver itself does not have.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
