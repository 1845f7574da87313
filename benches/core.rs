//! What the data thread computes, natively and without a network: `cargo bench --bench core`.
//!
//! One line a task, the median of several runs in milliseconds, and in nanoseconds a row. Machines differ, so the
//! lines are to be compared with each other, and with those of another commit on the same machine. The table
//! is generated unless `VITRINE_FIXTURES` names a folder that holds `diffusiondb-2m.parquet`.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#![allow(clippy::disallowed_methods, reason = "it is a clock that is wanted here")]

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::ids::{FetchId, Generation};
use vitrine::base::moment::Quantity;
use vitrine::base::sorted::Map;
use vitrine::engine::{Effect, Engine, Event};
use vitrine::formats::hub::answer::Identity;
use vitrine::formats::parquet::decode::{ByteValues, Decoded, Values, decode_dictionary, decode_page};
use vitrine::formats::parquet::header::{PageHeader, PageKind};
use vitrine::formats::parquet::meta::{FileMeta, Footer, read_footer};
use vitrine::formats::tabular::reading::Reading;
use vitrine::protocol::{LazyRequest, LazyResponse, Open, Request, Response, Show, TableRequest};
use vitrine::table::boxes::boxes;
use vitrine::table::column::Column;
use vitrine::table::crossfilter::{Crossfilter, bin, count, cube, pairs, side};
use vitrine::table::group_by::{Ask, group_by};
use vitrine::table::join::{Keys, Matched, Source};
use vitrine::table::measure::{Gauge, meter};
use vitrine::table::select::Selection;
use vitrine::view::group_by::What;
use vitrine::view::measures::Measure;
use vitrine::view::spec::{Clause, RowQuery, TableRef};

/// Rows of the generated table.
const ROWS: u64 = 500_000;

/// Runs of each task.
const RUNS: usize = 9;

const CHARTS: [&str; 4] = ["cfg", "step", "sampler", "size"];

fn main() {
    let file = file();
    let meta = meta(&file);
    let rows = meta.rows as usize;
    println!("{rows} rows, {} bytes; median of {RUNS}", file.len());
    println!("{:<44} {:>9} {:>9}", "task", "ms", "ns/row");
    let names = ["cfg", "step", "sampler", "width", "height", "seed", "timestamp", "image_nsfw", "user_name"];
    for name in names {
        time(&format!("decode {name}"), rows, || column(&meta, &file, name));
    }
    let all: Vec<Column> = names.iter().map(|name| column(&meta, &file, name)).collect();
    for (name, column) in names.iter().zip(&all) {
        time(&format!("bin {name}"), rows, || {
            bin(column, if *name == "timestamp" { Quantity::Moment } else { Quantity::Number })
        });
    }
    groups();
    joins();
    similar();
    preferences();
    let binned: Vec<_> =
        all.iter().take(names.len().min(5)).map(|column| bin(column, Quantity::Number)).collect();
    let by_name = |name: &str| names.iter().position(|other| *other == name).and_then(|at| all.get(at));
    let clauses = |low: f64| {
        let on_step = Clause::list([Some("50".to_owned())], true);
        let on_cfg = Clause::numbers(Some(low), Some(12.0));
        [("cfg".to_owned(), on_cfg), ("step".to_owned(), on_step)]
    };
    let mut filter = Crossfilter::new(rows);
    let mut low = 0.0;
    time("change a clause on cfg", rows, || {
        low += 0.5;
        filter.set(&clauses(low), by_name)
    });
    filter.set(&clauses(7.0), by_name);
    time("count five charts", rows, || {
        binned.iter().map(|binned| count(&binned.rows, filter.mask(), !1)).collect::<Vec<_>>()
    });
    time("cube of five charts", rows, || {
        let (active, sides) = binned.split_first().expect("charts");
        let sides: Vec<_> = sides.iter().map(|binned| side(binned, 0)).collect();
        cube(active, filter.mask(), 1, &sides)
    });
    time("cfg by steps, as cells", rows, || pairs(&binned[0], &binned[1], filter.mask(), !1));
    time("cfg by sampler, as boxes", rows, || boxes(&binned[2], &all[0], filter.mask(), !1));
    time("scores by sampler, as boxes", rows, || boxes(&binned[2], &all[7], filter.mask(), !1));
    time("count matching rows", rows, || Selection::new(filter.mask(), None));
    time("open with four charts, through the engine", rows, || Session::open(&file));
    let mut session = Session::open(&file);
    let mut generation = Generation::default();
    time("a new filter, through the engine", rows, || {
        generation = generation.next();
        session.filter(generation);
    });
    time("the cube of a drag, through the engine", rows, || session.touch(generation));
    session.show.pin = Some(RowQuery { filters: pinned(), ..RowQuery::default() });
    generation = generation.next();
    session.filter(generation);
    time("a new filter against a pin", rows, || {
        generation = generation.next();
        session.filter(generation);
    });
    time("the cube of a drag against a pin", rows, || session.touch(generation));
    time("another pin", rows, || {
        generation = generation.next();
        let low = f64::from(generation.0 % 20);
        session.show.pin.iter_mut().for_each(|pin| {
            pin.filters.insert("step".to_owned(), Clause::numbers(Some(low), Some(50.0)));
        });
        session.filter(generation);
    });
}

