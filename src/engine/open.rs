//! From a table's name to its metadata.

use super::answers::{notice, report};
use super::beside::Task;
use super::browse::listing_failed;
use super::data::{File, Files, Identity, Pool};
use super::import::Origin;
use super::sidecar::Sidecar;
use super::table::Table;
use super::{Effect, Engine};
use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::SourceId;
use crate::formats::hub;
use crate::formats::hub::listing::Entry;
use crate::formats::hub::several::{MAX_FILES, is_table, matching};
use crate::formats::parquet::header::offset_index;
use crate::formats::parquet::map::PageMap;
use crate::formats::parquet::meta::{FileMeta, Footer, TAIL_BYTES, read_footer};
use crate::formats::parquet::walk::Bytes;
use crate::formats::sniff;
use crate::formats::tabular::reading::Reading;
use crate::protocol::{Added, Open, Opened, Response, Show};
use crate::view::catalog;
use crate::view::catalog::Place as Listed;
use crate::view::catalog::images::Images;
use crate::view::facts::Described;
use crate::view::host::Place;
use crate::view::roles::{Corrections, Role};
use crate::view::spec::{HubPath, TableRef};
use crate::view::url::print_table;

/// Offset indexes larger than this in all are left out, and page maps are learned instead.
const MAX_INDEX_BYTES: u64 = 8 << 20;

/// What is known of a file that is being opened.
enum Known {
    /// More of it has to come.
    Nothing,
    /// The metadata, and for each leaf column the maps of its chunks where the file has indexes.
    Parquet(Box<FileMeta>, Vec<Vec<PageMap>>),
    /// It is a table, and no Parquet.
    AnotherTable,
}

/// Where the first file of a table is, how its images are found, the size of that file if it is known, and
/// the other files.
type Found = (TableRef, Option<Images>, Option<u64>, Vec<File>);

/// A table being opened.
#[derive(Debug)]
pub struct Opening {
    /// What the page calls it.
    table: TableRef,
    /// What people call the file, or the files together.
    source: String,
    /// What people call the first file.
    first: String,
    /// Where it is on the Hub, if it is there, and on which Hub.
    on_hub: Option<(String, HubPath)>,
    file_bytes: Option<u64>,
    revision: Option<String>,
    /// The part of the file from here on is needed to see the footer.
    tail_bytes: u64,
    /// Once the footer is read, where the offset indexes are.
    indexes: Option<(Box<FileMeta>, ByteRange)>,
    /// Once all of that is read, what it says: where the file can't be read yet.
    known: Option<(Box<FileMeta>, Vec<Vec<PageMap>>)>,
    /// Whether a listing is awaited, with the error that it is to explain.
    failed: Option<Error>,
    /// Whether its path stands for several files, with those that were listed so far.
    several: Option<Vec<Entry>>,
    /// The files after the first one.
    rest: Vec<File>,
    /// Which columns are prompt and settings, where that is not as guessed.
    roles: Corrections,
    /// What the app's host says of its columns and subsets.
    described: Described,
    /// What the page wants once the table is open.
    show: Option<Show>,
    /// The row whose details are wanted then.
    detail: Option<u64>,
    /// How it is to be read, where it is no Parquet.
    reading: Reading,
    /// What is looked at.
    look: Look,
    /// Where the file was made of another one, what that is.
    origin: Option<Origin>,
    /// Bytes that have come of the first file.
    pub(super) pool: Pool,
}

/// What is looked at of a file that is being opened.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Look {
    /// Its end, where a Parquet file has its footer.
    End,
    /// Its beginning: its name is that of another table, or its end is none of a Parquet file, for this reason.
    Front(Option<Error>),
    /// Nothing: it is read whole.
    Whole,
}

/// So much of a file's beginning tells what it is.
const FRONT_BYTES: u64 = 64 << 10;

impl Opening {
    /// Nothing of it is read. `file_bytes` is its size, if that is known or likely.
    fn new(table: TableRef, source: String, file_bytes: Option<u64>) -> Self {
        Self {
            table,
            first: source.clone(),
            source,
            on_hub: None,
            file_bytes,
            revision: None,
            tail_bytes: TAIL_BYTES,
            indexes: None,
            known: None,
            failed: None,
            several: None,
            rest: Vec::new(),
            roles: Corrections::new(),
            described: Described::default(),
            show: None,
            detail: None,
            reading: Reading::default(),
            look: Look::End,
            origin: None,
            pool: Pool::default(),
        }
    }

