//! Writes files: straight to disk where the browser can, else buffered until they are complete.
//!
//! Where the user has chosen a file, bytes go there. Else they go to a file of the origin's own
//! storage, which is on disk as well, and the browser copies it to the downloads in the end. Where
//! there is no such storage they stay in memory, up to a limit.

use crate::base::sorted::Map;
use crate::engine::Event;
use crate::protocol::export::MAX_MEMORY_BYTES;
use crate::protocol::texts::requests as texts;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag};

/// Files of the origin's storage begin with this; those of earlier visits are removed.
const PREFIX: &str = "vitrine-export-";

/// Takes a file by its name.
type HandOver = dyn Fn(&str, &Blob);

/// Writes the files of exports, and reports the outcome.
#[derive(Clone)]
pub struct Saver {
    files: Rc<RefCell<Map<u32, File>>>,
    emit: Rc<dyn Fn(Event)>,
    hand_over: Rc<HandOver>,
}

struct File {
    name: String,
    mime: &'static str,
    place: Place,
}

enum Place {
    /// Not known yet; what came meanwhile, and whether it is all.
    Opening(Vec<(Vec<u8>, bool)>),
    /// A stream to the file of this handle, which is ours or was chosen by the user.
    Disk { stream: JsValue, handle: JsValue, ours: bool },
    /// Parts, and how many bytes they have.
    Memory(Array, u64),
}

impl Saver {
    /// `emit` hears of what was written; `hand_over` gets files that the user has yet to be given.
    /// Neither is called from within a method of this type.
    pub fn new(emit: impl Fn(Event) + 'static, hand_over: impl Fn(&str, &Blob) + 'static) -> Self {
        Self { files: Rc::default(), emit: Rc::new(emit), hand_over: Rc::new(hand_over) }
    }

    /// Opens the file of an export: the one that was chosen, where one was.
    pub fn begin(&self, export: u32, chosen: Option<JsValue>, name: String, mime: &'static str) {
        self.files.borrow_mut().insert(export, File { name, mime, place: Place::Opening(Vec::new()) });
        let saver = self.clone();
        spawn_local(async move {
            let place = match chosen {
                Some(handle) => match call(&handle, "createWritable", &[]).await {
                    Ok(stream) => Place::Disk { stream, handle, ours: false },
                    Err(error) => {
                        saver.files.borrow_mut().remove(&export);
                        let message = texts::chosen_unwritable(&words(&error));
                        return (saver.emit)(Event::WriteFailed { export, message });
                    }
                },
                None => match own_file(export).await {
                    Ok((handle, stream)) => Place::Disk { stream, handle, ours: true },
                    Err(_) => Place::Memory(Array::new(), 0),
                },
            };
            let waiting = saver.files.borrow_mut().get_mut(&export).map(|file| {
                match std::mem::replace(&mut file.place, place) {
                    Place::Opening(waiting) => waiting,
                    Place::Disk { .. } | Place::Memory(..) => Vec::new(),
                }
            });
            for (bytes, last) in waiting.unwrap_or_default() {
                saver.write(export, bytes, last);
            }
        });
    }