/// A table of 14 million rows, every tenth of which has its key among 1.5 million of another one.
fn joins() {
    const KEYS: usize = 1_500_000;
    const JOINED_ROWS: usize = 14_000_000;
    let name = |n: usize| {
        format!("{:08x}-{:04x}-4{:03x}-8000-{n:012x}", n as u32 ^ 0x5bd1_e995, n % 65_521, n % 4_093)
    };
    let texts = |rows: usize, of: &dyn Fn(usize) -> String| {
        let mut column = Column::text(rows);
        let mut row = 0;
        while row < rows {
            let end = rows.min(row + (1 << 16));
            let mut values = ByteValues::default();
            (row..end).for_each(|row| values.push(of(row).as_bytes()));
            let page = Decoded { rows: (end - row) as u32, valid: None, values: Values::Bytes(values) };
            column.append(&page, None).expect("texts");
            row = end;
        }
        column.finish();
        column
    };
    let there = texts(KEYS, &|n| name(n * 10));
    let here = texts(JOINED_ROWS, &|n| name(n) + ".webp");
    let mut keys = Keys::default();
    once("look through 1.5 M keys", KEYS, || while keys.grow(&there) {});
    let mut matched = Matched::default();
    once("find 14 M rows among them", JOINED_ROWS, || while matched.grow(&here, &keys, &there) {});
    assert_eq!(matched.matched(), (JOINED_ROWS / 10).min(KEYS) as u64);
    let mut scores = Column::with_capacity(KEYS);
    let page = Decoded {
        rows: KEYS as u32,
        valid: None,
        values: Values::Float64((0..KEYS).map(|n| n as f64 / 7.0).collect()),
    };
    scores.append(&page, None).expect("numbers");
    let source = Source::of(scores, &keys, false);
    let mut joined = source.column(JOINED_ROWS);
    once("their scores, for 14 M rows", JOINED_ROWS, || {
        matched
            .rows()
            .chunks(400_000)
            .for_each(|rows| source.append(rows, &keys, &mut joined).expect("numbers"));
    });
    println!(
        "{:<44} {:>9} MB",
        "keys, rows and scores besides the texts",
        (keys.memory_bytes() + JOINED_ROWS * 12) / 1_000_000
    );
}

/// Prompts that share most of their words, among those of the generated table.
fn similar() {
    let table = fixture::table::Table::new(ROWS, 7);
    let mut bytes = Vec::new();
    fixture::write::diffusiondb(&table, &"hub".parse().expect("a layout"), &mut bytes).expect("a table");
    let file = Arc::new(bytes);
    let texts = column(&meta(&file), &file, "prompt");
    let rows = texts.rows();
    once("prompts that share most words", rows, || {
        let mut gauge = Gauge::new(Measure::Similar);
        gauge.meter = Some(meter(Measure::Similar, None).expect("a meter"));
        let mut values = Column::with_capacity(rows);
        while gauge.grow(&texts, true, &mut values).expect("numbers") {}
        values
    });
}

/// Pairs of as many ranked images as ImageRewardDB's train split has, counted and charted through the engine.
fn preferences() {
    const PROMPTS: usize = 8_000;
    const IMAGES: usize = 50_000;
    let prompt = |image: usize| image * PROMPTS / IMAGES;
    let texts = |of: &dyn Fn(usize) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values((0..IMAGES).map(of)))
    };
    let numbers = |of: &dyn Fn(usize) -> usize| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values((0..IMAGES).map(|image| of(image) as i64)))
    };
    let columns = [
        ("prompt_id", texts(&|image| format!("{:06}-0001", prompt(image)))),
        ("prompt", texts(&|image| format!("a castle, number {}", prompt(image)))),
        ("image_path", texts(&|image| format!("images/{image}.webp"))),
        ("rank", numbers(&|image| image * 7 % 5 + 1)),
        ("overall_rating", numbers(&|image| image * 11 % 7 + 1)),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).expect("a schema");
    writer.write(&batch).expect("rows");
    writer.close().expect("a footer");
    let mut session = Session::open(&Arc::new(file));
    let mut first = 0;
    time("pairs of 50,000 ranked images", IMAGES, || {
        first += 1;
        session.said.clear();
        let want = vitrine::protocol::pairs::Want { first, count: 4, ..Default::default() };
        session.step(Event::Request(LazyRequest::Pairs(Some(want)).into()));
        session.run();
        let pairs = session.said.iter().rev().find_map(|said| match said {
            Response::Lazy(LazyResponse::Pairs(pairs)) => Some(pairs.count.ordered),
            _ => None,
        });
        assert!(pairs.expect("pairs") > 90_000, "{pairs:?}");
    });
}

