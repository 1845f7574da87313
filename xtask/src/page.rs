//! Makes the page that trunk writes fit for a strict Content-Security-Policy.
//!
//! Trunk starts the app from a script inside the page, which such a policy forbids: it moves to a
//! file. The policy is put first, so that it covers everything after it. Only what trunk and our
//! own `index.html` write is understood here; anything else fails the build.
//!
//! The one script inside the page is ours, which asks for all other files: as a file of its own it would hold them up
//! by a round trip, since browsers look for none behind a policy until they have come there. The policy names it by its
//! digest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::Result;
use crate::shrink;
use crate::split::LATER;

/// What the page may do. No inline script but the one that is named, no inline style, nothing from other hosts but data and images
/// that were read as data. Reading from this machine is allowed for stand-in Hubs.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
     style-src 'self'; img-src 'self' blob: data:; \
     connect-src 'self' https: http://127.0.0.1:* http://localhost:*; \
     base-uri 'none'; form-action 'none'";

/// The page without its script.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) html: String,
    /// Name, without its ending, of the script that trunk has bound.
    pub(crate) bound: String,
}

/// Takes the script that starts the app out of the page, and what trunk asks for ahead; puts the policy in.
pub(crate) fn seal(html: &str) -> Result<Page> {
    let (before, script, after) = inline_script(html).ok_or("the page has no script that starts the app")?;
    let bound = starts(script)?;
    let html = without_hints(&format!("{before}{after}"))?;
    let html = with_policy(&html)?;
    check(&html)?;
    Ok(Page { html, bound })
}

/// Without trunk's links to a script and a module ahead of them, which will have other names.
fn without_hints(html: &str) -> Result<String> {
    let mut html = html.to_owned();
    for rel in ["modulepreload", "preload"] {
        let (before, rest) = html
            .split_once(&format!("<link rel=\"{rel}\""))
            .ok_or_else(|| format!("trunk's page has no {rel}"))?;
        let (_, after) = rest.split_once('>').ok_or("a link does not end")?;
        html = format!("{before}{after}");
    }
    Ok(html)
}

/// The page with what stands before any of its code runs: the start page as it is drawn, and a table without rows.
/// Which of them is shown says the script before everything.
pub(crate) fn with_shell(html: &str) -> Result<String> {
    let mut html = html.to_owned();
    for (place, text) in [
        ("<div class=\"shell-start\">", include_str!("../../shell/start.html")),
        ("<div class=\"shell-table\" aria-hidden=\"true\">", include_str!("../../shell/table.html")),
    ] {
        let (before, after) = html.split_once(place).ok_or_else(|| format!("the page has no {place}"))?;
        let text = text.lines().map(str::trim).collect::<String>();
        html = format!("{before}{place}{text}{after}");
    }
    Ok(html)
}

/// The page with one style sheet, and one for lazy views.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Styled {
    pub(crate) html: String,
    /// The style sheets that it had.
    pub(crate) styles: Vec<String>,
    /// The one that it has, by its name.
    pub(crate) first: (String, String),
    /// The lazy one.
    pub(crate) later: (String, String),
}

/// The styles of views whose code is lazy as well.
const LAZY_STYLES: &[&str] = &[
    "about",
    "compare",
    "detail",
    "export",
    "gallery",
    "groups",
    "join",
    "labels",
    "metadata",
    "phrases",
    "plot",
    "preference",
    "rail_sheet",
    "repository",
    "settings",
];

/// Puts all style sheets into two, in the page's order. `read` gives the text of a file beside the page.
pub(crate) fn styles(html: &str, read: impl Fn(&str) -> Result<String>) -> Result<Styled> {
    const OPEN: &str = "<link rel=\"stylesheet\" href=\"./";
    const CLOSE: &str = "\"/>";
    let (before, mut rest) = html.split_once(OPEN).ok_or("the page has no style sheet")?;
    let (mut styles, mut first, mut later, mut after) =
        (Vec::new(), String::new(), String::new(), String::new());
    loop {
        let (name, next) = rest.split_once(CLOSE).ok_or("the link to a style sheet does not end")?;
        // The bundler puts a digest behind the name.
        let plain = name.split(['-', '.']).next().unwrap_or(name);
        let sheet = if LAZY_STYLES.contains(&plain) { &mut later } else { &mut first };
        sheet.push_str(&shrink::style(&read(name)?));
        styles.push(name.to_owned());
        let Some((between, next)) = next.split_once(OPEN) else {
            after.push_str(next);
            break;
        };
        after.push_str(between.trim());
        rest = next;
    }
    let named = |stem: &str, text: String| (hashed(&format!("{stem}.css"), text.as_bytes()), text);
    let (first, later) = (named("style", first), named(&format!("{LATER}style"), later));
    let html = format!("{before}{OPEN}{}{CLOSE}{after}", first.0);
    Ok(Styled { html, styles, first, later })
}

