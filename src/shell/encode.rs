//! Encodes the files of exports, in a module of its own that is fetched when the first export begins.

use crate::engine::Event;
use crate::engine::output::export::task::{Failure, Task};
use crate::protocol::texts::export::{ENCODER_ENDED, no_encoder};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What the build calls the function that imports the module, given which of its instances is wanted.
const IMPORT: &str = "vitrineExport";

/// Hands tasks to the module, and reports the outcome.
#[derive(Clone)]
pub struct Encoders {
    module: Rc<RefCell<Option<JsValue>>>,
    /// The instance: one that has failed is not used again.
    instance: Rc<Cell<u32>>,
    emit: Rc<dyn Fn(Event)>,
}

impl Encoders {
    /// `emit` hears of every event; it is never called from within a method of this type.
    pub fn new(emit: impl Fn(Event) + 'static) -> Self {
        Self { module: Rc::default(), instance: Rc::default(), emit: Rc::new(emit) }
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
        let module = self.module.borrow().clone();
        if let Some(module) = module
            && let Ok(forget) = function(&module, "forget")
            && forget.call1(&module, &export.into()).is_err()
        {
            self.give_up();
        }
    }

    async fn outcome(&self, export: u32, task: &Task) -> Result<Vec<u8>, Failure> {
        let failure = |message: String| Failure { columns: Vec::new(), message };
        let known = self.module.borrow().clone();
        let module = match known {
            Some(module) => module,
            None => match self.import().await {
                Ok(module) => self.module.borrow_mut().insert(module).clone(),
                Err(error) => {
                    self.give_up();
                    return Err(failure(no_encoder(&words(&error))));
                }
            },
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
                self.give_up();
                Failure { columns: blamed.into_iter().collect(), message: ENCODER_ENDED.to_owned() }
            })
            .and_then(Err)
    }

    async fn import(&self) -> Result<JsValue, JsValue> {
        let import = function(&js_sys::global(), IMPORT)?;
        let module = import.call1(&JsValue::UNDEFINED, &self.instance.get().into())?;
        JsFuture::from(Promise::resolve(&module)).await
    }

    /// The next export gets another instance.
    fn give_up(&self) {
        self.instance.set(self.instance.get() + 1);
        *self.module.borrow_mut() = None;
    }
}

fn function(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &name.into())?.dyn_into()
}

/// What a thrown value says.
fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let message = message.unwrap_or_else(|| "the browser does not say why".to_owned());
    message.trim_end_matches('.').to_owned()
}
