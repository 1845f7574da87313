//! A page and a network around the engine, in memory.

use crate::beside::Others;
use arrow_array::{Array, ArrayRef, RecordBatch};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, LazyLock};
use vitrine::base::bytes::ByteRange;
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::ids::{FetchId, Generation, SourceId};
use vitrine::base::moment::{Moment, TimeKind, Unit};
use vitrine::engine::output::export::encoder::{self, Encoder};
use vitrine::engine::{Effect, Engine, Event, Imported};
use vitrine::formats::hub::answer::Identity;
use vitrine::formats::tabular::task::{Answer, Task};
use vitrine::formats::tabular::{self, Importer};
use vitrine::protocol::plot::Plot;
use vitrine::protocol::{
    Cell, Chart, Count, Cube, Detail, LazyResponse, LoadState, Notice, Open, Opened, Phrases, Prompts,
    QueryState, Request, Response, Rows, Show, Traffic, export, script,
};
use vitrine::view::spec::Clause;
use vitrine::view::url::parse_table;

/// Rows of the table that most tests read: several data pages of every wide column.
pub const ROWS: u64 = 120_000;

/// That table, laid out as on the Hub.
pub static HUB: LazyLock<Arc<Vec<u8>>> = LazyLock::new(|| Arc::new(generate(ROWS, "hub")));

/// A generated table's bytes.
pub fn generate(rows: u64, layout: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let table = fixture::table::Table::new(rows, 7);
    fixture::write::diffusiondb(&table, &layout.parse().unwrap(), &mut bytes).unwrap();
    bytes
}

/// These rows as a Parquet file, as the crate writes one by default.
pub fn file_of(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// The columns of a file, as the reference reader gives them.
pub fn reference(file: &Arc<Vec<u8>>) -> RecordBatch {
    let bytes = bytes::Bytes::from(file.as_ref().clone());
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> =
        reader.with_batch_size(1 << 16).build().unwrap().map(Result::unwrap).collect();
    arrow_select::concat::concat_batches(&schema, &batches).unwrap()
}

/// A column of the reference.
pub fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"))
}

/// A cell of the reference, as the engine should show it.
pub fn cell(array: &ArrayRef, row: usize) -> Cell {
    use arrow_array::cast::{AsArray, as_string_array};
    use arrow_array::types::{
        Float32Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
    };
    use arrow_schema::DataType;
    if array.is_null(row) {
        return Cell::Null;
    }
    let number = |value: f64| Cell::Number(value);
    match array.data_type() {
        DataType::Utf8 => Cell::Text(as_string_array(array).value(row).chars().take(400).collect()),
        DataType::UInt8 => number(array.as_primitive::<UInt8Type>().value(row).into()),
        DataType::UInt16 => number(array.as_primitive::<UInt16Type>().value(row).into()),
        DataType::UInt32 => number(array.as_primitive::<UInt32Type>().value(row).into()),
        DataType::Int64 => number(array.as_primitive::<Int64Type>().value(row) as f64),
        DataType::Float32 => {
            number(array.as_primitive::<Float32Type>().value(row).to_string().parse().unwrap())
        }
        DataType::Float64 => number(array.as_primitive::<Float64Type>().value(row)),
        DataType::Timestamp(..) => {
            let ticks = array.as_primitive::<TimestampMicrosecondType>().value(row);
            Cell::Time(Moment { ticks, unit: Unit::Micros, kind: TimeKind::Instant })
        }
        other => panic!("no cell for {other}"),
    }
}

/// Whether two cells are the same on the screen; NaN is itself.
pub fn same(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Number(a), Cell::Number(b)) => a == b || a.is_nan() && b.is_nan(),
        (a, b) => a == b,
    }
}

/// What a device keeps of labels: by table, and by block of rows.
pub type Device = BTreeMap<(String, Option<u32>), Vec<u8>>;

/// Longer than anything goes on here without a byte of a file.
const MAX_ROUNDS: u32 = 200_000;

/// A request to open a table.
pub fn open(table: &str) -> Open {
    Open {
        table: parse_table(table).unwrap(),
        endpoint: None,
        base: "https://example.org/".to_owned(),
        roles: Vec::new(),
        reading: tabular::reading::Reading::default(),
        added: None,
    }
}

