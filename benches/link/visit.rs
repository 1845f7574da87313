//! A visit in virtual time: the engine, a page that asks what the app's page asks, and a file behind a link.

use crate::host::Host;
use crate::network::{Arrival, Link, Network};
use crate::search::{Searched, Typed};
use fixture::canvas::Canvas;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::ids::{FetchId, Generation, SourceId};
use vitrine::engine::{Effect, Engine, Event};
use vitrine::formats::hub::answer::Identity;
use vitrine::protocol::compare::{Pick, Picked};
use vitrine::protocol::images::{Images, Outcome, Want};
use vitrine::protocol::pairs::{self, Pairs};
use vitrine::protocol::{
    Cell, Detail, LazyRequest, LazyResponse, Open, Opened, Request, Response, Row, Rows, Show,
};
use vitrine::view::spec::{RowQuery, TableRef, View};
use vitrine::view::url;

/// From a message to the page until its answer: a frame.
const FRAME: f64 = 0.016;

/// From rows on the screen until their images are asked for.
const IMAGES_REST: f64 = 0.06;

/// Rows that are seen, of those that the page asks for.
pub(crate) const SEEN_ROWS: u64 = 16;

/// Rows that the page asks for.
const WINDOW_ROWS: u32 = 64;

/// A preview's body: about as long as real ones.
static PREVIEW: LazyLock<Vec<u8>> =
    LazyLock::new(|| fixture::images::webp(&Canvas::new(48, 48)).expect("an empty canvas can be written"));

/// When what people look at was there, in seconds since the data thread listened, and what it took.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// The prompts of the rows in sight, or of the open row.
    pub prompts: Option<f64>,
    /// The charts of cfg and steps.
    pub charts: Option<f64>,
    /// All charts and cells in sight, and all fields of the open row.
    pub rest: Option<f64>,
    /// The first image.
    pub image: Option<f64>,
    /// The first pair: its verdict, its prompt, and what the table says of both images.
    pub pair: Option<f64>,
    /// All pairs were counted.
    pub pairs: Option<f64>,
    /// Requests, and their bytes, until the first pair was there.
    pub pair_cost: (usize, u64),
    /// Nothing is on its way any more.
    pub quiet: f64,
    /// Requests, and their bytes, until everything in sight but images was there.
    pub cost: (usize, u64),
    /// The same until all was quiet.
    pub whole_cost: (usize, u64),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    Fetch(FetchId),
    /// What lies beside the app.
    Beside(FetchId),
    /// What is asked of others than the table's store, by which connections are not shared.
    Other(FetchId),
}

/// What the page does later.
#[derive(Clone, Debug)]
enum Later {
    Show,
    Images,
    Wake,
}

pub struct Visit {
    engine: Engine,
    pub(crate) network: Network<Asked>,
    host: Option<Host>,
    file: File,
    file_bytes: u64,
    flights: BTreeMap<FetchId, ByteRange>,
    later: Vec<(f64, Later)>,
    queue: VecDeque<Event>,
    /// Sources whose signed address is known.
    resolved: BTreeSet<SourceId>,
    spec: vitrine::view::spec::Spec,
    opened: Option<Opened>,
    pub(crate) show: Show,
    wanted: Images,
    row_seen: bool,
    pair_seen: bool,
    rows: BTreeMap<u64, (Row, Vec<String>)>,
    detail: Option<Detail>,
    complete: BTreeSet<String>,
    all_counted: bool,
    pub(crate) requests: usize,
    pub(crate) bytes: u64,
    times: Times,
    /// A search that was typed once all was quiet.
    pub(crate) typed: Option<Typed>,
    trace: bool,
}

impl Visit {
    /// Visits a link, whose table is the file at `path`.
    pub fn run(path: &Path, host: Option<Host>, link: Link, query: &str) -> Times {
        let mut visit = Self::new(path, host, link, query);
        visit.go();
        visit.times
    }

