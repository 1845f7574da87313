//! The data thread: hands the page's requests to the engine, and does what the engine says.

use super::beside::{Carry, Code as JoinCode};
use super::codecs;
use super::converter::Converter;
use super::decode::Decoder;
use super::encode::Encoders;
use super::import::Importer;
use super::measures;
use super::net::{Net, Saved};
use super::save::Saver;
use crate::base::error::{Error, ErrorKind};
use crate::engine;
use crate::engine::extras::{self, Extras};
use crate::engine::{Effect, Engine, Event, Kept};
use crate::formats::parquet::variant;
use crate::formats::tabular::reading::Reading;
use crate::protocol::export::{ARCHIVE_MIME, Images, Pairs, Start};
use crate::protocol::texts::notices::NO_VARIANT_CODE;
use crate::protocol::{LazyRequest, LazyResponse, Open, Request, Response, ShellRequest, Traffic};
use crate::view::spec::TableRef;
use js_sys::{Array, ArrayBuffer, Function, Object, Reflect, WebAssembly};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

/// Over how long the rate of reading is measured.
const RATE_MILLIS: f64 = 2_000.0;

/// Code in flight that is seldom needed; none where it could not be fetched.
pub type Loading = Pin<Box<dyn Future<Output = Option<&'static Extras>>>>;

/// The same of what reads values of the type VARIANT.
pub type LoadingVariants = Pin<Box<dyn Future<Output = Option<variant::Code>>>>;

/// The same of what joins tables.
pub type LoadingJoins = Pin<Box<dyn Future<Output = Option<JoinCode>>>>;

/// What fetches code that comes when it is first needed.
#[derive(Clone, Copy)]
pub struct Loaders {
    /// Code that is seldom needed.
    pub extras: fn() -> Loading,
    /// What measures texts.
    pub measures: fn() -> measures::Loading,
    /// What reads values of the type VARIANT.
    pub variants: fn() -> LoadingVariants,
    /// What decompresses rare codecs.
    pub codecs: codecs::Load,
    /// What joins tables.
    pub joins: fn() -> LoadingJoins,
}

struct Shell {
    /// Itself, for what goes on later.
    this: Weak<Shell>,
    load: Loaders,
    /// Whether code that is seldom needed is in flight.
    is_loading: Cell<bool>,
    /// Messages of the page that wait for it, in their order.
    held: RefCell<VecDeque<Message>>,
    engine: RefCell<Engine>,
    net: Net,
    decoder: Decoder,
    encoders: Encoders,
    importer: Importer,
    converter: Converter,
    /// What joins tables, once it is here, and the files of the user's disk that were handed over for it.
    other: RefCell<Option<Rc<dyn Carry>>>,
    files_beside: RefCell<Vec<File>>,
    saver: Saver,
    /// Messages that are not handled yet.
    inbox: RefCell<VecDeque<Message>>,
    /// The callback that handles them.
    drain: RefCell<Option<Function>>,
    /// The callback of a timer.
    woken: RefCell<Option<Function>>,
    /// When how many bytes had been read, for the rate.
    history: RefCell<VecDeque<(f64, u64)>>,
}

enum Message {
    Request(Request),
    Shell(ShellRequest),
    /// To open files of the user's disk, which are called `name` together.
    Local {
        name: String,
        roles: Vec<(String, Option<String>)>,
        reading: Reading,
        files: Vec<File>,
    },
    /// Files of the user's disk that tables beside the open one are of, by their names.
    Beside(Vec<File>),
    /// With the handle of the file that was chosen for it, where one was.
    Export {
        start: Start,
        handle: Option<JsValue>,
    },
    /// The same for images.
    Take {
        start: Images,
        handle: Option<JsValue>,
    },
    /// The same for pairs.
    Pairs {
        start: Pairs,
        handle: Option<JsValue>,
    },
    Continue,
    Woken,
}

