//! Chromium and its driver: one driver a process, one browser with an empty profile a test.

use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A running chromedriver. It ends with the last test that uses it.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    url: String,
}

impl Driver {
    /// The one of this process, started if there is none.
    pub fn shared() -> Arc<Driver> {
        static SHARED: Mutex<Weak<Driver>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let driver = Arc::new(Driver::start());
            *shared = Arc::downgrade(&driver);
            driver
        })
    }

    fn start() -> Driver {
        let program = std::env::var("VITRINE_CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut child = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} can't be started: {error}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port");
        // Its output is read to the end, or it would stop once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Driver { child, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser of its own, with nothing kept from any other.
#[derive(Debug)]
pub struct Browser {
    pub client: Client,
    profile: PathBuf,
    _driver: Arc<Driver>,
}

impl Browser {
    /// Starts one with a window of this size.
    pub async fn start(width_px: u32, height_px: u32) -> Browser {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let driver = Driver::shared();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir().join(format!("vitrine-{}-{number}", std::process::id()));
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
        ]
        .map(str::to_owned)
        .to_vec();
        args.push(format!("--window-size={width_px},{height_px}"));
        args.push(format!("--user-data-dir={}", profile.display()));
        // Chromium has no sandbox as root, which is who runs in containers.
        if is_root() {
            args.push("--no-sandbox".to_owned());
        }
        let mut options = json!({ "args": args });
        if let Ok(chromium) = std::env::var("VITRINE_CHROMIUM") {
            options["binary"] = json!(chromium);
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.url)
            .await
            .expect("a browser");
        Browser { client, profile, _driver: driver }
    }

    /// What the console holds since it was last asked.
    pub async fn console(&self) -> Vec<Logged> {
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

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.command("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// A setting that the page finds as if someone had chosen it, unless it has one.
    pub async fn setting(&self, key: &str, value: &str) {
        let source = format!(
            "try {{ localStorage.getItem('{key}') ?? localStorage.setItem('{key}', '{value}') }} catch {{}}"
        );
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// Rows of the table show no images in this browser.
    pub async fn without_table_images(&self) {
        self.setting("vitrine.table-images", "off").await;
    }

    /// The most memory that any of this browser's renderers ever had, as the system counts it.
    pub fn renderer_peak_bytes(&self) -> u64 {
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
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
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

    async fn command(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Post { path, body }).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
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