/// The engine, a file on the other side, and all that was said.
pub struct Session {
    engine: Engine,
    file: Arc<Vec<u8>>,
    /// Further files of the same table.
    parts: Vec<Arc<Vec<u8>>>,
    /// Fetches under way, with what is left of them and the file that they are of.
    flights: VecDeque<(FetchId, ByteRange, Arc<Vec<u8>>)>,
    /// How many of the files something was read of.
    pub touched: BTreeSet<SourceId>,
    /// A file that is not there any more.
    pub gone: Option<SourceId>,
    /// Every range that was asked for.
    pub requests: Vec<ByteRange>,
    /// Every range that was looked for on the device alone.
    pub looks: Vec<ByteRange>,
    /// What is kept there.
    pub kept: Vec<ByteRange>,
    /// Bytes that were delivered.
    pub bytes: u64,
    /// How many bytes come at a time.
    pub piece: usize,
    pub opened: Option<Opened>,
    pub charts: BTreeMap<String, Chart>,
    pub count: Option<Count>,
    pub rows: Option<Rows>,
    pub cube: Option<Cube>,
    pub detail: Option<Detail>,
    pub notices: Vec<Notice>,
    pub loads: BTreeMap<String, LoadState>,
    pub aborted: usize,
    /// So many answers bring the whole file, whatever is asked for.
    pub whole: usize,
    /// Whether the engine has more to do.
    more: bool,
    /// Whether it is to be woken.
    woken: bool,
    /// What the engine's clock shows; without one it does not wait.
    pub clock: Option<f64>,
    /// How often counts were told.
    pub counts: usize,
    pub plot: Option<Plot>,
    pub outcome: Option<Box<vitrine::protocol::outcome::Outcome>>,
    pub prompts: Option<Prompts>,
    pub phrases: Option<Phrases>,
    pub likes: Option<Box<vitrine::protocol::like::Likes>>,
    pub suggestions: Option<vitrine::protocol::suggest::Suggestions>,
    pub query: QueryState,
    show: Show,
    /// What was written of exports, by their number.
    pub files: BTreeMap<u32, Vec<u8>>,
    /// Their encoders.
    encoders: BTreeMap<u32, Option<Encoder>>,
    /// Exports whose pieces wait to be confirmed.
    unconfirmed: VecDeque<u32>,
    /// The file that the table is made of, where that is no Parquet; what makes it, and what is made.
    original: Option<Arc<Vec<u8>>>,
    /// Of each table that was opened, the type of its first column, and whether it had more rows than were there.
    pub early: Vec<(String, bool)>,
    importer: Option<Importer>,
    made: Vec<u8>,
    /// What was told of exports.
    pub exports: Vec<export::Progress>,
    /// Exports whose file was dropped.
    pub dropped: Vec<u32>,
    /// What was read in all.
    pub traffic: Traffic,
    /// Files beside the app, by their path below it.
    pub host: BTreeMap<String, Vec<u8>>,
    /// The tables that are joined, and what is told of them.
    pub other: Others,
    pub joined: Vec<vitrine::protocol::join::Joined>,
    /// What the server calls the version of the file.
    pub etag: Option<String>,
    /// Sources that are files beside the app.
    beside: BTreeMap<SourceId, String>,
    /// Files beside the app that were asked for.
    asked: VecDeque<(FetchId, String)>,
    /// What the shell answers by itself: images that were decoded, questions that nobody answers.
    answers: VecDeque<Event>,
    /// What has happened and was not told yet, and whether the engine is being told.
    events: VecDeque<Event>,
    stepping: bool,
    /// The vocabulary of CLIP, or why it can't be had.
    pub measures: Result<Vec<u8>, Error>,
    pub script: Option<script::Script>,
    pub described: Option<Box<vitrine::protocol::describe::Described>>,
    pub pairs: Option<Box<vitrine::protocol::pairs::Pairs>>,
    pub groups: Option<vitrine::protocol::compare::Groups>,
    pub group_by: Option<Box<vitrine::protocol::group_by::Groups>>,
    pub labels: Option<Box<vitrine::protocol::labels::Labels>>,
    pub label_file: Option<vitrine::protocol::labels::File>,
    /// Steps of labels that can be taken back.
    pub label_steps: Vec<u32>,
    /// What is kept of labels, by table; none where nothing can be kept.
    pub device: Option<Device>,
}

