//! The export's program: turns pages of columns into files of rows. The data thread imports it when the first
//! export begins; it has a memory of its own, and what goes wrong in it ends no other thing.

#[cfg(target_arch = "wasm32")]
mod export {
    // What is exported to the browser is written by a macro, unsafe code of its own included.
    #![allow(unsafe_code)]

    use serde::Serialize;
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use vitrine::engine::output::export::encoder::{Encoder, answer, reading};
    use vitrine::engine::output::export::task::Failure;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    thread_local! {
        static ENCODERS: RefCell<BTreeMap<u32, Option<Encoder>>> = RefCell::default();
    }

    /// Does a task of an export; the answer is bytes of its file.
    ///
    /// # Errors
    /// What is thrown says which columns are to blame, and why.
    #[wasm_bindgen]
    pub fn encode(export: u32, task: JsValue) -> Result<Vec<u8>, JsValue> {
        let task = serde_wasm_bindgen::from_value(task)
            .map_err(|error| thrown(&Failure { columns: Vec::new(), message: error.to_string() }))?;
        ENCODERS.with_borrow_mut(|encoders| {
            answer(encoders.entry(export).or_default(), task).map_err(|failure| thrown(&failure))
        })
    }

    /// The column that was being read when a task ended the program, by its place; none where none was.
    #[wasm_bindgen]
    pub fn blamed() -> Option<u32> {
        reading()
    }

    /// Drops what is left of an export.
    #[wasm_bindgen]
    pub fn forget(export: u32) {
        ENCODERS.with_borrow_mut(|encoders| encoders.remove(&export));
    }

    fn thrown(failure: &Failure) -> JsValue {
        failure.serialize(&serde_wasm_bindgen::Serializer::new()).unwrap_or(JsValue::NULL)
    }
}

fn main() {}
