//! The gallery: the images of the result in rows, however many there are.

pub mod bar;
pub mod tile;

use crate::protocol::Cell;
use crate::protocol::images::Want;
use crate::ui::gallery::bar::GalleryBar;
use crate::ui::gallery::tile::Tile;
use crate::ui::store::count_now;
use crate::ui::store::{Part, RowData, Store, size_px, use_store};
use crate::ui::widgets::size::observe_size;
use crate::view::justify::{Grid, Line, nearest};
use crate::view::spec::Spec;
use crate::view::viewport::Viewport;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Between images.
const GAP_PX: f64 = 8.0;
/// Around all of them.
const EDGE_PX: f64 = 16.0;
/// Height of a row, until someone chooses another one.
const USUAL_ROW_PX: f64 = 176.0;
/// Another usual shape has to differ so much before everything is laid out anew.
const NEW_SHAPE: f64 = 0.15;
/// After so long without a scroll event the scrolling rests.
const REST: Duration = Duration::from_millis(160);

/// What is laid out: blocks around the window, with the images in their rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Images of a block.
    pub images: u64,
    /// The blocks and their rows.
    pub blocks: BTreeMap<u64, Vec<Line>>,
}

impl Layout {
    /// The row of a position and which of the block's rows it is: block, row, place in it.
    fn place(&self, position: u64) -> Option<(u64, usize, &Line, usize)> {
        let block = position / self.images.max(1);
        let within = (position % self.images.max(1)) as usize;
        let lines = self.blocks.get(&block)?;
        let at = lines.iter().rposition(|line| line.first <= within)?;
        let line = lines.get(at)?;
        Some((block, at, line, within - line.first))
    }
}

