//! The data thread's logic, without I/O: events come in, effects go out.
//!
//! [`Engine::step`] takes one event and answers with what is to be done. Four owners do the work, each with
//! its own state, and none reaches into another's:
//!
//! - [`data`]: files, columns, pages: what is here. Turns [`demand::Demand`]s into byte ranges.
//! - [`result`]: filters, search, subset, order: which rows match.
//! - [`answers`]: the view, and what the page is told of it. What has to be reported again is derived
//!   from what changed ([`change::Change`]).
//! - [`scheduler`]: the only one that fetches and aborts.
//!
//! Beside them `images` knows where images are, `jobs` writes files, `open` and `browse` lead to a
//! table, `sidecar` to what was found out ahead of time.
//!
//! # Liveness
//! After every step something is in flight, or a step to go on with is asked for, or the engine waits for
//! the page or the disk, or nothing is wanted: nothing ever waits for an event that nobody will send
//! ([`liveness`] checks it). It holds by construction: whatever is wanted is a demand; a demand that is
//! missing anything is in the scheduler's plan; and what is at hand but was not looked at in this step
//! asks for another one.
//!
//! Never here: a clock, a socket, a thread, a panic on what a file says.

mod answers;
mod beside;
mod browse;
mod change;
mod codecs;
mod data;
mod defaults;
mod demand;
mod event;
pub mod extras;
mod images;
mod import;
mod jobs;
mod label_file;
mod labels;
mod liveness;
mod open;
mod outcome;
pub mod output;
mod preference;
mod result;
mod scheduler;
mod sidecar;
mod table;

pub use beside::{Beside, News, Task};
pub use browse::Listing;
pub use data::{JoinCode, Kept};
pub use event::{Effect, Event, Imported};
pub use scheduler::{MAX_IN_FLIGHT, MAX_WITH_PROBES};

use crate::base::bytes::ByteRange;
use crate::base::error::{Error, ErrorKind};
use crate::base::ids::FetchId;
use crate::base::sorted::Map;
use crate::formats::hub::answer::Identity;
use crate::protocol::{LazyRequest, Request, Response, TableRequest};
use answers::pace::Pace;
use answers::{notice, report};
use browse::{Browsing, ListingRequest};
use codecs::Codecs;
use images::Images;
use import::Import;
use jobs::Jobs;
use open::Opening;
use scheduler::{Finished, Purpose, Scheduler, TableRange};
use sidecar::Sidecar;
use table::{Advanced, Table};

/// The data thread's state.
#[derive(Default)]
pub struct Engine {
    opening: Option<Opening>,
    table: Option<Table>,
    browsing: Option<Browsing>,
    /// The file that the table is being made of, where that is no Parquet; how many there were.
    import: Option<Import>,
    imports: u32,
    codecs: Codecs,
    /// Tables that were opened so far: what is told of what is joined to one is not for another.
    joins: u32,
    /// What the listings in flight are of.
    listings: Map<FetchId, ListingRequest>,
    images: Images,
    jobs: Jobs,
    sidecar: Sidecar,
    scheduler: Scheduler,
    /// Whether the page was told that the server could not be asked.
    unchecked: bool,
    /// Whether the page was told that something waits to be tried again.
    waiting: bool,
    /// Why nothing is kept on this device, until a page that listens can be told.
    not_kept: Option<Error>,
    effects: Vec<Effect>,
    /// Whether a step to go on with is asked for already.
    continuing: bool,
    /// Whether it is to be woken.
    waking: bool,
    pace: Pace,
}

impl Engine {
    /// Says what time it is, in milliseconds from any beginning: before and after each step. Where
    /// nobody does, whatever grows is reported with every step.
    pub fn tell_time(&mut self, now_millis: f64) {
        self.pace.tell(now_millis);
        self.scheduler.tell_time(now_millis);
    }

