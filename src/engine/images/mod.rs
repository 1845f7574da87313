//! The images that the screen lacks: which reads get them, in order, and what comes of those.
//!
//! Like the rest of the engine this is worked out anew after each event: [`Images::advance`] goes
//! through what is wanted, answers what it can, fetches what is missing and aborts what nobody wants
//! any more. A row's image has several places where it may be; the next one is tried when one fails.

mod archive;
mod kept;
mod words;

use super::Effect;
use super::table::Table;
use crate::bytes::ByteRange;
use crate::catalog::images::{self as places, Candidate, THUMBNAIL_PX};
use crate::error::{Error, ErrorKind, Result};
use crate::hub;
use crate::ids::{DecodeId, FetchId, SourceId};
use crate::picture;
use crate::protocol::images::{self as wire, Failure, Image, MAX_WANTS, Outcome, Picture, Want};
use crate::protocol::{Response, Traffic};
use crate::spec::TableRef;
use crate::zip::directory::MAX_MEMBER_BYTES;
use crate::zip::member::content;
use archive::Archive;
use kept::Kept;
use std::collections::{BTreeMap, BTreeSet};

/// Requests for images under way at a time: what browsers allow one host over HTTP/1.1.
pub const MAX_IN_FLIGHT: usize = 6;

/// Images being decoded at a time.
const MAX_DECODING: usize = 6;

/// Directories are forgotten, the longest unused first, above this amount of memory.
const MAX_DIRECTORY_BYTES: usize = 24 << 20;

/// Archives known at a time, read or not.
const MAX_ARCHIVES: usize = 400;

/// The longest preview that is read; real ones have some kilobytes.
const MAX_THUMBNAIL_BYTES: u64 = 256 << 10;

/// Previews may serve tiles up to this much larger than they are.
const MAX_THUMBNAIL_TILE_PX: u32 = THUMBNAIL_PX * 3 / 2;

/// After so many previews in a row without an answer, none is asked for any more: the place is out
/// of reach, and every tile would wait for it in vain.
const MAX_SILENT_THUMBNAILS: u32 = 3;

/// After so many previews in a row that are not there, none is asked for any more.
const MAX_MISSING_THUMBNAILS: u32 = 48;

/// Something that is read once for whoever wants it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An archive's directory.
    Archive(places::Archive),
    /// A member of an archive.
    Member(places::Archive, String),
    /// A small file of its own, by its address.
    File(String),
}

/// A read under way.
#[derive(Debug)]
struct Flight {
    target: Target,
    /// The range as it was asked for, or as the answer cut it.
    range: ByteRange,
    bytes: Vec<u8>,
}

/// An image being decoded.
#[derive(Debug)]
struct Decoding {
    want: Want,
    target: Target,
    picture: Picture,
}

/// Where the work on an image stands.
enum Work {
    /// Nothing can be done now.
    Waits,
    /// This is to be read.
    Needs(Target),
    /// It is answered.
    Answered(Outcome),
    /// It is to be decoded.
    Decode(Box<Decoding>, Vec<u8>),
}

/// The images of the open table.
#[derive(Debug, Default)]
pub struct Images {
    /// How they are found; none where nothing is known of them.
    places: Option<places::Images>,
    endpoint: String,
    base: String,
    thumbnails: Option<String>,
    wants: Vec<Want>,
    answered: BTreeSet<Want>,
    flights: BTreeMap<FetchId, Flight>,
    decodings: BTreeMap<DecodeId, Decoding>,
    archives: BTreeMap<places::Archive, Archive>,
    /// Sizes of archives outlive their directories.
    sizes: BTreeMap<places::Archive, u64>,
    kept: Kept,
    /// Sources of archives that are forgotten, still to be told.
    forgotten: Vec<SourceId>,
    next_source: u32,
    next_decode: u32,
    clock: u64,
    silent_thumbnails: u32,
    missing_thumbnails: u32,
}

impl Images {
    /// The images of a table that is being opened. `base` is where the app lives.
    pub fn open(&mut self, table: Option<&TableRef>, endpoint: &str, base: &str) {
        // Numbers are not used again: an answer to an old one may be on its way.
        let (next_source, next_decode) = (self.next_source, self.next_decode);
        *self = Self {
            places: table.and_then(places::Images::of),
            endpoint: endpoint.to_owned(),
            base: base.to_owned(),
            next_source,
            next_decode,
            ..Self::default()
        };
    }

