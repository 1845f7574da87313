//! `cargo xtask test`: everything that has to hold, and a count at the end.

use crate::args::Args;
use crate::build::{self, Profile};
use crate::run::{Limit, Outcome, captured, cargo, root, target};
use crate::tally::{Tally, troubled};
use crate::{Result, tools};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
/// Long enough to build every dependency on a slow, busy machine.
const BUILD_LIMIT: Limit = Limit { total: MINUTE.saturating_mul(60), silence: MINUTE.saturating_mul(60) };
/// Every test of a kind on such a machine; each of them ends within a few minutes.
const RUN_LIMIT: Limit = Limit { total: MINUTE.saturating_mul(50), silence: MINUTE.saturating_mul(12) };
/// For what only reads the sources.
const READ_LIMIT: Limit = Limit { total: MINUTE.saturating_mul(2), silence: MINUTE.saturating_mul(2) };

/// What to expect, as it was measured.
const HOW_LONG: &str = "All of it takes about 40 minutes on two cores, the first time in a folder about 70, and \
                        half as long again where the tools are not installed. Each step says what it came to.";

/// A step by name, and what does it.
type Step = (&'static str, fn() -> Result<Report>);

const STEPS: &[Step] = &[
    ("fmt", format),
    ("deny", deny),
    ("clippy", clippy),
    ("native", native),
    ("wasm", wasm),
    ("browser", browser),
];

/// What a step came to.
struct Report {
    tally: Tally,
    output: String,
}

/// `cargo xtask test [--only STEP]`
pub(crate) fn command(args: Vec<String>) -> ExitCode {
    let steps = match chosen(args) {
        Ok(steps) => steps,
        Err(message) => {
            println!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    if steps.len() > 1 {
        println!("{HOW_LONG}");
    }
    let mut lines = Vec::new();
    let mut all = Tally::default();
    for (name, step) in steps {
        let start = Instant::now();
        println!("== {name}");
        let Report { tally, output } = step().unwrap_or_else(|message| Report {
            tally: Tally::one(false),
            output: format!("error: {message}\n"),
        });
        let seconds = start.elapsed().as_secs();
        if tally.failed > 0 {
            println!("{output}");
        }
        let Tally { passed, failed } = tally;
        let line = format!("{name:<10} {passed:>6} passed {failed:>6} failed {seconds:>6} s");
        println!("{line}");
        lines.push(line);
        if tally.failed > 0 {
            lines.extend(troubled(&output).into_iter().map(|test| format!("           {test}")));
        }
        all += tally;
    }
    println!("\n{}\n", lines.join("\n"));
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn chosen(args: Vec<String>) -> Result<Vec<Step>> {
    let mut args = Args::new(args);
    let only = args.value("--only")?;
    args.finish()?;
    let steps: Vec<Step> =
        STEPS.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)).copied().collect();
    if steps.is_empty() {
        let names: Vec<_> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no such step; there are {}", names.join(", ")));
    }
    Ok(steps)
}

fn format() -> Result<Report> {
    Ok(checks(vec![(cargo(&["fmt", "--all", "--check"]), READ_LIMIT)]))
}

/// Licences, sources and banned packages, by `deny.toml`. Advisories need a network, and are left out.
fn deny() -> Result<Report> {
    tools::cargo_deny()?;
    let check = ["deny", "--offline", "--locked", "--workspace", "check", "licenses", "bans", "sources"];
    let mut check = cargo(&check);
    // Cargo finds its subcommands on PATH.
    check.env("PATH", tools::path()?);
    // On a fresh clone nothing is downloaded yet; with everything there, this asks for nothing.
    Ok(checks(vec![(cargo(&["fetch", "--quiet", "--locked"]), BUILD_LIMIT), (check, READ_LIMIT)]))
}

fn clippy() -> Result<Report> {
    tools::wasm_target()?;
    let lint = |args: &[&str]| {
        let mut command = cargo(&["clippy", "--quiet", "--locked"]);
        command.args(args).args(["--", "--deny", "warnings"]);
        (command, BUILD_LIMIT)
    };
    Ok(checks(vec![
        // The last one is left out of all targets, because it needs the built app to run.
        lint(&["--workspace", "--all-targets", "--test", "browser"]),
        lint(&[
            "--package",
            "vitrine",
            "--lib",
            "--bins",
            "--test",
            "wasm",
            "--target",
            "wasm32-unknown-unknown",
        ]),
    ]))
}

fn native() -> Result<Report> {
    Ok(tests(vec![
        (cargo(&["test", "--quiet", "--locked", "--workspace", "--no-run"]), BUILD_LIMIT),
        (cargo(&["test", "--locked", "--workspace", "--no-fail-fast"]), RUN_LIMIT),
    ]))
}

fn wasm() -> Result<Report> {
    tools::wasm_target()?;
    let runner = tools::wasm_test_runner()?;
    let chromedriver = tools::chromedriver()?;
    webdriver_settings(&tools::chromium()?)?;
    let test = |args: &[&str], limit| {
        let mut command = cargo(&["test", "--locked", "--package", "vitrine", "--test", "wasm"]);
        command
            .args(["--target", "wasm32-unknown-unknown", "--profile", "wasm-test"])
            .args(args)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
            .env("CHROMEDRIVER", &chromedriver)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
        (command, limit)
    };
    Ok(tests(vec![test(&["--no-run"], BUILD_LIMIT), test(&[], RUN_LIMIT)]))
}

fn browser() -> Result<Report> {
    // All in another browser, where that is asked for; otherwise Firefox's own short test, where it is there.
    let asked = std::env::var("VITRINE_BROWSER").unwrap_or_default();
    let in_firefox =
        |(firefox, geckodriver)| vec![("VITRINE_FIREFOX", firefox), ("VITRINE_GECKODRIVER", geckodriver)];
    let programs = match asked.as_str() {
        "firefox" => tools::firefox().map(in_firefox)?,
        "webkit" => {
            let (webkit, driver) = tools::webkit()?;
            vec![("VITRINE_WEBKIT", webkit), ("VITRINE_WEBKITDRIVER", driver)]
        }
        "" | "chromium" => {
            let mut programs = tools::firefox().map(in_firefox).unwrap_or_default();
            programs.push(("VITRINE_CHROMIUM", tools::chromium()?));
            programs.push(("VITRINE_CHROMEDRIVER", tools::chromedriver()?));
            programs.extend(tools::axe().map(|axe| ("VITRINE_AXE", axe)));
            programs
        }
        other => return Err(format!("VITRINE_BROWSER is chromium, firefox or webkit, not {other:?}")),
    };
    let dist = target().join("browser-dist");
    let built = captured(build::trunk(Profile::Fast, &dist)?, BUILD_LIMIT);
    if !built.ok {
        return Ok(Report { tally: Tally::one(false), output: built.output });
    }
    build::finish(Profile::Fast, &dist)?;
    let test = |args: &[&str], limit| {
        // The whole workspace, so that what it needs is what the step before has built.
        let mut command = cargo(&["test", "--locked", "--workspace", "--test", "browser"]);
        command.args(args).env("VITRINE_DIST", &dist).envs(programs.iter().cloned());
        (command, limit)
    };
    Ok(tests(vec![test(&["--no-run"], BUILD_LIMIT), test(&["--no-fail-fast"], RUN_LIMIT)]))
}

/// Commands that pass or fail as one.
fn checks(commands: Vec<(Command, Limit)>) -> Report {
    let Outcome { ok, output } = all(commands);
    Report { tally: Tally::one(ok), output }
}

/// Commands that count what they do.
fn tests(commands: Vec<(Command, Limit)>) -> Report {
    let Outcome { ok, output } = all(commands);
    Report { tally: Tally::of_tests(&output, ok), output }
}

/// Runs commands one after another, up to the first that fails.
fn all(commands: Vec<(Command, Limit)>) -> Outcome {
    let mut all = Outcome { ok: true, output: String::new() };
    for (command, limit) in commands {
        let Outcome { ok, output } = captured(command, limit);
        all.output.push_str(&output);
        if !ok {
            all.ok = false;
            break;
        }
    }
    all
}

/// Tells the runner of wasm tests which browser to start, and how. It looks beside Cargo.toml.
fn webdriver_settings(chromium: &Path) -> Result<()> {
    let mut args = vec![
        "--headless=new",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
    ];
    args.extend(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    if tools::is_root() {
        args.push("--no-sandbox");
    }
    let args: Vec<_> = args.iter().map(|arg| format!("\"{arg}\"")).collect();
    // A path may hold backslashes, which JSON reads as something else.
    let binary = chromium.display().to_string().replace('\\', "\\\\");
    let text = format!(
        "{{ \"goog:chromeOptions\": {{ \"binary\": \"{binary}\", \"args\": [{}] }} }}\n",
        args.join(", ")
    );
    let path = root().join("webdriver.json");
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}