    /// The same, of which nothing is read.
    pub fn again(&self) -> Self {
        let Self { table, source, first, on_hub, file_bytes, revision, roles, described, reading, .. } = self;
        Self {
            first: first.clone(),
            on_hub: on_hub.clone(),
            revision: revision.clone(),
            roles: roles.clone(),
            described: *described,
            reading: *reading,
            ..Self::new(table.clone(), source.clone(), *file_bytes)
        }
    }

    /// It is a file of this size now, which was made of another one.
    pub fn made(&mut self, file_bytes: u64, origin: Origin) {
        self.file_bytes = Some(file_bytes);
        self.origin = Some(origin);
    }

    /// Takes over what the page wants of another one.
    pub fn wants_of(&mut self, before: Self) {
        self.show = before.show;
        self.detail = before.detail;
    }

    /// Sizes of all files.
    pub fn sizes(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.file_bytes.unwrap_or_default())
            .chain(self.rest.iter().map(|file| file.file_bytes))
    }

    /// Names of all files, without folders and what addresses have behind them.
    pub fn file_names(&self) -> impl Iterator<Item = String> {
        let rest = self.rest.iter().map(|file| file.name.as_str());
        std::iter::once(self.first.as_str()).chain(rest).map(file_name)
    }

    /// Where all files but the first are, as far as they have addresses.
    pub fn addresses(&self) -> impl Iterator<Item = (SourceId, String)> {
        let rest = (1..).zip(&self.rest).filter(|(_, file)| !file.url.is_empty());
        rest.map(|(number, file)| (SourceId::part(number), file.url.clone()))
    }

    /// The name of the first file.
    fn file_name(&self) -> String {
        file_name(&self.first)
    }

    /// What people call the file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Takes note of the file's size.
    pub fn sized(&mut self, file_bytes: u64, revision: Option<String>) {
        self.file_bytes = Some(file_bytes);
        self.revision = revision.or(self.revision.take());
    }

    /// Keeps what is to be shown until the table is open.
    pub fn show(&mut self, show: Show) {
        self.show = Some(show);
    }

    /// Keeps the row whose details are wanted until the table is open.
    pub fn open_detail(&mut self, row: u64) {
        self.detail = Some(row);
    }

    /// The size that was assumed is wrong; whether there was one.
    pub fn forget_size(&mut self) -> bool {
        self.file_bytes.take().is_some()
    }

    /// Whether a listing is awaited.
    pub fn awaits_listing(&self) -> bool {
        self.failed.is_some() || self.several.is_some()
    }

    /// What is to be read next.
    pub fn wants(&self) -> Option<ByteRange> {
        if self.failed.is_some() || self.several.is_some() {
            return None;
        }
        if let Some((_, range)) = &self.indexes {
            return Some(*range);
        }
        match &self.look {
            Look::Whole => return None,
            Look::Front(_) => {
                return Some(ByteRange::new(
                    0,
                    self.file_bytes.map_or(FRONT_BYTES, |size| size.min(FRONT_BYTES)),
                ));
            }
            Look::End => {}
        }
        Some(match self.file_bytes {
            // The size is in the answer to any range; one byte is the least that can be asked.
            None => ByteRange::new(0, 1),
            Some(file_bytes) => ByteRange::new(file_bytes.saturating_sub(self.tail_bytes), file_bytes),
        })
    }
}