    /// Opens the table and types searches once all is quiet: what the last one took.
    pub fn search(path: &Path, host: Option<Host>, link: Link, queries: &[&str]) -> Searched {
        let mut visit = Self::new(path, host, link, "table=diffusiondb-2m");
        visit.go();
        let mut searched = Searched::default();
        for query in queries {
            visit.type_query(query);
            visit.run_until_quiet();
            searched = visit.typed.take().map(|typed| typed.searched).unwrap_or_default();
        }
        searched
    }

    fn new(path: &Path, host: Option<Host>, link: Link, query: &str) -> Self {
        let file = File::open(path).expect("the file is there");
        let file_bytes = file.metadata().expect("it has a size").len();
        let (spec, notices) = url::parse(query);
        assert!(notices.is_empty(), "{notices:?}");
        Self {
            engine: Engine::default(),
            network: Network::new(link),
            host,
            file,
            file_bytes,
            flights: BTreeMap::new(),
            later: Vec::new(),
            queue: VecDeque::new(),
            resolved: BTreeSet::new(),
            spec,
            opened: None,
            show: Show::default(),
            wanted: Images::default(),
            row_seen: false,
            pair_seen: false,
            rows: BTreeMap::new(),
            detail: None,
            complete: BTreeSet::new(),
            all_counted: false,
            requests: 0,
            bytes: 0,
            times: Times::default(),
            typed: None,
            trace: std::env::var_os("VITRINE_TRACE").is_some(),
        }
    }

    fn go(&mut self) {
        self.ask(Request::Open(Open {
            table: self.spec.table.clone().unwrap_or(TableRef::Catalogue("diffusiondb-2m".to_owned())),
            endpoint: None,
            base: "https://example.org/".to_owned(),
            roles: Vec::new(),
            added: None,
            reading: self.spec.reading,
        }));
        if let Some(row) = self.spec.row {
            self.ask(Request::Detail { row });
        }
        self.run_until_quiet();
        self.times.quiet = self.network.now;
        self.times.whole_cost = (self.requests, self.bytes);
    }

    fn run_until_quiet(&mut self) {
        loop {
            while let Some(event) = self.queue.pop_front() {
                self.step(event);
            }
            let due = self.later.iter().map(|(at, _)| *at).min_by(f64::total_cmp);
            let arrives = self.network.next_at();
            let own = due.is_some_and(|due| arrives.is_none_or(|arrives| due <= arrives));
            if own {
                let Some(due) = due else { return };
                let Some(place) = self.later.iter().position(|(at, _)| *at == due) else { return };
                let (_, later) = self.later.remove(place);
                self.network.now = self.network.now.max(due);
                self.do_later(later);
            } else if let Some(arrival) = self.network.advance() {
                self.arrive(arrival);
            } else {
                return;
            }
            assert!(self.network.now < 600.0, "it does not end");
        }
    }

    pub(crate) fn ask(&mut self, request: Request) {
        self.queue.push_back(Event::Request(request));
    }

    fn do_later(&mut self, later: Later) {
        match later {
            Later::Show => self.ask(Request::Show(self.show.clone())),
            Later::Images => self.ask(Request::Images(self.wanted.clone())),
            Later::Wake => self.queue.push_back(Event::Woken),
        }
    }

    fn after(&mut self, seconds: f64, later: Later) {
        self.later.push((self.network.now + seconds, later));
    }

