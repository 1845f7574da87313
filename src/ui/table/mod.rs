//! The table: a window on millions of rows, moved by wheel, thumb and keys.

pub mod columns_menu;
pub mod head;
pub mod lanes;
pub mod row;
pub mod sort_note;

use crate::protocol::images::Want;
use crate::protocol::{Cell, MAX_CELL_CHARS};
use crate::ui::runtime::turn::{InTurn, turn};
use crate::ui::store::count_now;
use crate::ui::store::{Part, RowData, Store, size_px, use_store};
use crate::ui::table::head::HeadCell;
use crate::ui::table::lanes::{Lane, lanes, template};
use crate::ui::table::row::TableRow;
use crate::ui::widgets::size::observe_size;
use crate::view::spec::Spec;
use crate::view::viewport::Viewport;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Height of a row of the table.
const ROW_PX: f64 = 48.0;
/// Height of a row as a card.
const CARD_PX: f64 = 80.0;
/// Height of the header.
const HEAD_PX: f64 = 32.0;
/// In a narrower case rows are cards.
const CARDS_BELOW_PX: f64 = 640.0;
/// Side of a row's image, and of a card's.
const PICTURE_PX: f64 = 40.0;
const CARD_PICTURE_PX: f64 = 64.0;
/// Of a letter of a prompt, on average, and how much of a line is full where words are not cut.
const PX_A_LETTER: f64 = 7.0;
const LINE_SHARE: f64 = 0.85;
const LEAST_LETTERS: usize = 32;
/// Rows that are made in one task.
const ROWS_AT_ONCE: u64 = 8;
/// Rows painted beyond both ends of the window.
const OVERSCAN: u64 = 8;
/// After so long without a scroll event the scrolling rests.
const REST: Duration = Duration::from_millis(160);

