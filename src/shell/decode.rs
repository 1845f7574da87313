//! Decodes images on the data thread: proves that a file is an image that can be shown, and makes the
//! smaller one that a tile needs, so that the page's memory is that of its tiles.

use crate::base::error::{Error, ErrorKind};
use crate::base::ids::DecodeId;
use crate::engine::Event;
use crate::protocol::texts::images as texts;
use js_sys::{Array, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, ImageBitmap, ImageBitmapOptions, ImageEncodeOptions,
    OffscreenCanvas, OffscreenCanvasRenderingContext2d, ResizeQuality, WorkerGlobalScope,
};

/// What smaller images are written as; a browser that does not write it writes PNG instead.
const SMALL_MIME: &str = "image/webp";

/// No artefacts are visible from this quality on, and tiles take ten to thirty kilobytes.
const SMALL_QUALITY: f64 = 0.9;

/// Decodes images, and reports the outcome.
#[derive(Clone)]
pub struct Decoder {
    emit: Rc<dyn Fn(Event)>,
}

impl Decoder {
    /// `emit` hears of every event; it is never called from within a method of this type.
    pub fn new(emit: impl Fn(Event) + 'static) -> Self {
        Self { emit: Rc::new(emit) }
    }

    /// Begins to decode an image file, into one of `size_px` where that is given.
    pub fn decode(&self, id: DecodeId, bytes: &[u8], mime: &str, size_px: Option<(u32, u32)>) {
        let file = blob(bytes, mime);
        let emit = Rc::clone(&self.emit);
        spawn_local(async move {
            let smaller = match file {
                Some(file) => decode(&file, size_px).await,
                None => None,
            };
            let smaller = smaller.ok_or_else(|| Error::new(ErrorKind::Corrupt, texts::NOT_DECODED));
            emit(Event::Decoded { id, smaller });
        });
    }
}

fn blob(bytes: &[u8], mime: &str) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()
}

/// The smaller image, or none of it where the file itself is to be shown; nothing where the file
/// can't be decoded.
async fn decode(file: &Blob, size_px: Option<(u32, u32)>) -> Option<Option<(Vec<u8>, String)>> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into::<DedicatedWorkerGlobalScope>().into();
    let promise = match size_px {
        Some((width, height)) => {
            let options = ImageBitmapOptions::new();
            options.set_resize_width(width);
            options.set_resize_height(height);
            options.set_resize_quality(ResizeQuality::High);
            scope.create_image_bitmap_with_blob_and_image_bitmap_options(file, &options)
        }
        None => scope.create_image_bitmap_with_blob(file),
    };
    let bitmap: ImageBitmap = JsFuture::from(promise.ok()?).await.ok()?.dyn_into().ok()?;
    let smaller = match size_px {
        Some(_) => encode(&bitmap).await,
        None => None,
    };
    bitmap.close();
    // A browser that can't write images shows the file itself.
    Some(smaller)
}

async fn encode(bitmap: &ImageBitmap) -> Option<(Vec<u8>, String)> {
    let canvas = OffscreenCanvas::new(bitmap.width(), bitmap.height()).ok()?;
    let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_image_bitmap(bitmap, 0.0, 0.0).ok()?;
    let options = ImageEncodeOptions::new();
    options.set_type(SMALL_MIME);
    options.set_quality(SMALL_QUALITY);
    let small: JsValue = JsFuture::from(canvas.convert_to_blob_with_options(&options).ok()?).await.ok()?;
    let small: Blob = small.dyn_into().ok()?;
    let buffer = JsFuture::from(small.array_buffer()).await.ok()?;
    Some((Uint8Array::new(&buffer).to_vec(), small.type_()))
}
