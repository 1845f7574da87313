//! `cargo xtask bench`: the figures of `benches/RESULTS.md`, and with `--peers` those of
//! `benches/PEERS.md`. With `--lighthouse` nothing but what Lighthouse says.

use crate::args::Args;
use crate::build::{self, Profile};
use crate::run::{cargo, fixture, shown, target};
use crate::{Result, lighthouse, peers, tools};
use std::fs;

/// The tables that are measured: file, rows.
const TABLES: &[(&str, &str)] =
    &[("diffusiondb-2m.parquet", "2000000"), ("diffusiondb-large.parquet", "14000000")];

/// Builds what ships, writes the tables that are missing, and measures.
pub(crate) fn command(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let against = if args.flag("--peers") { Some(peers::build()?) } else { None };
    let only_lighthouse = args.flag("--lighthouse");
    args.finish()?;
    let dist = target().join("bench-dist");
    if only_lighthouse {
        build::build(Profile::Release, &dist)?;
        return lighthouse::measure(&dist);
    }
    let folder = std::env::var_os("VITRINE_FIXTURES").map_or_else(|| target().join("fixtures"), Into::into);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (name, rows) in TABLES {
        let path = folder.join(name);
        if !path.exists() {
            println!("writing {}", path.display());
            let path = path.display().to_string();
            let args = ["--table", "diffusiondb", "--rows", rows, "--seed", "1", "--out", &path];
            fixture(&args.map(str::to_owned))?;
        }
    }
    build::build(Profile::Release, &dist)?;
    let mut command = cargo(&["test", "--locked", "--package", "vitrine", "--test", "browser"]);
    command
        .args(["--", "--ignored", "--exact", "--nocapture"])
        .env("VITRINE_DIST", &dist)
        .env("VITRINE_FIXTURES", &folder)
        .env("VITRINE_CHROMIUM", tools::chromium()?)
        .env("VITRINE_CHROMEDRIVER", tools::chromedriver()?);
    let peers = against.is_some();
    match against {
        Some(pages) => command.arg("peers::peers").env("VITRINE_PEERS", pages),
        // One after another, so that none is measured while another runs.
        None => command.args(["--test-threads=1", "measure::measure", "measure_ahead::ahead"]),
    };
    shown(command)?;
    if peers { Ok(()) } else { lighthouse::measure(&dist) }
}
