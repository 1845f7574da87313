//! What becomes of the reads for images: bytes that came, and reads that failed.

use super::archive::Archive;
use super::{Decoding, Effect, Images, Target};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::ids::DecodeId;
use crate::formats::hub::HubPath;
use crate::formats::zip::member::content;
use crate::protocol::images::Outcome;
use crate::view::catalog::images as places;

impl Images {
    /// The answer to a read has begun, of a file of this size; whether it is of any use.
    pub fn began(&mut self, target: &Target, file_bytes: u64) -> bool {
        match target {
            Target::Archive(key) => {
                if let Some(archive) = self.archives.get_mut(key) {
                    archive.sized(file_bytes);
                    self.sizes.put(key.clone(), file_bytes);
                }
            }
            Target::Member(key, _) => {
                if self.archives.get(key).is_some_and(|archive| !archive.matches_sidecar(file_bytes)) {
                    self.distrust(key);
                    return false;
                }
            }
            Target::Preview(_) | Target::Address(_) | Target::Cell(..) | Target::Pack(_) => {}
        }
        true
    }

    /// A body is here.
    pub fn done(&mut self, target: Target, range: ByteRange, bytes: Vec<u8>) {
        match &target {
            Target::Archive(key) => {
                if let Some(archive) = self.archives.get_mut(key) {
                    archive.take(range, bytes);
                }
            }
            Target::Member(key, name) => match self.member(key, name, range, &bytes) {
                Ok(content) => self.cache.insert(target, content),
                Err(_) if self.archives.get(key).is_some_and(|archive| archive.from_sidecar) => {
                    let key = key.clone();
                    self.distrust(&key);
                }
                Err(error) => self.cache.fail(target, error),
            },
            Target::Preview(_) => {
                self.silent_thumbnails = 0;
                self.missing_thumbnails = 0;
                self.cache.insert(target, bytes);
            }
            Target::Address(_) | Target::Pack(_) => self.cache.insert(target, bytes),
            // No read of ours: the table reads its own rows.
            Target::Cell(..) => {}
        }
    }

    /// A read was for bytes beyond the end of the file.
    pub fn beyond_end(&mut self, target: Target, file_bytes: Option<u64>) {
        let shorter = || Error::new(ErrorKind::Changed, "it is shorter than it was");
        match (target, file_bytes) {
            (Target::Archive(key), Some(file_bytes)) if file_bytes > 0 => {
                self.sizes.put(key.clone(), file_bytes);
                if let Some(archive) = self.archives.get_mut(&key) {
                    archive.sized(file_bytes);
                }
            }
            (Target::Archive(key), _) => {
                self.sizes.forget(&key);
                if let Some(archive) = self.archives.get_mut(&key) {
                    archive.fail(Error::new(ErrorKind::Truncated, "it is empty"));
                }
            }
            (
                target @ (Target::Member(..)
                | Target::Preview(_)
                | Target::Address(_)
                | Target::Cell(..)
                | Target::Pack(_)),
                _,
            ) => self.cache.fail(target, shorter()),
        }
    }

    /// A read failed for good. Where an archive on the Hub is not open to everyone, this gives the Hub and
    /// the archive.
    pub fn failed(&mut self, target: Target, error: Error) -> Option<(String, HubPath)> {
        let closed = match &target {
            Target::Archive(places::Archive::Hub(path)) | Target::Member(places::Archive::Hub(path), _)
                if error.kind == ErrorKind::Unauthorized =>
            {
                Some((self.endpoint.clone(), path.clone()))
            }
            Target::Archive(_)
            | Target::Member(..)
            | Target::Preview(_)
            | Target::Address(_)
            | Target::Cell(..)
            | Target::Pack(_) => None,
        };
        match &target {
            Target::Archive(key) => {
                if let Some(archive) = self.archives.get_mut(key) {
                    archive.fail(error);
                }
            }
            Target::Member(key, _) => {
                let changed = error.kind == ErrorKind::Changed;
                self.cache.fail(target.clone(), error.context(key.name().to_owned()));
                if changed {
                    // The directory is of another version.
                    self.forget_archive(key);
                }
            }
            Target::Address(url) => {
                // A page can't tell a host that is silent from one that keeps pages out.
                let error = match error.kind {
                    ErrorKind::Network => {
                        Error::new(ErrorKind::Network, "there was no answer that this page may read")
                    }
                    ErrorKind::NotFound | ErrorKind::FileNotFound => {
                        Error::new(ErrorKind::NotFound, "it has no such image")
                    }
                    _ => error,
                };
                self.cache.fail(target.clone(), error.context(host_of(url).to_owned()));
            }
            Target::Cell(..) | Target::Pack(_) => self.cache.fail(target, error),
            Target::Preview(_) => {
                match error.kind {
                    ErrorKind::NotFound | ErrorKind::FileNotFound => {
                        self.silent_thumbnails = 0;
                        self.missing_thumbnails += 1;
                    }
                    _ => self.silent_thumbnails += 1,
                }
                self.cache.fail(target, error);
            }
        }
        closed
    }

    /// An image was decoded, to a smaller one where that was asked for, or can't be.
    pub fn decoded(
        &mut self,
        id: DecodeId,
        smaller: Result<Option<(Vec<u8>, String)>>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Decoding { want, target, mut picture }) = self.decodings.remove(&id) else { return };
        match smaller {
            Ok(smaller) => {
                if let Some((bytes, mime)) = smaller {
                    (picture.bytes, picture.mime) = (bytes, mime);
                }
                self.answer(want, Outcome::Picture(picture), effects);
            }
            Err(error) => self.cache.fail(target, error),
        }
    }

    fn member(&self, key: &places::Archive, name: &str, range: ByteRange, bytes: &[u8]) -> Result<Vec<u8>> {
        let named = |error: Error| error.context(key.name().to_owned());
        let archive = self.archives.get(key).map(Archive::directory).transpose()?.flatten();
        let members = archive.map(|directory| directory.find(name)).transpose().map_err(named)?;
        // Where names repeat, the first that is right is the one. A server may have sent more than
        // was asked for.
        let mut error = Error::new(ErrorKind::Changed, "its directory is no longer the one that was read");
        for member in members.iter().flatten().filter(|member| range.contains(member.range)) {
            let (from, to) = (member.range.start - range.start, member.range.end - range.start);
            match content(member, name, bytes.get(from as usize..to as usize).unwrap_or_default()) {
                Ok(content) => return Ok(content),
                Err(wrong) => error = wrong,
            }
        }
        Err(named(error))
    }
}

/// The host of an address, for people.
pub(super) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
