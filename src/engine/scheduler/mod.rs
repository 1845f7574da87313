//! What is fetched, and when: the one owner of requests in flight.
//!
//! Everything that goes over the network passes through here: ranges of the table, images and archives,
//! sidecar files, listings. What is wanted is planned anew in every step from the demands of that step,
//! so that a fetch for something nobody needs any more is aborted by itself. One limit holds for all.

mod link;
mod traffic;

pub use traffic::TrafficLog;

use super::Effect;
use super::data::{Pool, locate};
use super::demand::Class;
use super::images::{Read, Target};
use crate::base::bytes::ByteRange;
use crate::base::error::Error;
use crate::base::ids::{FetchId, SourceId};
use crate::base::sorted::Map;
use crate::base::sorted::by_key;
use crate::formats::parquet::plan::{BLOCK_BYTES, Link, PROBE_BYTES, blocks, coalesce, subtract};
use crate::formats::text_index::PART_BYTES;
use link::LinkMeter;

/// Requests of some length in flight at a time: what browsers allow one host over HTTP/1.1.
pub const MAX_IN_FLIGHT: usize = 6;

/// Requests for an index at a time: they are small, and hosts of static files speak HTTP/2. Where one does not,
/// the browser queues them.
const MAX_INDEX_IN_FLIGHT: usize = 32;

/// Requests in flight at a time together with those that look for single headers. Over HTTP/2, which the Hub's
/// store speaks, all of them are under way at once; over HTTP/1.1 the browser lets them wait, which costs
/// nothing.
pub const MAX_WITH_PROBES: usize = 24;

/// How many more there may be of what people look at first.
const MAX_URGENT_BESIDE: usize = 2;

/// How many may serve what is read whole while the screen may want something, and while it does.
const MAX_BACKGROUND_IN_FLIGHT: usize = 4;
const MAX_LONG_BESIDE_OTHERS: usize = 1;

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
    /// A part of the file that the table is made of.
    Original,
    /// A file, or part of one, that images need.
    Image(Target),
    /// Lengths of archives.
    ArchiveSizes,
    /// A file beside the app.
    Sidecar,
    /// A range of the index of the table's texts.
    Index(ByteRange),
    /// A range of its dictionary, for words to suggest: nothing is lost where it can't be had.
    Words(ByteRange),
    /// A page of a listing.
    Listing,
}

impl Purpose {
    /// Whether it reads the open table, its images, or the index of its texts.
    fn is_data(&self) -> bool {
        matches!(self, Self::Table(_) | Self::Original | Self::Image(_) | Self::Index(_))
    }
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
    class: Class,
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
    /// When it was asked for, where anybody tells the time.
    asked_millis: Option<f64>,
    /// Whether its body comes over the link.
    is_measured: bool,
}