    /// Aborts what is under way.
    pub fn close(&mut self, effects: &mut Vec<Effect>) {
        effects.extend(std::mem::take(&mut self.flights).into_keys().map(|id| Effect::Abort { id }));
        self.open(None, "", "");
    }

    /// Whether a fetch is one of an image.
    pub fn owns(&self, id: FetchId) -> bool {
        self.flights.contains_key(&id)
    }

    /// Requests under way.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// Takes the images that the screen lacks now. The answer: the rows of which values are needed.
    pub fn want(&mut self, wanted: wire::Images) -> Vec<u64> {
        let wire::Images { mut wants, thumbnails } = wanted;
        wants.truncate(MAX_WANTS);
        self.thumbnails = thumbnails;
        // What is asked for again after its answer was dropped on the other side is new.
        self.answered.clear();
        self.wants = wants;
        let mut rows: Vec<u64> = self.wants.iter().map(|want| want.row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The columns that say where images are.
    pub fn columns(&self) -> &'static [&'static str] {
        self.places.as_ref().map_or(&[], places::Images::columns)
    }

    /// Forgets what is known to have failed for a row.
    pub fn retry(&mut self, row: u64, table: &Table) {
        let Ok(Some(candidates)) = self.candidates(row, table) else { return };
        for candidate in candidates {
            if let Candidate::Member { archive, .. } = &candidate
                && self.archives.get(archive).is_some_and(|archive| archive.directory().is_err())
            {
                self.forget_archive(archive);
            }
            if let Some(target) = self.target(&candidate) {
                self.kept.forgive(&target);
            }
        }
    }

    /// Forgets every failure.
    pub fn retry_all(&mut self) {
        self.kept.forgive_all();
        let failed: Vec<places::Archive> = self
            .archives
            .iter()
            .filter(|(_, archive)| archive.directory().is_err())
            .map(|(key, _)| key.clone())
            .collect();
        for key in failed {
            self.forget_archive(&key);
        }
        self.silent_thumbnails = 0;
    }

    fn forget_archive(&mut self, key: &places::Archive) {
        self.forgotten.extend(self.archives.remove(key).map(|archive| archive.source));
    }

    // ------------------------------------------------------------ what happened

    /// The answer to a fetch has begun.
    pub fn began(&mut self, id: FetchId, range: ByteRange, file_bytes: u64) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        flight.range = range;
        if let Target::Archive(key) = &flight.target
            && let Some(archive) = self.archives.get_mut(key)
        {
            archive.sized(file_bytes);
            self.sizes.insert(key.clone(), file_bytes);
        }
    }

    /// More bytes of a body.
    pub fn bytes(&mut self, id: FetchId, bytes: &[u8]) {
        if let Some(flight) = self.flights.get_mut(&id) {
            flight.bytes.extend_from_slice(bytes);
        }
    }

    /// A body is here.
    pub fn done(&mut self, id: FetchId) {
        let Some(Flight { target, range, bytes }) = self.flights.remove(&id) else { return };
        match &target {
            Target::Archive(key) => {
                if let Some(archive) = self.archives.get_mut(key) {
                    archive.take(range, bytes);
                }
            }
            Target::Member(key, name) => match self.member(key, name, range, &bytes) {
                Ok(content) => self.kept.keep(target, content),
                Err(error) => self.kept.fail(target, error),
            },
            Target::File(_) => {
                self.silent_thumbnails = 0;
                self.missing_thumbnails = 0;
                self.kept.keep(target, bytes);
            }
        }
    }

    /// A fetch was for bytes beyond the end of the file.
    pub fn beyond_end(&mut self, id: FetchId, file_bytes: Option<u64>) {
        let Some(Flight { target, .. }) = self.flights.remove(&id) else { return };
        let shorter = || Error::new(ErrorKind::Changed, "it is shorter than it was");
        match (target, file_bytes) {
            (Target::Archive(key), Some(file_bytes)) if file_bytes > 0 => {
                self.sizes.insert(key.clone(), file_bytes);
                if let Some(archive) = self.archives.get_mut(&key) {
                    archive.sized(file_bytes);
                }
            }
            (Target::Archive(key), _) => {
                self.sizes.remove(&key);
                if let Some(archive) = self.archives.get_mut(&key) {
                    archive.fail(Error::new(ErrorKind::Truncated, "it is empty"));
                }
            }
            (target @ (Target::Member(..) | Target::File(_)), _) => self.kept.fail(target, shorter()),
        }
    }

