//! Proves from the sources that imports point down: each folder of `src` is a floor that uses only
//! itself and lower floors, the floors below the shells never name the browser, and the page and the
//! worker keep out of each other's parts. And that the page has no text of its own: what people read is
//! in `protocol/texts`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// The folders of `src`, lowest first; those of one line stand beside each other.
const FLOORS: &[&[&str]] =
    &[&["base"], &["formats"], &["view"], &["table"], &["protocol"], &["engine"], &["shell", "ui"]];

/// The programs. They are on no floor.
const PROGRAMS: &str = "bin";

/// The first floor that may name the browser.
const SHELLS: usize = 6;

/// Entries of `src`, so that the folders can be taken in at a glance.
const MAX_ENTRIES: usize = 10;

/// Crates that are the browser, and parts of the standard library that a browser does not have.
const BROWSER: &[&str] = &[
    "web_sys",
    "js_sys",
    "leptos",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "serde_wasm_bindgen",
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// What a floor or a program must not name, whatever the order of floors says.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "ui",
        &[
            "parquet",
            "crate::formats::parquet",
            "crate::formats::zip",
            "crate::formats::picture",
            "crate::shell",
            "crate::engine",
        ],
    ),
    ("page", &["parquet", "crate::formats::parquet", "crate::formats::zip", "crate::shell", "crate::engine"]),
    ("worker", &["leptos", "crate::ui"]),
    ("export", &["leptos", "crate::ui", "crate::shell"]),
    ("shell", &["leptos", "crate::ui"]),
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
fn every_folder_is_a_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(
        entries.len() <= MAX_ENTRIES,
        "src has {} entries, at most {MAX_ENTRIES} are meant",
        entries.len()
    );
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let folders: BTreeSet<String> =
        entries.iter().filter(|path| path.is_dir()).map(name).filter(|name| name != PROGRAMS).collect();
    let floors: BTreeSet<String> =
        FLOORS.iter().flat_map(|floor| floor.iter()).map(|name| (*name).into()).collect();
    assert_eq!(folders, floors, "the folders of src and the order of floors in tests/floors.rs differ");
    let files: Vec<String> = entries.iter().filter(|path| path.is_file()).map(name).collect();
    assert_eq!(files, ["lib.rs"], "modules belong in the folder of a floor");
}

#[test]
fn a_planted_violation_is_caught() {
    for (place, source, expected) in [
        (
            "base/bytes.rs",
            "use crate::view::spec::Spec;",
            "floor `base` uses `crate::view::spec::Spec` of floor `view`",
        ),
        (
            "formats/parquet/plan.rs",
            "use crate::{base::error::Result, table::filter};",
            "floor `formats` uses `crate::table::filter` of floor `table`",
        ),
        (
            "formats/parquet/a.rs",
            "use super::super::super::ui::table;",
            "floor `formats` uses `crate::ui::table` of floor `ui`",
        ),
        (
            "view/spec.rs",
            "use super::{url, super::engine as core};",
            "floor `view` uses `crate::engine` of floor `engine`",
        ),
        (
            "view/url/mod.rs",
            "fn f() { crate::shell::net::get() }",
            "floor `view` uses `crate::shell::net::get` of floor `shell`",
        ),
        (
            "view/url/mod.rs",
            "struct S { x: Vec<crate::protocol::Request> }",
            "floor `view` uses `crate::protocol::Request` of floor `protocol`",
        ),
        (
            "formats/zip/mod.rs",
            "mod inner { use super::super::super::engine::Engine; }",
            "floor `formats` uses `crate::engine::Engine` of floor `engine`",
        ),
        (
            "table/order.rs",
            "fn f() { assert_eq!(1, crate::protocol::X); }",
            "floor `table` uses `crate::protocol::X` of floor `protocol`",
        ),
        (
            "table/order.rs",
            "macro_rules! m { () => { use $crate::{base::ids, engine::Engine}; } }",
            "floor `table` uses `crate::engine::Engine` of floor `engine`",
        ),
        ("engine/mod.rs", "fn f() { web_sys::window(); }", "`web_sys` is named below the shells"),
        (
            "table/select.rs",
            "use std::{fmt, time::{Duration, Instant}};",
            "`std::time::Instant` is named below the shells",
        ),
        ("table/select.rs", "use ::std::fs as files;", "`std::fs` is named below the shells"),
        ("table/select.rs", "use leptos;", "`leptos` is named below the shells"),
        ("ui/table.rs", "use crate::shell::net::fetch;", "`crate::shell` must not be named by `ui`"),
        (
            "ui/table/mod.rs",
            "fn f() { view! { <p>{crate::engine::x()}</p> } }",
            "`crate::engine` must not be named by `ui`",
        ),
        ("ui/mod.rs", "use parquet::file;", "`parquet` must not be named by `ui`"),
        ("ui/mod.rs", "use crate::formats::zip::Member;", "`crate::formats::zip` must not be named by `ui`"),
        ("bin/worker.rs", "use vitrine::ui;", "`crate::ui` must not be named by `worker`"),
        ("bin/worker.rs", "use leptos::prelude::*;", "`leptos` must not be named by `worker`"),
        (
            "bin/page.rs",
            "fn main() { vitrine::engine::run() }",
            "`crate::engine` must not be named by `page`",
        ),
        ("news/mod.rs", "", "`news` is no floor: list it in tests/floors.rs"),
        ("base/ids.rs", "use crate::gossip::x;", "`gossip` is no floor: list it in tests/floors.rs"),
    ] {
        assert_eq!(violations(place, source), [format!("{place}: {expected}")], "{source}");
    }
    // What is imported as a whole could be followed by anything in it.
    assert_eq!(violations("ui/mod.rs", "use crate::formats;").len(), 3);
    assert_eq!(violations("ui/mod.rs", "use crate::formats::*;").len(), 3);
}

