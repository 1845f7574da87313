//! The cache's database: its stores, and promises for its requests.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbRequest, IdbTransaction};

const NAME: &str = "vitrine";
const VERSION: u32 = 2;

/// Of each address the version that was last seen.
pub(super) const FILES: &str = "files";
/// Of each part its end, and when it was last used.
pub(super) const PARTS: &str = "parts";
/// The parts' bytes.
pub(super) const BODIES: &str = "bodies";

/// Labels of one's own, by table and block of rows.
pub(super) const LABELS: &str = "labels";

/// Opens the database and makes its stores, the first time.
pub(super) async fn open() -> Result<IdbDatabase, JsValue> {
    let factory: IdbFactory = Reflect::get(&js_sys::global(), &"indexedDB".into())?.dyn_into()?;
    let request = factory.open_with_u32(NAME, VERSION)?;
    let upgrade = {
        let request = request.clone();
        Closure::once_into_js(move || {
            if let Some(database) = request.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok()) {
                // Those that are there stay as they are.
                for name in [FILES, PARTS, BODIES, LABELS] {
                    let _ = database.create_object_store(name);
                }
            }
        })
    };
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let database: IdbDatabase = settled(&request).await?.dyn_into()?;
    // A newer page in another tab may want other stores: this one lets go of them.
    let close: Function = Reflect::get(&database, &"close".into())?.dyn_into()?;
    database.set_onversionchange(Some(&close.bind0(&database)));
    Ok(database)
}

/// What a request came to.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await?;
    request.result()
}

/// What a request found.
pub(super) async fn result(request: &IdbRequest) -> Option<JsValue> {
    settled(request).await.ok().filter(|found| !found.is_undefined())
}

/// Waits until a transaction has happened, or has not.
pub(super) async fn complete(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    JsFuture::from(promise).await.map(drop)
}
