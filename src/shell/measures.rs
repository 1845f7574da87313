//! Fetches what measures texts: code, and the vocabulary of CLIP, a file beside the app.

use crate::base::error::{Error, ErrorKind, Result};
use crate::protocol::texts::notices::{NO_MEASURING_CODE, NO_VOCABULARY};
use crate::shell::timing::scope;
use crate::table::measure::{self, Make};
use js_sys::Uint8Array;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Code in flight; none where it could not be fetched.
pub type Loading = Pin<Box<dyn Future<Output = Option<Make>>>>;

/// The file of the vocabulary, beside the data thread's own. Its name begins as those of all that comes later.
const VOCABULARY: &str = "later-clip-merges.bin";

/// Fetches what is not here: the code, and the vocabulary where that is asked for.
///
/// # Errors
/// What could not be had.
pub async fn fetch(load: fn() -> Loading, vocabulary: bool) -> Result<Option<Vec<u8>>> {
    let lost = |what: &str| Error::new(ErrorKind::Network, what);
    if measure::make().is_none() {
        measure::provide(load().await.ok_or_else(|| lost(NO_MEASURING_CODE))?);
    }
    if !vocabulary {
        return Ok(None);
    }
    let file = file().await.map_err(|_| lost(NO_VOCABULARY))?;
    file.ok_or_else(|| lost(NO_VOCABULARY)).map(Some)
}

async fn file() -> std::result::Result<Option<Vec<u8>>, JsValue> {
    let answer: Response = JsFuture::from(scope().fetch_with_str(VOCABULARY)).await?.unchecked_into();
    if !answer.ok() {
        return Ok(None);
    }
    let bytes = JsFuture::from(answer.array_buffer()?).await?;
    Ok(Some(Uint8Array::new(&bytes).to_vec()))
}