impl Message {
    /// Whether the page has sent it to the engine, which must get these in their order.
    const fn is_of_page(&self) -> bool {
        match self {
            Self::Request(_)
            | Self::Local { .. }
            | Self::Export { .. }
            | Self::Take { .. }
            | Self::Pairs { .. } => true,
            Self::Beside(_) | Self::Shell(_) | Self::Continue | Self::Woken => false,
        }
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Starts the data thread: listens to the page, and says that it does.
pub fn start(load: Loaders) {
    console_error_panic_hook::set_once();
    let shell = Rc::new_cyclic(|weak: &Weak<Shell>| {
        let on_event = || {
            let weak = weak.clone();
            move |event| {
                if let Some(shell) = weak.upgrade() {
                    shell.step(event);
                }
            }
        };
        let (net, converter) = (Net::new(on_event()), Converter::default());
        Shell {
            this: weak.clone(),
            load,
            is_loading: Cell::default(),
            held: RefCell::default(),
            engine: RefCell::default(),
            importer: Importer::new(converter.clone(), net.clone(), on_event()),
            converter: converter.clone(),
            other: RefCell::default(),
            files_beside: RefCell::default(),
            net,
            decoder: Decoder::new(on_event()),
            encoders: Encoders::new(converter, on_event()),
            saver: Saver::new(on_event(), hand_over),
            inbox: RefCell::default(),
            drain: RefCell::default(),
            woken: RefCell::default(),
            history: RefCell::default(),
        }
    });
    let drain = {
        let shell = shell.clone();
        Closure::<dyn FnMut()>::new(move || shell.drain())
    };
    let drain: Function = drain.into_js_value().unchecked_into();
    *shell.drain.borrow_mut() = Some(drain);
    let woken = {
        let shell = shell.clone();
        Closure::<dyn FnMut()>::new(move || shell.put(Message::Woken))
    };
    *shell.woken.borrow_mut() = Some(woken.into_js_value().unchecked_into());
    let receive = {
        let shell = shell.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(message) = read(&event.data()) {
                shell.put(message);
            }
        })
    };
    scope().set_onmessage(Some(receive.into_js_value().unchecked_ref()));
    let ready = Object::new();
    let _ = Reflect::set(&ready, &JsValue::from_str("ready"), &JsValue::TRUE);
    let _ = scope().post_message(&ready);
}

/// Gives the page a file that was written, to be downloaded.
fn hand_over(name: &str, file: &web_sys::Blob) {
    let message = Object::new();
    let _ = Reflect::set(&message, &JsValue::from_str("saved"), file);
    let _ = Reflect::set(&message, &JsValue::from_str("name"), &JsValue::from_str(name));
    let _ = scope().post_message(&message);
}

/// Memory of this thread. It never shrinks, so this is the peak.
fn memory_bytes() -> u64 {
    let buffer = wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>().map(|memory| memory.buffer());
    buffer
        .ok()
        .and_then(|buffer| buffer.dyn_into::<ArrayBuffer>().ok())
        .map_or(0, |buffer| u64::from(buffer.byte_length()))
}

fn read(data: &JsValue) -> Option<Message> {
    let field = |name: &str| Reflect::get(data, &JsValue::from_str(name)).ok();
    if let Some(request) = field("shell").filter(|request| !request.is_undefined()) {
        return serde_wasm_bindgen::from_value(request).ok().map(Message::Shell);
    }
    let files = |name: &str| -> Option<Vec<File>> {
        let files = field(name)?.dyn_into::<Array>().ok()?;
        Some(files.iter().filter_map(|file| file.dyn_into().ok()).collect())
    };
    if let Some(files) = files("beside") {
        return Some(Message::Beside(files));
    }
    let request = serde_wasm_bindgen::from_value(field("request")?).ok()?;
    let files = files("files").unwrap_or_default();
    match request {
        Request::Open(Open { table: TableRef::Local(name), roles, reading, .. }) if !files.is_empty() => {
            Some(Message::Local { name, roles, reading, files })
        }
        Request::Lazy(LazyRequest::Export(start)) => {
            Some(Message::Export { start, handle: field("handle").filter(JsValue::is_object) })
        }
        Request::Lazy(LazyRequest::TakeImages(start)) => {
            Some(Message::Take { start, handle: field("handle").filter(JsValue::is_object) })
        }
        Request::Lazy(LazyRequest::ExportPairs(start)) => {
            Some(Message::Pairs { start, handle: field("handle").filter(JsValue::is_object) })
        }
        request => Some(Message::Request(request)),
    }
}

fn post(responses: &Array) {
    if responses.length() > 0 {
        let message = Object::new();
        let _ = Reflect::set(&message, &JsValue::from_str("responses"), responses);
        let _ = scope().post_message(&message);
    }
}

impl Shell {
    fn put(&self, message: Message) {
        let first = self.inbox.borrow().is_empty();
        self.inbox.borrow_mut().push_back(message);
        if let Some(drain) = self.drain.borrow().as_ref().filter(|_| first) {
            // Later, so that of several messages under way only the newest state counts.
            let _ = scope().set_timeout_with_callback(drain);
        }
    }

    fn wake(&self, in_millis: u32) {
        if let Some(wake) = self.woken.borrow().as_ref() {
            let millis = i32::try_from(in_millis).unwrap_or(i32::MAX);
            let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(wake, millis);
        }
    }

