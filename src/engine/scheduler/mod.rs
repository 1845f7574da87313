//! What is fetched, and when: the one owner of requests in flight.
//!
//! Everything that goes over the network passes through here: ranges of the table, images and archives,
//! sidecar files, listings. What is wanted is planned anew in every step from the demands of that step,
//! so that a fetch for something nobody needs any more is aborted by itself. One limit holds for all.

mod traffic;

pub use traffic::TrafficLog;

use super::Effect;
use super::data::{Pool, locate};
use super::demand::Class;
use super::images::{Read, Target};
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::base::ids::FetchId;
use crate::formats::parquet::plan::{blocks, coalesce, subtract};
use std::collections::BTreeMap;

/// Requests in flight at a time: what browsers allow one host over HTTP/1.1.
pub const MAX_IN_FLIGHT: usize = 6;

/// Of those, how many may serve columns that are read whole while the screen may want something.
const MAX_BACKGROUND_IN_FLIGHT: usize = 4;

/// Up to so many missing bytes of rows and charts, what leads to images waits for them; nobody would wait
/// for more.
const MAX_BYTES_BEFORE_IMAGES: u64 = 8 << 20;

/// Ranges of which it is remembered that they are not cached on this device.
const MAX_NOT_CACHED: usize = 1_000;

/// What a fetch is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A range of the table's addresses.
    Table(TableRange),
    /// A file, or part of one, that images need.
    Image(Target),
    /// Lengths of archives.
    ArchiveSizes,
    /// A file beside the app.
    Sidecar,
    /// A page of a listing.
    Listing,
}

/// A range of the table that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableRange {
    /// What was asked for.
    pub asked: ByteRange,
    /// What is still to come of it.
    pub left: ByteRange,
    /// The table's address at which the file begins that it is of.
    base: u64,
    is_background: bool,
}

/// A fetch that is over.
#[derive(Debug)]
pub struct Finished {
    /// What it was for.
    pub purpose: Purpose,
    /// Which bytes of a file it brought, where it was for a range of one.
    pub range: ByteRange,
    /// Its body, but for ranges of the table, whose bytes go to the pool as they come.
    pub bytes: Vec<u8>,
}

#[derive(Debug)]
struct Flight {
    purpose: Purpose,
    range: ByteRange,
    bytes: Vec<u8>,
}

/// The requests in flight.
#[derive(Debug, Default)]
pub struct Scheduler {
    flights: BTreeMap<FetchId, Flight>,
    next: u32,
    /// Why nothing more is fetched for the table, until the page asks to retry. What is cached on this
    /// device is read all the same.
    stopped: Option<Error>,
    /// What is known not to be cached; it is not looked for again while reading is stopped.
    not_cached: Vec<ByteRange>,
    /// What has been read so far.
    pub traffic: TrafficLog,
}

impl Scheduler {
    /// Plans the requests of this step: `wants` are ranges that are missing, `reads` what images need, each
    /// the most important first.
    pub fn plan(
        &mut self,
        wants: &[(Class, ByteRange)],
        reads: Vec<(Target, Option<Read>)>,
        pool: Option<&mut Pool>,
        effects: &mut Vec<Effect>,
    ) {
        self.abort_unwanted(wants, &reads, effects);
        let empty = Pool::default();
        let held = pool.as_deref().unwrap_or(&empty);
        let images_wait = images_wait(wants, held);
        let has_images = !reads.is_empty() || wants.iter().any(|(class, _)| *class == Class::Image);
        // A long read leaves room for images.
        let most = if has_images && !images_wait { MAX_BACKGROUND_IN_FLIGHT } else { MAX_IN_FLIGHT };
        for (class, most) in
            [(Class::Open, MAX_IN_FLIGHT), (Class::Screen, MAX_IN_FLIGHT), (Class::Chart, most)]
        {
            self.fetch_ranges(class, most, wants, held, effects);
        }
        if !images_wait {
            self.fetch_ranges(Class::Image, MAX_IN_FLIGHT, wants, held, effects);
        }
        self.fetch_for_images(reads, effects);
        self.fetch_ranges(Class::Background, MAX_BACKGROUND_IN_FLIGHT, wants, held, effects);
        if let Some(pool) = pool {
            let wanted: Vec<ByteRange> = wants.iter().map(|(_, range)| *range).collect();
            let in_flight: Vec<ByteRange> = self.table_ranges().map(|range| range.left).collect();
            pool.trim(&wanted, &in_flight);
        }
    }

    fn table_ranges(&self) -> impl Iterator<Item = &TableRange> {
        self.flights.values().filter_map(|flight| match &flight.purpose {
            Purpose::Table(range) => Some(range),
            Purpose::Image(_) | Purpose::ArchiveSizes | Purpose::Sidecar | Purpose::Listing => None,
        })
    }