impl Engine {
    /// Begins to open a table; what was open is dropped.
    pub(super) fn open(&mut self, open: Open) {
        let Open { table, endpoint, base, roles, reading, mut added } = open;
        let described = added.as_mut().map_or_else(Described::default, |added| {
            Described::keep(std::mem::take(&mut added.columns), std::mem::take(&mut added.subsets))
        });
        let roles = corrections(roles);
        let endpoint = endpoint.as_deref().unwrap_or(hub::DEFAULT_ENDPOINT);
        let (reference, mut images, hint_bytes, rest) = match Self::added(&table, added, endpoint, &base) {
            Ok(Some(known)) => known,
            Ok(None) => (table.clone(), Images::of(&table), None, Vec::new()),
            Err(error) => {
                self.reset();
                let name = print_table(&table);
                report(&mut self.effects, Response::Notice(notice::cannot_open(&name, &error, &[])));
                return;
            }
        };
        let reference = Self::listed_files(&reference).unwrap_or(reference);
        let found_by = reference.clone();
        let (url, source, mut on_hub, hint) = match reference {
            TableRef::Catalogue(id) => match catalog::table(&id) {
                Some(known) => match known.place {
                    Listed::Hub { repository, revision, path } => {
                        let (repository, revision) = (repository.to_owned(), revision.to_owned());
                        let path = HubPath { repository, revision, path: path.to_owned() };
                        (hub::resolve_url(endpoint, &path), title(&path), Some(path), known.file_bytes_hint)
                    }
                    Listed::Beside(path) => {
                        (format!("{base}{path}"), path.to_owned(), None, known.file_bytes_hint)
                    }
                },
                None => {
                    self.reset();
                    let near = hub::listing::near_matches(&id, catalog::TABLES.iter().map(|table| table.id));
                    let near: Vec<TableRef> =
                        near.into_iter().map(|id| TableRef::Catalogue(id.to_owned())).collect();
                    let error =
                        Error::new(ErrorKind::BadLink, format!("the catalogue has no table named {id}"));
                    report(&mut self.effects, Response::Notice(notice::cannot_open(&id, &error, &near)));
                    return;
                }
            },
            TableRef::Hub(path) if path.is_several() => {
                self.reset();
                let mut opening = Opening::new(table, title(&path), None);
                opening.roles = roles;
                opening.described = described;
                opening.on_hub = Some((endpoint.to_owned(), path.clone()));
                opening.several = Some(Vec::new());
                self.images.open(images.take(), endpoint, &base);
                self.opening = Some(opening);
                self.list_several(endpoint, &path);
                return;
            }
            TableRef::Hub(path) => (hub::resolve_url(endpoint, &path), title(&path), Some(path), None),
            TableRef::Folder(folder) => {
                self.reset();
                let error = Error::new(ErrorKind::BadLink, "it names a repository, and no file of it");
                report(
                    &mut self.effects,
                    Response::Notice(notice::cannot_open(&folder.repository, &error, &[])),
                );
                return;
            }
            TableRef::Url(url) => {
                let source = url.split(['?', '#']).next().unwrap_or(&url).to_owned();
                (url, source, None, None)
            }
            TableRef::Local(name) => {
                // The file itself comes with an event of its own.
                (String::new(), name, None, None)
            }
        };
        self.reset();
        self.images.open(images.take(), endpoint, &base);
        let place = on_hub.as_ref().map_or(found_by, |path| TableRef::Hub(path.clone()));
        self.sidecar = Sidecar::new(&base, &place);
        let address = url.clone();
        self.effects.push(Effect::Source { source: SourceId::TABLE, url });
        let mut opening = Opening::new(table, source, hint.or(hint_bytes));
        opening.roles = roles;
        opening.described = described;
        opening.reading = reading;
        if !rest.is_empty() {
            // Several files go by their addresses, wherever they are.
            opening.first = address;
            on_hub = None;
        }
        if sniff::is_table_name(&opening.file_name()) {
            opening.look = Look::Front(None);
        }
        opening.rest = rest;
        opening.on_hub = on_hub.map(|path| (endpoint.to_owned(), path));
        self.opening = Some(opening);
    }

    /// The files of a table of the catalogue that has several.
    fn listed_files(reference: &TableRef) -> Option<TableRef> {
        let TableRef::Catalogue(id) = reference else { return None };
        catalog::table(id)?.hub_path().filter(HubPath::is_several).map(TableRef::Hub)
    }

    /// A table that the app's host has added: where its first file is, how its images are found, the size
    /// of that file, and its other files. None where the link names another table.
    fn added(
        reference: &TableRef,
        added: Option<Added>,
        endpoint: &str,
        base: &str,
    ) -> Result<Option<Found>, Error> {
        let (TableRef::Catalogue(id), Some(Added { files, images, columns: _, subsets: _ })) =
            (reference, added)
        else {
            return Ok(None);
        };
        if catalog::table(id).is_some() {
            return Ok(None);
        }
        let wrong = |message: String| Error::new(ErrorKind::BadLink, message);
        let mut places = Vec::with_capacity(files.len());
        for (place, bytes) in files {
            places.push((Place::parse(&place).map_err(wrong)?, bytes));
        }
        let mut places = places.into_iter();
        let Some((first, bytes)) = places.next() else { return Ok(None) };
        let images = match images {
            Some(rule) => Some(rule.images(&first).map_err(|(_, message)| wrong(message))?),
            None => None,
        };
        let mut rest = Vec::new();
        for (place, bytes) in places {
            let url = match place.table(base) {
                TableRef::Hub(path) => hub::resolve_url(endpoint, &path),
                TableRef::Url(url) => url,
                TableRef::Catalogue(_) | TableRef::Folder(_) | TableRef::Local(_) => continue,
            };
            rest.push(File { name: url.clone(), url, file_bytes: bytes.unwrap_or_default() });
        }
        let reference = first.table(base);
        let images = images.or_else(|| Images::of(&reference));
        Ok(Some((reference, images, bytes, rest)))
    }

