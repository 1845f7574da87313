//! `cargo xtask bench`: the figures of `benches/RESULTS.md`, all of them or some parts by name, and with `peers` those
//! of `benches/PEERS.md`.

use crate::args::Args;
use crate::build::{self, Profile};
use crate::run::{cargo, shown, target};
use crate::{Result, lighthouse, peers, tables, tools};

/// What is measured by tests of the browser, by name.
const TESTS: &[(&str, &str)] = &[
    ("openings", "openings::openings"),
    ("code", "measure::code"),
    ("brushes", "measure::brushes"),
    ("asks", "measure_asks::asks"),
    ("ahead", "measure_ahead::sidecars"),
    ("files", "measure_ahead::shards"),
    (PEERS, "peers::peers"),
];

/// Takes as long as all the others, and is measured only where it is named.
const PEERS: &str = "peers";

/// Measured by a program of its own.
const LIGHTHOUSE: &str = "lighthouse";

/// `cargo xtask bench [PART…] [--runs N] [--no-build]`: builds what ships, writes the tables that are missing, and
/// measures.
pub(crate) fn command(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let runs = args.value("--runs")?;
    let as_built = args.flag("--no-build");
    let known = TESTS.iter().map(|(part, _)| *part).chain([LIGHTHOUSE]);
    let named: Vec<&str> = known.filter(|part| args.flag(part)).collect();
    args.finish()?;
    let wanted = |part: &str| if named.is_empty() { part != PEERS } else { named.contains(&part) };

    let dist = target().join("bench-dist");
    if !as_built {
        build::build(Profile::Release, &dist)?;
    }
    let tests: Vec<&str> = TESTS.iter().filter(|(part, _)| wanted(part)).map(|(_, test)| *test).collect();
    if !tests.is_empty() {
        let left_out = tables::write_all()?;
        for layout in &left_out {
            println!("left out: {layout}");
        }
        // The whole workspace, as its tests are built.
        let mut command = cargo(&["test", "--locked", "--workspace", "--test", "browser"]);
        command
            // One after another, so that none is measured while another runs.
            .args(["--", "--ignored", "--exact", "--nocapture", "--test-threads=1"])
            .args(tests)
            .env("VITRINE_DIST", &dist)
            .env("VITRINE_FIXTURES", tables::folder())
            .env("VITRINE_LEFT_OUT", left_out.join("; "))
            .env("VITRINE_CHROMIUM", tools::chromium()?)
            .env("VITRINE_CHROMEDRIVER", tools::chromedriver()?);
        if wanted(PEERS) {
            command.env("VITRINE_PEERS", peers::build()?);
        }
        if let Some(runs) = runs {
            command.env("VITRINE_RUNS", runs);
        }
        shown(command)?;
    }
    if wanted(LIGHTHOUSE) { lighthouse::measure(&dist) } else { Ok(()) }
}
