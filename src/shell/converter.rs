//! The program that turns tables of one format into another: fetched when the first one is to be turned.

use js_sys::{Function, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the build calls the function that imports the module, given which of its instances is wanted.
const IMPORT: &str = "vitrineExport";

/// The module, once it is here. Copies are the same one.
#[derive(Clone, Default)]
pub struct Converter {
    module: Rc<RefCell<Option<JsValue>>>,
    /// The instance: one that has failed is not used again.
    instance: Rc<Cell<u32>>,
}

impl Converter {
    /// The module, if it is here.
    pub fn here(&self) -> Option<JsValue> {
        self.module.borrow().clone()
    }

    /// The module, which is fetched if it is not here.
    ///
    /// # Errors
    /// What is thrown where it can't be had.
    pub async fn get(&self) -> Result<JsValue, JsValue> {
        if let Some(module) = self.here() {
            return Ok(module);
        }
        let imported = self.import().await;
        match imported {
            // Another task may have been quicker.
            Ok(module) => Ok(self.module.borrow_mut().get_or_insert(module).clone()),
            Err(error) => {
                self.give_up();
                Err(error)
            }
        }
    }

    async fn import(&self) -> Result<JsValue, JsValue> {
        let import = function(&js_sys::global(), IMPORT)?;
        let module = import.call1(&JsValue::UNDEFINED, &self.instance.get().into())?;
        JsFuture::from(Promise::resolve(&module)).await
    }

    /// The next task gets another instance.
    pub fn give_up(&self) {
        self.instance.set(self.instance.get() + 1);
        *self.module.borrow_mut() = None;
    }
}

/// A function of an object.
///
/// # Errors
/// Where there is none.
pub fn function(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &name.into())?.dyn_into()
}

/// What a thrown value says.
pub fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let message = message.unwrap_or_else(|| "the browser does not say why".to_owned());
    message.trim_end_matches('.').to_owned()
}
