//! One row of the table, which may be on its way.

use crate::protocol::Cell;
use crate::protocol::images::Want;
use crate::protocol::texts::{common, table as texts};
use crate::ui::search::marked::marked_near;
use crate::ui::store::facts;
use crate::ui::store::{RowData, Sight, Store, size_px, use_store};
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::picture::PictureOf;
use crate::view::lanes::Lane;
use leptos::prelude::*;
use std::sync::Arc;

/// The year of most known tables, which their times leave out.
const USUAL_YEAR: i64 = 2022;

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
            on:click=move |_| store.select_at(position)
            on:pointerenter=move |_| store.set_hovered(row.get_untracked())
        >
            {move || {
                let row = row.get();
                lanes.with(|lanes| {
                    lanes
                        .iter()
                        .enumerate()
                        .map(|(at, lane)| {
                            let px = picture_px.get().filter(|_| lane.prose);
                            let picture = px.map(|px| picture(store, row.clone(), px).into_any());
                            cell(at, lane, row.as_ref(), letters, picture)
                        })
                        .collect_view()
                })
            }}
        </div>
    }
}

/// The row's image beside its prompt. It only says what can't be read beside it.
fn picture(store: Store, row: Option<Arc<RowData>>, px: f64) -> impl IntoView {
    let want = row.as_ref().map(|row| Want { row: row.row, px: size_px(px) });
    let sight = move || row.as_ref().map_or(Sight::Blurred(None), |row| store.sight(row));
    view! { <PictureOf want=want sight=Signal::derive(sight) name="" small=true/> }
}

fn cell(
    at: usize,
    lane: &Lane,
    row: Option<&Arc<RowData>>,
    letters: Memo<usize>,
    picture: Option<AnyView>,
) -> impl IntoView + use<> {
    let value = row.and_then(|row| row.cell(&lane.name)).unwrap_or(&Cell::Pending);
    let (state, content) = match value {
        Cell::Pending => ("pending", view! { <i class="skeleton" aria-hidden="true"></i> }.into_any()),
        Cell::Failed => ("failed", icon(Icon::Alert).into_any()),
        Cell::Null => ("null", common::NONE.into_any()),
        Cell::Text(text) if lane.prose => {
            let marks = row.map(|row| row.marks.as_slice()).unwrap_or_default();
            ("read", view! { <span>{marked_near(text, marks, letters.get())}</span> }.into_any())
        }
        value => {
            let text = facts::cell(&lane.name, value, Some(USUAL_YEAR)).unwrap_or_default();
            ("read", view! { <span>{text}</span> }.into_any())
        }
    };
    let title = match value {
        Cell::Failed => Some(texts::NOT_READ.to_owned()),
        Cell::Time(_) => facts::cell_full(&lane.name, value),
        Cell::Text(text) if !lane.prose && text.chars().count() > 14 => Some(text.clone()),
        _ => None,
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
            data-state=(state != "read").then_some(state)
            title=title
        >
            {picture}
            {content}
        </div>
    }
}
