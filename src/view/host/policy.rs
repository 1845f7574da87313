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

/// The page with its catalogue: it names the file, and its policy allows the catalogue's origins besides
/// what it allows anyway. What an earlier catalogue had added goes; no catalogue at all is `None`.
///
/// # Errors
/// Where the page is not one that `cargo xtask build` has made.
pub fn page(html: &str, origins: Option<&[String]>) -> Result<String, String> {
    let (html, before) = without_name(html)?;
    let mut html = html;
    for origin in before {
        html = html.replacen(&format!(" {origin}"), "", 1);
    }
    let Some(origins) = origins else { return Ok(html) };
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
    Ok(format!(
        "{head}{OPEN}{start}{DIRECTIVE}{sources}{plus}{end}\"><meta name=\"{NAMED_BY}\" content=\"./{FILE}\" data-origins=\"{}\">{tail}",
        added.join(" ")
    ))
}

/// The page without the name of its catalogue, and the origins that had been added for it.
fn without_name(html: &str) -> Result<(String, Vec<String>), String> {
    let open = format!("<meta name=\"{NAMED_BY}\"");
    let Some((head, rest)) = html.split_once(&open) else { return Ok((html.to_owned(), Vec::new())) };
    let (tag, tail) = rest.split_once('>').ok_or("the name of the page's catalogue does not end")?;
    let before = tag.split_once("data-origins=\"").and_then(|(_, rest)| rest.split_once('"'));
    let before = before.map_or("", |(before, _)| before);
    Ok((format!("{head}{tail}"), before.split_ascii_whitespace().map(str::to_owned).collect()))
}