impl Session {
    /// Nothing is open yet.
    pub fn new(file: &Arc<Vec<u8>>) -> Self {
        Self {
            engine: Engine::default(),
            file: file.clone(),
            parts: Vec::new(),
            touched: BTreeSet::new(),
            gone: None,
            flights: VecDeque::new(),
            requests: Vec::new(),
            looks: Vec::new(),
            kept: Vec::new(),
            bytes: 0,
            piece: 50_000,
            opened: None,
            charts: BTreeMap::new(),
            count: None,
            rows: None,
            cube: None,
            detail: None,
            notices: Vec::new(),
            loads: BTreeMap::new(),
            aborted: 0,
            whole: 0,
            more: false,
            woken: false,
            clock: None,
            counts: 0,
            plot: None,
            outcome: None,
            prompts: None,
            phrases: None,
            likes: None,
            suggestions: None,
            query: QueryState::default(),
            show: Show::default(),
            files: BTreeMap::new(),
            encoders: BTreeMap::new(),
            unconfirmed: VecDeque::new(),
            original: None,
            early: Vec::new(),
            importer: None,
            made: Vec::new(),
            exports: Vec::new(),
            dropped: Vec::new(),
            host: BTreeMap::new(),
            other: Others::default(),
            joined: Vec::new(),
            beside: BTreeMap::new(),
            traffic: Traffic::default(),
            etag: None,
            asked: VecDeque::new(),
            answers: VecDeque::new(),
            events: VecDeque::new(),
            stepping: false,
            measures: Ok(include_bytes!("../../public/later-clip-merges.bin").to_vec()),
            script: None,
            described: None,
            pairs: None,
            groups: None,
            group_by: None,
            labels: None,
            label_file: None,
            label_steps: Vec::new(),
            device: Some(BTreeMap::new()),
        }
    }

    /// Opens the file and reads its footer.
    pub fn open(file: &Arc<Vec<u8>>) -> Self {
        let mut session = Self::new(file);
        session.open_table("https://example.org/table.parquet");
        session
    }

    /// Opens the file under this name.
    pub fn open_table(&mut self, table: &str) {
        self.ask(Request::Open(open(table)));
        self.run();
    }

    /// Opens several files as one table; `setup` comes before anything is read.
    pub fn open_several(files: &[Arc<Vec<u8>>], setup: impl FnOnce(&mut Self)) -> Self {
        let named: Vec<_> =
            (0..).zip(files).map(|(n, file)| (format!("part-{n}.parquet"), file.clone())).collect();
        Self::open_named(&named, setup)
    }

    /// Opens files of these names as one table; `setup` comes before anything is read.
    pub fn open_named(files: &[(String, Arc<Vec<u8>>)], setup: impl FnOnce(&mut Self)) -> Self {
        let mut session = Self::new(&files[0].1);
        session.parts = files[1..].iter().map(|(_, file)| file.clone()).collect();
        setup(&mut session);
        session.step(Event::LocalFiles {
            name: "parts".to_owned(),
            files: files.iter().map(|(name, file)| (name.clone(), file.len() as u64)).collect(),
            roles: Vec::new(),
            reading: tabular::reading::Reading::default(),
        });
        session.run();
        session
    }

    /// Sends a request, without delivering anything.
    pub fn ask(&mut self, request: impl Into<Request>) {
        self.step(Event::Request(request.into()));
    }

    /// Changes what is on the screen, without delivering anything.
    pub fn change(&mut self, change: impl FnOnce(&mut Show)) {
        change(&mut self.show);
        let show = self.show.clone();
        self.ask(Request::Show(show));
    }

    /// Changes what is on the screen, and reads until nothing is wanted any more.
    pub fn show(&mut self, change: impl FnOnce(&mut Show)) {
        self.change(change);
        self.run();
    }

    /// The state of the filters on the screen.
    pub fn generation(&self) -> Generation {
        self.show.generation
    }

    /// Whether a fetch is in flight.
    pub fn has_flights(&self) -> bool {
        !self.flights.is_empty()
    }

    /// Puts filters on, as a new generation.
    pub fn filter(&mut self, filters: &[(&str, Clause)]) {
        let filters = filters.iter().map(|(name, clause)| ((*name).to_owned(), clause.clone()));
        let filters = filters.collect();
        self.show(|show| {
            show.generation = show.generation.next();
            show.rows.filters = filters;
        });
    }

