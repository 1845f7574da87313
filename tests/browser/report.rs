//! `benches/RESULTS.md`, a section at a time: whoever measures a thing rewrites what is said of it,
//! and leaves the rest as it was measured before.

use std::path::{Path, PathBuf};

const HEAD: &str = "# Measured\n\nWritten by `cargo xtask bench` in headless Chromium over real HTTP against the \
    stand-in Hub. \"Shaped\" is 50 Mbit/s and 60 ms a request, shared by data and code. Where nothing else is said, the 2M \
    and the 14M table have one row group, snappy, and no page index. `cargo xtask bench PART` measures a section alone.\n";

/// Puts a section into the report, in the place of the one of the same title if there is one.
pub(crate) fn write_section(title: &str, body: &str) {
    let path = path();
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let section = format!("## {title}\n\n{}\n\n{}\n", body.trim(), stamp());
    std::fs::write(&path, with_section(&before, title, &section)).unwrap();
    println!("{section}");
}

/// When, where and of what state this was measured.
pub(crate) fn stamp() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{} on {cores} cores, {}, commit {}.",
        output("date", &["-u", "+%Y-%m-%d"]),
        std::env::consts::ARCH,
        output("git", &["rev-parse", "--short", "HEAD"]),
    )
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/RESULTS.md")
}

fn with_section(report: &str, title: &str, section: &str) -> String {
    let mut sections: Vec<&str> = report.split("\n## ").skip(1).collect();
    let fresh = section.trim_start_matches("## ");
    match sections.iter_mut().find(|old| old.lines().next() == Some(title)) {
        Some(old) => *old = fresh,
        None => sections.push(fresh),
    }
    let mut written = HEAD.to_owned();
    for section in sections {
        written += "\n## ";
        written += section.trim_end();
        written += "\n";
    }
    written
}

fn output(program: &str, args: &[&str]) -> String {
    let output = std::process::Command::new(program).args(args).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

#[test]
fn a_section_takes_the_place_of_its_elder() {
    let report = "# Measured\n\nold head\n\n## One\n\na\n\n## Two\n\nb\n";
    let told = with_section(report, "One", "## One\n\nc\n");
    assert_eq!(told, format!("{HEAD}\n## One\n\nc\n\n## Two\n\nb\n"));
    let told = with_section(&told, "Three", "## Three\n\nd\n");
    assert_eq!(told, format!("{HEAD}\n## One\n\nc\n\n## Two\n\nb\n\n## Three\n\nd\n"));
}