#[test]
fn what_is_allowed_passes() {
    for (place, source) in [
        (
            "formats/parquet/plan.rs",
            "use crate::base::bytes::ByteRange; use super::meta; use self::inner::x; fn f<'a>(x: &'a str) {}",
        ),
        (
            "base/ids.rs",
            "// crate::ui\n/* crate::ui /* web_sys */ */ const S: &str = \"crate::ui\"; const R: &str = r#\"crate::ui \" \"#;",
        ),
        ("base/ids.rs", "const C: char = '\"'; const D: char = '\\''; /// [`crate::ui`]\nstruct X;"),
        ("base/ids.rs", "struct X; #[cfg(test)]\nmod tests { use crate::ui; use std::fs; }"),
        ("base/ids.rs", "#[cfg(test)]\nfn f() { crate::ui::x() } #[cfg(test)]\nuse std::fs;"),
        ("base/ids.rs", "impl X { #[cfg(test)]\nfn f() { crate::ui::x() } }"),
        ("base/ids.rs", "#[cfg(all(test, not(target_arch = \"wasm32\")))]\nmod tests;"),
        ("view/url/tests.rs", "use std::fs;"),
        (
            "ui/store/mod.rs",
            "use crate::{protocol::Request, view::spec::Spec}; use leptos::prelude::*; let_it!(); fn f() { x.engine(net); }",
        ),
        ("bin/worker.rs", "use vitrine::{engine, shell::net, formats::parquet::plan}; use web_sys::Worker;"),
        ("lib.rs", "pub mod bytes; #[cfg(target_arch = \"wasm32\")] pub mod ui;"),
    ] {
        assert_eq!(violations(place, source), [""; 0], "{place}: {source}");
    }
}

#[test]
fn texts_of_the_page_have_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root.join("ui"), &mut files);
    assert!(files.len() > 10, "the sources are not where they should be");
    let mut found = Vec::new();
    for file in files {
        let place = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let texts = texts_in(&fs::read_to_string(&file).unwrap());
        found.extend(texts.into_iter().map(|text| format!("{place}: {text:?}")));
    }
    assert!(found.is_empty(), "these belong in src/protocol/texts:\n{}\n", found.join("\n"));
}

#[test]
fn a_planted_text_is_caught() {
    for (source, expected) in [
        ("fn f() { say(\"The search is over\") }", &["The search is over"][..]),
        ("fn f() { say(format!(\"A row of {name}\")) }", &["A row of {name}"]),
        ("fn f() { view! { <p>\"Nothing is kept\"</p> } }", &["Nothing is kept"]),
        (
            "fn f() { view! { <p aria-label=\"rows\" title=\"all\"><i class=\"row\"></i></p> } }",
            &["rows", "all"],
        ),
        ("fn f() { view! { <b>\"rows\"</b> <kbd>\"?\"</kbd> {match x { _ => \"row\" }} } }", &["rows"]),
        ("fn f() { view! { <input placeholder=\"owner/name\"/> } }", &["owner/name"]),
        (
            "fn f() { view! { <p aria-label=texts::ROWS title=tip(\"x\") class=\"row line\">{text}</p> } }",
            &[],
        ),
        ("const PATH: &str = \"M8 2.75 14 13.25H2z\"; const KEYS: &str = \"ArrowLeft K\";", &[]),
        ("/// The search is over.\n#[allow(dead_code, reason = \"It is so\")]\nfn f() {}", &[]),
        ("#[cfg(test)]\nmod tests { const S: &str = \"The search is over\"; }", &[]),
    ] {
        assert_eq!(texts_in(source), expected, "{source}");
    }
}

