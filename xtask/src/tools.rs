//! The programs that building and testing need: where they are, and how to get them.

use crate::Result;
use crate::run::{cargo, root, shown, target};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The bundler. The wasm-bindgen version is that of the lock file: crate and tool must agree.
const TRUNK_VERSION: &str = "0.21.14";

/// What checks licences and sources of packages.
const CARGO_DENY_VERSION: &str = "0.20.2";

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that the compiler can build for the browser.
pub(crate) fn wasm_target() -> Result<()> {
    let mut print = Command::new("rustc");
    print.args(["--print", "target-libdir", "--target", WASM_TARGET]).current_dir(root());
    let folder = said(print).unwrap_or_default();
    if !folder.is_empty() && Path::new(&folder).is_dir() {
        return Ok(());
    }
    let mut add = Command::new("rustup");
    add.args(["target", "add", WASM_TARGET]).current_dir(root());
    shown(add).map_err(|error| format!("the compiler has no target {WASM_TARGET}: {error}"))
}

/// The bundler.
pub(crate) fn trunk() -> Result<PathBuf> {
    cargo_tool("trunk", "trunk", TRUNK_VERSION)
}

/// What checks licences and sources; `cargo deny` runs it.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    cargo_tool("cargo-deny", "cargo-deny", CARGO_DENY_VERSION)
}

/// The program that makes JavaScript bindings. Trunk finds it on PATH, see [`path`].
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    cargo_tool("wasm-bindgen", "wasm-bindgen-cli", &wasm_bindgen_version()?)
}

/// The program that runs tests in a browser.
pub(crate) fn wasm_test_runner() -> Result<PathBuf> {
    cargo_tool("wasm-bindgen-test-runner", "wasm-bindgen-cli", &wasm_bindgen_version()?)
}

/// The browser.
pub(crate) fn chromium() -> Result<PathBuf> {
    const NAMES: &[&str] =
        &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    const PLACES: &[&str] = &["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
    let look = || {
        let installed = PLACES.iter().map(PathBuf::from).find(|place| place.is_file());
        told("CHROME").or_else(|| NAMES.iter().find_map(|name| find(name))).or(installed)
    };
    browser_part("Chromium", look)
}

/// The program that drives the browser.
pub(crate) fn chromedriver() -> Result<PathBuf> {
    let look = || told("CHROMEDRIVER").or_else(|| find("chromedriver"));
    browser_part("chromedriver", look)
}

/// Firefox and its driver, for tests that run there.
pub(crate) fn firefox() -> Result<(PathBuf, PathBuf)> {
    const NAMES: &[&str] = &["firefox", "firefox-esr"];
    let browser = told("VITRINE_FIREFOX").or_else(|| NAMES.iter().find_map(|name| find(name)));
    let driver = told("VITRINE_GECKODRIVER").or_else(|| find("geckodriver"));
    browser.zip(driver).ok_or_else(|| {
        "Firefox or geckodriver was not found (cargo install geckodriver --locked); \
         VITRINE_FIREFOX and VITRINE_GECKODRIVER name them elsewhere"
            .to_owned()
    })
}

/// A small browser of WebKit's and its driver, for tests that run there. They need a screen, which Xvfb stands in for.
pub(crate) fn webkit() -> Result<(PathBuf, PathBuf)> {
    let browser = told("VITRINE_WEBKIT").or_else(|| {
        // Libraries' own programs are on nobody's PATH.
        let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
        let versions = ["webkitgtk-6.0", "webkit2gtk-4.1"];
        folders
            .chain(["/usr/lib".into(), "/usr/libexec".into()])
            .flat_map(|folder| versions.map(|version| folder.join(version).join("MiniBrowser")))
            .find(|program| program.is_file())
    });
    let driver = told("VITRINE_WEBKITDRIVER").or_else(|| find("WebKitWebDriver"));
    browser.zip(driver).filter(|_| has("Xvfb")).ok_or_else(|| {
        "WebKit's MiniBrowser, WebKitWebDriver or Xvfb was not found (Debian: apt-get install webkit2gtk-driver xvfb); \
         VITRINE_WEBKIT and VITRINE_WEBKITDRIVER name the first two elsewhere"
            .to_owned()
    })
}

/// The accessibility checker: a script that tests run in pages. It is fetched by npm, once, and is
/// no part of this repository. Without it that test says that it was skipped.
pub(crate) fn axe() -> Option<PathBuf> {
    const PACKAGE: &str = "axe-core@4.14.1";
    if let Some(told) = told("VITRINE_AXE") {
        return Some(told);
    }
    let folder = target().join("tools/axe-core");
    let script = folder.join("package/axe.min.js");
    if script.is_file() {
        return Some(script);
    }
    let fetched = find("npm").is_some_and(|npm| {
        let in_folder = |program: &Path, args: &[&str]| {
            let mut command = Command::new(program);
            command.args(args).current_dir(&folder);
            said(command)
        };
        std::fs::create_dir_all(&folder).is_ok()
            && in_folder(&npm, &["pack", "--silent", PACKAGE])
                .and_then(|archive| in_folder(Path::new("tar"), &["-xzf", archive.lines().last()?]))
                .is_some()
    });
    if fetched && script.is_file() {
        return Some(script);
    }
    println!("{PACKAGE} can't be had by npm: pages are not checked for accessibility");
    None
}

/// PATH with cargo's own folder on it, where `cargo install` puts things.
pub(crate) fn path() -> Result<OsString> {
    let given = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&given).chain(cargo_bin());
    std::env::join_paths(folders).map_err(|error| format!("PATH: {error}"))
}

