//! The worker's logic, without I/O: events come in, effects go out.
//!
//! [`Engine::step`] takes one event and answers with what is to be done: ranges to fetch, fetches
//! to abort, things to tell the page. What must be fetched is worked out anew after each event from
//! what is wanted now, so that work for something nobody looks at any more ends by itself.
//!
//! Never here: a clock, a socket, a thread, a panic on what a file says.

mod asked;
mod browse;
mod compare;
mod describe;
mod embedded;
mod export;
mod files;
mod foretold;
mod images;
mod lists;
mod load;
mod nested;
mod notice;
mod open;
pub mod output;
mod pace;
mod pager;
mod pool;
mod reading;
mod same;
mod script;
mod show;
mod sort;
mod table;
mod take;

use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind, Result};
use crate::base::ids::{DecodeId, FetchId, SourceId};
use crate::formats::hub::answer::Identity;
use crate::formats::parquet::plan::{blocks, coalesce, subtract};
use crate::protocol::{LoadState, Progress, Request, Response, Traffic};
pub use browse::Listing;
use browse::{Asked, Browsing};
use foretold::Foretold;
use images::Images;
use open::Opening;
use pace::Pace;
use pool::Pool;
use std::collections::BTreeMap;
use table::Table;

/// Range requests under way at a time: what browsers allow one host over HTTP/1.1.
pub const MAX_IN_FLIGHT: usize = 6;

/// Of those, how many may serve columns that are read whole while the screen may want something.
const MAX_BACKGROUND_IN_FLIGHT: usize = 4;

