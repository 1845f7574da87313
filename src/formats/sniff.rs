//! What a file is that is no Parquet: another table, or no table at all.

/// How names of CSV files end.
pub const CSV_ENDINGS: &[&str] = &[".csv", ".tsv", ".tab", ".psv"];

/// How names of JSON files end.
pub const JSON_ENDINGS: &[&str] = &[".jsonl", ".ndjson", ".json", ".jsonlines"];

/// How names of Arrow files end.
const ARROW_ENDINGS: &[&str] = &[".arrow", ".feather", ".ipc", ".arrows"];

/// How names of packed files end.
const PACKED_ENDINGS: &[&str] = &[".gz", ".zst", ".zstd"];

/// Whether a name is that of a table in another format than Parquet.
pub fn is_table_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = PACKED_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    let mut endings = CSV_ENDINGS.iter().chain(JSON_ENDINGS).chain(ARROW_ENDINGS);
    endings.any(|ending| stem.ends_with(ending)) || (stem.len() < name.len() && stem.ends_with(".parquet"))
}

/// A file's name without what says of which format it is.
pub fn stem(name: &str) -> &str {
    let without = |name: &'_ str, endings: &[&str]| {
        let lower = name.to_ascii_lowercase();
        endings.iter().find_map(|ending| lower.strip_suffix(ending).map(str::len)).unwrap_or(name.len())
    };
    let plain = name.get(..without(name, PACKED_ENDINGS)).unwrap_or(name);
    let known = [CSV_ENDINGS, JSON_ENDINGS, ARROW_ENDINGS, &[".parquet", ".txt"]];
    let end = known.iter().map(|endings| without(plain, endings)).min().unwrap_or(plain.len());
    plain.get(..end).unwrap_or(plain)
}

/// Whether a file that begins like this may hold a table in another format than Parquet. What is packed is not
/// looked into.
pub fn may_be_table(front: &[u8], name: &str) -> bool {
    const FRONTS: &[&[u8]] = &[b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"ARROW1", b"\xff\xff\xff\xff"];
    if FRONTS.iter().any(|magic| front.starts_with(magic)) || is_arrow_stream(front) {
        return true;
    }
    if not_a_table(front, &[]).is_some() || front.starts_with(b"PAR1") {
        return false;
    }
    let text = front.trim_ascii_start();
    let is_lines = || {
        let name = name.to_ascii_lowercase();
        name.ends_with(".txt") && text.contains(&b'\n') && !text.contains(&0)
    };
    is_lines()
        || is_table_name(name)
        || text.starts_with(b"{")
        || text.starts_with(b"[")
        || is_lines_of_fields(text)
}

/// Whether these are the first bytes of an Arrow stream: a message that says how long it is, up to version 0.14 without a
/// mark in front, and where in it its table begins.
pub fn is_arrow_stream(front: &[u8]) -> bool {
    match front {
        [0xff, 0xff, 0xff, 0xff, a, b, c, 0, ..] => (a | b | c) != 0,
        [a, b, c, 0, 4..=64, 0, 0, 0, ..] => (a | b | c) != 0,
        _ => false,
    }
}

/// What the bytes at the front of a file, where they are known, and at its end look like.
pub fn looks_like(front: &[u8], end: &[u8]) -> Option<&'static str> {
    let cut = || front.starts_with(b"PAR1").then_some("a Parquet file that was cut short");
    cut().or_else(|| not_a_table(front, end))
}

