//! Directories of several archives in one file.
//!
//! Layout, after the magic: the number of archives; for each its path in the repository, its size, its
//! tag, the length of its directory here, and that, as [`Directory::write`] makes it.

use super::{In, Out};
use crate::base::error::{Error, Result};
use crate::formats::zip::directory::Directory;

const MAGIC: [u8; 4] = *b"VZD1";

/// An archive.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its path in the repository.
    pub path: String,
    /// Its size.
    pub file_bytes: u64,
    /// Its tag, as [`super::tag`] leaves it.
    pub etag: String,
    /// Its directory.
    pub directory: Directory,
}

/// Writes a pack.
pub fn write(archives: &[Known]) -> Vec<u8> {
    let mut out = Out::begin(MAGIC);
    out.number(archives.len() as u64);
    for Known { path, file_bytes, etag, directory } in archives {
        out.text(path);
        out.number(*file_bytes);
        out.text(etag);
        let directory = directory.write();
        out.number(directory.len() as u64);
        out.0.extend_from_slice(&directory);
    }
    out.end()
}

/// Reads a pack.
///
/// # Errors
/// Where the bytes are of another kind, or a directory contradicts itself.
pub fn read(bytes: &[u8]) -> Result<Vec<Known>> {
    let mut input = In::begin(MAGIC, bytes)?;
    let count = input.number()?;
    if count > bytes.len() as u64 {
        return Err(Error::corrupt("it lists more archives than it has bytes"));
    }
    let mut archives = Vec::new();
    for _ in 0..count {
        let (path, file_bytes, etag) = (input.text()?, input.number()?, input.text()?);
        let len = input.number()?;
        let directory = Directory::read(input.bytes(len)?, file_bytes)?;
        archives.push(Known { path, file_bytes, etag, directory });
    }
    input.done()?;
    Ok(archives)
}