/// The literals of a source that people would read: sentences, texts of elements, and values of attributes
/// that name things.
fn texts_in(source: &str) -> Vec<String> {
    let mut texts = Texts(Vec::new());
    texts.visit_file(&syn::parse_file(source).unwrap());
    texts.0
}

struct Texts(Vec<String>);

impl Texts {
    fn add_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let Ok(syn::Lit::Str(text)) = syn::parse_str(&literal.to_string()) else { continue };
                    let before = &tokens[..at];
                    self.add(&text.value(), names_things(before) || is_after_tag(before));
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    fn add(&mut self, text: &str, is_read: bool) {
        if is_sentence(text) || is_read && text.chars().filter(|letter| letter.is_alphabetic()).count() > 1 {
            self.0.push(text.to_owned());
        }
    }
}

impl<'ast> Visit<'ast> for Texts {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_lit_str(&mut self, literal: &'ast syn::LitStr) {
        self.add(&literal.value(), false);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.add_tokens(called.tokens.clone());
    }

    // Comments, and reasons that only readers of the source see.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

/// Whether these tokens end with an attribute that people read: `aria-label=`, `title=`, `placeholder=`.
fn names_things(before: &[TokenTree]) -> bool {
    let [rest @ .., TokenTree::Ident(name), TokenTree::Punct(mark)] = before else { return false };
    let of_aria = || matches!(rest, [.., TokenTree::Ident(first), TokenTree::Punct(_)] if first == "aria");
    mark.as_char() == '=' && (name == "title" || name == "placeholder" || name == "label" && of_aria())
}

/// Whether these tokens end with a tag, so that what follows is the text of an element.
fn is_after_tag(before: &[TokenTree]) -> bool {
    let [rest @ .., TokenTree::Punct(mark)] = before else { return false };
    mark.as_char() == '>' && !is_mark(rest.last(), '=') && !is_mark(rest.last(), '-')
}

/// Whether a text begins with a capital and has words, beside what it leaves places for.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase());
    let pieces = text.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
    let mut words = pieces.flat_map(|piece| piece.split(|c: char| c.is_whitespace() || ",.;:".contains(c)));
    text.starts_with(char::is_uppercase) && text.contains(' ') && words.any(is_word)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
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
    let program = place.starts_with(&format!("{PROGRAMS}/"));
    let own = module.first().map_or("", String::as_str);
    let own_floor = floor_of(own);
    let mut found = BTreeSet::new();
    if own_floor.is_none() && !program && place != "lib.rs" {
        found.insert(format!("`{own}` is no floor: list it in tests/floors.rs"));
    }
    let forbidden = FORBIDDEN.iter().find(|(name, _)| *name == own).map_or(&[][..], |(_, paths)| paths);
    let file = syn::parse_file(source).unwrap_or_else(|error| panic!("{place}: {error}"));
    let mut names = Names { module: module.clone(), program, paths: Vec::new() };
    names.visit_file(&file);
    for Named { path, whole } in names.paths {
        let mut known = false;
        for name in forbidden {
            if within(&path, name) || whole && path.contains("::") && within(name, &path) {
                known = true;
                found.insert(format!("`{name}` must not be named by `{own}`"));
            }
        }
        let Some(own_floor) = own_floor.filter(|_| !known) else { continue };
        let Some((_, rest)) = path.split_once("::").filter(|(root, _)| *root == "crate") else {
            if own_floor < SHELLS {
                let browser = BROWSER.iter().find(|name| within(&path, name));
                found.extend(browser.map(|name| format!("`{name}` is named below the shells")));
            }
            continue;
        };
        let used = rest.split("::").next().unwrap_or_default();
        match floor_of(used) {
            Some(floor) if floor > own_floor => {
                found.insert(format!("floor `{own}` uses `{path}` of floor `{used}`"));
            }
            Some(_) => {}
            None => {
                found.insert(format!("`{used}` is no floor: list it in tests/floors.rs"));
            }
        }
    }
    found.into_iter().map(|what| format!("{place}: {what}")).collect()
}