/// What a file is that holds no table, where that can be told.
pub fn not_a_table(front: &[u8], end: &[u8]) -> Option<&'static str> {
    const FRONTS: &[(&[u8], &str)] = &[
        (
            b"version https://git-lfs",
            "a Git LFS pointer: the data itself was not downloaded (git lfs pull fetches it)",
        ),
        (b"ORC", "an ORC file: convert it to Parquet"),
        (b"Obj\x01", "an Avro file: convert it to Parquet"),
        (b"SQLite format 3", "an SQLite database: export its table as Parquet or CSV"),
        (b"\x89HDF", "an HDF5 file: export its table as Parquet or CSV"),
        (b"FEA1", "a Feather file of the first version: write it again with today's pyarrow"),
        (b"\x80\x02", "a Python pickle, which only Python reads"),
        (b"\x80\x03", "a Python pickle, which only Python reads"),
        (b"\x80\x04", "a Python pickle, which only Python reads"),
        (b"\x80\x05", "a Python pickle, which only Python reads"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"RIFF", "an image, a sound or a video"),
        (b"%PDF", "a PDF document"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document of Office: save it as CSV"),
        (b"\x04\x22\x4d\x18", "an LZ4 file: unpack it first"),
        (b"\xff\x06\x00\x00sNaPpY", "a Snappy file: unpack it first"),
        (b"Rar!", "a RAR archive: unpack it first"),
        (b"GGUF", "weights of a model"),
        (b"BZh", "a bzip2 file: unpack it first"),
        (b"\xfd7zXZ", "an xz file: unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    ];
    let known = FRONTS.iter().find(|(magic, _)| front.starts_with(magic)).map(|(_, what)| *what);
    let is_lance = || end.ends_with(b"LANC").then_some("a Lance file: convert it to Parquet");
    let is_zip = || {
        let ends = || end.windows(4).rev().any(|at| at == b"PK\x05\x06");
        // Spreadsheets are archives as well.
        let sheet = || front.windows(8).any(|at| at == b"xl/workb" || at == b"xl/works");
        match front.starts_with(b"PK\x03\x04") {
            true if sheet() => Some("a spreadsheet: save it as CSV"),
            true => Some("a ZIP archive: unpack it first"),
            false => ends().then_some("a ZIP archive: unpack it first"),
        }
    };
    let is_tar = || (front.get(257..262) == Some(b"ustar")).then_some("a tar archive: unpack it first");
    let text = front.trim_ascii_start();
    let written = || {
        /// An answer of a server is short.
        const MOST_ERROR_BYTES: usize = 2_000;
        let is_page = text.starts_with(b"<") || end.trim_ascii_end().ends_with(b">");
        let is_error = text.len() < MOST_ERROR_BYTES && is_error_message(text.trim_ascii_end());
        match () {
            () if is_error => Some("an error message of a server"),
            () if is_page => Some("a web page"),
            () => None,
        }
    };
    known.or_else(is_zip).or_else(is_tar).or_else(is_lance).or_else(written)
}

/// Whether this is how servers say that something went wrong: a line of JSON with such words alone, or what the Hub
/// answers in plain text.
fn is_error_message(text: &[u8]) -> bool {
    const PLAIN: &[&[u8]] = &[
        b"Entry not found",
        b"Repository not found",
        b"Invalid username or password.",
        b"Not Found",
        b"404: Not Found",
        b"Access denied",
        b"Unauthorized",
        b"Forbidden",
        b"Bad Request",
        b"Internal Server Error",
    ];
    const KEYS: &[&str] = &[
        "message",
        "detail",
        "status",
        "code",
        "statusCode",
        "documentation_url",
        "request_id",
        "requestId",
    ];
    if PLAIN.iter().any(|plain| text.eq_ignore_ascii_case(plain)) {
        return true;
    }
    if !text.starts_with(b"{") || text.contains(&b'\n') {
        return false;
    }
    if text.windows(7).any(|at| at == b"\"error\"") {
        return true;
    }
    let object: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_slice(text).ok();
    object.is_some_and(|object| {
        // A message alone may be anything.
        let is_told = object.contains_key("detail") || object.contains_key("message") && object.len() > 1;
        is_told && object.keys().all(|key| KEYS.contains(&key.as_str()))
    })
}

/// Whether this is text whose first two lines have as many commas or tabs, and one at least.
fn is_lines_of_fields(text: &[u8]) -> bool {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(text.len(), |end| end + 1);
    let Ok(text) = std::str::from_utf8(text.get(..whole).unwrap_or_default()) else { return false };
    let count =
        |line: &str| (line.matches(',').count(), line.matches('\t').count(), line.matches(';').count());
    let mut lines = text.lines().map(count);
    let (first, second) = (lines.next(), lines.next());
    first.is_some_and(|(commas, tabs, semicolons)| commas + tabs + semicolons > 0) && first == second
}

#[cfg(test)]
mod tests {
    use super::{is_table_name, looks_like, may_be_table};

    #[test]
    fn each_is_called_by_its_name() {
        let is = |bytes: &[u8], part: &str| {
            let what = looks_like(bytes, bytes).unwrap_or_default();
            assert!(what.contains(part), "{what} for {bytes:?}");
            assert!(!may_be_table(bytes, "data.csv"), "{bytes:?}");
        };
        is(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "LFS pointer");
        is(b"PK\x03\x04aaaaPK\x05\x06aaaa", "ZIP");
        is(b"PK\x03\x04aaaa[Content_Types].xmlaaaaxl/workbook.xml", "spreadsheet");
        is(b"\n<!doctype html><p>Gone</p>\n", "web page");
        is(b"{\"error\": \"Repository not found\"}", "error message");
        is(b"Entry not found", "error message");
        is(b"{\"message\": \"Not Found\", \"status\": \"404\"}", "error message");
        is(b"{\"detail\": \"Not Found\"}", "error message");
        is(b"\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet");
        is(b"PAR1abc", "cut short");
        assert_eq!(looks_like(b"anything else", b"anything else"), None);
    }

    #[test]
    fn tables_are_known_by_what_is_in_them() {
        for table in [
            "a,b\n1,2\n",
            "{\"a\": 1}\n{\"error\": 2}\n",
            "{\"message\": \"a castle\"}",
            "[1]",
            "\x1f\u{8b}",
            "ARROW1\0\0",
            "a;b\nc;d\n",
        ] {
            let bytes: Vec<u8> = table.chars().map(|character| character as u8).collect();
            assert!(may_be_table(&bytes, "data"), "{table}");
        }
        assert!(!may_be_table(b"anything else", "data"));
        assert!(may_be_table(b"anything else", "data.csv"));
        assert!(is_table_name("a/b.JSONL.gz") && is_table_name("x.parquet.zst"));
        assert!(!is_table_name("x.parquet") && !is_table_name("readme.md"));
    }
}
