//! `cargo xtask test --only deny`: what is linked may be linked, and comes from where it should.
//!
//! cargo-deny does it where it is installed, by `deny.toml`. It takes long to build, so nothing
//! installs it by itself: without it, the licences and sources in that file are held against what
//! cargo says of the lock file, here.

use crate::Result;
use crate::run::{cargo, root};
use std::collections::BTreeSet;
use std::fs;

/// What is wrong, one line each.
pub(crate) fn problems() -> Result<Vec<String>> {
    let rules = read("deny.toml")?;
    let allowed = quoted(&rules, "allow = [", "]")?;
    let excepted = quoted(&rules, "exceptions = [", "]\n")?;
    let sources = quoted(&rules, "allow-registry = [", "]")?;
    let mut problems = BTreeSet::new();
    for line in packages()?.lines() {
        let Some((package, licence)) = line.split_once(" | ") else { continue };
        // cargo marks what it has listed before.
        let licence = licence.trim_end_matches(" (*)");
        let name = package.split(' ').next().unwrap_or(package);
        let fine = licence_allowed(licence, &allowed)
            || excepted.iter().any(|known| known == name) && licence_allowed(licence, &excepted);
        if !fine {
            problems.insert(format!("{package}: {licence:?} is not among the licences of deny.toml"));
        }
    }
    for line in read("Cargo.lock")?.lines() {
        if let Some(source) = line.strip_prefix("source = ") {
            let source = source.trim_matches('"').trim_start_matches("registry+");
            if !sources.iter().any(|known| known == source) {
                problems.insert(format!("{source} is not among the sources of deny.toml"));
            }
        }
    }
    Ok(problems.into_iter().collect())
}

/// Every package of the workspace's graph for every target, with its licence.
fn packages() -> Result<String> {
    let mut command = cargo(&["tree", "--locked", "--workspace", "--target", "all", "--edges", "all"]);
    command.args(["--prefix", "none", "--format", "{p} | {l}"]);
    let output = command.output().map_err(|error| format!("cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn read(file: &str) -> Result<String> {
    fs::read_to_string(root().join(file)).map_err(|error| format!("{file}: {error}"))
}

/// The strings in quotes between two marks.
fn quoted(text: &str, from: &str, to: &str) -> Result<Vec<String>> {
    let (_, rest) = text.split_once(from).ok_or_else(|| format!("deny.toml has no {from:?}"))?;
    let (list, _) = rest.split_once(to).ok_or_else(|| format!("deny.toml: {from:?} has no end"))?;
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// Whether an SPDX expression can be met with these licences: one side of `OR` (which old packages
/// write as a slash), both of `AND`.
fn licence_allowed(expression: &str, allowed: &[String]) -> bool {
    let text = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, allowed) && rest.is_empty()
}

fn either(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = both(rest, allowed);
    while let Some(("OR", after)) = rest.split_first().map(|(word, after)| (*word, after)) {
        *rest = after;
        met |= both(rest, allowed);
    }
    met
}

fn both(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = one(rest, allowed);
    while let Some(("AND", after)) = rest.split_first().map(|(word, after)| (*word, after)) {
        *rest = after;
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &[String]) -> bool {
    let Some((word, after)) = rest.split_first() else { return false };
    *rest = after;
    if *word == "(" {
        let met = either(rest, allowed);
        if let Some((_, after)) = rest.split_first() {
            *rest = after;
        }
        return met;
    }
    let mut licence = (*word).to_owned();
    if let [with, exception, after @ ..] = *rest
        && *with == "WITH"
    {
        licence = format!("{licence} WITH {exception}");
        *rest = after;
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    use super::{licence_allowed, quoted};

    #[test]
    fn expressions_are_met_or_not() {
        let allowed = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("Apache-2.0 OR MIT", true),
            ("Apache-2.0/MIT", true),
            ("Apache-2.0 AND MIT", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-2.0", false),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0", true),
            ("", false),
        ] {
            assert_eq!(licence_allowed(expression, &allowed), met, "{expression}");
        }
    }

    #[test]
    fn lists_are_found() {
        let list = quoted("x\nallow = [\n \"MIT\", # why\n \"0BSD\",\n]\n", "allow = [", "]").unwrap();
        assert_eq!(list, ["MIT", "0BSD"]);
    }
}