    fn drain(&self) {
        let messages = std::mem::take(&mut *self.inbox.borrow_mut());
        let newest =
            messages.iter().rposition(|message| matches!(message, Message::Request(Request::Show(_))));
        for (place, message) in messages.into_iter().enumerate() {
            match message {
                Message::Request(Request::Show(_)) if Some(place) < newest => {}
                message if self.is_loading.get() && message.is_of_page() => {
                    self.held.borrow_mut().push_back(message);
                }
                Message::Shell(request) => self.answer(request),
                Message::Beside(files) => {
                    let mut known = self.files_beside.borrow_mut();
                    known.retain(|file| files.iter().all(|other| other.name() != file.name()));
                    known.extend(files);
                }
                Message::Request(request) => self.ask(request),
                Message::Continue => self.step(Event::Continue),
                Message::Woken => self.step(Event::Woken),
                Message::Export { start, handle } => {
                    self.saver.begin(start.id, handle, start.name.clone(), start.format.mime());
                    self.ask(LazyRequest::Export(start).into());
                }
                Message::Take { start, handle } => {
                    self.saver.begin(start.id, handle, start.name.clone(), ARCHIVE_MIME);
                    self.ask(LazyRequest::TakeImages(start).into());
                }
                Message::Pairs { start, handle } => {
                    self.saver.begin(start.id, handle, start.name.clone(), start.form.mime());
                    self.ask(LazyRequest::ExportPairs(start).into());
                }
                Message::Local { name, roles, reading, files } => {
                    let known = files.iter().map(|file| (file.name(), file.size() as u64)).collect();
                    self.net.set_files(files);
                    self.step(Event::LocalFiles { name, files: known, roles, reading });
                }
            }
        }
    }

    /// Hands a request to the engine, once the code is here that it needs.
    fn ask(&self, request: Request) {
        if extras::are_missing_for(&request) || engine::JoinCode::is_missing_for(&request) {
            self.fetch_code(request);
        } else {
            self.step(Event::Request(request));
        }
    }

    /// Fetches code that is seldom needed, and does what asked for it then. Where it can't be fetched, the engine says
    /// what is missing, and the next request that needs it asks for it again.
    fn fetch_code(&self, request: Request) {
        let Some(shell) = self.this.upgrade() else { return };
        self.is_loading.set(true);
        spawn_local(async move {
            if extras::are_missing_for(&request)
                && let Some(extras) = (shell.load.extras)().await
            {
                extras::provide(extras);
            }
            if engine::JoinCode::is_missing_for(&request)
                && let Some(code) = (shell.load.joins)().await
            {
                code.engine.provide();
                let emit = shell.clone();
                let other = code.start(
                    &shell.net,
                    shell.converter.clone(),
                    shell.load.codecs,
                    Box::new(move |event| emit.step(event)),
                );
                *shell.other.borrow_mut() = Some(other);
            }
            shell.is_loading.set(false);
            shell.step(Event::Request(request));
            for message in shell.held.take() {
                shell.put(message);
            }
        });
    }

    fn fetch_measures(&self, vocabulary: bool) {
        let Some(shell) = self.this.upgrade() else { return };
        spawn_local(async move {
            let outcome = measures::fetch(shell.load.measures, vocabulary).await;
            shell.step(Event::Measures { outcome });
        });
    }

    fn fetch_variants(&self) {
        let Some(shell) = self.this.upgrade() else { return };
        spawn_local(async move {
            let code = (shell.load.variants)().await;
            let outcome = match code {
                Some(code) => {
                    variant::provide(code);
                    Ok(())
                }
                None => Err(Error::new(ErrorKind::Network, NO_VARIANT_CODE)),
            };
            shell.step(Event::Variants { outcome });
        });
    }

    fn fetch_codecs(&self) {
        let Some(shell) = self.this.upgrade() else { return };
        spawn_local(async move {
            let outcome = codecs::fetch(shell.load.codecs).await;
            shell.step(Event::Codecs { outcome });
        });
    }

    fn read_labels(&self, table: String) {
        let Some(shell) = self.this.upgrade() else { return };
        spawn_local(async move {
            let outcome = shell.net.cache().labels(&table).await;
            shell.step(Event::LabelsRead { table, outcome });
        });
    }

    /// Transactions of one store happen in the order in which they are begun.
    fn keep_labels(&self, table: String, records: Kept) {
        let Some(shell) = self.this.upgrade() else { return };
        spawn_local(async move {
            if !shell.net.cache().keep_labels(&table, records).await {
                shell.step(Event::LabelsNotKept);
            }
        });
    }

