//! Proves from the sources that imports point down: every module uses only modules of its own floor
//! and of lower ones, the floors below the shells never name the browser, and the page and the
//! worker keep out of each other's parts.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The floors, the lowest first: folders of `src`. A folder that is not listed here fails the test.
const FLOORS: &[&[&str]] =
    &[&["base"], &["formats"], &["view"], &["table"], &["protocol"], &["engine"], &["shell", "ui"]];

/// The first floor that may name the browser.
const SHELLS: usize = 6;

/// Crates that are the browser, and parts of the standard library that a browser does not have.
const BROWSER: &[&str] =
    &["web_sys", "js_sys", "leptos", "wasm_bindgen", "wasm_bindgen_futures", "serde_wasm_bindgen"];
const MACHINE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "thread"],
    &["std", "process"],
    &["std", "env"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
];

/// Who must not name what, whatever the floors say: the first path of the file's place, and modules.
const APART: &[(&str, &[&str])] = &[
    ("ui", &["parquet", "zip", "picture", "shell", "engine"]),
    ("page", &["parquet", "zip", "shell", "engine"]),
    ("worker", &["leptos", "ui"]),
    ("engine", &["ui"]),
    ("shell", &["leptos", "ui"]),
];

#[test]
fn imports_point_down_the_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 10, "the sources are not where they should be");
    let mut found = Vec::new();
    for file in files {
        let place = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        found.extend(violations(&place, &fs::read_to_string(&file).unwrap()));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_planted_violation_is_caught() {
    for (place, source, told) in [
        ("bytes.rs", "use crate::spec::Spec;", "bytes.rs: a module of floor 0 uses `spec` of floor 2"),
        (
            "parquet/plan.rs",
            "use crate::{error::Result, filter};",
            "parquet/plan.rs: a module of floor 1 uses `filter` of floor 2",
        ),
        (
            "parquet/a/b.rs",
            "use super::super::super::ui;",
            "parquet/a/b.rs: a module of floor 1 uses `ui` of floor 4",
        ),
        ("spec.rs", "use super::{ids, url as link};", "spec.rs: a module of floor 2 uses `url` of floor 3"),
        (
            "url/mod.rs",
            "fn f() { crate::net::get() }",
            "url/mod.rs: a module of floor 3 uses `net` of floor 4",
        ),
        (
            "zip.rs",
            "mod inner { use super::super::engine::Engine; }",
            "zip.rs: a module of floor 1 uses `engine` of floor 3",
        ),
        ("engine.rs", "fn f() { web_sys::window(); }", "engine.rs: `web_sys` is named below the shells"),
        (
            "select.rs",
            "use std::{fmt, time::{Duration, Instant}};",
            "select.rs: `std::time::Instant` is named below the shells",
        ),
        (
            "ui/table.rs",
            "use crate::net::fetch;",
            "ui/table.rs: `net` is named, which is not this part's business",
        ),
        ("ui.rs", "use parquet::file;", "ui.rs: `parquet` is named, which is not this part's business"),
        (
            "bin/worker.rs",
            "use vitrine::ui;",
            "bin/worker.rs: `ui` is named, which is not this part's business",
        ),
        (
            "bin/worker.rs",
            "use leptos::prelude::*;",
            "bin/worker.rs: `leptos` is named, which is not this part's business",
        ),
        (
            "main.rs",
            "fn main() { vitrine::engine::run() }",
            "main.rs: `engine` is named, which is not this part's business",
        ),
        ("news.rs", "", "news.rs: no floor has a module `news`: list it in tests/floors.rs"),
        (
            "ids.rs",
            "use crate::gossip;",
            "ids.rs: no floor has a module `gossip`: list it in tests/floors.rs",
        ),
    ] {
        assert_eq!(violations(place, source), [told], "{place}: {source}");
    }
}

#[test]
fn what_is_allowed_passes() {
    for (place, source) in [
        (
            "parquet/plan.rs",
            "use crate::bytes::ByteRange; use super::meta; use self::inner::x; fn f<'a>(x: &'a str) {}",
        ),
        (
            "ids.rs",
            "// crate::ui\n/* crate::ui /* web_sys */ */ const S: &str = \"crate::ui\"; const R: &str = r#\"crate::ui \" \"#;",
        ),
        ("ids.rs", "const C: char = '\"'; const D: char = '\\''; /// [`crate::ui`]\nstruct X;"),
        ("ids.rs", "struct X; #[cfg(test)]\nmod tests { use crate::ui; use std::fs; }"),
        ("ids.rs", "#[cfg(all(test, not(target_arch = \"wasm32\")))]\nmod tests;"),
        ("url/tests.rs", "use std::fs;"),
        (
            "ui/store.rs",
            "use crate::{protocol::Request, spec::Spec}; use leptos::prelude::*; let net = 1; x.engine(net);",
        ),
        ("bin/worker.rs", "use vitrine::{engine, net, parquet::plan}; use web_sys::Worker;"),
        ("lib.rs", "pub mod bytes; #[cfg(target_arch = \"wasm32\")] pub mod ui;"),
    ] {
        assert_eq!(violations(place, source), [""; 0], "{place}: {source}");
    }
}

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What is wrong in one file; `place` is its path below `src`.
fn violations(place: &str, source: &str) -> Vec<String> {
    let module = module_path(place);
    // A module of tests may use what it likes.
    if module.last().is_some_and(|last| last == "tests") {
        return Vec::new();
    }
    let own = module.first().map(String::as_str).unwrap_or_default();
    let is_root = matches!(own, "" | "page" | "worker" | "vitrine-index" | "vitrine-catalog");
    let own_floor = FLOORS.iter().position(|floor| floor.contains(&own));
    let mut found = BTreeSet::new();
    if own_floor.is_none() && !is_root {
        found.insert(format!("no floor has a module `{own}`: list it in tests/floors.rs"));
    }
    let apart = APART.iter().find(|(name, _)| *name == own).map_or(&[][..], |(_, apart)| apart);
    for Used { path, ours } in uses(&source_tokens(source), &module) {
        let first = path[0].as_str();
        if apart.contains(&first) {
            found.insert(format!("`{first}` is named, which is not this part's business"));
            continue;
        }
        let Some(own_floor) = own_floor else { continue };
        if ours {
            match FLOORS.iter().position(|floor| floor.contains(&first)) {
                Some(floor) if floor > own_floor => {
                    found.insert(format!("a module of floor {own_floor} uses `{first}` of floor {floor}"));
                }
                Some(_) => {}
                None => {
                    found.insert(format!("no floor has a module `{first}`: list it in tests/floors.rs"));
                }
            }
        } else if own_floor < SHELLS {
            let named = if BROWSER.contains(&first) {
                Some(first.to_owned())
            } else {
                MACHINE
                    .iter()
                    .find(|machine| path.starts_with(&strings(machine)))
                    .map(|machine| machine.join("::"))
            };
            found.extend(named.map(|named| format!("`{named}` is named below the shells")));
        }
    }
    found.into_iter().map(|what| format!("{place}: {what}")).collect()
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// `parquet/plan.rs` is `parquet::plan`; the roots are `page`, `worker` and the empty path.
fn module_path(place: &str) -> Vec<String> {
    let place = place.strip_suffix(".rs").unwrap_or(place);
    let place = place.strip_prefix("bin/").unwrap_or(place);
    let place = place.strip_suffix("/mod").unwrap_or(place);
    if place == "lib" { Vec::new() } else { place.split('/').map(str::to_owned).collect() }
}

/// A path somewhere in a file.
struct Used {
    /// Its words, resolved to the crate's root where it is ours.
    path: Vec<String>,
    /// Whether it leads to a module of this crate.
    ours: bool,
}

/// All paths of two words or more, and those in `use` trees.
fn uses(tokens: &[Token], module: &[String]) -> Vec<Used> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    // Modules written inside the file, with the depth of braces they began at.
    let mut inner: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = depth.saturating_sub(1);
                inner.retain(|(begun, _)| *begun < depth + 1);
            }
            Token::Word(word) if word == "mod" => {
                if let (Some(Token::Word(name)), Some(Token::Mark('{'))) =
                    (tokens.get(at + 1), tokens.get(at + 2))
                {
                    inner.push((depth + 1, name.clone()));
                }
            }
            Token::Word(word) if word == "use" => {
                let mut paths = Vec::new();
                let end = tree(tokens, at + 1, &[], &mut paths);
                found.extend(paths.into_iter().filter_map(|path| resolve(path, module, &inner)));
                at = end;
                continue;
            }
            Token::Word(word) if tokens.get(at + 1) == Some(&Token::Colons) => {
                let mut path = vec![word.clone()];
                while let (Some(Token::Colons), Some(Token::Word(next))) =
                    (tokens.get(at + 1), tokens.get(at + 2))
                {
                    path.push(next.clone());
                    at += 2;
                }
                found.extend(resolve(path, module, &inner));
            }
            Token::Word(_) | Token::Colons | Token::Mark(_) => {}
        }
        at += 1;
    }
    found
}