/// The script of the page: it begins with this module.
pub(crate) fn starter(script: &str, code: &str) -> String {
    // What the script before everything has asked for comes from there.
    format!(
        "const fetch = globalThis.vitrineFetch ?? globalThis.fetch;\n{script}\
         __wbg_init({{ module_or_path: fetch(new URL(\"./{code}\", import.meta.url)) }});\n"
    )
}

/// The script of the data thread: it takes its module, a file of this name, from the page where that has asked for
/// it, or fetches it. What encodes exports, a script and its code, it imports when it is told to.
pub(crate) fn loader(script: &str, code: &str, export: &str, export_code: &str) -> String {
    // An instance that failed is not used again: the address of another one has another end.
    format!(
        "{script}globalThis.vitrineExport = async (instance) => {{\n\
         const module = await import(`./{export}?${{instance}}`);\n\
         await module.default({{ module_or_path: new URL(\"./{export_code}\", import.meta.url) }});\n\
         return module;\n}};\n\
         const fetched = () => fetch(new URL(\"./{code}\", import.meta.url));\n\
         const handed = () => new Promise((resolve) => addEventListener(\"message\", ({{ data }}) => resolve(data.code ?? fetched()), {{ once: true }}));\n\
         __wbg_init({{ module_or_path: self.name === \"handed\" ? handed() : fetched() }})\n\
         .catch((error) => setTimeout(() => {{ throw error; }}));\n"
    )
}

/// A file's name with a part that changes with what is in it: `a.js` becomes `a-0123456789.js`. Such digits can't be
/// packed, and a first visit fetches each name twice: forty bits tell all builds there will ever be apart.
pub(crate) fn hashed(name: &str, content: &[u8]) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}-{:010x}.{ending}", digest(content) >> 24)
}

/// Files that the page names, each by what is in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    /// The page's script and module.
    pub(crate) script: &'a str,
    pub(crate) code: &'a str,
    /// Those of the data thread.
    pub(crate) worker: &'a str,
    pub(crate) worker_code: &'a str,
    /// What the script before everything says.
    pub(crate) early: &'a str,
    /// The styles of lazy views.
    pub(crate) style: &'a str,
    /// The modules of the page without a table.
    pub(crate) start: &'a [String],
}

/// The page with the names of its files, which the script before everything asks for.
pub(crate) fn with_names(html: &str, names: Names<'_>) -> Result<String> {
    const EARLY: &str = "<script src=\"./early.js\"></script>";
    const OWN: &str = "script-src 'self'";
    let Names { script, code, worker, worker_code, early, style, start } = names;
    if early.contains("</script") || early.contains("<!--") {
        return Err("early.js would end the script that it stands in".to_owned());
    }
    let digest = STANDARD.encode(Sha256::digest(early));
    let html = html.replacen(OWN, &format!("{OWN} 'sha256-{digest}'"), 1);
    let (before, after) = html.split_once(EARLY).ok_or("the page has no early.js")?;
    let start: Vec<String> = start.iter().map(|name| format!("./{name}")).collect();
    let start = start.join(" ");
    let meta = |name: &str, content: &str| format!("<meta name=\"vitrine-{name}\" content=\"{content}\">");
    Ok([
        before,
        &meta("code", &format!("./{code}")),
        &meta("worker", &format!("./{worker}")),
        &meta("worker-code", &format!("./{worker_code}")),
        &meta("style", &format!("./{style}")),
        &meta("start", &start),
        &format!("<script>{early}</script>"),
        &format!("<script type=\"module\" src=\"./{script}\"></script>"),
        after,
    ]
    .concat())
}