    /// Begins to open files of the user's disk.
    pub(super) fn open_local(
        &mut self,
        name: String,
        files: Vec<(String, u64)>,
        roles: Vec<(String, Option<String>)>,
        reading: Reading,
    ) {
        self.reset();
        let mut files = files.into_iter();
        let Some((first, file_bytes)) = files.next() else { return };
        let mut opening = Opening::new(TableRef::Local(name.clone()), name, Some(file_bytes));
        opening.first = first;
        opening.reading = reading;
        opening.roles = corrections(roles);
        opening.rest =
            files.map(|(name, file_bytes)| File { name, url: String::new(), file_bytes }).collect();
        self.opening = Some(opening);
    }

    /// Drops whatever was open.
    pub(super) fn reset(&mut self) {
        self.drop_import();
        let Self { table, jobs, images, effects, scheduler, .. } = self;
        jobs.cancel(table.as_mut().map(|table| &mut table.data), images, effects);
        let beside = table.iter().flat_map(|table| table.data.tables_beside());
        effects.extend(beside.map(|join| Effect::Beside { join, task: Task::Drop }));
        scheduler.reset(effects);
        images.close();
        *self = Self {
            effects: std::mem::take(effects),
            scheduler: std::mem::take(scheduler),
            images: std::mem::take(images),
            pace: self.pace,
            waking: self.waking,
            imports: self.imports,
            joins: self.joins,
            not_kept: self.not_kept.take(),
            ..Self::default()
        };
    }

    /// Reads the footer, and the offset indexes, as far as they are here.
    pub(super) fn advance_opening(&mut self) {
        let Some(opening) = &mut self.opening else { return };
        match opening.advance() {
            Ok(Known::Nothing) => {}
            Ok(Known::AnotherTable) => {
                let reading = opening.reading;
                self.begin_import(reading);
            }
            Ok(Known::Parquet(meta, maps)) => {
                match self.codecs.can_read(&meta) {
                    Ok(true) => {}
                    Ok(false) => {
                        opening.known = Some((meta, maps));
                        return;
                    }
                    Err(error) => return self.opening_failed(error),
                }
                let Some(opening) = self.opening.take() else { return };
                let file_bytes = opening.file_bytes.unwrap_or_default();
                let files = Files::new(&opening.first, file_bytes, opening.rest, &meta);
                let identity = Identity {
                    table: opening.table,
                    source: opening.source,
                    revision: opening.revision,
                    on_hub: opening.on_hub,
                    origin: opening.origin,
                };
                let known = (&opening.roles, opening.described);
                let mut data = super::data::Data::new(*meta, maps, identity, files, known, opening.pool);
                self.joins = self.joins.wrapping_add(1);
                data.number_joins(self.joins);
                if let Some(show) = &opening.show {
                    data.set_added(&show.added);
                }
                let opened = data.opened();
                let mut table = Table::new(data);
                if self.sidecar.may_know() {
                    table.matches.await_index();
                }
                // The page does not know the columns yet: where it names none, the usual ones count.
                let show = opening.show.map(|show| filled(show, &opened));
                report(&mut self.effects, Response::Opened(opened));
                if let Some(show) = show {
                    table.show(show, &mut self.effects);
                }
                if let Some(row) = opening.detail {
                    table.open_detail(row);
                }
                self.table = Some(table);
                if opening.origin.is_none() {
                    self.fetch_sidecar_list();
                    self.use_sidecar_list();
                }
            }
            Err(error) => {
                self.scheduler.abort_table(&mut self.effects);
                self.opening_failed(error);
            }
        }
    }