/// Ranges of which it is remembered that they are not kept on this device.
const MAX_MISSING: usize = 1_000;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The page asks.
    Request(Request),
    /// The page hands over files of the user's disk, which [`Effect::Fetch`] then means: the n-th is
    /// [`SourceId::part`] of n.
    LocalFiles {
        /// What they are called together.
        name: String,
        /// Name and size of each.
        files: Vec<(String, u64)>,
        /// As in [`Open`](crate::protocol::Open).
        roles: Vec<(String, Option<String>)>,
    },
    /// The answer to a fetch has begun; its body follows.
    Began {
        /// Which fetch.
        id: FetchId,
        /// Which bytes of the file the body will hold: those asked for, cut at the file's end, or
        /// the whole file.
        range: ByteRange,
        /// What the file is.
        identity: Identity,
    },
    /// The same, of bytes that were kept on this device from an earlier visit. They come in parts: each
    /// begins anew.
    Kept {
        /// Which fetch.
        id: FetchId,
        /// Which bytes of the file follow.
        range: ByteRange,
        /// What the file is.
        identity: Identity,
    },
    /// What is kept of a file is used although the server could not be asked whether it has changed.
    Unchecked {
        /// Which fetch.
        id: FetchId,
        /// Why it could not be asked.
        error: Error,
    },
    /// Nothing more is kept on this device.
    NotKept {
        /// Why.
        error: Error,
    },
    /// A fetch was for bytes beyond the end of the file.
    BeyondEnd {
        /// Which fetch.
        id: FetchId,
        /// The file's size, where the server tells.
        file_bytes: Option<u64>,
    },
    /// The next bytes of a body.
    Bytes {
        /// Which fetch.
        id: FetchId,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// All bytes of a body have come.
    Done {
        /// Which fetch.
        id: FetchId,
    },
    /// A fetch failed for good.
    Failed {
        /// Which fetch.
        id: FetchId,
        /// Why.
        error: Error,
    },
    /// A fetch failed and will be tried again.
    Waiting {
        /// Which fetch.
        id: FetchId,
        /// Why.
        error: Error,
        /// When it will be tried again.
        retry_in_millis: u32,
    },
    /// An image was decoded.
    Decoded {
        /// Which one.
        id: DecodeId,
        /// The smaller image that was asked for, with its media type; none where the image itself
        /// is to be shown. An error where it can't be decoded.
        smaller: Result<Option<(Vec<u8>, String)>>,
    },
    /// A piece of an export is where it belongs.
    Written {
        /// Which export.
        export: u32,
    },
    /// An export can't be written any further.
    WriteFailed {
        /// Which export.
        export: u32,
        /// Why, in a sentence.
        message: String,
    },
    /// The lengths of files came, or could not be had.
    Sizes {
        /// Which question this answers.
        id: FetchId,
        /// Files by their paths, with their lengths; none if nothing could be had.
        sizes: Option<Vec<(String, u64)>>,
    },
    /// There was more to be done than one step takes.
    Continue,
    /// The time of [`Effect::Wake`] has come.
    Woken,
    /// A page of a listing came, or could not be had.
    Listing {
        /// Which one.
        id: FetchId,
        /// The page.
        answer: Result<Listing>,
    },
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// From now on fetches of this source mean the file at this address. A new table takes all other
    /// sources with it, and fetches of them that are under way are aborted.
    Source {
        /// Which source.
        source: SourceId,
        /// Its address.
        url: String,
    },
    /// A source will not be read again.
    Forget {
        /// Which source.
        source: SourceId,
    },
    /// Read a range of a file.
    Fetch {
        /// What its answer is called.
        id: FetchId,
        /// Of which file.
        source: SourceId,
        /// Which bytes.
        range: ByteRange,
    },
    /// Read what is kept of a range on this device; nothing is asked of a server. It fails where a part is
    /// not kept, once what is kept has come.
    Look {
        /// What its answer is called.
        id: FetchId,
        /// Of which file.
        source: SourceId,
        /// Which bytes.
        range: ByteRange,
    },
    /// Read a small file whole, if it is there.
    Get {
        /// What its answer is called.
        id: FetchId,
        /// Its address.
        url: String,
        /// More than this is not read.
        most_bytes: u64,
    },
    /// Ask the Hub for the lengths of files, by posting a form.
    Sizes {
        /// What its answer is called.
        id: FetchId,
        /// Where to.
        url: String,
        /// The files: their paths, and the addresses under which something of them may be kept.
        files: Vec<(String, String)>,
    },
    /// Decode an image: to find out whether that is possible, and into a smaller one.
    Decode {
        /// What its answer is called.
        id: DecodeId,
        /// The image file.
        bytes: Vec<u8>,
        /// Its media type.
        mime: String,
        /// The size of the smaller one, if one is asked for.
        size_px: Option<(u32, u32)>,
    },
    /// Stop a fetch; it is not heard of again.
    Abort {
        /// Which one.
        id: FetchId,
    },
    /// Add bytes to the file of an export.
    Write {
        /// Which export.
        export: u32,
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether they are the last ones.
        last: bool,
    },
    /// The file of an export will not be completed: drop it.
    DropFile {
        /// Which export.
        export: u32,
    },
    /// Try at once what waits to be tried again.
    RetryNow,
    /// There is more to be done: step on, after what has come meanwhile.
    Continue,
    /// Something waits to be told: wake the engine after this time.
    Wake {
        /// The time.
        in_millis: u32,
    },
    /// Get a page of a listing.
    List {
        /// What its answer is called.
        id: FetchId,
        /// The address.
        url: String,
    },
    /// Tell the page.
    Respond(Response),
}

/// A fetch under way.
#[derive(Clone, Copy, Debug)]
struct Flight {
    /// What is still to come.
    left: ByteRange,
    /// What the offsets of its file have in front.
    base: u64,
    /// What was asked for.
    asked: ByteRange,
    background: bool,
}

/// What a range is wanted for; earlier ones are served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Open,
    Screen,
    Chart,
    Image,
    Background,
}

