//! Carries out what is asked of tables beside the open one: each with files, requests and imports of its own, so that
//! none takes another's answers for its own. What is cached, and the token, are shared.

use super::codecs;
use super::converter::Converter;
use super::import::Importer;
use super::net::Net;
use super::timing::{now, pause};
use crate::base::error::{Error, ErrorKind};
use crate::engine::{Beside, Effect, Event, JoinCode, News, Task};
use crate::protocol::Open;
use crate::view::spec::TableRef;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// What joins tables: in a browser it comes when the first one is joined.
#[derive(Clone, Copy)]
pub struct Code {
    /// The engine's part of it.
    pub engine: JoinCode,
    make: fn(&Net, Converter, codecs::Load, Emit) -> Rc<dyn Carry>,
}

/// Hears of what is told.
pub type Emit = Box<dyn Fn(Event)>;

/// Carries out what is asked of other tables.
pub trait Carry {
    /// Does what the open table asks of the one of this number; `files` are those of the user's disk that were handed over.
    fn carry_out(&self, number: u32, task: Task, files: &[File]);
}

impl Code {
    /// All of it: only the entry of the lazy module may name it.
    pub const fn all() -> Self {
        Self { engine: JoinCode::all(), make: Others::make }
    }

    /// What carries out; `emit` hears of what is told, never from within a method of it.
    pub fn start(
        self,
        net: &Net,
        converter: Converter,
        load_codecs: codecs::Load,
        emit: Emit,
    ) -> Rc<dyn Carry> {
        (self.make)(net, converter, load_codecs, emit)
    }
}

/// The tables that are open beside it, by their numbers.
struct Others {
    tables: RefCell<BTreeMap<u32, Rc<Other>>>,
    net: Net,
    converter: Converter,
    load_codecs: codecs::Load,
    emit: Rc<dyn Fn(Event)>,
}

/// One of them, and what it reads with.
struct Other {
    this: Weak<Other>,
    number: u32,
    /// None once it is dropped.
    beside: RefCell<Option<Beside>>,
    net: Net,
    importer: Importer,
    load_codecs: codecs::Load,
    emit: Rc<dyn Fn(Event)>,
}

impl Others {
    fn make(net: &Net, converter: Converter, load_codecs: codecs::Load, emit: Emit) -> Rc<dyn Carry> {
        Rc::new(Self {
            tables: RefCell::default(),
            net: net.clone(),
            converter,
            load_codecs,
            emit: emit.into(),
        })
    }

    fn table(&self, number: u32) -> Option<Rc<Other>> {
        self.tables.borrow().get(&number).cloned()
    }
}

impl Carry for Others {
    fn carry_out(&self, number: u32, task: Task, files: &[File]) {
        match task {
            Task::Open(open) => {
                let other = Other::new(number, self);
                if let Some(before) = self.tables.borrow_mut().insert(number, Rc::clone(&other)) {
                    before.end();
                }
                other.open(*open, files);
            }
            Task::Read(columns) => {
                if let Some(other) = self.table(number) {
                    other.read(columns);
                }
            }
            Task::Drop => {
                let dropped = self.tables.borrow_mut().remove(&number);
                if let Some(other) = dropped {
                    other.end();
                }
            }
        }
    }
}

impl Other {
    fn new(number: u32, of: &Others) -> Rc<Self> {
        Rc::new_cyclic(|weak: &Weak<Self>| {
            let on_event = || {
                let weak = weak.clone();
                move |event| {
                    if let Some(other) = weak.upgrade() {
                        other.step(event);
                    }
                }
            };
            let net = of.net.beside(on_event());
            Self {
                this: weak.clone(),
                number,
                beside: RefCell::default(),
                importer: Importer::new(of.converter.clone(), net.clone(), on_event()),
                net,
                load_codecs: of.load_codecs,
                emit: Rc::clone(&of.emit),
            }
        })
    }

    fn open(&self, open: Open, files: &[File]) {
        let mut local = Vec::new();
        if let TableRef::Local(name) = &open.table {
            let own: Vec<File> = files.iter().filter(|file| file.name() == *name).cloned().collect();
            local.extend(own.iter().map(|file| (file.name(), file.size() as u64)));
            self.net.set_files(own);
        }
        let (beside, effects, news) = Beside::open(open, local, self.number);
        *self.beside.borrow_mut() = Some(beside);
        self.act(effects, news);
    }

    fn read(&self, columns: Vec<String>) {
        let asked = {
            let mut beside = self.beside.borrow_mut();
            beside.as_mut().map(|beside| beside.read(columns)).unwrap_or_default()
        };
        self.act(asked.0, asked.1);
    }

    /// Nothing more is read, and nothing told.
    fn end(&self) {
        self.net.clear();
        *self.beside.borrow_mut() = None;
    }

    fn step(&self, event: Event) {
        let (effects, news) = {
            let mut beside = self.beside.borrow_mut();
            let Some(beside) = beside.as_mut() else { return };
            beside.tell_time(now());
            let stepped = beside.step(event);
            beside.tell_time(now());
            stepped
        };
        self.act(effects, news);
    }

    /// Steps on, after what has come meanwhile.
    fn step_later(&self, event: Event, millis: i32) {
        let Some(other) = self.this.upgrade() else { return };
        spawn_local(async move {
            pause(millis).await;
            other.step(event);
        });
    }

    fn act(&self, effects: Vec<Effect>, news: Vec<News>) {
        for effect in effects {
            match effect {
                Effect::Source { source, url } => self.net.set_address(source, url),
                Effect::Forget { source } => self.net.forget(source),
                Effect::Fetch { id, source, range } => self.net.fetch(id, source, range),
                Effect::ReadCached { id, source, range } => self.net.read_cached(id, source, range),
                Effect::Get { id, url, most_bytes } => self.net.get(id, url, most_bytes),
                Effect::Sizes { id, url, files } => self.net.sizes(id, url, files),
                Effect::Abort { id } => self.net.abort(id),
                Effect::List { id, url } => self.net.list(id, url),
                Effect::Import { import, task } => self.importer.begin_or_go_on(import, task),
                Effect::DropImport { import } => self.importer.forget(import),
                Effect::RetryNow => self.net.retry_now(),
                Effect::Continue => self.step_later(Event::Continue, 0),
                Effect::Wake { in_millis } => {
                    self.step_later(Event::Woken, i32::try_from(in_millis).unwrap_or(i32::MAX));
                }
                Effect::FetchCodecs => {
                    let Some(other) = self.this.upgrade() else { continue };
                    spawn_local(async move {
                        let outcome = codecs::fetch(other.load_codecs).await;
                        other.step(Event::Codecs { outcome });
                    });
                }
                // It reads plain columns, and shows and writes nothing.
                Effect::FetchMeasures { .. } => {
                    self.step_later(Event::Measures { outcome: Err(unasked()) }, 0)
                }
                Effect::FetchVariants => self.step_later(Event::Variants { outcome: Err(unasked()) }, 0),
                Effect::Decode { .. }
                | Effect::Encode { .. }
                | Effect::Write { .. }
                | Effect::DropFile { .. }
                | Effect::ReadLabels { .. }
                | Effect::KeepLabels { .. }
                | Effect::Beside { .. }
                | Effect::Respond(_) => {}
            }
        }
        if news.is_empty() {
            return;
        }
        let (emit, number) = (Rc::clone(&self.emit), self.number);
        spawn_local(async move {
            for news in news {
                emit(Event::Beside { join: number, news });
            }
        });
    }
}

fn unasked() -> Error {
    Error::new(ErrorKind::Internal, "a joined table needs nothing of that kind")
}