    /// Delivers all that is asked for. What goes on without an end fails the test.
    pub fn run(&mut self) {
        let mut rounds = 0;
        loop {
            rounds += 1;
            assert!(rounds < MAX_ROUNDS, "it goes on without an end");
            if let Some((id, url)) = self.asked.pop_front() {
                let path = url.strip_prefix("https://example.org/").unwrap_or_default();
                match self.host.get(path).cloned() {
                    Some(bytes) => {
                        self.step(Event::Bytes { id, bytes });
                        self.step(Event::Done { id });
                    }
                    None => {
                        let error = Error::new(ErrorKind::NotFound, "not there");
                        self.step(Event::Failed { id, error });
                    }
                }
            }
            if let Some(event) = self.answers.pop_front() {
                self.step(event);
            }
            if let Some(export) = self.unconfirmed.pop_front() {
                self.step(Event::Written { export });
            }
            if self.deliver_piece() {
                rounds = 0;
                continue;
            }
            if std::mem::take(&mut self.more) {
                self.step(Event::Continue);
            } else if self.asked.is_empty()
                && self.answers.is_empty()
                && self.unconfirmed.is_empty()
                && !self.wake()
            {
                break;
            }
        }
    }

    /// Lets a second pass for an engine that is to be woken; whether it is.
    pub fn wake(&mut self) -> bool {
        let woken = std::mem::take(&mut self.woken);
        if woken {
            self.clock = self.clock.map(|now| now + 1_000.0);
            self.step(Event::Woken);
        }
        woken
    }

    /// Delivers the next piece of the oldest fetch; whether there was one.
    pub fn deliver_piece(&mut self) -> bool {
        let Some((id, left, file)) = self.flights.front().cloned() else { return false };
        let end = (left.start + self.piece as u64).min(left.end);
        let bytes = file[left.start as usize..end as usize].to_vec();
        self.bytes += bytes.len() as u64;
        // Taken up again before the engine hears of it, which may abort it.
        self.flights.pop_front();
        if end == left.end {
            self.step(Event::Bytes { id, bytes });
            self.step(Event::Done { id });
        } else {
            // The others get their turn.
            self.flights.push_back((id, ByteRange::new(end, left.end), file));
            self.step(Event::Bytes { id, bytes });
        }
        true
    }

    /// Ends the oldest fetch with an error.
    pub fn fail(&mut self, error: Error) {
        let (id, ..) = self.flights.pop_front().expect("a fetch is under way");
        self.step(Event::Failed { id, error });
    }

    /// Takes an event, and those that come of it: never one within another, as in a browser.
    pub fn step(&mut self, event: Event) {
        self.events.push_back(event);
        if std::mem::replace(&mut self.stepping, true) {
            return;
        }
        for round in 0.. {
            let Some(event) = self.events.pop_front() else { break };
            assert!(round < MAX_ROUNDS, "it goes on without an end: {event:?}");
            self.step_once(event);
        }
        self.stepping = false;
    }