/// The script that serves the app without a network: `files` are all of its files but the page, and
/// `start` is the one whose name tells that the page is of this version.
pub(crate) fn offline(html: &str, files: &[String], start: &str) -> String {
    let version = digest(html.as_bytes());
    let names: Vec<String> = files.iter().map(|name| format!("    \"./{name}\",\n")).collect();
    format!(
        "const VERSION = \"{version:016x}\";\nconst START = \"{start}\";\nconst FILES = [\n{}];\n\n{}",
        names.concat(),
        shrink::script(include_str!("offline.js"))
    )
}

/// The page with the name that a document of the app has got.
pub(crate) fn with_document(html: &str, name: &str, own: &str) -> Result<String> {
    let link = |name: &str| format!("<link rel=\"help\" href=\"./{name}\"");
    let (before, after) =
        html.split_once(&link(name)).ok_or_else(|| format!("the page does not name {name}"))?;
    Ok(format!("{before}{}{after}", link(own)))
}

/// The name, without its ending, of the page's script that the script which starts the app imports.
fn starts(script: &str) -> Result<String> {
    let name = script.split_once("from './").and_then(|(_, rest)| rest.split_once(".js'"));
    let (name, _) = name.ok_or("the script that starts the app imports no other")?;
    Ok(name.to_owned())
}

fn inline_script(html: &str) -> Option<(&str, &str, &str)> {
    const OPEN: &str = "<script type=\"module\">";
    const CLOSE: &str = "</script>";
    let (before, rest) = html.split_once(OPEN)?;
    let (script, after) = rest.split_once(CLOSE)?;
    Some((before, script, after))
}