/// The requests in flight.
#[derive(Debug, Default)]
pub struct Scheduler {
    flights: Map<FetchId, Flight>,
    next: u32,
    /// Why nothing more is fetched for the table, until the page asks to retry. What is cached on this
    /// device is read all the same.
    stopped: Option<Error>,
    /// What is known not to be cached; it is not looked for again while reading is stopped.
    not_cached: Vec<ByteRange>,
    meter: LinkMeter,
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
        let missing = |class: Class| missing_before(class, wants, held);
        let before_images = missing(Class::Image);
        let images_wait = before_images > 0 && before_images <= MAX_BYTES_BEFORE_IMAGES;
        let has_images = !reads.is_empty() || wants.iter().any(|(class, _)| *class == Class::Image);
        for class in Class::IN_ORDER {
            let is_held_back = class == Class::Image && images_wait;
            if !is_held_back {
                let waits = missing(class) > 0;
                self.fetch_ranges(class, MAX_IN_FLIGHT, waits, wants, held, effects);
            }
        }
        let most = match (before_images > 0, has_images) {
            (true, _) => MAX_LONG_BESIDE_OTHERS,
            (false, true) => MAX_BACKGROUND_IN_FLIGHT,
            (false, false) => MAX_IN_FLIGHT,
        };
        self.fetch_ranges(Class::Long, most, false, wants, held, effects);
        if !images_wait || self.bytes_in_flight() <= self.link().round_trip_bytes {
            self.fetch_for_images(reads, effects);
        }
        self.fetch_ranges(Class::Background, MAX_BACKGROUND_IN_FLIGHT, false, wants, held, effects);
        if let Some(pool) = pool {
            let wanted: Vec<ByteRange> = wants.iter().map(|(_, range)| *range).collect();
            let in_flight: Vec<ByteRange> = self.table_ranges().map(|range| range.left).collect();
            pool.trim(&wanted, &in_flight);
        }
    }

    /// Says what time it is, in milliseconds from any beginning.
    pub fn tell_time(&mut self, now_millis: f64) {
        self.meter.tell(now_millis);
    }

    /// What the link is like.
    pub fn link(&self) -> Link {
        self.meter.link()
    }

    /// Bytes of the table on their way that nobody waits for in the background.
    fn bytes_in_flight(&self) -> u64 {
        let waited_for = self.table_ranges().filter(|range| range.class < Class::Long);
        waited_for.map(|range| range.left.len()).sum()
    }

    fn table_ranges(&self) -> impl Iterator<Item = &TableRange> {
        self.flights.values().filter_map(|flight| match &flight.purpose {
            Purpose::Table(range) => Some(range),
            Purpose::Original
            | Purpose::Image(_)
            | Purpose::ArchiveSizes
            | Purpose::Sidecar
            | Purpose::Index(_)
            | Purpose::Words(_)
            | Purpose::Listing => None,
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
            Purpose::Original
            | Purpose::ArchiveSizes
            | Purpose::Sidecar
            | Purpose::Index(_)
            | Purpose::Words(_)
            | Purpose::Listing => false,
        };
        let ids: Vec<FetchId> =
            self.flights.iter().filter(|(_, flight)| unwanted(flight)).map(|(id, _)| *id).collect();
        for id in ids {
            self.abort(id, effects);
        }
    }

    /// Fetches what is missing of a class. Where it `waits` for a more urgent one, it only has what the link has to
    /// spare: never more is on its way than keeps the link from being idle, and nobody waits for what is looked
    /// at later.
    fn fetch_ranges(
        &mut self,
        class: Class,
        most: usize,
        waits: bool,
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
        let runs = coalesce(&gaps, self.link());
        let mut runs: Vec<ByteRange> =
            runs.into_iter().flat_map(|run| subtract(run, &self.held(run, pool))).collect();
        // What was named first is fetched first, wherever in the file it is.
        runs = by_key(runs, |run| gaps.iter().position(|gap| gap.intersection(*run).is_some()));
        let spare_bytes = self.link().round_trip_bytes;
        let block_bytes = if waits { spare_bytes } else { BLOCK_BYTES };
        // A block that lies on a bridge has nothing that anybody wants: it would be aborted in the next step, and
        // fetched again, without end.
        let is_wanted = |range: &ByteRange| gaps.iter().any(|gap| gap.intersection(*range).is_some());
        for range in runs.into_iter().flat_map(|run| blocks(run, block_bytes)).filter(is_wanted) {
            if !self.has_room(class, most, range) || waits && self.bytes_in_flight() > spare_bytes {
                return;
            }
            let (source, own, base) = locate(range);
            let range = TableRange { asked: range, left: range, base, class };
            let id = self.begin(Purpose::Table(range), own);
            if self.stopped.is_some() {
                effects.push(Effect::ReadCached { id, source, range: own });
            } else {
                self.traffic.now.requests += 1;
                effects.push(Effect::Fetch { id, source, range: own });
            }
        }
    }

    /// Whether one more range may be in flight. At most `most` are of its class where that is not urgent.
    fn has_room(&self, class: Class, most: usize, range: ByteRange) -> bool {
        // What takes a fraction of a round trip to come costs little more than a probe.
        let small_bytes = (self.link().round_trip_bytes / 4).max(PROBE_BYTES);
        let is_probe = |range: &ByteRange| range.len() <= small_bytes;
        let probes = self.table_ranges().filter(|other| is_probe(&other.asked)).count();
        let others = self.in_flight() - probes;
        let of_kind = match class {
            Class::Long | Class::Background => {
                self.table_ranges().filter(|other| other.class >= class).count()
            }
            Class::Open | Class::First | Class::Settings | Class::Screen | Class::Image => 0,
        };
        // What is begun for later does not keep what is urgent from beginning.
        let extra = if class <= Class::First { MAX_URGENT_BESIDE } else { 0 };
        let room = if is_probe(&range) {
            self.in_flight() < MAX_WITH_PROBES
        } else {
            others < MAX_IN_FLIGHT + extra
        };
        room && of_kind < most
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
            self.traffic.now.image_requests += 1;
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
        self.traffic.now.image_requests += 1;
        let id = self.begin(Purpose::ArchiveSizes, ByteRange::new(0, 0));
        effects.push(Effect::Sizes { id, url, files });
    }

    /// Reads a part of one of the files that the table is made of, by its number.
    pub fn read_original(&mut self, file: u32, range: ByteRange, effects: &mut Vec<Effect>) -> FetchId {
        let id = self.begin(Purpose::Original, range);
        self.traffic.now.requests += 1;
        effects.push(Effect::Fetch { id, source: SourceId::original(file), range });
        id
    }

    /// Reads what a search wants of the index, and aborts what none wants any more.
    pub fn plan_index(&mut self, wants: &[ByteRange], effects: &mut Vec<Effect>) {
        self.plan_beside(Purpose::Index, wants, effects);
    }

    /// The same for words that are suggested.
    pub fn plan_words(&mut self, wants: &[ByteRange], effects: &mut Vec<Effect>) {
        self.plan_beside(Purpose::Words, wants, effects);
    }

    fn plan_beside(
        &mut self,
        kind: fn(ByteRange) -> Purpose,
        wants: &[ByteRange],
        effects: &mut Vec<Effect>,
    ) {
        let wanted: Vec<Purpose> = wants.iter().map(|range| kind(*range)).collect();
        let is_own = |purpose: &Purpose| match purpose {
            Purpose::Index(range) | Purpose::Words(range) => kind(*range) == *purpose,
            _ => false,
        };
        self.abort_all(|purpose| is_own(purpose) && !wanted.contains(purpose), effects);
        for (range, purpose) in wants.iter().zip(&wanted) {
            if self.flights.values().filter(|flight| is_own(&flight.purpose)).count() >= MAX_INDEX_IN_FLIGHT {
                return;
            }
            if self.flights.values().any(|flight| flight.purpose == *purpose) {
                continue;
            }
            let number = range.start / PART_BYTES;
            let source = SourceId::index(u32::try_from(number).unwrap_or(u32::MAX >> 4));
            let from = number * PART_BYTES;
            let range = ByteRange::new(range.start - from, range.end - from);
            let id = self.begin(purpose.clone(), range);
            if self.stopped.is_some() {
                effects.push(Effect::ReadCached { id, source, range });
            } else {
                self.traffic.now.requests += 1;
                effects.push(Effect::Fetch { id, source, range });
            }
        }
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
        let asked_millis = self.meter.now();
        self.flights
            .insert(id, Flight { purpose, range, bytes: Vec::new(), asked_millis, is_measured: false });
        id
    }

    // ------------------------------------------------------------ what comes of them

    /// What a fetch is for, if it is in flight.
    pub fn purpose(&self, id: FetchId) -> Option<&Purpose> {
        self.flights.get(&id).map(|flight| &flight.purpose)
    }

    /// Whether a fetch is for the table.
    pub fn is_for_table(&self, id: FetchId) -> bool {
        matches!(self.purpose(id), Some(Purpose::Table(_) | Purpose::Original))
    }

    /// Whether a fetch is for the table, its index or its images.
    pub fn is_for_reading(&self, id: FetchId) -> bool {
        self.purpose(id).is_some_and(Purpose::is_data)
    }

    /// Whether nothing is being read for the table, its index or its images.
    pub fn is_quiet(&self) -> bool {
        !self.flights.values().any(|flight| flight.purpose.is_data())
    }

    /// Requests in flight.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// A body begins: it holds this range of its file. What is cached on this device tells nothing of the link.
    pub fn began(&mut self, id: FetchId, range: ByteRange, is_cached: bool) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        let asked_millis = flight.asked_millis.take();
        flight.is_measured = !is_cached;
        if !is_cached && matches!(flight.purpose, Purpose::Table(_)) {
            self.meter.began(asked_millis);
        }
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
                self.traffic.now.bytes += bytes.len() as u64;
                if flight.is_measured {
                    self.meter.bytes(bytes.len() as u64);
                }
            }
            // What it is given to takes note of it.
            Purpose::Original => self.traffic.now.bytes += bytes.len() as u64,
            Purpose::Image(_) => {
                flight.bytes.extend_from_slice(bytes);
                self.traffic.now.image_bytes += bytes.len() as u64;
            }
            Purpose::Index(_) | Purpose::Words(_) => {
                flight.bytes.extend_from_slice(bytes);
                self.traffic.now.index_bytes += bytes.len() as u64;
            }
            Purpose::ArchiveSizes | Purpose::Sidecar | Purpose::Listing => {
                flight.bytes.extend_from_slice(bytes);
            }
        }
    }

    /// A fetch is over, whatever came of it.
    pub fn finish(&mut self, id: FetchId) -> Option<Finished> {
        let Flight { purpose, range, bytes, asked_millis: _, is_measured: _ } = self.flights.remove(&id)?;
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
        self.abort_all(Purpose::is_data, effects);
        // Ids are never used again: an answer to an old one may be on its way.
        let meter = std::mem::take(&mut self.meter);
        *self = Self { next: self.next, meter, ..Self::default() };
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

/// Bytes of more urgent classes that are wanted and not here.
fn missing_before(class: Class, wants: &[(Class, ByteRange)], pool: &Pool) -> u64 {
    let urgent = wants.iter().filter(|(other, _)| *other < class).map(|(_, range)| *range);
    urgent.flat_map(|range| subtract(range, &pool.held(range))).map(|gap| gap.len()).sum()
}
