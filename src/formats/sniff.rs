//! What a file is that is not what its name says.

/// What the bytes at the front of a file, where they are known, and at its end look like.
pub fn looks_like(front: &[u8], end: &[u8]) -> Option<&'static str> {
    const FRONTS: &[(&[u8], &str)] = &[
        (
            b"version https://git-lfs",
            "a Git LFS pointer: the data itself was not downloaded (git lfs pull fetches it)",
        ),
        (b"PAR1", "a Parquet file that was cut short"),
        (b"\x1f\x8b", "a gzip file: unpack it first"),
        (b"\x28\xb5\x2f\xfd", "a Zstandard file: unpack it first"),
        (b"ARROW1", "an Arrow file"),
        (b"\xff\xff\xff\xff", "an Arrow stream"),
        (b"ORC", "an ORC file"),
        (b"Obj\x01", "an Avro file"),
        (b"SQLite format 3", "an SQLite database"),
        (b"\x89HDF", "an HDF5 file"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"%PDF", "a PDF document"),
    ];
    let known = FRONTS.iter().find(|(magic, _)| front.starts_with(magic)).map(|(_, what)| *what);
    let is_zip =
        || end.windows(4).rev().any(|at| at == b"PK\x05\x06").then_some("a ZIP archive: unpack it first");
    let text = front.trim_ascii_start();
    let written = || {
        let is_page = text.starts_with(b"<") || end.trim_ascii_end().ends_with(b">");
        let is_error = text.starts_with(b"{") && text.windows(7).any(|at| at == b"\"error\"");
        match () {
            () if is_error => Some("an error message of a server"),
            () if is_page => Some("a web page"),
            () if text.starts_with(b"{") || text.starts_with(b"[") => Some("JSON"),
            () if is_table(text) => Some("a CSV table"),
            () => None,
        }
    };
    known.or_else(is_zip).or_else(written)
}

/// Whether this is text whose first two lines have as many commas or tabs, and one at least.
fn is_table(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let count = |line: &str| (line.matches(',').count(), line.matches('\t').count());
    let mut lines = text.lines().map(count);
    let (first, second) = (lines.next(), lines.next());
    first.is_some_and(|(commas, tabs)| commas + tabs > 0) && first == second
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn each_is_called_by_its_name() {
        let is = |bytes: &[u8], part: &str| {
            let what = looks_like(bytes, bytes).unwrap_or_default();
            assert!(what.contains(part), "{what} for {bytes:?}");
        };
        is(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "LFS pointer");
        is(b"\x1f\x8b\x08\0", "gzip");
        is(b"PK\x03\x04aaaaPK\x05\x06aaaa", "ZIP");
        is(b"\n<!doctype html><p>Gone</p>\n", "web page");
        is(b"{\"error\": \"Repository not found\"}", "error message");
        is(b"{\"a\": 1}\n{\"a\": 2}\n", "JSON");
        is(b"a,b\n1,2\n", "CSV");
        assert_eq!(looks_like(b"anything else", b"anything else"), None);
    }
}
