//! One row of the table, which may be on its way.

use crate::protocol::Cell;
use crate::protocol::display;
use crate::protocol::images::{Spot, Want};
use crate::protocol::texts::{common, table as texts};
use crate::ui::search::marked::marked_near;
use crate::ui::store::facts;
use crate::ui::store::{RowData, Sight, Store, size_px, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::picture::PictureOf;
use crate::view::lanes::{Lane, LanePictures};
use leptos::prelude::*;
use std::sync::Arc;

/// The year of most known tables, which their times leave out.
const USUAL_YEAR: i64 = 2022;

/// Longer values may be cut where a column is narrow, and are whole when pointed at.
const MAX_SEEN_WHOLE: usize = 11;

/// The row at a position of the result. `letters` are how many of its prompt have room.
#[component]
pub fn TableRow(
    position: u64,
    lanes: Memo<Vec<Lane>>,
    picture_px: Memo<Option<f64>>,
    letters: Memo<usize>,
) -> impl IntoView {
    let store = use_store();
    let row = Memo::new(move |_| store.rows.with(|rows| rows.get(position).cloned()));
    let selected = Memo::new(move |_| {
        let chosen = store.spec.with(|spec| spec.row);
        chosen.is_some() && row.with(|row| row.as_ref().map(|row| row.row)) == chosen
    });
    let active = Memo::new(move |_| store.active.get() == position);
    let first = (position == 0).then_some("");
    view! {
        <div
            class="row"
            role="row"
            id=format!("row-{position}")
            aria-rowindex=(position + 1).to_string()
            aria-selected=move || selected.get().to_string()
            data-active=move || active.get().then_some("")
            data-first=first
            data-label=move || row.with(|row| row.as_ref()?.label_mark())
            on:click=move |_| store.select_at(position)
            on:pointerenter=move |_| store.set_hovered(row.get_untracked())
        >
            {move || {
                let row = row.get();
                lanes.with(|lanes| {
                    let beside = !lanes.iter().any(is_own);
                    lanes
                        .iter()
                        .enumerate()
                        .map(|(at, lane)| {
                            let px = picture_px.get();
                            let spots = px.zip(row.as_ref()).map(|(_, row)| spots(lane, row)).unwrap_or_default();
                            let images = px.filter(|_| !spots.is_empty()).map(|px| {
                                let picture = |spot| picture(store, row.clone(), spot, px);
                                spots.into_iter().map(picture).collect_view().into_any()
                            });
                            let beside = px
                                .filter(|_| lane.prose && beside)
                                .map(|px| picture(store, row.clone(), Spot::default(), px).into_any());
                            cell(at, lane, row.as_ref(), letters, beside, images)
                        })
                        .collect_view()
                })
            }}
        </div>
    }
}

/// Whether a column holds the images that rows are about.
fn is_own(lane: &Lane) -> bool {
    lane.pictures.is_some_and(|pictures| pictures.column == 0)
}

/// The images of a row in one of its cells.
fn spots(lane: &Lane, row: &RowData) -> Vec<Spot> {
    let Some(LanePictures { column, most }) = lane.pictures else { return Vec::new() };
    let items = match row.cell(&lane.name) {
        Some(Cell::Json(json)) => display::list_len(json).unwrap_or(1).min(usize::from(most)),
        Some(Cell::Binary(_) | Cell::Text(_)) => 1,
        _ => 0,
    };
    (0..most).take(items).map(|item| Spot { column, item }).collect()
}

/// The images of a row that the table shows, so large.
pub fn row_wants(lanes: &[Lane], row: &RowData, px: u32) -> Vec<Want> {
    let mut wants = Vec::new();
    if !lanes.iter().any(is_own) {
        wants.push(Want::of(row.row, px));
    }
    let spots = lanes.iter().flat_map(|lane| spots(lane, row));
    wants.extend(spots.map(|spot| Want { spot, ..Want::of(row.row, px) }));
    wants
}

/// An image of the row. It only says what can't be read beside it.
fn picture(store: Store, row: Option<Arc<RowData>>, spot: Spot, px: f64) -> impl IntoView {
    let want = row.as_ref().map(|row| Want { spot, ..Want::of(row.row, size_px(px)) });
    let sight = move || row.as_ref().map_or(Sight::Blurred(None), |row| store.sight(row));
    view! { <PictureOf want=want sight=Signal::derive(sight) name="" small=true/> }
}

fn cell(
    at: usize,
    lane: &Lane,
    row: Option<&Arc<RowData>>,
    letters: Memo<usize>,
    picture: Option<AnyView>,
    images: Option<AnyView>,
) -> impl IntoView + use<> {
    let value = row.and_then(|row| row.cell(&lane.name)).unwrap_or(&Cell::Pending);
    let shows_images = images.is_some();
    let words = match value {
        // Prompts may be long, and are shown in part.
        Cell::Text(_) if lane.prose => None,
        value => facts::cell(&lane.name, value, Some(USUAL_YEAR)),
    };
    let (state, content) = match value {
        _ if let Some(images) = images => ("read", images),
        Cell::Pending => ("pending", view! { <i class="skeleton" aria-hidden="true"></i> }.into_any()),
        Cell::Failed => ("failed", icon(Icon::Alert).into_any()),
        Cell::Null => ("null", common::NONE.into_any()),
        Cell::Text(text) if lane.prose => {
            let marks = row.map(|row| row.marks.as_slice()).unwrap_or_default();
            ("read", view! { <span>{marked_near(text, marks, letters.get())}</span> }.into_any())
        }
        _ => ("read", view! { <span>{words.clone().unwrap_or_default()}</span> }.into_any()),
    };
    let title = match value {
        Cell::Failed => Some(texts::NOT_READ.to_owned()),
        Cell::Time(_) => facts::cell_full(&lane.name, value),
        _ => words.filter(|words| !lane.prose && words.chars().count() > MAX_SEEN_WHOLE),
    };
    let pictured = picture.is_some().then_some("");
    view! {
        <div
            class="cell"
            role="gridcell"
            aria-colindex=(at + 1).to_string()
            aria-label=(state == "failed").then_some(texts::NOT_READ)
            data-column=lane.name.clone()
            data-title=lane.number.then(|| lane.title.clone())
            data-number=lane.number.then_some("")
            data-prose=lane.prose.then_some("")
            data-pictured=pictured
            data-images=shows_images.then_some("")
            data-state=(state != "read").then_some(state)
            title=title
        >
            {picture}
            {content}
        </div>
    }
}