    fn arrive(&mut self, arrival: Arrival<Asked>) {
        match arrival {
            Arrival::Began(Asked::Fetch(id)) => {
                let Some(range) = self.flights.get(&id).copied() else { return };
                if range.start >= self.file_bytes {
                    self.queue.push_back(Event::BeyondEnd { id, file_bytes: Some(self.file_bytes) });
                    return;
                }
                let range = ByteRange::new(range.start, range.end.min(self.file_bytes));
                self.flights.insert(id, range);
                let identity = Identity { total_bytes: self.file_bytes, etag: None, commit: None };
                self.queue.push_back(Event::Began { id, range, identity });
            }
            Arrival::Bytes(Asked::Fetch(id), count, last) => {
                let Some(range) = self.flights.get_mut(&id) else { return };
                let mut bytes = vec![0; count as usize];
                self.file.read_exact_at(&mut bytes, range.start).expect("the file is as long as it was");
                range.start += count;
                self.bytes += count;
                self.queue.push_back(Event::Bytes { id, bytes });
                if last {
                    self.answered(id);
                    self.queue.push_back(Event::Done { id });
                }
            }
            Arrival::Began(Asked::Other(_)) => {}
            Arrival::Began(Asked::Beside(id)) => {
                if let Some((range, identity)) = self.host.as_ref().and_then(|host| host.began(id)) {
                    self.queue.push_back(Event::Began { id, range, identity });
                }
            }
            Arrival::Bytes(Asked::Beside(id), count, last) => {
                self.bytes += count;
                if let Some(typed) = &mut self.typed {
                    typed.searched.index_bytes += count;
                }
                let bytes = self.host.as_mut().map(|host| host.bytes(id, count)).unwrap_or_default();
                self.queue.push_back(Event::Bytes { id, bytes });
                if last {
                    self.answered(id);
                    self.queue.push_back(Event::Done { id });
                }
            }
            Arrival::Bytes(Asked::Other(id), count, last) => {
                self.bytes += count;
                if last {
                    self.queue.push_back(Event::Bytes { id, bytes: PREVIEW.clone() });
                    self.queue.push_back(Event::Done { id });
                }
            }
        }
    }

    fn step(&mut self, event: Event) {
        self.engine.tell_time(self.network.now * 1e3);
        let began = Instant::now();
        let effects = self.engine.step(event);
        if let Some(typed) = &mut self.typed {
            typed.searched.computed += began.elapsed();
        }
        for effect in effects {
            match effect {
                Effect::Fetch { id, source, range } if source.is_of_table() => {
                    self.asked(id);
                    if self.trace {
                        let left = range.len().div_ceil(1000);
                        println!(
                            "{:8.3} fetch {} {}..{} {left} KB",
                            self.network.now, id.0, range.start, range.end
                        );
                    }
                    let trips = if self.resolved.insert(source) { 2 } else { 1 };
                    let bytes = ByteRange::new(range.start, range.end.min(self.file_bytes).max(range.start));
                    self.flights.insert(id, range);
                    self.network.ask(Asked::Fetch(id), bytes.len(), trips);
                }
                Effect::Source { source, url } => {
                    if let Some(host) = &mut self.host {
                        host.names(source, &url);
                    }
                }
                Effect::Fetch { id, source, range }
                    if self.host.as_mut().is_some_and(|host| host.fetch(id, source, range)) =>
                {
                    self.asked(id);
                    if self.trace {
                        println!(
                            "{:8.3} fetch {} of the index, {} bytes",
                            self.network.now,
                            id.0,
                            range.len()
                        );
                    }
                    self.network.ask(Asked::Beside(id), range.len(), 1);
                }
                Effect::Fetch { id, .. } | Effect::ReadCached { id, .. } => {
                    let error = Error::new(ErrorKind::NotFound, "there are no archives here");
                    self.queue.push_back(Event::Failed { id, error });
                }
                Effect::Get { id, url, .. } => {
                    if let Some(bytes) = self.host.as_mut().and_then(|host| host.get(id, &url)) {
                        self.asked(id);
                        self.network.ask(Asked::Beside(id), bytes, 1);
                    } else if url.starts_with("https://example.org/") {
                        let error = Error::new(ErrorKind::NotFound, "nothing lies beside the app");
                        self.queue.push_back(Event::Failed { id, error });
                    } else {
                        self.requests += 1;
                        self.network.ask(Asked::Other(id), PREVIEW.len() as u64, 1);
                    }
                }
                Effect::Sizes { id, .. } => self.queue.push_back(Event::Sizes { id, sizes: None }),
                Effect::List { id, .. } => {
                    let answer = Err(Error::new(ErrorKind::NotFound, "there are no listings here"));
                    self.queue.push_back(Event::Listing { id, answer });
                }
                Effect::Decode { id, .. } => self.queue.push_back(Event::Decoded { id, smaller: Ok(None) }),
                Effect::Abort { id } => {
                    if self.trace {
                        println!("{:8.3} abort {}", self.network.now, id.0);
                    }
                    self.flights.remove(&id);
                    self.network.abort(Asked::Fetch(id));
                    self.network.abort(Asked::Beside(id));
                    self.network.abort(Asked::Other(id));
                }
                Effect::Continue => self.queue.push_back(Event::Continue),
                Effect::Wake { in_millis } => self.after(f64::from(in_millis) / 1e3, Later::Wake),
                Effect::Respond(response) => self.hear(response),
                Effect::Forget { .. }
                | Effect::RetryNow
                | Effect::FetchMeasures { .. }
                | Effect::FetchCodecs
                | Effect::FetchVariants
                | Effect::Beside { .. }
                | Effect::ReadLabels { .. }
                | Effect::KeepLabels { .. }
                | Effect::Encode { .. }
                | Effect::Write { .. }
                | Effect::Import { .. }
                | Effect::DropImport { .. }
                | Effect::DropFile { .. } => {}
            }
        }
        self.engine.tell_time(self.network.now * 1e3);
    }

