//! The gallery: the images of the result in rows, however many there are.

pub mod bar;
mod keys;
mod shapes;
pub mod tile;

use crate::protocol::images::Want;
use crate::protocol::texts::gallery as texts;
use crate::ui::gallery::bar::GalleryBar;
use crate::ui::gallery::keys::keys;
use crate::ui::gallery::shapes::{shape_of, usual_shape};
use crate::ui::gallery::tile::Tile;
use crate::ui::store::{Part, RowData, Store, count_now, size_px, use_store};
use crate::ui::widgets::observe_size::observe_size;
use crate::ui::widgets::scroller::Scroller;
use crate::view::justify::Grid;
use crate::view::scroll::{Event, Extent, Scroll};
use crate::view::tiles::Tiles;
use leptos::prelude::*;

/// Between images.
const GAP_PX: f64 = 8.0;
/// Around all of them.
const EDGE_PX: f64 = 16.0;
/// Height of a row, until someone chooses another one.
const USUAL_ROW_PX: f64 = 176.0;

/// The view.
#[component]
pub fn Gallery() -> impl IntoView {
    let store = use_store();
    let (frame, size) = observe_size();
    let row_px = RwSignal::new(USUAL_ROW_PX);
    let count = Memo::new(move |_| count_now(store).map_or(0, |count| count.matching));
    let usual = Memo::new(move |before: Option<&f64>| usual_shape(store, before.copied()));
    let grid = Memo::new(move |_| Grid::new(size.get().0 - 2.0 * EDGE_PX, row_px.get(), GAP_PX, usual.get()));
    let shape = move || Extent {
        items: count.get(),
        per_row: grid.get().images as u64,
        row_px: grid.get().height_px,
        view_px: size.get().1,
    };
    let scroller = Scroller::new(frame, shape);
    let blocks = Memo::new(move |_| {
        let slice = scroller.state.get().slice(1);
        (slice.first, slice.end)
    });
    let tiles = Memo::new(move |_| tiles(store, grid.get(), blocks.get(), count.get(), usual.get()));
    let reveal = move |position: u64| {
        let part_px = tiles.with_untracked(|tiles| tiles.line_px(position));
        let (from_px, line_px) = part_px.unwrap_or((0.0, grid.get_untracked().height_px - GAP_PX));
        scroller.send(Event::Reveal { position, part_px: Some((from_px, line_px + GAP_PX)) });
    };
    scroller.follow_link(store);
    find_sought(store, scroller, tiles);
    ask_for_rows(store, blocks, grid, count);
    ask_for_images(store, scroller, tiles);
    reveal_active(store, shape, reveal);
    let keep_place = move || {
        let top = scroller.state.with_untracked(Scroll::top_row);
        if let Some(first) = tiles.with_untracked(|tiles| tiles.first_in_sight(top)) {
            scroller.keep_in_link(store, first);
        }
    };
    let active_id = move || {
        let active = store.active.get();
        tiles.with(|tiles| tiles.holds(active)).then(|| format!("tile-{active}"))
    };
    view! {
        <GalleryBar row_px tiles/>
        <div
            class="gallery"
            role="grid"
            tabindex="0"
            aria-label=texts::IMAGES
            aria-multiselectable="true"
            aria-rowcount=move || grid.get().blocks(count.get()).to_string()
            aria-activedescendant=active_id
            aria-busy=move || store.is_stale().then_some("true")
            data-count=move || count.get().to_string()
            node_ref=frame
            style=("--track", move || format!("{}px", scroller.state.get().track_height_px() + EDGE_PX))
            style=("--top", move || format!("{:.2}px", scroller.state.get().slice(1).top_px))
            style=("--block", move || format!("{:.3}px", grid.get().height_px))
            on:scroll=move |_| scroller.scrolled(keep_place)
            on:keydown=keys(store, scroller, tiles, count, reveal)
        >
            <div class="gallery-body" role="rowgroup">
                <For each=move || { let (first, end) = blocks.get(); first..end } key=|block| *block let:block>
                    <div class="gallery-block" role="row" aria-rowindex=(block + 1).to_string()>
                        <For each=move || tiles.with(|tiles| tiles.positions(block)) key=|position| *position let:position>
                            <Tile position tiles/>
                        </For>
                    </div>
                </For>
            </div>
            <div class="grid-track" aria-hidden="true"></div>
        </div>
    }
}