/// The view.
#[component]
pub fn Gallery() -> impl IntoView {
    let store = use_store();
    let frame: NodeRef<html::Div> = NodeRef::new();
    let size = RwSignal::new((0.0_f64, 0.0_f64));
    let row_px = RwSignal::new(USUAL_ROW_PX);
    let chosen = RwSignal::new(BTreeSet::<u64>::new());
    let count = Memo::new(move |_| count_now(store).map_or(0, |count| count.matching));
    let usual = Memo::new(move |before: Option<&f64>| usual_shape(store, before.copied()));
    let grid = Memo::new(move |_| Grid::new(size.get().0 - 2.0 * EDGE_PX, row_px.get(), GAP_PX, usual.get()));
    let viewport = RwSignal::new(Viewport::new(0, 1.0, 0.0));
    observe_size(frame, size);

    let scroll_to = move |next: Viewport| {
        if let Some(frame) = frame.get_untracked()
            && (f64::from(frame.scroll_top()) - next.track_px()).abs() >= 1.0
        {
            frame.set_scroll_top(next.track_px().round() as i32);
        }
    };
    // By the next frame the view may be gone.
    let follow = move || {
        if let Some(next) = viewport.try_get_untracked() {
            scroll_to(next);
        }
    };
    let blocks = Memo::new(move |_| {
        let slice = viewport.get().slice(1);
        (slice.first, slice.end)
    });
    let layout = Memo::new(move |_| {
        let (grid, (first, end), count) = (grid.get(), blocks.get(), count.get());
        store.images.news.track();
        let images = grid.images as u64;
        let blocks = store.rows.with(|rows| {
            let shape = |position: u64| rows.get(position).map_or(usual.get(), |row| shape_of(store, row));
            let lines = |block: u64| {
                let shapes: Vec<f64> =
                    (block * images..((block + 1) * images).min(count)).map(shape).collect();
                (block, grid.lines(&shapes))
            };
            (first..end).map(lines).collect()
        });
        Layout { images, blocks }
    });
    Effect::new(move || {
        let (first, end) = blocks.get();
        let images = grid.get().images as u64;
        // Before there are rows the link says which ones are seen first.
        if count.get() > 0 {
            store.look_at(first * images, (end * images).min(count.get()));
        }
    });
    // What is on the screen first, then one screen ahead.
    Effect::new(move || {
        if store.images.saving.get() {
            store.images.look_at(Part::View, Vec::new());
            store.images.look_at(Part::Ahead, Vec::new());
            return;
        }
        let view = viewport.get();
        let (top, height) = (view.top_row() * grid.get().height_px, view.view_px());
        let (mut seen, mut ahead) = (Vec::new(), Vec::new());
        layout.with(|layout| {
            store.rows.with(|rows| {
                for (block, lines) in &layout.blocks {
                    for line in lines {
                        let from = *block as f64 * grid.get().height_px + line.top_px - top;
                        // The space around all images moves them by so much.
                        if from + line.height_px + 2.0 * EDGE_PX < 0.0 || from > 2.0 * height {
                            continue;
                        }
                        let list = if from < height { &mut seen } else { &mut ahead };
                        for (place, (_, width)) in line.spans_px.iter().enumerate() {
                            let position = block * layout.images + (line.first + place) as u64;
                            if let Some(row) = rows.get(position).filter(|row| store.wants(row)) {
                                list.push(want_of(row, *width, line.height_px));
                            }
                        }
                    }
                }
            });
        });
        store.images.look_at(Part::View, seen);
        store.images.look_at(Part::Ahead, ahead);
    });
    on_cleanup(move || {
        store.images.look_at(Part::View, Vec::new());
        store.images.look_at(Part::Ahead, Vec::new());
    });
    // Another result begins at its top.
    Effect::new(move |before: Option<BTreeMap<_, _>>| {
        let filters = store.spec.with(|spec| spec.filters.clone());
        if before.is_some_and(|before| before != filters) {
            chosen.set(BTreeSet::new());
            let next = viewport.get_untracked().scrolled(0.0);
            viewport.set(next);
            scroll_to(next);
        }
        filters
    });

    // The link holds the first image in sight, and leads there.
    let kept = StoredValue::new(None::<Option<u64>>);
    let sought = StoredValue::new(None::<u64>);
    Effect::new(move || {
        let at = store.spec.with(|spec| spec.at);
        let ready = count.get() > 0 && size.get().1 > 0.0;
        let before = kept.get_value();
        if !ready || before == Some(at) {
            return;
        }
        kept.set_value(Some(at));
        let first =
            if before.is_some() { at.unwrap_or(0) } else { store.spec.with_untracked(Spec::first_in_sight) };
        sought.set_value((first > 0).then_some(first));
        let images = grid.get_untracked().images as u64;
        let position = first.min(count.get_untracked().saturating_sub(1));
        let next = viewport.get_untracked().at_row(position as f64 / images.max(1) as f64);
        viewport.set(next);
        request_animation_frame(follow);
    });
    // Where exactly it is shows once the shapes around it are known.
    Effect::new(move || {
        let known =
            sought.get_value().is_some_and(|position| store.rows.with(|rows| rows.get(position).is_some()));
        let top = layout.with(|layout| {
            let (block, _, line, _) = layout.place(sought.get_value()?)?;
            Some(block as f64 + line.top_px / grid.get_untracked().height_px)
        });
        if let Some(top) = top.filter(|_| known) {
            sought.set_value(None);
            let next = viewport.get_untracked().at_row(top);
            viewport.set(next);
            request_animation_frame(follow);
        }
    });
    let keep_place = move || {
        let (viewport, grid) = (viewport.get_untracked(), grid.get_untracked());
        let first = layout.with_untracked(|layout| first_in_sight(layout, viewport, grid));
        if let Some(first) = first.filter(|_| store.dragging.get_untracked().is_none()) {
            kept.set_value(Some((first > 0).then_some(first)));
            store.set_at(first);
        }
    };

    let rest = StoredValue::new(None::<TimeoutHandle>);
    let scrolled = move |_| {
        let Some(frame) = frame.get_untracked() else { return };
        let next = viewport.get_untracked().scrolled(f64::from(frame.scroll_top())).settled(false);
        viewport.set(next);
        scroll_to(next);
        if let Some(timer) = rest.get_value() {
            timer.clear();
        }
        let settle = move || {
            if let Some(now) = viewport.try_get_untracked() {
                let next = now.settled(true);
                viewport.set(next);
                scroll_to(next);
                keep_place();
            }
        };
        rest.set_value(set_timeout_with_handle(settle, REST).ok());
    };
    on_cleanup(move || {
        if let Some(timer) = rest.try_get_value().flatten() {
            timer.clear();
        }
    });
    let reveal = move |position: u64| {
        let images = grid.get_untracked().images as u64;
        let height = grid.get_untracked().height_px;
        let (from, tall) = layout.with_untracked(|layout| {
            layout
                .place(position)
                .map_or((0.0, height), |(_, _, line, _)| (line.top_px, line.height_px + GAP_PX))
        });
        let next = viewport.get_untracked().revealing_px(position / images, from, tall);
        viewport.set(next);
        scroll_to(next);
    };
    // The image at the top stays there when rows get another height or number.
    Effect::new(move |before: Option<usize>| {
        let grid = grid.get();
        let now = viewport.get_untracked();
        let top = now.top_row() * before.unwrap_or(grid.images) as f64 / grid.images as f64;
        let next = Viewport::new(grid.blocks(count.get()), grid.height_px, size.get().1).at_row(top);
        viewport.set(next);
        request_animation_frame(move || {
            follow();
            // The image whose details are open is never out of sight for that.
            if viewport.try_get_untracked().is_some() && store.spec.with_untracked(|spec| spec.row.is_some())
            {
                reveal(store.active.get_untracked());
            }
        });
        grid.images
    });
    Effect::new(move |before: Option<u64>| {
        let active = store.active.get();
        if before != Some(active) && active > 0 {
            reveal(active);
        }
        active
    });
    let move_to = move |position: u64, choose: bool| {
        if choose {
            chosen.update(|chosen| {
                chosen.insert(store.active.get_untracked());
                chosen.insert(position);
            });
        }
        store.move_to(position);
        reveal(position);
    };
    let key = move |event: KeyboardEvent| {
        if event.target() != event.current_target() || event.alt_key() {
            return;
        }
        let (now, last) = (store.active.get_untracked(), count.get_untracked().saturating_sub(1));
        let a_screen = (grid.get_untracked().images as f64 * viewport.get_untracked().view_px()
            / grid.get_untracked().height_px) as u64;
        let to = match event.key().as_str() {
            "ArrowRight" => now.saturating_add(1),
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowDown" => layout.with_untracked(|layout| below(layout, now, 1)).unwrap_or(now),
            "ArrowUp" => layout.with_untracked(|layout| below(layout, now, -1)).unwrap_or(now),
            "PageDown" => now.saturating_add(a_screen),
            "PageUp" => now.saturating_sub(a_screen),
            "Home" => 0,
            "End" => last,
            "Enter" => {
                event.prevent_default();
                store.select_at(now);
                return;
            }
            " " => {
                event.prevent_default();
                toggle(chosen, now);
                return;
            }
            "Escape" => {
                if chosen.with_untracked(BTreeSet::is_empty) {
                    store.select_row(None);
                } else {
                    chosen.set(BTreeSet::new());
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        move_to(to.min(last), event.shift_key());
    };
    let active_id = move || {
        let active = store.active.get();
        let here = layout.with(|layout| layout.blocks.contains_key(&(active / layout.images.max(1))));
        here.then(|| format!("tile-{active}"))
    };
    let stale = move || {
        let newest = store.count.with(|count| count.as_ref().map(|count| count.generation));
        (newest != Some(store.generation.get())).then_some("true")
    };
    let tiles = move |block: u64| {
        move || {
            layout.with(|layout| {
                let lines = layout.blocks.get(&block).map(Vec::as_slice).unwrap_or_default();
                let count: usize = lines.iter().map(|line| line.spans_px.len()).sum();
                block * layout.images..block * layout.images + count as u64
            })
        }
    };
    view! {
        <GalleryBar row_px layout chosen/>
        <div
            class="gallery"
            role="grid"
            tabindex="0"
            aria-label="Images"
            aria-multiselectable="true"
            aria-rowcount=move || grid.get().blocks(count.get()).to_string()
            aria-activedescendant=active_id
            aria-busy=stale
            data-count=move || count.get().to_string()
            node_ref=frame
            style=("--track", move || format!("{}px", viewport.get().track_height_px() + EDGE_PX))
            style=("--top", move || format!("{:.2}px", viewport.get().slice(1).top_px))
            style=("--block", move || format!("{:.3}px", grid.get().height_px))
            on:scroll=scrolled
            on:keydown=key
        >
            <div class="gallery-body" role="rowgroup">
                <For each=move || { let (first, end) = blocks.get(); first..end } key=|block| *block let:block>
                    <div class="gallery-block" role="row" aria-rowindex=(block + 1).to_string()>
                        <For each=tiles(block) key=|position| *position let:position>
                            <Tile position layout chosen/>
                        </For>
                    </div>
                </For>
            </div>
            <div class="grid-track" aria-hidden="true"></div>
        </div>
    }
}

/// Chooses an image, or not any more.
pub fn toggle(chosen: RwSignal<BTreeSet<u64>>, position: u64) {
    chosen.update(|chosen| {
        if !chosen.remove(&position) {
            chosen.insert(position);
        }
    });
}

/// What is wanted for a tile of this size.
pub fn want_of(row: &RowData, width_px: f64, height_px: f64) -> Want {
    Want { row: row.row, px: size_px(width_px.max(height_px)) }
}

/// The first image of the first row of which at least half is in sight.
fn first_in_sight(layout: &Layout, viewport: Viewport, grid: Grid) -> Option<u64> {
    let top = viewport.top_row();
    let block = top as u64;
    let from = (top - block as f64) * grid.height_px;
    let lines = layout.blocks.get(&block)?;
    let line = lines.iter().find(|line| line.top_px + line.height_px / 2.0 > from);
    match line {
        Some(line) => Some(block * layout.images + line.first as u64),
        None => Some((block + 1) * layout.images),
    }
}

/// Where a tile is in its block: left, top, width, height.
pub fn span(layout: &Layout, position: u64) -> Option<(f64, f64, f64, f64)> {
    let (_, _, line, place) = layout.place(position)?;
    let (left, width) = line.spans_px.get(place)?;
    Some((*left, line.top_px, *width, line.height_px))
}

/// The image a row below, or above, of one.
fn below(layout: &Layout, position: u64, by: i64) -> Option<u64> {
    let (block, at, line, place) = layout.place(position)?;
    let (left, width) = line.spans_px.get(place)?;
    let middle = left + width / 2.0;
    let lines = layout.blocks.get(&block)?;
    if let Some(place) = at.checked_add_signed(by as isize).and_then(|at| nearest(lines, at, middle)) {
        return Some(block * layout.images + place as u64);
    }
    let other = block.checked_add_signed(by)?;
    let lines = layout.blocks.get(&other)?;
    let at = if by > 0 { 0 } else { lines.len().checked_sub(1)? };
    Some(other * layout.images + nearest(lines, at, middle)? as u64)
}

/// Width over height of a row's image: as its columns say, else as the image itself does.
fn shape_of(store: Store, row: &RowData) -> f64 {
    match (row.cell("width"), row.cell("height")) {
        (Some(Cell::Number(width)), Some(Cell::Number(height))) if *width > 0.0 && *height > 0.0 => {
            width / height
        }
        _ => store.images.shape(row.row).unwrap_or(1.0),
    }
}

/// The mean shape of the rows at hand, while it is about what it was.
fn usual_shape(store: Store, before: Option<f64>) -> f64 {
    let before = before.unwrap_or(1.0);
    let (sum, rows) = store.rows.with(|rows| {
        rows.iter().fold((0.0, 0.0), |(sum, count), row| (sum + shape_of(store, row), count + 1.0))
    });
    let mean = if rows > 8.0 { sum / rows } else { before };
    if (mean / before).ln().abs() > NEW_SHAPE { mean } else { before }
}

/// The rows of chosen positions that are at hand.
pub fn chosen_rows(store: Store, chosen: &BTreeSet<u64>) -> Vec<Arc<RowData>> {
    store
        .rows
        .with_untracked(|rows| chosen.iter().filter_map(|position| rows.get(*position).cloned()).collect())
}