/// Reads one `use` tree: `a::{b, c::d as e}` is `a::b` and `a::c::d`. Gives the place after it.
fn tree(tokens: &[Token], mut at: usize, before: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) if word == "as" => at += 2,
            Some(Token::Word(word)) => {
                path.push(word.clone());
                at += 1;
            }
            Some(Token::Colons | Token::Mark('*')) => at += 1,
            Some(Token::Mark('{')) => {
                at += 1;
                while !matches!(tokens.get(at), Some(Token::Mark('}')) | None) {
                    at = tree(tokens, at, &path, paths);
                    at += usize::from(tokens.get(at) == Some(&Token::Mark(',')));
                }
                return at + 1;
            }
            _ => {
                paths.push(path);
                return at;
            }
        }
    }
}

fn resolve(path: Vec<String>, module: &[String], inner: &[(usize, String)]) -> Option<Used> {
    let is_bin = matches!(module.first().map(String::as_str), Some("page" | "worker"));
    let here: Vec<String> =
        module.iter().cloned().chain(inner.iter().map(|(_, name)| name.clone())).collect();
    let (base, rest) = match path.first()?.as_str() {
        "crate" if !is_bin => (Vec::new(), &path[1..]),
        "vitrine" => (Vec::new(), &path[1..]),
        "self" => (here, &path[1..]),
        "super" => {
            let up = path.iter().take_while(|word| *word == "super").count();
            (here[..here.len().saturating_sub(up)].to_vec(), &path[up..])
        }
        _ => return Some(Used { path, ours: false }),
    };
    let path: Vec<String> = base.into_iter().chain(rest.iter().cloned()).collect();
    // A path into the crate's root itself names no module: a macro, or `crate::Result` of a bin.
    let names_module = path.first().is_some_and(|first| first.starts_with(|c: char| c.is_lowercase()));
    names_module.then_some(Used { path, ours: true })
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Colons,
    Mark(char),
}

