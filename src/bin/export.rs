//! The converter: turns pages of columns into files of rows, and files of other formats into Parquet. The data thread
//! imports it when the first of either begins; it has a memory of its own, and what goes wrong in it ends no other
//! thing.

#[cfg(target_arch = "wasm32")]
mod export {
    // What is exported to the browser is written by a macro, unsafe code of its own included.
    #![allow(unsafe_code)]

    use serde::Serialize;
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use vitrine::engine::output::export::encoder::{Encoder, answer, reading};
    use vitrine::engine::output::export::task::Failure;
    use vitrine::formats::parquet::codec::RareCodecs;
    use vitrine::formats::tabular::{self, Importer};
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    thread_local! {
        static ENCODERS: RefCell<BTreeMap<u32, Option<Encoder>>> = RefCell::default();
        static IMPORTERS: RefCell<BTreeMap<u32, Option<Importer>>> = RefCell::default();
    }

    /// Does a task of an export; the answer is bytes of its file.
    ///
    /// # Errors
    /// What is thrown says which columns are to blame, and why.
    #[wasm_bindgen]
    pub fn encode(export: u32, task: JsValue) -> Result<Vec<u8>, JsValue> {
        let task = serde_wasm_bindgen::from_value(task)
            .map_err(|error| thrown(&Failure { columns: Vec::new(), message: error.to_string() }))?;
        // It has a memory of its own: what the data thread has fetched is not here.
        RareCodecs::all().provide();
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

    /// Does a task with a file that is no Parquet.
    ///
    /// # Errors
    /// What is thrown says what is wrong with the file.
    #[wasm_bindgen]
    pub fn import_table(import: u32, task: JsValue) -> Result<JsValue, JsValue> {
        let task = serde_wasm_bindgen::from_value(task)?;
        let serializer = serde_wasm_bindgen::Serializer::new();
        IMPORTERS.with_borrow_mut(|importers| {
            match tabular::answer(importers.entry(import).or_default(), task) {
                Ok(answer) => Ok(answer.serialize(&serializer)?),
                Err(error) => Err(error.serialize(&serializer)?),
            }
        })
    }

    /// Drops what is left of a file.
    #[wasm_bindgen]
    pub fn forget_import(import: u32) {
        IMPORTERS.with_borrow_mut(|importers| importers.remove(&import));
    }

    fn thrown(failure: &Failure) -> JsValue {
        failure.serialize(&serde_wasm_bindgen::Serializer::new()).unwrap_or(JsValue::NULL)
    }
}

fn main() {}