/// The worker's state.
#[derive(Default)]
pub struct Engine {
    opening: Option<Opening>,
    table: Option<Table>,
    browsing: Option<Browsing>,
    /// Listings under way.
    lists: BTreeMap<FetchId, Asked>,
    images: Images,
    /// Images that are put into an archive.
    taking: Option<Box<take::Taking>>,
    foretold: Foretold,
    pool: Pool,
    flights: BTreeMap<FetchId, Flight>,
    next_fetch: u32,
    /// Why nothing more is fetched, until the page asks to retry.
    stopped: Option<Error>,
    /// What is known not to be kept on this device; it is not looked for again while reading is stopped.
    missing: Vec<ByteRange>,
    /// Whether the page was told that the server could not be asked.
    unchecked: bool,
    /// Whether the page was told that something waits.
    waiting: bool,
    traffic: Traffic,
    told: Traffic,
    effects: Vec<Effect>,
    /// Whether a step to go on with is asked for already.
    continuing: bool,
    /// Whether it is to be woken.
    waking: bool,
    pace: Pace,
}

impl Engine {
    /// Says what time it is, in milliseconds from any beginning: before and after each step. Where
    /// nobody does, whatever grows is told with every step.
    pub fn tell_time(&mut self, now_millis: f64) {
        self.pace.tell(now_millis);
    }