    fn step(&self, event: Event) {
        let effects = {
            let mut engine = self.engine.borrow_mut();
            engine.tell_time(js_sys::Date::now());
            let effects = engine.step(event);
            engine.tell_time(js_sys::Date::now());
            effects
        };
        let responses = Array::new();
        for effect in effects {
            match effect {
                Effect::Source { source, url } => self.net.set_address(source, url),
                Effect::Forget { source } => self.net.forget(source),
                Effect::Fetch { id, source, range } => self.net.fetch(id, source, range),
                Effect::ReadCached { id, source, range } => self.net.read_cached(id, source, range),
                Effect::Get { id, url, most_bytes } => self.net.get(id, url, most_bytes),
                Effect::Decode { id, bytes, mime, size_px } => {
                    self.decoder.decode(id, &bytes, &mime, size_px);
                }
                Effect::Sizes { id, url, files } => self.net.sizes(id, url, files),
                Effect::Abort { id } => self.net.abort(id),
                Effect::Encode { export, task } => self.encoders.encode(export, task),
                Effect::Import { import, task } => self.importer.begin_or_go_on(import, task),
                Effect::Beside { join, task } => {
                    if let Some(other) = self.other.borrow().as_ref() {
                        other.carry_out(join, task, &self.files_beside.borrow());
                    }
                }
                Effect::DropImport { import } => self.importer.forget(import),
                Effect::Write { export, bytes, last } => {
                    if last {
                        self.encoders.forget(export);
                    }
                    self.saver.write(export, bytes, last);
                }
                Effect::DropFile { export } => {
                    self.encoders.forget(export);
                    self.saver.abandon(export);
                }
                Effect::FetchMeasures { vocabulary } => self.fetch_measures(vocabulary),
                Effect::FetchCodecs => self.fetch_codecs(),
                Effect::FetchVariants => self.fetch_variants(),
                Effect::ReadLabels { table } => self.read_labels(table),
                Effect::KeepLabels { table, records } => self.keep_labels(table, records),
                Effect::RetryNow => self.net.retry_now(),
                Effect::Continue => self.put(Message::Continue),
                Effect::Wake { in_millis } => self.wake(in_millis),
                Effect::List { id, url } => self.net.list(id, url),
                Effect::Respond(response) => {
                    let response = self.with_rate(response);
                    let serializer = serde_wasm_bindgen::Serializer::new();
                    if let Ok(value) = response.serialize(&serializer) {
                        responses.push(&value);
                    }
                }
            }
        }
        post(&responses);
    }

    /// Does what the page asks of this thread.
    fn answer(&self, request: ShellRequest) {
        match request {
            ShellRequest::SignIn { endpoint, token } => self.net.sign_in(endpoint, token),
            ShellRequest::LimitCache { limit_bytes } => self.net.cache().set_limit(limit_bytes),
            ShellRequest::CacheIsEmpty => self.net.cache().begin_empty(),
            ShellRequest::CacheSize { clear } => self.report_cache_size(clear),
        }
    }

    /// Tells the page how much is cached on this device.
    fn report_cache_size(&self, clear: bool) {
        let cache = self.net.cache().clone();
        spawn_local(async move {
            if clear {
                cache.clear().await;
            }
            let response = Response::from(LazyResponse::Kept { bytes: cache.size().await });
            let serializer = serde_wasm_bindgen::Serializer::new();
            if let Ok(value) = response.serialize(&serializer) {
                post(&Array::of1(&value));
            }
        });
    }

    /// The engine has no clock and does not know what was cached: the rate is added here, and what came
    /// from the cache is subtracted.
    fn with_rate(&self, response: Response) -> Response {
        let Response::Traffic(mut traffic) = response else { return response };
        let Saved { bytes, requests, image_bytes, image_requests } = self.net.saved();
        let made =
            |counted: u32, saved: i64| u32::try_from((i64::from(counted) - saved).max(0)).unwrap_or(u32::MAX);
        traffic.bytes = traffic.bytes.saturating_sub(bytes);
        traffic.image_bytes = traffic.image_bytes.saturating_sub(image_bytes);
        traffic.requests = made(traffic.requests, requests);
        traffic.image_requests = made(traffic.image_requests, image_requests);
        traffic.kept_bytes = bytes + image_bytes;
        let now = js_sys::Date::now();
        let mut history = self.history.borrow_mut();
        if history.back().is_some_and(|(_, bytes)| *bytes > traffic.bytes) {
            history.clear();
        }
        history.push_back((now, traffic.bytes));
        while history.len() > 2 && history.front().is_some_and(|(then, _)| now - then > RATE_MILLIS) {
            history.pop_front();
        }
        let rate = match history.front() {
            Some((then, bytes)) if now > *then && traffic.in_flight > 0 => {
                (traffic.bytes - bytes) as f64 * 1_000.0 / (now - then)
            }
            _ => 0.0,
        };
        Response::Traffic(Traffic { bytes_per_second: rate, memory_bytes: memory_bytes(), ..traffic })
    }
}
