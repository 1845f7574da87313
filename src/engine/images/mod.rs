//! The images that the screen lacks: which reads get them, in order, and what comes of those.
//!
//! Like the rest of the engine this is worked out anew after each event: [`Images::advance`] goes
//! through what is wanted, answers what it can, and says what has to be read; the scheduler reads it. A row's image has several places where it may be; the next one is tried when one fails.

mod answers;
mod archive;
mod cache;
mod kin;
mod originals;
mod readable;
mod settings;
mod sizes;

use super::Effect;
use super::answers::report;
use super::data::Data;
use super::demand::{Class, Demand, Field, Rows, Who};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::ids::{DecodeId, SourceId};
use crate::base::sorted::{Map, Set, by};
use crate::formats::hub;
use crate::formats::maps;
use crate::formats::maps::List;
use crate::formats::picture;
use crate::formats::zip::directory::{Directory, MAX_MEMBER_BYTES};
use crate::protocol::Response;
use crate::protocol::images::{
    self as wire, Failure, Image, MAX_WANTS, Outcome, Picture, Spot, Want, is_address,
};
use crate::protocol::texts::images as texts;
use crate::view::catalog::images as places;
use crate::view::catalog::images::{Candidate, THUMBNAIL_PX};
use answers::host_of;
use archive::Archive;
use cache::ImageCache;
use originals::Originals;
pub use readable::{Looked, Readable};
use settings::SettingsLookup;
use sizes::{Sizes, SizesQuestion};
use std::collections::BTreeMap;

/// Images being decoded at a time.
const MAX_DECODING: usize = 6;

/// Directories are forgotten, the longest unused first, above this amount of memory.
const MAX_DIRECTORY_BYTES: usize = 24 << 20;

/// Archives known at a time, read or not.
const MAX_ARCHIVES: usize = 400;

/// The longest preview that is read; real ones have some kilobytes.
const MAX_THUMBNAIL_BYTES: u64 = 256 << 10;

/// The longest image that is read from an address that a row names.
const MAX_ADDRESSED_BYTES: u64 = 24 << 20;

/// Rows whose images are in the table itself are read so many at a time, so that those on the screen
/// do not wait for those that may be looked at next.
const MAX_CELLS: usize = 6;

/// Previews of other rows of the same prompt that are tried.
pub const MAX_KIN: usize = 3;

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
    /// A small preview, by its address.
    Preview(String),
    /// A file whose address a row names.
    Address(String),
    /// A row of the table, which holds the image itself.
    Cell(u64, Spot),
    /// A file beside the app with directories that were read ahead of time.
    Pack(String),
}

/// How a [`Target`] is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// A range of an archive.
    Range {
        /// Which archive.
        source: SourceId,
        /// Which bytes.
        range: ByteRange,
    },
    /// A whole file.
    File {
        /// Its address.
        url: String,
        /// More than this is not read.
        most_bytes: u64,
    },
}

/// What images need now.
#[derive(Debug, Default)]
pub struct Needs {
    /// What is to be read, the most important first; without a way to read it where that is not known yet.
    pub reads: Vec<(Target, Option<Read>)>,
    /// A question for lengths of archives.
    pub sizes: Option<SizesQuestion>,
    /// Whether there is more to be done at once: the table has to read rows that it was not asked for yet, or an
    /// image that is taken away has come.
    pub more: bool,
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
    /// The table has to read the row itself.
    NeedsRow,
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
    /// Rows of which values are needed to find images, in ascending order.
    rows: Vec<u64>,
    answered: Set<Want>,
    decodings: Map<DecodeId, Decoding>,
    archives: Map<places::Archive, Archive>,
    /// Sizes of archives outlive their directories.
    sizes: Sizes,
    /// How images were made.
    settings: SettingsLookup,
    /// Other rows with the prompt of a row that is wanted.
    kin: BTreeMap<u64, Vec<u64>>,
    /// Images in rows that the table has to read, in ascending order.
    cells: Vec<(u64, Spot)>,
    /// What is taken away.
    originals: Originals,
    /// Which are missing, where that is asked.
    readable: Readable,
    cache: ImageCache,
    /// Sources of archives that are forgotten, still to be told.
    forgotten: Vec<SourceId>,
    next_source: u32,
    next_decode: u32,
    clock: u64,
    silent_thumbnails: u32,
    missing_thumbnails: u32,
    /// What the app's own host knows of archives, and those that turned out to be other ones.
    list: List,
    distrusted: Set<places::Archive>,
}

