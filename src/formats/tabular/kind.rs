//! What is in a file, by its beginning and, where that does not tell, by its name.

use crate::formats::sniff;

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Arrow IPC.
    Arrow,
    /// Fields with something between them.
    Csv,
    /// JSON.
    Json,
    /// Parquet, inside what packs it.
    Parquet,
}

impl Kind {
    /// By the first bytes, once they are unpacked and are UTF-8 if they are text.
    ///
    /// # Errors
    /// What it looks like, where it is no table.
    pub fn of(front: &[u8], name: &str) -> Result<Self, &'static str> {
        if front.starts_with(b"ARROW1") || is_stream(front) {
            return Ok(Self::Arrow);
        }
        if front.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        let stem = stem(name);
        let ends = |endings: &[&str]| endings.iter().any(|ending| stem.ends_with(ending));
        let text = front.trim_ascii_start();
        if let Some(what) = sniff::not_a_table(front, &[]) {
            return Err(what);
        }
        let is_json = matches!(text.first(), Some(b'{' | b'['));
        match () {
            () if ends(sniff::CSV_ENDINGS) => Ok(Self::Csv),
            () if is_json || ends(sniff::JSON_ENDINGS) => Ok(Self::Json),
            () if front.contains(&0) => Err("no table that is known"),
            () => Ok(Self::Csv),
        }
    }
}

/// Whether these are the first bytes of an Arrow stream: a message that says how long it is.
fn is_stream(front: &[u8]) -> bool {
    matches!(front, [0xff, 0xff, 0xff, 0xff, a, b, c, 0, ..] if (a | b | c) != 0)
}

/// A name in small letters, without what says how it is packed.
fn stem(name: &str) -> String {
    let name = name.to_lowercase();
    let packed = [".gz", ".zst", ".zstd"].iter().find_map(|ending| name.strip_suffix(ending));
    packed.unwrap_or(&name).to_owned()
}
