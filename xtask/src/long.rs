//! `cargo xtask chaos` and `cargo xtask soak`: browser tests that take too long for every run.

use crate::args::Args;
use crate::build::{self, Profile};
use crate::run::{cargo, shown, target};
use crate::{Result, tables, tools};
use std::process::Command;

/// `cargo xtask chaos [--from N] [--count N]`
pub(crate) fn chaos(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let (from, count) = (args.value("--from")?, args.value("--count")?);
    args.finish()?;
    let mut command = test("two_hundred_random_scripts")?;
    for (name, value) in [("VITRINE_CHAOS_FROM", from), ("VITRINE_CHAOS_COUNT", count)] {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    shown(command)
}

/// `cargo xtask soak [--minutes N]`
pub(crate) fn soak(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let minutes = args.value("--minutes")?.unwrap_or_else(|| "30".to_owned());
    args.finish()?;
    let table = tables::write(&tables::TWO_MILLION)?;
    let mut command = test("hours_of_use_leave_nothing_behind")?;
    command.env("VITRINE_SOAK_MINUTES", minutes).env("VITRINE_SOAK_TABLE", table);
    shown(command)
}

/// One browser test that others leave out, on the app as it is.
fn test(name: &str) -> Result<Command> {
    let dist = target().join("browser-dist");
    build::build(Profile::Fast, &dist)?;
    let mut command = cargo(&["test", "--locked", "--workspace", "--test", "browser", "--"]);
    command
        .args(["--ignored", "--nocapture", name])
        .env("VITRINE_DIST", &dist)
        .env("VITRINE_CHROMIUM", tools::chromium()?)
        .env("VITRINE_CHROMEDRIVER", tools::chromedriver()?);
    Ok(command)
}