fn floor_of(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

/// Whether a path is `outer` or something in it.
fn within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// `formats/parquet/plan.rs` is `formats::parquet::plan`; a program has its own name, `lib.rs` none.
fn module_path(place: &str) -> Vec<String> {
    let place = place.strip_suffix(".rs").unwrap_or(place);
    let place = place.strip_prefix("bin/").unwrap_or(place);
    let place = place.strip_suffix("/mod").unwrap_or(place);
    if place == "lib" { Vec::new() } else { place.split('/').map(str::to_owned).collect() }
}

/// A path that a file names.
struct Named {
    /// From `crate` where it is a path of this crate.
    path: String,
    /// Whether it is imported, so that anything in it can be named by a shorter path.
    whole: bool,
}

/// Collects the paths that a file names: in `use` trees, and elsewhere those of two words or more.
struct Names {
    module: Vec<String>,
    program: bool,
    paths: Vec<Named>,
}

impl Names {
    fn add(&mut self, words: &[String], whole: bool) {
        let crate_root = vec!["crate".to_owned()];
        let here = || [crate_root.clone(), self.module.clone()].concat();
        let Some(first) = words.first() else { return };
        let (base, rest) = match first.as_str() {
            "crate" if self.program => return,
            "crate" | "vitrine" => (crate_root, &words[1..]),
            "self" => (here(), &words[1..]),
            "super" => {
                let up = words.iter().take_while(|word| *word == "super").count();
                let mut base = here();
                base.truncate(base.len().saturating_sub(up).max(1));
                (base, &words[up..])
            }
            _ => (Vec::new(), words),
        };
        let path = [base.as_slice(), rest].concat();
        // The crate's root itself, or an item of it, is on no floor.
        let on_a_floor = path[0] != "crate"
            || path.get(1).is_some_and(|word| word.starts_with(|letter: char| letter.is_lowercase()));
        if on_a_floor {
            self.paths.push(Named { path: path.join("::"), whole });
        }
    }

    /// `a::{b, c::d as e}` is `a::b` and `a::c::d`.
    fn add_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) if name.ident == "self" => self.add(before, true),
            syn::UseTree::Name(name) => self.add(&with(&name.ident), true),
            syn::UseTree::Rename(name) if name.ident == "self" => self.add(before, true),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident), true),
            syn::UseTree::Glob(_) => self.add(before, true),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(tree, before)),
        }
    }

    /// What is in a macro is not parsed: its `use` trees and its paths are found among its words.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                TokenTree::Ident(word) if word == "use" => {
                    let tree = tokens[at + 1..].iter().take_while(|token| !is_mark(Some(token), ';'));
                    let tree: TokenStream =
                        tree.filter(|token| !is_mark(Some(token), '$')).cloned().collect();
                    if let Ok(tree) = syn::parse2(tree) {
                        self.add_tree(&tree, &[]);
                    }
                }
                TokenTree::Ident(word) => {
                    let mut words = vec![word.to_string()];
                    while let [Some(first), Some(second), Some(TokenTree::Ident(next))] =
                        [1, 2, 3].map(|ahead| tokens.get(at + ahead))
                        && is_mark(Some(first), ':')
                        && is_mark(Some(second), ':')
                    {
                        words.push(next.to_string());
                        at += 3;
                    }
                    if words.len() > 1 {
                        self.add(&words, false);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.add(&words, false);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        visit::visit_macro(self, called);
        self.add_tokens(called.tokens.clone());
    }

    // Attributes hold no paths that matter.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

/// Whether an item is only compiled for tests: `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let mut test = false;
        let _ = attribute.parse_nested_meta(|meta| {
            test |= meta.path.is_ident("test");
            if meta.path.is_ident("all") {
                meta.parse_nested_meta(|meta| {
                    test |= meta.path.is_ident("test");
                    skip_rest(&meta)
                })?;
                return Ok(());
            }
            skip_rest(&meta)
        });
        test
    })
}

/// Passes over what follows a word within an attribute: `= "value"` or `(…)`.
fn skip_rest(meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<()> {
    while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
        meta.input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        // The rest is seldom written, and is looked into.
        _ => &[],
    }
}
