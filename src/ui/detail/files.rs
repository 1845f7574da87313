//! Image files that the table itself holds: the picture and its path, in place of their JSON.

use crate::protocol::Cell;
use crate::protocol::display::{file_of, list_len};
use crate::protocol::images::{ImageColumn, Spot, Want};
use crate::protocol::texts::detail as texts;
use crate::ui::store::{Part, Shot, Store, size_px, use_store};
use crate::ui::widgets::picture::PictureOf;
use leptos::prelude::*;

/// Length of an image on the screen.
const IMAGE_PX: f64 = 72.0;

/// Images of a list that are shown.
const MOST: usize = 8;

/// What is said of the files of a field: where they are from, and how large; none where it holds no image files.
pub fn file_words(store: Store, column: &str, cell: &Cell) -> Option<String> {
    let Cell::Json(json) = cell else { return None };
    place_of(store, column)?;
    match list_len(json) {
        Some(files) => Some(texts::image_files(files)),
        None => file_of(json).map(|(bytes, path)| {
            let is_size =
                |bytes: &str| bytes.strip_suffix(" bytes").is_some_and(|size| size.parse::<u64>().is_ok());
            // Bytes that are text are written as such.
            let bytes = bytes.as_deref().map(|bytes| if is_size(bytes) { bytes } else { texts::TEXT_FILE });
            texts::image_file(bytes, path.as_deref())
        }),
    }
}

/// The images of a field that are shown there: not the one that the row is about, which stands above.
pub fn file_spots(store: Store, column: &str, cell: &Cell) -> Vec<Spot> {
    let Cell::Json(json) = cell else { return Vec::new() };
    let Some(place) = place_of(store, column).and_then(|place| u8::try_from(place + 1).ok()) else {
        return Vec::new();
    };
    let is_own = store.opened.with_untracked(|opened| {
        let images = opened.as_ref().and_then(|opened| opened.images.as_ref());
        matches!(images, Some(ImageColumn::Embedded { column: own }) if own == column)
    });
    let items = list_len(json).unwrap_or(1).min(MOST) as u8;
    (u8::from(is_own)..items).map(|item| Spot { column: if is_own { 0 } else { place }, item }).collect()
}

/// Which of the columns of image files this is.
fn place_of(store: Store, column: &str) -> Option<usize> {
    store.opened.with_untracked(|opened| {
        let pictures = &opened.as_ref()?.pictures;
        pictures.iter().position(|picture| picture.name == column && !picture.is_address)
    })
}

/// Images of the open row; what can't be shown says why.
#[component]
pub fn FileImages(spots: Vec<Spot>) -> impl IntoView {
    let store = use_store();
    let row = store.spec.with_untracked(|spec| spec.row);
    let px = size_px(IMAGE_PX);
    let wants: Vec<Want> = row.map_or_else(Vec::new, |row| {
        spots.into_iter().map(|spot| Want { spot, ..Want::of(row, px) }).collect()
    });
    let sight = Signal::derive(move || store.sight_of_detail());
    let asked = wants.clone();
    Effect::new(move || {
        let shown = sight.get().is_asked_for() && !store.images.saving.get();
        store.images.look_also_at(Part::Beside, &asked, shown);
    });
    let gone = wants.clone();
    on_cleanup(move || store.images.look_also_at(Part::Beside, &gone, false));
    let image = move |want: Want| {
        let why = move || match store.images.shot(want) {
            Some(Shot::Failed(failure)) => Some(failure.message),
            Some(Shot::Here(_)) | None => None,
        };
        view! {
            <span class="fact-image">
                <PictureOf want=Some(want) sight=sight name="" small=true/>
            </span>
            {move || why().map(|why| view! { <small>{why}</small> })}
        }
    };
    wants.into_iter().map(image).collect_view()
}
