//! What the page's Content-Security-Policy lets the app connect to, and the page for a host's catalogue.
//!
//! Everything that the app reads, images too, comes by `fetch`: only `connect-src` matters.

use super::FILE;

/// What the page says of its catalogue: where it is, and which origins were added for it.
pub const NAMED_BY: &str = "vitrine-catalog";

const DIRECTIVE: &str = "connect-src";

/// Whether a policy lets a page connect to an origin.
pub fn allows(policy: &str, origin: &str) -> bool {
    let Some(sources) = sources(policy, DIRECTIVE).or_else(|| sources(policy, "default-src")) else {
        return true;
    };
    sources.split_ascii_whitespace().any(|source| matches(source, origin))
}

/// The sources of a directive.
fn sources<'a>(policy: &'a str, directive: &str) -> Option<&'a str> {
    policy.split(';').find_map(|part| {
        let part = part.trim();
        let (name, sources) = part.split_once(' ').unwrap_or((part, ""));
        name.eq_ignore_ascii_case(directive).then_some(sources)
    })
}

/// Whether one source of a policy stands for an origin: `https:`, `https://host`, `http://host:*`.
fn matches(source: &str, origin: &str) -> bool {
    if source == "*" || source.eq_ignore_ascii_case(origin) {
        return true;
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return origin.split_once("://").is_some_and(|(own, _)| own.eq_ignore_ascii_case(scheme));
    }
    source.strip_suffix(":*").is_some_and(|host| {
        origin.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    })
}

/// The page for a catalogue: its policy allows the catalogue's origins besides what it allows anyway. What
/// had been added for an earlier catalogue goes; `None` is the empty catalogue that the app comes with.
///
/// # Errors
/// Where the page is not one that `cargo xtask build` has made.
pub fn page(html: &str, origins: Option<&[String]>) -> Result<String, String> {
    let (mut html, before) = without_origins(html)?;
    for origin in before {
        html = html.replacen(&format!(" {origin}"), "", 1);
    }
    let Some(origins) = origins.filter(|origins| !origins.is_empty()) else { return Ok(html) };
    const OPEN: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";
    let (head, rest) = html.split_once(OPEN).ok_or("the page has no Content-Security-Policy")?;
    let (policy, tail) = rest.split_once("\">").ok_or("the page's Content-Security-Policy does not end")?;
    let sound = |origin: &&String| !origin.contains(['"', '\'', ';', ',', '<', '>', ' ']);
    let added: Vec<&str> =
        origins.iter().filter(sound).filter(|origin| !allows(policy, origin)).map(String::as_str).collect();
    let (start, sources) = policy.split_once(DIRECTIVE).ok_or("the page's policy has no connect-src")?;
    let (sources, end) =
        sources.split_once(';').map_or((sources, String::new()), |(own, end)| (own, format!(";{end}")));
    let plus: String = added.iter().map(|origin| format!(" {origin}")).collect();
    if added.is_empty() {
        return Ok(html);
    }
    let html = format!("{head}{OPEN}{start}{DIRECTIVE}{sources}{plus}{end}\">{tail}");
    let name = name();
    Ok(html.replacen(&name, &format!("{name}{ORIGINS}{}\"", added.join(" ")), 1))
}

/// What tells the origins that were added.
const ORIGINS: &str = " data-origins=\"";

/// The beginning of the element that names the catalogue.
fn name() -> String {
    format!("<meta name=\"{NAMED_BY}\" content=\"./{FILE}\"")
}

/// The page as it is with an empty catalogue, but for the policy, and the origins that had been added to that.
fn without_origins(html: &str) -> Result<(String, Vec<String>), String> {
    let name = name();
    let (head, tail) = html.split_once(&name).ok_or("the page does not name its catalogue")?;
    let Some(rest) = tail.strip_prefix(ORIGINS) else { return Ok((html.to_owned(), Vec::new())) };
    let (before, tail) = rest.split_once('"').ok_or("the name of the page's catalogue does not end")?;
    let before = before.split_ascii_whitespace().map(str::to_owned).collect();
    Ok((format!("{head}{name}{tail}"), before))
}