/// The grid.
#[component]
pub fn Table() -> impl IntoView {
    let store = use_store();
    let grid: NodeRef<html::Div> = NodeRef::new();
    let size = RwSignal::new((0.0_f64, 0.0_f64));
    let widths = RwSignal::new(BTreeMap::<String, f64>::new());
    let viewport = RwSignal::new(Viewport::new(0, ROW_PX, 0.0));
    let pending_copy = RwSignal::new(None::<u64>);
    let count = Memo::new(move |_| count_now(store).map_or(0, |count| count.matching));
    let cards = Memo::new(move |_| (1.0..CARDS_BELOW_PX).contains(&size.get().0));
    let lanes = Memo::new(move |_| lanes(store, size.get().0));
    let template = move || lanes.with(|lanes| widths.with(|widths| template(lanes, widths)));
    let least = move || {
        let sum: f64 = lanes.with(|lanes| {
            widths.with(|widths| {
                lanes.iter().map(|lane| widths.get(&lane.name).copied().unwrap_or(lane.width_px)).sum()
            })
        });
        format!("{}px", sum + 16.0)
    };
    let slice = Memo::new(move |_| viewport.get().slice(OVERSCAN));

    // The first rows are made at once, the others after them.
    let made = RwSignal::new(ROWS_AT_ONCE);
    Effect::new(move || {
        let slice = slice.get();
        if made.get() < slice.end - slice.first {
            let turn = turn();
            Effect::new(move || {
                if turn.get() {
                    made.update(|made| *made += ROWS_AT_ONCE);
                }
            });
        }
    });
    let positions = move || {
        let slice = slice.get();
        slice.first..slice.end.min(slice.first + made.get())
    };

    observe_size(grid, size);
    // The scroller follows the viewport wherever the viewport does not follow the scroller.
    let scroll_to = move |next: Viewport| {
        if let Some(grid) = grid.try_get_untracked().flatten()
            && (f64::from(grid.scroll_top()) - next.track_px()).abs() >= 1.0
        {
            grid.set_scroll_top(next.track_px().round() as i32);
        }
    };
    // By the next frame the view may be gone.
    let follow = move || {
        if let Some(next) = viewport.try_get_untracked() {
            scroll_to(next);
        }
    };
    Effect::new(move || {
        let (_, height) = size.get();
        let (row_px, head_px) = if cards.get() { (CARD_PX, 0.0) } else { (ROW_PX, HEAD_PX) };
        let next = viewport.get_untracked().resized(count.get(), row_px, (height - head_px).max(0.0));
        viewport.set(next);
        // The track has to have its height before the scroller can go there.
        request_animation_frame(follow);
    });
    Effect::new(move || {
        let slice = slice.get();
        // Before there are rows the link says which ones are seen first.
        if count.get() > 0 {
            store.look_at(slice.first, slice.end);
        }
    });
    let pictures = Memo::new(move |_| store.images.in_table.get() && store.pictures().is_some());
    let picture_px =
        Memo::new(move |_| pictures.get().then(|| if cards.get() { CARD_PICTURE_PX } else { PICTURE_PX }));
    // In steps, so that rows are not made anew for every pixel of a window that changes.
    let letters = Memo::new(move |_| {
        let width = size.get().0 - 32.0 - picture_px.get().map_or(0.0, |px| px + 12.0);
        let others = |lane: &Lane| if lane.prose || cards.get() { 0.0 } else { lane.width_px };
        let others: f64 = lanes.with(|lanes| lanes.iter().map(others).sum());
        let lines = 2.0 * (width - others) / PX_A_LETTER * LINE_SHARE;
        (lines as usize / 8 * 8).max(LEAST_LETTERS)
    });
    // Those on the screen first, from the top.
    Effect::new(move || {
        let slice = viewport.get().slice(0);
        let Some(px) = picture_px.get().filter(|_| !store.images.saving.get()) else {
            store.images.look_at(Part::View, Vec::new());
            return;
        };
        let px = size_px(px);
        let rows: Vec<Arc<RowData>> =
            store.rows.with(|rows| (slice.first..slice.end).filter_map(|at| rows.get(at).cloned()).collect());
        let wants = rows.iter().filter(|row| store.wants(row)).map(|row| Want { row: row.row, px });
        store.images.look_at(Part::View, wants.collect());
    });
    // Another result begins at its top.
    Effect::new(move |before: Option<BTreeMap<_, _>>| {
        let filters = store.spec.with(|spec| spec.filters.clone());
        if before.is_some_and(|before| before != filters) && store.dragging.get_untracked().is_none() {
            let next = viewport.get_untracked().scrolled(0.0);
            viewport.set(next);
            scroll_to(next);
        }
        filters
    });
    // The link holds the first row in sight, and leads there.
    let kept = StoredValue::new(None::<Option<u64>>);
    Effect::new(move || {
        let at = store.spec.with(|spec| spec.at);
        let ready = count.get() > 0 && size.get().1 > 0.0;
        let before = kept.get_value();
        if ready && before != Some(at) {
            kept.set_value(Some(at));
            let first = if before.is_some() {
                at.unwrap_or(0)
            } else {
                store.spec.with_untracked(Spec::first_in_sight)
            };
            let next = viewport.get_untracked().at_row(first as f64);
            viewport.set(next);
            request_animation_frame(follow);
        }
    });
    let rest = StoredValue::new(None::<TimeoutHandle>);
    let scrolled = move |_| {
        let Some(grid) = grid.get_untracked() else { return };
        let next = viewport.get_untracked().scrolled(f64::from(grid.scroll_top())).settled(false);
        viewport.set(next);
        scroll_to(next);
        if let Some(timer) = rest.get_value() {
            timer.clear();
        }
        let timer = set_timeout_with_handle(
            move || {
                if let Some(now) = viewport.try_get_untracked() {
                    let next = now.settled(true);
                    viewport.set(next);
                    scroll_to(next);
                    if store.dragging.get_untracked().is_none() {
                        let first = next.top_row().round() as u64;
                        kept.set_value(Some((first > 0).then_some(first)));
                        store.set_at(first);
                    }
                }
            },
            REST,
        );
        rest.set_value(timer.ok());
    };
    on_cleanup(move || {
        if let Some(timer) = rest.try_get_value().flatten() {
            timer.clear();
        }
    });
    let reveal = move |position: u64| {
        let next = viewport.get_untracked().revealing(position);
        viewport.set(next);
        scroll_to(next);
    };
    // Whoever moves the active row, it comes into sight.
    Effect::new(move |before: Option<u64>| {
        let active = store.active.get();
        if before.is_some_and(|before| before != active) {
            reveal(active);
        }
        active
    });
    Effect::new(move || {
        let Some(detail) = store.detail.get() else { return };
        if pending_copy.get_untracked() == Some(detail.row) {
            pending_copy.set(None);
            if let Some((_, Cell::Text(prompt))) = crate::ui::store::prompt_of(&detail) {
                store.copy(prompt, "Prompt copied");
            }
        }
    });
    let move_to = move |position: u64| {
        store.move_to(position);
        reveal(position);
    };
    let key = move |event: KeyboardEvent| {
        if event.target() != event.current_target() || event.alt_key() {
            return;
        }
        let (now, last) = (store.active.get_untracked(), count.get_untracked().saturating_sub(1));
        let screen = viewport.get_untracked().rows_a_screen();
        let plain = !(event.ctrl_key() || event.meta_key());
        let to = match event.key().as_str() {
            "ArrowDown" => now.saturating_add(1),
            "ArrowUp" => now.saturating_sub(1),
            "j" | "J" if plain => now.saturating_add(1),
            "k" | "K" if plain => now.saturating_sub(1),
            "PageDown" => now.saturating_add(screen),
            "PageUp" => now.saturating_sub(screen),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                event.prevent_default();
                store.select_at(now);
                return;
            }
            "Escape" => {
                store.select_row(None);
                return;
            }
            "c" | "C" if plain => {
                copy_prompt(store, now, pending_copy);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        move_to(to.min(last));
    };
    let columns = move || lanes.with(Vec::len).to_string();
    let active_id = move || {
        let (active, slice) = (store.active.get(), slice.get());
        (slice.first..slice.end).contains(&active).then(|| format!("row-{active}"))
    };
    let stale = move || {
        let newest = store.count.with(|count| count.as_ref().map(|count| count.generation));
        (newest != Some(store.generation.get())).then_some("true")
    };
    view! {
        <div
            class="grid"
            role="grid"
            tabindex="0"
            aria-label="Rows"
            aria-rowcount=move || count.get().to_string()
            aria-colcount=columns
            aria-activedescendant=active_id
            aria-busy=stale
            data-cards=move || cards.get().then_some("")
            data-pictures=move || pictures.get().then_some("")
            node_ref=grid
            style=("--lanes", template)
            style=("--least", least)
            style=("--row", move || format!("{}px", if cards.get() { CARD_PX } else { ROW_PX }))
            style=("--track", move || format!("{}px", viewport.get().track_height_px()))
            style=("--top", move || format!("{:.2}px", slice.get().top_px))
            on:scroll=scrolled
            on:keydown=key
            on:pointerleave=move |_| store.set_hovered(None)
        >
            <div class="grid-head" role="rowgroup">
                <div class="row" role="row">
                    <InTurn>
                    <For each=move || lanes.get().into_iter().enumerate() key=|(at, lane)| (*at, lane.name.clone(), lane.number) let:item>
                        <HeadCell at=item.0 lane=item.1 widths/>
                    </For>
                    </InTurn>
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

/// Copies the prompt of a row. A prompt that was cut for the table is asked for in full first.
fn copy_prompt(store: Store, position: u64, pending: RwSignal<Option<u64>>) {
    let row: Option<Arc<RowData>> = store.rows.with_untracked(|rows| rows.get(position).cloned());
    let Some(row) = row else { return };
    match row.cell("prompt").or_else(|| row.cell("text")).or_else(|| row.cell("caption")) {
        Some(Cell::Text(text)) if text.chars().count() < MAX_CELL_CHARS => store.copy(text, "Prompt copied"),
        _ => {
            pending.set(Some(row.row));
            store.select_row(Some(row.row));
        }
    }
}