    /// Adds bytes to the file of an export, and completes it with the last ones.
    pub fn write(&self, export: u32, bytes: Vec<u8>, last: bool) {
        let mut files = self.files.borrow_mut();
        let Some(file) = files.get_mut(&export) else { return };
        let written = match &mut file.place {
            Place::Opening(waiting) => {
                waiting.push((bytes, last));
                return;
            }
            Place::Disk { stream, .. } => {
                // The stream writes in the order of calls.
                invoke(stream, "write", &[Uint8Array::from(bytes.as_slice()).into()])
            }
            Place::Memory(parts, sum) => {
                *sum += bytes.len() as u64;
                if *sum > MAX_MEMORY_BYTES {
                    Err(js_sys::Error::new(&texts::memory_full(MAX_MEMORY_BYTES)).into())
                } else {
                    let piece = Array::of1(&Uint8Array::from(bytes.as_slice()));
                    // A blob of its own, which a browser may put on disk.
                    Blob::new_with_u8_array_sequence(&piece).map(|blob| {
                        parts.push(&blob);
                        JsValue::UNDEFINED
                    })
                }
            }
        };
        drop(files);
        let saver = self.clone();
        spawn_local(async move {
            let written = match written {
                Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
                Err(error) => Err(error),
            };
            let done = match written {
                Ok(_) if last => saver.complete(export).await,
                written => written.map(drop),
            };
            if !saver.files.borrow().contains_key(&export) && !last {
                return;
            }
            match done {
                Ok(()) => (saver.emit)(Event::Written { export }),
                Err(error) => {
                    saver.abandon(export);
                    let message = texts::unwritable(&words(&error));
                    (saver.emit)(Event::WriteFailed { export, message });
                }
            }
        });
    }

    async fn complete(&self, export: u32) -> Result<(), JsValue> {
        let Some(File { name, mime, place }) = self.files.borrow_mut().remove(&export) else { return Ok(()) };
        match place {
            Place::Opening(_) => {}
            Place::Disk { stream, handle, ours } => {
                call(&stream, "close", &[]).await?;
                if ours {
                    let file: Blob = call(&handle, "getFile", &[]).await?.dyn_into()?;
                    (self.hand_over)(&name, &file);
                }
            }
            Place::Memory(parts, _) => {
                let kind = BlobPropertyBag::new();
                kind.set_type(mime);
                (self.hand_over)(&name, &Blob::new_with_blob_sequence_and_options(&parts, &kind)?);
            }
        }
        Ok(())
    }

    /// Abandons the file of an export.
    pub fn abandon(&self, export: u32) {
        let file = self.files.borrow_mut().remove(&export);
        if let Some(File { place: Place::Disk { stream, .. }, .. }) = file {
            spawn_local(async move {
                // A chosen file is left as it was.
                let _ = call(&stream, "abort", &[]).await;
            });
        }
    }
}

/// A new file of the origin's storage, as a handle and a stream into it.
async fn own_file(export: u32) -> Result<(JsValue, JsValue), JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let storage = Reflect::get(&navigator, &"storage".into())?;
    let folder = call(&storage, "getDirectory", &[]).await?;
    remove_old(&folder, export).await;
    let create = Object::new();
    Reflect::set(&create, &"create".into(), &JsValue::TRUE)?;
    // Other tabs write as well.
    let tab = (js_sys::Math::random() * 1e9) as u32;
    let name = format!("{PREFIX}{tab}-{export}");
    let handle = call(&folder, "getFileHandle", &[name.into(), create.into()]).await?;
    let stream = call(&handle, "createWritable", &[]).await?;
    Ok((handle, stream))
}

/// Removes what earlier visits have left; what another tab writes at the moment is locked. Only
/// before the first export: a file that was handed over a moment ago may still be copied.
async fn remove_old(folder: &JsValue, export: u32) {
    const MOST: usize = 64;
    if export > 1 {
        return;
    }
    let Ok(names) = invoke(folder, "keys", &[]) else { return };
    for _ in 0..MOST {
        let Ok(next) = call(&names, "next", &[]).await else { return };
        let name = Reflect::get(&next, &"value".into()).ok().and_then(|name| name.as_string());
        let Some(name) = name else { return };
        if name.starts_with(PREFIX) {
            let _ = call(folder, "removeEntry", &[name.into()]).await;
        }
    }
}

/// Calls a method.
fn invoke(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &name.into())?.dyn_into()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}

/// Calls a method and waits for what it promises.
async fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&invoke(object, name, arguments)?)).await
}

/// What a thrown value says.
fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let message = message.unwrap_or_else(|| texts::NO_REASON.to_owned());
    message.trim_end_matches('.').to_owned()
}
