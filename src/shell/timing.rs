//! Time limits, waiting, and the clock of the data thread.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;

/// A request or a body that brings nothing for so long is given up.
const IDLE_MILLIS: i32 = 20_000;

/// What a promise resolves to, or none where it takes longer than [`IDLE_MILLIS`].
pub async fn timeout(future: JsFuture) -> Option<Result<JsValue, JsValue>> {
    within(IDLE_MILLIS, future).await
}

/// What a future gives, or none where it takes longer than this.
pub async fn within<T>(millis: i32, future: impl Future<Output = T>) -> Option<T> {
    let mut timer = None;
    let promise = Promise::new(&mut |resolve, _| {
        timer = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).ok();
    });
    let mut late = JsFuture::from(promise);
    let mut future = std::pin::pin!(future);
    let answer = std::future::poll_fn(|context| {
        use std::pin::Pin;
        use std::task::Poll;
        if let Poll::Ready(answer) = future.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        Pin::new(&mut late).poll(context).map(|_| None)
    })
    .await;
    if let Some(timer) = timer {
        scope().clear_timeout_with_handle(timer);
    }
    answer
}

/// Lets everything else that waits have its turn, for so long.
pub async fn pause(millis: i32) {
    let turn = Promise::new(&mut |resolve, _| {
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(turn).await;
}

/// Resolves the promises of those that wait.
pub fn wake(sleepers: Vec<Function>) {
    for sleeper in sleepers {
        let _ = sleeper.call0(&JsValue::NULL);
    }
}

/// Milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// The data thread's global object.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