    /// Takes an event; the answer is what is to be done, in this order.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Request(Request::Open(open)) => self.open(open),
            Event::Request(Request::Browse(place)) => self.browse(place),
            Event::Request(Request::Retry) => self.retry(),
            Event::Request(Request::Images(wanted)) => {
                let rows = self.images.want(wanted);
                if let Some(table) = &mut self.table {
                    let columns = self.images.columns();
                    self.images.set_kin(table.kin(&self.images.lacks_kin()));
                    table.look_for_images(rows, columns);
                }
            }
            Event::Request(Request::RetryImage { row }) => {
                if let Some(table) = &self.table {
                    self.images.retry(row, table);
                }
            }
            Event::Request(Request::TakeImages(start)) => {
                if self.table.is_some() {
                    self.begin_taking(start);
                }
            }
            Event::Request(request @ (Request::CancelExport | Request::Export(_))) => {
                self.cancel_taking();
                if let Some(table) = &mut self.table {
                    table.request(request, &mut self.effects);
                }
            }
            Event::Request(request) => match (&mut self.table, &mut self.opening) {
                (Some(table), _) => table.request(request, &mut self.effects),
                // A link may name a row: it is asked for before the table is there.
                (None, Some(opening)) => opening.remember(request),
                (None, None) => {}
            },
            Event::LocalFiles { name, files, roles } => self.open_local(name, files, roles),
            Event::Began { id, range, identity } => {
                if self.flights.contains_key(&id) && std::mem::take(&mut self.unchecked) {
                    self.respond(Response::Settled { subject: notice::UNCHECKED.to_owned() });
                }
                if self.flights.contains_key(&id) || self.images.owns(id) {
                    self.settle();
                }
                self.began(id, range, &identity);
            }
            Event::Kept { id, range, identity } => self.began(id, range, &identity),
            Event::Unchecked { id, error } => {
                if self.flights.contains_key(&id) {
                    self.unchecked = true;
                    let notice = notice::unchecked(self.source(), &error);
                    self.respond(Response::Notice(notice));
                }
            }
            Event::NotKept { error } => self.respond(Response::Notice(notice::not_kept(&error))),
            Event::BeyondEnd { id, file_bytes } => self.beyond_end(id, file_bytes),
            Event::Bytes { id, bytes } => self.bytes(id, &bytes),
            Event::Done { id } => {
                self.flights.remove(&id);
                self.images.done(id);
                self.foretold_done(id);
            }
            Event::Failed { id, error } => {
                self.foretold.failed(id);
                if let Some(flight) = self.flights.remove(&id) {
                    if self.stopped.is_some() {
                        // It was looked for on this device only.
                        self.missing.push(flight.asked);
                        if self.missing.len() > MAX_MISSING {
                            self.missing.remove(0);
                        }
                    } else if !self.goes_on_without(flight, &error) {
                        self.stop(error);
                    }
                } else {
                    if let Some(closed) = self.images.failed(id, error.clone()) {
                        self.respond(Response::Notice(notice::images_closed(&error, &closed)));
                    }
                    // Its tile tells; nothing waits any more.
                    if self.flights.is_empty() && self.images.in_flight() == 0 && self.stopped.is_none() {
                        self.settle();
                    }
                }
            }
            Event::Sizes { id, sizes } => self.images.sized(id, sizes),
            Event::Decoded { id, smaller } => self.images.decoded(id, smaller, &mut self.effects),
            Event::Waiting { id, error, retry_in_millis } => {
                if self.flights.contains_key(&id) || self.images.owns(id) {
                    self.waiting = true;
                    let source = self.source().to_owned();
                    let notice = notice::waiting(&source, &error, self.traffic.bytes, retry_in_millis);
                    self.respond(Response::Notice(notice));
                }
            }
            Event::Written { export } => {
                if !self.taking_written(export)
                    && let Some(table) = &mut self.table
                {
                    table.written(export);
                }
            }
            Event::WriteFailed { export, message } => {
                self.taking_failed(export, &message);
                if let Some(table) = &mut self.table {
                    table.write_failed(export, message, &mut self.effects);
                }
            }
            Event::Continue => self.continuing = false,
            Event::Woken => self.waking = false,
            Event::Listing { id, answer } => self.listed(id, answer),
        }
        self.advance();
        self.schedule();
        self.advance_images();
        self.advance_taking();
        self.tell_traffic();
        std::mem::take(&mut self.effects)
    }

    fn respond(&mut self, response: Response) {
        self.effects.push(Effect::Respond(response));
    }

    /// Whatever waited does so no more.
    fn settle(&mut self) {
        if std::mem::take(&mut self.waiting) {
            self.respond(Response::Settled { subject: notice::CONNECTION.to_owned() });
        }
    }

    fn source(&self) -> &str {
        self.table.as_ref().map_or_else(
            || self.opening.as_ref().map_or("the file", |opening| opening.source()),
            |table| table.source(),
        )
    }

    fn began(&mut self, id: FetchId, range: ByteRange, identity: &Identity) {
        self.images.began(id, range, identity.total_bytes);
        let Some(flight) = self.flights.get_mut(&id) else { return };
        flight.left = ByteRange::new(range.start + flight.base, range.end + flight.base);
        if let Some(opening) = &mut self.opening {
            opening.sized(identity.total_bytes, identity.commit.clone());
            self.foretold.identified(identity);
        }
    }

    fn beyond_end(&mut self, id: FetchId, file_bytes: Option<u64>) {
        let Some(flight) = self.flights.remove(&id) else {
            self.images.beyond_end(id, file_bytes);
            return;
        };
        let known = match (&mut self.opening, file_bytes) {
            (Some(opening), Some(file_bytes)) => {
                opening.sized(file_bytes, None);
                true
            }
            (Some(opening), None) => opening.forget_size(),
            (None, _) => false,
        };
        let shorter = Error::new(ErrorKind::Changed, "the file is shorter than it was");
        if !known && !self.goes_on_without(flight, &shorter) {
            self.stop(shorter);
        }
    }

    /// Whether what failed was the footer of one of several files: it is left out then.
    fn goes_on_without(&mut self, flight: Flight, error: &Error) -> bool {
        let Some(table) = self.table.as_mut().filter(|_| !error.is_retryable()) else { return false };
        table.leave_file_out(flight.left, error, &mut self.effects)
    }

    fn bytes(&mut self, id: FetchId, bytes: &[u8]) {
        let Some(flight) = self.flights.get_mut(&id) else {
            if self.foretold.bytes(id, bytes) {
                return;
            }
            if self.images.owns(id) {
                self.traffic.image_bytes += bytes.len() as u64;
                self.images.bytes(id, bytes);
            }
            return;
        };
        let more = flight.left.len().saturating_sub(bytes.len() as u64) as usize;
        self.pool.add(flight.left.start, bytes, more);
        flight.left.start = (flight.left.start + bytes.len() as u64).min(flight.left.end);
        self.traffic.bytes += bytes.len() as u64;
    }

    /// Nothing more is fetched: the page is told why, and what it can do.
    fn stop(&mut self, error: Error) {
        self.abort_all();
        if self.opening.is_some() {
            self.opening_failed(error);
            return;
        }
        let source = self.source().to_owned();
        let notice = notice::reading_stopped(&source, &error, self.traffic.bytes);
        let on_hub = self.table.as_ref().and_then(|table| table.on_hub.as_ref());
        let notice = notice::with_sign_in(notice, &error, on_hub);
        self.respond(Response::Notice(notice));
        self.stopped = Some(error);
    }

    fn abort_all(&mut self) {
        for id in std::mem::take(&mut self.flights).into_keys() {
            self.effects.push(Effect::Abort { id });
        }
    }

    fn retry(&mut self) {
        if self.stopped.take().is_some() {
            // What is being looked for on this device alone is now to be fetched.
            self.abort_all();
        }
        self.missing.clear();
        self.waiting = false;
        self.images.retry_all();
        self.respond(Response::Settled { subject: notice::CONNECTION.to_owned() });
        self.effects.push(Effect::RetryNow);
    }

    /// Does all that the bytes at hand allow.
    fn advance(&mut self) {
        if self.opening.is_some() {
            self.advance_opening();
        }
        if let Some(table) = &mut self.table {
            let more = table.advance(&mut self.pool, &mut self.pace, &mut self.effects);
            if more && !std::mem::replace(&mut self.continuing, true) {
                self.effects.push(Effect::Continue);
            }
            if table.later.any() && !std::mem::replace(&mut self.waking, true) {
                self.effects.push(Effect::Wake { in_millis: self.pace.left_millis() });
            }
        }
    }

    /// Works on images. Those that are in the table itself make it read their rows.
    fn advance_images(&mut self) {
        self.images.advance(self.table.as_ref(), &mut self.next_fetch, &mut self.traffic, &mut self.effects);
        if let Some(table) = &mut self.table
            && table.read_images_of(self.images.cells())
        {
            self.advance();
            self.schedule();
            let table = self.table.as_ref();
            self.images.advance(table, &mut self.next_fetch, &mut self.traffic, &mut self.effects);
        }
    }

    /// Fetches what is wanted and neither here nor under way, and aborts what nobody wants.
    /// While reading is stopped, what is kept on this device is read all the same.
    fn schedule(&mut self) {
        let mut wants: Vec<(Class, ByteRange)> = Vec::new();
        if let Some(opening) = &self.opening {
            wants.extend(opening.wants().map(|range| (Class::Open, range)));
        }
        if let Some(table) = &mut self.table {
            table.address_files(&mut self.effects);
            wants.extend(table.wants());
        }
        let wanted: Vec<ByteRange> = wants.iter().map(|(_, range)| *range).collect();
        let unwanted: Vec<FetchId> = self
            .flights
            .iter()
            .filter(|(_, flight)| !wanted.iter().any(|range| range.intersection(flight.left).is_some()))
            // A body whose last byte has come is about to be done.
            .filter(|(_, flight)| !flight.left.is_empty())
            .map(|(id, _)| *id)
            .collect();
        for id in unwanted {
            self.flights.remove(&id);
            self.effects.push(Effect::Abort { id });
        }
        let images_wait = self.images_wait(&wants);
        for class in [Class::Open, Class::Screen, Class::Chart, Class::Image, Class::Background] {
            if class == Class::Image && images_wait {
                continue;
            }
            let mut gaps = Vec::new();
            for (_, range) in wants.iter().filter(|(other, _)| *other == class) {
                let mut held = self.pool.held(*range);
                held.extend(self.flights.values().map(|flight| flight.left));
                held.extend(&self.missing);
                gaps.extend(subtract(*range, &held));
            }
            let mut runs = self.without_held(coalesce(&gaps));
            // What was named first is fetched first, wherever in the file it is.
            runs.sort_by_cached_key(|run| gaps.iter().position(|gap| gap.intersection(*run).is_some()));
            for run in runs {
                for range in blocks(run) {
                    let background = class == Class::Background;
                    let busy =
                        self.flights.values().filter(|flight| !background || flight.background).count();
                    let most = if background { MAX_BACKGROUND_IN_FLIGHT } else { MAX_IN_FLIGHT };
                    if busy >= most || self.flights.len() >= MAX_IN_FLIGHT {
                        break;
                    }
                    self.fetch(range, background);
                }
            }
        }
        let flights: Vec<ByteRange> = self.flights.values().map(|flight| flight.left).collect();
        self.pool.trim(&wanted, &flights);
    }

    /// Whether what leads to images waits, so that rows and charts have the link to themselves: unless
    /// they need so much that nobody would wait for it.
    fn images_wait(&self, wants: &[(Class, ByteRange)]) -> bool {
        const MOST_BYTES: u64 = 8 << 20;
        let urgent = wants.iter().filter(|(class, _)| *class < Class::Image).map(|(_, range)| *range);
        let missing: u64 =
            urgent.flat_map(|range| subtract(range, &self.pool.held(range))).map(|gap| gap.len()).sum();
        missing > 0 && missing <= MOST_BYTES
    }

    /// Runs bridge small gaps between wanted ranges; where a bridge is here or under way already,
    /// the run is cut there.
    fn without_held(&self, runs: Vec<ByteRange>) -> Vec<ByteRange> {
        runs.into_iter()
            .flat_map(|run| {
                let mut held = self.pool.held(run);
                held.extend(self.flights.values().map(|flight| flight.left));
                held.extend(&self.missing);
                subtract(run, &held)
            })
            .collect()
    }

    fn fetch(&mut self, range: ByteRange, background: bool) {
        let id = FetchId(self.next_fetch);
        self.next_fetch = self.next_fetch.wrapping_add(1);
        let (source, own, base) = files::locate(range);
        self.flights.insert(id, Flight { left: range, asked: range, base, background });
        if self.stopped.is_some() {
            self.effects.push(Effect::Look { id, source, range: own });
            return;
        }
        self.traffic.requests += 1;
        self.effects.push(Effect::Fetch { id, source, range: own });
    }

    /// Tells the page what has been read, not more often than it matters.
    fn tell_traffic(&mut self) {
        const STEP_BYTES: u64 = 128 << 10;
        self.traffic.in_flight = (self.flights.len() + self.images.in_flight()) as u32;
        self.traffic.waiting = self.waiting || self.stopped.is_some();
        let quiet = self.traffic.bytes - self.told.bytes.min(self.traffic.bytes) < STEP_BYTES
            && self.traffic.requests == self.told.requests
            && self.traffic.image_requests == self.told.image_requests
            && self.traffic.image_bytes - self.told.image_bytes.min(self.traffic.image_bytes) < STEP_BYTES
            && self.traffic.waiting == self.told.waiting
            && (self.traffic.in_flight > 0) == (self.told.in_flight > 0);
        if !quiet {
            self.told = self.traffic;
            self.respond(Response::Traffic(self.traffic));
        }
    }
}

/// How far a column is read, for the page.
fn progress(column: &str, state: LoadState, bytes: u64, bytes_total: u64, rows: u64) -> Response {
    Response::Progress(Progress { column: column.to_owned(), state, bytes, bytes_total, rows })
}
