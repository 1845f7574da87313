//! What a compiled module carries along that nobody needs to run it.
//!
//! Source: "Binary Format", sections 5.2 and 7.4.1, of the WebAssembly specification.

use crate::Result;

/// Custom sections that only a debugger reads. The names of a page's functions take as much room as
/// the functions.
const DISPENSABLE: &[&[u8]] = &[b"name", b"producers"];

/// The module without those sections.
pub(crate) fn without_names(module: &[u8]) -> Result<Vec<u8>> {
    const CUSTOM: u8 = 0;
    let cut = || "the module ends within a section".to_owned();
    let (head, mut rest) = module.split_at_checked(8).ok_or_else(cut)?;
    if !head.starts_with(b"\0asm") {
        return Err("this is no WebAssembly module".to_owned());
    }
    let mut kept = head.to_vec();
    while let Some((id, after)) = rest.split_first() {
        let (len, body) = leb(after).ok_or_else(cut)?;
        let (section, next) = body.split_at_checked(len).ok_or_else(cut)?;
        let name = leb(section).and_then(|(len, name)| name.get(..len));
        if *id != CUSTOM || !name.is_some_and(|name| DISPENSABLE.contains(&name)) {
            let whole = rest.len() - next.len();
            kept.extend_from_slice(rest.get(..whole).unwrap_or_default());
        }
        rest = next;
    }
    Ok(kept)
}

/// A number of at most 32 bits, seven in each byte, and what follows it.
fn leb(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0usize;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::without_names;

    #[test]
    fn names_go_and_everything_else_stays() {
        let head = b"\0asm\x01\0\0\0";
        let code = [10, 3, 1, 2, 3];
        let names = [0, 7, 4, b'n', b'a', b'm', b'e', 9, 9];
        let other = [0, 3, 2, b'h', b'i'];
        let all = [&head[..], &code, &names, &other].concat();
        assert_eq!(without_names(&all), Ok([&head[..], &code, &other].concat()));
        assert!(without_names(&all[..all.len() - 1]).is_err());
        assert!(without_names(b"not a module at all").is_err());
    }
}