    fn abort_unwanted(
        &mut self,
        wants: &[(Class, ByteRange)],
        reads: &[(Target, Option<Read>)],
        effects: &mut Vec<Effect>,
    ) {
        let unwanted = |flight: &Flight| match &flight.purpose {
            // A body whose last byte has come is about to be done.
            Purpose::Table(range) => {
                !range.left.is_empty()
                    && !wants.iter().any(|(_, want)| want.intersection(range.left).is_some())
            }
            Purpose::Image(target) => !reads.iter().any(|(other, _)| other == target),
            Purpose::ArchiveSizes | Purpose::Sidecar | Purpose::Listing => false,
        };
        let ids: Vec<FetchId> =
            self.flights.iter().filter(|(_, flight)| unwanted(flight)).map(|(id, _)| *id).collect();
        for id in ids {
            self.abort(id, effects);
        }
    }

    fn fetch_ranges(
        &mut self,
        class: Class,
        most: usize,
        wants: &[(Class, ByteRange)],
        pool: &Pool,
        effects: &mut Vec<Effect>,
    ) {
        let mut gaps = Vec::new();
        for (_, range) in wants.iter().filter(|(other, _)| *other == class) {
            gaps.extend(subtract(*range, &self.held(*range, pool)));
        }
        // Runs bridge small gaps between wanted ranges; where a bridge is here or in flight already, the
        // run is cut there.
        let mut runs: Vec<ByteRange> =
            coalesce(&gaps).into_iter().flat_map(|run| subtract(run, &self.held(run, pool))).collect();
        // What was named first is fetched first, wherever in the file it is.
        runs.sort_by_cached_key(|run| gaps.iter().position(|gap| gap.intersection(*run).is_some()));
        let is_background = class == Class::Background;
        for range in runs.into_iter().flat_map(blocks) {
            let of_kind = self.table_ranges().filter(|other| !is_background || other.is_background).count();
            if of_kind >= most || self.in_flight() >= MAX_IN_FLIGHT {
                return;
            }
            let (source, own, base) = locate(range);
            let range = TableRange { asked: range, left: range, base, is_background };
            let id = self.begin(Purpose::Table(range), own);
            if self.stopped.is_some() {
                effects.push(Effect::ReadCached { id, source, range: own });
            } else {
                self.traffic.requests += 1;
                effects.push(Effect::Fetch { id, source, range: own });
            }
        }
    }

    /// What of a range need not be fetched.
    fn held(&self, range: ByteRange, pool: &Pool) -> Vec<ByteRange> {
        let mut held = pool.held(range);
        held.extend(self.table_ranges().map(|flight| flight.left));
        held.extend(&self.not_cached);
        held
    }

    fn fetch_for_images(&mut self, reads: Vec<(Target, Option<Read>)>, effects: &mut Vec<Effect>) {
        for (target, read) in reads {
            let Some(read) = read else { continue };
            if self.in_flight() >= MAX_IN_FLIGHT {
                return;
            }
            let purpose = Purpose::Image(target);
            if self.flights.values().any(|flight| flight.purpose == purpose) {
                continue;
            }
            self.traffic.image_requests += 1;
            effects.push(match read {
                Read::Range { source, range } => {
                    Effect::Fetch { id: self.begin(purpose, range), source, range }
                }
                Read::File { url, most_bytes } => {
                    let id = self.begin(purpose, ByteRange::new(0, most_bytes));
                    Effect::Get { id, url, most_bytes }
                }
            });
        }
    }

    /// Asks the Hub for lengths of archives: their paths, and the addresses under which something of them may
    /// be cached.
    pub fn ask_sizes(&mut self, url: String, files: Vec<(String, String)>, effects: &mut Vec<Effect>) {
        self.traffic.image_requests += 1;
        let id = self.begin(Purpose::ArchiveSizes, ByteRange::new(0, 0));
        effects.push(Effect::Sizes { id, url, files });
    }

    /// Reads a file beside the app.
    pub fn get_sidecar(&mut self, url: String, most_bytes: u64, effects: &mut Vec<Effect>) -> FetchId {
        let id = self.begin(Purpose::Sidecar, ByteRange::new(0, most_bytes));
        effects.push(Effect::Get { id, url, most_bytes });
        id
    }

    /// Gets a page of a listing.
    pub fn list(&mut self, url: String, effects: &mut Vec<Effect>) -> FetchId {
        let id = self.begin(Purpose::Listing, ByteRange::new(0, 0));
        effects.push(Effect::List { id, url });
        id
    }

    fn begin(&mut self, purpose: Purpose, range: ByteRange) -> FetchId {
        let id = FetchId(self.next);
        self.next = self.next.wrapping_add(1);
        self.flights.insert(id, Flight { purpose, range, bytes: Vec::new() });
        id
    }

    // ------------------------------------------------------------ what comes of them