impl Images {
    /// The images of a table that is being opened. `base` is where the app lives.
    pub fn open(&mut self, places: Option<places::Images>, endpoint: &str, base: &str) {
        // Numbers are not used again: an answer to an old one may be on its way.
        let (next_source, next_decode) = (self.next_source, self.next_decode);
        *self = Self {
            places,
            endpoint: endpoint.to_owned(),
            base: base.to_owned(),
            next_source,
            next_decode,
            ..Self::default()
        };
    }

    /// Nothing is shown any more.
    pub fn close(&mut self) {
        self.open(None, "", "");
    }

    /// Takes the images that the screen lacks now.
    pub fn want(&mut self, wanted: wire::Images, data: Option<&Data>) {
        let wire::Images { mut wants, thumbnails, mut settings } = wanted;
        wants.truncate(MAX_WANTS);
        settings.truncate(MAX_WANTS);
        self.thumbnails = thumbnails;
        // What is asked for again after its answer was dropped on the other side is new.
        self.answered.clear();
        self.wants = wants;
        let mut rows: Vec<u64> = self.wants.iter().map(|want| want.row).collect();
        rows.extend(&settings);
        self.settings.want(settings);
        rows.sort_unstable();
        rows.dedup();
        self.rows = rows;
        if let Some(data) = data {
            let kin = kin::same_prompt(&self.lacks_kin(), data);
            self.set_kin(kin);
        }
    }

    /// What of the table's rows is needed to find images, and the images that are in the table itself. Where
    /// they are what the view shows, that comes first.
    pub fn demands(&self, data: &Data, come_first: bool) -> Vec<Demand> {
        let rows: Vec<u64> = self.rows.iter().copied().filter(|row| *row < data.meta.rows).collect();
        let class = if come_first { Class::First } else { Class::Image };
        let demand = |rows, fields| Demand { who: Who::Images, rows: Rows::These(rows), fields, class };
        let mut demands = Vec::new();
        let places: Vec<Field> = self.fields(data);
        if !rows.is_empty() && !places.is_empty() {
            demands.push(demand(rows, places));
        }
        let mut by_column: Map<u8, Vec<u64>> = Map::new();
        for (row, spot) in &self.cells {
            let rows = by_column.entry(spot.column);
            if rows.last() != Some(row) {
                rows.push(*row);
            }
        }
        for (column, rows) in by_column {
            demands.push(demand(rows, vec![Field::ImageFiles(column)]));
        }
        demands
    }

    /// Where in the table it says where images are, or where they are themselves.
    pub fn fields(&self, data: &Data) -> Vec<Field> {
        let mut fields: Vec<Field> =
            self.columns().iter().filter_map(|name| data.place(name)).map(Field::Column).collect();
        let mut spots: Vec<Spot> = self.wants.iter().map(|want| want.spot).collect();
        if self.places.is_none() {
            spots.push(Spot::default());
        }
        spots = by(spots, Ord::cmp);
        spots.dedup();
        let addresses = spots.into_iter().filter_map(|spot| data.addresses_at(spot));
        fields.extend(addresses.filter_map(|name| data.place(name)).map(Field::Column));
        fields
    }

    /// Rows of which previews of other rows of the same prompt would serve as well.
    fn lacks_kin(&self) -> Vec<u64> {
        let shared = self.places.as_ref().is_some_and(places::Images::shares_previews);
        let small = self.wants.iter().filter(|want| shared && self.thumbnails_serve(want.px));
        small.map(|want| want.row).filter(|row| !self.kin.contains_key(row)).collect()
    }

    /// Takes note of other rows with the same prompt.
    fn set_kin(&mut self, kin: BTreeMap<u64, Vec<u64>>) {
        const MOST: usize = 8_000;
        if self.kin.len() > MOST {
            self.kin.clear();
        }
        self.kin.extend(kin);
    }