    fn step_once(&mut self, event: Event) {
        if let Some(now) = self.clock {
            self.engine.tell_time(now);
        }
        let effects = self.engine.step(event);
        if let Some(now) = self.clock {
            self.engine.tell_time(now);
        }
        for effect in effects {
            match effect {
                Effect::Source { source, url } => {
                    let path = url.strip_prefix("https://example.org/").unwrap_or_default();
                    if self.host.contains_key(path) {
                        self.beside.insert(source, path.to_owned());
                    }
                }
                Effect::Forget { .. } | Effect::RetryNow => {}
                Effect::Decode { id, .. } => self.answers.push_back(Event::Decoded { id, smaller: Ok(None) }),
                Effect::Sizes { id, .. } => self.answers.push_back(Event::Sizes { id, sizes: None }),
                Effect::List { id, .. } => {
                    let answer = Err(Error::new(ErrorKind::NotFound, "there are no listings here"));
                    self.answers.push_back(Event::Listing { id, answer });
                }
                // Nothing is kept between visits here, unless a test says so.
                Effect::ReadCached { id, range, .. } => self.look(id, range),
                Effect::Fetch { id, source, range } => self.begin(id, source, range),
                Effect::Encode { export, task } => {
                    let outcome = encoder::answer(self.encoders.entry(export).or_default(), task);
                    self.answers.push_back(Event::Encoded { export, outcome });
                }
                Effect::Import { import, task } => {
                    let outcome = self.import(task);
                    self.answers.push_back(Event::Imported { import, outcome });
                }
                Effect::DropImport { .. } => self.importer = None,
                Effect::Write { export, bytes, .. } => {
                    self.files.entry(export).or_default().extend(bytes);
                    self.unconfirmed.push_back(export);
                }
                Effect::DropFile { export } => {
                    self.encoders.remove(&export);
                    self.dropped.push(export);
                }
                Effect::FetchMeasures { vocabulary } => {
                    let outcome = self.measures.clone().map(|file| vocabulary.then_some(file));
                    self.answers.push_back(Event::Measures { outcome });
                }
                Effect::Beside { join, task } => {
                    let news = self.other.carry_out(join, task, &self.host).into_iter();
                    self.answers.extend(news.map(|news| Event::Beside { join, news }));
                }
                Effect::FetchCodecs => self.answers.push_back(Event::Codecs { outcome: Ok(()) }),
                Effect::FetchVariants => self.answers.push_back(Event::Variants { outcome: Ok(()) }),
                Effect::ReadLabels { table } => {
                    let kept = self.device.as_ref().map(|kept| {
                        let own = kept.iter().filter(|((of, _), _)| *of == table);
                        own.map(|((_, block), bytes)| (*block, Some(bytes.clone()))).collect()
                    });
                    let outcome = kept.ok_or_else(|| Error::new(ErrorKind::Limit, "nothing is kept here"));
                    self.answers.push_back(Event::LabelsRead { table, outcome });
                }
                Effect::KeepLabels { table, records } => {
                    let Some(device) = &mut self.device else { continue };
                    for (block, bytes) in records {
                        let key = (table.clone(), block);
                        match bytes {
                            Some(bytes) => drop(device.insert(key, bytes)),
                            None => drop(device.remove(&key)),
                        }
                    }
                }
                Effect::Get { id, url, .. } => self.asked.push_back((id, url)),
                Effect::Continue => self.more = true,
                Effect::Wake { .. } => self.woken = true,
                Effect::Abort { id } => {
                    self.flights.retain(|(other, ..)| *other != id);
                    self.aborted += 1;
                }
                Effect::Respond(response) => self.hear(response),
            }
        }
    }

    /// Does a task with a file that is no Parquet, as the shell does.
    fn import(&mut self, task: Task) -> Result<Imported, Error> {
        let (is_preview, is_step) = (task == Task::Preview, task == Task::Step);
        if matches!(task, Task::Begin { .. }) {
            self.original = Some(self.file.clone());
            self.made.clear();
        }
        let Answer { written, read_bytes, report } = tabular::answer(&mut self.importer, task)?;
        let file_bytes = written.len() as u64;
        if is_preview {
            if file_bytes > 0 {
                self.file = Arc::new(written);
            }
            return Ok(Imported::Preview((file_bytes > 0).then_some(file_bytes)));
        }
        self.made.extend(written);
        let Some(report) = report else {
            return Ok(if is_step { Imported::Step(read_bytes) } else { Imported::Taken });
        };
        self.file = Arc::new(std::mem::take(&mut self.made));
        Ok(Imported::Whole { file_bytes: self.file.len() as u64, report })
    }

    fn look(&mut self, id: FetchId, range: ByteRange) {
        self.looks.push(range);
        let total_bytes = self.file.len() as u64;
        let identity = Identity { total_bytes, etag: None, commit: None };
        let mut all = 0;
        for part in self.kept.iter().filter_map(|part| part.intersection(range)).collect::<Vec<_>>() {
            all += part.len();
            self.step(Event::Kept { id, range: part, identity: identity.clone() });
            let bytes = self.file[part.start as usize..part.end as usize].to_vec();
            self.step(Event::Bytes { id, bytes });
        }
        let error = Error::new(ErrorKind::Network, "it is not kept on this device");
        self.step(if all == range.len() { Event::Done { id } } else { Event::Failed { id, error } });
    }

