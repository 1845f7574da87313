//! Web addresses: which ones may be read, and their origin.

use super::shown;

/// Reads an origin, `scheme://host[:port]`: lower case, without a default port, without a slash.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let (origin, rest) = split_address(text.trim())?;
    if rest.trim_matches('/').is_empty() {
        Ok(origin)
    } else {
        Err(format!("“{}” has more than a scheme, a host and a port.", shown(text)))
    }
}

/// Splits an address into its origin and all that follows. Plain http is allowed on this machine
/// only: a page that came over https may not read from it anywhere else.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub(super) fn split_address(text: &str) -> Result<(String, &str), String> {
    split(text, false)
}

/// An address as the app's own host names it: what [`split_address`] takes, and plain http anywhere, which
/// a page can read that came over plain http itself. Its origin, and all that follows.
///
/// # Errors
/// A sentence for people that says what is wrong.
pub fn split_hosts_address(text: &str) -> Result<(String, &str), String> {
    split(text, true)
}

fn split(text: &str, plain_anywhere: bool) -> Result<(String, &str), String> {
    let wrong = || format!("“{}” is not an https address.", shown(text));
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    let scheme = scheme.to_ascii_lowercase();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end).ok_or_else(wrong)?;
    if authority.contains('@') {
        return Err("an address with a user name or a password can't be read.".to_owned());
    }
    let (host, port) = split_port(authority).ok_or_else(wrong)?;
    let (host, loopback) = parse_host(host).ok_or_else(wrong)?;
    let default_port = match scheme.as_str() {
        "https" => 443,
        "http" if loopback || plain_anywhere => 80,
        "http" => return Err(format!("“{}” needs https: http is for this machine only.", shown(text))),
        _ => return Err(wrong()),
    };
    let port = port.filter(|port| *port != default_port).map(|port| format!(":{port}")).unwrap_or_default();
    Ok((format!("{scheme}://{host}{port}"), rest))
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority.get(host_end..)?.rfind(':') {
        None => Some((authority, None)),
        Some(colon) => {
            let (host, port) = authority.split_at_checked(host_end + colon)?;
            let port = port.strip_prefix(':')?;
            let valid = port.bytes().all(|byte| byte.is_ascii_digit());
            Some((host, Some(port.parse().ok().filter(|port| valid && *port > 0)?)))
        }
    }
}

/// The host in lower case, and whether it is this machine. Whether numbers make an address is for the browser to say, which
/// asks for it: the standard library's parsers of them would be most of what a visitor fetches of this file.
fn parse_host(host: &str) -> Option<(String, bool)> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']')?;
        let known = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        let is_address = inner.contains(':') && inner.bytes().all(known);
        return is_address.then(|| (host.to_ascii_lowercase(), inner == "::1"));
    }
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if host.is_empty() || !host.bytes().all(known) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let loopback = host == "localhost" || host.ends_with(".localhost") || is_loopback(&host);
    Some((host, loopback))
}

/// Whether these are the four numbers of an address of this machine. One that begins with 0 would be octal.
fn is_loopback(host: &str) -> bool {
    let is_number = |part: &str| (part == "0" || !part.starts_with('0')) && part.parse::<u8>().is_ok();
    host.starts_with("127.") && host.split('.').count() == 4 && host.split('.').all(is_number)
}