    /// The columns that say where images are.
    pub fn columns(&self) -> Vec<String> {
        let names = self.places.as_ref().map(places::Images::columns).unwrap_or_default();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Forgets what is known to have failed for a row.
    pub fn retry(&mut self, row: u64, data: &Data) {
        let wanted = self.wants.iter().filter(|want| want.row == row).map(|want| want.spot);
        let spots: Set<Spot> = wanted.chain([Spot::default()]).collect();
        for spot in spots {
            let Ok(Some(candidates)) = self.candidates(row, spot, data) else { continue };
            for candidate in candidates {
                if let Candidate::Member { archive, .. } = &candidate
                    && self.archives.get(archive).is_some_and(|archive| archive.directory().is_err())
                {
                    self.forget_archive(archive);
                }
                if let Some(target) = self.target(&candidate, row, spot) {
                    self.cache.forget_failure(&target);
                }
            }
        }
        self.retry_settings(row, data);
    }

    /// Forgets every failure.
    pub fn retry_all(&mut self) {
        self.cache.forget_failures();
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
        self.sizes.retry();
        self.readable.retry();
        self.settings.forget_answers();
    }

    fn forget_archive(&mut self, key: &places::Archive) {
        self.forgotten.extend(self.archives.remove(key).map(|archive| archive.source));
    }

    /// Takes what the app's own host knows of archives.
    pub fn set_sidecars(&mut self, list: List) {
        self.list = list;
    }

    /// An archive is not the one whose directory was read ahead of time: it is asked itself.
    fn distrust(&mut self, key: &places::Archive) {
        self.distrusted.insert(key.clone());
        self.forget_archive(key);
    }

    // ------------------------------------------------------------ what is to be done

    /// Answers and decodes as far as can be known now, and says what is to be read next.
    pub fn advance(&mut self, data: &Data, effects: &mut Vec<Effect>) -> Needs {
        self.clock += 1;
        let mut needed: Vec<Target> = Vec::new();
        let cells = std::mem::take(&mut self.cells);
        for want in self.wants.clone() {
            if self.answered.contains(&want) || self.decodings.values().any(|other| other.want == want) {
                continue;
            }
            match self.work(want, data, effects) {
                Work::Waits => {}
                Work::NeedsRow => {
                    if self.cells.len() < MAX_CELLS && !self.cells.contains(&(want.row, want.spot)) {
                        self.cells.push((want.row, want.spot));
                    }
                }
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
        self.look_up_settings(data, &mut needed, effects);
        let came = self.work_on_originals(data, &mut needed, effects);
        let readable::Wants { targets, cells: looked_at } = self.readable.take_wants();
        let new = targets.into_iter().filter(|target| !needed.contains(target)).collect::<Vec<_>>();
        needed.extend(new);
        self.cells.extend(looked_at);
        self.cells = by(std::mem::take(&mut self.cells), Ord::cmp);
        self.cells.dedup();
        let other_rows = self.cells != cells && !self.cells.is_empty();
        self.forget(&needed, effects);
        let sizes = self.ask_for_sizes(needed.iter());
        let waits = |target: &Target| matches!(target, Target::Archive(key) if self.sizes.waits_for(key));
        let reads = needed.iter().map(|target| {
            let read = if waits(target) { None } else { self.read(target) };
            (target.clone(), read)
        });
        Needs { reads: reads.collect(), sizes, more: other_rows || came }
    }

    /// What is known of images that nobody has looked at.
    pub fn readable(&self) -> &Readable {
        &self.readable
    }

    /// Whether an image is being decoded.
    pub fn is_decoding(&self) -> bool {
        !self.decodings.is_empty()
    }

    /// Whether an image that someone waits for has no answer yet.
    pub fn is_waited_for(&self) -> bool {
        self.wants.iter().any(|want| !self.answered.contains(want))
            || self.settings.is_waited_for()
            || self.originals.is_waited_for()
    }

    fn answer(&mut self, want: Want, outcome: Outcome, effects: &mut Vec<Effect>) {
        if self.wants.contains(&want) && self.answered.insert(want) {
            report(effects, Response::Image(Image { want, outcome }));
        }
    }

    /// What is to be done for one image now.
    fn work(&mut self, want: Want, data: &Data, effects: &mut Vec<Effect>) -> Work {
        let candidates = match self.candidates(want.row, want.spot, data) {
            Ok(Some(candidates)) => candidates,
            Ok(None) => return Work::Waits,
            Err(error) => return Work::Answered(failed(&error)),
        };
        let mut last: Option<(Error, String)> = None;
        for candidate in candidates {
            let preview = matches!(candidate, Candidate::Thumbnail { .. });
            if preview && !self.thumbnails_serve(want.px) {
                continue;
            }
            let Some(target) = self.target(&candidate, want.row, want.spot) else { continue };
            let place = match &candidate {
                Candidate::Member { place, .. } => place.clone(),
                Candidate::Thumbnail { .. } | Candidate::Cell | Candidate::Address(_) => String::new(),
            };
            let mut fail = |error: Error| {
                if !preview {
                    last = Some((error, place.clone()));
                }
            };
            if let Some(error) = self.cache.failure(&target) {
                fail(error.clone());
                continue;
            }
            if let Some(file) = self.cache.file(&target) {
                match self.picture(want, &candidate, &file) {
                    Ok(mut picture) => {
                        if self.decodings.len() >= MAX_DECODING {
                            return Work::Waits;
                        }
                        let fallback = last.map(|(error, usual)| texts::fallback(&error, &usual, &place));
                        picture.note = fallback.or(picture.note);
                        let bytes = file.as_ref().clone();
                        return Work::Decode(Box::new(Decoding { want, target, picture }), bytes);
                    }
                    Err(error) => {
                        fail(error.clone());
                        self.cache.fail(target, error);
                        continue;
                    }
                }
            }
            let (archive, name, directory_bytes_hint) = match candidate {
                Candidate::Member { archive, name, directory_bytes_hint, .. } => {
                    (archive, name, directory_bytes_hint)
                }
                Candidate::Thumbnail { .. } | Candidate::Address(_) => return Work::Needs(target),
                Candidate::Cell => match data.image_file(want.row, want.spot) {
                    Ok(None) => return Work::NeedsRow,
                    // In the next round it is a file like any other.
                    Ok(Some(file)) => {
                        self.cache.insert(target, file);
                        return self.work(want, data, effects);
                    }
                    Err(error) => {
                        fail(error.clone());
                        self.cache.fail(target, error);
                        continue;
                    }
                },
            };
            match self.look_up(&archive, &name, directory_bytes_hint, effects) {
                Ok(Some(first)) => return Work::Needs(first),
                Ok(None) => return Work::Needs(target),
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

    /// What has to be read before a member can be, its archive's directory mostly; none where that is here
    /// and lists the member.
    fn look_up(
        &mut self,
        key: &places::Archive,
        name: &str,
        hint: u64,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<Target>> {
        if !self.archives.contains_key(key) {
            let known = match self.sidecar_directory(key) {
                Ok(known) => known,
                Err(pack) => return Ok(Some(pack)),
            };
            self.next_source += 1;
            let source = SourceId(self.next_source);
            effects.push(Effect::Source { source, url: self.address(key) });
            let named = key.name().to_owned();
            let archive = match known {
                Some((file_bytes, directory)) => Archive::from_sidecar(source, named, file_bytes, directory),
                None => Archive::new(source, named, self.sizes.get(key), hint),
            };
            self.archives.insert(key.clone(), archive);
        }
        let Some(archive) = self.archives.get_mut(key) else { return Ok(None) };
        archive.used = self.clock;
        let Some(directory) = archive.directory()? else { return Ok(Some(Target::Archive(key.clone()))) };
        let missing = directory.find(name).map_err(|error| error.context(archive.name.clone()))?.is_empty();
        if missing && archive.from_sidecar {
            self.distrust(key);
            return self.look_up(key, name, hint, effects);
        }
        if missing {
            let error = Error::new(ErrorKind::NotFound, "this image is not in the archive");
            return Err(error.context(key.name().to_owned()));
        }
        Ok(None)
    }

    /// The directory of an archive as the app's own host knows it, with the archive's size; none where it
    /// does not, or is not believed.
    ///
    /// # Errors
    /// The file that has to be read first.
    fn sidecar_directory(
        &mut self,
        key: &places::Archive,
    ) -> std::result::Result<Option<(u64, Directory)>, Target> {
        let places::Archive::Hub(path) = key else { return Ok(None) };
        let Some(file) = self.list.pack(path).filter(|_| !self.distrusted.contains(key)) else {
            return Ok(None);
        };
        let target = Target::Pack(format!("{}{file}", self.base));
        if self.cache.failure(&target).is_some() {
            return Ok(None);
        }
        let Some(bytes) = self.cache.file(&target) else { return Err(target) };
        let known = maps::pack::read(&bytes).unwrap_or_default();
        let known = known.into_iter().find(|known| known.path == path.path);
        Ok(known.map(|known| (known.file_bytes, known.directory)))
    }

    /// How a target is read; none where its place is not known.
    fn read(&self, target: &Target) -> Option<Read> {
        let file = |url: &String, most_bytes| Some(Read::File { url: url.clone(), most_bytes });
        match target {
            Target::Archive(key) => {
                let archive = self.archives.get(key)?;
                Some(Read::Range { source: archive.source, range: archive.wants()? })
            }
            Target::Member(key, name) => {
                let archive = self.archives.get(key)?;
                let range = archive.directory().ok()??.find(name).ok()?.first()?.range;
                Some(Read::Range { source: archive.source, range })
            }
            Target::Preview(url) => file(url, MAX_THUMBNAIL_BYTES),
            Target::Pack(url) => file(url, maps::MAX_FILE_BYTES),
            Target::Address(url) => file(url, MAX_ADDRESSED_BYTES),
            Target::Cell(..) => None,
        }
    }

    /// Where a row's image may be; none while the row is not read.
    fn candidates(&self, row: u64, spot: Spot, data: &Data) -> Result<Option<Vec<Candidate>>> {
        let unknown = |message: &str| Error::new(ErrorKind::NotFound, message.to_owned());
        let places = self.places.as_ref().filter(|_| spot == Spot::default());
        let Some(places) = places else {
            if let Some(column) = data.addresses_at(spot) {
                let Some(url) = data.text_of(column, row)? else { return Ok(None) };
                return match url.trim() {
                    "" => Err(Error::new(ErrorKind::Absent, "the row names no image")),
                    url if is_address(url) => Ok(Some(vec![Candidate::Address(url.to_owned())])),
                    _ => Err(Error::new(ErrorKind::Unsupported, "the row names no https address")),
                };
            }
            if spot == Spot::default() && data.image_column().is_none() {
                return Err(unknown("this table has no images that are known here"));
            }
            return Ok(Some(vec![Candidate::Cell]));
        };
        let Some(values) = values_of(places, row, data)? else { return Ok(None) };
        let candidates = places.candidates(values.each_ref().map(String::as_str));
        let mut candidates = candidates.ok_or_else(|| unknown("the row does not say where its image is"))?;
        self.add_kin(places, row, data, &mut candidates);
        Ok(Some(candidates))
    }

    /// Behind the row's own preview those of rows with the same prompt whose names are at hand.
    fn add_kin(&self, places: &places::Images, row: u64, data: &Data, candidates: &mut Vec<Candidate>) {
        let own = candidates.iter().position(|candidate| matches!(candidate, Candidate::Thumbnail { .. }));
        let (Some(own), Some(kin)) = (own, self.kin.get(&row)) else { return };
        let named_by = places.preview_columns();
        let preview = |other: &u64| {
            let mut values = [const { String::new() }; places::MAX_COLUMNS];
            for (value, name) in values.iter_mut().zip(places.columns()) {
                if named_by.contains(&name) {
                    *value = data.text_of(name, *other).ok().flatten()?;
                }
            }
            places.shared_preview(values.each_ref().map(String::as_str))
        };
        let previews = kin.iter().filter_map(preview);
        let previews: Vec<Candidate> = previews.collect();
        candidates.splice(own + 1..own + 1, previews);
    }

    fn target(&self, candidate: &Candidate, row: u64, spot: Spot) -> Option<Target> {
        match candidate {
            Candidate::Thumbnail { path, .. } => self.thumbnails.as_ref().map(|base| {
                // The app's host may name the whole of it.
                let whole = path.contains("://");
                Target::Preview(if whole { path.clone() } else { format!("{base}/{path}") })
            }),
            Candidate::Member { archive, name, .. } => Some(Target::Member(archive.clone(), name.clone())),
            Candidate::Cell => Some(Target::Cell(row, spot)),
            Candidate::Address(url) => Some(Target::Address(url.clone())),
        }
    }

    fn address(&self, archive: &places::Archive) -> String {
        match archive {
            places::Archive::Hub(path) => hub::resolve_url(&self.endpoint, path),
            places::Archive::Beside(path) => format!("{}{path}", self.base),
            places::Archive::Address(url) => url.clone(),
        }
    }

    /// What is told of an image file.
    fn picture(&self, want: Want, candidate: &Candidate, file: &[u8]) -> Result<Picture> {
        let named = |error: Error| match candidate {
            Candidate::Thumbnail { .. } | Candidate::Cell => error,
            Candidate::Member { archive, .. } => error.context(archive.name().to_owned()),
            Candidate::Address(url) => error.context(host_of(url).to_owned()),
        };
        let picture::Facts { format, width_px, height_px, texts } = picture::look(file).map_err(named)?;
        let source = match candidate {
            Candidate::Thumbnail { path, .. } => texts::from_previews(path),
            Candidate::Member { archive, name, .. } => texts::from_archive(archive.name(), name),
            Candidate::Cell => texts::from_row(want.row),
            Candidate::Address(url) => url.clone(),
        };
        let same_prompt = matches!(candidate, Candidate::Thumbnail { same_prompt: true, .. });
        Ok(Picture {
            bytes: file.to_vec(),
            mime: format.mime().to_owned(),
            width_px,
            height_px,
            format: format.name().to_owned(),
            file_bytes: file.len() as u64,
            address: match candidate {
                Candidate::Address(url) => Some(url.clone()),
                Candidate::Thumbnail { .. } | Candidate::Member { .. } | Candidate::Cell => None,
            },
            requests: u32::from(!matches!(candidate, Candidate::Cell)),
            preview: matches!(candidate, Candidate::Thumbnail { .. }),
            same_prompt,
            note: same_prompt.then(|| texts::OTHER_PREVIEW.to_owned()),
            source,
            texts: if want.px == 0 { texts } else { Vec::new() },
        })
    }

    /// Forgets directories beyond the bound, the longest unused first, but none that is being read.
    fn forget(&mut self, needed: &[Target], effects: &mut Vec<Effect>) {
        let busy: Set<SourceId> = needed
            .iter()
            .filter_map(|target| match target {
                Target::Archive(key) | Target::Member(key, _) => Some(self.archives.get(key)?.source),
                Target::Preview(_) | Target::Address(_) | Target::Cell(..) | Target::Pack(_) => None,
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
    }
}

fn failed(error: &Error) -> Outcome {
    Outcome::Failed(failure(error))
}

fn failure(error: &Error) -> Failure {
    let absent = error.kind == ErrorKind::Absent;
    Failure { message: texts::failure(error), retry: !absent && error.kind != ErrorKind::Limit, absent }
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
/// The values of a row that say where its image is; none while they are not read.
fn values_of(
    places: &places::Images,
    row: u64,
    data: &Data,
) -> Result<Option<[String; places::MAX_COLUMNS]>> {
    let mut values = [const { String::new() }; places::MAX_COLUMNS];
    for (value, name) in values.iter_mut().zip(places.columns()) {
        match data.text_of(name, row)? {
            Some(text) => *value = text,
            None => return Ok(None),
        }
    }
    Ok(Some(values))
}

const _: () = assert!(MAX_THUMBNAIL_BYTES < MAX_MEMBER_BYTES as u64);