    fn asked(&mut self, id: FetchId) {
        self.requests += 1;
        if let Some(typed) = &mut self.typed {
            typed.asked(id);
        }
    }

    fn answered(&mut self, id: FetchId) {
        if let Some(typed) = &mut self.typed {
            typed.answered(id);
        }
    }

    // ------------------------------------------------------------ the page

    fn hear(&mut self, response: Response) {
        self.hear_typed(&response);
        match response {
            Response::Opened(opened) => self.open(opened),
            Response::Chart(chart) => {
                if chart.complete {
                    self.complete.insert(chart.column);
                }
            }
            Response::Count(count) => self.all_counted = count.rows_read >= count.rows,
            Response::Rows(rows) => self.take_rows(rows),
            Response::Image(image) => {
                if matches!(image.outcome, Outcome::Picture(_)) {
                    self.times.image.get_or_insert(self.network.now);
                }
                return;
            }
            Response::Lazy(LazyResponse::Pairs(pairs)) => return self.take_pairs(&pairs),
            Response::Lazy(LazyResponse::Picked(picked)) => return self.take_picked(&picked),
            Response::Lazy(LazyResponse::Detail(detail)) => {
                if let Some(position) =
                    detail.position.filter(|_| !std::mem::replace(&mut self.row_seen, true))
                {
                    self.look_at(position.saturating_sub(SEEN_ROWS / 2));
                    self.after(FRAME, Later::Show);
                }
                self.detail = Some(detail);
            }
            Response::Notice(notice) => {
                if self.trace {
                    println!("{notice:?}");
                }
                return;
            }
            _ => return,
        }
        self.look();
    }

    fn look_at(&mut self, first: u64) {
        self.show.first = first.saturating_sub(16) / 32 * 32;
        self.show.count = WINDOW_ROWS;
    }

    fn open(&mut self, opened: Opened) {
        let rows = self.spec.rows();
        let extras = ["image_nsfw", "prompt_nsfw", "width", "height"].map(str::to_owned);
        let mut charts = opened.charts.clone();
        for name in rows.filters.keys().filter(|name| !opened.charts.contains(name)) {
            charts.push(name.clone());
        }
        self.show = Show {
            generation: Generation(1),
            rows: RowQuery { ..rows },
            charts,
            columns: self.spec.columns.clone().unwrap_or_else(|| opened.usual_columns.clone()),
            extras: extras.to_vec(),
            ..Show::default()
        };
        self.show.images_first = self.spec.view != View::Table;
        self.look_at(self.spec.first_in_sight());
        self.opened = Some(opened);
        self.ask(Request::Show(self.show.clone()));
        if self.spec.view == View::Compare {
            let want = pairs::Want { count: 4, ..pairs::Want::default() };
            self.ask(LazyRequest::Pairs(Some(want)).into());
        }
        if let Some(row) = self.spec.row {
            self.ask(Request::Detail { row });
        }
    }