    /// The table can't be opened. Where the Hub says that a path does not exist, its listing is
    /// looked at for what may have been meant.
    pub(super) fn opening_failed(&mut self, error: Error) {
        let Some(opening) = &mut self.opening else { return };
        if let (ErrorKind::NotFound | ErrorKind::FileNotFound, None, Some((endpoint, path))) =
            (&error.kind, &opening.failed, &opening.on_hub)
        {
            let (endpoint, path) = (endpoint.clone(), path.clone());
            opening.failed = Some(error);
            self.list_near(&endpoint, &path);
            return;
        }
        let (source, on_hub) = (opening.source.clone(), opening.on_hub.take());
        self.opening = None;
        let notice = notice::cannot_open(&source, &error, &[]);
        report(&mut self.effects, Response::Notice(notice::with_sign_in(notice, &error, on_hub.as_ref())));
    }

    /// Which Hub the listings of the table that is being opened are of.
    pub(super) fn opening_endpoint(&self) -> Option<&str> {
        self.opening.as_ref()?.on_hub.as_ref().map(|(endpoint, _)| endpoint.as_str())
    }

    /// The listing of the repository of a file that does not exist.
    pub(super) fn meant(&mut self, entries: Vec<Entry>) {
        let Some(opening) = self.opening.take() else { return };
        let (Some(error), Some((_, wanted))) = (opening.failed, opening.on_hub) else { return };
        let paths = entries.iter().map(|entry| entry.path.as_str()).filter(|path| is_table(path));
        let near: Vec<TableRef> = hub::listing::near_matches(&wanted.path, paths)
            .into_iter()
            .map(|path| TableRef::Hub(HubPath { path: path.to_owned(), ..wanted.clone() }))
            .collect();
        report(&mut self.effects, Response::Notice(notice::cannot_open(&opening.source, &error, &near)));
    }

    /// A page of the listing of the files that are one table; whether there are `more` pages.
    pub(super) fn found_several(&mut self, entries: Result<Vec<Entry>, Error>, more: bool) {
        let Some(opening) = &mut self.opening else { return };
        let (Some(found), Some((endpoint, path))) = (&mut opening.several, &opening.on_hub) else { return };
        let error = match entries {
            Ok(entries) => {
                found.extend(entries);
                if more {
                    return;
                }
                let files = matching(&path.path, std::mem::take(found));
                let files: Vec<File> = files
                    .into_iter()
                    .map(|entry| {
                        let path = HubPath { path: entry.path, ..path.clone() };
                        let url = hub::resolve_url(endpoint, &path);
                        File { name: path.path, url, file_bytes: entry.size_bytes }
                    })
                    .collect();
                if files.len() > MAX_FILES {
                    let message = format!("it stands for {} files, more than {MAX_FILES}", files.len());
                    Error::new(ErrorKind::Limit, message)
                } else {
                    let mut files = files.into_iter();
                    if let Some(first) = files.next() {
                        opening.several = None;
                        opening.file_bytes = Some(first.file_bytes);
                        opening.first = first.name;
                        opening.rest = files.collect();
                        if sniff::is_table_name(&opening.file_name()) {
                            opening.look = Look::Front(None);
                        }
                        self.effects.push(Effect::Source { source: SourceId::TABLE, url: first.url });
                        return;
                    }
                    Error::new(ErrorKind::NotFound, "there is no file that it stands for")
                }
            }
            Err(error) => listing_failed(error),
        };
        let (source, on_hub) = (opening.source.clone(), opening.on_hub.take());
        self.opening = None;
        self.drop_listings();
        let notice = notice::cannot_open(&source, &error, &[]);
        report(&mut self.effects, Response::Notice(notice::with_sign_in(notice, &error, on_hub.as_ref())));
    }
}

