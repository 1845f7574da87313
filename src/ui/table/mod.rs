//! The table: a window on millions of rows, moved by wheel, thumb and keys.

mod add_column;
pub mod columns_menu;
mod copy;
pub mod head;
mod join;
pub mod lanes;
pub mod row;
pub mod sort_note;

use crate::protocol::texts::table as texts;
use crate::ui::runtime::turn::{first_turn, turn};
use crate::ui::store::{Part, RowData, Store, count_now, size_px, use_store};
use crate::ui::table::copy::PromptCopy;
use crate::ui::table::head::HeadCell;
use crate::ui::table::lanes::lanes;
use crate::ui::table::row::{TableRow, row_wants};
use crate::ui::widgets::keys::{is_own, key_action, label_key};
use crate::ui::widgets::observe_size::observe_size;
use crate::ui::widgets::scroller::Scroller;
use crate::view::keys::{Move, ROWS, RowKey};
use crate::view::lanes::{Lane, Widths, least_px, letters, template};
use crate::view::scroll::{Event, Extent, Scroll, paged};
use crate::view::viewport::Slice;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// Height of a row of the table.
const ROW_PX: f64 = 48.0;
/// Height of a row as a card.
const CARD_PX: f64 = 80.0;
/// Height of the header.
const HEAD_PX: f64 = 32.0;
/// In a narrower table rows are cards.
const CARDS_BELOW_PX: f64 = 640.0;
/// Side of a row's image, and of a card's.
const PICTURE_PX: f64 = 40.0;
const CARD_PICTURE_PX: f64 = 64.0;
/// Rows that are made in one task.
const ROWS_AT_ONCE: u64 = 8;
/// Rows painted beyond both ends of the window.
const OVERSCAN: u64 = 8;

/// The grid.
#[component]
pub fn Table() -> impl IntoView {
    let store = use_store();
    let (frame, size) = observe_size();
    let widths = RwSignal::new(Widths::new());
    let count = Memo::new(move |_| count_now(store).map_or(0, |count| count.matching));
    let cards = Memo::new(move |_| (1.0..CARDS_BELOW_PX).contains(&size.get().0));
    let lanes = Memo::new(move |_| lanes(store, size.get().0, cards.get()));
    let row_px = move || if cards.get() { CARD_PX } else { ROW_PX };
    let head_px = move || if cards.get() { 0.0 } else { HEAD_PX };
    let scroller = Scroller::new(frame, move || Extent {
        items: count.get(),
        per_row: 1,
        row_px: row_px(),
        view_px: (size.get().1 - head_px()).max(0.0),
    });
    let slice = scroller.slice(OVERSCAN);
    let positions = made_in_turn(slice);
    let pictures = Memo::new(move |_| store.images.in_table.get() && store.pictures().is_some());
    let picture_px =
        Memo::new(move |_| pictures.get().then(|| if cards.get() { CARD_PICTURE_PX } else { PICTURE_PX }));
    let letters =
        Memo::new(move |_| lanes.with(|lanes| letters(lanes, size.get().0, picture_px.get(), cards.get())));
    scroller.follow_link(store);
    ask_for_rows(store, slice, count);
    ask_for_images(store, scroller, picture_px, lanes);
    let reveal = reveal_active(store, scroller);
    let keep_place = move || {
        let top = scroller.state.with_untracked(Scroll::top_row);
        scroller.keep_in_link(store, top.round() as u64);
    };
    let key = keys(store, scroller, count, reveal);
    let active_id = move || {
        let (active, slice) = (store.active.get(), slice.get());
        (slice.first..slice.end).contains(&active).then(|| format!("row-{active}"))
    };
    let headed = turn();
    let laid_out =
        move |of: fn(&[_], &Widths) -> String| lanes.with(|lanes| widths.with(|widths| of(lanes, widths)));
    view! {
        <div
            class="grid"
            role="grid"
            tabindex="0"
            aria-label=texts::ROWS
            aria-rowcount=move || count.get().to_string()
            aria-colcount=move || lanes.with(Vec::len).to_string()
            aria-activedescendant=active_id
            aria-busy=move || store.is_stale().then_some("true")
            data-cards=move || cards.get().then_some("")
            data-pictures=move || pictures.get().then_some("")
            node_ref=frame
            style=("--lanes", move || laid_out(template))
            style=("--least", move || laid_out(|lanes, widths| format!("{}px", least_px(lanes, widths))))
            style=("--row", move || format!("{}px", row_px()))
            style=("--track", move || scroller.track())
            style=("--top", move || format!("{:.2}px", slice.get().top_px))
            on:scroll=move |_| scroller.scrolled(keep_place)
            on:keydown=key
            on:pointerleave=move |_| store.set_hovered(None)
        >
            <div class="grid-head" role="rowgroup">
                // A row without a cell is none, and whoever listens to the page is told that it comes.
                <div class="row" role="row" aria-busy=move || (!headed.get()).then_some("true")>
                    // Lanes change with the columns and the window only: all of them are made anew.
                    {move || headed.get().then(|| {
                        let lanes = lanes.get().into_iter().enumerate();
                        lanes.map(|(at, lane)| view! { <HeadCell at lane widths/> }).collect_view()
                    })}
                </div>
            </div>
            <div class="grid-body" role="rowgroup">
                <For each=positions key=|position| *position let:position>
                    <TableRow position lanes picture_px letters/>
                </For>
            </div>
            <div class="grid-track" aria-hidden="true"></div>
        </div>
    }
}

