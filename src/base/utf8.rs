//! Bytes that are text although nobody says so.

/// Whether bytes read as text: UTF-8 without the control characters that no text has.
pub fn is_text(bytes: &[u8]) -> bool {
    let is_control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    let has_none = |text: &str| text.split("\r\n").all(|line| !line.contains(is_control));
    std::str::from_utf8(bytes).is_ok_and(has_none)
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn files_are_no_text() {
        assert!(is_text("über\r\nalles\t".as_bytes()) && is_text(b""));
        assert!(!is_text(b"\x89PNG") && !is_text(&[0, 1]) && !is_text(b"\rstr"));
    }
}