/// The tiles of these blocks, by the shapes of their images as far as they are known.
fn tiles(store: Store, grid: Grid, (first, end): (u64, u64), count: u64, usual: f64) -> Tiles {
    store.images.news.track();
    let images = grid.images as u64;
    let blocks = store.rows.with(|rows| {
        let shape = |position: u64| rows.get(position).map_or(usual, |row| shape_of(store, row));
        let lines = |block: u64| {
            let shapes: Vec<f64> = (block * images..((block + 1) * images).min(count)).map(shape).collect();
            (block, grid.lines(&shapes))
        };
        (first..end).map(lines).collect()
    });
    Tiles { images, height_px: grid.height_px, blocks }
}

/// Where exactly the image of the link is shows once the shapes around it are known.
fn find_sought(store: Store, scroller: Scroller, tiles: Memo<Tiles>) {
    Effect::new(move || {
        let Some(position) = scroller.state.with(|state| state.sought) else { return };
        let is_known = store.rows.with(|rows| rows.get(position).is_some());
        let row = tiles.with(|tiles| tiles.top_of(position));
        if let Some(row) = row.filter(|_| is_known) {
            scroller.send(Event::Found { row });
        }
    });
}

fn ask_for_rows(store: Store, blocks: Memo<(u64, u64)>, grid: Memo<Grid>, count: Memo<u64>) {
    Effect::new(move || {
        let (first, end) = blocks.get();
        let images = grid.get().images as u64;
        // Before there are rows the link says which ones are seen first.
        if count.get() > 0 {
            store.look_at(first * images, (end * images).min(count.get()));
        }
    });
}

/// What is on the screen first, then one screen ahead.
fn ask_for_images(store: Store, scroller: Scroller, tiles: Memo<Tiles>) {
    let ask = move |seen: Vec<Want>, ahead: Vec<Want>| {
        store.images.look_at(Part::View, seen);
        store.images.look_at(Part::Ahead, ahead);
    };
    Effect::new(move |before: Option<Vec<(u64, f64)>>| {
        if store.images.saving.get() {
            ask(Vec::new(), Vec::new());
            return Vec::new();
        }
        let state = scroller.state.get();
        let mut window = tiles.with(|tiles| tiles.in_window(state.top_row(), state.view_px(), 2.0 * EDGE_PX));
        window.keep(before.unwrap_or_default());
        let wants = |list: &[(u64, f64)]| {
            let want = |(position, longer_px): &(u64, f64)| {
                let row = store.rows.with(|rows| rows.get(*position).cloned())?;
                store.wants(&row).then(|| want_of(&row, *longer_px))
            };
            list.iter().filter_map(want).collect()
        };
        ask(wants(&window.seen), wants(&window.ahead));
        window.ahead
    });
    on_cleanup(move || ask(Vec::new(), Vec::new()));
}

/// Whoever moves the active image, it comes into sight; the one whose details are open stays there when
/// rows get another height or number.
fn reveal_active(store: Store, shape: impl Fn() -> Extent + 'static, reveal: impl Fn(u64) + Copy + 'static) {
    Effect::new(move || {
        shape();
        request_animation_frame(move || {
            // By then the view may be gone.
            if store.spec.with_untracked(|spec| spec.row.is_some()) {
                reveal(store.active.get_untracked());
            }
        });
    });
    Effect::new(move |before: Option<u64>| {
        let active = store.active.get();
        if before != Some(active) && active > 0 {
            reveal(active);
        }
        active
    });
}

/// What is wanted for a tile of this size.
pub fn want_of(row: &RowData, longer_px: f64) -> Want {
    Want::of(row.row, size_px(longer_px))
}