/// Whether a program is there.
pub(crate) fn has(program: &str) -> bool {
    find(program).is_some()
}

/// Whether this runs as root, where Chromium can't have its sandbox.
pub(crate) fn is_root() -> bool {
    let mut id = Command::new("id");
    id.arg("-u");
    cfg!(unix) && said(id).is_some_and(|id| id == "0")
}

/// A tool of exactly this version, installed if it isn't there.
fn cargo_tool(program: &str, package: &str, version: &str) -> Result<PathBuf> {
    let look = || find(program).filter(|path| version_of(path).as_deref() == Some(version));
    if let Some(path) = look() {
        return Ok(path);
    }
    println!("installing {package} {version}, once");
    let prebuilt = find("cargo-binstall").is_some_and(|_| {
        let name = format!("{package}@{version}");
        shown(cargo(&["binstall", "--no-confirm", "--locked", &name])).is_ok()
    });
    if !prebuilt {
        // Without optimisation it is built in a quarter of the time, and it is fast enough.
        let mut install = cargo(&["install", "--locked", package, "--version", version, "--profile", "dev"]);
        // Outside the folder of this workspace, whose compiler it need not share.
        install.current_dir(std::env::temp_dir()).env_remove("CARGO_TARGET_DIR");
        shown(install).map_err(|error| format!("{package} {version} can't be installed: {error}"))?;
    }
    look().ok_or_else(|| format!("{program} {version} was installed, but is not on PATH"))
}

fn browser_part(what: &str, look: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
    if let Some(path) = look() {
        return Ok(path);
    }
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
    if in_ci && is_root() && find("apt-get").is_some() {
        let apt = |args: &[&str]| {
            let mut command = Command::new("apt-get");
            command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
            shown(command)
        };
        apt(&["update", "--quiet"])?;
        apt(&["install", "--quiet", "--yes", "--no-install-recommends", "chromium", "chromium-driver"])?;
        if let Some(path) = look() {
            return Ok(path);
        }
    }
    Err(format!(
        "{what} was not found. Tests need Chromium and a chromedriver of the same version:\n  \
         Debian          sudo apt-get install chromium chromium-driver\n  \
         Ubuntu          sudo snap install chromium  (chromedriver is part of it)\n  \
         Fedora          sudo dnf install chromium chromedriver\n  \
         Arch            sudo pacman -S chromium\n  \
         macOS           brew install --cask chromium chromedriver\n  \
         Windows         winget install Google.Chrome Chromium.ChromeDriver\n\
         Elsewhere, or to choose among several: set CHROME and CHROMEDRIVER to the programs' paths."
    ))
}

/// The version of wasm-bindgen in the lock file.
fn wasm_bindgen_version() -> Result<String> {
    let lock =
        std::fs::read_to_string(root().join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    locked_version(&lock, "wasm-bindgen").ok_or_else(|| "Cargo.lock has no wasm-bindgen".to_owned())
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let (_, entry) = lock.split_once(&format!("name = \"{package}\"\n"))?;
    let line = entry.lines().next()?;
    Some(line.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

fn cargo_home() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

fn cargo_bin() -> Option<PathBuf> {
    cargo_home().map(|home| home.join("bin"))
}

/// The compiler's options that leave the folders of this machine out of what it compiles, where crates
/// were unpacked to: whatever is built of the same sources is the same everywhere, and shorter.
pub(crate) fn without_folders() -> String {
    let sources = cargo_home().map(|home| home.join("registry").join("src"));
    let entries = sources.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let options = entries.filter_map(|entry| {
        let folder = entry.path().to_str().filter(|path| !path.contains(char::is_whitespace))?.to_owned();
        Some(format!("--remap-path-prefix={folder}=crates"))
    });
    options.collect::<Vec<_>>().join(" ")
}

/// What a variable says where a program is.
fn told(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// A program on PATH or in cargo's own folder.
fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let path = path().ok()?;
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// The last word of what `--version` prints.
fn version_of(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("--version");
    let line = said(command)?;
    line.lines()
        .next()?
        .split(' ')
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

fn said(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{locked_version, wasm_bindgen_version};

    #[test]
    fn the_lock_file_names_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(locked_version(lock, "leptos"), None);
        assert!(wasm_bindgen_version().is_ok());
    }
}