    /// Takes an event; the answer is what is to be done, in this order.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        self.take(event);
        self.say_not_kept();
        self.advance();
        debug_assert_eq!(self.stalled(), None, "something waits for an event that nobody will send");
        std::mem::take(&mut self.effects)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Request(request) => self.request(request),
            Event::LocalFiles { name, files, roles, reading } => {
                self.open_local(name, files, roles, reading);
            }
            Event::Began { id, range, identity } => {
                if self.scheduler.is_for_table(id) && std::mem::take(&mut self.unchecked) {
                    self.settled(notice::UNCHECKED);
                }
                if self.scheduler.is_for_reading(id) {
                    self.settle();
                }
                self.began(id, range, &identity, false);
            }
            Event::Kept { id, range, identity } => self.began(id, range, &identity, true),
            Event::Unchecked { id, error } => {
                if self.scheduler.is_for_table(id) {
                    self.unchecked = true;
                    let notice = notice::unchecked(self.source(), &error);
                    report(&mut self.effects, Response::Notice(notice));
                }
            }
            Event::NotKept { error } => self.not_kept = Some(error),
            Event::BeyondEnd { id, file_bytes } => self.beyond_end(id, file_bytes),
            Event::Bytes { id, bytes } => {
                if self.scheduler.purpose(id) == Some(&Purpose::Original) {
                    self.original_bytes(id, &bytes);
                }
                let pool = match (&mut self.table, &mut self.opening) {
                    (Some(table), _) => Some(&mut table.data.pool),
                    (None, Some(opening)) => Some(&mut opening.pool),
                    (None, None) => None,
                };
                self.scheduler.bytes(id, &bytes, pool);
            }
            Event::Done { id } => self.done(id),
            Event::Failed { id, error } => self.failed(id, error),
            Event::Waiting { id, error, retry_in_millis } => {
                if self.scheduler.is_for_reading(id) {
                    self.waiting = true;
                    let read = self.scheduler.traffic.now.bytes;
                    let notice = notice::waiting(self.source(), &error, read, retry_in_millis);
                    report(&mut self.effects, Response::Notice(notice));
                }
            }
            Event::Imported { import, outcome } => self.imported(import, outcome),
            Event::Sizes { id, sizes } => {
                if self.scheduler.finish(id).is_some() {
                    self.images.sized(sizes);
                }
            }
            Event::Listing { id, answer } => {
                if self.scheduler.finish(id).is_some() {
                    self.listed(id, answer);
                }
            }
            Event::Decoded { id, smaller } => self.images.decoded(id, smaller, &mut self.effects),
            Event::Written { export } => self.jobs.written(export),
            Event::Encoded { export, outcome } => {
                let data = self.table.as_mut().map(|table| &mut table.data);
                self.jobs.encoded(export, outcome, data, &mut self.images, &mut self.effects);
            }
            Event::WriteFailed { export, message } => {
                let data = self.table.as_mut().map(|table| &mut table.data);
                self.jobs.write_failed(export, message, data, &mut self.images, &mut self.effects);
            }
            Event::Measures { outcome } => {
                if let Some(table) = &mut self.table {
                    table.take_measures(outcome, &mut self.effects);
                }
            }
            Event::Codecs { outcome } => self.take_codecs(&outcome),
            Event::Variants { outcome } => {
                if let Some(table) = &mut self.table {
                    table.take_variants(outcome, &mut self.effects);
                }
            }
            Event::LabelsRead { table, outcome } => {
                if let Some(own) = self.table.as_mut().filter(|own| own.data.kept_as() == table) {
                    own.take_kept_labels(outcome, &mut self.effects);
                }
            }
            Event::Beside { join, news } => {
                if let Some(table) = &mut self.table {
                    table.take_news(join, news, &mut self.effects);
                }
            }
            Event::LabelsNotKept => {
                if let Some(table) = &mut self.table {
                    table.labels_not_kept(&mut self.effects);
                }
            }
            Event::Continue => self.continuing = false,
            Event::Woken => self.waking = false,
        }
    }

    /// The thread may find out before the page listens, which then would never hear of it: what has been asked for
    /// shows that it does.
    fn say_not_kept(&mut self) {
        let is_asked = self.opening.is_some()
            || self.table.is_some()
            || self.import.is_some()
            || self.browsing.is_some();
        if is_asked && let Some(error) = self.not_kept.take() {
            report(&mut self.effects, Response::Notice(notice::not_kept(&error)));
        }
    }

    fn request(&mut self, request: Request) {
        if let Request::Table(TableRequest::Stop { column }) = &request
            && self.stop_import(column)
        {
            return;
        }
        let Self { table, opening, images, jobs, effects, .. } = self;
        match (request, table) {
            (Request::Open(open), _) => self.open(open),
            (Request::Browse(place), _) => self.browse(place),
            (Request::Retry, _) => self.retry(),
            (Request::Images(wanted), table) => {
                images.want(wanted, table.as_ref().map(|table| &table.data));
            }
            (Request::RetryImage { row }, Some(table)) => images.retry(row, &table.data),
            (Request::Lazy(LazyRequest::TakeImages(start)), Some(table)) => {
                jobs.begin_images(start, &mut table.data, images, effects);
            }
            (Request::Lazy(LazyRequest::Export(start)), Some(table)) => {
                jobs.begin_export(start, &mut table.data, images, effects);
            }
            (Request::Lazy(LazyRequest::ExportPairs(start)), Some(table)) => {
                jobs.begin_pairs(start, &mut table.data, images, effects);
            }
            (Request::Lazy(LazyRequest::PauseExport { paused }), _) => jobs.pause(paused, images, effects),
            (Request::Lazy(LazyRequest::CancelExport), table) => {
                jobs.cancel(table.as_mut().map(|table| &mut table.data), images, effects);
            }
            // A link may name a row: it is asked for before the table is there.
            (Request::Show(show), Some(table)) => table.show(show, effects),
            (Request::Show(show), None) => {
                // An index that answers the link's query is looked for beside the footer.
                let searches = show.rows.query.is_some();
                if let Some(opening) = opening {
                    opening.show(show);
                    if searches {
                        self.fetch_sidecar_list();
                    }
                }
            }
            (Request::Detail { row }, Some(table)) => table.open_detail(row),
            (Request::Detail { row }, None) => {
                if let Some(opening) = opening {
                    opening.open_detail(row);
                }
            }
            (Request::Table(request), Some(table)) => table.request(request, effects),
            (Request::Lazy(request), Some(table)) => table.lazy_request(request, effects),
            (Request::RetryImage { .. } | Request::Table(_) | Request::Lazy(_), None) => {}
        }
    }

    // ------------------------------------------------------------ what comes of fetches

    fn began(&mut self, id: FetchId, range: ByteRange, identity: &Identity, is_cached: bool) {
        self.scheduler.began(id, range, is_cached);
        match self.scheduler.purpose(id) {
            Some(Purpose::Table(_)) => {
                if let Some(opening) = &mut self.opening {
                    opening.sized(identity.total_bytes, identity.commit.clone());
                    self.sidecar.identified(identity);
                }
            }
            Some(Purpose::Image(target)) => {
                let target = target.clone();
                if !self.images.began(&target, identity.total_bytes) {
                    self.scheduler.abort(id, &mut self.effects);
                }
            }
            Some(Purpose::Index(wanted)) => {
                // The whole file came, or less than there should be.
                if wanted.len() != range.len() {
                    self.scheduler.abort(id, &mut self.effects);
                    let why = crate::protocol::texts::requests::NO_RANGES;
                    self.give_index_up(&Error::new(ErrorKind::RangeIgnored, why));
                }
            }
            Some(Purpose::Words(wanted)) => {
                if wanted.len() != range.len() {
                    self.scheduler.abort(id, &mut self.effects);
                    self.suggest_nothing();
                }
            }
            Some(Purpose::Original | Purpose::ArchiveSizes | Purpose::Sidecar | Purpose::Listing) | None => {}
        }
    }

    fn done(&mut self, id: FetchId) {
        let Some(Finished { purpose, range, bytes }) = self.scheduler.finish(id) else { return };
        match purpose {
            Purpose::Table(_) | Purpose::ArchiveSizes | Purpose::Listing => {}
            Purpose::Original => self.original_done(id),
            Purpose::Image(target) => self.images.done(target, range, bytes),
            Purpose::Sidecar => self.sidecar_done(id, Some(bytes)),
            Purpose::Index(range) => {
                if let Some(table) = &mut self.table {
                    table.matches.feed_index(range, bytes);
                }
            }
            Purpose::Words(range) => {
                if let Some(table) = &mut self.table {
                    table.matches.feed_words(range, bytes);
                }
            }
        }
    }

    fn failed(&mut self, id: FetchId, error: Error) {
        let Some(Finished { purpose, .. }) = self.scheduler.finish(id) else { return };
        match purpose {
            Purpose::Table(range) if self.scheduler.is_stopped() => {
                // It was looked for on this device only.
                self.scheduler.note_not_cached(range.asked);
            }
            Purpose::Table(range) => {
                if !self.goes_on_without(range, &error) {
                    self.stop(error);
                }
            }
            Purpose::Original => self.import_failed(error),
            Purpose::Image(target) => {
                if let Some(closed) = self.images.failed(target, error.clone()) {
                    let notice = notice::images_closed(&error, &closed);
                    report(&mut self.effects, Response::Notice(notice));
                }
                self.settle_if_quiet();
            }
            Purpose::Sidecar => {
                self.sidecar_done(id, None);
                self.settle_if_quiet();
            }
            Purpose::Index(_) => {
                self.give_index_up(&error);
                self.settle_if_quiet();
            }
            Purpose::Words(_) => self.suggest_nothing(),
            Purpose::ArchiveSizes | Purpose::Listing => {}
        }
    }

    /// What words are suggested of can't be had: there are none.
    fn suggest_nothing(&mut self) {
        if let Some(table) = &mut self.table {
            table.matches.suggest_nothing();
        }
    }

    fn beyond_end(&mut self, id: FetchId, file_bytes: Option<u64>) {
        let range = match self.scheduler.finish(id).map(|finished| finished.purpose) {
            Some(Purpose::Table(range)) => range,
            Some(Purpose::Image(target)) => {
                self.images.beyond_end(target, file_bytes);
                return;
            }
            Some(Purpose::Original) => {
                self.import_failed(Error::new(ErrorKind::Changed, crate::protocol::texts::requests::SHORTER));
                return;
            }
            Some(Purpose::Index(_)) => {
                let error = Error::new(ErrorKind::Changed, crate::protocol::texts::requests::SHORTER);
                self.give_index_up(&error);
                return;
            }
            Some(Purpose::Words(_)) => {
                self.suggest_nothing();
                return;
            }
            Some(Purpose::ArchiveSizes | Purpose::Sidecar | Purpose::Listing) | None => return,
        };
        let known = match (&mut self.opening, file_bytes) {
            (Some(opening), Some(file_bytes)) => {
                opening.sized(file_bytes, None);
                true
            }
            (Some(opening), None) => opening.forget_size(),
            (None, _) => false,
        };
        let shorter = Error::new(ErrorKind::Changed, crate::protocol::texts::requests::SHORTER);
        if !known && !self.goes_on_without(range, &shorter) {
            self.stop(shorter);
        }
    }

    /// Whether what failed was the footer of one of several files: it is left out then.
    fn goes_on_without(&mut self, range: TableRange, error: &Error) -> bool {
        let Some(table) = self.table.as_mut().filter(|_| !error.is_retryable()) else { return false };
        table.leave_file_out(range.left, error, &mut self.effects)
    }

    // ------------------------------------------------------------ the connection

    fn settled(&mut self, subject: &str) {
        report(&mut self.effects, Response::Settled { subject: subject.to_owned() });
    }

    /// Whatever waited to be tried again does so no more.
    fn settle(&mut self) {
        if std::mem::take(&mut self.waiting) {
            self.settled(notice::CONNECTION);
        }
    }

    /// Its tile tells what failed; nothing waits any more.
    fn settle_if_quiet(&mut self) {
        if self.scheduler.is_quiet() && !self.scheduler.is_stopped() {
            self.settle();
        }
    }

    /// What people call what is open.
    fn source(&self) -> &str {
        match (&self.table, &self.opening) {
            (Some(table), _) => &table.data.identity.source,
            (None, Some(opening)) => opening.source(),
            (None, None) => "the file",
        }
    }

    /// Nothing more is fetched for the table: the page is told why, and what it can do.
    fn stop(&mut self, error: Error) {
        self.scheduler.abort_table(&mut self.effects);
        if self.opening.is_some() {
            self.opening_failed(error);
            return;
        }
        let notice = notice::reading_stopped(self.source(), &error, self.scheduler.traffic.now.bytes);
        let on_hub = self.table.as_ref().and_then(|table| table.data.identity.on_hub.as_ref());
        let notice = notice::with_sign_in(notice, &error, on_hub);
        report(&mut self.effects, Response::Notice(notice));
        self.scheduler.stop(error);
    }

    fn retry(&mut self) {
        self.scheduler.retry(&mut self.effects);
        self.waiting = false;
        self.images.retry_all();
        if let Some(table) = &mut self.table {
            table.data.retry_measures();
            table.data.retry_variants();
            self.effects.push(Effect::Respond(Response::Settled { subject: notice::MEASURES.to_owned() }));
        }
        self.settled(notice::CONNECTION);
        self.effects.push(Effect::RetryNow);
    }

    // ------------------------------------------------------------ one step

    /// Does all that is at hand, and fetches what is missing for the rest: each owner once.
    fn advance(&mut self) {
        self.advance_opening();
        self.advance_import();
        let Self { opening, table, images, jobs, scheduler, effects, pace, .. } = self;
        let Advanced { mut missing, more } = match table {
            Some(table) => table.advance(images, jobs, pace, scheduler.link(), effects),
            None => Advanced::default(),
        };
        let images::Needs { reads, sizes, more: more_of_images } = match table {
            Some(table) => images.advance(&table.data, effects),
            None => images::Needs::default(),
        };
        if let Some((url, files)) = sizes {
            scheduler.ask_sizes(url, files, effects);
        }
        if let Some(range) = opening.as_ref().and_then(Opening::wants) {
            missing.push((demand::Class::Open, range));
        }
        let index_wants = table.as_ref().map_or_else(Vec::new, |table| table.matches.index_wants());
        scheduler.plan_index(&index_wants, effects);
        let words = table.as_ref().map_or_else(Vec::new, |table| table.matches.words_wanted());
        scheduler.plan_words(&words, effects);
        scheduler.traffic.now.indexed = table.as_ref().is_some_and(|table| table.matches.has_index());
        let pool = match (table.as_mut(), opening) {
            (Some(table), _) => {
                let addresses = table.data.next_addresses().into_iter();
                effects.extend(addresses.map(|(source, url)| Effect::Source { source, url }));
                Some(&mut table.data.pool)
            }
            (None, Some(opening)) => Some(&mut opening.pool),
            (None, None) => None,
        };
        scheduler.plan(&missing, reads, pool, effects);
        self.fetch_codecs();
        let Self { scheduler, effects, .. } = self;
        let waiting = self.waiting || scheduler.is_stopped();
        let in_flight = scheduler.in_flight();
        if let Some(traffic) = scheduler.traffic.news(in_flight, waiting) {
            report(effects, Response::Traffic(traffic));
        }
        if (more || more_of_images) && !std::mem::replace(&mut self.continuing, true) {
            self.effects.push(Effect::Continue);
        }
        let deferred = self.table.as_ref().is_some_and(|table| table.answers.is_deferred());
        if deferred && !std::mem::replace(&mut self.waking, true) {
            self.effects.push(Effect::Wake { in_millis: self.pace.left_millis() });
        }
    }
}