    /// A fetch failed for good.
    pub fn failed(&mut self, id: FetchId, error: Error) {
        let Some(Flight { target, .. }) = self.flights.remove(&id) else { return };
        match &target {
            Target::Archive(key) => {
                if let Some(archive) = self.archives.get_mut(key) {
                    archive.fail(error);
                }
            }
            Target::Member(key, _) => {
                let changed = error.kind == ErrorKind::Changed;
                self.kept.fail(target.clone(), error.context(key.name().to_owned()));
                if changed {
                    // The directory is of another version.
                    self.forget_archive(key);
                }
            }
            Target::File(_) => {
                match error.kind {
                    ErrorKind::NotFound => {
                        self.silent_thumbnails = 0;
                        self.missing_thumbnails += 1;
                    }
                    _ => self.silent_thumbnails += 1,
                }
                self.kept.fail(target, error);
            }
        }
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
            Err(error) => self.kept.fail(target, error),
        }
    }

    // ------------------------------------------------------------ what is to be done

    /// Answers, decodes, fetches and aborts, as far as can be known now.
    pub fn advance(
        &mut self,
        table: Option<&Table>,
        next_fetch: &mut u32,
        traffic: &mut Traffic,
        effects: &mut Vec<Effect>,
    ) {
        self.clock += 1;
        let mut needed: Vec<Target> = Vec::new();
        if let Some(table) = table {
            for want in self.wants.clone() {
                if self.answered.contains(&want) || self.decodings.values().any(|other| other.want == want) {
                    continue;
                }
                match self.work(want, table, effects) {
                    Work::Waits => {}
                    Work::Needs(target) => {
                        if !needed.contains(&target) {
                            needed.push(target);
                        }
                    }
                    Work::Answered(outcome) => self.answer(want, outcome, effects),
                    Work::Decode(decoding, bytes) => {
                        let id = DecodeId(self.next_decode);
                        self.next_decode = self.next_decode.wrapping_add(1);
                        let mime = decoding.picture.mime.clone();
                        let size_px = display_size(&decoding.picture, want.px);
                        self.decodings.insert(id, *decoding);
                        effects.push(Effect::Decode { id, bytes, mime, size_px });
                    }
                }
            }
        }
        let unwanted: Vec<FetchId> = self
            .flights
            .iter()
            .filter(|(_, flight)| !needed.contains(&flight.target))
            .map(|(id, _)| *id)
            .collect();
        for id in unwanted {
            self.flights.remove(&id);
            effects.push(Effect::Abort { id });
        }
        for target in needed {
            if self.flights.len() >= MAX_IN_FLIGHT {
                break;
            }
            if self.flights.values().any(|flight| flight.target == target) {
                continue;
            }
            let id = FetchId(*next_fetch);
            let Some((range, effect)) = self.fetch(id, &target) else { continue };
            *next_fetch = next_fetch.wrapping_add(1);
            self.flights.insert(id, Flight { target, range, bytes: Vec::new() });
            traffic.image_requests += 1;
            effects.push(effect);
        }
        self.forget(effects);
    }

    fn answer(&mut self, want: Want, outcome: Outcome, effects: &mut Vec<Effect>) {
        if self.wants.contains(&want) && self.answered.insert(want) {
            effects.push(Effect::Respond(Response::Image(Image { want, outcome })));
        }
    }

    /// What is to be done for one image now.
    fn work(&mut self, want: Want, table: &Table, effects: &mut Vec<Effect>) -> Work {
        let candidates = match self.candidates(want.row, table) {
            Ok(Some(candidates)) => candidates,
            Ok(None) => return Work::Waits,
            Err(error) => return Work::Answered(failed(&error)),
        };
        let mut last: Option<(Error, &'static str)> = None;
        for candidate in candidates {
            let preview = matches!(candidate, Candidate::Thumbnail(_));
            if preview && !self.thumbnails_serve(want.px) {
                continue;
            }
            let Some(target) = self.target(&candidate) else { continue };
            let place = match &candidate {
                Candidate::Member { place, .. } => place,
                Candidate::Thumbnail(_) => "",
            };
            let mut fail = |error: Error| {
                if !preview {
                    last = Some((error, place));
                }
            };
            if let Some(error) = self.kept.failure(&target) {
                fail(error.clone());
                continue;
            }
            if let Some(file) = self.kept.file(&target) {
                match self.picture(want, &candidate, &file) {
                    Ok(mut picture) => {
                        if self.decodings.len() >= MAX_DECODING {
                            return Work::Waits;
                        }
                        picture.note = last.map(|(error, place)| words::fallback(&error, place));
                        let bytes = file.as_ref().clone();
                        return Work::Decode(Box::new(Decoding { want, target, picture }), bytes);
                    }
                    Err(error) => {
                        fail(error.clone());
                        self.kept.fail(target, error);
                        continue;
                    }
                }
            }
            let Candidate::Member { archive, name, directory_bytes_hint, .. } = candidate else {
                return Work::Needs(target);
            };
            match self.look_up(&archive, &name, directory_bytes_hint, effects) {
                Ok(false) => return Work::Needs(Target::Archive(archive)),
                Ok(true) => return Work::Needs(target),
                Err(error) => fail(error),
            }
        }
        Work::Answered(last.map_or_else(
            || failed(&Error::new(ErrorKind::NotFound, "nothing is known of where this image is")),
            |(error, _)| failed(&error),
        ))
    }

    fn thumbnails_serve(&self, px: u32) -> bool {
        (1..=MAX_THUMBNAIL_TILE_PX).contains(&px)
            && self.thumbnails.is_some()
            && self.silent_thumbnails < MAX_SILENT_THUMBNAILS
            && self.missing_thumbnails < MAX_MISSING_THUMBNAILS
    }

    /// Whether an archive's directory is here and lists a member; false while it is not here.
    fn look_up(
        &mut self,
        key: &places::Archive,
        name: &str,
        hint: u64,
        effects: &mut Vec<Effect>,
    ) -> Result<bool> {
        if !self.archives.contains_key(key) {
            self.next_source += 1;
            let source = SourceId(self.next_source);
            effects.push(Effect::Source { source, url: self.address(key) });
            let archive = Archive::new(source, key.name().to_owned(), self.sizes.get(key).copied(), hint);
            self.archives.insert(key.clone(), archive);
        }
        let Some(archive) = self.archives.get_mut(key) else { return Ok(false) };
        archive.used = self.clock;
        let Some(directory) = archive.directory()? else { return Ok(false) };
        if directory.find(name).map_err(|error| error.context(archive.name.clone()))?.is_empty() {
            let error = Error::new(ErrorKind::NotFound, "this image is not in the archive");
            return Err(error.context(archive.name.clone()));
        }
        Ok(true)
    }

    /// The effect that reads a target, with the range where it is one.
    fn fetch(&self, id: FetchId, target: &Target) -> Option<(ByteRange, Effect)> {
        match target {
            Target::Archive(key) => {
                let archive = self.archives.get(key)?;
                let range = archive.wants()?;
                Some((range, Effect::Fetch { id, source: archive.source, range }))
            }
            Target::Member(key, name) => {
                let archive = self.archives.get(key)?;
                let range = archive.directory().ok()??.find(name).ok()?.first()?.range;
                Some((range, Effect::Fetch { id, source: archive.source, range }))
            }
            Target::File(url) => {
                let most_bytes = MAX_THUMBNAIL_BYTES;
                Some((ByteRange::new(0, most_bytes), Effect::Get { id, url: url.clone(), most_bytes }))
            }
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

    /// Where a row's image may be; none while the row is not read.
    fn candidates(&self, row: u64, table: &Table) -> Result<Option<Vec<Candidate>>> {
        let unknown = |message: &str| Error::new(ErrorKind::NotFound, message.to_owned());
        let places =
            self.places.as_ref().ok_or_else(|| unknown("this table has no images that are known here"))?;
        let mut values = [String::new(), String::new()];
        for (value, name) in values.iter_mut().zip(places.columns()) {
            match table.text_of(name, row)? {
                Some(text) => *value = text,
                None => return Ok(None),
            }
        }
        let candidates = places.candidates(values.each_ref().map(String::as_str));
        candidates.map(Some).ok_or_else(|| unknown("the row does not say where its image is"))
    }

    fn target(&self, candidate: &Candidate) -> Option<Target> {
        match candidate {
            Candidate::Thumbnail(path) => {
                self.thumbnails.as_ref().map(|base| Target::File(format!("{base}/{path}")))
            }
            Candidate::Member { archive, name, .. } => Some(Target::Member(archive.clone(), name.clone())),
        }
    }

    fn address(&self, archive: &places::Archive) -> String {
        match archive {
            places::Archive::Hub(path) => hub::resolve_url(&self.endpoint, path),
            places::Archive::Beside(path) => format!("{}{path}", self.base),
        }
    }

    /// What is told of an image file.
    fn picture(&self, want: Want, candidate: &Candidate, file: &[u8]) -> Result<Picture> {
        let named = |error: Error| match candidate {
            Candidate::Thumbnail(_) => error,
            Candidate::Member { archive, .. } => error.context(archive.name().to_owned()),
        };
        let picture::Facts { format, width_px, height_px, texts } = picture::look(file).map_err(named)?;
        let (source, page, preview) = match candidate {
            Candidate::Thumbnail(path) => (format!("preview / {path}"), None, true),
            Candidate::Member { archive, name, .. } => {
                let page = match archive {
                    places::Archive::Hub(path) => Some(hub::page_url(&self.endpoint, path)),
                    places::Archive::Beside(_) => None,
                };
                (format!("{} / {name}", archive.name()), page, false)
            }
        };
        Ok(Picture {
            bytes: file.to_vec(),
            mime: format.mime().to_owned(),
            width_px,
            height_px,
            format: format.name().to_owned(),
            file_bytes: file.len() as u64,
            source,
            page,
            requests: 1,
            preview,
            note: None,
            texts: if want.px == 0 { texts } else { Vec::new() },
        })
    }

    /// Forgets directories beyond the bound, the longest unused first.
    fn forget(&mut self, effects: &mut Vec<Effect>) {
        let busy: BTreeSet<SourceId> = self
            .flights
            .values()
            .filter_map(|flight| match &flight.target {
                Target::Archive(key) | Target::Member(key, _) => Some(self.archives.get(key)?.source),
                Target::File(_) => None,
            })
            .collect();
        let mut bytes: usize = self.archives.values().map(Archive::memory_bytes).sum();
        while bytes > MAX_DIRECTORY_BYTES || self.archives.len() > MAX_ARCHIVES {
            let oldest = self
                .archives
                .iter()
                .filter(|(_, archive)| archive.used < self.clock && !busy.contains(&archive.source))
                .min_by_key(|(_, archive)| archive.used);
            let Some((key, archive)) = oldest else { break };
            bytes -= archive.memory_bytes().min(bytes);
            let key = key.clone();
            self.forget_archive(&key);
        }
        effects.extend(self.forgotten.drain(..).map(|source| Effect::Forget { source }));
        while self.sizes.len() > MAX_ARCHIVES * 8 {
            self.sizes.pop_first();
        }
    }
}

fn failed(error: &Error) -> Outcome {
    Outcome::Failed(Failure { message: words::failure(error), retry: error.kind != ErrorKind::Limit })
}

/// The size to which an image is to be decoded; none where it is small enough as it is.
fn display_size(picture: &Picture, px: u32) -> Option<(u32, u32)> {
    let (width, height) = (u64::from(picture.width_px), u64::from(picture.height_px));
    let longer = width.max(height);
    // An image that is only a little larger gains nothing from being made smaller.
    if px == 0 || longer <= u64::from(px) * 5 / 4 {
        return None;
    }
    let scaled = |side: u64| u32::try_from((side * u64::from(px)).div_ceil(longer)).unwrap_or(px).max(1);
    Some((scaled(width), scaled(height)))
}

/// No member is larger than what a read may bring.
const _: () = assert!(MAX_THUMBNAIL_BYTES < MAX_MEMBER_BYTES as u64);