    fn begin(&mut self, id: FetchId, source: SourceId, range: ByteRange) {
        self.requests.push(range);
        self.touched.insert(source);
        if self.gone == Some(source) {
            let error = Error::new(ErrorKind::NotFound, "it is not there");
            self.step(Event::Failed { id, error });
            return;
        }
        let part = (1..).zip(&self.parts).find(|(number, _)| SourceId::part(*number) == source);
        let original = self.original.as_ref().filter(|_| source == SourceId::ORIGINAL).cloned();
        let beside = self.beside.get(&source).and_then(|path| self.host.get(path)).cloned().map(Arc::new);
        let file = original.or(beside).unwrap_or_else(|| part.map_or(&self.file, |(_, file)| file).clone());
        let total = file.len() as u64;
        if range.start >= total {
            self.step(Event::BeyondEnd { id, file_bytes: Some(total) });
            return;
        }
        let mut range = ByteRange::new(range.start, range.end.min(total));
        if self.whole > 0 {
            self.whole -= 1;
            range = ByteRange::new(0, total);
        }
        self.flights.push_back((id, range, file));
        let identity = Identity { total_bytes: total, etag: self.etag.clone(), commit: None };
        self.step(Event::Began { id, range, identity });
    }

    fn hear(&mut self, response: Response) {
        match response {
            Response::Opened(opened) => {
                let kind = opened.columns.first().map(|column| column.type_name.clone());
                self.early.push((kind.unwrap_or_default(), opened.rows_in_all > opened.rows));
                self.opened = Some(opened);
            }
            Response::Chart(chart) => drop(self.charts.insert(chart.column.clone(), chart)),
            Response::Count(count) => {
                self.counts += 1;
                self.count = Some(count);
            }
            Response::Rows(rows) => self.rows = Some(rows),
            Response::Cube(cube) => self.cube = Some(cube),
            Response::Progress(progress) => drop(self.loads.insert(progress.column, progress.state)),
            Response::Notice(notice) => self.notices.push(notice),
            Response::Query(state) => self.query = state,
            Response::Grown(opened) => self.opened = Some(opened),
            Response::Lazy(LazyResponse::Detail(detail)) => self.detail = Some(detail),
            Response::Lazy(LazyResponse::Plot(plot)) => self.plot = Some(*plot),
            Response::Lazy(LazyResponse::Outcome(outcome)) => self.outcome = Some(outcome),
            Response::Lazy(LazyResponse::Prompts(prompts)) => self.prompts = Some(prompts),
            Response::Lazy(LazyResponse::Phrases(phrases)) => self.phrases = Some(phrases),
            Response::Lazy(LazyResponse::Likes(likes)) => self.likes = Some(likes),
            Response::Lazy(LazyResponse::Suggestions(words)) => self.suggestions = Some(words),
            Response::Lazy(LazyResponse::Export(progress)) => self.exports.push(progress),
            Response::Lazy(LazyResponse::Script(script)) => self.script = Some(script),
            Response::Lazy(LazyResponse::Described(described)) => self.described = Some(described),
            Response::Lazy(LazyResponse::Pairs(pairs)) => self.pairs = Some(pairs),
            Response::Lazy(LazyResponse::Groups(groups)) => self.groups = Some(groups),
            Response::Lazy(LazyResponse::GroupBy(groups)) => self.group_by = Some(groups),
            Response::Lazy(LazyResponse::Labels(labels)) => self.labels = Some(labels),
            Response::Lazy(LazyResponse::LabelFile(file)) => self.label_file = Some(file),
            Response::Lazy(LazyResponse::Joined(joined)) => self.joined = joined,
            Response::Labelled(step) => self.label_steps.push(step),
            Response::Lazy(
                LazyResponse::Figure(_)
                | LazyResponse::Listed(_)
                | LazyResponse::Picked(_)
                | LazyResponse::Membership(_)
                | LazyResponse::Making(_)
                | LazyResponse::Kept { .. },
            )
            | Response::Image(_)
            | Response::Settled { .. } => {}
            Response::Traffic(traffic) => self.traffic = traffic,
        }
    }

    /// Compares every cell on the screen with the reference.
    pub fn check_rows(&self, batch: &RecordBatch) {
        let rows = self.rows.as_ref().expect("rows were told");
        for row in &rows.rows {
            for (name, got) in rows.columns.iter().zip(&row.cells) {
                let expected = cell(column(batch, name), row.row as usize);
                assert!(same(got, &expected), "row {} of {name}: {got:?} instead of {expected:?}", row.row);
            }
        }
    }

    /// Forgets the requests made so far.
    pub fn clear_log(&mut self) {
        self.requests.clear();
        self.bytes = 0;
    }
}