impl Opening {
    /// The metadata and what is known of the pages, once all of it is here.
    fn advance(&mut self) -> Result<Known, Error> {
        if let Some((meta, maps)) = self.known.take() {
            return Ok(Known::Parquet(meta, maps));
        }
        let Some(file_bytes) = self.file_bytes else { return Ok(Known::Nothing) };
        if self.failed.is_some() || self.several.is_some() || self.look == Look::Whole {
            return Ok(Known::Nothing);
        }
        if let Look::Front(reason) = &self.look {
            let front = self.pool.at(0, file_bytes.min(FRONT_BYTES));
            if (front.len() as u64) < file_bytes.min(FRONT_BYTES) {
                return Ok(Known::Nothing);
            }
            let is_table = sniff::may_be_table(&front, &self.file_name());
            let looks = sniff::looks_like(&front, &[]);
            self.look = match (is_table, reason, looks) {
                (true, _, _) => Look::Whole,
                (false, Some(reason), Some(what)) if !reason.message().contains(what) => {
                    return Err(Error::new(
                        ErrorKind::NotParquet,
                        format!("it looks like {what}; {}", reason.message()),
                    ));
                }
                (false, Some(reason), _) => return Err(reason.clone()),
                (false, None, _) => Look::End,
            };
            if is_table {
                return Ok(Known::AnotherTable);
            }
        }
        if self.indexes.is_none() {
            let start = file_bytes.saturating_sub(self.tail_bytes);
            let tail = self.pool.at(start, file_bytes - start);
            if (tail.len() as u64) < file_bytes - start {
                return Ok(Known::Nothing);
            }
            match read_footer(&tail, file_bytes) {
                Ok(Footer::Needs(range)) => {
                    self.tail_bytes = range.len();
                    return Ok(Known::Nothing);
                }
                Ok(Footer::Meta(meta)) => match index_range(&meta) {
                    Some(range) => self.indexes = Some((meta, range)),
                    None => return Ok(Known::Parquet(meta, Vec::new())),
                },
                // Its beginning says what it is instead.
                Err(error)
                    if error.kind == ErrorKind::NotParquet && file_bytes > 0 && self.origin.is_none() =>
                {
                    drop(tail);
                    self.look = Look::Front(Some(error));
                    return if self.pool.has(ByteRange::new(0, file_bytes.min(FRONT_BYTES))) {
                        self.advance()
                    } else {
                        Ok(Known::Nothing)
                    };
                }
                Err(error) => return Err(error),
            }
        }
        if self.indexes.as_ref().is_some_and(|(_, range)| !self.pool.has(*range)) {
            return Ok(Known::Nothing);
        }
        let Some((meta, _)) = self.indexes.take() else { return Ok(Known::Nothing) };
        let maps = (0..meta.columns.len()).map(|leaf| indexed_maps(&meta, leaf, &self.pool)).collect();
        Ok(Known::Parquet(meta, maps))
    }
}

/// A file's name, without folders and what an address has behind it.
fn file_name(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Corrections as the page names them.
fn corrections(roles: Vec<(String, Option<String>)>) -> Corrections {
    roles.into_iter().filter_map(|(role, column)| Some((Role::of(&role)?, column))).collect()
}

/// What is to be shown, with the usual charts and columns where none are named.
fn filled(show: Show, opened: &Opened) -> Show {
    let Show { mut charts, mut columns, .. } = show.clone();
    if charts.is_empty() {
        charts.clone_from(&opened.charts);
    }
    if columns.is_empty() {
        columns.clone_from(&opened.usual_columns);
    }
    Show { charts, columns, ..show }
}

/// Where all offset indexes lie, if there are any and they are not too large.
fn index_range(meta: &FileMeta) -> Option<ByteRange> {
    let chunks = meta.groups.iter().flat_map(|group| &group.chunks);
    // What can't be read at all has none.
    let mut ranges = chunks.filter(|chunk| !chunk.range.is_empty()).map(|chunk| chunk.offset_index);
    let first = ranges.next()??;
    let all = ranges.try_fold(first, |all, range| {
        let range = range?;
        Some(ByteRange::new(all.start.min(range.start), all.end.max(range.end)))
    })?;
    (all.len() <= MAX_INDEX_BYTES).then_some(all)
}

/// The maps of a column's chunks, as the file's indexes give them. An index that contradicts its
/// chunk is not used: the map is learned instead.
fn indexed_maps(meta: &FileMeta, leaf: usize, pool: &Pool) -> Vec<PageMap> {
    meta.groups
        .iter()
        .filter_map(|group| {
            let chunk = *group.chunks.get(leaf)?;
            let pages = chunk
                .offset_index
                .and_then(|range| offset_index(&pool.at(range.start, range.len())).ok())
                .filter(|pages| chunk.check_index(pages, group.rows).is_ok());
            Some(match pages {
                Some(pages) => PageMap::from_index(chunk, group.rows, &pages),
                None => PageMap::new(chunk, group.rows),
            })
        })
        .collect()
}

fn title(path: &HubPath) -> String {
    format!("{}/{}", path.repository, path.path)
}