    /// What a fetch is for, if it is in flight.
    pub fn purpose(&self, id: FetchId) -> Option<&Purpose> {
        self.flights.get(&id).map(|flight| &flight.purpose)
    }

    /// Whether a fetch is for the table.
    pub fn is_for_table(&self, id: FetchId) -> bool {
        matches!(self.purpose(id), Some(Purpose::Table(_)))
    }

    /// Whether a fetch is for the table or its images.
    pub fn is_for_reading(&self, id: FetchId) -> bool {
        matches!(self.purpose(id), Some(Purpose::Table(_) | Purpose::Image(_)))
    }

    /// Whether nothing is being read for the table or its images.
    pub fn is_quiet(&self) -> bool {
        !self.flights.values().any(|flight| matches!(flight.purpose, Purpose::Table(_) | Purpose::Image(_)))
    }

    /// Requests in flight.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// A body begins: it holds this range of its file.
    pub fn began(&mut self, id: FetchId, range: ByteRange) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        flight.range = range;
        if let Purpose::Table(table) = &mut flight.purpose {
            table.left = ByteRange::new(range.start + table.base, range.end + table.base);
        }
    }

    /// Bytes came. Those of the table go to the pool.
    pub fn bytes(&mut self, id: FetchId, bytes: &[u8], pool: Option<&mut Pool>) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        match &mut flight.purpose {
            Purpose::Table(range) => {
                let more = range.left.len().saturating_sub(bytes.len() as u64) as usize;
                if let Some(pool) = pool {
                    pool.add(range.left.start, bytes, more);
                }
                range.left.start = (range.left.start + bytes.len() as u64).min(range.left.end);
                self.traffic.bytes += bytes.len() as u64;
            }
            Purpose::Image(_) => {
                flight.bytes.extend_from_slice(bytes);
                self.traffic.image_bytes += bytes.len() as u64;
            }
            Purpose::ArchiveSizes | Purpose::Sidecar | Purpose::Listing => {
                flight.bytes.extend_from_slice(bytes);
            }
        }
    }

    /// A fetch is over, whatever came of it.
    pub fn finish(&mut self, id: FetchId) -> Option<Finished> {
        let Flight { purpose, range, bytes } = self.flights.remove(&id)?;
        Some(Finished { purpose, range, bytes })
    }

    /// Aborts a fetch; nothing is heard of it again.
    pub fn abort(&mut self, id: FetchId, effects: &mut Vec<Effect>) {
        if self.flights.remove(&id).is_some() {
            effects.push(Effect::Abort { id });
        }
    }

    /// Aborts what is read for the table.
    pub fn abort_table(&mut self, effects: &mut Vec<Effect>) {
        self.abort_all(|purpose| matches!(purpose, Purpose::Table(_)), effects);
    }

    fn abort_all(&mut self, is: impl Fn(&Purpose) -> bool, effects: &mut Vec<Effect>) {
        let ids: Vec<FetchId> =
            self.flights.iter().filter(|(_, flight)| is(&flight.purpose)).map(|(id, _)| *id).collect();
        for id in ids {
            self.abort(id, effects);
        }
    }

    /// Another table is opened: aborts everything and forgets what was read.
    pub fn reset(&mut self, effects: &mut Vec<Effect>) {
        self.abort_all(|purpose| matches!(purpose, Purpose::Table(_) | Purpose::Image(_)), effects);
        // Ids are never used again: an answer to an old one may be on its way.
        *self = Self { next: self.next, ..Self::default() };
    }

    /// Forgets listings in flight.
    pub fn drop_listings(&mut self) {
        self.flights.retain(|_, flight| flight.purpose != Purpose::Listing);
    }

    // ------------------------------------------------------------ when reading stops

    /// Whether nothing more is fetched for the table until the page asks to retry.
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Nothing more is fetched for the table; what is cached on this device still is read.
    pub fn stop(&mut self, error: Error) {
        self.stopped = Some(error);
    }

    /// Fetches again what failed.
    pub fn retry(&mut self, effects: &mut Vec<Effect>) {
        if self.stopped.take().is_some() {
            // What is being looked for on this device alone is now to be fetched.
            self.abort_table(effects);
        }
        self.not_cached.clear();
    }

    /// A range is not cached on this device.
    pub fn note_not_cached(&mut self, range: ByteRange) {
        self.not_cached.push(range);
        if self.not_cached.len() > MAX_NOT_CACHED {
            self.not_cached.remove(0);
        }
    }
}

/// Whether what leads to images waits, so that rows and charts have the link to themselves.
fn images_wait(wants: &[(Class, ByteRange)], pool: &Pool) -> bool {
    let urgent = wants.iter().filter(|(class, _)| *class < Class::Image).map(|(_, range)| *range);
    let missing: u64 = urgent.flat_map(|range| subtract(range, &pool.held(range))).map(|gap| gap.len()).sum();
    missing > 0 && missing <= MAX_BYTES_BEFORE_IMAGES
}