/// What is pinned: two clauses.
fn pinned() -> Map<String, Clause> {
    let on_step = ("step".to_owned(), Clause::numbers(Some(20.0), Some(50.0)));
    [("cfg".to_owned(), Clause::numbers(None, Some(8.0))), on_step].into_iter().collect()
}

/// Groups of as many rows as DiffusionDB Large has, by ten thousand users.
fn groups() {
    const LARGE: usize = 14_000_000;
    const USERS: usize = 10_177;
    let mut state = 1u64;
    let mut chance = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut names = ByteValues::default();
    (0..USERS).for_each(|user| names.push(format!("user {user}").as_bytes()));
    // Few users have most of the rows.
    let users = (0..LARGE).map(|_| (chance(USERS as u64) * chance(USERS as u64) / USERS as u64) as u16);
    let user = Column::from_codes(users.collect(), names);
    let mut cfg = Column::with_capacity(LARGE);
    let values = (0..LARGE).map(|_| chance(60) as f32 / 2.0).collect();
    let page = Decoded { rows: LARGE as u32, valid: None, values: Values::Float32(values) };
    cfg.append(&page, None).expect("few values");
    let mask = vec![0u16; LARGE];
    let (mean, median, distinct) = (What::Mean, What::Quantile(50), What::Distinct);
    let ask =
        |measures| Ask { keys: vec![(&user, None)], measures, mask: &mask, pin: None, order: (1, false) };
    time("groups of 14 M rows by user", LARGE, || group_by(&ask(Vec::new())));
    time("the same, mean of cfg", LARGE, || group_by(&ask(vec![(&cfg, &mean)])));
    time("the same, median of cfg", LARGE, || group_by(&ask(vec![(&cfg, &median)])));
    time("the same, different cfg", LARGE, || group_by(&ask(vec![(&cfg, &distinct)])));
}

/// The same for what takes long, once.
fn once<T>(task: &str, rows: usize, run: impl FnOnce() -> T) {
    let start = Instant::now();
    black_box(run());
    let millis = start.elapsed().as_secs_f64() * 1e3;
    println!("{task:<44} {millis:>9.2} {:>9.2}", millis * 1e6 / rows as f64);
}

fn time<T>(task: &str, rows: usize, mut work: impl FnMut() -> T) {
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds[RUNS / 2];
    println!("{task:<44} {:>9.2} {:>9.2}", median * 1e3, median * 1e9 / rows as f64);
}

fn file() -> Arc<Vec<u8>> {
    if let Some(folder) = std::env::var_os("VITRINE_FIXTURES") {
        return Arc::new(
            std::fs::read(Path::new(&folder).join("diffusiondb-2m.parquet")).expect("the table"),
        );
    }
    let mut bytes = Vec::new();
    let layout = "hub".parse().expect("a layout");
    fixture::write::diffusiondb(&fixture::table::Table::new(ROWS, 1), &layout, &mut bytes).expect("a table");
    Arc::new(bytes)
}

fn meta(file: &[u8]) -> FileMeta {
    let start = file.len().saturating_sub(64 << 10);
    match read_footer(&file[start..], file.len() as u64).expect("a footer") {
        Footer::Meta(meta) => *meta,
        Footer::Needs(_) => panic!("the footer is long"),
    }
}

/// All pages of a column, decoded into the column store.
fn column(meta: &FileMeta, file: &[u8], name: &str) -> Column {
    let leaf = meta.columns.iter().position(|column| column.name == name).expect("the column");
    let leaf_meta = &meta.columns[leaf];
    let mut column = Column::with_capacity(meta.rows as usize);
    for group in &meta.groups {
        let chunk = &group.chunks[leaf];
        let mut dictionary = None;
        let (mut at, mut rows) = (chunk.range.start as usize, 0);
        while rows < group.rows {
            let header = PageHeader::parse(&file[at..]).expect("a header");
            let end = at + header.page_bytes() as usize;
            let body = &file[at + header.header_bytes as usize..end];
            if let PageKind::Dictionary { .. } = header.kind {
                let values = decode_dictionary(leaf_meta, chunk.codec, &header, body).expect("a dictionary");
                column.begin_chunk(Some(&values)).expect("few values");
                dictionary = Some(values);
            } else {
                let known = dictionary.as_ref().map(Values::len);
                let page = decode_page(leaf_meta, chunk.codec, &header, body, known).expect("a page");
                rows += u64::from(page.rows);
                column.append(&page, dictionary.as_ref()).expect("few values");
            }
            at = end;
        }
    }
    column
}

