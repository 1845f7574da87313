//! The other side of a table that is joined: its files, and the engine that reads them.

use std::collections::{BTreeMap, VecDeque};
use vitrine::base::error::{Error, ErrorKind};
use vitrine::base::ids::SourceId;
use vitrine::engine::{Beside, Effect, Event, Imported, News, Task};
use vitrine::formats::hub::answer::Identity;
use vitrine::formats::tabular::task::{Answer, Task as ImportTask};
use vitrine::formats::tabular::{self, Importer};
use vitrine::view::spec::TableRef;

/// The host whose files are known by their paths.
pub const HOST: &str = "https://example.org/";

/// The tables beside the open one. Whatever they ask for comes at once.
#[derive(Default)]
pub struct Others {
    tables: BTreeMap<u32, Other>,
    /// Files of the disk, by their names.
    pub local: BTreeMap<String, Vec<u8>>,
    /// Bytes that were read of their files.
    pub bytes: u64,
}

/// One of them.
#[derive(Default)]
struct Other {
    beside: Beside,
    addresses: BTreeMap<SourceId, Vec<u8>>,
    importer: Option<Importer>,
    made: Vec<u8>,
    bytes: u64,
    events: VecDeque<Event>,
}

impl Others {
    /// How many are open.
    pub fn open(&self) -> usize {
        self.tables.len()
    }

    /// Does what the open table asks, to its end; `host` has files by their paths.
    pub fn carry_out(&mut self, number: u32, task: Task, host: &BTreeMap<String, Vec<u8>>) -> Vec<News> {
        let (effects, mut news) = match task {
            Task::Open(open) => {
                let mut other = Other::default();
                let mut local = Vec::new();
                if let TableRef::Local(name) = &open.table
                    && let Some(bytes) = self.local.get(name)
                {
                    other.addresses.insert(SourceId::TABLE, bytes.clone());
                    local.push((name.clone(), bytes.len() as u64));
                }
                let (beside, effects, news) = Beside::open(*open, local, number);
                other.beside = beside;
                assert!(self.tables.insert(number, other).is_none(), "two tables have one number");
                (effects, news)
            }
            Task::Read(columns) => self.tables.get_mut(&number).unwrap().beside.read(columns),
            Task::Drop => {
                self.tables.remove(&number);
                return Vec::new();
            }
        };
        let other = self.tables.get_mut(&number).unwrap();
        news.extend(other.run(effects, host));
        self.bytes += std::mem::take(&mut other.bytes);
        news
    }
}

impl Other {
    fn run(&mut self, effects: Vec<Effect>, host: &BTreeMap<String, Vec<u8>>) -> Vec<News> {
        self.act(effects, host);
        let mut news = Vec::new();
        for round in 0.. {
            assert!(round < 200_000, "it goes on without an end");
            let Some(event) = self.events.pop_front() else { break };
            let (effects, more) = self.beside.step(event);
            news.extend(more);
            self.act(effects, host);
        }
        news
    }

    fn act(&mut self, effects: Vec<Effect>, host: &BTreeMap<String, Vec<u8>>) {
        for effect in effects {
            match effect {
                Effect::Source { source, url } => {
                    match host.get(url.strip_prefix(HOST).unwrap_or_default()) {
                        Some(bytes) => drop(self.addresses.insert(source, bytes.clone())),
                        None => drop(self.addresses.remove(&source)),
                    }
                }
                Effect::Fetch { id, source, range } => {
                    let Some(bytes) = self.addresses.get(&source) else {
                        let error = Error::new(ErrorKind::NotFound, "it is not there");
                        self.events.push_back(Event::Failed { id, error });
                        continue;
                    };
                    let total_bytes = bytes.len() as u64;
                    let range = range.intersection(vitrine::base::bytes::ByteRange::new(0, total_bytes));
                    let Some(range) = range else {
                        self.events.push_back(Event::BeyondEnd { id, file_bytes: Some(total_bytes) });
                        continue;
                    };
                    self.bytes += range.len();
                    let body = bytes[range.start as usize..range.end as usize].to_vec();
                    let identity = Identity { total_bytes, etag: None, commit: None };
                    self.events.extend([
                        Event::Began { id, range, identity },
                        Event::Bytes { id, bytes: body },
                        Event::Done { id },
                    ]);
                }
                Effect::Get { id, .. } => {
                    let error = Error::new(ErrorKind::NotFound, "not there");
                    self.events.push_back(Event::Failed { id, error });
                }
                Effect::List { id, .. } => {
                    let answer = Err(Error::new(ErrorKind::NotFound, "there are no listings here"));
                    self.events.push_back(Event::Listing { id, answer });
                }
                Effect::Sizes { id, .. } => self.events.push_back(Event::Sizes { id, sizes: None }),
                Effect::Import { import, task } => {
                    let outcome = self.import(task);
                    self.events.push_back(Event::Imported { import, outcome });
                }
                Effect::Continue => self.events.push_back(Event::Continue),
                Effect::Wake { .. } => self.events.push_back(Event::Woken),
                Effect::Abort { id } => self.events.retain(|event| match event {
                    Event::Began { id: own, .. } | Event::Bytes { id: own, .. } | Event::Done { id: own } => {
                        *own != id
                    }
                    _ => true,
                }),
                Effect::DropImport { .. } | Effect::Forget { .. } | Effect::RetryNow => {}
                other => panic!("a joined table asks for {other:?}"),
            }
        }
    }

    fn import(&mut self, task: ImportTask) -> Result<Imported, Error> {
        let (is_preview, is_step) = (task == ImportTask::Preview, task == ImportTask::Step);
        if matches!(task, ImportTask::Begin { .. }) {
            let original = self.addresses.remove(&SourceId::TABLE).unwrap();
            self.addresses.insert(SourceId::ORIGINAL, original);
            self.made.clear();
        }
        let Answer { written, read_bytes, report } = tabular::answer(&mut self.importer, task)?;
        let file_bytes = written.len() as u64;
        if is_preview {
            if file_bytes > 0 {
                self.addresses.insert(SourceId::TABLE, written);
            }
            return Ok(Imported::Preview((file_bytes > 0).then_some(file_bytes)));
        }
        self.made.extend(written);
        let Some(report) = report else {
            return Ok(if is_step { Imported::Step(read_bytes) } else { Imported::Taken });
        };
        let made = std::mem::take(&mut self.made);
        let file_bytes = made.len() as u64;
        self.addresses.insert(SourceId::TABLE, made);
        Ok(Imported::Whole { file_bytes, report })
    }
}
