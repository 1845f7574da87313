//! Has Parquet made of other files by the [converter](super::converter), and keeps what is made, outside this
//! thread's memory.

use crate::base::error::{Error, ErrorKind};
use crate::engine::{Event, Imported};
use crate::formats::tabular::task::{Answer, Task};
use crate::protocol::texts::import::{ENDED, no_converter};
use crate::shell::converter::{Converter, function, words};
use crate::shell::net::Net;
use crate::shell::timing::pause;
use js_sys::{Array, Uint8Array};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File};

/// What was made is handed to the browser in pieces of so many bytes.
const PIECE_BYTES: usize = 4 << 20;

/// Hands tasks to the converter, and reports what came of them.
#[derive(Clone)]
pub struct Importer {
    converter: Converter,
    net: Net,
    made: Rc<RefCell<Made>>,
    emit: Rc<dyn Fn(Event)>,
}

/// What was made of a file.
#[derive(Default)]
struct Made {
    import: u32,
    pieces: Vec<Blob>,
    /// What is not handed to the browser yet.
    waiting: Vec<u8>,
}

impl Importer {
    /// `emit` hears of every event; it is never called from within a method of this type.
    pub fn new(converter: Converter, net: Net, emit: impl Fn(Event) + 'static) -> Self {
        Self { converter, net, made: Rc::default(), emit: Rc::new(emit) }
    }

    /// Begins a task; with the first one of a file, what was the table is what it is made of.
    pub fn begin_or_go_on(&self, import: u32, task: Task) {
        if let Task::Begin { .. } = task {
            self.net.move_original();
        }
        self.import(import, task);
    }

    fn import(&self, import: u32, task: Task) {
        let importer = self.clone();
        spawn_local(async move {
            let outcome = importer.outcome(import, task).await;
            // Between two tasks, what the page asks for has its turn.
            pause(0).await;
            (importer.emit)(Event::Imported { import, outcome });
        });
    }

    /// Drops what was made of a file, if it is the one at hand.
    pub fn forget(&self, import: u32) {
        if self.made.borrow().import == import {
            *self.made.borrow_mut() = Made::default();
        }
        self.forget_in_module(import);
    }

    fn forget_in_module(&self, import: u32) {
        if let Some(module) = self.converter.here()
            && let Ok(forget) = function(&module, "forget_import")
            && forget.call1(&module, &import.into()).is_err()
        {
            self.converter.give_up();
        }
    }

    async fn outcome(&self, import: u32, task: Task) -> Result<Imported, Error> {
        let internal = |message: String| Error::new(ErrorKind::Internal, message);
        let module = self.converter.get().await.map_err(|error| internal(no_converter(&words(&error))))?;
        let (is_begin, is_preview) = (matches!(task, Task::Begin { .. }), matches!(task, Task::Preview));
        let is_step = matches!(task, Task::Step);
        let called = function(&module, "import_table").and_then(|call| {
            let task = task.serialize(&serde_wasm_bindgen::Serializer::new())?;
            call.call2(&module, &import.into(), &task)
        });
        drop(task);
        let answer: Answer = match called.and_then(|answer| Ok(serde_wasm_bindgen::from_value(answer)?)) {
            Ok(answer) => answer,
            Err(thrown) => {
                return Err(serde_wasm_bindgen::from_value(thrown).unwrap_or_else(|_| {
                    // No answer of its own: it was ended by the browser.
                    self.converter.give_up();
                    Error::new(ErrorKind::Limit, ENDED)
                }));
            }
        };
        let Answer { written, read_bytes, report } = answer;
        if is_preview {
            let pieces: Vec<Blob> = blob(&written).into_iter().collect();
            let made = (!written.is_empty()).then(|| self.take(&pieces)).transpose()?;
            return Ok(Imported::Preview(made));
        }
        if is_begin {
            *self.made.borrow_mut() = Made { import, ..Made::default() };
        }
        let mut made = self.made.borrow_mut();
        if made.import != import {
            return Ok(Imported::Taken);
        }
        made.waiting.extend_from_slice(&written);
        if (made.waiting.len() >= PIECE_BYTES || report.is_some()) && !made.waiting.is_empty() {
            let waiting = std::mem::take(&mut made.waiting);
            let piece = blob(&waiting).ok_or_else(|| internal(ENDED.to_owned()))?;
            made.pieces.push(piece);
        }
        let Some(report) = report else {
            return Ok(if is_step { Imported::Step(read_bytes) } else { Imported::Taken });
        };
        let pieces = std::mem::take(&mut made.pieces);
        drop(made);
        self.forget_in_module(import);
        let file_bytes = self.take(&pieces)?;
        Ok(Imported::Whole { file_bytes, report })
    }

    /// Makes a file of pieces, which is the table from now on; its size.
    fn take(&self, pieces: &[Blob]) -> Result<u64, Error> {
        let pieces: Array = pieces.iter().collect();
        let file = File::new_with_blob_sequence(&pieces, "table.parquet")
            .map_err(|error: JsValue| Error::new(ErrorKind::Internal, words(&error)))?;
        let bytes = file.size() as u64;
        self.net.set_made(file);
        Ok(bytes)
    }
}

fn blob(bytes: &[u8]) -> Option<Blob> {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).ok()
}
