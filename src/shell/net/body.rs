//! Hands the bytes of a body on as they come.

use super::request::failed;
use super::{Ended, Net};
use crate::base::bytes::ByteRange;
use crate::base::error::ErrorKind;
use crate::base::ids::FetchId;
use crate::engine::Event;
use crate::protocol::texts::requests as texts;
use crate::shell::timing::timeout;
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

/// Bytes handed on at a time, so that what they complete is used before the next ones are looked at.
const PIECE_BYTES: u32 = 128 << 10;

impl Net {
    /// Hands on the body's bytes as they come; the first `skip` of them are left out. What was handed on
    /// is added to `pieces`.
    pub(super) async fn read_body(
        &self,
        id: FetchId,
        response: &Response,
        mut skip: u64,
        left: &mut ByteRange,
        pieces: &Array,
    ) -> Result<(), Ended> {
        let fail = |message: &str| failed(ErrorKind::Server, message);
        let Some(body) = response.body() else {
            return if left.is_empty() { Ok(()) } else { Err(fail(texts::NO_BODY)) };
        };
        let reader: ReadableStreamDefaultReader =
            body.get_reader().dyn_into().map_err(|_| fail(texts::BODY_UNREADABLE))?;
        while !left.is_empty() {
            let read = match timeout(JsFuture::from(reader.read())).await {
                Some(Ok(read)) => read,
                _ if !self.is_running(id) => return Err(Ended::Aborted),
                Some(Err(_)) => {
                    return Err(failed(ErrorKind::Network, texts::CONNECTION_CUT));
                }
                None => {
                    self.restart(id);
                    return Err(failed(ErrorKind::Network, texts::CONNECTION_SILENT));
                }
            };
            if !self.is_running(id) {
                return Err(Ended::Aborted);
            }
            let done = Reflect::get(&read, &JsValue::from_str("done")).is_ok_and(|done| done.is_truthy());
            if done {
                return Err(fail(texts::ENDS_EARLY));
            }
            let Some(chunk) = Reflect::get(&read, &JsValue::from_str("value"))
                .ok()
                .and_then(|value| value.dyn_into::<Uint8Array>().ok())
            else {
                return Err(fail(texts::BODY_UNREADABLE));
            };
            let skipped = skip.min(u64::from(chunk.length()));
            skip -= skipped;
            let end = u64::from(chunk.length()).min(skipped + left.len());
            let chunk = chunk.subarray(skipped as u32, end as u32);
            pieces.push(&chunk);
            if !self.hand_on(id, &chunk, left) {
                return Err(Ended::Aborted);
            }
        }
        Ok(())
    }

    /// Hands on bytes in pieces; false once the fetch is aborted.
    pub(super) fn hand_on(&self, id: FetchId, bytes: &Uint8Array, left: &mut ByteRange) -> bool {
        let mut at = 0;
        while at < bytes.length() {
            let next = at.saturating_add(PIECE_BYTES).min(bytes.length());
            let piece = bytes.subarray(at, next).to_vec();
            left.start = (left.start + u64::from(next - at)).min(left.end);
            at = next;
            (self.emit)(Event::Bytes { id, bytes: piece });
            if !self.is_running(id) {
                return false;
            }
        }
        true
    }
}
