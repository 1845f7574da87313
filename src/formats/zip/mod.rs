//! ZIP archives over ranges: where the directory is, what it lists, and one member's bytes.
//!
//! Nothing here does I/O. [`end`] says which bytes hold the directory, [`directory`] makes a compact
//! table of it, [`compact`] writes it in few bytes, and [`member`] turns a member's bytes into its content, which is then known to have
//! the length and the checksum that the directory promised; [`write`] makes an archive. An archive is not trusted: every
//! contradiction is a typed error, and every size has a limit.
//!
//! Layout: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 (records) and 4.5.3 (ZIP64).

mod compact;
pub mod directory;
pub mod end;
pub mod member;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod write;

/// Little-endian numbers at a place of some bytes.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
