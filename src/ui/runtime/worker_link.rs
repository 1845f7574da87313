//! The wire to the data thread: starts it, sends requests, hands on what it says.
//!
//! Requests wait in a queue until the thread has said that it listens. A page that was told that
//! the thread died starts a new link; the old one is terminated when it is dropped.

use crate::protocol::texts::notices as texts;
use crate::protocol::{LazyRequest, LazyResponse, Request, Response, ShellRequest};
use serde::{Deserialize, Deserializer, Serialize};
use serde_wasm_bindgen::Serializer;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the page says what the thread's script is called: its name changes with its content, so that
/// the thread is always of the same make as the page.
const NAMED_BY: &str = "meta[name=vitrine-worker]";

/// What it is called where the page does not say.
const SCRIPT: &str = "./worker.js";

/// Where `early.js` leaves a thread that it started.
const EARLY: &str = "vitrineWorker";

/// The most requests that wait for the thread to listen.
const MAX_QUEUED: usize = 64;

/// What comes out of the wire.
pub enum Said {
    /// Answers, in order.
    Responses(Vec<Response<Unread>>),
    /// A file that was written, for the downloads.
    Saved {
        /// Its name.
        name: String,
        /// The file.
        file: Blob,
    },
    /// The thread can't go on.
    Died(String),
}

/// What is for views that come later, as it came: [`Response::Lazy`].
pub struct Unread(JsValue);

impl Unread {
    /// Reads it.
    ///
    /// # Errors
    /// When it is nothing that the data thread says.
    pub fn read(&self) -> Result<LazyResponse, String> {
        read(&self.0)
    }
}

/// What views that come later ask, as they wrote it: [`Request::Lazy`].
pub struct Written(JsValue);

/// A request on its way.
pub type Sent = Request<Written>;

impl Written {
    /// Writes it.
    pub fn new(request: &LazyRequest) -> Self {
        Self(request.serialize(&Serializer::new()).unwrap_or_default())
    }
}

impl Serialize for Written {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_wasm_bindgen::preserve::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_wasm_bindgen::preserve::deserialize(deserializer).map(Self)
    }
}

/// A running data thread.
pub struct WorkerLink {
    worker: Worker,
    queue: Rc<RefCell<Queue>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

struct Queue {
    listens: bool,
    waiting: Vec<JsValue>,
}

impl WorkerLink {
    /// Starts a thread.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn start(said: impl Fn(Said) + 'static) -> Result<Self, String> {
        let (worker, listens) = match started_early() {
            Some(worker) => {
                let listens = get(&worker, "listens").is_truthy();
                (worker, listens)
            }
            None => {
                let options = WorkerOptions::new();
                options.set_type(WorkerType::Module);
                (Worker::new_with_options(&script(), &options).map_err(|error| words(&error))?, false)
            }
        };
        if listens {
            crate::ui::runtime::marks::mark("vitrine:ready");
        }
        let queue = Rc::new(RefCell::new(Queue { listens, waiting: Vec::new() }));
        let said = Rc::new(said);

        let on_message = {
            let (worker, queue, said) = (worker.clone(), Rc::clone(&queue), Rc::clone(&said));
            Closure::new(move |event: MessageEvent| {
                let data = event.data();
                if get(&data, "ready").is_truthy() {
                    crate::ui::runtime::marks::mark("vitrine:ready");
                    let waiting = {
                        let mut queue = queue.borrow_mut();
                        queue.listens = true;
                        std::mem::take(&mut queue.waiting)
                    };
                    for message in waiting {
                        let _ = worker.post_message(&message);
                    }
                }
                if let Ok(file) = get(&data, "saved").dyn_into::<Blob>() {
                    let name = get(&data, "name").as_string().unwrap_or_default();
                    said(Said::Saved { name, file });
                }
                let answers = get(&data, "responses");
                if !answers.is_undefined() {
                    said(match read(&answers) {
                        Ok(responses) => Said::Responses(responses),
                        Err(error) => Said::Died(error),
                    });
                }
            })
        };
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            let message = get(event.as_ref(), "message").as_string();
            said(Said::Died(message.unwrap_or_else(|| texts::THREAD_NOT_STARTED.to_owned())));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let target: &web_sys::EventTarget = worker.as_ref();
        let _ = target.add_event_listener_with_callback("messageerror", on_error.as_ref().unchecked_ref());
        Ok(Self { worker, queue, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a request, with what belongs to it and can't be written down, under a name: files of this
    /// device to read, or the handle of one to write.
    pub fn send(&self, request: &Sent, name: &str, along: Option<&JsValue>) {
        let Ok(request) = request.serialize(&Serializer::new()) else { return };
        let message = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&message, &"request".into(), &request);
        if let Some(along) = along {
            let _ = js_sys::Reflect::set(&message, &name.into(), along);
        }
        self.post(message);
    }

    /// Hands over something that can't be written down, under a name.
    pub fn hand_over(&self, name: &str, along: &JsValue) {
        let message = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&message, &name.into(), along);
        self.post(message);
    }

    /// Sends a request that is not for the engine.
    pub fn send_to_shell(&self, request: &ShellRequest) {
        let Ok(request) = request.serialize(&Serializer::new()) else { return };
        let message = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&message, &"shell".into(), &request);
        self.post(message);
    }

    fn post(&self, message: js_sys::Object) {
        let mut queue = self.queue.borrow_mut();
        if queue.listens {
            drop(queue);
            let _ = self.worker.post_message(&message);
        } else if queue.waiting.len() < MAX_QUEUED {
            queue.waiting.push(message.into());
        }
    }
}

/// The thread's script, beside the page.
fn script() -> String {
    let said = leptos::prelude::document().query_selector(NAMED_BY).ok().flatten();
    said.and_then(|said| said.get_attribute("content")).unwrap_or_else(|| SCRIPT.to_owned())
}

/// The thread that `early.js` started, the first time that one is needed, unless that has failed.
fn started_early() -> Option<Worker> {
    let window = leptos::prelude::window();
    let worker: Worker = get(&window, EARLY).dyn_into().ok()?;
    let _ = js_sys::Reflect::delete_property(&window, &EARLY.into());
    (!get(&worker, "failed").is_truthy()).then_some(worker)
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn read<T: for<'de> Deserialize<'de>>(answers: &JsValue) -> Result<T, String> {
    let deserializer = serde_wasm_bindgen::Deserializer::from(answers.clone());
    T::deserialize(deserializer).map_err(|error| error.to_string())
}

fn get(object: &JsValue, key: &str) -> JsValue {
    js_sys::Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// What a thrown value says.
pub fn words(error: &JsValue) -> String {
    get(error, "message")
        .as_string()
        .or_else(|| error.as_string())
        .unwrap_or_else(|| texts::UNKNOWN.to_owned())
}
