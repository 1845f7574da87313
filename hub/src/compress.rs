//! Compressed files, made once and kept.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use tokio::sync::OnceCell;

use crate::lock;

/// Which version of which file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
}

/// Enough for an app and its fonts; a folder of thousands of files is not what this server is for.
const MOST_FILES: usize = 256;
/// The window of the encoder, as a power of two: what every browser decodes.
const WINDOW_BITS: i32 = 22;

/// A version of a file in one coding.
type Key = (Version, u8, bool);

/// Compressed files of every server of this process: a test starts a server, and its files are those of the
/// test before.
static KEPT: Mutex<BTreeMap<Key, Arc<OnceCell<Bytes>>>> = Mutex::new(BTreeMap::new());

/// Compressed files in memory, by brotli or gzip. Every file is compressed once, however many ask for it at the same time.
#[derive(Debug)]
pub(crate) struct Compressed {
    quality: u8,
    gzip: bool,
}

impl Compressed {
    pub(crate) fn new(quality: u8, gzip: bool) -> Compressed {
        Compressed { quality: quality.min(11), gzip }
    }

    pub(crate) async fn get(&self, version: &Version) -> io::Result<Bytes> {
        let cell = {
            let mut kept = lock(&KEPT);
            let key = (version.clone(), self.quality, self.gzip);
            if !kept.contains_key(&key) {
                // A rebuilt file leaves its older version behind.
                kept.retain(|(held, ..), _| held.path != version.path || held == version);
                if kept.len() >= MOST_FILES {
                    kept.clear();
                }
            }
            Arc::clone(kept.entry(key).or_default())
        };
        let (path, quality, gzip) = (version.path.clone(), self.quality, self.gzip);
        let make = move || async move {
            tokio::task::spawn_blocking(move || compress(&path, quality, gzip))
                .await
                .map_err(io::Error::other)?
        };
        // It goes on when who asked has left: the work would be done again for the next one.
        let made = tokio::spawn(async move { cell.get_or_try_init(make).await.cloned() });
        made.await.map_err(io::Error::other)?
    }
}

fn compress(path: &Path, quality: u8, gzip: bool) -> io::Result<Bytes> {
    let plain = std::fs::read(path)?;
    if gzip {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(&plain)?;
        return Ok(encoder.finish()?.into());
    }
    let parameters = BrotliEncoderParams {
        quality: i32::from(quality),
        lgwin: WINDOW_BITS,
        size_hint: plain.len(),
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::with_capacity(plain.len() / 3);
    brotli::BrotliCompress(&mut plain.as_slice(), &mut packed, &parameters)?;
    Ok(packed.into())
}