fn with_policy(html: &str) -> Result<String> {
    let (before, after) = html.split_once("<head>").ok_or("the page has no <head>")?;
    // A policy before the encoding would push it further into the page than browsers look, but it
    // is short enough.
    Ok(format!("{before}<head><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">{after}"))
}

/// What the policy forbids, or what ties the page to one path, is not in it.
fn check(html: &str) -> Result<()> {
    let html = without_comments(html);
    for tag in tags(&html) {
        let name = tag.split([' ', '\n', '\t', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if name == "style" || (name == "script" && attribute(tag, "src").is_none()) {
            return Err(format!("the page holds an inline <{tag}>"));
        }
        if attributes(tag).any(|(name, _)| name == "style" || name.starts_with("on")) {
            return Err(format!("an attribute of <{tag}> is code or style"));
        }
        // A link that people follow may lead anywhere.
        let loaded = if name == "a" { None } else { attribute(tag, "href") };
        for address in attribute(tag, "src").into_iter().chain(loaded) {
            if address.starts_with('/') || address.contains("://") {
                return Err(format!("{address} ties the page to one place; addresses must be relative"));
            }
        }
    }
    Ok(())
}

fn without_comments(html: &str) -> String {
    let mut rest = html;
    let mut kept = String::with_capacity(html.len());
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The insides of all opening tags.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|piece| {
        let opens = piece.starts_with(|first: char| first.is_ascii_alphabetic());
        if opens { piece.split_once('>').map(|(tag, _)| tag) } else { None }
    })
}

fn attribute<'a>(tag: &'a str, wanted: &str) -> Option<&'a str> {
    attributes(tag).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    std::iter::from_fn(move || {
        rest = rest.trim_start().trim_start_matches('/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        let Some(value) = after.strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        rest = after;
        Some((name, value))
    })
}

/// FNV-1a: it only has to change with the content.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{Names, POLICY, hashed, offline, seal, styles, with_names};

    const START: &str =
        "import init from './vitrine-1.js';\nawait init({ module_or_path: './vitrine-1_bg.wasm' });";

    const HINTS: &str = "<link rel=\"modulepreload\" href=\"./vitrine-1.js\" crossorigin=\"anonymous\">\
                         <link rel=\"preload\" href=\"./vitrine-1_bg.wasm\" as=\"fetch\">";

    fn page(head: &str, body: &str) -> String {
        format!(
            "<!DOCTYPE html><html><head>{head}<script type=\"module\">\n{START}\n</script>{HINTS}</head><body>{body}</body></html>"
        )
    }

    #[test]
    fn the_script_moves_out_and_the_policy_comes_first() {
        let sealed = seal(&page("<title>V</title>", "<noscript>no</noscript>")).expect("a page");
        assert_eq!(sealed.bound, "vitrine-1");
        assert_eq!(
            sealed.html,
            format!(
                "<!DOCTYPE html><html><head><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
                 <title>V</title></head><body><noscript>no</noscript></body></html>"
            )
        );
    }

    #[test]
    fn style_sheets_become_two_in_their_order() {
        let link = |name: &str| format!("<link rel=\"stylesheet\" href=\"./{name}\"/>");
        let sheets = [link("a.css"), link("gallery-0f.css"), link("b.css")].join("\n  ");
        let html = format!("<head>{sheets}</head>");
        let styled =
            styles(&html, |name| Ok(format!("/* a sheet */\n\n  @import {name};\n"))).expect("styles");
        assert_eq!(styled.first.1, "@import a.css;\n@import b.css;\n");
        assert_eq!(styled.later.1, "@import gallery-0f.css;\n");
        assert_eq!(styled.html, format!("<head>{}</head>", link(&styled.first.0)));
        assert_eq!(styled.styles, ["a.css", "gallery-0f.css", "b.css"]);
        assert!(styles("<head></head>", |_| Ok(String::new())).is_err());
    }

    #[test]
    fn what_serves_without_a_network_has_a_version_and_every_file() {
        let start = ["s-1.wasm".to_owned(), "t-1.wasm".to_owned()];
        let names = Names {
            script: "m-1.js",
            code: "m-1.wasm",
            worker: "w-1.js",
            worker_code: "w-1.wasm",
            early: "early();",
            style: "l-1.css",
            start: &start,
        };
        let policy = "<meta content=\"script-src 'self' 'wasm-unsafe-eval'\">";
        let html = with_names(&format!("<head>{policy}<script src=\"./early.js\"></script></head>"), names);
        let html = html.expect("a page");
        // Of `printf 'early();' | openssl dgst -sha256 -binary | base64`.
        assert_eq!(
            html,
            "<head><meta content=\"script-src 'self' 'sha256-+adv7mrf97l2YX0A6IfUnN5WpoX0nonq8Vez1z8YKf4=' 'wasm-unsafe-eval'\">\
             <meta name=\"vitrine-code\" content=\"./m-1.wasm\">\
             <meta name=\"vitrine-worker\" content=\"./w-1.js\">\
             <meta name=\"vitrine-worker-code\" content=\"./w-1.wasm\">\
             <meta name=\"vitrine-style\" content=\"./l-1.css\"><meta name=\"vitrine-start\" content=\"./s-1.wasm ./t-1.wasm\"><script>early();</script>\
             <script type=\"module\" src=\"./m-1.js\"></script></head>"
        );
        assert!(with_names("<head></head>", names).is_err());
        let ends = Names { early: "\"</script>\"", ..names };
        assert!(with_names("<head><script src=\"./early.js\"></script></head>", ends).is_err());
        let files = ["a.js".to_owned(), "b.css".to_owned()];
        let script = offline(&html, &files, "start-1.js");
        assert!(script.contains("\"./a.js\",\n    \"./b.css\",\n];"), "{script}");
        assert!(script.contains("START = \"start-1.js\""));
        assert_ne!(script.lines().next(), offline("another", &files, "start-1.js").lines().next());
        let name = hashed("worker.js", b"x");
        assert!(
            name.starts_with("worker-") && name.ends_with(".js") && name.len() == "worker-.js".len() + 10
        );
        assert_ne!(name, hashed("worker.js", b"y"));
    }

    #[test]
    fn what_the_policy_forbids_fails_the_build() {
        for (head, body) in [
            ("<style>a{}</style>", ""),
            ("<script>1</script>", ""),
            ("", "<p style=\"color:red\">x</p>"),
            ("", "<p hidden onclick=\"x()\">x</p>"),
            ("<link rel=\"icon\" href=\"/icon.svg\">", ""),
            ("<link rel=\"icon\" href=\"https://example.org/icon.svg\">", ""),
            ("<script defer src=/x.js></script>", ""),
        ] {
            assert!(seal(&page(head, body)).is_err(), "{head} {body}");
        }
        assert!(seal("<html><head></head></html>").is_err());
    }

    #[test]
    fn what_it_allows_passes() {
        let head = "<!-- <style> --><link rel=stylesheet href=./a.css><link rel=\"icon\" href=\"data:,\"/>";
        assert!(seal(&page(head, "<a href=\"?table=x\">x</a>")).is_ok());
    }
}