/// The engine with the file on the other side, in pieces as a network brings them.
struct Session {
    engine: Engine,
    file: Arc<Vec<u8>>,
    flights: std::collections::VecDeque<(FetchId, ByteRange)>,
    show: Show,
    said: Vec<Response>,
    /// Whether the engine asked to go on.
    goes_on: bool,
}

impl Session {
    fn open(file: &Arc<Vec<u8>>) -> Self {
        let mut session = Self {
            engine: Engine::default(),
            file: Arc::clone(file),
            flights: std::collections::VecDeque::new(),
            show: Show {
                charts: CHARTS.map(str::to_owned).to_vec(),
                columns: ["prompt", "cfg", "step", "sampler", "size"].map(str::to_owned).to_vec(),
                count: 64,
                ..Show::default()
            },
            said: Vec::new(),
            goes_on: false,
        };
        let url = "https://example.org/table.parquet".to_owned();
        session.step(Event::Request(Request::Open(Open {
            table: TableRef::Url(url),
            endpoint: None,
            base: String::new(),
            roles: Vec::new(),
            reading: Reading::default(),
            added: None,
        })));
        session.run();
        session.step(Event::Request(Request::Show(session.show.clone())));
        session.run();
        session
    }

    fn filter(&mut self, generation: Generation) {
        let low = f64::from(generation.0 % 20) / 2.0;
        let clause = Clause::numbers(Some(low), Some(12.0));
        self.show.generation = generation;
        self.show.rows.filters.insert("cfg".to_owned(), clause);
        self.step(Event::Request(Request::Show(self.show.clone())));
        self.run();
    }

    fn touch(&mut self, generation: Generation) {
        let column = "cfg".to_owned();
        self.step(Event::Request(TableRequest::Touch { column, generation }.into()));
    }

    fn run(&mut self) {
        const PIECE_BYTES: u64 = 64 << 10;
        loop {
            if std::mem::take(&mut self.goes_on) {
                self.step(Event::Continue);
                continue;
            }
            let Some((id, left)) = self.flights.pop_front() else { return };
            let end = (left.start + PIECE_BYTES).min(left.end);
            let bytes = self.file[left.start as usize..end as usize].to_vec();
            if end == left.end {
                self.step(Event::Bytes { id, bytes });
                self.step(Event::Done { id });
            } else {
                self.flights.push_back((id, ByteRange::new(end, left.end)));
                self.step(Event::Bytes { id, bytes });
            }
        }
    }

    fn step(&mut self, event: Event) {
        for effect in self.engine.step(event) {
            match effect {
                Effect::Continue => self.goes_on = true,
                Effect::Wake { .. } => {}
                Effect::ReadCached { id, .. } => {
                    self.step(Event::Failed { id, error: Error::new(ErrorKind::Network, "not kept") })
                }
                Effect::Fetch { id, range, .. } => {
                    let total = self.file.len() as u64;
                    let range = ByteRange::new(range.start, range.end.min(total));
                    self.flights.push_back((id, range));
                    let identity = Identity { total_bytes: total, etag: None, commit: None };
                    self.step(Event::Began { id, range, identity });
                }
                Effect::Abort { id } => self.flights.retain(|(other, _)| *other != id),
                Effect::Respond(response) => self.said.push(response),
                Effect::Source { .. }
                | Effect::Forget { .. }
                | Effect::Get { .. }
                | Effect::Decode { .. }
                | Effect::Sizes { .. }
                | Effect::RetryNow
                | Effect::FetchMeasures { .. }
                | Effect::FetchCodecs
                | Effect::FetchVariants
                | Effect::Beside { .. }
                | Effect::ReadLabels { .. }
                | Effect::KeepLabels { .. }
                | Effect::List { .. }
                | Effect::Encode { .. }
                | Effect::Write { .. }
                | Effect::DropFile { .. }
                | Effect::Import { .. }
                | Effect::DropImport { .. } => {}
            }
        }
        if self.said.len() > 1000 {
            self.said.clear();
        }
    }
}
