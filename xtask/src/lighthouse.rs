//! `cargo xtask bench lighthouse`: what Lighthouse says of the start page and of a link to a table, on a phone and on
//! a desktop. It comes from npm, and nothing of it ships.

use crate::run::{root, shown, target};
use crate::serve::on_hub;
use crate::{Result, tools};
use hub::{App, AppConfig, Config, Hub};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const PACKAGE: &str = "lighthouse@12.8.2";

/// How often each page is looked at; the medians count.
const RUNS: usize = 3;

/// As hosts compress what lies there for long.
const BROTLI_QUALITY: u8 = 11;

/// What is looked at, and the performance that it should have on a phone.
const PAGES: &[(&str, &str, u32)] = &[("start page", "", 95), ("a table", "table=diffusiondb-2m", 90)];

/// What Lighthouse judges, by its names and ours.
const CATEGORIES: &[(&str, &str)] = &[
    ("performance", "performance"),
    ("accessibility", "accessibility"),
    ("best-practices", "best practices"),
    ("seo", "SEO"),
];

/// Times of the report, in milliseconds.
const TIMES: &[(&str, &str)] = &[
    ("first-contentful-paint", "first paint, ms"),
    ("largest-contentful-paint", "largest paint, ms"),
    ("total-blocking-time", "blocking, ms"),
];

/// Looks at the built app in `dist`, and writes its section of `benches/RESULTS.md`.
pub(crate) fn measure(dist: &Path) -> Result<()> {
    let program = install()?;
    let hub = Hub::start(Config::default()).map_err(|error| format!("the stand-in Hub: {error}"))?;
    on_hub(&hub, None)?;
    let config = AppConfig { brotli_quality: BROTLI_QUALITY, ..AppConfig::new(dist) };
    let app = App::start(config).map_err(|error| format!("the app in {}: {error}", dist.display()))?;
    let heads: Vec<&str> = CATEGORIES.iter().chain(TIMES).map(|(_, name)| *name).collect();
    let mut table = format!("| page | on | {} | target |\n|---|---|", heads.join(" | "));
    table.extend(heads.iter().map(|_| "--:|"));
    table.push_str("--:|\n");
    for (page, query, wanted) in PAGES {
        for device in ["phone", "desktop"] {
            let end = if query.is_empty() {
                String::new()
            } else {
                format!("?{query}&endpoint={}", hub.endpoint())
            };
            let address = format!("{}{end}", app.url());
            // Once before, so that every file is compressed.
            let mut reports = Vec::new();
            for run in 0..=RUNS {
                let report = look(&program, &address, device)?;
                if run > 0 {
                    reports.push(report);
                }
            }
            let scores = CATEGORIES.iter().map(|(id, _)| {
                median(&reports, |report| {
                    report.pointer(&format!("/categories/{id}/score"))?.as_f64().map(|score| score * 100.0)
                })
            });
            let times = TIMES.iter().map(|(id, _)| {
                median(&reports, |report| report.pointer(&format!("/audits/{id}/numericValue"))?.as_f64())
            });
            let cells: Vec<String> = scores.chain(times).collect();
            let target = if device == "phone" { wanted.to_string() } else { String::new() };
            let line = format!("| {page} | {device} | {} | {target} |\n", cells.join(" | "));
            print!("{line}");
            table.push_str(&line);
        }
    }
    write_section(
        "Lighthouse",
        &format!(
            "{PACKAGE} with its default throttling, medians of {RUNS}. The other three should be 100 everywhere. It works the times \
         out for a slow line from a visit without one, and counts what a busy machine blocks.\n\n{table}"
        ),
    )
}

fn median(reports: &[Value], of: impl Fn(&Value) -> Option<f64>) -> String {
    let mut values: Vec<f64> = reports.iter().filter_map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"))
}

/// One report.
fn look(program: &Path, address: &str, device: &str) -> Result<Value> {
    let report = target().join("tools/lighthouse/report.json");
    let only: Vec<&str> = CATEGORIES.iter().map(|(id, _)| *id).collect();
    let sandbox = if tools::is_root() { " --no-sandbox" } else { "" };
    let mut command = Command::new(program);
    command
        .arg(address)
        .args(["--quiet", "--output=json", "--max-wait-for-load=90000"])
        .arg(format!("--only-categories={}", only.join(",")))
        .arg(format!("--chrome-flags=--headless=new{sandbox}"))
        .arg(format!("--output-path={}", report.display()))
        .env("CHROME_PATH", tools::chromium()?);
    if device == "desktop" {
        command.arg("--preset=desktop");
    }
    shown(command)?;
    let text = fs::read_to_string(&report).map_err(|error| format!("{}: {error}", report.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", report.display()))
}

/// The program, which npm fetches once.
fn install() -> Result<std::path::PathBuf> {
    let folder = target().join("tools/lighthouse");
    let program = folder.join("node_modules/.bin/lighthouse");
    if program.exists() {
        return Ok(program);
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut install = Command::new("npm");
    install
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix"])
        .arg(&folder)
        .arg(PACKAGE);
    shown(install).map_err(|error| format!("{PACKAGE} can't be fetched: {error}"))?;
    Ok(program)
}

/// Puts a section into the results, in the place of the one with the same title.
fn write_section(title: &str, body: &str) -> Result<()> {
    let path = root().join("benches/RESULTS.md");
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let before = fs::read_to_string(&path).map_err(told)?;
    fs::write(&path, with_section(&before, title, body)).map_err(told)
}

fn with_section(report: &str, title: &str, body: &str) -> String {
    let mut sections: Vec<&str> = report.split("\n## ").collect();
    let section = format!("{title}\n\n{}\n", body.trim());
    match sections.iter_mut().skip(1).find(|old| old.lines().next() == Some(title)) {
        Some(old) => *old = &section,
        None => sections.push(&section),
    }
    let sections: Vec<&str> = sections.into_iter().map(str::trim_end).collect();
    sections.join("\n\n## ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::with_section;

    #[test]
    fn a_section_takes_the_place_of_the_one_with_its_title() {
        let report = "# Measured\n\n## One\n\na\n\n## Two\n\nb\n";
        assert_eq!(with_section(report, "One", "c"), "# Measured\n\n## One\n\nc\n\n## Two\n\nb\n");
        let three = with_section(report, "Three", "d");
        assert_eq!(three, format!("{report}\n## Three\n\nd\n"));
    }
}
