//! What `cargo xtask bench peers` measures against: other readers of parquet, from npm, in pages
//! of their own. They are built into the target folder, and nothing of them ships.

use crate::Result;
use crate::run::{root, shown, target};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The peers by the names of their pages.
const PEERS: &[&str] = &["hyparquet", "parquet-wasm", "duckdb"];

/// What a peer fetches beside its script: where npm puts it, and its name beside the page.
const FETCHED: &[(&str, &str)] = &[
    ("parquet-wasm/esm/parquet_wasm_bg.wasm", "parquet_wasm_bg.wasm"),
    ("@duckdb/duckdb-wasm/dist/duckdb-eh.wasm", "duckdb.wasm"),
    ("@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js", "duckdb-worker.js"),
];

/// Builds the peers' pages, and says where they are.
pub(crate) fn build() -> Result<PathBuf> {
    if !tools::has("npm") {
        return Err("the peers come from npm, which was not found: install Node.js 20 or newer".to_owned());
    }
    let folder = target().join("peers");
    let pages = folder.join("pages");
    fs::create_dir_all(&pages).map_err(|error| told(&pages, &error))?;
    let sources = root().join("benches/peers");
    for entry in fs::read_dir(&sources).map_err(|error| told(&sources, &error))?.flatten() {
        copy(&entry.path(), &folder.join(entry.file_name()))?;
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder);
    shown(install).map_err(|error| format!("the peers can't be fetched: {error}"))?;
    let mut bundle = Command::new(folder.join("node_modules/.bin/esbuild"));
    bundle
        .args(PEERS.iter().map(|peer| format!("{peer}.js")))
        .args(["--bundle", "--minify", "--format=esm", "--log-level=warning", "--outdir=pages"])
        .current_dir(&folder);
    shown(bundle)?;
    for (from, to) in FETCHED {
        copy(&folder.join("node_modules").join(from), &pages.join(to))?;
    }
    let page = sources.join("page.html");
    let page = fs::read_to_string(&page).map_err(|error| told(&page, &error))?;
    for peer in PEERS {
        let path = pages.join(format!("{peer}.html"));
        fs::write(&path, page.replace("PEER", peer)).map_err(|error| told(&path, &error))?;
    }
    Ok(pages)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).map_err(|error| told(from, &error))
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