/// The tokens of the file, without comments, texts, and items under `#[cfg(test)]`.
fn source_tokens(source: &str) -> Vec<Token> {
    let tokens = tokens(source);
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == Token::Mark('#') && tokens.get(at + 1) == Some(&Token::Mark('[')) {
            let end = closing(&tokens, at + 1);
            let word =
                |offset: usize, name: &str| tokens.get(at + offset) == Some(&Token::Word(name.to_owned()));
            let test = word(2, "cfg") && (word(4, "test") || (word(4, "all") && word(6, "test")));
            // Other attributes hold no paths that matter.
            at = if test { item_end(&tokens, end + 1) } else { end + 1 };
            continue;
        }
        kept.push(tokens[at].clone());
        at += 1;
    }
    kept
}

/// The place after an item: after its first semicolon outside, or its closing brace.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while at < tokens.len() {
        match tokens[at] {
            Token::Mark(';') => return at + 1,
            Token::Mark('{') => return closing(tokens, at) + 1,
            Token::Mark('(' | '[') => at = closing(tokens, at),
            Token::Word(_) | Token::Colons | Token::Mark(_) => {}
        }
        at += 1;
    }
    at
}

/// The place of the bracket that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') if depth == 1 => return at,
            Token::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Word(_) | Token::Colons | Token::Mark(_) => {}
        }
    }
    tokens.len()
}

fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if c == '/' && get(at + 1) == '/' {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if c == '/' && get(at + 1) == '*' {
            let mut depth = 0;
            loop {
                match (get(at), get(at + 1)) {
                    ('/', '*') => (depth, at) = (depth + 1, at + 2),
                    ('*', '/') => (depth, at) = (depth - 1, at + 2),
                    _ => at += 1,
                }
                if depth == 0 || at >= chars.len() {
                    break;
                }
            }
        } else if let Some(end) = raw_text_end(&chars, at) {
            at = end;
        } else if c == '"' {
            at = quoted_end(&chars, at);
        } else if c == '\'' {
            // A lifetime, unless a quote closes after one character or an escape.
            at = if get(at + 1) == '\\' || get(at + 2) == '\'' { quoted_end(&chars, at) } else { at + 1 };
        } else if c.is_alphanumeric() || c == '_' {
            let start = at;
            while get(at).is_alphanumeric() || get(at) == '_' {
                at += 1;
            }
            found.push(Token::Word(chars[start..at].iter().collect()));
        } else if c == ':' && get(at + 1) == ':' {
            found.push(Token::Colons);
            at += 2;
        } else {
            if !c.is_whitespace() {
                found.push(Token::Mark(c));
            }
            at += 1;
        }
    }
    found
}

/// The place after `r#"…"#` or `br"…"`, if one begins here.
fn raw_text_end(chars: &[char], at: usize) -> Option<usize> {
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut next = at + usize::from(get(at) == 'b');
    if get(next) != 'r' {
        return None;
    }
    next += 1;
    let hashes = (next..).take_while(|place| get(*place) == '#').count();
    next += hashes;
    if get(next) != '"' {
        return None;
    }
    next += 1;
    while next < chars.len() {
        if get(next) == '"' && (1..=hashes).all(|hash| get(next + hash) == '#') {
            return Some(next + 1 + hashes);
        }
        next += 1;
    }
    Some(next)
}

/// The place after a text or a character that begins here.
fn quoted_end(chars: &[char], at: usize) -> usize {
    let quote = chars[at];
    let mut next = at + 1;
    while next < chars.len() && chars[next] != quote {
        next += if chars[next] == '\\' { 2 } else { 1 };
    }
    next + 1
}