    /// As the view of pairs does: what is shown of the first one is asked for as soon as its rows are known.
    fn take_pairs(&mut self, told: &Pairs) {
        let Some(opened) = &self.opened else { return };
        if told.rows.0 >= told.rows.1 {
            self.times.pairs.get_or_insert(self.network.now);
        }
        let Some(pair) = told.pairs.first().filter(|_| !std::mem::replace(&mut self.pair_seen, true)) else {
            return;
        };
        let roles = ["prompt", "image-a", "image-b", "preference"];
        let of_roles = opened.roles.iter().filter(|(role, _)| roles.contains(&role.as_str()));
        let mut columns: Vec<String> = of_roles.map(|(_, column)| column.clone()).collect();
        let others = ["label_1", "model_0", "model_1", "image_0_uid", "image_1_uid"].map(str::to_owned);
        columns.extend(others.into_iter().filter(|name| opened.columns.iter().any(|it| it.name == *name)));
        let mut rows = vec![pair.rows.0, pair.rows.1];
        rows.dedup();
        self.ask(LazyRequest::Pick(Pick { rows, columns }).into());
    }

    fn take_picked(&mut self, picked: &Picked) {
        let is_here = |row: &Row| row.cells.iter().all(|cell| *cell != Cell::Pending);
        if !picked.rows.is_empty() && picked.rows.iter().all(is_here) && self.times.pair.is_none() {
            self.times.pair = Some(self.network.now);
            self.times.pair_cost = (self.requests, self.bytes);
        }
    }

    fn take_rows(&mut self, rows: Rows) {
        self.rows.clear();
        for (row, position) in rows.rows.into_iter().zip(rows.first..) {
            self.rows.insert(position, (row, rows.columns.clone()));
        }
        let wants: Vec<Want> = self.seen().map(|row| Want::of(row.0.row, 128)).collect();
        let is_new = wants != self.wanted.wants;
        if is_new && !wants.is_empty() && self.typed.is_none() {
            self.wanted = Images {
                wants,
                thumbnails: Some("https://previews.example".to_owned()),
                settings: Vec::new(),
            };
            self.after(IMAGES_REST, Later::Images);
        }
    }

    pub(crate) fn seen(&self) -> impl Iterator<Item = &(Row, Vec<String>)> {
        let lead = if self.show.first > 0 { 16 } else { 0 };
        let first = self.show.first + lead;
        self.rows.range(first..first + SEEN_ROWS).map(|(_, row)| row)
    }

    /// Notes what is on the screen now.
    fn look(&mut self) {
        let Some(opened) = &self.opened else { return };
        let far = self.spec.row.is_some();
        let here = |name: &str| {
            let cell = |(row, columns): &(Row, Vec<String>)| {
                let place = columns.iter().position(|column| column == name);
                place.and_then(|place| row.cells.get(place)).is_some_and(|cell| *cell != Cell::Pending)
            };
            self.seen().count() > 0 && self.seen().all(cell)
        };
        let fields = |wanted: &dyn Fn(&str) -> bool| {
            let all = |detail: &Detail| {
                detail.fields.iter().filter(|(name, _)| wanted(name)).all(|(_, cell)| *cell != Cell::Pending)
            };
            !far || self.row_seen && self.show.first > 0 && self.detail.as_ref().is_some_and(all)
        };
        let now = self.network.now;
        let prompts = here("prompt") && fields(&|name| name == "prompt");
        let searched = self.spec.query.is_none() && self.spec.filters.is_empty() || self.all_counted;
        let charts = ["cfg", "step"].iter().all(|name| self.complete.contains(*name));
        let all_charts = opened.charts.iter().all(|name| self.complete.contains(name));
        let rest = prompts
            && all_charts
            && searched
            && self.show.columns.iter().all(|name| here(name))
            && fields(&|_| true);
        if self.trace {
            for (is, was, what) in [
                (prompts, self.times.prompts, "prompts"),
                (charts, self.times.charts, "charts"),
                (rest, self.times.rest, "rest"),
            ] {
                if is && was.is_none() {
                    println!("{now:8.3} -------- {what}");
                }
            }
        }
        let times = &mut self.times;
        if prompts {
            times.prompts.get_or_insert(now);
        }
        if charts {
            times.charts.get_or_insert(now);
        }
        if rest && times.rest.is_none() {
            times.rest = Some(now);
            times.cost = (self.requests, self.bytes);
        }
    }
}
