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
        if front.starts_with(b"ARROW1") || sniff::is_arrow_stream(front) {
            return Ok(Self::Arrow);
        }
        if front.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        if front.starts_with(b"\x1f\x8b") || front.starts_with(b"\x28\xb5\x2f\xfd") {
            return Err("a packed file within another one: unpack it once, and open what comes out");
        }
        let stem = stem(name);
        let ends = |endings: &[&str]| endings.iter().any(|ending| stem.ends_with(ending));
        let text = front.trim_ascii_start();
        if let Some(what) = sniff::not_a_table(front, &[]) {
            return Err(what);
        }
        if !is_text(front) {
            return Err("no table that is known: most of it is no text");
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

/// Whether bytes may be text: control characters are rare there.
fn is_text(front: &[u8]) -> bool {
    const MOST: usize = 16;
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c | 0x1d | 0x1f | 0x7f);
    let controls = front.iter().filter(is_control).count();
    controls <= MOST || controls < front.len() / 50
}

/// A name in small letters, without what says how it is packed.
fn stem(name: &str) -> String {
    let name = name.to_lowercase();
    let packed = [".gz", ".zst", ".zstd"].iter().find_map(|ending| name.strip_suffix(ending));
    packed.unwrap_or(&name).to_owned()
}
