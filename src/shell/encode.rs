//! Has the files of exports encoded by the [converter](super::converter).

use crate::engine::Event;
use crate::engine::output::export::task::{Failure, Task};
use crate::protocol::texts::export::{ENCODER_ENDED, no_encoder};
use crate::shell::converter::{Converter, function, words};
use js_sys::Uint8Array;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

/// Hands tasks to the module, and reports the outcome.
#[derive(Clone)]
pub struct Encoders {
    converter: Converter,
    emit: Rc<dyn Fn(Event)>,
}

impl Encoders {
    /// `emit` hears of every event; it is never called from within a method of this type.
    pub fn new(converter: Converter, emit: impl Fn(Event) + 'static) -> Self {
        Self { converter, emit: Rc::new(emit) }
    }

    /// Begins a task of an export.
    pub fn encode(&self, export: u32, task: Task) {
        let encoders = self.clone();
        spawn_local(async move {
            let outcome = encoders.outcome(export, &task).await;
            drop(task);
            (encoders.emit)(Event::Encoded { export, outcome });
        });
    }

    /// Drops what is left of an export.
    pub fn forget(&self, export: u32) {
        if let Some(module) = self.converter.here()
            && let Ok(forget) = function(&module, "forget")
            && forget.call1(&module, &export.into()).is_err()
        {
            self.converter.give_up();
        }
    }

    async fn outcome(&self, export: u32, task: &Task) -> Result<Vec<u8>, Failure> {
        let failure = |message: String| Failure { columns: Vec::new(), message };
        let module = match self.converter.get().await {
            Ok(module) => module,
            Err(error) => return Err(failure(no_encoder(&words(&error)))),
        };
        let called = function(&module, "encode").and_then(|encode| {
            let task = task.serialize(&serde_wasm_bindgen::Serializer::new())?;
            encode.call2(&module, &export.into(), &task)
        });
        let error = match called.map(JsCast::dyn_into::<Uint8Array>) {
            Ok(Ok(bytes)) => return Ok(bytes.to_vec()),
            Ok(Err(other)) => other,
            Err(error) => error,
        };
        serde_wasm_bindgen::from_value(error)
            .map_err(|_| {
                // No answer of its own: it was ended by the browser.
                let blamed = function(&module, "blamed").and_then(|blamed| blamed.call0(&module));
                let blamed = blamed.ok().and_then(|place| place.as_f64()).map(|place| place as u32);
                self.converter.give_up();
                Failure { columns: blamed.into_iter().collect(), message: ENCODER_ENDED.to_owned() }
            })
            .and_then(Err)
    }
}