/// The positions whose rows are made: the first ones at once, the others in tasks of their own.
fn made_in_turn(slice: Memo<Slice>) -> impl Fn() -> Range<u64> + Copy {
    let made = RwSignal::new(ROWS_AT_ONCE);
    Effect::new(move || {
        let slice = slice.get();
        if made.get() < slice.end - slice.first {
            let turn = first_turn();
            Effect::new(move || {
                if turn.get() {
                    made.update(|made| *made += ROWS_AT_ONCE);
                }
            });
        }
    });
    move || {
        let slice = slice.get();
        slice.first..slice.end.min(slice.first + made.get())
    }
}

fn ask_for_rows(store: Store, slice: Memo<Slice>, count: Memo<u64>) {
    Effect::new(move || {
        let slice = slice.get();
        // Before there are rows the link says which ones are seen first.
        if count.get() > 0 {
            store.look_at(slice.first, slice.end);
        }
    });
}

/// Those on the screen first, from the top.
fn ask_for_images(store: Store, scroller: Scroller, picture_px: Memo<Option<f64>>, lanes: Memo<Vec<Lane>>) {
    Effect::new(move || {
        let slice = scroller.state.get().slice(0);
        let Some(px) = picture_px.get().filter(|_| !store.images.saving.get()) else {
            store.images.look_at(Part::View, Vec::new());
            return;
        };
        let px = size_px(px);
        let rows: Vec<Arc<RowData>> =
            store.rows.with(|rows| (slice.first..slice.end).filter_map(|at| rows.get(at).cloned()).collect());
        let rows = rows.iter().filter(|row| store.wants(row));
        let wants = lanes.with(|lanes| rows.flat_map(|row| row_wants(lanes, row, px)).collect());
        store.images.look_at(Part::View, wants);
    });
}

/// Whoever moves the active row, it comes into sight.
fn reveal_active(store: Store, scroller: Scroller) -> impl Fn(u64) + Copy {
    let reveal = move |position: u64| scroller.send(Event::Reveal { position, part_px: None });
    Effect::new(move |before: Option<u64>| {
        let active = store.active.get();
        if before.is_some_and(|before| before != active) {
            reveal(active);
        }
        active
    });
    reveal
}

/// What keys do on the grid.
fn keys(
    store: Store,
    scroller: Scroller,
    count: Memo<u64>,
    reveal: impl Fn(u64) + Copy + 'static,
) -> impl Fn(KeyboardEvent) + Copy {
    let copy = PromptCopy::new(store);
    move |event: KeyboardEvent| {
        let now = store.active.get_untracked();
        if let Some(place) = label_key(&event) {
            store.label_at(now, place);
            return event.prevent_default();
        }
        let Some(action) = key_action(ROWS, &event).filter(|_| is_own(&event)) else { return };
        match action {
            RowKey::Go(way) => {
                let last = count.get_untracked().saturating_sub(1);
                let to = match way {
                    Move::Down | Move::Right => now.saturating_add(1),
                    Move::Up | Move::Left => now.saturating_sub(1),
                    Move::PageUp | Move::PageDown | Move::First | Move::Last => {
                        let screen = scroller.state.with_untracked(Scroll::items_a_screen);
                        paged(way, now, last, screen).unwrap_or(now)
                    }
                };
                store.move_to(to.min(last));
                reveal(to.min(last));
            }
            RowKey::Open => store.select_at(now),
            RowKey::Close => store.select_row(None),
            RowKey::CopyPrompt => copy.row_at(now),
            RowKey::Like => store.like_row_at(now),
        }
        event.prevent_default();
    }
}
